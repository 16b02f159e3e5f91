// Runs plans: arrays of values in the places of slots, group after group.
#include "exec/exact/exact_run.h"

#include "base/limits.h"

// -- numbers as an interpretation ---------------------------------------------------

static void clear_number(void *value) {
    exact_clear(value);
}
static void copy_number(void *to, const void *from) {
    exact_copy(to, from);
}
static void embed_number(void *value, Number *number) {
    exact_clear(value);
    exact_swap(value, number);
}
static const Number *constant_number(const void *value) {
    return value;
}
static void add_number_flags(void *value, uint8_t flags) {
    ((Number *)value)->flags |= flags;
}
static void apply_number(ExactEnv *env, const ExactOperation *op, void *out,
                         const void *const *in) {
    const Number *operands[3] = {NULL};
    for (uint32_t i = 0; i < op->n_in; i++)
        operands[i] = in[i];
    exact_apply(env, op, out, operands);
}

const Interpretation exact_numbers = {
    .size = sizeof(Number),
    .clear = clear_number,
    .copy = copy_number,
    .embed = embed_number,
    .constant = constant_number,
    .add_flags = add_number_flags,
    .apply = apply_number,
};

// -- arrays -------------------------------------------------------------------------

static size_t bytes_of(const Cells *cells) {
    return sizeof *cells + (size_t)cells->n * cells->size;
}

Cells *exact_new_cells(Evaluation *e, int64_t n, bool of_stacks, Status *status) {
    const size_t size = of_stacks ? sizeof(ExactStack *) : e->kind->size;
    *status = OK;
    if ((uint64_t)n > ((uint64_t)LIMIT_MEMORY - e->cells) / size) {
        *e->error = (ExecError){.code = CODE_E701,
                                .span = e->env.span,
                                .message = "the arrays of this evaluation need more memory "
                                           "than the limit (LIMIT_MEMORY)"};
        *status = FAILED;
        return NULL;
    }
    Cells *cells = flint_malloc(sizeof *cells);
    *cells = (Cells){.refs = 1, .of_stacks = of_stacks, .n = n, .size = size};
    cells->at = flint_calloc((size_t)n + 1, size);
    e->cells += bytes_of(cells);
    return cells;
}

ExactStack *exact_hold_stack(ExactStack *stack) {
    if (stack) stack->refs++;
    return stack;
}

// As deep as loops nest.
void exact_release_stack(Evaluation *e, ExactStack *stack) {
    if (!stack || --stack->refs) return;
    for (int64_t i = 0; i < stack->n; i++)
        exact_release(e, stack->entries[i]);
    flint_free(stack->entries);
    flint_free(stack);
}

void exact_release(Evaluation *e, Cells *cells) {
    if (!cells || --cells->refs) return;
    for (int64_t i = 0; i < cells->n; i++) {
        if (cells->of_stacks)
            exact_release_stack(e, *(ExactStack **)exact_cell(cells, i));
        else
            e->kind->clear(exact_cell(cells, i));
    }
    e->cells -= bytes_of(cells);
    flint_free(cells->at);
    flint_free(cells);
}

void exact_copy_cells(Evaluation *e, Cells *to, int64_t at, const Cells *from,
                      int64_t first, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        void *cell = exact_cell(to, at + i);
        const void *value = exact_cell(from, first + i);
        if (!to->of_stacks) {
            e->kind->copy(cell, value);
            continue;
        }
        ExactStack **place = cell, *stack = *(ExactStack *const *)value;
        exact_hold_stack(stack);
        exact_release_stack(e, *place);
        *place = stack;
    }
}

Status exact_unshare(Evaluation *e, Cells **cells) {
    Status status;
    if ((*cells)->refs == 1) return OK;
    Cells *own = exact_new_cells(e, (*cells)->n, (*cells)->of_stacks, &status);
    if (!own) return status;
    exact_copy_cells(e, own, 0, *cells, 0, own->n);
    exact_release(e, *cells);
    *cells = own;
    return OK;
}

