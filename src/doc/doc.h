// Documents: YAML and JSON read into one tree with positions and the numbers' own text.
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/diag.h"

typedef enum DocKind {
    DOC_NULL,
    DOC_BOOL,
    DOC_INT,   // text is the numeral as written; may be of any length
    DOC_FLOAT, // text is the numeral as written, or .inf, .nan as YAML spells them
    DOC_STRING,
    DOC_SEQUENCE,
    DOC_MAPPING,
} DocKind;

typedef struct DocNode DocNode;
typedef struct DocPair DocPair;

struct DocNode {
    DocKind kind;
    bool boolean; // DOC_BOOL
    bool plain;   // a scalar written without quotes (YAML); always false for JSON strings
    bool refused; // a mistake was reported here: nothing more is to be said of it
    bool mended;  // a text that YAML had read as something else, which was reported; of
                  // the root: some mistake was reported
    uint32_t n;   // items or pairs
    // Scalars: the decoded text (also of numbers, booleans and null), and the number
    // (source.h) of its first byte: byte i of the text stands at text_at + i.
    uint32_t text_at;
    Str text;
    // The node in its file, quotes and brackets included; of what comes of an alias, the
    // place of the original.
    Span span;
    Span alias; // where it was aliased from (`*name`, the outermost), or NO_SPAN
    union {
        DocNode *items; // DOC_SEQUENCE
        DocPair *pairs; // DOC_MAPPING, in order of the document; keys are unique strings
    };
};

struct DocPair {
    DocNode key; // DOC_STRING, or a scalar of another kind whose text serves as the key
    DocNode value;
};

typedef enum DocFormat { DOC_FORMAT_GUESS, DOC_FORMAT_YAML, DOC_FORMAT_JSON } DocFormat;

// Reads one document. The bytes have been added to diags->sources at `at`, and live as long
// as the tree (texts point into them where they can). Errors are reported (E1xx, E7xx),
// several where the syntax allows, and FAILED is returned. *root is then NULL, or a tree
// that was mended as its author most likely meant it, so that the rest of it can be judged,
// too. The arena owns the tree; the places of decoded texts go into the arena of the
// diagnostics, since spans outlive the tree. DOC_FORMAT_GUESS: after a byte-order mark and
// white space, `{` or `[` begins JSON, else YAML. A YAML document without content is a
// DOC_NULL root. Time and memory are linear in the size of the document, aliases expanded.
Status doc_read(Arena *arena, Diags *diags, Str bytes, uint32_t at, DocFormat format,
                DocNode **root) MUST_USE;

// The value under a key, or NULL. Linear in the number of pairs.
const DocNode *doc_get(const DocNode *mapping, const char *key);

// "a sequence", "a number", …: for messages.
const char *doc_kind_name(DocKind kind);

// Whether the scalar is a number: DOC_INT, DOC_FLOAT, or one of the three strings "NaN",
// "Infinity", "-Infinity", which stand for numbers in arrays. num_parse reads its text.
bool doc_is_number(const DocNode *node);

// Where a node is written, as the user sees it: at its alias if it came of one.
static inline Span doc_written(const DocNode *node) {
    return node->alias.at ? node->alias : node->span;
}

#endif
