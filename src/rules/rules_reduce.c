// Rules of reductions, running sums, and positions of extremes.
#include "rules/rules_family.h"

// Spreads a result of the reduction over the operand's shape.
static NodeId spread_back(Builder *b, const RuleNode *node, NodeId x) {
    const Type *type = rules_in_type(b, node, 0);
    int64_t dims[RULES_RANK];
    uint32_t n = 0, next = 0;
    for (uint32_t i = 0; i < type->rank; i++) {
        if (next < node->n_attr && node->attr[next] == i)
            next++;
        else
            dims[n++] = i;
    }
    return ir_broadcast(b, x, type->rank, type->shape, dims);
}

static bool transpose_reduce_sum(Builder *b, const RuleNode *node, const bool *linear,
                                 NodeId ct, NodeId *cts) {
    (void)linear;
    cts[0] = spread_back(b, node, ct);
    return true;
}
const PrimRules rules_reduce_sum = {rules_jvp_linear, transpose_reduce_sum,
                                    rules_batch_axes};

// -- products -----------------------------------------------------------------------

// Rows from … to of a matrix of m columns.
static NodeId rows(Builder *b, NodeId x, int64_t m, int64_t from, int64_t to) {
    return ir_slice(b, x, (int64_t[]){from, 0}, (int64_t[]){to, m}, (int64_t[]){1, 1});
}

// The operand (or its tangent) as a matrix: a row for each factor, a column for each
// product.
static NodeId factor_rows(Builder *b, const RuleNode *node, NodeId x, int64_t *n,
                          int64_t *m) {
    const Type *type = rules_in_type(b, node, 0);
    int64_t perm[RULES_RANK];
    uint32_t first = 0, last = node->n_attr, next = 0;
    *n = *m = 1;
    for (uint32_t i = 0; i < type->rank; i++) {
        const bool reduced = next < node->n_attr && node->attr[next] == i;
        if (reduced) next++;
        perm[reduced ? first++ : last++] = i;
        *(reduced ? n : m) *= type->shape[i];
    }
    return ir_reshape(b, ir_transpose(b, x, perm), 2, (int64_t[]){*n, *m});
}

// Multiplies the first half of the factors by the second, and again, until one is left: the
// product rule alone, so it is right at zeros and to any order; the graph grows by log n.
static NodeId jvp_reduce_prod(Builder *b, const RuleNode *node, const NodeId *t) {
    if (rules_in_type(b, node, 0)->size == 0) return IR_NONE;
    int64_t n, m;
    NodeId x = factor_rows(b, node, node->in[0], &n, &m);
    NodeId tx = factor_rows(b, node, t[0], &n, &m);
    while (n > 1) {
        const int64_t half = n / 2;
        const NodeId low = rows(b, x, m, 0, half), high = rows(b, x, m, half, 2 * half);
        const NodeId t_low = ir_mul(b, rows(b, tx, m, 0, half), high);
        const NodeId t_high = ir_mul(b, rows(b, tx, m, half, 2 * half), low);
        NodeId product = ir_mul(b, low, high), t_product = ir_add(b, t_low, t_high);
        if (n % 2) {
            const NodeId rest = rows(b, x, m, n - 1, n);
            const NodeId t_rest = rows(b, tx, m, n - 1, n);
            product = ir_concatenate(b, 2, (NodeId[]){product, rest}, 0);
            t_product = ir_concatenate(b, 2, (NodeId[]){t_product, t_rest}, 0);
        }
        x = product;
        tx = t_product;
        n -= half;
    }
    const Type *type = ir_type(ir_of(b), node->type);
    return ir_reshape(b, tx, type->rank, type->shape);
}
const PrimRules rules_reduce_prod = {jvp_reduce_prod, rules_not_linear, rules_batch_axes};

// -- extremes -----------------------------------------------------------------------

// The mean of the tangents of all elements that tie. (NaN ties with nothing: 0/0.)
static NodeId jvp_reduce_extreme(Builder *b, const RuleNode *node, const NodeId *t) {
    const Type *type = rules_in_type(b, node, 0);
    const NodeId hit = ir_eq(b, node->in[0], spread_back(b, node, node->out));
    const NodeId chosen = ir_select(b, hit, t[0], ir_zeros(b, node->in_types[0]));
    const NodeId ones = ir_convert(b, hit, (Dtype)type->dtype, type->weak);
    const NodeId sum = ir_reduce(b, PRIM_reduce_sum, chosen, node->n_attr, node->attr);
    return ir_div(b, sum, ir_reduce(b, PRIM_reduce_sum, ones, node->n_attr, node->attr));
}
const PrimRules rules_reduce_max = {jvp_reduce_extreme, rules_not_linear, rules_batch_axes};
const PrimRules rules_reduce_min = {jvp_reduce_extreme, rules_not_linear, rules_batch_axes};

const PrimRules rules_argmax = {rules_no_tangent, rules_not_linear, rules_batch_axes};
const PrimRules rules_argmin = {rules_no_tangent, rules_not_linear, rules_batch_axes};

// -- predicates ---------------------------------------------------------------------

const PrimRules rules_reduce_and = {rules_no_tangent, rules_not_linear, rules_batch_axes};
const PrimRules rules_reduce_or = {rules_no_tangent, rules_not_linear, rules_batch_axes};

// -- along an axis: [axis, how]
// -------------------------------------------------------------------

static NodeId batch_along(Builder *b, const RuleNode *node, int64_t B,
                          const bool *batched) {
    (void)B, (void)batched;
    const int64_t attr[] = {node->attr[0] + 1, node->attr[1]};
    return ir_emit(b, (Prim)node->prim, 1, node->in, 2, attr);
}
const PrimRules rules_argsort = {rules_no_tangent, rules_not_linear, batch_along};

static bool transpose_cumsum(Builder *b, const RuleNode *node, const bool *linear,
                             NodeId ct, NodeId *cts) {
    (void)linear;
    const int64_t attr[] = {node->attr[0], !node->attr[1]};
    cts[0] = ir_emit(b, PRIM_cumsum, 1, &ct, 2, attr);
    return true;
}
const PrimRules rules_cumsum = {rules_jvp_linear, transpose_cumsum, batch_along};
