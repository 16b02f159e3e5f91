// The grammar: trees, places, mistakes and how parsing goes on behind them, depth and size.
#include "base/limits.h"
#include "lang/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct Fixture {
    Arena *arena;
    Diags diags;
} Fixture;

static int new_fixture(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    fixture->arena = base_arena_new();
    fixture->diags.arena = fixture->arena;
    fixture->diags.sources = base_sources_new(fixture->arena);
    *state = fixture;
    return 0;
}

static int free_fixture(void **state) {
    Fixture *fixture = *state;
    base_arena_free(fixture->arena);
    free(fixture);
    return 0;
}

// What a text adds to the diagnostics begins at list.at[*first].
static Status parse(Fixture *fixture, Str text, uint32_t *at, Expr **root) {
    fixture->diags.list.n = fixture->diags.errors = 0;
    assert_int_equal(base_source_add(fixture->diags.sources, STR("-"), text, at), OK);
    return lang_parse(fixture->arena, &fixture->diags, text, *at, root);
}

static Expr *parse_ok(Fixture *fixture, Str text) {
    uint32_t at;
    Expr *root;
    if (parse(fixture, text, &at, &root) != OK) {
        Text shown = {.arena = fixture->arena};
        base_diags_text(&fixture->diags, false, &shown);
        fail_msg("%s", shown.at);
    }
    return root;
}

static const char *print(Fixture *fixture, const Expr *expr) {
    Text text = {.arena = fixture->arena};
    lang_print(expr, &text);
    assert_false(text.failed);
    return text.at;
}

// ---- Trees ------------------------------------------------------------------

