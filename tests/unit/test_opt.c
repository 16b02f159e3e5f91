// Optimisation: each simplification, and what must stay as it is.
#include "ir/call.h"
#include "opt/opt.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Arena *arena;
static Diags diags;
static Ir *ir;
static Builder *b;
static NodeId x, y, c; // inputs: float64[2, 3], float64[2, 3], bool[]

static TypeId array(Dtype dtype, uint32_t rank, const int64_t *shape) {
    return ir_array_type(ir, dtype, false, rank, shape);
}
#define SHAPE(...)                                                                         \
    sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), ((int64_t[]){__VA_ARGS__})

static void begin(void) {
    b = ir_builder(ir);
    x = ir_input(b, array(DT_F64, SHAPE(2, 3)));
    y = ir_input(b, array(DT_F64, SHAPE(2, 3)));
    c = ir_input(b, array(DT_BOOL, 0, NULL));
}

static int setup(void **state) {
    (void)state;
    arena = base_arena_new();
    diags = (Diags){.arena = arena, .sources = base_sources_new(arena)};
    ir = ir_new(&diags);
    begin();
    return 0;
}
static int teardown(void **state) {
    (void)state;
    ir_builder_drop(b);
    ir_free(ir);
    base_arena_free(arena);
    return 0;
}

static const Graph *finish(NodeId output) {
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(b, NULL, 1, &output, &graph), OK);
    return graph;
}

// Optimises the graph of that output; asserts how many nodes are left besides the inputs,
// and (unless 0 are) the primitive of the output.
static const Graph *becomes(NodeId output, uint32_t n, Prim prim) {
    const Graph *before = finish(output), *after = NULL, *again = NULL;
    assert_int_equal(opt_run(before, &after), OK);
    assert_int_equal(ir_verify(after, 0), OK);
    if (after->n - after->n_inputs != n) {
        Text text = {.arena = arena};
        ir_print(after, &text);
        fail_msg("expected %u nodes:\n%.*s", n, STR_ARG(base_text_str(&text)));
    }
    assert_int_equal(after->n_inputs, before->n_inputs);
    assert_int_equal(after->nodes[after->outputs[0]].prim, n ? prim : PRIM_input);
    assert_int_equal(after->nodes[after->outputs[0]].type,
                     before->nodes[before->outputs[0]].type);
    assert_int_equal(opt_run(after, &again), OK);
    assert_ptr_equal(after, again);
    begin();
    return after;
}
static void stays(NodeId output, uint32_t n, Prim prim) {
    const Graph *before = finish(output), *after = NULL;
    assert_int_equal(opt_run(before, &after), OK);
    assert_ptr_equal(after, before);
    assert_int_equal(before->n - before->n_inputs, n);
    assert_int_equal(before->nodes[before->outputs[0]].prim, prim);
    begin();
}

static NodeId emit1(Prim prim, NodeId operand, uint32_t n, const int64_t *attr) {
    return ir_emit(b, prim, 1, &operand, n, attr);
}
static const int64_t turn[] = {1, 0};

static void test_dead_and_equal_nodes(void **state) {
    (void)state;
    (void)ir_exp(b, ir_sin(b, x));
    becomes(ir_cos(b, x), 1, PRIM_cos);
    // Equal once what is below them is.
    const NodeId one = ir_literal_like(b, x, "1");
    becomes(ir_add(b, ir_sin(b, ir_mul(b, x, one)), ir_sin(b, x)), 2, PRIM_add);
    stays(ir_add(b, ir_sin(b, x), ir_cos(b, x)), 3, PRIM_add);
}

