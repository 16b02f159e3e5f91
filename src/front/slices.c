// lax's slices: of static places (slice, slice_in_dim, index_in_dim), and of places
// computed from data, moved so that they lie inside (dynamic_slice and its kin).
#include "front/arrays.h"
#include "front/function.h"

static Value whole_axis(void) {
    static const ValueSlice all = {0};
    return (Value){.kind = VALUE_SLICE, .slice = &all};
}

// -- windows ------------------------------------------------------------------------

// A window of x: sizes[k] elements of axis k, from starts[k] on.
typedef struct Window {
    NodeId x;
    Value starts[LIMIT_RANK]; // VALUE_NONE: the whole axis
    int64_t sizes[LIMIT_RANK];
} Window;

static Status open_window(Trace *t, Value operand, Window *window) {
    TRY(front_as_node(t, operand, &window->x));
    const Type *type = front_node_type(t, window->x);
    for (uint32_t k = 0; k < type->rank; k++) {
        window->starts[k] = front_none();
        window->sizes[k] = type->shape[k];
    }
    return OK;
}

// Where the window begins, as a node: counted from the end if negative, then at least 0 and
// at most where it still fits.
static Status start_node(Trace *t, const Window *window, uint32_t axis, NodeId *start) {
    Builder *b = front_builder(t);
    const int64_t size = front_node_type(t, window->x)->shape[axis];
    const Value given = window->starts[axis];
    TRY(front_index_array(t, given, axis, size, INDEX_CLIP, start));
    if (front_node_type(t, *start)->rank != 0)
        return front_refuse(t, "the start of a slice", "an integer scalar", given);
    const NodeId last = front_integer_node(t, DT_I64, size - window->sizes[axis]);
    *start = ir_maximum(b, ir_literal_like(b, *start, "0"), ir_minimum(b, *start, last));
    return ir_status(b);
}

// The index that names the window. An axis that is whole stays a slice, so that rows move
// as they are.
static Status window_index(Trace *t, const Window *window, Value *index) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, window->x);
    Value items[LIMIT_RANK];
    uint32_t n = 0, next = 0;
    for (uint32_t k = 0; k < type->rank; k++)
        n += window->sizes[k] != type->shape[k];
    // With a slice between them the arrays' axes would come first (NumPy's rule): then
    // every axis is an array.
    bool apart = false;
    for (uint32_t k = 0, seen = 0; k < type->rank; k++) {
        const bool whole = window->sizes[k] == type->shape[k];
        apart |= whole && seen && seen < n;
        seen += !whole;
    }
    for (uint32_t k = 0; k < type->rank; k++)
        n += apart && window->sizes[k] == type->shape[k];
    for (uint32_t k = 0; k < type->rank; k++) {
        const bool whole = window->sizes[k] == type->shape[k];
        NodeId start = IR_NONE; // a window that is not whole has one
        if (window->starts[k].kind != VALUE_NONE) TRY(start_node(t, window, k, &start));
        if (whole && !apart) {
            items[k] = whole_axis();
            continue;
        }
        int64_t shape[LIMIT_RANK];
        for (uint32_t j = 0; j < n; j++)
            shape[j] = j == next ? window->sizes[k] : 1;
        NodeId i = ir_iota(b, DT_I64, n, shape, next++);
        if (!whole) i = ir_add(b, i, ir_broadcast_to(b, start, n, shape));
        TRY(front_made(t, i, &items[k]));
    }
    return front_sequence(t, VALUE_TUPLE, type->rank, items, index);
}

static Status read_window(Trace *t, const Window *window, Value *result) {
    Value x, index;
    TRY(window_index(t, window, &index));
    TRY(front_made(t, window->x, &x));
    return front_index(t, x, index, result);
}

static Status write_window(Trace *t, const Window *window, Value update, Value *result) {
    Value x, index;
    TRY(window_index(t, window, &index));
    TRY(front_made(t, window->x, &x));
    return front_put(t, x, index, update, INDEX_ERROR, result);
}

