#include "exec/exact/exact_hull.h"

#include "exec/exact/exact_judge.h"

#include <math.h>

// Phase 1 of the simplex method: minimise the sum of artificial variables of
//   Σ λ_j p_j = r, Σ λ_j = 1, λ >= 0.
// Rows are scaled to size 1. Columns: the points, the artificial variables, the right side.
typedef struct Tableau {
    uint32_t rows, points, columns;
    double *at;      // rows + 1 (of reduced costs, whose last element is minus the sum)
    double *scale;   // of rows, with the sign that makes the right side positive
    uint32_t *basis; // of rows
} Tableau;

static double *entry(const Tableau *t, uint32_t row, uint32_t column) {
    return &t->at[(size_t)row * t->columns + column];
}

static double float_of(const ExactEnv *env, const Number *x) {
    return exact_nearest_double(env, x);
}

// Coordinate `row` of point `column` (column == points: of r), or 1 in the last row.
static double coordinate(const ExactEnv *env, const HullPoints *points,
                         const Number *const *r, uint32_t row, uint32_t column) {
    if (row == points->dimension) return 1;
    if (column == points->n) return float_of(env, r[row]);
    return float_of(env, points->at[(size_t)column * points->dimension + row]);
}

static void fill(const ExactEnv *env, const HullPoints *points, const Number *const *r,
                 Tableau *t) {
    for (uint32_t row = 0; row < t->rows; row++) {
        double most = 0;
        for (uint32_t c = 0; c <= t->points; c++)
            most = fmax(most, fabs(coordinate(env, points, r, row, c)));
        const double right = coordinate(env, points, r, row, t->points);
        t->scale[row] = (right < 0 ? -1 : 1) / (most > 0 && isfinite(most) ? most : 1);
        for (uint32_t c = 0; c < t->points; c++)
            *entry(t, row, c) = t->scale[row] * coordinate(env, points, r, row, c);
        *entry(t, row, t->points + row) = 1;
        *entry(t, row, t->columns - 1) = t->scale[row] * right;
        t->basis[row] = t->points + row;
        for (uint32_t c = 0; c < t->columns; c++)
            if (c < t->points || c == t->columns - 1)
                *entry(t, t->rows, c) -= *entry(t, row, c);
    }
}

static void pivot(Tableau *t, uint32_t row, uint32_t column) {
    const double by = *entry(t, row, column);
    for (uint32_t c = 0; c < t->columns; c++)
        *entry(t, row, c) /= by;
    for (uint32_t i = 0; i <= t->rows; i++) {
        const double factor = *entry(t, i, column);
        if (i == row || factor == 0) continue;
        for (uint32_t c = 0; c < t->columns; c++)
            *entry(t, i, c) -= factor * *entry(t, row, c);
    }
    t->basis[row] = column;
}

static bool leaving_row(const Tableau *t, uint32_t column, uint32_t *leaving) {
    double least = INFINITY;
    for (uint32_t row = 0; row < t->rows; row++) {
        const double a = *entry(t, row, column);
        const double ratio = *entry(t, row, t->columns - 1) / a;
        if (a <= 1e-11 || ratio > least) continue;
        if (ratio == least && t->basis[row] > t->basis[*leaving]) continue;
        least = ratio;
        *leaving = row;
    }
    return isfinite(least);
}

// Bland's rule: it ends.
static void solve(Tableau *t) {
    enum { MOST_PIVOTS = 2000 };
    for (int i = 0; i < MOST_PIVOTS; i++) {
        uint32_t column = 0, row = 0;
        while (column<t->points && * entry(t, t->rows, column)> - 1e-11)
            column++;
        if (column == t->points || !leaving_row(t, column, &row)) return;
        pivot(t, row, column);
    }
}

// -- proofs -------------------------------------------------------------------------

static void combine(ExactEnv *env, Number *sum, const Number *x, const Number *y,
                    Prim sign) {
    const ExactOperation times = {PRIM_mul, DT_F64, DT_F64, 2, 0};
    const ExactOperation plus = {sign, DT_F64, DT_F64, 2, 0};
    Number product = {0}, made = {0};
    exact_apply(env, &times, &product, (const Number *[]){x, y});
    exact_apply(env, &plus, &made, (const Number *[]){sum, &product});
    exact_clear(&product);
    exact_clear(sum);
    *sum = made;
}

// The direction of the program's dual variables has r beyond all points.
static bool separates(ExactEnv *env, const Tableau *t, const HullPoints *points,
                      const Number *const *r) {
    bool beyond = true;
    Number *w = flint_calloc(points->dimension + 1, sizeof *w);
    for (uint32_t row = 0; row < points->dimension; row++) {
        const double dual = 1 - *entry(t, t->rows, t->points + row);
        const double y = dual * t->scale[row];
        exact_load(&w[row], DT_F64, &y);
        beyond = beyond && exact_is_real(&w[row]);
    }
    for (uint32_t p = 0; p < points->n && beyond; p++) {
        Number sum = {0};
        exact_set_si(&sum, 0);
        for (uint32_t i = 0; i < points->dimension; i++) {
            combine(env, &sum, &w[i], r[i], PRIM_add);
            combine(env, &sum, &w[i], points->at[(size_t)p * points->dimension + i],
                    PRIM_sub);
        }
        beyond = exact_is_real(&sum) && exact_sign(env, &sum) == 1;
        exact_clear(&sum);
    }
    for (uint32_t i = 0; i < points->dimension; i++)
        exact_clear(&w[i]);
    flint_free(w);
    return beyond;
}

