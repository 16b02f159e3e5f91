// The report: which writer gets a result, and how a document begins and ends.
#include "report/report.h"

static Status json_line(const cg_result *result, bool with_spec, Text *out) {
    JsonDoc doc = {0};
    cJSON *root = doc_json_put(&doc, NULL, NULL, doc_json_object());
    report_json(&doc, root, result, with_spec);
    const Status status = doc_json_print(&doc, false, out);
    doc_json_free(&doc);
    base_text_char(out, '\n');
    return status;
}

static void begin_document(Report *report) {
    static const int64_t version = 1;
    if (report->results || report->doc.failed) return;
    cJSON *root = doc_json_put(&report->doc, NULL, NULL, doc_json_object());
    doc_json_put(&report->doc, root, "version", doc_json_number(DT_I64, &version));
    report->results = doc_json_put(&report->doc, root, "results", doc_json_list());
}

static Status add_row(Report *report, const cg_result *result) {
    if (!report->tables)
        report->tables = report_new_tables(report->out->arena, report->full);
    TRY_ALLOC(report->tables);
    return report_table_row(report->tables, result);
}

Status report_result(Report *report, const cg_result *result) {
    const Style style = {report->out, report->colour};
    switch (report->format) {
    case REPORT_JSONL:
        return json_line(result, report->many_specs, report->out);
    case REPORT_JSON: {
        begin_document(report);
        cJSON *object =
            doc_json_put(&report->doc, report->results, NULL, doc_json_object());
        report_json(&report->doc, object, result, report->many_specs);
        return report->doc.failed ? NOMEM : OK;
    }
    case REPORT_TEXT:
        if (report->began) base_text_char(report->out, '\n');
        report->began = true;
        return report_text(&style, result, report->many_specs, report->full);
    case REPORT_TABLE:
        return add_row(report, result);
    case REPORT_DOT:
    case REPORT_SVG:
        break;
    }
    return report->out->failed ? NOMEM : OK;
}

Status report_end(Report *report) {
    const Style style = {report->out, report->colour};
    Status status = OK;
    if (report->tables) report_write_tables(&style, report->tables, report->many_specs);
    if (report->format == REPORT_JSON) {
        begin_document(report);
        status = doc_json_print(&report->doc, true, report->out);
        base_text_char(report->out, '\n');
        doc_json_free(&report->doc);
        report->results = NULL;
    }
    return report->out->failed ? NOMEM : status;
}
