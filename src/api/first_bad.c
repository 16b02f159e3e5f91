// Where a NaN or infinity begins: the graph is run once more with a flag for every float
// node, and walked back from the output along the nodes that are flagged.
#include "api/warn.h"
#include "base/limits.h"
#include "exec/plan.h"

#include <math.h>

bool api_is_bad(const Type *type, const void *data, int64_t *at) {
    if (type->kind != TYPE_ARRAY || !num_is_float((Dtype)type->dtype)) return false;
    const double *f64 = data;
    const float *f32 = data;
    const bool is_double = type->dtype == DT_F64;
    for (*at = 0; *at < type->size; ++*at)
        if (!isfinite(is_double ? f64[*at] : (double)f32[*at])) return true;
    return false;
}

// -- running parts of a graph -------------------------------------------------------

// needed[i]: one of the nodes set in it depends on node i.
static void mark_operands(const Graph *g, bool *needed) {
    for (uint32_t i = g->n; i-- > 0;) {
        const Node *node = &g->nodes[i];
        for (uint32_t k = 0; needed[i] && k < node->n_in; k++)
            needed[ir_in(g, node)[k]] = true;
    }
}

// The inputs of `g` in a new builder. NULL: out of memory.
static Builder *begin(Arena *arena, const Graph *g, NodeId **map) {
    Builder *b = ir_builder(g->ir);
    *map = NEW_ARRAY(arena, NodeId, g->n);
    if (!b || !*map) {
        ir_builder_drop(b);
        return NULL;
    }
    for (uint32_t i = 0; i < g->n_inputs; i++)
        (*map)[g->inputs[i]] = ir_input(b, g->nodes[g->inputs[i]].type);
    return b;
}

static Status plan_and_run(Arena *arena, const Graph *graph, const void *const *inputs,
                           void *const *data) {
    Diags *diags = ir_diags(graph->ir);
    Plan *plan;
    ExecError error;
    TRY(exec_plan(arena, diags, graph, &plan));
    return vm_run(plan, inputs, data, &error);
}

// Ends the builder and runs its graph, which nothing needs afterwards. `data` gets room.
static Status finish_and_run(Arena *arena, Builder *b, const void *const *inputs,
                             uint32_t n, const NodeId *outputs, void **data) {
    const Graph *graph;
    TRY(ir_finish(b, NULL, n, outputs, &graph));
    Status status = OK;
    for (uint32_t i = 0; status == OK && i < n; i++) {
        const Type *type = ir_node_type(graph, outputs[i]);
        data[i] =
            base_alloc_array(arena, (size_t)type->size, num_dtype_size((Dtype)type->dtype));
        if (!data[i]) status = NOMEM;
    }
    if (status == OK) status = plan_and_run(arena, graph, inputs, data);
    ir_release(graph);
    return status;
}

static Status evaluate(Arena *arena, const Graph *g, const void *const *inputs, uint32_t n,
                       const NodeId *nodes, void **data) {
    NodeId *map, *outputs = NEW_ARRAY(arena, NodeId, n);
    bool *needed = NEW_ARRAY(arena, bool, g->n);
    Builder *b = begin(arena, g, &map);
    if (!outputs || !needed || !b) {
        ir_builder_drop(b);
        return NOMEM;
    }
    for (uint32_t i = 0; i < n; i++)
        needed[nodes[i]] = true;
    mark_operands(g, needed);
    for (uint32_t i = 0; i < g->n; i++)
        if (needed[i] && g->nodes[i].prim != PRIM_input) map[i] = ir_copy(b, g, i, map);
    for (uint32_t i = 0; i < n; i++)
        outputs[i] = map[nodes[i]];
    return finish_and_run(arena, b, inputs, n, outputs, data);
}

// What goes wrong here is nobody's mistake: it is not reported.
Status api_evaluate(Arena *arena, const Graph *graph, const void *const *inputs, uint32_t n,
                    const NodeId *nodes, void **data) {
    Diags *diags = ir_diags(graph->ir), unheard = {.arena = arena};
    ir_set_diags(graph->ir, &unheard);
    const Status status = evaluate(arena, graph, inputs, n, nodes, data);
    ir_set_diags(graph->ir, diags);
    return status;
}

// -- flags --------------------------------------------------------------------------

