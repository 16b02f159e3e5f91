// Built-ins that give an array another shape, order of axes, or dtype.
#include "front/arrays.h"
#include "front/function.h"

// -- shapes given as arguments ------------------------------------------------------

// x.reshape((2, 3)) and x.reshape(2, 3): a tuple of one sequence is that sequence.
static Value spread(Value rest) {
    return rest.n == 1 && front_is_sequence(rest.items[0]) ? rest.items[0] : rest;
}

// Puts in the size that was left open (-1). False when no size, or no whole one, fits.
static bool fill_wild(uint32_t rank, int64_t shape[], int64_t size) {
    int64_t known = 1, *open = NULL;
    for (uint32_t i = 0; i < rank; i++) {
        if (shape[i] < 0)
            open = &shape[i];
        else if (__builtin_mul_overflow(known, shape[i], &known))
            return false;
    }
    if (!open) return known == size;
    if (known == 0 || size % known != 0) return false;
    *open = size / known;
    return true;
}

static Status reshape_to(Trace *t, Value array, Value wanted, Value *result) {
    NodeId x;
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    TRY(front_as_node(t, array, &x));
    TRY(front_static_shape(t, wanted, "the new shape", true, &rank, shape));
    if (!fill_wild(rank, shape, front_node_type(t, x)->size)) {
        Text text = {.arena = t->diags->arena};
        for (uint32_t i = 0; i < rank; i++)
            base_text_printf(&text, i ? ", %lld" : "%lld", (long long)shape[i]);
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "%s cannot be reshaped to (%.*s%s): it has %lld elements",
                          front_node_text(t, x), STR_ARG(base_text_str(&text)),
                          rank == 1 ? "," : "", (long long)front_node_type(t, x)->size);
    }
    return front_made(t, ir_reshape(front_builder(t), x, rank, shape), result);
}

static Status body_reshape(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    (void)self;
    return reshape_to(t, args[0], args[1], result);
}

static Status body_reshape_method(Trace *t, const Builtin *self, const Value *args,
                                  Value *result) {
    (void)self;
    return reshape_to(t, args[0], spread(args[1]), result);
}

static Status body_ravel(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    return front_made(t, front_flat(t, x), result);
}

static Status body_squeeze(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const Type *type = front_node_type(t, x);
    uint32_t n, rank = 0;
    int64_t axes[LIMIT_RANK], shape[LIMIT_RANK];
    TRY(front_static_axes(t, args[1], type->rank, &n, axes));
    for (uint32_t i = 0, next = 0; i < type->rank; i++) {
        const bool chosen = next < n && axes[next] == i;
        next += chosen;
        if (chosen && type->shape[i] != 1 && args[1].kind != VALUE_NONE) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "axis %u of %s cannot be squeezed: its size is not 1", i,
                              front_node_text(t, x));
        }
        if (!chosen || type->shape[i] != 1) shape[rank++] = type->shape[i];
    }
    return front_made(t, ir_reshape(front_builder(t), x, rank, shape), result);
}

// The axes given are those of the result.
static Status body_expand_dims(Trace *t, const Builtin *self, const Value *args,
                               Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const Type *type = front_node_type(t, x);
    const uint32_t added = front_is_sequence(args[1]) ? args[1].n : 1;
    const uint32_t rank = type->rank + added;
    uint32_t n, axes[LIMIT_RANK];
    int64_t shape[LIMIT_RANK] = {0};
    TRY(front_check_rank(t, (uint64_t)type->rank + added));
    TRY(front_static_axis_list(t, args[1], "axis", rank, &n, axes));
    for (uint32_t i = 0; i < n; i++)
        shape[axes[i]] = -1;
    for (uint32_t i = 0, next = 0; i < rank; i++)
        shape[i] = shape[i] < 0 ? 1 : type->shape[next++];
    return front_made(t, ir_reshape(front_builder(t), x, rank, shape), result);
}

static Status body_atleast(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const Type *type = front_node_type(t, x);
    const int64_t n = type->rank ? type->shape[0] : 1;
    const int64_t row[] = {1, n};
    if (type->rank < self->data)
        x = ir_reshape(front_builder(t), x, (uint32_t)self->data,
                       self->data == 1 ? &n : row);
    return front_made(t, x, result);
}

static Status body_broadcast_to(Trace *t, const Builtin *self, const Value *args,
                                Value *result) {
    (void)self;
    NodeId x;
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_shape(t, args[1], "the shape", false, &rank, shape));
    const Type *type = front_node_type(t, x);
    bool fits = type->rank <= rank;
    for (uint32_t i = 0; i < type->rank && fits; i++)
        fits = type->shape[i] == 1 || type->shape[i] == shape[rank - type->rank + i];
    if (!fits) {
        const TypeId wanted = front_array_type(t, (Dtype)type->dtype, false, rank, shape);
        Text text = {.arena = t->diags->arena};
        if (wanted == IR_NO_TYPE) return FAILED;
        ir_type_text(t->ir, wanted, &text);
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "%s cannot be broadcast to %.*s", front_node_text(t, x),
                          STR_ARG(base_text_str(&text)));
    }
    return front_made(t, ir_broadcast_to(front_builder(t), x, rank, shape), result);
}

