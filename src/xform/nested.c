#include "xform/nested.h"

#include "xform/memo.h"

Nested xform_nested(const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    Nested nested = {.prim = (Prim)node->prim};
    if (node->prim == PRIM_cond) {
        nested.n = 2;
        nested.graphs[0] = ir_graph(g->ir, (uint32_t)attr[0]);
        nested.graphs[1] = ir_graph(g->ir, (uint32_t)attr[1]);
        nested.first = 1;
    } else if (node->prim == PRIM_lanes) {
        nested.n = 1;
        nested.graphs[0] = ir_graph(g->ir, (uint32_t)attr[1]);
        nested.bits = attr + 2;
        nested.lanes = attr[0];
    } else if (node->prim == PRIM_checkpoint) {
        nested.n = 1;
        nested.graphs[0] = ir_graph(g->ir, (uint32_t)attr[0]);
    } else if (node->prim == PRIM_loop) {
        nested.is_loop = true;
        nested.loop = ir_loop(g, node);
        nested.n = 1;
        nested.graphs[0] = nested.loop.body;
        nested.first = nested.loop.first;
    } else {
        return nested;
    }
    nested.n_inputs = nested.graphs[0]->n_inputs;
    nested.n_outputs = nested.graphs[0]->n_outputs;
    return nested;
}

bool xform_nested_has_calls(const Nested *nested) {
    for (uint32_t s = 0; s < nested->n; s++) {
        if (ir_has_vjp_call(nested->graphs[s])) return true;
    }
    return false;
}

Nested xform_inner_graphs(const Graph *g, const Node *node) {
    if (node->prim != PRIM_call) return xform_nested(g, node);
    const Graph *value = ir_call(g->ir, (uint32_t)ir_attr(g, node)[0])->value;
    return (Nested){.prim = PRIM_call,
                    .n = 1,
                    .graphs = {value},
                    .n_inputs = value->n_inputs,
                    .n_outputs = value->n_outputs};
}

NestedMaker xform_maker(Arena *arena, const Nested *like, NodeId predicate) {
    NestedMaker maker = {.arena = arena, .like = like};
    if (like->first && !VEC_PUSH(arena, &maker.in, predicate)) maker.failed = true;
    if (!like->bits) return maker;
    // The graph's number takes its place in xform_maker_emit.
    if (!VEC_PUSH(arena, &maker.attr, like->lanes) || !VEC_PUSH(arena, &maker.attr, 0))
        maker.failed = true;
    return maker;
}

void xform_maker_add(NestedMaker *maker, NodeId operand, bool lane_bit) {
    if (!VEC_PUSH(maker->arena, &maker->in, operand)) maker->failed = true;
    if (maker->like->bits && !VEC_PUSH(maker->arena, &maker->attr, lane_bit))
        maker->failed = true;
}

NodeId xform_maker_emit(NestedMaker *maker, Builder *b, const Graph *const *graphs) {
    if (maker->failed) return ir_fail(b, NOMEM);
    if (maker->like->is_loop) {
        Loop loop = maker->like->loop;
        loop.body = graphs[0];
        return ir_emit_loop(b, &loop, maker->in.n, maker->in.at);
    }
    if (maker->like->bits) {
        maker->attr.at[1] = graphs[0]->id;
        return ir_emit(b, PRIM_lanes, maker->in.n, maker->in.at, maker->attr.n,
                       maker->attr.at);
    }
    int64_t attr[2];
    for (uint32_t s = 0; s < maker->like->n; s++)
        attr[s] = graphs[s]->id;
    return ir_emit(b, maker->like->prim, maker->in.n, maker->in.at, maker->like->n, attr);
}

// -- loops --------------------------------------------------------------------------

bool xform_carry_on(const Loop *loop, const bool *out, bool *in) {
    bool *carry = xform_carry_in(loop, in), more = false;
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        more = more || (out[i] && !carry[i]);
        carry[i] = carry[i] || out[i];
    }
    return more;
}

