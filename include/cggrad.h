// cg-grad: gradients of functions with custom rules.
//
// A context holds specs, their traced functions and plans. Load specs into it, then ask for
// results point by point, in any order:
//
//     cg_context *cg = cg_new();
//     cg_source spec;
//     if (cg_load_file(cg, "spec.yaml", CG_FORMAT_GUESS, &spec) != CG_OK) …diagnostics…
//     for (size_t i = 0; i < cg_point_count(cg, spec); i++) {
//         const cg_result *result;
//         cg_run_point(cg, spec, i, NULL, &result);
//         … cg_result_error(result), result->value, result->grads …
//     }
//     cg_free(cg);
//
// Warnings (W-coded) stop nothing: they are in the context's list, those of a point also in
// its result.
//
// Ownership: everything a context gives lives until cg_free, except a result, which lives
// until the next cg_run… call on the context. A context is used by one thread at a time;
// contexts are independent. Out of memory is CG_NOMEM from any call; the context can then
// only be freed.
#ifndef CGGRAD_H
#define CGGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CG_API     __attribute__((visibility("default")))
#define CG_VERSION "0.1.0"

enum { CG_LET_MOST = 8 }; // of a built-in

typedef enum cg_status {
    CG_OK = 0,
    CG_FAILED, // diagnostics say why
    CG_NOMEM,
} cg_status;

typedef enum cg_dtype { CG_BOOL, CG_INT32, CG_INT64, CG_FLOAT32, CG_FLOAT64 } cg_dtype;

typedef enum cg_format { CG_FORMAT_GUESS, CG_FORMAT_YAML, CG_FORMAT_JSON } cg_format;

// What runs a plan. EXACT gives the exact real numbers, each rounded once to its dtype; it
// is a plug-in, loaded when it is first asked for (E603 where it is not installed).
typedef enum cg_engine { CG_ENGINE_VM, CG_ENGINE_EXACT } cg_engine;

typedef enum cg_compute { // bits
    CG_VALUE = 1,
    CG_GRAD = 2,
    CG_JACOBIAN = 4,
    CG_HESSIAN = 8,
    CG_JVP = 16,
} cg_compute;

typedef struct cg_context cg_context;
typedef uint32_t cg_source; // a loaded spec, by number

CG_API cg_context *cg_new(void);
CG_API void cg_free(cg_context *cg); // NULL is accepted
CG_API const char *cg_version(void);
CG_API const char *cg_dtype_name(cg_dtype dtype);

// -- loading ------------------------------------------------------------------------

// Reads a spec from bytes (copied). `name` is used in diagnostics ("-" for standard input).
CG_API cg_status cg_load_bytes(cg_context *cg, const char *name, const char *bytes,
                               size_t n, cg_format format, cg_source *spec);
// Reads a file ("-": standard input). E8xx when it cannot be read.
CG_API cg_status cg_load_file(cg_context *cg, const char *path, cg_format format,
                              cg_source *spec);
// A one-liner: a function of the arguments named in `at` ("x=3,y=[1,2]", read as the
// keyword arguments of a call; several texts are joined), with the value text and a vjp
// text (NULL: none), and one point there.
CG_API cg_status cg_load_expression(cg_context *cg, const char *value, const char *vjp,
                                    size_t n_at, const char *const *at, cg_source *spec);
// Adds a point to a loaded spec: a function expression and its arguments as above.
CG_API cg_status cg_add_point(cg_context *cg, cg_source spec, const char *function,
                              size_t n_at, const char *const *at, size_t *point);

CG_API size_t cg_point_count(const cg_context *cg, cg_source spec);
CG_API const char *cg_point_name(const cg_context *cg, cg_source spec, size_t point);
CG_API const char *cg_point_function(const cg_context *cg, cg_source spec, size_t point);
CG_API const char *cg_spec_name(const cg_context *cg, cg_source spec);
// The text that a spec was read from; NULL for that of cg_load_expression.
CG_API const char *cg_spec_text(const cg_context *cg, cg_source spec, size_t *n);
CG_API size_t cg_function_count(const cg_context *cg, cg_source spec);
CG_API const char *cg_function_name(const cg_context *cg, cg_source spec, size_t function);

