// Built-ins that join, cut, repeat and pad arrays.
#include "front/arrays.h"
#include "front/function.h"

// -- joining ------------------------------------------------------------------------

NodeId front_flat(Trace *t, NodeId x) {
    const int64_t size = front_node_type(t, x)->size;
    return ir_reshape(front_builder(t), x, 1, &size);
}

NodeId front_part(Trace *t, NodeId x, uint32_t axis, int64_t start, int64_t n) {
    const Type *type = front_node_type(t, x);
    int64_t starts[LIMIT_RANK], limits[LIMIT_RANK], steps[LIMIT_RANK];
    for (uint32_t i = 0; i < type->rank; i++) {
        starts[i] = i == axis ? start : 0;
        limits[i] = i == axis ? start + n : type->shape[i];
        steps[i] = 1;
    }
    return ir_slice(front_builder(t), x, starts, limits, steps);
}

Status front_sequence_nodes(Trace *t, Value sequence, const char *what, uint32_t *n,
                            NodeId **nodes) {
    const Value *items;
    if (!front_is_sequence(sequence) && sequence.kind != VALUE_ARRAY)
        return front_refuse(t, what, "a sequence of arrays", sequence);
    TRY(front_items(t, sequence, n, &items));
    if (*n == 0) {
        return base_error(t->diags, CODE_E403, t->span, NULL, "%s must not be empty", what);
    }
    *nodes = NEW_ARRAY(t->arena, NodeId, *n);
    TRY_ALLOC(*nodes);
    return front_promote_nodes(t, *n, items, false, *nodes);
}

static Status join(Trace *t, uint32_t n, const NodeId *nodes, uint32_t axis,
                   Value *result) {
    const Type *first = front_node_type(t, nodes[0]);
    for (uint32_t i = 1; i < n; i++) {
        const Type *type = front_node_type(t, nodes[i]);
        bool fits = type->rank == first->rank;
        for (uint32_t k = 0; k < first->rank && fits; k++)
            fits = k == axis || type->shape[k] == first->shape[k];
        if (!fits) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "%s and %s cannot be joined along axis %u",
                              front_node_text(t, nodes[0]), front_node_text(t, nodes[i]),
                              axis);
        }
    }
    return front_made(t, ir_concatenate(front_builder(t), n, nodes, axis), result);
}

static Status body_concatenate(Trace *t, const Builtin *self, const Value *args,
                               Value *result) {
    uint32_t n, axis = 0;
    NodeId *nodes;
    TRY(front_sequence_nodes(t, args[0], "the arrays", &n, &nodes));
    const bool is_flat = args[1].kind == VALUE_NONE;
    for (uint32_t i = 0; i < n && is_flat; i++)
        nodes[i] = front_flat(t, nodes[i]);
    const uint32_t rank = front_node_type(t, nodes[0])->rank;
    if (rank == 0) {
        return base_error(t->diags, CODE_E404, t->span, "stack joins scalars",
                          "`%s` of scalars: they have no axis", self->name);
    }
    if (!is_flat) TRY(front_static_axis(t, args[1], "axis", rank, &axis));
    return join(t, n, nodes, axis, result);
}

static Status body_stack(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    uint32_t n, axis;
    NodeId *nodes;
    TRY(front_sequence_nodes(t, args[0], "the arrays", &n, &nodes));
    const Type *first = front_node_type(t, nodes[0]);
    const uint32_t rank = first->rank + 1u;
    int64_t shape[LIMIT_RANK];
    TRY(front_check_rank(t, rank));
    TRY(front_static_axis(t, args[1], "axis", rank, &axis));
    for (uint32_t i = 0, k = 0; i < rank; i++)
        shape[i] = i == axis ? 1 : first->shape[k++];
    for (uint32_t i = 0; i < n; i++) {
        const Type *type = front_node_type(t, nodes[i]);
        if (type->rank != first->rank ||
            (type->rank &&
             memcmp(type->shape, first->shape, type->rank * sizeof *type->shape) != 0)) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "%s and %s cannot be stacked: their shapes differ",
                              front_node_text(t, nodes[0]), front_node_text(t, nodes[i]));
        }
    }
    for (uint32_t i = 0; i < n; i++)
        nodes[i] = ir_reshape(front_builder(t), nodes[i], rank, shape);
    return join(t, n, nodes, axis, result);
}

// vstack, hstack, dstack, column_stack: what becomes of arrays with few axes first.
typedef enum StackKind { STACK_ROWS, STACK_ALONG, STACK_DEPTH, STACK_COLUMNS } StackKind;