// -- graphs -------------------------------------------------------------------------

static Status reordered(Arena *arena, const Graph *g, const uint32_t *in, uint32_t n_out,
                        const uint32_t *out, const Graph **result) {
    NodeId *inputs = NEW_ARRAY(arena, NodeId, g->n_inputs);
    NodeId *nodes = NEW_ARRAY(arena, NodeId, g->n_outputs);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, n_out);
    if (!inputs || !nodes || !outputs) return NOMEM;
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        ir_set_span(b, g->nodes[g->inputs[in[i]]].span);
        inputs[in[i]] = ir_input(b, xform_input_type(g, in[i]));
    }
    const Status status = ir_inline(b, g, inputs, true, nodes);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    for (uint32_t i = 0; i < n_out; i++)
        outputs[i] = nodes[out[i]];
    return ir_finish(b, NULL, n_out, outputs, result);
}

static Status reordered_recalled(Arena *arena, const Graph *g, const uint32_t *in,
                                 uint32_t n_out, const uint32_t *out,
                                 const Graph **result) {
    MemoKey key = xform_key(arena, MEMO_REORDERED, g->id);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        xform_key_number(&key, in[i]);
    for (uint32_t i = 0; i < n_out; i++)
        xform_key_number(&key, out[i]);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    TRY(reordered(arena, g, in, n_out, out, result));
    return xform_keep(g->ir, &key, *result);
}

Status xform_reordered(const Graph *g, const uint32_t *in, uint32_t n_out,
                       const uint32_t *out, const Graph **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = reordered_recalled(arena, g, in, n_out, out, result);
    base_arena_free(arena);
    return status;
}

bool xform_is_float(const Ir *ir, TypeId type) {
    const Type *t = ir_type(ir, type);
    while (t->kind == TYPE_STACK || t->kind == TYPE_LANES)
        t = ir_type(ir, t->of);
    return t->kind == TYPE_ARRAY && num_is_float((Dtype)t->dtype);
}

uint32_t xform_widest(const Graph *g) {
    uint32_t most = 1;
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->nodes[i].n_in > most) most = g->nodes[i].n_in;
    }
    return most;
}

bool xform_is_kept(const Graph *g, const Node *node) {
    if (node->prim == PRIM_linear_call) return true;
    if (node->prim == PRIM_call)
        return ir_is_kept_call(ir_call(g->ir, (uint32_t)ir_attr(g, node)[0]));
    const Nested nested = xform_nested(g, node);
    return xform_nested_has_calls(&nested);
}

void xform_copy_inputs(Builder *b, const Graph *g, const bool *mask, NodeId *map) {
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        if (mask && !mask[i]) continue;
        const Node *node = &g->nodes[g->inputs[i]];
        const Span old = ir_set_span(b, node->span);
        map[g->inputs[i]] = ir_input(b, node->type);
        ir_set_span(b, old);
    }
}

NodeId xform_sum_lanes(Builder *b, NodeId id) {
    if (ir_status(b) != OK) return IR_NONE;
    if (ir_type(ir_of(b), ir_type_of(b, id))->kind == TYPE_ARRAY)
        return ir_reduce(b, PRIM_reduce_sum, id, 1, (int64_t[]){0});
    return ir_emit(b, PRIM_lanes_sum, 1, &id, 0, NULL);
}

// -- masks --------------------------------------------------------------------------

bool xform_any(uint32_t n, const bool *mask) {
    for (uint32_t i = 0; i < n; i++) {
        if (mask[i]) return true;
    }
    return false;
}

bool xform_covers(uint32_t n, const bool *mask, const bool *part) {
    for (uint32_t i = 0; i < n; i++) {
        if (part[i] && !mask[i]) return false;
    }
    return true;
}

uint32_t xform_count(uint32_t n, const bool *mask) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += mask[i];
    return count;
}
