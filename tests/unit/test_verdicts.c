// Verdicts of rules, made by hand: how cells fold into checks, checks into verdicts, those
// into the exit status; what is guessed of a wrong rule; text and JSON.
#include "report/report_check.h"
#include "verify/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

// -- a rule at a point --------------------------------------------------------------

static const char *const spec_text = "version: 1\n"
                                     "functions:\n"
                                     "  f:\n"
                                     "    args: [x, y]\n"
                                     "    value: x * y\n"
                                     "    vjp:\n"
                                     "      - g * y\n"
                                     "      - g * x / 2\n"
                                     "points:\n"
                                     "  - {function: f, at: [[1, 2, 3], [4, 5, 6]]}\n"
                                     "  - {function: f, at: [3, 4]}\n";

// The rule of the spec where point `point` reaches it.
static const cg_rule_call *call_at(size_t point) {
    cg_source spec;
    cg_rule_calls calls;
    assert_int_equal(
        cg_load_bytes(cg, "s.yaml", spec_text, strlen(spec_text), CG_FORMAT_GUESS, &spec),
        CG_OK);
    assert_int_equal(cg_reach_rules(cg, spec, point, &calls), CG_OK);
    assert_int_equal(calls.n, 1);
    return calls.at[0];
}

static VerifyCell agrees(int64_t digits) {
    return (VerifyCell){.verdict = VERIFY_AGREES, .by = VERIFY_BY_DIRECT, .digits = digits};
}

static VerifyCell refuted(size_t x, size_t element) {
    return (VerifyCell){.x = x,
                        .x_element = element,
                        .output_element = element,
                        .verdict = VERIFY_REFUTED,
                        .by = VERIFY_BY_DIRECT,
                        .kind = VERIFY_DIFFERS,
                        .digits = -1,
                        .rule = "1.5",
                        .derivative = "3",
                        .abs = 1.5,
                        .rel = 0.5,
                        .ulp = 3.4e15};
}

static VerifyCell with(VerifyVerdict verdict) {
    return (VerifyCell){.verdict = verdict, .digits = -1};
}

static void add(VerifyRule *rule, VerifyScope scope, const cg_rule_call *call,
                VerifyCell cell) {
    assert_int_equal(verify_add_cell(arena, rule, scope, call, &cell), OK);
}

static VerifyRule rule_of(const cg_rule_call *call) {
    return (VerifyRule){.spec = "s.yaml", .rule = call->rule, .linear = VERIFY_LINEAR};
}

// -- folding ------------------------------------------------------------------------

static void cells_fold_into_checks(void **state) {
    (void)state;
    const cg_rule_call *call = call_at(0);
    VerifyRule rule = rule_of(call);
    add(&rule, VERIFY_POINT, call, agrees(31));
    add(&rule, VERIFY_POINT, call, agrees(30));
    VerifyCell other = agrees(40);
    other.literal = "0.3989422804014327";
    add(&rule, VERIFY_POINT, call, other);
    assert_int_equal(rule.checks.n, 1);
    assert_true(rule.checks.at[0].whole);
    assert_int_equal(rule.checks.at[0].cell.digits, 30);
    assert_string_equal(rule.checks.at[0].cell.literal, "0.3989422804014327");
    VerifyCell sub = with(VERIFY_SUBGRADIENT);
    sub.x_element = 2;
    add(&rule, VERIFY_POINT, call, sub);
    assert_int_equal(rule.checks.n, 1);
    assert_int_equal(rule.checks.at[0].cell.verdict, VERIFY_SUBGRADIENT);
    assert_int_equal(rule.checks.at[0].cell.digits, -1);
    add(&rule, VERIFY_POINT, call, agrees(30));
    assert_int_equal(rule.checks.at[0].cell.verdict, VERIFY_SUBGRADIENT);
    // another argument, another order: checks of their own
    VerifyCell y = agrees(30);
    y.x = 1;
    add(&rule, VERIFY_POINT, call, y);
    add(&rule, VERIFY_ORDER2, call, agrees(30));
    assert_int_equal(rule.checks.n, 3);
}