static NodeId prepared(Trace *t, StackKind kind, NodeId x) {
    const Type *type = front_node_type(t, x);
    const int64_t n = type->rank ? type->shape[0] : 1;
    const int64_t m = type->rank > 1 ? type->shape[1] : n;
    const int64_t one[] = {n}, row[] = {1, n}, column[] = {n, 1};
    const int64_t deep[] = {type->rank > 1 ? n : 1, m, 1};
    Builder *b = front_builder(t);
    switch (kind) {
    case STACK_ROWS:
        return type->rank < 2 ? ir_reshape(b, x, 2, row) : x;
    case STACK_ALONG:
        return type->rank < 1 ? ir_reshape(b, x, 1, one) : x;
    case STACK_DEPTH:
        return type->rank < 3 ? ir_reshape(b, x, 3, deep) : x;
    default:
        return type->rank < 2 ? ir_reshape(b, x, 2, column) : x;
    }
}

static Status body_stack_kind(Trace *t, const Builtin *self, const Value *args,
                              Value *result) {
    const StackKind kind = (StackKind)self->data;
    uint32_t n;
    NodeId *nodes;
    TRY(front_sequence_nodes(t, args[0], "the arrays", &n, &nodes));
    for (uint32_t i = 0; i < n; i++)
        nodes[i] = prepared(t, kind, nodes[i]);
    const uint32_t rank = front_node_type(t, nodes[0])->rank;
    const uint32_t axis = kind == STACK_ROWS                 ? 0
                          : kind == STACK_DEPTH              ? 2
                          : kind == STACK_ALONG && rank == 1 ? 0
                                                             : 1;
    return join(t, n, nodes, axis, result);
}

// -- repeating ----------------------------------------------------------------------

static Status body_tile(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    uint32_t n;
    int64_t reps[LIMIT_RANK];
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_shape(t, args[1], "reps", false, &n, reps));
    const Type *type = front_node_type(t, x);
    const uint32_t rank = n > type->rank ? n : type->rank;
    TRY(front_check_rank(t, 2u * rank));
    // Every axis of size s becomes the axes (r, s), the first one spread.
    int64_t wide[LIMIT_RANK], dims[LIMIT_RANK], tiled[LIMIT_RANK];
    for (uint32_t i = 0; i < rank; i++) {
        const int64_t r = i + n < rank ? 1 : reps[i + n - rank];
        const int64_t s = i + type->rank < rank ? 1 : type->shape[i + type->rank - rank];
        wide[2 * i] = r;
        wide[2 * i + 1] = s;
        if (__builtin_mul_overflow(r, s, &tiled[i])) tiled[i] = INT64_MAX;
        if (i + type->rank >= rank) dims[i + type->rank - rank] = 2 * i + 1;
    }
    Builder *b = front_builder(t);
    x = ir_broadcast(b, x, 2 * rank, wide, dims);
    return front_made(t, ir_reshape(b, x, rank, tiled), result);
}

// Each element r times, or as often as a list of static integers says.
static Status repeat_by_list(Trace *t, NodeId x, uint32_t axis, Value repeats,
                             Value *result) {
    VEC(Value) places = {0};
    const int64_t size = front_node_type(t, x)->shape[axis];
    if (size != repeats.n) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "%u repeats for an axis of size %lld", repeats.n,
                          (long long)size);
    }
    for (uint32_t i = 0; i < repeats.n; i++) {
        int64_t r;
        Value place;
        TRY(front_static_int(t, repeats.items[i], "a number of repeats", &r));
        if (r < 0 || r > LIMIT_UNROLL || places.n + r > LIMIT_UNROLL)
            return front_refuse(t, "a number of repeats", "a size", repeats.items[i]);
        TRY(front_int(t, i, &place));
        for (int64_t k = 0; k < r; k++)
            if (!VEC_PUSH(t->arena, &places, place)) return NOMEM;
    }
    Value index[LIMIT_RANK];
    for (uint32_t i = 0; i < axis; i++) {
        ValueSlice *all = NEW(t->arena, ValueSlice);
        TRY_ALLOC(all);
        index[i] = (Value){.kind = VALUE_SLICE, .slice = all};
    }
    index[axis] = (Value){.kind = VALUE_LIST, .n = places.n, .items = places.at};
    Value array;
    TRY(front_made(t, x, &array));
    return front_index(t, array,
                       (Value){.kind = VALUE_TUPLE, .n = axis + 1, .items = index}, result);
}

