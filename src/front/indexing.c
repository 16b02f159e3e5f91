// x[index]: NumPy's rules for integers, slices, `...`, None, integer arrays and static
// masks.
//
// First every axis is sliced; then, where there are index arrays, their axes are moved to
// the front and gathered from; last the axes are put where NumPy has them.
#include "front/arrays.h"
#include "front/function.h"

typedef enum ItemKind { ITEM_INTEGER, ITEM_SLICE, ITEM_NEW, ITEM_ARRAY } ItemKind;

// One item of the index, `...` spread into slices. But for ITEM_NEW each takes one axis.
typedef struct Item {
    ItemKind kind;
    int64_t start, n, step; // SLICE: n elements from start on; INTEGER: start
    NodeId node;            // ARRAY: int64, not negative where it is in bounds
} Item;

typedef struct Index {
    NodeId node; // x
    IndexMode mode;
    uint32_t n;                 // items
    Item items[2 * LIMIT_RANK]; // every axis, and new ones
    uint32_t n_arrays;          // after which integers count as arrays
} Index;

static Status out_of_bounds(Trace *t, int64_t index, uint32_t axis, int64_t size) {
    return base_error(t->diags, CODE_E406, t->span, NULL,
                      "index %lld is out of bounds for axis %u of size %lld",
                      (long long)index, axis, (long long)size);
}

// -- index arrays -------------------------------------------------------------------

// A nested list of static integers with those from the end made positive; false when it
// holds anything else.
static Status static_indices(Trace *t, Value list, uint32_t axis, int64_t size,
                             bool *is_static, Value *result) {
    Value *items = NEW_ARRAY(t->arena, Value, list.n);
    TRY_ALLOC(items);
    *result = (Value){.kind = VALUE_LIST, .n = list.n, .items = items};
    for (uint32_t i = 0; i < list.n && *is_static; i++) {
        const Value item = list.items[i];
        if (front_is_sequence(item)) {
            TRY(static_indices(t, item, axis, size, is_static, &items[i]));
            continue;
        }
        *is_static = item.kind == VALUE_NUMBER && item.number->kind == NUMBER_INT;
        if (!*is_static) break;
        const int64_t at = item.number->integer;
        if (at < -size || at >= size) return out_of_bounds(t, at, axis, size);
        TRY(front_int(t, at < 0 ? at + size : at, &items[i]));
    }
    return OK;
}

static Status no_mask(Trace *t) {
    return base_error(t->diags, CODE_E407, t->span,
                      "where(mask, x, 0) keeps the shape; sum(where(mask, x, 0)) adds what "
                      "was chosen",
                      "a boolean mask as an index gives a shape that depends on data");
}

static Status no_boolean(Trace *t) {
    return base_error(t->diags, CODE_E402, t->span, "x[None] adds an axis",
                      "a single boolean is no index");
}

Status front_index_array(Trace *t, Value index, uint32_t axis, int64_t size, IndexMode mode,
                         NodeId *node) {
    Builder *b = front_builder(t);
    const bool listed = front_is_sequence(index);
    if (listed && index.n == 0) {
        const int64_t none = 0;
        *node = ir_zeros(b, front_array_type(t, DT_I64, false, 1, &none));
        return ir_status(b);
    }
    if (listed && mode == INDEX_ERROR) {
        bool is_static = true;
        Value positive;
        TRY(static_indices(t, index, axis, size, &is_static, &positive));
        if (is_static) {
            TRY(front_as_node(t, positive, node));
            *node = ir_convert(b, *node, DT_I64, false);
            return ir_status(b);
        }
    }
    if (listed) index.kind = VALUE_LIST;
    TRY(front_as_node(t, index, node));
    const Dtype dtype = (Dtype)front_node_type(t, *node)->dtype;
    if (dtype == DT_BOOL)
        return front_node_type(t, *node)->rank ? no_mask(t) : no_boolean(t);
    if (num_is_float(dtype)) {
        return base_error(t->diags, CODE_E405, t->span, "int64(i) makes it an integer",
                          "an index must be an integer, got %s", front_node_text(t, *node));
    }
    const NodeId i = ir_convert(b, *node, DT_I64, false);
    const Type *type = front_node_type(t, i);
    const NodeId end =
        ir_broadcast_to(b, front_integer_node(t, DT_I64, size), type->rank, type->shape);
    const NodeId is_negative = ir_lt(b, i, ir_literal_like(b, i, "0"));
    *node = ir_select(b, is_negative, ir_add(b, i, end), i);
    return ir_status(b);
}

