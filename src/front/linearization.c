// A function traced at a point, its linear part there, and that part applied and
// transposed.
#include "front/linearization.h"
#include "base/limits.h"
#include "front/closure.h"

// -- a function at a point, traced by itself ----------------------------------------

// The arguments with traced leaves in the selected slots.
static Status traced_arguments(Trace *t, const Args *args, const bool *selected,
                               uint32_t n_leaves, Args *result) {
    const uint32_t n = front_slots(args);
    Value *values = NEW_ARRAY(t->arena, Value, n);
    Value *leaves = NEW_ARRAY(t->arena, Value, n_leaves);
    if (!values || !leaves) return NOMEM;
    for (uint32_t i = 0; i < n_leaves; i++)
        leaves[i] = front_traced_leaf(i);
    uint32_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        values[i] = args->at[i];
        if (selected[i]) TRY(front_unflatten(t, args->at[i], leaves, &next, &values[i]));
    }
    *result = *args;
    result->at = values;
    return OK;
}

Status front_trace_at(Trace *t, Value function, const Args *args, const bool *selected,
                      bool has_aux, Traced *result) {
    VEC(Value) primals = {0};
    for (uint32_t i = 0; i < front_slots(args); i++) {
        if (!selected[i]) continue;
        front_at(t, args->spans[i]);
        TRY(front_flatten(t, args->at[i], "a differentiated argument", &result->leaves));
        if (!VEC_PUSH(t->arena, &primals, args->at[i])) return NOMEM;
    }
    const uint32_t n = result->leaves.at.n;
    TypeId *types = NEW_ARRAY(t->arena, TypeId, n);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < n; i++)
        types[i] =
            ir_type_of(result->leaves.at.at[i].scope->b, result->leaves.at.at[i].node);
    uint32_t next = 0;
    const Value tuple = {.kind = VALUE_TUPLE, .n = primals.n, .items = primals.at};
    TRY(front_unflatten(t, tuple, result->leaves.at.at, &next, &result->primals));
    Args inner;
    TRY(traced_arguments(t, args, selected, n, &inner));
    front_at(t, args->span);
    TRY(front_close_function(t, function, &inner, has_aux, n, types, &result->closed));
    front_at(t, args->span);
    const uint32_t n_inputs = result->closed.graph->n_inputs;
    result->in = NEW_ARRAY(t->arena, bool, n_inputs);
    result->inputs = NEW_ARRAY(t->arena, NodeId, n_inputs);
    if (!result->in || !result->inputs) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        result->in[i] = front_is_float(t, result->leaves.at.at[i]);
        TRY(front_node_here(t, result->leaves.at.at[i], &result->inputs[i]));
    }
    return front_capture_nodes(t, result->closed.n_captures, result->closed.captures,
                               result->inputs + n);
}

Status front_outputs(Trace *t, Traced *traced, const NodeId *nodes, Value *value) {
    const Closed *closed = &traced->closed;
    const uint32_t n = closed->graph->n_outputs;
    Value *leaves = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(leaves);
    for (uint32_t i = 0; i < n; i++)
        TRY(front_made(t, nodes[i], &leaves[i]));
    uint32_t next = 0;
    TRY(front_put_arrays(t, closed->aux, leaves + closed->n_outputs, &traced->aux));
    return front_unflatten(t, closed->outputs, leaves, &next, value);
}

// -- linear parts -------------------------------------------------------------------

Status front_linearize(Trace *t, Traced *traced, LinearUse use, Span span,
                       Pullback **pullback) {
    const Graph *graph = traced->closed.graph;
    const Linearized *lin;
    TRY(xform_linearize(graph, traced->in, &lin));
    NodeId *known = NEW_ARRAY(t->arena, NodeId, lin->known->n_outputs);
    Value *residuals = NEW_ARRAY(t->arena, Value, lin->n_residuals);
    Pullback *p = NEW(t->arena, Pullback);
    if (!known || !residuals || !p) return NOMEM;
    TRY(ir_inline(front_builder(t), lin->known, traced->inputs, true, known));
    for (uint32_t i = 0; i < lin->n_residuals; i++) {
        const uint32_t from = lin->residuals[i];
        const NodeId node = from < graph->n_inputs
                                ? traced->inputs[from]
                                : known[graph->n_outputs + from - graph->n_inputs];
        TRY(front_made(t, node, &residuals[i]));
    }
    *p = (Pullback){.linear = lin->linear,
                    .n_residuals = lin->n_residuals,
                    .residuals = residuals,
                    .n_out = graph->n_outputs,
                    .out = lin->out,
                    .primals = traced->primals,
                    .n_in = traced->leaves.at.n,
                    .in = traced->in,
                    .use = use,
                    .span = span};
    if (use == LINEAR_FORWARD) TRY(xform_forward_result(lin->linear, span, &p->linear));
    TRY(front_outputs(t, traced, known, &p->outputs));
    if (lin->known != graph) ir_release(lin->known);
    if (lin->linear != graph) ir_release(graph);
    *pullback = p;
    return OK;
}

