// Rules of the primitives that move elements. All are linear: the tangent moves likewise,
// and the transpose moves cotangents back.
#include "rules/rules_family.h"

#include <inttypes.h>
#include <stdio.h>

// -- broadcast: [rank, shape…, place of each axis…] ---------------------------------

// Sums over the axes that are new or spread, then gives these their size 1 again.
static bool transpose_broadcast(Builder *b, const RuleNode *node, const bool *linear,
                                NodeId ct, NodeId *cts) {
    (void)linear;
    const Type *x = rules_in_type(b, node, 0);
    const uint32_t rank = (uint32_t)node->attr[0];
    const int64_t *shape = node->attr + 1, *dims = shape + rank;
    int64_t axes[RULES_RANK];
    uint32_t n = 0, next = 0;
    for (uint32_t i = 0; i < rank; i++) {
        const bool old = next < x->rank && dims[next] == i;
        if (!old || x->shape[next] != shape[i]) axes[n++] = i;
        if (old) next++;
    }
    const NodeId sum = ir_reduce(b, PRIM_reduce_sum, ct, n, axes);
    cts[0] = ir_reshape(b, sum, x->rank, x->shape);
    return true;
}
static NodeId batch_broadcast(Builder *b, const RuleNode *node, int64_t B,
                              const bool *batched) {
    (void)batched;
    const uint32_t rank = (uint32_t)node->attr[0], n_dims = node->n_attr - 1 - rank;
    int64_t shape[RULES_RANK] = {B}, dims[RULES_RANK] = {0};
    for (uint32_t i = 0; i < rank; i++)
        shape[i + 1] = node->attr[1 + i];
    for (uint32_t i = 0; i < n_dims; i++)
        dims[i + 1] = node->attr[1 + rank + i] + 1;
    return ir_broadcast(b, node->in[0], rank + 1, shape, dims);
}
const PrimRules rules_broadcast = {rules_jvp_linear, transpose_broadcast, batch_broadcast};

// -- reshape: [rank, shape…] --------------------------------------------------------

static bool transpose_reshape(Builder *b, const RuleNode *node, const bool *linear,
                              NodeId ct, NodeId *cts) {
    (void)linear;
    const Type *x = rules_in_type(b, node, 0);
    cts[0] = ir_reshape(b, ct, x->rank, x->shape);
    return true;
}
static NodeId batch_reshape(Builder *b, const RuleNode *node, int64_t B,
                            const bool *batched) {
    (void)batched;
    const uint32_t rank = (uint32_t)node->attr[0];
    int64_t shape[RULES_RANK] = {B};
    for (uint32_t i = 0; i < rank; i++)
        shape[i + 1] = node->attr[1 + i];
    return ir_reshape(b, node->in[0], rank + 1, shape);
}
const PrimRules rules_reshape = {rules_jvp_linear, transpose_reshape, batch_reshape};

// -- transpose: [perm…] -------------------------------------------------------------

static bool transpose_transpose(Builder *b, const RuleNode *node, const bool *linear,
                                NodeId ct, NodeId *cts) {
    (void)linear;
    int64_t inverse[RULES_RANK];
    for (uint32_t i = 0; i < node->n_attr; i++)
        inverse[node->attr[i]] = i;
    cts[0] = ir_transpose(b, ct, inverse);
    return true;
}
static NodeId batch_transpose(Builder *b, const RuleNode *node, int64_t B,
                              const bool *batched) {
    (void)B, (void)batched;
    int64_t perm[RULES_RANK] = {0};
    for (uint32_t i = 0; i < node->n_attr; i++)
        perm[i + 1] = node->attr[i] + 1;
    return ir_transpose(b, node->in[0], perm);
}
const PrimRules rules_transpose = {rules_jvp_linear, transpose_transpose, batch_transpose};

// -- reverse: [axis…] ---------------------------------------------------------------