static void elements_are_told_once(void **state) {
    (void)state;
    const cg_rule_call *call = call_at(0);
    VerifyRule rule = rule_of(call);
    VerifyCell undecided = with(VERIFY_UNDECIDED);
    undecided.x_element = 1;
    add(&rule, VERIFY_POINT, call, undecided);
    add(&rule, VERIFY_POINT, call, refuted(0, 1));
    add(&rule, VERIFY_POINT, call, undecided);
    add(&rule, VERIFY_POINT, call, agrees(30));
    assert_int_equal(rule.checks.n, 2);
    assert_int_equal(rule.checks.at[0].cell.verdict, VERIFY_REFUTED);
    assert_false(rule.checks.at[0].whole);
    // of many elements the first are kept, and the rest counted
    VerifyRule many = rule_of(call);
    for (size_t i = 0; i < VERIFY_SHOWN + 7; i++)
        add(&many, VERIFY_POINT, call, refuted(1, i));
    assert_int_equal(many.checks.n, VERIFY_SHOWN);
    assert_int_equal(many.checks.at[VERIFY_SHOWN - 1].more, 7);
    // none of them is better than what was not kept
    VerifyRule last = rule_of(call);
    undecided.x = 1;
    for (undecided.x_element = 0; undecided.x_element < VERIFY_SHOWN;)
        add(&last, VERIFY_POINT, call, undecided), undecided.x_element++;
    add(&last, VERIFY_POINT, call, refuted(1, VERIFY_SHOWN));
    VerifySummary summary = {0};
    verify_conclude(&last, &summary);
    assert_int_equal(last.verdict, VERIFY_REFUTED);
}

// -- verdicts -----------------------------------------------------------------------

static VerifyVerdict verdict_of(size_t n, const VerifyVerdict *verdicts,
                                VerifyScope scope) {
    const cg_rule_call *call = call_at(0);
    VerifyRule rule = rule_of(call);
    VerifySummary summary = {0};
    for (size_t i = 0; i < n; i++) {
        const VerifyCell cell = with(verdicts[i]);
        assert_int_equal(
            verify_add_check(arena, &rule, i ? VERIFY_POINT : scope, call, &cell), OK);
    }
    verify_conclude(&rule, &summary);
    assert_int_equal(summary.rules, 1);
    assert_int_equal(summary.of_verdict[rule.verdict], 1);
    assert_int_equal(verify_worst(&summary), rule.verdict);
    return rule.verdict;
}

static void the_worst_counts(void **state) {
    (void)state;
    for (int a = 0; a < VERIFY_VERDICTS; a++) {
        for (int b = 0; b < VERIFY_VERDICTS; b++) {
            const VerifyVerdict both[] = {(VerifyVerdict)a, (VerifyVerdict)b};
            assert_int_equal(verdict_of(2, both, VERIFY_POINT), a > b ? a : b);
            assert_int_equal(verdict_of(2, both, VERIFY_LINEARITY), a > b ? a : b);
            // a second order that is not checked does not count
            const bool counts = a != VERIFY_NOT_CHECKED;
            assert_int_equal(verdict_of(2, both, VERIFY_ORDER2), counts && a > b ? a : b);
        }
    }
    assert_int_equal(verdict_of(0, NULL, VERIFY_POINT), VERIFY_NOT_CHECKED);
    const VerifyVerdict open = VERIFY_NOT_CHECKED;
    assert_int_equal(verdict_of(1, &open, VERIFY_ORDER2), VERIFY_NOT_CHECKED);
    assert_int_equal(verify_worst(&(VerifySummary){0}), VERIFY_NOT_CHECKED);
}

