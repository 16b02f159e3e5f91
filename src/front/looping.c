// Loops: the body is traced once, as a closed graph; what it uses from outside becomes
// constants of the loop.
#include "front/arrays.h"
#include "front/function.h"

// A loop being traced.
typedef struct Tracing {
    Trace *t;
    const LoopRequest *request;
    Scope *outer;
    Leaves first, xs;        // of the carry and of xs, outside
    TypeId *types, *x_types; // of the carry; of slices of xs
    NodeId *inputs;          // of the body: the carry, then slices of xs
    Value next, y;           // what the body gave
    Leaves next_leaves, y_leaves;
    bool again; // the carry's types changed: the body must be traced with the new ones
} Tracing;

// -- types --------------------------------------------------------------------------

static Status slice_types(Tracing *q) {
    Trace *t = q->t;
    for (uint32_t i = 0; i < q->xs.at.n; i++) {
        const Value x = q->xs.at.at[i];
        const Type *type = front_type(t, x);
        if (type->rank == 0 || type->shape[0] != q->request->trips) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "%s: expected a leading axis of %lld, got %s",
                              q->request->name, (long long)q->request->trips,
                              front_kind_text(t, x));
        }
        q->x_types[i] = ir_slice_type(t->ir, ir_type_of(x.scope->b, x.node));
        if (q->x_types[i] == IR_NO_TYPE) return FAILED;
    }
    return OK;
}

static Status begin(Tracing *q) {
    Trace *t = q->t;
    TRY(front_flatten(t, q->request->carry, "the carry of a loop", &q->first));
    TRY(front_flatten(t, q->request->xs, "what a loop goes over", &q->xs));
    q->types = NEW_ARRAY(t->arena, TypeId, q->first.at.n);
    q->x_types = NEW_ARRAY(t->arena, TypeId, q->xs.at.n);
    if (!q->types || !q->x_types) return NOMEM;
    for (uint32_t i = 0; i < q->first.at.n; i++) {
        const Value leaf = q->first.at.at[i];
        q->types[i] = ir_type_of(leaf.scope->b, leaf.node);
    }
    return slice_types(q);
}

// One leaf of the carry as the body leaves it, in the type in which it found it. A weak one
// takes the type that the body gives it, and the body is traced again.
static Status fit_carry(Tracing *q, uint32_t i, NodeId *output) {
    Trace *t = q->t;
    const Value leaf = q->next_leaves.at.at[i];
    const Type in = *ir_type(t->ir, q->types[i]), *out = front_type(t, leaf);
    if (!front_same_shape(&in, out)) {
        Text was = {.arena = t->arena};
        ir_type_text(t->ir, q->types[i], &was);
        return base_error(t->diags, CODE_E404, t->span,
                          "each trip must leave the carry as it found it; broadcast its "
                          "first value",
                          "%s: the carry changes its shape from %s to %s", q->request->name,
                          was.failed ? "one" : was.at, front_kind_text(t, leaf));
    }
    const Value pair[2] = {front_array(t->scope, q->inputs[i]), leaf};
    Promoted to;
    TRY(front_promote(t, 2, pair, &to));
    if (in.weak && (to.dtype != in.dtype || !out->weak)) {
        q->types[i] = ir_type_with(t->ir, q->types[i], to.dtype, to.weak);
        q->again = true;
        return q->types[i] == IR_NO_TYPE ? NOMEM : OK;
    }
    if (to.dtype != (Dtype)in.dtype) {
        return base_error(
            t->diags, CODE_E405, t->span,
            base_hint(t->diags,
                      "begin with it in %s, or convert what the "
                      "body gives: .astype(%s)",
                      num_dtype_name(to.dtype), num_dtype_name((Dtype)in.dtype)),
            "%s: the carry begins as %s, and the body makes it %s", q->request->name,
            num_dtype_name((Dtype)in.dtype), num_dtype_name((Dtype)out->dtype));
    }
    NodeId node;
    TRY(front_node_here(t, leaf, &node));
    *output = ir_convert(front_builder(t), node, (Dtype)in.dtype, in.weak);
    return ir_status(front_builder(t));
}

// -- the body -----------------------------------------------------------------------

// The carry and a slice of xs as the body sees them.
static Status make_inputs(Tracing *q, Value *carry, Value *x) {
    Trace *t = q->t;
    const uint32_t n = q->first.at.n, n_xs = q->xs.at.n;
    Value *leaves = NEW_ARRAY(t->arena, Value, n + n_xs);
    q->inputs = NEW_ARRAY(t->arena, NodeId, n + n_xs);
    if (!leaves || !q->inputs) return NOMEM;
    for (uint32_t i = 0; i < n + n_xs; i++) {
        q->inputs[i] = ir_input(front_builder(t), i < n ? q->types[i] : q->x_types[i - n]);
        TRY(front_made(t, q->inputs[i], &leaves[i]));
    }
    uint32_t next = 0;
    TRY(front_unflatten(t, q->request->carry, leaves, &next, carry));
    return front_unflatten(t, q->request->xs, leaves, &next, x);
}

static Status other_structure(const Tracing *q) {
    Trace *t = q->t;
    const bool hidden = q->request->own_first;
    const Value was = hidden ? q->request->carry.items[1] : q->request->carry;
    const Value is = hidden ? q->next.items[1] : q->next;
    return base_error(t->diags, CODE_E402, t->span, NULL,
                      "%s: the carry begins as %s, and the body makes it %s",
                      q->request->name, front_structure_text(t, was),
                      front_structure_text(t, is));
}

