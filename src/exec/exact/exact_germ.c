// Germs as an interpretation of plans: what follows the sign of a leading term, and the
// choice of how an operation is expanded.
#include "exec/exact/exact_germ.h"

// -- choices ------------------------------------------------------------------------

// Both are one value, computed once.
static bool is_same(const Germ *x, const Germ *y) {
    return x == y || (x->id != 0 && x->id == y->id);
}

// That two sides are equal along the whole ray says nothing of other points.
static void note(ExactEnv *env, const Germ *x, const Germ *y, int sign) {
    const bool varies = (exact_germ_flags(x) | exact_germ_flags(y)) & NUMBER_VARIES;
    const bool strict = sign == 1 || sign == -1;
    if (sign == 0 && varies && !is_same(x, y)) env->ray->vanished = true;
    if (!VEC_PUSH(env->arena, &env->ray->strict, strict)) env->no_memory = true;
}

// Whether a tends to 0 (or b - a, for comparisons): then the point is on the boundary.
static bool tends_to_zero(ExactEnv *env, const Germ *difference) {
    Number limit = {0};
    exact_limit_of(env, difference, &limit);
    const bool zero = exact_is_zero(&limit);
    exact_clear(&limit);
    return zero;
}

// The sign of x - y. *boundary: they meet at the point.
static int order_of(ExactEnv *env, const Germ *x, const Germ *y, bool *boundary) {
    Germ difference = {0};
    exact_germ_sub(env, &difference, x, y);
    int sign = EXACT_UNSURE;
    if (difference.kind != GERM_UNKNOWN) sign = exact_germ_sign(env, &difference);
    *boundary = difference.kind == GERM_SERIES && tends_to_zero(env, &difference);
    exact_clear_germ(&difference);
    return sign;
}

static bool is_undefined(const Germ *germ) {
    return germ->kind == GERM_CONSTANT && germ->number.kind == NUMBER_UNDEFINED;
}

// counts: it is one of the plan's comparisons.
static void compare(ExactEnv *env, const ExactOperation *op, Germ *out, const Germ *x,
                    const Germ *y, bool counts) {
    Number a = {0}, b = {0}, outcome = {0};
    bool boundary = false;
    const bool undefined = is_undefined(x) || is_undefined(y);
    int sign = 0;
    if (undefined) {
        exact_set_undefined(&a);
    } else if (is_same(x, y)) {
        sign = 0;
    } else if (x->kind == GERM_CONSTANT && y->kind == GERM_CONSTANT) {
        sign = exact_compare(env, &x->number, &y->number);
    } else {
        sign = order_of(env, x, y, &boundary);
    }
    if (counts) note(env, x, y, undefined ? EXACT_UNSURE : sign);
    if (sign == EXACT_UNSURE) {
        exact_germ_unknown(env, out, "its sides cannot be told apart along a ray");
    } else {
        if (!undefined) exact_set_si(&a, sign);
        exact_set_si(&b, 0);
        exact_apply(env, op, &outcome, (const Number *[]){&a, &b});
        outcome.flags =
            (exact_germ_flags(x) | exact_germ_flags(y)) & (uint8_t)~NUMBER_BOUNDARY;
        if (boundary) outcome.flags |= NUMBER_BOUNDARY;
        exact_germ_constant(out, &outcome);
    }
    exact_clear(&a);
    exact_clear(&b);
    exact_clear(&outcome);
}

static void add_flags(Germ *germ, uint8_t flags) {
    if (germ->kind == GERM_CONSTANT)
        germ->number.flags |= flags;
    else
        germ->flags |= flags;
}

static void choose(ExactEnv *env, Germ *out, const Germ *x, const Germ *y, int wanted) {
    bool boundary;
    if (is_undefined(x) || is_undefined(y)) {
        note(env, x, y, EXACT_UNSURE);
        exact_copy_germ(out, is_undefined(x) ? x : y);
        return;
    }
    const int sign = is_same(x, y) ? 0 : order_of(env, x, y, &boundary);
    note(env, x, y, sign);
    if (sign == EXACT_UNSURE)
        exact_germ_unknown(env, out, "its operands cannot be told apart along a ray");
    else
        exact_copy_germ(out, sign == -wanted ? y : x);
    add_flags(out,
              (exact_germ_flags(x) | exact_germ_flags(y)) & (GERM_JUMPS | GERM_CHOOSES));
}

static bool known_number(const Germ *germ) {
    return germ->kind == GERM_CONSTANT;
}

