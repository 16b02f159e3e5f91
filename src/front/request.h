// What is asked of a point, and the graph that answers it: the interface between api and
// front.
#ifndef FRONT_REQUEST_H
#define FRONT_REQUEST_H

#include "front/spec.h"
#include "ir/ir.h"
#include "xform/xform.h"

// A structure (pytree) with arrays at its leaves. Leaves are numbered depth first, records
// in order of their keys as written.
// A CHOICE is what the rule logged that ran: of its parts, LOGGED, the one whose conditions
// are true, or none; for each row of an axis that stands around the conditions.
// LOGGED: a boolean leaf for each condition among the layers, then the value (XformLog).
typedef enum TreeKind {
    TREE_LEAF,
    TREE_NONE,
    TREE_TUPLE,
    TREE_LIST,
    TREE_RECORD,
    TREE_CHOICE,
    TREE_LOGGED,
} TreeKind;
typedef struct Tree Tree;
struct Tree {
    TreeKind kind;
    TypeId type; // LEAF
    uint32_t n;  // parts
    const Tree *parts;
    const Str *keys;          // RECORD
    uint32_t n_layers;        // LOGGED
    const XformLayer *layers; // LOGGED
};
uint32_t front_tree_leaves(const Tree *tree);

// An argument of a point, as the api read it.
typedef struct RequestArg {
    Str name; // empty: positional
    Span span;
    bool is_static; // text, or a number for a static argument: `text` / `expr` say it
    Expr *expr;     // static arguments: a constant expression
    Tree tree; // else: types of the arrays (strong, or weak where plain numbers and weak
               // results stand)
} RequestArg;

typedef struct Request {
    const Spec *spec;
    const Expr *function;
    Span span; // the point's, for errors without a better place
    uint32_t n_args;
    const RequestArg *args;
    bool by_name;
    unsigned compute; // SpecCompute bits; 0: the default rule of language.md §1.2
    bool has_argnums;
    uint32_t n_argnums;
    const SpecArgnum *argnums;
    bool has_cotangent;
    Tree cotangent; // types of its arrays; TREE_NONE for null parts
    Span cotangent_span;
    uint32_t
        n_tangents; // JVP: as args (by name or position); missing ones are symbolic zeros
    const RequestArg *tangents;
} Request;

// One reported derivative: which arguments, and its structure over the graph's outputs.
typedef struct AnswerPart {
    uint32_t argnum, argnum2;
    Str arg, arg2;
    Tree tree;
    uint32_t first; // its first output
} AnswerPart;

typedef struct AnswerParts {
    uint32_t n;
    AnswerPart *at;
} AnswerParts;

// Which parameter an argument of the request was bound to.
typedef struct AnswerArg {
    uint32_t argnum;
    Str name; // empty: it has none
} AnswerArg;

// The graph's inputs: leaves of the arguments (not static ones) in order of `args`, leaves
// of the cotangent, leaves of the tangents. Its outputs: as the trees say, each from its
// `first` on.
typedef struct Answer {
    const Graph *graph; // calls with rules not yet replaced
    unsigned compute;   // what was computed
    AnswerArg *args;    // for each of the request's
    Tree value;
    uint32_t value_first;
    AnswerParts grads, jacobian, hessian;
    Tree jvp;
    uint32_t jvp_first;
    Tree logs; // RECORD or NONE
    uint32_t logs_first;
    // Nothing was asked for, and a plain function has no gradient only for want of a
    // cotangent: its value has floats, but is no scalar.
    bool wants_cotangent;
    // The dtype that each argument's leaves must have (declared or default): the api
    // converts the numbers to it.
} Answer;

typedef struct Front Front;
// The tracer of one spec: memoises calls with rules over all requests. The Ir and arena
// outlive it.
Front *front_new(Arena *arena, Ir *ir, const Spec *spec);

// What became of a function's rule in all that was asked so far.
typedef enum FrontRuleUse {
    RULE_UNREACHED, // the function was not called
    RULE_REACHED,   // called, but never differentiated
    RULE_RAN,
} FrontRuleUse;
FrontRuleUse front_rule_use(const Front *front, const SpecFunction *function);

// What the function wants of its arguments, so that the api can read a point's numbers: for
// argument i (by name, or by position with an empty name) its declaration in the spec, or
// NULL (a lambda, a transformed function: anything goes).
Status front_argument(Front *front, Diags *diags, const Expr *function, Str name,
                      uint32_t position, const SpecArg **arg) MUST_USE;

// The named parameters of a function (of transformed ones: what the transformation stands
// around), with their declarations in the spec (NULL: none). *n is 0 for what has none.
typedef struct RequestParameter {
    Str name;
    const SpecArg *declared;
} RequestParameter;
Status front_parameters(Front *front, Diags *diags, Arena *arena, const Expr *function,
                        uint32_t *n, RequestParameter **parameters) MUST_USE;

// How often each function of the spec was called while tracing so far, by number. A call
// with a rule is traced once for each list of types, and what it calls is counted then.
const uint32_t *front_call_counts(const Front *front);

// Traces and differentiates what is asked. Errors (E2xx to E5xx, E7xx) are reported.
Status front_answer(Front *front, Diags *diags, Arena *arena, const Request *request,
                    Answer *answer) MUST_USE;

// A constant expression (text in `at`) as a graph without inputs: its structure and
// outputs, for the api to evaluate.
Status front_constant(Front *front, Diags *diags, Arena *arena, const Expr *expr,
                      Tree *tree, const Graph **graph) MUST_USE;

// Parses "x=3, y=[1, 2]" as keyword arguments of a call.
typedef struct RequestText {
    Str name;
    Span span;
    Expr *expr;
} RequestText;
Status front_parse_arguments(Arena *arena, Diags *diags, SpecText text, uint32_t *n,
                             RequestText **args) MUST_USE;

#endif
