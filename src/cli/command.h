// What the commands share: the context, what was loaded into it, and how they speak.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <unistd.h>

// language.md §5. Of several, 2 comes before 1 before 3 before 0.
typedef enum ExitStatus {
    EXIT_WELL = 0,
    EXIT_CHECK_FAILED = 1,
    EXIT_TROUBLE = 2,
    EXIT_UNDECIDED = 3,
} ExitStatus;

typedef struct Command {
    Arena *arena;
    Options options;
    cg_context *cg;
    VEC(cg_source) specs;
    Text out;          // for standard output, or -o
    Progress progress; // of points
    const char *said;  // the code of a diagnostic that was shown as text, or NULL
} Command;

// Every command of commands.def.
#define COMMAND(name, operands, least, most, summary) ExitStatus cli_run_##name(Command *c);
#include "cli/commands.def"
#undef COMMAND

// -- standard error -----------------------------------------------------------------

// Whether a descriptor gets colours, by --color, NO_COLOR and what it is.
bool cli_is_colored(const Options *options, int fd);
void cli_say(Str text);
// The context's diagnostics, as --diagnostics asks.
void cli_show_diagnostics(Command *c);
// Trouble of the command itself, with no place in a spec. All give EXIT_TROUBLE.
ExitStatus cli_complain(Command *c, const char *code, const char *message,
                        const char *hint);
ExitStatus cli_out_of_memory(void);
// The last line for a person who has seen a diagnostic: which command explains it.
void cli_say_more(const Command *c);
// A write that failed with `error`; a pipe whose reader has gone is not spoken of.
ExitStatus cli_cannot_write(Command *c, int error);

// -- specs and points ---------------------------------------------------------------

// Loads the operands as specs, or -e; adds the point of -f. All mistakes of all specs are
// said.
cg_status cli_load(Command *c) MUST_USE;
// The same without the point of -f.
cg_status cli_load_specs(Command *c) MUST_USE;
// How a command goes on that could not load.
ExitStatus cli_not_loaded(Command *c, cg_status status);
// Whether --only takes a point.
bool cli_is_chosen(const Command *c, const char *point);
// The first point to run: -f makes the last point of its spec, which alone is run.
size_t cli_first_point(const Command *c, cg_source spec);
// --only has chosen nothing: EXIT_TROUBLE, naming the nearest point.
ExitStatus cli_nothing_chosen(Command *c);

// -- output -------------------------------------------------------------------------

// Begins c->progress of a run of all chosen points: cli_progress_step for each, and
// cli_progress_hide at the end.
void cli_begin_progress(Command *c);
// Writes what stands in c->out to standard output, or to -o, and empties it; the progress
// line makes room on a terminal. False with errno set.
bool cli_write_out(Command *c);
// All of c->out at the end of a command that was well.
ExitStatus cli_print(Command *c);
// The text of an embedded file (embedded.h).
Str cli_embedded(const char *name);

#endif
