// A function traced by itself, as a transformation needs it: the arguments that are traced
// become inputs, all else that it uses from outside is captured.
#include "front/function.h"

// The arguments with their traced leaves replaced by new inputs of the current scope.
static Status with_inputs(Trace *t, const Args *args, const bool *traced,
                          const TypeId *types, uint32_t n_leaves, NodeId *inputs,
                          Args *result) {
    const uint32_t total = args->n + args->n_keywords;
    Value *values = NEW_ARRAY(t->arena, Value, total);
    Value *leaves = NEW_ARRAY(t->arena, Value, n_leaves);
    if (!values || !leaves) return NOMEM;
    for (uint32_t i = 0; i < n_leaves; i++) {
        inputs[i] = ir_input(t->scope->b, types[i]);
        TRY(front_made(t, inputs[i], &leaves[i]));
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < total; i++) {
        values[i] = args->at[i];
        if (i < args->n && traced[i])
            TRY(front_unflatten(t, args->at[i], leaves, &next, &values[i]));
    }
    *result = *args;
    result->at = values;
    return OK;
}

static Status count_leaves(Trace *t, const Args *args, const bool *traced, uint32_t *n) {
    Leaves leaves = {0};
    for (uint32_t i = 0; i < args->n; i++)
        if (traced[i]) TRY(front_flatten(t, args->at[i], "an argument", &leaves));
    *n = leaves.at.n;
    return OK;
}

// A function came out, where its value is asked for.
static Status not_called(Trace *t, Value value) {
    const bool lambda = value.function->kind == FUNCTION_LAMBDA;
    const Str name = lambda ? STR("(lambda x: …)") : value.function->name;
    return base_error(t->diags, CODE_E402, t->span,
                      name.n ? base_hint(t->diags, "call it: %.*s(…)", STR_ARG(name))
                             : "call it",
                      "expected a number, an array or a structure of them, got a function");
}

static Status trace_body(Trace *t, Value function, const Args *args, const bool *traced,
                         const TypeId *types, uint32_t n_leaves, NodeId *inputs,
                         Closed *closed, NodeId **outputs) {
    Args inner;
    TRY(with_inputs(t, args, traced, types, n_leaves, inputs, &inner));
    TRY(front_call(t, function, &inner, &closed->outputs));
    Leaves leaves = {0};
    if (closed->outputs.kind == VALUE_FUNCTION) return not_called(t, closed->outputs);
    TRY(front_flatten(t, closed->outputs, "the result of a function", &leaves));
    closed->n_outputs = leaves.at.n;
    TypeId *output_types = NEW_ARRAY(t->arena, TypeId, leaves.at.n);
    *outputs = NEW_ARRAY(t->arena, NodeId, leaves.at.n);
    if (!output_types || !*outputs) return NOMEM;
    for (uint32_t i = 0; i < leaves.at.n; i++) {
        TRY(front_node_here(t, leaves.at.at[i], &(*outputs)[i]));
        output_types[i] = ir_type_of(t->scope->b, (*outputs)[i]);
    }
    closed->output_types = output_types;
    return OK;
}

Status front_close_function(Trace *t, Value function, const Args *args, const bool *traced,
                            const TypeId *types, Closed *closed) {
    *closed = (Closed){0};
    uint32_t n_leaves;
    TRY(count_leaves(t, args, traced, &n_leaves));
    Scope *outer = t->scope;
    Scope *scope = front_open_scope(t, outer);
    TRY_ALLOC(scope);
    NodeId *outputs = NULL, *own = NEW_ARRAY(t->arena, NodeId, n_leaves);
    const Status status =
        own ? trace_body(t, function, args, traced, types, n_leaves, own, closed, &outputs)
            : NOMEM;
    const uint32_t n_captures = scope->captures.n;
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, n_leaves + n_captures);
    Value *captures = NEW_ARRAY(t->arena, Value, n_captures);
    if (status != OK || !inputs || !captures) {
        front_drop_scope(t, outer);
        return status != OK ? status : NOMEM;
    }
    if (n_leaves) memcpy(inputs, own, n_leaves * sizeof *inputs);
    for (uint32_t i = 0; i < n_captures; i++) {
        captures[i] = scope->captures.at[i].outer;
        inputs[n_leaves + i] = scope->captures.at[i].input;
    }
    closed->n_leaves = n_leaves;
    closed->n_captures = n_captures;
    closed->captures = captures;
    return front_close_scope(t, outer, inputs, closed->n_outputs, outputs, &closed->graph);
}

Status front_capture_nodes(Trace *t, uint32_t n, const Value *captures, NodeId *nodes) {
    for (uint32_t i = 0; i < n; i++)
        TRY(front_node_here(t, captures[i], &nodes[i]));
    return OK;
}
