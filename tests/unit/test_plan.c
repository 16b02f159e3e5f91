// Plans: run as a whole they give what their nodes give one by one, whatever shares memory;
// what the prologue is; what nested plans, errors and limits do; and that a million nodes
// are cheap.
#include "../laws/random_graph.h"
#include "ir_fixture.h"

#include <time.h>

static const Graph *finish(Builder *b, uint32_t n, const NodeId *outputs) {
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(b, NULL, n, outputs, &graph), OK);
    return graph;
}
static TypeId array(Dtype dtype, uint32_t rank, const int64_t *shape) {
    return ir_array_type(ir, dtype, false, rank, shape);
}
#define SHAPE(...)                                                                         \
    sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), ((int64_t[]){__VA_ARGS__})

static const char *printed(const Plan *plan) {
    Text text = {.arena = arena};
    exec_print(plan, &text);
    return text.at;
}

// -- last use -----------------------------------------------------------------------

// Nodes one by one: each is a graph of its own, whose results stay.
static void **run_naively(const Graph *g, void *const *inputs) {
    void **values = NEW_ARRAY(arena, void *, g->n);
    void ***outs = NEW_ARRAY(arena, void **, g->n); // of nodes with several outputs
    for (uint32_t i = 0; i < g->n_inputs; i++)
        values[g->inputs[i]] = inputs[i];
    for (NodeId id = 0; id < g->n; id++) {
        const Node *node = &g->nodes[id];
        if (node->prim == PRIM_input) continue;
        if (node->prim == PRIM_out) {
            values[id] = outs[ir_in(g, node)[0]][ir_attr(g, node)[0]];
            continue;
        }
        Builder *b = ir_builder(ir);
        NodeId in[8], outputs[8];
        void *operands[8];
        for (uint32_t k = 0; k < node->n_in; k++) {
            in[k] = ir_input(b, g->nodes[ir_in(g, node)[k]].type);
            operands[k] = values[ir_in(g, node)[k]];
        }
        outputs[0] =
            ir_emit(b, (Prim)node->prim, node->n_in, in, node->n_attr, ir_attr(g, node));
        const Type *type = ir_node_type(g, id);
        const uint32_t n = type->kind == TYPE_OUTS ? type->n_outs : 1;
        for (uint32_t k = n; type->kind == TYPE_OUTS && k-- > 0;)
            outputs[k] = ir_out(b, outputs[0], k);
        const Graph *single = finish(b, n, outputs);
        outs[id] = new_outputs(arena, single);
        values[id] = outs[id][0];
        run_plan(plan_graph(arena, single), operands, outs[id]);
    }
    return values;
}

static void check_plan(uint64_t seed) {
    Random r = {seed};
    const Graph *g = random_graph(ir, &r, 10 + below(&r, 60));
    Plan *plan = plan_graph(arena, g);
    for (int run = 0; run < 2; run++) {
        void **inputs = random_inputs(arena, g, &r), **outputs = new_outputs(arena, g);
        void **expected = run_naively(g, inputs);
        run_plan(plan, inputs, outputs);
        for (uint32_t i = 0; i < g->n_outputs; i++) {
            const Type *type = ir_node_type(g, g->outputs[i]);
            if (same_elements(type, expected[g->outputs[i]], outputs[i])) continue;
            print_graph(g);
            print_message("%s", printed(plan));
            fail_msg("seed %llu: output %u differs in run %d", (unsigned long long)seed, i,
                     run);
        }
    }
}

static void test_a_plan_is_its_nodes_one_by_one(void **state) {
    for (uint64_t seed = 1; seed <= 300; seed++) {
        check_plan(seed * 104729);
        if (seed % 20 == 0) { // plans of many graphs are large
            teardown(state);
            setup(state);
        }
    }
}

// -- what is run when ---------------------------------------------------------------

