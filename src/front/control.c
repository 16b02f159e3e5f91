// Control flow: the built-ins that call functions by a value, or again and again.
#include "front/arrays.h"
#include "front/function.h"

Status front_call_values(Trace *t, Value function, uint32_t n, const Value *values,
                         Value *result) {
    Span *spans = NEW_ARRAY(t->arena, Span, n);
    TRY_ALLOC(spans);
    for (uint32_t i = 0; i < n; i++)
        spans[i] = t->span;
    const Args args = {.n = n, .at = values, .spans = spans, .span = t->span};
    return front_call(t, function, &args, result);
}

// A structure with arrays in place of numbers.
static Status as_arrays(Trace *t, Value structure, const char *what, Value *result) {
    Leaves leaves = {0};
    uint32_t next = 0;
    TRY(front_flatten(t, structure, what, &leaves));
    return front_unflatten(t, structure, leaves.at.at, &next, result);
}

// -- cond ---------------------------------------------------------------------------

typedef struct CondBranch {
    Value function, operands;
} CondBranch;

static Status call_branch(Trace *t, void *data, Value *value) {
    const CondBranch *branch = data;
    const Value *operands = &branch->operands;
    return front_call_values(t, branch->function, operands->n, operands->items, value);
}

static Status body_cond(Trace *t, const Builtin *self, const Value *args, Value *result) {
    CondBranch yes = {args[1], args[3]}, no = {args[2], args[3]};
    TRY(front_check_function(t, self, args[1]));
    TRY(front_check_function(t, self, args[2]));
    bool is_static, truth = false;
    TRY(front_truth(t, args[0], &is_static, &truth));
    if (is_static) return call_branch(t, truth ? &yes : &no, result);
    NodeId node;
    TRY(front_node_here(t, args[0], &node));
    const Type *type = front_type(t, args[0]);
    if (type->rank != 0) {
        return base_error(
            t->diags, CODE_E402, t->span, "where(condition, a, b) works elementwise",
            "the predicate of cond must be a scalar, got %s", front_kind_text(t, args[0]));
    }
    if (type->dtype != DT_BOOL) {
        node = ir_ne(front_builder(t), node, ir_literal_like(front_builder(t), node, "0"));
    }
    return front_branch(t, node, call_branch, &yes, call_branch, &no, result);
}

// -- switch -------------------------------------------------------------------------

// The branches from `first` to `end`: the lower or the upper half of them, by the index.
typedef struct Choice {
    const Value *branches;
    uint32_t first, end;
    Value index; // an int64 scalar
    Value operands;
} Choice;

static Status choose(Trace *t, void *data, Value *value) {
    const Choice *all = data;
    if (all->end - all->first == 1)
        return front_call_values(t, all->branches[all->first], all->operands.n,
                                 all->operands.items, value);
    Choice lower = *all, upper = *all;
    lower.end = upper.first = all->first + (all->end - all->first) / 2;
    NodeId index;
    TRY(front_node_here(t, all->index, &index));
    const NodeId middle = front_integer_node(t, DT_I64, upper.first);
    const NodeId below = ir_lt(front_builder(t), index, middle);
    TRY(ir_status(front_builder(t)));
    return front_branch(t, below, choose, &lower, choose, &upper, value);
}

static Status body_switch(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const Value branches = args[1];
    if (!front_is_sequence(branches))
        return front_refuse(t, "the branches of switch", "a list of functions", branches);
    if (branches.n == 0) {
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "switch needs at least one branch");
    }
    for (uint32_t i = 0; i < branches.n; i++)
        TRY(front_check_function(t, self, branches.items[i]));
    Choice all = {branches.items, 0, branches.n, args[0], args[2]};
    if (args[0].kind == VALUE_NUMBER) {
        int64_t index;
        TRY(front_static_int(t, args[0], "the index of switch", &index));
        all.first = index < 0 ? 0 : index >= branches.n ? branches.n - 1 : (uint32_t)index;
        all.end = all.first + 1;
        return choose(t, &all, result);
    }
    Value index;
    TRY(front_as_array(t, args[0], &index));
    const Type *type = front_type(t, index);
    if (type->rank != 0 || !num_is_integer((Dtype)type->dtype))
        return front_refuse(t, "the index of switch", "an integer scalar", args[0]);
    NodeId node;
    TRY(front_as_dtype(t, index, DT_I64, &node));
    TRY(front_made(t, node, &all.index));
    return choose(t, &all, result);
}

// -- scan and map -------------------------------------------------------------------

typedef struct ScanBody {
    const char *name;
    Value function;
} ScanBody;

