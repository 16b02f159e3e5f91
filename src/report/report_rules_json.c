// The verdicts of rules as JSON (language.md §4.1).
#include "report/report_check.h"

#include <math.h>

const char *report_verdict_name(VerifyVerdict verdict) {
    static const char *const names[VERIFY_VERDICTS] = {
        [VERIFY_AGREES] = "agrees",           [VERIFY_SUBGRADIENT] = "subgradient",
        [VERIFY_NOT_CHECKED] = "not_checked", [VERIFY_UNDECIDED] = "undecided",
        [VERIFY_REFUTED] = "refuted",
    };
    return names[verdict];
}

static const char *const scopes[] = {
    [VERIFY_POINT] = "point", [VERIFY_LINEARITY] = "linearity", [VERIFY_ORDER2] = "order2"};
static const char *const roads[] = {[VERIFY_NO_ROAD] = NULL,
                                    [VERIFY_BY_DIRECT] = "direct",
                                    [VERIFY_BY_LIMIT] = "limit",
                                    [VERIFY_BY_IDENTITY] = "identity",
                                    [VERIFY_BY_LINEARITY] = "linearity"};
static const char *const kinds[] = {[VERIFY_NO_KIND] = NULL,
                                    [VERIFY_DIFFERS] = "differs",
                                    [VERIFY_NOT_FINITE] = "not finite",
                                    [VERIFY_INFINITE_DERIVATIVE] = "infinite derivative",
                                    [VERIFY_NO_SUBGRADIENT] = "not a subgradient",
                                    [VERIFY_NOT_LINEAR] = "not linear"};
static const char *const linear[] = {[VERIFY_LINEAR_UNKNOWN] = "unknown",
                                     [VERIFY_LINEAR] = "yes",
                                     [VERIFY_LINEAR_NOT] = "no",
                                     [VERIFY_LINEAR_DECLARED] = "declared"};

// -- pieces -------------------------------------------------------------------------

static void put_int(JsonDoc *doc, cJSON *object, const char *key, int64_t number) {
    doc_json_put(doc, object, key, doc_json_number(DT_I64, &number));
}

static void put_difference(JsonDoc *doc, cJSON *entry, const char *key, double number) {
    if (isnan(number))
        report_put_text(doc, entry, key, NULL);
    else
        report_put_float(doc, entry, key, number);
}

// The index of an element of an array, row-major.
static void put_element_index(JsonDoc *doc, cJSON *entry, const cg_rule_array *array,
                              size_t element) {
    cJSON *list = doc_json_put(doc, entry, "index", doc_json_list());
    size_t size = array->size;
    for (uint32_t axis = 0; axis < array->rank; axis++) {
        size /= (size_t)array->shape[axis];
        const int64_t index = (int64_t)(element / size);
        element %= size;
        doc_json_put(doc, list, NULL, doc_json_number(DT_I64, &index));
    }
}

static void put_at(JsonDoc *doc, cJSON *entry, const cg_parts *args) {
    cJSON *at = doc_json_put(doc, entry, "at", doc_json_object());
    for (size_t i = 0; i < args->n; i++)
        report_json_value(doc, at, args->at[i].arg, &args->at[i].value);
}

// Where a check says that the rule is wrong.
const cg_place *report_check_place(const VerifyRule *rule, const VerifyCheck *check) {
    if (check->cell.place.file) return &check->cell.place;
    if (check->of_argument) return &check->call->x[check->cell.x].place;
    return &rule->rule->place;
}

const char *report_reproduce(Arena *arena, const VerifyCheck *check) {
    Text command = {.arena = arena};
    base_text_add(&command, base_str(check->call->reproduce));
    if (check->scope == VERIFY_ORDER2) base_text_add(&command, STR(" --order 2"));
    return command.failed ? NULL : command.at;
}

// -- checks -------------------------------------------------------------------------

// By which element of which argument the rule is differentiated.
static void put_second(JsonDoc *doc, cJSON *entry, const VerifyCheck *check) {
    const cg_rule_array *x = &check->call->x[check->cell.second];
    cJSON *by = doc_json_put(doc, entry, "wrt", doc_json_object());
    report_put_text(doc, by, "arg", x->name);
    put_int(doc, by, "argnum", x->argnum);
    put_element_index(doc, by, x, check->cell.second_element);
}

static void put_argument(JsonDoc *doc, cJSON *entry, const VerifyCheck *check) {
    const VerifyCell *cell = &check->cell;
    const cg_rule_array *x = &check->call->x[cell->x];
    const cg_rule_array *output = &check->call->outputs[cell->output];
    report_put_text(doc, entry, "arg", x->name);
    put_int(doc, entry, "argnum", x->argnum);
    if (check->whole) {
        report_put_index(doc, entry, NULL, 0);
        return;
    }
    put_element_index(doc, entry, x, cell->x_element);
    if (check->scope == VERIFY_ORDER2) put_second(doc, entry, check);
    if (check->call->n_outputs == 1 && output->rank == 0) return;
    cJSON *of = doc_json_put(doc, entry, "output", doc_json_object());
    report_put_text(doc, of, "name", output->name);
    put_element_index(doc, of, output, cell->output_element);
}

