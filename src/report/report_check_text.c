// What `check` found, for people: a block for each failure, and one line for all.
//
//     failed: product at (3, 4), grads[1] (argnum 1, y)
//       expected 3.5, got 3.0: 1.1e15 ulp apart; allowed: 16 ulp
//       --> s.yaml:19:25
//        |
//     19 |     expect: {grads: [4, 3.5]}
//        |                         ^^^
#include "report/report_check.h"
#include "report/style.h"

#include <math.h>

enum { EXCERPTS = 3 }; // elements of one array whose source lines are shown

// -- numbers ------------------------------------------------------------------------

// A count or a tolerance: whole numbers without their ".0".
static void add_number(Text *out, double number) {
    char text[NUM_TEXT];
    size_t n = num_print(DT_F64, &number, text);
    if (n > 2 && text[n - 1] == '0' && text[n - 2] == '.') n -= 2;
    base_text_add(out, (Str){text, n});
}

// Two digits and a power of ten.
static void add_size(Text *out, double number) {
    int exponent = 0;
    for (; number >= 99.5; number /= 10)
        exponent++;
    for (; number < 9.95; number *= 10)
        exponent--;
    const int digits = (int)(number + 0.5);
    base_text_printf(out, "%d.%de%d", digits / 10, digits % 10, exponent + 1);
}

// A count of which only the size matters: 16, 0.4, 1.1e15.
void report_add_ulps(Text *out, double ulps) {
    if (ulps >= 1e6 || (ulps > 0 && ulps < 0.05)) {
        if (isinf(ulps))
            add_number(out, ulps);
        else
            add_size(out, ulps);
        return;
    }
    add_number(out, ulps >= 100 ? round(ulps) : round(ulps * 10) / 10);
}

static void add_element(Text *out, Dtype dtype, const void *element) {
    char text[NUM_TEXT];
    base_text_add(out, (Str){text, num_print(dtype, element, text)});
}

void report_add_tolerance(Text *out, Dtype dtype, const cg_tolerance *tolerance) {
    base_text_add(out, STR("; allowed: "));
    if (tolerance->by_ulp) {
        add_number(out, tolerance->ulp);
        if (num_is_float(dtype)) base_text_add(out, STR(" ulp"));
    }
    if (!tolerance->by_difference) return;
    base_text_add(out, tolerance->by_ulp ? STR(", or rtol ") : STR("rtol "));
    add_number(out, tolerance->rtol);
    base_text_add(out, STR(" and atol "));
    add_number(out, tolerance->atol);
}

// -- blocks -------------------------------------------------------------------------

void report_add_excerpt(ReportCheck *report, const cg_place *place) {
    const char *text = cg_place_text(report->cg, place, report->colour);
    if (text)
        base_text_add(report->out, base_str(text));
    else
        report->out->failed = true;
}

static void add_argument(Text *out, const char *before, int argnum, const char *name) {
    base_text_printf(out, "%sargnum %d", before, argnum);
    if (!name[0]) return;
    base_text_add(out, STR(", "));
    base_text_add_shown(out, base_str(name));
}

void report_begin_block(ReportCheck *report) {
    if (report->began) base_text_char(report->out, '\n');
    report->began = true;
}

// "failed: point, grads[1] (argnum 1, y)"
static void add_heading(ReportCheck *report, const Style *style, const char *what,
                        const VerifyPoint *point, const VerifyExpectation *expectation) {
    Text *out = report->out;
    report_begin_block(report);
    report_add(style, ROLE_BAD, base_str(what));
    base_text_add(out, STR(": "));
    report_add_shown(style, ROLE_NAME, base_str(point->name));
    if (expectation) {
        const cg_part *part = expectation->part;
        base_text_add(out, STR(", "));
        base_text_add_shown(out, base_str(expectation->key));
        if (part) add_argument(out, " (", part->argnum, part->arg);
        if (part && part->argnum2 >= 0) add_argument(out, "; ", part->argnum2, part->arg2);
        if (part) base_text_char(out, ')');
    }
    if (report->many_specs) {
        report_paint(style, ROLE_FAINT);
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(point->spec));
        report_plain(style);
    }
}

static void element_line(Text *out, const VerifyExpectation *expectation,
                         const VerifyElement *element) {
    const Dtype dtype = (Dtype)expectation->expected->dtype;
    const uint32_t rank = expectation->expected->rank;
    base_text_add(out, STR("  "));
    for (uint32_t i = 0; i < rank; i++)
        base_text_printf(out, i ? ", %lld" : "[%lld", (long long)element->index[i]);
    if (rank) base_text_add(out, STR("]: "));
    base_text_add(out, STR("expected "));
    add_element(out, dtype, element->expected);
    base_text_add(out, STR(", got "));
    add_element(out, dtype, element->got);
    if (dtype == DT_BOOL) return;
    base_text_add(out, STR(": "));
    report_add_ulps(out, element->ulp);
    base_text_add(out, num_is_float(dtype) ? STR(" ulp apart") : STR(" apart"));
    report_add_tolerance(out, dtype, &expectation->tolerance);
}

static void add_short_place(const Style *style, const cg_place *place) {
    if (!place->file) return;
    base_text_add(style->out, STR("  "));
    report_paint(style, ROLE_PLACE);
    base_text_add_shown(style->out, base_str(place->file));
    base_text_printf(style->out, ":%u:%u", place->line, place->column);
    report_plain(style);
}

