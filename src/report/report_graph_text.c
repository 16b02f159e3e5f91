// Graphs as text for people.
#include "report/report_graph.h"

#include "base/vec.h"
#include "report/style.h"

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
} Row;

typedef struct Table {
    Row *rows; // by node; those of constants are empty
    size_t widths[CELL_COUNT];
} Table;

// A graph, and the node that holds it.
typedef struct Held {
    const cg_graph *graph, *outer; // outer: NULL for the outermost
    size_t holder;
    unsigned depth;
} Held;

typedef struct Writer {
    const cg_listing *listing;
    Arena *arena; // gone when the text stands
    Text *out;
    Style style;
    VEC(uint32_t *) numbers; // by graph number: those of its nodes
    uint32_t next_number;
    VEC(bool) written; // by graph number
} Writer;

static void indent(Writer *w, unsigned depth) {
    report_spaces(w->out, 2 + 6 * (size_t)(depth < MOST_INDENT ? depth : MOST_INDENT));
}

// -- cells --------------------------------------------------------------------------

// The numbers that nodes are shown with, one row for all graphs: those of a node's graphs
// follow its own. Constants have none. Depth is that of conds and calls in the spec's
// expressions, which is bounded.
static Status number_nodes(Writer *w, const cg_graph *graph) {
    while (w->numbers.n <= graph->number)
        if (!VEC_PUSH(w->arena, &w->numbers, NULL)) return NOMEM;
    if (w->numbers.at[graph->number]) return OK;
    uint32_t *numbers = NEW_ARRAY(w->arena, uint32_t, graph->n_nodes);
    TRY_ALLOC(numbers);
    w->numbers.at[graph->number] = numbers;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const cg_node *node = &graph->nodes[i];
        if (node->kind != CG_LITERAL) numbers[i] = w->next_number++;
        for (size_t k = 0; k < node->n_graphs; k++)
            TRY(number_nodes(w, node->graphs[k].graph));
    }
    return OK;
}

// "%3", "%3 ex", "%3[1]", "0.5"
static void add_operand(const Writer *w, Text *out, const cg_graph *graph,
                        cg_operand operand) {
    const cg_node *node = &graph->nodes[operand.node];
    if (node->kind == CG_LITERAL) {
        base_text_printf(out, node->name[0] ? "%s=" : "%s", node->name);
        base_text_add_shown(out, base_str(node->op));
        return;
    }
    base_text_printf(out, "%%%u", w->numbers.at[graph->number][operand.node]);
    if (node->n_types > 1) base_text_printf(out, "[%u]", operand.output);
    if (!node->name[0]) return;
    base_text_char(out, ' ');
    base_text_add_shown(out, base_str(node->name));
}

static void add_operands(const Writer *w, Text *out, const cg_graph *graph,
                         const cg_node *node) {
    if (node->n_operands == 0) return;
    base_text_char(out, '(');
    for (size_t i = 0; i < node->n_operands && i < MOST_OPERANDS; i++) {
        if (i) base_text_add(out, STR(", "));
        add_operand(w, out, graph, node->operands[i]);
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

static void set_cell(Table *table, Row *row, int cell, const Text *text) {
    row->cells[cell] = base_text_str(text);
    const size_t width = text->n ? base_columns(row->cells[cell]) : 0;
    if (width > table->widths[cell] && width <= widest[cell]) table->widths[cell] = width;
}

static Status set_row(const Writer *w, const cg_graph *graph, size_t number, Table *table) {
    const cg_node *node = &graph->nodes[number];
    Row *row = &table->rows[number];
    for (int i = 0; i < CELL_COUNT; i++) {
        Text cell = {.arena = w->arena};
        if (i == CELL_NUMBER)
            base_text_printf(&cell, "%%%u", w->numbers.at[graph->number][number]);
        if (i == CELL_OP) base_text_add_shown(&cell, base_str(node->op));
        if (i == CELL_TYPE) add_types(&cell, node);
        if (i == CELL_OPERANDS) add_operands(w, &cell, graph, node);
        if (i == CELL_TEXT) add_text(&cell, node);
        if (cell.failed) return NOMEM;
        set_cell(table, row, i, &cell);
    }
    return OK;
}

// The inputs of a graph that one node holds are the last operands of that node.
static Status set_inputs(const Writer *w, const Held *held, Table *table) {
    const cg_graph *graph = held->graph;
    if (!held->outer || graph->n_uses > 1) return OK;
    const cg_node *holder = &held->outer->nodes[held->holder];
    const size_t first = holder->n_operands - graph->n_inputs;
    for (size_t i = 0; i < graph->n_inputs; i++) {
        Text cell = {.arena = w->arena};
        base_text_char(&cell, '(');
        add_operand(w, &cell, held->outer, holder->operands[first + i]);
        base_text_char(&cell, ')');
        if (cell.failed) return NOMEM;
        set_cell(table, &table->rows[graph->inputs[i]], CELL_OPERANDS, &cell);
    }
    return OK;
}

// -- lines --------------------------------------------------------------------------

static Status write_graph(Writer *w, const Held *held);

// Where a node comes from, if not from the text of the function that is shown.
static void add_remark(Writer *w, const cg_node *node, Text *remark) {
    const cg_group *group =
        node->group >= 0 ? &w->listing->graph->groups[node->group] : NULL;
    if (group && !group->is_rule && strcmp(group->name, w->listing->function) == 0)
        group = NULL;
    if (group) base_text_add_shown(remark, base_str(group->name));
    if (!node->is_derivative || node->kind == CG_INPUT || (group && group->is_rule)) return;
    base_text_add(remark, remark->n ? STR(", derivative") : STR("derivative"));
}

static Status write_row(Writer *w, const Held *held, const Table *table, size_t number) {
    const Row *row = &table->rows[number];
    Text remark = {.arena = w->arena};
    add_remark(w, &held->graph->nodes[number], &remark);
    if (remark.failed) return NOMEM;
    indent(w, held->depth);
    size_t pending = 0; // spaces that stand before the next cell that is not empty
    for (int i = 0; i < CELL_COUNT; i++) {
        const size_t width = row->cells[i].n ? base_columns(row->cells[i]) : 0;
        if (width) {
            report_spaces(w->out, pending);
            pending = 0;
        }
        base_text_add(w->out, row->cells[i]);
        if (table->widths[i])
            pending += 2 + (width < table->widths[i] ? table->widths[i] - width : 0);
        else if (width)
            pending += 2;
    }
    if (remark.n) {
        report_spaces(w->out, pending);
        report_paint(&w->style, ROLE_FAINT);
        base_text_add(w->out, STR("# "));
        base_text_add(w->out, base_text_str(&remark));
        report_plain(&w->style);
    }
    base_text_char(w->out, '\n');
    return OK;
}

static Status write_nested(Writer *w, const cg_nested *nested, const Held *held) {
    const uint32_t number = nested->graph->number;
    indent(w, held->depth);
    report_nested_label(nested, w->out);
    while (w->written.n <= number)
        if (!VEC_PUSH(w->arena, &w->written, false)) return NOMEM;
    base_text_add(w->out, w->written.at[number] ? STR(": as above\n") : STR(":\n"));
    if (w->written.at[number]) return OK;
    w->written.at[number] = true;
    return write_graph(w, held);
}

static Status write_nodes(Writer *w, const Held *held) {
    const cg_graph *graph = held->graph;
    Table table = {.rows = NEW_ARRAY(w->arena, Row, graph->n_nodes)};
    TRY_ALLOC(table.rows);
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].kind != CG_LITERAL) TRY(set_row(w, graph, i, &table));
    TRY(set_inputs(w, held, &table));
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const cg_node *node = &graph->nodes[i];
        if (node->kind != CG_LITERAL) TRY(write_row(w, held, &table, i));
        for (size_t k = 0; k < node->n_graphs; k++) {
            const Held inner = {node->graphs[k].graph, graph, i, held->depth + 1};
            TRY(write_nested(w, &node->graphs[k], &inner));
        }
    }
    return OK;
}

