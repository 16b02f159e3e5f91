// The limit road: components, rays, and what derivatives tend to on them.
#include "exec/exact/exact_limit.h"
#include "exec/exact/exact_pattern.h"

enum { LEVELS = 3, MOST_AXES = 16, GENERIC_RAYS = 8 };
static const uint32_t terms_of_level[LEVELS] = {6, 14, 30};
// Of one level: node evaluations by series of the fewest terms, and limits kept.
#define MOST_COST   ((uint64_t)1 << 22)
#define MOST_SIGHTS ((uint64_t)1 << 20)

// -- spots --------------------------------------------------------------------------

static uint32_t element_number(const ExactArray *arrays, uint32_t array, int64_t element) {
    int64_t number = element;
    for (uint32_t i = 0; i < array; i++)
        number += arrays[i].n;
    return (uint32_t)number;
}

uint32_t exact_x_of(const ExactPair *pair, const ExactCell *cell) {
    return pair->is_jvp ? element_number(pair->linear, cell->linear, cell->linear_element)
                        : element_number(pair->results, cell->result, cell->result_element);
}

static Spot spot_of(const ExactPair *pair, ExactCell *cell) {
    Spot spot = {.cell = cell,
                 .g = element_number(pair->linear, cell->linear, cell->linear_element),
                 .x = exact_x_of(pair, cell)};
    if (pair->of_value) {
        spot.value = pair->value;
        spot.value_element = pair->value_element;
    } else {
        spot.value = pair->is_jvp ? cell->result : cell->linear;
        spot.value_element = pair->is_jvp ? cell->result_element : cell->linear_element;
    }
    return spot;
}

const void *exact_value_of(const Road *road, const Pass *pass, const Spot *spot) {
    if (road->pair->n_values == 0) return NULL;
    return exact_output(pass, spot->value, spot->value_element);
}

const void *exact_derivative_of(const Road *road, const Pass *pass, const Spot *spot) {
    return exact_output(pass, road->pair->n_values + spot->cell->result,
                        spot->cell->result_element);
}

const void *exact_rule_of(const Road *road, const Pass *pass, const Spot *spot) {
    return exact_output(pass,
                        road->pair->n_values + road->pair->n_results + spot->cell->result,
                        spot->cell->result_element);
}

static Status find_spots(Road *road, size_t n, ExactCell *cells) {
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += cells[i].road == EXACT_LIMIT;
    road->spots = NEW_ARRAY(road->arena, Spot, count);
    TRY_ALLOC(road->spots);
    for (size_t i = 0; i < n; i++)
        if (cells[i].road == EXACT_LIMIT)
            road->spots[road->n_spots++] = spot_of(road->pair, &cells[i]);
    return OK;
}

// -- components ---------------------------------------------------------------------

uint32_t exact_component(const Road *road, uint32_t x) {
    while (road->parent[x] != x)
        x = road->parent[x] = road->parent[road->parent[x]];
    return x;
}

static void unite(Road *road, uint32_t x, uint32_t y) {
    road->parent[exact_component(road, x)] = exact_component(road, y);
}

static void unite_all(Road *road, uint32_t x, const Depend *value) {
    for (uint32_t other = 0; other < road->n_x; other++)
        if (!value || exact_depends_on(value, other)) unite(road, x, other);
}

static void count_components(Road *road) {
    memset(road->sizes, 0, road->n_x * sizeof *road->sizes);
    for (uint32_t x = 0; x < road->n_x; x++)
        road->ranks[x] = road->sizes[exact_component(road, x)]++;
}

// Elements of g that no result shares are 1 at once.
static void color(Road *road, const Pass *pass) {
    const uint32_t n = road->pair->n_results;
    for (uint32_t g = 0; g < road->n_g; g++)
        road->colors[g] = g;
    road->n_colors = road->n_g;
    if (!pass->ran) return;
    uint32_t most = 0;
    for (uint32_t k = 0; k < n; k++) {
        for (int64_t i = 0; i < road->pair->results[k].n; i++) {
            const Depend *row = exact_output(pass, road->pair->n_values + k, i);
            const Depend *rule = exact_output(pass, road->pair->n_values + n + k, i);
            uint32_t of_row = 0;
            for (uint32_t g = road->n_x; g < road->n_x + road->n_g; g++)
                of_row += exact_depends_on(row, g) || exact_depends_on(rule, g);
            most = of_row > most ? of_row : most;
        }
    }
    if (most > 1) return; // one that is shared: each for itself
    for (uint32_t g = 0; g < road->n_g; g++)
        road->colors[g] = 0;
    road->n_colors = 1;
}

