// Random graphs without calls, of all dtypes, with nested graphs, and inputs for them. The
// seed is printed when a test fails.
#ifndef TESTS_RANDOM_GRAPH_H
#define TESTS_RANDOM_GRAPH_H

#include "../random/random_bits.h"
#include "base/limits.h"
#include "exec/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

// -- elements ----------------------------------------------------------------------------

static inline size_t type_bytes(const Type *type) {
    return (size_t)type->size * num_dtype_size((Dtype)type->dtype);
}

static inline double random_double(Random *r) {
    static const double special[] = {0.0, -0.0, 1, -1, 0.5, 2, INFINITY, NAN, 1e-300, 3};
    if (below(r, 4) == 0) return special[below(r, 10)];
    return ((double)below(r, 2001) - 1000) / 250;
}

static inline void random_elements(Random *r, const Type *type, void *at) {
    for (int64_t i = 0; i < type->size; i++) {
        const double x = random_double(r);
        const int64_t whole = (int64_t)below(r, 9) - 4;
        switch ((Dtype)type->dtype) {
        case DT_BOOL:
            ((uint8_t *)at)[i] = below(r, 2) != 0;
            break;
        case DT_I32:
            ((int32_t *)at)[i] = (int32_t)whole;
            break;
        case DT_I64:
            ((int64_t *)at)[i] = whole;
            break;
        case DT_F32:
            ((float *)at)[i] = (float)x;
            break;
        case DT_F64:
            ((double *)at)[i] = x;
            break;
        case DT_COUNT:
            break;
        }
    }
}

// Bit for bit; but all NaNs are one (which of two is given on is the compiler's choice).
static inline bool same_elements(const Type *type, const void *a, const void *b) {
    const size_t size = num_dtype_size((Dtype)type->dtype);
    for (int64_t i = 0; i < type->size; i++) {
        const char *x = (const char *)a + (size_t)i * size;
        const char *y = (const char *)b + (size_t)i * size;
        if (memcmp(x, y, size) == 0) continue;
        if (type->dtype == DT_F64 && isnan(*(const double *)x) && isnan(*(const double *)y))
            continue;
        if (type->dtype == DT_F32 && isnan(*(const float *)x) && isnan(*(const float *)y))
            continue;
        return false;
    }
    return true;
}

// -- nodes -------------------------------------------------------------------------------

// A graph in the making: `nodes` are the arrays so far.
typedef struct Grower {
    Random *r;
    Builder *b;
    NodeId nodes[400];
    uint32_t n;
    uint32_t depth; // of nesting
} Grower;

static inline const Type *array_type(const Grower *g, NodeId node) {
    return ir_type(ir_of(g->b), ir_type_of(g->b, node));
}
static inline void add_node(Grower *g, NodeId node) {
    assert_int_equal(ir_status(g->b), OK);
    if (g->n < sizeof g->nodes / sizeof *g->nodes) g->nodes[g->n++] = node;
}
static inline NodeId any_node(Grower *g) {
    // Rather a late one, so that graphs become deep.
    const uint32_t k =
        below(g->r, 2) ? below(g->r, g->n) : below(g->r, g->n < 6 ? g->n : 6);
    return g->nodes[g->n - 1 - k];
}

static inline bool admits_dtype(Prim prim, Dtype dtype) {
    const unsigned flags = ir_prim(prim)->flags;
    if (flags & PRIM_FLAG_A) return true;
    if (flags & PRIM_FLAG_F) return num_is_float(dtype);
    return flags & PRIM_FLAG_I ? !num_is_float(dtype) : dtype != DT_BOOL;
}

