// The allocators that FLINT and GMP are given. They know no context, so what they share
// with the evaluation is the thread's own.
#include "exec/exact/exact_memory.h"

#include "exec/exact/exact_flint.h"

#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>

// One operation on numbers of the highest precision needs a small part of this.
enum { RESERVE = 64 << 20 };

// In the thread's static block, so that the system's loader allocates nothing for it (where
// it finds no memory, it ends the program; and LeakSanitizer does not find such a block).
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
    void *reserve;
    bool touched;
} memory;

bool exact_lay_in_reserve(void) {
    memory.touched = false;
    if (!memory.reserve) memory.reserve = malloc(RESERVE); // not written: no pages yet
    return memory.reserve != NULL;
}

bool exact_is_out_of_memory(void) {
    return memory.touched;
}

void exact_give_back_reserve(void) {
    free(memory.reserve);
    memory.reserve = NULL;
}

// Opens the reserve: the next attempt finds memory. Where there is none left, nothing can
// be done but to say so: FLINT has no way back.
static void open_reserve(void) {
    const bool again = memory.touched && !memory.reserve;
    memory.touched = true;
    exact_give_back_reserve();
    if (!again) return;
    fputs("cg-grad: out of memory\n", stderr);
    _Exit(2);
}

static void *allocate(size_t n) {
    void *block = malloc(n ? n : 1);
    while (!block) {
        open_reserve();
        block = malloc(n ? n : 1);
    }
    return block;
}

static void *allocate_zeroed(size_t n, size_t size) {
    if (n == 0 || size == 0) n = size = 1;
    void *block = calloc(n, size);
    while (!block) {
        open_reserve();
        block = calloc(n, size);
    }
    return block;
}

static void *reallocate(void *old, size_t n) {
    void *block = realloc(old, n ? n : 1);
    while (!block) {
        open_reserve();
        block = realloc(old, n ? n : 1);
    }
    return block;
}

static void *gmp_reallocate(void *old, size_t old_size, size_t n) {
    (void)old_size;
    return reallocate(old, n);
}

static void gmp_free(void *block, size_t n) {
    (void)n;
    free(block);
}

void exact_use_own_memory(void) {
    __flint_set_memory_functions(allocate, allocate_zeroed, reallocate, free);
    mp_set_memory_functions(allocate, gmp_reallocate, gmp_free);
}
