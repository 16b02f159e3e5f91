// transpose: what does not depend on a linear input is copied, then the linear nodes are
// walked backwards and cotangents added (differentiation.md §4).
#include "rules/rules.h"
#include "xform/depends.h"
#include "xform/logs.h"
#include "xform/memo.h"
#include "xform/xform.h"

typedef struct TransposeResult {
    const Graph *t;
    const bool *result;
    XformLogs logs;
} TransposeResult;

typedef struct Transpose {
    const Graph *l;
    Builder *b;
    Arena *arena;
    bool *linear; // by node: depends on a linear input or a marked zero
    bool *needed; // linear: a cotangent may reach it; else: such a node depends on it
    NodeId *map;  // by node that is not linear: its copy
    NodeId *ct;   // by linear node: its cotangent, or IR_NONE; of a node with several
                  // outputs: the place in `outs`
    VEC(NodeId) outs;
    bool again;    // the graph was transposed before, with other zeros left symbolic
    LogList *logs; // NULL: not wanted
    // Of the node at hand, as long as the widest needs:
    NodeId *in, *cts;
    TypeId *types;
    bool *bits;
} Transpose;

// -- cotangents ---------------------------------------------------------------------

// The node `c` if it adds something, at places, to zeros.
static bool is_scatter_into_zeros(const Builder *b, NodeId c) {
    return ir_node(b, c)->prim == PRIM_scatter_add && ir_is_zero(b, ir_node_in(b, c)[0]);
}

// What the node `scatter` adds to its first operand, added to `sum`.
static NodeId scatter_into(Arena *arena, Builder *b, NodeId sum, NodeId scatter) {
    if (ir_status(b) != OK) return IR_NONE;
    const uint32_t n = ir_node(b, scatter)->n_in;
    NodeId *in = NEW_ARRAY(arena, NodeId, n);
    if (!in) return ir_fail(b, NOMEM);
    memcpy(in, ir_node_in(b, scatter), n * sizeof *in);
    in[0] = sum;
    const int64_t mode = ir_node_attr(b, scatter)[0];
    return ir_emit(b, PRIM_scatter_add, n, in, 1, &mode);
}

// sum + c; where c is scattered into zeros, it is scattered into the sum instead: x[i]
// costs the size of what is read, not that of x.
static NodeId add_cotangent(Arena *arena, Builder *b, NodeId sum, NodeId c) {
    if (ir_status(b) != OK) return IR_NONE;
    if (!is_scatter_into_zeros(b, c)) {
        const NodeId other = c;
        c = sum;
        sum = other;
    }
    return is_scatter_into_zeros(b, c) ? scatter_into(arena, b, sum, c) : ir_sum(b, c, sum);
}

static void add_to(Transpose *v, NodeId node, NodeId c) {
    NodeId *sum = &v->ct[node];
    const bool takes = v->linear[node] && v->l->nodes[node].prim != PRIM_linear_zero;
    if (c == IR_NONE || !takes) return;
    *sum = *sum == IR_NONE ? c : add_cotangent(v->arena, v->b, *sum, c);
}

// Gives the node that `out` takes from the cotangent of that output.
static Status transpose_out(Transpose *v, NodeId id, const Node *node) {
    const NodeId from = ir_in(v->l, node)[0];
    if (v->ct[from] == IR_NONE) {
        const uint32_t n = ir_node_type(v->l, from)->n_outs;
        if (!VEC_RESERVE(v->arena, &v->outs, n)) return NOMEM;
        v->ct[from] = v->outs.n;
        for (uint32_t i = 0; i < n; i++)
            v->outs.at[v->outs.n++] = IR_NONE;
    }
    v->outs.at[v->ct[from] + ir_attr(v->l, node)[0]] = v->ct[id];
    return OK;
}

// -- primitives ---------------------------------------------------------------------

// A place where a value without tangents would be a summand, not a factor.
static bool is_summand(Prim prim, uint32_t operand) {
    switch (prim) {
    case PRIM_select:
        return operand > 0;
    case PRIM_scatter_add:
    case PRIM_scatter_set:
        return operand < 2;
    default:
        return ir_prim(prim)->flags & PRIM_FLAG_LINEAR;
    }
}