// Whether both branches have one limit.
static bool meet(ExactEnv *env, const Germ *x, const Germ *y) {
    Number a = {0}, b = {0};
    exact_limit_of(env, x, &a);
    exact_limit_of(env, y, &b);
    const bool equal =
        exact_is_real(&a) && exact_is_real(&b) && exact_compare(env, &a, &b) == 0;
    exact_clear(&a);
    exact_clear(&b);
    return equal;
}

static void select_branch(ExactEnv *env, Germ *out, const Germ *condition, const Germ *x,
                          const Germ *y) {
    if (!known_number(condition) || condition->number.kind != NUMBER_INTEGER) {
        exact_germ_unknown(env, out, "its condition is not known along a ray");
        if (condition->cause) out->cause = condition->cause;
        return;
    }
    const uint8_t flags = condition->number.flags;
    const bool boundary = flags & NUMBER_BOUNDARY;
    exact_copy_germ(out, condition->number.integer ? x : y);
    uint8_t more = flags & (uint8_t)~NUMBER_BOUNDARY;
    more |= (exact_germ_flags(x) | exact_germ_flags(y)) & GERM_LINEAR;
    if (boundary)
        more |= GERM_CHOOSES |
                ((exact_germ_flags(x) | exact_germ_flags(y)) & (uint8_t)~NUMBER_BOUNDARY);
    if (boundary && !meet(env, x, y)) more |= GERM_JUMPS;
    add_flags(out, more);
}

// -- signs and whole parts ----------------------------------------------------------

static void set_flagged(Germ *out, Number *number, uint8_t flags) {
    exact_germ_constant(out, number);
    out->number.flags |= flags;
}

static void sign_of(ExactEnv *env, Germ *out, const Germ *x) {
    Number value = {0};
    const int sign = exact_germ_sign(env, x);
    if (sign == EXACT_UNSURE) {
        exact_germ_unknown(env, out, "its sign along a ray is not known");
        return;
    }
    exact_set_si(&value, sign);
    set_flagged(out, &value,
                exact_germ_flags(x) |
                    (tends_to_zero(env, x) ? GERM_JUMPS | GERM_CHOOSES : 0));
}

// |x|, with the sign of `by`.
static void with_sign(ExactEnv *env, Germ *out, const Germ *x, const Germ *by) {
    const int sign = exact_germ_sign(env, x), wanted = by ? exact_germ_sign(env, by) : 1;
    if (sign == EXACT_UNSURE || wanted == EXACT_UNSURE) {
        exact_germ_unknown(env, out, "its sign along a ray is not known");
        return;
    }
    Number minus = {0};
    exact_set_si(&minus, (sign < 0) != (wanted < 0) ? -1 : 1);
    const bool jumps = by && tends_to_zero(env, by);
    Germ made = {0};
    exact_germ_scale(env, &made, x, &minus, 0);
    if (jumps && made.kind == GERM_SERIES) made.flags |= GERM_JUMPS | GERM_CHOOSES;
    exact_copy_germ(out, &made);
    exact_clear(&minus);
    exact_clear_germ(&made);
}

// floor and its kin: at the limit, or beside it where they jump there.
static void whole_part(ExactEnv *env, const ExactOperation *op, Germ *out, const Germ *x) {
    Number limit = {0}, value = {0}, step = {0};
    Germ centre = {0};
    bool boundary = false;
    exact_limit_of(env, x, &limit);
    limit.flags |= NUMBER_VARIES;
    exact_apply(env, op, &value, (const Number *[]){&limit});
    const bool jump = value.flags & NUMBER_BOUNDARY;
    if (jump) {
        Number copy = {0};
        exact_copy(&copy, &limit);
        exact_germ_constant(&centre, &copy);
        const int side = order_of(env, x, &centre, &boundary);
        if (side == EXACT_UNSURE) exact_clear(&value);
        if (side == 1 || side == -1) {
            fmpq_set_si(exact_make_rational(&step), side, 8);
            exact_compute(env, PRIM_add, &limit, &limit, &step);
            exact_apply(env, op, &value, (const Number *[]){&limit});
        }
    }
    if (value.kind == NUMBER_UNKNOWN || value.kind == NUMBER_BALL) {
        exact_germ_unknown(env, out, "its whole part along a ray is not known");
    } else {
        value.flags = 0;
        set_flagged(out, &value,
                    exact_germ_flags(x) | (jump ? GERM_JUMPS | GERM_CHOOSES : 0));
        if (!num_is_float(op->out_dtype) && jump) out->number.flags |= NUMBER_BOUNDARY;
    }
    exact_clear(&limit);
    exact_clear(&value);
    exact_clear(&step);
    exact_clear_germ(&centre);
}

