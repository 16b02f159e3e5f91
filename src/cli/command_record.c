// `cg-grad record SPEC…`: the golden file beside each spec, of exact numbers.
#include "base/diag.h"
#include "cli/command.h"
#include "report/report_check.h"
#include "verify/golden.h"

#include <errno.h>

typedef struct Recorder {
    Command *command;
    ReportCheck report;
    VerifySummary summary;
    cg_source spec;
    const char *path;
    VerifyGoldens *old, *made; // old: NULL where there is none
    size_t n_run, n_entries, n_missed, n_new, n_changed, n_obsolete, n_pruned;
    size_t n_undecided; // of all specs
    bool differs;       // of any spec
    bool trouble;       // a point is in error, or a file could not be written
    bool no_engine;     // none of the others can be recorded, either
} Recorder;

// -- points -------------------------------------------------------------------------

static bool is_undecided(const char *code) {
    return strcmp(code, "E602") == 0;
}

static const char *undecided_of(const cg_result *result) {
    if (result->error)
        return is_undecided(result->error->code) ? result->error->message : NULL;
    for (size_t i = 0; i < result->n_errors; i++)
        if (is_undecided(result->errors[i].code)) return result->errors[i].message;
    return NULL;
}

// What the working engine gives of a point.
typedef struct Working {
    unsigned compute;
    size_t n_errors; // rows that failed, as they were expected to
    cg_tolerance tolerance;
    VerifyRecord record;
} Working;

// The exact result of a point that the working engine gives.
static cg_status record_exactly(Recorder *r, size_t point, const Working *working,
                                VerifyRecord *record) {
    Command *c = r->command;
    const cg_run_options options = {.compute = working->compute,
                                    .engine = CG_ENGINE_EXACT,
                                    .digits = VERIFY_GOLDEN_DIGITS};
    const cg_result *result;
    Diags *diags = cg_diagnostics(c->cg);
    const Diags before = *diags;
    const cg_status status = cg_run_point(c->cg, r->spec, point, &options, &result);
    if (status != CG_OK) return status;
    const char *undecided = undecided_of(result);
    if (undecided) {
        *record = (VerifyRecord){.name = base_strdup(c->arena, base_str(result->name)),
                                 .undecided = base_strdup(c->arena, base_str(undecided))};
        r->n_undecided++;
        return record->name && record->undecided ? CG_OK : CG_NOMEM;
    }
    r->no_engine |= result->error && strcmp(result->error->code, "E603") == 0;
    if (result->error || result->n_errors != working->n_errors) return CG_FAILED;
    if (result->n_errors) { // it has been said that they are expected
        diags->list.n = before.list.n;
        diags->errors = before.errors;
        diags->warnings = before.warnings;
    }
    return verify_make_record(c->arena, result, record) == OK ? CG_OK : CG_NOMEM;
}

// Counts the goldens that `check` will find changed: the working engine loses their digits.
static Status count_misses(Recorder *r, const VerifyRecord *golden,
                           const Working *working) {
    VerifyComparison found = {0};
    TRY(verify_compare_records(r->command->arena, golden, &working->record,
                               &working->tolerance, &found));
    for (uint32_t i = 0; i < found.n; i++)
        r->n_missed += found.at[i].verdict == VERIFY_GOLDEN_CHANGED;
    return OK;
}

// A point in error is recorded where it expects that error; else it is trouble. What a
// point's `expect` names is computed in addition, as `check` does.
static cg_status record_point(Recorder *r, size_t point) {
    Command *c = r->command;
    VerifyRecord record;
    VerifyPoint found;
    VerifySummary counts = {0};
    cg_status status = verify_point(c->arena, c->cg, r->spec, point, &counts, &found);
    if (status != CG_OK) return status;
    Working working = {.compute = found.result->compute,
                       .n_errors = found.result->n_errors,
                       .tolerance = found.tolerance};
    const bool as_expected = found.error && found.n && !found.at[0].failed;
    if (counts.in_error || (found.error && !as_expected)) {
        r->trouble = true;
        return CG_OK;
    }
    if (verify_make_record(c->arena, found.result, &working.record) != OK) return CG_NOMEM;
    record = working.record;
    if (!found.error) status = record_exactly(r, point, &working, &record);
    if (status != CG_OK) return status;
    if (count_misses(r, &record, &working) != OK) return CG_NOMEM;
    r->n_entries += record.entries.n;
    return VEC_PUSH(c->arena, &r->made->points, record) ? CG_OK : CG_NOMEM;
}