static void test_prologue(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const TypeId type = array(DT_F64, SHAPE(3));
    const NodeId x = ir_input(b, type);
    const NodeId table = ir_exp(b, ir_iota(b, DT_F64, SHAPE(3), 0));
    const NodeId half = ir_literal(b, type, STR("0.5"));
    const NodeId y = ir_add(b, ir_add(b, ir_mul(b, x, table), half), half);
    Plan *plan = plan_graph(arena, finish(b, 1, &y));
    // Once: iota, exp, the literal's element. Each run: mul, the element spread, two sums.
    const PlanStats stats = exec_stats(plan);
    assert_int_equal(stats.instructions, 7);
    assert_int_equal(stats.prologue, 3);
    for (int run = 0; run < 2; run++) {
        double in[] = {1, 2, run}, out[3];
        run_plan(plan, (void *[]){in}, (void *[]){out});
        assert_true(out[0] == 2 && out[1] == 2 * exp(1) + 0.5 + 0.5 &&
                    out[2] == run * exp(2) + 0.5 + 0.5);
    }
}

static void test_outputs_that_are_inputs_or_constants_or_twice(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const TypeId type = array(DT_F32, SHAPE(2, 2));
    const NodeId x = ir_input(b, type), y = ir_neg(b, x);
    const NodeId seven = ir_literal(b, type, STR("7"));
    const NodeId flat = ir_reshape(b, y, SHAPE(4));
    const NodeId outputs[] = {x, y, y, seven, flat, x};
    Plan *plan = plan_graph(arena, finish(b, 6, outputs));
    float in[] = {1, 2, 3, 4}, out[6][4];
    run_plan(plan, (void *[]){in},
             (void *[]){out[0], out[1], out[2], out[3], out[4], out[5]});
    for (int i = 0; i < 4; i++) {
        assert_true(out[0][i] == in[i] && out[5][i] == in[i] && out[3][i] == 7);
        assert_true(out[1][i] == -in[i] && out[2][i] == -in[i] && out[4][i] == -in[i]);
    }
}

static void test_unneeded_nodes_are_left_out(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, 0, NULL)),
                 y = ir_input(b, array(DT_F64, 0, NULL));
    (void)ir_exp(b, ir_add(b, x, y));
    const NodeId out = ir_neg(b, x);
    const PlanStats stats = exec_stats(plan_graph(arena, finish(b, 1, &out)));
    assert_int_equal(stats.instructions, 1);
}

// -- memory -------------------------------------------------------------------------

static void test_moves_of_no_effect_cost_nothing(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, SHAPE(2, 1, 3)));
    NodeId y = ir_reshape(b, ir_sin(b, x), SHAPE(6, 1));
    y = ir_transpose(b, y, (int64_t[]){1, 0});
    y = ir_broadcast(b, y, SHAPE(1, 1, 6), (int64_t[]){0, 2});
    y = ir_stop_gradient(b, y);
    y = ir_reduce(b, PRIM_reduce_sum, y, 1, (int64_t[]){1});
    y = ir_convert(b, y, DT_F64, true);
    y = ir_cos(b, y);
    const PlanStats stats = exec_stats(plan_graph(arena, finish(b, 1, &y)));
    assert_int_equal(stats.instructions, 2);
    assert_int_equal(stats.groups, 1);
}

static void test_chains_share_memory(void **state) {
    (void)state;
    const int64_t n = 100000;
    Builder *b = ir_builder(ir);
    NodeId y = ir_input(b, array(DT_F64, 1, &n));
    for (int i = 0; i < 50; i++)
        y = ir_add(b, ir_sin(b, y), ir_literal(b, ir_type_of(b, y), STR("1")));
    const PlanStats stats = exec_stats(plan_graph(arena, finish(b, 1, &y)));
    // Within one group values are no longer than a tile.
    assert_int_equal(stats.groups, 2);
    assert_true(stats.buffer_bytes < 30000);

    b = ir_builder(ir);
    y = ir_input(b, array(DT_F64, 1, &n));
    for (int i = 0; i < 50; i++)
        y = ir_sin(b, ir_emit(b, PRIM_cumsum, 1, &y, 2, (int64_t[]){0, 0}));
    const PlanStats scans = exec_stats(plan_graph(arena, finish(b, 1, &y)));
    assert_true(scans.buffer_bytes < 3 * 8 * (size_t)n);
}

