// Goldens against what points give now.
#include "verify/compare.h"
#include "verify/golden.h"

typedef struct Comparing {
    Arena *arena;
    const char *point;
    const cg_tolerance *tolerance;
    VerifyComparison *found;
} Comparing;

// -- arrays -------------------------------------------------------------------------

static bool are_alike(const VerifyEntry *a, const VerifyEntry *b) {
    const cg_value *x = &a->value, *y = &b->value;
    return !a->code && !b->code && x->kind == CG_ARRAY && y->kind == CG_ARRAY &&
           x->dtype == y->dtype && x->rank == y->rank &&
           (x->rank == 0 || memcmp(x->shape, y->shape, x->rank * sizeof *x->shape) == 0);
}

static Status add_element(Arena *arena, const cg_value *array, size_t i,
                          VerifyElement element, VerifyGolden *golden) {
    int64_t *index = NEW_ARRAY(arena, int64_t, array->rank);
    TRY_ALLOC(index);
    for (uint32_t axis = array->rank; axis-- > 0;) {
        const size_t size = (size_t)array->shape[axis];
        index[axis] = (int64_t)(i % size);
        i /= size;
    }
    element.index = index;
    return VEC_PUSH(arena, &golden->failing, element) ? OK : NOMEM;
}

// A row that failed has no numbers: its error is an entry of its own.
static bool has_failed(const cg_value *array, size_t i, size_t row) {
    return array->failed_rows && array->failed_rows[i / row];
}

static Status compare_arrays(const Comparing *c, VerifyGolden *golden) {
    const cg_value *old = &golden->expected->value, *now = &golden->got->value;
    const Dtype dtype = (Dtype)old->dtype;
    const size_t item = num_dtype_size(dtype);
    const char *expected = old->data, *got = now->data;
    size_t row = 1;
    for (uint32_t i = 1; i < old->rank; i++)
        row *= (size_t)old->shape[i];
    const cg_tolerance equal = {.by_ulp = true};
    golden->tolerance = num_is_float(dtype) ? verify_tolerance(dtype, c->tolerance) : equal;
    golden->n_elements = old->rank ? row * (size_t)old->shape[0] : 1;
    for (size_t i = 0; i < golden->n_elements; i++, expected += item, got += item) {
        if (has_failed(old, i, row) || has_failed(now, i, row)) continue;
        const double ulp = verify_ulps(dtype, expected, got);
        if (ulp > golden->ulp) golden->ulp = ulp;
        if (verify_is_near(dtype, expected, got, &golden->tolerance)) continue;
        if (golden->n_failing++ >= VERIFY_SHOWN) continue;
        const VerifyElement element = {.expected = expected, .got = got, .ulp = ulp};
        TRY(add_element(c->arena, old, i, element, golden));
    }
    if (golden->n_failing) golden->verdict = VERIFY_GOLDEN_CHANGED;
    return OK;
}

// -- entries ------------------------------------------------------------------------

// Codes, or nulls.
static bool are_equal(const VerifyEntry *a, const VerifyEntry *b) {
    if (a->code || b->code) return a->code && b->code && strcmp(a->code, b->code) == 0;
    return a->value.kind == CG_NULL && b->value.kind == CG_NULL;
}

static Status compare(const Comparing *c, const VerifyEntry *expected,
                      const VerifyEntry *got) {
    VerifyGolden golden = {.point = c->point,
                           .key = expected ? expected->key : got->key,
                           .expected = expected,
                           .got = got};
    if (!expected || !got)
        golden.verdict = expected ? VERIFY_GOLDEN_OBSOLETE : VERIFY_GOLDEN_MISSING;
    else if (are_alike(expected, got))
        TRY(compare_arrays(c, &golden));
    else if (!are_equal(expected, got))
        golden.verdict = VERIFY_GOLDEN_CHANGED;
    return VEC_PUSH(c->arena, c->found, golden) ? OK : NOMEM;
}

Status verify_compare_records(Arena *arena, const VerifyRecord *golden,
                              const VerifyRecord *record, const cg_tolerance *tolerance,
                              VerifyComparison *found) {
    static const VerifyRecord none = {0};
    const Comparing c = {arena, golden ? golden->name : record->name, tolerance, found};
    const VerifyRecord *old = golden ? golden : &none, *now = record ? record : &none;
    for (uint32_t i = 0, k = 0; i < old->entries.n || k < now->entries.n;) {
        const VerifyEntry *a = i < old->entries.n ? &old->entries.at[i] : NULL;
        const VerifyEntry *b = k < now->entries.n ? &now->entries.at[k] : NULL;
        const int order = !a ? 1 : !b ? -1 : strcmp(a->key, b->key);
        TRY(compare(&c, order <= 0 ? a : NULL, order >= 0 ? b : NULL));
        i += order <= 0;
        k += order >= 0;
    }
    return OK;
}
