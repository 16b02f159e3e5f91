// Arenas: the one place of the program that allocates.
//
// Ownership: everything allocated in an arena lives until the arena is freed. Nothing is
// freed alone. A structure's owner is the arena that its maker was given; pointers never
// outlive it.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

// A new, empty arena, or NULL when memory is out.
Arena *base_arena_new(void);

// Frees the arena and everything in it. NULL is accepted.
void base_arena_free(Arena *arena);

// Zeroed memory, aligned to 16 bytes; NULL when memory is out (or the size overflowed). A
// size of 0 gives a valid pointer.
void *base_alloc(Arena *arena, size_t size);

// `count` items of `size` bytes, checked for overflow; otherwise as base_alloc.
void *base_alloc_array(Arena *arena, size_t count, size_t size);

// Grows a block that this arena gave (or NULL with old_size 0), keeping its contents; what
// is new is not zeroed. A block of 64 KiB or more is a chunk of its own and grows by
// realloc, so a growing vector wastes nothing once it is large. NULL when memory is out;
// the old block then stands.
void *base_grow(Arena *arena, void *block, size_t old_size, size_t new_size);

// Bytes held from the system, for limits and reports.
size_t base_arena_size(const Arena *arena);

#define NEW(arena, type) ((type *)base_alloc((arena), sizeof(type)))
#define NEW_ARRAY(arena, type, count)                                                      \
    ((type *)base_alloc_array((arena), (count), sizeof(type)))

#endif
