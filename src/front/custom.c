// Rules that are functions: custom_gradient, custom_vjp, custom_jvp, as JAX has them.
#include "front/linear_functions.h"
#include "front/rule.h"

// -- making them --------------------------------------------------------------------

static Status read_nondiff(Trace *t, Value value, Custom *custom) {
    const bool single = value.kind != VALUE_TUPLE && value.kind != VALUE_LIST;
    const uint32_t n = single ? 1 : value.n;
    int64_t *positions = NEW_ARRAY(t->arena, int64_t, n);
    TRY_ALLOC(positions);
    for (uint32_t i = 0; i < n; i++) {
        TRY(front_static_int(t, single ? value : value.items[i], "nondiff_argnums",
                             &positions[i]));
        for (uint32_t k = 0; k < i; k++) {
            if (positions[k] == positions[i])
                return base_error(t->diags, CODE_E403, t->span, NULL,
                                  "nondiff_argnums names %lld twice",
                                  (long long)positions[i]);
        }
    }
    custom->n_nondiff = n;
    custom->nondiff = positions;
    return OK;
}

Status front_body_custom(Trace *t, const Builtin *self, const Value *args, Value *result) {
    Custom *custom = NEW(t->arena, Custom);
    TRY_ALLOC(custom);
    custom->kind = (CustomKind)self->data;
    custom->n_functions = custom->kind == CUSTOM_GRADIENT ? 1
                          : custom->kind == CUSTOM_JVP    ? 2
                                                          : 3;
    custom->span = t->span;
    for (uint32_t i = 0; i < custom->n_functions; i++)
        TRY(front_check_function(t, self, args[i]));
    Value functions;
    TRY(front_sequence(t, VALUE_TUPLE, custom->n_functions, args, &functions));
    custom->functions = functions.items;
    if (custom->kind != CUSTOM_GRADIENT)
        TRY(read_nondiff(t, args[custom->n_functions], custom));
    // It goes by the name of its function, where that has one.
    const Function *f = args[0].function;
    const Str name = f->kind == FUNCTION_SPEC ? f->name : base_str(self->name);
    return front_function_value(
        t, (Function){.kind = FUNCTION_CUSTOM, .name = name, .custom = custom}, result);
}

// -- calling them -------------------------------------------------------------------

static bool is_nondiff(const Custom *custom, uint32_t position) {
    for (uint32_t i = 0; i < custom->n_nondiff; i++)
        if (custom->nondiff[i] == position) return true;
    return false;
}

static Status check_positions(Trace *t, const Function *function, uint32_t n) {
    const Custom *custom = function->custom;
    for (uint32_t i = 0; i < custom->n_nondiff; i++) {
        if (custom->nondiff[i] >= 0 && custom->nondiff[i] < n) continue;
        return base_error(t->diags, CODE_E403, custom->span, NULL,
                          "nondiff_argnums: %lld is out of range for %u argument%s",
                          (long long)custom->nondiff[i], n, n == 1 ? "" : "s");
    }
    return OK;
}

