// Functions that the C library lacks.
#ifndef EXEC_VM_SPECIAL_H
#define EXEC_VM_SPECIAL_H

#include <stdint.h>

// Γ'(x) / Γ(x); NaN at its poles 0, -1, -2, … (as JAX has it). Rounded to double it is off
// by little more than half an ulp, near its positive zero too. Near its zeros between poles
// the error is small against 1.
long double vm_digamma(long double x);

// The derivative of digamma of that order (at least 1), likewise; near zeros between poles
// the error is small against order! / (distance to the pole)^(order + 1). At the poles it
// is infinite, of the sign that it has to their right, as JAX has it.
long double vm_polygamma(int64_t order, long double x);

#endif
