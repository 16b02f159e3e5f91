// Documents and command-line texts as specs: what is read, and every mistake with its
// place.
#include "doc_fixture.h"

#include "front/request.h"

static Spec *spec;

static Status read_spec(const char *text) {
    spec = NULL;
    Status status = read_text(text, DOC_FORMAT_GUESS);
    if (root) {
        const Status read = front_read_spec(arena, &diags, root, STR("doc"), &spec);
        if (status == OK) status = read;
    }
    base_diags_sort(&diags);
    return status;
}

// ---- A spec as text ---------------------------------------------------------

static void add_expr(Text *out, const char *label, const Expr *expr) {
    if (!expr) return;
    base_text_printf(out, "%s", label);
    lang_print(expr, out);
}

static void add_names(Text *out, const char *label, const SpecNames *names) {
    for (uint32_t i = 0; i < names->n; i++) {
        base_text_printf(out, "%s%.*s = ", label, STR_ARG(names->at[i].name));
        lang_print(names->at[i].expr, out);
    }
}

static void add_arg(Text *out, const SpecArg *arg) {
    base_text_printf(out, "%.*s", STR_ARG(arg->name));
    if (arg->is_text) base_text_printf(out, ":str");
    if (arg->has_dtype) base_text_printf(out, ":%s", num_dtype_name(arg->dtype));
    for (uint32_t i = 0; arg->has_shape && i <= arg->rank; i++) {
        base_text_char(out, i ? i < arg->rank ? ',' : ']' : '[');
        if (i == 0 && arg->rank == 0) base_text_char(out, ']');
        if (i == arg->rank) break;
        if (arg->shape[i].value < 0)
            base_text_add(out, arg->shape[i].letter);
        else
            base_text_printf(out, "%d", (int)arg->shape[i].value);
    }
    if (arg->is_static) base_text_printf(out, " static");
    if (arg->nondiff) base_text_printf(out, " nondiff");
    add_expr(out, " default ", arg->fallback);
}

static void add_rule(Text *out, const SpecRule *rule) {
    if (rule->kind == SPEC_VJP) {
        base_text_printf(out, " vjp(%.*s)", STR_ARG(rule->cotangent));
    } else {
        base_text_printf(out, " jvp(");
        for (uint32_t i = 0; i < rule->n_tangents; i++)
            base_text_printf(out, "%s%.*s", i ? " " : "", STR_ARG(rule->tangents[i]));
        base_text_printf(out, ")");
    }
    add_expr(out, " value ", rule->value);
    add_names(out, " let ", &rule->let);
    add_expr(out, " all ", rule->all);
    for (uint32_t i = 0; i < rule->n_grads; i++) {
        if (rule->grads[i])
            add_expr(out, " grad ", rule->grads[i]);
        else
            base_text_printf(out, " null");
    }
    add_expr(out, " tangent ", rule->tangent);
    if (rule->not_linear) base_text_printf(out, " not linear");
    if (rule->has_target && !rule->target) base_text_printf(out, " of null");
    add_expr(out, " of ", rule->target);
}

static void add_point(Text *out, const SpecPoint *point) {
    base_text_printf(out, "point %s: ", point->name.at);
    lang_print(point->function, out);
    if (point->at)
        base_text_printf(out, " at %s %u", doc_kind_name(point->at->kind), point->at->n);
    for (uint32_t i = 0; i < point->n_argnums; i++) {
        const SpecArgnum *argnum = &point->argnums[i];
        if (argnum->by_name)
            base_text_printf(out, " argnum %.*s", STR_ARG(argnum->name));
        else
            base_text_printf(out, " argnum %d", (int)argnum->number);
    }
    if (point->has_argnums && !point->argnums_is_list) base_text_printf(out, " alone");
    if (point->cotangent) base_text_printf(out, " cotangent");
    if (point->tangent) base_text_printf(out, " tangent");
    if (point->compute) base_text_printf(out, " compute %u", point->compute);
    if (point->expect) base_text_printf(out, " expect");
    base_text_char(out, '\n');
}

static const char *described(void) {
    Text out = {.arena = arena};
    base_text_printf(&out, "%s", "");
    if (spec->dtype != DT_F64) base_text_printf(&out, "%s\n", num_dtype_name(spec->dtype));
    for (uint32_t i = 0; i < spec->constants.n; i++) {
        const SpecNames one = {1, &spec->constants.at[i]};
        add_names(&out, "constant ", &one);
        base_text_char(&out, '\n');
    }
    for (uint32_t i = 0; i < spec->n_functions; i++) {
        const SpecFunction *function = &spec->functions[i];
        base_text_printf(&out, "%.*s(", STR_ARG(function->name));
        for (uint32_t k = 0; k < function->n_args; k++) {
            if (k) base_text_printf(&out, ", ");
            add_arg(&out, &function->args[k]);
        }
        base_text_printf(&out, ")");
        add_names(&out, " let ", &function->let);
        add_expr(&out, " = ", function->value);
        if (function->rule) add_rule(&out, function->rule);
        if (function->domain) base_text_printf(&out, " domain");
        if (function->doc.n) base_text_printf(&out, " doc %.*s", STR_ARG(function->doc));
        base_text_char(&out, '\n');
    }
    for (uint32_t i = 0; i < spec->n_points; i++)
        add_point(&out, &spec->points[i]);
    assert_false(out.failed);
    return out.at;
}

static void check_read(const char *text, const char *expected) {
    if (read_spec(text) != OK) {
        Text out = {.arena = arena};
        base_diags_text(&diags, false, &out);
        fail_msg("%s\ngives\n%s", text, out.at);
    }
    assert_string_equal(described(), expected);
}

// ---- What is read -----------------------------------------------------------

#define F(body) "version: 1\nfunctions:\n  f:\n    " body "\n"

