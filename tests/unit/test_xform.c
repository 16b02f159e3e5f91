// jvp, linearize, transpose and vmap: cond, lanes, gather, the memo, long chains, and laws
// over random programs. (Calls with rules: test_xform_calls.c.)
#include "xform_fixture.h"

#include "xform/memo.h"

#include <time.h>

#define BODY(name) static uint32_t name(Builder *b, const NodeId *x, NodeId *y)

static uint32_t count_prim(const Graph *g, Prim prim) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n += g->nodes[i].prim == prim;
    return n;
}

// -- cond under vmap ----------------------------------------------------------------

BODY(x_log_x) {
    y[0] = ir_mul(b, x[0], ir_log(b, x[0]));
    return 1;
}
BODY(two_x) {
    y[0] = ir_mul(b, number(b, "2"), x[0]);
    return 1;
}
BODY(log_or_double) {
    y[0] = emit_cond(b, ir_gt(b, x[0], number(b, "0")), x_log_x, two_x, 1, x);
    return 1;
}
BODY(y_log_x) {
    y[0] = ir_mul(b, x[1], ir_log(b, x[0]));
    return 1;
}
BODY(first) {
    (void)b;
    y[0] = x[0];
    return 1;
}
BODY(y_log_or_x) {
    y[0] = emit_cond(b, ir_gt(b, x[0], number(b, "0")), y_log_x, first, 2, x);
    return 1;
}

// The untaken branch gives no NaN, in a row or a derivative.
static void test_cond_in_lanes(void **state) {
    (void)state;
    const double x[] = {-1, 0, 1};
    static const double expected[3][3] = {{-2, 0, 0}, {2, 2, 1}, {0, 0, 1}};
    const Graph *g = trace(log_or_double, 1), *rows = vmapped(g, 3, only(1, 0));
    assert_int_equal(count_prim(rows, PRIM_lanes), 1);
    for (int order = 0; order < 3; order++) {
        const double *of_vmap = run(vmapped(g, 3, only(1, 0)), x);
        const double *vmap_of = run(rows, x);
        for (int i = 0; i < 3; i++) {
            check("vmap of grad", of_vmap[i], expected[order][i]);
            check("grad of vmap", vmap_of[i], expected[order][i]);
        }
        g = grad(g, 0);
        rows = grad(summed(rows), 0);
    }
}

static void test_sum_over_lanes(void **state) {
    (void)state;
    const Graph *g = summed(vmapped(trace(y_log_or_x, 2), 3, (bool[]){true, false}));
    check_all("d/dy", run(grad(g, 1), (double[]){-1, 0, M_E, 2}), 1);
}

BODY(if_positive) {
    // Both branches give the argument that has no axis in one output of two.
    y[0] = emit_cond(b, ir_gt(b, x[1], number(b, "0")), y_log_x, first, 2, x);
    return 1;
}

// A predicate that is not batched stays a cond; its outputs get the axis in both branches.
static void test_unbatched_predicate(void **state) {
    (void)state;
    const bool in[] = {true, false};
    const Graph *rows = vmapped(trace(if_positive, 2), 2, in);
    assert_int_equal(count_prim(rows, PRIM_lanes), 0);
    check_all("taken", run(rows, (double[]){1, M_E, 2}), 0, 2);
    check_all("not taken", run(rows, (double[]){1, M_E, -2}), 1, M_E);
    check_all("d/dy", run(grad(summed(rows), 1), (double[]){1, M_E, 2}), 1);
}

// Lanes around lanes: rows of rows.
static void test_vmap_twice(void **state) {
    (void)state;
    const Graph *g = vmapped(trace(log_or_double, 1), 2, only(1, 0));
    const Graph *rows = vmapped(g, 2, only(1, 0));
    const double x[] = {-1, M_E, 1, 0};
    check_all("vmap of vmap", run(rows, x), -2, M_E, 0, 0);
    check_all("its gradient", run(grad(summed(rows), 0), x), 2, 2, 1, 2);
}

