// The hint for a derivative that a branch not taken has spoilt (the "double where").
#ifndef API_WHERE_HINT_H
#define API_WHERE_HINT_H

#include "api/warn.h"

// Whether a place stands in an expression (NULL: no).
static inline bool api_holds(const Expr *expr, Span span) {
    return expr && span.at >= expr->span.at &&
           span.at + span.n <= expr->span.at + expr->span.n;
}

// The text at a place, as far as its first line; empty where there is none.
Str api_text_at(Sources *sources, Span span);

// `span` is the operation where a NaN or infinity begins in the derivative of the graph's
// value (of_value: the nodes that it depends on). If every way from that operation to the
// value leads through a `where` that somewhere does not take it, the hint says how to keep
// its argument harmless there, written out where it can be; else *hint stays as it is.
Status api_where_hint(const ApiRun *run, const Graph *graph, const bool *of_value,
                      Span span, const char **hint) MUST_USE;

#endif
