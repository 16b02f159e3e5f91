// The calls of functions with rules that points reach, their names, and the commands that
// lead to them.
#include "pairs_fixture.h"

// -- where points reach calls -------------------------------------------------------

#define SQUARE "  f: {args: [x], value: x ** 2, vjp: 2 * g * x}\n"
#define POINT(function, at)                                                                \
    "  - {function: \"" function "\", at: [" at "], compute: value}\n"

static const Row reached[] = {
    {SQUARE, POINT("lambda x: f(x * 2) + f(3.0)", "1"),
     "f(2.0) equal/equal; f(3.0) equal/equal"},
    {SQUARE, POINT("f", "3") POINT("grad(f)", "3") POINT("f", "4"),
     "f(3.0) equal/equal; f(4.0) equal/equal"},
    {SQUARE, POINT("grad(f)", "3"), "f(3.0) equal/equal"},
    {SQUARE, POINT("grad(grad(f))", "3"), "f(3.0) equal/equal"},
    {SQUARE, POINT("grad(grad(grad(lambda x: f(x) * x)))", "3"), "f(3.0) equal/equal"},
    {SQUARE, POINT("value_and_grad(lambda x: sin(f(f(x))))", "3"),
     "f(3.0) equal/equal; f(9.0) equal/equal"},
    {SQUARE, POINT("lambda x: vjp(f, x)[1](2.0)[0]", "3"), "f(3.0) equal/equal"},
    {SQUARE, POINT("hessian(lambda x: x * 2)", "3"), ""},
    {SQUARE, POINT("jacrev(lambda x: vmap(f)(x))", "[3, 4]"),
     "f(3.0) equal/equal; f(4.0) equal/equal"},
    {SQUARE, POINT("vmap(grad(f))", "[3, 4, 3]"), "f(3.0) equal/equal; f(4.0) equal/equal"},
    {SQUARE, POINT("vmap(vmap(f))", "[[3, 4], [3, 5]]"),
     "f(3.0) equal/equal; f(4.0) equal/equal; f(5.0) equal/equal"},
    {SQUARE, POINT("lambda x: cond(x > 0, lambda: f(x), lambda: f(-x - 1))", "2"),
     "f(2.0) equal/equal"},
    {SQUARE, POINT("grad(lambda x: cond(x > 0, lambda: f(x), lambda: f(-x - 1)))", "-2"),
     "f(1.0) equal/equal"},
    {SQUARE, POINT("vmap(lambda x: cond(x > 0, lambda: f(x), lambda: x))", "[2, -2, 3]"),
     "f(2.0) equal/equal; f(3.0) equal/equal"},
    {SQUARE, POINT("lambda x: switch(1, [f, lambda x: f(x + 1), f], x)", "2"),
     "f(3.0) equal/equal"},
    {SQUARE, POINT("lambda x: fori_loop(0, 3, lambda i, a: f(a) / 2, x)", "4"),
     "f(4.0) equal/equal; f(8.0) equal/equal; f(32.0) equal/equal"},
    {SQUARE, POINT("grad(lambda x: fori_loop(0, 3, lambda i, a: f(a) / 2, x))", "4"),
     "f(4.0) equal/equal; f(8.0) equal/equal; f(32.0) equal/equal"},
    {SQUARE, POINT("grad(lambda x: while_loop(lambda a: a < 100, lambda a: f(a), x))", "4"),
     "f(4.0) equal/equal; f(16.0) equal/equal"},
    {SQUARE, POINT("lambda x: scan(lambda c, v: (c + f(v), f(c)), 0.0, x)[0]", "[2, 3]"),
     "f(2.0) equal/equal; f(0.0) equal/equal; f(3.0) equal/equal; f(4.0) equal/equal"},
    {SQUARE,
     POINT("lambda x: scan(lambda c, v: (c + f(v), c), 0.0, x, reverse=True)[0]", "[2, 3]"),
     "f(3.0) equal/equal; f(2.0) equal/equal"},
    {SQUARE, POINT("grad(lambda x: map(f, x).sum())", "[2, 3]"),
     "f(2.0) equal/equal; f(3.0) equal/equal"},
    {SQUARE, "  - {function: f, at: {x: [2, 3, 2]}, batch: true, compute: value}",
     "f(2.0) equal/equal; f(3.0) equal/equal"},
    {"  h: {args: [x], value: f(x) + 1}\n" SQUARE, POINT("lambda x: h(x + 1)", "1"),
     "f(2.0) equal/equal"},
    {"  k: {args: [x], value: f(x + 1), vjp: 2 * g * (x + 1)}\n" SQUARE, POINT("k", "1"),
     "k(1.0) equal/equal; f(2.0) equal/equal"},
    {"  k: {args: [x], value: f(x + 1), jvp: 2 * dx * (x + 1)}\n" SQUARE,
     POINT("grad(k)", "1"), "k(1.0) equal/equal; f(2.0) equal/equal"},
    {SQUARE,
     POINT(
         "grad(lambda x: scan(lambda c, v: (cond(v > 2, lambda: f(c) + v, lambda: c), c), "
         "1.0, x)[0])",
         "[2, 3]"),
     "f(1.0) equal/equal"},
    {SQUARE,
     POINT("grad(lambda x: sum(vmap(lambda v: while_loop(lambda a: a < 100, f, v))(x)))",
           "[3, 4]"),
     "f(3.0) equal/equal; f(9.0) equal/equal; f(81.0) equal/equal; f(4.0) equal/equal; "
     "f(16.0) equal/equal"},
    {SQUARE,
     POINT("grad(grad(lambda x: scan(lambda c, v: (f(c), v * c), x, ones(2))[0]))", "3"),
     "f(3.0) equal/equal; f(9.0) equal/equal"},
    {SQUARE, POINT("lambda x: fori_loop(0, 2, lambda i, a: map(f, a), x)[1]", "[2, 3]"),
     "f(2.0) equal/equal; f(3.0) equal/equal; f(4.0) equal/equal; f(9.0) equal/equal"},
    {SQUARE, POINT("grad(checkpoint(lambda x: f(x + 1)))", "2"), "f(3.0) equal/equal"},
    {SQUARE,
     POINT("grad(lambda x: scan(checkpoint(lambda c, v: (f(c), c)), x, None, length=2)[0])",
           "3"),
     "f(3.0) equal/equal; f(9.0) equal/equal"},
    {SQUARE, POINT("lambda x: associative_scan(lambda a, b: a + f(b), x)", "[2, 3]"),
     "f([3.0]) equal/equal"},
    {SQUARE, POINT("lambda x: fori_loop(0, 5000, lambda i, a: a + f(2 * x), x)", "1"),
     "f(2.0) equal/equal …"},
    {"  f: {args: [x], value: x ** 2, jvp: 2 * x * dx}\n",
     POINT("grad(lambda x: fori_loop(0, 2, lambda i, a: f(a) / 2, x))", "4"),
     "f(4.0) equal/equal; f(8.0) equal/equal"},
    {"  f: {args: [x], value: x ** 2, jvp: 2 * x * dx}\n",
     POINT("lambda x: jvp(f, (x,), (1.0,))[1] + jacfwd(f)(2 * x)", "4"),
     "f(4.0) equal/equal; f(8.0) equal/equal"},
    {"  f: {args: [x], value: x ** 2, jvp: 2 * x * dx}\n",
     POINT("lambda x: linearize(f, x)[1](1.0)", "4"), "f(4.0) equal/equal"},
    // static arguments and functions among them
    {"  f:\n    args: {h: {static: true}, x: float64}\n    value: h(x)\n"
     "    vjp: [\"g * grad(h)(x)\"]",
     POINT("lambda x: f(sin, x) + f(lambda v: v * x, 2.0)", "0.5"),
     "f(0.5) equal/equal; f(2.0) equal/equal"},
    // a rule that is called in a rule alone is not reached
    {"  k: {args: [x], value: x ** 3, vjp: 3 * g * f(x)}\n" SQUARE, POINT("k", "1"),
     "k(1.0) equal/equal"},
};

