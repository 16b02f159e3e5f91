// The kernels of functions of one real variable: one table of what is known of each.
#include "exec/exact/exact_kernels.h"

#include <math.h>

// A value at a special argument.
typedef enum Special {
    NO_VALUE, // not special there: as elsewhere
    UNDEFINED,
    MINUS_INFINITY,
    PLUS_INFINITY,
    ZERO,
    ONE,
    MINUS_ONE,
    TWO,
    MINUS_HALF_PI,
    HALF_PI,
    PI,
} Special;

// An end of the domain, beyond which the function is undefined. It belongs to the domain
// when the function has a value there (NO_VALUE: the one of its other rows or of its ball).
typedef struct End {
    bool is_there;
    int at;
    Special value;
} End;

// An exact value at an exact argument; false where there is none (nothing is written then).
typedef bool ExactValue(Number *out, const Number *x);

typedef struct Function {
    void (*ball)(arb_t out, const arb_t x, slong precision);
    Special at_minus_infinity, at_plus_infinity, at_zero;
    End low, high;
    ExactValue *exact;
} Function;

static void set_special(Number *out, Special value) {
    switch (value) {
    case NO_VALUE:
    case UNDEFINED:
        exact_set_undefined(out);
        break;
    case MINUS_INFINITY:
    case PLUS_INFINITY:
        exact_set_infinite(out, value == PLUS_INFINITY ? 1 : -1);
        break;
    case ZERO:
        exact_set_si(out, 0);
        break;
    case ONE:
        exact_set_si(out, 1);
        break;
    case MINUS_ONE:
        exact_set_si(out, -1);
        break;
    case TWO:
        exact_set_si(out, 2);
        break;
    case MINUS_HALF_PI:
        exact_set_pi_multiple(out, -1, 2);
        break;
    case HALF_PI:
        exact_set_pi_multiple(out, 1, 2);
        break;
    case PI:
        exact_set_pi_multiple(out, 1, 1);
        break;
    }
}

// Beyond an end, or at it where it has a value. side: 1 for the upper end.
static bool at_end(ExactEnv *env, Number *out, const Number *x, const End *end, int side) {
    if (!end->is_there) return false;
    const int order = exact_compare_si(env, x, end->at);
    if (order == EXACT_UNSURE) {
        exact_set_unknown(env, out,
                          "its argument cannot be told from the end of its domain");
        return true;
    }
    if (order == side) {
        exact_set_undefined(out);
        return true;
    }
    if (order != 0) return false;
    if (end->value != NO_VALUE) set_special(out, end->value);
    exact_on_boundary(out, x);
    return end->value != NO_VALUE;
}

static void apply_ball(ExactEnv *env, Number *out, const Number *x, const Function *f) {
    const uint8_t flags = out->flags;
    arb_t room;
    arb_init(room);
    const arb_struct *ball = exact_ball(x, room, env->precision);
    f->ball(exact_make_ball(out), ball, env->precision);
    arb_clear(room);
    out->flags = flags;
    exact_settle(env, out, "its ball cannot be told from a singularity");
}

static void apply(ExactEnv *env, Number *out, const Number *x, const Function *f) {
    if (x->kind == NUMBER_UNDEFINED || x->kind == NUMBER_UNKNOWN) {
        exact_copy(out, x);
        out->flags = 0;
    } else if (x->kind == NUMBER_INFINITE) {
        set_special(out, x->sign > 0 ? f->at_plus_infinity : f->at_minus_infinity);
    } else if (at_end(env, out, x, &f->low, -1) || at_end(env, out, x, &f->high, 1)) {
        return;
    } else if (f->at_zero != NO_VALUE && exact_is_zero(x)) {
        const uint8_t flags = out->flags;
        set_special(out, f->at_zero);
        out->flags = flags;
    } else {
        const uint8_t flags = out->flags;
        if (exact_is_exact(x) && f->exact && f->exact(out, x)) {
            out->flags = flags;
            exact_settle(env, out, NULL);
        } else {
            apply_ball(env, out, x, f);
        }
    }
}

// -- exact values -------------------------------------------------------------------

