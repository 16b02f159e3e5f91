// Every kind of built-in by its results, calls and their arguments, messages of errors, and
// the table itself.
#include "trace_fixture.h"

// -- the table --------------------------------------------------------------------------

static const struct {
    const Builtin *rows;
    const uint32_t *n;
} tables[] = {
    {front_elementwise_table, &front_elementwise_count},
    {front_prelude_table, &front_prelude_count},
    {front_reduction_table, &front_reduction_count},
    {front_shape_table, &front_shape_count},
    {front_join_table, &front_join_count},
    {front_matrix_table, &front_matrix_count},
    {front_take_table, &front_take_count},
    {front_slice_table, &front_slice_count},
    {front_segment_table, &front_segment_count},
    {front_sort_table, &front_sort_count},
    {front_at_table, &front_at_count},
    {front_creation_table, &front_creation_count},
    {front_linear_table, &front_linear_count},
    {front_transform_table, &front_transform_count},
    {front_control_table, &front_control_count},
    {front_sequence_table, &front_sequence_count},
};
enum { TABLES = sizeof tables / sizeof *tables };

// Lookup halves each table, so the order is part of its contract.
static void test_tables_are_sorted(void **state) {
    (void)state;
    uint32_t total = 0;
    for (size_t i = 0; i < TABLES; i++) {
        for (uint32_t k = 0; k + 1 < *tables[i].n; k++) {
            if (strcmp(tables[i].rows[k].name, tables[i].rows[k + 1].name) >= 0)
                fail_msg("`%s` stands before `%s`", tables[i].rows[k].name,
                         tables[i].rows[k + 1].name);
        }
        total += *tables[i].n;
    }
    uint32_t rows = 0;
    while (front_builtin_row(rows))
        rows++;
    assert_int_equal(rows, total);
}

// Every row is found by its own name (so no two rows share one), and is documented.
static void test_rows(void **state) {
    (void)state;
    const Builtin *row;
    for (uint32_t i = 0; (row = front_builtin_row(i)) != NULL; i++) {
        if (front_builtin(base_str(row->name)) != row) fail_msg("`%s`", row->name);
        assert_true(front_is_builtin(base_str(row->name)));
        if (!row->doc || !row->group || !row->signature || strlen(row->doc) < 4)
            fail_msg("`%s` is not documented", row->name);
    }
    assert_null(front_builtin(STR("")));
    assert_null(front_builtin(STR("su")));
    assert_null(front_builtin(STR("summ")));
    assert_true(front_is_builtin(STR("jnp")));
    assert_false(front_is_builtin(STR("foo")));
}

// A call with arrays, but for what takes static sizes.
static const char *prelude_call(Tracing *x, const Builtin *row,
                                const SpecFunction *function) {
    static const struct {
        const char *name, *call;
    } own[] = {
        {"argwhere", "argwhere(ones(2), size=2)"},
        {"diag_indices", "diag_indices(2)"},
        {"diag_indices_from", "diag_indices_from(ones((2, 2)))"},
        {"flatnonzero", "flatnonzero(ones(2), size=2)"},
        {"indices", "indices((2, 3))"},
        {"nonzero", "nonzero(ones(2), size=2)"},
        {"tril_indices", "tril_indices(2)"},
        {"tril_indices_from", "tril_indices_from(ones((2, 2)))"},
        {"triu_indices", "triu_indices(2)"},
        {"triu_indices_from", "triu_indices_from(ones((2, 2)))"},
        {"unravel_index", "unravel_index(3, (2, 3))"},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(row->name, own[i].name) == 0) return own[i].call;
    Text call = {.arena = x->arena};
    base_text_printf(&call, "%s(", row->name);
    for (uint32_t k = 0; k < function->n_args && !function->args[k].is_static; k++)
        base_text_printf(&call, k ? ", array([0.5, %u])" : "array([0.5, %u])", k + 1);
    base_text_char(&call, ')');
    return call.at;
}

// Every text of the prelude parses and can be called; those with a rule have its names.
static void test_prelude(void **state) {
    (void)state;
    for (uint32_t i = 0; i < front_prelude_count; i++) {
        const Builtin *row = &front_prelude_table[i];
        Tracing x;
        tracing_begin(&x, DT_F64);
        const SpecFunction *function, *again;
        assert_int_equal(front_prelude_function(&x.trace, row, &function), OK);
        assert_int_equal(front_prelude_function(&x.trace, row, &again), OK);
        assert_ptr_equal(function, again);
        assert_int_equal(function->rule != NULL, row->jvp != NULL);
        if (row->jvp) assert_int_equal(row->data, PRELUDE_OF_FLOATS);
        const char *result = tracing_result(&x, prelude_call(&x, row, function));
        if (result[0] == 'E') fail_msg("%s: %s", row->name, result);
        tracing_end(&x);
    }
}

// -- elementwise
// ---------------------------------------------------------------------------

