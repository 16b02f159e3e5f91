// Calls with rules, between the file that makes them (rule.c) and the file that traces
// their graphs (rule_trace.c).
#ifndef FRONT_RULE_H
#define FRONT_RULE_H

#include "front/function.h"
#include "front/request.h"
#include "ir/call.h"

typedef struct RuleCall {
    Call call; // first: the graph knows it by this
    Trace *t;
    const SpecFunction *function;
    bool prelude;
    const Value *args; // structure of each argument; static ones as they are
    uint32_t n_leaves;
    const TypeId *types; // of the arguments' leaves
    Value outputs;       // structure of the result
    uint32_t n_outputs;
    const TypeId *output_types;
    const Graph *forward, *rule, *jvp; // NULL: not traced yet
    const bool *present;
} RuleCall;

// Fills call.value, outputs, n_outputs and output_types.
Status front_trace_rule_value(RuleCall *rc) MUST_USE;
// Fills forward, rule and present: what the rule captures of the forward pass are the
// residuals.
Status front_trace_rule_forward(RuleCall *rc) MUST_USE;
// Fills jvp.
Status front_trace_rule_jvp(RuleCall *rc) MUST_USE;

// A copy that outlives the request; array leaves lose their nodes, which a structure does
// not need. (rule.c)
Status front_keep_value(Arena *arena, Value value, Value *kept) MUST_USE;

#endif
