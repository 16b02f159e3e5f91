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
    road->spots[spot].doubtful = mistake == EXACT_NO_SUBGRADIENT;
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
    const int sign =
        exact_is_real(&difference) ? exact_sign(&env, &difference) : EXACT_UNSURE;
    int result = sign == 0 ? 1 : sign == EXACT_UNSURE ? -1 : 0;
    if (sign == EXACT_UNSURE && exact_is_real(&difference) &&
        exact_digits_between(&env, &difference, t) >= (int)road->pair->digits)
        result = 1;
    exact_clear(&difference);
    return result;
}

// -- what the rays of a component show ----------------------------------------------

typedef struct Members {
    uint32_t n;
    const Sight **rows; // each of all spots: of a ray, or a pattern
    bool complete;      // no ray could not be followed
    bool chooses;
    const ExactCause *cause;
} Members;

// Of one ray: the worst that it shows of a spot.
static SightState state_of(const Road *road, const SpotGroup *group, uint32_t ray,
                           Members *members) {
    bool unknown = false, gone = false;
    for (uint32_t i = 0; i < group->n; i++) {
        const Sight *sight = &road->rays.at[ray][group->spots[i]];
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
    const uint32_t n = group->n_x == 1 ? 2 : road->rays.n;
    members->complete = true;
    for (uint32_t ray = 0; ray < n; ray++) {
        const bool useless = group->n_x > 1 && road->useless[ray];
        const SightState state = state_of(road, group, ray, members);
        if (state == SIGHT_JUMPS && !useless) return false;
        if (state == SIGHT_UNKNOWN) members->complete = false;
        if (state == SIGHT_FOUND && !useless)
            members->rows[members->n++] = road->rays.at[ray];
    }
    return true;
}

static const Number *limit_at(const Members *members, uint32_t member, uint32_t spot) {
    return &members->rows[member][spot].limit;
}

// The outer set, by patterns or boxes. False: there is none. *jumps: the value does.
static bool find_outer(const SpotGroup *group, const Rows *rows, uint32_t n,
                       const uint8_t *kinds, Members *outer, bool *jumps) {
    *jumps = false;
    outer->n = 0;
    for (uint32_t k = 0; k < n; k++) {
        const Sight *row = rows->at[k];
        if (kinds && kinds[k] != PATTERN_OPEN) continue;
        for (uint32_t i = 0; i < group->n; i++) {
            const Sight *sight = &row[group->spots[i]];
            *jumps = *jumps || sight->state == SIGHT_JUMPS;
            outer->chooses = outer->chooses || sight->chooses;
            if (sight->state != SIGHT_FOUND) return false;
        }
        outer->rows[outer->n++] = row;
    }
    return outer->n > 0;
}

// -- infinite ones ------------------------------------------------------------------

// Judges a spot some limit of which is infinite, or whose rule is not finite. False: it has
// neither.
static bool judge_infinite(Road *road, const SpotGroup *group, const Members *members,
                           uint32_t spot) {
    const Number *rule = &road->rules[spot], *infinite = NULL;
    bool all = true, one_sign = true;
    for (uint32_t k = 0; k < members->n; k++) {
        const Number *limit = limit_at(members, k, spot);
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
        refute(road, spot, EXACT_NOT_FINITE, limit_at(members, 0, spot));
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
        const int equal = same(road, limit_at(members, k, spot), &road->rules[spot]);
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
            at[(size_t)k * group->n + i] = limit_at(members, k, group->spots[i]);
    }
    const HullPoints points = {members->n, group->n, at};
    return exact_hull_side(&env, &points, r);
}

// A joint verdict, on the spots that some member tells from the rule; the others agree.
static void close_all(Road *road, const SpotGroup *group, const Members *members,
                      ExactVerdict verdict) {
    for (uint32_t i = 0; i < group->n; i++) {
        const uint32_t spot = group->spots[i];
        const Number *first = limit_at(members, 0, spot);
        bool one = true; // limit
        for (uint32_t k = 1; k < members->n; k++)
            one = one && same(road, limit_at(members, k, spot), first) == 1;
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

static Equality compare_all(Road *road, const SpotGroup *group, const Members *members) {
    Equality all = {.all = true};
    for (uint32_t i = 0; i < group->n; i++) {
        const Equality one = compare_members(road, members, group->spots[i]);
        all.all = all.all && one.all;
        all.unsure = all.unsure || one.unsure;
    }
    return all;
}

// Spots whose limits and rules are finite. outer: NULL if there is none.
static bool judge_finite(Road *road, const SpotGroup *group, const Members *inner,
                         const Members *outer) {
    const Equality equality = compare_all(road, group, outer ? outer : inner);
    const bool chooses = group->n_x > 1 && (inner->chooses || (outer && outer->chooses)) &&
                         !road->patterns.steady[group->root];
    if (equality.all && outer && !chooses) {
        close_all(road, group, outer, EXACT_AGREES);
        return true;
    }
    if (equality.unsure && !road->last) return false;
    HullSide side = HULL_UNSURE;
    if (!equality.all && outer) side = hull_side(road, group, outer);
    if (side != HULL_OUTSIDE && !equality.all) {
        side = hull_side(road, group, inner);
        if (side == HULL_OUTSIDE) side = HULL_UNSURE; // there may be more
    }
    if (side == HULL_INSIDE && !chooses)
        close_all(road, group, inner, EXACT_SUBGRADIENT);
    else if (side == HULL_OUTSIDE && !chooses)
        close_all(road, group, outer, EXACT_REFUTED);
    else if (!road->last && (!inner->complete || equality.unsure))
        return false; // more terms, or bits, may tell
    else if (chooses)
        open_all(road, group, NULL, "the value may jump along the boundary");
    else
        open_all(road, group, inner->cause,
                 "not all limits of the derivative at this point are known");
    return true;
}

static bool has_no_value(const Road *road, const SpotGroup *group) {
    for (uint32_t i = 0; i < group->n; i++)
        if (!exact_is_real(&road->values[group->spots[i]])) return true;
    return false;
}

// Room for as many members as there may be.
static Members no_members(const Road *road) {
    const uint32_t n = road->rays.n + road->patterns.rows.n + road->boxes.n;
    return (Members){.rows = NEW_ARRAY(road->arena, const Sight *, n)};
}

// The two sides of a spot meet, and are near enough for it to be a literal's rounding.
static bool is_rounding(Road *road, const Members *outer, uint32_t spot) {
    if (!(road->spots[spot].cell->rel <= pow(10, 2 - (double)road->literal->digits)))
        return false;
    for (uint32_t k = 0; k < outer->n; k++)
        if (same(road, limit_at(outer, k, spot), &road->rules[spot]) == 0) return false;
    return true;
}

// What was refuted stays so, if it is with literals as wide as their rounding. outer: NULL
// if nothing is known then.
static void judge_doubtful(Road *road, const SpotGroup *group, const Members *outer) {
    if (outer && hull_side(road, group, outer) == HULL_OUTSIDE) return;
    for (uint32_t i = 0; i < group->n; i++) {
        const uint32_t spot = group->spots[i];
        ExactCell *cell = road->spots[spot].cell;
        cell->mistake = EXACT_NO_MISTAKE;
        if (outer && is_rounding(road, outer, spot)) {
            cell->verdict = EXACT_AGREES;
            cell->digits = (int)floor(-log10(cell->rel));
            cell->literal = base_strdup(road->pair->arena, road->literal->text);
        } else {
            open_spot(road, spot, NULL,
                      "the rounding of a literal may be all that is wrong with it");
        }
    }
}

bool exact_judge_group(Road *road, const SpotGroup *group) {
    SpotGroup finite = *group;
    finite.n = 0;
    finite.spots = NEW_ARRAY(road->arena, uint32_t, group->n);
    Members inner = no_members(road), outer = no_members(road);
    bool jumps = false;
    if (!finite.spots || !inner.rows || !outer.rows) return false;
    bool has_outer =
        group->n_x > 1 &&
        find_outer(group, &road->patterns.rows, road->patterns.found[group->root],
                   road->patterns.kinds[group->root], &outer, &jumps);
    if (group->n_x > 1 && !has_outer && !jumps)
        has_outer = find_outer(group, &road->boxes, exact_boxes_of(road, group->root), NULL,
                               &outer, &jumps);
    if (road->widen) {
        const bool found = find_members(road, group, &inner);
        const bool alone = group->n_x == 1 && found && inner.complete && inner.n;
        judge_doubtful(road, group, alone ? &inner : has_outer ? &outer : NULL);
        return true;
    }
    if (has_no_value(road, group)) {
        open_all(road, group, NULL, "the value is not finite at this point");
        return true;
    }
    if (!find_members(road, group, &inner) || jumps) {
        open_all(road, group, NULL, "the value jumps at this point");
        return true;
    }
    const bool complete = group->n_x == 1 ? inner.complete : has_outer;
    if (!inner.complete && !has_outer && !road->last) return false;
    if (inner.n == 0 && !has_outer) {
        open_all(road, group, inner.cause,
                 "the derivative cannot be followed along any ray from this point");
        return true;
    }
    for (uint32_t i = 0; i < group->n; i++)
        if (!judge_infinite(road, group, inner.n ? &inner : &outer, group->spots[i]))
            finite.spots[finite.n++] = group->spots[i];
    const Members *all = !complete ? NULL : group->n_x == 1 ? &inner : &outer;
    return finite.n == 0 || judge_finite(road, &finite, &inner, all);
}