// Recorded; cross-checked against JAX and NumPy.
static const Expected elementwise_rows[] = {
    {"abs(array([-2, 3]))", "int64[2] 2 3"},
    {"sign(array([-2.0, 0, 3]))", "float64[3] -1.0 0.0 1.0"},
    {"floor(array([-1.5, 1.5]))", "float64[2] -2.0 1.0"},
    {"floor(array([1, 2]))", "int64[2] 1 2"},
    {"ceil(array([-1.5, 1.5]))", "float64[2] -1.0 2.0"},
    {"round(array([0.5, 1.5, 2.5]))", "float64[3] 0.0 2.0 2.0"},
    {"round(array([1.25, 12.75]), 1)", "float64[2] 1.2 12.8"},
    {"round(array([15.0, 25.0]), -1)", "float64[2] 20.0 20.0"},
    {"rint(array([1, 2]))", "float64[2] 1.0 2.0"},
    {"trunc(array([-1.5, 1.5]))", "float64[2] -1.0 1.0"},
    {"copysign(array([1.0, 2.0]), array([-1.0, -0.0]))", "float64[2] -1.0 -2.0"},
    {"maximum(array([1.0, nan]), 2)", "float64[2] 2.0 NaN"},
    {"minimum(array([1, 5]), array([2, 2]))", "int64[2] 1 2"},
    {"fmax(array([1.0, nan]), 2)", "float64[2] 2.0 2.0"},
    {"clip(array([-2, 0, 2]), -1, 1)", "int64[3] -1 0 1"},
    {"clip(array([-2, 0, 2]), max=1)", "int64[3] -2 0 1"},
    {"mod(array([-7.5, 7.5]), 2)", "float64[2] 0.5 1.5"},
    {"fmod(array([-7.5, 7.5]), 2)", "float64[2] -1.5 1.5"},
    {"power(2, array([1, 3]))", "int64[2] 2 8"},
    {"float_power(array(2), 3)", "float64*[] 8.0"},
    {"sqrt(array([4, 9]))", "float64[2] 2.0 3.0"},
    {"rsqrt(array(4.0))", "float64*[] 0.5"},
    {"cbrt(array(-8.0))", "float64*[] -2.0"},
    {"square(array([3, -4]))", "int64[2] 9 16"},
    {"reciprocal(array([2, 4]))", "float64[2] 0.5 0.25"},
    {"hypot(3, 4)", "float64*[] 5.0"},
    {"exp2(array([3, 4]))", "float64[2] 8.0 16.0"},
    {"log2(array(8))", "float64*[] 3.0"},
    {"log10(array(1000.0))", "float64*[] 3.0"},
    {"sin(array(0.0))", "float64*[] 0.0"},
    {"arctan2(1, array(0.0))", "float64*[] 1.5707963267948966"},
    {"sinc(array([0.0, 0.5, 1e-9]))", "float64[3] 1.0 0.6366197723675814 1.0"},
    {"erf(array(0.0))", "float64*[] 0.0"},
    {"polygamma(0, array(1.0))", "float64*[] -0.5772156649015329"},
    {"polygamma(1, array(1.0))", "float64*[] 1.6449340668482264"},
    {"sigmoid(array([0.0, 800.0, -800.0]))", "float64[3] 0.5 1.0 0.0"},
    {"relu(array([-1, 0, 2]))", "int64[3] 0 0 2"},
    {"relu6(array([-1.0, 3.0, 7.0]))", "float64[3] 0.0 3.0 6.0"},
    {"leaky_relu(array([-1.0, 2.0]), 0.1)", "float64[2] -0.1 2.0"},
    {"elu(array([2.0, -1000.0]), alpha=2.0)", "float64[2] 2.0 -2.0"},
    {"softplus(array([0.0, 1000.0]))", "float64[2] 0.6931471805599453 1000.0"},
    {"log_sigmoid(array(-1000.0))", "float64*[] -1000.0"},
    {"hard_tanh(array([-2.0, 0.5, 2.0]))", "float64[3] -1.0 0.5 1.0"},
    {"gelu(array(0.0), approximate=False)", "float64[] 0.0"},
    {"logit(array([0.5, 1.0]))", "float64[2] 0.0 Infinity"},
    {"logaddexp(array([0.0, inf]), array([0.0, inf]))",
     "float64[2] 0.6931471805599453 Infinity"},
    {"logaddexp2(1, array(1))", "float64[] 2.0"},
    {"xlogy(array(0.0), 0)", "float64*[] 0.0"},
    {"entr(array([0.0, 1.0, -1.0]))", "float64[3] -0.0 -0.0 -Infinity"},
    {"rel_entr(array([0.0, 1.0]), array([1.0, 0.0]))", "float64[2] 0.0 Infinity"},
    {"heaviside(array([-1.0, 0.0, 2.0]), 0.5)", "float64[3] 0.0 0.5 1.0"},
    {"nan_to_num(array([nan, inf, -inf, 1]))",
     "float64[4] 0.0 1.7976931348623157e308 -1.7976931348623157e308 1.0"},
    {"nan_to_num(array([nan, inf]), nan=1, posinf=2)", "float64[2] 1.0 2.0"},
    {"isnan(array([nan, 1]))", "bool[2] true false"},
    {"isfinite(array([inf, 1]))", "bool[2] false true"},
    {"isinf(array([1, 2]))", "bool[2] false false"},
    {"where(array([1, 0]), array([1, 2]), 0.5)", "float64*[2] 1.0 0.5"},
    {"select([array([True, False]), array([True, True])], [1, 2], 3)", "int64*[2] 1 2"},
    {"lax.select(array([True, False]), array([1, 2]), array([3, 4]))", "int64[2] 1 4"},
    {"logical_and(array([1, 0]), 2.0)", "bool[2] true false"},
    {"logical_not(array([0.0, 2.0]))", "bool[2] true false"},
    {"bitwise_and(array(6), 3)", "int64*[] 2"},
    {"equal(array([1, 2]), 2)", "bool[2] false true"},
    {"divmod(array(7), 3)", "int64*[] 2 | int64*[] 1"},
    {"modf(array([2.5, -inf]))", "float64[2] 0.5 -0.0 | float64[2] 2.0 -Infinity"},
    {"degrees(pi)", "float64*[] 180.0"},
    {"deg2rad(array(180))", "float64*[] 3.141592653589793"},
    {"signbit(array([-0.0, 1.0]))", "bool[2] true false"},
    {"clamp(0.0, array([-1.0, 0.5, 2.0]), 1.0)", "float64[3] 0.0 0.5 1.0"},
    {"stop_gradient((array(1.0), {\"a\": array([2])}))", "float64*[] 1.0 | int64[1] 2"},
};

static void test_elementwise(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, elementwise_rows);
}

// -- reductions
// ----------------------------------------------------------------------------