static bool transpose_reverse(Builder *b, const RuleNode *node, const bool *linear,
                              NodeId ct, NodeId *cts) {
    (void)linear;
    cts[0] = ir_reverse(b, ct, node->n_attr, node->attr);
    return true;
}
const PrimRules rules_reverse = {rules_jvp_linear, transpose_reverse, rules_batch_axes};

// -- slice: [start…, limit…, step…]; pad: [low…, high…, interior…] ------------------

// Three numbers for each axis, as the attributes of slice and pad have them.
typedef struct PerAxis {
    int64_t a[RULES_RANK], b[RULES_RANK], c[RULES_RANK];
} PerAxis;

static NodeId emit_pad(Builder *b, NodeId x, uint32_t rank, const PerAxis *p) {
    int64_t attr[3 * RULES_RANK];
    for (uint32_t i = 0; i < rank; i++) {
        attr[i] = p->a[i];
        attr[rank + i] = p->b[i];
        attr[2 * rank + i] = p->c[i];
    }
    return ir_emit(b, PRIM_pad, 1, &x, 3 * rank, attr);
}

// The attributes with those of the batch axis in front. Returns the new rank.
static uint32_t with_batch(const RuleNode *node, int64_t first_b, int64_t first_c,
                           PerAxis *p) {
    const uint32_t rank = node->n_attr / 3;
    p->a[0] = 0;
    p->b[0] = first_b;
    p->c[0] = first_c;
    for (uint32_t i = 0; i < rank; i++) {
        p->a[i + 1] = node->attr[i];
        p->b[i + 1] = node->attr[rank + i];
        p->c[i + 1] = node->attr[2 * rank + i];
    }
    return rank + 1;
}

// Of how many leading axes a slice takes a part; 0: of others, too.
static uint32_t leading_parts(const Type *x, const Type *y) {
    uint32_t n = 0;
    while (n < x->rank && y->shape[n] != x->shape[n])
        n++;
    for (uint32_t i = n; i < x->rank; i++)
        if (y->shape[i] != x->shape[i]) return 0;
    return n;
}

static NodeId int_literal(Builder *b, NodeId like, int64_t value) {
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    return ir_literal_like(b, like, text);
}

// Zeros, ct added at the places of the first n axes. As of x[i] (rules_index.c), the sum of
// such cotangents is made in place, and costs the size of what was read.
static NodeId scatter_slice(Builder *b, const RuleNode *node, uint32_t n, const Type *y,
                            NodeId ct) {
    const int64_t *start = node->attr, *step = start + 2 * y->rank;
    const int64_t clip = 1; // all are inside
    NodeId in[2 + RULES_RANK] = {ir_zeros(b, node->in_types[0]), ct};
    for (uint32_t i = 0; i < n; i++) {
        const NodeId steps = ir_iota(b, DT_I64, n, y->shape, i);
        const NodeId offset = ir_mul(b, steps, int_literal(b, steps, step[i]));
        in[2 + i] = ir_add(b, offset, int_literal(b, steps, start[i]));
    }
    return ir_emit(b, PRIM_scatter_add, 2 + n, in, 1, &clip);
}

// Each cotangent goes back to its place, zeros between and around.
static bool transpose_slice(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                            NodeId *cts) {
    (void)linear;
    enum { FEW = 16 };
    const Type *x = rules_in_type(b, node, 0), *y = ir_type(ir_of(b), node->type);
    const int64_t *start = node->attr, *step = start + 2 * x->rank;
    const uint32_t parts = leading_parts(x, y);
    if (parts && y->size && y->size <= x->size / FEW) {
        cts[0] = scatter_slice(b, node, parts, y, ct);
        return true;
    }
    PerAxis p;
    for (uint32_t i = 0; i < x->rank; i++) {
        const int64_t n = y->shape[i];
        p.a[i] = n ? start[i] : 0;
        p.b[i] = n ? x->shape[i] - (start[i] + (n - 1) * step[i] + 1) : x->shape[i];
        p.c[i] = n > 1 ? step[i] - 1 : 0;
    }
    cts[0] = emit_pad(b, ct, x->rank, &p);
    return true;
}
static NodeId batch_slice(Builder *b, const RuleNode *node, int64_t B,
                          const bool *batched) {
    (void)batched;
    PerAxis p;
    (void)with_batch(node, B, 1, &p);
    return ir_slice(b, node->in[0], p.a, p.b, p.c);
}
const PrimRules rules_slice = {rules_jvp_linear, transpose_slice, batch_slice};

