#include "doc/tree_build.h"

TreeFrame *doc_tree_top(Tree *tree) {
    return tree->depth ? &tree->open[tree->depth - 1] : NULL;
}

bool doc_tree_key_due(Tree *tree) {
    const TreeFrame *top = doc_tree_top(tree);
    return top && top->kind == DOC_MAPPING && top->nodes.n % 2 == 0;
}

// ---- Limits
// -------------------------------------------------------------------------------------

Status doc_tree_count(Tree *tree, Span span, int64_t nodes) {
    tree->nodes += nodes;
    if (tree->nodes <= LIMIT_DOC_NODES) return OK;
    return base_error(tree->diags, CODE_E701, span,
                      "keep large data in files of their own: {file: data.npy}",
                      "the document has more than %lld values, its aliases expanded "
                      "(LIMIT_DOC_NODES)",
                      (long long)LIMIT_DOC_NODES);
}

Status doc_tree_too_deep(Tree *tree, Span span) {
    return base_error(tree->diags, CODE_E701, span, "nest it less deeply",
                      "the document is nested more than %d levels deep (LIMIT_DOC_DEPTH)",
                      LIMIT_DOC_DEPTH);
}

// ---- Duplicate keys
// -----------------------------------------------------------------------------

static bool is_scalar(const DocNode *node) {
    return node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING;
}

// An open-addressed table of the keys' indices + 1. Keys that are no scalars have been
// reported. A second key is refused.
static Status find_duplicates(Tree *tree, DocNode *nodes, uint32_t n_pairs) {
    uint32_t size = 4;
    while (size / 2 < n_pairs)
        size *= 2;
    if (!VEC_RESERVE(tree->scratch, &tree->slots, size)) return NOMEM;
    uint32_t *slots = tree->slots.at;
    memset(slots, 0, size * sizeof *slots);

    for (uint32_t i = 0; i < n_pairs; i++) {
        DocNode *key = &nodes[2 * i];
        if (!is_scalar(key) || key->refused) continue;
        uint32_t slot = (uint32_t)base_hash(key->text.at, key->text.n, 0) & (size - 1);
        while (slots[slot] && !base_str_eq(nodes[2 * (slots[slot] - 1)].text, key->text))
            slot = (slot + 1) & (size - 1);
        if (slots[slot] == 0) {
            slots[slot] = i + 1;
            continue;
        }
        const DocNode *first = &nodes[2 * (slots[slot] - 1)];
        base_error_also(tree->diags, CODE_E103, doc_written(key), doc_written(first),
                        "first here", "rename or remove one of the two",
                        "the key `%.*s` stands twice in one mapping",
                        STR_ARG(base_str_cut(key->text)));
        key->refused = true;
    }
    return OK;
}

// Drops the pairs whose key was reported; how many pairs are left.
static uint32_t drop_refused(DocNode *nodes, uint32_t n_pairs) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_pairs; i++) {
        if (nodes[2 * i].refused || !is_scalar(&nodes[2 * i])) continue;
        if (n != i) memcpy(&nodes[2 * n], &nodes[2 * i], 2 * sizeof *nodes);
        n++;
    }
    return n;
}

// ---- Building
// -----------------------------------------------------------------------------------

enum { LARGE = 1024 }; // nodes; their vector is a block that grows where it stands

// A large frame grows by a quarter, not to its double: its vector becomes the finished one.
static Status grow_large(Tree *tree, TreeFrame *frame) {
    const uint32_t cap = frame->nodes.cap + frame->nodes.cap / 4;
    DocNode *nodes = base_grow(tree->arena, frame->nodes.at,
                               frame->nodes.cap * sizeof *nodes, cap * sizeof *nodes);
    TRY_ALLOC(nodes);
    frame->nodes.at = nodes;
    frame->nodes.cap = cap;
    return OK;
}

Status doc_tree_add(Tree *tree, DocNode node) {
    TreeFrame *top = doc_tree_top(tree);
    if (!top) {
        tree->root = node;
        return OK;
    }
    if (top->nodes.n == top->nodes.cap && top->nodes.cap >= 2 * LARGE)
        TRY(grow_large(tree, top));
    return VEC_PUSH(tree->arena, &top->nodes, node) ? OK : NOMEM;
}

Status doc_tree_open(Tree *tree, DocKind kind, Span span) {
    if (tree->depth == LIMIT_DOC_DEPTH) return doc_tree_too_deep(tree, span);
    TRY(doc_tree_count(tree, span, 1));
    TreeFrame *frame = &tree->open[tree->depth++];
    frame->kind = kind;
    frame->tag = 0;
    frame->span = span;
    frame->nodes.n = 0; // the memory serves all frames of this depth
    return OK;
}

// The frame's nodes, for good: a large vector itself, a copy of a small one, so that small
// sequences and mappings leave no unused room behind and large ones are never held twice.
static DocNode *take_nodes(Tree *tree, TreeFrame *frame) {
    DocNode *nodes = frame->nodes.at;
    if (frame->nodes.n >= LARGE) {
        frame->nodes.at = NULL;
        frame->nodes.n = frame->nodes.cap = 0;
        return nodes;
    }
    DocNode *copy = NEW_ARRAY(tree->arena, DocNode, frame->nodes.n);
    if (copy && nodes) memcpy(copy, nodes, frame->nodes.n * sizeof *copy);
    return copy;
}

Status doc_tree_close(Tree *tree, uint32_t end, DocNode *closed) {
    TreeFrame *frame = doc_tree_top(tree);
    DocNode node = {.kind = frame->kind, .n = frame->nodes.n};
    node.span = (Span){frame->span.at, end - frame->span.at};
    if (node.kind == DOC_MAPPING) {
        TRY(find_duplicates(tree, frame->nodes.at, node.n / 2));
        node.n = drop_refused(frame->nodes.at, node.n / 2);
    }
    DocNode *nodes = take_nodes(tree, frame);
    TRY_ALLOC(nodes);
    if (node.kind == DOC_MAPPING)
        node.pairs = (DocPair *)nodes; // a pair is two nodes in a row
    else
        node.items = nodes;
    tree->depth--;
    if (closed) *closed = node;
    return doc_tree_add(tree, node);
}

Status doc_tree_abandon(Tree *tree) {
    for (; tree->depth > 0; tree->depth--) {
        const TreeFrame *frame = doc_tree_top(tree);
        if (frame->kind == DOC_MAPPING)
            TRY(find_duplicates(tree, frame->nodes.at, frame->nodes.n / 2));
    }
    return OK;
}