// A literal of the type of `like`; of some numbers, each element its own.
static inline NodeId random_literal(Grower *g, NodeId like) {
    static const char *const floats[] = {"0.5", "1", "-2", "0", "pi", "1.0", "0.1"};
    static const char *const wholes[] = {"0", "1", "2", "-3"};
    static const char *const truths[] = {"True", "False"};
    const Type *type = array_type(g, like);
    Ir *ir = ir_of(g->b);
    const bool each = type->size > 1 && type->size < 30 && below(g->r, 3) == 0;
    const uint32_t n = each ? (uint32_t)type->size : 1;
    int64_t attr[3 + LIMIT_RANK + 30] = {type->dtype, type->weak, type->rank};
    uint32_t n_attr = 3;
    for (uint32_t i = 0; i < type->rank; i++)
        attr[n_attr++] = type->shape[i];
    for (uint32_t i = 0; i < n; i++) {
        const char *text = type->dtype == DT_BOOL             ? truths[below(g->r, 2)]
                           : num_is_float((Dtype)type->dtype) ? floats[below(g->r, 7)]
                                                              : wholes[below(g->r, 4)];
        attr[n_attr++] = ir_literal_id(ir, base_str(text));
    }
    return ir_emit(g->b, PRIM_literal, 0, NULL, n_attr, attr);
}

// A node of the type of `like`: another, itself, or a literal.
static inline NodeId partner(Grower *g, NodeId like) {
    const TypeId type = ir_type_of(g->b, like);
    for (int tries = 0; tries < 8; tries++) {
        const NodeId node = any_node(g);
        if (ir_type_of(g->b, node) == type) return node;
    }
    return below(g->r, 4) ? random_literal(g, like) : like;
}

static inline NodeId grow_map(Grower *g, NodeId x) {
    const Dtype dtype = (Dtype)array_type(g, x)->dtype;
    for (;;) {
        const Prim prim = (Prim)below(g->r, PRIM_COUNT);
        const PrimInfo *info = ir_prim(prim);
        const bool elementwise = info->class == CLASS_MAP || info->class == CLASS_COMPARE;
        // copysign tells one NaN from another.
        if (!elementwise || !admits_dtype(prim, dtype) || prim == PRIM_copysign) continue;
        const bool has_attr = prim == PRIM_integer_pow || prim == PRIM_polygamma;
        const int64_t attr = prim == PRIM_integer_pow && num_is_float(dtype)
                                 ? (int64_t)below(g->r, 7) - 3
                                 : 1 + below(g->r, 3);
        const NodeId in[] = {x, info->arity > 1 ? partner(g, x) : x};
        return ir_emit(g->b, prim, (uint32_t)info->arity, in, has_attr, &attr);
    }
}

static inline NodeId grow_select(Grower *g, NodeId x) {
    const NodeId y = partner(g, x);
    NodeId c = below(g->r, 2) ? ir_eq(g->b, x, x) : ir_lt(g->b, x, partner(g, x));
    if (below(g->r, 4) == 0) c = random_literal(g, c);
    return ir_select(g->b, c, x, y);
}

static inline NodeId grow_convert(Grower *g, NodeId x) {
    return ir_convert(g->b, x, (Dtype)below(g->r, DT_COUNT), below(g->r, 6) == 0);
}

static inline NodeId grow_reduce(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    int64_t axes[LIMIT_RANK];
    uint32_t n = 0;
    for (uint32_t i = 0; i < type->rank; i++) {
        if (below(g->r, 2)) axes[n++] = i;
    }
    Prim prim = (Prim)(PRIM_reduce_sum + below(g->r, 4));
    if (type->dtype == DT_BOOL) prim = (Prim)(PRIM_reduce_max + below(g->r, 4));
    return ir_reduce(g->b, prim, x, n, axes);
}

static inline NodeId grow_along(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank == 0) return IR_NONE;
    const int64_t axis = below(g->r, type->rank);
    if (below(g->r, 2) && type->shape[axis] > 0)
        return ir_emit(g->b, below(g->r, 2) ? PRIM_argmax : PRIM_argmin, 1, &x, 1, &axis);
    if (type->dtype == DT_BOOL)
        return ir_iota(g->b, DT_F32, type->rank, type->shape, (uint32_t)axis);
    if (below(g->r, 4) == 0)
        return ir_emit(g->b, PRIM_argsort, 1, &x, 2, (int64_t[]){axis, below(g->r, 2)});
    return ir_emit(g->b, PRIM_cumsum, 1, &x, 2, (int64_t[]){axis, below(g->r, 2)});
}

