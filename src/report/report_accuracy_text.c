// How accurate rules are, for people: a block for the worst of a rule, if that is worth it.
//
//     accuracy: f, x (argnum 0) at f#0
//       x = 1e-10
//       the rule is 8.3e7 ulp off, plain differentiation 0.4 ulp
//       its digits are lost here
//       --> s.yaml:6:10
#include "report/report_check.h"
#include "report/values.h"

#include <math.h>

enum { INDENT = 2 };

// "0.4 ulp", or what it is instead of a finite number.
static void add_error(Text *out, double ulp, double got, const char *behind) {
    if (isnan(got)) {
        base_text_add(out, STR("NaN"));
        return;
    }
    if (isinf(ulp)) {
        base_text_add(out, isfinite(got) ? STR("finite")
                           : got < 0     ? STR("-Infinity")
                                         : STR("Infinity"));
        return;
    }
    report_add_ulps(out, ulp);
    base_text_add(out, STR(" ulp"));
    base_text_add(out, base_str(behind));
}

static void add_heading(ReportCheck *report, const Style *style, const VerifyRule *rule,
                        const VerifyAccuracy *accuracy, VerifyWorth worth) {
    const cg_rule_array *x = &accuracy->call->x[accuracy->x];
    Text *out = style->out;
    report_begin_block(report);
    if (worth == VERIFY_TOO_FAR)
        report_add(style, ROLE_BAD, STR("inaccurate"));
    else
        report_add(style, worth == VERIFY_RULE_LOSES ? ROLE_WARNING : ROLE_GOOD,
                   STR("accuracy"));
    base_text_add(out, STR(": "));
    report_add_shown(style, ROLE_NAME, base_str(rule->rule->function));
    base_text_add(out, STR(", "));
    report_add_element(out, x, accuracy->x_element);
    base_text_printf(out, " (argnum %d) at ", x->argnum);
    base_text_add_shown(out, base_str(accuracy->call->point));
    if (report->many_specs) {
        report_paint(style, ROLE_FAINT);
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(rule->spec));
        report_plain(style);
    }
    base_text_char(out, '\n');
}

static Status add_block(ReportCheck *report, const VerifyRule *rule,
                        const VerifyAccuracy *accuracy, VerifyWorth worth) {
    Text *out = report->out;
    const Style style = {out, report->colour};
    add_heading(report, &style, rule, accuracy, worth);
    TRY(report_add_arguments(out, &accuracy->call->args));
    base_text_add(out, STR("  the rule is "));
    add_error(out, accuracy->rule_ulp, accuracy->rule, " off");
    if (!isnan(accuracy->ad_ulp)) {
        base_text_add(out, STR(", plain differentiation "));
        add_error(out, accuracy->ad_ulp, accuracy->ad, "");
    }
    base_text_char(out, '\n');
    if (!accuracy->place.file) return OK;
    base_text_add(out, worth == VERIFY_RULE_SPARES
                           ? STR("  where plain differentiation loses its digits:\n")
                           : STR("  where the rule loses its digits:\n"));
    report_add_excerpt(report, &accuracy->place);
    return OK;
}

// All that are farther off than is allowed; else the worst one.
Status report_check_text_accuracy(ReportCheck *report, const VerifyRule *rule) {
    for (uint32_t i = 0; i < rule->accuracy.n; i++) {
        const VerifyAccuracy *accuracy = &rule->accuracy.at[i];
        const VerifyWorth worth = verify_worth(rule, accuracy);
        if (worth == VERIFY_NO_WORTH ||
            (worth != VERIFY_TOO_FAR && (i > 0 || report->quiet)))
            break;
        TRY(add_block(report, rule, accuracy, worth));
    }
    return report->out->failed ? NOMEM : OK;
}
