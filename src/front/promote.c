// Values as arrays of one dtype and shape: JAX's promotion, lists, NumPy's broadcasting.
#include "front/arrays.h"

#include <stdio.h>

const Type *front_node_type(const Trace *t, NodeId node) {
    static const Type none = {.kind = TYPE_ARRAY, .dtype = DT_BOOL, .size = 1};
    const TypeId type = ir_type_of(front_builder(t), node);
    return type == IR_NO_TYPE ? &none : ir_type(t->ir, type);
}

const char *front_node_text(Trace *t, NodeId node) {
    return front_kind_text(t, front_array(t->scope, node));
}

NodeId front_to_bool(Trace *t, NodeId x) {
    return ir_convert(front_builder(t), x, DT_BOOL, false);
}

NodeId front_integer_node(Trace *t, Dtype dtype, int64_t integer) {
    char text[24];
    const int n = snprintf(text, sizeof text, "%lld", (long long)integer);
    return ir_literal(front_builder(t), front_array_type(t, dtype, false, 0, NULL),
                      (Str){text, (size_t)n});
}

// -- the lattice --------------------------------------------------------------------

// JAX's lattice (jax-facts.md (c)) is a chain for the dtypes that there are: of two types
// the result is the one that stands later. Weak are what Python numbers alone gave.
static const Promoted chain[] = {
    {DT_BOOL, false}, {DT_I64, true},  {DT_I32, false},
    {DT_I64, false},  {DT_F64, true}, // of any float dtype: the default float
    {DT_F32, false},  {DT_F64, false},
};
enum { CHAIN_BOOL = 0, CHAIN_WEAK_INT = 1, CHAIN_WEAK_FLOAT = 4 };

static uint32_t place_of_type(const Type *type) {
    if (type->weak && num_is_float((Dtype)type->dtype)) return CHAIN_WEAK_FLOAT;
    if (type->weak && num_is_integer((Dtype)type->dtype)) return CHAIN_WEAK_INT;
    uint32_t place = 0;
    while (chain[place].weak || chain[place].dtype != (Dtype)type->dtype)
        place++;
    return place;
}

static Status no_array(Trace *t, Value value) {
    const char *hint = value.kind == VALUE_TUPLE
                           ? "a list [a, b] is stacked into an array, a tuple is not"
                       : value.kind == VALUE_FUNCTION ? "call it: f(x)"
                       : value.kind == VALUE_RECORD   ? "name a field: r.a"
                                                      : NULL;
    return base_error(t->diags, CODE_E402, t->span, hint, "expected an array, got %s",
                      front_kind_text(t, value));
}

// Nesting of lists is bounded by that of the texts and calls that made them.
static Status place_of(Trace *t, Value value, uint32_t *place) {
    static const uint32_t of_number[] = {
        [NUMBER_BOOL] = CHAIN_BOOL,
        [NUMBER_INT] = CHAIN_WEAK_INT,
        [NUMBER_FLOAT] = CHAIN_WEAK_FLOAT,
    };
    switch (value.kind) {
    case VALUE_ARRAY:
        *place = place_of_type(front_type(t, value));
        return OK;
    case VALUE_NUMBER:
        *place = of_number[value.number->kind];
        return OK;
    case VALUE_LIST:
        *place = value.n ? 0 : CHAIN_WEAK_FLOAT;
        for (uint32_t i = 0; i < value.n; i++) {
            uint32_t item = 0;
            TRY(place_of(t, value.items[i], &item));
            if (item > *place) *place = item;
        }
        return OK;
    default:
        return no_array(t, value);
    }
}

Status front_promote(Trace *t, uint32_t n, const Value *values, Promoted *result) {
    uint32_t highest = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place;
        TRY(place_of(t, values[i], &place));
        if (place > highest) highest = place;
    }
    *result = chain[highest];
    if (highest == CHAIN_WEAK_FLOAT) result->dtype = t->dtype;
    return OK;
}

// -- lists --------------------------------------------------------------------------

bool front_number_text(const Number *number, bool as_bool, Text *buffer, Str *text) {
    if (number->kind != NUMBER_FLOAT) {
        if (as_bool)
            *text = number->integer ? STR("True") : STR("False");
        else {
            base_text_printf(buffer, "%lld", (long long)number->integer);
            *text = base_text_str(buffer);
        }
        return true;
    }
    if (number->text.n) {
        *text = number->text;
        return true;
    }
    if (number->op != OP_NEG || number->a->kind != NUMBER_FLOAT || number->a->text.n == 0)
        return false;
    const char first = number->a->text.at[0];
    if (first != '.' && (first < '0' || first > '9')) return false; // pi, e, inf, nan
    base_text_char(buffer, '-');
    base_text_add(buffer, number->a->text);
    *text = base_text_str(buffer);
    return true;
}

