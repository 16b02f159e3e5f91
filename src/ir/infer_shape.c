// Types of the primitives that move elements, and of those that index by data.
//
// Sizes of empty arrays are not bounded by LIMIT_ARRAY_SIZE, so sums and products of sizes
// are checked for overflow.
#include "ir/infer.h"

#include "base/limits.h"

// The array that most of these move: operand 0. NULL when it is none.
static const Type *moved(Infer *q) {
    return ir_infer_arrays(q, 0, 1) ? ir_infer_operand(q, 0) : NULL;
}

// [axis, reverse]
TypeId ir_infer_cumsum(Infer *q) {
    const Type *x = moved(q);
    if (!x) return IR_NO_TYPE;
    if (q->n_attr != 2 || q->attr[0] < 0 || q->attr[0] >= x->rank)
        return ir_infer_no(q, "expected an axis of the operand and a direction");
    return q->in[0];
}

// [rank, shape…, n more]: the rank, or -1 (q->why is set). *n_more: how many stand behind.
static int64_t read_shape(Infer *q, uint32_t *n_more) {
    const int64_t rank = q->n_attr ? q->attr[0] : -1;
    if (rank < 0 || rank > q->n_attr - 1) {
        q->why = "expected a rank and a shape";
        return -1;
    }
    for (int64_t i = 0; i < rank; i++) {
        if (q->attr[1 + i] >= 0) continue;
        q->why = "negative size";
        return -1;
    }
    *n_more = q->n_attr - 1 - (uint32_t)rank;
    return rank;
}

TypeId ir_infer_broadcast(Infer *q) {
    const Type *x = moved(q);
    uint32_t n_dims;
    const int64_t rank = x ? read_shape(q, &n_dims) : -1;
    if (rank < 0) return IR_NO_TYPE;
    if (n_dims != x->rank) return ir_infer_no(q, "expected a place for each axis");
    const int64_t *shape = q->attr + 1, *dims = shape + rank;
    for (uint32_t i = 0; i < n_dims; i++) {
        if (dims[i] < 0 || dims[i] >= rank || (i && dims[i] <= dims[i - 1]))
            return ir_infer_no(q, "the places of the axes are not ascending");
        if (x->shape[i] != shape[dims[i]] && x->shape[i] != 1)
            return ir_infer_no(q, "an axis has neither its size nor size 1");
    }
    return ir_infer_reshaped(q, (uint32_t)rank, shape);
}

TypeId ir_infer_reshape(Infer *q) {
    const Type *x = moved(q);
    uint32_t n_more;
    const int64_t rank = x ? read_shape(q, &n_more) : -1;
    if (rank < 0) return IR_NO_TYPE;
    if (n_more) return ir_infer_no(q, "expected a rank and a shape");
    const TypeId type = ir_infer_reshaped(q, (uint32_t)rank, q->attr + 1);
    if (type == IR_NO_TYPE) return IR_NO_TYPE;
    if (ir_type(q->ir, type)->size != x->size)
        return ir_infer_no(q, "the shapes have different numbers of elements");
    return type;
}

TypeId ir_infer_transpose(Infer *q) {
    const Type *x = moved(q);
    if (!x) return IR_NO_TYPE;
    if (q->n_attr != x->rank) return ir_infer_no(q, "expected a place for each axis");
    bool used[LIMIT_RANK] = {false};
    int64_t shape[LIMIT_RANK];
    for (uint32_t i = 0; i < x->rank; i++) {
        const int64_t axis = q->attr[i];
        if (axis < 0 || axis >= x->rank || used[axis])
            return ir_infer_no(q, "the axes are no permutation");
        used[axis] = true;
        shape[i] = x->shape[axis];
    }
    return ir_infer_reshaped(q, x->rank, shape);
}

TypeId ir_infer_slice(Infer *q) {
    const Type *x = moved(q);
    if (!x) return IR_NO_TYPE;
    if (q->n_attr != 3u * x->rank)
        return ir_infer_no(q, "expected start, limit and step for each axis");
    const int64_t *start = q->attr, *limit = start + x->rank, *step = limit + x->rank;
    int64_t shape[LIMIT_RANK];
    for (uint32_t i = 0; i < x->rank; i++) {
        if (start[i] < 0 || limit[i] < start[i] || limit[i] > x->shape[i] || step[i] < 1)
            return ir_infer_no(q, "a slice reaches outside its axis, or has no step");
        const int64_t n = limit[i] - start[i];
        shape[i] = n / step[i] + (n % step[i] != 0);
    }
    return ir_infer_reshaped(q, x->rank, shape);
}

TypeId ir_infer_reverse(Infer *q) {
    const Type *x = moved(q);
    return x && ir_infer_axes(q, x->rank) ? q->in[0] : IR_NO_TYPE;
}

// An axis of n elements with low and high more at its ends and `interior` between
// neighbours; -1 when it is too long.
static int64_t padded_size(int64_t n, int64_t low, int64_t high, int64_t interior) {
    int64_t size;
    if (__builtin_mul_overflow(n > 0 ? n - 1 : 0, interior, &size) ||
        __builtin_add_overflow(size, n, &size) ||
        __builtin_add_overflow(size, low, &size) ||
        __builtin_add_overflow(size, high, &size))
        return -1;
    return size;
}

