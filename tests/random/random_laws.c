#include "random_laws.h"

#include "cggrad.h"
#include "optimised.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = 2, MOST_POINTS = 1 + ROWS, MOST_SHAPES = MOST_ARGS + 1, MOST_LEAVES = 64 };

// How the points of a law are compared: the first with the second; its rows with the
// others; the same, rows that fail included; its product with cotangents, with that of the
// second with tangents; its graph as it is with its graph optimised.
typedef enum Comparison { EQUAL, BY_ROWS, BY_BATCH, DOT, OPTIMISED } Comparison;

// What a law cannot do with.
enum { NO_VJP = 1, NO_RULES = 2, NO_STOPS = 4, NO_FAILS = 8, LAST_IS_R = 16, NO_F = 32 };

typedef struct Law {
    const char *name;
    Comparison comparison;
    unsigned needs;
    unsigned spelling;    // of the second point's program
    const char *first, *second; // points: see `write_call`
    const char *builtin;  // that it needs, or NULL
    unsigned weight;
} Law;

// D is the function of the trial, U the same in the other spelling; of its arguments: A
// themselves, W a cotangent of its value, T tangents, N their argnums.
static const Law laws[] = {
    {"vmap = rows", BY_ROWS, 0, 0, "vmap(D, in_axes=B)(A)", "D(A)", NULL, 6},
    {"batch = points", BY_BATCH, 0, 0, "D(A)", "D(A)", NULL, 4},
    {"jvp and vjp are transposes", DOT, NO_VJP, 0, "jvp(D, (A,), (T,))[1]",
     "vjp(D, A)[1](W)", NULL, 6},
    {"linearize = jvp", EQUAL, NO_VJP, 0, "linearize(D, A)[1](T)",
     "jvp(D, (A,), (T,))[1]", NULL, 3},
    {"jacrev = jacfwd", EQUAL, NO_VJP, 0, "jacrev(D, argnums=N)(A)",
     "jacfwd(D, argnums=N)(A)", NULL, 4},
    {"forward over reverse = reverse over reverse", EQUAL,
     NO_VJP | NO_RULES | NO_STOPS | LAST_IS_R, 0, "jvp(D, (A,), (T,))[1]",
     "vjp(D, A)[1]((T,))", NULL, 6},
    {"vjp keeps the value", EQUAL, 0, 0, "vjp(D, A)[0]", "D(A)", NULL, 1},
    {"jvp keeps the value", EQUAL, NO_VJP, 0, "jvp(D, (A,), (T,))[0]", "D(A)", NULL, 1},
    {"loops = unrolled", EQUAL, 0, UNROLLED, "D(A)", "U(A)", NULL, 12},
    {"cond = where", EQUAL, NO_FAILS, ALL_BRANCHES, "D(A)", "U(A)", NULL, 4},
    {"its own derivative as vjp rule = none", EQUAL, NO_F | NO_RULES, DERIVED_VJP, "D(A)", "U(A)", NULL,
     4},
    {"its own derivative as jvp rule = none", EQUAL, NO_RULES, DERIVED_JVP, "D(A)", "U(A)", NULL, 4},
    {"checkpoint = plain", EQUAL, 0, CHECKPOINTED, "D(A)", "U(A)", "checkpoint", 4},
    {"optimised = unoptimised", OPTIMISED, 0, 0, "D(A)", NULL, NULL, 4},
};
enum { LAWS = sizeof laws / sizeof *laws };

uint32_t law_count(void) {
    return LAWS;
}
const char *law_name(uint32_t law) {
    return laws[law].name;
}

static bool is_possible(const Law *law, const Features *features, const char *levels) {
    const size_t n = strlen(levels);
    cg_builtin builtin;
    if (law->builtin && !cg_find_builtin(law->builtin, &builtin)) return false;
    if (features->vjp_rule && strchr(levels, 'f')) return false;
    return !((law->needs & NO_VJP) && features->vjp_rule) &&
           !((law->needs & NO_RULES) && features->any_rule) &&
           !((law->needs & NO_STOPS) && features->stops) &&
           !((law->needs & NO_FAILS) && features->fails) &&
           !((law->needs & LAST_IS_R) && (n == 0 || levels[n - 1] != 'r')) &&
           !((law->needs & NO_F) && (strchr(levels, 'f') || features->forward));
}

