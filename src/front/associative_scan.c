// associative_scan: prefix combinations in about log2(n) calls of the function, each on
// whole slices. The order of the combinations is that of jax.lax.associative_scan, so
// roundings are its, too.
#include "front/arrays.h"
#include "front/function.h"

typedef struct Associative {
    Trace *t;
    Value function;
    Value structure; // of the elements, and of what the function gives
    uint32_t n_leaves;
    const uint32_t *axes; // of each leaf: the axis of the elements
} Associative;

// -- one leaf -----------------------------------------------------------------------

// Every `step`th slice along the axis, from `from` to `to - 1`.
static NodeId part(Trace *t, NodeId x, uint32_t axis, int64_t from, int64_t to,
                   int64_t step) {
    const Type *type = front_node_type(t, x);
    int64_t start[LIMIT_RANK] = {0}, limit[LIMIT_RANK], steps[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++) {
        limit[i] = type->shape[i];
        steps[i] = 1;
    }
    start[axis] = from;
    limit[axis] = to;
    steps[axis] = step;
    return ir_slice(front_builder(t), x, start, limit, steps);
}

// even[0], odd[0], even[1], odd[1], …: as many of both, or one more even.
static NodeId interleave(Trace *t, NodeId even, NodeId odd, uint32_t axis) {
    Builder *b = front_builder(t);
    if (ir_status(b) != OK) return IR_NONE;
    const Type *type = front_node_type(t, odd);
    const uint32_t rank = type->rank;
    const int64_t n = type->shape[axis], n_even = front_node_type(t, even)->shape[axis];
    int64_t apart[LIMIT_RANK + 1], together[LIMIT_RANK];
    for (uint32_t i = 0; i <= rank; i++)
        apart[i] = i <= axis ? type->shape[i] : i == axis + 1 ? 1 : type->shape[i - 1];
    for (uint32_t i = 0; i < rank; i++)
        together[i] = i == axis ? 2 * n : type->shape[i];
    const NodeId pairs[] = {
        ir_reshape(b, part(t, even, axis, 0, n, 1), rank + 1, apart),
        ir_reshape(b, odd, rank + 1, apart),
    };
    const NodeId whole =
        ir_reshape(b, ir_concatenate(b, 2, pairs, axis + 1), rank, together);
    if (n_even == n) return whole;
    return ir_concatenate(b, 2, (NodeId[]){whole, part(t, even, axis, n, n_even, 1)}, axis);
}

// -- all leaves ---------------------------------------------------------------------

static Status to_value(Associative *q, const NodeId *nodes, Value *value) {
    Value *leaves = NEW_ARRAY(q->t->arena, Value, q->n_leaves);
    TRY_ALLOC(leaves);
    for (uint32_t i = 0; i < q->n_leaves; i++)
        TRY(front_made(q->t, nodes[i], &leaves[i]));
    uint32_t next = 0;
    return front_unflatten(q->t, q->structure, leaves, &next, value);
}

// function(a, b), of the structure and types of a; into `result`.
static Status combine(Associative *q, const NodeId *a, const NodeId *b, NodeId *result) {
    Trace *t = q->t;
    Value both[2], made;
    Leaves leaves = {0};
    TRY(to_value(q, a, &both[0]));
    TRY(to_value(q, b, &both[1]));
    TRY(front_call_values(t, q->function, 2, both, &made));
    if (!front_same_structure(q->structure, made))
        return front_refuse(t, "the result of associative_scan's function",
                            "of the structure of its arguments", made);
    TRY(front_align(t, q->structure, made, &made));
    TRY(front_flatten(t, made, "the result of associative_scan's function", &leaves));
    for (uint32_t i = 0; i < q->n_leaves; i++) {
        TRY(front_node_here(t, leaves.at.at[i], &result[i]));
        const Type *was = front_node_type(t, a[i]), *is = front_node_type(t, result[i]);
        if (front_same_shape(was, is) && was->dtype == is->dtype) continue;
        return base_error(t->diags, was->dtype == is->dtype ? CODE_E404 : CODE_E405,
                          t->span, NULL,
                          "the function of associative_scan makes %s of two %s",
                          front_node_text(t, result[i]), front_node_text(t, a[i]));
    }
    return OK;
}

