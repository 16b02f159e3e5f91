// `cg-grad SPEC…` and `cg-grad -e EXPR`: values and gradients of points.
#include "cli/command.h"
#include "report/report_graph.h"

#include <errno.h>

typedef struct Evaluation {
    Command *command;
    Report report;
    size_t n_run;
    bool trouble;    // a point was in error
    int write_error; // errno of the write that failed
} Evaluation;

static bool is_silent(const Options *options) {
    return options->validate || (options->quiet && !options->output);
}

// Shows a result as soon as it is there, unless it belongs to one document or one file.
static cg_status show(Evaluation *e, const cg_result *result) {
    const Options *o = &e->command->options;
    const bool at_once = !o->output && report_streams((ReportFormat)o->format);
    if (is_silent(o)) return CG_OK;
    if (report_result(&e->report, result) != OK) return CG_NOMEM;
    if (at_once && !cli_write_out(e->command)) e->write_error = errno;
    return CG_OK;
}

// --explain: how a point that was run was answered.
static cg_status explain(const Evaluation *e, cg_source spec, size_t point,
                         const cg_run_options *options) {
    Command *c = e->command;
    const cg_explanation *explanation;
    Text text = {.arena = c->arena};
    const cg_status status = cg_explain_point(c->cg, spec, point, options, &explanation);
    if (status != CG_OK) return status;
    if (report_explanation(explanation, &text) != OK) return CG_NOMEM;
    cli_progress_hide(&c->progress);
    cli_say(base_text_str(&text));
    return CG_OK;
}

// Runs the chosen points of a spec.
static cg_status run_spec(Evaluation *e, cg_source spec) {
    Command *c = e->command;
    const Options *o = &c->options;
    const cg_run_options options = {.compute = o->compute,
                                    .argnums = o->argnums,
                                    .trace_only = o->validate,
                                    .engine = (cg_engine)o->engine,
                                    .digits = o->digits};
    for (size_t i = cli_first_point(c, spec); i < cg_point_count(c->cg, spec); i++) {
        const cg_result *result;
        if (!cli_is_chosen(c, cg_point_name(c->cg, spec, i))) continue;
        e->n_run++;
        cg_status status = cg_run_point(c->cg, spec, i, &options, &result);
        if (status != CG_OK) return status;
        const bool well = !result->error;
        e->trouble |= !well;
        status = show(e, result);
        if (status == CG_OK && !e->write_error && o->explain && well)
            status = explain(e, spec, i, &options);
        if (status != CG_OK || e->write_error) return status;
        cli_progress_step(&c->progress);
    }
    return CG_OK;
}

// A rule that never ran is worth a word only after a whole run of all points as they are.
static cg_status warn_idle_rules(const Evaluation *e) {
    const Command *c = e->command;
    const Options *o = &c->options;
    const bool whole = !o->expression && !o->function && !o->only.n && !o->compute &&
                       !o->argnums && !o->validate && !e->trouble;
    for (uint32_t i = 0; whole && i < c->specs.n; i++) {
        if (cg_point_count(c->cg, c->specs.at[i]) == 0) continue;
        const cg_status status = cg_warn_idle_rules(c->cg, c->specs.at[i]);
        if (status != CG_OK) return status;
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
    cli_say(base_text_str(&text));
}

// A spec of functions alone is no mistake; a person who sees nothing wonders.
static void say_no_points(Command *c) {
    const Options *o = &c->options;
    const bool for_people = o->format == REPORT_TEXT || o->format == REPORT_TABLE;
    for (uint32_t i = 0; i < c->specs.n && for_people && !o->quiet; i++) {
        const char *spec = cg_spec_name(c->cg, c->specs.at[i]);
        Text text = {.arena = c->arena};
        if (cg_point_count(c->cg, c->specs.at[i])) continue;
        base_text_add(&text, STR("cg-grad: "));
        base_text_add_shown(&text,
                            strcmp(spec, "-") ? base_str(spec) : STR("standard input"));
        base_text_add(&text, STR(" has no points: list some under `points`, or take -f "
                                 "FUNCTION --at x=1\n"));
        cli_say(base_text_str(&text));
    }
}

ExitStatus cli_run_eval(Command *c) {
    const Options *o = &c->options;
    cg_status status = cli_load(c);
    if (status == CG_OK) status = cg_load_engine(c->cg, (cg_engine)o->engine);
    if (status != CG_OK) return cli_not_loaded(c, status);
    Evaluation e = {
        .command = c,
        .report = {.format = (ReportFormat)o->format,
                   .colour = !o->output && cli_is_colored(o, STDOUT_FILENO),
                   .full = o->full,
                   .many_specs = c->specs.n > 1,
                   .out = &c->out},
    };
    cli_begin_progress(c);
    for (uint32_t i = 0; i < c->specs.n && status == CG_OK && !e.write_error; i++)
        status = run_spec(&e, c->specs.at[i]);
    cli_progress_hide(&c->progress);
    if (status == CG_OK && !e.write_error) status = warn_idle_rules(&e);
    const Status ended = report_end(&e.report);
    e.trouble |= cg_error_count(c->cg) > 0;
    say_no_points(c);
    cli_show_diagnostics(c);
    if (status == CG_NOMEM || ended != OK) return cli_out_of_memory();
    if (status != CG_OK) return EXIT_TROUBLE;
    if (e.write_error) return cli_cannot_write(c, e.write_error);
    if (e.n_run == 0 && o->only.n) return cli_nothing_chosen(c);
    if (o->verbose) say_statistics(c);
    const ExitStatus printed = is_silent(o) ? EXIT_WELL : cli_print(c);
    return e.trouble ? EXIT_TROUBLE : printed;
}
