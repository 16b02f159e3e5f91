// Built-ins that make arrays of numbers, and the names of dtypes and constants.
#include "front/arrays.h"
#include "front/function.h"

#include <math.h>

// -- array --------------------------------------------------------------------------

// Tuples, however deep, as lists: array((1, 2)) is NumPy's.
static Status tuples_as_lists(Trace *t, Value value, Value *result) {
    *result = value;
    if (!front_is_sequence(value)) return OK;
    Value *items = NEW_ARRAY(t->arena, Value, value.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < value.n; i++)
        TRY(tuples_as_lists(t, value.items[i], &items[i]));
    *result = (Value){.kind = VALUE_LIST, .n = value.n, .items = items};
    return OK;
}

// A list becomes strong, as in JAX; a number or an array keeps its flag.
static Status body_array(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Value x;
    NodeId node;
    Promoted type;
    TRY(tuples_as_lists(t, args[0], &x));
    TRY(front_promote(t, 1, &x, &type));
    if (args[1].kind == VALUE_NONE && x.kind != VALUE_LIST)
        return front_as_array(t, x, result);
    TRY(front_static_dtype(t, args[1], &type.dtype));
    TRY(front_as_dtype(t, x, type.dtype, &node));
    return front_made(t, node, result);
}

// -- constant arrays ----------------------------------------------------------------

// "0" or "1" as a literal of a type.
static NodeId constant_node(Trace *t, TypeId type, bool is_one) {
    Builder *b = front_builder(t);
    if (type == IR_NO_TYPE) return ir_fail(b, FAILED);
    if (ir_type(t->ir, type)->dtype == DT_BOOL)
        return ir_literal(b, type, is_one ? STR("True") : STR("False"));
    return ir_literal(b, type, is_one ? STR("1") : STR("0"));
}

// zeros, empty (data 0), ones (data 1).
static Status body_constant(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    Dtype dtype = t->dtype;
    TRY(front_static_shape(t, args[0], "the shape", false, &rank, shape));
    TRY(front_static_dtype(t, args[1], &dtype));
    const TypeId type = front_array_type(t, dtype, false, rank, shape);
    return front_made(t, constant_node(t, type, self->data != 0), result);
}

// The type of a …_like: x's, but for a dtype or a shape that is given.
static Status like_type(Trace *t, Value x, Value dtype, Value shape, TypeId *type) {
    NodeId node;
    TRY(front_as_node(t, x, &node));
    const Type *like = front_node_type(t, node);
    Dtype wanted = (Dtype)like->dtype;
    TRY(front_static_dtype(t, dtype, &wanted));
    const bool weak = like->weak && dtype.kind == VALUE_NONE;
    uint32_t rank = like->rank;
    int64_t sizes[LIMIT_RANK];
    for (uint32_t i = 0; i < rank; i++)
        sizes[i] = like->shape[i];
    if (shape.kind != VALUE_NONE)
        TRY(front_static_shape(t, shape, "the shape", false, &rank, sizes));
    *type = front_array_type(t, wanted, weak, rank, sizes);
    return *type == IR_NO_TYPE ? FAILED : OK;
}

static Status body_constant_like(Trace *t, const Builtin *self, const Value *args,
                                 Value *result) {
    TypeId type;
    TRY(like_type(t, args[0], args[1], args[2], &type));
    return front_made(t, constant_node(t, type, self->data != 0), result);
}

// A value spread to a shape.
static Status fill(Trace *t, NodeId value, uint32_t rank, const int64_t *shape,
                   Value *result) {
    const Type *type = front_node_type(t, value);
    bool fits = type->rank <= rank;
    for (uint32_t i = 0; i < type->rank && fits; i++)
        fits = type->shape[i] == 1 || type->shape[i] == shape[rank - type->rank + i];
    if (!fits) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "the value %s does not fit the shape to be filled",
                          front_node_text(t, value));
    }
    return front_made(t, ir_broadcast_to(front_builder(t), value, rank, shape), result);
}

