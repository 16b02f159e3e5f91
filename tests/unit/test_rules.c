// Rules: the graphs that they make of one node, written as expressions. That these are
// right as numbers is a law's business (laws/test_primitives.c); here is what a reader
// expects to see, and what must not be emitted.
#include "ir_fixture.h"
#include "rules/rules.h"

#include <inttypes.h>

// A node as an expression: inputs by their letters, numbers as they are (their shapes left
// out), attributes in brackets.
static void write_node(const Builder *b, const char *letters, NodeId id, Text *out) {
    const Node *node = ir_node(b, id);
    const int64_t *attr = ir_node_attr(b, id);
    if (node->prim == PRIM_input) {
        base_text_char(out, letters[id]);
        return;
    }
    if (node->prim == PRIM_literal) {
        base_text_add(out, ir_literal_text(ir, (uint32_t)attr[node->n_attr - 1]));
        return;
    }
    base_text_add(out, base_str(ir_prim((Prim)node->prim)->name));
    if (node->prim == PRIM_linear_zero) return;
    for (uint32_t i = 0; i < node->n_attr; i++)
        base_text_printf(out, "%s%" PRId64, i ? " " : "[", attr[i]);
    if (node->n_attr) base_text_char(out, ']');
    if (node->n_in == 0) return;
    const NodeId *in = ir_node_in(b, id);
    for (uint32_t i = 0; i < node->n_in; i++) {
        base_text_char(out, i ? ' ' : '(');
        write_node(b, letters, in[i], out);
    }
    base_text_char(out, ')');
}

static const char *text_of(const Builder *b, const char *letters, NodeId node) {
    if (node == IR_NONE) return "none";
    Text out = {.arena = arena};
    write_node(b, letters, node, &out);
    return out.at;
}

enum { MAX_IN = 4 };

