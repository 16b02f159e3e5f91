#include "exec/exact/exact_form.h"

// -- forms --------------------------------------------------------------------------

static void clear_form(void *value) {
    Form *form = value;
    if (form->kind == FORM_CONSTANT) exact_clear(&form->number);
    for (uint32_t i = 0; form->kind != FORM_CONSTANT && i < form->n; i++)
        exact_clear(&form->terms[i].coefficient);
    if (form->kind != FORM_CONSTANT) flint_free(form->terms);
    *form = (Form){0};
}

static void copy_form(void *to, const void *from) {
    Form *out = to;
    const Form *form = from;
    if (out == form) return;
    clear_form(out);
    if (form->kind == FORM_CONSTANT) {
        exact_copy(&out->number, &form->number);
        return;
    }
    *out = *form;
    out->terms = flint_calloc((size_t)form->n + 1, sizeof *out->terms);
    for (uint32_t i = 0; i < form->n; i++) {
        out->terms[i].monomial = form->terms[i].monomial;
        exact_copy(&out->terms[i].coefficient, &form->terms[i].coefficient);
    }
}

static void embed_form(void *value, Number *number) {
    Form *form = value;
    clear_form(form);
    exact_swap(&form->number, number);
}

static const Number *constant_of_form(const void *value) {
    static const Number unknown = {0};
    const Form *form = value;
    return form->kind == FORM_CONSTANT ? &form->number : &unknown;
}

// Room for n terms, none there yet.
static void begin_terms(Form *out, FormKind kind, uint32_t n) {
    clear_form(out);
    out->kind = (uint8_t)kind;
    out->terms = flint_calloc((size_t)n + 1, sizeof *out->terms);
}

static Number *add_term(Form *out, Monomial monomial) {
    out->terms[out->n].monomial = monomial;
    return &out->terms[out->n++].coefficient;
}

// Leaves out a last term that says nothing.
static void settle_term(Form *out) {
    const FormTerm *last = &out->terms[out->n - 1];
    const uint8_t flags = last->coefficient.flags & (uint8_t)~NUMBER_VARIES;
    if (!flags && exact_is_zero(&last->coefficient))
        exact_clear(&out->terms[--out->n].coefficient);
}

// A polynomial without terms, or with that of 1 alone, is a constant.
static void settle_form(Form *out) {
    if (out->kind != FORM_POLYNOMIAL || out->n > 1 ||
        (out->n == 1 && out->terms[0].monomial != 0))
        return;
    Number number = {0};
    if (out->n)
        exact_swap(&number, &out->terms[0].coefficient);
    else
        exact_set_si(&number, 0);
    embed_form(out, &number);
    exact_clear(&number);
}

static void add_form_flags(void *value, uint8_t flags) {
    Form *form = value;
    if (form->kind == FORM_CONSTANT) {
        form->number.flags |= flags;
        return;
    }
    if (form->kind != FORM_POLYNOMIAL || !(flags & ~NUMBER_VARIES)) return;
    if (form->n == 0 || form->terms[0].monomial != 0) {
        Form out = {0};
        begin_terms(&out, FORM_POLYNOMIAL, form->n + 1);
        exact_set_si(add_term(&out, 0), 0);
        for (uint32_t i = 0; i < form->n; i++)
            exact_swap(add_term(&out, form->terms[i].monomial),
                       &form->terms[i].coefficient);
        out.cause = form->cause;
        clear_form(form);
        *form = out;
    }
    for (uint32_t i = 0; i < form->n; i++)
        form->terms[i].coefficient.flags |= flags;
}

void exact_set_g(Form *form, uint32_t g) {
    begin_terms(form, FORM_POLYNOMIAL, 1);
    exact_set_si(add_term(form, exact_monomial(g)), 1);
}

const Number *exact_coefficient(const Form *form, Monomial monomial) {
    if (form->kind == FORM_CONSTANT) return monomial ? NULL : &form->number;
    uint32_t low = 0, high = form->n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (form->terms[middle].monomial < monomial)
            low = middle + 1;
        else
            high = middle;
    }
    const bool found = low < form->n && form->terms[low].monomial == monomial;
    return found ? &form->terms[low].coefficient : NULL;
}

// As what it is in a polynomial.
static uint32_t terms_of(const Form *form, FormTerm *single, const FormTerm **terms) {
    *terms = form->terms;
    if (form->kind != FORM_CONSTANT) return form->n;
    *single = (FormTerm){0, form->number};
    *terms = single;
    return 1;
}

