// The table of built-ins: joined from its parts, looked up, and called.
#include "front/arrays.h"
#include "front/function.h"

// -- the table ----------------------------------------------------------------------

typedef struct Part {
    const Builtin *rows;
    const uint32_t *n;
} Part;

// In the order of the manual.
static const Part parts[] = {
    {front_elementwise_table, &front_elementwise_count},
    {front_prelude_table, &front_prelude_count},
    {front_reduction_table, &front_reduction_count},
    {front_shape_table, &front_shape_count},
    {front_join_table, &front_join_count},
    {front_matrix_table, &front_matrix_count},
    {front_take_table, &front_take_count},
    {front_slice_table, &front_slice_count},
    {front_segment_table, &front_segment_count},
    {front_sort_table, &front_sort_count},
    {front_at_table, &front_at_count},
    {front_creation_table, &front_creation_count},
    {front_linear_table, &front_linear_count},
    {front_transform_table, &front_transform_count},
    {front_control_table, &front_control_count},
    {front_sequence_table, &front_sequence_count},
};
enum { PARTS = sizeof parts / sizeof *parts };

static int compare(Str name, const char *row) {
    const int order = strncmp(name.at, row, name.n);
    return order ? order : row[name.n] ? -1 : 0;
}

// Nothing is made at the start: each part is sorted by name, and searched by halving.
const Builtin *front_builtin(Str name) {
    if (name.n == 0) return NULL;
    for (uint32_t i = 0; i < PARTS; i++) {
        uint32_t low = 0, high = *parts[i].n;
        while (low < high) {
            const uint32_t middle = low + (high - low) / 2;
            const int order = compare(name, parts[i].rows[middle].name);
            if (order == 0) return &parts[i].rows[middle];
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }
    }
    return NULL;
}

const Builtin *front_builtin_row(uint32_t row) {
    for (uint32_t i = 0; i < PARTS; i++) {
        if (row < *parts[i].n) return &parts[i].rows[row];
        row -= *parts[i].n;
    }
    return NULL;
}

// What may stand in front of a built-in, so that expressions can be pasted from JAX code.
static const char *const modules[] = {
    "jnp",
    "np",
    "lax",
    "jax",
    "jnp.linalg",
    "jnp.fft",
    "np.linalg",
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.lax",
    "jax.nn",
    "jax.ops",
    "jax.scipy",
    "jax.scipy.special",
};

const char *front_module(uint32_t i) {
    return i < sizeof modules / sizeof *modules ? modules[i] : NULL;
}

bool front_is_module(Str path) {
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (base_str_eq(path, base_str(modules[i]))) return true;
    return false;
}

bool front_is_builtin(Str name) {
    return front_is_module(name) || front_builtin(name) != NULL;
}

// -- signatures ---------------------------------------------------------------------

typedef struct Param {
    Str name;
    bool star;
    bool keyword_only; // behind a star
    bool has_fallback;
    Str fallback;
} Param;

enum { MAX_PARAMS = 12 };

static Str trimmed(Str text) {
    while (text.n && text.at[0] == ' ') {
        text.at++;
        text.n--;
    }
    while (text.n && text.at[text.n - 1] == ' ')
        text.n--;
    return text;
}

// "x, *rest, axis=None", "x, *, axis=None": a signature is ours, and well formed. Returns
// how many parameters there are.
static uint32_t read_signature(const char *signature, Param params[MAX_PARAMS]) {
    uint32_t n = 0;
    bool behind_star = false;
    while (*signature && n < MAX_PARAMS) {
        const size_t length = strcspn(signature, ",");
        Str text = trimmed((Str){signature, length});
        signature += length + (signature[length] == ',');
        Param param = {.star = text.at[0] == '*', .keyword_only = behind_star};
        if (param.star) {
            behind_star = true;
            text = (Str){text.at + 1, text.n - 1};
            if (text.n == 0) continue;
        }
        const char *equals = memchr(text.at, '=', text.n);
        param.name = text;
        if (equals) {
            const size_t before = (size_t)(equals - text.at);
            param.name.n = before;
            param.has_fallback = true;
            param.fallback = (Str){equals + 1, text.n - before - 1};
        }
        params[n++] = param;
    }
    return n;
}

Str front_signature_name(const char *signature, uint32_t position) {
    Param params[MAX_PARAMS];
    const uint32_t n = read_signature(signature, params);
    for (uint32_t i = 0; i < n && i <= position; i++)
        if (params[i].star || params[i].keyword_only) return (Str){0};
    return position < n ? params[position].name : (Str){0};
}

