// Lowering of loops and stacks.
#include "exec/planner.h"
#include "ir/loop.h"

// -- stacks -------------------------------------------------------------------------

Status exec_stack_shape(Arena *arena, const Ir *ir, TypeId id, Span span,
                        const StackShape **result) {
    StackShape *shape = NEW(arena, StackShape);
    TRY_ALLOC(shape);
    *shape = (StackShape){.span = span, .count = 1};
    const Type *type = ir_type(ir, id);
    for (; type->kind == TYPE_LANES; type = ir_type(ir, type->of))
        shape->count *= type->size;
    const TypeId entry_id = type->of;
    const Type *entry = ir_type(ir, entry_id);
    *result = shape;
    if (entry->kind == TYPE_ARRAY) {
        shape->dtype = (Dtype)entry->dtype;
        shape->n = entry->size;
        shape->entry_bytes = (size_t)entry->size * num_dtype_size(shape->dtype);
        return OK;
    }
    TRY(exec_stack_shape(arena, ir, entry_id, span,
                         &shape->inner)); // as deep as loops nest
    shape->entry_bytes = (size_t)shape->inner->count * sizeof(void *);
    return OK;
}

// An instruction on stacks of the type of `shape_of`; its result is pointers.
static Status lower_stack(Planner *p, NodeId id, NodeId shape_of) {
    const Node *node = exec_node(p, id);
    const StackShape *about;
    uint32_t in[2];
    TRY(exec_stack_shape(p->arena, p->graph->ir, p->graph->nodes[shape_of].type, node->span,
                         &about));
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &in[i]));
    const int64_t n = (int64_t)(exec_bytes(p->graph, id) / sizeof(void *));
    TRY(exec_open(p, GROUP_stack, n, about));
    const Instruction made = {
        .prim = node->prim, .dtype = DT_I64, .out_dtype = DT_I64}; // a pointer's size
    _Static_assert(sizeof(void *) <= sizeof(int64_t), "a pointer takes an int64's place");
    return exec_emit(p, made, node->n_in, in, 1, &p->value[id]);
}

Status exec_lower_stack_zero(Planner *p, NodeId id) {
    return lower_stack(p, id, id);
}
Status exec_lower_stack_add(Planner *p, NodeId id) {
    return lower_stack(p, id, id);
}
Status exec_lower_lanes_sum(Planner *p, NodeId id) {
    return lower_stack(p, id, ir_in(p->graph, exec_node(p, id))[0]);
}
Status exec_lower_lanes_spread(Planner *p, NodeId id) {
    return lower_stack(p, id, ir_in(p->graph, exec_node(p, id))[0]);
}

// -- carries in place ---------------------------------------------------------------

static bool is_in_place(const Plan *body, uint32_t input, uint32_t output);

// Whether the output is that input, as it came.
static bool is_passed_on(const Plan *plan, uint32_t input, uint32_t output) {
    for (uint32_t i = 0; i < plan->copies.n; i++)
        if (plan->copies.at[i].output == output) return plan->copies.at[i].from == input;
    return false;
}

// Whether that input and that output may stand in one place.
static bool may_share(const Plan *plan, uint32_t input, uint32_t output) {
    return is_passed_on(plan, input, output) || is_in_place(plan, input, output);
}

// Whether the group writes its output `slot` over the operand that stands in `input`: of a
// scatter the first, of a nested loop the first value of a carry, of a cond or a
// checkpoint what its graphs write over or leave as it is. Depth: how these nest.
static bool overwrites(const Plan *body, const Group *group, uint32_t input,
                       uint32_t slot) {
    const Instruction *made = &body->instructions.at[group->first];
    const uint32_t *in = exec_in(body, made), n_in = exec_n_in(made);
    if (group->kind == GROUP_scatter) return made->out == slot && in[0] == input;
    if (group->kind == GROUP_loop) {
        const Looped *loop = group->about;
        const uint32_t *outs = exec_outs(body, made);
        const uint32_t *first = in + loop->first + loop->n_constants;
        for (uint32_t i = 0; i < loop->n_carry; i++)
            if (outs[i] == slot && first[i] == input) return loop->in_place[i];
    }
    if (group->kind == GROUP_cond || group->kind == GROUP_checkpoint) {
        const Nested *nested = group->about;
        const uint32_t *outs = exec_outs(body, made), first = n_in - nested->n_inputs;
        for (uint32_t i = 0; i < nested->n_outputs; i++)
            for (uint32_t k = first; outs[i] == slot && k < n_in; k++)
                if (in[k] == input)
                    return may_share(nested->plans[0], k - first, i) &&
                           (!nested->plans[1] || may_share(nested->plans[1], k - first, i));
    }
    return false;
}