static void exit_status(void **state) {
    (void)state;
    static const struct {
        VerifySummary summary;
        int as_is, pass, fail;
    } rows[] = {
        {{0}, 0, 0, 0},
        {{.of_verdict = {1, 1, 1, 0, 0}}, 0, 0, 0},
        {{.of_verdict = {0, 0, 0, 1, 0}}, 3, 0, 1},
        {{.of_verdict = {0, 0, 0, 1, 1}}, 1, 1, 1},
        {{.of_verdict = {0, 0, 0, 0, 1}}, 1, 1, 1},
        {{.failed = 1}, 1, 1, 1},
        {{.failed = 1, .of_verdict = {0, 0, 0, 1, 0}}, 1, 1, 1},
        {{.goldens_failed = 1}, 1, 1, 1},
        {{.in_error = 1}, 2, 2, 2},
        {{.rules_in_error = 1, .of_verdict = {0, 0, 1, 0, 0}}, 2, 2, 2},
        {{.in_error = 1, .failed = 1, .of_verdict = {0, 0, 0, 1, 1}}, 2, 2, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const VerifySummary *summary = &rows[i].summary;
        assert_int_equal(verify_exit_status(summary, VERIFY_UNDECIDED_AS_IS),
                         rows[i].as_is);
        assert_int_equal(verify_exit_status(summary, VERIFY_PASS), rows[i].pass);
        assert_int_equal(verify_exit_status(summary, VERIFY_FAIL), rows[i].fail);
    }
}

// -- diagnoses ----------------------------------------------------------------------

static void factors(void **state) {
    (void)state;
    static const struct {
        size_t n;
        double rule[3], derivative[3];
        const char *text; // NULL: none
    } rows[] = {
        {1, {1.5}, {3}, "the rule is 1/2 × the derivative"},
        {2, {6, 0}, {3, 0}, "the rule is 2 × the derivative"},
        {2, {-3, 4}, {3, -4}, "the rule is the derivative with the wrong sign"},
        {3, {-1, 2, 0}, {3, -6, 0}, "the rule is -1/3 × the derivative"},
        {2, {0, 2}, {0, 3}, "the rule is 2/3 × the derivative"},
        {2, {3, 4}, {3, 4}, NULL},
        {2, {3, 4}, {4, 3}, NULL},
        {2, {3, 1}, {3, 0}, NULL},
        {1, {0}, {3}, NULL},
        {1, {3}, {0}, NULL},
        {1, {17}, {1}, NULL},
        {1, {3.14159}, {1}, NULL},
        {1, {1.5}, {INFINITY}, NULL},
        {1, {INFINITY}, {1}, NULL},
        {1, {NAN}, {1}, NULL},
        {0, {0}, {0}, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        VerifyDiagnosis found = {.proved = true};
        const bool any =
            verify_find_factor(rows[i].n, rows[i].rule, rows[i].derivative, &found);
        assert_int_equal(any, rows[i].text != NULL);
        if (!any) continue;
        assert_false(found.proved);
        found.proved = true;
        assert_string_equal(verify_diagnosis_text(arena, &found), rows[i].text);
    }
}

static void swapped(void **state) {
    (void)state;
    static const double a[] = {1, 2}, b[] = {3, 4};
    assert_true(verify_are_swapped(2, (const double *[]){a, b}, (const double *[]){b, a}));
    assert_false(verify_are_swapped(2, (const double *[]){a, b}, (const double *[]){a, b}));
    assert_false(verify_are_swapped(2, (const double *[]){a, a}, (const double *[]){a, a}));
    assert_false(verify_are_swapped(2, (const double *[]){a, b}, (const double *[]){b, b}));
    const VerifyDiagnosis found = {.mistake = VERIFY_SWAPPED, .arg = "x", .other = "y"};
    assert_string_equal(verify_diagnosis_text(arena, &found),
                        "it looks as if the entries for x and y stand in each other's "
                        "place");
}

// -- text ---------------------------------------------------------------------------

static ReportCheck report_of(ReportFormat format, Text *out) {
    return (ReportCheck){.format = format, .cg = cg, .out = out};
}

static const char *text_of(const VerifyRule *rule, bool quiet) {
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    ReportCheck report = report_of(REPORT_TEXT, &out);
    report.quiet = quiet;
    assert_int_equal(report_check_rule(&report, rule), OK);
    return out.at;
}

static void a_failure_as_text(void **state) {
    (void)state;
    const cg_rule_call *call = call_at(1);
    VerifyRule rule = rule_of(call);
    add(&rule, VERIFY_POINT, call, agrees(30));
    add(&rule, VERIFY_POINT, call, refuted(1, 0));
    const VerifyDiagnosis half = {
        .mistake = VERIFY_FACTOR, .arg = "y", .p = 1, .q = 2, .proved = true};
    assert_true(VEC_PUSH(arena, &rule.diagnosis, half));
    assert_string_equal(text_of(&rule, true), "refuted: f, y (argnum 1) at f#1\n"
                                              "  x = 3.0, y = 4.0\n"
                                              "  rule        1.5\n"
                                              "  derivative  3\n"
                                              "              ^ 3.4e15 ulp apart\n"
                                              "  the rule is 1/2 × the derivative\n"
                                              "  --> s.yaml:8:9\n"
                                              "   |\n"
                                              " 8 |       - g * x / 2\n"
                                              "   |         ^^^^^^^^^\n"
                                              "  cg-grad check s.yaml --only 'f#1'\n");
}

static void elements_and_reasons_as_text(void **state) {
    (void)state;
    const cg_rule_call *call = call_at(0);
    VerifyRule rule = rule_of(call);
    VerifyCell undecided = with(VERIFY_UNDECIDED);
    undecided.x_element = 2;
    undecided.output_element = 1;
    undecided.reason = "the value jumps along the boundary";
    add(&rule, VERIFY_ORDER2, call, undecided);
    assert_string_equal(text_of(&rule, false),
                        "undecided: f, x[2] (argnum 0) of value[1], differentiated by x[0] "
                        "at f#0\n"
                        "  x = [1.0, 2.0, 3.0], y = [4.0, 5.0, 6.0]\n"
                        "  the value jumps along the boundary\n"
                        "  order 2: the rule, differentiated as a program, against the "
                        "second derivative\n"
                        "  --> s.yaml:7:9\n"
                        "   |\n"
                        " 7 |       - g * y\n"
                        "   |         ^^^^^\n"
                        "  cg-grad check s.yaml --only 'f#0' --order 2\n");
    assert_string_equal(text_of(&rule, true), "");
}

// The worst first, as far as they are kept; what is worth telling.
static void accuracies(void **state) {
    (void)state;
    const double nan_ulp = (double)NAN;
    static const struct {
        double rule_ulp, ad_ulp, max_ulp;
        VerifyWorth worth;
    } rows[] = {
        {0, 0, 0, VERIFY_NO_WORTH},
        {999, 999, 0, VERIFY_NO_WORTH},
        {1000, 0, 0, VERIFY_RULE_LOSES},
        {0, 1000, 0, VERIFY_RULE_SPARES},
        {(double)INFINITY, 0, 0, VERIFY_RULE_LOSES},
        {2, 0, 1, VERIFY_TOO_FAR},
        {1, 0, 1, VERIFY_NO_WORTH},
        {2000, 0, 5000, VERIFY_RULE_LOSES},
    };
    const cg_rule_call *call = call_at(1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        VerifyRule rule = {.max_ulp = rows[i].max_ulp};
        const VerifyAccuracy accuracy = {.rule_ulp = rows[i].rule_ulp,
                                         .ad_ulp = rows[i].ad_ulp};
        assert_int_equal(verify_worth(&rule, &accuracy), rows[i].worth);
    }
    VerifyRule rule = rule_of(call);
    for (int i = 0; i < 2 * VERIFY_ACCURACIES; i++) {
        const cg_cell cells[] = {
            {.x = 0, .rule_ulp = (i * 7) % 40, .ad_ulp = 0},
            {.x = 0, .rule_ulp = nan_ulp, .ad_ulp = nan_ulp},
        };
        const cg_judgement judgement = {.n = 2, .cells = cells};
        assert_int_equal(verify_add_accuracy(arena, &rule, call, &judgement), OK);
    }
    assert_int_equal(rule.accuracy.n, VERIFY_ACCURACIES);
    for (uint32_t i = 0; i < rule.accuracy.n; i++)
        assert_true(rule.accuracy.at[i].rule_ulp == 39 - i);
}

// Where the caret stands: below the first digit that differs.
static void digits_that_differ(void **state) {
    (void)state;
    static const struct {
        const char *rule, *derivative, *shown;
    } rows[] = {
        {"1.2345", "1.2346", "1.2345|1.2346|     ^"},
        {"1.2345", "1.23456", "1.2345|1.23456|      ^"},
        {"-1.5", "1.5", "-1.5| 1.5|^"},
        {"100.5", "99.5", "100.5| 99.5|^"},
        {"1.5e-20", "1.5e-21", "1.5e-20|1.5e-21|^"},
        {"1.55e-20", "1.56e-20", "1.55e-20|1.56e-20|   ^"},
        {"NaN", "3.5", "NaN|  3.5|^"},
        {"Infinity", "0.25", "Infinity|       0.25|^"},
    };
    const cg_rule_call *call = call_at(1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        VerifyRule rule = rule_of(call);
        VerifyCell cell = refuted(0, 0);
        cell.rule = rows[i].rule;
        cell.derivative = rows[i].derivative;
        add(&rule, VERIFY_POINT, call, cell);
        Text shown = {.arena = arena};
        const char *at = text_of(&rule, false);
        for (int line = 0; line < 5; line++, at = strchr(at, '\n') + 1) {
            if (line < 2) continue;
            const size_t n =
                line == 4 ? (size_t)(strchr(at, '^') + 1 - at) : strcspn(at, "\n");
            if (line > 2) base_text_char(&shown, '|');
            base_text_add(&shown, (Str){at + 14, n - 14});
        }
        assert_string_equal(shown.at, rows[i].shown);
    }
}

static void summaries(void **state) {
    (void)state;
    static const struct {
        VerifySummary summary;
        const char *text;
    } rows[] = {
        {{.expectations = 2, .of_verdict = {3, 1, 1, 1, 1}},
         "2 expectations hold; 3 rules agree; 1 rule with a subgradient; 1 rule refuted; "
         "1 rule undecided; 1 rule not checked\n"},
        {{.of_verdict = {1}}, "no expectations; 1 rule agrees\n"},
        {{.rules_in_error = 1, .goldens = 3, .goldens_failed = 2},
         "no expectations; 1 rule in error; 1 golden holds; 2 goldens failed\n"},
        {{.goldens = 2,
          .goldens_missing = 1,
          .goldens_obsolete = 2,
          .goldens_undecided = 1},
         "no expectations; 2 goldens hold; 1 golden missing; 2 goldens obsolete; 1 point "
         "without goldens, undecided\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Text out = {.arena = arena};
        ReportCheck report = report_of(REPORT_TEXT, &out);
        assert_int_equal(report_check_end(&report, &rows[i].summary), OK);
        assert_string_equal(out.at, rows[i].text);
    }
}

// -- JSON ---------------------------------------------------------------------------

static const char *line_of(const VerifyRule *rule) {
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    ReportCheck report = report_of(REPORT_JSONL, &out);
    assert_int_equal(report_check_rule(&report, rule), OK);
    return out.at;
}

static void a_rule_as_json(void **state) {
    (void)state;
    const cg_rule_call *call = call_at(0);
    VerifyRule rule = rule_of(call);
    VerifySummary summary = {0};
    add(&rule, VERIFY_POINT, call, agrees(30));
    add(&rule, VERIFY_POINT, call, refuted(1, 2));
    const VerifyCell linear = {.verdict = VERIFY_AGREES, .digits = -1};
    assert_int_equal(verify_add_check(arena, &rule, VERIFY_LINEARITY, NULL, &linear), OK);
    VerifyCell none = with(VERIFY_NOT_CHECKED);
    none.reason = "there is no second derivative";
    assert_int_equal(verify_add_check(arena, &rule, VERIFY_ORDER2, call, &none), OK);
    const VerifyDiagnosis half = {
        .mistake = VERIFY_FACTOR, .arg = "y", .p = 1, .q = 2, .proved = true};
    assert_true(VEC_PUSH(arena, &rule.diagnosis, half));
    const VerifyAccuracy lost = {.call = call,
                                 .x = 0,
                                 .x_element = 1,
                                 .rule_ulp = 0.5,
                                 .ad_ulp = HUGE_VAL,
                                 .place = rule.rule->place};
    assert_true(VEC_PUSH(arena, &rule.accuracy, lost));
    verify_conclude(&rule, &summary);
    const char *const place = "{\"file\":\"s.yaml\",\"line\":7,\"column\":7,"
                              "\"key\":\"functions.f.vjp\"}";
    const char *const at = "\"at\":{\"x\":[1.0,2.0,3.0],\"y\":[4.0,5.0,6.0]}";
    Text wanted = {.arena = arena};
    base_text_printf(
        &wanted,
        "{\"function\":\"f\",\"verdict\":\"refuted\",\"linear\":\"yes\",\"place\":%s,"
        "\"diagnosis\":[{\"kind\":\"factor\",\"arg\":\"y\",\"factor\":\"1/2\","
        "\"text\":\"the rule is 1/2 × the derivative\",\"proved\":true}],\"checks\":["
        "{\"scope\":\"point\",\"point\":\"f#0\",%s,\"arg\":\"x\",\"argnum\":0,"
        "\"index\":[],\"verdict\":\"agrees\",\"by\":\"direct\",\"kind\":null,"
        "\"digits\":30,\"literal\":null},"
        "{\"scope\":\"point\",\"point\":\"f#0\",%s,\"arg\":\"y\",\"argnum\":1,"
        "\"index\":[2],\"output\":{\"name\":\"value\",\"index\":[2]},"
        "\"verdict\":\"refuted\",\"by\":\"direct\",\"kind\":\"differs\","
        "\"digits\":null,\"literal\":null,\"rule\":\"1.5\",\"derivative\":\"3\","
        "\"abs\":1.5,\"rel\":0.5,\"ulp\":3400000000000000.0,"
        "\"place\":{\"file\":\"s.yaml\",\"line\":8,\"column\":9,"
        "\"key\":\"functions.f.vjp[1]\"},"
        "\"reproduce\":\"cg-grad check s.yaml --only 'f#0'\"},"
        "{\"scope\":\"linearity\",\"verdict\":\"agrees\"},"
        "{\"scope\":\"order2\",\"point\":\"f#0\",%s,\"d_of\":\"rule\","
        "\"verdict\":\"not_checked\",\"reason\":\"there is no second derivative\"}],"
        "\"accuracy\":[{\"point\":\"f#0\",\"arg\":\"x\",\"index\":[1],"
        "\"rule_ulp\":0.5,\"ad_ulp\":\"Infinity\",\"place\":%s}]}\n",
        place, at, at, at, place);
    assert_string_equal(line_of(&rule), wanted.at);
}

static void goldens(void **state) {
    (void)state;
    static const double old[] = {1.5, 2, 3}, now[] = {2.5, 2, 4};
    static const int64_t shape[] = {3}, first[] = {0}, last[] = {2};
    const cg_value array = {
        .kind = CG_ARRAY, .dtype = CG_FLOAT64, .rank = 1, .shape = shape, .data = old};
    const VerifyEntry expected = {.key = "grads.x", .value = array}, got = expected;
    VerifyGolden golden = {.spec = "s.yaml",
                           .point = "f#0",
                           .key = "grads.x",
                           .verdict = VERIFY_GOLDEN_CHANGED,
                           .failed = true,
                           .expected = &expected,
                           .got = &got,
                           .tolerance = {.by_ulp = true, .ulp = 2},
                           .n_elements = 3,
                           .n_failing = 4};
    const VerifyElement elements[] = {
        {.index = first, .expected = &old[0], .got = &now[0], .ulp = 3},
        {.index = last, .expected = &old[2], .got = &now[2], .ulp = 5}};
    for (size_t i = 0; i < 2; i++)
        assert_true(VEC_PUSH(arena, &golden.failing, elements[i]));
    Text out = {.arena = arena};
    ReportCheck text = report_of(REPORT_TEXT, &out);
    assert_int_equal(report_check_golden(&text, &golden), OK);
    assert_string_equal(out.at, "golden changed: f#0, grads.x: 4 of 3 elements\n"
                                "  [0]: old 1.5, new 2.5: 3 ulp apart; allowed: 2 ulp\n"
                                "  [2]: old 3.0, new 4.0: 5 ulp apart; allowed: 2 ulp\n"
                                "  … and 2 more\n");
    out.n = 0;
    golden.failing.n = 0;
    golden.n_elements = 0;
    golden.verdict = VERIFY_GOLDEN_MISSING;
    golden.expected = NULL;
    ReportCheck line = report_of(REPORT_JSONL, &out);
    assert_int_equal(report_check_golden(&line, &golden), OK);
    assert_string_equal(out.at, "{\"point\":\"f#0\",\"key\":\"grads.x\",\"index\":[],"
                                "\"verdict\":\"missing\",\"expected\":null,"
                                "\"got\":[1.5,2.0,3.0],\"ulp\":null}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_fold_into_checks, setup, teardown),
        cmocka_unit_test_setup_teardown(elements_are_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_worst_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(exit_status, setup, teardown),
        cmocka_unit_test_setup_teardown(factors, setup, teardown),
        cmocka_unit_test_setup_teardown(swapped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failure_as_text, setup, teardown),
        cmocka_unit_test_setup_teardown(elements_and_reasons_as_text, setup, teardown),
        cmocka_unit_test_setup_teardown(accuracies, setup, teardown),
        cmocka_unit_test_setup_teardown(digits_that_differ, setup, teardown),
        cmocka_unit_test_setup_teardown(summaries, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rule_as_json, setup, teardown),
        cmocka_unit_test_setup_teardown(goldens, setup, teardown),
    };
    return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
