// Types of nodes: for every primitive operands that fit, and operands that do not.
#include "ir/call.h"
#include "ir/loop.h"
#include "ir_fixture.h"

// "f64[3,2]", "b[]", "i64*[4]": a star is the weak flag; "stack f64[3]", "lanes 2 stack
// b[]".
static TypeId type_of(const char *text) {
    if (strncmp(text, "stack ", 6) == 0) return ir_stack_type(ir, type_of(text + 6));
    if (strncmp(text, "lanes ", 6) == 0)
        return ir_lanes_type(ir, text[6] - '0', type_of(text + 8));
    static const struct {
        const char *name;
        Dtype dtype;
    } names[] = {
        {"b", DT_BOOL}, {"i32", DT_I32}, {"i64", DT_I64}, {"f32", DT_F32}, {"f64", DT_F64}};
    const size_t n = strcspn(text, "*[");
    const bool weak = text[n] == '*';
    int64_t shape[LIMIT_RANK + 2];
    uint32_t rank = 0;
    for (char *at = strchr(text, '[') + 1; *at != ']'; at += *at == ',')
        shape[rank++] = strtoll(at, &at, 10);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i].name) == n && memcmp(names[i].name, text, n) == 0)
            return ir_array_type(ir, names[i].dtype, weak, rank, shape);
    }
    fail_msg("no type: %s", text);
    return IR_NO_TYPE;
}

typedef struct Row {
    Prim prim;
    const char *in[4];
    uint32_t n_attr;
    int64_t attr[12];
    const char *out; // NULL: refused
} Row;

