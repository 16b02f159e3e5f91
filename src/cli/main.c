// The command: `cg-grad SPEC…` and `cg-grad -e EXPR`. It uses the library alone.
#include "cli/options.h"
#include "cli/output.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum ExitStatus { EXIT_WELL = 0, EXIT_TROUBLE = 2 } ExitStatus;

typedef struct Command {
    Arena *arena;
    Options options;
    cg_context *cg;
    VEC(cg_source) specs;
    Text out;
    bool trouble;
    int write_error; // errno of the write that failed
} Command;

// -- what is said on standard error -------------------------------------------------

static bool is_coloured(const Options *options, int fd) {
    const char *no_color = getenv("NO_COLOR");
    if (options->colour != COLOUR_AUTO) return options->colour == COLOUR_ALWAYS;
    return isatty(fd) && !(no_color && *no_color);
}

static void say(Str text) {
    (void)cli_write(STDERR_FILENO, text);
}

static void show_diagnostics(Command *c) {
    const bool quiet_warnings = c->options.quiet && cg_error_count(c->cg) == 0;
    if (quiet_warnings) return;
    if (!c->options.json_diagnostics) {
        const char *text =
            cg_diagnostics_text(c->cg, is_coloured(&c->options, STDERR_FILENO));
        if (text) say(base_str(text));
        return;
    }
    Text lines = {.arena = c->arena};
    for (size_t i = 0; i < cg_diagnostic_count(c->cg); i++) {
        const cg_diagnostic *diagnostic = cg_diagnostic_at(c->cg, i);
        if (!diagnostic || report_diagnostic(diagnostic, &lines) != OK) break;
    }
    say(base_text_str(&lines));
}

// Trouble of the command itself, with no place in a spec.
static ExitStatus complain(Command *c, const char *code, const char *message,
                           const char *hint) {
    const cg_diagnostic diagnostic = {.code = code, .message = message, .hint = hint};
    Text text = {.arena = c->arena};
    if (c->options.json_diagnostics) {
        if (report_diagnostic(&diagnostic, &text) != OK) return EXIT_TROUBLE;
    } else {
        base_text_printf(&text, "error[%s]: ", code);
        base_text_add_shown(&text, base_str(message));
        if (hint) {
            base_text_add(&text, STR("\n  = help: "));
            base_text_add_shown(&text, base_str(hint));
        }
        base_text_char(&text, '\n');
    }
    say(base_text_str(&text));
    return EXIT_TROUBLE;
}

static ExitStatus out_of_memory(void) {
    say(STR("error[E702]: out of memory\n"));
    return EXIT_TROUBLE;
}

static ExitStatus cannot_write(Command *c, const char *where) {
    if (c->write_error == EPIPE)
        return EXIT_TROUBLE; // whoever read has gone: nobody wants to hear of it
    Text text = {.arena = c->arena};
    base_text_printf(&text, "cannot write %s: %s", where, strerror(c->write_error));
    return complain(c, "E802", text.failed ? "cannot write" : text.at, NULL);
}

// -- loading ------------------------------------------------------------------------

static cg_status load(Command *c) {
    const Options *o = &c->options;
    cg_source spec;
    cg_status status = CG_OK;
    if (o->expression) {
        status = cg_load_expression(c->cg, o->expression, o->vjp, o->at.n, o->at.at, &spec);
        if (status == CG_OK && !VEC_PUSH(c->arena, &c->specs, spec)) return CG_NOMEM;
        return status;
    }
    for (uint32_t i = 0; i < o->specs.n;
         i++) { // all of them, so that all mistakes are said
        const cg_status one = cg_load_file(c->cg, o->specs.at[i], o->input_format, &spec);
        if (one == CG_NOMEM) return one;
        if (one != CG_OK)
            status = one;
        else if (!VEC_PUSH(c->arena, &c->specs, spec))
            return CG_NOMEM;
    }
    if (status != CG_OK || !o->function) return status;
    size_t point;
    return cg_add_point(c->cg, c->specs.at[0], o->function, o->at.n, o->at.at, &point);
}

// -- points -------------------------------------------------------------------------

static bool is_chosen(const Command *c, const char *name) {
    for (uint32_t i = 0; i < c->options.only.n; i++) {
        const char *only = c->options.only.at[i];
        if (strcmp(only, name) == 0 || fnmatch(only, name, 0) == 0) return true;
    }
    return c->options.only.n == 0;
}

// -f makes the last point of its spec: it alone is run.
static size_t first_point(const Command *c, cg_source spec) {
    return c->options.function ? cg_point_count(c->cg, spec) - 1 : 0;
}

