// Optimisation passes: graph in, smaller graph out. No pass changes a result that is NaN,
// infinite or a signed zero (architecture.md, the traps).
#ifndef OPT_OPT_H
#define OPT_OPT_H

#include "ir/ir.h"

// All passes, in order, until nothing changes: dead code, value numbering across what
// inlining brought together, and simplifications that are exact in every bit (transpose of
// transpose, reshape of reshape, broadcast of broadcast, slice of all, convert to its own
// dtype, select of equal branches, cond on a literal).
Status opt_run(const Graph *graph, const Graph **result) MUST_USE;

#endif
