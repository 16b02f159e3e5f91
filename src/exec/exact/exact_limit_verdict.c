// The verdicts of the limit road (certainty.md §5, the table).
#include "exec/exact/exact_hull.h"
#include "exec/exact/exact_limit.h"

#include <math.h>

// -- single cells -------------------------------------------------------------------

static ExactEnv env_of(const Road *road) {
    return (ExactEnv){.precision = road->precision, .arena = road->arena};
}

static void close_spot(Road *road, uint32_t spot, ExactVerdict verdict,
                       const Number *derivative) {
    Spot *s = &road->spots[spot];
    ExactEnv env = env_of(road);
    ExactCell *cell = s->cell;
    s->done = true;
    cell->verdict = verdict;
    cell->reason = NULL;
    cell->rule = exact_shown(road->pair->arena, &env, &road->rules[spot], 30);
    cell->rule_value = exact_nearest_double(&env, &road->rules[spot]);
    cell->derivative = NULL;
    cell->derivative_value = (double)NAN;
    if (!derivative) return;
    cell->derivative = exact_shown(road->pair->arena, &env, derivative, 30);
    cell->derivative_value = exact_nearest_double(&env, derivative);
}

static void open_spot(Road *road, uint32_t spot, const ExactCause *cause,
                      const char *reason) {
    const Number why = {.cause = cause};
    ExactCell *cell = road->spots[spot].cell;
    close_spot(road, spot, EXACT_UNDECIDED, NULL);
    exact_leave_open(cell, &why, reason);
}

static void refute(Road *road, uint32_t spot, ExactMistake mistake,
                   const Number *derivative) {
    ExactCell *cell = road->spots[spot].cell;
    close_spot(road, spot, EXACT_REFUTED, derivative);
    cell->mistake = mistake;
    cell->abs = fabs(cell->rule_value - cell->derivative_value);
    cell->rel = cell->derivative_value != 0 ? cell->abs / fabs(cell->derivative_value)
                                            : (double)INFINITY;
    if (!isfinite(cell->abs)) cell->abs = cell->rel = (double)NAN;
}

static void agree(Road *road, uint32_t spot, const Number *derivative) {
    close_spot(road, spot, EXACT_AGREES, derivative);
    road->spots[spot].cell->digits = (int)road->pair->digits;
}

// 1: they agree to the digits that are wanted, 0: they differ, -1: unsure.
static int same(const Road *road, const Number *t, const Number *r) {
    ExactEnv env = env_of(road);
    Number difference = {0};
    exact_compute(&env, PRIM_sub, &difference, t, r);
    const int sign = exact_is_real(&difference) ? exact_sign(&env, &difference)
                                                : EXACT_UNSURE;
    int result = sign == 0 ? 1 : sign == EXACT_UNSURE ? -1 : 0;
    if (sign == EXACT_UNSURE && exact_is_real(&difference) &&
        exact_digits_between(&env, &difference, t) >= (int)road->pair->digits)
        result = 1;
    exact_clear(&difference);
    return result;
}

// -- what the rays of a component show ----------------------------------------------

typedef struct Members {
    uint32_t n, *rays; // that show every limit
    bool complete;     // no ray could not be followed
    bool chooses;
    const ExactCause *cause;
} Members;

// Of one ray: the worst that it shows of a spot.
static SightState state_of(const Road *road, const SpotGroup *group, uint32_t ray,
                           Members *members) {
    bool unknown = false, gone = false;
    for (uint32_t i = 0; i < group->n; i++) {
        const Sight *sight = exact_sight(road, ray, group->spots[i]);
        members->chooses = members->chooses || sight->chooses;
        if (sight->state == SIGHT_JUMPS) return SIGHT_JUMPS;
        gone = gone || sight->state == SIGHT_GONE;
        unknown = unknown || sight->state == SIGHT_UNKNOWN;
        if (sight->state == SIGHT_UNKNOWN && !members->cause) members->cause = sight->cause;
    }
    return gone ? SIGHT_GONE : unknown ? SIGHT_UNKNOWN : SIGHT_FOUND;
}

// False: the value jumps.
static bool find_members(Road *road, const SpotGroup *group, Members *members) {
    const uint32_t n = group->n_x == 1 ? 2 : road->n_rays;
    members->complete = true;
    for (uint32_t ray = 0; ray < n; ray++) {
        const bool useless = group->n_x > 1 && road->useless[ray];
        const SightState state = state_of(road, group, ray, members);
        if (state == SIGHT_JUMPS && !useless) return false;
        if (state == SIGHT_UNKNOWN) members->complete = false;
        if (state == SIGHT_FOUND && !useless) members->rays[members->n++] = ray;
    }
    return true;
}

static const Number *limit_at(const Road *road, const Members *members, uint32_t member,
                              uint32_t spot) {
    return &exact_sight(road, members->rays[member], spot)->limit;
}

// -- infinite ones ------------------------------------------------------------------

