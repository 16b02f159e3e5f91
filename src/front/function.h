// Function values, environments, and the evaluator: for this folder's own files.
#ifndef FRONT_FUNCTION_H
#define FRONT_FUNCTION_H

#include "front/builtin.h"
#include "front/trace.h"
#include "ir/loop.h"

// -- environments (env.c) -----------------------------------------------------------

// Names → values, innermost first. Behind the outermost environment stand the spec's
// constants and functions (but for the prelude, which sees built-ins alone), then the
// built-ins.
typedef struct Binding {
    Str name;
    Value value;
} Binding;

typedef struct Env Env;
struct Env {
    Env *parent;
    StrMap *names; // into the bindings
    VEC(Binding) bindings;
    const Str *rule_of; // the texts are a rule's (E501), of this function; NULL: no rule
    bool prelude;       // the texts are the prelude's
};

// A dtype's built-in as the dtype it means here (`float` is the spec's).
Dtype front_builtin_dtype(const Trace *t, const Builtin *builtin);

// A new environment inside `parent` (NULL: outermost), its flags taken from it. NULL: out
// of memory.
Env *front_env(Trace *t, Env *parent);
Status front_define(Trace *t, Env *env, Str name, Value value) MUST_USE;
// The same for one that is not to go with the request; its values must not either.
Env *front_env_in(Arena *arena, Env *parent);
Status front_define_in(Arena *arena, Env *env, Str name, Value value) MUST_USE;
// A name's value, or E401 naming the nearest.
Status front_lookup(Trace *t, const Env *env, Str name, Span span, Value *value) MUST_USE;

// -- scopes (scope.c) ---------------------------------------------------------------

// A new scope inside `parent` (NULL: closed), made the current one. NULL: out of memory.
Scope *front_open_scope(Trace *t, Scope *parent);
// Drops the current scope after a failure and goes back to `outer`.
void front_drop_scope(Trace *t, Scope *outer);
// Ends the current scope's graph and goes back to `outer`. `inputs`: all inputs of the
// graph, captures among them, in the order that is wanted.
Status front_close_scope(Trace *t, Scope *outer, const NodeId *inputs, uint32_t n_outputs,
                         const NodeId *outputs, const Graph **graph) MUST_USE;

// -- functions ----------------------------------------------------------------------

typedef enum FunctionKind {
    FUNCTION_SPEC, // of the spec
    FUNCTION_LAMBDA,
    FUNCTION_BUILTIN,
    FUNCTION_METHOD,      // x.sum: a built-in with its first argument
    FUNCTION_TRANSFORMED, // grad(f), vmap(f), …
    FUNCTION_PULLBACK,    // vjp(f, x)[1]; linearize(f, x)[1]
    FUNCTION_CUSTOM,      // custom_gradient(f), custom_vjp(f, fwd, bwd), custom_jvp(f, jvp)
} FunctionKind;

typedef struct Lambda {
    const Expr *expr; // EXPR_LAMBDA
    Env *env;
    const Value *defaults; // one for each parameter
} Lambda;

typedef struct Method {
    const Builtin *builtin;
    Value self;
} Method;

typedef enum TransformKind {
    TRANSFORM_GRAD,
    TRANSFORM_VALUE_AND_GRAD,
    TRANSFORM_JACREV,
    TRANSFORM_JACFWD,
    TRANSFORM_VMAP,
    TRANSFORM_CHECKPOINT,
} TransformKind;

typedef struct Transformed {
    TransformKind kind;
    Value inner;   // the function
    Value argnums; // derivatives: an int, a name, or a tuple of them; checkpoint: of static
                   // arguments
    Value in_axes; // vmap
    Value out_axes;
    int64_t axis_size; // vmap: -1 where it is left out
    bool has_aux, holomorphic, allow_int;
    Span span; // where it was applied
} Transformed;

