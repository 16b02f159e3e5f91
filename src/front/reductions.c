// Reductions: sum, max, mean, any, argmax, norm and their kin.
#include "front/arrays.h"
#include "front/function.h"

// -- operands and axes --------------------------------------------------------------

static bool is_scalar(const Trace *t, Value value) {
    return value.kind == VALUE_NUMBER ||
           (value.kind == VALUE_ARRAY && front_type(t, value)->rank == 0);
}

static bool all_scalars(const Trace *t, Value sequence) {
    for (uint32_t i = 0; i < sequence.n; i++)
        if (!is_scalar(t, sequence.items[i])) return false;
    return true;
}

static bool all_numbers(Value sequence) {
    for (uint32_t i = 0; i < sequence.n; i++)
        if (sequence.items[i].kind != VALUE_NUMBER) return false;
    return true;
}

Status front_reduced_operand(Trace *t, Value value, NodeId *node) {
    if (value.kind == VALUE_TUPLE && all_scalars(t, value)) value.kind = VALUE_LIST;
    return front_as_node(t, value, node);
}

// What is reduced, and how the result is shaped.
typedef struct Reduction {
    uint32_t n;
    int64_t axes[LIMIT_RANK];
    int64_t count;            // elements that fall into one
    uint32_t rank;            // of the operand
    int64_t ones[LIMIT_RANK]; // the operand's shape with the axes of size 1
    bool keepdims;
} Reduction;

static Status plan_reduction(Trace *t, NodeId x, Value axis, Value keepdims,
                             Reduction *plan) {
    const Type *type = front_node_type(t, x);
    TRY(front_static_bool(t, keepdims, "keepdims", &plan->keepdims));
    TRY(front_static_axes(t, axis, type->rank, &plan->n, plan->axes));
    plan->rank = type->rank;
    plan->count = 1;
    for (uint32_t i = 0; i < type->rank; i++)
        plan->ones[i] = type->shape[i];
    for (uint32_t i = 0; i < plan->n; i++) {
        // (Sizes of an empty array may be anything.)
        if (__builtin_mul_overflow(plan->count, type->shape[plan->axes[i]], &plan->count))
            plan->count = INT64_MAX;
        plan->ones[plan->axes[i]] = 1;
    }
    return OK;
}

static NodeId with_kept_axes(Trace *t, const Reduction *plan, NodeId reduced) {
    return plan->keepdims ? ir_reshape(front_builder(t), reduced, plan->rank, plan->ones)
                          : reduced;
}

static NodeId reduce(Trace *t, const Reduction *plan, Prim prim, NodeId x) {
    return with_kept_axes(t, plan,
                          ir_reduce(front_builder(t), prim, x, plan->n, plan->axes));
}

// Small integers and booleans are summed as int64, as NumPy and JAX do.
static NodeId widened(Trace *t, NodeId x) {
    const Type *type = front_node_type(t, x);
    if (num_is_float((Dtype)type->dtype)) return x;
    return ir_convert(front_builder(t), x, DT_I64, type->weak);
}

static NodeId as_float(Trace *t, NodeId x) {
    const Type *type = front_node_type(t, x);
    if (num_is_float((Dtype)type->dtype)) return x;
    return ir_convert(front_builder(t), x, t->dtype, type->weak);
}

// The operand in the dtype asked for; as it is where that is None.
static Status with_dtype(Trace *t, Value dtype, NodeId *x) {
    if (dtype.kind == VALUE_NONE) return OK;
    Dtype wanted = DT_BOOL;
    TRY(front_static_dtype(t, dtype, &wanted));
    *x = ir_convert(front_builder(t), *x, wanted, false);
    return ir_status(front_builder(t));
}

// -- sums ---------------------------------------------------------------------------

static Status add(Trace *t, Value a, Value b, Value *sum) {
    if (a.kind == VALUE_NUMBER && b.kind == VALUE_NUMBER)
        return front_number_binary(t, OP_ADD, a.number, b.number, sum);
    return front_binary(t, OP_ADD, a, b, sum);
}

