// Cutting a program that breaks a law down to a small one that still does.
#ifndef TESTS_RANDOM_SHRINK_H
#define TESTS_RANDOM_SHRINK_H

#include "random_laws.h"

typedef Outcome (*TryFn)(const Program *program, const Trial *trial);

// Makes the program and the trial smaller while `try` says what it said of them first. The
// new nodes live in the arena.
void shrink(Arena *arena, TryFn try, const Outcome *first, Program **program, Trial *trial);

#endif
