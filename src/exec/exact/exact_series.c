// Arithmetic of germs.
#include "exec/exact/exact_germ.h"

// -- germs --------------------------------------------------------------------------

void exact_clear_germ(Germ *germ) {
    if (germ->kind == GERM_CONSTANT) exact_clear(&germ->number);
    for (uint32_t i = 0; germ->kind == GERM_SERIES && i < germ->n; i++)
        exact_clear(&germ->terms[i].c);
    if (germ->kind == GERM_SERIES) flint_free(germ->terms);
    *germ = (Germ){0};
}

static void begin_series(Germ *germ, uint32_t room, int64_t order, uint8_t flags) {
    *germ = (Germ){.kind = GERM_SERIES, .flags = flags, .order = order};
    germ->terms = flint_calloc((size_t)room + 1, sizeof *germ->terms);
}

// A term behind the others.
static Number *push(Germ *germ, int64_t e, uint32_t k) {
    GermTerm *term = &germ->terms[germ->n++];
    term->e = e;
    term->k = k;
    return &term->c;
}

static void replace(Germ *out, Germ *made) {
    exact_clear_germ(out);
    *out = *made;
}

void exact_copy_germ(Germ *to, const Germ *from) {
    if (to == from) return;
    Germ made = *from;
    if (from->kind == GERM_CONSTANT) {
        made.number = (Number){0};
        exact_copy(&made.number, &from->number);
    } else if (from->kind == GERM_SERIES) {
        begin_series(&made, from->n, from->order, from->flags);
        made.id = from->id;
        for (uint32_t i = 0; i < from->n; i++)
            exact_copy(push(&made, from->terms[i].e, from->terms[i].k), &from->terms[i].c);
    }
    replace(to, &made);
}

void exact_germ_constant(Germ *germ, Number *number) {
    Germ made = {.kind = GERM_CONSTANT};
    exact_swap(&made.number, number);
    replace(germ, &made);
}

void exact_germ_si(Germ *germ, int64_t value) {
    Number number = {0};
    exact_set_si(&number, value);
    exact_germ_constant(germ, &number);
}

void exact_germ_unknown(ExactEnv *env, Germ *germ, const char *reason) {
    exact_clear_germ(germ);
    germ->cause = exact_cause(env, reason);
}

uint8_t exact_germ_flags(const Germ *germ) {
    return germ->kind == GERM_CONSTANT ? germ->number.flags : germ->flags;
}

static void settle(ExactEnv *env, Germ *germ);

void exact_set_ray(ExactEnv *env, Germ *germ, const Number *x, const Number *v) {
    Germ made;
    begin_series(&made, 2, GERM_EXACT, NUMBER_VARIES);
    if (!exact_is_zero(x)) exact_copy(push(&made, 0, 0), x);
    if (!exact_is_zero(v)) exact_copy(push(&made, GERM_ONE, 0), v);
    settle(env, &made);
    replace(germ, &made);
    germ->id = ++env->ray->last_id;
}

// -- series -------------------------------------------------------------------------

void exact_compute(ExactEnv *env, Prim prim, Number *out, const Number *x,
                   const Number *y) {
    const ExactOperation op = {prim, DT_F64, DT_F64, y ? 2 : 1, 0};
    Number made = {0};
    exact_apply(env, &op, &made, (const Number *[]){x, y});
    exact_clear(out);
    *out = made;
}

// Of two terms which comes first: negative, 0 (they are one), positive.
static int term_order(int64_t e, uint32_t k, const GermTerm *y) {
    if (e != y->e) return e < y->e ? -1 : 1;
    return k == y->k ? 0 : k > y->k ? -1 : 1;
}

