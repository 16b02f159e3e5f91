#include "xform/pair.h"

#include "xform/nested.h"
#include "xform/xform.h"

typedef struct Pairing {
    Arena *arena;
    Ir *ir;
    Call *call;
    Pair *pair;
    const Graph *target;
    bool *is_x; // by operand of the call
    bool *all;  // as many set bits as any mask needs
} Pairing;

// -- what the parts are -------------------------------------------------------------

static uint32_t operand_count(const Pairing *p) {
    return p->call->n_args + p->call->n_captures;
}

static Status list_parts(Pairing *p) {
    const Call *call = p->call;
    const uint32_t n = operand_count(p), n_out = call->value->n_outputs;
    uint32_t *operands = NEW_ARRAY(ir_arena(p->ir), uint32_t, n);
    uint32_t *outputs = NEW_ARRAY(ir_arena(p->ir), uint32_t, n_out);
    bool *is_null = NEW_ARRAY(ir_arena(p->ir), bool, n);
    p->is_x = NEW_ARRAY(p->arena, bool, n);
    p->all = NEW_ARRAY(p->arena, bool, (size_t)n + n_out);
    if (!operands || !outputs || !is_null || !p->is_x || !p->all) return NOMEM;
    Pair *pair = p->pair;
    *pair = (Pair){.is_jvp = call->kind == CALL_JVP,
                   .operands = operands,
                   .outputs = outputs,
                   .is_null = is_null};
    for (uint32_t i = 0; i < n + n_out; i++)
        p->all[i] = true;
    for (uint32_t i = 0; i < n; i++) {
        p->is_x[i] = i < call->n_args && !call->nondiff[i];
        if (p->is_x[i]) operands[pair->n_x++] = i;
    }
    for (uint32_t i = 0; i < n; i++)
        if (!p->is_x[i]) operands[pair->n_x + pair->n_others++] = i;
    for (uint32_t i = 0; i < n_out; i++)
        if (xform_is_float(p->ir, xform_output_type(call->value, i)))
            outputs[pair->n_outputs++] = i;
    return OK;
}

static TypeId x_type(const Pairing *p, uint32_t i) {
    return xform_input_type(p->call->value, p->pair->operands[i]);
}

static TypeId output_type(const Pairing *p, uint32_t i) {
    return xform_output_type(p->call->value, p->pair->outputs[i]);
}

static TypeId linear_type(const Pairing *p, uint32_t i) {
    return p->pair->is_jvp ? x_type(p, i) : output_type(p, i);
}

static TypeId result_type(const Pairing *p, uint32_t i) {
    return p->pair->is_jvp ? output_type(p, i) : x_type(p, i);
}

// -- the two sides ------------------------------------------------------------------

// One side while it is built: nodes for the operands of the call, in its order, and for the
// linear parts, one behind the other.
typedef struct Side {
    Builder *b;
    NodeId *in;
    NodeId *results;
} Side;

static Status begin_side(Pairing *p, Side *side) {
    const Pair *pair = p->pair;
    const uint32_t n = operand_count(p), n_linear = xform_pair_linear(pair);
    side->in = NEW_ARRAY(p->arena, NodeId, (size_t)n + n_linear);
    side->results = NEW_ARRAY(p->arena, NodeId, xform_pair_results(pair));
    if (!side->in || !side->results) return NOMEM;
    side->b = ir_builder(p->ir);
    TRY_ALLOC(side->b);
    for (uint32_t i = 0; i < n; i++)
        side->in[pair->operands[i]] = ir_input(side->b, x_type(p, i));
    for (uint32_t i = 0; i < n_linear; i++)
        side->in[n + i] = ir_input(side->b, linear_type(p, i));
    return OK;
}

static Status end_side(Pairing *p, Side *side, Status status, const Graph **graph) {
    if (status == OK)
        return ir_finish(side->b, NULL, xform_pair_results(p->pair), side->results, graph);
    ir_builder_drop(side->b);
    return status;
}

