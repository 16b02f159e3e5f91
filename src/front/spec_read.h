// What the files that read a spec share.
//
// A function that reads returns OK also where it has reported a mistake, so that reading
// goes on behind it: what could not be read is NULL, and front_read_spec fails by the count
// of errors. NOMEM alone ends the reading.
#ifndef FRONT_SPEC_READ_H
#define FRONT_SPEC_READ_H

#include "front/spec.h"

typedef struct SpecReader {
    Arena *arena;   // of the spec
    Arena *scratch; // until the spec has been read
    Diags *diags;
    uint32_t errors; // of others, when the reading began
    Spec *spec;
    bool nameless; // constants or functions could not be read: no name can be judged
    bool *broken;  // by function: its arguments or lets could not be read
    StrMap **args; // by function: its arguments' names → number
} SpecReader;

// ---- spec_fields.c: mistakes, kinds, keys ----

// Reports at a node, unless that was refused before (nothing more is said of it); one that
// came of an alias is shown with both places.
void front_spec_error(SpecReader *reader, Code code, const DocNode *node, const char *hint,
                      const char *format, ...) PRINTF_LIKE(5, 6);

// Whether the node is of that kind; reports it ("expected a mapping for `let`, got text").
bool front_spec_is(SpecReader *reader, const DocNode *node, DocKind kind, const char *what,
                   const char *hint);

// A legal name, or reported.
bool front_spec_is_name(SpecReader *reader, const DocNode *node, const char *what);

// A boolean, or reported; `fallback` where there is no pair.
bool front_spec_flag(SpecReader *reader, const DocPair *pair, bool fallback);

// ---- spec_keys.c: the keys of a spec ----

// The mappings with keys of their own.
typedef enum SpecLevel {
    SPEC_LEVEL_ROOT,
    SPEC_LEVEL_FUNCTION,
    SPEC_LEVEL_POINT,
    SPEC_LEVEL_EXPECT,
    SPEC_LEVEL_VJP,
    SPEC_LEVEL_JVP,
    SPEC_LEVEL_ARGUMENT,
    SPEC_LEVELS,
} SpecLevel;

enum { FRONT_SPEC_MOST_KEYS = 10 };

// The keys of a mapping, in the order of its reader's own enum.
const Str *front_spec_keys(SpecLevel level, size_t *n);

// Finds the pairs of the known keys (`found`: one for each, or NULL) and reports all other
// keys. False: this is no mapping.
bool front_spec_fields(SpecReader *reader, const DocNode *node, SpecLevel level,
                       const DocPair **found);

// Whether the mapping has none but the keys that were found: only then a missing one is
// reported, too, which may be an unknown one misspelt.
bool front_spec_all_known(const DocNode *node, const DocPair *const *found, size_t n);

// ---- spec_expr.c: expressions ----

// A node without items.
Expr *front_spec_new_expr(Arena *arena, ExprKind kind, Span span);

// A text, number or boolean; NULL where it is none, or a wrong one.
Status front_spec_expr(SpecReader *reader, const DocNode *node, const char *what,
                       Expr **expr) MUST_USE;

// The same, or a sequence (TUPLE) or mapping (RECORD) of such, in which null is NONE.
Status front_spec_structure(SpecReader *reader, const DocNode *node, const char *what,
                            Expr **expr) MUST_USE;

// The same, or a sequence of numbers: a call of array([…]).
Status front_spec_constant(SpecReader *reader, const DocNode *node, const char *what,
                           Expr **expr) MUST_USE;

// ---- spec_type.c: what arguments are declared as ----

// `float64[n, 2]`, `str`, …, or a mapping {type, default, nondiff, static}, or null.
Status front_spec_type(SpecReader *reader, const DocNode *node, SpecArg *arg) MUST_USE;

// dtype, which may be one that this version does not have: E208. False: reported.
bool front_spec_dtype(SpecReader *reader, Str text, Span span, bool is_type, Dtype *dtype);

// The intervals of a function's arguments.
void front_spec_domain(SpecReader *reader, const SpecFunction *function,
                       const DocNode *node);

// ---- spec_function.c, spec_rule.c, spec_point.c ----

// "did you mean `x`? its arguments are x, y", or that it has none.
const char *front_spec_nearest_arg(SpecReader *reader, const SpecFunction *function,
                                   Str name);

// The number of the argument of that name, or n_args.
uint32_t front_spec_find_arg(const SpecReader *reader, const SpecFunction *function,
                             Str name);

Status front_spec_function(SpecReader *reader, const DocPair *pair, SpecFunction *function,
                           bool *broken) MUST_USE;

// `let` or the like: a mapping, or a sequence of one-entry mappings. *broken (may be NULL)
// where names are missing.
Status front_spec_lets(SpecReader *reader, const DocNode *node, const char *what,
                       SpecNames *names, bool *broken) MUST_USE;

// The rule of a function whose arguments have been read; NULL where it is a wrong one.
Status front_spec_rule(SpecReader *reader, const SpecFunction *function,
                       const DocPair *pair, SpecRuleKind kind, SpecRule **rule) MUST_USE;

// One expression for all arguments of a vjp rule becomes rule->grads or rule->all.
Status front_spec_one_grad(SpecReader *reader, const SpecFunction *function, Expr *expr,
                           SpecRule *rule) MUST_USE;

Status front_spec_points(SpecReader *reader, const DocNode *node) MUST_USE;

// ---- spec_value.c ----

// Reports special mappings of a value of a point that cannot be.
void front_spec_value(SpecReader *reader, const DocNode *node);

// ---- spec_warnings.c ----

// What is worth a warning in a spec without mistakes whose names have been resolved: lets
// that nothing uses (W004), arguments that a rule forgets (W002).
void front_spec_warnings(SpecReader *reader);

// ---- spec_names.c: what names stand for ----

// Resolves every name of every expression, and reports names that are taken (E205) or
// unknown (E401).
Status front_spec_names(SpecReader *reader) MUST_USE;

// Resolves the names of one expression that sees constants, functions and built-ins.
Status front_spec_global_names(SpecReader *reader, const Expr *expr) MUST_USE;

#endif