// -- gather and scatter -------------------------------------------------------------

static NodeId places(Builder *b, int64_t n, const char *text) {
    const TypeId type = ir_array_type(ir, DT_I64, false, 1, &n);
    return ir_literal(b, type, base_str(text));
}
static NodeId gather(Builder *b, NodeId x, NodeId index) {
    return ir_emit(b, PRIM_gather, 2, (NodeId[]){x, index}, 1, (int64_t[]){0});
}

// sum(x.at[[0, 0]].add([1, 2] · x[[1, 1]])²)
BODY(repeated_places) {
    const int64_t shape[] = {2}, axis = 0;
    const NodeId factors =
        ir_add(b, ir_iota(b, DT_F64, 1, shape, 0), ir_literal(b, vector(2), STR("1")));
    const NodeId read = gather(b, x[0], places(b, 2, "1"));
    const NodeId in[] = {x[0], ir_mul(b, factors, read), places(b, 2, "0")};
    const NodeId sum = ir_emit(b, PRIM_scatter_add, 3, in, 1, (int64_t[]){0});
    y[0] = ir_reduce(b, PRIM_reduce_sum, ir_mul(b, sum, sum), 1, &axis);
    return 1;
}

// The sum of sin(x[i])·x[0] over i.
BODY(many_reads) {
    const NodeId at_0 = gather(b, x[0], places(b, 1, "0"));
    NodeId sum = IR_NONE;
    for (int i = 0; i < 4; i++) {
        const char digit[] = {(char)('0' + i), '\0'};
        const NodeId read = ir_sin(b, gather(b, x[0], places(b, 1, digit)));
        const NodeId term = ir_mul(b, read, at_0);
        sum = sum == IR_NONE ? term : ir_add(b, sum, term);
    }
    const int64_t axis = 0;
    y[0] = ir_reduce(b, PRIM_reduce_sum, sum, 1, &axis);
    return 1;
}

static void test_gather(void **state) {
    (void)state;
    TypeId type = vector(3);
    const Graph *g = trace_types(repeated_places, 1, &type);
    check_all("repeated", run(grad(g, 0), (double[]){1, 2, 3}), 14, 46, 6);

    type = vector(4);
    g = grad(trace_types(many_reads, 1, &type), 0);
    check_all("reads", run(g, (double[]){0, 1, 2, 3}), 1.8918884196934453, 0, 0, 0);
    // Cotangents of reads are added in place: one array of zeros, none added to another.
    const Graph *plain;
    ok(xform_without_rules(g, &plain));
    assert_int_equal(count_prim(plain, PRIM_scatter_add), 4);
    for (uint32_t i = 0; i < plain->n; i++) {
        const Node *node = &plain->nodes[i];
        if (node->prim == PRIM_add)
            assert_int_not_equal(plain->nodes[ir_in(plain, node)[0]].prim,
                                 PRIM_scatter_add);
    }
}

// -- residuals ----------------------------------------------------------------------

BODY(sin_of_literal_times_x) {
    const int64_t shape[] = {3};
    const NodeId spread = ir_broadcast_to(b, ir_exp(b, x[0]), 1, shape);
    const NodeId product = ir_mul(b, ir_literal(b, vector(3), STR("2.5")), x[1]);
    y[0] = ir_mul(b, product, spread);
    return 1;
}

// Literals are copied into L, a broadcast saves its operand, inputs are passed by
// reference.
static void test_residuals(void **state) {
    (void)state;
    const TypeId types[] = {scalar(), vector(3)};
    const Graph *g = trace_types(sin_of_literal_times_x, 2, types);
    const Linearized *lin;
    ok(xform_linearize(g, (bool[]){false, true}, &lin));
    assert_int_equal(lin->n_residuals, 1); // exp(x), a scalar
    assert_int_equal(lin->residuals[0], 2);
    assert_int_equal(lin->known->n_outputs, 2);
    assert_int_equal(ir_node_type(lin->linear, lin->linear->inputs[0])->rank, 0);

    ok(xform_linearize(g, (bool[]){true, false}, &lin));
    for (uint32_t i = 0; i < lin->n_residuals; i++)
        assert_int_not_equal(lin->residuals[i], 0); // x itself is not read
}

