// Where digits are lost: every number beside what a machine would make of it, one rounding
// an operation. An operation behind which the relative error is far larger than that of its
// operands is ill-conditioned there; of those on the way to a result the worst is blamed.
#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_memory.h"
#include "exec/exact/exact_round.h"

#include <math.h>

enum { BITS = 512 };
static const double FINE = 16; // an error, in ulps, that needs no explanation

typedef struct Shadow {
    Number exact, machine;
    double error;  // of machine, relative, in ulps
    double growth; // the largest of an operation on the way
    Span place;    // that operation's
} Shadow;

static void clear_shadow(void *value) {
    Shadow *shadow = value;
    exact_clear(&shadow->exact);
    exact_clear(&shadow->machine);
    *shadow = (Shadow){0};
}

static void copy_shadow(void *to, const void *from) {
    Shadow *out = to;
    const Shadow *in = from;
    exact_copy(&out->exact, &in->exact);
    exact_copy(&out->machine, &in->machine);
    out->error = in->error;
    out->growth = in->growth;
    out->place = in->place;
}

static void embed_shadow(void *value, Number *number) {
    Shadow *shadow = value;
    clear_shadow(shadow);
    exact_swap(&shadow->exact, number);
    exact_copy(&shadow->machine, &shadow->exact);
}

static const Number *constant_shadow(const void *value) {
    return &((const Shadow *)value)->exact;
}

static void add_shadow_flags(void *value, uint8_t flags) {
    ((Shadow *)value)->exact.flags |= flags;
}

// Makes a number one of its dtype.
static void round_to(const ExactEnv *env, Number *x, Dtype dtype) {
    double element; // room for either
    if (!num_is_float(dtype) || x->kind == NUMBER_UNKNOWN) return;
    if (exact_round(env, x, dtype, &element) == UNDECIDED) return;
    exact_clear(x);
    exact_load(x, dtype, &element);
}

// |machine - exact| / |exact| in units of the dtype's epsilon.
static double error_of(ExactEnv *env, const Shadow *shadow, Dtype dtype) {
    const ExactOperation sub = {PRIM_sub, DT_F64, DT_F64, 2, 0};
    const Number *exact = &shadow->exact, *machine = &shadow->machine;
    if (!num_is_float(dtype) || !exact_is_real(exact)) return 0;
    if (!exact_is_real(machine)) return (double)INFINITY;
    Number difference = {0};
    arb_t room;
    mag_t distance, size;
    arb_init(room);
    mag_init(distance);
    mag_init(size);
    exact_apply(env, &sub, &difference, (const Number *[]){machine, exact});
    arb_get_mag(distance, exact_ball(&difference, room, env->precision));
    arb_get_mag_lower(size, exact_ball(exact, room, env->precision));
    const bool none = mag_is_zero(distance);
    mag_div(distance, distance, size);
    const double error = none ? 0 : mag_get_d(distance);
    mag_clear(distance);
    mag_clear(size);
    arb_clear(room);
    exact_clear(&difference);
    return ldexp(error, dtype == DT_F32 ? 24 : 53);
}

// The operand whose error counts: the largest of those that are taken.
static const Shadow *carrier(const ExactOperation *op, const Shadow *const *in) {
    const Shadow *worst = in[0];
    if (op->prim == PRIM_select && in[0]->exact.kind == NUMBER_INTEGER)
        return in[0]->exact.integer ? in[1] : in[2];
    for (uint32_t i = 1; i < op->n_in; i++)
        if (in[i]->error > worst->error) worst = in[i];
    return worst;
}

static void blame(const ExactEnv *env, Shadow *out, const Shadow *from) {
    if (out->error <= FINE) return;
    const double growth = out->error / fmax(from->error, 1);
    out->growth = from->growth;
    out->place = from->place;
    if (!(growth > from->growth)) return;
    out->growth = growth;
    out->place = env->span;
}

static void apply_shadow(ExactEnv *env, const ExactOperation *op, void *result,
                         const void *const *in) {
    const Number *exact[3] = {NULL}, *machine[3] = {NULL};
    const Shadow *operands[3] = {NULL};
    Shadow rounded[3] = {0}, *out = result;
    for (uint32_t i = 0; i < op->n_in; i++) {
        operands[i] = &rounded[i];
        copy_shadow(&rounded[i], in[i]); // a literal was not rounded yet
        if (op->prim != PRIM_select || i > 0) round_to(env, &rounded[i].machine, op->dtype);
        exact[i] = &rounded[i].exact;
        machine[i] = &rounded[i].machine;
    }
    clear_shadow(out);
    exact_apply(env, op, &out->exact, exact);
    exact_apply(env, op, &out->machine, machine);
    round_to(env, &out->machine, op->out_dtype);
    out->error = error_of(env, out, op->out_dtype);
    blame(env, out, carrier(op, operands));
    for (uint32_t i = 0; i < op->n_in; i++)
        clear_shadow(&rounded[i]);
}

static const Interpretation shadows = {
    .size = sizeof(Shadow),
    .clear = clear_shadow,
    .copy = copy_shadow,
    .embed = embed_shadow,
    .constant = constant_shadow,
    .add_flags = add_shadow_flags,
    .apply = apply_shadow,
};

Status exact_find_loss(const ExactPair *pair, const ExactTerm *term, bool of_rule,
                       Span *place, ExecError *error) {
    Pass pass;
    const PassAt at = {.kind = &shadows, .precision = BITS};
    const uint32_t g = exact_number_of_g(pair, term->linear, term->linear_element);
    *place = NO_SPAN;
    if (!exact_lay_in_reserve()) return NOMEM;
    Status status = exact_pass_at_unit(pair, &at, g, &pass);
    if (status == FAILED) *error = pass.error;
    if (status == OK && pass.ran) {
        const uint32_t output = exact_output_of(pair, term->result, of_rule);
        const Shadow *found = exact_output(&pass, output, term->result_element);
        *place = found->place;
    }
    exact_end_pass(&pass);
    if (exact_is_out_of_memory()) status = NOMEM;
    exact_give_back_reserve();
    return status == FAILED ? OK : status; // it cannot be evaluated: none stands out
}
