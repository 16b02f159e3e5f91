// Loops: one primitive for scan, fori and while, forwards and backwards.
//
// Attributes: [body, kind, trips, reverse, constants, carry, xs]; operands: the count of a
// counted loop, then constants, carry, xs. The body is a graph: (constants, carry, slices
// of xs) → (carry, slices of ys). The outputs are the last carry, the stacked ys, and of a
// predicate loop the number of its trips (int64).
//
// A predicate loop goes on while its first carry, a bool scalar, is true: the predicate of
// a `while` is computed once before the loop, and by its body. So no transformation knows
// predicates. Such a loop has no xs.
//
// Slices of an array are its rows, [n, …] → […]; of a stack of T its entries. ys are
// arrays where the number of trips is static and the slice is an array, else stacks. A
// reversed loop reads and writes slice n - 1 - i at trip i.
#ifndef IR_LOOP_H
#define IR_LOOP_H

#include "ir/ir.h"

typedef enum LoopKind {
    LOOP_STATIC,    // trips: how many
    LOOP_COUNTED,   // the first operand: how many (int64; none below 0)
    LOOP_PREDICATE, // while the first carry is true
    LOOP_KINDS,
} LoopKind;

typedef struct Loop {
    LoopKind kind;
    const Graph *body;
    int64_t trips; // STATIC; else 0
    bool reverse;
    uint32_t first; // operands before the constants: 1 for COUNTED
    uint32_t n_constants, n_carry, n_xs, n_ys;
} Loop;

enum { LOOP_ATTRS = 7 };

Loop ir_loop(const Graph *g, const Node *node);
// The loop that attributes describe, whose numbers are in range (ir_infer_loop checks).
Loop ir_loop_of(const Ir *ir, const int64_t *attr);

// The node of a loop (its `first` and `n_ys` follow from the rest). Operands as above.
NodeId ir_emit_loop(Builder *b, const Loop *loop, uint32_t n_in, const NodeId *in);

// The type of a slice, IR_NO_TYPE if the type has none.
TypeId ir_slice_type(Ir *ir, TypeId stacked);
// The type of ys whose slices have this type.
TypeId ir_stacked_type(Ir *ir, const Loop *loop, TypeId slice);

// Outputs of the node.
static inline uint32_t ir_loop_outputs(const Loop *loop) {
    return loop->n_carry + loop->n_ys + (loop->kind == LOOP_PREDICATE);
}

#endif