#define ATTR(...)                                                                          \
    (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {                                \
        __VA_ARGS__                                                                        \
    }
#define NO_ATTR                                                                            \
    0, {                                                                                   \
        0                                                                                  \
    }

// Elementwise primitives without attributes have no row: their class says it all.
static const Row rows[] = {
    {PRIM_literal, {0}, ATTR(DT_F64, 1, 2, 2, 3, 0), "f64*[2,3]"},
    {PRIM_literal, {0}, ATTR(DT_I32, 0, 1, 2, 0, 0), "i32[2]"},
    {PRIM_literal, {0}, ATTR(DT_BOOL, 0, 0, 0), "b[]"},
    {PRIM_literal, {0}, ATTR(DT_F64, 0, 1, 3, 0, 0), NULL},
    {PRIM_literal, {0}, ATTR(DT_F64, 0, 1, 3), NULL},
    {PRIM_literal, {0}, ATTR(DT_COUNT, 0, 0, 0), NULL},
    {PRIM_literal, {0}, ATTR(DT_F64, 0, 4, 3), NULL},
    {PRIM_literal, {0}, ATTR(DT_F64, 0, 1, -1, 0), NULL},
    {PRIM_literal, {"f64[]"}, ATTR(DT_F64, 0, 0, 0), NULL},
    {PRIM_iota, {0}, ATTR(DT_I64, 2, 4, 3, 1), "i64[4,3]"},
    {PRIM_iota, {0}, ATTR(DT_F32, 1, 0, 0), "f32[0]"},
    {PRIM_iota, {0}, ATTR(DT_I64, 2, 4, 3, 2), NULL},
    {PRIM_iota, {0}, ATTR(DT_I64, 0, 0), NULL},
    {PRIM_iota, {0}, ATTR(DT_BOOL, 1, 4, 0), NULL},

    {PRIM_integer_pow, {"f64[3]"}, ATTR(-2), "f64[3]"},
    {PRIM_integer_pow, {"i64*[]"}, ATTR(3), "i64*[]"},
    {PRIM_integer_pow, {"i64[]"}, ATTR(-1), NULL},
    {PRIM_integer_pow, {"b[]"}, ATTR(2), NULL},
    {PRIM_integer_pow, {"f64[]"}, NO_ATTR, NULL},
    {PRIM_polygamma, {"f64[3]"}, ATTR(1), "f64[3]"},
    {PRIM_polygamma, {"f64[3]"}, ATTR(0), NULL},
    {PRIM_polygamma, {"i64[3]"}, ATTR(1), NULL},
    {PRIM_stop_gradient, {"b[2]"}, NO_ATTR, "b[2]"},

    {PRIM_add, {"f64[3]", "f64[3]"}, NO_ATTR, "f64[3]"},
    {PRIM_add, {"f64*[3]", "f64[3]"}, NO_ATTR, "f64[3]"},
    {PRIM_add, {"f64[3]", "f64*[3]"}, NO_ATTR, "f64[3]"},
    {PRIM_add, {"f64*[3]", "f64*[3]"}, NO_ATTR, "f64*[3]"},
    {PRIM_add, {"f64[3]", "f64[]"}, NO_ATTR, NULL},
    {PRIM_add, {"f64[3]", "f64[1]"}, NO_ATTR, NULL},
    {PRIM_add, {"f64[3]", "f32[3]"}, NO_ATTR, NULL},
    {PRIM_add, {"f64[3]"}, NO_ATTR, NULL},
    {PRIM_add, {"f64[3]", "f64[3]", "f64[3]"}, NO_ATTR, NULL},
    {PRIM_add, {"f64[3]", "f64[3]"}, ATTR(1), NULL},
    {PRIM_eq, {"f64*[3]", "f64*[3]"}, NO_ATTR, "b[3]"},
    {PRIM_lt, {"b[]", "b[]"}, NO_ATTR, "b[]"},
    {PRIM_lt, {"i64[]", "i32[]"}, NO_ATTR, NULL},

    {PRIM_select, {"b[2]", "f64*[2]", "f64*[2]"}, NO_ATTR, "f64*[2]"},
    {PRIM_select, {"b[2]", "f64*[2]", "f64[2]"}, NO_ATTR, "f64[2]"},
    {PRIM_select, {"b[]", "b[]", "b[]"}, NO_ATTR, "b[]"},
    {PRIM_select, {"f64[2]", "f64[2]", "f64[2]"}, NO_ATTR, NULL},
    {PRIM_select, {"b[]", "f64[2]", "f64[2]"}, NO_ATTR, NULL},
    {PRIM_select, {"b[2]", "f64[2]", "i64[2]"}, NO_ATTR, NULL},
    {PRIM_convert, {"f64*[2]"}, ATTR(DT_I32, 0), "i32[2]"},
    {PRIM_convert, {"b[2]"}, ATTR(DT_F32, 1), "f32*[2]"},
    {PRIM_convert, {"b[2]"}, ATTR(DT_COUNT, 0), NULL},
    {PRIM_convert, {"b[2]"}, ATTR(DT_F32), NULL},

    {PRIM_reduce_sum, {"f64*[2,3,4]"}, ATTR(0, 2), "f64*[3]"},
    {PRIM_reduce_sum, {"i64[2]"}, NO_ATTR, "i64[2]"},
    {PRIM_reduce_sum, {"f64[2,3]"}, ATTR(1, 0), NULL},
    {PRIM_reduce_sum, {"f64[2,3]"}, ATTR(1, 1), NULL},
    {PRIM_reduce_sum, {"f64[2,3]"}, ATTR(2), NULL},
    {PRIM_reduce_sum, {"f64[2,3]"}, ATTR(-1), NULL},
    {PRIM_reduce_sum, {"b[2]"}, ATTR(0), NULL},
    {PRIM_reduce_prod, {"f32[0,2]"}, ATTR(0), "f32[2]"},
    {PRIM_reduce_prod, {"b[2]"}, ATTR(0), NULL},
    {PRIM_reduce_max, {"b[2]"}, ATTR(0), "b[]"},
    {PRIM_reduce_max, {"f64[2]"}, ATTR(1), NULL},
    {PRIM_reduce_min, {"f64[2,1]"}, ATTR(0, 1), "f64[]"},
    {PRIM_reduce_min, {"f64[]"}, ATTR(0), NULL},
    {PRIM_reduce_and, {"b[2,3]"}, ATTR(1), "b[2]"},
    {PRIM_reduce_and, {"i64[2]"}, ATTR(0), NULL},
    {PRIM_reduce_or, {"b[2]"}, ATTR(0), "b[]"},
    {PRIM_reduce_or, {"f64[2]"}, ATTR(0), NULL},
    {PRIM_argmax, {"f64*[2,3]"}, ATTR(0), "i64[3]"},
    {PRIM_argmax, {"f64[2,0]"}, ATTR(0), "i64[0]"},
    {PRIM_argmax, {"f64[2,0]"}, ATTR(1), NULL},
    {PRIM_argmax, {"f64[2]"}, NO_ATTR, NULL},
    {PRIM_argmin, {"b[2]"}, ATTR(0), "i64[]"},
    {PRIM_argmin, {"b[2]"}, ATTR(1), NULL},
    {PRIM_argsort, {"f64*[2,3]"}, ATTR(1, 0), "i64[2,3]"},
    {PRIM_argsort, {"b[0]"}, ATTR(0, 1), "i64[0]"},
    {PRIM_argsort, {"f64[2]"}, ATTR(1, 0), NULL},
    {PRIM_argsort, {"f64[2]"}, ATTR(0), NULL},
    {PRIM_cumsum, {"f64[2,3]"}, ATTR(1, 1), "f64[2,3]"},
    {PRIM_cumsum, {"f64[2,3]"}, ATTR(2, 0), NULL},
    {PRIM_cumsum, {"f64[2,3]"}, ATTR(1), NULL},
    {PRIM_cumsum, {"b[2]"}, ATTR(0, 0), NULL},

    {PRIM_broadcast, {"f64*[3]"}, ATTR(2, 2, 3, 1), "f64*[2,3]"},
    {PRIM_broadcast, {"f64[3,1]"}, ATTR(3, 3, 2, 4, 0, 2), "f64[3,2,4]"},
    {PRIM_broadcast, {"f64[]"}, ATTR(1, 0), "f64[0]"},
    {PRIM_broadcast, {"f64[3]"}, ATTR(2, 3, 2, 1), NULL},
    {PRIM_broadcast, {"f64[1,1]"}, ATTR(2, 3, 2, 1, 0), NULL},
    {PRIM_broadcast, {"f64[1]"}, ATTR(1, 3, 1), NULL},
    {PRIM_broadcast, {"f64[1]"}, ATTR(1, 3), NULL},
    {PRIM_broadcast, {"f64[1]"}, ATTR(1, -3, 0), NULL},
    {PRIM_broadcast, {"f64[1]"}, ATTR(5, 3, 0), NULL},
    {PRIM_reshape, {"f64[2,3]"}, ATTR(3, 1, 6, 1), "f64[1,6,1]"},
    {PRIM_reshape, {"i32*[1]"}, ATTR(0), "i32*[]"},
    {PRIM_reshape, {"f64[2,3]"}, ATTR(1, 5), NULL},
    {PRIM_reshape, {"f64[2,3]"}, ATTR(1, 6, 0), NULL},
    {PRIM_reshape, {"f64[2,3]"}, NO_ATTR, NULL},
    {PRIM_transpose, {"f64[2,3,4]"}, ATTR(2, 0, 1), "f64[4,2,3]"},
    {PRIM_transpose, {"f64[2,3]"}, ATTR(1, 1), NULL},
    {PRIM_transpose, {"f64[2,3]"}, ATTR(0, 2), NULL},
    {PRIM_transpose, {"f64[2,3]"}, ATTR(1), NULL},
    {PRIM_slice, {"f64[5,3]"}, ATTR(1, 0, 5, 3, 3, 1), "f64[2,3]"},
    {PRIM_slice, {"f64[5]"}, ATTR(0, 5, 2), "f64[3]"},
    {PRIM_slice, {"f64[5]"}, ATTR(2, 2, 7), "f64[0]"},
    {PRIM_slice, {"f64[5]"}, ATTR(2, 6, 1), NULL},
    {PRIM_slice, {"f64[5]"}, ATTR(3, 2, 1), NULL},
    {PRIM_slice, {"f64[5]"}, ATTR(-1, 2, 1), NULL},
    {PRIM_slice, {"f64[5]"}, ATTR(0, 5, 0), NULL},
    {PRIM_slice, {"f64[5]"}, ATTR(0, 5), NULL},
    {PRIM_reverse, {"f64[2,3]"}, ATTR(0, 1), "f64[2,3]"},
    {PRIM_reverse, {"f64[2,3]"}, ATTR(1, 0), NULL},
    {PRIM_reverse, {"f64[2,3]"}, ATTR(2), NULL},
    {PRIM_pad, {"f64[3]"}, ATTR(1, 2, 4), "f64[14]"},
    {PRIM_pad, {"f64[0,1]"}, ATTR(1, 0, 1, 0, 9, 9), "f64[2,1]"},
    {PRIM_pad, {"f64[3]"}, ATTR(-1, 2, 0), NULL},
    {PRIM_pad, {"f64[3]"}, ATTR(1, 2), NULL},
    {PRIM_pad, {"f64[3]"}, ATTR(INT64_MAX, INT64_MAX, 0), NULL},
    {PRIM_pad, {"f64[3]"}, ATTR(0, 0, INT64_MAX), NULL},
    {PRIM_concatenate, {"f64*[2,3]", "f64*[2,0]", "f64*[2,4]"}, ATTR(1), "f64*[2,7]"},
    {PRIM_concatenate, {"f64*[2]", "f64[1]"}, ATTR(0), "f64[3]"},
    {PRIM_concatenate, {"f64[2,3]", "f64[1,4]"}, ATTR(1), NULL},
    {PRIM_concatenate, {"f64[2]", "f64[2,1]"}, ATTR(0), NULL},
    {PRIM_concatenate, {"f64[2]", "f32[2]"}, ATTR(0), NULL},
    {PRIM_concatenate, {"f64[2]", "f64[2]"}, ATTR(1), NULL},
    {PRIM_concatenate, {0}, ATTR(0), NULL},

    {PRIM_gather, {"f64*[5,6,7]", "i64[2]", "i64*[2]"}, ATTR(0), "f64*[2,7]"},
    {PRIM_gather, {"b[5]", "i64[]"}, ATTR(2), "b[]"},
    {PRIM_gather, {"f64[0]", "i64[0]"}, ATTR(1), "f64[0]"},
    {PRIM_gather, {"f64[0]", "i64[2]"}, ATTR(1), NULL},
    {PRIM_gather, {"f64[5,6]", "i64[2]", "i64[3]"}, ATTR(0), NULL},
    {PRIM_gather, {"f64[5]", "i64[2]", "i64[2]"}, ATTR(0), NULL},
    {PRIM_gather, {"f64[5]", "i32[2]"}, ATTR(0), NULL},
    {PRIM_gather, {"f64[5]", "i64[2]"}, ATTR(3), NULL},
    {PRIM_gather, {"f64[5]", "i64[2]"}, NO_ATTR, NULL},
    {PRIM_gather, {"f64[5]", "i64[2]"}, ATTR(0, 3), "f64[2]"},
    {PRIM_gather, {"f64[5]", "i64[2]"}, ATTR(0, 3, 1), NULL},
    {PRIM_gather, {"f64[5]"}, ATTR(0), NULL},
    {PRIM_scatter_add, {"f64[5,3]", "f64[2,3]", "i64[2]"}, ATTR(0), "f64[5,3]"},
    {PRIM_scatter_add, {"f64*[5]", "f64[2]", "i64[2]"}, ATTR(0), "f64[5]"},
    {PRIM_scatter_add, {"f64[5,3]", "f64[2]", "i64[2]"}, ATTR(0), NULL},
    {PRIM_scatter_add, {"f64[5]", "f32[2]", "i64[2]"}, ATTR(0), NULL},
    {PRIM_scatter_add, {"b[5]", "b[2]", "i64[2]"}, ATTR(0), NULL},
    {PRIM_scatter_add, {"f64[5]", "f64[2]"}, ATTR(0), NULL},
    {PRIM_scatter_set, {"b[5]", "b[]", "i64[]"}, ATTR(2), "b[5]"},
    {PRIM_scatter_set, {"b[5]", "b[2]", "i64[]"}, ATTR(2), NULL},
    {PRIM_scatter_max, {"b[5]", "b[]", "i64[]"}, ATTR(2), "b[5]"},
    {PRIM_scatter_max, {"f64*[5]", "f64*[2]", "i64[2]"}, ATTR(1), "f64*[5]"},
    {PRIM_scatter_max, {"f64[5]", "f32[2]", "i64[2]"}, ATTR(0), NULL},
    {PRIM_scatter_min, {"i64[5,3]", "i64[2,3]", "i64[2]"}, ATTR(0, 1), "i64[5,3]"},
    {PRIM_scatter_min, {"f64[5]", "f64[3]", "i64[2]"}, ATTR(0), NULL},

    {PRIM_dot, {"f64*[2,3,4]", "f64[2,4,5]"}, NO_ATTR, "f64[2,3,5]"},
    {PRIM_dot, {"b[1,3,0]", "b[1,0,5]"}, NO_ATTR, "b[1,3,5]"},
    {PRIM_dot, {"f64[2,3,4]", "f64[2,3,5]"}, NO_ATTR, NULL},
    {PRIM_dot, {"f64[2,3,4]", "f64[1,4,5]"}, NO_ATTR, NULL},
    {PRIM_dot, {"f64[3,4]", "f64[4,5]"}, NO_ATTR, NULL},
    {PRIM_dot, {"f64[2,3,4]", "f32[2,4,5]"}, NO_ATTR, NULL},

    {PRIM_stack_add, {"stack f64[3]", "stack f64[3]"}, NO_ATTR, "stack f64[3]"},
    {PRIM_stack_add, {"stack f64[3]", "stack f64[2]"}, NO_ATTR, NULL},
    {PRIM_stack_add, {"f64[3]", "f64[3]"}, NO_ATTR, NULL},
    {PRIM_lanes_sum, {"lanes 2 stack f64[]"}, NO_ATTR, "stack f64[]"},
    {PRIM_lanes_sum, {"stack f64[]"}, NO_ATTR, NULL},
    {PRIM_lanes_spread, {"stack f64[]"}, ATTR(2), "lanes 2 stack f64[]"},
    {PRIM_lanes_spread, {"lanes 2 stack b[]"}, ATTR(3), "lanes 3 lanes 2 stack b[]"},
    {PRIM_lanes_spread, {"f64[2]"}, ATTR(2), NULL},
    {PRIM_lanes_spread, {"stack f64[]"}, ATTR(-1), NULL},
};

static void each_row_gives_its_type(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Row *row = &rows[i];
        TypeId in[4];
        uint32_t n = 0;
        for (; n < 4 && row->in[n]; n++)
            in[n] = type_of(row->in[n]);
        const char *why = NULL;
        const TypeId type = ir_infer(ir, row->prim, n, in, row->n_attr, row->attr, &why);
        const TypeId wanted = row->out ? type_of(row->out) : IR_NO_TYPE;
        if (type != wanted)
            fail_msg("row %zu (%s): %s", i, ir_prim(row->prim)->name, why ? why : "typed");
        assert_true((why == NULL) == (row->out != NULL));
    }
    assert_int_equal(diags.errors, 0);
}

