// Checkpoints under the transformations, on graphs: they save nothing of the inside, are
// never merged with what they compute again, cost what they should, and hide no call. (That
// they change no result: the random programs of test_xform.c, and
// tests/specs/checkpoint.yaml.)
#include "xform_fixture.h"

#include "ir/loop.h"
#include "opt/opt.h"
#include "xform/memo.h"

#define BODY(name) static uint32_t name(Builder *b, const NodeId *x, NodeId *y)

static NodeId emit_checkpoint(Builder *b, const Graph *g, const NodeId *in) {
    const int64_t id = g->id;
    return ir_out(b, ir_emit(b, PRIM_checkpoint, g->n_inputs, in, 1, &id), 0);
}

// Four operations, each with a residual of its own.
BODY(waves) {
    y[0] = x[0];
    for (int i = 0; i < 4; i++)
        y[0] = ir_sin(b, ir_mul(b, y[0], x[0]));
    return 1;
}
BODY(waves_again) {
    y[0] = emit_checkpoint(b, trace_types(waves, 1, (TypeId[]){ir_type_of(b, x[0])}), x);
    return 1;
}

static uint32_t count_prim(const Graph *g, Prim prim) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n += g->nodes[i].prim == prim;
    return n;
}

// -- memory -------------------------------------------------------------------------

static void test_nothing_is_saved(void **state) {
    (void)state;
    const Linearized *plain, *again;
    const bool in = true;
    ok(xform_linearize(trace(waves, 1), &in, &plain));
    ok(xform_linearize(trace(waves_again, 1), &in, &again));
    assert_true(plain->n_residuals > 4);
    assert_int_equal(again->n_residuals, 1);
    assert_int_equal(again->residuals[0], 0); // the input, by reference
    assert_int_equal(again->known->n_outputs, 1);
}

// (w, a) → the checkpoint of sin(w·a)…
BODY(trip) {
    const NodeId both = ir_mul(b, x[0], x[1]);
    return waves_again(b, &both, y);
}
BODY(scanned) {
    const TypeId types[] = {scalar(), scalar()};
    Loop loop = {.kind = LOOP_STATIC, .trips = 5, .n_constants = 1, .n_carry = 1};
    loop.body = trace_types(trip, 2, types);
    y[0] = ir_out(b, ir_emit_loop(b, &loop, 2, x), 0);
    return 1;
}

// What a trip of a loop saves is what its checkpoint is given.
static void test_a_trip_saves_its_operand(void **state) {
    (void)state;
    const Linearized *lin;
    const bool in[] = {true, true};
    ok(xform_linearize(trace(scanned, 2), in, &lin));
    for (uint32_t i = 0; i < lin->known->n; i++) {
        const Node *node = &lin->known->nodes[i];
        if (node->prim != PRIM_loop) continue;
        // a and w·a: the factors of the product outside, one of which is the operand.
        assert_int_equal(ir_loop(lin->known, node).n_ys, 2);
        return;
    }
    fail_msg("no loop");
}

// Value and gradient: what is computed first and what is computed again stay two.
static void test_they_are_not_merged(void **state) {
    (void)state;
    const Graph *both = NULL, *plain, *optimised;
    ok(try_value_and_grad(trace(waves_again, 1), 0, &both));
    ok(xform_without_rules(both, &plain));
    ok(opt_run(plain, &optimised));
    assert_int_equal(count_prim(optimised, PRIM_checkpoint), 2);
    assert_int_equal(count_prim(optimised, PRIM_sin), 0);
}

static size_t bytes_of_grad(bool again, uint32_t layers, int64_t n) {
    const TypeId type = vector(n);
    Builder *b = ir_builder(ir);
    NodeId x = ir_input(b, type);
    for (uint32_t i = 0; i < layers; i++) {
        // No two layers are equal.
        x = ir_mul(b, x, ir_literal(b, type, base_str(i % 2 ? "0.75" : "1.25")));
        (void)(again ? waves_again : waves)(b, &x, &x);
    }
    const Graph *g = summed(finish(b, 1, &x)), *both = NULL, *plain, *optimised;
    ok(try_value_and_grad(g, 0, &both));
    ok(xform_without_rules(both, &plain));
    ok(opt_run(plain, &optimised));
    Plan *plan = NULL;
    ok(exec_plan(arena, &diags, optimised, &plan));
    return exec_stats(plan).buffer_bytes;
}

