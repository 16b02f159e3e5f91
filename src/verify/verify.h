// What `check` finds: the model that report writes (language.md §4.1).
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "base/status.h"
#include "base/vec.h"
#include "cggrad.h"
#include "num/num.h"

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
    const cg_result *result;
    cg_tolerance tolerance;       // of its `expect`
    const cg_diagnostic *error;   // expected or not
    const cg_diagnostic *trouble; // the point is in error, which it is not expected to be
    size_t n;
    const VerifyExpectation *at;
} VerifyPoint;

// -- rules --------------------------------------------------------------------------

// From best to worst: of several the worst counts.
typedef enum VerifyVerdict {
    VERIFY_AGREES,
    VERIFY_SUBGRADIENT,
    VERIFY_NOT_CHECKED,
    VERIFY_UNDECIDED,
    VERIFY_REFUTED,
    VERIFY_VERDICTS,
} VerifyVerdict;

typedef enum VerifyScope {
    VERIFY_POINT,
    VERIFY_LINEARITY,
    VERIFY_ORDER2,
} VerifyScope;

// How a check was decided, and in which way a rule is wrong (certainty.md §2-5).
typedef enum VerifyRoad {
    VERIFY_NO_ROAD,
    VERIFY_BY_DIRECT,
    VERIFY_BY_LIMIT,
    VERIFY_BY_IDENTITY,
    VERIFY_BY_LINEARITY,
} VerifyRoad;

typedef enum VerifyKind {
    VERIFY_NO_KIND,
    VERIFY_DIFFERS,
    VERIFY_NOT_FINITE,
    VERIFY_INFINITE_DERIVATIVE,
    VERIFY_NO_SUBGRADIENT,
    VERIFY_NOT_LINEAR,
} VerifyKind;

// Whether a rule is linear in its cotangent (or tangents).
typedef enum VerifyLinear {
    VERIFY_LINEAR_UNKNOWN,
    VERIFY_LINEAR,
    VERIFY_LINEAR_NOT,
    VERIFY_LINEAR_DECLARED, // linear: false
} VerifyLinear;

// What was found of an element of the derivative: of an element of the value, of output
// `output` (of call->outputs), with respect to one of an argument, of call->x[x].
typedef struct VerifyCell {
    size_t x, x_element; // elements in row-major order
    size_t output, output_element;
    VerifyVerdict verdict;
    VerifyRoad by;
    VerifyKind kind;               // REFUTED
    int64_t digits;                // AGREES: proved ones; else -1
    const char *literal;           // AGREES within the rounding of it; else NULL
    const char *rule, *derivative; // decimals, as many digits as are proved, or "NaN",
                                   // "Infinity", "-Infinity"; NULL: not known
    double abs, rel, ulp;          // REFUTED: how far apart; NaN: not known
    const char *reason;            // or NULL
    cg_place place; // of an operation to blame; without a file: where the rule gives it
    size_t second, second_element; // order 2: by which x it is differentiated again
} VerifyCell;

// A check of a rule: of an element, or of all of an argument (whole): then what holds for
// each of its elements, its digits being the fewest.
typedef struct VerifyCheck {
    VerifyScope scope;
    const cg_rule_call *call; // NULL: of no point
    bool whole;
    bool of_argument; // the cell's x is meant; else the check is about all of the rule
    VerifyCell cell;
    size_t more; // further elements like this that are not kept
} VerifyCheck;

typedef enum VerifyMistake { VERIFY_FACTOR, VERIFY_SIGN, VERIFY_SWAPPED } VerifyMistake;

// What is wrong with a rule, in the terms of who wrote it.
typedef struct VerifyDiagnosis {
    VerifyMistake mistake;
    const char *arg;
    const char *other; // SWAPPED: the argument whose derivative stands there
    int64_t p, q;      // FACTOR: the rule is p/q × the derivative
    bool proved;
} VerifyDiagnosis;