static const struct {
    const char *text, *expected;
} good[] = {
    {"version: 1", ""},
    {"version: 1\ndtype: float32", "float32\n"},
    // constants
    {"version: 1\nconstants:\n  tau: 2 * pi\n  n: 3\n  m: -2.5\n  b: true\n  u: tau + n",
     "constant tau = (2 * pi)\nconstant n = 3\nconstant m = (-2.5)\nconstant b = True\n"
     "constant u = (tau + n)\n"},
    {"version: 1\nconstants: {w: [1, -2.5, NaN, .inf, \"-Infinity\"], v: [[1], [true]]}",
     "constant w = jnp.array([1, (-2.5), nan, inf, (-inf)])\n"
     "constant v = jnp.array([[1], [True]])\n"},
    {"version: 1\nconstants: {v: [], jnp: 1, np: 2}",
     "constant v = lax.array([])\nconstant jnp = 1\nconstant np = 2\n"},
    // arguments
    {F("value: 1"), "f() = 1\n"},
    {F("{args: [], value: False}"), "f() = False\n"},
    {F("{args: [x, y1], value: x + y1, doc: A sum.}"), "f(x, y1) = (x + y1) doc A sum.\n"},
    {F("args:\n      x:\n      y: float32\n      z: float64[]\n      a: int32[n, 2]\n"
       "      b: ' bool [ k , 07 ] '\n      s: str\n    value: x"),
     "f(x, y:float32, z:float64[], a:int32[n,2] nondiff, b:bool[k,7] nondiff, "
     "s:str nondiff) = x\n"},
    {F("args:\n      x: {type: float64, nondiff: true}\n      n: {static: true, default: "
       "3}\n"
       "      s: {type: str, default: cos(q)}\n      w: {default: [1, 2]}\n"
       "      k: {type: null, default: \"None\"}\n    value: x"),
     "f(x:float64 nondiff, n static nondiff default 3, s:str nondiff default \"cos(q)\", "
     "w default jnp.array([1, 2]), k default None) = x\n"},
    // lets and values
    {F("args: [x]\n    let:\n      a: exp(x)\n      b: a + x\n    value: a * b"),
     "f(x) let a = exp(x) let b = (a + x) = (a * b)\n"},
    {F("args: [x]\n    let:\n    - b: 1\n    - a: b + x\n    value: a"),
     "f(x) let b = 1 let a = (b + x) = a\n"},
    {F("args: [x]\n    value: [x, 1, null, [x], {k: x, \"a b\": true}]"),
     "f(x) = (x, 1, None, (x,), {\"k\": x, \"a b\": True})\n"},
    {F("args: [x]\n    value: {a: x, b: [2]}"), "f(x) = {\"a\": x, \"b\": (2,)}\n"},
    {F("args: [x]\n    value: |\n      # a sum\n      x\n        + 1"), "f(x) = (x + 1)\n"},
    // vjp rules
    {F("args: [x]\n    value: x\n    vjp: g"), "f(x) = x vjp(g) grad g\n"},
    {F("args: [x]\n    value: x\n    vjp: 0"), "f(x) = x vjp(g) grad 0\n"},
    {F("args: [x]\n    value: x\n    vjp: [null]"), "f(x) = x vjp(g) null\n"},
    {F("args: [x, y]\n    value: x\n    vjp: [g, null]"),
     "f(x, y) = x vjp(g) grad g null\n"},
    {F("args: [x, y]\n    value: x\n    vjp: g, 2"), "f(x, y) = x vjp(g) grad g grad 2\n"},
    {F("args: [x, y]\n    value: x\n    vjp: vjp(cos, x)"),
     "f(x, y) = x vjp(g) all vjp(cos, x)\n"},
    {F("args: [x, y]\n    value: x\n    vjp: (g, *range(1))"),
     "f(x, y) = x vjp(g) all (g, *range(1))\n"},
    {F("args: [x]\n    value: x\n    vjp: (g, g)"), "f(x) = x vjp(g) grad (g, g)\n"},
    {F("args: [x]\n    value: x\n    vjp: [[null, g, {a: g}]]"),
     "f(x) = x vjp(g) grad (None, g, {\"a\": g})\n"},
    {F("args: {x: , n: int32, y: , m: {type: float64, nondiff: true}}\n"
       "    value: x\n    vjp: [g, g * 2]"),
     "f(x, n:int32 nondiff, y, m:float64 nondiff) = x vjp(g) grad g null grad (g * 2) "
     "null\n"},
    {F("args: {x: , n: int32, y: , m: {type: float64, nondiff: true}}\n"
       "    value: x\n    vjp: [g, 5, g * 2]"),
     "f(x, n:int32 nondiff, y, m:float64 nondiff) = x vjp(g) grad g null grad (g * 2) "
     "null\n"},
    {F("args: {n: int32}\n    value: n\n    vjp: 0 * g"),
     "f(n:int32 nondiff) = n vjp(g) null\n"},
    {F("args: {n: int32}\n    value: n\n    vjp: []"),
     "f(n:int32 nondiff) = n vjp(g) null\n"},
    {F("args: {n: int32, x: }\n    value: x\n    vjp: [[g, g]]"),
     "f(n:int32 nondiff, x) = x vjp(g) null grad (g, g)\n"},
    {F("args: [x]\n    value: x\n    vjp:\n    -\n      - g"),
     "f(x) = x vjp(g) grad (g,)\n"},
    {F("args: [x, y]\n    let: {a: x}\n    value: a\n    vjp:\n      cotangent: ct\n"
       "      value: f(x, y)\n      let: {s: a + ct}\n      grads: {y: ct * s}\n"
       "      linear: false\n      derivative_of: x * a"),
     "f(x, y) let a = x = a vjp(ct) value f(x, y) let s = (a + ct) null grad (ct * s) "
     "not linear of (x * a)\n"},
    {F("args: {x: , n: int32}\n    value: x\n"
       "    vjp: {grads: {x: g, n: 0}, derivative_of: null, linear: true}"),
     "f(x, n:int32 nondiff) = x vjp(g) grad g null of null\n"},
    // jvp rules
    {F("args: [x]\n    value: sin(x)\n    jvp: dx * cos(x)"),
     "f(x) = sin(x) jvp(dx) tangent (dx * cos(x))\n"},
    {F("args: {x: , n: int32, y: }\n    value: x\n    jvp: [dx, dy]"),
     "f(x, n:int32 nondiff, y) = x jvp(dx dy) tangent (dx, dy)\n"},
    {F("args: [x, y]\n    value: x\n    jvp:\n      tangents: [t, u]\n      value: x + 0\n"
       "      let: {k: t}\n      tangent: {a: k + u}"),
     "f(x, y) = x jvp(t u) value (x + 0) let k = t tangent {\"a\": (k + u)}\n"},
    {F("args: {x: , y: }\n    value: x\n    domain: {x: [-10, 1e3], y: \"(0, 5]\"}"),
     "f(x, y) = x domain\n"},
    // names
    {F("args: [x]\n    value: \"lambda y, *z, k=x: [y + i + j + k for i, j in z if i > "
       "x]\""),
     "f(x) = (lambda y, *z, k=x: [(((y + i) + j) + k) for (i, j) in z if (i > x)])\n"},
    {F("args: [pi, f]\n    value: jnp.sin(pi) + f.real + f(k=pi)"),
     "f(pi, f) = ((jnp.sin(pi) + f.real) + f(k=pi))\n"},
    {"version: 1\nfunctions:\n  a: {args: [x], value: b(x)}\n  b: {args: [x], value: a(x) "
     "+ c}\n"
     "constants: {c: \"lambda x: a(x)\"}",
     "constant c = (lambda x: a(x))\na(x) = b(x)\nb(x) = (a(x) + c)\n"},
    // points
    {F("{args: [x, y], value: x}") "points:\n- {function: f, at: {y: 1, x: 2}}\n"
                                   "- {function: f, at: [1, \"pi / 4\"], argnums: 0}\n"
                                   "- {function: 1 + 2}\n"
                                   "- {function: \"lambda x: f(x, 2)\", at: [3]}\n"
                                   "- {function: grad(f), at: [3], name: a b}",
     "f(x, y) = x\npoint f#0: f at a mapping 2\npoint f#1: f at a sequence 2 argnum 0 "
     "alone\n"
     "point 1 + 2#2: (1 + 2)\npoint lambda x: f(x, 2)#3: (lambda x: f(x, 2)) at a sequence "
     "1\n"
     "point a b: grad(f) at a sequence 1\n"},
    {F("{args: {x: , k: {default: 1}}, value: x}") "points:\n- function: |\n    f\n  at: "
                                                   "[3]\n  argnums: [-1, x]\n  cotangent: "
                                                   "[1, null]\n"
                                                   "  tangent: {x: 1}\n  compute: [jvp, "
                                                   "value]\n"
                                                   "  expect: {value: 1, grads: [1], logs: "
                                                   "{a: 1}, rtol: 1e-9, atol: 0, ulp: 2}\n"
                                                   "- {function: f, at: [{record: {file: "
                                                   "1, key: 2}}], compute: hessian, "
                                                   "expect: {error: E501}}",
     "f(x, k default 1) = x\npoint f#0: f at a sequence 1 argnum -1 argnum x cotangent "
     "tangent "
     "compute 17 expect\npoint f#1: f at a sequence 1 compute 8 expect\n"},
    {F("{args: [x], value: x}") "points:\n- {function: f, at: [{file: 1, x: 2}]}\n"
                                "- {function: f, at: [{re: 1, im: 2, x: 3}]}\n"
                                "- {function: f, at: {x: {value: 3, dtype: int64}}}",
     "f(x) = x\npoint f#0: f at a sequence 1\npoint f#1: f at a sequence 1\n"
     "point f#2: f at a mapping 1\n"},
};