typedef struct Row {
    Prim prim;
    const char *in[MAX_IN]; // operands
    uint32_t n_attr;
    int64_t attr[9];
    const char
        *mask; // a character for each operand: '1' has a tangent, is linear, is batched
    const char *expected; // of several, with ", " between
} Row;
#define ATTR(...)                                                                          \
    (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {                                \
        __VA_ARGS__                                                                        \
    }
#define NO_ATTR                                                                            \
    0, {                                                                                   \
        0                                                                                  \
    }

// The operands' types, and the node as a rule sees it, but for what is in the builder.
static RuleNode node_of(const Row *row, TypeId *types) {
    uint32_t n = 0;
    for (; n < MAX_IN && row->in[n]; n++)
        types[n] = short_type(row->in[n]);
    const TypeId type = ir_infer(ir, row->prim, n, types, row->n_attr, row->attr, NULL);
    assert_int_not_equal(type, IR_NO_TYPE);
    return (RuleNode){.prim = row->prim,
                      .type = type,
                      .out = IR_NONE,
                      .n_in = n,
                      .in_types = types,
                      .n_attr = row->n_attr,
                      .attr = row->attr};
}

static void check(const Row *row, const char *text) {
    if (strcmp(text, row->expected) != 0)
        fail_msg("%s, mask %s:\n  gave     %s\n  expected %s", ir_prim(row->prim)->name,
                 row->mask, text, row->expected);
}

// -- jvp: operands x, y, z; tangents p, q, r ----------------------------------------

static const Row jvp_rows[] = {
    {PRIM_neg, {"3"}, NO_ATTR, "1", "neg(p)"},
    {PRIM_abs, {"3"}, NO_ATTR, "1", "mul(p select(ge(x 0) 1 -1))"},
    {PRIM_sign, {"3"}, NO_ATTR, "1", "none"},
    {PRIM_round, {"3"}, NO_ATTR, "1", "none"},
    {PRIM_stop_gradient, {"3"}, NO_ATTR, "1", "none"},
    {PRIM_integer_pow, {"3"}, ATTR(0), "1", "none"},
    {PRIM_integer_pow, {"3"}, ATTR(1), "1", "p"},
    {PRIM_integer_pow, {"3"}, ATTR(2), "1", "mul(p mul(x 2))"},
    {PRIM_integer_pow, {"3"}, ATTR(-3), "1", "mul(p mul(integer_pow[-4](x) -3))"},
    {PRIM_sqrt, {"3"}, NO_ATTR, "1", "mul(p div(0.5 sqrt(x)))"},
    {PRIM_exp, {"3"}, NO_ATTR, "1", "mul(p exp(x))"},
    {PRIM_expm1, {"3"}, NO_ATTR, "1", "mul(p exp(x))"},
    {PRIM_log, {"3"}, NO_ATTR, "1", "div(p x)"},
    {PRIM_log2, {"3"}, NO_ATTR, "1", "div(p mul(x broadcast[1 3](log(2))))"},
    {PRIM_log1p, {""}, NO_ATTR, "1", "div(p add(x 1))"},
    {PRIM_sin, {"3"}, NO_ATTR, "1", "mul(p cos(x))"},
    {PRIM_tanh,
     {"3"},
     NO_ATTR,
     "1",
     "mul(p add(stop_gradient(mul(div(1 cosh(x)) div(1 cosh(x)))) "
     "sub(sub(1 mul(tanh(x) tanh(x))) stop_gradient(sub(1 mul(tanh(x) tanh(x)))))))"},
    {PRIM_erf, {""}, NO_ATTR, "1", "mul(p mul(div(2 sqrt(pi)) exp(neg(mul(x x)))))"},
    {PRIM_polygamma, {""}, ATTR(2), "1", "mul(p polygamma[3](x))"},

    {PRIM_add, {"3", "3"}, NO_ATTR, "11", "add(p q)"},
    {PRIM_add, {"3", "3"}, NO_ATTR, "01", "q"},
    {PRIM_sub, {"3", "3"}, NO_ATTR, "10", "p"},
    {PRIM_sub, {"3", "3"}, NO_ATTR, "01", "neg(q)"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "11", "add(mul(y p) mul(x q))"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "01", "mul(x q)"},
    {PRIM_div, {"3", "3"}, NO_ATTR, "10", "div(p y)"},
    {PRIM_div, {"3", "3"}, NO_ATTR, "11", "sub(div(p y) mul(q div(div(x y) y)))"},
    {PRIM_pow, {"3", "3"}, NO_ATTR, "10", "mul(p mul(y pow(x sub(y 1))))"},
    {PRIM_pow, {"3", "3"}, NO_ATTR, "01", "mul(q mul(pow(x y) log(select(eq(x 0) 1 x))))"},
    {PRIM_maximum,
     {"3", "3"},
     NO_ATTR,
     "01",
     "mul(q select(lt(x y) 1 select(eq(x y) 0.5 0)))"},
    {PRIM_rem, {"3", "3"}, NO_ATTR, "10", "p"},
    {PRIM_copysign, {"3", "3"}, NO_ATTR, "01", "none"},
    {PRIM_floor_divide, {"3", "3"}, NO_ATTR, "11", "none"},
    {PRIM_lt, {"3", "3"}, NO_ATTR, "11", "none"},

    {PRIM_select, {"b3", "3", "3"}, NO_ATTR, "011", "select(x q r)"},
    {PRIM_select, {"b3", "3", "3"}, NO_ATTR, "001", "select(x linear_zero r)"},
    {PRIM_convert, {"3"}, ATTR(DT_F32, 0), "1", "convert[3 0](p)"},
    {PRIM_convert, {"3"}, ATTR(DT_I64, 0), "1", "none"},

    {PRIM_reduce_sum, {"2,3"}, ATTR(0), "1", "reduce_sum[0](p)"},
    {PRIM_reduce_max,
     {"2,3"},
     ATTR(0),
     "1",
     "div(reduce_sum[0](select(eq(x broadcast[2 2 3 1](reduce_max[0](x))) p 0)) "
     "reduce_sum[0](convert[4 0](eq(x broadcast[2 2 3 1](reduce_max[0](x))))))"},
    {PRIM_reduce_prod, {"0,3"}, ATTR(0), "1", "none"},
    {PRIM_reduce_prod, {"1"}, ATTR(0), "1", "reshape[0](reshape[2 1 1](p))"},
    {PRIM_reduce_prod,
     {"2,1"},
     ATTR(0, 1),
     "1",
     "reshape[0](add(mul(slice[1 0 2 1 1 1](x) slice[0 0 1 1 1 1](p)) "
     "mul(slice[0 0 1 1 1 1](x) slice[1 0 2 1 1 1](p))))"},
    {PRIM_argmax, {"3"}, ATTR(0), "1", "none"},
    {PRIM_argsort, {"3"}, ATTR(0, 0), "1", "none"},
    {PRIM_cumsum, {"3"}, ATTR(0, 1), "1", "cumsum[0 1](p)"},

    {PRIM_broadcast, {"3"}, ATTR(2, 2, 3, 1), "1", "broadcast[2 2 3 1](p)"},
    {PRIM_slice, {"3"}, ATTR(0, 3, 2), "1", "slice[0 3 2](p)"},
    {PRIM_concatenate, {"3", "2"}, ATTR(0), "10", "concatenate[0](p linear_zero)"},

    {PRIM_gather, {"3", "i2"}, ATTR(0), "10", "gather[0](p y)"},
    {PRIM_gather,
     {"3", "i2"},
     ATTR(2),
     "10",
     "select(bit_and(ge(y 0) lt(y 3)) gather[1](p y) 0)"},
    {PRIM_scatter_add, {"3", "2", "i2"}, ATTR(0), "110", "scatter_add[0](p q z)"},
    {PRIM_scatter_add, {"3", "2", "i2"}, ATTR(0), "100", "p"},
    {PRIM_scatter_add, {"3", "2", "i2"}, ATTR(2), "010", "scatter_add[2](linear_zero q z)"},
    {PRIM_scatter_set, {"3", "2", "i2"}, ATTR(0), "100", "scatter_set[0](p linear_zero z)"},
    {PRIM_dot, {"1,2,3", "1,3,4"}, NO_ATTR, "11", "add(dot(p y) dot(x q))"},
};

static void jvp_graphs(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof jvp_rows / sizeof *jvp_rows; k++) {
        const Row *row = &jvp_rows[k];
        TypeId types[MAX_IN];
        RuleNode node = node_of(row, types);
        Builder *b = ir_builder(ir);
        char letters[2 * MAX_IN + 1] = "";
        NodeId in[MAX_IN], t[MAX_IN];
        for (uint32_t i = 0; i < node.n_in; i++) {
            in[i] = ir_input(b, types[i]);
            letters[in[i]] = "xyz"[i];
        }
        for (uint32_t i = 0; i < node.n_in; i++) {
            t[i] = row->mask[i] == '1' ? ir_input(b, types[i]) : IR_NONE;
            if (t[i] != IR_NONE) letters[t[i]] = "pqr"[i];
        }
        node.in = in;
        node.out = ir_emit(b, row->prim, node.n_in, in, row->n_attr, row->attr);
        const NodeId tangent = rules_of(row->prim)->jvp(b, &node, t);
        assert_int_equal(ir_status(b), OK);
        if (tangent != IR_NONE) assert_int_equal(ir_type_of(b, tangent), node.type);
        check(row, text_of(b, letters, tangent));
        ir_builder_drop(b);
    }
}

