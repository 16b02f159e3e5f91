// Whether a rule is linear in g (certainty.md §3): by the degrees of its polynomials, at
// the guards that ask for a value of g, and where that does not say, by trying.
#include "exec/exact/exact_judge.h"

#include <math.h>

typedef struct Linearity {
    const ExactPair *pair;
    slong precision;
    ExactFindings *findings;
    bool open; // something is not proved
} Linearity;

static Status refute(Linearity *l, Span place, const char *reason) {
    l->findings->linear = EXACT_NOT_LINEAR;
    l->findings->linear_reason = reason;
    l->findings->linear_place = place;
    return OK;
}

static bool refuted(const Linearity *l) {
    return l->findings->linear == EXACT_NOT_LINEAR;
}

// The R of a pass, element after element.
#define EACH_RESULT(l, k, i)                                                               \
    for (uint32_t k = 0; k < (l)->pair->n_results && !refuted(l); k++)                     \
        for (int64_t i = 0; i < (l)->pair->results[k].n && !refuted(l); i++)

static uint32_t output_of(const Linearity *l, uint32_t result) {
    return l->pair->n_values + l->pair->n_results + result;
}

// -- degrees ------------------------------------------------------------------------

static Span place_of(const Form *form) {
    return form->kind != FORM_CONSTANT && form->cause ? form->cause->span : NO_SPAN;
}

// A coefficient that should be zero. One that is not finite is for who looks at values.
static Status look_at_coefficient(Linearity *l, const Pass *pass, const Form *form,
                                  const Number *c, unsigned degree) {
    if (!exact_is_real(c)) {
        l->open = l->open || c->kind == NUMBER_UNKNOWN;
        return OK;
    }
    const int sign = exact_sign(&pass->e.env, c);
    if (sign == EXACT_UNSURE) l->open = true;
    if (sign == 0 || sign == EXACT_UNSURE) return OK;
    static const char *const reasons[] = {
        "it has a part that does not depend on it", NULL, "it has a term of degree 2",
        "it has a term of degree 3", "it has a term of degree 4"};
    return refute(l, place_of(form), reasons[degree]);
}

static Status look_at_form(Linearity *l, const Pass *pass, const Form *form) {
    if (form->kind == FORM_CONSTANT)
        return look_at_coefficient(l, pass, form, &form->number, 0);
    if (form->kind != FORM_POLYNOMIAL) l->open = true;
    for (uint32_t i = 0; form->kind == FORM_POLYNOMIAL && i < form->n && !refuted(l); i++) {
        const unsigned degree = exact_degree(form->terms[i].monomial);
        if (degree != 1)
            TRY(look_at_coefficient(l, pass, form, &form->terms[i].coefficient, degree));
    }
    return OK;
}

// -- guards -------------------------------------------------------------------------

static void apply(Pass *pass, Prim prim, Form *out, const Form *x, const Form *y) {
    const ExactOperation op = {prim, DT_F64, DT_F64, 2, 0};
    exact_forms.apply(&pass->e.env, &op, out, (const void *[]){x, y});
}

// out = there - (generic, with `at` in place of its g).
static void at_guard(Pass *pass, Form *out, const Form *generic, const Form *there,
                     const FormGuard *guard) {
    Form g = {0}, at = {0}, slope = {0}, step = {0};
    const Number *c = generic->kind == FORM_POLYNOMIAL
                          ? exact_coefficient(generic, exact_monomial(guard->g))
                          : NULL;
    if (c)
        exact_copy(&slope.number, c);
    else
        exact_set_si(&slope.number, 0);
    exact_copy(&at.number, &guard->at);
    exact_set_g(&g, guard->g);
    apply(pass, PRIM_sub, &step, &at, &g);
    apply(pass, PRIM_mul, &at, &step, &slope);
    apply(pass, PRIM_add, &step, generic, &at);
    apply(pass, PRIM_sub, out, there, &step);
    exact_forms.clear(&g);
    exact_forms.clear(&at);
    exact_forms.clear(&slope);
    exact_forms.clear(&step);
}

