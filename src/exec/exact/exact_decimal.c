// Numbers as decimals, rounded to a number of significant digits.
#include "exec/exact/exact_kernels.h"
#include "exec/exact/exact_round.h"

#include "base/str.h"

#include <math.h>

// 10^k: exact, unless it is long.
static void set_power_of_ten(ExactEnv *env, Number *x, const fmpz_t k) {
    if (fmpz_bits(k) <= 13) {
        Number ten = {0};
        exact_set_si(&ten, 10);
        exact_power(env, x, &ten, fmpz_get_si(k));
        exact_clear(&ten);
        return;
    }
    arb_struct *ball = exact_make_ball(x);
    arb_set_ui(ball, 10);
    arb_pow_fmpz(ball, ball, k, env->precision + 2 * (slong)fmpz_bits(k));
}

// |x| * 10^k to the nearest whole number, and whether that is exact. False: the ball does
// not say.
static bool scaled(ExactEnv *env, const Number *x, const fmpz_t k, fmpz_t nearest,
                   bool *exact) {
    Number scale = {0}, product = {0}, size = {0};
    set_power_of_ten(env, &scale, k);
    exact_map_mul(env, &product, (const Number *[]){x, &scale}, 0);
    exact_map_abs(env, &size, (const Number *[]){&product}, 0);
    exact_whole(env, &product, &size, exact_nearest_of);
    const bool decided = product.kind == NUMBER_RATIONAL;
    *exact = exact_is_exact(&size) && decided && exact_compare(env, &size, &product) == 0;
    if (decided) fmpz_set(nearest, fmpq_numref(&product.rational));
    exact_clear(&scale);
    exact_clear(&product);
    exact_clear(&size);
    return decided;
}

// floor(log10 |x|) of a long exponent, from the middle of the ball.
static bool long_exponent(const arf_t middle, fmpz_t exponent) {
    arb_t size;
    arf_t floor;
    arb_init(size);
    arf_init(floor);
    arf_abs(arb_midref(size), middle);
    arb_log_base_ui(size, size, 10, 64 + (slong)fmpz_bits(ARF_EXPREF(middle)));
    const bool found = arb_is_finite(size);
    arf_floor(floor, arb_midref(size));
    if (found) arf_get_fmpz(exponent, floor, ARF_RND_FLOOR);
    arb_clear(size);
    arf_clear(floor);
    return found;
}

// The exponent of ten, or next to it.
static bool exponent_of(const Number *x, fmpz_t exponent) {
    arb_t room;
    arb_init(room);
    const arf_struct *middle = arb_midref(exact_ball(x, room, 64));
    bool found = arf_sgn(middle) != 0;
    if (fmpz_bits(ARF_EXPREF(middle)) > 40)
        found = found && long_exponent(middle, exponent);
    else // |x| lies between 2^(e - 1) and 2^e
        fmpz_set_d(exponent, floor(fmpz_get_d(ARF_EXPREF(middle)) * log10(2)));
    arb_clear(room);
    return found;
}

// The first `digits` digits of |x|, rounded, and the exponent of ten of the first of them.
static bool leading_digits(ExactEnv *env, const Number *x, unsigned digits, fmpz_t nearest,
                           fmpz_t exponent, bool *exact) {
    if (!exponent_of(x, exponent)) return false;
    bool found = false;
    fmpz_t k, bound;
    fmpz_init(k);
    fmpz_init(bound);
    for (int tries = 0; tries < 4 && !found; tries++) {
        fmpz_sub_ui(k, exponent, digits - 1);
        fmpz_neg(k, k);
        if (!scaled(env, x, k, nearest, exact)) break;
        fmpz_ui_pow_ui(bound, 10, digits);
        const bool above = fmpz_cmp(nearest, bound) >= 0;
        fmpz_ui_pow_ui(bound, 10, digits - 1);
        const bool below = fmpz_cmp(nearest, bound) < 0;
        found = !above && !below;
        if (above) fmpz_add_ui(exponent, exponent, 1);
        if (below) fmpz_sub_ui(exponent, exponent, 1);
    }
    fmpz_clear(k);
    fmpz_clear(bound);
    return found;
}

// -- texts --------------------------------------------------------------------------

static void add_fmpz(Text *text, const fmpz_t x) {
    char *digits = fmpz_get_str(NULL, 10, x);
    base_text_add(text, base_str(digits));
    flint_free(digits);
}