// -- transpose: known operands x, y, z; cotangent c ---------------------------------

static const Row transpose_rows[] = {
    {PRIM_neg, {"3"}, NO_ATTR, "1", "neg(c)"},
    {PRIM_sin, {"3"}, NO_ATTR, "1", "not linear"},
    {PRIM_stop_gradient, {"3"}, NO_ATTR, "1", "not linear"},
    {PRIM_add, {"3", "3"}, NO_ATTR, "11", "c, c"},
    {PRIM_add, {"3", "3"}, NO_ATTR, "01", "none, c"},
    {PRIM_sub, {"3", "3"}, NO_ATTR, "11", "c, neg(c)"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "10", "mul(y c), none"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "01", "none, mul(x c)"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "11", "not linear"},
    {PRIM_div, {"3", "3"}, NO_ATTR, "10", "div(c y), none"},
    {PRIM_div, {"3", "3"}, NO_ATTR, "01", "not linear"},
    {PRIM_maximum, {"3", "3"}, NO_ATTR, "10", "not linear"},
    {PRIM_select, {"b3", "3", "3"}, NO_ATTR, "011", "none, select(x c 0), select(x 0 c)"},
    {PRIM_select, {"b3", "3", "3"}, NO_ATTR, "001", "none, none, select(x 0 c)"},
    {PRIM_convert, {"f3"}, ATTR(DT_F64, 0), "1", "convert[3 0](c)"},

    {PRIM_reduce_sum, {"2,3,4"}, ATTR(0, 2), "1", "broadcast[3 2 3 4 1](c)"},
    {PRIM_reduce_max, {"2"}, ATTR(0), "1", "not linear"},
    {PRIM_cumsum, {"3"}, ATTR(0, 1), "1", "cumsum[0 0](c)"},

    {PRIM_broadcast, {"3"}, ATTR(2, 2, 3, 1), "1", "reduce_sum[0](c)"},
    {PRIM_broadcast,
     {"1,3"},
     ATTR(3, 4, 2, 3, 1, 2),
     "1",
     "reshape[2 1 3](reduce_sum[0 1](c))"},
    {PRIM_reshape, {"2,3"}, ATTR(1, 6), "1", "reshape[2 2 3](c)"},
    {PRIM_transpose, {"2,3,4"}, ATTR(1, 2, 0), "1", "transpose[2 0 1](c)"},
    {PRIM_reverse, {"3"}, ATTR(0), "1", "reverse[0](c)"},
    {PRIM_slice, {"9"}, ATTR(1, 8, 3), "1", "pad[1 1 2](c)"},
    {PRIM_slice, {"9"}, ATTR(1, 1, 3), "1", "pad[0 9 0](c)"},
    {PRIM_pad, {"3"}, ATTR(1, 1, 2), "1", "slice[1 8 3](c)"},
    {PRIM_pad, {"0"}, ATTR(1, 1, 2), "1", "slice[1 1 1](c)"},
    {PRIM_concatenate,
     {"3", "2", "1"},
     ATTR(0),
     "011",
     "none, slice[3 5 1](c), slice[5 6 1](c)"},

    {PRIM_gather, {"3", "i2"}, ATTR(2), "10", "scatter_add[2](0 c y), none"},
    {PRIM_scatter_add, {"3", "2", "i2"}, ATTR(0), "110", "c, gather[0](c z), none"},
    {PRIM_scatter_add,
     {"3", "2", "i2"},
     ATTR(2),
     "010",
     "none, select(bit_and(ge(z 0) lt(z 3)) gather[1](c z) 0), none"},
    {PRIM_scatter_set,
     {"3", "2", "i2"},
     ATTR(0),
     "100",
     "scatter_set[0](c 0 z), none, none"},
    {PRIM_scatter_set,
     {"3", "2", "i2"},
     ATTR(0),
     "010",
     "none, select(eq(iota[2 1 2 0] gather[0](scatter_set[0](0 iota[2 1 2 0] z) z)) "
     "gather[0](c z) 0), none"},
    {PRIM_dot, {"1,2,3", "1,3,4"}, NO_ATTR, "10", "dot(c transpose[0 2 1](y)), none"},
    {PRIM_dot, {"1,2,3", "1,3,4"}, NO_ATTR, "01", "none, dot(transpose[0 2 1](x) c)"},
    {PRIM_dot, {"1,2,3", "1,3,4"}, NO_ATTR, "11", "not linear"},
};

