// The tree under construction: both readers tell it what they read, in order, and it keeps
// the open sequences and mappings, finds duplicate keys, and counts depth and nodes.
//
// Any Status but OK ends the reading. Duplicate keys do not: they are reported, and reading
// goes on.
#ifndef DOC_TREE_BUILD_H
#define DOC_TREE_BUILD_H

#include "base/limits.h"
#include "doc/doc.h"

typedef struct TreeFrame {
    DocKind kind;       // DOC_SEQUENCE or DOC_MAPPING
    uint32_t tag;       // the reader's own
    Span span;          // of its first byte
    VEC(DocNode) nodes; // the items; of a mapping, keys and values in turn
} TreeFrame;

typedef struct Tree {
    Arena *arena;   // of the finished nodes
    Arena *scratch; // until the document has been read
    Diags *diags;
    TreeFrame open[LIMIT_DOC_DEPTH];
    uint32_t depth;
    DocNode root;
    int64_t nodes;       // how many there are, aliases expanded
    VEC(uint32_t) slots; // of the search for duplicate keys
} Tree;

// The innermost open sequence or mapping, or NULL at the root.
TreeFrame *doc_tree_top(Tree *tree);

// Whether the next node is a mapping's key.
bool doc_tree_key_due(Tree *tree);

// Counts more nodes. FAILED (reported at `span`) where the limit is passed.
Status doc_tree_count(Tree *tree, Span span, int64_t nodes) MUST_USE;

// Reports a depth beyond the limit at `span`; FAILED.
Status doc_tree_too_deep(Tree *tree, Span span);

// Adds a node whose nodes have been counted; it becomes the root where nothing is open.
Status doc_tree_add(Tree *tree, DocNode node) MUST_USE;

// Begins a sequence or mapping. `span` is its first byte's.
Status doc_tree_open(Tree *tree, DocKind kind, Span span) MUST_USE;

// Ends the innermost one, whose last byte stands before `end`, and adds it. *closed (may be
// NULL) is a copy of the node.
Status doc_tree_close(Tree *tree, uint32_t end, DocNode *closed) MUST_USE;

// Looks for duplicate keys in what is still open, after the reading has failed.
Status doc_tree_abandon(Tree *tree) MUST_USE;

#endif
