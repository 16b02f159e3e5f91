// The exact backend, as the layers above see it: a plug-in (cggrad-exact.so, of FLINT and
// Arb) that is loaded when it is first asked for. What stands in exact/ is the plug-in's.
#ifndef EXEC_EXACT_H
#define EXEC_EXACT_H

#include "exec/plan.h"

// An array of machine numbers.
typedef struct ExactArray {
    Dtype dtype;
    int64_t n;
    void *elements;        // of an input read only
    ExecDecimal *decimals; // of an output, where digits are asked for; else NULL
} ExactArray;

typedef struct ExactRequest {
    const Plan *plan;
    uint32_t n_inputs, n_outputs;
    const ExactArray *inputs;
    // An output that is a stack (Plan.stacks) has room for pointers to ExecStacks alone.
    ExactArray *outputs;
    unsigned digits; // 0: none are asked for; at most EXACT_MOST_DIGITS
    Arena *arena;    // of texts and messages
} ExactRequest;
enum { EXACT_MOST_DIGITS = 10000 };

// -- rules --------------------------------------------------------------------------

// A rule beside the derivative that it is to be, at a point (certainty.md §1). The plan's
// inputs: operands, then linear parts, a value of each of which is one of g's elements; its
// outputs: the values (floats), the derivatives T, the rule's results R, of which there are
// as many. T is linear in the linear parts.
//   of a vjp rule: linear parts are the values' cotangents, results those of the arguments
//   of a jvp rule: linear parts are the arguments' tangents, results those of the values
typedef struct ExactPair {
    const Plan *plan;
    bool is_jvp;
    bool is_nonlinear; // declared: its linearity is not asked for
    // All cells are about this element of this value (order 2 of a vjp rule, whose own
    // cotangent is an operand then).
    bool of_value;
    uint32_t value;
    int64_t value_element;
    uint32_t n_operands, n_linear, n_values, n_results;
    const ExactArray *operands;
    const ExactArray *linear, *values, *results; // dtype and n alone
    unsigned digits;                             // wanted of an agreement
    Arena *arena;                                // of the findings
} ExactPair;

typedef enum ExactVerdict {
    EXACT_AGREES,
    EXACT_SUBGRADIENT,
    EXACT_UNDECIDED,
    EXACT_REFUTED,
} ExactVerdict;
typedef enum ExactRoad { EXACT_NO_ROAD, EXACT_DIRECT, EXACT_LIMIT } ExactRoad;
typedef enum ExactMistake {
    EXACT_NO_MISTAKE,
    EXACT_DIFFERS,
    EXACT_NOT_FINITE,
    EXACT_INFINITE_DERIVATIVE,
    EXACT_NO_SUBGRADIENT,
} ExactMistake;

// Element `result_element` of result `result`, for element `linear_element` of linear part
// `linear`: the coefficient of the one in the other.
typedef struct ExactCell {
    uint32_t linear, result;
    int64_t linear_element, result_element;
    ExactVerdict verdict;
    ExactRoad road;
    ExactMistake mistake;          // REFUTED
    int digits;                    // AGREES: proved ones; else -1
    const char *literal;           // AGREES within its rounding; or NULL
    const char *rule, *derivative; // decimals of proved digits, "NaN", "Infinity"; or NULL
    double rule_value, derivative_value; // nearest numbers; NaN: not known
    double abs, rel;                     // REFUTED: how far apart; NaN: not known
    const char *reason;                  // UNDECIDED, or more about what AGREES; or NULL
    Span place;                          // of an operation to blame, or NO_SPAN
} ExactCell;

typedef enum ExactLinear {
    EXACT_LINEAR_UNKNOWN,
    EXACT_LINEAR,
    EXACT_NOT_LINEAR
} ExactLinear;

typedef struct ExactFindings {
    ExactLinear linear;
    const char *linear_reason; // of what is not linear, or unknown; or NULL
    Span linear_place;
    // All cells but those that are zero by structure on both sides, by results.
    size_t n;
    ExactCell *cells;
} ExactFindings;

// An element of a result for an element of a linear part, as in a cell.
typedef struct ExactTerm {
    uint32_t linear, result;
    int64_t linear_element, result_element;
} ExactTerm;

// That q × the rule's element is p × the derivative's.
typedef struct ExactRelation {
    ExactTerm rule, derivative;
    int64_t p, q;
} ExactRelation;

// -- the plug-in --------------------------------------------------------------------

// What the plug-in gives: one table. A program and a plug-in of one version fit together.
typedef struct ExactBackend {
    const char *version;
    size_t plan_size; // of the structures that both know
    // The outputs as exact real numbers, each rounded once to its dtype: to nearest, ties
    // to even; infinite at proved poles, NaN where they are proved undefined. FAILED:
    // *error, E602 where it could not be decided. Nothing here is thread-safe for one plan.
    Status (*evaluate)(const ExactRequest *request, ExecError *error);
    // The verdicts on a rule at a point. FAILED: *error, where the plan itself fails there.
    Status (*judge)(const ExactPair *pair, ExactFindings *findings, ExecError *error);
    // Whether relations all hold to pair->digits digits: proved, or not known to.
    Status (*relate)(const ExactPair *pair, size_t n, const ExactRelation *relations,
                     bool *proved, ExecError *error);
    // Where the rule's element (or the derivative's), computed in its dtype, loses most of
    // its digits: the operation behind which its relative error has grown most. NO_SPAN:
    // none stands out.
    Status (*find_loss)(const ExactPair *pair, const ExactTerm *term, bool of_rule,
                        Span *place, ExecError *error);
} ExactBackend;

// The name under which the plug-in gives its table: const ExactBackend *(void).
#define EXACT_ENTRY "exact_backend"
typedef const ExactBackend *ExactEntry(void);

// Loads the plug-in, from beside the executable or from where it is installed. FAILED:
// *error is E603, which says what to install.
Status exec_load_exact(Arena *arena, const ExactBackend **backend,
                       ExecError *error) MUST_USE;

#endif
