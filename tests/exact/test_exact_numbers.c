// Numbers of the exact backend: what stays exact, what is flagged, what is not known and
// why.
#include "exec/exact/exact_round.h"
#include "exec/exact/exact_run.h"

#include "../unit/ir_fixture.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static ExactEnv env_of(slong precision) {
    return (ExactEnv){.precision = precision, .arena = arena, .prim = PRIM_add};
}

// A literal, which depends on an argument or not.
static Number number(const char *text, bool varies) {
    ExactEnv env = env_of(128);
    Number x = {0};
    exact_literal(&env, &x, base_str(text), DT_F64);
    if (varies) x.flags |= NUMBER_VARIES;
    return x;
}

typedef struct Case {
    Prim prim;
    const char *x, *y; // literals; NULL: none
    int64_t attr;
    NumberKind kind;
    const char *value; // of an exact result, or of a sign; NULL: not asked
    uint8_t flags;
} Case;

// Both operands vary.
static void check_case(const Case *c) {
    ExactEnv env = env_of(128);
    Number x = number(c->x, true), y = c->y ? number(c->y, true) : (Number){0}, out = {0};
    const Number *in[] = {&x, &y};
    const ExactOperation op = {c->prim, DT_F64, DT_F64, c->y ? 2 : 1, c->attr};
    exact_apply(&env, &op, &out, in);
    const char *name = ir_prim(c->prim)->name;
    if (out.kind != c->kind) fail_msg("%s(%s): kind %d", name, c->x, out.kind);
    if (out.flags != (c->flags | NUMBER_VARIES))
        fail_msg("%s(%s): flags %d", name, c->x, out.flags);
    if (c->value) {
        Number wanted = number(c->value, false);
        if (exact_compare(&env, &out, &wanted) != 0) fail_msg("%s(%s)", name, c->x);
        exact_clear(&wanted);
    }
    if (out.kind == NUMBER_UNKNOWN && !out.cause) fail_msg("%s(%s): no cause", name, c->x);
    exact_clear(&x);
    exact_clear(&y);
    exact_clear(&out);
}

