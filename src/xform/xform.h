// The transformations: each a function from graph to graph (differentiation.md has the
// rules).
//
// Masks are arrays of bool, one for each input or output of the graph; a clear bit is the
// symbolic zero: there is no such input or output. Results are memoised in the Ir on
// (graph, masks) and live as long as it; callers never free them. Masks that are written
// have the stated length, provided by the caller.
#ifndef XFORM_XFORM_H
#define XFORM_XFORM_H

#include "ir/call.h"
#include "ir/ir.h"

// jvp: G, in[n_inputs] → J: inputs, tangents of the set inputs → outputs, tangents of the
// outputs whose bit in out[n_outputs] is set. `force` (n_outputs, or NULL): outputs whose
// tangent is materialised as a marked zero when there is none. Only float inputs may have a
// tangent.
Status xform_jvp(const Graph *g, const bool *in, const bool *force, const Graph **j,
                 bool *out) MUST_USE;

typedef struct Linearized {
    const Graph *known; // K: inputs of G → outputs of G, then the residuals that K computes
    const Graph
        *linear; // L: residuals, tangents of set inputs → tangents of outputs set in out
    uint32_t n_residuals;
    // Where each residual of L comes from: an input of G by number (passed by reference),
    // or n_inputs + i: the residual output i of K (K has n_outputs + that many outputs).
    const uint32_t *residuals;
    const bool *out; // n_outputs
} Linearized;

// linearize: G, in[n_inputs].
Status xform_linearize(const Graph *g, const bool *in, const Linearized **result) MUST_USE;

// transpose: L, linear[n_inputs], ct[n_outputs] → T: the inputs that are not linear (in
// order), cotangents of the outputs set in ct → cotangents of the linear inputs whose bit
// in result[n_inputs] is set. `force` (n_inputs, or NULL): linear inputs whose cotangent is
// materialised as zeros when there is none. E508 when L is not linear in them.
Status xform_transpose(const Graph *l, const bool *linear, const bool *ct,
                       const bool *force, const Graph **t, bool *result) MUST_USE;

// What stands around a rule's call: an axis in front of the arrays of its log (the trips of
// a loop, lanes), or a condition.
typedef enum XformLayer { LAYER_AXIS, LAYER_CONDITION } XformLayer;

// A log among the outputs of T: of each condition around the call a boolean that says
// whether the rule ran, then the arrays. Each has the axes of the layers outside of it: the
// rows of an array, the entries of a stack, or lanes. No two conditions are neighbours.
// Logs of one key are in different branches of a condition.
typedef struct XformLog {
    const CallLog *log;
    const Call *call;
    Span span; // of the call
    uint32_t n_layers;
    const XformLayer *layers; // the outermost first
} XformLog;

static inline uint32_t xform_log_conditions(const XformLog *log) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < log->n_layers; i++)
        n += log->layers[i] == LAYER_CONDITION;
    return n;
}

typedef struct XformLogs {
    uint32_t n;
    const XformLog *at;
} XformLogs;

// The same, and the logs of the rules in T as they run, backwards: further outputs. E506.
Status xform_transpose_with_logs(const Graph *l, const bool *linear, const bool *ct,
                                 const Graph **t, bool *result, XformLogs *logs) MUST_USE;

// vjp in one piece: G, in[n_inputs], ct[n_outputs]: linearize, transpose and join.
// V: inputs of G, cotangents of outputs set in ct → outputs of G, cotangents of the inputs
// whose bit in result is set.
Status xform_vjp(const Graph *g, const bool *in, const bool *ct, const Graph **v,
                 bool *result) MUST_USE;

// vmap: G, in[n_inputs] (a leading axis of size B), `force` (n_outputs or NULL) → G';
// out[n_outputs]: outputs that have a leading axis.
Status xform_vmap(const Graph *g, int64_t B, const bool *in, const bool *force,
                  const Graph **result, bool *out) MUST_USE;

// For a jvp, jacfwd or linearize that a user applied: E502 if the graph (a J or L, nested
// graphs included) holds a placeholder of a vjp rule; `span` is where it was applied. Also
// clears the marks of marked zeros (they become plain zeros): use the resulting graph from
// here on.
Status xform_forward_result(const Graph *j, Span span, const Graph **result) MUST_USE;

// Replaces every call by its value's graph, nested graphs included, and drops what is dead:
// the graph that is run. (A rule has no effect on a plain evaluation: language.md §3.2.)
Status xform_without_rules(const Graph *g, const Graph **result) MUST_USE;

// The same, and stop_gradient is the identity: what the derivative of a value as a function
// is taken of (certainty.md §1).
Status xform_value_alone(const Graph *g, const Graph **result) MUST_USE;

#endif
