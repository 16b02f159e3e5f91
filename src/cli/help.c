// The help, from the tables of commands, options and examples.
#include "cli/options.h"

#include <ctype.h>

enum { COLUMN = 29, WIDTH = 80 }; // where the text of a row begins, and ends

static size_t columns_of(const char *text, size_t n) {
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

// Words from column `begin` on, wrapped; `at`: where the line stands now.
static void add_wrapped(Text *out, size_t at, size_t begin, const char *text) {
    for (bool first = at <= begin; *text; first = false) {
        const size_t n = strcspn(text, " "), columns = columns_of(text, n);
        if (!first && at + 1 + columns > WIDTH) {
            base_text_char(out, '\n');
            at = 0;
            first = true;
        }
        for (const size_t end = first ? begin : at + 1; at < end; at++)
            base_text_char(out, ' ');
        base_text_add(out, (Str){text, n});
        at += columns;
        text += n + (text[n] == ' ');
    }
    base_text_char(out, '\n');
}

// What stands on the left of a row, and its text on the right; below, where the left side
// is too long.
static void add_row(Text *out, const Text *left, const char *text) {
    const size_t at = left->n ? columns_of(left->at, left->n) : 0;
    out->failed |= left->failed;
    base_text_add(out, base_text_str(left));
    add_wrapped(out, at < COLUMN ? at : WIDTH, COLUMN, text);
}

static void add_option(Text *out, const OptionRow *row) {
    Text left = {.arena = out->arena};
    if (row->short_name)
        base_text_printf(&left, "  -%c, ", row->short_name);
    else
        base_text_add(&left, STR("      "));
    base_text_printf(&left, "--%s", row->long_name);
    if (row->argument) base_text_printf(&left, " %s", row->argument);
    add_row(out, &left, row->help);
}

static void add_options(Text *out, CommandId command) {
    base_text_add(out, STR("\nOptions:\n"));
    for (int i = 0; i < OPTION_COUNT; i++)
        if (cli_options[i].commands & 1u << command) add_option(out, &cli_options[i]);
}

static void add_examples(Text *out, CommandId command) {
    for (const ExampleRow *row = cli_examples; row->words; row++)
        if (row->command == command)
            base_text_printf(out, "  cg-grad %s\n      %s\n", row->words, row->meaning);
}

// As a sentence, wrapped.
static void add_summary(Text *out, const char *summary) {
    Text sentence = {.arena = out->arena};
    base_text_printf(&sentence, "%c%s.", toupper((unsigned char)*summary), summary + 1);
    out->failed |= sentence.failed;
    if (!sentence.failed) add_wrapped(out, 0, 0, sentence.at);
    base_text_char(out, '\n');
}

void cli_help_of_command(CommandId command, Text *out) {
    const CommandRow *row = &cli_commands[command];
    if (row->summary) add_summary(out, row->summary);
    add_examples(out, command);
    base_text_printf(out, "\nUsage: cg-grad %s [options] %s\n", row->name, row->operands);
    add_options(out, command);
}

void cli_help(Text *out) {
    base_text_add(out,
                  STR("cg-grad computes gradients of functions with custom rules.\n\n"));
    add_examples(out, COMMAND_eval);
    base_text_add(out,
                  STR("\nUsage: cg-grad [eval] [options] SPEC…   (- is standard input)\n"
                      "       cg-grad -e EXPR [--vjp EXPR] [--at x=3,y=4]\n"
                      "       cg-grad COMMAND …\n\nCommands:\n"));
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = &cli_commands[i];
        Text left = {.arena = out->arena};
        if (!row->summary) continue;
        base_text_printf(&left, "  %s", row->name);
        add_row(out, &left, row->summary);
    }
    add_options(out, COMMAND_eval);
    base_text_add(
        out, STR("\ncg-grad COMMAND --help shows the options of another command.\n"
                 "\nExit status: 0 all is well; 1 a check failed; 2 trouble: bad "
                 "usage, a bad\nspec, a point in error, input or output that failed.\n"));
}
