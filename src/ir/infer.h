// The inside of ir_infer: for infer*.c alone.
#ifndef IR_INFER_H
#define IR_INFER_H

#include "ir/ir.h"

// A question: the type of a primitive for these operands and attributes. The number of
// operands fits the primitive's arity already.
typedef struct Infer {
    Ir *ir;
    Prim prim;
    uint32_t n_in;
    const TypeId *in;
    uint32_t n_attr;
    const int64_t *attr;
    const char *why; // set when the answer is no, but for want of memory or a limit
} Infer;

// Says why there is no type. Returns IR_NO_TYPE.
TypeId ir_infer_no(Infer *q, const char *why);
static inline const Type *ir_infer_operand(const Infer *q, uint32_t i) {
    return ir_type(q->ir, q->in[i]);
}
static inline bool ir_infer_same_shape(const Type *a, const Type *b) {
    return a->rank == b->rank &&
           (a->rank == 0 || memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0);
}
// Whether the n operands from `first` on are arrays of one dtype, one that the primitive's
// flags admit. Otherwise q->why is set.
bool ir_infer_arrays(Infer *q, uint32_t first, uint32_t n);
// Whether the n operands from `first` on are all weak.
bool ir_infer_weak(const Infer *q, uint32_t first, uint32_t n);
// Whether the attributes are axes of an array of that rank, ascending. Otherwise q->why is
// set.
bool ir_infer_axes(Infer *q, uint32_t rank);
// The type of operand 0, an array, with another shape.
TypeId ir_infer_reshaped(Infer *q, uint32_t rank, const int64_t *shape);

// One for each row, or for a few alike: in infer_shape.c …
TypeId ir_infer_cumsum(Infer *q);
TypeId ir_infer_broadcast(Infer *q);
TypeId ir_infer_reshape(Infer *q);
TypeId ir_infer_transpose(Infer *q);
TypeId ir_infer_slice(Infer *q);
TypeId ir_infer_reverse(Infer *q);
TypeId ir_infer_pad(Infer *q);
TypeId ir_infer_concatenate(Infer *q);
TypeId ir_infer_gather(Infer *q);
TypeId ir_infer_scatter(Infer *q);
// … and in infer_control.c.
TypeId ir_infer_out(Infer *q);
TypeId ir_infer_call(Infer *q);
TypeId ir_infer_linear_call(Infer *q);
TypeId ir_infer_cond(Infer *q);
TypeId ir_infer_loop(Infer *q);
TypeId ir_infer_checkpoint(Infer *q);
TypeId ir_infer_lanes(Infer *q);

#endif