static void remainder_of(ExactEnv *env, const ExactOperation *op, Germ *out, const Germ *x,
                         const Germ *y) {
    const bool divide = op->prim == PRIM_floor_divide;
    const ExactOperation whole = {divide ? PRIM_floor : PRIM_trunc, DT_F64, DT_F64, 1, 0};
    Germ quotient = {0}, part = {0};
    exact_germ_div(env, &quotient, x, y);
    whole_part(env, &whole, &part, &quotient);
    if (divide) {
        exact_copy_germ(out, &part);
    } else {
        exact_germ_mul(env, &part, &part, y);
        exact_germ_sub(env, out, x, &part);
    }
    exact_clear_germ(&quotient);
    exact_clear_germ(&part);
}

static void convert(ExactEnv *env, const ExactOperation *op, Germ *out, const Germ *x) {
    if (num_is_float(op->out_dtype)) {
        exact_copy_germ(out,
                        x); // a float: integers are constants, which apply_constants has
    } else if (op->out_dtype == DT_BOOL) {
        Germ zero = {0};
        const ExactOperation unequal = {PRIM_ne, op->dtype, DT_BOOL, 2, 0};
        exact_germ_si(&zero, 0);
        compare(env, &unequal, out, x, &zero, false);
        exact_clear_germ(&zero);
    } else {
        whole_part(env, op, out, x);
    }
}

// -- all ----------------------------------------------------------------------------

static void apply_two(ExactEnv *env, const ExactOperation *op, Germ *out, const Germ *x,
                      const Germ *y) {
    Germ other = {0};
    switch (op->prim) {
    case PRIM_add:
        exact_germ_add(env, out, x, y);
        break;
    case PRIM_sub:
        exact_germ_sub(env, out, x, y);
        break;
    case PRIM_mul:
        exact_germ_mul(env, out, x, y);
        break;
    case PRIM_div:
        exact_germ_div(env, out, x, y);
        break;
    case PRIM_copysign:
        with_sign(env, out, x, y);
        break;
    case PRIM_pow:
        exact_germ_pow(env, out, x, y);
        break;
    case PRIM_arctan2:
        exact_germ_arctan2(env, out, x, y);
        if (exact_germ_sign(env, y) != 1 && tends_to_zero(env, x)) // the cut
            add_flags(out, GERM_JUMPS | GERM_CHOOSES);
        break;
    case PRIM_hypot:
        exact_germ_mul(env, out, x, x);
        exact_germ_mul(env, &other, y, y);
        exact_germ_add(env, &other, &other, out);
        if (other.kind == GERM_SERIES) {
            exact_germ_function(env, PRIM_sqrt, 0, out, &other);
        } else if (other.kind == GERM_CONSTANT) {
            exact_compute(env, PRIM_sqrt, &other.number, &other.number, NULL);
            exact_copy_germ(out, &other);
        } else {
            exact_copy_germ(out, &other);
        }
        exact_clear_germ(&other);
        break;
    default:
        remainder_of(env, op, out, x, y);
        break;
    }
}

// What is neither real nor known to be none.
static bool has_unknown(const Germ *const *in, uint32_t n, const ExactCause **cause) {
    for (uint32_t i = 0; i < n; i++) {
        if (in[i]->kind != GERM_UNKNOWN) continue;
        *cause = in[i]->cause;
        return true;
    }
    return false;
}

static bool all_constant(const Germ *const *in, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (in[i]->kind != GERM_CONSTANT) return false;
    return true;
}

static bool any_undefined(const Germ *const *in, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (is_undefined(in[i])) return true;
    return false;
}

static void apply_constants(ExactEnv *env, const ExactOperation *op, Germ *out,
                            const Germ *const *in) {
    Number result = {0};
    const Number *numbers[3] = {NULL};
    uint8_t flags = 0;
    for (uint32_t i = 0; i < op->n_in; i++) {
        numbers[i] = &in[i]->number;
        flags |= in[i]->number.flags;
    }
    exact_apply(env, op, &result, numbers);
    const bool integer = result.kind == NUMBER_INTEGER;
    result.flags = flags;
    if (!integer && flags & NUMBER_BOUNDARY) { // a number made of a predicate
        result.flags &= (uint8_t)~NUMBER_BOUNDARY;
        result.flags |= GERM_JUMPS | GERM_CHOOSES;
    }
    const ExactCause *cause = result.cause;
    const bool known = result.kind != NUMBER_UNKNOWN;
    if (known)
        exact_germ_constant(out, &result);
    else
        exact_clear_germ(out), out->cause = cause;
    exact_clear(&result);
}

