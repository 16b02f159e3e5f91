// Whose text a node comes from: the expressions of a spec by their places.
#include "api/graph.h"

#include <stdlib.h>

enum { MOST_SHOWN = 44 }; // code points of a source text

// -- collecting ---------------------------------------------------------------------

// A sequence or mapping of the document is a tuple of texts, each with a place of its own.
static Status add_text(ApiTexts *texts, const Expr *expr, int group) {
    if (!expr) return OK;
    if (expr->kind == EXPR_TUPLE || expr->kind == EXPR_RECORD) {
        for (uint32_t i = 0; i < expr->n; i++)
            TRY(add_text(texts, expr->items[i], group));
        return OK;
    }
    const ApiText text = {expr->span, group};
    return expr->span.at == 0 || VEC_PUSH(texts->arena, &texts->texts, text) ? OK : NOMEM;
}

static Status add_named(ApiTexts *texts, const SpecNames *names, int group) {
    for (uint32_t i = 0; i < names->n; i++) {
        const ApiName name = {.span = names->at[i].expr->span,
                              .name = base_strdup(texts->arena, names->at[i].name)};
        TRY_ALLOC(name.name);
        TRY(add_text(texts, names->at[i].expr, group));
        if (!VEC_PUSH(texts->arena, &texts->names, name)) return NOMEM;
    }
    return OK;
}

static Status add_group(ApiTexts *texts, const SpecFunction *function, bool is_rule,
                        int *number) {
    Text name = {.arena = texts->arena};
    if (is_rule)
        base_text_printf(&name, "rule of %.*s (%s)", STR_ARG(function->name),
                         function->rule->kind == SPEC_VJP ? "vjp" : "jvp");
    else
        base_text_add(&name, function->name);
    const cg_group group = {name.at, is_rule};
    *number = (int)texts->groups.n;
    return !name.failed && VEC_PUSH(texts->arena, &texts->groups, group) ? OK : NOMEM;
}

static Status add_rule(ApiTexts *texts, const SpecRule *rule, int group) {
    TRY(add_text(texts, rule->value, group));
    TRY(add_named(texts, &rule->let, group));
    for (uint32_t i = 0; i < rule->n_grads; i++)
        TRY(add_text(texts, rule->grads[i], group));
    TRY(add_text(texts, rule->all, group));
    TRY(add_text(texts, rule->tangent, group));
    return add_named(texts, &rule->logs, group);
}

static Status add_function(ApiTexts *texts, const SpecFunction *function) {
    int value = -1, rule = -1;
    if (function->rule) {
        TRY(add_group(texts, function, false, &value));
        TRY(add_group(texts, function, true, &rule));
    }
    TRY(add_named(texts, &function->let, value));
    TRY(add_text(texts, function->value, value));
    return function->rule ? add_rule(texts, function->rule, rule) : OK;
}

static int by_place(const void *a, const void *b) {
    // ApiText and ApiName both begin with their span.
    const Span *x = a, *y = b;
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : (x->n < y->n) - (x->n > y->n);
}

Status api_texts(const Spec *spec, const Expr *function, ApiTexts *texts) {
    TRY(add_named(texts, &spec->constants, -1));
    for (uint32_t i = 0; i < spec->n_functions; i++)
        TRY(add_function(texts, &spec->functions[i]));
    // A bare name says nothing about the nodes of a call.
    if (function->kind != EXPR_NAME) TRY(add_text(texts, function, -1));
    if (texts->texts.n)
        qsort(texts->texts.at, texts->texts.n, sizeof *texts->texts.at, by_place);
    if (texts->names.n)
        qsort(texts->names.at, texts->names.n, sizeof *texts->names.at, by_place);
    return OK;
}

// -- finding ------------------------------------------------------------------------

const ApiText *api_text_of(const ApiTexts *texts, Span span) {
    uint32_t low = 0, high = texts->texts.n;
    if (span.at == 0) return NULL;
    while (low < high) { // the first text that begins behind the span
        const uint32_t middle = low + (high - low) / 2;
        if (texts->texts.at[middle].span.at <= span.at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const ApiText *text = &texts->texts.at[low - 1];
    return span.at + span.n <= text->span.at + text->span.n ? text : NULL;
}

ApiName *api_name_of(const ApiTexts *texts, Span span) {
    if (texts->names.n == 0 || span.at == 0) return NULL;
    return bsearch(&span, texts->names.at, texts->names.n, sizeof *texts->names.at,
                   by_place);
}

// -- showing ------------------------------------------------------------------------

const char *api_source_text(const ApiTexts *texts, Span span) {
    const Str source = base_source_text(texts->sources, span);
    Text line = {.arena = texts->arena};
    base_text_add(&line, STR(""));
    uint32_t shown = 0;
    for (size_t i = 0; i < source.n;) {
        uint32_t code;
        size_t n = base_utf8_decode((Str){source.at + i, source.n - i}, &code);
        if (n == 0) n = 1;
        if (strchr(" \t\r\n", source.at[i])) {
            while (i < source.n && strchr(" \t\r\n", source.at[i]))
                i++;
            base_text_char(&line, ' ');
        } else {
            base_text_add(&line, (Str){source.at + i, n});
            i += n;
        }
        if (++shown < MOST_SHOWN || i >= source.n) continue;
        base_text_add(&line, STR("…"));
        break;
    }
    if (line.failed) return NULL;
    return line.at ? line.at : "";
}
