// Calls: arguments bound to parameters, plain functions inlined.
#include "base/limits.h"
#include "front/function.h"

// -- parameters ---------------------------------------------------------------------

Str front_parameter_name(const Function *function, uint32_t position) {
    switch (function->kind) {
    case FUNCTION_SPEC:
        if (position < function->spec->n_args) return function->spec->args[position].name;
        break;
    case FUNCTION_LAMBDA:
        if (position < function->lambda.expr->n_params &&
            !function->lambda.expr->params[position].star)
            return function->lambda.expr->params[position].name;
        break;
    case FUNCTION_BUILTIN:
        return front_signature_name(function->builtin->signature, position);
    case FUNCTION_TRANSFORMED:
        return front_parameter_name(function->transformed->inner.function, position);
    case FUNCTION_CUSTOM:
        return front_parameter_name(function->custom->functions[0].function, position);
    default:
        break;
    }
    return (Str){0};
}

int64_t front_parameter_index(const Function *function, Str name) {
    for (uint32_t i = 0;; i++) {
        const Str parameter = front_parameter_name(function, i);
        if (parameter.n == 0) return -1;
        if (base_str_eq(parameter, name)) return i;
    }
}

// The function that takes the arguments: what transformations stand around.
static const Function *innermost(const Function *function) {
    while (function->kind == FUNCTION_TRANSFORMED || function->kind == FUNCTION_CUSTOM)
        function = function->kind == FUNCTION_CUSTOM
                       ? function->custom->functions[0].function
                       : function->transformed->inner.function;
    return function;
}

const SpecArg *front_declaration(const Function *function, uint32_t position) {
    function = innermost(function);
    if (function->kind != FUNCTION_SPEC || position >= function->spec->n_args) return NULL;
    return &function->spec->args[position];
}

static Status twice(Trace *t, const Function *function, Str name, Span span) {
    return base_error(t->diags, CODE_E403, span, NULL,
                      "`%.*s` got its argument `%.*s` twice", STR_ARG(function->name),
                      STR_ARG(name));
}

static bool is_keyword_only(const Function *function, uint32_t position) {
    const Function *inner = innermost(function);
    return inner->kind == FUNCTION_LAMBDA &&
           inner->lambda.expr->params[position].keyword_only;
}

int64_t front_argnum(const Function *function, const Args *args, uint32_t slot) {
    if (slot < args->n) return slot;
    return front_parameter_index(function, args->keywords[slot - args->n]);
}

const char *front_slot_text(Trace *t, const Function *function, const Args *args,
                            uint32_t slot) {
    const int64_t argnum = front_argnum(function, args, slot);
    Text text = {.arena = t->arena};
    if (argnum < 0) {
        base_text_printf(&text, "argument `%.*s`", STR_ARG(args->keywords[slot - args->n]));
        return text.failed ? NULL : text.at;
    }
    const Str name = front_parameter_name(function, (uint32_t)argnum);
    base_text_printf(&text, "argument %lld", (long long)argnum);
    if (name.n) base_text_printf(&text, " (`%.*s`)", STR_ARG(name));
    return text.failed ? NULL : text.at;
}

// A keyword argument of a call and its parameter; UINT32_MAX for none.
typedef struct Keyword {
    uint32_t argnum, slot;
} Keyword;

// In the order of their parameters; those of none, about which the function itself
// complains, come last. E403 for one that is given already.
static Status sort_keywords(Trace *t, const Function *function, const Args *args,
                            Keyword *sorted) {
    for (uint32_t k = 0; k < args->n_keywords; k++) {
        const uint32_t slot = args->n + k;
        const int64_t found = front_argnum(function, args, slot);
        const uint32_t argnum = found < 0 ? UINT32_MAX : (uint32_t)found;
        uint32_t i = k;
        for (; i > 0 && sorted[i - 1].argnum > argnum; i--)
            sorted[i] = sorted[i - 1];
        const bool again = i > 0 && sorted[i - 1].argnum == argnum;
        if (found >= 0 && (argnum < args->n || again))
            return twice(t, function, args->keywords[k], args->spans[slot]);
        sorted[i] = (Keyword){argnum, slot};
    }
    return OK;
}

