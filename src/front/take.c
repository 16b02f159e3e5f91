// Built-ins that read and put elements at index arrays: take, take_along_axis,
// put_along_axis, ix_.
#include "front/arrays.h"
#include "front/function.h"

// -- take ---------------------------------------------------------------------------

// NumPy's modes of take, where an index below 0 is not counted from the end: 'clip' takes
// the first element for it, 'wrap' counts around the axis again and again.
static Status fold_indices(Trace *t, bool wrap, int64_t size, Value *indices) {
    Builder *b = front_builder(t);
    NodeId i;
    TRY(front_as_dtype(t, *indices, DT_I64, &i));
    const NodeId zero = ir_literal_like(b, i, "0");
    if (!wrap) return front_made(t, ir_maximum(b, i, zero), indices);
    if (size == 0) return OK; // the caller refuses it
    const Type *type = front_node_type(t, i);
    const NodeId end =
        ir_broadcast_to(b, front_integer_node(t, DT_I64, size), type->rank, type->shape);
    const NodeId rest = ir_rem(b, i, end);
    const NodeId below = ir_lt(b, rest, zero);
    return front_made(t, ir_select(b, below, ir_add(b, rest, end), rest), indices);
}

// x, indices, axis, out, mode, unique_indices, indices_are_sorted, fill_value
static Status body_take(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    static const ValueSlice all = {0};
    NodeId node;
    Value x, index[LIMIT_RANK];
    uint32_t axis = 0;
    IndexMode mode = INDEX_CLIP;
    const bool wrap = args[4].kind == VALUE_TEXT && base_str_eq(args[4].text, STR("wrap"));
    if (args[3].kind != VALUE_NONE) return front_refuse(t, "out", "None", args[3]);
    if (!wrap) TRY(front_static_mode(t, args[4], &mode));
    TRY(front_as_node(t, args[0], &node));
    if (args[2].kind == VALUE_NONE)
        node = front_flat(t, node);
    else
        TRY(front_static_axis(t, args[2], "axis", front_node_type(t, node)->rank, &axis));
    TRY(front_made(t, node, &x));
    for (uint32_t i = 0; i < axis; i++)
        index[i] = (Value){.kind = VALUE_SLICE, .slice = &all};
    index[axis] = args[1];
    if (mode == INDEX_CLIP)
        TRY(fold_indices(t, wrap, front_node_type(t, node)->shape[axis], &index[axis]));
    const Value tuple = {.kind = VALUE_TUPLE, .n = axis + 1, .items = index};
    return front_get(t, x, tuple, mode, args[7], result);
}

// -- along an axis ------------------------------------------------------------------

// The index that means x[i, indices[i, j, k], k] for axis 1: along the others every place,
// spread over the indices where either has size 1. x: flat where the axis is None.
static Status index_along(Trace *t, Value indices, Value axis_value, NodeId *x,
                          Value *index) {
    Builder *b = front_builder(t);
    NodeId i;
    uint32_t axis = 0;
    TRY(front_as_node(t, indices, &i));
    if (axis_value.kind == VALUE_NONE) {
        *x = front_flat(t, *x);
        i = front_flat(t, i);
    } else
        TRY(front_static_axis(t, axis_value, "axis", front_node_type(t, *x)->rank, &axis));
    const Type *type = front_node_type(t, *x), *own = front_node_type(t, i);
    bool fits = own->rank == type->rank;
    for (uint32_t k = 0; k < type->rank && fits; k++) {
        fits = k == axis || own->shape[k] == type->shape[k] || own->shape[k] == 1 ||
               type->shape[k] == 1;
    }
    if (!fits) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "indices %s do not fit the other axes of %s",
                          front_node_text(t, i), front_node_text(t, *x));
    }
    Value items[LIMIT_RANK];
    for (uint32_t k = 0; k < type->rank; k++) {
        int64_t shape[LIMIT_RANK];
        for (uint32_t j = 0; j < type->rank; j++)
            shape[j] = j == k ? type->shape[k] : 1;
        const NodeId along = k == axis ? i : ir_iota(b, DT_I64, type->rank, shape, k);
        TRY(front_made(t, along, &items[k]));
    }
    return front_sequence(t, VALUE_TUPLE, type->rank, items, index);
}

// x, indices, axis, mode, fill_value
static Status body_take_along_axis(Trace *t, const Builtin *self, const Value *args,
                                   Value *result) {
    (void)self;
    NodeId node;
    IndexMode mode;
    Value x, index;
    TRY(front_static_mode(t, args[3], &mode));
    TRY(front_as_node(t, args[0], &node));
    TRY(index_along(t, args[1], args[2], &node, &index));
    TRY(front_made(t, node, &x));
    return front_get(t, x, index, mode, args[4], result);
}

// arr, indices, values, axis, inplace, mode
static Status body_put_along_axis(Trace *t, const Builtin *self, const Value *args,
                                  Value *result) {
    (void)self;
    NodeId node;
    IndexMode mode;
    Value x, index;
    bool inplace;
    TRY(front_static_bool(t, args[4], "inplace", &inplace));
    if (inplace) {
        return base_error(t->diags, CODE_E402, t->span,
                          "leave it out: the result is an array",
                          "arrays never change: `inplace` must be False");
    }
    TRY(front_static_mode(t, args[5], &mode));
    TRY(front_as_node(t, args[0], &node));
    const Type type = *front_node_type(t, node);
    TRY(index_along(t, args[1], args[3], &node, &index));
    TRY(front_made(t, node, &x));
    TRY(front_put(t, x, index, args[2], mode, result));
    TRY(front_as_node(t, *result, &node));
    node = ir_reshape(front_builder(t), node, type.rank, type.shape);
    return front_made(t, node, result);
}

// -- ix_ ----------------------------------------------------------------------------

// *args: each a vector, along an axis of its own.
static Status body_ix(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const uint32_t n = args[0].n;
    Value items[LIMIT_RANK];
    TRY(front_check_rank(t, n));
    for (uint32_t k = 0; k < n; k++) {
        NodeId i;
        int64_t shape[LIMIT_RANK];
        TRY(front_as_node(t, args[0].items[k], &i));
        const Type *type = front_node_type(t, i);
        if (type->rank > 1)
            return front_refuse(t, self->name, "given vectors", args[0].items[k]);
        for (uint32_t j = 0; j < n; j++)
            shape[j] = j == k ? type->size : 1;
        TRY(front_made(t, ir_reshape(front_builder(t), i, n, shape), &items[k]));
    }
    return front_sequence(t, VALUE_TUPLE, n, items, result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "index", .signature = (parameters), .doc = (what),            \
    .kind = BUILTIN_C, .body = (function)

const Builtin front_take_table[] = {
    {ROW("ix_", "*args", body_ix,
         "Vectors as index arrays, each along an axis of its own: x[ix_(rows, columns)].")},
    {ROW("put_along_axis", "arr, indices, values, axis, inplace=False, *, mode=None",
         body_put_along_axis,
         "arr with values put along an axis at the indices, as take_along_axis reads.")},
    {ROW("take",
         "x, indices, axis=None, out=None, mode=None, unique_indices=False, "
         "indices_are_sorted=False, fill_value=None",
         body_take, "The elements (or parts along an axis) at the indices."),
     .is_method = true},
    {ROW(
        "take_along_axis", "x, indices, axis=-1, mode=None, fill_value=None",
        body_take_along_axis,
        "Along an axis the elements at the indices, which have the shape of x elsewhere.")},
};
const uint32_t front_take_count = sizeof front_take_table / sizeof *front_take_table;