static Status body_repeat(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    uint32_t axis = 0;
    TRY(front_as_node(t, args[0], &x));
    if (args[2].kind == VALUE_NONE)
        x = front_flat(t, x);
    else
        TRY(front_static_axis(t, args[2], "axis", front_node_type(t, x)->rank, &axis));
    if (front_is_sequence(args[1])) return repeat_by_list(t, x, axis, args[1], result);
    int64_t r, wide[LIMIT_RANK], dims[LIMIT_RANK], repeated[LIMIT_RANK] = {0};
    TRY(front_static_int(t, args[1], "repeats", &r));
    if (r < 0) return front_refuse(t, "repeats", "not negative", args[1]);
    const Type *type = front_node_type(t, x);
    TRY(front_check_rank(t, type->rank + 1u));
    for (uint32_t i = 0; i < type->rank; i++) {
        dims[i] = i + (i > axis);
        wide[dims[i]] = repeated[i] = type->shape[i];
    }
    wide[axis + 1] = r;
    if (__builtin_mul_overflow(type->shape[axis], r, &repeated[axis]))
        repeated[axis] = INT64_MAX;
    Builder *b = front_builder(t);
    x = ir_broadcast(b, x, type->rank + 1u, wide, dims);
    return front_made(t, ir_reshape(b, x, type->rank, repeated), result);
}

// -- splitting and padding ----------------------------------------------------------

// The places where a split cuts an axis of that size: equal parts (`data` 1: as equal as
// may be), or at given places.
static Status split_places(Trace *t, const Builtin *self, Value given, int64_t size,
                           uint32_t *n, int64_t **places) {
    const bool listed = front_is_sequence(given);
    int64_t parts;
    if (listed)
        parts = (int64_t)given.n + 1;
    else
        TRY(front_static_int(t, given, "the number of parts", &parts));
    if (parts < 1 || parts > LIMIT_UNROLL)
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "expected a number of parts from 1 to %d, got %lld", LIMIT_UNROLL,
                          (long long)parts);
    if (!listed && !self->data && size % parts)
        return base_error(
            t->diags, CODE_E404, t->span,
            "array_split makes parts as equal as may be; split(x, [1, 3]) cuts "
            "before the entries 1 and 3",
            "an axis of size %lld cannot be split into %lld equal parts", (long long)size,
            (long long)parts);
    *n = (uint32_t)parts;
    *places = NEW_ARRAY(t->arena, int64_t, (size_t)parts + 1);
    TRY_ALLOC(*places);
    (*places)[parts] = size;
    for (int64_t i = 1; i < parts; i++) {
        int64_t at = i * (size / parts) + (i < size % parts ? i : size % parts);
        if (listed) TRY(front_static_int(t, given.items[i - 1], "a place", &at));
        if (at < 0) at += size;
        (*places)[i] = at < 0 ? 0 : at > size ? size : at;
    }
    return OK;
}

static Status body_split(Trace *t, const Builtin *self, const Value *args, Value *result) {
    NodeId x;
    uint32_t axis, n = 0;
    int64_t *places = NULL;
    TRY(front_as_node(t, args[0], &x));
    const Type *type = front_node_type(t, x);
    TRY(front_static_axis(t, args[2], "axis", type->rank, &axis));
    TRY(split_places(t, self, args[1], type->shape[axis], &n, &places));
    Value *parts = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < n; i++) {
        const int64_t length = places[i + 1] - places[i];
        TRY(front_made(t, front_part(t, x, axis, places[i], length > 0 ? length : 0),
                       &parts[i]));
    }
    return front_sequence(t, VALUE_LIST, n, parts, result);
}

static Status bad_width(Trace *t, const char *expected) {
    return base_error(t->diags, CODE_E402, t->span,
                      "pad(x, 1), pad(x, (1, 2)), or a pair for each axis: pad(x, ((1, 2), "
                      "(0, 3)))",
                      "%s", expected);
}