// bool[2] and float32[2] fall into one class of sizes, yet an element of one must not be
// written over several of the other.
static void test_results_are_not_written_over_smaller_elements(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    NodeId y = ir_input(b, array(DT_F32, SHAPE(2)));
    for (int i = 0; i < 3; i++) {
        const NodeId half = ir_literal_like(b, y, "0.5");
        y = ir_convert(b, ir_gt(b, y, half), DT_F32, false);
        y = ir_sub(b, ir_literal_like(b, y, "1"), y);
    }
    Plan *plan = plan_graph(arena, finish(b, 1, &y));
    float in[] = {0, 1}, out[2];
    run_plan(plan, (void *[]){in}, (void *[]){out});
    assert_true(out[0] == 1 && out[1] == 0);
}

static void test_scatter_in_place(void **state) {
    (void)state;
    const int64_t n = 100000;
    Builder *b = ir_builder(ir);
    const TypeId type = array(DT_F64, 1, &n), one = array(DT_F64, 0, NULL);
    const NodeId v = ir_input(b, one), i = ir_input(b, array(DT_I64, 0, NULL));
    NodeId y = ir_zeros(b, type);
    for (int k = 0; k < 20; k++) {
        const NodeId in[] = {y, ir_mul(b, v, v), i};
        y = ir_emit(b, PRIM_scatter_add, 3, in, 1, (int64_t[]){0});
    }
    const NodeId sum = ir_reduce(b, PRIM_reduce_sum, y, 1, (int64_t[]){0});
    Plan *plan = plan_graph(arena, finish(b, 1, &sum));
    assert_true(exec_stats(plan).buffer_bytes < 9 * (size_t)n);
    double out, in = 3;
    int64_t place = n - 1;
    for (int run = 0; run < 2; run++) {
        run_plan(plan, (void *[]){&in, &place}, (void *[]){&out});
        assert_true(out == 180);
    }
}

static void test_too_much_memory(void **state) {
    (void)state;
    const int64_t n = LIMIT_ARRAY_SIZE;
    Builder *b = ir_builder(ir);
    const TypeId type = array(DT_F64, 1, &n);
    NodeId x[LIMIT_MEMORY / LIMIT_ARRAY_SIZE / 8 + 1], sum = ir_input(b, type);
    const int64_t zero = 0;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        x[i] = ir_emit(b, PRIM_cumsum, 1, i ? &x[i - 1] : &sum, 2, (int64_t[]){0, i % 2});
    }
    sum = x[0];
    for (size_t i = 1; i < sizeof x / sizeof *x; i++)
        sum = ir_add(b, sum, x[i]);
    sum = ir_reduce(b, PRIM_reduce_sum, sum, 1, &zero);
    Plan *plan;
    assert_int_equal(exec_plan(arena, &diags, finish(b, 1, &sum), &plan), FAILED);
    assert_null(plan);
    assert_int_equal(diags.list.n, 1);
    assert_int_equal(diags.list.at[0].code, CODE_E701);
}

// -- nested plans -------------------------------------------------------------------

// float64[] → x[i] by gather (mode 0) from a table of three.
static const Graph *gather_graph(void) {
    Builder *b = ir_builder(ir);
    const NodeId table = ir_iota(b, DT_F64, SHAPE(3), 0);
    const NodeId i = ir_input(b, array(DT_I64, 0, NULL));
    ir_set_span(b, (Span){17, 4});
    const NodeId out = ir_emit(b, PRIM_gather, 2, (NodeId[]){table, i}, 1, (int64_t[]){0});
    return finish(b, 1, &out);
}

