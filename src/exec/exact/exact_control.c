// Branches, lanes, loops and stacks.
#include "exec/exact/exact_run.h"

#include "base/limits.h"
#include "ir/loop.h"

// Runs of nested plans: references that they give away and get.
typedef struct Nest {
    Cells **inputs, **outputs;
    uint32_t n_inputs, n_outputs;
} Nest;

static Status begin_nest(Nest *nest, uint32_t n_inputs, uint32_t n_outputs) {
    *nest = (Nest){.n_inputs = n_inputs, .n_outputs = n_outputs};
    nest->inputs = flint_calloc((size_t)n_inputs + 1, sizeof *nest->inputs);
    nest->outputs = flint_calloc((size_t)n_outputs + 1, sizeof *nest->outputs);
    return OK;
}

static void end_nest(Evaluation *e, Nest *nest) {
    for (uint32_t i = 0; i < nest->n_inputs; i++)
        exact_release(e, nest->inputs[i]);
    for (uint32_t i = 0; i < nest->n_outputs; i++)
        exact_release(e, nest->outputs[i]);
    flint_free(nest->inputs);
    flint_free(nest->outputs);
}

// A predicate or count.
static Status known(Evaluation *e, const void *value, int64_t *integer, uint8_t *flags) {
    const Number *number = e->kind->constant(value);
    if (number->kind != NUMBER_INTEGER)
        return exact_undecided(e, number, "its predicate is not known");
    *integer = number->integer;
    *flags |= number->flags;
    return OK;
}

// Puts outputs into their slots, marked with what decided them.
static Status put_outputs(Evaluation *e, Frame *frame, const uint32_t *outs, Nest *nest,
                          uint8_t flags) {
    for (uint32_t i = 0; i < nest->n_outputs; i++) {
        if (flags) TRY(exact_unshare(e, &nest->outputs[i]));
        exact_flag_cells(e, nest->outputs[i], flags);
        exact_put(e, frame, outs[i], nest->outputs[i]);
        nest->outputs[i] = NULL;
    }
    return OK;
}

// -- cond and checkpoint ------------------------------------------------------------

// Runs the plan that a predicate in front of the inputs chooses; without one, the first.
static Status run_chosen(Evaluation *e, const Plan *plan, Frame *frame,
                         const Instruction *i, const Nested *about, Nest *nest) {
    const uint32_t *in = exec_in(plan, i), first = exec_n_in(i) - about->n_inputs;
    int64_t taken = 0;
    uint8_t flags = 0;
    if (first) TRY(known(e, exact_cell(frame->slots[in[0]], 0), &taken, &flags));
    for (uint32_t k = 0; k < about->n_inputs; k++)
        nest->inputs[k] = exact_hold(frame->slots[in[first + k]]);
    TRY(exact_run(e, about->plans[taken != 0], nest->inputs, nest->outputs));
    return put_outputs(e, frame, exec_outs(plan, i), nest, flags);
}

Status exact_run_cond(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Nest nest;
    const Nested *about = group->about;
    TRY(begin_nest(&nest, about->n_inputs, about->n_outputs));
    const Status status =
        run_chosen(e, plan, frame, exact_instruction(plan, group), about, &nest);
    end_nest(e, &nest);
    return status;
}

Status exact_run_checkpoint(Evaluation *e, const Plan *plan, Frame *frame,
                            const Group *group) {
    return exact_run_cond(e, plan, frame, group); // one without a predicate
}

// -- lanes --------------------------------------------------------------------------

// Part number `at` of `parts` equal ones.
static Status slice(Evaluation *e, const Cells *cells, int64_t at, int64_t parts,
                    Cells **result) {
    Status status;
    const int64_t n = parts > 0 ? cells->n / parts : 0;
    *result = exact_new_cells(e, n, cells->of_stacks, &status);
    if (*result) exact_copy_cells(e, *result, 0, cells, at * n, n);
    return status;
}

// Puts a part into its place among `parts`; the whole is made for the first.
static Status join(Evaluation *e, Cells **whole, const Cells *part, int64_t at,
                   int64_t parts) {
    Status status = OK;
    if (!*whole) *whole = exact_new_cells(e, part->n * parts, part->of_stacks, &status);
    if (*whole) exact_copy_cells(e, *whole, at * part->n, part, 0, part->n);
    return status;
}