// A point where a function can be shown when nobody says where: the spec's first point of
// it, else a new one whose arguments are zeros of the declared types (a scalar of the
// default dtype where none is declared, size 3 where a letter stands).
CG_API cg_status cg_function_point(cg_context *cg, cg_source spec, const char *function,
                                   size_t *point);

// The arguments of a function of a spec. A name is NULL when memory is out.
CG_API size_t cg_argument_count(const cg_context *cg, cg_source spec, size_t function);
CG_API const char *cg_argument_name(cg_context *cg, cg_source spec, size_t function,
                                    size_t argument);

// -- results ------------------------------------------------------------------------

typedef enum cg_kind { CG_ARRAY, CG_TUPLE, CG_RECORD, CG_NULL } cg_kind;

// An element of an array as a decimal ("3.1416", "Infinity", "NaN"), and a bound of its
// distance from the exact number ("5e-5", "0"). Both are NULL in a row that failed.
typedef struct cg_decimal {
    const char *digits, *radius;
} cg_decimal;

// A value: an array, or a structure of values.
typedef struct cg_value cg_value;
struct cg_value {
    cg_kind kind;
    cg_dtype dtype;             // ARRAY
    uint32_t rank;              // ARRAY: 0 for a scalar
    const int64_t *shape;       // ARRAY
    const void *data;           // ARRAY: contiguous, row-major; bool is one byte, 0 or 1
    const cg_decimal *decimals; // ARRAY of floats, where digits were asked for; else NULL
    // ARRAY, of a batch: for each index of the first axis, whether that row failed (its
    // elements are zeros that mean nothing); NULL: none did.
    const bool *failed_rows;
    size_t n; // TUPLE, RECORD: parts
    const cg_value *parts;
    const char *const *keys; // RECORD
};

// An argument, or a derivative with respect to one (hessian: to two).
typedef struct cg_part {
    int argnum;
    const char *arg;  // its name; empty where it has none
    int argnum2;      // hessian; else -1
    const char *arg2; // hessian; else NULL
    cg_value value;
} cg_part;

typedef struct cg_parts {
    size_t n;
    const cg_part *at;
} cg_parts;

typedef struct cg_diagnostic {
    const char *code; // "E503"
    bool is_warning;
    const char *message;   // one sentence
    const char *hint;      // or NULL
    const char *file;      // NULL: no place
    uint32_t line, column; // 1-based, code points
} cg_diagnostic;

// A row of a batch that failed.
typedef struct cg_row_error {
    int64_t index;
    const char *code; // "E601"
    const char *message;
} cg_row_error;

typedef struct cg_result {
    const char *name;           // the point's
    const char *function;       // its function, as written
    const char *spec;           // the spec's name
    cg_parts args;              // as they were read, but for static ones and texts
    const cg_diagnostic *error; // NULL: all well; else nothing below is set
    unsigned compute;           // cg_compute bits that are set below
    cg_value value;
    cg_parts grads, jacobian, hessian;
    cg_value jvp;
    cg_value logs;   // RECORD; CG_NULL when there are none
    size_t n_errors; // rows of a batch that failed, in their order
    const cg_row_error *errors;
    size_t n_warnings; // of this point, also beside an error
    const cg_diagnostic *warnings;
    // The point did not say what to compute, and its function has no gradient only for want
    // of a cotangent.
    bool wants_cotangent;
} cg_result;

typedef struct cg_run_options {
    unsigned compute;    // 0: the point's own, or the default
    const char *argnums; // "0,2" or "x,y"; NULL: the point's own
    bool trace_only;     // validate: trace and differentiate, run nothing
    cg_engine engine;
    unsigned digits; // EXACT: results also as decimals of so many digits (at most 10000);
                     // 0: not
} cg_run_options;

// Loads an engine that is a plug-in, so that its absence is said once (E603), before points
// are run; else the first point loads it.
CG_API cg_status cg_load_engine(cg_context *cg, cg_engine engine);

// Runs a point (options may be NULL). Points of one function with equal types share one
// trace and one plan. A point in error gives CG_OK and result->error (its diagnostics are
// also in the context's list); a batch with rows that failed, result->errors.
CG_API cg_status cg_run_point(cg_context *cg, cg_source spec, size_t point,
                              const cg_run_options *options, const cg_result **result);

// When every point of a spec has been run: warns (W003) of each function of it whose rule
// none of them ran.
CG_API cg_status cg_warn_idle_rules(cg_context *cg, cg_source spec);

