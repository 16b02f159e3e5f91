// `cg-grad complete N -- WORD…`: what may stand in place of word N (from 0) of a command
// line, for the shells' completions (completions/). Answers always and soon: a mistake is
// silence, and nothing but specs that are ordinary files is read.
//
// The first line says what of the shell's own may stand there, too: `specs` (their files),
// `files`, `folders`; `list` when the word may go on behind a comma. Each further line is a
// candidate for the whole word, a tab, and what it means. Where a candidate ends in `=` or
// `(` the word goes on.
#include "base/diag.h"
#include "cli/command.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct Completion {
    Command *c;
    // what the other words say
    CommandId command;
    bool named;      // a word named the command
    bool no_options; // behind --
    bool given[OPTION_COUNT];
    const char *function; // -f
    Texts operands;
    int open_option; // the next word is its argument; -1: none
    // the word to complete
    uint32_t n_operands; // before it
    Str prefix;          // what stands in front of the part to complete
    const char *flags;   // the first line
    Text candidates;
    bool is_loaded; // the specs
    bool no_memory;
} Completion;

// -- candidates ---------------------------------------------------------------------

// Text with control characters is no candidate: a line could not hold it.
static bool is_plain(Str text) {
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7F) return false;
    return true;
}

static void add_suffixed(Completion *p, Str value, const char *suffix,
                         const char *meaning) {
    if (!is_plain(value)) return;
    base_text_add(&p->candidates, p->prefix);
    base_text_add(&p->candidates, value);
    base_text_printf(&p->candidates, "%s\t%s\n", suffix,
                     is_plain(base_str(meaning)) ? meaning : "");
}

static void add(Completion *p, const char *value, const char *meaning) {
    add_suffixed(p, base_str(value), "", meaning);
}

// The part of a word behind its last comma is what is completed.
static const char *behind_comma(Completion *p, const char *word) {
    const char *comma = strrchr(word, ',');
    if (!comma) return word;
    p->prefix.n += (size_t)(comma + 1 - word);
    return comma + 1;
}

