// Results by key: one map from the key's bytes to a number.
#include "xform/memo.h"

typedef struct Memo {
    StrMap *numbers;
    VEC(const void *) results;
    JvpRules jvp_rules;
} Memo;

// The Ir's memo, made when first asked for. NULL when memory is out.
static Memo *memo_of(Ir *ir) {
    void **kept = ir_kept(ir);
    if (*kept) return *kept;
    Memo *memo = NEW(ir_arena(ir), Memo);
    if (!memo) return NULL;
    memo->numbers = base_map_new(ir_arena(ir));
    if (!memo->numbers) return NULL;
    *kept = memo;
    return memo;
}

MemoKey xform_key(Arena *arena, MemoOp op, uint32_t id) {
    MemoKey key = {{.arena = arena}};
    xform_key_number(&key, op);
    xform_key_number(&key, id);
    return key;
}

void xform_key_number(MemoKey *key, int64_t number) {
    base_text_add(&key->bytes, (Str){(const char *)&number, sizeof number});
}

void xform_key_mask(MemoKey *key, uint32_t n, const bool *mask) {
    xform_key_number(key, n);
    for (uint32_t i = 0; i < n; i++)
        base_text_char(&key->bytes, mask && mask[i] ? 1 : 0);
}

const void *xform_recall(Ir *ir, const MemoKey *key) {
    const Memo *memo = *ir_kept(ir);
    uint32_t number;
    if (!memo || key->bytes.failed ||
        !base_map_get(memo->numbers, base_text_str(&key->bytes), &number))
        return NULL;
    return memo->results.at[number];
}

Status xform_keep(Ir *ir, const MemoKey *key, const void *result) {
    Memo *memo = memo_of(ir);
    if (!memo || key->bytes.failed) return NOMEM;
    const Str bytes = base_text_str(&key->bytes);
    const char *copy = base_strdup(ir_arena(ir), bytes);
    TRY_ALLOC(copy);
    if (!VEC_PUSH(ir_arena(ir), &memo->results, result)) return NOMEM;
    return base_map_set(memo->numbers, (Str){copy, bytes.n}, memo->results.n - 1);
}

uint32_t xform_kept_count(Ir *ir) {
    const Memo *memo = *ir_kept(ir);
    return memo ? memo->results.n : 0;
}

JvpRules *xform_jvp_rules(Ir *ir) {
    Memo *memo = memo_of(ir);
    return memo ? &memo->jvp_rules : NULL;
}

bool *xform_kept_mask(Ir *ir, uint32_t n, const bool *mask) {
    bool *copy = NEW_ARRAY(ir_arena(ir), bool, n);
    if (copy && mask && n) memcpy(copy, mask, n * sizeof *copy);
    return copy;
}
