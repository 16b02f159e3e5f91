#include "front/closure.h"

#include "base/limits.h"
#include "lang/names.h"

typedef struct Mapped {
    const Function *from;
    Function *to;
} Mapped;

typedef struct Mapping {
    Trace *t;
    Arena *arena;
    ArrayMap map;
    void *data;
    StrMap *known; // functions by address → `functions`
    VEC(Mapped) functions;
    uint32_t depth;
} Mapping;

static Str address(const Function *const *function) {
    return (Str){(const char *)function, sizeof *function};
}

static Status map_value(Mapping *m, Value value, Value *result);

// -- what functions close over ------------------------------------------------------

typedef struct FreeNames {
    Mapping *mapping;
    const Env *from;
    Env *to;
} FreeNames;

static Status map_name(const LangNames *names, const Expr *name) {
    FreeNames *fn = names->data;
    uint32_t at;
    if (base_map_get(fn->to->names, name->text, &at)) return OK;
    for (const Env *env = fn->from; env; env = env->parent) {
        Value value;
        if (!base_map_get(env->names, name->text, &at)) continue;
        TRY(map_value(fn->mapping, env->bindings.at[at].value, &value));
        return front_define_in(fn->mapping->arena, fn->to, name->text, value);
    }
    return OK; // a constant, a function of the spec, a built-in
}

// The lambda in an environment of what it names alone.
static Status map_lambda(Mapping *m, const Lambda *from, Lambda *to) {
    LangNames names;
    const uint32_t n = from->expr->n_params;
    Value *defaults = NEW_ARRAY(m->arena, Value, n);
    to->env = front_env_in(m->arena, NULL);
    if (!defaults || !to->env) return NOMEM;
    for (uint32_t i = 0; i < n; i++)
        TRY(map_value(m, from->defaults[i], &defaults[i]));
    to->defaults = defaults;
    if (!from->env) return OK;
    to->env->rule_of = from->env->rule_of;
    to->env->prelude = from->env->prelude;
    FreeNames fn = {m, from->env, to->env};
    TRY(lang_names(&names, m->t->arena, map_name, &fn));
    return lang_visit_names(&names, from->expr);
}

static Status map_transformed(Mapping *m, const Transformed *from,
                              const Transformed **result) {
    Transformed *to = NEW(m->arena, Transformed);
    TRY_ALLOC(to);
    *to = *from;
    TRY(map_value(m, from->inner, &to->inner));
    TRY(map_value(m, from->argnums, &to->argnums));
    TRY(map_value(m, from->in_axes, &to->in_axes));
    TRY(map_value(m, from->out_axes, &to->out_axes));
    *result = to;
    return OK;
}

static Status map_values(Mapping *m, uint32_t n, const Value *from, const Value **result) {
    Value *to = NEW_ARRAY(m->arena, Value, n);
    TRY_ALLOC(to);
    for (uint32_t i = 0; i < n; i++)
        TRY(map_value(m, from[i], &to[i]));
    *result = to;
    return OK;
}

static Status map_pullback(Mapping *m, const Pullback *from, const Pullback **result) {
    Pullback *to = NEW(m->arena, Pullback);
    bool *in = NEW_ARRAY(m->arena, bool, from->n_in);
    if (!to || !in) return NOMEM;
    *to = *from;
    memcpy(in, from->in, from->n_in * sizeof *in);
    to->in = in;
    TRY(map_values(m, from->n_residuals, from->residuals, &to->residuals));
    TRY(map_value(m, from->primals, &to->primals));
    TRY(map_value(m, from->outputs, &to->outputs));
    *result = to;
    return OK;
}

static Status map_custom(Mapping *m, const Custom *from, const Custom **result) {
    Custom *to = NEW(m->arena, Custom);
    int64_t *nondiff = NEW_ARRAY(m->arena, int64_t, from->n_nondiff);
    if (!to || !nondiff) return NOMEM;
    *to = *from;
    if (from->n_nondiff) memcpy(nondiff, from->nondiff, from->n_nondiff * sizeof *nondiff);
    to->nondiff = nondiff;
    TRY(map_values(m, from->n_functions, from->functions, &to->functions));
    *result = to;
    return OK;
}

