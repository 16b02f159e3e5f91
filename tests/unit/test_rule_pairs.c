// The calls that points reach, and their rules beside the derivatives that these are to be:
// run by the vm, right rules give T = R and wrong ones do not.
#include "cggrad.h"
#include "exec/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MOST = 16, ELEMENTS = 64 };

static cg_context *cg;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    cg = cg_new();
    arena = base_arena_new();
    return cg && arena ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    cg_free(cg);
    base_arena_free(arena);
    return 0;
}

// -- running a plan -----------------------------------------------------------------

static double number(const cg_rule_array *like, const void *data, size_t i) {
    return like->dtype == CG_FLOAT32 ? (double)((const float *)data)[i]
                                     : ((const double *)data)[i];
}

// Something to put in for the linear parts: not zero, not symmetric.
static void fill(const cg_rule_array *like, void *data, unsigned seed) {
    for (size_t i = 0; i < like->size; i++) {
        const double x = sin(1.7 * (double)i + 2.3 * seed + 0.4) + 0.1 * seed;
        if (like->dtype == CG_FLOAT32)
            ((float *)data)[i] = (float)x;
        else
            ((double *)data)[i] = x;
    }
}

typedef struct Buffers {
    const void *in[4 * MOST];
    void *out[4 * MOST];
} Buffers;

static void *room(const cg_rule_array *like) {
    assert_in_range(like->size, 0, ELEMENTS);
    return base_alloc(arena, like->size * 8 + 8);
}

// The largest difference of T and R, relative to T; infinity where one is not finite alone.
static double compare(size_t n, const cg_rule_array *results, void *const *out) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < results[i].size; k++) {
            const double t = number(&results[i], out[i], k);
            const double r = number(&results[i], out[n + i], k);
            double apart = t == r || (isnan(t) && isnan(r)) ? 0 : fabs(t - r) / fabs(t);
            if (isnan(apart)) apart = INFINITY;
            if (apart > worst) worst = apart;
        }
    }
    return worst;
}

static double run(const cg_rule_call *call, struct Plan *plan, bool second) {
    const bool jvp = call->rule->is_jvp;
    const size_t n_linear = jvp ? call->n_x : call->n_outputs;
    const size_t n_results = jvp ? call->n_outputs : call->n_x;
    const cg_rule_array *linear = jvp ? call->x : call->outputs;
    const cg_rule_array *results = jvp ? call->outputs : call->x;
    Buffers b;
    size_t n = 0;
    for (; n < call->n_x + call->n_others; n++)
        b.in[n] = call->operands[n].data;
    for (size_t i = 0; i < n_linear; i++) {
        void *data = room(&linear[i]);
        fill(&linear[i], data, (unsigned)i);
        b.in[n++] = data;
    }
    for (size_t i = 0; second && i < n_results; i++) {
        void *data = room(&results[i]);
        fill(&results[i], data, 7 + (unsigned)i);
        b.in[n++] = data;
    }
    const size_t n_out = second ? call->n_x : n_results;
    const cg_rule_array *out = second ? call->x : results;
    for (size_t i = 0; i < 2 * n_out; i++)
        b.out[i] = room(&out[i % n_out]);
    ExecError error = {0};
    if (vm_run(plan, b.in, b.out, &error) != OK) return NAN;
    return compare(n_out, out, b.out);
}

// -- what is found ------------------------------------------------------------------

static const char *word(double apart, double allowed) {
    return isnan(apart) ? "fails" : apart <= allowed ? "equal" : "differ";
}

static void add_value(Text *out, const cg_value *value) {
    if (value->kind != CG_ARRAY) {
        base_text_char(out, value->kind == CG_RECORD ? '{' : '(');
        for (size_t i = 0; i < value->n; i++) {
            if (i) base_text_char(out, ' ');
            add_value(out, &value->parts[i]);
        }
        base_text_char(out, value->kind == CG_RECORD ? '}' : ')');
        return;
    }
    size_t size = 1;
    for (uint32_t i = 0; i < value->rank; i++)
        size *= (size_t)value->shape[i];
    if (value->rank) base_text_char(out, '[');
    for (size_t i = 0; i < size; i++) {
        char text[NUM_TEXT];
        const char *at = (const char *)value->data;
        const Dtype dtype = (Dtype)value->dtype;
        if (i) base_text_char(out, ' ');
        base_text_add(out,
                      (Str){text, num_print(dtype, at + i * num_dtype_size(dtype), text)});
    }
    if (value->rank) base_text_char(out, ']');
}

