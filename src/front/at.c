// Built-ins that index by data: take, take_along_axis, and x.at[index].set(…) and its kin.
//
// An update of x.at[index] finds the places first: the same index of the array of the
// elements' numbers. So every index means here what it means in x[index].
#include "front/arrays.h"
#include "front/function.h"

static Status index_mode(Trace *t, Value mode, IndexMode *result) {
    static const char *const names[] = {"clip", "fill", "drop"};
    static const IndexMode modes[] = {INDEX_CLIP, INDEX_FILL, INDEX_FILL};
    *result = INDEX_ERROR;
    if (mode.kind == VALUE_NONE) return OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (mode.kind != VALUE_TEXT || !base_str_eq(mode.text, base_str(names[i])))
            continue;
        *result = modes[i];
        return OK;
    }
    if (mode.kind != VALUE_TEXT)
        return front_refuse(t, "the mode of an index", "'clip', 'fill' or 'drop'", mode);
    const Str known[] = {STR("clip"), STR("fill"), STR("drop")};
    const char *near = base_hint_nearest(t->diags, mode.text, known, 3);
    return base_error(t->diags, CODE_E402, t->span,
                      near ? near : "without a mode an index out of bounds is an error",
                      "the mode of an index must be 'clip', 'fill' or 'drop', got '%.*s'",
                      mode.text.n < 40 ? (int)mode.text.n : 40, mode.text.at);
}

// -- take ---------------------------------------------------------------------------

static Status body_take(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    IndexMode mode;
    NodeId node;
    Value x;
    uint32_t axis = 0;
    TRY(index_mode(t, args[3], &mode));
    TRY(front_as_node(t, args[0], &node));
    if (args[2].kind == VALUE_NONE)
        node = front_flat(t, node);
    else
        TRY(front_static_axis(t, args[2], "axis", front_node_type(t, node)->rank, &axis));
    TRY(front_made(t, node, &x));
    static const ValueSlice all = {0};
    Value index[LIMIT_RANK];
    for (uint32_t i = 0; i < axis; i++)
        index[i] = (Value){.kind = VALUE_SLICE, .slice = &all};
    index[axis] = args[1];
    const Value tuple = {.kind = VALUE_TUPLE, .n = axis + 1, .items = index};
    return front_index_mode(t, x, tuple, mode, result);
}

// result[i, j, k] = x[i, indices[i, j, k], k] for axis 1.
static Status body_take_along_axis(Trace *t, const Builtin *self, const Value *args,
                                   Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId operands[1 + LIMIT_RANK], i;
    IndexMode mode;
    uint32_t axis;
    TRY(index_mode(t, args[3], &mode));
    TRY(front_as_node(t, args[0], &operands[0]));
    const Type *x = front_node_type(t, operands[0]);
    TRY(front_static_axis(t, args[2], "axis", x->rank, &axis));
    TRY(front_index_array(t, args[1], axis, x->shape[axis], mode, &i));
    const Type *indices = front_node_type(t, i);
    bool fits = indices->rank == x->rank;
    for (uint32_t k = 0; k < x->rank && fits; k++)
        fits = k == axis || indices->shape[k] == x->shape[k];
    if (!fits || (mode == INDEX_CLIP && x->shape[axis] == 0)) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "indices %s do not fit the other axes of %s",
                          front_node_text(t, i), front_node_text(t, operands[0]));
    }
    for (uint32_t k = 0; k < x->rank; k++)
        operands[1 + k] =
            k == axis ? i : ir_iota(b, DT_I64, indices->rank, indices->shape, k);
    const int64_t attr = mode;
    return front_made(t, ir_emit(b, PRIM_gather, 1 + x->rank, operands, 1, &attr), result);
}

// -- x.at[index] --------------------------------------------------------------------

static Status at_of(Trace *t, Value value, const ValueAt **at, NodeId *x) {
    if (value.kind != VALUE_AT || !value.at->indexed) {
        return base_error(t->diags, CODE_E402, t->span, "x.at[i].set(v)",
                          "`.at` takes an index in brackets first");
    }
    *at = value.at;
    return front_as_node(t, value.at->array, x);
}