static inline NodeId grow_broadcast(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank > 4 || type->size > 2000) return IR_NONE;
    int64_t shape[LIMIT_RANK], dims[LIMIT_RANK];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < type->rank; i++) {
        if (below(g->r, 4) == 0) shape[rank++] = 1 + below(g->r, 3);
        dims[i] = rank;
        shape[rank++] = type->shape[i] == 1 ? 1 + below(g->r, 4) : type->shape[i];
    }
    if (below(g->r, 2)) shape[rank++] = type->size > 1 ? 1 + below(g->r, 3) : 1100;
    return ir_broadcast(g->b, x, rank, shape, dims);
}

static inline NodeId grow_reshape(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    int64_t shape[LIMIT_RANK];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < type->rank; i++) { // [a, b] → [1, a·b], …
        if (rank && below(g->r, 2) && type->size)
            shape[rank - 1] *= type->shape[i];
        else
            shape[rank++] = type->shape[i];
    }
    if (rank < 5 && below(g->r, 2)) shape[rank++] = 1;
    return ir_reshape(g->b, x, rank, shape);
}

static inline NodeId grow_transpose(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    int64_t perm[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++) {
        const uint32_t k = below(g->r, i + 1);
        perm[i] = perm[k];
        perm[k] = i;
    }
    return ir_transpose(g->b, x, perm);
}

static inline NodeId grow_slice(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    int64_t start[LIMIT_RANK], limit[LIMIT_RANK], step[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++) {
        const uint32_t n = (uint32_t)type->shape[i];
        start[i] = below(g->r, 3) && n ? below(g->r, n) : 0;
        limit[i] = below(g->r, 3) ? type->shape[i]
                                  : start[i] + below(g->r, n - (uint32_t)start[i] + 1);
        step[i] = 1 + below(g->r, 3);
    }
    return ir_slice(g->b, x, start, limit, step);
}

static inline NodeId grow_reverse(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank == 0) return IR_NONE;
    return ir_reverse(g->b, x, 1, (int64_t[]){below(g->r, type->rank)});
}

static inline NodeId grow_pad(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank == 0 || type->rank > 3 || type->size > 2000) return IR_NONE;
    int64_t attr[9];
    for (uint32_t i = 0; i < 3u * type->rank; i++)
        attr[i] = below(g->r, 3);
    return ir_emit(g->b, PRIM_pad, 1, &x, 3u * type->rank, attr);
}

static inline NodeId grow_concatenate(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank == 0 || type->size > 2000) return IR_NONE;
    const NodeId parts[] = {x, partner(g, x), partner(g, x)};
    return ir_concatenate(g->b, 2 + below(g->r, 2), parts, below(g->r, type->rank));
}

// Indices of shape [3] for each of the first k axes.
static inline uint32_t grow_indices(Grower *g, const Type *type, NodeId *in) {
    const uint32_t k = 1 + below(g->r, type->rank < 3 ? type->rank : 3);
    int64_t shape[] = {3};
    const TypeId index = ir_array_type(ir_of(g->b), DT_I64, false, 1, shape);
    for (uint32_t i = 0; i < k; i++) {
        in[i] = ir_iota(g->b, DT_I64, 1, shape, 0);
        static const char *const steps[] = {"0", "2", "-1"};
        in[i] =
            ir_mul(g->b, in[i], ir_literal(g->b, index, base_str(steps[below(g->r, 3)])));
    }
    return k;
}

static inline bool can_index(const Type *type) {
    for (uint32_t i = 0; i < type->rank; i++) {
        if (type->shape[i] == 0) return false;
    }
    return type->rank > 0 && type->rank < 5;
}

static inline NodeId grow_gather(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (!can_index(type)) return IR_NONE;
    NodeId in[4] = {x};
    const uint32_t k = grow_indices(g, type, in + 1);
    return ir_emit(g->b, PRIM_gather, 1 + k, in, 1, (int64_t[]){1 + below(g->r, 2)});
}

