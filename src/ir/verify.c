// The verifier: what must hold of every graph (differentiation.md §10). Types are inferred
// again by the one table there is, so that what infer.c asks of operands, branches,
// predicates, lane bits and outputs is asked here, too.
#include "ir/call.h"
#include "ir/print.h"

#include <stdarg.h>

typedef struct Verifier {
    Ir *ir;
    Arena *arena;
    unsigned flags;
    bool *seen;            // by graph: verified, or waiting
    VEC(uint32_t) waiting; // graphs
} Verifier;

// -- reporting ----------------------------------------------------------------------

enum { NEIGHBOURS = 3 };

// The node, what it reads, and the nodes before it; in the diagnostics' arena.
static const char *neighbourhood(const Graph *g, NodeId id) {
    Text text = {.arena = ir_diags(g->ir)->arena};
    base_text_printf(&text, "in graph %u:\n", g->id);
    const Node *node = &g->nodes[id];
    for (uint32_t i = 0; i < node->n_in && i < 2 * NEIGHBOURS; i++) {
        const NodeId operand = ir_in(g, node)[i];
        if (operand + NEIGHBOURS >= id) continue; // shown below, or none
        base_text_add(&text, STR("    "));
        ir_print_node(g, operand, &text);
        base_text_char(&text, '\n');
    }
    for (NodeId i = id < NEIGHBOURS ? 0 : id - NEIGHBOURS; i <= id; i++) {
        base_text_add(&text, i == id ? STR("  > ") : STR("    "));
        ir_print_node(g, i, &text);
        base_text_char(&text, '\n');
    }
    return text.failed ? "" : text.at;
}

static Status bad_node(const Graph *g, NodeId id, const char *format, ...)
    PRINTF_LIKE(3, 4);
static Status bad_node(const Graph *g, NodeId id, const char *format, ...) {
    char why[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return base_error(ir_diags(g->ir), CODE_E901, g->nodes[id].span, neighbourhood(g, id),
                      "malformed graph: node %%%u: %s", id, why);
}

static Status bad_graph(const Graph *g, const char *why) {
    return base_error(ir_diags(g->ir), CODE_E901, NO_SPAN, NULL, "malformed graph %u: %s",
                      g->id, why);
}

// -- nodes --------------------------------------------------------------------------

// Graphs are numbered as they are finished: one inside another has a lower number, so none
// holds itself.
static Status verify_nested(Verifier *v, const Graph *g, NodeId id) {
    const Node *node = &g->nodes[id];
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    if (node->n_attr < held.first + held.n)
        return bad_node(g, id, "wrong number of attributes");
    for (uint32_t i = held.first; i < held.first + held.n; i++) {
        const int64_t graph = ir_attr(g, node)[i];
        if (graph < 0 || graph >= g->id)
            return bad_node(g, id, "graph %lld is none made before", (long long)graph);
        if ((v->flags & IR_VERIFY_ALONE) || v->seen[graph]) continue;
        v->seen[graph] = true;
        if (!VEC_PUSH(v->arena, &v->waiting, (uint32_t)graph)) return NOMEM;
    }
    return OK;
}

static Status verify_type(Verifier *v, const Graph *g, NodeId id) {
    const Node *node = &g->nodes[id];
    TypeId few[8], *types = few;
    if (node->n_in > 8) {
        types = NEW_ARRAY(v->arena, TypeId, node->n_in);
        TRY_ALLOC(types);
    }
    for (uint32_t i = 0; i < node->n_in; i++)
        types[i] = g->nodes[ir_in(g, node)[i]].type;
    const char *why = NULL;
    const TypeId type = ir_infer(g->ir, (Prim)node->prim, node->n_in, types, node->n_attr,
                                 ir_attr(g, node), &why);
    if (type == IR_NO_TYPE) return why ? bad_node(g, id, "%s", why) : NOMEM;
    if (type == node->type) return OK;
    Text text = {.arena = v->arena};
    ir_type_text(g->ir, type, &text);
    return bad_node(g, id, "its type should be %.120s", text.failed ? "another" : text.at);
}

static Status verify_node(Verifier *v, const Graph *g, NodeId id) {
    const Node *node = &g->nodes[id];
    if (node->prim >= PRIM_COUNT) return bad_graph(g, "a node of no primitive");
    for (uint32_t i = 0; i < node->n_in; i++) {
        const NodeId operand = ir_in(g, node)[i];
        if (operand >= id) return bad_node(g, id, "it reads %%%u, which is later", operand);
        if (ir_node_type(g, operand)->kind == TYPE_OUTS && node->prim != PRIM_out)
            return bad_node(g, id, "it reads all outputs of %%%u at once", operand);
    }
    if ((v->flags & IR_VERIFY_PLAIN) &&
        (node->prim == PRIM_linear_call || node->prim == PRIM_linear_zero))
        return bad_node(g, id, "a placeholder or marked zero is left over");
    TRY(verify_nested(v, g, id));
    return verify_type(v, g, id);
}

// -- graphs -------------------------------------------------------------------------

// The inputs are the `input` nodes, each once.
static Status verify_inputs(Verifier *v, const Graph *g) {
    bool *listed = NEW_ARRAY(v->arena, bool, g->n);
    TRY_ALLOC(listed);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const NodeId id = g->inputs[i];
        if (id >= g->n) return bad_graph(g, "an input that is no node");
        if (g->nodes[id].prim != PRIM_input) return bad_node(g, id, "it is no input");
        if (listed[id]) return bad_node(g, id, "it is an input twice");
        listed[id] = true;
    }
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->nodes[i].prim == PRIM_input && !listed[i])
            return bad_node(g, i, "it is missing among the inputs");
    }
    return OK;
}

static Status verify_graph(Verifier *v, const Graph *g) {
    for (uint32_t i = 0; i < g->n; i++)
        TRY(verify_node(v, g, i));
    TRY(verify_inputs(v, g));
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        if (g->outputs[i] >= g->n) return bad_graph(g, "an output that is no node");
        if (ir_node_type(g, g->outputs[i])->kind == TYPE_OUTS)
            return bad_node(g, g->outputs[i], "an output cannot be several");
    }
    return OK;
}

static Status verify(Verifier *v, const Graph *graph) {
    v->seen = NEW_ARRAY(v->arena, bool, graph->id);
    TRY_ALLOC(v->seen);
    TRY(verify_graph(v, graph));
    while (v->waiting.n)
        TRY(verify_graph(v, ir_graph(v->ir, v->waiting.at[--v->waiting.n])));
    return OK;
}

Status ir_verify(const Graph *graph, unsigned flags) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    Verifier v = {.ir = graph->ir, .arena = arena, .flags = flags};
    const Status status = verify(&v, graph);
    base_arena_free(arena);
    return status;
}