// The numbers of the elements that the index names, in row-major order; those out of bounds
// are negative where the mode drops them.
static Status places_of(Trace *t, const ValueAt *at, NodeId x, IndexMode mode,
                        Value *places) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, x);
    const NodeId numbers = ir_iota(b, DT_I64, 1, &type->size, 0);
    Value all;
    TRY(front_made(t, ir_reshape(b, numbers, type->rank, type->shape), &all));
    return front_index_mode(t, all, at->index, mode, places);
}

// The new elements in the dtype of x and the shape of the places.
static Status new_elements(Trace *t, NodeId x, Value value, NodeId places, NodeId *v) {
    Builder *b = front_builder(t);
    const Dtype dtype = (Dtype)front_node_type(t, x)->dtype;
    TRY(front_as_node(t, value, v));
    if (num_is_float((Dtype)front_node_type(t, *v)->dtype) && !num_is_float(dtype)) {
        return base_error(
            t->diags, CODE_E405, t->span, "convert one of them: float(x), int64(v)",
            "%s cannot be put into %s", front_node_text(t, *v), front_node_text(t, x));
    }
    *v = ir_convert(b, *v, dtype, false);
    const Type *type = front_node_type(t, places), *given = front_node_type(t, *v);
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    TRY(front_common_shape(t, 2, (NodeId[]){*v, places}, 0, &rank, shape));
    bool fits = given->rank <= type->rank;
    for (uint32_t i = 0; i < type->rank && fits; i++)
        fits = shape[i] == type->shape[i];
    if (!fits) {
        const NodeId named =
            ir_zeros(b, ir_type_with(t->ir, ir_type_of(b, places), dtype, false));
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "%s does not fit what the index names: %s",
                          front_node_text(t, *v), front_node_text(t, named));
    }
    *v = ir_broadcast_to(b, *v, type->rank, type->shape);
    return ir_status(b);
}

// x with v put at (or added to) the places.
static NodeId scatter(Trace *t, Prim prim, NodeId x, NodeId v, NodeId places,
                      IndexMode mode) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, x);
    const NodeId operands[] = {front_flat(t, x), front_flat(t, v), front_flat(t, places)};
    // What was out of bounds failed, or was clipped, when the places were found.
    const int64_t attr = mode == INDEX_FILL ? INDEX_FILL : INDEX_ERROR;
    return ir_reshape(b, ir_emit(b, prim, 3, operands, 1, &attr), type->rank, type->shape);
}

// set, add, subtract (data: the ExprOp; OP_EQ for set).
static Status body_at_set(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const ValueAt *at = NULL;
    NodeId x, v, places;
    IndexMode mode;
    Value numbers;
    TRY(at_of(t, args[0], &at, &x));
    TRY(index_mode(t, args[2], &mode));
    TRY(places_of(t, at, x, mode, &numbers));
    TRY(front_node_here(t, numbers, &places));
    TRY(new_elements(t, x, args[1], places, &v));
    const bool is_set = self->data == OP_EQ;
    if (!is_set && front_node_type(t, x)->dtype == DT_BOOL) {
        return base_error(t->diags, CODE_E405, t->span, "int64(x) counts True as 1",
                          "`%s` of booleans", self->name);
    }
    if (self->data == OP_SUB) v = ir_neg(front_builder(t), v);
    const Prim prim = is_set ? PRIM_scatter_set : PRIM_scatter_add;
    return front_made(t, scatter(t, prim, x, v, places, mode), result);
}

static bool names_arrays(Value index) {
    if (index.kind == VALUE_ARRAY || index.kind == VALUE_LIST) return true;
    for (uint32_t i = 0; index.kind == VALUE_TUPLE && i < index.n; i++) {
        const ValueKind kind = index.items[i].kind;
        if (kind == VALUE_ARRAY || kind == VALUE_LIST || kind == VALUE_TUPLE) return true;
    }
    return false;
}