static Status affine(const Transpose *v, const Node *node) {
    return xform_not_linear(v->l->ir, node->span,
                            "`%s` of a tangent and a value that is none, other than a "
                            "literal 0",
                            ir_prim((Prim)node->prim)->name);
}

static Status transpose_primitive(Transpose *v, NodeId id, const Node *node) {
    const Prim prim = (Prim)node->prim;
    for (uint32_t i = 0; i < node->n_in; i++) {
        const NodeId operand = ir_in(v->l, node)[i];
        v->bits[i] = v->linear[operand];
        v->in[i] = v->bits[i] ? IR_NONE : v->map[operand];
        v->types[i] = v->l->nodes[operand].type;
        v->cts[i] = IR_NONE;
        if (!v->bits[i] && is_summand(prim, i) && !ir_is_zero(v->b, v->in[i]))
            return affine(v, node);
    }
    const RuleNode rule = {.prim = prim,
                           .type = node->type,
                           .out = IR_NONE,
                           .n_in = node->n_in,
                           .in = v->in,
                           .in_types = v->types,
                           .n_attr = node->n_attr,
                           .attr = ir_attr(v->l, node)};
    if (!rules_of(prim)->transpose(v->b, &rule, v->bits, v->ct[id], v->cts)) {
        return xform_not_linear(v->l->ir, node->span,
                                "`%s` is not linear in the tangents that it is given",
                                ir_prim(prim)->name);
    }
    for (uint32_t i = 0; i < node->n_in; i++)
        add_to(v, ir_in(v->l, node)[i], v->cts[i]);
    return OK;
}

// -- cond and lanes -----------------------------------------------------------------

static Status transpose_kept(const Graph *l, const bool *linear, const bool *ct,
                             const bool *force, bool with_logs,
                             const TransposeResult **result);

// Which operands are linear (into `linear`) and which outputs have a cotangent; the graphs'
// transposes, all with cotangents of the same inputs (`result`).
static Status transpose_graphs(Transpose *v, const Nested *nested, const bool *linear,
                               const bool *ct, const Graph **t, XformLogs *logs,
                               bool *result) {
    const TransposeResult *made;
    const bool with_logs = v->logs != NULL;
    for (uint32_t s = 0; s < nested->n; s++) {
        TRY(transpose_kept(nested->graphs[s], linear, ct, NULL, with_logs, &made));
        for (uint32_t i = 0; i < nested->n_inputs; i++)
            result[i] = result[i] || made->result[i];
    }
    for (uint32_t s = 0; s < nested->n; s++) {
        TRY(transpose_kept(nested->graphs[s], linear, ct, result, with_logs, &made));
        t[s] = made->t;
        logs[s] = made->logs;
    }
    return OK;
}

static Status transpose_nested(Transpose *v, NodeId id, const Node *node,
                               const Nested *nested) {
    const NodeId *operands = ir_in(v->l, node) + nested->first;
    const NodeId *outs = v->outs.at + v->ct[id];
    bool *ct = NEW_ARRAY(v->arena, bool, nested->n_outputs);
    bool *result = NEW_ARRAY(v->arena, bool, nested->n_inputs);
    if (!ct || !result) return NOMEM;
    for (uint32_t i = 0; i < nested->n_outputs; i++)
        ct[i] = outs[i] != IR_NONE;
    for (uint32_t i = 0; i < nested->n_inputs; i++)
        v->bits[i] = v->linear[operands[i]];
    const Graph *t[2];
    XformLogs logs[2] = {0};
    TRY(transpose_graphs(v, nested, v->bits, ct, t, logs, result));
    const uint32_t n_results = xform_count(nested->n_inputs, result);
    if (n_results + logs[0].n + logs[1].n == 0) return OK;
    if (nested->n == 2) TRY(xform_join_logs(v->arena, n_results, t, logs));

    const NodeId predicate = nested->first ? v->map[ir_in(v->l, node)[0]] : IR_NONE;
    NestedMaker maker = xform_maker(v->arena, nested, predicate);
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (!v->bits[i])
            xform_maker_add(&maker, v->map[operands[i]], xform_lane_bit(nested, i));
    }
    for (uint32_t i = 0; i < nested->n_outputs; i++) {
        if (ct[i]) xform_maker_add(&maker, outs[i], true);
    }
    const NodeId transposed = xform_maker_emit(&maker, v->b, t);
    uint32_t next = 0;
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (!result[i]) continue;
        NodeId c = ir_out(v->b, transposed, next++);
        // Each lane has its own share of what all lanes read; they are added after the
        // node, so that no 0 · inf of an inactive lane enters.
        if (nested->bits && !nested->bits[i])
            c = ir_reduce(v->b, PRIM_reduce_sum, c, 1, (int64_t[]){0});
        add_to(v, operands[i], c);
    }
    if (!v->logs) return OK;
    const uint32_t n_outputs = t[0]->n_outputs;
    NodeId *nodes = NEW_ARRAY(v->arena, NodeId, n_outputs);
    TRY_ALLOC(nodes);
    for (; next < n_outputs; next++)
        nodes[next] = ir_out(v->b, transposed, next);
    return xform_add_logs(v->logs, v->l->ir, &logs[0], nodes + n_results);
}