// Results i of a graph's outputs, from `first` on those whose bit is set; others are zero.
static void take_results(Pairing *p, Side *side, const NodeId *outputs, uint32_t first,
                         const bool *bits) {
    for (uint32_t i = 0; i < xform_pair_results(p->pair); i++)
        side->results[i] =
            bits[i] ? outputs[first++] : ir_zeros(side->b, result_type(p, i));
}

// T: (x, others, linear parts) → results.
static Status differentiate(Pairing *p, Side *side) {
    const Pair *pair = p->pair;
    const Graph *value, *d;
    TRY(xform_value_alone(p->target, &value));
    const uint32_t n_in = value->n_inputs, n_out = value->n_outputs;
    bool *of_value = NEW_ARRAY(p->arena, bool, (size_t)n_in + n_out);
    bool *bits = NEW_ARRAY(p->arena, bool, (size_t)n_in + n_out);
    bool *ct = NEW_ARRAY(p->arena, bool, n_out);
    if (!of_value || !bits || !ct) return NOMEM;
    for (uint32_t i = 0; i < pair->n_outputs; i++)
        ct[pair->outputs[i]] = true;
    if (pair->is_jvp) {
        TRY(xform_jvp(value, p->is_x, NULL, &d, of_value));
        TRY(xform_forward_result(d, p->call->span, &d));
    } else {
        TRY(xform_vjp(value, p->is_x, ct, &d, of_value));
    }
    for (uint32_t i = 0; i < xform_pair_results(pair); i++)
        bits[i] = of_value[pair->is_jvp ? pair->outputs[i] : pair->operands[i]];
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, d->n_outputs);
    TRY_ALLOC(outputs);
    TRY(ir_inline(side->b, d, side->in, false, outputs));
    take_results(p, side, outputs, n_out, bits);
    return OK;
}

// R of a vjp rule: the residuals of its forward pass, then the rule.
static Status run_vjp_rule(Pairing *p, Side *side) {
    Call *call = p->call;
    const Pair *pair = p->pair;
    const Graph *forward, *rule;
    const bool *present;
    TRY(call->forward(call, &forward));
    TRY(call->rule(call, &rule, &present));
    const uint32_t n_out = call->value->n_outputs;
    const uint32_t n_residuals = forward->n_outputs - n_out;
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, forward->n_outputs + rule->n_outputs);
    NodeId *in = NEW_ARRAY(p->arena, NodeId, n_residuals + pair->n_outputs);
    bool *bits = NEW_ARRAY(p->arena, bool, pair->n_x);
    bool *is_null = NEW_ARRAY(ir_arena(p->ir), bool, pair->n_x);
    if (!outputs || !in || !bits || !is_null) return NOMEM;
    TRY(ir_inline(side->b, forward, side->in, true, outputs));
    memcpy(in, outputs + n_out, n_residuals * sizeof *in);
    memcpy(in + n_residuals, side->in + operand_count(p), pair->n_outputs * sizeof *in);
    TRY(ir_inline(side->b, rule, in, true, outputs));
    for (uint32_t i = 0; i < pair->n_x; i++) {
        bits[i] = present[pair->operands[i]];
        is_null[i] = !bits[i];
    }
    p->pair->is_null = is_null;
    take_results(p, side, outputs, 0, bits);
    return OK;
}

static Status run_jvp_rule(Pairing *p, Side *side) {
    Call *call = p->call;
    const Graph *rule;
    TRY(call->jvp(call, &rule));
    TRY(xform_forward_result(rule, call->span, &rule));
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, rule->n_outputs);
    TRY_ALLOC(outputs);
    TRY(ir_inline(side->b, rule, side->in, true, outputs));
    take_results(p, side, outputs, call->value->n_outputs, p->all);
    return OK;
}

static Status make_side(Pairing *p, Status (*fill)(Pairing *, Side *),
                        const Graph **graph) {
    Side side = {0};
    TRY(begin_side(p, &side));
    return end_side(p, &side, fill(p, &side), graph);
}

