// Functions of germs: Taylor coefficients where a function is smooth, its leading term at
// the ends of its domain and far out.
#include "exec/exact/exact_germ.h"

static void compute_si(ExactEnv *env, Prim prim, Number *out, const Number *x, int64_t y) {
    Number other = {0};
    exact_set_si(&other, y);
    exact_compute(env, prim, out, x, &other);
    exact_clear(&other);
}

static void set_half(Number *x, int64_t halves) {
    fmpq_set_si(exact_make_rational(x), halves, 2);
    fmpq_canonicalise(&x->rational);
}

// -- Taylor coefficients ------------------------------------------------------------

// c[i] = value[i mod 4] / i! with the sign of its turn.
static void cycle(ExactEnv *env, Number *c, uint32_t n, const Number *even,
                  const Number *odd, int turn) {
    Number factorial = {0};
    exact_set_si(&factorial, 1);
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) compute_si(env, PRIM_mul, &factorial, &factorial, i);
        exact_compute(env, PRIM_div, &c[i], i % 2 ? odd : even, &factorial);
        if (turn < 0 && i / 2 % 2) exact_compute(env, PRIM_neg, &c[i], &c[i], NULL);
    }
    exact_clear(&factorial);
}

static void taylor_exp(ExactEnv *env, const Number *x, Number *c, uint32_t n) {
    Number value = {0};
    exact_compute(env, PRIM_exp, &value, x, NULL);
    cycle(env, c, n, &value, &value, 1);
    exact_clear(&value);
}

// sin, cos, sinh, cosh.
static void taylor_wave(ExactEnv *env, Prim prim, const Number *x, Number *c, uint32_t n) {
    const bool round = prim == PRIM_sin || prim == PRIM_cos;
    const bool is_sine = prim == PRIM_sin || prim == PRIM_sinh;
    Number sine = {0}, cosine = {0};
    exact_compute(env, round ? PRIM_sin : PRIM_sinh, &sine, x, NULL);
    exact_compute(env, round ? PRIM_cos : PRIM_cosh, &cosine, x, NULL);
    if (prim == PRIM_cos) exact_compute(env, PRIM_neg, &sine, &sine, NULL);
    cycle(env, c, n, is_sine ? &sine : &cosine, is_sine ? &cosine : &sine, round ? -1 : 1);
    exact_clear(&sine);
    exact_clear(&cosine);
}

// c[i + 1] = h[i] / (i + 1), in place of h; c[0] = f(x).
static void integrate(ExactEnv *env, Prim prim, const Number *x, Number *c, uint32_t n) {
    for (uint32_t i = n - 1; i > 0; i--) {
        exact_swap(&c[i], &c[i - 1]);
        compute_si(env, PRIM_div, &c[i], &c[i], i);
    }
    exact_compute(env, prim, &c[0], x, NULL);
}

// (p0 + p1 r + p2 r^2)^power by Miller's recurrence (Knuth, TAOCP 2, 4.7).
static void power_of_quadratic(ExactEnv *env, const Number *p, const Number *power,
                               Number *h, uint32_t n) {
    Number factor = {0}, scale = {0};
    exact_compute(env, PRIM_pow, &h[0], &p[0], power);
    for (uint32_t i = 1; i < n; i++) {
        exact_set_si(&h[i], 0);
        for (uint32_t k = 1; k <= 2 && k <= i; k++) {
            compute_si(env, PRIM_mul, &factor, power, k);
            compute_si(env, PRIM_sub, &factor, &factor, (int64_t)i - k);
            exact_compute(env, PRIM_mul, &factor, &factor, &p[k]);
            exact_compute(env, PRIM_mul, &factor, &factor, &h[i - k]);
            exact_compute(env, PRIM_add, &h[i], &h[i], &factor);
        }
        compute_si(env, PRIM_mul, &scale, &p[0], i);
        exact_compute(env, PRIM_div, &h[i], &h[i], &scale);
    }
    exact_clear(&factor);
    exact_clear(&scale);
}

// Functions whose derivative is sign * (constant + square x^2)^(halves / 2).
typedef struct Algebraic {
    Prim prim;
    int8_t sign, constant, square, halves;
} Algebraic;
static const Algebraic algebraic[] = {
    {PRIM_arcsin, 1, 1, -1, -1}, {PRIM_arccos, -1, 1, -1, -1}, {PRIM_arctan, 1, 1, 1, -2},
    {PRIM_arcsinh, 1, 1, 1, -1}, {PRIM_arccosh, 1, -1, 1, -1}, {PRIM_arctanh, 1, 1, -1, -2},
};