// -- expectations and rules ---------------------------------------------------------

// A place in a spec.
typedef struct cg_place {
    const char *file;      // NULL: no place
    uint32_t line, column; // 1-based, code points
    const char *key;       // in the document: "points[0].expect.grads[1]"; NULL: none
    uint32_t at, size;     // for cg_place_text
} cg_place;
// The place, its source line and a caret under it, as cg_diagnostics_text shows them. NULL
// when memory is out.
CG_API const char *cg_place_text(cg_context *cg, const cg_place *place, bool colour);

// How far a number may be from what is expected: within `ulp` units in the last place, or
// |got - expected| <= atol + rtol * |expected|; either of the two that are given will do.
typedef struct cg_tolerance {
    bool by_ulp, by_difference; // neither: the spec leaves the choice to the caller
    double ulp, rtol, atol;
} cg_tolerance;

// One value of a point's `expect`, read for comparison with what the result has in its
// place.
typedef struct cg_expectation {
    const char *key;     // in `expect`: "value", "grads[1]", "hessian.x.y", "value[0].a"
    const cg_part *part; // of a derivative: with respect to what; else NULL
    // Without a mismatch both are arrays of one dtype and shape, or both are CG_NULL. A
    // decimal numeral has been rounded once, to that dtype.
    cg_value expected, got;
    const char *mismatch;            // why they cannot be compared; else NULL
    const struct cg_written *source; // for cg_expectation_place
} cg_expectation;

// Where an expected value is written; of an array, its element at `index` (or NULL).
CG_API cg_status cg_expectation_place(cg_context *cg, const cg_expectation *expectation,
                                      const int64_t *index, cg_place *place);

typedef struct cg_expected {
    const cg_result *result;
    bool given;           // the point has an `expect`
    const char *error;    // the code that it is expected to fail with, or NULL
    cg_place error_place; // where that is written
    cg_tolerance tolerance;
    size_t n;
    const cg_expectation *at; // of a result in error all are mismatches
} cg_expected;

// Runs a point as cg_run_point does, for the sake of its `expect`: what that names is
// computed in addition, and an error that it names (of a row of a batch: by null in its
// place) is no diagnostic. A value of `expect`
// that cannot be read is an error of the point.
CG_API cg_status cg_run_expected(cg_context *cg, cg_source spec, size_t point,
                                 const cg_expected **expected);

// A custom rule of a spec: of a function, or one that an expression makes (custom_gradient
// and its like).
typedef struct cg_rule {
    const char *function;
    bool is_jvp;
    bool is_declared_nonlinear; // linear: false
    bool is_no_derivative;      // derivative_of: null
    cg_place place;
} cg_rule;
typedef struct cg_rules {
    size_t n;
    const cg_rule *const *at;
} cg_rules;
// The rules of a spec: those of its functions, in their order, then those of expressions
// that cg_reach_rules has met. A rule lives as long as the context.
CG_API cg_status cg_get_rules(cg_context *cg, cg_source spec, cg_rules *rules);

// -- where rules are used -----------------------------------------------------------

// An array that a rule is about.
typedef struct cg_rule_array {
    const char *name; // of an argument "x", of a part of one "x.a[1]"; of an output
                      // "value", "value[0]"
    const char *arg;  // the argument's, or NULL
    int argnum;       // or -1
    cg_dtype dtype;
    uint32_t rank;
    const int64_t *shape;
    size_t size;    // elements
    bool is_null;   // an argument for which a vjp rule gives nothing: zero
    cg_place place; // where a vjp rule gives its cotangent; else the rule
} cg_rule_array;

