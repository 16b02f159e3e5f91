// `cg-grad check SPEC…`: whether points give what their `expect` says, and their goldens;
// whether rules are derivatives.
#include "cli/command.h"
#include "report/report_check.h"
#include "verify/golden.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

typedef struct Check {
    Command *command;
    ReportCheck report;
    VerifySummary summary;
    Arena *arena;
    VerifyRules rules; // of the spec whose points are run
    VEC(VerifyRules) done;
    VEC(VerifyGoldens *) goldens; // of each spec; NULL: it has none
    bool strict;                  // in CI: goldens are missing, or obsolete, for good
    size_t n_stale;               // of the spec whose points are run
    size_t n_run;
    int write_error; // errno of the write that failed
} Check;

// What was found goes out as it is ready, unless it belongs to one document or one file.
static void print_so_far(Check *check) {
    Command *c = check->command;
    if (c->options.output || c->options.format == REPORT_JSON || c->out.n == 0) return;
    if (!cli_write_out(c)) check->write_error = errno;
}

// -- goldens ------------------------------------------------------------------------

// CI services set CI=true; a person may turn it off.
static bool is_ci(void) {
    static const char *const off[] = {"", "0", "false", "no", "off"};
    const char *ci = getenv("CI");
    if (!ci) return false;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (strcasecmp(ci, off[i]) == 0) return false;
    return true;
}

// All golden files, before anything is run.
static cg_status read_goldens(Check *check) {
    Command *c = check->command;
    cg_status status = CG_OK;
    for (uint32_t i = 0; i < c->specs.n; i++) {
        VerifyGoldens *goldens = NULL;
        const char *spec = cg_spec_name(c->cg, c->specs.at[i]);
        const bool alone =
            c->options.expression || c->options.function || strcmp(spec, "-") == 0;
        const char *path = verify_golden_path(c->arena, spec);
        if (!path) return CG_NOMEM;
        const cg_status one = alone ? CG_OK
                                    : verify_read_goldens(c->arena, c->cg, c->specs.at[i],
                                                          path, false, &goldens);
        if (one == CG_NOMEM) return one;
        if (one != CG_OK) status = one;
        check->summary.goldens_compared |= goldens != NULL;
        if (!VEC_PUSH(c->arena, &check->goldens, goldens)) return CG_NOMEM;
    }
    return status;
}

static cg_status take_golden(Check *check, cg_source spec, VerifyGolden *golden) {
    VerifySummary *summary = &check->summary;
    const VerifyGoldenVerdict verdict = golden->verdict;
    golden->spec = cg_spec_name(check->command->cg, spec);
    golden->failed = verdict == VERIFY_GOLDEN_CHANGED ||
                     (verdict != VERIFY_GOLDEN_HOLDS && check->strict);
    const bool counts = golden->failed || verdict == VERIFY_GOLDEN_HOLDS;
    check->n_stale += verdict != VERIFY_GOLDEN_HOLDS;
    summary->goldens += counts;
    summary->goldens_failed += golden->failed;
    summary->goldens_missing += !counts && verdict == VERIFY_GOLDEN_MISSING;
    summary->goldens_obsolete += !counts && verdict == VERIFY_GOLDEN_OBSOLETE;
    return report_check_golden(&check->report, golden) == OK ? CG_OK : CG_NOMEM;
}

static cg_status compare_records(Check *check, Arena *arena, cg_source spec,
                                 const VerifyRecord *golden, const VerifyRecord *record,
                                 const cg_tolerance *tolerance) {
    VerifyComparison found = {0};
    cg_status status = CG_OK;
    if (verify_compare_records(arena, golden, record, tolerance, &found) != OK)
        return CG_NOMEM;
    for (uint32_t i = 0; i < found.n && status == CG_OK; i++)
        status = take_golden(check, spec, &found.at[i]);
    return status;
}

