// The built-ins as text, JSON and Markdown.
#include "report/report_builtins.h"

#include <stdlib.h>

// -- rows ---------------------------------------------------------------------------

// In the manual's order; a group that is not here stands behind them.
static const char *const group_order[] = {
    "constant", "dtype",          "elementwise",    "condition", "bits",
    "special",  "activation",     "reduction",      "shape",     "index",
    "creation", "linear algebra", "transformation", "sequence",
};

static size_t group_rank(const char *group) {
    size_t i = 0;
    while (i < sizeof group_order / sizeof *group_order &&
           strcmp(group, group_order[i]) != 0)
        i++;
    return i;
}

static int compare_rows(const void *left, const void *right) {
    const cg_builtin *a = left, *b = right;
    const size_t a_rank = group_rank(a->group), b_rank = group_rank(b->group);
    if (a_rank != b_rank) return a_rank < b_rank ? -1 : 1;
    const int groups = strcmp(a->group, b->group);
    return groups ? groups : strcmp(a->name, b->name);
}

Status report_all_builtins(Arena *arena, BuiltinRows *rows) {
    cg_builtin row;
    for (size_t i = 0; cg_builtin_at(i, &row); i++)
        if (!VEC_PUSH(arena, rows, row)) return NOMEM;
    qsort(rows->at, rows->n, sizeof *rows->at, compare_rows);
    return OK;
}

uint32_t report_builtin_group(const BuiltinRows *rows, uint32_t at) {
    uint32_t end = at;
    while (end < rows->n && strcmp(rows->at[end].group, rows->at[at].group) == 0)
        end++;
    return end - at;
}

bool report_same_builtin(const cg_builtin *a, const cg_builtin *b) {
    const char *first = a->same_as ? a->same_as : a->name;
    return strcmp(first, b->same_as ? b->same_as : b->name) == 0;
}

static bool has_dot(const cg_builtin *row) {
    return strchr(row->name, '.') != NULL;
}

// The parameters behind the first, which stands in front of a method's dot.
static const char *behind_first(const char *signature) {
    const char *comma = strchr(signature, ',');
    return comma ? comma + 1 + strspn(comma + 1, " ") : "";
}

void report_builtin_call(const cg_builtin *row, Text *out) {
    base_text_add(out, base_str(row->name));
    if (row->kind == CG_BUILTIN_CONSTANT) return;
    base_text_printf(out, "(%s)",
                     has_dot(row) ? behind_first(row->signature) : row->signature);
}

// -- text ---------------------------------------------------------------------------

static void add_spaces(Text *out, size_t n) {
    while (n--)
        base_text_char(out, ' ');
}

static size_t longest_name(const cg_builtin *rows, uint32_t n) {
    size_t longest = 0;
    for (uint32_t i = 0; i < n; i++)
        if (strlen(rows[i].name) > longest) longest = strlen(rows[i].name);
    return longest;
}

// Names in columns, read downwards.
static void add_columns(const cg_builtin *rows, uint32_t n, Text *out) {
    enum { WIDTH = 80, INDENT = 2, GAP = 2 };
    const size_t wide = longest_name(rows, n) + GAP;
    const uint32_t columns = (uint32_t)((WIDTH - INDENT + GAP) / wide);
    const uint32_t lines = (n + columns - 1) / columns;
    for (uint32_t line = 0; line < lines; line++) {
        add_spaces(out, INDENT);
        for (uint32_t i = line; i < n; i += lines) {
            base_text_add(out, base_str(rows[i].name));
            if (i + lines < n) add_spaces(out, wide - strlen(rows[i].name));
        }
        base_text_char(out, '\n');
    }
}

// What may stand in front of each, in lines of the width.
static void add_modules(Text *out) {
    enum { WIDTH = 80 };
    static const char first[] = "In front of a name may stand";
    const char *module;
    size_t column = sizeof first - 1;
    base_text_printf(out, "\n%s", first);
    for (size_t i = 0; (module = cg_module_name(i)) != NULL; i++) {
        const size_t n = strlen(module) + 2;
        const bool fits = column + n <= WIDTH;
        base_text_printf(out, fits ? " %s." : "\n%s.", module);
        column = fits ? column + n : n - 1;
    }
    base_text_char(out, '\n');
}