static const struct {
    const char *text, *tree;
} TREES[] = {
    // Literals and names.
    {"3", "3"},
    {"1_000", "1_000"},
    {"0x1F", "0x1F"},
    {"2.5e-3", "2.5e-3"},
    {"2J", "2j"},
    {"x", "x"},
    {"True", "True"},
    {"False", "False"},
    {"None", "None"},
    {"...", "..."},
    {"'a\"b'", "\"a\\\"b\""},
    {"'a' \"b\"\n'''c'''", "\"abc\""},
    {"'\\n\\t\\\\\\x01é'", "\"\\n\\t\\\\\\x01é\""},
    // Precedence, each level against the next.
    {"a or b and c", "(a or (b and c))"},
    {"a and b or c", "((a and b) or c)"},
    {"a and not b", "(a and (not b))"},
    {"not a and b", "((not a) and b)"},
    {"not a == b", "(not (a == b))"},
    {"not not a", "(not (not a))"},
    {"not a in b", "(not (a in b))"},
    {"a < b | c", "(a < (b | c))"},
    {"a | b < c", "((a | b) < c)"},
    {"a | b ^ c", "(a | (b ^ c))"},
    {"a ^ b | c", "((a ^ b) | c)"},
    {"a ^ b & c", "(a ^ (b & c))"},
    {"a & b ^ c", "((a & b) ^ c)"},
    {"a & b << c", "(a & (b << c))"},
    {"a << b & c", "((a << b) & c)"},
    {"a << b + c", "(a << (b + c))"},
    {"a + b << c", "((a + b) << c)"},
    {"a + b * c", "(a + (b * c))"},
    {"a * b + c", "((a * b) + c)"},
    {"a * -b", "(a * (-b))"},
    {"-a * b", "((-a) * b)"},
    {"-a ** b", "(-(a ** b))"},
    {"a ** -b", "(a ** (-b))"},
    {"2 ** -1 ** x", "(2 ** (-(1 ** x)))"},
    {"-x.T ** y(1)", "(-(x.T ** y(1)))"},
    {"~a ** b", "(~(a ** b))"},
    {"- + ~ a", "(-(+(~a)))"},
    {"a @ b @ c", "((a @ b) @ c)"},
    // Associativity.
    {"a - b - c", "((a - b) - c)"},
    {"a - (b - c)", "(a - (b - c))"},
    {"a / b * c // d % e", "((((a / b) * c) // d) % e)"},
    {"a << b >> c", "((a << b) >> c)"},
    {"a & b & c", "((a & b) & c)"},
    {"a | b | c", "((a | b) | c)"},
    {"a ** b ** c", "(a ** (b ** c))"},
    {"(a ** b) ** c", "((a ** b) ** c)"},
    {"a and b and c", "((a and b) and c)"},
    {"a or b or c", "((a or b) or c)"},
    // Comparisons.
    {"a == b", "(a == b)"},
    {"a != b", "(a != b)"},
    {"a < b <= c > d >= e", "(a < b <= c > d >= e)"},
    {"a in b not in c", "(a in b not in c)"},
    {"a is b is not c", "(a is b is not c)"},
    {"a is not\nb", "(a is not b)"},
    {"(a < b) < c", "((a < b) < c)"},
    {"a < (b < c)", "(a < (b < c))"},
    {"a + 1 < b - 1", "((a + 1) < (b - 1))"},
    {"a < b and c < d", "((a < b) and (c < d))"},
    // if and lambda.
    {"a if c else b", "(a if c else b)"},
    {"a if c else b if d else e", "(a if c else (b if d else e))"},
    {"(a if c else b) if d else e", "((a if c else b) if d else e)"},
    {"a if b if c else d else e", NULL},
    {"a or b if c or d else e or f", "((a or b) if (c or d) else (e or f))"},
    {"a + 1 if c else b + 1", "((a + 1) if c else (b + 1))"},
    {"lambda: 1", "(lambda: 1)"},
    {"lambda x: x", "(lambda x: x)"},
    {"lambda x, y: x + y", "(lambda x, y: (x + y))"},
    {"lambda x,: x", "(lambda x: x)"},
    {"lambda x, y=1: x", "(lambda x, y=1: x)"},
    {"lambda x=a if c else b: x", "(lambda x=(a if c else b): x)"},
    {"lambda *xs: xs", "(lambda *xs: xs)"},
    {"lambda x, *xs, k, j=2: x", "(lambda x, *xs, k, j=2: x)"},
    {"lambda x=1, *, k, j: x", "(lambda x=1, *, k, j: x)"},
    {"lambda: lambda: a", "(lambda: (lambda: a))"},
    {"lambda: a, b", "((lambda: a), b)"},
    {"lambda: a if c else b", "(lambda: (a if c else b))"},
    {"a if c else lambda: b", "(a if c else (lambda: b))"},
    {"lambda x=lambda y: y: x", "(lambda x=(lambda y: y): x)"},
    // Tuples and lists.
    {"()", "()"},
    {"(a)", "a"},
    {"((a))", "a"},
    {"(a,)", "(a,)"},
    {"(a, b)", "(a, b)"},
    {"(a, b,)", "(a, b)"},
    {"a, b", "(a, b)"},
    {"a,", "(a,)"},
    {"a, (b, c), ()", "(a, (b, c), ())"},
    {"*a, b", "(*a, b)"},
    {"(*a,)", "(*a,)"},
    {"[]", "[]"},
    {"[a]", "[a]"},
    {"[a, b,]", "[a, b]"},
    {"[*a, *b | c]", "[*a, *(b | c)]"},
    {"[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"},
    // Records.
    {"{}", "{}"},
    {"{\"k\": a}", "{\"k\": a}"},
    {"{'k' 'l': a, \"m\": b + 1,}", "{\"kl\": a, \"m\": (b + 1)}"},
    {"{'k': lambda: a, 'l': {}}", "{\"k\": (lambda: a), \"l\": {}}"},
    // Calls.
    {"f()", "f()"},
    {"f(a)", "f(a)"},
    {"f(a, b,)", "f(a, b)"},
    {"f(a)(b)(c)", "f(a)(b)(c)"},
    {"f(a, k=b, j=c)", "f(a, k=b, j=c)"},
    {"f(*a, b, *c, k=1)", "f(*a, b, *c, k=1)"},
    {"f(k=1, *a)", "f(k=1, *a)"},
    {"f(*a or b)", "f(*(a or b))"},
    {"f((a, b))", "f((a, b))"},
    {"f(a == b)", "f((a == b))"},
    {"f(k = lambda x: x)", "f(k=(lambda x: x))"},
    {"(lambda x: x)(1)", "(lambda x: x)(1)"},
    {"[a](1)", "[a](1)"},
    {"f(x for x in y)", "f((x for x in y))"},
    {"f((x for x in y), 1)", "f((x for x in y), 1)"},
    // Indices and attributes.
    {"x[i]", "x[i]"},
    {"x[i][j]", "x[i][j]"},
    {"x[i, j]", "x[i, j]"},
    {"x[(i, j)]", "x[i, j]"},
    {"x[i,]", "x[i,]"},
    {"x[()]", "x[()]"},
    {"x[:]", "x[:]"},
    {"x[1:]", "x[1:]"},
    {"x[:1]", "x[:1]"},
    {"x[a:b:c]", "x[a:b:c]"},
    {"x[::]", "x[:]"},
    {"x[::-1]", "x[::(-1)]"},
    {"x[1:, ::-1]", "x[1:, ::(-1)]"},
    {"x[..., None]", "x[..., None]"},
    {"x[*i, 1]", "x[*i, 1]"},
    {"x[*i]", "x[*i,]"},
    {"x[a if c else b:lambda: 1]", "x[(a if c else b):(lambda: 1)]"},
    {"x.T", "x.T"},
    {"x.at[i].set(v, mode='drop')", "x.at[i].set(v, mode=\"drop\")"},
    {"jax.nn.relu(x)", "jax.nn.relu(x)"},
    {"1 .real", "(1).real"},
    {"2.5.real + 1j.imag", "((2.5).real + (1j).imag)"},
    {"\"a\".b", "\"a\".b"},
    {"x\n  .T", "x.T"},
    {"x . T", "x.T"},
    {"grad(f)(x)[0].T ** 2", "(grad(f)(x)[0].T ** 2)"},
    // Comprehensions.
    {"[x for x in y]", "[x for x in y]"},
    {"(x for x in y)", "(x for x in y)"},
    {"[x for x in y if a if b]", "[x for x in y if a if b]"},
    {"[x + z for x in y for z in x if z]", "[(x + z) for x in y for z in x if z]"},
    {"[a for a, b in y]", "[a for (a, b) in y]"},
    {"[a for (a, b) in y]", "[a for (a, b) in y]"},
    {"[a for a, in y]", "[a for (a,) in y]"},
    {"[a for (a) in y]", "[a for a in y]"},
    {"[_ for _, _ in y]", "[_ for (_, _) in y]"},
    {"[x for x in a or b]", "[x for x in (a or b)]"},
    {"[x for x in (a if c else b)]", "[x for x in (a if c else b)]"},
    {"[a if c else b for x in y]", "[(a if c else b) for x in y]"},
    {"[(a, b) for a in y]", "[(a, b) for a in y]"},
    {"[[x for x in y] for y in z]", "[[x for x in y] for y in z]"},
    {"[(x for x in y)]", "[(x for x in y)]"},
    {"sum(x[i] for i in range(3))", "sum((x[i] for i in range(3)))"},
    // White space.
    {"  a  ", "a"},
    {"a # b\n + c", "(a + c)"},
    {"(\n  a,\n  b  # c\n)", "(a, b)"},
    {"a +\n\n b", "(a + b)"},
    {"a\n+ b", "(a + b)"},
    {"a + \\\n b", "(a + b)"},
};