static Status zeros_like(Trace *t, Value leaf, Value *zeros) {
    NodeId node;
    TRY(front_node_here(t, leaf, &node));
    return front_made(t, ir_zeros(front_builder(t), ir_type_of(front_builder(t), node)),
                      zeros);
}

static Status residual_nodes(Trace *t, const Pullback *p, NodeId *nodes) {
    for (uint32_t i = 0; i < p->n_residuals; i++)
        TRY(front_node_here(t, p->residuals[i], &nodes[i]));
    return OK;
}

// The transposed linear part for the outputs whose cotangent is there. `result`: tangents
// of L that get a cotangent.
static Status transposed(Trace *t, const Pullback *p, const bool *ct, XformLogs *logs,
                         const Graph **graph, bool **result) {
    const Graph *linear = p->linear;
    bool *is_linear = NEW_ARRAY(t->arena, bool, linear->n_inputs);
    *result = NEW_ARRAY(t->arena, bool, linear->n_inputs);
    if (!is_linear || !*result) return NOMEM;
    for (uint32_t i = p->n_residuals; i < linear->n_inputs; i++)
        is_linear[i] = true;
    if (logs) return xform_transpose_with_logs(linear, is_linear, ct, graph, *result, logs);
    return xform_transpose(linear, is_linear, ct, NULL, graph, *result);
}

// `nodes`: the outputs of T behind its results.
static Status pull_logs(Trace *t, const XformLogs *logs, const NodeId *nodes,
                        PulledLogs *pulled) {
    for (uint32_t i = 0; i < logs->n; i++) {
        const XformLog *log = &logs->at[i];
        const uint32_t n = xform_log_conditions(log), n_arrays = log->log->n;
        Value *leaves = NEW_ARRAY(t->arena, Value, n + n_arrays);
        TRY_ALLOC(leaves);
        for (uint32_t k = 0; k < n + n_arrays; k++)
            TRY(front_made(t, *nodes++, &leaves[k]));
        PulledLog made = {.key = log->log->key,
                          .n_layers = log->n_layers,
                          .layers = log->layers,
                          .n_conditions = n,
                          .conditions = leaves};
        uint32_t next = 0;
        const Value *structure = log->log->structure;
        TRY(front_unflatten(t, *structure, leaves + n, &next, &made.value));
        if (!VEC_PUSH(t->arena, &pulled->at, made)) return NOMEM;
    }
    return OK;
}

// Cotangents of the primals (a TUPLE like them, None for leaves that are not float) from
// one for each output: `cts` has a node or IR_NONE (symbolic zero) for every output of the
// function. With a batch, cts have a leading axis of that size and so have the results.
Status front_pull_back(Trace *t, const Pullback *p, const NodeId *cts, uint32_t n_outputs,
                       int64_t batch, Value *grads, PulledLogs *pulled) {
    Builder *b = front_builder(t);
    const uint32_t n_linear = p->linear->n_outputs;
    bool *ct = NEW_ARRAY(t->arena, bool, n_linear), *result;
    NodeId *in = NEW_ARRAY(t->arena, NodeId, p->n_residuals + n_linear);
    if (!ct || !in) return NOMEM;
    TRY(residual_nodes(t, p, in));
    uint32_t n_ct = 0;
    for (uint32_t i = 0, k = 0; i < p->n_out; i++) {
        if (!p->out[i]) continue;
        ct[k] = i < n_outputs && cts[i] != IR_NONE;
        if (ct[k++]) in[p->n_residuals + n_ct++] = cts[i];
    }
    const Graph *graph;
    XformLogs logs = {0};
    TRY(transposed(t, p, ct, pulled ? &logs : NULL, &graph, &result));
    bool *batched = NEW_ARRAY(t->arena, bool, graph->n_outputs);
    NodeId *out = NEW_ARRAY(t->arena, NodeId, graph->n_outputs);
    if (!batched || !out) return NOMEM;
    if (batch >= 0) {
        bool *in_bits = NEW_ARRAY(t->arena, bool, graph->n_inputs);
        TRY_ALLOC(in_bits);
        for (uint32_t i = p->n_residuals; i < graph->n_inputs; i++)
            in_bits[i] = true;
        TRY(xform_vmap(graph, batch, in_bits, NULL, &graph, batched));
    }
    TRY(ir_inline(b, graph, in, true, out));
    if (p->use == LINEAR_ONCE) {
        if (graph != p->linear) ir_release(p->linear);
        ir_release(graph);
    }
    Leaves leaves = {0};
    TRY(front_flatten(t, p->primals, "an argument", &leaves));
    Value *values = NEW_ARRAY(t->arena, Value, leaves.at.n);
    TRY_ALLOC(values);
    uint32_t k = 0;
    for (uint32_t i = 0, tangent = p->n_residuals; i < leaves.at.n; i++) {
        values[i] = front_none();
        if (!p->in[i]) continue;
        Value like = leaves.at.at[i];
        if (result[tangent++]) {
            NodeId node = out[k];
            if (batch >= 0 && !batched[k]) {
                const Type *type = front_type(t, like);
                int64_t shape[LIMIT_RANK + 1] = {batch};
                for (uint32_t a = 0; a < type->rank; a++)
                    shape[a + 1] = type->shape[a];
                node = ir_broadcast_to(b, node, type->rank + 1u, shape);
            }
            k++;
            TRY(front_made(t, node, &values[i]));
            continue;
        }
        TRY(zeros_like(t, like, &values[i]));
        if (batch >= 0) {
            const TypeId type =
                ir_batched_type(t->ir, batch, ir_type_of(b, values[i].node));
            if (type == IR_NO_TYPE) return FAILED;
            TRY(front_made(t, ir_zeros(b, type), &values[i]));
        }
    }
    if (pulled) TRY(pull_logs(t, &logs, out + k, pulled));
    uint32_t next = 0;
    return front_unflatten(t, p->primals, values, &next, grads);
}