void report_builtin_names(const BuiltinRows *rows, Text *out) {
    for (uint32_t at = 0, n; at < rows->n; at += n) {
        n = report_builtin_group(rows, at);
        base_text_printf(out, at ? "\n%s\n" : "%s\n", rows->at[at].group);
        add_columns(rows->at + at, n, out);
    }
    add_modules(out);
    base_text_add(out,
                  STR("cg-grad builtins NAME says what one does, and its derivative at "
                      "kinks.\n"));
}

void report_builtin_lines(const BuiltinRows *rows, Text *out) {
    enum { WIDEST = 40 };
    for (uint32_t i = 0; i < rows->n; i++) {
        const size_t before = out->n;
        report_builtin_call(&rows->at[i], out);
        const size_t wide = out->n - before;
        add_spaces(out, wide < WIDEST ? WIDEST - wide : 0);
        base_text_printf(out, "  %s\n", rows->at[i].doc);
    }
}

static void add_other_names(const BuiltinRows *all, const cg_builtin *row, Text *out) {
    const char *before = "\n  also called  ";
    for (uint32_t i = 0; i < all->n; i++) {
        const cg_builtin *other = &all->at[i];
        if (strcmp(other->name, row->name) == 0 || !report_same_builtin(other, row))
            continue;
        base_text_printf(out, "%s%s", before, other->name);
        before = ", ";
    }
}

static void add_source(const cg_builtin *row, Text *out) {
    switch (row->kind) {
    case CG_BUILTIN_C:
        base_text_add(out, STR("\n  source       in C"));
        return;
    case CG_BUILTIN_CONSTANT:
    case CG_BUILTIN_DTYPE:
        return;
    case CG_BUILTIN_LANGUAGE:
        break;
    }
    base_text_add(out, STR("\n  source       in the expression language:"));
    if (row->n_let) base_text_add(out, STR("\n    let:"));
    for (size_t i = 0; i < row->n_let; i++)
        base_text_printf(out, "\n      %s: %s", row->let[i], row->let_value[i]);
    base_text_printf(out, "\n    value: %s", row->value);
    if (row->jvp) base_text_printf(out, "\n    jvp: %s", row->jvp);
}

static void add_block(const BuiltinRows *all, const cg_builtin *row, Text *out) {
    report_builtin_call(row, out);
    base_text_printf(out, "\n  %s\n\n  group        %s", row->doc, row->group);
    add_other_names(all, row, out);
    if (row->is_method)
        base_text_printf(out, "\n  method       x.%s(%s)", row->name,
                         behind_first(row->signature));
    if (row->kink) base_text_printf(out, "\n  derivative   %s", row->kink);
    add_source(row, out);
    base_text_char(out, '\n');
}

void report_builtin_blocks(const BuiltinRows *all, const BuiltinRows *rows, Text *out) {
    for (uint32_t i = 0; i < rows->n; i++) {
        if (i) base_text_char(out, '\n');
        add_block(all, &rows->at[i], out);
    }
    add_modules(out);
}

// -- JSON ---------------------------------------------------------------------------

static void put_text(JsonDoc *doc, cJSON *object, const char *key, const char *text) {
    doc_json_put(doc, object, key,
                 text ? doc_json_string(base_str(text)) : doc_json_null());
}

static const char *kind_name(cg_builtin_kind kind) {
    static const char *const names[] = {
        [CG_BUILTIN_C] = "c",
        [CG_BUILTIN_LANGUAGE] = "language",
        [CG_BUILTIN_CONSTANT] = "constant",
        [CG_BUILTIN_DTYPE] = "dtype",
    };
    return names[kind];
}

static void put_source(JsonDoc *doc, cJSON *object, const cg_builtin *row) {
    cJSON *let = doc_json_put(doc, object, "let", doc_json_object());
    for (size_t i = 0; i < row->n_let; i++)
        put_text(doc, let, row->let[i], row->let_value[i]);
    put_text(doc, object, "value", row->value);
    put_text(doc, object, "jvp", row->jvp);
}

static void put_builtin(JsonDoc *doc, cJSON *object, const BuiltinRows *all,
                        const cg_builtin *row) {
    put_text(doc, object, "name", row->name);
    put_text(doc, object, "group", row->group);
    put_text(doc, object, "signature", row->signature);
    put_text(doc, object, "doc", row->doc);
    put_text(doc, object, "kinks", row->kink);
    doc_json_put(doc, object, "method", doc_json_bool(row->is_method || has_dot(row)));
    cJSON *names = doc_json_put(doc, object, "also_called", doc_json_list());
    for (uint32_t i = 0; i < all->n; i++)
        if (strcmp(all->at[i].name, row->name) != 0 &&
            report_same_builtin(&all->at[i], row))
            put_text(doc, names, NULL, all->at[i].name);
    put_text(doc, object, "kind", kind_name(row->kind));
    if (row->value) put_source(doc, object, row);
}

