// The table of built-ins: name, signature, meaning, how it is made. Primitives, functions
// in C, and functions of the prelude (written in the language itself) stand in the one
// table.
#ifndef FRONT_BUILTIN_H
#define FRONT_BUILTIN_H

#include "front/trace.h"

typedef struct Builtin Builtin;

// A built-in in C gets its arguments bound to its signature, in the signature's order;
// those left out are their defaults. A starred parameter gets a TUPLE.
typedef Status (*BuiltinBody)(Trace *t, const Builtin *self, const Value *args,
                              Value *result);

typedef enum BuiltinKind {
    BUILTIN_C,        // body
    BUILTIN_PRELUDE,  // prelude: let, value, jvp in the language
    BUILTIN_CONSTANT, // pi, e, inf, nan: a static number of text `value`
    BUILTIN_DTYPE,    // float32, int: a dtype (and a cast when called)
} BuiltinKind;

typedef struct PreludeLet {
    const char *name, *expr;
} PreludeLet;

struct Builtin {
    const char *name;
    const char *group;     // "elementwise", "reduction", …: for the manual
    const char *signature; // "x, axis=None, keepdims=False"; defaults: numbers, None, True,
                           // False, text
    const char *doc;       // one line
    const char *kink;      // the derivative at kinks and edges, one line, or NULL
    BuiltinKind kind;
    BuiltinBody body;  // C
    int64_t data;      // for bodies that serve several rows: a Prim, an ExprOp …
    Dtype dtype;       // DTYPE
    PreludeLet let[6]; // PRELUDE: in order
    const char *value; // PRELUDE: expression; CONSTANT: text
    const char *jvp;   // PRELUDE: a tangent rule over d<argument>, or NULL; arguments with
                       // defaults are static
    bool is_method;    // x.name(…) works on arrays
};

// `data` of a PRELUDE row: its arguments (but those with defaults) are promoted together to
// a float dtype before the call. Rows with a jvp are such.
enum { PRELUDE_OF_FLOATS = 1 };

// NULL when there is none. Prefixes (jnp., lax., …) are stripped by the evaluator.
const Builtin *front_builtin(Str name);
// Row after row, in the order of the manual; NULL behind the last.
const Builtin *front_builtin_row(uint32_t row);

// Whether a path is a module whose attributes are the built-ins: jnp, jax.nn, …; the
// modules one after the other, NULL behind the last.
bool front_is_module(Str path);
const char *front_module(uint32_t i);

// Binds a call's arguments to a signature: E403 for too many, missing, unknown (nearest
// named), or doubly given ones. values: one for each parameter.
Status front_bind(Trace *t, const char *function, const char *signature, const Args *args,
                  uint32_t *n, Value **values) MUST_USE;

// The name of a signature's parameter that may be given by position; empty: there is none.
Str front_signature_name(const char *signature, uint32_t position);

// Calls a built-in (all kinds but transformations written against the evaluator, which are
// BUILTIN_C too).
Status front_call_builtin(Trace *t, const Builtin *builtin, const Args *args,
                          Value *result) MUST_USE;

// The prelude function as a function of a spec (parsed when first named, kept in
// t->lasting): its args with defaults static, its jvp a SpecRule.
Status front_prelude_function(Trace *t, const Builtin *builtin,
                              const SpecFunction **function) MUST_USE;

// Tables that other files of this folder fill, joined by builtins.c. Each is sorted by name
// (strcmp). A row named "x.max" is the method alone, where it differs from the function.
extern const Builtin front_elementwise_table[], front_reduction_table[],
    front_shape_table[], front_join_table[], front_matrix_table[], front_take_table[],
    front_slice_table[], front_segment_table[], front_sort_table[], front_at_table[],
    front_creation_table[], front_linear_table[], front_prelude_table[],
    front_transform_table[], front_control_table[], front_sequence_table[];
extern const uint32_t front_elementwise_count, front_reduction_count, front_shape_count,
    front_join_count, front_matrix_count, front_take_count, front_slice_count,
    front_segment_count, front_sort_count, front_at_count, front_creation_count,
    front_linear_count, front_prelude_count, front_transform_count, front_control_count,
    front_sequence_count;

#endif