static void taylor_algebraic(ExactEnv *env, const Algebraic *f, const Number *x, Number *c,
                             uint32_t n) {
    Number p[3] = {0}, power = {0};
    exact_compute(env, PRIM_mul, &p[0], x, x);
    compute_si(env, PRIM_mul, &p[0], &p[0], f->square);
    compute_si(env, PRIM_add, &p[0], &p[0], f->constant);
    compute_si(env, PRIM_mul, &p[1], x, 2 * f->square);
    exact_set_si(&p[2], f->square);
    set_half(&power, f->halves);
    power_of_quadratic(env, p, &power, c, n);
    for (uint32_t i = 0; i < n && f->sign < 0; i++)
        exact_compute(env, PRIM_neg, &c[i], &c[i], NULL);
    integrate(env, f->prim, x, c, n);
    for (int i = 0; i < 3; i++)
        exact_clear(&p[i]);
    exact_clear(&power);
}

// erf' = 2 exp(-x^2) / sqrt(pi), whose coefficients follow from h' = -2 x h.
static void taylor_erf(ExactEnv *env, Prim prim, const Number *x, Number *c, uint32_t n) {
    Number pi = {0}, sum = {0}, before = {0};
    exact_set_pi_multiple(&pi, 1, 1);
    exact_compute(env, PRIM_sqrt, &pi, &pi, NULL);
    exact_compute(env, PRIM_mul, &c[0], x, x);
    exact_compute(env, PRIM_neg, &c[0], &c[0], NULL);
    exact_compute(env, PRIM_exp, &c[0], &c[0], NULL);
    exact_compute(env, PRIM_div, &c[0], &c[0], &pi);
    compute_si(env, PRIM_mul, &c[0], &c[0], prim == PRIM_erf ? 2 : -2);
    for (uint32_t i = 1; i < n; i++) {
        exact_compute(env, PRIM_mul, &sum, x, &c[i - 1]);
        if (i >= 2) exact_compute(env, PRIM_add, &sum, &sum, &c[i - 2]);
        compute_si(env, PRIM_mul, &sum, &sum, -2);
        compute_si(env, PRIM_div, &c[i], &sum, i);
    }
    integrate(env, prim, x, c, n);
    exact_clear(&pi);
    exact_clear(&sum);
    exact_clear(&before);
}

static void polygamma(ExactEnv *env, int64_t order, Number *out, const Number *x) {
    const ExactOperation op = {order > 0 ? PRIM_polygamma : PRIM_digamma, DT_F64, DT_F64, 1,
                               order};
    exact_apply(env, &op, out, &x);
}

// lgamma (order -1), digamma (0), polygamma: each the derivative of the one before.
static void taylor_gamma(ExactEnv *env, int64_t order, const Number *x, Number *c,
                         uint32_t n) {
    Number factorial = {0};
    exact_set_si(&factorial, 1);
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) compute_si(env, PRIM_mul, &factorial, &factorial, i);
        if (order + (int64_t)i < 0)
            exact_compute(env, PRIM_lgamma, &c[i], x, NULL);
        else
            polygamma(env, order + i, &c[i], x);
        exact_compute(env, PRIM_div, &c[i], &c[i], &factorial);
    }
    exact_clear(&factorial);
}

// False: the function has none here.
static bool taylor(ExactEnv *env, Prim prim, int64_t attr, const Number *x, Number *c,
                   uint32_t n) {
    for (size_t i = 0; i < sizeof algebraic / sizeof *algebraic; i++) {
        if (algebraic[i].prim != prim) continue;
        taylor_algebraic(env, &algebraic[i], x, c, n);
        return true;
    }
    if (prim == PRIM_exp)
        taylor_exp(env, x, c, n);
    else if (prim == PRIM_sin || prim == PRIM_cos || prim == PRIM_sinh || prim == PRIM_cosh)
        taylor_wave(env, prim, x, c, n);
    else if (prim == PRIM_erf || prim == PRIM_erfc)
        taylor_erf(env, prim, x, c, n);
    else if (prim == PRIM_lgamma || prim == PRIM_digamma || prim == PRIM_polygamma)
        taylor_gamma(env,
                     prim == PRIM_lgamma    ? -1
                     : prim == PRIM_digamma ? 0
                                            : attr,
                     x, c, n);
    else
        return false;
    return true;
}

