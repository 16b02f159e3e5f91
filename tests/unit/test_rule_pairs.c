// Rules beside the derivatives that they are to be: right rules give T = R, wrong ones do
// not.
#include "pairs_fixture.h"

// -- rules --------------------------------------------------------------------------

#define F(value, vjp) "  f:\n    args: [x]\n    value: " value "\n    vjp: " vjp
#define F2(value, a, b)                                                                    \
    "  f:\n    args: [x, y]\n    value: " value "\n    vjp: [\"" a "\", \"" b "\"]"
#define AT(at) "  - {function: f, at: [" at "], compute: value}"

static const Row rules[] = {
    {F("x ** 3", "3 * g * x ** 2"), AT("2"), "f(2.0) equal/equal"},
    {F("x ** 3", "2 * g * x ** 2"), AT("2"), "f(2.0) differ/differ"},
    {F("x ** 3", "g * 12"), AT("2"), "f(2.0) equal/differ"},
    {F("x ** 2", "g * 2 * stop_gradient(x)"), AT("2"), "f(2.0) equal/differ"},
    {F("x * stop_gradient(x)", "g * 2 * x"), AT("2"), "f(2.0) equal/equal"},
    {F("x * stop_gradient(x)", "g * x"), AT("2"), "f(2.0) differ/differ"},
    {F2("x * y", "g * y", "g * x"), AT("3, 4"), "f(3.0, 4.0) equal/equal"},
    {F2("x * y", "g * x", "g * y"), AT("3, 4"), "f(3.0, 4.0) differ/differ"},
    {F2("x @ y", "g * y", "g * x"), AT("[1, 2], [3, 4]"),
     "f([1.0 2.0], [3.0 4.0]) equal/equal"},
    {F("sum(x ** 2)", "2 * g * x"), AT("[1, 2]"), "f([1.0 2.0]) equal/equal"},
    {F("cumsum(x)", "g"), AT("[1, 2]"), "f([1.0 2.0]) differ/equal"},
    {F("softmax(x)", "softmax(x) * (g - sum(g * softmax(x)))"), AT("[1, 2, 4]"),
     "f([1.0 2.0 4.0]) equal/equal"},
    {F("sigmoid(x)", "g * sigmoid(x) * (1 - sigmoid(x))"), AT("0.3"), "f(0.3) equal/equal"},
    {F("log1p(exp(x))", "g * expit(x)"), AT("0.3"), "f(0.3) equal/equal"},
    // null is zero
    {"  f: {args: [x, y], value: x * y, vjp: [g * y, null]}", AT("3, 4"),
     "f(3.0, 4.0) differ/differ"},
    {"  f: {args: [x, y], value: x + 0 * y, vjp: {grads: {x: g}}}", AT("3, 4"),
     "f(3.0, 4.0) equal/equal"},
    {"  f: {args: {x: float64, n: int64}, value: x ** 2 * n, vjp: [2 * g * n * x]}",
     AT("3, 4"), "f(3.0, 4) equal/equal"},
    {"  f: {args: {x: float32}, value: exp(x), vjp: g * exp(x)}", AT("0.5"),
     "f(0.5) equal/equal"},
    // what the rule closes over; its own value is only what it closes over
    {"  f: {args: [x], let: {e: exp(x)}, value: log(1 + e), vjp: g * e / (1 + e)}",
     AT("0.5"), "f(0.5) equal/equal"},
    {"  f: {args: [x], value: x ** 2, vjp: {value: x ** 3, grads: [2 * g * x]}}", AT("3"),
     "f(3.0) equal/equal"},
    // derivative_of
    {"  f: {args: [x], value: round(x), vjp: {grads: [g], derivative_of: x}}", AT("1.2"),
     "f(1.2) equal/equal"},
    {"  f: {args: [x], value: x ** 2, vjp: {grads: [g * x], derivative_of: x ** 2 / 2}}",
     AT("3"), "f(3.0) equal/equal"},
    {"  f: {args: [x], value: x ** 2, vjp: {grads: [2 * g * x], derivative_of: x}}",
     AT("3"), "f(3.0) differ/differ"},
    {"  f: {args: [x], value: x, vjp: {grads: [7 * g], derivative_of: null}}", AT("3"),
     "f(3.0) none"},
    {"  f: {args: [x], value: x, vjp: {grads: [g], derivative_of: \"(x, x)\"}}", AT("3"),
     "f(3.0) E503"},
    {"  f: {args: [x], value: x, vjp: g * ones(3)}", AT("3"), "f(3.0) E503"},
};

static void test_rules(void **state) {
    (void)state;
    CHECK_ROWS(rules);
}