// -- loops --------------------------------------------------------------------------

// A loop and what is known of its transpose.
typedef struct LoopTranspose {
    const Loop *loop;
    bool *linear, *result; // inputs of the body: linear ones, those that get a cotangent
    bool *ct;              // outputs of the body: those that have one
    const Graph *t;        // of the body: known inputs, cotangents → cotangents
} LoopTranspose;

// A carry has a cotangent if it has one in any trip.
static Status transpose_body(LoopTranspose *q, Arena *arena) {
    const Loop *loop = q->loop;
    bool *force = NEW_ARRAY(arena, bool, loop->body->n_inputs);
    TRY_ALLOC(force);
    bool more;
    do {
        TRY(xform_transpose(loop->body, q->linear, q->ct, NULL, &q->t, q->result));
        const bool *carry = xform_carry_in(loop, q->result);
        more = false;
        for (uint32_t i = 0; i < loop->n_carry; i++) {
            more = more || (carry[i] && !q->ct[i]);
            q->ct[i] = q->ct[i] || carry[i];
        }
    } while (more);
    memcpy(xform_carry_in(loop, force), q->ct, loop->n_carry * sizeof *force);
    return xform_transpose(loop->body, q->linear, q->ct, force, &q->t, q->result);
}

// sum + c. Where c is scattered into zeros, again and again, it is scattered into the sum:
// a trip costs the size of what it reads of an array.
static NodeId add_to_sum(Arena *arena, Builder *b, NodeId sum, NodeId c) {
    VEC(NodeId) scatters = {0};
    NodeId from = c;
    if (ir_status(b) != OK) return IR_NONE;
    for (; ir_node(b, from)->prim == PRIM_scatter_add; from = ir_node_in(b, from)[0])
        if (!VEC_PUSH(arena, &scatters, from)) return ir_fail(b, NOMEM);
    if (scatters.n == 0 || !ir_is_zero(b, from)) return ir_sum(b, sum, c);
    for (uint32_t i = scatters.n; i-- > 0;)
        sum = scatter_into(arena, b, sum, scatters.at[i]);
    return sum;
}

