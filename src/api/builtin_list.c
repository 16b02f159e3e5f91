// The table of built-ins as the caller of the library sees it.
#include "cggrad.h"
#include "front/builtin.h"

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

// Whether two rows are one function (constant, dtype) under two names.
static bool are_same(const Builtin *a, const Builtin *b) {
    enum { LETS = sizeof a->let / sizeof *a->let };
    if (a->kind != b->kind || a->body != b->body || a->data != b->data ||
        a->dtype != b->dtype || !same_text(a->signature, b->signature) ||
        !same_text(a->doc, b->doc) || !same_text(a->value, b->value) ||
        !same_text(a->jvp, b->jvp))
        return false;
    for (size_t i = 0; i < LETS; i++)
        if (!same_text(a->let[i].expr, b->let[i].expr)) return false;
    return true;
}

static bool is_function(const Builtin *row) {
    return !strchr(row->name, '.');
}

// The first row that means the same; NULL where it is this one, or a method.
static const char *same_as(const Builtin *row) {
    const Builtin *other;
    if (!is_function(row)) return NULL;
    for (uint32_t i = 0; (other = front_builtin_row(i)) != row; i++)
        if (is_function(other) && are_same(other, row)) return other->name;
    return NULL;
}

static void describe(const Builtin *row, cg_builtin *builtin) {
    enum { LETS = sizeof row->let / sizeof *row->let };
    _Static_assert((int)LETS <= (int)CG_LET_MOST, "the public row holds every let");
    static const cg_builtin_kind kinds[] = {
        [BUILTIN_C] = CG_BUILTIN_C,
        [BUILTIN_PRELUDE] = CG_BUILTIN_LANGUAGE,
        [BUILTIN_CONSTANT] = CG_BUILTIN_CONSTANT,
        [BUILTIN_DTYPE] = CG_BUILTIN_DTYPE,
    };
    *builtin = (cg_builtin){
        .name = row->name,
        .group = row->group,
        .signature = row->signature,
        .doc = row->doc,
        .kink = row->kink,
        .kind = kinds[row->kind],
        .is_method = row->is_method,
        .same_as = same_as(row),
        .value = row->value,
        .jvp = row->jvp,
    };
    for (size_t i = 0; i < LETS && row->let[i].name; i++) {
        builtin->let[builtin->n_let] = row->let[i].name;
        builtin->let_value[builtin->n_let++] = row->let[i].expr;
    }
}

bool cg_builtin_at(size_t i, cg_builtin *builtin) {
    const Builtin *row = i < UINT32_MAX ? front_builtin_row((uint32_t)i) : NULL;
    if (row) describe(row, builtin);
    return row != NULL;
}

bool cg_find_builtin(const char *name, cg_builtin *builtin) {
    const char *dot = strrchr(name, '.');
    const bool in_module = dot && front_is_module((Str){name, (size_t)(dot - name)});
    const Builtin *row = front_builtin(base_str(in_module ? dot + 1 : name));
    if (row) describe(row, builtin);
    return row != NULL;
}

const char *cg_module_name(size_t i) {
    return i < UINT32_MAX ? front_module((uint32_t)i) : NULL;
}