// Every coefficient should be zero; that of the guard's own g has cancelled.
static Status look_at_difference(Linearity *l, const Pass *pass, const Form *form,
                                 const FormGuard *guard) {
    static const char *const reason = "for one value of it, it is another function of it";
    if (form->kind > FORM_POLYNOMIAL) l->open = true;
    if (form->kind > FORM_POLYNOMIAL) return OK;
    for (uint32_t i = 0; i < (form->kind ? form->n : 1) && !refuted(l); i++) {
        const Number *c = form->kind ? &form->terms[i].coefficient : &form->number;
        if (form->kind && form->terms[i].monomial == exact_monomial(guard->g)) continue;
        const int sign = exact_is_real(c) ? exact_sign(&pass->e.env, c) : EXACT_UNSURE;
        if (sign == EXACT_UNSURE) l->open = true;
        if (sign == 1 || sign == -1) TRY(refute(l, NO_SPAN, reason));
    }
    return OK;
}

static bool has_guard(const FormGuards *guards, uint32_t g) {
    for (uint32_t i = 0; i < guards->at.n; i++)
        if (guards->at.at[i].g == g) return true;
    return false;
}

static Status compare_at_guard(Linearity *l, const Pass *generic, Pass *fixed,
                               const FormGuard *guard) {
    // Where one guard holds another may show, which is not looked into.
    l->open = l->open || !fixed->ran || fixed->guards.others;
    for (uint32_t i = 0; i < fixed->guards.at.n; i++)
        if (!has_guard(&generic->guards, fixed->guards.at.at[i].g)) l->open = true;
    if (!fixed->ran) return OK;
    EACH_RESULT(l, k, i) {
        Form difference = {0};
        const uint32_t output = output_of(l, k);
        at_guard(fixed, &difference, exact_output(generic, output, i),
                 exact_output(fixed, output, i), guard);
        const Status status = look_at_difference(l, fixed, &difference, guard);
        exact_forms.clear(&difference);
        TRY(status);
    }
    return OK;
}

static Status look_at_guard(Linearity *l, const Pass *generic, const FormGuard *guard,
                            ExecError *error) {
    Pass fixed;
    const PassAt at = {.kind = &exact_forms, .precision = l->precision, .fixed = guard};
    Status status = exact_pass(l->pair, &at, &fixed);
    if (status == FAILED) *error = fixed.error;
    if (status == OK) status = compare_at_guard(l, generic, &fixed, guard);
    exact_end_pass(&fixed);
    return status;
}

// -- by trying ----------------------------------------------------------------------

// Fixed entries, large and small, of both signs: (1 + k / 8) * (-1)^k * 2^(k mod 11 - 5),
// with another k for the second vector.
static void fill(Number *g, uint32_t n, uint32_t from) {
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t k = i + from;
        const double size = ldexp(1 + (double)(k % 61) / 8, (int)(k % 11) - 5);
        const double value = k % 2 ? -size : size;
        exact_load(&g[i], DT_F64, &value);
    }
}

// One trial: R at g = a v + b w should be a R(v) + b R(w).
typedef struct Trial {
    int64_t a, b; // a: over 1024
} Trial;
static const Trial trials[] = {{0, 0},           {-1024, 0}, {2 * 1024, 0},
                               {4096 * 1024, 0}, {1, 0},     {1024, 1}};
enum { TRIALS = sizeof trials / sizeof *trials };

static void combine(ExactEnv *env, Number *out, const Trial *trial, const Number *x,
                    const Number *y) {
    const ExactOperation times = {PRIM_mul, DT_F64, DT_F64, 2, 0};
    const ExactOperation plus = {PRIM_add, DT_F64, DT_F64, 2, 0};
    Number a = {0}, first = {0}, zero = {0};
    exact_set_si(&zero, 0);
    fmpq_set_si(exact_make_rational(&a), trial->a, 1024);
    exact_apply(env, &times, &first, (const Number *[]){trial->a ? x : &zero, &a});
    exact_apply(env, &plus, out, (const Number *[]){&first, trial->b ? y : &zero});
    exact_clear(&a);
    exact_clear(&first);
    exact_clear(&zero);
}

static bool is_not_finite(const Number *x) {
    return x->kind == NUMBER_INFINITE || x->kind == NUMBER_UNDEFINED;
}

