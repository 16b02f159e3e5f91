// Values as text and tables show them (for this folder alone).
//
// A value is shown leaf by leaf, each labelled with its path; a number in a column with
// others stands with its decimal point below theirs.
#ifndef REPORT_VALUES_H
#define REPORT_VALUES_H

#include "base/vec.h"
#include "cggrad.h"
#include "num/num.h"
#include "report/style.h"

// -- leaves (report_leaves.c) -------------------------------------------------------

// A part of a value that has no parts: an array, null, an empty tuple or record.
typedef struct Leaf {
    Str label; // its path: value[0], grad x.scale; as it is shown
    const cg_value *value;
} Leaf;

typedef struct Leaves {
    VEC(Leaf) list;
} Leaves;

Status report_leaves(Arena *arena, Str label, const cg_value *value,
                     Leaves *leaves) MUST_USE;
// Those of derivatives: grad x, hessian x y. An empty kind: the argument's name alone.
Status report_part_leaves(Arena *arena, Str kind, const cg_parts *parts,
                          Leaves *leaves) MUST_USE;
// All that a result holds, but for its arguments and, unless asked for, the hessian. They
// point into the result.
Status report_result_leaves(Arena *arena, const cg_result *result, bool hessian,
                            Leaves *leaves) MUST_USE;
// An argument's name, or its number where it has none.
void report_add_argument(Text *label, const char *name, int argnum);

// -- arrays (report_array.c) --------------------------------------------------------

// An array at a column, over several lines where it does not fit into one. Without `full`
// a large one shows the ends of its axes, and says in a line of its own its type, least and
// greatest number and 2-norm (those of the finite ones), and how many are not finite.
void report_array(const Style *style, const cg_value *array, size_t column, bool full);
// All of it in one line.
void report_array_line(Text *out, const cg_value *array);
// float64[3, 2]
void report_type(Text *out, const cg_value *array);
int64_t report_size(const cg_value *array); // elements

// -- cells (report_cell.c) ----------------------------------------------------------

typedef struct Cell {
    Str text;
    size_t columns;
    size_t before; // a number: columns before its decimal point
    bool is_number;
} Cell;

// What the cells of one column need.
typedef struct CellColumn {
    size_t before, behind, width;
} CellColumn;

// A value without parts, in a line; an array of more than a few numbers is its type, unless
// `full`.
Status report_value_cell(Arena *arena, const cg_value *value, bool full,
                         Cell *cell) MUST_USE;
// Text that is shown as it is, or a number.
Cell report_text_cell(Str shown);
Cell report_number_cell(Str number);
void report_widen(CellColumn *column, const Cell *cell);
// Adds a cell behind `owed` blanks; the blanks owed behind it, so that none end a line.
size_t report_add_cell(Text *out, const CellColumn *column, const Cell *cell, size_t owed);

#endif
