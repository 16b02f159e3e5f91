// Runs plans: the prologue once, then group after group.
#include "exec/vm/kernels.h"
#include "exec/vm/stacks.h"
#include "exec/vm/vm.h"

static GroupRunner *const runners[GROUP_COUNT] = {
#define GROUP(kind, description) [GROUP_##kind] = vm_run_##kind,
    EXEC_GROUPS(GROUP)
#undef GROUP
};

// -- map groups ---------------------------------------------------------------------

// One tile is the whole array.
static void run_single(const Plan *plan, const Group *group) {
    const Slot *slots = plan->slots.at;
    const Instruction *i = vm_instruction(plan, group), *end = i + group->count;
    for (; i < end; i++) {
        const void *in[3] = {NULL};
        for (uint32_t k = 0; k < i->n_in; k++)
            in[k] = slots[i->in[k]].input;
        vm_kernels[i->dtype]->map[i->prim](group->n, slots[i->out].at, in, i->attr);
    }
}

// One tile, of n elements from `at` on.
static void run_tile(const Plan *plan, const Group *group, int64_t at, int64_t n) {
    const Slot *slots = plan->slots.at;
    const Instruction *i = vm_instruction(plan, group), *end = i + group->count;
    for (; i < end; i++) {
        const void *in[3] = {NULL};
        for (uint32_t k = 0; k < i->n_in; k++) {
            const size_t offset = i->whole >> k & 1 ? (size_t)at * exec_in_size(i, k) : 0;
            in[k] = slots[i->in[k]].input + offset;
        }
        const bool whole = i->whole >> EXEC_OUT & 1;
        char *out = slots[i->out].at + (whole ? (size_t)at * exec_out_size(i) : 0);
        vm_kernels[i->dtype]->map[i->prim](n, out, in, i->attr);
    }
}

Status vm_run_map(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    if (group->n <= EXEC_TILE) {
        run_single(plan, group);
        return OK;
    }
    for (int64_t at = 0; at < group->n; at += EXEC_TILE) {
        const int64_t rest = group->n - at;
        run_tile(plan, group, at, rest < EXEC_TILE ? rest : EXEC_TILE);
    }
    return OK;
}

// -- groups of one kernel -----------------------------------------------------------

Status vm_run_constant(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    const Constant *about = group->about;
    const Instruction *i = vm_instruction(plan, group);
    char *out = vm_out(plan, i);
    for (int64_t k = 0; k < group->n; k++) {
        int64_t element; // aligned for every dtype
        (void)exec_literal(ir_literal_text(plan->ir, about->literals[k]), (Dtype)i->dtype,
                           &element); // checked when the plan was made
        memcpy(out + (size_t)k * exec_out_size(i), &element, exec_out_size(i));
    }
    return OK;
}

Status vm_run_axis(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    const Instruction *i = vm_instruction(plan, group);
    const void *in = i->n_in ? vm_in(plan, i, 0) : NULL;
    vm_kernels[i->dtype]->axis[i->prim](group->about, i->attr, vm_out(plan, i), in);
    return OK;
}

Status vm_run_dot(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    const Instruction *i = vm_instruction(plan, group);
    vm_kernels[i->dtype]->dot(group->about, vm_out(plan, i), vm_in(plan, i, 0),
                              vm_in(plan, i, 1), plan->slots.at[i->in[2]].at);
    return OK;
}

// -- nested plans -------------------------------------------------------------------

// Runs a plan for one lane; operands are the slots of its inputs.
static Status run_lane(Plan *plan, const Nested *about, Plan *nested, int64_t lane,
                       const uint32_t *operands, const uint32_t *outs, ExecError *error) {
    const size_t at = (size_t)lane;
    for (uint32_t i = 0; i < about->n_inputs; i++)
        about->inputs[i] = plan->slots.at[operands[i]].input + at * about->in_steps[i];
    for (uint32_t i = 0; i < about->n_outputs; i++)
        about->outputs[i] = plan->slots.at[outs[i]].at + at * about->out_bytes[i];
    const PoolMark mark = vm_pool_mark(plan);
    TRY(vm_run_nested(plan, nested, about->inputs, about->outputs, error));
    if (!about->gives_stacks) vm_pool_release(plan, mark);
    return OK;
}