static void trees_are_pythons(void **state) {
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(TREES); i++) {
        uint32_t at;
        Expr *root;
        const Status status = parse(fixture, base_str(TREES[i].text), &at, &root);
        if (status != (TREES[i].tree ? OK : FAILED))
            fail_msg("status of: %s", TREES[i].text);
        if (TREES[i].tree) assert_string_equal(print(fixture, root), TREES[i].tree);
    }
}

// What is printed parses to what it was printed from.
static void printed_text_is_a_fixed_point(void **state) {
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(TREES); i++)
        if (TREES[i].tree)
            assert_string_equal(print(fixture, parse_ok(fixture, base_str(TREES[i].tree))),
                                TREES[i].tree);
}

// ---- Places -----------------------------------------------------------------

// Slices, tuples of them, and a lone starred value.
static bool is_index_only(const Expr *expr) {
    const bool tuple = expr->kind == EXPR_TUPLE;
    for (uint32_t i = 0; tuple && i < expr->n; i++)
        if (expr->items[i]->kind == EXPR_SLICE) return true;
    if (tuple && expr->n == 1 && expr->items[0]->kind == EXPR_STAR && !expr->bracketed)
        return true;
    return expr->kind == EXPR_SLICE;
}

// The text under a span, parsed alone, is the node again: nothing of it is missing, and
// nothing else is in it. Parts that are no expressions are wrapped into one.
static void check_span(Fixture *fixture, const Expr *expr, Str text, uint32_t at) {
    assert_true(expr->span.at >= at && expr->span.at + expr->span.n <= at + text.n);
    const Str own = {text.at + (expr->span.at - at), expr->span.n};
    const bool argument = expr->kind == EXPR_STAR || expr->kind == EXPR_KEYWORD ||
                          (expr->kind == EXPR_COMP && !expr->is_list && own.at[0] != '(');
    const bool index = is_index_only(expr);
    const char *format = argument ? "f(%.*s)" : index ? "x[%.*s]" : "%.*s";
    const Expr *again =
        parse_ok(fixture, base_str(base_hint(&fixture->diags, format, STR_ARG(own))));
    if (argument || index) again = again->items[1];
    assert_string_equal(print(fixture, again), print(fixture, expr));
    assert_int_equal(again->bracketed, expr->bracketed);
}

