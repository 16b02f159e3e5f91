// Tokens: kinds, texts, places; numerals, text literals, and slips of the keyboard.
#include "lang/ast.h"
#include "lang/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct Fixture {
    Arena *arena;
    Diags diags;
    Lexer lexer;
} Fixture;

static void begin(Fixture *fixture, Str text) {
    *fixture = (Fixture){.arena = base_arena_new()};
    assert_non_null(fixture->arena);
    fixture->diags.arena = fixture->arena;
    lang_lexer_init(&fixture->lexer, fixture->arena, &fixture->diags, text, 1);
}

static Token next(Fixture *fixture) {
    Token token;
    assert_int_equal(lang_lex(&fixture->lexer, &token), OK);
    return token;
}

static void assert_str(Str got, const char *want) {
    if (!base_str_eq(got, base_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

// ---- Kinds ------------------------------------------------------------------

static const char *kind_name(TokenKind kind) {
    switch (kind) {
    case TOKEN_END:
        return "end";
    case TOKEN_INT:
        return "int";
    case TOKEN_FLOAT:
        return "float";
    case TOKEN_IMAG:
        return "imag";
    case TOKEN_STRING:
        return "text";
    case TOKEN_NAME:
        return "name";
    case TOKEN_STATEMENT:
        return "statement";
    case TOKEN_BAD:
        return "bad";
    default:
        return lang_token_text(kind);
    }
}

static const struct {
    const char *text, *kinds;
    uint32_t errors;
} KINDS[] = {
    {"", "", 0},
    {" \t\r\n\f# comment", "", 0},
    {"a # b\n c", "name name", 0},
    {"a \\\n b", "name name", 0},
    {"x**y*z", "name ** name * name", 0},
    {"a//b/c", "name // name / name", 0},
    {"a<<b<c<=d", "name << name < name <= name", 0},
    {"a>>b>c>=d==e!=f", "name >> name > name >= name == name != name", 0},
    {"a=b:c,d;e", "name = name : name , name ; name", 0},
    {"+-~%@&|^()[]{}", "+ - ~ % @ & | ^ ( ) [ ] { }", 0},
    {"x.y...z", "name . name ... name", 0},
    {"x[...,::-1]", "name [ ... , : : - int ]", 0},
    {"1.real", "float", 1},
    {"1 .real", "int . name", 0},
    {"1..real", "float . name", 0},
    {".5+5.", "float + float", 0},
    {"x.5", "name float", 0},
    {"notx not x", "name not name", 0},
    {"and or in is if else for lambda", "and or in is if else for lambda", 0},
    {"True False None none true", "True False None name name", 0},
    {"return yield def", "statement statement statement", 0},
    {"_ _1 A9 a__b", "name name name name", 0},
    {"x += 1", "name bad int", 1},
    {"x **= 1", "name bad int", 1},
    {"x := 1", "name bad int", 1},
    {"a && b || !c", "name and name or not name", 3},
    {"a <> b === c !== d", "name != name == name != name", 3},
    {"a => b =< c -> d", "name >= name <= name bad name", 3},
    {"$x ? `y`", "bad name bad bad name bad", 4},
    {"a − b × c ÷ d · e", "name - name * name / name * name", 4},
    {"a ≤ b ≥ c ≠ d", "name <= name >= name != name", 3},
    {"x² + π", "name + name", 2},
    {"“a b” + 'c'", "text + text", 1},
    {"‘a\nb", "text name", 1},
    {"α1 + xβ", "name + name", 2},
    {"a\xC2\xA0+\xE3\x80\x80"
     "b",
     "name + name", 2},
    {"\xEF\xBB\xBFx", "name", 1},
    {"a \x01 b", "name bad name", 1},
    {"a \xFF b", "name name name", 1},
    {"\\ x", "bad name", 1},
    {"（a，b）", "( name , name )", 3},
};

static void tokens_have_their_kinds(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(KINDS); i++) {
        Fixture fixture;
        begin(&fixture, base_str(KINDS[i].text));
        Text kinds = {.arena = fixture.arena};
        base_text_add(&kinds, STR(""));
        for (Token token = next(&fixture); token.kind != TOKEN_END; token = next(&fixture))
            base_text_printf(&kinds, "%s%s", kinds.n ? " " : "", kind_name(token.kind));
        assert_str(base_text_str(&kinds), KINDS[i].kinds);
        assert_int_equal(fixture.diags.errors, KINDS[i].errors);
        assert_int_equal(next(&fixture).kind, TOKEN_END); // again and again
        base_arena_free(fixture.arena);
    }
}

static void tokens_have_their_places(void **state) {
    (void)state;
    static const Span WANT[] = {{3, 2}, {6, 2}, {9, 4}, {13, 1}, {16, 0}};
    Fixture fixture;
    begin(&fixture, STR("  ab **\n'cd')# "));
    for (size_t i = 0; i < COUNT(WANT); i++) {
        const Token token = next(&fixture);
        assert_int_equal(token.span.at, WANT[i].at);
        assert_int_equal(token.span.n, WANT[i].n);
    }
    base_arena_free(fixture.arena);
}

// ---- Numerals ---------------------------------------------------------------

static const struct {
    const char *text;
    TokenKind kind;
} NUMERALS[] = {
    {"0", TOKEN_INT},         {"00", TOKEN_INT},        {"0_0", TOKEN_INT},
    {"7", TOKEN_INT},         {"1_000_000", TOKEN_INT}, {"0x1F", TOKEN_INT},
    {"0X_ff_0", TOKEN_INT},   {"0o17", TOKEN_INT},      {"0O_7", TOKEN_INT},
    {"0b01", TOKEN_INT},      {"0B_1", TOKEN_INT},      {"1.", TOKEN_FLOAT},
    {".5", TOKEN_FLOAT},      {"1.5", TOKEN_FLOAT},     {"1e5", TOKEN_FLOAT},
    {"1E+5", TOKEN_FLOAT},    {"1.e-5", TOKEN_FLOAT},   {".5e1_0", TOKEN_FLOAT},
    {"1_0.0_1", TOKEN_FLOAT}, {"01.5", TOKEN_FLOAT},    {"09e1", TOKEN_FLOAT},
    {"2j", TOKEN_IMAG},       {"1.5J", TOKEN_IMAG},     {"01j", TOKEN_IMAG},
    {"1e3j", TOKEN_IMAG},
};

static void numerals_are_read_as_python_does(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(NUMERALS); i++) {
        const Str text = base_str(NUMERALS[i].text);
        Fixture fixture;
        begin(&fixture, text);
        const Token token = next(&fixture);
        const size_t n = token.kind == TOKEN_IMAG ? text.n - 1 : text.n;
        assert_int_equal(token.kind, NUMERALS[i].kind);
        assert_true(base_str_eq(token.text, (Str){text.at, n}));
        assert_int_equal(token.span.n, text.n);
        assert_int_equal(fixture.diags.errors, 0);
        base_arena_free(fixture.arena);
    }
}

static const struct {
    const char *text, *part;
} BAD_NUMERALS[] = {
    {"1__0", "underscore"},   {"1_", "underscore"},     {"1_.5", "underscore"},
    {"1._5", "underscore"},   {"1e_5", "exponent"},     {"1e5_", "underscore"},
    {"0x", "hexadecimal"},    {"0x_", "hexadecimal"},   {"0x__1", "hexadecimal"},
    {"0xg", "hexadecimal"},   {"0o8", "octal"},         {"0o18", "octal"},
    {"0b2", "binary"},        {"0b12", "binary"},       {"1e", "exponent"},
    {"1e+", "exponent"},      {"1.5e-", "exponent"},    {"01", "leading zeros"},
    {"0_7", "leading zeros"}, {"017", "leading zeros"}, {"2x", "`2 * x`"},
    {"1.5pi", "`1.5 * pi`"},  {"2i", "`2j`"},           {"1jj", "operator"},
    {"1if", "`1 if`"},
};

static void wrong_numerals_are_reported(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(BAD_NUMERALS); i++) {
        Fixture fixture;
        begin(&fixture, base_str(BAD_NUMERALS[i].text));
        (void)next(&fixture);
        if (fixture.diags.errors != 1) fail_msg("no error: %s", BAD_NUMERALS[i].text);
        const Diag *diag = &fixture.diags.list.at[0];
        assert_int_equal(diag->code, CODE_E302);
        assert_int_equal(diag->span.at, 1);
        const char *shown = base_hint(&fixture.diags, "%.*s %.*s", STR_ARG(diag->message),
                                      STR_ARG(diag->hint));
        if (!strstr(shown, BAD_NUMERALS[i].part))
            fail_msg("%s: \"%s\"", BAD_NUMERALS[i].text, shown);
        base_arena_free(fixture.arena);
    }
}

