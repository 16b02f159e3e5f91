// Making numbers, and asking their sign.
#include "exec/exact/exact_number.h"

// -- owning -------------------------------------------------------------------------

void exact_clear(Number *x) {
    switch ((NumberKind)x->kind) {
    case NUMBER_RATIONAL:
        fmpq_clear(&x->rational);
        break;
    case NUMBER_PI:
        fmpz_poly_q_clear(&x->pi);
        break;
    case NUMBER_BALL:
        arb_clear(&x->ball);
        break;
    default:
        break;
    }
    *x = (Number){0};
}

void exact_copy(Number *to, const Number *from) {
    if (to == from) return;
    exact_clear(to);
    switch ((NumberKind)from->kind) {
    case NUMBER_RATIONAL:
        fmpq_init(&to->rational);
        fmpq_set(&to->rational, &from->rational);
        break;
    case NUMBER_PI:
        fmpz_poly_q_init(&to->pi);
        exact_get_pi(&to->pi, from);
        break;
    case NUMBER_BALL:
        arb_init(&to->ball);
        arb_set(&to->ball, &from->ball);
        break;
    default:
        to->integer = from->integer;
        break;
    }
    to->kind = from->kind;
    to->flags = from->flags;
    to->sign = from->sign;
    to->cause = from->cause;
}

void exact_swap(Number *x, Number *y) {
    const Number kept = *x;
    *x = *y;
    *y = kept;
}

// -- setting ------------------------------------------------------------------------

void exact_set_integer(Number *x, int64_t integer) {
    exact_clear(x);
    x->kind = NUMBER_INTEGER;
    x->integer = integer;
}

fmpq *exact_make_rational(Number *x) {
    exact_clear(x);
    x->kind = NUMBER_RATIONAL;
    fmpq_init(&x->rational);
    return &x->rational;
}

fmpz_poly_q_struct *exact_make_pi(Number *x) {
    exact_clear(x);
    x->kind = NUMBER_PI;
    fmpz_poly_q_init(&x->pi);
    return &x->pi;
}

arb_struct *exact_make_ball(Number *x) {
    exact_clear(x);
    x->kind = NUMBER_BALL;
    arb_init(&x->ball);
    return &x->ball;
}

void exact_set_si(Number *x, int64_t value) {
    fmpq_set_si(exact_make_rational(x), value, 1);
}

void exact_set_infinite(Number *x, int sign) {
    exact_clear(x);
    x->kind = NUMBER_INFINITE;
    x->sign = sign < 0 ? -1 : 1;
}

void exact_set_undefined(Number *x) {
    exact_clear(x);
    x->kind = NUMBER_UNDEFINED;
}

const ExactCause *exact_cause(ExactEnv *env, const char *reason) {
    static const ExactCause none = {.reason = "memory is out"};
    if (env->cause) return env->cause;
    ExactCause *cause = NEW(env->arena, ExactCause);
    if (!cause) {
        env->no_memory = true;
        return &none;
    }
    *cause = (ExactCause){env->span, env->prim, reason};
    env->cause = cause;
    return cause;
}

void exact_set_unknown(ExactEnv *env, Number *x, const char *reason) {
    exact_clear(x);
    x->cause = exact_cause(env, reason);
}

// A polynomial without terms above the constant one.
static bool is_constant(const fmpz_poly_struct *p) {
    return fmpz_poly_length(p) <= 1;
}

void exact_set_pi_multiple(Number *x, int64_t num, int64_t den) {
    if (num == 0) {
        exact_set_si(x, 0);
        return;
    }
    fmpz_poly_q_struct *pi = exact_make_pi(x);
    fmpz_poly_set_coeff_si(pi->num, 1, num);
    fmpz_poly_set_si(pi->den, den);
    fmpz_poly_q_canonicalise(pi);
}

static bool is_large(const fmpq *x) {
    return fmpz_bits(fmpq_numref(x)) + fmpz_bits(fmpq_denref(x)) > EXACT_BITS;
}

// Bits of all coefficients, if each had as many as the largest.
static bool is_large_poly(const fmpz_poly_struct *p) {
    return fmpz_poly_length(p) * (FLINT_ABS(fmpz_poly_max_bits(p)) + 64) > EXACT_BITS;
}

static void make_approximate(ExactEnv *env, Number *x) {
    Number ball = {0};
    arb_t room;
    arb_init(room);
    arb_set(exact_make_ball(&ball), exact_ball(x, room, env->precision));
    arb_clear(room);
    ball.flags = x->flags;
    exact_clear(x);
    *x = ball;
}

static void settle_pi(ExactEnv *env, Number *x) {
    if (is_large_poly(x->pi.num) || is_large_poly(x->pi.den)) {
        make_approximate(env, x);
    } else if (is_constant(x->pi.num) && is_constant(x->pi.den)) {
        Number rational = {0};
        fmpq *q = exact_make_rational(&rational);
        fmpz_poly_get_coeff_fmpz(fmpq_numref(q), x->pi.num, 0);
        fmpz_poly_get_coeff_fmpz(fmpq_denref(q), x->pi.den, 0);
        fmpq_canonicalise(q);
        rational.flags = x->flags;
        exact_clear(x);
        *x = rational;
    }
}

void exact_settle(ExactEnv *env, Number *x, const char *reason) {
    if (x->kind == NUMBER_RATIONAL && is_large(&x->rational))
        make_approximate(env, x);
    else if (x->kind == NUMBER_PI)
        settle_pi(env, x);
    else if (x->kind == NUMBER_BALL && !arb_is_finite(&x->ball))
        exact_set_unknown(env, x, reason);
}

