// Results as people and programs read them. One model (cg_result), three writers: text for
// people, one JSON document, JSON Lines.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "cggrad.h"
#include "doc/json_write.h"

typedef enum ReportFormat {
    REPORT_TEXT,
    REPORT_JSON,
    REPORT_JSONL,
    REPORT_DOT, // of graphs alone
    REPORT_SVG,
} ReportFormat;

typedef struct Report {
    ReportFormat format;
    bool colour;     // text: escape sequences
    bool many_specs; // each result says its spec
    Text *out; // results are added here; the caller may take what is there after each call
    JsonDoc doc; // JSON: the document so far
    cJSON *results;
    bool began; // text: something was printed
} Report;

// Adds one result. JSON shows nothing before report_end.
Status report_result(Report *report, const cg_result *result) MUST_USE;
// Ends the document. Also to be called after a failure: it frees what the report holds.
Status report_end(Report *report) MUST_USE;

// A result as a JSON object (report_json.c), as text (report_text.c).
void report_json(JsonDoc *doc, cJSON *into, const cg_result *result, bool with_spec);
void report_text(Text *out, const cg_result *result, bool with_spec, bool colour);
// A value under a key of an object, or (key NULL) in a list.
void report_json_value(JsonDoc *doc, cJSON *in, const char *key, const cg_value *value);

// A diagnostic as one JSON line.
Status report_diagnostic(const cg_diagnostic *diagnostic, Text *out) MUST_USE;

#endif
