// Transformations that differentiate, as functions in expressions: grad, value_and_grad,
// vjp, jvp, linearize. Each traces its function by itself, transforms the graph, and
// inlines what comes out where it was called.
#include "front/linear_functions.h"
#include "front/linearization.h"

// -- which arguments ----------------------------------------------------------------

// The slot of a parameter that the call gives an argument for; false: it gives none.
static bool find_slot(const Function *function, const Args *args, int64_t argnum,
                      uint32_t *slot) {
    for (*slot = 0; *slot < front_slots(args); ++*slot)
        if (front_argnum(function, args, *slot) == argnum) return true;
    return false;
}

// One more than the position of the last argument.
static int64_t count_arguments(const Function *function, const Args *args) {
    int64_t n = args->n;
    for (uint32_t slot = args->n; slot < front_slots(args); slot++) {
        const int64_t argnum = front_argnum(function, args, slot);
        if (argnum >= n) n = argnum + 1;
    }
    return n;
}

static Status one_argnum(Trace *t, const Function *function, Value value, const Args *args,
                         Position *position) {
    const int64_t n = count_arguments(function, args);
    int64_t at;
    if (value.kind == VALUE_TEXT) {
        at = front_parameter_index(function, value.text);
        if (at < 0) {
            return base_error(t->diags, CODE_E403, t->span,
                              front_hint_parameters(t, function, value.text),
                              "argnums: `%.*s` has no argument `%.*s`",
                              STR_ARG(function->name), STR_ARG(value.text));
        }
    } else {
        TRY(front_static_int(t, value, "argnums", &at));
    }
    const int64_t given = at;
    if (at < 0) at += n;
    if (at < 0 || (value.kind != VALUE_TEXT && at >= n)) {
        return base_error(t->diags, CODE_E403, t->span,
                          n ? "they count from 0, or from the end: -1 is the last one"
                            : "the function takes no arguments",
                          "argnums: %lld is out of range for %lld argument%s",
                          (long long)given, (long long)n, n == 1 ? "" : "s");
    }
    if (find_slot(function, args, at, &position->slot)) {
        position->argnum = (uint32_t)at;
        return OK;
    }
    const Str name = front_parameter_name(function, (uint32_t)at);
    return base_error(t->diags, CODE_E403, t->span,
                      "give it a value; what is left to its default is no argument of the "
                      "call",
                      "argnums: the call gives no argument %lld (`%.*s`)", (long long)at,
                      STR_ARG(name));
}

Status front_add_position(Trace *t, const Function *function, Value argnum,
                          const Args *args, Positions *positions) {
    Position at = {0};
    TRY(one_argnum(t, function, argnum, args, &at));
    for (uint32_t i = 0; i < positions->at.n; i++) {
        if (positions->at.at[i].slot == at.slot)
            return base_error(t->diags, CODE_E403, t->span, NULL, "argnums names %u twice",
                              at.argnum);
    }
    return VEC_PUSH(t->arena, &positions->at, at) ? OK : NOMEM;
}

static Status positions_of(Trace *t, const Function *function, Value argnums,
                           const Args *args, Positions *positions) {
    positions->single = argnums.kind != VALUE_TUPLE && argnums.kind != VALUE_LIST;
    const uint32_t n = positions->single ? 1 : argnums.n;
    if (n == 0) return base_error(t->diags, CODE_E403, t->span, NULL, "argnums is empty");
    for (uint32_t i = 0; i < n; i++)
        TRY(front_add_position(t, function, positions->single ? argnums : argnums.items[i],
                               args, positions));
    return OK;
}

// E505 unless the argument has a float leaf.
Status front_check_differentiable(Trace *t, const Function *function, const Args *args,
                                  Position position) {
    const uint32_t slot = position.slot;
    const Value value = args->at[slot];
    const SpecArg *declared = front_declaration(function, position.argnum);
    Leaves leaves = {0};
    front_at(t, args->spans[slot]);
    TRY(front_flatten(t, value, "a differentiated argument", &leaves));
    bool any = false;
    for (uint32_t k = 0; k < leaves.at.n; k++)
        any = any || front_is_float(t, leaves.at.at[k]);
    const char *text = front_slot_text(t, function, args, slot);
    TRY_ALLOC(text);
    if (any && declared && declared->nondiff) {
        return base_error_also(t->diags, CODE_E505, args->spans[slot], declared->span,
                               "declared here", "argnums chooses the arguments",
                               "%s is not differentiable: it is declared so", text);
    }
    if (any) return OK;
    return base_error(t->diags, CODE_E505, args->spans[slot],
                      value.kind == VALUE_NUMBER ? "write it as a float: 3.0"
                                                 : "argnums chooses the arguments",
                      "%s is not differentiable: it is %s", text,
                      leaves.at.n ? front_kind_text(t, leaves.at.at[0]) : "empty");
}