static const Expected reductions_rows[] = {
    {"sum(array([[1, 2], [3, 4]]))", "int64[] 10"},
    {"sum(array([[1, 2], [3, 4]]), axis=0)", "int64[2] 4 6"},
    {"sum(array([[1, 2], [3, 4]]), axis=-1, keepdims=True)", "int64[2, 1] 3 7"},
    {"sum(array([True, True]))", "int64[] 2"},
    {"sum(int32(3))", "int64[] 3"},
    {"sum(array([1, 2]), dtype=float32)", "float32[] 3.0"},
    {"sum((array(1.0), 2, array(True)))", "float64*[] 4.0"},
    {"sum([1, 2.5])", "float64*[] 3.5"},
    {"sum([[1, 2], [3, 4]])", "int64*[] 10"},
    {"sum(())", "int64*[] 0"},
    {"prod(array([1, 2, 3]))", "int64[] 6"},
    {"mean(array([1, 2]))", "float64[] 1.5"},
    {"mean([array([1.0]), array([3.0])])", "float64[] 2.0"},
    {"mean(array([]))", "float64[] NaN"},
    {"var(array([1.0, 2.0, 4.0]))", "float64[] 1.5555555555555556"},
    {"var(array([1.0, 3.0]), ddof=1)", "float64[] 2.0"},
    {"std(array([[1.0, 3.0], [5.0, 5.0]]), axis=1)", "float64[2] 1.0 0.0"},
    {"max(array([[1, 5], [7, 2]]), axis=0)", "int64[2] 7 5"},
    {"max(3, 1, 2)", "int64*[] 3"},
    {"max((array(1.0), array(3.0)))", "float64*[] 3.0"},
    {"min(array([1.0, nan]))", "float64[] NaN"},
    {"array([1, 2]).max(0)", "int64[] 2"},
    {"argmax(array([[1, 5], [5, 2]]))", "int64[] 1"},
    {"argmin(array([[1, 5], [5, 1]]), axis=1)", "int64[2] 0 1"},
    {"argmax(array([[1, 5]]), axis=1, keepdims=True)", "int64[1, 1] 1"},
    {"sort(array([2.0, nan, -1.0, 2.5]))", "float64[4] -1.0 2.0 2.5 NaN"},
    {"sort(array([[3, 1], [0, 5]]), axis=0)", "int64[2, 2] 0 1 3 5"},
    {"array([[3, 1], [0, 5]]).sort(axis=None, descending=True)", "int64[4] 5 3 1 0"},
    {"sort(array([True, False, True]))", "bool[3] false true true"},
    {"argsort(array([1.0, 3.0, nan, 1.0, 3.0]))", "int64[5] 0 3 1 4 2"},
    {"argsort(array([1.0, 3.0, nan, 1.0, 3.0]), descending=True)", "int64[5] 2 1 4 0 3"},
    {"argsort(array([0.0, -0.0, -inf]))", "int64[3] 2 0 1"},
    {"any(array([0.0, 1.0]))", "bool[] true"},
    {"all(array([[1, 0], [1, 1]]), axis=0)", "bool[2] true false"},
    {"count_nonzero(array([0, 3, nan]))", "int64[] 2"},
    {"cumsum(array([[1, 2], [3, 4]]))", "int64[4] 1 3 6 10"},
    {"cumsum(array([[1, 2], [3, 4]]), axis=0)", "int64[2, 2] 1 2 4 6"},
    {"cumsum(array([True, True]))", "int64[2] 1 2"},
    {"ptp(array([3, 9, 1]))", "int64[] 8"},
    {"average(array([1.0, 2.0]), weights=array([3.0, 1.0]))", "float64[] 1.25"},
    {"norm(array([3, 4]))", "float64[] 5.0"},
    {"norm(array([[1.0, -2.0], [3.0, 4.0]]), ord=1)", "float64[] 6.0"},
    {"norm(array([[1.0, -2.0], [3.0, 4.0]]), ord=inf)", "float64[] 7.0"},
    {"norm(array([[1.0, 2.0], [2.0, 4.0]]), ord=\"fro\")", "float64[] 5.0"},
    {"norm(array([1.0, -3.0]), ord=inf)", "float64[] 3.0"},
    {"norm(array([0.0, -3.0]), ord=0)", "float64[] 1.0"},
    {"norm(array([1.0, 2.0]), ord=1, keepdims=True)", "float64[1] 3.0"},
    {"logsumexp(array([[0.0, 0.0], [1.0, 1.0]]), axis=1)",
     "float64[2] 0.6931471805599453 1.6931471805599454"},
    {"logsumexp(array([-inf, -inf]))", "float64[] -Infinity"},
    {"softmax(array([1000.0, 1000.0]))", "float64[2] 0.5 0.5"},
    {"log_softmax(array([0.0, 0.0]))",
     "float64[2] -0.6931471805599453 -0.6931471805599453"},
    {"size(zeros((2, 3)), 0) + ndim(zeros(3)) + shape(zeros(4))[0]", "int64*[] 7"},
};

static void test_reductions(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, reductions_rows);
}

// -- shapes
// --------------------------------------------------------------------------------

static const Expected shapes_rows[] = {
    {"reshape(arange(6), (2, -1))", "int64[2, 3] 0 1 2 3 4 5"},
    {"arange(6).reshape(3, 2)", "int64[3, 2] 0 1 2 3 4 5"},
    {"arange(4).reshape((2, 2)).T", "int64[2, 2] 0 2 1 3"},
    {"arange(4).reshape(2, 2).transpose(1, 0)", "int64[2, 2] 0 2 1 3"},
    {"ravel(ones((2, 2)))", "float64[4] 1.0 1.0 1.0 1.0"},
    {"squeeze(ones((1, 2, 1)))", "float64[2] 1.0 1.0"},
    {"squeeze(ones((1, 2, 1)), axis=2)", "float64[1, 2] 1.0 1.0"},
    {"expand_dims(ones(2), (0, -1))", "float64[1, 2, 1] 1.0 1.0"},
    {"swapaxes(arange(4).reshape(2, 2), 0, 1)", "int64[2, 2] 0 2 1 3"},
    {"moveaxis(zeros((2, 3, 4)), 0, -1).shape", "int64*[] 3 | int64*[] 4 | int64*[] 2"},
    {"broadcast_to(arange(2), (2, 2))", "int64[2, 2] 0 1 0 1"},
    {"broadcast_arrays(arange(2), 5)", "int64[2] 0 1 | int64*[2] 5 5"},
    {"flip(arange(3))", "int64[3] 2 1 0"},
    {"roll(arange(4), 1)", "int64[4] 3 0 1 2"},
    {"roll(arange(4).reshape(2, 2), (1, 1), axis=(0, 1))", "int64[2, 2] 3 2 1 0"},
    {"concatenate([arange(2), [5.0]])", "float64*[3] 0.0 1.0 5.0"},
    {"concatenate([ones((1, 2)), zeros((1, 2))], axis=1)", "float64[1, 4] 1.0 1.0 0.0 0.0"},
    {"stack([arange(2), arange(2)], axis=1)", "int64[2, 2] 0 0 1 1"},
    {"stack((1, 2.5))", "float64*[2] 1.0 2.5"},
    {"vstack([arange(2), arange(2)])", "int64[2, 2] 0 1 0 1"},
    {"hstack([arange(2), [7]])", "int64[3] 0 1 7"},
    {"column_stack([arange(2), arange(2)])", "int64[2, 2] 0 0 1 1"},
    {"tile(arange(2), (2, 2))", "int64[2, 4] 0 1 0 1 0 1 0 1"},
    {"repeat(arange(2), 2)", "int64[4] 0 0 1 1"},
    {"repeat(arange(2), [1, 2])", "int64[3] 0 1 1"},
    {"split(arange(4), 2)", "int64[2] 0 1 | int64[2] 2 3"},
    {"split(arange(4), [1, 3])", "int64[1] 0 | int64[2] 1 2 | int64[1] 3"},
    {"array_split(arange(3), 2)", "int64[2] 0 1 | int64[1] 2"},
    {"pad(arange(2), 1)", "int64[4] 0 0 1 0"},
    {"pad(arange(2), (0, 2), constant_values=7)", "int64[4] 0 1 7 7"},
    {"diag(arange(2))", "int64[2, 2] 0 0 0 1"},
    {"diag(arange(2), -1)", "int64[3, 3] 0 0 0 0 0 0 0 1 0"},
    {"diag(arange(4).reshape(2, 2))", "int64[2] 0 3"},
    {"diagonal(arange(6).reshape(2, 3), 1)", "int64[2] 1 5"},
    {"diagonal(arange(6).reshape(2, 3), -1)", "int64[1] 3"},
    {"trace(arange(4).reshape(2, 2))", "int64[] 3"},
    {"tril(ones((2, 2)))", "float64[2, 2] 1.0 0.0 1.0 1.0"},
    {"triu(ones((2, 3)), 1)", "float64[2, 3] 0.0 1.0 1.0 0.0 0.0 1.0"},
    {"float64(2.9).astype(int)", "int64[] 2"},
    {"atleast_2d(3)", "int64*[1, 1] 3"},
};