static void element_lines(ReportCheck *report, const Style *style,
                          const VerifyExpectation *expectation) {
    Text *out = report->out;
    const VerifyElement *element = expectation->failing.at;
    const uint32_t n = expectation->failing.n;
    uint32_t before = 0; // where the element before is written
    for (uint32_t i = 0; element && i < n; i++, element++) {
        const bool elsewhere = element->place.at != before;
        before = element->place.at;
        element_line(out, expectation, element);
        if (elsewhere && i >= EXCERPTS) add_short_place(style, &element->place);
        base_text_char(out, '\n');
        if (elsewhere && i < EXCERPTS) report_add_excerpt(report, &element->place);
    }
    if (expectation->n_failing > n) {
        report_paint(style, ROLE_FAINT);
        base_text_printf(out, "  … and %zu more", expectation->n_failing - n);
        report_plain(style);
        base_text_char(out, '\n');
    }
}

static void error_line(Text *out, const VerifyExpectation *expectation) {
    base_text_printf(out, "  expected error %s, got ", expectation->expected_error);
    if (expectation->got_error) {
        base_text_printf(out, "error %s: ", expectation->got_error);
        base_text_add_shown(out, base_str(expectation->got_message));
    } else {
        base_text_add(out, STR("a result"));
    }
    base_text_char(out, '\n');
}

static void add_failure(ReportCheck *report, const Style *style, const VerifyPoint *point,
                        const VerifyExpectation *expectation) {
    Text *out = report->out;
    add_heading(report, style, "failed", point, expectation);
    if (expectation->n_elements > 1)
        base_text_printf(out, ": %zu of %zu elements", expectation->n_failing,
                         expectation->n_elements);
    base_text_char(out, '\n');
    if (expectation->failing.n) {
        element_lines(report, style, expectation);
        return;
    }
    if (expectation->expected_error) {
        error_line(out, expectation);
    } else {
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(expectation->mismatch));
        base_text_char(out, '\n');
    }
    report_add_excerpt(report, &expectation->place);
}

// A point in error has no values to speak of: its error alone is shown.
static void add_trouble(ReportCheck *report, const Style *style, const VerifyPoint *point) {
    Text *out = report->out;
    add_heading(report, style, "in error", point, NULL);
    base_text_printf(out, "\n  %s: ", point->trouble->code);
    base_text_add_shown(out, base_str(point->trouble->message));
    base_text_char(out, '\n');
}

Status report_check_text(ReportCheck *report, const VerifyPoint *point) {
    const Style style = {report->out, report->colour};
    if (point->trouble) add_trouble(report, &style, point);
    for (size_t i = 0; !point->trouble && i < point->n; i++)
        if (point->at[i].failed) add_failure(report, &style, point, &point->at[i]);
    return report->out->failed ? NOMEM : OK;
}

// -- the summary --------------------------------------------------------------------

static void add_count(Text *out, size_t n, const char *what, const char *rest) {
    if (n) base_text_printf(out, "; %zu %s%s%s", n, what, n == 1 ? "" : "s", rest);
}

static void add_painted_count(const Style *style, Role role, size_t n, const char *rest) {
    if (n == 0) return;
    base_text_add(style->out, STR("; "));
    report_paint(style, role);
    base_text_printf(style->out, "%zu rule%s%s", n, n == 1 ? "" : "s", rest);
    report_plain(style);
}

static void add_verdicts(const Style *style, const size_t of_verdict[]) {
    const size_t agree = of_verdict[VERIFY_AGREES];
    add_count(style->out, agree, "rule", agree == 1 ? " agrees" : " agree");
    add_count(style->out, of_verdict[VERIFY_SUBGRADIENT], "rule", " with a subgradient");
    add_painted_count(style, ROLE_BAD, of_verdict[VERIFY_REFUTED], " refuted");
    add_painted_count(style, ROLE_WARNING, of_verdict[VERIFY_UNDECIDED], " undecided");
    add_count(style->out, of_verdict[VERIFY_NOT_CHECKED], "rule", " not checked");
}

static void add_goldens(const Style *style, const VerifySummary *summary) {
    Text *out = style->out;
    const size_t hold = summary->goldens - summary->goldens_failed;
    add_count(out, hold, "golden", hold == 1 ? " holds" : " hold");
    if (summary->goldens_failed) {
        base_text_add(out, STR("; "));
        report_paint(style, ROLE_BAD);
        base_text_printf(out, "%zu golden%s failed", summary->goldens_failed,
                         summary->goldens_failed == 1 ? "" : "s");
        report_plain(style);
    }
    add_count(out, summary->goldens_missing, "golden", " missing");
    add_count(out, summary->goldens_obsolete, "golden", " obsolete");
    add_count(out, summary->goldens_undecided, "point", " without goldens, undecided");
}

void report_check_text_summary(ReportCheck *report, const VerifySummary *summary) {
    Text *out = report->out;
    const Style style = {out, report->colour};
    const size_t holding = summary->expectations - summary->failed;
    report_begin_block(report);
    if (summary->expectations == 0)
        base_text_add(out, STR("no expectations"));
    else
        base_text_printf(out, "%zu expectation%s hold%s", holding, holding == 1 ? "" : "s",
                         holding == 1 ? "s" : "");
    if (summary->failed) {
        report_paint(&style, ROLE_BAD);
        base_text_printf(out, ", %zu failed", summary->failed);
        report_plain(&style);
    }
    add_count(out, summary->in_error, "point", " in error");
    add_count(out, summary->without_expect, "point", " without expect");
    add_count(out, summary->rules_in_error, "rule", " in error");
    add_verdicts(&style, summary->of_verdict);
    add_painted_count(&style, ROLE_BAD, summary->inaccurate, " not accurate enough");
    add_goldens(&style, summary);
    base_text_char(out, '\n');
}