// -- grad ---------------------------------------------------------------------------

// Every array here is real, and holomorphic functions are of complex numbers.
static Status not_complex(Trace *t, const Transformed *tf, const Args *args,
                          Position position) {
    const char *text = front_slot_text(t, tf->inner.function, args, position.slot);
    TRY_ALLOC(text);
    return base_error(t->diags, CODE_E505, args->spans[position.slot],
                      "leave holomorphic out: the derivative of a real function needs none",
                      "holomorphic=True needs complex arguments, but %s is %s", text,
                      front_kind_text(t, args->at[position.slot]));
}

// The function as a Traced at a call's arguments, and which of these are differentiated
// (E505).
Status front_trace_transformed(Trace *t, const Transformed *tf, const Args *args,
                               Traced *traced, Positions *positions) {
    Args positional;
    const Function *function = tf->inner.function;
    front_at(t, args->span);
    TRY(front_positional(t, function, args, &positional));
    TRY(positions_of(t, function, tf->argnums, &positional, positions));
    bool *selected = NEW_ARRAY(t->arena, bool, front_slots(&positional));
    TRY_ALLOC(selected);
    for (uint32_t i = 0; i < positions->at.n; i++) {
        const Position at = positions->at.at[i];
        selected[at.slot] = true;
        if (tf->holomorphic) return not_complex(t, tf, &positional, at);
        if (!tf->allow_int) TRY(front_check_differentiable(t, function, &positional, at));
    }
    return front_trace_at(t, tf->inner, &positional, selected, tf->has_aux, traced);
}

static const char no_scalar[] = "in a point give `cotangent:`, or ask for `compute: "
                                "jacobian` (--compute jacobian); in an "
                                "expression write vjp(f, x) or jacrev(f)";

// E504: grad is of one real scalar.
Status front_check_scalar(Trace *t, const Traced *traced, Span span) {
    const Closed *closed = &traced->closed;
    if (closed->n_outputs == 1 && closed->outputs.kind != VALUE_TUPLE &&
        closed->outputs.kind != VALUE_LIST && closed->outputs.kind != VALUE_RECORD) {
        const Type *type = ir_type(t->ir, closed->output_types[0]);
        if (type->rank == 0 && num_is_float((Dtype)type->dtype)) return OK;
        Text text = {.arena = t->diags->arena};
        ir_type_text(t->ir, closed->output_types[0], &text);
        return base_error(t->diags, CODE_E504, span,
                          type->rank ? no_scalar : "only real outputs have a gradient",
                          "grad needs a real scalar output, got %.*s",
                          STR_ARG(base_text_str(&text)));
    }
    return base_error(t->diags, CODE_E504, span, no_scalar,
                      "grad needs a real scalar output, got a structure of %u outputs",
                      closed->n_outputs);
}

// The part of a TUPLE over the differentiated arguments (in order of the call) that argnums
// asks for, in its order.
Status front_select(Trace *t, const Positions *positions, Value all, Value *value) {
    Value *items = NEW_ARRAY(t->arena, Value, positions->at.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < positions->at.n; i++) {
        uint32_t rank = 0;
        for (uint32_t k = 0; k < positions->at.n; k++)
            rank += positions->at.at[k].slot < positions->at.at[i].slot;
        items[i] = all.items[rank];
    }
    if (positions->single)
        *value = items[0];
    else
        *value = (Value){.kind = VALUE_TUPLE, .n = positions->at.n, .items = items};
    return OK;
}

Status front_with_aux(Trace *t, const Transformed *tf, const Traced *traced, Value made,
                      Value *result) {
    *result = made;
    if (!tf->has_aux) return OK;
    return front_sequence(t, VALUE_TUPLE, 2, (Value[]){made, traced->aux}, result);
}

