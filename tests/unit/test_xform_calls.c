// Calls with rules under the transformations: differentiation.md §6, by the numbers of §11.
#include "xform_fixture.h"

// -- functions with rules -----------------------------------------------------------

#define BODY(name) static uint32_t name(Builder *b, const NodeId *x, NodeId *y)

// Twice one node does not give two calls: each emits its own.
#define CALL(function, ...) emit_call(b, &function, (NodeId[]){__VA_ARGS__})

BODY(square) {
    y[0] = ir_mul(b, x[0], x[0]);
    return 1;
}
BODY(square_and_x) {
    y[1] = x[0];
    return 1 + square(b, x, y);
}
BODY(g_times_x) {
    y[0] = ir_mul(b, x[1], x[0]);
    return 1;
}
static const Function f = {"f", CALL_VJP, 1, 0, square, square_and_x, g_times_x, NULL};

BODY(five_x) {
    y[0] = ir_mul(b, number(b, "5"), x[0]);
    return 1;
}
static const Function s = {"s", CALL_VJP, 1, 0, square, square_and_x, five_x, NULL};

// F: the rule's value names F itself.
BODY(F_forward);
static const Function F = {"F", CALL_VJP, 1, 0, square, F_forward, g_times_x, NULL};
BODY(F_forward) {
    y[0] = CALL(F, x[0]);
    y[1] = x[0];
    return 2;
}

BODY(sine) {
    y[0] = ir_sin(b, x[0]);
    return 1;
}
BODY(sine_and_x) {
    y[1] = x[0];
    return 1 + sine(b, x, y);
}
BODY(g_squared_x) {
    y[0] = ir_mul(b, ir_mul(b, x[1], x[1]), x[0]);
    return 1;
}
static const Function r = {"r", CALL_VJP, 1, 0, sine, sine_and_x, g_squared_x, NULL};

// sin(a)·c, rules g·c² and g²·a.
BODY(sine_times) {
    y[0] = ir_mul(b, ir_sin(b, x[0]), x[1]);
    return 1;
}
BODY(sine_times_and_both) {
    y[1] = x[0];
    y[2] = x[1];
    return 2 + sine_times(b, x, y);
}
BODY(two_rules) {
    y[0] = ir_mul(b, x[2], ir_mul(b, x[1], x[1]));
    y[1] = ir_mul(b, ir_mul(b, x[2], x[2]), x[0]);
    return 2;
}
static const Function two = {"two",     CALL_VJP, 2, 0, sine_times, sine_times_and_both,
                             two_rules, NULL};

// sin x, though it is given z, too; rules g·z and 0.
BODY(sine_and_z) {
    y[1] = x[1];
    return 1 + sine(b, x, y);
}
BODY(g_times_z_and_0) {
    y[0] = ir_mul(b, x[1], x[0]);
    y[1] = number(b, "0");
    return 2;
}
static const Function p = {"p", CALL_VJP, 2, 0, sine, sine_and_z, g_times_z_and_0, NULL};

// x·y for the captured y, rule 10·g·y; and the same where y is stopped.
BODY(times) {
    y[0] = ir_mul(b, x[0], x[1]);
    return 1;
}
BODY(times_and_y) {
    y[1] = x[1];
    return 1 + times(b, x, y);
}
BODY(ten_g_y) {
    y[0] = ir_mul(b, number(b, "10"), ir_mul(b, x[1], x[0]));
    return 1;
}
BODY(times_stopped) {
    y[0] = ir_mul(b, x[0], ir_stop_gradient(b, x[1]));
    return 1;
}
BODY(times_stopped_and_y) {
    y[1] = ir_stop_gradient(b, x[1]);
    return 1 + times_stopped(b, x, y);
}
static const Function q = {"q", CALL_VJP, 1, 1, times, times_and_y, ten_g_y, NULL};
static const Function q_stopped = {
    "q", CALL_VJP, 1, 1, times_stopped, times_stopped_and_y, ten_g_y, NULL};
// The value does not depend on the capture, the rule does.
static const Function q_rule = {"q", CALL_VJP, 1, 1, sine, sine_and_z, ten_g_y, NULL};

