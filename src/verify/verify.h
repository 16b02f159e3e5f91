// What `check` finds: the model that report writes (language.md §4.1).
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "base/status.h"
#include "base/vec.h"
#include "cggrad.h"

enum { VERIFY_SHOWN = 20 }; // failing elements of one array that are kept; more are counted

// An element that is not what it should be.
typedef struct VerifyElement {
    const int64_t *index; // as many as the array's rank
    const void *expected, *got;
    double ulp;
    cg_place place;
} VerifyElement;

// An expected value with its verdict.
typedef struct VerifyExpectation {
    const char *key;     // in `expect`
    const cg_part *part; // of a derivative: with respect to what; else NULL
    bool failed;
    cg_place place;
    const char *mismatch; // why there was nothing to compare; else NULL
    // Values: arrays alike, or both CG_NULL; of a mismatch as far as they are known.
    const cg_value *expected, *got;
    cg_tolerance tolerance; // that was used
    double ulp;             // the largest of all elements
    size_t n_elements, n_failing;
    VEC(VerifyElement) failing; // the first VERIFY_SHOWN
    // An expected error: its code, and the code (NULL: none) and message that there were.
    const char *expected_error, *got_error, *got_message;
} VerifyExpectation;

typedef struct VerifyPoint {
    const char *spec, *name;
    const cg_diagnostic *trouble; // the point is in error, which it is not expected to be
    size_t n;
    const VerifyExpectation *at;
} VerifyPoint;

// A custom rule with its verdict. Nothing proves rules in this version.
typedef struct VerifyRule {
    const char *spec;
    const cg_rule *rule;
    const char *reason; // why it is not checked
} VerifyRule;

typedef struct VerifySummary {
    size_t expectations, failed;
    size_t in_error, without_expect; // points
    size_t rules, not_checked;
} VerifySummary;

// Runs a point and compares it with what it expects; counts it in the summary. What is
// found lives as long as the arena, and until the next point is run.
cg_status verify_point(Arena *arena, cg_context *cg, cg_source spec, size_t point,
                       VerifySummary *summary, VerifyPoint *found);

// The verdict of a rule; counts it.
VerifyRule verify_rule(const char *spec, const cg_rule *rule, VerifySummary *summary);

#endif
