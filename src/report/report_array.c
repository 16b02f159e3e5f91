// Arrays for people.
#include "report/values.h"

#include <math.h>

enum {
    WIDTH = 80,                   // columns that lines of numbers do not pass
    MOST_IN_LINE = WIDTH / 3 + 1, // numbers: each has a digit, a comma and a blank
    SHOWN_WHOLE = 100,            // arrays of more elements are abbreviated
    WIDEST_EDGE = 3,              // to at most so many at each end of an axis
};

// How the numbers of a row stand.
typedef enum Rows {
    ROWS_PLAIN,   // one behind the other
    ROWS_ALIGNED, // those of all rows below each other, column by column
    ROWS_BROKEN,  // over several lines, all columns as wide as the widest
} Rows;

// One array being shown.
typedef struct Shown {
    const Style *style;
    const cg_value *array;
    size_t column; // of its first bracket
    bool one_line;
    int64_t edge; // elements shown at each end of an axis; 0: all
    Rows rows;
    CellColumn columns[MOST_IN_LINE]; // ROWS_ALIGNED
    CellColumn widest;                // ROWS_BROKEN
    int64_t per_line;                 // ROWS_BROKEN: numbers in a line
    size_t total;                     // columns of all numbers that are shown
} Shown;

// -- elements -----------------------------------------------------------------------

static const void *element_at(const cg_value *array, int64_t at) {
    return (const char *)array->data + (size_t)at * num_dtype_size((Dtype)array->dtype);
}

static int64_t row_size(const cg_value *array, uint32_t axis) {
    int64_t n = 1;
    for (uint32_t i = axis; i < array->rank; i++)
        n *= array->shape[i];
    return n;
}

// Whether a row of a batch failed: null stands in its place.
static bool is_null_row(const cg_value *array, int64_t row) {
    return array->failed_rows && array->failed_rows[row];
}

static bool is_null(const cg_value *array, int64_t at) {
    return array->failed_rows && is_null_row(array, at / row_size(array, 1));
}

static Str element_text(const cg_value *array, int64_t at, char text[NUM_TEXT]) {
    if (is_null(array, at)) return STR("null");
    if (array->decimals) return base_str(array->decimals[at].digits);
    return (Str){text, num_print((Dtype)array->dtype, element_at(array, at), text)};
}

static Cell element_cell(const cg_value *array, int64_t at, char text[NUM_TEXT]) {
    return report_number_cell(element_text(array, at, text));
}

int64_t report_size(const cg_value *array) {
    return row_size(array, 0);
}

// -- what is shown ------------------------------------------------------------------

static bool has_gap(int64_t edge, int64_t size) {
    return edge && size > 2 * edge;
}

// How many numbers (or pairs of brackets around none) are shown with this edge, or some
// number above SHOWN_WHOLE.
static int64_t shown_count(const cg_value *array, int64_t edge) {
    int64_t n = 1;
    for (uint32_t i = 0; i < array->rank && n <= SHOWN_WHOLE; i++) {
        const int64_t size = array->shape[i];
        n *= has_gap(edge, size) ? 2 * edge : size ? size : 1;
    }
    return n;
}

// Goes through the indices of an axis that are shown; -1 stands for the gap.
static int64_t next_index(const Shown *s, int64_t size, int64_t i) {
    if (!has_gap(s->edge, size)) return i + 1;
    if (i == s->edge - 1) return -1;
    return i == -1 ? size - s->edge : i + 1;
}

// Depth is the rank.
static void measure(Shown *s, uint32_t axis, int64_t offset) {
    if (s->array->rank == 0) return;
    const int64_t size = s->array->shape[axis], row = row_size(s->array, axis + 1);
    size_t place = 0; // in the row as it is shown, gap included
    for (int64_t i = 0; i < size; i = next_index(s, size, i), place++) {
        if (i < 0) continue;
        if (axis + 1 < s->array->rank) {
            if (axis == 0 && is_null_row(s->array, i)) continue;
            measure(s, axis + 1, offset + i * row);
            continue;
        }
        char text[NUM_TEXT];
        const Cell cell = element_cell(s->array, offset + i, text);
        report_widen(&s->widest, &cell);
        if (place < MOST_IN_LINE) report_widen(&s->columns[place], &cell);
        s->total += cell.columns;
    }
}

