#include "xform/nested.h"

Nested xform_nested(const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    Nested nested = {0};
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
    return (Nested){.n = 1,
                    .graphs = {value},
                    .n_inputs = value->n_inputs,
                    .n_outputs = value->n_outputs};
}

NestedMaker xform_maker(Arena *arena, const Nested *like, NodeId predicate) {
    NestedMaker maker = {.arena = arena, .like = like};
    if (like->bits) {
        // The graph's number takes its place in xform_maker_emit.
        if (!VEC_PUSH(arena, &maker.attr, like->lanes) || !VEC_PUSH(arena, &maker.attr, 0))
            maker.failed = true;
    } else if (!VEC_PUSH(arena, &maker.in, predicate)) {
        maker.failed = true;
    }
    return maker;
}

void xform_maker_add(NestedMaker *maker, NodeId operand, bool lane_bit) {
    if (!VEC_PUSH(maker->arena, &maker->in, operand)) maker->failed = true;
    if (maker->like->bits && !VEC_PUSH(maker->arena, &maker->attr, lane_bit))
        maker->failed = true;
}

NodeId xform_maker_emit(NestedMaker *maker, Builder *b, const Graph *const *graphs) {
    if (maker->failed) return ir_fail(b, NOMEM);
    if (!maker->like->bits) {
        const int64_t attr[] = {graphs[0]->id, graphs[1]->id};
        return ir_emit(b, PRIM_cond, maker->in.n, maker->in.at, 2, attr);
    }
    maker->attr.at[1] = graphs[0]->id;
    return ir_emit(b, PRIM_lanes, maker->in.n, maker->in.at, maker->attr.n, maker->attr.at);
}

// -- graphs -------------------------------------------------------------------------

bool xform_is_float(const Ir *ir, TypeId type) {
    const Type *t = ir_type(ir, type);
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
        return ir_call(g->ir, (uint32_t)ir_attr(g, node)[0])->kind == CALL_VJP;
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
