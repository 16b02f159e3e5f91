// Rows of primitives as graphs; how graphs are differentiated and run in tests of laws.
#ifndef PRIMITIVE_FIXTURE_H
#define PRIMITIVE_FIXTURE_H

#include "../unit/ir_fixture.h"

#include "exec/plan.h"
#include "xform/xform.h"

#include <math.h>

// How the derivative of a row is known.
typedef enum Known {
    BY_KERNEL,    // elementwise: differences of the kernel in long double
    BY_LINEARITY, // linear in its float operands: the primitive of the tangents
    BY_PARTS,     // linear in each: the sum of the primitive of one tangent at a time
    AS_PRODUCT,
    AS_EXTREME,
    AS_CHOSEN, // each element is one of an operand's, and so is its tangent
    AS_ZERO,   // constant pieces, predicates: no tangent at all
} Known;

enum { MAX_IN = 3, MAX_ATTR = 9 };

typedef struct Row {
    Prim prim;
    Known known;
    const char *in[MAX_IN]; // operands: "2,3" float64[2, 3]; i: int64; b: bool; f: float32
    double range[MAX_IN][2];
    // The distance from x to where the function is not analytic (NULL: nowhere near).
    double (*room)(const double *x);
    uint32_t n_attr;
    int64_t attr[MAX_ATTR];
    long double (*slope)(long double x); // BY_KERNEL: the derivative, if it needs help
} Row;

#define NO_ATTR .n_attr = 0
#define ATTR(...)                                                                          \
    .n_attr = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .attr = {__VA_ARGS__}

// -- graphs and how they run ----------------------------------------------------------

static inline void must(Status status, const char *what) {
    if (status == OK) return;
    Text text = {.arena = arena};
    base_diags_text(&diags, false, &text);
    fail_msg("%s: %.*s", what, STR_ARG(base_text_str(&text)));
}

// Inputs → the primitive of them.
static const Graph *graph_of(const Row *row) {
    Builder *b = ir_builder(ir);
    NodeId in[MAX_IN];
    uint32_t n = 0;
    for (; n < MAX_IN && row->in[n]; n++)
        in[n] = ir_input(b, short_type(row->in[n]));
    const NodeId out = ir_emit(b, row->prim, n, in, row->n_attr, row->attr);
    const Graph *graph = NULL;
    must(ir_finish(b, NULL, 1, &out, &graph), ir_prim(row->prim)->name);
    return graph;
}

static const Type *input_type(const Graph *g, uint32_t i) {
    return ir_node_type(g, g->inputs[i]);
}
static const Type *output_type(const Graph *g, uint32_t i) {
    return ir_node_type(g, g->outputs[i]);
}
static inline bool is_float(const Type *type) {
    return num_is_float((Dtype)type->dtype);
}
static inline size_t bytes_of(const Type *type) {
    return (size_t)type->size * num_dtype_size((Dtype)type->dtype);
}
static inline double element(const Type *type, const void *at, int64_t i) {
    switch ((Dtype)type->dtype) {
    case DT_BOOL:
        return ((const uint8_t *)at)[i];
    case DT_I64:
        return (double)((const int64_t *)at)[i];
    case DT_F32:
        return ((const float *)at)[i];
    default:
        return ((const double *)at)[i];
    }
}

// The plan of a graph; run it with `run`. Marks of zeros are cleared first, as for a user.
static inline Plan *plan_of(const Graph *g) {
    Plan *plan = NULL;
    must(xform_forward_result(g, NO_SPAN, &g), "forward result");
    must(exec_plan(arena, &diags, g, &plan), "plan");
    return plan;
}
static inline void run(Plan *plan, const Graph *g, void *const *in, void **out) {
    for (uint32_t i = 0; i < g->n_outputs; i++)
        out[i] = base_alloc(arena, bytes_of(output_type(g, i)));
    ExecError error = {0};
    const Status status = vm_run(plan, (const void *const *)in, out, &error);
    if (status != OK) fail_msg("run: %s", error.message ? error.message : "out of memory");
}
static inline void run_once(const Graph *g, void *const *in, void **out) {
    run(plan_of(g), g, in, out);
}

// -- derivatives ----------------------------------------------------------------------

// J or V of a graph, and which of its outputs have a (co)tangent.
typedef struct Derived {
    const Graph *g;
    bool out[2 * MAX_IN + 2];
} Derived;

static inline void bits_of(const Graph *g, uint32_t mask, bool *bits) {
    for (uint32_t i = 0; i < g->n_inputs; i++)
        bits[i] = mask >> i & 1;
}
// The operands that have tangents.
static inline uint32_t float_mask(const Graph *g) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < g->n_inputs; i++)
        mask |= (uint32_t)is_float(input_type(g, i)) << i;
    return mask;
}
static inline Derived jvp_of(const Graph *g, uint32_t mask) {
    bool bits[2 * MAX_IN];
    bits_of(g, mask, bits);
    Derived j = {0};
    must(xform_jvp(g, bits, NULL, &j.g, j.out), "jvp");
    return j;
}
static inline Derived vjp_of(const Graph *g, uint32_t mask, const bool *ct) {
    bool bits[2 * MAX_IN];
    bits_of(g, mask, bits);
    Derived v = {0};
    must(xform_vjp(g, bits, ct, &v.g, v.out), "vjp");
    return v;
}
static const bool first[] = {true, false, false, false};

static const Row *row_now;
static inline void differs(const char *law, uint32_t mask, double got, double wanted) {
    fail_msg("%s[%lld], %s, mask %u: %.17g instead of %.17g", ir_prim(row_now->prim)->name,
             (long long)row_now->attr[0], law, mask, got, wanted);
}
static inline bool same(double x, double y) {
    return x == y || (x != x && y != y);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
