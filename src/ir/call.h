// Calls of functions with a custom rule.
//
// A call node holds its value's graph, and through callbacks that the layer above fills
// (front), the graphs that differentiation needs; each is traced when first asked for, and
// kept. So a rule may name its own function.
//
// In all graphs below an array argument or output is one input or output; operands of a
// call are its n_args arguments, then its n_captures captures.
#ifndef IR_CALL_H
#define IR_CALL_H

#include "ir/ir.h"

typedef enum CallKind { CALL_VJP, CALL_JVP } CallKind;

// A value that a vjp rule reports.
typedef struct CallLog {
    Str key;
    uint32_t n;            // of its arrays: outputs of the rule
    const void *structure; // the maker's
} CallLog;

struct Call {
    CallKind kind;
    uint32_t id; // its number in the Ir
    Str name;    // the function's, for messages
    Span span;   // the rule's place
    uint32_t n_args, n_captures;
    const bool
        *nondiff; // n_args: arguments that have no tangents (integers, bool, declared)
    const Graph *value; // (arguments, captures) → outputs

    // Each gives the same graph every time; NULL results come with a reported diagnostic.
    // forward: (arguments, captures) → outputs, residuals (n_outputs of value, then the
    // residuals)
    Status (*forward)(Call *call, const Graph **graph);
    // rule: (residuals, a cotangent for each float output) → a cotangent for each argument
    // that has a set bit in *present (n_args bits); others are symbolic zeros (null, or
    // nondiff); then the arrays of the logs
    Status (*rule)(Call *call, const Graph **graph, const bool **present);
    bool logs_anything; // its rule has logs
    uint32_t n_logs;    // how many: known when the rule is
    const CallLog *logs;
    // jvp (CALL_JVP): (arguments, captures, a tangent for each argument that is not
    // nondiff) → outputs, a tangent for each float output
    Status (*jvp)(Call *call, const Graph **graph);
    void *data; // the maker's

    // Watched: where a transformation puts its forward pass in its place, a call of it at
    // the same operands stays beside it, so that who looks for calls finds this one.
    bool watched;
    uint32_t n_uses; // how often a transformation put its rule in the place of a derivative
};

// Registers a call and gives it its number. UINT32_MAX when memory is out.
uint32_t ir_add_call(Ir *ir, Call *call);
Call *ir_call(const Ir *ir, uint32_t id);
uint32_t ir_call_count(const Ir *ir);

// Whether every dce but the last keeps its calls, though nothing reads them.
static inline bool ir_is_kept_call(const Call *call) {
    return call->kind == CALL_VJP || call->watched;
}

// Whether the graph, nested graphs included, has a call with a vjp rule or the placeholder
// of one, or a watched call: none is merged, and every dce but the last keeps them. Cached
// by graph.
bool ir_has_vjp_call(const Graph *graph);
// Whether one of them logs. Cached likewise.
bool ir_has_logging_call(const Graph *graph);

#endif