static const Graph *minus_one_graph(void) {
    Builder *b = ir_builder(ir);
    (void)ir_input(b, array(DT_I64, 0, NULL));
    const NodeId out = ir_literal(b, array(DT_F64, 0, NULL), STR("-1"));
    return finish(b, 1, &out);
}

// (i < limit) ? table[i] : -1
static const Graph *guarded_graph(const char *limit) {
    Builder *b = ir_builder(ir);
    const NodeId i = ir_input(b, array(DT_I64, 0, NULL));
    const NodeId in[] = {ir_lt(b, i, ir_literal_like(b, i, limit)), i};
    const int64_t graphs[] = {gather_graph()->id, minus_one_graph()->id};
    const NodeId out = ir_out(b, ir_emit(b, PRIM_cond, 2, in, 2, graphs), 0);
    return finish(b, 1, &out);
}

static void test_index_out_of_bounds(void **state) {
    (void)state;
    Plan *plan = plan_graph(arena, gather_graph());
    double out;
    // A negative index has had the size of its axis added, but for the most negative ones.
    static const struct {
        int64_t at, shown;
    } bad[] = {{3, 3}, {-1, -4}, {INT64_MAX, INT64_MAX}, {INT64_MIN, INT64_MIN}};
    for (int i = 0; i < 4; i++) {
        ExecError error = {0};
        const Status status =
            vm_run(plan, (const void *[]){&bad[i].at}, (void *[]){&out}, &error);
        assert_int_equal(status, FAILED);
        assert_int_equal(error.code, CODE_E601);
        assert_int_equal(error.span.at, 17);
        char expected[100];
        (void)snprintf(expected, sizeof expected,
                       "index %lld is out of bounds for axis 0 with size 3",
                       (long long)bad[i].shown);
        assert_string_equal(error.message, expected);
    }
    run_plan(plan, (void *[]){(int64_t[]){2}}, (void *[]){&out});
    assert_true(out == 2);
    assert_int_equal(diags.list.n, 0);
}

static void test_an_untaken_branch_does_not_run(void **state) {
    (void)state;
    Plan *plan = plan_graph(arena, guarded_graph("3"));
    double out;
    run_plan(plan, (void *[]){(int64_t[]){7}}, (void *[]){&out});
    assert_true(out == -1);
    run_plan(plan, (void *[]){(int64_t[]){1}}, (void *[]){&out});
    assert_true(out == 1);
    run_plan(plan, (void *[]){(int64_t[]){2}}, (void *[]){&out});
    assert_true(out == 2);
}

static void test_lanes_run_their_own_branches(void **state) {
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        Builder *b = ir_builder(ir);
        const NodeId i = ir_input(b, array(DT_I64, SHAPE(4)));
        const int64_t attr[] = {4, guarded_graph(wide ? "9" : "3")->id, 1};
        const NodeId out = ir_out(b, ir_emit(b, PRIM_lanes, 1, &i, 3, attr), 0);
        Plan *plan = plan_graph(arena, finish(b, 1, &out));
        int64_t in[] = {2, 7, 0, 5};
        double lanes[4];
        ExecError error = {0};
        const Status status = vm_run(plan, (const void *[]){in}, (void *[]){lanes}, &error);
        if (wide) {
            assert_int_equal(status, FAILED);
            assert_string_equal(error.message, "in lane 1: index 7 is out of bounds for "
                                               "axis 0 with size 3");
        } else {
            assert_int_equal(status, OK);
            assert_memory_equal(lanes, ((double[]){2, -1, 0, -1}), sizeof lanes);
        }
    }
}

