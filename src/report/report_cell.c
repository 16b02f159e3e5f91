// Cells of a column: numbers with their decimal points below each other, texts from the
// left.
#include "report/values.h"

enum { FEW = 4 }; // an array of so many numbers stands in a cell

Cell report_text_cell(Str shown) {
    return (Cell){.text = shown, .columns = base_columns(shown)};
}

// Where there is no decimal point, what stands before the exponent ends at it.
Cell report_number_cell(Str number) {
    Cell cell = {.text = number, .columns = number.n, .is_number = true};
    while (cell.before < number.n && number.at[cell.before] != '.' &&
           number.at[cell.before] != 'e')
        cell.before++;
    return cell;
}

Status report_value_cell(Arena *arena, const cg_value *value, bool full, Cell *cell) {
    Text text = {.arena = arena};
    if (value->kind != CG_ARRAY)
        base_text_add(&text, value->kind == CG_NULL    ? STR("null")
                             : value->kind == CG_TUPLE ? STR("()")
                                                       : STR("{}"));
    else if (full || report_size(value) <= FEW)
        report_array_line(&text, value);
    else
        report_type(&text, value);
    if (text.failed) return NOMEM;
    const bool is_number =
        value->kind == CG_ARRAY && value->rank == 0 && value->dtype != CG_BOOL;
    *cell = is_number ? report_number_cell(base_text_str(&text))
                      : report_text_cell(base_text_str(&text));
    return OK;
}

void report_widen(CellColumn *column, const Cell *cell) {
    size_t width = cell->columns;
    if (cell->is_number) {
        const size_t behind = cell->columns - cell->before;
        if (cell->before > column->before) column->before = cell->before;
        if (behind > column->behind) column->behind = behind;
        width = column->before + column->behind;
    }
    if (width > column->width) column->width = width;
}

size_t report_add_cell(Text *out, const CellColumn *column, const Cell *cell, size_t owed) {
    const size_t lead = cell->is_number ? column->before - cell->before : 0;
    if (cell->columns == 0) return owed + column->width;
    report_spaces(out, owed + lead);
    base_text_add(out, cell->text);
    return column->width - lead - cell->columns;
}