static Status run_lane(Evaluation *e, const Plan *plan, Frame *frame, const Instruction *i,
                       const Nested *about, Nest *nest, int64_t lane) {
    for (uint32_t k = 0; k < about->n_inputs; k++) {
        Cells *operand = frame->slots[exec_in(plan, i)[k]];
        if (about->in_steps[k])
            TRY(slice(e, operand, lane, about->lanes, &nest->inputs[k]));
        else
            nest->inputs[k] = exact_hold(operand);
    }
    const Status status = exact_run(e, about->plans[0], nest->inputs, nest->outputs);
    if (status == FAILED && !e->undecided)
        return exec_error_within(e->env.arena, "lane", lane, e->error);
    return status;
}

static Status run_lanes(Evaluation *e, const Plan *plan, Frame *frame, const Instruction *i,
                        const Nested *about, Nest *nest, Cells **whole) {
    for (int64_t lane = 0; lane < about->lanes; lane++) {
        TRY(run_lane(e, plan, frame, i, about, nest, lane));
        for (uint32_t k = 0; k < about->n_outputs; k++) {
            TRY(join(e, &whole[k], nest->outputs[k], lane, about->lanes));
            exact_release(e, nest->outputs[k]);
            nest->outputs[k] = NULL;
        }
    }
    for (uint32_t k = 0; k < about->n_outputs; k++) {
        Status status;
        if (!whole[k]) whole[k] = exact_new_cells(e, 0, false, &status); // of no lanes
        if (!whole[k]) return status;
    }
    return OK;
}

// One lane after the other, so a lane's untaken branch does not run.
Status exact_run_lanes(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Nest nest, whole;
    const Nested *about = group->about;
    const Instruction *i = exact_instruction(plan, group);
    TRY(begin_nest(&nest, about->n_inputs, about->n_outputs));
    TRY(begin_nest(&whole, 0, about->n_outputs));
    Status status = run_lanes(e, plan, frame, i, about, &nest, whole.outputs);
    if (status == OK) status = put_outputs(e, frame, exec_outs(plan, i), &whole, 0);
    end_nest(e, &nest);
    end_nest(e, &whole);
    return status;
}

// -- stacks -------------------------------------------------------------------------

static ExactStack *new_stack(int64_t room) {
    ExactStack *stack = flint_malloc(sizeof *stack);
    *stack = (ExactStack){.refs = 1, .room = room};
    stack->entries = flint_calloc((size_t)room + 1, sizeof *stack->entries);
    return stack;
}

// The entry at `at`; behind the last, a new one.
static void set_entry(Evaluation *e, ExactStack *stack, int64_t at, Cells *entry) {
    if (at >= stack->room) {
        const int64_t room = 2 * at + 8;
        stack->entries =
            flint_realloc(stack->entries, (size_t)room * sizeof *stack->entries);
        for (int64_t i = stack->room; i < room; i++)
            stack->entries[i] = NULL;
        stack->room = room;
    }
    if (at >= stack->n) stack->n = at + 1;
    exact_release(e, stack->entries[at]);
    stack->entries[at] = entry;
}

static Status add_entries(Evaluation *e, const StackShape *shape, const Cells *x,
                          const Cells *y, Cells **sum);

// Depth: how loops nest.
static Status add_stacks(Evaluation *e, const StackShape *shape, ExactStack *x,
                         ExactStack *y, ExactStack **sum) {
    if (!x || !y) {
        *sum = exact_hold_stack(x ? x : y);
        return OK;
    }
    *sum = new_stack(x->n);
    for (int64_t i = 0; i < x->n; i++) {
        Cells *entry;
        TRY(add_entries(e, shape, x->entries[i], y->entries[i], &entry));
        set_entry(e, *sum, i, entry);
    }
    return OK;
}

static Status add_entries(Evaluation *e, const StackShape *shape, const Cells *x,
                          const Cells *y, Cells **sum) {
    Status status;
    *sum = exact_new_cells(e, x->n, x->of_stacks, &status);
    for (int64_t i = 0; *sum && i < x->n; i++) {
        if (!x->of_stacks) {
            exact_binary(e, PRIM_add, shape->dtype, exact_cell(*sum, i), exact_cell(x, i),
                         exact_cell(y, i));
            continue;
        }
        TRY(add_stacks(e, shape->inner, *(ExactStack **)exact_cell(x, i),
                       *(ExactStack **)exact_cell(y, i),
                       (ExactStack **)exact_cell(*sum, i)));
    }
    return status;
}

// The stacks of all lanes that end up in place k of n, added.
static Status sum_lanes(Evaluation *e, const StackShape *shape, const Cells *x, int64_t k,
                        int64_t n, ExactStack **sum) {
    *sum = NULL;
    for (int64_t at = k; at < shape->count; at += n) {
        ExactStack *before = *sum;
        const Status status =
            add_stacks(e, shape, before, *(ExactStack **)exact_cell(x, at), sum);
        exact_release_stack(e, before);
        TRY(status);
    }
    return OK;
}

