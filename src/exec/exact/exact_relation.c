// Whether a rule is the derivative times a number, or another argument's derivative: proved
// as agreement is.
#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_memory.h"

enum { FIRST_BITS = 128, MOST_BITS = 8192, BITS_A_DIGIT = 4 };

typedef enum Answer { HOLDS, FAILS, OPEN } Answer;

static void times(ExactEnv *env, Number *out, const Number *x, int64_t factor) {
    const ExactOperation mul = {PRIM_mul, DT_F64, DT_F64, 2, 0};
    Number number = {0};
    exact_set_si(&number, factor);
    exact_apply(env, &mul, out, (const Number *[]){x, &number});
    exact_clear(&number);
}

// Whether |difference| ≤ 10^-digits · |size|, for all that the balls hold.
static bool is_small(const ExactEnv *env, const Number *difference, const Number *size,
                     unsigned digits) {
    arb_t scaled, power, room;
    mag_t most, least;
    arb_init(scaled);
    arb_init(power);
    arb_init(room);
    mag_init(most);
    mag_init(least);
    arb_ui_pow_ui(power, 10, digits, env->precision);
    arb_mul(scaled, power, exact_ball(difference, room, env->precision), env->precision);
    arb_get_mag(most, scaled);
    arb_get_mag_lower(least, exact_ball(size, room, env->precision));
    const bool small = mag_cmp(most, least) <= 0;
    arb_clear(scaled);
    arb_clear(power);
    arb_clear(room);
    mag_clear(most);
    mag_clear(least);
    return small;
}

// q·r against p·t.
static Answer compare(const ExactPair *pair, ExactEnv *env, const Number *r,
                      const Number *t, const ExactRelation *relation) {
    const ExactOperation sub = {PRIM_sub, DT_F64, DT_F64, 2, 0};
    Number left = {0}, right = {0}, difference = {0};
    const uint8_t unsmooth = NUMBER_BOUNDARY | NUMBER_NOT_FINITE | NUMBER_HULL;
    if (!exact_is_real(r) || !exact_is_real(t) || t->flags & unsmooth) return OPEN;
    times(env, &left, r, relation->q);
    times(env, &right, t, relation->p);
    exact_apply(env, &sub, &difference, (const Number *[]){&left, &right});
    const int sign = exact_sign(env, &difference);
    const Answer answer = sign == 0                                          ? HOLDS
                          : sign != EXACT_UNSURE                             ? FAILS
                          : is_small(env, &difference, &right, pair->digits) ? HOLDS
                                                                             : OPEN;
    exact_clear(&left);
    exact_clear(&right);
    exact_clear(&difference);
    return answer;
}

// -- one pass for all ---------------------------------------------------------------

// The coefficient of an element of g, where a form is linear in g and nothing else is to be
// said of it. NULL: not so. `zero` stands for one that is not there.
static const Number *column_of(const ExactPair *pair, const Form *form,
                               const ExactTerm *term, const Number *zero) {
    const Monomial m =
        exact_monomial(exact_number_of_g(pair, term->linear, term->linear_element));
    if (form->kind > FORM_POLYNOMIAL) return NULL;
    const Number *constant = exact_coefficient(form, 0);
    const bool plain = !constant || (exact_is_zero(constant) &&
                                     !(constant->flags & (uint8_t)~NUMBER_VARIES));
    if (!plain) return NULL;
    if (form->kind == FORM_CONSTANT) return zero;
    const Number *coefficient = exact_coefficient(form, m);
    return coefficient ? coefficient : zero;
}

static Answer relate_forms(const ExactPair *pair, Pass *pass,
                           const ExactRelation *relation) {
    Number zero = {0};
    const ExactTerm *rule = &relation->rule, *derivative = &relation->derivative;
    const Form *r =
        exact_output(pass, exact_output_of(pair, rule->result, true), rule->result_element);
    const Form *t = exact_output(pass, exact_output_of(pair, derivative->result, false),
                                 derivative->result_element);
    exact_set_si(&zero, 0);
    const Number *x = column_of(pair, r, rule, &zero),
                 *y = column_of(pair, t, derivative, &zero);
    const Answer answer = x && y ? compare(pair, &pass->e.env, x, y, relation) : OPEN;
    exact_clear(&zero);
    return answer;
}

// The worst answer of all.
static Status relate_at(const ExactPair *pair, size_t n, const ExactRelation *relations,
                        slong precision, Answer *answer, ExecError *error) {
    Pass pass;
    const PassAt at = {.kind = &exact_forms, .precision = precision};
    *answer = OPEN;
    const Status status = exact_pass(pair, &at, &pass);
    if (status == FAILED) *error = pass.error;
    if (status == OK && pass.ran) *answer = HOLDS;
    for (size_t i = 0; i < n && status == OK && *answer == HOLDS; i++)
        *answer = relate_forms(pair, &pass, &relations[i]);
    exact_end_pass(&pass);
    return status;
}

Status exact_relate(const ExactPair *pair, size_t n, const ExactRelation *relations,
                    bool *proved, ExecError *error) {
    slong precision = FIRST_BITS;
    Answer answer = OPEN;
    Status status = OK;
    *proved = false;
    if (exact_count_g(pair) > FORM_MOST_G) return OK;
    while (precision < (slong)pair->digits * BITS_A_DIGIT + 32)
        precision *= 2;
    if (!exact_lay_in_reserve()) return NOMEM;
    do {
        status = relate_at(pair, n, relations, precision, &answer, error);
        precision *= 2;
    } while (status == OK && answer == OPEN && precision <= MOST_BITS);
    if (exact_is_out_of_memory()) status = NOMEM;
    exact_give_back_reserve();
    if (status == FAILED) return OK; // it cannot be evaluated: nothing is proved
    *proved = answer == HOLDS;
    return status;
}
