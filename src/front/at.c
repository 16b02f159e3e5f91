// x.at[index].set(…) and its kin.
//
// An update finds the places first: the same index of the array of the elements' numbers.
// So every index means here what it means in x[index]. A place that occurs twice is updated
// twice (set: the last counts). A mask from data, which no x[mask] can have, is a choice
// between x and the updated x.
#include "front/arrays.h"
#include "front/function.h"

Status front_static_mode(Trace *t, Value mode, IndexMode *result) {
    static const Str names[] = {STR("clip"), STR("fill"), STR("drop"),
                                STR("promise_in_bounds")};
    static const IndexMode modes[] = {INDEX_CLIP, INDEX_FILL, INDEX_FILL, INDEX_ERROR};
    enum { MODES = sizeof modes / sizeof *modes };
    *result = INDEX_ERROR;
    if (mode.kind == VALUE_NONE) return OK;
    if (mode.kind != VALUE_TEXT)
        return front_refuse(t, "the mode of an index", "'clip', 'fill' or 'drop'", mode);
    for (size_t i = 0; i < MODES; i++) {
        if (!base_str_eq(mode.text, names[i])) continue;
        *result = modes[i];
        return OK;
    }
    const char *near = base_hint_nearest(t->diags, mode.text, names, MODES);
    return base_error(t->diags, CODE_E402, t->span,
                      near ? near : "without a mode an index out of bounds is an error",
                      "the mode of an index must be 'clip', 'fill' or 'drop', got '%.*s'",
                      mode.text.n < 40 ? (int)mode.text.n : 40, mode.text.at);
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

// -- updates ------------------------------------------------------------------------

typedef enum UpdateKind {
    UPDATE_ADD,
    UPDATE_APPLY,
    UPDATE_DIVIDE,
    UPDATE_MAX,
    UPDATE_MIN,
    UPDATE_MULTIPLY,
    UPDATE_POWER,
    UPDATE_SET,
    UPDATE_SUBTRACT,
} UpdateKind;

// What an update does: by a scatter, else by an operation on what was read.
static const struct UpdateRow {
    Prim scatter; // 0: none
    const char *operation;
} updates[] = {
    [UPDATE_ADD] = {PRIM_scatter_add, "add"},
    [UPDATE_APPLY] = {0, NULL},
    [UPDATE_DIVIDE] = {0, "divide"},
    [UPDATE_MAX] = {PRIM_scatter_max, "maximum"},
    [UPDATE_MIN] = {PRIM_scatter_min, "minimum"},
    [UPDATE_MULTIPLY] = {0, "multiply"},
    [UPDATE_POWER] = {0, "power"},
    [UPDATE_SET] = {PRIM_scatter_set, NULL},
    [UPDATE_SUBTRACT] = {PRIM_scatter_add, "subtract"},
};

typedef struct Update {
    const Builtin *self;
    UpdateKind kind;
    const ValueAt *at;
    NodeId x;
    Value values;    // APPLY: the function
    IndexMode mode;  // of scatters, and of reading at the places
    NodeId places;   // numbers of elements, as the index lays them out
    bool may_repeat; // a place may occur twice
} Update;

// The operation on two values, elementwise.
static Status operate(const Update *u, Trace *t, Value old, Value v, Value *result) {
    const Builtin *operation = front_builtin(base_str(updates[u->kind].operation));
    return operation->body(t, operation, (Value[]){old, v}, result);
}

// x with v put at (or added to, …) the places.
static NodeId scatter(Trace *t, const Update *u, Prim prim, NodeId x, NodeId v) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, x);
    const NodeId operands[] = {front_flat(t, x), front_flat(t, v),
                               front_flat(t, u->places)};
    // What was out of bounds failed, or was clipped, when the places were found.
    const int64_t attr = u->mode == INDEX_FILL ? INDEX_FILL : INDEX_ERROR;
    return ir_reshape(b, ir_emit(b, prim, 3, operands, 1, &attr), type->rank, type->shape);
}

static Status by_scatter(Trace *t, const Update *u, Prim prim, Value *result) {
    NodeId v;
    TRY(new_elements(t, u->x, u->values, u->places, &v));
    if (u->kind == UPDATE_SUBTRACT) v = ir_neg(front_builder(t), v);
    return front_made(t, scatter(t, u, prim, u->x, v), result);
}

