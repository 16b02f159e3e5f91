// transpose: what does not depend on a linear input is copied, then the linear nodes are
// walked backwards and cotangents added (differentiation.md §4).
#include "rules/rules.h"
#include "xform/checkpoint.h"
#include "xform/depends.h"
#include "xform/memo.h"
#include "xform/transpose_state.h"
#include "xform/xform.h"

// -- cotangents ---------------------------------------------------------------------

// What adds to zeros at places, one scatter after the other: from the last to the first.
// Without any where c is something else.
typedef struct Scatters {
    VEC(NodeId) at;
} Scatters;

static Status scatters_into_zeros(const Transpose *v, NodeId c, Scatters *scatters) {
    const Builder *b = v->b;
    for (; ir_node(b, c)->prim == PRIM_scatter_add; c = ir_node_in(b, c)[0])
        if (!VEC_PUSH(v->arena, &scatters->at, c)) return NOMEM;
    if (!ir_is_zero(b, c)) scatters->at.n = 0;
    return OK;
}

// What the node `scatter` adds to its first operand, added to `sum`.
static NodeId scatter_into(const Transpose *v, NodeId sum, NodeId scatter) {
    if (ir_status(v->b) != OK) return IR_NONE;
    const Node node = *ir_node(v->b, scatter);
    NodeId *in = NEW_ARRAY(v->arena, NodeId, node.n_in);
    int64_t *attr = NEW_ARRAY(v->arena, int64_t, node.n_attr);
    if (!in || !attr) return ir_fail(v->b, NOMEM);
    memcpy(in, ir_node_in(v->b, scatter), node.n_in * sizeof *in);
    memcpy(attr, ir_node_attr(v->b, scatter), node.n_attr * sizeof *attr);
    in[0] = sum;
    return ir_emit(v->b, PRIM_scatter_add, node.n_in, in, node.n_attr, attr);
}

// sum + c; where c is scattered into zeros, it is scattered into the sum instead: x[i]
// costs the size of what is read, not that of x.
static NodeId add_cotangent(const Transpose *v, NodeId sum, NodeId c) {
    Scatters scatters = {0};
    if (ir_status(v->b) != OK) return IR_NONE;
    if (scatters_into_zeros(v, c, &scatters) != OK) return ir_fail(v->b, NOMEM);
    if (scatters.at.n == 0) {
        if (scatters_into_zeros(v, sum, &scatters) != OK) return ir_fail(v->b, NOMEM);
        if (scatters.at.n == 0) return ir_sum(v->b, c, sum);
        sum = c;
    }
    for (uint32_t i = scatters.at.n; i-- > 0;)
        sum = scatter_into(v, sum, scatters.at.at[i]);
    return sum;
}

