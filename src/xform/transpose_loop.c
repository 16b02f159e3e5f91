// The transpose of a loop: the loop that runs the other way, whose body is the transpose of
// the body (differentiation.md §4).
//
// It carries, besides the cotangents of the carry, the sum so far of the cotangent of each
// linear constant. What the loop around it has summed up is where that sum begins, so a
// trip that reads x[i] costs the size of what it reads, however deep loops nest. Cotangents
// of xs, and what rules log, are ys.
#include "xform/depends.h"
#include "xform/transpose_state.h"

// A loop and what is known of its transpose.
typedef struct LoopTranspose {
    const Loop *loop;
    bool *linear;          // inputs of the body
    bool *ct;              // outputs of the body that have a cotangent
    bool *sums, *force;    // inputs that get one: constants; carries
    const bool *result;    // all inputs that get one
    const Graph *body;     // transposed
    const XformLogs *logs; // of a trip
} LoopTranspose;

// -- what has cotangents ------------------------------------------------------------

// Which operands are linear, which outputs have a cotangent. E508 where a carry begins with
// a value that is none.
static Status loop_masks(Transpose *v, const Node *node, const NodeId *outs,
                         LoopTranspose *q) {
    const Loop *loop = q->loop;
    const uint32_t n_in = loop->body->n_inputs, n_out = loop->body->n_outputs;
    q->linear = NEW_ARRAY(v->arena, bool, n_in);
    q->sums = NEW_ARRAY(v->arena, bool, n_in);
    q->force = NEW_ARRAY(v->arena, bool, n_in);
    q->ct = NEW_ARRAY(v->arena, bool, n_out);
    if (!q->linear || !q->sums || !q->force || !q->ct) return NOMEM;
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
            return xform_affine(v, node);
    }
    return OK;
}

// Which inputs of the body get a cotangent: a carry has one if it has one in any trip.
static Status find_results(LoopTranspose *q) {
    const Loop *loop = q->loop;
    const TransposeQuestion question = {.l = loop->body, .linear = q->linear, .ct = q->ct};
    bool more;
    do {
        const TransposeResult *made;
        TRY(xform_transposed(&question, &made));
        const bool *carry = made->result + loop->n_constants;
        more = false;
        for (uint32_t i = 0; i < loop->n_carry; i++) {
            more = more || (carry[i] && !q->ct[i]);
            q->ct[i] = q->ct[i] || carry[i];
        }
        memcpy(q->sums, made->result, loop->n_constants * sizeof *q->sums);
    } while (more);
    memcpy(xform_carry_in(loop, q->force), q->ct, loop->n_carry * sizeof *q->force);
    return OK;
}

// -- the body -----------------------------------------------------------------------

// From T's inputs, (known constants and xs, sums, cotangents of the carry and of ys), to a
// body's: (known constants, sums and cotangents of the carry, known xs and cotangents of
// ys).
static Status reorder_body(LoopTranspose *q, Arena *arena, const Graph *t) {
    const Loop *loop = q->loop;
    const uint32_t n_c = loop->n_constants, first_x = n_c + loop->n_carry;
    uint32_t *in = NEW_ARRAY(arena, uint32_t, t->n_inputs);
    uint32_t *out = NEW_ARRAY(arena, uint32_t, t->n_outputs);
    if (!in || !out) return NOMEM;
    const uint32_t known_c = n_c - xform_count(n_c, q->linear);
    const uint32_t known_x = loop->n_xs - xform_count(loop->n_xs, q->linear + first_x);
    const uint32_t carry = xform_count(n_c, q->sums) + xform_count(loop->n_carry, q->ct);
    for (uint32_t i = 0; i < t->n_inputs; i++)
        in[i] = i;
    for (uint32_t i = 0; i < carry; i++)
        in[known_c + i] = known_c + known_x + i;
    for (uint32_t i = 0; i < known_x; i++)
        in[known_c + carry + i] = known_c + i;
    for (uint32_t i = 0; i < t->n_outputs; i++)
        out[i] = i;
    return xform_reordered(t, in, t->n_outputs, out, &q->body);
}

static Status transpose_body(LoopTranspose *q, Arena *arena, bool with_logs) {
    const TransposeQuestion question = {.l = q->loop->body,
                                        .linear = q->linear,
                                        .ct = q->ct,
                                        .force = q->force,
                                        .sums = q->sums,
                                        .with_logs = with_logs};
    const TransposeResult *made;
    TRY(xform_transposed(&question, &made));
    q->result = made->result;
    q->logs = &made->logs;
    return reorder_body(q, arena, made->t);
}

// -- the node -----------------------------------------------------------------------

// Where the sum of a constant's cotangent begins: with what there is of it, which the loop
// then has taken along.
static NodeId first_sum(Transpose *v, NodeId operand, TypeId type) {
    const NodeId sum = v->ct[operand];
    v->ct[operand] = IR_NONE;
    return sum != IR_NONE ? sum : ir_zeros(v->b, type);
}

// The operands of the transposed loop.
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
        if (q->sums[i])
            in[(*n)++] = first_sum(v, operands[i], xform_input_type(loop->body, i));
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
    made->body = q->body;
}

// Slices of the logs are ys, in the order of the forward trips' slices.
static Status take_logs(Transpose *v, const LoopTranspose *q, NodeId transposed,
                        uint32_t first) {
    const uint32_t n = q->body->n_outputs - first;
    NodeId *nodes = NEW_ARRAY(v->arena, NodeId, n);
    TRY_ALLOC(nodes);
    for (uint32_t i = 0; i < n; i++)
        nodes[i] = ir_out(v->b, transposed, first + i);
    XformLogs logs;
    TRY(xform_log_axis(v->arena, q->logs, &logs));
    return xform_add_logs(v->logs, v->l->ir, &logs, nodes);
}

Status xform_transpose_loop(Transpose *v, NodeId id, const Node *node, const Loop *loop) {
    if (loop->kind == LOOP_PREDICATE) return xform_unexpected(v->l, node, "transpose");
    const NodeId *outs = v->outs.at + v->ct[id];
    LoopTranspose q = {.loop = loop};
    TRY(loop_masks(v, node, outs, &q));
    TRY(find_results(&q));
    TRY(transpose_body(&q, v->arena, v->logs != NULL));
    if (q.body->n_outputs == 0) return OK;
    Loop made = *loop;
    NodeId *in =
        NEW_ARRAY(v->arena, NodeId, 2 * (size_t)node->n_in + loop->body->n_outputs);
    TRY_ALLOC(in);
    uint32_t n = 0, next = 0;
    loop_operands(v, &q, node, outs, &made, in, &n);
    const NodeId transposed = ir_emit_loop(v->b, &made, n, in);
    for (uint32_t i = 0; i < loop->body->n_inputs; i++) {
        if (q.result[i])
            xform_add_cotangent(v, ir_in(v->l, node)[loop->first + i],
                                ir_out(v->b, transposed, next++));
    }
    return v->logs ? take_logs(v, &q, transposed, next) : OK;
}