// The elements of an array at the places. What is dropped is 1, so that no derivative of
// the operation there reaches an element.
static NodeId read_places(Trace *t, const Update *u, NodeId array) {
    Builder *b = front_builder(t);
    const int64_t attr = INDEX_CLIP;
    const NodeId operands[] = {front_flat(t, array), u->places};
    const NodeId read = ir_emit(b, PRIM_gather, 2, operands, 1, &attr);
    if (u->mode != INDEX_FILL) return read;
    const NodeId inside = ir_ge(b, u->places, ir_literal_like(b, u->places, "0"));
    return ir_select(b, inside, read, ir_literal_like(b, read, "1"));
}

// The values likewise.
static Status values_at_places(Trace *t, const Update *u, Value *values) {
    NodeId v;
    Builder *b = front_builder(t);
    if (u->mode != INDEX_FILL) return OK;
    TRY(new_elements(t, u->x, *values, u->places, &v));
    const NodeId inside = ir_ge(b, u->places, ir_literal_like(b, u->places, "0"));
    return front_made(t, ir_select(b, inside, v, ir_literal_like(b, v, "1")), values);
}

// The function of each element by itself, as if it were called with scalars.
static Status apply_each(Trace *t, const Update *u, NodeId elements, Value *result) {
    const Type shape = *front_node_type(t, elements);
    Value flat;
    Transformed each = {
        .kind = TRANSFORM_VMAP, .inner = u->values, .span = t->span, .axis_size = -1};
    TRY(front_int(t, 0, &each.in_axes));
    each.out_axes = each.in_axes;
    TRY(front_made(t, front_flat(t, elements), &flat));
    const Args args = {.n = 1, .at = &flat, .spans = &t->span, .span = t->span};
    TRY(front_call_vmap(t, &each, &args, result));
    NodeId node;
    TRY(front_as_node(t, *result, &node));
    if (front_node_type(t, node)->rank != 1) {
        return base_error(
            t->diags, CODE_E404, t->span, "x.at[i].apply(lambda y: sin(y))",
            "the function of `x.at[i].apply` must give a scalar for a scalar");
    }
    return front_made(t, ir_reshape(front_builder(t), node, shape.rank, shape.shape),
                      result);
}

// Read, changed and put back.
static Status by_change(Trace *t, const Update *u, Value *result) {
    Update put = *u;
    Value old, values = u->values;
    const NodeId read = read_places(t, u, u->x);
    if (u->kind == UPDATE_APPLY)
        TRY(apply_each(t, u, read, &put.values));
    else {
        TRY(front_made(t, read, &old));
        TRY(values_at_places(t, u, &values));
        TRY(operate(u, t, old, values, &put.values));
    }
    put.kind = UPDATE_SET;
    return by_scatter(t, &put, PRIM_scatter_set, result);
}

// One place after the other: the carry is x, flat; a trip has a place and, but for APPLY,
// a value.
static Status change_one(Trace *t, void *data, Value carry, Value x, Value *next,
                         Value *y) {
    const Update *all = data;
    Update one = *all;
    *y = front_none();
    TRY(front_as_node(t, carry, &one.x));
    TRY(front_node_here(t, all->kind == UPDATE_APPLY ? x : x.items[0], &one.places));
    if (all->kind != UPDATE_APPLY) one.values = x.items[1];
    return by_change(t, &one, next);
}

static Status one_by_one(Trace *t, const Update *u, Value *result) {
    Builder *b = front_builder(t);
    const Type shape = *front_node_type(t, u->x);
    Update all = *u;
    Value pair[2], carry, ys;
    TRY(front_made(t, front_flat(t, u->places), &pair[0]));
    if (u->kind != UPDATE_APPLY) {
        NodeId v;
        TRY(new_elements(t, u->x, u->values, u->places, &v));
        TRY(front_made(t, front_flat(t, v), &pair[1]));
    }
    LoopRequest request = {.name = u->self->name,
                           .trips = front_node_type(t, u->places)->size,
                           .xs = pair[0],
                           .body = change_one,
                           .data = &all};
    if (u->kind != UPDATE_APPLY) TRY(front_sequence(t, VALUE_TUPLE, 2, pair, &request.xs));
    TRY(front_made(t, front_flat(t, u->x), &request.carry));
    TRY(front_loop(t, &request, &carry, &ys));
    NodeId node;
    TRY(front_as_node(t, carry, &node));
    return front_made(t, ir_reshape(b, node, shape.rank, shape.shape), result);
}

