// What the rules of many primitives share: for this folder alone.
//
// Two conventions of all rules. A graph is the same whatever compiler built the program, so
// two calls that emit never stand side by side as arguments of one call (C leaves their
// order open). And a derivative is an identity between real functions, not an
// approximation: exact arithmetic takes it at its word. So constants such as log 2 are
// computed nodes, and a smooth primitive's derivative has no comparison in it.
#ifndef RULES_RULES_FAMILY_H
#define RULES_RULES_FAMILY_H

#include "rules/rules.h"

#include "base/limits.h"

enum { RULES_RANK = LIMIT_RANK + 1 }; // axes of a batched array, one too many included

#define PRIM(name, arity, class, smoothness, flags) extern const PrimRules rules_##name;
#include "ir/prim.def"
#undef PRIM

static inline const Type *rules_in_type(const Builder *b, const RuleNode *node,
                                        uint32_t i) {
    return ir_type(ir_of(b), node->in_types[i]);
}
// The primitive of the node, with its attributes, of other operands.
static inline NodeId rules_again(Builder *b, const RuleNode *node, const NodeId *in) {
    return ir_emit(b, node->prim, node->n_in, in, node->n_attr, node->attr);
}

// A literal of the type of the node's result.
NodeId rules_number(Builder *b, const RuleNode *node, const char *text);
// A scalar literal of its dtype, and a scalar spread to its shape: constants are computed
// once, not for each element.
NodeId rules_scalar(Builder *b, const RuleNode *node, const char *text);
NodeId rules_spread(Builder *b, const RuleNode *node, NodeId scalar);
// The sum of two tangents, either of which may be IR_NONE.
NodeId rules_sum(Builder *b, NodeId s, NodeId t);
// The tangent t, or a marked zero of that type.
NodeId rules_tangent(Builder *b, NodeId t, TypeId type);

// -- jvp ----------------------------------------------------------------------------

// Constant pieces, predicates, indices.
NodeId rules_no_tangent(Builder *b, const RuleNode *node, const NodeId *t);
// Linear in its one operand: the primitive of the tangent.
NodeId rules_jvp_linear(Builder *b, const RuleNode *node, const NodeId *t);
// Linear in each of two operands.
NodeId rules_jvp_bilinear(Builder *b, const RuleNode *node, const NodeId *t);
// Elementwise, of two operands: the sum of each tangent times the partial derivative.
typedef NodeId (*RulesPartial)(Builder *b, const RuleNode *node);
NodeId rules_jvp_by_partials(Builder *b, const RuleNode *node, const NodeId *t,
                             RulesPartial dx, RulesPartial dy);

// -- transpose ----------------------------------------------------------------------

bool rules_not_linear(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                      NodeId *cts);

// -- batch --------------------------------------------------------------------------

// Operand i with a batch axis, whether or not it came with one.
NodeId rules_batched(Builder *b, const RuleNode *node, int64_t B, const bool *batched,
                     uint32_t i);
// Elementwise, at most three operands: the same primitive, all operands batched.
NodeId rules_batch_map(Builder *b, const RuleNode *node, int64_t B, const bool *batched);
// One operand, attributes that are axes: the same axes, one further.
NodeId rules_batch_axes(Builder *b, const RuleNode *node, int64_t B, const bool *batched);

#endif