Status exact_run_stack(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Status status;
    const StackShape *shape = group->about;
    const Instruction *i = exact_instruction(plan, group);
    const Cells *x = i->n_in ? exact_in(plan, frame, i, 0) : NULL;
    const Cells *y = i->n_in > 1 ? exact_in(plan, frame, i, 1) : NULL;
    Cells *out = exact_new_cells(e, group->n, true, &status);
    for (int64_t k = 0; out && status == OK && k < group->n; k++) {
        ExactStack **place = exact_cell(out, k);
        if (!x) // stack_zero: pointers to none
            break;
        if (i->prim == PRIM_stack_add && y)
            status = add_stacks(e, shape, *(ExactStack **)exact_cell(x, k),
                                *(ExactStack **)exact_cell(y, k), place);
        else if (i->prim == PRIM_lanes_sum)
            status = sum_lanes(e, shape, x, k, group->n, place);
        else if (i->prim == PRIM_lanes_spread)
            *place = exact_hold_stack(*(ExactStack **)exact_cell(x, k % shape->count));
    }
    if (status == OK)
        exact_put(e, frame, i->out, out);
    else
        exact_release(e, out);
    return status;
}

// -- loops --------------------------------------------------------------------------

typedef struct Trips {
    Evaluation *e;
    const Plan *plan;
    Frame *frame;
    const Looped *loop;
    const uint32_t *in, *outs; // slots
    int64_t n;                 // -1: until the predicate is false
    uint8_t flags;             // of what decides how many there are
    Cells **carry, **ys;       // ys: arrays, or the one stack of a cell
} Trips;

static Status failed(const Trips *t, Code code, const char *message) {
    *t->e->error = (ExecError){.code = code, .span = t->loop->span, .message = message};
    return FAILED;
}

static ExactStack *stack_of(const Cells *cells) {
    return *(ExactStack **)exact_cell(cells, 0);
}

static Status begin_ys(Trips *t) {
    for (uint32_t i = 0; i < t->loop->n_ys; i++) {
        Status status;
        if (!t->loop->ys[i].is_stack) continue;
        t->ys[i] = exact_new_cells(t->e, 1, true, &status);
        if (!t->ys[i]) return status;
        *(ExactStack **)exact_cell(t->ys[i], 0) = new_stack(t->n > 0 ? t->n : 0);
    }
    return OK;
}

// The slice of a null stack: zeros.
static Status zero_slice(const Trips *t, const Slices *slices, Cells **result) {
    Status status;
    *result = exact_new_cells(t->e, slices->n, slices->of_stacks, &status);
    for (int64_t i = 0; *result && !slices->of_stacks && i < slices->n; i++)
        exact_embed_integer(t->e, exact_cell(*result, i), slices->dtype, 0);
    return status;
}

static Status slice_of_xs(const Trips *t, uint32_t i, int64_t at, Cells **result) {
    const Looped *loop = t->loop;
    const Slices *slices = &loop->xs[i];
    const Cells *xs = t->frame->slots[t->in[loop->n_constants + loop->n_carry + i]];
    if (!slices->is_stack) return slice(t->e, xs, at, loop->trips, result);
    const ExactStack *stack = stack_of(xs);
    if (!stack) return zero_slice(t, slices, result);
    if (stack->n != t->n)
        return failed(t, CODE_E901, "a stack has not an entry for each trip");
    *result = exact_hold(stack->entries[at]);
    return OK;
}

static Status keep_ys(const Trips *t, int64_t at, Cells **slices) {
    for (uint32_t i = 0; i < t->loop->n_ys; i++) {
        if (!t->loop->ys[i].is_stack) {
            TRY(join(t->e, &t->ys[i], slices[i], at, t->loop->trips));
            continue;
        }
        set_entry(t->e, stack_of(t->ys[i]), at, slices[i]);
        slices[i] = NULL;
    }
    return OK;
}

static Status run_trip(const Trips *t, int64_t at, Nest *nest) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_constants; i++)
        nest->inputs[i] = exact_hold(t->frame->slots[t->in[i]]);
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        nest->inputs[loop->n_constants + i] = t->carry[i];
        t->carry[i] = NULL;
    }
    for (uint32_t i = 0; i < loop->n_xs; i++)
        TRY(slice_of_xs(t, i, at, &nest->inputs[loop->n_constants + loop->n_carry + i]));
    const Status status = exact_run(t->e, loop->body, nest->inputs, nest->outputs);
    if (status == FAILED && !t->e->undecided)
        return exec_error_within(t->e->env.arena, "trip", at, t->e->error);
    TRY(status);
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        t->carry[i] = nest->outputs[i];
        nest->outputs[i] = NULL;
    }
    TRY(keep_ys(t, at, nest->outputs + loop->n_carry));
    for (uint32_t i = 0; i < loop->n_ys; i++) {
        exact_release(t->e, nest->outputs[loop->n_carry + i]);
        nest->outputs[loop->n_carry + i] = NULL;
    }
    return OK;
}

