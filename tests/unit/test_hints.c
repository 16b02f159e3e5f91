// "Did you mean": what is proposed for words that are unknown, at every level of a spec.
#include "doc_fixture.h"

#include "front/aliases.h"
#include "front/spec.h"

static Spec *spec;

static void read_spec(const char *text) {
    spec = NULL;
    Status status = read_text(text, DOC_FORMAT_YAML);
    if (root) status = front_read_spec(arena, &diags, root, STR("doc"), &spec);
    assert_int_not_equal(status, NOMEM);
    base_diags_sort(&diags);
}

static const char *said(void) {
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    base_diags_text(&diags, false, &out);
    return out.at;
}

// ---- The table of aliases ---------------------------------------------------

#define F(line)                                                                            \
    "version: 1\nfunctions:\n  f:\n    args: [a, b, c, x, y]\n    value: " line "\n"

// What is proposed exists; what it is proposed for does not.
static void aliases_name_what_there_is(void **state) {
    (void)state;
    const Alias *alias;
    for (uint32_t i = 0; (alias = front_alias_row(i)) != NULL; i++) {
        char text[400];
        if (alias->kind != ALIAS_NAME) continue;
        if (front_is_builtin(base_str(alias->word))) fail_msg("there is %s", alias->word);
        snprintf(text, sizeof text, F("(%s, x)"), alias->word);
        read_spec(text);
        if (diags.errors != 1 || diags.list.at[0].hint.n == 0)
            fail_msg("%s: %s", alias->word, said());
        snprintf(text, sizeof text, F("\"%s\""), alias->mend ? alias->mend : "x");
        read_spec(text);
        if (diags.errors) fail_msg("%s: %s", alias->word, said());
    }
}

// ---- Hints ------------------------------------------------------------------

#define POINT(text)                                                                        \
    "version: 1\nfunctions:\n  f: {args: {alpha: , x: }, value: alpha * "                  \
    "x}\npoints:\n- " text "\n"

static const struct {
    const char *text;
    Code code;
    const char *hint; // a part of it; "" where there is none
} cases[] = {
    // keys, at every level
    {"versoin: 1", CODE_E202, "did you mean `version`? known: version, dtype"},
    {"version: 1\nvjp: g", CODE_E202, "`vjp` is a key of a function"},
    {"version: 1\ntests: []", CODE_E202, "write `points`"},
    {"version: 1\nfunctions: {f: {value: 1, expression: 2}}", CODE_E202, "write `value`"},
    {"version: 1\nfunctions: {f: {value: 1, at: 2}}", CODE_E202,
     "`at` is a key of a point"},
    {"version: 1\nfunctions: {f: {value: 1, grads: 2}}", CODE_E202,
     "`grads` is a key of `expect` or `vjp`"},
    {"version: 1\nfunctions: {f: {args: [x], value: x, params: 2}}", CODE_E202,
     "write `args`"},
    {"version: 1\nfunctions: {f: {args: [x], value: x, y}}", CODE_E202,
     "text that holds a comma stands in quotes"},
    {"version: 1\nfunctions: {f: {args: {x: {tpye: float64}}, value: x}}", CODE_E202,
     "did you mean `type`?"},
    {"version: 1\nfunctions: {f: {args: {x: {dtype: float64}}, value: x}}", CODE_E202,
     "write `type`"},
    {"version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grad: g}}}", CODE_E202,
     "write `grads`"},
    {"version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: g, lets: {}}}}",
     CODE_E202, "did you mean `let`?"},
    {"version: 1\nfunctions: {f: {args: [x], value: x, jvp: {tangnet: dx}}}", CODE_E202,
     "did you mean `tangent`?"},
    {POINT("{function: f, at: [1, 2], vjp: g}"), CODE_E202, "`vjp` is a key of a function"},
    {POINT("{function: f, args: [1, 2]}"), CODE_E202, "write `at`"},
    {POINT("{function: f, at: [1, 2], expct: {}}"), CODE_E202, "did you mean `expect`?"},
    {POINT("{function: f, at: [1, 2], expect: {vlaue: 1}}"), CODE_E202,
     "did you mean `value`?"},
    {POINT("{function: f, at: [1, 2], expect: {tol: 1}}"), CODE_E202, "write `rtol`"},
    // functions, arguments
    {POINT("{function: g, at: [1, 2]}"), CODE_E401, ""},
    {POINT("{function: F, at: [1, 2]}"), CODE_E401, "did you mean `f`?"},
    {POINT("{function: f, at: {alhpa: 1, x: 2}}"), CODE_E403,
     "did you mean `alpha`? its arguments are alpha, x"},
    {POINT("{function: f, at: {alpha: 1, y: 2}}"), CODE_E403, "its arguments are alpha, x"},
    {"version: 1\nfunctions: {f: {args: [xs], value: xs, domain: {x: [0, 1]}}}", CODE_E401,
     "its argument is xs"},
    {"version: 1\nfunctions: {f: {args: [xs], value: xs, vjp: {grads: {ys: g}}}}",
     CODE_E401, "did you mean `xs`?"},
    {"version: 1\nfunctions: {f: {value: 1, domain: {x: [0, 1]}}}", CODE_E401,
     "it takes no arguments"},
    // names in expressions
    {F("sinn(x)"), CODE_E401, "did you mean `sin`?"},
    {F("SIN(x)"), CODE_E401, "did you mean `sin`?"},
    {F("ln(x)"), CODE_E401, "write `log`"},
    {F("gamma(x)"), CODE_E401, "gammaln"},
    {F("torch.sin(x)"), CODE_E401, "`jnp.sin(x)`"},
    {F("math.pi"), CODE_E401, "write `sin(x)`"},
    {F("where(true, x, y)"), CODE_E401, "write `True`"},
    {F("Infinity"), CODE_E401, "write `inf`"},
    {F("cumprod(x)"), CODE_E401, "not among the built-ins of this version"},
    {F("X + x"), CODE_E401, "did you mean `x`?"},
    {F("q + x"), CODE_E401, ""},
    {F("q + q * q"), CODE_E401, ""}, // once
    {"version: 1\nconstants: {gravity: 9.81}\nfunctions: {f: {value: gravty}}", CODE_E401,
     "did you mean `gravity`?"},
    {"version: 1\nfunctions: {f: {let: {scale: 2}, value: scael}}", CODE_E401,
     "did you mean `scale`?"},
    // types, dtypes, what is computed
    {"version: 1\nfunctions: {f: {args: {x: double}, value: x}}", CODE_E207,
     "write `float64`"},
    {"version: 1\nfunctions: {f: {args: {x: string}, value: 1}}", CODE_E207, "write `str`"},
    {"version: 1\nfunctions: {f: {args: {x: flaot64}, value: x}}", CODE_E207,
     "did you mean `float64`?"},
    {"version: 1\ndtype: double", CODE_E210, "write `float64`"},
    {"version: 1\ndtype: flaot32", CODE_E210, "did you mean `float32`?"},
    {"version: 1\ndtype: int", CODE_E210, "known: float32, float64"},
    {POINT("{function: f, at: [1, 2], compute: gradient}"), CODE_E210, "write `grad`"},
    {POINT("{function: f, at: [1, 2], compute: jacobain}"), CODE_E210,
     "did you mean `jacobian`? known: value, grad"},
};