static Status body_broadcast_arrays(Trace *t, const Builtin *self, const Value *args,
                                    Value *result) {
    (void)self;
    const Value several = args[0];
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, several.n);
    Value *items = NEW_ARRAY(t->arena, Value, several.n);
    if (!nodes || !items) return NOMEM;
    for (uint32_t i = 0; i < several.n; i++)
        TRY(front_as_node(t, several.items[i], &nodes[i]));
    TRY(front_broadcast_together(t, several.n, nodes));
    for (uint32_t i = 0; i < several.n; i++)
        TRY(front_made(t, nodes[i], &items[i]));
    return front_sequence(t, VALUE_TUPLE, several.n, items, result);
}

// -- order of axes ------------------------------------------------------------------

static Status transpose_by(Trace *t, NodeId x, Value axes, Value *result) {
    const uint32_t rank = front_node_type(t, x)->rank;
    int64_t perm[LIMIT_RANK];
    uint32_t n = rank, given[LIMIT_RANK];
    for (uint32_t i = 0; i < rank; i++)
        given[i] = rank - 1 - i;
    if (axes.kind != VALUE_NONE) {
        TRY(front_static_axis_list(t, axes, "axis", rank, &n, given));
        if (n != rank) {
            return base_error(t->diags, CODE_E403, t->span, NULL,
                              "transpose of %s needs all %u axes, got %u",
                              front_node_text(t, x), rank, n);
        }
    }
    for (uint32_t i = 0; i < rank; i++)
        perm[i] = given[i];
    return front_made(t, ir_transpose(front_builder(t), x, perm), result);
}

static Status body_transpose(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    return transpose_by(t, x, args[1], result);
}

// x.transpose(), x.transpose(1, 0), x.transpose((1, 0))
static Status body_transpose_method(Trace *t, const Builtin *self, const Value *args,
                                    Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const bool none =
        args[1].n == 0 || (args[1].n == 1 && args[1].items[0].kind == VALUE_NONE);
    return transpose_by(t, x, none ? front_none() : spread(args[1]), result);
}

static Status body_swapaxes(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const uint32_t rank = front_node_type(t, x)->rank;
    uint32_t a, b;
    int64_t perm[LIMIT_RANK];
    TRY(front_static_axis(t, args[1], "axis", rank, &a));
    TRY(front_static_axis(t, args[2], "axis", rank, &b));
    for (uint32_t i = 0; i < rank; i++)
        perm[i] = i == a ? b : i == b ? a : i;
    return front_made(t, ir_transpose(front_builder(t), x, perm), result);
}

// Axes `source` go to the places `destination`, the others keep their order.
static Status body_moveaxis(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const uint32_t rank = front_node_type(t, x)->rank;
    uint32_t n, m, source[LIMIT_RANK], destination[LIMIT_RANK];
    TRY(front_static_axis_list(t, args[1], "source", rank, &n, source));
    TRY(front_static_axis_list(t, args[2], "destination", rank, &m, destination));
    if (n != m) {
        return base_error(t->diags, CODE_E403, t->span, NULL,
                          "moveaxis of %u axes to %u places", n, m);
    }
    int64_t perm[LIMIT_RANK];
    bool moved[LIMIT_RANK] = {false};
    for (uint32_t i = 0; i < rank; i++)
        perm[i] = -1;
    for (uint32_t i = 0; i < n; i++) {
        perm[destination[i]] = source[i];
        moved[source[i]] = true;
    }
    for (uint32_t i = 0, next = 0; i < rank; i++) {
        if (perm[i] >= 0) continue;
        while (moved[next])
            next++;
        perm[i] = next++;
    }
    return front_made(t, ir_transpose(front_builder(t), x, perm), result);
}

static Status body_matrix_transpose(Trace *t, const Builtin *self, const Value *args,
                                    Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const uint32_t rank = front_node_type(t, x)->rank;
    if (rank < 2) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "a matrix has two axes, got %s", front_node_text(t, x));
    }
    int64_t perm[LIMIT_RANK];
    for (uint32_t i = 0; i < rank; i++)
        perm[i] = i < rank - 2 ? i : 2 * (int64_t)rank - 3 - i;
    return front_made(t, ir_transpose(front_builder(t), x, perm), result);
}

static Status body_flip(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    uint32_t n;
    int64_t axes[LIMIT_RANK];
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_axes(t, args[1], front_node_type(t, x)->rank, &n, axes));
    return front_made(t, ir_reverse(front_builder(t), x, n, axes), result);
}

