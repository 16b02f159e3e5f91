// Plans as text, and their sizes.
#include "exec/program.h"
#include "ir/loop.h"

static const char *const kinds[GROUP_COUNT] = {
#define GROUP(kind, description) [GROUP_##kind] = #kind,
    EXEC_GROUPS(GROUP)
#undef GROUP
};

// i3: input 3; o0: output 0; s5: slot 5 of those in the buffer.
static void print_slot(const Plan *plan, uint32_t slot, Text *out) {
    if (slot < plan->n_inputs)
        base_text_printf(out, " i%u", slot);
    else if (slot < plan->n_inputs + plan->n_outputs)
        base_text_printf(out, " o%u", slot - plan->n_inputs);
    else
        base_text_printf(out, " s%u", slot - plan->n_inputs - plan->n_outputs);
}

// Whether the instruction has several outputs, behind its listed operands; how many.
static bool is_nested(const Group *group) {
    return group->kind == GROUP_cond || group->kind == GROUP_checkpoint ||
           group->kind == GROUP_lanes || group->kind == GROUP_loop;
}
static uint32_t output_count(const Group *group) {
    if (group->kind != GROUP_loop) return ((const Nested *)group->about)->n_outputs;
    const Looped *loop = group->about;
    return loop->n_carry + loop->n_ys + (loop->kind == LOOP_PREDICATE);
}

static void print_attr(const Plan *plan, const Group *group, const Instruction *i,
                       Text *out) {
    switch (i->prim) {
    case PRIM_literal:
        if (group->kind == GROUP_map)
            base_text_printf(out, " %.*s", STR_ARG(ir_literal_text(plan->ir, i->in[0])));
        break;
    case PRIM_convert:
        base_text_printf(out, " to %s", num_dtype_name((Dtype)i->attr));
        break;
    case PRIM_integer_pow:
    case PRIM_polygamma:
    case PRIM_concatenate:
        base_text_printf(out, " %lld", (long long)i->attr);
        break;
    default:
        if (group->kind == GROUP_loop) {
            base_text_printf(out, " of graph %u",
                             ((const Looped *)group->about)->body->graph);
        } else if (is_nested(group)) {
            const Nested *nested = group->about;
            base_text_printf(out, " of graph %u", nested->plans[0]->graph);
            if (nested->plans[1])
                base_text_printf(out, " else %u", nested->plans[1]->graph);
        }
        break;
    }
}

static void print_instruction(const Plan *plan, const Group *group, const Instruction *i,
                              Text *out) {
    base_text_add(out, STR("   "));
    if (is_nested(group)) {
        for (uint32_t k = 0; k < output_count(group); k++)
            print_slot(plan, exec_outs(plan, i)[k], out);
    } else {
        print_slot(plan, i->out, out);
    }
    base_text_printf(out, " = %s", ir_prim((Prim)i->prim)->name);
    if (!is_nested(group)) base_text_printf(out, " %s", num_dtype_name((Dtype)i->dtype));
    print_attr(plan, group, i, out);
    for (uint32_t k = 0; k < exec_n_in(i); k++)
        print_slot(plan, exec_in(plan, i)[k], out);
    base_text_char(out, '\n');
}

static void print_groups(const Plan *plan, uint32_t first, uint32_t end, Text *out) {
    for (uint32_t g = first; g < end; g++) {
        const Group *group = &plan->groups.at[g];
        base_text_printf(out, "  %s %lld\n", kinds[group->kind], (long long)group->n);
        for (uint32_t i = 0; i < group->count; i++)
            print_instruction(plan, group, &plan->instructions.at[group->first + i], out);
    }
}

void exec_print(const Plan *plan, Text *out) {
    base_text_printf(out, "plan of graph %u: %u inputs, %u outputs, %zu bytes\n",
                     plan->graph, plan->n_inputs, plan->n_outputs,
                     plan->bytes + plan->kept_bytes);
    if (plan->n_prologue) base_text_add(out, STR(" once\n"));
    print_groups(plan, 0, plan->n_prologue, out);
    base_text_add(out, STR(" each run\n"));
    print_groups(plan, plan->n_prologue, plan->groups.n, out);
    for (uint32_t i = 0; i < plan->copies.n; i++) {
        base_text_printf(out, "  copy\n    o%u =", plan->copies.at[i].output);
        print_slot(plan, plan->copies.at[i].from, out);
        base_text_char(out, '\n');
    }
    for (uint32_t i = 0; i < plan->nested.n; i++)
        exec_print(plan->nested.at[i], out);
}

PlanStats exec_stats(const Plan *plan) {
    PlanStats stats = {.buffer_bytes = plan->bytes + plan->kept_bytes,
                       .groups = plan->groups.n,
                       .instructions = plan->instructions.n};
    if (plan->n_prologue) {
        const Group *last = &plan->groups.at[plan->n_prologue - 1];
        stats.prologue = last->first + last->count;
    }
    for (uint32_t i = 0; i < plan->nested.n; i++) {
        const PlanStats nested = exec_stats(plan->nested.at[i]);
        stats.buffer_bytes += nested.buffer_bytes - plan->nested.at[i]->bytes;
        stats.groups += nested.groups;
        stats.instructions += nested.instructions;
        stats.prologue += nested.prologue;
    }
    return stats;
}