// The k-th root of a rational that has one; k = 2, 3.
static bool exact_root(Number *out, const Number *x, slong k) {
    if (x->kind != NUMBER_RATIONAL) return false;
    fmpq_t root;
    fmpq_init(root);
    const bool both = fmpz_root(fmpq_numref(root), fmpq_numref(&x->rational), k) &&
                      fmpz_root(fmpq_denref(root), fmpq_denref(&x->rational), k);
    if (both) fmpq_set(exact_make_rational(out), root);
    fmpq_clear(root);
    return both;
}
static bool exact_sqrt(Number *out, const Number *x) {
    return exact_root(out, x, 2);
}
static bool exact_cbrt(Number *out, const Number *x) {
    return exact_root(out, x, 3);
}
static bool exact_rsqrt(Number *out, const Number *x) {
    if (!exact_root(out, x, 2)) return false;
    fmpq_inv(&out->rational, &out->rational);
    return true;
}

// 2^n
static bool exact_exp2(Number *out, const Number *x) {
    if (x->kind != NUMBER_RATIONAL || !fmpz_is_one(fmpq_denref(&x->rational))) return false;
    if (fmpz_bits(fmpq_numref(&x->rational)) > 15) return false; // 2^n is to be a rational
    const slong n = fmpz_get_si(fmpq_numref(&x->rational));
    fmpq *power = exact_make_rational(out);
    fmpz_one(n < 0 ? fmpq_denref(power) : fmpq_numref(power));
    fmpz_mul_2exp(n < 0 ? fmpq_denref(power) : fmpq_numref(power),
                  n < 0 ? fmpq_denref(power) : fmpq_numref(power), (ulong)(n < 0 ? -n : n));
    if (n < 0) fmpz_one(fmpq_numref(power));
    return true;
}

// The logarithm of a power of the base.
static bool exact_log_of(Number *out, const Number *x, ulong base) {
    if (x->kind != NUMBER_RATIONAL) return false;
    const bool whole = fmpz_is_one(fmpq_denref(&x->rational));
    if (!whole && !fmpz_is_one(fmpq_numref(&x->rational))) return false;
    fmpz_t rest, b;
    fmpz_init(rest);
    fmpz_init_set_ui(b, base);
    const slong n =
        fmpz_remove(rest, whole ? fmpq_numref(&x->rational) : fmpq_denref(&x->rational), b);
    const bool is_power = fmpz_is_one(rest);
    if (is_power) exact_set_si(out, whole ? n : -n);
    fmpz_clear(rest);
    fmpz_clear(b);
    return is_power;
}
static bool exact_log2(Number *out, const Number *x) {
    return exact_log_of(out, x, 2);
}
static bool exact_log10(Number *out, const Number *x) {
    return exact_log_of(out, x, 10);
}

static bool is_si(const Number *x, slong value) {
    return x->kind == NUMBER_RATIONAL && fmpz_is_one(fmpq_denref(&x->rational)) &&
           fmpz_equal_si(fmpq_numref(&x->rational), value);
}
static bool exact_log(Number *out, const Number *x) {
    if (!is_si(x, 1)) return false;
    exact_set_si(out, 0);
    return true;
}

// x = k pi / 12, 0 <= k < 24 after whole turns are left out; -1: it is none.
static int twelfths(const Number *x) {
    if (exact_is_zero(x)) return 0;
    if (x->kind != NUMBER_PI) return -1;
    const fmpz_poly_struct *num = x->pi.num, *den = x->pi.den;
    if (fmpz_poly_length(num) != 2 || fmpz_poly_length(den) != 1) return -1;
    if (!fmpz_is_zero(fmpz_poly_get_coeff_ptr(num, 0))) return -1;
    fmpz_t k;
    fmpz_init(k);
    fmpz_mul_ui(k, fmpz_poly_get_coeff_ptr(num, 1), 12);
    int twelfth = -1;
    if (fmpz_divisible(k, fmpz_poly_get_coeff_ptr(den, 0))) {
        fmpz_divexact(k, k, fmpz_poly_get_coeff_ptr(den, 0));
        twelfth = (int)fmpz_fdiv_ui(k, 24);
    }
    fmpz_clear(k);
    return twelfth;
}