// jvp rules: where(x > 0, 2·x·dx, 0); dx·y + x·dy; and two that are not linear.
BODY(square_where) {
    const NodeId t = ir_mul(b, ir_mul(b, number(b, "2"), x[0]), x[1]);
    y[1] = ir_select(b, ir_gt(b, x[0], number(b, "0")), t, number(b, "0"));
    return 1 + square(b, x, y);
}
BODY(product_rule) {
    const NodeId left = ir_mul(b, x[2], x[1]);
    y[1] = ir_add(b, left, ir_mul(b, x[0], x[3]));
    return 1 + times(b, x, y);
}
BODY(squared_tangent) {
    y[1] = ir_mul(b, x[1], x[1]);
    return 1 + square(b, x, y);
}
BODY(affine_tangent) {
    y[1] = ir_add(b, ir_mul(b, x[1], x[0]), number(b, "1"));
    return 1 + square(b, x, y);
}
BODY(tangent_decides) {
    y[1] = ir_select(b, ir_gt(b, x[1], number(b, "0")), x[1], number(b, "0"));
    return 1 + square(b, x, y);
}
BODY(constant_tangent) {
    y[1] = ir_sin(b, x[0]);
    return 1 + square(b, x, y);
}
BODY(to_dx) {
    (void)b;
    y[0] = x[1];
    return 1;
}
BODY(to_zero) {
    (void)x;
    y[0] = number(b, "0");
    return 1;
}
BODY(to_five) {
    (void)x;
    y[0] = number(b, "5");
    return 1;
}
BODY(branch_zero) {
    y[1] = emit_cond(b, ir_gt(b, x[0], number(b, "0")), to_dx, to_zero, 2, x);
    return 1 + square(b, x, y);
}
BODY(branch_five) {
    y[1] = emit_cond(b, ir_gt(b, x[0], number(b, "0")), to_dx, to_five, 2, x);
    return 1 + square(b, x, y);
}
BODY(where_five) {
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[1] = ir_select(b, c, x[1], number(b, "5"));
    return 1 + square(b, x, y);
}
BODY(branch_by_tangent) {
    y[1] = emit_cond(b, ir_gt(b, x[1], number(b, "0")), to_dx, to_dx, 2, x);
    return 1 + square(b, x, y);
}
BODY(no_tangent) {
    y[1] = number(b, "0");
    return 1 + square(b, x, y);
}
BODY(calls_f_of_tangent) {
    y[1] = CALL(f, x[1]);
    return 1 + square(b, x, y);
}
static const Function h_cond = {"h", CALL_JVP, 1, 0, square, NULL, NULL, branch_zero};
static const Function flat = {"flat", CALL_JVP, 1, 0, square, NULL, NULL, no_tangent};
static const Function h = {"h", CALL_JVP, 1, 0, square, NULL, NULL, square_where};
static const Function product = {"product", CALL_JVP, 2,    0,
                                 times,     NULL,     NULL, product_rule};
static const Function not_linear[] = {
    {"dx_dx", CALL_JVP, 1, 0, square, NULL, NULL, squared_tangent},
    {"affine", CALL_JVP, 1, 0, square, NULL, NULL, affine_tangent},
    {"decides", CALL_JVP, 1, 0, square, NULL, NULL, tangent_decides},
    {"constant", CALL_JVP, 1, 0, square, NULL, NULL, constant_tangent},
    {"branch_five", CALL_JVP, 1, 0, square, NULL, NULL, branch_five},
    {"branch_by", CALL_JVP, 1, 0, square, NULL, NULL, branch_by_tangent},
    {"where_five", CALL_JVP, 1, 0, square, NULL, NULL, where_five},
    {"f_of_tangent", CALL_JVP, 1, 0, square, NULL, NULL, calls_f_of_tangent},
};

// -- functions of them --------------------------------------------------------------

