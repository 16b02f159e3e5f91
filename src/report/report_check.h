// What `check` found, as people and programs read it. One model (verify.h), three writers:
// the failures and a summary as text, one JSON document, JSON Lines.
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "report/report.h"
#include "verify/verify.h"

typedef struct ReportCheck {
    ReportFormat format;
    bool colour;     // text: escape sequences
    bool many_specs; // each entry says its spec
    bool quiet;      // failures alone; a JSON document is always whole
    cg_context *cg;  // shows source lines
    Text *out;       // as in Report
    JsonDoc doc;     // JSON: the document so far
    cJSON *summary, *rules, *expectations;
    bool began; // text: something was printed
} ReportCheck;

// Adds what was found of a point, of a rule.
Status report_check_point(ReportCheck *report, const VerifyPoint *point) MUST_USE;
Status report_check_rule(ReportCheck *report, const VerifyRule *rule) MUST_USE;
// Ends the report. Also to be called after a failure: it frees what the report holds.
Status report_check_end(ReportCheck *report, const VerifySummary *summary) MUST_USE;

// An expectation as an entry of a list, or (in NULL) as the root; of a failing array the
// entry of element i.
void report_check_json(JsonDoc *doc, cJSON *in, const char *spec, const VerifyPoint *point,
                       const VerifyExpectation *expectation, uint32_t i);
void report_check_json_rule(JsonDoc *doc, cJSON *in, const char *spec,
                            const VerifyRule *rule);
void report_check_json_summary(JsonDoc *doc, cJSON *object, const VerifySummary *summary);

// A point's failures as text; the last line.
Status report_check_text(ReportCheck *report, const VerifyPoint *point) MUST_USE;
void report_check_text_summary(ReportCheck *report, const VerifySummary *summary);

#endif
