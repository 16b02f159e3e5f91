// The command: cg-grad. It uses the library alone.
#include "cli/command.h"

static ExitStatus (*const run_command[COMMAND_COUNT])(Command *) = {
#define COMMAND(name, operands, least, most, summary) cli_run_##name,
#include "cli/commands.def"
#undef COMMAND
};

static ExitStatus run(Command *c, int argc, char **argv) {
    UsageError error;
    const Status parsed = cli_parse_options(c->arena, argc, argv, &c->options, &error);
    if (parsed == NOMEM) return cli_out_of_memory();
    if (parsed != OK) return cli_complain(c, "E001", error.message, error.hint);
    if (c->options.help) {
        if (c->options.named)
            cli_help_of_command(c->options.command, &c->out);
        else
            cli_help(&c->out);
        return cli_print(c);
    }
    if (c->options.version) {
        base_text_printf(&c->out, "cg-grad %s\n", cg_version());
        return cli_print(c);
    }
    c->cg = cg_new();
    return c->cg ? run_command[c->options.command](c) : cli_out_of_memory();
}

int main(int argc, char **argv) {
    Command command = {.arena = base_arena_new()};
    if (!command.arena) return (int)cli_out_of_memory();
    command.out.arena = command.arena;
    const ExitStatus status = run(&command, argc, argv);
    cli_say_more(&command);
    cg_free(command.cg);
    base_arena_free(command.arena);
    return (int)status;
}