void exact_flag_cells(Evaluation *e, Cells *cells, uint8_t flags) {
    for (int64_t i = 0; i < cells->n && !cells->of_stacks && flags; i++)
        e->kind->add_flags(exact_cell(cells, i), flags);
}

// -- slots --------------------------------------------------------------------------

void exact_put(Evaluation *e, Frame *frame, uint32_t slot, Cells *cells) {
    exact_release(e, frame->slots[slot]);
    frame->slots[slot] = cells;
}

Cells *exact_take(const Plan *plan, Frame *frame, uint32_t slot, uint32_t out) {
    Cells *cells = frame->slots[slot];
    const uint32_t over = slot < plan->n_inputs && frame->over ? frame->over[slot] : 0;
    const bool given_up = slot == out || (over && out == plan->n_inputs + over - 1);
    if (!given_up) return exact_hold(cells);
    frame->slots[slot] = NULL;
    return cells;
}

// -- elements -----------------------------------------------------------------------

void exact_begin_operation(Evaluation *e, const Plan *plan, uint32_t instruction) {
    e->env.span = plan->spans.at[instruction];
    e->env.prim = (Prim)plan->instructions.at[instruction].prim;
    e->env.cause = NULL;
}

void exact_binary(Evaluation *e, Prim prim, Dtype dtype, void *out, const void *x,
                  const void *y) {
    const ExactOperation op = {.prim = prim, .dtype = dtype, .out_dtype = dtype, .n_in = 2};
    e->cost++;
    e->kind->apply(&e->env, &op, out, (const void *[]){x, y});
}

void exact_embed_integer(Evaluation *e, void *out, Dtype dtype, int64_t value) {
    Number number = {0};
    if (num_is_float(dtype))
        exact_set_si(&number, value);
    else
        exact_set_integer(&number, value);
    e->kind->embed(out, &number);
    exact_clear(&number);
}

static void embed_literal(Evaluation *e, void *out, Str text, Dtype dtype) {
    Number number = {0};
    exact_literal(&e->env, &number, text, dtype);
    e->kind->embed(out, &number);
    exact_clear(&number);
}

Status exact_undecided(Evaluation *e, const Number *number, const char *reason) {
    e->undecided = number && number->cause ? number->cause : exact_cause(&e->env, reason);
    return FAILED;
}

// -- map groups ---------------------------------------------------------------------

static void map_elements(Evaluation *e, const Instruction *i, const Frame *frame,
                         Cells *out) {
    const ExactOperation op = {.prim = (Prim)i->prim,
                               .dtype = (Dtype)i->dtype,
                               .out_dtype = (Dtype)i->out_dtype,
                               .n_in = i->n_in,
                               .attr = i->attr};
    const void *in[3];
    for (int64_t at = 0; at < out->n; at++) {
        for (uint32_t k = 0; k < i->n_in; k++)
            in[k] = exact_cell(frame->slots[i->in[k]], at);
        e->kind->apply(&e->env, &op, exact_cell(out, at), in);
    }
    e->cost += (uint64_t)out->n;
}

static Status run_instruction(Evaluation *e, const Plan *plan, Frame *frame,
                              const Group *group, uint32_t number) {
    Status status;
    const Instruction *i = &plan->instructions.at[number];
    exact_begin_operation(e, plan, number);
    Cells *out = exact_new_cells(e, group->n, false, &status);
    if (!out) return status;
    if (i->prim == PRIM_literal) {
        const Str text = ir_literal_text(plan->ir, i->in[0]);
        for (int64_t at = 0; at < out->n; at++)
            embed_literal(e, exact_cell(out, at), text, (Dtype)i->dtype);
    } else if (i->prim == PRIM_broadcast) {
        for (int64_t at = 0; at < out->n; at++)
            exact_copy_cells(e, out, at, frame->slots[i->in[0]], 0, 1);
    } else {
        map_elements(e, i, frame, out);
    }
    exact_put(e, frame, i->out, out);
    return OK;
}