// NumPy's pad_width: n, (n, m), or ((n, m), …) for each axis.
static Status pad_widths(Trace *t, Value given, uint32_t rank, int64_t *low,
                         int64_t *high) {
    for (uint32_t i = 0; i < rank; i++) {
        Value pair = given;
        if (front_is_sequence(pair) && pair.n && front_is_sequence(pair.items[0])) {
            if (pair.n != rank && pair.n != 1)
                return bad_width(
                    t, base_hint(t->diags,
                                 "expected one pair of widths for each axis, %u, got %u",
                                 rank, pair.n));
            pair = pair.items[pair.n == 1 ? 0 : i];
        }
        const bool two = front_is_sequence(pair);
        if (two && (pair.n < 1 || pair.n > 2))
            return bad_width(
                t, base_hint(t->diags,
                             "expected a width, or a pair (before, after), got %u widths",
                             pair.n));
        TRY(front_static_int(t, two ? pair.items[0] : pair, "pad_width", &low[i]));
        TRY(front_static_int(t, two ? pair.items[pair.n - 1] : pair, "pad_width",
                             &high[i]));
        const int64_t odd = low[i] < 0 || low[i] > LIMIT_ARRAY_SIZE ? low[i] : high[i];
        if (odd < 0 || odd > LIMIT_ARRAY_SIZE)
            return bad_width(t, base_hint(t->diags,
                                          "expected a width of padding from 0 to %lld, got "
                                          "%lld",
                                          (long long)LIMIT_ARRAY_SIZE, (long long)odd));
    }
    return OK;
}

static Status body_pad(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId x;
    int64_t attr[3 * LIMIT_RANK] = {0};
    TRY(front_as_node(t, args[0], &x));
    const uint32_t rank = front_node_type(t, x)->rank;
    TRY(pad_widths(t, args[1], rank, attr, attr + rank));
    if (args[2].kind != VALUE_TEXT || !base_str_eq(args[2].text, STR("constant"))) {
        return base_error(
            t->diags, CODE_E402, t->span,
            "to repeat the entries at the edges, use concatenate",
            "the mode of pad must be 'constant', the only one of this version");
    }
    NodeId padded = ir_emit(b, PRIM_pad, 1, &x, 3 * rank, attr);
    if (args[3].kind != VALUE_NUMBER || args[3].number->nearest != 0) {
        // Where a padded array of ones has zeros, the constant stands.
        const NodeId ones = ir_literal(
            b, ir_type_with(t->ir, ir_type_of(b, x), DT_BOOL, false), STR("True"));
        const NodeId inside = ir_emit(b, PRIM_pad, 1, &ones, 3 * rank, attr);
        const Type *type = front_node_type(t, padded);
        NodeId constant;
        TRY(front_as_node(t, args[3], &constant));
        if (front_node_type(t, constant)->rank)
            return front_refuse(t, "constant_values", "one number", args[3]);
        constant = ir_convert(b, constant, (Dtype)type->dtype, type->weak);
        constant = ir_broadcast_to(b, constant, type->rank, type->shape);
        padded = ir_select(b, inside, padded, constant);
    }
    return front_made(t, padded, result);
}

// -- table --------------------------------------------------------------------------

#define ROW(text, parameters, function, what)                                              \
    .name = (text), .group = "shape", .signature = (parameters), .doc = (what),            \
    .kind = BUILTIN_C, .body = (function)
#define METHOD(text, parameters, function, what)                                           \
    ROW(text, parameters, function, what), .is_method = true

const Builtin front_join_table[] = {
    {ROW("array_split", "x, indices_or_sections, axis=0", body_split,
         "A list of parts of nearly equal size, or cut at given indices."),
     .data = 1},
    {ROW("column_stack", "arrays", body_stack_kind, "Vectors as columns of a matrix."),
     .data = STACK_COLUMNS},
    {ROW("concat", "arrays, axis=0", body_concatenate, "Arrays joined along an axis.")},
    {ROW("concatenate", "arrays, axis=0", body_concatenate,
         "Arrays joined along an axis.")},
    {ROW("dstack", "arrays", body_stack_kind, "Arrays joined along their third axis."),
     .data = STACK_DEPTH},
    {ROW("hstack", "arrays", body_stack_kind,
         "Arrays joined along axis 1, vectors along axis 0."),
     .data = STACK_ALONG},
    {ROW("pad", "x, pad_width, mode='constant', constant_values=0", body_pad,
         "x with a constant around it, pad_width wide.")},
    {METHOD("repeat", "x, repeats, axis=None", body_repeat,
            "Each element several times in a row; repeats static.")},
    {ROW("split", "x, indices_or_sections, axis=0", body_split,
         "A list of parts of equal size, or cut at given indices.")},
    {ROW("stack", "arrays, axis=0", body_stack, "Arrays joined along a new axis.")},
    {ROW("tile", "x, reps", body_tile, "x several times along each axis.")},
    {ROW("vstack", "arrays", body_stack_kind,
         "Arrays joined along axis 0, vectors as rows."),
     .data = STACK_ROWS},
};
const uint32_t front_join_count = sizeof front_join_table / sizeof *front_join_table;