static Status check_size(Trace *t, const Window *window, uint32_t axis, int64_t size) {
    const int64_t whole = front_node_type(t, window->x)->shape[axis];
    if (size >= 0 && size <= whole) return OK;
    return base_error(t->diags, CODE_E404, t->span, NULL,
                      "a slice of %lld along axis %u of %s", (long long)size, axis,
                      front_node_text(t, window->x));
}

// -- several axes -------------------------------------------------------------------

static Status wrong_count(Trace *t, const char *what, uint32_t n, const Window *window) {
    return base_error(t->diags, CODE_E403, t->span, NULL,
                      "%s: one for each axis of %s is needed, got %u", what,
                      front_node_text(t, window->x), n);
}

static Status read_starts(Trace *t, Value starts, Window *window) {
    uint32_t n;
    const Value *items;
    if (!front_is_sequence(starts) && starts.kind != VALUE_ARRAY)
        return front_refuse(t, "start_indices", "a sequence of integers", starts);
    TRY(front_items(t, starts, &n, &items));
    if (n != front_node_type(t, window->x)->rank)
        return wrong_count(t, "start_indices", n, window);
    if (n) memcpy(window->starts, items, n * sizeof *items);
    return OK;
}

// operand, start_indices, slice_sizes
static Status body_dynamic_slice(Trace *t, const Builtin *self, const Value *args,
                                 Value *result) {
    (void)self;
    Window window;
    uint32_t rank;
    int64_t sizes[LIMIT_RANK];
    TRY(open_window(t, args[0], &window));
    TRY(read_starts(t, args[1], &window));
    TRY(front_static_shape(t, args[2], "slice_sizes", false, &rank, sizes));
    if (rank != front_node_type(t, window.x)->rank)
        return wrong_count(t, "slice_sizes", rank, &window);
    for (uint32_t k = 0; k < rank; k++) {
        TRY(check_size(t, &window, k, sizes[k]));
        window.sizes[k] = sizes[k];
    }
    return read_window(t, &window, result);
}

// operand, update, start_indices
static Status body_dynamic_update_slice(Trace *t, const Builtin *self, const Value *args,
                                        Value *result) {
    (void)self;
    Window window;
    NodeId update;
    TRY(open_window(t, args[0], &window));
    TRY(front_as_node(t, args[1], &update));
    TRY(read_starts(t, args[2], &window));
    const Type *type = front_node_type(t, update);
    if (type->rank != front_node_type(t, window.x)->rank)
        return wrong_count(t, "axes of the update", type->rank, &window);
    for (uint32_t k = 0; k < type->rank; k++) {
        TRY(check_size(t, &window, k, type->shape[k]));
        window.sizes[k] = type->shape[k];
    }
    return write_window(t, &window, args[1], result);
}

// -- one axis -----------------------------------------------------------------------

// `size` elements of one axis, or one, whose axis goes unless it is kept.
static Status one_axis(Trace *t, Value operand, Value start, Value axis_value, int64_t size,
                       Window *window, uint32_t *axis) {
    TRY(open_window(t, operand, window));
    const uint32_t rank = front_node_type(t, window->x)->rank;
    TRY(front_static_axis(t, axis_value, "axis", rank, axis));
    TRY(check_size(t, window, *axis, size));
    window->starts[*axis] = start;
    window->sizes[*axis] = size;
    return OK;
}

static Status without_axis(Trace *t, uint32_t axis, Value *value) {
    NodeId node;
    int64_t shape[LIMIT_RANK];
    uint32_t rank = 0;
    TRY(front_as_node(t, *value, &node));
    const Type *type = front_node_type(t, node);
    for (uint32_t k = 0; k < type->rank; k++)
        if (k != axis) shape[rank++] = type->shape[k];
    return front_made(t, ir_reshape(front_builder(t), node, rank, shape), value);
}

// operand, start_index, slice_size, axis
static Status body_dynamic_slice_in_dim(Trace *t, const Builtin *self, const Value *args,
                                        Value *result) {
    (void)self;
    Window window;
    uint32_t axis;
    int64_t size;
    TRY(front_static_int(t, args[2], "slice_size", &size));
    TRY(one_axis(t, args[0], args[1], args[3], size, &window, &axis));
    return read_window(t, &window, result);
}

