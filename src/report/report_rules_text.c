// The verdicts of rules, for people: a block for what is wrong or undecided.
//
//     refuted: mul, y (argnum 1) at mul#0
//       x = 3.0, y = 4.0
//       rule        1.5
//       derivative  3
//                   ^ differs: 2.3e15 ulp
//       the rule is 1/2 × the derivative
//       --> s.yaml:6:10
//        |
//      6 |     vjp: [g * y, g * x / 2]
//        |                  ^^^^^^^^^
//       cg-grad check s.yaml --only 'mul#0'
#include "report/report_check.h"
#include "report/values.h"

#include <math.h>

enum { INDENT = 2, LABEL = 12 }; // columns

// -- headings -----------------------------------------------------------------------

void report_add_element(Text *out, const cg_rule_array *array, size_t element) {
    size_t size = array->size;
    base_text_add_shown(out, base_str(array->name));
    for (uint32_t axis = 0; axis < array->rank; axis++) {
        size /= (size_t)array->shape[axis];
        base_text_printf(out, axis ? ", %zu" : "[%zu", element / size);
        element %= size;
    }
    if (array->rank) base_text_char(out, ']');
}

// "mul, y[2] (argnum 1) of value[0] at mul#0"
static void add_subject(const Style *style, const VerifyRule *rule,
                        const VerifyCheck *check) {
    Text *out = style->out;
    const VerifyCell *cell = &check->cell;
    report_add_shown(style, ROLE_NAME, base_str(rule->rule->function));
    if (check->of_argument) {
        const cg_rule_array *x = &check->call->x[cell->x];
        const cg_rule_array *output = &check->call->outputs[cell->output];
        base_text_add(out, STR(", "));
        report_add_element(out, x, cell->x_element);
        base_text_printf(out, " (argnum %d)", x->argnum);
        if (check->call->n_outputs > 1 || output->rank) {
            base_text_add(out, STR(" of "));
            report_add_element(out, output, cell->output_element);
        }
        if (check->scope == VERIFY_ORDER2 && !check->whole) {
            base_text_add(out, STR(", differentiated by "));
            report_add_element(out, &check->call->x[cell->second], cell->second_element);
        }
    } else if (check->scope == VERIFY_ORDER2) {
        base_text_add(out, STR(", order 2"));
    } else if (check->scope == VERIFY_LINEARITY) {
        base_text_add(out, STR(", linearity"));
    }
    if (!check->call) return;
    base_text_add(out, STR(" at "));
    base_text_add_shown(out, base_str(check->call->point));
}

static void add_heading(ReportCheck *report, const Style *style, const VerifyRule *rule,
                        const VerifyCheck *check) {
    const bool refuted = check->cell.verdict == VERIFY_REFUTED;
    report_begin_block(report);
    report_add(style, refuted ? ROLE_BAD : ROLE_WARNING,
               base_str(report_verdict_name(check->cell.verdict)));
    base_text_add(style->out, STR(": "));
    add_subject(style, rule, check);
    if (report->many_specs) {
        report_paint(style, ROLE_FAINT);
        base_text_add(style->out, STR("  "));
        base_text_add_shown(style->out, base_str(rule->spec));
        report_plain(style);
    }
    base_text_char(style->out, '\n');
}

// x = 3.0, p.a = [1.0, 2.0]; of a large array its type.
static Status add_leaves(Arena *arena, Text *out, const cg_parts *args) {
    Leaves leaves = {0};
    Cell cell;
    TRY(report_part_leaves(arena, STR(""), args, &leaves));
    for (uint32_t i = 0; i < leaves.list.n; i++) {
        const Leaf *leaf = &leaves.list.at[i];
        TRY(report_value_cell(arena, leaf->value, false, &cell));
        if (i)
            base_text_add(out, STR(", "));
        else
            report_spaces(out, INDENT);
        base_text_printf(out, "%.*s = %.*s", STR_ARG(leaf->label), STR_ARG(cell.text));
    }
    if (leaves.list.n) base_text_char(out, '\n');
    return OK;
}

Status report_add_arguments(Text *out, const cg_parts *args) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = add_leaves(arena, out, args);
    base_arena_free(arena);
    return status;
}

// -- numbers ------------------------------------------------------------------------

// Where the digits before the decimal point (or the exponent) end.
static size_t whole_digits(const char *number) {
    return strcspn(number, ".e");
}

// The columns that `number` is moved by, for its decimal point to stand below the other's.
static size_t lead(const char *number, const char *other) {
    const size_t own = whole_digits(number), its = whole_digits(other);
    return its > own ? its - own : 0;
}

// The column of the first character in which the two differ, moved so; where exponents
// differ it is the first.
static size_t first_difference(const char *a, const char *b) {
    const size_t lead_a = lead(a, b), lead_b = lead(b, a);
    if (lead_a != lead_b) return lead_a < lead_b ? lead_a : lead_b;
    const char *exponent_a = strchr(a, 'e'), *exponent_b = strchr(b, 'e');
    if (!exponent_a != !exponent_b || (exponent_a && strcmp(exponent_a, exponent_b) != 0))
        return 0;
    size_t i = 0;
    while (a[i] && a[i] == b[i])
        i++;
    return i;
}

