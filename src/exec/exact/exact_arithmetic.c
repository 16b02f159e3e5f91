// The kernels of arithmetic, and what all kernels share.
#include "exec/exact/exact_kernels.h"

#include <math.h>

// -- operands that are not real -----------------------------------------------------

void exact_pass_unknown(Number *out, const Number *x) {
    exact_clear(out);
    out->cause = x->cause;
}

void exact_set_ieee(Number *out, double value) {
    if (isnan(value))
        exact_set_undefined(out);
    else if (isinf(value))
        exact_set_infinite(out, value > 0 ? 1 : -1);
    else if (value == trunc(value))
        exact_set_si(out, (int64_t)value);
    else
        exact_set_pi_multiple(out, (int64_t)rint(value / M_PI_4), 4);
}

bool exact_stand_in(ExactEnv *env, Number *out, const Number *x, double *value) {
    *value = NAN;
    if (x->kind == NUMBER_UNDEFINED) return true;
    const int sign = exact_sign(env, x);
    *value = x->kind == NUMBER_INFINITE ? (double)sign * INFINITY : sign;
    if (sign != EXACT_UNSURE) return true;
    exact_set_unknown(env, out, "an operand's sign is not known beside an infinite one");
    return false;
}

bool exact_not_real(ExactEnv *env, Number *out, const Number *x, const Number *y,
                    Ieee *ieee) {
    if (exact_is_real(x) && exact_is_real(y)) return false;
    const bool undefined = x->kind == NUMBER_UNDEFINED || y->kind == NUMBER_UNDEFINED;
    double a, b;
    if (undefined)
        exact_set_undefined(out);
    else if (x->kind == NUMBER_UNKNOWN || y->kind == NUMBER_UNKNOWN)
        exact_pass_unknown(out, x->kind == NUMBER_UNKNOWN ? x : y);
    else if (exact_stand_in(env, out, x, &a) && exact_stand_in(env, out, y, &b))
        exact_set_ieee(out, ieee(a, b));
    return true;
}

// -- the four operations ------------------------------------------------------------

typedef struct Arithmetic {
    void (*rational)(fmpq_t out, const fmpq_t x, const fmpq_t y);
    void (*pi)(fmpz_poly_q_t out, const fmpz_poly_q_t x, const fmpz_poly_q_t y);
    void (*ball)(arb_t out, const arb_t x, const arb_t y, slong precision);
} Arithmetic;

static void combine_pi(Number *out, const Number *x, const Number *y,
                       const Arithmetic *arithmetic) {
    fmpz_poly_q_t p, q;
    fmpz_poly_q_init(p);
    fmpz_poly_q_init(q);
    exact_get_pi(p, x);
    exact_get_pi(q, y);
    arithmetic->pi(exact_make_pi(out), p, q);
    fmpz_poly_q_clear(p);
    fmpz_poly_q_clear(q);
}

static void combine_balls(ExactEnv *env, Number *out, const Number *x, const Number *y,
                          const Arithmetic *arithmetic) {
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *p = exact_ball(x, a, env->precision);
    const arb_struct *q = exact_ball(y, b, env->precision);
    arithmetic->ball(exact_make_ball(out), p, q, env->precision);
    arb_clear(a);
    arb_clear(b);
}

// Of reals.
static void combine(ExactEnv *env, Number *out, const Number *x, const Number *y,
                    const Arithmetic *arithmetic) {
    if (x->kind == NUMBER_RATIONAL && y->kind == NUMBER_RATIONAL)
        arithmetic->rational(exact_make_rational(out), &x->rational, &y->rational);
    else if (exact_is_exact(x) && exact_is_exact(y))
        combine_pi(out, x, y, arithmetic);
    else
        combine_balls(env, out, x, y, arithmetic);
    exact_settle(env, out, "it passes the range of balls");
}

static const Arithmetic adding = {fmpq_add, fmpz_poly_q_add, arb_add};
static const Arithmetic subtracting = {fmpq_sub, fmpz_poly_q_sub, arb_sub};
static const Arithmetic multiplying = {fmpq_mul, fmpz_poly_q_mul, arb_mul};
static const Arithmetic dividing = {fmpq_div, fmpz_poly_q_div, arb_div};

static double ieee_add(double x, double y) {
    return x + y;
}
static double ieee_sub(double x, double y) {
    return x - y;
}
static double ieee_mul(double x, double y) {
    return x * y;
}
static double ieee_div(double x, double y) {
    return x / y;
}