static void test_reached(void **state) {
    (void)state;
    CHECK_ROWS(reached);
}

static const Row expressions[] = {
    {"  h: {args: [x], value: \"custom_gradient(lambda a: (a ** 2, lambda g: 2 * g * "
     "a))(x)\"}",
     POINT("h", "3"), "custom_gradient(3.0) equal/equal"},
    {"  h: {args: [x], value: \"custom_gradient(lambda a: (a ** 2, lambda g: g * a))(x)\"}",
     POINT("grad(h)", "3"), "custom_gradient(3.0) differ/differ"},
    // captured values are operands, too
    {"  h:\n    args: [x, y]\n"
     "    value: \"custom_gradient(lambda a: (a ** 2 * y, lambda g: 2 * g * a * y))(x)\"",
     POINT("h", "3, 4"), "custom_gradient(3.0) equal/equal"},
    {"  h:\n    args: [x, y]\n"
     "    value: \"custom_jvp(lambda a: a ** 2 * y, lambda p, t: (p[0] ** 2 * y, 2 * p[0] "
     "* "
     "t[0] * y))(x)\"",
     POINT("h", "3, 4"), "custom_jvp(3.0) equal/equal"},
    {"  p: {args: [a, b], value: a * b}\n"
     "  h:\n    args: [x]\n"
     "    value: \"custom_vjp(p, lambda a, b: (a * b, (a, b)), lambda r, g: (g * r[1], g * "
     "r[1]))(x, 2.0)\"",
     POINT("h", "3"), "p(3.0, 2.0) differ/differ"},
};

