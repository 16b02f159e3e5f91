// Derivatives at edges: 0 and -0, ties, poles, ends of domains, infinities. The values are
// those of JAX 0.10.2 (docs: where its formula overflows, or is rounded to another piece,
// the true ones).
#include "primitive_fixture.h"

#include <float.h>

typedef struct Edge {
    Prim prim;
    int64_t attr;
    double in[2], d[2]; // operands; partial derivatives
} Edge;
#define INF (double)INFINITY
#define NaN (double)NAN

// As JAX has them (its primitive or its formula); and some of our own, where its formula
// overflows or is rounded to another piece.
static const Edge edges[] = {
    {PRIM_abs, 0, {0}, {1}},
    {PRIM_abs, 0, {-0.0}, {1}},
    {PRIM_sign, 0, {0}, {0}},
    {PRIM_floor, 0, {2.5}, {0}},
    {PRIM_round, 0, {2.5}, {0}},
    {PRIM_integer_pow, 2, {-1}, {-2}},
    {PRIM_integer_pow, 0, {0}, {0}},
    {PRIM_integer_pow, 1, {0}, {1}},
    {PRIM_integer_pow, 2, {0}, {0}},
    {PRIM_integer_pow, 3, {-2}, {12}},
    {PRIM_integer_pow, -2, {2}, {-0.25}},
    {PRIM_integer_pow, -1, {0}, {-INF}},
    {PRIM_sqrt, 0, {0}, {INF}},
    {PRIM_sqrt, 0, {-1}, {NaN}},
    {PRIM_rsqrt, 0, {0}, {-INF}},
    {PRIM_cbrt, 0, {0}, {INF}},
    {PRIM_cbrt, 0, {-8}, {1 / 12.0}},
    {PRIM_exp, 0, {710}, {INF}},
    {PRIM_exp, 0, {-746}, {0}},
    {PRIM_expm1, 0, {-INF}, {0}},
    {PRIM_expm1, 0, {-1000}, {0}},
    {PRIM_expm1, 0, {1e-300}, {1}},
    {PRIM_expm1, 0, {710}, {INF}},
    {PRIM_log, 0, {0}, {INF}},
    {PRIM_log, 0, {-1}, {-1}},
    {PRIM_log1p, 0, {-1}, {INF}},
    {PRIM_log1p, 0, {-2}, {-1}},
    {PRIM_log1p, 0, {1e-300}, {1}},
    {PRIM_log1p, 0, {INF}, {0}},
    {PRIM_arcsin, 0, {1}, {INF}},
    {PRIM_arcsin, 0, {-1}, {INF}},
    {PRIM_arcsin, 0, {2}, {NaN}},
    {PRIM_arccos, 0, {1}, {-INF}},
    {PRIM_tanh, 0, {1000}, {0}},
    {PRIM_tanh, 0, {-INF}, {0}},
    {PRIM_arcsinh, 0, {1e200}, {1e-200}},
    {PRIM_arccosh, 0, {1}, {INF}},
    {PRIM_arccosh, 0, {1e200}, {1e-200}},
    {PRIM_arctanh, 0, {1}, {INF}},
    {PRIM_arctanh, 0, {-1}, {INF}},
    {PRIM_lgamma, 0, {0}, {NaN}},
    {PRIM_lgamma, 0, {-1}, {NaN}},
    {PRIM_digamma, 0, {0}, {INF}},
    {PRIM_digamma, 0, {-1}, {INF}},
    {PRIM_polygamma, 1, {1}, {-2.404113806319188570799}},

    {PRIM_div, 0, {0, 0}, {INF, NaN}},
    {PRIM_div, 0, {1, 0}, {INF, -INF}},
    {PRIM_div, 0, {1, 1e-200}, {1e200, -INF}},
    {PRIM_div, 0, {1e-200, 1e-200}, {1e200, -1e200}},
    {PRIM_floor_divide, 0, {5.5, 2}, {0, 0}},
    {PRIM_rem, 0, {-5.5, 2}, {1, 2}},
    {PRIM_rem, 0, {4, 2}, {1, -2}},
    {PRIM_rem, 0, {1, 0}, {1, -INF}},
    {PRIM_rem, 0, {1, 0.1}, {1, -9}},
    {PRIM_pow, 0, {0, 0}, {NaN, 0}},
    {PRIM_pow, 0, {0, 2}, {0, 0}},
    {PRIM_pow, 0, {0, 1}, {1, 0}},
    {PRIM_pow, 0, {0, 0.5}, {INF, 0}},
    {PRIM_pow, 0, {0, -1}, {-INF, NaN}},
    {PRIM_pow, 0, {2, 0}, {0, M_LN2}},
    {PRIM_pow, 0, {-1, 2}, {-2, NaN}},
    {PRIM_pow, 0, {-2, 3}, {12, NaN}},
    {PRIM_pow, 0, {-2, 0.5}, {NaN, NaN}},
    {PRIM_pow, 0, {0, 3}, {0, 0}},
    {PRIM_pow, 0, {1, 0}, {0, 0}},
    {PRIM_pow, 0, {INF, 0}, {0, INF}},
    {PRIM_pow, 0, {INF, 1}, {1, INF}},
    {PRIM_pow, 0, {NaN, 0}, {NaN, NaN}},
    {PRIM_pow, 0, {2, 3}, {12, 8 * M_LN2}},
    {PRIM_arctan2, 0, {0, 0}, {NaN, NaN}},
    {PRIM_arctan2, 0, {0, -1}, {-1, -0.0}},
    {PRIM_arctan2, 0, {-0.0, -1}, {-1, 0}},
    {PRIM_arctan2, 0, {1e-200, 1e-200}, {5e199, -5e199}},
    {PRIM_arctan2, 0, {1e200, 1e200}, {5e-201, -5e-201}},
    {PRIM_hypot, 0, {0, 0}, {0.5, 0.5}},
    {PRIM_hypot, 0, {3, 4}, {0.6, 0.8}},
    {PRIM_hypot, 0, {0, -2}, {0, -1}},
    {PRIM_copysign, 0, {2, -3}, {-1, 0}},
    {PRIM_copysign, 0, {0, -3}, {-1, 0}},
    {PRIM_maximum, 0, {2, 2}, {0.5, 0.5}},
    {PRIM_maximum, 0, {0, NaN}, {0, 0}},
    {PRIM_maximum, 0, {0, -0.0}, {0.5, 0.5}},
    {PRIM_maximum, 0, {1, 2}, {0, 1}},
    {PRIM_minimum, 0, {2, 2}, {0.5, 0.5}},
    {PRIM_minimum, 0, {1, 2}, {1, 0}},
};

