// Tables: all points of one function, a row each. A row keeps texts alone, so a table holds
// more points than memory holds results; its columns are those of all its rows, in the
// order in which they first appeared.
#include "report/report.h"
#include "report/values.h"

typedef struct Column {
    Cell head;
    CellColumn layout;
} Column;

typedef struct Row {
    uint32_t n; // cells; columns that came later are empty in it
    const Cell *cells;
    Str error;    // code and message, or empty
    Str warnings; // their codes; what they say is said on standard error
} Row;

typedef struct Table {
    Str spec, function;
    VEC(Column) columns; // the first one: the point's name
    StrMap *index;       // arguments as "=x", results as labelled → number of the column
    VEC(Row) rows;
} Table;

struct Tables {
    Arena *arena;
    bool full;
    VEC(Table *) list;
    StrMap *index; // spec, NUL, function → number in the list
};

Tables *report_new_tables(Arena *arena, bool full) {
    Tables *tables = NEW(arena, Tables);
    if (!tables) return NULL;
    *tables = (Tables){.arena = arena, .full = full, .index = base_map_new(arena)};
    return tables->index ? tables : NULL;
}

// -- adding -------------------------------------------------------------------------

static Status shown_copy(Arena *arena, const char *text, Str *shown) {
    Text copy = {.arena = arena};
    base_text_add(&copy, STR(""));
    base_text_add_shown(&copy, base_str(text));
    *shown = base_text_str(&copy);
    return copy.failed ? NOMEM : OK;
}

static Status add_column(Arena *arena, Table *table, Str key, Str label) {
    Column column = {.head = report_text_cell(label)};
    report_widen(&column.layout, &column.head);
    if (!VEC_PUSH(arena, &table->columns, column)) return NOMEM;
    return base_map_set(table->index, key, table->columns.n - 1);
}

static Status new_table(Tables *tables, const cg_result *result, Table **table) {
    Arena *arena = tables->arena;
    *table = NEW(arena, Table);
    TRY_ALLOC(*table);
    (*table)->index = base_map_new(arena);
    TRY_ALLOC((*table)->index);
    TRY(shown_copy(arena, result->spec, &(*table)->spec));
    TRY(shown_copy(arena, result->function, &(*table)->function));
    TRY(add_column(arena, *table, STR(""), STR("name")));
    return VEC_PUSH(arena, &tables->list, *table) ? OK : NOMEM;
}

static Status find_table(Tables *tables, const cg_result *result, Table **table) {
    Text key = {.arena = tables->arena};
    uint32_t at;
    base_text_add(&key, base_str(result->spec));
    base_text_char(&key, '\0');
    base_text_add(&key, base_str(result->function));
    if (key.failed) return NOMEM;
    if (base_map_get(tables->index, base_text_str(&key), &at)) {
        *table = tables->list.at[at];
        return OK;
    }
    TRY(new_table(tables, result, table));
    return base_map_set(tables->index, base_text_str(&key), tables->list.n - 1);
}

// The cells of one row in the making.
typedef struct Filling {
    Tables *tables;
    Table *table;
    VEC(Cell) cells;
    Arena *scratch; // of what the row does not keep
} Filling;

static Status put(Filling *f, Str key, Str label, Cell cell) {
    Arena *arena = f->tables->arena;
    uint32_t at;
    if (!base_map_get(f->table->index, key, &at)) {
        const Str kept_key = {base_strdup(arena, key), key.n};
        const Str kept_label = {base_strdup(arena, label), label.n};
        if (!kept_key.at || !kept_label.at) return NOMEM;
        TRY(add_column(arena, f->table, kept_key, kept_label));
        at = f->table->columns.n - 1;
    }
    while (f->cells.n <= at)
        if (!VEC_PUSH(arena, &f->cells, (Cell){0})) return NOMEM;
    f->cells.at[at] = cell;
    report_widen(&f->table->columns.at[at].layout, &cell);
    return OK;
}

