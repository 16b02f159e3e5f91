// What the tests of rules at points share: specs whose points are gone through, and for
// each call that they reach, run by the vm, whether T = R at order 1 and at order 2.
#ifndef TESTS_PAIRS_FIXTURE_H
#define TESTS_PAIRS_FIXTURE_H

#include "cggrad.h"
#include "exec/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MOST = 16, ELEMENTS = 64 };

static cg_context *cg;
static Arena *arena;

static inline int setup(void **state) {
    (void)state;
    cg = cg_new();
    arena = base_arena_new();
    return cg && arena ? 0 : -1;
}

static inline int teardown(void **state) {
    (void)state;
    cg_free(cg);
    base_arena_free(arena);
    return 0;
}

// -- running a plan -----------------------------------------------------------------

static inline double number(const cg_rule_array *like, const void *data, size_t i) {
    return like->dtype == CG_FLOAT32 ? (double)((const float *)data)[i]
                                     : ((const double *)data)[i];
}

// Something to put in for the linear parts: not zero, not symmetric.
static inline void fill(const cg_rule_array *like, void *data, unsigned seed) {
    for (size_t i = 0; i < like->size; i++) {
        const double x = sin(1.7 * (double)i + 2.3 * seed + 0.4) + 0.1 * seed;
        if (like->dtype == CG_FLOAT32)
            ((float *)data)[i] = (float)x;
        else
            ((double *)data)[i] = x;
    }
}

typedef struct Buffers {
    const void *in[4 * MOST];
    void *out[4 * MOST];
} Buffers;

static inline void *room(const cg_rule_array *like) {
    assert_in_range(like->size, 0, ELEMENTS);
    return base_alloc(arena, like->size * 8 + 8);
}

// The largest difference of T and R, relative to T; infinity where one is not finite alone.
static inline double compare(size_t n, const cg_rule_array *results, void *const *out) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < results[i].size; k++) {
            const double t = number(&results[i], out[i], k);
            const double r = number(&results[i], out[n + i], k);
            double apart = t == r || (isnan(t) && isnan(r)) ? 0 : fabs(t - r) / fabs(t);
            if (isnan(apart)) apart = INFINITY;
            if (apart > worst) worst = apart;
        }
    }
    return worst;
}

static inline double run(const cg_rule_call *call, struct Plan *plan, bool second) {
    const bool jvp = call->rule->is_jvp;
    const size_t n_linear = jvp ? call->n_x : call->n_outputs;
    const size_t n_results = jvp ? call->n_outputs : call->n_x;
    const cg_rule_array *linear = jvp ? call->x : call->outputs;
    const cg_rule_array *results = jvp ? call->outputs : call->x;
    Buffers b;
    size_t n = 0;
    for (; n < call->n_x + call->n_others; n++)
        b.in[n] = call->operands[n].data;
    for (size_t i = 0; i < n_linear; i++) {
        void *data = room(&linear[i]);
        fill(&linear[i], data, (unsigned)i);
        b.in[n++] = data;
    }
    for (size_t i = 0; second && i < n_results; i++) {
        void *data = room(&results[i]);
        fill(&results[i], data, 7 + (unsigned)i);
        b.in[n++] = data;
    }
    const size_t n_out = second ? call->n_x : n_results;
    const cg_rule_array *out = second ? call->x : results;
    const size_t n_values = call->n_outputs; // these come first
    for (size_t i = 0; i < n_values; i++)
        b.out[i] = room(&call->outputs[i]);
    for (size_t i = 0; i < 2 * n_out; i++)
        b.out[n_values + i] = room(&out[i % n_out]);
    ExecError error = {0};
    if (vm_run(plan, b.in, b.out, &error) != OK) return NAN;
    return compare(n_out, out, b.out + n_values);
}

// -- what is found ------------------------------------------------------------------

static inline const char *word(double apart, double allowed) {
    return isnan(apart) ? "fails" : apart <= allowed ? "equal" : "differ";
}

static inline void add_value(Text *out, const cg_value *value) {
    if (value->kind != CG_ARRAY) {
        base_text_char(out, value->kind == CG_RECORD ? '{' : '(');
        for (size_t i = 0; i < value->n; i++) {
            if (i) base_text_char(out, ' ');
            add_value(out, &value->parts[i]);
        }
        base_text_char(out, value->kind == CG_RECORD ? '}' : ')');
        return;
    }
    size_t size = 1;
    for (uint32_t i = 0; i < value->rank; i++)
        size *= (size_t)value->shape[i];
    if (value->rank) base_text_char(out, '[');
    for (size_t i = 0; i < size; i++) {
        char text[NUM_TEXT];
        const char *at = (const char *)value->data;
        const Dtype dtype = (Dtype)value->dtype;
        if (i) base_text_char(out, ' ');
        base_text_add(out,
                      (Str){text, num_print(dtype, at + i * num_dtype_size(dtype), text)});
    }
    if (value->rank) base_text_char(out, ']');
}