Trial law_choose(Random *r, const Program *program) {
    const Features features = program_features(program);
    Trial trial = {.seed = random_bits(r)};
    uint32_t total = 0;
    const uint32_t n = below(r, 8);
    for (uint32_t i = 0; i < (n > 6 ? 3 : n > 3 ? 2 : n > 1); i++)
        trial.levels[i] = features.vjp_rule ? "rrv"[below(r, 3)] : "rrffv"[below(r, 5)];
    for (uint32_t i = 0; i < LAWS; i++) {
        if (!is_possible(&laws[i], &features, trial.levels)) continue;
        total += laws[i].weight;
        if (below(r, total) < laws[i].weight) trial.law = i;
    }
    return trial;
}

// -- the function of a trial --------------------------------------------------------

// A value: its type, and how many axes vmap has put in front.
typedef struct Shape {
    Type type;
    uint8_t n_rows;
} Shape;

typedef struct Signature {
    uint32_t n_args, n_values;
    Shape args[MOST_ARGS], values[MOST_SHAPES];
    bool is_tuple; // of values
} Signature;

typedef struct Build {
    Text *text;
    const Program *program;
    const Trial *trial;
    double nudge; // of arguments
    Signature signature;
    unsigned batched; // of the law's own rows
    Random nudges;
    Numbers inputs, cotangents, tangents;
} Build;

static const int64_t row_sizes[8] = {ROWS, ROWS, ROWS, ROWS, ROWS, ROWS, ROWS, ROWS};

static Random stream(const Build *b, uint64_t of) {
    return (Random){b->trial->seed ^ (of * 0xD1B54A32D192ED03u)};
}

static void write_shape(Text *text, Shape shape, Random *r, Numbers *numbers) {
    program_constant(text, shape.type, shape.n_rows, row_sizes, r, 0, numbers);
}

static void write_cotangent(Build *b, uint64_t level, Numbers *numbers) {
    const Signature *s = &b->signature;
    Random r = stream(b, 100 + level);
    if (s->is_tuple) base_text_char(b->text, '(');
    for (uint32_t i = 0; i < s->n_values; i++) {
        write_shape(b->text, s->values[i], &r, numbers);
        if (s->is_tuple) base_text_char(b->text, ',');
    }
    if (s->is_tuple) base_text_char(b->text, ')');
}

static void write_tangents(Build *b, uint64_t level, Numbers *numbers) {
    Random r = stream(b, 200 + level);
    for (uint32_t i = 0; i < b->signature.n_args; i++) {
        if (i) base_text_printf(b->text, ", ");
        write_shape(b->text, b->signature.args[i], &r, numbers);
    }
}

static void write_arguments(Build *b) {
    for (uint32_t i = 0; i < b->signature.n_args; i++)
        base_text_printf(b->text, "%sa%u", i ? ", " : "", i);
}

// Which arguments get rows: one at least.
static unsigned choose_batched(const Build *b, uint64_t level) {
    Random r = stream(b, 300 + level);
    return 1 + below(&r, (1u << b->signature.n_args) - 1);
}

static void write_axes(Build *b, unsigned batched) {
    for (uint32_t i = 0; i < b->signature.n_args; i++)
        base_text_printf(b->text, "%s%s,", i ? " " : "(", batched >> i & 1 ? "0" : "None");
    base_text_char(b->text, ')');
}

static void add_rows(Build *b, unsigned batched) {
    Signature *s = &b->signature;
    for (uint32_t i = 0; i < s->n_args; i++)
        s->args[i].n_rows += (uint8_t)(batched >> i & 1);
}

// One more level: its function's text, and what it does to the signature.
static void write_level(Build *b, const char *prefix, uint32_t level) {
    Signature *s = &b->signature;
    switch (b->trial->levels[level]) {
    case 'r':
        base_text_printf(b->text, "vjp(%sd%u, ", prefix, level);
        write_arguments(b);
        base_text_printf(b->text, ")[1](");
        write_cotangent(b, level, NULL);
        base_text_printf(b->text, ")");
        s->is_tuple = true;
        s->n_values = s->n_args;
        memcpy(s->values, s->args, sizeof s->args);
        break;
    case 'f':
        base_text_printf(b->text, "jvp(%sd%u, (", prefix, level);
        write_arguments(b);
        base_text_printf(b->text, ",), (");
        write_tangents(b, level, NULL);
        base_text_printf(b->text, ",))[1]");
        break;
    default:
        base_text_printf(b->text, "vmap(%sd%u, in_axes=", prefix, level);
        write_axes(b, choose_batched(b, level));
        base_text_printf(b->text, ")(");
        write_arguments(b);
        base_text_char(b->text, ')');
        add_rows(b, choose_batched(b, level));
        for (uint32_t i = 0; i < s->n_values; i++)
            s->values[i].n_rows++;
    }
}

