// Results for people: one block a point, a line for each leaf, labels and values aligned.
// The hessian of several scalar arguments is a matrix.
#include "report/report.h"
#include "report/values.h"

// A line: a leaf, or a row of the hessian's matrix.
typedef struct Line {
    Str label;
    const cg_value *value; // NULL: a row
    const Cell *cells;
} Line;

typedef struct Block {
    Style style;
    bool full;
    Arena *arena; // of this block: a run of many points keeps none of them
    VEC(Line) lines;
    uint32_t n_cells; // of each row
    CellColumn *columns;
} Block;

static Status add_leaves(Block *block, const Leaves *leaves) {
    for (uint32_t i = 0; i < leaves->list.n; i++) {
        const Leaf *leaf = &leaves->list.at[i];
        const Line line = {.label = leaf->label, .value = leaf->value};
        if (!VEC_PUSH(block->arena, &block->lines, line)) return NOMEM;
    }
    return OK;
}

// -- the hessian --------------------------------------------------------------------

// The number of arguments of a hessian that is shown as a matrix; 0: leaf by leaf.
static uint32_t matrix_size(const cg_parts *hessian) {
    uint32_t n = 0;
    for (size_t i = 0; i < hessian->n; i++) {
        const cg_value *value = &hessian->at[i].value;
        if (value->kind != CG_ARRAY || value->rank > 0) return 0;
    }
    while ((size_t)n * n < hessian->n)
        n++;
    return n > 1 ? n : 0;
}

static Status argument_text(Arena *arena, Str kind, const char *name, int argnum,
                            Str *shown) {
    Text text = {.arena = arena};
    base_text_add(&text, kind);
    report_add_argument(&text, name, argnum);
    *shown = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

static Status add_matrix_row(Block *block, Str label, const Cell *cells) {
    const Line line = {.label = label, .cells = cells};
    for (uint32_t i = 0; i < block->n_cells; i++)
        report_widen(&block->columns[i], &cells[i]);
    return VEC_PUSH(block->arena, &block->lines, line) ? OK : NOMEM;
}

// A row of names above a row for each argument.
static Status add_matrix(Block *block, const cg_parts *hessian, uint32_t n) {
    Arena *arena = block->arena;
    Cell *cells = NEW_ARRAY(arena, Cell, (size_t)n * (n + 1));
    block->n_cells = n;
    block->columns = NEW_ARRAY(arena, CellColumn, n);
    if (!cells || !block->columns) return NOMEM;
    for (uint32_t i = 0; i < n; i++, cells++) {
        const cg_part *part = &hessian->at[i];
        Str name;
        TRY(argument_text(arena, STR(""), part->arg2, part->argnum2, &name));
        *cells = report_text_cell(name);
    }
    TRY(add_matrix_row(block, STR("hessian"), cells - n));
    for (uint32_t i = 0; i < n; i++, cells += n) {
        const cg_part *row = &hessian->at[(size_t)i * n];
        Str label;
        TRY(argument_text(arena, STR("hessian "), row->arg, row->argnum, &label));
        for (uint32_t j = 0; j < n; j++)
            TRY(report_value_cell(arena, &row[j].value, false, &cells[j]));
        TRY(add_matrix_row(block, label, cells));
    }
    return OK;
}

// -- blocks -------------------------------------------------------------------------

static Status collect(Block *block, const cg_result *result) {
    const uint32_t matrix = matrix_size(&result->hessian);
    Leaves leaves = {0};
    TRY(report_result_leaves(block->arena, result, matrix == 0, &leaves));
    TRY(add_leaves(block, &leaves));
    return matrix ? add_matrix(block, &result->hessian, matrix) : OK;
}

static void write_leaf(const Block *block, const cg_value *value, size_t column) {
    switch (value->kind) {
    case CG_ARRAY:
        report_array(&block->style, value, column, block->full);
        break;
    case CG_NULL:
        report_add(&block->style, ROLE_FAINT, STR("null"));
        break;
    case CG_TUPLE:
        base_text_add(block->style.out, STR("()"));
        break;
    case CG_RECORD:
        base_text_add(block->style.out, STR("{}"));
        break;
    }
}

static void write_lines(const Block *block) {
    enum { INDENT = 2, GAP = 2 };
    Text *out = block->style.out;
    size_t width = 0;
    for (uint32_t i = 0; i < block->lines.n; i++) {
        const size_t columns = base_columns(block->lines.at[i].label);
        if (columns > width) width = columns;
    }
    for (uint32_t i = 0; i < block->lines.n; i++) {
        const Line *line = &block->lines.at[i];
        size_t owed = width - base_columns(line->label) + GAP;
        report_spaces(out, INDENT);
        report_add(&block->style, ROLE_LABEL, line->label);
        if (line->value) {
            report_spaces(out, owed);
            write_leaf(block, line->value, INDENT + width + GAP);
        }
        for (uint32_t k = 0; !line->value && k < block->n_cells; k++)
            owed = GAP + report_add_cell(out, &block->columns[k], &line->cells[k], owed);
        base_text_char(out, '\n');
    }
}

// An error or warning of the point; an error of a row of a batch (row < 0: none).
static void write_diagnostic(const Style *style, Role role, const char *code,
                             const char *message, int64_t row) {
    report_spaces(style->out, 2);
    report_paint(style, role);
    base_text_printf(style->out, "%s %s", role == ROLE_BAD ? "error" : "warning", code);
    report_plain(style);
    report_spaces(style->out, 2);
    if (row >= 0) base_text_printf(style->out, "row %lld: ", (long long)row);
    base_text_add_shown(style->out, base_str(message));
    base_text_char(style->out, '\n');
}

static void write_note(const Style *style) {
    report_spaces(style->out, 2);
    report_add(style, ROLE_FAINT,
               STR("the value is no scalar: for derivatives give a `cotangent`, or "
                   "--compute jacobian"));
    base_text_char(style->out, '\n');
}

static Status write_block(const Style *style, const cg_result *result, bool full) {
    Block block = {.style = *style, .full = full, .arena = base_arena_new()};
    TRY_ALLOC(block.arena);
    const Status status = collect(&block, result);
    if (status == OK) write_lines(&block);
    base_arena_free(block.arena);
    return status;
}

Status report_text(const Style *style, const cg_result *result, bool with_spec, bool full) {
    (void)report_add_shown(style, ROLE_NAME, base_str(result->name));
    if (with_spec) {
        report_spaces(style->out, 2);
        (void)report_add_shown(style, ROLE_FAINT, base_str(result->spec));
    }
    base_text_char(style->out, '\n');
    if (result->error)
        write_diagnostic(style, ROLE_BAD, result->error->code, result->error->message, -1);
    else
        TRY(write_block(style, result, full));
    if (result->wants_cotangent) write_note(style);
    for (size_t i = 0; i < result->n_errors; i++)
        write_diagnostic(style, ROLE_BAD, result->errors[i].code, result->errors[i].message,
                         result->errors[i].index);
    for (size_t i = 0; i < result->n_warnings; i++)
        write_diagnostic(style, ROLE_WARNING, result->warnings[i].code,
                         result->warnings[i].message, -1);
    return style->out->failed ? NOMEM : OK;
}