// Every primitive that its class alone does not describe has rows of both kinds. (Those
// that hold graphs have a test of their own; `input` and the zeros take any type.)
static void every_primitive_has_rows(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        if (info->class == CLASS_MAP || info->class == CLASS_COMPARE ||
            info->class == CLASS_CONTROL || prim == PRIM_input ||
            prim == PRIM_linear_zero || prim == PRIM_stack_zero)
            continue;
        bool good = false, bad = false;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (rows[i].prim == prim) *(rows[i].out ? &good : &bad) = true;
        }
        if (!good || !bad) fail_msg("no rows for %s", info->name);
    }
}

// Elementwise primitives admit exactly the dtypes of their flags.
static void dtypes_follow_the_flags(void **state) {
    (void)state;
    static const char *const types[] = {"b[2]", "i32[2]", "i64[2]", "f32[2]", "f64[2]"};
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        if (info->class != CLASS_MAP && info->class != CLASS_COMPARE) continue;
        const bool with_attr = prim == PRIM_integer_pow || prim == PRIM_polygamma;
        for (Dtype dtype = 0; dtype < DT_COUNT; dtype++) {
            const TypeId in[] = {type_of(types[dtype]), type_of(types[dtype])};
            const bool admitted =
                info->flags &
                (num_is_float(dtype) ? PRIM_FLAG_F | PRIM_FLAG_N | PRIM_FLAG_A
                 : dtype == DT_BOOL  ? PRIM_FLAG_I | PRIM_FLAG_A
                                     : PRIM_FLAG_I | PRIM_FLAG_N | PRIM_FLAG_A);
            const TypeId type = ir_infer(ir, prim, (uint32_t)info->arity, in, with_attr,
                                         (int64_t[]){2}, NULL);
            const TypeId result = info->class == CLASS_COMPARE ? type_of("b[2]") : in[0];
            assert_int_equal(type, admitted ? result : IR_NO_TYPE);
        }
    }
}

