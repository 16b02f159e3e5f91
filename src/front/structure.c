// Structures (pytrees): flattening values to their array leaves and back.
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
