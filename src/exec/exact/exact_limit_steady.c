// Which patterns no point near the point has, and whether the value is steady where one
// pattern meets another: a comparison that a user wrote may make it jump there.
//
// For that, predicates whose difference is affine in the arguments: their normals.
#include "exec/exact/exact_hull.h"
#include "exec/exact/exact_limit.h"
#include "exec/exact/exact_pattern.h"

enum { MOST_COMPARED = 256 }; // patterns, each with each

typedef struct Steady {
    Road *road;
    PatternRun *run;
    uint32_t root, n; // its component, and the elements of that
    uint32_t *elements;
    ExactEnv env;
} Steady;

// -- normals ------------------------------------------------------------------------

static void add_times(ExactEnv *env, Number *sum, const Number *x, const Number *y,
                      Prim prim) {
    Number product = {0};
    exact_compute(env, prim, &product, x, y);
    exact_compute(env, PRIM_add, sum, sum, &product);
    exact_clear(&product);
}

// The constant that an id stands for; NULL: it is none.
static const Number *constant_of(const PatternRun *run, uint32_t id) {
    const PatternKey *key = &run->keys.at[id - 1];
    return key->prim == PATTERN_CONSTANT ? run->constants.at[key->in[0]] : NULL;
}

// Hands the weight of an operation on to its operands. False: it is not affine.
static bool hand_on(Steady *s, const PatternKey *key, const Number *weight,
                    Number *weights) {
    Number one = {0}, minus = {0};
    exact_set_si(&one, 1);
    exact_set_si(&minus, -1);
    const Number *x = key->in[0] ? constant_of(s->run, key->in[0]) : NULL;
    const Number *y = key->in[1] ? constant_of(s->run, key->in[1]) : NULL;
    bool affine = true;
    if (key->prim == PRIM_add || key->prim == PRIM_sub) {
        add_times(&s->env, &weights[key->in[0]], weight, &one, PRIM_mul);
        add_times(&s->env, &weights[key->in[1]], weight,
                  key->prim == PRIM_add ? &one : &minus, PRIM_mul);
    } else if (key->prim == PRIM_neg) {
        add_times(&s->env, &weights[key->in[0]], weight, &minus, PRIM_mul);
    } else if (key->prim == PRIM_mul && (x || y)) {
        add_times(&s->env, &weights[key->in[x ? 1 : 0]], weight, x ? x : y, PRIM_mul);
    } else if (key->prim == PRIM_div && y) {
        add_times(&s->env, &weights[key->in[0]], weight, y, PRIM_div);
    } else {
        affine = false;
    }
    exact_clear(&one);
    exact_clear(&minus);
    return affine;
}

// The gradient of x - y over the component's elements; false: it is not affine, or has none
// that is exact. Ids rise: an operation has a higher one than its operands.
static bool find_normal(Steady *s, const PatternChoice *choice, Number *normal) {
    const uint32_t n = (choice->x > choice->y ? choice->x : choice->y) + 1;
    Number *weights = flint_calloc(n, sizeof *weights);
    bool affine = true, any = false;
    for (uint32_t id = 0; id < n; id++)
        exact_set_si(&weights[id], id == choice->x ? 1 : id == choice->y ? -1 : 0);
    for (uint32_t i = 0; i < s->n; i++)
        exact_set_si(&normal[i], 0);
    for (uint32_t id = n; id-- > 1 && affine;) {
        const PatternKey *key = &s->run->keys.at[id - 1];
        if (exact_is_zero(&weights[id]) || key->prim == PATTERN_CONSTANT) continue;
        if (key->prim == PATTERN_LEAF)
            exact_copy(&normal[s->road->ranks[key->in[0]]], &weights[id]);
        else
            affine = hand_on(s, key, &weights[id], weights);
    }
    for (uint32_t id = 0; id < n; id++)
        exact_clear(&weights[id]);
    flint_free(weights);
    for (uint32_t i = 0; i < s->n; i++) {
        affine = affine && exact_is_exact(&normal[i]);
        any = any || !exact_is_zero(&normal[i]);
    }
    return affine && any;
}

static Number *new_vector(uint32_t n) {
    return flint_calloc((size_t)n + 1, sizeof(Number));
}

static void free_vector(Number *vector, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        exact_clear(&vector[i]);
    flint_free(vector);
}

// -- what no point has --------------------------------------------------------------