// Python's sum of scalars. It counts booleans.
static Status sum_of_scalars(Trace *t, Value sequence, Value *result) {
    TRY(front_int(t, 0, result));
    for (uint32_t i = 0; i < sequence.n; i++) {
        Value item = sequence.items[i];
        if (item.kind == VALUE_ARRAY && front_type(t, item)->dtype == DT_BOOL) {
            NodeId x;
            TRY(front_node_here(t, item, &x));
            TRY(front_made(t, widened(t, x), &item));
        }
        if (i == 0 && item.kind == VALUE_ARRAY)
            *result = item; // 0 + x, but for the sign of zero
        else
            TRY(add(t, *result, item, result));
    }
    return OK;
}

static bool has_array_part(const Trace *t, Value value) {
    if (value.kind == VALUE_ARRAY) return front_type(t, value)->rank > 0;
    if (!front_is_sequence(value)) return false;
    for (uint32_t i = 0; i < value.n; i++)
        if (has_array_part(t, value.items[i])) return true;
    return false;
}

static Status body_sum(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const Value x = args[0];
    if (front_is_sequence(x)) {
        if (has_array_part(t, x)) {
            return base_error(t->diags, CODE_E408, t->span,
                              "a + b adds arrays; sum(array([a, b])) adds all elements, "
                              "sum(array([a, b]), axis=0) those at the same place",
                              "`%s` of %s of arrays means two things", self->name,
                              front_kind_text(t, x));
        }
        if (all_scalars(t, x) && args[1].kind == VALUE_NONE && args[2].kind == VALUE_NONE)
            return sum_of_scalars(t, x, result);
    }
    NodeId node;
    Reduction plan;
    TRY(front_reduced_operand(t, x, &node));
    TRY(with_dtype(t, args[2], &node));
    TRY(plan_reduction(t, node, args[1], args[3], &plan));
    if (args[2].kind == VALUE_NONE) node = widened(t, node);
    return front_made(t, reduce(t, &plan, PRIM_reduce_sum, node), result);
}

static Status body_prod(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(with_dtype(t, args[2], &x));
    TRY(plan_reduction(t, x, args[1], args[3], &plan));
    if (args[2].kind == VALUE_NONE) x = widened(t, x);
    return front_made(t, reduce(t, &plan, PRIM_reduce_prod, x), result);
}

// The sum divided by the number of elements.
static NodeId mean_node(Trace *t, const Reduction *plan, NodeId x) {
    Builder *b = front_builder(t);
    const NodeId sum = reduce(t, plan, PRIM_reduce_sum, x);
    const Type *type = front_node_type(t, sum);
    const NodeId count = front_integer_node(t, (Dtype)type->dtype, plan->count);
    return ir_div(b, sum, ir_broadcast_to(b, count, type->rank, type->shape));
}

static Status body_mean(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(with_dtype(t, args[2], &x));
    TRY(plan_reduction(t, x, args[1], args[3], &plan));
    return front_made(t, mean_node(t, &plan, as_float(t, x)), result);
}

// Weights have the shape of x, or run along its one axis that is averaged.
static Status body_average(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    if (args[2].kind == VALUE_NONE) {
        const Value mean_args[] = {args[0], args[1], front_none(), args[3]};
        return body_mean(t, self, mean_args, result);
    }
    NodeId nodes[2];
    Reduction plan;
    TRY(front_promote_nodes(t, 2, (Value[]){args[0], args[2]}, true, nodes));
    TRY(plan_reduction(t, nodes[0], args[1], args[3], &plan));
    const Type *x = front_node_type(t, nodes[0]), *w = front_node_type(t, nodes[1]);
    if (w->rank == 1 && plan.n == 1 && w->shape[0] == x->shape[plan.axes[0]])
        nodes[1] = ir_broadcast(b, nodes[1], x->rank, x->shape, plan.axes);
    w = front_node_type(t, nodes[1]);
    if (w->rank != x->rank ||
        (x->rank && memcmp(w->shape, x->shape, x->rank * sizeof *x->shape) != 0)) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "the weights %s do not fit the array %s",
                          front_node_text(t, nodes[1]), front_node_text(t, nodes[0]));
    }
    const NodeId total = reduce(t, &plan, PRIM_reduce_sum, nodes[1]);
    const NodeId sum = reduce(t, &plan, PRIM_reduce_sum, ir_mul(b, nodes[0], nodes[1]));
    return front_made(t, ir_div(b, sum, total), result);
}

// -- extremes -----------------------------------------------------------------------