static void add_call(Text *out, const cg_rule_call *call) {
    const bool f32 = call->n_x && call->x && call->x[0].dtype == CG_FLOAT32;
    const double allowed = f32 ? 1e-4 : 1e-10;
    base_text_printf(out, "%s%s(", out->n ? "; " : "", call->rule->function);
    for (size_t i = 0; i < call->args.n; i++) {
        if (i) base_text_add(out, STR(", "));
        add_value(out, &call->args.at[i].value);
    }
    base_text_add(out, STR(") "));
    if (call->error) {
        base_text_printf(out, "%s", call->error->code);
        return;
    }
    if (!call->plan) {
        base_text_add(out, STR("none"));
        return;
    }
    struct Plan *second;
    const cg_diagnostic *why;
    base_text_add(out, base_str(word(run(call, call->plan, false), allowed)));
    if (cg_second_plan(cg, call, &second, &why) == CG_OK)
        base_text_printf(out, "/%s", word(run(call, second, true), 10 * allowed));
    else
        base_text_printf(out, "/%s", why->code);
}

// The words of a command as a shell has them, joined by newlines.
static char *words_of(const char *command) {
    static char words[4096];
    Text script = {.arena = arena};
    base_text_printf(&script, "printf '%%s\\n' %s", command);
    FILE *shell = popen(script.at, "r");
    assert_non_null(shell);
    const size_t n = fread(words, 1, sizeof words - 1, shell);
    words[n] = 0;
    assert_int_equal(pclose(shell), 0);
    return words;
}

// A command with -f and --at leads to a call of the same function at the same arguments.
static void check_command(cg_source spec, const cg_rule_call *call) {
    char *words = words_of(call->reproduce);
    char *function = strstr(words, "\n-f\n"), *at = strstr(words, "\n--at\n");
    if (!function || !at) return;
    function += 4;
    *at = 0;
    at += 6;
    at[strlen(at) - 1] = 0;
    const char *texts[] = {at};
    size_t point;
    cg_rule_calls calls;
    Text wanted = {.arena = arena}, got = {.arena = arena};
    for (size_t i = 0; i < call->args.n; i++)
        add_value(&wanted, &call->args.at[i].value);
    assert_int_equal(cg_add_point(cg, spec, function, 1, texts, &point), CG_OK);
    assert_int_equal(cg_reach_rules(cg, spec, point, &calls), CG_OK);
    if (calls.n == 0) return; // it is the very same call
    for (size_t i = 0; i < calls.at[0]->args.n; i++)
        add_value(&got, &calls.at[0]->args.at[i].value);
    assert_string_equal(got.at, wanted.at);
    assert_string_equal(calls.at[0]->rule->function, call->rule->function);
}

// The calls that the points of a spec reach, with T against R at order 1/order 2.
static const char *calls_of(const char *text) {
    cg_source spec;
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    if (cg_load_bytes(cg, "s.yaml", text, strlen(text), CG_FORMAT_GUESS, &spec) != CG_OK) {
        print_error("%s\n", cg_diagnostics_text(cg, false));
        fail();
    }
    const size_t n = cg_point_count(cg, spec);
    VEC(const cg_rule_call *) all = {0};
    for (size_t i = 0; i < n; i++) {
        cg_rule_calls calls;
        if (cg_reach_rules(cg, spec, i, &calls) != CG_OK) return "failed";
        for (size_t k = 0; k < calls.n; k++) {
            add_call(&out, calls.at[k]);
            assert_true(VEC_PUSH(arena, &all, calls.at[k]));
        }
        if (calls.limit) base_text_add(&out, STR(" …"));
    }
    for (uint32_t i = 0; i < all.n; i++)
        check_command(spec, all.at[i]);
    return out.at;
}

typedef struct Row {
    const char *functions, *points, *calls;
} Row;

static void check_rows(size_t n, const Row *rows) {
    bool wrong = false;
    for (size_t i = 0; i < n; i++) {
        Text spec = {.arena = arena};
        base_text_printf(&spec, "version: 1\nfunctions:\n%s\npoints:\n%s\n",
                         rows[i].functions, rows[i].points);
        const char *got = calls_of(spec.at);
        if (strcmp(got, rows[i].calls) == 0) continue;
        wrong = true;
        print_error("%s\n%s\n  expected %s\n  got      %s\n%s\n", rows[i].functions,
                    rows[i].points, rows[i].calls, got, cg_diagnostics_text(cg, false));
    }
    assert_false(wrong);
}
#define CHECK_ROWS(rows) check_rows(sizeof(rows) / sizeof *(rows), (rows))