// NaN if an element is not finite, else 0: one number, whatever the node's size, so that a
// run with all flags needs little more memory than the run itself.
static NodeId flag(Builder *b, const Type *type, NodeId x) {
    int64_t axes[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++)
        axes[i] = i;
    const NodeId zeros = ir_sub(b, x, x);
    return type->rank ? ir_reduce(b, PRIM_reduce_sum, zeros, type->rank, axes) : zeros;
}

static bool is_float_array(const Type *type) {
    return type->kind == TYPE_ARRAY && num_is_float((Dtype)type->dtype);
}

// Whether each node that the outputs depend on is not finite; what depends on no input
// counts as finite.
static Status find_bad(Arena *arena, const Graph *g, const void *const *inputs, uint32_t n,
                       const uint32_t *outputs, bool *bad) {
    NodeId *map, *flags = NEW_ARRAY(arena, NodeId, g->n);
    bool *needed = NEW_ARRAY(arena, bool, g->n), *varies = NEW_ARRAY(arena, bool, g->n);
    Builder *b = begin(arena, g, &map);
    uint32_t n_flags = 0;
    if (!flags || !needed || !varies || !b) {
        ir_builder_drop(b);
        return NOMEM;
    }
    for (uint32_t i = 0; i < n; i++)
        needed[g->outputs[outputs[i]]] = true;
    mark_operands(g, needed);
    for (uint32_t i = 0; i < g->n; i++) {
        const Node *node = &g->nodes[i];
        varies[i] = node->prim == PRIM_input;
        for (uint32_t k = 0; k < node->n_in; k++)
            varies[i] |= varies[ir_in(g, node)[k]];
        if (!needed[i]) continue;
        if (node->prim != PRIM_input) map[i] = ir_copy(b, g, i, map);
        if (varies[i] && is_float_array(ir_node_type(g, i)))
            flags[n_flags++] = flag(b, ir_node_type(g, i), map[i]);
    }
    void **data = NEW_ARRAY(arena, void *, n_flags);
    if (!data) (void)ir_fail(b, NOMEM);
    TRY(finish_and_run(arena, b, inputs, n_flags, flags, data));
    n_flags = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const Type *type = ir_node_type(g, i);
        if (!needed[i] || !varies[i] || !is_float_array(type)) continue;
        const void *value = data[n_flags++];
        bad[i] = isnan(type->dtype == DT_F64 ? *(const double *)value
                                             : (double)*(const float *)value);
    }
    return OK;
}

// -- the way back -------------------------------------------------------------------

// Where a walk ended: at a node, or (graph NULL) at an input of its graph.
typedef struct End {
    ApiOrigin origin;
    uint32_t input;
} End;

// A walk through one graph.
typedef struct Walk {
    Arena *arena;
    const Graph *g;
    const void *const *inputs;
    const bool *bad;
    const ApiOrigin *within;
} Walk;

static Status walk(const Walk *w, NodeId id, End *end);

static Status walk_graph(const Walk *outer, const Graph *g, const void *const *inputs,
                         NodeId from, End *end) {
    ApiOrigin *within = NEW(outer->arena, ApiOrigin);
    bool *bad = NEW_ARRAY(outer->arena, bool, g->n);
    if (!within || !bad) return NOMEM;
    *within = (ApiOrigin){outer->g, from, outer->within};
    const uint32_t output = (uint32_t)ir_attr(outer->g, &outer->g->nodes[from])[0];
    TRY(find_bad(outer->arena, g, inputs, 1, &output, bad));
    const Walk w = {outer->arena, g, inputs, bad, within};
    return walk(&w, g->outputs[output], end);
}

// Whether the walk goes on inside a node: not in a loop, whose trips are many, nor where
// operands are stacks, which are gone when a run ends.
static bool is_entered(const Graph *g, const Node *node) {
    for (uint32_t k = 0; k < node->n_in; k++)
        if (ir_node_type(g, ir_in(g, node)[k])->kind != TYPE_ARRAY) return false;
    return node->prim != PRIM_loop;
}