// -- masks --------------------------------------------------------------------------

// A mask whose booleans are known now: lists of True and False, or an array of literals.
typedef struct Mask {
    uint32_t rank; // 0: the value is no such mask
    int64_t shape[LIMIT_RANK];
    VEC(bool) at;
} Mask;

// False where the list holds anything but booleans, or is not rectangular.
static Status read_mask_list(Trace *t, Value list, uint32_t depth, Mask *mask, bool *fits) {
    if (depth >= LIMIT_RANK) *fits = false;
    if (!*fits) return OK;
    if (depth >= mask->rank) mask->shape[mask->rank++] = list.n;
    *fits = list.n > 0 && mask->shape[depth] == list.n;
    for (uint32_t i = 0; i < list.n && *fits; i++) {
        const Value item = list.items[i];
        if (front_is_sequence(item)) {
            TRY(read_mask_list(t, item, depth + 1, mask, fits));
            continue;
        }
        *fits = item.kind == VALUE_NUMBER && item.number->kind == NUMBER_BOOL &&
                depth + 1 == mask->rank;
        if (*fits && !VEC_PUSH(t->arena, &mask->at, item.number->integer != 0))
            return NOMEM;
    }
    return OK;
}

static Status read_mask_literal(Trace *t, Value array, Mask *mask) {
    const Type *type = front_type(t, array);
    const Node *node = ir_node(array.scope->b, array.node);
    if (type->dtype != DT_BOOL || type->rank == 0 || node->prim != PRIM_literal) return OK;
    const int64_t *literals = ir_node_attr(array.scope->b, array.node) + 3 + type->rank;
    const bool one = node->n_attr - 3 - type->rank == 1;
    for (int64_t i = 0; i < type->size; i++) {
        const Str text = ir_literal_text(t->ir, (uint32_t)literals[one ? 0 : i]);
        const bool is_true =
            !base_str_eq(text, STR("False")) && !base_str_eq(text, STR("0"));
        if (!VEC_PUSH(t->arena, &mask->at, is_true)) return NOMEM;
    }
    mask->rank = type->rank;
    memcpy(mask->shape, type->shape, type->rank * sizeof *mask->shape);
    return OK;
}

static Status read_mask(Trace *t, Value value, Mask *mask) {
    *mask = (Mask){0};
    if (value.kind == VALUE_ARRAY) return read_mask_literal(t, value, mask);
    if (!front_is_sequence(value)) return OK;
    bool fits = true;
    TRY(read_mask_list(t, value, 0, mask, &fits));
    if (!fits) mask->rank = 0;
    return OK;
}

// The index arrays that a mask stands for, one for each of its axes: where it is True.
static Status mask_arrays(Trace *t, const Mask *mask, Value *arrays) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < mask->at.n; i++)
        n += mask->at.at[i];
    int64_t stride = 1;
    for (uint32_t axis = mask->rank; axis-- > 0; stride *= mask->shape[axis]) {
        Value *items = NEW_ARRAY(t->arena, Value, n);
        TRY_ALLOC(items);
        for (uint32_t i = 0, k = 0; i < mask->at.n; i++)
            if (mask->at.at[i])
                TRY(front_int(t, i / stride % mask->shape[axis], &items[k++]));
        arrays[axis] = (Value){.kind = VALUE_LIST, .n = n, .items = items};
    }
    return OK;
}

// -- reading the index --------------------------------------------------------------