static cg_status record_points(Recorder *r) {
    Command *c = r->command;
    for (size_t i = 0; i < cg_point_count(c->cg, r->spec); i++) {
        if (!cli_is_chosen(c, cg_point_name(c->cg, r->spec, i))) continue;
        r->n_run++;
        const cg_status status = record_point(r, i);
        if (status != CG_OK) return status;
        cli_progress_step(&c->progress);
    }
    return CG_OK;
}

// -- what is kept of the old file ---------------------------------------------------

static Status report_point(Recorder *r, const VerifyRecord *old, const VerifyRecord *now) {
    static const cg_tolerance equal = {.by_ulp = true};
    VerifyComparison found = {0};
    TRY(verify_compare_records(r->command->arena, old, now, &equal, &found));
    for (uint32_t i = 0; i < found.n; i++) {
        VerifyGolden *golden = &found.at[i];
        golden->spec = cg_spec_name(r->command->cg, r->spec);
        if (golden->verdict == VERIFY_GOLDEN_HOLDS) continue;
        golden->failed = true;
        r->differs = true;
        r->n_new += golden->verdict == VERIFY_GOLDEN_MISSING;
        r->n_changed += golden->verdict == VERIFY_GOLDEN_CHANGED;
        if (r->command->options.diff || golden->verdict == VERIFY_GOLDEN_CHANGED)
            TRY(report_check_golden(&r->report, golden));
    }
    return OK;
}

// Every recorded point beside what the file had of it.
static Status report_points(Recorder *r) {
    for (uint32_t i = 0; i < r->made->points.n; i++) {
        const VerifyRecord *now = &r->made->points.at[i];
        const VerifyRecord *old = verify_find_record(r->old, now->name);
        TRY(report_point(r, old, now));
    }
    return OK;
}

static StrMap *names_of_points(const Recorder *r) {
    const Command *c = r->command;
    StrMap *names = base_map_new(c->arena);
    for (size_t i = 0; names && i < cg_point_count(c->cg, r->spec); i++) {
        const Str name = base_str(cg_point_name(c->cg, r->spec, i));
        if (base_map_set(names, name, 0) != OK) return NULL;
    }
    return names;
}

// Points that --only leaves out stay as they are, and so do those that the spec has no
// more, unless they are pruned.
static Status keep_the_rest(Recorder *r) {
    const StrMap *names = names_of_points(r);
    TRY_ALLOC(names);
    for (uint32_t i = 0; r->old && i < r->old->points.n; i++) {
        const VerifyRecord *old = &r->old->points.at[i];
        const bool chosen = cli_is_chosen(r->command, old->name);
        const bool obsolete = !base_map_get(names, base_str(old->name), &(uint32_t){0});
        if (chosen && !obsolete) continue;
        if (chosen && r->command->options.prune) {
            r->n_pruned++;
            TRY(report_point(r, old, NULL));
            continue;
        }
        r->n_obsolete += obsolete;
        if (!VEC_PUSH(r->command->arena, &r->made->points, *old)) return NOMEM;
    }
    return OK;
}

// -- files --------------------------------------------------------------------------

static void say_count(Text *text, size_t n, const char *what) {
    if (n) base_text_printf(text, ", %zu %s", n, what);
}

static void say_points(Text *text, size_t n, const char *what) {
    if (n) base_text_printf(text, ", %zu point%s %s", n, n == 1 ? "" : "s", what);
}

// s.golden.json: 12 goldens of 4 points, 1 changed
static void say_what_was_done(Recorder *r, size_t undecided, bool written) {
    Command *c = r->command;
    Text *out = &c->out;
    if (c->options.quiet) return;
    if (r->report.began) base_text_char(out, '\n');
    r->report.began = false;
    base_text_add_shown(out, base_str(r->path));
    base_text_printf(out, ": %zu golden%s of %zu point%s", r->n_entries,
                     r->n_entries == 1 ? "" : "s", r->n_run, r->n_run == 1 ? "" : "s");
    say_count(out, r->n_new, "new");
    say_count(out, r->n_changed, "changed");
    say_points(out, r->n_pruned, c->options.diff ? "to drop" : "dropped");
    say_points(out, r->n_obsolete, "obsolete (--prune drops it)");
    say_count(out, undecided, "undecided");
    say_count(out, r->n_missed, "that the working engine misses");
    base_text_add(out, !written && !c->options.diff ? STR("; as it was\n") : STR("\n"));
}

static bool write_file(Recorder *r, Str text) {
    Command *c = r->command;
    if (cli_write_file(c->arena, r->path, text)) return true;
    Text message = {.arena = c->arena};
    base_text_printf(&message, "cannot write %s: %s", r->path, strerror(errno));
    (void)cli_complain(c, "E802", message.failed ? "cannot write" : message.at, NULL);
    r->trouble = true;
    return false;
}

