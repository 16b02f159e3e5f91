#include "ir/loop.h"

Loop ir_loop_of(const Ir *ir, const int64_t *attr) {
    Loop loop = {.kind = (LoopKind)attr[1],
                 .body = ir_graph(ir, (uint32_t)attr[0]),
                 .trips = attr[2],
                 .reverse = attr[3] != 0,
                 .first = attr[1] == LOOP_COUNTED,
                 .n_constants = (uint32_t)attr[4],
                 .n_carry = (uint32_t)attr[5],
                 .n_xs = (uint32_t)attr[6]};
    loop.n_ys = loop.body->n_outputs - loop.n_carry;
    return loop;
}

Loop ir_loop(const Graph *g, const Node *node) {
    return ir_loop_of(g->ir, ir_attr(g, node));
}

NodeId ir_emit_loop(Builder *b, const Loop *loop, uint32_t n_in, const NodeId *in) {
    const int64_t attr[LOOP_ATTRS] = {loop->body->id, loop->kind,        loop->trips,
                                      loop->reverse,  loop->n_constants, loop->n_carry,
                                      loop->n_xs};
    return ir_emit(b, PRIM_loop, n_in, in, LOOP_ATTRS, attr);
}

TypeId ir_slice_type(Ir *ir, TypeId stacked) {
    const Type type = *ir_type(ir, stacked);
    if (type.kind == TYPE_STACK) return type.of;
    if (type.kind != TYPE_ARRAY || type.rank == 0) return IR_NO_TYPE;
    return ir_array_type(ir, (Dtype)type.dtype, type.weak, type.rank - 1u, type.shape + 1);
}

TypeId ir_stacked_type(Ir *ir, const Loop *loop, TypeId slice) {
    if (loop->kind == LOOP_STATIC && ir_type(ir, slice)->kind == TYPE_ARRAY)
        return ir_batched_type(ir, loop->trips, slice);
    return ir_stack_type(ir, slice);
}
