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
    cJSON *summary, *rules, *expectations, *goldens;
    bool began; // text: something was printed
} ReportCheck;

// Adds what was found of a point, of a rule, of a number that has a golden.
Status report_check_point(ReportCheck *report, const VerifyPoint *point) MUST_USE;
Status report_check_rule(ReportCheck *report, const VerifyRule *rule) MUST_USE;
Status report_check_golden(ReportCheck *report, const VerifyGolden *golden) MUST_USE;
// What to do about the goldens of a spec that have failed, are missing or obsolete; as text
// alone.
Status report_check_goldens_help(ReportCheck *report, const char *spec,
                                 bool spec_changed) MUST_USE;
// Ends the report. Also to be called after a failure: it frees what the report holds.
Status report_check_end(ReportCheck *report, const VerifySummary *summary) MUST_USE;

// An expectation as an entry of a list, or (in NULL) as the root; of a failing array the
// entry of element i.
void report_check_json(JsonDoc *doc, cJSON *in, const char *spec, const VerifyPoint *point,
                       const VerifyExpectation *expectation, uint32_t i);
void report_check_json_summary(JsonDoc *doc, cJSON *object, const VerifySummary *summary);
// A rule, a number against its golden (report_rules_json.c).
void report_check_json_rule(JsonDoc *doc, cJSON *in, const char *spec,
                            const VerifyRule *rule);
// (report_golden.c); of an array that differs the entry of failing element i.
void report_check_json_golden(JsonDoc *doc, cJSON *in, const char *spec,
                              const VerifyGolden *golden, uint32_t i);
const char *report_verdict_name(VerifyVerdict verdict);
const cg_place *report_check_place(const VerifyRule *rule, const VerifyCheck *check);
// The command that repeats a check at a call; in the arena, NULL when memory is out.
const char *report_reproduce(Arena *arena, const VerifyCheck *check);

// Entries that they share (report_check_json.c). A text that is NULL is null.
void report_put_text(JsonDoc *doc, cJSON *object, const char *key, const char *text);
void report_put_float(JsonDoc *doc, cJSON *object, const char *key, double number);
void report_put_place(JsonDoc *doc, cJSON *entry, const cg_place *place);
void report_put_tolerance(JsonDoc *doc, cJSON *entry, const cg_tolerance *tolerance);
void report_put_index(JsonDoc *doc, cJSON *entry, const int64_t *index, uint32_t rank);

// A point's failures as text; the last line.
Status report_check_text(ReportCheck *report, const VerifyPoint *point) MUST_USE;
void report_check_text_summary(ReportCheck *report, const VerifySummary *summary);
// What is wrong or undecided of a rule (report_rules_text.c); a golden that a point does
// not give (report_golden.c).
Status report_check_text_rule(ReportCheck *report, const VerifyRule *rule) MUST_USE;
Status report_check_text_golden(ReportCheck *report, const VerifyGolden *golden) MUST_USE;
// How accurate a rule is, where that is worth telling (report_accuracy_text.c).
Status report_check_text_accuracy(ReportCheck *report, const VerifyRule *rule) MUST_USE;
// Of a rule's text: an element, y[2]; the arguments of a call on a line.
void report_add_element(Text *out, const cg_rule_array *array, size_t element);
Status report_add_arguments(Text *out, const cg_parts *args) MUST_USE;

// Of text (report_check_text.c): a block begins; a count of which only the size matters,
// 1.1e15; the line of a place with a caret.
void report_begin_block(ReportCheck *report);
void report_add_ulps(Text *out, double ulps);
void report_add_tolerance(Text *out, Dtype dtype, const cg_tolerance *tolerance);
void report_add_excerpt(ReportCheck *report, const cg_place *place);

#endif
