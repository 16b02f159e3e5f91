// jvp: every node with a tangent is followed by the nodes of its tangent
// (differentiation.md §2). One pass forwards.
#include "rules/rules.h"
#include "xform/calls.h"
#include "xform/memo.h"
#include "xform/nested.h"
#include "xform/partial.h"
#include "xform/xform.h"

typedef struct JvpResult {
    const Graph *j;
    const bool *out;
} JvpResult;

typedef struct Jvp {
    const Graph *g;
    Builder *b;
    Arena *arena;
    NodeId *map;      // by node of g: its primal in b
    NodeId *tangent;  // its tangent, or IR_NONE; of a node with several outputs that have
                      // tangents: its place in `outs`
    VEC(NodeId) outs; // of such a node: the primals of its outputs, then their tangents
    // Of the node at hand, as long as the widest needs:
    NodeId *in, *t;
    TypeId *types;
    bool *bits;
} Jvp;

// -- nodes with several outputs -----------------------------------------------------

// Makes room for the outputs of node `id`: primals, then tangents. NULL when memory is out
// (not for no outputs, which a kept node may have: hence one more).
static NodeId *new_outs(Jvp *v, NodeId id, uint32_t n) {
    if (!VEC_RESERVE(v->arena, &v->outs, 2u * n + 1)) return NULL;
    v->tangent[id] = v->outs.n;
    v->outs.n += 2 * n;
    return v->outs.at + v->tangent[id];
}

static void jvp_out(Jvp *v, NodeId id, const Node *node) {
    const NodeId of = ir_in(v->g, node)[0];
    if (v->tangent[of] == IR_NONE) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return;
    }
    const int64_t index = ir_attr(v->g, node)[0];
    const NodeId *outs = v->outs.at + v->tangent[of];
    v->map[id] = outs[index];
    v->tangent[id] = outs[ir_node_type(v->g, of)->n_outs + index];
}

// -- cond and lanes -----------------------------------------------------------------

// The graphs' jvp for tangents of the inputs `in`, all with tangents of the same outputs.
// (A graph that has them all already is not made again: jvp_recalled.)
static Status jvp_graphs(Jvp *v, const Nested *nested, const bool *in, const Graph **j,
                         bool *out) {
    bool *own = NEW_ARRAY(v->arena, bool, nested->n_outputs);
    TRY_ALLOC(own);
    for (uint32_t s = 0; s < nested->n; s++) {
        TRY(xform_jvp(nested->graphs[s], in, NULL, &j[s], own));
        for (uint32_t i = 0; i < nested->n_outputs; i++)
            out[i] = out[i] || own[i];
    }
    for (uint32_t s = 0; s < nested->n; s++)
        TRY(xform_jvp(nested->graphs[s], in, out, &j[s], own));
    return OK;
}

static Status jvp_nested(Jvp *v, NodeId id, const Node *node, const Nested *nested) {
    const uint32_t first = nested->first, n_out = nested->n_outputs;
    for (uint32_t i = 0; i < nested->n_inputs; i++)
        v->bits[i] = v->t[first + i] != IR_NONE;
    bool *out = NEW_ARRAY(v->arena, bool, n_out);
    TRY_ALLOC(out);
    const Graph *j[2];
    TRY(jvp_graphs(v, nested, v->bits, j, out));
    // Without tangents of outputs the node stays, but for calls: dropped ones are E502,
    // too.
    if (!xform_any(n_out, out) && !xform_nested_has_calls(nested)) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return OK;
    }
    NestedMaker maker = xform_maker(v->arena, nested, v->in[0]);
    for (uint32_t i = first; i < node->n_in; i++)
        xform_maker_add(&maker, v->in[i], xform_lane_bit(nested, i - first));
    for (uint32_t i = first; i < node->n_in; i++) {
        if (v->t[i] != IR_NONE)
            xform_maker_add(&maker, v->t[i], xform_lane_bit(nested, i - first));
    }
    const NodeId both = xform_maker_emit(&maker, v->b, j);
    NodeId *outs = new_outs(v, id, n_out);
    TRY_ALLOC(outs);
    uint32_t next = n_out;
    for (uint32_t i = 0; i < n_out; i++) {
        outs[i] = ir_out(v->b, both, i);
        outs[n_out + i] = out[i] ? ir_out(v->b, both, next++) : IR_NONE;
    }
    return OK;
}