// A rule at arguments where a point calls its function, and the rule as one plan with the
// derivative that it is to be (T, of the function's value or what `derivative_of` says; R,
// the rule's own). x are the arrays with respect to which the rule differentiates. Linear
// parts are, of a vjp rule, cotangents of the outputs; of a jvp rule, tangents of the x.
// Results are the other way round: cotangents of the x, tangents of the outputs.
//
// The plan's inputs: x, the other operands, a linear part for each output (jvp: x). Its
// outputs: the outputs, T for each x (jvp: output), then R for each.
// The second plan's inputs: the same, then a cotangent h of each result. Its outputs: the
// outputs, ∂⟨h, T⟩/∂x for each x, then ∂⟨h, R⟩/∂x for each.
typedef struct cg_rule_call {
    const cg_rule *rule;
    const char *spec, *point; // the first point that reaches it
    cg_parts args;            // arguments of the call, but for static ones and texts
    const char *reproduce;    // a command that checks the rule there, for a shell
    // exec/plan.h; NULL: the rule is no derivative, nothing is differentiable (n_x or
    // n_outputs is 0), or `error`
    struct Plan *plan;
    const cg_diagnostic *error; // why the rule could not be traced (not reported), or NULL
    size_t n_x, n_others, n_outputs;
    const cg_rule_array *x, *outputs; // outputs that are floats
    const cg_value *operands;         // arrays: n_x + n_others
    struct cg_rule_made *made;        // for cg_second_plan
} cg_rule_call;

typedef struct cg_rule_calls {
    size_t n;
    const cg_rule_call *const *at;
    cg_rules rules; // of these calls and of those left out
    size_t limit; // not 0: there may be more; so many calls, trips and lanes were looked at
                  // (LIMIT_REACH)
} cg_rule_calls;

// The calls of functions with rules that a point's function reaches when it is evaluated:
// through other functions, branches that are taken, trips of loops, rows; of a gradient,
// those that it differentiates. Calls that an earlier point, or the same, gave at equal
// arguments are left out. Calls live as long as the context. CG_FAILED: the point cannot be
// evaluated (reported).
CG_API cg_status cg_reach_rules(cg_context *cg, cg_source spec, size_t point,
                                cg_rule_calls *calls);

// Reports the error of a call that has one.
CG_API cg_status cg_report_rule_error(cg_context *cg, const cg_rule_call *call);

// The second plan of a call that has one. CG_FAILED: the rule cannot be differentiated;
// *why is the error (nothing is reported).
CG_API cg_status cg_second_plan(cg_context *cg, const cg_rule_call *call,
                                struct Plan **plan, const cg_diagnostic **why);

// -- verdicts on rules --------------------------------------------------------------

typedef enum cg_verdict {
    CG_AGREES,
    CG_SUBGRADIENT,
    CG_UNDECIDED,
    CG_REFUTED,
} cg_verdict;
typedef enum cg_road { CG_NO_ROAD, CG_BY_DIRECT, CG_BY_LIMIT } cg_road;
typedef enum cg_mistake {
    CG_NO_MISTAKE,
    CG_DIFFERS,
    CG_NOT_FINITE,
    CG_INFINITE_DERIVATIVE,
    CG_NO_SUBGRADIENT,
} cg_mistake;
typedef enum cg_linear { CG_LINEAR_UNKNOWN, CG_LINEAR, CG_NOT_LINEAR } cg_linear;

// The derivative of element `output_element` of call->outputs[output] with respect to
// element `x_element` of call->x[x], as the rule has it and as it is.
typedef struct cg_cell {
    size_t x, x_element, output, output_element;
    cg_verdict verdict;
    cg_road road;
    cg_mistake mistake;            // REFUTED
    int digits;                    // AGREES: proved ones; else -1
    const char *literal;           // AGREES within the rounding of it; or NULL
    const char *rule, *derivative; // decimals of proved digits, "NaN", "Infinity"; or NULL
    double rule_value, derivative_value; // the nearest doubles; NaN: not known
    double abs, rel, ulp;                // REFUTED: how far apart; NaN: not known
    const char *reason;                  // or NULL
    cg_place place;                      // of an operation to blame; or without a file
    // Order 1, AGREES: what the vm computes in the working dtype, by the rule and by plain
    // differentiation, and how far each is from the exact derivative, in ulps of that:
    // infinite where only one of them is finite. NaN: not known, or the exact one is 0; of
    // plain differentiation also at kinks, where it is that of one branch.
    double rule_machine, ad_machine, rule_ulp, ad_ulp;
    // Order 2: the element of call->x[second] by which the derivative is differentiated.
    size_t second, second_element;
} cg_cell;

typedef struct cg_judgement {
    cg_linear linear; // whether the rule is linear in its cotangents (tangents)
    const char *linear_reason;
    cg_place linear_place;
    // Cells that are zero by structure, in the rule and in the derivative, are left out.
    size_t n;
    const cg_cell *cells;
    const cg_diagnostic *error; // the rule or its derivative fails there; or NULL
} cg_judgement;