Status front_positional(Trace *t, const Function *function, const Args *args,
                        Args *result) {
    *result = *args;
    if (args->n_keywords == 0) return OK;
    const uint32_t total = args->n + args->n_keywords;
    Value *values = NEW_ARRAY(t->arena, Value, total);
    Span *spans = NEW_ARRAY(t->arena, Span, total);
    Str *keywords = NEW_ARRAY(t->arena, Str, args->n_keywords);
    Keyword *sorted = NEW_ARRAY(t->arena, Keyword, args->n_keywords);
    if (!values || !spans || !keywords || !sorted) return NOMEM;
    TRY(sort_keywords(t, function, args, sorted));
    if (args->n) memcpy(values, args->at, args->n * sizeof *values);
    if (args->n) memcpy(spans, args->spans, args->n * sizeof *spans);
    uint32_t n = args->n, n_keywords = 0;
    for (uint32_t k = 0; k < args->n_keywords; k++) {
        const Keyword *keyword = &sorted[k];
        values[args->n + k] = args->at[keyword->slot];
        spans[args->n + k] = args->spans[keyword->slot];
        if (keyword->argnum == n && !is_keyword_only(function, n))
            n++;
        else
            keywords[n_keywords++] = args->keywords[keyword->slot - args->n];
    }
    *result = (Args){n, n_keywords, values, keywords, spans, args->span};
    return OK;
}

// -- lambdas ------------------------------------------------------------------------

const char *front_hint_parameters(Trace *t, const Function *function, Str word) {
    VEC(Str) names = {0};
    for (uint32_t i = 0;; i++) {
        const Str name = front_parameter_name(function, i);
        if (name.n == 0) break;
        if (!VEC_PUSH(t->arena, &names, name)) return NULL;
    }
    return base_hint_known(t->diags, word,
                           names.n == 1 ? "its argument is" : "its arguments are", names.at,
                           names.n);
}

static Status unknown_keyword(Trace *t, const Function *function, Str keyword, Span span) {
    return base_error(
        t->diags, CODE_E403, span, front_hint_parameters(t, function, keyword),
        "`%.*s` has no argument `%.*s`", STR_ARG(function->name), STR_ARG(keyword));
}

static Status bind_lambda(Trace *t, const Function *function, const Args *args, Env *env) {
    const Lambda *lambda = &function->lambda;
    const uint32_t n = lambda->expr->n_params;
    bool *given = NEW_ARRAY(t->arena, bool, n);
    TRY_ALLOC(given);
    uint32_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        const ExprParam *param = &lambda->expr->params[i];
        if (param->star) {
            Value rest;
            TRY(front_sequence(t, VALUE_TUPLE, args->n - next, args->at + next, &rest));
            TRY(front_define(t, env, param->name, rest));
            next = args->n;
            given[i] = true;
        } else if (!param->keyword_only && next < args->n) {
            TRY(front_define(t, env, param->name, args->at[next++]));
            given[i] = true;
        }
    }
    if (next < args->n) {
        return base_error(t->diags, CODE_E403, args->spans[next], NULL,
                          "the lambda takes %u argument%s, got %u", n, n == 1 ? "" : "s",
                          args->n);
    }
    for (uint32_t k = 0; k < args->n_keywords; k++) {
        const Span span = args->spans[args->n + k];
        uint32_t i = 0;
        while (i < n && !(base_str_eq(lambda->expr->params[i].name, args->keywords[k]) &&
                          !lambda->expr->params[i].star))
            i++;
        if (i == n) return unknown_keyword(t, function, args->keywords[k], span);
        if (given[i]) return twice(t, function, args->keywords[k], span);
        TRY(front_define(t, env, args->keywords[k], args->at[args->n + k]));
        given[i] = true;
    }
    for (uint32_t i = 0; i < n; i++) {
        const ExprParam *param = &lambda->expr->params[i];
        if (given[i]) continue;
        if (!param->fallback) {
            return base_error_also(
                t->diags, CODE_E403, args->span, param->span, "declared here", NULL,
                "the lambda's argument `%.*s` is missing", STR_ARG(param->name));
        }
        TRY(front_define(t, env, param->name, lambda->defaults[i]));
    }
    return OK;
}

static Status call_lambda(Trace *t, const Function *function, const Args *args,
                          Value *result) {
    Env *env = front_env(t, function->lambda.env);
    TRY_ALLOC(env);
    TRY(bind_lambda(t, function, args, env));
    return front_eval(t, env, function->lambda.expr->items[0], result);
}

// -- functions of the spec ----------------------------------------------------------

