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
        Text message = {.arena = c->arena};
        const char *hint = cli_nearest_command(c->arena, operands->at[0]);
        base_text_printf(&message, "there is no command `%s`", operands->at[0]);
        if (message.failed) return cli_out_of_memory();
        return cli_complain(c, "E001", message.at,
                            hint ? hint : "cg-grad help lists the commands");
    }
    return cli_print(c);
}