// How far the rule, and plain differentiation of the value, are from the exact derivative
// at the working dtype: for an argument at a call, of its worst element.
typedef struct VerifyAccuracy {
    const cg_rule_call *call;
    size_t x, x_element;
    double rule_ulp, ad_ulp; // infinite: what is computed is not finite
    double rule, ad;         // what is computed
    const cg_cell *cell;     // NULL: made by hand
    cg_place place;          // where the digits are lost; without a file: not known
} VerifyAccuracy;

enum {
    VERIFY_ACCURACIES = 20,  // of a rule that are kept, the worst first
    VERIFY_NOTEWORTHY = 1000 // ulps of an error that people are told of
};

// What of an accuracy is worth telling: the rule loses digits, or spares those that plain
// differentiation loses.
typedef enum VerifyWorth {
    VERIFY_NO_WORTH,
    VERIFY_RULE_SPARES,
    VERIFY_RULE_LOSES,
    VERIFY_TOO_FAR, // more than is allowed (--max-ulp)
} VerifyWorth;

// A cell that is refuted: what a diagnosis is made from.
typedef struct VerifyWrong {
    const cg_rule_call *call;
    const cg_cell *cell;
} VerifyWrong;

typedef struct VerifyRule {
    const char *spec;
    const cg_rule *rule;
    VerifyVerdict verdict;
    VerifyLinear linear;
    const char *reason; // of the verdict as a whole, or NULL
    bool in_error;      // it could not be traced somewhere
    VEC(VerifyCheck) checks;
    VEC(VerifyDiagnosis) diagnosis;
    VEC(VerifyAccuracy) accuracy; // the worst first
    double max_ulp;               // what is allowed of them; 0: anything
    VEC(VerifyWrong) wrong;
    VEC(size_t) right; // by x: elements that agree and are not zero
} VerifyRule;

// A golden against what a point gives under its key (golden.h).
typedef enum VerifyGoldenVerdict {
    VERIFY_GOLDEN_HOLDS,
    VERIFY_GOLDEN_CHANGED,
    VERIFY_GOLDEN_MISSING,  // the point gives it, the file has it not
    VERIFY_GOLDEN_OBSOLETE, // the file has it, no point gives it
} VerifyGoldenVerdict;

typedef struct VerifyEntry VerifyEntry;
typedef struct VerifyGolden {
    const char *spec, *point, *key;
    VerifyGoldenVerdict verdict;
    bool failed;                       // it counts as a failure
    const VerifyEntry *expected, *got; // NULL: there is none
    // Of two arrays of one type, as in VerifyExpectation.
    cg_tolerance tolerance;
    double ulp;
    size_t n_elements, n_failing;
    VEC(VerifyElement) failing;
} VerifyGolden;

typedef struct VerifySummary {
    size_t expectations, failed;
    size_t in_error, without_expect; // points
    size_t rules_in_error;
    size_t rules, of_verdict[VERIFY_VERDICTS];
    bool measured;                  // an accuracy was asked for
    size_t inaccurate;              // rules that miss it
    bool goldens_compared;          // some spec has a golden file
    size_t goldens, goldens_failed; // all entries that were looked at; those that fail
    // Entries that are no failure (outside CI), and points without any.
    size_t goldens_missing, goldens_obsolete, goldens_undecided;
} VerifySummary;

// -- points -------------------------------------------------------------------------

// Runs a point and compares it with what it expects; counts it in the summary. What is
// found lives as long as the arena, and until the next point is run.
cg_status verify_point(Arena *arena, cg_context *cg, cg_source spec, size_t point,
                       VerifySummary *summary, VerifyPoint *found);

// -- verdicts (verdict.c) -----------------------------------------------------------

// Adds what was found of a cell at a call; all cells of a call one after the other.
// Elements that agree, are subgradients or are not checked make one check for their
// argument; others a check each, the worst of an element alone, up to VERIFY_SHOWN for an
// argument.
Status verify_add_cell(Arena *arena, VerifyRule *rule, VerifyScope scope,
                       const cg_rule_call *call, const VerifyCell *cell) MUST_USE;
