// The rows of the laws: every primitive with the points where it is defined, and how its
// derivative is known.
#ifndef PRIMITIVE_ROWS_H
#define PRIMITIVE_ROWS_H

#include "exec/vm/kernels.h"
#include "primitive_fixture.h"

#include <float.h>

static double from_zero(const double *x) {
    return fabs(x[0]);
}
static double from_ones(const double *x) {
    return fmin(fabs(x[0] - 1), fabs(x[0] + 1));
}
static double from_minus_one(const double *x) {
    return fabs(x[0] + 1);
}
static double from_poles_of_tan(const double *x) {
    return fabs(cos(x[0]));
}
static double from_integers(const double *x) {
    return x[0] > 0.5 ? x[0] : fabs(x[0] - rint(x[0]));
}
static double from_zero_divisor(const double *x) {
    return fabs(x[1]);
}
static double from_i(const double *x) {
    return hypot(x[0], 1);
}
static double from_tie(const double *x) {
    return fabs(x[0] - x[1]) / 2;
}
static double from_jump(const double *x) {
    const double rest = fabs(fmod(x[0], x[1]));
    return fmin(rest, fabs(x[1]) - rest) / (2 + fabs(x[0] / x[1]));
}
// Singular at x = ±iy, or at 0 of either.
static double from_axes(const double *x) {
    return fmin(fabs(x[0]), fabs(x[1]));
}

// Where the value loses digits that the derivative has, the derivative in long double.
static long double slope_tanh(long double x) {
    return 1 / (coshl(x) * coshl(x));
}
static long double slope_erf(long double x) {
    return M_2_SQRTPIl * expl(-x * x);
}
static long double slope_erfc(long double x) {
    return -slope_erf(x);
}