// Second derivatives, pure: of each operand alone.
static const Edge second_edges[] = {
    {PRIM_abs, 0, {0}, {0}},         {PRIM_integer_pow, 2, {0}, {2}},
    {PRIM_integer_pow, 1, {0}, {0}}, {PRIM_sqrt, 0, {0}, {-INF}},
    {PRIM_log, 0, {0}, {-INF}},      {PRIM_tanh, 0, {1000}, {0}},
    {PRIM_tanh, 0, {-1000}, {0}},    {PRIM_tanh, 0, {1e-9}, {-2e-9}},
    {PRIM_pow, 0, {0, 2}, {2, 0}},   {PRIM_pow, 0, {0, 1}, {NaN, 0}},
    {PRIM_hypot, 0, {0, 0}, {0, 0}}, {PRIM_maximum, 0, {2, 2}, {0, 0}},
};

static bool near(double x, double y) {
    if (x == 0 && y == 0) return signbit(x) == signbit(y);
    return same(x, y) || fabs(x - y) <= 2 * DBL_EPSILON * fabs(y);
}

static const Graph *edge_graph(const Edge *edge, uint32_t *n) {
    static Row row;
    row = (Row){.prim = edge->prim, .attr = {edge->attr}};
    const int arity = ir_prim(edge->prim)->arity;
    *n = (uint32_t)arity;
    row.n_attr = edge->prim == PRIM_integer_pow || edge->prim == PRIM_polygamma;
    for (int i = 0; i < arity; i++)
        row.in[i] = "";
    row_now = &row;
    return graph_of(&row);
}

// -0 is told from 0 where the value is computed; a missing tangent is 0.
static void check_edge(const char *law, uint32_t i, double got, double wanted,
                       bool missing) {
    if (missing ? wanted != 0 : !near(got, wanted)) differs(law, 1u << i, got, wanted);
}