static Status goes_on(Trips *t, int64_t trips, bool *on) {
    *on = trips < t->n;
    if (t->n >= 0) return OK;
    int64_t predicate = 0;
    TRY(known(t->e, exact_cell(t->carry[0], 0), &predicate, &t->flags));
    *on = predicate != 0;
    return OK;
}

static Status run_trips(Trips *t, Nest *nest, int64_t *trips) {
    for (*trips = 0;; ++*trips) {
        bool on;
        TRY(goes_on(t, *trips, &on));
        if (!on) return OK;
        if (*trips >= LIMIT_TRIPS)
            return failed(t, CODE_E701,
                          "this loop passes the limit of trips (LIMIT_TRIPS)");
        TRY(run_trip(t, t->loop->reverse ? t->n - 1 - *trips : *trips, nest));
    }
}

// The carry moves out of the operands, which a loop around may have given up.
static void begin_carry(Trips *t) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        const uint32_t slot = t->in[loop->n_constants + i];
        t->carry[i] = loop->in_place[i] ? exact_take(t->plan, t->frame, slot, t->outs[i])
                                        : exact_hold(t->frame->slots[slot]);
    }
}

static Status finish(Trips *t, int64_t trips) {
    const Looped *loop = t->loop;
    Nest out = {.outputs = t->carry, .n_outputs = loop->n_carry + loop->n_ys};
    Status status = OK;
    for (uint32_t i = 0; i < loop->n_ys; i++) {
        if (!t->ys[i]) t->ys[i] = exact_new_cells(t->e, 0, false, &status); // no trip
        if (!t->ys[i]) return status;
    }
    TRY(put_outputs(t->e, t->frame, t->outs, &out, t->flags));
    if (loop->kind != LOOP_PREDICATE) return OK;
    Cells *count = exact_new_cells(t->e, 1, false, &status);
    if (!count) return status;
    exact_embed_integer(t->e, exact_cell(count, 0), DT_I64, trips);
    exact_flag_cells(t->e, count, t->flags);
    exact_put(t->e, t->frame, t->outs[out.n_outputs], count);
    return OK;
}

static Status count_trips(Trips *t, const Instruction *i) {
    const Looped *loop = t->loop;
    t->n = loop->kind == LOOP_PREDICATE ? -1 : loop->trips;
    if (loop->kind != LOOP_COUNTED) return OK;
    int64_t count = 0;
    TRY(known(t->e, exact_cell(exact_in(t->plan, t->frame, i, 0), 0), &count, &t->flags));
    t->n = count > 0 ? count : 0;
    if (t->n <= LIMIT_TRIPS) return OK;
    return failed(t, CODE_E701, "this loop passes the limit of trips (LIMIT_TRIPS)");
}

// Which inputs of the body may be written over: carries.
static void give_up_carries(const Trips *t, uint32_t *over) {
    for (uint32_t i = 0; i < t->loop->n_carry; i++)
        over[t->loop->n_constants + i] = t->loop->in_place[i] ? i + 1 : 0;
    t->e->frames[t->loop->body->number].over = over;
}

Status exact_run_loop(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Nest nest, kept;
    const Looped *loop = group->about;
    const Instruction *i = exact_instruction(plan, group);
    Trips t = {.e = e, .plan = plan, .frame = frame, .loop = loop};
    t.in = exec_in(plan, i) + loop->first;
    t.outs = exec_outs(plan, i);
    TRY(count_trips(&t, i));
    TRY(begin_nest(&nest, loop->body->n_inputs, loop->body->n_outputs));
    TRY(begin_nest(&kept, loop->body->n_inputs, loop->n_carry + loop->n_ys));
    t.carry = kept.outputs;
    t.ys = kept.outputs + loop->n_carry;
    uint32_t *over = flint_calloc((size_t)loop->body->n_inputs + 1, sizeof *over);
    give_up_carries(&t, over);
    begin_carry(&t);
    int64_t trips;
    Status status = begin_ys(&t);
    if (status == OK) status = run_trips(&t, &nest, &trips);
    if (status == OK) status = finish(&t, trips);
    e->frames[loop->body->number].over = NULL;
    flint_free(over);
    end_nest(e, &nest);
    end_nest(e, &kept);
    return status;
}