static void test_shapes(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, shapes_rows);
}

// -- creation
// ------------------------------------------------------------------------------

static const Expected creation_rows[] = {
    {"zeros((2, 0))", "float64[2, 0]"},
    {"ones(2, dtype=int)", "int64[2] 1 1"},
    {"full(2, 1.5)", "float64*[2] 1.5 1.5"},
    {"full_like(arange(2), 7)", "int64[2] 7 7"},
    {"zeros_like(float32(1))", "float32[] 0.0"},
    {"eye(2)", "float64[2, 2] 1.0 0.0 0.0 1.0"},
    {"eye(2, 3, k=1, dtype=int)", "int64[2, 3] 0 1 0 0 0 1"},
    {"identity(1)", "float64[1, 1] 1.0"},
    {"tri(2)", "float64[2, 2] 1.0 0.0 1.0 1.0"},
    {"arange(3)", "int64[3] 0 1 2"},
    {"arange(1, 6, 2)", "int64[3] 1 3 5"},
    {"arange(3, 0, -1)", "int64[3] 3 2 1"},
    {"arange(0, 1, 0.5)", "float64[2] 0.0 0.5"},
    {"arange(2, dtype=float32)", "float32[2] 0.0 1.0"},
    {"linspace(0, 1, 3)", "float64[3] 0.0 0.5 1.0"},
    {"linspace(1, 2, 2, endpoint=False)", "float64[2] 1.0 1.5"},
    {"linspace(array([0.0, 1.0]), 3, 3)", "float64[3, 2] 0.0 1.0 1.5 2.0 3.0 3.0"},
    {"logspace(0, 2, 3)", "float64[3] 1.0 10.0 100.0"},
    {"meshgrid(arange(2), arange(3))", "int64[3, 2] 0 1 0 1 0 1 | int64[3, 2] 0 0 1 1 2 2"},
    {"one_hot(array([0, 2]), 3)", "float64[2, 3] 1.0 0.0 0.0 0.0 0.0 1.0"},
    {"asarray(2.5)", "float64*[] 2.5"},
    {"pi * 1.0", "float64*[] 3.141592653589793"},
};

static void test_creation(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, creation_rows);
}

// -- matrix products
// -----------------------------------------------------------------------

static const Expected linear_rows[] = {
    {"dot(arange(3), arange(3))", "int64[] 5"},
    {"dot(2, arange(2))", "int64[2] 0 2"},
    {"dot(arange(4).reshape(2, 2), arange(2))", "int64[2] 1 3"},
    {"matmul(arange(2), arange(4).reshape(2, 2))", "int64[2] 2 3"},
    {"arange(8).reshape(2, 2, 2) @ arange(4).reshape(2, 2)",
     "int64[2, 2, 2] 2 3 6 11 10 19 14 27"},
    {"vdot(arange(4).reshape(2, 2), arange(4).reshape(2, 2))", "int64[] 14"},
    {"inner(arange(4).reshape(2, 2), arange(2))", "int64[2] 1 3"},
    {"outer(arange(2), arange(3))", "int64[2, 3] 0 0 0 0 1 2"},
    {"tensordot(arange(4).reshape(2, 2), arange(4).reshape(2, 2))", "int64[] 14"},
    {"tensordot(arange(4).reshape(2, 2), arange(4).reshape(2, 2), axes=([0], [1]))",
     "int64[2, 2] 2 6 3 11"},
    {"einsum(\"ij,jk->ik\", arange(4).reshape(2, 2), arange(4).reshape(2, 2))",
     "int64[2, 2] 2 3 6 11"},
    {"einsum(\"ii\", arange(4).reshape(2, 2))", "int64[] 3"},
    {"einsum(\"ij -> ji\", arange(4).reshape(2, 2))", "int64[2, 2] 0 2 1 3"},
    {"einsum(\"i,j,i->j\", arange(2), arange(3), arange(2))", "int64[3] 0 1 2"},
    {"einsum(\"i,i,i->\", arange(4), arange(4), arange(4))", "int64[] 36"},
    {"einsum(\"ij,jk,k\", arange(4).reshape(2, 2), arange(4).reshape(2, 2), arange(2))",
     "int64[2] 3 11"},
    {"einsum(\"ba\", arange(2).reshape(1, 2))", "int64[2, 1] 0 1"},
    {"kron(arange(2), arange(3))", "int64[6] 0 0 0 0 1 2"},
    {"array([True, False]) @ array([True, True])", "bool[] true"},
};

static void test_linear(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, linear_rows);
}

// -- indexing
// ------------------------------------------------------------------------------

