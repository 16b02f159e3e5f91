#include "xform/calls.h"

#include "rules/rules.h"
#include "xform/memo.h"
#include "xform/nested.h"
#include "xform/xform.h"

// -- captures -----------------------------------------------------------------------

// The outputs that tangents of the inputs set in `in` reach (in the arena), by jvp.
static Status reached(Arena *arena, const Graph *g, const bool *in, bool **out) {
    const Graph *j;
    *out = NEW_ARRAY(arena, bool, g->n_outputs);
    TRY_ALLOC(*out);
    return xform_jvp(g, in, NULL, &j, *out);
}

// Whether tangents of the operands set in `in` reach an output of the value or of the rule.
static Status is_active(Arena *arena, Call *call, const bool *in, bool *active) {
    const uint32_t n_out = call->value->n_outputs;
    const Graph *forward, *rule;
    const bool *present;
    bool *out;
    TRY(reached(arena, call->value, in, &out));
    *active = xform_any(n_out, out);
    if (*active) return OK;
    if (call->kind == CALL_JVP) {
        TRY(call->jvp(call, &rule));
        bool *all = NEW_ARRAY(arena, bool, rule->n_inputs);
        TRY_ALLOC(all);
        memcpy(all, in, (call->n_args + call->n_captures) * sizeof *all);
        TRY(reached(arena, rule, all, &out));
        *active = xform_any(rule->n_outputs, out);
        return OK;
    }
    TRY(call->forward(call, &forward));
    TRY(reached(arena, forward, in, &out));
    *active = xform_any(n_out, out);
    if (*active || !xform_any(forward->n_outputs, out)) return OK;
    // Through residuals, the rule's first inputs.
    TRY(call->rule(call, &rule, &present));
    bool *residuals = NEW_ARRAY(arena, bool, rule->n_inputs);
    TRY_ALLOC(residuals);
    memcpy(residuals, out + n_out, (forward->n_outputs - n_out) * sizeof *residuals);
    TRY(reached(arena, rule, residuals, &out));
    *active = xform_any(rule->n_outputs, out);
    return OK;
}

static Status check_captures(Arena *arena, Call *call, const bool *captures, Span span) {
    Ir *ir = call->value->ir;
    const uint32_t n = call->n_args + call->n_captures;
    bool *in = NEW_ARRAY(arena, bool, n);
    TRY_ALLOC(in);
    memcpy(in + call->n_args, captures, call->n_captures * sizeof *in);
    MemoKey key = xform_key(arena, MEMO_ACTIVE_CAPTURE, call->id);
    xform_key_mask(&key, n, in);
    const bool *known = xform_recall(ir, &key);
    if (!known) {
        // Kept before the answer is there: a rule that names its own function asks again,
        // and what that call would add is what is being found out.
        bool *active = NEW(ir_arena(ir), bool);
        TRY_ALLOC(active);
        TRY(xform_keep(ir, &key, active));
        TRY(is_active(arena, call, in, active));
        known = active;
    }
    if (!*known) return OK;
    return base_error_also(
        ir_diags(ir), CODE_E507, span, call->span, "the rule",
        "pass the value as an argument, or wrap it in stop_gradient inside the function",
        "`%.*s` is differentiated with respect to a value that it closes over; its rule "
        "gives derivatives for its arguments alone",
        STR_ARG(call->name));
}

Status xform_check_captures(Call *call, const bool *captures, Span span) {
    if (!xform_any(call->n_captures, captures)) return OK;
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = check_captures(arena, call, captures, span);
    base_arena_free(arena);
    return status;
}

// -- calls with a batched rule ------------------------------------------------------

typedef struct BatchedCall {
    Call call; // first: the callbacks are given it
    Call *base;
    int64_t B;
    const bool *in; // operands that have the axis
    const Graph *rule;
} BatchedCall;

static BatchedCall *batched_of(Call *call) {
    return (BatchedCall *)call->data;
}

// vmap with the first n outputs forced to have the axis; *out in the Ir's arena.
static Status batch(const BatchedCall *c, const Graph *g, const bool *in, uint32_t n,
                    const Graph **result, bool **out) {
    Ir *ir = c->base->value->ir;
    bool *force = xform_kept_mask(ir, g->n_outputs, NULL);
    *out = xform_kept_mask(ir, g->n_outputs, NULL);
    TRY_ALLOC(force);
    TRY_ALLOC(*out);
    for (uint32_t i = 0; i < n; i++)
        force[i] = true;
    return xform_vmap(g, c->B, in, force, result, *out);
}

static Status batch_forward(const BatchedCall *c, const Graph **graph, bool **out) {
    const Graph *forward;
    TRY(c->base->forward(c->base, &forward));
    return batch(c, forward, c->in, c->base->value->n_outputs, graph, out);
}

static Status batched_forward(Call *call, const Graph **graph) {
    bool *out;
    return batch_forward(batched_of(call), graph, &out);
}

