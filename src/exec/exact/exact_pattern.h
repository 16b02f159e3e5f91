// Values at the point under a choice of sign for each predicate that sits on its boundary
// there, or whose sign is not known: a pattern. Predicates whose two sides are computed
// alike are one; each component of the arguments has its own choices.
#ifndef EXEC_EXACT_PATTERN_H
#define EXEC_EXACT_PATTERN_H

#include "exec/exact/exact_run.h"

typedef struct PatternValue {
    Number number;      // flags: those of germs too
    uint32_t id;        // equal ones are computed alike; 0: a constant
    uint32_t component; // 1 + the root that it depends on; 0: none; PATTERN_MIXED: several
} PatternValue;
#define PATTERN_MIXED UINT32_MAX
enum { PATTERN_PIECE = 128 }; // a flag: a maximum or minimum of equal numbers

extern const Interpretation exact_patterns; // env->patterns must be set

// The sign of the difference of two values.
typedef struct PatternChoice {
    uint32_t x, y; // their ids
    int8_t sign;
    bool thin;  // they are equal on no open set
    bool equal; // that they are equal is a choice, too
} PatternChoice;

// The choices of one pattern.
typedef struct PatternSeen {
    uint32_t n;
    PatternChoice *at;
} PatternSeen;

typedef struct PatternChoices {
    VEC(PatternChoice) at;
    VEC(PatternSeen) seen; // one for each pattern that was run
    bool done;             // there are no more
} PatternChoices;

// An operation and its operands; or a leaf, or a constant, by their numbers.
enum { PATTERN_LEAF = PRIM_COUNT, PATTERN_CONSTANT };
typedef struct PatternKey {
    int64_t attr;
    uint32_t prim, dtypes, in[3];
} PatternKey;

typedef struct PatternRun {
    Arena *arena;
    PatternChoices *of; // by roots
    bool surfaces;      // also patterns in which two values are equal on no open set
    const bool *strict; // of comparisons, in their order; NULL: not known
    uint32_t n_strict, next;
    VEC(PatternKey) keys; // of ids, from 1
    VEC(const Number *) constants;
    uint32_t *table, n_table; // of ids, by hashes
} PatternRun;

// Makes a leaf of a value: of an argument (component: its root) or of g (component 0).
void exact_pattern_leaf(ExactEnv *env, void *cell, uint32_t leaf, uint32_t component);

// Notes the pattern of each component, and goes on to the next.
Status exact_next_patterns(PatternRun *run, uint32_t n_x) MUST_USE;

// The constants that it keeps.
void exact_end_patterns(PatternRun *run);

#endif
