// The passes: each rebuilds a graph from the nodes that are needed, so that equal nodes
// become one, and puts in the place of a node what is simpler.
#include "opt/opt.h"

#include "ir/call.h"
#include "opt/simplify.h"

typedef struct Optimiser {
    Arena *scratch;
    StrMap *numbers; // of a nested graph (the bytes of its id) → its result
    VEC(const Graph *) results;
} Optimiser;

// One pass over one graph.
typedef struct Pass {
    Optimiser *optimiser;
    const Graph *graph;
    Builder *b;
    Arena *scratch;
    bool *needed;
    bool *inlined;       // conds that are one of their branches; map: the first of its
    VEC(NodeId) outputs; // … outputs in this list
    NodeId *map;         // of each node: that of the builder
    uint32_t n_dead;     // nodes left out: nothing to do again after that
    uint32_t n_changes;  // nodes made simpler: perhaps more can be now
} Pass;

static Status optimise(Optimiser *o, const Graph *graph, const Graph **result);

// -- what is needed -----------------------------------------------------------------

// A call with a vjp rule stays, though nothing reads it (differentiation.md §6, E502).
static bool is_kept(const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    if (node->prim == PRIM_input) return true;
    if (node->prim == PRIM_call) return ir_is_kept_call(ir_call(g->ir, (uint32_t)attr[0]));
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    for (uint32_t i = held.first; i < held.first + held.n; i++)
        if (ir_has_vjp_call(ir_graph(g->ir, (uint32_t)attr[i]))) return true;
    return false;
}

static void mark_needed(Pass *p) {
    const Graph *g = p->graph;
    for (uint32_t i = 0; i < g->n_outputs; i++)
        p->needed[g->outputs[i]] = true;
    for (uint32_t i = g->n; i-- > 0;) {
        const Node *node = &g->nodes[i];
        if (!p->needed[i] && !is_kept(g, node)) {
            p->n_dead++;
            continue;
        }
        p->needed[i] = true;
        for (uint32_t k = 0; k < node->n_in; k++)
            p->needed[ir_in(g, node)[k]] = true;
    }
}

// -- nodes --------------------------------------------------------------------------

static NodeId fail(Pass *p, Status status) {
    return status == OK ? IR_NONE : ir_fail(p->b, status);
}

// A cond whose predicate is known, in favour of that branch. True when it was.
static bool inline_branch(Pass *p, NodeId id, const NodeId *in) {
    const Graph *g = p->graph;
    const int64_t *graphs = ir_attr(g, &g->nodes[id]);
    bool truth;
    if (!opt_known_truth(p->b, in[0], &truth)) return false;
    if (ir_has_vjp_call(ir_graph(g->ir, (uint32_t)graphs[truth ? 1 : 0]))) return false;
    const Graph *branch = ir_graph(g->ir, (uint32_t)graphs[truth ? 0 : 1]);
    p->map[id] = p->outputs.n;
    if (!VEC_RESERVE(p->scratch, &p->outputs, branch->n_outputs)) {
        (void)fail(p, NOMEM);
        return true;
    }
    (void)fail(p, ir_inline(p->b, branch, in + 1, true, p->outputs.at + p->outputs.n));
    p->outputs.n += branch->n_outputs;
    p->inlined[id] = true;
    p->n_changes++;
    return true;
}

// A node that holds graphs, with these optimised.
static NodeId rebuild_nested(Pass *p, NodeId id, const NodeId *in) {
    const Node *node = &p->graph->nodes[id];
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    int64_t *attr = NEW_ARRAY(p->scratch, int64_t, node->n_attr);
    if (!attr) return fail(p, NOMEM);
    memcpy(attr, ir_attr(p->graph, node), node->n_attr * sizeof *attr);
    for (uint32_t i = held.first; i < held.first + held.n; i++) {
        const Graph *before = ir_graph(p->graph->ir, (uint32_t)attr[i]), *after = NULL;
        const Status status = optimise(p->optimiser, before, &after);
        if (status != OK) return fail(p, status);
        p->n_changes += after != before;
        attr[i] = after->id;
    }
    return ir_emit(p->b, (Prim)node->prim, node->n_in, in, node->n_attr, attr);
}

