// One node made simpler: for opt.c.
#ifndef OPT_SIMPLIFY_H
#define OPT_SIMPLIFY_H

#include "ir/ir.h"

// A node of the builder that has, bit for bit, the value that node `id` of the graph would
// have with the operands in[…] of the builder; IR_NONE when none is simpler, or the builder
// failed.
NodeId opt_simplify(Builder *b, const Graph *graph, NodeId id, const NodeId *in);

// Whether the node is a literal truth value (of one number): then *truth.
bool opt_known_truth(const Builder *b, NodeId node, bool *truth);

#endif
