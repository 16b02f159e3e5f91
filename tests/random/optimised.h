// A point's graph, run as it is and optimised.
#ifndef TESTS_RANDOM_OPTIMISED_H
#define TESTS_RANDOM_OPTIMISED_H

#include "cggrad.h"

// Whether both give the same, bit for bit, or fail with one code. `inputs` are the numbers
// of the point's arguments, float64 all, in their order. Otherwise `what` says why not.
bool optimised_is_unoptimised(cg_context *cg, cg_source spec, size_t point, size_t n,
                              const double *inputs, char *what, size_t n_what);

#endif