static inline NodeId grow_scatter(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (!can_index(type)) return IR_NONE;
    NodeId in[5] = {x};
    const uint32_t k = grow_indices(g, type, in + 2);
    NodeId rows[4] = {below(g->r, 2) ? partner(g, x) : x, in[2], in[3], in[4]};
    const int64_t mode = 1 + below(g->r, 2);
    in[1] = ir_emit(g->b, PRIM_gather, 1 + k, rows, 1, &mode);
    if (below(g->r, 2)) in[0] = ir_zeros(g->b, ir_type_of(g->b, x));
    const bool add = type->dtype != DT_BOOL && below(g->r, 3);
    return ir_emit(g->b, add ? PRIM_scatter_add : PRIM_scatter_set, 2 + k, in, 1, &mode);
}

static inline NodeId grow_dot(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    if (type->rank != 3 || type->size > 500) return IR_NONE;
    return ir_dot(g->b, x, ir_transpose(g->b, partner(g, x), (int64_t[]){0, 2, 1}));
}

// -- nested graphs -----------------------------------------------------------------------

static inline NodeId keep_type(Grower *g, NodeId x);

// A graph of inputs like these nodes, its outputs of the types of the first two.
static inline int64_t nested_graph(Grower *g, uint32_t n, const TypeId *types) {
    Grower inner = {.r = g->r, .b = ir_builder(ir_of(g->b)), .depth = g->depth + 1};
    for (uint32_t i = 0; i < n; i++)
        add_node(&inner, ir_input(inner.b, types[i]));
    NodeId outputs[2];
    for (uint32_t i = 0; i < 2; i++) {
        outputs[i] = inner.nodes[i % n];
        for (uint32_t k = below(g->r, 5); k > 0; k--)
            add_node(&inner, outputs[i] = keep_type(&inner, outputs[i]));
    }
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(inner.b, NULL, 2, outputs, &graph), OK);
    return graph->id;
}

static inline NodeId truth(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    int64_t axes[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++)
        axes[i] = i;
    const NodeId most = ir_reduce(g->b, PRIM_reduce_max, x, type->rank, axes);
    return below(g->r, 4) ? ir_ge(g->b, most, random_literal(g, most))
                          : random_literal(g, ir_eq(g->b, most, most));
}

static inline NodeId grow_cond(Grower *g, NodeId x) {
    const NodeId in[] = {truth(g, any_node(g)), x, any_node(g)};
    const TypeId types[] = {ir_type_of(g->b, in[1]), ir_type_of(g->b, in[2])};
    const int64_t attr[] = {nested_graph(g, 2, types), nested_graph(g, 2, types)};
    return ir_out(g->b, ir_emit(g->b, PRIM_cond, 3, in, 2, attr), below(g->r, 2));
}

static inline NodeId grow_lanes(Grower *g, NodeId x) {
    const Type type = *array_type(g, x);
    if (type.rank == 0) return IR_NONE;
    const NodeId in[] = {x, any_node(g)};
    const TypeId lane = ir_array_type(ir_of(g->b), (Dtype)type.dtype, type.weak,
                                      type.rank - 1u, type.shape + 1);
    const TypeId types[] = {lane, ir_type_of(g->b, in[1])};
    const int64_t attr[] = {type.shape[0], nested_graph(g, 2, types), 1, 0};
    if (type.shape[0] * array_type(g, in[1])->size > 20000) return IR_NONE;
    return ir_out(g->b, ir_emit(g->b, PRIM_lanes, 2, in, 4, attr), below(g->r, 2));
}

// A node of the same type as x.
static inline NodeId keep_type(Grower *g, NodeId x) {
    const Type *type = array_type(g, x);
    switch (below(g->r, 6)) {
    case 0:
        return ir_maximum(g->b, x, random_literal(g, x));
    case 1:
        return type->rank ? ir_reverse(g->b, x, 1, (int64_t[]){0}) : x;
    case 2:
        return ir_minimum(g->b, x, partner(g, x));
    case 3:
        if (g->depth > 2) return x;
        return ir_out(g->b, ir_node_in(g->b, grow_cond(g, x))[0], 0);
    case 4:
        return type->dtype == DT_BOOL ? ir_bit_not(g->b, x) : ir_mul(g->b, x, x);
    default:
        return num_is_float((Dtype)type->dtype) ? ir_sin(g->b, x) : x;
    }
}

