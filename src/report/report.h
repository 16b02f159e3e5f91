// Results as people and programs read them. One model (cg_result), four writers: text for
// people, one JSON document, JSON Lines, tables for people.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "cggrad.h"
#include "doc/json_write.h"
#include "report/style.h"

typedef enum ReportFormat {
    REPORT_TEXT,
    REPORT_JSON,
    REPORT_JSONL,
    REPORT_TABLE,
    REPORT_DOT, // of graphs alone
    REPORT_SVG,
} ReportFormat;

typedef struct Tables Tables; // report_table.c

typedef struct Report {
    ReportFormat format;
    bool colour;     // text, tables: escape sequences
    bool full;       // text, tables: arrays are not abbreviated
    bool many_specs; // each result says its spec
    Text *out; // results are added here; the caller may take what is there after each call
    JsonDoc doc; // JSON: the document so far
    cJSON *results;
    Tables *tables; // so far
    bool began;     // text: something was printed
} Report;

// Whether results are complete one by one; a document or tables show nothing before
// report_end.
static inline bool report_streams(ReportFormat format) {
    return format == REPORT_TEXT || format == REPORT_JSONL;
}
// Adds one result.
Status report_result(Report *report, const cg_result *result) MUST_USE;
// Ends the document. Also to be called after a failure: it frees what the report holds.
Status report_end(Report *report) MUST_USE;

// A result as a JSON object (report_json.c), as text (report_text.c).
void report_json(JsonDoc *doc, cJSON *into, const cg_result *result, bool with_spec);
// A value under a key of an object, or (key NULL) in a list.
void report_json_value(JsonDoc *doc, cJSON *in, const char *key, const cg_value *value);
Status report_text(const Style *style, const cg_result *result, bool with_spec,
                   bool full) MUST_USE;

// Results as rows of tables, one table a function (report_table.c). NULL when memory is
// out.
Tables *report_new_tables(Arena *arena, bool full);
Status report_table_row(Tables *tables, const cg_result *result) MUST_USE;
void report_write_tables(const Style *style, const Tables *tables, bool with_spec);

// A diagnostic as one JSON line.
Status report_diagnostic(const cg_diagnostic *diagnostic, Text *out) MUST_USE;

#endif
