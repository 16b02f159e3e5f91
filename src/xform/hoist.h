// What each trip of a loop would compute anew, once before the loop.
#ifndef XFORM_HOIST_H
#define XFORM_HOIST_H

#include "ir/ir.h"

// The graph with the nodes of loops' bodies that depend on the loop's constants alone moved
// out, from nested loops first, and of nested graphs too: known ones, of which a loop would
// otherwise save a value for each trip, and linear ones, whose cotangents would otherwise
// be summed at full size (differentiation.md §3). Only total primitives are moved: a loop
// of no trips raises no error of its body. `g` itself where there is nothing to move.
Status xform_hoisted(const Graph *g, const Graph **result) MUST_USE;

#endif
