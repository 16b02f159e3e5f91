// One evaluation of the plan of a rule and its derivative.
#include "exec/exact/exact_judge.h"

// Node evaluations of one pass.
#define MOST_STEPS ((uint64_t)1 << 26)

uint32_t exact_count_g(const ExactPair *pair) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < pair->n_linear; i++)
        n += (uint64_t)pair->linear[i].n;
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static uint32_t count_arguments(const ExactPair *pair) {
    return pair->is_jvp ? pair->n_linear : pair->n_results;
}

uint32_t exact_count_x(const ExactPair *pair) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < count_arguments(pair); i++)
        n += (uint64_t)pair->operands[i].n;
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

// varies: it is an argument that is differentiated.
static Status load_operand(Pass *pass, const ExactArray *array, bool varies,
                           Cells **cells) {
    Status status;
    const size_t size = num_dtype_size(array->dtype);
    *cells = exact_new_cells(&pass->e, array->n, false, &status);
    if (!*cells) return status;
    for (int64_t i = 0; i < array->n; i++) {
        Number x = {0};
        exact_load(&x, array->dtype, (const char *)array->elements + (size_t)i * size);
        pass->e.kind->embed(exact_cell(*cells, i), &x);
        if (varies) pass->e.kind->add_flags(exact_cell(*cells, i), NUMBER_VARIES);
        exact_clear(&x);
    }
    return OK;
}

static void set_element(Pass *pass, const PassAt *at, uint32_t number, void *cell) {
    const bool fixed = at->fixed && at->fixed->g == number;
    if (!at->g && !fixed) {
        exact_set_g(cell, number);
        return;
    }
    Number x = {0};
    exact_copy(&x, fixed ? &at->fixed->at : &at->g[number]);
    pass->e.kind->embed(cell, &x);
    exact_clear(&x);
}

static Status load_linear(Pass *pass, const PassAt *at, const ExactArray *array,
                          uint32_t *number, Cells **cells) {
    Status status;
    *cells = exact_new_cells(&pass->e, array->n, false, &status);
    if (!*cells) return status;
    for (int64_t i = 0; i < array->n; i++)
        set_element(pass, at, (*number)++, exact_cell(*cells, i));
    return OK;
}

static void place_leaves(Pass *pass, const PassAt *at, Cells *cells, uint32_t first) {
    for (int64_t i = 0; i < cells->n && at->place; i++)
        at->place(&pass->e.env, exact_cell(cells, i), first + (uint32_t)i, at->about);
}

static Status load_all(const ExactPair *pair, const PassAt *at, Pass *pass) {
    uint32_t number = 0, leaf = 0;
    for (uint32_t i = 0; i < pair->n_operands; i++)
        TRY(load_operand(pass, &pair->operands[i], i < count_arguments(pair),
                         &pass->inputs[i]));
    for (uint32_t i = 0; i < pair->n_linear; i++)
        TRY(load_linear(pass, at, &pair->linear[i], &number,
                        &pass->inputs[pair->n_operands + i]));
    for (uint32_t i = 0; i < count_arguments(pair); i++) {
        place_leaves(pass, at, pass->inputs[i], leaf);
        leaf += (uint32_t)pair->operands[i].n;
    }
    for (uint32_t i = 0; i < pair->n_linear; i++) {
        place_leaves(pass, at, pass->inputs[pair->n_operands + i], leaf);
        leaf += (uint32_t)pair->linear[i].n;
    }
    return OK;
}

static Status run(const ExactPair *pair, const PassAt *at, Pass *pass) {
    pass->e.env.guards = &pass->guards;
    pass->e.env.script = at->script;
    pass->e.env.widen = at->widen;
    pass->e.env.ray = at->ray;
    pass->e.env.patterns = at->patterns;
    pass->e.most = MOST_STEPS;
    TRY(load_all(pair, at, pass));
    const Status status = exact_run(&pass->e, pair->plan, pass->inputs, pass->outputs);
    if (status == FAILED && pass->e.undecided) {
        pass->undecided = pass->e.undecided;
        return OK;
    }
    pass->ran = status == OK;
    return status;
}

Status exact_pass(const ExactPair *pair, const PassAt *at, Pass *pass) {
    *pass = (Pass){.arena = base_arena_new()};
    TRY_ALLOC(pass->arena);
    const uint32_t n_inputs = pair->n_operands + pair->n_linear;
    pass->n_outputs = pair->n_values + 2 * pair->n_results;
    pass->inputs = NEW_ARRAY(pass->arena, Cells *, n_inputs);
    pass->outputs = NEW_ARRAY(pass->arena, Cells *, pass->n_outputs);
    TRY_ALLOC(pass->inputs);
    TRY_ALLOC(pass->outputs);
    TRY(exact_begin(&pass->e, at->kind, pair->plan, at->precision, pass->arena,
                    &pass->error));
    const Status status = run(pair, at, pass);
    for (uint32_t i = 0; i < n_inputs; i++)
        exact_release(&pass->e, pass->inputs[i]);
    return pass->e.env.no_memory ? NOMEM : status;
}

void exact_end_pass(Pass *pass) {
    for (uint32_t i = 0; pass->outputs && i < pass->n_outputs; i++)
        exact_release(&pass->e, pass->outputs[i]);
    if (pass->e.frames) exact_end(&pass->e);
    exact_clear_guards(&pass->guards);
    base_arena_free(pass->arena);
    *pass = (Pass){0};
}

Status exact_pass_at_unit(const ExactPair *pair, const PassAt *at, uint32_t element,
                          Pass *pass) {
    const uint32_t n = exact_count_g(pair);
    PassAt unit = *at;
    Number *g = flint_calloc((size_t)n + 1, sizeof *g);
    for (uint32_t i = 0; i < n; i++)
        exact_set_si(&g[i], i == element);
    unit.g = g;
    const Status status = exact_pass(pair, &unit, pass);
    for (uint32_t i = 0; i < n; i++)
        exact_clear(&g[i]);
    flint_free(g);
    return status;
}

uint32_t exact_number_of_g(const ExactPair *pair, uint32_t linear, int64_t element) {
    int64_t number = element;
    for (uint32_t i = 0; i < linear; i++)
        number += pair->linear[i].n;
    return (uint32_t)number;
}
