// What a command line asks for: the tables of commands and options, and their parser.
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/str.h"
#include "base/vec.h"
#include "cggrad.h"
#include "report/report.h"

// -- commands -----------------------------------------------------------------------

typedef enum CommandId {
#define COMMAND(name, operands, least, most, summary) COMMAND_##name,
#include "cli/commands.def"
#undef COMMAND
    COMMAND_COUNT
} CommandId;

typedef struct CommandRow {
    const char *name, *operands;
    uint32_t least, most; // operands
    const char *summary;  // NULL: not for people
} CommandRow;
extern const CommandRow cli_commands[COMMAND_COUNT];

// The command of a name. False when there is none.
bool cli_find_command(const char *name, CommandId *command);
// The command nearest to a word, or NULL.
const CommandRow *cli_nearest_command(const char *word);

// What to type (examples.def).
typedef struct ExampleRow {
    CommandId command;
    const char *words, *meaning;
} ExampleRow;
extern const ExampleRow cli_examples[]; // behind the last one: NULL words

// -- options ------------------------------------------------------------------------

typedef enum OptionId {
#define OPTION(field, kind, short_name, long_name, argument, words, commands, help)        \
    OPTION_##field,
#include "cli/options.def"
#undef OPTION
    OPTION_COUNT
} OptionId;

// How an option's argument is kept, and in what type of field.
typedef enum OptionKind {
    OPTION_IS_FLAG,    // bool
    OPTION_IS_TEXT,    // const char *: at most once
    OPTION_IS_TEXTS,   // Texts: each time it is given
    OPTION_IS_NUMBER,  // unsigned: from 1 to CLI_MOST_NUMBER; the last one given counts
    OPTION_IS_CHOICE,  // unsigned: the number of the word; the last one given counts
    OPTION_IS_CHOICES, // unsigned: a bit for each of the words, separated by commas
} OptionKind;
enum { CLI_MOST_NUMBER = 10000 };

typedef struct OptionRow {
    OptionKind kind;
    char short_name;
    const char *long_name, *argument, *words;
    uint32_t commands; // a bit for each command that has it
    size_t field;      // its offset in Options
    const char *help;
} OptionRow;
extern const OptionRow cli_options[OPTION_COUNT];

typedef VEC(const char *) Texts;

typedef enum ColorWhen { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;

typedef struct Options {
    CommandId command;
    bool named;     // the command stood in the command line
    Texts operands; // specs, mostly
    const char *expression, *vjp, *function, *argnums, *output, *ulp;
    Texts at, only;
    unsigned compute;      // cg_compute bits; 0: the points' own
    unsigned engine;       // cg_engine
    unsigned digits;       // 0: machine numbers; check: the default
    unsigned order;        // one less
    unsigned max_ulp;      // 0: rules may be as inaccurate as they like
    unsigned format;       // ReportFormat
    unsigned diagnostics;  // 1: JSON Lines
    unsigned input_format; // cg_format
    unsigned color;        // ColorWhen
    bool no_rules;         // check: expectations alone
    unsigned undecided;    // VerifyUndecided
    bool full, validate, werror, quiet, verbose, help, version;
    bool grad, raw, explain, diff, prune;
} Options;

// Whether a command prints results in a format (ReportFormat): graphs have some of their
// own.
bool cli_has_format(CommandId command, unsigned format);

// A mistake in the command line.
typedef struct UsageError {
    const char *message; // NULL: none
    const char *hint;    // or NULL
} UsageError;

// Parses the command line. FAILED: *error says why. Texts point into argv or the arena.
Status cli_parse_options(Arena *arena, int argc, char **argv, Options *options,
                         UsageError *error) MUST_USE;

// The next of the words of an option (separated by spaces); empty behind the last.
Str cli_next_word(const char **words);

// The help of the program, and of a command, from the tables.
void cli_help(Text *out);
void cli_help_of_command(CommandId command, Text *out);

#endif
