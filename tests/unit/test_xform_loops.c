// Loops under the transformations, on graphs: a loop is its unrolling, forward mode is
// reverse mode, what no trip changes is hoisted, and nesting is memoised. (What loops mean
// to users: tests/specs/loops.yaml.)
#include "xform_fixture.h"

#include "ir/loop.h"
#include "xform/memo.h"

#define BODY(name) static uint32_t name(Builder *b, const NodeId *x, NodeId *y)

// A loop over the n operands `in`, the count of a counted one first.
static NodeId emit_loop(Builder *b, Loop loop, Body body, uint32_t n, const NodeId *in) {
    TypeId types[MAX_IO];
    const uint32_t first = loop.kind == LOOP_COUNTED;
    for (uint32_t i = first; i < n; i++) {
        const bool slice = i - first >= loop.n_constants + loop.n_carry;
        const TypeId type = ir_type_of(b, in[i]);
        types[i - first] = slice ? ir_slice_type(ir, type) : type;
    }
    loop.body = trace_types(body, n - first, types);
    return ir_emit_loop(b, &loop, n, in);
}

// -- programs: each as a loop, and written out --------------------------------------

enum { TRIPS = 3 };

// (w, a) → a · sin(w) + a²: w is a constant.
BODY(wave) {
    y[0] = ir_add(b, ir_mul(b, x[1], ir_sin(b, x[0])), ir_mul(b, x[1], x[1]));
    return 1;
}
static const Loop waves = {
    .kind = LOOP_STATIC, .trips = TRIPS, .n_constants = 1, .n_carry = 1};
BODY(wave_loop) {
    y[0] = ir_out(b, emit_loop(b, waves, wave, 2, x), 0);
    return 1;
}
BODY(wave_unrolled) {
    NodeId in[] = {x[0], x[1]};
    for (int i = 0; i < TRIPS; i++)
        (void)wave(b, in, &in[1]);
    y[0] = in[1];
    return 1;
}

// The same, backwards and counted: nothing depends on the direction.
BODY(wave_counted) {
    const Loop loop = {
        .kind = LOOP_COUNTED, .reverse = true, .n_constants = 1, .n_carry = 1};
    const TypeId count = ir_array_type(ir, DT_I64, false, 0, NULL);
    const NodeId in[] = {ir_literal(b, count, STR("3")), x[0], x[1]};
    y[0] = ir_out(b, emit_loop(b, loop, wave, 3, in), 0);
    return 1;
}

// (x, goes on, a) → (a · x < 20, a · x).
BODY(power) {
    y[1] = ir_mul(b, x[2], x[0]);
    y[0] = ir_lt(b, y[1], number(b, "20"));
    return 2;
}
BODY(power_while) {
    const Loop loop = {.kind = LOOP_PREDICATE, .n_constants = 1, .n_carry = 2};
    const NodeId in[] = {x[0], ir_lt(b, x[1], number(b, "20")), x[1]};
    y[0] = ir_out(b, emit_loop(b, loop, power, 3, in), 1);
    return 1;
}
BODY(power_unrolled) { // at 2.5 and 1.25: four trips
    y[0] = x[1];
    for (int i = 0; i < 4; i++)
        y[0] = ir_mul(b, y[0], x[0]);
    return 1;
}

