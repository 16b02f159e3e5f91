// Distances between numbers in units in the last place, and tolerances.
#include "verify/compare.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static double ulps64(double a, double b) {
    const double there = verify_ulps(DT_F64, &a, &b), back = verify_ulps(DT_F64, &b, &a);
    assert_true(there == back);
    return there;
}

static double ulps32(float a, float b) {
    const double there = verify_ulps(DT_F32, &a, &b), back = verify_ulps(DT_F32, &b, &a);
    assert_true(there == back);
    return there;
}

static void neighbours_are_one_ulp_apart(void **state) {
    (void)state;
    static const double numbers[] = {
        0.0,
        1.0,
        2.0,
        1.5,
        0.1,
        1e300,
        DBL_MIN,
        DBL_MAX,
        -1.0,
        -0.1,
        -DBL_MIN,
        4.9406564584124654e-324,
        0x1.fffffffffffffp0,
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        double near = numbers[i];
        for (int k = 1; k <= 40; k++) {
            near = nextafter(near, 0.5);
            assert_true(ulps64(numbers[i], near) == k);
        }
        float near32 = (float)numbers[i];
        if (!isfinite(near32)) continue;
        const float begin = near32;
        for (int k = 1; k <= 40; k++) {
            near32 = nextafterf(near32, 0.5f);
            assert_true(ulps32(begin, near32) == k);
        }
    }
}

