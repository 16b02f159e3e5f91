// A spec: the document as functions, rules and points, its expressions parsed. Nothing is
// traced here.
#ifndef FRONT_SPEC_H
#define FRONT_SPEC_H

#include "doc/doc.h"
#include "lang/ast.h"
#include "num/num.h"

// One size of a declared shape: a number, or a letter that must agree wherever it recurs.
typedef struct SpecSize {
    int64_t value; // -1: a letter
    Str letter;
} SpecSize;

typedef struct SpecArg {
    Str name;
    Span span;
    Span type_span; // of the type's text; NO_SPAN: no type
    bool has_dtype;
    Dtype dtype;
    bool has_shape; // false: any shape
    uint32_t rank;
    SpecSize *shape;
    bool is_text;   // str: static text
    bool nondiff;   // declared so, static, text, or of an integer or boolean type
    bool is_static; // a number, boolean, text or function that tracing may depend on
    Expr *fallback; // default, or NULL
} SpecArg;

// A named expression: a `let`, a constant, a log.
typedef struct SpecNamed {
    Str name;
    Span span;
    Expr *expr;
    bool used; // a let: some expression names it
} SpecNamed;

typedef struct SpecNames {
    uint32_t n;
    SpecNamed *at;
} SpecNames;

typedef enum SpecRuleKind { SPEC_VJP, SPEC_JVP } SpecRuleKind;

typedef struct SpecRule {
    SpecRuleKind kind;
    Span span;           // of the rule in the document
    Str cotangent;       // VJP: its name
    Span cotangent_span; // where it is named; the rule's, where that is left to us
    // VJP: by argument: a mapping of cotangents, which stands at grads_span, has no entry
    // for it; or NULL.
    bool *left_out;
    Span grads_span;
    Str *tangents; // JVP: a name for each argument that is not nondiff
    uint32_t n_tangents;
    Span tangents_span; // as cotangent_span
    Expr *value;        // the primal while differentiated, or NULL: the function's
    SpecNames let;
    // VJP: an expression for each argument of the function, NULL for null or left out (and
    // for nondiff ones); or, with n_grads == 0, `all`: one expression whose value is a
    // tuple of them.
    uint32_t n_grads;
    Expr **grads;
    Expr *all;
    Expr *tangent; // JVP
    SpecNames logs;
    bool not_linear; // linear: false
    bool has_target; // derivative_of was given
    Expr *target;    // derivative_of: NULL with has_target: null
} SpecRule;

typedef struct SpecFunction {
    Str name;
    Span span;
    Str doc;
    uint32_t n_args;
    SpecArg *args;
    SpecNames let;
    Expr *value;    // a sequence is a TUPLE, a mapping a RECORD, a number its literal
    SpecRule *rule; // or NULL
    const DocNode *domain; // checked for its form, or NULL
} SpecFunction;

typedef enum SpecCompute {
    COMPUTE_VALUE = 1,
    COMPUTE_GRAD = 2,
    COMPUTE_JACOBIAN = 4,
    COMPUTE_HESSIAN = 8,
    COMPUTE_JVP = 16,
} SpecCompute;

// Which arguments: by number or name, in the order given.
typedef struct SpecArgnum {
    bool by_name;
    int64_t number; // negative: from the end
    Str name;
    Span span;
} SpecArgnum;

typedef struct SpecPoint {
    Str name; // given or made
    Span span;
    Expr *function;
    Str function_text;        // as written, for results
    const DocNode *at;        // a mapping or a sequence, or NULL
    const DocNode *cotangent; // or NULL
    const DocNode *tangent;   // a mapping or a sequence, or NULL
    bool has_argnums, argnums_is_list;
    uint32_t n_argnums;
    SpecArgnum *argnums;
    unsigned compute;      // SpecCompute bits; 0: the default
    const DocNode *batch;  // `true` or names, or NULL
    const DocNode *expect; // its keys checked, or NULL
} SpecPoint;

typedef struct Spec {
    Str file;
    Dtype dtype;         // the default float
    SpecNames constants; // numbers and text as expressions; a sequence as a call of
                         // array([…]) (see spec.c)
    uint32_t n_functions;
    SpecFunction *functions;
    StrMap *function_index; // name → number
    StrMap *constant_index;
    uint32_t n_points;
    SpecPoint *points;
    const DocNode *root; // NULL for one-liners
} Spec;

// Reads the tree into a spec. Everything that can be said without tracing is said here:
// unknown and duplicate keys, kinds, names that are taken, unknown names in expressions
// ("use before the definition" too), numbers of entries, cotangent names (E2xx, E3xx, E4xx;
// several in one run, in source order). FAILED when anything was reported. The arena owns
// the spec; the document must live as long.
Status front_read_spec(Arena *arena, Diags *diags, const DocNode *root, Str file,
                       Spec **spec) MUST_USE;

// A spec for one-liners: a function `f` of these argument names with the value text, and a
// rule's text (NULL: none; one expression, a tuple for several arguments). Each text has
// been added to diags->sources at its `at`.
typedef struct SpecText {
    Str text;
    uint32_t at;
} SpecText;
Status front_one_liner(Arena *arena, Diags *diags, uint32_t n_args, const Str *args,
                       SpecText value, const SpecText *vjp, Spec **spec) MUST_USE;

// Parses one more text in the spec's names (a point's function given on the command line).
Status front_parse_in_spec(Arena *arena, Diags *diags, const Spec *spec, SpecText text,
                           Expr **expr) MUST_USE;

// Whether a value of a point is read from a file: {file: data.npy}, with `key` or
// `columns`.
bool front_is_file(const DocNode *node);

// Whether a name is a built-in (function, constant such as pi, dtype, or module prefix such
// as jnp): answered by the table of built-ins (builtins.c).
bool front_is_builtin(Str name);

#endif