// grad is (gradient, aux), value_and_grad is ((value, aux), gradient).
static Status call_grad(Trace *t, const Transformed *tf, const Args *args, Value *result) {
    Traced traced = {0};
    Positions positions = {0};
    Pullback *p = NULL;
    Value grads, pair[2];
    TRY(front_trace_transformed(t, tf, args, &traced, &positions));
    TRY(front_check_scalar(t, &traced, args->span));
    TRY(front_linearize(t, &traced, LINEAR_ONCE, tf->span, &p));
    Leaves outputs = {0};
    TRY(front_flatten(t, p->outputs, "an output", &outputs));
    const NodeId one = ir_literal_like(front_builder(t), outputs.at.at[0].node, "1");
    TRY(front_pull_back(t, p, &one, 1, -1, &grads, NULL));
    TRY(front_select(t, &positions, grads, &pair[1]));
    if (tf->kind == TRANSFORM_GRAD) return front_with_aux(t, tf, &traced, pair[1], result);
    TRY(front_with_aux(t, tf, &traced, p->outputs, &pair[0]));
    return front_sequence(t, VALUE_TUPLE, 2, pair, result);
}

Status front_call_transformed(Trace *t, const Transformed *tf, const Args *args,
                              Value *result) {
    switch (tf->kind) {
    case TRANSFORM_GRAD:
    case TRANSFORM_VALUE_AND_GRAD:
        return call_grad(t, tf, args, result);
    case TRANSFORM_JACREV:
        return front_call_jacrev(t, tf, args, result);
    case TRANSFORM_JACFWD:
        return front_call_jacfwd(t, tf, args, result);
    case TRANSFORM_VMAP:
        return front_call_vmap(t, tf, args, result);
    case TRANSFORM_CHECKPOINT:
        return front_call_checkpoint(t, tf, args, result);
    }
    return FAILED;
}

// -- vjp, jvp, linearize ------------------------------------------------------------

static Status every_argument(Trace *t, Value function, Value primals, bool has_aux,
                             Traced *traced) {
    const Span span = t->span;
    const uint32_t n = primals.n;
    bool *all = NEW_ARRAY(t->arena, bool, n);
    Span *spans = NEW_ARRAY(t->arena, Span, n);
    if (!all || !spans) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        all[i] = true;
        spans[i] = span;
    }
    const Args args = {.n = n, .at = primals.items, .spans = spans, .span = span};
    return front_trace_at(t, function, &args, all, has_aux, traced);
}

// (value, made), with has_aux (value, made, aux).
static Status results(Trace *t, const Traced *traced, bool has_aux, Value value, Value made,
                      Value *result) {
    return front_sequence(t, VALUE_TUPLE, has_aux ? 3 : 2,
                          (Value[]){value, made, traced->aux}, result);
}

Status front_body_linear(Trace *t, const Builtin *self, const Value *args, Value *result) {
    Traced traced = {0};
    Pullback *p = NULL;
    Value map;
    bool has_aux = false;
    const Span span = t->span;
    TRY(front_check_function(t, self, args[0]));
    TRY(front_static_bool(t, args[2], "has_aux", &has_aux));
    TRY(every_argument(t, args[0], args[1], has_aux, &traced));
    TRY(front_linearize(t, &traced, (LinearUse)self->data, span, &p));
    TRY(front_function_value(
        t,
        (Function){.kind = FUNCTION_PULLBACK, .name = base_str(self->name), .pullback = p},
        &map));
    return results(t, &traced, has_aux, p->outputs, map, result);
}

// p.with_logs of a pullback p.
Status front_with_logs(Trace *t, const Function *pullback, Value *result) {
    Pullback *p = NEW(t->arena, Pullback);
    TRY_ALLOC(p);
    *p = *pullback->pullback;
    p->with_logs = true;
    return front_function_value(
        t, (Function){.kind = FUNCTION_PULLBACK, .name = STR("with_logs"), .pullback = p},
        result);
}

// An array of the graph, which an expression can go on with.
static bool is_array(Trace *t, Value value) {
    if (value.kind == VALUE_ARRAY) return front_type(t, value)->kind == TYPE_ARRAY;
    const bool parts =
        value.kind == VALUE_TUPLE || value.kind == VALUE_LIST || value.kind == VALUE_RECORD;
    for (uint32_t i = 0; parts && i < value.n; i++)
        if (!is_array(t, value.items[i])) return false;
    return true;
}

static Status check_log(Trace *t, const PulledLog *log) {
    if (log->n_conditions)
        return base_error(
            t->diags, CODE_E402, t->span,
            "a point's `grad` reports such logs, as null where the branch was "
            "not taken",
            "`with_logs` cannot give the log `%.*s`: it is there in one branch "
            "of a condition alone",
            STR_ARG(log->key));
    if (!is_array(t, log->value))
        return base_error(
            t->diags, CODE_E402, t->span,
            "a point's `grad` reports such logs; or give the loop a number of "
            "trips that is known: `scan`, or `fori_loop` with literal bounds",
            "`with_logs` cannot give the log `%.*s`: how many trips its loop "
            "makes is known only when it runs",
            STR_ARG(log->key));
    return OK;
}

