// Values as polynomials in the elements of a rule's linear parts g (cotangents, or
// tangents), with Numbers as coefficients: what shows whether a rule is linear
// (certainty.md §3), and one pass gives all columns of what is.
#ifndef EXEC_EXACT_FORM_H
#define EXEC_EXACT_FORM_H

#include "exec/exact/exact_run.h"

typedef enum FormKind {
    FORM_CONSTANT,   // free of g
    FORM_POLYNOMIAL, // of degree FORM_DEGREE at most
    FORM_TEST,       // a bool: whether a polynomial is 0 (`unequal`: is not 0)
    FORM_OTHER,      // depends on g in some other way
} FormKind;

// At most four factors, the numbers of g's elements plus one, 16 bits each, the greatest on
// top: 0 is the monomial 1.
typedef uint64_t Monomial;
enum { FORM_DEGREE = 4, FORM_MOST_G = 65535, FORM_MOST_TERMS = 65536 };

typedef struct FormTerm {
    Monomial monomial;
    Number coefficient;
} FormTerm;

// A form of zero bytes is an unknown constant. Terms ascend; a coefficient that is exactly
// zero is there only for its flags, one of the monomial 1 for those of all of the form.
typedef struct Form {
    uint8_t kind;
    bool unequal;
    uint32_t n;              // terms
    const ExactCause *cause; // where it stopped being linear, or NULL
    union {
        Number number;
        FormTerm *terms;
    };
} Form;

extern const Interpretation exact_forms; // env->guards must be set

// A condition on g that was taken as it is nearly everywhere: whether element g is `at`.
typedef struct FormGuard {
    uint32_t g;
    Number at;
} FormGuard;
typedef struct FormGuards {
    VEC(FormGuard) at; // their memory is FLINT's but for the list
    bool others;       // there was one on more than one element of g
} FormGuards;
void exact_clear_guards(FormGuards *guards);

// The element of g with that number.
void exact_set_g(Form *form, uint32_t g);

static inline Monomial exact_monomial(uint32_t g) {
    return (Monomial)(g + 1) << 48;
}
static inline unsigned exact_degree(Monomial m) {
    unsigned degree = 0;
    for (; m; m <<= 16)
        degree++;
    return degree;
}
// The coefficient; NULL: there is none (zero). Of a FORM_CONSTANT that of 1.
const Number *exact_coefficient(const Form *form, Monomial monomial);

#endif