static void test_nested_plans_are_shared(void **state) {
    (void)state;
    // Each level holds the one below twice.
    const Graph *g = guarded_graph("3");
    for (int depth = 0; depth < 30; depth++) {
        Builder *b = ir_builder(ir);
        const NodeId i = ir_input(b, array(DT_I64, 0, NULL));
        const NodeId in[] = {ir_lt(b, i, ir_literal_like(b, i, "100")), i};
        const int64_t graphs[] = {g->id, g->id};
        const NodeId out = ir_out(b, ir_emit(b, PRIM_cond, 2, in, 2, graphs), 0);
        g = finish(b, 1, &out);
    }
    Plan *plan = plan_graph(arena, g);
    assert_true(exec_stats(plan).instructions < 200);
    double out;
    run_plan(plan, (void *[]){(int64_t[]){1}}, (void *[]){&out});
    assert_true(out == 1);
}

static void test_calls_are_refused(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId out = ir_linear_zero(b, array(DT_F64, 0, NULL));
    Plan *plan;
    assert_int_equal(exec_plan(arena, &diags, finish(b, 1, &out), &plan), FAILED);
    assert_int_equal(diags.list.at[0].code, CODE_E901);
}

// -- indexing, empty arrays ---------------------------------------------------------

static void test_gather_and_scatter_modes(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, SHAPE(3, 2)));
    const NodeId i = ir_input(b, array(DT_I64, SHAPE(4)));
    const NodeId v = ir_input(b, array(DT_F64, SHAPE(4, 2)));
    const NodeId get[] = {x, i}, put[] = {x, v, i};
    NodeId outputs[7];
    for (int64_t mode = 1; mode <= 2; mode++) {
        outputs[mode - 1] = ir_emit(b, PRIM_gather, 2, get, 1, &mode);
        outputs[mode + 1] = ir_emit(b, PRIM_scatter_add, 3, put, 1, &mode);
    }
    outputs[4] = ir_emit(b, PRIM_scatter_set, 3, put, 1, (int64_t[]){2});
    outputs[5] = ir_emit(b, PRIM_scatter_max, 3, put, 1, (int64_t[]){1});
    outputs[6] = ir_emit(b, PRIM_scatter_min, 3, put, 1, (int64_t[]){2});
    Plan *plan = plan_graph(arena, finish(b, 7, outputs));
    double xs[] = {1, 2, 3, 4, 5, 6}, vs[] = {10, 20, 30, 40, 50, 60, 70, 80};
    int64_t is[] = {1, -1, 1, 9};
    double get1[8], get2[8], add1[6], add2[6], set[6], max[6], min[6];
    run_plan(plan, (void *[]){xs, is, vs},
             (void *[]){get1, get2, add1, add2, set, max, min});
    assert_memory_equal(get1, ((double[]){3, 4, 1, 2, 3, 4, 5, 6}), sizeof get1);
    assert_true(get2[0] == 3 && isnan(get2[2]) && isnan(get2[3]) && isnan(get2[7]));
    assert_memory_equal(add1, ((double[]){31, 42, 63, 84, 75, 86}), sizeof add1);
    assert_memory_equal(add2, ((double[]){1, 2, 63, 84, 5, 6}), sizeof add2);
    assert_memory_equal(set, ((double[]){1, 2, 50, 60, 5, 6}), sizeof set);
    assert_memory_equal(max, ((double[]){30, 40, 50, 60, 70, 80}), sizeof max);
    assert_memory_equal(min, xs, sizeof min);
}

