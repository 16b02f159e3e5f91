// The command line: the tables of commands and options drive its parsing.
#include "cli/options.h"

#include <getopt.h>
#include <unistd.h>

#define MANY UINT32_MAX
const CommandRow cli_commands[COMMAND_COUNT] = {
#define COMMAND(name, operands, least, most, summary)                                      \
    {#name, operands, least, most, summary},
#include "cli/commands.def"
#undef COMMAND
};

#define ON(command) (1u << COMMAND_##command)
#define ALL         UINT32_MAX
const OptionRow cli_options[OPTION_COUNT] = {
#define OPTION(field, kind, short_name, long_name, argument, words, commands, help)        \
    {OPTION_IS_##kind,         short_name, long_name, argument, words, commands,           \
     offsetof(Options, field), help},
#include "cli/options.def"
#undef OPTION
};

const ExampleRow cli_examples[] = {
#define EXAMPLE(command, words, meaning) {COMMAND_##command, words, meaning},
#include "cli/examples.def"
#undef EXAMPLE
    {0}};

// Commands of the language's page that later versions have: never taken for files.
static const char *const later_commands[] = {"serve", "bench"};

Str cli_next_word(const char **words) {
    if (!*words) return STR("");
    *words += strspn(*words, " ");
    const Str word = {*words, strcspn(*words, " ")};
    *words += word.n;
    return word;
}

bool cli_find_command(const char *name, CommandId *command) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, cli_commands[i].name) != 0) continue;
        *command = (CommandId)i;
        return true;
    }
    return false;
}

const CommandRow *cli_nearest_command(const char *word) {
    Str names[COMMAND_COUNT];
    for (int i = 0; i < COMMAND_COUNT; i++)
        names[i] = base_str(cli_commands[i].summary ? cli_commands[i].name : "");
    const int best = base_nearest(base_str(word), names, COMMAND_COUNT);
    return best < 0 || !names[best].n ? NULL : &cli_commands[best];
}

// -- errors -------------------------------------------------------------------------

typedef struct Parser {
    Arena *arena;
    Options *options;
    UsageError *error;
    bool given[OPTION_COUNT];
    bool no_memory; // for what is said of a mistake
} Parser;

// A text that was built; empty when memory was out.
static const char *built(Parser *p, const Text *text) {
    p->no_memory |= text->failed;
    return text->failed || !text->n ? "" : text->at;
}

static const char *printed(Parser *p, const char *format, ...) PRINTF_LIKE(2, 3);
static const char *printed(Parser *p, const char *format, ...) {
    Text text = {.arena = p->arena};
    va_list args;
    va_start(args, format);
    base_text_vprintf(&text, format, args);
    va_end(args);
    return built(p, &text);
}

static Status wrong(Parser *p, const char *message, const char *hint) {
    *p->error = (UsageError){message, hint};
    return FAILED;
}

static const char *nearest(Parser *p, Str word, const Str *known, size_t n,
                           const char *prefix) {
    const int best = base_nearest(word, known, n);
    return best < 0 ? NULL
                    : printed(p, "did you mean %s%.*s?", prefix, STR_ARG(known[best]));
}

// Whether a word is a long option behind one dash, as other programs have them.
static bool is_long_behind_one_dash(const char *word) {
    const size_t n = strcspn(word + 1, "=");
    if (word[0] != '-' || n < 2) return false;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *name = cli_options[i].long_name;
        if (strncmp(word + 1, name, n) == 0 && name[n] == 0) return true;
    }
    return false;
}

static Status one_dash(Parser *p, const char *word) {
    return wrong(p, printed(p, "unknown option `%s`", word),
                 printed(p, "a long option has two dashes: -%s", word));
}

// The long options that begin with a word.
static const char *options_beginning(Parser *p, Str word, int *n) {
    Text names = {.arena = p->arena};
    *n = 0;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *name = cli_options[i].long_name;
        if (strncmp(name, word.at, word.n) == 0)
            base_text_printf(&names, (*n)++ ? ", --%s" : "--%s", name);
    }
    return built(p, &names);
}

static Status unknown_option(Parser *p, const char *word) {
    Str names[OPTION_COUNT];
    for (int i = 0; i < OPTION_COUNT; i++)
        names[i] = base_str(cli_options[i].long_name);
    const char *bare = word + strspn(word, "-");
    const Str name = {bare, strcspn(bare, "=")};
    int n;
    const char *meant = options_beginning(p, name, &n);
    if (n > 1)
        return wrong(p, printed(p, "`%s` is short for several options", word),
                     printed(p, "they are %s", meant));
    const char *hint = nearest(p, name, names, OPTION_COUNT, "--");
    return wrong(p, printed(p, "unknown option `%s`", word),
                 hint ? hint : "cg-grad --help lists the options");
}

