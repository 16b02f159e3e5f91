// The verifier finds every malformed graph, the printer shows well-formed ones.
#include "xform_fixture.h"

#define BODY(name) static uint32_t name(Builder *b, const NodeId *x, NodeId *y)

BODY(doubled) {
    y[0] = ir_add(b, x[0], x[0]);
    return 1;
}
BODY(negated) {
    y[0] = ir_neg(b, x[0]);
    return 1;
}
BODY(two_outputs) {
    y[0] = y[1] = ir_neg(b, x[0]);
    return 2;
}
BODY(marked) {
    (void)x;
    y[0] = ir_linear_zero(b, scalar());
    return 1;
}

// Nodes of the graph below.
enum { X, V, ZERO, POSITIVE, COND, OF_COND, LANES, OF_LANES, N_NODES };

static const Graph *negated_graph, *two_graph;

// (x, v: float64[3]): a cond, and lanes over v.
static const Graph *sample(void) {
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, scalar()), v = ir_input(b, vector(3));
    const NodeId positive = ir_gt(b, x, number(b, "0"));
    negated_graph = trace(negated, 1);
    two_graph = trace(two_outputs, 1);
    const int64_t branches[] = {trace(doubled, 1)->id, negated_graph->id};
    const NodeId cond = ir_emit(b, PRIM_cond, 2, (NodeId[]){positive, x}, 2, branches);
    const NodeId of_cond = ir_out(b, cond, 0);
    const int64_t lanes[] = {3, negated_graph->id, 1};
    const NodeId y[] = {of_cond, ir_out(b, ir_emit(b, PRIM_lanes, 1, &v, 3, lanes), 0)};
    const Graph *graph = finish(b, 2, y);
    assert_int_equal(graph->n, N_NODES);
    return graph;
}

// A copy of the sample whose arrays may be written.
typedef struct Copy {
    Graph graph;
    Node *nodes;
    NodeId *operands, *inputs, *outputs;
    int64_t *attrs;
} Copy;

static void *copied(const void *bytes, size_t n) {
    void *copy = base_alloc(arena, n);
    return memcpy(copy, bytes, n);
}

static Copy copy_of(const Graph *g) {
    const Node *last = &g->nodes[g->n - 1];
    Copy c = {.graph = *g};
    c.graph.nodes = c.nodes = copied(g->nodes, g->n * sizeof *g->nodes);
    c.graph.operands = c.operands =
        copied(g->operands, (last->in + last->n_in) * sizeof *g->operands);
    c.graph.attrs = c.attrs =
        copied(g->attrs, (last->attr + last->n_attr) * sizeof *g->attrs);
    c.graph.inputs = c.inputs = copied(g->inputs, g->n_inputs * sizeof *g->inputs);
    c.graph.outputs = c.outputs = copied(g->outputs, g->n_outputs * sizeof *g->outputs);
    return c;
}

static int64_t *attr(Copy *c, NodeId node) {
    return c->attrs + c->nodes[node].attr;
}
static NodeId *operand(Copy *c, NodeId node) {
    return c->operands + c->nodes[node].in;
}

// -- malformed graphs ---------------------------------------------------------------

static void later_operand(Copy *c) {
    *operand(c, POSITIVE) = OF_COND;
}
static void own_operand(Copy *c) {
    *operand(c, OF_LANES) = OF_LANES;
}
static void wrong_type(Copy *c) {
    c->nodes[POSITIVE].type = scalar();
}
static void no_primitive(Copy *c) {
    c->nodes[ZERO].prim = PRIM_COUNT;
}
static void no_such_output(Copy *c) {
    *attr(c, OF_COND) = 1;
}
static void out_of_an_array(Copy *c) {
    *operand(c, OF_COND) = X;
}
static void several_as_operand(Copy *c) {
    *operand(c, LANES) = COND;
}
static void several_as_output(Copy *c) {
    c->outputs[0] = COND;
}
static void output_past_the_end(Copy *c) {
    c->outputs[1] = N_NODES;
}
static void predicate_no_bool(Copy *c) {
    *operand(c, COND) = ZERO;
}
static void operand_of_another_shape(Copy *c) {
    operand(c, COND)[1] = V;
}
static void branches_disagree(Copy *c) {
    attr(c, COND)[1] = two_graph->id;
}
static void graph_to_come(Copy *c) {
    attr(c, COND)[0] = c->graph.id;
}
static void graph_below_zero(Copy *c) {
    attr(c, LANES)[1] = -1;
}
static void other_number_of_lanes(Copy *c) {
    attr(c, LANES)[0] = 4;
}
static void no_lane_bit(Copy *c) {
    attr(c, LANES)[2] = 0;
}
static void too_few_attributes(Copy *c) {
    c->nodes[LANES].n_attr = 1;
}
static void input_twice(Copy *c) {
    c->inputs[1] = X;
}
static void input_missing(Copy *c) {
    c->graph.n_inputs = 1;
}
static void input_that_is_none(Copy *c) {
    c->inputs[1] = ZERO;
}
static void input_past_the_end(Copy *c) {
    c->inputs[0] = N_NODES;
}

