// The kernels: each against values of mpmath, the long double reference, or a model in
// wider integers; at edge points; alone and in the middle of an array.
#include "exec/vm/kernels.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static MapKernel *map_kernel(Prim prim, Dtype dtype) {
    return vm_kernels[dtype]->map[prim];
}

// -- completeness -------------------------------------------------------------------

static bool admits(unsigned flags, Dtype dtype) {
    const bool number = dtype != DT_BOOL;
    return (flags & PRIM_FLAG_A) || ((flags & PRIM_FLAG_N) && number) ||
           ((flags & PRIM_FLAG_F) && num_is_float(dtype)) ||
           ((flags & PRIM_FLAG_I) && !num_is_float(dtype));
}

static void test_every_row_has_its_kernels(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        const bool elementwise = info->class == CLASS_MAP || info->class == CLASS_COMPARE;
        for (Dtype dtype = 0; dtype < DT_COUNT; dtype++) {
            bool wanted = admits(info->flags, dtype);
            if (elementwise && wanted != (map_kernel(prim, dtype) != NULL))
                fail_msg("map %s of %s", info->name, num_dtype_name(dtype));
            if (info->flags & PRIM_FLAG_I) wanted = dtype == DT_BOOL;
            if (info->class == CLASS_REDUCE &&
                wanted != (vm_kernels[dtype]->axis[prim] != NULL))
                fail_msg("%s of %s", info->name, num_dtype_name(dtype));
        }
    }
}

// -- distances ----------------------------------------------------------------------

// How many doubles (floats) lie between two; 0 for two NaNs, and for 0.0 and -0.0 one.
static uint64_t ulps64(double a, double b) {
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b) ? 0 : UINT64_MAX;
    int64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    // Negative numbers below the positive, in order.
    if (x < 0) x = -1 - (x & INT64_MAX);
    if (y < 0) y = -1 - (y & INT64_MAX);
    return x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
}
static uint64_t ulps32(float a, float b) {
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b) ? 0 : UINT64_MAX;
    int32_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    if (x < 0) x = -1 - (x & INT32_MAX);
    if (y < 0) y = -1 - (y & INT32_MAX);
    return (uint64_t)llabs((long long)x - y);
}

static double run64(Prim prim, double x, double y, int64_t attr) {
    double out = -1;
    map_kernel(prim, DT_F64)(1, &out, (const void *[]){&x, &y}, attr);
    return out;
}
static float run32(Prim prim, float x, float y, int64_t attr) {
    float out = -1;
    map_kernel(prim, DT_F32)(1, &out, (const void *[]){&x, &y}, attr);
    return out;
}
static long double reference(Prim prim, long double x, long double y, int64_t attr) {
    long double out = -1;
    assert_true(vm_reference(prim, (long double[]){x, y}, &attr, &out));
    return out;
}

// -- values -------------------------------------------------------------------------

typedef struct Value {
    Prim prim;
    int64_t attr;
    double x, y;
    long double value;
} Value;

static const Value values[] = {
#define VALUE1(name, attr, x, value) {PRIM_##name, attr, x, 0, value},
#define VALUE2(name, x, y, value)    {PRIM_##name, 0, x, y, value},
#include "kernel_values.def"
#undef VALUE1
#undef VALUE2
};

// Doubles that a kernel may be off. The C library's functions, as their manual has them.
static uint64_t tolerance(Prim prim) {
    switch (prim) {
    case PRIM_sinh:
    case PRIM_cosh:
    case PRIM_tanh:
    case PRIM_arcsinh:
    case PRIM_arccosh:
    case PRIM_arctanh:
    case PRIM_lgamma:
    case PRIM_expm1:
    case PRIM_erfc:
        return 2;
    case PRIM_integer_pow:
        return 5; // a rounding for each multiplication
    default:
        return 1;
    }
}

static void test_values(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        const Value *v = &values[i];
        const double got = run64(v->prim, v->x, v->y, v->attr);
        if (ulps64(got, (double)v->value) > tolerance(v->prim))
            fail_msg("%s(%.17g, %.17g; %lld): expected %.17Lg, got %.17g",
                     ir_prim(v->prim)->name, v->x, v->y, (long long)v->attr, v->value, got);
        const long double wide = reference(v->prim, v->x, v->y, v->attr);
        const long double error = fabsl(wide - v->value);
        // Between their poles these have zeros, and are differences.
        const bool between = v->prim == PRIM_polygamma || v->prim == PRIM_digamma;
        const long double digits = between && v->x < 0 ? 1000 : 40;
        if (error > digits * LDBL_EPSILON * fabsl(v->value))
            fail_msg("reference of %s(%.17g, %.17g; %lld): expected %.21Lg, got %.21Lg",
                     ir_prim(v->prim)->name, v->x, v->y, (long long)v->attr, v->value,
                     wide);
    }
}