// The side of order 2: (…, a cotangent of each result) → a cotangent of each x.
static Status second_order(Pairing *p, const Graph **graph) {
    const Pair *pair = p->pair;
    const Graph *first = *graph, *d;
    bool *in = NEW_ARRAY(p->arena, bool, first->n_inputs);
    bool *of_x = NEW_ARRAY(p->arena, bool, first->n_inputs);
    NodeId *inputs = NEW_ARRAY(p->arena, NodeId, first->n_inputs + first->n_outputs);
    NodeId *results = NEW_ARRAY(p->arena, NodeId, pair->n_x);
    if (!in || !of_x || !inputs || !results) return NOMEM;
    for (uint32_t i = 0; i < pair->n_x; i++)
        in[i] = true;
    TRY(xform_vjp(first, in, p->all, &d, of_x));
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, d->n_outputs);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(p->ir);
    TRY_ALLOC(b);
    for (uint32_t i = 0; i < d->n_inputs; i++)
        inputs[i] = ir_input(b, xform_input_type(d, i));
    const Status status = ir_inline(b, d, inputs, true, outputs);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    uint32_t next = first->n_outputs;
    for (uint32_t i = 0; i < pair->n_x; i++)
        results[i] = of_x[i] ? outputs[next++] : ir_zeros(b, x_type(p, i));
    return ir_finish(b, NULL, pair->n_x, results, graph);
}

// -- all ----------------------------------------------------------------------------

// The values themselves, of the same inputs: what is smooth, and where, they say.
static Status inline_values(Pairing *p, Builder *b, const NodeId *in, NodeId *results) {
    const Pair *pair = p->pair;
    const Graph *value;
    TRY(xform_value_alone(p->target, &value));
    NodeId *operands = NEW_ARRAY(p->arena, NodeId, value->n_inputs);
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, value->n_outputs);
    TRY_ALLOC(operands);
    TRY_ALLOC(outputs);
    for (uint32_t i = 0; i < operand_count(p); i++)
        operands[pair->operands[i]] = in[i];
    TRY(ir_inline(b, value, operands, false, outputs));
    for (uint32_t i = 0; i < pair->n_outputs; i++)
        results[i] = outputs[pair->outputs[i]];
    return OK;
}

// T comes before R: what the two share has its place in the value.
static Status join(Pairing *p, const Graph *t, const Graph *r) {
    const uint32_t n_values = p->pair->n_outputs, n = t->n_outputs;
    NodeId *in = NEW_ARRAY(p->arena, NodeId, t->n_inputs);
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, n_values + 2 * (size_t)n);
    if (!in || !outputs) return NOMEM;
    Builder *b = ir_builder(p->ir);
    TRY_ALLOC(b);
    for (uint32_t i = 0; i < t->n_inputs; i++)
        in[i] = ir_input(b, xform_input_type(t, i));
    Status status = inline_values(p, b, in, outputs);
    if (status == OK) status = ir_inline(b, t, in, false, outputs + n_values);
    if (status == OK) status = ir_inline(b, r, in, false, outputs + n_values + n);
    if (status == OK) return ir_finish(b, NULL, n_values + 2 * n, outputs, &p->pair->graph);
    ir_builder_drop(b);
    return status;
}

static Status make_pair(Pairing *p, unsigned order) {
    const Graph *t, *r;
    TRY(list_parts(p));
    TRY(make_side(p, differentiate, &t));
    TRY(make_side(p, p->pair->is_jvp ? run_jvp_rule : run_vjp_rule, &r));
    if (order == 2) {
        TRY(second_order(p, &t));
        TRY(second_order(p, &r));
    }
    TRY(xform_without_rules(t, &t));
    TRY(xform_without_rules(r, &r));
    return join(p, t, r);
}

Status xform_pair(Call *call, const Graph *target, unsigned order, Pair *pair) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    Pairing p = {.arena = arena,
                 .ir = call->value->ir,
                 .call = call,
                 .pair = pair,
                 .target = target};
    const Status status = make_pair(&p, order);
    base_arena_free(arena);
    return status;
}