Status exact_find_depends(const ExactPair *pair, slong precision, Pass *pass) {
    const uint32_t n_g = exact_count_g(pair), leaves = exact_count_x(pair) + n_g;
    Number *g = flint_calloc((size_t)n_g + 1, sizeof *g);
    for (uint32_t i = 0; i < n_g; i++)
        exact_set_si(&g[i], 1);
    const PassAt at = {.kind = &exact_depends,
                       .precision = precision,
                       .g = g,
                       .place = exact_depend_leaf,
                       .about = &leaves};
    const Status status = exact_pass(pair, &at, pass);
    for (uint32_t i = 0; i < n_g; i++)
        exact_clear(&g[i]);
    flint_free(g);
    return status;
}

static Status find_components(Road *road) {
    Pass pass;
    const Status status = exact_find_depends(road->pair, road->precision, &pass);
    if (status == FAILED) *road->error = pass.error;
    for (uint32_t i = 0; i < road->n_spots && status == OK; i++) {
        const Spot *spot = &road->spots[i];
        unite_all(road, spot->x, pass.ran ? exact_derivative_of(road, &pass, spot) : NULL);
    }
    if (status == OK) color(road, &pass);
    exact_end_pass(&pass);
    return status;
}

static bool may_jump(const Road *road, uint32_t spot) {
    for (uint32_t ray = 0; ray < road->rays.n; ray++)
        if (road->rays.at[ray][spot].may_jump) return true;
    return false;
}

// A value that may jump by what several components choose: they are one. Whether some were
// united.
static Status unite_by_values(Road *road, bool *united) {
    Pass pass;
    *united = false;
    bool any = false;
    for (uint32_t i = 0; i < road->n_spots && !any; i++)
        any = may_jump(road, i);
    if (!any) return OK;
    const Status status = exact_find_depends(road->pair, road->precision, &pass);
    if (status == FAILED) *road->error = pass.error;
    for (uint32_t s = 0; s < road->n_spots && status == OK; s++) {
        const Spot *spot = &road->spots[s];
        const uint32_t before = road->sizes[exact_component(road, spot->x)];
        if (may_jump(road, s))
            unite_all(road, spot->x, pass.ran ? exact_value_of(road, &pass, spot) : NULL);
        count_components(road);
        *united = *united || road->sizes[exact_component(road, spot->x)] != before;
    }
    exact_end_pass(&pass);
    return status;
}

// -- passes -------------------------------------------------------------------------

Status exact_each_color(Road *road, PassAt *at, ReadSpot *read, void *to) {
    Number *g = flint_calloc((size_t)road->n_g + 1, sizeof *g);
    Status status = OK;
    road->cost = 0;
    for (uint32_t c = 0; c < road->n_colors && status == OK; c++) {
        Pass pass;
        bool needed = false;
        for (uint32_t i = 0; i < road->n_spots; i++)
            needed = needed || road->colors[road->spots[i].g] == c;
        if (!needed) continue;
        for (uint32_t i = 0; i < road->n_g; i++)
            exact_set_si(&g[i], road->colors[i] == c);
        at->g = g;
        at->widen = road->widen;
        if (at->patterns) at->patterns->next = 0;
        if (at->ray) at->ray->strict.n = at->ray->strict.cap = 0; // of the last pass
        status = exact_pass(road->pair, at, &pass);
        if (status == FAILED) *road->error = pass.error;
        for (uint32_t i = 0; i < road->n_spots && status == OK; i++)
            if (road->colors[road->spots[i].g] == c) read(road, &pass, i, to);
        road->cost += pass.e.cost;
        exact_end_pass(&pass);
    }
    for (uint32_t i = 0; i < road->n_g; i++)
        exact_clear(&g[i]);
    flint_free(g);
    return status;
}