// ---- Text literals ----------------------------------------------------------

static const struct {
    const char *text, *decoded;
} STRINGS[] = {
    {"''", ""},
    {"\"\"", ""},
    {"'a\"b'", "a\"b"},
    {"\"a'b\"", "a'b"},
    {"'''a'b''c'''", "a'b''c"},
    {"\"\"\"a\nb\"\"\"", "a\nb"},
    {"\"\"\"\"\"\"", ""},
    {"'a\\nb\\tc'", "a\nb\tc"},
    {"'\\\\ \\' \\\"'", "\\ ' \""},
    {"'\\x41\\xe9'", "A\xC3\xA9"},
    {"'\\u00e9\\u20ac'", "\xC3\xA9\xE2\x82\xAC"},
    {"'\\U0001F600'", "\xF0\x9F\x98\x80"},
    {"'é × # x'", "é × # x"},
};

static void texts_are_decoded(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(STRINGS); i++) {
        Fixture fixture;
        begin(&fixture, base_str(STRINGS[i].text));
        const Token token = next(&fixture);
        assert_int_equal(token.kind, TOKEN_STRING);
        assert_str(token.text, STRINGS[i].decoded);
        assert_int_equal(token.span.n, strlen(STRINGS[i].text));
        assert_int_equal(fixture.diags.errors, 0);
        assert_int_equal(next(&fixture).kind, TOKEN_END);
        base_arena_free(fixture.arena);
    }
}