// -- the memo -----------------------------------------------------------------------

// Each level has two graphs, each with a cond on both of the level below.
static const Graph *nested_conds(int depth) {
    const Graph *level[2] = {trace(two_x, 1), trace(x_log_x, 1)};
    for (int d = 0; d < depth; d++) {
        const Graph *next[2];
        for (int k = 0; k < 2; k++) {
            NodeId x[1], y[1];
            Builder *b = like(level[0], x);
            const NodeId c = ir_gt(b, x[0], number(b, k ? "0.5" : "0"));
            const int64_t graphs[] = {level[0]->id, level[1]->id};
            const NodeId cond = ir_emit(b, PRIM_cond, 2, (NodeId[]){c, x[0]}, 2, graphs);
            y[0] = k ? ir_sin(b, ir_out(b, cond, 0)) : ir_mul(b, ir_out(b, cond, 0), x[0]);
            next[k] = finish(b, 1, y);
        }
        memcpy(level, next, sizeof level);
    }
    return level[0];
}

static uint32_t kept_for(int depth, int order) {
    const Graph *g = nested_conds(depth);
    const uint32_t before = xform_kept_count(ir);
    for (int i = 0; i < order; i++)
        g = grad(g, 0);
    (void)run(vmapped(g, 2, only(1, 0)), (double[]){0.7, -1});
    return xform_kept_count(ir) - before;
}

static void test_depth(void **state) {
    (void)state;
    for (int order = 1; order <= 2; order++) {
        const uint32_t shallow = kept_for(8, order), deep = kept_for(16, order);
        if (deep > 2.2 * shallow)
            fail_msg("order %d: %u results at depth 8, %u at 16", order, shallow, deep);
    }
}

// -- long chains --------------------------------------------------------------------

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static const Graph *chain(uint32_t n) {
    NodeId x = IR_NONE;
    Builder *b = ir_builder(ir);
    const NodeId input = x = ir_input(b, scalar());
    for (uint32_t i = 0; i < n / 2; i++)
        x = ir_add(b, ir_sin(b, x), input);
    return finish(b, 1, &x);
}

// Time grows as the graph does: no walk is quadratic, none recurses over nodes.
static void test_long_chain(void **state) {
    (void)state;
    double took[2];
    for (uint32_t k = 0; k < 2; k++) {
        const uint32_t n = k ? 100000 : 12500;
        const double start = seconds();
        const Graph *g = chain(n), *v, *plain;
        bool has[1], ct = true;
        ok(xform_vjp(g, only(1, 0), &ct, &v, has));
        ok(xform_without_rules(vmapped(v, 2, (bool[]){true, false}), &plain));
        assert_in_range(plain->n, 2 * n, 6 * n);
        took[k] = seconds() - start;
    }
    if (took[1] > 40 * took[0] + 1)
        fail_msg("8 times the nodes took %.2f s after %.2f s", took[1], took[0]);
}

// -- laws over random programs ------------------------------------------------------

enum { N_INPUTS = 3, N_OPS = 7, MAX_DEPTH = 3 };

// Each program has an Ir of its own: what is kept of the last is let go.
static void fresh(void **state) {
    (void)teardown(state);
    assert_int_equal(setup_calls(state), 0);
}

static uint64_t seed;
static int depth;
enum { PLAIN, VJP_RULE, JVP_RULE };
static int cubes; // what cubes are made as

