// Rules of gather and scatter. x: D1…Dk + R; k index arrays of shape S; elements: S + R.
#include "rules/rules_family.h"

#include <inttypes.h>
#include <stdio.h>

enum { MODE_CLIP = 1, MODE_FILL = 2 };
// x, the elements, k indices, one more for the batch.
enum { MAX_IN = 2 + LIMIT_RANK + 1 };

// Emits gather or scatter with the leading operands given (x, or x and elements) and the
// node's indices, which begin at operand `first`.
static NodeId emit_indexed(Builder *b, const RuleNode *node, Prim prim, uint32_t n_leading,
                           const NodeId *leading, uint32_t first, int64_t mode) {
    NodeId in[MAX_IN];
    int64_t attr[1 + MAX_IN];
    uint32_t n = 0;
    memcpy(attr, node->attr, node->n_attr * sizeof *attr);
    attr[0] = mode;
    for (uint32_t i = 0; i < n_leading; i++)
        in[n++] = leading[i];
    for (uint32_t i = first; i < node->n_in; i++)
        in[n++] = node->in[i];
    return ir_emit(b, prim, n, in, node->n_attr, attr);
}

// chosen (bool, S) spread over elements (S + R): the element where chosen, else 0.
static NodeId where_chosen(Builder *b, NodeId chosen, NodeId elements, TypeId type) {
    const Type *array = ir_type(ir_of(b), type);
    int64_t dims[RULES_RANK];
    for (uint32_t i = 0; i < array->rank; i++)
        dims[i] = i;
    const NodeId mask = ir_broadcast(b, chosen, array->rank, array->shape, dims);
    return ir_select(b, mask, elements, ir_zeros(b, type));
}

// Whether the indices lie in x (its type), as bool of shape S.
static NodeId in_bounds(Builder *b, const RuleNode *node, uint32_t first, const Type *x) {
    NodeId all = IR_NONE;
    for (uint32_t i = first; i < node->n_in; i++) {
        const NodeId index = node->in[i];
        char size[24];
        snprintf(size, sizeof size, "%" PRId64, x->shape[i - first]);
        const NodeId low = ir_ge(b, index, ir_literal(b, node->in_types[i], STR("0")));
        const NodeId high =
            ir_lt(b, index, ir_literal(b, node->in_types[i], base_str(size)));
        const NodeId both = ir_bit_and(b, low, high);
        all = all == IR_NONE ? both : ir_bit_and(b, all, both);
    }
    return all;
}

// The elements (of that type) of a tangent or cotangent of operand 0 at the node's places.
// In mode fill a place outside gives 0, not NaN. IR_NONE: no elements, or all outside.
static NodeId read_places(Builder *b, const RuleNode *node, NodeId from, uint32_t first,
                          TypeId type) {
    const Type *x = rules_in_type(b, node, 0);
    const int64_t mode = node->attr[0];
    if (mode != MODE_FILL) return emit_indexed(b, node, PRIM_gather, 1, &from, first, mode);
    if (x->size == 0) return IR_NONE;
    const NodeId chosen = in_bounds(b, node, first, x);
    const NodeId read = emit_indexed(b, node, PRIM_gather, 1, &from, first, MODE_CLIP);
    return where_chosen(b, chosen, read, type);
}

// -- batch --------------------------------------------------------------------------

// The node with its leading operands as given: the indices get a batch axis where they have
// none, and if x is batched (by_row), the number of the row as a new first index.
static NodeId emit_batched(Builder *b, const RuleNode *node, int64_t B, const bool *batched,
                           uint32_t n_leading, const NodeId *leading, bool by_row) {
    NodeId in[MAX_IN];
    int64_t attr[1 + MAX_IN] = {node->attr[0]};
    uint32_t n = 0, n_attr = 1;
    for (uint32_t i = 0; i < n_leading; i++)
        in[n++] = leading[i];
    if (by_row) attr[n_attr++] = -1;
    for (uint32_t i = 0; (by_row || node->n_attr > 1) && i < node->n_in - n_leading; i++)
        attr[n_attr++] = node->n_attr > 1 ? node->attr[1 + i] : i;
    if (by_row) {
        const Type *index = rules_in_type(b, node, n_leading);
        int64_t shape[RULES_RANK] = {B};
        for (uint32_t i = 0; i < index->rank; i++)
            shape[i + 1] = index->shape[i];
        in[n++] = ir_iota(b, DT_I64, index->rank + 1u, shape, 0);
    }
    for (uint32_t i = n_leading; i < node->n_in; i++)
        in[n++] = rules_batched(b, node, B, batched, i);
    return ir_emit(b, node->prim, n, in, n_attr, attr);
}

static NodeId batch_gather(Builder *b, const RuleNode *node, int64_t B,
                           const bool *batched) {
    return emit_batched(b, node, B, batched, 1, node->in, batched[0]);
}

static NodeId batch_scatter(Builder *b, const RuleNode *node, int64_t B,
                            const bool *batched) {
    NodeId leading[2];
    for (uint32_t i = 0; i < 2; i++)
        leading[i] = rules_batched(b, node, B, batched, i);
    return emit_batched(b, node, B, batched, 2, leading, true);
}

// -- gather (x, indices) ------------------------------------------------------------

