#include "exec/exact/exact_depend.h"

static void clear_depend(void *value) {
    Depend *depend = value;
    exact_clear(&depend->number);
    flint_free(depend->set);
    *depend = (Depend){0};
}

static void copy_depend(void *to, const void *from) {
    Depend *out = to;
    const Depend *depend = from;
    if (out == depend) return;
    clear_depend(out);
    exact_copy(&out->number, &depend->number);
    out->on_all = depend->on_all;
    out->words = depend->words;
    if (!depend->set) return;
    out->set = flint_malloc(depend->words * sizeof *out->set);
    memcpy(out->set, depend->set, depend->words * sizeof *out->set);
}

static void embed_depend(void *value, Number *number) {
    clear_depend(value);
    exact_swap(&((Depend *)value)->number, number);
}

static const Number *constant_of_depend(const void *value) {
    return &((const Depend *)value)->number;
}

// From control flow and indices.
static void add_depend_flags(void *value, uint8_t flags) {
    Depend *depend = value;
    depend->number.flags |= flags;
    if (flags & NUMBER_VARIES) depend->on_all = true;
}

void exact_depend_leaf(ExactEnv *env, void *cell, uint32_t leaf, const void *about) {
    Depend *depend = cell;
    (void)env;
    depend->on_all = false;
    depend->words = *(const uint32_t *)about / 64 + 1;
    flint_free(depend->set);
    depend->set = flint_calloc(depend->words, sizeof *depend->set);
    depend->set[leaf / 64] |= (uint64_t)1 << leaf % 64;
}

static void join(Depend *out, const Depend *x) {
    out->on_all = out->on_all || x->on_all;
    if (!x->set) return;
    if (!out->set) {
        out->words = x->words;
        out->set = flint_calloc(x->words, sizeof *out->set);
    }
    for (uint32_t i = 0; i < x->words; i++)
        out->set[i] |= x->set[i];
}

static void apply_depend(ExactEnv *env, const ExactOperation *op, void *result,
                         const void *const *in) {
    Depend *out = result;
    const Number *numbers[3] = {NULL};
    clear_depend(out);
    for (uint32_t i = 0; i < op->n_in; i++) {
        numbers[i] = &((const Depend *)in[i])->number;
        join(out, in[i]);
    }
    exact_apply(env, op, &out->number, numbers);
}

const Interpretation exact_depends = {
    .size = sizeof(Depend),
    .clear = clear_depend,
    .copy = copy_depend,
    .embed = embed_depend,
    .constant = constant_of_depend,
    .add_flags = add_depend_flags,
    .apply = apply_depend,
};
