// Graphs as text: a node a line, nested graphs indented below the node that holds them.
#include "ir/print.h"
#include "ir/loop.h"

#include "ir/call.h"

enum {
    MOST_NODES = 2000, // printed in all
    MOST_DEPTH = 8,    // of nested graphs
    MOST_ITEMS = 12,   // operands or attributes of one node
    MOST_TEXT = 40,    // bytes of a name or literal
};

// -- attributes ---------------------------------------------------------------------

static void print_numbers(const int64_t *numbers, uint32_t n, Text *out) {
    if (n == 0) return;
    base_text_char(out, '{');
    for (uint32_t i = 0; i < n && i < MOST_ITEMS; i++)
        base_text_printf(out, i ? ", %lld" : "%lld", (long long)numbers[i]);
    base_text_add(out, n > MOST_ITEMS ? STR(", …}") : STR("}"));
}

static void print_cut(Str text, Text *out) {
    const bool cut = text.n > MOST_TEXT;
    base_text_add_shown(out, (Str){text.at, cut ? MOST_TEXT : text.n});
    if (cut) base_text_add(out, STR("…"));
}

// [dtype, weak, rank, shape…, literal…]: the literals; the type says the rest.
static void print_literals(const Graph *g, const Node *node, Text *out) {
    const int64_t *attr = ir_attr(g, node);
    if (node->n_attr < 4) return;
    const uint32_t first = 3 + (uint32_t)attr[2];
    for (uint32_t i = first; i < node->n_attr && i < first + MOST_ITEMS; i++) {
        base_text_char(out, ' ');
        print_cut(ir_literal_text(g->ir, (uint32_t)attr[i]), out);
    }
    if (node->n_attr > first + MOST_ITEMS) base_text_add(out, STR(" …"));
}

// loop.h
static void print_loop(const int64_t *attr, Text *out) {
    static const char *const kinds[LOOP_KINDS] = {"trips", "counted", "while"};
    base_text_printf(out, "{graph %lld, %s%s", (long long)attr[0],
                     attr[3] ? "reversed " : "", kinds[attr[1]]);
    if (attr[1] == LOOP_STATIC) base_text_printf(out, " %lld", (long long)attr[2]);
    base_text_printf(out, "; %lld constants, %lld carried, %lld xs}", (long long)attr[4],
                     (long long)attr[5], (long long)attr[6]);
}

// The verifier shows malformed nodes, too: their attributes are as they are.
static bool is_well_formed(const Node *node, const int64_t *attr) {
    switch (node->prim) {
    case PRIM_call:
    case PRIM_linear_call:
        return node->n_attr > 0;
    case PRIM_cond:
    case PRIM_lanes:
        return node->n_attr >= 2;
    case PRIM_loop:
        return node->n_attr == LOOP_ATTRS && attr[1] >= 0 && attr[1] < LOOP_KINDS;
    default:
        return true;
    }
}

static void print_attributes(const Graph *g, const Node *node, Text *out) {
    const int64_t *attr = ir_attr(g, node);
    if (!is_well_formed(node, attr)) {
        print_numbers(attr, node->n_attr, out);
        return;
    }
    switch (node->prim) {
    case PRIM_input:
    case PRIM_linear_zero:
        break; // the type
    case PRIM_literal:
        print_literals(g, node, out);
        break;
    case PRIM_call:
    case PRIM_linear_call:
        base_text_char(out, ' ');
        print_cut(ir_call(g->ir, (uint32_t)attr[0])->name, out);
        print_numbers(attr + 1, node->n_attr - 1, out);
        break;
    case PRIM_cond:
        base_text_printf(out, "{graph %lld, graph %lld}", (long long)attr[0],
                         (long long)attr[1]);
        break;
    case PRIM_checkpoint:
        base_text_printf(out, "{graph %lld}", (long long)attr[0]);
        break;
    case PRIM_loop:
        print_loop(attr, out);
        break;
    case PRIM_lanes:
        base_text_printf(out, "{%lld, graph %lld}", (long long)attr[0], (long long)attr[1]);
        print_numbers(attr + 2, node->n_attr - 2, out);
        break;
    default:
        print_numbers(attr, node->n_attr, out);
        break;
    }
}

// -- nodes --------------------------------------------------------------------------

static void print_operands(const NodeId *ids, uint32_t n, Text *out) {
    for (uint32_t i = 0; i < n && i < MOST_ITEMS; i++)
        base_text_printf(out, " %%%u", ids[i]);
    if (n > MOST_ITEMS) base_text_printf(out, " … (%u)", n);
}

void ir_print_node(const Graph *g, NodeId id, Text *out) {
    const Node *node = &g->nodes[id];
    base_text_printf(out, "%%%u = %s", id, ir_prim((Prim)node->prim)->name);
    print_attributes(g, node, out);
    print_operands(ir_in(g, node), node->n_in, out);
    base_text_add(out, STR(" : "));
    ir_type_text(g->ir, node->type, out);
    const Diags *diags = ir_diags(g->ir);
    Place place;
    if (diags && diags->sources && base_source_find(diags->sources, node->span, &place))
        base_text_printf(out, "  # line %u", place.line);
}

// -- graphs -------------------------------------------------------------------------

typedef struct Printer {
    Text *out;
    uint32_t nodes; // printed so far
} Printer;

static void start_line(Printer *p, unsigned depth) {
    for (unsigned i = 0; i < depth; i++)
        base_text_add(p->out, STR("    "));
}

static void print_graph(Printer *p, const Graph *g, unsigned depth);

static void print_nested(Printer *p, const Graph *g, const Node *node, unsigned depth) {
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    for (uint32_t i = held.first; i < held.first + held.n; i++)
        print_graph(p, ir_graph(g->ir, (uint32_t)ir_attr(g, node)[i]), depth);
}

static void print_graph(Printer *p, const Graph *g, unsigned depth) {
    if (depth > MOST_DEPTH || p->nodes >= MOST_NODES) return;
    start_line(p, depth);
    base_text_printf(p->out, "graph %u (", g->id);
    print_operands(g->inputs, g->n_inputs, p->out);
    base_text_add(p->out, STR(" ) → ("));
    print_operands(g->outputs, g->n_outputs, p->out);
    base_text_printf(p->out, " ), nodes: %u\n", g->n);
    for (uint32_t i = 0; i < g->n; i++) {
        start_line(p, depth);
        if (p->nodes++ >= MOST_NODES) {
            base_text_printf(p->out, "… %u more\n", g->n - i);
            return;
        }
        ir_print_node(g, i, p->out);
        base_text_char(p->out, '\n');
        print_nested(p, g, &g->nodes[i], depth + 1);
    }
}

void ir_print(const Graph *graph, Text *out) {
    Printer p = {.out = out};
    print_graph(&p, graph, 0);
}
