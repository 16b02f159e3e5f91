// A function traced at a point, and its linear part there: what all derivatives are made
// of.
#ifndef FRONT_LINEARIZATION_H
#define FRONT_LINEARIZATION_H

#include "front/function.h"
#include "xform/xform.h"

// Which arguments argnums names, in its order: positions of parameters, and the slots of
// the call that they stand in.
typedef struct Position {
    uint32_t argnum, slot;
} Position;
typedef struct Positions {
    VEC(Position) at;
    bool single; // an int or a name: results are no tuples
} Positions;

// A function traced by itself at a call's arguments.
typedef struct Traced {
    Closed closed;
    Value primals;  // TUPLE of the selected arguments, leaves as arrays
    Leaves leaves;  // of the primals
    bool *in;       // inputs of the graph that have a tangent: float leaves
    NodeId *inputs; // nodes for all inputs of the graph
    Value aux;      // the auxiliary value, once the graph has been inlined; else None
} Traced;

// Adds the argument of a call that `argnum`, a number or a name, means; E403 where the call
// has none such, or it has been named before.
Status front_add_position(Trace *t, const Function *function, Value argnum,
                          const Args *args, Positions *positions) MUST_USE;
// E505 unless the argument has a float leaf.
Status front_check_differentiable(Trace *t, const Function *function, const Args *args,
                                  Position position) MUST_USE;
// E504 unless the function has one real scalar output.
Status front_check_scalar(Trace *t, const Traced *traced, Span span) MUST_USE;

// Traces a function at a call's arguments; the marked slots become inputs, float leaves of
// theirs have tangents.
Status front_trace_at(Trace *t, Value function, const Args *args, const bool *selected,
                      bool has_aux, Traced *traced) MUST_USE;
// Nodes of the current scope that stand for the graph's outputs, in the structure of the
// function's result, and in traced->aux.
Status front_outputs(Trace *t, Traced *traced, const NodeId *nodes, Value *value) MUST_USE;

// The function's value here and its linear part. `forward`: a user asked for linearize
// (E502).
Status front_linearize(Trace *t, Traced *traced, LinearUse use, Span span,
                       Pullback **pullback) MUST_USE;
// What a rule logged: a structure of arrays, and of each condition around its call whether
// the rule ran; with what axes, and how several of one key go together: XformLog.
typedef struct PulledLog {
    Str key;
    uint32_t n_layers;
    const XformLayer *layers;
    uint32_t n_conditions;
    const Value *conditions;
    Value value;
} PulledLog;
typedef struct PulledLogs {
    VEC(PulledLog) at;
} PulledLogs;

// Cotangents of the primals (a TUPLE like them, None for leaves that are not float). `cts`:
// a node or IR_NONE (symbolic zero) for each of the function's n_outputs. With batch >= 0,
// cts have a leading axis of that size, and so have the results.
// The logs of the rules that ran are added to `logs` (NULL: they are dropped; without a
// batch).
Status front_pull_back(Trace *t, const Pullback *pullback, const NodeId *cts,
                       uint32_t n_outputs, int64_t batch, Value *grads,
                       PulledLogs *logs) MUST_USE;
// The value and the tangents of its outputs (None for those that are not float), for the
// tangents of the leaves (IR_NONE: symbolic zero). E502.
Status front_push_forward(Trace *t, Traced *traced, const NodeId *tangents, Span span,
                          Value *value, Value *tangent) MUST_USE;

// linearize's linear map applied to tangents (a call's arguments).
Status front_apply_linear(Trace *t, const Pullback *pullback, const Args *args,
                          Value *result) MUST_USE;

// A cotangent as nodes, one for each leaf of the outputs: IR_NONE where it is None or the
// leaf is not float, else of exactly its leaf's shape (E404); real numbers take the leaf's
// dtype. E402 where it has another structure. (tangents.c)
Status front_cotangent_nodes(Trace *t, Value outputs, Value given, NodeId *nodes) MUST_USE;
// The same of tangents, one for each part of the TUPLE `primals`. For messages: the
// argument that each belongs to, and where it is written (NO_SPAN: where tracing is); NULL:
// numbers.
typedef struct TangentOf {
    const char *argument;
    Span span;
} TangentOf;
Status front_tangent_nodes(Trace *t, Value primals, const Value *given, const TangentOf *of,
                           NodeId *nodes) MUST_USE;

// jacrev and jacfwd (jacobian.c).
Status front_call_jacrev(Trace *t, const Transformed *tf, const Args *args,
                         Value *result) MUST_USE;
Status front_call_jacfwd(Trace *t, const Transformed *tf, const Args *args,
                         Value *result) MUST_USE;
// A transformed function's Traced at a call's arguments, keywords put in place, argnums
// checked (E403, E505).
Status front_trace_transformed(Trace *t, const Transformed *tf, const Args *args,
                               Traced *traced, Positions *positions) MUST_USE;
// The part of a TUPLE over the differentiated arguments (in order of the call) that argnums
// asks for.
Status front_select(Trace *t, const Positions *positions, Value all, Value *value) MUST_USE;

// What a transformation made; with has_aux a pair of it and the auxiliary value.
Status front_with_aux(Trace *t, const Transformed *tf, const Traced *traced, Value made,
                      Value *result) MUST_USE;

static inline bool front_is_float(const Trace *t, Value leaf) {
    return num_is_float((Dtype)front_type(t, leaf)->dtype);
}

#endif