static NodeId rebuild_node(Pass *p, NodeId id, const NodeId *in) {
    const Graph *g = p->graph;
    const Node *node = &g->nodes[id];
    switch (node->prim) {
    case PRIM_out: {
        const NodeId operand = ir_in(g, node)[0];
        if (!p->inlined[operand]) return ir_copy(p->b, g, id, p->map);
        return p->outputs.at[p->map[operand] + (uint32_t)ir_attr(g, node)[0]];
    }
    case PRIM_cond:
        return inline_branch(p, id, in) ? p->map[id] : rebuild_nested(p, id, in);
    case PRIM_lanes:
    case PRIM_loop:
    case PRIM_checkpoint:
        return rebuild_nested(p, id, in);
    default: {
        const NodeId simpler = opt_simplify(p->b, g, id, in);
        if (simpler == IR_NONE) return ir_copy(p->b, g, id, p->map);
        p->n_changes++;
        return simpler;
    }
    }
}

static Status rebuild_nodes(Pass *p) {
    const Graph *g = p->graph;
    uint32_t most = 0;
    for (NodeId id = 0; id < g->n; id++) {
        if (g->nodes[id].n_in > most) most = g->nodes[id].n_in;
    }
    NodeId *in = NEW_ARRAY(p->scratch, NodeId, most);
    TRY_ALLOC(in);
    for (NodeId id = 0; id < g->n && ir_status(p->b) == OK; id++) {
        const Node *node = &g->nodes[id];
        if (!p->needed[id] || node->prim == PRIM_input) continue;
        for (uint32_t i = 0; i < node->n_in; i++)
            in[i] = p->map[ir_in(g, node)[i]];
        const uint32_t before = ir_node_count(p->b);
        ir_set_span(p->b, node->span);
        p->map[id] = rebuild_node(p, id, in);
        // No new node: it was found equal to one that is there.
        if (!p->inlined[id] && ir_node_count(p->b) == before) p->n_changes++;
    }
    return ir_status(p->b);
}

// -- passes -------------------------------------------------------------------------

static Status rebuild(Pass *p) {
    const Graph *g = p->graph;
    p->needed = NEW_ARRAY(p->scratch, bool, g->n);
    p->inlined = NEW_ARRAY(p->scratch, bool, g->n);
    p->map = NEW_ARRAY(p->scratch, NodeId, g->n);
    if (!p->needed || !p->inlined || !p->map) return NOMEM;
    mark_needed(p);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const Node *input = &g->nodes[g->inputs[i]];
        ir_set_span(p->b, input->span);
        p->map[g->inputs[i]] = ir_input(p->b, input->type);
    }
    return rebuild_nodes(p);
}

// *changed: whether another pass may find more.
static Status run_pass(Optimiser *o, const Graph **graph, bool *changed, Arena *scratch) {
    Pass p = {.optimiser = o, .graph = *graph, .scratch = scratch};
    const uint32_t n_outputs = p.graph->n_outputs;
    NodeId *outputs = NEW_ARRAY(scratch, NodeId, n_outputs);
    TRY_ALLOC(outputs);
    p.b = ir_builder(p.graph->ir);
    TRY_ALLOC(p.b);
    const Status status = rebuild(&p);
    *changed = p.n_changes > 0;
    if (status != OK || p.n_changes + p.n_dead == 0) {
        ir_builder_drop(p.b);
        return status;
    }
    for (uint32_t i = 0; i < n_outputs; i++)
        outputs[i] = p.map[p.graph->outputs[i]];
    return ir_finish(p.b, NULL, n_outputs, outputs, graph);
}

static Status run_passes(Optimiser *o, const Graph *graph, const Graph **result) {
    *result = graph;
    for (bool changed = true; changed;) {
        Arena *scratch = base_arena_new();
        TRY_ALLOC(scratch);
        const Graph *before = *result;
        const Status status = run_pass(o, result, &changed, scratch);
        base_arena_free(scratch);
        TRY(status);
        // What a pass made, and another made better, nothing else knows of.
        if (before != graph && before != *result) ir_release(before);
    }
    return OK;
}

static Status optimise(Optimiser *o, const Graph *graph, const Graph **result) {
    const Str key = {(const char *)&graph->id, sizeof graph->id};
    uint32_t number;
    if (base_map_get(o->numbers, key, &number)) {
        *result = o->results.at[number];
        return OK;
    }
    TRY(run_passes(o, graph, result));
    if (!VEC_PUSH(o->scratch, &o->results, *result)) return NOMEM;
    return base_map_set(o->numbers, key, o->results.n - 1);
}

Status opt_run(const Graph *graph, const Graph **result) {
    *result = NULL;
    Optimiser o = {.scratch = base_arena_new()};
    TRY_ALLOC(o.scratch);
    o.numbers = base_map_new(o.scratch);
    const Graph *optimised = NULL;
    const Status status = o.numbers ? optimise(&o, graph, &optimised) : NOMEM;
    if (status == OK) *result = optimised;
    base_arena_free(o.scratch);
    return status;
}
