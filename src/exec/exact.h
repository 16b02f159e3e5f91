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

// What the plug-in gives: one table. A program and a plug-in of one version fit together.
typedef struct ExactBackend {
    const char *version;
    size_t plan_size; // of the structures that both know
    // The outputs as exact real numbers, each rounded once to its dtype: to nearest, ties
    // to even; infinite at proved poles, NaN where they are proved undefined. FAILED:
    // *error, E602 where it could not be decided. Nothing here is thread-safe for one plan.
    Status (*evaluate)(const ExactRequest *request, ExecError *error);
} ExactBackend;

// The name under which the plug-in gives its table: const ExactBackend *(void).
#define EXACT_ENTRY "exact_backend"
typedef const ExactBackend *ExactEntry(void);

// Loads the plug-in, from beside the executable or from where it is installed. FAILED:
// *error is E603, which says what to install.
Status exec_load_exact(Arena *arena, const ExactBackend **backend,
                       ExecError *error) MUST_USE;

#endif