static inline void add_call(Text *out, const cg_rule_call *call) {
    const bool f32 = call->n_x && call->x && call->x[0].dtype == CG_FLOAT32;
    const double allowed = f32 ? 1e-4 : 1e-10;
    base_text_printf(out, "%s%s(", out->n ? "; " : "", call->rule->function);
    for (size_t i = 0; i < call->args.n; i++) {
        if (i) base_text_add(out, STR(", "));
        add_value(out, &call->args.at[i].value);
    }
    base_text_add(out, STR(") "));
    if (call->error) {
        base_text_printf(out, "%s", call->error->code);
        return;
    }
    if (!call->plan) {
        base_text_add(out, STR("none"));
        return;
    }
    struct Plan *second;
    const cg_diagnostic *why;
    base_text_add(out, base_str(word(run(call, call->plan, false), allowed)));
    if (cg_second_plan(cg, call, &second, &why) == CG_OK)
        base_text_printf(out, "/%s", word(run(call, second, true), 10 * allowed));
    else
        base_text_printf(out, "/%s", why->code);
}

// The words of a command as a shell has them, joined by newlines.
static inline char *words_of(const char *command) {
    static char words[4096];
    Text script = {.arena = arena};
    base_text_printf(&script, "printf '%%s\\n' %s", command);
    FILE *shell = popen(script.at, "r");
    assert_non_null(shell);
    const size_t n = fread(words, 1, sizeof words - 1, shell);
    words[n] = 0;
    assert_int_equal(pclose(shell), 0);
    return words;
}

// A command with -f and --at leads to a call of the same function at the same arguments.
static inline void check_command(cg_source spec, const cg_rule_call *call) {
    char *words = words_of(call->reproduce);
    char *function = strstr(words, "\n-f\n"), *at = strstr(words, "\n--at\n");
    if (!function || !at) return;
    function += 4;
    *at = 0;
    at += 6;
    at[strlen(at) - 1] = 0;
    const char *texts[] = {at};
    size_t point;
    cg_rule_calls calls;
    Text wanted = {.arena = arena}, got = {.arena = arena};
    for (size_t i = 0; i < call->args.n; i++)
        add_value(&wanted, &call->args.at[i].value);
    assert_int_equal(cg_add_point(cg, spec, function, 1, texts, &point), CG_OK);
    assert_int_equal(cg_reach_rules(cg, spec, point, &calls), CG_OK);
    if (calls.n == 0) return; // it is the very same call
    for (size_t i = 0; i < calls.at[0]->args.n; i++)
        add_value(&got, &calls.at[0]->args.at[i].value);
    assert_string_equal(got.at, wanted.at);
    assert_string_equal(calls.at[0]->rule->function, call->rule->function);
}

// The calls that the points of a spec reach, with T against R at order 1/order 2.
static inline const char *calls_of(const char *text) {
    cg_source spec;
    Text out = {.arena = arena};
    base_text_add(&out, STR(""));
    if (cg_load_bytes(cg, "s.yaml", text, strlen(text), CG_FORMAT_GUESS, &spec) != CG_OK) {
        print_error("%s\n", cg_diagnostics_text(cg, false));
        fail();
    }
    const size_t n = cg_point_count(cg, spec);
    VEC(const cg_rule_call *) all = {0};
    for (size_t i = 0; i < n; i++) {
        cg_rule_calls calls;
        if (cg_reach_rules(cg, spec, i, &calls) != CG_OK) return "failed";
        for (size_t k = 0; k < calls.n; k++) {
            add_call(&out, calls.at[k]);
            assert_true(VEC_PUSH(arena, &all, calls.at[k]));
        }
        if (calls.limit) base_text_add(&out, STR(" …"));
    }
    for (uint32_t i = 0; i < all.n; i++)
        check_command(spec, all.at[i]);
    return out.at;
}

typedef struct Row {
    const char *functions, *points, *calls;
} Row;

static inline void check_rows(size_t n, const Row *rows) {
    bool wrong = false;
    for (size_t i = 0; i < n; i++) {
        Text spec = {.arena = arena};
        base_text_printf(&spec, "version: 1\nfunctions:\n%s\npoints:\n%s\n",
                         rows[i].functions, rows[i].points);
        const char *got = calls_of(spec.at);
        if (strcmp(got, rows[i].calls) == 0) continue;
        wrong = true;
        print_error("%s\n%s\n  expected %s\n  got      %s\n%s\n", rows[i].functions,
                    rows[i].points, rows[i].calls, got, cg_diagnostics_text(cg, false));
    }
    assert_false(wrong);
}
#define CHECK_ROWS(rows) check_rows(sizeof(rows) / sizeof *(rows), (rows))

#endif
