// Places: from numbers to file, line and column, through decoded texts too.
#include "base/source.h"

#include <setjmp.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int new_arena(void **state) {
    *state = base_arena_new();
    return *state ? 0 : -1;
}

static int free_arena(void **state) {
    base_arena_free(*state);
    return 0;
}

static uint32_t add(Sources *sources, const char *name, Str bytes) {
    uint32_t at = 0;
    assert_int_equal(base_source_add(sources, base_str(name), bytes, &at), OK);
    assert_true(at > 0);
    return at;
}

static void assert_str_is(Str str, const char *expected) {
    assert_int_equal(str.n, strlen(expected));
    assert_memory_equal(str.at, expected, str.n);
}

// The offset of a span in a file, and what is to be found for it.
typedef struct Case {
    uint32_t offset, n;
    uint32_t line, column;
    const char *text; // the line
    uint32_t line_offset, line_n;
} Case;

static void check_cases(Sources *sources, uint32_t at, const char *file, const Case *cases,
                        size_t n) {
    for (size_t i = 0; i < n; i++) {
        Place place;
        const Span span = {at + cases[i].offset, cases[i].n};
        assert_true(base_source_find(sources, span, &place));
        assert_str_is(place.file, file);
        assert_int_equal(place.line, cases[i].line);
        assert_int_equal(place.column, cases[i].column);
        assert_str_is(place.text, cases[i].text);
        assert_int_equal(place.offset, cases[i].line_offset);
        assert_int_equal(place.n, cases[i].line_n);
    }
}

static void places_are_found_in_files(void **state) {
    Sources *sources = base_sources_new(*state);
    static const Case unix_cases[] = {
        {0, 2, 1, 1, "ab", 0, 2},
        {1, 0, 1, 2, "ab", 1, 1},   // a point is shown as one byte
        {1, 9, 1, 2, "ab", 1, 1},   // cut at the line's end
        {2, 1, 1, 3, "ab", 2, 0},   // the line's end itself
        {3, 1, 2, 1, "", 0, 0},     // an empty line
        {4, 1, 3, 1, "é漢x", 0, 1}, // columns count code points
        {9, 1, 3, 3, "é漢x", 5, 1},
        {11, 1, 4, 1, "\xFFz", 0, 1}, // a stray byte counts as one
        {12, 1, 4, 2, "\xFFz", 1, 1},
        {13, 0, 4, 3, "\xFFz", 2, 0}, // the end of the text
    };
    const uint32_t a = add(sources, "a", STR("ab\n\né漢x\n\xFFz"));
    static const Case other_cases[] = {
        {3, 1, 1, 1, "x", 0, 1},                          // behind a byte-order mark
        {1, 1, 1, 1, "x", 0, 1},                          // within it
        {4, 1, 1, 2, "x", 1, 0},                          // CR of CR LF
        {5, 1, 1, 2, "x", 1, 0},                          // LF of CR LF
        {6, 1, 2, 1, "y", 0, 1}, {8, 1, 3, 1, "z", 0, 1}, // behind a CR alone
        {10, 0, 4, 1, "", 0, 0},
    };
    const uint32_t b = add(sources, "b", STR("\xEF\xBB\xBFx\r\ny\rz\n"));
    const uint32_t empty = add(sources, "--vjp", (Str){NULL, 0});
    static const Case empty_cases[] = {{0, 0, 1, 1, "", 0, 0}};
    const uint32_t c = add(sources, "c", STR("ab"));
    static const Case last_cases[] = {{0, 2, 1, 1, "ab", 0, 2}};

    // In any order, and again: the index of lines is made when a file is first asked about.
    for (int round = 0; round < 2; round++) {
        check_cases(sources, c, "c", last_cases, COUNT(last_cases));
        check_cases(sources, b, "b", other_cases, COUNT(other_cases));
        check_cases(sources, a, "a", unix_cases, COUNT(unix_cases));
        check_cases(sources, empty, "--vjp", empty_cases, COUNT(empty_cases));
    }
}

static void no_place_is_not_found(void **state) {
    Sources *sources = base_sources_new(*state);
    Place place;
    assert_false(base_source_find(sources, (Span){1, 1}, &place));
    const uint32_t at = add(sources, "a", STR("ab"));
    assert_false(base_source_find(sources, NO_SPAN, &place));
    assert_false(base_source_find(sources, (Span){at + 3, 1}, &place));
    assert_false(base_source_find(sources, (Span){UINT32_MAX, 1}, &place));
    assert_int_equal(base_source_file_at(sources, 0), 0);
    assert_int_equal(base_source_file_at(sources, UINT32_MAX), 0);
}

