// `cg-grad generate WHAT`: files of the project that follow from the tables, and the
// shells' completions.
#include "cli/command.h"
#include "cli/embedded.h"
#include "cli/manual.h"
#include "report/report_builtins.h"

static const char *embedded(const char *name) {
    const EmbeddedFile *file = cli_embedded_files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    return file->text;
}

static Status add_page(Command *c, const char *name) {
    return cli_manual_page(embedded(name), &c->out);
}

static Status add_builtins(Command *c, const char *name) {
    (void)name;
    BuiltinRows rows = {0};
    TRY(report_all_builtins(c->arena, &rows));
    report_builtins_page(&rows, &c->out);
    return OK;
}

static Status add_file(Command *c, const char *name) {
    base_text_add(&c->out, base_str(embedded(name)));
    return OK;
}

typedef struct Generator {
    const char *what;
    Status (*add)(Command *c, const char *name);
    const char *name; // an embedded file, or NULL
} Generator;

// The words of the operand in commands.def.
static const Generator generators[] = {
    {"man", add_page, "cg-grad.1.in"},
    {"expressions", add_page, "cg-grad-expressions.7.in"},
    {"builtins", add_builtins, NULL},
    {"bash", add_file, "cg-grad.bash"},
    {"zsh", add_file, "_cg-grad"},
    {"fish", add_file, "cg-grad.fish"},
};
enum { GENERATORS = sizeof generators / sizeof *generators };

static ExitStatus unknown(Command *c, const char *what) {
    Str names[GENERATORS];
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message, "generate: `%s` is none of", what);
    for (int i = 0; i < GENERATORS; i++) {
        names[i] = base_str(generators[i].what);
        base_text_printf(&message, "%s %s", i ? "," : "", generators[i].what);
    }
    const int best = base_nearest(base_str(what), names, GENERATORS);
    if (best >= 0) base_text_printf(&hint, "did you mean `%s`?", generators[best].what);
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E001", message.at, hint.at);
}

ExitStatus cli_run_generate(Command *c) {
    const char *what = c->options.operands.at[0];
    for (int i = 0; i < GENERATORS; i++) {
        if (strcmp(what, generators[i].what) != 0) continue;
        if (generators[i].add(c, generators[i].name) != OK) return cli_out_of_memory();
        return cli_print(c);
    }
    return unknown(c, what);
}
