#include "doc/doc.h"
#include "doc/check_bytes.h"
#include "doc/json_read.h"
#include "doc/tree_build.h"
#include "doc/yaml_read.h"

static bool begins_json(Str bytes) {
    size_t i = doc_mark_size(bytes);
    while (i < bytes.n && memchr(" \t\r\n", bytes.at[i], 4))
        i++;
    return i < bytes.n && (bytes.at[i] == '{' || bytes.at[i] == '[');
}

static Status read(Tree *tree, Str bytes, uint32_t at, DocFormat format) {
    const bool guess = format == DOC_FORMAT_GUESS;
    const bool json = guess ? begins_json(bytes) : format == DOC_FORMAT_JSON;
    bool ascii;
    TRY(doc_check_bytes(tree->diags, bytes, at, !json, &ascii));
    const Status status = json ? doc_json_read(tree, bytes, at, guess)
                               : doc_yaml_read(tree, bytes, at, ascii);
    if (status == FAILED) TRY(doc_tree_abandon(tree));
    return status;
}

Status doc_read(Arena *arena, Diags *diags, Str bytes, uint32_t at, DocFormat format,
                DocNode **root) {
    const uint32_t errors = diags->errors;
    *root = NULL;
    Tree tree = {.arena = arena, .scratch = base_arena_new(), .diags = diags};
    TRY_ALLOC(tree.scratch);
    Status status = read(&tree, bytes, at, format);
    base_arena_free(tree.scratch);
    if (status != OK) return status;
    *root = NEW(arena, DocNode);
    TRY_ALLOC(*root);
    **root = tree.root;
    (*root)->mended = diags->errors != errors;
    return (*root)->mended ? FAILED : OK; // reported, and read on
}

const DocNode *doc_get(const DocNode *mapping, const char *key) {
    const Str name = base_str(key);
    for (uint32_t i = 0; i < mapping->n; i++)
        if (base_str_eq(mapping->pairs[i].key.text, name)) return &mapping->pairs[i].value;
    return NULL;
}

const char *doc_kind_name(DocKind kind) {
    static const char *const names[] = {
        [DOC_NULL] = "null",         [DOC_BOOL] = "a boolean",
        [DOC_INT] = "an integer",    [DOC_FLOAT] = "a number",
        [DOC_STRING] = "text",       [DOC_SEQUENCE] = "a sequence",
        [DOC_MAPPING] = "a mapping",
    };
    return names[kind];
}

bool doc_is_number(const DocNode *node) {
    if (node->kind == DOC_INT || node->kind == DOC_FLOAT) return true;
    return node->kind == DOC_STRING && (base_str_eq(node->text, STR("NaN")) ||
                                        base_str_eq(node->text, STR("Infinity")) ||
                                        base_str_eq(node->text, STR("-Infinity")));
}
