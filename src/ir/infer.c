// The type of a node follows from its operands and attributes: dispatch, sources,
// elementwise primitives, reductions, matrix products.
//
// A result is weak when all operands are; a reduction and what moves elements keep the
// flag; comparisons and indices are strong; `convert` says it by an attribute.
#include "ir/infer.h"

#include "base/limits.h"

TypeId ir_infer_no(Infer *q, const char *why) {
    q->why = why;
    return IR_NO_TYPE;
}

static bool admits(const PrimInfo *info, Dtype dtype) {
    const bool integer = num_is_integer(dtype), is_float = num_is_float(dtype);
    return (info->flags & PRIM_FLAG_A) || ((info->flags & PRIM_FLAG_F) && is_float) ||
           ((info->flags & PRIM_FLAG_I) && !is_float) ||
           ((info->flags & PRIM_FLAG_N) && (integer || is_float));
}

bool ir_infer_arrays(Infer *q, uint32_t first, uint32_t n) {
    const PrimInfo *info = ir_prim(q->prim);
    const Type *a = ir_infer_operand(q, first);
    for (uint32_t i = first; i < first + n; i++) {
        const Type *type = ir_infer_operand(q, i);
        if (type->kind != TYPE_ARRAY)
            q->why = "an operand is no array";
        else if (!admits(info, (Dtype)type->dtype))
            q->why = "it is not defined for this dtype";
        else if (type->dtype != a->dtype)
            q->why = "the operands have different dtypes";
        if (q->why) return false;
    }
    return true;
}

bool ir_infer_weak(const Infer *q, uint32_t first, uint32_t n) {
    for (uint32_t i = first; i < first + n; i++) {
        if (!ir_infer_operand(q, i)->weak) return false;
    }
    return true;
}

bool ir_infer_axes(Infer *q, uint32_t rank) {
    for (uint32_t i = 0; i < q->n_attr; i++) {
        if (q->attr[i] < 0 || q->attr[i] >= rank || (i && q->attr[i] <= q->attr[i - 1])) {
            q->why = "the axes are not ascending axes of the operand";
            return false;
        }
    }
    return true;
}

TypeId ir_infer_reshaped(Infer *q, uint32_t rank, const int64_t *shape) {
    const Type *x = ir_infer_operand(q, 0);
    return ir_array_type(q->ir, (Dtype)x->dtype, x->weak, rank, shape);
}

// -- sources ------------------------------------------------------------------------

// [type]
static TypeId infer_given(Infer *q) {
    return q->n_attr == 1 ? (TypeId)q->attr[0] : ir_infer_no(q, "expected a type");
}

// Reads [dtype, (weak,) rank, shape…] from the attributes: their type. *used: how many.
static TypeId infer_described(Infer *q, bool with_weak, uint32_t *used) {
    const uint32_t head = with_weak ? 3 : 2;
    if (q->n_attr < head) return ir_infer_no(q, "expected a dtype, a rank and a shape");
    const int64_t dtype = q->attr[0], weak = with_weak ? q->attr[1] : 0;
    const int64_t rank = q->attr[head - 1];
    if (dtype < 0 || dtype >= DT_COUNT) return ir_infer_no(q, "unknown dtype");
    if (rank < 0 || rank > q->n_attr - head) return ir_infer_no(q, "the shape is cut off");
    for (int64_t i = 0; i < rank; i++) {
        if (q->attr[head + i] < 0) return ir_infer_no(q, "negative size");
    }
    *used = head + (uint32_t)rank;
    return ir_array_type(q->ir, (Dtype)dtype, weak != 0, (uint32_t)rank, q->attr + head);
}

static TypeId infer_literal(Infer *q) {
    uint32_t used;
    const TypeId type = infer_described(q, true, &used);
    if (type == IR_NO_TYPE) return IR_NO_TYPE;
    const int64_t n = q->n_attr - used;
    if (n != 1 && n != ir_type(q->ir, type)->size)
        return ir_infer_no(q, "expected one literal, or one for each element");
    return type;
}

static TypeId infer_iota(Infer *q) {
    uint32_t used;
    const TypeId type = infer_described(q, false, &used);
    if (type == IR_NO_TYPE) return IR_NO_TYPE;
    const Type *array = ir_type(q->ir, type);
    if (array->dtype == DT_BOOL) return ir_infer_no(q, "it is not defined for this dtype");
    if (q->n_attr != used + 1 || q->attr[used] < 0 || q->attr[used] >= array->rank)
        return ir_infer_no(q, "expected an axis of the shape");
    return type;
}

// -- elementwise --------------------------------------------------------------------

