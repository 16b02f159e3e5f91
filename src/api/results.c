// Results: host arrays in the structures that the caller of the library sees.
#include "api/context.h"

Status api_make_value(const Ir *ir, Arena *arena, const Tree *tree, void *const *data,
                      uint32_t *next, cg_value *value) {
    *value = (cg_value){.kind = CG_NULL};
    if (tree->kind == TREE_NONE) return OK;
    if (tree->kind == TREE_LEAF) {
        const Type *type = ir_type(ir, tree->type);
        *value = (cg_value){.kind = CG_ARRAY,
                            .dtype = (cg_dtype)type->dtype,
                            .rank = type->rank,
                            .shape = type->shape,
                            .data = data[(*next)++]};
        return OK;
    }
    cg_value *parts = NEW_ARRAY(arena, cg_value, tree->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < tree->n; i++)
        TRY(api_make_value(ir, arena, &tree->parts[i], data, next, &parts[i]));
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