// Adds to a term, which is made in its place: there must be room.
static void accumulate(ExactEnv *env, Germ *germ, int64_t e, uint32_t k, Number *c) {
    uint32_t at = germ->n;
    while (at > 0 && term_order(e, k, &germ->terms[at - 1]) < 0)
        at--;
    if (at > 0 && term_order(e, k, &germ->terms[at - 1]) == 0) {
        Number *sum = &germ->terms[at - 1].c;
        exact_compute(env, PRIM_add, sum, sum, c);
        exact_clear(c);
        return;
    }
    memmove(&germ->terms[at + 1], &germ->terms[at], (germ->n - at) * sizeof germ->terms[0]);
    germ->terms[at] = (GermTerm){.e = e, .k = k, .c = *c};
    germ->n++;
    *c = (Number){0};
}

// Leaves out zeros and what is beyond the order; cuts what is longer than may be; a number
// becomes a constant.
static void settle(ExactEnv *env, Germ *germ) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < germ->n; i++) {
        GermTerm *term = &germ->terms[i];
        if (exact_is_zero(&term->c)) {
            exact_clear(&term->c);
            continue;
        }
        if (kept == env->ray->most_terms && term->e < germ->order) germ->order = term->e;
        germ->terms[kept] = *term;
        if (kept++ != i) term->c = (Number){0};
    }
    while (kept > 0 && germ->terms[kept - 1].e >= germ->order)
        exact_clear(&germ->terms[--kept].c);
    germ->n = kept;
    const bool is_number = kept == 1 && germ->terms[0].e == 0 && germ->terms[0].k == 0;
    if (germ->order != GERM_EXACT || (kept != 0 && !is_number)) return;
    Number number = {0};
    if (kept)
        exact_swap(&number, &germ->terms[0].c);
    else
        exact_set_si(&number, 0);
    number.flags = germ->flags;
    exact_germ_constant(germ, &number);
}

// A real germ as a series; `room` holds a constant's.
static const Germ *as_series(const Germ *germ, Germ *room, GermTerm *term) {
    if (germ->kind == GERM_SERIES) return germ;
    *term = (GermTerm){.c = germ->number};
    *room = (Germ){.kind = GERM_SERIES,
                   .flags = germ->number.flags,
                   .n = exact_is_zero(&germ->number) ? 0 : 1,
                   .order = GERM_EXACT,
                   .terms = term};
    return room;
}

static int64_t later(int64_t order, int64_t by) {
    if (order == GERM_EXACT) return order;
    const int64_t most = GERM_FLAT + GERM_FLAT / 2; // still flat
    return by > 0 && order > most - by ? most : order + by;
}

// The exponent below which there is nothing.
static int64_t lead(const Germ *series) {
    return series->n ? series->terms[0].e : series->order;
}

static bool are_real(const Germ *x, const Germ *y) {
    const Germ *both[] = {x, y};
    for (int i = 0; i < 2; i++)
        if (both[i]->kind == GERM_UNKNOWN ||
            (both[i]->kind == GERM_CONSTANT && !exact_is_real(&both[i]->number)))
            return false;
    return true;
}

// A number of the same sign, or what is no real number.
static bool stand_in(const ExactEnv *env, const Germ *germ, Number *number) {
    if (germ->kind == GERM_CONSTANT) {
        exact_copy(number, &germ->number);
        return true;
    }
    const int sign = germ->kind == GERM_SERIES ? exact_germ_sign(env, germ) : EXACT_UNSURE;
    if (sign != EXACT_UNSURE) exact_set_si(number, sign);
    number->flags = germ->flags;
    return sign != EXACT_UNSURE;
}

// Where an operand is not real: as of constants.
static void combine_classes(ExactEnv *env, Prim prim, Germ *out, const Germ *x,
                            const Germ *y) {
    Number a = {0}, b = {0}, result = {0};
    if (stand_in(env, x, &a) && stand_in(env, y, &b)) {
        exact_compute(env, prim, &result, &a, &b);
        exact_germ_constant(out, &result);
    } else {
        const ExactCause *cause = x->kind == GERM_UNKNOWN ? x->cause : y->cause;
        exact_germ_unknown(env, out, "an operand is not known");
        if (cause) out->cause = cause;
    }
    exact_clear(&a);
    exact_clear(&b);
}

