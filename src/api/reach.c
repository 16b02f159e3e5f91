#include "api/reach.h"

#include "exec/plan.h"
#include "ir/loop.h"
#include "opt/opt.h"
#include "xform/calls.h"
#include "xform/xform.h"

#include <stddef.h>

// A node that is a watched call or holds some, and the first of its operands among the
// level's results.
typedef struct Holder {
    const Node *node;
    uint32_t first;
} Holder;

// A graph made ready to be looked into: what computes its holders' operands, then (of a
// loop's body) its next carry.
typedef struct Level {
    const Graph *graph;
    Plan *plan;
    uint32_t n;
    const TypeId *types;
    VEC(Holder) holders;
    uint32_t first_output;
} Level;

// A visit to a graph: what its level computed.
typedef struct Visit {
    ApiReach *reach;
    Arena *arena;
    const Level *level;
    void **results;
} Visit;

static Status visit(ApiReach *reach, const Graph *graph, const void *const *inputs);

static size_t bytes_of(const Type *type) {
    return (size_t)type->size * num_dtype_size((Dtype)type->dtype);
}

static bool use_budget(ApiReach *reach) {
    if (reach->budget == 0) reach->cut = true;
    return reach->budget && reach->budget--;
}

// -- levels -------------------------------------------------------------------------

static bool is_holder(const Graph *g, const Node *node) {
    const int64_t *attr = ir_attr(g, node);
    if (node->prim == PRIM_call) return ir_call(g->ir, (uint32_t)attr[0])->watched;
    const HeldGraphs held = ir_held_graphs((Prim)node->prim);
    for (uint32_t i = held.first; i < held.first + held.n; i++)
        if (ir_has_vjp_call(ir_graph(g->ir, (uint32_t)attr[i]))) return true;
    return false;
}

// Stacks are what backward passes read.
static bool reads_arrays(const Graph *g, const Node *node) {
    for (uint32_t i = 0; i < node->n_in; i++)
        if (ir_node_type(g, ir_in(g, node)[i])->kind != TYPE_ARRAY) return false;
    return true;
}

static Status list_results(ApiReach *reach, const Graph *g, uint32_t n_carry, Level *level,
                           NodeId **results) {
    VEC(NodeId) list = {0};
    for (uint32_t i = 0; i < g->n; i++) {
        const Node *node = &g->nodes[i];
        if (!is_holder(g, node) || !reads_arrays(g, node)) continue;
        const Holder holder = {node, list.n};
        if (!VEC_PUSH(reach->arena, &level->holders, holder)) return NOMEM;
        for (uint32_t k = 0; k < node->n_in; k++)
            if (!VEC_PUSH(reach->arena, &list, ir_in(g, node)[k])) return NOMEM;
    }
    level->first_output = list.n;
    for (uint32_t i = 0; i < n_carry; i++)
        if (!VEC_PUSH(reach->arena, &list, g->outputs[i])) return NOMEM;
    TypeId *types = NEW_ARRAY(reach->arena, TypeId, list.n);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < list.n; i++)
        types[i] = g->nodes[list.at[i]].type;
    level->types = types;
    level->n = list.n;
    *results = list.at;
    return OK;
}

// A graph of the same inputs with those nodes as its outputs.
static Status with_outputs(Arena *arena, const Graph *g, uint32_t n, const NodeId *nodes,
                           const Graph **result) {
    NodeId *map = NEW_ARRAY(arena, NodeId, g->n), *outputs = NEW_ARRAY(arena, NodeId, n);
    if (!map || !outputs) return NOMEM;
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        map[g->inputs[i]] = ir_input(b, g->nodes[g->inputs[i]].type);
    for (uint32_t i = 0; i < g->n; i++)
        if (g->nodes[i].prim != PRIM_input) map[i] = ir_copy(b, g, i, map);
    for (uint32_t i = 0; i < n; i++)
        outputs[i] = map[nodes[i]];
    return ir_finish(b, NULL, n, outputs, result);
}

static Status make_level(ApiReach *reach, const Graph *g, uint32_t n_carry, Level *level) {
    NodeId *results;
    level->graph = g;
    TRY(list_results(reach, g, n_carry, level, &results));
    if (level->holders.n == 0) return OK;
    TRY(with_outputs(reach->arena, g, level->n, results, &g));
    TRY(xform_without_rules(g, &g));
    TRY(opt_run(g, &g));
    return exec_plan(reach->arena, reach->diags, g, &level->plan);
}

