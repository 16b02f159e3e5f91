// From graph to plan: the walk over the nodes, groups, values.
#include "exec/planner.h"

#include "base/limits.h"

static Lower *const lower[PRIM_COUNT] = {
#define PRIM(name, arity, class, smoothness, flags) [PRIM_##name] = LOWER_##class(name),
#include "ir/prim.def"
#undef PRIM
};

// -- values and groups --------------------------------------------------------------

static bool new_values(Planner *p, uint32_t n, uint32_t last, uint32_t *first) {
    *first = p->values.n;
    if (!VEC_RESERVE(p->scratch, &p->values, n)) return false;
    for (uint32_t i = 0; i < n; i++)
        p->values.at[p->values.n++] = (Value){last, EXEC_NO_SLOT};
    return true;
}

// A value of the prologue that the rest reads stays for all runs.
static void mark_read(Planner *p, uint32_t value, uint32_t instruction) {
    Value *v = &p->values.at[value];
    if (p->in_main && value < p->main_value)
        v->last = EXEC_KEPT;
    else
        v->last = instruction;
}

static Group *last_group(Planner *p) {
    const uint32_t n = p->plan->groups.n;
    return n > (p->in_main ? p->main_group : 0) ? &p->plan->groups.at[n - 1] : NULL;
}

Status exec_open(Planner *p, GroupKind kind, int64_t n, const void *about) {
    const Group group = {kind, p->plan->instructions.n, 0, n, about};
    return VEC_PUSH(p->arena, &p->plan->groups, group) ? OK : NOMEM;
}

Status exec_open_map(Planner *p, int64_t n) {
    const Group *last = last_group(p);
    if (last && last->kind == GROUP_map && last->n == n) return OK;
    return exec_open(p, GROUP_map, n, NULL);
}

Status exec_emit(Planner *p, Instruction made, uint32_t n_in, const uint32_t *in,
                 uint32_t n_out, uint32_t *value) {
    Plan *plan = p->plan;
    const uint32_t number = plan->instructions.n;
    for (uint32_t i = 0; i < n_in; i++)
        mark_read(p, in[i], number);
    if (value) {
        if (!new_values(p, n_out, number, &made.out)) return NOMEM;
        *value = made.out;
    }
    const bool list_outputs = made.n_in == EXEC_LISTED;
    if (list_outputs || n_in > 3) {
        if (!VEC_RESERVE(p->arena, &plan->operands, n_in + n_out)) return NOMEM;
        made.n_in = EXEC_LISTED;
        made.in[0] = plan->operands.n;
        made.in[1] = n_in;
        for (uint32_t i = 0; i < n_in; i++)
            plan->operands.at[plan->operands.n++] = in[i];
        for (uint32_t i = 0; list_outputs && i < n_out; i++)
            plan->operands.at[plan->operands.n++] = made.out + i;
    } else if (n_in) {
        made.n_in = (uint8_t)n_in;
        memcpy(made.in, in, n_in * sizeof *in);
    }
    plan->groups.at[plan->groups.n - 1].count++;
    if (!VEC_PUSH(p->arena, &plan->spans, p->span)) return NOMEM;
    return VEC_PUSH(p->arena, &plan->instructions, made) ? OK : NOMEM;
}

size_t exec_value_bytes(const Ir *ir, TypeId id) {
    const Type *type = ir_type(ir, id);
    size_t n = 1;
    for (; type->kind == TYPE_LANES; type = ir_type(ir, type->of))
        n *= (size_t)type->size;
    if (type->kind == TYPE_STACK) return n * sizeof(void *);
    return n * (size_t)type->size * num_dtype_size((Dtype)type->dtype);
}

size_t exec_bytes(const Graph *g, NodeId id) {
    return exec_value_bytes(g->ir, g->nodes[id].type);
}

// -- operands -----------------------------------------------------------------------

bool exec_is_fill(const Planner *p, NodeId id) {
    return p->value[id] & EXEC_FILL;
}