static const Expected index_rows[] = {
    {"arange(4)[1]", "int64[] 1"},
    {"arange(4)[-1]", "int64[] 3"},
    {"arange(4)[1:3]", "int64[2] 1 2"},
    {"arange(4)[::-2]", "int64[2] 3 1"},
    {"arange(4)[3:0:-1]", "int64[3] 3 2 1"},
    {"arange(4)[10:]", "int64[0]"},
    {"arange(6).reshape(2, 3)[1]", "int64[3] 3 4 5"},
    {"arange(6).reshape(2, 3)[:, 1]", "int64[2] 1 4"},
    {"arange(6).reshape(2, 3)[..., -1]", "int64[2] 2 5"},
    {"arange(2)[None, :, None]", "int64[1, 2, 1] 0 1"},
    {"arange(6).reshape(2, 3)[:, [2, 0]]", "int64[2, 2] 2 0 5 3"},
    {"arange(6).reshape(2, 3)[[0, 1], [2, 0]]", "int64[2] 2 3"},
    {"arange(6).reshape(2, 3)[array([[1], [0]]), array([0, 2])]", "int64[2, 2] 3 5 0 2"},
    {"zeros((2, 3, 4))[[0, 1], :, [0, 1]].shape", "int64*[] 2 | int64*[] 3"},
    {"zeros((2, 3, 4))[:, [0, 1, 2], [0, 1, 2]].shape", "int64*[] 2 | int64*[] 3"},
    {"zeros((2, 3, 4))[0, :, [0, 1]].shape", "int64*[] 2 | int64*[] 3"},
    {"zeros((2, 3, 4))[[0], None, [1]].shape", "int64*[] 1 | int64*[] 1 | int64*[] 4"},
    {"arange(4)[array(-1)]", "int64[] 3"},
    {"arange(4)[[-1, 0]]", "int64[2] 3 0"},
    {"arange(4)[[array(-1), 0]]", "int64[2] 3 0"},
    {"arange(4)[[]]", "int64[0]"},
    {"arange(4)[argmax(array([1, 9, 2]))]", "int64[] 1"},
    {"take(arange(4), array([0, 3]))", "int64[2] 0 3"},
    {"take(arange(4).reshape(2, 2), 1, axis=1)", "int64[2] 1 3"},
    {"take(arange(3), array(5), mode=\"clip\")", "int64[] 2"},
    {"take(arange(3.0), array(5), mode=\"fill\")", "float64[] NaN"},
    {"take_along_axis(array([[3, 1], [2, 4]]), array([[1], [0]]), axis=1)",
     "int64[2, 1] 1 2"},
    {"zeros(3).at[1].set(5)", "float64[3] 0.0 5.0 0.0"},
    {"zeros(3).at[[0, 0]].add([1, 1])", "float64[3] 2.0 0.0 0.0"},
    {"zeros(3).at[::2].add(1)", "float64[3] 1.0 0.0 1.0"},
    {"zeros((2, 2)).at[:, 0].set([1, 2])", "float64[2, 2] 1.0 0.0 2.0 0.0"},
    {"zeros((2, 2)).at[[0, 1], [1, 0]].set(3)", "float64[2, 2] 0.0 3.0 3.0 0.0"},
    {"arange(3).at[0].get()", "int64[] 0"},
    {"arange(3).at[9].get(mode=\"fill\", fill_value=-1)", "int64[] -1"},
    {"arange(3).at[array(9)].set(7, mode=\"drop\")", "int64[3] 0 1 2"},
    {"arange(3).at[array(9)].set(7, mode=\"clip\")", "int64[3] 0 1 7"},
    {"arange(3).at[1:].multiply(5)", "int64[3] 0 5 10"},
    {"arange(3).at[1:].max(2)", "int64[3] 0 2 2"},
    {"arange(3.0).at[1].subtract(0.5)", "float64[3] 0.0 0.5 2.0"},
    {"ones(3).at[[0, 0]].multiply(2)", "float64[3] 4.0 1.0 1.0"},
    {"ones(3).at[[0, 0]].mul([2, 3], unique_indices=True)", "float64[3] 3.0 1.0 1.0"},
    {"full(3, 8.0).at[[0, 0, 2]].divide([2, 2, 4])", "float64[3] 2.0 8.0 2.0"},
    {"array([8, 9]).at[0].divide(2)", "float64[2] 4.0 9.0"},
    {"array([3, 5]).at[array([0, 0])].power([2, 2])", "int64[2] 81 5"},
    {"array([3, 5]).at[0].power(2)", "int64[2] 9 5"},
    {"zeros(3).at[[0, 0, 1]].max([1, 2, -1])", "float64[3] 2.0 0.0 0.0"},
    {"zeros(3).at[[0, 0, 1]].min([-1, -2, 1])", "float64[3] -2.0 0.0 0.0"},
    {"array([False, True]).at[0].max(True)", "bool[2] true true"},
    {"ones(3).at[[0, 0, 2]].apply(lambda y: y + y)", "float64[3] 4.0 1.0 2.0"},
    {"ones((2, 2)).at[0].apply(lambda y: 3 * y)", "float64[2, 2] 3.0 3.0 1.0 1.0"},
    {"arange(3).at[array([0, 9])].mul(7, mode='drop')", "int64[3] 0 1 2"},
    {"arange(3).at[array([0, 9])].mul(7, mode='clip')", "int64[3] 0 1 14"},
    {"arange(3).at[array([0, 9])].max(7, mode='clip')", "int64[3] 7 1 7"},
    {"arange(4).at[arange(4) > 1].set(9)", "int64[4] 0 1 9 9"},
    {"arange(4).at[arange(4) > 1].add(9)", "int64[4] 0 1 11 12"},
    {"arange(4).at[arange(4) > 1].mul(9)", "int64[4] 0 1 18 27"},
    {"arange(4.0).at[arange(4) > 1].apply(lambda y: -y)", "float64[4] 0.0 1.0 -2.0 -3.0"},
    {"ones((2, 2)).at[arange(2) > 0].set([5, 6])", "float64[2, 2] 1.0 1.0 5.0 6.0"},
    {"ones((2, 2)).at[arange(2) > 0].set([[5, 6]])", "float64[2, 2] 1.0 1.0 5.0 6.0"},
    {"arange(3).at[[True, False, True]].set([7, 8])", "int64[3] 7 1 8"},
    {"zeros(0).at[array([3])].mul(2.0, mode='drop')", "float64[0]"},
    {"arange(4)[[True, False, True, False]]", "int64[2] 0 2"},
    {"arange(4)[array([True, False, False, True])]", "int64[2] 0 3"},
    {"arange(4)[array([True, True, True, True])]", "int64[4] 0 1 2 3"},
    {"arange(4).reshape(2, 2)[[[True, False], [True, True]]]", "int64[3] 0 2 3"},
    {"arange(4).reshape(2, 2)[..., [False, True]]", "int64[2, 1] 1 3"},
    {"arange(4)[[False, False, False, False]]", "int64[0]"},
    {"take(arange(4), array([-1, 5]), mode='clip')", "int64[2] 0 3"},
    {"take(arange(4), array([-1, 5, -6]), mode='wrap')", "int64[3] 3 1 2"},
    {"take(arange(4), array([-1, 5]), mode='fill', fill_value=7)", "int64[2] 3 7"},
    {"(arange(4) > 1).at[array(9)].get(mode='fill')", "bool[] true"},
    {"take_along_axis(arange(6).reshape(2, 3), array([[2]]), 1)", "int64[2, 1] 2 5"},
    {"take_along_axis(arange(6).reshape(2, 3), array([5, 0]), None)", "int64[2] 5 0"},
    {"put_along_axis(zeros((2, 2)), array([[1], [0]]), 5, 1)",
     "float64[2, 2] 0.0 5.0 5.0 0.0"},
    {"put_along_axis(zeros((2, 2)), array([3]), 5, None)", "float64[2, 2] 0.0 0.0 0.0 5.0"},
    {"arange(9).reshape(3, 3)[ix_(array([0, 2]), array([1]))]", "int64[2, 1] 1 7"},
    {"dynamic_slice(arange(6), (array(5),), (2,))", "int64[2] 4 5"},
    {"dynamic_slice(arange(6), [-9], [2])", "int64[2] 0 1"},
    {"dynamic_slice(arange(6).reshape(2, 3), array([1, -1]), (1, 2))", "int64[1, 2] 4 5"},
    {"dynamic_slice(arange(12).reshape(2, 3, 2), (0, 9, 1), (1, 3, 1))",
     "int64[1, 3, 1] 1 3 5"},
    {"dynamic_update_slice(arange(6), array([7, 8]), (array(9),))", "int64[6] 0 1 2 3 7 8"},
    {"dynamic_slice_in_dim(arange(6), array(1), 2)", "int64[2] 1 2"},
    {"dynamic_index_in_dim(arange(6).reshape(2, 3), array(2), 1)", "int64[2, 1] 2 5"},
    {"dynamic_index_in_dim(arange(6), array(7), keepdims=False)", "int64[] 5"},
    {"dynamic_update_index_in_dim(arange(4).reshape(2, 2), array([8, 9]), array(1), 1)",
     "int64[2, 2] 0 8 2 9"},
    {"dynamic_update_slice_in_dim(arange(4), array([8, 9]), array(1), 0)",
     "int64[4] 0 8 9 3"},
    {"lax.slice(arange(9).reshape(3, 3), (0, 1), (3, 3), (2, 1))", "int64[2, 2] 1 2 7 8"},
    {"slice_in_dim(arange(9), 1, None, 3)", "int64[3] 1 4 7"},
    {"index_in_dim(arange(6).reshape(2, 3), 1)", "int64[1, 3] 3 4 5"},
    {"index_in_dim(arange(6).reshape(2, 3), -1, 1, False)", "int64[2] 2 5"},
    {"arange(9)[slice(1, None, 4)]", "int64[2] 1 5"},
    {"arange(9)[slice(2)]", "int64[2] 0 1"},
    {"segment_sum(arange(4), array([0, 2, 2, -1]), 3)", "int64[3] 0 0 3"},
    {"jax.ops.segment_sum(arange(4), array([0, 2, 2, 9]), num_segments=3)",
     "int64[3] 0 0 3"},
    {"segment_prod(array([2, 3, 4]), array([1, 1, 0]), 3)", "int64[3] 4 6 1"},
    {"segment_max(array([2.0, 3, 4]), array([1, 1, 0]), 3)",
     "float64[3] 4.0 3.0 -Infinity"},
    {"segment_min(array([2, 3, 4]), array([1, 1, 0]), 3)",
     "int64[3] 4 2 9223372036854775807"},
    {"bincount(array([1, 1, 3, -2, 9]), length=4)", "int64[4] 1 2 0 1"},
    {"bincount(array([1, 1, 3]), array([0.5, 1, 2]), length=2)", "float64[2] 0.0 1.5"},
    {"searchsorted(array([1, 2, 2, 7]), array([2, 0, 9]))", "int64[3] 1 0 4"},
    {"searchsorted(array([1, 2, 2, 7]), 2, side='right')", "int64[] 3"},
    {"searchsorted(zeros(0), 2)", "int64[] 0"},
    {"digitize(array([0.5, 2]), array([1.0, 2, 3]))", "int64[2] 0 2"},
    {"digitize(array([0.5, 2]), array([3.0, 2, 1]), right=True)", "int64[2] 3 2"},
    {"nonzero(array([0, 5, 0, 6]), size=3, fill_value=-1)[0]", "int64[3] 1 3 -1"},
    {"flatnonzero(array([[0, 5], [0, 6]]), size=2)", "int64[2] 1 3"},
    {"argwhere(array([[0, 5], [0, 6]]), size=2)", "int64[2, 2] 0 1 1 1"},
    {"stack(tril_indices(3, -1))", "int64[2, 3] 1 2 2 0 0 1"},
    {"stack(triu_indices(2, 0, 3))", "int64[2, 5] 0 0 0 1 1 0 1 2 1 2"},
    {"arange(4).reshape(2, 2)[diag_indices(2)]", "int64[2] 0 3"},
    {"stack(unravel_index(array([5, -1, 99]), (2, 3)))", "int64[2, 3] 1 1 1 2 2 2"},
    {"indices((2, 2))", "int64[2, 2, 2] 0 0 1 1 0 1 0 1"},
    {"diagflat(array([1, 2]))", "int64[2, 2] 1 0 0 2"},
    {"zeros(2).at[()].set(1)", "float64[2] 1.0 1.0"},
};