// Python's slice.indices, as a start and a number of elements.
static Status read_slice(Trace *t, const ValueSlice *slice, int64_t size, Item *item) {
    int64_t step = 1;
    if (slice->step.kind != VALUE_NONE)
        TRY(front_static_int(t, slice->step, "the step of a slice", &step));
    if (step == 0 || step == INT64_MIN)
        return base_error(t->diags, CODE_E402, t->span, NULL, "the step of a slice is %s",
                          step ? "too large" : "0");
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
    int64_t ends[] = {step > 0 ? low : high, step > 0 ? high : low};
    const Value given[] = {slice->start, slice->stop};
    static const char *const names[] = {"the start of a slice", "the stop of a slice"};
    for (int i = 0; i < 2; i++) {
        if (given[i].kind == VALUE_NONE) continue;
        int64_t at;
        TRY(front_static_int(t, given[i], names[i], &at));
        if (at < 0) at += size;
        ends[i] = at < low ? low : at > high ? high : at;
    }
    const int64_t distance = step > 0 ? ends[1] - ends[0] : ends[0] - ends[1];
    const int64_t stride = step > 0 ? step : -step;
    *item = (Item){.kind = ITEM_SLICE, .start = ends[0], .step = step};
    if (distance > 0) item->n = (distance - 1) / stride + 1;
    return OK;
}

static Status read_integer(Trace *t, const Index *index, int64_t at, uint32_t axis,
                           int64_t size, Item *item) {
    *item = (Item){.kind = ITEM_INTEGER, .start = at < 0 ? at + size : at};
    const bool in_bounds = at >= -size && at < size;
    if (index->mode == INDEX_FILL || (index->mode == INDEX_CLIP && size)) {
        item->kind = ITEM_ARRAY;
        item->node = front_integer_node(t, DT_I64, item->start);
        return OK;
    }
    return in_bounds ? OK : out_of_bounds(t, at, axis, size);
}

// The item that stands for one axis.
static Status read_item(Trace *t, const Index *index, Value value, uint32_t axis,
                        Item *item) {
    const int64_t size = front_node_type(t, index->node)->shape[axis];
    switch (value.kind) {
    case VALUE_SLICE:
        return read_slice(t, value.slice, size, item);
    case VALUE_NUMBER:
        if (value.number->kind == NUMBER_BOOL) return no_boolean(t);
        if (value.number->kind == NUMBER_INT)
            return read_integer(t, index, value.number->integer, axis, size, item);
        break;
    case VALUE_ARRAY:
    case VALUE_LIST:
    case VALUE_TUPLE:
        *item = (Item){.kind = ITEM_ARRAY};
        TRY(front_index_array(t, value, axis, size, index->mode, &item->node));
        if (index->mode == INDEX_CLIP && size == 0)
            return out_of_bounds(t, 0, axis, size); // nothing to clip to
        return OK;
    default:
        break;
    }
    return base_error(t->diags, CODE_E402, t->span, NULL,
                      "an index must be an integer, a slice, `...`, None or an integer "
                      "array, got %s",
                      front_kind_text(t, value));
}

// The items that a mask stands for, which takes an axis for each of its own.
static Status read_mask_items(Trace *t, Index *index, const Mask *mask, uint32_t axis) {
    const Type *type = front_node_type(t, index->node);
    Value arrays[LIMIT_RANK];
    for (uint32_t k = 0; k < mask->rank; k++) {
        if (mask->shape[k] == type->shape[axis + k]) continue;
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "a mask of %lld booleans for axis %u of size %lld",
                          (long long)mask->shape[k], axis + k,
                          (long long)type->shape[axis + k]);
    }
    TRY(mask_arrays(t, mask, arrays));
    for (uint32_t k = 0; k < mask->rank; k++) {
        Item *item = &index->items[index->n++];
        TRY(read_item(t, index, arrays[k], axis + k, item));
        index->n_arrays++;
    }
    return OK;
}

static void add_slices(const Type *type, Index *index, uint32_t *axis, uint32_t n) {
    for (; n; n--, (*axis)++) {
        index->items[index->n++] =
            (Item){.kind = ITEM_SLICE, .n = type->shape[*axis], .step = 1};
    }
}

static Status too_many(Trace *t, const Index *index, uint32_t n) {
    const uint32_t rank = front_node_type(t, index->node)->rank;
    return base_error(t->diags, CODE_E404, t->span,
                      rank ? NULL : "a scalar has no entries: write it without an index",
                      "%u %s for %s, which has %u ax%s", n, n == 1 ? "index" : "indices",
                      front_node_text(t, index->node), rank, rank == 1 ? "is" : "es");
}

