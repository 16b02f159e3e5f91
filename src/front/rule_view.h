// Calls with rules as who checks the rules sees them: between api and front.
#ifndef FRONT_RULE_VIEW_H
#define FRONT_RULE_VIEW_H

#include "front/request.h"
#include "xform/pair.h"

// A front whose calls are watched: every call with a rule of the spec's stands in the
// graphs of its answers, or in what they hold, also where it was differentiated. NULL: out
// of memory.
Front *front_new_watching(Arena *arena, Ir *ir, const Spec *spec);

typedef struct RuleViewArg {
    Str name;
    bool traced;    // its arrays are operands of the call
    Tree tree;      // traced: their structure
    uint32_t first; // and the first of them
    Span grad;      // traced: where a vjp rule gives its cotangent, or NO_SPAN
    Str text;       // not traced: as one writes it, 3 or "sum"; empty: a function, say
} RuleViewArg;

typedef struct RuleView {
    const SpecFunction *function; // NULL: made by custom_gradient and its like
    Str name;
    Span span; // of the rule
    uint32_t n_args;
    const RuleViewArg *args;
    Tree outputs;
} RuleView;

// What stands behind a call (no batched one) that a front made.
Status front_view_rule(Arena *arena, const Call *call, RuleView *view) MUST_USE;

// The call's rule and what it is to be the derivative of: the value, or `derivative_of`
// (the rule must not say null there). Errors (E5xx, E7xx) are reported.
Status front_rule_pair(Front *front, Diags *diags, Call *call, unsigned order,
                       Pair *pair) MUST_USE;

#endif
