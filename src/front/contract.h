// The contraction of two arrays that all matrix products are made of: for linear.c and
// einsum.c.
#ifndef FRONT_CONTRACT_H
#define FRONT_CONTRACT_H

#include "front/arrays.h"

// Axes of x and y that are paired: batch axes stay, the others are summed over. Sizes of a
// pair are equal.
typedef struct Contraction {
    uint32_t n_batch, n_sum;
    uint32_t x_batch[LIMIT_RANK], y_batch[LIMIT_RANK];
    uint32_t x_sum[LIMIT_RANK], y_sum[LIMIT_RANK];
} Contraction;

// The result's axes: the batch, the other axes of x, the other axes of y. x and y have one
// dtype.
Status front_contract(Trace *t, NodeId x, NodeId y, const Contraction *contraction,
                      NodeId *result) MUST_USE;

Status front_body_einsum(Trace *t, const Builtin *self, const Value *args,
                         Value *result) MUST_USE;

#endif