// Python's max of numbers that are all static.
static void static_extreme(Prim prim, uint32_t n, const Value *numbers, Value *result) {
    for (uint32_t i = 0; i < n; i++) {
        const ExprOp op = prim == PRIM_reduce_max ? OP_GT : OP_LT;
        if (i == 0 || front_number_compare(op, numbers[i].number, result->number))
            *result = numbers[i];
    }
}

static Status nothing_to_choose(Trace *t, const char *name, NodeId x) {
    return base_error(t->diags, CODE_E404, t->span, NULL,
                      "`%s` of %s: there is no element to choose", name,
                      front_node_text(t, x));
}

// x.max(axis, keepdims=…)
static Status body_extreme_method(Trace *t, const Builtin *self, const Value *args,
                                  Value *result) {
    const Prim prim = (Prim)self->data;
    const Value x = args[0];
    if (front_is_sequence(x) && x.n && all_numbers(x) && args[1].kind == VALUE_NONE) {
        static_extreme(prim, x.n, x.items, result);
        return OK;
    }
    NodeId node;
    Reduction plan;
    TRY(front_reduced_operand(t, x, &node));
    TRY(plan_reduction(t, node, args[1], args[2], &plan));
    if (plan.count == 0) return nothing_to_choose(t, self->name, node);
    return front_made(t, reduce(t, &plan, prim, node), result);
}

static Status body_extreme(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    const Value x = args[0], rest = args[1];
    if (rest.n == 0) {
        const Value method_args[] = {x, args[2], args[3]};
        return body_extreme_method(t, self, method_args, result);
    }
    if (x.kind == VALUE_NUMBER && all_numbers(rest)) {
        static_extreme((Prim)self->data, rest.n, rest.items, result);
        static_extreme((Prim)self->data, 2, (Value[]){x, *result}, result);
        return OK;
    }
    const char *of_two = (Prim)self->data == PRIM_reduce_max ? "maximum" : "minimum";
    return base_error(t->diags, CODE_E408, t->span,
                      base_hint(t->diags, "`%s(x, y)` of two values, or `%s(x, axis=0)`?",
                                of_two, self->name),
                      "`%s` with two positional arguments means two things", self->name);
}

static Status body_arg(Trace *t, const Builtin *self, const Value *args, Value *result) {
    Builder *b = front_builder(t);
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    if (front_is_sequence(args[1])) return front_refuse(t, "axis", "one axis", args[1]);
    TRY(plan_reduction(t, x, args[1], args[2], &plan));
    if (plan.count == 0) return nothing_to_choose(t, self->name, x);
    if (args[1].kind == VALUE_NONE) {
        const int64_t size = front_node_type(t, x)->size;
        x = ir_reshape(b, x, 1, &size);
        plan.axes[0] = 0;
    }
    const NodeId at = ir_emit(b, (Prim)self->data, 1, &x, 1, plan.axes);
    return front_made(t, with_kept_axes(t, &plan, at), result);
}

// -- truth --------------------------------------------------------------------------

static Status body_truth(Trace *t, const Builtin *self, const Value *args, Value *result) {
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(plan_reduction(t, x, args[1], args[2], &plan));
    return front_made(t, reduce(t, &plan, (Prim)self->data, front_to_bool(t, x)), result);
}

static Status body_count_nonzero(Trace *t, const Builtin *self, const Value *args,
                                 Value *result) {
    (void)self;
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(plan_reduction(t, x, args[1], args[2], &plan));
    const NodeId ones = widened(t, front_to_bool(t, x));
    return front_made(t, reduce(t, &plan, PRIM_reduce_sum, ones), result);
}

// -- along an axis ------------------------------------------------------------------

static Status body_cumsum(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId x;
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(with_dtype(t, args[2], &x));
    if (front_node_type(t, x)->dtype == DT_BOOL) x = widened(t, x);
    uint32_t axis = 0;
    if (args[1].kind == VALUE_NONE) {
        const int64_t size = front_node_type(t, x)->size;
        x = ir_reshape(b, x, 1, &size);
    } else
        TRY(front_static_axis(t, args[1], "axis", front_node_type(t, x)->rank, &axis));
    return front_made(t, ir_emit(b, PRIM_cumsum, 1, &x, 2, (int64_t[]){axis, 0}), result);
}

// -- static facts -------------------------------------------------------------------

static Status body_size(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    Reduction plan;
    Value keepdims;
    TRY(front_bool(t, false, &keepdims));
    TRY(front_reduced_operand(t, args[0], &x));
    TRY(plan_reduction(t, x, args[1], keepdims, &plan));
    return front_int(t, plan.count, result);
}

