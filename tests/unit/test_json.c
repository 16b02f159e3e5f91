// JSON: what RFC 8259 allows, where it stands, and what is said of the rest.
#include "doc_fixture.h"

static void values_keep_their_text_and_place(void **state) {
    (void)state;
    assert_int_equal(
        read_text("\xEF\xBB\xBF {\"a\": [1, -2.50e+3, \"x y\"],\r\n"
                  "\t\"\": {\"b\": null, \"c\": true, \"d\": false},\n"
                  "\"e\": [], \"f\": { }, \"g\": 123456789012345678901234567890}\n ",
                  DOC_FORMAT_GUESS),
        OK);
    assert_int_equal(root->kind, DOC_MAPPING);
    assert_int_equal(root->n, 5);
    assert_place(root->span, 1, 2);
    assert_int_equal(root->span.n, source.n - 3 - 1 - 2);
    const DocNode *a = doc_get(root, "a");
    assert_int_equal(a->n, 3);
    assert_int_equal(a->span.n, strlen("[1, -2.50e+3, \"x y\"]"));
    assert_int_equal(a->items[0].kind, DOC_INT);
    assert_int_equal(a->items[1].kind, DOC_FLOAT);
    assert_text(&a->items[1], "-2.50e+3");
    assert_place(a->items[1].span, 1, 12);
    assert_int_equal(a->items[2].kind, DOC_STRING);
    assert_int_equal(a->items[2].span.n, 5);
    assert_text(&a->items[2], "x y");
    assert_string_equal(places_of(&a->items[2]), "1:23 1:24 1:25");
    assert_false(a->items[2].plain);
    const DocNode *nameless = doc_get(root, "");
    assert_place(nameless->span, 2, 6);
    assert_int_equal(doc_get(nameless, "b")->kind, DOC_NULL);
    assert_true(doc_get(nameless, "c")->boolean);
    assert_int_equal(doc_get(nameless, "d")->kind, DOC_BOOL);
    assert_false(doc_get(nameless, "d")->boolean);
    assert_int_equal(doc_get(root, "e")->n, 0);
    assert_int_equal(doc_get(root, "f")->kind, DOC_MAPPING);
    assert_text(doc_get(root, "g"), "123456789012345678901234567890");
}

