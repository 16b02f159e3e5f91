// Built-ins that order the elements of an array along an axis. One primitive, argsort,
// finds the order; what is sorted is gathered, so that derivatives follow the elements.
#include "front/arrays.h"

// An array, the axis to sort along (of all elements, flattened, where it is None), and the
// places of its elements in that order.
typedef struct Sorting {
    NodeId x;
    uint32_t axis;
    NodeId places; // int64, of x's shape
} Sorting;

// args: x, axis, stable, descending. Every order here is stable, which also serves those
// who ask for none.
static Status sorting_of(Trace *t, const Value *args, Sorting *s) {
    Builder *b = front_builder(t);
    bool stable, descending;
    TRY(front_reduced_operand(t, args[0], &s->x));
    if (args[1].kind == VALUE_NONE) {
        const int64_t size = front_node_type(t, s->x)->size;
        s->x = ir_reshape(b, s->x, 1, &size);
        s->axis = 0;
    } else {
        TRY(front_static_axis(t, args[1], "axis", front_node_type(t, s->x)->rank,
                              &s->axis));
    }
    TRY(front_static_bool(t, args[2], "stable", &stable));
    TRY(front_static_bool(t, args[3], "descending", &descending));
    s->places = ir_emit(b, PRIM_argsort, 1, &s->x, 2, (int64_t[]){s->axis, descending});
    return ir_status(b);
}

static Status body_argsort(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    (void)self;
    Sorting s;
    TRY(sorting_of(t, args, &s));
    return front_made(t, s.places, result);
}

// x[i0, …, places, …]: the index along every other axis is its own.
static Status body_sort(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    Sorting s;
    TRY(sorting_of(t, args, &s));
    const Type *type = front_node_type(t, s.x);
    NodeId operands[1 + LIMIT_RANK] = {s.x};
    for (uint32_t i = 0; i < type->rank; i++)
        operands[1 + i] =
            i == s.axis ? s.places : ir_iota(b, DT_I64, type->rank, type->shape, i);
    const int64_t mode = INDEX_CLIP; // no place is out of bounds: nothing to check
    return front_made(t, ir_emit(b, PRIM_gather, 1 + type->rank, operands, 1, &mode),
                      result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, function, what)                                                          \
    .name = (text), .group = "index", .kind = BUILTIN_C, .body = (function),               \
    .signature = "x, axis=-1, *, stable=True, descending=False", .doc = (what),            \
    .is_method = true

const Builtin front_sort_table[] = {
    {ROW("argsort", body_argsort,
         "The indices that sort along the axis, equal elements in their order; nan last.")},
    {ROW("sort", body_sort,
         "Sorted along the axis, of all elements where it is None; nan last."),
     .kink = "of equal elements each takes its place in their order"},
};
const uint32_t front_sort_count = sizeof front_sort_table / sizeof *front_sort_table;
