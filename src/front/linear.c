// Matrix products: dot, matmul, outer, tensordot, kron. Every one is the primitive `dot` on
// a batch of matrices, between transposes and reshapes. (einsum.c has einsum.)
#include "front/contract.h"
#include "front/function.h"

// -- contraction --------------------------------------------------------------------

static int64_t product(const Type *type, uint32_t n, const uint32_t *axes) {
    int64_t size = 1;
    for (uint32_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(size, type->shape[axes[i]], &size)) return INT64_MAX;
    return size;
}

// The axes of an operand in three groups.
typedef struct Groups {
    uint32_t n_free;
    uint32_t free[LIMIT_RANK];
    int64_t batch_size, free_size, sum_size;
} Groups;

static Groups groups_of(const Type *type, uint32_t n_batch, const uint32_t *batch,
                        uint32_t n_sum, const uint32_t *sum) {
    Groups groups = {.batch_size = product(type, n_batch, batch),
                     .sum_size = product(type, n_sum, sum)};
    bool used[LIMIT_RANK] = {false};
    for (uint32_t i = 0; i < n_batch; i++)
        used[batch[i]] = true;
    for (uint32_t i = 0; i < n_sum; i++)
        used[sum[i]] = true;
    for (uint32_t i = 0; i < type->rank; i++)
        if (!used[i]) groups.free[groups.n_free++] = i;
    groups.free_size = product(type, groups.n_free, groups.free);
    return groups;
}

static uint32_t add_axes(int64_t *perm, uint32_t at, uint32_t n, const uint32_t *axes) {
    for (uint32_t i = 0; i < n; i++)
        perm[at++] = axes[i];
    return at;
}

Status front_contract(Trace *t, NodeId x, NodeId y, const Contraction *c, NodeId *result) {
    Builder *b = front_builder(t);
    const Type *xt = front_node_type(t, x), *yt = front_node_type(t, y);
    const Groups gx = groups_of(xt, c->n_batch, c->x_batch, c->n_sum, c->x_sum);
    const Groups gy = groups_of(yt, c->n_batch, c->y_batch, c->n_sum, c->y_sum);
    const uint32_t rank = c->n_batch + gx.n_free + gy.n_free;
    TRY(front_check_rank(t, rank));
    int64_t perm[LIMIT_RANK], shape[LIMIT_RANK];
    uint32_t n = add_axes(perm, 0, c->n_batch, c->x_batch);
    n = add_axes(perm, n, gx.n_free, gx.free);
    (void)add_axes(perm, n, c->n_sum, c->x_sum);
    x = ir_transpose(b, x, perm);
    x = ir_reshape(b, x, 3, (int64_t[]){gx.batch_size, gx.free_size, gx.sum_size});
    n = add_axes(perm, 0, c->n_batch, c->y_batch);
    n = add_axes(perm, n, c->n_sum, c->y_sum);
    (void)add_axes(perm, n, gy.n_free, gy.free);
    y = ir_transpose(b, y, perm);
    y = ir_reshape(b, y, 3, (int64_t[]){gy.batch_size, gy.sum_size, gy.free_size});
    n = 0;
    for (uint32_t i = 0; i < c->n_batch; i++)
        shape[n++] = xt->shape[c->x_batch[i]];
    for (uint32_t i = 0; i < gx.n_free; i++)
        shape[n++] = xt->shape[gx.free[i]];
    for (uint32_t i = 0; i < gy.n_free; i++)
        shape[n++] = yt->shape[gy.free[i]];
    *result = ir_reshape(b, ir_dot(b, x, y), rank, shape);
    return ir_status(b);
}

// -- dot, matmul --------------------------------------------------------------------

static Status do_not_fit(Trace *t, const char *name, NodeId x, NodeId y) {
    return base_error(t->diags, CODE_E404, t->span, NULL,
                      "`%s` of %s and %s: the sizes that are summed over differ", name,
                      front_node_text(t, x), front_node_text(t, y));
}

// Sums over one axis of each; the other axes of x, then those of y.
static Status sum_over(Trace *t, const char *name, NodeId x, NodeId y, uint32_t x_axis,
                       uint32_t y_axis, Value *result) {
    const Type *xt = front_node_type(t, x), *yt = front_node_type(t, y);
    if (xt->shape[x_axis] != yt->shape[y_axis]) return do_not_fit(t, name, x, y);
    const Contraction c = {.n_sum = 1, .x_sum = {x_axis}, .y_sum = {y_axis}};
    NodeId node;
    TRY(front_contract(t, x, y, &c, &node));
    return front_made(t, node, result);
}

