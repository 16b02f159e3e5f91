// The form of the values of `at`, `tangent`, `cotangent` and `expect`: what their special
// mappings may hold. The api reads them.
#include "front/spec_read.h"

static bool ends_with(Str text, const char *end) {
    const size_t n = strlen(end);
    return text.n > n && memcmp(text.at + text.n - n, end, n) == 0;
}

static void check_columns(SpecReader *reader, const DocNode *node) {
    const bool list = node->kind == DOC_SEQUENCE;
    const uint32_t n = list ? node->n : 1;
    if (n == 0)
        front_spec_error(reader, CODE_E206, node, "leave `columns` out for all columns",
                         "`columns` is empty");
    for (uint32_t i = 0; i < n; i++) {
        const DocNode *item = list ? &node->items[i] : node;
        int64_t number;
        if (item->kind == DOC_STRING ||
            (item->kind == DOC_INT && num_parse_int(item->text, &number)))
            continue;
        front_spec_error(reader, CODE_E201, item, "columns: [a, b], or [0, 1]",
                         "expected the name or number of a column, got %s",
                         doc_kind_name(item->kind));
    }
}

// {file: data.npy}, {file: data.npz, key: name}, {file: data.csv, columns: [a, b]}
static void check_file(SpecReader *reader, const DocNode *node) {
    const DocNode *file = doc_get(node, "file"), *key = doc_get(node, "key"),
                  *columns = doc_get(node, "columns");
    if (!front_spec_is(reader, file, DOC_STRING, "`file`",
                       "{record: {file: …}} is a record"))
        return;
    const bool npz = ends_with(file->text, ".npz"), csv = ends_with(file->text, ".csv");
    if (!npz && !csv && !ends_with(file->text, ".npy"))
        front_spec_error(reader, CODE_E210, file, "its name ends in .npy, .npz or .csv",
                         "`%.*s` is no file that can be read as an array",
                         STR_ARG(base_str_cut(file->text)));
    else if (key && !npz)
        front_spec_error(reader, CODE_E210, key, "leave `key` out",
                         "a `key` names an array in a .npz file");
    else if (columns && !csv)
        front_spec_error(reader, CODE_E210, columns, "leave `columns` out",
                         "`columns` are those of a .csv file");
    if (memchr(file->text.at, 0, file->text.n))
        front_spec_error(reader, CODE_E204, file, NULL,
                         "the name of a file holds a NUL character");
    if (key) (void)front_spec_is(reader, key, DOC_STRING, "`key`", "quote the name");
    if (columns) check_columns(reader, columns);
}

bool front_is_file(const DocNode *node) {
    return node->kind == DOC_MAPPING && node->n <= 2 && doc_get(node, "file") &&
           (node->n == 1 || doc_get(node, "key") || doc_get(node, "columns"));
}

// Depth is the document's.
void front_spec_value(SpecReader *reader, const DocNode *node) {
    if (node->kind == DOC_SEQUENCE) {
        for (uint32_t i = 0; i < node->n; i++)
            front_spec_value(reader, &node->items[i]);
        return;
    }
    if (node->kind != DOC_MAPPING) return;
    if (front_is_file(node)) {
        check_file(reader, node);
        return;
    }
    if (node->n == 2 && doc_get(node, "re") && doc_get(node, "im")) {
        front_spec_error(reader, CODE_E208, node, NULL,
                         "complex numbers are not supported by this version");
        return;
    }
    const DocNode *record = node->n == 1 ? doc_get(node, "record") : NULL;
    if (record && record->kind == DOC_MAPPING) node = record;
    for (uint32_t i = 0; i < node->n; i++)
        front_spec_value(reader, &node->pairs[i].value);
}