static const struct {
    const char *name;
    void (*break_it)(Copy *c);
    const char *says;
} malformed[] = {
    {"later operand", later_operand, "reads %5, which is later"},
    {"own operand", own_operand, "reads %7, which is later"},
    {"wrong type", wrong_type, "its type should be bool[]"},
    {"no primitive", no_primitive, "no primitive"},
    {"no such output", no_such_output, "no such output"},
    {"out of an array", out_of_an_array, "several outputs"},
    {"several as operand", several_as_operand, "all outputs of %4 at once"},
    {"several as output", several_as_output, "cannot be several"},
    {"output past the end", output_past_the_end, "output that is no node"},
    {"predicate no bool", predicate_no_bool, "predicate is no bool scalar"},
    {"operand of another shape", operand_of_another_shape, "not those of its graph"},
    {"branches disagree", branches_disagree, "different numbers of outputs"},
    {"graph to come", graph_to_come, "none made before"},
    {"graph below zero", graph_below_zero, "none made before"},
    {"other number of lanes", other_number_of_lanes, "not those of its graph"},
    {"no lane bit", no_lane_bit, "not those of its graph"},
    {"too few attributes", too_few_attributes, "number of attributes"},
    {"input twice", input_twice, "input twice"},
    {"input missing", input_missing, "missing among the inputs"},
    {"input that is none", input_that_is_none, "it is no input"},
    {"input past the end", input_past_the_end, "input that is no node"},
};

static void test_malformed(void **state) {
    (void)state;
    const Graph *g = sample();
    ok(ir_verify(g, IR_VERIFY_PLAIN));
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        Copy c = copy_of(g);
        ok(ir_verify(&c.graph, 0));
        malformed[i].break_it(&c);
        const Status status = ir_verify(&c.graph, IR_VERIFY_ALONE);
        if (!strstr(first_error(), malformed[i].says))
            fail_msg("%s: \"%s\" in: %s", malformed[i].name, malformed[i].says,
                     first_error());
        expect_error(status, CODE_E901);
    }
}

static void test_neighbourhood(void **state) {
    (void)state;
    Copy c = copy_of(sample());
    wrong_type(&c);
    assert_int_equal(ir_verify(&c.graph, 0), FAILED);
    const Str hint = diags.list.at[0].hint;
    assert_non_null(strstr(hint.at, "    %0 = input : float64[]\n"));
    assert_non_null(strstr(hint.at, "  > %3 = gt %0 %2 : float64[]\n"));
}

// Left-over placeholders and marks are found in nested graphs, too.
static void test_plain(void **state) {
    (void)state;
    NodeId x;
    Builder *b = ir_builder(ir);
    x = ir_input(b, scalar());
    const NodeId c = ir_gt(b, x, number(b, "0"));
    const NodeId y = emit_cond(b, c, marked, negated, 1, &x);
    const Graph *g = finish(b, 1, &y);
    ok(ir_verify(g, 0));
    ok(ir_verify(g, IR_VERIFY_PLAIN | IR_VERIFY_ALONE));
    expect_error(ir_verify(g, IR_VERIFY_PLAIN), CODE_E901);
}

// -- printing -----------------------------------------------------------------------

static void test_print(void **state) {
    (void)state;
    Text out = {.arena = arena};
    const Graph *g = sample();
    ir_print(g, &out);
    char expected[2000];
    snprintf(expected, sizeof expected,
             "graph %u ( %%0 %%1 ) → ( %%5 %%7 ), nodes: 8\n"
             "%%0 = input : float64[]\n"
             "%%1 = input : float64[3]\n"
             "%%2 = literal 0 : float64[]\n"
             "%%3 = gt %%0 %%2 : bool[]\n"
             "%%4 = cond{graph 2, graph 0} %%3 %%0 : (float64[])\n"
             "    graph 2 ( %%0 ) → ( %%1 ), nodes: 2\n"
             "    %%0 = input : float64[]\n"
             "    %%1 = add %%0 %%0 : float64[]\n"
             "    graph 0 ( %%0 ) → ( %%1 ), nodes: 2\n"
             "    %%0 = input : float64[]\n"
             "    %%1 = neg %%0 : float64[]\n"
             "%%5 = out{0} %%4 : float64[]\n"
             "%%6 = lanes{3, graph 0}{1} %%1 : (float64[3])\n"
             "    graph 0 ( %%0 ) → ( %%1 ), nodes: 2\n"
             "    %%0 = input : float64[]\n"
             "    %%1 = neg %%0 : float64[]\n"
             "%%7 = out{0} %%6 : float64[3]\n",
             g->id);
    assert_string_equal(out.at, expected);
}

// However large a graph is, its text stays readable.
static void test_print_is_bounded(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    NodeId x = ir_input(b, scalar());
    for (int i = 0; i < 20000; i++)
        x = ir_sin(b, x);
    Text out = {.arena = arena};
    ir_print(finish(b, 1, &x), &out);
    assert_in_range(out.n, 10000, 200000);
    assert_non_null(strstr(out.at, "more\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_malformed, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_neighbourhood, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_plain, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_print, setup_calls, teardown),
        cmocka_unit_test_setup_teardown(test_print_is_bounded, setup_calls, teardown),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
