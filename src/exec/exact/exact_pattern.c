#include "exec/exact/exact_pattern.h"

#include "exec/exact/exact_germ.h"

// -- ids ----------------------------------------------------------------------------

static uint64_t hash_of(const PatternKey *key) {
    uint64_t h = (uint64_t)key->attr * UINT64_C(0x9E3779B97F4A7C15);
    const uint32_t parts[] = {key->prim, key->dtypes, key->in[0], key->in[1], key->in[2]};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        h = (h ^ parts[i]) * UINT64_C(0x100000001B3) + (h >> 29);
    return h ^ h >> 31;
}

static bool is_equal(const PatternKey *x, const PatternKey *y) {
    return x->attr == y->attr && x->prim == y->prim && x->dtypes == y->dtypes &&
           memcmp(x->in, y->in, sizeof x->in) == 0;
}

static uint32_t *place_of(PatternRun *run, const PatternKey *key) {
    uint64_t at = hash_of(key) & (run->n_table - 1);
    while (run->table[at] && !is_equal(&run->keys.at[run->table[at] - 1], key))
        at = (at + 1) & (run->n_table - 1);
    return &run->table[at];
}

static bool grow(PatternRun *run) {
    if (2 * (run->keys.n + 1) < run->n_table) return true;
    const uint32_t n = run->n_table ? 2 * run->n_table : 256;
    uint32_t *table = NEW_ARRAY(run->arena, uint32_t, n);
    if (!table) return false;
    run->table = table;
    run->n_table = n;
    for (uint32_t id = 1; id <= run->keys.n; id++)
        *place_of(run, &run->keys.at[id - 1]) = id;
    return true;
}

static uint32_t id_of(ExactEnv *env, const PatternKey *key) {
    PatternRun *run = env->patterns;
    if (!grow(run)) {
        env->no_memory = true;
        return 0;
    }
    uint32_t *place = place_of(run, key);
    if (*place) return *place;
    if (!VEC_PUSH(run->arena, &run->keys, *key)) {
        env->no_memory = true;
        return 0;
    }
    return *place = run->keys.n;
}

static uint32_t id_of_constant(ExactEnv *env, const Number *number) {
    PatternRun *run = env->patterns;
    uint32_t at = 0;
    for (; at < run->constants.n; at++) {
        const Number *other = run->constants.at[at];
        if (exact_is_exact(number) && exact_is_exact(other) &&
            exact_compare(env, number, other) == 0)
            break;
    }
    if (at == run->constants.n) {
        Number *kept = NEW(run->arena, Number);
        if (kept) exact_copy(kept, number);
        if (!kept || !VEC_PUSH(run->arena, &run->constants, kept)) env->no_memory = true;
    }
    return id_of(env, &(PatternKey){.prim = PATTERN_CONSTANT, .in = {at}});
}

static uint32_t id_of_value(ExactEnv *env, const PatternValue *x) {
    return x->id ? x->id : id_of_constant(env, &x->number);
}

void exact_pattern_leaf(ExactEnv *env, void *cell, uint32_t leaf, uint32_t component) {
    PatternValue *value = cell;
    if (!component && exact_is_zero(&value->number)) return; // of g: a constant
    value->id = id_of(env, &(PatternKey){.prim = PATTERN_LEAF, .in = {leaf}});
    value->component = component;
}

void exact_end_patterns(PatternRun *run) {
    for (uint32_t i = 0; i < run->constants.n; i++)
        exact_clear((Number *)(uintptr_t)run->constants.at[i]);
}

// -- choices ------------------------------------------------------------------------

static uint32_t join(uint32_t x, uint32_t y) {
    return x == y || y == 0 ? x : x == 0 ? y : PATTERN_MIXED;
}

// Touched by another choice, or by the kink of an operation: not analytic here.
static bool is_pieced(const PatternValue *x) {
    return x->number.flags & (NUMBER_BOUNDARY | GERM_CHOOSES | GERM_JUMPS | PATTERN_PIECE);
}

// Elements of arguments, or one and a constant: they are equal on no open set.
static bool are_leaves(const PatternRun *run, uint32_t a, uint32_t b) {
    const uint32_t x = run->keys.at[a - 1].prim, y = run->keys.at[b - 1].prim;
    return (x == PATTERN_LEAF && (y == PATTERN_LEAF || y == PATTERN_CONSTANT)) ||
           (x == PATTERN_CONSTANT && y == PATTERN_LEAF);
}