// The value of a node, made now if it is a fill that the last group has not.
static Status value_of(Planner *p, NodeId id, uint32_t *value) {
    *value = p->value[id];
    if (!exec_is_fill(p, id)) return OK;
    Fill *fill = &p->fills.at[*value - EXEC_FILL];
    TRY(exec_open_map(p, fill->n));
    const uint32_t group = p->plan->groups.n - 1;
    if (fill->group != group) {
        const Instruction made = {.prim = PRIM_broadcast,
                                  .dtype = (uint8_t)fill->dtype,
                                  .out_dtype = (uint8_t)fill->dtype};
        TRY(exec_emit(p, made, 1, &fill->scalar, 1, &fill->value));
        fill->group = group;
    }
    *value = fill->value;
    return OK;
}

Status exec_operand(Planner *p, NodeId id, uint32_t i, uint32_t *value) {
    return value_of(p, ir_in(p->graph, exec_node(p, id))[i], value);
}

void exec_alias(Planner *p, NodeId id) {
    p->value[id] = p->value[ir_in(p->graph, exec_node(p, id))[0]];
}

Status exec_fill(Planner *p, NodeId id) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    // A literal has put its scalar in its own place.
    const uint32_t of = node->n_in ? p->value[ir_in(p->graph, node)[0]] : p->value[id];
    const uint32_t scalar = of & EXEC_FILL ? p->fills.at[of - EXEC_FILL].scalar : of;
    if (type->size == 1) {
        p->value[id] = scalar;
        return OK;
    }
    const Fill fill = {.scalar = scalar,
                       .dtype = (Dtype)type->dtype,
                       .n = type->size,
                       .group = UINT32_MAX};
    p->value[id] = EXEC_FILL + p->fills.n;
    return VEC_PUSH(p->scratch, &p->fills, fill) ? OK : NOMEM;
}

// -- the walk -----------------------------------------------------------------------

enum { NEEDED = 1, VARIES = 2 };

static bool gives_stacks(const Graph *g, const Node *node) {
    const Type *type = ir_type(g->ir, node->type);
    for (uint32_t i = 0; type->kind == TYPE_OUTS && i < type->n_outs; i++)
        if (ir_type(g->ir, type->outs[i])->kind != TYPE_ARRAY) return true;
    return type->kind == TYPE_STACK || type->kind == TYPE_LANES;
}

// Marks the nodes that an output needs, and those that depend on an input.
static void mark_nodes(const Graph *g, uint8_t *marks) {
    for (uint32_t i = 0; i < g->n_outputs; i++)
        marks[g->outputs[i]] = NEEDED;
    for (uint32_t i = g->n; i-- > 0;) {
        const Node *node = &g->nodes[i];
        for (uint32_t k = 0; (marks[i] & NEEDED) && k < node->n_in; k++)
            marks[ir_in(g, node)[k]] = NEEDED;
    }
    for (uint32_t i = 0; i < g->n; i++) {
        const Node *node = &g->nodes[i];
        // Stacks are gone after each run, so none is made by the prologue.
        if (node->prim == PRIM_input || gives_stacks(g, node)) marks[i] |= VARIES;
        for (uint32_t k = 0; k < node->n_in; k++)
            marks[i] |= marks[ir_in(g, node)[k]] & VARIES;
    }
}

static Status lower_marked(Planner *p, const uint8_t *marks, uint8_t wanted) {
    for (NodeId id = 0; id < p->graph->n; id++) {
        if (marks[id] != wanted) continue;
        p->span = exec_node(p, id)->span;
        TRY(lower[exec_node(p, id)->prim](p, id));
    }
    return OK;
}

// An output is written by the instruction that makes it, or copied at the end.
static Status lower_outputs(Planner *p) {
    const Graph *g = p->graph;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        uint32_t value;
        p->span = exec_node(p, g->outputs[i])->span;
        TRY(value_of(p, g->outputs[i], &value));
        Value *v = &p->values.at[value];
        v->last = EXEC_KEPT;
        if (value >= p->main_value && v->slot == EXEC_NO_SLOT) {
            v->slot = g->n_inputs + i;
            continue;
        }
        const Copy copy = {.from = value, // its slot, once it has one
                           .output = i,
                           .bytes = exec_bytes(g, g->outputs[i])};
        if (!VEC_PUSH(p->arena, &p->plan->copies, copy)) return NOMEM;
    }
    return OK;
}

