// From numbers to machine numbers and decimals.
#ifndef EXEC_EXACT_ROUND_H
#define EXEC_EXACT_ROUND_H

#include "exec/exact/exact_number.h"

typedef enum Decision {
    UNDECIDED,
    DECIDED,
    DECIDED_ZERO, // rounds to zero, whose sign is not known: written as +0
} Decision;

// The element of a dtype nearest to the number, ties to even.
Decision exact_round(const ExactEnv *env, const Number *x, Dtype dtype, void *element);

// The decimal of that many significant digits nearest to the number, ties to even, and the
// bound of its distance from it: "0", or half a unit of the last digit ("5e-31"). What is
// written with fewer digits is exact. An infinite or undefined number: "Infinity", "NaN".
// DECIDED_ZERO: "0" and the bound that the ball gives. NOMEM: env->no_memory.
Decision exact_decimal(ExactEnv *env, const Number *x, unsigned digits, const char **text,
                       const char **radius);

#endif