// Adds a check of the rule as a whole at a call (linearity; what could not be checked).
Status verify_add_check(Arena *arena, VerifyRule *rule, VerifyScope scope,
                        const cg_rule_call *call, const VerifyCell *found) MUST_USE;
// The rule's verdict is the worst of its checks, but that of an order 2 that was not
// checked; without checks it is not checked. Counts it.
void verify_conclude(VerifyRule *rule, VerifySummary *summary);

// The worst verdict of all rules; without any, not checked.
VerifyVerdict verify_worst(const VerifySummary *summary);

typedef enum VerifyUndecided {
    VERIFY_UNDECIDED_AS_IS,
    VERIFY_PASS,
    VERIFY_FAIL
} VerifyUndecided;
// The exit status: 2 trouble, before 1 something failed or was refuted, before 3 something
// is undecided, before 0.
int verify_exit_status(const VerifySummary *summary, VerifyUndecided undecided);

// -- accuracy (accuracy.c) ----------------------------------------------------------

// Notes how accurate a rule is at a call.
Status verify_add_accuracy(Arena *arena, VerifyRule *rule, const cg_rule_call *call,
                           const cg_judgement *judgement) MUST_USE;
VerifyWorth verify_worth(const VerifyRule *rule, const VerifyAccuracy *accuracy);
// When all of a rule is known: where digits are lost; counts it when it is not as accurate
// as was asked for.
cg_status verify_conclude_accuracy(cg_context *cg, VerifyRule *rule,
                                   VerifySummary *summary);

// -- what is wrong (diagnose.c, prove.c)
// ------------------------------------------------------------------------

// Whether n values of the rule look like the derivative's times a simple factor other than
// 1. To be proved by the caller: q × rule = p × derivative.
bool verify_find_factor(size_t n, const double *rule, const double *derivative,
                        VerifyDiagnosis *found);
// Whether the values for two arguments look as if they stood in each other's place.
bool verify_are_swapped(size_t n, const double *const rule[2],
                        const double *const derivative[2]);
// "the rule is 1/2 × the derivative"; in the arena, NULL when memory is out.
const char *verify_diagnosis_text(Arena *arena, const VerifyDiagnosis *diagnosis);
// Notes what of a judgement diagnoses are made from.
Status verify_note_wrong(Arena *arena, VerifyRule *rule, const cg_rule_call *call,
                         const cg_judgement *judgement) MUST_USE;
// Diagnoses a rule from all cells that are refuted, and proves what is found.
cg_status verify_diagnose(Arena *arena, cg_context *cg, unsigned digits, VerifyRule *rule);

// -- all rules of a spec (rules_of_spec.c) ------------------------------------------

// An error that a point met.
typedef struct VerifyMetError {
    char code[5];
    uint32_t line, column;
} VerifyMetError;

// The rules of a spec while its points are gone through.
typedef struct VerifyRules {
    Arena *arena; // of all that is found
    cg_context *cg;
    cg_source spec;
    bool skip;          // no rule is to be looked at
    unsigned digits;    // wanted of an agreement; 0: VERIFY_DIGITS
    unsigned order;     // 2: the rule's derivative, too
    unsigned max_ulp;   // that a rule may be off by; 0: as far as it likes
    VEC(size_t) points; // where to look
    VEC(VerifyMetError) met;
    VEC(VerifyRule) at; // in the end
} VerifyRules;

enum { VERIFY_DIGITS = 30 };

// Adds the verdicts on a rule at a call that has a plan. CG_FAILED: there is no exact
// engine (reported).
cg_status verify_judge_call(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call);

// Notes a point and what was found of it.
Status verify_note_point(VerifyRules *rules, size_t point,
                         const VerifyPoint *found) MUST_USE;
// When all points have been noted: every rule of the spec, with its verdict. The error of a
// rule is reported, and trouble, unless a point has met it (and expected it or not).
cg_status verify_rules(VerifyRules *rules, VerifySummary *summary);

#endif