#define N "12" // elements of an operand of an elementwise row
#define UNARY(name, low, high, room_, ...)                                                 \
    { PRIM_##name, BY_KERNEL, {N}, {{low, high}}, room_, __VA_ARGS__ }
#define BINARY(name, low_x, high_x, low_y, high_y, room_)                                  \
    { PRIM_##name, BY_KERNEL, {N, N}, {{low_x, high_x}, {low_y, high_y}}, room_, NO_ATTR }
#define FLAT(name, ...)                                                                    \
    { PRIM_##name, AS_ZERO, {__VA_ARGS__}, {{-3, 3}, {1, 3}}, NULL, NO_ATTR }
#define LINEAR(name, attr_, ...)                                                           \
    { PRIM_##name, BY_LINEARITY, {__VA_ARGS__}, {{-2, 2}, {-2, 2}, {-2, 2}}, NULL, attr_ }
// With index operands in low ... high - 1.
#define INDEXED(name, low, high, attr_, ...)                                               \
    {                                                                                      \
        PRIM_##name, BY_LINEARITY, {__VA_ARGS__}, {{-2, 2}, {low, high}, {low, high}},     \
            NULL, attr_                                                                    \
    }
#define CHOOSING(name, attr_, ...)                                                         \
    { PRIM_##name, AS_CHOSEN, {__VA_ARGS__}, {{-2, 2}, {-2, 2}, {-2, 8}}, NULL, attr_ }

static const Row rows[] = {
    UNARY(neg, -5, 5, NULL, NO_ATTR),
    UNARY(abs, -5, 5, from_zero, NO_ATTR),
    FLAT(sign, N),
    FLAT(floor, N),
    FLAT(ceil, N),
    FLAT(round, N),
    FLAT(trunc, N),
    UNARY(integer_pow, -3, 3, from_zero, ATTR(-3)),
    UNARY(integer_pow, -3, 3, from_zero, ATTR(-1)),
    UNARY(integer_pow, -3, 3, NULL, ATTR(1)),
    UNARY(integer_pow, -3, 3, NULL, ATTR(2)),
    UNARY(integer_pow, -3, 3, NULL, ATTR(7)),
    {PRIM_integer_pow, AS_ZERO, {N}, {{-3, 3}}, NULL, ATTR(0)},
    UNARY(sqrt, 1e-3, 50, from_zero, NO_ATTR),
    UNARY(rsqrt, 1e-3, 50, from_zero, NO_ATTR),
    UNARY(cbrt, -50, 50, from_zero, NO_ATTR),
    UNARY(exp, -300, 300, NULL, NO_ATTR),
    UNARY(exp2, -300, 300, NULL, NO_ATTR),
    UNARY(expm1, -30, 300, NULL, NO_ATTR, .slope = expl),
    UNARY(log, 1e-3, 50, from_zero, NO_ATTR),
    UNARY(log2, 1e-3, 50, from_zero, NO_ATTR),
    UNARY(log10, 1e-3, 50, from_zero, NO_ATTR),
    UNARY(log1p, -0.99, 5, from_minus_one, NO_ATTR),
    UNARY(sin, -20, 20, NULL, NO_ATTR),
    UNARY(cos, -20, 20, NULL, NO_ATTR),
    UNARY(tan, -5, 5, from_poles_of_tan, NO_ATTR),
    UNARY(arcsin, -0.999, 0.999, from_ones, NO_ATTR),
    UNARY(arccos, -0.999, 0.999, from_ones, NO_ATTR),
    UNARY(arctan, -20, 20, from_i, NO_ATTR),
    UNARY(sinh, -300, 300, NULL, NO_ATTR),
    UNARY(cosh, -300, 300, NULL, NO_ATTR),
    UNARY(tanh, -300, 300, NULL, NO_ATTR, .slope = slope_tanh),
    UNARY(arcsinh, -20, 20, from_i, NO_ATTR),
    UNARY(arccosh, 1.001, 20, from_ones, NO_ATTR),
    UNARY(arctanh, -0.999, 0.999, from_ones, NO_ATTR),
    UNARY(erf, -4, 4, NULL, NO_ATTR, .slope = slope_erf),
    UNARY(erfc, -4, 12, NULL, NO_ATTR, .slope = slope_erfc),
    UNARY(lgamma, -5, 20, from_integers, NO_ATTR),
    UNARY(digamma, -5, 20, from_integers, NO_ATTR),
    UNARY(polygamma, -5, 20, from_integers, ATTR(1)),
    UNARY(polygamma, 0.1, 20, from_integers, ATTR(3)),
    FLAT(stop_gradient, N),
    FLAT(bit_not, "b4"),

    BINARY(add, -5, 5, -5, 5, NULL),
    BINARY(sub, -5, 5, -5, 5, NULL),
    BINARY(mul, -5, 5, -5, 5, NULL),
    BINARY(div, -5, 5, 0.1, 5, from_zero_divisor),
    FLAT(floor_divide, N, N),
    BINARY(rem, -9, 9, 1, 3, from_jump),
    BINARY(pow, 0.01, 5, -5, 5, from_zero),
    BINARY(arctan2, 0.3, 5, -5, -0.3, from_axes),
    BINARY(arctan2, -5, -0.3, 0.3, 5, from_axes),
    BINARY(hypot, 0.3, 5, -5, -0.3, from_axes),
    BINARY(copysign, -5, 5, -5, 5, from_axes),
    BINARY(maximum, -5, 5, -5, 5, from_tie),
    BINARY(minimum, -5, 5, -5, 5, from_tie),
    FLAT(bit_and, "b4", "b4"),
    FLAT(bit_or, "b4", "b4"),
    FLAT(bit_xor, "b4", "b4"),
    FLAT(shift_left, "i4", "i4"),
    FLAT(shift_right, "i4", "i4"),
    FLAT(eq, N, N),
    FLAT(ne, N, N),
    FLAT(lt, N, N),
    FLAT(le, N, N),
    FLAT(gt, N, N),
    FLAT(ge, N, N),

    LINEAR(select, NO_ATTR, "b2,3", "2,3", "2,3"),
    LINEAR(convert, ATTR(DT_F64, 0), "f5"),
    LINEAR(convert, ATTR(DT_F32, 0), "5"),
    {PRIM_convert, AS_ZERO, {"5"}, {{-3, 3}}, NULL, ATTR(DT_I64, 0)},

    LINEAR(reduce_sum, ATTR(0, 2), "2,3,4"),
    {PRIM_reduce_prod, AS_PRODUCT, {"7"}, {{-2, 2}}, NULL, ATTR(0)},
    {PRIM_reduce_prod, AS_PRODUCT, {"1,4,2"}, {{-2, 2}}, NULL, ATTR(0, 1)},
    {PRIM_reduce_prod, AS_PRODUCT, {"2,3,2"}, {{-2, 2}}, NULL, ATTR(0, 2)},
    {PRIM_reduce_max, AS_EXTREME, {"2,3,4"}, {{-2, 2}}, NULL, ATTR(0, 2)},
    {PRIM_reduce_min, AS_EXTREME, {"5"}, {{-2, 2}}, NULL, ATTR(0)},
    {PRIM_reduce_and, AS_ZERO, {"b2,3"}, {{0, 2}}, NULL, ATTR(0)},
    {PRIM_reduce_or, AS_ZERO, {"b2,3"}, {{0, 2}}, NULL, ATTR(1)},
    {PRIM_argmax, AS_ZERO, {"2,3"}, {{-2, 2}}, NULL, ATTR(0)},
    {PRIM_argmin, AS_ZERO, {"2,3"}, {{-2, 2}}, NULL, ATTR(1)},
    {PRIM_argsort, AS_ZERO, {"2,3"}, {{-2, 2}}, NULL, ATTR(0, 0)},
    {PRIM_argsort, AS_ZERO, {"2,3"}, {{-2, 2}}, NULL, ATTR(1, 1)},
    LINEAR(cumsum, ATTR(1, 0), "2,3,2"),
    LINEAR(cumsum, ATTR(0, 1), "4"),

    LINEAR(broadcast, ATTR(3, 4, 2, 3, 1, 2), "1,3"),
    LINEAR(broadcast, ATTR(1, 3), ""),
    LINEAR(reshape, ATTR(2, 3, 4), "2,3,2"),
    LINEAR(transpose, ATTR(1, 2, 0), "2,3,4"),
    LINEAR(reverse, ATTR(0, 2), "2,3,4"),
    LINEAR(slice, ATTR(1, 0, 8, 2, 3, 1), "9,3"),
    LINEAR(slice, ATTR(1, 1, 1), "3"),
    LINEAR(slice, ATTR(7, 8, 1), "33"),
    LINEAR(slice, ATTR(1, 2, 0, 4, 6, 2, 3, 4, 1), "5,9,2"),
    LINEAR(pad, ATTR(1, 0, 2, 3, 2, 0), "3,2"),
    LINEAR(concatenate, ATTR(1), "2,3", "2,1", "2,2"),

    INDEXED(gather, 0, 5, ATTR(0), "5,2", "i4"),
    INDEXED(gather, -2, 8, ATTR(1), "5", "i2,2"),
    INDEXED(gather, -2, 8, ATTR(2), "5,3,2", "i4", "i4"),
    INDEXED(scatter_add, -2, 8, ATTR(1), "5", "4", "i4"),
    INDEXED(scatter_add, -2, 8, ATTR(2), "5,2", "4,2", "i4"),
    INDEXED(scatter_add, 0, 5, ATTR(0), "5,2", "4,2", "i4"),
    INDEXED(scatter_set, -2, 8, ATTR(1), "5", "6", "i6"),
    INDEXED(scatter_set, -2, 8, ATTR(2), "5,2", "6,2", "i6"),
    CHOOSING(scatter_max, ATTR(1), "5", "6", "i6"),
    CHOOSING(scatter_max, ATTR(2), "5,2", "6,2", "i6"),
    CHOOSING(scatter_min, ATTR(1), "5,2", "6,2", "i6"),
    CHOOSING(scatter_min, ATTR(2), "5", "6", "i6"),

    {PRIM_dot, BY_PARTS, {"1,2,3", "1,3,4"}, {{-2, 2}, {-2, 2}}, NULL, NO_ATTR},
    {PRIM_dot, BY_PARTS, {"2,3,2", "2,2,1"}, {{-2, 2}, {-2, 2}}, NULL, NO_ATTR},
};

// -- the derivative as it should be ---------------------------------------------------

typedef struct Derivatives {
    double d1, d2;
} Derivatives;

// The function that is differenced: the kernel, or the derivative where that is given.
static long double kernel_at(const Row *row, const double *x, uint32_t axis,
                             long double h) {
    if (row->slope) return row->slope(x[0] + h);
    long double in[MAX_IN] = {0}, out;
    for (uint32_t i = 0; i < MAX_IN && row->in[i]; i++)
        in[i] = x[i];
    in[axis] += h;
    assert_true(vm_reference(row->prim, in, row->attr, &out));
    return out;
}

// Central differences with steps h, h/2, h/4, …, extrapolated: of the tableau the entry
// that differs least from its neighbours, counting `noise`, the error that rounding makes
// in the first row (in each further one `growth` times as much).
enum { STEPS = 8 };
static double best_of(long double table[STEPS][STEPS], long double noise,
                      long double growth) {
    long double error = INFINITY, best = NAN;
    for (uint32_t k = 1; k < STEPS; k++) {
        long double factor = 1;
        noise *= growth;
        for (uint32_t j = 1; j <= k; j++) {
            factor *= 4;
            table[k][j] =
                table[k][j - 1] + (table[k][j - 1] - table[k - 1][j - 1]) / (factor - 1);
            const long double before = fabsl(table[k][j] - table[k][j - 1]);
            const long double above = fabsl(table[k][j] - table[k - 1][j - 1]);
            const long double e = fmaxl(before, above) + noise;
            if (!(e < error)) continue;
            error = e;
            best = table[k][j];
        }
    }
    return (double)best;
}

static inline Derivatives derivatives_at(const Row *row, const double *x, uint32_t axis) {
    long double table1[STEPS][STEPS], table2[STEPS][STEPS];
    const long double h0 = ldexpl(1, ilogb(row->room ? row->room(x) : 1) - 1);
    const long double middle = kernel_at(row, x, axis, 0);
    for (uint32_t k = 0; k < STEPS; k++) {
        const long double h = ldexpl(h0, -(int)k);
        const long double up = kernel_at(row, x, axis, h);
        const long double down = kernel_at(row, x, axis, -h);
        table1[k][0] = (up - down) / (2 * h);
        table2[k][0] = (up - middle + (down - middle)) / (h * h);
    }
    const long double noise = LDBL_EPSILON * fabsl(middle) / h0;
    const double d1 = best_of(table1, noise, 2);
    if (row->slope) return (Derivatives){(double)row->slope(x[0]), d1};
    return (Derivatives){d1, best_of(table2, noise / h0, 4)};
}

#endif
