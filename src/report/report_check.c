// The report of `check`: which writer gets what.
#include "report/report_check.h"

static void begin_document(ReportCheck *report) {
    static const int64_t version = 1;
    JsonDoc *doc = &report->doc;
    if (doc->root || doc->failed) return;
    cJSON *root = doc_json_put(doc, NULL, NULL, doc_json_object());
    doc_json_put(doc, root, "version", doc_json_number(DT_I64, &version));
    report->summary = doc_json_put(doc, root, "summary", doc_json_object());
    report->rules = doc_json_put(doc, root, "rules", doc_json_list());
    report->expectations = doc_json_put(doc, root, "expectations", doc_json_list());
}

// Prints a document of one line.
static Status print_line(ReportCheck *report, JsonDoc *line) {
    const Status status = doc_json_print(line, false, report->out);
    doc_json_free(line);
    base_text_char(report->out, '\n');
    return report->out->failed ? NOMEM : status;
}

static Status add_expectation(ReportCheck *report, const VerifyPoint *point,
                              const VerifyExpectation *expectation) {
    const char *spec = report->many_specs ? point->spec : NULL;
    const uint32_t entries = expectation->failing.n ? expectation->failing.n : 1;
    for (uint32_t i = 0; i < entries; i++) {
        if (report->format == REPORT_JSON) {
            report_check_json(&report->doc, report->expectations, spec, point, expectation,
                              i);
            continue;
        }
        JsonDoc line = {0};
        report_check_json(&line, NULL, spec, point, expectation, i);
        TRY(print_line(report, &line));
    }
    return report->doc.failed ? NOMEM : OK;
}

Status report_check_point(ReportCheck *report, const VerifyPoint *point) {
    if (report->format == REPORT_TEXT) return report_check_text(report, point);
    if (report->format == REPORT_JSON) begin_document(report);
    for (size_t i = 0; i < point->n; i++) {
        const VerifyExpectation *expectation = &point->at[i];
        if (report->format == REPORT_JSONL && report->quiet && !expectation->failed)
            continue;
        TRY(add_expectation(report, point, expectation));
    }
    return OK;
}

Status report_check_rule(ReportCheck *report, const VerifyRule *rule) {
    const char *spec = report->many_specs ? rule->spec : NULL;
    if (report->format == REPORT_TEXT) return report_check_text_rule(report, rule);
    if (report->format == REPORT_JSON) {
        begin_document(report);
        report_check_json_rule(&report->doc, report->rules, spec, rule);
        return report->doc.failed ? NOMEM : OK;
    }
    if (report->quiet && rule->verdict != VERIFY_REFUTED) return OK;
    JsonDoc line = {0};
    report_check_json_rule(&line, NULL, spec, rule);
    return print_line(report, &line);
}

static Status add_golden(ReportCheck *report, const VerifyGolden *golden) {
    const char *spec = report->many_specs ? golden->spec : NULL;
    const uint32_t entries = golden->failing.n ? golden->failing.n : 1;
    for (uint32_t i = 0; i < entries; i++) {
        if (report->format == REPORT_JSON) {
            report_check_json_golden(&report->doc, report->goldens, spec, golden, i);
            continue;
        }
        JsonDoc line = {0};
        report_check_json_golden(&line, NULL, spec, golden, i);
        TRY(print_line(report, &line));
    }
    return report->doc.failed ? NOMEM : OK;
}

Status report_check_golden(ReportCheck *report, const VerifyGolden *golden) {
    const bool holds = golden->verdict == VERIFY_GOLDEN_HOLDS;
    if (report->format == REPORT_TEXT)
        return holds || (report->quiet && !golden->failed)
                   ? OK
                   : report_check_text_golden(report, golden);
    if (report->format == REPORT_JSONL && report->quiet && !golden->failed) return OK;
    if (report->format == REPORT_JSON) {
        begin_document(report);
        if (!report->goldens)
            report->goldens =
                doc_json_put(&report->doc, report->doc.root, "goldens", doc_json_list());
    }
    return add_golden(report, golden);
}

Status report_check_end(ReportCheck *report, const VerifySummary *summary) {
    Status status = OK;
    if (report->format == REPORT_TEXT && !report->quiet)
        report_check_text_summary(report, summary);
    if (report->format == REPORT_JSON) {
        begin_document(report);
        report_check_json_summary(&report->doc, report->summary, summary);
        status = doc_json_print(&report->doc, true, report->out);
        base_text_char(report->out, '\n');
        doc_json_free(&report->doc);
    }
    return report->out->failed ? NOMEM : status;
}
