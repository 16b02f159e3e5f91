// Graphs as text for people.
#include "report/report_graph.h"

#include "base/vec.h"

enum {
    MOST_OPERANDS = 8, // shown of one node
    MOST_INDENT = 12,  // levels of nested graphs that are indented further
};

// -- columns ------------------------------------------------------------------------

enum { CELL_NUMBER, CELL_OP, CELL_TYPE, CELL_OPERANDS, CELL_TEXT, CELL_COUNT };

// A cell that is wider than this pushes the rest of its line to the right.
static const size_t widest[CELL_COUNT] = {8, 24, 24, 32, 44};

typedef struct Row {
    Str cells[CELL_COUNT];
    const cg_node *node;
} Row;

typedef struct Table {
    VEC(Row) rows;
    size_t widths[CELL_COUNT];
} Table;

typedef struct Writer {
    const cg_listing *listing;
    Arena *arena; // gone when the text stands
    Text *out;
    VEC(bool) written; // by graph number
} Writer;

static size_t columns(Str text) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

static void spaces(Text *out, size_t n) {
    while (n-- > 0)
        base_text_char(out, ' ');
}

static void indent(Writer *w, unsigned depth) {
    spaces(w->out, 2 + 6 * (size_t)(depth < MOST_INDENT ? depth : MOST_INDENT));
}

// -- cells --------------------------------------------------------------------------

// The numbers that nodes are shown with: constants have none.
static uint32_t *number_nodes(Arena *arena, const cg_graph *graph) {
    uint32_t *numbers = NEW_ARRAY(arena, uint32_t, graph->n_nodes), next = 0;
    for (size_t i = 0; numbers && i < graph->n_nodes; i++)
        numbers[i] = graph->nodes[i].kind == CG_LITERAL ? 0 : next++;
    return numbers;
}

// "%3", "%3 ex", "%3[1]", "0.5"
static void add_operand(Text *out, const cg_graph *graph, const uint32_t *numbers,
                        cg_operand operand) {
    const cg_node *node = &graph->nodes[operand.node];
    if (node->kind == CG_LITERAL) {
        base_text_add_shown(out, base_str(node->op));
        return;
    }
    base_text_printf(out, "%%%u", numbers[operand.node]);
    if (node->n_types > 1) base_text_printf(out, "[%u]", operand.output);
    if (!node->name[0]) return;
    base_text_char(out, ' ');
    base_text_add_shown(out, base_str(node->name));
}

static void add_operands(Text *out, const cg_graph *graph, const uint32_t *numbers,
                         const cg_node *node) {
    if (node->n_operands == 0) return;
    base_text_char(out, '(');
    for (size_t i = 0; i < node->n_operands && i < MOST_OPERANDS; i++) {
        if (i) base_text_add(out, STR(", "));
        add_operand(out, graph, numbers, node->operands[i]);
    }
    if (node->n_operands > MOST_OPERANDS)
        base_text_printf(out, ", … %zu in all", node->n_operands);
    base_text_char(out, ')');
}

static void add_types(Text *out, const cg_node *node) {
    for (size_t i = 0; i < node->n_types; i++) {
        if (i) base_text_add(out, STR(", "));
        base_text_add(out, base_str(node->types[i]));
    }
}

// "x", "ex = exp(x)", "g * x"
static void add_text(Text *out, const cg_node *node) {
    base_text_add_shown(out, base_str(node->name));
    if (node->name[0] && node->source[0]) base_text_add(out, STR(" = "));
    base_text_add_shown(out, base_str(node->source));
}

static Status make_row(Writer *w, const cg_graph *graph, const uint32_t *numbers,
                       size_t number, Table *table) {
    const cg_node *node = &graph->nodes[number];
    Row row = {.node = node};
    for (int i = 0; i < CELL_COUNT; i++) {
        Text cell = {.arena = w->arena};
        if (i == CELL_NUMBER) base_text_printf(&cell, "%%%u", numbers[number]);
        if (i == CELL_OP) base_text_add_shown(&cell, base_str(node->op));
        if (i == CELL_TYPE) add_types(&cell, node);
        if (i == CELL_OPERANDS) add_operands(&cell, graph, numbers, node);
        if (i == CELL_TEXT) add_text(&cell, node);
        if (cell.failed) return NOMEM;
        row.cells[i] = base_text_str(&cell);
        const size_t width = columns(row.cells[i]);
        if (width > table->widths[i] && width <= widest[i]) table->widths[i] = width;
    }
    return VEC_PUSH(w->arena, &table->rows, row) ? OK : NOMEM;
}

