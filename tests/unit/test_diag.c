// Diagnostics: what is kept and counted, its order, its text.
#include "base/diag.h"
#include "base/limits.h"

#include <setjmp.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int new_diags(void **state) {
    Arena *arena = base_arena_new();
    Diags *diags = NEW(arena, Diags);
    diags->arena = arena;
    diags->sources = base_sources_new(arena);
    *state = diags;
    return 0;
}

static int free_diags(void **state) {
    base_arena_free(((Diags *)*state)->arena);
    return 0;
}

static uint32_t add(Diags *diags, const char *name, const char *bytes) {
    uint32_t at = 0;
    assert_int_equal(base_source_add(diags->sources, base_str(name), base_str(bytes), &at),
                     OK);
    return at;
}

static const char *shown(Diags *diags, bool colour) {
    Text text = {.arena = diags->arena};
    base_text_add(&text, STR(""));
    base_diags_text(diags, colour, &text);
    assert_false(text.failed);
    return text.at;
}

static void assert_str_is(Str str, const char *expected) {
    assert_int_equal(str.n, strlen(expected));
    assert_memory_equal(str.at, expected, str.n);
}

// The first place of `what` in a text added at `at`.
static Span span_of(uint32_t at, const char *text, const char *what) {
    return (Span){at + (uint32_t)(strstr(text, what) - text), (uint32_t)strlen(what)};
}

static void codes_are_a_table_in_order(void **state) {
    (void)state;
    for (Code code = 0; code < CODE_COUNT; code++) {
        const char *name = base_code_name(code);
        assert_int_equal(strlen(name), 4);
        assert_true(name[0] == 'E' || name[0] == 'W');
        assert_int_equal(base_code_is_warning(code), name[0] == 'W');
        assert_true(strlen(base_code_title(code)) > 0);
        if (code > 0) assert_true(strcmp(base_code_name(code - 1), name) < 0);
    }
    assert_string_equal(base_code_name(CODE_E301), "E301");
}

static void reporting_keeps_and_counts(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a", "abc");
    char hint[] = "hint", note[] = "note";
    assert_int_equal(base_error(diags, CODE_E401, (Span){at, 1}, hint, "no %s", "x"),
                     FAILED);
    assert_int_equal(base_error_also(diags, CODE_W001, (Span){at, 1}, (Span){at + 1, 2},
                                     note, NULL, "warned"),
                     FAILED);
    hint[0] = note[0] = '?'; // the texts are the diagnostics' own
    assert_int_equal(diags->errors, 1);
    assert_int_equal(diags->warnings, 1);
    assert_int_equal(diags->list.n, 2);
    const Diag *error = &diags->list.at[0], *warning = &diags->list.at[1];
    assert_int_equal(error->code, CODE_E401);
    assert_int_equal(error->span.at, at);
    assert_int_equal(error->also.at, 0);
    assert_str_is(error->message, "no x");
    assert_str_is(error->hint, "hint");
    assert_str_is(error->also_note, "");
    assert_int_equal(warning->also.at, at + 1);
    assert_str_is(warning->also_note, "note");
    assert_str_is(warning->hint, "");
    assert_string_equal(base_hint(diags, "write `%s`", "x"), "write `x`");
    assert_false(diags->failed);
}

static void past_the_limit_they_are_counted(void **state) {
    Diags *diags = *state;
    for (int i = 0; i < LIMIT_DIAGNOSTICS; i++)
        base_error(diags, CODE_E001, NO_SPAN, NULL, "e%d", i);
    assert_null(strstr(shown(diags, false), "more"));
    base_error(diags, CODE_E001, NO_SPAN, NULL, "e");
    assert_non_null(strstr(shown(diags, false), "\n\n… and 1 more error\n"));
    base_error(diags, CODE_E001, NO_SPAN, NULL, "e");
    for (int i = 0; i < 3; i++)
        base_warning(diags, CODE_W001, NO_SPAN, NULL, "w%d", i);
    assert_int_equal(diags->errors, LIMIT_DIAGNOSTICS + 2);
    assert_int_equal(diags->warnings, 3);
    assert_int_equal(diags->list.n, LIMIT_DIAGNOSTICS);
    const char *text = shown(diags, false);
    assert_non_null(strstr(text, "\n\n… and 2 more errors\n\n… and 3 more warnings\n"));
    assert_non_null(strstr(text, "e19"));
    assert_null(strstr(text, "e20"));
}

