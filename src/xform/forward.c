// What a user's jvp, jacfwd or linearize gets: no placeholder (E502), no marked zero.
#include "xform/memo.h"
#include "xform/nested.h"
#include "xform/xform.h"

// What a graph holds, nested graphs included.
typedef struct Holds {
    const Graph *where; // of the first placeholder; NULL: none
    const Node *placeholder;
    bool mark;
} Holds;

static Status holds(Arena *arena, const Graph *g, const Holds **result) {
    MemoKey key = xform_key(arena, MEMO_HOLDS, g->id);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    Holds *own = NEW(ir_arena(g->ir), Holds);
    TRY_ALLOC(own);
    for (uint32_t i = 0; i < g->n; i++) {
        const Node *node = &g->nodes[i];
        if (node->prim == PRIM_linear_zero) own->mark = true;
        if (node->prim == PRIM_linear_call && !own->where) {
            own->where = g;
            own->placeholder = node;
        }
        const Nested nested = xform_nested(g, node);
        for (uint32_t s = 0; s < nested.n; s++) {
            const Holds *inner;
            TRY(holds(arena, nested.graphs[s], &inner));
            own->mark = own->mark || inner->mark;
            if (own->where || !inner->where) continue;
            own->where = inner->where;
            own->placeholder = inner->placeholder;
        }
    }
    *result = own;
    return xform_keep(g->ir, &key, own);
}

// -- marks --------------------------------------------------------------------------

static Status cleared(Arena *arena, const Graph *g, const Graph **result);

static Status clear_node(Arena *arena, const Graph *g, NodeId id, Builder *b, NodeId *map) {
    const Node *node = &g->nodes[id];
    if (node->prim == PRIM_input) return OK;
    const Nested nested = xform_nested(g, node);
    if (node->prim != PRIM_linear_zero && nested.n == 0) {
        map[id] = ir_copy(b, g, id, map);
        return OK;
    }
    ir_set_span(b, node->span);
    if (node->prim == PRIM_linear_zero) {
        map[id] = ir_zeros(b, node->type);
        return OK;
    }
    const NodeId *operands = ir_in(g, node);
    const Graph *graphs[2];
    for (uint32_t s = 0; s < nested.n; s++)
        TRY(cleared(arena, nested.graphs[s], &graphs[s]));
    NestedMaker maker =
        xform_maker(arena, &nested, nested.first ? map[operands[0]] : IR_NONE);
    for (uint32_t i = 0; i < nested.n_inputs; i++)
        xform_maker_add(&maker, map[operands[nested.first + i]],
                        xform_lane_bit(&nested, i));
    map[id] = xform_maker_emit(&maker, b, graphs);
    return OK;
}

static Status clear_nodes(Arena *arena, const Graph *g, Builder *b, NodeId *map,
                          NodeId *outputs) {
    xform_copy_inputs(b, g, NULL, map);
    for (uint32_t i = 0; i < g->n && ir_status(b) == OK; i++)
        TRY(clear_node(arena, g, i, b, map));
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = map[g->outputs[i]];
    return ir_status(b);
}

// The graph with plain zeros for marked ones, nested graphs too.
static Status cleared(Arena *arena, const Graph *g, const Graph **result) {
    const Holds *held;
    TRY(holds(arena, g, &held));
    *result = g;
    if (!held->mark) return OK;
    MemoKey key = xform_key(arena, MEMO_CLEARED, g->id);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    NodeId *map = NEW_ARRAY(arena, NodeId, g->n);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    TRY_ALLOC(map);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    const Status status = clear_nodes(arena, g, b, map, outputs);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    TRY(ir_finish(b, NULL, g->n_outputs, outputs, result));
    return xform_keep(g->ir, &key, *result);
}

// -----------------------------------------------------------------------------

static Status forward_result(Arena *arena, const Graph *j, Span span,
                             const Graph **result) {
    const Holds *held;
    TRY(holds(arena, j, &held));
    if (!held->where) return cleared(arena, j, result);
    const Call *call = ir_call(j->ir, (uint32_t)ir_attr(held->where, held->placeholder)[0]);
    return base_error_also(
        ir_diags(j->ir), CODE_E502, span, held->placeholder->span, "it is called here",
        "use reverse mode (grad, vjp, jacrev), or give the function a jvp rule, which "
        "serves both modes",
        "forward mode (jvp, jacfwd, linearize) cannot go through `%.*s`, which has a vjp "
        "rule",
        STR_ARG(call->name));
}

Status xform_forward_result(const Graph *j, Span span, const Graph **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = forward_result(arena, j, span, result);
    base_arena_free(arena);
    return status;
}