static Status record_of_logs(Trace *t, const PulledLogs *logs, Value *record) {
    Value *items = NEW_ARRAY(t->arena, Value, logs->at.n);
    Str *keys = NEW_ARRAY(t->arena, Str, logs->at.n);
    if (!items || !keys) return NOMEM;
    for (uint32_t i = 0; i < logs->at.n; i++) {
        const PulledLog *log = &logs->at.at[i];
        TRY(check_log(t, log));
        items[i] = log->value;
        keys[i] = log->key;
    }
    *record = (Value){.kind = VALUE_RECORD, .n = logs->at.n, .items = items, .keys = keys};
    return OK;
}

Status front_call_pullback(Trace *t, const Pullback *p, const Args *args, Value *result) {
    const uint32_t expected = p->use == LINEAR_FORWARD ? p->primals.n : 1;
    if (args->n != expected || args->n_keywords) {
        return base_error(
            t->diags, CODE_E403, args->span, NULL,
            p->use == LINEAR_FORWARD
                ? "the linear map takes a tangent for each of %u arguments, got %u"
                : "a pullback takes %u cotangent, got %u arguments",
            expected, args->n + args->n_keywords);
    }
    if (p->use == LINEAR_FORWARD) return front_apply_linear(t, p, args, result);
    Leaves outputs = {0};
    TRY(front_flatten(t, p->outputs, "an output", &outputs));
    NodeId *cts = NEW_ARRAY(t->arena, NodeId, outputs.at.n);
    TRY_ALLOC(cts);
    TRY(front_cotangent_nodes(t, p->outputs, args->at[0], cts));
    if (!p->with_logs) return front_pull_back(t, p, cts, outputs.at.n, -1, result, NULL);
    Value pair[2];
    PulledLogs logs = {0};
    TRY(front_pull_back(t, p, cts, outputs.at.n, -1, &pair[0], &logs));
    TRY(record_of_logs(t, &logs, &pair[1]));
    return front_sequence(t, VALUE_TUPLE, 2, pair, result);
}

static bool is_sequence(Value value) {
    return value.kind == VALUE_TUPLE || value.kind == VALUE_LIST;
}

// What jvp's arguments are called in messages.
static Status argument_texts(Trace *t, const Function *function, Value primals,
                             const TangentOf **result) {
    const Args args = {.n = primals.n};
    TangentOf *of = NEW_ARRAY(t->arena, TangentOf, primals.n);
    TRY_ALLOC(of);
    for (uint32_t i = 0; i < primals.n; i++) {
        of[i] = (TangentOf){front_slot_text(t, function, &args, i), NO_SPAN};
        TRY_ALLOC(of[i].argument);
    }
    *result = of;
    return OK;
}

Status front_body_jvp(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const Span span = t->span;
    bool has_aux = false;
    TRY(front_check_function(t, self, args[0]));
    TRY(front_static_bool(t, args[3], "has_aux", &has_aux));
    if (!is_sequence(args[1]))
        return base_error(t->diags, CODE_E402, span, "jvp(f, (x,), (dx,))",
                          "the primals of jvp must be a tuple, got %s",
                          front_kind_text(t, args[1]));
    if (!is_sequence(args[2]) || args[2].n != args[1].n)
        return base_error(t->diags, CODE_E402, span, "jvp(f, (x,), (dx,))",
                          "the tangents of jvp must be %s, as the primals are, got %s",
                          front_structure_text(t, args[1]),
                          front_structure_text(t, args[2]));
    Traced traced = {0};
    const TangentOf *of = NULL;
    TRY(argument_texts(t, args[0].function, args[1], &of));
    TRY(every_argument(t, args[0], args[1], has_aux, &traced));
    NodeId *tangents = NEW_ARRAY(t->arena, NodeId, traced.leaves.at.n);
    TRY_ALLOC(tangents);
    Value value, tangent;
    TRY(front_tangent_nodes(t, traced.primals, args[2].items, of, tangents));
    TRY(front_push_forward(t, &traced, tangents, span, &value, &tangent));
    return results(t, &traced, has_aux, value, tangent, result);
}
