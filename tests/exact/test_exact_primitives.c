// The law suite of the exact backend: for every primitive and its derivatives, exact
// numbers and the vm alike; balls hold the long double value, and those of higher
// precision.
#include "exec/exact.h"
#include "exec/exact/exact_run.h"

#include "../laws/primitive_rows.h"

#include <stdio.h>

const ExactBackend *exact_backend(void);

enum { ROUNDS = 12 };

static uint64_t random_state = 1;
static double random_in(double low, double high) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(random_state >> 11) * 0x1p-53;
}

static void *random_array(const Type *type, double low, double high) {
    void *at = base_alloc(arena, bytes_of(type));
    for (int64_t i = 0; i < type->size; i++) {
        const double x = random_in(low, high);
        if (type->dtype == DT_BOOL) ((uint8_t *)at)[i] = random_in(0, 1) < 0.5;
        if (type->dtype == DT_I64) ((int64_t *)at)[i] = (int64_t)floor(x);
        if (type->dtype == DT_F32) ((float *)at)[i] = (float)x;
        if (type->dtype == DT_F64) ((double *)at)[i] = x;
    }
    return at;
}

// -- whole graphs -------------------------------------------------------------------

static void run_exact(Plan *plan, const Graph *g, void *const *in, void **out) {
    ExactArray inputs[8], outputs[8];
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const Type *type = input_type(g, i);
        inputs[i] = (ExactArray){(Dtype)type->dtype, type->size, in[i], NULL};
    }
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const Type *type = output_type(g, i);
        out[i] = base_alloc(arena, bytes_of(type));
        outputs[i] = (ExactArray){(Dtype)type->dtype, type->size, out[i], NULL};
    }
    ExecError error = {0};
    const ExactRequest request = {.plan = plan,
                                  .n_inputs = g->n_inputs,
                                  .n_outputs = g->n_outputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .arena = arena};
    const Status status = exact_backend()->evaluate(&request, &error);
    if (status != OK) fail_msg("exact: %s", error.message ? error.message : "no memory");
}

// The exact result, and the vm's within some ulps, or within what small numbers may lose.
static void compare(const char *law, uint32_t mask, const Graph *g, void *const *in,
                    double scale) {
    void *machine[8], *exact[8];
    Plan *plan = plan_of(g);
    run(plan, g, in, machine);
    run_exact(plan, g, in, exact);
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const Type *type = output_type(g, i);
        const double eps = type->dtype == DT_F32 ? 0x1p-23 : 0x1p-52;
        for (int64_t k = 0; k < type->size; k++) {
            const double x = element(type, machine[i], k), y = element(type, exact[i], k);
            const double off = is_float(type) ? 64 * eps * (fabs(y) + scale) : 0;
            const bool near = isfinite(x) && isfinite(y) && fabs(x - y) <= off;
            if (!same(x, y) && !near) differs(law, mask, x, y);
        }
    }
}

// How large a derivative may be against which an error counts.
static double scale_of(const Row *row) {
    return row->known == BY_KERNEL ? 16 : 1;
}

static void exact_and_vm_alike(void **state) {
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const Row *row = row_now = &rows[r];
        const Graph *g = graph_of(row);
        const uint32_t mask = float_mask(g);
        for (int round = 0; round < ROUNDS; round++) {
            void *in[2 * MAX_IN + 1];
            uint32_t n = g->n_inputs;
            for (uint32_t i = 0; i < n; i++)
                in[i] = random_array(input_type(g, i), row->range[i][0], row->range[i][1]);
            compare("value", 0, g, in, scale_of(row));
            if (row->known == AS_ZERO || !mask) continue;
            const Derived j = jvp_of(g, mask);
            for (uint32_t i = g->n_inputs; i < j.g->n_inputs; i++)
                in[i] = random_array(input_type(j.g, i), -1, 1);
            compare("jvp", mask, j.g, in, scale_of(row));
            const Derived v = vjp_of(g, mask, first);
            in[g->n_inputs] = random_array(input_type(v.g, g->n_inputs), -1, 1);
            compare("vjp", mask, v.g, in, scale_of(row));
        }
    }
}

// -- elementwise, at special points -------------------------------------------------