static void each_unknown_word_has_its_hint(void **state) {
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        read_spec(cases[i].text);
        const Diag *diag = &diags.list.at[0];
        if (diags.errors == 1 && diag->code == cases[i].code &&
            (cases[i].hint[0] ? has(diag->hint, cases[i].hint) : diag->hint.n == 0))
            continue;
        wrong++;
        print_error("%s\nexpected %s with the hint %s, got\n%s\n", cases[i].text,
                    base_code_name(cases[i].code), cases[i].hint, said());
    }
    assert_int_equal(wrong, 0);
}

static void several_mistakes_show_at_once(void **state) {
    static const char text[] = "version: 1\n"
                               "dtyp: float64\n"
                               "constants: {tau: 2 * Pi}\n"
                               "functions:\n"
                               "  f:\n"
                               "    args: [x, y]\n"
                               "    value: x * z + z\n"
                               "    vjp: [g]\n"
                               "  h:\n"
                               "    args: [x]\n"
                               "    value: x +\n"
                               "points:\n"
                               "  - function: q\n"
                               "    at: {a: 1}\n"
                               "    compute: gard\n"
                               "  - {function: h, at: {z: 1}}\n";
    static const struct {
        Code code;
        uint32_t line;
    } expected[] = {{CODE_E202, 2},  {CODE_E401, 3},  {CODE_E401, 7},  {CODE_E206, 8},
                    {CODE_E301, 11}, {CODE_E401, 13}, {CODE_E210, 15}, {CODE_E403, 16}};
    (void)state;
    read_spec(text);
    bool right = diags.errors == COUNT(expected) && diags.warnings == 0;
    for (size_t i = 0; right && i < COUNT(expected); i++)
        right = diags.list.at[i].code == expected[i].code &&
                place_of(diags.list.at[i].span).line == expected[i].line;
    if (!right) fail_msg("%s", said());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(aliases_name_what_there_is, forget),
        cmocka_unit_test_teardown(each_unknown_word_has_its_hint, forget),
        cmocka_unit_test_teardown(several_mistakes_show_at_once, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