void xform_add_cotangent(Transpose *v, NodeId node, NodeId c) {
    NodeId *sum = &v->ct[node];
    const bool takes = v->linear[node] && v->l->nodes[node].prim != PRIM_linear_zero;
    if (c == IR_NONE || !takes) return;
    *sum = *sum == IR_NONE ? c : add_cotangent(v, *sum, c);
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

Status xform_affine(const Transpose *v, const Node *node) {
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
            return xform_affine(v, node);
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
        xform_add_cotangent(v, ir_in(v->l, node)[i], v->cts[i]);
    return OK;
}

// -- cond, lanes and checkpoint -----------------------------------------------------

// A cond, lanes or checkpoint, and what is known of its transpose.
typedef struct NestedTranspose {
    const Nested *nested;
    const NodeId *operands, *outs;
    bool *linear;      // inputs of the graphs
    bool *ct;          // outputs that have a cotangent
    bool *result;      // inputs that get one
    bool *sums;        // inputs whose cotangent is added to what there is of it:
    NodeId *so_far;    // that
    const Graph *t[2]; // transposed
    XformLogs logs[2];
} NestedTranspose;

static Status nested_masks(Transpose *v, NestedTranspose *q) {
    const uint32_t n_in = q->nested->n_inputs, n_out = q->nested->n_outputs;
    q->linear = NEW_ARRAY(v->arena, bool, n_in);
    q->result = NEW_ARRAY(v->arena, bool, n_in);
    q->sums = NEW_ARRAY(v->arena, bool, n_in);
    q->ct = NEW_ARRAY(v->arena, bool, n_out);
    q->so_far = NEW_ARRAY(v->arena, NodeId, n_in);
    if (!q->linear || !q->result || !q->sums || !q->ct || !q->so_far) return NOMEM;
    for (uint32_t i = 0; i < n_in; i++)
        q->linear[i] = v->linear[q->operands[i]];
    for (uint32_t i = 0; i < n_out; i++)
        q->ct[i] = q->outs[i] != IR_NONE;
    return OK;
}

// The graphs' transposes, all with cotangents of the same inputs. A branch takes along what
// there is of a cotangent: where it reads x[i], it costs what it reads, and the other one
// nothing. (Each lane has its own share of what all lanes read.)
static Status transpose_graphs(Transpose *v, NestedTranspose *q) {
    const Nested *nested = q->nested;
    const TransposeResult *made;
    TransposeQuestion question = {
        .linear = q->linear, .ct = q->ct, .with_logs = v->logs != NULL};
    const Graph *graphs[2];
    for (uint32_t s = 0; s < nested->n; s++) {
        graphs[s] = nested->graphs[s];
        if (nested->prim == PRIM_checkpoint)
            TRY(xform_separated(graphs[s], q->linear, &graphs[s]));
        question.l = graphs[s];
        TRY(xform_transposed(&question, &made));
        for (uint32_t i = 0; i < nested->n_inputs; i++)
            q->result[i] = q->result[i] || made->result[i];
    }
    for (uint32_t i = 0; !nested->bits && i < nested->n_inputs; i++) {
        if (!q->result[i]) continue;
        q->so_far[i] = v->ct[q->operands[i]];
        q->sums[i] = q->so_far[i] != IR_NONE;
        v->ct[q->operands[i]] = IR_NONE; // it is taken along
    }
    question.force = q->result;
    question.sums = q->sums;
    for (uint32_t s = 0; s < nested->n; s++) {
        question.l = graphs[s];
        TRY(xform_transposed(&question, &made));
        q->t[s] = made->t;
        q->logs[s] = made->logs;
    }
    return OK;
}

static NodeId emit_nested(Transpose *v, const Node *node, const NestedTranspose *q) {
    const Nested *nested = q->nested;
    const NodeId predicate = nested->first ? v->map[ir_in(v->l, node)[0]] : IR_NONE;
    NestedMaker maker = xform_maker(v->arena, nested, predicate);
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (!q->linear[i])
            xform_maker_add(&maker, v->map[q->operands[i]], xform_lane_bit(nested, i));
    }
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (q->sums[i]) xform_maker_add(&maker, q->so_far[i], false);
    }
    for (uint32_t i = 0; i < nested->n_outputs; i++) {
        if (q->ct[i]) xform_maker_add(&maker, q->outs[i], true);
    }
    return xform_maker_emit(&maker, v->b, q->t);
}

static Status transpose_nested(Transpose *v, NodeId id, const Node *node,
                               const Nested *nested) {
    NestedTranspose q = {.nested = nested,
                         .operands = ir_in(v->l, node) + nested->first,
                         .outs = v->outs.at + v->ct[id]};
    TRY(nested_masks(v, &q));
    TRY(transpose_graphs(v, &q));
    const uint32_t n_results = xform_count(nested->n_inputs, q.result);
    if (n_results + q.logs[0].n + q.logs[1].n == 0) return OK;
    if (nested->n == 2)
        TRY(xform_join_logs(v->arena, n_results, q.t, q.logs));
    else if (nested->bits)
        TRY(xform_log_axis(v->arena, &q.logs[0], &q.logs[0]));
    const NodeId transposed = emit_nested(v, node, &q);
    uint32_t next = 0;
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (!q.result[i]) continue;
        NodeId c = ir_out(v->b, transposed, next++);
        // Each lane has its own share of what all lanes read; they are added after the
        // node, so that no 0 · inf of an inactive lane enters.
        if (nested->bits && !nested->bits[i]) c = xform_sum_lanes(v->b, c);
        xform_add_cotangent(v, q.operands[i], c);
    }
    if (!v->logs) return OK;
    const uint32_t n_outputs = q.t[0]->n_outputs;
    NodeId *nodes = NEW_ARRAY(v->arena, NodeId, n_outputs);
    TRY_ALLOC(nodes);
    for (; next < n_outputs; next++)
        nodes[next] = ir_out(v->b, transposed, next);
    return xform_add_logs(v->logs, v->l->ir, &q.logs[0], nodes + n_results);
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
    if (!v->question->force) call->n_uses++; // else it was transposed before
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
        xform_add_cotangent(v, tangent, result);
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
    if (nested.is_loop) return xform_transpose_loop(v, id, node, &nested.loop);
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

static Status start_cotangents(Transpose *v) {
    const Graph *l = v->l;
    const TransposeQuestion *question = v->question;
    for (uint32_t i = 0; i < l->n; i++)
        v->ct[i] = IR_NONE;
    for (uint32_t i = 0; i < l->n_inputs; i++) {
        if (question->sums && question->sums[i])
            v->ct[l->inputs[i]] = ir_input(v->b, xform_input_type(l, i));
    }
    for (uint32_t i = 0; i < l->n_outputs; i++) {
        const NodeId output = l->outputs[i];
        if (!question->ct[i]) continue;
        const NodeId c = ir_input(v->b, l->nodes[output].type);
        if (v->linear[output])
            xform_add_cotangent(v, output, c);
        else if (ir_status(v->b) == OK && !ir_is_zero(v->b, v->map[output]))
            return xform_affine(v, &l->nodes[output]);
    }
    return ir_status(v->b);
}