BODY(f_x) {
    y[0] = CALL(f, x[0]);
    return 1;
}
BODY(f_f_x) {
    y[0] = CALL(f, CALL(f, x[0]));
    return 1;
}
BODY(F_x) {
    y[0] = CALL(F, x[0]);
    return 1;
}
BODY(F_F_x) {
    y[0] = CALL(F, CALL(F, x[0]));
    return 1;
}
BODY(two_r) {
    const NodeId first = CALL(r, x[0]);
    y[0] = ir_mul(b, number(b, "3"), ir_add(b, first, CALL(r, x[0])));
    return 1;
}
BODY(r_x) {
    y[0] = CALL(r, x[0]);
    return 1;
}
// One pair of branches, two nodes: neither they nor their placeholders are one.
BODY(two_r_in_branches) {
    const TypeId type = scalar();
    const int64_t graphs[] = {trace_types(r_x, 1, &type)->id,
                              trace_types(five_x, 1, &type)->id};
    const NodeId in[] = {ir_gt(b, x[0], number(b, "0")), x[0]};
    const NodeId first = ir_out(b, ir_emit(b, PRIM_cond, 2, in, 2, graphs), 0);
    const NodeId again = ir_out(b, ir_emit(b, PRIM_cond, 2, in, 2, graphs), 0);
    y[0] = ir_mul(b, number(b, "3"), ir_add(b, first, again));
    return 1;
}
BODY(s_unused) {
    (void)CALL(s, x[0]);
    y[0] = ir_mul(b, number(b, "3"), x[0]);
    return 1;
}
BODY(zero_s) {
    const NodeId none = ir_mul(b, number(b, "0"), CALL(s, x[0]));
    y[0] = ir_add(b, ir_mul(b, number(b, "3"), x[0]), none);
    return 1;
}
BODY(three_first) {
    y[0] = ir_mul(b, number(b, "3"), x[0]);
    return 1;
}
BODY(second) {
    (void)b;
    y[0] = x[1];
    return 1;
}
BODY(s_in_untaken) {
    const NodeId both[] = {x[0], CALL(s, x[0])};
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[0] = emit_cond(b, c, three_first, second, 2, both);
    return 1;
}
BODY(t_times_f_stopped) {
    y[0] = ir_mul(b, x[0], CALL(f, ir_stop_gradient(b, x[0])));
    return 1;
}
BODY(h_x) {
    y[0] = CALL(h, x[0]);
    return 1;
}
BODY(h_cond_x) {
    y[0] = CALL(h_cond, x[0]);
    return 1;
}
BODY(f_of_flat) {
    y[0] = CALL(f, CALL(flat, x[0]));
    return 1;
}
BODY(product_x_3) {
    y[0] = CALL(product, x[0], number(b, "3"));
    return 1;
}
BODY(product_x_x) {
    y[0] = CALL(product, x[0], x[0]);
    return 1;
}

static const struct {
    const char *name;
    Body body;
    double x;
    int orders;
    double expected[4];
} scalar_rows[] = {
    {"f", f_x, 3, 3, {9, 3, 1, 0}},
    {"f(f(x))", f_f_x, 2, 3, {16, 8, 12, 12}},
    {"F", F_x, 3, 2, {9, 3, 1}},
    {"F(F(x))", F_F_x, 2, 2, {16, 8, 8}},
    {"r(x) + r(x)", two_r, 0.7, 1, {3.8653061234260146, 12.6}},
    {"r(x) + r(x) in branches", two_r_in_branches, 0.7, 1, {3.8653061234260146, 12.6}},
    {"3x, s(x) unused", s_unused, 2, 1, {6, 3}},
    {"3x + 0·s(x)", zero_s, 2, 1, {6, 13}},
    {"s in the untaken branch", s_in_untaken, 2, 1, {6, 13}},
    {"x·f(stopped x)", t_times_f_stopped, 3, 1, {27, 9}},
    {"h", h_x, 1, 2, {1, 2, 2}},
    {"h where its tangent is 0", h_x, -1, 2, {1, 0, 0}},
    {"zero in a branch", h_cond_x, 3, 1, {9, 1}},
    {"zero in the taken branch", h_cond_x, -3, 1, {9, 0}},
    {"a rule on a literal zero", f_of_flat, 3, 1, {81, 0}},
    {"product(x, 3)", product_x_3, 5, 2, {15, 3, 0}},
    {"product(x, x)", product_x_x, 5, 3, {25, 10, 2, 0}},
};

static void test_scalar_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scalar_rows / sizeof *scalar_rows; i++) {
        const Graph *g = trace(scalar_rows[i].body, 1);
        for (int order = 0; order <= scalar_rows[i].orders; order++) {
            if (order) g = grad(g, 0);
            char what[80];
            snprintf(what, sizeof what, "%s, order %d", scalar_rows[i].name, order);
            check(what, run(g, &scalar_rows[i].x)[0], scalar_rows[i].expected[order]);
        }
    }
}

