#include "xform/tangent_calls.h"

#include "ir/call.h"
#include "xform/depends.h"

// What the copy of a graph is made of.
typedef struct Copy {
    const Graph *g;
    Builder *b;
    const bool *on; // nodes that depend on tangents
    NodeId *map;
    NodeId **outs; // for each call that is inlined, its outputs
} Copy;

static const Call *call_on_tangent(const Graph *g, const bool *on, NodeId id) {
    const Node *node = &g->nodes[id];
    if (node->prim != PRIM_call || !on[id]) return NULL;
    const Call *call = ir_call(g->ir, (uint32_t)ir_attr(g, node)[0]);
    return call->kind == CALL_JVP ? call : NULL;
}

static Status copy_node(Copy *c, Arena *arena, NodeId id) {
    const Node *node = &c->g->nodes[id];
    if (node->prim == PRIM_input) return OK;
    const NodeId *in = ir_in(c->g, node);
    const Call *call = call_on_tangent(c->g, c->on, id);
    if (call) {
        NodeId *operands = NEW_ARRAY(arena, NodeId, node->n_in);
        c->outs[id] = NEW_ARRAY(arena, NodeId, call->value->n_outputs);
        if (!operands || !c->outs[id]) return NOMEM;
        for (uint32_t i = 0; i < node->n_in; i++)
            operands[i] = c->map[in[i]];
        ir_set_span(c->b, node->span);
        return ir_inline(c->b, call->value, operands, true, c->outs[id]);
    }
    if (node->prim == PRIM_out && c->outs[in[0]])
        c->map[id] = c->outs[in[0]][ir_attr(c->g, node)[0]];
    else
        c->map[id] = ir_copy(c->b, c->g, id, c->map);
    return ir_status(c->b);
}

static Status inlined(Arena *arena, const Graph *g, const bool *on, const Graph **result) {
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    Copy c = {.g = g,
              .on = on,
              .map = NEW_ARRAY(arena, NodeId, g->n),
              .outs = NEW_ARRAY(arena, NodeId *, g->n)};
    if (!outputs || !c.map || !c.outs) return NOMEM;
    c.b = ir_builder(g->ir);
    TRY_ALLOC(c.b);
    xform_copy_inputs(c.b, g, NULL, c.map);
    Status status = OK;
    for (uint32_t i = 0; i < g->n && status == OK; i++)
        status = copy_node(&c, arena, i);
    if (status != OK) {
        ir_builder_drop(c.b);
        return status;
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = c.map[g->outputs[i]];
    return ir_finish(c.b, NULL, g->n_outputs, outputs, result);
}

Status xform_inline_tangent_calls(Arena *arena, const Graph *g, const bool *in,
                                  const Graph **result) {
    bool found = true;
    *result = g;
    while (found) { // what is inlined may call functions on tangents, too
        bool *on = NEW_ARRAY(arena, bool, (*result)->n);
        TRY_ALLOC(on);
        TRY(xform_depends(arena, *result, in, on));
        found = false;
        for (uint32_t i = 0; i < (*result)->n && !found; i++)
            found = call_on_tangent(*result, on, i) != NULL;
        if (found) TRY(inlined(arena, *result, on, result));
    }
    return OK;
}
