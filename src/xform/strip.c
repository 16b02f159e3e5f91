// The graph that is run: values in place of calls, and nothing dead, nested graphs
// included: no output that nothing reads, no operand that no branch reads.
#include "xform/memo.h"
#include "xform/nested.h"
#include "xform/xform.h"

// The outputs of a node that has several.
typedef struct Outs {
    bool *want;    // those that are read
    NodeId *nodes; // their nodes in the new graph
} Outs;

typedef struct Strip {
    const Graph *g;
    Arena *arena;
    bool through_stops; // stop_gradient is left out, too
    bool *live;         // by node
    uint32_t *place; // by live node with several outputs: one more than its place in `outs`
    VEC(Outs) outs;
} Strip;

static Status reads(Arena *arena, const Graph *g, const bool *want, const bool **in);

// Which inputs a loop reads for those outputs, and which of the body's outputs are made: a
// carry that a trip reads the trip before must make, and it is given a first one.
static Status reads_body(Arena *arena, const Nested *inner, bool *want, bool *in) {
    const Loop *loop = &inner->loop;
    const bool *own;
    if (loop->kind == LOOP_PREDICATE) want[0] = true;
    bool more;
    do {
        TRY(reads(arena, loop->body, want, &own));
        more = false;
        for (uint32_t i = 0; i < loop->n_carry; i++) {
            more = more || (own[loop->n_constants + i] && !want[i]);
            want[i] = want[i] || own[loop->n_constants + i];
        }
    } while (more);
    memcpy(in, own, inner->n_inputs * sizeof *in);
    for (uint32_t i = 0; i < loop->n_carry; i++)
        in[loop->n_constants + i] = want[i];
    return OK;
}

// Which inputs any of the graphs reads for those outputs; of a loop `want` grows.
static Status reads_any(Arena *arena, const Nested *inner, bool *want, bool *in) {
    if (inner->is_loop) return reads_body(arena, inner, want, in);
    for (uint32_t s = 0; s < inner->n; s++) {
        const bool *own;
        TRY(reads(arena, inner->graphs[s], want, &own));
        for (uint32_t i = 0; i < inner->n_inputs; i++)
            in[i] = in[i] || own[i];
    }
    return OK;
}

// -- what is live -------------------------------------------------------------------

static Status live_out(Strip *p, const Node *node) {
    const NodeId from = ir_in(p->g, node)[0];
    if (p->place[from] == 0) {
        const uint32_t n = ir_node_type(p->g, from)->n_outs;
        const Outs outs = {NEW_ARRAY(p->arena, bool, n), NEW_ARRAY(p->arena, NodeId, n)};
        if (!outs.want || !outs.nodes || !VEC_PUSH(p->arena, &p->outs, outs)) return NOMEM;
        p->place[from] = p->outs.n;
        p->live[from] = true;
    }
    p->outs.at[p->place[from] - 1].want[ir_attr(p->g, node)[0]] = true;
    return OK;
}

static Status live_node(Strip *p, NodeId id) {
    const Node *node = &p->g->nodes[id];
    const NodeId *operands = ir_in(p->g, node);
    switch (node->prim) {
    case PRIM_linear_call:
    case PRIM_linear_zero:
        return xform_unexpected(p->g, node, "the graph that is run");
    case PRIM_out:
        return live_out(p, node);
    default:
        break;
    }
    const Nested inner = xform_inner_graphs(p->g, node);
    if (inner.n == 0) {
        for (uint32_t i = 0; i < node->n_in; i++)
            p->live[operands[i]] = true;
        return OK;
    }
    bool *in = NEW_ARRAY(p->arena, bool, inner.n_inputs);
    TRY_ALLOC(in);
    TRY(reads_any(p->arena, &inner, p->outs.at[p->place[id] - 1].want, in));
    if (inner.first) p->live[operands[0]] = true;
    for (uint32_t i = 0; i < inner.n_inputs; i++) {
        if (in[i]) p->live[operands[inner.first + i]] = true;
    }
    return OK;
}

static Status find_live(Strip *p, const bool *want) {
    p->live = NEW_ARRAY(p->arena, bool, p->g->n);
    p->place = NEW_ARRAY(p->arena, uint32_t, p->g->n);
    TRY_ALLOC(p->live);
    TRY_ALLOC(p->place);
    for (uint32_t i = 0; i < p->g->n_outputs; i++) {
        if (want[i]) p->live[p->g->outputs[i]] = true;
    }
    for (uint32_t i = p->g->n; i-- > 0;) {
        if (p->live[i]) TRY(live_node(p, i));
    }
    return OK;
}