static void read_point(Road *road, const Pass *pass, uint32_t i, void *to) {
    const Spot *spot = &road->spots[i];
    (void)to;
    exact_clear(&road->rules[i]);
    exact_clear(&road->values[i]);
    if (!pass->ran) return;
    exact_copy(&road->rules[i], exact_rule_of(road, pass, spot));
    const Number *value = exact_value_of(road, pass, spot);
    if (value) exact_copy(&road->values[i], value);
}

// -- rays ---------------------------------------------------------------------------

// Along the axes, and next to them, where ties break.
static uint32_t count_axes(uint32_t size) {
    return size <= MOST_AXES ? 4 * size : 0;
}

// How fast element x moves along a ray: alone in its component, up or down; else along the
// axes, then in directions of numbers without a small relation.
static int64_t whole_speed(const Road *road, uint32_t x, uint32_t ray) {
    static const int16_t generic[] = {61, -89, 97,  43,  -71, 29,  -101, 83,
                                      7,  53,  -37, -13, 113, -67, 19,   -107};
    const uint32_t size = road->sizes[exact_component(road, x)], rank = road->ranks[x];
    if (size == 1) return ray % 2 ? -1 : 1;
    const uint32_t axes = count_axes(size);
    if (ray < axes / 2) return rank != ray / 2 ? 0 : ray % 2 ? -1 : 1;
    if (ray < axes) {
        const int64_t along = rank != (ray - axes / 2) / 2 ? 0 : ray % 2 ? -10007 : 10007;
        return along + generic[rank];
    }
    const uint32_t turn = ray - axes, step = turn / 2;
    const int64_t v = generic[(rank * (2 * step + 1) + 5 * step) % 16] +
                      (int64_t)(rank / 16) * 131 + (int64_t)(rank * step % 7);
    return turn % 2 ? -v : v;
}

static void speed_on_ray(const RayAt *at, uint32_t x, Number *v) {
    exact_set_si(v, whole_speed(at->road, x, at->number));
}

static void place_on_ray(ExactEnv *env, void *cell, uint32_t leaf, const void *about) {
    const RayAt *at = about;
    Germ *germ = cell;
    if (leaf >= at->road->n_x) { // an element of g
        germ->number.flags |= GERM_LINEAR;
        return;
    }
    Number x = {0}, v = {0};
    exact_copy(&x, &germ->number);
    at->speed(at, leaf, &v);
    exact_set_ray(env, germ, &x, &v);
    exact_clear(&x);
    exact_clear(&v);
}

// Whether a value tends to what it is at the point.
static SightState check_value(const Road *road, ExactEnv *env, const Germ *value,
                              const Number *at_point, Sight *sight) {
    Number limit = {0};
    exact_limit_of(env, value, &limit);
    const uint8_t flags = exact_germ_flags(value);
    sight->chooses = flags & GERM_CHOOSES;
    sight->may_jump = flags & GERM_JUMPS;
    sight->cause = value->cause;
    SightState state = SIGHT_FOUND;
    if (limit.kind == NUMBER_UNDEFINED) {
        state = SIGHT_GONE;
    } else if (limit.kind == NUMBER_UNKNOWN) {
        state = SIGHT_UNKNOWN;
    } else if (!exact_is_real(&limit)) {
        state = SIGHT_JUMPS;
    } else {
        Number difference = {0};
        exact_compute(env, PRIM_sub, &difference, &limit, at_point);
        const int sign = exact_sign(env, &difference);
        if (sign == 1 || sign == -1)
            state = SIGHT_JUMPS;
        else if (sign != 0 &&
                 exact_digits_between(env, &difference, at_point) < (int)road->pair->digits)
            state = SIGHT_UNKNOWN;
        exact_clear(&difference);
    }
    exact_clear(&limit);
    return state;
}

static void read_ray(Road *road, const Pass *pass, uint32_t i, void *to) {
    const RayAt *at = to;
    Sight *sight = &at->row[i];
    ExactEnv env = pass->e.env;
    exact_clear(&sight->limit);
    *sight = (Sight){.state = SIGHT_UNKNOWN, .cause = pass->undecided};
    if (!pass->ran || !exact_is_real(&road->values[i])) return;
    const Germ *value = exact_value_of(road, pass, &road->spots[i]);
    const Germ *derivative = exact_derivative_of(road, pass, &road->spots[i]);
    env.arena = road->arena;
    sight->state = (uint8_t)check_value(road, &env, value, &road->values[i], sight);
    if (sight->state != SIGHT_FOUND) return;
    exact_limit_of(&env, derivative, &sight->limit);
    sight->limit.flags = 0;
    if (exact_is_real(&sight->limit) || sight->limit.kind == NUMBER_INFINITE) return;
    sight->state = SIGHT_UNKNOWN;
    sight->cause = sight->limit.cause;
}