static Status find_level(ApiReach *reach, const Graph *g, uint32_t n_carry,
                         const Level **result) {
    uint32_t *key = NEW_ARRAY(reach->arena, uint32_t, 2), at;
    TRY_ALLOC(key);
    key[0] = g->id;
    key[1] = n_carry;
    const Str bytes = {(const char *)key, 2 * sizeof *key};
    if (!base_map_get(reach->levels, bytes, &at)) {
        Level *level = NEW(reach->arena, Level);
        TRY_ALLOC(level);
        TRY(make_level(reach, g, n_carry, level));
        at = reach->known.n;
        if (!VEC_PUSH(reach->arena, &reach->known, level)) return NOMEM;
        TRY(base_map_set(reach->levels, bytes, at));
    }
    *result = reach->known.at[at];
    return OK;
}

static Status run_level(Visit *v, const void *const *inputs) {
    const Level *level = v->level;
    ExecError error;
    v->results = NEW_ARRAY(v->arena, void *, level->n);
    TRY_ALLOC(v->results);
    for (uint32_t i = 0; i < level->n; i++) {
        v->results[i] =
            base_alloc(v->arena, bytes_of(ir_type(level->graph->ir, level->types[i])));
        TRY_ALLOC(v->results[i]);
    }
    const Status status = vm_run(level->plan, inputs, v->results, &error);
    if (status != FAILED) return status;
    return base_error(v->reach->diags, error.code, error.span, NULL, "%s", error.message);
}

// -- what is held -------------------------------------------------------------------

// The elements of operand i of a holder.
static const void *operand(const Visit *v, const Holder *holder, uint32_t i) {
    return v->results[holder->first + i];
}

// Rows `at` of arrays of these types that have an axis of size n; others as they are.
static void take_rows(const Ir *ir, uint32_t n_arrays, const TypeId *types,
                      const void *const *arrays, const bool *has_axis, int64_t n,
                      int64_t at, const void **rows) {
    for (uint32_t i = 0; i < n_arrays; i++) {
        const size_t row = bytes_of(ir_type(ir, types[i])) / (size_t)(n ? n : 1);
        rows[i] = has_axis[i] ? (const char *)arrays[i] + (size_t)at * row : arrays[i];
    }
}

static Status found_call(ApiReach *reach, Call *call, const void *const *operands);

static Status found_rows(ApiReach *reach, Arena *arena, const Call *call, Call *row,
                         int64_t B, const bool *batched, const void *const *operands) {
    const Graph *value = call->value;
    TypeId *types = NEW_ARRAY(arena, TypeId, value->n_inputs);
    const void **rows = NEW_ARRAY(arena, const void *, value->n_inputs);
    if (!types || !rows) return NOMEM;
    for (uint32_t i = 0; i < value->n_inputs; i++)
        types[i] = value->nodes[value->inputs[i]].type;
    for (int64_t i = 0; i < B && reach->budget; i++) {
        take_rows(value->ir, value->n_inputs, types, operands, batched, B, i, rows);
        TRY(found_call(reach, row, rows));
    }
    reach->cut = reach->cut || reach->budget == 0;
    return OK;
}

static Status found_call(ApiReach *reach, Call *call, const void *const *operands) {
    int64_t B;
    const bool *batched;
    Call *row = xform_row_call(call, &B, &batched);
    if (row) {
        Arena *arena = base_arena_new();
        TRY_ALLOC(arena);
        const Status status = found_rows(reach, arena, call, row, B, batched, operands);
        base_arena_free(arena);
        return status;
    }
    if (!use_budget(reach)) return OK;
    TRY(reach->found(reach->data, call, operands));
    return visit(reach, call->value, operands);
}

static Status visit_lanes(const Visit *v, const Holder *holder) {
    const Graph *g = v->level->graph;
    const int64_t *attr = ir_attr(g, holder->node);
    const uint32_t n = holder->node->n_in;
    bool *bits = NEW_ARRAY(v->arena, bool, n);
    const void **in = NEW_ARRAY(v->arena, const void *, n);
    if (!bits || !in) return NOMEM;
    for (uint32_t i = 0; i < n; i++)
        bits[i] = attr[2 + i];
    for (int64_t lane = 0; lane < attr[0] && use_budget(v->reach); lane++) {
        take_rows(g->ir, n, v->level->types + holder->first,
                  (const void *const *)v->results + holder->first, bits, attr[0], lane, in);
        TRY(visit(v->reach, ir_graph(g->ir, (uint32_t)attr[1]), in));
    }
    return OK;
}

