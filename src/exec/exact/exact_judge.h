// Between the files that judge a rule at a point: what one pass over its plan gives.
#ifndef EXEC_EXACT_JUDGE_H
#define EXEC_EXACT_JUDGE_H

#include "exec/exact.h"
#include "exec/exact/exact_form.h"

// The plan evaluated once: by forms, all of g at once; or by numbers, at one g.
typedef struct Pass {
    Evaluation e;
    Arena *arena;
    FormGuards guards;
    ExecError error;
    Cells **inputs, **outputs;
    uint32_t n_outputs;
    bool ran;                    // outputs are there; else
    const ExactCause *undecided; // control flow could not be decided, because of this
} Pass;

// What the elements of g are in a pass: element k is g[k], a symbol where it is NULL
// (forms). `fixed`: one of the symbols that is a number instead; NULL: none.
typedef struct PassAt {
    const Interpretation *kind;
    slong precision;
    const Number *g;
    const FormGuard *fixed;
    bool widen; // literals of many digits are balls, and predicates those of `script`
    ExactScript *script; // the predicates' outcomes: recorded, or (widen) replayed; or NULL
    // Of an interpretation that knows more of its leaves: called for each element of an
    // argument that is differentiated, then of g (numbered behind those); or NULL.
    void (*place)(ExactEnv *env, void *cell, uint32_t leaf, const void *about);
    const void *about;
    struct GermRay *ray; // of germs
    struct PatternRun *patterns;
} PassAt;

// Begins and runs a pass; exact_end_pass in any case. FAILED: pass->error.
Status exact_pass(const ExactPair *pair, const PassAt *at, Pass *pass) MUST_USE;
void exact_end_pass(Pass *pass);
// A pass where g is the unit vector of one element; at->g is not read.
Status exact_pass_at_unit(const ExactPair *pair, const PassAt *at, uint32_t element,
                          Pass *pass) MUST_USE;

// The number of elements of all linear parts; of all arguments that are differentiated.
uint32_t exact_count_g(const ExactPair *pair);
uint32_t exact_count_x(const ExactPair *pair);

// Element i of output k, counted over values, derivatives and results.
static inline const void *exact_output(const Pass *pass, uint32_t k, int64_t i) {
    return exact_cell(pass->outputs[k], i);
}

// The number of an element of a linear part among them.
uint32_t exact_number_of_g(const ExactPair *pair, uint32_t linear, int64_t element);
// The output that is a result's derivative, or what the rule has for it.
static inline uint32_t exact_output_of(const ExactPair *pair, uint32_t result,
                                       bool of_rule) {
    return pair->n_values + result + (of_rule ? pair->n_results : 0);
}

// Whether R is linear in g. `forms`: a pass by forms, all symbols.
Status exact_linearity(const ExactPair *pair, const Pass *forms, slong precision,
                       ExactFindings *findings, ExecError *error) MUST_USE;

// -- what is said of a cell ---------------------------------------------------------

// A text of so many digits, or as many as are decided; NULL: none.
const char *exact_shown(Arena *arena, ExactEnv *env, const Number *x, unsigned most);
double exact_nearest_double(const ExactEnv *env, const Number *x); // NaN: not known
// The whole digits that |difference| / |size| leaves: floor(-log10) of its upper bound; -1:
// none, or the size may be 0.
int exact_digits_between(const ExactEnv *env, const Number *difference, const Number *size);
bool exact_is_tiny(const ExactEnv *env, const Number *x); // below 10^-300
// Undecided, for the number's own cause if it has one.
void exact_leave_open(ExactCell *cell, const Number *why, const char *reason);

// -- the limit road -----------------------------------------------------------------

// The number over all arguments of the element that a cell is the derivative with respect
// to.
uint32_t exact_x_of(const ExactPair *pair, const ExactCell *cell);
// A pass by exact_depends.
Status exact_find_depends(const ExactPair *pair, slong precision, Pass *pass) MUST_USE;

// The literal of the fewest digits from EXACT_LONG on; digits is 0 where there is none.
typedef struct ExactLiteral {
    Str text;
    unsigned digits;
} ExactLiteral;

// Judges the cells whose road is EXACT_LIMIT: by limits of the derivative (certainty.md
// §5).
Status exact_judge_limits(const ExactPair *pair, slong precision,
                          const ExactLiteral *literal, size_t n, ExactCell *cells,
                          ExecError *error) MUST_USE;

// The plug-in's own (exec/exact.h).
Status exact_judge(const ExactPair *pair, ExactFindings *findings,
                   ExecError *error) MUST_USE;
Status exact_relate(const ExactPair *pair, size_t n, const ExactRelation *relations,
                    bool *proved, ExecError *error) MUST_USE;
Status exact_find_loss(const ExactPair *pair, const ExactTerm *term, bool of_rule,
                       Span *place, ExecError *error) MUST_USE;

#endif
