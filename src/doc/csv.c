// Tables as RFC 4180 has them: lines of cells between commas, a cell with commas, quotes or
// line ends in quotes, the first line the columns' names.
#include "doc/data.h"

typedef struct Csv {
    Arena *arena;
    DocFault *fault;
    Str bytes;
    size_t at;
    uint32_t line; // of the cell at hand, from 1
    uint32_t cell; // in its line, from 1
    VEC(Str) names;
    DocLoss lost;
} Csv;

static Status broken(Csv *csv, Code code, const char *hint, const char *why) {
    return doc_fault(csv->fault, code, hint, "line %u, cell %u: %s", csv->line, csv->cell,
                     why);
}

// -- cells --------------------------------------------------------------------------

static bool at_end(const Csv *csv) {
    return csv->at >= csv->bytes.n;
}

static bool is_line_end(const Csv *csv, size_t at) {
    const Str b = csv->bytes;
    return at >= b.n || b.at[at] == '\n' ||
           (b.at[at] == '\r' && (at + 1 >= b.n || b.at[at + 1] == '\n'));
}

static Str trimmed(Str text) {
    while (text.n && (text.at[0] == ' ' || text.at[0] == '\t'))
        text = (Str){text.at + 1, text.n - 1};
    while (text.n && (text.at[text.n - 1] == ' ' || text.at[text.n - 1] == '\t'))
        text.n--;
    return text;
}

// A cell in quotes, a quote in it doubled: `doubled` says whether there is any. The text is
// what stands between the quotes.
static Status quoted_cell(Csv *csv, Str *text, bool *doubled, uint32_t *lines) {
    const Str b = csv->bytes;
    const size_t begin = ++csv->at;
    *doubled = false;
    for (;; csv->at++) {
        if (at_end(csv)) return broken(csv, CODE_E803, NULL, "its quotes are not closed");
        *lines += b.at[csv->at] == '\n';
        if (b.at[csv->at] != '"') continue;
        if (csv->at + 1 >= b.n || b.at[csv->at + 1] != '"') break;
        *doubled = true;
        csv->at++;
    }
    *text = (Str){b.at + begin, csv->at++ - begin};
    while (!at_end(csv) && (b.at[csv->at] == ' ' || b.at[csv->at] == '\t'))
        csv->at++;
    if (is_line_end(csv, csv->at) || b.at[csv->at] == ',') return OK;
    return broken(csv, CODE_E803, "a quote inside of quotes is written twice",
                  "something stands behind the closing quote");
}

static Status plain_cell(Csv *csv, Str *text) {
    const size_t begin = csv->at;
    while (!is_line_end(csv, csv->at) && csv->bytes.at[csv->at] != ',')
        csv->at++;
    *text = trimmed((Str){csv->bytes.at + begin, csv->at - begin});
    if (!memchr(text->n ? text->at : "", '"', text->n)) return OK;
    return broken(csv, CODE_E803, "put the whole cell into quotes",
                  "a quote stands inside of a cell");
}

static Status without_doubles(Csv *csv, Str *text) {
    char *copy = base_alloc(csv->arena, text->n);
    size_t n = 0;
    TRY_ALLOC(copy);
    for (size_t i = 0; i < text->n; i++) {
        copy[n++] = text->at[i];
        i += text->at[i] == '"';
    }
    *text = (Str){copy, n};
    return OK;
}

// The next cell of the line, and whether it is the last of it. `lines`: the line ends that
// it holds or stands before.
static Status next_cell(Csv *csv, Str *text, bool *last, uint32_t *lines) {
    bool doubled = false;
    size_t at = csv->at;
    while (at < csv->bytes.n && (csv->bytes.at[at] == ' ' || csv->bytes.at[at] == '\t'))
        at++;
    if (at < csv->bytes.n && csv->bytes.at[at] == '"') {
        csv->at = at;
        TRY(quoted_cell(csv, text, &doubled, lines));
    } else {
        TRY(plain_cell(csv, text));
    }
    if (doubled) TRY(without_doubles(csv, text));
    *last = is_line_end(csv, csv->at);
    if (*last && !at_end(csv)) {
        csv->at += csv->bytes.at[csv->at] == '\r';
        *lines += !at_end(csv);
    }
    csv->at += !at_end(csv); // the comma or newline
    return OK;
}

// -- the line of names --------------------------------------------------------------

static Status read_names(Csv *csv) {
    bool last = false;
    uint32_t lines = 0;
    csv->line = csv->cell = 1;
    if (at_end(csv))
        return doc_fault(csv->fault, CODE_E803,
                         "the first line holds the names of the columns", "it is empty");
    for (; !last; csv->cell++) {
        Str name;
        TRY(next_cell(csv, &name, &last, &lines));
        if (!VEC_PUSH(csv->arena, &csv->names, trimmed(name))) return NOMEM;
    }
    csv->line += lines;
    return OK;
}