// Whether the choices say that a < b, by way of others.
static bool is_below(const PatternChoices *choices, uint32_t a, uint32_t b) {
    enum { MOST_REACHED = 64 };
    uint32_t reached[MOST_REACHED] = {a}, n = 1;
    for (uint32_t at = 0; at < n; at++) {
        for (uint32_t i = 0; i < choices->at.n; i++) {
            const PatternChoice *choice = &choices->at.at[i];
            const bool up = choice->sign < 0 && choice->x == reached[at];
            const bool down = choice->sign > 0 && choice->y == reached[at];
            if (!up && !down) continue;
            const uint32_t next = up ? choice->y : choice->x;
            bool known = false;
            for (uint32_t k = 0; k < n; k++)
                known = known || reached[k] == next;
            if (next == b) return true;
            if (!known && n < MOST_REACHED) reached[n++] = next;
        }
    }
    return false;
}

// The sign of x - y in this pattern. equal: the operation has something else for 0 than for
// either side of it.
static int choose_sign(ExactEnv *env, const PatternValue *x, const PatternValue *y,
                       bool strict, bool equal) {
    PatternRun *run = env->patterns;
    const uint32_t component = join(x->component, y->component);
    uint32_t a = id_of_value(env, x), b = id_of_value(env, y);
    if (a == b || component == 0 || component == PATTERN_MIXED) return 0;
    const int turn = a < b ? 1 : -1;
    if (a > b) {
        const uint32_t kept = a;
        a = b;
        b = kept;
    }
    PatternChoices *choices = &run->of[component - 1];
    for (uint32_t i = 0; i < choices->at.n; i++) {
        PatternChoice *choice = &choices->at.at[i];
        if (choice->x != a || choice->y != b) continue;
        choice->equal = choice->equal || equal;
        return turn * choice->sign;
    }
    if (is_below(choices, a, b)) return -turn;
    if (is_below(choices, b, a)) return turn;
    const bool smooth = !is_pieced(x) && !is_pieced(y);
    const bool thin = (strict && smooth) || are_leaves(run, a, b);
    const PatternChoice choice = {a, b, -1, thin, equal};
    if (!VEC_PUSH(run->arena, &choices->at, choice)) env->no_memory = true;
    return -turn;
}

static Status note_seen(PatternRun *run, PatternChoices *choices) {
    PatternSeen seen = {choices->at.n, NEW_ARRAY(run->arena, PatternChoice, choices->at.n)};
    TRY_ALLOC(seen.at);
    if (seen.n) memcpy(seen.at, choices->at.at, seen.n * sizeof *seen.at);
    return VEC_PUSH(run->arena, &choices->seen, seen) ? OK : NOMEM;
}

Status exact_next_patterns(PatternRun *run, uint32_t n_x) {
    for (uint32_t root = 0; root < n_x; root++) {
        PatternChoices *choices = &run->of[root];
        if (choices->done) continue;
        TRY(note_seen(run, choices));
        while (choices->at.n) {
            PatternChoice *last = &choices->at.at[choices->at.n - 1];
            const bool equal = last->equal && (run->surfaces || !last->thin);
            if (last->sign == 0 || (last->sign == 1 && !equal)) {
                choices->at.n--;
                continue;
            }
            last->sign = last->sign < 0 ? 1 : 0;
            break;
        }
        choices->done = choices->at.n == 0;
    }
    run->next = 0;
    return OK;
}

// -- operations ---------------------------------------------------------------------

static void clear_value(void *value) {
    exact_clear(&((PatternValue *)value)->number);
    *(PatternValue *)value = (PatternValue){0};
}

static void copy_value(void *to, const void *from) {
    PatternValue *out = to;
    const PatternValue *value = from;
    if (out == value) return;
    exact_copy(&out->number, &value->number);
    out->id = value->id;
    out->component = value->component;
}

static void embed_value(void *value, Number *number) {
    clear_value(value);
    exact_swap(&((PatternValue *)value)->number, number);
}

static const Number *constant_of_value(const void *value) {
    return &((const PatternValue *)value)->number;
}

// From control flow and indices.
static void add_value_flags(void *value, uint8_t flags) {
    PatternValue *out = value;
    out->number.flags |= flags;
    if (flags & NUMBER_BOUNDARY) out->number.flags |= GERM_CHOOSES | GERM_JUMPS;
}

