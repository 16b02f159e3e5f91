// vmap: every node with a batched operand gets a leading axis of size B (differentiation.md
// §5). One pass forwards.
#include "base/limits.h"
#include "rules/rules.h"
#include "xform/calls.h"
#include "xform/memo.h"
#include "xform/nested.h"
#include "xform/xform.h"

typedef struct VmapResult {
    const Graph *g;
    const bool *out;
} VmapResult;

typedef struct Vmap {
    const Graph *g;
    int64_t B;
    Builder *b;
    Arena *arena;
    NodeId *map;   // by node of g: its node in b
    bool *batched; // by node: it has the axis; of a node with several outputs: some have
    // Of the node at hand, as long as the widest needs:
    NodeId *in;
    TypeId *types;
    bool *bits;
} Vmap;

static void vmap_primitive(Vmap *v, NodeId id, const Node *node) {
    for (uint32_t i = 0; i < node->n_in; i++)
        v->types[i] = v->g->nodes[ir_in(v->g, node)[i]].type;
    const RuleNode rule = {.prim = (Prim)node->prim,
                           .type = node->type,
                           .out = IR_NONE,
                           .n_in = node->n_in,
                           .in = v->in,
                           .in_types = v->types,
                           .n_attr = node->n_attr,
                           .attr = ir_attr(v->g, node)};
    v->map[id] = rules_of(rule.prim)->batch(v->b, &rule, v->B, v->bits);
}

// An array of n slices, [n, B, …], from and to [B, n, …].
static NodeId turn_axes(Builder *b, NodeId x) {
    if (x == IR_NONE || ir_status(b) != OK) return IR_NONE;
    int64_t perm[LIMIT_RANK + 1] = {1, 0};
    const uint32_t rank = ir_type(ir_of(b), ir_type_of(b, x))->rank;
    for (uint32_t i = 2; i < rank; i++)
        perm[i] = i;
    return ir_transpose(b, x, perm);
}

// The axes of an array; the levels of lanes around a stack.
static uint32_t axes_of(const Ir *ir, TypeId id) {
    const Type *type = ir_type(ir, id);
    uint32_t n = 0;
    for (; type->kind == TYPE_LANES; type = ir_type(ir, type->of))
        n++;
    return type->kind == TYPE_ARRAY ? type->rank : n;
}

// An output has the axis where its type has one that it had not: of a cond, a checkpoint
// and a loop both kinds occur.
static void vmap_out(Vmap *v, NodeId id, const Node *node) {
    const NodeId from = ir_in(v->g, node)[0];
    v->map[id] = ir_copy(v->b, v->g, id, v->map);
    if (!v->batched[from] || ir_status(v->b) != OK) return;
    v->batched[id] =
        axes_of(v->g->ir, ir_type_of(v->b, v->map[id])) != axes_of(v->g->ir, node->type);
    if (!v->batched[id] || ir_node(v->b, v->map[from])->prim != PRIM_loop) return;
    const Loop loop = ir_loop(v->g, &v->g->nodes[from]);
    const int64_t index = ir_attr(v->g, node)[0];
    if (index >= loop.n_carry) v->map[id] = turn_axes(v->b, v->map[id]); // ys
}

static Status vmap_call(Vmap *v, NodeId id, const Node *node) {
    Call *batched;
    TRY(xform_batched_call(ir_call(v->g->ir, (uint32_t)ir_attr(v->g, node)[0]), v->B,
                           v->bits, &batched));
    const int64_t attr = batched->id;
    v->map[id] = ir_emit(v->b, PRIM_call, node->n_in, v->in, 1, &attr);
    return OK;
}

// -- cond, checkpoint and lanes -----------------------------------------------------

// The branches of a cond, or the graph of a checkpoint, batched, with the axis on the
// outputs that have it in any.
static Status vmap_graphs(Vmap *v, NodeId id, const Node *node, const Nested *nested) {
    const uint32_t n_out = nested->n_outputs;
    bool *own = NEW_ARRAY(v->arena, bool, n_out);
    bool *out = NEW_ARRAY(v->arena, bool, n_out);
    TRY_ALLOC(own);
    TRY_ALLOC(out);
    const Graph *batched[2];
    const bool *in = v->bits + nested->first;
    for (uint32_t s = 0; s < nested->n; s++) {
        TRY(xform_vmap(nested->graphs[s], v->B, in, NULL, &batched[s], own));
        for (uint32_t i = 0; i < n_out; i++)
            out[i] = out[i] || own[i];
    }
    int64_t attr[2];
    for (uint32_t s = 0; s < nested->n; s++) {
        TRY(xform_vmap(nested->graphs[s], v->B, in, out, &batched[s], own));
        attr[s] = batched[s]->id;
    }
    v->map[id] = ir_emit(v->b, nested->prim, node->n_in, v->in, nested->n, attr);
    return OK;
}