static const struct {
    const char *text;
    uint32_t at;
    const char *part;
} BAD_STRINGS[] = {
    {"x + 'abc", 5, "closing `'`"},
    {"'abc\n'", 1, "closing `'`"},
    {"'''abc''", 1, "closing `'''`"},
    {"'\\", 1, "closing `'`"},
    {"'a\\q'", 3, "unknown escape `\\q`"},
    {"'\\é'", 2, "unknown escape `\\é`"},
    {"'\\x4'", 2, "expected 2 hexadecimal digits behind `\\x`, found 1"},
    {"'\\u12g4'", 2, "expected 4"},
    {"'\\U0011'", 2, "expected 8"},
    {"'\\ud800'", 2, "U+D800 is no character"},
    {"'\\U00110000'", 2, "U+110000 is no character"},
    {"'a\xFF'", 3, "0xFF is not valid UTF-8"},
    {"f'abc'", 1, "prefix, found `f`"},
    {"Rb\"abc\"", 1, "prefix, found `Rb`"},
    {"u'abc'", 1, "prefix, found `u`"},
    {"r'\\d'", 1, "prefix, found `r`"},
};

static void wrong_texts_are_reported(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(BAD_STRINGS); i++) {
        Fixture fixture;
        begin(&fixture, base_str(BAD_STRINGS[i].text));
        while (fixture.diags.errors == 0 && next(&fixture).kind != TOKEN_END)
            continue;
        if (fixture.diags.errors != 1) fail_msg("errors: %s", BAD_STRINGS[i].text);
        const Diag *diag = &fixture.diags.list.at[0];
        assert_int_equal(diag->code, CODE_E303);
        assert_int_equal(diag->span.at, BAD_STRINGS[i].at);
        const char *message = base_strdup(fixture.arena, diag->message);
        if (!strstr(message, BAD_STRINGS[i].part))
            fail_msg("%s: \"%s\"", BAD_STRINGS[i].text, message);
        base_arena_free(fixture.arena);
    }
}

// ---- Names ------------------------------------------------------------------

static void keywords_are_no_names(void **state) {
    (void)state;
    static const char *const NAMES[] = {"x",    "_",     "_1",    "lambda_",
                                        "none", "print", "match", "T"};
    static const char *const OTHERS[] = {
        "",       "1x",      "x y",      "x-y",      "é",      "x.y",   "False",
        "None",   "True",    "and",      "as",       "assert", "async", "await",
        "break",  "class",   "continue", "def",      "del",    "elif",  "else",
        "except", "finally", "for",      "from",     "global", "if",    "import",
        "in",     "is",      "lambda",   "nonlocal", "not",    "or",    "pass",
        "raise",  "return",  "try",      "while",    "with",   "yield",
    };
    for (size_t i = 0; i < COUNT(NAMES); i++)
        assert_true(lang_is_name(base_str(NAMES[i])));
    for (size_t i = 0; i < COUNT(OTHERS); i++)
        if (lang_is_name(base_str(OTHERS[i]))) fail_msg("a name: %s", OTHERS[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_their_kinds),
        cmocka_unit_test(tokens_have_their_places),
        cmocka_unit_test(numerals_are_read_as_python_does),
        cmocka_unit_test(wrong_numerals_are_reported),
        cmocka_unit_test(texts_are_decoded),
        cmocka_unit_test(wrong_texts_are_reported),
        cmocka_unit_test(keywords_are_no_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