static bool one_shape(Infer *q) {
    for (uint32_t i = 1; i < q->n_in; i++) {
        if (ir_infer_same_shape(ir_infer_operand(q, i), ir_infer_operand(q, 0))) continue;
        q->why = "the operands have different shapes";
        return false;
    }
    return true;
}

static TypeId infer_map(Infer *q) {
    if (!ir_infer_arrays(q, 0, q->n_in) || !one_shape(q)) return IR_NO_TYPE;
    // All equal but for weak flags: a strong one, or the weak one that all are.
    for (uint32_t i = 0; i < q->n_in; i++) {
        if (!ir_infer_operand(q, i)->weak) return q->in[i];
    }
    return q->in[0];
}

static TypeId infer_compare(Infer *q) {
    if (!ir_infer_arrays(q, 0, 2) || !one_shape(q)) return IR_NO_TYPE;
    return ir_type_with(q->ir, q->in[0], DT_BOOL, false);
}

// [exponent]
static TypeId infer_integer_pow(Infer *q) {
    if (q->n_attr != 1) return ir_infer_no(q, "expected an exponent");
    const TypeId type = infer_map(q);
    if (type == IR_NO_TYPE) return IR_NO_TYPE;
    if (q->attr[0] < 0 && !num_is_float((Dtype)ir_type(q->ir, type)->dtype))
        return ir_infer_no(q, "a negative exponent needs a float");
    return type;
}

// [order]
static TypeId infer_polygamma(Infer *q) {
    if (q->n_attr != 1 || q->attr[0] < 1 || q->attr[0] > INT32_MAX)
        return ir_infer_no(q, "expected an order of at least 1, and below 2^31");
    return infer_map(q);
}

static TypeId infer_select(Infer *q) {
    if (!ir_infer_arrays(q, 0, 1) || !ir_infer_arrays(q, 1, 2) || !one_shape(q))
        return IR_NO_TYPE;
    if (ir_infer_operand(q, 0)->dtype != DT_BOOL)
        return ir_infer_no(q, "the condition is not bool");
    return ir_infer_operand(q, 1)->weak ? q->in[2] : q->in[1];
}

// [dtype, weak]
static TypeId infer_convert(Infer *q) {
    if (q->n_attr != 2 || q->attr[0] < 0 || q->attr[0] >= DT_COUNT)
        return ir_infer_no(q, "expected a dtype and a weak flag");
    if (!ir_infer_arrays(q, 0, 1)) return IR_NO_TYPE;
    return ir_type_with(q->ir, q->in[0], (Dtype)q->attr[0], q->attr[1] != 0);
}

// -- stacks -------------------------------------------------------------------------

static TypeId infer_stack_add(Infer *q) {
    if (q->in[0] != q->in[1] || ir_infer_operand(q, 0)->kind == TYPE_ARRAY)
        return ir_infer_no(q, "expected stacks of one type");
    return q->in[0];
}

static TypeId infer_lanes_sum(Infer *q) {
    const Type *lanes = ir_infer_operand(q, 0);
    return lanes->kind == TYPE_LANES ? lanes->of : ir_infer_no(q, "expected lanes");
}

// [B]
static TypeId infer_lanes_spread(Infer *q) {
    if (q->n_attr != 1 || q->attr[0] < 0 || ir_infer_operand(q, 0)->kind == TYPE_ARRAY)
        return ir_infer_no(q, "expected a stack, and how many lanes");
    return ir_lanes_type(q->ir, q->attr[0], q->in[0]);
}

// -- reductions ---------------------------------------------------------------------

// The shape without the axes in the attributes; its rank.
static uint32_t reduced_shape(const Infer *q, int64_t *shape) {
    const Type *x = ir_infer_operand(q, 0);
    uint32_t rank = 0, next = 0;
    for (uint32_t i = 0; i < x->rank; i++) {
        if (next < q->n_attr && q->attr[next] == i)
            next++;
        else
            shape[rank++] = x->shape[i];
    }
    return rank;
}

static TypeId infer_reduce(Infer *q) {
    if (!ir_infer_arrays(q, 0, 1)) return IR_NO_TYPE;
    const Type *x = ir_infer_operand(q, 0);
    if (!ir_infer_axes(q, x->rank)) return IR_NO_TYPE;
    if ((ir_prim(q->prim)->flags & PRIM_FLAG_I) && x->dtype != DT_BOOL)
        return ir_infer_no(q, "it is not defined for this dtype");
    int64_t shape[LIMIT_RANK];
    return ir_infer_reshaped(q, reduced_shape(q, shape), shape);
}