Status exact_run_map(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    for (uint32_t i = group->first; i < group->first + group->count; i++)
        TRY(run_instruction(e, plan, frame, group, i));
    return OK;
}

Status exact_run_constant(Evaluation *e, const Plan *plan, Frame *frame,
                          const Group *group) {
    Status status;
    const Constant *about = group->about;
    const Instruction *i = exact_instruction(plan, group);
    Cells *out = exact_new_cells(e, group->n, false, &status);
    if (!out) return status;
    for (int64_t at = 0; at < out->n; at++)
        embed_literal(e, exact_cell(out, at),
                      ir_literal_text(plan->ir, about->literals[at]), (Dtype)i->dtype);
    exact_put(e, frame, i->out, out);
    return OK;
}

// -- plans --------------------------------------------------------------------------

static ExactRunner *const runners[GROUP_COUNT] = {
#define GROUP(kind, description) [GROUP_##kind] = exact_run_##kind,
    EXEC_GROUPS(GROUP)
#undef GROUP
};

static Status run_groups(Evaluation *e, const Plan *plan, Frame *frame, uint32_t first,
                         uint32_t end) {
    for (uint32_t i = first; i < end; i++) {
        const Group *group = &plan->groups.at[i];
        exact_begin_operation(e, plan, group->first);
        TRY(runners[group->kind](e, plan, frame, group));
        if (e->env.no_memory) return NOMEM;
        if (e->cost > e->most)
            return exact_undecided(e, NULL, "the evaluation takes too many steps");
    }
    return OK;
}

static void drop_slots(Evaluation *e, Frame *frame, uint32_t first, uint32_t end) {
    for (uint32_t i = first; i < end; i++) {
        exact_release(e, frame->slots[i]);
        frame->slots[i] = NULL;
    }
}

static void give_outputs(const Plan *plan, const Frame *frame, Cells **outputs) {
    for (uint32_t i = 0; i < plan->n_outputs; i++) {
        Cells *cells = frame->slots[plan->n_inputs + i];
        outputs[i] = cells ? exact_hold(cells) : NULL;
    }
    for (uint32_t i = 0; i < plan->copies.n; i++) {
        const Copy *copy = &plan->copies.at[i];
        outputs[copy->output] = exact_hold(frame->slots[copy->from]);
    }
}

Status exact_run(Evaluation *e, const Plan *plan, Cells **inputs, Cells **outputs) {
    Frame *frame = &e->frames[plan->number];
    const uint32_t n_io = plan->n_inputs + plan->n_outputs;
    if (!frame->slots) {
        frame->n_slots = plan->slots.n > n_io ? plan->slots.n : n_io;
        frame->slots = NEW_ARRAY(e->env.arena, Cells *, frame->n_slots);
    }
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        outputs[i] = NULL;
    if (!frame->slots) return NOMEM;
    for (uint32_t i = 0; i < plan->n_inputs; i++) {
        frame->slots[i] = inputs[i];
        inputs[i] = NULL;
    }
    Status status = OK;
    if (!frame->ready) status = run_groups(e, plan, frame, 0, plan->n_prologue);
    frame->ready = true;
    if (status == OK) status = run_groups(e, plan, frame, plan->n_prologue, plan->groups.n);
    if (status == OK) give_outputs(plan, frame, outputs);
    drop_slots(e, frame, 0, n_io);
    return status;
}

Status exact_begin(Evaluation *e, const Interpretation *kind, const Plan *plan,
                   slong precision, Arena *arena, ExecError *error) {
    *e = (Evaluation){.kind = kind,
                      .env = {.precision = precision, .arena = arena},
                      .frames = NEW_ARRAY(arena, Frame, plan->n_family),
                      .most = UINT64_MAX,
                      .error = error};
    TRY_ALLOC(e->frames);
    e->n_frames = plan->n_family;
    return OK;
}

void exact_end(Evaluation *e) {
    for (uint32_t i = 0; i < e->n_frames; i++)
        if (e->frames[i].slots) drop_slots(e, &e->frames[i], 0, e->frames[i].n_slots);
}