static Status declared_shape(Trace *t, const SpecFunction *function, const SpecArg *arg,
                             Span span, SizeLetters *letters, const Type *type) {
    bool fits = type->rank == arg->rank;
    for (uint32_t i = 0; i < arg->rank && fits; i++) {
        const SpecSize size = arg->shape[i];
        if (size.value >= 0) {
            fits = size.value == type->shape[i];
            continue;
        }
        uint32_t k = 0;
        while (k < letters->at.n && !base_str_eq(letters->at.at[k].letter, size.letter))
            k++;
        if (k < letters->at.n) {
            if (letters->at.at[k].value == type->shape[i]) continue;
            return base_error_also(
                t->diags, CODE_E404, span, arg->type_span, "declared here", NULL,
                "argument `%.*s` of `%.*s`: its size `%.*s` is %lld, but %lld elsewhere in "
                "the call",
                STR_ARG(arg->name), STR_ARG(function->name), STR_ARG(size.letter),
                (long long)type->shape[i], (long long)letters->at.at[k].value);
        }
        if (!VEC_PUSH(t->arena, &letters->at, ((SpecSize){type->shape[i], size.letter})))
            return NOMEM;
    }
    if (fits) return OK;
    Text got = {.arena = t->diags->arena};
    base_text_char(&got, '[');
    for (uint32_t i = 0; i < type->rank; i++)
        base_text_printf(&got, i ? ", %lld" : "%lld", (long long)type->shape[i]);
    base_text_char(&got, ']');
    return base_error_also(
        t->diags, CODE_E404, span, arg->type_span, "declared here", NULL,
        "argument `%.*s` of `%.*s` has another shape than declared: got %.*s",
        STR_ARG(arg->name), STR_ARG(function->name), STR_ARG(base_text_str(&got)));
}

static bool is_static(Value value) {
    switch (value.kind) {
    case VALUE_ARRAY:
        return false;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        for (uint32_t i = 0; i < value.n; i++)
            if (!is_static(value.items[i])) return false;
        return true;
    default:
        return true;
    }
}

static Status fit_static(Trace *t, const SpecFunction *function, const SpecArg *arg,
                         Span span, Value value) {
    const bool is_text = value.kind == VALUE_TEXT;
    if (arg->is_text ? is_text : is_static(value)) return OK;
    return base_error_also(t->diags, arg->is_text ? CODE_E402 : CODE_E407, span, arg->span,
                           "declared here", NULL,
                           "argument `%.*s` of `%.*s` must be %s, got %s",
                           STR_ARG(arg->name), STR_ARG(function->name),
                           arg->is_text ? "text" : "static: a number, text or function",
                           front_kind_text(t, value));
}

Status front_fit_argument(Trace *t, const SpecFunction *function, const SpecArg *arg,
                          Span span, SizeLetters *letters, Value value, Value *result) {
    *result = value;
    t->span = span;
    if (arg->is_text || arg->is_static) return fit_static(t, function, arg, span, value);
    if (!arg->has_dtype && !arg->has_shape) return OK;
    if (value.kind == VALUE_NUMBER && arg->has_dtype &&
        (num_is_float(arg->dtype) || value.number->kind != NUMBER_FLOAT)) {
        NodeId node;
        TRY(front_number_node(t, value.number, arg->dtype, false, &node));
        TRY(front_made(t, node, &value));
    }
    TRY(front_as_array(t, value, &value));
    const Type *type = front_type(t, value);
    const bool weak_fits =
        type->weak && (num_is_float(arg->dtype) || !num_is_float((Dtype)type->dtype));
    if (arg->has_dtype && weak_fits) {
        NodeId node;
        TRY(front_node_here(t, value, &node));
        TRY(front_made(t, ir_convert(t->scope->b, node, arg->dtype, false), &value));
        type = front_type(t, value);
    }
    if (arg->has_dtype && type->dtype != arg->dtype) {
        return base_error_also(
            t->diags, CODE_E405, span, arg->type_span, "declared here",
            base_hint(t->diags, "convert it: %s(…)", num_dtype_name(arg->dtype)),
            "argument `%.*s` of `%.*s` is declared %s, got %s", STR_ARG(arg->name),
            STR_ARG(function->name), num_dtype_name(arg->dtype),
            num_dtype_name((Dtype)type->dtype));
    }
    if (arg->has_shape) TRY(declared_shape(t, function, arg, span, letters, type));
    *result = value;
    return OK;
}