static void errors_take_the_place_of_warnings(void **state) {
    Diags *diags = *state;
    base_error(diags, CODE_E001, NO_SPAN, NULL, "e0");
    for (int i = 0; i < LIMIT_DIAGNOSTICS; i++)
        base_warning(diags, CODE_W001, NO_SPAN, NULL, "w%d", i);
    for (int i = 1; i < 3; i++)
        base_error(diags, CODE_E001, NO_SPAN, NULL, "e%d", i);
    assert_int_equal(diags->list.n, LIMIT_DIAGNOSTICS);
    const char *text = shown(diags, false);
    assert_non_null(strstr(text, "w16"));
    assert_null(strstr(text, "w17"));
    assert_non_null(strstr(text, "e0"));
    assert_non_null(strstr(text, "e1"));
    assert_non_null(strstr(text, "e2"));
    assert_non_null(strstr(text, "\n\n… and 3 more warnings\n"));
    assert_null(strstr(text, "more error"));
    base_diags_drop_warnings(diags);
    assert_int_equal(diags->list.n, 3);
    assert_int_equal(diags->warnings, 0);
    assert_null(strstr(shown(diags, false), "warning"));
}

static void warnings_can_be_errors(void **state) {
    Diags *diags = *state;
    diags->werror = true;
    base_warning(diags, CODE_W001, NO_SPAN, NULL, "w");
    assert_int_equal(diags->errors, 1);
    assert_int_equal(diags->warnings, 0);
    assert_string_equal(shown(diags, false), "error[W001]: w\n");
    base_diags_drop_warnings(diags);
    assert_int_equal(diags->list.n, 1);
}

static void joined_warnings_of_one_place_are_one(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a", "0123456789");
    for (int point = 0; point < 3; point++) {
        Diags more = {.arena = diags->arena, .sources = diags->sources};
        base_warning(&more, CODE_W001, (Span){at, 2}, NULL, "w");
        base_warning(&more, CODE_W005, (Span){at, 2}, NULL, "another code");
        if (point == 2) base_warning(&more, CODE_W001, (Span){at, 3}, NULL, "elsewhere");
        base_error(&more, CODE_E001, (Span){at, 2}, NULL, "errors are not one");
        more.errors += 5; // not kept there
        assert_int_equal(base_diags_join(diags, &more), OK);
    }
    assert_int_equal(diags->errors, 18);
    assert_int_equal(diags->warnings, 3);
    assert_int_equal(diags->list.n, 6);
    const char *text = shown(diags, false);
    assert_non_null(strstr(text, "warning[W001]: w (and at 2 more points)\n"));
    assert_non_null(strstr(text, "warning[W005]: another code (and at 2 more points)\n"));
    assert_non_null(strstr(text, "warning[W001]: elsewhere\n"));
    assert_non_null(strstr(text, "… and 15 more errors\n"));
}

static void forgotten_ones_are_not_counted(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a", "0123456789");
    for (uint32_t i = 0; i < 5; i++)
        (void)base_error(diags, CODE_E101, (Span){at + 2 * i, 1}, NULL, "%u", i);
    (void)base_warning(diags, CODE_W001, (Span){at + 1, 1}, NULL, "w");
    (void)base_error(diags, CODE_E102, (Span){at, 1}, NULL, "last");
    // of the second to the last but one, those at 4 to 6 stay
    base_diags_forget(diags, 1, 6, (Span){at + 4, 2});
    assert_int_equal(diags->list.n, 4);
    assert_int_equal(diags->errors, 4);
    assert_int_equal(diags->warnings, 0);
    static const char *const left[] = {"0", "2", "3", "last"};
    for (uint32_t i = 0; i < COUNT(left); i++)
        assert_str_is(diags->list.at[i].message, left[i]);
}

