// Expansions along rays: first derivatives by (f(x + t) - f(x)) / t, leading terms at the
// ends of domains, what tends to infinity, what cannot be followed.
#include "exec/exact/exact_germ.h"

#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct Fixture {
    GermRay ray;
    ExactEnv env;
} Fixture;

static int begin(void **state) {
    static Fixture f;
    exact_use_own_memory();
    if (!exact_lay_in_reserve()) return -1;
    f = (Fixture){.ray = {.most_terms = 6},
                  .env = {.precision = 128, .arena = base_arena_new()}};
    f.env.ray = &f.ray;
    *state = &f;
    return f.env.arena ? 0 : -1;
}

static int end(void **state) {
    const Fixture *f = *state;
    exact_give_back_reserve();
    base_arena_free(f->env.arena);
    return 0;
}

static void set_line(Fixture *f, Germ *germ, double x, double v) {
    Number at = {0}, speed = {0};
    exact_load(&at, DT_F64, &x);
    exact_load(&speed, DT_F64, &v);
    exact_set_ray(&f->env, germ, &at, &speed);
    exact_clear(&at);
    exact_clear(&speed);
}

static void apply(Fixture *f, Prim prim, int64_t attr, Germ *out, const Germ *x,
                  const Germ *y) {
    const ExactOperation op = {prim, DT_F64, DT_F64, y ? 2 : 1, attr};
    exact_germs.apply(&f->env, &op, out, (const void *[]){x, y});
}

// NaN: undefined; 7e77: unknown.
static double limit_of(Fixture *f, const Germ *germ) {
    Number limit = {0};
    exact_limit_of(&f->env, germ, &limit);
    const double value =
        limit.kind == NUMBER_UNKNOWN ? 7e77 : exact_nearest_double(&f->env, &limit);
    exact_clear(&limit);
    return value;
}

static void assert_near(const char *what, double value, double expected) {
    const bool near = isnan(expected) ? (bool)isnan(value)
                      : isinf(expected)
                          ? value == expected
                          : fabs(value - expected) <= 1e-14 * (1 + fabs(expected));
    if (!near) fail_msg("%s: %.17g, not %.17g", what, value, expected);
}

// -- derivatives ----------------------------------------------------------------------

typedef struct Slope {
    Prim prim;
    double x, slope;
} Slope;

static void test_slopes(void **state) {
    static const Slope slopes[] = {
        {PRIM_exp, 0, 1},
        {PRIM_exp2, 0, 0.69314718055994531},
        {PRIM_expm1, 0, 1},
        {PRIM_log, 2, 0.5},
        {PRIM_log2, 1, 1.4426950408889634},
        {PRIM_log10, 1, 0.43429448190325182},
        {PRIM_log1p, 0, 1},
        {PRIM_sin, 0, 1},
        {PRIM_cos, 0, 0},
        {PRIM_tan, 0, 1},
        {PRIM_sin, 0.5, 0.87758256189037271},
        {PRIM_cos, 0.5, -0.47942553860420301},
        {PRIM_tan, 0.5, 1.2984464104095248},
        {PRIM_arcsin, 0.5, 1.1547005383792517},
        {PRIM_arccos, 0.5, -1.1547005383792517},
        {PRIM_arctan, 2, 0.2},
        {PRIM_sinh, 0, 1},
        {PRIM_cosh, 0, 0},
        {PRIM_tanh, 0, 1},
        {PRIM_tanh, 0.5, 0.78644773296592741},
        {PRIM_arcsinh, 0, 1},
        {PRIM_arccosh, 2, 0.57735026918962573},
        {PRIM_arctanh, 0.5, 1.3333333333333333},
        {PRIM_erf, 0, 1.1283791670955126},
        {PRIM_erfc, 0, -1.1283791670955126},
        {PRIM_lgamma, 1, -0.57721566490153287},
        {PRIM_digamma, 1, 1.6449340668482264},
        {PRIM_sqrt, 4, 0.25},
        {PRIM_rsqrt, 4, -0.0625},
        {PRIM_cbrt, -8, 0.083333333333333329},
        {PRIM_abs, -3, -1},
        {PRIM_abs, 0, 1},
        {PRIM_neg, 3, -1},
    };
    Fixture *f = *state;
    for (size_t i = 0; i < sizeof slopes / sizeof *slopes; i++) {
        Germ x = {0}, y = {0}, zero = {0}, at = {0}, t = {0}, slope = {0};
        set_line(f, &x, slopes[i].x, 1);
        set_line(f, &zero, slopes[i].x, 0);
        set_line(f, &t, 0, 1);
        apply(f, slopes[i].prim, 0, &y, &x, NULL);
        apply(f, slopes[i].prim, 0, &at, &zero, NULL);
        apply(f, PRIM_sub, 0, &slope, &y, &at);
        // What a ball leaves at t = 0 is no term, by the function's continuity.
        if (slope.kind == GERM_SERIES && slope.n && slope.terms[0].e == 0) {
            exact_clear(&slope.terms[0].c);
            slope.n--;
            memmove(slope.terms, slope.terms + 1, slope.n * sizeof *slope.terms);
        }
        apply(f, PRIM_div, 0, &y, &slope, &t);
        assert_near(ir_prim(slopes[i].prim)->name, limit_of(f, &y), slopes[i].slope);
        Germ *const all[] = {&x, &y, &zero, &at, &t, &slope};
        for (size_t k = 0; k < 6; k++)
            exact_clear_germ(all[k]);
    }
}