// One value for each argument of the spec's function, defaults filled in.
static Status bind_spec(Trace *t, const Function *function, const Args *args,
                        Value **values) {
    const SpecFunction *spec = function->spec;
    Value *bound = NEW_ARRAY(t->arena, Value, spec->n_args);
    bool *given = NEW_ARRAY(t->arena, bool, spec->n_args);
    if (!bound || !given) return NOMEM;
    if (args->n > spec->n_args) {
        return base_error_also(t->diags, CODE_E403, args->spans[spec->n_args], spec->span,
                               "declared here", NULL, "`%.*s` takes %u argument%s, got %u",
                               STR_ARG(spec->name), spec->n_args,
                               spec->n_args == 1 ? "" : "s", args->n);
    }
    for (uint32_t i = 0; i < args->n; i++) {
        bound[i] = args->at[i];
        given[i] = true;
    }
    for (uint32_t k = 0; k < args->n_keywords; k++) {
        const int64_t i = front_parameter_index(function, args->keywords[k]);
        const Span span = args->spans[args->n + k];
        if (i < 0) return unknown_keyword(t, function, args->keywords[k], span);
        if (given[i]) return twice(t, function, args->keywords[k], span);
        bound[i] = args->at[args->n + k];
        given[i] = true;
    }
    for (uint32_t i = 0; i < spec->n_args; i++) {
        if (given[i]) continue;
        if (!spec->args[i].fallback) {
            return base_error_also(t->diags, CODE_E403, args->span, spec->args[i].span,
                                   "declared here", NULL,
                                   "argument `%.*s` of `%.*s` is missing",
                                   STR_ARG(spec->args[i].name), STR_ARG(spec->name));
        }
        Env *env = front_env(t, NULL);
        TRY_ALLOC(env);
        TRY(front_eval(t, env, spec->args[i].fallback, &bound[i]));
    }
    *values = bound;
    return OK;
}

Status front_define_lets(Trace *t, Env *env, const SpecNames *lets) {
    for (uint32_t i = 0; i < lets->n; i++) {
        Value value;
        TRY(front_eval(t, env, lets->at[i].expr, &value));
        TRY(front_define(t, env, lets->at[i].name, value));
    }
    return OK;
}

Status front_call_spec(Trace *t, const SpecFunction *function, bool prelude,
                       const Value *args, Span span, Value *result) {
    Value *fitted = NEW_ARRAY(t->arena, Value, function->n_args);
    TRY_ALLOC(fitted);
    SizeLetters letters = {0};
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(front_fit_argument(t, function, &function->args[i], span, &letters, args[i],
                               &fitted[i]));
    t->span = span;
    if (!prelude) t->call_counts[function - t->spec->functions]++;
    if (function->rule)
        return front_call_with_rule(t, function, prelude, fitted, span, result);
    Env *env = front_env(t, NULL);
    TRY_ALLOC(env);
    env->prelude = prelude;
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(front_define(t, env, function->args[i].name, fitted[i]));
    TRY(front_define_lets(t, env, &function->let));
    return front_eval(t, env, function->value, result);
}

// -- arguments for a rule -----------------------------------------------------------

// A lambda's arguments as it would bind them, by position; *xs spread.
static Status complete_lambda(Trace *t, const Function *function, const Args *args,
                              uint32_t *n, const Value **result) {
    const Expr *expr = function->lambda.expr;
    Env *env = front_env(t, NULL);
    VEC(Value) values = {0};
    TRY_ALLOC(env);
    TRY(bind_lambda(t, function, args, env));
    for (uint32_t i = 0; i < expr->n_params; i++) {
        Value value;
        TRY(front_lookup(t, env, expr->params[i].name, args->span, &value));
        const uint32_t parts = expr->params[i].star ? value.n : 1;
        for (uint32_t k = 0; k < parts; k++)
            if (!VEC_PUSH(t->arena, &values, expr->params[i].star ? value.items[k] : value))
                return NOMEM;
    }
    *n = values.n;
    *result = values.at;
    return OK;
}

Status front_complete(Trace *t, const Function *function, const Args *args, Args *result) {
    uint32_t n = 0;
    const Value *values = NULL;
    Value *bound = NULL;
    while (function->kind == FUNCTION_CUSTOM)
        function = function->custom->functions[0].function;
    if (function->kind == FUNCTION_SPEC) {
        TRY(bind_spec(t, function, args, &bound));
        n = function->spec->n_args;
        values = bound;
    } else if (function->kind == FUNCTION_LAMBDA) {
        TRY(complete_lambda(t, function, args, &n, &values));
    } else {
        TRY(front_positional(t, function, args, result));
        if (result->n_keywords == 0) return OK;
        return unknown_keyword(t, function, args->keywords[0], args->spans[args->n]);
    }
    Span *spans = NEW_ARRAY(t->arena, Span, n);
    TRY_ALLOC(spans);
    for (uint32_t i = 0; i < n; i++)
        spans[i] = i < args->n ? args->spans[i] : args->span;
    *result = (Args){.n = n, .at = values, .spans = spans, .span = args->span};
    return OK;
}

// -- every kind of function ---------------------------------------------------------