static void set_other(ExactEnv *env, Form *out, const Form *const *in, uint32_t n) {
    const ExactCause *cause = NULL;
    for (uint32_t i = 0; i < n && !cause; i++)
        cause = in[i]->kind != FORM_CONSTANT ? in[i]->cause : NULL;
    begin_terms(out, FORM_OTHER, 0);
    out->cause = cause ? cause : exact_cause(env, "it is not linear");
}

// -- arithmetic ---------------------------------------------------------------------

static void take_cause(Form *out, const Form *const *in, uint32_t n) {
    for (uint32_t i = 0; i < n && out->kind != FORM_CONSTANT && !out->cause; i++)
        if (in[i]->kind != FORM_CONSTANT) out->cause = in[i]->cause;
}

// Each coefficient for itself, the other operand (at place `constant`, of two) being free
// of g.
static void map_terms(ExactEnv *env, const ExactOperation *op, Form *out,
                      const Form *const *in, uint32_t constant) {
    const Form *form = in[op->n_in == 2 ? 1 - constant : 0];
    begin_terms(out, FORM_POLYNOMIAL, form->n);
    for (uint32_t i = 0; i < form->n; i++) {
        const Number *operands[2] = {&form->terms[i].coefficient, NULL};
        if (op->n_in == 2) {
            operands[constant] = &in[constant]->number;
            operands[1 - constant] = &form->terms[i].coefficient;
        }
        exact_apply(env, op, add_term(out, form->terms[i].monomial), operands);
        settle_term(out);
    }
}

// op: add or sub.
static void merge(ExactEnv *env, const ExactOperation *op, FormKind kind, Form *out,
                  const Form *x, const Form *y) {
    FormTerm singles[2];
    const FormTerm *a, *b;
    const uint32_t n = terms_of(x, &singles[0], &a), m = terms_of(y, &singles[1], &b);
    Number zero = {0};
    exact_set_si(&zero, 0);
    begin_terms(out, kind, n + m);
    for (uint32_t i = 0, k = 0; i < n || k < m;) {
        const bool left = i < n && (k == m || a[i].monomial <= b[k].monomial);
        const bool right = k < m && (i == n || b[k].monomial <= a[i].monomial);
        const Monomial monomial = left ? a[i].monomial : b[k].monomial;
        const Number *operands[] = {left ? &a[i++].coefficient : &zero,
                                    right ? &b[k++].coefficient : &zero};
        exact_apply(env, op, add_term(out, monomial), operands);
        settle_term(out);
    }
    // A sum of two kinds of terms: a constant beside linear ones.
    const bool mixes = (x->kind == FORM_CONSTANT) != (y->kind == FORM_CONSTANT);
    const Number *constant = exact_coefficient(out, 0);
    if (mixes && constant && !exact_is_zero(constant))
        out->cause = exact_cause(env, "it adds what does not depend on the cotangent");
    exact_clear(&zero);
}

// False: its degree is too high.
static bool monomial_product(Monomial x, Monomial y, Monomial *product) {
    uint64_t factors[2 * FORM_DEGREE];
    unsigned n = 0;
    for (unsigned i = 0; i < FORM_DEGREE; i++) {
        const uint64_t both[2] = {x >> (48 - 16 * i) & 0xFFFF, y >> (48 - 16 * i) & 0xFFFF};
        for (unsigned k = 0; k < 2; k++) {
            if (!both[k]) continue;
            unsigned at = n++;
            for (; at > 0 && factors[at - 1] < both[k]; at--)
                factors[at] = factors[at - 1];
            factors[at] = both[k];
        }
    }
    *product = 0;
    for (unsigned i = 0; i < n && i < FORM_DEGREE; i++)
        *product |= factors[i] << (48 - 16 * i);
    return n <= FORM_DEGREE;
}