// The branch taken; the other does not run.
Status vm_run_cond(Plan *plan, const Group *group, ExecError *error) {
    const Nested *about = group->about;
    const Instruction *i = vm_instruction(plan, group);
    const bool predicate = *(const uint8_t *)vm_in(plan, i, 0);
    return run_lane(plan, about, about->plans[predicate], 0, exec_in(plan, i) + 1,
                    exec_outs(plan, i), error);
}

Status vm_run_checkpoint(Plan *plan, const Group *group, ExecError *error) {
    const Nested *about = group->about;
    const Instruction *i = vm_instruction(plan, group);
    return run_lane(plan, about, about->plans[0], 0, exec_in(plan, i), exec_outs(plan, i),
                    error);
}

// One lane after the other, so a lane's untaken branch does not run.
Status vm_run_lanes(Plan *plan, const Group *group, ExecError *error) {
    const Nested *about = group->about;
    const Instruction *i = vm_instruction(plan, group);
    for (int64_t lane = 0; lane < about->lanes; lane++) {
        const Status status = run_lane(plan, about, about->plans[0], lane, exec_in(plan, i),
                                       exec_outs(plan, i), error);
        if (status == FAILED) return exec_error_within(plan->arena, "lane", lane, error);
        TRY(status);
    }
    return OK;
}

// -- runs ---------------------------------------------------------------------------

// The slots in a buffer, and those of the prologue in its own.
static Status place_slots(Plan *plan, char *buffer) {
    if (!plan->kept) plan->kept = base_alloc(plan->arena, plan->kept_bytes);
    TRY_ALLOC(plan->kept);
    plan->buffer = buffer;
    Slot *slots = plan->slots.at + plan->n_inputs + plan->n_outputs;
    for (uint32_t i = 0; i < plan->places.n; i++) {
        const SlotPlace *place = &plan->places.at[i];
        slots[i].at = (place->kept ? plan->kept : buffer) + place->offset;
    }
    return OK;
}

static Status run_groups(Plan *plan, uint32_t first, uint32_t end, ExecError *error) {
    for (uint32_t i = first; i < end; i++) {
        const Group *group = &plan->groups.at[i];
        TRY(runners[group->kind](plan, group, error));
    }
    return OK;
}

static Status run_plan(Plan *plan, char *buffer, const void *const *inputs,
                       void *const *outputs, ExecError *error) {
    if (plan->buffer != buffer) TRY(place_slots(plan, buffer));
    // An empty array may have no address, but none is NULL from here on.
    for (uint32_t i = 0; i < plan->n_inputs; i++)
        plan->slots.at[i].input = inputs[i] ? inputs[i] : plan->buffer;
    for (uint32_t i = 0; i < plan->n_outputs; i++)
        plan->slots.at[plan->n_inputs + i].at = outputs[i] ? outputs[i] : plan->buffer;
    if (!plan->ready) TRY(run_groups(plan, 0, plan->n_prologue, error));
    plan->ready = true;
    TRY(run_groups(plan, plan->n_prologue, plan->groups.n, error));
    for (uint32_t i = 0; i < plan->copies.n; i++) {
        const Copy *copy = &plan->copies.at[i];
        const char *from = plan->slots.at[copy->from].input;
        // (The same where a loop around carries it in place.)
        if (outputs[copy->output] != from)
            vm_copy(outputs[copy->output], from, copy->bytes);
    }
    return OK;
}

Status vm_run_nested(const Plan *outer, Plan *plan, const void *const *inputs,
                     void *const *outputs, ExecError *error) {
    return run_plan(plan, outer->buffer + outer->nested_at, inputs, outputs, error);
}

Status vm_run_with_stacks(Plan *plan, const void *const *inputs, void *const *outputs,
                          Arena *arena, ExecError *error) {
    char *buffer = plan->buffer ? plan->buffer : base_alloc(plan->arena, plan->bytes);
    TRY_ALLOC(buffer);
    Status status = run_plan(plan, buffer, inputs, outputs, error);
    if (status == OK) status = vm_take_stacks(plan, arena, outputs);
    vm_drop_pool(plan);
    return status;
}

Status vm_run(Plan *plan, const void *const *inputs, void *const *outputs,
              ExecError *error) {
    return vm_run_with_stacks(plan, inputs, outputs, NULL, error);
}