static void limits_are_reported(void **state) {
    (void)state;
    const TypeId x = type_of("f64[1]");
    const int64_t size = LIMIT_ARRAY_SIZE + 1;
    assert_int_equal(ir_infer(ir, PRIM_broadcast, 1, &x, 3, (int64_t[]){1, size, 0}, NULL),
                     IR_NO_TYPE);
    assert_int_equal(diags.errors, 1);
    assert_int_equal(diags.list.at[0].code, CODE_E701);
}

// -- primitives that hold graphs ----------------------------------------------------

// (x, y) → x + y, x > y; or with the comparison missing.
static const Graph *two_inputs(const char *type, bool one_output) {
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, type_of(type)), y = ir_input(b, type_of(type));
    const NodeId outputs[] = {ir_add(b, x, y), ir_gt(b, x, y)};
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(b, NULL, one_output ? 1 : 2, outputs, &graph), OK);
    return graph;
}

static void check_outs(TypeId outs, uint32_t n, const char *first, const char *second) {
    assert_int_not_equal(outs, IR_NO_TYPE);
    const Type *type = ir_type(ir, outs);
    assert_int_equal(type->kind, TYPE_OUTS);
    assert_int_equal(type->n_outs, n);
    assert_int_equal(type->outs[0], type_of(first));
    if (n > 1) assert_int_equal(type->outs[1], type_of(second));
}

