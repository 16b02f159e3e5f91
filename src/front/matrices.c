// Built-ins of matrices' diagonals and triangles.
#include "front/arrays.h"
#include "front/function.h"

// Whether row + offset >= column, for a matrix of that shape. An offset beyond the matrix
// is brought to its edge, where it means the same and no sum overflows.
static NodeId lower_triangle(Trace *t, int64_t rows, int64_t columns, int64_t offset) {
    Builder *b = front_builder(t);
    const int64_t shape[] = {rows, columns};
    if (offset > columns) offset = columns;
    if (offset < -rows) offset = -rows;
    const NodeId row = ir_iota(b, DT_I64, 2, shape, 0);
    const NodeId column = ir_iota(b, DT_I64, 2, shape, 1);
    const NodeId shift =
        ir_broadcast_to(b, front_integer_node(t, DT_I64, offset), 2, shape);
    return ir_ge(b, ir_add(b, row, shift), column);
}

// -- diagonals ----------------------------------------------------------------------

NodeId front_diagonal(Trace *t, NodeId x, int64_t offset, uint32_t axis1, uint32_t axis2) {
    Builder *b = front_builder(t);
    const Type *type = front_node_type(t, x);
    if (type->rank < 2) return x;
    int64_t perm[LIMIT_RANK], shape[LIMIT_RANK];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < type->rank; i++) {
        if (i == axis1 || i == axis2) continue;
        shape[rank] = type->shape[i];
        perm[rank++] = i;
    }
    perm[rank] = axis1;
    perm[rank + 1] = axis2;
    const int64_t n = type->shape[axis1], m = type->shape[axis2];
    const int64_t row = offset < 0 ? (offset < -n ? n : -offset) : 0;
    const int64_t column = offset > 0 ? (offset > m ? m : offset) : 0;
    const int64_t length = n - row < m - column ? n - row : m - column;
    // In row-major order the elements of a diagonal stand m + 1 apart.
    shape[rank] = n * m;
    x = ir_reshape(b, ir_transpose(b, x, perm), rank + 1, shape);
    const int64_t first = length ? row * m + column : 0;
    int64_t starts[LIMIT_RANK] = {0}, limits[LIMIT_RANK], steps[LIMIT_RANK];
    for (uint32_t i = 0; i < rank; i++) {
        limits[i] = shape[i];
        steps[i] = 1;
    }
    starts[rank] = first;
    limits[rank] = length ? first + (length - 1) * (m + 1) + 1 : 0;
    steps[rank] = m + 1;
    return ir_slice(b, x, starts, limits, steps);
}

static Status two_axes(Trace *t, NodeId x, const Value *args, uint32_t axes[2]) {
    const uint32_t rank = front_node_type(t, x)->rank;
    if (rank < 2) {
        return base_error(t->diags, CODE_E404, t->span,
                          "diag(v) makes a matrix of a vector",
                          "a diagonal needs two axes, got %s", front_node_text(t, x));
    }
    TRY(front_static_axis(t, args[0], "axis1", rank, &axes[0]));
    TRY(front_static_axis(t, args[1], "axis2", rank, &axes[1]));
    if (axes[0] != axes[1]) return OK;
    return base_error(t->diags, CODE_E403, t->span, NULL,
                      "a diagonal needs two axes, got %u twice", axes[0]);
}

static Status body_diagonal(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    NodeId x;
    int64_t offset;
    uint32_t axes[2];
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_int(t, args[1], "offset", &offset));
    TRY(two_axes(t, x, args + 2, axes));
    NodeId diagonal = front_diagonal(t, x, offset, axes[0], axes[1]);
    if (self->data) { // trace
        const Type *type = front_node_type(t, diagonal);
        const int64_t last = (int64_t)type->rank - 1;
        if (!num_is_float((Dtype)type->dtype))
            diagonal = ir_convert(front_builder(t), diagonal, DT_I64, type->weak);
        diagonal = ir_reduce(front_builder(t), PRIM_reduce_sum, diagonal, 1, &last);
    }
    return front_made(t, diagonal, result);
}

// A square matrix with a vector on a diagonal: spread by padding, then cut into rows.
static Status matrix_of(Trace *t, NodeId v, int64_t k, Value *result) {
    Builder *b = front_builder(t);
    const int64_t n = front_node_type(t, v)->size;
    if (k == INT64_MIN) k++; // too far either way
    const int64_t shift = k < 0 ? -k : k;
    int64_t side, size;
    if (__builtin_add_overflow(n, shift, &side) ||
        __builtin_mul_overflow(side, side, &size) || size > LIMIT_ARRAY_SIZE) {
        return base_error(t->diags, CODE_E701, t->span, NULL,
                          "an array passes the limit of %lld elements (LIMIT_ARRAY_SIZE)",
                          (long long)LIMIT_ARRAY_SIZE);
    }
    const int64_t shape[] = {side, side};
    if (n == 0) {
        const Type *type = front_node_type(t, v);
        const TypeId zeros = front_array_type(t, (Dtype)type->dtype, type->weak, 2, shape);
        return front_made(t, ir_zeros(b, zeros), result);
    }
    const int64_t first = k < 0 ? shift * side : shift;
    const int64_t last = first + (n - 1) * (side + 1);
    const int64_t attr[] = {first, size - 1 - last, side};
    const NodeId flat_matrix = ir_emit(b, PRIM_pad, 1, &v, 3, attr);
    return front_made(t, ir_reshape(b, flat_matrix, 2, shape), result);
}

