// The kernels that give whole numbers, and remainders.
#include "exec/exact/exact_kernels.h"

#include <math.h>

// -- whole parts of rationals -------------------------------------------------------

void exact_floor_of(fmpz_t out, const fmpq_t x) {
    fmpz_fdiv_q(out, fmpq_numref(x), fmpq_denref(x));
}
static void ceil_of(fmpz_t out, const fmpq_t x) {
    fmpz_cdiv_q(out, fmpq_numref(x), fmpq_denref(x));
}
void exact_trunc_of(fmpz_t out, const fmpq_t x) {
    fmpz_tdiv_q(out, fmpq_numref(x), fmpq_denref(x));
}
// To nearest, ties to even: floor(x + 1/2), less 1 if that is odd and x a tie.
void exact_nearest_of(fmpz_t out, const fmpq_t x) {
    fmpq_t half, sum;
    fmpq_init(half);
    fmpq_init(sum);
    fmpq_set_si(half, 1, 2);
    fmpq_add(sum, x, half);
    exact_floor_of(out, sum);
    if (fmpz_is_one(fmpq_denref(sum)) && fmpz_is_odd(out)) fmpz_sub_ui(out, out, 1);
    fmpq_clear(half);
    fmpq_clear(sum);
}

// -- of numbers ---------------------------------------------------------------------

// Where a whole part jumps: at whole numbers, or halfway between them.
static bool is_jump(const fmpq *x, WholePart *whole) {
    return whole == exact_nearest_of ? fmpz_equal_si(fmpq_denref(x), 2)
                                     : fmpz_is_one(fmpq_denref(x));
}

// An end of a ball as a rational. One that is a whole number of many bits, or next to 0, is
// replaced by one with the same whole part next to it that is short: false, when there is
// none.
static bool end_of(fmpq_t out, const arf_t end) {
    const slong magnitude = arf_abs_bound_lt_2exp_si(end);
    if (magnitude > EXACT_BITS) return false;
    if (magnitude < -EXACT_BITS) {
        fmpq_set_si(out, arf_sgn(end), 4);
        return true;
    }
    arf_get_fmpq(out, end);
    return true;
}

// The whole parts of both ends. False when they are too long.
static bool whole_ends(fmpz_t low, fmpz_t high, const arb_t x, WholePart *whole,
                       slong precision) {
    arf_t a, b;
    fmpq_t q;
    arf_init(a);
    arf_init(b);
    fmpq_init(q);
    arb_get_interval_arf(a, b, x, precision);
    bool short_enough = end_of(q, a);
    if (short_enough) whole(low, q);
    short_enough = short_enough && end_of(q, b);
    if (short_enough) whole(high, q);
    arf_clear(a);
    arf_clear(b);
    fmpq_clear(q);
    return short_enough;
}

static void whole_of_ball(ExactEnv *env, Number *out, const arb_t x, WholePart *whole) {
    fmpz_t low, high;
    fmpz_init(low);
    fmpz_init(high);
    if (!whole_ends(low, high, x, whole, arb_bits(x) + 64)) {
        exact_set_unknown(env, out, "it is too large to be known to the last unit");
    } else if (fmpz_equal(low, high)) {
        fmpq *q = exact_make_rational(out);
        fmpz_set(fmpq_numref(q), low);
    } else {
        arf_t a, b;
        arf_init(a);
        arf_init(b);
        arf_set_fmpz(a, low);
        arf_set_fmpz(b, high);
        arb_set_interval_arf(exact_make_ball(out), a, b, env->precision);
        arf_clear(a);
        arf_clear(b);
        out->cause = exact_cause(env, "its argument may be where it jumps");
    }
    fmpz_clear(low);
    fmpz_clear(high);
}

// No irrational is where a whole part jumps: some precision tells.
static void whole_of_pi(ExactEnv *env, Number *out, const Number *x, WholePart *whole) {
    arb_t room;
    arb_init(room);
    for (slong bits = env->precision; bits <= EXACT_SIGN_BITS; bits *= 2) {
        whole_of_ball(env, out, exact_ball(x, room, bits), whole);
        if (out->kind != NUMBER_BALL) break;
    }
    arb_clear(room);
}

void exact_whole(ExactEnv *env, Number *out, const Number *x, WholePart *whole) {
    if (x->kind == NUMBER_RATIONAL) {
        fmpq *q = exact_make_rational(out);
        whole(fmpq_numref(q), &x->rational);
        if (is_jump(&x->rational, whole)) exact_on_boundary(out, x);
    } else if (x->kind == NUMBER_PI) {
        whole_of_pi(env, out, x, whole);
    } else if (x->kind == NUMBER_BALL) {
        whole_of_ball(env, out, &x->ball, whole);
    } else {
        exact_copy(out, x);
    }
}

