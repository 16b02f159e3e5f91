// Groups that work along an axis: reductions, sums, places, indices.
#include "exec/exact/exact_axis.h"

// -- reductions ---------------------------------------------------------------------

// What a reduction folds with, and its value of no elements: a literal (of an integer dtype
// the nearest integer that it has).
typedef struct Fold {
    Prim prim;
    const char *of_nothing;
} Fold;

#define FOLD_reduce_sum(dtype)                                                             \
    { PRIM_add, "0" }
#define FOLD_reduce_prod(dtype)                                                            \
    { PRIM_mul, "1" }
#define FOLD_reduce_max(dtype)                                                             \
    { PRIM_maximum, exact_least_text(dtype) }
#define FOLD_reduce_min(dtype)                                                             \
    { PRIM_minimum, most_text(dtype) }
#define FOLD_reduce_and(dtype)                                                             \
    { PRIM_bit_and, "1" }
#define FOLD_reduce_or(dtype)                                                              \
    { PRIM_bit_or, "0" }

const char *exact_least_text(Dtype dtype) {
    return num_is_float(dtype) ? "-inf" : dtype == DT_BOOL ? "0" : "-1e30";
}
static const char *most_text(Dtype dtype) {
    return num_is_float(dtype) ? "inf" : dtype == DT_BOOL ? "1" : "1e30";
}

static Fold fold_of(Prim reduction, Dtype dtype) {
    switch (reduction) {
#define FOLD_REDUCE(name)                                                                  \
    case PRIM_##name:                                                                      \
        return (Fold)FOLD_##name(dtype);
#define FOLD_MAP(name)
#define FOLD_COMPARE(name)
#define FOLD_SOURCE(name)
#define FOLD_SHAPE(name)
#define FOLD_INDEX(name)
#define FOLD_LINALG(name)
#define FOLD_STACK(name)
#define FOLD_CONTROL(name)
#define PRIM(name, arity, class, smoothness, flags) FOLD_##class(name)
#include "ir/prim.def"
#undef PRIM
    default:
        return (Fold){PRIM_COUNT, NULL};
    }
}

void exact_embed_text(Evaluation *e, void *out, const char *text, Dtype dtype) {
    Number number = {0};
    exact_literal(&e->env, &number, base_str(text), dtype); // saturates to the dtype's ends
    e->kind->embed(out, &number);
    exact_clear(&number);
}

// *sum = prim(*sum, x), by way of `spare`.
void exact_fold_in(Evaluation *e, Prim prim, Dtype dtype, void **sum, void **spare,
                   const void *x) {
    void *const result = *spare;
    exact_binary(e, prim, dtype, result, *sum, x);
    *spare = *sum;
    *sum = result;
}

static void reduce(Evaluation *e, const Instruction *i, Cells *room,
                   const ExactColumn *column, void *out) {
    const Dtype dtype = (Dtype)i->dtype;
    const Fold fold = fold_of((Prim)i->prim, dtype);
    void *sum = exact_cell(room, 0), *spare = exact_cell(room, 1);
    if (column->n == 0)
        exact_embed_text(e, sum, fold.of_nothing, dtype);
    else
        e->kind->copy(sum, exact_column_cell(column, 0));
    for (int64_t k = 1; k < column->n; k++)
        exact_fold_in(e, fold.prim, dtype, &sum, &spare, exact_column_cell(column, k));
    e->kind->copy(out, sum);
}

// -- places -------------------------------------------------------------------------

// What one search along an axis knows.
typedef struct Search {
    Evaluation *e;
    const ExactColumn *column;
    Dtype dtype;
    Cells *room;   // its first cell: the answer of the last comparison
    uint8_t flags; // of all comparisons
} Search;

// Whether prim holds of places i and j: 1, 0, or -1 when it is not known.
static int holds(Search *s, Prim prim, int64_t i, int64_t j) {
    void *answer = exact_cell(s->room, 0);
    const ExactOperation op = {prim, s->dtype, DT_BOOL, 2, 0};
    s->e->cost++;
    s->e->kind->apply(
        &s->e->env, &op, answer,
        (const void *[]){exact_column_cell(s->column, i), exact_column_cell(s->column, j)});
    const Number *number = s->e->kind->constant(answer);
    s->flags |= number->flags;
    return number->kind == NUMBER_INTEGER ? number->integer != 0 : -1;
}

// A result of a search: a place, or what kept it from being known.
static void put_place(Search *s, void *out, int64_t place, bool known) {
    if (known)
        exact_embed_integer(s->e, out, DT_I64, place);
    else
        s->e->kind->copy(out, exact_cell(s->room, 0));
    s->e->kind->add_flags(out, s->flags);
}

// The first of equals; the first NaN, if there is one.
static void find_extreme(Search *s, Prim order, void *out) {
    int64_t best = 0;
    for (int64_t k = 0; k < s->column->n; k++) {
        const int is_nan = holds(s, PRIM_ne, k, k);
        const int better = is_nan || k == 0 ? is_nan : holds(s, order, k, best);
        if (better < 0) {
            put_place(s, out, 0, false);
            return;
        }
        if (better) best = k;
        if (is_nan) break;
    }
    put_place(s, out, best, true);
}

