// The outer set by patterns: the derivative at the point under each.
#include "exec/exact/exact_limit.h"
#include "exec/exact/exact_pattern.h"

enum { MOST_PATTERNS = 4096 };
// Numbers kept, and node evaluations.
#define MOST_SIGHTS ((uint64_t)1 << 18)
#define MOST_COST   ((uint64_t)1 << 23)

static void place(ExactEnv *env, void *cell, uint32_t leaf, const void *about) {
    const Road *road = about;
    PatternValue *value = cell;
    const bool of_g = leaf >= road->n_x;
    exact_pattern_leaf(env, cell, leaf, of_g ? 0 : 1 + exact_component(road, leaf));
    if (of_g) value->number.flags |= GERM_LINEAR;
}

static SightState check_value(const Road *road, ExactEnv *env, const Number *value,
                              const Number *at_point) {
    if (!exact_is_real(value) || value->flags & NUMBER_NOT_FINITE) return SIGHT_UNKNOWN;
    if (!(value->flags & GERM_JUMPS)) return SIGHT_FOUND;
    Number difference = {0};
    exact_compute(env, PRIM_sub, &difference, value, at_point);
    const int sign = exact_sign(env, &difference);
    const bool close =
        sign == EXACT_UNSURE &&
        exact_digits_between(env, &difference, at_point) >= (int)road->pair->digits;
    exact_clear(&difference);
    return sign == 0 || close     ? SIGHT_FOUND
           : sign == EXACT_UNSURE ? SIGHT_UNKNOWN
                                  : SIGHT_JUMPS;
}

static void read_pattern(Road *road, const Pass *pass, uint32_t spot, void *to) {
    Sight *sight = &((Sight *)to)[spot];
    ExactEnv env = pass->e.env;
    env.arena = road->arena;
    *sight = (Sight){.state = SIGHT_UNKNOWN};
    if (!pass->ran || !exact_is_real(&road->values[spot])) return;
    const PatternValue *value = exact_value_of(road, pass, &road->spots[spot]);
    const PatternValue *derivative = exact_derivative_of(road, pass, &road->spots[spot]);
    sight->state = (uint8_t)check_value(road, &env, &value->number, &road->values[spot]);
    sight->chooses = value->number.flags & GERM_CHOOSES;
    // What is finite by way of an infinite number need not be continuous.
    if (!exact_is_real(&derivative->number) || derivative->number.flags & NUMBER_NOT_FINITE)
        sight->state = SIGHT_UNKNOWN;
    if (sight->state != SIGHT_FOUND) return;
    exact_copy(&sight->limit, &derivative->number);
    sight->limit.flags = 0;
    sight->limit.cause = NULL;
}

static bool all_done(const Road *road, const PatternRun *run) {
    for (uint32_t x = 0; x < road->n_x; x++)
        if (!run->of[x].done && exact_component(road, x) == x && road->sizes[x] > 1)
            return false;
    return true;
}

static Status run_patterns(Road *road, PatternRun *run, Patterns *patterns) {
    PassAt at = {.kind = &exact_patterns,
                 .precision = road->precision,
                 .place = place,
                 .about = road,
                 .patterns = run};
    uint64_t cost = 0;
    while (!all_done(road, run) && patterns->rows.n < MOST_PATTERNS &&
           (uint64_t)(patterns->rows.n + 1) * road->n_spots < MOST_SIGHTS &&
           cost < MOST_COST) {
        Sight *sights = NEW_ARRAY(road->arena, Sight, road->n_spots);
        if (!sights || !VEC_PUSH(road->arena, &patterns->rows, sights)) return NOMEM;
        TRY(exact_each_color(road, &at, read_pattern, sights));
        cost += road->cost;
        TRY(exact_next_patterns(run, road->n_x));
    }
    road->too_many = !all_done(road, run);
    return OK;
}

// A derivative that is not finite in some pattern leaves no outer set.
static void forget_unknown(const Road *road, const Patterns *patterns) {
    for (uint32_t i = 0; i < road->n_spots; i++) {
        const uint32_t root = exact_component(road, road->spots[i].x);
        for (uint32_t k = 0; k < patterns->found[root]; k++)
            if (patterns->kinds[root][k] == PATTERN_OPEN &&
                patterns->rows.at[k][i].state == SIGHT_UNKNOWN)
                patterns->found[root] = 0;
    }
}

static void begin_choices(const Road *road, PatternRun *run) {
    for (uint32_t x = 0; x < road->n_x; x++)
        run->of[x] =
            (PatternChoices){.done = exact_component(road, x) != x || road->sizes[x] == 1};
    run->next = 0;
}

static bool any_chooses(const Road *road, const Patterns *patterns) {
    for (uint32_t k = 0; k < patterns->rows.n; k++)
        for (uint32_t i = 0; i < road->n_spots; i++)
            if (patterns->rows.at[k][i].chooses) return true;
    return false;
}

Status exact_find_patterns(Road *road, Patterns *patterns) {
    PatternRun run = {.arena = road->arena,
                      .of = NEW_ARRAY(road->arena, PatternChoices, road->n_x),
                      .strict = road->in_order ? road->strict : NULL,
                      .n_strict = road->n_strict};
    *patterns = (Patterns){.found = NEW_ARRAY(road->arena, uint32_t, road->n_x),
                           .kinds = NEW_ARRAY(road->arena, uint8_t *, road->n_x),
                           .steady = NEW_ARRAY(road->arena, bool, road->n_x)};
    if (!run.of || !patterns->found || !patterns->kinds || !patterns->steady) return NOMEM;
    begin_choices(road, &run);
    Status status = road->too_many ? OK : run_patterns(road, &run, patterns);
    // A value that chooses may jump on a surface, so those are looked at, too.
    if (status == OK && any_chooses(road, patterns)) {
        begin_choices(road, &run);
        run.surfaces = true;
        exact_drop_rows(road, &patterns->rows);
        status = run_patterns(road, &run, patterns);
    }
    for (uint32_t x = 0; x < road->n_x && status == OK; x++) {
        patterns->found[x] = run.of[x].done ? run.of[x].seen.n : 0;
        if (patterns->found[x]) status = exact_find_steady(road, &run, patterns, x);
    }
    if (status == OK) forget_unknown(road, patterns);
    exact_end_patterns(&run);
    return status;
}
