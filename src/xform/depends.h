// What depends on some inputs of a graph, or on marked zeros and placeholders, which are
// linear of themselves.
#ifndef XFORM_DEPENDS_H
#define XFORM_DEPENDS_H

#include "xform/nested.h"

// on[i] (one for each node, zeroed by the caller) becomes true for each node that depends
// on an input whose bit is set in `in`; for a node that holds graphs, if an operand or an
// output does.
Status xform_depends(Arena *arena, const Graph *g, const bool *in, bool *on) MUST_USE;

// The outputs that depend; memoised.
Status xform_depends_outputs(const Graph *g, const bool *in, const bool **out) MUST_USE;

#endif