static Status find_column(Csv *csv, const DocColumn *column, uint32_t *at) {
    const uint32_t n = csv->names.n;
    uint32_t found = 0;
    if (!column->by_name) {
        *at = (uint32_t)column->number;
        if (column->number >= 0 && column->number < n) return OK;
        return doc_fault(csv->fault, CODE_E401, "the first column is 0",
                         "it has no column %lld but %u columns", (long long)column->number,
                         n);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!base_str_eq(csv->names.at[i], column->name)) continue;
        *at = i;
        found++;
    }
    if (found == 1) return OK;
    if (found)
        return doc_fault(csv->fault, CODE_E408, "take it by its number: columns: [0]",
                         "it has %u columns `%.*s`", found, STR_ARG(column->name));
    return doc_fault(csv->fault, CODE_E401,
                     doc_known_hint(csv->arena, column->name, csv->names.at, n),
                     "it has no column `%.*s`", STR_ARG(column->name));
}

// For each column of the file where it goes in a line of the array, or -1. The columns that
// are taken twice are refused.
static Status place_columns(Csv *csv, uint32_t n, const DocColumn *columns,
                            int64_t *places) {
    for (uint32_t i = 0; i < csv->names.n; i++)
        places[i] = n ? -1 : (int64_t)i;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = 0;
        TRY(find_column(csv, &columns[i], &at));
        if (places[at] >= 0)
            return doc_fault(csv->fault, CODE_E402, "take each column once",
                             "entries %lld and %u of `columns` are one column",
                             (long long)places[at], i);
        places[at] = i;
    }
    return OK;
}

// -- numbers ------------------------------------------------------------------------

static Status read_number(Csv *csv, Str text, Dtype dtype, void *element) {
    bool overflow = false;
    int64_t whole;
    text = trimmed(text);
    if (text.n == 0)
        return broken(csv, CODE_E402, "write NaN where a number is missing",
                      "it is empty where a number is expected");
    const bool good = num_parse(text, dtype, element, &overflow) &&
                      (!num_is_integer(dtype) || num_parse_int(text, &whole));
    if (good && (overflow || num_underflows(text, dtype, element)) && csv->lost.n++ == 0)
        csv->lost = (DocLoss){1, csv->line, csv->cell, overflow};
    if (good && (num_is_float(dtype) || !overflow)) return OK;
    return doc_fault(csv->fault, CODE_E402, NULL, "line %u, cell %u: it is no number of %s",
                     csv->line, csv->cell, num_dtype_name(dtype));
}

// One line: its elements go to `row` (NULL: they are only counted).
static Status read_line(Csv *csv, Dtype dtype, const int64_t *places, char *row) {
    bool last = false;
    uint32_t lines = 0;
    for (csv->cell = 1; !last; csv->cell++) {
        Str text;
        TRY(next_cell(csv, &text, &last, &lines));
        const uint32_t i = csv->cell - 1;
        if (row && places[i] >= 0)
            TRY(read_number(csv, text, dtype,
                            row + (size_t)places[i] * num_dtype_size(dtype)));
        if (last == (csv->cell == csv->names.n)) continue;
        if (last || csv->cell == csv->names.n)
            return doc_fault(csv->fault, CODE_E803, NULL,
                             "line %u has %s cells than the first line (%u)", csv->line,
                             last ? "fewer" : "more", csv->names.n);
    }
    csv->line += lines;
    return OK;
}

static Status count_lines(Csv csv, Dtype dtype, const int64_t *places, int64_t *n) {
    for (*n = 0; !at_end(&csv); ++*n)
        TRY(read_line(&csv, dtype, places, NULL));
    return OK;
}

Status doc_read_csv(Arena *arena, Str bytes, Dtype dtype, uint32_t n,
                    const DocColumn *columns, DocArray *array, DocFault *fault) {
    Csv csv = {.arena = arena, .fault = fault, .bytes = bytes};
    int64_t rows, total;
    if (bytes.n >= 3 && memcmp(bytes.at, "\xEF\xBB\xBF", 3) == 0) csv.at = 3;
    TRY(read_names(&csv));
    int64_t *places = NEW_ARRAY(arena, int64_t, csv.names.n);
    TRY_ALLOC(places);
    TRY(place_columns(&csv, n, columns, places));
    TRY(count_lines(csv, dtype, places, &rows));
    const uint32_t width = n ? n : csv.names.n;
    if (__builtin_mul_overflow(rows, width, &total)) return NOMEM;
    char *data = base_alloc_array(arena, (size_t)total, num_dtype_size(dtype));
    TRY_ALLOC(data);
    *array = (DocArray){
        .dtype = dtype, .rank = width == 1 ? 1 : 2, .shape = {rows, width}, .data = data};
    for (; !at_end(&csv); data += width * num_dtype_size(dtype))
        TRY(read_line(&csv, dtype, places, data));
    array->lost = csv.lost;
    return OK;
}