static Status reads(Arena *arena, const Graph *g, const bool *want, const bool **in) {
    MemoKey key = xform_key(arena, MEMO_READS, g->id);
    xform_key_mask(&key, g->n_outputs, want);
    *in = xform_recall(g->ir, &key);
    if (*in) return OK;
    bool *mask = xform_kept_mask(g->ir, g->n_inputs, NULL);
    TRY_ALLOC(mask);
    Strip p = {.g = g, .arena = arena};
    TRY(find_live(&p, want));
    for (uint32_t i = 0; i < g->n_inputs; i++)
        mask[i] = p.live[g->inputs[i]];
    *in = mask;
    return xform_keep(g->ir, &key, mask);
}

// -- the new graph ------------------------------------------------------------------

static Status stripped(const Strip *outer, const Graph *g, const bool *want,
                       const bool *keep, const Graph **result);

// A call: its value's graph, inlined.
static Status strip_call(Strip *p, NodeId id, const Nested *inner, const bool *in,
                         Builder *b, const NodeId *map) {
    const NodeId *operands = ir_in(p->g, &p->g->nodes[id]);
    const Outs *outs = &p->outs.at[p->place[id] - 1];
    const Graph *value;
    TRY(stripped(p, inner->graphs[0], outs->want, in, &value));
    NodeId *inputs = NEW_ARRAY(p->arena, NodeId, value->n_inputs);
    NodeId *outputs = NEW_ARRAY(p->arena, NodeId, value->n_outputs);
    TRY_ALLOC(inputs);
    TRY_ALLOC(outputs);
    uint32_t next = 0;
    for (uint32_t i = 0; i < inner->n_inputs; i++) {
        if (in[i]) inputs[next++] = map[operands[i]];
    }
    TRY(ir_inline(b, value, inputs, false, outputs));
    next = 0;
    for (uint32_t i = 0; i < inner->n_outputs; i++) {
        if (outs->want[i]) outs->nodes[i] = outputs[next++];
    }
    return OK;
}

static Status strip_loop(Strip *p, NodeId id, const Nested *nested, const bool *in,
                         Builder *b, const NodeId *map) {
    const NodeId *operands = ir_in(p->g, &p->g->nodes[id]);
    const Outs *outs = &p->outs.at[p->place[id] - 1];
    Loop loop = nested->loop;
    NodeId *operand = NEW_ARRAY(p->arena, NodeId, nested->n_inputs + 1);
    TRY_ALLOC(operand);
    TRY(stripped(p, loop.body, outs->want, in, &loop.body));
    uint32_t n = 0, next = 0;
    if (loop.first) operand[n++] = map[operands[0]];
    for (uint32_t i = 0; i < nested->n_inputs; i++)
        if (in[i]) operand[n++] = map[operands[loop.first + i]];
    loop.n_constants = xform_count(nested->loop.n_constants, in);
    loop.n_carry = xform_count(nested->loop.n_carry, outs->want);
    loop.n_xs = n - loop.first - loop.n_constants - loop.n_carry;
    const NodeId made = ir_emit_loop(b, &loop, n, operand);
    for (uint32_t i = 0; i < ir_loop_outputs(&nested->loop); i++)
        if (i >= nested->n_outputs || outs->want[i])
            outs->nodes[i] = ir_out(b, made, next++);
    return OK;
}

static Status strip_nested(Strip *p, NodeId id, const Nested *nested, const bool *in,
                           Builder *b, const NodeId *map) {
    const NodeId *operands = ir_in(p->g, &p->g->nodes[id]);
    const Outs *outs = &p->outs.at[p->place[id] - 1];
    const Graph *graphs[2];
    for (uint32_t s = 0; s < nested->n; s++)
        TRY(stripped(p, nested->graphs[s], outs->want, in, &graphs[s]));
    NestedMaker maker =
        xform_maker(p->arena, nested, nested->first ? map[operands[0]] : IR_NONE);
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        if (in[i])
            xform_maker_add(&maker, map[operands[nested->first + i]],
                            xform_lane_bit(nested, i));
    }
    const NodeId made = xform_maker_emit(&maker, b, graphs);
    uint32_t next = 0;
    for (uint32_t i = 0; i < nested->n_outputs; i++) {
        if (outs->want[i]) outs->nodes[i] = ir_out(b, made, next++);
    }
    return OK;
}