static void transpose_graphs(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof transpose_rows / sizeof *transpose_rows; k++) {
        const Row *row = &transpose_rows[k];
        TypeId types[MAX_IN];
        RuleNode node = node_of(row, types);
        Builder *b = ir_builder(ir);
        char letters[MAX_IN + 2] = "";
        NodeId in[MAX_IN], cts[MAX_IN];
        bool linear[MAX_IN];
        for (uint32_t i = 0; i < node.n_in; i++) {
            linear[i] = row->mask[i] == '1';
            in[i] = linear[i] ? IR_NONE : ir_input(b, types[i]);
            if (!linear[i]) letters[in[i]] = "xyz"[i];
            cts[i] = IR_NONE;
        }
        const NodeId ct = ir_input(b, node.type);
        letters[ct] = 'c';
        node.in = in;
        Text text = {.arena = arena};
        if (rules_of(row->prim)->transpose(b, &node, linear, ct, cts)) {
            for (uint32_t i = 0; i < node.n_in; i++) {
                if (cts[i] != IR_NONE) assert_int_equal(ir_type_of(b, cts[i]), types[i]);
                if (i) base_text_add(&text, STR(", "));
                base_text_add(&text, base_str(text_of(b, letters, cts[i])));
            }
        } else {
            base_text_add(&text, STR("not linear"));
        }
        assert_int_equal(ir_status(b), OK);
        check(row, text.at);
        ir_builder_drop(b);
    }
}

// -- batch: B = 5 -------------------------------------------------------------------