// A graph of that one node; its inputs are the node's operands, without the axis.
static Status build_wrapped(const Graph *g, const Node *node, NodeId *in, NodeId *out,
                            const Graph **result) {
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    ir_set_span(b, node->span);
    for (uint32_t i = 0; i < node->n_in; i++)
        in[i] = ir_input(b, g->nodes[ir_in(g, node)[i]].type);
    const NodeId copy =
        ir_emit(b, (Prim)node->prim, node->n_in, in, node->n_attr, ir_attr(g, node));
    const Type *type = ir_type(g->ir, node->type);
    const uint32_t n_out = type->kind == TYPE_OUTS ? type->n_outs : 1;
    out[0] = copy;
    for (uint32_t i = 0; type->kind == TYPE_OUTS && i < n_out; i++)
        out[i] = ir_out(b, copy, i);
    return ir_finish(b, NULL, n_out, out, result);
}

static Status wrapped(Vmap *v, const Node *node, const Graph **result) {
    const int64_t *attr = ir_attr(v->g, node);
    MemoKey key = xform_key(v->arena, MEMO_WRAPPED, node->prim);
    for (uint32_t i = 0; i < node->n_attr; i++)
        xform_key_number(&key, attr[i]);
    for (uint32_t i = 0; i < node->n_in; i++)
        xform_key_number(&key, v->g->nodes[ir_in(v->g, node)[i]].type);
    *result = xform_recall(v->g->ir, &key);
    if (*result) return OK;
    NodeId *in = NEW_ARRAY(v->arena, NodeId, node->n_in);
    NodeId *out = NEW_ARRAY(v->arena, NodeId, ir_type(v->g->ir, node->type)->n_outs + 1);
    TRY_ALLOC(in);
    TRY_ALLOC(out);
    TRY(build_wrapped(v->g, node, in, out, result));
    return xform_keep(v->g->ir, &key, *result);
}

// A batched predicate, or lanes: the node as it is, in lanes of its own.
static Status vmap_by_lanes(Vmap *v, NodeId id, const Node *node) {
    const Graph *one;
    TRY(wrapped(v, node, &one));
    int64_t *attr = NEW_ARRAY(v->arena, int64_t, 2 + node->n_in);
    TRY_ALLOC(attr);
    attr[0] = v->B;
    attr[1] = one->id;
    for (uint32_t i = 0; i < node->n_in; i++)
        attr[2 + i] = v->bits[i];
    v->map[id] = ir_emit(v->b, PRIM_lanes, node->n_in, v->in, 2 + node->n_in, attr);
    if (ir_type(v->g->ir, node->type)->kind != TYPE_OUTS) // of one output, which it is
        v->map[id] = ir_out(v->b, v->map[id], 0);
    return OK;
}

// -- loops --------------------------------------------------------------------------

// Whether the trips of all lanes are made together: nothing batched decides how many there
// are, all that is stacked is arrays, and nothing is logged (of each lane its trips).
static bool is_together(const Vmap *v, const Node *node, const Loop *loop, const bool *in) {
    if ((loop->first && v->bits[0]) || ir_has_logging_call(loop->body)) return false;
    if (loop->kind == LOOP_PREDICATE && in[loop->n_constants]) return false;
    for (uint32_t i = node->n_in - loop->n_xs; i < node->n_in; i++)
        if (ir_node_type(v->g, ir_in(v->g, node)[i])->kind != TYPE_ARRAY) return false;
    const TypeId *outs = ir_type(v->g->ir, node->type)->outs;
    for (uint32_t i = loop->n_carry; i < loop->n_carry + loop->n_ys; i++)
        if (ir_type(v->g->ir, outs[i])->kind != TYPE_ARRAY) return false;
    return true;
}

// The body batched, carries from the first trip on if they are in any.
static Status vmap_body(Vmap *v, const Loop *loop, bool *in, bool *out,
                        const Graph **body) {
    do {
        TRY(xform_vmap(loop->body, v->B, in, NULL, body, out));
    } while (xform_carry_on(loop, out, in));
    for (uint32_t i = 0; i < loop->n_carry; i++)
        out[i] = xform_carry_in(loop, in)[i];
    bool *own = NEW_ARRAY(v->arena, bool, loop->body->n_outputs);
    TRY_ALLOC(own);
    return xform_vmap(loop->body, v->B, in, out, body, own);
}

static Status vmap_loop(Vmap *v, NodeId id, const Node *node, const Nested *nested) {
    Loop loop = nested->loop;
    bool *in = NEW_ARRAY(v->arena, bool, nested->n_inputs);
    bool *out = NEW_ARRAY(v->arena, bool, nested->n_outputs);
    if (!in || !out) return NOMEM;
    memcpy(in, v->bits + loop.first, nested->n_inputs * sizeof *in);
    const Graph *body;
    TRY(vmap_body(v, &loop, in, out, &body));
    if (!is_together(v, node, &loop, in)) return vmap_by_lanes(v, id, node);
    for (uint32_t i = 0; i < nested->n_inputs; i++) {
        NodeId *operand = &v->in[loop.first + i];
        const bool given = v->bits[loop.first + i];
        if (in[i] && !given) *operand = rules_add_batch_axis(v->b, *operand, v->B);
        if (given && i >= loop.n_constants + loop.n_carry)
            *operand = turn_axes(v->b, *operand);
    }
    loop.body = body;
    v->map[id] = ir_emit_loop(v->b, &loop, node->n_in, v->in);
    return OK;
}