// -- loops --------------------------------------------------------------------------

// Numbers one after the other.
typedef struct Order {
    uint32_t n, *at;
} Order;

static void range(Order *order, uint32_t first, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        order->at[order->n++] = first + i;
}

// Primals and tangents of the body, of each kind together: J has the tangents behind all
// primals, a loop wants its constants, carry and xs.
static Status jvp_body(Jvp *v, const Loop *loop, const Graph *j, const bool *in,
                       const bool *out, const Graph **body) {
    const uint32_t n_c = loop->n_constants, n_k = loop->n_carry;
    Order ins = {0, NEW_ARRAY(v->arena, uint32_t, j->n_inputs)};
    Order outs = {0, NEW_ARRAY(v->arena, uint32_t, j->n_outputs)};
    if (!ins.at || !outs.at) return NOMEM;
    const uint32_t t_c = xform_count(n_c, in), t_k = xform_count(n_k, in + n_c);
    const uint32_t t_x = xform_count(loop->n_xs, in + n_c + n_k);
    const uint32_t first_in = loop->body->n_inputs, first_out = loop->body->n_outputs;
    range(&ins, 0, n_c);
    range(&ins, first_in, t_c);
    range(&ins, n_c, n_k);
    range(&ins, first_in + t_c, t_k);
    range(&ins, n_c + n_k, loop->n_xs);
    range(&ins, first_in + t_c + t_k, t_x);
    range(&outs, 0, n_k);
    range(&outs, first_out, t_k);
    range(&outs, n_k, loop->n_ys);
    range(&outs, first_out + t_k, xform_count(loop->n_ys, out + n_k));
    return xform_reordered(j, ins.at, outs.n, outs.at, body);
}

// Appends some of a node's operands, then their tangents where there are any; a carry whose
// mask is set later on begins with a marked zero.
static void add_dual(Jvp *v, const Node *node, uint32_t first, uint32_t n, const bool *in,
                     Order *operands) {
    for (uint32_t i = first; i < first + n; i++)
        operands->at[operands->n++] = v->in[i];
    for (uint32_t i = first; i < first + n; i++) {
        if (!in[i - first]) continue;
        const TypeId type = v->g->nodes[ir_in(v->g, node)[i]].type;
        operands->at[operands->n++] =
            v->t[i] != IR_NONE ? v->t[i] : ir_linear_zero(v->b, type);
    }
}

static NodeId emit_dual(Jvp *v, const Node *node, const Loop *loop, const bool *in,
                        const Graph *body) {
    Order operands = {0, NEW_ARRAY(v->arena, uint32_t, 2 * (size_t)node->n_in)};
    if (!operands.at) return ir_fail(v->b, NOMEM);
    Loop dual = *loop;
    const uint32_t n_c = loop->n_constants, n_k = loop->n_carry;
    if (loop->first) operands.at[operands.n++] = v->in[0];
    add_dual(v, node, loop->first, n_c, in, &operands);
    add_dual(v, node, loop->first + n_c, n_k, in + n_c, &operands);
    add_dual(v, node, loop->first + n_c + n_k, loop->n_xs, in + n_c + n_k, &operands);
    dual.body = body;
    dual.n_constants += xform_count(n_c, in);
    dual.n_carry += xform_count(n_k, in + n_c);
    dual.n_xs += xform_count(loop->n_xs, in + n_c + n_k);
    return ir_emit_loop(v->b, &dual, operands.n, operands.at);
}

