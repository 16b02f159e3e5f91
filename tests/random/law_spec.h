// What law_spec.c, which writes the specs of trials, and random_laws.c, which runs them,
// share.
#ifndef TESTS_RANDOM_LAW_SPEC_H
#define TESTS_RANDOM_LAW_SPEC_H

#include "random_laws.h"

enum { ROWS = 2, MOST_POINTS = 1 + ROWS };

// How the points of a law are compared: the first with the second; its rows with the
// others; the same, rows that fail included; its product with cotangents, with that of the
// second with tangents; its graph as it is with its graph optimised.
typedef enum Comparison { EQUAL, BY_ROWS, BY_BATCH, DOT, OPTIMISED } Comparison;

// What must not be in a program that a law is about.
enum { NO_VJP = 1, NO_RULES = 2, NO_STOPS = 4, NO_FAILS = 8, LAST_IS_R = 16, NO_F = 32 };

typedef struct Law {
    const char *name;
    Comparison comparison;
    unsigned needs;
    unsigned spelling;          // of the second point's program
    const char *first, *second; // expressions: see `laws`
    const char *builtin;        // that it needs, or NULL
    unsigned weight;
} Law;
const Law *law_at(uint32_t law);
// Whether a law says something about a program of these features, at these levels.
bool law_is_possible(const Law *law, const Features *features, const char *levels);

// The numbers in a trial's spec: of the arguments of its last point, and of the cotangents
// and tangents of the law.
typedef struct TrialNumbers {
    Numbers inputs, cotangents, tangents;
} TrialNumbers;
// Adds a trial's spec. `nudge`: by how much of themselves, at most four times, its
// arguments are off.
void law_write(Text *text, const Program *program, const Trial *trial, double nudge,
               TrialNumbers *numbers);

#endif