// x³: plain, and with rules that give its derivative.
BODY(cube) {
    y[0] = ir_mul(b, x[0], ir_mul(b, x[0], x[0]));
    return 1;
}
BODY(cube_and_x) {
    y[1] = x[0];
    return 1 + cube(b, x, y);
}
static NodeId three_squares(Builder *b, NodeId x, NodeId t) {
    return ir_mul(b, t, ir_mul(b, number(b, "3"), ir_mul(b, x, x)));
}
BODY(cube_rule) {
    y[0] = three_squares(b, x[0], x[1]);
    return 1;
}
BODY(cube_jvp) {
    y[1] = three_squares(b, x[0], x[1]);
    return 1 + cube(b, x, y);
}
static const Function by_vjp = {"cube", CALL_VJP, 1, 0, cube, cube_and_x, cube_rule, NULL};
static const Function by_jvp = {"cube", CALL_JVP, 1, 0, cube, NULL, NULL, cube_jvp};

static NodeId cubed(Builder *b, NodeId x) {
    NodeId y[1];
    if (cubes == VJP_RULE) return emit_call(b, &by_vjp, &x);
    if (cubes == JVP_RULE) return emit_call(b, &by_jvp, &x);
    (void)cube(b, &x, y);
    return y[0];
}

static uint32_t below(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}
static double uniform(void) {
    return below(20001) / 10000.0 - 1;
}

BODY(random_program);

// A cond with two outputs on random branches.
static void random_cond(Builder *b, NodeId *pool, uint32_t n) {
    const NodeId c = ir_gt(b, pool[below(n)], pool[below(n)]);
    NodeId in[1 + N_INPUTS] = {c};
    for (uint32_t i = 0; i < N_INPUTS; i++)
        in[1 + i] = pool[below(n)];
    depth++;
    const int64_t graphs[] = {trace(random_program, N_INPUTS)->id,
                              trace(random_program, N_INPUTS)->id};
    depth--;
    const NodeId cond = ir_emit(b, PRIM_cond, 1 + N_INPUTS, in, 2, graphs);
    pool[n] = ir_out(b, cond, 0);
    pool[n + 1] = ir_out(b, cond, 1);
}

static bool checkpoints; // whether inner programs are checkpoints, or stand as they are

// An inner program on random operands.
static void random_inner(Builder *b, NodeId *pool, uint32_t n) {
    NodeId in[N_INPUTS];
    for (uint32_t i = 0; i < N_INPUTS; i++)
        in[i] = pool[below(n)];
    depth++;
    const Graph *inner = trace(random_program, N_INPUTS);
    depth--;
    if (!checkpoints) {
        ok(ir_inline(b, inner, in, true, pool + n));
        return;
    }
    const int64_t id = inner->id;
    const NodeId node = ir_emit(b, PRIM_checkpoint, N_INPUTS, in, 1, &id);
    pool[n] = ir_out(b, node, 0);
    pool[n + 1] = ir_out(b, node, 1);
}

static NodeId random_op(Builder *b, const NodeId *pool, uint32_t n) {
    const NodeId u = pool[below(n)], v = pool[below(n)], w = pool[below(n)];
    switch (below(10)) {
    case 0:
        return ir_sub(b, u, v);
    case 1:
        return ir_sin(b, u);
    case 2:
        return ir_div(b, u, ir_add(b, number(b, "1.5"), ir_mul(b, v, v)));
    case 3:
        return ir_select(b, ir_lt(b, w, number(b, "0.25")), u, v);
    case 4:
        return number(b, "0.75");
    case 5:
        return ir_mul(b, u, ir_stop_gradient(b, v));
    case 6:
        return ir_tanh(b, u);
    case 7:
        return cubed(b, u);
    default:
        return below(2) ? ir_mul(b, u, v) : ir_add(b, u, v);
    }
}

