// Rounding: an exact number directly; a ball where both of its ends round alike.
#include "exec/exact/exact_round.h"

#include <float.h>
#include <math.h>

// -- machine numbers ----------------------------------------------------------------

typedef struct Format {
    slong bits;     // of the significand
    slong least;    // 2^least is the smallest positive number
    slong greatest; // no number reaches 2^greatest
} Format;

static Format format_of(Dtype dtype) {
    const Format single = {FLT_MANT_DIG, FLT_MIN_EXP - FLT_MANT_DIG, FLT_MAX_EXP};
    const Format wide = {DBL_MANT_DIG, DBL_MIN_EXP - DBL_MANT_DIG, DBL_MAX_EXP};
    return dtype == DT_F32 ? single : wide;
}

// The nearest number of the format, in a double (which has those of both formats).
static double round_arf(const arf_t x, const Format *format) {
    const int sign = arf_sgn(x);
    if (sign == 0) return 0;
    const double zero = sign < 0 ? -0.0 : 0.0;
    // |x| lies in [2^(e-1), 2^e).
    if (fmpz_cmp_si(ARF_EXPREF(x), format->greatest) > 0) return (double)sign * INFINITY;
    if (fmpz_cmp_si(ARF_EXPREF(x), format->least) < 0) return zero;
    const slong e = fmpz_get_si(ARF_EXPREF(x));
    if (e == format->least) // from half the smallest number up: a tie goes to zero
        return arf_cmpabs_2exp_si(x, e - 1) == 0 ? zero
                                                 : sign * ldexp(1, (int)format->least);
    const slong bits = e - format->least < format->bits ? e - format->least : format->bits;
    arf_t rounded;
    arf_init(rounded);
    arf_set_round(rounded, x, bits, ARF_RND_NEAR);
    const double value = fmpz_cmp_si(ARF_EXPREF(rounded), format->greatest) > 0
                             ? (double)sign * INFINITY
                             : arf_get_d(rounded, ARF_RND_NEAR);
    arf_clear(rounded);
    return value;
}

// A rational to 128 bits, towards zero, and one more bit far behind them where something
// was left out: no rounding boundary of a format lies between the two.
static void to_arf(arf_t out, const fmpq_t x) {
    enum { BITS = 128 };
    if (!arf_fmpz_div_fmpz(out, fmpq_numref(x), fmpq_denref(x), BITS, ARF_RND_DOWN)) return;
    arf_t rest;
    fmpz_t exponent;
    arf_init(rest);
    fmpz_init(exponent);
    fmpz_sub_ui(exponent, ARF_EXPREF(out), BITS + 2);
    arf_set_si(rest, fmpq_sgn(x));
    arf_mul_2exp_fmpz(rest, rest, exponent);
    arf_add(out, out, rest, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_clear(rest);
    fmpz_clear(exponent);
}

static void store_float(Dtype dtype, void *element, double value) {
    const float single = (float)value; // exact, or infinite
    if (dtype == DT_F32)
        memcpy(element, &single, sizeof single);
    else
        memcpy(element, &value, sizeof value);
}

static Decision round_ball(const arb_t ball, Dtype dtype, void *element) {
    const Format format = format_of(dtype);
    arf_t low, high;
    arf_init(low);
    arf_init(high);
    arb_get_interval_arf(low, high, ball, arb_bits(ball) + 64);
    const double a = round_arf(low, &format), b = round_arf(high, &format);
    arf_clear(low);
    arf_clear(high);
    if (a == b && signbit(a) == signbit(b)) {
        store_float(dtype, element, a);
        return DECIDED;
    }
    store_float(dtype, element, 0);
    return a == 0 && b == 0 ? DECIDED_ZERO : UNDECIDED;
}

// An irrational of Q(pi) is no boundary: some precision decides.
static Decision round_pi(const Number *x, Dtype dtype, void *element) {
    Decision decision = UNDECIDED;
    arb_t room;
    arb_init(room);
    for (slong bits = 128; decision != DECIDED && bits <= EXACT_SIGN_BITS; bits *= 2)
        decision = round_ball(exact_ball(x, room, bits), dtype, element);
    arb_clear(room);
    return decision;
}

static Decision round_real(const Number *x, Dtype dtype, void *element) {
    if (x->kind == NUMBER_BALL) return round_ball(&x->ball, dtype, element);
    if (x->kind == NUMBER_PI) return round_pi(x, dtype, element);
    const Format format = format_of(dtype);
    arf_t value;
    arf_init(value);
    to_arf(value, &x->rational);
    store_float(dtype, element, round_arf(value, &format));
    arf_clear(value);
    return DECIDED;
}

static Decision store_integer(const Number *x, Dtype dtype, void *element) {
    if (x->kind != NUMBER_INTEGER) return UNDECIDED;
    if (dtype == DT_BOOL)
        memcpy(element, &(uint8_t){(uint8_t)x->integer}, sizeof(uint8_t));
    else if (dtype == DT_I32)
        memcpy(element, &(int32_t){(int32_t)x->integer}, sizeof(int32_t));
    else
        memcpy(element, &x->integer, sizeof x->integer);
    return DECIDED;
}

Decision exact_round(const ExactEnv *env, const Number *x, Dtype dtype, void *element) {
    (void)env;
    if (!num_is_float(dtype)) return store_integer(x, dtype, element);
    if (exact_is_real(x)) return round_real(x, dtype, element);
    if (x->kind == NUMBER_UNKNOWN) return UNDECIDED;
    store_float(dtype, element,
                x->kind == NUMBER_INFINITE ? (double)x->sign * INFINITY : (double)NAN);
    return DECIDED;
}
