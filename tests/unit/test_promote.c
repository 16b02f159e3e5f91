// Promotion, lists as arrays, broadcasting, operators' dtypes.
#include "trace_fixture.h"

// -- the lattice --------------------------------------------------------------------

// JAX's table (b, i32, i64, f32, f64, and the weak integer and float), row by row.
static const char *const operands[] = {
    "array(True)", "int32(1)", "int64(1)", "float32(1)", "float64(1)", "1", "1.0",
};
static const char *const joined[7][7] = {
    {"bool", "int32", "int64", "float32", "float64", "int64*", "float64*"},
    {"int32", "int32", "int64", "float32", "float64", "int32", "float64*"},
    {"int64", "int64", "int64", "float32", "float64", "int64", "float64*"},
    {"float32", "float32", "float32", "float32", "float64", "float32", "float32"},
    {"float64", "float64", "float64", "float64", "float64", "float64", "float64"},
    {"int64*", "int32", "int64", "float32", "float64", "int64*", "float64*"},
    {"float64*", "float64*", "float64*", "float32", "float64", "float64*", "float64*"},
};

static void check_lattice(Dtype dtype, const char *weak_float) {
    for (int i = 0; i < 7; i++) {
        for (int k = 0; k < 7; k++) {
            Tracing x;
            Value values[2];
            Promoted type;
            tracing_begin(&x, dtype);
            assert_int_equal(tracing_eval(&x, operands[i], &values[0]), OK);
            assert_int_equal(tracing_eval(&x, operands[k], &values[1]), OK);
            assert_int_equal(front_promote(&x.trace, 2, values, &type), OK);
            char text[20];
            (void)snprintf(text, sizeof text, "%s%s", num_dtype_name(type.dtype),
                           type.weak ? "*" : "");
            const char *expected = joined[i][k];
            if (strcmp(expected, "float64*") == 0) expected = weak_float;
            if (strcmp(text, expected) != 0)
                fail_msg("%s with %s: %s", operands[i], operands[k], text);
            tracing_end(&x);
        }
    }
}

static void test_lattice(void **state) {
    (void)state;
    check_lattice(DT_F64, "float64*");
    check_lattice(DT_F32, "float32*");
}

// -- lists --------------------------------------------------------------------------

static const Expected lists[] = {
    {"zeros(2) + [1, 2]", "float64[2] 1.0 2.0"},
    {"float32(1) * [1.5, 2]", "float32[2] 1.5 2.0"},
    {"int32(1) * [1, 2]", "int32[2] 1 2"},
    {"-array([[1, 2], [3, 4.5]])", "float64[2, 2] -1.0 -2.0 -3.0 -4.5"},
    {"array([True, False])", "bool[2] true false"},
    {"array([True, 2])", "int64[2] 1 2"},
    {"array([1, -2, 1 / 3])", "float64[3] 1.0 -2.0 0.3333333333333333"},
    {"array([0.1, 2 * pi])", "float64[2] 0.1 6.283185307179586"},
    {"array([])", "float64[0]"},
    {"array([[], []])", "float64[2, 0]"},
    {"array([zeros(2), [1, 2]])", "float64[2, 2] 0.0 0.0 1.0 2.0"},
    {"array((1, (2, 3)[0]))", "int64[2] 1 2"},
    {"array([0.1], dtype=float32)", "float32[1] 0.1"},
    {"array([1.9], dtype=int)", "int64[1] 1"},
    {"array([0, 2], dtype=bool)", "bool[2] false true"},
    {"zeros(2) + [[1], [2, 3]]",
     "E404: the items of a list have different shapes: float64[1] and float64[2]"},
    {"zeros(2) + [1, \"a\"]", "E402: expected an array, got a text"},
    {"zeros(2) + (1, 2)", "E402: expected an array, got a tuple (a list [a, b] is stacked "
                          "into an array, a tuple is not)"},
};

static void test_lists(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, lists);
}

// A list of numbers is one literal, however long.
static void test_list_is_one_node(void **state) {
    (void)state;
    Tracing x;
    Value value;
    tracing_begin(&x, DT_F64);
    const uint32_t before = ir_node_count(front_builder(&x.trace));
    assert_int_equal(tracing_eval(&x, "array([[1, 2.5], [-3, 4]])", &value), OK);
    assert_int_equal(ir_node_count(front_builder(&x.trace)), before + 1);
    tracing_end(&x);
}

// -- broadcasting -------------------------------------------------------------------