// Python's int, float, bool of a number that has not met an array.
static Status cast_static(Trace *t, Dtype dtype, Value x, Value *result) {
    const Number *number = x.number;
    if (dtype == DT_BOOL) return front_bool(t, number->nearest != 0, result);
    if (num_is_float(dtype)) {
        if (number->kind == NUMBER_FLOAT) {
            *result = x;
            return OK;
        }
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)number->integer);
        const char *kept = base_strdup(t->arena, base_str(text));
        return kept ? front_number(t, base_str(kept), NO_SPAN, true, result) : NOMEM;
    }
    if (number->kind != NUMBER_FLOAT) return front_int(t, number->integer, result);
    if (number->nearest > -9.2e18 && number->nearest < 9.2e18)
        return front_int(t, (int64_t)number->nearest, result);
    return base_error(t->diags, CODE_E402, t->span, NULL, "the float does not fit int64");
}

// A dtype called is a cast; Python's own int, float and bool keep a static number static.
static Status cast(Trace *t, Value dtype, const Args *args, Value *result) {
    if (args->n != 1 || args->n_keywords) {
        return base_error(t->diags, CODE_E403, args->span, NULL,
                          "a cast to %s takes one argument", num_dtype_name(dtype.dtype));
    }
    const Value x = args->at[0];
    NodeId node;
    if (x.kind == VALUE_NUMBER && dtype.n) return cast_static(t, dtype.dtype, x, result);
    if (x.kind == VALUE_NUMBER) {
        const Number *number = x.number;
        if (num_is_float(dtype.dtype) || number->kind != NUMBER_FLOAT) {
            TRY(front_number_node(t, number, dtype.dtype, false, &node));
            return front_made(t, node, result);
        }
    }
    TRY(front_as_node(t, x, &node));
    return front_made(t, ir_convert(t->scope->b, node, dtype.dtype, false), result);
}

static Status call_function(Trace *t, const Function *function, const Args *args,
                            Value *result) {
    Value *values = NULL;
    switch (function->kind) {
    case FUNCTION_SPEC:
        TRY(bind_spec(t, function, args, &values));
        return front_call_spec(t, function->spec, false, values, args->span, result);
    case FUNCTION_LAMBDA:
        return call_lambda(t, function, args, result);
    case FUNCTION_BUILTIN:
        return front_call_builtin(t, function->builtin, args, result);
    case FUNCTION_METHOD: {
        const uint32_t total = args->n + args->n_keywords;
        Value *at = NEW_ARRAY(t->arena, Value, total + 1);
        Span *spans = NEW_ARRAY(t->arena, Span, total + 1);
        if (!at || !spans) return NOMEM;
        at[0] = function->method.self;
        spans[0] = args->span;
        if (total) memcpy(at + 1, args->at, total * sizeof *at);
        if (total) memcpy(spans + 1, args->spans, total * sizeof *spans);
        const Args with_self = {args->n + 1, args->n_keywords, at, args->keywords,
                                spans,       args->span};
        return front_call_builtin(t, function->method.builtin, &with_self, result);
    }
    case FUNCTION_TRANSFORMED:
        return front_call_transformed(t, function->transformed, args, result);
    case FUNCTION_PULLBACK:
        return front_call_pullback(t, function->pullback, args, result);
    case FUNCTION_CUSTOM:
        return front_call_custom(t, function, args, result);
    }
    return FAILED;
}

// What was meant by a call of what is no function.
static const char *call_hint(Value value) {
    if (value.kind == VALUE_NUMBER)
        return "write `*` for a product: 3 * (x); the square of a sine is sin(x) ** 2";
    if (value.kind == VALUE_ARRAY || value.kind == VALUE_TUPLE || value.kind == VALUE_LIST)
        return "an index stands in square brackets, x[1]; a product is x * (y)";
    return NULL;
}

Status front_call(Trace *t, Value function, const Args *args, Value *result) {
    if (function.kind == VALUE_DTYPE) return cast(t, function, args, result);
    if (function.kind != VALUE_FUNCTION) {
        return base_error(t->diags, CODE_E402, args->span, call_hint(function),
                          "%s cannot be called", front_kind_text(t, function));
    }
    if (t->call_depth >= LIMIT_CALL_DEPTH) {
        return base_error(t->diags, CODE_E701, args->span,
                          "a recursion must end in a static `if`; does this one?",
                          "calls nest deeper than the limit of %d (LIMIT_CALL_DEPTH)",
                          LIMIT_CALL_DEPTH);
    }
    t->call_depth++;
    const Status status = call_function(t, function.function, args, result);
    t->call_depth--;
    if (status == OK) front_at(t, args->span);
    return status;
}