// Twice the sine of k pi / 12, where that is whole.
static bool whole_sine(Number *out, int k) {
    static const int8_t doubled[] = {0, 1, 2, 1, 0, -1, -2, -1};
    static const int8_t at[] = {0, 2, 6, 10, 12, 14, 18, 22};
    for (size_t i = 0; i < sizeof at; i++) {
        if (at[i] != k) continue;
        fmpq_set_si(exact_make_rational(out), doubled[i], 2);
        fmpq_canonicalise(&out->rational);
        return true;
    }
    return false;
}
static bool exact_sin(Number *out, const Number *x) {
    return whole_sine(out, twelfths(x));
}
static bool exact_cos(Number *out, const Number *x) {
    const int k = twelfths(x);
    return k >= 0 && whole_sine(out, (k + 6) % 24);
}
static bool exact_tan(Number *out, const Number *x) {
    const int k = twelfths(x);
    if (k < 0 || k % 3) return false;
    static const int8_t values[] = {0, 1, 0, -1}; // of 0, pi/4, (a pole), 3 pi/4
    if (k % 12 == 6)
        exact_set_undefined(out);
    else
        exact_set_si(out, values[k / 3 % 4]);
    return true;
}

// x = n/2; NAN for what is no small half.
static double halves(const Number *x) {
    if (x->kind != NUMBER_RATIONAL || fmpz_cmp_ui(fmpq_denref(&x->rational), 2) > 0)
        return NAN;
    const slong den = fmpz_get_si(fmpq_denref(&x->rational));
    if (fmpz_bits(fmpq_numref(&x->rational)) > 2) return NAN;
    return (double)(fmpz_get_si(fmpq_numref(&x->rational)) * (3 - den));
}
static bool exact_arcsin(Number *out, const Number *x) {
    static const int8_t sixths[] = {-3, -1, 0, 1, 3}; // of pi, at -1, -1/2, …
    const double n = halves(x);
    if (!(fabs(n) <= 2)) return false;
    exact_set_pi_multiple(out, sixths[(int)n + 2], 6);
    return true;
}
static bool exact_arccos(Number *out, const Number *x) {
    static const int8_t sixths[] = {6, 4, 3, 2, 0};
    const double n = halves(x);
    if (!(fabs(n) <= 2)) return false;
    exact_set_pi_multiple(out, sixths[(int)n + 2], 6);
    return true;
}
static bool exact_arctan(Number *out, const Number *x) {
    if (!is_si(x, 1) && !is_si(x, -1)) return false;
    exact_set_pi_multiple(out, is_si(x, 1) ? 1 : -1, 4);
    return true;
}
static bool exact_lgamma(Number *out, const Number *x) {
    if (!is_si(x, 1) && !is_si(x, 2)) return false;
    exact_set_si(out, 0);
    return true;
}

// -- balls of what Arb has otherwise ------------------------------------------------

static void ball_exp2(arb_t out, const arb_t x, slong precision) {
    arb_t two;
    arb_init(two);
    arb_set_ui(two, 2);
    arb_pow(out, two, x, precision);
    arb_clear(two);
}
static void ball_log2(arb_t out, const arb_t x, slong precision) {
    arb_log_base_ui(out, x, 2, precision);
}
static void ball_log10(arb_t out, const arb_t x, slong precision) {
    arb_log_base_ui(out, x, 10, precision);
}

// The cube root of an end, of either sign.
static void root_of_end(arb_t out, const arf_t x, slong precision) {
    arf_t size;
    arf_init(size);
    arf_abs(size, x);
    arb_set_arf(out, size);
    arb_root_ui(out, out, 3, precision);
    if (arf_sgn(x) < 0) arb_neg(out, out);
    arf_clear(size);
}
// It rises everywhere: from end to end.
static void ball_cbrt(arb_t out, const arb_t x, slong precision) {
    if (arb_is_positive(x)) {
        arb_root_ui(out, x, 3, precision);
        return;
    }
    arf_t low, high;
    arb_t first;
    arf_init(low);
    arf_init(high);
    arb_init(first);
    arb_get_interval_arf(low, high, x, arb_bits(x) + 64);
    root_of_end(first, low, precision);
    root_of_end(out, high, precision);
    arb_union(out, first, out, precision);
    arf_clear(low);
    arf_clear(high);
    arb_clear(first);
}