void exact_map_add(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    if (!exact_not_real(env, out, in[0], in[1], ieee_add))
        combine(env, out, in[0], in[1], &adding);
}

void exact_map_sub(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    if (exact_not_real(env, out, in[0], in[1], ieee_sub)) return;
    if (in[0] == in[1])
        exact_set_si(out, 0);
    else
        combine(env, out, in[0], in[1], &subtracting);
}

void exact_map_mul(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    if (exact_not_real(env, out, in[0], in[1], ieee_mul)) return;
    if (exact_is_zero(in[0]) || exact_is_zero(in[1]))
        exact_set_si(out, 0);
    else if (in[0] == in[1])
        exact_power(env, out, in[0], 2); // a square is not negative
    else
        combine(env, out, in[0], in[1], &multiplying);
}

void exact_map_div(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    const Number *x = in[0], *y = in[1];
    (void)attr;
    if (exact_not_real(env, out, x, y, ieee_div)) return;
    const int divisor = exact_sign(env, y);
    if (divisor == EXACT_UNSURE) {
        exact_set_unknown(env, out, "its divisor cannot be told from 0");
    } else if (divisor == 0) {
        const int dividend = exact_sign(env, x);
        if (dividend == EXACT_UNSURE)
            exact_set_unknown(env, out, "it divides by 0 what cannot be told from 0");
        else if (dividend == 0)
            exact_set_undefined(out);
        else
            exact_set_infinite(out, dividend);
    } else if (x == y) {
        exact_set_si(out, 1);
    } else if (exact_is_zero(x)) {
        exact_set_si(out, 0);
    } else {
        combine(env, out, x, y, &dividing);
    }
}

// -- signs --------------------------------------------------------------------------

static void negate(Number *x) {
    switch ((NumberKind)x->kind) {
    case NUMBER_RATIONAL:
        fmpq_neg(&x->rational, &x->rational);
        break;
    case NUMBER_PI:
        fmpz_poly_q_neg(&x->pi, &x->pi);
        break;
    case NUMBER_BALL:
        arb_neg(&x->ball, &x->ball);
        break;
    default:
        x->sign = (int8_t)-x->sign;
        break;
    }
}

void exact_map_neg(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)env, (void)attr;
    exact_copy(out, in[0]);
    negate(out);
}

static bool has_sign(const Number *x) {
    return exact_is_real(x) || x->kind == NUMBER_INFINITE;
}

void exact_map_abs(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    exact_copy(out, in[0]);
    if (!has_sign(out)) return;
    const int sign = exact_sign(env, out);
    if (sign == 0) exact_on_boundary(out, in[0]);
    if (sign == EXACT_UNSURE)
        arb_abs(&out->ball, &out->ball);
    else if (sign < 0)
        negate(out);
}

void exact_map_sign(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    if (!has_sign(in[0])) {
        exact_copy(out, in[0]);
        return;
    }
    const int sign = exact_sign(env, in[0]);
    if (sign == EXACT_UNSURE) {
        arb_zero_pm_one(exact_make_ball(out));
        out->cause = exact_cause(env, "its argument cannot be told from 0");
        return;
    }
    exact_set_si(out, sign);
    if (sign == 0) exact_on_boundary(out, in[0]);
}

// The sign of 0 is +.
void exact_map_copysign(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    exact_map_abs(env, out, in, attr);
    out->flags = 0;
    if (in[1]->kind == NUMBER_UNKNOWN) exact_pass_unknown(out, in[1]);
    if (!has_sign(in[1]) || !has_sign(out)) return;
    const int sign = exact_sign(env, in[1]);
    if (sign == 0 || exact_sign(env, in[0]) == 0) exact_on_boundary(out, in[1]);
    if (sign == -1) negate(out);
    if (sign != EXACT_UNSURE) return;
    Number other = {0};
    exact_copy(&other, out);
    negate(&other);
    exact_set_hull(env, out, &other, out,
                   exact_cause(env, "the sign of its second operand is not known"));
    exact_clear(&other);
}

// -- the larger and the smaller -----------------------------------------------------

