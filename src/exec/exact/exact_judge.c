// The verdicts on a rule at a point: its linearity, then each element of the derivative, at
// rising precision (certainty.md §2-4).
#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_depend.h"
#include "exec/exact/exact_memory.h"

#include "exec/program.h"

#include <math.h>

enum {
    FIRST_BITS = 128,
    MOST_BITS = 8192, // of balls that do not say yet
    BITS_A_DIGIT = 4, // at least
    ZERO_DIGITS = 300,
    SHOWN_DIGITS = 30,
};
// Node evaluations times bits that one pass beyond MOST_BITS may take.
#define MOST_WORK ((uint64_t)1 << 30)

enum { KINK = NUMBER_BOUNDARY | NUMBER_NOT_FINITE };

typedef struct Judge {
    const ExactPair *pair;
    slong precision;
    bool last;             // no higher precision will be tried
    bool again;            // a cell asks for one
    unsigned long_literal; // the fewest digits of a literal of EXACT_LONG or more; or 0
    Str literal;           // that one
    VEC(ExactCell) cells;
    uint64_t cost;
    Pass depends; // what values depend on, once it was asked for
    bool has_depends;
} Judge;

// -- places of cells ----------------------------------------------------------------

// The element of the values and that of the arguments that a cell joins.
static uint32_t value_of(const ExactPair *pair, const ExactCell *cell) {
    if (pair->of_value) return pair->value;
    return pair->is_jvp ? cell->result : cell->linear;
}

static int64_t value_element(const ExactPair *pair, const ExactCell *cell) {
    if (pair->of_value) return pair->value_element;
    return pair->is_jvp ? cell->result_element : cell->linear_element;
}

static void locate(const ExactPair *pair, uint32_t g, ExactCell *cell) {
    int64_t rest = g;
    for (cell->linear = 0; rest >= pair->linear[cell->linear].n; cell->linear++)
        rest -= pair->linear[cell->linear].n;
    cell->linear_element = rest;
}

// -- one cell -----------------------------------------------------------------------

static void show(Judge *j, ExactEnv *env, ExactCell *cell, const Number *t,
                 const Number *r) {
    unsigned digits = SHOWN_DIGITS; // so many that they differ
    if (cell->rel > 0 && cell->rel < 1) digits = (unsigned)(6 - floor(log10(cell->rel)));
    if (digits < SHOWN_DIGITS) digits = SHOWN_DIGITS;
    cell->derivative = exact_shown(j->pair->arena, env, t, digits);
    cell->rule = exact_shown(j->pair->arena, env, r, digits);
}

static void differs(Judge *j, ExactEnv *env, ExactCell *cell, const Number *t,
                    const Number *r, const Number *difference) {
    cell->verdict = EXACT_REFUTED;
    cell->mistake = EXACT_DIFFERS;
    cell->abs = fabs(exact_nearest_double(env, difference));
    cell->rel = cell->derivative_value != 0 ? cell->abs / fabs(cell->derivative_value)
                                            : (double)INFINITY;
    show(j, env, cell, t, r);
}

// Real numbers on both sides, of a smooth function.
static void compare(Judge *j, ExactEnv *env, ExactCell *cell, const Number *t,
                    const Number *r) {
    const ExactOperation minus = {PRIM_sub, DT_F64, DT_F64, 2, 0};
    Number difference = {0};
    exact_apply(env, &minus, &difference, (const Number *[]){r, t});
    const int sign = exact_sign(env, &difference);
    const bool hull = (t->flags | r->flags) & NUMBER_HULL;
    const int wanted = (int)j->pair->digits;
    if (sign == 0) {
        cell->verdict = EXACT_AGREES;
        cell->digits = wanted;
    } else if (sign != EXACT_UNSURE) {
        differs(j, env, cell, t, r, &difference);
    } else {
        const int digits = hull ? -1 : exact_digits_between(env, &difference, t);
        if (digits >= wanted) {
            cell->verdict = EXACT_AGREES;
            cell->digits = wanted;
        } else if (!j->last) {
            j->again = true;
        } else if (!hull && exact_is_tiny(env, t) && exact_is_tiny(env, r)) {
            cell->verdict = EXACT_AGREES;
            cell->digits = ZERO_DIGITS;
            cell->reason = "zero to 300 digits";
        } else {
            exact_leave_open(
                cell, t->cause ? t : r,
                "rule and derivative cannot be told apart, nor shown to be equal");
        }
    }
    exact_clear(&difference);
}