// out = x * y, term by term; false: too much.
static bool multiply(ExactEnv *env, const ExactOperation *op, Form *out, const Form *x,
                     const Form *y) {
    const ExactOperation plus = {PRIM_add, op->dtype, op->out_dtype, 2, 0};
    if ((uint64_t)x->n * y->n > FORM_MOST_TERMS) return false;
    Form sum = {0};
    begin_terms(&sum, FORM_POLYNOMIAL, 0);
    bool fits = true;
    for (uint32_t i = 0; i < x->n && fits; i++) {
        Form row = {0}, next = {0};
        begin_terms(&row, FORM_POLYNOMIAL, y->n);
        for (uint32_t k = 0; k < y->n && fits; k++) {
            Monomial monomial;
            fits = monomial_product(x->terms[i].monomial, y->terms[k].monomial, &monomial);
            const Number *operands[] = {&x->terms[i].coefficient, &y->terms[k].coefficient};
            // A product with one monomial keeps the order of the others, but for ties.
            Form term = {0}, joined = {0};
            begin_terms(&term, FORM_POLYNOMIAL, 1);
            exact_apply(env, op, add_term(&term, monomial), operands);
            settle_term(&term);
            merge(env, &plus, FORM_POLYNOMIAL, &joined, &row, &term);
            clear_form(&row);
            clear_form(&term);
            row = joined;
        }
        merge(env, &plus, FORM_POLYNOMIAL, &next, &sum, &row);
        clear_form(&row);
        clear_form(&sum);
        sum = next;
    }
    clear_form(out);
    *out = sum;
    if (fits) out->cause = exact_cause(env, "it multiplies the cotangent by itself");
    return fits;
}

static bool raise_form(ExactEnv *env, const ExactOperation *op, Form *out, const Form *x) {
    const ExactOperation times = {PRIM_mul, op->dtype, op->out_dtype, 2, 0};
    Form power = {0};
    bool fits = op->attr >= 1 && op->attr <= FORM_DEGREE;
    if (fits) copy_form(&power, x);
    for (int64_t i = 1; i < op->attr && fits; i++) {
        Form next = {0};
        fits = power.kind == FORM_POLYNOMIAL && multiply(env, &times, &next, &power, x);
        clear_form(&power);
        power = next;
    }
    clear_form(out);
    *out = power;
    return fits;
}

// -- conditions on g ----------------------------------------------------------------

void exact_clear_guards(FormGuards *guards) {
    for (uint32_t i = 0; i < guards->at.n; i++)
        exact_clear(&guards->at.at[i].at);
    guards->at.n = 0;
}

static bool same_number(ExactEnv *env, const Number *x, const Number *y) {
    if (x->kind == NUMBER_BALL && y->kind == NUMBER_BALL)
        return arb_equal(&x->ball, &y->ball) && arb_is_exact(&x->ball);
    return exact_is_exact(x) && exact_is_exact(y) && exact_compare(env, x, y) == 0;
}

// Proved to be the same polynomial.
static bool same_form(ExactEnv *env, const Form *x, const Form *y) {
    if (x->kind > FORM_POLYNOMIAL || y->kind > FORM_POLYNOMIAL) return false;
    FormTerm singles[2];
    const FormTerm *a, *b;
    const uint32_t n = terms_of(x, &singles[0], &a), m = terms_of(y, &singles[1], &b);
    if (n != m) return false;
    for (uint32_t i = 0; i < n; i++)
        if (a[i].monomial != b[i].monomial ||
            !same_number(env, &a[i].coefficient, &b[i].coefficient))
            return false;
    return true;
}

// c0 + c1 g is 0 where g is -c0 / c1.
static void note_guard(ExactEnv *env, const Form *test) {
    FormGuards *guards = env->guards;
    const FormTerm *last = &test->terms[test->n - 1];
    const Number *constant = exact_coefficient(test, 0);
    const bool single = exact_degree(last->monomial) == 1 &&
                        test->n == (constant ? 2u : 1u) &&
                        exact_is_real(&last->coefficient);
    if (!single || (constant && !exact_is_real(constant))) {
        guards->others = true;
        return;
    }
    const ExactOperation minus = {PRIM_neg, DT_F64, DT_F64, 1, 0},
                         over = {PRIM_div, DT_F64, DT_F64, 2, 0};
    FormGuard guard = {.g = (uint32_t)(last->monomial >> 48) - 1};
    Number negative = {0}, zero = {0};
    exact_set_si(&zero, 0);
    exact_apply(env, &minus, &negative, (const Number *[]){constant ? constant : &zero});
    exact_apply(env, &over, &guard.at, (const Number *[]){&negative, &last->coefficient});
    exact_clear(&negative);
    exact_clear(&zero);
    bool known = false;
    for (uint32_t i = 0; i < guards->at.n && !known; i++)
        known = guards->at.at[i].g == guard.g &&
                same_number(env, &guards->at.at[i].at, &guard.at);
    if (known || !VEC_PUSH(env->arena, &guards->at, guard)) {
        env->no_memory = env->no_memory || !known;
        exact_clear(&guard.at);
    }
}

