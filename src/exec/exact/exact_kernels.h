// The kernels: one for each elementwise primitive that floats have, one element a call.
// A row of prim.def without one does not link.
//
// Operands are reals, INFINITE, UNDEFINED or UNKNOWN. A kernel classifies them first and
// calls Arb after (certainty.md §9). It sets the result's kind, its own BOUNDARY and cause;
// exact_apply passes on those of the operands. Exact zeros are +0.
#ifndef EXEC_EXACT_KERNELS_H
#define EXEC_EXACT_KERNELS_H

#include "exec/exact/exact_number.h"

// out is UNKNOWN, owns nothing. attr: exponent, order.
typedef void NumberKernel(ExactEnv *env, Number *out, const Number *const *in,
                          int64_t attr);

#define DECLARE_MAP(name)     NumberKernel exact_map_##name;
#define DECLARE_COMPARE(name) NumberKernel exact_map_##name;
#define DECLARE_SOURCE(name)
#define DECLARE_REDUCE(name)
#define DECLARE_SHAPE(name)
#define DECLARE_INDEX(name)
#define DECLARE_LINALG(name)
#define DECLARE_STACK(name)
#define DECLARE_CONTROL(name)
#define PRIM(name, arity, class, smoothness, flags) DECLARE_##class(name)
#include "ir/prim.def"
#undef PRIM
#undef DECLARE_MAP
#undef DECLARE_COMPARE
#undef DECLARE_SOURCE
#undef DECLARE_REDUCE
#undef DECLARE_SHAPE
#undef DECLARE_INDEX
#undef DECLARE_LINALG
#undef DECLARE_STACK
#undef DECLARE_CONTROL

// -- what kernels share -------------------------------------------------------------

// The result sits on a boundary where x (exactly known) does, if x depends on an argument.
static inline void exact_on_boundary(Number *out, const Number *x) {
    if (x->flags & NUMBER_VARIES) out->flags |= NUMBER_BOUNDARY;
}

// out is 0, an infinity or NaN, as a C function says; or a multiple of pi / 4.
void exact_set_ieee(Number *out, double value);
// Stands in for an operand where only its class matters, for a C function: NaN, an
// infinity, or the sign of a real. False: its sign is not proved (and out is UNKNOWN).
bool exact_stand_in(ExactEnv *env, Number *out, const Number *x, double *value);
// Where an operand is not real: out is UNDEFINED or UNKNOWN if one of them is (in that
// order), else what `ieee` says of the classes. False: all are real.
typedef double Ieee(double x, double y);
bool exact_not_real(ExactEnv *env, Number *out, const Number *x, const Number *y,
                    Ieee *ieee);
void exact_pass_unknown(Number *out, const Number *x);

// x to the power n of a real.
void exact_power(ExactEnv *env, Number *out, const Number *x, int64_t n);
// out = f(x) rounded to a whole number by a function that never falls.
typedef void WholePart(fmpz_t out, const fmpq_t x);
void exact_whole(ExactEnv *env, Number *out, const Number *x, WholePart *whole);
void exact_floor_of(fmpz_t out, const fmpq_t x);
void exact_trunc_of(fmpz_t out, const fmpq_t x);
void exact_nearest_of(fmpz_t out, const fmpq_t x); // ties to even

#endif
