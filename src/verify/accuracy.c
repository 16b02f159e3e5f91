// How far rules are from exact in the working dtype: "exact" and "useless" are two things.
#include "verify/verify.h"

#include <math.h>

static double allowed(const VerifyRule *rule) {
    return rule->max_ulp > 0 ? rule->max_ulp : VERIFY_NOTEWORTHY;
}

// NaN (not known) counts as none.
static double known(double ulp) {
    return isnan(ulp) ? 0 : ulp;
}

VerifyWorth verify_worth(const VerifyRule *rule, const VerifyAccuracy *accuracy) {
    if (accuracy->rule_ulp > allowed(rule))
        return rule->max_ulp > 0 ? VERIFY_TOO_FAR : VERIFY_RULE_LOSES;
    if (accuracy->rule_ulp >= VERIFY_NOTEWORTHY) return VERIFY_RULE_LOSES;
    return accuracy->ad_ulp >= VERIFY_NOTEWORTHY ? VERIFY_RULE_SPARES : VERIFY_NO_WORTH;
}

// What is worth more comes first; of equal worth the rule's error counts, or what it
// spares.
static bool is_worse(const VerifyRule *rule, const VerifyAccuracy *a,
                     const VerifyAccuracy *b) {
    const VerifyWorth worth_a = verify_worth(rule, a), worth_b = verify_worth(rule, b);
    if (worth_a != worth_b) return worth_a > worth_b;
    const bool spares = worth_a == VERIFY_RULE_SPARES;
    const double main_a = known(spares ? a->ad_ulp : a->rule_ulp),
                 main_b = known(spares ? b->ad_ulp : b->rule_ulp);
    if (main_a != main_b) return main_a > main_b;
    return known(spares ? a->rule_ulp : a->ad_ulp) >
           known(spares ? b->rule_ulp : b->ad_ulp);
}

// Into its place among the worst; behind what is as bad.
static Status keep(Arena *arena, VerifyRule *rule, const VerifyAccuracy *accuracy) {
    const uint32_t n = rule->accuracy.n;
    uint32_t at = n;
    if (n == VERIFY_ACCURACIES) {
        if (!is_worse(rule, accuracy, &rule->accuracy.at[n - 1])) return OK;
        at = n - 1;
    } else if (!VEC_PUSH(arena, &rule->accuracy, *accuracy)) {
        return NOMEM;
    }
    for (; at > 0 && is_worse(rule, accuracy, &rule->accuracy.at[at - 1]); at--)
        rule->accuracy.at[at] = rule->accuracy.at[at - 1];
    rule->accuracy.at[at] = *accuracy;
    return OK;
}

static VerifyAccuracy accuracy_of(const cg_rule_call *call, const cg_cell *cell) {
    return (VerifyAccuracy){.call = call,
                            .x = cell->x,
                            .x_element = cell->x_element,
                            .rule_ulp = cell->rule_ulp,
                            .ad_ulp = cell->ad_ulp,
                            .rule = cell->rule_machine,
                            .ad = cell->ad_machine,
                            .cell = cell};
}

Status verify_add_accuracy(Arena *arena, VerifyRule *rule, const cg_rule_call *call,
                           const cg_judgement *judgement) {
    VerifyAccuracy *worst = NEW_ARRAY(arena, VerifyAccuracy, call->n_x);
    TRY_ALLOC(worst);
    memset(worst, 0, call->n_x * sizeof *worst);
    for (size_t i = 0; i < judgement->n; i++) {
        const cg_cell *cell = &judgement->cells[i];
        const VerifyAccuracy found = accuracy_of(call, cell);
        if (isnan(cell->rule_ulp) && isnan(cell->ad_ulp)) continue;
        if (!worst[cell->x].call || is_worse(rule, &found, &worst[cell->x]))
            worst[cell->x] = found;
    }
    for (size_t x = 0; x < call->n_x; x++)
        if (worst[x].call) TRY(keep(arena, rule, &worst[x]));
    return OK;
}

cg_status verify_conclude_accuracy(cg_context *cg, VerifyRule *rule,
                                   VerifySummary *summary) {
    summary->measured = summary->measured || rule->max_ulp > 0;
    if (rule->accuracy.n && verify_worth(rule, &rule->accuracy.at[0]) == VERIFY_TOO_FAR)
        summary->inaccurate++;
    for (uint32_t i = 0; i < rule->accuracy.n; i++) {
        VerifyAccuracy *accuracy = &rule->accuracy.at[i];
        const VerifyWorth worth = verify_worth(rule, accuracy);
        if (worth == VERIFY_NO_WORTH || !accuracy->cell) continue;
        const bool of_rule = worth != VERIFY_RULE_SPARES;
        const cg_status status =
            cg_find_loss(cg, accuracy->call, accuracy->cell, of_rule, &accuracy->place);
        if (status != CG_OK) return status;
    }
    return CG_OK;
}
