// Law: an optimised graph gives, bit for bit, what the graph gave, and so does optimising
// twice, which changes nothing more.
#include "random_graph.h"

#include "opt/opt.h"

static void check_optimised(uint64_t seed) {
    Random r = {seed};
    Arena *arena = base_arena_new();
    Diags diags = {.arena = arena};
    Ir *ir = ir_new(&diags);
    const Graph *graph = random_graph(ir, &r, 20 + below(&r, 60));
    const Graph *optimised = NULL, *again = NULL;
    assert_int_equal(opt_run(graph, &optimised), OK);
    assert_int_equal(ir_verify(optimised, IR_VERIFY_PLAIN), OK);
    assert_int_equal(opt_run(optimised, &again), OK);
    assert_ptr_equal(again, optimised);
    for (int run = 0; run < 2; run++) {
        void **inputs = random_inputs(arena, graph, &r);
        void **expected = new_outputs(arena, graph), **got = new_outputs(arena, graph);
        run_plan(plan_graph(arena, graph), inputs, expected);
        run_plan(plan_graph(arena, optimised), inputs, got);
        for (uint32_t i = 0; i < graph->n_outputs; i++) {
            assert_int_equal(graph->nodes[graph->outputs[i]].type,
                             optimised->nodes[optimised->outputs[i]].type);
            if (same_elements(ir_node_type(graph, graph->outputs[i]), expected[i], got[i]))
                continue;
            print_graph(graph);
            print_graph(optimised);
            fail_msg("seed %llu: output %u differs", (unsigned long long)seed, i);
        }
    }
    ir_free(ir);
    base_arena_free(arena);
}

static void test_optimised_is_unoptimised(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 400; seed++)
        check_optimised(seed * 7919);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_optimised_is_unoptimised)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
