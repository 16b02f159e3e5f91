// The verdicts on a rule at one call, as checks.
#include "verify/verify.h"

#include <math.h>

static const VerifyVerdict verdicts[] = {[CG_AGREES] = VERIFY_AGREES,
                                         [CG_SUBGRADIENT] = VERIFY_SUBGRADIENT,
                                         [CG_UNDECIDED] = VERIFY_UNDECIDED,
                                         [CG_REFUTED] = VERIFY_REFUTED};
static const VerifyRoad roads[] = {[CG_NO_ROAD] = VERIFY_NO_ROAD,
                                   [CG_BY_DIRECT] = VERIFY_BY_DIRECT,
                                   [CG_BY_LIMIT] = VERIFY_BY_LIMIT};
static const VerifyKind kinds[] = {[CG_NO_MISTAKE] = VERIFY_NO_KIND,
                                   [CG_DIFFERS] = VERIFY_DIFFERS,
                                   [CG_NOT_FINITE] = VERIFY_NOT_FINITE,
                                   [CG_INFINITE_DERIVATIVE] = VERIFY_INFINITE_DERIVATIVE,
                                   [CG_NO_SUBGRADIENT] = VERIFY_NO_SUBGRADIENT};
static const VerifyVerdict verdict_of_linear[] = {[CG_LINEAR_UNKNOWN] = VERIFY_UNDECIDED,
                                                  [CG_LINEAR] = VERIFY_AGREES,
                                                  [CG_NOT_LINEAR] = VERIFY_REFUTED};
static const VerifyLinear linears[] = {[CG_LINEAR_UNKNOWN] = VERIFY_LINEAR_UNKNOWN,
                                       [CG_LINEAR] = VERIFY_LINEAR,
                                       [CG_NOT_LINEAR] = VERIFY_LINEAR_NOT};

static VerifyCell cell_of(const cg_cell *found) {
    return (VerifyCell){.x = found->x,
                        .x_element = found->x_element,
                        .output = found->output,
                        .output_element = found->output_element,
                        .verdict = verdicts[found->verdict],
                        .by = roads[found->road],
                        .kind = kinds[found->mistake],
                        .digits = found->digits,
                        .literal = found->literal,
                        .rule = found->rule,
                        .derivative = found->derivative,
                        .abs = found->abs,
                        .rel = found->rel,
                        .ulp = found->ulp,
                        .reason = found->reason,
                        .place = found->place};
}

// An argument without cells: the derivative is zero by structure, and so is the rule.
static Status add_zeros(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                        const cg_judgement *judgement, unsigned digits) {
    for (size_t x = 0; x < call->n_x; x++) {
        bool any = false;
        for (size_t i = 0; i < judgement->n && !any; i++)
            any = judgement->cells[i].x == x;
        const VerifyCell zero = {
            .x = x, .verdict = VERIFY_AGREES, .by = VERIFY_BY_DIRECT, .digits = digits};
        if (!any) TRY(verify_add_cell(rules->arena, rule, VERIFY_POINT, call, &zero));
    }
    return OK;
}

// Of several calls what is worst: not linear, not known, linear.
static void take_linear(VerifyRule *rule, VerifyLinear linear) {
    if (rule->checks.n == 0 || linear == VERIFY_LINEAR_NOT ||
        (linear == VERIFY_LINEAR_UNKNOWN && rule->linear == VERIFY_LINEAR))
        rule->linear = linear;
}

static Status add_checks(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                         const cg_judgement *judgement, unsigned digits) {
    const VerifyCell linear = {
        .verdict = verdict_of_linear[judgement->linear],
        .by = VERIFY_BY_LINEARITY,
        .kind = judgement->linear == CG_NOT_LINEAR ? VERIFY_NOT_LINEAR : VERIFY_NO_KIND,
        .digits = -1,
        .abs = (double)NAN,
        .rel = (double)NAN,
        .ulp = (double)NAN,
        .reason = judgement->linear_reason,
        .place = judgement->linear_place};
    take_linear(rule, linears[judgement->linear]);
    TRY(verify_add_check(rules->arena, rule, VERIFY_LINEARITY, call, &linear));
    for (size_t i = 0; i < judgement->n; i++) {
        const VerifyCell cell = cell_of(&judgement->cells[i]);
        TRY(verify_add_cell(rules->arena, rule, VERIFY_POINT, call, &cell));
    }
    return add_zeros(rules, rule, call, judgement, digits);
}

// The rule, or the derivative, fails at this call: nothing can be said there.
static Status add_failure(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                          const cg_diagnostic *error) {
    Text reason = {.arena = rules->arena};
    base_text_printf(&reason, "%s: %s", error->code, error->message);
    const VerifyCell cell = {
        .verdict = VERIFY_UNDECIDED, .digits = -1, .reason = reason.at};
    if (reason.failed) return NOMEM;
    return verify_add_check(rules->arena, rule, VERIFY_POINT, call, &cell);
}

cg_status verify_judge_call(VerifyRules *rules, VerifyRule *rule,
                            const cg_rule_call *call) {
    const cg_judgement *judgement;
    const unsigned digits = rules->digits ? rules->digits : VERIFY_DIGITS;
    const cg_status status = cg_judge_rule(rules->cg, call, 1, digits, &judgement);
    if (status != CG_OK) return status;
    const Status added = judgement->error
                             ? add_failure(rules, rule, call, judgement->error)
                             : add_checks(rules, rule, call, judgement, digits);
    return added == OK ? CG_OK : CG_NOMEM;
}
