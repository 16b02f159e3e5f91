#include "exec/vm/stacks.h"

#include "base/limits.h"

enum {
    ALIGN = 16,
    FIRST_BLOCK = 1 << 16, // bytes; each block is as large as all before it
    FIRST_CHUNK = 256,
    MOST_CHUNK = 1 << 20,
};

typedef struct Block {
    char *at;
    size_t size, used;
} Block;

struct StackPool {
    Arena *arena;
    VEC(Block) blocks;
    uint32_t current;
    size_t bytes; // of all blocks
    bool full;    // LIMIT_MEMORY kept a block from being made
    size_t zeros; // how many stand at `zero`
    const char *zero;
};

// -- the region ---------------------------------------------------------------------

StackPool *vm_pool(Plan *plan) {
    if (*plan->pool) return *plan->pool;
    Arena *arena = base_arena_new();
    StackPool *pool = arena ? NEW(arena, StackPool) : NULL;
    if (!pool) {
        base_arena_free(arena);
        return NULL;
    }
    pool->arena = arena;
    *plan->pool = pool;
    return pool;
}

bool vm_pool_is_full(Plan *plan) {
    return *plan->pool && (*plan->pool)->full;
}

void vm_drop_pool(Plan *plan) {
    if (*plan->pool) base_arena_free((*plan->pool)->arena);
    *plan->pool = NULL;
}

PoolMark vm_pool_mark(Plan *plan) {
    const StackPool *pool = *plan->pool;
    if (!pool || pool->blocks.n == 0) return (PoolMark){0};
    return (PoolMark){pool->current, pool->blocks.at[pool->current].used};
}

void vm_pool_release(Plan *plan, PoolMark mark) {
    StackPool *pool = *plan->pool;
    if (!pool || pool->blocks.n == 0) return;
    for (uint32_t i = mark.block + 1; i <= pool->current; i++)
        pool->blocks.at[i].used = 0;
    pool->current = mark.block;
    pool->blocks.at[mark.block].used = mark.used;
}

static void *allocate(StackPool *pool, size_t bytes) {
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    for (; pool->current < pool->blocks.n; pool->current++) {
        Block *block = &pool->blocks.at[pool->current];
        if (block->size - block->used >= bytes) {
            block->used += bytes;
            return block->at + block->used - bytes;
        }
        if (pool->current + 1 == pool->blocks.n) break;
    }
    size_t size = pool->bytes ? pool->bytes : FIRST_BLOCK;
    if (size < bytes) size = bytes;
    pool->full = pool->bytes + size > (size_t)LIMIT_MEMORY;
    if (pool->full) return NULL;
    const Block block = {base_alloc(pool->arena, size), size, bytes};
    if (!block.at || !VEC_PUSH(pool->arena, &pool->blocks, block)) return NULL;
    pool->current = pool->blocks.n - 1;
    pool->bytes += size;
    return block.at;
}

// -- stacks -------------------------------------------------------------------------

static Chunk *new_chunk(StackPool *pool, size_t entry, uint32_t cap) {
    Chunk *chunk = allocate(pool, sizeof *chunk);
    char *entries = chunk ? allocate(pool, entry * cap) : NULL;
    if (!entries) return NULL;
    *chunk = (Chunk){.cap = cap, .entries = entries};
    return chunk;
}

Stack *vm_new_stack(Plan *plan, size_t entry) {
    StackPool *pool = vm_pool(plan);
    Stack *stack = pool ? allocate(pool, sizeof *stack) : NULL;
    if (stack) *stack = (Stack){.entry = entry};
    return stack;
}

Stack *vm_new_stack_of(Plan *plan, size_t entry, int64_t n) {
    Stack *stack = vm_new_stack(plan, entry);
    if (!stack || n > UINT32_MAX) return NULL;
    stack->first = stack->last = new_chunk(*plan->pool, entry, (uint32_t)n);
    if (!stack->first) return NULL;
    stack->first->n = (uint32_t)n;
    stack->n = n;
    return stack;
}

char *vm_push(Plan *plan, Stack *stack) {
    Chunk *last = stack->last;
    if (!last || last->n == last->cap) {
        size_t bytes = last ? 2 * last->cap * stack->entry : FIRST_CHUNK;
        if (bytes > MOST_CHUNK) bytes = MOST_CHUNK;
        const size_t cap = stack->entry && bytes > stack->entry ? bytes / stack->entry : 1;
        Chunk *chunk = new_chunk(*plan->pool, stack->entry, (uint32_t)cap);
        if (!chunk) return NULL;
        chunk->before = last;
        if (last)
            last->next = chunk;
        else
            stack->first = chunk;
        stack->last = last = chunk;
    }
    stack->n++;
    return last->entries + (size_t)last->n++ * stack->entry;
}

Cursor vm_cursor(const Stack *stack, bool backwards) {
    if (!stack) return (Cursor){0};
    const Chunk *chunk = backwards ? stack->last : stack->first;
    return (Cursor){chunk, backwards && chunk ? chunk->n : 0};
}

const char *vm_next(const Stack *stack, Cursor *cursor, bool backwards) {
    if (backwards) {
        while (cursor->chunk && cursor->at == 0) {
            cursor->chunk = cursor->chunk->before;
            cursor->at = cursor->chunk ? cursor->chunk->n : 0;
        }
        if (!cursor->chunk) return NULL;
        return cursor->chunk->entries + (size_t)--cursor->at * stack->entry;
    }
    while (cursor->chunk && cursor->at == cursor->chunk->n) {
        cursor->chunk = cursor->chunk->next;
        cursor->at = 0;
    }
    if (!cursor->chunk) return NULL;
    return cursor->chunk->entries + (size_t)cursor->at++ * stack->entry;
}

// -- outputs ------------------------------------------------------------------------

// `count` pointers to stacks. Depth: how loops nest.
static Status take(Arena *arena, const StackShape *shape, char *pointers) {
    for (int64_t i = 0; i < shape->count; i++) {
        char *at = pointers + (size_t)i * sizeof(void *);
        const Stack *stack;
        memcpy(&stack, at, sizeof stack);
        const int64_t n = stack ? stack->n : 0;
        const size_t bytes = shape->entry_bytes;
        char *entries = base_alloc_array(arena, (size_t)n, bytes);
        ExecStack *made = NEW(arena, ExecStack);
        if (!entries || !made) return NOMEM;
        *made = (ExecStack){.n = n, .entries = entries};
        memcpy(at, &made, sizeof made);
        Cursor cursor = vm_cursor(stack, false);
        for (int64_t k = 0; k < n; k++) {
            char *entry = entries + (size_t)k * bytes;
            const char *from = vm_next(stack, &cursor, false);
            if (bytes) memcpy(entry, from, bytes);
            if (shape->inner) TRY(take(arena, shape->inner, entry));
        }
    }
    return OK;
}

Status vm_take_stacks(const Plan *plan, Arena *arena, void *const *outputs) {
    for (uint32_t i = 0; i < plan->stacks.n; i++) {
        const StackOutput *stacks = &plan->stacks.at[i];
        TRY(take(arena, stacks->shape, outputs[stacks->output]));
    }
    return OK;
}

// -- null stacks --------------------------------------------------------------------

const char *vm_zeros(Plan *plan, size_t bytes) {
    StackPool *pool = vm_pool(plan);
    if (!pool) return NULL;
    if (!pool->zero || pool->zeros < bytes) {
        pool->zeros = bytes < 4096 ? 4096 : bytes;
        pool->zero = base_alloc(pool->arena, pool->zeros); // outside the region: it stays
    }
    return pool->zero;
}