static TypeId infer(Prim prim, uint32_t n_in, const char *const *in, uint32_t n_attr,
                    const int64_t *attr) {
    TypeId types[8];
    for (uint32_t i = 0; i < n_in; i++)
        types[i] = type_of(in[i]);
    return ir_infer(ir, prim, n_in, types, n_attr, attr, NULL);
}
#define IN(...)                                                                            \
    (uint32_t)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)),              \
        (const char *[]) {                                                                 \
        __VA_ARGS__                                                                        \
    }

static void conds_agree(void **state) {
    (void)state;
    const Graph *g = two_inputs("f64[3]", false), *short_one = two_inputs("f64[3]", true);
    const Graph *other = two_inputs("f64[2]", false), *weak = two_inputs("f64*[3]", false);
    const int64_t good[] = {g->id, weak->id};
    check_outs(infer(PRIM_cond, IN("b[]", "f64[3]", "f64*[3]"), 2, good), 2, "f64[3]",
               "b[3]");
    const int64_t bad[][2] = {{g->id, short_one->id}, {g->id, other->id}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(infer(PRIM_cond, IN("b[]", "f64[3]", "f64[3]"), 2, bad[i]),
                         IR_NO_TYPE);
    }
    assert_int_equal(infer(PRIM_cond, IN("b[1]", "f64[3]", "f64[3]"), 2, good), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_cond, IN("f64[]", "f64[3]", "f64[3]"), 2, good),
                     IR_NO_TYPE);
    assert_int_equal(infer(PRIM_cond, IN("b[]", "f64[3]"), 2, good), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_cond, IN("b[]", "f64[3]", "f64[2]"), 2, good), IR_NO_TYPE);
}