// The sign of x - y. *chosen: by the pattern; else EXACT_UNSURE where it is not known.
static int order_of(ExactEnv *env, const PatternValue *x, const PatternValue *y,
                    bool strict, bool equal, bool *chosen) {
    *chosen = false;
    if (x == y || (x->id && x->id == y->id)) return 0;
    if (x->number.kind == NUMBER_UNKNOWN || y->number.kind == NUMBER_UNKNOWN)
        return EXACT_UNSURE;
    const int order = exact_compare(env, &x->number, &y->number);
    const bool varies = (x->number.flags | y->number.flags) & NUMBER_VARIES;
    if (order == 1 || order == -1 || !varies) return order;
    *chosen = true;
    return choose_sign(env, x, y, strict, equal);
}

static bool next_is_strict(ExactEnv *env) {
    PatternRun *run = env->patterns;
    const uint32_t at = run->next++;
    return run->strict && at < run->n_strict && run->strict[at];
}

static void compare(ExactEnv *env, const ExactOperation *op, PatternValue *out,
                    const PatternValue *x, const PatternValue *y) {
    const bool strict = next_is_strict(env);
    bool chosen = false;
    int order = 0;
    Number a = {0}, b = {0};
    const bool undefined =
        x->number.kind == NUMBER_UNDEFINED || y->number.kind == NUMBER_UNDEFINED;
    const bool equal = op->prim == PRIM_eq || op->prim == PRIM_ne;
    if (!undefined) order = order_of(env, x, y, strict, equal, &chosen);
    if (order == EXACT_UNSURE) {
        exact_set_unknown(env, &out->number, "its operands cannot be told apart");
        return;
    }
    if (undefined)
        exact_set_undefined(&a);
    else
        exact_set_si(&a, order);
    exact_set_si(&b, 0);
    exact_apply(env, op, &out->number, (const Number *[]){&a, &b});
    out->number.flags = (x->number.flags | y->number.flags) & (uint8_t)~NUMBER_BOUNDARY;
    if (chosen) out->number.flags |= NUMBER_BOUNDARY;
    out->component = join(x->component, y->component);
    exact_clear(&a);
    exact_clear(&b);
}

static void extreme(ExactEnv *env, PatternValue *out, const PatternValue *x,
                    const PatternValue *y, int wanted) {
    const bool strict = next_is_strict(env);
    bool chosen = false;
    if (x->number.kind == NUMBER_UNDEFINED || y->number.kind == NUMBER_UNDEFINED) {
        copy_value(out, x->number.kind == NUMBER_UNDEFINED ? x : y);
        return;
    }
    const int order = order_of(env, x, y, strict, false, &chosen);
    if (order == EXACT_UNSURE) {
        exact_set_unknown(env, &out->number, "its operands cannot be told apart");
        return;
    }
    const PatternValue *other = order == -wanted ? x : y;
    copy_value(out, order == -wanted ? y : x);
    out->number.flags |= other->number.flags & (uint8_t)~NUMBER_BOUNDARY;
    if (chosen) out->number.flags |= PATTERN_PIECE;
    out->component = join(x->component, y->component);
}

static void select_branch(ExactEnv *env, PatternValue *out, const PatternValue *condition,
                          const PatternValue *x, const PatternValue *y) {
    if (condition->number.kind != NUMBER_INTEGER) {
        exact_set_unknown(env, &out->number, "its condition is not known");
        return;
    }
    copy_value(out, condition->number.integer ? x : y);
    const uint8_t both = x->number.flags | y->number.flags;
    const bool chosen = condition->number.flags & NUMBER_BOUNDARY;
    out->component = join(join(x->component, y->component), condition->component);
    out->number.flags |=
        (condition->number.flags & (uint8_t)~NUMBER_BOUNDARY) | (both & GERM_LINEAR);
    if (!chosen) return;
    const bool meet = exact_is_real(&x->number) && exact_is_real(&y->number) &&
                      exact_compare(env, &x->number, &y->number) == 0;
    const bool integer = out->number.kind == NUMBER_INTEGER;
    out->number.flags |= GERM_CHOOSES | (both & GERM_JUMPS) | (meet ? 0 : GERM_JUMPS) |
                         (integer ? NUMBER_BOUNDARY : 0);
}

