// Loops and stacks.
#include "exec/vm/kernels.h"
#include "exec/vm/stacks.h"
#include "exec/vm/vm.h"

#include "base/limits.h"
#include "ir/loop.h"

// A run of a loop.
typedef struct Trips {
    Plan *plan;
    const Looped *loop;
    const uint32_t *in, *outs; // slots
    int64_t n;                 // -1: until the predicate is false
} Trips;

static Status failed(ExecError *error, Code code, Span span, const char *message) {
    *error = (ExecError){.code = code, .span = span, .message = message};
    return FAILED;
}

// Of what vm_new_stack and the like gave no memory for.
static Status no_room(Plan *plan, Span span, ExecError *error) {
    if (!vm_pool_is_full(plan)) return NOMEM;
    return failed(error, CODE_E701, span,
                  "what this loop saves for its derivative passes the limit of memory "
                  "(LIMIT_MEMORY)");
}

// -- before the first trip ----------------------------------------------------------

// The first values of the carry stand in its operands; a carry that is written in place, or
// that no trip changes, has its own.
static void begin_carry(const Trips *t) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        const uint32_t input = loop->n_constants + i;
        char *own = t->plan->slots.at[t->outs[i]].at;
        loop->inputs[input] = t->plan->slots.at[t->in[input]].input;
        loop->outputs[i] = own;
        if (!loop->in_place[i]) continue;
        if (loop->inputs[input] != own) // the same where a loop around carries in place
            vm_copy(own, loop->inputs[input], loop->carry_bytes[i]);
        loop->inputs[input] = own;
    }
}

static const Stack *stack_of(const Trips *t, uint32_t x) {
    const uint32_t input = t->loop->n_constants + t->loop->n_carry + x;
    return *(Stack *const *)(const void *)t->plan->slots.at[t->in[input]].input;
}

static Status begin_xs(const Trips *t, ExecError *error) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_xs; i++) {
        if (!loop->xs[i].is_stack) continue;
        const Stack *stack = stack_of(t, i);
        if (stack && stack->n != t->n)
            return failed(error, CODE_E901, loop->span,
                          "a stack has not an entry for each trip");
        loop->cursors[i] = vm_cursor(stack, loop->reverse);
    }
    return OK;
}

static Status begin_ys(const Trips *t, ExecError *error) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_ys; i++) {
        if (!loop->ys[i].is_stack) continue;
        const size_t entry = loop->ys[i].bytes;
        loop->stacks[i] =
            t->n < 0 ? vm_new_stack(t->plan, entry) : vm_new_stack_of(t->plan, entry, t->n);
        if (!loop->stacks[i]) return no_room(t->plan, loop->span, error);
        memcpy(t->plan->slots.at[t->outs[loop->n_carry + i]].at, &loop->stacks[i],
               sizeof loop->stacks[i]);
    }
    return OK;
}

// -- a trip -------------------------------------------------------------------------

static Status set_xs(const Trips *t, int64_t at, ExecError *error) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_xs; i++) {
        const uint32_t input = loop->n_constants + loop->n_carry + i;
        const size_t bytes = loop->xs[i].bytes;
        if (!loop->xs[i].is_stack) {
            loop->inputs[input] =
                t->plan->slots.at[t->in[input]].input + (size_t)at * bytes;
            continue;
        }
        const Stack *stack = stack_of(t, i);
        loop->inputs[input] = stack ? vm_next(stack, &loop->cursors[i], loop->reverse)
                                    : vm_zeros(t->plan, bytes);
        if (!loop->inputs[input]) return no_room(t->plan, loop->span, error);
    }
    return OK;
}

static Status set_ys(const Trips *t, int64_t at, ExecError *error) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_ys; i++) {
        const size_t offset = (size_t)at * loop->ys[i].bytes;
        char *y;
        if (!loop->ys[i].is_stack)
            y = t->plan->slots.at[t->outs[loop->n_carry + i]].at + offset;
        else
            y = t->n < 0 ? vm_push(t->plan, loop->stacks[i])
                         : vm_entry(loop->stacks[i], at);
        if (!y) return no_room(t->plan, loop->span, error);
        loop->outputs[loop->n_carry + i] = y;
    }
    return OK;
}

// What a trip wrote the next one reads, and writes over what that read.
static void swap_carry(const Trips *t) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        if (loop->in_place[i]) continue;
        char *own = t->plan->slots.at[t->outs[i]].at;
        char *spare = t->plan->slots.at[loop->spare[i]].at;
        loop->inputs[loop->n_constants + i] = loop->outputs[i];
        loop->outputs[i] = loop->outputs[i] == own ? spare : own;
    }
}

static Status run_trip(const Trips *t, int64_t at, ExecError *error) {
    TRY(set_xs(t, at, error));
    TRY(set_ys(t, at, error));
    const PoolMark mark = vm_pool_mark(t->plan);
    const Status status =
        vm_run_nested(t->plan, t->loop->body, t->loop->inputs, t->loop->outputs, error);
    if (status == FAILED) return exec_error_within(t->plan->arena, "trip", at, error);
    TRY(status);
    if (!t->loop->gives_stacks) vm_pool_release(t->plan, mark);
    swap_carry(t);
    return OK;
}

// -- loops --------------------------------------------------------------------------

