// One element of an elementwise primitive: integers by the vm's own kernels, floats by
// those of numbers; and what every operation passes on.
#include "exec/exact/exact_kernels.h"
#include "exec/vm/kernels.h"

// -- floats -------------------------------------------------------------------------

#define K(name)         exact_map_##name
#define ADMIT_F(kernel) kernel
#define ADMIT_I(kernel) NULL
#define ADMIT_N(kernel) kernel
#define ADMIT_A(kernel) kernel
#define IN_MAP(...)     __VA_ARGS__
#define IN_COMPARE(...) __VA_ARGS__
#define IN_REDUCE(...)

static NumberKernel *const kernels[PRIM_COUNT] = {
#include "exec/vm/rows.inc"
};

// -- integers -----------------------------------------------------------------------

static void store(void *element, Dtype dtype, int64_t value) {
    switch (dtype) {
    case DT_BOOL:
        memcpy(element, &(uint8_t){(uint8_t)value}, sizeof(uint8_t));
        break;
    case DT_I32:
        memcpy(element, &(int32_t){(int32_t)value}, sizeof(int32_t));
        break;
    default:
        memcpy(element, &value, sizeof value);
        break;
    }
}

// A bit that decides alone what `and` and `or` give.
static bool is_decided(const ExactOperation *op, const Number *x) {
    if (x->kind != NUMBER_INTEGER || op->dtype != DT_BOOL) return false;
    return (op->prim == PRIM_bit_and || op->prim == PRIM_minimum)  ? x->integer == 0
           : (op->prim == PRIM_bit_or || op->prim == PRIM_maximum) ? x->integer == 1
                                                                   : false;
}

// All operands known: as the vm computes it. An unknown one makes the result unknown.
static void apply_integers(const ExactOperation *op, Number *out, const Number *const *in) {
    int64_t elements[3] = {0}, result = 0; // aligned for every dtype
    const void *operands[3] = {&elements[0], &elements[1], &elements[2]};
    const ExactCause *cause = NULL;
    bool known = true;
    for (uint32_t i = 0; i < op->n_in; i++) {
        if (is_decided(op, in[i])) {
            exact_set_integer(out, in[i]->integer);
            return;
        }
        known = known && in[i]->kind == NUMBER_INTEGER;
        if (!cause && in[i]->kind != NUMBER_INTEGER) cause = in[i]->cause;
        store(&elements[i], op->dtype, in[i]->integer);
    }
    if (!known) {
        out->cause = cause;
        return;
    }
    vm_kernels[op->dtype]->map[op->prim](1, &result, operands, op->attr);
    exact_load(out, op->out_dtype, &result);
}

// -- convert ------------------------------------------------------------------------

static void from_integer(Number *out, const Number *x, const ExactOperation *op) {
    if (x->kind != NUMBER_INTEGER) {
        exact_copy(out, x);
    } else if (num_is_float(op->out_dtype)) {
        exact_set_si(out, x->integer);
    } else {
        apply_integers(op, out, &x);
    }
}

// Cut towards zero, saturating.
static void to_integer(ExactEnv *env, Number *out, const Number *x, Dtype dtype) {
    const bool wide = dtype == DT_I64;
    const int64_t most = wide ? INT64_MAX : INT32_MAX, least = -most - 1;
    Number whole = {0};
    exact_whole(env, &whole, x, exact_trunc_of);
    out->flags = whole.flags;
    if (whole.kind == NUMBER_RATIONAL) {
        const fmpz *n = fmpq_numref(&whole.rational);
        const bool fits = fmpz_fits_si(n);
        const int64_t value = fits ? fmpz_get_si(n) : fmpz_sgn(n) < 0 ? least : most;
        const uint8_t flags = out->flags;
        exact_set_integer(out, value < least ? least : value > most ? most : value);
        out->flags = flags;
    } else if (whole.kind == NUMBER_INFINITE) {
        exact_set_integer(out, whole.sign < 0 ? least : most);
    } else if (whole.kind == NUMBER_UNDEFINED) {
        exact_set_integer(out, 0);
    } else {
        out->cause = whole.cause;
    }
    exact_clear(&whole);
}

static void convert(ExactEnv *env, const ExactOperation *op, Number *out, const Number *x) {
    if (!num_is_float(op->dtype)) {
        from_integer(out, x, op);
    } else if (num_is_float(op->out_dtype)) {
        exact_copy(out, x); // a real number has no dtype
    } else if (op->out_dtype == DT_BOOL) {
        Number zero = {0};
        exact_set_si(&zero, 0);
        exact_map_ne(env, out, (const Number *[]){x, &zero}, 0);
        exact_clear(&zero);
    } else {
        to_integer(env, out, x, op->out_dtype);
    }
}

// -- select -------------------------------------------------------------------------

// An unknown predicate leaves both.
static void choose(ExactEnv *env, Number *out, const Number *const *in) {
    const Number *condition = in[0];
    if (condition->kind == NUMBER_INTEGER) {
        exact_copy(out, condition->integer ? in[1] : in[2]);
    } else {
        const ExactCause *cause = condition->cause
                                      ? condition->cause
                                      : exact_cause(env, "its condition is not known");
        exact_set_hull(env, out, in[1], in[2], cause);
    }
    out->flags |= condition->flags;
}

// -- all ----------------------------------------------------------------------------

// What operands leave with a result.
static void pass_on(const ExactOperation *op, Number *out, const Number *const *in) {
    uint8_t flags = 0;
    const bool open = out->kind == NUMBER_BALL || out->kind == NUMBER_UNKNOWN;
    for (uint32_t i = 0; i < op->n_in; i++) {
        flags |= in[i]->flags;
        if (open && in[i]->cause && exact_is_real(in[i])) out->cause = in[i]->cause;
    }
    out->flags |= flags;
    const bool finite = out->kind != NUMBER_INFINITE && out->kind != NUMBER_UNDEFINED;
    if (!finite && flags & NUMBER_VARIES) out->flags |= NUMBER_NOT_FINITE;
}

// -- scripts ------------------------------------------------------------------------

// Whether the outcome was read from a script.
static bool replay(ExactEnv *env, Number *out) {
    ExactScript *script = env->script;
    if (!script || !script->replay) return false;
    const int8_t outcome = script->next < script->at.n ? script->at.at[script->next++] : -1;
    if (outcome < 0)
        script->lost = true;
    else
        exact_set_integer(out, outcome);
    return true;
}

static void record(ExactEnv *env, const Number *out) {
    ExactScript *script = env->script;
    if (!script || script->replay) return;
    const int8_t outcome = out->kind == NUMBER_INTEGER ? (int8_t)out->integer : -1;
    if (!VEC_PUSH(env->arena, &script->at, outcome)) env->no_memory = true;
}

void exact_apply(ExactEnv *env, const ExactOperation *op, Number *out,
                 const Number *const *in) {
    const bool compares =
        ir_prim(op->prim)->class == CLASS_COMPARE && num_is_float(op->dtype);
    exact_clear(out);
    if (compares && replay(env, out)) return;
    if (op->prim == PRIM_select) {
        choose(env, out, in);
        return;
    }
    if (op->prim == PRIM_convert)
        convert(env, op, out, in[0]);
    else if (num_is_float(op->dtype))
        kernels[op->prim](env, out, in, op->attr);
    else
        apply_integers(op, out, in);
    pass_on(op, out, in);
    if (compares) record(env, out);
}