static Status loop_outs(Jvp *v, NodeId id, const Loop *loop, NodeId dual, const bool *out) {
    const uint32_t n_out = ir_loop_outputs(loop), n_k = loop->n_carry;
    NodeId *outs = new_outs(v, id, n_out);
    TRY_ALLOC(outs);
    for (uint32_t i = 0; i < n_out; i++)
        outs[n_out + i] = IR_NONE;
    uint32_t next = 0;
    for (uint32_t i = 0; i < n_k; i++)
        outs[i] = ir_out(v->b, dual, next++);
    for (uint32_t i = 0; i < n_k; i++)
        if (out[i]) outs[n_out + i] = ir_out(v->b, dual, next++);
    for (uint32_t i = n_k; i < n_k + loop->n_ys; i++)
        outs[i] = ir_out(v->b, dual, next++);
    for (uint32_t i = n_k; i < n_k + loop->n_ys; i++)
        if (out[i]) outs[n_out + i] = ir_out(v->b, dual, next++);
    if (loop->kind == LOOP_PREDICATE) outs[n_out - 1] = ir_out(v->b, dual, next);
    return OK;
}

static Status jvp_loop(Jvp *v, NodeId id, const Node *node, const Nested *nested) {
    const Loop *loop = &nested->loop;
    bool *in = NEW_ARRAY(v->arena, bool, nested->n_inputs);
    bool *out = NEW_ARRAY(v->arena, bool, nested->n_outputs);
    if (!in || !out) return NOMEM;
    for (uint32_t i = 0; i < nested->n_inputs; i++)
        in[i] = v->t[nested->first + i] != IR_NONE;
    const Graph *j, *body;
    do { // which carries have tangents from some trip on
        TRY(xform_jvp(loop->body, in, NULL, &j, out));
    } while (xform_carry_on(loop, out, in));
    for (uint32_t i = 0; i < nested->n_outputs; i++)
        out[i] = i < loop->n_carry && xform_carry_in(loop, in)[i];
    TRY(xform_jvp(loop->body, in, out, &j, out));
    if (!xform_any(nested->n_outputs, out) && !xform_nested_has_calls(nested)) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return OK;
    }
    TRY(jvp_body(v, loop, j, in, out, &body));
    return loop_outs(v, id, loop, emit_dual(v, node, loop, in, body), out);
}

// -- calls --------------------------------------------------------------------------

// The function's own forward graph in place of the value; a placeholder gives the tangents.
static Status jvp_by_vjp_rule(Jvp *v, NodeId id, Call *call) {
    const Graph *forward;
    TRY(call->forward(call, &forward));
    const uint32_t n_out = call->value->n_outputs;
    NodeId *inlined = NEW_ARRAY(v->arena, NodeId, forward->n_outputs + call->n_args);
    int64_t *attr = NEW_ARRAY(v->arena, int64_t, 1 + call->n_args);
    TRY_ALLOC(inlined);
    TRY_ALLOC(attr);
    TRY(ir_inline(v->b, forward, v->in, true, inlined));

    // The placeholder's operands stand behind the outputs: residuals, then tangents.
    uint32_t n = forward->n_outputs;
    attr[0] = call->id;
    for (uint32_t i = 0; i < call->n_args; i++) {
        if (call->nondiff[i] || v->t[i] == IR_NONE) continue;
        attr[1 + i] = 1;
        inlined[n++] = v->t[i];
    }
    const NodeId placeholder =
        ir_emit(v->b, PRIM_linear_call, n - n_out, inlined + n_out, 1 + call->n_args, attr);
    NodeId *outs = new_outs(v, id, n_out);
    TRY_ALLOC(outs);
    uint32_t next = 0;
    for (uint32_t i = 0; i < n_out; i++) {
        const bool is_float = xform_is_float(v->g->ir, xform_output_type(call->value, i));
        outs[i] = inlined[i];
        outs[n_out + i] = is_float ? ir_out(v->b, placeholder, next++) : IR_NONE;
    }
    return OK;
}

// A literal 0 is linear in the tangents: it is marked as such.
static NodeId rule_tangent(Builder *b, NodeId tangent) {
    if (ir_status(b) != OK || !ir_is_zero(b, tangent)) return tangent;
    return ir_linear_zero(b, ir_type_of(b, tangent));
}