static const Row structured[] = {
    {"  f:\n    args: [x]\n    value: [x ** 2, 3 * x]\n    vjp: \"2 * g[0] * x + 3 * "
     "g[1]\"",
     AT("2"), "f(2.0) equal/equal"},
    {"  f:\n    args: [x]\n    value: {a: x ** 2, b: 3 * x}\n    vjp: 2 * g.a * x + 2 * "
     "g.b",
     AT("2"), "f(2.0) differ/equal"},
    {"  f:\n    args: [x]\n    value: {a: x ** 2, n: 3}\n    vjp: 2 * g.a * x", AT("2"),
     "f(2.0) equal/equal"},
    {"  f:\n    args: [p]\n    value: p.a * p.b[1]\n"
     "    vjp:\n      - \"{'a': g * p.b[1], 'b': (0.0, g * p.a)}\"",
     "  - {function: f, at: {p: {a: 2, b: \"(3.0, 4.0)\"}}, compute: value}",
     "f({2.0 (3.0 4.0)}) equal/equal"},
    {"  f:\n    args: [p]\n    value: p.a * p.b[1]\n"
     "    vjp:\n      - \"{'a': g * p.b[1], 'b': (g * p.a, None)}\"",
     "  - {function: f, at: {p: {a: 2, b: \"(3.0, 4.0)\"}}, compute: value}",
     "f({2.0 (3.0 4.0)}) differ/differ"},
};

static void test_structures(void **state) {
    (void)state;
    CHECK_ROWS(structured);
}

static const Row jvp_rules[] = {
    {"  f: {args: [x], value: sin(x), jvp: dx * cos(x)}", AT("0.5"), "f(0.5) equal/equal"},
    {"  f: {args: [x], value: sin(x), jvp: dx * sin(x)}", AT("0.5"),
     "f(0.5) differ/differ"},
    {"  f: {args: [x, y], value: x * y, jvp: dx * y + x * dy}", AT("2, 3"),
     "f(2.0, 3.0) equal/equal"},
    {"  f: {args: [x, y], value: x * y, jvp: dx * y - x * dy}", AT("2, 3"),
     "f(2.0, 3.0) differ/differ"},
    {"  f: {args: [x, y], value: x * y, jvp: dx * y}", AT("2, 3"),
     "f(2.0, 3.0) differ/differ"},
    {"  f:\n    args: [x]\n    value: [sum(x), x ** 2]\n    jvp: \"(sum(dx), 2 * x * dx)\"",
     AT("[2, 3]"), "f([2.0 3.0]) equal/equal"},
    {"  f: {args: {x: float64, n: int64}, value: x * n, jvp: dx * n}", AT("2, 3"),
     "f(2.0, 3) equal/equal"},
};

static void test_jvp_rules(void **state) {
    (void)state;
    CHECK_ROWS(jvp_rules);
}

// Values whose rule is their own derivative, written by the language's vjp.
static const char *const values[] = {
    "x ** 3 - 2 * x",
    "x * x * x.sum()",
    "exp(-x) * sin(3 * x)",
    "1 / (1 + exp(-x))",
    "sqrt(1 + x ** 2)",
    "log(2 + cos(x))",
    "x ** 2.5",
    "tanh(x) / x",
    "arctan2(x, 2 - x)",
    "where(x > 1, x ** 2, 2 * x - 1)",
    "maximum(x, 0.4) * x",
    "abs(x - 3) * x",
    "logaddexp(x, 2 * x)",
    "softplus(x) + gelu(x)",
    "erf(x) * erfc(x)",
    "gammaln(x + 1)",
    "sort(x)[::-1] * x",
    "cumsum(x) * x",
    "x[::-1] @ x",
    "prod(x)",
    "max(x, axis=0) * x",
    "logsumexp(x)",
    "softmax(x)",
    "var(x) + std(x)",
    "norm(x)",
    "outer(x, x) @ x",
    "einsum('i,j->ij', x, x).sum(axis=0)",
    "concatenate([x, 2 * x]).reshape(2, 3)",
    "x.at[0].set(x[1] * x[2])",
    "x[array([2, 0, 2])] ** 2",
    "[x[0] * x, {'a': x.sum(), 'b': exp(x)}]",
    "vmap(lambda v: v ** 2 / (1 + v))(x)",
    "scan(lambda c, v: (c * v + 1, c), x[0], x)[1]",
    "fori_loop(0, 4, lambda i, a: a * x[i % 3], x[0])",
    "while_loop(lambda a: a < 50, lambda a: a * 2 + x[0], x[1])",
    "cond(x[0] > 0.5, lambda: x ** 2, lambda: x ** 3)",
    "switch(1, [sin, cos, exp], x)",
    "map(lambda v: cond(v > 1, lambda: v ** 2, lambda: v), x)",
    "grad(lambda v: (v ** 3).sum())(x)",
    "jacfwd(lambda v: v ** 2)(x)",
};

