// The laws, and the specs of trials: the function of a trial, and the points that its law
// compares.
#include "law_spec.h"

#include "cggrad.h"

#include <stdio.h>

enum { MOST_SHAPES = MOST_ARGS + 1 };

// D is the function of the trial, U the same in the other spelling; of its arguments: A
// themselves, W a cotangent of its value, T tangents, N their argnums.
static const Law laws[] = {
    {"vmap = rows", BY_ROWS, 0, 0, "vmap(D, in_axes=B)(A)", "D(A)", NULL, 6},
    {"batch = points", BY_BATCH, 0, 0, "D(A)", "D(A)", NULL, 4},
    {"jvp and vjp are transposes", DOT, NO_VJP, 0, "jvp(D, (A,), (T,))[1]",
     "vjp(D, A)[1](W)", NULL, 6},
    {"linearize = jvp", EQUAL, NO_VJP, 0, "linearize(D, A)[1](T)", "jvp(D, (A,), (T,))[1]",
     NULL, 3},
    {"jacrev = jacfwd", EQUAL, NO_VJP, 0, "jacrev(D, argnums=N)(A)",
     "jacfwd(D, argnums=N)(A)", NULL, 4},
    {"forward over reverse = reverse over reverse", EQUAL,
     NO_VJP | NO_RULES | NO_STOPS | LAST_IS_R, 0, "jvp(D, (A,), (T,))[1]",
     "vjp(D, A)[1]((T,))", NULL, 6},
    {"vjp keeps the value", EQUAL, 0, 0, "vjp(D, A)[0]", "D(A)", NULL, 1},
    {"jvp keeps the value", EQUAL, NO_VJP, 0, "jvp(D, (A,), (T,))[0]", "D(A)", NULL, 1},
    {"loops = unrolled", EQUAL, 0, UNROLLED, "D(A)", "U(A)", NULL, 12},
    {"cond = where", EQUAL, NO_FAILS, ALL_BRANCHES, "D(A)", "U(A)", NULL, 4},
    {"its own derivative as vjp rule = none", EQUAL, NO_F | NO_RULES, DERIVED_VJP, "D(A)",
     "U(A)", NULL, 4},
    {"its own derivative as jvp rule = none", EQUAL, NO_RULES, DERIVED_JVP, "D(A)", "U(A)",
     NULL, 4},
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

const Law *law_at(uint32_t law) {
    return &laws[law];
}

bool law_is_possible(const Law *law, const Features *features, const char *levels) {
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
    // A third derivative of nested loops, unrolled, is large.
    const uint32_t n = below(r, 8), size = program_size(program);
    const uint32_t most = size > 120 ? 1 : size > 60 ? 2 : MOST_LEVELS;
    const uint32_t n_levels = n > 6 ? 3 : n > 3 ? 2 : n > 1;
    for (uint32_t i = 0; i < n_levels && i < most; i++)
        trial.levels[i] = features.vjp_rule ? "rrv"[below(r, 3)] : "rrffv"[below(r, 5)];
    for (uint32_t i = 0; i < LAWS; i++) {
        if (!law_is_possible(&laws[i], &features, trial.levels)) continue;
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
    TrialNumbers numbers;
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
    b->signature =
        (Signature){.n_args = f->n_args, .n_values = 1, .values = {{f->type, 0}}};
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
    b->numbers.inputs.n = 0;
    base_text_printf(b->text, "    at:\n");
    for (uint32_t i = 0; i < b->signature.n_args; i++) {
        const Shape *shape = &b->signature.args[i];
        const bool batched = b->batched >> i & 1;
        Text whole = {.arena = b->text->arena};
        program_constant(&whole, shape->type, shape->n_rows + batched, row_sizes, &r,
                         b->nudge, &b->numbers.inputs);
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
            b->numbers.cotangents.n = 0;
            write_cotangent(b, 50, &b->numbers.cotangents);
        } else if (*pattern == 'T') {
            b->numbers.tangents.n = 0;
            write_tangents(b, 50, &b->numbers.tangents);
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

void law_write(Text *text, const Program *program, const Trial *trial, double nudge,
               TrialNumbers *numbers) {
    Build b = {.text = text, .program = program, .trial = trial, .nudge = nudge};
    write_spec(&b);
    *numbers = b.numbers;
}

void law_spec(Text *text, const Program *program, const Trial *trial) {
    TrialNumbers numbers;
    law_write(text, program, trial, 0, &numbers);
}
