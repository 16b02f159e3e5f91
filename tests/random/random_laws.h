// The laws that hold for every program, and trials of them: a law for a program, or for a
// derivative or vmap of it.
#ifndef TESTS_RANDOM_LAWS_H
#define TESTS_RANDOM_LAWS_H

#include "random_program.h"

enum { MOST_LEVELS = 3 };

// What is tried: `main` of a program, through transformations, from the innermost: 'r' vjp
// with a random cotangent, 'f' jvp with a random tangent, 'v' vmap.
typedef struct Trial {
    uint32_t law;
    char levels[MOST_LEVELS + 1];
    uint64_t seed; // of arguments, cotangents, tangents, and which are batched
} Trial;

typedef enum Verdict {
    HOLDS,
    NOT_TRIED, // it says nothing about this program
    DIFFERS,
    WRONG_ERROR, // a well-typed program is refused, or a mutant with an internal error
    CRASHED,
    HANGS,
} Verdict;

typedef struct Outcome {
    Verdict verdict;
    char what[600]; // of the last four: for people
} Outcome;

uint32_t law_count(void);
const char *law_name(uint32_t law);
// A trial of some law for a program of these features.
Trial law_choose(Random *r, const Program *program);
// The spec whose points a trial compares.
void law_spec(Text *text, const Program *program, const Trial *trial);
Outcome law_try(const Program *program, const Trial *trial);

// Ill-typed and broken mutants of a program's spec: each gives a result or a diagnostic.
Outcome mutant_try(const Program *program, const Trial *trial);
void mutant_spec(Text *text, const Program *program, const Trial *trial);

#endif