static void test_moves(void **state) {
    (void)state;
    becomes(ir_transpose(b, ir_transpose(b, x, turn), turn), 0, 0);
    stays(ir_transpose(b, x, turn), 1, PRIM_transpose);
    NodeId z = ir_broadcast(b, x, SHAPE(2, 3, 4), ((int64_t[]){0, 1}));
    z = ir_transpose(b, z, (int64_t[]){2, 0, 1});
    z = ir_transpose(b, z, (int64_t[]){1, 0, 2}); // (2, 4, 3)
    const Graph *g = becomes(z, 2, PRIM_transpose);
    const int64_t *perm = ir_attr(g, &g->nodes[g->outputs[0]]);
    assert_true(perm[0] == 0 && perm[1] == 2 && perm[2] == 1);

    z = emit1(PRIM_reshape, x, 2, (int64_t[]){1, 6});
    becomes(emit1(PRIM_reshape, z, 3, (int64_t[]){2, 2, 3}), 0, 0);
    z = emit1(PRIM_reshape, x, 2, (int64_t[]){1, 6});
    becomes(emit1(PRIM_reshape, z, 3, (int64_t[]){2, 3, 2}), 1, PRIM_reshape);
    becomes(emit1(PRIM_reshape, x, 3, (int64_t[]){2, 2, 3}), 0, 0);

    z = ir_broadcast(b, x, SHAPE(2, 1, 3), ((int64_t[]){0, 2}));
    z = ir_broadcast(b, z, SHAPE(5, 2, 4, 3), ((int64_t[]){1, 2, 3}));
    g = becomes(z, 1, PRIM_broadcast);
    const int64_t *attr = ir_attr(g, &g->nodes[g->outputs[0]]);
    assert_true(attr[5] == 1 && attr[6] == 3);
    becomes(emit1(PRIM_broadcast, x, 5, (int64_t[]){2, 2, 3, 0, 1}), 0, 0);

    becomes(emit1(PRIM_slice, x, 6, (int64_t[]){0, 0, 2, 3, 1, 1}), 0, 0);
    stays(emit1(PRIM_slice, x, 6, (int64_t[]){0, 1, 2, 3, 1, 1}), 1, PRIM_slice);
    stays(emit1(PRIM_slice, x, 6, (int64_t[]){0, 0, 2, 3, 1, 2}), 1, PRIM_slice);
}

static void test_moved_literals(void **state) {
    (void)state;
    NodeId z = ir_literal(b, array(DT_F64, 0, NULL), STR("0.1"));
    z = ir_broadcast(b, z, SHAPE(3, 2), NULL);
    becomes(ir_add(b, x, ir_transpose(b, z, turn)), 2, PRIM_add);
    // Elements of their own move.
    const int64_t one = ir_literal_id(ir, STR("1")), two = ir_literal_id(ir, STR("2"));
    const int64_t literals[] = {DT_F64, 0, 2, 2, 2, one, two, one, two};
    z = ir_emit(b, PRIM_literal, 0, NULL, 9, literals);
    stays(ir_transpose(b, z, turn), 2, PRIM_transpose);
}

static void test_elementwise(void **state) {
    (void)state;
    becomes(emit1(PRIM_convert, x, 2, (int64_t[]){DT_F64, 0}), 0, 0);
    stays(emit1(PRIM_convert, x, 2, (int64_t[]){DT_F64, 1}), 1, PRIM_convert);
    stays(emit1(PRIM_convert, x, 2, (int64_t[]){DT_F32, 0}), 1, PRIM_convert);
    becomes(ir_neg(b, ir_neg(b, x)), 0, 0);
    becomes(ir_mul(b, ir_literal_like(b, x, "1.00"), x), 0, 0);
    becomes(ir_div(b, x, ir_literal_like(b, x, "1")), 0, 0);
    stays(ir_div(b, ir_literal_like(b, x, "1"), x), 2, PRIM_div);

    const TypeId truth = array(DT_BOOL, SHAPE(2, 3));
    becomes(ir_select(b, ir_lt(b, x, y), x, x), 0, 0);
    becomes(ir_select(b, ir_literal(b, truth, STR("False")), ir_sin(b, y), x), 0, 0);
    becomes(ir_select(b, ir_literal(b, truth, STR("True")), ir_sin(b, y), x), 1, PRIM_sin);
    stays(ir_select(b, ir_lt(b, x, y), x, y), 2, PRIM_select);
}