// The transposed body: (known constants, accumulators and cotangents of the carry, known xs
// and cotangents of ys) → (the carry, cotangents of linear xs).
static Status build_body(const LoopTranspose *q, Arena *arena, Builder *b, NodeId *in,
                         NodeId *results, NodeId *outputs, uint32_t *n_out) {
    const Loop *loop = q->loop;
    const Graph *body = loop->body;
    const uint32_t n_c = loop->n_constants, first_x = n_c + loop->n_carry;
    NodeId *sums = NEW_ARRAY(arena, NodeId, n_c);
    TRY_ALLOC(sums);
    const uint32_t known_c = n_c - xform_count(n_c, q->linear);
    const uint32_t known_x = loop->n_xs - xform_count(loop->n_xs, q->linear + first_x);
    uint32_t next_c = 0, next_x = known_c, ct_carry = known_c + known_x;
    uint32_t ct_ys = ct_carry + xform_count(loop->n_carry, q->ct);
    for (uint32_t i = 0; i < n_c; i++)
        if (!q->linear[i]) in[next_c++] = ir_input(b, xform_input_type(body, i));
    for (uint32_t i = 0; i < n_c; i++)
        if (q->result[i]) sums[i] = ir_input(b, xform_input_type(body, i));
    for (uint32_t i = 0; i < loop->n_carry; i++)
        if (q->ct[i]) in[ct_carry++] = ir_input(b, xform_output_type(body, i));
    for (uint32_t i = first_x; i < body->n_inputs; i++)
        if (!q->linear[i]) in[next_x++] = ir_input(b, xform_input_type(body, i));
    for (uint32_t i = loop->n_carry; i < body->n_outputs; i++)
        if (q->ct[i]) in[ct_ys++] = ir_input(b, xform_output_type(body, i));
    TRY(ir_inline(b, q->t, in, true, results));
    uint32_t next = 0;
    for (uint32_t i = 0; i < body->n_inputs; i++) {
        if (!q->result[i]) continue;
        outputs[*n_out] = results[next++];
        if (i < n_c) outputs[*n_out] = add_to_sum(arena, b, sums[i], outputs[*n_out]);
        ++*n_out;
    }
    return ir_status(b);
}

static Status loop_body(const LoopTranspose *q, Arena *arena, const Graph **body) {
    NodeId *in = NEW_ARRAY(arena, NodeId, q->t->n_inputs);
    NodeId *results = NEW_ARRAY(arena, NodeId, q->t->n_outputs);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, q->t->n_outputs);
    if (!in || !results || !outputs) return NOMEM;
    Builder *b = ir_builder(q->t->ir);
    TRY_ALLOC(b);
    uint32_t n_out = 0;
    const Status status = build_body(q, arena, b, in, results, outputs, &n_out);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    return ir_finish(b, NULL, n_out, outputs, body);
}

// The operands of the transposed loop, which runs the other way; *made: it.
static void loop_operands(Transpose *v, const LoopTranspose *q, const Node *node,
                          const NodeId *outs, Loop *made, NodeId *in, uint32_t *n) {
    const Loop *loop = q->loop;
    const NodeId *operands = ir_in(v->l, node) + loop->first;
    const uint32_t n_c = loop->n_constants, first_x = n_c + loop->n_carry;
    if (loop->first) in[(*n)++] = v->map[operands[-1]];
    const uint32_t first = *n;
    for (uint32_t i = 0; i < n_c; i++)
        if (!q->linear[i]) in[(*n)++] = v->map[operands[i]];
    made->n_constants = *n - first;
    for (uint32_t i = 0; i < n_c; i++)
        if (q->result[i]) in[(*n)++] = ir_zeros(v->b, xform_input_type(loop->body, i));
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        if (!q->ct[i]) continue;
        const TypeId type = xform_output_type(loop->body, i);
        in[(*n)++] = outs[i] != IR_NONE ? outs[i] : ir_zeros(v->b, type);
    }
    made->n_carry = *n - first - made->n_constants;
    for (uint32_t i = first_x; i < loop->body->n_inputs; i++)
        if (!q->linear[i]) in[(*n)++] = v->map[operands[i]];
    for (uint32_t i = loop->n_carry; i < loop->body->n_outputs; i++)
        if (q->ct[i]) in[(*n)++] = outs[i];
    made->n_xs = *n - first - made->n_constants - made->n_carry;
    made->reverse = !loop->reverse;
}

// Which operands are linear, which outputs have a cotangent. E508 where a carry begins with
// a value that is none.
static Status loop_masks(Transpose *v, const Node *node, const NodeId *outs,
                         LoopTranspose *q) {
    const Loop *loop = q->loop;
    const uint32_t n_in = loop->body->n_inputs, n_out = loop->body->n_outputs;
    q->linear = NEW_ARRAY(v->arena, bool, n_in);
    q->result = NEW_ARRAY(v->arena, bool, n_in);
    q->ct = NEW_ARRAY(v->arena, bool, n_out);
    if (!q->linear || !q->result || !q->ct) return NOMEM;
    const NodeId *operands = ir_in(v->l, node) + loop->first;
    for (uint32_t i = 0; i < n_in; i++)
        q->linear[i] = v->linear[operands[i]];
    for (uint32_t i = 0; i < n_out; i++)
        q->ct[i] = outs[i] != IR_NONE;
    const bool *own;
    do {
        TRY(xform_depends_outputs(loop->body, q->linear, &own));
    } while (xform_carry_on(loop, own, q->linear));
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        const NodeId operand = operands[loop->n_constants + i];
        if (xform_carry_in(loop, q->linear)[i] && !v->linear[operand] &&
            !ir_is_zero(v->b, v->map[operand]))
            return affine(v, node);
    }
    return OK;
}