// "→ %4, 0"
static void write_results(Writer *w, const Held *held) {
    indent(w, held->depth);
    base_text_add(w->out, STR("→ "));
    for (size_t i = 0; i < held->graph->n_outputs; i++) {
        if (i) base_text_add(w->out, STR(", "));
        add_operand(w, w->out, held->graph, held->graph->outputs[i].from);
    }
    base_text_char(w->out, '\n');
}

static void write_outputs(Writer *w, const cg_graph *graph) {
    size_t width = 0;
    for (size_t i = 0; i < graph->n_outputs; i++) {
        const size_t n = base_columns(base_str(graph->outputs[i].label));
        if (n > width) width = n;
    }
    for (size_t i = 0; i < graph->n_outputs; i++) {
        const Str label = base_str(graph->outputs[i].label);
        indent(w, 0);
        report_spaces(w->out, width - report_add_shown(&w->style, ROLE_LABEL, label));
        base_text_add(w->out, STR(" = "));
        add_operand(w, w->out, graph, graph->outputs[i].from);
        base_text_char(w->out, '\n');
    }
}

static Status write_graph(Writer *w, const Held *held) {
    TRY(write_nodes(w, held));
    if (held->outer)
        write_results(w, held);
    else
        write_outputs(w, held->graph);
    return OK;
}

// -- all of it ----------------------------------------------------------------------

static void write_title(const Writer *w) {
    static const char *const words[] = {"value", "grad", "jacobian", "hessian", "jvp"};
    const cg_listing *listing = w->listing;
    report_add_shown(&w->style, ROLE_NAME, base_str(listing->function));
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (listing->compute & 1u << i)
            base_text_printf(w->out, i ? ", %s" : ": %s", words[i]);
    base_text_add(w->out, listing->plan ? STR("\n") : STR(", not optimised\n"));
}

static void write_summary(const Writer *w) {
    const cg_listing *listing = w->listing;
    report_paint(&w->style, ROLE_FAINT);
    report_count(listing->nodes, "node", w->out);
    if (listing->compute != CG_VALUE)
        base_text_printf(w->out, ", %zu for derivatives alone, %zu from rules",
                         listing->derivative_nodes, listing->rule_nodes);
    if (listing->plan) {
        base_text_add(w->out, STR("; runs as "));
        report_plan(listing->plan, w->out);
    }
    report_plain(&w->style);
    base_text_char(w->out, '\n');
}

Status report_graph_text(const cg_listing *listing, bool colour, Text *out) {
    Writer w = {.listing = listing,
                .arena = base_arena_new(),
                .out = out,
                .style = {.out = out, .colour = colour}};
    TRY_ALLOC(w.arena);
    const Held outermost = {.graph = listing->graph};
    write_title(&w);
    Status status = number_nodes(&w, listing->graph);
    if (status == OK) status = write_graph(&w, &outermost);
    base_arena_free(w.arena);
    write_summary(&w);
    return out->failed ? NOMEM : status;
}

void report_nested_label(const cg_nested *nested, Text *out) {
    base_text_add_shown(out, base_str(nested->label));
    if (nested->graph->n_uses > 1)
        base_text_printf(out, " (graph %u)", nested->graph->number);
}