// Signs with their normals, of one pattern or of two.
typedef struct Signs {
    uint32_t n;
    Number *rows; // n normals, each times its sign
} Signs;

static void add_signs(Steady *s, const PatternSeen *seen, const PatternChoice *but,
                      Signs *signs) {
    for (uint32_t i = 0; i < seen->n; i++) {
        const PatternChoice *choice = &seen->at[i];
        if (choice->sign == 0 || (but && but->x == choice->x && but->y == choice->y))
            continue;
        Number *row = &signs->rows[(size_t)signs->n * s->n], sign = {0};
        if (!find_normal(s, choice, row)) continue;
        exact_set_si(&sign, choice->sign);
        for (uint32_t k = 0; k < s->n; k++)
            exact_compute(&s->env, PRIM_mul, &row[k], &row[k], &sign);
        exact_clear(&sign);
        signs->n++;
    }
}

// Each row without its part along the normal, by the coordinate `at` of it.
static void project(Steady *s, Signs *signs, const Number *normal, uint32_t at) {
    Number factor = {0}, part = {0};
    for (uint32_t i = 0; i < signs->n; i++) {
        Number *row = &signs->rows[(size_t)i * s->n];
        exact_compute(&s->env, PRIM_div, &factor, &row[at], &normal[at]);
        for (uint32_t k = 0; k < s->n; k++) {
            exact_compute(&s->env, PRIM_mul, &part, &factor, &normal[k]);
            exact_compute(&s->env, PRIM_sub, &row[k], &row[k], &part);
        }
    }
    exact_clear(&factor);
    exact_clear(&part);
}

// No direction has all these signs: 0 is in the hull of the rows (Gordan's theorem).
static bool contradict(Steady *s, const Signs *signs) {
    if (signs->n == 0) return false;
    Number *zeros = new_vector(s->n);
    const size_t n = (size_t)signs->n * s->n;
    const Number **at = flint_malloc((n + 1) * sizeof *at);
    const Number **r = flint_malloc((s->n + 1) * sizeof *r);
    for (size_t i = 0; i < n; i++)
        at[i] = &signs->rows[i];
    for (uint32_t k = 0; k < s->n; k++) {
        exact_set_si(&zeros[k], 0);
        r[k] = &zeros[k];
    }
    const HullPoints points = {signs->n, s->n, at};
    const bool inside = exact_hull_side(&s->env, &points, r) == HULL_INSIDE;
    flint_free(at);
    flint_free(r);
    free_vector(zeros, s->n);
    return inside;
}

// In it two values are equal that are equal on no open set.
static bool is_thin(Steady *s, const PatternSeen *seen) {
    Number *normal = new_vector(s->n);
    bool thin = false;
    for (uint32_t i = 0; i < seen->n && !thin; i++)
        thin = seen->at[i].sign == 0 &&
               (seen->at[i].thin || find_normal(s, &seen->at[i], normal));
    free_vector(normal, s->n);
    return thin;
}

static bool is_impossible(Steady *s, const PatternSeen *seen) {
    Signs signs = {.rows = new_vector(seen->n * s->n)};
    add_signs(s, seen, NULL, &signs);
    const bool impossible = contradict(s, &signs);
    free_vector(signs.rows, seen->n * s->n);
    return impossible;
}

// Whether the two patterns do not meet on the predicate's surface.
static bool never_meet(Steady *s, const PatternSeen *a, const PatternSeen *b,
                       const PatternChoice *choice, const Number *normal) {
    uint32_t at = 0;
    while (exact_is_zero(&normal[at]))
        at++;
    Signs signs = {.rows = new_vector((a->n + b->n) * s->n)};
    add_signs(s, a, choice, &signs);
    add_signs(s, b, choice, &signs);
    project(s, &signs, normal, at);
    const bool never = contradict(s, &signs);
    free_vector(signs.rows, (a->n + b->n) * s->n);
    return never;
}

// -- steps --------------------------------------------------------------------------

// The predicate by whose sign alone two patterns differ; NULL: there is none.
static const PatternChoice *only_difference(const PatternSeen *a, const PatternSeen *b) {
    const PatternChoice *found = NULL;
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t k = 0; k < b->n; k++) {
            const PatternChoice *x = &a->at[i], *y = &b->at[k];
            if (x->x != y->x || x->y != y->y || x->sign == y->sign) continue;
            if (found) return NULL;
            found = x;
        }
    }
    return found;
}