static Status scan_trip(Trace *t, void *data, Value carry, Value x, Value *next, Value *y) {
    const ScanBody *scan = data;
    Value both;
    TRY(front_call_values(t, scan->function, 2, (Value[]){carry, x}, &both));
    if (!front_is_sequence(both) || both.n != 2)
        return front_refuse(t, "the result of scan's function", "a pair (carry, y)", both);
    *next = both.items[0];
    *y = both.items[1];
    return OK;
}

static Status map_trip(Trace *t, void *data, Value carry, Value x, Value *next, Value *y) {
    const ScanBody *scan = data;
    *next = carry;
    return front_call_values(t, scan->function, 1, &x, y);
}

// How many rows the arrays of a structure have; -1: it has no array.
static Status count_rows(Trace *t, const char *name, Value xs, int64_t *n) {
    Leaves leaves = {0};
    *n = -1;
    TRY(front_flatten(t, xs, "what a loop goes over", &leaves));
    for (uint32_t i = 0; i < leaves.at.n && *n < 0; i++) {
        const Type *type = front_type(t, leaves.at.at[i]);
        if (type->rank == 0) {
            return base_error(t->diags, CODE_E404, t->span, NULL,
                              "%s goes over the leading axis of its arrays, got %s", name,
                              front_kind_text(t, leaves.at.at[i]));
        }
        *n = type->shape[0];
    }
    return OK;
}

// f, init, xs, length, reverse, unroll
static Status body_scan(Trace *t, const Builtin *self, const Value *args, Value *result) {
    LoopRequest request = {.name = self->name, .body = scan_trip, .xs = args[2]};
    int64_t length = -1;
    TRY(front_check_function(t, self, args[0]));
    TRY(as_arrays(t, args[1], "the carry of scan", &request.carry));
    TRY(count_rows(t, self->name, args[2], &request.trips));
    if (args[3].kind != VALUE_NONE) TRY(front_static_int(t, args[3], "length", &length));
    TRY(front_static_bool(t, args[4], "reverse", &request.reverse));
    if (request.trips < 0 && length < 0) {
        return base_error(t->diags, CODE_E403, t->span, NULL,
                          "scan needs xs to go over, or a length");
    }
    if (request.trips >= 0 && length >= 0 && length != request.trips) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "scan: length is %lld, but xs have %lld rows", (long long)length,
                          (long long)request.trips);
    }
    if (request.trips < 0) request.trips = length;
    ScanBody scan = {self->name, args[0]};
    request.data = &scan;
    Value both[2];
    TRY(front_loop(t, &request, &both[0], &both[1]));
    return front_sequence(t, VALUE_TUPLE, 2, both, result);
}

// f, xs
static Status body_map(Trace *t, const Builtin *self, const Value *args, Value *result) {
    LoopRequest request = {.name = self->name, .body = map_trip, .xs = args[1]};
    TRY(front_check_function(t, self, args[0]));
    TRY(count_rows(t, self->name, args[1], &request.trips));
    if (request.trips < 0)
        return front_refuse(t, "what map goes over", "an array, or a structure of arrays",
                            args[1]);
    ScanBody scan = {self->name, args[0]};
    request.data = &scan;
    Value carry;
    return front_loop(t, &request, &carry, result);
}

// -- fori_loop ----------------------------------------------------------------------

// The carry is (i, value).
static Status fori_trip(Trace *t, void *data, Value carry, Value x, Value *next, Value *y) {
    (void)x;
    const Value *function = data;
    Value one, both[2];
    TRY(front_int(t, 1, &one));
    TRY(front_binary(t, OP_ADD, carry.items[0], one, &both[0]));
    TRY(front_call_values(t, *function, 2, carry.items, &both[1]));
    *y = front_none();
    return front_sequence(t, VALUE_TUPLE, 2, both, next);
}

static Status integer_bound(Trace *t, Value value, const char *what, NodeId *node) {
    Value array;
    TRY(front_as_array(t, value, &array));
    const Type *type = front_type(t, array);
    if (type->rank != 0 || !num_is_integer((Dtype)type->dtype))
        return front_refuse(t, what, "an integer scalar", value);
    return front_as_dtype(t, array, DT_I64, node);
}