static void test_forward_part(void **state) {
    (void)state;
    const Graph *both = NULL, *hessian = NULL;
    ok(try_value_and_grad(trace(f_x, 1), 0, &both));
    check("grad of value_and_grad(f)[0]",
          run(grad(output_of(both, 0), 0), (double[]){3})[0], 6);
    ok(try_jacfwd(output_of(both, 1), 0, &hessian));
    check("hessian of f", run(hessian, (double[]){3})[0], 1);
}

// -- vmap ---------------------------------------------------------------------------

BODY(x_times_s_y) {
    y[0] = ir_mul(b, x[0], CALL(s, x[1]));
    return 1;
}
BODY(s_of_x_y) {
    y[0] = CALL(s, ir_mul(b, x[0], x[1]));
    return 1;
}
BODY(two_x_y) {
    y[0] = CALL(two, x[0], x[1]);
    return 1;
}
BODY(c_times_p) {
    y[0] = ir_mul(b, x[2], CALL(p, x[0], x[1]));
    return 1;
}

static void test_vmap(void **state) {
    (void)state;
    const bool first[] = {true, false};
    const double x_and_y[] = {1, 2, 3, 2};
    const Graph *g = summed(vmapped(trace(x_times_s_y, 2), 3, first));
    check_all("sum of x·s(y)", run(g, x_and_y), 24);
    check_all("one call, one rule", run(grad(g, 1), x_and_y), 10);
    g = summed(vmapped(trace(s_of_x_y, 2), 3, first));
    check_all("a rule for each row", run(grad(g, 1), x_and_y), 140);

    // The rule of a batched call, its result for the unbatched argument summed.
    g = vmapped(trace(two_x_y, 2), 3, first);
    const Graph *v;
    bool has[2], ct = true;
    ok(xform_vjp(g, (bool[]){true, true}, &ct, &v, has));
    const double *out = run(v, (double[]){.3, .7, -1, 2, 1, -2, .7});
    check_all("vjp of a batched rule", out + 3, 4, -8, 2.8, 2.61);

    // The value does not depend on z, the rule does.
    const Graph *c_p = vmapped(trace(c_times_p, 3), 3, (bool[]){false, true, true});
    g = grad(summed(c_p), 0);
    check_all("forced outputs", run(g, (double[]){.4, 1, 2, 3, 1, 2, 5}), 20);

    // Twice batched, and a jvp rule batched.
    g = vmapped(vmapped(trace(s_of_x_y, 2), 3, first), 2, (bool[]){false, true});
    check_all("twice batched", run(grad(summed(g), 0), (double[]){1, 2, 3, 2, 1}), 25, 50,
              75);
    g = vmapped(trace(product_x_x, 1), 3, first);
    check_all("a batched jvp rule", run(grad(summed(g), 0), (double[]){1, 2, 3}), 2, 4, 6);
}

// -- captures -----------------------------------------------------------------------

BODY(q_x_y) {
    y[0] = CALL(q, x[0], x[1]);
    return 1;
}
BODY(q_2y_y) {
    y[0] = CALL(q, ir_mul(b, number(b, "2"), x[0]), x[0]);
    return 1;
}
BODY(q_y_y_stopped) {
    y[0] = CALL(q_stopped, x[0], x[0]);
    return 1;
}
BODY(q_rule_y) {
    y[0] = CALL(q_rule, number(b, "1"), x[0]);
    return 1;
}

static void test_captures(void **state) {
    (void)state;
    const Graph *both;
    const Graph *g = grad(grad(trace(q_x_y, 2), 0), 1);
    check_all("d/dy of grad q", run(g, (double[]){1, 3}), 10);
    check_all("stopped inside", run(grad(trace(q_y_y_stopped, 1), 0), (double[]){3}), 30);
    expect_error(try_value_and_grad(trace(q_2y_y, 1), 0, &both), CODE_E507);
    expect_error(try_value_and_grad(trace(q_rule_y, 1), 0, &both), CODE_E507);
}

// -- E502 ---------------------------------------------------------------------------

