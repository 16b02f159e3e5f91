// `cg-grad help [COMMAND]`.
#include "cli/command.h"

ExitStatus cli_run_help(Command *c) {
    const Texts *operands = &c->options.operands;
    CommandId command;
    if (operands->n == 0) {
        cli_help(&c->out);
    } else if (cli_find_command(operands->at[0], &command)) {
        cli_help_of_command(command, &c->out);
    } else {
        const CommandRow *near = cli_nearest_command(operands->at[0]);
        Text message = {.arena = c->arena}, hint = {.arena = c->arena};
        base_text_printf(&message, "there is no command `%s`", operands->at[0]);
        if (near)
            base_text_printf(&hint, "did you mean `%s`?", near->name);
        else
            base_text_add(&hint, STR("cg-grad help lists the commands"));
        if (message.failed || hint.failed) return cli_out_of_memory();
        return cli_complain(c, "E001", message.at, hint.at);
    }
    return cli_print(c);
}