static Status read_index(Trace *t, Value value, Index *index) {
    const Type *type = front_node_type(t, index->node);
    const Value *values = &value;
    uint32_t n = 1, taken = 0, ellipses = 0, axis = 0, added = 0;
    if (value.kind == VALUE_TUPLE) {
        values = value.items;
        n = value.n;
    }
    for (uint32_t i = 0; i < n; i++) {
        Mask mask;
        TRY(read_mask(t, values[i], &mask));
        const bool is_ellipsis = values[i].kind == VALUE_ELLIPSIS;
        const bool is_new = values[i].kind == VALUE_NONE;
        ellipses += is_ellipsis;
        added += is_new;
        if (!is_ellipsis && !is_new) taken += mask.rank ? mask.rank : 1;
    }
    if (taken > type->rank) return too_many(t, index, taken);
    if (ellipses > 1) {
        return base_error(t->diags, CODE_E402, t->span, NULL, "an index has one `...`");
    }
    TRY(front_check_rank(t, (uint64_t)type->rank + added));
    for (uint32_t i = 0; i < n; i++) {
        if (values[i].kind == VALUE_ELLIPSIS)
            add_slices(type, index, &axis, type->rank - taken);
        else if (values[i].kind == VALUE_NONE)
            index->items[index->n++] = (Item){.kind = ITEM_NEW};
        else {
            Mask mask;
            TRY(read_mask(t, values[i], &mask));
            if (mask.rank) {
                TRY(read_mask_items(t, index, &mask, axis));
                axis += mask.rank;
                continue;
            }
            Item *item = &index->items[index->n++];
            TRY(read_item(t, index, values[i], axis++, item));
            index->n_arrays += item->kind == ITEM_ARRAY;
        }
    }
    add_slices(type, index, &axis, type->rank - axis);
    return OK;
}

// -- slicing ------------------------------------------------------------------------

// Slices every axis; an integer leaves an axis of size 1, an array all of it.
static NodeId slice_axes(Trace *t, const Index *index) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, index->node);
    int64_t starts[LIMIT_RANK], limits[LIMIT_RANK], steps[LIMIT_RANK], turned[LIMIT_RANK];
    uint32_t axis = 0, n_turned = 0;
    for (uint32_t i = 0; i < index->n; i++) {
        const Item *item = &index->items[i];
        if (item->kind == ITEM_NEW) continue;
        starts[axis] = item->kind == ITEM_ARRAY ? 0 : item->start;
        limits[axis] = type->shape[axis];
        steps[axis] = 1;
        if (item->kind == ITEM_INTEGER) limits[axis] = item->start + 1;
        if (item->kind == ITEM_SLICE) {
            const int64_t last = item->start + (item->n - 1) * item->step;
            steps[axis] = item->step < 0 ? -item->step : item->step;
            if (item->n == 0)
                starts[axis] = limits[axis] = 0;
            else if (item->step > 0)
                limits[axis] = last + 1;
            else {
                starts[axis] = last;
                limits[axis] = item->start + 1;
                turned[n_turned++] = axis;
            }
        }
        axis++;
    }
    const NodeId sliced = ir_slice(b, index->node, starts, limits, steps);
    return ir_reverse(b, sliced, n_turned, turned);
}

// Without index arrays: integers' axes go, new ones come.
static NodeId reshape_sliced(Trace *t, const Index *index, NodeId sliced) {
    int64_t shape[LIMIT_RANK];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < index->n; i++) {
        const Item *item = &index->items[i];
        if (item->kind == ITEM_INTEGER) continue;
        shape[rank++] = item->kind == ITEM_NEW ? 1 : item->n;
    }
    return ir_reshape(front_builder(t), sliced, rank, shape);
}

// -- gathering ----------------------------------------------------------------------

// Beside an array an integer is an index array without axes.
static void integers_to_arrays(Trace *t, Index *index) {
    for (uint32_t i = 0; i < index->n; i++) {
        Item *item = &index->items[i];
        if (item->kind != ITEM_INTEGER) continue;
        item->kind = ITEM_ARRAY;
        item->node = front_integer_node(t, DT_I64, item->start);
        index->n_arrays++;
    }
}