static Status body_full(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    NodeId value;
    Dtype dtype = t->dtype;
    TRY(front_static_shape(t, args[0], "the shape", false, &rank, shape));
    TRY(front_static_dtype(t, args[2], &dtype));
    if (args[2].kind == VALUE_NONE)
        TRY(front_as_node(t, args[1], &value));
    else
        TRY(front_as_dtype(t, args[1], dtype, &value));
    return fill(t, value, rank, shape, result);
}

static Status body_full_like(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    (void)self;
    TypeId id;
    NodeId value;
    TRY(like_type(t, args[0], args[2], args[3], &id));
    const Type *type = ir_type(t->ir, id);
    TRY(front_as_dtype(t, args[1], (Dtype)type->dtype, &value));
    return fill(t, value, type->rank, type->shape, result);
}

// -- ranges -------------------------------------------------------------------------

static Status static_number(Trace *t, Value value, const char *what) {
    if (value.kind == VALUE_NUMBER && value.number->kind != NUMBER_BOOL) return OK;
    if (value.kind != VALUE_ARRAY) return front_refuse(t, what, "a static number", value);
    return base_error(t->diags, CODE_E407, t->span,
                      "start + step * arange(n) moves a range by what is computed",
                      "%s must be a static number, got %s", what,
                      front_kind_text(t, value));
}

// ceil((stop - start) / step); sizes past any limit are the limit's error elsewhere.
static Status range_length(Trace *t, const Value *ends, int64_t *n) {
    const Number *start = ends[0].number, *stop = ends[1].number, *step = ends[2].number;
    if (step->nearest == 0)
        return base_error(t->diags, CODE_E402, t->span, NULL, "the step of arange is 0");
    const double length = ceil((stop->nearest - start->nearest) / step->nearest);
    *n = length > 0 ? (length < 4e18 ? (int64_t)length : INT64_MAX) : 0;
    if (length == length) return OK;
    return base_error(t->diags, CODE_E402, t->span, NULL, "the ends of arange are nan");
}

static Status body_arange(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    static const char *const names[] = {"start", "stop", "step"};
    const bool has_stop = args[1].kind != VALUE_NONE;
    Value ends[3] = {args[0], args[1], args[2]};
    if (!has_stop) {
        ends[1] = args[0];
        TRY(front_int(t, 0, &ends[0]));
    }
    if (args[2].kind == VALUE_NONE) TRY(front_int(t, 1, &ends[2]));
    for (uint32_t i = 0; i < 3; i++)
        TRY(static_number(t, ends[i], names[i]));
    int64_t n;
    Promoted type;
    TRY(range_length(t, ends, &n));
    TRY(front_promote(t, 3, ends, &type));
    Dtype dtype = type.dtype;
    TRY(front_static_dtype(t, args[3], &dtype));
    if (dtype == DT_BOOL || (num_is_integer(dtype) && num_is_float(type.dtype)))
        dtype = type.dtype; // made in the numbers' own, and converted
    const TypeId made = front_array_type(t, dtype, false, 1, &n);
    if (made == IR_NO_TYPE) return FAILED;
    Builder *b = front_builder(t);
    NodeId i = ir_iota(b, dtype, 1, &n, 0), start, step;
    TRY(front_number_node(t, ends[2].number, dtype, false, &step));
    TRY(front_number_node(t, ends[0].number, dtype, false, &start));
    if (ends[2].number->nearest != 1) i = ir_mul(b, i, ir_broadcast_to(b, step, 1, &n));
    if (ends[0].number->nearest != 0) i = ir_add(b, i, ir_broadcast_to(b, start, 1, &n));
    TRY(front_static_dtype(t, args[3], &dtype));
    return front_made(t, ir_convert(b, i, dtype, false), result);
}

