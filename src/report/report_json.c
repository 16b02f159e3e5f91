// Results and diagnostics as JSON (language.md §4).
#include "report/report.h"

static cJSON *text_node(const char *text) {
    return text ? doc_json_string(base_str(text)) : doc_json_null();
}

static void put_text(JsonDoc *doc, cJSON *object, const char *key, const char *text) {
    doc_json_put(doc, object, key, text_node(text));
}

static void put_int(JsonDoc *doc, cJSON *object, const char *key, int64_t number) {
    doc_json_put(doc, object, key, doc_json_number(DT_I64, &number));
}

// Exact numbers as decimals with their radius. The rank bounds the recursion.
static void put_decimals(JsonDoc *doc, cJSON *in, const char *key, const cg_value *array,
                         uint32_t axis, size_t *at) {
    if (axis == array->rank) {
        cJSON *number = doc_json_put(doc, in, key, doc_json_object());
        put_text(doc, number, "digits", array->decimals[*at].digits);
        put_text(doc, number, "radius", array->decimals[*at].radius);
        ++*at;
        return;
    }
    cJSON *list = doc_json_put(doc, in, key, doc_json_list());
    for (int64_t i = 0; i < array->shape[axis]; i++) {
        if (axis > 0 || !array->failed_rows || !array->failed_rows[i]) {
            put_decimals(doc, list, NULL, array, axis + 1, at);
            continue;
        }
        doc_json_put(doc, list, NULL, doc_json_null());
        size_t row = 1;
        for (uint32_t k = 1; k < array->rank; k++)
            row *= (size_t)array->shape[k];
        *at += row;
    }
}

static void put_array(JsonDoc *doc, cJSON *in, const char *key, const cg_value *array) {
    size_t at = 0;
    if (array->decimals)
        put_decimals(doc, in, key, array, 0, &at);
    else
        doc_json_put(doc, in, key,
                     doc_json_rows(array->data, (Dtype)array->dtype, array->rank,
                                   array->shape, array->failed_rows));
}

// A value, or (dtypes) the names of its dtypes in the same structure. Depth is that of the
// spec's expressions.
static void put_value(JsonDoc *doc, cJSON *in, const char *key, const cg_value *value,
                      bool dtypes) {
    switch (value->kind) {
    case CG_NULL:
        doc_json_put(doc, in, key, doc_json_null());
        return;
    case CG_ARRAY:
        if (dtypes)
            doc_json_put(doc, in, key, text_node(cg_dtype_name(value->dtype)));
        else
            put_array(doc, in, key, value);
        return;
    case CG_TUPLE: {
        cJSON *list = doc_json_put(doc, in, key, doc_json_list());
        for (size_t i = 0; i < value->n; i++)
            put_value(doc, list, NULL, &value->parts[i], dtypes);
        return;
    }
    case CG_RECORD: {
        cJSON *object = doc_json_put(doc, in, key, doc_json_object());
        for (size_t i = 0; i < value->n; i++)
            put_value(doc, object, value->keys[i], &value->parts[i], dtypes);
        return;
    }
    }
}

void report_json_value(JsonDoc *doc, cJSON *in, const char *key, const cg_value *value) {
    put_value(doc, in, key, value, false);
}

static void put_parts(JsonDoc *doc, cJSON *object, const char *key, const char *name,
                      const cg_parts *parts) {
    cJSON *list = doc_json_put(doc, object, key, doc_json_list());
    for (size_t i = 0; i < parts->n; i++) {
        const cg_part *part = &parts->at[i];
        cJSON *entry = doc_json_put(doc, list, NULL, doc_json_object());
        put_int(doc, entry, "argnum", part->argnum);
        put_text(doc, entry, "arg", part->arg[0] ? part->arg : NULL);
        if (part->argnum2 >= 0) {
            put_int(doc, entry, "argnum2", part->argnum2);
            put_text(doc, entry, "arg2", part->arg2[0] ? part->arg2 : NULL);
        }
        put_value(doc, entry, name, &part->value, false);
    }
}

static void put_row_errors(JsonDoc *doc, cJSON *object, const cg_result *result) {
    if (result->n_errors == 0) return;
    cJSON *list = doc_json_put(doc, object, "errors", doc_json_list());
    for (size_t i = 0; i < result->n_errors; i++) {
        cJSON *entry = doc_json_put(doc, list, NULL, doc_json_object());
        put_int(doc, entry, "index", result->errors[i].index);
        put_text(doc, entry, "code", result->errors[i].code);
        put_text(doc, entry, "message", result->errors[i].message);
    }
}

static void put_warnings(JsonDoc *doc, cJSON *object, const cg_result *result) {
    if (result->n_warnings == 0) return;
    cJSON *list = doc_json_put(doc, object, "warnings", doc_json_list());
    for (size_t i = 0; i < result->n_warnings; i++) {
        cJSON *entry = doc_json_put(doc, list, NULL, doc_json_object());
        put_text(doc, entry, "code", result->warnings[i].code);
        put_text(doc, entry, "message", result->warnings[i].message);
    }
}

void report_json(JsonDoc *doc, cJSON *into, const cg_result *result, bool with_spec) {
    if (with_spec) put_text(doc, into, "spec", result->spec);
    put_text(doc, into, "name", result->name);
    put_text(doc, into, "function", result->function);
    if (result->error) {
        cJSON *error = doc_json_put(doc, into, "error", doc_json_object());
        put_text(doc, error, "code", result->error->code);
        put_text(doc, error, "message", result->error->message);
        put_warnings(doc, into, result);
        return;
    }
    if (result->compute & CG_VALUE) {
        put_value(doc, into, "dtype", &result->value, true);
        put_value(doc, into, "value", &result->value, false);
    }
    if (result->compute & CG_GRAD) put_parts(doc, into, "grads", "grad", &result->grads);
    if (result->compute & CG_JACOBIAN)
        put_parts(doc, into, "jacobian", "jacobian", &result->jacobian);
    if (result->compute & CG_HESSIAN)
        put_parts(doc, into, "hessian", "hessian", &result->hessian);
    if (result->compute & CG_JVP) put_value(doc, into, "jvp", &result->jvp, false);
    if (result->logs.kind != CG_NULL) put_value(doc, into, "logs", &result->logs, false);
    put_row_errors(doc, into, result);
    put_warnings(doc, into, result);
}

Status report_diagnostic(const cg_diagnostic *diagnostic, Text *out) {
    JsonDoc doc = {0};
    cJSON *root = doc_json_put(&doc, NULL, NULL, doc_json_object());
    put_text(&doc, root, "code", diagnostic->code);
    put_text(&doc, root, "severity", diagnostic->is_warning ? "warning" : "error");
    put_text(&doc, root, "file", diagnostic->file);
    if (diagnostic->file) {
        put_int(&doc, root, "line", diagnostic->line);
        put_int(&doc, root, "column", diagnostic->column);
    } else {
        put_text(&doc, root, "line", NULL);
        put_text(&doc, root, "column", NULL);
    }
    put_text(&doc, root, "message", diagnostic->message);
    put_text(&doc, root, "hint", diagnostic->hint);
    const Status status = doc_json_print(&doc, false, out);
    doc_json_free(&doc);
    base_text_char(out, '\n');
    return status;
}
