// YAML: kinds, positions of decoded texts, aliases, and what is said of mistakes.
#include "doc_fixture.h"

#include "base/limits.h"

static void assert_reads(const char *text) {
    if (read_text(text, DOC_FORMAT_YAML) == OK) return;
    Text out = {.arena = arena};
    base_diags_text(&diags, false, &out);
    fail_msg("%s\ngives\n%s", text, out.at);
}

// ---- Kinds
// --------------------------------------------------------------------------------------

static void plain_scalars_follow_the_core_schema(void **state) {
    static const struct {
        const char *text;
        DocKind kind;
    } table[] = {
        {"~", DOC_NULL},       {"null", DOC_NULL},
        {"Null", DOC_NULL},    {"NULL", DOC_NULL},
        {"nUll", DOC_STRING},  {"none", DOC_STRING},
        {"true", DOC_BOOL},    {"True", DOC_BOOL},
        {"FALSE", DOC_BOOL},   {"tRue", DOC_STRING},
        {"y", DOC_STRING},     {"no", DOC_STRING},
        {"on", DOC_STRING},    {"off", DOC_STRING},
        {"0", DOC_INT},        {"-12", DOC_INT},
        {"+12", DOC_INT},      {"017", DOC_INT},
        {"08", DOC_INT},       {"0o17", DOC_INT},
        {"0o8", DOC_STRING},   {"0x1F", DOC_INT},
        {"0x", DOC_STRING},    {"-0x1", DOC_STRING},
        {"0b1", DOC_STRING},   {"1_000", DOC_STRING},
        {"1.5", DOC_FLOAT},    {"1.", DOC_FLOAT},
        {".5", DOC_FLOAT},     {"-.5e-3", DOC_FLOAT},
        {"1e-3", DOC_FLOAT},   {"1E+3", DOC_FLOAT},
        {"1e", DOC_STRING},    {"1e+", DOC_STRING},
        {".", DOC_STRING},     {".e3", DOC_STRING},
        {"-", DOC_STRING},     {"+", DOC_STRING},
        {"-x", DOC_STRING},    {"1.5.2", DOC_STRING},
        {"2j", DOC_STRING},    {".inf", DOC_FLOAT},
        {"-.INF", DOC_FLOAT},  {"+.Inf", DOC_FLOAT},
        {".nan", DOC_FLOAT},   {".NaN", DOC_FLOAT},
        {"-.nan", DOC_STRING}, {"inf", DOC_STRING},
        {"1:30", DOC_STRING},  {"2001-01-01", DOC_STRING},
        {"=", DOC_STRING},     {"123456789012345678901234567890", DOC_INT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[64];
        snprintf(text, sizeof text, "[%s]", table[i].text);
        assert_reads(strcmp(table[i].text, "-") == 0 ? "'-'" : text);
        const DocNode *node = root->kind == DOC_SEQUENCE ? root->items : root;
        if (node->kind != table[i].kind)
            fail_msg("%s is %s", table[i].text, doc_kind_name(node->kind));
        assert_text(node, table[i].text);
        assert_int_equal(node->plain, node != root);
    }
    assert_reads("[true, False, TRUE]");
    assert_true(root->items[0].boolean);
    assert_false(root->items[1].boolean);
    assert_true(root->items[2].boolean);
}

static void quotes_and_tags_decide_the_kind(void **state) {
    static const struct {
        const char *text;
        DocKind kind;
        const char *decoded;
    } table[] = {
        {"\"1\"", DOC_STRING, "1"},
        {"'true'", DOC_STRING, "true"},
        {"|\n  12\n", DOC_STRING, "12\n"},
        {">-\n  ~\n", DOC_STRING, "~"},
        {"''", DOC_STRING, ""},
        {"!!str 1", DOC_STRING, "1"},
        {"!!str", DOC_STRING, ""},
        {"!!int '12'", DOC_INT, "12"},
        {"!!float 3", DOC_FLOAT, "3"},
        {"!!float 1e3", DOC_FLOAT, "1e3"},
        {"!!bool 'true'", DOC_BOOL, "true"},
        {"!!null ''", DOC_NULL, ""},
        {"!<tag:yaml.org,2002:str> 1", DOC_STRING, "1"},
        {"!!str &a 1", DOC_STRING, "1"}, // an anchor that is never used is looked for below
        {"", DOC_NULL, ""},
        {"# only a comment\n", DOC_NULL, ""},
        {"---\n", DOC_NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        if (strchr(table[i].text, '&')) {
            char text[64];
            snprintf(text, sizeof text, "[%s, *a]", table[i].text);
            assert_reads(text);
            root = &root->items[1];
        } else {
            assert_reads(table[i].text);
        }
        assert_int_equal(root->kind, table[i].kind);
        assert_text(root, table[i].decoded);
    }
    assert_reads("!!map {a: !!seq [!!map {}]}");
    assert_int_equal(root->kind, DOC_MAPPING);
    assert_int_equal(root->pairs[0].value.kind, DOC_SEQUENCE);
}

// ---- The tree
// -----------------------------------------------------------------------------------

static void trees_keep_order_and_spans(void **state) {
    (void)state;
    assert_reads("# first\n"
                 "f:\n"
                 "  args: [x, 'y z']\n"
                 "  let:\n"
                 "  - a: 1\n"
                 "  -\n"
                 "  value: x # last\n"
                 "\n"
                 "g: {h: {}, i: , j}\n");
    assert_int_equal(root->kind, DOC_MAPPING);
    assert_int_equal(root->n, 2);
    assert_place(root->span, 2, 1);
    const DocNode *f = doc_get(root, "f");
    assert_place(f->span, 3, 3);
    assert_int_equal(f->n, 3);
    // A block ends with the last byte of what it holds.
    assert_memory_equal(source.at + 8 + 6 - 3, "  ", 2);
    const size_t value_end = (size_t)(strstr(source.at, "x # last") - source.at) + 1;
    assert_int_equal(f->span.at + f->span.n, root->span.at - 8 + value_end);
    const DocNode *args = doc_get(f, "args");
    assert_int_equal(args->span.n, strlen("[x, 'y z']"));
    assert_int_equal(args->items[1].span.n, strlen("'y z'"));
    assert_text(&args->items[1], "y z");
    const DocNode *let = doc_get(f, "let");
    assert_int_equal(let->kind, DOC_SEQUENCE);
    assert_int_equal(let->n, 2);
    assert_int_equal(let->items[1].kind, DOC_NULL);
    assert_place(let->items[1].span, 6, 4);
    const DocNode *g = doc_get(root, "g");
    assert_int_equal(g->n, 3);
    assert_int_equal(doc_get(g, "h")->kind, DOC_MAPPING);
    assert_int_equal(doc_get(g, "h")->n, 0);
    assert_int_equal(doc_get(g, "i")->kind, DOC_NULL);
    assert_int_equal(doc_get(g, "j")->kind, DOC_NULL);
    assert_null(doc_get(g, "k"));
}

static void documents_may_be_framed(void **state) {
    static const char *const texts[] = {
        "a: 1",
        "\xEF\xBB\xBF'a': 1\n",
        "---\na: 1\n...\n",
        "%YAML 1.2\n---\na: 1\n... # end\n# more\n...\n\n",
        "# c\n%YAML 1.1 # old\n--- # begin\na: 1\n",
        "a: 1\r\n",
        "--- {a: 1}\n",
        "'a': 1",
        "? a\n: 1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_reads(texts[i]);
        assert_text(&root->pairs[0].key, "a");
        assert_int_equal(doc_get(root, "a")->kind, DOC_INT);
        const Place place = place_of(doc_get(root, "a")->span);
        assert_int_equal(place.text.at[place.offset], '1');
    }
}

static void the_format_is_guessed_by_the_first_bracket(void **state) {
    (void)state;
    assert_int_equal(read_text("\xEF\xBB\xBF \n\t{\"a\": 1}", DOC_FORMAT_GUESS), OK);
    assert_false(doc_get(root, "a")->plain && doc_get(root, "a")->kind == DOC_STRING);
    assert_int_equal(read_text("{a: x}", DOC_FORMAT_GUESS), FAILED);
    assert_true(has(diags.list.at[0].hint, "--input-format yaml"));
    assert_int_equal(read_text("{a: x}", DOC_FORMAT_JSON), FAILED);
    assert_false(has(diags.list.at[0].hint, "--input-format"));
    assert_int_equal(read_text("{a: x}", DOC_FORMAT_YAML), OK);
    assert_int_equal(read_text(" # {\na: x", DOC_FORMAT_GUESS), OK);
    assert_int_equal(read_text("", DOC_FORMAT_GUESS), OK);
    assert_int_equal(root->kind, DOC_NULL);
}

static void aliases_are_copies_that_know_their_place(void **state) {
    (void)state;
    assert_reads("a: &x {k: [1, &y 2]}\n"
                 "b: *x\n"
                 "c: &z [*x, *y]\n"
                 "d: *z\n"
                 "e: &x 5\n"
                 "f: *x\n"
                 "*y : key\n");
    const DocNode *b = doc_get(root, "b");
    assert_place(b->span, 1, 7);
    assert_place(b->alias, 2, 4);
    assert_int_equal(b->alias.n, 2);
    const DocNode *two = &doc_get(b, "k")->items[1];
    assert_text(two, "2");
    assert_place(two->span, 1, 18);
    assert_place(two->alias, 2, 4);
    assert_int_equal(doc_get(doc_get(root, "a"), "k")->alias.at, 0);
    // An alias within what is aliased: the outer one is where the value is used.
    const DocNode *d = doc_get(root, "d");
    assert_place(doc_get(&d->items[0], "k")->alias, 4, 4);
    assert_place(d->items[1].alias, 4, 4);
    assert_place(doc_get(root, "c")->items[1].alias, 3, 12);
    assert_text(doc_get(root, "f"), "5"); // the latest anchor of a name
    assert_non_null(doc_get(root, "2"));
}

static void properties_stand_before_the_content(void **state) {
    (void)state;
    assert_reads("a: &x !!map\n"
                 "  &k b: 1\n"
                 "c: !!seq &y # why\n"
                 "- !!str 2\n"
                 "d: [*x, *y, *k]\n");
    assert_place(doc_get(root, "a")->span, 2, 3);
    assert_place(doc_get(root, "a")->pairs[0].key.span, 2, 6);
    assert_place(doc_get(root, "c")->span, 4, 1);
    assert_place(doc_get(root, "c")->items[0].span, 4, 9);
    assert_place((Span){doc_get(root, "c")->items[0].text_at, 1}, 4, 9);
    assert_text(&doc_get(root, "d")->items[2], "b");
}

// ---- Positions of decoded texts
// -----------------------------------------------------------------

// Each text is a document of one mapping `k:`, whose value is looked at.
static void every_decoded_character_has_its_place(void **state) {
    static const struct {
        const char *text, *decoded, *places;
    } table[] = {
        // plain
        {"k: abc", "abc", "1:4 1:5 1:6"},
        {"k:   a b\n", "a b", "1:6 1:7 1:8"},
        {"k: a\n  b", "a b", "1:4 1:5 2:3"},
        {"k: a  \n\n\n   b c\n", "a\n\nb c", "1:4 2:1 3:1 4:4 4:5 4:6"},
        {"k:\n  a\n  b\n", "a b", "2:3 2:4 3:3"},
        {"k: a\r\n  b\r\n\r\n  c\r\n", "a b\nc", "1:4 1:5 2:3 3:1 4:3"},
        {"k: \xC3\xA9x", "\xC3\xA9x", "1:4 1:5"},
        {"k: \xC3\xA9\n \xC3\xA9y", "\xC3\xA9 \xC3\xA9y", "1:4 1:5 2:2 2:3"},
        {"k: a\tb\n \tc", "a\tb c", "1:4 1:5 1:6 1:7 2:3"},
        {"{k: a\n b}", "a b", "1:5 1:6 2:2"},
        // single quotes
        {"k: 'a b'", "a b", "1:5 1:6 1:7"},
        {"k: 'it''s'", "it's", "1:5 1:6 1:7 1:9"},
        {"k: ''''''", "''", "1:5 1:7"},
        {"k: 'a''\n  b'", "a' b", "1:5 1:6 1:8 2:3"},
        {"k: 'a \n\n  b '", "a\nb ", "1:5 2:1 3:3 3:4"},
        {"k: ' a\n '", " a ", "1:5 1:6 1:7"},
        // double quotes
        {"k: \"a\"", "a", "1:5"},
        {"k: \"a\\nb\"", "a\nb", "1:5 1:6 1:8"},
        {"k: \"\\x41\\u00e9\\U0001F600.\"", "A\xC3\xA9\xF0\x9F\x98\x80.",
         "1:5 1:9 1:15 1:25"},
        {"k: \"\\t\\\"\\\\\\/\\e\\_x\"", "\t\"\\/\x1B\xC2\xA0x",
         "1:5 1:7 1:9 1:11 1:13 1:15 1:17"},
        {"k: \"a\\\n   b\"", "ab", "1:5 2:4"},
        {"k: \"a \\\n\n   b\"", "a \nb", "1:5 1:6 2:1 3:4"},
        {"k: \"a \n\n  \\ b\"", "a\n b", "1:5 2:1 3:3 3:5"},
        {"k: \"a\r\n  b\"", "a b", "1:5 1:6 2:3"},
        {"k: \"a\\L\"", "a\xE2\x80\xA8", "1:5 1:6"},
        // | and >
        {"k: |\n  ab\n  c\n", "ab\nc\n", "2:3 2:4 2:5 3:3 3:4"},
        {"k: |\n  ab", "ab", "2:3 2:4"},
        {"k: |-\n  a\n\n", "a", "2:3"},
        {"k: |+\n  a\n\n\nj: 1", "a\n\n\n", "2:3 2:4 3:1 4:1"},
        {"k: |\n\n  a\n   b\n\n  c\n", "\na\n b\n\nc\n",
         "2:1 3:3 3:4 4:3 4:4 4:5 5:1 6:3 6:4"},
        {"k: |2\n   a\n  b\n", " a\nb\n", "2:3 2:4 2:5 3:3 3:4"},
        {"k: |1-\n   a", "  a", "2:2 2:3 2:4"},
        {"k: | # why -\n  a\n", "a\n", "2:3 2:4"},
        {"k: |-# why +\n  a\n", "a", "2:3"},
        {"k: |\n  a\tb\n", "a\tb\n", "2:3 2:4 2:5 2:6"},
        {"k: |\r\n  a\r\n  b\r\n", "a\nb\n", "2:3 2:4 3:3 3:4"},
        {"k: >\n  a\n  b\n", "a b\n", "2:3 2:4 3:3 3:4"},
        {"k: >\n  a\n\n\n  b\n", "a\n\nb\n", "2:3 3:1 4:1 5:3 5:4"},
        {"k: >-\n  a\n   b\n  c\n", "a\n b\nc", "2:3 2:4 3:3 3:4 3:5 4:3"},
        {"k: >+\n  \xC3\xA9\n  b\n\n", "\xC3\xA9 b\n\n", "2:3 2:4 3:3 3:4 4:1"},
        {"- x\n- k: |\n    a\n    b\n- y", "a\nb\n", "3:5 3:6 4:5 4:6"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_reads(table[i].text);
        const DocNode *mapping = root->kind == DOC_SEQUENCE ? &root->items[1] : root;
        const DocNode *value = doc_get(mapping, "k");
        assert_non_null(value);
        assert_text(value, table[i].decoded);
        const char *places = places_of(value);
        if (strcmp(places, table[i].places) != 0)
            fail_msg("%s\nstands at %s\nnot     at %s", table[i].text, places,
                     table[i].places);
    }
}

static void all_bytes_of_an_escape_stand_at_it(void **state) {
    (void)state;
    assert_reads("k: \"x\\u20ACy\"");
    const DocNode *value = doc_get(root, "k");
    assert_int_equal(value->text.n, 5);
    for (uint32_t i = 1; i <= 3; i++)
        assert_place((Span){value->text_at + i, 1}, 1, 6);
    assert_place((Span){value->text_at + 4, 1}, 1, 12);
}

static void texts_that_stand_in_the_file_are_the_files(void **state) {
    static const char *const texts[] = {"k: abc", "k: 'a b'", "k: \"a b\"",
                                        "k: |\n  abc\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_reads(texts[i]);
        const DocNode *value = doc_get(root, "k");
        assert_int_equal(base_source_file_at(diags.sources, value->text_at),
                         value->text_at);
    }
}

static void places_are_bytes_though_libyaml_counts_characters(void **state) {
    enum { LINES = 300 };
    (void)state;
    Arena *scratch = base_arena_new();
    Text text = {.arena = scratch};
    for (int i = 0; i < LINES; i++)
        base_text_printf(&text, "k%d: [\xE2\x82\xAC\xC3\xA9%d, \"\xF0\x9F\x98\x80\", z]\n",
                         i, i);
    assert_int_equal(read_bytes(base_text_str(&text), DOC_FORMAT_YAML), OK);
    base_arena_free(scratch);
    for (uint32_t i = 0; i < LINES; i++) {
        const DocNode *last = &root->pairs[i].value.items[2];
        const Place place = place_of(last->span);
        assert_int_equal(place.line, i + 1);
        assert_int_equal(place.text.at[place.offset], 'z');
        assert_int_equal(place.offset + 2, place.text.n);
    }
}

// ---- Mistakes
// -----------------------------------------------------------------------------------

static void mistakes_are_named_where_they_are(void **state) {
    static const Mistake table[] = {
        // the traps of language.md, section 1.3, that are no YAML
        {"f: lambda x: f(x, 2)", 1, 12, CODE_E119, "as the end of a new key",
         "`f: \"lambda x: f(x, 2)\"`"},
        {"- - f: lambda x: 'a'", 1, 16, CODE_E119, "as the end of a new key",
         "`- - f: \"lambda x: 'a'\"`"},
        {"a: b: c: d", 1, 5, CODE_E119, "as the end of a new key", "`a: \"b: c: d\"`"},
        {"a:\n  vjp: [g * y[0], g]", 2, 14, CODE_E120, "ends unquoted text at `[`",
         "`\"g * y[0]\"`"},
        {"args: {x: float64[3]}", 1, 18, CODE_E120, "ends unquoted text at `[`",
         "`\"float64[3]\"`"},
        {"a: [x[:, 0], 2]", 1, 6, CODE_E120, "ends unquoted text at `[`", "`\"x[:, 0]\"`"},
        {"constants: {w: sum([1, 2])}", 1, 20, CODE_E120, "at `[`", "`\"sum([1, 2])\"`"},
        {"value: [x, y][0]", 1, 14, CODE_E121, "took `[x, y]` as the whole value",
         "`value: \"[x, y][0]\"`"},
        {"value: \"a\" in r", 1, 12, CODE_E121, "took `\"a\"` as the whole value",
         "`value: '\"a\" in r'`"},
        {"value: [\"a\" in r]", 1, 13, CODE_E121, "took `\"a\"` as the whole",
         "`'\"a\" in r'`"},
        {"m: {x:1}", 1, 5, CODE_E118, "`x:1`", "a space after the `:`: `x: 1`"},
        {"value: *x", 1, 8, CODE_E106, "no anchor `&x`", "quote"},
        {"value: *x + 1\nb: 2", 1, 8, CODE_E106, "no anchor `&x`", "quote"},
        {"value: *x*2", 1, 8, CODE_E106, "`*` begins a YAML alias", "quote"},
        {"value: * 2", 1, 8, CODE_E106, "`*` begins a YAML alias", "quote"},
        {"value: &a + 1", 1, 8, CODE_E106, "nothing uses `&a`", "quote"},
        {"value: &a [1][0]", 1, 8, CODE_E106, "nothing uses `&a`", "quote"},
        {"value: & 1", 1, 8, CODE_E106, "`&` begins a YAML anchor", "quote"},
        {"value: !x", 1, 8, CODE_E105, "`!x`", "quote"},
        {"value: ! x", 1, 8, CODE_E105, "`!`", "quote"},
        {"value: !a!b x", 1, 8, CODE_E105, "`!` begins a YAML tag", "quote"},
        {"value: !!set x", 1, 8, CODE_E105, "`!!set`", "!!str"},
        {"value: !x [1]", 1, 8, CODE_E105, "`!x`", "quote"},
        {"value: !!int 1.5", 1, 8, CODE_E105, "what follows is a number", "remove"},
        {"value: !!seq {}", 1, 8, CODE_E105, "what follows is a mapping", "remove"},
        {"value: %x", 1, 8, CODE_E111, "cannot begin with `%`", "`value: \"%x\"`"},
        {"value: @x", 1, 8, CODE_E111, "cannot begin with `@`", "`value: \"@x\"`"},
        {"value: `x`", 1, 8, CODE_E111, "cannot begin with ```", "`value: \"`x`\"`"},
        {"value: [a, |b]", 1, 12, CODE_E111, "cannot begin with `|`", "quote"},
        {"value: > x", 1, 8, CODE_E111, "a text block", "on the lines below"},
        {"value: | x\n  y", 1, 8, CODE_E111, "a text block", "on the lines below"},
        {"value: a + # one\n  b", 2, 3, CODE_E112, "a comment has ended", "after `|`"},
        {"value: a + # one\n  # two\n  b\nc: 1", 3, 3, CODE_E112, "a comment has ended",
         "after `|`"},
        {"%x", 1, 1, CODE_E101, "`%` begins a YAML directive", "quote"},
        // keys
        {"a: 1\nb: 2\na: 3", 3, 1, CODE_E103, "`a` stands twice", "rename"},
        {"a: {b: 1, 'b': 2}", 1, 11, CODE_E103, "`b` stands twice", "rename"},
        {"1: a\n\"1\": b", 2, 1, CODE_E103, "`1` stands twice", "rename"},
        {"a: &b c\n*b : 1\nc: 2", 3, 1, CODE_E103, "`c` stands twice", "rename"},
        {"a: 1\na: [", 2, 4, CODE_E101, "never closed", ""},
        {"a: &a {}\nb: {<<: *a}", 2, 5, CODE_E107, "merge keys", "write the entries out"},
        {"? [a, b]\n: 1", 1, 3, CODE_E109, "a key cannot be a sequence", "quote"},
        {"a: {{b: 1}: 1}", 1, 5, CODE_E109, "a key cannot be a mapping", "quote"},
        {"a: &a [1]\nb: {*a : 1}", 2, 5, CODE_E109, "a key cannot be a sequence", "quote"},
        {": 1", 1, 1, CODE_E101, "a key is missing", "key: value"},
        {"a: {: 1}", 1, 5, CODE_E101, "a key is missing", "key: value"},
        {"?\n: 1", 1, 2, CODE_E101, "a key is missing", "key: value"},
        // documents
        {"a: 1\n---\nb: 2", 2, 1, CODE_E108, "a second document", "file of its own"},
        {"a: 1\n...\n---\n", 3, 1, CODE_E108, "a second document", "file of its own"},
        {"a: 1\n... b", 2, 5, CODE_E108, "found `b`", ""},
        {"'a' in r", 1, 5, CODE_E108, "found `in`", "quote the whole"},
        {"[a]]", 1, 4, CODE_E108, "found `]`", ""},
        {"a: &a [*a]", 1, 8, CODE_E106, "inside of its own anchor", ""},
        {"a: \x07", 1, 4, CODE_E104, "U+0007", "\\u0007"},
        {"a: \xC2\x80", 1, 4, CODE_E104, "U+0080", "\\u0080"},
        {"a: x\xEF\xBB\xBF", 1, 5, CODE_E104, "U+FEFF", ""},
        {"\xC3\xA9: \xE9\n", 1, 4, CODE_E104, "0xE9", "UTF-8"},
        {"a: \xED\xA0\x80", 1, 4, CODE_E104, "0xED", "UTF-8"},
        {"\xFF\xFE"
         "a",
         1, 1, CODE_E104, "UTF-16", "UTF-8"},
        // syntax
        {"a:\n\t- b", 2, 1, CODE_E101, "a tab", "spaces"},
        {"a: 1\n  b: 2", 2, 4, CODE_E101, "a key is not expected", "line up"},
        {"a:\n   b: 1\n  c: 2", 3, 3, CODE_E101, "expected a key of the mapping",
         "line up"},
        {"a:\n - b\n c", 3, 2, CODE_E101, "expected `key: value`", ""},
        {"a: 1\nfoo\nb: 2", 2, 1, CODE_E101, "expected `key: value`, found `foo`",
         "indented"},
        {"a: 1\nx:1\nb: 2", 2, 1, CODE_E118, "`x:1`", "a space after"},
        {"a: - x", 1, 4, CODE_E101, "`- ` begins a sequence", "negative"},
        {"a: ? x", 1, 4, CODE_E101, "`? ` begins a key", "quote"},
        {"a: [1, 2", 1, 4, CODE_E101, "this `[` is never closed by a `]`", ""},
        {"a: {b: 2", 1, 4, CODE_E101, "this `{` is never closed by a `}`", ""},
        {"a: [1, 2\nb: 3", 2, 2, CODE_E101, "expected `,` or `]`, found `:`", "missing"},
        {"a: [1, 2}", 1, 9, CODE_E101, "expected `,` or `]`, found `}`", ""},
        {"a: ]", 1, 4, CODE_E111, "cannot begin with `]`", "quote"},
        {"a: [b, , c]", 1, 8, CODE_E101, "a value is missing", "null"},
        {"a: 'b", 1, 4, CODE_E101, "never closed", "quote"},
        {"a: 'b\n---\n", 1, 4, CODE_E101, "not closed before", "quote"},
        {"a: \"\\q\"", 1, 5, CODE_E101, "no valid escape", "single quotes"},
        {"a: \"\\xg0\"", 1, 5, CODE_E101, "no valid escape", "single quotes"},
        {"a: \"\\ud800\"", 1, 5, CODE_E101, "no valid escape", "single quotes"},
        {"a: |0\n b", 1, 5, CODE_E101, "1 to 9", ""},
        {"%YAML 1.3\n---\na: 1", 1, 1, CODE_E101, "neither YAML 1.2", ""},
        {"%YAML 1.2\na: 1", 2, 1, CODE_E101, "expected `---`", ""},
        {"%TAG ! x\n---\na: 1", 1, 1, CODE_E101, "directive", "remove"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        check_mistake(&table[i], DOC_FORMAT_YAML);
}

static void duplicate_keys_name_the_first(void **state) {
    (void)state;
    assert_int_equal(read_text("a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n", DOC_FORMAT_YAML),
                     FAILED);
    assert_int_equal(diags.errors, 3);
    assert_place(diags.list.at[0].span, 2, 11);
    assert_place(diags.list.at[0].also, 2, 5);
    assert_place(diags.list.at[1].span, 3, 1);
    assert_place(diags.list.at[1].also, 1, 1);
    assert_place(diags.list.at[2].span, 4, 1);
    assert_place(diags.list.at[2].also, 1, 1);
}

static void several_mistakes_show_at_once(void **state) {
    static const Code expected[] = {CODE_E105, CODE_E106, CODE_E107, CODE_E103,
                                    CODE_E109, CODE_E118, CODE_E106, CODE_E101};
    (void)state;
    assert_int_equal(read_text("a: !x 1\n"
                               "b: *y\n"
                               "c: {<<: 1}\n"
                               "a: 2\n"
                               "? [z]\n"
                               ": 1\n"
                               "d: {e:1}\n"
                               "f: *w + 1\n",
                               DOC_FORMAT_YAML),
                     FAILED);
    assert_int_equal(diags.errors,
                     7); // the line of `*w` is judged once, and ends the reading
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(diags.list.at[i].code, expected[i]);
}

static void nul_bytes_are_refused(void **state) {
    (void)state;
    assert_int_equal(read_bytes(STR("a: b\nc\0d"), DOC_FORMAT_YAML), FAILED);
    assert_int_equal(diags.list.at[0].code, CODE_E104);
    assert_place(diags.list.at[0].span, 2, 2);
    // but may be written
    assert_reads("k: \"a\\0b\"");
    assert_int_equal(doc_get(root, "k")->text.n, 3);
    assert_memory_equal(doc_get(root, "k")->text.at, "a\0b", 3);
}

static void long_keys_are_named(void **state) {
    static const char *const frames[][2] = {
        {"", ": 1"}, {"a: 1\n", ": 2"}, {"a: {", ": 1}"}};
    (void)state;
    char key[1101];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = 0;
    for (size_t i = 0; i < COUNT(frames); i++) {
        char text[sizeof key + 16];
        snprintf(text, sizeof text, "%s%s%s", frames[i][0], key, frames[i][1]);
        assert_int_equal(read_text(text, DOC_FORMAT_YAML), FAILED);
        assert_true(has(diags.list.at[0].message, "1024 characters"));
        const Place place = place_of(diags.list.at[0].span);
        assert_memory_equal(place.text.at + place.offset, key, sizeof key - 1);
        snprintf(text, sizeof text, "? %s\n: 1", key);
        assert_reads(text);
    }
}

static void many_keys_are_told_apart(void **state) {
    enum { N = 5000 };
    (void)state;
    Arena *scratch = base_arena_new();
    Text text = {.arena = scratch};
    for (int i = 0; i < N; i++)
        base_text_printf(&text, "k%d: %d\n", i, i);
    assert_int_equal(read_bytes(base_text_str(&text), DOC_FORMAT_YAML), OK);
    assert_int_equal(root->n, N);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(strtoul(root->pairs[i].value.text.at, NULL, 10), i);
    for (int i = 0; i < N; i++)
        base_text_printf(&text, "k%d: x\n", i);
    assert_int_equal(read_bytes(base_text_str(&text), DOC_FORMAT_YAML), FAILED);
    assert_int_equal(diags.errors, N);
    assert_place(diags.list.at[1].span, N + 2, 1);
    assert_place(diags.list.at[1].also, 2, 1);
    base_arena_free(scratch);
}

// ---- Numbers
// ------------------------------------------------------------------------------------

static void three_strings_are_numbers(void **state) {
    static const bool expected[] = {true,  true,  true,  true, true,
                                    false, false, false, false};
    (void)state;
    assert_reads("[1, -.5, 'NaN', Infinity, \"-Infinity\", inf, nan, ~, true]");
    for (uint32_t i = 0; i < root->n; i++)
        assert_int_equal(doc_is_number(&root->items[i]), expected[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_follow_the_core_schema),
        cmocka_unit_test(quotes_and_tags_decide_the_kind),
        cmocka_unit_test(trees_keep_order_and_spans),
        cmocka_unit_test(documents_may_be_framed),
        cmocka_unit_test(the_format_is_guessed_by_the_first_bracket),
        cmocka_unit_test(aliases_are_copies_that_know_their_place),
        cmocka_unit_test(properties_stand_before_the_content),
        cmocka_unit_test(every_decoded_character_has_its_place),
        cmocka_unit_test(all_bytes_of_an_escape_stand_at_it),
        cmocka_unit_test(texts_that_stand_in_the_file_are_the_files),
        cmocka_unit_test(places_are_bytes_though_libyaml_counts_characters),
        cmocka_unit_test(mistakes_are_named_where_they_are),
        cmocka_unit_test(duplicate_keys_name_the_first),
        cmocka_unit_test(several_mistakes_show_at_once),
        cmocka_unit_test(nul_bytes_are_refused),
        cmocka_unit_test(long_keys_are_named),
        cmocka_unit_test(many_keys_are_told_apart),
        cmocka_unit_test(three_strings_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