// The YAML scalar "a\tb\u00e9c", written over two lines and folded:
//
//     k: "a\tb
//        \u00e9c"
static void places_are_found_through_decoded_texts(void **state) {
    Sources *sources = base_sources_new(*state);
    add(sources, "before", STR("xyz"));
    const uint32_t file = add(sources, "spec", STR("k: \"a\\tb\n   \\u00e9c\"\n"));
    const SourceRun runs[] = {
        {0, file + 4, false},  // a
        {1, file + 5, true},   // the tab: \t
        {2, file + 7, false},  // b
        {3, file + 8, true},   // the space: line end and indentation
        {4, file + 12, true},  // é (two bytes): \u00e9
        {6, file + 18, false}, // c, and the end
    };
    uint32_t text = 0;
    assert_int_equal(base_source_add_decoded(sources, 7, runs, COUNT(runs), &text), OK);
    static const Case cases[] = {
        {0, 1, 1, 5, "k: \"a\\tb", 4, 1},
        {1, 1, 1, 6, "k: \"a\\tb", 5, 2}, // the whole escape
        {0, 3, 1, 5, "k: \"a\\tb", 4, 4},
        {2, 1, 1, 8, "k: \"a\\tb", 7, 1},
        {2, 5, 1, 8, "k: \"a\\tb", 7, 1}, // goes on in the next line
        {4, 2, 2, 4, "   \\u00e9c\"", 3, 6},
        {4, 3, 2, 4, "   \\u00e9c\"", 3, 7},
        {6, 1, 2, 10, "   \\u00e9c\"", 9, 1},
        {7, 0, 2, 11, "   \\u00e9c\"", 10, 1}, // the end: the closing quote
    };
    check_cases(sources, text, "spec", cases, COUNT(cases));

    // A text decoded from the decoded text leads to the same file.
    const SourceRun inner_runs[] = {{0, text + 2, false}};
    uint32_t inner = 0;
    assert_int_equal(base_source_add_decoded(sources, 1, inner_runs, 1, &inner), OK);
    static const Case inner_cases[] = {{0, 1, 1, 8, "k: \"a\\tb", 7, 1}};
    check_cases(sources, inner, "spec", inner_cases, COUNT(inner_cases));

    assert_int_equal(base_source_file_at(sources, file + 3), file + 3);
    assert_int_equal(base_source_file_at(sources, text + 2), file + 7);
    assert_int_equal(base_source_file_at(sources, inner), file + 7);
}

static void a_decoded_text_leads_back_only(void **state) {
    Sources *sources = base_sources_new(*state);
    const uint32_t file = add(sources, "a", STR("ab"));
    // It would stand at its own first byte.
    const SourceRun runs[] = {{0, file + 3, false}};
    uint32_t text = 0;
    assert_int_equal(base_source_add_decoded(sources, 1, runs, 1, &text), OK);
    assert_int_equal(text, file + 3);
    Place place;
    assert_false(base_source_find(sources, (Span){text, 1}, &place));
}

static void a_decoded_text_without_runs_has_no_place(void **state) {
    Sources *sources = base_sources_new(*state);
    add(sources, "a", STR("ab"));
    uint32_t text = 0;
    assert_int_equal(base_source_add_decoded(sources, 0, NULL, 0, &text), OK);
    Place place;
    assert_false(base_source_find(sources, (Span){text, 0}, &place));
    assert_int_equal(base_source_file_at(sources, text), 0);
}

static void two_to_the_32_bytes_are_too_many(void **state) {
    Sources *sources = base_sources_new(*state);
    uint32_t at = 0;
    // The bytes are only looked at when a place in them is asked for.
    const size_t gigabyte = (size_t)1 << 30;
    for (int i = 0; i < 3; i++)
        assert_int_equal(base_source_add(sources, STR("big"), (Str){"", gigabyte}, &at),
                         OK);
    assert_int_equal(base_source_add(sources, STR("big"), (Str){"", gigabyte}, &at),
                     FAILED);
    assert_int_equal(base_source_add(sources, STR("big"), (Str){"", SIZE_MAX}, &at),
                     FAILED);
    assert_int_equal(base_source_add_decoded(sources, 4 * gigabyte, NULL, 0, &at), FAILED);
    // What was refused took nothing.
    const uint32_t small = add(sources, "small", STR("x"));
    static const Case cases[] = {{0, 1, 1, 1, "x", 0, 1}};
    check_cases(sources, small, "small", cases, COUNT(cases));
}

static void many_files_and_lines_are_searched(void **state) {
    Sources *sources = base_sources_new(*state);
    enum { FILES = 300, LINES = 40 };
    static char bytes[LINES * 2 + 1];
    for (size_t i = 0; i < 2 * LINES; i++)
        bytes[i] = i % 2 ? '\n' : 'x';
    uint32_t ats[FILES];
    for (uint32_t i = 0; i < FILES; i++)
        ats[i] = add(sources, "f", base_str(bytes));
    for (uint32_t i = 0; i < FILES; i++) {
        for (uint32_t line = 0; line < LINES; line++) {
            const Case cases[] = {{2 * line, 1, line + 1, 1, "x", 0, 1}};
            check_cases(sources, ats[i], "f", cases, 1);
        }
    }
}

static void spans_join(void **state) {
    (void)state;
    static const struct {
        Span a, b, joined;
    } cases[] = {
        {{5, 2}, {10, 3}, {5, 8}}, {{5, 2}, {5, 0}, {5, 0}},   {{0, 0}, {10, 3}, {10, 3}},
        {{5, 2}, {0, 0}, {5, 2}},  {{10, 3}, {5, 2}, {10, 3}}, {{0, 0}, {0, 0}, {0, 0}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const Span joined = base_span_join(cases[i].a, cases[i].b);
        assert_int_equal(joined.at, cases[i].joined.at);
        assert_int_equal(joined.n, cases[i].joined.n);
    }
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(places_are_found_in_files),
        TEST(no_place_is_not_found),
        TEST(places_are_found_through_decoded_texts),
        TEST(a_decoded_text_leads_back_only),
        TEST(a_decoded_text_without_runs_has_no_place),
        TEST(two_to_the_32_bytes_are_too_many),
        TEST(many_files_and_lines_are_searched),
        cmocka_unit_test(spans_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