static Status transpose_loop(Transpose *v, NodeId id, const Node *node,
                             const Nested *nested) {
    const Loop *loop = &nested->loop;
    const NodeId *outs = v->outs.at + v->ct[id];
    if (loop->kind == LOOP_PREDICATE) return xform_unexpected(v->l, node, "transpose");
    LoopTranspose q = {.loop = loop};
    TRY(loop_masks(v, node, outs, &q));
    TRY(transpose_body(&q, v->arena));
    if (!xform_any(loop->body->n_inputs, q.result)) return OK;
    Loop made = *loop;
    TRY(loop_body(&q, v->arena, &made.body));
    NodeId *in = NEW_ARRAY(v->arena, NodeId, 2 * (size_t)node->n_in + nested->n_outputs);
    TRY_ALLOC(in);
    uint32_t n = 0, next = 0;
    loop_operands(v, &q, node, outs, &made, in, &n);
    const NodeId transposed = ir_emit_loop(v->b, &made, n, in);
    for (uint32_t i = 0; i < loop->body->n_inputs; i++) {
        if (q.result[i])
            add_to(v, ir_in(v->l, node)[loop->first + i], ir_out(v->b, transposed, next++));
    }
    return OK;
}

// -- placeholders of vjp rules ------------------------------------------------------

static Status transpose_placeholder(Transpose *v, NodeId id, const Node *node) {
    const int64_t *attr = ir_attr(v->l, node);
    const NodeId *operands = ir_in(v->l, node);
    Call *call = ir_call(v->l->ir, (uint32_t)attr[0]);
    const NodeId *outs = v->outs.at + v->ct[id];
    const uint32_t n_outs = ir_node_type(v->l, id)->n_outs;
    uint32_t n_residuals = node->n_in;
    for (uint32_t i = 0; i < call->n_args; i++)
        n_residuals -= attr[1 + i] != 0;
    const Graph *rule;
    const bool *present;
    TRY(call->rule(call, &rule, &present));
    if (!v->again) call->n_uses++;
    NodeId *in = NEW_ARRAY(v->arena, NodeId, n_residuals + n_outs);
    NodeId *results = NEW_ARRAY(v->arena, NodeId, rule->n_outputs);
    TRY_ALLOC(in);
    TRY_ALLOC(results);
    for (uint32_t i = 0; i < n_residuals; i++)
        in[i] = v->map[operands[i]];
    for (uint32_t i = 0; i < n_outs; i++) {
        const TypeId type = ir_node_type(v->l, id)->outs[i];
        in[n_residuals + i] = outs[i] != IR_NONE ? outs[i] : ir_zeros(v->b, type);
    }
    TRY(ir_inline(v->b, rule, in, true, results));
    uint32_t operand = n_residuals, next = 0;
    for (uint32_t i = 0; i < call->n_args; i++) {
        const NodeId result = present[i] ? results[next++] : IR_NONE;
        if (!attr[1 + i]) continue;
        const NodeId tangent = operands[operand++];
        if (!v->linear[tangent] && !ir_is_zero(v->b, v->map[tangent])) {
            return xform_not_linear(v->l->ir, node->span,
                                    "`%.*s` is given a tangent that does not depend on "
                                    "the tangents",
                                    STR_ARG(call->name));
        }
        add_to(v, tangent, result);
    }
    return v->logs ? xform_add_call_logs(v->logs, call, node->span, results + next) : OK;
}

// -- all nodes ----------------------------------------------------------------------