static NodeId jvp_gather(Builder *b, const RuleNode *node, const NodeId *t) {
    return read_places(b, node, t[0], 1, node->type);
}
static bool transpose_gather(Builder *b, const RuleNode *node, const bool *linear,
                             NodeId ct, NodeId *cts) {
    (void)linear;
    const NodeId zeros = ir_zeros(b, node->in_types[0]);
    cts[0] =
        emit_indexed(b, node, PRIM_scatter_add, 2, (NodeId[]){zeros, ct}, 1, node->attr[0]);
    return true;
}
const PrimRules rules_gather = {jvp_gather, transpose_gather, batch_gather};

// -- scatter_add (x, elements, indices) ---------------------------------------------

static NodeId jvp_scatter_add(Builder *b, const RuleNode *node, const NodeId *t) {
    if (t[1] == IR_NONE) return t[0];
    const NodeId x = rules_tangent(b, t[0], node->in_types[0]);
    return emit_indexed(b, node, PRIM_scatter_add, 2, (NodeId[]){x, t[1]}, 2,
                        node->attr[0]);
}
static bool transpose_scatter_add(Builder *b, const RuleNode *node, const bool *linear,
                                  NodeId ct, NodeId *cts) {
    if (linear[0]) cts[0] = ct;
    if (linear[1]) cts[1] = read_places(b, node, ct, 2, node->in_types[1]);
    return true;
}
const PrimRules rules_scatter_add = {jvp_scatter_add, transpose_scatter_add, batch_scatter};

// -- scatter_set (x, elements, indices) ---------------------------------------------

static NodeId jvp_scatter_set(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId x = rules_tangent(b, t[0], node->in_types[0]);
    const NodeId elements = rules_tangent(b, t[1], node->in_types[1]);
    return emit_indexed(b, node, PRIM_scatter_set, 2, (NodeId[]){x, elements}, 2,
                        node->attr[0]);
}

// Which of the places (bool, S) were written last, so that their element stayed: the
// places' numbers are scattered likewise, and read back. (Outside of x mode fill reads no
// number.)
static NodeId winners(Builder *b, const RuleNode *node) {
    const Type *x = rules_in_type(b, node, 0), *index = rules_in_type(b, node, 2);
    const NodeId numbers =
        ir_reshape(b, ir_iota(b, DT_I64, 1, &index->size, 0), index->rank, index->shape);
    const TypeId places = ir_array_type(ir_of(b), DT_I64, false, node->n_in - 2, x->shape);
    const NodeId empty = ir_literal(b, places, STR("0"));
    const NodeId written = emit_indexed(b, node, PRIM_scatter_set, 2,
                                        (NodeId[]){empty, numbers}, 2, node->attr[0]);
    const NodeId read = emit_indexed(b, node, PRIM_gather, 1, &written, 2, node->attr[0]);
    return ir_eq(b, read, numbers);
}

static bool transpose_scatter_set(Builder *b, const RuleNode *node, const bool *linear,
                                  NodeId ct, NodeId *cts) {
    if (linear[0]) {
        const NodeId zeros = ir_zeros(b, node->in_types[1]);
        cts[0] = emit_indexed(b, node, PRIM_scatter_set, 2, (NodeId[]){ct, zeros}, 2,
                              node->attr[0]);
    }
    if (linear[1]) {
        const NodeId read = read_places(b, node, ct, 2, node->in_types[1]);
        if (read != IR_NONE)
            cts[1] = where_chosen(b, winners(b, node), read, node->in_types[1]);
    }
    return true;
}
const PrimRules rules_scatter_set = {jvp_scatter_set, transpose_scatter_set, batch_scatter};

// -- scatter_max, scatter_min (x, elements, indices) --------------------------------

// The share of each that ties for an element of the result is the same, JAX's: of x's own
// element, and of each of the elements put there. A NaN of x stays x's.
static NodeId jvp_scatter_extreme(Builder *b, const RuleNode *node, const NodeId *t) {
    const TypeId type = node->in_types[0], v_type = node->in_types[1];
    const NodeId x = node->in[0], v = node->in[1];
    const NodeId read = read_places(b, node, node->out, 2, v_type);
    if (read == IR_NONE && ir_status(b) == OK) return t[0]; // every place is outside
    const NodeId is_nan = ir_ne(b, x, x);
    const NodeId kept = ir_bit_or(b, ir_eq(b, x, node->out), is_nan);
    const NodeId won = ir_eq(b, v, read);
    const NodeId none = ir_zeros(b, type), v_none = ir_zeros(b, v_type);
    const NodeId one = ir_literal(b, type, STR("1")),
                 v_one = ir_literal(b, v_type, STR("1"));
    const NodeId own = ir_select(b, kept, one, none);
    const NodeId each = ir_select(b, won, v_one, v_none);
    const int64_t mode = node->attr[0];
    const NodeId ties =
        emit_indexed(b, node, PRIM_scatter_add, 2, (NodeId[]){own, each}, 2, mode);
    const NodeId tx = rules_tangent(b, t[0], type);
    NodeId sum = ir_select(b, kept, tx, none);
    if (t[1] != IR_NONE) {
        const NodeId tv = ir_select(b, won, t[1], v_none);
        sum = emit_indexed(b, node, PRIM_scatter_add, 2, (NodeId[]){sum, tv}, 2, mode);
    }
    return ir_div(b, sum, ir_maximum(b, ties, one)); // a NaN put there: no tie at all
}
const PrimRules rules_scatter_max = {jvp_scatter_extreme, rules_not_linear, batch_scatter};
const PrimRules rules_scatter_min = {jvp_scatter_extreme, rules_not_linear, batch_scatter};
