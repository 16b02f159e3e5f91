// What works along an axis and what computes rows share.
#ifndef EXEC_EXACT_AXIS_H
#define EXEC_EXACT_AXIS_H

#include "exec/exact/exact_run.h"

// Elements some steps apart: element k is cell first + k * step.
typedef struct ExactColumn {
    const Cells *cells;
    int64_t first, n, step;
} ExactColumn;

static inline const void *exact_column_cell(const ExactColumn *column, int64_t k) {
    return exact_cell(column->cells, column->first + k * column->step);
}

// The number that a text says, of a dtype.
void exact_embed_text(Evaluation *e, void *out, const char *text, Dtype dtype);
// -inf, or a text that gives a dtype's least element.
const char *exact_least_text(Dtype dtype);
// *sum = prim(*sum, x), by way of *spare.
void exact_fold_in(Evaluation *e, Prim prim, Dtype dtype, void **sum, void **spare,
                   const void *x);

#endif
