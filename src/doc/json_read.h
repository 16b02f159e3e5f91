// JSON into the tree: a strict reader of RFC 8259 that names what is wrong, and goes on
// where the mistake leaves no doubt of what was meant.
#ifndef DOC_JSON_READ_H
#define DOC_JSON_READ_H

#include "doc/decoded.h"
#include "doc/tree_build.h"

// Reads the one document of `bytes`, which doc_check_bytes has passed; a byte-order mark
// before it is skipped. `guessed`: it is taken for JSON only because of its first bracket,
// so hints may propose to read it as YAML.
Status doc_json_read(Tree *tree, Str bytes, uint32_t at, bool guessed) MUST_USE;

// ---- Between json_read.c and json_scalar.c
// ------------------------------------------------------

typedef struct JsonReader {
    Tree *tree;
    Diags *diags;
    Str bytes;
    uint32_t at; // number of byte 0
    size_t i;    // the next byte to read
    bool guessed;
    Text text; // the string being decoded
    Decoded decoded;
} JsonReader;

static inline Span doc_json_span(const JsonReader *json, size_t from, size_t to) {
    return (Span){json->at + (uint32_t)from, (uint32_t)(to - from)};
}

// The next byte, or 0 at the end.
static inline char doc_json_peek(const JsonReader *json) {
    return json->i < json->bytes.n ? json->bytes.at[json->i] : 0;
}

// The hint, and after it that YAML would read such text, where the document could be YAML.
const char *doc_json_or_yaml(const JsonReader *json, const char *hint);

// Reads a scalar: a string, number or word at the cursor. What is none, but ends where one
// would end, is reported and stands as it is; `key`: a key is expected.
Status doc_json_scalar(JsonReader *json, bool key, DocNode *node) MUST_USE;

// Whether a scalar, or what is meant as one, can begin with the character.
bool doc_json_begins_scalar(char c);

#endif