static void ball_erf(arb_t out, const arb_t x, slong precision) {
    arb_hypgeom_erf(out, x, precision);
}
static void ball_erfc(arb_t out, const arb_t x, slong precision) {
    arb_hypgeom_erfc(out, x, precision);
}

// log|Γ(x)|; below 0 by reflection, log(π / |sin πx|) - log Γ(1 - x) (DLMF 5.5.3).
static void ball_lgamma(arb_t out, const arb_t x, slong precision) {
    if (arb_is_positive(x)) {
        arb_lgamma(out, x, precision);
        return;
    }
    arb_t sine, other;
    arb_init(sine);
    arb_init(other);
    arb_sin_pi(sine, x, precision);
    arb_abs(sine, sine);
    arb_const_pi(other, precision);
    arb_div(sine, other, sine, precision);
    arb_log(sine, sine, precision);
    arb_sub_ui(other, x, 1, precision);
    arb_neg(other, other);
    arb_lgamma(other, other, precision);
    arb_sub(out, sine, other, precision);
    arb_clear(sine);
    arb_clear(other);
}

// -- the table ----------------------------------------------------------------------

#define FROM(place, special) .low = {true, place, special}
#define TO(place, special)   .high = {true, place, special}
#define ROW(ball_, at_minus, at_plus, at_zero_, ...)                                       \
    {                                                                                      \
        .ball = (ball_), .at_minus_infinity = (at_minus), .at_plus_infinity = (at_plus),   \
        .at_zero = (at_zero_), __VA_ARGS__                                                 \
    }
#define FUNCTION(name, ...)                                                                \
    void exact_map_##name(ExactEnv *env, Number *out, const Number *const *in,             \
                          int64_t attr) {                                                  \
        static const Function function = ROW(__VA_ARGS__);                                 \
        (void)attr;                                                                        \
        apply(env, out, in[0], &function);                                                 \
    }

// name, ball, at -inf, at inf, at 0, the rest
FUNCTION(sqrt, arb_sqrt, UNDEFINED, PLUS_INFINITY, ZERO, FROM(0, NO_VALUE),
         .exact = exact_sqrt)
FUNCTION(rsqrt, arb_rsqrt, UNDEFINED, ZERO, NO_VALUE, FROM(0, PLUS_INFINITY),
         .exact = exact_rsqrt)
FUNCTION(exp, arb_exp, ZERO, PLUS_INFINITY, ONE)
FUNCTION(exp2, ball_exp2, ZERO, PLUS_INFINITY, ONE, .exact = exact_exp2)
FUNCTION(expm1, arb_expm1, MINUS_ONE, PLUS_INFINITY, ZERO)
FUNCTION(log, arb_log, UNDEFINED, PLUS_INFINITY, NO_VALUE, FROM(0, MINUS_INFINITY),
         .exact = exact_log)
FUNCTION(log2, ball_log2, UNDEFINED, PLUS_INFINITY, NO_VALUE, FROM(0, MINUS_INFINITY),
         .exact = exact_log2)
FUNCTION(log10, ball_log10, UNDEFINED, PLUS_INFINITY, NO_VALUE, FROM(0, MINUS_INFINITY),
         .exact = exact_log10)
FUNCTION(log1p, arb_log1p, UNDEFINED, PLUS_INFINITY, ZERO, FROM(-1, MINUS_INFINITY))
FUNCTION(sin, arb_sin, UNDEFINED, UNDEFINED, ZERO, .exact = exact_sin)
FUNCTION(cos, arb_cos, UNDEFINED, UNDEFINED, ONE, .exact = exact_cos)
FUNCTION(tan, arb_tan, UNDEFINED, UNDEFINED, ZERO, .exact = exact_tan)
FUNCTION(arcsin, arb_asin, UNDEFINED, UNDEFINED, ZERO, FROM(-1, NO_VALUE), TO(1, NO_VALUE),
         .exact = exact_arcsin)
FUNCTION(arccos, arb_acos, UNDEFINED, UNDEFINED, HALF_PI, FROM(-1, NO_VALUE),
         TO(1, NO_VALUE), .exact = exact_arccos)