// dot (data 0) sums over the last axis of x and the last but one of y, inner (data 1) over
// the last of both.
static Status body_dot(Trace *t, const Builtin *self, const Value *args, Value *result) {
    NodeId nodes[2];
    TRY(front_promote_nodes(t, 2, args, false, nodes));
    const uint32_t x = front_node_type(t, nodes[0])->rank;
    const uint32_t y = front_node_type(t, nodes[1])->rank;
    if (x == 0 || y == 0) return front_binary(t, OP_MUL, args[0], args[1], result);
    return sum_over(t, self->name, nodes[0], nodes[1], x - 1,
                    y > 1 && !self->data ? y - 2 : y - 1, result);
}

static Status body_vdot(Trace *t, const Builtin *self, const Value *args, Value *result) {
    NodeId nodes[2];
    TRY(front_promote_nodes(t, 2, args, false, nodes));
    for (uint32_t i = 0; i < 2; i++)
        nodes[i] = front_flat(t, nodes[i]);
    return sum_over(t, self->name, nodes[0], nodes[1], 0, 0, result);
}

// Axes in front of the matrices broadcast: both get the same, in the same order.
static Status broadcast_batches(Trace *t, NodeId nodes[2]) {
    int64_t shape[LIMIT_RANK];
    uint32_t rank;
    TRY(front_common_shape(t, 2, nodes, 2, &rank, shape));
    for (uint32_t i = 0; i < 2; i++) {
        const Type *type = front_node_type(t, nodes[i]);
        shape[rank] = type->shape[type->rank - 2];
        shape[rank + 1] = type->shape[type->rank - 1];
        nodes[i] = ir_broadcast_to(front_builder(t), nodes[i], rank + 2, shape);
    }
    return ir_status(front_builder(t));
}

Status front_matmul(Trace *t, Value a, Value b, Value *result) {
    NodeId nodes[2];
    TRY(front_promote_nodes(t, 2, (Value[]){a, b}, false, nodes));
    const Type *x = front_node_type(t, nodes[0]), *y = front_node_type(t, nodes[1]);
    if (x->rank == 0 || y->rank == 0) {
        return base_error(t->diags, CODE_E404, t->span, "`*` multiplies by a scalar",
                          "`@` takes vectors and matrices, got %s and %s",
                          front_node_text(t, nodes[0]), front_node_text(t, nodes[1]));
    }
    if (x->rank <= 2 && y->rank <= 2)
        return sum_over(t, "@", nodes[0], nodes[1], x->rank - 1, 0, result);
    if (y->rank == 1) return sum_over(t, "@", nodes[0], nodes[1], x->rank - 1, 0, result);
    if (x->shape[x->rank - 1] != y->shape[y->rank - 2])
        return do_not_fit(t, "@", nodes[0], nodes[1]);
    Contraction c = {.n_sum = 1};
    if (x->rank == 1) {
        // A vector from the left: its axis is summed, nothing is batched.
        c.y_sum[0] = y->rank - 2u;
    } else {
        TRY(broadcast_batches(t, nodes));
        c.n_batch = front_node_type(t, nodes[0])->rank - 2u;
        for (uint32_t i = 0; i < c.n_batch; i++)
            c.x_batch[i] = c.y_batch[i] = i;
        c.x_sum[0] = c.n_batch + 1;
        c.y_sum[0] = c.n_batch;
    }
    NodeId node;
    TRY(front_contract(t, nodes[0], nodes[1], &c, &node));
    return front_made(t, node, result);
}

static Status body_matmul(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    return front_matmul(t, args[0], args[1], result);
}

// -- tensordot ----------------------------------------------------------------------

static Status tensordot_axes(Trace *t, Value axes, uint32_t x_rank, uint32_t y_rank,
                             Contraction *c) {
    if (!front_is_sequence(axes)) {
        int64_t n;
        TRY(front_static_int(t, axes, "axes", &n));
        if (n < 0 || n > x_rank || n > y_rank) {
            return base_error(t->diags, CODE_E406, t->span, NULL,
                              "tensordot over %lld axes of arrays with %u and %u",
                              (long long)n, x_rank, y_rank);
        }
        c->n_sum = (uint32_t)n;
        for (uint32_t i = 0; i < c->n_sum; i++) {
            c->x_sum[i] = x_rank - c->n_sum + i;
            c->y_sum[i] = i;
        }
        return OK;
    }
    uint32_t n;
    if (axes.n != 2) return front_refuse(t, "axes", "a number or two lists of axes", axes);
    TRY(front_static_axis_list(t, axes.items[0], "axis", x_rank, &c->n_sum, c->x_sum));
    TRY(front_static_axis_list(t, axes.items[1], "axis", y_rank, &n, c->y_sum));
    if (n == c->n_sum) return OK;
    return base_error(t->diags, CODE_E403, t->span, NULL,
                      "tensordot over %u axes of one array and %u of the other", c->n_sum,
                      n);
}