static Status map_parts(Mapping *m, const Function *from, Function *to) {
    switch (from->kind) {
    case FUNCTION_SPEC:
    case FUNCTION_BUILTIN:
        return OK;
    case FUNCTION_LAMBDA:
        return map_lambda(m, &from->lambda, &to->lambda);
    case FUNCTION_METHOD:
        return map_value(m, from->method.self, &to->method.self);
    case FUNCTION_TRANSFORMED:
        return map_transformed(m, from->transformed, &to->transformed);
    case FUNCTION_PULLBACK:
        return map_pullback(m, from->pullback, &to->pullback);
    case FUNCTION_CUSTOM:
        return map_custom(m, from->custom, &to->custom);
    }
    return FAILED;
}

static Status map_function(Mapping *m, const Function *from, const Function **result) {
    uint32_t at;
    if (base_map_get(m->known, address(&from), &at)) {
        *result = m->functions.at[at].to;
        return OK;
    }
    if (m->depth >= LIMIT_CALL_DEPTH) {
        return base_error(m->t->diags, CODE_E701, m->t->span, NULL,
                          "functions close over each other deeper than the limit of %d "
                          "(LIMIT_CALL_DEPTH)",
                          LIMIT_CALL_DEPTH);
    }
    const Function **key = NEW(m->t->arena, const Function *);
    Function *to = NEW(m->arena, Function);
    if (!key || !to) return NOMEM;
    *key = from;
    *to = *from;
    m->depth++;
    TRY(map_parts(m, from, to));
    m->depth--;
    if (!VEC_PUSH(m->t->arena, &m->functions, ((Mapped){from, to}))) return NOMEM;
    *result = to;
    return base_map_set(m->known, address(key), m->functions.n - 1);
}

// -- values -------------------------------------------------------------------------

static Status map_number(Arena *arena, const Number *number, const Number **result) {
    Number *copy = NEW(arena, Number);
    TRY_ALLOC(copy);
    *copy = *number;
    if (number->a) TRY(map_number(arena, number->a, &copy->a));
    if (number->b) TRY(map_number(arena, number->b, &copy->b));
    *result = copy;
    return OK;
}

static Status map_at(Mapping *m, const ValueAt *from, const ValueAt **result) {
    ValueAt *to = NEW(m->arena, ValueAt);
    TRY_ALLOC(to);
    *to = *from;
    TRY(map_value(m, from->array, &to->array));
    TRY(map_value(m, from->index, &to->index));
    *result = to;
    return OK;
}

static Status map_slice(Mapping *m, const ValueSlice *from, const ValueSlice **result) {
    ValueSlice *to = NEW(m->arena, ValueSlice);
    TRY_ALLOC(to);
    TRY(map_value(m, from->start, &to->start));
    TRY(map_value(m, from->stop, &to->stop));
    TRY(map_value(m, from->step, &to->step));
    *result = to;
    return OK;
}

static Status map_value(Mapping *m, Value value, Value *result) {
    *result = value;
    switch (value.kind) {
    case VALUE_ARRAY:
        return m->map(m->t, m->data, value, result);
    case VALUE_NUMBER:
        if (m->arena == m->t->arena) return OK;
        return map_number(m->arena, value.number, &result->number);
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        if (value.kind == VALUE_RECORD && m->arena != m->t->arena) {
            Str *keys = NEW_ARRAY(m->arena, Str, value.n);
            TRY_ALLOC(keys);
            if (value.n) memcpy(keys, value.keys, value.n * sizeof *keys);
            result->keys = keys;
        }
        return map_values(m, value.n, value.items, &result->items);
    case VALUE_FUNCTION:
        return map_function(m, value.function, &result->function);
    case VALUE_AT:
        return map_at(m, value.at, &result->at);
    case VALUE_SLICE:
        return map_slice(m, value.slice, &result->slice);
    case VALUE_NONE:
    case VALUE_TEXT:
    case VALUE_DTYPE:
    case VALUE_ELLIPSIS:
    case VALUE_MODULE:
        return OK;
    }
    return FAILED;
}