// By its Taylor series at the limit of x, a real number.
static void expand(ExactEnv *env, Prim prim, int64_t attr, Germ *out, const Germ *x,
                   const Number *limit) {
    const uint32_t n = env->ray->most_terms + 1;
    Germ r = {0}, centre = {0};
    Number copy = {0};
    Number *c = flint_calloc(n, sizeof *c);
    bool known = taylor(env, prim, attr, limit, c, n);
    for (uint32_t i = 0; i < n; i++)
        known = known && exact_is_real(&c[i]);
    exact_copy(&copy, limit);
    exact_germ_constant(&centre, &copy);
    exact_germ_sub(env, &r, x, &centre);
    // A difference of balls need not vanish at t = 0, though it does.
    if (r.kind == GERM_SERIES && r.n && r.terms[0].e == 0) {
        exact_clear(&r.terms[0].c);
        r.n--;
        memmove(&r.terms[0], &r.terms[1], r.n * sizeof r.terms[0]);
    }
    if (known)
        exact_germ_compose(env, out, c, n, &r);
    else
        exact_germ_unknown(env, out, "it has no expansion at its limit along a ray");
    for (uint32_t i = 0; i < n; i++)
        exact_clear(&c[i]);
    flint_free(c);
    exact_clear_germ(&r);
    exact_clear_germ(&centre);
}

// -- combinations -------------------------------------------------------------------

// Small programs on germs: a is written over.
static void apply(ExactEnv *env, Prim prim, Germ *a) {
    const ExactOperation op = {prim, DT_F64, DT_F64, 1, 0};
    Germ made = {0};
    exact_germs.apply(env, &op, &made, (const void *[]){a});
    exact_copy_germ(a, &made);
    exact_clear_germ(&made);
}

static void with_number(ExactEnv *env, Prim prim, Germ *a, Number *number, bool before) {
    const ExactOperation op = {prim, DT_F64, DT_F64, 2, 0};
    Germ made = {0}, other = {0};
    exact_germ_constant(&other, number);
    exact_germs.apply(env, &op, &made,
                      before ? (const void *[]){&other, a} : (const void *[]){a, &other});
    exact_copy_germ(a, &made);
    exact_clear_germ(&made);
    exact_clear_germ(&other);
}

static void with_halves(ExactEnv *env, Prim prim, Germ *a, int64_t halves, bool before) {
    Number number = {0};
    set_half(&number, halves);
    with_number(env, prim, a, &number, before);
}

// log(c t^e (1 + r)) = log c + e log t + log(1 + r)
static void logarithm(ExactEnv *env, Germ *out, const Germ *x) {
    const int sign = exact_germ_sign(env, x);
    if (sign == EXACT_UNSURE || x->terms[0].k > 0) {
        exact_germ_unknown(env, out, "its leading term along a ray is not known");
        return;
    }
    if (sign < 0) {
        Number undefined = {0};
        exact_set_undefined(&undefined);
        exact_germ_constant(out, &undefined);
        return;
    }
    const uint32_t n = env->ray->most_terms + 1;
    const int64_t e = x->terms[0].e;
    Number by = {0}, one = {0};
    Germ unit = {0}, logs = {.kind = GERM_SERIES, .order = GERM_EXACT};
    Number *c = flint_calloc(n, sizeof *c);
    exact_set_si(&one, 1);
    exact_compute(env, PRIM_div, &by, &one, &x->terms[0].c);
    exact_germ_scale(env, &unit, x, &by, -e);
    with_halves(env, PRIM_sub, &unit, 2, false);
    exact_compute(env, PRIM_log, &c[0], &x->terms[0].c, NULL);
    for (uint32_t i = 1; i < n; i++)
        compute_si(env, PRIM_div, &c[i], &one, i % 2 ? (int64_t)i : -(int64_t)i);
    exact_germ_compose(env, &unit, c, n, &unit);
    logs.terms = flint_calloc(1, sizeof *logs.terms);
    if (e) {
        logs.terms[logs.n++].k = 1;
        fmpq_set_si(exact_make_rational(&logs.terms[0].c), e, GERM_ONE);
        fmpq_canonicalise(&logs.terms[0].c.rational);
    }
    exact_germ_add(env, out, &unit, &logs);
    for (uint32_t i = 0; i < n; i++)
        exact_clear(&c[i]);
    flint_free(c);
    exact_clear(&by);
    exact_clear(&one);
    exact_clear_germ(&unit);
    exact_clear_germ(&logs);
}