FUNCTION(arctan, arb_atan, MINUS_HALF_PI, HALF_PI, ZERO, .exact = exact_arctan)
FUNCTION(sinh, arb_sinh, MINUS_INFINITY, PLUS_INFINITY, ZERO)
FUNCTION(cosh, arb_cosh, PLUS_INFINITY, PLUS_INFINITY, ONE)
FUNCTION(tanh, arb_tanh, MINUS_ONE, ONE, ZERO)
FUNCTION(arcsinh, arb_asinh, MINUS_INFINITY, PLUS_INFINITY, ZERO)
FUNCTION(arccosh, arb_acosh, UNDEFINED, PLUS_INFINITY, NO_VALUE, FROM(1, ZERO))
FUNCTION(arctanh, arb_atanh, UNDEFINED, UNDEFINED, ZERO, FROM(-1, MINUS_INFINITY),
         TO(1, PLUS_INFINITY))
FUNCTION(erf, ball_erf, MINUS_ONE, ONE, ZERO)
FUNCTION(erfc, ball_erfc, TWO, ZERO, ONE)

void exact_map_cbrt(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    static const Function function =
        ROW(ball_cbrt, MINUS_INFINITY, PLUS_INFINITY, ZERO, .exact = exact_cbrt);
    (void)attr;
    apply(env, out, in[0], &function);
    if (exact_is_zero(in[0])) exact_on_boundary(out, in[0]); // its derivative is infinite
}

// -- functions with poles at 0, -1, -2, … -------------------------------------------

// Whether x may be a pole: 1 yes, 0 no, EXACT_UNSURE.
static int is_pole(ExactEnv *env, const Number *x) {
    if (x->kind == NUMBER_RATIONAL)
        return fmpz_is_one(fmpq_denref(&x->rational)) && fmpq_sgn(&x->rational) <= 0;
    if (x->kind == NUMBER_PI || exact_sign(env, x) == 1) return 0;
    return arb_contains_int(&x->ball) ? EXACT_UNSURE : 0;
}

static void apply_beside_poles(ExactEnv *env, Number *out, const Number *x,
                               const Function *f, Special at_pole) {
    const int pole = exact_is_real(x) ? is_pole(env, x) : 0;
    if (pole == EXACT_UNSURE) {
        exact_set_unknown(env, out, "its argument cannot be told from a pole");
    } else if (pole) {
        set_special(out, at_pole);
        exact_on_boundary(out, x);
    } else {
        apply(env, out, x, f);
    }
}

void exact_map_lgamma(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    static const Function function =
        ROW(ball_lgamma, PLUS_INFINITY, PLUS_INFINITY, NO_VALUE, .exact = exact_lgamma);
    (void)attr;
    apply_beside_poles(env, out, in[0], &function, PLUS_INFINITY);
}

void exact_map_digamma(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    static const Function function = ROW(arb_digamma, UNDEFINED, PLUS_INFINITY, NO_VALUE);
    (void)attr;
    apply_beside_poles(env, out, in[0], &function, UNDEFINED);
}

// (-1)^(n+1) n! ζ(n+1, x) (DLMF 25.11.12); at its poles the sign that it has to their
// right, as the vm has it.
void exact_map_polygamma(ExactEnv *env, Number *out, const Number *const *in,
                         int64_t order) {
    static const Function limits = ROW(NULL, UNDEFINED, ZERO, NO_VALUE);
    const Number *x = in[0];
    const Special at_pole = order % 2 ? PLUS_INFINITY : MINUS_INFINITY;
    if (!exact_is_real(x) || is_pole(env, x) != 0) {
        apply_beside_poles(env, out, x, &limits, at_pole);
        return;
    }
    acb_t z, s, value;
    arb_t room;
    acb_init(z);
    acb_init(s);
    acb_init(value);
    arb_init(room);
    acb_set_arb(z, exact_ball(x, room, env->precision));
    acb_set_si(s, order);
    acb_polygamma(value, s, z, env->precision);
    arb_set(exact_make_ball(out), acb_realref(value));
    exact_settle(env, out, "its ball cannot be told from a singularity");
    acb_clear(z);
    acb_clear(s);
    acb_clear(value);
    arb_clear(room);
}