static bool transpose_pad(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)linear;
    const Type *x = rules_in_type(b, node, 0);
    const int64_t *low = node->attr, *interior = low + 2 * x->rank;
    PerAxis p;
    for (uint32_t i = 0; i < x->rank; i++) {
        const int64_t n = x->shape[i];
        p.a[i] = low[i];
        p.c[i] = n > 1 ? interior[i] + 1 : 1;
        p.b[i] = n ? low[i] + (n - 1) * p.c[i] + 1 : low[i];
    }
    cts[0] = ir_slice(b, ct, p.a, p.b, p.c);
    return true;
}
static NodeId batch_pad(Builder *b, const RuleNode *node, int64_t B, const bool *batched) {
    (void)B, (void)batched;
    PerAxis p;
    const uint32_t rank = with_batch(node, 0, 0, &p);
    return emit_pad(b, node->in[0], rank, &p);
}
const PrimRules rules_pad = {rules_jvp_linear, transpose_pad, batch_pad};

// -- concatenate: [axis] ------------------------------------------------------------

// A concatenation of parts that are made one by one. NULL: the builder failed.
typedef struct Parts {
    Arena *arena;
    NodeId *at;
} Parts;

static bool new_parts(Builder *b, const RuleNode *node, Parts *parts) {
    parts->arena = base_arena_new();
    parts->at = parts->arena ? NEW_ARRAY(parts->arena, NodeId, node->n_in) : NULL;
    if (parts->at) return true;
    base_arena_free(parts->arena);
    (void)ir_fail(b, NOMEM);
    return false;
}

static NodeId join(Builder *b, const RuleNode *node, Parts *parts, int64_t axis) {
    const NodeId whole = ir_concatenate(b, node->n_in, parts->at, axis);
    base_arena_free(parts->arena);
    return whole;
}

static NodeId jvp_concatenate(Builder *b, const RuleNode *node, const NodeId *t) {
    Parts parts;
    if (!new_parts(b, node, &parts)) return IR_NONE;
    for (uint32_t i = 0; i < node->n_in; i++)
        parts.at[i] = rules_tangent(b, t[i], node->in_types[i]);
    return join(b, node, &parts, node->attr[0]);
}

static bool transpose_concatenate(Builder *b, const RuleNode *node, const bool *linear,
                                  NodeId ct, NodeId *cts) {
    const Type *whole = ir_type(ir_of(b), node->type);
    const int64_t axis = node->attr[0];
    int64_t start[RULES_RANK] = {0}, limit[RULES_RANK], step[RULES_RANK];
    for (uint32_t i = 0; i < whole->rank; i++) {
        limit[i] = whole->shape[i];
        step[i] = 1;
    }
    for (uint32_t i = 0; i < node->n_in; i++) {
        limit[axis] = start[axis] + rules_in_type(b, node, i)->shape[axis];
        if (linear[i]) cts[i] = ir_slice(b, ct, start, limit, step);
        start[axis] = limit[axis];
    }
    return true;
}

static NodeId batch_concatenate(Builder *b, const RuleNode *node, int64_t B,
                                const bool *batched) {
    Parts parts;
    if (!new_parts(b, node, &parts)) return IR_NONE;
    for (uint32_t i = 0; i < node->n_in; i++)
        parts.at[i] = rules_batched(b, node, B, batched, i);
    return join(b, node, &parts, node->attr[0] + 1);
}
const PrimRules rules_concatenate = {jvp_concatenate, transpose_concatenate,
                                     batch_concatenate};