static void add_number(const Style *style, const char *label, const char *number,
                       size_t moved) {
    report_spaces(style->out, INDENT);
    base_text_add(style->out, base_str(label));
    report_spaces(style->out, LABEL - strlen(label) + moved);
    base_text_add(style->out, base_str(number));
    base_text_char(style->out, '\n');
}

static void add_difference(Text *out, const VerifyCell *cell) {
    static const char *const words[] = {
        [VERIFY_NO_KIND] = "",
        [VERIFY_DIFFERS] = "",
        [VERIFY_NOT_FINITE] = "the rule is not finite, the derivative is",
        [VERIFY_INFINITE_DERIVATIVE] = "the derivative is infinite, the rule is not",
        [VERIFY_NO_SUBGRADIENT] = "no subgradient",
        [VERIFY_NOT_LINEAR] = "not linear"};
    const char *word = words[cell->kind];
    base_text_add(out, base_str(word));
    if (isinf(cell->ulp) && !*word) base_text_add(out, STR("they differ"));
    if (!isfinite(cell->ulp) || cell->kind == VERIFY_NOT_FINITE) return;
    if (*word) base_text_add(out, STR(", "));
    report_add_ulps(out, cell->ulp);
    base_text_add(out, STR(" ulp apart"));
}

static void add_numbers(const Style *style, const VerifyCell *cell) {
    Text *out = style->out;
    if (!cell->rule || !cell->derivative) {
        if (cell->kind == VERIFY_NO_KIND) return;
        report_spaces(out, INDENT);
        add_difference(out, cell);
        base_text_char(out, '\n');
        return;
    }
    add_number(style, "rule", cell->rule, lead(cell->rule, cell->derivative));
    add_number(style, "derivative", cell->derivative, lead(cell->derivative, cell->rule));
    if (cell->kind == VERIFY_NO_KIND) return;
    report_spaces(out, INDENT + LABEL + first_difference(cell->rule, cell->derivative));
    report_add(style, ROLE_PLACE, STR("^"));
    base_text_char(out, ' ');
    add_difference(out, cell);
    base_text_char(out, '\n');
}

// -- blocks -------------------------------------------------------------------------

static void add_line(Text *out, const char *text) {
    report_spaces(out, INDENT);
    base_text_add_shown(out, base_str(text));
    base_text_char(out, '\n');
}

// What is wrong with the rule for the check's argument.
static Status add_diagnoses(Text *out, const VerifyRule *rule, const VerifyCheck *check) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const char *arg = check->of_argument ? check->call->x[check->cell.x].name : NULL;
    Status status = OK;
    for (uint32_t i = 0; arg && i < rule->diagnosis.n && status == OK; i++) {
        const VerifyDiagnosis *diagnosis = &rule->diagnosis.at[i];
        const bool is_other = diagnosis->other && strcmp(diagnosis->other, arg) == 0;
        if (strcmp(diagnosis->arg, arg) != 0 && !is_other) continue;
        const char *text = verify_diagnosis_text(arena, diagnosis);
        if (text)
            add_line(out, text);
        else
            status = NOMEM;
    }
    base_arena_free(arena);
    return status;
}

static Status add_command(Text *out, const VerifyCheck *check) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const char *command = report_reproduce(arena, check);
    if (command) add_line(out, command);
    base_arena_free(arena);
    return command ? OK : NOMEM;
}

static Status add_block(ReportCheck *report, const Style *style, const VerifyRule *rule,
                        const VerifyCheck *check) {
    Text *out = report->out;
    add_heading(report, style, rule, check);
    if (check->call) TRY(report_add_arguments(out, &check->call->args));
    add_numbers(style, &check->cell);
    if (check->scope == VERIFY_POINT) TRY(add_diagnoses(out, rule, check));
    if (check->cell.reason) add_line(out, check->cell.reason);
    if (check->scope == VERIFY_ORDER2 && check->of_argument)
        add_line(out, "order 2: the rule, differentiated as a program, against the second "
                      "derivative");
    if (check->more) {
        report_paint(style, ROLE_FAINT);
        base_text_printf(out, "  … and %zu more element%s", check->more,
                         check->more == 1 ? "" : "s");
        report_plain(style);
        base_text_char(out, '\n');
    }
    report_add_excerpt(report, report_check_place(rule, check));
    return check->call ? add_command(out, check) : OK;
}

Status report_check_text_rule(ReportCheck *report, const VerifyRule *rule) {
    const Style style = {report->out, report->colour};
    for (uint32_t i = 0; i < rule->checks.n; i++) {
        const VerifyCheck *check = &rule->checks.at[i];
        const VerifyVerdict verdict = check->cell.verdict;
        if (verdict == VERIFY_REFUTED || (verdict == VERIFY_UNDECIDED && !report->quiet))
            TRY(add_block(report, &style, rule, check));
    }
    TRY(report_check_text_accuracy(report, rule));
    return report->out->failed ? NOMEM : OK;
}
