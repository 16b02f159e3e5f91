// Results: host arrays in the structures that the caller of the library sees.
#include "api/context.h"
#include "ir/loop.h"

typedef struct Maker {
    Ir *ir;
    Arena *arena;
    const bool *failed_rows; // of the arrays' first axis, in a batch; or NULL
} Maker;

// -- leaves -------------------------------------------------------------------------

// A value of a graph's type, as vm_run_with_stacks gives it.
typedef struct Leaf {
    TypeId type;
    const void *data;
    const ExecDecimal *decimals; // of an array; or NULL
} Leaf;

static const ExecStack *stack_of(Leaf leaf) {
    return *(const ExecStack *const *)leaf.data;
}

static int64_t length(const Maker *m, Leaf leaf) {
    const Type *type = ir_type(m->ir, leaf.type);
    if (type->kind == TYPE_STACK) return stack_of(leaf)->n;
    return type->kind == TYPE_LANES ? type->size : type->shape[0];
}

// A row of an array, an entry of a stack, or a lane.
static Status slice(const Maker *m, Leaf leaf, int64_t i, Leaf *result) {
    const Type *type = ir_type(m->ir, leaf.type);
    const char *data = leaf.data;
    const ExecDecimal *decimals = leaf.decimals;
    if (type->kind == TYPE_STACK) {
        data = stack_of(leaf)->entries;
        decimals = stack_of(leaf)->decimals;
    }
    result->type = type->kind == TYPE_LANES ? type->of : ir_slice_type(m->ir, leaf.type);
    if (result->type == IR_NO_TYPE) return NOMEM;
    result->data = data + (size_t)i * exec_value_bytes(m->ir, result->type);
    const Type *part = ir_type(m->ir, result->type);
    const bool has_decimals = decimals && part->kind == TYPE_ARRAY;
    result->decimals = has_decimals ? decimals + i * part->size : NULL;
    return OK;
}