// -- values of options --------------------------------------------------------------

// The number of a word among an option's words.
static Status choose(Parser *p, const OptionRow *row, Str word, unsigned *number) {
    enum { MOST = 16 };
    Str known[MOST];
    size_t n = 0;
    Text all = {.arena = p->arena};
    const char *words = row->words;
    for (Str next = cli_next_word(&words); next.n && n < MOST;
         next = cli_next_word(&words)) {
        if (base_str_eq(word, next)) {
            *number = (unsigned)n;
            return OK;
        }
        base_text_printf(&all, n ? ", %.*s" : "%.*s", STR_ARG(next));
        known[n++] = next;
    }
    const char *hint = nearest(p, word, known, n, "");
    return wrong(p,
                 printed(p, "--%s: `%.*s` is none of %s", row->long_name, STR_ARG(word),
                         built(p, &all)),
                 hint);
}

static Status choose_several(Parser *p, const OptionRow *row, const char *list,
                             unsigned *bits) {
    for (bool more = true; more;) {
        const Str word = {list, strcspn(list, ",")};
        unsigned number = 0;
        TRY(choose(p, row, word, &number));
        *bits |= 1u << number;
        more = list[word.n] == ',';
        list += word.n + more;
    }
    return OK;
}

static Status read_number(Parser *p, const OptionRow *row, const char *word,
                          unsigned *number) {
    int64_t value;
    if (!num_parse_int(base_str(word), &value) || value < 1 || value > CLI_MOST_NUMBER)
        return wrong(p,
                     printed(p, "--%s: `%s` is no whole number from 1 to %d",
                             row->long_name, word, CLI_MOST_NUMBER),
                     NULL);
    *number = (unsigned)value;
    return OK;
}

static Status take(Parser *p, OptionId id, const char *word) {
    const OptionRow *row = &cli_options[id];
    void *field = (char *)p->options + row->field;
    const bool again = p->given[id];
    p->given[id] = true;
    switch (row->kind) {
    case OPTION_IS_FLAG:
        *(bool *)field = true;
        return OK;
    case OPTION_IS_TEXT:
        if (again) return wrong(p, printed(p, "--%s is given twice", row->long_name), NULL);
        *(const char **)field = word;
        return OK;
    case OPTION_IS_TEXTS:
        return VEC_PUSH(p->arena, (Texts *)field, word) ? OK : NOMEM;
    case OPTION_IS_NUMBER:
        return read_number(p, row, word, field);
    case OPTION_IS_CHOICE:
        return choose(p, row, base_str(word), field);
    case OPTION_IS_CHOICES:
        return choose_several(p, row, word, field);
    }
    return OK;
}

// -- words --------------------------------------------------------------------------

// getopt's own tables, made from ours.
static void getopt_tables(struct option *longs, char *shorts) {
    *shorts++ = ':'; // a missing argument is told apart from an unknown option
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &cli_options[i];
        longs[i] = (struct option){
            row->long_name, row->argument ? required_argument : no_argument, NULL, 256 + i};
        if (!row->short_name) continue;
        *shorts++ = row->short_name;
        if (row->argument) *shorts++ = ':';
    }
    *shorts = 0;
}

static int option_of(int found) {
    if (found >= 256) return found - 256;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (cli_options[i].short_name && cli_options[i].short_name == found) return i;
    return -1;
}

// What getopt could not take: an option without its argument, or an unknown one.
static Status refused(Parser *p, int found, const char *word) {
    const int id = option_of(optopt);
    if (found == ':')
        return wrong(p,
                     printed(p, "--%s needs %s", cli_options[id].long_name,
                             cli_options[id].argument),
                     cli_options[id].help);
    if (id >= 0 && optopt >= 256)
        return wrong(p, printed(p, "--%s takes no argument", cli_options[id].long_name),
                     NULL);
    if (is_long_behind_one_dash(word)) return one_dash(p, word);
    return unknown_option(p, optopt && optopt < 256 ? printed(p, "-%c", optopt) : word);
}

