// What the commands share.
#include "cli/command.h"
#include "cli/embedded.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

// -- standard error -----------------------------------------------------------------

bool cli_is_colored(const Options *options, int fd) {
    const char *no_color = getenv("NO_COLOR");
    if (options->color != COLOR_AUTO) return options->color == COLOR_ALWAYS;
    return isatty(fd) && !(no_color && *no_color);
}

void cli_say(Str text) {
    (void)cli_write(STDERR_FILENO, text);
}

// Of the first error, or of the first warning where there is none.
static const char *first_code(cg_context *cg) {
    const char *code = NULL;
    for (size_t i = cg_diagnostic_count(cg); i-- > 0;) {
        const cg_diagnostic *diagnostic = cg_diagnostic_at(cg, i);
        if (diagnostic && (!diagnostic->is_warning || !cg_error_count(cg)))
            code = diagnostic->code;
    }
    return code;
}

void cli_show_diagnostics(Command *c) {
    if (c->options.quiet) cg_drop_warnings(c->cg);
    if (!c->options.diagnostics) {
        const bool colored = cli_is_colored(&c->options, STDERR_FILENO);
        const char *text = cg_diagnostics_text(c->cg, colored);
        if (text) cli_say(base_str(text));
        c->said = first_code(c->cg);
        return;
    }
    Text lines = {.arena = c->arena};
    for (size_t i = 0; i < cg_diagnostic_count(c->cg); i++) {
        const cg_diagnostic *diagnostic = cg_diagnostic_at(c->cg, i);
        if (!diagnostic || report_diagnostic(diagnostic, &lines) != OK) break;
    }
    cli_say(base_text_str(&lines));
}

ExitStatus cli_complain(Command *c, const char *code, const char *message,
                        const char *hint) {
    const cg_diagnostic diagnostic = {.code = code, .message = message, .hint = hint};
    Text text = {.arena = c->arena};
    if (c->options.diagnostics) {
        if (report_diagnostic(&diagnostic, &text) != OK) return EXIT_TROUBLE;
    } else {
        base_text_printf(&text, "error[%s]: ", code);
        base_text_add_shown(&text, base_str(message));
        if (hint) {
            base_text_add(&text, STR("\n  = help: "));
            base_text_add_shown(&text, base_str(hint));
        }
        base_text_char(&text, '\n');
        if (!c->said) c->said = code;
    }
    cli_say(base_text_str(&text));
    return EXIT_TROUBLE;
}

// Programs, which read standard error through a pipe, are spared the line.
void cli_say_more(const Command *c) {
    if (!c->said || c->options.quiet || !isatty(STDERR_FILENO)) return;
    Text text = {.arena = c->arena};
    base_text_printf(&text, "\ncg-grad explain %s says more\n", c->said);
    cli_say(base_text_str(&text));
}

ExitStatus cli_out_of_memory(void) {
    cli_say(STR("error[E702]: out of memory\n"));
    return EXIT_TROUBLE;
}

ExitStatus cli_cannot_write(Command *c, int error) {
    if (error == EPIPE) return EXIT_TROUBLE;
    Text text = {.arena = c->arena};
    base_text_printf(&text, "cannot write %s: %s",
                     c->options.output ? c->options.output : "standard output",
                     strerror(error));
    return cli_complain(c, "E802", text.failed ? "cannot write" : text.at, NULL);
}

// -- specs and points ---------------------------------------------------------------

cg_status cli_load_specs(Command *c) {
    const Options *o = &c->options;
    cg_source spec;
    cg_status status = CG_OK;
    cg_set_werror(c->cg, o->werror);
    if (o->expression) {
        status = cg_load_expression(c->cg, o->expression, o->vjp, o->at.n, o->at.at, &spec);
        if (status == CG_OK && !VEC_PUSH(c->arena, &c->specs, spec)) return CG_NOMEM;
        return status;
    }
    for (uint32_t i = 0; i < o->operands.n; i++) {
        const cg_status one =
            cg_load_file(c->cg, o->operands.at[i], (cg_format)o->input_format, &spec);
        if (one == CG_NOMEM) return one;
        if (one != CG_OK)
            status = one;
        else if (!VEC_PUSH(c->arena, &c->specs, spec))
            return CG_NOMEM;
    }
    return status;
}

cg_status cli_load(Command *c) {
    const Options *o = &c->options;
    const cg_status status = cli_load_specs(c);
    if (status != CG_OK || !o->function) return status;
    size_t point;
    return cg_add_point(c->cg, c->specs.at[0], o->function, o->at.n, o->at.at, &point);
}

ExitStatus cli_not_loaded(Command *c, cg_status status) {
    if (status == CG_NOMEM) return cli_out_of_memory();
    cli_show_diagnostics(c);
    return EXIT_TROUBLE;
}

bool cli_is_chosen(const Command *c, const char *point) {
    for (uint32_t i = 0; i < c->options.only.n; i++) {
        const char *only = c->options.only.at[i];
        if (strcmp(only, point) == 0 || fnmatch(only, point, 0) == 0) return true;
    }
    return c->options.only.n == 0;
}

size_t cli_first_point(const Command *c, cg_source spec) {
    return c->options.function ? cg_point_count(c->cg, spec) - 1 : 0;
}

ExitStatus cli_nothing_chosen(Command *c) {
    VEC(Str) names = {0};
    for (uint32_t i = 0; i < c->specs.n; i++)
        for (size_t k = 0; k < cg_point_count(c->cg, c->specs.at[i]); k++)
            if (!VEC_PUSH(c->arena, &names,
                          base_str(cg_point_name(c->cg, c->specs.at[i], k))))
                return cli_out_of_memory();
    const char *only = c->options.only.at[0];
    const int best = base_nearest(base_str(only), names.at, names.n);
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message, "--only: no point is called, or matches, `%s`", only);
    if (best >= 0 && names.at)
        base_text_printf(&hint, "did you mean `%.*s`?", STR_ARG(names.at[best]));
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E001", message.at, hint.at);
}

// -- output -------------------------------------------------------------------------

void cli_begin_progress(Command *c) {
    size_t n = 0;
    for (uint32_t k = 0; k < c->specs.n; k++) {
        const cg_source spec = c->specs.at[k];
        for (size_t i = cli_first_point(c, spec); i < cg_point_count(c->cg, spec); i++)
            n += cli_is_chosen(c, cg_point_name(c->cg, spec, i));
    }
    c->progress = cli_progress(n, !c->options.quiet);
}

bool cli_write_out(Command *c) {
    const char *path = c->options.output;
    const Str out = base_text_str(&c->out);
    if (!path && c->progress.drawn && isatty(STDOUT_FILENO))
        cli_progress_hide(&c->progress);
    c->out.n = 0;
    return path ? cli_write_file(c->arena, path, out) : cli_write(STDOUT_FILENO, out);
}

ExitStatus cli_print(Command *c) {
    if (c->out.failed) return cli_out_of_memory();
    return cli_write_out(c) ? EXIT_WELL : cli_cannot_write(c, errno);
}

Str cli_embedded(const char *name) {
    const EmbeddedFile *file = cli_embedded_files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    return file->name ? base_str(file->text) : STR("");
}
