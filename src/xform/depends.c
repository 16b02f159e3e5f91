#include "xform/depends.h"

#include "xform/memo.h"

// The outputs of a node that holds graphs.
typedef struct Outputs {
    NodeId node;
    const bool *on;
} Outputs;
typedef VEC(Outputs) OutputsList; // by ascending node

// cond and lanes: what depends in any of the graphs; all, if the predicate does.
static Status depends_graphs(const Nested *nested, bool predicate, const bool *in,
                             bool *out) {
    for (uint32_t s = 0; s < nested->n; s++) {
        const bool *own = NULL;
        TRY(xform_depends_outputs(nested->graphs[s], in, &own));
        for (uint32_t i = 0; i < nested->n_outputs; i++)
            out[i] = out[i] || own[i] || predicate;
    }
    return OK;
}

// A loop: what depends from trip to trip. All does, if the number of trips does.
static Status depends_loop(const Loop *loop, bool count, bool *in, bool *out) {
    const bool *own = NULL;
    do {
        TRY(xform_depends_outputs(loop->body, in, &own));
    } while (xform_carry_on(loop, own, in));
    const bool *carry = xform_carry_in(loop, in);
    const bool trips = count || (loop->kind == LOOP_PREDICATE && carry[0]);
    const uint32_t n = ir_loop_outputs(loop);
    for (uint32_t i = 0; i < n; i++)
        out[i] = trips || (i < loop->body->n_outputs && own[i]) ||
                 (i < loop->n_carry && carry[i]);
    return OK;
}

static Status depends_nested(Arena *arena, const Graph *g, const Node *node,
                             const Nested *nested, const bool *on, bool *out) {
    const NodeId *operands = ir_in(g, node);
    bool *in = NEW_ARRAY(arena, bool, nested->n_inputs);
    TRY_ALLOC(in);
    for (uint32_t i = 0; i < nested->n_inputs; i++)
        in[i] = on[operands[nested->first + i]];
    const bool decides = nested->first && on[operands[0]];
    return nested->is_loop ? depends_loop(&nested->loop, decides, in, out)
                           : depends_graphs(nested, decides, in, out);
}

static const bool *find_outputs(const OutputsList *list, NodeId node) {
    uint32_t first = 0, end = list->n;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        if (list->at[middle].node == node) return list->at[middle].on;
        if (list->at[middle].node < node)
            first = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

static Status depends_node(Arena *arena, const Graph *g, NodeId id, bool *on,
                           OutputsList *list) {
    const Node *node = &g->nodes[id];
    const NodeId *operands = ir_in(g, node);
    if (node->prim == PRIM_out) {
        const bool *outputs = find_outputs(list, operands[0]);
        on[id] = outputs ? outputs[ir_attr(g, node)[0]] : on[operands[0]];
        return OK;
    }
    on[id] = on[id] || node->prim == PRIM_linear_zero || node->prim == PRIM_linear_call;
    for (uint32_t i = 0; i < node->n_in; i++)
        on[id] = on[id] || on[operands[i]];
    const Nested nested = xform_nested(g, node);
    if (nested.n == 0) return OK;
    const uint32_t n_outs = ir_type(g->ir, node->type)->n_outs;
    bool *outputs = NEW_ARRAY(arena, bool, n_outs);
    TRY_ALLOC(outputs);
    TRY(depends_nested(arena, g, node, &nested, on, outputs));
    on[id] = on[id] || xform_any(n_outs, outputs);
    return VEC_PUSH(arena, list, ((Outputs){id, outputs})) ? OK : NOMEM;
}

Status xform_depends(Arena *arena, const Graph *g, const bool *in, bool *on) {
    OutputsList list = {0};
    for (uint32_t i = 0; i < g->n_inputs; i++)
        on[g->inputs[i]] = in[i];
    for (uint32_t i = 0; i < g->n; i++)
        TRY(depends_node(arena, g, i, on, &list));
    return OK;
}

static Status depends_outputs(Arena *arena, const Graph *g, const bool *in,
                              const bool **out) {
    MemoKey key = xform_key(arena, MEMO_DEPENDS, g->id);
    xform_key_mask(&key, g->n_inputs, in);
    *out = xform_recall(g->ir, &key);
    if (*out) return OK;
    bool *on = NEW_ARRAY(arena, bool, g->n);
    bool *outputs = xform_kept_mask(g->ir, g->n_outputs, NULL);
    TRY_ALLOC(on);
    TRY_ALLOC(outputs);
    TRY(xform_depends(arena, g, in, on));
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = on[g->outputs[i]];
    *out = outputs;
    return xform_keep(g->ir, &key, outputs);
}

Status xform_depends_outputs(const Graph *g, const bool *in, const bool **out) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = depends_outputs(arena, g, in, out);
    base_arena_free(arena);
    return status;
}