static Status body_ndim(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    TRY(front_reduced_operand(t, args[0], &x));
    return front_int(t, front_node_type(t, x)->rank, result);
}

static Status body_shape(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Value x;
    NodeId node;
    TRY(front_reduced_operand(t, args[0], &node));
    TRY(front_made(t, node, &x));
    return front_attribute(t, x, STR("shape"), t->span, result);
}

// -- norms --------------------------------------------------------------------------

static NodeId root_of_squares(Trace *t, const Reduction *plan, NodeId x) {
    Builder *b = front_builder(t);
    return ir_sqrt(b, reduce(t, plan, PRIM_reduce_sum, ir_mul(b, x, x)));
}

// (sum |x| ** p) ** (1 / p)
static Status power_norm(Trace *t, const Reduction *plan, Value p, NodeId x,
                         Value *result) {
    Builder *b = front_builder(t);
    Value powers, sum, root, one;
    TRY(front_made(t, ir_abs(b, x), &powers));
    TRY(front_binary(t, OP_POW, powers, p, &powers));
    NodeId node;
    TRY(front_node_here(t, powers, &node));
    TRY(front_made(t, reduce(t, plan, PRIM_reduce_sum, node), &sum));
    TRY(front_int(t, 1, &one));
    TRY(front_number_binary(t, OP_DIV, one.number, p.number, &root));
    return front_binary(t, OP_POW, sum, root, result);
}

static Status vector_norm(Trace *t, const Reduction *plan, Value ord, NodeId x,
                          Value *result) {
    Builder *b = front_builder(t);
    if (ord.kind == VALUE_NONE) return front_made(t, root_of_squares(t, plan, x), result);
    if (ord.kind != VALUE_NUMBER)
        return front_refuse(t, "ord of a vector", "a static number", ord);
    const double p = ord.number->nearest;
    if (p == 2) return front_made(t, root_of_squares(t, plan, x), result);
    if (p == 1)
        return front_made(t, reduce(t, plan, PRIM_reduce_sum, ir_abs(b, x)), result);
    if (p == 0) {
        const Dtype dtype = (Dtype)front_node_type(t, x)->dtype;
        const NodeId ones = ir_convert(b, front_to_bool(t, x), dtype, false);
        return front_made(t, reduce(t, plan, PRIM_reduce_sum, ones), result);
    }
    if (p - p == 0) return power_norm(t, plan, ord, x, result); // finite
    if (plan->count == 0) return nothing_to_choose(t, "norm", x);
    const Prim extreme = p > 0 ? PRIM_reduce_max : PRIM_reduce_min;
    return front_made(t, reduce(t, plan, extreme, ir_abs(b, x)), result);
}

// Sums along one axis of two, the greatest (or least) of them along the other.
static Status matrix_norm(Trace *t, const Reduction *plan, const uint32_t axes[2],
                          Value ord, NodeId x, Value *result) {
    Builder *b = front_builder(t);
    const bool is_fro = ord.kind == VALUE_TEXT && base_str_eq(ord.text, STR("fro"));
    if (ord.kind == VALUE_NONE || is_fro)
        return front_made(t, root_of_squares(t, plan, x), result);
    const double p = ord.kind == VALUE_NUMBER ? ord.number->nearest : 0;
    const bool infinite = p - p != 0;
    if (p != 1 && p != -1 && (!infinite || p != p)) {
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "ord of a matrix must be None, 'fro', 1, -1, inf or -inf: the "
                          "norms by singular values are not there yet");
    }
    if (plan->count == 0) return nothing_to_choose(t, "norm", x);
    const int64_t summed = axes[infinite ? 1 : 0];
    int64_t other = axes[infinite ? 0 : 1];
    if (summed < other) other--;
    const NodeId sums = ir_reduce(b, PRIM_reduce_sum, ir_abs(b, x), 1, &summed);
    const Prim extreme = p > 0 ? PRIM_reduce_max : PRIM_reduce_min;
    return front_made(t, with_kept_axes(t, plan, ir_reduce(b, extreme, sums, 1, &other)),
                      result);
}

