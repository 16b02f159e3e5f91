// What values depend on: numbers, each with the set of leaves (elements of arguments, then
// of g) that it was computed from. It says which cells are judged apart.
#ifndef EXEC_EXACT_DEPEND_H
#define EXEC_EXACT_DEPEND_H

#include "exec/exact/exact_run.h"

// The set NULL is empty.
typedef struct Depend {
    Number number;
    bool on_all;    // or what decided it is not followed (control flow, indices)
    uint32_t words; // of the set
    uint64_t *set;
} Depend;

extern const Interpretation exact_depends;

// Makes a leaf of a value; about: the number of leaves, a uint32_t.
void exact_depend_leaf(ExactEnv *env, void *cell, uint32_t leaf, const void *about);

static inline bool exact_depends_on(const Depend *value, uint32_t leaf) {
    return value->on_all || (value->set && value->set[leaf / 64] >> (leaf % 64) & 1);
}

#endif