static Status body_diag(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    int64_t k;
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_int(t, args[1], "k", &k));
    switch (front_node_type(t, x)->rank) {
    case 1:
        return matrix_of(t, x, k, result);
    case 2:
        return front_made(t, front_diagonal(t, x, k, 0, 1), result);
    default:
        return base_error(t->diags, CODE_E404, t->span, "diagonal(x) takes any array",
                          "`diag` takes a vector or a matrix, got %s",
                          front_node_text(t, x));
    }
}

// tril (data 0), triu (data 1) of the last two axes.
static Status body_triangle(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    Builder *b = front_builder(t);
    NodeId x;
    int64_t k;
    TRY(front_as_node(t, args[0], &x));
    TRY(front_static_int(t, args[1], "k", &k));
    const Type *type = front_node_type(t, x);
    if (type->rank < 2) {
        return base_error(t->diags, CODE_E404, t->span, NULL, "`%s` takes a matrix, got %s",
                          self->name, front_node_text(t, x));
    }
    const int64_t *last = type->shape + type->rank - 2;
    NodeId lower =
        lower_triangle(t, last[0], last[1], self->data && k > INT64_MIN ? k - 1 : k);
    lower = ir_broadcast_to(b, lower, type->rank, type->shape);
    const NodeId zero = ir_zeros(b, ir_type_of(b, x));
    return front_made(
        t, self->data ? ir_select(b, lower, zero, x) : ir_select(b, lower, x, zero),
        result);
}

// -- made of numbers ----------------------------------------------------------------

// The sizes of eye(n, m) and tri(n, m): m is n where it is left out.
static Status matrix_shape(Trace *t, const Value *args, int64_t shape[2], int64_t *k) {
    uint32_t rank;
    TRY(front_static_int(t, args[2], "k", k));
    TRY(front_static_int(t, args[0], "the number of rows", &shape[0]));
    shape[1] = shape[0];
    if (args[1].kind != VALUE_NONE)
        TRY(front_static_int(t, args[1], "the number of columns", &shape[1]));
    const Value sizes[] = {args[0], args[1].kind == VALUE_NONE ? args[0] : args[1]};
    const Value both = {.kind = VALUE_TUPLE, .n = 2, .items = sizes};
    return front_static_shape(t, both, "the matrix", false, &rank, shape);
}

static Status as_numbers(Trace *t, NodeId mask, Value dtype, Value *result) {
    Dtype wanted = t->dtype;
    TRY(front_static_dtype(t, dtype, &wanted));
    return front_made(t, ir_convert(front_builder(t), mask, wanted, false), result);
}

static Status body_eye(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    int64_t shape[2], k;
    TRY(matrix_shape(t, args, shape, &k));
    Builder *b = front_builder(t);
    const NodeId row = ir_iota(b, DT_I64, 2, shape, 0);
    const NodeId column = ir_iota(b, DT_I64, 2, shape, 1);
    const NodeId shift = ir_broadcast_to(b, front_integer_node(t, DT_I64, k), 2, shape);
    return as_numbers(t, ir_eq(b, ir_add(b, row, shift), column), args[3], result);
}

static Status body_identity(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    Value zero;
    TRY(front_int(t, 0, &zero));
    const Value eye_args[] = {args[0], front_none(), zero, args[1]};
    return body_eye(t, self, eye_args, result);
}

static Status body_tri(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    int64_t shape[2], k;
    TRY(matrix_shape(t, args, shape, &k));
    return as_numbers(t, lower_triangle(t, shape[0], shape[1], k), args[3], result);
}

// -- table --------------------------------------------------------------------------

#define ROW_IN(part, text, parameters, function, what)                                     \
    .name = (text), .group = (part), .signature = (parameters), .doc = (what),             \
    .kind = BUILTIN_C, .body = (function)
#define ROW(text, parameters, function, what)                                              \
    ROW_IN("shape", text, parameters, function, what)
#define METHOD(text, parameters, function, what)                                           \
    ROW(text, parameters, function, what), .is_method = true

const Builtin front_matrix_table[] = {
    {ROW("diag", "v, k=0", body_diag,
         "The k-th diagonal of a matrix; of a vector a matrix with that diagonal.")},
    {METHOD("diagonal", "x, offset=0, axis1=0, axis2=1", body_diagonal,
            "The diagonal over two axes, which becomes the last axis.")},
    {ROW_IN("creation", "eye", "N, M=None, k=0, dtype=None", body_eye,
            "An N by M matrix, 1 on its k-th diagonal, 0 elsewhere.")},
    {ROW_IN("creation", "identity", "n, dtype=None", body_identity,
            "The n by n identity matrix.")},
    {METHOD("trace", "x, offset=0, axis1=0, axis2=1", body_diagonal,
            "The sum of the diagonal."),
     .data = 1},
    {ROW_IN("creation", "tri", "N, M=None, k=0, dtype=None", body_tri,
            "An N by M matrix, 1 up to its k-th diagonal, 0 above.")},
    {ROW("tril", "x, k=0", body_triangle, "x, zero above the k-th diagonal."), .data = 0},
    {ROW("triu", "x, k=0", body_triangle, "x, zero below the k-th diagonal."), .data = 1},
};
const uint32_t front_matrix_count = sizeof front_matrix_table / sizeof *front_matrix_table;
