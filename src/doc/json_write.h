// JSON documents that we write. cJSON holds and prints the structure; numbers and strings
// are written here, because cJSON's do not read back (doubles) or end at a NUL byte.
//
//     JsonDoc doc = {0};
//     cJSON *root = doc_json_put(&doc, NULL, NULL, doc_json_object());
//     cJSON *list = doc_json_put(&doc, root, "results", doc_json_list());
//     doc_json_put(&doc, list, NULL, doc_json_array(data, DT_F64, 1, shape));
//     Status status = doc_json_print(&doc, true, &text);
//     doc_json_free(&doc);
//
// Nothing on the way needs a check: a node that could not be made is NULL, putting NULL
// anywhere makes the document fail, and printing a failed document is NOMEM.
#ifndef DOC_JSON_WRITE_H
#define DOC_JSON_WRITE_H

#include "num/num.h"

#include <cjson/cJSON.h>

typedef struct JsonDoc {
    cJSON *root; // owns all nodes
    bool failed; // memory was out
} JsonDoc;

// Makes nodes that belong to nothing yet. NULL when memory is out.
cJSON *doc_json_object(void);
cJSON *doc_json_list(void);
cJSON *doc_json_null(void);
cJSON *doc_json_bool(bool value);

// A string of any bytes; what is not valid UTF-8 becomes U+FFFD.
cJSON *doc_json_string(Str text);

// One number of the dtype (a boolean for bool), as num_print writes it. NaN and infinities
// are the strings "NaN", "Infinity", "-Infinity".
cJSON *doc_json_number(Dtype dtype, const void *element);

// The same for an array in C order, as nested lists; a rank of 0 is a number.
cJSON *doc_json_array(const void *data, Dtype dtype, uint32_t rank, const int64_t *shape);
// The same with null in place of some of the rows (NULL: none) along the first axis.
cJSON *doc_json_rows(const void *data, Dtype dtype, uint32_t rank, const int64_t *shape,
                     const bool *null);

// Puts a node into an object under a key, or at the end of a list (key NULL), or makes it
// the root (`in` NULL). The document owns it from here on, or it is freed. The node, or
// NULL.
cJSON *doc_json_put(JsonDoc *doc, cJSON *in, const char *key, cJSON *node);

// Adds the document to `out`, without a line end: indented by two spaces (arrays on one
// line, a blank behind each comma), or on one line without blanks.
// NOMEM also when the document failed; it then adds nothing.
Status doc_json_print(const JsonDoc *doc, bool pretty, Text *out) MUST_USE;

void doc_json_free(JsonDoc *doc);

#endif
