// Values as germs: what they are along a ray x + t v, for t > 0 that tend to 0
// (certainty.md §5). A series is Σ c t^e (log t)^k, all of whose terms with e below `order`
// are there; what is known of each coefficient is a Number.
#ifndef EXEC_EXACT_GERM_H
#define EXEC_EXACT_GERM_H

#include "exec/exact/exact_run.h"

typedef enum GermKind {
    GERM_UNKNOWN,
    GERM_CONSTANT, // along the ray; all integers and booleans are, and what is not finite
    GERM_SERIES,
} GermKind;

// Exponents count in parts of 1: every denominator up to 20, and 25, 50, 100, divides it.
#define GERM_ONE   INT64_C(1163962800)
#define GERM_EXACT INT64_MAX       // an order: nothing is cut off
#define GERM_FLAT  (INT64_MAX / 4) // an order: smaller than every power (exp(-1/t))

// Flags of germs, beside those of numbers. BOUNDARY is on predicates alone: at the point
// itself their two sides meet.
enum {
    GERM_CHOOSES = 16, // one branch of a predicate on its boundary was taken
    GERM_JUMPS = 32,   // perhaps those branches do not meet at the point
    GERM_LINEAR = 64,  // depends on g: an exact zero stays one beside what is not defined
};

typedef struct GermTerm {
    int64_t e;
    uint32_t k;
    Number c;
} GermTerm;

// A germ of zero bytes is unknown. An order of 0 or less is that of a real function whose
// leading term is not known (sin(1/t): 0; exp(1/t): -GERM_FLAT). Terms by rising e, then
// falling k; none is exactly zero.
typedef struct Germ {
    uint8_t kind;
    uint8_t flags;           // of a series; a constant's number has its own
    uint32_t n;              // terms
    uint32_t id;             // of the value; copies keep it; 0: none
    int64_t order;           // of a series
    const ExactCause *cause; // UNKNOWN; or NULL
    union {
        Number number;
        GermTerm *terms;
    };
} Germ;

extern const Interpretation exact_germs; // env->ray must be set

// What an evaluation along a ray needs and leaves: the most terms of a series; of each
// comparison, maximum and minimum, in their order, whether its sides differ along the ray;
// and whether there were two values that do not.
typedef struct GermRay {
    uint32_t most_terms, last_id;
    VEC(bool) strict;
    bool vanished;
} GermRay;

// x + v t
void exact_set_ray(ExactEnv *env, Germ *germ, const Number *x, const Number *v);

// The limit: real, infinite, undefined (the ray leaves the domain), or unknown.
void exact_limit_of(ExactEnv *env, const Germ *germ, Number *limit);

// -1, 0, 1 for all small t, or EXACT_UNSURE. Of reals and infinite ones.
int exact_germ_sign(const ExactEnv *env, const Germ *germ);

// -- between the files of germs -----------------------------------------------------

void exact_clear_germ(Germ *germ);
void exact_copy_germ(Germ *to, const Germ *from);
void exact_germ_constant(Germ *germ, Number *number); // the number is taken over
void exact_germ_si(Germ *germ, int64_t value);
void exact_germ_unknown(ExactEnv *env, Germ *germ, const char *reason);
uint8_t exact_germ_flags(const Germ *germ);

// out = x op y of numbers (y may be NULL); out may be one of them.
void exact_compute(ExactEnv *env, Prim prim, Number *out, const Number *x, const Number *y);

// Arithmetic of real germs (constants and series); out may be an operand.
void exact_germ_add(ExactEnv *env, Germ *out, const Germ *x, const Germ *y);
void exact_germ_sub(ExactEnv *env, Germ *out, const Germ *x, const Germ *y);
void exact_germ_mul(ExactEnv *env, Germ *out, const Germ *x, const Germ *y);
void exact_germ_div(ExactEnv *env, Germ *out, const Germ *x, const Germ *y);
void exact_germ_scale(ExactEnv *env, Germ *out, const Germ *x, const Number *by,
                      int64_t shift); // by * t^shift * x
// x^power; 0 for a power of a negative number that is not whole: undefined.
void exact_germ_power(ExactEnv *env, Germ *out, const Germ *x, const Number *power);
// Σ c[i] r^i: n coefficients, r tends to 0.
void exact_germ_compose(ExactEnv *env, Germ *out, const Number *c, uint32_t n,
                        const Germ *r);

// A function of one variable (a series), CLASS_MAP.
void exact_germ_function(ExactEnv *env, Prim prim, int64_t attr, Germ *out, const Germ *x);
void exact_germ_arctan2(ExactEnv *env, Germ *out, const Germ *y, const Germ *x);
void exact_germ_pow(ExactEnv *env, Germ *out, const Germ *x, const Germ *y);

#endif