static const Row batch_rows[] = {
    {PRIM_integer_pow, {"3"}, ATTR(4), "1", "integer_pow[4](x)"},
    {PRIM_convert, {"3"}, ATTR(DT_I64, 0), "1", "convert[2 0](x)"},
    {PRIM_mul, {"3", "3"}, NO_ATTR, "11", "mul(x y)"},
    {PRIM_sub, {"3", "3"}, NO_ATTR, "01", "sub(broadcast[2 5 3 1](x) y)"},
    {PRIM_lt, {"", ""}, NO_ATTR, "01", "lt(broadcast[1 5](x) y)"},
    {PRIM_select,
     {"b3", "3", "3"},
     NO_ATTR,
     "100",
     "select(x broadcast[2 5 3 1](y) broadcast[2 5 3 1](z))"},
    {PRIM_reduce_sum, {"2,3,4"}, ATTR(0, 2), "1", "reduce_sum[1 3](x)"},
    {PRIM_argmax, {"2,3"}, ATTR(0), "1", "argmax[1](x)"},
    {PRIM_argsort, {"2,3"}, ATTR(0, 1), "1", "argsort[1 1](x)"},
    {PRIM_cumsum, {"2,3"}, ATTR(0, 1), "1", "cumsum[1 1](x)"},
    {PRIM_broadcast, {"3"}, ATTR(2, 2, 3, 1), "1", "broadcast[3 5 2 3 0 2](x)"},
    {PRIM_reshape, {"2,3"}, ATTR(1, 6), "1", "reshape[2 5 6](x)"},
    {PRIM_transpose, {"2,3"}, ATTR(1, 0), "1", "transpose[0 2 1](x)"},
    {PRIM_reverse, {"2,3"}, ATTR(0, 1), "1", "reverse[1 2](x)"},
    {PRIM_slice, {"9"}, ATTR(1, 8, 3), "1", "slice[0 1 5 8 1 3](x)"},
    {PRIM_pad, {"3"}, ATTR(1, 1, 2), "1", "pad[0 1 0 1 0 2](x)"},
    {PRIM_concatenate,
     {"3", "2"},
     ATTR(0),
     "01",
     "concatenate[1](broadcast[2 5 3 1](x) y)"},
    {PRIM_gather,
     {"3", "i2"},
     ATTR(1),
     "10",
     "gather[1 -1 0](x iota[2 2 5 2 0] broadcast[2 5 2 1](y))"},
    {PRIM_gather, {"3", "i2"}, ATTR(1), "01", "gather[1](x y)"},
    {PRIM_gather,
     {"3,4", "i2", "i2"},
     ATTR(0),
     "001",
     "gather[0](x broadcast[2 5 2 1](y) z)"},
    {PRIM_gather,
     {"3,4", "i2", "i2"},
     ATTR(0, 2, 1),
     "001",
     "gather[0 2 1](x broadcast[2 5 2 1](y) z)"},
    {PRIM_gather,
     {"3,4", "i2", "i2"},
     ATTR(0, 2, 1),
     "100",
     "gather[0 -1 2 1](x iota[2 2 5 2 0] broadcast[2 5 2 1](y) broadcast[2 5 2 1](z))"},
    {PRIM_gather, {"3", "i2"}, ATTR(0), "11", "gather[0 -1 0](x iota[2 2 5 2 0] y)"},
    {PRIM_scatter_add,
     {"3", "2", "i2"},
     ATTR(0),
     "010",
     "scatter_add[0 -1 0](broadcast[2 5 3 1](x) y iota[2 2 5 2 0] broadcast[2 5 2 1](z))"},
    {PRIM_dot,
     {"2,3,4", "2,4,6"},
     NO_ATTR,
     "11",
     "reshape[4 5 2 3 6](dot(reshape[3 10 3 4](x) reshape[3 10 4 6](y)))"},
    {PRIM_dot,
     {"1,3,4", "1,4,6"},
     NO_ATTR,
     "10",
     "reshape[4 5 1 3 6](reshape[4 1 5 3 6](dot(reshape[3 1 15 4](reshape[4 1 5 3 4](x)) "
     "y)))"},
    {PRIM_dot,
     {"1,3,4", "1,4,1"},
     NO_ATTR,
     "01",
     "transpose[2 0 1 3](reshape[4 1 3 5 1](dot(x reshape[3 1 4 5](transpose[1 2 0 "
     "3](y)))))"},
};