static Status make_plan(Planner *p) {
    const Graph *g = p->graph;
    Plan *plan = p->plan;
    p->value = NEW_ARRAY(p->scratch, uint32_t, g->n);
    uint8_t *marks = NEW_ARRAY(p->scratch, uint8_t, g->n);
    if (!p->value || !marks) return NOMEM;
    mark_nodes(g, marks);
    uint32_t n_needed = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n_needed += marks[i] != 0 && marks[i] != VARIES;
    if (!VEC_RESERVE(p->arena, &plan->instructions, n_needed) ||
        !VEC_RESERVE(p->arena, &plan->spans, n_needed) ||
        !VEC_RESERVE(p->scratch, &p->values, n_needed + g->n_inputs))
        return NOMEM;

    uint32_t inputs;
    if (!new_values(p, g->n_inputs, EXEC_KEPT, &inputs)) return NOMEM;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        p->value[g->inputs[i]] = inputs + i;
        p->values.at[inputs + i].slot = i;
    }
    TRY(lower_marked(p, marks, NEEDED));
    p->in_main = true;
    p->main_value = p->values.n;
    p->main_group = plan->n_prologue = plan->groups.n;
    TRY(lower_marked(p, marks, NEEDED | VARIES));
    TRY(lower_outputs(p));
    return exec_assign_slots(p);
}

// -- plans and their family ---------------------------------------------------------

static Status plan_graph(PlanFamily *family, const Graph *graph, Plan **result) {
    Plan *plan = NEW(family->arena, Plan);
    TRY_ALLOC(plan);
    *plan = (Plan){.arena = family->arena,
                   .ir = graph->ir,
                   .graph = graph->id,
                   .number = family->n++,
                   .n_inputs = graph->n_inputs,
                   .n_outputs = graph->n_outputs,
                   .pool = family->pool};
    Planner p = {.family = family,
                 .arena = family->arena,
                 .scratch = base_arena_new(),
                 .graph = graph,
                 .plan = plan};
    TRY_ALLOC(p.scratch);
    const Status status = make_plan(&p);
    base_arena_free(p.scratch);
    if (status == OK) *result = plan;
    return status;
}

// The plan of a graph that stands in another one, made when first asked for.
static Status nested_plan(Planner *p, const Graph *graph, Plan **plan) {
    PlanFamily *family = p->family;
    const Str key = {(const char *)&graph->id, sizeof graph->id};
    uint32_t known;
    if (base_map_get(family->numbers, key, &known)) {
        *plan = family->plans.at[known];
        return OK;
    }
    if (family->depth >= LIMIT_EXPR_DEPTH) {
        return base_error(family->diags, CODE_E701, NO_SPAN, NULL,
                          "branches nest deeper than the limit of %d (LIMIT_EXPR_DEPTH)",
                          LIMIT_EXPR_DEPTH);
    }
    family->depth++;
    TRY(plan_graph(family, graph, plan));
    family->depth--;
    if (!VEC_PUSH(family->scratch, &family->plans, *plan) ||
        !VEC_PUSH(family->arena, &p->plan->nested, *plan))
        return NOMEM;
    return base_map_set(family->numbers, key, family->plans.n - 1);
}

Status exec_nested(Planner *p, uint32_t number, Plan **plan) {
    TRY(nested_plan(p, ir_graph(p->graph->ir, number), plan));
    if ((*plan)->bytes > p->nested_bytes) p->nested_bytes = (*plan)->bytes;
    return OK;
}

static Status list_stacks(Plan *plan, const Graph *graph) {
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const Node *node = &graph->nodes[graph->outputs[i]];
        if (ir_type(graph->ir, node->type)->kind == TYPE_ARRAY) continue;
        StackOutput made = {.output = i};
        TRY(exec_stack_shape(plan->arena, graph->ir, node->type, node->span, &made.shape));
        if (!VEC_PUSH(plan->arena, &plan->stacks, made)) return NOMEM;
    }
    return OK;
}

Status exec_plan(Arena *arena, Diags *diags, const Graph *graph, Plan **plan) {
    *plan = NULL;
    PlanFamily family = {.arena = arena, .scratch = base_arena_new(), .diags = diags};
    TRY_ALLOC(family.scratch);
    family.numbers = base_map_new(family.scratch);
    family.pool = NEW(arena, struct StackPool *);
    const Status status =
        family.numbers && family.pool ? plan_graph(&family, graph, plan) : NOMEM;
    if (status == OK) (*plan)->n_family = family.n;
    base_arena_free(family.scratch);
    TRY(status);
    return list_stacks(*plan, graph);
}