static void edges_are_as_stated(void **state) {
    (void)state;
    for (const Edge *edge = edges; edge < edges + sizeof edges / sizeof *edges; edge++) {
        uint32_t n;
        const Graph *g = edge_graph(edge, &n);
        double x = edge->in[0], y = edge->in[1], one = 1;
        void *in[] = {&x, &y, NULL}, *out[3];
        in[n] = &one;
        for (uint32_t i = 0; i < n; i++) {
            const Derived j = jvp_of(g, 1u << i);
            run_once(j.g, in, out);
            check_edge("jvp", i, j.out[0] ? *(double *)out[1] : 0, edge->d[i], !j.out[0]);
        }
        const Derived v = vjp_of(g, (1u << n) - 1, first);
        run_once(v.g, in, out);
        for (uint32_t i = 0, c = 1; i < n; i++) {
            check_edge("vjp", i, v.out[i] ? *(double *)out[c] : 0, edge->d[i], !v.out[i]);
            c += v.out[i];
        }
    }
}

// By jvp of vjp.
static void second_derivatives_at_edges(void **state) {
    (void)state;
    const Edge *end = second_edges + sizeof second_edges / sizeof *second_edges;
    for (const Edge *edge = second_edges; edge < end; edge++) {
        uint32_t n;
        const Graph *g = edge_graph(edge, &n);
        double x = edge->in[0], y = edge->in[1], one = 1;
        void *in[] = {&x, &y, NULL, NULL}, *out[4];
        in[n] = in[n + 1] = &one;
        for (uint32_t i = 0; i < n; i++) {
            const Derived v = vjp_of(g, 1u << i, first), jv = jvp_of(v.g, 1u << i);
            run_once(jv.g, in, out);
            const double got = jv.out[1] ? *(double *)out[2 + jv.out[0]] : 0;
            if (!same(got, edge->d[i]) && !near(got, edge->d[i]))
                differs("2nd derivative", 1u << i, got, edge->d[i]);
        }
    }
}

// -- reductions at ties and zeros ---------------------------------------------------

static void reductions_at_edges(void **state) {
    (void)state;
    static const struct {
        Prim prim;
        double x[3], d[3];
    } points[] = {
        {PRIM_reduce_max, {3, 3, 1}, {0.5, 0.5, 0}},
        {PRIM_reduce_max, {2, 2, 2}, {1 / 3.0, 1 / 3.0, 1 / 3.0}},
        {PRIM_reduce_max, {-INF, 5, INF}, {0, 0, 1}},
        {PRIM_reduce_min, {1, 1, 2}, {0.5, 0.5, 0}},
        {PRIM_reduce_prod, {2, 0, 3}, {0, 6, 0}},
        {PRIM_reduce_prod, {0, 0, 3}, {0, 0, 0}},
        {PRIM_reduce_prod, {2, 5, 3}, {15, 6, 10}},
    };
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        static Row row;
        row = (Row){.prim = points[k].prim, .in = {"3"}, ATTR(0)};
        row_now = &row;
        const Graph *g = graph_of(&row);
        const Derived v = vjp_of(g, 1, first);
        double x[3], one = 1;
        memcpy(x, points[k].x, sizeof x);
        void *in[] = {x, &one}, *out[2];
        run_once(v.g, in, out);
        for (uint32_t i = 0; i < 3; i++) {
            const double got = ((double *)out[1])[i];
            if (got != points[k].d[i]) differs("vjp", i, got, points[k].d[i]);
        }
    }
}

// prod(x · [1, 1]) is x²: its second derivative at 0 is 2.
static void a_product_of_zeros_has_a_second_derivative(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, short_type(""));
    const NodeId two = ir_broadcast_to(b, x, 1, (int64_t[]){2});
    const NodeId product = ir_reduce(b, PRIM_reduce_prod, two, 1, (int64_t[]){0});
    const Graph *g = NULL;
    must(ir_finish(b, NULL, 1, &product, &g), "product");
    const Derived v = vjp_of(g, 1, first), jv = jvp_of(v.g, 1);
    double zero = 0, one = 1;
    void *in[] = {&zero, &one, &one}, *out[4];
    run_once(jv.g, in, out);
    assert_true(jv.out[1]);
    assert_true(*(double *)out[2 + jv.out[0]] == 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(edges_are_as_stated),
        TEST(second_derivatives_at_edges),
        TEST(reductions_at_edges),
        TEST(a_product_of_zeros_has_a_second_derivative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