// -- rules --------------------------------------------------------------------------

#define F(value, vjp)      "  f:\n    args: [x]\n    value: " value "\n    vjp: " vjp
#define F2(value, a, b)    "  f:\n    args: [x, y]\n    value: " value "\n    vjp: [\"" a "\", \"" b "\"]"
#define AT(at)             "  - {function: f, at: [" at "], compute: value}"

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
    {F("sigmoid(x)", "g * sigmoid(x) * (1 - sigmoid(x))"), AT("0.3"),
     "f(0.3) equal/equal"},
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
    {"  f:\n    args: [x]\n    value: [x ** 2, 3 * x]\n    vjp: \"2 * g[0] * x + 3 * g[1]\"",
     AT("2"), "f(2.0) equal/equal"},
    {"  f:\n    args: [x]\n    value: {a: x ** 2, b: 3 * x}\n    vjp: 2 * g.a * x + 2 * g.b",
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
    {"  f: {args: [x], value: sin(x), jvp: dx * sin(x)}", AT("0.5"), "f(0.5) differ/differ"},
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
    {"  f:\n    args: [x]\n    value: \"while_loop(lambda a: a < 100, lambda a: a * x, x)\"\n"
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

// -- where points reach calls -------------------------------------------------------

#define SQUARE "  f: {args: [x], value: x ** 2, vjp: 2 * g * x}\n"
#define POINT(function, at) "  - {function: \"" function "\", at: [" at "], compute: value}\n"

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
    {SQUARE,
     POINT("grad(lambda x: while_loop(lambda a: a < 100, lambda a: f(a), x))", "4"),
     "f(4.0) equal/equal; f(16.0) equal/equal"},
    {SQUARE, POINT("lambda x: scan(lambda c, v: (c + f(v), f(c)), 0.0, x)[0]", "[2, 3]"),
     "f(2.0) equal/equal; f(0.0) equal/equal; f(3.0) equal/equal; f(4.0) equal/equal"},
    {SQUARE, POINT("lambda x: scan(lambda c, v: (c + f(v), c), 0.0, x, reverse=True)[0]",
                   "[2, 3]"),
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
     POINT("grad(lambda x: scan(lambda c, v: (cond(v > 2, lambda: f(c) + v, lambda: c), c), "
           "1.0, x)[0])",
           "[2, 3]"),
     "f(1.0) equal/equal"},
    {SQUARE,
     POINT("grad(lambda x: sum(vmap(lambda v: while_loop(lambda a: a < 100, f, v))(x)))",
           "[3, 4]"),
     "f(3.0) equal/equal; f(9.0) equal/equal; f(81.0) equal/equal; f(4.0) equal/equal; "
     "f(16.0) equal/equal"},
    {SQUARE, POINT("grad(grad(lambda x: scan(lambda c, v: (f(c), v * c), x, ones(2))[0]))", "3"),
     "f(3.0) equal/equal; f(9.0) equal/equal"},
    {SQUARE, POINT("lambda x: fori_loop(0, 2, lambda i, a: map(f, a), x)[1]", "[2, 3]"),
     "f(2.0) equal/equal; f(3.0) equal/equal; f(4.0) equal/equal; f(9.0) equal/equal"},
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
    {"  h: {args: [x], value: \"custom_gradient(lambda a: (a ** 2, lambda g: 2 * g * a))(x)\"}",
     POINT("h", "3"), "custom_gradient(3.0) equal/equal"},
    {"  h: {args: [x], value: \"custom_gradient(lambda a: (a ** 2, lambda g: g * a))(x)\"}",
     POINT("grad(h)", "3"), "custom_gradient(3.0) differ/differ"},
    // captured values are operands, too
    {"  h:\n    args: [x, y]\n"
     "    value: \"custom_gradient(lambda a: (a ** 2 * y, lambda g: 2 * g * a * y))(x)\"",
     POINT("h", "3, 4"), "custom_gradient(3.0) equal/equal"},
    {"  h:\n    args: [x, y]\n"
     "    value: \"custom_jvp(lambda a: a ** 2 * y, lambda p, t: (p[0] ** 2 * y, 2 * p[0] * "
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
    {SQUARE, "{function: f, at: [3], name: three}",
     "cg-grad check s.yaml --only three"},
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
        cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_structures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jvp_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_derivatives, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nested, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reached, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expressions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_liner, setup, teardown),
    };
    return cmocka_run_group_tests_name("rule pairs", tests, NULL, NULL);
}