static void lanes_add_an_axis(void **state) {
    (void)state;
    const Graph *g = two_inputs("f64[3]", false);
    const int64_t attr[] = {4, g->id, 1, 0};
    check_outs(infer(PRIM_lanes, IN("f64[4,3]", "f64[3]"), 4, attr), 2, "f64[4,3]",
               "b[4,3]");
    assert_int_equal(infer(PRIM_lanes, IN("f64[3]", "f64[3]"), 4, attr), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_lanes, IN("f64[4,3]", "f64[4,3]"), 4, attr), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_lanes, IN("f64[4,3]"), 3, attr), IR_NO_TYPE);
}

// (flag, x, s) → (flag, s, x): a flag and x are carried, s is a slice; x is stacked.
static const Graph *loop_body(const char *carried, const char *made) {
    Builder *b = ir_builder(ir);
    const NodeId flag = ir_input(b, type_of("b[]")), x = ir_input(b, type_of(carried));
    const NodeId outputs[] = {flag, ir_input(b, type_of(made)), x};
    const Graph *graph = NULL;
    assert_int_equal(ir_finish(b, NULL, 3, outputs, &graph), OK);
    return graph;
}

static void loops_carry_and_stack(void **state) {
    (void)state;
    const int64_t body = loop_body("f64[3]", "f64[3]")->id;
    // With the flag as a constant the carry would be x, and become the flag.
    const int64_t constant[] = {body, LOOP_STATIC, 4, 0, 1, 1, 1};
    assert_int_equal(infer(PRIM_loop, IN("b[]", "f64[3]", "f64[4,3]"), 7, constant),
                     IR_NO_TYPE);
    const int64_t scan[] = {body, LOOP_STATIC, 4, 0, 0, 2, 1};
    const TypeId outs = infer(PRIM_loop, IN("b[]", "f64*[3]", "f64[4,3]"), 7, scan);
    check_outs(outs, 3, "b[]", "f64[3]");
    assert_int_equal(ir_type(ir, outs)->outs[2], type_of("f64[4,3]"));
    // A computed count: a stack.
    const int64_t counted[] = {body, LOOP_COUNTED, 0, 1, 0, 2, 1};
    const TypeId of_count =
        infer(PRIM_loop, IN("i64[]", "b[]", "f64[3]", "stack f64[3]"), 7, counted);
    check_outs(of_count, 3, "b[]", "f64[3]");
    assert_int_equal(ir_type(ir, of_count)->outs[2], type_of("stack f64[3]"));
    // A predicate: the number of trips, too.
    const int64_t until[] = {body, LOOP_PREDICATE, 0, 0, 1, 2, 0};
    const Graph *same = loop_body("b[]", "f64[3]"); // (b, b, f64[3]) → (b, f64[3], b)
    const int64_t goes_on[] = {same->id, LOOP_PREDICATE, 0, 0, 1, 2, 0};
    const TypeId of_while = infer(PRIM_loop, IN("b[]", "b[]", "f64[3]"), 7, goes_on);
    check_outs(of_while, 4, "b[]", "f64[3]");
    assert_int_equal(ir_type(ir, of_while)->outs[2], type_of("stack b[]"));
    assert_int_equal(ir_type(ir, of_while)->outs[3], type_of("i64[]"));

    static const struct {
        uint32_t n;
        const char *in[4];
    } bad[] = {
        {3, {"b[]", "f64[2]", "f64[4,3]"}}, // the carry is another
        {3, {"b[]", "f64[3]", "f64[5,3]"}}, // rows are not as many as trips
        {3, {"b[]", "f64[3]", "f64[3]"}},   // rows are other
        {2, {"b[]", "f64[3]"}},             // an operand is missing
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(infer(PRIM_loop, bad[i].n, bad[i].in, 7, scan), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_loop, IN("b[]", "f64[3]", "f64[3]"), 7, until), IR_NO_TYPE);
    assert_int_equal(
        infer(PRIM_loop, IN("i32[]", "b[]", "f64[3]", "stack f64[3]"), 7, counted),
        IR_NO_TYPE);
    assert_int_equal(infer(PRIM_loop, IN("b[]", "f64*[3]", "f64[4,3]"), 6, scan),
                     IR_NO_TYPE);
    const int64_t short_of_trips[] = {body, LOOP_STATIC, -1, 0, 0, 2, 1};
    assert_int_equal(infer(PRIM_loop, IN("b[]", "f64[3]", "f64[4,3]"), 7, short_of_trips),
                     IR_NO_TYPE);
}