// start * (1 - i / n) + stop * (i / n): exact at both ends, and linear in both.
static Status body_linspace(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId ends[2];
    int64_t num;
    bool endpoint;
    TRY(front_static_int(t, args[2], "num", &num));
    TRY(front_static_bool(t, args[3], "endpoint", &endpoint));
    if (num < 0) return front_refuse(t, "num", "not negative", args[2]);
    TRY(front_broadcast_nodes(t, 2, args, true, ends));
    const Type *type = front_node_type(t, ends[0]);
    Dtype dtype = (Dtype)type->dtype, wanted = dtype;
    TRY(front_static_dtype(t, args[4], &wanted));
    const uint32_t rank = type->rank + 1u;
    int64_t shape[LIMIT_RANK] = {num};
    TRY(front_check_rank(t, rank));
    for (uint32_t i = 1; i < rank; i++)
        shape[i] = type->shape[i - 1];
    if (front_array_type(t, dtype, false, rank, shape) == IR_NO_TYPE) return FAILED;
    const int64_t parts = endpoint ? (num > 1 ? num - 1 : 1) : (num ? num : 1);
    const NodeId n = ir_broadcast_to(b, front_integer_node(t, dtype, parts), rank, shape);
    const NodeId share = ir_div(b, ir_iota(b, dtype, rank, shape, 0), n);
    const NodeId rest = ir_sub(b, ir_literal_like(b, share, "1"), share);
    const NodeId from = ir_mul(b, ir_broadcast_to(b, ends[0], rank, shape), rest);
    const NodeId to = ir_mul(b, ir_broadcast_to(b, ends[1], rank, shape), share);
    return front_made(t, ir_convert(b, ir_add(b, from, to), wanted, false), result);
}

// Each vector along an axis of its own, spread along the others'.
static Status body_meshgrid(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    const Value vectors = args[0];
    const bool swapped = args[1].kind == VALUE_TEXT && base_str_eq(args[1].text, STR("xy"));
    if (!swapped && (args[1].kind != VALUE_TEXT || !base_str_eq(args[1].text, STR("ij"))))
        return front_refuse(t, "indexing", "'xy' or 'ij'", args[1]);
    TRY(front_check_rank(t, vectors.n));
    int64_t shape[LIMIT_RANK];
    NodeId nodes[LIMIT_RANK] = {0};
    Value grids[LIMIT_RANK];
    for (uint32_t i = 0; i < vectors.n; i++) {
        const uint32_t axis = swapped && i < 2 && vectors.n > 1 ? 1 - i : i;
        TRY(front_as_node(t, vectors.items[i], &nodes[i]));
        const Type *type = front_node_type(t, nodes[i]);
        if (type->rank > 1)
            return front_refuse(t, "an argument of meshgrid", "a vector", vectors.items[i]);
        nodes[i] = front_flat(t, nodes[i]);
        shape[axis] = type->size;
    }
    for (uint32_t i = 0; i < vectors.n; i++) {
        const int64_t axis = swapped && i < 2 && vectors.n > 1 ? 1 - i : i;
        TRY(front_made(t, ir_broadcast(front_builder(t), nodes[i], vectors.n, shape, &axis),
                       &grids[i]));
    }
    return front_sequence(t, VALUE_LIST, vectors.n, grids, result);
}