// -- lines --------------------------------------------------------------------------

static Status write_graph(Writer *w, const cg_graph *graph, unsigned depth);

// Where a node comes from, if not from the text of the function that is shown.
static void add_remark(Writer *w, const cg_node *node, Text *remark) {
    const cg_group *group =
        node->group >= 0 ? &w->listing->graph->groups[node->group] : NULL;
    if (group && !group->is_rule && strcmp(group->name, w->listing->function) == 0)
        group = NULL;
    if (group) base_text_add_shown(remark, base_str(group->name));
    if (!node->is_derivative || (group && group->is_rule)) return;
    base_text_add(remark, remark->n ? STR(", derivative") : STR("derivative"));
}

static Status write_row(Writer *w, const Table *table, const Row *row, unsigned depth) {
    Text remark = {.arena = w->arena};
    add_remark(w, row->node, &remark);
    if (remark.failed) return NOMEM;
    indent(w, depth);
    size_t pending = 0; // spaces that stand before the next cell that is not empty
    for (int i = 0; i < CELL_COUNT; i++) {
        if (table->widths[i] == 0 && row->cells[i].n == 0) continue;
        const size_t width = columns(row->cells[i]);
        if (width) {
            spaces(w->out, pending);
            pending = 0;
        }
        base_text_add(w->out, row->cells[i]);
        pending += 2 + (width < table->widths[i] ? table->widths[i] - width : 0);
    }
    if (remark.n) {
        spaces(w->out, pending);
        base_text_add(w->out, STR("# "));
        base_text_add(w->out, base_text_str(&remark));
    }
    base_text_char(w->out, '\n');
    return OK;
}

// Depth is that of conds and calls in the spec's expressions, which is bounded.
static Status write_nested(Writer *w, const cg_nested *nested, unsigned depth) {
    const uint32_t number = nested->graph->number;
    indent(w, depth);
    report_nested_label(nested, w->out);
    while (w->written.n <= number)
        if (!VEC_PUSH(w->arena, &w->written, false)) return NOMEM;
    base_text_add(w->out, w->written.at[number] ? STR(": as above\n") : STR(":\n"));
    if (w->written.at[number]) return OK;
    w->written.at[number] = true;
    return write_graph(w, nested->graph, depth);
}

static Status write_nodes(Writer *w, const cg_graph *graph, const uint32_t *numbers,
                          unsigned depth) {
    Table table = {0};
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].kind != CG_LITERAL)
            TRY(make_row(w, graph, numbers, i, &table));
    for (uint32_t i = 0; i < table.rows.n; i++) {
        const cg_node *node = table.rows.at[i].node;
        TRY(write_row(w, &table, &table.rows.at[i], depth));
        for (size_t k = 0; k < node->n_graphs; k++)
            TRY(write_nested(w, &node->graphs[k], depth + 1));
    }
    return OK;
}

static void write_outputs(Writer *w, const cg_graph *graph, const uint32_t *numbers,
                          unsigned depth) {
    size_t width = 0;
    for (size_t i = 0; i < graph->n_outputs; i++) {
        const size_t n = columns(base_str(graph->outputs[i].label));
        if (n > width) width = n;
    }
    for (size_t i = 0; i < graph->n_outputs; i++) {
        const Str label = base_str(graph->outputs[i].label);
        indent(w, depth);
        base_text_add_shown(w->out, label);
        spaces(w->out, width - columns(label) + (width != 0));
        base_text_add(w->out, STR("= "));
        add_operand(w->out, graph, numbers, graph->outputs[i].from);
        base_text_char(w->out, '\n');
    }
}

