// Running trials, and comparing what their points give.
#include "law_spec.h"

#include "cggrad.h"
#include "optimised.h"

#include <math.h>
#include <stdio.h>

enum { MOST_LEAVES = 64 };

// -- running ------------------------------------------------------------------------

// What a point gave: its numbers leaf by leaf, or why it failed.
typedef struct Answer {
    char code[8];
    uint32_t n_leaves;
    uint32_t sizes[MOST_LEAVES];
    double *leaves[MOST_LEAVES];
    char row_codes[ROWS][8]; // of a batch
} Answer;

static void read_leaves(Arena *arena, const cg_value *value, Answer *answer) {
    if (value->kind == CG_NULL) return;
    if (value->kind != CG_ARRAY) {
        for (size_t i = 0; i < value->n; i++)
            read_leaves(arena, &value->parts[i], answer);
        return;
    }
    uint32_t size = 1;
    for (uint32_t i = 0; i < value->rank; i++)
        size *= (uint32_t)value->shape[i];
    if (answer->n_leaves == MOST_LEAVES || value->dtype != CG_FLOAT64) return;
    double *copy = NEW_ARRAY(arena, double, size);
    if (size) memcpy(copy, value->data, size * sizeof *copy);
    answer->sizes[answer->n_leaves] = size;
    answer->leaves[answer->n_leaves++] = copy;
}

static void run_point(Arena *arena, cg_context *cg, cg_source spec, size_t point,
                      Answer *answer, char *message, size_t n_message) {
    const cg_result *result;
    if (cg_run_point(cg, spec, point, NULL, &result) != CG_OK) {
        snprintf(answer->code, sizeof answer->code, "NOMEM");
        return;
    }
    if (result->error) {
        snprintf(answer->code, sizeof answer->code, "%s", result->error->code);
        snprintf(message, n_message, "point %zu: %s %s", point, result->error->code,
                 result->error->message);
        return;
    }
    for (size_t i = 0; i < result->n_errors; i++)
        snprintf(answer->row_codes[result->errors[i].index], 8, "%s",
                 result->errors[i].code);
    read_leaves(arena, &result->value, answer);
}

typedef struct Answers {
    bool is_refused; // as a spec
    uint32_t n;
    Answer at[MOST_POINTS];
    char message[400];
    TrialNumbers numbers;
    bool optimised_differs;
} Answers;

// nudge 0: the trial itself.
static Answers *run_all(Arena *arena, const Program *program, const Trial *trial,
                        double nudge) {
    Answers *answers = NEW(arena, Answers);
    Text text = {.arena = arena};
    law_write(&text, program, trial, nudge, &answers->numbers);
    const Numbers *inputs = &answers->numbers.inputs;
    cg_context *cg = cg_new();
    cg_source spec;
    if (cg_load_bytes(cg, "random.yaml", text.at, text.n, CG_FORMAT_YAML, &spec) == CG_OK) {
        answers->n = (uint32_t)cg_point_count(cg, spec);
        for (uint32_t i = 0; i < answers->n; i++)
            run_point(arena, cg, spec, i, &answers->at[i], answers->message,
                      sizeof answers->message);
        if (law_at(trial->law)->comparison == OPTIMISED && !answers->at[0].code[0])
            answers->optimised_differs =
                !optimised_is_unoptimised(cg, spec, 0, inputs->n, inputs->at,
                                          answers->message, sizeof answers->message);
    } else {
        answers->is_refused = true;
        snprintf(answers->message, sizeof answers->message, "refused: %s",
                 cg_diagnostic_count(cg) ? cg_diagnostic_at(cg, 0)->message : "?");
    }
    cg_free(cg);
    return answers;
}

// -- comparing ----------------------------------------------------------------------

// The two sides of a law as numbers, and how large they are while they are computed.
typedef struct Sides {
    uint32_t n;
    double *a, *b;
    double size;
    const char *misfit; // they cannot be compared; NULL: they can
} Sides;

static void push(Sides *sides, double a, double b) {
    sides->a[sides->n] = a;
    sides->b[sides->n++] = b;
    if (isfinite(a)) sides->size = fmax(sides->size, fabs(a));
}

static void equal_sides(Sides *sides, const Answer *a, const Answer *b) {
    if (a->n_leaves != b->n_leaves) {
        sides->misfit = "structures differ";
        return;
    }
    for (uint32_t i = 0; i < a->n_leaves; i++) {
        if (a->sizes[i] != b->sizes[i]) {
            sides->misfit = "shapes differ";
            return;
        }
        for (uint32_t k = 0; k < a->sizes[i]; k++)
            push(sides, a->leaves[i][k], b->leaves[i][k]);
    }
}

static void row_sides(Sides *sides, const Answers *answers, bool batch) {
    const Answer *whole = &answers->at[0];
    for (uint32_t row = 0; row + 1 < answers->n; row++) {
        const Answer *one = &answers->at[row + 1];
        if (batch && strcmp(whole->row_codes[row], one->code) != 0) {
            sides->misfit = "a row fails otherwise than its point";
            return;
        }
        if (batch && one->code[0]) continue;
        if (whole->n_leaves != one->n_leaves) {
            sides->misfit = "structures differ";
            return;
        }
        for (uint32_t i = 0; i < whole->n_leaves; i++) {
            if (whole->sizes[i] != ROWS * one->sizes[i]) {
                sides->misfit = "shapes differ";
                return;
            }
            for (uint32_t k = 0; k < one->sizes[i]; k++)
                push(sides, whole->leaves[i][row * one->sizes[i] + k], one->leaves[i][k]);
        }
    }
}