// The result of the gather has the arrays' axes first, then the slices'. NumPy leaves them
// there if other items stand between the arrays; else they belong where the arrays stand.
typedef struct Layout {
    uint32_t before;  // slices in front of the first array
    bool is_together; // no other item between the arrays
} Layout;

static Layout layout_of(const Index *index) {
    Layout layout = {.is_together = true};
    uint32_t arrays = 0;
    for (uint32_t i = 0; i < index->n; i++) {
        const ItemKind kind = index->items[i].kind;
        if (kind == ITEM_ARRAY)
            arrays++;
        else if (arrays && arrays < index->n_arrays)
            layout.is_together = false;
        else if (!arrays && kind == ITEM_SLICE)
            layout.before++;
    }
    return layout;
}

static Status gather(Trace *t, const Index *index, NodeId sliced, uint32_t *s_rank,
                     NodeId *result) {
    Builder *b = front_builder(t);
    NodeId operands[1 + LIMIT_RANK];
    int64_t perm[LIMIT_RANK], attr[1 + LIMIT_RANK] = {index->mode};
    uint32_t k = 0, rest = index->n_arrays;
    for (uint32_t i = 0, axis = 0; i < index->n; i++) {
        const Item *item = &index->items[i];
        if (item->kind == ITEM_NEW) continue;
        if (item->kind == ITEM_ARRAY) {
            attr[1 + k] = perm[k] = axis++;
            operands[1 + k++] = item->node;
        } else
            perm[rest++] = axis++;
    }
    TRY(front_broadcast_together(t, k, operands + 1));
    *s_rank = front_node_type(t, operands[1])->rank;
    TRY(front_check_rank(t, (uint64_t)*s_rank + index->n));
    operands[0] = ir_transpose(b, sliced, perm);
    *result = ir_emit(b, PRIM_gather, 1 + k, operands, 1 + k, attr);
    return ir_status(b);
}

// Puts the arrays' axes in their place and adds the new axes.
static NodeId arrange(Trace *t, const Index *index, uint32_t s_rank, NodeId gathered) {
    Builder *b = front_builder(t);
    const Layout layout = layout_of(index);
    const Type *type = front_node_type(t, gathered);
    int64_t perm[LIMIT_RANK], shape[LIMIT_RANK];
    const uint32_t before = layout.is_together ? layout.before : 0;
    uint32_t next = 0, rank = 0;
    for (uint32_t i = 0; i < before; i++)
        perm[next++] = s_rank + i;
    for (uint32_t i = 0; i < s_rank; i++)
        perm[next++] = i;
    for (uint32_t i = next; i < type->rank; i++)
        perm[i] = i;
    bool placed = !layout.is_together;
    for (uint32_t k = 0; placed && k < s_rank; k++)
        shape[rank++] = type->shape[k];
    for (uint32_t i = 0; i < index->n; i++) {
        const Item *item = &index->items[i];
        if (item->kind == ITEM_SLICE) shape[rank++] = item->n;
        if (item->kind == ITEM_NEW) shape[rank++] = 1;
        if (item->kind != ITEM_ARRAY || placed) continue;
        for (uint32_t k = 0; k < s_rank; k++)
            shape[rank++] = type->shape[k];
        placed = true;
    }
    return ir_reshape(b, ir_transpose(b, gathered, perm), rank, shape);
}

// -- x[index] -----------------------------------------------------------------------

Status front_index_mode(Trace *t, Value x, Value value, IndexMode mode, Value *result) {
    Index index = {.mode = mode};
    TRY(front_as_node(t, x, &index.node));
    TRY(read_index(t, value, &index));
    if (index.n_arrays) integers_to_arrays(t, &index);
    const NodeId sliced = slice_axes(t, &index);
    if (index.n_arrays == 0)
        return front_made(t, reshape_sliced(t, &index, sliced), result);
    uint32_t s_rank;
    NodeId gathered;
    TRY(gather(t, &index, sliced, &s_rank, &gathered));
    return front_made(t, arrange(t, &index, s_rank, gathered), result);
}

Status front_index(Trace *t, Value x, Value index, Value *result) {
    return front_index_mode(t, x, index, INDEX_ERROR, result);
}
