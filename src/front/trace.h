// Tracing: evaluating expressions into graphs. This header is what built-ins are written
// against.
//
// A Scope is a graph being built. Scopes nest (the branch of a cond, a function being
// differentiated): a value of an outer scope that is used in an inner one becomes an input
// of the inner graph (a capture), so nested graphs are closed.
#ifndef FRONT_TRACE_H
#define FRONT_TRACE_H

#include "front/spec.h"
#include "front/value.h"

typedef struct Capture {
    Value outer;  // a node of an enclosing scope
    NodeId input; // the input of this scope's graph that stands for it
} Capture;

struct Scope {
    Builder *b;
    Scope *parent; // NULL: closed
    VEC(Capture) captures;
    StrMap *constants; // the spec's constants traced in this scope, by name, into
                       // `constant_values`
    VEC(Value) constant_values;
    // Its nodes have no span: they get the place of whatever the graph is inlined for (a
    // rule of the prelude's, traced once for all its calls).
    bool placeless;
};

typedef struct Trace {
    Arena *arena; // for values: gone when the request has been answered
    Arena *
        lasting; // for what outlives a request: parsed prelude functions, signatures, rules
    Ir *ir;
    Diags *diags;
    const Spec *spec;
    Dtype dtype;         // the default float
    Scope *scope;        // where nodes are made now
    Span span;           // the expression being evaluated: where built-ins report errors
    uint32_t call_depth; // nesting of calls (LIMIT_CALL_DEPTH)
    uint32_t eval_depth; // nesting of all that is being evaluated (LIMIT_EVAL_DEPTH)
    // Texts of constants so far (front_constant), while one is being traced; else 0.
    uint32_t constant, n_constants;
    // Kept over requests: calls with rules by key (rule.c), parsed prelude functions and
    // signatures (builtins.c).
    StrMap *calls;
    VEC(Call *) call_list;
    uint8_t *rule_use;            // by function of the spec: FrontRuleUse
    const SpecFunction **prelude; // by number in front_prelude_table, NULL until named
    uint32_t *call_counts;        // by function of the spec
    bool watching; // calls with rules that are the spec's are watched (ir/call.h)
} Trace;

// -- values as arrays ---------------------------------------------------------------

// The node of an array value in the current scope: if it belongs to an enclosing scope it
// is captured (or copied, when it has no operands). (scope.c)
Status front_node_here(Trace *t, Value array, NodeId *node) MUST_USE;
// A value as an array of the current scope: an array (captured if it is an outer scope's),
// a number (a weak scalar of int64, bool or the default float), a list (stacked: its items
// promoted to one dtype, nested lists one more axis). Anything else is E4xx: "expected an
// array, got a tuple".
Status front_as_array(Trace *t, Value value, Value *array) MUST_USE;
// The same as a node of the current scope's builder.
Status front_as_node(Trace *t, Value value, NodeId *node) MUST_USE;
// A static number as a node of that dtype (exact text kept), weak or not; scalar.
Status front_number_node(Trace *t, const Number *number, Dtype dtype, bool weak,
                         NodeId *node) MUST_USE;
// The type of an array value (any scope).
const Type *front_type(const Trace *t, Value array);
static inline Builder *front_builder(const Trace *t) {
    return t->scope->b;
}
// The array value of a node just made in the current scope; the builder's failure if it is
// IR_NONE.
Status front_made(Trace *t, NodeId node, Value *value) MUST_USE;

// -- promotion (promote.c) ----------------------------------------------------------

// JAX's promotion lattice (jax-facts.md (c)), weak flags included; a weak float is the
// default float unless it meets a strong one.
typedef struct Promoted {
    Dtype dtype;
    bool weak;
} Promoted;
Status front_promote(Trace *t, uint32_t n, const Value *values, Promoted *result) MUST_USE;
// Every value (arrays, numbers, lists) as a node of the promoted dtype; not broadcast.
Status front_promote_nodes(Trace *t, uint32_t n, const Value *values, bool to_float,
                           NodeId *nodes) MUST_USE;
// The same broadcast to one shape by NumPy's rule (E4xx naming both shapes when they do not
// fit).
Status front_broadcast_nodes(Trace *t, uint32_t n, const Value *values, bool to_float,
                             NodeId *nodes) MUST_USE;

// -- operators and indexing (operators.c, indexing.c) -------------------------------

// `a op b`, `op a` for anything but two static numbers or text (those are the evaluator's).
Status front_binary(Trace *t, ExprOp op, Value a, Value b, Value *result) MUST_USE;
Status front_unary(Trace *t, ExprOp op, Value a, Value *result) MUST_USE;
// One comparison of a chain (OP_EQ … OP_GE) of arrays (or array and number).
Status front_compare(Trace *t, ExprOp op, Value a, Value b, Value *result) MUST_USE;
// and, or, not of boolean arrays (logical_and …); an error with a hint on other arrays.
Status front_logical(Trace *t, ExprKind kind, Value a, Value b, Value *result) MUST_USE;
// x[index] of an array: index is a number, slice, ellipsis, None, array, list, or a tuple
// of them (NumPy's rules).
Status front_index(Trace *t, Value x, Value index, Value *result) MUST_USE;
// x.name of an array, and of x.at[…] (methods come as functions): T, shape, ndim, size,
// dtype, at; methods of the built-ins.
Status front_attribute(Trace *t, Value x, Str name, Span name_span, Value *result) MUST_USE;

// -- static values ------------------------------------------------------------------

static inline bool front_same_shape(const Type *a, const Type *b) {
    return a->rank == b->rank &&
           (a->rank == 0 || memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0);
}
Status front_int(Trace *t, int64_t integer, Value *value) MUST_USE;
Status front_bool(Trace *t, bool boolean, Value *value) MUST_USE;
// A static integer (bool refused, a float refused) for an argument called `what` ("axis").
Status front_static_int(Trace *t, Value value, const char *what, int64_t *integer) MUST_USE;
Status front_static_bool(Trace *t, Value value, const char *what, bool *boolean) MUST_USE;
// A static shape: an int or a sequence of ints; sizes not negative (-1 allowed once if
// `wild`: kept as -1).
Status front_static_shape(Trace *t, Value value, const char *what, bool wild,
                          uint32_t *rank, int64_t shape[]) MUST_USE;
// None (all axes), an int or a tuple of ints as ascending, unique axes in 0 … rank-1
// (negative from the end).
Status front_static_axes(Trace *t, Value value, uint32_t rank, uint32_t *n,
                         int64_t axes[]) MUST_USE;
// "an array", "a tuple", …: for messages; arrays with their type ("float64[3]").
const char *front_kind_text(Trace *t, Value value);

// -- functions ----------------------------------------------------------------------

// Arguments of a call: positional ones, then keywords.
typedef struct Args {
    uint32_t n, n_keywords;
    const Value *at;     // n positional, then n_keywords keyword values
    const Str *keywords; // names of the keyword values
    const Span *spans;   // of each, positional and keyword
    Span span;           // of the whole call
} Args;

// Calls any function value (built-in, lambda, function of the spec, transformed …).
Status front_call(Trace *t, Value function, const Args *args, Value *result) MUST_USE;

#endif