static void lay_out(Shown *s) {
    const uint32_t rank = s->array->rank;
    if (rank == 0) return;
    const int64_t size = s->array->shape[rank - 1];
    const size_t n = (size_t)(has_gap(s->edge, size) ? 2 * s->edge + 1 : size);
    const size_t left = s->column + rank, room = left < WIDTH ? WIDTH - left : 0;
    if (rank == 1 && s->total + 2 * n <= room) return;
    size_t row = 0;
    for (size_t i = 0; i < n && i < MOST_IN_LINE; i++)
        row += s->columns[i].width + 2;
    s->rows = ROWS_ALIGNED;
    if (n <= MOST_IN_LINE && row <= room + 1) return;
    const size_t cell = s->widest.width + 2;
    s->rows = ROWS_BROKEN;
    s->per_line = cell && cell <= room ? (int64_t)(room / cell) : 1;
}

// Chooses what is shown of a large array: as much of both ends of each axis as leaves rows
// whole and numbers few. False: too many in any case.
static bool abbreviate(Shown *s) {
    const Shown all = *s;
    for (int64_t edge = WIDEST_EDGE; edge > 0; edge--) {
        if (shown_count(s->array, edge) > SHOWN_WHOLE) continue;
        *s = all;
        s->edge = edge;
        measure(s, 0, 0);
        lay_out(s);
        if (s->rows != ROWS_BROKEN) break;
    }
    return s->edge != 0;
}

// -- writing ------------------------------------------------------------------------

static void break_line(const Shown *s, uint32_t brackets) {
    base_text_char(s->style->out, s->one_line ? ' ' : '\n');
    if (!s->one_line) report_spaces(s->style->out, s->column + brackets);
}

// A number at its place in the row, behind `owed` blanks; the blanks owed behind its comma.
static size_t write_number(const Shown *s, int64_t at, size_t place, size_t owed) {
    char text[NUM_TEXT];
    const Cell cell = element_cell(s->array, at, text);
    const CellColumn alone = {.before = cell.before, .width = cell.columns};
    const CellColumn *column = s->rows == ROWS_BROKEN    ? &s->widest
                               : s->rows == ROWS_ALIGNED ? &s->columns[place]
                                                         : &alone;
    return report_add_cell(s->style->out, column, &cell, owed);
}

// In a row that is broken the gap has a line of its own.
static void write_row(const Shown *s, int64_t offset) {
    const uint32_t rank = s->array->rank;
    const int64_t size = s->array->shape[rank - 1];
    int64_t in_line = 0;
    size_t place = 0, owed = 0;
    bool behind_gap = false;
    for (int64_t i = 0; i < size; i = next_index(s, size, i), place++) {
        if (place) base_text_char(s->style->out, ',');
        if (s->rows == ROWS_BROKEN && (in_line == s->per_line || i < 0 || behind_gap)) {
            break_line(s, rank);
            in_line = 0;
            owed = 0;
        } else if (place) {
            owed++;
        }
        behind_gap = i < 0;
        if (behind_gap) {
            report_spaces(s->style->out, owed);
            report_add(s->style, ROLE_FAINT, STR("…"));
            owed = 0;
        } else {
            owed = write_number(s, offset + i, place, owed);
        }
        in_line++;
    }
}

// Depth is the rank.
static void write_axis(const Shown *s, uint32_t axis, int64_t offset) {
    Text *out = s->style->out;
    const uint32_t rank = s->array->rank;
    if (rank == 0) {
        (void)write_number(s, offset, 0, 0);
        return;
    }
    base_text_char(out, '[');
    if (axis + 1 == rank) {
        write_row(s, offset);
    } else {
        const int64_t size = s->array->shape[axis], row = row_size(s->array, axis + 1);
        for (int64_t i = 0; i < size; i = next_index(s, size, i)) {
            if (i != 0) {
                base_text_char(out, ',');
                break_line(s, axis + 1);
            }
            if (i < 0)
                report_add(s->style, ROLE_FAINT, STR("…"));
            else if (axis == 0 && is_null_row(s->array, i))
                base_text_add(out, STR("null"));
            else
                write_axis(s, axis + 1, offset + i * row);
        }
    }
    base_text_char(out, ']');
}

// -- the summary --------------------------------------------------------------------

typedef struct Summary {
    int64_t least, greatest; // where the least and greatest finite elements are; -1: none
    int64_t n_true, n_nan, n_infinite;
    double norm;
} Summary;

