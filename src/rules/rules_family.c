// What the rules of many primitives share.
#include "rules/rules_family.h"

NodeId rules_number(Builder *b, const RuleNode *node, const char *text) {
    return ir_literal(b, node->type, base_str(text));
}

NodeId rules_scalar(Builder *b, const RuleNode *node, const char *text) {
    const Type *type = ir_type(ir_of(b), node->type);
    const TypeId scalar = ir_array_type(ir_of(b), (Dtype)type->dtype, type->weak, 0, NULL);
    return ir_literal(b, scalar, base_str(text));
}

NodeId rules_spread(Builder *b, const RuleNode *node, NodeId scalar) {
    const Type *type = ir_type(ir_of(b), node->type);
    return ir_broadcast_to(b, scalar, type->rank, type->shape);
}

NodeId rules_sum(Builder *b, NodeId s, NodeId t) {
    if (s == IR_NONE) return t;
    return t == IR_NONE ? s : ir_sum(b, s, t);
}

NodeId rules_tangent(Builder *b, NodeId t, TypeId type) {
    return t == IR_NONE ? ir_linear_zero(b, type) : t;
}

// -- jvp ----------------------------------------------------------------------------

NodeId rules_no_tangent(Builder *b, const RuleNode *node, const NodeId *t) {
    (void)b, (void)node, (void)t;
    return IR_NONE;
}

NodeId rules_jvp_linear(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_again(b, node, t);
}

NodeId rules_jvp_bilinear(Builder *b, const RuleNode *node, const NodeId *t) {
    NodeId tangent = IR_NONE;
    if (t[0] != IR_NONE) tangent = rules_again(b, node, (NodeId[]){t[0], node->in[1]});
    if (t[1] == IR_NONE) return tangent;
    return rules_sum(b, tangent, rules_again(b, node, (NodeId[]){node->in[0], t[1]}));
}

NodeId rules_jvp_by_partials(Builder *b, const RuleNode *node, const NodeId *t,
                             RulesPartial dx, RulesPartial dy) {
    NodeId tangent = IR_NONE;
    if (t[0] != IR_NONE) tangent = ir_mul(b, t[0], dx(b, node));
    if (t[1] == IR_NONE) return tangent;
    return rules_sum(b, tangent, ir_mul(b, t[1], dy(b, node)));
}

// -- transpose ----------------------------------------------------------------------

bool rules_not_linear(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                      NodeId *cts) {
    (void)b, (void)node, (void)linear, (void)ct, (void)cts;
    return false;
}

// -- batch --------------------------------------------------------------------------

NodeId rules_add_batch_axis(Builder *b, NodeId x, int64_t B) {
    if (x == IR_NONE || ir_status(b) != OK) return IR_NONE;
    const Type *type = ir_type(ir_of(b), ir_type_of(b, x));
    if (type->kind != TYPE_ARRAY) return ir_emit(b, PRIM_lanes_spread, 1, &x, 1, &B);
    // A number for all elements stays one: no broadcast hides it from those that look.
    if (ir_node(b, x)->prim == PRIM_literal && ir_node(b, x)->n_attr == 4u + type->rank) {
        const uint32_t literal = (uint32_t)ir_node_attr(b, x)[3 + type->rank];
        return ir_literal(b, ir_batched_type(ir_of(b), B, ir_type_of(b, x)),
                          ir_literal_text(ir_of(b), literal));
    }
    int64_t shape[RULES_RANK] = {B}, dims[RULES_RANK];
    for (uint32_t i = 0; i < type->rank; i++) {
        shape[i + 1] = type->shape[i];
        dims[i] = i + 1;
    }
    return ir_broadcast(b, x, type->rank + 1u, shape, dims);
}

NodeId rules_batched(Builder *b, const RuleNode *node, int64_t B, const bool *batched,
                     uint32_t i) {
    return batched[i] ? node->in[i] : rules_add_batch_axis(b, node->in[i], B);
}

NodeId rules_batch_map(Builder *b, const RuleNode *node, int64_t B, const bool *batched) {
    NodeId in[3];
    for (uint32_t i = 0; i < node->n_in; i++)
        in[i] = rules_batched(b, node, B, batched, i);
    return rules_again(b, node, in);
}

NodeId rules_batch_axes(Builder *b, const RuleNode *node, int64_t B, const bool *batched) {
    (void)B, (void)batched;
    int64_t axes[RULES_RANK];
    for (uint32_t i = 0; i < node->n_attr; i++)
        axes[i] = node->attr[i] + 1;
    return ir_emit(b, node->prim, 1, node->in, node->n_attr, axes);
}