// fliplr, flipud: along the axis in `data`.
static Status body_flip_axis(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    Value axis;
    TRY(front_int(t, self->data, &axis));
    return body_flip(t, self, (Value[]){args[0], axis}, result);
}

static NodeId rolled(Trace *t, NodeId x, uint32_t axis, int64_t shift) {
    const int64_t size = front_node_type(t, x)->shape[axis];
    if (size == 0) return x;
    shift = (shift % size + size) % size;
    if (shift == 0) return x;
    const NodeId halves[] = {front_part(t, x, axis, size - shift, shift),
                             front_part(t, x, axis, 0, size - shift)};
    return ir_concatenate(front_builder(t), 2, halves, axis);
}

static Status body_roll(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const uint32_t rank = front_node_type(t, x)->rank;
    const bool several = front_is_sequence(args[1]);
    int64_t shift;
    if (args[2].kind == VALUE_NONE) {
        TRY(front_static_int(t, args[1], "the shift", &shift));
        Value whole;
        TRY(front_made(t, rolled(t, front_flat(t, x), 0, shift), &whole));
        NodeId r;
        TRY(front_node_here(t, whole, &r));
        const Type *type = front_node_type(t, x);
        return front_made(t, ir_reshape(front_builder(t), r, rank, type->shape), result);
    }
    uint32_t n, axes[LIMIT_RANK];
    TRY(front_static_axis_list(t, args[2], "axis", rank, &n, axes));
    if (several && args[1].n != n) {
        return base_error(t->diags, CODE_E403, t->span, NULL,
                          "roll by %u shifts along %u axes", args[1].n, n);
    }
    for (uint32_t i = 0; i < n; i++) {
        const Value given = several ? args[1].items[i] : args[1];
        TRY(front_static_int(t, given, "the shift", &shift));
        x = rolled(t, x, axes[i], shift);
    }
    return front_made(t, x, result);
}

// -- dtype --------------------------------------------------------------------------

static Status body_astype(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    Dtype dtype = DT_BOOL;
    TRY(front_as_node(t, args[0], &x));
    if (args[1].kind == VALUE_NONE) return front_refuse(t, "dtype", "a dtype", args[1]);
    TRY(front_static_dtype(t, args[1], &dtype));
    return front_made(t, ir_convert(front_builder(t), x, dtype, false), result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "shape", .signature = (parameters), .doc = (what),            \
    .kind = BUILTIN_C, .body = (function)
#define METHOD(text, parameters, function, what)                                           \
    ROW(text, parameters, function, what), .is_method = true

const Builtin front_shape_table[] = {
    {METHOD("astype", "x, dtype", body_astype, "x converted to a dtype.")},
    {ROW("atleast_1d", "x", body_atleast, "x; a scalar as a vector of one element."),
     .data = 1},
    {ROW("atleast_2d", "x", body_atleast, "x, with axes in front until there are two."),
     .data = 2},
    {ROW("broadcast_arrays", "*arrays", body_broadcast_arrays,
         "The arrays, broadcast to one shape.")},
    {ROW("broadcast_to", "x, shape", body_broadcast_to, "x broadcast to a shape.")},
    {ROW("expand_dims", "x, axis", body_expand_dims, "x with new axes of size 1.")},
    {ROW("flip", "x, axis=None", body_flip, "x in reverse order, along all axes or some.")},
    {ROW("fliplr", "x", body_flip_axis, "x in reverse order along axis 1."), .data = 1},
    {ROW("flipud", "x", body_flip_axis, "x in reverse order along axis 0."), .data = 0},
    {ROW("matrix_transpose", "x", body_matrix_transpose, "x with its last axes swapped.")},
    {ROW("moveaxis", "x, source, destination", body_moveaxis,
         "x with axes moved to other places.")},
    {ROW("permute_dims", "x, axes", body_transpose, "x with its axes in another order.")},
    {METHOD("ravel", "x", body_ravel, "x as a vector, row by row.")},
    {ROW("reshape", "x, shape", body_reshape,
         "x in another shape, row by row; a size of -1 is the one that fits.")},
    {ROW("roll", "x, shift, axis=None", body_roll,
         "x shifted along axes; what leaves at one end comes in at the other.")},
    {METHOD("squeeze", "x, axis=None", body_squeeze, "x without axes of size 1.")},
    {METHOD("swapaxes", "x, axis1, axis2", body_swapaxes, "x with two axes exchanged.")},
    {ROW("transpose", "x, axes=None", body_transpose,
         "x with its axes reversed, or in the order given.")},
    {ROW("x.flatten", "x", body_ravel, "x as a vector, row by row.")},
    {ROW("x.reshape", "x, *shape", body_reshape_method,
         "x in another shape, row by row; a size of -1 is the one that fits.")},
    {ROW("x.transpose", "x, *axes", body_transpose_method,
         "x with its axes reversed, or in the order given.")},
};
const uint32_t front_shape_count = sizeof front_shape_table / sizeof *front_shape_table;
