// The traps of YAML (language.md, section 1.3): every one in several spellings and places,
// with its code and place, and nothing else said; and what is near to them and right.
#include "doc_fixture.h"

#include "front/spec.h"

// A function of x and y with one more line; `value` stands for the function's own.
#define FUNCTION(line) "version: 1\nfunctions:\n  f:\n    args: [x, y]\n" line
#define LINE(line)     FUNCTION("    value: x * y\n    " line "\n")
#define VALUE(text)    FUNCTION("    value: " text "\n")
#define POINT(text)    FUNCTION("    value: x * y\npoints:\n  - " text "\n")
#define CONSTANTS(t)   "version: 1\nconstants: " t "\n"

static const struct {
    const char *text;
    Code code;
    uint32_t line, column;
} traps[] = {
    // `: ` within an expression
    {POINT("function: lambda x: f(x, 2)\n    at: [3]"), CODE_E119, 7, 23},
    {POINT("{function: lambda x: f(x, 2), at: [3]}"), CODE_E119, 7, 24},
    {POINT("function:\n      lambda x: f(x, 2)\n    at: [3]"), CODE_E119, 8, 15},
    {POINT("function: f\n    at: [lambda x: x, 3]"), CODE_E119, 8, 18},
    {POINT("function: f\n    at: {x: lambda x: x, y: 3}"), CODE_E119, 8, 21},
    {POINT("function: f\n    at:\n      x: arange(5)[1: 3]\n      y: 2"), CODE_E119, 9, 21},
    {POINT("function: f\n    at: [1, 2]\n    cotangent: f(lambda: 1)"), CODE_E119, 9, 24},
    {POINT("function: f\n    at: [1, 2]\n    expect:\n      value: f(lambda: 1)"),
     CODE_E119, 10, 22},
    {VALUE("lambda a: a * x"), CODE_E119, 5, 20},
    {VALUE("\n      lambda a: a * x"), CODE_E119, 6, 15},
    {VALUE("cond(x > 0,\n      lambda: x, lambda: y)"), CODE_E119, 6, 13},
    {LINE("let:\n      s: lambda a: a"), CODE_E119, 7, 18},
    {LINE("let:\n      - s: lambda a: a"), CODE_E119, 7, 20},
    {LINE("let: {s: lambda a: a + 1}"), CODE_E119, 6, 22},
    {LINE("vjp: [lambda a: a, g]"), CODE_E119, 6, 19},
    {LINE("vjp:\n      - lambda a: a\n      - g"), CODE_E119, 7, 17},
    {LINE("vjp:\n      - cond(x > 0, lambda: g, lambda: 0)\n      - g"), CODE_E119, 7, 38},
    {LINE("jvp: vmap(lambda a: a)(dx)"), CODE_E119, 6, 23},
    {CONSTANTS("\n  c: lambda x: x"), CODE_E119, 3, 14},
    {CONSTANTS("{c: lambda x: x}"), CODE_E119, 2, 24},
    // `,` within brackets
    {FUNCTION("    value: [where(x > 0, y, 0)]\n"), CODE_E110, 5, 13},
    {LINE("vjp: [where(x > 0, g, 0), where(y > 0, g, 0)]"), CODE_E110, 6, 11},
    {LINE("vjp: [where(x > 0,\n      g, 0), g]"), CODE_E110, 6, 11},
    {LINE("vjp: [cond(x > 0, lambda: g, lambda: 0), g]"), CODE_E110, 6, 11},
    {LINE("vjp: [vmap(lambda a, b: a)(g, g), g]"), CODE_E110, 6, 11},
    {LINE("vjp: [where(x == 1, g, \"a\"), g]"), CODE_E110, 6, 11},
    {LINE("vjp: {grads: {x: where(x > 0, g, 0), y: g}}"), CODE_E110, 6, 22},
    {LINE("vjp: {grads: [where(x > 0, g, 0), g]}"), CODE_E110, 6, 19},
    {LINE("jvp: {tangent: where(x > 0, dx, dy)}"), CODE_E110, 6, 20},
    {LINE("let: {s: where(x > 0, 1, 2), t: 3}"), CODE_E110, 6, 14},
    {LINE("let: {s: cond(x > 0, lambda: 1, lambda: 2)}"), CODE_E110, 6, 14},
    {LINE("let: {s: lambda a, b: a + b}"), CODE_E110, 6, 14},
    {LINE("let: [s: where(x > 0, 1, 2)]"), CODE_E110, 6, 14},
    {LINE("domain: {x: (0, 5]}"), CODE_E110, 6, 17},
    {LINE("domain: {x: [0, 5), y: [1, 2]}"), CODE_E110, 6, 17},
    {LINE("domain: {x: (0, 5)}"), CODE_E110, 6, 17},
    {VALUE("{a: maximum(x, 2), b: y}"), CODE_E110, 5, 16},
    {POINT("{function: f, at: {x: hypot(3, 4), y: 2}}"), CODE_E110, 7, 27},
    {POINT("{function: f, at: [hypot(3, 4), 2]}"), CODE_E110, 7, 24},
    {POINT("{function: f, at: [(1, 2), 2]}"), CODE_E110, 7, 24},
    {POINT("{function: f, at: [[hypot(3, 4), 2], 2]}"), CODE_E110, 7, 25},
    {POINT("{function: value_and_grad(f, 1), at: [3, 4]}"), CODE_E110, 7, 16},
    {POINT("{function: lambda x, y: f(x, y), at: [3, 4]}"), CODE_E110, 7, 16},
    {POINT("{function: vjp(f, 1.0, 2.0)[1], at: [3]}"), CODE_E110, 7, 16},
    {POINT("{function: f, at: [3, 4], cotangent: full(3, 1.0)}"), CODE_E110, 7, 42},
    {POINT("{function: f, at: [3, 4], cotangent: [full(3, 1.0), 2]}"), CODE_E110, 7, 43},
    {POINT("{function: f, at: [3, 4], tangent: {x: hypot(3, 4)}}"), CODE_E110, 7, 44},
    {POINT("{function: f, at: [3, 4], expect: {grads: [hypot(3, 4), 3]}}"), CODE_E110, 7,
     48},
    {POINT("{function: f, at: [3, 4], name: a (b, c) d}"), CODE_E110, 7, 37},
    {CONSTANTS("{c: hypot(3, 4)}"), CODE_E110, 2, 16},
    {CONSTANTS("{c: [hypot(3, 4), 1]}"), CODE_E110, 2, 17},
    // `[` or `{` within brackets
    {LINE("vjp: [g * y[0], g]"), CODE_E120, 6, 16},
    {LINE("vjp: [g @ x[:, 0], g]"), CODE_E120, 6, 16},
    {LINE("vjp: {grads: {x: g * y[0], y: g}}"), CODE_E120, 6, 27},
    {LINE("let: {s: x[0], t: y[0]}"), CODE_E120, 6, 15},
    {LINE("let: {s: x, t: f({\"a\": x})}"), CODE_E120, 6, 22},
    {FUNCTION("    value: {a: x[0], b: y}\n"), CODE_E120, 5, 17},
    {"version: 1\nfunctions:\n  f:\n    args: {x: float64[3], y: float64[]}\n    value: "
     "x\n",
     CODE_E120, 4, 22},
    {POINT("{function: f, at: {x: arange(5)[2], y: 1}}"), CODE_E120, 7, 36},
    {POINT("{function: vjp(f)[1], at: [3]}"), CODE_E120, 7, 22},
    {CONSTANTS("{w: sum([1, 2])}"), CODE_E120, 2, 20},
    // text after a whole value
    {VALUE("[x, y][0]"), CODE_E121, 5, 18},
    {VALUE("[x, y] @ [y, x]"), CODE_E121, 5, 19},
    {VALUE("\"a\" in {\"a\": x}"), CODE_E121, 5, 16},
    {VALUE("'a' in {\"a\": x}"), CODE_E121, 5, 16},
    {VALUE("{\"a\": x}[\"a\"]"), CODE_E121, 5, 20},
    {VALUE("{\"a\": x}.a"), CODE_E121, 5, 20},
    {LINE("let:\n      s: [x, y][0]"), CODE_E121, 7, 16},
    {LINE("vjp:\n      - [x, y][0]\n      - g"), CODE_E121, 7, 15},
    {LINE("vjp: [[x, y][0], g]"), CODE_E121, 6, 17},
    {LINE("vjp: [\"a\" in {\"a\": x}, g]"), CODE_E121, 6, 15},
    {LINE("let: {s: \"a\" in {\"a\": x}}"), CODE_E121, 6, 18},
    {POINT("function: f\n    at: [1, 2] * 3"), CODE_E121, 8, 16},
    {POINT("function: f\n    at:\n      x: [1, 2] * 3\n      y: 2"), CODE_E121, 9, 17},
    {CONSTANTS("\n  c: [1, 2] * 3"), CODE_E121, 3, 13},
    {CONSTANTS("{w: [1, 2][0]}"), CODE_E121, 2, 22},
    // no space behind a colon
    {POINT("{function: f, at: {x:1, y:2}}"), CODE_E118, 7, 24},
    {POINT("{function: f, at: {x:-1, y: 2}}"), CODE_E118, 7, 24},
    {POINT("function: f\n    at:\n      x:1\n      y:2"), CODE_E118, 9, 7},
    {POINT("function:f\n    at: [3, 4]"), CODE_E118, 7, 5},
    {FUNCTION("    value:x * y\n"), CODE_E118, 5, 5},
    {"version:1\nfunctions: {}\n", CODE_E118, 1, 1},
    {"version: 1\nfunctions:\n  f: {args:[x, y], value: x}\n", CODE_E118, 3, 7},
    {"version: 1\nfunctions:\n  f: {args: {x:float64, y:float64}, value: x}\n", CODE_E118,
     3, 14},
    {LINE("let: {s:x}"), CODE_E118, 6, 11},
    {LINE("vjp: {grads: {x:g, y:g}}"), CODE_E118, 6, 19},
    {LINE("let:\n      s:x"), CODE_E118, 7, 7},
    {CONSTANTS("{c:1}"), CODE_E118, 2, 13},
    // aliases, anchors, tags
    {VALUE("*x"), CODE_E106, 5, 12},
    {VALUE("*x * y"), CODE_E106, 5, 12},
    {VALUE("*x, y"), CODE_E106, 5, 12},
    {VALUE("&a + 1"), CODE_E106, 5, 12},
    {VALUE("&a"), CODE_E106, 5, 12},
    {VALUE("!x"), CODE_E105, 5, 12},
    {VALUE("!x and y"), CODE_E105, 5, 12},
    {VALUE("!= 3"), CODE_E105, 5, 12},
    {LINE("vjp: [*g, g]"), CODE_E106, 6, 11},
    {LINE("vjp: [&g, g]"), CODE_E106, 6, 11},
    {LINE("vjp: [!g, g]"), CODE_E105, 6, 11},
    {LINE("vjp:\n      - *g\n      - g"), CODE_E106, 7, 9},
    {LINE("let: {s: *x}"), CODE_E106, 6, 14},
    {POINT("{function: f, at: {x: *a, y: 2}}"), CODE_E106, 7, 27},
    {CONSTANTS("{c: *a}"), CODE_E106, 2, 16},
    // nested lists
    {LINE("vjp:\n      - - g\n      - g"), CODE_E211, 7, 9},
    {LINE("vjp:\n      grads:\n        - - g\n        - g"), CODE_E211, 8, 11},
    {VALUE("\n      - - x\n      - y"), CODE_E211, 6, 9},
    // what no unquoted text begins with
    {VALUE("%x"), CODE_E111, 5, 12},
    {VALUE("@x"), CODE_E111, 5, 12},
    {VALUE("`x`"), CODE_E111, 5, 12},
    {VALUE("> x"), CODE_E111, 5, 12},
    {VALUE(">= x"), CODE_E111, 5, 12},
    {VALUE("| x"), CODE_E111, 5, 12},
    {VALUE("|x|"), CODE_E111, 5, 12},
    {VALUE(", x"), CODE_E111, 5, 12},
    {VALUE("] x"), CODE_E111, 5, 12},
    {LINE("vjp: [%g, g]"), CODE_E111, 6, 11},
    {LINE("vjp: [@g, g]"), CODE_E111, 6, 11},
    {LINE("vjp: [`g`, g]"), CODE_E111, 6, 11},
    {LINE("vjp: [> g, g]"), CODE_E111, 6, 11},
    {LINE("vjp: [|g|, g]"), CODE_E111, 6, 11},
    {LINE("let: {s: @x}"), CODE_E111, 6, 14},
    {LINE("let:\n      s: >= x"), CODE_E111, 7, 10},
    {POINT("{function: @f, at: [1, 2]}"), CODE_E111, 7, 16},
    // comments
    {VALUE("x + # first\n      y"), CODE_E112, 6, 7},
    {VALUE("x # first\n      + y"), CODE_E112, 6, 7},
    {LINE("let:\n      s: x + # a\n        y"), CODE_E112, 8, 9},
    {LINE("vjp:\n      - g + # c\n        y\n      - g"), CODE_E112, 8, 9},
    {LINE("vjp: [g + # c\n      y, g]"), CODE_E112, 7, 7},
    // YAML's words
    {VALUE(".inf"), CODE_E122, 5, 12},
    {VALUE("-.inf"), CODE_E122, 5, 12},
    {VALUE(".nan"), CODE_E122, 5, 12},
    {VALUE("~"), CODE_E122, 5, 12},
    {VALUE("[.inf, x]"), CODE_E122, 5, 13},
    {LINE("let: {s: .inf}"), CODE_E122, 6, 14},
    {LINE("let: {s: ~}"), CODE_E122, 6, 14},
    {LINE("vjp: [.inf, g]"), CODE_E122, 6, 11},
    {LINE("jvp: .inf"), CODE_E122, 6, 10},
    {CONSTANTS("{c: .inf}"), CODE_E122, 2, 16},
    {POINT("{function: .inf}"), CODE_E122, 7, 16},
    // YAML in brackets
    {"{version: 1, functions: {f: {args: [x], value: x}}}", CODE_E123, 1, 2},
    {"{\n  version: 1,\n  points: [{function: sin, at: [3]},]\n}", CODE_E123, 2, 3},
    {"{\"version\": 1, \"functions\": {\"f\": {\"value\": x}}}", CODE_E123, 1, 45},
};