static void calls_take_arguments_and_captures(void **state) {
    (void)state;
    static const bool nondiff[] = {false};
    Call call = {.n_args = 1, .n_captures = 1, .nondiff = nondiff};
    call.value = two_inputs("f64[3]", false);
    const int64_t id = ir_add_call(ir, &call);
    check_outs(infer(PRIM_call, IN("f64[3]", "f64[3]"), 1, &id), 2, "f64[3]", "b[3]");
    assert_int_equal(infer(PRIM_call, IN("f64[3]"), 1, &id), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_call, IN("f64[3]", "f64[2]"), 1, &id), IR_NO_TYPE);
    // One residual, a tangent of the argument; a tangent of the float output.
    const int64_t attr[] = {id, 1};
    check_outs(infer(PRIM_linear_call, IN("b[9]", "f64[3]"), 2, attr), 1, "f64[3]", NULL);
    assert_int_equal(infer(PRIM_linear_call, IN("f64[3]", "f64[2]"), 2, attr), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_linear_call, 0, NULL, 2, attr), IR_NO_TYPE);
    assert_int_equal(infer(PRIM_linear_call, IN("f64[3]"), 1, attr), IR_NO_TYPE);
}

static void out_takes_an_output(void **state) {
    (void)state;
    const TypeId outs[] = {type_of("f64[3]"), type_of("b[]")};
    const TypeId both = ir_outs_type(ir, 2, outs);
    const int64_t second = 1, third = 2;
    assert_int_equal(ir_infer(ir, PRIM_out, 1, &both, 1, &second, NULL), outs[1]);
    assert_int_equal(ir_infer(ir, PRIM_out, 1, &both, 1, &third, NULL), IR_NO_TYPE);
    assert_int_equal(ir_infer(ir, PRIM_out, 1, &outs[0], 1, &second, NULL), IR_NO_TYPE);
    // Nothing but `out` takes outputs.
    assert_int_equal(ir_infer(ir, PRIM_neg, 1, &both, 0, NULL, NULL), IR_NO_TYPE);
    assert_int_equal(ir_infer(ir, PRIM_reshape, 1, &both, 1, (int64_t[]){0}, NULL),
                     IR_NO_TYPE);
}

// -- shorthand ----------------------------------------------------------------------