static const Expected broadcasts[] = {
    {"ones((2, 1)) + ones(3)", "float64[2, 3] 2.0 2.0 2.0 2.0 2.0 2.0"},
    {"ones((0, 1)) + ones(2)", "float64[0, 2]"},
    {"ones(1) + ones(0)", "float64[0]"},
    {"ones(3) + ones(4)",
     "E404: shapes float64[3] and float64[4] cannot be broadcast together"},
    {"where(ones(2) > 0, ones((3, 1)), int32(1) + zeros(3, dtype=int32))",
     "E404: shapes bool[2] and float64[3] cannot be broadcast together"},
};

static void test_broadcasts(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, broadcasts);
}

// -- operators ----------------------------------------------------------------------

// jax-facts.md (c), "results of operations"; integers give the spec's float in `/`.
static const Expected operators[] = {
    {"array(True) / array(True)", "float64[] 1.0"},
    {"int32(1) / int32(2)", "float64[] 0.5"},
    {"float32(1) / 2", "float32[] 0.5"},
    {"array(1) / 2", "float64*[] 0.5"},
    {"array(True) ** 2", "int32[] 1"},
    {"int32(3) ** 2", "int32[] 9"},
    {"int64(3) ** 2.0", "float64*[] 9.0"},
    {"float32(3) ** 2", "float32[] 9.0"},
    {"float32(3) ** int64(2)", "float32[] 9.0"},
    {"int32(2) ** int32(5)", "int32[] 32"},
    {"2 ** -float64(1)", "float64[] 0.5"},
    {"array(True) // array(True)", "int32[] 1"},
    {"array(True) % array(True)", "int32[] 0"},
    {"array([-7, 7, -7, 7]) // array([2, 2, -2, -2])", "int64[4] -4 3 3 -4"},
    {"array([-7, 7, -7, 7]) % array([2, 2, -2, -2])", "int64[4] 1 1 -1 -1"},
    {"array([-5.5, 5.5]) % array([2.0, -2.0])", "float64[2] 0.5 -0.5"},
    {"array([4, -4]) % array([-2, 2])", "int64[2] 0 0"},
    {"array(True) + array(True)", "bool[] true"},
    {"array(True) * array(False)", "bool[] false"},
    {"array(True) << array(True)", "int32[] 2"},
    {"int32(5) >> 1", "int32[] 2"},
    {"int32(6) & 3 | 8 ^ 1", "int32[] 11"},
    {"~int64(5)", "int64[] -6"},
    {"~array([True, False])", "bool[2] false true"},
    {"1 < array([1, 2]) <= 2", "bool[2] false true"},
    {"not (array(1.0) > 2 or array(True))", "bool[] false"},
    {"ones((2, 3)) @ ones(3)", "float64[2] 3.0 3.0"},
    {"-array(True)", "E405: `-` is not defined for bool (for booleans there are `~`, `&`, "
                     "`|` and `^`; int64(x) counts True as 1)"},
    {"array(True) - array(True)",
     "E405: `-` is not defined for bool (for booleans there are `~`, `&`, `|` and `^`; "
     "int64(x) counts True as 1)"},
    {"zeros(2) | 1",
     "E405: `|` is not defined for float64 (join conditions: (x > 0) & (y > 0); "
     "bits are those of integers: int64(x))"},
    {"int64(2) ** -1", "E405: an integer cannot be raised to the negative power -1 (make "
                       "the base or the exponent a float: float(x), -1.0)"},
    {"int32(1) + 3000000000", "E405: 3000000000 does not fit the int32 of the array that "
                              "it meets (int64(x) has room for it)"},
    {"zeros(2) and zeros(2)",
     "E405: `and` takes booleans, got float64[2] (compare first: (x != 0) and …)"},
};

static void test_operators(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, operators);
}

static const Expected narrow[] = {
    {"int64(1) / 2", "float32[] 0.5"},
    {"sqrt(int32(4))", "float32[] 2.0"},
    {"mean(arange(4))", "float32[] 1.5"},
    {"zeros(1)", "float32[1] 0.0"},
    {"float64(1) * (1 / 3)", "float64[] 0.3333333333333333"},
    {"logaddexp2(float64(0), 0)", "float64[] 1.0"},
};

static void test_default_float(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F32, narrow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lattice),          cmocka_unit_test(test_lists),
        cmocka_unit_test(test_list_is_one_node), cmocka_unit_test(test_broadcasts),
        cmocka_unit_test(test_operators),        cmocka_unit_test(test_default_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