// divide, power: x divided by, or to the power of, the product of what is put at a place;
// read at every place, so the same is put where one repeats.
static Status by_product(Trace *t, const Update *u, Value *result) {
    Update product = *u, change = *u;
    Value factors;
    NodeId node;
    product.kind = UPDATE_MULTIPLY;
    product.x = ir_literal_like(front_builder(t), u->x, "1");
    TRY(one_by_one(t, &product, &factors));
    TRY(front_as_node(t, factors, &node));
    TRY(front_made(t, read_places(t, u, node), &change.values));
    return by_change(t, &change, result);
}

static Status update(Trace *t, const Update *u, Value *result) {
    const Prim prim = updates[u->kind].scatter;
    if (prim) return by_scatter(t, u, prim, result);
    if (front_node_type(t, u->x)->size == 0) return front_made(t, u->x, result);
    if (!u->may_repeat) return by_change(t, u, result);
    const bool of_product = u->kind == UPDATE_DIVIDE || u->kind == UPDATE_POWER;
    return of_product ? by_product(t, u, result) : one_by_one(t, u, result);
}

// -- masks from data ----------------------------------------------------------------

// The mask of an index that is nothing but a boolean array.
static bool masked(Trace *t, Value index, Value *mask) {
    *mask = index.kind == VALUE_TUPLE && index.n == 1 ? index.items[0] : index;
    if (mask->kind != VALUE_ARRAY) return false;
    const Type *type = front_type(t, *mask);
    return type->dtype == DT_BOOL && type->rank > 0;
}

// The mask spread over x, whose first axes it has.
static Status spread_mask(Trace *t, NodeId x, Value value, NodeId *mask) {
    TRY(front_node_here(t, value, mask));
    const Type *type = front_node_type(t, x), *own = front_node_type(t, *mask);
    int64_t dims[LIMIT_RANK];
    bool fits = own->rank <= type->rank;
    for (uint32_t i = 0; i < own->rank && fits; i++) {
        fits = own->shape[i] == type->shape[i];
        dims[i] = i;
    }
    if (!fits) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "the mask %s does not fit the first axes of %s",
                          front_node_text(t, *mask), front_node_text(t, x));
    }
    *mask = ir_broadcast(front_builder(t), *mask, type->rank, type->shape, dims);
    return ir_status(front_builder(t));
}

// Values for what a mask names, a rest of the axes behind it, serve every place; one value
// for each True would have a shape that depends on data.
static Status mask_values(Trace *t, const Update *u, uint32_t mask_rank, NodeId *v) {
    TRY(front_as_node(t, u->values, v));
    const uint32_t rest = front_node_type(t, u->x)->rank - mask_rank;
    const Type *type = front_node_type(t, *v);
    if (type->rank == rest + 1 && type->shape[0] == 1)
        *v = ir_reshape(front_builder(t), *v, rest, type->shape + 1);
    else if (type->rank > rest) {
        return base_error(t->diags, CODE_E407, t->span,
                          "where(mask, values, x) takes values for every element of x",
                          "%s for a boolean mask from data: one value for all its places "
                          "is needed",
                          front_node_text(t, *v));
    }
    Value value;
    TRY(front_made(t, *v, &value));
    return new_elements(t, u->x, value, u->x, v);
}

typedef struct Choice {
    Value function, x;
} Choice;

static Status chosen(Trace *t, void *data, Value *value) {
    const Choice *choice = data;
    return front_call_values(t, choice->function, 1, &choice->x, value);
}

static Status not_chosen(Trace *t, void *data, Value *value) {
    (void)t;
    *value = ((const Choice *)data)->x;
    return OK;
}

// apply: only the elements that are chosen are looked at.
static Status apply_one(Trace *t, void *data, Value carry, Value x, Value *next, Value *y) {
    Choice choice = {*(const Value *)data, x.items[1]};
    NodeId is_chosen, node;
    TRY(front_node_here(t, x.items[0], &is_chosen));
    const Dtype dtype = (Dtype)front_type(t, x.items[1])->dtype;
    TRY(front_branch(t, is_chosen, chosen, &choice, not_chosen, &choice, y));
    TRY(front_as_dtype(t, *y, dtype, &node));
    *next = carry;
    return front_made(t, node, y);
}

