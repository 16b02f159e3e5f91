// Calls with rules, between the file that makes them (rule.c), those that trace their
// graphs (rule_trace.c, rule_grads.c), and the one for rules that are functions (custom.c).
#ifndef FRONT_RULE_H
#define FRONT_RULE_H

#include "front/closure.h"
#include "front/request.h"
#include "ir/call.h"

typedef struct RuleArg {
    Str name; // for messages
    Span span;
    bool traced; // its arrays are arguments of the call; else it is as it is, and its
                 // arrays are captures
    bool nondiff;
} RuleArg;

// What is called: a function of the spec or the prelude, or one made by custom_gradient and
// its like (then `function` is NULL).
typedef struct RuleSource {
    const SpecFunction *function;
    bool prelude;
    const Custom *custom;
    Str name;
    Span span; // of the rule
    Span value_span;
    CallKind kind;
    uint32_t n_args;
    const RuleArg *args;
} RuleSource;

typedef struct RuleCall {
    Call call; // first: the graph knows it by this
    Trace *t;
    RuleSource from;
    const Value *structures; // of each argument that is traced
    Value closed; // TUPLE: functions of `custom`, then the other arguments; its arrays are
                  // the captures by number (closure.h)
    uint32_t n_leaves;   // of the traced arguments
    const TypeId *types; // of the leaves, then of the captures
    Value outputs;       // structure of the result
    uint32_t n_outputs;
    const TypeId *output_types;
    const Graph *forward, *rule, *jvp; // NULL: not traced yet
    const bool *present;
} RuleCall;

// A call's graph while it is traced.
typedef struct RuleBody {
    Scope *outer, *scope;
    Span span; // where tracing stood before
    Env *env;  // of a spec's function: its arguments and lets
    VEC(NodeId) inputs;
    Value *args;            // all arguments, in order
    const Value *functions; // of `custom`
    Value kept; // custom: what its forward pass gives the rule: a function or residuals
} RuleBody;

Status front_call_ruled(Trace *t, const RuleSource *from, const Value *args, Span span,
                        Value *result) MUST_USE;

// Fills call.value, outputs, n_outputs and output_types.
Status front_trace_rule_value(RuleCall *rc) MUST_USE;
// Fills forward, rule, present and the call's logs: what the rule captures of the forward
// pass are the residuals.
Status front_trace_rule_forward(RuleCall *rc) MUST_USE;
// Fills jvp.
Status front_trace_rule_jvp(RuleCall *rc) MUST_USE;
// What `derivative_of` names, with the inputs and outputs of the value.
Status front_trace_rule_target(RuleCall *rc, const Graph **target) MUST_USE;

// "float64[3]"
const char *front_type_text(Trace *t, TypeId type);

// -- cotangents (rule_grads.c) ------------------------------------------------------

// A node for each leaf of the arguments; IR_NONE: null.
typedef struct RuleGrads {
    VEC(NodeId) nodes;
    VEC(CallLog) logs; // in t->lasting
    VEC(NodeId) log_nodes;
} RuleGrads;

// What the rule gives for the arguments, and its logs, evaluated in the current scope,
// whose outer one is the forward pass. E503 where it does not fit them.
Status front_rule_grads(RuleCall *rc, const RuleBody *body, Env *env, Value cotangent,
                        RuleGrads *grads) MUST_USE;

// -- rules that are functions (custom.c) --------------------------------------------

Status front_custom_value(RuleCall *rc, const RuleBody *body, Value *value) MUST_USE;
// The primal while differentiated; sets body->kept.
Status front_custom_forward(RuleCall *rc, RuleBody *body, Value *value) MUST_USE;
// The rule's value for the arguments that are traced: a TUPLE, or E503.
Status front_custom_rule(RuleCall *rc, const RuleBody *body, Value cotangent,
                         Value *grads) MUST_USE;
// tangents: a TUPLE over the arguments that are traced.
Status front_custom_jvp(RuleCall *rc, const RuleBody *body, Value tangents, Value *value,
                        Value *tangent) MUST_USE;

#endif