static void begin_function(Build *b, const char *prefix, const char *name) {
    base_text_printf(b->text, "  %s%s: {args: [", prefix, name);
    write_arguments(b);
    base_text_printf(b->text, "], value: \"");
}

// d0 is main, d1 the first level above it, …
static void write_levels(Build *b, const char *prefix) {
    const Function *f = main_of(b->program);
    b->signature = (Signature){.n_args = f->n_args, .n_values = 1, .values = {{f->type, 0}}};
    for (uint32_t i = 0; i < f->n_args; i++)
        b->signature.args[i].type = f->args[i].type;
    begin_function(b, prefix, "d0");
    base_text_printf(b->text, "%smain(", prefix);
    write_arguments(b);
    base_text_printf(b->text, ")\"}\n");
    for (uint32_t i = 0; b->trial->levels[i]; i++) {
        char name[8];
        snprintf(name, sizeof name, "d%u", i + 1);
        begin_function(b, prefix, name);
        write_level(b, prefix, i);
        base_text_printf(b->text, "\"}\n");
    }
}

// -- points -------------------------------------------------------------------------

// A row of a constant's text.
static void write_row(Text *text, Type type, Str whole, uint32_t row) {
    static const char *const patterns[] = {"(lambda p: (p[0][%u], p[1][%u]))(%.*s)",
                                           "(lambda r: {'a': r.a[%u], 'b': (r.b[0][%u], "
                                           "r.b[1][%u])})(%.*s)"};
    if (type == 'P')
        base_text_printf(text, patterns[0], row, row, STR_ARG(whole));
    else if (type == 'R')
        base_text_printf(text, patterns[1], row, row, row, STR_ARG(whole));
    else
        base_text_printf(text, "(%.*s)[%u]", STR_ARG(whole), row);
}

// The arguments of a point: with the law's rows (row < 0), or one of them.
static void write_at(Build *b, int row) {
    Random r = stream(b, 400);
    b->inputs.n = 0;
    base_text_printf(b->text, "    at:\n");
    for (uint32_t i = 0; i < b->signature.n_args; i++) {
        const Shape *shape = &b->signature.args[i];
        const bool batched = b->batched >> i & 1;
        Text whole = {.arena = b->text->arena};
        program_constant(&whole, shape->type, shape->n_rows + batched, row_sizes, &r,
                         b->nudge, &b->inputs);
        base_text_printf(b->text, "      - \"");
        if (batched && row >= 0)
            write_row(b->text, shape->type, base_text_str(&whole), (uint32_t)row);
        else
            base_text_printf(b->text, "%.*s", STR_ARG(base_text_str(&whole)));
        base_text_printf(b->text, "\"\n");
    }
}

static void write_point(Build *b, const char *function, int row, bool batch) {
    base_text_printf(b->text, "  - function: %s\n    compute: [value]\n", function);
    write_at(b, row);
    if (!batch) return;
    base_text_printf(b->text, "    batch: [");
    for (uint32_t i = 0, n = 0; i < b->signature.n_args; i++)
        if (b->batched >> i & 1) base_text_printf(b->text, "%sa%u", n++ ? ", " : "", i);
    base_text_printf(b->text, "]\n");
}

// A law's text, its capitals filled in.
static void write_pattern(Build *b, const char *pattern) {
    const uint32_t top = (uint32_t)strlen(b->trial->levels);
    for (; *pattern; pattern++) {
        if (*pattern == 'D' || *pattern == 'U') {
            base_text_printf(b->text, *pattern == 'D' ? "d%u" : "u_d%u", top);
        } else if (*pattern == 'A') {
            write_arguments(b);
        } else if (*pattern == 'B') {
            write_axes(b, b->batched);
        } else if (*pattern == 'W') {
            b->cotangents.n = 0;
            write_cotangent(b, 50, &b->cotangents);
        } else if (*pattern == 'T') {
            b->tangents.n = 0;
            write_tangents(b, 50, &b->tangents);
        } else if (*pattern == 'N') {
            base_text_printf(b->text, b->signature.n_args > 1 ? "(0, 1)" : "(0,)");
        } else {
            base_text_char(b->text, *pattern);
        }
    }
}