static Status batched_jvp(Call *call, const Graph **graph) {
    const BatchedCall *c = batched_of(call);
    const Graph *rule;
    TRY(c->base->jvp(c->base, &rule));
    bool *in = xform_kept_mask(rule->ir, rule->n_inputs, NULL);
    TRY_ALLOC(in);
    uint32_t next = call->n_args + call->n_captures;
    memcpy(in, c->in, next * sizeof *in);
    for (uint32_t i = 0; i < call->n_args; i++) {
        if (!call->nondiff[i]) in[next++] = c->in[i];
    }
    bool *out;
    return batch(c, rule, in, rule->n_outputs, graph, &out);
}

// The batched rule with the cotangents of arguments that have no batch axis summed over it.
static Status sum_unbatched(const BatchedCall *c, const Graph *batched, const bool *present,
                            const Graph **graph) {
    Builder *b = ir_builder(batched->ir);
    TRY_ALLOC(b);
    Arena *arena = base_arena_new();
    NodeId *map = arena ? NEW_ARRAY(arena, NodeId, batched->n) : NULL;
    NodeId *in = arena ? NEW_ARRAY(arena, NodeId, batched->n_inputs) : NULL;
    NodeId *out = arena ? NEW_ARRAY(arena, NodeId, batched->n_outputs) : NULL;
    Status status = map && in && out ? OK : NOMEM;
    if (status == OK) {
        xform_copy_inputs(b, batched, NULL, map);
        for (uint32_t i = 0; i < batched->n_inputs; i++)
            in[i] = map[batched->inputs[i]];
        status = ir_inline(b, batched, in, true, out);
    }
    uint32_t next = 0;
    for (uint32_t i = 0; status == OK && i < c->call.n_args; i++) {
        if (!present[i]) continue;
        if (!c->in[i])
            out[next] = ir_reduce(b, PRIM_reduce_sum, out[next], 1, (int64_t[]){0});
        next++;
    }
    if (status == OK)
        status = ir_finish(b, NULL, batched->n_outputs, out, graph);
    else
        ir_builder_drop(b);
    base_arena_free(arena);
    return status;
}

static Status batched_rule(Call *call, const Graph **graph, const bool **present) {
    BatchedCall *c = batched_of(call);
    const Graph *rule, *forward, *batched;
    bool *forward_out, *out;
    TRY(c->base->rule(c->base, &rule, present));
    if (!c->rule) {
        // Residuals have the axis where batching `forward` gave it, cotangents always.
        TRY(batch_forward(c, &forward, &forward_out));
        const uint32_t n_out = call->value->n_outputs;
        bool *in = xform_kept_mask(rule->ir, rule->n_inputs, NULL);
        TRY_ALLOC(in);
        for (uint32_t i = 0; i < rule->n_inputs; i++)
            in[i] = n_out + i >= forward->n_outputs || forward_out[n_out + i];
        TRY(batch(c, rule, in, rule->n_outputs, &batched, &out));
        TRY(sum_unbatched(c, batched, *present, &c->rule));
        call->n_logs = c->base->n_logs;
        call->logs = c->base->logs;
    }
    *graph = c->rule;
    return OK;
}

static Status new_batched_call(Call *base, int64_t B, const bool *batched, Call **result) {
    Ir *ir = base->value->ir;
    BatchedCall *c = NEW(ir_arena(ir), BatchedCall);
    TRY_ALLOC(c);
    *c = (BatchedCall){.call = *base, .base = base, .B = B};
    c->in = xform_kept_mask(ir, base->n_args + base->n_captures, batched);
    TRY_ALLOC(c->in);
    bool *out;
    TRY(batch(c, base->value, c->in, base->value->n_outputs, &c->call.value, &out));
    c->call.forward = base->kind == CALL_VJP ? batched_forward : NULL;
    c->call.rule = base->kind == CALL_VJP ? batched_rule : NULL;
    c->call.jvp = base->kind == CALL_JVP ? batched_jvp : NULL;
    c->call.data = c;
    c->call.n_uses = 0;
    *result = &c->call;
    return ir_add_call(ir, *result) == UINT32_MAX ? NOMEM : OK;
}

Status xform_batched_call(Call *base, int64_t B, const bool *batched, Call **result) {
    Ir *ir = base->value->ir;
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    MemoKey key = xform_key(arena, MEMO_BATCHED_CALL, base->id);
    xform_key_number(&key, B);
    xform_key_mask(&key, base->n_args + base->n_captures, batched);
    const BatchedCall *kept = xform_recall(ir, &key);
    Status status = OK;
    if (kept) {
        *result = ir_call(ir, kept->call.id);
    } else {
        status = new_batched_call(base, B, batched, result);
        if (status == OK) status = xform_keep(ir, &key, (*result)->data);
    }
    base_arena_free(arena);
    return status;
}

Call *xform_row_call(const Call *call, int64_t *B, const bool **batched) {
    if (call->forward != batched_forward && call->jvp != batched_jvp) return NULL;
    const BatchedCall *c = call->data;
    *B = c->B;
    *batched = c->in;
    return c->base;
}