static void merge(ExactEnv *env, Prim prim, Germ *out, const Germ *x, const Germ *y) {
    if (!are_real(x, y)) {
        combine_classes(env, prim, out, x, y);
        return;
    }
    Germ rooms[2], made;
    GermTerm terms[2];
    const Germ *a = as_series(x, &rooms[0], &terms[0]);
    const Germ *b = as_series(y, &rooms[1], &terms[1]);
    begin_series(&made, a->n + b->n, a->order < b->order ? a->order : b->order,
                 a->flags | b->flags);
    for (uint32_t i = 0; i < a->n; i++)
        exact_copy(push(&made, a->terms[i].e, a->terms[i].k), &a->terms[i].c);
    for (uint32_t i = 0; i < b->n; i++) {
        Number c = {0};
        if (prim == PRIM_sub)
            exact_compute(env, PRIM_neg, &c, &b->terms[i].c, NULL);
        else
            exact_copy(&c, &b->terms[i].c);
        accumulate(env, &made, b->terms[i].e, b->terms[i].k, &c);
    }
    settle(env, &made);
    replace(out, &made);
}

void exact_germ_add(ExactEnv *env, Germ *out, const Germ *x, const Germ *y) {
    merge(env, PRIM_add, out, x, y);
}

void exact_germ_sub(ExactEnv *env, Germ *out, const Germ *x, const Germ *y) {
    if (x == y && are_real(x, y))
        exact_germ_si(out, 0);
    else
        merge(env, PRIM_sub, out, x, y);
}

void exact_germ_mul(ExactEnv *env, Germ *out, const Germ *x, const Germ *y) {
    if (!are_real(x, y)) {
        combine_classes(env, PRIM_mul, out, x, y);
        return;
    }
    Germ rooms[2], made;
    GermTerm terms[2];
    const Germ *a = as_series(x, &rooms[0], &terms[0]);
    const Germ *b = x == y ? a : as_series(y, &rooms[1], &terms[1]);
    const bool is_zero =
        (a->n == 0 && a->order == GERM_EXACT) || (b->n == 0 && b->order == GERM_EXACT);
    const int64_t left = later(a->order, lead(b)), right = later(b->order, lead(a));
    begin_series(&made, a->n * b->n + 1, left < right ? left : right, a->flags | b->flags);
    if (is_zero) made.order = GERM_EXACT;
    for (uint32_t i = 0; i < a->n && !is_zero; i++) {
        for (uint32_t k = 0; k < b->n; k++) {
            const GermTerm *p = &a->terms[i], *q = &b->terms[k];
            if (p->e + q->e >= made.order) break;
            Number c = {0};
            exact_compute(env, PRIM_mul, &c, &p->c, &q->c);
            accumulate(env, &made, p->e + q->e, p->k + q->k, &c);
        }
    }
    settle(env, &made);
    replace(out, &made);
}

void exact_germ_scale(ExactEnv *env, Germ *out, const Germ *x, const Number *by,
                      int64_t shift) {
    Germ room, made;
    GermTerm term;
    const Germ *a = as_series(x, &room, &term);
    begin_series(&made, a->n, later(a->order, shift), a->flags);
    for (uint32_t i = 0; i < a->n; i++)
        exact_compute(env, PRIM_mul, push(&made, a->terms[i].e + shift, a->terms[i].k),
                      &a->terms[i].c, by);
    settle(env, &made);
    replace(out, &made);
}