// Every `step`th slice of all leaves.
static NodeId *parts(Associative *q, const NodeId *x, int64_t from, int64_t to,
                     int64_t step) {
    NodeId *result = NEW_ARRAY(q->t->arena, NodeId, q->n_leaves);
    for (uint32_t i = 0; result && i < q->n_leaves; i++)
        result[i] = part(q->t, x[i], q->axes[i], from, to, step);
    return result;
}

// The prefixes of n elements: neighbours are combined, and the prefixes of these are every
// second result; one more combination gives the others. Depth: log2(n).
static Status prefixes(Associative *q, const NodeId *x, int64_t n, NodeId *result) {
    if (n < 2) {
        memcpy(result, x, q->n_leaves * sizeof *x);
        return OK;
    }
    Trace *t = q->t;
    NodeId *pairs = NEW_ARRAY(t->arena, NodeId, q->n_leaves);
    NodeId *odd = NEW_ARRAY(t->arena, NodeId, q->n_leaves);
    NodeId *even = NEW_ARRAY(t->arena, NodeId, q->n_leaves);
    const NodeId *first = parts(q, x, 0, n - 1, 2), *second = parts(q, x, 1, n, 2);
    if (!pairs || !odd || !even || !first || !second) return NOMEM;
    TRY(combine(q, first, second, pairs));
    TRY(prefixes(q, pairs, n / 2, odd));
    const NodeId *head = parts(q, x, 0, 1, 1);
    TRY_ALLOC(head);
    memcpy(even, head, q->n_leaves * sizeof *even);
    if (n > 2) {
        const NodeId *before = parts(q, odd, 0, (n - 1) / 2, 1);
        const NodeId *own = parts(q, x, 2, n, 2);
        NodeId *rest = NEW_ARRAY(t->arena, NodeId, q->n_leaves);
        if (!before || !own || !rest) return NOMEM;
        TRY(combine(q, before, own, rest));
        for (uint32_t i = 0; i < q->n_leaves; i++)
            even[i] = ir_concatenate(front_builder(t), 2, (NodeId[]){head[i], rest[i]},
                                     q->axes[i]);
    }
    for (uint32_t i = 0; i < q->n_leaves; i++)
        result[i] = interleave(t, even[i], odd[i], q->axes[i]);
    return ir_status(front_builder(t));
}

// The leaves as nodes; how many elements they have, which is the same of all.
static Status elements(Associative *q, const Leaves *leaves, Value axis, NodeId *x,
                       int64_t *n) {
    Trace *t = q->t;
    uint32_t *axes = NEW_ARRAY(t->arena, uint32_t, q->n_leaves);
    TRY_ALLOC(axes);
    q->axes = axes;
    *n = -1;
    for (uint32_t i = 0; i < q->n_leaves; i++) {
        TRY(front_node_here(t, leaves->at.at[i], &x[i]));
        const Type *type = front_node_type(t, x[i]);
        TRY(front_static_axis(t, axis, "axis", type->rank, &axes[i]));
        const int64_t size = type->shape[axes[i]];
        if (*n >= 0 && size != *n) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "associative_scan: arrays of %lld and of %lld elements",
                              (long long)*n, (long long)size);
        }
        *n = size;
    }
    return OK;
}

// fn, elems, reverse, axis
Status front_associative_scan(Trace *t, const Builtin *self, const Value *args,
                              Value *result) {
    Associative q = {.t = t, .function = args[0], .structure = args[1]};
    Leaves leaves = {0};
    bool reverse;
    int64_t n;
    TRY(front_check_function(t, self, args[0]));
    TRY(front_static_bool(t, args[2], "reverse", &reverse));
    TRY(front_flatten(t, args[1], "the elements of associative_scan", &leaves));
    q.n_leaves = leaves.at.n;
    NodeId *x = NEW_ARRAY(t->arena, NodeId, q.n_leaves);
    TRY_ALLOC(x);
    TRY(elements(&q, &leaves, args[3], x, &n));
    for (uint32_t i = 0; reverse && i < q.n_leaves; i++)
        x[i] = ir_reverse(front_builder(t), x[i], 1, (int64_t[]){q.axes[i]});
    TRY(prefixes(&q, x, n, x));
    for (uint32_t i = 0; reverse && i < q.n_leaves; i++)
        x[i] = ir_reverse(front_builder(t), x[i], 1, (int64_t[]){q.axes[i]});
    return to_value(&q, x, result);
}