// Into the graph that a cond chose, or that a checkpoint or lanes ran, from output `id` of
// it: with the operands of a lane that is not finite. end->input: an operand of the node.
static Status walk_into(const Walk *w, NodeId id, End *end) {
    const Graph *g = w->g;
    const Node *node = &g->nodes[ir_in(g, &g->nodes[id])[0]];
    const int64_t *attr = ir_attr(g, node);
    const uint32_t n = node->n_in;
    NodeId *nodes = NEW_ARRAY(w->arena, NodeId, (size_t)n + 1);
    void **data = NEW_ARRAY(w->arena, void *, (size_t)n + 1);
    const void **operands = NEW_ARRAY(w->arena, const void *, n);
    if (!nodes || !data || !operands) return NOMEM;
    memcpy(nodes, ir_in(g, node), n * sizeof *nodes);
    nodes[n] = id;
    TRY(evaluate(w->arena, g, w->inputs, n + 1, nodes, data));
    for (uint32_t i = 0; i < n; i++)
        operands[i] = data[i];
    if (node->prim == PRIM_cond) {
        const bool taken = *(const bool *)data[0];
        const Graph *branch = ir_graph(g->ir, (uint32_t)attr[taken ? 0 : 1]);
        TRY(walk_graph(w, branch, operands + 1, id, end));
        end->input++;
        return OK;
    }
    if (node->prim == PRIM_checkpoint)
        return walk_graph(w, ir_graph(g->ir, (uint32_t)attr[0]), operands, id, end);
    const Type *type = ir_node_type(g, id);
    int64_t at = 0;
    (void)api_is_bad(type, data[n], &at);
    const int64_t lane = at * attr[0] / type->size;
    for (uint32_t i = 0; i < n; i++) {
        const Type *operand = ir_node_type(g, nodes[i]);
        const size_t step =
            (size_t)(operand->size / attr[0]) * num_dtype_size((Dtype)operand->dtype);
        if (attr[2 + i]) operands[i] = (const char *)data[i] + (size_t)lane * step;
    }
    return walk_graph(w, ir_graph(g->ir, (uint32_t)attr[1]), operands, id, end);
}

// The first operand that is not finite, or IR_NONE.
static NodeId bad_operand(const Walk *w, NodeId id) {
    const Node *node = &w->g->nodes[id];
    for (uint32_t k = 0; k < node->n_in; k++)
        if (w->bad[ir_in(w->g, node)[k]]) return ir_in(w->g, node)[k];
    return IR_NONE;
}

// Nesting is that of the conds of a spec's texts, which LIMIT_EVAL_DEPTH bounds.
static Status walk(const Walk *w, NodeId id, End *end) {
    const Graph *g = w->g;
    *end = (End){0};
    while (g->nodes[id].prim != PRIM_input) {
        NodeId next = bad_operand(w, id);
        if (g->nodes[id].prim == PRIM_out) {
            const NodeId from = ir_in(g, &g->nodes[id])[0];
            next = bad_operand(w, from);
            if (is_entered(g, &g->nodes[from])) {
                TRY(walk_into(w, id, end));
                if (end->origin.graph) return OK;
                next = ir_in(g, &g->nodes[from])[end->input];
                if (!w->bad[next]) next = IR_NONE;
            }
        }
        if (next == IR_NONE) {
            end->origin = (ApiOrigin){g, id, w->within};
            return OK;
        }
        id = next;
    }
    end->input = 0;
    while (g->inputs[end->input] != id)
        end->input++;
    return OK;
}

static Status first_bad(Arena *arena, const Graph *g, const void *const *inputs, uint32_t n,
                        const uint32_t *outputs, ApiOrigin *origins) {
    bool *bad = NEW_ARRAY(arena, bool, g->n);
    TRY_ALLOC(bad);
    TRY(find_bad(arena, g, inputs, n, outputs, bad));
    const Walk w = {arena, g, inputs, bad, NULL};
    for (uint32_t i = 0; i < n; i++) {
        End end;
        if (!bad[origins[i].node]) continue;
        TRY(walk(&w, origins[i].node, &end));
        if (end.origin.graph) origins[i] = end.origin;
    }
    return OK;
}

Status api_first_bad(Arena *arena, const Graph *graph, const void *const *inputs,
                     uint32_t n, const uint32_t *outputs, ApiOrigin *origins) {
    Diags *diags = ir_diags(graph->ir), unheard = {.arena = arena};
    for (uint32_t i = 0; i < n; i++)
        origins[i] = (ApiOrigin){graph, graph->outputs[outputs[i]], NULL};
    ir_set_diags(graph->ir, &unheard);
    const Status status = first_bad(arena, graph, inputs, n, outputs, origins);
    ir_set_diags(graph->ir, diags);
    return status == FAILED ? OK : status;
}