// Causes live in the pass's arena: one that is kept is copied.
static void keep_cause(Road *road, const ExactCause **cause) {
    if (!*cause) return;
    ExactCause *kept = NEW(road->pair->arena, ExactCause);
    if (kept) *kept = **cause;
    *cause = kept;
}

static void take_strict(Road *road, const GermRay *ray) {
    if (road->strict && road->n_strict != ray->strict.n) road->in_order = false;
    if (!road->in_order) return;
    if (!road->strict) {
        road->strict = NEW_ARRAY(road->arena, bool, ray->strict.n);
        road->n_strict = ray->strict.n;
    }
    for (uint32_t i = 0; road->strict && i < ray->strict.n; i++)
        road->strict[i] = road->strict[i] || ray->strict.at[i];
}

static void read_and_keep(Road *road, const Pass *pass, uint32_t i, void *to) {
    RayAt *at = to;
    read_ray(road, pass, i, to);
    if (!at->taken) take_strict(road, pass->e.env.ray);
    at->taken = true;
    Sight *sight = &at->row[i];
    sight->limit.cause = NULL;
    keep_cause(road, &sight->cause);
}

Status exact_follow(RayAt *ray) {
    GermRay germs = {.most_terms = ray->road->terms};
    PassAt at = {.kind = &exact_germs,
                 .precision = ray->road->precision,
                 .place = place_on_ray,
                 .about = ray,
                 .ray = &germs};
    const Status status = exact_each_color(ray->road, &at, read_and_keep, ray);
    ray->useless = germs.vanished;
    return status;
}

static uint32_t count_rays(const Road *road) {
    uint32_t n = 2;
    for (uint32_t i = 0; i < road->n_spots; i++) {
        const uint32_t size = road->sizes[exact_component(road, road->spots[i].x)];
        if (size > 1 && count_axes(size) + GENERIC_RAYS > n)
            n = count_axes(size) + GENERIC_RAYS;
    }
    return n;
}

void exact_drop_rows(const Road *road, Rows *rows) {
    for (uint32_t k = 0; k < rows->n; k++)
        for (uint32_t i = 0; i < road->n_spots; i++)
            exact_clear(&rows->at[k][i].limit);
    *rows = (Rows){0};
}

static Status follow_rays(Road *road) {
    bool united = true;
    while (united) {
        exact_drop_rows(road, &road->rays);
        count_components(road);
        const uint32_t n = count_rays(road);
        road->useless = NEW_ARRAY(road->arena, bool, n);
        TRY_ALLOC(road->useless);
        for (uint32_t number = 0; number < n; number++) {
            RayAt at = {.road = road,
                        .speed = speed_on_ray,
                        .number = number,
                        .row = NEW_ARRAY(road->arena, Sight, road->n_spots)};
            if (!at.row || !VEC_PUSH(road->arena, &road->rays, at.row)) return NOMEM;
            TRY(exact_follow(&at));
            road->useless[number] = at.useless;
        }
        TRY(unite_by_values(road, &united));
    }
    return OK;
}

// -- all ----------------------------------------------------------------------------

// The spots of one component that are not judged yet.
static Status judge_component(Road *road, uint32_t root, bool *open) {
    SpotGroup group = {.spots = NEW_ARRAY(road->arena, uint32_t, road->n_spots),
                       .root = root,
                       .n_x = road->sizes[root]};
    TRY_ALLOC(group.spots);
    for (uint32_t i = 0; i < road->n_spots; i++)
        if (!road->spots[i].done && exact_component(road, road->spots[i].x) == root)
            group.spots[group.n++] = i;
    if (group.n && !exact_judge_group(road, &group)) *open = true;
    return OK;
}

// Whether all rays can be followed: a series costs as the square of its terms.
static bool is_affordable(Road *road) {
    count_components(road);
    const uint64_t rays = count_rays(road), terms = road->terms / terms_of_level[0];
    return road->cost * rays * terms * terms <= MOST_COST &&
           rays * road->n_spots <= MOST_SIGHTS;
}