// multiply, divide, power, min, max: read, changed and put back. An element that an index
// array names twice would be changed once.
static Status body_at_change(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    const ValueAt *at = NULL;
    NodeId x, v, places;
    Value numbers, old;
    TRY(at_of(t, args[0], &at, &x));
    if (names_arrays(at->index)) {
        return base_error(t->diags, CODE_E402, t->span,
                          "set, add and subtract take index arrays",
                          "`%s` takes integers and slices as the index", self->name);
    }
    TRY(places_of(t, at, x, INDEX_ERROR, &numbers));
    TRY(front_node_here(t, numbers, &places));
    TRY(front_index(t, at->array, at->index, &old));
    const Builtin *function = front_builtin(base_str(strrchr(self->name, '.') + 1));
    if (self->data == PRIM_maximum || self->data == PRIM_minimum)
        TRY(front_apply(t, self->name, (Prim)self->data, 2, (Value[]){old, args[1]}, &old));
    else
        TRY(function->body(t, function, (Value[]){old, args[1]}, &old));
    TRY(new_elements(t, x, old, places, &v));
    return front_made(t, scatter(t, PRIM_scatter_set, x, v, places, INDEX_ERROR), result);
}

static Status body_at_get(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const ValueAt *at = NULL;
    NodeId x;
    IndexMode mode;
    TRY(at_of(t, args[0], &at, &x));
    TRY(index_mode(t, args[1], &mode));
    if (args[2].kind == VALUE_NONE || mode != INDEX_FILL)
        return front_index_mode(t, at->array, at->index, mode, result);
    Builder *b = front_builder(t);
    Value numbers, read;
    NodeId nodes[3];
    TRY(places_of(t, at, x, INDEX_FILL, &numbers));
    TRY(front_node_here(t, numbers, &nodes[0]));
    nodes[0] = ir_ge(b, nodes[0], ir_literal_like(b, nodes[0], "0"));
    TRY(front_index_mode(t, at->array, at->index, INDEX_FILL, &read));
    TRY(front_node_here(t, read, &nodes[1]));
    TRY(new_elements(t, x, args[2], nodes[1], &nodes[2]));
    return front_made(t, ir_select(b, nodes[0], nodes[1], nodes[2]), result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "index", .signature = (parameters), .doc = (what),            \
    .kind = BUILTIN_C, .body = (function)

const Builtin front_index_table[] = {
    {ROW("take", "x, indices, axis=None, mode=None", body_take,
         "The elements (or parts along an axis) at the indices."),
     .is_method = true},
    {ROW(
        "take_along_axis", "x, indices, axis, mode=None", body_take_along_axis,
        "Along an axis the elements at the indices, which have the shape of x elsewhere.")},
    {ROW("x.at[i].add", "at, values, mode=None", body_at_set,
         "x with values added at the index, once for each time that a place occurs."),
     .data = OP_ADD},
    {ROW("x.at[i].divide", "at, values", body_at_change,
         "x with the elements at the index divided by values.")},
    {ROW("x.at[i].get", "at, mode=None, fill_value=None", body_at_get,
         "x[i]; mode says what an index out of bounds means: 'clip', 'fill'.")},
    {ROW("x.at[i].max", "at, values", body_at_change,
         "x with the elements at the index raised to values where they are less."),
     .data = PRIM_maximum},
    {ROW("x.at[i].min", "at, values", body_at_change,
         "x with the elements at the index lowered to values where they are greater."),
     .data = PRIM_minimum},
    {ROW("x.at[i].multiply", "at, values", body_at_change,
         "x with the elements at the index multiplied by values.")},
    {ROW("x.at[i].power", "at, values", body_at_change,
         "x with the elements at the index raised to the power of values.")},
    {ROW("x.at[i].set", "at, values, mode=None", body_at_set,
         "x with values put at the index; where a place occurs twice the last counts."),
     .data = OP_EQ},
    {ROW("x.at[i].subtract", "at, values, mode=None", body_at_set,
         "x with values subtracted at the index, once for each time that a place occurs."),
     .data = OP_SUB},
};
const uint32_t front_index_count = sizeof front_index_table / sizeof *front_index_table;
