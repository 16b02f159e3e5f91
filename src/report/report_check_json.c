// What `check` found as JSON (language.md §4.1).
#include "report/report_check.h"

void report_put_text(JsonDoc *doc, cJSON *object, const char *key, const char *text) {
    doc_json_put(doc, object, key,
                 text ? doc_json_string(base_str(text)) : doc_json_null());
}

static void put_count(JsonDoc *doc, cJSON *object, const char *key, size_t count) {
    const int64_t number = (int64_t)count;
    doc_json_put(doc, object, key, doc_json_number(DT_I64, &number));
}

void report_put_float(JsonDoc *doc, cJSON *object, const char *key, double number) {
    doc_json_put(doc, object, key, doc_json_number(DT_F64, &number));
}

void report_put_place(JsonDoc *doc, cJSON *entry, const cg_place *place) {
    cJSON *object = doc_json_put(doc, entry, "place", doc_json_object());
    report_put_text(doc, object, "file", place->file);
    put_count(doc, object, "line", place->line);
    put_count(doc, object, "column", place->column);
    report_put_text(doc, object, "key", place->key);
}

void report_put_index(JsonDoc *doc, cJSON *entry, const int64_t *index, uint32_t rank) {
    cJSON *list = doc_json_put(doc, entry, "index", doc_json_list());
    for (uint32_t i = 0; i < rank; i++)
        doc_json_put(doc, list, NULL, doc_json_number(DT_I64, &index[i]));
}

void report_put_tolerance(JsonDoc *doc, cJSON *entry, const cg_tolerance *tolerance) {
    cJSON *object = doc_json_put(doc, entry, "tolerance", doc_json_object());
    if (tolerance->by_ulp) report_put_float(doc, object, "ulp", tolerance->ulp);
    if (!tolerance->by_difference) return;
    report_put_float(doc, object, "rtol", tolerance->rtol);
    report_put_float(doc, object, "atol", tolerance->atol);
}

// -- expectations -------------------------------------------------------------------

static void put_error(JsonDoc *doc, cJSON *entry, const VerifyExpectation *expectation) {
    report_put_text(doc, entry, "expected", expectation->expected_error);
    report_put_text(doc, entry, "got", expectation->got_error);
    report_put_text(doc, entry, "ulp", NULL);
}

static void put_values(JsonDoc *doc, cJSON *entry, const VerifyExpectation *expectation) {
    report_json_value(doc, entry, "expected", expectation->expected);
    report_json_value(doc, entry, "got", expectation->got);
    if (expectation->n_elements) {
        report_put_float(doc, entry, "ulp", expectation->ulp);
        report_put_tolerance(doc, entry, &expectation->tolerance);
    } else {
        report_put_text(doc, entry, "ulp", NULL);
    }
    if (expectation->mismatch) report_put_text(doc, entry, "reason", expectation->mismatch);
}

static void put_element(JsonDoc *doc, cJSON *entry, const VerifyExpectation *expectation,
                        uint32_t i) {
    const VerifyElement *element = &expectation->failing.at[i];
    const Dtype dtype = (Dtype)expectation->expected->dtype;
    doc_json_put(doc, entry, "expected", doc_json_number(dtype, element->expected));
    doc_json_put(doc, entry, "got", doc_json_number(dtype, element->got));
    report_put_float(doc, entry, "ulp", element->ulp);
    report_put_tolerance(doc, entry, &expectation->tolerance);
    const bool last = i + 1 == expectation->failing.n;
    if (last && expectation->n_failing > expectation->failing.n)
        put_count(doc, entry, "more", expectation->n_failing - expectation->failing.n);
}

void report_check_json(JsonDoc *doc, cJSON *in, const char *spec, const VerifyPoint *point,
                       const VerifyExpectation *expectation, uint32_t i) {
    const VerifyElement *element =
        expectation->failing.n ? &expectation->failing.at[i] : NULL;
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    if (spec) report_put_text(doc, entry, "spec", spec);
    report_put_text(doc, entry, "point", point->name);
    report_put_text(doc, entry, "key", expectation->key);
    report_put_index(doc, entry, element ? element->index : NULL,
                     element ? expectation->expected->rank : 0);
    report_put_text(doc, entry, "verdict", expectation->failed ? "failed" : "holds");
    if (expectation->expected_error)
        put_error(doc, entry, expectation);
    else if (element)
        put_element(doc, entry, expectation, i);
    else
        put_values(doc, entry, expectation);
    report_put_place(doc, entry, element ? &element->place : &expectation->place);
}

// -- summary ------------------------------------------------------------------------

void report_check_json_summary(JsonDoc *doc, cJSON *object, const VerifySummary *summary) {
    report_put_text(doc, object, "verdict", report_verdict_name(verify_worst(summary)));
    put_count(doc, object, "rules", summary->rules);
    static const VerifyVerdict order[] = {VERIFY_AGREES, VERIFY_SUBGRADIENT, VERIFY_REFUTED,
                                          VERIFY_UNDECIDED, VERIFY_NOT_CHECKED};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        put_count(doc, object, report_verdict_name(order[i]),
                  summary->of_verdict[order[i]]);
    put_count(doc, object, "expectations", summary->expectations);
    put_count(doc, object, "expectations_failed", summary->failed);
    if (summary->measured) put_count(doc, object, "inaccurate", summary->inaccurate);
    if (!summary->goldens_compared) return;
    put_count(doc, object, "goldens", summary->goldens);
    put_count(doc, object, "goldens_failed", summary->goldens_failed);
    put_count(doc, object, "goldens_missing", summary->goldens_missing);
    put_count(doc, object, "goldens_obsolete", summary->goldens_obsolete);
    put_count(doc, object, "goldens_undecided", summary->goldens_undecided);
}
