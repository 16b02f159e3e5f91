// Rules of the primitives on stacks. All are linear; vmap puts them into lanes as they are
// (xform/vmap.c), so their batch rules are never asked.
#include "rules/rules_family.h"

static NodeId batched_by_lanes(Builder *b, const RuleNode *node, int64_t B,
                               const bool *batched) {
    (void)node, (void)B, (void)batched;
    return ir_fail(b, base_error(ir_diags(ir_of(b)), CODE_E901, NO_SPAN, NULL,
                                 "a stack under vmap belongs into lanes"));
}

static NodeId jvp_add(Builder *b, const RuleNode *node, const NodeId *t) {
    (void)node;
    return rules_sum(b, t[0], t[1]);
}
static bool transpose_add(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)b, (void)node;
    for (uint32_t i = 0; i < 2; i++) {
        if (linear[i]) cts[i] = ct;
    }
    return true;
}
const PrimRules rules_stack_add = {jvp_add, transpose_add, batched_by_lanes};

static bool transpose_sum(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)linear;
    const int64_t lanes = rules_in_type(b, node, 0)->size;
    cts[0] = ir_emit(b, PRIM_lanes_spread, 1, &ct, 1, &lanes);
    return true;
}
const PrimRules rules_lanes_sum = {rules_jvp_linear, transpose_sum, batched_by_lanes};

static bool transpose_spread(Builder *b, const RuleNode *node, const bool *linear,
                             NodeId ct, NodeId *cts) {
    (void)node, (void)linear;
    cts[0] = ir_emit(b, PRIM_lanes_sum, 1, &ct, 0, NULL);
    return true;
}
const PrimRules rules_lanes_spread = {rules_jvp_linear, transpose_spread, batched_by_lanes};