// NumPy's linalg.norm: of all elements where neither ord nor axis is given.
static Status body_norm(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    NodeId x;
    Reduction plan;
    TRY(front_reduced_operand(t, args[0], &x));
    x = as_float(t, x);
    TRY(plan_reduction(t, x, args[2], args[3], &plan));
    if (args[1].kind == VALUE_NONE) return vector_norm(t, &plan, args[1], x, result);
    uint32_t n = plan.n, axes[LIMIT_RANK] = {0, 1};
    if (args[2].kind != VALUE_NONE)
        TRY(front_static_axis_list(t, args[2], "axis", plan.rank, &n, axes));
    if (n == 1) return vector_norm(t, &plan, args[1], x, result);
    if (n == 2) return matrix_norm(t, &plan, axes, args[1], x, result);
    return base_error(t->diags, CODE_E404, t->span, "name one axis or two: axis=0",
                      "a norm with ord is of a vector or a matrix, got %s",
                      front_node_text(t, x));
}

// -- table --------------------------------------------------------------------------

#define ROW_IN(part, text, parameters, function, what)                                     \
    .name = (text), .group = (part), .signature = (parameters), .doc = (what),             \
    .kind = BUILTIN_C, .body = (function)
#define ROW(text, parameters, function, what)                                              \
    ROW_IN("reduction", text, parameters, function, what)
#define EXTREME(text, prim, what)                                                          \
    {                                                                                      \
        ROW(text, "x, *rest, axis=None, keepdims=False", body_extreme, what),              \
            .data = PRIM_##prim, .kink = TIES                                              \
    }
#define EXTREME_METHOD(text, prim, what)                                                   \
    {                                                                                      \
        ROW(text, "x, axis=None, *, keepdims=False", body_extreme_method, what),           \
            .data = PRIM_##prim, .kink = TIES                                              \
    }
#define TIES  "shared equally between equal elements"
#define PLAIN "x, axis=None, *, keepdims=False"
#define TYPED "x, axis=None, dtype=None, *, keepdims=False"

const Builtin front_reduction_table[] = {
    {ROW("all", PLAIN, body_truth, "Whether no element is 0."), .data = PRIM_reduce_and,
     .is_method = true},
    EXTREME("amax", reduce_max, "The greatest element; nan if one is."),
    EXTREME("amin", reduce_min, "The least element; nan if one is."),
    {ROW("any", PLAIN, body_truth, "Whether an element is not 0."), .data = PRIM_reduce_or,
     .is_method = true},
    {ROW("argmax", PLAIN, body_arg,
         "The index of the greatest element, the first of equals."),
     .data = PRIM_argmax, .is_method = true},
    {ROW("argmin", PLAIN, body_arg, "The index of the least element, the first of equals."),
     .data = PRIM_argmin, .is_method = true},
    {ROW("average", "x, axis=None, weights=None, *, keepdims=False", body_average,
         "The mean, weighted: sum(x * weights) / sum(weights).")},
    {ROW("count_nonzero", PLAIN, body_count_nonzero, "How many elements are not 0.")},
    {ROW("cumsum", "x, axis=None, dtype=None", body_cumsum,
         "The sums up to each element; without an axis of all elements, row by row."),
     .is_method = true},
    EXTREME("max", reduce_max, "The greatest element; nan if one is."),
    {ROW("mean", TYPED, body_mean, "The mean of the elements."), .is_method = true},
    EXTREME("min", reduce_min, "The least element; nan if one is."),
    {ROW_IN("shape", "ndim", "x", body_ndim, "The number of axes, static.")},
    {ROW("norm", "x, ord=None, axis=None, keepdims=False", body_norm,
         "The norm of vectors (any ord) or of matrices (ord None, 'fro', 1, -1, inf, "
         "-inf)."),
     .kink = "nan at 0"},
    {ROW("prod", TYPED, body_prod, "The product of the elements."),
     .kink = "exact where elements are 0", .is_method = true},
    {ROW_IN("shape", "shape", "x", body_shape, "The sizes of the axes, static.")},
    {ROW_IN("shape", "size", "x, axis=None", body_size, "The number of elements, static.")},
    {ROW("sum", TYPED, body_sum, "The sum of the elements; also of a tuple of scalars."),
     .is_method = true},
    EXTREME_METHOD("x.max", reduce_max, "The greatest element; nan if one is."),
    EXTREME_METHOD("x.min", reduce_min, "The least element; nan if one is."),
};
const uint32_t front_reduction_count =
    sizeof front_reduction_table / sizeof *front_reduction_table;