static Status jvp_by_jvp_rule(Jvp *v, NodeId id, Call *call) {
    const Graph *rule;
    TRY(call->jvp(call, &rule));
    TRY(xform_note_jvp_rule(call));
    call->n_uses++;
    const uint32_t n_out = call->value->n_outputs, n_in = call->n_args + call->n_captures;
    NodeId *in = NEW_ARRAY(v->arena, NodeId, n_in + call->n_args);
    NodeId *results = NEW_ARRAY(v->arena, NodeId, rule->n_outputs);
    TRY_ALLOC(in);
    TRY_ALLOC(results);
    memcpy(in, v->in, n_in * sizeof *in);
    uint32_t n = n_in;
    for (uint32_t i = 0; i < call->n_args; i++) {
        if (call->nondiff[i]) continue;
        in[n++] = v->t[i] != IR_NONE
                      ? v->t[i]
                      : ir_linear_zero(v->b, xform_input_type(call->value, i));
    }
    TRY(ir_inline(v->b, rule, in, true, results));
    NodeId *outs = new_outs(v, id, n_out);
    TRY_ALLOC(outs);
    uint32_t next = n_out;
    for (uint32_t i = 0; i < n_out; i++) {
        const bool is_float = xform_is_float(v->g->ir, xform_output_type(call->value, i));
        outs[i] = results[i];
        outs[n_out + i] = is_float ? rule_tangent(v->b, results[next++]) : IR_NONE;
    }
    return OK;
}

// A call of it stays at the operands, which have no tangent there.
static Status keep_watched(Jvp *v, const Call *call, uint32_t n) {
    NodeId *in = NEW_ARRAY(v->arena, NodeId, n);
    TRY_ALLOC(in);
    for (uint32_t i = 0; i < n; i++)
        in[i] = ir_stop_gradient(v->b, v->in[i]);
    const int64_t attr = call->id;
    (void)ir_emit(v->b, PRIM_call, n, in, 1, &attr);
    return ir_status(v->b);
}

static Status jvp_call(Jvp *v, NodeId id, const Node *node) {
    Call *call = ir_call(v->g->ir, (uint32_t)ir_attr(v->g, node)[0]);
    bool argument = false;
    for (uint32_t i = 0; i < node->n_in; i++) {
        v->bits[i] = i >= call->n_args && v->t[i] != IR_NONE;
        argument =
            argument || (i < call->n_args && !call->nondiff[i] && v->t[i] != IR_NONE);
    }
    TRY(xform_check_captures(call, v->bits + call->n_args, node->span));
    if (!argument) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return OK;
    }
    if (call->watched) TRY(keep_watched(v, call, node->n_in));
    return call->kind == CALL_VJP ? jvp_by_vjp_rule(v, id, call)
                                  : jvp_by_jvp_rule(v, id, call);
}

// -- all nodes ----------------------------------------------------------------------

static void jvp_primitive(Jvp *v, NodeId id, const Node *node) {
    v->map[id] = ir_copy(v->b, v->g, id, v->map);
    if (!xform_is_float(v->g->ir, node->type)) return; // predicates, indices
    for (uint32_t i = 0; i < node->n_in; i++)
        v->types[i] = v->g->nodes[ir_in(v->g, node)[i]].type;
    const RuleNode rule = {.prim = (Prim)node->prim,
                           .type = node->type,
                           .out = v->map[id],
                           .n_in = node->n_in,
                           .in = v->in,
                           .in_types = v->types,
                           .n_attr = node->n_attr,
                           .attr = ir_attr(v->g, node)};
    if (ir_status(v->b) == OK) v->tangent[id] = rules_of(rule.prim)->jvp(v->b, &rule, v->t);
}

static Status jvp_node(Jvp *v, NodeId id) {
    const Node *node = &v->g->nodes[id];
    if (node->prim == PRIM_input) return OK;
    if (node->prim == PRIM_out) {
        jvp_out(v, id, node);
        return OK;
    }
    if (node->prim == PRIM_linear_call || node->prim == PRIM_linear_zero)
        return xform_unexpected(v->g, node, "jvp");
    bool any = false;
    for (uint32_t i = 0; i < node->n_in; i++) {
        const NodeId operand = ir_in(v->g, node)[i];
        v->in[i] = v->map[operand];
        v->t[i] = v->tangent[operand];
        any = any || v->t[i] != IR_NONE;
    }
    if (!any) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return OK;
    }
    ir_set_span(v->b, node->span);
    if (node->prim == PRIM_call) return jvp_call(v, id, node);
    const Nested nested = xform_nested(v->g, node);
    if (nested.is_loop) return jvp_loop(v, id, node, &nested);
    if (nested.n) return jvp_nested(v, id, node, &nested);
    jvp_primitive(v, id, node);
    return OK;
}