// The name that a word ends in, a module in front of it left to the prefix.
static const char *last_name(Completion *p, const char *word) {
    const char *name = word + strlen(word);
    while (name > word && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
        name--;
    p->prefix.n += (size_t)(name - word);
    return name;
}

static void add_formats(Completion *p, const char *words) {
    unsigned format = 0;
    for (Str word = cli_next_word(&words); word.n; word = cli_next_word(&words))
        if (cli_has_format(p->command, format++)) add_suffixed(p, word, "", "");
}

static void add_words(Completion *p, const char *words, const char *separators) {
    while (*words) {
        const size_t n = strcspn(words, separators);
        if (n) add_suffixed(p, (Str){words, n}, "", "");
        words += n + (words[n] != 0);
    }
}

static void add_commands(Completion *p) {
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (cli_commands[i].summary) add(p, cli_commands[i].name, cli_commands[i].summary);
}

static bool is_method(const cg_builtin *row) {
    return strchr(row->name, '.') != NULL;
}

// Built-ins as they are named, or (called) as an expression calls them.
static void add_builtins(Completion *p, const char *group, bool called) {
    cg_builtin row;
    for (size_t i = 0; cg_builtin_at(i, &row); i++) {
        if (group && strcmp(row.group, group) != 0) continue;
        if (called && is_method(&row)) continue;
        const bool opens = called && row.kind != CG_BUILTIN_CONSTANT;
        add_suffixed(p, base_str(row.name), opens ? "(" : "", row.doc);
    }
}

static void add_codes(Completion *p) {
    for (int i = 0; i < CODE_COUNT; i++)
        add(p, base_code_name((Code)i), base_code_title((Code)i));
}

// -- names of specs -----------------------------------------------------------------

// Loads what is an ordinary file of a size that is read at once; the others, and those with
// a mistake, have no names.
static void load_specs(Completion *p) {
    enum { MOST_BYTES = 4 << 20 };
    const char *home = getenv("HOME");
    if (p->is_loaded) return;
    p->is_loaded = true;
    for (uint32_t i = 0; i < p->operands.n; i++) {
        const char *word = p->operands.at[i];
        Text path = {.arena = p->c->arena};
        struct stat status;
        cg_source spec;
        if (word[0] == '~' && word[1] == '/' && home) {
            base_text_add(&path, base_str(home));
            word++;
        }
        base_text_add(&path, base_str(word));
        if (path.failed || stat(path.at, &status) != 0 || !S_ISREG(status.st_mode) ||
            status.st_size > MOST_BYTES)
            continue;
        const cg_status loaded = cg_load_file(p->c->cg, path.at, CG_FORMAT_GUESS, &spec);
        p->no_memory |= loaded == CG_NOMEM ||
                        (loaded == CG_OK && !VEC_PUSH(p->c->arena, &p->c->specs, spec));
    }
}

static void add_points(Completion *p) {
    load_specs(p);
    for (uint32_t i = 0; i < p->c->specs.n; i++)
        for (size_t k = 0; k < cg_point_count(p->c->cg, p->c->specs.at[i]); k++)
            add(p, cg_point_name(p->c->cg, p->c->specs.at[i], k),
                cg_point_function(p->c->cg, p->c->specs.at[i], k));
}

static void add_functions(Completion *p) {
    load_specs(p);
    for (uint32_t i = 0; i < p->c->specs.n; i++)
        for (size_t k = 0; k < cg_function_count(p->c->cg, p->c->specs.at[i]); k++)
            add(p, cg_function_name(p->c->cg, p->c->specs.at[i], k), "");
}

// Arguments of the function of -f, or of all functions.
static void add_arguments(Completion *p, const char *suffix) {
    cg_context *cg = p->c->cg;
    load_specs(p);
    for (uint32_t i = 0; i < p->c->specs.n; i++) {
        const cg_source spec = p->c->specs.at[i];
        for (size_t k = 0; k < cg_function_count(cg, spec); k++) {
            const char *function = cg_function_name(cg, spec, k);
            if (p->function && strcmp(p->function, function) != 0) continue;
            for (size_t m = 0; m < cg_argument_count(cg, spec, k); m++) {
                const char *name = cg_argument_name(cg, spec, k, m);
                p->no_memory |= !name;
                if (name) add_suffixed(p, base_str(name), suffix, function);
            }
        }
    }
}

// -- the other words -----------------------------------------------------------------

// The option of a long name, or of a beginning that only one has; -1: none.
static int long_option(const char *word, size_t n) {
    int found = -1;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *name = cli_options[i].long_name;
        if (strncmp(name, word, n) != 0) continue;
        if (name[n] == 0) return i;
        found = found == -1 ? i : -2;
    }
    return found < 0 ? -1 : found;
}

static int short_option(char letter) {
    for (int i = 0; i < OPTION_COUNT; i++)
        if (letter && cli_options[i].short_name == letter) return i;
    return -1;
}

// An option that was given; `argument` NULL: what takes one takes the next word.
static void take_option(Completion *p, int option, const char *argument) {
    if (option < 0) return;
    p->given[option] = true;
    if (argument && option == OPTION_function) p->function = argument;
    if (!argument && cli_options[option].argument) p->open_option = option;
}

static void take_operand(Completion *p, const char *word) {
    if (!p->named && p->operands.n == 0 && cli_find_command(word, &p->command)) {
        p->named = true;
        return;
    }
    p->no_memory |= !VEC_PUSH(p->c->arena, &p->operands, word);
}

static void take_word(Completion *p, const char *word) {
    if (p->open_option >= 0) {
        const int option = p->open_option;
        p->open_option = -1;
        take_option(p, option, word);
    } else if (p->no_options || word[0] != '-' || word[1] == 0) {
        take_operand(p, word);
    } else if (word[1] == '-') {
        const size_t n = strcspn(word + 2, "=");
        p->no_options = n == 0;
        take_option(p, n ? long_option(word + 2, n) : -1,
                    word[2 + n] ? word + 2 + n + 1 : NULL);
    } else {
        for (word++; *word && p->open_option < 0; word++) {
            const int option = short_option(*word);
            const bool has_argument = option >= 0 && cli_options[option].argument;
            take_option(p, option, has_argument && word[1] ? word + 1 : NULL);
            if (has_argument) return;
        }
    }
}

// -- the word itself -----------------------------------------------------------------