static const double special[] = {0,      1,       -1,    0.5,  -0.5,     2,         -2,
                                 3,      -2.5,    0.3,   1e20, -1e20,    1e-300,    -1e-300,
                                 1e300,  -1e300,  30.25, 710,  INFINITY, -INFINITY, NAN,
                                 5e-324, DBL_MAX, -0.3,  -3,   -4,       4,         0.25};
enum { SPECIALS = sizeof special / sizeof *special };

static bool is_map(const Row *row) {
    const PrimInfo *info = ir_prim(row->prim);
    return (info->class == CLASS_MAP || info->class == CLASS_COMPARE) &&
           row->in[0][0] != 'b' && row->in[0][0] != 'i';
}

static void special_points(void **state) {
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const Row *row = row_now = &rows[r];
        if (!is_map(row)) continue;
        Row all = *row;
        char n[12];
        snprintf(n, sizeof n, "%d", SPECIALS * SPECIALS);
        double *x = base_alloc(arena, SPECIALS * SPECIALS * sizeof *x);
        double *y = base_alloc(arena, SPECIALS * SPECIALS * sizeof *y);
        for (int i = 0; i < SPECIALS * SPECIALS; i++) {
            x[i] = special[i % SPECIALS];
            y[i] = special[i / SPECIALS];
        }
        all.in[0] = n;
        if (row->in[1]) all.in[1] = n;
        compare("special point", 0, graph_of(&all), (void *[]){x, y}, 0x1p-6);
    }
}

// -- balls --------------------------------------------------------------------------

static void apply_at(const Row *row, slong precision, const double *x, Number *out) {
    Number operands[2] = {0};
    const Number *in[2] = {&operands[0], &operands[1]};
    uint32_t n = 0;
    for (; n < 2 && row->in[n]; n++)
        exact_load(&operands[n], DT_F64, &x[n]);
    ExactEnv env = {.precision = precision, .arena = arena, .prim = row->prim};
    const ExactOperation op = {row->prim, DT_F64, DT_F64, n,
                               row->n_attr ? row->attr[0] : 0};
    exact_apply(&env, &op, out, in);
    exact_clear(&operands[0]);
    exact_clear(&operands[1]);
}

// The distance of a long double from the middle of a ball, as a double.
static double distance(const arb_struct *ball, long double x) {
    arf_t high, low;
    arf_init(high);
    arf_init(low);
    const double leading = (double)x;
    arf_set_d(high, leading);
    arf_set_d(low, (double)(x - (long double)leading));
    arf_add(high, high, low, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_sub(high, high, arb_midref(ball), 64, ARF_RND_UP);
    const double d = fabs(arf_get_d(high, ARF_RND_UP));
    arf_clear(high);
    arf_clear(low);
    return d;
}

static void balls_hold(const Row *row, const double *x, long double reference) {
    Number coarse = {0}, fine = {0};
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    apply_at(row, 64, x, &coarse);
    apply_at(row, 256, x, &fine);
    if (!exact_is_real(&coarse) || !exact_is_real(&fine))
        fail_msg("%s is not real", ir_prim(row->prim)->name);
    const arb_struct *p = exact_ball(&coarse, a, 64), *q = exact_ball(&fine, b, 256);
    if (!arb_contains(p, q)) differs("a ball in a ball of 64 bits", 0, x[0], x[1]);
    const double size = fabs((double)reference) + 4; // what may cancel within a function
    if (!(distance(q, reference) <= 64 * (double)LDBL_EPSILON * size))
        differs("the long double value", 0, x[0], (double)reference);
    arb_clear(a);
    arb_clear(b);
    exact_clear(&coarse);
    exact_clear(&fine);
}

static void balls_hold_values(void **state) {
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const Row *row = row_now = &rows[r];
        if (!is_map(row)) continue;
        for (int round = 0; round < 40 * ROUNDS; round++) {
            double x[2];
            long double in[2], reference;
            for (int i = 0; i < 2; i++)
                in[i] = x[i] = random_in(row->range[i][0], row->range[i][1]);
            if (vm_reference(row->prim, in, row->attr, &reference))
                balls_hold(row, x, reference);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(exact_and_vm_alike),
        TEST(special_points),
        TEST(balls_hold_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
