// Verdicts of custom rules: cells folded into checks, checks into a rule's verdict, those
// into the exit status.
#include "verify/verify.h"

// -- checks -------------------------------------------------------------------------

// Checks of one argument at one call, as far as there are any.
static bool is_about(const VerifyCheck *check, VerifyScope scope, const cg_rule_call *call,
                     const VerifyCell *cell) {
    return check->of_argument && check->scope == scope && check->call == call &&
           check->cell.x == cell->x;
}

// Whether elements with that verdict are told one by one.
static bool is_single(VerifyVerdict verdict) {
    return verdict == VERIFY_REFUTED || verdict == VERIFY_UNDECIDED;
}

static void take_worse(VerifyCell *known, const VerifyCell *cell) {
    const int64_t fewest =
        known->digits >= 0 && (cell->digits < 0 || known->digits < cell->digits)
            ? known->digits
            : cell->digits;
    const char *literal = cell->literal ? cell->literal : known->literal;
    if (cell->verdict > known->verdict) *known = *cell;
    if (known->verdict != VERIFY_AGREES) return;
    known->digits = fewest;
    known->literal = literal;
}

// Checks of a call stand one behind the other: the first of those at the end.
static uint32_t first_of_call(const VerifyRule *rule, const cg_rule_call *call) {
    uint32_t i = rule->checks.n;
    while (i > 0 && rule->checks.at[i - 1].call == call)
        i--;
    return i;
}

// The argument's one check for all that is not told element by element.
static Status add_to_whole(Arena *arena, VerifyRule *rule, VerifyScope scope,
                           const cg_rule_call *call, const VerifyCell *cell) {
    for (uint32_t i = rule->checks.n; i-- > 0 && rule->checks.at[i].call == call;) {
        VerifyCheck *check = &rule->checks.at[i];
        if (!check->whole || !is_about(check, scope, call, cell)) continue;
        take_worse(&check->cell, cell);
        return OK;
    }
    const VerifyCheck check = {
        .scope = scope, .call = call, .whole = true, .of_argument = true, .cell = *cell};
    return VEC_PUSH(arena, &rule->checks, check) ? OK : NOMEM;
}

static Status add_single(Arena *arena, VerifyRule *rule, VerifyScope scope,
                         const cg_rule_call *call, const VerifyCell *cell) {
    VerifyCheck *last = NULL;
    uint32_t n = 0;
    for (uint32_t i = first_of_call(rule, call); i < rule->checks.n; i++) {
        VerifyCheck *check = &rule->checks.at[i];
        if (check->whole || !is_about(check, scope, call, cell)) continue;
        if (check->cell.x_element == cell->x_element) {
            if (cell->verdict > check->cell.verdict) check->cell = *cell;
            return OK;
        }
        last = check;
        n++;
    }
    if (n >= VERIFY_SHOWN) {
        last->more++;
        if (cell->verdict > last->cell.verdict) last->cell = *cell;
        return OK;
    }
    const VerifyCheck check = {
        .scope = scope, .call = call, .of_argument = true, .cell = *cell};
    return VEC_PUSH(arena, &rule->checks, check) ? OK : NOMEM;
}

Status verify_add_cell(Arena *arena, VerifyRule *rule, VerifyScope scope,
                       const cg_rule_call *call, const VerifyCell *cell) {
    return is_single(cell->verdict) ? add_single(arena, rule, scope, call, cell)
                                    : add_to_whole(arena, rule, scope, call, cell);
}

Status verify_add_check(Arena *arena, VerifyRule *rule, VerifyScope scope,
                        const cg_rule_call *call, const VerifyCell *found) {
    const VerifyCheck check = {.scope = scope, .call = call, .whole = true, .cell = *found};
    return VEC_PUSH(arena, &rule->checks, check) ? OK : NOMEM;
}

// -- rules --------------------------------------------------------------------------

void verify_conclude(VerifyRule *rule, VerifySummary *summary) {
    bool any = false;
    rule->verdict = VERIFY_AGREES;
    for (uint32_t i = 0; i < rule->checks.n; i++) {
        const VerifyCheck *check = &rule->checks.at[i];
        const VerifyVerdict verdict = check->cell.verdict;
        if (check->scope == VERIFY_ORDER2 && verdict == VERIFY_NOT_CHECKED) continue;
        if (verdict > rule->verdict) rule->verdict = verdict;
        any = true;
    }
    if (!any) rule->verdict = VERIFY_NOT_CHECKED;
    summary->rules++;
    summary->of_verdict[rule->verdict]++;
}

VerifyVerdict verify_worst(const VerifySummary *summary) {
    for (int verdict = VERIFY_VERDICTS; verdict-- > 0;)
        if (summary->of_verdict[verdict]) return (VerifyVerdict)verdict;
    return VERIFY_NOT_CHECKED;
}

int verify_exit_status(const VerifySummary *summary, VerifyUndecided undecided) {
    const bool open = summary->of_verdict[VERIFY_UNDECIDED] != 0;
    if (summary->in_error || summary->rules_in_error) return 2;
    if (summary->failed || summary->goldens_failed || summary->of_verdict[VERIFY_REFUTED] ||
        summary->inaccurate || (open && undecided == VERIFY_FAIL))
        return 1;
    return open && undecided == VERIFY_UNDECIDED_AS_IS ? 3 : 0;
}