static Status argument_name(Trace *t, const Function *function, uint32_t position,
                            Str *name) {
    *name = front_parameter_name(function, position);
    if (name->n) return OK;
    Text text = {.arena = t->arena};
    base_text_printf(&text, "argument %u", position);
    *name = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

// Where a function is written, else where it was made a rule's.
static Span place_of(const Custom *custom, Value function) {
    const Function *f = function.function;
    Span span = NO_SPAN;
    if (f->kind == FUNCTION_LAMBDA) span = f->lambda.expr->span;
    if (f->kind == FUNCTION_SPEC) span = f->spec->span;
    return span.at ? span : custom->span;
}

Status front_call_custom(Trace *t, const Function *function, const Args *args,
                         Value *result) {
    const Custom *custom = function->custom;
    Args bound;
    TRY(front_complete(t, function, args, &bound));
    TRY(check_positions(t, function, bound.n));
    RuleArg *own = NEW_ARRAY(t->arena, RuleArg, bound.n);
    TRY_ALLOC(own);
    for (uint32_t i = 0; i < bound.n; i++) {
        own[i].traced = !is_nondiff(custom, i);
        TRY(argument_name(t, function, i, &own[i].name));
    }
    const RuleSource from = {
        .custom = custom,
        .name = function->name,
        .span = place_of(custom, custom->functions[custom->n_functions - 1]),
        .value_span = place_of(custom, custom->functions[0]),
        .kind = custom->kind == CUSTOM_JVP ? CALL_JVP : CALL_VJP,
        .n_args = bound.n,
        .args = own};
    return front_call_ruled(t, &from, bound.at, args->span, result);
}

// -- their graphs -------------------------------------------------------------------

static Status call_with(const RuleCall *rc, Value function, uint32_t n, const Value *values,
                        Value *result) {
    Span *spans = NEW_ARRAY(rc->t->arena, Span, n);
    TRY_ALLOC(spans);
    for (uint32_t i = 0; i < n; i++)
        spans[i] = rc->from.span;
    const Args args = {.n = n, .at = values, .spans = spans, .span = rc->from.span};
    front_at(rc->t, rc->from.span);
    return front_call(rc->t, function, &args, result);
}

// The function's text is a rule's: E501.
static Status as_rule(const RuleCall *rc, Value function, Value *result) {
    *result = function;
    if (function.kind != VALUE_FUNCTION || function.function->kind != FUNCTION_LAMBDA)
        return OK;
    Function lambda = *function.function;
    lambda.lambda.env = front_env(rc->t, lambda.lambda.env);
    TRY_ALLOC(lambda.lambda.env);
    lambda.lambda.env->rule_of = &rc->from.name;
    return front_function_value(rc->t, lambda, result);
}

// Two values, or E402 that says what they are to be.
static Status pair_of(const RuleCall *rc, Value value, const char *what,
                      const char *expected, Value pair[2]) {
    if ((value.kind == VALUE_TUPLE || value.kind == VALUE_LIST) && value.n == 2) {
        pair[0] = value.items[0];
        pair[1] = value.items[1];
        return OK;
    }
    return base_error(rc->t->diags, CODE_E402, rc->from.span, NULL,
                      "the %s of `%.*s` must give %s, got %s", what, STR_ARG(rc->from.name),
                      expected, front_kind_text(rc->t, value));
}

static Status value_and_rule(const RuleCall *rc, const RuleBody *body, Value pair[2]) {
    Value both;
    TRY(call_with(rc, body->functions[0], rc->from.n_args, body->args, &both));
    TRY(pair_of(rc, both, "function", "(value, lambda g: cotangent)", pair));
    if (pair[1].kind == VALUE_FUNCTION) return OK;
    return base_error(rc->t->diags, CODE_E402, rc->from.span,
                      "custom_gradient(lambda x: (x ** 2, lambda g: g * 2 * x))",
                      "the rule of `%.*s` must be a function of the cotangent, got %s",
                      STR_ARG(rc->from.name), front_kind_text(rc->t, pair[1]));
}

Status front_custom_value(RuleCall *rc, const RuleBody *body, Value *value) {
    if (rc->from.custom->kind != CUSTOM_GRADIENT)
        return call_with(rc, body->functions[0], rc->from.n_args, body->args, value);
    Value pair[2];
    TRY(value_and_rule(rc, body, pair));
    *value = pair[0];
    return OK;
}

Status front_custom_forward(RuleCall *rc, RuleBody *body, Value *value) {
    Value both, pair[2];
    if (rc->from.custom->kind == CUSTOM_GRADIENT) {
        TRY(value_and_rule(rc, body, pair));
    } else {
        TRY(call_with(rc, body->functions[1], rc->from.n_args, body->args, &both));
        TRY(pair_of(rc, both, "fwd", "(value, residuals)", pair));
    }
    *value = pair[0];
    body->kept = pair[1];
    return OK;
}

// The arguments without a derivative, in the order of nondiff_argnums, then `more`.
static Status call_behind_nondiff(const RuleCall *rc, const RuleBody *body, Value function,
                                  uint32_t n, const Value *more, Value *result) {
    const Custom *custom = rc->from.custom;
    Value *values = NEW_ARRAY(rc->t->arena, Value, custom->n_nondiff + n);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < custom->n_nondiff; i++)
        values[i] = body->args[custom->nondiff[i]];
    memcpy(values + custom->n_nondiff, more, n * sizeof *values);
    TRY(as_rule(rc, function, &function));
    return call_with(rc, function, custom->n_nondiff + n, values, result);
}

Status front_custom_rule(RuleCall *rc, const RuleBody *body, Value cotangent,
                         Value *grads) {
    const Custom *custom = rc->from.custom;
    const uint32_t expected = rc->from.n_args - custom->n_nondiff;
    Value value, function;
    if (custom->kind == CUSTOM_GRADIENT) {
        TRY(as_rule(rc, body->kept, &function));
        TRY(call_with(rc, function, 1, &cotangent, &value));
    } else {
        const Value more[2] = {body->kept, cotangent};
        TRY(call_behind_nondiff(rc, body, body->functions[2], 2, more, &value));
    }
    const bool sequence = value.kind == VALUE_TUPLE || value.kind == VALUE_LIST;
    *grads = value;
    if (sequence && value.n == expected) return OK;
    if (custom->kind == CUSTOM_GRADIENT && expected == 1)
        return front_sequence(rc->t, VALUE_TUPLE, 1, &value, grads);
    Text got = {.arena = rc->t->arena};
    base_text_printf(&got, "%s", front_kind_text(rc->t, value));
    if (sequence) base_text_printf(&got, " of %u", value.n);
    return base_error(rc->t->diags, CODE_E503, rc->from.span,
                      "one for each argument that is differentiated; (x,) is a tuple of "
                      "one, None a zero",
                      "the rule of `%.*s` must give a tuple of %u cotangent%s, got %.*s",
                      STR_ARG(rc->from.name), expected, expected == 1 ? "" : "s",
                      STR_ARG(base_text_str(&got)));
}

Status front_custom_jvp(RuleCall *rc, const RuleBody *body, Value tangents, Value *value,
                        Value *tangent) {
    Value both, pair[2];
    Value *primals = NEW_ARRAY(rc->t->arena, Value, rc->from.n_args);
    TRY_ALLOC(primals);
    uint32_t n = 0;
    for (uint32_t i = 0; i < rc->from.n_args; i++)
        if (rc->from.args[i].traced) primals[n++] = body->args[i];
    const Value more[2] = {{.kind = VALUE_TUPLE, .n = n, .items = primals}, tangents};
    TRY(call_behind_nondiff(rc, body, body->functions[1], 2, more, &both));
    TRY(pair_of(rc, both, "jvp", "(value, tangent)", pair));
    *value = pair[0];
    *tangent = pair[1];
    return OK;
}
