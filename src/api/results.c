// Results: host arrays in the structures that the caller of the library sees.
#include "api/context.h"

// -- choices ------------------------------------------------------------------------

// Row i of a structure of arrays that all have that axis in front.
static Status row(Arena *arena, const cg_value *value, int64_t i, cg_value *result) {
    *result = *value;
    if (value->kind == CG_ARRAY) {
        size_t size = num_dtype_size((Dtype)value->dtype);
        for (uint32_t k = 1; k < value->rank; k++)
            size *= (size_t)value->shape[k];
        result->rank--;
        result->shape++;
        result->data = (const char *)value->data + (size_t)i * size;
        return OK;
    }
    cg_value *parts = NEW_ARRAY(arena, cg_value, value->n);
    TRY_ALLOC(parts);
    for (size_t k = 0; k < value->n; k++)
        TRY(row(arena, &value->parts[k], i, &parts[k]));
    result->parts = parts;
    return OK;
}

// Of n pairs (whether it is there, value) the value that is there; with an axis in front,
// one for each row.
static Status choose(Arena *arena, uint32_t n, const cg_value *pairs, cg_value *value) {
    if (pairs[0].rank == 0) {
        for (uint32_t i = 0; i < n; i += 2)
            if (*(const bool *)pairs[i].data) *value = pairs[i + 1];
        return OK;
    }
    const int64_t rows = pairs[0].shape[0];
    cg_value *parts = NEW_ARRAY(arena, cg_value, (size_t)rows);
    cg_value *own = NEW_ARRAY(arena, cg_value, n);
    if (!parts || !own) return NOMEM;
    for (int64_t i = 0; i < rows; i++) {
        for (uint32_t k = 0; k < n; k++)
            TRY(row(arena, &pairs[k], i, &own[k]));
        parts[i] = (cg_value){.kind = CG_NULL};
        TRY(choose(arena, n, own, &parts[i]));
    }
    *value = (cg_value){.kind = CG_TUPLE, .n = (size_t)rows, .parts = parts};
    return OK;
}

// -- values -------------------------------------------------------------------------

Status api_make_value(const Ir *ir, Arena *arena, const Tree *tree, void *const *data,
                      const bool *failed_rows, uint32_t *next, cg_value *value) {
    *value = (cg_value){.kind = CG_NULL};
    if (tree->kind == TREE_NONE) return OK;
    if (tree->kind == TREE_LEAF) {
        const Type *type = ir_type(ir, tree->type);
        *value = (cg_value){.kind = CG_ARRAY,
                            .dtype = (cg_dtype)type->dtype,
                            .rank = type->rank,
                            .shape = type->shape,
                            .failed_rows = failed_rows,
                            .data = data[(*next)++]};
        return OK;
    }
    cg_value *parts = NEW_ARRAY(arena, cg_value, tree->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < tree->n; i++)
        TRY(api_make_value(ir, arena, &tree->parts[i], data, failed_rows, next, &parts[i]));
    if (tree->kind == TREE_CHOICE) return choose(arena, tree->n, parts, value);
    *value = (cg_value){.kind = CG_TUPLE, .n = tree->n, .parts = parts};
    if (tree->kind != TREE_RECORD) return OK;
    const char **keys = NEW_ARRAY(arena, const char *, tree->n);
    TRY_ALLOC(keys);
    for (uint32_t i = 0; i < tree->n; i++) {
        keys[i] = base_strdup(arena, tree->keys[i]);
        TRY_ALLOC(keys[i]);
    }
    value->kind = CG_RECORD;
    value->keys = keys;
    return OK;
}
