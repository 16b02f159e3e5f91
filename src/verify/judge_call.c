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
                        .place = found->place,
                        .second = found->second,
                        .second_element = found->second_element};
}

// An argument without cells: the derivative is zero by structure, and so is the rule.
static Status add_zeros(VerifyRules *rules, VerifyRule *rule, VerifyScope scope,
                        const cg_rule_call *call, const bool *seen, unsigned digits) {
    for (size_t x = 0; x < call->n_x; x++) {
        const VerifyCell zero = {
            .x = x, .verdict = VERIFY_AGREES, .by = VERIFY_BY_DIRECT, .digits = digits};
        if (!seen[x]) TRY(verify_add_cell(rules->arena, rule, scope, call, &zero));
    }
    return OK;
}

static bool *new_marks(Arena *arena, const cg_rule_call *call) {
    bool *marks = NEW_ARRAY(arena, bool, call->n_x);
    if (marks) memset(marks, 0, call->n_x * sizeof *marks);
    return marks;
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
    bool *seen = new_marks(rules->arena, call);
    TRY_ALLOC(seen);
    for (size_t i = 0; i < judgement->n; i++) {
        const VerifyCell cell = cell_of(&judgement->cells[i]);
        seen[cell.x] = true;
        TRY(verify_add_cell(rules->arena, rule, VERIFY_POINT, call, &cell));
    }
    TRY(verify_note_wrong(rules->arena, rule, call, judgement));
    TRY(verify_add_accuracy(rules->arena, rule, call, judgement));
    return add_zeros(rules, rule, VERIFY_POINT, call, seen, digits);
}

// The rule, or the derivative, fails at this call: nothing can be said there.
static Status add_failure(VerifyRules *rules, VerifyRule *rule, VerifyScope scope,
                          const cg_rule_call *call, const char *what,
                          const cg_diagnostic *error) {
    Text reason = {.arena = rules->arena};
    base_text_printf(&reason, "%s%s: %s", what, error->code, error->message);
    const VerifyCell cell = {
        .verdict = VERIFY_UNDECIDED, .digits = -1, .reason = reason.at};
    if (reason.failed) return NOMEM;
    return verify_add_check(rules->arena, rule, scope, call, &cell);
}

// -- order 2 ------------------------------------------------------------------------

// The worst verdict of order 1, by argument.
static cg_verdict *first_verdicts(Arena *arena, const cg_rule_call *call,
                                  const cg_judgement *first) {
    cg_verdict *worst = NEW_ARRAY(arena, cg_verdict, call->n_x);
    if (!worst) return NULL;
    for (size_t x = 0; x < call->n_x; x++)
        worst[x] = CG_AGREES;
    for (size_t i = 0; i < first->n; i++)
        if (first->cells[i].verdict > worst[first->cells[i].x])
            worst[first->cells[i].x] = first->cells[i].verdict;
    return worst;
}

// The arguments of which order 1 ended in anything but agreement are not checked.
static Status skip_seconds(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                           const cg_verdict *first, bool *seen) {
    static const char *const reasons[] = {
        [CG_SUBGRADIENT] = "the derivative jumps here: there is no second one",
        [CG_UNDECIDED] = "the rule is undecided here",
        [CG_REFUTED] = "the rule is refuted here",
    };
    for (size_t x = 0; x < call->n_x; x++) {
        const VerifyCell cell = {.x = x,
                                 .verdict = VERIFY_NOT_CHECKED,
                                 .digits = -1,
                                 .reason = reasons[first[x]]};
        if (first[x] == CG_AGREES) continue;
        seen[x] = true;
        TRY(verify_add_cell(rules->arena, rule, VERIFY_ORDER2, call, &cell));
    }
    return OK;
}

// Where the limits of the second derivative differ there is none.
static VerifyCell second_of(const cg_cell *found) {
    const bool jumps = found->verdict == CG_SUBGRADIENT ||
                       (found->mistake == CG_NO_SUBGRADIENT && !found->derivative);
    const VerifyCell none = {.x = found->x,
                             .verdict = VERIFY_NOT_CHECKED,
                             .digits = -1,
                             .reason = "the second derivative jumps here"};
    return jumps ? none : cell_of(found);
}

static Status add_seconds(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                          const cg_judgement *first, const cg_judgement *second,
                          unsigned digits) {
    bool *seen = new_marks(rules->arena, call);
    const cg_verdict *verdicts_of_first = first_verdicts(rules->arena, call, first);
    if (!seen || !verdicts_of_first) return NOMEM;
    for (size_t i = 0; i < second->n; i++) {
        const VerifyCell cell = second_of(&second->cells[i]);
        if (verdicts_of_first[cell.x] != CG_AGREES) continue;
        seen[cell.x] = true;
        TRY(verify_add_cell(rules->arena, rule, VERIFY_ORDER2, call, &cell));
    }
    TRY(skip_seconds(rules, rule, call, verdicts_of_first, seen));
    return add_zeros(rules, rule, VERIFY_ORDER2, call, seen, digits);
}

// Each element of a linear part is judged alone: there may be too many.
enum { MOST_SECONDS = 1 << 20 };

static bool has_too_many(const cg_rule_call *call) {
    double x = 0, outputs = 0;
    for (size_t i = 0; i < call->n_x; i++)
        x += (double)call->x[i].size;
    for (size_t i = 0; i < call->n_outputs; i++)
        outputs += (double)call->outputs[i].size;
    return x * x * outputs > MOST_SECONDS;
}

static Status no_second(VerifyRules *rules, VerifyRule *rule, const cg_rule_call *call,
                        const char *reason) {
    const VerifyCell cell = {.verdict = VERIFY_NOT_CHECKED, .digits = -1, .reason = reason};
    return verify_add_check(rules->arena, rule, VERIFY_ORDER2, call, &cell);
}

static cg_status judge_second(VerifyRules *rules, VerifyRule *rule,
                              const cg_rule_call *call, const cg_judgement *first,
                              unsigned digits) {
    const cg_judgement *second;
    Status added;
    if (first->error || first->linear != CG_LINEAR) {
        added = no_second(rules, rule, call, "the rule is not known to be linear");
    } else if (has_too_many(call)) {
        added = no_second(rules, rule, call, "there are more than a million elements");
    } else {
        const cg_status status = cg_judge_rule(rules->cg, call, 2, digits, &second);
        if (status != CG_OK) return status;
        added = second->error
                    ? add_failure(rules, rule, VERIFY_ORDER2, call,
                                  "the rule cannot be differentiated: ", second->error)
                    : add_seconds(rules, rule, call, first, second, digits);
    }
    return added == OK ? CG_OK : CG_NOMEM;
}

// -- a call -------------------------------------------------------------------------

cg_status verify_judge_call(VerifyRules *rules, VerifyRule *rule,
                            const cg_rule_call *call) {
    const cg_judgement *judgement;
    const unsigned digits = rules->digits ? rules->digits : VERIFY_DIGITS;
    const cg_status status = cg_judge_rule(rules->cg, call, 1, digits, &judgement);
    if (status != CG_OK) return status;
    const Status added =
        judgement->error
            ? add_failure(rules, rule, VERIFY_POINT, call, "", judgement->error)
            : add_checks(rules, rule, call, judgement, digits);
    if (added != OK) return CG_NOMEM;
    return rules->order == 2 ? judge_second(rules, rule, call, judgement, digits) : CG_OK;
}