static Status parse_words(Parser *p, int argc, char **argv) {
    struct option longs[OPTION_COUNT + 1] = {{0}};
    char shorts[2 * OPTION_COUNT + 2];
    getopt_tables(longs, shorts);
    opterr = 0;
    optind = 0; // GNU: begin anew
    for (;;) {
        const int found = getopt_long(argc, argv, shorts, longs, NULL);
        if (found == -1) break;
        // getopt stays at a word of short options until its last letter.
        const char *word = argv[optind - 1];
        const bool inside = found == '?' && optind < argc && optopt < 256 && optopt &&
                            word[strlen(word) - 1] != optopt;
        if (found == '?' || found == ':') return refused(p, found, argv[optind - !inside]);
        if (found < 256 && optarg == word + 2 && is_long_behind_one_dash(word))
            return one_dash(p, word); // -only is no --output=nly
        TRY(take(p, (OptionId)option_of(found), optarg));
    }
    for (int i = optind; i < argc; i++)
        if (!VEC_PUSH(p->arena, &p->options->operands, argv[i])) return NOMEM;
    return OK;
}

// A first word that could name a command, but names neither one nor a file. One that is
// near to a command is said at once: the options may be that command's.
static Status check_is_file(Parser *p, const char *word, bool even_if_far) {
    const bool is_word = word[0] && word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] == 0;
    if (!is_word || access(word, F_OK) == 0) return OK;
    const CommandRow *near = cli_nearest_command(word);
    if (!near && !even_if_far) return OK;
    return wrong(p, printed(p, "no file and no command `%s`", word),
                 near ? printed(p, "did you mean `%s`?", near->name)
                      : "cg-grad help lists the commands");
}

// The first word may be a command.
static Status take_command(Parser *p) {
    Options *o = p->options;
    if (o->operands.n == 0) return OK;
    const char *first = o->operands.at[0];
    if (cli_find_command(first, &o->command)) {
        o->named = true;
        o->operands.at++;
        o->operands.n--;
        return OK;
    }
    for (size_t i = 0; i < sizeof later_commands / sizeof *later_commands; i++) {
        if (strcmp(first, later_commands[i]) == 0)
            return wrong(p, printed(p, "the command `%s` is not in this version", first),
                         printed(p, "a spec of that name is written ./%s", first));
    }
    return check_is_file(p, first, false);
}

// -- what makes sense together ------------------------------------------------------

static Status check_options(Parser *p) {
    const CommandId command = p->options->command;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &cli_options[i];
        if (!p->given[i] || row->commands & 1u << command) continue;
        Text hint = {.arena = p->arena};
        for (int k = 0; k < COMMAND_COUNT; k++)
            if (row->commands & 1u << k)
                base_text_printf(&hint, hint.n ? ", %s" : "it is an option of %s",
                                 cli_commands[k].name);
        return wrong(p,
                     printed(p, "--%s is no option of `%s`", row->long_name,
                             cli_commands[command].name),
                     built(p, &hint));
    }
    return OK;
}

// Not every format is for every command.
static const uint32_t format_commands[] = {
    [REPORT_TEXT] = ALL,
    [REPORT_JSON] = ON(eval) | ON(check) | ON(builtins),
    [REPORT_JSONL] = ON(eval) | ON(check) | ON(builtins),
    [REPORT_TABLE] = ON(eval),
    [REPORT_DOT] = ON(graph),
    [REPORT_SVG] = ON(graph),
};

bool cli_has_format(CommandId command, unsigned format) {
    return format_commands[format] & 1u << command;
}

static Status check_format(Parser *p) {
    const Options *o = p->options;
    if (cli_has_format(o->command, o->format)) return OK;
    Text hint = {.arena = p->arena};
    Str wanted = {0};
    const char *words = cli_options[OPTION_format].words;
    for (unsigned i = 0; i < sizeof format_commands / sizeof *format_commands; i++) {
        const Str word = cli_next_word(&words);
        if (i == o->format) wanted = word;
        if (cli_has_format(o->command, i))
            base_text_printf(&hint, "%s%.*s", hint.n ? ", " : "it prints ", STR_ARG(word));
    }
    return wrong(p,
                 printed(p, "--format: `%s` has no %.*s", cli_commands[o->command].name,
                         STR_ARG(wanted)),
                 hint.failed ? NULL : hint.at);
}

// One of a command's operands: "SPEC" of "SPEC…", "COMMAND" of "[COMMAND]", "of a, b" of
// "a|b".
static const char *one_operand(Parser *p, const CommandRow *row) {
    const char *what = row->operands + strspn(row->operands, "[");
    const size_t end = strcspn(what, "]…");
    Text text = {.arena = p->arena};
    if (memchr(what, '|', end)) base_text_add(&text, STR("of "));
    for (size_t i = 0; i < end; i++)
        base_text_add(&text, what[i] == '|' ? STR(", ") : (Str){what + i, 1});
    return built(p, &text);
}