static Status transpose_node(Transpose *v, NodeId id) {
    const Node *node = &v->l->nodes[id];
    if (node->prim == PRIM_input || v->ct[id] == IR_NONE) return OK; // symbolic zero
    ir_set_span(v->b, node->span);
    if (node->prim == PRIM_out) return transpose_out(v, id, node);
    if (node->prim == PRIM_linear_call) return transpose_placeholder(v, id, node);
    const Nested nested = xform_nested(v->l, node);
    if (nested.is_loop) return transpose_loop(v, id, node, &nested);
    if (nested.n) return transpose_nested(v, id, node, &nested);
    if (!rules_of((Prim)node->prim)) return xform_unexpected(v->l, node, "transpose");
    return transpose_primitive(v, id, node);
}

// Which linear nodes a cotangent may reach, and what they need.
static void find_needed(Transpose *v, const bool *ct) {
    const Graph *l = v->l;
    for (uint32_t i = 0; i < l->n_outputs; i++) {
        if (ct[i]) v->needed[l->outputs[i]] = true;
    }
    for (uint32_t i = l->n; i-- > 0;) {
        const Node *node = &l->nodes[i];
        for (uint32_t k = 0; v->needed[i] && k < node->n_in; k++)
            v->needed[ir_in(l, node)[k]] = true;
    }
}

static Status copy_known(Transpose *v) {
    const Graph *l = v->l;
    for (uint32_t i = 0; i < l->n && ir_status(v->b) == OK; i++) {
        const Node *node = &l->nodes[i];
        if (!v->needed[i] || v->linear[i] || node->prim == PRIM_input) continue;
        // Partial evaluation left no node with outputs of both kinds.
        if (node->prim == PRIM_out && v->linear[ir_in(l, node)[0]])
            return xform_unexpected(l, node, "transpose");
        v->map[i] = ir_copy(v->b, l, i, v->map);
    }
    return ir_status(v->b);
}

static Status start_cotangents(Transpose *v, const bool *ct) {
    const Graph *l = v->l;
    for (uint32_t i = 0; i < l->n; i++)
        v->ct[i] = IR_NONE;
    for (uint32_t i = 0; i < l->n_outputs; i++) {
        const NodeId output = l->outputs[i];
        if (!ct[i]) continue;
        const NodeId c = ir_input(v->b, l->nodes[output].type);
        if (v->linear[output])
            add_to(v, output, c);
        else if (ir_status(v->b) == OK && !ir_is_zero(v->b, v->map[output]))
            return affine(v, &l->nodes[output]);
    }
    return ir_status(v->b);
}

static Status transpose_nodes(Transpose *v, const bool *linear, const bool *ct) {
    const Graph *l = v->l;
    const uint32_t widest = xform_widest(l);
    v->linear = NEW_ARRAY(v->arena, bool, l->n);
    v->needed = NEW_ARRAY(v->arena, bool, l->n);
    v->map = NEW_ARRAY(v->arena, NodeId, l->n);
    v->ct = NEW_ARRAY(v->arena, NodeId, l->n);
    v->in = NEW_ARRAY(v->arena, NodeId, widest);
    v->cts = NEW_ARRAY(v->arena, NodeId, widest);
    v->types = NEW_ARRAY(v->arena, TypeId, widest);
    v->bits = NEW_ARRAY(v->arena, bool, widest);
    bool *known = NEW_ARRAY(v->arena, bool, l->n_inputs);
    if (!v->linear || !v->needed || !v->map || !v->ct || !v->in || !v->cts || !v->types ||
        !v->bits || !known)
        return NOMEM;
    for (uint32_t i = 0; i < l->n_inputs; i++)
        known[i] = !linear[i];
    TRY(xform_depends(v->arena, l, linear, v->linear));
    find_needed(v, ct);
    xform_copy_inputs(v->b, l, known, v->map);
    TRY(copy_known(v));
    TRY(start_cotangents(v, ct));
    for (uint32_t i = l->n; i-- > 0 && ir_status(v->b) == OK;) {
        if (v->linear[i] && v->needed[i]) TRY(transpose_node(v, i));
    }
    return ir_status(v->b);
}