static void test_zero(ExactEnv *env, const ExactOperation *op, Form *out,
                      const Form *const *in) {
    const ExactOperation minus = {PRIM_sub, op->dtype, op->dtype, 2, 0};
    Form zero = {0}, difference = {0};
    exact_set_si(&zero.number, 0);
    merge(env, &minus, FORM_POLYNOMIAL, &difference, in[0], op->n_in == 2 ? in[1] : &zero);
    settle_form(&difference);
    if (difference.kind == FORM_CONSTANT) {
        const ExactOperation test = {op->prim == PRIM_eq ? PRIM_eq : PRIM_ne, op->dtype,
                                     DT_BOOL, 2, 0};
        clear_form(out);
        exact_apply(env, &test, &out->number,
                    (const Number *[]){&difference.number, &zero.number});
        clear_form(&difference);
    } else {
        clear_form(out);
        *out = difference;
        out->kind = FORM_TEST;
        out->unequal = op->prim != PRIM_eq;
        out->cause = exact_cause(env, "it asks for a value of the cotangent");
    }
}

// The branch that is taken for nearly all g.
static void choose(ExactEnv *env, Form *out, const Form *const *in) {
    const Form *condition = in[0];
    const bool known =
        condition->kind == FORM_CONSTANT && condition->number.kind == NUMBER_INTEGER;
    if (known) {
        copy_form(out, condition->number.integer ? in[1] : in[2]);
        add_form_flags(out, condition->number.flags);
    } else if (same_form(env, in[1], in[2])) {
        copy_form(out, in[1]);
    } else if (condition->kind == FORM_TEST) {
        copy_form(out, condition->unequal ? in[1] : in[2]);
        note_guard(env, condition);
    } else {
        set_other(env, out, in, 3);
    }
}

// -- all ----------------------------------------------------------------------------

// False: no polynomial comes of it.
static bool apply_polynomials(ExactEnv *env, const ExactOperation *op, Form *out,
                              const Form *const *in) {
    const bool second_is_constant = op->n_in == 2 && in[1]->kind == FORM_CONSTANT;
    switch (op->prim) {
    case PRIM_neg:
    case PRIM_stop_gradient:
        map_terms(env, op, out, in, 0);
        return true;
    case PRIM_convert:
        if (num_is_float(op->out_dtype))
            copy_form(out, in[0]);
        else if (op->out_dtype == DT_BOOL)
            test_zero(env, op, out, in);
        return num_is_float(op->out_dtype) || op->out_dtype == DT_BOOL;
    case PRIM_add:
    case PRIM_sub:
        merge(env, op, FORM_POLYNOMIAL, out, in[0], in[1]);
        return true;
    case PRIM_mul:
        if (in[0]->kind == FORM_CONSTANT || second_is_constant) {
            map_terms(env, op, out, in, second_is_constant ? 1 : 0);
            return true;
        }
        return multiply(env, op, out, in[0], in[1]);
    case PRIM_div:
        if (second_is_constant) map_terms(env, op, out, in, 1);
        return second_is_constant;
    case PRIM_integer_pow:
        return raise_form(env, op, out, in[0]);
    case PRIM_eq:
    case PRIM_ne:
        test_zero(env, op, out, in);
        return true;
    default:
        return false;
    }
}

static void apply_form(ExactEnv *env, const ExactOperation *op, void *value,
                       const void *const *operands) {
    Form *out = value;
    const Form *in[3] = {NULL};
    const Number *numbers[3] = {NULL};
    bool constant = true, polynomial = true;
    for (uint32_t i = 0; i < op->n_in; i++) {
        in[i] = operands[i];
        numbers[i] = &in[i]->number;
        constant = constant && in[i]->kind == FORM_CONSTANT;
        polynomial = polynomial && in[i]->kind <= FORM_POLYNOMIAL;
    }
    if (constant) {
        clear_form(out);
        exact_apply(env, op, &out->number, numbers);
    } else if (op->prim == PRIM_select) {
        choose(env, out, in);
    } else if (op->prim == PRIM_bit_not && in[0]->kind == FORM_TEST) {
        copy_form(out, in[0]);
        out->unequal = !out->unequal;
    } else if (polynomial && apply_polynomials(env, op, out, in)) {
        take_cause(out, in, op->n_in);
        settle_form(out);
    } else {
        set_other(env, out, in, op->n_in);
    }
}

const Interpretation exact_forms = {
    .size = sizeof(Form),
    .clear = clear_form,
    .copy = copy_form,
    .embed = embed_form,
    .constant = constant_of_form,
    .add_flags = add_form_flags,
    .apply = apply_form,
};
