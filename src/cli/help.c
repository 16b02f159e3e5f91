// --help, from the tables of commands and options.
#include "cli/options.h"

enum { COLUMN = 30, WIDTH = 92 }; // where an option's text begins, and ends

// Words from a column on, wrapped; `column`: where the line stands now.
static void add_wrapped(Text *out, size_t column, const char *text) {
    while (*text) {
        const size_t n = strcspn(text, " ");
        if (column < COLUMN) {
            while (column++ < COLUMN)
                base_text_char(out, ' ');
            column = COLUMN;
        } else if (column + 1 + n > WIDTH || column > COLUMN + WIDTH) {
            base_text_char(out, '\n');
            for (column = 0; column < COLUMN; column++)
                base_text_char(out, ' ');
        } else {
            base_text_char(out, ' ');
            column++;
        }
        base_text_add(out, (Str){text, n});
        column += n;
        text += n + (text[n] == ' ');
    }
    base_text_char(out, '\n');
}

static void add_option(Text *out, const OptionRow *row) {
    Text left = {.arena = out->arena};
    if (row->short_name)
        base_text_printf(&left, "  -%c, ", row->short_name);
    else
        base_text_add(&left, STR("      "));
    base_text_printf(&left, "--%s", row->long_name);
    if (row->argument) base_text_printf(&left, " %s", row->argument);
    out->failed |= left.failed;
    base_text_add(out, base_text_str(&left));
    // A left side that is too long has its text on lines of its own.
    add_wrapped(out, left.n < COLUMN ? left.n : 2 * (size_t)WIDTH, row->help);
}

static void add_command(Text *out, const CommandRow *row) {
    Text left = {.arena = out->arena};
    base_text_printf(&left, "  %s %s", row->name, row->operands);
    out->failed |= left.failed;
    base_text_add(out, base_text_str(&left));
    add_wrapped(out, left.n, row->summary);
}

static void help_of_command(const Options *options, Text *out) {
    const CommandRow *row = &cli_commands[options->command];
    base_text_printf(out, "cg-grad %s: %s.\n\nUsage: cg-grad %s [options] %s\n\n",
                     row->name, row->summary, row->name, row->operands);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (cli_options[i].commands & 1u << options->command)
            add_option(out, &cli_options[i]);
}

static void help_of_program(Text *out) {
    base_text_add(
        out, STR("cg-grad computes gradients of functions with custom rules.\n\n"
                 "  cg-grad spec.yaml                  values and gradients of all points\n"
                 "  cg-grad -F json spec.yaml          the same as one JSON document\n"
                 "  cg-grad -e 'x ** 2' --vjp 'g * x' --at x=3\n"
                 "  cg-grad -f f --at x=0.5 spec.yaml  a function of the spec elsewhere\n\n"
                 "Usage: cg-grad [eval] [options] SPEC…   (- is standard input)\n"
                 "       cg-grad -e EXPR [--vjp EXPR] [--at x=3,y=4]\n\n"));
    for (int i = 0; i < COMMAND_COUNT; i++)
        add_command(out, &cli_commands[i]);
    base_text_char(out, '\n');
    for (int i = 0; i < OPTION_COUNT; i++)
        add_option(out, &cli_options[i]);
    base_text_add(out, STR("\nExit status: 0 all is well; 2 trouble: bad usage, a bad "
                           "spec, a point in error,\n"
                           "or input or output failed.\n"));
}

void cli_help(const Options *options, Text *out) {
    if (options->named)
        help_of_command(options, out);
    else
        help_of_program(out);
}
