// Stacks: what loops save for loops that run backwards. A stack is a list of chunks of
// entries; they are written in order, or, where the number of trips is known, in any, and
// read from either end.
//
// All memory is the pool's: a region that lives as long as the run of the outermost plan.
// What the body of a loop makes in a trip and does not give away is dropped behind it.
#ifndef EXEC_VM_STACKS_H
#define EXEC_VM_STACKS_H

#include "exec/program.h"

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *before, *next;
    uint32_t n, cap; // entries
    char *entries;
};

typedef struct Stack {
    int64_t n;    // entries
    size_t entry; // bytes of one
    Chunk *first, *last;
} Stack;

typedef struct StackPool StackPool;

// A place in the region.
typedef struct PoolMark {
    uint32_t block;
    size_t used;
} PoolMark;

// The pool of a plan's family, made when first asked for. NULL when memory is out.
StackPool *vm_pool(Plan *plan);
// Why there was no room: past LIMIT_MEMORY, or memory is out.
bool vm_pool_is_full(Plan *plan);
// Frees all of it.
void vm_drop_pool(Plan *plan);
PoolMark vm_pool_mark(Plan *plan);
void vm_pool_release(Plan *plan, PoolMark mark);

// A stack without entries; or with n of them, side by side (not zeroed: all are to be
// written). NULL when memory is out, or past LIMIT_MEMORY.
Stack *vm_new_stack(Plan *plan, size_t entry);
Stack *vm_new_stack_of(Plan *plan, size_t entry, int64_t n);
// Room for one more entry. NULL as above.
char *vm_push(Plan *plan, Stack *stack);
// Entry i of a stack that vm_new_stack_of made.
static inline char *vm_entry(const Stack *stack, int64_t i) {
    return stack->first->entries + (size_t)i * stack->entry;
}

// The entries one after the other, from the first, or backwards from the last.
Cursor vm_cursor(const Stack *stack, bool backwards);
const char *vm_next(const Stack *stack, Cursor *cursor, bool backwards);

// The stacks among the outputs of a run, copied into the arena: the pointers to them, in
// outputs, become such to ExecStacks.
Status vm_take_stacks(const Plan *plan, Arena *arena, void *const *outputs) MUST_USE;

// Bytes that are all zero: the slice of a null stack. NULL when memory is out.
const char *vm_zeros(Plan *plan, size_t bytes);

#endif