static void check_operator(const Expr *expr, Str text, uint32_t at) {
    const Str op = {text.at + (expr->op_span.at - at), expr->op_span.n};
    const Str word = expr->kind == EXPR_ATTR || expr->kind == EXPR_KEYWORD ? expr->text
                     : expr->kind == EXPR_AND                              ? STR("and")
                     : expr->kind == EXPR_OR                               ? STR("or")
                     : expr->kind == EXPR_NOT                              ? STR("not")
                     : expr->kind == EXPR_IF                               ? STR("if")
                     : expr->kind == EXPR_LAMBDA                           ? STR("lambda")
                     : expr->kind == EXPR_COMP                             ? STR("for")
                     : expr->kind == EXPR_STAR                             ? STR("*")
                     : expr->kind == EXPR_UNARY || expr->kind == EXPR_BINARY
                         ? base_str(lang_op_text(expr->op))
                         : STR("");
    if (word.n > 0 && !base_str_eq(op, word))
        fail_msg("operator \"%.*s\" for \"%.*s\"", STR_ARG(op), STR_ARG(word));
    if (expr->kind == EXPR_CALL) assert_int_equal(op.at[0], '(');
    if (expr->kind == EXPR_INDEX) assert_int_equal(op.at[0], '[');
}

static void check_places(Fixture *fixture, const Expr *expr, Str text, uint32_t at) {
    if (!expr) return;
    check_span(fixture, expr, text, at);
    check_operator(expr, text, at);
    for (uint32_t i = 0; i < expr->n; i++)
        check_places(fixture, expr->items[i], text, at);
    for (uint32_t i = 0; expr->kind == EXPR_LAMBDA && i < expr->n_params; i++) {
        const ExprParam *param = &expr->params[i];
        assert_int_equal(param->span.n, param->name.n);
        assert_memory_equal(text.at + (param->span.at - at), param->name.at, param->name.n);
        check_places(fixture, param->fallback, text, at);
    }
    for (uint32_t i = 0; expr->kind == EXPR_COMP && i < expr->n_clauses; i++) {
        const ExprClause *clause = &expr->clauses[i];
        check_places(fixture, clause->target, text, at);
        check_places(fixture, clause->source, text, at);
        for (uint32_t k = 0; k < clause->n_conditions; k++)
            check_places(fixture, clause->conditions[k], text, at);
    }
}

static void spans_cover_their_nodes_exactly(void **state) {
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(TREES); i++) {
        uint32_t at;
        Expr *root;
        const Str text = base_str(TREES[i].text);
        if (parse(fixture, text, &at, &root) == OK) check_places(fixture, root, text, at);
    }
}

// ---- Mistakes ---------------------------------------------------------------