static int64_t trips_of(const Visit *v, const Holder *holder, const Loop *loop) {
    if (loop->kind == LOOP_COUNTED) return *(const int64_t *)operand(v, holder, 0);
    return loop->kind == LOOP_STATIC ? loop->trips : INT64_MAX;
}

static Status visit_holders(const Visit *v);

// A trip: the body's holders, then its next carry copied to where the carry is kept.
static Status visit_trip(ApiReach *reach, const Level *body, uint32_t n_carry,
                         const void **in, void **carry) {
    Visit v = {.reach = reach, .arena = base_arena_new(), .level = body};
    TRY_ALLOC(v.arena);
    Status status = run_level(&v, in);
    if (status == OK) status = visit_holders(&v);
    for (uint32_t i = 0; status == OK && i < n_carry; i++) {
        const uint32_t from = body->first_output + i;
        const size_t bytes = bytes_of(ir_type(body->graph->ir, body->types[from]));
        if (bytes) memcpy(carry[i], v.results[from], bytes);
    }
    base_arena_free(v.arena);
    return status;
}

static Status visit_loop(const Visit *v, const Holder *holder) {
    const Graph *g = v->level->graph;
    const Loop loop = ir_loop(g, holder->node);
    const uint32_t first_xs = loop.n_constants + loop.n_carry;
    const uint32_t n = first_xs + loop.n_xs;
    const TypeId *types = v->level->types + holder->first + loop.first;
    const void **in = NEW_ARRAY(v->arena, const void *, n);
    void **carry = NEW_ARRAY(v->arena, void *, loop.n_carry);
    const Level *body;
    if (!in || !carry) return NOMEM;
    TRY(find_level(v->reach, loop.body, loop.n_carry, &body));
    if (body->holders.n == 0) return OK;
    for (uint32_t i = 0; i < n; i++)
        in[i] = operand(v, holder, loop.first + i);
    for (uint32_t i = 0; i < loop.n_carry; i++) { // the operand is this holder's alone
        carry[i] = v->results[holder->first + loop.first + loop.n_constants + i];
        in[loop.n_constants + i] = carry[i];
    }
    const int64_t trips = trips_of(v, holder, &loop);
    for (int64_t t = 0; t < trips; t++) {
        if (loop.kind == LOOP_PREDICATE && !*(const bool *)carry[0]) break;
        if (!use_budget(v->reach)) break;
        for (uint32_t i = first_xs; i < n; i++) {
            const Type *type = ir_type(g->ir, types[i]);
            const size_t row = bytes_of(type) / (size_t)type->shape[0];
            const int64_t at = loop.reverse ? trips - 1 - t : t;
            in[i] = (const char *)operand(v, holder, loop.first + i) + (size_t)at * row;
        }
        TRY(visit_trip(v->reach, body, loop.n_carry, in, carry));
    }
    return OK;
}

static Status visit_holder(const Visit *v, const Holder *holder) {
    const Graph *g = v->level->graph;
    const int64_t *attr = ir_attr(g, holder->node);
    const void *const *operands = (const void *const *)v->results + holder->first;
    switch (holder->node->prim) {
    case PRIM_call:
        return found_call(v->reach, ir_call(g->ir, (uint32_t)attr[0]), operands);
    case PRIM_cond: {
        const bool taken = *(const bool *)operands[0];
        return visit(v->reach, ir_graph(g->ir, (uint32_t)attr[taken ? 0 : 1]),
                     operands + 1);
    }
    case PRIM_checkpoint:
        return visit(v->reach, ir_graph(g->ir, (uint32_t)attr[0]), operands);
    case PRIM_lanes:
        return visit_lanes(v, holder);
    default:
        return visit_loop(v, holder);
    }
}

static Status visit_holders(const Visit *v) {
    for (uint32_t i = 0; i < v->level->holders.n; i++)
        TRY(visit_holder(v, &v->level->holders.at[i]));
    return OK;
}

// Nesting is that of the spec's texts, which LIMIT_EVAL_DEPTH and LIMIT_CALL_DEPTH bound.
static Status visit(ApiReach *reach, const Graph *graph, const void *const *inputs) {
    Visit v = {.reach = reach};
    TRY(find_level(reach, graph, 0, &v.level));
    if (v.level->holders.n == 0) return OK;
    v.arena = base_arena_new();
    TRY_ALLOC(v.arena);
    Status status = run_level(&v, inputs);
    if (status == OK) status = visit_holders(&v);
    base_arena_free(v.arena);
    return status;
}

Status api_reach(ApiReach *reach, const Graph *graph, const void *const *inputs) {
    return visit(reach, graph, inputs);
}