// Judges a spot some limit of which is infinite, or whose rule is not finite. False: it has
// neither.
static bool judge_infinite(Road *road, const SpotGroup *group, const Members *members,
                           uint32_t spot) {
    const Number *rule = &road->rules[spot], *infinite = NULL;
    bool all = true, one_sign = true;
    for (uint32_t k = 0; k < members->n; k++) {
        const Number *limit = limit_at(road, members, k, spot);
        if (limit->kind != NUMBER_INFINITE) {
            all = false;
            continue;
        }
        one_sign = one_sign && (!infinite || infinite->sign == limit->sign);
        infinite = limit;
    }
    if (!infinite && (exact_is_real(rule) || rule->kind == NUMBER_UNKNOWN)) return false;
    const bool complete = members->complete && group->n_x == 1;
    if (rule->kind == NUMBER_UNKNOWN)
        open_spot(road, spot, rule->cause, "the rule cannot be evaluated");
    else if (!infinite)
        refute(road, spot, EXACT_NOT_FINITE, limit_at(road, members, 0, spot));
    else if (rule->kind != NUMBER_INFINITE)
        refute(road, spot, EXACT_INFINITE_DERIVATIVE, infinite);
    else if (all && one_sign && complete && rule->sign == infinite->sign)
        agree(road, spot, infinite);
    else
        open_spot(road, spot, NULL,
                  "rule and derivative are infinite here, and cannot be compared");
    return true;
}

// -- hulls --------------------------------------------------------------------------

typedef struct Equality {
    bool all, unsure; // every member is the rule; of some this is not known
} Equality;

static Equality compare_members(Road *road, const Members *members, uint32_t spot) {
    Equality equality = {.all = true};
    for (uint32_t k = 0; k < members->n; k++) {
        const int equal = same(road, limit_at(road, members, k, spot), &road->rules[spot]);
        if (equal != 1) equality.all = false;
        if (equal == -1) equality.unsure = true;
    }
    return equality;
}

static HullSide hull_side(Road *road, const SpotGroup *group, const Members *members) {
    ExactEnv env = env_of(road);
    const Number **at =
        NEW_ARRAY(road->arena, const Number *, (size_t)members->n * group->n);
    const Number **r = NEW_ARRAY(road->arena, const Number *, group->n);
    if (!at || !r) return HULL_UNSURE;
    for (uint32_t i = 0; i < group->n; i++) {
        r[i] = &road->rules[group->spots[i]];
        for (uint32_t k = 0; k < members->n; k++)
            at[(size_t)k * group->n + i] = limit_at(road, members, k, group->spots[i]);
    }
    const HullPoints points = {members->n, group->n, at};
    return exact_hull_side(&env, &points, r);
}

// A joint verdict, on the spots that some member tells from the rule; the others agree.
static void close_all(Road *road, const SpotGroup *group, const Members *members,
                      ExactVerdict verdict) {
    for (uint32_t i = 0; i < group->n; i++) {
        const uint32_t spot = group->spots[i];
        const Number *first = limit_at(road, members, 0, spot);
        bool one = true; // limit
        for (uint32_t k = 1; k < members->n; k++)
            one = one && same(road, limit_at(road, members, k, spot), first) == 1;
        if (compare_members(road, members, spot).all)
            agree(road, spot, first);
        else if (verdict == EXACT_REFUTED)
            refute(road, spot, EXACT_NO_SUBGRADIENT, one ? first : NULL);
        else
            close_spot(road, spot, verdict, NULL);
    }
}

static void open_all(Road *road, const SpotGroup *group, const ExactCause *cause,
                     const char *reason) {
    for (uint32_t i = 0; i < group->n; i++)
        open_spot(road, group->spots[i], cause, reason);
}

// Spots whose limits and rules are finite.
static bool judge_finite(Road *road, const SpotGroup *group, const Members *members) {
    bool all = true, unsure = false;
    const bool complete = members->complete && group->n_x == 1;
    for (uint32_t i = 0; i < group->n; i++) {
        const Equality equality = compare_members(road, members, group->spots[i]);
        all = all && equality.all;
        unsure = unsure || equality.unsure;
    }
    if (all && complete) {
        close_all(road, group, members, EXACT_AGREES);
        return true;
    }
    if (unsure && !road->last) return false;
    const HullSide side = all ? HULL_UNSURE : hull_side(road, group, members);
    if (side == HULL_INSIDE && (group->n_x == 1 || !members->chooses))
        close_all(road, group, members, EXACT_SUBGRADIENT);
    else if (side == HULL_OUTSIDE && complete)
        close_all(road, group, members, EXACT_REFUTED);
    else if (!road->last)
        return false;
    else if (group->n_x > 1 && members->chooses)
        open_all(road, group, NULL, "the value may jump along the boundary");
    else
        open_all(road, group, members->cause,
                 "not all limits of the derivative at this point are known");
    return true;
}

bool exact_judge_group(Road *road, const SpotGroup *group) {
    SpotGroup finite = {.spots = NEW_ARRAY(road->arena, uint32_t, group->n),
                        .n_x = group->n_x};
    Members members = {.rays = NEW_ARRAY(road->arena, uint32_t, road->n_rays)};
    if (!finite.spots || !members.rays) return false;
    for (uint32_t i = 0; i < group->n; i++) {
        if (exact_is_real(&road->values[group->spots[i]])) continue;
        open_all(road, group, NULL, "the value is not finite at this point");
        return true;
    }
    if (!find_members(road, group, &members)) {
        open_all(road, group, NULL, "the value jumps at this point");
        return true;
    }
    if (!members.complete && !road->last) return false;
    if (members.n == 0) {
        open_all(road, group, members.cause,
                 "the derivative cannot be followed along any ray from this point");
        return true;
    }
    for (uint32_t i = 0; i < group->n; i++)
        if (!judge_infinite(road, group, &members, group->spots[i]))
            finite.spots[finite.n++] = group->spots[i];
    return finite.n == 0 || judge_finite(road, &finite, &members);
}
