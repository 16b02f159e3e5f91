// Graphs in Graphviz's language.
#include "report/report_graph.h"

#include "base/vec.h"

#include <stdio.h>

// A node n<graph>_<number> stands for each operation and input. A constant has a node of
// its own for every use, c<graph>_<user>_<operand>, beside its user: one for all would be
// joined by long edges to everything. Outputs are o<number>.

#define CONSTANT ", shape=plaintext, style=\"\", width=0, height=0, margin=0.03"

typedef struct Writer {
    Text *out;
    Arena *arena;      // gone when the text stands
    VEC(bool) written; // by graph number: one that several nodes share is drawn once
} Writer;

// -- strings ------------------------------------------------------------------------

// Inside a quoted label: what acts on a terminal is escaped first, then what acts on
// Graphviz, which reads backslashes and HTML's entities there.
static void add_label(Writer *w, const char *label) {
    Text shown = {.arena = w->arena};
    base_text_add_shown(&shown, base_str(label));
    w->out->failed |= shown.failed;
    for (size_t i = 0; !shown.failed && i < shown.n; i++) {
        const char c = shown.at[i];
        if (c == '"' || c == '\\') base_text_char(w->out, '\\');
        base_text_char(w->out, c);
        if (c == '&') base_text_add(w->out, STR("amp;"));
    }
}

static void add_attribute(Writer *w, const char *name, const char *value) {
    base_text_printf(w->out, "%s=\"", name);
    add_label(w, value);
    base_text_char(w->out, '"');
}

// -- nodes --------------------------------------------------------------------------

// The operation, and the text below it: what it is called, or where it comes from.
static void write_node_label(Writer *w, const cg_node *node) {
    const bool is_input = node->kind == CG_INPUT;
    base_text_add(w->out, STR("label=\""));
    add_label(w, is_input && node->name[0] ? node->name : node->op);
    if (!is_input && (node->name[0] || node->source[0])) base_text_add(w->out, STR("\\n"));
    if (!is_input) {
        add_label(w, node->name);
        if (node->name[0] && node->source[0]) base_text_add(w->out, STR(" = "));
        add_label(w, node->source);
    }
    base_text_char(w->out, '"');
}

static void write_node(Writer *w, const cg_graph *graph, size_t number) {
    const cg_node *node = &graph->nodes[number];
    base_text_printf(w->out, "n%u_%zu [", graph->number, number);
    write_node_label(w, node);
    if (node->kind == CG_INPUT) base_text_add(w->out, STR(", shape=ellipse"));
    if (node->is_derivative)
        base_text_add(w->out, STR(", style=\"filled,rounded,dashed\", "
                                  "fillcolor=\"#fdf0e0\""));
    base_text_add(w->out, STR("];\n"));
    for (size_t i = 0; i < node->n_operands; i++) {
        const cg_node *operand = &graph->nodes[node->operands[i].node];
        if (operand->kind != CG_LITERAL) continue;
        base_text_printf(w->out, "c%u_%zu_%zu [", graph->number, number, i);
        add_attribute(w, "label", operand->name[0] ? operand->name : operand->op);
        base_text_add(w->out, STR(CONSTANT "];\n"));
    }
}

// Nodes of one group in a row open its cluster together; a cluster that is opened again is
// the same one.
static void write_nodes(Writer *w, const cg_graph *graph) {
    int open = -1;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const cg_node *node = &graph->nodes[i];
        if (node->kind == CG_LITERAL) continue;
        if (open >= 0 && node->group != open) base_text_add(w->out, STR("}\n"));
        if (node->group >= 0 && node->group != open) {
            const cg_group *group = &graph->groups[node->group];
            base_text_printf(w->out, "subgraph cluster_g%u_%d {\n", graph->number,
                             node->group);
            add_attribute(w, "label", group->name);
            base_text_add(w->out, group->is_rule ? STR("; style=\"rounded,dashed\";\n")
                                                 : STR("; style=rounded;\n"));
        }
        open = node->group;
        write_node(w, graph, i);
    }
    if (open >= 0) base_text_add(w->out, STR("}\n"));
}

// -- edges --------------------------------------------------------------------------

// Into `to`, a node's name, from an operand (number `i` of node `user`) of the graph.
static void write_edge(Writer *w, const cg_graph *graph, cg_operand from, size_t user,
                       size_t i, const char *to) {
    const cg_node *node = &graph->nodes[from.node];
    if (node->kind == CG_LITERAL) {
        base_text_printf(w->out, "c%u_%zu_%zu -> %s;\n", graph->number, user, i, to);
        return;
    }
    base_text_printf(w->out, "n%u_%u -> %s [", graph->number, from.node, to);
    add_attribute(w, "label", node->types[from.output]);
    base_text_add(w->out, node->is_derivative ? STR(", style=dashed];\n") : STR("];\n"));
}