static void test_good(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        check_read(good[i].text, good[i].expected);
}

// JSON loads into the same spec.
static void test_json(void **state) {
    (void)state;
    check_read(
        "{\"version\": 1, \"constants\": {\"w\": [1, \"NaN\", 2.5e0]},\n"
        " \"functions\": {\"f\": {\"args\": {\"x\": \"float64[n]\", \"k\": null},\n"
        "   \"let\": [{\"s\": \"x\\u0020+ 1\"}, {\"a\": -3}], \"value\": [\"s\", \"a\"],\n"
        "   \"vjp\": {\"grads\": {\"x\": \"g[0]\", \"k\": null}}}},\n"
        " \"points\": [{\"function\": \"f\", \"at\": {\"x\": [1], \"k\": 2}}]}",
        "constant w = jnp.array([1, nan, 2.5e0])\n"
        "f(x:float64[n], k) let s = (x + 1) let a = (-3) = (s, a) vjp(g) grad g[0] null\n"
        "point f#0: f at a mapping 2\n");
}

// ---- Mistakes ---------------------------------------------------------------

#define XF(body)  F("args: [x]\n    " body)
#define XYF(body) F("args: [x, y]\n    " body)
#define POINT(p)  F("{args: [x, y], value: x}") "points:\n- " p
#define POINT1(p) F("{args: [x], value: x}") "points:\n- " p