static void sign_of(ExactEnv *env, const ExactOperation *op, PatternValue *out,
                    const PatternValue *x) {
    PatternValue zero = {0};
    bool chosen;
    exact_set_si(&zero.number, 0);
    const int order = exact_is_real(&x->number)
                          ? order_of(env, x, &zero, false, true, &chosen)
                          : EXACT_UNSURE;
    if (order == EXACT_UNSURE) {
        exact_apply(env, op, &out->number, (const Number *[]){&x->number});
    } else {
        exact_set_si(&out->number, order);
        out->number.flags = x->number.flags;
        if (chosen) out->number.flags |= GERM_CHOOSES | GERM_JUMPS;
    }
    out->component = x->component;
    exact_clear(&zero.number);
}

// A derivative of a branch that is not taken: zero near the point, not at it alone.
static bool is_linear_zero(const ExactOperation *op, const PatternValue *const *in) {
    for (uint32_t i = 0; i < (op->prim == PRIM_mul ? 2 : op->prim == PRIM_div ? 1 : 0); i++)
        if (in[i]->id == 0 && exact_is_zero(&in[i]->number) &&
            in[i]->number.flags & GERM_LINEAR)
            return true;
    return false;
}

// Operations that may jump where they are on a boundary.
static bool may_jump(const ExactOperation *op) {
    return ir_prim(op->prim)->smoothness == SMOOTHNESS_STEP || op->prim == PRIM_rem ||
           op->prim == PRIM_copysign || op->prim == PRIM_arctan2 ||
           op->prim == PRIM_convert;
}

static void apply_plain(ExactEnv *env, const ExactOperation *op, PatternValue *out,
                        const PatternValue *const *in) {
    const Number *numbers[3] = {NULL};
    PatternKey key = {.attr = op->attr,
                      .prim = op->prim,
                      .dtypes = (uint32_t)op->dtype << 8 | op->out_dtype};
    uint8_t flags = 0;
    bool constant = true;
    for (uint32_t i = 0; i < op->n_in; i++) {
        numbers[i] = &in[i]->number;
        flags |= in[i]->number.flags;
        out->component = join(out->component, in[i]->component);
        constant = constant && in[i]->id == 0;
    }
    exact_apply(env, op, &out->number, numbers);
    if (num_is_float(op->dtype) && is_linear_zero(op, in)) {
        exact_set_si(&out->number, 0);
        out->number.flags = flags & (NUMBER_VARIES | GERM_LINEAR);
        return;
    }
    const bool kink = out->number.flags & ~flags & NUMBER_BOUNDARY;
    if (kink && may_jump(op))
        exact_set_unknown(env, &out->number, "it jumps at this point");
    const bool of_predicate = num_is_float(op->out_dtype) && !num_is_float(op->dtype);
    if (of_predicate && flags & NUMBER_BOUNDARY)
        out->number.flags |= GERM_CHOOSES | GERM_JUMPS;
    if (constant || !num_is_float(op->out_dtype)) return;
    for (uint32_t i = 0; i < op->n_in; i++)
        key.in[i] = id_of_value(env, in[i]);
    out->id = id_of(env, &key);
}

static void apply_pattern(ExactEnv *env, const ExactOperation *op, void *result,
                          const void *const *operands) {
    PatternValue *out = result;
    const PatternValue *in[3] = {NULL};
    for (uint32_t i = 0; i < op->n_in; i++)
        in[i] = operands[i];
    clear_value(out);
    const bool floats = num_is_float(op->dtype);
    const bool moves = (op->prim == PRIM_convert && num_is_float(op->out_dtype)) ||
                       op->prim == PRIM_stop_gradient;
    if (op->prim == PRIM_select)
        select_branch(env, out, in[0], in[1], in[2]);
    else if (floats && ir_prim(op->prim)->class == CLASS_COMPARE)
        compare(env, op, out, in[0], in[1]);
    else if (floats && (op->prim == PRIM_maximum || op->prim == PRIM_minimum))
        extreme(env, out, in[0], in[1], op->prim == PRIM_maximum ? 1 : -1);
    else if (floats && op->prim == PRIM_sign)
        sign_of(env, op, out, in[0]);
    else if (floats && moves)
        copy_value(out, in[0]);
    else
        apply_plain(env, op, out, in);
}

const Interpretation exact_patterns = {
    .size = sizeof(PatternValue),
    .clear = clear_value,
    .copy = copy_value,
    .embed = embed_value,
    .constant = constant_of_value,
    .add_flags = add_value_flags,
    .apply = apply_pattern,
};