// -- ends of domains --------------------------------------------------------------------

// f(x + v t) / t^power
typedef struct Edge {
    Prim prim;
    double x, v, power, limit;
} Edge;

static void test_edges(void **state) {
    static const Edge edges[] = {
        {PRIM_sqrt, 0, 4, 0.5, 2},
        {PRIM_sqrt, 0, -1, 0.5, NAN},
        {PRIM_rsqrt, 0, 1, -0.5, 1},
        {PRIM_cbrt, 0, -8, 1. / 3, -2},
        {PRIM_arccos, 1, -1, 0.5, 1.4142135623730951},
        {PRIM_arccos, 1, 1, 0.5, NAN},
        {PRIM_arccosh, 1, 1, 0.5, 1.4142135623730951},
        {PRIM_log, 0, 1, 0, -INFINITY},
        {PRIM_log, 0, -1, 0, NAN},
        {PRIM_arctanh, 1, -1, 0, INFINITY},
        {PRIM_sign, 0, -1, 0, -1},
        {PRIM_floor, 2, -1, 0, 1},
        {PRIM_floor, 2, 1, 0, 2},
        {PRIM_round, 2.5, 1, 0, 3},
        {PRIM_abs, 0, -2, 1, 2},
    };
    Fixture *f = *state;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        Germ x = {0}, y = {0}, t = {0}, power = {0}, scale = {0};
        set_line(f, &x, edges[i].x, edges[i].v);
        set_line(f, &t, 0, 1);
        apply(f, edges[i].prim, 0, &y, &x, NULL);
        if (edges[i].power != 0) {
            const int halves = edges[i].power * 6 > 0 ? (int)(edges[i].power * 6 + 0.5)
                                                      : (int)(edges[i].power * 6 - 0.5);
            Number sixths = {0};
            fmpq_set_si(exact_make_rational(&sixths), halves, 6);
            fmpq_canonicalise(&sixths.rational);
            exact_germ_constant(&power, &sixths);
            apply(f, PRIM_pow, 0, &scale, &t, &power);
            apply(f, PRIM_div, 0, &x, &y, &scale);
            exact_copy_germ(&y, &x);
        }
        assert_near(ir_prim(edges[i].prim)->name, limit_of(f, &y), edges[i].limit);
        Germ *const all[] = {&x, &y, &t, &power, &scale};
        for (size_t k = 0; k < 5; k++)
            exact_clear_germ(all[k]);
    }
}

// -- far out ----------------------------------------------------------------------------

// f(1 / x) * x^power along x = v t.
typedef struct Far {
    Prim prim;
    double v;
    int64_t power;
    double limit;
} Far;

static void test_far_out(void **state) {
    static const Far rows[] = {
        {PRIM_arctan, 1, 0, 1.5707963267948966},
        {PRIM_arctan, -1, 0, -1.5707963267948966},
        {PRIM_tanh, -1, 0, -1},
        {PRIM_erf, 1, 0, 1},
        {PRIM_erfc, -1, 0, 2},
        {PRIM_exp, -1, -5, 0},
        {PRIM_exp, 1, 5, 7e77},
        {PRIM_sin, 1, 0, 7e77},
        {PRIM_sin, 1, 1, 0},
        {PRIM_log, 1, 0, INFINITY},
        {PRIM_log, 1, 1, 0},
        {PRIM_sqrt, 1, 1, 0},
        {PRIM_arcsinh, 1, 1, 0},
    };
    Fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Germ x = {0}, inverse = {0}, y = {0}, power = {0}, product = {0};
        set_line(f, &x, 0, rows[i].v);
        apply(f, PRIM_integer_pow, -1, &inverse, &x, NULL);
        apply(f, rows[i].prim, 0, &y, &inverse, NULL);
        apply(f, PRIM_integer_pow, rows[i].power, &power, &x, NULL);
        apply(f, PRIM_mul, 0, &product, &y, &power);
        assert_near(ir_prim(rows[i].prim)->name, limit_of(f, rows[i].power ? &product : &y),
                    rows[i].limit);
        Germ *const all[] = {&x, &inverse, &y, &power, &product};
        for (size_t k = 0; k < 5; k++)
            exact_clear_germ(all[k]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_slopes, begin, end),
        cmocka_unit_test_setup_teardown(test_edges, begin, end),
        cmocka_unit_test_setup_teardown(test_far_out, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