static void test_expressions(void **state) {
    (void)state;
    CHECK_ROWS(expressions);
}

// -- names, places, commands --------------------------------------------------------

static cg_source spec; // of only_call

static const cg_rule_call *only_call(const char *text) {
    cg_rule_calls calls;
    if (cg_load_bytes(cg, "s.yaml", text, strlen(text), CG_FORMAT_GUESS, &spec) != CG_OK)
        fail_msg("%s\n%s", text, cg_diagnostics_text(cg, false));
    assert_int_equal(cg_reach_rules(cg, spec, 0, &calls), CG_OK);
    assert_int_equal(calls.n, 1);
    return calls.at[0];
}

static const char *const spec_of_parts =
    "version: 1\n"
    "functions:\n"
    "  f:\n"
    "    args: [p, y]\n"
    "    value: {u: \"p.a * p.b[1] * y\", v: [y]}\n"
    "    vjp:\n"
    "      - \"{'a': g.u * p.b[1] * y, 'b': (None, g.u * p.a * y)}\"\n"
    "      - g.u * p.a * p.b[1] + g.v[0]\n"
    "points:\n"
    "  - {name: it's, function: f, at: {p: {a: 2, b: \"(3.0, 4.0)\"}, y: 5}}\n";

static void test_names(void **state) {
    (void)state;
    const cg_rule_call *call = only_call(spec_of_parts);
    assert_int_equal(call->n_x, 4);
    static const char *const names[] = {"p.a", "p.b[0]", "p.b[1]", "y"};
    static const char *const keys[] = {"functions.f.vjp[0]", "functions.f.vjp[0]",
                                       "functions.f.vjp[0]", "functions.f.vjp[1]"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(call->x[i].name, names[i]);
        assert_string_equal(call->x[i].place.key, keys[i]);
        assert_int_equal(call->x[i].argnum, i == 3);
        assert_int_equal(call->x[i].place.line, i == 3 ? 8 : 7);
        assert_int_equal(call->x[i].is_null, i == 1);
    }
    assert_string_equal(call->x[0].arg, "p");
    assert_int_equal(call->n_outputs, 2);
    assert_string_equal(call->outputs[0].name, "value.u");
    assert_string_equal(call->outputs[1].name, "value.v[0]");
    assert_string_equal(call->point, "it's");
    assert_string_equal(call->reproduce, "cg-grad check s.yaml --only 'it'\\''s'");
}

