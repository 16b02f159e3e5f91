// Structures (pytrees): flattening values to their array leaves and back.
#include "front/arrays.h"
#include "front/function.h"

Status front_sequence(Trace *t, ValueKind kind, uint32_t n, const Value *items,
                      Value *value) {
    Value *copy = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(copy);
    if (n) memcpy(copy, items, n * sizeof *copy);
    *value = (Value){.kind = kind, .n = n, .items = copy};
    return OK;
}

// Depth of structures is bounded by the nesting of expressions and documents.
Status front_flatten(Trace *t, Value value, const char *what, Leaves *leaves) {
    switch (value.kind) {
    case VALUE_NONE:
        return OK;
    case VALUE_ARRAY:
    case VALUE_NUMBER: {
        Value array;
        TRY(front_as_array(t, value, &array));
        return VEC_PUSH(t->arena, &leaves->at, array) ? OK : NOMEM;
    }
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        for (uint32_t i = 0; i < value.n; i++)
            TRY(front_flatten(t, value.items[i], what, leaves));
        return OK;
    default:
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "%s must be an array or a structure of arrays, got %s", what,
                          front_kind_text(t, value));
    }
}

Status front_unflatten(Trace *t, Value structure, const Value *leaves, uint32_t *next,
                       Value *value) {
    *value = structure;
    switch (structure.kind) {
    case VALUE_ARRAY:
    case VALUE_NUMBER:
        *value = leaves[(*next)++];
        return OK;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD: {
        Value *items = NEW_ARRAY(t->arena, Value, structure.n);
        TRY_ALLOC(items);
        for (uint32_t i = 0; i < structure.n; i++)
            TRY(front_unflatten(t, structure.items[i], leaves, next, &items[i]));
        value->items = items;
        return OK;
    }
    default:
        return OK;
    }
}

// -- one structure against another --------------------------------------------------

static const Value *field(Value record, Str key) {
    for (uint32_t i = 0; i < record.n; i++)
        if (base_str_eq(record.keys[i], key)) return &record.items[i];
    return NULL;
}

bool front_same_parts(Value like, Value value) {
    if (value.kind != VALUE_RECORD || like.kind != VALUE_RECORD)
        return front_is_sequence(like) && front_is_sequence(value) && like.n == value.n;
    for (uint32_t i = 0; i < like.n; i++)
        if (!field(value, like.keys[i])) return false;
    return like.n == value.n;
}

Value front_counterpart(Value value, Value like, uint32_t i) {
    return like.kind == VALUE_RECORD ? *field(value, like.keys[i]) : value.items[i];
}

bool front_same_structure(Value a, Value b) {
    const bool a_leaf = a.kind == VALUE_ARRAY || a.kind == VALUE_NUMBER;
    const bool b_leaf = b.kind == VALUE_ARRAY || b.kind == VALUE_NUMBER;
    if (a_leaf || b_leaf) return a_leaf && b_leaf;
    if (!front_is_sequence(a) && a.kind != VALUE_RECORD) return a.kind == b.kind;
    if (!front_same_parts(a, b)) return false;
    for (uint32_t i = 0; i < a.n; i++)
        if (!front_same_structure(a.items[i], front_counterpart(b, a, i))) return false;
    return true;
}

Status front_align(Trace *t, Value like, Value value, Value *aligned) {
    *aligned = value;
    if (!front_is_sequence(like) && like.kind != VALUE_RECORD) return OK;
    Value *items = NEW_ARRAY(t->arena, Value, like.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < like.n; i++)
        TRY(front_align(t, like.items[i], front_counterpart(value, like, i), &items[i]));
    *aligned = like;
    aligned->items = items;
    return OK;
}

static void structure_text(Trace *t, Value value, Text *out) {
    if (!front_is_sequence(value) && value.kind != VALUE_RECORD) {
        base_text_printf(out, "%s", front_kind_text(t, value));
        return;
    }
    const bool record = value.kind == VALUE_RECORD;
    base_text_printf(out, record ? "{" : "(");
    for (uint32_t i = 0; i < value.n; i++) {
        if (i) base_text_printf(out, ", ");
        if (record) base_text_printf(out, "%.*s: ", STR_ARG(value.keys[i]));
        structure_text(t, value.items[i], out); // as deep as the text of the spec
    }
    base_text_printf(out, record ? "}" : value.n == 1 ? ",)" : ")");
}

const char *front_structure_text(Trace *t, Value value) {
    Text text = {.arena = t->arena};
    structure_text(t, value, &text);
    return text.failed ? front_kind_text(t, value) : text.at;
}