// x log a, or log(x) / log a.
static void times_log(ExactEnv *env, Germ *a, int64_t base, bool divide) {
    Number log = {0};
    exact_set_si(&log, base);
    exact_compute(env, PRIM_log, &log, &log, NULL);
    with_number(env, divide ? PRIM_div : PRIM_mul, a, &log, false);
}

static void cube_root(ExactEnv *env, Germ *out, const Germ *x) {
    Number third = {0};
    Germ size = {0};
    fmpq_set_si(exact_make_rational(&third), 1, 3);
    const int sign = exact_germ_sign(env, x);
    exact_copy_germ(&size, x);
    if (sign == -1) apply(env, PRIM_neg, &size);
    exact_germ_power(env, out, &size, &third);
    if (sign == -1) apply(env, PRIM_neg, out);
    exact_clear(&third);
    exact_clear_germ(&size);
}

// 2 f(sqrt((1 - x) / 2)): arccos, with f = arcsin; arccosh, with x - 1 and f = arcsinh.
static void by_half_angle(ExactEnv *env, Prim half, Germ *a, bool from_below) {
    with_halves(env, PRIM_sub, a, 2, from_below);
    with_halves(env, PRIM_mul, a, 1, false);
    apply(env, PRIM_sqrt, a);
    apply(env, half, a);
    with_halves(env, PRIM_mul, a, 4, false);
}

static void pi_minus(ExactEnv *env, Germ *a, int64_t halves) {
    Number angle = {0};
    exact_set_pi_multiple(&angle, halves, 2);
    with_number(env, PRIM_sub, a, &angle, true);
}

// At x = -1 or 1.
static void at_end(ExactEnv *env, Prim prim, Germ *a, int end) {
    Germ other = {0};
    if (prim == PRIM_arctanh) { // (log(1 + x) - log(1 - x)) / 2
        exact_copy_germ(&other, a);
        with_halves(env, PRIM_add, a, 2, false);
        apply(env, PRIM_log, a);
        with_halves(env, PRIM_sub, &other, 2, true);
        apply(env, PRIM_log, &other);
        exact_germ_sub(env, a, a, &other);
        with_halves(env, PRIM_mul, a, 1, false);
    } else if (prim == PRIM_arccosh) {
        by_half_angle(env, PRIM_arcsinh, a, false);
    } else { // arcsin x = pi/2 - arccos x, both odd about their middle
        if (end < 0) apply(env, PRIM_neg, a);
        by_half_angle(env, PRIM_arcsin, a, true);
        if (prim == PRIM_arccos && end < 0) pi_minus(env, a, 2);
        if (prim == PRIM_arcsin) pi_minus(env, a, 1);
        if (prim == PRIM_arcsin && end < 0) apply(env, PRIM_neg, a);
    }
    exact_clear_germ(&other);
}

// The constant, and a function of that order.
static void set_about(ExactEnv *env, Germ *out, int64_t value, int64_t order,
                      uint8_t flags) {
    Germ constant = {0}, rest = {.kind = GERM_SERIES, .order = order, .flags = flags};
    rest.terms = flint_calloc(1, sizeof *rest.terms);
    exact_germ_si(&constant, value);
    exact_germ_add(env, out, &rest, &constant);
    exact_clear_germ(&constant);
    exact_clear_germ(&rest);
}