// What looks simple but is not: NaN, infinity, signed zeros, weak types.
static void test_bits_are_kept(void **state) {
    (void)state;
    const char *const zeros[] = {"0", "-0.0", "0.0"};
    for (int i = 0; i < 3; i++) {
        stays(ir_mul(b, x, ir_literal_like(b, x, zeros[i])), 2, PRIM_mul);
        stays(ir_add(b, x, ir_literal_like(b, x, zeros[i])), 2, PRIM_add);
    }
    stays(ir_mul(b, x, ir_literal_like(b, x, "1.0000000000000000001")), 2, PRIM_mul);
    stays(ir_mul(b, x, ir_literal_like(b, x, "1e0")), 2, PRIM_mul);
    stays(ir_mul(b, x, ir_literal_like(b, x, "-1")), 2, PRIM_mul);
    stays(ir_sub(b, x, x), 1, PRIM_sub);
    stays(ir_div(b, x, x), 1, PRIM_div);
    // A weak operand and a strong one: not the weak one's type.
    const NodeId weak = ir_convert(b, x, DT_F64, true);
    stays(ir_mul(b, weak, ir_literal_like(b, y, "1")), 3, PRIM_mul);
}

// -- nested graphs ------------------------------------------------------------------

// float64[2, 3] → neg of neg of it, or sin of it.
static const Graph *branch(bool is_sine) {
    Builder *outer = b;
    b = ir_builder(ir);
    const NodeId in = ir_input(b, array(DT_F64, SHAPE(2, 3)));
    const Graph *graph = finish(is_sine ? ir_sin(b, in) : ir_neg(b, ir_neg(b, in)));
    b = outer;
    return graph;
}

static NodeId cond(NodeId predicate, const Graph *yes, const Graph *no) {
    const NodeId node =
        ir_emit(b, PRIM_cond, 2, (NodeId[]){predicate, x}, 2, (int64_t[]){yes->id, no->id});
    return ir_out(b, node, 0);
}

static void test_nested_graphs(void **state) {
    (void)state;
    const Graph *g = becomes(cond(c, branch(false), branch(true)), 2, PRIM_out);
    const Node *node = &g->nodes[ir_in(g, &g->nodes[g->outputs[0]])[0]];
    assert_int_equal(ir_graph(ir, (uint32_t)ir_attr(g, node)[0])->n, 1);
    assert_int_equal(ir_graph(ir, (uint32_t)ir_attr(g, node)[1])->n, 2);

    stays(cond(c, branch(true), branch(true)), 2, PRIM_out);
}

static void test_cond_on_a_literal(void **state) {
    (void)state;
    NodeId known = ir_literal(b, array(DT_BOOL, 0, NULL), STR("True"));
    becomes(cond(known, branch(true), branch(false)), 1, PRIM_sin);
    known = ir_literal(b, array(DT_BOOL, 0, NULL), STR("False"));
    becomes(cond(known, branch(true), branch(false)), 0, 0);
}

static void test_vjp_calls_stay(void **state) {
    (void)state;
    static const bool nondiff[1];
    Call call = {.kind = CALL_VJP, .name = STR("f"), .n_args = 1, .nondiff = nondiff};
    call.value = branch(true);
    const int64_t number = ir_add_call(ir, &call);
    const NodeId first = ir_emit(b, PRIM_call, 1, &x, 1, &number);
    const NodeId second = ir_emit(b, PRIM_call, 1, &x, 1, &number);
    (void)ir_emit(b, PRIM_call, 1, &y, 1, &number); // dead
    const NodeId sum = ir_add(b, ir_out(b, first, 0), ir_out(b, second, 0));
    stays(sum, 6, PRIM_add);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(dead_and_equal_nodes), TEST(moves),          TEST(moved_literals),
        TEST(elementwise),          TEST(bits_are_kept),  TEST(nested_graphs),
        TEST(cond_on_a_literal),    TEST(vjp_calls_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