// A default: None, True, False, (), 'text', or a numeral.
static Status fallback_value(Trace *t, Str text, Value *value) {
    if (base_str_eq(text, STR("None"))) {
        *value = front_none();
        return OK;
    }
    if (base_str_eq(text, STR("()"))) return front_sequence(t, VALUE_TUPLE, 0, NULL, value);
    if (base_str_eq(text, STR("True")) || base_str_eq(text, STR("False")))
        return front_bool(t, text.at[0] == 'T', value);
    if (text.at[0] == '\'') {
        *value = front_text_value((Str){text.at + 1, text.n - 2});
        return OK;
    }
    int64_t integer;
    if (num_parse_int(text, &integer)) return front_int(t, integer, value);
    return front_number(t, text, NO_SPAN, true, value);
}

// -- binding ------------------------------------------------------------------------

typedef struct Binder {
    const char *function, *signature;
    uint32_t n;
    Param params[MAX_PARAMS];
    bool given[MAX_PARAMS];
    Value *values;
} Binder;

static Status wrong_call(Trace *t, const Binder *binder, Span span, const char *what,
                         Str name) {
    return base_error(t->diags, CODE_E403, span,
                      base_hint(t->diags, "%s(%s)", binder->function, binder->signature),
                      "`%s` %s `%.*s`", binder->function, what, STR_ARG(name));
}

static Status bind_positional(Trace *t, Binder *binder, const Args *args) {
    uint32_t next = 0, i = 0;
    for (; i < binder->n && next < args->n && !binder->params[i].keyword_only; i++) {
        binder->given[i] = true;
        if (binder->params[i].star) {
            TRY(front_sequence(t, VALUE_TUPLE, args->n - next, args->at + next,
                               &binder->values[i]));
            return OK;
        }
        binder->values[i] = args->at[next++];
    }
    if (next == args->n) return OK;
    return base_error(t->diags, CODE_E403, args->spans[next],
                      base_hint(t->diags, "%s(%s)", binder->function, binder->signature),
                      "`%s` takes %u positional argument%s, got %u", binder->function, i,
                      i == 1 ? "" : "s", args->n);
}

static Status unknown_keyword(Trace *t, const Binder *binder, Span span, Str keyword) {
    Str names[MAX_PARAMS];
    for (uint32_t i = 0; i < binder->n; i++)
        names[i] = binder->params[i].name;
    const char *hint = base_hint_nearest(t->diags, keyword, names, binder->n);
    if (!hint) hint = base_hint(t->diags, "%s(%s)", binder->function, binder->signature);
    return base_error(t->diags, CODE_E403, span, hint, "`%s` has no argument `%.*s`",
                      binder->function, STR_ARG(keyword));
}

static Status bind_keyword(Trace *t, Binder *binder, Str keyword, Value value, Span span) {
    for (uint32_t i = 0; i < binder->n; i++) {
        if (!base_str_eq(binder->params[i].name, keyword) || binder->params[i].star)
            continue;
        if (binder->given[i])
            return wrong_call(t, binder, span, "is given twice its argument", keyword);
        binder->given[i] = true;
        binder->values[i] = value;
        return OK;
    }
    return unknown_keyword(t, binder, span, keyword);
}

Status front_bind(Trace *t, const char *function, const char *signature, const Args *args,
                  uint32_t *n, Value **values) {
    Binder binder = {.function = function, .signature = signature};
    binder.n = read_signature(signature, binder.params);
    binder.values = NEW_ARRAY(t->arena, Value, binder.n);
    TRY_ALLOC(binder.values);
    TRY(bind_positional(t, &binder, args));
    for (uint32_t k = 0; k < args->n_keywords; k++) {
        const uint32_t at = args->n + k;
        TRY(bind_keyword(t, &binder, args->keywords[k], args->at[at], args->spans[at]));
    }
    for (uint32_t i = 0; i < binder.n; i++) {
        const Param *param = &binder.params[i];
        if (binder.given[i]) continue;
        if (param->star)
            binder.values[i] = (Value){.kind = VALUE_TUPLE};
        else if (param->has_fallback)
            TRY(fallback_value(t, param->fallback, &binder.values[i]));
        else
            return wrong_call(t, &binder, args->span, "misses its argument", param->name);
    }
    *n = binder.n;
    *values = binder.values;
    return OK;
}

// -- the prelude --------------------------------------------------------------------

// The place of an error within the prelude is that of the user's call: its own expressions
// have none. Nesting is that of the prelude's texts.
static void forget_spans(Expr *expr) {
    if (!expr) return;
    expr->span = expr->op_span = NO_SPAN;
    for (uint32_t i = 0; i < expr->n; i++)
        forget_spans(expr->items[i]);
}

static Status parse(Trace *t, const char *text, Expr **expr) {
    TRY(lang_parse(t->lasting, t->diags, base_str(text), 0, expr));
    forget_spans(*expr);
    return OK;
}

