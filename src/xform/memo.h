// The memo: results of transformations, kept with the Ir by operation, graphs and masks.
// Without it branches, which are transformed twice or more, would cost 2^depth.
#ifndef XFORM_MEMO_H
#define XFORM_MEMO_H

#include "ir/call.h"
#include "ir/ir.h"

typedef enum MemoOp {
    MEMO_JVP,
    MEMO_DEPENDS,
    MEMO_PARTIAL,
    MEMO_PARTIAL_CHECKPOINT,
    MEMO_SEPARATED,
    MEMO_LINEARIZE,
    MEMO_TRANSPOSE,
    MEMO_VJP,
    MEMO_VMAP,
    MEMO_WRAPPED,
    MEMO_BATCHED_CALL,
    MEMO_ACTIVE_CAPTURE,
    MEMO_JVP_RULE,
    MEMO_HOLDS,
    MEMO_CLEARED,
    MEMO_READS,
    MEMO_STRIPPED,
    MEMO_REORDERED,
    MEMO_HOISTED,
} MemoOp;

// A key is put together piece by piece, in the same order for one operation.
typedef struct MemoKey {
    Text bytes;
} MemoKey;

MemoKey xform_key(Arena *arena, MemoOp op, uint32_t id);
void xform_key_number(MemoKey *key, int64_t number);
// NULL is the mask without a set bit.
void xform_key_mask(MemoKey *key, uint32_t n, const bool *mask);

// The result kept under the key, or NULL.
const void *xform_recall(Ir *ir, const MemoKey *key);
// Keeps a result (in the Ir's arena) under the key.
Status xform_keep(Ir *ir, const MemoKey *key, const void *result) MUST_USE;
// How many results are kept: what a test of the memo counts.
uint32_t xform_kept_count(Ir *ir);

// The calls whose jvp rule was inlined, for messages (linear_error.c).
typedef struct JvpRules {
    VEC(Call *) calls;
    bool searching; // for the one that an error is about
} JvpRules;
// NULL when memory is out.
JvpRules *xform_jvp_rules(Ir *ir);

// A mask of n clear bits, or a copy of one, in the Ir's arena.
bool *xform_kept_mask(Ir *ir, uint32_t n, const bool *mask);

#endif
