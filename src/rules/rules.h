// What each primitive means to each transformation. One PrimRules for each row of prim.def,
// named rules_<primitive>; all rules of one primitive stand side by side in one of this
// folder's files.
//
// Primitives of the classes SOURCE and CONTROL have no entry: the drivers in xform handle
// them. The rules never see a symbolic zero as a number: IR_NONE stands for it.
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "ir/ir.h"

// The node that a rule is about, as it stands in the graph being built.
typedef struct RuleNode {
    Prim prim;
    TypeId type; // of the result, as in the graph that is transformed (unbatched)
    NodeId out;  // jvp: the primal result in the builder; else IR_NONE
    uint32_t n_in;
    const NodeId *in; // operands in the builder. transpose: IR_NONE for linear operands
    const TypeId *in_types; // of the operands in the graph that is transformed (unbatched)
    uint32_t n_attr;
    const int64_t *attr;
} RuleNode;

// The tangent of the result. t[i]: the tangent of operand i or IR_NONE (symbolic zero; not
// all are). Returns IR_NONE where the tangent is symbolically zero (floor, comparisons).
// Tangents have their primals' dtype and shape; only float operands have any.
typedef NodeId (*JvpRule)(Builder *b, const RuleNode *node, const NodeId *t);

// The cotangents of the linear operands. linear[i]: operand i is linear; ct: the cotangent
// of the result, not symbolically zero. cts[i] is IR_NONE on entry, and stays so where
// there is none. False: the primitive is not linear in those operands (E508, said by the
// driver).
typedef bool (*TransposeRule)(Builder *b, const RuleNode *node, const bool *linear,
                              NodeId ct, NodeId *cts);

// The result with a leading batch axis of size B. batched[i]: operand i has a leading axis
// of that size (at least one has).
typedef NodeId (*BatchRule)(Builder *b, const RuleNode *node, int64_t B,
                            const bool *batched);

// All three are there for every entry.
typedef struct PrimRules {
    JvpRule jvp;
    TransposeRule transpose;
    BatchRule batch;
} PrimRules;

// NULL for the primitives that have no entry.
const PrimRules *rules_of(Prim prim);

// x with a leading axis of size B in front (broadcast): for operands that are not batched.
NodeId rules_add_batch_axis(Builder *b, NodeId x, int64_t B);

#endif