// -- floats at edges ----------------------------------------------------------------

// What C or the tables of JAX say where no formula does. Both dtypes.
static const struct {
    Prim prim;
    int64_t attr;
    double x, y, value;
} edges[] = {
    {PRIM_neg, 0, 0.0, 0, -0.0},
    {PRIM_abs, 0, -0.0, 0, 0.0},
    {PRIM_abs, 0, -INFINITY, 0, INFINITY},
    {PRIM_sign, 0, -0.0, 0, -0.0},
    {PRIM_sign, 0, NAN, 0, NAN},
    {PRIM_sign, 0, -INFINITY, 0, -1},
    {PRIM_sign, 0, 5e-30, 0, 1},
    {PRIM_floor, 0, -0.5, 0, -1},
    {PRIM_floor, 0, -0.0, 0, -0.0},
    {PRIM_ceil, 0, -0.5, 0, -0.0},
    {PRIM_round, 0, 0.5, 0, 0.0},
    {PRIM_round, 0, 1.5, 0, 2},
    {PRIM_round, 0, 2.5, 0, 2},
    {PRIM_round, 0, -2.5, 0, -2},
    {PRIM_round, 0, -0.2, 0, -0.0},
    {PRIM_trunc, 0, -2.7, 0, -2},
    {PRIM_trunc, 0, 2.7, 0, 2},
    {PRIM_integer_pow, 0, NAN, 0, 1},
    {PRIM_integer_pow, -1, 0.0, 0, INFINITY},
    {PRIM_integer_pow, -3, -0.0, 0, -INFINITY},
    {PRIM_integer_pow, 3, -0.0, 0, -0.0},
    {PRIM_integer_pow, INT64_MIN, 1, 0, 1},
    {PRIM_sqrt, 0, -1, 0, NAN},
    {PRIM_sqrt, 0, -0.0, 0, -0.0},
    {PRIM_rsqrt, 0, 0, 0, INFINITY},
    {PRIM_cbrt, 0, -8, 0, -2},
    {PRIM_cbrt, 0, -0.0, 0, -0.0},
    {PRIM_exp, 0, -INFINITY, 0, 0},
    {PRIM_exp, 0, 1e4, 0, INFINITY},
    {PRIM_expm1, 0, -INFINITY, 0, -1},
    {PRIM_log, 0, 0, 0, -INFINITY},
    {PRIM_log, 0, -1, 0, NAN},
    {PRIM_log1p, 0, -1, 0, -INFINITY},
    {PRIM_sin, 0, INFINITY, 0, NAN},
    {PRIM_sin, 0, -0.0, 0, -0.0},
    {PRIM_arcsin, 0, 2, 0, NAN},
    {PRIM_arccosh, 0, 1, 0, 0},
    {PRIM_arctanh, 0, 1, 0, INFINITY},
    {PRIM_arctanh, 0, -1, 0, -INFINITY},
    {PRIM_tanh, 0, 1000, 0, 1},
    {PRIM_erf, 0, -INFINITY, 0, -1},
    {PRIM_erfc, 0, INFINITY, 0, 0},
    {PRIM_lgamma, 0, 0, 0, INFINITY},
    {PRIM_lgamma, 0, -1, 0, INFINITY},
    {PRIM_lgamma, 0, 1, 0, 0},
    {PRIM_digamma, 0, 0, 0, NAN},
    {PRIM_digamma, 0, -0.0, 0, NAN},
    {PRIM_digamma, 0, -1, 0, NAN},
    {PRIM_digamma, 0, INFINITY, 0, INFINITY},
    {PRIM_digamma, 0, -INFINITY, 0, NAN},
    {PRIM_digamma, 0, NAN, 0, NAN},
    {PRIM_polygamma, 1, 0, 0, INFINITY},
    {PRIM_polygamma, 1, -1, 0, INFINITY},
    {PRIM_polygamma, 2, -1, 0, -INFINITY},
    {PRIM_polygamma, 1, INFINITY, 0, 0},
    {PRIM_polygamma, 5001, 0.5, 0, INFINITY},
    {PRIM_polygamma, 5001, 1e6, 0, 0},
    {PRIM_stop_gradient, 0, -0.0, 0, -0.0},
    {PRIM_add, 0, -0.0, -0.0, -0.0},
    {PRIM_sub, 0, INFINITY, INFINITY, NAN},
    {PRIM_mul, 0, 0, INFINITY, NAN},
    {PRIM_div, 0, 1, -0.0, -INFINITY},
    {PRIM_div, 0, 0, 0, NAN},
    {PRIM_floor_divide, 0, 5.5, 2, 2},
    {PRIM_floor_divide, 0, -5.5, 2, -3},
    {PRIM_floor_divide, 0, 1, 0, INFINITY},
    {PRIM_floor_divide, 0, 0, 0, NAN},
    {PRIM_floor_divide, 0, -1, INFINITY, -1},
    {PRIM_floor_divide, 0, INFINITY, 2, NAN},
    {PRIM_floor_divide, 0, 0.0, -2, -0.0},
    {PRIM_rem, 0, -5.5, 2, -1.5},
    {PRIM_rem, 0, 5.5, -2, 1.5},
    {PRIM_rem, 0, 1, 0, NAN},
    {PRIM_rem, 0, -4, 2, -0.0},
    {PRIM_rem, 0, 3, INFINITY, 3},
    {PRIM_pow, 0, 0, 0, 1},
    {PRIM_pow, 0, NAN, 0, 1},
    {PRIM_pow, 0, 1, NAN, 1},
    {PRIM_pow, 0, -2, 0.5, NAN},
    {PRIM_pow, 0, -2, 3, -8},
    {PRIM_pow, 0, 0, -1, INFINITY},
    {PRIM_pow, 0, -0.0, -1, -INFINITY},
    {PRIM_arctan2, 0, 0, 0, 0},
    {PRIM_arctan2, 0, -0.0, 0, -0.0},
    {PRIM_hypot, 0, INFINITY, NAN, INFINITY},
    {PRIM_copysign, 0, 2, -0.0, -2},
    {PRIM_maximum, 0, 0.0, -0.0, 0.0},
    {PRIM_maximum, 0, -0.0, 0.0, 0.0},
    {PRIM_maximum, 0, -0.0, -0.0, -0.0},
    {PRIM_maximum, 0, NAN, 1, NAN},
    {PRIM_maximum, 0, 1, NAN, NAN},
    {PRIM_maximum, 0, INFINITY, -INFINITY, INFINITY},
    {PRIM_maximum, 0, INFINITY, INFINITY, INFINITY},
    {PRIM_maximum, 0, 2, 3, 3},
    {PRIM_minimum, 0, 0.0, -0.0, -0.0},
    {PRIM_minimum, 0, -0.0, 0.0, -0.0},
    {PRIM_minimum, 0, 0.0, 0.0, 0.0},
    {PRIM_minimum, 0, NAN, 1, NAN},
    {PRIM_minimum, 0, 1, NAN, NAN},
    {PRIM_minimum, 0, -INFINITY, -INFINITY, -INFINITY},
    {PRIM_minimum, 0, 2, 3, 2},
};

