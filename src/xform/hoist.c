#include "xform/hoist.h"

#include "xform/memo.h"
#include "xform/nested.h"

static Status hoisted_recalled(const Graph *g, const Graph **result);

// -- which nodes of a body are moved ------------------------------------------------

// How a node of a body depends on the trip.
enum { VARIES, CONSTANT, MOVED }; // CONSTANT: a constant of the loop, or a literal

static bool is_total(const Node *node) {
    switch (ir_prim((Prim)node->prim)->class) {
    case CLASS_MAP:
    case CLASS_COMPARE:
    case CLASS_REDUCE:
    case CLASS_SHAPE:
    case CLASS_LINALG:
        return node->n_in > 0;
    default:
        return false;
    }
}

static void find_moved(const Graph *body, uint32_t n_constants, uint8_t *how) {
    for (uint32_t i = 0; i < n_constants; i++)
        how[body->inputs[i]] = CONSTANT;
    for (uint32_t i = 0; i < body->n; i++) {
        const Node *node = &body->nodes[i];
        if (node->prim == PRIM_literal || node->prim == PRIM_iota) how[i] = CONSTANT;
        if (!is_total(node)) continue;
        bool varies = false, literal = true;
        for (uint32_t k = 0; k < node->n_in; k++) {
            const NodeId operand = ir_in(body, node)[k];
            varies = varies || how[operand] == VARIES;
            literal = literal && how[operand] == CONSTANT &&
                      body->nodes[operand].prim != PRIM_input;
        }
        how[i] = varies ? VARIES : literal ? CONSTANT : MOVED;
    }
}

// -- loops --------------------------------------------------------------------------

typedef struct Hoist {
    const Graph *g;
    Builder *b; // the graph around the loops
    Arena *arena;
    NodeId *map; // by node of g
} Hoist;

// A loop whose body is split.
typedef struct Body {
    const Graph *graph;
    const Loop *loop;
    uint8_t *how;
    bool *inside;          // by node: the new body has it, as a node of its own or an input
    NodeId *outer, *inner; // by node: in the graph around, in the new body
    VEC(NodeId) constants; // what the new body takes from the moved nodes
} Body;

// Whether the new body takes the node from outside. What only repeats its operand is made
// in each trip: to fill an array is cheaper than to read one.
static bool is_taken(const Body *q, NodeId id) {
    return q->how[id] == MOVED && q->graph->nodes[id].prim != PRIM_broadcast;
}

static Status find_inside(Hoist *h, Body *q) {
    const Graph *body = q->graph;
    for (uint32_t i = 0; i < body->n_outputs; i++)
        q->inside[body->outputs[i]] = true;
    for (uint32_t i = body->n; i-- > 0;) {
        const Node *node = &body->nodes[i];
        q->inside[i] = q->inside[i] || q->how[i] == VARIES;
        if (!q->inside[i] || is_taken(q, i)) continue;
        for (uint32_t k = 0; k < node->n_in; k++)
            q->inside[ir_in(body, node)[k]] = true;
    }
    for (uint32_t i = 0; i < body->n; i++) {
        if (!q->inside[i] || !is_taken(q, i)) continue;
        if (!VEC_PUSH(h->arena, &q->constants, i)) return NOMEM;
    }
    return OK;
}

static Status new_body(Hoist *h, Body *q, const Graph **result) {
    const Graph *body = q->graph;
    const uint32_t n_c = q->loop->n_constants, n = body->n_inputs + q->constants.n;
    NodeId *outputs = NEW_ARRAY(h->arena, NodeId, body->n_outputs);
    NodeId *inputs = NEW_ARRAY(h->arena, NodeId, n);
    if (!outputs || !inputs) return NOMEM;
    Builder *b = ir_builder(body->ir);
    TRY_ALLOC(b);
    xform_copy_inputs(b, body, NULL, q->inner);
    for (uint32_t i = 0; i < body->n && ir_status(b) == OK; i++) {
        const Node *node = &body->nodes[i];
        if (!q->inside[i] || node->prim == PRIM_input) continue;
        ir_set_span(b, node->span);
        q->inner[i] =
            is_taken(q, i) ? ir_input(b, node->type) : ir_copy(b, body, i, q->inner);
    }
    // Constants, the new ones, carry and xs.
    uint32_t next = 0;
    for (uint32_t i = 0; i < n_c; i++)
        inputs[next++] = q->inner[body->inputs[i]];
    for (uint32_t i = 0; i < q->constants.n; i++)
        inputs[next++] = q->inner[q->constants.at[i]];
    for (uint32_t i = n_c; i < body->n_inputs; i++)
        inputs[next++] = q->inner[body->inputs[i]];
    for (uint32_t i = 0; i < body->n_outputs; i++)
        outputs[i] = q->inner[body->outputs[i]];
    return ir_finish(b, inputs, body->n_outputs, outputs, result);
}

// The moved nodes, in the graph around the loop.
static void move_nodes(Hoist *h, Body *q, const NodeId *operands) {
    for (uint32_t i = 0; i < q->loop->n_constants; i++)
        q->outer[q->graph->inputs[i]] = h->map[operands[i]];
    for (uint32_t i = 0; i < q->graph->n; i++) {
        const Node *node = &q->graph->nodes[i];
        if (q->how[i] == VARIES || node->prim == PRIM_input) continue;
        ir_set_span(h->b, node->span);
        q->outer[i] = ir_copy(h->b, q->graph, i, q->outer);
    }
}