static ExitStatus nothing_chosen(Command *c) {
    VEC(Str) names = {0};
    for (uint32_t i = 0; i < c->specs.n; i++)
        for (size_t k = 0; k < cg_point_count(c->cg, c->specs.at[i]); k++)
            if (!VEC_PUSH(c->arena, &names,
                          base_str(cg_point_name(c->cg, c->specs.at[i], k))))
                return out_of_memory();
    const char *only = c->options.only.at[0];
    const int best = base_nearest(base_str(only), names.at, names.n);
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message, "--only: no point is called, or matches, `%s`", only);
    if (best >= 0 && names.at)
        base_text_printf(&hint, "did you mean `%.*s`?", STR_ARG(names.at[best]));
    if (message.failed || hint.failed) return out_of_memory();
    return complain(c, "E001", message.at, hint.at);
}

static bool is_silent(const Options *options) {
    return options->validate || (options->quiet && !options->output);
}

static bool write_out(Command *c) {
    const char *path = c->options.output;
    const Str out = base_text_str(&c->out);
    const bool written =
        path ? cli_write_file(c->arena, path, out) : cli_write(STDOUT_FILENO, out);
    if (!written) c->write_error = errno;
    c->out.n = 0;
    return written;
}

// Runs the chosen points of a spec. Results go out as they are ready, unless they belong to
// one document or one file.
static cg_status run_spec(Command *c, cg_source spec, Report *report, size_t *n_run) {
    const Options *o = &c->options;
    const cg_run_options options = {
        .compute = o->compute, .argnums = o->argnums, .trace_only = o->validate};
    const bool at_once = !o->output && o->format != REPORT_JSON;
    for (size_t i = first_point(c, spec); i < cg_point_count(c->cg, spec); i++) {
        const cg_result *result;
        if (!is_chosen(c, cg_point_name(c->cg, spec, i))) continue;
        ++*n_run;
        const cg_status status = cg_run_point(c->cg, spec, i, &options, &result);
        if (status != CG_OK) return status;
        c->trouble |= result->error != NULL;
        if (is_silent(o)) continue;
        if (report_result(report, result) != OK) return CG_NOMEM;
        if (at_once && !write_out(c)) return CG_OK;
    }
    return CG_OK;
}

static void say_statistics(Command *c) {
    const cg_stats stats = cg_get_stats(c->cg);
    Text text = {.arena = c->arena};
    base_text_printf(
        &text,
        "cg-grad: %zu traced, %zu planned (%zu times a plan served again), %zu run; "
        "the last graph has %zu nodes\n",
        stats.traces, stats.plans, stats.plan_hits, stats.runs, stats.nodes);
    say(base_text_str(&text));
}

static ExitStatus evaluate(Command *c) {
    const Options *o = &c->options;
    const char *where = o->output ? o->output : "standard output";
    Report report = {.format = o->format,
                     .colour = !o->output && is_coloured(o, STDOUT_FILENO),
                     .many_specs = c->specs.n > 1,
                     .out = &c->out};
    size_t n_run = 0;
    cg_status status = CG_OK;
    for (uint32_t i = 0; i < c->specs.n && status == CG_OK && !c->write_error; i++)
        status = run_spec(c, c->specs.at[i], &report, &n_run);
    const Status ended = report_end(&report);
    show_diagnostics(c);
    if (status == CG_NOMEM || ended != OK) return out_of_memory();
    if (status != CG_OK) return EXIT_TROUBLE;
    if (c->write_error) return cannot_write(c, where);
    if (n_run == 0 && o->only.n) return nothing_chosen(c);
    if (o->verbose) say_statistics(c);
    if (!is_silent(o) && !write_out(c)) return cannot_write(c, where);
    return c->trouble ? EXIT_TROUBLE : EXIT_WELL;
}

// -- main ---------------------------------------------------------------------------

static ExitStatus print(Command *c) {
    if (c->out.failed) return out_of_memory();
    if (cli_write(STDOUT_FILENO, base_text_str(&c->out))) return EXIT_WELL;
    c->write_error = errno;
    return cannot_write(c, "standard output");
}

static ExitStatus run(Command *c, int argc, char **argv) {
    UsageError error;
    const Status parsed = cli_parse_options(c->arena, argc, argv, &c->options, &error);
    if (parsed == NOMEM) return out_of_memory();
    if (parsed != OK) return complain(c, "E001", error.message, error.hint);
    if (c->options.help) {
        cli_help(&c->out);
        return print(c);
    }
    if (c->options.version) {
        base_text_printf(&c->out, "cg-grad %s\n", cg_version());
        return print(c);
    }
    c->cg = cg_new();
    if (!c->cg) return out_of_memory();
    const cg_status loaded = load(c);
    if (loaded == CG_NOMEM) return out_of_memory();
    if (loaded == CG_OK) return evaluate(c);
    show_diagnostics(c);
    return EXIT_TROUBLE;
}

int main(int argc, char **argv) {
    Command command = {.arena = base_arena_new()};
    if (!command.arena) return (int)out_of_memory();
    command.out.arena = command.arena;
    const ExitStatus status = run(&command, argc, argv);
    cg_free(command.cg);
    base_arena_free(command.arena);
    return (int)status;
}