static Status put_leaves(Filling *f, const Leaves *leaves, bool are_arguments) {
    for (uint32_t i = 0; i < leaves->list.n; i++) {
        const Leaf *leaf = &leaves->list.at[i];
        Text key = {.arena = f->scratch};
        Cell cell;
        base_text_add(&key, are_arguments ? STR("=") : STR(""));
        base_text_add(&key, leaf->label);
        if (key.failed) return NOMEM;
        TRY(report_value_cell(f->tables->arena, leaf->value, f->tables->full, &cell));
        TRY(put(f, base_text_str(&key), leaf->label, cell));
    }
    return OK;
}

static Status error_text(Arena *arena, const cg_diagnostic *error, Str *shown) {
    Text text = {.arena = arena};
    base_text_printf(&text, "%s  ", error->code);
    base_text_add_shown(&text, base_str(error->message));
    *shown = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

static Status warnings_text(Arena *arena, const cg_result *result, Str *shown) {
    Text text = {.arena = arena};
    for (size_t i = 0; i < result->n_warnings; i++)
        base_text_printf(&text, i ? " %s" : "%s", result->warnings[i].code);
    *shown = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

static Status fill_row(Filling *f, const cg_result *result) {
    Arena *arena = f->tables->arena;
    Leaves arguments = {0}, results = {0};
    Row row = {0};
    Str name;
    TRY(shown_copy(arena, result->name, &name));
    TRY(put(f, STR(""), STR("name"), report_text_cell(name)));
    TRY(report_part_leaves(f->scratch, STR(""), &result->args, &arguments));
    TRY(put_leaves(f, &arguments, true));
    if (result->error) {
        TRY(error_text(arena, result->error, &row.error));
    } else {
        TRY(report_result_leaves(f->scratch, result, true, &results));
        TRY(put_leaves(f, &results, false));
    }
    TRY(warnings_text(arena, result, &row.warnings));
    row.n = f->cells.n;
    row.cells = f->cells.at;
    return VEC_PUSH(arena, &f->table->rows, row) ? OK : NOMEM;
}

Status report_table_row(Tables *tables, const cg_result *result) {
    Filling f = {.tables = tables};
    TRY(find_table(tables, result, &f.table));
    f.scratch = base_arena_new();
    TRY_ALLOC(f.scratch);
    const Status status = fill_row(&f, result);
    base_arena_free(f.scratch);
    return status;
}

// -- writing ------------------------------------------------------------------------

enum { INDENT = 2, GAP = 2 };

static void write_head(const Style *style, const Table *table) {
    size_t owed = INDENT;
    report_paint(style, ROLE_LABEL);
    for (uint32_t i = 0; i < table->columns.n; i++) {
        const Column *column = &table->columns.at[i];
        owed = GAP + report_add_cell(style->out, &column->layout, &column->head, owed);
    }
    report_plain(style);
    base_text_char(style->out, '\n');
}

// A point in error says so behind its arguments; warnings stand behind everything.
static void write_row(const Style *style, const Table *table, const Row *row) {
    size_t owed = INDENT;
    for (uint32_t i = 0; i < row->n; i++) {
        const CellColumn *layout = &table->columns.at[i].layout;
        owed = GAP + report_add_cell(style->out, layout, &row->cells[i], owed);
    }
    if (row->error.n) {
        report_spaces(style->out, owed);
        report_add(style, ROLE_BAD, row->error);
        owed = GAP;
    }
    if (row->warnings.n) {
        report_spaces(style->out, owed);
        report_add(style, ROLE_WARNING, row->warnings);
    }
    base_text_char(style->out, '\n');
}

void report_write_tables(const Style *style, const Tables *tables, bool with_spec) {
    for (uint32_t i = 0; i < tables->list.n; i++) {
        const Table *table = tables->list.at[i];
        if (i) base_text_char(style->out, '\n');
        report_add(style, ROLE_NAME, table->function);
        if (with_spec) {
            report_spaces(style->out, GAP);
            report_add(style, ROLE_FAINT, table->spec);
        }
        base_text_char(style->out, '\n');
        write_head(style, table);
        for (uint32_t k = 0; k < table->rows.n; k++)
            write_row(style, table, &table->rows.at[k]);
    }
}