static void complete_argument(Completion *p, const OptionRow *row, const char *word) {
    const char *words = row->words;
    if (row->kind == OPTION_IS_CHOICES) {
        behind_comma(p, word);
        p->flags = "list";
    }
    if (!words) return;
    if (row == &cli_options[OPTION_format]) {
        add_formats(p, words);
    } else if (words[0] != '@') {
        add_words(p, words, " ");
    } else if (strcmp(words, "@expression") == 0) {
        if (*last_name(p, word)) add_builtins(p, NULL, true);
    } else if (strcmp(words, "@function") == 0) {
        last_name(p, word);
        add_functions(p);
        add_builtins(p, "transformation", true);
    } else if (strcmp(words, "@point") == 0) {
        add_points(p);
    } else if (strcmp(words, "@argnums") == 0) {
        behind_comma(p, word);
        p->flags = "list";
        add_arguments(p, "");
    } else if (strcmp(words, "@arguments") == 0) {
        behind_comma(p, word);
        if (p->function) add_arguments(p, "=");
    } else if (strcmp(words, "@file") == 0) {
        p->flags = "files";
    } else if (strcmp(words, "@folder") == 0) {
        p->flags = "folders";
    }
}

static void complete_option(Completion *p) {
    p->prefix = STR("--");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &cli_options[i];
        const bool again = row->kind == OPTION_IS_TEXTS || row->kind == OPTION_IS_CHOICES;
        if (!(row->commands & 1u << p->command) || (p->given[i] && !again)) continue;
        add(p, row->long_name, row->help);
    }
}

static void complete_operand(Completion *p) {
    const CommandRow *row = &cli_commands[p->command];
    const char *what = row->operands + strspn(row->operands, "[");
    const Str name = {what, strspn(what, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")};
    if (p->given[OPTION_expression] || p->n_operands >= row->most) return;
    if (!p->named && p->n_operands == 0) add_commands(p);
    if (base_str_eq(name, STR("SPEC")))
        p->flags = "specs";
    else if (base_str_eq(name, STR("FILE")))
        p->flags = "files";
    else if (base_str_eq(name, STR("NAME")))
        add_builtins(p, NULL, false);
    else if (base_str_eq(name, STR("COMMAND")))
        add_commands(p);
    else if (base_str_eq(name, STR("CODE")))
        add_codes(p);
    else
        add_words(p, what, "|[]…");
}

static void complete_word(Completion *p, const char *word) {
    const char *equals = strchr(word, '=');
    p->prefix = (Str){word, 0};
    if (p->open_option >= 0) {
        complete_argument(p, &cli_options[p->open_option], word);
    } else if (p->no_options || word[0] != '-') {
        complete_operand(p);
    } else if (word[1] == '-' && equals) {
        const int option = long_option(word + 2, (size_t)(equals - word - 2));
        p->prefix.n = (size_t)(equals + 1 - word);
        if (option >= 0) complete_argument(p, &cli_options[option], equals + 1);
    } else {
        complete_option(p);
    }
}

// Takes the words before the word, then those behind it; of these the word knows no more
// than which specs there are.
static void take_others(Completion *p, const Texts *words, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        take_word(p, words->at[i]);
    const int open_option = p->open_option;
    const bool no_options = p->no_options;
    p->n_operands = p->operands.n;
    p->open_option = -1;
    for (uint32_t i = n + 1; i < words->n; i++)
        take_word(p, words->at[i]);
    p->open_option = open_option;
    p->no_options = no_options;
}

ExitStatus cli_run_complete(Command *c) {
    Completion p = {
        .c = c, .open_option = -1, .flags = "", .candidates = {.arena = c->arena}};
    Texts words = c->options.operands;
    const unsigned long n = strtoul(words.at[0], NULL, 10);
    words.at++;
    words.n--;
    if (n >= words.n) return EXIT_TROUBLE;
    take_others(&p, &words, (uint32_t)n);
    complete_word(&p, words.at[n]);
    base_text_printf(&c->out, "%s\n", p.flags);
    base_text_add(&c->out, base_text_str(&p.candidates));
    if (p.no_memory || p.candidates.failed) return cli_out_of_memory();
    return cli_print(c);
}