// x tends to an infinity.
static void far_out(ExactEnv *env, Prim prim, Germ *out, const Germ *x, int sign) {
    const uint8_t flags = x->flags;
    const bool powers = x->terms[0].e < 0; // not by a logarithm alone
    Germ a = {0};
    exact_copy_germ(&a, x);
    if (prim == PRIM_arctan) {
        with_halves(env, PRIM_div, &a, 2, true);
        apply(env, PRIM_arctan, &a);
        pi_minus(env, &a, sign);
        exact_copy_germ(out, &a);
    } else if (powers && (prim == PRIM_exp || prim == PRIM_erfc) &&
               (prim == PRIM_exp) == (sign < 0)) {
        set_about(env, out, 0, GERM_FLAT, flags);
    } else if (powers && (prim == PRIM_tanh || prim == PRIM_erf)) {
        set_about(env, out, sign, GERM_FLAT, flags);
    } else if (powers && prim == PRIM_erfc) {
        set_about(env, out, 2, GERM_FLAT, flags);
    } else if (prim == PRIM_sin || prim == PRIM_cos) {
        set_about(env, out, 0, 0, flags);
    } else if (prim == PRIM_exp || prim == PRIM_sinh || prim == PRIM_cosh) {
        set_about(env, out, 0, -GERM_FLAT, flags);
    } else if (prim == PRIM_arcsinh ||
               (prim == PRIM_arccosh && sign > 0)) { // log(|x| + sqrt(x^2 ± 1))
        if (sign < 0) apply(env, PRIM_neg, &a);
        Germ root = {0};
        exact_germ_mul(env, &root, &a, &a);
        with_halves(env, prim == PRIM_arcsinh ? PRIM_add : PRIM_sub, &root, 2, false);
        apply(env, PRIM_sqrt, &root);
        exact_germ_add(env, &a, &a, &root);
        apply(env, PRIM_log, &a);
        if (sign < 0) apply(env, PRIM_neg, &a);
        exact_copy_germ(out, &a);
        exact_clear_germ(&root);
    } else {
        exact_germ_unknown(env, out, "it has no expansion far out along a ray");
    }
    exact_clear_germ(&a);
    // At the point itself the infinity has one sign.
    if (out->kind == GERM_SERIES) out->flags |= GERM_JUMPS;
    if (out->kind == GERM_CONSTANT) out->number.flags |= GERM_JUMPS;
}

static bool is_end(const ExactEnv *env, Prim prim, const Number *limit, int end) {
    const bool has = prim == PRIM_arccosh ? end > 0
                                          : prim == PRIM_arcsin || prim == PRIM_arccos ||
                                                prim == PRIM_arctanh;
    return has && exact_compare_si(env, limit, end) == 0;
}

// exp of what may have logarithms in its limit: t^a exp(the rest).
static bool split_logs(ExactEnv *env, Germ *out, const Germ *x) {
    const GermTerm *first = &x->terms[0];
    const bool logs =
        x->n && first->e == 0 && first->k == 1 && first->c.kind == NUMBER_RATIONAL;
    if (!logs) return false;
    fmpz_t e;
    fmpz_init_set_si(e, GERM_ONE);
    fmpz_mul(e, e, fmpq_numref(&first->c.rational));
    const bool fits =
        fmpz_divisible(e, fmpq_denref(&first->c.rational)) && fmpz_bits(e) < 48;
    if (fits) {
        fmpz_divexact(e, e, fmpq_denref(&first->c.rational));
        const int64_t shift = fmpz_get_si(e);
        Germ rest = {0}, power = {.kind = GERM_SERIES, .n = 1, .order = GERM_EXACT};
        power.terms = flint_calloc(2, sizeof *power.terms);
        power.terms[0].k = 1;
        exact_copy(&power.terms[0].c, &first->c);
        exact_germ_sub(env, &rest, x, &power);
        apply(env, PRIM_exp, &rest);
        Number one = {0};
        exact_set_si(&one, 1);
        if (rest.kind == GERM_UNKNOWN ||
            (rest.kind == GERM_CONSTANT && !exact_is_real(&rest.number)))
            exact_germ_unknown(env, out, "it has no expansion along a ray");
        else
            exact_germ_scale(env, out, &rest, &one, shift);
        exact_clear(&one);
        exact_clear_germ(&rest);
        exact_clear_germ(&power);
    }
    fmpz_clear(e);
    return fits;
}

static void smooth(ExactEnv *env, Prim prim, int64_t attr, Germ *out, const Germ *x) {
    Number limit = {0};
    Germ a = {0};
    exact_limit_of(env, x, &limit);
    const int end = is_end(env, prim, &limit, 1)    ? 1
                    : is_end(env, prim, &limit, -1) ? -1
                                                    : 0;
    if (prim == PRIM_exp && split_logs(env, out, x)) {
        // done
    } else if (limit.kind == NUMBER_INFINITE) {
        far_out(env, prim, out, x, limit.sign);
    } else if (!exact_is_real(&limit)) {
        exact_germ_unknown(env, out, "the limit of its argument along a ray is not known");
        if (x->cause) out->cause = x->cause;
    } else if (end) {
        exact_copy_germ(&a, x);
        at_end(env, prim, &a, end);
        exact_copy_germ(out, &a);
    } else {
        expand(env, prim, attr, out, x, &limit);
    }
    exact_clear(&limit);
    exact_clear_germ(&a);
}