BODY(random_program) {
    NodeId pool[N_INPUTS + 2 * N_OPS];
    uint32_t n = N_INPUTS;
    memcpy(pool, x, N_INPUTS * sizeof *x);
    for (int i = 0; i < N_OPS; i++) {
        if (depth < MAX_DEPTH && below(3) == 0) {
            if (below(3))
                random_cond(b, pool, n);
            else
                random_inner(b, pool, n);
            n += 2;
        } else {
            pool[n] = random_op(b, pool, n);
            n++;
        }
    }
    y[0] = pool[n - 1];
    y[1] = pool[n - 1 - below(4)];
    return 2;
}

// u·y0 + y1 as one output: what a cotangent does to the two.
static const Graph *weighed(const Graph *g) {
    NodeId x[MAX_IO], y[MAX_IO];
    Builder *b = like(g, x);
    ok(ir_inline(b, g, x, true, y));
    y[0] = ir_add(b, ir_mul(b, number(b, "0.625"), y[0]), y[1]);
    return finish(b, 1, y);
}

// ∂g/∂x0 + 2 ∂g/∂x1 + 3 ∂g/∂x2, by reverse mode …
static const Graph *along_reverse(const Graph *g) {
    const Graph *v;
    bool has[N_INPUTS], ct = true;
    ok(xform_vjp(g, (bool[]){true, true, true}, &ct, &v, has));
    NodeId x[N_INPUTS + 1], y[N_INPUTS + 1];
    Builder *b = like(g, x);
    x[N_INPUTS] = number(b, "1");
    ok(ir_inline(b, v, x, true, y));
    static const char *const weights[] = {"1", "2", "3"};
    NodeId sum = number(b, "0");
    uint32_t next = 1;
    for (uint32_t i = 0; i < N_INPUTS; i++) {
        if (has[i]) sum = ir_add(b, sum, ir_mul(b, y[next++], number(b, weights[i])));
    }
    return finish(b, 1, &sum);
}
// … by forward mode …
static const Graph *along_forward(const Graph *g) {
    const Graph *j;
    bool out;
    ok(xform_jvp(g, (bool[]){true, true, true}, NULL, &j, &out));
    ok(xform_forward_result(j, NO_SPAN, &j));
    NodeId x[2 * N_INPUTS], y[2];
    Builder *b = like(g, x);
    x[3] = number(b, "1");
    x[4] = number(b, "2");
    x[5] = number(b, "3");
    ok(ir_inline(b, j, x, true, y));
    if (!out) y[1] = number(b, "0");
    return finish(b, 1, y + 1);
}
// … and by linearize: K, then L.
static const Graph *along_linear(const Graph *g) {
    const Linearized *lin;
    ok(xform_linearize(g, (bool[]){true, true, true}, &lin));
    const Graph *l;
    ok(xform_forward_result(lin->linear, NO_SPAN, &l));
    NodeId x[N_INPUTS], y[1];
    NodeId *known = NEW_ARRAY(arena, NodeId, lin->known->n_outputs);
    NodeId *in = NEW_ARRAY(arena, NodeId, lin->n_residuals + N_INPUTS);
    Builder *b = like(g, x);
    ok(ir_inline(b, lin->known, x, true, known));
    for (uint32_t i = 0; i < lin->n_residuals; i++) {
        const uint32_t from = lin->residuals[i];
        in[i] = from < N_INPUTS ? x[from] : known[1 + from - N_INPUTS];
    }
    in[lin->n_residuals] = number(b, "1");
    in[lin->n_residuals + 1] = number(b, "2");
    in[lin->n_residuals + 2] = number(b, "3");
    if (lin->out[0])
        ok(ir_inline(b, l, in, true, y));
    else
        y[0] = number(b, "0");
    return finish(b, 1, y);
}