// The cotangents of linear inputs that have one or are forced to; *n of them.
static NodeId *transpose_results(Transpose *v, const bool *linear, const bool *force,
                                 bool *result, uint32_t *n) {
    const Graph *l = v->l;
    const uint32_t n_logs = v->logs ? v->logs->nodes.n : 0;
    NodeId *outputs = NEW_ARRAY(v->arena, NodeId, l->n_inputs + n_logs);
    if (!outputs) return NULL;
    *n = 0;
    for (uint32_t i = 0; i < l->n_inputs; i++) {
        const NodeId c = linear[i] ? v->ct[l->inputs[i]] : IR_NONE;
        result[i] = linear[i] && (c != IR_NONE || (force && force[i]));
        if (!result[i]) continue;
        outputs[(*n)++] = c != IR_NONE ? c : ir_zeros(v->b, xform_input_type(l, i));
    }
    for (uint32_t i = 0; i < n_logs; i++)
        outputs[(*n)++] = v->logs->nodes.at[i];
    return outputs;
}

static Status transpose_build(Arena *arena, const Graph *l, const bool *linear,
                              const bool *ct, const bool *force, LogList *logs,
                              const Graph **t, bool *result) {
    Builder *b = ir_builder(l->ir);
    TRY_ALLOC(b);
    Transpose v = {.l = l, .b = b, .arena = arena, .again = force != NULL, .logs = logs};
    const Status status = transpose_nodes(&v, linear, ct);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    uint32_t n = 0;
    const NodeId *outputs = transpose_results(&v, linear, force, result, &n);
    if (!outputs) (void)ir_fail(b, NOMEM);
    return ir_finish(b, NULL, n, outputs, t);
}

static Status transpose_recalled(Arena *arena, const Graph *l, const bool *linear,
                                 const bool *ct, const bool *force, bool with_logs,
                                 const TransposeResult **result) {
    MemoKey key = xform_key(arena, MEMO_TRANSPOSE, l->id);
    xform_key_number(&key, with_logs);
    xform_key_mask(&key, l->n_inputs, linear);
    xform_key_mask(&key, l->n_outputs, ct);
    xform_key_mask(&key, l->n_inputs, force);
    *result = xform_recall(l->ir, &key);
    if (*result) return OK;
    if (force && xform_any(l->n_inputs, force)) {
        TRY(transpose_recalled(arena, l, linear, ct, NULL, with_logs, result));
        if (xform_covers(l->n_inputs, (*result)->result, force))
            return xform_keep(l->ir, &key, *result);
    }
    TransposeResult *made = NEW(ir_arena(l->ir), TransposeResult);
    bool *mask = xform_kept_mask(l->ir, l->n_inputs, NULL);
    TRY_ALLOC(made);
    TRY_ALLOC(mask);
    LogList logs = {.arena = arena};
    TRY(transpose_build(arena, l, linear, ct, force, with_logs ? &logs : NULL, &made->t,
                        mask));
    TRY(xform_keep_logs(l->ir, &logs, &made->logs));
    made->result = mask;
    *result = made;
    return xform_keep(l->ir, &key, made);
}

static Status transpose_kept(const Graph *l, const bool *linear, const bool *ct,
                             const bool *force, bool with_logs,
                             const TransposeResult **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status =
        transpose_recalled(arena, l, linear, ct, force, with_logs, result);
    base_arena_free(arena);
    return status;
}

Status xform_transpose(const Graph *l, const bool *linear, const bool *ct,
                       const bool *force, const Graph **t, bool *result) {
    const TransposeResult *made;
    TRY(transpose_kept(l, linear, ct, force, false, &made));
    *t = made->t;
    if (l->n_inputs) memcpy(result, made->result, l->n_inputs * sizeof *result);
    return OK;
}

Status xform_transpose_with_logs(const Graph *l, const bool *linear, const bool *ct,
                                 const Graph **t, bool *result, XformLogs *logs) {
    const TransposeResult *made;
    TRY(transpose_kept(l, linear, ct, NULL, true, &made));
    *t = made->t;
    *logs = made->logs;
    if (l->n_inputs) memcpy(result, made->result, l->n_inputs * sizeof *result);
    return OK;
}