static void numbers_are_those_of_the_standard(void **state) {
    static const struct {
        const char *text;
        DocKind kind;
    } table[] = {
        {"0", DOC_INT},           {"-0", DOC_INT},      {"10", DOC_INT},
        {"-7", DOC_INT},          {"0.5", DOC_FLOAT},   {"1.50", DOC_FLOAT},
        {"1e5", DOC_FLOAT},       {"1E+5", DOC_FLOAT},  {"0e0", DOC_FLOAT},
        {"-1.5e-300", DOC_FLOAT}, {"1e400", DOC_FLOAT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(read_text(table[i].text, DOC_FORMAT_JSON), OK);
        assert_int_equal(root->kind, table[i].kind);
        assert_text(root, table[i].text);
        assert_place(root->span, 1, 1);
    }
}

static void escapes_are_decoded_with_their_places(void **state) {
    static const struct {
        const char *text, *decoded, *places;
    } table[] = {
        {"\"\"", "", ""},
        {"\"a\"", "a", "1:2"},
        {"\"a\\nb\"", "a\nb", "1:2 1:3 1:5"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t.\"", "\"\\/\b\f\n\r\t.",
         "1:2 1:4 1:6 1:8 1:10 1:12 1:14 1:16 1:18"},
        {"\"\\u0041\\u00e9\\u20AC.\"", "A\xC3\xA9\xE2\x82\xAC.", "1:2 1:8 1:14 1:20"},
        {"\"\\ud83d\\ude00.\"", "\xF0\x9F\x98\x80.", "1:2 1:14"},
        {"\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF", "1:2"},
        {"\"\xC3\xA9\\t\xC3\xA9.\"", "\xC3\xA9\t\xC3\xA9.", "1:2 1:3 1:5 1:6"},
        {"\"\x7F\xC2\x85\"", "\x7F\xC2\x85", "1:2 1:3"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(read_text(table[i].text, DOC_FORMAT_JSON), OK);
        assert_int_equal(root->kind, DOC_STRING);
        assert_text(root, table[i].decoded);
        assert_string_equal(places_of(root), table[i].places);
    }
    assert_int_equal(read_text("\"a\\u0000b\"", DOC_FORMAT_JSON), OK);
    assert_int_equal(root->text.n, 3);
    assert_memory_equal(root->text.at, "a\0b", 3);
}

static void mistakes_are_named_with_their_mend(void **state) {
    static const Mistake table[] = {
        // numbers
        {"[01]", 1, 2, CODE_E113, "`01` is no JSON number: it begins with a zero",
         "remove"},
        {"[-01]", 1, 2, CODE_E113, "begins with a zero", "remove"},
        {"[+1]", 1, 2, CODE_E113, "begins with a `+`", "without"},
        {"[.5]", 1, 2, CODE_E113, "no digit stands before the point", "0.5"},
        {"[-.5]", 1, 2, CODE_E113, "no digit stands before the point", "0.5"},
        {"[1.]", 1, 2, CODE_E113, "no digit stands behind the point", "1.0"},
        {"[1.e3]", 1, 2, CODE_E113, "no digit stands behind the point", "1.0"},
        {"[1e]", 1, 2, CODE_E113, "in its exponent", "1e0"},
        {"[0x1F]", 1, 2, CODE_E113, "not decimal", "decimal"},
        {"[1_000]", 1, 2, CODE_E113, "holds a `_`", "without"},
        {"[1.5.2]", 1, 2, CODE_E113, "`1.5.2` is no JSON number", "double quotes"},
        // words
        {"[NaN]", 1, 2, CODE_E116, "`NaN`", "the string \"NaN\""},
        {"[-Infinity]", 1, 2, CODE_E116, "`-Infinity`", "the string \"-Infinity\""},
        {"[nan]", 1, 2, CODE_E116, "`nan`", "the string \"NaN\""},
        {"[True]", 1, 2, CODE_E116, "`True`", "write true"},
        {"[None]", 1, 2, CODE_E116, "`None`", "write null"},
        {"[truex]", 1, 2, CODE_E116, "text stands in double quotes", "\"truex\""},
        {"[-]", 1, 2, CODE_E116, "text stands in double quotes", "\"-\""},
        {"{\"a\": x * y[0], \"b\": 1}", 1, 7, CODE_E116, "text stands in double quotes",
         "write \"x * y[0]\""},
        {"{\"a\": f(1, 2)}", 1, 7, CODE_E116, "text stands in double quotes",
         "write \"f(1, 2)\""},
        {"{a: 1}", 1, 2, CODE_E116, "a key stands in double quotes", "write \"a\""},
        {"{1: 1}", 1, 2, CODE_E116, "a key stands in double quotes", "write \"1\""},
        {"{null: 1}", 1, 2, CODE_E116, "a key stands in double quotes", "write \"null\""},
        // strings
        {"{“a”: 1}", 1, 2, CODE_E114, "plain double quotes", "write \"a\""},
        {"[“f(1, 2)”]", 1, 2, CODE_E114, "plain double quotes", "write \"f(1, 2)\""},
        {"[1; 2]", 1, 3, CODE_E102, "found `;`", "write `,`"},
        {"{\"a\"= 1}", 1, 5, CODE_E102, "found `=`", "write `:`"},
        {"[(1)]", 1, 2, CODE_E102, "found `(`", "`[…]`"},
        {"{\"a\": \"b\" \"c\"}", 1, 11, CODE_E102, "found `\"`", "comma"},
        {"[\"a\" \"b\"]", 1, 6, CODE_E102, "found `\"`", "comma"},
        {"['a b']", 1, 2, CODE_E114, "double quotes", "write \"a b\""},
        {"{'a': 1}", 1, 2, CODE_E114, "double quotes", "write \"a\""},
        {"[\"a\\qb\"]", 1, 4, CODE_E114, "no such escape", "`\\\\`"},
        {"[\"a\\'b\"]", 1, 4, CODE_E114, "no such escape", "`\\\\`"},
        {"[\"\\u12g4\"]", 1, 3, CODE_E114, "four hexadecimal digits", "\\u00e9"},
        {"[\"\\ud800\"]", 1, 3, CODE_E114, "surrogate", "both halves"},
        {"[\"\\udc00x\"]", 1, 3, CODE_E114, "surrogate", "both halves"},
        {"[\"\\ud800\\ue000\"]", 1, 3, CODE_E114, "surrogate", "both halves"},
        {"[\"\\ud800\\u0041\"]", 1, 3, CODE_E114, "surrogate", "both halves"},
        {"[\"a\tb\"]", 1, 4, CODE_E114, "no tab", "\\t"},
        {"[\"a\x01"
         "b\"]",
         1, 4, CODE_E114, "no control character", "\\u0001"},
        {"[\"ab\n\"]", 1, 2, CODE_E114, "never closed on its line", "\\n"},
        {"[\"ab", 1, 2, CODE_E114, "never closed", "quote"},
        {"['ab", 1, 2, CODE_E114, "never closed", "quote"},
        // commas and comments
        {"[1, ]", 1, 3, CODE_E117, "no comma before `]`", "remove it"},
        {"{\"a\": 1,}", 1, 8, CODE_E117, "no comma before `}`", "remove it"},
        {"[,1]", 1, 2, CODE_E117, "a value is missing before `,`", "null"},
        {"[1,,2]", 1, 4, CODE_E117, "a value is missing before `,`", "null"},
        {"{\"a\":}", 1, 6, CODE_E117, "a value is missing before `}`", "null"},
        {"[1] // no", 1, 5, CODE_E115, "no comments", "remove"},
        {"# no\n[1]", 1, 1, CODE_E115, "no comments", "remove"},
        {"[1, /* no\n */ 2]", 1, 5, CODE_E115, "no comments", "remove"},
        // structure
        {"[1 2]", 1, 4, CODE_E102, "expected `,` or `]`, found `2`", ""},
        {"{\"a\": 1 \"b\": 2}", 1, 9, CODE_E102, "expected `,` or `}`, found `\"`", ""},
        {"{\"a\" 1}", 1, 6, CODE_E102, "expected `:` after the key, found `1`", ""},
        {"{\"a\" = 1}", 1, 6, CODE_E102, "expected `:` after the key, found `=`", ""},
        {"[1 * 2]", 1, 4, CODE_E102, "found `*`", "double quotes"},
        {"[1, 2}", 1, 6, CODE_E102, "expected `]`, found `}`", ""},
        {"{\"a\": [1, 2", 1, 7, CODE_E102, "this `[` is never closed by a `]`", ""},
        {"{\"a\": 1,", 1, 1, CODE_E102, "this `{` is never closed by a `}`", ""},
        {"{\"a\"", 1, 1, CODE_E102, "this `{` is never closed by a `}`", ""},
        {"{", 1, 1, CODE_E102, "this `{` is never closed by a `}`", ""},
        {"[1, \xEF\xBB\xBF"
         "2]",
         1, 5, CODE_E102, "found a byte-order mark", ""},
        {"[*]", 1, 2, CODE_E102, "expected a value, found `*`", "double quotes"},
        {"{,}", 1, 2, CODE_E102, "expected a key", ""},
        {"{[1]: 2}", 1, 2, CODE_E102, "expected a key", ""},
        {"", 1, 1, CODE_E102, "found the end of the document", ""},
        {"[1] x", 1, 5, CODE_E108, "found `x`", ""},
        {"{\"a\": 1}\n{\"a\": 2}", 2, 1, CODE_E108, "found `{`", "file of its own"},
        {"[1]]", 1, 4, CODE_E108, "found `]`", ""},
        // keys and bytes
        {"{\"a\": 1,\n \"b\": 2, \"\\u0061\": 3}", 2, 10, CODE_E103, "`a` stands twice",
         "rename"},
        {"[\"\xC3\"]", 1, 3, CODE_E104, "0xC3", "UTF-8"},
        {"[\"\xC0\x80\"]", 1, 3, CODE_E104, "0xC0", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        check_mistake(&table[i], DOC_FORMAT_JSON);
}

static void duplicate_keys_name_both_places(void **state) {
    (void)state;
    assert_int_equal(
        read_text("{\"a\": 1,\n\"b\": {\"a\": 1},\n\"a\": 2}", DOC_FORMAT_JSON), FAILED);
    assert_int_equal(diags.errors, 1);
    assert_place(diags.list.at[0].span, 3, 1);
    assert_place(diags.list.at[0].also, 1, 2);
    assert_true(has(diags.list.at[0].also_note, "first"));
}

static void several_mistakes_show_at_once(void **state) {
    static const Code expected[] = {CODE_E116, CODE_E113, CODE_E115, CODE_E114,
                                    CODE_E117, CODE_E102, CODE_E103, CODE_E102};
    (void)state;
    assert_int_equal(read_text("{\n"
                               "a: 1,\n"
                               "\"b\": [01],\n"
                               "// note\n"
                               "\"c\": 'x',\n"
                               "\"d\": [1,],\n"
                               "\"e\" 5,\n"
                               "\"a\": 2,\n"
                               "\"f\": 3 * 4\n"
                               "}",
                               DOC_FORMAT_JSON),
                     FAILED);
    assert_int_equal(diags.errors, COUNT(expected));
    for (uint32_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(diags.list.at[i].code, expected[i]);
        assert_place(diags.list.at[i].span, i + 2, place_of(diags.list.at[i].span).column);
    }
}

static void nul_bytes_are_refused(void **state) {
    (void)state;
    assert_int_equal(read_bytes(STR("[1]\0"), DOC_FORMAT_JSON), FAILED);
    assert_int_equal(diags.list.at[0].code, CODE_E104);
    assert_place(diags.list.at[0].span, 1, 4);
}

// Every beginning of a document, and the document with each byte replaced, is an error or
// is read, and never read past its end.
static void broken_documents_do_no_harm(void **state) {
    static const char text[] =
        "{\"a\\n\": [1.5e3, \"\\ud83d\\ude00\", {}], 'b' /* */: [nul, tru]}";
    static const char others[] = "\"\\{}[],:/*'#x0 \n.\xFF";
    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_int_equal(read_bytes((Str){text, n}, DOC_FORMAT_JSON), FAILED);
    for (size_t i = 0; i < sizeof text - 1; i++)
        for (size_t k = 0; k < sizeof others; k++) {
            char broken[sizeof text];
            memcpy(broken, text, sizeof text);
            broken[i] = others[k];
            const Status status =
                read_bytes((Str){broken, sizeof text - 1}, DOC_FORMAT_JSON);
            assert_int_equal(status, diags.errors ? FAILED : OK);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_keep_their_text_and_place),
        cmocka_unit_test(numbers_are_those_of_the_standard),
        cmocka_unit_test(escapes_are_decoded_with_their_places),
        cmocka_unit_test(mistakes_are_named_with_their_mend),
        cmocka_unit_test(duplicate_keys_name_both_places),
        cmocka_unit_test(several_mistakes_show_at_once),
        cmocka_unit_test(nul_bytes_are_refused),
        cmocka_unit_test(broken_documents_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
