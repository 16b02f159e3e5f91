// Environments: what a name stands for, innermost first.
#include "front/aliases.h"
#include "front/function.h"

Env *front_env_in(Arena *arena, Env *parent) {
    Env *env = NEW(arena, Env);
    if (!env) return NULL;
    env->parent = parent;
    if (parent) {
        env->rule_of = parent->rule_of;
        env->prelude = parent->prelude;
    }
    env->names = base_map_new(arena);
    return env->names ? env : NULL;
}

Env *front_env(Trace *t, Env *parent) {
    return front_env_in(t->arena, parent);
}

Status front_define_in(Arena *arena, Env *env, Str name, Value value) {
    uint32_t at;
    if (base_map_get(env->names, name, &at)) {
        env->bindings.at[at].value = value;
        return OK;
    }
    if (!VEC_PUSH(arena, &env->bindings, ((Binding){name, value}))) return NOMEM;
    return base_map_set(env->names, name, env->bindings.n - 1);
}

Status front_define(Trace *t, Env *env, Str name, Value value) {
    return front_define_in(t->arena, env, name, value);
}

// A constant is traced anew in each scope that names it: its nodes depend on no input, so a
// nested graph need not take it as an operand.
static Status constant_value(Trace *t, const SpecNamed *constant, Value *value) {
    Scope *scope = t->scope;
    uint32_t at;
    if (base_map_get(scope->constants, constant->name, &at)) {
        *value = scope->constant_values.at[at];
        return OK;
    }
    Env *env = front_env(t, NULL);
    TRY_ALLOC(env);
    TRY(front_eval(t, env, constant->expr, value));
    if (!VEC_PUSH(t->arena, &scope->constant_values, *value)) return NOMEM;
    return base_map_set(scope->constants, constant->name, scope->constant_values.n - 1);
}

Dtype front_builtin_dtype(const Trace *t, const Builtin *builtin) {
    return strcmp(builtin->name, "float") == 0 ? t->dtype : builtin->dtype;
}

// Python's own types: called on a static number they keep it static (`n` of the value,
// call.c).
static bool is_python_type(const Builtin *builtin) {
    return strcmp(builtin->name, "int") == 0 || strcmp(builtin->name, "float") == 0 ||
           strcmp(builtin->name, "bool") == 0;
}

static Status builtin_value(Trace *t, const Builtin *builtin, Value *value) {
    switch (builtin->kind) {
    case BUILTIN_CONSTANT:
        return front_number(t, base_str(builtin->value), NO_SPAN, true, value);
    case BUILTIN_DTYPE:
        *value = (Value){.kind = VALUE_DTYPE,
                         .n = is_python_type(builtin),
                         .dtype = front_builtin_dtype(t, builtin)};
        return OK;
    default:
        return front_function_value(t,
                                    (Function){.kind = FUNCTION_BUILTIN,
                                               .name = base_str(builtin->name),
                                               .builtin = builtin},
                                    value);
    }
}

// The names in reach that come nearest to one that is not there.
static Status unknown_name(Trace *t, const Env *env, Str name, Span span) {
    VEC(Str) near = {0};
    for (const Env *e = env; e; e = e->parent) {
        for (uint32_t i = 0; i < e->bindings.n && i < 1000;
             i++) // a million names help nobody
            if (!VEC_PUSH(t->arena, &near, e->bindings.at[i].name)) return NOMEM;
    }
    for (uint32_t i = 0; i < t->spec->constants.n && i < 1000; i++)
        if (!VEC_PUSH(t->arena, &near, t->spec->constants.at[i].name)) return NOMEM;
    for (uint32_t i = 0; i < t->spec->n_functions && i < 1000; i++)
        if (!VEC_PUSH(t->arena, &near, t->spec->functions[i].name)) return NOMEM;
    const Builtin *row;
    for (uint32_t i = 0; (row = front_builtin_row(i)) != NULL; i++)
        if (!strchr(row->name, '.') && !VEC_PUSH(t->arena, &near, base_str(row->name)))
            return NOMEM; // (a dot: a method)
    const char *hint = front_alias_hint(t->diags, ALIAS_NAME, name);
    if (!hint) hint = base_hint_nearest(t->diags, name, near.at, near.n);
    return base_error(t->diags, CODE_E401, span, hint, "unknown name `%.*s`",
                      STR_ARG(name));
}

Status front_lookup(Trace *t, const Env *env, Str name, Span span, Value *value) {
    bool prelude = false;
    uint32_t at;
    for (const Env *e = env; e; e = e->parent) {
        prelude = e->prelude;
        if (base_map_get(e->names, name, &at)) {
            *value = e->bindings.at[at].value;
            return OK;
        }
    }
    if (!prelude) {
        if (base_map_get(t->spec->constant_index, name, &at)) {
            return constant_value(t, &t->spec->constants.at[at], value);
        }
        if (base_map_get(t->spec->function_index, name, &at)) {
            const SpecFunction *function = &t->spec->functions[at];
            return front_function_value(
                t,
                (Function){.kind = FUNCTION_SPEC, .name = function->name, .spec = function},
                value);
        }
    }
    const Builtin *builtin = front_builtin(name);
    if (builtin) return builtin_value(t, builtin, value);
    if (front_is_module(name)) {
        *value = (Value){.kind = VALUE_MODULE, .text = name};
        return OK;
    }
    return unknown_name(t, env, name, span);
}

Status front_function_value(Trace *t, Function function, Value *value) {
    Function *kept = NEW(t->arena, Function);
    TRY_ALLOC(kept);
    *kept = function;
    *value = (Value){.kind = VALUE_FUNCTION, .function = kept};
    return OK;
}