static double dot(Sides *sides, const Answer *answer, const Numbers *by) {
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < answer->n_leaves; i++)
        for (uint32_t k = 0; k < answer->sizes[i]; k++) {
            const double term = answer->leaves[i][k] * by->at[n++];
            sum += term;
            if (isfinite(term)) sides->size = fmax(sides->size, fabs(term));
        }
    if (n != by->n) sides->misfit = "the number of leaves differs";
    return sum;
}

// Whether the whole fails if a row does, and only then.
static bool fail_alike(const Answers *answers) {
    bool any = false;
    for (uint32_t i = 1; i < answers->n; i++)
        any |= answers->at[i].code[0] != 0;
    return any == (answers->at[0].code[0] != 0);
}

static Sides make_sides(Arena *arena, const Answers *answers, const Law *law) {
    const Comparison comparison = law->comparison;
    enum { MOST_NUMBERS = 65536 };
    Sides sides = {.a = NEW_ARRAY(arena, double, MOST_NUMBERS),
                   .b = NEW_ARRAY(arena, double, MOST_NUMBERS)};
    if (comparison == OPTIMISED) {
        if (answers->optimised_differs) sides.misfit = answers->message;
    } else if (comparison == BY_ROWS && !fail_alike(answers)) {
        sides.misfit = "one fails, the other does not";
    } else if (comparison != BY_BATCH &&
               (answers->at[0].code[0] || (law->second && answers->at[1].code[0]))) {
        // Two ways to compute it may fail where the other does not compute what nothing
        // needs.
    } else if (comparison == EQUAL) {
        equal_sides(&sides, &answers->at[0], &answers->at[1]);
    } else if (comparison == DOT) {
        push(&sides, dot(&sides, &answers->at[0], &answers->numbers.cotangents),
             dot(&sides, &answers->at[1], &answers->numbers.tangents));
    } else {
        row_sides(&sides, answers, comparison == BY_BATCH);
    }
    return sides;
}

static bool is_same(double a, double b, double tolerance) {
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance;
}

// The first number in which the sides differ; -1: none. `noise`: how far each may be off.
static int32_t first_difference(const Sides *sides, const double *noise) {
    for (uint32_t i = 0; i < sides->n; i++) {
        const double tolerance = 1e-10 * fmax(1, sides->size) + (noise ? noise[i] : 0);
        if (!is_same(sides->a[i], sides->b[i], tolerance)) return (int32_t)i;
    }
    return -1;
}

// How much the numbers move when the arguments do by a few ulps: what two ways to compute
// them may differ by. A number that becomes NaN, or a point that fails, moves without
// bounds.
static double *measure_noise(Arena *arena, const Program *program, const Trial *trial,
                             const Sides *sides) {
    double *noise = NEW_ARRAY(arena, double, sides->n);
    for (int i = 1; i <= 4; i++) {
        const Answers *answers =
            run_all(arena, program, trial, 1e-13 * i * (i % 2 ? 1 : -1));
        const Sides moved = make_sides(arena, answers, law_at(trial->law));
        for (uint32_t k = 0; k < sides->n; k++) {
            const double by = moved.n != sides->n ? INFINITY
                                                  : fmax(fabs(moved.a[k] - sides->a[k]),
                                                         fabs(moved.b[k] - sides->b[k]));
            noise[k] = fmax(noise[k], isnan(by) ? INFINITY : 100 * by);
        }
    }
    return noise;
}

// An error that the program may have: a wrong one, or NULL.
static const char *wrong_code(const Answers *answers, const Features *features) {
    for (uint32_t i = 0; i < answers->n; i++) {
        const char *code = answers->at[i].code;
        if (code[0] && !(features->fails && strcmp(code, "E601") == 0)) return code;
    }
    return NULL;
}

// Forward mode meets a vjp rule; a derivative that is zero, but no literal 0, stands in a
// jvp rule.
static bool is_refusal(const char *code, const Features *features, const Law *law) {
    if (!code) return false;
    return (features->vjp_rule && strcmp(code, "E502") == 0) ||
           (law->spelling == DERIVED_JVP && strcmp(code, "E508") == 0);
}

static Outcome compare(Arena *arena, const Program *program, const Trial *trial) {
    const Features features = program_features(program);
    Outcome outcome = {HOLDS, ""};
    if (!law_is_possible(law_at(trial->law), &features, trial->levels))
        return (Outcome){NOT_TRIED, ""};
    const Answers *answers = run_all(arena, program, trial, 0);
    const char *code = wrong_code(answers, &features);
    if (is_refusal(code, &features, law_at(trial->law))) return (Outcome){NOT_TRIED, ""};
    if (answers->is_refused || code) {
        outcome.verdict = WRONG_ERROR;
        snprintf(outcome.what, sizeof outcome.what, "%s", answers->message);
        return outcome;
    }
    const Sides sides = make_sides(arena, answers, law_at(trial->law));
    if (sides.misfit) {
        outcome.verdict = DIFFERS;
        snprintf(outcome.what, sizeof outcome.what, "%s (%s)", sides.misfit,
                 answers->message);
    } else if (first_difference(&sides, NULL) >= 0) {
        const int32_t at =
            first_difference(&sides, measure_noise(arena, program, trial, &sides));
        if (at < 0) return outcome;
        outcome.verdict = DIFFERS;
        snprintf(outcome.what, sizeof outcome.what, "number %d of %u: %.17g and %.17g", at,
                 sides.n, sides.a[at], sides.b[at]);
    }
    return outcome;
}

Outcome law_try(const Program *program, const Trial *trial) {
    Arena *arena = base_arena_new();
    const Outcome outcome = compare(arena, program, trial);
    base_arena_free(arena);
    return outcome;
}
