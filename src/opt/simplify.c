// Simplifications that are exact in every bit, NaN, infinities and signed zeros included.
#include "opt/simplify.h"

#include "base/limits.h"

// The node that is asked about.
typedef struct Question {
    Builder *b;
    const Type *type;
    const int64_t *attr;
    const NodeId *in;
} Question;

// The primitive of operand i, and its attributes (valid until the next emit).
static Prim operand_prim(const Question *q, uint32_t i) {
    return (Prim)ir_node(q->b, q->in[i])->prim;
}
static const int64_t *operand_attr(const Question *q, uint32_t i) {
    return ir_node_attr(q->b, q->in[i]);
}
static const Type *type_of(const Builder *b, NodeId node) {
    return ir_type(ir_of(b), ir_type_of(b, node));
}

// -- literals -----------------------------------------------------------------------

// Whether a node is a literal all of whose elements are one number: then its text.
static bool uniform_literal(const Builder *b, NodeId id, Str *text) {
    const Node *node = ir_node(b, id);
    if (node->prim != PRIM_literal) return false;
    const int64_t *attr = ir_node_attr(b, id); // [dtype, weak, rank, shape…, literal…]
    if (node->n_attr != 3 + (uint32_t)attr[2] + 1) return false;
    *text = ir_literal_text(ir_of(b), (uint32_t)attr[node->n_attr - 1]);
    return true;
}

bool opt_known_truth(const Builder *b, NodeId node, bool *truth) {
    Str text;
    if (!uniform_literal(b, node, &text)) return false;
    *truth = base_str_eq(text, STR("True")) || base_str_eq(text, STR("1"));
    return *truth || base_str_eq(text, STR("False")) || base_str_eq(text, STR("0"));
}

// Whether the text is exactly one: 1, 1., 1.0, 1.00, … (A long text that rounds to one is
// not.)
static bool is_one(Str text) {
    if (text.n == 0 || text.at[0] != '1') return false;
    if (text.n > 1 && text.at[1] != '.') return false;
    for (size_t i = 2; i < text.n; i++) {
        if (text.at[i] != '0') return false;
    }
    return true;
}

static bool is_literal_one(const Question *q, uint32_t i) {
    Str text;
    return uniform_literal(q->b, q->in[i], &text) && is_one(text);
}

// Equal elements moved are the same elements.
static NodeId move_literal(const Question *q) {
    Str text;
    if (!uniform_literal(q->b, q->in[0], &text)) return IR_NONE;
    Ir *ir = ir_of(q->b);
    const TypeId type = ir_array_type(ir, (Dtype)q->type->dtype, q->type->weak,
                                      q->type->rank, q->type->shape);
    return ir_literal(q->b, type, text);
}

// -- moving elements ----------------------------------------------------------------

static NodeId simplify_transpose(const Question *q) {
    if (operand_prim(q, 0) != PRIM_transpose) return IR_NONE;
    int64_t perm[LIMIT_RANK];
    for (uint32_t i = 0; i < q->type->rank; i++)
        perm[i] = operand_attr(q, 0)[q->attr[i]];
    return ir_transpose(q->b, ir_node_in(q->b, q->in[0])[0], perm);
}

static NodeId simplify_reshape(const Question *q) {
    const bool twice = operand_prim(q, 0) == PRIM_reshape;
    const NodeId x = twice ? ir_node_in(q->b, q->in[0])[0] : q->in[0];
    const Type *type = type_of(q->b, x);
    const bool same = type->rank == q->type->rank &&
                      (type->rank == 0 || memcmp(type->shape, q->type->shape,
                                                 type->rank * sizeof *type->shape) == 0);
    if (same) return x;
    return twice ? ir_reshape(q->b, x, q->type->rank, q->type->shape) : IR_NONE;
}

static NodeId simplify_broadcast(const Question *q) {
    const int64_t *dims = q->attr + 1 + q->type->rank;
    if (operand_prim(q, 0) != PRIM_broadcast) {
        // The operand itself, if it has that shape: its axes are ascending.
        const Type *type = type_of(q->b, q->in[0]);
        return type->rank == q->type->rank && type->size == q->type->size && type->size
                   ? q->in[0]
                   : IR_NONE;
    }
    const NodeId x = ir_node_in(q->b, q->in[0])[0];
    const Type *type = type_of(q->b, x), *between = type_of(q->b, q->in[0]);
    const int64_t *inner = operand_attr(q, 0) + 1 + between->rank;
    int64_t composed[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++)
        composed[i] = dims[inner[i]];
    return ir_broadcast(q->b, x, q->type->rank, q->type->shape, composed);
}

static NodeId simplify_slice(const Question *q) {
    const Type *type = type_of(q->b, q->in[0]);
    const int64_t *step = q->attr + 2 * type->rank;
    for (uint32_t i = 0; i < type->rank; i++) {
        const bool all = q->type->shape[i] == type->shape[i] && step[i] == 1;
        if (!all) return IR_NONE;
    }
    return q->in[0];
}

// -- elementwise --------------------------------------------------------------------

static NodeId simplify_convert(const Question *q) {
    const Type *type = type_of(q->b, q->in[0]);
    const bool same = type->dtype == q->type->dtype && type->weak == q->type->weak;
    return same ? q->in[0] : IR_NONE;
}

static NodeId simplify_select(const Question *q) {
    if (q->in[1] == q->in[2]) return q->in[1];
    bool truth;
    if (!opt_known_truth(q->b, q->in[0], &truth)) return IR_NONE;
    return truth ? q->in[1] : q->in[2];
}

static NodeId simplify_mul(const Question *q) {
    if (is_literal_one(q, 0)) return q->in[1];
    return is_literal_one(q, 1) ? q->in[0] : IR_NONE;
}

static NodeId simplify_div(const Question *q) {
    return is_literal_one(q, 1) ? q->in[0] : IR_NONE;
}

static NodeId simplify_neg(const Question *q) {
    return operand_prim(q, 0) == PRIM_neg ? ir_node_in(q->b, q->in[0])[0] : IR_NONE;
}

// -- dispatch -----------------------------------------------------------------------

static NodeId (*const simplify[PRIM_COUNT])(const Question *q) = {
    [PRIM_transpose] = simplify_transpose,
    [PRIM_reshape] = simplify_reshape,
    [PRIM_broadcast] = simplify_broadcast,
    [PRIM_slice] = simplify_slice,
    [PRIM_convert] = simplify_convert,
    [PRIM_select] = simplify_select,
    [PRIM_mul] = simplify_mul,
    [PRIM_div] = simplify_div,
    [PRIM_neg] = simplify_neg,
};

static bool moves_elements(Prim prim) {
    return prim == PRIM_transpose || prim == PRIM_reshape || prim == PRIM_broadcast ||
           prim == PRIM_slice || prim == PRIM_reverse;
}

NodeId opt_simplify(Builder *b, const Graph *graph, NodeId id, const NodeId *in) {
    if (ir_status(b) != OK) return IR_NONE;
    const Node *node = &graph->nodes[id];
    const Question q = {b, ir_node_type(graph, id), ir_attr(graph, node), in};
    NodeId simpler = IR_NONE;
    if (moves_elements((Prim)node->prim)) simpler = move_literal(&q);
    if (simpler == IR_NONE && ir_status(b) == OK && simplify[node->prim])
        simpler = simplify[node->prim](&q);
    // Types carry a weak flag besides: nothing may change that either.
    if (simpler != IR_NONE && ir_type_of(b, simpler) != node->type) return IR_NONE;
    return simpler;
}