// An element as a number of either kind: integers are compared as they are.
static double as_double(const cg_value *array, int64_t at) {
    const void *element = element_at(array, at);
    switch (array->dtype) {
    case CG_BOOL:
        return *(const uint8_t *)element;
    case CG_INT32:
        return *(const int32_t *)element;
    case CG_INT64:
        return (double)*(const int64_t *)element;
    case CG_FLOAT32:
        return *(const float *)element;
    case CG_FLOAT64:
        return *(const double *)element;
    }
    return 0;
}

static bool is_less(const cg_value *array, int64_t a, int64_t b) {
    if (array->dtype == CG_INT64) {
        const int64_t *elements = array->data;
        return elements[a] < elements[b];
    }
    return as_double(array, a) < as_double(array, b);
}

// The square root of the sum of squares of the finite elements, scaled by a power of two so
// that no square overflows or vanishes; the sum is compensated (Kahan).
static double norm(const cg_value *array, double largest) {
    int exponent;
    double sum = 0, lost = 0;
    (void)frexp(largest, &exponent);
    const int64_t n = report_size(array);
    for (int64_t i = 0; i < n; i++) {
        const double x = as_double(array, i);
        if (!isfinite(x)) continue;
        const double scaled = ldexp(x, -exponent), square = scaled * scaled - lost;
        const double next = sum + square;
        lost = (next - sum) - square;
        sum = next;
    }
    return ldexp(sqrt(sum), exponent);
}

static Summary summarize(const cg_value *array) {
    Summary s = {.least = -1, .greatest = -1};
    const int64_t n = report_size(array);
    for (int64_t i = 0; i < n; i++) {
        const double x = as_double(array, i);
        if (is_null(array, i)) continue;
        s.n_true += array->dtype == CG_BOOL && x != 0;
        s.n_nan += isnan(x) != 0;
        s.n_infinite += isinf(x) != 0;
        if (!isfinite(x)) continue;
        if (s.least < 0 || is_less(array, i, s.least)) s.least = i;
        if (s.greatest < 0 || is_less(array, s.greatest, i)) s.greatest = i;
    }
    if (s.least < 0) return s;
    s.norm = norm(
        array, fmax(fabs(as_double(array, s.least)), fabs(as_double(array, s.greatest))));
    return s;
}

void report_type(Text *out, const cg_value *array) {
    base_text_printf(out, "%s[", cg_dtype_name(array->dtype));
    for (uint32_t i = 0; i < array->rank; i++)
        base_text_printf(out, i ? ", %lld" : "%lld", (long long)array->shape[i]);
    base_text_char(out, ']');
}

static void write_summary(const Style *style, const cg_value *array) {
    Text *out = style->out;
    char text[NUM_TEXT];
    const Summary s = summarize(array);
    report_paint(style, ROLE_FAINT);
    report_type(out, array);
    if (array->dtype == CG_BOOL) {
        base_text_printf(out, "  %lld true", (long long)s.n_true);
    } else if (s.least >= 0) {
        base_text_printf(out, "  min %.*s", STR_ARG(element_text(array, s.least, text)));
        base_text_printf(out, "  max %.*s", STR_ARG(element_text(array, s.greatest, text)));
        (void)num_print(DT_F64, &s.norm, text);
        base_text_printf(out, "  norm %s", text);
    }
    if (s.n_nan) base_text_printf(out, "  %lld NaN", (long long)s.n_nan);
    if (s.n_infinite) base_text_printf(out, "  %lld infinite", (long long)s.n_infinite);
    report_plain(style);
}

// -- all of it ----------------------------------------------------------------------

void report_array_line(Text *out, const cg_value *array) {
    const Style plain = {.out = out};
    const Shown s = {.style = &plain, .array = array, .one_line = true};
    if (report_size(array) == 0)
        report_type(out, array);
    else
        write_axis(&s, 0, 0);
}

void report_array(const Style *style, const cg_value *array, size_t column, bool full) {
    Shown s = {.style = style, .array = array, .column = column};
    const bool whole = full || shown_count(array, 0) <= SHOWN_WHOLE;
    const bool empty = report_size(array) == 0; // brackets alone do not say of what
    if (whole) {
        measure(&s, 0, 0);
        lay_out(&s);
    }
    if (whole || abbreviate(&s)) {
        write_axis(&s, 0, 0);
        if (whole && !empty) return;
        if (whole)
            base_text_add(style->out, STR("  "));
        else
            break_line(&s, 0);
    }
    write_summary(style, array);
}
