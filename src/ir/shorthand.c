// Shorthand for emitting nodes that have attributes. Nothing is emitted where the operand
// itself is the result. IR_NONE as an operand gives IR_NONE.
#include "base/limits.h"
#include "ir/ir.h"

#include <inttypes.h>
#include <stdio.h>

// Room for the attributes of one node: rank, a batched shape, a place for each axis; or
// three numbers for each axis.
enum { MAX_RANK = LIMIT_RANK + 1, MAX_ATTRS = 3 * MAX_RANK + 1 };

static NodeId emit1(Builder *b, Prim prim, NodeId x, uint32_t n_attr, const int64_t *attr) {
    return ir_emit(b, prim, 1, &x, n_attr, attr);
}

// The array type of x; NULL for IR_NONE or a failed builder: the caller gives IR_NONE.
static const Type *array_of(const Builder *b, NodeId x) {
    if (x == IR_NONE || ir_status(b) != OK) return NULL;
    return ir_type(ir_of(b), ir_type_of(b, x));
}

static bool same_shape(const Type *x, uint32_t rank, const int64_t *shape) {
    return x->rank == rank &&
           (rank == 0 || memcmp(x->shape, shape, rank * sizeof *shape) == 0);
}

NodeId ir_select(Builder *b, NodeId c, NodeId x, NodeId y) {
    return ir_emit(b, PRIM_select, 3, (NodeId[]){c, x, y}, 0, NULL);
}

NodeId ir_integer_pow(Builder *b, NodeId x, int64_t exponent) {
    return exponent == 1 ? x : emit1(b, PRIM_integer_pow, x, 1, &exponent);
}

NodeId ir_convert(Builder *b, NodeId x, Dtype dtype, bool weak) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    if (type->dtype == dtype && type->weak == weak) return x;
    return emit1(b, PRIM_convert, x, 2, (int64_t[]){dtype, weak});
}

// -- sources ------------------------------------------------------------------------

NodeId ir_literal(Builder *b, TypeId type, Str text) {
    if (ir_status(b) != OK) return IR_NONE;
    if (type == IR_NO_TYPE) return ir_fail(b, FAILED);
    const Type *array = ir_type(ir_of(b), type);
    const uint32_t id = ir_literal_id(ir_of(b), text);
    if (id == UINT32_MAX) return ir_fail(b, NOMEM);
    int64_t attr[MAX_ATTRS] = {array->dtype, array->weak, array->rank};
    uint32_t n = 3;
    for (uint32_t i = 0; i < array->rank; i++)
        attr[n++] = array->shape[i];
    attr[n++] = id;
    return ir_emit(b, PRIM_literal, 0, NULL, n, attr);
}

NodeId ir_literal_like(Builder *b, NodeId like, const char *text) {
    if (like == IR_NONE) return IR_NONE;
    return ir_literal(b, ir_type_of(b, like), base_str(text));
}

NodeId ir_zeros(Builder *b, TypeId type) {
    if (ir_status(b) != OK) return IR_NONE;
    if (type != IR_NO_TYPE && ir_type(ir_of(b), type)->kind != TYPE_ARRAY)
        return ir_emit(b, PRIM_stack_zero, 0, NULL, 1, (int64_t[]){type});
    return ir_literal(b, type, STR("0"));
}

NodeId ir_sum(Builder *b, NodeId x, NodeId y) {
    if (ir_status(b) != OK || x == IR_NONE || y == IR_NONE) return ir_add(b, x, y);
    if (ir_type(ir_of(b), ir_type_of(b, x))->kind == TYPE_ARRAY) return ir_add(b, x, y);
    return ir_emit(b, PRIM_stack_add, 2, (NodeId[]){x, y}, 0, NULL);
}

NodeId ir_linear_zero(Builder *b, TypeId type) {
    return ir_emit(b, PRIM_linear_zero, 0, NULL, 1, (int64_t[]){type});
}

// Whether an exact decimal is zero: digits, all 0, before any exponent. ("e" has none.)
static bool is_zero_text(Str text) {
    if (base_str_eq(text, STR("False"))) return true;
    bool digits = false;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.at[i];
        if (c == '0')
            digits = true;
        else if (c == 'e' || c == 'E')
            break;
        else if (c != '.' && c != '+' && c != '-' && c != '_')
            return false;
    }
    return digits;
}