static Status trace_body(Tracing *q, NodeId **outputs, uint32_t *n_out) {
    Trace *t = q->t;
    const Span span = t->span;
    Value carry, x;
    q->next_leaves = q->y_leaves = (Leaves){0};
    TRY(make_inputs(q, &carry, &x));
    TRY(q->request->body(t, q->request->data, carry, x, &q->next, &q->y));
    front_at(t, span);
    if (!front_same_structure(q->request->carry, q->next)) return other_structure(q);
    TRY(front_align(t, q->request->carry, q->next, &q->next));
    TRY(front_flatten(t, q->next, "the carry of a loop", &q->next_leaves));
    TRY(front_flatten(t, q->y, "what a loop stacks", &q->y_leaves));
    const uint32_t n = q->next_leaves.at.n;
    *n_out = n + q->y_leaves.at.n;
    *outputs = NEW_ARRAY(t->arena, NodeId, *n_out);
    TRY_ALLOC(*outputs);
    for (uint32_t i = 0; i < n; i++)
        TRY(fit_carry(q, i, &(*outputs)[i]));
    for (uint32_t i = n; i < *n_out; i++)
        TRY(front_node_here(t, q->y_leaves.at.at[i - n], &(*outputs)[i]));
    return OK;
}

// Constants, carry, xs.
static Status body_inputs(Tracing *q, NodeId **inputs, Value **captures, uint32_t *n) {
    Trace *t = q->t;
    const Scope *scope = t->scope;
    const uint32_t n_own = q->first.at.n + q->xs.at.n;
    *n = scope->captures.n;
    *inputs = NEW_ARRAY(t->arena, NodeId, *n + n_own);
    *captures = NEW_ARRAY(t->arena, Value, *n);
    if (!*inputs || !*captures) return NOMEM;
    for (uint32_t i = 0; i < *n; i++) {
        (*inputs)[i] = scope->captures.at[i].input;
        (*captures)[i] = scope->captures.at[i].outer;
    }
    if (n_own) memcpy(*inputs + *n, q->inputs, n_own * sizeof **inputs);
    return OK;
}

// Traces the body until the carry's types are what it makes of them: each time at least one
// weak leaf becomes strong, or another weak dtype.
static Status close_body(Tracing *q, const Graph **body, Value **captures,
                         uint32_t *n_captures) {
    Trace *t = q->t;
    do {
        q->again = false;
        if (!front_open_scope(t, q->outer)) return NOMEM;
        NodeId *outputs = NULL, *inputs = NULL;
        uint32_t n_out = 0;
        Status status = trace_body(q, &outputs, &n_out);
        if (status == OK) status = body_inputs(q, &inputs, captures, n_captures);
        if (status != OK || q->again) {
            front_drop_scope(t, q->outer);
            TRY(status);
            continue;
        }
        TRY(front_close_scope(t, q->outer, inputs, n_out, outputs, body));
    } while (q->again);
    return OK;
}

// -- the node -----------------------------------------------------------------------

static Status operands(Tracing *q, const Value *captures, uint32_t n_captures, NodeId *in,
                       uint32_t *n) {
    Trace *t = q->t;
    if (q->request->kind == LOOP_COUNTED) in[(*n)++] = q->request->count;
    TRY(front_capture_nodes(t, n_captures, captures, in + *n));
    *n += n_captures;
    for (uint32_t i = 0; i < q->first.at.n; i++) {
        const Type *type = ir_type(t->ir, q->types[i]);
        NodeId node;
        TRY(front_node_here(t, q->first.at.at[i], &node));
        in[(*n)++] = ir_convert(front_builder(t), node, (Dtype)type->dtype, type->weak);
    }
    for (uint32_t i = 0; i < q->xs.at.n; i++)
        TRY(front_node_here(t, q->xs.at.at[i], &in[(*n)++]));
    return OK;
}

static Status emit(Tracing *q, const Graph *body, const Value *captures,
                   uint32_t n_captures, Value *carry, Value *ys) {
    Trace *t = q->t;
    const Loop loop = {.kind = q->request->kind,
                       .body = body,
                       .trips = q->request->kind == LOOP_STATIC ? q->request->trips : 0,
                       .reverse = q->request->reverse,
                       .n_constants = n_captures,
                       .n_carry = q->first.at.n,
                       .n_xs = q->xs.at.n};
    NodeId *in = NEW_ARRAY(t->arena, NodeId, body->n_inputs + 1);
    Value *leaves = NEW_ARRAY(t->arena, Value, body->n_outputs);
    if (!in || !leaves) return NOMEM;
    uint32_t n = 0, next = 0;
    TRY(operands(q, captures, n_captures, in, &n));
    const NodeId node = ir_emit_loop(front_builder(t), &loop, n, in);
    for (uint32_t i = 0; i < body->n_outputs; i++)
        TRY(front_made(t, ir_out(front_builder(t), node, i), &leaves[i]));
    TRY(front_unflatten(t, q->next, leaves, &next, carry));
    return front_unflatten(t, q->y, leaves, &next, ys);
}

Status front_loop(Trace *t, const LoopRequest *request, Value *carry, Value *ys) {
    Tracing q = {.t = t, .request = request, .outer = t->scope};
    const Span span = t->span;
    const Graph *body;
    Value *captures = NULL;
    uint32_t n_captures = 0;
    TRY(begin(&q));
    TRY(close_body(&q, &body, &captures, &n_captures));
    front_at(t, span);
    return emit(&q, body, captures, n_captures, carry, ys);
}
