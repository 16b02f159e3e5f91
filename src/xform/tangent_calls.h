// Calls that a user's jvp rule makes on tangents.
#ifndef XFORM_TANGENT_CALLS_H
#define XFORM_TANGENT_CALLS_H

#include "ir/ir.h"

// The graph with the values of functions that have a jvp rule in place of their calls,
// where such a call depends on an input in `in`: the linear part transposes what a function
// of tangents does, not its rule (as JAX has it). The graph itself if there is none.
Status xform_inline_tangent_calls(Arena *arena, const Graph *g, const bool *in,
                                  const Graph **result) MUST_USE;

#endif