Status front_push_forward(Trace *t, Traced *traced, const NodeId *tangents, Span span,
                          Value *value, Value *tangent) {
    Builder *b = front_builder(t);
    const Graph *graph = traced->closed.graph, *j;
    const uint32_t n_outputs = graph->n_outputs;
    uint32_t n_inputs = graph->n_inputs;
    bool *in = NEW_ARRAY(t->arena, bool, n_inputs);
    bool *out = NEW_ARRAY(t->arena, bool, n_outputs);
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, n_inputs + traced->leaves.at.n);
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, 2 * (size_t)n_outputs);
    Value *leaves = NEW_ARRAY(t->arena, Value, n_outputs);
    if (!in || !out || !inputs || !nodes || !leaves) return NOMEM;
    if (n_inputs) memcpy(inputs, traced->inputs, n_inputs * sizeof *inputs);
    for (uint32_t i = 0; i < traced->leaves.at.n; i++) {
        in[i] = tangents[i] != IR_NONE;
        if (in[i]) inputs[n_inputs++] = tangents[i];
    }
    TRY(xform_jvp(graph, in, NULL, &j, out));
    TRY(xform_forward_result(j, span, &j));
    TRY(ir_inline(b, j, inputs, true, nodes));
    TRY(front_outputs(t, traced, nodes, value));
    for (uint32_t i = 0, k = n_outputs; i < traced->closed.n_outputs; i++) {
        const TypeId type = ir_type_of(b, nodes[i]);
        const NodeId node = out[i] ? nodes[k++] : ir_zeros(b, type);
        leaves[i] = front_none();
        if (num_is_float((Dtype)ir_type(t->ir, type)->dtype))
            TRY(front_made(t, node, &leaves[i]));
    }
    uint32_t next = 0;
    return front_unflatten(t, *value, leaves, &next, tangent);
}

Status front_apply_linear(Trace *t, const Pullback *p, const Args *args, Value *result) {
    Builder *b = front_builder(t);
    Leaves outputs = {0}, primals = {0};
    TRY(front_flatten(t, p->outputs, "an output", &outputs));
    TRY(front_flatten(t, p->primals, "an argument", &primals));
    NodeId *tangents = NEW_ARRAY(t->arena, NodeId, primals.at.n);
    NodeId *in = NEW_ARRAY(t->arena, NodeId, p->linear->n_inputs);
    NodeId *out = NEW_ARRAY(t->arena, NodeId, p->linear->n_outputs);
    if (!tangents || !in || !out) return NOMEM;
    uint32_t next = 0, n = p->n_residuals;
    TRY(front_tangent_nodes(t, p->primals, args->at, NULL, tangents));
    TRY(residual_nodes(t, p, in));
    for (uint32_t i = 0; i < primals.at.n; i++) {
        if (!p->in[i]) continue;
        NodeId zeros;
        TRY(front_node_here(t, primals.at.at[i], &zeros));
        in[n++] = tangents[i] != IR_NONE ? tangents[i] : ir_zeros(b, ir_type_of(b, zeros));
    }
    TRY(ir_inline(b, p->linear, in, true, out));
    for (uint32_t i = 0, k = 0; i < outputs.at.n; i++) {
        Value *leaf = &outputs.at.at[i];
        if (p->out[i])
            TRY(front_made(t, out[k++], leaf));
        else if (front_is_float(t, *leaf))
            TRY(zeros_like(t, *leaf, leaf));
        else
            *leaf = front_none();
    }
    next = 0;
    return front_unflatten(t, p->outputs, outputs.at.at, &next, result);
}