// As num_print writes numbers: 31.4, 1e22, 5e-324. Zeros behind the digits are written of
// exact numbers alone.
static void add_decimal(Text *text, Str digits, const fmpz_t exponent, bool exact) {
    const slong e = fmpz_fits_si(exponent) ? fmpz_get_si(exponent) : WORD_MAX;
    const slong n = (slong)digits.n;
    if (e >= 0 && (e < n || (exact && e < 16))) {
        for (slong i = 0; i <= e || i < n; i++) {
            if (i == e + 1) base_text_char(text, '.');
            base_text_char(text, i < n ? digits.at[i] : '0');
        }
        if (n <= e + 1) base_text_add(text, STR(".0"));
    } else if (e < 0 && e >= -4) {
        base_text_add(text, STR("0."));
        for (slong i = e; i < -1; i++)
            base_text_char(text, '0');
        base_text_add(text, digits);
    } else {
        base_text_char(text, digits.at[0]);
        if (n > 1) base_text_char(text, '.');
        base_text_add(text, (Str){digits.at + 1, digits.n - 1});
        base_text_char(text, 'e');
        add_fmpz(text, exponent);
    }
}

static const char *decimal_text(ExactEnv *env, int sign, const fmpz_t number,
                                const fmpz_t exponent, bool exact) {
    Text text = {.arena = env->arena};
    char *digits = fmpz_get_str(NULL, 10, number);
    size_t n = strlen(digits);
    while (exact && n > 1 && digits[n - 1] == '0')
        n--;
    if (sign < 0) base_text_char(&text, '-');
    add_decimal(&text, (Str){digits, n}, exponent, exact);
    flint_free(digits);
    env->no_memory |= text.failed;
    return text.at;
}

// 5 * 10^(exponent - digits)
static const char *radius_text(ExactEnv *env, const fmpz_t exponent, unsigned digits) {
    Text text = {.arena = env->arena};
    fmpz_t e;
    fmpz_init(e);
    fmpz_sub_ui(e, exponent, digits);
    base_text_add(&text, STR("5e"));
    add_fmpz(&text, e);
    fmpz_clear(e);
    env->no_memory |= text.failed;
    return text.at;
}

// -- decisions ----------------------------------------------------------------------

// A ball that holds zero: whether it is so small that this is all there is to say.
static Decision decimal_zero(ExactEnv *env, const Number *x, const char **text,
                             const char **radius) {
    double nearest;
    if (exact_round(env, x, DT_F64, &nearest) != DECIDED_ZERO) return UNDECIDED;
    arf_t most;
    fmpz_t exponent;
    arb_t size;
    arf_init(most);
    fmpz_init(exponent);
    arb_init(size);
    arb_get_abs_ubound_arf(most, &x->ball, 64);
    arb_set_arf(size, most);
    arb_log_base_ui(size, size, 10, 128);
    arf_ceil(most, arb_midref(size));
    arf_get_fmpz(exponent, most, ARF_RND_CEIL);
    fmpz_add_ui(exponent, exponent, 1);
    Text bound = {.arena = env->arena};
    base_text_add(&bound, STR("1e"));
    add_fmpz(&bound, exponent);
    env->no_memory |= bound.failed;
    *text = "0.0";
    *radius = bound.at;
    arf_clear(most);
    fmpz_clear(exponent);
    arb_clear(size);
    return DECIDED_ZERO;
}

static Decision decimal_of_real(ExactEnv *env, const Number *x, unsigned digits,
                                const char **text, const char **radius) {
    const int sign = exact_sign(env, x);
    if (sign == EXACT_UNSURE) return decimal_zero(env, x, text, radius);
    if (sign == 0) {
        *text = "0.0";
        return DECIDED;
    }
    bool exact = false;
    fmpz_t number, exponent;
    fmpz_init(number);
    fmpz_init(exponent);
    const bool found = leading_digits(env, x, digits, number, exponent, &exact);
    if (found) {
        *text = decimal_text(env, sign, number, exponent, exact);
        if (!exact) *radius = radius_text(env, exponent, digits);
    }
    fmpz_clear(number);
    fmpz_clear(exponent);
    return found ? DECIDED : UNDECIDED;
}

Decision exact_decimal(ExactEnv *env, const Number *x, unsigned digits, const char **text,
                       const char **radius) {
    *radius = "0";
    if (exact_is_real(x)) return decimal_of_real(env, x, digits, text, radius);
    *text = x->kind == NUMBER_UNDEFINED ? "NaN" : x->sign < 0 ? "-Infinity" : "Infinity";
    return x->kind == NUMBER_UNKNOWN ? UNDECIDED : DECIDED;
}