static void write_edge_to(Writer *w, const cg_graph *graph, size_t user, size_t i,
                          const cg_graph *of, size_t number) {
    char to[64];
    snprintf(to, sizeof to, "n%u_%zu", of->number, number);
    write_edge(w, graph, graph->nodes[user].operands[i], user, i, to);
}

static Status write_graph(Writer *w, const cg_graph *graph);

// A graph within a node: a cluster, entered by the node's last operands and left for the
// node. Depth is that of conds and calls in the spec's expressions, which is bounded.
static Status write_nested(Writer *w, const cg_graph *graph, size_t user,
                           const cg_nested *nested) {
    const cg_graph *inner = nested->graph;
    while (w->written.n <= inner->number)
        if (!VEC_PUSH(w->arena, &w->written, false)) return NOMEM;
    Text label = {.arena = w->arena};
    report_nested_label(nested, &label);
    if (label.failed) return NOMEM;
    if (!w->written.at[inner->number]) {
        w->written.at[inner->number] = true;
        base_text_printf(w->out, "subgraph cluster_%u {\n", inner->number);
        add_attribute(w, "label", label.at);
        base_text_add(w->out, STR("; style=\"filled,rounded\"; fillcolor=\"#f4f4f4\";\n"));
        TRY(write_graph(w, inner));
        base_text_add(w->out, STR("}\n"));
    }
    const size_t first = graph->nodes[user].n_operands - inner->n_inputs;
    for (size_t i = 0; i < inner->n_inputs; i++)
        write_edge_to(w, graph, user, first + i, inner, inner->inputs[i]);
    for (size_t i = 0; i < inner->n_outputs; i++) {
        // A constant that is an output stands beside the node that it leaves for.
        const cg_operand from = inner->outputs[i].from;
        char to[64];
        snprintf(to, sizeof to, "n%u_%zu", graph->number, user);
        if (inner->nodes[from.node].kind == CG_LITERAL) {
            base_text_printf(w->out, "c%u_out_%zu [", inner->number, i);
            add_attribute(w, "label", inner->nodes[from.node].op);
            base_text_printf(w->out, CONSTANT "];\nc%u_out_%zu -> %s;\n", inner->number, i,
                             to);
        } else {
            write_edge(w, inner, from, 0, 0, to);
        }
    }
    return OK;
}

static Status write_edges(Writer *w, const cg_graph *graph) {
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const cg_node *node = &graph->nodes[i];
        size_t n = node->n_operands;
        for (size_t k = 0; k < node->n_graphs; k++)
            TRY(write_nested(w, graph, i, &node->graphs[k]));
        // What goes into its graphs does not also go into the node itself.
        if (node->n_graphs) n -= node->graphs[0].graph->n_inputs;
        for (size_t k = 0; k < n; k++)
            write_edge_to(w, graph, i, k, graph, i);
    }
    return OK;
}

static Status write_graph(Writer *w, const cg_graph *graph) {
    write_nodes(w, graph);
    return write_edges(w, graph);
}

// -- all of it ----------------------------------------------------------------------

static void write_outputs(Writer *w, const cg_graph *graph) {
    for (size_t i = 0; i < graph->n_outputs; i++) {
        const cg_output *output = &graph->outputs[i];
        const cg_node *node = &graph->nodes[output->from.node];
        char to[64];
        snprintf(to, sizeof to, "o%zu", i);
        base_text_printf(w->out, "%s [label=\"", to);
        add_label(w, output->label);
        if (node->kind == CG_LITERAL) {
            base_text_add(w->out, STR(" = "));
            add_label(w, node->op);
        }
        base_text_add(w->out, STR("\", shape=ellipse, style=\"filled,bold\"];\n"));
        if (node->kind != CG_LITERAL) write_edge(w, graph, output->from, 0, 0, to);
    }
}

Status report_graph_dot(const cg_listing *listing, Text *out) {
    Writer w = {.out = out, .arena = base_arena_new()};
    TRY_ALLOC(w.arena);
    base_text_add(out, STR("digraph \""));
    add_label(&w, listing->function);
    base_text_add(out, STR("\" {\n"
                           "graph [fontname=\"Helvetica\", fontsize=12, labelloc=t, "));
    add_attribute(&w, "label", listing->function);
    base_text_add(out,
                  STR("];\n"
                      "node [fontname=\"Helvetica\", fontsize=11, shape=box, "
                      "style=\"filled,rounded\", fillcolor=\"#e8f0fc\"];\n"
                      "edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#606060\", "
                      "arrowsize=0.7];\n"));
    const Status status = write_graph(&w, listing->graph);
    write_outputs(&w, listing->graph);
    base_text_add(out, STR("}\n"));
    base_arena_free(w.arena);
    return out->failed ? NOMEM : status;
}