// One value's two gradients differ only along the normal (NULL: they do not differ).
static bool is_along(Steady *s, const Sight *a, const Sight *b, const Spot *of,
                     const Number *normal) {
    Number *step = new_vector(s->n), minor = {0};
    bool along = true;
    for (uint32_t i = 0; i < s->n; i++)
        exact_set_si(&step[i], 0);
    for (uint32_t i = 0; i < s->road->n_spots; i++) {
        const Spot *spot = &s->road->spots[i];
        if (spot->value != of->value || spot->value_element != of->value_element ||
            exact_component(s->road, spot->x) != s->root)
            continue;
        exact_compute(&s->env, PRIM_sub, &step[s->road->ranks[spot->x]], &a[i].limit,
                      &b[i].limit);
    }
    uint32_t at = 0;
    while (normal && exact_is_zero(&normal[at]))
        at++;
    for (uint32_t i = 0; i < s->n && along; i++) {
        if (normal) {
            Number other = {0};
            exact_compute(&s->env, PRIM_mul, &minor, &step[i], &normal[at]);
            exact_compute(&s->env, PRIM_mul, &other, &step[at], &normal[i]);
            exact_compute(&s->env, PRIM_sub, &minor, &minor, &other);
            exact_clear(&other);
        } else {
            exact_copy(&minor, &step[i]);
        }
        const int sign = exact_is_real(&minor) ? exact_sign(&s->env, &minor) : 1;
        along = sign == 0 || sign == EXACT_UNSURE;
    }
    exact_clear(&minor);
    free_vector(step, s->n);
    return along;
}

static bool is_steady_step(Steady *s, const PatternSeen *a, const PatternSeen *b,
                           const Sight *of_a, const Sight *of_b) {
    const PatternChoice *choice = only_difference(a, b);
    if (!choice) return true;
    Number *normal = new_vector(s->n);
    const bool known = find_normal(s, choice, normal);
    bool steady = true, asked = false, meet = true;
    for (uint32_t i = 0; i < s->road->n_spots && steady; i++) {
        const Spot *spot = &s->road->spots[i];
        if (exact_component(s->road, spot->x) != s->root) continue;
        if (!of_a[i].chooses && !of_b[i].chooses) continue;
        steady = is_along(s, of_a, of_b, spot, known ? normal : NULL);
        if (!steady && known && !asked) {
            meet = !never_meet(s, a, b, choice, normal);
            asked = true;
        }
        steady = steady || !meet;
    }
    free_vector(normal, s->n);
    return steady;
}

static bool is_steady(Steady *s, const Patterns *patterns) {
    const PatternChoices *choices = &s->run->of[s->root];
    const uint32_t n = choices->seen.n;
    if (n > MOST_COMPARED) return false;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n; k++) {
            const Sight *a = patterns->rows.at[i], *b = patterns->rows.at[k];
            const uint8_t *kinds = patterns->kinds[s->root];
            if (kinds[i] != PATTERN_GONE && kinds[k] != PATTERN_GONE &&
                !is_steady_step(s, &choices->seen.at[i], &choices->seen.at[k], a, b))
                return false;
        }
    return true;
}

Status exact_find_steady(Road *road, PatternRun *run, Patterns *patterns, uint32_t root) {
    Steady s = {.road = road,
                .run = run,
                .root = root,
                .n = road->sizes[root],
                .env = {.precision = road->precision, .arena = road->arena}};
    const PatternChoices *choices = &run->of[root];
    const uint32_t n = choices->seen.n;
    uint8_t *kinds = NEW_ARRAY(road->arena, uint8_t, n);
    TRY_ALLOC(kinds);
    patterns->kinds[root] = kinds;
    for (uint32_t k = 0; k < n; k++) {
        const PatternSeen *seen = &choices->seen.at[k];
        if (n <= MOST_COMPARED && is_impossible(&s, seen))
            kinds[k] = PATTERN_GONE;
        else if (is_thin(&s, seen))
            kinds[k] = PATTERN_THIN;
    }
    bool finite = true;
    for (uint32_t i = 0; i < road->n_spots; i++)
        for (uint32_t k = 0; k < n; k++)
            if (exact_component(road, road->spots[i].x) == root && kinds[k] != PATTERN_GONE)
                finite = finite && patterns->rows.at[k][i].state == SIGHT_FOUND;
    patterns->steady[root] = finite && is_steady(&s, patterns);
    return OK;
}