static void write_spec(Build *b) {
    const Law *law = &laws[b->trial->law];
    const bool by_rows = law->comparison == BY_ROWS || law->comparison == BY_BATCH;
    base_text_printf(b->text, "version: 1\nfunctions:\n");
    program_write(b->text, b->program, "", 0);
    write_levels(b, "");
    if (law->spelling) {
        program_write(b->text, b->program, "u_", law->spelling);
        write_levels(b, "u_");
        program_write_helpers(b->text);
    }
    if (by_rows) b->batched = choose_batched(b, 50);
    begin_function(b, "", "first");
    write_pattern(b, law->first);
    base_text_printf(b->text, "\"}\n");
    if (law->second) {
        begin_function(b, "", "second");
        write_pattern(b, law->second);
        base_text_printf(b->text, "\"}\n");
    }
    base_text_printf(b->text, "points:\n");
    write_point(b, "first", -1, law->comparison == BY_BATCH);
    for (int i = 0; law->second && i < (by_rows ? ROWS : 1); i++)
        write_point(b, "second", by_rows ? i : -1, false);
}

void law_spec(Text *text, const Program *program, const Trial *trial) {
    Build b = {.text = text, .program = program, .trial = trial};
    write_spec(&b);
}

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
        snprintf(answer->row_codes[result->errors[i].index], 8, "%s", result->errors[i].code);
    read_leaves(arena, &result->value, answer);
}

typedef struct Answers {
    bool is_refused; // as a spec
    uint32_t n;
    Answer at[MOST_POINTS];
    char message[400];
    Numbers inputs, cotangents, tangents;
    bool optimised_differs;
} Answers;

// nudge 0: the trial itself.
static Answers *run_all(Arena *arena, const Program *program, const Trial *trial,
                        double nudge) {
    Answers *answers = NEW(arena, Answers);
    Text text = {.arena = arena};
    Build b = {.text = &text, .program = program, .trial = trial, .nudge = nudge};
    write_spec(&b);
    answers->inputs = b.inputs;
    answers->cotangents = b.cotangents;
    answers->tangents = b.tangents;
    cg_context *cg = cg_new();
    cg_source spec;
    if (cg_load_bytes(cg, "random.yaml", text.at, text.n, CG_FORMAT_YAML, &spec) == CG_OK) {
        answers->n = (uint32_t)cg_point_count(cg, spec);
        for (uint32_t i = 0; i < answers->n; i++)
            run_point(arena, cg, spec, i, &answers->at[i], answers->message,
                      sizeof answers->message);
        if (laws[trial->law].comparison == OPTIMISED && !answers->at[0].code[0])
            answers->optimised_differs =
                !optimised_is_unoptimised(cg, spec, 0, b.inputs.n, b.inputs.at,
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
        push(&sides, dot(&sides, &answers->at[0], &answers->cotangents),
             dot(&sides, &answers->at[1], &answers->tangents));
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
        const Answers *answers = run_all(arena, program, trial, 1e-13 * i * (i % 2 ? 1 : -1));
        const Sides moved = make_sides(arena, answers, &laws[trial->law]);
        for (uint32_t k = 0; k < sides->n; k++) {
            const double by = moved.n != sides->n
                                  ? INFINITY
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
    if (!is_possible(&laws[trial->law], &features, trial->levels))
        return (Outcome){NOT_TRIED, ""};
    const Answers *answers = run_all(arena, program, trial, 0);
    const char *code = wrong_code(answers, &features);
    if (is_refusal(code, &features, &laws[trial->law])) return (Outcome){NOT_TRIED, ""};
    if (answers->is_refused || code) {
        outcome.verdict = WRONG_ERROR;
        snprintf(outcome.what, sizeof outcome.what, "%s", answers->message);
        return outcome;
    }
    const Sides sides = make_sides(arena, answers, &laws[trial->law]);
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
