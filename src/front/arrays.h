// What the built-ins over arrays share: for this folder's own files.
//
// A builder that has failed gives IR_NONE for everything and keeps its status (ir.h), so
// bodies build freely and leave the asking to front_made; front_node_type answers for
// IR_NONE too.
#ifndef FRONT_ARRAYS_H
#define FRONT_ARRAYS_H

#include "base/limits.h"
#include "front/builtin.h"
#include "front/trace.h"

// -- nodes (promote.c) --------------------------------------------------------------

// The type of a node of the current scope; bool[] for IR_NONE.
const Type *front_node_type(const Trace *t, NodeId node);
// Its type as text, for messages ("float64[3]").
const char *front_node_text(Trace *t, NodeId node);
// A type of the dtype and weak flag in another shape; IR_NO_TYPE past a limit (reported).
static inline TypeId front_array_type(const Trace *t, Dtype dtype, bool weak, uint32_t rank,
                                      const int64_t *shape) {
    return ir_array_type(t->ir, dtype, weak, rank, shape);
}
// A value as an array of that dtype, strong.
Status front_as_dtype(Trace *t, Value value, Dtype dtype, NodeId *node) MUST_USE;
// The node with a bool dtype: x != 0.
NodeId front_to_bool(Trace *t, NodeId x);
// An integer as a scalar of the dtype, strong.
NodeId front_integer_node(Trace *t, Dtype dtype, int64_t integer);
// A number as the decimal text of one literal; false when it is an expression, or pi with a
// sign. `buffer` holds the text where the number itself does not.
bool front_number_text(const Number *number, bool as_bool, Text *buffer, Str *text);

// The shape that NumPy's rule gives nodes of these shapes, their `trailing` last axes left
// out; E404 naming two that do not fit.
Status front_common_shape(Trace *t, uint32_t n, const NodeId *nodes, uint32_t trailing,
                          uint32_t *rank, int64_t shape[]) MUST_USE;
// The nodes broadcast to it, in place; dtypes stay.
Status front_broadcast_together(Trace *t, uint32_t n, NodeId *nodes) MUST_USE;

// -- checks (statics.c) -------------------------------------------------------------

// E402: "<what> must be <expected>, got <kind of the value>".
static inline MUST_USE Status front_refuse(Trace *t, const char *what, const char *expected,
                                           Value got) {
    return base_error(t->diags, CODE_E402, t->span, NULL, "%s must be %s, got %s", what,
                      expected, front_kind_text(t, got));
}
// One axis of an array of that rank, negative from the end; E406 outside.
Status front_static_axis(Trace *t, Value value, const char *what, uint32_t rank,
                         uint32_t *axis) MUST_USE;
// Axes in the order given: an int, or a sequence of ints, unique.
Status front_static_axis_list(Trace *t, Value value, const char *what, uint32_t rank,
                              uint32_t *n, uint32_t axes[]) MUST_USE;
// A dtype, or its name as text. None leaves *dtype as it is.
Status front_static_dtype(Trace *t, Value value, Dtype *dtype) MUST_USE;
// E701 where a result would have more axes than LIMIT_RANK.
Status front_check_rank(Trace *t, uint64_t rank) MUST_USE;
static inline bool front_is_sequence(Value value) {
    return value.kind == VALUE_TUPLE || value.kind == VALUE_LIST;
}

// -- families of operations ---------------------------------------------------------

// An elementwise primitive without attributes on promoted, broadcast values. Its flags in
// prim.def say what becomes of the dtype: primitives of floats make integers and booleans
// the default float, those of integers refuse floats (E405); what booleans do is a table
// (operators.c). `name` is what the user wrote.
Status front_apply(Trace *t, const char *name, Prim prim, uint32_t n, const Value *values,
                   Value *result) MUST_USE;
// a ** b where both become floats first.
Status front_float_power(Trace *t, Value a, Value b, Value *result) MUST_USE;
// a @ b (linear.c)
Status front_matmul(Trace *t, Value a, Value b, Value *result) MUST_USE;

// x[index] where an index from data, and under a mode other than INDEX_ERROR any integer,
// may be out of bounds. (indexing.c)
typedef enum IndexMode { INDEX_ERROR, INDEX_CLIP, INDEX_FILL } IndexMode;
Status front_index_mode(Trace *t, Value x, Value index, IndexMode mode,
                        Value *result) MUST_USE;
// The mode of a `mode=`: None, 'clip', 'fill', 'drop', 'promise_in_bounds'. (at.c)
Status front_static_mode(Trace *t, Value mode, IndexMode *result) MUST_USE;
// x[index], `fill` (None: NaN and its like) where an index is out of bounds in mode fill;
// and x with values put there. (at.c)
Status front_get(Trace *t, Value x, Value index, IndexMode mode, Value fill,
                 Value *result) MUST_USE;
Status front_put(Trace *t, Value x, Value index, Value values, IndexMode mode,
                 Value *result) MUST_USE;
// An index array along an axis of that size, as int64, its negative indices counted from
// the end. Lists of static integers are checked (E406) unless a mode allows them.
Status front_index_array(Trace *t, Value index, uint32_t axis, int64_t size, IndexMode mode,
                         NodeId *node) MUST_USE;

// x as a vector; the n elements from `start` on along the axis. (joining.c)
NodeId front_flat(Trace *t, NodeId x);
NodeId front_part(Trace *t, NodeId x, uint32_t axis, int64_t start, int64_t n);
// The items of a sequence, or of an array's first axis, as nodes of one dtype. (joining.c)
Status front_sequence_nodes(Trace *t, Value sequence, const char *what, uint32_t *n,
                            NodeId **nodes) MUST_USE;
// The diagonal of two axes, counted as in diagonal(x, offset, axis1, axis2): the other axes
// in order, then the diagonal. (matrices.c)
NodeId front_diagonal(Trace *t, NodeId x, int64_t offset, uint32_t axis1, uint32_t axis2);

// The operand of a reduction: an array, a number, a list; a tuple of scalars counts as a
// list. (reductions.c)
Status front_reduced_operand(Trace *t, Value value, NodeId *node) MUST_USE;

#endif
