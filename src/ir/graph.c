// Walks over graphs: copying into a builder, and leaving out what no output needs.
#include "ir/ir_state.h"

// A node that has no place of its own gets `place`.
static NodeId copy_node(Builder *b, const Graph *from, NodeId id, const NodeId *map,
                        Span place) {
    if (b->status != OK) return IR_NONE;
    const Node *node = &from->nodes[id];
    NodeId few[8], *in = few;
    if (node->n_in > 8) {
        in = NEW_ARRAY(b->scratch, NodeId, node->n_in);
        if (!in) return ir_fail(b, NOMEM);
    }
    // Operands of the types that the node had give it the type that it had.
    bool same = true;
    for (uint32_t i = 0; i < node->n_in; i++) {
        const NodeId operand = ir_in(from, node)[i];
        in[i] = map[operand];
        same = same && in[i] != IR_NONE &&
               b->nodes.at[in[i]].type == from->nodes[operand].type;
    }
    const Span old = ir_set_span(b, node->span.at ? node->span : place);
    const NodeId copy = ir_emit_typed(b, (Prim)node->prim, node->n_in, in, node->n_attr,
                                      ir_attr(from, node), same ? node->type : IR_NO_TYPE);
    ir_set_span(b, old);
    return copy;
}

NodeId ir_copy(Builder *b, const Graph *from, NodeId id, const NodeId *map) {
    return copy_node(b, from, id, map, NO_SPAN);
}

// Whether a node stays though nothing reads it: a kept call (call.h), or a node that
// holds one.
static bool is_kept_call(const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    if (node->prim == PRIM_linear_call) return true;
    if (node->prim == PRIM_call) return ir_is_kept_call(ir_call(g->ir, (uint32_t)attr[0]));
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    for (uint32_t i = held.first; i < held.first + held.n; i++)
        if (ir_has_vjp_call(ir_graph(g->ir, (uint32_t)attr[i]))) return true;
    return false;
}

// needed[i]: an output (or a kept call) depends on node i. Operands come first, so one pass
// backwards suffices.
static void mark_needed(const Graph *g, bool keep_calls, bool *needed) {
    for (uint32_t i = 0; i < g->n_outputs; i++)
        needed[g->outputs[i]] = true;
    for (uint32_t i = g->n; i-- > 0;) {
        const Node *node = &g->nodes[i];
        if (!needed[i] && !(keep_calls && is_kept_call(g, node))) continue;
        needed[i] = true;
        for (uint32_t k = 0; k < node->n_in; k++)
            needed[ir_in(g, node)[k]] = true;
    }
}

static Status inline_needed(Builder *b, const Graph *g, const NodeId *inputs,
                            bool keep_calls, NodeId *outputs, Arena *scratch) {
    NodeId *map = NEW_ARRAY(scratch, NodeId, g->n);
    bool *needed = NEW_ARRAY(scratch, bool, g->n);
    TRY_ALLOC(map);
    TRY_ALLOC(needed);
    mark_needed(g, keep_calls, needed);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        map[g->inputs[i]] = inputs[i];
    for (uint32_t i = 0; i < g->n && b->status == OK; i++) {
        if (needed[i] && g->nodes[i].prim != PRIM_input)
            map[i] = copy_node(b, g, i, map, b->span);
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = map[g->outputs[i]];
    return b->status;
}

Status ir_inline(Builder *b, const Graph *graph, const NodeId *inputs, bool keep_calls,
                 NodeId *outputs) {
    if (b->status != OK) return b->status;
    Arena *scratch = base_arena_new();
    TRY_ALLOC(scratch);
    const Status status = inline_needed(b, graph, inputs, keep_calls, outputs, scratch);
    base_arena_free(scratch);
    return status;
}

Status ir_dce(const Graph *graph, bool keep_calls, const Graph **result) {
    *result = NULL;
    Builder *b = ir_builder(graph->ir);
    TRY_ALLOC(b);
    NodeId *inputs = NEW_ARRAY(b->scratch, NodeId, graph->n_inputs);
    NodeId *outputs = NEW_ARRAY(b->scratch, NodeId, graph->n_outputs);
    if (!inputs || !outputs) {
        ir_builder_drop(b);
        return NOMEM;
    }
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        ir_set_span(b, graph->nodes[graph->inputs[i]].span);
        inputs[i] = ir_input(b, graph->nodes[graph->inputs[i]].type);
    }
    ir_set_span(b, NO_SPAN);
    const Status status = ir_inline(b, graph, inputs, keep_calls, outputs);
    if (status != OK) (void)ir_fail(b, status);
    return ir_finish(b, NULL, graph->n_outputs, outputs, result);
}