static Status body_tensordot(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    NodeId nodes[2], node;
    Contraction c = {0};
    TRY(front_promote_nodes(t, 2, args, false, nodes));
    const Type *x = front_node_type(t, nodes[0]), *y = front_node_type(t, nodes[1]);
    TRY(tensordot_axes(t, args[2], x->rank, y->rank, &c));
    for (uint32_t i = 0; i < c.n_sum; i++)
        if (x->shape[c.x_sum[i]] != y->shape[c.y_sum[i]])
            return do_not_fit(t, self->name, nodes[0], nodes[1]);
    TRY(front_contract(t, nodes[0], nodes[1], &c, &node));
    return front_made(t, node, result);
}

// -- products without a sum ---------------------------------------------------------

static Status body_outer(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId nodes[2];
    Value factors[2];
    TRY(front_promote_nodes(t, 2, args, false, nodes));
    const int64_t n = front_node_type(t, nodes[0])->size;
    const int64_t m = front_node_type(t, nodes[1])->size;
    TRY(front_made(t, ir_reshape(b, nodes[0], 2, (int64_t[]){n, 1}), &factors[0]));
    TRY(front_made(t, ir_reshape(b, nodes[1], 2, (int64_t[]){1, m}), &factors[1]));
    return front_binary(t, OP_MUL, factors[0], factors[1], result);
}

// Every axis of size n of x and m of y becomes one of size n * m.
static Status body_kron(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId nodes[2], node;
    Value factors[2], all;
    TRY(front_promote_nodes(t, 2, args, false, nodes));
    const Type *types[] = {front_node_type(t, nodes[0]), front_node_type(t, nodes[1])};
    const uint32_t rank = types[0]->rank > types[1]->rank ? types[0]->rank : types[1]->rank;
    int64_t joined[LIMIT_RANK];
    TRY(front_check_rank(t, 2ull * rank));
    for (uint32_t i = 0; i < rank; i++)
        joined[i] = 1;
    for (uint32_t k = 0; k < 2; k++) {
        int64_t shape[LIMIT_RANK];
        for (uint32_t i = 0; i < rank; i++) {
            const uint32_t missing = rank - types[k]->rank;
            const int64_t size = i < missing ? 1 : types[k]->shape[i - missing];
            shape[2 * i + k] = size;
            shape[2 * i + 1 - k] = 1;
            if (__builtin_mul_overflow(joined[i], size, &joined[i])) joined[i] = INT64_MAX;
        }
        TRY(front_made(t, ir_reshape(b, nodes[k], 2 * rank, shape), &factors[k]));
    }
    TRY(front_binary(t, OP_MUL, factors[0], factors[1], &all));
    TRY(front_node_here(t, all, &node));
    return front_made(t, ir_reshape(b, node, rank, joined), result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "linear algebra", .signature = (parameters), .doc = (what),   \
    .kind = BUILTIN_C, .body = (function)

const Builtin front_linear_table[] = {
    {ROW("dot", "x, y", body_dot,
         "Products summed over the last axis of x and the last but one of y."),
     .data = 0, .is_method = true},
    {ROW("einsum", "subscripts, *operands", front_body_einsum,
         "Einstein's summation: einsum('ij,jk->ik', x, y) is x @ y.")},
    {ROW("inner", "x, y", body_dot, "Products summed over the last axes of x and y."),
     .data = 1},
    {ROW("kron", "x, y", body_kron, "The Kronecker product.")},
    {ROW("matmul", "x, y", body_matmul,
         "x @ y: matrix products, batched over leading axes.")},
    {ROW("outer", "x, y", body_outer, "The products of every element with every other.")},
    {ROW("tensordot", "x, y, axes=2", body_tensordot,
         "Products summed over the last axes of x and the first of y, or over pairs of "
         "axes.")},
    {ROW("vdot", "x, y", body_vdot, "Products summed over all elements.")},
};
const uint32_t front_linear_count = sizeof front_linear_table / sizeof *front_linear_table;