// What becomes of a linear part: transposed once (its graphs can go after that), transposed
// by whoever calls the pullback, or applied as it is (linearize).
typedef enum LinearUse { LINEAR_ONCE, LINEAR_PULLBACK, LINEAR_FORWARD } LinearUse;

// The linear part of a function at a point. Its values are nodes of the scope it was made
// in.
typedef struct Pullback {
    const Graph *linear; // L: residuals, tangents → tangents
    uint32_t n_residuals;
    const Value *residuals; // arrays
    uint32_t n_out;         // the function's outputs, the auxiliary ones behind the others
    const bool *out;        // those that have a tangent
    Value primals;          // TUPLE: the arguments, for structure and types
    uint32_t n_in;          // leaves of primals
    const bool *in;         // leaves of primals that have a tangent
    Value outputs;          // the function's result, for structure and types
    LinearUse use;
    bool with_logs; // applied, it gives (cotangents, logs)
    Span span;
} Pullback;

typedef enum CustomKind { CUSTOM_GRADIENT, CUSTOM_VJP, CUSTOM_JVP } CustomKind;

// A function with the rule that other functions are.
typedef struct Custom {
    CustomKind kind;
    uint32_t n_functions;
    const Value *functions; // the function; its fwd and bwd, or its jvp
    uint32_t n_nondiff;
    const int64_t *nondiff; // positions of arguments without a derivative
    Span span;
} Custom;

struct Function {
    FunctionKind kind;
    Str name; // for messages
    union {
        const SpecFunction *spec;
        Lambda lambda;
        const Builtin *builtin;
        Method method;
        const Transformed *transformed;
        const Pullback *pullback;
        const Custom *custom;
    };
};

Status front_function_value(Trace *t, Function function, Value *value) MUST_USE;

// Calls a function of the spec or of the prelude with one value for each argument (bound
// already): inlined if it has no rule, else a call node. (call.c)
Status front_call_spec(Trace *t, const SpecFunction *function, bool prelude,
                       const Value *args, Span span, Value *result) MUST_USE;

// A call of a function with a rule. (rule.c)
Status front_call_with_rule(Trace *t, const SpecFunction *function, bool prelude,
                            const Value *args, Span span, Value *result) MUST_USE;

Status front_call_custom(Trace *t, const Function *function, const Args *args,
                         Value *result) MUST_USE;

// Calls a transformed function or a pullback. (derivative.c, batching.c)
Status front_call_transformed(Trace *t, const Transformed *transformed, const Args *args,
                              Value *result) MUST_USE;
Status front_call_vmap(Trace *t, const Transformed *transformed, const Args *args,
                       Value *result) MUST_USE;
// (checkpointing.c)
Status front_call_checkpoint(Trace *t, const Transformed *transformed, const Args *args,
                             Value *result) MUST_USE;
Status front_body_checkpoint(Trace *t, const Builtin *self, const Value *args,
                             Value *result) MUST_USE;
// A transformed function as a value; the place is the current one. (transform.c)
Status front_transformed(Trace *t, Transformed made, const Builtin *self,
                         Value *result) MUST_USE;
Status front_with_logs(Trace *t, const Function *pullback, Value *result) MUST_USE;
Status front_call_pullback(Trace *t, const Pullback *pullback, const Args *args,
                           Value *result) MUST_USE;

// The arguments of a call by position, as far as that goes: a keyword is put in the place
// of its name (what a transformation stands around has the names); where that may not be
// given by position, or one before it is left to its default, it stays a keyword, in the
// order of the parameters. Each of the positional and keyword arguments is a slot. (call.c)
Status front_positional(Trace *t, const Function *function, const Args *args,
                        Args *result) MUST_USE;
// The position of a slot's parameter; -1: the function has no such name. (call.c)
int64_t front_argnum(const Function *function, const Args *args, uint32_t slot);
static inline uint32_t front_slots(const Args *args) {
    return args->n + args->n_keywords;
}
// "argument 1 (`y`)", for messages; NULL: out of memory. (call.c)
const char *front_slot_text(Trace *t, const Function *function, const Args *args,
                            uint32_t slot);

