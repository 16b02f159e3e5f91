// What a point gives, as a record: every part of its result under a key of its own.
#include "verify/golden.h"

#include <stdlib.h>

typedef struct Recording {
    Arena *arena;
    VerifyRecord *record;
} Recording;

// -- copies -------------------------------------------------------------------------

static size_t size_of(const cg_value *array) {
    size_t size = 1;
    for (uint32_t i = 0; i < array->rank; i++)
        size *= (size_t)array->shape[i];
    return size;
}

static const void *copy(Arena *arena, const void *bytes, size_t n, size_t size) {
    void *copied = base_alloc_array(arena, n, size);
    if (copied && n > 0) memcpy(copied, bytes, n * size);
    return copied;
}

// The decimals, and the largest of their radii.
static Status copy_digits(Arena *arena, const cg_value *from, VerifyEntry *entry) {
    const size_t n = size_of(from);
    cg_decimal *decimals = NEW_ARRAY(arena, cg_decimal, n);
    double largest = -1;
    TRY_ALLOC(decimals);
    entry->radius = "0";
    for (size_t i = 0; i < n; i++) {
        double radius = 0;
        const cg_decimal *decimal = &from->decimals[i];
        if (!decimal->digits) continue; // of a row that failed
        decimals[i].digits = base_strdup(arena, base_str(decimal->digits));
        TRY_ALLOC(decimals[i].digits);
        (void)num_parse(base_str(decimal->radius), DT_F64, &radius, NULL);
        if (radius <= largest) continue;
        largest = radius;
        entry->radius = base_strdup(arena, base_str(decimal->radius));
        TRY_ALLOC(entry->radius);
    }
    entry->value.decimals = decimals;
    return OK;
}

static Status copy_array(Arena *arena, const cg_value *from, VerifyEntry *entry) {
    cg_value *to = &entry->value;
    *to = *from;
    to->decimals = NULL;
    to->shape = copy(arena, from->shape, from->rank, sizeof *from->shape);
    to->data = copy(arena, from->data, size_of(from), num_dtype_size((Dtype)from->dtype));
    if (!to->shape || !to->data) return NOMEM;
    if (from->failed_rows) {
        to->failed_rows =
            copy(arena, from->failed_rows, (size_t)from->shape[0], sizeof(bool));
        TRY_ALLOC(to->failed_rows);
    }
    return from->decimals ? copy_digits(arena, from, entry) : OK;
}

// -- keys ---------------------------------------------------------------------------

static Status add_code(Recording *r, const char *key, const char *code) {
    const VerifyEntry entry = {.key = key,
                               .code = base_strdup(r->arena, base_str(code)),
                               .value = {.kind = CG_NULL}};
    TRY_ALLOC(entry.code);
    return VEC_PUSH(r->arena, &r->record->entries, entry) ? OK : NOMEM;
}

// The parts of a value; an empty tuple or record has none. Depth is that of the spec's
// expressions.
static Status add_value(Recording *r, Str key, const cg_value *value) {
    VerifyEntry entry = {.key = key.at, .value = {.kind = CG_NULL}};
    if (value->kind == CG_ARRAY) TRY(copy_array(r->arena, value, &entry));
    if (value->kind == CG_ARRAY || value->kind == CG_NULL)
        return VEC_PUSH(r->arena, &r->record->entries, entry) ? OK : NOMEM;
    for (size_t i = 0; i < value->n; i++) {
        Text path = {.arena = r->arena};
        if (value->kind == CG_RECORD)
            base_text_printf(&path, "%.*s.%s", STR_ARG(key), value->keys[i]);
        else
            base_text_printf(&path, "%.*s[%zu]", STR_ARG(key), i);
        if (path.failed) return NOMEM;
        TRY(add_value(r, base_text_str(&path), &value->parts[i]));
    }
    return OK;
}

static void add_argument(Text *key, const char *name, int argnum) {
    if (name[0])
        base_text_printf(key, ".%s", name);
    else
        base_text_printf(key, "[%d]", argnum);
}

static Status add_parts(Recording *r, const char *name, const cg_parts *parts) {
    for (size_t i = 0; i < parts->n; i++) {
        const cg_part *part = &parts->at[i];
        Text key = {.arena = r->arena};
        base_text_add(&key, base_str(name));
        add_argument(&key, part->arg, part->argnum);
        if (part->argnum2 >= 0) add_argument(&key, part->arg2, part->argnum2);
        if (key.failed) return NOMEM;
        TRY(add_value(r, base_text_str(&key), &part->value));
    }
    return OK;
}

static Status add_row_errors(Recording *r, const cg_result *result) {
    for (size_t i = 0; i < result->n_errors; i++) {
        Text key = {.arena = r->arena};
        base_text_printf(&key, "errors[%lld]", (long long)result->errors[i].index);
        if (key.failed) return NOMEM;
        TRY(add_code(r, key.at, result->errors[i].code));
    }
    return OK;
}

static Status add_result(Recording *r, const cg_result *result) {
    if (result->error) return add_code(r, "error", result->error->code);
    if (result->compute & CG_VALUE) TRY(add_value(r, STR("value"), &result->value));
    if (result->compute & CG_JVP) TRY(add_value(r, STR("jvp"), &result->jvp));
    if (result->logs.kind != CG_NULL) TRY(add_value(r, STR("logs"), &result->logs));
    TRY(add_parts(r, "grads", &result->grads));
    TRY(add_parts(r, "jacobian", &result->jacobian));
    TRY(add_parts(r, "hessian", &result->hessian));
    return add_row_errors(r, result);
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const VerifyEntry *)a)->key, ((const VerifyEntry *)b)->key);
}

Status verify_make_record(Arena *arena, const cg_result *result, VerifyRecord *record) {
    Recording r = {arena, record};
    *record = (VerifyRecord){.name = base_strdup(arena, base_str(result->name))};
    TRY_ALLOC(record->name);
    TRY(add_result(&r, result));
    if (record->entries.n)
        qsort(record->entries.at, record->entries.n, sizeof *record->entries.at, by_key);
    return OK;
}

const VerifyRecord *verify_find_record(const VerifyGoldens *goldens, const char *name) {
    uint32_t first = 0, n = goldens ? goldens->points.n : 0;
    while (n) {
        const VerifyRecord *middle = &goldens->points.at[first + n / 2];
        const int order = strcmp(name, middle->name);
        if (order == 0) return middle;
        if (order > 0) first += n / 2 + 1;
        n = order > 0 ? n - n / 2 - 1 : n / 2;
    }
    return NULL;
}