// Each layer of a chain leaves one array for the way back; its inside has one place, which
// all layers share.
static void test_layers_share_a_place(void **state) {
    (void)state;
    enum { N = 10000, ARRAY = N * sizeof(double) };
    const size_t few = bytes_of_grad(true, 4, N), many = bytes_of_grad(true, 24, N);
    const size_t plain = bytes_of_grad(false, 24, N);
    if ((many - few) / ARRAY > 25) // two of each layer, and rounding
        fail_msg("20 more layers: %zu arrays", (many - few) / ARRAY);
    if (plain < 3 * many) fail_msg("plain: %zu bytes, checkpoints: %zu", plain, many);
}

// -- cost ---------------------------------------------------------------------------

// Depth checkpoints around each other.
static const Graph *nest(uint32_t depth) {
    const Graph *g = trace(waves, 1);
    for (uint32_t i = 0; i < depth; i++) {
        NodeId x[1], y;
        Builder *b = like(g, x);
        y = ir_sin(b, emit_checkpoint(b, g, x));
        g = finish(b, 1, &y);
    }
    return g;
}

// Nodes of a graph and of the graphs it holds, each as often as it stands there.
static double weight(const Graph *g) {
    double n = g->n;
    for (uint32_t i = 0; i < g->n; i++) {
        const HeldGraphs held = ir_held_graphs((Prim)g->nodes[i].prim);
        for (uint32_t k = held.first; k < held.first + held.n; k++)
            n += weight(ir_graph(ir, (uint32_t)ir_attr(g, &g->nodes[i])[k]));
    }
    return n;
}

static uint32_t kept_by_grads(uint32_t depth, int order) {
    const Graph *g = nest(depth);
    const uint32_t before = xform_kept_count(ir);
    for (int i = 0; i < order; i++)
        g = grad(g, 0);
    return xform_kept_count(ir) - before;
}

static void test_nesting_is_linear(void **state) {
    (void)state;
    for (int order = 1; order <= 2; order++) {
        const uint32_t eight = kept_by_grads(8, order), sixteen = kept_by_grads(16, order);
        if (sixteen > eight * 5 / 2)
            fail_msg("order %d: depth 8: %u, depth 16: %u", order, eight, sixteen);
    }
}

// What runs grows by a bounded factor with each derivative.
static void test_growth(void **state) {
    (void)state;
    const Graph *g = trace(waves_again, 1);
    double before = weight(g);
    for (int order = 1; order <= 5; order++) {
        const Graph *plain, *optimised;
        g = grad(g, 0);
        ok(xform_without_rules(g, &plain));
        ok(opt_run(plain, &optimised));
        const double after = weight(optimised);
        if (order > 1 && after > 3.6 * before)
            fail_msg("order %d: %g nodes, before %g", order, after, before);
        before = after;
    }
}

// -- rules --------------------------------------------------------------------------

BODY(square) {
    y[0] = ir_mul(b, x[0], x[0]);
    return 1;
}
BODY(square_and_x) {
    y[1] = x[0];
    return 1 + square(b, x, y);
}
BODY(half_rule) { // of x²: x, not 2x
    y[0] = ir_mul(b, x[1], x[0]);
    return 1;
}
static const Function half = {"half", CALL_VJP,     1,         0,
                              square, square_and_x, half_rule, NULL};

BODY(calls_half) {
    y[0] = emit_call(b, &half, x);
    return 1;
}
BODY(half_again) {
    y[0] = emit_checkpoint(b, trace(calls_half, 1), x);
    return 1;
}
BODY(drops_half) { // its result is dropped
    (void)emit_call(b, &half, x);
    y[0] = ir_sin(b, x[0]);
    return 1;
}
BODY(drops_half_again) {
    y[0] = emit_checkpoint(b, trace(drops_half, 1), x);
    return 1;
}

static void test_rules_inside(void **state) {
    (void)state;
    const double at = 3;
    const Graph *g = trace(half_again, 1), *forward;
    check("value", run(g, &at)[0], 9);
    const uint32_t before = call_of(&half)->n_uses;
    check("gradient", run(grad(g, 0), &at)[0], 3);
    assert_int_equal(call_of(&half)->n_uses, before + 1); // once, though it runs again
    check("second", run(grad(grad(g, 0), 0), &at)[0], 1);
    check("rows", run(grad(summed(vmapped(g, 2, only(1, 0))), 0), (double[]){3, 4})[1], 4);
    expect_error(try_jacfwd(g, 0, &forward), CODE_E502);
    expect_error(try_jacfwd(trace(drops_half_again, 1), 0, &forward), CODE_E502);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_calls, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_saved),    TEST(test_a_trip_saves_its_operand),
        TEST(test_they_are_not_merged), TEST(test_layers_share_a_place),
        TEST(test_nesting_is_linear),   TEST(test_growth),
        TEST(test_rules_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