// A scan over the rows x · (1, 2, 3), whose ys are summed: (a, r) → (a · r, sin(a) · r).
BODY(scanned) {
    y[0] = ir_mul(b, x[0], x[1]);
    y[1] = ir_mul(b, ir_sin(b, x[0]), x[1]);
    return 2;
}
static NodeId ramp(Builder *b, NodeId x) {
    const NodeId parts[] = {x, ir_mul(b, number(b, "2"), x), ir_mul(b, number(b, "3"), x)};
    NodeId rows[TRIPS];
    for (int i = 0; i < TRIPS; i++)
        rows[i] = ir_reshape(b, parts[i], 1, (int64_t[]){1});
    return ir_concatenate(b, TRIPS, rows, 0);
}
BODY(scan_loop) {
    const Loop loop = {.kind = LOOP_STATIC, .trips = TRIPS, .n_carry = 1, .n_xs = 1};
    const NodeId in[] = {x[1], ramp(b, x[0])};
    const NodeId node = emit_loop(b, loop, scanned, 2, in);
    const NodeId ys = ir_reduce(b, PRIM_reduce_sum, ir_out(b, node, 1), 1, (int64_t[]){0});
    y[0] = ir_mul(b, ir_out(b, node, 0), ys);
    return 1;
}
BODY(scan_unrolled) {
    const char *const factors[] = {"1", "2", "3"};
    NodeId in[] = {x[1], IR_NONE}, out[2], sum = number(b, "0");
    for (int i = 0; i < TRIPS; i++) {
        in[1] = ir_mul(b, number(b, factors[i]), x[0]);
        (void)scanned(b, in, out);
        in[0] = out[0];
        sum = ir_add(b, sum, out[1]);
    }
    y[0] = ir_mul(b, in[0], sum);
    return 1;
}

// A loop in a loop: residuals are stacks of arrays, then arrays of arrays.
BODY(wave_of_waves) {
    y[0] = ir_out(b, emit_loop(b, waves, wave, 2, x), 0);
    return 1;
}
BODY(nested_loop) {
    const Loop loop = {.kind = LOOP_STATIC, .trips = 2, .n_constants = 1, .n_carry = 1};
    const NodeId in[] = {x[0], ir_mul(b, number(b, "0.125"), x[1])};
    y[0] = ir_out(b, emit_loop(b, loop, wave_of_waves, 2, in), 0);
    return 1;
}
BODY(nested_unrolled) {
    NodeId in[] = {x[0], ir_mul(b, number(b, "0.125"), x[1])};
    for (int i = 0; i < 2 * TRIPS; i++)
        (void)wave(b, in, &in[1]);
    y[0] = in[1];
    return 1;
}

static const struct {
    const char *name;
    Body loop, unrolled;
} programs[] = {
    {"static", wave_loop, wave_unrolled},     {"counted", wave_counted, wave_unrolled},
    {"while", power_while, power_unrolled},   {"scan", scan_loop, scan_unrolled},
    {"nested", nested_loop, nested_unrolled},
};

// -- laws ---------------------------------------------------------------------------

static const Graph *forwards(const Graph *g, uint32_t arg) {
    const Graph *result = NULL;
    ok(try_jacfwd(g, arg, &result));
    return result;
}

static const Graph *two_rows(const Graph *g) {
    const bool in[] = {true, true}, force = true;
    bool out;
    const Graph *result;
    ok(xform_vmap(g, 2, in, &force, &result, &out));
    return result;
}

// The same numbers to third order, whatever modes are composed; and for rows of a vmap.
static void test_loops_are_their_unrollings(void **state) {
    (void)state;
    static const double at[] = {2.5, 1.25}, rows[] = {2.5, 2.6, 1.25, 1.2};
    static const Graph *(*const modes[])(const Graph *, uint32_t) = {grad, forwards};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        const Graph *loop = trace(programs[i].loop, 2);
        const Graph *unrolled = trace(programs[i].unrolled, 2);
        check(programs[i].name, run(loop, at)[0], run(unrolled, at)[0]);
        for (uint32_t k = 0; k < 8; k++) { // bits: the arguments of three derivatives
            const Graph *known = unrolled;
            for (uint32_t order = 0; order < 3; order++)
                known = grad(known, k >> order & 1);
            for (uint32_t m = 0; m < 8; m++) { // bits: their modes
                const Graph *g = loop;
                for (uint32_t order = 0; order < 3; order++)
                    g = modes[m >> order & 1](g, k >> order & 1);
                check(programs[i].name, run(g, at)[0], run(known, at)[0]);
                if (k != 5) continue;
                const double *many = run(two_rows(g), rows),
                             *plain = run(two_rows(known), rows);
                check_all(programs[i].name, many, plain[0], plain[1]);
            }
        }
    }
}