static void test_float_edges(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(edges); i++) {
        const double x = edges[i].x, y = edges[i].y, value = edges[i].value;
        const Prim prim = edges[i].prim;
        const double got = run64(prim, x, y, edges[i].attr);
        const float got32 = run32(prim, (float)x, (float)y, edges[i].attr);
        if (ulps64(got, value) || ulps32(got32, (float)value))
            fail_msg("%s(%g, %g; %lld): expected %g, got %g and %g", ir_prim(prim)->name, x,
                     y, (long long)edges[i].attr, value, got, (double)got32);
    }
}

static const double points[] = {
    0.0,    -0.0,    1,     -1,       0.5,       -0.5, 1.5,    2.5,     -2.5,   3.7,
    -3.7,   1e-8,    -1e-8, 1e8,      -1e8,      7,    100.25, -100.25, 1e-300, 1e300,
    1e-310, DBL_MAX, NAN,   INFINITY, -INFINITY, 2,    0.999,  -0.999,  20.125, 3,
};
enum { POINTS = COUNT(points) };

static int64_t attr_of(Prim prim) {
    return prim == PRIM_integer_pow ? -3 : 1;
}

// Every elementwise kernel at all (pairs of) points: near the reference, and the same in
// the middle of an array, and in place.
static void check_pair64(Prim prim, double x, double y, double got) {
    const long double wide = reference(prim, x, y, attr_of(prim));
    if (ulps64(got, (double)wide) > tolerance(prim))
        fail_msg("%s(%.17g, %.17g): expected %.17Lg, got %.17g", ir_prim(prim)->name, x, y,
                 wide, got);
}
static void check_pair32(Prim prim, float x, float y, float got) {
    const long double wide = reference(prim, x, y, attr_of(prim));
    // Between the largest float and infinity the double in between may round either way.
    if (ulps32(got, (float)wide) > 1)
        fail_msg("%s(%.9g, %.9g) of floats: expected %.9Lg, got %.9g", ir_prim(prim)->name,
                 (double)x, (double)y, wide, (double)got);
}