// A list of numbers alone, nested to any depth, as the attributes of one literal node.
typedef struct LiteralList {
    Promoted type;
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    VEC(int64_t) literals;
    bool fits; // rectangular, and every number is a literal
} LiteralList;

static Status collect_literals(Trace *t, Value list, uint32_t depth, LiteralList *found) {
    if (list.kind == VALUE_NUMBER) {
        Text buffer = {.arena = t->arena};
        Str text;
        found->fits =
            depth == found->rank &&
            front_number_text(list.number, found->type.dtype == DT_BOOL, &buffer, &text);
        if (!found->fits) return OK;
        if (buffer.failed) return NOMEM;
        const uint32_t id = ir_literal_id(t->ir, text);
        if (id == UINT32_MAX) return NOMEM;
        return VEC_PUSH(t->arena, &found->literals, id) ? OK : NOMEM;
    }
    found->fits =
        list.kind == VALUE_LIST && depth < found->rank && list.n == found->shape[depth];
    for (uint32_t i = 0; i < list.n && found->fits; i++)
        TRY(collect_literals(t, list.items[i], depth + 1, found));
    return OK;
}

// The list as one literal node; IR_NONE in *node when it is more than numbers.
static Status literal_list(Trace *t, Value list, Promoted type, NodeId *node) {
    LiteralList found = {.type = type};
    *node = IR_NONE;
    Value first = list;
    for (; first.kind == VALUE_LIST && found.rank < LIMIT_RANK; first = first.items[0]) {
        found.shape[found.rank++] = first.n;
        if (first.n == 0) break;
    }
    TRY(collect_literals(t, list, 0, &found));
    if (!found.fits) return OK;
    // An array without elements has one literal that no element shows.
    if (found.literals.n == 0) {
        const TypeId id =
            front_array_type(t, type.dtype, type.weak, found.rank, found.shape);
        *node = ir_zeros(front_builder(t), id);
        return ir_status(front_builder(t));
    }
    int64_t *attr = NEW_ARRAY(t->arena, int64_t, 3u + found.rank + found.literals.n);
    TRY_ALLOC(attr);
    uint32_t n = 0;
    attr[n++] = type.dtype;
    attr[n++] = type.weak;
    attr[n++] = found.rank;
    for (uint32_t i = 0; i < found.rank; i++)
        attr[n++] = found.shape[i];
    for (uint32_t i = 0; i < found.literals.n; i++)
        attr[n++] = found.literals.at[i];
    *node = ir_emit(front_builder(t), PRIM_literal, 0, NULL, n, attr);
    return ir_status(front_builder(t));
}

static Status value_node(Trace *t, Value value, Promoted type, NodeId *node);

static Status ragged(Trace *t, NodeId a, NodeId b) {
    return base_error(t->diags, CODE_E404, t->span, NULL,
                      "the items of a list have different shapes: %s and %s",
                      front_node_text(t, a), front_node_text(t, b));
}

// The items, each with a new axis in front, one behind the other.
static Status stack_list(Trace *t, Value list, Promoted type, NodeId *node) {
    NodeId *parts = NEW_ARRAY(t->arena, NodeId, list.n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < list.n; i++) {
        TRY(value_node(t, list.items[i], type, &parts[i]));
        const Type *item = front_node_type(t, parts[i]);
        if (!front_same_shape(item, front_node_type(t, parts[0])))
            return ragged(t, parts[0], parts[i]);
    }
    const Type *item = front_node_type(t, parts[0]);
    int64_t shape[LIMIT_RANK] = {1};
    TRY(front_check_rank(t, item->rank + 1u));
    for (uint32_t i = 0; i < item->rank; i++)
        shape[i + 1] = item->shape[i];
    const uint32_t rank = item->rank + 1u;
    for (uint32_t i = 0; i < list.n; i++)
        parts[i] = ir_reshape(front_builder(t), parts[i], rank, shape);
    *node = ir_concatenate(front_builder(t), list.n, parts, 0);
    return ir_status(front_builder(t));
}

static Status list_node(Trace *t, Value list, Promoted type, NodeId *node) {
    TRY(literal_list(t, list, type, node));
    return *node != IR_NONE ? OK : stack_list(t, list, type, node);
}