// n decimals, as the caller of the library sees them.
static Status copy_decimals(const Maker *m, const ExecDecimal *decimals, size_t n,
                            cg_value *value) {
    if (!decimals) return OK;
    cg_decimal *copy = NEW_ARRAY(m->arena, cg_decimal, n);
    TRY_ALLOC(copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = (cg_decimal){decimals[i].digits, decimals[i].radius};
    value->decimals = copy;
    return OK;
}

static Status array_value(const Maker *m, Leaf leaf, cg_value *value) {
    const Type *type = ir_type(m->ir, leaf.type);
    *value = (cg_value){.kind = CG_ARRAY,
                        .dtype = (cg_dtype)type->dtype,
                        .rank = type->rank,
                        .shape = type->shape,
                        .data = leaf.data};
    return copy_decimals(m, leaf.decimals, (size_t)type->size, value);
}

// -- stacks -------------------------------------------------------------------------

// The value with an axis of n in front, but for its data.
static Status add_axis(const Maker *m, int64_t n, cg_value *value) {
    int64_t *shape = NEW_ARRAY(m->arena, int64_t, value->rank + 1);
    TRY_ALLOC(shape);
    shape[0] = n;
    for (uint32_t i = 0; i < value->rank; i++)
        shape[i + 1] = value->shape[i];
    value->rank++;
    value->shape = shape;
    return OK;
}

static size_t array_size(const cg_value *array) {
    size_t n = 1;
    for (uint32_t i = 0; i < array->rank; i++)
        n *= (size_t)array->shape[i];
    return n;
}

// The decimals of n arrays of one shape, side by side.
static Status join_decimals(const Maker *m, size_t n, const cg_value *rows, size_t size,
                            cg_value *value) {
    cg_decimal *all = rows[0].decimals ? NEW_ARRAY(m->arena, cg_decimal, n * size) : NULL;
    if (rows[0].decimals) TRY_ALLOC(all);
    for (size_t i = 0; all && i < n * size; i++)
        all[i] = rows[i / size].decimals[i % size];
    value->decimals = all;
    return OK;
}

// Arrays of one shape are rows of one array; others stay a tuple.
static Status join_rows(const Maker *m, size_t n, const cg_value *rows, cg_value *value) {
    *value = (cg_value){.kind = CG_TUPLE, .n = n, .parts = rows};
    for (size_t i = 0; i < n; i++) {
        const bool fits = rows[i].kind == CG_ARRAY && rows[i].rank == rows[0].rank;
        if (!fits || (rows[0].rank && memcmp(rows[i].shape, rows[0].shape,
                                             rows[0].rank * sizeof *rows[0].shape) != 0))
            return OK;
    }
    if (n == 0) return OK;
    const size_t size = array_size(&rows[0]);
    const size_t bytes = size * num_dtype_size((Dtype)rows[0].dtype);
    char *data = base_alloc_array(m->arena, n, bytes);
    TRY_ALLOC(data);
    for (size_t i = 0; bytes && i < n; i++)
        memcpy(data + i * bytes, rows[i].data, bytes);
    *value = rows[0];
    value->data = data;
    TRY(join_decimals(m, n, rows, size, value));
    return add_axis(m, (int64_t)n, value);
}

// An array; of stacks one with an axis of trips, where each has as many.
static Status leaf_value(const Maker *m, Leaf leaf, cg_value *value) {
    const Type *type = ir_type(m->ir, leaf.type);
    if (type->kind == TYPE_ARRAY) return array_value(m, leaf, value);
    const int64_t n = length(m, leaf);
    if (type->kind == TYPE_STACK && ir_type(m->ir, type->of)->kind == TYPE_ARRAY) {
        const Type *entry = ir_type(m->ir, type->of);
        TRY(array_value(m, (Leaf){type->of, stack_of(leaf)->entries, NULL}, value));
        TRY(copy_decimals(m, stack_of(leaf)->decimals, (size_t)(n * entry->size), value));
        return add_axis(m, n, value);
    }
    cg_value *rows = NEW_ARRAY(m->arena, cg_value, (size_t)n);
    TRY_ALLOC(rows);
    for (int64_t i = 0; i < n; i++) {
        Leaf row;
        TRY(slice(m, leaf, i, &row));
        TRY(leaf_value(m, row, &rows[i])); // as deep as loops nest
    }
    return join_rows(m, (size_t)n, rows, value);
}

// The rows of a batch that failed are null.
static Status batched_value(const Maker *m, Leaf leaf, cg_value *value) {
    const bool is_array = ir_type(m->ir, leaf.type)->kind == TYPE_ARRAY;
    if (is_array || !m->failed_rows) {
        TRY(leaf_value(m, leaf, value));
        if (value->kind == CG_ARRAY) value->failed_rows = m->failed_rows;
        return OK;
    }
    const int64_t n = length(m, leaf);
    cg_value *rows = NEW_ARRAY(m->arena, cg_value, (size_t)n);
    TRY_ALLOC(rows);
    for (int64_t i = 0; i < n; i++) {
        Leaf row;
        rows[i].kind = CG_NULL;
        TRY(slice(m, leaf, i, &row));
        if (!m->failed_rows[i]) TRY(leaf_value(m, row, &rows[i]));
    }
    *value = (cg_value){.kind = CG_TUPLE, .n = (size_t)n, .parts = rows};
    return OK;
}

// -- choices ------------------------------------------------------------------------

static Status make(const Maker *m, const Tree *tree, const Leaf *leaves, uint32_t *next,
                   cg_value *value);

// One of the logs of a choice, in a row of the axes around it.
typedef struct Logged {
    const Tree *tree;
    uint32_t layer;        // the next of its layers
    uint32_t n_conditions; // that are left
    uint32_t n;            // leaves that are left: conditions, then arrays
    const Leaf *leaves;
} Logged;

static Status choose(const Maker *m, uint32_t n, Logged *logs, cg_value *value);

// Row by row.
static Status choose_rows(const Maker *m, uint32_t n, const Logged *logs, cg_value *value) {
    const int64_t n_rows = length(m, logs[0].leaves[0]);
    cg_value *rows = NEW_ARRAY(m->arena, cg_value, (size_t)n_rows);
    Logged *row = NEW_ARRAY(m->arena, Logged, n);
    if (!rows || !row) return NOMEM;
    const Maker inner = {m->ir, m->arena, NULL};
    for (int64_t i = 0; i < n_rows; i++) {
        rows[i].kind = CG_NULL;
        if (m->failed_rows && m->failed_rows[i]) continue;
        for (uint32_t k = 0; k < n; k++) {
            Leaf *leaves = NEW_ARRAY(m->arena, Leaf, logs[k].n);
            TRY_ALLOC(leaves);
            for (uint32_t j = 0; j < logs[k].n; j++)
                TRY(slice(m, logs[k].leaves[j], i, &leaves[j]));
            row[k] = logs[k];
            row[k].layer++;
            row[k].leaves = leaves;
        }
        TRY(choose(&inner, n, row, &rows[i]));
    }
    *value = (cg_value){.kind = CG_TUPLE, .n = (size_t)n_rows, .parts = rows};
    return OK;
}

// Of n logs of one key the one that is there, or null. Up to the condition that parts them
// they have the same layers. Depth: how loops and conditions nest.
static Status choose(const Maker *m, uint32_t n, Logged *logs, cg_value *value) {
    *value = (cg_value){.kind = CG_NULL};
    if (n == 0) return OK;
    if (logs[0].n_conditions == 0) {
        uint32_t next = 0;
        const Tree *tree = logs[0].tree;
        return make(m, &tree->parts[tree->n - 1], logs[0].leaves, &next, value);
    }
    if (logs[0].tree->layers[logs[0].layer] == LAYER_AXIS)
        return choose_rows(m, n, logs, value);
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!*(const bool *)logs[i].leaves[0].data) continue;
        logs[left] = logs[i];
        logs[left].layer++;
        logs[left].n_conditions--;
        logs[left].n--;
        logs[left++].leaves++;
    }
    return choose(m, left, logs, value);
}