static Status transpose_nodes(Transpose *v) {
    const Graph *l = v->l;
    const bool *linear = v->question->linear;
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
    find_needed(v, v->question->ct);
    xform_copy_inputs(v->b, l, known, v->map);
    TRY(copy_known(v));
    TRY(start_cotangents(v));
    for (uint32_t i = l->n; i-- > 0 && ir_status(v->b) == OK;) {
        if (v->linear[i] && v->needed[i]) TRY(transpose_node(v, i));
    }
    return ir_status(v->b);
}

// The cotangents of linear inputs that have one or are forced to; *n of them.
static NodeId *transpose_results(Transpose *v, bool *result, uint32_t *n) {
    const Graph *l = v->l;
    const bool *linear = v->question->linear, *force = v->question->force;
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

static Status transpose_build(Arena *arena, const TransposeQuestion *question,
                              LogList *logs, const Graph **t, bool *result) {
    Builder *b = ir_builder(question->l->ir);
    TRY_ALLOC(b);
    Transpose v = {.question = question,
                   .l = question->l,
                   .b = b,
                   .arena = arena,
                   .logs = question->with_logs ? logs : NULL};
    const Status status = transpose_nodes(&v);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    uint32_t n = 0;
    const NodeId *outputs = transpose_results(&v, result, &n);
    if (!outputs) (void)ir_fail(b, NOMEM);
    return ir_finish(b, NULL, n, outputs, t);
}

// What is forced may be there anyway: then the graph is the one without force.
static Status transpose_unforced(const TransposeQuestion *question,
                                 const TransposeResult **result) {
    TransposeQuestion unforced = *question;
    const bool *force = question->force, *sums = question->sums;
    const uint32_t n = question->l->n_inputs;
    *result = NULL;
    if (!force || !xform_any(n, force) || (sums && xform_any(n, sums))) return OK;
    unforced.force = NULL;
    TRY(xform_transposed(&unforced, result));
    if (!xform_covers(n, (*result)->result, force)) *result = NULL;
    return OK;
}

static Status transpose_recalled(Arena *arena, const TransposeQuestion *question,
                                 const TransposeResult **result) {
    const Graph *l = question->l;
    MemoKey key = xform_key(arena, MEMO_TRANSPOSE, l->id);
    xform_key_number(&key, question->with_logs);
    xform_key_mask(&key, l->n_inputs, question->linear);
    xform_key_mask(&key, l->n_outputs, question->ct);
    xform_key_mask(&key, l->n_inputs, question->force);
    xform_key_mask(&key, l->n_inputs, question->sums);
    *result = xform_recall(l->ir, &key);
    if (*result) return OK;
    TRY(transpose_unforced(question, result));
    if (*result) return xform_keep(l->ir, &key, *result);
    TransposeResult *made = NEW(ir_arena(l->ir), TransposeResult);
    bool *mask = xform_kept_mask(l->ir, l->n_inputs, NULL);
    TRY_ALLOC(made);
    TRY_ALLOC(mask);
    LogList logs = {.arena = arena};
    TRY(transpose_build(arena, question, &logs, &made->t, mask));
    TRY(xform_keep_logs(l->ir, &logs, &made->logs));
    made->result = mask;
    *result = made;
    return xform_keep(l->ir, &key, made);
}

Status xform_transposed(const TransposeQuestion *question, const TransposeResult **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = transpose_recalled(arena, question, result);
    base_arena_free(arena);
    return status;
}

static Status answer(const TransposeQuestion *question, const Graph **t, bool *result,
                     XformLogs *logs) {
    const uint32_t n = question->l->n_inputs;
    const TransposeResult *made;
    TRY(xform_transposed(question, &made));
    *t = made->t;
    if (logs) *logs = made->logs;
    if (n) memcpy(result, made->result, n * sizeof *result);
    return OK;
}

Status xform_transpose(const Graph *l, const bool *linear, const bool *ct,
                       const bool *force, const Graph **t, bool *result) {
    const TransposeQuestion question = {.l = l, .linear = linear, .ct = ct, .force = force};
    return answer(&question, t, result, NULL);
}

Status xform_transpose_with_logs(const Graph *l, const bool *linear, const bool *ct,
                                 const Graph **t, bool *result, XformLogs *logs) {
    const TransposeQuestion question = {
        .l = l, .linear = linear, .ct = ct, .with_logs = true};
    return answer(&question, t, result, logs);
}