static void exact_values(void **state) {
    (void)state;
    const Case cases[] = {
        {PRIM_add, "0.1", "0.2", 0, NUMBER_RATIONAL, "0.3", 0},
        {PRIM_sub, "pi", "3", 0, NUMBER_PI, NULL, 0},
        {PRIM_div, "pi", "pi", 0, NUMBER_RATIONAL, "1", 0},
        {PRIM_integer_pow, "1.1", NULL, 3, NUMBER_RATIONAL, "1.331", 0},
        {PRIM_integer_pow, "1.1", NULL, 100000, NUMBER_BALL, NULL, 0},
        {PRIM_sqrt, "6.25", NULL, 0, NUMBER_RATIONAL, "2.5", 0},
        {PRIM_sqrt, "2", NULL, 0, NUMBER_BALL, NULL, 0},
        {PRIM_cbrt, "-0.125", NULL, 0, NUMBER_RATIONAL, "-0.5", 0},
        {PRIM_pow, "32", "0.4", 0, NUMBER_RATIONAL, "4", 0},
        {PRIM_exp, "0", NULL, 0, NUMBER_RATIONAL, "1", 0},
        {PRIM_log, "1", NULL, 0, NUMBER_RATIONAL, "0", 0},
        {PRIM_log10, "0.001", NULL, 0, NUMBER_RATIONAL, "-3", 0},
        {PRIM_sin, "pi", NULL, 0, NUMBER_RATIONAL, "0", 0},
        {PRIM_cos, "pi", NULL, 0, NUMBER_RATIONAL, "-1", 0},
        {PRIM_arctan, "inf", NULL, 0, NUMBER_PI, NULL, 0},
        {PRIM_arcsin, "0.5", NULL, 0, NUMBER_PI, NULL, 0},
        {PRIM_floor, "pi", NULL, 0, NUMBER_RATIONAL, "3", 0},
        {PRIM_round, "-2.6", NULL, 0, NUMBER_RATIONAL, "-3", 0},
        {PRIM_rem, "-7.5", "2", 0, NUMBER_RATIONAL, "-1.5", 0},
        {PRIM_hypot, "0.3", "0.4", 0, NUMBER_RATIONAL, "0.5", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

static void boundaries_and_poles_are_flagged(void **state) {
    (void)state;
    const Case cases[] = {
        {PRIM_abs, "0", NULL, 0, NUMBER_RATIONAL, "0", NUMBER_BOUNDARY},
        {PRIM_sign, "0", NULL, 0, NUMBER_RATIONAL, "0", NUMBER_BOUNDARY},
        {PRIM_floor, "2", NULL, 0, NUMBER_RATIONAL, "2", NUMBER_BOUNDARY},
        {PRIM_floor, "2.5", NULL, 0, NUMBER_RATIONAL, "2", 0},
        {PRIM_round, "2.5", NULL, 0, NUMBER_RATIONAL, "2", NUMBER_BOUNDARY},
        {PRIM_maximum, "1", "1", 0, NUMBER_RATIONAL, "1", NUMBER_BOUNDARY},
        {PRIM_eq, "0.5", "0.5", 0, NUMBER_INTEGER, NULL, NUMBER_BOUNDARY},
        {PRIM_lt, "0.5", "0.6", 0, NUMBER_INTEGER, NULL, 0},
        {PRIM_sqrt, "0", NULL, 0, NUMBER_RATIONAL, "0", NUMBER_BOUNDARY},
        {PRIM_arcsin, "1", NULL, 0, NUMBER_PI, NULL, NUMBER_BOUNDARY},
        {PRIM_arctan2, "0", "-1", 0, NUMBER_PI, NULL, NUMBER_BOUNDARY},
        {PRIM_hypot, "0", "0", 0, NUMBER_RATIONAL, "0", NUMBER_BOUNDARY},
        {PRIM_log, "0", NULL, 0, NUMBER_INFINITE, "-inf",
         NUMBER_BOUNDARY | NUMBER_NOT_FINITE},
        {PRIM_log, "-1", NULL, 0, NUMBER_UNDEFINED, NULL, NUMBER_NOT_FINITE},
        {PRIM_div, "1", "0", 0, NUMBER_INFINITE, "inf", NUMBER_NOT_FINITE},
        {PRIM_div, "0", "0", 0, NUMBER_UNDEFINED, NULL, NUMBER_NOT_FINITE},
        {PRIM_lgamma, "-2", NULL, 0, NUMBER_INFINITE, "inf",
         NUMBER_BOUNDARY | NUMBER_NOT_FINITE},
        {PRIM_pow, "0", "0.5", 0, NUMBER_RATIONAL, "0", NUMBER_BOUNDARY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

// A ball of width 2^-20 around a literal.
static Number ball_around(const char *text) {
    ExactEnv env = env_of(128);
    Number x = number(text, true), ball = {0};
    arb_t room;
    arb_init(room);
    arb_set(exact_make_ball(&ball), exact_ball(&x, room, env.precision));
    arb_add_error_2exp_si(&ball.ball, -20);
    ball.flags = x.flags;
    arb_clear(room);
    exact_clear(&x);
    return ball;
}

static void what_a_ball_cannot_say(void **state) {
    (void)state;
    const struct {
        Prim prim;
        const char *x, *reason;
    } cases[] = {
        {PRIM_sqrt, "0", "its argument cannot be told from the end of its domain"},
        {PRIM_arcsin, "1", "its argument cannot be told from the end of its domain"},
        {PRIM_log, "0", "its argument cannot be told from the end of its domain"},
        {PRIM_digamma, "-3", "its argument cannot be told from a pole"},
        {PRIM_floor, "3", "its argument may be where it jumps"},
        {PRIM_sign, "0", "its argument cannot be told from 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ExactEnv env = env_of(128);
        Number x = ball_around(cases[i].x), out = {0};
        const Number *in[] = {&x};
        const ExactOperation op = {cases[i].prim, DT_F64, DT_F64, 1, 0};
        exact_apply(&env, &op, &out, in);
        assert_non_null(out.cause);
        assert_string_equal(out.cause->reason, cases[i].reason);
        double element;
        assert_int_equal(exact_round(&env, &out, DT_F64, &element), UNDECIDED);
        exact_clear(&x);
        exact_clear(&out);
    }
}

// The flags of the branch that is not taken do not count; an unknown condition is a hull.
static void select_takes_one_branch(void **state) {
    (void)state;
    ExactEnv env = env_of(128);
    Number taken = number("1", true), other = number("2", true), c = {0}, out = {0};
    other.flags |= NUMBER_BOUNDARY;
    exact_set_integer(&c, 1);
    const Number *in[] = {&c, &taken, &other};
    const ExactOperation op = {PRIM_select, DT_F64, DT_F64, 3, 0};
    exact_apply(&env, &op, &out, in);
    assert_int_equal(out.kind, NUMBER_RATIONAL);
    assert_int_equal(out.flags, NUMBER_VARIES);
    exact_set_unknown(&env, &c, "why");
    exact_apply(&env, &op, &out, in);
    assert_int_equal(out.kind, NUMBER_BALL);
    assert_int_equal(out.flags, NUMBER_VARIES | NUMBER_BOUNDARY | NUMBER_HULL);
    assert_string_equal(out.cause->reason, "why");
    exact_copy(&other, &taken);
    exact_apply(&env, &op, &out, in); // equal branches need no condition
    assert_int_equal(out.kind, NUMBER_RATIONAL);
    exact_clear(&taken);
    exact_clear(&other);
    exact_clear(&out);
}

static void the_same_number_twice(void **state) {
    (void)state;
    ExactEnv env = env_of(128);
    Number x = ball_around("3"), out = {0};
    const Number *in[] = {&x, &x};
    const struct {
        Prim prim;
        const char *value;
    } cases[] = {{PRIM_sub, "0"}, {PRIM_div, "1"}};
    for (size_t i = 0; i < 2; i++) {
        const ExactOperation op = {cases[i].prim, DT_F64, DT_F64, 2, 0};
        Number wanted = number(cases[i].value, false);
        exact_apply(&env, &op, &out, in);
        assert_int_equal(exact_compare(&env, &out, &wanted), 0);
        exact_clear(&wanted);
    }
    exact_clear(&x);
    exact_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(exact_values),           TEST(boundaries_and_poles_are_flagged),
        TEST(what_a_ball_cannot_say), TEST(select_takes_one_branch),
        TEST(the_same_number_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