static Status prelude_args(Trace *t, const Builtin *builtin, SpecFunction *function) {
    Param params[MAX_PARAMS];
    function->n_args = read_signature(builtin->signature, params);
    function->args = NEW_ARRAY(t->lasting, SpecArg, function->n_args);
    TRY_ALLOC(function->args);
    for (uint32_t i = 0; i < function->n_args; i++) {
        const bool is_static = params[i].has_fallback;
        function->args[i] =
            (SpecArg){.name = params[i].name, .is_static = is_static, .nondiff = is_static};
    }
    return OK;
}

static Status prelude_rule(Trace *t, const Builtin *builtin, SpecFunction *function) {
    SpecRule *rule = NEW(t->lasting, SpecRule);
    TRY_ALLOC(rule);
    rule->kind = SPEC_JVP;
    rule->tangents = NEW_ARRAY(t->lasting, Str, function->n_args);
    TRY_ALLOC(rule->tangents);
    for (uint32_t i = 0; i < function->n_args; i++) {
        if (function->args[i].nondiff) continue;
        Text name = {.arena = t->lasting};
        base_text_char(&name, 'd');
        base_text_add(&name, function->args[i].name);
        if (name.failed) return NOMEM;
        rule->tangents[rule->n_tangents++] = base_text_str(&name);
    }
    function->rule = rule;
    return parse(t, builtin->jvp, &rule->tangent);
}

static Status read_prelude(Trace *t, const Builtin *builtin, SpecFunction **result) {
    SpecFunction *function = NEW(t->lasting, SpecFunction);
    TRY_ALLOC(function);
    function->name = base_str(builtin->name);
    function->doc = base_str(builtin->doc);
    TRY(prelude_args(t, builtin, function));
    enum { LETS = sizeof builtin->let / sizeof *builtin->let };
    function->let.at = NEW_ARRAY(t->lasting, SpecNamed, LETS);
    TRY_ALLOC(function->let.at);
    for (uint32_t i = 0; i < LETS && builtin->let[i].name; i++) {
        SpecNamed *let = &function->let.at[function->let.n++];
        let->name = base_str(builtin->let[i].name);
        TRY(parse(t, builtin->let[i].expr, &let->expr));
    }
    TRY(parse(t, builtin->value, &function->value));
    if (builtin->jvp) TRY(prelude_rule(t, builtin, function));
    *result = function;
    return OK;
}

Status front_prelude_function(Trace *t, const Builtin *builtin,
                              const SpecFunction **function) {
    if (!t->prelude) {
        t->prelude = NEW_ARRAY(t->lasting, const SpecFunction *, front_prelude_count);
        TRY_ALLOC(t->prelude);
    }
    const SpecFunction **kept = &t->prelude[builtin - front_prelude_table];
    if (!*kept) {
        SpecFunction *read;
        TRY(read_prelude(t, builtin, &read));
        *kept = read;
    }
    *function = *kept;
    return OK;
}

// A function of floats has arguments of one float dtype, so that neither a value nor a
// tangent meets an integer, and no constant inside is rounded to a dtype too narrow.
static Status promote_prelude(Trace *t, const SpecFunction *function, Value *values) {
    Value several[MAX_PARAMS];
    NodeId nodes[MAX_PARAMS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < function->n_args; i++)
        if (!function->args[i].is_static) several[n++] = values[i];
    TRY(front_promote_nodes(t, n, several, true, nodes));
    n = 0;
    for (uint32_t i = 0; i < function->n_args; i++)
        if (!function->args[i].is_static) TRY(front_made(t, nodes[n++], &values[i]));
    return OK;
}

static Status call_prelude(Trace *t, const Builtin *builtin, Value *values, Span span,
                           Value *result) {
    const SpecFunction *function;
    TRY(front_prelude_function(t, builtin, &function));
    if (builtin->data == PRELUDE_OF_FLOATS) TRY(promote_prelude(t, function, values));
    return front_call_spec(t, function, true, values, span, result);
}

// -- calls --------------------------------------------------------------------------

Status front_call_builtin(Trace *t, const Builtin *builtin, const Args *args,
                          Value *result) {
    uint32_t n;
    Value *values;
    const Span span = t->span;
    TRY(front_bind(t, builtin->name, builtin->signature, args, &n, &values));
    switch (builtin->kind) {
    case BUILTIN_C:
        return builtin->body(t, builtin, values, result);
    case BUILTIN_PRELUDE:
        return call_prelude(t, builtin, values, span, result);
    case BUILTIN_CONSTANT:
    case BUILTIN_DTYPE:
        break; // never functions: front_lookup makes values of them
    }
    return base_error(t->diags, CODE_E901, span, NULL, "`%s` was called", builtin->name);
}