static Status apply_masked(Trace *t, const Update *u, NodeId mask, Value *result) {
    const Type shape = *front_node_type(t, u->x);
    Value function = u->values, pair[2], carry;
    LoopRequest request = {.name = u->self->name,
                           .trips = shape.size,
                           .carry = front_none(),
                           .body = apply_one,
                           .data = &function};
    TRY(front_made(t, front_flat(t, mask), &pair[0]));
    TRY(front_made(t, front_flat(t, u->x), &pair[1]));
    TRY(front_sequence(t, VALUE_TUPLE, 2, pair, &request.xs));
    TRY(front_loop(t, &request, &carry, result));
    NodeId node;
    TRY(front_as_node(t, *result, &node));
    return front_made(t, ir_reshape(front_builder(t), node, shape.rank, shape.shape),
                      result);
}

// What is no scatter is an operation on 1 and 1 where the mask is False, so that no
// derivative there reaches an element.
static Status update_masked(Trace *t, const Update *u, Value index, Value *result) {
    Builder *b = front_builder(t);
    NodeId mask, v, made;
    Value x;
    TRY(spread_mask(t, u->x, index, &mask));
    if (u->kind == UPDATE_APPLY) return apply_masked(t, u, mask, result);
    TRY(mask_values(t, u, front_type(t, index)->rank, &v));
    NodeId own = u->x;
    if (!updates[u->kind].scatter) {
        own = ir_select(b, mask, own, ir_literal_like(b, own, "1"));
        v = ir_select(b, mask, v, ir_literal_like(b, v, "1"));
    }
    TRY(front_made(t, own, &x));
    TRY(front_made(t, v, result));
    if (u->kind != UPDATE_SET) TRY(operate(u, t, x, *result, result));
    TRY(front_as_node(t, *result, &made));
    return front_made(t, ir_select(b, mask, made, u->x), result);
}

// -- bodies -------------------------------------------------------------------------

// Whether an index may name a place twice.
static bool may_repeat(const Trace *t, Value index) {
    const bool several = index.kind == VALUE_TUPLE;
    for (uint32_t i = 0; i < (several ? index.n : 1); i++) {
        const Value item = several ? index.items[i] : index;
        if (front_is_sequence(item) && item.n > 1) return true;
        if (item.kind == VALUE_ARRAY && front_type(t, item)->rank > 0) return true;
    }
    return false;
}

// at, values, indices_are_sorted, unique_indices, mode
static Status body_at_update(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    Update u = {.self = self, .kind = (UpdateKind)self->data, .values = args[1]};
    bool is_sorted, is_unique;
    TRY(at_of(t, args[0], &u.at, &u.x));
    TRY(front_static_bool(t, args[2], "indices_are_sorted", &is_sorted));
    TRY(front_static_bool(t, args[3], "unique_indices", &is_unique));
    TRY(front_static_mode(t, args[4], &u.mode));
    if (u.kind == UPDATE_APPLY) TRY(front_check_function(t, self, u.values));
    const bool is_bool = front_node_type(t, u.x)->dtype == DT_BOOL;
    const Prim prim = updates[u.kind].scatter;
    if (is_bool && u.kind != UPDATE_APPLY && (!prim || prim == PRIM_scatter_add)) {
        return base_error(t->diags, CODE_E405, t->span, "int64(x) counts True as 1",
                          "`%s` of booleans", self->name);
    }
    // Integers are divided as floats.
    if (u.kind == UPDATE_DIVIDE && num_is_integer((Dtype)front_node_type(t, u.x)->dtype)) {
        Value x, one;
        TRY(front_made(t, u.x, &x));
        TRY(front_int(t, 1, &one));
        TRY(front_apply(t, self->name, PRIM_div, 2, (Value[]){x, one}, &x));
        TRY(front_as_node(t, x, &u.x));
    }
    Value numbers, mask;
    if (masked(t, u.at->index, &mask) &&
        ir_node(mask.scope->b, mask.node)->prim != PRIM_literal)
        return update_masked(t, &u, mask, result);
    TRY(places_of(t, u.at, u.x, u.mode, &numbers));
    TRY(front_node_here(t, numbers, &u.places));
    u.may_repeat = !is_unique && may_repeat(t, u.at->index);
    return update(t, &u, result);
}

