// Fuzzes both readers of documents (libFuzzer). Besides what the sanitizers find: a
// document is either read or a mistake is reported, and every text that was decoded has
// true places.
//
//     clang -fsanitize=fuzzer,address,undefined -DTEST_LIMITS -D_GNU_SOURCE -Isrc \
//         tests/fuzz/fuzz_doc.c src/doc/*.c src/base/*.c src/num/*.c -lyaml -lcjson -lm
#include "doc/doc.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

typedef struct Fuzz {
    Diags diags;
    Str bytes;
    uint32_t at;
} Fuzz;

// Whether the byte of the document can stand for the byte of a text: it is that byte, or
// begins an escape or a line end, or doubles a quote.
static bool can_be(Str bytes, size_t i, char byte) {
    check(i < bytes.n, "a place outside of the document");
    const char c = bytes.at[i];
    return c == byte || c == '\\' ||
           ((c == '\n' || c == '\r' || c == '\xC2') && byte == '\n') ||
           ((c == '\n' || c == '\r' || c == '\xC2') && byte == ' ');
}

// Of a text block of blanks alone the reader may know no more than where it begins.
static bool is_vague(const DocNode *node, uint32_t at) {
    for (uint32_t i = 0; i < node->text.n; i++)
        if (!strchr(" \t\n", node->text.at[i])) return false;
    return at == node->span.at;
}

static void check_scalar(const Fuzz *fuzz, const DocNode *node) {
    for (uint32_t i = 0; i < node->text.n; i++) {
        const uint32_t at = base_source_file_at(fuzz->diags.sources, node->text_at + i);
        check(at >= fuzz->at, "a place before the document");
        check(can_be(fuzz->bytes, at - fuzz->at, node->text.at[i]) || is_vague(node, at),
              "a wrong place");
    }
}

static void check_node(const Fuzz *fuzz, const DocNode *node) {
    check(node->span.at >= fuzz->at &&
              node->span.at - fuzz->at + node->span.n <= fuzz->bytes.n,
          "a span outside of the document");
    if (node->kind == DOC_SEQUENCE) {
        for (uint32_t i = 0; i < node->n; i++)
            check_node(fuzz, &node->items[i]);
    } else if (node->kind == DOC_MAPPING) {
        for (uint32_t i = 0; i < node->n; i++) {
            check_node(fuzz, &node->pairs[i].key);
            check_node(fuzz, &node->pairs[i].value);
        }
    } else {
        check_scalar(fuzz, node);
    }
}

static void read(Str bytes, DocFormat format) {
    Arena *arena = base_arena_new();
    Fuzz fuzz = {.bytes = bytes};
    fuzz.diags = (Diags){.arena = arena, .sources = base_sources_new(arena)};
    check(base_source_add(fuzz.diags.sources, STR("doc"), bytes, &fuzz.at) == OK,
          "sources");
    DocNode *root = NULL;
    const Status status = doc_read(arena, &fuzz.diags, bytes, fuzz.at, format, &root);
    check(status == (fuzz.diags.errors ? FAILED : OK), "the status belies the diagnostics");
    if (root) check_node(&fuzz, root);
    Text text = {.arena = arena};
    base_diags_sort(&fuzz.diags);
    base_diags_text(&fuzz.diags, false, &text);
    base_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    // The first byte chooses the format; the rest is the document, in a block of its own
    // size.
    char *bytes = malloc(size);
    memcpy(bytes, data + 1, size - 1);
    read((Str){bytes, size - 1}, (DocFormat)(data[0] % 3));
    free(bytes);
    return 0;
}