// Judges a rule at a call that has a plan, by the exact engine: what is said is proved
// (docs/certainty.md). order: 1, or 2: the rule, differentiated as a program, against the
// second derivative; `error` is then also that the rule cannot be differentiated.
// CG_FAILED: the engine cannot be had (E603; reported). The findings live as long as the
// context.
CG_API cg_status cg_judge_rule(cg_context *cg, const cg_rule_call *call, unsigned order,
                               unsigned digits, const cg_judgement **judgement);

// Where the rule's value of a cell (else what plain differentiation gives) loses its
// digits: the operation behind which the relative error has grown most. None stands out: a
// place without a file.
CG_API cg_status cg_find_loss(cg_context *cg, const cg_rule_call *call, const cg_cell *cell,
                              bool of_rule, cg_place *place);

// That q × the rule's value of one cell is p × the derivative of the other.
typedef struct cg_relation {
    const cg_cell *rule, *derivative;
    int64_t p, q;
} cg_relation;
// Whether all of them are so, to that many digits: proved, or not known.
CG_API cg_status cg_prove_relations(cg_context *cg, const cg_rule_call *call, size_t n,
                                    const cg_relation *relations, unsigned digits,
                                    bool *proved);

// -- graphs -------------------------------------------------------------------------

// Where a value comes from: a node of the same graph, and which of its outputs.
typedef struct cg_operand {
    uint32_t node, output;
} cg_operand;

// A graph within a node, and what it is there: "if true", "each of 3 lanes", "mul". Its
// inputs are the node's last operands, its outputs the node's.
typedef struct cg_graph cg_graph;
typedef struct cg_nested {
    const char *label;
    const cg_graph *graph;
} cg_nested;

typedef enum cg_node_kind { CG_INPUT, CG_LITERAL, CG_OPERATION } cg_node_kind;

typedef struct cg_node {
    cg_node_kind kind;
    const char *op;     // OPERATION: "mul", "integer_pow{2}"; LITERAL: its text, "0.5"
    const char *name;   // the argument, `let` or constant that it is, or ""
    const char *source; // the text that made it, on one line, cut when long, or ""
    int group;          // of its graph's groups, or -1
    bool is_derivative; // the value does not need it
    size_t n_types;
    const char *const *types; // of each of its outputs: "float64[3]"
    size_t n_operands;
    const cg_operand *operands; // nodes before this one
    size_t n_graphs;
    const cg_nested *graphs;
} cg_node;

// The nodes that come from one text of a function with a rule: its value, or its rule.
typedef struct cg_group {
    const char *name; // "mul", "rule of mul (vjp)"
    bool is_rule;
} cg_group;

typedef struct cg_output {
    const char *label; // "value", "grad x", "value[0]"; "" in a nested graph
    cg_operand from;
} cg_output;

struct cg_graph {
    uint32_t number; // 0: the outermost; a graph may be nested in several nodes
    uint32_t n_uses; // by how many places of nodes
    size_t n_nodes;
    const cg_node *nodes;
    size_t n_inputs;
    const uint32_t *inputs; // nodes
    size_t n_outputs;
    const cg_output *outputs;
    size_t n_groups; // the same for all nested graphs
    const cg_group *groups;
};

// What became of a graph when it was made ready to run.
typedef struct cg_plan {
    size_t groups, instructions, buffer_bytes;
} cg_plan;

typedef struct cg_listing {
    const char *point, *function;
    unsigned compute; // cg_compute bits
    const cg_graph *graph;
    size_t nodes, derivative_nodes, rule_nodes; // nested graphs' included
    const cg_plan *plan;                        // NULL for a raw graph
} cg_listing;

typedef struct cg_graph_options {
    unsigned compute;    // besides the value
    const char *argnums; // as in cg_run_options
    bool raw;            // as traced and differentiated: not optimised, calls kept
} cg_graph_options;

// The graph that computes a point's value and what else is asked for. It lives until the
// next cg_run…, cg_point_graph or cg_explain_point call.
CG_API cg_status cg_point_graph(cg_context *cg, cg_source spec, size_t point,
                                const cg_graph_options *options,
                                const cg_listing **listing);

// How often something happened.
typedef struct cg_count {
    const char *name;
    size_t n;
} cg_count;

typedef struct cg_counts {
    size_t n;
    const cg_count *at;
} cg_counts;