static void texts_are_cut_to_what_a_person_reads(void **state) {
    Diags *diags = *state;
    char text[1000];
    memset(text, 'a', sizeof text);
    memcpy(text + 399, "é", 2); // not in its midst
    text[999] = 0;
    (void)base_error(diags, CODE_E101, NO_SPAN, text, "%s", text);
    const Diag *diag = &diags->list.at[0];
    assert_int_equal(diag->message.n, 399 + sizeof "…" - 1);
    assert_memory_equal(diag->message.at + 399, "…", sizeof "…" - 1);
    assert_int_equal(diag->hint.n, diag->message.n);
}

static void hints_name_what_is_known(void **state) {
    Diags *diags = *state;
    Str names[13];
    for (size_t i = 0; i < COUNT(names); i++)
        names[i] = STR("xs");
    names[1] = STR("alpha");
    assert_string_equal(base_hint_known(diags, STR("alhpa"), "its fields are", names, 2),
                        "did you mean `alpha`? its fields are xs, alpha");
    assert_string_equal(base_hint_known(diags, STR("q"), "known:", names, 2),
                        "known: xs, alpha");
    assert_null(base_hint_known(diags, STR("q"), "known:", names, 13)); // too many
    assert_string_equal(base_hint_known(diags, STR("alhpa"), "known:", names, 13),
                        "did you mean `alpha`?");
    assert_null(base_hint_known(diags, STR("alhpa"), "known:", names, 0));
}

static void they_are_sorted_by_place(void **state) {
    Diags *diags = *state;
    const uint32_t a = add(diags, "a", "0123456789");
    const uint32_t b = add(diags, "b", "0123456789");
    // A text decoded from the begin of `a` sorts there, though its own number is the last.
    const SourceRun runs[] = {{0, a + 1, false}};
    uint32_t decoded = 0;
    assert_int_equal(base_source_add_decoded(diags->sources, 3, runs, 1, &decoded), OK);
    const struct {
        uint32_t at;
        const char *message;
    } reported[] = {{b, "6"},     {a + 5, "4"}, {0, "1"},    {decoded, "3"},
                    {a + 5, "5"}, {0, "2"},     {b + 1, "7"}};
    for (size_t i = 0; i < COUNT(reported); i++)
        base_error(diags, CODE_E001, (Span){reported[i].at, 1}, NULL, "%s",
                   reported[i].message);
    base_diags_sort(diags);
    for (uint32_t i = 0; i < diags->list.n; i++)
        assert_int_equal(diags->list.at[i].message.at[0], '1' + i);
}

static void a_person_sees_place_and_help(void **state) {
    Diags *diags = *state;
    const char *spec = "\n\nfunctions:\n  mul:\n    value: x * y\n    vjp: g * * x\n";
    const uint32_t at = add(diags, "spec.yaml", spec);
    base_error(diags, CODE_E301, span_of(at, spec, "* x"), "remove one `*`", "found `*`");
    base_error_also(diags, CODE_W001, span_of(at, spec, "x * y"), span_of(at, spec, "mul"),
                    "of this function", NULL, "never used");
    base_error(diags, CODE_E001, NO_SPAN, "name one", "no spec");
    assert_string_equal(shown(diags, false), //
                        "error[E301]: found `*`\n"
                        "  --> spec.yaml:6:14\n"
                        "   |\n"
                        " 6 |     vjp: g * * x\n"
                        "   |              ^^^\n"
                        "   = help: remove one `*`\n"
                        "\n"
                        "warning[W001]: never used\n"
                        "  --> spec.yaml:5:12\n"
                        "   |\n"
                        " 5 |     value: x * y\n"
                        "   |            ^^^^^\n"
                        "   = note: of this function: spec.yaml:4:3\n"
                        "\n"
                        "error[E001]: no spec\n"
                        "   = help: name one\n");
}

