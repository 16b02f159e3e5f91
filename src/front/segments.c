// What is gathered by numbers of segments: segment_sum and its kin, bincount.
#include "front/arrays.h"
#include "front/function.h"

// segment_max of no element, and so on: the text of a literal.
static const char *identity(Prim prim, Dtype dtype) {
    const bool least = prim == PRIM_scatter_max;
    switch (dtype) {
    case DT_BOOL:
        return least ? "False" : "True";
    case DT_I32:
        return least ? "-2147483648" : "2147483647";
    case DT_I64:
        return least ? "-9223372036854775808" : "9223372036854775807";
    default:
        return least ? "-inf" : "inf";
    }
}

// x.at[index].<update>(values, mode=mode)
static Status update_at(Trace *t, const char *update, NodeId x, NodeId index, NodeId values,
                        Value mode, Value *result) {
    ValueAt at = {.indexed = true};
    Value args[5] = {{.kind = VALUE_AT, .at = &at}, [4] = mode};
    TRY(front_made(t, x, &at.array));
    TRY(front_made(t, index, &at.index));
    TRY(front_made(t, values, &args[1]));
    TRY(front_bool(t, false, &args[2]));
    args[3] = args[2];
    const Builtin *row = front_builtin(base_str(update));
    return row->body(t, row, args, result);
}

// Numbers as int64, those below 0 replaced by another (of the dtype's text).
static Status numbers_node(Trace *t, Value value, const char *what, int64_t instead,
                           NodeId *node) {
    Builder *b = front_builder(t);
    TRY(front_as_node(t, value, node));
    const Dtype dtype = (Dtype)front_node_type(t, *node)->dtype;
    if (num_is_float(dtype) || dtype == DT_BOOL || front_node_type(t, *node)->rank != 1)
        return front_refuse(t, what, "a vector of integers", value);
    const NodeId i = ir_convert(b, *node, DT_I64, false);
    const NodeId below = ir_lt(b, i, ir_literal_like(b, i, "0"));
    const Type *type = front_node_type(t, i);
    const NodeId other =
        ir_broadcast_to(b, front_integer_node(t, DT_I64, instead), 1, type->shape);
    *node = ir_select(b, below, other, i);
    return ir_status(b);
}

static Status count_of(Trace *t, Value value, const char *what, int64_t *n) {
    TRY(front_static_int(t, value, what, n));
    if (*n >= 0) return OK;
    return base_error(t->diags, CODE_E404, t->span, NULL, "%s is %lld", what,
                      (long long)*n);
}

// data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode
static Status body_segment(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    Builder *b = front_builder(t);
    NodeId data, ids;
    int64_t n;
    if (args[2].kind == VALUE_NONE) {
        return base_error(t->diags, CODE_E407, t->span,
                          base_hint(t->diags, "%s(data, ids, num_segments=3)", self->name),
                          "`%s` needs `num_segments`: a shape cannot depend on data",
                          self->name);
    }
    TRY(count_of(t, args[2], "num_segments", &n));
    TRY(front_as_node(t, args[0], &data));
    TRY(numbers_node(t, args[1], "segment_ids", n, &ids)); // below 0: dropped, not counted
    const Type type = *front_node_type(t, data);
    if (type.rank == 0 || type.shape[0] != front_node_type(t, ids)->size) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "segment_ids %s do not fit the first axis of %s",
                          front_node_text(t, ids), front_node_text(t, data));
    }
    int64_t shape[LIMIT_RANK] = {n};
    memcpy(shape + 1, type.shape + 1, (type.rank - 1u) * sizeof *shape);
    static const struct {
        const char *update, *start; // NULL: identity()
    } kinds[] = {
        [PRIM_add] = {"x.at[i].add", "0"},
        [PRIM_mul] = {"x.at[i].multiply", "1"},
        [PRIM_scatter_max] = {"x.at[i].max", NULL},
        [PRIM_scatter_min] = {"x.at[i].min", NULL},
    };
    const Prim prim = (Prim)self->data;
    const Dtype dtype = (Dtype)type.dtype;
    const char *start = kinds[prim].start ? kinds[prim].start : identity(prim, dtype);
    const TypeId made = front_array_type(t, dtype, false, type.rank, shape);
    const NodeId x = ir_literal(b, made, base_str(start));
    const Value mode = args[6].kind == VALUE_NONE ? front_text_value(STR("drop")) : args[6];
    return update_at(t, kinds[prim].update, x, ids, data, mode, result);
}

// x, weights, minlength, length: numbers below 0 count as 0, those from length on do not.
static Status body_bincount(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    Builder *b = front_builder(t);
    NodeId x, weights;
    int64_t n;
    if (args[3].kind == VALUE_NONE) {
        return base_error(t->diags, CODE_E407, t->span, "bincount(x, length=10)",
                          "`%s` needs `length`: a shape cannot depend on data", self->name);
    }
    TRY(count_of(t, args[3], "length", &n));
    TRY(numbers_node(t, args[0], "x", 0, &x));
    if (args[1].kind == VALUE_NONE)
        weights = ir_literal_like(b, x, "1");
    else
        TRY(front_as_node(t, args[1], &weights));
    const Type *type = front_node_type(t, weights);
    if (!front_same_shape(type, front_node_type(t, x))) {
        return base_error(t->diags, CODE_E404, t->span, NULL, "weights %s do not fit %s",
                          front_node_text(t, weights), front_node_text(t, x));
    }
    const NodeId none = ir_zeros(b, front_array_type(t, (Dtype)type->dtype, false, 1, &n));
    const Value mode = front_text_value(STR("drop"));
    return update_at(t, "x.at[i].add", none, x, weights, mode, result);
}

// -- table --------------------------------------------------------------------------

#define SEGMENT(text, prim, what)                                                          \
    {                                                                                      \
        .name = (text), .group = "index",                                                  \
        .signature = "data, segment_ids, num_segments=None, indices_are_sorted=False, "    \
                     "unique_indices=False, bucket_size=None, mode=None",                  \
        .doc = (what), .kind = BUILTIN_C, .body = body_segment, .data = (prim)             \
    }

const Builtin front_segment_table[] = {
    {.name = "bincount",
     .group = "index",
     .signature = "x, weights=None, minlength=0, *, length=None",
     .doc = "How often each integer below length occurs in x, or the sum of its weights.",
     .kind = BUILTIN_C,
     .body = body_bincount},
    SEGMENT("segment_max", PRIM_scatter_max, "The greatest row of data of each segment."),
    SEGMENT("segment_min", PRIM_scatter_min, "The least row of data of each segment."),
    SEGMENT("segment_prod", PRIM_mul, "The product of the rows of data of each segment."),
    SEGMENT("segment_sum", PRIM_add,
            "The sum of the rows of data of each segment; numbers out of bounds are "
            "dropped."),
};
const uint32_t front_segment_count =
    sizeof front_segment_table / sizeof *front_segment_table;