// All arguments by position, defaults filled in: a rule has an entry for each. (call.c)
Status front_complete(Trace *t, const Function *function, const Args *args,
                      Args *result) MUST_USE;

// The name of argument `position`, or an empty text; and the number of a name, or -1.
// (call.c)
Str front_parameter_name(const Function *function, uint32_t position);
int64_t front_parameter_index(const Function *function, Str name);
// "did you mean `x`? its arguments are x, y", for a name that is none of them; NULL where
// there are none.
const char *front_hint_parameters(Trace *t, const Function *function, Str word);
// The declaration of an argument, through the transformations around its function; NULL:
// none. (call.c)
const SpecArg *front_declaration(const Function *function, uint32_t position);

// Adds the function's lets to its environment, which holds its arguments. (call.c)
Status front_define_lets(Trace *t, Env *env, const SpecNames *lets) MUST_USE;
// Checks a value against an argument's declared type and gives it its dtype if it is weak.
// Letters of shapes are collected in `sizes` (n_sizes so far, room for LIMIT_RANK a call).
typedef struct SizeLetters {
    VEC(SpecSize) at;
} SizeLetters;
Status front_fit_argument(Trace *t, const SpecFunction *function, const SpecArg *arg,
                          Span span, SizeLetters *letters, Value value,
                          Value *result) MUST_USE;

// -- evaluation (eval.c, sequence.c) ------------------------------------------------

// Errors and nodes made from now on belong to this place.
static inline void front_at(Trace *t, Span span) {
    if (span.at == 0) return; // the prelude's own texts: the place stays the user's call
    t->span = span;
    if (!t->scope->placeless) ir_set_span(t->scope->b, span);
}

Status front_eval(Trace *t, Env *env, const Expr *expr, Value *value) MUST_USE;
Status front_eval_call(Trace *t, Env *env, const Expr *expr, Value *value) MUST_USE;
Status front_eval_index(Trace *t, Env *env, const Expr *expr, Value *value) MUST_USE;
Status front_eval_attribute(Trace *t, Env *env, const Expr *expr, Value *value) MUST_USE;
Status front_eval_comprehension(Trace *t, Env *env, const Expr *expr,
                                Value *value) MUST_USE;
// Whether a static value counts as true; false in *is_static for arrays.
Status front_truth(Trace *t, Value value, bool *is_static, bool *truth) MUST_USE;
// The items of a static sequence, or of an array's first axis.
Status front_items(Trace *t, Value value, uint32_t *n, const Value **items) MUST_USE;
Status front_sequence(Trace *t, ValueKind kind, uint32_t n, const Value *items,
                      Value *value) MUST_USE;
static inline Value front_text_value(Str text) {
    return (Value){.kind = VALUE_TEXT, .text = text};
}

// Static numbers' own arithmetic, Python's. (number.c)
Status front_number(Trace *t, Str text, Span span, bool is_float, Value *value) MUST_USE;
Status front_number_binary(Trace *t, ExprOp op, const Number *a, const Number *b,
                           Value *value) MUST_USE;
Status front_number_unary(Trace *t, ExprOp op, const Number *a, Value *value) MUST_USE;
bool front_number_compare(ExprOp op, const Number *a, const Number *b);

// -- structures (structure.c) -------------------------------------------------------

// The array leaves of a structure, depth first, as arrays of the current scope (numbers
// become arrays). None has no leaf. Functions, text and the like are E402, said with `what`
// ("the output of the function").
typedef struct Leaves {
    VEC(Value) at;
} Leaves;
Status front_flatten(Trace *t, Value value, const char *what, Leaves *leaves) MUST_USE;
// The structure with other leaves: item *next on of `leaves` replaces each leaf. NULL
// leaves: VALUE_NONE where present[] is clear.
Status front_unflatten(Trace *t, Value structure, const Value *leaves, uint32_t *next,
                       Value *value) MUST_USE;