void exact_germ_compose(ExactEnv *env, Germ *out, const Number *c, uint32_t n,
                        const Germ *r) {
    Germ sum = {0}, next = {0};
    const int64_t first = r->kind == GERM_SERIES ? lead(r) : GERM_FLAT;
    for (uint32_t i = n; i-- > 0;) {
        Number coefficient = {0};
        exact_copy(&coefficient, &c[i]);
        exact_germ_constant(&next, &coefficient);
        if (i + 1 < n) {
            exact_germ_mul(env, &sum, &sum, r);
            exact_germ_add(env, &sum, &sum, &next);
        } else {
            exact_copy_germ(&sum, &next);
        }
    }
    exact_clear_germ(&next);
    // What the coefficients left out would add.
    Germ rest;
    const bool is_zero = r->kind == GERM_CONSTANT; // r tends to 0
    const int64_t terms = n ? n : 1;               // there is one at least
    const int64_t beyond = first > GERM_FLAT / terms ? GERM_FLAT : first * terms;
    begin_series(&rest, 0, is_zero ? GERM_EXACT : beyond, exact_germ_flags(r));
    exact_germ_add(env, out, &sum, &rest);
    exact_clear_germ(&rest);
    exact_clear_germ(&sum);
}

// -- signs and limits ---------------------------------------------------------------

int exact_germ_sign(const ExactEnv *env, const Germ *germ) {
    if (germ->kind == GERM_CONSTANT) return exact_sign(env, &germ->number);
    if (germ->n == 0) return germ->order == GERM_EXACT ? 0 : EXACT_UNSURE;
    const int sign = exact_sign(env, &germ->terms[0].c);
    if (sign == 0 || sign == EXACT_UNSURE) return EXACT_UNSURE;
    return germ->terms[0].k % 2 ? -sign : sign; // log t is negative
}

void exact_limit_of(ExactEnv *env, const Germ *germ, Number *limit) {
    exact_clear(limit);
    if (germ->kind == GERM_CONSTANT) {
        exact_copy(limit, &germ->number);
    } else if (germ->kind == GERM_UNKNOWN) {
        limit->cause = germ->cause;
    } else if (germ->n &&
               (germ->terms[0].e < 0 || (germ->terms[0].e == 0 && germ->terms[0].k > 0))) {
        const int sign = exact_germ_sign(env, germ);
        if (sign == EXACT_UNSURE)
            exact_set_unknown(env, limit, "it cannot be told whether its limit is finite");
        else
            exact_set_infinite(limit, sign);
    } else if (germ->n && germ->terms[0].e == 0) {
        exact_copy(limit, &germ->terms[0].c);
    } else if (lead(germ) > 0) {
        exact_set_si(limit, 0);
    } else {
        exact_set_unknown(env, limit, "its expansion is cut off too early");
    }
}

// -- powers -------------------------------------------------------------------------

// The coefficients of (1 + r)^power: n of them (C. J. Miller's recurrence for one term).
static void binomial(ExactEnv *env, const Number *power, Number *c, uint32_t n) {
    Number factor = {0}, index = {0};
    exact_set_si(&c[0], 1);
    for (uint32_t i = 1; i < n; i++) {
        exact_set_si(&index, (int64_t)i - 1);
        exact_compute(env, PRIM_sub, &factor, power, &index);
        exact_compute(env, PRIM_mul, &factor, &factor, &c[i - 1]);
        exact_set_si(&index, i);
        exact_compute(env, PRIM_div, &c[i], &factor, &index);
    }
    exact_clear(&factor);
    exact_clear(&index);
}

static bool is_whole(const Number *x) {
    return x->kind == NUMBER_RATIONAL && fmpz_is_one(fmpq_denref(&x->rational));
}

// e * power, where that is an exponent.
static bool raise_exponent(int64_t e, const Number *power, int64_t *result) {
    *result = 0;
    if (e == 0) return true;
    if (power->kind != NUMBER_RATIONAL) return false;
    fmpz_t product;
    fmpz_init_set_si(product, e);
    fmpz_mul(product, product, fmpq_numref(&power->rational));
    const bool fits = fmpz_divisible(product, fmpq_denref(&power->rational));
    if (fits) fmpz_divexact(product, product, fmpq_denref(&power->rational));
    const bool small = fits && fmpz_bits(product) < 48;
    if (small) *result = fmpz_get_si(product);
    fmpz_clear(product);
    return small;
}