static void test_index(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, index_rows);
}

// -- errors ----------------------------------------------------------------------------

static const Expected error_rows[] = {
    {"max(zeros(2), 0)", "E408: `max` with two positional arguments means two things "
                         "(`maximum(x, y)` of two values, or `max(x, axis=0)`?)"},
    {"sum([zeros(2), zeros(2)])",
     "E408: `sum` of a list of arrays means two things (a + b adds arrays; sum(array([a, "
     "b])) adds all elements, sum(array([a, b]), axis=0) those at the same place)"},
    {"zeros(3)[3]", "E406: index 3 is out of bounds for axis 0 of size 3"},
    {"zeros(3)[-4]", "E406: index -4 is out of bounds for axis 0 of size 3"},
    {"zeros((2, 3))[:, [0, 3]]", "E406: index 3 is out of bounds for axis 1 of size 3"},
    {"zeros(3)[0, 1]", "E404: 2 indices for float64[3], which has 1 axis"},
    {"zeros(3)[zeros(3) > 0]",
     "E407: a boolean mask as an index gives a shape that depends on data (where(mask, x, "
     "0) keeps the shape; sum(where(mask, x, 0)) adds what was chosen)"},
    {"zeros(3)[array(0.5)]",
     "E405: an index must be an integer, got float64[] (int64(i) makes it an integer)"},
    {"zeros(3)[\"a\"]", "E402: an index must be an integer, a slice, `...`, None or an "
                        "integer array, got a text"},
    {"zeros(3)[::0]", "E402: the step of a slice is 0"},
    {"zeros(3)[..., ...]", "E402: an index has one `...`"},
    {"sqrt(zeros(3), 2)", "E403: `sqrt` takes 1 positional argument, got 2 (sqrt(x))"},
    {"where(True)",
     "E403: `where` takes a condition and two values (where(condition, x, y); the "
     "positions alone would be an array whose shape depends on data)"},
    {"sum(zeros(3), axs=0)", "E403: `sum` has no argument `axs` (did you mean `axis`?)"},
    {"sum(zeros(3), 0, axis=0)", "E403: `sum` is given twice its argument `axis` (sum(x, "
                                 "axis=None, dtype=None, *, keepdims=False))"},
    {"power(2)", "E403: `power` misses its argument `y` (power(x, y))"},
    {"sum(zeros(3), axis=1)", "E406: axis 1 is out of bounds: the array has 1 axis"},
    {"sum(zeros((2, 2)), axis=(0, -2))", "E403: axis 0 is given twice"},
    {"sum(zeros(3), axis=array(0))",
     "E407: axis must be a static integer, got int64[], whose value is not known before it "
     "runs (static are literals, shapes, constants, and arguments declared `static: "
     "true`)"},
    {"sum(zeros(3), axis=0.0)", "E402: axis must be a static integer, got a float"},
    {"sum(zeros(3), keepdims=1)", "E402: keepdims must be True or False, got an integer"},
    {"zeros(-1)", "E404: the shape has the size -1"},
    {"zeros(3, dtype=\"float16\")",
     "E405: unknown dtype `float16` (there are bool, int32, int64, float32 and float64)"},
    {"reshape(zeros(3), (2, -1))",
     "E404: float64[3] cannot be reshaped to (2, -1): it has 3 elements"},
    {"squeeze(zeros(3), 0)",
     "E404: axis 0 of float64[3] cannot be squeezed: its size is not 1"},
    {"broadcast_to(zeros(3), (2, 2))",
     "E404: float64[3] cannot be broadcast to float64[2, 2]"},
    {"transpose(zeros((2, 2)), (0,))",
     "E403: transpose of float64[2, 2] needs all 2 axes, got 1"},
    {"concatenate([zeros(3), zeros((1, 3))])",
     "E404: float64[3] and float64[1, 3] cannot be joined along axis 0"},
    {"concatenate([1, 2])",
     "E404: `concatenate` of scalars: they have no axis (stack joins scalars)"},
    {"stack([zeros(3), zeros(2)])",
     "E404: float64[3] and float64[2] cannot be stacked: their shapes differ"},
    {"split(zeros(3), 2)",
     "E404: an axis of size 3 cannot be split into 2 equal parts (array_split makes parts "
     "as "
     "equal as may be; split(x, [1, 3]) cuts before the entries 1 and 3)"},
    {"array_split(zeros(3), 0)",
     "E404: expected a number of parts from 1 to 1048576, got 0"},
    {"pad(zeros(2), (1, 2, 3))", "E402: expected a width, or a pair (before, after), got 3 "
                                 "widths (pad(x, 1), pad(x, (1, "
                                 "2)), or a pair for each axis: pad(x, ((1, 2), (0, 3))))"},
    {"pad(zeros((2, 2)), ((1, 2), (1, 2), (1, 2)))",
     "E402: expected one pair of widths for each axis, 2, got 3 (pad(x, 1), pad(x, (1, "
     "2)), or "
     "a pair for each axis: pad(x, ((1, 2), (0, 3))))"},
    {"pad(zeros(2), -1)", "E402: expected a width of padding from 0 to 2147483648, got -1 "
                          "(pad(x, 1), pad(x, (1, "
                          "2)), or a pair for each axis: pad(x, ((1, 2), (0, 3))))"},
    {"pad(zeros(2), 1, mode='edge')", "E402: the mode of pad must be 'constant', the only "
                                      "one of this version (to repeat the "
                                      "entries at the edges, use concatenate)"},
    {"polygamma(zeros(2), 1)", "E407: the order of polygamma comes first, and is a static "
                               "integer (write polygamma(n, x))"},
    {"polygamma(-1, 1.0)",
     "E402: expected an order of polygamma from 0 to 1073741823, got -1 "
     "(polygamma(0, x) is digamma(x), polygamma(1, x) its derivative)"},
    {"zeros(2).at[0].get(mode='cilp')",
     "E402: the mode of an index must be 'clip', 'fill' or "
     "'drop', got 'cilp' (did you mean `clip`?)"},
    {"zeros(2)[0, 1]", "E404: 2 indices for float64[2], which has 1 axis"},
    {"array(1.0)[0]",
     "E404: 1 index for float64[], which has 0 axes (a scalar has no entries: "
     "write it without an index)"},
    {"2.0 ^ 3", "E402: `^` of a float: it takes integers (a power is `**`: 2.0 ** 3)"},
    {"zeros(2) ^ 2",
     "E405: `^` is not defined for float64 (a power is `**`: x ** 2; the bits "
     "of integers are int64(x) ^ 2)"},
    {"int64(-9223372036854775808)", "int64[] -9223372036854775808"},
    {"-(9223372036854775808)",
     "E402: the integer 9223372036854775808 does not fit int64 (write "
     "it as a float: 9223372036854775808.0)"},
    {"-9_223_372_036_854_775_808", "int64*[] -9223372036854775808"},
    {"array(1.0).e", "E401: an array has no attribute `e` (the constant stands alone: e)"},
    {"max(zeros((0, 2)), axis=0)",
     "E404: `max` of float64[0, 2]: there is no element to choose"},
    {"norm(eye(2), ord=2)", "E402: ord of a matrix must be None, 'fro', 1, -1, inf or "
                            "-inf: the norms by singular values are not there yet"},
    {"zeros(3) @ zeros(2)",
     "E404: `@` of float64[3] and float64[2]: the sizes that are summed over differ"},
    {"zeros(3) @ 2", "E404: `@` takes vectors and matrices, got float64[3] and float64[] "
                     "(`*` multiplies by a scalar)"},
    {"einsum(\"ij,jk->ik\", zeros(3), zeros(3))",
     "E404: einsum: the subscripts 'ij' do not fit float64[3]"},
    {"einsum(\"ij,jk->ik\", eye(2), eye(3))",
     "E404: einsum: the axis 'j' has size 2 here and 3 there"},
    {"einsum(\"i,i->j\", zeros(3), zeros(3))",
     "E403: the subscripts 'i,i->j' of einsum give the result a letter that no operand has "
     "(einsum('ij,jk->ik', x, y))"},
    {"einsum(\"i...\", zeros(3))",
     "E403: einsum without `...`: it is not there yet (name every axis by a letter)"},
    {"einsum(\"i,j\", zeros(3))", "E403: einsum: subscripts for 2 operands, got 1"},
    {"arange(array(3))", "E407: stop must be a static number, got int64[] (start + step * "
                         "arange(n) moves a range by what is computed)"},
    {"where(zeros(3) > 0)",
     "E403: `where` takes a condition and two values (where(condition, x, y); the "
     "positions alone would be an array whose shape depends on data)"},
    {"bitwise_and(zeros(2), 1)",
     "E405: `bitwise_and` is not defined for float64 (convert it: int64(x))"},
    {"zeros(3).reshap(3)",
     "E401: an array has no attribute `reshap` (did you mean `reshape`?)"},
    {"zeros(3).sin", "E401: an array has no attribute `sin` (call it: sin(x))"},
    {"zeros(3).at.set(1)", "E402: `.at` takes an index in brackets first (x.at[i].set(v))"},
    {"zeros(3).at[0].sett(1)",
     "E401: `x.at[i]` has no attribute `sett` (did you mean `set`?)"},
    {"zeros(3).at[0].set([1, 2])",
     "E404: float64[2] does not fit what the index names: float64[]"},
    {"arange(3)[[True, False]]", "E404: a mask of 2 booleans for axis 0 of size 3"},
    {"arange(3)[True]", "E402: a single boolean is no index (x[None] adds an axis)"},
    {"arange(3)[array(True)]", "E402: a single boolean is no index (x[None] adds an axis)"},
    {"arange(3).at[arange(3) > 0].set([1, 2])",
     "E407: int64[2] for a boolean mask from data: one value for all its places is needed "
     "(where(mask, values, x) takes values for every element of x)"},
    {"arange(3).at[arange(2) > 0].set(1)",
     "E404: the mask bool[2] does not fit the first axes of int64[3]"},
    {"arange(3).at[0].apply(1)",
     "E402: `x.at[i].apply` expected a function, got an "
     "integer (x.at[i].apply takes a function, and its result is called: "
     "x.at[i].apply(f)(x))"},
    {"arange(3).at[0].apply(lambda y: stack([y, y]))",
     "E404: the function of `x.at[i].apply` must give a scalar for a scalar "
     "(x.at[i].apply(lambda y: sin(y)))"},
    {"(arange(3) > 1).at[0].multiply(True)",
     "E405: `x.at[i].multiply` of booleans (int64(x) counts True as 1)"},
    {"put_along_axis(arange(3), array([0]), 1, 0, inplace=True)",
     "E402: arrays never change: `inplace` must be False (leave it out: the result is an "
     "array)"},
    {"take_along_axis(arange(3), array([[0]]), 0)",
     "E404: indices int64[1, 1] do not fit the other axes of int64[3]"},
    {"dynamic_slice(arange(3), (0, 1), (1,))",
     "E403: start_indices: one for each axis of int64[3] is needed, got 2"},
    {"dynamic_slice(arange(3), 0, (1,))",
     "E402: start_indices must be a sequence of integers, got an integer"},
    {"dynamic_slice(arange(3), (0,), (4,))", "E404: a slice of 4 along axis 0 of int64[3]"},
    {"dynamic_slice_in_dim(arange(3), array([0]), 1)",
     "E402: the start of a slice must be an integer scalar, got int64[1]"},
    {"dynamic_update_slice(arange(3), 1, (0,))",
     "E403: axes of the update: one for each axis of int64[3] is needed, got 0"},
    {"lax.slice(arange(3), (2,), (1,))", "E404: a slice from 2 to 1 by 1 along axis 0 of "
                                         "int64[3]"},
    {"slice(1, 2, 3, 4)", "E402: x must be an array, got an integer"},
    {"segment_sum(arange(3), arange(3))",
     "E407: `segment_sum` needs `num_segments`: a shape cannot depend on data "
     "(segment_sum(data, ids, num_segments=3))"},
    {"segment_sum(arange(3), arange(2), 2)",
     "E404: segment_ids int64[2] do not fit the first axis of int64[3]"},
    {"segment_sum(arange(3), arange(3.0), 2)",
     "E402: segment_ids must be a vector of integers, got float64[3]"},
    {"segment_sum(arange(3), arange(3), -2)", "E404: num_segments is -2"},
    {"bincount(arange(3))",
     "E407: `bincount` needs `length`: a shape cannot depend on data "
     "(bincount(x, length=10))"},
    {"bincount(arange(3), arange(2), length=2)",
     "E404: weights int64[2] do not fit int64[3]"},
    {"nonzero(arange(3))", "E403: `nonzero` misses its argument `size` "
                           "(nonzero(a, *, size, fill_value=0))"},
    {"ix_(ones((2, 2)))", "E402: ix_ must be given vectors, got float64[2, 2]"},
    {"take(arange(3), 0, mode='raise')",
     "E402: the mode of an index must be 'clip', 'fill' or 'drop', got 'raise' (without a "
     "mode an index out of bounds is an error)"},
    {"arange(3).at[0].set(1.5)", "E405: float64[] cannot be put into int64[3] (convert one "
                                 "of them: float(x), int64(v))"},
    {"leaky_relu(zeros(3), zeros(3))",
     "E407: argument `negative_slope` of `leaky_relu` must be static: a number, text or "
     "function, got float64[3]"},
    {"logaddexp(zeros(3), zeros(2))",
     "E404: shapes float64[3] and float64[2] cannot be broadcast together"},
    {"nan_to_num(zeros(2), nan=zeros(2))",
     "E402: a replacement must be a static number, got float64[2]"},
    {"tile(zeros(3), 1000000000000)",
     "E701: an array passes the limit of 2147483648 elements (LIMIT_ARRAY_SIZE)"},
    {"expand_dims(zeros(1), tuple(range(40)))",
     "E701: an array of 41 axes passes the limit of 32 (LIMIT_RANK)"},
};