static void check_floats(Prim prim) {
    enum { N = POINTS * POINTS };
    static double x[N], y[N], out[N];
    static float x32[N], y32[N], out32[N];
    for (int i = 0; i < N; i++) {
        x[i] = points[i % POINTS];
        y[i] = points[i / POINTS];
        x32[i] = (float)x[i];
        y32[i] = (float)y[i];
    }
    const int64_t attr = attr_of(prim);
    map_kernel(prim, DT_F64)(N, out, (const void *[]){x, y}, attr);
    map_kernel(prim, DT_F32)(N, out32, (const void *[]){x32, y32}, attr);
    for (int i = 0; i < N; i++) {
        check_pair64(prim, x[i], y[i], out[i]);
        check_pair32(prim, x32[i], y32[i], out32[i]);
        const double alone = run64(prim, x[i], y[i], attr);
        if (ulps64(alone, out[i]) || ulps32(run32(prim, x32[i], y32[i], attr), out32[i]))
            fail_msg("%s(%.17g, %.17g) is not the same in an array", ir_prim(prim)->name,
                     x[i], y[i]);
    }
    map_kernel(prim, DT_F64)(N, y, (const void *[]){x, y}, attr);
    map_kernel(prim, DT_F32)(N, x32, (const void *[]){x32, y32}, attr);
    for (int i = 0; i < N; i++) {
        assert_int_equal(ulps64(y[i], out[i]), 0);
        assert_int_equal(ulps32(x32[i], out32[i]), 0);
    }
}

static void test_floats_against_reference(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        if (info->class == CLASS_MAP && admits(info->flags, DT_F64)) check_floats(prim);
    }
}

// -- integers and bool --------------------------------------------------------------

typedef __int128 Wide;

static Wide floored(Wide x, Wide y) {
    return x / y - (x % y != 0 && (x < 0) != (y < 0));
}

// What a primitive gives for numbers of so many bits, before it wraps.
static Wide model(Prim prim, Wide x, Wide y, int bits) {
    const Wide ones = ((Wide)1 << bits) - 1;
    switch (prim) {
    case PRIM_neg:
        return -x;
    case PRIM_abs:
        return x < 0 ? -x : x;
    case PRIM_sign:
        return (x > 0) - (x < 0);
    case PRIM_stop_gradient:
        return x;
    case PRIM_bit_not:
        return ~x;
    case PRIM_add:
        return x + y;
    case PRIM_sub:
        return x - y;
    case PRIM_mul:
        return (Wide)((unsigned __int128)x * (unsigned __int128)y);
    case PRIM_floor_divide:
        return y == 0 ? -1 : floored(x, y);
    case PRIM_rem:
        return y == 0 ? x : x % y;
    case PRIM_maximum:
        return x > y ? x : y;
    case PRIM_minimum:
        return x < y ? x : y;
    case PRIM_bit_and:
        return x & y;
    case PRIM_bit_or:
        return x | y;
    case PRIM_bit_xor:
        return x ^ y;
    case PRIM_shift_left:
        return y < 0 || y >= bits ? 0 : (x & ones) << y;
    case PRIM_shift_right:
        return x >> (y < 0 || y >= bits ? bits - 1 : y);
    case PRIM_eq:
        return x == y;
    case PRIM_ne:
        return x != y;
    case PRIM_lt:
        return x < y;
    case PRIM_le:
        return x <= y;
    case PRIM_gt:
        return x > y;
    case PRIM_ge:
        return x >= y;
    case PRIM_pow:
    case PRIM_integer_pow: {
        if (y < 0) return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
        unsigned __int128 power = 1;
        for (Wide k = 0; k < (y > 300 ? 300 + y % 2 : y); k++)
            power *= (unsigned __int128)x;
        return (Wide)power;
    }
    default:
        fail_msg("no model of %s", ir_prim(prim)->name);
        return 0;
    }
}

static int64_t wrapped(Wide x, Dtype dtype) {
    if (dtype == DT_I32) return (int32_t)(uint32_t)(unsigned __int128)x;
    return (int64_t)(uint64_t)(unsigned __int128)x;
}

static int64_t run_integer(Prim prim, Dtype dtype, int64_t x, int64_t y, int64_t attr) {
    const bool to_bool = ir_prim(prim)->class == CLASS_COMPARE;
    int64_t out64 = -99;
    int32_t out32 = -99;
    uint8_t truth = 99;
    const int32_t x32 = (int32_t)x, y32 = (int32_t)y;
    const bool narrow = dtype == DT_I32;
    const void *in[] = {narrow ? (const void *)&x32 : &x, narrow ? (const void *)&y32 : &y};
    void *out = to_bool ? (void *)&truth : narrow ? (void *)&out32 : &out64;
    map_kernel(prim, dtype)(1, out, in, attr);
    return to_bool ? truth : narrow ? out32 : out64;
}