// Whether the body may write its output into the slot of that input: the one instruction
// that reads the input last writes over it, and makes the output.
static bool is_in_place(const Plan *body, uint32_t input, uint32_t output) {
    const Group *last = NULL;
    uint32_t reads = 0;
    for (uint32_t g = 0; g < body->groups.n; g++) {
        const Group *group = &body->groups.at[g];
        for (uint32_t i = group->first; i < group->first + group->count; i++) {
            const Instruction *made = &body->instructions.at[i];
            const uint32_t *in = exec_in(body, made);
            for (uint32_t k = 0; k < exec_n_in(made); k++) {
                if (in[k] != input) continue;
                reads = last == group ? reads + 1 : 1; // by the last group
                last = group;
            }
        }
    }
    for (uint32_t i = 0; i < body->copies.n; i++)
        if (body->copies.at[i].from == input) return false;
    if (!last || reads != 1) return false;
    return overwrites(body, last, input, body->n_inputs + output);
}

// -- loops --------------------------------------------------------------------------

static Slices slices_of(const Graph *body, NodeId slice, bool is_stack) {
    const Type *type = ir_node_type(body, slice);
    const size_t bytes = exec_bytes(body, slice);
    const bool of_stacks = type->kind != TYPE_ARRAY;
    return (Slices){.is_stack = is_stack,
                    .of_stacks = of_stacks,
                    .dtype = of_stacks ? DT_I64 : (Dtype)type->dtype, // a pointer's size
                    .n = of_stacks ? (int64_t)(bytes / sizeof(void *)) : type->size,
                    .bytes = bytes};
}

static Status describe_carries(Planner *p, const Loop *loop, Looped *about) {
    size_t *bytes = NEW_ARRAY(p->arena, size_t, loop->n_carry);
    bool *in_place = NEW_ARRAY(p->arena, bool, loop->n_carry);
    about->spare = NEW_ARRAY(p->arena, uint32_t, loop->n_carry);
    if (!bytes || !in_place || !about->spare) return NOMEM;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        bytes[i] = exec_bytes(loop->body, loop->body->outputs[i]);
        in_place[i] = may_share(about->body, loop->n_constants + i, i);
    }
    about->carry_bytes = bytes;
    about->in_place = in_place;
    return OK;
}

static Status describe_slices(Planner *p, NodeId id, const Loop *loop, Looped *about) {
    const Graph *body = loop->body;
    const TypeId *outs = ir_node_type(p->graph, id)->outs;
    Slices *xs = NEW_ARRAY(p->arena, Slices, loop->n_xs);
    Slices *ys = NEW_ARRAY(p->arena, Slices, loop->n_ys);
    if (!xs || !ys) return NOMEM;
    for (uint32_t i = 0; i < loop->n_xs; i++) {
        const uint32_t input = loop->n_constants + loop->n_carry + i;
        const Type *type = exec_operand_type(p, id, loop->first + input);
        xs[i] = slices_of(body, body->inputs[input], type->kind == TYPE_STACK);
    }
    for (uint32_t i = 0; i < body->n_outputs; i++) {
        const Type *type = ir_type(body->ir, outs[i]);
        about->gives_stacks |= ir_node_type(body, body->outputs[i])->kind != TYPE_ARRAY;
        if (i >= loop->n_carry)
            ys[i - loop->n_carry] =
                slices_of(body, body->outputs[i], type->kind == TYPE_STACK);
    }
    about->xs = xs;
    about->ys = ys;
    return OK;
}

Status exec_lower_loop(Planner *p, NodeId id) {
    const Node *node = exec_node(p, id);
    const Loop loop = ir_loop(p->graph, node);
    Looped *about = NEW(p->arena, Looped);
    uint32_t *in = NEW_ARRAY(p->scratch, uint32_t, node->n_in);
    if (!about || !in) return NOMEM;
    *about = (Looped){.span = node->span,
                      .kind = (uint8_t)loop.kind,
                      .reverse = loop.reverse,
                      .trips = loop.trips,
                      .first = loop.first,
                      .n_constants = loop.n_constants,
                      .n_carry = loop.n_carry,
                      .n_xs = loop.n_xs,
                      .n_ys = loop.n_ys,
                      .inputs = NEW_ARRAY(p->arena, const void *, loop.body->n_inputs),
                      .outputs = NEW_ARRAY(p->arena, void *, loop.body->n_outputs),
                      .cursors = NEW_ARRAY(p->arena, Cursor, loop.n_xs),
                      .stacks = NEW_ARRAY(p->arena, struct Stack *, loop.n_ys)};
    if (!about->inputs || !about->outputs || !about->cursors || !about->stacks)
        return NOMEM;
    TRY(exec_nested(p, loop.body->id, &about->body));
    TRY(describe_carries(p, &loop, about));
    TRY(describe_slices(p, id, &loop, about));
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &in[i]));
    TRY(exec_open(p, GROUP_loop, loop.trips, about));
    const Instruction made = {.prim = PRIM_loop, .n_in = EXEC_LISTED};
    return exec_emit(p, made, node->n_in, in, ir_loop_outputs(&loop), &p->value[id]);
}