static void put_found(JsonDoc *doc, cJSON *entry, const VerifyCell *cell) {
    report_put_text(doc, entry, "by", roads[cell->by]);
    report_put_text(doc, entry, "kind", kinds[cell->kind]);
    if (cell->digits >= 0)
        put_int(doc, entry, "digits", cell->digits);
    else
        report_put_text(doc, entry, "digits", NULL);
    report_put_text(doc, entry, "literal", cell->literal);
    if (!cell->rule && !cell->derivative) return;
    report_put_text(doc, entry, "rule", cell->rule);
    report_put_text(doc, entry, "derivative", cell->derivative);
    if (cell->verdict != VERIFY_REFUTED) return;
    put_difference(doc, entry, "abs", cell->abs);
    put_difference(doc, entry, "rel", cell->rel);
    put_difference(doc, entry, "ulp", cell->ulp);
}

static void put_check(JsonDoc *doc, cJSON *in, const VerifyRule *rule,
                      const VerifyCheck *check) {
    const VerifyCell *cell = &check->cell;
    const bool failing =
        cell->verdict == VERIFY_REFUTED || cell->verdict == VERIFY_UNDECIDED;
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    report_put_text(doc, entry, "scope", scopes[check->scope]);
    if (check->call) {
        report_put_text(doc, entry, "point", check->call->point);
        put_at(doc, entry, &check->call->args);
    }
    if (check->scope == VERIFY_ORDER2) report_put_text(doc, entry, "d_of", "rule");
    if (check->of_argument) put_argument(doc, entry, check);
    report_put_text(doc, entry, "verdict", report_verdict_name(cell->verdict));
    if (check->of_argument || cell->kind) put_found(doc, entry, cell);
    if (cell->reason) report_put_text(doc, entry, "reason", cell->reason);
    if (check->more) put_int(doc, entry, "more", (int64_t)check->more);
    if (!failing) return;
    const cg_place *place = report_check_place(rule, check);
    report_put_place(doc, entry, place);
    if (!check->call) return;
    Arena *arena = base_arena_new();
    const char *command = arena ? report_reproduce(arena, check) : NULL;
    report_put_text(doc, entry, "reproduce", command);
    doc->failed = doc->failed || !command;
    base_arena_free(arena);
}

// -- rules --------------------------------------------------------------------------

static void put_factor(JsonDoc *doc, cJSON *entry, Arena *arena,
                       const VerifyDiagnosis *diagnosis) {
    Text factor = {.arena = arena};
    base_text_printf(&factor, "%lld", (long long)diagnosis->p);
    if (diagnosis->q != 1) base_text_printf(&factor, "/%lld", (long long)diagnosis->q);
    report_put_text(doc, entry, "factor", factor.at);
    doc->failed = doc->failed || factor.failed;
}

static void put_diagnosis(JsonDoc *doc, Arena *arena, cJSON *in,
                          const VerifyDiagnosis *diagnosis) {
    static const char *const names[] = {
        [VERIFY_FACTOR] = "factor", [VERIFY_SIGN] = "sign", [VERIFY_SWAPPED] = "swapped"};
    const char *text = verify_diagnosis_text(arena, diagnosis);
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    report_put_text(doc, entry, "kind", names[diagnosis->mistake]);
    report_put_text(doc, entry, "arg", diagnosis->arg);
    if (diagnosis->mistake == VERIFY_SWAPPED)
        report_put_text(doc, entry, "other", diagnosis->other);
    if (diagnosis->mistake == VERIFY_FACTOR) put_factor(doc, entry, arena, diagnosis);
    report_put_text(doc, entry, "text", text);
    doc_json_put(doc, entry, "proved", doc_json_bool(diagnosis->proved));
    doc->failed = doc->failed || !text;
}

static void put_diagnoses(JsonDoc *doc, cJSON *entry, const VerifyRule *rule) {
    cJSON *list = doc_json_put(doc, entry, "diagnosis", doc_json_list());
    Arena *arena = base_arena_new();
    doc->failed = doc->failed || !arena;
    for (uint32_t i = 0; arena && i < rule->diagnosis.n; i++)
        put_diagnosis(doc, arena, list, &rule->diagnosis.at[i]);
    base_arena_free(arena);
}

static void put_accuracy(JsonDoc *doc, cJSON *in, const VerifyAccuracy *accuracy) {
    const cg_rule_array *x = &accuracy->call->x[accuracy->x];
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    report_put_text(doc, entry, "point", accuracy->call->point);
    report_put_text(doc, entry, "arg", x->name);
    put_element_index(doc, entry, x, accuracy->x_element);
    put_difference(doc, entry, "rule_ulp", accuracy->rule_ulp);
    put_difference(doc, entry, "ad_ulp", accuracy->ad_ulp);
    if (accuracy->place.file)
        report_put_place(doc, entry, &accuracy->place);
    else
        report_put_text(doc, entry, "place", NULL);
}

void report_check_json_rule(JsonDoc *doc, cJSON *in, const char *spec,
                            const VerifyRule *rule) {
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    if (spec) report_put_text(doc, entry, "spec", spec);
    report_put_text(doc, entry, "function", rule->rule->function);
    report_put_text(doc, entry, "verdict", report_verdict_name(rule->verdict));
    report_put_text(doc, entry, "linear", linear[rule->linear]);
    if (rule->reason) report_put_text(doc, entry, "reason", rule->reason);
    report_put_place(doc, entry, &rule->rule->place);
    if (rule->diagnosis.n) put_diagnoses(doc, entry, rule);
    cJSON *checks = doc_json_put(doc, entry, "checks", doc_json_list());
    for (uint32_t i = 0; i < rule->checks.n; i++)
        put_check(doc, checks, rule, &rule->checks.at[i]);
    if (rule->accuracy.n == 0) return;
    cJSON *list = doc_json_put(doc, entry, "accuracy", doc_json_list());
    for (uint32_t i = 0; i < rule->accuracy.n; i++)
        put_accuracy(doc, list, &rule->accuracy.at[i]);
}