// Whether place i comes behind place j, an earlier one of the column.
static int comes_behind(Search *s, bool descending, const int8_t *is_nan, int64_t j,
                        int64_t i) {
    if (is_nan[i] || is_nan[j])
        return is_nan[i] == is_nan[j] || (is_nan[i] != 0) != descending;
    const int before = holds(s, descending ? PRIM_gt : PRIM_lt, i, j);
    return before < 0 ? before : !before;
}

// Where among the n places in order place i belongs, behind its equals; -1: not known.
static int64_t find_rank(Search *s, bool descending, const int8_t *is_nan,
                         const int64_t *order, int64_t n, int64_t i) {
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const int behind = comes_behind(s, descending, is_nan, order[middle], i);
        if (behind < 0) return -1;
        if (behind)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Insertion, the place found by halving.
static bool sort_places(Search *s, bool descending, int8_t *is_nan, int64_t *order) {
    for (int64_t i = 0; i < s->column->n; i++) {
        const int nan = holds(s, PRIM_ne, i, i);
        is_nan[i] = (int8_t)nan;
        const int64_t at = nan < 0 ? -1 : find_rank(s, descending, is_nan, order, i, i);
        if (at < 0) return false;
        memmove(&order[at + 1], &order[at], (size_t)(i - at) * sizeof *order);
        order[at] = i;
    }
    return true;
}

static void find_order(Search *s, bool descending, Cells *out) {
    const ExactColumn *column = s->column;
    int64_t *order = flint_calloc((size_t)column->n + 1, sizeof *order);
    int8_t *is_nan = flint_calloc((size_t)column->n + 1, sizeof *is_nan);
    const bool known = sort_places(s, descending, is_nan, order);
    for (int64_t k = 0; k < column->n; k++)
        put_place(s, exact_cell(out, column->first + k * column->step), order[k], known);
    flint_free(order);
    flint_free(is_nan);
}

// -- sums and indices ---------------------------------------------------------------

static void accumulate(Evaluation *e, const Instruction *i, const ExactColumn *column,
                       Cells *out) {
    for (int64_t k = 0; k < column->n; k++) {
        const int64_t at = i->attr ? column->n - 1 - k : k,
                      before = i->attr ? at + 1 : at - 1;
        void *to = exact_cell(out, column->first + at * column->step);
        if (k == 0)
            e->kind->copy(to, exact_column_cell(column, at));
        else
            exact_binary(e, PRIM_add, (Dtype)i->dtype, to,
                         exact_cell(out, column->first + before * column->step),
                         exact_column_cell(column, at));
    }
}

static void count(Evaluation *e, const Instruction *i, const ExactColumn *column,
                  Cells *out) {
    for (int64_t k = 0; k < column->n; k++)
        exact_embed_integer(e, exact_cell(out, column->first + k * column->step),
                            (Dtype)i->dtype, k);
}

// -- all of them --------------------------------------------------------------------

// One column of the operand (or, without one, of the result). `to`: where a result that is
// one element for each column goes. False: there is no kernel.
static bool run_column(Evaluation *e, const Instruction *i, const ExactColumn *column,
                       Cells *room, Cells *out, void *to) {
    Search search = {e, column, (Dtype)i->dtype, room, 0};
    switch (i->prim) {
    case PRIM_cumsum:
        accumulate(e, i, column, out);
        return true;
    case PRIM_iota:
        count(e, i, column, out);
        return true;
    case PRIM_argmax:
        find_extreme(&search, PRIM_gt, to);
        return true;
    case PRIM_argmin:
        find_extreme(&search, PRIM_lt, to);
        return true;
    case PRIM_argsort:
        find_order(&search, i->attr != 0, out);
        return true;
    default:
        if (ir_prim((Prim)i->prim)->class != CLASS_REDUCE) return false;
        reduce(e, i, room, column, to);
        return true;
    }
}

static Status run_columns(Evaluation *e, const Instruction *i, const Cells *in,
                          const Axis *axis, Cells *room, Cells *out) {
    for (int64_t o = 0; o < axis->outer; o++) {
        for (int64_t c = 0; c < axis->inner; c++) {
            const ExactColumn column = {in, o * axis->n * axis->inner + c, axis->n,
                                        axis->inner};
            const int64_t at = o * axis->inner + c;
            if (!run_column(e, i, &column, room, out,
                            at < out->n ? exact_cell(out, at) : NULL)) {
                *e->error = (ExecError){.code = CODE_E901,
                                        .span = e->env.span,
                                        .message = "the exact engine has no kernel for a "
                                                   "primitive along an axis"};
                return FAILED;
            }
        }
    }
    return OK;
}

Status exact_run_axis(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Status status;
    const Instruction *i = exact_instruction(plan, group);
    const Cells *in = i->n_in ? exact_in(plan, frame, i, 0) : NULL;
    Cells *out = exact_new_cells(e, group->n, false, &status);
    Cells *room = out ? exact_new_cells(e, 2, false, &status) : NULL;
    if (room) status = run_columns(e, i, in, group->about, room, out);
    exact_release(e, room);
    if (status == OK)
        exact_put(e, frame, i->out, out);
    else
        exact_release(e, out);
    return status;
}