static bool goes_on(const Trips *t, int64_t trips) {
    if (t->n >= 0) return trips < t->n;
    return *(const uint8_t *)t->loop->inputs[t->loop->n_constants];
}

static Status too_many(const Trips *t, ExecError *error) {
    enum { ROOM = 80 };
    char *message = base_alloc(t->plan->arena, ROOM);
    TRY_ALLOC(message);
    (void)snprintf(message, ROOM, "this loop passes the limit of %lld trips (LIMIT_TRIPS)",
                   LIMIT_TRIPS);
    return failed(error, CODE_E701, t->loop->span, message);
}

static Status run_trips(const Trips *t, int64_t *trips, ExecError *error) {
    for (*trips = 0; goes_on(t, *trips); ++*trips) {
        if (*trips >= LIMIT_TRIPS) return too_many(t, error);
        const int64_t at = t->loop->reverse ? t->n - 1 - *trips : *trips;
        TRY(run_trip(t, at, error));
    }
    return OK;
}

static void end_carry(const Trips *t) {
    const Looped *loop = t->loop;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        char *own = t->plan->slots.at[t->outs[i]].at;
        const void *last = loop->inputs[loop->n_constants + i];
        if (last != own) vm_copy(own, last, loop->carry_bytes[i]);
    }
}

Status vm_run_loop(Plan *plan, const Group *group, ExecError *error) {
    const Looped *loop = group->about;
    const Instruction *i = vm_instruction(plan, group);
    Trips t = {plan, loop, exec_in(plan, i) + loop->first, exec_outs(plan, i), loop->trips};
    if (loop->kind == LOOP_PREDICATE) t.n = -1;
    if (loop->kind == LOOP_COUNTED) {
        const int64_t count = *(const int64_t *)vm_in(plan, i, 0);
        t.n = count > 0 ? count : 0;
        if (t.n > LIMIT_TRIPS) return too_many(&t, error);
    }
    for (uint32_t k = 0; k < loop->n_constants; k++)
        loop->inputs[k] = plan->slots.at[t.in[k]].input;
    begin_carry(&t);
    TRY(begin_xs(&t, error));
    TRY(begin_ys(&t, error));
    int64_t trips;
    TRY(run_trips(&t, &trips, error));
    end_carry(&t);
    if (loop->kind == LOOP_PREDICATE)
        memcpy(plan->slots.at[t.outs[loop->n_carry + loop->n_ys]].at, &trips, sizeof trips);
    return OK;
}

// -- stacks -------------------------------------------------------------------------

static Status add_stacks(Plan *plan, const StackShape *shape, const Stack *x,
                         const Stack *y, const Stack **sum, ExecError *error);

// The values of two entries, added. Depth: how loops nest.
static Status add_entries(Plan *plan, const StackShape *shape, const char *x, const char *y,
                          char *sum, ExecError *error) {
    if (!shape->inner) {
        vm_kernels[shape->dtype]->map[PRIM_add](shape->n, sum, (const void *[]){x, y}, 0);
        return OK;
    }
    const Stack *const *a = (const void *)x, *const *b = (const void *)y;
    const Stack **c = (void *)sum;
    for (int64_t i = 0; i < shape->inner->count; i++)
        TRY(add_stacks(plan, shape->inner, a[i], b[i], &c[i], error));
    return OK;
}

static Status add_stacks(Plan *plan, const StackShape *shape, const Stack *x,
                         const Stack *y, const Stack **sum, ExecError *error) {
    if (!x || !y) {
        *sum = x ? x : y;
        return OK;
    }
    Stack *made = vm_new_stack_of(plan, shape->entry_bytes, x->n);
    if (!made) return no_room(plan, shape->span, error);
    Cursor at_x = vm_cursor(x, false), at_y = vm_cursor(y, false);
    for (int64_t i = 0; i < x->n; i++) {
        const char *a = vm_next(x, &at_x, false), *b = vm_next(y, &at_y, false);
        TRY(add_entries(plan, shape, a, b, vm_entry(made, i), error));
    }
    *sum = made;
    return OK;
}

// Element k of a result, of the operands' stacks.
static Status add_lanes(Plan *plan, const Group *group, const Stack *const *x, int64_t k,
                        const Stack **sum, ExecError *error) {
    const StackShape *shape = group->about;
    *sum = NULL;
    for (int64_t at = k; at < shape->count; at += group->n)
        TRY(add_stacks(plan, shape, *sum, x[at], sum, error));
    return OK;
}

// The result is group->n pointers; an operand of lanes_spread fewer, of lanes_sum more.
Status vm_run_stack(Plan *plan, const Group *group, ExecError *error) {
    const StackShape *shape = group->about;
    const Instruction *i = vm_instruction(plan, group);
    const Stack **out = vm_out(plan, i);
    for (int64_t k = 0; k < group->n; k++) {
        if (i->prim == PRIM_stack_zero) {
            out[k] = NULL;
            continue;
        }
        const Stack *const *x = vm_in(plan, i, 0);
        if (i->prim == PRIM_lanes_spread) {
            out[k] = x[k % shape->count];
        } else if (i->prim == PRIM_lanes_sum) {
            TRY(add_lanes(plan, group, x, k, &out[k], error));
        } else {
            const Stack *const *y = vm_in(plan, i, 1);
            TRY(add_stacks(plan, shape, x[k], y[k], &out[k], error));
        }
    }
    return OK;
}