static void check_rows(const char *what, const Graph *g, const bool *batched) {
    enum { B = 5 };
    double rows[B][N_INPUTS], in[B * N_INPUTS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < N_INPUTS; i++) {
        for (uint32_t r = 0; r < B; r++) {
            rows[r][i] = r == 0 || batched[i] ? uniform() : rows[0][i];
            if (r == 0 || batched[i]) in[n++] = rows[r][i];
        }
    }
    const Graph *v;
    bool out, force = true;
    ok(xform_vmap(g, B, batched, &force, &v, &out));
    const double *got = run(v, in);
    for (uint32_t r = 0; r < B; r++)
        check(what, got[r], run(g, rows[r])[0]);
}

static void test_laws(void **state) {
    checkpoints = true;
    for (uint64_t program = 1; program <= 20; program++) {
        fresh(state);
        seed = program * 0x9E3779B97F4A7C15u;
        const Graph *g = weighed(trace(random_program, N_INPUTS));
        double x[N_INPUTS];
        for (int i = 0; i < N_INPUTS; i++)
            x[i] = uniform();
        for (int order = 1; order <= 3; order++) {
            const Graph *reverse = along_reverse(g);
            char what[60];
            snprintf(what, sizeof what, "program %d, order %d", (int)program, order);
            const double expected = run(along_forward(g), x)[0];
            check(what, run(reverse, x)[0], expected);
            check(what, run(along_linear(g), x)[0], expected);
            if (order == 3) break;
            check_rows(what, g, (bool[]){true, true, true});
            check_rows(what, g, (bool[]){false, true, false});
            check_rows(what, reverse, (bool[]){true, false, true});
            // grad of vmap = vmap of grad, where nothing is shared.
            const bool all[] = {true, true, true};
            const Graph *rows = vmapped(g, 2, all);
            if (ir_node_type(rows, rows->outputs[0])->rank == 1) {
                const double two[] = {x[0], 0.5, x[1], -0.5, x[2], 0.1};
                check(what, run(grad(summed(rows), 1), two)[0], run(grad(g, 1), x)[0]);
            }
            g = order == 1 ? reverse : along_forward(g);
        }
    }
}

// Rules that give the derivative change no result, wherever the calls stand; nor do
// checkpoints.
static const struct {
    const char *name;
    int cubes;
    bool checkpoints;
} variants[] = {
    {"plain", PLAIN, false},        {"checkpoints", PLAIN, true},
    {"vjp rules", VJP_RULE, false}, {"vjp rules in checkpoints", VJP_RULE, true},
    {"jvp rules", JVP_RULE, false}, {"jvp rules in checkpoints", JVP_RULE, true},
};

static void test_variants_of_programs(void **state) {
    for (uint64_t program = 1; program <= 8; program++) {
        fresh(state);
        const Graph *plain = NULL;
        double x[2 * N_INPUTS];
        for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
            cubes = variants[k].cubes;
            checkpoints = variants[k].checkpoints;
            seed = program * 0xD1B54A32D192ED03u;
            const Graph *g = weighed(trace(random_program, N_INPUTS));
            const Graph *expected = plain;
            if (k == 0) plain = g;
            for (int i = 0; i < 2 * N_INPUTS; i++)
                x[i] = uniform();
            char what[80];
            for (int order = 1; expected && order <= 3; order++) {
                snprintf(what, sizeof what, "program %d, %s, order %d", (int)program,
                         variants[k].name, order);
                g = along_reverse(g);
                expected = along_reverse(expected);
                check(what, run(g, x)[0], run(expected, x)[0]);
                if (order == 3) break;
                const bool in[] = {true, false, true};
                const Graph *rows = summed(vmapped(g, 2, in));
                const Graph *plain_rows = summed(vmapped(expected, 2, in));
                for (uint32_t i = 0; i < N_INPUTS; i++)
                    check_all(what, run(grad(rows, i), x), run(grad(plain_rows, i), x)[0]);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cond_in_lanes, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_sum_over_lanes, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_unbatched_predicate, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_vmap_twice, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_gather, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_residuals, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_long_chain, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_laws, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_variants_of_programs, setup_calls, teardown),
    };
    return cmocka_run_group_tests_name("xform", tests, NULL, NULL);
}