bool ir_is_zero(const Builder *b, NodeId id) {
    if (id == IR_NONE || ir_status(b) != OK) return false;
    const Node *node = ir_node(b, id);
    while (node->prim == PRIM_broadcast || node->prim == PRIM_reshape ||
           node->prim == PRIM_convert) {
        id = ir_node_in(b, id)[0];
        node = ir_node(b, id);
    }
    if (node->prim != PRIM_literal) return false;
    const int64_t *attr = ir_node_attr(b, id);
    for (uint32_t i = 3 + (uint32_t)attr[2]; i < node->n_attr; i++) {
        if (!is_zero_text(ir_literal_text(ir_of(b), (uint32_t)attr[i]))) return false;
    }
    return true;
}

NodeId ir_iota(Builder *b, Dtype dtype, uint32_t rank, const int64_t *shape,
               uint32_t axis) {
    int64_t attr[MAX_ATTRS] = {dtype, rank};
    uint32_t n = 2;
    for (uint32_t i = 0; i < rank; i++)
        attr[n++] = shape[i];
    attr[n++] = axis;
    return ir_emit(b, PRIM_iota, 0, NULL, n, attr);
}

// -- reductions ---------------------------------------------------------------------

NodeId ir_reduce(Builder *b, Prim reduction, NodeId x, uint32_t n, const int64_t *axes) {
    return n == 0 ? x : emit1(b, reduction, x, n, axes);
}

// -- moving elements ----------------------------------------------------------------

NodeId ir_reshape(Builder *b, NodeId x, uint32_t rank, const int64_t *shape) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    if (same_shape(type, rank, shape)) return x;
    int64_t attr[MAX_ATTRS] = {rank};
    for (uint32_t i = 0; i < rank; i++)
        attr[1 + i] = shape[i];
    return emit1(b, PRIM_reshape, x, 1 + rank, attr);
}

NodeId ir_transpose(Builder *b, NodeId x, const int64_t *perm) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    // Where only axes of size 1 move, it is a reshape.
    int64_t shape[MAX_RANK], last = -1;
    bool moves = false;
    for (uint32_t i = 0; i < type->rank; i++) {
        shape[i] = type->shape[perm[i]];
        if (shape[i] == 1) continue;
        moves = moves || perm[i] < last;
        last = perm[i];
    }
    return moves ? emit1(b, PRIM_transpose, x, type->rank, perm)
                 : ir_reshape(b, x, type->rank, shape);
}

NodeId ir_broadcast(Builder *b, NodeId x, uint32_t rank, const int64_t *shape,
                    const int64_t *dims) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    if (same_shape(type, rank, shape)) return x;
    int64_t attr[MAX_ATTRS] = {rank};
    uint32_t n = 1;
    for (uint32_t i = 0; i < rank; i++)
        attr[n++] = shape[i];
    for (uint32_t i = 0; i < type->rank; i++)
        attr[n++] = dims[i];
    return emit1(b, PRIM_broadcast, x, n, attr);
}

NodeId ir_broadcast_to(Builder *b, NodeId x, uint32_t rank, const int64_t *shape) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    int64_t dims[MAX_RANK];
    for (uint32_t i = 0; i < type->rank; i++)
        dims[i] = (int64_t)rank - type->rank + i;
    return ir_broadcast(b, x, rank, shape, dims);
}

NodeId ir_slice(Builder *b, NodeId x, const int64_t *start, const int64_t *limit,
                const int64_t *step) {
    const Type *type = array_of(b, x);
    if (!type) return IR_NONE;
    int64_t attr[MAX_ATTRS];
    bool whole = true;
    for (uint32_t i = 0; i < type->rank; i++) {
        attr[i] = start[i];
        attr[type->rank + i] = limit[i];
        attr[2 * type->rank + i] = step[i];
        whole = whole && start[i] == 0 && limit[i] == type->shape[i] && step[i] == 1;
    }
    return whole ? x : emit1(b, PRIM_slice, x, 3u * type->rank, attr);
}

NodeId ir_reverse(Builder *b, NodeId x, uint32_t n, const int64_t *axes) {
    return n == 0 ? x : emit1(b, PRIM_reverse, x, n, axes);
}

NodeId ir_concatenate(Builder *b, uint32_t n, const NodeId *parts, int64_t axis) {
    return n == 1 ? parts[0] : ir_emit(b, PRIM_concatenate, n, parts, 1, &axis);
}

NodeId ir_out(Builder *b, NodeId node, uint32_t index) {
    return emit1(b, PRIM_out, node, 1, (int64_t[]){index});
}