static const Mistake mistakes[] = {
    // the document
    {"", 1, 1, CODE_E209, "the document is empty", "\"version\": 1"},
    {"# nothing\n", 1, 1, CODE_E209, "the document is empty", "points"},
    {"[1]", 1, 1, CODE_E201, "expected a mapping for a spec, got a sequence", ""},
    {"functions: {}", 1, 1, CODE_E203, "the spec has no `version`", "version: 1"},
    {"version: 2", 1, 10, CODE_E210, "expected version 1, got 2", ""},
    {"version: '1'", 1, 10, CODE_E201, "expected an integer for `version`, got text", ""},
    {"version: 1\nfunction: {}", 2, 1, CODE_E202, "unknown key `function` in a spec",
     "did you mean `functions`? (`function` is a key of a point)"},
    {"version: 1\ndtype: 64", 2, 8, CODE_E201, "expected text for `dtype`", "float64"},
    {"version: 1\ndtype: flaot32", 2, 8, CODE_E210, "`flaot32` is no default float",
     "did you mean `float32`? known: float32, float64"},
    {"version: 1\ndtype: int64", 2, 8, CODE_E210, "`int64` is no default float", "float64"},
    {"version: 1\ndtype: bfloat16", 2, 8, CODE_E208, "bfloat16 is not supported",
     "float32"},
    {"version: 1\nfunctions: [f]", 2, 12, CODE_E201, "a mapping for `functions`, got a seq",
     "value: x ** 2"},
    {"version: 1\npoints: {}", 2, 9, CODE_E201, "a sequence for `points`, got a mapping",
     ""},
    {"version: 1\nconstants: 3", 2, 12, CODE_E201, "a mapping for `constants`", "tau"},
    // constants
    {"version: 1\nconstants: 3\nfunctions: {f: {value: c}}", 2, 12, CODE_E201, "", ""},
    {"version: 1\nconstants: {2x: 1}", 2, 13, CODE_E204, "`2x` is no name for a constant",
     "begins with no digit"},
    {"version: 1\nconstants: {lambda: 1}", 2, 13, CODE_E204, "`lambda` is no name",
     "keyword"},
    {"version: 1\nconstants: {a: [1, pi]}", 2, 20, CODE_E201, "expected a number in",
     "quotes"},
    {"version: 1\nconstants: {a: {b: 1}}", 2, 16, CODE_E201, "expected an expression for a",
     ""},
    {"version: 1\nconstants: {a: }", 2, 16, CODE_E201, "a constant, got nothing", ""},
    {"version: 1\nconstants: {a: .nan}", 2, 16, CODE_E122, "`.nan` is a word of YAML",
     "write nan"},
    {"version: 1\nconstants:\n  a: b\n  b: 1", 3, 6, CODE_E401,
     "the constant `b` is used before its definition", "put the definition first"},
    {"version: 1\nconstants:\n  a: a", 3, 6, CODE_E401, "used before its definition", ""},
    {"version: 1\nconstants: {w: sum(1, 2)}", 2, 16, CODE_E110, "", "sum(1, 2)"},
    {"version: 1\nconstants: {f: 1}\nfunctions: {f: {value: 1}}", 3, 13, CODE_E205,
     "the name `f` of a function is taken: it is a constant", ""},
    // functions and their arguments
    {F("x ** 2"), 4, 5, CODE_E201, "expected a mapping for a function, got text",
     "f: {args: [x], value: \"x ** 2\"}"},
    {"version: 1\nfunctions: {in: {value: 1}}", 2, 13, CODE_E204, "no name for a function",
     ""},
    {F("args: [x]"), 3, 3, CODE_E203, "the function `f` has no `value`", "value:"},
    {XF("valeu: x\n    value: x"), 5, 5, CODE_E202, "unknown key `valeu` in a function",
     "did you mean `value`?"},
    {XF("value: x\n    doc: [a]"), 6, 10, CODE_E201, "expected text for `doc`", ""},
    {F("args: x\n    value: x"), 4, 11, CODE_E201, "a sequence for `args`, got text",
     "args: [x, y]"},
    {F("args: [1]\n    value: 1"), 4, 12, CODE_E204, "`1` is no name for an argument", ""},
    {F("args: [if]\n    value: 1"), 4, 12, CODE_E204, "`if` is no name", "keyword"},
    {F("args: [x: float64]\n    value: 1"), 4, 12, CODE_E201,
     "expected a name for an argument", "args: {x: float64}"},
    {F("args: [x, y, x]\n    value: 1"), 4, 18, CODE_E205,
     "the name `x` of an argument is taken: it is an argument", "one thing"},
    {F("args: {x: flota64}\n    value: 1"), 4, 15, CODE_E207, "`flota64` is no type",
     "did you mean `float64`? known: bool, int32, int64, float32, float64, str"},
    {F("args: {x: complex128}\n    value: 1"), 4, 15, CODE_E208, "complex128 is not supp",
     ""},
    {F("args: {x: 3}\n    value: 1"), 4, 15, CODE_E201, "text for the type", "int32[n, 2]"},
    {F("args: {x: 'float64[2'}\n    value: 1"), 4, 15, CODE_E207, "never closed", ""},
    {F("args: {x: 'float64[2, ]'}\n    value: 1"), 4, 24, CODE_E207, "behind the comma",
     ""},
    {F("args: {x: 'float64[2, -1]'}\n    value: 1"), 4, 27, CODE_E207, "expected a size",
     ""},
    {F("args: {x: 'float64[2]x'}\n    value: 1"), 4, 26, CODE_E207, "the end of the type",
     ""},
    {F("args: {x: 'str[2]'}\n    value: 1"), 4, 15, CODE_E207, "text has no shape", ""},
    {F("args: {x: 'float64[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
       "1]'}\n    value: 1"),
     4, 88, CODE_E701, "at most 32 axes", ""},
    {F("args: {x: {typ: str}}\n    value: 1"), 4, 16, CODE_E202, "unknown key `typ`",
     "`type`"},
    {F("args: {x: {static: 1}}\n    value: 1"), 4, 24, CODE_E201,
     "a boolean for `static`, got an integer", "true or false"},
    {F("args: {x: {default: y}}\n    value: 1"), 4, 25, CODE_E401, "unknown name `y`", ""},
    {F("args: {x: {default: null}}\n    value: 1"), 4, 25, CODE_E201, "`default`, got null",
     "write None"},
    // lets and values
    {XF("let: a\n    value: x"), 5, 10, CODE_E201, "a sequence for `let`, got text",
     "let: {"},
    {XF("let: [a]\n    value: x"), 5, 11, CODE_E201, "a mapping of one name",
     "- s: exp(x)"},
    {XF("let: {1a: x}\n    value: x"), 5, 11, CODE_E204, "`1a` is no name for `let`", ""},
    {XF("let: {a: [x]}\n    value: x"), 5, 14, CODE_E201,
     "an expression for `let`, got a seq", "quote the whole expression"},
    {XF("let: {x: 1}\n    value: x"), 5, 11, CODE_E205,
     "the name `x` of a let is taken: it is an argument", ""},
    {XF("let:\n    - a: 1\n    - a: 2\n    value: x"), 7, 7, CODE_E205, "it is a let", ""},
    {XF("let:\n      a: b\n      b: x\n    value: a"), 6, 10, CODE_E401,
     "the let `b` is used before its definition", "put the definition first"},
    {XF("let:\n      exp: exp(x)\n    value: exp"), 6, 12, CODE_E401,
     "the let `exp` is used before its definition", "rename it"},
    {XF("let: {s: where(x > 0, 1, 2), t: 1}\n    value: x"), 5, 14, CODE_E110,
     "YAML split this expression at its comma", "\"where(x > 0, 1, 2)\""},
    {XF("let: {s: cond(x, lambda a: a, 1), t: 1}\n    value: x"), 5, 14, CODE_E110, "split",
     "\"cond(x, lambda a: a, 1)\""},
    {XF("value: .inf"), 5, 12, CODE_E122, "`.inf` is a word of YAML", "write inf"},
    {XF("value: -.inf"), 5, 12, CODE_E122, "`-.inf` is a word of YAML", "write -inf"},
    {XF("value: ~"), 5, 12, CODE_E122, "`~` is a word of YAML", "write None"},
    {XF("value:"), 5, 11, CODE_E201, "for `value`, got nothing", ""},
    {XF("value: x +"), 5, 15, CODE_E301, "expected", ""},
    {XF("value: [x, {a: x y}]"), 5, 22, CODE_E301, "found `y`", ""},
    {XF("value: cosinus(x)"), 5, 12, CODE_E401, "unknown name `cosinus`", ""},
    {XF("value: maximun(x)"), 5, 12, CODE_E401, "unknown name `maximun`",
     "did you mean `maximum`?"},
    {XF("value: g"), 5, 12, CODE_E401, "unknown name `g`", ""},
    {XF("value: '[i for i in i]'"), 5, 25, CODE_E401, "unknown name `i`", ""},
    {XF("value: \"(lambda a, b=a, *c: a + c)\""), 5, 26, CODE_E401, "unknown name `a`", ""},
    {XF("value: \"(lambda a: a)(x) + a\""), 5, 32, CODE_E401, "unknown name `a`", ""},
    {XF("value: \"[i for i in range(2)][0] + i\""), 5, 40, CODE_E401, "unknown name `i`",
     ""},
    {XF("doc: smooth (a\n    value: x)"), 6, 13, CODE_E305, "", ""},
    {XF("value: |\n      x +\n      xy"), 7, 7, CODE_E401, "unknown name `xy`", ""},
    // vjp rules
    {XF("value: x\n    vjp: null"), 6, 5, CODE_E212, "`vjp: null` is no rule", "[null]"},
    {XF("value: x\n    vjp: g\n    jvp: dx"), 7, 5, CODE_E212, "at most one of `vjp` and",
     ""},
    {XYF("value: x\n    vjp: [g]"), 6, 10, CODE_E206,
     "expected 2 entries, one for each argument that is not nondiff (x, y), got 1", "null"},
    {XF("value: x\n    vjp: [g, g]"), 6, 10, CODE_E206, "expected 1 entry", ""},
    {XYF("value: x\n    vjp: (g, g, g)"), 6, 10, CODE_E206, "(x, y), got 3", ""},
    {F("value: 1\n    vjp: g"), 5, 10, CODE_E206, "expected 0 entries", ""},
    {F("args: {x: , n: int32, m: int32}\n    value: 1\n    vjp: [g, null]"), 6, 10,
     CODE_E206, "expected 1 entry, one for each argument that is not nondiff (x), got 2",
     ""},
    {XF("value: x\n    vjp: {x: g}"), 6, 11, CODE_E202, "`x` is an argument, and no key",
     "under `grads:`"},
    {XF("value: x\n    vjp: {let: {}}"), 6, 10, CODE_E203, "a vjp rule has no `grads`", ""},
    {XF("value: x\n    vjp: {grads: {y: g}}"), 6, 19, CODE_E401, "`f` has no argument `y`",
     ""},
    {F("args: {x: , s: str}\n    value: x\n    vjp: {grads: {x: g, s: 0}}"), 6, 25,
     CODE_E206, "`s` is not differentiable", "leave the entry out"},
    {XF("value: x\n    vjp: {grads: g, linear: no}"), 6, 29, CODE_E201,
     "a boolean for `lin", ""},
    {XF("value: x\n    vjp: {grads: x, cotangent: x}"), 6, 32, CODE_E205,
     "the name `x` of the cotangent is taken: it is an argument", "cotangent: ct"},
    {F("args: [g]\n    value: g\n    vjp: 2 * g"), 6, 10, CODE_E205, "it is an argument",
     "cotangent: ct"},
    {"version: 1\nconstants: {g: 9.81}\nfunctions:\n  f:\n    args: [x]\n    value: g * x\n"
     "    vjp: g * g",
     7, 10, CODE_E205, "the name `g` of the cotangent is taken: it is a constant", "ct"},
    {"version: 1\nfunctions:\n  g:\n    args: [x]\n    value: x\n    vjp: g", 6, 10,
     CODE_E205, "it is a function", "cotangent: ct"},
    {XF("value: x\n    vjp: {grads: g, let: {g: 1}}"), 6, 27, CODE_E205, "it is the cotan",
     ""},
    {XF("value: x\n    vjp: {grads: g, let: {x: 1}}"), 6, 27, CODE_E205, "it is an argumen",
     ""},
    {XF("value: x\n    vjp: {grads: g * s, value: s, let: {s: 1}}"), 6, 32, CODE_E401,
     "unknown name `s`", ""},
    {XF("value: x\n    vjp: {grads: g, derivative_of: g}"), 6, 36, CODE_E401, "`g`", ""},
    {XYF("value: x\n    vjp: [where(x > 0, g, 0), g]"), 6, 11, CODE_E110, "YAML split",
     "quote the expression: `\"where(x > 0, g, 0)\"`"},
    {XF("value: x\n    vjp:\n    - - g"), 7, 7, CODE_E211, "`- -` begins a nested list",
     "write `- -g`"},
    {F("args: {x: float64}\n    value: x\n    vjp: [[g, g]]"), 6, 11, CODE_E211,
     "expected one expression for `x`, which is an array, got a sequence", ""},
    {XF("value: x\n    vjp: [where(x, sum(\"a\"), g)]"), 6, 11, CODE_E110, "YAML split",
     ""},
    {F("args: [1]\n    value: 1\n    vjp: [g, g]"), 4, 12, CODE_E204, "`1` is no name", ""},
    {F("args: {x: , n: {type: int32, static: true}}\n    value: x\n    vjp: [g, 0]"), 6, 10,
     CODE_E206, "expected 1 entry", ""},
    // jvp rules
    {XF("value: x\n    jvp: null"), 6, 5, CODE_E212, "`jvp: null` is no rule", "0"},
    {XF("value: x\n    jvp: {value: x}"), 6, 10, CODE_E203, "a jvp rule has no `tangent`",
     ""},
    {XYF("value: x\n    jvp: {tangent: t, tangents: [t]}"), 6, 33, CODE_E206,
     "expected 2 names, one for each argument that is not nondiff (x, y), got 1", ""},
    {XF("value: x\n    jvp: {tangent: t, tangents: t}"), 6, 33, CODE_E201, "for `tangents`",
     "tangents: [t]"},
    {XF("value: x\n    jvp: {tangent: 0, tangents: [x]}"), 6, 33, CODE_E205,
     "the name `x` of a tangent is taken: it is an argument", "tangents: [t]"},
    {F("args: [x, dx]\n    value: x\n    jvp: dx"), 6, 10, CODE_E205,
     "`dx` of a tangent is", "tangents: [t]"},
    {XF("value: x\n    jvp: dy"), 6, 10, CODE_E401, "unknown name `dy`", "`dx`"},
    // domains
    {XF("value: x\n    domain: [0, 1]"), 6, 13, CODE_E201, "a mapping for `domain`",
     "domain: {x"},
    {XF("value: x\n    domain: {y: [0, 1]}"), 6, 14, CODE_E401, "`f` has no argument `y`",
     ""},
    {XF("value: x\n    domain: {x: [0]}"), 6, 17, CODE_E213, "expected an interval",
     "(0, 5]"},
    {XF("value: x\n    domain: {x: [1, 0]}"), 6, 17, CODE_E213, "out of order", ""},
    {XF("value: x\n    domain: {x: '(0, 1'}"), 6, 17, CODE_E213, "expected an interval",
     ""},
    {XF("value: x\n    domain: {x: '(0, a]'}"), 6, 17, CODE_E213, "two numbers", ""},
    // points
    {POINT("f"), 6, 3, CODE_E201, "expected a mapping for a point, got text", ""},
    {POINT("{at: [1, 2]}"), 6, 3, CODE_E203, "this point has no `function`",
     "write `function:`"},
    {POINT("{function: f, at: [1, 2], argnum: 0}"), 6, 29, CODE_E202, "`argnum` in a point",
     "did you mean `argnums`?"},
    {POINT("{function: ff, at: [1, 2]}"), 6, 14, CODE_E401, "unknown name `ff`", ""},
    {POINT("{function: [f], at: [1, 2]}"), 6, 14, CODE_E201, "expected an expression", ""},
    {POINT("{function: f}"), 6, 14, CODE_E403, "does not give `x`, `y` of `f`",
     "write them in `at`"},
    {POINT("{function: f, at: 1}"), 6, 21, CODE_E201, "a sequence for `at`", "at: [3, 4]"},
    {POINT("{function: f, at: [1]}"), 6, 21, CODE_E403, "does not give `y` of `f`", ""},
    {POINT("{function: f, at: [1, 2, 3]}"), 6, 28, CODE_E403,
     "`f` takes 2 arguments, got 3", ""},
    {POINT("{function: f, at: {x: 1}}"), 6, 21, CODE_E403, "does not give `y` of `f`",
     "write it"},
    {POINT("{function: f, at: {x: 1, y: 2, z: 3}}"), 6, 34, CODE_E403,
     "`f` has no argument `z`", ""},
    {POINT("{function: f, at: [linspace(0, 1, 5), 3]}"), 6, 22, CODE_E110, "YAML split",
     "\"linspace(0, 1, 5)\""},
    {POINT("{function: f, at: [1, {file: a.txt}]}"), 6, 32, CODE_E210, "`a.txt` is no file",
     ".npy, .npz or .csv"},
    {POINT("{function: f, at: [1, {file: a.npy, key: b}]}"), 6, 44, CODE_E210, "`key`", ""},
    {POINT("{function: f, at: [1, [2, {re: 1, im: 2}]]}"), 6, 29, CODE_E208, "complex", ""},
    {POINT("{function: f, at: [1, 2], cotangent: {re: 1, im: 2}}"), 6, 40, CODE_E208,
     "compl", ""},
    {POINT("{function: f, at: [1, 2], tangent: 1}"), 6, 38, CODE_E201, "for `tangent`",
     "tangent: [3, 4]"},
    {POINT("{function: f, at: [1, 2], batch: false}"), 6, 36, CODE_E210, "`batch` is true",
     "leave `batch` out"},
    {POINT("{function: f, at: [1, 2], compute: grads}"), 6, 38, CODE_E210,
     "`grads` is noth", "did you mean `grad`? known: value, grad, jacobian, hessian, jvp"},
    {POINT("{function: f, at: [1, 2], compute: [3]}"), 6, 39, CODE_E201, "for `compute`",
     ""},
    {POINT("{function: f, at: [1, 2], compute: []}"), 6, 38, CODE_E206,
     "`compute` is empty", ""},
    {POINT("{function: f, at: [1, 2], argnums: 1.5}"), 6, 38, CODE_E201, "a number or name",
     ""},
    {POINT("{function: f, at: [1, 2], argnums: [+]}"), 6, 39, CODE_E204, "`argnums`", ""},
    {POINT("{function: f, at: [1, 2], name: 3}"), 6, 35, CODE_E201, "text for `name`",
     "quote"},
    {POINT("{function: f, at: [1, 2], name: \"a\\0b\"}"), 6, 35, CODE_E204, "NUL", ""},
    {POINT1("{function: f, at: [1], name: a}\n- {function: f, at: [1], name: a}"), 7, 32,
     CODE_E205, "a second point has the name `a`", "unique"},
    {POINT1("{function: f, at: [1], name: f#1}\n- {function: f, at: [1]}"), 7, 14,
     CODE_E205, "a second point has the name `f#1`", ""},
    {POINT1("{function: f, at: [1], expect: 3}"), 6, 34, CODE_E201, "for `expect`", ""},
    {POINT1("{function: f, at: [1], expect: {grad: [1]}}"), 6, 35, CODE_E202,
     "`grad` in `exp", "write `grads`"},
    {POINT1("{function: f, at: [1], expect: {rtol: -1}}"), 6, 41, CODE_E201, "for `rtol`",
     ""},
    {POINT1("{function: f, at: [1], expect: {error: E999}}"), 6, 42, CODE_E210, "`E999`",
     ""},
    {POINT1("{function: f, at: [1], expect: {error: E501, value: 1}}"), 6, 35, CODE_E210,
     "has no values", ""},
};