static Status compare_trial(Linearity *l, const Trial *trial, Pass *at, const Pass *first,
                            const Pass *second) {
    EACH_RESULT(l, k, i) {
        const uint32_t output = output_of(l, k);
        const Number *r = exact_output(at, output, i);
        const Number *x = exact_output(first, output, i),
                     *y = exact_output(second, output, i);
        Number expected = {0};
        combine(&at->e.env, &expected, trial, x, y);
        const bool real = exact_is_real(r) && exact_is_real(&expected);
        const int order = real ? exact_compare(&at->e.env, r, &expected) : 0;
        exact_clear(&expected);
        if (trial->a == 0 && is_not_finite(r))
            TRY(refute(l, NO_SPAN, "it is not finite where the cotangent is 0"));
        else if (order == 1 || order == -1)
            TRY(refute(l, NO_SPAN,
                       trial->a == 0  ? "it is not 0 where the cotangent is 0"
                       : trial->b     ? "of a sum of cotangents it is not the sum"
                       : trial->a < 0 ? "of the negative cotangent it is not the negative"
                                      : "of a multiple of the cotangent it is not that "
                                        "multiple"));
    }
    return OK;
}

static Status try_at(Linearity *l, const Number *g, Pass *pass, ExecError *error) {
    const PassAt at = {.kind = &exact_numbers, .precision = l->precision, .g = g};
    const Status status = exact_pass(l->pair, &at, pass);
    if (status == FAILED) *error = pass->error;
    return status;
}

static Status run_trials(Linearity *l, uint32_t n, Number *v, Number *w, Number *g,
                         ExecError *error) {
    Pass first = {0}, second = {0};
    fill(v, n, 3);
    fill(w, n, 20);
    Status status = try_at(l, v, &first, error);
    if (status == OK) status = try_at(l, w, &second, error);
    for (int i = 0; i < TRIALS && status == OK && !refuted(l); i++) {
        Pass at = {0};
        if (!first.ran || !second.ran) break;
        for (uint32_t k = 0; k < n; k++)
            combine(&first.e.env, &g[k], &trials[i], &v[k], &w[k]);
        status = try_at(l, g, &at, error);
        if (status == OK && at.ran)
            status = compare_trial(l, &trials[i], &at, &first, &second);
        exact_end_pass(&at);
    }
    exact_end_pass(&first);
    exact_end_pass(&second);
    return status;
}

static Status try_numbers(Linearity *l, ExecError *error) {
    const uint32_t n = exact_count_g(l->pair);
    Number *numbers = flint_calloc(3 * (size_t)n + 1, sizeof *numbers);
    const Status status =
        run_trials(l, n, numbers, numbers + n, numbers + 2 * (size_t)n, error);
    for (size_t i = 0; i < 3 * (size_t)n; i++)
        exact_clear(&numbers[i]);
    flint_free(numbers);
    return status;
}

// -- all ----------------------------------------------------------------------------

static const ExactCause *cause_of_other(const Linearity *l, const Pass *forms) {
    if (!forms->ran) return forms->undecided;
    for (uint32_t k = 0; k < l->pair->n_results; k++) {
        for (int64_t i = 0; i < l->pair->results[k].n; i++) {
            const Form *form = exact_output(forms, output_of(l, k), i);
            if (form->kind == FORM_OTHER && form->cause) return form->cause;
        }
    }
    return NULL;
}

Status exact_linearity(const ExactPair *pair, const Pass *forms, slong precision,
                       ExactFindings *findings, ExecError *error) {
    Linearity l = {pair, precision, findings, !forms->ran || forms->guards.others};
    if (forms->ran) {
        EACH_RESULT(&l, k, i)
        TRY(look_at_form(&l, forms, exact_output(forms, output_of(&l, k), i)));
    }
    for (uint32_t i = 0; i < forms->guards.at.n && !refuted(&l); i++)
        TRY(look_at_guard(&l, forms, &forms->guards.at.at[i], error));
    if (l.open && !refuted(&l)) TRY(try_numbers(&l, error));
    const ExactCause *cause = cause_of_other(&l, forms);
    if (refuted(&l)) {
        if (!findings->linear_place.at && cause) findings->linear_place = cause->span;
        return OK;
    }
    findings->linear = l.open ? EXACT_LINEAR_UNKNOWN : EXACT_LINEAR;
    if (l.open) {
        findings->linear_reason = "whether it is linear is not known";
        if (cause) findings->linear_place = cause->span;
    }
    return OK;
}