static void apply_series(ExactEnv *env, const ExactOperation *op, Germ *out,
                         const Germ *const *in) {
    const Germ *x = in[0], *y = op->n_in > 1 ? in[1] : NULL;
    Number undefined = {0};
    if (op->prim == PRIM_convert) {
        convert(env, op, out, x);
    } else if (any_undefined(in, op->n_in)) {
        exact_set_undefined(&undefined);
        exact_germ_constant(out, &undefined);
    } else if (op->n_in == 2) {
        apply_two(env, op, out, x, y);
    } else if (op->prim == PRIM_neg) {
        Number minus = {0};
        exact_set_si(&minus, -1);
        exact_germ_scale(env, out, x, &minus, 0);
        exact_clear(&minus);
    } else if (op->prim == PRIM_abs) {
        with_sign(env, out, x, NULL);
    } else if (op->prim == PRIM_sign) {
        sign_of(env, out, x);
    } else if (op->prim == PRIM_stop_gradient) {
        exact_copy_germ(out, x);
    } else if (ir_prim(op->prim)->smoothness == SMOOTHNESS_STEP) {
        whole_part(env, op, out, x);
    } else {
        exact_germ_function(env, op->prim, op->attr, out, x);
    }
}

// A derivative of a branch that is not taken: zero times what need not be defined.
static bool is_linear_zero(const ExactOperation *op, const Germ *const *in) {
    if (!num_is_float(op->dtype) || (op->prim != PRIM_mul && op->prim != PRIM_div))
        return false;
    for (uint32_t i = 0; i < (op->prim == PRIM_mul ? 2 : 1); i++)
        if (in[i]->kind == GERM_CONSTANT && exact_is_zero(&in[i]->number) &&
            in[i]->number.flags & GERM_LINEAR)
            return true;
    return false;
}

static void apply_germ(ExactEnv *env, const ExactOperation *op, void *result,
                       const void *const *operands) {
    Germ *out = result;
    const Germ *in[3] = {NULL};
    for (uint32_t i = 0; i < op->n_in; i++)
        in[i] = operands[i];
    const bool compares = ir_prim(op->prim)->class == CLASS_COMPARE;
    const bool chooses = op->prim == PRIM_maximum || op->prim == PRIM_minimum;
    const ExactCause *cause = NULL;
    exact_clear_germ(out);
    if (op->prim == PRIM_select) {
        select_branch(env, out, in[0], in[1], in[2]);
    } else if (is_linear_zero(op, in)) {
        exact_germ_si(out, 0);
        out->number.flags = exact_germ_flags(in[0]) | exact_germ_flags(in[1]);
    } else if (has_unknown(in, op->n_in, &cause)) {
        if (num_is_float(op->dtype) && (compares || chooses))
            note(env, in[0], in[1], EXACT_UNSURE);
        out->cause = cause;
    } else if (compares && num_is_float(op->dtype)) {
        compare(env, op, out, in[0], in[1], true);
    } else if (chooses && num_is_float(op->dtype)) {
        choose(env, out, in[0], in[1], op->prim == PRIM_maximum ? 1 : -1);
    } else if (all_constant(in, op->n_in)) {
        apply_constants(env, op, out, in);
        out->id = ++env->ray->last_id;
    } else {
        const bool moves = op->prim == PRIM_convert || op->prim == PRIM_stop_gradient;
        apply_series(env, op, out, in);
        if (!moves) out->id = ++env->ray->last_id;
    }
}

static void clear_germ(void *value) {
    exact_clear_germ(value);
}
static void copy_germ(void *to, const void *from) {
    exact_copy_germ(to, from);
}
static void embed_germ(void *value, Number *number) {
    exact_germ_constant(value, number);
}
static const Number *constant_of_germ(const void *value) {
    static const Number unknown = {0};
    const Germ *germ = value;
    return germ->kind == GERM_CONSTANT ? &germ->number : &unknown;
}
// From control flow and indices: what they chose may jump.
static void add_germ_flags(void *value, uint8_t flags) {
    Germ *germ = value;
    uint8_t more = flags & (uint8_t)~NUMBER_BOUNDARY;
    if (flags & NUMBER_BOUNDARY) more |= GERM_CHOOSES | GERM_JUMPS;
    if (germ->kind == GERM_CONSTANT)
        germ->number.flags |= germ->number.kind == NUMBER_INTEGER ? flags | more : more;
    else
        germ->flags |= more;
}

const Interpretation exact_germs = {
    .size = sizeof(Germ),
    .clear = clear_germ,
    .copy = copy_germ,
    .embed = embed_germ,
    .constant = constant_of_germ,
    .add_flags = add_germ_flags,
    .apply = apply_germ,
};