Status front_get(Trace *t, Value array, Value index, IndexMode mode, Value fill,
                 Value *result) {
    if (fill.kind == VALUE_NONE || mode != INDEX_FILL)
        return front_index_mode(t, array, index, mode, result);
    Builder *b = front_builder(t);
    const ValueAt at = {.array = array, .indexed = true, .index = index};
    Value numbers, read;
    NodeId x, nodes[3];
    TRY(front_as_node(t, array, &x));
    TRY(places_of(t, &at, x, INDEX_FILL, &numbers));
    TRY(front_node_here(t, numbers, &nodes[0]));
    nodes[0] = ir_ge(b, nodes[0], ir_literal_like(b, nodes[0], "0"));
    TRY(front_index_mode(t, array, index, INDEX_FILL, &read));
    TRY(front_node_here(t, read, &nodes[1]));
    TRY(new_elements(t, x, fill, nodes[1], &nodes[2]));
    return front_made(t, ir_select(b, nodes[0], nodes[1], nodes[2]), result);
}

// at, indices_are_sorted, unique_indices, mode, fill_value
static Status body_at_get(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const ValueAt *at = NULL;
    NodeId x;
    IndexMode mode;
    TRY(at_of(t, args[0], &at, &x));
    TRY(front_static_mode(t, args[3], &mode));
    return front_get(t, at->array, at->index, mode, args[4], result);
}

Status front_put(Trace *t, Value array, Value index, Value values, IndexMode mode,
                 Value *result) {
    const ValueAt at = {.array = array, .indexed = true, .index = index};
    Update u = {.kind = UPDATE_SET, .at = &at, .values = values, .mode = mode};
    Value numbers;
    TRY(front_as_node(t, array, &u.x));
    TRY(places_of(t, &at, u.x, mode, &numbers));
    TRY(front_node_here(t, numbers, &u.places));
    return update(t, &u, result);
}

// -- table --------------------------------------------------------------------------

#define UPDATE(text, which, what)                                                          \
    {                                                                                      \
        .name = "x.at[i]." text, .group = "index",                                         \
        .signature = "at, values, *, indices_are_sorted=False, unique_indices=False, "     \
                     "mode=None",                                                          \
        .doc = (what), .kind = BUILTIN_C, .body = body_at_update, .data = (which)          \
    }

const Builtin front_at_table[] = {
    UPDATE("add", UPDATE_ADD,
           "x with values added at the index, once for each time that a place occurs."),
    {.name = "x.at[i].apply",
     .group = "index",
     .signature = "at, func, *, indices_are_sorted=False, unique_indices=False, mode=None",
     .doc = "x with func applied to each element at the index, once for each time that it "
            "occurs.",
     .kind = BUILTIN_C,
     .body = body_at_update,
     .data = UPDATE_APPLY},
    UPDATE("divide", UPDATE_DIVIDE, "x with the elements at the index divided by values."),
    {.name = "x.at[i].get",
     .group = "index",
     .signature = "at, *, indices_are_sorted=False, unique_indices=False, mode=None, "
                  "fill_value=None",
     .doc = "x[i]; mode says what an index out of bounds means: 'clip', 'fill'.",
     .kind = BUILTIN_C,
     .body = body_at_get},
    UPDATE("max", UPDATE_MAX,
           "x with the elements at the index raised to values where they are less."),
    UPDATE("min", UPDATE_MIN,
           "x with the elements at the index lowered to values where they are greater."),
    UPDATE("mul", UPDATE_MULTIPLY, "x.at[i].multiply."),
    UPDATE("multiply", UPDATE_MULTIPLY,
           "x with the elements at the index multiplied by values."),
    UPDATE("power", UPDATE_POWER,
           "x with the elements at the index raised to the power of values."),
    UPDATE("set", UPDATE_SET,
           "x with values put at the index; where a place occurs twice the last counts."),
    UPDATE(
        "subtract", UPDATE_SUBTRACT,
        "x with values subtracted at the index, once for each time that a place occurs."),
};
const uint32_t front_at_count = sizeof front_at_table / sizeof *front_at_table;