static const Diag *find_mistake(const Mistake *mistake) {
    for (uint32_t i = 0; i < diags.list.n; i++) {
        const Diag *diag = &diags.list.at[i];
        Place place = {0};
        if (diag->code == mistake->code &&
            base_source_find(diags.sources, diag->span, &place) &&
            place.line == mistake->line && place.column == mistake->column &&
            has(diag->message, mistake->message) && has(diag->hint, mistake->hint))
            return diag;
    }
    return NULL;
}

static const char *reported(void) {
    Text out = {.arena = arena};
    base_text_printf(&out, "%u mistakes\n", diags.errors);
    base_diags_text(&diags, false, &out);
    return out.at;
}

// Whether this mistake, and no other, was reported; says so if not.
static bool is_only(const Mistake *mistake) {
    if (diags.errors == 1 && find_mistake(mistake)) return true;
    print_error("%s\nexpected %s at %u:%u, got\n%s", mistake->text,
                base_code_name(mistake->code), mistake->line, mistake->column, reported());
    return false;
}

static void test_mistakes(void **state) {
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < COUNT(mistakes); i++)
        wrong += read_spec(mistakes[i].text) != FAILED || !is_only(&mistakes[i]);
    assert_int_equal(wrong, 0);
}

// One run reports every mistake, in the order of the text.
static void test_several(void **state) {
    (void)state;
    static const Mistake all[] = {
        {"", 2, 1, CODE_E202, "unknown key `dtyp`", "`dtype`"},
        {"", 4, 7, CODE_E305, "expected `)`", ""},
        {"", 7, 15, CODE_E207, "`flot32` is no type", "`float32`"},
        {"", 8, 14, CODE_E305, "expected `)`", ""},
        {"", 9, 18, CODE_E401, "unknown name `q`", ""},
        {"", 11, 11, CODE_E201, "a sequence for `args`", ""},
        {"", 14, 12, CODE_E401, "unknown name `r`", ""},
        {"", 16, 3, CODE_E202, "unknown key `funktion`", "`function`"},
        {"", 17, 13, CODE_E401, "unknown name `s`", ""},
    };
    assert_int_equal(read_spec("version: 1\ndtyp: float32\nconstants:\n  a: (\nfunctions:\n"
                               "  f:\n    args: {x: flot32}\n    value: (x\n"
                               "    let: {b: a + q}\n"
                               "  h:\n    args: x\n    value: x\n"
                               "  k:\n    value: r + h(a)\npoints:\n"
                               "- funktion: f\n- function: s\n"),
                     FAILED);
    assert_int_equal(diags.errors, COUNT(all));
    for (size_t i = 0; i < COUNT(all); i++) {
        if (!find_mistake(&all[i])) fail_msg("mistake %zu is missing\n%s", i, reported());
        if (i) assert_true(diags.list.at[i - 1].span.at <= diags.list.at[i].span.at);
    }
}

