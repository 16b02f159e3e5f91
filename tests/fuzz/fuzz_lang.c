// Fuzz target of the expression parser. What parses is printed, parses again, and prints
// the same; what does not has a diagnostic; every place lies within the text.
//
// A first byte of 1 reads the rest as parameters.
#include "lang/ast.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

static void check_places(const Diags *diags, Str text, uint32_t at) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Span span = diags->list.at[i].span;
        check(span.at >= at && span.at + span.n <= at + text.n);
    }
}

// Printing makes brackets explicit, so the printed text may nest too deep: nothing else is
// excused.
static void check_printed(Arena *arena, const Expr *expr) {
    Text first = {.arena = arena}, second = {.arena = arena};
    lang_print(expr, &first);
    check(!first.failed);
    Diags diags = {.arena = arena};
    Expr *again;
    if (lang_parse(arena, &diags, base_text_str(&first), 1, &again) != OK) {
        for (uint32_t i = 0; i < diags.list.n; i++)
            check(diags.list.at[i].code == CODE_E701);
        return;
    }
    lang_print(again, &second);
    check(base_str_eq(base_text_str(&first), base_text_str(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const bool parameters = size > 0 && data[0] == 1;
    const Str text = {(const char *)data + parameters, size - parameters};
    const uint32_t at = 1000;
    Arena *arena = base_arena_new();
    Diags diags = {.arena = arena};
    Expr *expr;
    ExprParam *params;
    uint32_t n;
    const Status status = parameters
                              ? lang_parse_params(arena, &diags, text, at, &params, &n)
                              : lang_parse(arena, &diags, text, at, &expr);
    check((status == FAILED) == (diags.errors > 0));
    check_places(&diags, text, at);
    if (status == OK && !parameters) check_printed(arena, expr);
    base_arena_free(arena);
    return 0;
}
