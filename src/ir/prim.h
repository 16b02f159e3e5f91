// The primitives: enum, names and properties, derived from prim.def.
#ifndef IR_PRIM_H
#define IR_PRIM_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum Prim {
#define PRIM(name, arity, class, smoothness, flags) PRIM_##name,
#include "ir/prim.def"
#undef PRIM
    PRIM_COUNT
} Prim;

typedef enum PrimClass {
    CLASS_SOURCE,
    CLASS_MAP,
    CLASS_COMPARE,
    CLASS_REDUCE,
    CLASS_SHAPE,
    CLASS_INDEX,
    CLASS_LINALG,
    CLASS_STACK,
    CLASS_CONTROL,
} PrimClass;

typedef enum PrimSmoothness {
    SMOOTHNESS_SMOOTH,
    SMOOTHNESS_PIECEWISE,
    SMOOTHNESS_STEP,
    SMOOTHNESS_EDGE,
    SMOOTHNESS_EXACT,
    SMOOTHNESS_PREDICATE,
} PrimSmoothness;

enum {
    PRIM_FLAG_F = 1, // floats
    PRIM_FLAG_I = 2, // integers and bool
    PRIM_FLAG_N = 4, // numbers
    PRIM_FLAG_A = 8, // any dtype
    PRIM_FLAG_COMM = 16,
    PRIM_FLAG_LINEAR = 32,
    PRIM_FLAG_BILINEAR = 64,
};

enum { PRIM_ANY_ARITY = -1 };

typedef struct PrimInfo {
    const char *name;
    int arity;
    PrimClass class;
    PrimSmoothness smoothness;
    unsigned flags;
} PrimInfo;

const PrimInfo *ir_prim(Prim prim);

#endif