static const int64_t integers[] = {
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    7,
    -7,
    10,
    31,
    32,
    63,
    64,
    65,
    INT32_MIN,
    INT32_MIN + 1,
    INT32_MAX,
    INT64_MIN,
    INT64_MIN + 1,
    INT64_MAX,
};

static void check_integers(Prim prim, Dtype dtype) {
    for (size_t i = 0; i < COUNT(integers); i++) {
        for (size_t k = 0; k < COUNT(integers); k++) {
            const int64_t x = wrapped(integers[i], dtype), y = wrapped(integers[k], dtype);
            if (prim == PRIM_integer_pow && y < 0) continue;
            const int64_t got = run_integer(prim, dtype, x, y, y);
            // Powers of numbers that wrap to 0 or 1 do so early; others are too long to
            // model.
            const bool is_pow = prim == PRIM_pow || prim == PRIM_integer_pow;
            if (is_pow && y > 300 && x % 2 != 0 && x != 1 && x != -1) continue;
            const int64_t expected =
                wrapped(model(prim, x, y, dtype == DT_I32 ? 32 : 64), dtype);
            if (got != expected)
                fail_msg("%s(%lld, %lld) of %s: expected %lld, got %lld",
                         ir_prim(prim)->name, (long long)x, (long long)y,
                         num_dtype_name(dtype), (long long)expected, (long long)got);
        }
    }
}

static void test_integers(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        const bool elementwise = info->class == CLASS_MAP || info->class == CLASS_COMPARE;
        if (!elementwise || !admits(info->flags, DT_I64)) continue;
        check_integers(prim, DT_I32);
        check_integers(prim, DT_I64);
    }
}

static void test_bool(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        const bool elementwise = info->class == CLASS_MAP || info->class == CLASS_COMPARE;
        if (!elementwise || !admits(info->flags, DT_BOOL)) continue;
        for (uint8_t i = 0; i < 4; i++) {
            const uint8_t x = i & 1, y = i >> 1;
            uint8_t got = 99;
            map_kernel(prim, DT_BOOL)(1, &got, (const void *[]){&x, &y}, 0);
            // A number of one bit, without a sign.
            Wide expected = model(prim, x, y, 1) & 1;
            if (prim == PRIM_shift_right) expected = y ? 0 : x;
            if (got != expected)
                fail_msg("%s(%d, %d) of bool: %d", ir_prim(prim)->name, x, y, got);
        }
    }
}

static void test_float_comparisons(void **state) {
    (void)state;
    static const double pairs[][2] = {{1, 2},   {2, 1},   {1, 1},     {0.0, -0.0},
                                      {NAN, 1}, {1, NAN}, {NAN, NAN}, {INFINITY, INFINITY}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const double x = pairs[i][0], y = pairs[i][1];
        const bool expected[] = {x == y, x != y, x<y, x <= y, x> y, x >= y};
        for (Prim prim = PRIM_eq; prim <= PRIM_ge; prim++) {
            const float x32 = (float)x, y32 = (float)y;
            uint8_t got = 9, got32 = 9;
            map_kernel(prim, DT_F64)(1, &got, (const void *[]){&x, &y}, 0);
            map_kernel(prim, DT_F32)(1, &got32, (const void *[]){&x32, &y32}, 0);
            assert_int_equal(got, expected[prim - PRIM_eq]);
            assert_int_equal(got32, expected[prim - PRIM_eq]);
        }
    }
}

// -- convert, select, literal -------------------------------------------------------

