// A rule and the derivative that it is to be, as one graph: what a rule is judged by
// (certainty.md §1).
//
// x: the leaves of arguments that are differentiated. A linear part is a cotangent g of a
// float output of the value for a vjp rule, a tangent of an x for a jvp rule; a result is a
// cotangent of an x for a vjp rule, a tangent of a float output for a jvp rule.
//
//   order 1: (x, other operands, linear parts) → values, results T, results R
//   order 2: (x, other operands, linear parts, a cotangent h of each result)
//            → values, ∂⟨h, T⟩/∂x for each x, ∂⟨h, R⟩/∂x for each x
//
// Values are the float outputs of the target. T is differentiated from the target alone:
// calls are what they compute, stop_gradient is the identity. R is the rule as a program:
// with order 2 its calls are differentiated by their rules, and stop_gradient blocks. Equal
// parts of the two are one node.
#ifndef XFORM_PAIR_H
#define XFORM_PAIR_H

#include "ir/call.h"

typedef struct Pair {
    const Graph *graph; // without calls
    bool is_jvp;
    uint32_t n_x, n_others, n_outputs; // n_outputs: float outputs of the value
    const uint32_t *operands; // n_x + n_others: of the call, in the order of the inputs
    const uint32_t *outputs;  // n_outputs: of the value
    const bool *is_null;      // by x, of a vjp rule: it gives nothing there, R is zero
} Pair;

static inline uint32_t xform_pair_linear(const Pair *pair) {
    return pair->is_jvp ? pair->n_x : pair->n_outputs;
}
static inline uint32_t xform_pair_results(const Pair *pair) {
    return pair->is_jvp ? pair->n_outputs : pair->n_x;
}

// `target`: a graph with the inputs and outputs of call->value, which is what it is as a
// rule. The pair lives as long as the Ir. Errors are those of tracing and differentiating
// the rule (E5xx).
Status xform_pair(Call *call, const Graph *target, unsigned order, Pair *pair) MUST_USE;

#endif