static void give_up(Road *road) {
    for (uint32_t i = 0; i < road->n_spots; i++)
        if (!road->spots[i].done)
            exact_leave_open(road->spots[i].cell, NULL,
                             "more elements meet at this point than can be followed");
}

static Status judge_level(Road *road, bool *open) {
    PassAt at = {.kind = &exact_numbers, .precision = road->precision};
    *open = false;
    TRY(exact_each_color(road, &at, read_point, NULL));
    if (!is_affordable(road)) {
        give_up(road);
        return OK;
    }
    TRY(follow_rays(road));
    exact_drop_rows(road, &road->patterns.rows);
    TRY(exact_find_patterns(road, &road->patterns));
    exact_drop_rows(road, &road->boxes);
    TRY(exact_find_boxes(road, &road->boxes));
    for (uint32_t x = 0; x < road->n_x; x++)
        if (exact_component(road, x) == x) TRY(judge_component(road, x, open));
    return OK;
}

// What was refuted, with literals as wide as their rounding.
static Status doubt(Road *road) {
    bool any = false, open;
    for (uint32_t i = 0; i < road->n_spots && road->literal->digits; i++)
        any = any || road->spots[i].doubtful;
    if (!any) return OK;
    for (uint32_t i = 0; i < road->n_spots; i++)
        road->spots[i].done = !road->spots[i].doubtful;
    road->widen = road->last = true;
    return judge_level(road, &open);
}

static Status judge_levels(Road *road) {
    bool open = true;
    const slong precision = road->precision;
    TRY(find_components(road));
    for (uint32_t level = 0; level < LEVELS && open; level++) {
        road->terms = terms_of_level[level];
        road->precision = precision << level;
        road->last = level == LEVELS - 1;
        TRY(judge_level(road, &open));
    }
    return doubt(road);
}

static Status make_room(Road *road) {
    road->parent = NEW_ARRAY(road->arena, uint32_t, road->n_x);
    road->sizes = NEW_ARRAY(road->arena, uint32_t, road->n_x);
    road->ranks = NEW_ARRAY(road->arena, uint32_t, road->n_x);
    road->colors = NEW_ARRAY(road->arena, uint32_t, road->n_g);
    road->rules = NEW_ARRAY(road->arena, Number, road->n_spots);
    road->values = NEW_ARRAY(road->arena, Number, road->n_spots);
    if (!road->parent || !road->sizes || !road->ranks || !road->colors || !road->rules ||
        !road->values)
        return NOMEM;
    for (uint32_t x = 0; x < road->n_x; x++)
        road->parent[x] = x;
    return OK;
}

// Whether comparisons are always met in one order: control flow and sorting change it.
static bool has_one_order(const Plan *plan) {
    for (uint32_t i = 0; i < plan->groups.n; i++) {
        const Prim prim = (Prim)plan->instructions.at[plan->groups.at[i].first].prim;
        if (plan->groups.at[i].count &&
            (prim == PRIM_argsort || prim == PRIM_argmax || prim == PRIM_argmin))
            return false;
    }
    return plan->nested.n == 0;
}

Status exact_judge_limits(const ExactPair *pair, slong precision,
                          const ExactLiteral *literal, size_t n, ExactCell *cells,
                          ExecError *error) {
    Road road = {.pair = pair,
                 .arena = base_arena_new(),
                 .error = error,
                 .literal = literal,
                 .precision = precision,
                 .in_order = has_one_order(pair->plan),
                 .n_x = exact_count_x(pair),
                 .n_g = exact_count_g(pair)};
    TRY_ALLOC(road.arena);
    Status status = find_spots(&road, n, cells);
    if (status == OK && road.n_spots) {
        status = make_room(&road);
        if (status == OK) status = judge_levels(&road);
        exact_drop_rows(&road, &road.rays);
        exact_drop_rows(&road, &road.patterns.rows);
        exact_drop_rows(&road, &road.boxes);
        for (uint32_t i = 0; road.values && road.rules && i < road.n_spots; i++) {
            exact_clear(&road.rules[i]);
            exact_clear(&road.values[i]);
        }
    }
    base_arena_free(road.arena);
    return status;
}
