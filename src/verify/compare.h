// How far numbers are apart, and whether that is near enough.
#ifndef VERIFY_COMPARE_H
#define VERIFY_COMPARE_H

#include "cggrad.h"
#include "num/num.h"

// The tolerance where a spec gives none: units in the last place of a float. Integers and
// booleans have to be equal.
#define VERIFY_DEFAULT_ULP 16.0

// The elements of a dtype that lie between two of its elements, and one: 0 where they are
// equal, NaN equal to NaN and -0 to 0. Of integers the difference. Infinity between NaN, or
// an infinity, and anything else, and between two booleans that differ.
double verify_ulps(Dtype dtype, const void *a, const void *b);

// The tolerance as given, or the dtype's default.
cg_tolerance verify_tolerance(Dtype dtype, const cg_tolerance *given);

// Whether `got` is within the tolerance of `expected`. As in numpy.isclose rtol and atol
// compare finite numbers alone.
bool verify_is_near(Dtype dtype, const void *expected, const void *got,
                    const cg_tolerance *tolerance);

#endif