// lower, upper, body_fun, init_val
static Status body_fori(Trace *t, const Builtin *self, const Value *args, Value *result) {
    LoopRequest request = {
        .name = self->name, .own_first = true, .body = fori_trip, .xs = front_none()};
    Value function = args[2], both[2], carry, ys;
    NodeId lower;
    TRY(front_check_function(t, self, args[2]));
    TRY(integer_bound(t, args[0], "the lower bound of fori_loop", &lower));
    if (args[0].kind == VALUE_NUMBER && args[1].kind == VALUE_NUMBER) {
        int64_t from, to;
        TRY(front_static_int(t, args[0], "the lower bound of fori_loop", &from));
        TRY(front_static_int(t, args[1], "the upper bound of fori_loop", &to));
        if (to > from && __builtin_sub_overflow(to, from, &request.trips))
            return front_refuse(t, "the bounds of fori_loop", "nearer", args[1]);
    } else {
        NodeId upper;
        TRY(integer_bound(t, args[1], "the upper bound of fori_loop", &upper));
        request.kind = LOOP_COUNTED;
        request.count = ir_sub(front_builder(t), upper, lower);
    }
    TRY(front_made(t, lower, &both[0]));
    TRY(as_arrays(t, args[3], "the carry of fori_loop", &both[1]));
    TRY(front_sequence(t, VALUE_TUPLE, 2, both, &request.carry));
    request.data = &function;
    TRY(front_loop(t, &request, &carry, &ys));
    *result = carry.items[1];
    return OK;
}

// -- while_loop ---------------------------------------------------------------------

typedef struct WhileBody {
    Value condition, function;
} WhileBody;

// Whether the loop goes on with this carry: a bool scalar.
static Status goes_on(Trace *t, const WhileBody *loop, Value carry, Value *go) {
    Value value;
    NodeId node;
    TRY(front_call_values(t, loop->condition, 1, &carry, &value));
    TRY(front_as_array(t, value, &value));
    const Type *type = front_type(t, value);
    if (type->rank != 0 || type->dtype != DT_BOOL)
        return front_refuse(t, "the condition of while_loop", "a boolean scalar", value);
    TRY(front_node_here(t, value, &node));
    return front_made(t, ir_convert(front_builder(t), node, DT_BOOL, false), go);
}

// The carry is (whether it goes on, value).
static Status while_trip(Trace *t, void *data, Value carry, Value x, Value *next,
                         Value *y) {
    (void)x;
    Value both[2];
    const WhileBody *loop = data;
    TRY(front_call_values(t, loop->function, 1, &carry.items[1], &both[1]));
    both[0] = carry.items[0];
    if (front_same_structure(carry.items[1], both[1])) // if not, front_loop refuses it
        TRY(goes_on(t, loop, both[1], &both[0]));
    *y = front_none();
    return front_sequence(t, VALUE_TUPLE, 2, both, next);
}

// cond_fun, body_fun, init_val
static Status body_while(Trace *t, const Builtin *self, const Value *args, Value *result) {
    WhileBody loop = {args[0], args[1]};
    LoopRequest request = {.name = self->name,
                           .kind = LOOP_PREDICATE,
                           .own_first = true,
                           .body = while_trip,
                           .data = &loop,
                           .xs = front_none()};
    Value both[2], carry, ys;
    TRY(front_check_function(t, self, args[0]));
    TRY(front_check_function(t, self, args[1]));
    TRY(as_arrays(t, args[2], "the carry of while_loop", &both[1]));
    TRY(goes_on(t, &loop, both[1], &both[0]));
    TRY(front_sequence(t, VALUE_TUPLE, 2, both, &request.carry));
    TRY(front_loop(t, &request, &carry, &ys));
    *result = carry.items[1];
    return OK;
}

// -- table --------------------------------------------------------------------------

#define CONTROL(text, parameters, function, what)                                          \
    .name = (text), .group = "control", .signature = (parameters), .body = (function),     \
    .doc = (what), .kind = BUILTIN_C

// In order of names: front_builtin searches by halving.
const Builtin front_control_table[] = {
    {CONTROL("associative_scan", "fn, elems, reverse=False, axis=0", front_associative_scan,
             "Prefix combinations of slices along an axis by fn(a, b), an associative "
             "function.")},
    {CONTROL("cond", "pred, true_fun, false_fun, *operands", body_cond,
             "One of two functions of the operands; only the one taken runs.")},
    {CONTROL("fori_loop", "lower, upper, body_fun, init_val, *, unroll=None", body_fori,
             "The last of val = body_fun(i, val) for i from lower to upper - 1; the bounds "
             "may be computed.")},
    {CONTROL("map", "f, xs", body_map,
             "The results of f for the rows of xs, one after the other, stacked.")},
    {CONTROL(
        "scan", "f, init, xs=None, length=None, reverse=False, unroll=1", body_scan,
        "The last carry, and all y stacked, of carry, y = f(carry, x) for the rows x of "
        "xs.")},
    {CONTROL("switch", "index, branches, *operands", body_switch,
             "One of several functions of the operands, the index clamped; only that one "
             "runs.")},
    {CONTROL("while_loop", "cond_fun, body_fun, init_val", body_while,
             "The last of val = body_fun(val), made while cond_fun(val).")},
};
const uint32_t front_control_count =
    sizeof front_control_table / sizeof *front_control_table;
