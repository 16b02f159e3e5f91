// One document read at a time, for the tests of the readers.
#ifndef TESTS_DOC_FIXTURE_H
#define TESTS_DOC_FIXTURE_H

#include "doc/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static Arena *arena;
static Diags diags;
static Str source; // the document's bytes, in a block of their own size
static DocNode *root;

static inline int forget(void **state) {
    (void)state;
    base_arena_free(arena);
    arena = NULL;
    free((char *)source.at);
    source = (Str){0};
    return 0;
}

static inline Status read_bytes(Str text, DocFormat format) {
    forget(NULL);
    arena = base_arena_new();
    diags = (Diags){.arena = arena, .sources = base_sources_new(arena)};
    char *bytes = malloc(text.n ? text.n : 1);
    memcpy(bytes, text.at, text.n);
    source = (Str){bytes, text.n};
    uint32_t before = 0, at = 0; // the document's numbers do not begin at 1
    assert_int_equal(base_source_add(diags.sources, STR("other"), STR("text"), &before),
                     OK);
    assert_int_equal(base_source_add(diags.sources, STR("doc"), source, &at), OK);
    root = NULL;
    const Status status = doc_read(arena, &diags, source, at, format, &root);
    base_diags_sort(&diags);
    return status;
}

static inline Status read_text(const char *text, DocFormat format) {
    return read_bytes(base_str(text), format);
}

static inline Place place_of(Span span) {
    Place place = {0};
    assert_true(base_source_find(diags.sources, span, &place));
    return place;
}

static inline void assert_place(Span span, uint32_t line, uint32_t column) {
    const Place place = place_of(span);
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

static inline void assert_text(const DocNode *node, const char *expected) {
    assert_int_equal(node->text.n, strlen(expected));
    assert_memory_equal(node->text.at, expected, node->text.n);
}

// Where each character of a scalar's text stands, as "line:column" with blanks between.
static inline char *places_of(const DocNode *node) {
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    for (uint32_t i = 0; i < node->text.n; i++) {
        if ((node->text.at[i] & 0xC0) == 0x80) continue;
        const Place place = place_of((Span){node->text_at + i, 1});
        base_text_printf(&out, "%s%u:%u", i ? " " : "", place.line, place.column);
    }
    return out.at;
}

typedef struct Mistake {
    const char *text;
    uint32_t line, column;
    Code code;
    const char *message, *hint; // parts of them
} Mistake;

static inline bool has(Str text, const char *part) {
    char *copy = base_strdup(arena, text);
    return copy && strstr(copy, part);
}

// Each text has just this mistake.
static inline void check_mistake(const Mistake *mistake, DocFormat format) {
    assert_int_equal(read_text(mistake->text, format), FAILED);
    const Diag *diag = &diags.list.at[0];
    const Place place = place_of(diag->span);
    const bool right = diags.errors == 1 && diag->code == mistake->code &&
                       place.line == mistake->line && place.column == mistake->column &&
                       has(diag->message, mistake->message) &&
                       has(diag->hint, mistake->hint);
    if (right) return;
    Text out = {.arena = arena};
    base_diags_text(&diags, false, &out);
    fail_msg("%s\ngives\n%s", mistake->text, out.at);
}

#endif