// Until limits say more.
static const char reason_of_limit[] =
    "at this point the function has a kink, a guard or an end of its domain";

static void judge_cell(Judge *j, ExactEnv *env, ExactCell *cell, const Number *t,
                       const Number *r, uint8_t flags) {
    cell->digits = -1;
    cell->abs = cell->rel = (double)NAN;
    cell->rule_value = exact_nearest_double(env, r);
    cell->derivative_value = exact_nearest_double(env, t);
    cell->road = EXACT_DIRECT;
    if ((flags | t->flags) & KINK) {
        cell->road = EXACT_LIMIT;
        exact_leave_open(cell, NULL, reason_of_limit);
        show(j, env, cell, t, r);
    } else if (r->kind == NUMBER_UNKNOWN || t->kind == NUMBER_UNKNOWN) {
        if (!j->last)
            j->again = true;
        else
            exact_leave_open(cell, t->kind == NUMBER_UNKNOWN ? t : r,
                             "it cannot be evaluated");
    } else if (!exact_is_real(t)) {
        cell->road = EXACT_LIMIT;
        exact_leave_open(cell, NULL, reason_of_limit);
        show(j, env, cell, t, r);
    } else if (!exact_is_real(r)) {
        cell->verdict = EXACT_REFUTED;
        cell->mistake = EXACT_NOT_FINITE;
        show(j, env, cell, t, r);
    } else {
        compare(j, env, cell, t, r);
    }
}

// -- all cells of a pass ------------------------------------------------------------

static bool is_plain_zero(const Number *x) {
    return !x || exact_is_zero(x);
}

// Flags of the value that a cell is about.
static uint8_t value_flags(const Judge *j, const Pass *pass, const ExactCell *cell) {
    if (j->pair->n_values == 0) return 0;
    const void *value =
        exact_output(pass, value_of(j->pair, cell), value_element(j->pair, cell));
    if (pass->e.kind == &exact_numbers) return ((const Number *)value)->flags;
    const Form *form = value;
    return form->kind == FORM_CONSTANT ? form->number.flags : 0;
}

// Whether a cell that is zero on both sides is to be judged all the same: the derivative
// (flags) or the value is on a kink there, or at a jump, and the value depends on the
// argument.
static Status is_on_kink(Judge *j, const Pass *pass, const ExactCell *cell, uint8_t flags,
                         bool *kink) {
    *kink = (flags | value_flags(j, pass, cell)) & KINK;
    if (!*kink || j->pair->n_values == 0) return OK;
    if (!j->has_depends) TRY(exact_find_depends(j->pair, j->precision, &j->depends));
    j->has_depends = true;
    if (!j->depends.ran) return OK;
    const Depend *value =
        exact_output(&j->depends, value_of(j->pair, cell), value_element(j->pair, cell));
    *kink = exact_depends_on(value, exact_x_of(j->pair, cell));
    return OK;
}

static Status add_cell(Judge *j, Pass *pass, ExactCell cell, const Number *t,
                       const Number *r, uint8_t more) {
    Number zero = {0};
    exact_set_si(&zero, 0);
    const uint8_t flags = (uint8_t)(more | value_flags(j, pass, &cell));
    judge_cell(j, &pass->e.env, &cell, t ? t : &zero, r ? r : &zero, flags);
    return VEC_PUSH(j->pair->arena, &j->cells, cell) ? OK : NOMEM;
}

// What all columns of a form have in common: its part of degree 0, where that says anything
// (flags; that it is not finite, which makes the whole so). Else NULL.
static const Number *common_part(const Form *form) {
    const Number *constant = exact_coefficient(form, 0);
    if (!constant) return NULL;
    const bool flagged = (constant->flags & (uint8_t)~NUMBER_VARIES) != 0;
    return flagged || !exact_is_real(constant) ? constant : NULL;
}