static Status read_spec(const char *text) {
    Spec *spec;
    Status status = read_text(text, DOC_FORMAT_GUESS);
    if (root) {
        const Status read = front_read_spec(arena, &diags, root, STR("doc"), &spec);
        if (status == OK) status = read;
    }
    base_diags_sort(&diags);
    return status;
}

static const char *said(void) {
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    base_diags_text(&diags, false, &out);
    return out.at;
}

static void each_trap_is_one_diagnostic_at_its_place(void **state) {
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < COUNT(traps); i++) {
        assert_int_equal(read_spec(traps[i].text), FAILED);
        const Diag *diag = &diags.list.at[0];
        const Place place = place_of(diag->span);
        if (diags.errors == 1 && diag->code == traps[i].code &&
            place.line == traps[i].line && place.column == traps[i].column)
            continue;
        wrong++;
        print_error("%s\nexpected %s at %u:%u, got\n%s\n", traps[i].text,
                    base_code_name(traps[i].code), traps[i].line, traps[i].column, said());
    }
    assert_int_equal(wrong, 0);
}

// What looks like a trap, and is none.
static void what_is_right_is_not_refused(void **state) {
    static const char *const right[] = {
        LINE("vjp: [g * y, g * x]"),
        LINE("vjp: [-g, (g)]"),
        LINE("vjp: [~, g]"),
        LINE("vjp: [null, g]"),
        LINE("vjp: [g * (x + 1), (y)(g)]"),
        LINE("vjp: [\"where(x > 0, g, 0)\", \"g * y[0]\"]"),
        LINE("vjp: ['cond(x > 0, lambda: g, lambda: 0)', g]"),
        LINE("vjp:\n      - where(x > 0, g, 0)\n      - g * y[0]"),
        LINE("vjp:\n      - -g\n      - +g"),
        LINE("vjp: {grads: {x: g}}"),
        LINE("vjp: (g * y, g * x)"),
        LINE("let: {s: x, t: y}"),
        LINE("let: [s: exp(x), t: s + 1]"),
        LINE("let:\n      - s: exp(x)\n      - t: s[0]"),
        LINE("let: {s: lambda a:a + x}"),
        LINE("let: {s: x if x > 0 else y}"),
        LINE("domain: {x: [-10, 10]}"),
        LINE("domain: {x: \"(0, 5]\", y: \"[0, 5)\"}"),
        LINE("domain: {x: [-.inf, .inf]}"),
        LINE("doc: 'it (says, that'"),
        VALUE("-x"),
        VALUE("~(x > 0)"),
        VALUE("(x, y)[0]"),
        VALUE("x[1:2]"),
        VALUE("(lambda a:a)(x)"),
        VALUE("x #a comment"),
        VALUE("x # a comment"),
        VALUE("[x, y]"),
        VALUE("{a: x, \"b\": y}"),
        VALUE("{\"a\":x}"),
        VALUE("'[x, y][0]'"),
        VALUE("|\n      lambda a: a * x # a comment\n      + 1"),
        VALUE("x +\n      y"),
        VALUE("x if x > 0 else\n      y"),
        VALUE("&v x\n    let: {s: *v}"),
        VALUE("!!str x"),
        POINT("{function: f, at: {x: 1, y: 2}}"),
        POINT("{function: f, at: [1, [2, 3]]}"),
        POINT("{function: f, at: [.inf, \"NaN\"]}"),
        POINT("{function: f, at: [pi / 4, \"linspace(0, 1, 5)\"]}"),
        POINT("{function: f, at: [\"quoted, text\", 2]}"),
        POINT("{function: f, at: {x: {record: {a: 1}}, y: {b: [1, 2]}}}"),
        POINT("{function: f, at: {x: {value: 3, dtype: int64}, y: 1}}"),
        POINT("{function: f, at: [1, 2], name: don't split}"),
        POINT("{function: f, at: [1, 2], name: \"a (b, c): d #1\"}"),
        POINT("{\"function\": \"f\", \"at\": [1, 2]}"),
        POINT("{\"function\":\"f\",\"at\":[1,2]}"),
        POINT("{function: f, at: [1, 2], expect: {grads: [2, 1], ulp: 4}}"),
        POINT("function: f\n    at:\n      x: 1\n      y: 2"),
        POINT("function: f\n    at:\n    - 1\n    - [2,\n       3]"),
        POINT("name: 10:30\n    function: f\n    at: [1, 2]"),
        "version: 1\nfunctions:\n  f:\n    args: {x, y}\n    value: x\n",
        "version: 1\nfunctions:\n  f:\n    args: {x: , y: \"float64[3]\"}\n    value: x\n",
        "version: 1\nfunctions:\n  f:\n    args:\n      x: float64[3]\n    value: x[0]\n",
        CONSTANTS("{a: 2 * pi, w: [0.1, 0.2], n: -3}"),
        CONSTANTS("\n  w:\n    - [1, 2]\n    - [3, 4]"),
    };
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < COUNT(right); i++) {
        if (read_spec(right[i]) == OK) continue;
        wrong++;
        print_error("%s\n%s\n", right[i], said());
    }
    assert_int_equal(wrong, 0);
}

