// The typed graph: types, nodes, graphs, and the builder that makes them.
//
// A graph is SSA: nodes in one array, operands are indices of earlier nodes. It is made by
// an append-only builder that numbers values (equal nodes are one node), and never edited
// once it stands. Nested graphs (of cond, lanes, calls) are closed: what they use from
// outside is an operand.
//
// Errors in making nodes are sticky: a builder whose status is not OK gives IR_NONE for
// everything, and IR_NONE as an operand gives IR_NONE; so a caller builds freely and asks
// once, at ir_finish.
#ifndef IR_IR_H
#define IR_IR_H

#include "base/diag.h"
#include "ir/prim.h"
#include "num/num.h"

// -- types --------------------------------------------------------------------------

typedef enum TypeKind {
    TYPE_ARRAY, // dtype, shape
    TYPE_STACK, // of T: a run-time length, growing
    TYPE_LANES, // B of T: B stacks, each of its own length
    TYPE_OUTS,  // the outputs of a node with several: only `out` nodes may use it
} TypeKind;

// A number of an interned type: equal types have equal numbers.
typedef uint32_t TypeId;

typedef struct Type {
    uint8_t kind;  // TypeKind
    uint8_t dtype; // ARRAY: Dtype
    bool weak;     // ARRAY: weakly typed (from Python numbers alone)
    uint8_t rank;  // ARRAY
    int64_t size;  // ARRAY: number of elements; LANES: B
    union {
        const int64_t *shape; // ARRAY
        const TypeId *outs;   // OUTS
    };
    uint32_t n_outs; // OUTS
    TypeId of;       // STACK, LANES
} Type;

typedef struct Ir Ir;
typedef struct Graph Graph;
typedef struct Call Call; // call.h

// What graphs share: types, literals, graphs and calls by number. Everything lives until
// ir_free. diags: where internal errors and limits are reported.
Ir *ir_new(Diags *diags);
void ir_free(Ir *ir);
Diags *ir_diags(const Ir *ir);
// Diagnostics go elsewhere from now on (each point of a spec collects its own).
void ir_set_diags(Ir *ir, Diags *diags);
Arena *ir_arena(const Ir *ir); // lives as long as the Ir
// A place for what the layer above keeps with the Ir (xform its results); NULL at first.
void **ir_kept(Ir *ir);

const Type *ir_type(const Ir *ir, TypeId type); // valid as long as the Ir
// IR_NO_TYPE when memory is out or a limit is passed (LIMIT_ARRAY_SIZE, LIMIT_RANK:
// reported).
TypeId ir_array_type(Ir *ir, Dtype dtype, bool weak, uint32_t rank, const int64_t *shape);
TypeId ir_stack_type(Ir *ir, TypeId of);
TypeId ir_lanes_type(Ir *ir, int64_t lanes, TypeId of);
TypeId ir_outs_type(Ir *ir, uint32_t n, const TypeId *outs);
// The type with a leading axis (or of that many lanes) in front: differentiation.md §1.
TypeId ir_batched_type(Ir *ir, int64_t batch, TypeId type);
// The array type with another dtype or weak flag, the same shape.
TypeId ir_type_with(Ir *ir, TypeId type, Dtype dtype, bool weak);
#define IR_NO_TYPE UINT32_MAX
// "float64[3, 2]", "float64[]", "stack of …" into `out`.
void ir_type_text(const Ir *ir, TypeId type, Text *out);

// Literals: exact decimal text, interned. Besides numerals as num_parse reads them: "pi",
// "e", "euler_gamma" (the constants themselves), "True", "False". UINT32_MAX when memory is
// out.
uint32_t ir_literal_id(Ir *ir, Str text);
Str ir_literal_text(const Ir *ir, uint32_t literal);

// -- graphs -------------------------------------------------------------------------

typedef uint32_t NodeId;
#define IR_NONE UINT32_MAX

typedef struct Node {
    uint16_t prim; // Prim
    TypeId type;
    uint32_t in, n_in;     // operands: graph->operands[in …]
    uint32_t attr, n_attr; // attributes: graph->attrs[attr …]
    Span span;             // the text that produced it
} Node;

