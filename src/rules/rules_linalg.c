// Rules of dot: a[b,m,k] · b[b,k,n] → [b,m,n].
#include "rules/rules_family.h"

static NodeId matrix_transpose(Builder *b, NodeId x) {
    return ir_transpose(b, x, (int64_t[]){0, 2, 1});
}

static bool transpose_dot(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    if (linear[0] && linear[1]) return false;
    if (linear[0])
        cts[0] = ir_dot(b, ct, matrix_transpose(b, node->in[1]));
    else
        cts[1] = ir_dot(b, matrix_transpose(b, node->in[0]), ct);
    return true;
}

static int64_t product(int64_t x, int64_t y) {
    int64_t xy;
    // Only empty arrays have such sizes; the type of the result is refused.
    return __builtin_mul_overflow(x, y, &xy) ? INT64_MAX : xy;
}

// Both batched: B·b products of one size.
static NodeId batch_both(Builder *b, const RuleNode *node, int64_t B, const int64_t *out) {
    NodeId in[2];
    for (uint32_t i = 0; i < 2; i++) {
        const int64_t *shape = rules_in_type(b, node, i)->shape;
        in[i] = ir_reshape(b, node->in[i], 3,
                           (int64_t[]){product(B, shape[0]), shape[1], shape[2]});
    }
    const NodeId y = ir_dot(b, in[0], in[1]);
    return ir_reshape(b, y, 4, (int64_t[]){B, out[0], out[1], out[2]});
}

// Only the left matrices are batched: they are stacked, B·m rows.
static NodeId batch_left(Builder *b, const RuleNode *node, int64_t B, const int64_t *out) {
    const int64_t b0 = out[0], m = out[1], n = out[2];
    const int64_t k = rules_in_type(b, node, 0)->shape[2];
    const NodeId turned = ir_transpose(b, node->in[0], (int64_t[]){1, 0, 2, 3});
    const NodeId rows = ir_reshape(b, turned, 3, (int64_t[]){b0, product(B, m), k});
    const NodeId y = ir_dot(b, rows, node->in[1]);
    const NodeId split = ir_reshape(b, y, 4, (int64_t[]){b0, B, m, n});
    return ir_transpose(b, split, (int64_t[]){1, 0, 2, 3});
}

// Only the right ones are: side by side, B·n columns.
static NodeId batch_right(Builder *b, const RuleNode *node, int64_t B, const int64_t *out) {
    const int64_t b0 = out[0], m = out[1], n = out[2];
    const int64_t k = rules_in_type(b, node, 0)->shape[2];
    const NodeId turned = ir_transpose(b, node->in[1], (int64_t[]){1, 2, 0, 3});
    const NodeId columns = ir_reshape(b, turned, 3, (int64_t[]){b0, k, product(B, n)});
    const NodeId y = ir_dot(b, node->in[0], columns);
    const NodeId split = ir_reshape(b, y, 4, (int64_t[]){b0, m, B, n});
    return ir_transpose(b, split, (int64_t[]){2, 0, 1, 3});
}

static NodeId batch_dot(Builder *b, const RuleNode *node, int64_t B, const bool *batched) {
    const int64_t *out = ir_type(ir_of(b), node->type)->shape;
    if (batched[0] && batched[1]) return batch_both(b, node, B, out);
    return batched[0] ? batch_left(b, node, B, out) : batch_right(b, node, B, out);
}

const PrimRules rules_dot = {rules_jvp_bilinear, transpose_dot, batch_dot};
