// Numbers of the exact backend: what is known of a real number (certainty.md §2), or of an
// integer or boolean.
//
// An exact number stays exact through the operations that allow it; above EXACT_BITS it
// becomes a ball. A ball holds the number; nothing else is known of it. INFINITE and
// UNDEFINED are proved, never guessed; what this precision cannot say is UNKNOWN.
//
// A number of zero bytes is UNKNOWN, owns nothing, and may be cleared. One that owns memory
// (FLINT's) must be cleared.
#ifndef EXEC_EXACT_NUMBER_H
#define EXEC_EXACT_NUMBER_H

#include "base/arena.h"
#include "base/source.h"
#include "base/vec.h"
#include "exec/exact/exact_flint.h"
#include "ir/prim.h"
#include "num/num.h"

#include <stdbool.h>

typedef enum NumberKind {
    NUMBER_UNKNOWN,   // also of integers: not known
    NUMBER_INTEGER,   // of an integer or bool dtype: known
    NUMBER_RATIONAL,  // exact
    NUMBER_PI,        // exact: a fraction of polynomials in pi that is no rational
    NUMBER_BALL,      // a real number in the ball
    NUMBER_INFINITE,  // proved: a pole, or an infinite operand
    NUMBER_UNDEFINED, // proved: 0/0, the logarithm of a negative number
} NumberKind;

// Flags travel with what is computed from a number (through `select`, from the branch that
// is taken alone). But for VARIES they say why a derivative computed at this point alone
// may not be the function's: certainty.md §2.
enum {
    NUMBER_VARIES = 1,     // depends on an argument
    NUMBER_BOUNDARY = 2,   // something varying sits on a predicate's boundary, a kink, a
                           // jump, an end of a domain, or a branch cut
    NUMBER_NOT_FINITE = 4, // something varying was infinite or undefined
    NUMBER_HULL = 8,       // holds more than one branch, because a predicate is unknown
};

// Why a number is UNKNOWN, or its ball holds more than rounding made it hold.
typedef struct ExactCause {
    Span span; // of the operation
    Prim prim;
    const char *reason; // "its divisor cannot be told from 0"
} ExactCause;

typedef struct Number {
    uint8_t kind;            // NumberKind
    uint8_t flags;           // of all kinds
    int8_t sign;             // INFINITE: 1 or -1
    const ExactCause *cause; // UNKNOWN, BALL: the first one; or NULL
    union {
        arb_struct ball;
        fmpz_poly_q_struct pi;
        fmpq rational;
        int64_t integer;
    };
} Number;

// What the comparisons of a run gave, in their order: 0, 1, or -1 where it was unknown.
typedef struct ExactScript {
    VEC(int8_t) at;
    uint32_t next;
    bool replay; // they are not made again, but read from here
    bool lost;   // there were more, or one that was unknown
} ExactScript;

// What arithmetic needs besides its operands.
typedef struct ExactEnv {
    slong precision; // bits of balls
    Arena *arena;    // of causes
    // The operation that is evaluated, for causes; `cause` is its own once it has one.
    Span span;
    Prim prim;
    const ExactCause *cause;
    bool no_memory;
    struct FormGuards *guards;   // of forms (exact_form.h)
    struct GermRay *ray;         // of germs (exact_germ.h)
    struct PatternRun *patterns; // of patterns (exact_pattern.h)
    ExactScript *script;         // comparisons of numbers are recorded or replayed; or NULL
    bool widen; // a literal of EXACT_LONG digits or more is a ball of half a unit of its
                // last
} ExactEnv;

enum {
    EXACT_LONG = 15,            // digits of a literal that stands for an irrational number
    EXACT_BITS = 40000,         // an exact number of more becomes a ball
    EXACT_MOST_BITS = 65536,    // the highest precision
    EXACT_SIGN_BITS = 16777216, // for signs of exact numbers, which none needs
};

// -- making -------------------------------------------------------------------------

void exact_clear(Number *x); // then it is UNKNOWN
void exact_copy(Number *to, const Number *from);
void exact_swap(Number *x, Number *y);

// Each clears what was there, flags too.
void exact_set_integer(Number *x, int64_t integer);
void exact_set_si(Number *x, int64_t value); // RATIONAL
void exact_set_infinite(Number *x, int sign);
void exact_set_undefined(Number *x);
void exact_set_unknown(ExactEnv *env, Number *x, const char *reason);
void exact_set_pi_multiple(Number *x, int64_t num, int64_t den);
// To be written: RATIONAL 0, PI 0, BALL 0.
fmpq *exact_make_rational(Number *x);
fmpz_poly_q_struct *exact_make_pi(Number *x);
arb_struct *exact_make_ball(Number *x);

// After such a number was written: the kind that it is now. A rational of too many bits
// becomes a ball, an element of Q(pi) that is rational a RATIONAL, a ball that is not
// finite UNKNOWN (for that reason).
void exact_settle(ExactEnv *env, Number *x, const char *reason);
// The ball around what lies between two numbers (reals).
void exact_set_between(ExactEnv *env, Number *x, const Number *low, const Number *high);
// What may be either of two numbers: equal ones themselves, reals a ball, else UNKNOWN.
void exact_set_hull(ExactEnv *env, Number *out, const Number *x, const Number *y,
                    const ExactCause *cause);

// The number that a literal's text stands for (ir.h), not rounded; of an integer dtype as
// exec_literal reads it.
void exact_literal(ExactEnv *env, Number *x, Str text, Dtype dtype);
// Its significant digits, zeros at both ends left out; 0 of what is no numeral.
unsigned exact_literal_digits(Str text);
// An element of an array of that dtype, and back (of a float only what is exact).
void exact_load(Number *x, Dtype dtype, const void *element);

// -- asking -------------------------------------------------------------------------

static inline bool exact_is_real(const Number *x) {
    return x->kind >= NUMBER_RATIONAL && x->kind <= NUMBER_BALL;
}
static inline bool exact_is_exact(const Number *x) {
    return x->kind == NUMBER_RATIONAL || x->kind == NUMBER_PI;
}
static inline bool exact_is_zero(const Number *x) { // proved
    return x->kind == NUMBER_RATIONAL && fmpq_is_zero(&x->rational);
}

// -1, 0 or 1: proved; EXACT_UNSURE: the ball cannot say. Of reals and infinite numbers.
enum { EXACT_UNSURE = 2 };
int exact_sign(const ExactEnv *env, const Number *x);
int exact_compare(const ExactEnv *env, const Number *x, const Number *y);
int exact_compare_si(const ExactEnv *env, const Number *x, int64_t y);

// The real as a ball: its own, or made in `room` (initialised by the caller) with that
// many bits.
const arb_struct *exact_ball(const Number *x, arb_t room, slong precision);

// An exact number as an element of Q(pi).
void exact_get_pi(fmpz_poly_q_t out, const Number *x);

// The cause of the operation that is evaluated.
const ExactCause *exact_cause(ExactEnv *env, const char *reason);

// -- operations ---------------------------------------------------------------------

// One element of an elementwise primitive (MAP, COMPARE, select, convert): out apart from
// the operands, cleared before or a number. dtype, out_dtype, attr: as of a plan's
// instruction (exec/program.h). Equal pointers among the operands are one number. Flags and
// causes of the operands are passed on.
typedef struct ExactOperation {
    Prim prim;
    Dtype dtype, out_dtype;
    uint32_t n_in;
    int64_t attr;
} ExactOperation;
void exact_apply(ExactEnv *env, const ExactOperation *op, Number *out,
                 const Number *const *in);

#endif
