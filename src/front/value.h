// What expressions evaluate to while tracing. Only arrays reach the graph; all else is
// static.
#ifndef FRONT_VALUE_H
#define FRONT_VALUE_H

#include "ir/ir.h"
#include "lang/ast.h"

typedef struct Scope Scope;       // trace.h: a graph being built
typedef struct Function Function; // function.h
typedef struct Value Value;

typedef enum ValueKind {
    VALUE_NONE,   // None; null where a cotangent is meant
    VALUE_ARRAY,  // a node of a scope's graph
    VALUE_NUMBER, // a Python number or boolean that has not met an array
    VALUE_TUPLE,
    VALUE_LIST, // a static sequence, stacked into an array wherever one is wanted
    VALUE_RECORD,
    VALUE_FUNCTION,
    VALUE_TEXT,
    VALUE_DTYPE,
    VALUE_SLICE,
    VALUE_ELLIPSIS,
    VALUE_AT,     // x.at, and x.at[index] when index is set
    VALUE_MODULE, // jnp, jax.numpy, …: what follows the dot is a built-in
} ValueKind;

typedef enum NumberKind { NUMBER_BOOL, NUMBER_INT, NUMBER_FLOAT } NumberKind;

// A static number. An int or bool is its value. A float is an exact expression over decimal
// literals (so that 1/3 reaches the graph as 1 divided by 3, and 0.1 as one tenth), with
// its nearest double beside it for what is decided while tracing.
typedef struct Number Number;
struct Number {
    NumberKind kind;
    int64_t integer; // BOOL, INT
    double nearest;  // all kinds
    Str text;  // FLOAT literal: its decimal text, or "pi", "e", "inf", "nan"; else empty
    Span span; // FLOAT literal: where it is written, or NO_SPAN
    ExprOp op; // FLOAT otherwise: the operation on a (and b)
    const Number *a, *b;
};

struct Value {
    ValueKind kind;
    uint32_t n; // TUPLE, LIST, RECORD: items; DTYPE: 1 for Python's own int, float, bool
    union {
        struct {
            Scope *scope;
            NodeId node;
        };
        const Number *number;
        struct {
            const Value *items;
            const Str *keys; // RECORD
        };
        const Function *function;
        Str text; // TEXT, MODULE
        Dtype dtype;
        const struct ValueSlice *slice;
        const struct ValueAt *at;
    };
};

typedef struct ValueSlice {
    Value start, stop, step; // VALUE_NONE where left out
} ValueSlice;

typedef struct ValueAt {
    Value array;
    bool indexed;
    Value index;
} ValueAt;

static inline Value front_none(void) {
    return (Value){.kind = VALUE_NONE};
}
static inline Value front_array(Scope *scope, NodeId node) {
    return (Value){.kind = VALUE_ARRAY, .scope = scope, .node = node};
}

#endif
