// Between the files that judge rules: a call as the exact backend takes it. For this folder
// alone.
#ifndef API_JUDGE_H
#define API_JUDGE_H

#include "api/rule_calls.h"
#include "exec/exact.h"

// Loads the exact backend when it is first needed. FAILED: reported.
Status api_load_exact(cg_context *cg) MUST_USE;

// The call's plan with all that it is about, in the arena. Numbers are the call's own.
Status api_describe_pair(const cg_rule_call *call, unsigned digits, Arena *arena,
                         ExactPair *pair) MUST_USE;

// A distance from an exact number in units in the last place of that, at its dtype. NaN:
// not known.
double api_in_ulps(Dtype dtype, double exact, double distance);

// Runs the call's plan by the vm at every unit cotangent (jvp: tangent) and notes in its
// cells how far the rule and the derivative are from exact.
Status api_measure(const cg_rule_call *call, const ExactPair *pair, size_t n,
                   cg_cell *cells) MUST_USE;

// A cell in the pair's own terms.
ExactTerm api_term(const ExactPair *pair, const cg_cell *cell);

#endif