static void test_convert(void **state) {
    (void)state;
    static const struct {
        double x;
        int32_t i32;
        int64_t i64;
        uint8_t truth;
    } rows[] = {
        {0.0, 0, 0, 0},
        {-0.0, 0, 0, 0},
        {-2.9, -2, -2, 1},
        {2.9, 2, 2, 1},
        {NAN, 0, 0, 1},
        {0x1p31, INT32_MAX, 1LL << 31, 1},
        {-0x1p31, INT32_MIN, -(1LL << 31), 1},
        {0x1p31 - 1, INT32_MAX, (1LL << 31) - 1, 1},
        {0x1p63, INT32_MAX, INT64_MAX, 1},
        {-0x1p63, INT32_MIN, INT64_MIN, 1},
        {INFINITY, INT32_MAX, INT64_MAX, 1},
        {-INFINITY, INT32_MIN, INT64_MIN, 1},
        {1e-320, 0, 0, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const void *in[] = {&rows[i].x};
        int32_t i32 = 77;
        int64_t i64 = 77;
        uint8_t truth = 77;
        float f32 = 77;
        map_kernel(PRIM_convert, DT_F64)(1, &i32, in, DT_I32);
        map_kernel(PRIM_convert, DT_F64)(1, &i64, in, DT_I64);
        map_kernel(PRIM_convert, DT_F64)(1, &truth, in, DT_BOOL);
        map_kernel(PRIM_convert, DT_F64)(1, &f32, in, DT_F32);
        assert_int_equal(i32, rows[i].i32);
        assert_int_equal(i64, rows[i].i64);
        assert_int_equal(truth, rows[i].truth);
        assert_int_equal(ulps32(f32, (float)rows[i].x), 0);
    }
    // From integers: to nearest; narrower ones wrap.
    const int64_t big = (1LL << 53) + 1, wide = (5LL << 32) - 3;
    double f64 = 0;
    float f32 = 0;
    int32_t i32 = 0;
    map_kernel(PRIM_convert, DT_I64)(1, &f64, (const void *[]){&big}, DT_F64);
    assert_true(f64 == 0x1p53);
    map_kernel(PRIM_convert, DT_I64)(1, &f32, (const void *[]){&big}, DT_F32);
    assert_true(f32 == 0x1p53f);
    map_kernel(PRIM_convert, DT_I64)(1, &i32, (const void *[]){&wide}, DT_I32);
    assert_int_equal(i32, -3);
    const float large = 3e9f;
    map_kernel(PRIM_convert, DT_F32)(1, &i32, (const void *[]){&large}, DT_I32);
    assert_int_equal(i32, INT32_MAX);
}

static void test_select_and_literal(void **state) {
    (void)state;
    const uint8_t c[] = {1, 0, 1};
    const double a[] = {1, 2, NAN}, b[] = {-0.0, NAN, 6};
    double out[3];
    map_kernel(PRIM_select, DT_F64)(3, out, (const void *[]){c, a, b}, 0);
    assert_true(out[0] == 1 && isnan(out[1]) && isnan(out[2]));
    int64_t bits = 0;
    assert_true(exec_literal(STR("pi"), DT_F32, &bits));
    float pi[2];
    map_kernel(PRIM_literal, DT_F32)(2, pi, NULL, bits);
    assert_true(pi[0] == 3.14159274f && pi[1] == pi[0]);
    double e;
    assert_true(exec_literal(STR("e"), DT_F64, &e) && e == 2.718281828459045);
    uint8_t truth = 9;
    assert_true(exec_literal(STR("True"), DT_BOOL, &truth) && truth == 1);
    assert_true(exec_literal(STR("False"), DT_BOOL, &truth) && truth == 0);
    assert_false(exec_literal(STR("pie"), DT_F64, &e));
}

// -- along axes ---------------------------------------------------------------------

static double noise(uint64_t i) {
    i = (i + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
    i ^= i >> 29;
    return ((double)(i >> 11) * 0x1p-53 - 0.5) * ldexp(1, (int)(i % 40));
}

// The order as the header of reduce.inc says it, by recursion.
static double sum_block(const double *x, int64_t n, int64_t first, int64_t step) {
    if (step == 16) {
        double sum = x[first];
        for (int64_t i = first + 16; i < n; i += 16)
            sum += x[i];
        return sum;
    }
    const double low = sum_block(x, n, first, 2 * step);
    return first + step < n ? low + sum_block(x, n, first + step, 2 * step) : low;
}
static double sum_blocks(const double *x, int64_t n, int64_t blocks) {
    if (blocks == 1) return sum_block(x, n, 0, 1);
    int64_t left = 1; // the largest power of two below
    while (2 * left < blocks)
        left *= 2;
    return sum_blocks(x, left * 256, left) +
           sum_blocks(x + left * 256, n - left * 256, blocks - left);
}

static const int64_t lengths[] = {0,   1,   2,   3,   15,  16,   17,   255,
                                  256, 257, 511, 512, 768, 1000, 1281, 5000};

static void run_axis(Prim prim, Dtype dtype, Axis axis, void *out, const void *in) {
    vm_kernels[dtype]->axis[prim](&axis, 0, out, in);
}

static void test_sums_have_one_order(void **state) {
    (void)state;
    static double x[5000], columns[5000 * 70], sums[70];
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const int64_t n = lengths[i];
        for (int64_t k = 0; k < n; k++) {
            x[k] = noise((uint64_t)(k * 7 + n));
            for (int64_t c = 0; c < 70; c++)
                columns[k * 70 + c] = x[k];
        }
        double row = -1;
        run_axis(PRIM_reduce_sum, DT_F64, (Axis){1, n, 1}, &row, x);
        const double expected = n ? sum_blocks(x, n, (n + 255) / 256) : 0;
        if (ulps64(row, expected)) fail_msg("n = %lld", (long long)n);
        run_axis(PRIM_reduce_sum, DT_F64, (Axis){1, n, 70}, sums, columns);
        for (int c = 0; c < 70; c++)
            assert_int_equal(ulps64(sums[c], expected), 0);
    }
    double one = 9;
    run_axis(PRIM_reduce_sum, DT_F64, (Axis){1, 1, 1}, &one, (double[]){-0.0});
    assert_int_equal(ulps64(one, -0.0), 0);
}

static void test_dot_is_the_sum_of_products(void **state) {
    (void)state;
    static double a[3 * 600], b[600 * 19], turned[600], out[3 * 19],
        panel[600 * EXEC_PANEL];
    for (int i = 0; i < 3 * 600; i++)
        a[i] = noise((uint64_t)i);
    for (int i = 0; i < 600 * 19; i++)
        b[i] = noise((uint64_t)i + 99999);
    for (int64_t k = 0; k <= 600; k += 120) {
        for (int64_t n = 1; n <= 19; n += 9) {
            const Dot dot = {1, 3, k, n};
            vm_kernels_F64.dot(&dot, out, a, b, panel);
            for (int64_t i = 0; i < 3; i++) {
                for (int64_t j = 0; j < n; j++) {
                    double sum = -1;
                    for (int64_t l = 0; l < k; l++)
                        turned[l] = a[i * k + l] * b[l * n + j];
                    run_axis(PRIM_reduce_sum, DT_F64, (Axis){1, k, 1}, &sum, turned);
                    assert_int_equal(ulps64(out[i * n + j], sum), 0);
                }
            }
        }
    }
}

static void test_dot_of_other_dtypes(void **state) {
    (void)state;
    const Dot dot = {2, 1, 2, 2};
    const int32_t a[] = {INT32_MAX, 2, 3, 4}, b[] = {2, 3, 4, 5, 1, 0, 0, 1};
    int32_t out[4], panel[4];
    vm_kernels_I32.dot(&dot, out, a, b, panel);
    assert_memory_equal(out, ((int32_t[]){6, INT32_MIN + 7, 3, 4}), sizeof out);
    const uint8_t x[] = {1, 0, 1, 1}, y[] = {0, 1, 1, 1, 0, 0, 0, 1};
    uint8_t truth[4], room[4];
    vm_kernels_BOOL.dot(&dot, truth, x, y, room);
    assert_memory_equal(truth, ((uint8_t[]){0, 1, 0, 1}), 4);
}

static void test_reductions(void **state) {
    (void)state;
    const double x[] = {3, NAN, -1, 0.0, 2, -0.0}; // [2, 3]
    double out[3];
    run_axis(PRIM_reduce_max, DT_F64, (Axis){2, 3, 1}, out, x);
    assert_true(isnan(out[0]) && out[1] == 2);
    run_axis(PRIM_reduce_min, DT_F64, (Axis){1, 2, 3}, out, x);
    assert_true(out[0] == 0 && isnan(out[1]) && out[2] == -1);
    run_axis(PRIM_reduce_max, DT_F64, (Axis){1, 2, 1}, out, (double[]){-0.0, 0.0});
    assert_int_equal(ulps64(out[0], 0.0), 0);
    run_axis(PRIM_reduce_prod, DT_F64, (Axis){1, 3, 1}, out, x + 3);
    assert_int_equal(ulps64(out[0], -0.0), 0);

    // Of nothing.
    run_axis(PRIM_reduce_max, DT_F64, (Axis){2, 0, 1}, out, x);
    assert_true(out[0] == -INFINITY && out[1] == -INFINITY);
    run_axis(PRIM_reduce_min, DT_F64, (Axis){1, 0, 1}, out, x);
    assert_true(out[0] == INFINITY);
    run_axis(PRIM_reduce_prod, DT_F64, (Axis){1, 0, 1}, out, x);
    assert_true(out[0] == 1);
    int32_t i32;
    run_axis(PRIM_reduce_max, DT_I32, (Axis){1, 0, 1}, &i32, x);
    assert_int_equal(i32, INT32_MIN);
    run_axis(PRIM_reduce_sum, DT_I32, (Axis){1, 2, 1}, &i32, (int32_t[]){INT32_MAX, 1});
    assert_int_equal(i32, INT32_MIN);
    run_axis(PRIM_reduce_prod, DT_I32, (Axis){1, 2, 1}, &i32,
             (int32_t[]){1 << 20, 1 << 15});
    assert_int_equal(i32, 0);

    const uint8_t truths[] = {1, 0, 1, 1}; // [2, 2]
    uint8_t truth[2];
    run_axis(PRIM_reduce_and, DT_BOOL, (Axis){2, 2, 1}, truth, truths);
    assert_memory_equal(truth, ((uint8_t[]){0, 1}), 2);
    run_axis(PRIM_reduce_or, DT_BOOL, (Axis){1, 2, 2}, truth, (uint8_t[]){0, 0, 0, 1});
    assert_memory_equal(truth, ((uint8_t[]){0, 1}), 2);
    run_axis(PRIM_reduce_and, DT_BOOL, (Axis){1, 0, 1}, truth, truths);
    assert_int_equal(truth[0], 1);
    run_axis(PRIM_reduce_max, DT_BOOL, (Axis){1, 2, 1}, truth, truths);
    assert_int_equal(truth[0], 1);
}

static void test_arg_cumsum_iota(void **state) {
    (void)state;
    const double x[] = {1, 3, 3, NAN, 5, NAN}; // [2, 3]
    int64_t places[3];
    run_axis(PRIM_argmax, DT_F64, (Axis){2, 3, 1}, places, x);
    assert_int_equal(places[0], 1);
    assert_int_equal(places[1], 0);
    run_axis(PRIM_argmin, DT_F64, (Axis){1, 2, 3}, places, x);
    assert_int_equal(places[0], 1);
    assert_int_equal(places[1], 0);
    assert_int_equal(places[2], 1);

    int64_t order[6];
    vm_kernels_F64.axis[PRIM_argsort](&(Axis){2, 3, 1}, 0, order, x);
    assert_memory_equal(order, ((int64_t[]){0, 1, 2, 1, 0, 2}), sizeof order);
    vm_kernels_F64.axis[PRIM_argsort](&(Axis){2, 3, 1}, 1, order, x);
    assert_memory_equal(order, ((int64_t[]){1, 2, 0, 0, 2, 1}), sizeof order);
    vm_kernels_F64.axis[PRIM_argsort](&(Axis){1, 2, 3}, 0, order, x);
    assert_memory_equal(order, ((int64_t[]){0, 0, 0, 1, 1, 1}), sizeof order);

    double sums[6];
    const Axis down = {1, 3, 2};
    const double y[] = {1, 2, 3, 4, 5, 6}; // [3, 2]
    vm_kernels_F64.axis[PRIM_cumsum](&down, 0, sums, y);
    assert_memory_equal(sums, ((double[]){1, 2, 4, 6, 9, 12}), sizeof sums);
    vm_kernels_F64.axis[PRIM_cumsum](&down, 1, sums, y);
    assert_memory_equal(sums, ((double[]){9, 12, 8, 10, 5, 6}), sizeof sums);
    float index[6];
    vm_kernels_F32.axis[PRIM_iota](&down, 0, index, NULL);
    assert_memory_equal(index, ((float[]){0, 0, 1, 1, 2, 2}), sizeof index);
}

// Lines of any length: ascending, and equal elements (there are many) in their order.
static void test_argsort(void **state) {
    (void)state;
    enum { MOST = 1000 };
    float x[MOST];
    int64_t order[MOST];
    uint32_t seed = 1;
    for (int64_t n = 0; n < MOST; n = 2 * n + 1) {
        for (int64_t i = 0; i < n; i++)
            x[i] = (float)((seed = seed * 1664525u + 1013904223u) >> 28);
        for (int64_t descending = 0; descending < 2; descending++) {
            vm_kernels_F32.axis[PRIM_argsort](&(Axis){1, n, 1}, descending, order, x);
            for (int64_t i = 1; i < n; i++) {
                const float before = x[order[i - 1]], after = x[order[i]];
                assert_true(before == after ? order[i - 1] < order[i]
                            : descending    ? before > after
                                            : before < after);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_has_its_kernels),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_float_edges),
        cmocka_unit_test(test_floats_against_reference),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_bool),
        cmocka_unit_test(test_float_comparisons),
        cmocka_unit_test(test_convert),
        cmocka_unit_test(test_select_and_literal),
        cmocka_unit_test(test_sums_have_one_order),
        cmocka_unit_test(test_dot_is_the_sum_of_products),
        cmocka_unit_test(test_dot_of_other_dtypes),
        cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_arg_cumsum_iota),
        cmocka_unit_test(test_argsort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