// Whether two structures have the same parts, one level deep: as many items (a list is as
// good as a tuple), or the same fields in any order. front_counterpart is then the part of
// `value` for item i of `like`.
bool front_same_parts(Value like, Value value);
Value front_counterpart(Value value, Value like, uint32_t i);
// Whether two structures differ in their leaves alone. front_align then gives the value in
// the form of `like`: its fields in that order.
bool front_same_structure(Value a, Value b);
Status front_align(Trace *t, Value like, Value value, Value *aligned) MUST_USE;
// For messages: {a: float64[], b: (float64[3],)}
const char *front_structure_text(Trace *t, Value value);

// -- functions as graphs (closed.c) -------------------------------------------------

// A function traced by itself. The graph's inputs: one for each traced leaf of the
// arguments, then captures. Its outputs: n_outputs that are the function's value, then what
// the auxiliary value has of arrays.
typedef struct Closed {
    const Graph *graph;
    uint32_t n_leaves;
    uint32_t n_captures;
    const Value *captures; // values of enclosing scopes
    Value outputs; // structure; its leaves have the outputs' types (their scope is gone)
    uint32_t n_outputs;
    const TypeId *output_types;
    Value aux; // anything (also functions), its arrays by number; None without has_aux
} Closed;

// The leaf of an argument that is input i of the graph that front_close_function makes.
static inline Value front_traced_leaf(uint32_t i) {
    return front_array(NULL, i);
}
// Traces function(args), where traced leaves become inputs of the types `types` (n_leaves);
// all else is used as it is. With has_aux the function gives a pair (value, auxiliary
// value): E402.
Status front_close_function(Trace *t, Value function, const Args *args, bool has_aux,
                            uint32_t n_leaves, const TypeId *types,
                            Closed *closed) MUST_USE;
// The captures as nodes of the current scope, appended to `nodes`.
Status front_capture_nodes(Trace *t, uint32_t n, const Value *captures,
                           NodeId *nodes) MUST_USE;

// Calls a function with values that were made here. (control.c)
Status front_call_values(Trace *t, Value function, uint32_t n, const Value *values,
                         Value *result) MUST_USE;
// A built-in's body. (associative_scan.c)
Status front_associative_scan(Trace *t, const Builtin *self, const Value *args,
                              Value *result) MUST_USE;
// Whether a built-in's argument is a function: E402. (transform.c)
Status front_check_function(Trace *t, const Builtin *self, Value value) MUST_USE;

// A lazy conditional: both branches are called without arguments. (branch.c)
typedef Status (*BranchBody)(Trace *t, void *data, Value *value);
Status front_branch(Trace *t, NodeId condition, BranchBody if_true, void *true_data,
                    BranchBody if_false, void *false_data, Value *result) MUST_USE;
// What a loop does: `carry` are its first values, and `xs` (None: nothing) structures of
// arrays with `trips` rows. The body gets the carry and a slice of xs, and gives the next
// carry, of the same structure and types, and y, which is stacked (None: nothing). Of a
// predicate loop the first leaf of the carry says whether it goes on. (looping.c)
typedef Status (*LoopBody)(Trace *t, void *data, Value carry, Value x, Value *next,
                           Value *y);
typedef struct LoopRequest {
    const char *name; // for messages
    LoopKind kind;
    int64_t trips; // STATIC
    NodeId count;  // COUNTED: int64, of the current scope
    bool reverse;
    bool own_first; // carry is a pair whose first part the user does not see
    Value carry, xs;
    LoopBody body;
    void *data;
} LoopRequest;
// The last carry and the stacked ys. E402, E404, E405 where the carry does not stay what it
// is.
Status front_loop(Trace *t, const LoopRequest *request, Value *carry, Value *ys) MUST_USE;

// Whether a node of the current scope depends on any of its graph's inputs.
Status front_depends_on_input(Trace *t, NodeId node, bool *depends) MUST_USE;

#endif