// The mistakes of a text, as "code@column …"; part of the first one's message or hint.
static const struct {
    const char *text, *mistakes, *part;
} MISTAKES[] = {
    {"", "E301@1", "found nothing"},
    {" # a comment", "E301@13", "found nothing"},
    {",", "E301@1", "found `,`"},
    {"x +", "E301@4", "`+` needs a value on its right"},
    {"x ** ** 2", "E301@6", "`**` needs a value on its right"},
    {"50%", "E301@4", "`%` needs a value on its right"},
    {"|x|", "E301@1", "an absolute value is `abs(x)`"},
    {"x.^2", "E301@3", "`x ** 2`"},
    {"x.*y", "E301@3", "element by element"},
    {".x", "E301@1", "`r.x`"},
    {"sin x", "E301@5", "a call `f(x)`"},
    {"sum(x, axis 0)", "E301@13", "`name=value`"},
    {"x'", "E303@2", "a transpose is `x.T`"},
    {"x!", "E304@2", "gammaln"},
    {"1.2.3", "E302@1", "one decimal point"},
    {".5.", "E302@1", "one decimal point"},
    {"$x", "E304@1", "without `$`"},
    // A missing operand or operator.
    {"a +", "E301@4", "expected an expression, found the end"},
    {"a + * b", "E301@5", "found `*`"},
    {"* a", "E301@1", "`(*a,)`"},
    {"(*a)", "E301@2", "`(*a,)`"},
    {"a b", "E301@3", "expected an operator, `,` or the end, found `b`"},
    {"f(a b)", "E301@5", "expected an operator, `,` or `)`"},
    {"[a b]", "E301@4", "`,` or `]`"},
    {"f(, a)", "E301@3", "found `,`"},
    {"f(a,, b)", "E301@5", "found `,`"},
    {"not", "E301@4", "found the end"},
    {"x.", "E301@3", "the name of an attribute, found the end"},
    {"x.1", "E301@2", "found `.1`"},
    {"x[]", "E301@3", "`x[:]`"},
    {"x[a:b:c:d]", "E301@8", "found `:`"},
    {"a: b", "E301@2", "found `:`"},
    // `not`, `lambda` and `if` as operands.
    {"a == not b", "E301@6", "put it in brackets"},
    {"1 + lambda: 2", "E301@5", "put it in brackets"},
    {"a not b", "E301@7", "expected `in` behind `not`"},
    {"a if b", "E301@7", "expected `else`"},
    {"a if b, c", "E301@7", "expected `else`, found `,`"},
    {"a else b", "E301@3", "`a if c else b`"},
    {"if a else b", "E301@1", "`a if c else b`"},
    {"a if c else", "E301@12", "expected an expression"},
    // Statements.
    {"x = 1", "E301@3", "write `==` to compare"},
    {"x := 1", "E306@3", "assigns nothing"},
    {"x += 1", "E306@3", "`+=`"},
    {"a; b", "E306@2", "`let`"},
    {"f(a; b)", "E306@4", "write `,`"},
    {"return x", "E306@1", "write only the value"},
    {"(yield)", "E306@2", "range(3)"},
    {"await x", "E306@1", "leave it out"},
    {"import numpy", "E306@1", "need no import"},
    {"def f(x, y): return x", "E306@1", "`lambda x: …`"},
    {"while x", "E306@1", "[f(i) for i in range(3)]"},
    // What others write.
    {"a && b", "E304@3", "write `and`"},
    {"a || b && c", "E304@3 E304@8", "write `or`"},
    {"!a", "E304@1", "write `not x`"},
    {"a === b", "E304@3", "write `==`"},
    {"a <> b", "E304@3", "write `!=`"},
    {"c ? a : b", "E304@3", "`a if c else b`"},
    {"x²", "E304@2", "`x ** 2`"},
    {"a − b", "E304@3", "write `-`"},
    {"a × b ÷ c · d", "E304@3 E304@7 E304@11", "write `*`"},
    {"a ≤ b", "E304@3", "write `<=`"},
    {"f(“a”, b c)", "E304@3 E301@10", "U+201C"},
    {"π * α", "E304@1 E304@5", "write `pi`"},
    {"a\xC2\xA0+ b", "E304@2", "no-break space"},
    {"é + a\x01", "E304@1 E304@6", "U+00E9"},
    {"2x + 3y", "E302@1 E302@6", "`2 * x`"},
    {"1__0 + 0x + 1e + 01", "E302@1 E302@8 E302@13 E302@18", "underscore"},
    {"f\"a\" + b''", "E303@1 E303@8", "prefix"},
    {"'a\\qb\\x1'", "E303@3 E303@6", "unknown escape"},
    // Brackets.
    {"(", "E305@2", "add `)`"},
    {"f(a", "E305@4", "expected `)`, found the end"},
    {"f(g[h({x", "E305@9", "add `})])`"},
    {"f(a +", "E305@6", "add `)`"},
    {"f(\"a)", "E303@3", "closing"},
    {"a)", "E305@2", "`)` closes no bracket"},
    {"a), b c", "E305@2 E301@7", "`)` closes no bracket"},
    {"(a]", "E305@3", "expected `)`, found `]`"},
    {"f([a), b c", "E305@5 E301@10", "expected `]`, found `)`"},
    {"f([[g[a), b c", "E305@8 E301@13", "expected `]`, found `)`"},
    {"f(a], b c)", "E305@4 E301@9", "expected `)`, found `]`"},
    // Calls.
    {"f(k=1, a)", "E307@8", "behind a keyword argument"},
    {"f(k=1, k=2)", "E307@8", "duplicate keyword argument `k`"},
    {"f(**a)", "E307@3", "written out"},
    {"f(a: 1)", "E301@4", "`name=value`"},
    {"f(a.b=1)", "E301@6", "found `=`"},
    {"f((a)=1)", "E301@6", "found `=`"},
    {"f(lambda=1, k=b c)", "E310@3 E301@17", "`lambda` cannot be the name of an argument"},
    {"f(None=1, if=2)", "E310@3 E310@11", "`None`"},
    {"x.if + y.None", "E310@3 E310@10", "the name of an attribute"},
    {"f(x for x in y, 1)", "E307@3", "only argument"},
    {"f(x for x in y,)", "E307@3", "only argument"},
    {"f(1, x for x in y)", "E307@6", "only argument"},
    // Lambdas.
    {"lambda x y: x", "E301@10", "expected `,` or `:`"},
    {"lambda x", "E301@9", "expected `:`"},
    {"f(lambda x)", "E301@11", "expected `:`"},
    {"lambda x, x: x", "E308@11", "duplicate parameter `x`"},
    {"lambda x=1, y: x", "E308@13", "without a default"},
    {"lambda **k: k", "E308@8", "written out"},
    {"lambda x, /: x", "E308@11", "leave it out"},
    {"lambda *: 1", "E308@8", "behind `*`"},
    {"lambda *, : 1", "E308@8", "behind `*`"},
    {"lambda *a, *b: 1", "E308@12", "second `*`"},
    {"lambda *a=1: a", "E308@10", "no default"},
    {"lambda (a, b): a", "E301@8", "the name of a parameter"},
    {"lambda in: 1", "E310@8", "`in`"},
    // Records.
    {"{a: 1, b: 2}", "E309@2 E309@8", "write `\"a\": …`"},
    {"{1: 2}", "E309@2", "a text in quotes"},
    {"{'a': 1, 'a': 2}", "E309@10", "duplicate key `a`"},
    {"{a, b, c}", "E309@3", "no sets"},
    {"{**a, 'b': 1}", "E309@2", "not merged"},
    {"{'a': x for x in y}", "E309@9", "written out"},
    {"{'a' 1}", "E309@6", "`:` behind the key"},
    // Comprehensions.
    {"x for x in y", "E301@1", "stands in brackets"},
    {"[a, b for b in c]", "E301@5", "(a, i)"},
    {"(a, b for b in c)", "E301@5", "stands in brackets"},
    {"[*a for a in b]", "E301@2", "starred"},
    {"[a for in b]", "E301@8", "the name of a target"},
    {"[a for a b]", "E301@10", "expected `,` or `in`"},
    {"[a for a.b in c]", "E301@9", "`in`"},
    {"[a for a, (b, c) in d]", "E301@11", "do not nest"},
    {"[a for (a, b), c in d]", "E301@14", "tuple of names"},
    {"[a for if in b]", "E310@8", "`if`"},
    {"[a for a in b if c else d]", "E301@20", "before `for`"},
    {"[for a in b]", "E301@2", "`[f(i) for i in range(3)]`"},
    {"k[a for a in b]", "E301@5", "found `for`"},
    // Several mistakes, each once.
    {"f(a +, b -, c)", "E301@6 E301@11", "found `,`"},
    {"[a b, c d] + g(e f)", "E301@4 E301@9 E301@18", "found `b`"},
    {"a b (c, d], e f", "E301@3 E301@15", "found `b`"},
    {"f(x, [1 2, {k: 3}), 4 5", "E301@9 E309@13 E305@18 E301@23", "found `2`"},
    {"(a $ b, c ? d)", "E304@4 E304@11", "`$`"},
};