static inline NodeId grow(Grower *g) {
    static NodeId (*const ways[])(Grower *, NodeId) = {
        grow_map,       grow_map,         grow_map,       grow_map,     grow_map,
        grow_map,       grow_select,      grow_convert,   grow_reduce,  grow_along,
        grow_broadcast, grow_reshape,     grow_transpose, grow_slice,   grow_reverse,
        grow_pad,       grow_concatenate, grow_gather,    grow_scatter, grow_dot,
        grow_cond,      grow_lanes,       random_literal,
    };
    return ways[below(g->r, sizeof ways / sizeof *ways)](g, any_node(g));
}

// -- graphs ------------------------------------------------------------------------------

enum { MAX_OUTPUTS = 6 };

static inline const Graph *random_graph(Ir *ir, Random *r, uint32_t size) {
    static const struct {
        uint32_t rank;
        int64_t shape[3];
    } shapes[] = {{0, {0}},    {1, {3}},       {2, {2, 3}}, {3, {2, 1, 3}}, {1, {1500}},
                  {2, {2, 0}}, {2, {2, 1100}}, {1, {1}},    {3, {2, 2, 3}}};
    Grower g = {.r = r, .b = ir_builder(ir)};
    for (uint32_t n = 2 + below(r, 4); n > 0; n--) {
        const uint32_t k = below(r, sizeof shapes / sizeof *shapes);
        const Dtype dtype = below(r, 3) ? DT_F64 : (Dtype)below(r, DT_COUNT);
        add_node(&g, ir_input(g.b, ir_array_type(ir, dtype, false, shapes[k].rank,
                                                 shapes[k].shape)));
    }
    while (ir_node_count(g.b) < size) {
        const NodeId node = grow(&g);
        if (node != IR_NONE && array_type(&g, node)->size <= 10000) add_node(&g, node);
    }
    NodeId outputs[MAX_OUTPUTS];
    const uint32_t n_outputs = 1 + below(r, MAX_OUTPUTS);
    for (uint32_t i = 0; i < n_outputs; i++)
        outputs[i] = i == 0 ? g.nodes[g.n - 1] : any_node(&g);
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(g.b, NULL, n_outputs, outputs, &graph), OK);
    return graph;
}

// -- runs --------------------------------------------------------------------------------

// Random inputs of a graph; room for its outputs, filled with rubbish.
static inline void **random_inputs(Arena *arena, const Graph *g, Random *r) {
    void **inputs = NEW_ARRAY(arena, void *, g->n_inputs);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const Type *type = ir_node_type(g, g->inputs[i]);
        inputs[i] = base_alloc(arena, type_bytes(type));
        random_elements(r, type, inputs[i]);
    }
    return inputs;
}
static inline void **new_outputs(Arena *arena, const Graph *g) {
    void **outputs = NEW_ARRAY(arena, void *, g->n_outputs);
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const size_t bytes = type_bytes(ir_node_type(g, g->outputs[i]));
        outputs[i] = base_alloc(arena, bytes);
        memset(outputs[i], 0x5A, bytes);
    }
    return outputs;
}

static inline Plan *plan_graph(Arena *arena, const Graph *g) {
    Plan *plan = NULL;
    if (exec_plan(arena, ir_diags(g->ir), g, &plan) != OK)
        fail_msg("no plan: %s", ir_diags(g->ir)->list.at[0].message.at);
    return plan;
}
static inline void run_plan(Plan *plan, void *const *inputs, void *const *outputs) {
    ExecError error = {0};
    if (vm_run(plan, (const void *const *)inputs, outputs, &error) != OK)
        fail_msg("run: %s", error.message);
}

static inline void print_graph(const Graph *g) {
    Text text = {.arena = ir_arena(g->ir)};
    ir_print(g, &text);
    print_message("%.*s\n", STR_ARG(base_text_str(&text)));
}

#endif
