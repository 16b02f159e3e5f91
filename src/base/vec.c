#include "base/vec.h"

enum { FIRST_BYTES = 32 }; // most vectors stay small: arguments, operands, names
#define MOST_ITEMS ((size_t)1 << 31)

bool base_vec_reserve(Arena *arena, void **at, uint32_t n, uint32_t *cap, size_t extra,
                      size_t item_size) {
    if (extra <= *cap - n) return true;
    if (extra > MOST_ITEMS - n) return false;
    // Doubling makes a push constant on average.
    size_t new_cap = *cap ? (size_t)*cap * 2 : FIRST_BYTES / item_size;
    if (new_cap > MOST_ITEMS) new_cap = MOST_ITEMS;
    if (new_cap < n + extra) new_cap = n + extra;
    if (new_cap > SIZE_MAX / item_size) return false;
    void *grown = base_grow(arena, *at, *cap * item_size, new_cap * item_size);
    if (!grown) return false;
    *at = grown;
    *cap = (uint32_t)new_cap;
    return true;
}