static Status strip_node(Strip *p, NodeId id, Builder *b, NodeId *map) {
    const Node *node = &p->g->nodes[id];
    if (node->prim == PRIM_input) return OK;
    if (node->prim == PRIM_out) {
        const Outs *outs = &p->outs.at[p->place[ir_in(p->g, node)[0]] - 1];
        map[id] = outs->nodes[ir_attr(p->g, node)[0]];
        return OK;
    }
    if (p->through_stops && node->prim == PRIM_stop_gradient) {
        map[id] = map[ir_in(p->g, node)[0]];
        return OK;
    }
    const Nested inner = xform_inner_graphs(p->g, node);
    if (inner.n == 0) {
        map[id] = ir_copy(b, p->g, id, map);
        return OK;
    }
    bool *in = NEW_ARRAY(p->arena, bool, inner.n_inputs);
    TRY_ALLOC(in);
    TRY(reads_any(p->arena, &inner, p->outs.at[p->place[id] - 1].want, in));
    ir_set_span(b, node->span);
    if (node->prim == PRIM_call) return strip_call(p, id, &inner, in, b, map);
    return inner.is_loop ? strip_loop(p, id, &inner, in, b, map)
                         : strip_nested(p, id, &inner, in, b, map);
}

static Status strip_nodes(Strip *p, const bool *keep, Builder *b, NodeId *map) {
    xform_copy_inputs(b, p->g, keep, map);
    for (uint32_t i = 0; i < p->g->n && ir_status(b) == OK; i++) {
        if (p->live[i]) TRY(strip_node(p, i, b, map));
    }
    return ir_status(b);
}

static Status strip_build(Strip *p, const bool *want, const bool *keep,
                          const Graph **result) {
    Arena *arena = p->arena;
    const Graph *g = p->g;
    TRY(find_live(p, want));
    NodeId *map = NEW_ARRAY(arena, NodeId, g->n);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    TRY_ALLOC(map);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    const Status status = strip_nodes(p, keep, b, map);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        if (want[i]) outputs[n++] = map[g->outputs[i]];
    }
    return ir_finish(b, NULL, n, outputs, result);
}

static Status stripped_recalled(Strip *p, const bool *want, const bool *keep,
                                const Graph **result) {
    const Graph *g = p->g;
    MemoKey key = xform_key(p->arena, MEMO_STRIPPED, g->id);
    xform_key_number(&key, p->through_stops);
    xform_key_mask(&key, g->n_outputs, want);
    xform_key_mask(&key, g->n_inputs, keep);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    TRY(strip_build(p, want, keep, result));
    return xform_keep(g->ir, &key, *result);
}

// The graph with the outputs in `want` and the inputs in `keep`, which are all that these
// outputs read; `outer`: what it is nested in, stripped of the same.
static Status stripped(const Strip *outer, const Graph *g, const bool *want,
                       const bool *keep, const Graph **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    Strip p = {.g = g, .arena = arena, .through_stops = outer->through_stops};
    const Status status = stripped_recalled(&p, want, keep, result);
    base_arena_free(arena);
    return status;
}

// Whether there is anything to strip but dead nodes, which opt leaves out.
static bool is_plain(const Graph *g, bool through_stops) {
    for (uint32_t i = 0; i < g->n; i++) {
        const Prim prim = (Prim)g->nodes[i].prim;
        if (ir_prim(prim)->class == CLASS_CONTROL) return false;
        if (through_stops && prim == PRIM_stop_gradient) return false;
    }
    return true;
}

static Status all_stripped(const Graph *g, bool through_stops, const Graph **result) {
    if (is_plain(g, through_stops)) {
        *result = g;
        return OK;
    }
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Strip outermost = {.through_stops = through_stops};
    bool *want = NEW_ARRAY(arena, bool, g->n_outputs);
    bool *keep = NEW_ARRAY(arena, bool, g->n_inputs);
    Status status = want && keep ? OK : NOMEM;
    for (uint32_t i = 0; status == OK && i < g->n_outputs; i++)
        want[i] = true;
    for (uint32_t i = 0; status == OK && i < g->n_inputs; i++)
        keep[i] = true;
    if (status == OK) status = stripped(&outermost, g, want, keep, result);
    base_arena_free(arena);
    return status;
}

Status xform_without_rules(const Graph *g, const Graph **result) {
    return all_stripped(g, false, result);
}

Status xform_value_alone(const Graph *g, const Graph **result) {
    return all_stripped(g, true, result);
}
