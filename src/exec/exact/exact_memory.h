// Memory of FLINT and its libraries, which know no failure: they abort when memory is out.
// So they are given allocators of ours, that have something in reserve: an operation that
// finds no memory is served from it, and the evaluation asks afterwards.
#ifndef EXEC_EXACT_MEMORY_H
#define EXEC_EXACT_MEMORY_H

#include <stdbool.h>

// Before FLINT is first used. Once for all threads.
void exact_use_own_memory(void);

// Lays in the thread's reserve. False when memory is out.
bool exact_lay_in_reserve(void);
// Whether the reserve has been touched since it was laid in: memory is out.
bool exact_is_out_of_memory(void);
void exact_give_back_reserve(void);

#endif