static void ulps_of_floats(void **state) {
    (void)state;
    static const struct {
        double a, b, ulps;
    } rows[] = {
        {0.0, -0.0, 0},
        {1.0, 1.0, 0},
        {NAN, NAN, 0},
        {NAN, -NAN, 0},
        {INFINITY, INFINITY, 0},
        {-INFINITY, -INFINITY, 0},
        {INFINITY, -INFINITY, INFINITY},
        {INFINITY, DBL_MAX, INFINITY},
        {NAN, 1.0, INFINITY},
        {NAN, INFINITY, INFINITY},
        {1.0, 2.0, 4503599627370496.0},
        {3.0, 6.0, 4503599627370496.0},
        {-4.9406564584124654e-324, 4.9406564584124654e-324, 2},
        {-1.0, 1.0, 2 * 4607182418800017408.0},
        {-DBL_MAX, DBL_MAX, 2 * 9218868437227405311.0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_true(ulps64(rows[i].a, rows[i].b) == rows[i].ulps);
    assert_true(ulps32(1.0f, 2.0f) == 8388608.0);
    assert_true(ulps32(-0.0f, 0.0f) == 0);
    assert_true(ulps32(NAN, NAN) == 0);
    assert_true(isinf(ulps32(INFINITY, FLT_MAX)));
    assert_true(ulps32(-FLT_MAX, FLT_MAX) == 2.0 * 0x7F7FFFFF);
}

static void integers_differ_by_their_difference(void **state) {
    (void)state;
    static const struct {
        int64_t a, b;
        double apart;
    } rows[] = {
        {3, 3, 0},
        {3, 5, 2},
        {-3, 5, 8},
        {9007199254740992, 9007199254740993, 1},
        {INT64_MIN, INT64_MAX, 18446744073709551615.0},
        {INT64_MIN, 0, 9223372036854775808.0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(verify_ulps(DT_I64, &rows[i].a, &rows[i].b) == rows[i].apart);
        assert_true(verify_ulps(DT_I64, &rows[i].b, &rows[i].a) == rows[i].apart);
    }
    const int32_t least = INT32_MIN, most = INT32_MAX;
    assert_true(verify_ulps(DT_I32, &least, &most) == 4294967295.0);
    const uint8_t no = 0, yes = 1;
    assert_true(verify_ulps(DT_BOOL, &yes, &yes) == 0);
    assert_true(isinf(verify_ulps(DT_BOOL, &no, &yes)));
}

// -- tolerances ---------------------------------------------------------------------

static bool near64(double expected, double got, cg_tolerance given) {
    const cg_tolerance tolerance = verify_tolerance(DT_F64, &given);
    return verify_is_near(DT_F64, &expected, &got, &tolerance);
}

static double steps(double from, int n) {
    for (int i = 0; i < n; i++)
        from = nextafter(from, INFINITY);
    return from;
}

static void the_default_is_16_ulp(void **state) {
    (void)state;
    const cg_tolerance none = {0};
    static const double numbers[] = {1.0, 0.1, 1e-310, -3.0, 0.0, 1e300};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_true(near64(numbers[i], steps(numbers[i], 16), none));
        assert_false(near64(numbers[i], steps(numbers[i], 17), none));
    }
    assert_true(near64(0.0, -0.0, none));
    assert_true(near64(NAN, NAN, none));
    assert_true(near64(INFINITY, INFINITY, none));
    assert_false(near64(INFINITY, DBL_MAX, none));
    assert_false(near64(DBL_MAX, INFINITY, none));
    assert_false(near64(1.0, NAN, none));
}

static void integers_and_booleans_are_equal_or_not(void **state) {
    (void)state;
    const cg_tolerance none = {0}, two = {.by_ulp = true, .ulp = 2};
    const int64_t three = 3, four = 4, five = 5, six = 6;
    const uint8_t no = 0, yes = 1;
    const cg_tolerance exact = verify_tolerance(DT_I64, &none);
    assert_true(verify_is_near(DT_I64, &three, &three, &exact));
    assert_false(verify_is_near(DT_I64, &three, &four, &exact));
    assert_true(verify_is_near(DT_I64, &three, &five, &two));
    assert_false(verify_is_near(DT_I64, &three, &six, &two));
    const cg_tolerance third = {.by_difference = true, .rtol = 0.34};
    assert_true(verify_is_near(DT_I64, &three, &four, &third));
    assert_false(verify_is_near(DT_I64, &three, &five, &third));
    const cg_tolerance wide = {
        .by_ulp = true, .ulp = INFINITY, .by_difference = true, .rtol = 10, .atol = 10};
    assert_false(verify_is_near(DT_BOOL, &no, &yes, &wide));
    assert_true(verify_is_near(DT_BOOL, &yes, &yes, &exact));
}

static void differences(void **state) {
    (void)state;
    static const struct {
        cg_tolerance given;
        double expected, got;
        bool near;
    } rows[] = {
        {{.by_difference = true, .atol = 0.25}, 1.0, 1.25, true},
        {{.by_difference = true, .atol = 0.25}, 1.0, 1.26, false},
        {{.by_difference = true, .atol = 0.25}, 0.0, -0.25, true},
        {{.by_difference = true, .rtol = 0.25}, 4.0, 5.0, true},
        {{.by_difference = true, .rtol = 0.25}, 4.0, 3.0, true},
        {{.by_difference = true, .rtol = 0.25}, 4.0, 5.01, false},
        {{.by_difference = true, .rtol = 0.25}, -4.0, -5.0, true},
        {{.by_difference = true, .rtol = 0.25}, 0.0, 1e-300, false},
        // relative to what is expected, not to what is got
        {{.by_difference = true, .rtol = 0.5}, 2.0, 4.0, false},
        {{.by_difference = true, .rtol = 0.5}, 4.0, 2.0, true},
        {{.by_difference = true, .rtol = 0.25, .atol = 1}, 4.0, 6.0, true},
        {{.by_difference = true, .rtol = 0.25, .atol = 1}, 4.0, 6.01, false},
        // without ulp the default does not help
        {{.by_difference = true}, 1.0, 1.0000000000000002, false},
        {{.by_difference = true}, 1.0, 1.0, true},
        {{.by_difference = true}, NAN, NAN, true},
        {{.by_difference = true, .rtol = 1}, INFINITY, 1.0, false},
        {{.by_difference = true, .rtol = 1}, INFINITY, INFINITY, true},
        {{.by_difference = true, .rtol = INFINITY}, 1.0, INFINITY, false},
        // either of the two will do
        {{.by_difference = true, .by_ulp = true, .ulp = 1}, 1.0, 1.0000000000000002, true},
        {{.by_difference = true, .by_ulp = true, .atol = 1}, 1.0, 2.0, true},
        {{.by_difference = true, .by_ulp = true, .atol = 1, .ulp = 4}, 1.0, 2.1, false},
        {{.by_ulp = true}, 1.0, 1.0000000000000002, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(near64(rows[i].expected, rows[i].got, rows[i].given),
                         rows[i].near);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_are_one_ulp_apart),
        cmocka_unit_test(ulps_of_floats),
        cmocka_unit_test(integers_differ_by_their_difference),
        cmocka_unit_test(the_default_is_16_ulp),
        cmocka_unit_test(integers_and_booleans_are_equal_or_not),
        cmocka_unit_test(differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