BODY(f_dropped) {
    (void)CALL(f, x[0]);
    y[0] = x[0];
    return 1;
}
BODY(same) {
    (void)b;
    y[0] = x[0];
    return 1;
}
BODY(f_in_a_branch) {
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[0] = emit_cond(b, c, same, f_x, 1, x);
    return 1;
}
BODY(f_dropped_in_a_branch) {
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[0] = emit_cond(b, c, five_x, f_dropped, 1, x);
    return 1;
}
BODY(number_or_dropped) {
    (void)CALL(f, x[0]);
    y[0] = number(b, "1");
    return 1;
}
BODY(f_dropped_no_tangent) {
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[0] = emit_cond(b, c, number_or_dropped, number_or_dropped, 1, x);
    return 1;
}

static void test_forward_mode(void **state) {
    (void)state;
    static const Body bodies[] = {
        f_x, f_dropped, f_in_a_branch, f_dropped_in_a_branch, F_x, f_dropped_no_tangent};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const Graph *g = trace(bodies[i], 1), *result;
        expect_error(try_jacfwd(g, 0, &result), CODE_E502);
        // linearize finds it in L, too.
        const Linearized *lin;
        ok(xform_linearize(g, only(1, 0), &lin));
        expect_error(xform_forward_result(lin->linear, NO_SPAN, &result), CODE_E502);
        // In lanes of a batched predicate; in rows.
        const Graph *rows = vmapped(g, 2, only(1, 0)), *j;
        bool out[1];
        ok(xform_jvp(rows, only(1, 0), NULL, &j, out));
        expect_error(xform_forward_result(j, NO_SPAN, &result), CODE_E502);
    }
    // The hessian of F: the call in F's own forward part is dead, and found.
    const Graph *hessian;
    expect_error(try_jacfwd(grad(trace(F_x, 1), 0), 0, &hessian), CODE_E502);
    const Graph *plain;
    ok(try_jacfwd(trace(t_times_f_stopped, 1), 0, &plain));
    check_all("a call without tangents", run(plain, (double[]){3}), 9);
}

// -- E508 ---------------------------------------------------------------------------

static const Function *chosen; // of not_linear

BODY(not_linear_x) {
    (void)CALL(h, x[0]); // is linear: not the one to be named
    y[0] = CALL(*chosen, x[0]);
    return 1;
}

static void test_not_linear(void **state) {
    (void)state;
    static const double forward[] = {1, 4, 1, 0.1411200080598672, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof not_linear / sizeof *not_linear; i++) {
        chosen = &not_linear[i];
        const Graph *g = trace(not_linear_x, 1), *result;
        ok(try_jacfwd(g, 0, &result));
        check(chosen->name, run(result, (double[]){3})[0], forward[i]);
        const Status status = try_value_and_grad(g, 0, &result);
        char named[40];
        snprintf(named, sizeof named, "the jvp rule of `%s`", chosen->name);
        if (!strstr(first_error(), named)) fail_msg("%s: %s", named, first_error());
        if (diags.list.n) {
            const Span rule = call_of(chosen)->span, also = diags.list.at[0].also;
            assert_int_equal(diags.list.at[0].span.at, rule.at);
            assert_int_equal(also.at, rule.at); // its nodes are traced with that span
        }
        expect_error(status, CODE_E508);
    }
}

// -- marked zeros -------------------------------------------------------------------

BODY(three_x) {
    y[0] = ir_mul(b, number(b, "3"), x[0]);
    return 1;
}
BODY(five) {
    (void)x;
    y[0] = number(b, "5");
    return 1;
}
BODY(cond_with_constant) {
    const NodeId c = ir_gt(b, x[0], number(b, "0"));
    y[0] = emit_cond(b, c, three_x, five, 1, x);
    return 1;
}
BODY(x_times_jvp) {
    const Graph *j;
    bool out[1];
    ok(xform_jvp(trace(cond_with_constant, 1), only(1, 0), NULL, &j, out));
    ok(xform_forward_result(j, NO_SPAN, &j));
    NodeId both[2];
    ok(ir_inline(b, j, (NodeId[]){number(b, "2"), number(b, "1")}, true, both));
    y[0] = ir_mul(b, x[0], both[1]);
    return 1;
}

static void test_stale_mark(void **state) {
    (void)state;
    check_all("x·jvp", run(grad(trace(x_times_jvp, 1), 0), (double[]){7}), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_scalar_rows, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_forward_part, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_vmap, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_captures, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_forward_mode, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_not_linear, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_stale_mark, setup_calls, teardown),
    };
    return cmocka_run_group_tests_name("xform_calls", tests, NULL, NULL);
}
