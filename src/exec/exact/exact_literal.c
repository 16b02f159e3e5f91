// Numbers from texts and from elements of arrays.
#include "exec/exact/exact_number.h"
#include "exec/program.h"

// -- literals -----------------------------------------------------------------------

// The digits as an integer; *behind: how many of them stand behind the point.
static bool read_digits(ExactEnv *env, fmpz_t out, const NumDigits *numeral,
                        int64_t *behind) {
    char *digits = base_alloc(env->arena, numeral->digits.n + 1);
    size_t n = 0;
    bool point = false;
    *behind = 0;
    if (!digits) {
        env->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < numeral->digits.n; i++) {
        const char c = numeral->digits.at[i];
        if (c == '.') point = true;
        if (c == '.' || c == '_') continue;
        digits[n++] = c;
        *behind += point;
    }
    return fmpz_set_str(out, digits, (int)numeral->base) == 0;
}

// Digits times a power of ten, exactly; where that takes too many bits, in a ball.
static void set_decimal(ExactEnv *env, Number *x, const fmpz_t digits, int64_t exponent) {
    const int64_t bits = 4 * (exponent < 0 ? -exponent : exponent);
    fmpz_t ten, e;
    fmpz_init_set_ui(ten, 10);
    fmpz_init(e);
    if (fmpz_is_zero(digits)) {
        exact_set_si(x, 0);
    } else if (bits + (int64_t)fmpz_bits(digits) <= EXACT_BITS) {
        fmpq *q = exact_make_rational(x);
        fmpz_set(fmpq_numref(q), digits);
        fmpz_pow_ui(ten, ten, (ulong)(exponent < 0 ? -exponent : exponent));
        if (exponent < 0)
            fmpz_set(fmpq_denref(q), ten);
        else
            fmpz_mul(fmpq_numref(q), fmpq_numref(q), ten);
        fmpq_canonicalise(q);
    } else {
        arb_struct *ball = exact_make_ball(x);
        fmpz_set_si(e, exponent);
        arb_set_fmpz(ball, ten);
        arb_pow_fmpz(ball, ball, e, env->precision + 64);
        arb_mul_fmpz(ball, ball, digits, env->precision);
    }
    fmpz_clear(ten);
    fmpz_clear(e);
}

unsigned exact_literal_digits(Str text) {
    NumDigits numeral;
    unsigned n = 0, zeros = 0;
    if (!num_digits(text, &numeral) || numeral.kind != NUM_FINITE || numeral.base != 10)
        return 0;
    for (size_t i = 0; i < numeral.digits.n; i++) {
        const char c = numeral.digits.at[i];
        if (c == '.' || c == '_' || (c == '0' && n == 0)) continue;
        zeros = c == '0' ? zeros + 1 : 0;
        n++;
    }
    return n - zeros;
}

// Half a unit of the last digit around a literal of many.
static void widen(ExactEnv *env, Number *x, int64_t last) {
    Number half = {0};
    fmpz_t five;
    fmpz_init_set_ui(five, 5);
    set_decimal(env, &half, five, last - 1);
    fmpz_clear(five);
    arb_t ball, radius;
    arb_init(ball);
    arb_init(radius);
    const slong bits = env->precision + 64;
    arb_set(ball, exact_ball(x, radius, bits));
    arb_add_error(ball, exact_ball(&half, radius, bits));
    arb_set(exact_make_ball(x), ball);
    arb_clear(ball);
    arb_clear(radius);
    exact_clear(&half);
}

// *last: the exponent of ten of the last digit.
static bool set_numeral(ExactEnv *env, Number *x, const NumDigits *numeral, int64_t *last) {
    int64_t behind;
    fmpz_t digits;
    fmpz_init(digits);
    if (!read_digits(env, digits, numeral, &behind)) {
        exact_set_unknown(env, x, "its text is no numeral");
        fmpz_clear(digits);
        return false;
    }
    if (numeral->negative) fmpz_neg(digits, digits);
    *last = numeral->exponent - behind;
    set_decimal(env, x, digits, *last);
    fmpz_clear(digits);
    return true;
}

// The constants that are literals by name.
static bool set_constant(ExactEnv *env, Number *x, Str text) {
    if (base_str_eq(text, STR("pi")))
        exact_set_pi_multiple(x, 1, 1);
    else if (base_str_eq(text, STR("e")))
        arb_const_e(exact_make_ball(x), env->precision);
    else if (base_str_eq(text, STR("euler_gamma")))
        arb_const_euler(exact_make_ball(x), env->precision);
    else
        return false;
    return true;
}

void exact_literal(ExactEnv *env, Number *x, Str text, Dtype dtype) {
    NumDigits numeral;
    if (!num_is_float(dtype)) {
        int64_t element = 0;
        (void)exec_literal(text, dtype, &element); // checked when the plan was made
        exact_load(x, dtype, &element);
    } else if (set_constant(env, x, text)) {
        return;
    } else if (base_str_eq(text, STR("True")) || base_str_eq(text, STR("False"))) {
        exact_set_si(x, text.at[0] == 'T');
    } else if (!num_digits(text, &numeral) || numeral.kind == NUM_NAN) {
        exact_set_undefined(x);
    } else if (numeral.kind == NUM_INFINITE) {
        exact_set_infinite(x, numeral.negative ? -1 : 1);
    } else {
        int64_t last;
        const bool read = set_numeral(env, x, &numeral, &last);
        if (read && env->widen && exact_literal_digits(text) >= EXACT_LONG)
            widen(env, x, last);
    }
}

// -- elements -----------------------------------------------------------------------

static void load_float(Number *x, double value) {
    if (value != value) {
        exact_set_undefined(x);
    } else if (value - value != 0) {
        exact_set_infinite(x, value < 0 ? -1 : 1);
    } else {
        arf_t exact;
        arf_init(exact);
        arf_set_d(exact, value);
        arf_get_fmpq(exact_make_rational(x), exact);
        arf_clear(exact);
    }
}

void exact_load(Number *x, Dtype dtype, const void *element) {
    switch (dtype) {
    case DT_BOOL:
        exact_set_integer(x, *(const uint8_t *)element);
        break;
    case DT_I32:
        exact_set_integer(x, *(const int32_t *)element);
        break;
    case DT_I64:
        exact_set_integer(x, *(const int64_t *)element);
        break;
    case DT_F32:
        load_float(x, (double)*(const float *)element);
        break;
    case DT_F64:
        load_float(x, *(const double *)element);
        break;
    case DT_COUNT:
        break;
    }
}