void exact_set_between(ExactEnv *env, Number *x, const Number *low, const Number *high) {
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *from = exact_ball(low, a, env->precision);
    const arb_struct *to = exact_ball(high, b, env->precision);
    Number made = {0};
    arb_union(exact_make_ball(&made), from, to, env->precision);
    arb_clear(a);
    arb_clear(b);
    exact_clear(x);
    *x = made;
}

// Equal for certain, and of one kind.
static bool is_same(const ExactEnv *env, const Number *x, const Number *y) {
    if (x->kind != y->kind) return false;
    if (x->kind == NUMBER_INTEGER) return x->integer == y->integer;
    if (x->kind == NUMBER_UNDEFINED) return true;
    if (exact_is_real(x) || x->kind == NUMBER_INFINITE)
        return exact_compare(env, x, y) == 0;
    return false;
}

void exact_set_hull(ExactEnv *env, Number *out, const Number *x, const Number *y,
                    const ExactCause *cause) {
    const uint8_t flags = x->flags | y->flags | NUMBER_HULL;
    if (x == y || is_same(env, x, y)) {
        exact_copy(out, x);
        return;
    }
    if (exact_is_real(x) && exact_is_real(y))
        exact_set_between(env, out, x, y);
    else
        exact_clear(out);
    out->flags = flags;
    out->cause = cause;
}

// -- balls --------------------------------------------------------------------------

// Of an element of Q(pi): with that relative accuracy, for it is not zero.
static void ball_of_pi(arb_t out, const fmpz_poly_q_struct *x, slong precision) {
    arb_t pi, den;
    arb_init(pi);
    arb_init(den);
    for (slong bits = precision + 32; bits <= EXACT_SIGN_BITS; bits *= 2) {
        arb_const_pi(pi, bits);
        arb_fmpz_poly_evaluate_arb(out, x->num, pi, bits);
        arb_fmpz_poly_evaluate_arb(den, x->den, pi, bits);
        arb_div(out, out, den, bits);
        if (arb_is_finite(out) && arb_rel_accuracy_bits(out) >= precision) break;
    }
    arb_clear(pi);
    arb_clear(den);
}

const arb_struct *exact_ball(const Number *x, arb_t room, slong precision) {
    if (x->kind == NUMBER_BALL) return &x->ball;
    if (x->kind == NUMBER_RATIONAL)
        arb_set_fmpq(room, &x->rational, precision);
    else
        ball_of_pi(room, &x->pi, precision);
    return room;
}

// -- asking -------------------------------------------------------------------------

int exact_sign(const ExactEnv *env, const Number *x) {
    (void)env;
    if (x->kind == NUMBER_INFINITE) return x->sign;
    if (x->kind == NUMBER_RATIONAL) return fmpq_sgn(&x->rational);
    arb_t room;
    arb_init(room);
    const arb_struct *ball = exact_ball(x, room, 32);
    const int sign = arb_is_zero(ball)       ? 0
                     : arb_is_positive(ball) ? 1
                     : arb_is_negative(ball) ? -1
                                             : EXACT_UNSURE;
    arb_clear(room);
    return sign;
}

static int compare_balls(const ExactEnv *env, const Number *x, const Number *y) {
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *p = exact_ball(x, a, env->precision);
    const arb_struct *q = exact_ball(y, b, env->precision);
    const int order = arb_lt(p, q)   ? -1
                      : arb_gt(p, q) ? 1
                      : arb_eq(p, q) ? 0
                                     : EXACT_UNSURE;
    arb_clear(a);
    arb_clear(b);
    return order;
}

void exact_get_pi(fmpz_poly_q_t out, const Number *x) {
    if (x->kind == NUMBER_PI) {
        fmpz_poly_set(out->num, x->pi.num);
        fmpz_poly_set(out->den, x->pi.den);
    } else {
        fmpz_poly_set_fmpz(out->num, fmpq_numref(&x->rational));
        fmpz_poly_set_fmpz(out->den, fmpq_denref(&x->rational));
    }
}

// The sign of the difference, in Q(pi).
static int compare_in_pi(const ExactEnv *env, const Number *x, const Number *y) {
    Number difference = {0};
    fmpz_poly_q_struct *d = exact_make_pi(&difference);
    fmpz_poly_q_t other;
    fmpz_poly_q_init(other);
    exact_get_pi(d, x);
    exact_get_pi(other, y);
    fmpz_poly_q_sub_in_place(d, other);
    fmpz_poly_q_clear(other);
    const int order = fmpz_poly_q_is_zero(d) ? 0 : exact_sign(env, &difference);
    exact_clear(&difference);
    return order;
}

int exact_compare(const ExactEnv *env, const Number *x, const Number *y) {
    if (x == y) return 0;
    if (x->kind == NUMBER_INFINITE || y->kind == NUMBER_INFINITE) {
        const int a = x->kind == NUMBER_INFINITE ? x->sign : 0;
        const int b = y->kind == NUMBER_INFINITE ? y->sign : 0;
        return (a > b) - (a < b);
    }
    if (x->kind == NUMBER_RATIONAL && y->kind == NUMBER_RATIONAL) {
        const int order = fmpq_cmp(&x->rational, &y->rational);
        return (order > 0) - (order < 0);
    }
    if (exact_is_exact(x) && exact_is_exact(y)) return compare_in_pi(env, x, y);
    return compare_balls(env, x, y);
}

int exact_compare_si(const ExactEnv *env, const Number *x, int64_t y) {
    if (y == 0) return exact_sign(env, x);
    Number other = {0};
    exact_set_si(&other, y);
    const int order = exact_compare(env, x, &other);
    exact_clear(&other);
    return order;
}