static Status write_graph(Writer *w, const cg_graph *graph, unsigned depth) {
    const uint32_t *numbers = number_nodes(w->arena, graph);
    TRY_ALLOC(numbers);
    TRY(write_nodes(w, graph, numbers, depth));
    write_outputs(w, graph, numbers, depth);
    return OK;
}

// -- all of it ----------------------------------------------------------------------

static void add_number(Text *out, size_t n, const char *thing) {
    base_text_printf(out, "%zu %s%s", n, thing, n == 1 ? "" : "s");
}

static void write_summary(const cg_listing *listing, Text *out) {
    add_number(out, listing->nodes, "node");
    if (listing->compute != CG_VALUE)
        base_text_printf(out, ", %zu for derivatives alone, %zu from rules",
                         listing->derivative_nodes, listing->rule_nodes);
    if (listing->plan) {
        base_text_add(out, STR("; runs as "));
        add_number(out, listing->plan->groups, "group");
        base_text_add(out, STR(" of "));
        add_number(out, listing->plan->instructions, "instruction");
        base_text_add(out, STR(", "));
        add_number(out, listing->plan->buffer_bytes, "byte");
        base_text_add(out, STR(" of buffers"));
    }
    base_text_char(out, '\n');
}

Status report_graph_text(const cg_listing *listing, Text *out) {
    Writer w = {.listing = listing, .arena = base_arena_new(), .out = out};
    TRY_ALLOC(w.arena);
    base_text_add_shown(out, base_str(listing->function));
    base_text_add(out, STR(": "));
    report_computed(listing->compute, out);
    if (!listing->plan) base_text_add(out, STR(", not optimised"));
    base_text_char(out, '\n');
    const Status status = write_graph(&w, listing->graph, 0);
    base_arena_free(w.arena);
    write_summary(listing, out);
    return out->failed ? NOMEM : status;
}

void report_computed(unsigned compute, Text *out) {
    static const char *const words[] = {"value", "grad", "jacobian", "hessian", "jvp"};
    bool first = true;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (!(compute & 1u << i)) continue;
        base_text_printf(out, first ? "%s" : ", %s", words[i]);
        first = false;
    }
}

void report_nested_label(const cg_nested *nested, Text *out) {
    base_text_add_shown(out, base_str(nested->label));
    if (nested->graph->n_uses > 1)
        base_text_printf(out, " (graph %u)", nested->graph->number);
}

// -- explanations -------------------------------------------------------------------

static void add_counts(Text *out, const char *label, const cg_counts *counts,
                       const char *none) {
    base_text_add(out, base_str(label));
    if (counts->n == 0) base_text_add(out, base_str(none));
    for (size_t i = 0; i < counts->n; i++) {
        base_text_add(out, i ? STR(", ") : STR(""));
        base_text_add_shown(out, base_str(counts->at[i].name));
        base_text_printf(out, counts->at[i].n == 1 ? " once" : " %zu times",
                         counts->at[i].n);
    }
    base_text_char(out, '\n');
}

Status report_explanation(const cg_explanation *e, Text *out) {
    base_text_add(out, STR("explain "));
    base_text_add_shown(out, base_str(e->point));
    base_text_char(out, '\n');
    add_counts(out, "  calls  ", &e->functions, "of no function of the spec");
    add_counts(out, "  rules  ", &e->rules, "none ran");
    base_text_printf(out, "  nodes  %zu of the value, %zu with derivatives, %zu optimised\n",
                     e->traced_nodes, e->nodes, e->optimised_nodes);
    base_text_add(out, STR("  plan   "));
    add_number(out, e->plan.groups, "group");
    base_text_add(out, STR(" of "));
    add_number(out, e->plan.instructions, "instruction");
    base_text_add(out, STR(", "));
    add_number(out, e->plan.buffer_bytes, "byte");
    base_text_add(out, STR(" of buffers\n"));
    if (e->shared_with) {
        base_text_add(out, STR("  trace  shared with "));
        base_text_add_shown(out, base_str(e->shared_with));
        base_text_char(out, '\n');
    }
    return out->failed ? NOMEM : OK;
}
