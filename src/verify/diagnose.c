// What is wrong with a rule, guessed from its values: a factor, a sign, two entries in each
// other's place.
#include "verify/verify.h"

#include <math.h>

enum { LARGEST = 16 };           // of a factor's numerator and denominator
static const double NEAR = 1e-9; // what guesses may be off by: proofs are others' business

static bool are_near(double a, double b) {
    return a == b || fabs(a - b) <= NEAR * fmax(fabs(a), fabs(b));
}

static bool all_near(size_t n, const double *a, const double *b) {
    for (size_t i = 0; i < n; i++)
        if (!are_near(a[i], b[i])) return false;
    return true;
}

bool verify_find_factor(size_t n, const double *rule, const double *derivative,
                        VerifyDiagnosis *found) {
    size_t at = 0;
    while (at < n && !(isfinite(derivative[at]) && derivative[at] != 0))
        at++;
    if (at == n || rule[at] == 0 || !isfinite(rule[at])) return false;
    const double factor = rule[at] / derivative[at];
    for (size_t i = 0; i < n; i++)
        if (!are_near(rule[i], factor * derivative[i])) return false;
    for (int64_t q = 1; q <= LARGEST; q++) {
        const double p = nearbyint(factor * (double)q);
        if (p == 0 || fabs(p) > LARGEST || !are_near(p / (double)q, factor)) continue;
        *found = (VerifyDiagnosis){.mistake = p == -(double)q ? VERIFY_SIGN : VERIFY_FACTOR,
                                   .p = (int64_t)p,
                                   .q = q};
        return p != (double)q;
    }
    return false;
}

bool verify_are_swapped(size_t n, const double *const rule[2],
                        const double *const derivative[2]) {
    return all_near(n, rule[0], derivative[1]) && all_near(n, rule[1], derivative[0]) &&
           !all_near(n, rule[0], derivative[0]);
}

const char *verify_diagnosis_text(Arena *arena, const VerifyDiagnosis *diagnosis) {
    Text text = {.arena = arena};
    if (!diagnosis->proved) base_text_add(&text, STR("it looks as if "));
    switch (diagnosis->mistake) {
    case VERIFY_SIGN:
        base_text_add(&text, STR("the rule is the derivative with the wrong sign"));
        break;
    case VERIFY_SWAPPED:
        base_text_printf(&text, "the entries for %s and %s stand in each other's place",
                         diagnosis->arg, diagnosis->other);
        break;
    case VERIFY_FACTOR:
        base_text_printf(&text, "the rule is %lld", (long long)diagnosis->p);
        if (diagnosis->q != 1) base_text_printf(&text, "/%lld", (long long)diagnosis->q);
        base_text_add(&text, STR(" × the derivative"));
        break;
    }
    return text.failed ? NULL : text.at;
}