static cg_status finish_file(Recorder *r, size_t undecided) {
    Text text = {.arena = r->command->arena};
    if (report_points(r) != OK || keep_the_rest(r) != OK ||
        verify_write_goldens(r->made, &text) != OK)
        return CG_NOMEM;
    const bool same = r->old && base_str_eq(r->old->text, base_text_str(&text));
    bool written = false;
    if (!same && !r->command->options.diff && (r->n_run || r->n_pruned))
        written = write_file(r, base_text_str(&text));
    if (!r->trouble) say_what_was_done(r, undecided, written);
    return CG_OK;
}

static cg_status record_spec(Recorder *r, cg_source spec) {
    Command *c = r->command;
    const size_t undecided = r->n_undecided;
    r->spec = spec;
    r->path = verify_golden_path(c->arena, cg_spec_name(c->cg, spec));
    r->made = NEW(c->arena, VerifyGoldens);
    r->n_entries = r->n_missed = r->n_new = r->n_changed = r->n_obsolete = r->n_pruned =
        r->n_run = 0;
    r->trouble = false;
    if (!r->path || !r->made) return CG_NOMEM;
    r->made->hash = verify_spec_hash(c->arena, c->cg, spec);
    if (!r->made->hash) return CG_NOMEM;
    cg_status status =
        verify_read_goldens(c->arena, c->cg, spec, r->path, c->options.prune, &r->old);
    if (status == CG_OK) status = record_points(r);
    if (status != CG_OK || r->trouble) return status;
    return finish_file(r, r->n_undecided - undecided);
}

// -- the command --------------------------------------------------------------------

// Two specs of one name, s.yaml and s.json, would write one file.
static ExitStatus refuse_one_file(Command *c, const char *one, const char *other) {
    Text message = {.arena = c->arena};
    base_text_printf(&message, "%s and %s have one golden file", one, other);
    return message.failed ? cli_out_of_memory()
                          : cli_complain(c, "E001", message.at,
                                         "record one of them, or name them apart");
}

static ExitStatus check_files(Command *c) {
    StrMap *paths = base_map_new(c->arena);
    uint32_t first;
    for (uint32_t i = 0; i < c->specs.n; i++) {
        const char *spec = cg_spec_name(c->cg, c->specs.at[i]);
        const char *path = paths ? verify_golden_path(c->arena, spec) : NULL;
        if (!path) return cli_out_of_memory();
        if (base_map_get(paths, base_str(path), &first))
            return refuse_one_file(c, cg_spec_name(c->cg, c->specs.at[first]), spec);
        if (base_map_set(paths, base_str(path), i) != OK) return cli_out_of_memory();
    }
    return EXIT_WELL;
}

static ExitStatus exit_status(const Recorder *r, bool trouble) {
    const Options *o = &r->command->options;
    if (trouble) return EXIT_TROUBLE;
    if ((o->diff && r->differs) || (r->n_undecided && o->undecided == VERIFY_FAIL))
        return EXIT_CHECK_FAILED;
    return r->n_undecided && o->undecided != VERIFY_PASS ? EXIT_UNDECIDED : EXIT_WELL;
}

ExitStatus cli_run_record(Command *c) {
    const Options *o = &c->options;
    cg_status status = cli_load_specs(c);
    if (status != CG_OK) return cli_not_loaded(c, status);
    if (check_files(c) != EXIT_WELL) return EXIT_TROUBLE;
    Recorder r = {.command = c,
                  .report = {.format = REPORT_TEXT,
                             .colour = cli_is_colored(o, STDOUT_FILENO),
                             .many_specs = c->specs.n > 1,
                             .quiet = o->quiet,
                             .cg = c->cg,
                             .out = &c->out}};
    bool trouble = false;
    size_t n_run = 0;
    cli_begin_progress(c);
    for (uint32_t i = 0; i < c->specs.n && status != CG_NOMEM && !r.no_engine; i++) {
        status = record_spec(&r, c->specs.at[i]);
        trouble |= r.trouble || status != CG_OK;
        n_run += r.n_run + r.n_pruned;
    }
    cli_progress_hide(&c->progress);
    cg_drop_warnings(c->cg); // they are about machine numbers
    cli_show_diagnostics(c);
    if (status == CG_NOMEM) return cli_out_of_memory();
    if (n_run == 0 && o->only.n && !trouble) return cli_nothing_chosen(c);
    if (cli_print(c) != EXIT_WELL) return EXIT_TROUBLE;
    return exit_status(&r, trouble);
}
