// The kernels of pow, arctan2 and hypot.
#include "exec/exact/exact_kernels.h"

#include <math.h>

// -- pow ----------------------------------------------------------------------------

static bool is_whole(const Number *x) {
    return x->kind == NUMBER_RATIONAL && fmpz_is_one(fmpq_denref(&x->rational));
}
static bool is_odd(const Number *x) {
    return is_whole(x) && fmpz_is_odd(fmpq_numref(&x->rational));
}

// A double of the same class as a base: NaN, infinite, or on the same side of -1, 0, 1.
static bool base_class(ExactEnv *env, const Number *x, double *value) {
    if (x->kind == NUMBER_UNKNOWN) return false;
    *value = x->kind == NUMBER_UNDEFINED ? NAN : INFINITY * x->sign;
    if (!exact_is_real(x)) return true;
    const int to_one = exact_compare_si(env, x, 1), to_zero = exact_sign(env, x),
              to_minus_one = exact_compare_si(env, x, -1);
    if (to_one == EXACT_UNSURE || to_zero == EXACT_UNSURE || to_minus_one == EXACT_UNSURE)
        return false;
    *value = (to_one + to_zero + to_minus_one) * 0.5; // -1.5, -1, -0.5, 0, 0.5, 1, 1.5
    return true;
}

// Likewise of an exponent: its sign, whether it is whole, and odd.
static bool exponent_class(ExactEnv *env, const Number *y, double *value) {
    if (y->kind == NUMBER_UNKNOWN) return false;
    *value = y->kind == NUMBER_UNDEFINED ? NAN : INFINITY * y->sign;
    if (!exact_is_real(y)) return true;
    const int sign = exact_sign(env, y);
    if (sign == EXACT_UNSURE || (y->kind == NUMBER_BALL && arb_contains_int(&y->ball)))
        return false;
    *value = sign * (is_odd(y) ? 3.0 : is_whole(y) ? 2.0 : 0.5);
    return true;
}

// Where an operand is not real, or x is 0: C's pow, by classes.
static void pow_by_class(ExactEnv *env, Number *out, const Number *x, const Number *y) {
    double a, b;
    if (base_class(env, x, &a) && exponent_class(env, y, &b))
        exact_set_ieee(out, pow(a, b));
    else if (x->kind == NUMBER_UNKNOWN || y->kind == NUMBER_UNKNOWN)
        exact_pass_unknown(out, x->kind == NUMBER_UNKNOWN ? x : y);
    else
        exact_set_unknown(env, out, "the class of an operand is not known");
}

// x^(p/q) of a positive rational whose q-th root is one.
static bool exact_root_power(ExactEnv *env, Number *out, const fmpq *x, const fmpq *y) {
    if (fmpz_cmp_ui(fmpq_denref(y), 64) > 0 || fmpz_bits(fmpq_numref(y)) > 32) return false;
    const slong q = fmpz_get_si(fmpq_denref(y));
    Number root = {0};
    fmpq *r = exact_make_rational(&root);
    const bool both = fmpz_root(fmpq_numref(r), fmpq_numref(x), q) &&
                      fmpz_root(fmpq_denref(r), fmpq_denref(x), q);
    if (both) exact_power(env, out, &root, fmpz_get_si(fmpq_numref(y)));
    exact_clear(&root);
    return both;
}

// Of a positive base.
static void positive_power(ExactEnv *env, Number *out, const Number *x, const Number *y) {
    if (x->kind == NUMBER_RATIONAL && y->kind == NUMBER_RATIONAL &&
        exact_root_power(env, out, &x->rational, &y->rational))
        return;
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *base = exact_ball(x, a, env->precision);
    const arb_struct *exponent = exact_ball(y, b, env->precision);
    arb_pow(exact_make_ball(out), base, exponent, env->precision);
    arb_clear(a);
    arb_clear(b);
    exact_settle(env, out, "it passes the range of balls");
}

// A whole power, of an exponent beyond int64, of a negative base.
static void long_power(ExactEnv *env, Number *out, const Number *x, const Number *y) {
    Number size = {0}, power = {0};
    exact_map_neg(env, &size, &x, 0);
    positive_power(env, &power, &size, y);
    exact_clear(&size);
    if (is_odd(y))
        exact_map_neg(env, out, (const Number *[]){&power}, 0);
    else
        exact_copy(out, &power);
    exact_clear(&power);
}

// Of a base that is not positive for certain.
static void other_power(ExactEnv *env, Number *out, const Number *x, const Number *y,
                        int sign) {
    if (sign == EXACT_UNSURE)
        exact_set_unknown(env, out, "its base cannot be told from 0");
    else if (is_whole(y))
        long_power(env, out, x, y);
    else if (y->kind == NUMBER_BALL && arb_contains_int(&y->ball))
        exact_set_unknown(env, out, "its exponent may be whole, and its base is negative");
    else
        exact_set_undefined(out);
}