static Status print_line(const BuiltinRows *all, const cg_builtin *row, Text *out) {
    JsonDoc doc = {0};
    put_builtin(&doc, doc_json_put(&doc, NULL, NULL, doc_json_object()), all, row);
    const Status status = doc_json_print(&doc, false, out);
    doc_json_free(&doc);
    base_text_char(out, '\n');
    return status;
}

static Status print_document(const BuiltinRows *all, const BuiltinRows *rows, Text *out) {
    const int64_t version = 1;
    JsonDoc doc = {0};
    cJSON *root = doc_json_put(&doc, NULL, NULL, doc_json_object());
    doc_json_put(&doc, root, "version", doc_json_number(DT_I64, &version));
    cJSON *modules = doc_json_put(&doc, root, "modules", doc_json_list());
    const char *module;
    for (size_t i = 0; (module = cg_module_name(i)) != NULL; i++)
        put_text(&doc, modules, NULL, module);
    cJSON *list = doc_json_put(&doc, root, "builtins", doc_json_list());
    for (uint32_t i = 0; i < rows->n; i++)
        put_builtin(&doc, doc_json_put(&doc, list, NULL, doc_json_object()), all,
                    &rows->at[i]);
    const Status status = doc_json_print(&doc, true, out);
    doc_json_free(&doc);
    base_text_char(out, '\n');
    return status;
}

Status report_builtins_json(const BuiltinRows *all, const BuiltinRows *rows,
                            bool one_document, Text *out) {
    if (one_document) return print_document(all, rows, out);
    for (uint32_t i = 0; i < rows->n; i++)
        TRY(print_line(all, &rows->at[i], out));
    return OK;
}

// -- Markdown -----------------------------------------------------------------------

// Text of a table's cell: a bar would end it.
static void add_cell(const char *text, Text *out) {
    for (; *text; text++) {
        if (*text == '|') base_text_char(out, '\\');
        base_text_char(out, *text);
    }
}

static void add_code(const cg_builtin *row, Text *out) {
    Text call = {.arena = out->arena};
    report_builtin_call(row, &call);
    base_text_char(out, '`');
    out->failed |= call.failed;
    if (!call.failed) add_cell(call.at, out);
    base_text_char(out, '`');
}

// A row for all names of one function, at the first of them.
static void add_table_row(const BuiltinRows *rows, uint32_t at, Text *out) {
    const cg_builtin *row = &rows->at[at];
    for (uint32_t i = 0; i < at; i++)
        if (report_same_builtin(&rows->at[i], row)) return;
    base_text_add(out, STR("| "));
    add_code(row, out);
    for (uint32_t i = at + 1; i < rows->n; i++) {
        if (!report_same_builtin(&rows->at[i], row)) continue;
        base_text_printf(out, ", `%s`", rows->at[i].name);
    }
    base_text_add(out, STR(" | "));
    add_cell(row->doc, out);
    base_text_add(out, STR(" | "));
    if (row->kink) add_cell(row->kink, out);
    base_text_add(out, STR(" |\n"));
}

void report_builtins_page(const BuiltinRows *rows, Text *out) {
    const char *module;
    base_text_add(out,
                  STR("# Built-ins\n\n`cg-grad builtins NAME` says more of one, also how "
                      "it is written. Any of "));
    for (size_t i = 0; (module = cg_module_name(i)) != NULL; i++)
        base_text_printf(out, "%s`%s.`", i ? ", " : "", module);
    base_text_add(out, STR(" may stand in front.\n"
                           "The last column is the derivative at kinks and edges.\n"));
    for (uint32_t at = 0, n; at < rows->n; at += n) {
        n = report_builtin_group(rows, at);
        base_text_printf(out,
                         "\n## %s\n\n| built-in | meaning | at kinks |\n|---|---|---|\n",
                         rows->at[at].group);
        for (uint32_t i = at; i < at + n; i++)
            add_table_row(rows, i, out);
    }
}
