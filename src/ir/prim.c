// The table of primitives, from prim.def.
#include "ir/prim.h"

// The names that prim.def uses for flags and arity.
enum {
    F = PRIM_FLAG_F,
    I = PRIM_FLAG_I,
    N = PRIM_FLAG_N,
    A = PRIM_FLAG_A,
    COMM = PRIM_FLAG_COMM,
    LINEAR = PRIM_FLAG_LINEAR,
    BILINEAR = PRIM_FLAG_BILINEAR,
    ANY = PRIM_ANY_ARITY,
};

static const PrimInfo prims[PRIM_COUNT] = {
#define PRIM(name, arity, class, smoothness, flags)                                        \
    [PRIM_##name] = {#name, arity, CLASS_##class, SMOOTHNESS_##smoothness, flags},
#include "ir/prim.def"
#undef PRIM
};

const PrimInfo *ir_prim(Prim prim) {
    return &prims[prim];
}