Status front_map_arrays(Trace *t, Arena *arena, Value value, ArrayMap map, void *data,
                        Value *result) {
    Mapping m = {
        .t = t, .arena = arena, .map = map, .data = data, .known = base_map_new(t->arena)};
    TRY_ALLOC(m.known);
    return map_value(&m, value, result);
}

static Status take(Trace *t, void *data, Value array, Value *mapped) {
    Leaves *arrays = data;
    uint32_t i = 0;
    while (i < arrays->at.n &&
           (arrays->at.at[i].scope != array.scope || arrays->at.at[i].node != array.node))
        i++;
    *mapped = front_array(NULL, i);
    return i < arrays->at.n || VEC_PUSH(t->arena, &arrays->at, array) ? OK : NOMEM;
}

Status front_take_arrays(Trace *t, Value value, Leaves *arrays, Value *numbered) {
    return front_map_arrays(t, t->arena, value, take, arrays, numbered);
}

static Status put(Trace *t, void *data, Value array, Value *mapped) {
    (void)t;
    *mapped = ((const Value *)data)[array.node];
    return OK;
}

Status front_put_arrays(Trace *t, Value numbered, const Value *arrays, Value *value) {
    return front_map_arrays(t, t->arena, numbered, put, (void *)(uintptr_t)arrays, value);
}

static Status forget_scope(Trace *t, void *data, Value array, Value *mapped) {
    (void)t;
    (void)data;
    *mapped = array.scope ? front_array(NULL, IR_NONE) : array;
    return OK;
}

Status front_keep_value(Trace *t, Value value, Value *kept) {
    return front_map_arrays(t, t->lasting, value, forget_scope, NULL, kept);
}

// -- keys ---------------------------------------------------------------------------

typedef struct Key {
    Trace *t;
    Text *text;
    const TypeId *types;
    StrMap *known; // functions by address → their number
    uint32_t n_functions;
} Key;

static void add_number(Text *text, const Number *number) {
    for (; number; number = number->a) {
        base_text_printf(text, "(%d %lld %a %.*s %d", number->kind,
                         (long long)number->integer, number->nearest, STR_ARG(number->text),
                         number->op);
        if (number->b) add_number(text, number->b);
    }
}

static Status add_value(Key *key, Value value);

static Status add_values(Key *key, uint32_t n, const Value *values) {
    for (uint32_t i = 0; i < n; i++)
        TRY(add_value(key, values[i]));
    return OK;
}

// A lambda is its text's place, which no other has as long as the spec lives, but for those
// of a constant's text, which is gone with its value.
static Status add_lambda(Key *key, const Lambda *lambda) {
    const Env *env = lambda->env;
    base_text_printf(key->text, "%p.%u %p %d{", (const void *)lambda->expr,
                     key->t->constant, (const void *)env->rule_of, env->prelude);
    for (uint32_t i = 0; i < env->bindings.n; i++) {
        base_text_printf(key->text, "%.*s=", STR_ARG(env->bindings.at[i].name));
        TRY(add_value(key, env->bindings.at[i].value));
    }
    base_text_char(key->text, '}');
    return add_values(key, lambda->expr->n_params, lambda->defaults);
}

