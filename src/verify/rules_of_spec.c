// The rules of a spec, judged where its points reach them.
#include "verify/verify.h"

#include <stdio.h>

static VerifyRule *find(VerifyRules *rules, const cg_rule *rule) {
    for (uint32_t i = 0; i < rules->at.n; i++)
        if (rules->at.at[i].rule == rule) return &rules->at.at[i];
    const VerifyRule made = {.spec = cg_spec_name(rules->cg, rules->spec),
                             .rule = rule,
                             .max_ulp = rules->max_ulp,
                             .linear = rule->is_declared_nonlinear ? VERIFY_LINEAR_DECLARED
                                                                   : VERIFY_LINEAR_UNKNOWN};
    if (!VEC_PUSH(rules->arena, &rules->at, made)) return NULL;
    return &rules->at.at[rules->at.n - 1];
}

// -- points -------------------------------------------------------------------------

Status verify_note_point(VerifyRules *rules, size_t point, const VerifyPoint *found) {
    if (!found->error) return VEC_PUSH(rules->arena, &rules->points, point) ? OK : NOMEM;
    VerifyMetError met = {.line = found->error->line, .column = found->error->column};
    snprintf(met.code, sizeof met.code, "%s", found->error->code);
    return VEC_PUSH(rules->arena, &rules->met, met) ? OK : NOMEM;
}

static bool is_told(const VerifyRules *rules, const cg_diagnostic *error) {
    for (uint32_t i = 0; i < rules->met.n; i++) {
        const VerifyMetError *met = &rules->met.at[i];
        if (strcmp(met->code, error->code) == 0 && met->line == error->line &&
            met->column == error->column)
            return true;
    }
    return false;
}

// -- calls --------------------------------------------------------------------------

static bool is_declared(const VerifyRule *rule) {
    return rule->rule->is_declared_nonlinear || rule->rule->is_no_derivative;
}

static cg_status rule_in_error(VerifyRules *rules, VerifyRule *rule,
                               const cg_rule_call *call, VerifySummary *summary) {
    Text reason = {.arena = rules->arena};
    base_text_printf(&reason, "the rule is in error: %s", call->error->code);
    if (reason.failed) return CG_NOMEM;
    const bool known = rule->reason && strcmp(rule->reason, reason.at) == 0;
    rule->reason = reason.at;
    rule->in_error = true;
    if (known || is_told(rules, call->error)) return CG_OK;
    summary->rules_in_error++;
    return cg_report_rule_error(rules->cg, call);
}

static cg_status look_at(VerifyRules *rules, const cg_rule_call *call,
                         VerifySummary *summary) {
    VerifyRule *rule = find(rules, call->rule);
    if (!rule) return CG_NOMEM;
    if (call->error) return rule_in_error(rules, rule, call, summary);
    if (!call->plan && !rule->reason && !is_declared(rule))
        rule->reason = "nothing is differentiable where points reach it";
    if (!call->plan || rule->in_error || is_declared(rule)) return CG_OK;
    return verify_judge_call(rules, rule, call);
}

// A point that makes more calls than are looked at: its rules are not checked at all of
// them.
static cg_status note_limit(VerifyRules *rules, size_t point, const cg_rule_calls *calls) {
    Text reason = {.arena = rules->arena};
    base_text_printf(
        &reason,
        "%s makes more calls than are looked at: the first %zu, trips and lanes "
        "counted (LIMIT_REACH)",
        cg_point_name(rules->cg, rules->spec, point), calls->limit);
    if (reason.failed) return CG_NOMEM;
    const VerifyCell cell = {
        .verdict = VERIFY_NOT_CHECKED, .digits = -1, .reason = reason.at};
    for (size_t i = 0; i < calls->rules.n; i++) {
        VerifyRule *rule = find(rules, calls->rules.at[i]);
        if (!rule || verify_add_check(rules->arena, rule, VERIFY_POINT, NULL, &cell) != OK)
            return CG_NOMEM;
    }
    return CG_OK;
}

static cg_status look_from(VerifyRules *rules, size_t point, VerifySummary *summary) {
    cg_rule_calls calls;
    cg_status status = cg_reach_rules(rules->cg, rules->spec, point, &calls);
    if (status == CG_FAILED) {
        summary->in_error++;
        return CG_OK;
    }
    for (size_t i = 0; status == CG_OK && i < calls.n; i++)
        status = look_at(rules, calls.at[i], summary);
    if (status == CG_OK && calls.limit) status = note_limit(rules, point, &calls);
    return status;
}

// -- all ----------------------------------------------------------------------------

cg_status verify_rules(VerifyRules *rules, VerifySummary *summary) {
    cg_rules all;
    cg_status status = CG_OK;
    const unsigned digits = rules->digits ? rules->digits : VERIFY_DIGITS;
    for (uint32_t i = 0; i < rules->points.n && status == CG_OK && !rules->skip; i++)
        status = look_from(rules, rules->points.at[i], summary);
    if (status == CG_OK) status = cg_get_rules(rules->cg, rules->spec, &all);
    if (status != CG_OK) return status;
    VerifyRules found = *rules;
    found.at.at = NULL;
    found.at.n = found.at.cap = 0;
    for (size_t i = 0; i < all.n; i++) {
        VerifyRule *rule = find(rules, all.at[i]);
        if (!rule) return CG_NOMEM;
        if (rules->skip) rule->reason = "not asked for";
        if (is_declared(rule)) rule->reason = "declared";
        if (!rule->reason && rule->checks.n == 0)
            rule->reason = "no point reaches the function";
        verify_conclude(rule, summary);
        status = verify_diagnose(rules->arena, rules->cg, digits, rule);
        if (status == CG_OK) status = verify_conclude_accuracy(rules->cg, rule, summary);
        if (status != CG_OK) return status;
        if (!VEC_PUSH(rules->arena, &found.at, *rule)) return CG_NOMEM;
    }
    *rules = found;
    return CG_OK;
}