// -- hoisting -----------------------------------------------------------------------

// The first loop of a graph, and how often a primitive stands in it.
static Loop find_loop(const Graph *g) {
    for (uint32_t i = 0; i < g->n; i++)
        if (g->nodes[i].prim == PRIM_loop) return ir_loop(g, &g->nodes[i]);
    fail_msg("no loop");
    return (Loop){0};
}
static uint32_t count_prim(const Graph *g, Prim prim) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n += g->nodes[i].prim == prim;
    return n;
}

// Of a · sin(w) + a² only a is saved trip by trip: sin(w) and cos(w) are computed once.
static void test_constants_are_hoisted(void **state) {
    (void)state;
    const Linearized *lin;
    const bool both[] = {true, true};
    ok(xform_linearize(trace(wave_loop, 2), both, &lin));
    const Loop known = find_loop(lin->known);
    assert_int_equal(known.n_ys, 1);
    assert_int_equal(count_prim(known.body, PRIM_sin), 0);
    assert_int_equal(count_prim(lin->known, PRIM_sin), 1);
    assert_int_equal(count_prim(lin->known, PRIM_cos), 1);
    // The same in a loop in a loop: out of both.
    ok(xform_linearize(trace(nested_loop, 2), both, &lin));
    const Loop outer = find_loop(lin->known);
    assert_int_equal(outer.n_ys, 1);
    assert_int_equal(count_prim(outer.body, PRIM_sin), 0);
    assert_int_equal(count_prim(find_loop(outer.body).body, PRIM_sin), 0);
    assert_int_equal(count_prim(lin->known, PRIM_sin), 1);
}

// A loop of no trips raises no error of its body: an index from data stays where it is.
BODY(looked_up) {
    const NodeId index = ir_convert(b, x[0], DT_I64, false);
    const NodeId table = ir_broadcast_to(b, x[1], 1, (int64_t[]){4});
    const int64_t mode = 0;
    y[0] = ir_mul(b, x[1], ir_emit(b, PRIM_gather, 2, (NodeId[]){table, index}, 1, &mode));
    return 1;
}
BODY(no_trip) {
    const Loop loop = {.kind = LOOP_STATIC, .n_constants = 1, .n_carry = 1};
    y[0] = ir_out(b, emit_loop(b, loop, looked_up, 2, x), 0);
    return 1;
}
static void test_what_may_fail_stays(void **state) {
    (void)state;
    const double at[] = {99, 2};
    check_all("no trip", run(grad(trace(no_trip, 2), 1), at), 1);
}

// -- cost ---------------------------------------------------------------------------

// Depth loops around a · sin(w) + a².
static const Graph *nest(uint32_t depth) {
    const Graph *g = trace(wave, 2);
    for (uint32_t i = 0; i < depth; i++) {
        NodeId x[2];
        Builder *b = like(g, x);
        Loop loop = waves;
        loop.trips = 1;
        loop.body = g;
        const NodeId y = ir_out(b, ir_emit_loop(b, &loop, 2, x), 0);
        g = finish(b, 1, &y);
    }
    return g;
}

static uint32_t kept_by_grad(uint32_t depth) {
    const Graph *g = nest(depth);
    const uint32_t before = xform_kept_count(ir);
    (void)grad(g, 1);
    return xform_kept_count(ir) - before;
}

static void test_nesting_is_linear(void **state) {
    (void)state;
    const uint32_t eight = kept_by_grad(8), sixteen = kept_by_grad(16);
    if (sixteen > eight * 5 / 2) fail_msg("depth 8: %u, depth 16: %u", eight, sixteen);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_calls, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_loops_are_their_unrollings),
        TEST(test_constants_are_hoisted),
        TEST(test_what_may_fail_stays),
        TEST(test_nesting_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