static void choose(ExactEnv *env, Number *out, const Number *x, const Number *y,
                   int wanted) {
    if (x->kind == NUMBER_UNDEFINED || y->kind == NUMBER_UNDEFINED) {
        exact_set_undefined(out);
        return;
    }
    if (x->kind == NUMBER_UNKNOWN || y->kind == NUMBER_UNKNOWN) {
        exact_pass_unknown(out, x->kind == NUMBER_UNKNOWN ? x : y);
        return;
    }
    const int order = exact_compare(env, x, y);
    if (order != EXACT_UNSURE) {
        exact_copy(out, order == -wanted ? y : x);
        out->flags = 0;
        if (order == 0 && x != y) {
            exact_on_boundary(out, x);
            exact_on_boundary(out, y);
        }
        return;
    }
    const Arithmetic chosen = {.ball = wanted > 0 ? arb_max : arb_min};
    combine_balls(env, out, x, y, &chosen);
}

void exact_map_maximum(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    choose(env, out, in[0], in[1], 1);
}
void exact_map_minimum(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    choose(env, out, in[0], in[1], -1);
}

// -- powers of integers -------------------------------------------------------------

static bool rational_power(Number *out, const fmpq *x, int64_t n) {
    const uint64_t bits = fmpz_bits(fmpq_numref(x)) + fmpz_bits(fmpq_denref(x));
    const uint64_t most = 2 * (uint64_t)EXACT_BITS / bits; // at least 2 bits: 0/1, 1/1
    if (!fmpz_is_pm1(fmpq_numref(x)) || !fmpz_is_one(fmpq_denref(x)))
        if (n > (int64_t)most || n < -(int64_t)most) return false;
    fmpq *power = exact_make_rational(out);
    if (bits <= 2 && !fmpq_is_zero(x)) // 1 and -1 to any power
        fmpq_set_si(power, fmpq_sgn(x) < 0 && n % 2 ? -1 : 1, 1);
    else if (fmpq_is_zero(x))
        fmpq_set_si(power, n == 0, 1);
    else
        fmpq_pow_si(power, x, n);
    return true;
}

static bool pi_power(Number *out, const fmpz_poly_q_struct *x, int64_t n) {
    if (n > 64 || n < -64) return false;
    fmpz_poly_q_struct *power = exact_make_pi(out);
    fmpz_poly_q_pow(power, x, (ulong)(n < 0 ? -n : n));
    if (n < 0) fmpz_poly_q_inv(power, power);
    return true;
}

static void ball_power(ExactEnv *env, Number *out, const Number *x, int64_t n) {
    fmpz_t exponent;
    arb_t room;
    fmpz_init_set_si(exponent, n);
    arb_init(room);
    const arb_struct *ball = exact_ball(x, room, env->precision);
    arb_pow_fmpz(exact_make_ball(out), ball, exponent, env->precision);
    arb_clear(room);
    fmpz_clear(exponent);
}

void exact_power(ExactEnv *env, Number *out, const Number *x, int64_t n) {
    if (n < 0) {
        const int sign = exact_sign(env, x);
        if (sign == EXACT_UNSURE)
            exact_set_unknown(env, out, "its divisor cannot be told from 0");
        if (sign == 0) exact_set_infinite(out, 1);
        if (sign == EXACT_UNSURE || sign == 0) return;
    }
    if (exact_is_zero(x))
        exact_set_si(out, n == 0);
    else if (x->kind == NUMBER_RATIONAL && rational_power(out, &x->rational, n))
        exact_settle(env, out, NULL);
    else if (x->kind == NUMBER_PI && pi_power(out, &x->pi, n))
        exact_settle(env, out, NULL);
    else
        ball_power(env, out, x, n);
    exact_settle(env, out, "it passes the range of balls");
}

void exact_map_integer_pow(ExactEnv *env, Number *out, const Number *const *in, int64_t n) {
    const Number *x = in[0];
    if (n == 0)
        exact_set_si(out, 1);
    else if (exact_is_real(x))
        exact_power(env, out, x, n);
    else if (x->kind == NUMBER_INFINITE)
        exact_set_ieee(out, pow(x->sign * INFINITY, n % 2   ? (n < 0 ? -1 : 1)
                                                    : n < 0 ? -2
                                                            : 2));
    else
        exact_copy(out, x);
}

void exact_map_stop_gradient(ExactEnv *env, Number *out, const Number *const *in,
                             int64_t attr) {
    (void)env, (void)attr;
    exact_copy(out, in[0]);
}