static Status body_one_hot(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId x;
    int64_t classes, shape[LIMIT_RANK], dims[LIMIT_RANK];
    Dtype dtype = t->dtype;
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_int(t, args[1], "num_classes", &classes));
    TRY(front_static_dtype(t, args[2], &dtype));
    if (classes < 0) return front_refuse(t, "num_classes", "not negative", args[1]);
    const Type *type = front_node_type(t, x);
    if (num_is_float((Dtype)type->dtype)) {
        return base_error(t->diags, CODE_E405, t->span, "int64(x) makes it an integer",
                          "one_hot takes integers, got %s", front_node_text(t, x));
    }
    TRY(front_check_rank(t, type->rank + 1u));
    for (uint32_t i = 0; i < type->rank; i++) {
        shape[i] = type->shape[i];
        dims[i] = i;
    }
    shape[type->rank] = classes;
    const uint32_t rank = type->rank + 1u;
    if (front_array_type(t, dtype, false, rank, shape) == IR_NO_TYPE) return FAILED;
    const NodeId wide = ir_broadcast(b, ir_convert(b, x, DT_I64, false), rank, shape, dims);
    const NodeId hot = ir_eq(b, wide, ir_iota(b, DT_I64, rank, shape, rank - 1));
    return front_made(t, ir_convert(b, hot, dtype, false), result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "creation", .signature = (parameters), .doc = (what),         \
    .kind = BUILTIN_C, .body = (function)
#define CONSTANT(text, number, what)                                                       \
    {                                                                                      \
        .name = (text), .group = "constant", .signature = "", .doc = (what),               \
        .kind = BUILTIN_CONSTANT, .value = (number)                                        \
    }
#define DTYPE_ROW(text, which, what)                                                       \
    {                                                                                      \
        .name = (text), .group = "dtype", .signature = "x", .doc = (what),                 \
        .kind = BUILTIN_DTYPE, .dtype = DT_##which                                         \
    }
#define LIKE "x, dtype=None, shape=None"

const Builtin front_creation_table[] = {
    {ROW("arange", "start, stop=None, step=None, dtype=None", body_arange,
         "Numbers from start (0) in steps (1), stop left out; arange(3) is int64.")},
    {ROW("array", "x, dtype=None", body_array, "x as an array; lists are stacked.")},
    {ROW("asarray", "x, dtype=None", body_array, "x as an array; lists are stacked.")},
    DTYPE_ROW("bool", BOOL, "True and False; a cast is x != 0."),
    DTYPE_ROW("bool_", BOOL, "True and False; a cast is x != 0."),
    CONSTANT("e", "e", "Euler's number."),
    {ROW("empty", "shape, dtype=None", body_constant, "An array of zeros."), .data = 0},
    {ROW("empty_like", LIKE, body_constant_like, "Zeros in the shape and dtype of x."),
     .data = 0},
    CONSTANT("euler_gamma", "euler_gamma", "Euler's constant γ."),
    DTYPE_ROW("float", F64, "The spec's default float."),
    DTYPE_ROW("float32", F32, "Floats of 32 bits."),
    DTYPE_ROW("float64", F64, "Floats of 64 bits."),
    {ROW("full", "shape, fill_value, dtype=None", body_full, "An array of one value.")},
    {ROW("full_like", "x, fill_value, dtype=None, shape=None", body_full_like,
         "One value in the shape and dtype of x.")},
    CONSTANT("inf", "inf", "Infinity."),
    DTYPE_ROW("int", I64, "Integers of 64 bits; a cast cuts the fraction off."),
    DTYPE_ROW("int32", I32, "Integers of 32 bits; a cast cuts the fraction off."),
    DTYPE_ROW("int64", I64, "Integers of 64 bits; a cast cuts the fraction off."),
    DTYPE_ROW("int_", I64, "Integers of 64 bits; a cast cuts the fraction off."),
    {ROW("linspace", "start, stop, num=50, endpoint=True, dtype=None", body_linspace,
         "num numbers from start to stop, evenly spaced.")},
    {ROW("meshgrid", "*xs, indexing='xy'", body_meshgrid,
         "A list of arrays: the coordinates of each point of a grid.")},
    CONSTANT("nan", "nan", "Not a number."),
    {ROW("one_hot", "x, num_classes, dtype=None", body_one_hot,
         "1 at the index that x says, else 0, along a new last axis.")},
    {ROW("ones", "shape, dtype=None", body_constant, "An array of ones."), .data = 1},
    {ROW("ones_like", LIKE, body_constant_like, "Ones in the shape and dtype of x."),
     .data = 1},
    CONSTANT("pi", "pi", "The circle's constant π."),
    {ROW("zeros", "shape, dtype=None", body_constant, "An array of zeros."), .data = 0},
    {ROW("zeros_like", LIKE, body_constant_like, "Zeros in the shape and dtype of x."),
     .data = 0},
};
const uint32_t front_creation_count =
    sizeof front_creation_table / sizeof *front_creation_table;