static const Number *column_of(const Form *form, const Number *common, Monomial m) {
    if (common && !exact_is_real(common)) return common;
    return form->kind == FORM_CONSTANT ? NULL : exact_coefficient(form, m);
}

// The next monomial of degree 1 or more that is not below `from`; UINT64_MAX: there is
// none.
static Monomial next_monomial(const Form *form, uint32_t *at, Monomial from) {
    if (form->kind == FORM_CONSTANT) return UINT64_MAX;
    while (*at < form->n && form->terms[*at].monomial < from)
        ++*at;
    return *at < form->n ? form->terms[*at].monomial : UINT64_MAX;
}

static bool any_value_on_kink(const Judge *j, const Pass *pass) {
    for (uint32_t k = 0; k < j->pair->n_values; k++) {
        for (int64_t i = 0; i < j->pair->values[k].n; i++) {
            const Form *form = exact_output(pass, k, i);
            if (form->kind == FORM_CONSTANT && form->number.flags & KINK) return true;
        }
    }
    return false;
}

// The columns in which either form has something, or a value is on a kink.
static Status add_row(Judge *j, Pass *pass, ExactCell cell, const Form *t, const Form *r) {
    const uint32_t n = exact_count_g(j->pair);
    const Number *of_t = common_part(t), *of_r = common_part(r);
    const uint8_t flags = of_t ? of_t->flags : 0;
    const bool on_kink = any_value_on_kink(j, pass);
    uint32_t at_t = 0, at_r = 0, g = 0;
    for (Monomial m = 1;; m++) {
        const Monomial a = next_monomial(t, &at_t, m), b = next_monomial(r, &at_r, m);
        m = a < b ? a : b;
        if (of_t || of_r || on_kink) m = g < n ? exact_monomial(g++) : UINT64_MAX;
        if (m == UINT64_MAX) return OK;
        const Number *x = column_of(t, of_t, m), *y = column_of(r, of_r, m);
        if (exact_degree(m) != 1) continue;
        locate(j->pair, (uint32_t)(m >> 48) - 1, &cell);
        bool wanted = !is_plain_zero(x) || !is_plain_zero(y);
        if (!wanted) TRY(is_on_kink(j, pass, &cell, flags, &wanted));
        if (!wanted) continue;
        TRY(add_cell(j, pass, cell, x, y, flags));
    }
}

#define EACH_PAIR(j, k, i)                                                                 \
    for (uint32_t k = 0; k < (j)->pair->n_results; k++)                                    \
        for (int64_t i = 0; i < (j)->pair->results[k].n; i++)

static uint32_t output_of(const Judge *j, uint32_t result, bool of_rule) {
    return j->pair->n_values + result + (of_rule ? j->pair->n_results : 0);
}

static bool all_linear(const Judge *j, const Pass *forms) {
    bool linear = forms->ran;
    EACH_PAIR(j, k, i) {
        if (!linear) return false;
        const Form *t = exact_output(forms, output_of(j, k, false), i);
        const Form *r = exact_output(forms, output_of(j, k, true), i);
        linear = t->kind <= FORM_POLYNOMIAL && r->kind <= FORM_POLYNOMIAL;
    }
    return linear;
}

static Status judge_forms(Judge *j, Pass *forms) {
    EACH_PAIR(j, k, i) {
        const ExactCell cell = {.result = k, .result_element = i};
        TRY(add_row(j, forms, cell, exact_output(forms, output_of(j, k, false), i),
                    exact_output(forms, output_of(j, k, true), i)));
    }
    return OK;
}

// Nothing is known of any cell: one says so for each result.
static Status judge_nothing(Judge *j, const ExactCause *cause) {
    if (!j->last) j->again = true;
    for (uint32_t k = 0; k < j->pair->n_results && !j->again; k++) {
        if (j->pair->results[k].n == 0) continue;
        ExactCell cell = {.result = k,
                          .verdict = EXACT_UNDECIDED,
                          .digits = -1,
                          .abs = (double)NAN,
                          .rel = (double)NAN,
                          .rule_value = (double)NAN,
                          .derivative_value = (double)NAN,
                          .reason = cause && cause->reason ? cause->reason
                                                           : "it cannot be evaluated",
                          .place = cause ? cause->span : NO_SPAN};
        if (!VEC_PUSH(j->pair->arena, &j->cells, cell)) return NOMEM;
    }
    return OK;
}