void exact_map_pow(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    const Number *x = in[0], *y = in[1];
    (void)attr;
    if (exact_is_zero(y)) {
        exact_set_si(out, 1);
        return;
    }
    if (is_whole(y) && exact_is_real(x) && fmpz_fits_si(fmpq_numref(&y->rational))) {
        exact_power(env, out, x, fmpz_get_si(fmpq_numref(&y->rational)));
        if (exact_sign(env, x) != 1) exact_on_boundary(out, y); // other exponents have none
        return;
    }
    const bool real = exact_is_real(x) && exact_is_real(y);
    const int sign = real ? exact_sign(env, x) : 0;
    if (sign == 0) {
        pow_by_class(env, out, x, y);
        if (real) exact_on_boundary(out, x);
    } else if (sign == 1) {
        positive_power(env, out, x, y);
    } else {
        other_power(env, out, x, y, sign);
    }
}

// -- arctan2 ------------------------------------------------------------------------

// Of signs and infinities: a multiple of pi / 4.
static double ieee_arctan2(double y, double x) {
    return atan2(y, x);
}

// Whether |x| = |y| or one of them is 0: then the angle is a multiple of pi / 4.
static bool is_on_axis(ExactEnv *env, const Number *y, const Number *x) {
    if (!exact_is_exact(x) || !exact_is_exact(y)) return false;
    if (exact_is_zero(x) || exact_is_zero(y)) return true;
    Number opposite = {0};
    exact_map_neg(env, &opposite, &x, 0);
    const bool diagonal =
        exact_compare(env, y, x) == 0 || exact_compare(env, y, &opposite) == 0;
    exact_clear(&opposite);
    return diagonal;
}

static void angle_ball(ExactEnv *env, Number *out, const Number *y, const Number *x) {
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *p = exact_ball(y, a, env->precision);
    const arb_struct *q = exact_ball(x, b, env->precision);
    arb_atan2(exact_make_ball(out), p, q, env->precision);
    arb_clear(a);
    arb_clear(b);
    exact_settle(env, out, "its operands cannot be told from 0");
}

void exact_map_arctan2(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    const Number *y = in[0], *x = in[1];
    (void)attr;
    if (exact_not_real(env, out, y, x, ieee_arctan2)) return;
    const int up = exact_sign(env, y), right = exact_sign(env, x);
    if (is_on_axis(env, y, x)) {
        exact_set_ieee(out, atan2(up, right));
        if (up == 0 && right <= 0) { // the branch cut, and its end
            exact_on_boundary(out, x);
            exact_on_boundary(out, y);
        }
    } else if (right == 1 || up == 1 || up == -1) {
        angle_ball(env, out, y, x);
    } else if (up == 0 && right == -1) {
        exact_set_pi_multiple(out, 1, 1);
        exact_on_boundary(out, y);
    } else {
        exact_set_unknown(env, out, "its operands may lie on the cut, or be 0");
    }
}

// -- hypot --------------------------------------------------------------------------

static bool exact_hypot(ExactEnv *env, Number *out, const Number *x, const Number *y) {
    if (x->kind != NUMBER_RATIONAL || y->kind != NUMBER_RATIONAL) return false;
    Number square = {0}, other = {0}, sum = {0};
    exact_power(env, &square, x, 2);
    exact_power(env, &other, y, 2);
    exact_map_add(env, &sum, (const Number *[]){&square, &other}, 0);
    bool found = sum.kind == NUMBER_RATIONAL;
    if (found) {
        exact_map_sqrt(env, out, (const Number *[]){&sum}, 0);
        found = out->kind == NUMBER_RATIONAL;
    }
    exact_clear(&square);
    exact_clear(&other);
    exact_clear(&sum);
    return found;
}

void exact_map_hypot(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    const Number *x = in[0], *y = in[1];
    (void)attr;
    if (x->kind == NUMBER_INFINITE || y->kind == NUMBER_INFINITE) {
        exact_set_infinite(out, 1); // beside NaN too
        return;
    }
    if (exact_not_real(env, out, x, y, hypot)) return;
    if (exact_is_zero(x) && exact_is_zero(y)) {
        exact_set_si(out, 0);
        exact_on_boundary(out, x);
        exact_on_boundary(out, y);
        return;
    }
    if (exact_hypot(env, out, x, y)) return;
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    const arb_struct *p = exact_ball(x, a, env->precision);
    const arb_struct *q = exact_ball(y, b, env->precision);
    arb_hypot(exact_make_ball(out), p, q, env->precision);
    arb_clear(a);
    arb_clear(b);
    exact_settle(env, out, "it passes the range of balls");
}