// operand, index, axis, keepdims
static Status body_dynamic_index_in_dim(Trace *t, const Builtin *self, const Value *args,
                                        Value *result) {
    (void)self;
    Window window;
    uint32_t axis;
    bool keepdims;
    TRY(front_static_bool(t, args[3], "keepdims", &keepdims));
    TRY(one_axis(t, args[0], args[1], args[2], 1, &window, &axis));
    TRY(read_window(t, &window, result));
    return keepdims ? OK : without_axis(t, axis, result);
}

// operand, update, start_index, axis
static Status body_dynamic_update_slice_in_dim(Trace *t, const Builtin *self,
                                               const Value *args, Value *result) {
    (void)self;
    Window window;
    NodeId update;
    uint32_t axis;
    TRY(open_window(t, args[0], &window));
    TRY(front_as_node(t, args[1], &update));
    const Type *type = front_node_type(t, update);
    const uint32_t rank = front_node_type(t, window.x)->rank;
    TRY(front_static_axis(t, args[3], "axis", rank, &axis));
    if (type->rank != rank)
        return wrong_count(t, "axes of the update", type->rank, &window);
    TRY(one_axis(t, args[0], args[2], args[3], type->shape[axis], &window, &axis));
    return write_window(t, &window, args[1], result);
}

// operand, update, index, axis: the update may lack the axis.
static Status body_dynamic_update_index_in_dim(Trace *t, const Builtin *self,
                                               const Value *args, Value *result) {
    (void)self;
    Window window;
    NodeId node;
    Value update;
    uint32_t axis;
    TRY(one_axis(t, args[0], args[2], args[3], 1, &window, &axis));
    TRY(front_as_node(t, args[1], &node));
    const Type *type = front_node_type(t, node);
    const uint32_t rank = front_node_type(t, window.x)->rank;
    if (type->rank + 1u == rank) {
        int64_t shape[LIMIT_RANK];
        for (uint32_t k = 0; k < rank; k++)
            shape[k] = k == axis ? 1 : type->shape[k - (k > axis)];
        node = ir_reshape(front_builder(t), node, rank, shape);
    }
    TRY(front_made(t, node, &update));
    return write_window(t, &window, update, result);
}

// -- static places ------------------------------------------------------------------

// lax.slice: places are never counted from the end, and lie inside.
static Status lax_slice(Trace *t, const Value *args, Value *result) {
    Window window;
    int64_t places[3][LIMIT_RANK];
    static const char *const names[] = {"start_indices", "limit_indices", "strides"};
    TRY(open_window(t, args[0], &window));
    const Type *type = front_node_type(t, window.x);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t rank = type->rank;
        for (uint32_t k = 0; k < rank; k++)
            places[i][k] = 1;
        if (i < 2 || args[3].kind != VALUE_NONE)
            TRY(front_static_shape(t, args[1 + i], names[i], false, &rank, places[i]));
        if (rank != type->rank) return wrong_count(t, names[i], rank, &window);
    }
    for (uint32_t k = 0; k < type->rank; k++) {
        const bool inside =
            places[0][k] <= places[1][k] && places[1][k] <= type->shape[k] && places[2][k];
        if (inside) continue;
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "a slice from %lld to %lld by %lld along axis %u of %s",
                          (long long)places[0][k], (long long)places[1][k],
                          (long long)places[2][k], k, front_node_text(t, window.x));
    }
    return front_made(
        t, ir_slice(front_builder(t), window.x, places[0], places[1], places[2]), result);
}

// Python's slice(stop), slice(start, stop, step); lax.slice(x, starts, limits, strides).
static Status body_slice(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    if (args[0].kind == VALUE_ARRAY && front_is_sequence(args[1]))
        return lax_slice(t, args, result);
    if (args[3].kind != VALUE_NONE) return front_refuse(t, "x", "an array", args[0]);
    ValueSlice *slice = NEW(t->arena, ValueSlice);
    TRY_ALLOC(slice);
    const bool alone = args[1].kind == VALUE_NONE && args[2].kind == VALUE_NONE;
    *slice = (ValueSlice){args[0], args[1], args[2]};
    if (alone) *slice = (ValueSlice){front_none(), args[0], front_none()};
    *result = (Value){.kind = VALUE_SLICE, .slice = slice};
    return OK;
}