// -- all nodes ----------------------------------------------------------------------

static Status vmap_node(Vmap *v, NodeId id) {
    const Node *node = &v->g->nodes[id];
    if (node->prim == PRIM_input) return OK;
    if (node->prim == PRIM_out) {
        vmap_out(v, id, node);
        return OK;
    }
    for (uint32_t i = 0; i < node->n_in; i++) {
        const NodeId operand = ir_in(v->g, node)[i];
        v->in[i] = v->map[operand];
        v->bits[i] = v->batched[operand];
        v->batched[id] = v->batched[id] || v->bits[i];
    }
    if (!v->batched[id]) {
        v->map[id] = ir_copy(v->b, v->g, id, v->map);
        return OK;
    }
    ir_set_span(v->b, node->span);
    if (node->prim == PRIM_call) return vmap_call(v, id, node);
    if (ir_prim((Prim)node->prim)->class == CLASS_STACK) return vmap_by_lanes(v, id, node);
    const Nested nested = xform_nested(v->g, node);
    if (nested.is_loop) return vmap_loop(v, id, node, &nested);
    const bool together =
        nested.prim == PRIM_checkpoint || (nested.prim == PRIM_cond && !v->bits[0]);
    if (nested.n)
        return together ? vmap_graphs(v, id, node, &nested) : vmap_by_lanes(v, id, node);
    // Placeholders stand in J and L alone, which are never batched.
    if (!rules_of((Prim)node->prim)) return xform_unexpected(v->g, node, "vmap");
    vmap_primitive(v, id, node);
    return OK;
}

static Status vmap_nodes(Vmap *v, const bool *in) {
    const Graph *g = v->g;
    const uint32_t widest = xform_widest(g);
    v->map = NEW_ARRAY(v->arena, NodeId, g->n);
    v->batched = NEW_ARRAY(v->arena, bool, g->n);
    v->in = NEW_ARRAY(v->arena, NodeId, widest);
    v->types = NEW_ARRAY(v->arena, TypeId, widest);
    v->bits = NEW_ARRAY(v->arena, bool, widest);
    if (!v->map || !v->batched || !v->in || !v->types || !v->bits) return NOMEM;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const Node *node = &g->nodes[g->inputs[i]];
        const TypeId type = in[i] ? ir_batched_type(g->ir, v->B, node->type) : node->type;
        ir_set_span(v->b, node->span);
        v->map[g->inputs[i]] = ir_input(v->b, type);
        v->batched[g->inputs[i]] = in[i];
    }
    for (uint32_t i = 0; i < g->n && ir_status(v->b) == OK; i++)
        TRY(vmap_node(v, i));
    return ir_status(v->b);
}

static Status vmap_build(Arena *arena, const Graph *g, int64_t B, const bool *in,
                         const bool *force, const Graph **result, bool *out) {
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    Vmap v = {.g = g, .B = B, .b = b, .arena = arena};
    const Status status = vmap_nodes(&v, in);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const NodeId output = g->outputs[i];
        outputs[i] = v.map[output];
        out[i] = v.batched[output] || (force && force[i]);
        if (out[i] && !v.batched[output])
            outputs[i] = rules_add_batch_axis(b, outputs[i], B);
    }
    return ir_finish(b, NULL, g->n_outputs, outputs, result);
}

static Status vmap_recalled(Arena *arena, const Graph *g, int64_t B, const bool *in,
                            const bool *force, const VmapResult **result) {
    MemoKey key = xform_key(arena, MEMO_VMAP, g->id);
    xform_key_number(&key, B);
    xform_key_mask(&key, g->n_inputs, in);
    xform_key_mask(&key, g->n_outputs, force);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    if (force && xform_any(g->n_outputs, force)) {
        TRY(vmap_recalled(arena, g, B, in, NULL, result));
        if (xform_covers(g->n_outputs, (*result)->out, force))
            return xform_keep(g->ir, &key, *result);
    }
    VmapResult *made = NEW(ir_arena(g->ir), VmapResult);
    bool *out = xform_kept_mask(g->ir, g->n_outputs, NULL);
    TRY_ALLOC(made);
    TRY_ALLOC(out);
    TRY(vmap_build(arena, g, B, in, force, &made->g, out));
    made->out = out;
    *result = made;
    return xform_keep(g->ir, &key, made);
}

Status xform_vmap(const Graph *g, int64_t B, const bool *in, const bool *force,
                  const Graph **result, bool *out) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const VmapResult *made = NULL;
    const Status status = vmap_recalled(arena, g, B, in, force, &made);
    if (status == OK) {
        *result = made->g;
        if (g->n_outputs) memcpy(out, made->out, g->n_outputs * sizeof *out);
    }
    base_arena_free(arena);
    return status;
}