TypeId ir_infer_pad(Infer *q) {
    const Type *x = moved(q);
    if (!x) return IR_NO_TYPE;
    if (q->n_attr != 3u * x->rank)
        return ir_infer_no(q, "expected low, high and interior for each axis");
    const int64_t *low = q->attr, *high = low + x->rank, *interior = high + x->rank;
    int64_t shape[LIMIT_RANK];
    for (uint32_t i = 0; i < x->rank; i++) {
        if (low[i] < 0 || high[i] < 0 || interior[i] < 0)
            return ir_infer_no(q, "negative padding");
        shape[i] = padded_size(x->shape[i], low[i], high[i], interior[i]);
        if (shape[i] < 0) return ir_infer_no(q, "an axis is too long");
    }
    return ir_infer_reshaped(q, x->rank, shape);
}

// [axis]
TypeId ir_infer_concatenate(Infer *q) {
    if (q->n_in == 0) return ir_infer_no(q, "expected at least one operand");
    if (!ir_infer_arrays(q, 0, q->n_in)) return IR_NO_TYPE;
    const Type *x = ir_infer_operand(q, 0);
    if (q->n_attr != 1 || q->attr[0] < 0 || q->attr[0] >= x->rank)
        return ir_infer_no(q, "expected an axis of the operands");
    const int64_t axis = q->attr[0];
    int64_t shape[LIMIT_RANK];
    memcpy(shape, x->shape, x->rank * sizeof *shape);
    for (uint32_t i = 1; i < q->n_in; i++) {
        const Type *part = ir_infer_operand(q, i);
        if (part->rank != x->rank) return ir_infer_no(q, "the operands differ in rank");
        for (uint32_t k = 0; k < x->rank; k++) {
            if (k != axis && part->shape[k] != x->shape[k])
                return ir_infer_no(q, "the operands differ in another axis");
        }
        if (__builtin_add_overflow(shape[axis], part->shape[axis], &shape[axis]))
            return ir_infer_no(q, "an axis is too long");
    }
    const bool weak = ir_infer_weak(q, 0, q->n_in);
    return ir_array_type(q->ir, (Dtype)x->dtype, weak, x->rank, shape);
}

// -- indexing by data ---------------------------------------------------------------

// Checks [mode, axis…] and the index operands from `first` on against x: k of them, int64,
// of one shape. shape[0…]: S + R, the indexed elements; its rank, or -1.
static int64_t indexed_shape(Infer *q, uint32_t first, int64_t *shape) {
    const Type *x = ir_infer_operand(q, 0), *i0 = ir_infer_operand(q, first);
    const uint32_t k = q->n_in - first;
    q->why = "expected int64 index arrays of one shape, one for each of the first axes";
    if (k > x->rank) return -1;
    for (uint32_t i = first; i < q->n_in; i++) {
        const Type *index = ir_infer_operand(q, i);
        if (index->kind != TYPE_ARRAY || index->dtype != DT_I64 ||
            !ir_infer_same_shape(index, i0))
            return -1;
    }
    q->why = "expected a mode";
    if (q->n_attr == 0 || q->attr[0] < 0 || q->attr[0] > 2) return -1;
    q->why = "expected an axis for each index";
    if (q->n_attr != 1 && q->n_attr != 1 + k) return -1;
    q->why = "an index cannot be clipped to an axis without elements";
    for (uint32_t i = 0; i < k; i++) {
        if (q->attr[0] == 1 && x->shape[i] == 0 && i0->size > 0) return -1;
    }
    q->why = "the result has too many axes";
    if (i0->rank + x->rank - k > LIMIT_RANK) return -1;
    q->why = NULL;
    uint32_t rank = 0;
    for (uint32_t i = 0; i < i0->rank; i++)
        shape[rank++] = i0->shape[i];
    for (uint32_t i = k; i < x->rank; i++)
        shape[rank++] = x->shape[i];
    return rank;
}

TypeId ir_infer_gather(Infer *q) {
    if (q->n_in < 2) return ir_infer_no(q, "expected an array and its indices");
    int64_t shape[LIMIT_RANK];
    const int64_t rank = moved(q) ? indexed_shape(q, 1, shape) : -1;
    return rank < 0 ? IR_NO_TYPE : ir_infer_reshaped(q, (uint32_t)rank, shape);
}

TypeId ir_infer_scatter(Infer *q) {
    if (q->n_in < 3) return ir_infer_no(q, "expected an array, elements and their indices");
    if (!ir_infer_arrays(q, 0, 2)) return IR_NO_TYPE;
    int64_t shape[LIMIT_RANK];
    const int64_t rank = indexed_shape(q, 2, shape);
    if (rank < 0) return IR_NO_TYPE;
    const Type *v = ir_infer_operand(q, 1);
    if (v->rank != rank ||
        (rank && memcmp(v->shape, shape, (size_t)rank * sizeof *shape) != 0))
        return ir_infer_no(q, "the elements do not have the shape of the places");
    const Type *x = ir_infer_operand(q, 0);
    return ir_type_with(q->ir, q->in[0], (Dtype)x->dtype, x->weak && v->weak);
}