static void batch_graphs(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof batch_rows / sizeof *batch_rows; k++) {
        const Row *row = &batch_rows[k];
        TypeId types[MAX_IN];
        RuleNode node = node_of(row, types);
        Builder *b = ir_builder(ir);
        NodeId in[MAX_IN];
        bool batched[MAX_IN];
        for (uint32_t i = 0; i < node.n_in; i++) {
            batched[i] = row->mask[i] == '1';
            in[i] = ir_input(b, batched[i] ? ir_batched_type(ir, 5, types[i]) : types[i]);
        }
        node.in = in;
        const NodeId result = rules_of(row->prim)->batch(b, &node, 5, batched);
        assert_int_equal(ir_status(b), OK);
        check(row, text_of(b, "xyz", result));
        assert_int_equal(ir_type_of(b, result), ir_batched_type(ir, 5, node.type));
        ir_builder_drop(b);
    }
}

static void a_number_stays_one_when_batched(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId zeros = rules_add_batch_axis(b, ir_zeros(b, short_type("3")), 5);
    assert_int_equal(ir_node(b, zeros)->prim, PRIM_literal);
    assert_int_equal(ir_type_of(b, zeros), short_type("5,3"));
    assert_true(ir_is_zero(b, zeros));
    ir_builder_drop(b);
}

// -- the table ----------------------------------------------------------------------

// Sources and what holds graphs have no entry; all else has all rules.
static void every_primitive_has_its_rules(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        const PrimRules *rules = rules_of(prim);
        const bool driven = info->class == CLASS_SOURCE || info->class == CLASS_CONTROL;
        if (driven != (rules == NULL) ||
            (rules && (!rules->jvp || !rules->transpose || !rules->batch)))
            fail_msg("rules of %s", info->name);
    }
}

// The derivative of a product of n factors is a graph of about log n nodes.
static void the_product_rule_is_short(void **state) {
    (void)state;
    uint32_t nodes[2];
    for (uint32_t k = 0; k < 2; k++) {
        const int64_t n = k == 0 ? 1023 : 65535, axis = 0;
        Builder *b = ir_builder(ir);
        const TypeId type = ir_array_type(ir, DT_F64, false, 1, &n);
        const NodeId x = ir_input(b, type), t = ir_input(b, type);
        RuleNode node = {.prim = PRIM_reduce_prod,
                         .n_in = 1,
                         .in = &x,
                         .in_types = &type,
                         .n_attr = 1,
                         .attr = &axis};
        node.out = ir_reduce(b, PRIM_reduce_prod, x, 1, &axis);
        node.type = ir_type_of(b, node.out);
        assert_int_not_equal(rules_of(PRIM_reduce_prod)->jvp(b, &node, &t), IR_NONE);
        nodes[k] = ir_node_count(b);
        ir_builder_drop(b);
    }
    assert_true(nodes[0] < 150);
    assert_true(nodes[1] < 2 * nodes[0]);
}

// A failed builder makes rules give nothing, and nothing worse.
static void failure_passes_through(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof jvp_rows / sizeof *jvp_rows; k++) {
        const Row *row = &jvp_rows[k];
        TypeId types[MAX_IN];
        RuleNode node = node_of(row, types);
        NodeId none[MAX_IN], cts[MAX_IN] = {IR_NONE, IR_NONE, IR_NONE, IR_NONE};
        bool all[MAX_IN] = {true, true, true, true};
        for (uint32_t i = 0; i < MAX_IN; i++)
            none[i] = IR_NONE;
        node.in = none;
        Builder *b = ir_builder(ir);
        assert_int_equal(ir_fail(b, FAILED), IR_NONE);
        assert_int_equal(rules_of(row->prim)->jvp(b, &node, none), IR_NONE);
        (void)rules_of(row->prim)->transpose(b, &node, all, IR_NONE, cts);
        assert_int_equal(rules_of(row->prim)->batch(b, &node, 5, all), IR_NONE);
        ir_builder_drop(b);
    }
    assert_int_equal(diags.errors, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(jvp_graphs, setup, teardown),
        cmocka_unit_test_setup_teardown(transpose_graphs, setup, teardown),
        cmocka_unit_test_setup_teardown(batch_graphs, setup, teardown),
        cmocka_unit_test_setup_teardown(a_number_stays_one_when_batched, setup, teardown),
        cmocka_unit_test(every_primitive_has_its_rules),
        cmocka_unit_test_setup_teardown(the_product_rule_is_short, setup, teardown),
        cmocka_unit_test_setup_teardown(failure_passes_through, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