// x with one item of the index for one axis, the others whole.
static Status index_axis(Trace *t, NodeId node, uint32_t axis, Value item, Value *result) {
    Value x, items[LIMIT_RANK];
    for (uint32_t k = 0; k < axis; k++)
        items[k] = whole_axis();
    items[axis] = item;
    TRY(front_made(t, node, &x));
    const Value index = {.kind = VALUE_TUPLE, .n = axis + 1, .items = items};
    return front_index(t, x, index, result);
}

// operand, start_index, limit_index, stride, axis
static Status body_slice_in_dim(Trace *t, const Builtin *self, const Value *args,
                                Value *result) {
    (void)self;
    NodeId node;
    uint32_t axis;
    TRY(front_as_node(t, args[0], &node));
    TRY(front_static_axis(t, args[4], "axis", front_node_type(t, node)->rank, &axis));
    const ValueSlice slice = {args[1], args[2], args[3]};
    const Value item = {.kind = VALUE_SLICE, .slice = &slice};
    return index_axis(t, node, axis, item, result);
}

// operand, index, axis, keepdims
static Status body_index_in_dim(Trace *t, const Builtin *self, const Value *args,
                                Value *result) {
    (void)self;
    NodeId node;
    uint32_t axis;
    int64_t at;
    bool keepdims;
    TRY(front_as_node(t, args[0], &node));
    const Type type = *front_node_type(t, node);
    TRY(front_static_int(t, args[1], "index", &at));
    TRY(front_static_axis(t, args[2], "axis", type.rank, &axis));
    TRY(front_static_bool(t, args[3], "keepdims", &keepdims));
    TRY(index_axis(t, node, axis, args[1], result));
    if (!keepdims) return OK;
    int64_t shape[LIMIT_RANK];
    for (uint32_t k = 0; k < type.rank; k++)
        shape[k] = k == axis ? 1 : type.shape[k];
    TRY(front_as_node(t, *result, &node));
    return front_made(t, ir_reshape(front_builder(t), node, type.rank, shape), result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    {                                                                                      \
        .name = (text), .group = "index", .signature = (parameters), .doc = (what),        \
        .kind = BUILTIN_C, .body = (function)                                              \
    }

const Builtin front_slice_table[] = {
    ROW("dynamic_index_in_dim", "operand, index, axis=0, keepdims=True",
        body_dynamic_index_in_dim, "The part of an axis at an index, moved inside."),
    ROW("dynamic_slice", "operand, start_indices, slice_sizes", body_dynamic_slice,
        "A part of static size from computed places on, moved so that it lies inside."),
    ROW("dynamic_slice_in_dim", "operand, start_index, slice_size, axis=0",
        body_dynamic_slice_in_dim, "dynamic_slice along one axis."),
    ROW("dynamic_update_index_in_dim", "operand, update, index, axis",
        body_dynamic_update_index_in_dim,
        "operand with update as the part of an axis at an index, moved inside."),
    ROW("dynamic_update_slice", "operand, update, start_indices", body_dynamic_update_slice,
        "operand with update put from computed places on, moved so that it lies inside."),
    ROW("dynamic_update_slice_in_dim", "operand, update, start_index, axis",
        body_dynamic_update_slice_in_dim, "dynamic_update_slice along one axis."),
    ROW("index_in_dim", "operand, index, axis=0, keepdims=True", body_index_in_dim,
        "The part of an axis at a static index."),
    ROW("slice", "start, stop=None, step=None, strides=None", body_slice,
        "Python's slice, for an index; also lax.slice(x, starts, limits, strides)."),
    ROW("slice_in_dim", "operand, start_index, limit_index, stride=1, axis=0",
        body_slice_in_dim, "The part of an axis between static places."),
};
const uint32_t front_slice_count = sizeof front_slice_table / sizeof *front_slice_table;