// -- column by column ---------------------------------------------------------------

static Status pass_at_unit(Judge *j, uint32_t at, ExactScript *script, bool widen,
                           Pass *pass, ExecError *error) {
    const PassAt where = {.kind = &exact_numbers,
                          .precision = j->precision,
                          .script = script,
                          .widen = widen};
    const Status status = exact_pass_at_unit(j->pair, &where, at, pass);
    if (status == FAILED) *error = pass->error;
    j->cost += pass->e.cost;
    return status;
}

static Status judge_column(Judge *j, uint32_t at, ExecError *error) {
    Pass pass;
    Status status = pass_at_unit(j, at, NULL, false, &pass, error);
    if (status == OK && !pass.ran) status = judge_nothing(j, pass.undecided);
    if (status == OK && pass.ran) {
        EACH_PAIR(j, k, i) {
            const Number *t = exact_output(&pass, output_of(j, k, false), i);
            const Number *r = exact_output(&pass, output_of(j, k, true), i);
            ExactCell cell = {.result = k, .result_element = i};
            locate(j->pair, at, &cell);
            bool wanted = !is_plain_zero(t) || !is_plain_zero(r);
            if (status == OK && !wanted)
                status = is_on_kink(j, &pass, &cell, t->flags, &wanted);
            if (status == OK && wanted) status = add_cell(j, &pass, cell, t, r, 0);
        }
    }
    exact_end_pass(&pass);
    return status;
}

static Status judge_columns(Judge *j, ExecError *error) {
    const uint32_t n = exact_count_g(j->pair);
    for (uint32_t at = 0; at < n; at++)
        TRY(judge_column(j, at, error));
    return OK;
}

// -- literals -----------------------------------------------------------------------

static void find_long_literals(Judge *j, const Plan *plan);

static void note_literal(Judge *j, Str text) {
    const unsigned digits = exact_literal_digits(text);
    if (digits < EXACT_LONG || (j->long_literal && digits >= j->long_literal)) return;
    j->long_literal = digits;
    j->literal = text;
}

static void find_in_group(Judge *j, const Plan *plan, const Group *group) {
    const Constant *constant = group->about;
    if (group->kind == GROUP_constant) {
        for (int64_t i = 0; i < group->n; i++)
            note_literal(j, ir_literal_text(plan->ir, constant->literals[i]));
        return;
    }
    for (uint32_t i = group->first; i < group->first + group->count; i++) {
        const Instruction *instruction = &plan->instructions.at[i];
        if (group->kind == GROUP_map && instruction->prim == PRIM_literal &&
            num_is_float((Dtype)instruction->dtype))
            note_literal(j, ir_literal_text(plan->ir, instruction->in[0]));
    }
}

// As deep as control flow nests.
static void find_long_literals(Judge *j, const Plan *plan) {
    for (uint32_t i = 0; i < plan->groups.n; i++)
        find_in_group(j, plan, &plan->groups.at[i]);
    for (uint32_t i = 0; i < plan->nested.n; i++)
        find_long_literals(j, plan->nested.at[i]);
}

// Whether the two sides of a cell meet when literals are as wide as their rounding.
static Status meet(Judge *j, const ExactCell *cell, uint32_t g, bool *met,
                   ExecError *error) {
    Pass pass, wide;
    ExactScript script = {0};
    *met = false;
    Status status = pass_at_unit(j, g, &script, false, &pass, error);
    script.replay = true;
    if (status == OK && pass.ran) {
        status = pass_at_unit(j, g, &script, true, &wide, error);
        if (status == OK && wide.ran && !script.lost && script.next == script.at.n) {
            const Number *t = exact_output(&wide, output_of(j, cell->result, false),
                                           cell->result_element);
            const Number *r =
                exact_output(&wide, output_of(j, cell->result, true), cell->result_element);
            *met = exact_is_real(t) && exact_is_real(r) &&
                   exact_compare(&wide.e.env, t, r) == EXACT_UNSURE;
        }
        exact_end_pass(&wide);
    }
    exact_end_pass(&pass);
    return status;
}