struct Graph {
    uint32_t id; // its number in the Ir
    Ir *ir;
    Arena *arena; // owns all below and the graph
    uint32_t n;   // nodes
    const Node *nodes;
    const NodeId *operands;
    const int64_t *attrs;
    uint32_t n_inputs, n_outputs;
    const NodeId *inputs;  // `input` nodes, in order of the graph's inputs
    const NodeId *outputs; // any nodes; may repeat
};

const Graph *ir_graph(const Ir *ir, uint32_t id);
// Frees a graph that nothing names any more: no node, no call, and no result that is still
// to be recalled by its number (numbers are never given again).
void ir_release(const Graph *graph);
static inline const NodeId *ir_in(const Graph *g, const Node *node) {
    return g->operands + node->in;
}
static inline const int64_t *ir_attr(const Graph *g, const Node *node) {
    return g->attrs + node->attr;
}
// The graphs that a node holds (of cond, lanes, loop, checkpoint): `n` attributes, from
// `first` on, are their numbers.
typedef struct HeldGraphs {
    uint32_t first, n;
} HeldGraphs;
static inline HeldGraphs ir_held_graphs(Prim prim) {
    switch (prim) {
    case PRIM_cond:
        return (HeldGraphs){0, 2};
    case PRIM_lanes:
        return (HeldGraphs){1, 1};
    case PRIM_loop:
    case PRIM_checkpoint:
        return (HeldGraphs){0, 1};
    default:
        return (HeldGraphs){0, 0};
    }
}
static inline const Type *ir_node_type(const Graph *g, NodeId id) {
    return ir_type(g->ir, g->nodes[id].type);
}

// -- builder ------------------------------------------------------------------------

typedef struct Builder Builder;

// A new graph to be built. NULL when memory is out.
Builder *ir_builder(Ir *ir);
// Drops an unfinished graph.
void ir_builder_drop(Builder *b);

Ir *ir_of(const Builder *b);
Status ir_status(const Builder *b);
// Makes the builder fail (after a diagnostic was reported). Returns IR_NONE.
NodeId ir_fail(Builder *b, Status status);
// The span that nodes get from now on; returns the one before. Limits that are passed are
// reported there.
Span ir_set_span(Builder *b, Span span);
// The place of limits alone, where nothing is built.
void ir_set_place(Ir *ir, Span span);

// Appends an input. Inputs are ordered as made, unless ir_finish says otherwise.
NodeId ir_input(Builder *b, TypeId type);

// Appends a node, or gives the equal one that is there. Its type is inferred (infer.c);
// operands that do not fit are an internal error (the caller has checked what users can get
// wrong).
NodeId ir_emit(Builder *b, Prim prim, uint32_t n_in, const NodeId *in, uint32_t n_attr,
               const int64_t *attr);

// The type of a node built so far (IR_NO_TYPE for IR_NONE).
TypeId ir_type_of(const Builder *b, NodeId node);
// The node as built so far; valid until the next emit. Its operands and attributes
// likewise.
const Node *ir_node(const Builder *b, NodeId node);
const NodeId *ir_node_in(const Builder *b, NodeId node);
const int64_t *ir_node_attr(const Builder *b, NodeId node);
uint32_t ir_node_count(const Builder *b);
uint32_t ir_input_count(const Builder *b);

// Ends the graph: the builder is gone, whatever the result. `inputs` gives the order of all
// its inputs (NULL: as made). On failure *graph is NULL. With CG_DEBUG the verifier runs.
Status ir_finish(Builder *b, const NodeId *inputs, uint32_t n_outputs,
                 const NodeId *outputs, const Graph **graph) MUST_USE;

// Copies node `id` of `from` into the builder, operands through map (map[old] = new). It
// keeps its span.
NodeId ir_copy(Builder *b, const Graph *from, NodeId id, const NodeId *map);

// Copies the whole graph into the builder, its inputs replaced by `inputs`; outputs[i] gets
// the node of output i. Nodes without a span get the builder's. Linear in the graph; nodes
// that no output needs are not copied, except calls with a vjp rule (and nodes that hold
// such calls) when keep_calls is set.
Status ir_inline(Builder *b, const Graph *graph, const NodeId *inputs, bool keep_calls,
                 NodeId *outputs) MUST_USE;

