// Partial evaluation: a graph, or the two branches of a cond at once, split into what known
// inputs determine and what is linear in the unknown ones (differentiation.md §3).
#ifndef XFORM_PARTIAL_H
#define XFORM_PARTIAL_H

#include "xform/nested.h"

// Numbers of inputs or outputs, ascending.
typedef struct Numbers {
    const uint32_t *at;
    uint32_t n;
} Numbers;

// The parts of each of the graphs j (one or two).
//   known[s]:  inputs known_in → outputs known_out, then n_saved residuals
//   linear[s]: inputs passed by reference, residuals, inputs linear_in → outputs linear_out
// The branches of a cond share the places of residuals.
typedef struct Partial {
    const Graph *known[2], *linear[2];
    Numbers known_in, known_out;   // inputs and outputs of j
    Numbers references;            // known inputs of j that `linear` reads as they are
    Numbers linear_in, linear_out; // inputs and outputs of j
    uint32_t n_saved;
    const uint32_t *place; // by output of j: its place in known_out or linear_out
    // Whether the part computes anything, or holds a call that must stay.
    bool has_known, has_linear;
} Partial;

typedef struct PartialQuestion {
    uint32_t n;
    const Graph *const *graphs;
    const bool *unknown; // inputs
    const bool *linear;  // outputs that are linear even where known (then zero); or NULL
    const bool *want;    // outputs that are needed
    const bool *keep; // inputs that the parts take, though they do not read them; or NULL
    const bool *by_value; // known inputs that are residuals, not references; or NULL
    bool known_only;      // no linear part is wanted: nothing is saved for one
} PartialQuestion;

// Memoised. An output is linear where it depends on an unknown input or a marked zero in
// one of the graphs; where it is known in the other it must be a literal zero. E508
// otherwise, and where a predicate or a call depends on an unknown input.
Status xform_partial(const PartialQuestion *question, const Partial **result) MUST_USE;

// The numbers of the set bits, in the Ir's arena.
Status xform_list_numbers(Ir *ir, uint32_t n, const bool *mask, Numbers *numbers) MUST_USE;

// J as xform_jvp gives it, but not kept: the caller releases it. (jvp.c)
Status xform_jvp_unkept(Arena *arena, const Graph *g, const bool *in, const Graph **j,
                        bool *out) MUST_USE;

#endif
