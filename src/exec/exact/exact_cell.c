// What is said of a cell: decimals, how far apart two numbers are, why it is undecided.
#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_round.h"

#include <math.h>

const char *exact_shown(Arena *arena, ExactEnv *env, const Number *x, unsigned most) {
    const char *text = NULL, *radius;
    ExactEnv texts = *env;
    texts.arena = arena;
    for (unsigned digits = most; digits > 1; digits = digits * 2 / 3)
        if (exact_decimal(&texts, x, digits, &text, &radius) != UNDECIDED) return text;
    return NULL;
}

double exact_nearest_double(const ExactEnv *env, const Number *x) {
    double value;
    arb_t room;
    if (x->kind == NUMBER_UNKNOWN) return (double)NAN;
    if (exact_round(env, x, DT_F64, &value) == DECIDED) return value;
    arb_init(room);
    value = arf_get_d(arb_midref(exact_ball(x, room, env->precision)), ARF_RND_NEAR);
    arb_clear(room);
    return value;
}

int exact_digits_between(const ExactEnv *env, const Number *difference,
                         const Number *size) {
    arb_t a, b, room;
    arb_init(a);
    arb_init(b);
    arb_init(room);
    mag_t most, least;
    mag_init(most);
    mag_init(least);
    arb_get_mag(most, exact_ball(difference, room, env->precision));
    arb_get_mag_lower(least, exact_ball(size, b, env->precision));
    int digits = -1;
    if (!mag_is_zero(least) && !mag_is_inf(most)) {
        if (mag_is_zero(most)) {
            digits = INT32_MAX;
        } else {
            arf_set_mag(arb_midref(a), most);
            arf_set_mag(arb_midref(b), least);
            mag_zero(arb_radref(b));
            arb_div(a, a, b, 64);
            arb_log_base_ui(a, a, 10, 64);
            arb_neg(a, a);
            const double d = floor(arf_get_d(arb_midref(a), ARF_RND_FLOOR));
            digits = d > 1e9 ? INT32_MAX : d < 0 ? -1 : (int)d;
        }
    }
    mag_clear(most);
    mag_clear(least);
    arb_clear(a);
    arb_clear(b);
    arb_clear(room);
    return digits;
}

bool exact_is_tiny(const ExactEnv *env, const Number *x) {
    arb_t room;
    mag_t size;
    arb_init(room);
    mag_init(size);
    arb_get_mag(size, exact_ball(x, room, env->precision));
    const bool tiny = mag_cmp_2exp_si(size, -997) < 0; // 10^-300
    arb_clear(room);
    mag_clear(size);
    return tiny;
}

void exact_leave_open(ExactCell *cell, const Number *why, const char *reason) {
    cell->verdict = EXACT_UNDECIDED;
    cell->reason = reason;
    if (!why || !why->cause) return;
    if (why->cause->reason) cell->reason = why->cause->reason;
    cell->place = why->cause->span;
}