static void test_empty_arrays_of_long_axes(void **state) {
    (void)state;
    const int64_t huge = 1 << 15;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, SHAPE(huge, 0, huge)));
    const NodeId parts[] = {x, x};
    const NodeId outputs[] = {
        ir_transpose(b, x, (int64_t[]){2, 1, 0}),
        ir_reverse(b, x, 2, (int64_t[]){0, 2}),
        ir_concatenate(b, 2, parts, 1),
        ir_emit(b, PRIM_cumsum, 1, &x, 2, (int64_t[]){0, 1}),
        ir_reduce(b, PRIM_reduce_sum, x, 2, (int64_t[]){0, 2}),
        ir_slice(b, x, (int64_t[]){5, 0, 7}, (int64_t[]){huge, 0, huge},
                 (int64_t[]){2, 1, huge}),
        ir_exp(b, x),
    };
    Plan *plan = plan_graph(arena, finish(b, 7, outputs));
    run_plan(plan, (void *[]){NULL}, (void *[7]){NULL});

    b = ir_builder(ir);
    const NodeId y = ir_input(b, array(DT_F64, SHAPE(0, 2)));
    const NodeId pad = ir_emit(b, PRIM_pad, 1, &y, 6, (int64_t[]){1, 0, 0, 1, 0, 0});
    const NodeId sums = ir_reduce(b, PRIM_reduce_sum, y, 1, (int64_t[]){0});
    plan = plan_graph(arena, finish(b, 2, (NodeId[]){pad, sums}));
    double padded[3] = {9, 9, 9}, zeros[2] = {9, 9};
    run_plan(plan, (void *[]){NULL}, (void *[]){padded, zeros});
    assert_true(padded[0] == 0 && padded[2] == 0 && zeros[0] == 0 && zeros[1] == 0);
}

// -- listings and size --------------------------------------------------------------

static void test_print(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, SHAPE(2, 3)));
    const NodeId y = ir_mul(b, x, ir_literal(b, ir_type_of(b, x), STR("0.1")));
    const NodeId outputs[] = {ir_reduce(b, PRIM_reduce_sum, y, 1, (int64_t[]){0}),
                              ir_integer_pow(b, x, 3), x};
    const char *text = printed(plan_graph(arena, finish(b, 3, outputs)));
    assert_string_equal(text, "plan of graph 0: 1 inputs, 3 outputs, 56 bytes\n"
                              " once\n"
                              "  map 1\n"
                              "    s0 = literal float64 0.1\n"
                              " each run\n"
                              "  map 6\n"
                              "    s1 = broadcast float64 s0\n"
                              "    s1 = mul float64 i0 s1\n"
                              "  axis 3\n"
                              "    o0 = reduce_sum float64 s1\n"
                              "  map 6\n"
                              "    o1 = integer_pow float64 3 i0\n"
                              "  copy\n"
                              "    o2 = i0\n");
}

static double seconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void test_a_million_scalar_nodes(void **state) {
    (void)state;
    enum { STEPS = 500000 };
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, array(DT_F64, 0, NULL));
    NodeId y = x;
    for (int i = 0; i < STEPS; i++)
        y = ir_add(b, ir_mul(b, y, x), x);
    const Graph *g = finish(b, 1, &y);
    Arena *own = base_arena_new();
    const double begin = seconds();
    Plan *plan = plan_graph(own, g);
    const double planned = seconds();
    double in = 0.25, out;
    run_plan(plan, (void *[]){&in}, (void *[]){&out});
    const double run = seconds();
    print_message(
        "a million scalar nodes: planned in %.0f ms, %.1f bytes and %.1f ns each\n",
        1e3 * (planned - begin), (double)base_arena_size(own) / (2.0 * STEPS),
        1e9 * (run - planned) / (2.0 * STEPS));
    assert_true(out == 1.0 / 3);
    assert_true(base_arena_size(own) < 60 * 2 * STEPS);
    assert_int_equal(exec_stats(plan).groups, 1);
    base_arena_free(own);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_plan_is_its_nodes_one_by_one),
        TEST(prologue),
        TEST(outputs_that_are_inputs_or_constants_or_twice),
        TEST(unneeded_nodes_are_left_out),
        TEST(moves_of_no_effect_cost_nothing),
        TEST(chains_share_memory),
        TEST(results_are_not_written_over_smaller_elements),
        TEST(scatter_in_place),
        TEST(too_much_memory),
        TEST(index_out_of_bounds),
        TEST(an_untaken_branch_does_not_run),
        TEST(lanes_run_their_own_branches),
        TEST(nested_plans_are_shared),
        TEST(calls_are_refused),
        TEST(gather_and_scatter_modes),
        TEST(empty_arrays_of_long_axes),
        TEST(print),
        TEST(a_million_scalar_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