// Linear equations: `rows` of `unknowns` coefficients and a right side.
typedef struct Equations {
    uint32_t rows, unknowns;
    Number *at;
} Equations;

static Number *coefficient(const Equations *q, uint32_t row, uint32_t column) {
    return &q->at[(size_t)row * (q->unknowns + 1) + column];
}

static void eliminate(ExactEnv *env, const Equations *q, uint32_t from, uint32_t row,
                      uint32_t column) {
    const ExactOperation over = {PRIM_div, DT_F64, DT_F64, 2, 0};
    Number factor = {0};
    exact_apply(
        env, &over, &factor,
        (const Number *[]){coefficient(q, row, column), coefficient(q, from, column)});
    for (uint32_t c = column; c <= q->unknowns; c++) {
        if (c == column)
            exact_set_si(coefficient(q, row, c), 0);
        else
            combine(env, coefficient(q, row, c), &factor, coefficient(q, from, c),
                    PRIM_sub);
    }
    exact_clear(&factor);
}

static bool is_positive_or_zero(ExactEnv *env, const Number *x) {
    if (!exact_is_real(x)) return false;
    const int sign = exact_sign(env, x);
    return sign == 0 || sign == 1;
}

// Whether they have a solution that is nowhere negative: by elimination to the diagonal.
static bool has_positive_solution(ExactEnv *env, const Equations *q) {
    for (uint32_t k = 0; k < q->unknowns; k++) {
        uint32_t best = k;
        while (best < q->rows && (!exact_is_real(coefficient(q, best, k)) ||
                                  exact_sign(env, coefficient(q, best, k)) % 2 == 0))
            best++;
        if (best == q->rows) return false;
        for (uint32_t c = 0; c <= q->unknowns && best != k; c++)
            exact_swap(coefficient(q, k, c), coefficient(q, best, c));
        for (uint32_t row = 0; row < q->rows; row++)
            if (row != k) eliminate(env, q, k, row, k);
    }
    for (uint32_t row = 0; row < q->rows; row++) {
        Number *right = coefficient(q, row, q->unknowns), value = {0};
        const ExactOperation over = {PRIM_div, DT_F64, DT_F64, 2, 0};
        bool good = row >= q->unknowns && exact_is_zero(right);
        if (row < q->unknowns) {
            exact_apply(env, &over, &value,
                        (const Number *[]){right, coefficient(q, row, row)});
            good = is_positive_or_zero(env, &value);
            exact_clear(&value);
        }
        if (!good) return false;
    }
    return true;
}

// The points of the basis whose weights in floats are above `least` hold r: their weights
// are proved to be none negative.
static bool supports(ExactEnv *env, const Tableau *t, const HullPoints *points,
                     const Number *const *r, double least) {
    Equations q = {.rows = t->rows};
    uint32_t *chosen = flint_calloc(t->rows, sizeof *chosen);
    for (uint32_t row = 0; row < t->rows; row++)
        if (t->basis[row]<t->points && * entry(t, row, t->columns - 1)> least)
            chosen[q.unknowns++] = t->basis[row];
    const size_t size = (size_t)q.rows * (q.unknowns + 1);
    q.at = flint_calloc(size, sizeof *q.at);
    for (uint32_t row = 0; row < q.rows; row++) {
        for (uint32_t c = 0; c <= q.unknowns; c++) {
            Number *to = coefficient(&q, row, c);
            if (row == points->dimension)
                exact_set_si(to, 1);
            else
                exact_copy(to,
                           c == q.unknowns
                               ? r[row]
                               : points->at[(size_t)chosen[c] * points->dimension + row]);
        }
    }
    const bool held = q.unknowns > 0 && has_positive_solution(env, &q);
    for (size_t i = 0; i < size; i++)
        exact_clear(&q.at[i]);
    flint_free(q.at);
    flint_free(chosen);
    return held;
}

HullSide exact_hull_side(ExactEnv *env, const HullPoints *points, const Number *const *r) {
    Tableau t = {.rows = points->dimension + 1, .points = points->n};
    t.columns = t.points + t.rows + 1;
    t.at = flint_calloc((size_t)(t.rows + 1) * t.columns, sizeof *t.at);
    t.scale = flint_calloc(t.rows, sizeof *t.scale);
    t.basis = flint_calloc(t.rows, sizeof *t.basis);
    fill(env, points, r, &t);
    solve(&t);
    HullSide side = HULL_UNSURE;
    if (separates(env, &t, points, r))
        side = HULL_OUTSIDE;
    else if (supports(env, &t, points, r, 1e-10) || supports(env, &t, points, r, -1e-10))
        side = HULL_INSIDE;
    flint_free(t.at);
    flint_free(t.scale);
    flint_free(t.basis);
    return side;
}