static void the_gutter_fits_the_line_number(void **state) {
    Diags *diags = *state;
    char lines[1200];
    memset(lines, '\n', sizeof lines);
    lines[sizeof lines - 1] = '\0';
    memcpy(lines + 999, "here", 4);
    const uint32_t at = add(diags, "a", lines);
    base_error_also(diags, CODE_E401, (Span){at + 999, 4}, NO_SPAN, "a note", "a hint",
                    "m");
    assert_string_equal(shown(diags, false), "error[E401]: m\n"
                                             "     --> a:1000:1\n"
                                             "      |\n"
                                             " 1000 | here\n"
                                             "      | ^^^^\n"
                                             "      = note: a note\n"
                                             "      = help: a hint\n");
}

static void carets_stand_below_the_place(void **state) {
    static const struct {
        const char *line;
        uint32_t at, n;
        const char *shown, *carets;
    } cases[] = {
        {"abc", 0, 3, "abc", "^^^"},
        {"abc", 3, 0, "abc", "   ^"},  // the end of the line
        {"", 0, 0, "", "^"},           //
        {"é漢x", 2, 3, "é漢x", " ^^"}, // a caret for a column
        {"漢e\u0301x", 6, 1, "漢e\u0301x", "   ^"},
        {"e\u0301", 1, 2, "e\u0301", " ^"},   // at least one
        {"\ta\tb", 3, 1, "\ta\tb", "\t \t^"}, // tabs stay tabs
        {"a\x1b"
         "b",
         2, 1, "a\\u{1b}b", "       ^"},
        {"a\xFF"
         "b",
         1, 2, "a\\xffb", " ^^^^^"},
        {"a\xE2\x80\xAE"
         "b",
         4, 1, "a\\u{202e}b", "         ^"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Diags *diags = *state;
        diags->list.n = diags->errors = 0;
        const uint32_t at = add(diags, "a", cases[i].line);
        base_error(diags, CODE_E301, (Span){at + cases[i].at, cases[i].n}, NULL, "m");
        Text expected = {.arena = diags->arena};
        base_text_printf(&expected, "error[E301]: m\n  --> a:1:");
        const char *text = shown(diags, false);
        assert_memory_equal(text, expected.at, expected.n);
        expected.n = 0;
        base_text_printf(&expected, "   |\n 1 | %s\n   | %s\n", cases[i].shown,
                         cases[i].carets);
        assert_string_equal(strstr(text, "   |\n"), expected.at);
    }
}

// `n` times the same code point.
static const char *repeated(Diags *diags, const char *what, int n) {
    Text text = {.arena = diags->arena};
    base_text_add(&text, STR(""));
    for (int i = 0; i < n; i++)
        base_text_add(&text, base_str(what));
    return text.at;
}

static void long_lines_are_cut_around_the_place(void **state) {
    Diags *diags = *state;
    static const struct {
        int before, n, behind; // code points of the line: é, x, é
        int shown_before, shown_n, shown_behind;
    } cases[] = {
        {50, 1, 49, 50, 1, 49},     // as long as can be shown
        {0, 100, 0, 0, 100, 0},     //
        {99, 1, 0, 99, 1, 0},       //
        {0, 1, 100, 0, 1, 99},      // cut behind
        {50, 1, 50, 50, 1, 49},     //
        {200, 1, 0, 99, 1, 0},      // cut before
        {200, 1, 10, 89, 1, 10},    //
        {200, 1, 200, 50, 1, 49},   // cut on both sides
        {200, 300, 200, 50, 50, 0}, // within the place
        {60, 41, 0, 59, 41, 0},     //
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        diags->list.n = diags->errors = 0;
        Text line = {.arena = diags->arena};
        base_text_printf(&line, "%s%s%s", repeated(diags, "é", cases[i].before),
                         repeated(diags, "x", cases[i].n),
                         repeated(diags, "é", cases[i].behind));
        const Span span = {add(diags, "a", line.at) + 2 * (uint32_t)cases[i].before,
                           (uint32_t)cases[i].n};
        base_error(diags, CODE_E301, span, NULL, "m");

        const bool cut_before = cases[i].shown_before < cases[i].before;
        const bool cut_behind =
            cases[i].shown_n < cases[i].n || cases[i].shown_behind < cases[i].behind;
        Text expected = {.arena = diags->arena};
        base_text_printf(&expected, " 1 | %s%s%s%s%s\n   | %s%s%s\n", cut_before ? "…" : "",
                         repeated(diags, "é", cases[i].shown_before),
                         repeated(diags, "x", cases[i].shown_n),
                         repeated(diags, "é", cases[i].shown_behind), cut_behind ? "…" : "",
                         cut_before ? " " : "", repeated(diags, " ", cases[i].shown_before),
                         repeated(diags, "^", cases[i].shown_n));
        assert_string_equal(strstr(shown(diags, false), " 1 |"), expected.at);
    }
}

static void a_line_of_stray_bytes_is_cut_too(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a", repeated(diags, "\x80", 10000));
    base_error(diags, CODE_E301, (Span){at + 5000, 1}, NULL, "m");
    assert_true(strlen(shown(diags, false)) < 100 * strlen("\\x80") + 400);
}

static void what_comes_from_outside_is_shown_escaped(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a\x1b", "x");
    base_error_also(diags, CODE_E401, (Span){at, 1}, (Span){at, 1}, "n\x07", "h\xFF",
                    "m\n");
    assert_string_equal(shown(diags, false), "error[E401]: m\\u{a}\n"
                                             "  --> a\\u{1b}:1:1\n"
                                             "   |\n"
                                             " 1 | x\n"
                                             "   | ^\n"
                                             "   = note: n\\u{7}: a\\u{1b}:1:1\n"
                                             "   = help: h\\xff\n");
}

// The text without its escape sequences of colour.
static const char *uncoloured(Diags *diags, const char *text) {
    Text plain = {.arena = diags->arena};
    for (; *text; text++) {
        if (*text == '\x1b') {
            text += strcspn(text, "m");
        } else {
            base_text_char(&plain, *text);
        }
    }
    return plain.at;
}

static void colour_only_adds_to_the_text(void **state) {
    Diags *diags = *state;
    const uint32_t at = add(diags, "a", "x y");
    base_error_also(diags, CODE_E401, (Span){at, 1}, (Span){at + 2, 1}, "note", "hint",
                    "m");
    assert_null(strchr(shown(diags, false), '\x1b'));
    const char *red = shown(diags, true);
    assert_string_equal(uncoloured(diags, red), shown(diags, false));
    assert_non_null(strstr(red, "\x1b[1;31merror[E401]\x1b[0m"));
    assert_non_null(strstr(red, "\x1b[1;31m^\x1b[0m"));
    base_warning(diags, CODE_W001, (Span){at, 1}, NULL, "m");
    const char *both = shown(diags, true);
    assert_string_equal(uncoloured(diags, both), shown(diags, false));
    assert_non_null(strstr(both, "\x1b[1;33mwarning[W001]\x1b[0m"));
}

static void without_sources_there_is_no_place(void **state) {
    Diags diags = {.arena = ((Diags *)*state)->arena};
    base_error(&diags, CODE_E401, (Span){5, 1}, NULL, "m");
    base_diags_sort(&diags);
    assert_string_equal(shown(&diags, false), "error[E401]: m\n");
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, new_diags, free_diags)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_a_table_in_order),
        TEST(reporting_keeps_and_counts),
        TEST(past_the_limit_they_are_counted),
        TEST(errors_take_the_place_of_warnings),
        TEST(warnings_can_be_errors),
        TEST(joined_warnings_of_one_place_are_one),
        TEST(forgotten_ones_are_not_counted),
        TEST(texts_are_cut_to_what_a_person_reads),
        TEST(hints_name_what_is_known),
        TEST(they_are_sorted_by_place),
        TEST(a_person_sees_place_and_help),
        TEST(the_gutter_fits_the_line_number),
        TEST(carets_stand_below_the_place),
        TEST(long_lines_are_cut_around_the_place),
        TEST(a_line_of_stray_bytes_is_cut_too),
        TEST(what_comes_from_outside_is_shown_escaped),
        TEST(colour_only_adds_to_the_text),
        TEST(without_sources_there_is_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