// A file of functions, one for each value; the rule is `scale` times the derivative.
static const char *own_derivatives(const char *scale) {
    Text spec = {.arena = arena};
    base_text_add(&spec, STR("version: 1\nfunctions:\n"));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        base_text_printf(&spec,
                         "  f%zu:\n    args: [x]\n    value: |\n      %s\n    vjp: |\n"
                         "      %s * vjp(lambda x: %s, x)[1](g)[0]\n",
                         i, values[i], scale, values[i]);
    base_text_add(&spec, STR("points:\n"));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (unsigned k = 0; k < 3; k++) {
            const double a = 0.2 + fabs(sin(1.0 + (double)i + 9.0 * k));
            base_text_printf(&spec,
                             "  - {function: f%zu, at: [[%.15f, %.15f, %.15f]], compute: "
                             "value}\n",
                             i, a, a + 0.3 + 0.1 * k, a * a + 0.7);
        }
    return spec.at;
}

static void test_own_derivatives(void **state) {
    (void)state;
    const size_t n = 3 * sizeof values / sizeof *values;
    for (int right = 0; right < 2; right++) {
        const char *calls = calls_of(own_derivatives(right ? "1" : "1.5"));
        size_t equal = 0, all = 0;
        for (const char *at = calls; (at = strstr(at, ") ")) != NULL; at += 2) {
            all++;
            equal += strncmp(at, ") equal", 7) == 0;
        }
        if (all == n && equal == (right ? n : 0)) continue;
        print_error("%zu of %zu calls are equal, %s\n", equal, all, calls);
        fail();
    }
}

// -- rules inside -------------------------------------------------------------------

#define WRONG   "  w: {args: [x], value: x ** 2, vjp: 7 * g}\n"
#define WRONG_J "  w: {args: [x], value: x ** 2, jvp: 7 * dx}\n"

// In T every rule is ignored; in R calls are what they compute, and with order 2 their
// rules are the program's.
static const Row nested[] = {
    {WRONG "  f: {args: [x], value: w(x) * x, vjp: 3 * g * x ** 2}", AT("2"),
     "f(2.0) equal/equal; w(2.0) differ/differ"},
    {WRONG_J "  f: {args: [x], value: w(x) * x, vjp: 3 * g * x ** 2}", AT("2"),
     "f(2.0) equal/equal; w(2.0) differ/differ"},
    {WRONG "  f: {args: [x], value: x ** 3, vjp: 3 * g * w(x)}", AT("2"),
     "f(2.0) equal/differ"},
    {WRONG "  f: {args: [x], value: x ** 2, vjp: g * grad(w)(x)}", AT("2"),
     "f(2.0) differ/differ"},
    {WRONG "  f: {args: [x], value: grad(w)(x) * x, vjp: 7 * g}", AT("2"),
     "f(2.0) equal/equal; w(2.0) differ/differ"},
    {"  f: {args: [x], value: exp(x), vjp: g * f(x)}", AT("0.5"), "f(0.5) equal/equal"},
    {"  f: {args: [x], value: exp(x), jvp: dx * f(x)}", AT("0.5"), "f(0.5) equal/equal"},
    {WRONG "  f:\n    args: [x]\n    value: \"cond(x > 0, lambda: w(x), lambda: x)\"\n"
           "    vjp: \"where(x > 0, 2 * g * x, g)\"",
     AT("2"), "f(2.0) equal/equal; w(2.0) differ/differ"},
    {WRONG "  f:\n    args: [x]\n    value: w(x) if x > 0 else x\n"
           "    vjp: \"where(x > 0, 2 * g * x, g)\"",
     AT("-2"), "f(-2.0) equal/equal"},
    {WRONG "  f:\n    args: [x]\n    value: \"fori_loop(0, 2, lambda i, a: w(a), x)\"\n"
           "    vjp: 4 * g * x ** 3",
     AT("2"), "f(2.0) equal/equal; w(2.0) differ/differ; w(4.0) differ/differ"},
    {WRONG "  f:\n    args: [x]\n    value: sum(vmap(w)(x))\n    vjp: 2 * g * x",
     AT("[2, 3]"), "f([2.0 3.0]) equal/equal; w(2.0) differ/differ; w(3.0) differ/differ"},
    {"  f:\n    args: [x]\n    value: \"while_loop(lambda a: a < 100, lambda a: a * x, "
     "x)\"\n"
     "    vjp: 7 * g * x ** 6",
     AT("2"), "f(2.0) equal/equal"},
    {"  f:\n    args: [x]\n"
     "    value: \"scan(lambda c, v: (c * v + x[0], c), 1.0, x)[0]\"\n"
     "    vjp: \"g * grad(lambda z: (z[0] + z[0]) * z[1] + z[0])(x)\"",
     AT("[2, 3]"), "f([2.0 3.0]) equal/equal"},
};

static void test_nested(void **state) {
    (void)state;
    CHECK_ROWS(nested);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_structures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jvp_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_derivatives, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nested, setup, teardown),
    };
    return cmocka_run_group_tests_name("rule pairs", tests, NULL, NULL);
}