static void test_errors(void **state) {
    (void)state;
    CHECK_RESULTS(DT_F64, error_rows);
}

// An index from data fails when it runs.
static void test_index_from_data(void **state) {
    (void)state;
    static const char *const texts[] = {"zeros(3)[array(3)]", "zeros(3)[array(-4)]",
                                        "take(zeros(3), array(7))",
                                        "zeros(3).at[array(7)].set(1)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Tracing x;
        tracing_begin(&x, DT_F64);
        assert_int_equal(strncmp(tracing_result(&x, texts[i]), "E601", 4), 0);
        tracing_end(&x);
    }
}

// The place of an error inside the prelude is the user's call.
static void test_place_of_prelude_errors(void **state) {
    (void)state;
    Tracing x;
    Place place;
    tracing_begin(&x, DT_F64);
    (void)tracing_result(&x, "1 + softplus(\"a\")");
    assert_int_equal(x.diags.list.n, 1);
    assert_true(base_source_find(x.diags.sources, x.diags.list.at[0].span, &place));
    assert_int_equal(place.column, 5);
    assert_int_equal(place.n, 13);
    tracing_end(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_sorted),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_prelude),
        cmocka_unit_test(test_elementwise),
        cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_creation),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_index_from_data),
        cmocka_unit_test(test_place_of_prelude_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