// A refuted cell whose difference the rounding of a literal explains.
static Status forgive(Judge *j, ExactCell *cell, ExecError *error) {
    uint32_t g = (uint32_t)cell->linear_element;
    for (uint32_t i = 0; i < cell->linear; i++)
        g += (uint32_t)j->pair->linear[i].n;
    if (!(cell->rel <= pow(10, 2 - (double)j->long_literal))) return OK;
    bool met;
    TRY(meet(j, cell, g, &met, error));
    if (!met) return OK;
    cell->verdict = EXACT_AGREES;
    cell->mistake = EXACT_NO_MISTAKE;
    cell->digits = (int)floor(-log10(cell->rel));
    cell->literal = base_strdup(j->pair->arena, j->literal);
    return cell->literal ? OK : NOMEM;
}

static Status forgive_literals(Judge *j, ExecError *error) {
    find_long_literals(j, j->pair->plan);
    for (uint32_t i = 0; i < j->cells.n && j->long_literal; i++) {
        ExactCell *cell = &j->cells.at[i];
        if (cell->verdict == EXACT_REFUTED && cell->mistake == EXACT_DIFFERS)
            TRY(forgive(j, cell, error));
    }
    return OK;
}

// -- all ----------------------------------------------------------------------------

static Status judge_at(Judge *j, ExactFindings *findings, ExecError *error) {
    Pass forms;
    const PassAt at = {.kind = &exact_forms, .precision = j->precision};
    j->again = false;
    j->cells.n = 0;
    j->cost = 0;
    const bool fits = exact_count_g(j->pair) <= FORM_MOST_G;
    Status status = fits ? exact_pass(j->pair, &at, &forms) : OK;
    if (!fits) forms = (Pass){0};
    if (status == FAILED) *error = forms.error;
    j->cost += forms.e.cost;
    if (status == OK && !j->pair->is_nonlinear && findings->linear == EXACT_LINEAR_UNKNOWN)
        status = exact_linearity(j->pair, &forms, j->precision, findings, error);
    if (status == OK)
        status = all_linear(j, &forms) ? judge_forms(j, &forms) : judge_columns(j, error);
    if (fits) exact_end_pass(&forms);
    return status;
}

static slong next_precision(const Judge *j) {
    const slong next = 2 * j->precision;
    if (next <= MOST_BITS) return next;
    if (next > EXACT_MOST_BITS || j->cost * (uint64_t)next > MOST_WORK) return 0;
    return next;
}

static Status judge_all(Judge *j, ExactFindings *findings, ExecError *error) {
    j->precision = FIRST_BITS;
    while (j->precision < (slong)j->pair->digits * BITS_A_DIGIT + 32)
        j->precision *= 2;
    for (;;) {
        TRY(judge_at(j, findings, error));
        if (!j->again) break;
        const slong next = next_precision(j);
        j->last = next == 0;
        if (next) j->precision = next;
    }
    TRY(forgive_literals(j, error));
    const ExactLiteral literal = {j->literal, j->long_literal};
    return exact_judge_limits(j->pair, j->precision, &literal, j->cells.n, j->cells.at,
                              error);
}

Status exact_judge(const ExactPair *pair, ExactFindings *findings, ExecError *error) {
    Judge j = {.pair = pair};
    *findings = (ExactFindings){0};
    if (!exact_lay_in_reserve()) return NOMEM;
    Status status = judge_all(&j, findings, error);
    if (j.has_depends) exact_end_pass(&j.depends);
    if (exact_is_out_of_memory()) status = NOMEM;
    exact_give_back_reserve();
    findings->n = j.cells.n;
    findings->cells = j.cells.at;
    if (status == FAILED) {
        error->message = base_strdup(pair->arena, base_str(error->message));
        TRY_ALLOC(error->message);
    }
    return status;
}
