// Bump allocation from zeroed chunks. Memory of a chunk is handed out once and never
// reused, so what calloc zeroed is still zero when it is given away.
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

// Under AddressSanitizer the unused rest of a chunk and a guard behind every block are
// poisoned, so that an overrun within an arena is found like one on the heap.
#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
enum { GUARD = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, n)   ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
enum { GUARD = 0 };
#endif

enum {
    ALIGNMENT = 16,
    FIRST_CHUNK = 2 << 10,   // chunks double in size from here …
    LARGEST_CHUNK = 1 << 20, // … to here
    OWN_CHUNK = 64 << 10,    // blocks from this size on are chunks of their own
};

typedef struct Chunk Chunk;
struct Chunk {
    _Alignas(ALIGNMENT) Chunk *next;
    Chunk *previous;
    size_t size; // bytes behind this header
};

struct Arena {
    Chunk *chunks;     // all of them, doubly linked, so that one can be moved by realloc
    char *top, *end;   // the unused rest of the chunk that small blocks come from
    size_t next_chunk; // the size of the next such chunk
    size_t held;       // bytes held from the system
};

Arena *base_arena_new(void) {
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena) return NULL;
    arena->next_chunk = FIRST_CHUNK;
    arena->held = sizeof *arena;
    return arena;
}

void base_arena_free(Arena *arena) {
    if (!arena) return;
    for (Chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

size_t base_arena_size(const Arena *arena) {
    return arena->held;
}

// Makes the neighbours (or the arena) point at a chunk that is new or was moved.
static void link_chunk(Arena *arena, Chunk *chunk) {
    if (chunk->next) chunk->next->previous = chunk;
    if (chunk->previous)
        chunk->previous->next = chunk;
    else
        arena->chunks = chunk;
}

// A zeroed chunk of `size` bytes; the memory behind its header, or NULL.
static void *add_chunk(Arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    Chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk) return NULL;
    chunk->next = arena->chunks;
    chunk->size = size;
    link_chunk(arena, chunk);
    arena->held += sizeof *chunk + size;
    return chunk + 1;
}

// What a small block takes of its chunk.
static size_t padded(size_t size) {
    const size_t some = size ? size : 1;
    return (some + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + GUARD;
}

void *base_alloc(Arena *arena, size_t size) {
    if (size >= OWN_CHUNK) return add_chunk(arena, size);
    const size_t taken = padded(size);
    if (taken > (size_t)(arena->end - arena->top)) {
        const size_t chunk_size = arena->next_chunk > taken ? arena->next_chunk : taken;
        char *memory = add_chunk(arena, chunk_size);
        if (!memory) return NULL;
        arena->top = memory;
        arena->end = memory + chunk_size;
        if (arena->next_chunk < LARGEST_CHUNK) arena->next_chunk *= 2;
        ASAN_POISON_MEMORY_REGION(memory, chunk_size);
    }
    char *block = arena->top;
    arena->top += taken;
    ASAN_UNPOISON_MEMORY_REGION(block, size);
    return block;
}

void *base_alloc_array(Arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    return base_alloc(arena, count * size);
}

// Grows a block that is a chunk of its own.
static void *grow_chunk(Arena *arena, void *block, size_t old_size, size_t new_size) {
    Chunk *chunk = (Chunk *)block - 1;
    if (new_size <= chunk->size) return block;
    if (new_size > SIZE_MAX / 2) return NULL;
    chunk = realloc(chunk, sizeof *chunk + new_size);
    if (!chunk) return NULL;
    arena->held += new_size - chunk->size;
    chunk->size = new_size;
    link_chunk(arena, chunk);
    (void)old_size; // pages that nobody writes cost nothing: the rest is left as it is
    return chunk + 1;
}

void *base_grow(Arena *arena, void *block, size_t old_size, size_t new_size) {
    if (!block) return base_alloc(arena, new_size);
    if (new_size <= old_size) return block;
    if (old_size >= OWN_CHUNK) return grow_chunk(arena, block, old_size, new_size);

    // The last block given stretches where it stands.
    char *old = block;
    const bool last = old + padded(old_size) == arena->top;
    if (last && new_size < OWN_CHUNK && padded(new_size) <= (size_t)(arena->end - old)) {
        arena->top = old + padded(new_size);
        ASAN_UNPOISON_MEMORY_REGION(old, new_size);
        return old;
    }
    void *new_block = base_alloc(arena, new_size);
    if (!new_block) return NULL;
    memcpy(new_block, old, old_size);
    ASAN_POISON_MEMORY_REGION(old, old_size); // nobody may still use it
    return new_block;
}