typedef struct CommandRow {
    const char *functions, *point, *command;
} CommandRow;

static const CommandRow commands[] = {
    {SQUARE, "{function: f, at: [3], name: three}", "cg-grad check s.yaml --only three"},
    {SQUARE, "{function: f, at: [3]}", "cg-grad check s.yaml --only 'f#0'"},
    {SQUARE, "{function: \"lambda x: f(x / 3)\", at: [1]}",
     "cg-grad check s.yaml -f f --at x=0.3333333333333333"},
    {SQUARE, "{function: grad(f), at: [-0.0]}", "cg-grad check s.yaml -f f --at x=-0.0"},
    {SQUARE, "{function: grad(f), at: [\"-Infinity\"]}",
     "cg-grad check s.yaml -f f --at x=-inf"},
    {SQUARE, "{function: \"lambda x: f(float32(x))\", at: [0.1]}",
     "cg-grad check s.yaml -f f --at 'x=array(0.1, float32)'"},
    {"  f: {args: {x: float32}, value: x, vjp: g}\n",
     "{function: \"lambda x: f(x)\", at: [{value: 0.1, dtype: float32}]}",
     "cg-grad check s.yaml -f f --at x=0.1"},
    {"  f: {args: {x: \"float64[2]\", n: {static: true}}, value: x * n, vjp: [g * n]}\n",
     "{function: \"lambda x: f(x, 3)\", at: [[1, 2]]}",
     "cg-grad check s.yaml -f f --at 'x=[1.0, 2.0], n=3'"},
    {"  f: {args: [p], value: p.a, vjp: [\"{'a': g}\"]}\n",
     "{function: \"lambda x: f({'a': x})\", at: [1]}",
     "cg-grad check s.yaml -f f --at 'p={\"a\": 1.0}'"},
    {"  h: {args: [x], value: \"custom_gradient(lambda a: (a, lambda g: g))(x)\"}\n",
     "{function: h, at: [1], name: \"a b\"}", "cg-grad check s.yaml --only 'a b'"},
};

static void test_commands(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        Text text = {.arena = arena};
        base_text_printf(&text, "version: 1\nfunctions:\n%spoints:\n  - %s\n",
                         commands[i].functions, commands[i].point);
        const cg_rule_call *call = only_call(text.at);
        assert_string_equal(call->reproduce, commands[i].command);
        check_command(spec, call);
    }
}

static void test_one_liner(void **state) {
    (void)state;
    cg_rule_calls calls;
    static const char *const at[] = {"x=1 / 4, y=2"};
    assert_int_equal(cg_load_expression(cg, "x * y", "(g * y, g * x)", 1, at, &spec),
                     CG_OK);
    assert_int_equal(cg_reach_rules(cg, spec, 0, &calls), CG_OK);
    assert_int_equal(calls.n, 1);
    assert_string_equal(calls.at[0]->reproduce,
                        "cg-grad check -e 'x * y' --vjp '(g * y, g * x)' "
                        "--at 'x=0.25, y=2.0'");
    static const char *const custom_at[] = {"x=1 / 4"};
    assert_int_equal(
        cg_load_expression(cg, "custom_gradient(lambda a: (a, lambda g: g))(x * 2)", NULL,
                           1, custom_at, &spec),
        CG_OK);
    assert_int_equal(cg_reach_rules(cg, spec, 0, &calls), CG_OK);
    assert_int_equal(calls.n, 1);
    assert_string_equal(
        calls.at[0]->reproduce,
        "cg-grad check -e 'custom_gradient(lambda a: (a, lambda g: g))(x * 2)' "
        "--at 'x=1 / 4'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reached, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expressions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_liner, setup, teardown),
    };
    return cmocka_run_group_tests_name("rule calls", tests, NULL, NULL);
}