static void what_changes_nothing_is_not_emitted(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, type_of("f64[2,3]"));
    const int64_t shape[] = {2, 3}, same[] = {0, 1}, start[] = {0, 0}, step[] = {1, 1};
    assert_int_equal(ir_integer_pow(b, x, 1), x);
    assert_int_equal(ir_convert(b, x, DT_F64, false), x);
    assert_int_equal(ir_reduce(b, PRIM_reduce_sum, x, 0, NULL), x);
    assert_int_equal(ir_reshape(b, x, 2, shape), x);
    assert_int_equal(ir_transpose(b, x, same), x);
    assert_int_equal(ir_broadcast(b, x, 2, shape, same), x);
    assert_int_equal(ir_broadcast_to(b, x, 2, shape), x);
    assert_int_equal(ir_slice(b, x, start, shape, step), x);
    assert_int_equal(ir_reverse(b, x, 0, NULL), x);
    assert_int_equal(ir_concatenate(b, 1, &x, 0), x);
    assert_int_equal(ir_node_count(b), 1);
    // Axes of size 1 move by a reshape, others do not.
    const int64_t thin[] = {1, 2, 3}, turn[] = {1, 0, 2}, swap[] = {1, 0};
    const NodeId y = ir_transpose(b, ir_reshape(b, x, 3, thin), turn);
    assert_int_equal(ir_node(b, y)->prim, PRIM_reshape);
    assert_int_equal(ir_type_of(b, y), type_of("f64[2,1,3]"));
    const NodeId z = ir_transpose(b, x, swap);
    assert_int_equal(ir_node(b, z)->prim, PRIM_transpose);
    assert_int_equal(ir_type_of(b, z), type_of("f64[3,2]"));
    assert_int_equal(ir_status(b), OK);
    ir_builder_drop(b);
}

// shorthand.def lists the elementwise primitives without attributes, and dot.
static void shorthand_follows_the_table(void **state) {
    (void)state;
    static const int listed[PRIM_COUNT] = {
#define IR_UNARY(name)  [PRIM_##name] = 1,
#define IR_BINARY(name) [PRIM_##name] = 2,
#include "ir/shorthand.def"
#undef IR_UNARY
#undef IR_BINARY
    };
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        const bool has_attr = prim == PRIM_integer_pow || prim == PRIM_polygamma;
        const bool elementwise = info->class == CLASS_MAP || info->class == CLASS_COMPARE;
        const bool wanted = (elementwise && !has_attr) || prim == PRIM_dot;
        if (listed[prim] != (wanted ? info->arity : 0)) fail_msg("%s", info->name);
    }
}

static void zeros_are_seen(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool zero;
    } texts[] = {{"0", true},       {"0.00", true},  {"-0.0", true},    {"0e7", true},
                 {"0_0.e-1", true}, {"False", true}, {"1e-999", false}, {"0.001", false},
                 {"e", false},      {"pi", false},   {"nan", false},    {"inf", false},
                 {"True", false},   {"10", false}};
    Builder *b = ir_builder(ir);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const NodeId x = ir_literal(b, type_of("f64[]"), base_str(texts[i].text));
        const NodeId wide = ir_broadcast_to(b, x, 2, (int64_t[]){2, 3});
        const NodeId flat = ir_reshape(b, wide, 1, (int64_t[]){6});
        assert_int_equal(ir_is_zero(b, ir_convert(b, flat, DT_F32, false)), texts[i].zero);
    }
    const NodeId x = ir_input(b, type_of("f64[]"));
    assert_false(ir_is_zero(b, x));
    assert_false(ir_is_zero(b, ir_sub(b, x, x)));
    assert_true(ir_is_zero(b, ir_zeros(b, type_of("f64[0,2]"))));
    assert_int_equal(ir_status(b), OK);
    ir_builder_drop(b);
}

// Failure is sticky, and its cause is reported once.
static void failure_is_sticky(void **state) {
    (void)state;
    Builder *b = ir_builder(ir);
    const NodeId x = ir_input(b, type_of("f64[2]")), c = ir_input(b, type_of("b[]"));
    assert_int_equal(ir_select(b, c, x, x), IR_NONE);
    const NodeId bad = ir_reshape(b, IR_NONE, 0, NULL);
    assert_int_equal(ir_sin(b, ir_broadcast_to(b, bad, 0, NULL)), IR_NONE);
    assert_int_equal(ir_literal_like(b, x, "1"), IR_NONE);
    assert_int_equal(ir_status(b), FAILED);
    assert_int_equal(diags.errors, 1);
    assert_int_equal(diags.list.at[0].code, CODE_E901);
    ir_builder_drop(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_row_gives_its_type, setup, teardown),
        cmocka_unit_test(every_primitive_has_rows),
        cmocka_unit_test_setup_teardown(dtypes_follow_the_flags, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_are_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(conds_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(lanes_add_an_axis, setup, teardown),
        cmocka_unit_test_setup_teardown(loops_carry_and_stack, setup, teardown),
        cmocka_unit_test_setup_teardown(calls_take_arguments_and_captures, setup, teardown),
        cmocka_unit_test_setup_teardown(out_takes_an_output, setup, teardown),
        cmocka_unit_test_setup_teardown(what_changes_nothing_is_not_emitted, setup,
                                        teardown),
        cmocka_unit_test(shorthand_follows_the_table),
        cmocka_unit_test_setup_teardown(zeros_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(failure_is_sticky, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
