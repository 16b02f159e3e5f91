// What the drivers share: nodes that hold graphs (cond, lanes), masks, errors.
#ifndef XFORM_NESTED_H
#define XFORM_NESTED_H

#include "ir/call.h"
#include "ir/ir.h"
#include "ir/loop.h"

// -- nodes that hold graphs ---------------------------------------------------------

// The graphs that a node holds: the two branches of a cond, the one graph of lanes or of a
// checkpoint, the body of a loop. Its operands from `first` on are their inputs (a cond's
// predicate and a loop's count stand before); the outputs of all but loops are theirs.
typedef struct Nested {
    Prim prim;
    uint32_t n; // 0: the node holds none
    const Graph *graphs[2];
    uint32_t n_inputs, n_outputs; // of the graphs
    uint32_t first;
    const int64_t *bits; // lanes: whether each operand has a batch axis; else NULL
    int64_t lanes;
    bool is_loop;
    Loop loop;
} Nested;

Nested xform_nested(const Graph *g, const Node *node);
// The same, or a call's value, whose inputs are the call's operands.
Nested xform_inner_graphs(const Graph *g, const Node *node);
// Whether operand `first + i` has a batch axis (of lanes alone some have).
static inline bool xform_lane_bit(const Nested *nested, uint32_t i) {
    return nested->bits && nested->bits[i];
}
bool xform_nested_has_calls(const Nested *nested);

// A node that holds other graphs in their place, put together operand by operand.
typedef struct NestedMaker {
    Arena *arena;
    const Nested *like;
    VEC(NodeId) in;
    VEC(int64_t) attr;
    bool failed;
} NestedMaker;

// `predicate`: of a cond.
NestedMaker xform_maker(Arena *arena, const Nested *like, NodeId predicate);
void xform_maker_add(NestedMaker *maker, NodeId operand, bool lane_bit);
NodeId xform_maker_emit(NestedMaker *maker, Builder *b, const Graph *const *graphs);

// -- loops --------------------------------------------------------------------------

// The carry in a mask of a loop's inputs, and in one of its outputs.
static inline bool *xform_carry_in(const Loop *loop, bool *in) {
    return in + loop->n_constants;
}
// Adds the carries whose output is set to a mask of inputs. Whether there were new ones: a
// mask that holds from trip to trip is found when there are none.
bool xform_carry_on(const Loop *loop, const bool *out, bool *in);

// -- graphs -------------------------------------------------------------------------

// The same graph with its inputs and outputs in another order: in[i] is the number of the
// input that becomes input i (all of them, each once), out[i] of output i. Memoised.
Status xform_reordered(const Graph *g, const uint32_t *in, uint32_t n_out,
                       const uint32_t *out, const Graph **result) MUST_USE;

static inline TypeId xform_input_type(const Graph *g, uint32_t i) {
    return g->nodes[g->inputs[i]].type;
}
static inline TypeId xform_output_type(const Graph *g, uint32_t i) {
    return g->nodes[g->outputs[i]].type;
}
bool xform_is_float(const Ir *ir, TypeId type);
// The most operands of a node.
uint32_t xform_widest(const Graph *g);
// Whether dce keeps the node though nothing reads it: a call with a vjp rule, its
// placeholder, or a node that holds one.
bool xform_is_kept(const Graph *g, const Node *node);

// Emits an input of b for each input of g whose bit is set in `mask` (NULL: all), of its
// type and at its span; map (by node of g) gets them.
void xform_copy_inputs(Builder *b, const Graph *g, const bool *mask, NodeId *map);
// The values of all lanes, added: an array's leading axis, or stacks.
NodeId xform_sum_lanes(Builder *b, NodeId id);

// -- masks --------------------------------------------------------------------------

bool xform_any(uint32_t n, const bool *mask);
// Whether every bit of `part` is set in `mask`.
bool xform_covers(uint32_t n, const bool *mask, const bool *part);
uint32_t xform_count(uint32_t n, const bool *mask);

// -- errors -------------------------------------------------------------------------

// A construct that must not reach this transformation.
Status xform_unexpected(const Graph *g, const Node *node, const char *transformation);
// E508 about a node of a jvp rule's graph: it is `what` ("the product of two tangents"), or
// why else the rule is not linear. Names the rule. Returns FAILED.
Status xform_not_linear(Ir *ir, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
// Remembers that the call's jvp rule was inlined, so that its function can be named.
Status xform_note_jvp_rule(Call *call) MUST_USE;

#endif