// [axis]
static TypeId infer_arg(Infer *q) {
    if (!ir_infer_arrays(q, 0, 1)) return IR_NO_TYPE;
    const Type *x = ir_infer_operand(q, 0);
    if (q->n_attr != 1) return ir_infer_no(q, "expected one axis");
    if (!ir_infer_axes(q, x->rank)) return IR_NO_TYPE;
    if (x->shape[q->attr[0]] == 0) return ir_infer_no(q, "the axis has no elements");
    int64_t shape[LIMIT_RANK];
    const uint32_t rank = reduced_shape(q, shape);
    return ir_array_type(q->ir, DT_I64, false, rank, shape);
}

// [axis, descending]
static TypeId infer_argsort(Infer *q) {
    if (!ir_infer_arrays(q, 0, 1)) return IR_NO_TYPE;
    const Type *x = ir_infer_operand(q, 0);
    if (q->n_attr != 2 || q->attr[0] < 0 || q->attr[0] >= x->rank)
        return ir_infer_no(q, "expected an axis of the operand and an order");
    return ir_array_type(q->ir, DT_I64, false, x->rank, x->shape);
}

// -- matrix products ----------------------------------------------------------------

static TypeId infer_dot(Infer *q) {
    if (!ir_infer_arrays(q, 0, 2)) return IR_NO_TYPE;
    const Type *x = ir_infer_operand(q, 0), *y = ir_infer_operand(q, 1);
    if (x->rank != 3 || y->rank != 3)
        return ir_infer_no(q, "expected two axes and a batch");
    if (x->shape[0] != y->shape[0] || x->shape[2] != y->shape[1])
        return ir_infer_no(q, "the sizes of the matrices do not fit");
    const int64_t shape[] = {x->shape[0], x->shape[1], y->shape[2]};
    return ir_array_type(q->ir, (Dtype)x->dtype, ir_infer_weak(q, 0, 2), 3, shape);
}

// -- dispatch -----------------------------------------------------------------------

// Rows that their class does not describe.
static TypeId (*const rows[PRIM_COUNT])(Infer *q) = {
    [PRIM_input] = infer_given,
    [PRIM_literal] = infer_literal,
    [PRIM_iota] = infer_iota,
    [PRIM_linear_zero] = infer_given,
    [PRIM_integer_pow] = infer_integer_pow,
    [PRIM_polygamma] = infer_polygamma,
    [PRIM_select] = infer_select,
    [PRIM_convert] = infer_convert,
    [PRIM_argmax] = infer_arg,
    [PRIM_argmin] = infer_arg,
    [PRIM_argsort] = infer_argsort,
    [PRIM_cumsum] = ir_infer_cumsum,
    [PRIM_broadcast] = ir_infer_broadcast,
    [PRIM_reshape] = ir_infer_reshape,
    [PRIM_transpose] = ir_infer_transpose,
    [PRIM_slice] = ir_infer_slice,
    [PRIM_reverse] = ir_infer_reverse,
    [PRIM_pad] = ir_infer_pad,
    [PRIM_concatenate] = ir_infer_concatenate,
    [PRIM_gather] = ir_infer_gather,
    [PRIM_scatter_add] = ir_infer_scatter,
    [PRIM_scatter_set] = ir_infer_scatter,
    [PRIM_scatter_max] = ir_infer_scatter,
    [PRIM_scatter_min] = ir_infer_scatter,
    [PRIM_dot] = infer_dot,
    [PRIM_out] = ir_infer_out,
    [PRIM_call] = ir_infer_call,
    [PRIM_linear_call] = ir_infer_linear_call,
    [PRIM_stack_zero] = infer_given,
    [PRIM_stack_add] = infer_stack_add,
    [PRIM_lanes_sum] = infer_lanes_sum,
    [PRIM_lanes_spread] = infer_lanes_spread,
    [PRIM_cond] = ir_infer_cond,
    [PRIM_loop] = ir_infer_loop,
    [PRIM_checkpoint] = ir_infer_checkpoint,
    [PRIM_lanes] = ir_infer_lanes,
};

static TypeId infer_by_class(Infer *q, PrimClass class) {
    if (class == CLASS_REDUCE) return infer_reduce(q);
    if (q->n_attr) return ir_infer_no(q, "expected no attributes");
    return class == CLASS_COMPARE ? infer_compare(q) : infer_map(q);
}

TypeId ir_infer(Ir *ir, Prim prim, uint32_t n_in, const TypeId *in, uint32_t n_attr,
                const int64_t *attr, const char **why) {
    const PrimInfo *info = ir_prim(prim);
    Infer q = {ir, prim, n_in, in, n_attr, attr, NULL};
    TypeId type;
    if (info->arity != PRIM_ANY_ARITY && (uint32_t)info->arity != n_in)
        type = ir_infer_no(&q, "wrong number of operands");
    else
        type = rows[prim] ? rows[prim](&q) : infer_by_class(&q, info->class);
    if (why && q.why) *why = q.why;
    return type;
}