static Status jvp_nodes(Jvp *v, const bool *in) {
    const Graph *g = v->g;
    const uint32_t widest = xform_widest(g);
    v->map = NEW_ARRAY(v->arena, NodeId, g->n);
    v->tangent = NEW_ARRAY(v->arena, NodeId, g->n);
    v->in = NEW_ARRAY(v->arena, NodeId, widest);
    v->t = NEW_ARRAY(v->arena, NodeId, widest);
    v->types = NEW_ARRAY(v->arena, TypeId, widest);
    v->bits = NEW_ARRAY(v->arena, bool, widest);
    if (!v->map || !v->tangent || !v->in || !v->t || !v->types || !v->bits) return NOMEM;
    for (uint32_t i = 0; i < g->n; i++)
        v->tangent[i] = IR_NONE;
    xform_copy_inputs(v->b, g, NULL, v->map);
    xform_copy_inputs(v->b, g, in, v->tangent);
    for (uint32_t i = 0; i < g->n && ir_status(v->b) == OK; i++)
        TRY(jvp_node(v, i));
    return ir_status(v->b);
}

// The outputs, then the tangents of those that have one or are forced to; *n of them.
static NodeId *jvp_outputs(Jvp *v, const bool *force, bool *out, uint32_t *n) {
    const Graph *g = v->g;
    NodeId *outputs = NEW_ARRAY(v->arena, NodeId, 2 * (size_t)g->n_outputs);
    if (!outputs) return NULL;
    *n = g->n_outputs;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const NodeId tangent = v->tangent[g->outputs[i]];
        outputs[i] = v->map[g->outputs[i]];
        out[i] = tangent != IR_NONE || (force && force[i]);
        if (!out[i]) continue;
        outputs[(*n)++] =
            tangent != IR_NONE ? tangent : ir_linear_zero(v->b, xform_output_type(g, i));
    }
    return outputs;
}

static Status jvp_build(Arena *arena, const Graph *g, const bool *in, const bool *force,
                        const Graph **j, bool *out) {
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    Jvp v = {.g = g, .b = b, .arena = arena};
    const Status status = jvp_nodes(&v, in);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    uint32_t n = 0;
    const NodeId *outputs = jvp_outputs(&v, force, out, &n);
    if (!outputs) (void)ir_fail(b, NOMEM);
    return ir_finish(b, NULL, n, outputs, j);
}

static Status jvp_recalled(Arena *arena, const Graph *g, const bool *in, const bool *force,
                           const JvpResult **result) {
    MemoKey key = xform_key(arena, MEMO_JVP, g->id);
    xform_key_mask(&key, g->n_inputs, in);
    xform_key_mask(&key, g->n_outputs, force);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    if (force && xform_any(g->n_outputs, force)) {
        TRY(jvp_recalled(arena, g, in, NULL, result));
        if (xform_covers(g->n_outputs, (*result)->out, force))
            return xform_keep(g->ir, &key, *result);
    }
    JvpResult *made = NEW(ir_arena(g->ir), JvpResult);
    bool *out = xform_kept_mask(g->ir, g->n_outputs, NULL);
    TRY_ALLOC(made);
    TRY_ALLOC(out);
    TRY(jvp_build(arena, g, in, force, &made->j, out));
    made->out = out;
    *result = made;
    return xform_keep(g->ir, &key, made);
}

Status xform_jvp_unkept(Arena *arena, const Graph *g, const bool *in, const Graph **j,
                        bool *out) {
    return jvp_build(arena, g, in, NULL, j, out);
}

Status xform_jvp(const Graph *g, const bool *in, const bool *force, const Graph **j,
                 bool *out) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const JvpResult *result = NULL;
    const Status status = jvp_recalled(arena, g, in, force, &result);
    if (status == OK) {
        *j = result->j;
        if (g->n_outputs) memcpy(out, result->out, g->n_outputs * sizeof *out);
    }
    base_arena_free(arena);
    return status;
}