// -- values as nodes ----------------------------------------------------------------

static Status number_node(Trace *t, const Number *number, Promoted type, NodeId *node) {
    const bool is_int = number->kind == NUMBER_INT && type.dtype == DT_I32;
    if (is_int && (number->integer < INT32_MIN || number->integer > INT32_MAX)) {
        return base_error(t->diags, CODE_E405, t->span, "int64(x) has room for it",
                          "%lld does not fit the int32 of the array that it meets",
                          (long long)number->integer);
    }
    return front_number_node(t, number, type.dtype, type.weak, node);
}

static Status value_node(Trace *t, Value value, Promoted type, NodeId *node) {
    switch (value.kind) {
    case VALUE_NUMBER:
        return number_node(t, value.number, type, node);
    case VALUE_LIST:
        return list_node(t, value, type, node);
    default:
        TRY(front_node_here(t, value, node));
        // Equal dtypes with different weak flags stay as they are: a primitive's result is
        // weak when all its operands are.
        if (front_node_type(t, *node)->dtype != type.dtype)
            *node = ir_convert(front_builder(t), *node, type.dtype, type.weak);
        return ir_status(front_builder(t));
    }
}

Status front_as_node(Trace *t, Value value, NodeId *node) {
    if (value.kind == VALUE_ARRAY) return front_node_here(t, value, node);
    return front_promote_nodes(t, 1, &value, false, node);
}

// Numbers take the dtype straight from their decimal text, where it has room for them.
Status front_as_dtype(Trace *t, Value value, Dtype dtype, NodeId *node) {
    Promoted type;
    TRY(front_promote(t, 1, &value, &type));
    const bool straight =
        num_is_float(dtype) || (num_is_integer(dtype) && !num_is_float(type.dtype));
    if (straight) type = (Promoted){dtype, false};
    TRY(value_node(t, value, type, node));
    *node = ir_convert(front_builder(t), *node, dtype, false);
    return ir_status(front_builder(t));
}

Status front_as_array(Trace *t, Value value, Value *array) {
    NodeId node;
    TRY(front_as_node(t, value, &node));
    return front_made(t, node, array);
}

Status front_promote_nodes(Trace *t, uint32_t n, const Value *values, bool to_float,
                           NodeId *nodes) {
    Promoted type;
    TRY(front_promote(t, n, values, &type));
    if (to_float && !num_is_float(type.dtype)) type.dtype = t->dtype;
    for (uint32_t i = 0; i < n; i++)
        TRY(value_node(t, values[i], type, &nodes[i]));
    return OK;
}

// -- broadcasting -------------------------------------------------------------------

Status front_common_shape(Trace *t, uint32_t n, const NodeId *nodes, uint32_t trailing,
                          uint32_t *rank, int64_t shape[]) {
    uint32_t from[LIMIT_RANK] = {0}; // the operand that gave each size
    *rank = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t own = front_node_type(t, nodes[i])->rank - trailing;
        if (own > *rank) *rank = own;
    }
    for (uint32_t axis = 0; axis < *rank; axis++)
        shape[axis] = 1;
    for (uint32_t i = 0; i < n; i++) {
        const Type *type = front_node_type(t, nodes[i]);
        const uint32_t own = type->rank - trailing;
        for (uint32_t k = 0; k < own; k++) {
            const uint32_t axis = *rank - own + k;
            if (type->shape[k] == 1 || type->shape[k] == shape[axis]) continue;
            if (shape[axis] != 1) {
                return base_error(t->diags, CODE_E404, t->span, NULL,
                                  "shapes %s and %s cannot be broadcast together",
                                  front_node_text(t, nodes[from[axis]]),
                                  front_node_text(t, nodes[i]));
            }
            shape[axis] = type->shape[k];
            from[axis] = i;
        }
    }
    return OK;
}

Status front_broadcast_together(Trace *t, uint32_t n, NodeId *nodes) {
    uint32_t rank;
    int64_t shape[LIMIT_RANK];
    TRY(front_common_shape(t, n, nodes, 0, &rank, shape));
    for (uint32_t i = 0; i < n; i++)
        nodes[i] = ir_broadcast_to(front_builder(t), nodes[i], rank, shape);
    return ir_status(front_builder(t));
}

Status front_broadcast_nodes(Trace *t, uint32_t n, const Value *values, bool to_float,
                             NodeId *nodes) {
    TRY(front_promote_nodes(t, n, values, to_float, nodes));
    return front_broadcast_together(t, n, nodes);
}