static void mistakes_are_reported_once_each(void **state) {
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(MISTAKES); i++) {
        uint32_t at;
        Expr *root = NULL;
        if (parse(fixture, base_str(MISTAKES[i].text), &at, &root) != FAILED)
            fail_msg("parsed: %s", MISTAKES[i].text);
        assert_null(root);
        const Diags *diags = &fixture->diags;
        Text got = {.arena = fixture->arena};
        for (uint32_t k = 0; k < diags->list.n; k++) {
            Place place;
            const Diag *diag = &diags->list.at[k];
            assert_true(base_source_find(diags->sources, diag->span, &place));
            base_text_printf(&got, "%s%s@%u", k ? " " : "", base_code_name(diag->code),
                             (unsigned)place.column);
        }
        if (strcmp(got.at, MISTAKES[i].mistakes) != 0)
            fail_msg("%s: got %s, want %s", MISTAKES[i].text, got.at, MISTAKES[i].mistakes);
        const Diag *first = &diags->list.at[0];
        const char *shown = base_hint(&fixture->diags, "%.*s; %.*s",
                                      STR_ARG(first->message), STR_ARG(first->hint));
        if (!strstr(shown, MISTAKES[i].part))
            fail_msg("%s: \"%s\" without \"%s\"", MISTAKES[i].text, shown,
                     MISTAKES[i].part);
    }
}

