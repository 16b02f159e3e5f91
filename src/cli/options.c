// The command line: one table of options drives parsing and help.
#include "cli/options.h"

#include <getopt.h>

typedef enum OptionId {
#define OPTION(id, short_name, long_name, argument, help) OPTION_##id,
#include "cli/options.def"
#undef OPTION
    OPTION_COUNT
} OptionId;

typedef struct OptionRow {
    char short_name;
    const char *long_name, *argument, *help;
} OptionRow;

static const OptionRow rows[OPTION_COUNT] = {
#define OPTION(id, short_name, long_name, argument, help)                                  \
    [OPTION_##id] = {short_name, long_name, argument, help},
#include "cli/options.def"
#undef OPTION
};

// Commands of the language's page that later versions have: never taken for files.
static const char *const later_commands[] = {
    "check", "record", "graph", "serve", "bench", "explain", "builtins", "init", "schema"};

// -- errors -------------------------------------------------------------------------

typedef struct Parser {
    Arena *arena;
    Options *options;
    UsageError *error;
} Parser;

static const char *printed(Parser *p, const char *format, ...) PRINTF_LIKE(2, 3);
static const char *printed(Parser *p, const char *format, ...) {
    Text text = {.arena = p->arena};
    va_list args;
    va_start(args, format);
    base_text_vprintf(&text, format, args);
    va_end(args);
    return text.failed ? "out of memory" : text.at;
}

static Status wrong(Parser *p, const char *message, const char *hint) {
    *p->error = (UsageError){message, hint};
    return FAILED;
}

static const char *nearest(Parser *p, const char *word, const Str *known, size_t n,
                           const char *prefix) {
    const int best = base_nearest(base_str(word), known, n);
    return best < 0 ? NULL
                    : printed(p, "did you mean %s%.*s?", prefix, STR_ARG(known[best]));
}

static Status unknown_option(Parser *p, const char *word) {
    Str names[OPTION_COUNT];
    for (int i = 0; i < OPTION_COUNT; i++)
        names[i] = base_str(rows[i].long_name);
    const char *bare = word + strspn(word, "-");
    const char *hint = nearest(p, bare, names, OPTION_COUNT, "--");
    return wrong(p, printed(p, "unknown option `%s`", word),
                 hint ? hint : "cg-grad --help lists the options");
}

// -- values of options --------------------------------------------------------------

// The number of a word in a list of words.
static Status choose(Parser *p, OptionId id, const char *word, const char *const *words,
                     size_t n, size_t *index) {
    Str known[8];
    Text all = {.arena = p->arena};
    for (size_t i = 0; i < n; i++) {
        known[i] = base_str(words[i]);
        if (strcmp(word, words[i]) == 0) {
            *index = i;
            return OK;
        }
        base_text_printf(&all, i ? ", %s" : "%s", words[i]);
    }
    const char *hint = nearest(p, word, known, n, "");
    return wrong(p,
                 printed(p, "--%s: `%s` is none of %s", rows[id].long_name, word,
                         all.failed ? "" : all.at),
                 hint);
}

static Status read_compute(Parser *p, const char *list) {
    static const char *const words[] = {"value", "grad", "jacobian", "hessian", "jvp"};
    for (bool more = true; more;) {
        const size_t n = strcspn(list, ",");
        const char *word = base_strdup(p->arena, (Str){list, n});
        size_t index = 0;
        TRY_ALLOC(word);
        TRY(choose(p, OPTION_compute, word, words, 5, &index));
        p->options->compute |= 1u << index;
        more = list[n] == ',';
        list += n + more;
    }
    return OK;
}

static Status read_choice(Parser *p, OptionId id, const char *word) {
    static const char *const formats[] = {"text", "json", "jsonl"};
    static const char *const inputs[] = {"yaml", "json"};
    static const char *const whens[] = {"auto", "always", "never"};
    size_t i = 0;
    switch (id) {
    case OPTION_format:
        TRY(choose(p, id, word, formats, 3, &i));
        p->options->format = (ReportFormat)i;
        return OK;
    case OPTION_diagnostics:
        TRY(choose(p, id, word, formats, 2, &i));
        p->options->json_diagnostics = i == 1;
        return OK;
    case OPTION_input_format:
        TRY(choose(p, id, word, inputs, 2, &i));
        p->options->input_format = i ? CG_FORMAT_JSON : CG_FORMAT_YAML;
        return OK;
    default:
        TRY(choose(p, id, word, whens, 3, &i));
        p->options->colour = (ColourWhen)i;
        return OK;
    }
}

static Status take(Parser *p, OptionId id, const char *word) {
    Options *o = p->options;
    const char **once = NULL;
    switch (id) {
    case OPTION_expression:
        once = &o->expression;
        break;
    case OPTION_vjp:
        once = &o->vjp;
        break;
    case OPTION_function:
        once = &o->function;
        break;
    case OPTION_argnums:
        once = &o->argnums;
        break;
    case OPTION_output:
        once = &o->output;
        break;
    case OPTION_at:
        return VEC_PUSH(p->arena, &o->at, word) ? OK : NOMEM;
    case OPTION_only:
        return VEC_PUSH(p->arena, &o->only, word) ? OK : NOMEM;
    case OPTION_compute:
        return read_compute(p, word);
    case OPTION_validate:
        o->validate = true;
        return OK;
    case OPTION_quiet:
        o->quiet = true;
        return OK;
    case OPTION_verbose:
        o->verbose = true;
        return OK;
    case OPTION_help:
        o->help = true;
        return OK;
    case OPTION_version:
        o->version = true;
        return OK;
    default:
        return read_choice(p, id, word);
    }
    if (*once) return wrong(p, printed(p, "--%s is given twice", rows[id].long_name), NULL);
    *once = word;
    return OK;
}

// -- parsing ------------------------------------------------------------------------

// getopt's own tables, made from ours.
static void getopt_tables(struct option *longs, char *shorts) {
    *shorts++ = ':'; // a missing argument is told apart from an unknown option
    for (int i = 0; i < OPTION_COUNT; i++) {
        longs[i] = (struct option){rows[i].long_name,
                                   rows[i].argument ? required_argument : no_argument, NULL,
                                   256 + i};
        if (!rows[i].short_name) continue;
        *shorts++ = rows[i].short_name;
        if (rows[i].argument) *shorts++ = ':';
    }
    *shorts = 0;
}

static int option_of(int found) {
    if (found >= 256) return found - 256;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (rows[i].short_name && rows[i].short_name == found) return i;
    return -1;
}

static Status parse_words(Parser *p, int argc, char **argv) {
    struct option longs[OPTION_COUNT + 1] = {{0}};
    char shorts[2 * OPTION_COUNT + 2];
    getopt_tables(longs, shorts);
    opterr = 0;
    optind = 0; // GNU: begin anew
    for (;;) {
        const int at = optind ? optind : 1;
        const int found = getopt_long(argc, argv, shorts, longs, NULL);
        if (found == -1) break;
        const int id = option_of(found == '?' || found == ':' ? optopt : found);
        if (found == ':')
            return wrong(p,
                         printed(p, "--%s needs %s", rows[id].long_name, rows[id].argument),
                         NULL);
        if (found == '?') {
            const char *word = argv[at];
            if (optopt && optopt < 256) word = printed(p, "-%c", optopt);
            if (id >= 0 && optopt >= 256)
                return wrong(p, printed(p, "--%s takes no argument", rows[id].long_name),
                             NULL);
            return unknown_option(p, word);
        }
        TRY(take(p, (OptionId)id, optarg));
    }
    for (int i = optind; i < argc; i++)
        if (!VEC_PUSH(p->arena, &p->options->specs, argv[i])) return NOMEM;
    return OK;
}

// The first word may be a command.
static Status take_command(Parser *p) {
    Options *o = p->options;
    if (o->specs.n == 0) return OK;
    const char *first = o->specs.at[0];
    if (strcmp(first, "eval") == 0) {
        o->specs.at++;
        o->specs.n--;
        return OK;
    }
    for (size_t i = 0; i < sizeof later_commands / sizeof *later_commands; i++) {
        if (strcmp(first, later_commands[i]) == 0)
            return wrong(p, printed(p, "the command `%s` is not in this version", first),
                         printed(p, "a spec of that name is written ./%s", first));
    }
    return OK;
}

static Status check_together(Parser *p) {
    const Options *o = p->options;
    if (o->help || o->version) return OK;
    if (o->expression) {
        if (o->specs.n)
            return wrong(p, "-e evaluates an expression: it takes no spec",
                         o->at.n ? "several arguments are one word: --at x=3,y=4" : NULL);
        if (o->function) return wrong(p, "-e and -f exclude each other", NULL);
        if (o->only.n)
            return wrong(p, "--only chooses points of a spec: -e has none", NULL);
        return OK;
    }
    if (o->vjp) return wrong(p, "--vjp needs -e EXPR", NULL);
    if (o->specs.n == 0)
        return wrong(p, "no spec is given",
                     "cg-grad SPEC evaluates a file, cg-grad - reads standard input; "
                     "cg-grad --help says more");
    if (o->function) {
        if (o->specs.n > 1) return wrong(p, "-f takes one spec", NULL);
        if (o->only.n)
            return wrong(p, "--only chooses points of a spec: -f makes its own", NULL);
        return OK;
    }
    if (o->at.n)
        return wrong(p, "--at needs -f NAME or -e EXPR",
                     "the points of a spec have their own `at`");
    uint32_t stdins = 0;
    for (uint32_t i = 0; i < o->specs.n; i++)
        stdins += strcmp(o->specs.at[i], "-") == 0;
    if (stdins > 1) return wrong(p, "standard input (-) can be read once", NULL);
    return OK;
}

Status cli_parse_options(Arena *arena, int argc, char **argv, Options *options,
                         UsageError *error) {
    Parser p = {arena, options, error};
    *options = (Options){0};
    *error = (UsageError){0};
    TRY(parse_words(&p, argc, argv));
    TRY(take_command(&p));
    return check_together(&p);
}

// -- help ---------------------------------------------------------------------------

static void help_option(Text *out, const OptionRow *row) {
    enum { COLUMN = 30, WIDTH = 92 };
    Text left = {.arena = out->arena};
    if (row->short_name)
        base_text_printf(&left, "  -%c, ", row->short_name);
    else
        base_text_add(&left, STR("      "));
    base_text_printf(&left, "--%s", row->long_name);
    if (row->argument) base_text_printf(&left, " %s", row->argument);
    out->failed |= left.failed;
    base_text_add(out, base_text_str(&left));
    size_t column = left.n;
    const char *word = row->help;
    while (*word) {
        const size_t n = strcspn(word, " ");
        if (column < COLUMN) {
            while (column++ < COLUMN)
                base_text_char(out, ' ');
        } else if (column + 1 + n > WIDTH || column == left.n) {
            base_text_char(out, '\n');
            for (column = 0; column < COLUMN; column++)
                base_text_char(out, ' ');
        } else {
            base_text_char(out, ' ');
            column++;
        }
        base_text_add(out, (Str){word, n});
        column = column > COLUMN ? column + n : COLUMN + n;
        word += n + (word[n] == ' ');
    }
    base_text_char(out, '\n');
}

void cli_help(Text *out) {
    base_text_add(
        out, STR("cg-grad computes gradients of functions with custom rules.\n\n"
                 "  cg-grad spec.yaml                  values and gradients of all points\n"
                 "  cg-grad -F json spec.yaml          the same as one JSON document\n"
                 "  cg-grad -e 'x ** 2' --vjp 'g * x' --at x=3\n"
                 "  cg-grad -f f --at x=0.5 spec.yaml  a function of the spec elsewhere\n\n"
                 "Usage: cg-grad [eval] [options] SPEC…   (- is standard input)\n"
                 "       cg-grad -e EXPR [--vjp EXPR] [--at x=3,y=4]\n\n"));
    for (int i = 0; i < OPTION_COUNT; i++)
        help_option(out, &rows[i]);
    base_text_add(out, STR("\nExit status: 0 all is well; 2 trouble: bad usage, a bad "
                           "spec, a point in error,\n"
                           "or input or output failed.\n"));
}