// How a point is answered: found out by tracing it anew, apart from all others.
typedef struct cg_explanation {
    const char *point;
    cg_counts functions;    // of the spec: calls while the value was traced
    cg_counts rules;        // "mul (vjp)": how often put in place of a derivative
    size_t traced_nodes;    // of the value's graph, calls replaced by what they compute
    size_t nodes;           // with all that is asked for
    size_t optimised_nodes; // as it is run
    cg_plan plan;
    const char *shared_with; // the earlier point whose trace and plan served, or NULL
} cg_explanation;

// Explains a point that was run with these options; it lives as a result does.
CG_API cg_status cg_explain_point(cg_context *cg, cg_source spec, size_t point,
                                  const cg_run_options *options,
                                  const cg_explanation **explanation);

// -- diagnostics --------------------------------------------------------------------

// From here on warnings are errors: what they are about is refused, or in error.
CG_API void cg_set_werror(cg_context *cg, bool werror);
CG_API size_t cg_diagnostic_count(const cg_context *cg); // kept ones
CG_API const cg_diagnostic *cg_diagnostic_at(cg_context *cg, size_t i);
CG_API size_t cg_error_count(const cg_context *cg); // all errors, also those not kept
// All kept diagnostics as text for people, with source lines and carets. NULL when memory
// is out.
CG_API const char *cg_diagnostics_text(cg_context *cg, bool colour);
// Forgets the warnings so far: what is left are errors.
CG_API void cg_drop_warnings(cg_context *cg);
// Forgets the diagnostics so far (after they were shown).
CG_API void cg_clear_diagnostics(cg_context *cg);

// -- files beside a spec ------------------------------------------------------------

struct DocNode;
struct Diags;

// Reads a JSON document (doc/doc.h) and gives its text; its places are known to
// diagnostics. *root is NULL where there is no such file. CG_FAILED: it cannot be read
// (E801, E1xx, E7xx, reported).
CG_API cg_status cg_read_json(cg_context *cg, const char *path, const struct DocNode **root,
                              const char **text, size_t *n);
// The context's diagnostics (base/diag.h), for who judges such a document.
CG_API struct Diags *cg_diagnostics(cg_context *cg);

// -- built-ins ----------------------------------------------------------------------

typedef enum cg_builtin_kind {
    CG_BUILTIN_C,        // in C
    CG_BUILTIN_LANGUAGE, // written in the expression language: let, value, jvp
    CG_BUILTIN_CONSTANT, // a number: value
    CG_BUILTIN_DTYPE,    // a dtype, and the cast to it
} cg_builtin_kind;

// A name that every expression knows. All texts live as long as the program.
typedef struct cg_builtin {
    const char *name;      // of a method that is no function too: "x.flatten"
    const char *group;     // "elementwise", "reduction", …
    const char *signature; // its parameters: "x, axis=None, *, keepdims=False"
    const char *doc;       // its meaning, a sentence
    const char *kink;      // its derivative at kinks and edges, or NULL
    cg_builtin_kind kind;
    bool is_method;      // x.name(…) is name(x, …)
    const char *same_as; // the name listed first of those that mean the same, or NULL
    size_t n_let;
    const char *let[CG_LET_MOST],
        *let_value[CG_LET_MOST]; // names and expressions, in order
    const char *value;           // LANGUAGE: an expression; CONSTANT: a number
    const char *jvp; // LANGUAGE: the tangent over d<argument>; NULL: that of the value
} cg_builtin;

// Built-in after built-in, the parts of one group not always together. False behind the
// last.
CG_API bool cg_builtin_at(size_t i, cg_builtin *builtin);
// By its name, a module of NumPy or JAX in front of it allowed: "sin", "jnp.sin".
CG_API bool cg_find_builtin(const char *name, cg_builtin *builtin);
// What may stand in front of any built-in: "jnp", "jax.nn", …; NULL behind the last.
CG_API const char *cg_module_name(size_t i);

// -- how it went --------------------------------------------------------------------

typedef struct cg_stats {
    size_t traces, plans, plan_hits, runs;
    size_t nodes;        // of the last plan's graph
    size_t instructions; // of the last plan
    size_t buffer_bytes;
} cg_stats;
CG_API cg_stats cg_get_stats(const cg_context *cg);

#ifdef __cplusplus
}
#endif

#endif
