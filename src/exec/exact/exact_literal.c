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

static void set_numeral(ExactEnv *env, Number *x, const NumDigits *numeral) {
    int64_t behind;
    fmpz_t digits;
    fmpz_init(digits);
    if (!read_digits(env, digits, numeral, &behind)) {
        exact_set_unknown(env, x, "its text is no numeral");
    } else {
        if (numeral->negative) fmpz_neg(digits, digits);
        set_decimal(env, x, digits, numeral->exponent - behind);
    }
    fmpz_clear(digits);
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
        set_numeral(env, x, &numeral);
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