// The loop whose body is `body`, with what is moved out of it.
static Status hoist_loop(Hoist *h, NodeId id, const Graph *body) {
    const Node *node = &h->g->nodes[id];
    const NodeId *operands = ir_in(h->g, node);
    Loop loop = ir_loop(h->g, node);
    Body q = {.graph = body,
              .loop = &loop,
              .how = NEW_ARRAY(h->arena, uint8_t, body->n),
              .inside = NEW_ARRAY(h->arena, bool, body->n),
              .outer = NEW_ARRAY(h->arena, NodeId, body->n),
              .inner = NEW_ARRAY(h->arena, NodeId, body->n)};
    if (!q.how || !q.inside || !q.outer || !q.inner) return NOMEM;
    find_moved(body, loop.n_constants, q.how);
    TRY(find_inside(h, &q));
    const Graph *rest = body;
    if (q.constants.n) TRY(new_body(h, &q, &rest));
    if (q.constants.n) move_nodes(h, &q, operands + loop.first);
    const uint32_t behind = loop.first + loop.n_constants;
    NodeId *in = NEW_ARRAY(h->arena, NodeId, node->n_in + q.constants.n);
    TRY_ALLOC(in);
    uint32_t n = 0;
    for (uint32_t i = 0; i < behind; i++)
        in[n++] = h->map[operands[i]];
    for (uint32_t i = 0; i < q.constants.n; i++)
        in[n++] = q.outer[q.constants.at[i]];
    for (uint32_t i = behind; i < node->n_in; i++)
        in[n++] = h->map[operands[i]];
    loop.body = rest;
    loop.n_constants += q.constants.n;
    ir_set_span(h->b, node->span);
    h->map[id] = ir_emit_loop(h->b, &loop, n, in);
    return OK;
}

// -- graphs -------------------------------------------------------------------------

// A node that holds graphs, with these done first.
static Status hoist_node(Hoist *h, NodeId id) {
    const Node *node = &h->g->nodes[id];
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    int64_t *attr = NEW_ARRAY(h->arena, int64_t, node->n_attr);
    NodeId *in = NEW_ARRAY(h->arena, NodeId, node->n_in);
    if (!attr || !in) return NOMEM;
    memcpy(attr, ir_attr(h->g, node), node->n_attr * sizeof *attr);
    const Graph *inner = NULL;
    for (uint32_t i = held.first; i < held.first + held.n; i++) {
        TRY(hoisted_recalled(ir_graph(h->g->ir, (uint32_t)attr[i]), &inner));
        attr[i] = inner->id;
    }
    if (node->prim == PRIM_loop) return hoist_loop(h, id, inner);
    for (uint32_t i = 0; i < node->n_in; i++)
        in[i] = h->map[ir_in(h->g, node)[i]];
    ir_set_span(h->b, node->span);
    h->map[id] = ir_emit(h->b, (Prim)node->prim, node->n_in, in, node->n_attr, attr);
    return OK;
}

static Status hoist_nodes(Hoist *h) {
    xform_copy_inputs(h->b, h->g, NULL, h->map);
    for (uint32_t i = 0; i < h->g->n && ir_status(h->b) == OK; i++) {
        const Node *node = &h->g->nodes[i];
        if (node->prim == PRIM_input) continue;
        if (ir_held_graphs((Prim)node->prim).n)
            TRY(hoist_node(h, i));
        else
            h->map[i] = ir_copy(h->b, h->g, i, h->map);
    }
    return ir_status(h->b);
}

static bool holds_graphs(const Graph *g) {
    for (uint32_t i = 0; i < g->n; i++)
        if (ir_held_graphs((Prim)g->nodes[i].prim).n) return true;
    return false;
}

static Status hoist_graph(Arena *arena, const Graph *g, const Graph **result) {
    Hoist h = {.g = g, .arena = arena, .map = NEW_ARRAY(arena, NodeId, g->n)};
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    if (!h.map || !outputs) return NOMEM;
    h.b = ir_builder(g->ir);
    TRY_ALLOC(h.b);
    const Status status = hoist_nodes(&h);
    if (status != OK) {
        ir_builder_drop(h.b);
        return status;
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = h.map[g->outputs[i]];
    return ir_finish(h.b, NULL, g->n_outputs, outputs, result);
}

Status xform_hoisted(const Graph *g, const Graph **result) {
    *result = g;
    if (!holds_graphs(g)) return OK;
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = hoist_graph(arena, g, result);
    base_arena_free(arena);
    return status;
}

// Of nested graphs: memoised. Depth: that of nesting.
static Status hoisted_recalled(const Graph *g, const Graph **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    MemoKey key = xform_key(arena, MEMO_HOISTED, g->id);
    *result = xform_recall(g->ir, &key);
    Status status = OK;
    if (!*result) {
        status = xform_hoisted(g, result);
        if (status == OK) status = xform_keep(g->ir, &key, *result);
    }
    base_arena_free(arena);
    return status;
}