void exact_map_floor(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    exact_whole(env, out, in[0], exact_floor_of);
}
void exact_map_ceil(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    exact_whole(env, out, in[0], ceil_of);
}
void exact_map_trunc(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    exact_whole(env, out, in[0], exact_trunc_of);
}
void exact_map_round(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    exact_whole(env, out, in[0], exact_nearest_of);
}

// -- quotients and remainders -------------------------------------------------------

// As the vm has it, of infinite operands: C's remainder first.
static double ieee_floor_divide(double x, double y) {
    if (y == 0) return x / y;
    const double remainder = fmod(x, y);
    if (isnan(remainder)) return remainder;
    return remainder != 0 && (y < 0) != (remainder < 0) ? -1 : 0;
}

// The quotient's whole part, and the flag of where it jumps.
static void whole_quotient(ExactEnv *env, Number *out, const Number *const *in,
                           WholePart *whole) {
    Number quotient = {0};
    exact_map_div(env, &quotient, in, 0);
    quotient.flags |= (in[0]->flags | in[1]->flags) & NUMBER_VARIES;
    exact_whole(env, out, &quotient, whole);
    exact_clear(&quotient);
}

void exact_map_floor_divide(ExactEnv *env, Number *out, const Number *const *in,
                            int64_t attr) {
    (void)attr;
    if (!exact_not_real(env, out, in[0], in[1], ieee_floor_divide))
        whole_quotient(env, out, in, exact_floor_of);
}

static double ieee_rem(double x, double y) {
    return fmod(x, y);
}

// x - y trunc(x / y)
void exact_map_rem(ExactEnv *env, Number *out, const Number *const *in, int64_t attr) {
    (void)attr;
    if (exact_is_real(in[0]) && in[1]->kind == NUMBER_INFINITE) {
        exact_copy(out, in[0]);
        return;
    }
    if (exact_not_real(env, out, in[0], in[1], ieee_rem)) return;
    if (exact_sign(env, in[1]) == 0) {
        exact_set_undefined(out);
        return;
    }
    Number quotient = {0}, multiple = {0};
    whole_quotient(env, &quotient, in, exact_trunc_of);
    exact_map_mul(env, &multiple, (const Number *[]){&quotient, in[1]}, 0);
    exact_map_sub(env, out, (const Number *[]){in[0], &multiple}, 0);
    out->flags = quotient.flags & NUMBER_BOUNDARY;
    if (out->kind == NUMBER_BALL || out->kind == NUMBER_UNKNOWN)
        out->cause = quotient.cause;
    exact_clear(&quotient);
    exact_clear(&multiple);
}

// -- comparisons --------------------------------------------------------------------

// What a comparison says of each order: bits for below, equal, above.
enum { BELOW = 1, EQUAL = 2, ABOVE = 4, ANY_ORDER = 7 };

static void compare(ExactEnv *env, Number *out, const Number *const *in, unsigned holds,
                    bool of_undefined) {
    const Number *x = in[0], *y = in[1];
    if (x->kind == NUMBER_UNDEFINED || y->kind == NUMBER_UNDEFINED) {
        exact_set_integer(out, of_undefined);
        return;
    }
    if (x->kind == NUMBER_UNKNOWN || y->kind == NUMBER_UNKNOWN) {
        exact_pass_unknown(out, x->kind == NUMBER_UNKNOWN ? x : y);
        return;
    }
    const int order = exact_compare(env, x, y);
    if (order == EXACT_UNSURE) {
        exact_set_unknown(env, out, "its operands cannot be told apart");
        return;
    }
    exact_set_integer(out, (holds & (order < 0 ? BELOW : order == 0 ? EQUAL : ABOVE)) != 0);
    if (order == 0 && x != y) {
        exact_on_boundary(out, x);
        exact_on_boundary(out, y);
    }
}

#define COMPARISON(name, holds)                                                            \
    void exact_map_##name(ExactEnv *env, Number *out, const Number *const *in,             \
                          int64_t attr) {                                                  \
        (void)attr;                                                                        \
        compare(env, out, in, holds, (holds) == (ANY_ORDER & ~EQUAL));                     \
    }
COMPARISON(eq, EQUAL)
COMPARISON(ne, BELOW | ABOVE)
COMPARISON(lt, BELOW)
COMPARISON(le, BELOW | EQUAL)
COMPARISON(gt, ABOVE)
COMPARISON(ge, ABOVE | EQUAL)