// A mistake that an alias repeats is shown at both places.
static void test_alias(void **state) {
    (void)state;
    assert_int_equal(
        read_spec("version: 1\nfunctions:\n  f: &f {value: 1, a: 2}\n  h: *f\n"), FAILED);
    assert_int_equal(diags.errors, 2);
    assert_place(diags.list.at[1].span, 3, 20);
    assert_place(diags.list.at[1].also, 4, 6);
}

static void test_json_mistakes(void **state) {
    (void)state;
    static const Mistake table[] = {
        {"{\"version\": 1, \"functions\":\n {\"f\": {\"value\": \"\\u0031 + \\u0071\"}}}",
         2, 28, CODE_E401, "unknown name `q`", ""},
        {"{\"version\": 1,\n \"functions\": {\"f\": {\"args\": [\"x\"], \"value\": null}}}",
         2, 46, CODE_E201, "an expression for `value`, got null", "None"},
        {"{\"version\": 1,\n \"functions\": {\"f\": {\"args\": [\"x\"], \"value\": "
         "[\"(x\", 1]}}}",
         2, 50, CODE_E305, "", ""},
        {"{\"version\": 1.0}", 1, 13, CODE_E201, "an integer for `version`", ""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(read_spec(table[i].text), FAILED);
        assert_true(is_only(&table[i]));
    }
}

// ---- Command-line texts -----------------------------------------------------

static SpecText add_text(const char *text) {
    SpecText added = {base_str(text), 0};
    assert_int_equal(base_source_add(diags.sources, STR("text"), added.text, &added.at),
                     OK);
    return added;
}

static void test_one_liner(void **state) {
    (void)state;
    static const Str xy[] = {{"x", 1}, {"y", 1}}, g[] = {{"g", 1}};
    static const struct {
        const char *value, *vjp;
        uint32_t n;
        const Str *args;
        const char *expected; // or a mistake:
        Code code;
        uint32_t column;
        const char *message;
    } table[] = {
        {"x * y", NULL, 2, xy, "f(x, y) = (x * y)\n", 0, 0, ""},
        {"pi", NULL, 0, NULL, "f() = pi\n", 0, 0, ""},
        {"x", "g * x", 1, xy, "f(x) = x vjp(g) grad (g * x)\n", 0, 0, ""},
        {"x", "g, None", 2, xy, "f(x, y) = x vjp(g) grad g grad None\n", 0, 0, ""},
        {"x", "vjp(cos, x)", 2, xy, "f(x, y) = x vjp(g) all vjp(cos, x)\n", 0, 0, ""},
        {"g", NULL, 1, g, "f(g) = g\n", 0, 0, ""},
        {"x * z", NULL, 1, xy, NULL, CODE_E401, 5, "unknown name `z`"},
        {"x", "(g, h)", 2, xy, NULL, CODE_E401, 5, "unknown name `h`"},
        {"x", "(g, g, g)", 2, xy, NULL, CODE_E206, 1, "expected 2 entries"},
        {"x", "g", 0, NULL, NULL, CODE_E206, 1, "expected 0 entries"},
        {"g", "g", 1, g, NULL, CODE_E205, 1, "the name `g` of the cotangent"},
        {"x +", "g", 1, xy, NULL, CODE_E301, 4, "expected"},
        {"x", "g +", 1, xy, NULL, CODE_E301, 4, "expected"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        read_spec("version: 1");
        const uint32_t errors = diags.errors;
        const SpecText value = add_text(table[i].value);
        const SpecText vjp = table[i].vjp ? add_text(table[i].vjp) : (SpecText){0};
        const Status status = front_one_liner(arena, &diags, table[i].n, table[i].args,
                                              value, table[i].vjp ? &vjp : NULL, &spec);
        assert_int_equal(status, table[i].expected ? OK : FAILED);
        if (table[i].expected) {
            assert_string_equal(described(), table[i].expected);
            continue;
        }
        const Mistake mistake = {table[i].value,   1, table[i].column, table[i].code,
                                 table[i].message, ""};
        if (!find_mistake(&mistake)) fail_msg("%s\n%s", table[i].value, reported());
        assert_true(diags.errors > errors);
    }
}

static void test_parse_in_spec(void **state) {
    (void)state;
    Expr *expr;
    assert_int_equal(read_spec("version: 1\nconstants: {c: 1}\nfunctions: {f: {value: 1}}"),
                     OK);
    assert_int_equal(front_parse_in_spec(arena, &diags, spec,
                                         add_text("lambda x: f() + c * x + pi"), &expr),
                     OK);
    assert_int_equal(expr->kind, EXPR_LAMBDA);
    assert_int_equal(front_parse_in_spec(arena, &diags, spec, add_text("f() + x"), &expr),
                     FAILED);
    assert_true(is_only(&(Mistake){"", 1, 7, CODE_E401, "unknown name `x`", ""}));
    assert_int_equal(front_parse_in_spec(arena, &diags, spec, add_text("f("), &expr),
                     FAILED);
}

static void test_arguments(void **state) {
    (void)state;
    RequestText *args;
    uint32_t n;
    static const struct {
        const char *text, *expected;
    } right[] = {
        {"", ""},
        {"x=3, y=[1, 2]", "1:1 x = 1:3 3\n1:6 y = 1:8 [1, 2]\n"},
        {" x = (1,\n 2) , ab=x # two", "1:2 x = 1:6 (1, 2)\n2:7 ab = 2:10 x\n"},
    };
    for (size_t i = 0; i < COUNT(right); i++) {
        read_spec("version: 1");
        assert_int_equal(
            front_parse_arguments(arena, &diags, add_text(right[i].text), &n, &args), OK);
        Text out = {.arena = arena};
        base_text_printf(&out, "%s", "");
        for (uint32_t k = 0; k < n; k++) {
            const Place name = place_of(args[k].span), value = place_of(args[k].expr->span);
            base_text_printf(&out, "%u:%u %.*s = %u:%u ", name.line, name.column,
                             STR_ARG(args[k].name), value.line, value.column);
            lang_print(args[k].expr, &out);
            base_text_char(&out, '\n');
        }
        assert_string_equal(out.at, right[i].expected);
    }
    static const Mistake wrong[] = {
        {"3, y=4", 1, 1, CODE_E307, "the name of an argument and its value", "name=value"},
        {"x=1, y", 1, 6, CODE_E307, "", ""},
        {"*t", 1, 1, CODE_E307, "the name of an argument", "name=value"},
        {"x=1, x=2", 1, 6, CODE_E307, "duplicate keyword argument `x`", ""},
        {"x=1 y=2", 1, 5, CODE_E301, "found `y`", ""},
        {"x=1)(y=2", 1, 1, CODE_E307, "the name of an argument", ""},
        {"x=1) + f(y=2", 1, 1, CODE_E307, "the name of an argument", ""},
        {"if=1", 1, 1, CODE_E310, "`if`", ""},
        {"x=[1, 2", 1, 8, CODE_E305, "expected `]`", ""},
        {"x=1 +, y=2", 1, 6, CODE_E301, "", ""},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        read_spec("version: 1");
        assert_int_equal(
            front_parse_arguments(arena, &diags, add_text(wrong[i].text), &n, &args),
            FAILED);
        assert_true(is_only(&wrong[i]));
    }
}

// ---- Size -------------------------------------------------------------------

static void add_lets(Text *text, int n) {
    base_text_add(text, STR("version: 1\nfunctions:\n  f:\n    args: [x]\n    let:\n"));
    for (int i = 0; i < n; i++)
        base_text_printf(text, "      a%d: %s%d + x\n", i, i ? "a" : "", i ? i - 1 : 0);
}

// Long sums and many lets cost time in proportion, and no depth of the C stack.
static void test_large(void **state) {
    (void)state;
    enum { TERMS = 300000, LETS = 100000 };
    Arena *own = base_arena_new();
    Text sum = {.arena = own}, lets = {.arena = own};
    base_text_add(&sum, STR("version: 1\nfunctions: {f: {args: [x], value: x"));
    for (int i = 0; i < TERMS; i++)
        base_text_add(&sum, STR(" + x"));
    base_text_add(&sum, STR(" + q}}"));
    assert_int_equal(read_text(sum.at, DOC_FORMAT_GUESS), OK);
    assert_int_equal(front_read_spec(arena, &diags, root, STR("doc"), &spec), FAILED);
    assert_int_equal(diags.errors, 1);
    assert_true(has(diags.list.at[0].message, "unknown name `q`"));
    add_lets(&lets, LETS);
    base_text_printf(&lets, "    value: a%d\n    vjp: g * a%d\n", LETS - 1, LETS);
    assert_int_equal(read_text(lets.at, DOC_FORMAT_GUESS), OK);
    assert_int_equal(front_read_spec(arena, &diags, root, STR("doc"), &spec), FAILED);
    assert_int_equal(diags.errors, 1);
    assert_true(has(diags.list.at[0].message, "unknown name `a100000`"));
    base_arena_free(own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_good, forget),
        cmocka_unit_test_teardown(test_json, forget),
        cmocka_unit_test_teardown(test_mistakes, forget),
        cmocka_unit_test_teardown(test_several, forget),
        cmocka_unit_test_teardown(test_alias, forget),
        cmocka_unit_test_teardown(test_json_mistakes, forget),
        cmocka_unit_test_teardown(test_one_liner, forget),
        cmocka_unit_test_teardown(test_parse_in_spec, forget),
        cmocka_unit_test_teardown(test_arguments, forget),
        cmocka_unit_test_teardown(test_large, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