// x = c t^e (1 + r).
static void power_of_series(ExactEnv *env, Germ *out, const Germ *x, const Number *power,
                            int64_t e) {
    const uint32_t n = env->ray->most_terms + 1;
    Number one = {0}, by = {0};
    Germ r = {0}, unit = {0};
    Number *c = flint_calloc(n, sizeof *c);
    exact_set_si(&one, 1);
    exact_compute(env, PRIM_div, &by, &one, &x->terms[0].c);
    exact_copy_germ(&r, x);
    r.n--; // without its first term
    exact_clear(&r.terms[0].c);
    memmove(&r.terms[0], &r.terms[1], r.n * sizeof r.terms[0]);
    exact_germ_scale(env, &r, &r, &by, -x->terms[0].e);
    binomial(env, power, c, n);
    exact_germ_compose(env, &unit, c, n, &r);
    exact_compute(env, PRIM_pow, &by, &x->terms[0].c, power);
    exact_germ_scale(env, out, &unit, &by, e);
    for (uint32_t i = 0; i < n; i++)
        exact_clear(&c[i]);
    flint_free(c);
    exact_clear(&one);
    exact_clear(&by);
    exact_clear_germ(&r);
    exact_clear_germ(&unit);
}

void exact_germ_power(ExactEnv *env, Germ *out, const Germ *x, const Number *power) {
    int64_t e;
    const int sign = exact_germ_sign(env, x);
    if (is_whole(power) && fmpz_cmp_si(fmpq_numref(&power->rational), 0) > 0 &&
        fmpz_cmp_si(fmpq_numref(&power->rational), 4) <= 0) {
        // Its leading term need not be known.
        const slong n = fmpz_get_si(fmpq_numref(&power->rational));
        Germ product = {0}, square = {0};
        exact_copy_germ(&product, x);
        if (n >= 2) exact_germ_mul(env, &square, x, x);
        if (n == 2) exact_copy_germ(&product, &square);
        if (n == 3) exact_germ_mul(env, &product, &square, x);
        if (n == 4) exact_germ_mul(env, &product, &square, &square);
        exact_clear_germ(&square);
        replace(out, &product);
        return;
    }
    if (sign == EXACT_UNSURE || x->terms[0].k > 0 ||
        !raise_exponent(x->terms[0].e, power, &e)) {
        exact_germ_unknown(env, out, "its leading term along a ray is not known");
    } else if (sign < 0 && !is_whole(power)) {
        Number undefined = {0};
        exact_set_undefined(&undefined);
        exact_germ_constant(out, &undefined);
    } else {
        power_of_series(env, out, x, power, e);
    }
}

void exact_germ_div(ExactEnv *env, Germ *out, const Germ *x, const Germ *y) {
    if (!are_real(x, y) || y->kind == GERM_CONSTANT) {
        const bool zero = are_real(x, y) && exact_is_zero(&y->number);
        if (!are_real(x, y) || zero) {
            combine_classes(env, PRIM_div, out, x, y);
            return;
        }
    }
    Number minus = {0};
    Germ inverse = {0};
    exact_set_si(&minus, -1);
    if (y->kind == GERM_SERIES) {
        exact_germ_power(env, &inverse, y, &minus);
    } else {
        exact_set_si(&minus, 1);
        exact_compute(env, PRIM_div, &minus, &minus, &y->number);
        minus.flags = y->number.flags;
        exact_germ_constant(&inverse, &minus);
    }
    exact_germ_mul(env, out, x, &inverse);
    exact_clear(&minus);
    exact_clear_germ(&inverse);
}
