// Verdicts of custom rules. Nothing is proved yet: a rule is not checked, and says why.
#include "verify/verify.h"

VerifyRule verify_rule(const char *spec, const cg_rule *rule, VerifySummary *summary) {
    const bool declared = rule->is_declared_nonlinear || rule->is_no_derivative;
    summary->rules++;
    summary->not_checked++;
    return (VerifyRule){.spec = spec,
                        .rule = rule,
                        .reason = declared ? "declared"
                                           : "this version does not compare rules with "
                                             "derivatives"};
}