// The graph without nodes that no output needs, renumbered. Inputs all stay. keep_calls as
// above.
Status ir_dce(const Graph *graph, bool keep_calls, const Graph **result) MUST_USE;

// -- shorthand for emitting
// --------------------------------------------------------------------- ir_add(b, x, y),
// ir_sin(b, x): elementwise primitives without attributes, of arity 1 and 2.
#define IR_UNARY(name)                                                                     \
    static inline NodeId ir_##name(Builder *b, NodeId x) {                                 \
        return ir_emit(b, PRIM_##name, 1, &x, 0, 0);                                       \
    }
#define IR_BINARY(name)                                                                    \
    static inline NodeId ir_##name(Builder *b, NodeId x, NodeId y) {                       \
        return ir_emit(b, PRIM_##name, 2, (NodeId[]){x, y}, 0, 0);                         \
    }
#include "ir/shorthand.def"
#undef IR_UNARY
#undef IR_BINARY

NodeId ir_select(Builder *b, NodeId c, NodeId x, NodeId y);
NodeId ir_integer_pow(Builder *b, NodeId x, int64_t exponent);
NodeId ir_convert(Builder *b, NodeId x, Dtype dtype,
                  bool weak); // x itself when nothing changes
// A literal of a type (array kind): every element the same number.
NodeId ir_literal(Builder *b, TypeId type, Str text);
// A literal of the type of node `like` (its dtype and shape).
NodeId ir_literal_like(Builder *b, NodeId like, const char *text);
// The literal 0 of that type; for a stack the null stack.
NodeId ir_zeros(Builder *b, TypeId type);
NodeId ir_linear_zero(Builder *b, TypeId type); // marked
// x + y, of arrays or of stacks.
NodeId ir_sum(Builder *b, NodeId x, NodeId y);
// Static facts: whether the node is a zero literal, seen through broadcast, reshape,
// convert.
bool ir_is_zero(const Builder *b, NodeId node);
NodeId ir_iota(Builder *b, Dtype dtype, uint32_t rank, const int64_t *shape, uint32_t axis);
NodeId ir_reduce(Builder *b, Prim reduction, NodeId x, uint32_t n, const int64_t *axes);
NodeId ir_reshape(Builder *b, NodeId x, uint32_t rank,
                  const int64_t *shape);                        // x itself when equal
NodeId ir_transpose(Builder *b, NodeId x, const int64_t *perm); // likewise
// Operand axis i becomes axis dims[i].
NodeId ir_broadcast(Builder *b, NodeId x, uint32_t rank, const int64_t *shape,
                    const int64_t *dims); // x itself when nothing changes
// NumPy's rule: axes aligned at the end.
NodeId ir_broadcast_to(Builder *b, NodeId x, uint32_t rank, const int64_t *shape);
NodeId ir_slice(Builder *b, NodeId x, const int64_t *start, const int64_t *limit,
                const int64_t *step);
NodeId ir_reverse(Builder *b, NodeId x, uint32_t n, const int64_t *axes);
NodeId ir_concatenate(Builder *b, uint32_t n, const NodeId *parts, int64_t axis);
NodeId ir_out(Builder *b, NodeId node, uint32_t index);

// The type a primitive gives for operands of these types. IR_NO_TYPE when they do not fit;
// then *why (may be NULL) says it in words; or a limit was passed (reported), or memory is
// out: then *why stays as it was.
TypeId ir_infer(Ir *ir, Prim prim, uint32_t n_in, const TypeId *in, uint32_t n_attr,
                const int64_t *attr, const char **why);

// Asserts differentiation.md §10 (1) and, with the flags, (2): no placeholder, no marked
// zero. Prints the neighbourhood of a bad node into the diagnostics (internal error) and
// FAILS.
enum {
    IR_VERIFY_PLAIN = 1, // no linear_call, no linear_zero
    IR_VERIFY_ALONE = 2, // not the nested graphs: each was verified when it was finished
};
Status ir_verify(const Graph *graph, unsigned flags) MUST_USE;

// The graph as text, a node a line, nested graphs indented (bounded).
void ir_print(const Graph *graph, Text *out);

#endif
