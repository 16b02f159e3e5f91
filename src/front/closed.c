// A function traced by itself, as a transformation needs it: the arguments that are traced
// become inputs, all else that it uses from outside is captured.
#include "front/closure.h"

// A value with its traced leaves replaced by the inputs.
static Status with_inputs(Trace *t, Value value, const Value *inputs, Value *result) {
    *result = value;
    if (value.kind == VALUE_ARRAY && !value.scope) *result = inputs[value.node];
    if (value.kind != VALUE_TUPLE && value.kind != VALUE_LIST && value.kind != VALUE_RECORD)
        return OK;
    Value *items = NEW_ARRAY(t->arena, Value, value.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < value.n; i++)
        TRY(with_inputs(t, value.items[i], inputs, &items[i]));
    result->items = items;
    return OK;
}

static Status arguments(Trace *t, const Args *args, uint32_t n_leaves, const TypeId *types,
                        NodeId *inputs, Args *result) {
    const uint32_t n = front_slots(args);
    Value *values = NEW_ARRAY(t->arena, Value, n);
    Value *leaves = NEW_ARRAY(t->arena, Value, n_leaves);
    if (!values || !leaves) return NOMEM;
    for (uint32_t i = 0; i < n_leaves; i++) {
        inputs[i] = ir_input(t->scope->b, types[i]);
        TRY(front_made(t, inputs[i], &leaves[i]));
    }
    for (uint32_t i = 0; i < n; i++)
        TRY(with_inputs(t, args->at[i], leaves, &values[i]));
    *result = *args;
    result->at = values;
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

// With has_aux the result is a pair.
static Status split_aux(Trace *t, Value result, Value *value, Value *aux) {
    const bool sequence = result.kind == VALUE_TUPLE || result.kind == VALUE_LIST;
    if (sequence && result.n == 2) {
        *value = result.items[0];
        *aux = result.items[1];
        return OK;
    }
    return base_error(t->diags, CODE_E402, t->span, "lambda x: (value, aux)",
                      "with has_aux=True the function must give a pair (value, auxiliary "
                      "value), got %s",
                      front_structure_text(t, result));
}

typedef struct Outputs {
    VEC(NodeId) at;
} Outputs;

static Status add_outputs(Trace *t, const Leaves *leaves, Outputs *outputs) {
    for (uint32_t i = 0; i < leaves->at.n; i++) {
        NodeId node;
        TRY(front_node_here(t, leaves->at.at[i], &node));
        if (!VEC_PUSH(t->arena, &outputs->at, node)) return NOMEM;
    }
    return OK;
}

static Status trace_body(Trace *t, Value function, const Args *args, bool has_aux,
                         Closed *closed, Outputs *outputs) {
    Leaves leaves = {0}, aux_arrays = {0};
    Value result, aux = front_none();
    TRY(front_call(t, function, args, &result));
    closed->outputs = result;
    if (has_aux) TRY(split_aux(t, result, &closed->outputs, &aux));
    if (closed->outputs.kind == VALUE_FUNCTION) return not_called(t, closed->outputs);
    TRY(front_flatten(t, closed->outputs, "the result of a function", &leaves));
    TRY(front_take_arrays(t, aux, &aux_arrays, &closed->aux));
    TRY(add_outputs(t, &leaves, outputs));
    TRY(add_outputs(t, &aux_arrays, outputs));
    closed->n_outputs = leaves.at.n;
    TypeId *output_types = NEW_ARRAY(t->arena, TypeId, leaves.at.n);
    TRY_ALLOC(output_types);
    for (uint32_t i = 0; i < leaves.at.n; i++)
        output_types[i] = ir_type_of(t->scope->b, outputs->at.at[i]);
    closed->output_types = output_types;
    return OK;
}

Status front_close_function(Trace *t, Value function, const Args *args, bool has_aux,
                            uint32_t n_leaves, const TypeId *types, Closed *closed) {
    *closed = (Closed){.n_leaves = n_leaves};
    Scope *outer = t->scope;
    Scope *scope = front_open_scope(t, outer);
    TRY_ALLOC(scope);
    Args inner;
    Outputs outputs = {0};
    NodeId *own = NEW_ARRAY(t->arena, NodeId, n_leaves);
    Status status = own ? arguments(t, args, n_leaves, types, own, &inner) : NOMEM;
    if (status == OK) status = trace_body(t, function, &inner, has_aux, closed, &outputs);
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
    closed->n_captures = n_captures;
    closed->captures = captures;
    return front_close_scope(t, outer, inputs, outputs.at.n, outputs.at.at, &closed->graph);
}

Status front_capture_nodes(Trace *t, uint32_t n, const Value *captures, NodeId *nodes) {
    for (uint32_t i = 0; i < n; i++)
        TRY(front_node_here(t, captures[i], &nodes[i]));
    return OK;
}