// A trap is mended, so that what else is wrong is said in the same run.
static void the_rest_is_judged_as_it_was_meant(void **state) {
    static const char text[] = "version: 1\n"
                               "constants: {w: sum([1, 2])}\n"
                               "functions:\n"
                               "  f:\n"
                               "    args: [x, y]\n"
                               "    value: [x, y][0] + z\n"
                               "    vjp: [where(x > 0, g, 0), g * y[0], g]\n"
                               "points:\n"
                               "  - function: lambda x: f(x, 2\n"
                               "    at: {x:1}\n"
                               "    computes: value\n";
    static const struct {
        Code code;
        uint32_t line, column;
    } expected[] = {
        {CODE_E120, 2, 20}, {CODE_E121, 6, 18},  {CODE_E401, 6, 24},
        {CODE_E206, 7, 10}, {CODE_E120, 7, 36},  {CODE_E119, 9, 23},
        {CODE_E305, 9, 31}, {CODE_E118, 10, 10}, {CODE_E202, 11, 5},
    };
    (void)state;
    assert_int_equal(read_spec(text), FAILED);
    bool right = diags.errors == COUNT(expected);
    for (size_t i = 0; right && i < COUNT(expected); i++) {
        const Diag *diag = &diags.list.at[i];
        const Place place = place_of(diag->span);
        right = diag->code == expected[i].code && place.line == expected[i].line &&
                place.column == expected[i].column;
    }
    if (!right) fail_msg("%s", said());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_trap_is_one_diagnostic_at_its_place, forget),
        cmocka_unit_test_teardown(what_is_right_is_not_refused, forget),
        cmocka_unit_test_teardown(the_rest_is_judged_as_it_was_meant, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