static void second_places_are_shown(void **state) {
    static const struct {
        const char *text;
        uint32_t column;
    } ROWS[] = {
        {"f(a, [b", 6},          {"f(a, (b]", 6},         {"f(k=1, k=2)", 3},
        {"{'k': 1, 'k': 2}", 2}, {"lambda x, x: 1", 8},   {"lambda a=1, b: 1", 8},
        {"f(k=1, a)", 3},        {"lambda *a, *b: 1", 8},
    };
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        uint32_t at;
        Expr *root;
        assert_int_equal(parse(fixture, base_str(ROWS[i].text), &at, &root), FAILED);
        assert_int_equal(fixture->diags.list.at[0].also.at - at + 1, ROWS[i].column);
    }
}

// ---- Parameters -------------------------------------------------------------

static void parameters_are_parsed_alone(void **state) {
    Fixture *fixture = *state;
    ExprParam *params;
    uint32_t n;
    const Str text = STR("x, axis=a + 1, *rest, keep=None");
    assert_int_equal(
        lang_parse_params(fixture->arena, &fixture->diags, text, 1, &params, &n), OK);
    assert_int_equal(n, 4);
    assert_null(params[0].fallback);
    assert_string_equal(print(fixture, params[1].fallback), "(a + 1)");
    assert_true(params[2].star && !params[2].keyword_only);
    assert_true(!params[3].star && params[3].keyword_only);
    assert_int_equal(params[2].span.at, 17);
    assert_int_equal(params[2].span.n, 4);

    assert_int_equal(
        lang_parse_params(fixture->arena, &fixture->diags, STR(""), 1, &params, &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(
        lang_parse_params(fixture->arena, &fixture->diags, STR("x, 2"), 1, &params, &n),
        FAILED);
    assert_int_equal(fixture->diags.errors, 1);
}

// ---- Depth and size ---------------------------------------------------------

static Str repeat(Fixture *fixture, const char *before, const char *middle,
                  const char *after, int count) {
    Text text = {.arena = fixture->arena};
    for (int i = 0; i < count; i++)
        base_text_add(&text, base_str(before));
    base_text_add(&text, base_str(middle));
    for (int i = 0; i < count; i++)
        base_text_add(&text, base_str(after));
    assert_false(text.failed);
    return base_text_str(&text);
}

static void nesting_is_bounded(void **state) {
    // `levels` is how deep one repetition nests.
    static const struct {
        const char *before, *middle, *after;
        int levels;
    } ROWS[] = {
        {"(", "x", ")", 1},
        {"[", "x", "]", 1},
        {"f(", "x", ")", 1},
        {"x[", "x", "]", 1},
        {"{'k': ", "x", "}", 1},
        {"-", "x", "", 1},
        {"not ", "x", "", 1},
        {"x ** ", "x", "", 1},
        {"x + (", "x", ")", 2},
        {"x if x else ", "x", "", 1},
        {"lambda: ", "x", "", 1},
        {"lambda x=", "x", ": x", 1},
        {"", "x", ".T", 1},
        {"", "x", "(x)", 1},
        {"", "x", "[x]", 1},
        {"", "x", " and x", 1},
        {"", "x", " or x", 1},
        {"f(k=", "x", ")", 2},
        {"[x for x in ", "x", "]", 1},
        {"[x for x in x if ", "x", "]", 1},
    };
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        // One level is the innermost name.
        const int most = (LIMIT_EXPR_DEPTH - 1) / ROWS[i].levels;
        for (int count = most; count <= LIMIT_EXPR_DEPTH + 1;
             count += LIMIT_EXPR_DEPTH / 2) {
            const Str text =
                repeat(fixture, ROWS[i].before, ROWS[i].middle, ROWS[i].after, count);
            uint32_t at;
            Expr *root;
            const Status status = parse(fixture, text, &at, &root);
            if (status != (count == most ? OK : FAILED))
                fail_msg("%s…%s, %d times", ROWS[i].before, ROWS[i].after, count);
            if (count == most) continue;
            assert_int_equal(fixture->diags.errors, 1);
            assert_int_equal(fixture->diags.list.at[0].code, CODE_E701);
        }
        uint32_t at;
        Expr *root;
        const Str above =
            repeat(fixture, ROWS[i].before, ROWS[i].middle, ROWS[i].after, most + 1);
        assert_int_equal(parse(fixture, above, &at, &root), FAILED);
        assert_int_equal(fixture->diags.list.at[0].code, CODE_E701);
    }
}

// Chains within brackets within chains: neither is deep, the tree is.
static void depths_of_chains_add_up(void **state) {
    Fixture *fixture = *state;
    uint32_t at;
    Expr *root;
    const int half = LIMIT_EXPR_DEPTH / 2;
    const char *chain = repeat(fixture, "", "", ".T", half).at;
    const Str twice =
        repeat(fixture, "(", "x", base_hint(&fixture->diags, "%s)", chain), 2);
    assert_int_equal(parse(fixture, twice, &at, &root), FAILED);
    assert_int_equal(fixture->diags.list.at[0].code, CODE_E701);
}

static void too_deep_is_one_mistake_among_others(void **state) {
    Fixture *fixture = *state;
    const Str deep = repeat(fixture, "(", "x", ")", LIMIT_EXPR_DEPTH + 1);
    const char *text = base_hint(&fixture->diags, "a b, %.*s, c d", STR_ARG(deep));
    uint32_t at;
    Expr *root;
    assert_int_equal(parse(fixture, base_str(text), &at, &root), FAILED);
    assert_int_equal(fixture->diags.list.n, 3);
    assert_int_equal(fixture->diags.list.at[1].code, CODE_E701);
}

enum { MANY = 1000000 };

static void a_million_terms(void **state) {
    Fixture *fixture = *state;
    const Str text = repeat(fixture, "", "x", " + x", MANY);
    const size_t before = base_arena_size(fixture->arena);
    const Expr *root = parse_ok(fixture, text);
    const size_t nodes = 2 * sizeof(Expr) + 2 * sizeof(Expr *);
    const size_t guards = 64; // of a build with AddressSanitizer
    assert_true((base_arena_size(fixture->arena) - before) / MANY < nodes + guards);

    assert_int_equal(root->span.n, text.n);
    uint32_t n = 0;
    for (; root->kind == EXPR_BINARY; root = root->items[0])
        n++;
    assert_int_equal(n, MANY);
}

static void a_million_terms_are_printed(void **state) {
    Fixture *fixture = *state;
    const Expr *root = parse_ok(fixture, repeat(fixture, "", "x", "+x", MANY));
    Text out = {.arena = fixture->arena};
    lang_print(root, &out);
    assert_false(out.failed);
    assert_int_equal(out.n, 1 + 6 * (size_t)MANY); // `(`, ` + x)` for each
}

static void wide_things_are_linear(void **state) {
    static const char *const PARTS[] = {", x", " < x", ", f(x)", ", [x]", ", x[x]"};
    Fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(PARTS); i++) {
        const Expr *root = parse_ok(fixture, repeat(fixture, "", "x", PARTS[i], 100000));
        assert_int_equal(root->n, 100001);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_fixture, free_fixture)
    const struct CMUnitTest tests[] = {
        TEST(trees_are_pythons),
        TEST(printed_text_is_a_fixed_point),
        TEST(spans_cover_their_nodes_exactly),
        TEST(mistakes_are_reported_once_each),
        TEST(second_places_are_shown),
        TEST(parameters_are_parsed_alone),
        TEST(nesting_is_bounded),
        TEST(depths_of_chains_add_up),
        TEST(too_deep_is_one_mistake_among_others),
        TEST(a_million_terms),
        TEST(a_million_terms_are_printed),
        TEST(wide_things_are_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
