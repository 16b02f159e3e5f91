// What a command line asks for.
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/str.h"
#include "base/vec.h"
#include "cggrad.h"
#include "report/report.h"

typedef enum ColourWhen { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } ColourWhen;

typedef struct Options {
    const char *expression, *vjp, *function, *argnums, *output;
    VEC(const char *) at;
    VEC(const char *) only;
    VEC(const char *) specs;
    unsigned compute; // cg_compute bits; 0: the points' own
    ReportFormat format;
    cg_format input_format;
    ColourWhen colour;
    bool json_diagnostics, validate, quiet, verbose, help, version;
} Options;

// A mistake in the command line.
typedef struct UsageError {
    const char *message; // NULL: none
    const char *hint;    // or NULL
} UsageError;

// Parses the command line. FAILED: *error says why. Texts point into argv or the arena.
Status cli_parse_options(Arena *arena, int argc, char **argv, Options *options,
                         UsageError *error) MUST_USE;

// The help, from the table of options.
void cli_help(Text *out);

#endif