// A point that is in error though it should not be is trouble of its own.
static cg_status check_golden(Check *check, Arena *arena, cg_source spec,
                              const VerifyGoldens *goldens, const VerifyPoint *found) {
    VerifyRecord record;
    cg_tolerance tolerance = found->tolerance;
    const VerifyRecord *golden = verify_find_record(goldens, found->name);
    int64_t ulp;
    if (!goldens || found->trouble) return CG_OK;
    if (golden && golden->undecided) {
        check->summary.goldens_undecided++;
        return CG_OK;
    }
    if (check->command->options.ulp) {
        (void)num_parse_int(base_str(check->command->options.ulp), &ulp);
        tolerance = (cg_tolerance){.by_ulp = true, .ulp = (double)ulp};
    }
    if (verify_make_record(arena, found->result, &record) != OK) return CG_NOMEM;
    return compare_records(check, arena, spec, golden, &record, &tolerance);
}

// Goldens of points that the spec has no more.
static cg_status check_obsolete(Check *check, cg_source spec,
                                const VerifyGoldens *goldens) {
    static const cg_tolerance none = {0};
    Command *c = check->command;
    StrMap *points = base_map_new(check->arena);
    uint32_t at;
    if (!points) return CG_NOMEM;
    for (size_t i = 0; goldens && i < cg_point_count(c->cg, spec); i++)
        if (base_map_set(points, base_str(cg_point_name(c->cg, spec, i)), 0) != OK)
            return CG_NOMEM;
    for (uint32_t i = 0; goldens && i < goldens->points.n; i++) {
        const VerifyRecord *golden = &goldens->points.at[i];
        if (base_map_get(points, base_str(golden->name), &at)) continue;
        if (!cli_is_chosen(c, golden->name)) continue;
        const cg_status status =
            compare_records(check, check->arena, spec, golden, NULL, &none);
        if (status != CG_OK) return status;
    }
    return CG_OK;
}

// After the points of a spec.
static cg_status end_goldens(Check *check, cg_source spec, const VerifyGoldens *goldens) {
    const Command *c = check->command;
    const cg_status status = check_obsolete(check, spec, goldens);
    if (status != CG_OK || !check->n_stale) return status;
    const char *hash = verify_spec_hash(check->arena, c->cg, spec);
    if (!hash) return CG_NOMEM;
    check->n_stale = 0;
    const Status told = report_check_goldens_help(&check->report, cg_spec_name(c->cg, spec),
                                                  strcmp(hash, goldens->hash) != 0);
    return told == OK ? CG_OK : CG_NOMEM;
}

// -- points and rules ---------------------------------------------------------------

static cg_status check_point(Check *check, cg_source spec, const VerifyGoldens *goldens,
                             size_t point) {
    Command *c = check->command;
    VerifyPoint found;
    Arena *arena = base_arena_new();
    if (!arena) return CG_NOMEM;
    cg_status status = verify_point(arena, c->cg, spec, point, &check->summary, &found);
    if (status == CG_OK && verify_note_point(&check->rules, point, &found) != OK)
        status = CG_NOMEM;
    if (status == CG_OK && report_check_point(&check->report, &found) != OK)
        status = CG_NOMEM;
    if (status == CG_OK) status = check_golden(check, arena, spec, goldens, &found);
    if (status == CG_OK) print_so_far(check);
    base_arena_free(arena);
    return status;
}

static cg_status check_points(Check *check, cg_source spec, const VerifyGoldens *goldens) {
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
        status = check_point(check, spec, goldens, i);
        if (status != CG_OK || check->write_error) break;
        cli_progress_step(&c->progress);
    }
    if (status == CG_OK && !check->write_error) status = end_goldens(check, spec, goldens);
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
        .strict = is_ci(),
        .report = {.format = (ReportFormat)o->format,
                   .colour = !o->output && cli_is_colored(o, STDOUT_FILENO),
                   .many_specs = c->specs.n > 1,
                   .quiet = o->quiet,
                   .cg = c->cg,
                   .out = &c->out},
    };
    status = read_goldens(&check);
    if (status != CG_OK) return cli_not_loaded(c, status);
    cli_begin_progress(c);
    for (uint32_t i = 0; i < c->specs.n && status == CG_OK && !check.write_error; i++)
        status = check_points(&check, c->specs.at[i], check.goldens.at[i]);
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
