// Growing vectors of any type, in an arena.
//
//     VEC(uint32_t) ids = {0};
//     if (!VEC_PUSH(arena, &ids, 7)) return NOMEM;
//     ids.at[0], ids.n
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define VEC(type)                                                                          \
    struct {                                                                               \
        type *at;                                                                          \
        uint32_t n, cap;                                                                   \
    }

static inline bool base_vec_has_room(uint32_t n, uint32_t cap, size_t extra) {
    return extra <= cap - n;
}

// Makes room for `extra` more items. False when memory is out (or 2^31 items would be
// passed).
#define VEC_RESERVE(arena, vec, extra)                                                     \
    (base_vec_has_room((vec)->n, (vec)->cap, (extra)) ||                                   \
     base_vec_reserve((arena), (void **)&(vec)->at, (vec)->n, &(vec)->cap, (extra),        \
                      sizeof *(vec)->at))

// Appends one item. False when memory is out.
#define VEC_PUSH(arena, vec, item)                                                         \
    (VEC_RESERVE((arena), (vec), 1) ? ((vec)->at[(vec)->n++] = (item), true) : false)

bool base_vec_reserve(Arena *arena, void **at, uint32_t n, uint32_t *cap, size_t extra,
                      size_t item_size);

#endif