static Status check_operands(Parser *p) {
    const Options *o = p->options;
    const CommandRow *row = &cli_commands[o->command];
    const bool specs = strncmp(row->operands, "SPEC", 4) == 0;
    if (o->operands.n < row->least) {
        return wrong(p,
                     specs
                         ? "no spec is given"
                         : printed(p, "`%s` needs one %s", row->name, one_operand(p, row)),
                     specs ? "cg-grad SPEC evaluates a file, cg-grad - reads standard "
                             "input; cg-grad --help says more"
                           : NULL);
    }
    if (o->operands.n > row->most) {
        return wrong(p,
                     row->most
                         ? printed(p, "`%s` takes one %s", row->name, one_operand(p, row))
                         : printed(p, "`%s` takes nothing more", row->name),
                     printed(p, "`%s` is too much", o->operands.at[row->most]));
    }
    uint32_t stdins = 0;
    for (uint32_t i = 0; i < o->operands.n; i++) {
        stdins += strcmp(o->operands.at[i], "-") == 0;
        if (specs && !*o->operands.at[i])
            return wrong(p,
                         printed(p, "an empty word where `%s` takes a %s", row->name,
                                 one_operand(p, row)),
                         NULL);
    }
    if (stdins && o->command == COMMAND_record)
        return wrong(p, "`record` writes beside a spec: standard input (-) has no place",
                     "write the spec into a file");
    if (specs && stdins > 1) return wrong(p, "standard input (-) can be read once", NULL);
    return OK;
}

static Status check_together(Parser *p) {
    const Options *o = p->options;
    if (o->full && (o->format == REPORT_JSON || o->format == REPORT_JSONL))
        return wrong(p, "--full is for text and tables: JSON has arrays whole", NULL);
    if (o->quiet && o->verbose) return wrong(p, "-q and -v exclude each other", NULL);
    if (o->digits && o->engine != CG_ENGINE_EXACT && o->command != COMMAND_check)
        return wrong(p, "--digits is for exact numbers", "add --engine exact");
    if (o->validate && o->output)
        return wrong(p, "--validate computes nothing: there is nothing for -o to write",
                     NULL);
    int64_t ulp;
    if (o->ulp && (!num_parse_int(base_str(o->ulp), &ulp) || ulp < 0))
        return wrong(p, printed(p, "--ulp: `%s` is no whole number from 0 on", o->ulp),
                     NULL);
    if (o->expression) {
        if (o->operands.n)
            return wrong(p, "-e evaluates an expression: it takes no spec",
                         o->at.n ? "several arguments are one word: --at x=3,y=4" : NULL);
        if (o->function) return wrong(p, "-e and -f exclude each other", NULL);
        if (o->only.n)
            return wrong(p, "--only chooses points of a spec: -e has none", NULL);
        return OK;
    }
    if (o->vjp) return wrong(p, "--vjp needs -e EXPR", NULL);
    TRY(check_operands(p));
    if (o->function) {
        if (o->operands.n > 1) return wrong(p, "-f takes one spec", NULL);
        if (o->only.n)
            return wrong(p, "--only chooses points of a spec: -f makes its own", NULL);
        return OK;
    }
    const bool has_function = cli_options[OPTION_function].commands & 1u << o->command;
    if (o->at.n)
        return wrong(p,
                     has_function ? "--at needs -f NAME or -e EXPR" : "--at needs -e EXPR",
                     "the points of a spec have their own `at`");
    return OK;
}

static Status parse(Parser *p, int argc, char **argv) {
    const Options *o = p->options;
    TRY(parse_words(p, argc, argv));
    TRY(take_command(p));
    if (o->help || o->version) return OK;
    TRY(check_options(p));
    TRY(check_format(p));
    TRY(check_together(p));
    const bool runs_specs = !o->named && o->operands.n;
    return runs_specs ? check_is_file(p, o->operands.at[0], true) : OK;
}

Status cli_parse_options(Arena *arena, int argc, char **argv, Options *options,
                         UsageError *error) {
    Parser p = {.arena = arena, .options = options, .error = error};
    *options = (Options){0};
    *error = (UsageError){0};
    const Status status = parse(&p, argc, argv);
    return p.no_memory ? NOMEM : status;
}