// f(x) / g(x)
static void quotient(ExactEnv *env, Prim f, Prim g, Germ *out, const Germ *x) {
    Germ a = {0}, b = {0};
    exact_copy_germ(&a, x);
    exact_copy_germ(&b, x);
    apply(env, f, &a);
    apply(env, g, &b);
    exact_germ_div(env, out, &a, &b);
    exact_clear_germ(&a);
    exact_clear_germ(&b);
}

void exact_germ_function(ExactEnv *env, Prim prim, int64_t attr, Germ *out, const Germ *x) {
    Number power = {0};
    Germ a = {0};
    exact_copy_germ(&a, x);
    switch (prim) {
    case PRIM_sqrt:
    case PRIM_rsqrt:
        set_half(&power, prim == PRIM_sqrt ? 1 : -1);
        exact_germ_power(env, out, x, &power);
        break;
    case PRIM_integer_pow:
        exact_set_si(&power, attr);
        exact_germ_power(env, out, x, &power);
        break;
    case PRIM_cbrt:
        cube_root(env, out, x);
        break;
    case PRIM_log:
        logarithm(env, out, x);
        break;
    case PRIM_log2:
    case PRIM_log10:
    case PRIM_log1p:
        if (prim == PRIM_log1p) with_halves(env, PRIM_add, &a, 2, false);
        apply(env, PRIM_log, &a);
        if (prim != PRIM_log1p) times_log(env, &a, prim == PRIM_log2 ? 2 : 10, true);
        exact_copy_germ(out, &a);
        break;
    case PRIM_exp2:
    case PRIM_expm1:
        if (prim == PRIM_exp2) times_log(env, &a, 2, false);
        apply(env, PRIM_exp, &a);
        if (prim == PRIM_expm1) with_halves(env, PRIM_sub, &a, 2, false);
        exact_copy_germ(out, &a);
        break;
    case PRIM_tan:
        quotient(env, PRIM_sin, PRIM_cos, out, x);
        break;
    case PRIM_tanh: {
        Number limit = {0};
        exact_limit_of(env, x, &limit);
        if (limit.kind == NUMBER_INFINITE)
            far_out(env, prim, out, x, limit.sign);
        else
            quotient(env, PRIM_sinh, PRIM_cosh, out, x);
        exact_clear(&limit);
        break;
    }
    default:
        smooth(env, prim, attr, out, x);
        break;
    }
    exact_clear(&power);
    exact_clear_germ(&a);
}

// -- two operands -------------------------------------------------------------------

// exp(y log x), where the exponent varies.
void exact_germ_pow(ExactEnv *env, Germ *out, const Germ *x, const Germ *y) {
    if (y->kind == GERM_CONSTANT && exact_is_real(&y->number)) {
        exact_germ_power(env, out, x, &y->number);
        return;
    }
    Germ a = {0};
    const int sign = exact_germ_sign(env, x);
    exact_copy_germ(&a, x);
    if (sign == -1) { // almost no exponent on the way is whole
        Number undefined = {0};
        exact_set_undefined(&undefined);
        exact_germ_constant(&a, &undefined);
    } else if (sign == 1) {
        apply(env, PRIM_log, &a);
        exact_germ_mul(env, &a, &a, y);
        apply(env, PRIM_exp, &a);
    } else {
        exact_germ_unknown(env, &a, "its base along a ray is not known to be positive");
    }
    exact_copy_germ(out, &a);
    exact_clear_germ(&a);
}

// By the quotient, whichever of the two is not the smaller: arctan knows infinities.
void exact_germ_arctan2(ExactEnv *env, Germ *out, const Germ *y, const Germ *x) {
    const int up = exact_germ_sign(env, y), right = exact_germ_sign(env, x);
    Germ angle = {0};
    if (up == 0 && right == 0) {
        exact_germ_si(&angle, 0);
    } else if (right == 1 || (right == -1 && up != EXACT_UNSURE)) {
        exact_germ_div(env, &angle, y, x);
        apply(env, PRIM_arctan, &angle);
        if (right < 0) {
            Number turn = {0};
            exact_set_pi_multiple(&turn, up < 0 ? -1 : 1, 1);
            with_number(env, PRIM_add, &angle, &turn, false);
        }
    } else if (up == 1 || up == -1) {
        exact_germ_div(env, &angle, x, y);
        apply(env, PRIM_arctan, &angle);
        pi_minus(env, &angle, up);
    } else {
        exact_germ_unknown(env, &angle, "its quadrant along a ray is not known");
    }
    exact_copy_germ(out, &angle);
    exact_clear_germ(&angle);
}
