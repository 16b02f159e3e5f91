// Rules of a spec and the calls that points reach, between the files that find them
// (rule_calls.c), name their parts (rule_parts.c), and write the command that shows one
// (reproduce.c). For this folder alone.
#ifndef API_RULE_CALLS_H
#define API_RULE_CALLS_H

#include "api/reach.h"
#include "front/rule_view.h"

#include "api/context.h"

// What all calls of a rule with equal types and static arguments share.
typedef struct cg_rule_made {
    LoadedSpec *spec;
    Call *call;
    RuleView view;
    const cg_rule *rule;
    Pair pair;
    Plan *plan, *second; // NULL: not made, or in error
    const cg_diagnostic *error, *second_error;
    Diags diags; // the error is its first
    const cg_rule_array *x, *outputs;
} cg_rule_made;

// A rule that an expression makes, by its place.
typedef struct MadeRule {
    Span span;
    const cg_rule *rule;
} MadeRule;

typedef struct ApiRules {
    VEC(const cg_rule *) list;   // the functions' first
    const cg_rule **of_function; // by function of the spec: NULL: it has none
    VEC(MadeRule) of_expressions;
    ApiAnswers answers; // of a front that watches; NULL: no point was looked at
    ApiReach reach;
    StrMap *made_index; // call's number → number in made
    VEC(cg_rule_made *) made;
    StrMap *known; // call's number and the bytes of its operands
} ApiRules;

// The rules of a spec, read when first asked for.
Status api_rules(cg_context *cg, LoadedSpec *spec, ApiRules **rules) MUST_USE;
Status api_rule_of_expression(cg_context *cg, LoadedSpec *spec, const RuleView *view,
                              bool is_jvp, const cg_rule **rule) MUST_USE;

// Fills made->x and made->outputs.
Status api_name_parts(cg_context *cg, cg_rule_made *made) MUST_USE;

// The command that checks the rule at a call, for a shell. `point` is the one that reaches
// it.
Status api_reproduce(const cg_rule_made *made, const Point *point, const cg_parts *args,
                     const char **command) MUST_USE;

#endif