static Status add_parts(Key *key, const Function *function) {
    switch (function->kind) {
    case FUNCTION_SPEC:
        base_text_printf(key->text, "%p ", (const void *)function->spec);
        return OK;
    case FUNCTION_BUILTIN:
        base_text_printf(key->text, "%p ", (const void *)function->builtin);
        return OK;
    case FUNCTION_LAMBDA:
        return add_lambda(key, &function->lambda);
    case FUNCTION_METHOD:
        base_text_printf(key->text, "%p ", (const void *)function->method.builtin);
        return add_value(key, function->method.self);
    case FUNCTION_TRANSFORMED: {
        const Transformed *tf = function->transformed;
        base_text_printf(key->text, "%d%d%d%d %lld ", tf->kind, tf->has_aux,
                         tf->holomorphic, tf->allow_int, (long long)tf->axis_size);
        TRY(add_value(key, tf->inner));
        return add_values(key, 3, (Value[]){tf->argnums, tf->in_axes, tf->out_axes});
    }
    case FUNCTION_PULLBACK: {
        const Pullback *p = function->pullback;
        base_text_printf(key->text, "%u %d %d ", p->linear->id, p->use, p->with_logs);
        TRY(add_values(key, p->n_residuals, p->residuals));
        return add_values(key, 2, (Value[]){p->primals, p->outputs});
    }
    case FUNCTION_CUSTOM: {
        const Custom *custom = function->custom;
        base_text_printf(key->text, "%d", custom->kind);
        for (uint32_t i = 0; i < custom->n_nondiff; i++)
            base_text_printf(key->text, " %lld", (long long)custom->nondiff[i]);
        base_text_char(key->text, ':');
        return add_values(key, custom->n_functions, custom->functions);
    }
    }
    return FAILED;
}

static Status add_function(Key *key, const Function *function) {
    uint32_t number;
    if (base_map_get(key->known, address(&function), &number)) {
        base_text_printf(key->text, "f#%u ", number);
        return OK;
    }
    const Function **own = NEW(key->t->arena, const Function *);
    TRY_ALLOC(own);
    *own = function;
    base_text_printf(key->text, "f%d[", function->kind);
    TRY(add_parts(key, function));
    base_text_char(key->text, ']');
    return base_map_set(key->known, address(own), key->n_functions++);
}

static Status add_value(Key *key, Value value) {
    switch (value.kind) {
    case VALUE_ARRAY:
        base_text_printf(key->text, "a%u:%u ", value.node, key->types[value.node]);
        return OK;
    case VALUE_NUMBER:
        add_number(key->text, value.number);
        return OK;
    case VALUE_TEXT:
    case VALUE_MODULE:
        base_text_printf(key->text, "t%zu:%.*s ", value.text.n, STR_ARG(value.text));
        return OK;
    case VALUE_DTYPE:
        base_text_printf(key->text, "d%d.%u ", value.dtype, value.n);
        return OK;
    case VALUE_FUNCTION:
        return add_function(key, value.function);
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        base_text_printf(key->text, "%d[", value.kind);
        for (uint32_t i = 0; i < value.n; i++) {
            if (value.kind == VALUE_RECORD)
                base_text_printf(key->text, "%zu:%.*s=", value.keys[i].n,
                                 STR_ARG(value.keys[i]));
            TRY(add_value(key, value.items[i]));
        }
        base_text_char(key->text, ']');
        return OK;
    case VALUE_AT:
        base_text_printf(key->text, "@%d ", value.at->indexed);
        return add_values(key, 2, (Value[]){value.at->array, value.at->index});
    case VALUE_SLICE:
        base_text_add(key->text, STR("s"));
        return add_values(
            key, 3, (Value[]){value.slice->start, value.slice->stop, value.slice->step});
    case VALUE_NONE:
    case VALUE_ELLIPSIS:
        base_text_printf(key->text, "n%d ", value.kind);
        return OK;
    }
    return FAILED;
}

Status front_add_key(Trace *t, Text *key, Value numbered, const TypeId *types) {
    Key k = {.t = t, .text = key, .types = types, .known = base_map_new(t->arena)};
    TRY_ALLOC(k.known);
    TRY(add_value(&k, numbered));
    return key->failed ? NOMEM : OK;
}