static Status make_choice(const Maker *m, const Tree *tree, const Leaf *leaves,
                          uint32_t *next, cg_value *value) {
    Logged *logs = NEW_ARRAY(m->arena, Logged, tree->n);
    TRY_ALLOC(logs);
    for (uint32_t i = 0; i < tree->n; i++) {
        const Tree *part = &tree->parts[i];
        logs[i] = (Logged){.tree = part,
                           .n_conditions = part->n - 1,
                           .n = front_tree_leaves(part),
                           .leaves = leaves + *next};
        *next += logs[i].n;
    }
    return choose(m, tree->n, logs, value);
}

// -- values -------------------------------------------------------------------------

static Status make(const Maker *m, const Tree *tree, const Leaf *leaves, uint32_t *next,
                   cg_value *value) {
    *value = (cg_value){.kind = CG_NULL};
    if (tree->kind == TREE_NONE) return OK;
    if (tree->kind == TREE_LEAF) return batched_value(m, leaves[(*next)++], value);
    if (tree->kind == TREE_CHOICE) return make_choice(m, tree, leaves, next, value);
    cg_value *parts = NEW_ARRAY(m->arena, cg_value, tree->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < tree->n; i++)
        TRY(make(m, &tree->parts[i], leaves, next, &parts[i]));
    *value = (cg_value){.kind = CG_TUPLE, .n = tree->n, .parts = parts};
    if (tree->kind != TREE_RECORD) return OK;
    const char **keys = NEW_ARRAY(m->arena, const char *, tree->n);
    TRY_ALLOC(keys);
    for (uint32_t i = 0; i < tree->n; i++) {
        keys[i] = base_strdup(m->arena, tree->keys[i]);
        TRY_ALLOC(keys[i]);
    }
    value->kind = CG_RECORD;
    value->keys = keys;
    return OK;
}

static void find_leaves(const Tree *tree, const ApiLeaves *all, uint32_t *next,
                        Leaf *leaves, uint32_t *n) {
    if (tree->kind == TREE_LEAF) {
        const uint32_t at = (*next)++;
        leaves[(*n)++] =
            (Leaf){tree->type, all->data[at], all->decimals ? all->decimals[at] : NULL};
    }
    for (uint32_t i = 0; i < tree->n; i++)
        find_leaves(&tree->parts[i], all, next, leaves, n);
}

Status api_make_value(Ir *ir, Arena *arena, const Tree *tree, const ApiLeaves *all,
                      uint32_t *next, cg_value *value) {
    const Maker maker = {ir, arena, all->failed_rows};
    Leaf *leaves = NEW_ARRAY(arena, Leaf, front_tree_leaves(tree));
    TRY_ALLOC(leaves);
    uint32_t n = 0;
    find_leaves(tree, all, next, leaves, &n);
    n = 0;
    return make(&maker, tree, leaves, &n, value);
}
