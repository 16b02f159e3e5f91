// `cg-grad check SPEC…`: whether points give what their `expect` says, and rules are the
// derivatives that they are to be.
#include "cli/command.h"
#include "report/report_check.h"

#include <errno.h>

typedef struct Check {
    Command *command;
    ReportCheck report;
    VerifySummary summary;
    Arena *arena;
    VerifyRules rules; // of the spec whose points are run
    VEC(VerifyRules) done;
    size_t n_run;
    int write_error; // errno of the write that failed
} Check;

// What was found goes out as it is ready, unless it belongs to one document or one file.
static void print_so_far(Check *check) {
    Command *c = check->command;
    if (c->options.output || c->options.format == REPORT_JSON || c->out.n == 0) return;
    if (!cli_write_out(c)) check->write_error = errno;
}

static cg_status check_point(Check *check, cg_source spec, size_t point) {
    Command *c = check->command;
    VerifyPoint found;
    Arena *arena = base_arena_new();
    if (!arena) return CG_NOMEM;
    cg_status status = verify_point(arena, c->cg, spec, point, &check->summary, &found);
    if (status == CG_OK && verify_note_point(&check->rules, point, &found) != OK)
        status = CG_NOMEM;
    if (status == CG_OK && report_check_point(&check->report, &found) != OK)
        status = CG_NOMEM;
    if (status == CG_OK) print_so_far(check);
    base_arena_free(arena);
    return status;
}

static cg_status check_points(Check *check, cg_source spec) {
    Command *c = check->command;
    cg_status status = CG_OK;
    check->rules = (VerifyRules){.arena = check->arena,
                                 .cg = c->cg,
                                 .spec = spec,
                                 .digits = c->options.digits,
                                 .order = c->options.order + 1,
                                 .max_ulp = c->options.max_ulp,
                                 .skip = c->options.no_rules};
    for (size_t i = cli_first_point(c, spec); i < cg_point_count(c->cg, spec); i++) {
        if (!cli_is_chosen(c, cg_point_name(c->cg, spec, i))) continue;
        check->n_run++;
        status = check_point(check, spec, i);
        if (status != CG_OK || check->write_error) break;
        cli_progress_step(&c->progress);
    }
    if (status != CG_OK) return status;
    return VEC_PUSH(check->arena, &check->done, check->rules) ? CG_OK : CG_NOMEM;
}

static cg_status check_rules(Check *check, VerifyRules *rules) {
    const cg_status status = verify_rules(rules, &check->summary);
    for (uint32_t i = 0; status == CG_OK && i < rules->at.n; i++)
        if (report_check_rule(&check->report, &rules->at.at[i]) != OK) return CG_NOMEM;
    return status;
}

ExitStatus cli_run_check(Command *c) {
    const Options *o = &c->options;
    cg_status status = cli_load(c);
    if (status != CG_OK) return cli_not_loaded(c, status);
    Check check = {
        .command = c,
        .arena = c->arena,
        .report = {.format = (ReportFormat)o->format,
                   .colour = !o->output && cli_is_colored(o, STDOUT_FILENO),
                   .many_specs = c->specs.n > 1,
                   .quiet = o->quiet,
                   .cg = c->cg,
                   .out = &c->out},
    };
    cli_begin_progress(c);
    for (uint32_t i = 0; i < c->specs.n && status == CG_OK && !check.write_error; i++)
        status = check_points(&check, c->specs.at[i]);
    cli_progress_hide(&c->progress);
    for (uint32_t i = 0; i < check.done.n && status == CG_OK && !check.write_error; i++)
        status = check_rules(&check, &check.done.at[i]);
    const Status ended = report_check_end(&check.report, &check.summary);
    cli_show_diagnostics(c);
    if (status == CG_NOMEM || ended != OK) return cli_out_of_memory();
    if (status != CG_OK) return EXIT_TROUBLE;
    if (check.write_error) return cli_cannot_write(c, check.write_error);
    if (check.n_run == 0 && o->only.n) return cli_nothing_chosen(c);
    const ExitStatus printed = cli_print(c);
    if (printed != EXIT_WELL) return EXIT_TROUBLE;
    const VerifyUndecided undecided = (VerifyUndecided)o->undecided;
    return (ExitStatus)verify_exit_status(&check.summary, undecided);
}
