// x.name of arrays: static facts, views, and the built-ins that are methods.
#include "front/arrays.h"
#include "front/function.h"

#include <stdio.h>

static Status shape_tuple(Trace *t, const Type *type, Value *result) {
    Value sizes[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++)
        TRY(front_int(t, type->shape[i], &sizes[i]));
    return front_sequence(t, VALUE_TUPLE, type->rank, sizes, result);
}

static Status attribute_shape(Trace *t, Value x, Value *result) {
    return shape_tuple(t, front_type(t, x), result);
}

static Status attribute_ndim(Trace *t, Value x, Value *result) {
    return front_int(t, front_type(t, x)->rank, result);
}

static Status attribute_size(Trace *t, Value x, Value *result) {
    return front_int(t, front_type(t, x)->size, result);
}

static Status attribute_dtype(Trace *t, Value x, Value *result) {
    *result = (Value){.kind = VALUE_DTYPE, .dtype = (Dtype)front_type(t, x)->dtype};
    return OK;
}

static Status attribute_at(Trace *t, Value x, Value *result) {
    ValueAt *at = NEW(t->arena, ValueAt);
    TRY_ALLOC(at);
    at->array = x;
    *result = (Value){.kind = VALUE_AT, .at = at};
    return OK;
}

static Status attribute_real(Trace *t, Value x, Value *result) {
    (void)t;
    *result = x;
    return OK;
}

static Status attribute_imag(Trace *t, Value x, Value *result) {
    NodeId node;
    TRY(front_node_here(t, x, &node));
    Builder *b = front_builder(t);
    return front_made(t, ir_zeros(b, ir_type_of(b, node)), result);
}

static Status attribute_transposed(Trace *t, Value x, Value *result) {
    NodeId node;
    int64_t perm[LIMIT_RANK];
    TRY(front_node_here(t, x, &node));
    const uint32_t rank = front_node_type(t, node)->rank;
    for (uint32_t i = 0; i < rank; i++)
        perm[i] = rank - 1 - i;
    return front_made(t, ir_transpose(front_builder(t), node, perm), result);
}

static Status attribute_matrix_transposed(Trace *t, Value x, Value *result) {
    const Builtin *builtin = front_builtin(STR("matrix_transpose"));
    return builtin->body(t, builtin, &x, result);
}

static const struct Attribute {
    const char *name;
    Status (*body)(Trace *t, Value x, Value *result);
} attributes[] = {
    {"T", attribute_transposed},
    {"at", attribute_at},
    {"dtype", attribute_dtype},
    {"imag", attribute_imag},
    {"mT", attribute_matrix_transposed},
    {"ndim", attribute_ndim},
    {"real", attribute_real},
    {"shape", attribute_shape},
    {"size", attribute_size},
};
enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

// -- methods ------------------------------------------------------------------------

static const char at_prefix[] = "x.at[i].", method_prefix[] = "x.";

// The built-in named "<prefix><name>", or NULL.
static const Builtin *prefixed(const char *prefix, Str name) {
    char text[40];
    const int n = snprintf(text, sizeof text, "%s%.*s", prefix, STR_ARG(name));
    if (n < 0 || (size_t)n >= sizeof text) return NULL;
    return front_builtin((Str){text, (size_t)n});
}

static const Builtin *method_of(Value x, Str name) {
    if (memchr(name.at, '.', name.n)) return NULL;
    if (x.kind == VALUE_AT) return prefixed(at_prefix, name);
    const Builtin *alone = prefixed(method_prefix, name);
    if (alone) return alone;
    const Builtin *function = front_builtin(name);
    return function && function->is_method ? function : NULL;
}

// The name that a row's method has for x; NULL when it is none.
static const char *method_name(Value x, const Builtin *row) {
    const char *prefix = x.kind == VALUE_AT ? at_prefix : method_prefix;
    if (strncmp(row->name, prefix, strlen(prefix)) == 0) {
        const char *name = row->name + strlen(prefix);
        return strchr(name, '.') ? NULL : name;
    }
    return x.kind != VALUE_AT && row->is_method ? row->name : NULL;
}

static Status unknown_attribute(Trace *t, Value x, Str name, Span span) {
    VEC(Str) near = {0};
    for (uint32_t i = 0; i < ATTRIBUTES && x.kind != VALUE_AT; i++)
        if (!VEC_PUSH(t->arena, &near, base_str(attributes[i].name))) return NOMEM;
    const Builtin *row;
    for (uint32_t i = 0; (row = front_builtin_row(i)) != NULL; i++) {
        const char *method = method_name(x, row);
        if (method && !VEC_PUSH(t->arena, &near, base_str(method))) return NOMEM;
    }
    const Builtin *builtin = front_builtin(name);
    const char *hint = base_hint_nearest(t->diags, name, near.at, near.n);
    if (builtin)
        hint = builtin->kind == BUILTIN_CONSTANT
                   ? base_hint(t->diags, "the constant stands alone: %.*s", STR_ARG(name))
                   : base_hint(t->diags, "call it: %.*s(x)", STR_ARG(name));
    return base_error(t->diags, CODE_E401, span, hint, "%s has no attribute `%.*s`",
                      x.kind == VALUE_AT ? "`x.at[i]`" : "an array", STR_ARG(name));
}

Status front_attribute(Trace *t, Value x, Str name, Span name_span, Value *result) {
    if (x.kind == VALUE_AT && !x.at->indexed) {
        return base_error(t->diags, CODE_E402, name_span, "x.at[i].set(v)",
                          "`.at` takes an index in brackets first");
    }
    for (uint32_t i = 0; i < ATTRIBUTES && x.kind != VALUE_AT; i++) {
        if (base_str_eq(name, base_str(attributes[i].name)))
            return attributes[i].body(t, x, result);
    }
    const Builtin *builtin = method_of(x, name);
    if (!builtin) return unknown_attribute(t, x, name, name_span);
    return front_function_value(t,
                                (Function){.kind = FUNCTION_METHOD,
                                           .name = base_str(builtin->name),
                                           .method = {builtin, x}},
                                result);
}
