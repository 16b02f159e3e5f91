// Goldens that points do not give, for people and programs.
//
//     golden changed: a gradient, grads.x: 1 of 3 elements
//       [1]: old 1.5, new 2.5: 4.5e15 ulp apart; allowed: 16 ulp
#include "report/report_check.h"
#include "report/values.h"
#include "verify/golden.h"

#include <math.h>

// -- text ---------------------------------------------------------------------------

static void add_heading(const Style *style, const VerifyGolden *golden) {
    static const char *const words[] = {[VERIFY_GOLDEN_HOLDS] = "golden",
                                        [VERIFY_GOLDEN_CHANGED] = "golden changed",
                                        [VERIFY_GOLDEN_MISSING] = "golden missing",
                                        [VERIFY_GOLDEN_OBSOLETE] = "golden obsolete"};
    Text *out = style->out;
    report_add(style, golden->failed ? ROLE_BAD : ROLE_WARNING,
               base_str(words[golden->verdict]));
    base_text_add(out, STR(": "));
    report_add_shown(style, ROLE_NAME, base_str(golden->point));
    base_text_add(out, STR(", "));
    base_text_add_shown(out, base_str(golden->key));
    if (golden->n_elements > 1)
        base_text_printf(out, ": %zu of %zu elements", golden->n_failing,
                         golden->n_elements);
}

static void add_element(Text *out, Dtype dtype, const void *element) {
    char text[NUM_TEXT];
    base_text_add(out, (Str){text, num_print(dtype, element, text)});
}

static void add_elements(Text *out, const VerifyGolden *golden) {
    const cg_value *array = &golden->expected->value;
    const Dtype dtype = (Dtype)array->dtype;
    const bool equal = golden->tolerance.by_ulp && golden->tolerance.ulp <= 0;
    for (uint32_t k = 0; k < golden->failing.n; k++) {
        const VerifyElement *element = &golden->failing.at[k];
        base_text_add(out, STR("  "));
        for (uint32_t i = 0; i < array->rank; i++)
            base_text_printf(out, i ? ", %lld" : "[%lld", (long long)element->index[i]);
        base_text_add(out, array->rank ? STR("]: old ") : STR("old "));
        add_element(out, dtype, element->expected);
        base_text_add(out, STR(", new "));
        add_element(out, dtype, element->got);
        if (dtype != DT_BOOL) {
            base_text_add(out, STR(": "));
            report_add_ulps(out, element->ulp);
            base_text_add(out, num_is_float(dtype) ? STR(" ulp apart") : STR(" apart"));
            if (!equal) report_add_tolerance(out, dtype, &golden->tolerance);
        }
        base_text_char(out, '\n');
    }
    if (golden->n_failing > golden->failing.n)
        base_text_printf(out, "  … and %zu more\n", golden->n_failing - golden->failing.n);
}

// One side of entries that are not alike, or of one that stands alone.
static Status add_side(Text *out, const char *label, const VerifyEntry *entry, bool types) {
    Arena *arena = base_arena_new();
    Text type = {.arena = arena};
    Cell cell;
    TRY_ALLOC(arena);
    if (!entry) {
        base_arena_free(arena);
        return OK;
    }
    base_text_printf(out, "  %s ", label);
    Status status = OK;
    if (entry->code) {
        base_text_add(out, STR("error "));
        base_text_add_shown(out, base_str(entry->code));
    } else if (types && entry->value.kind == CG_ARRAY) {
        report_type(&type, &entry->value);
        status = type.failed ? NOMEM : OK;
        if (status == OK) base_text_add(out, base_text_str(&type));
    } else {
        cg_value rounded = entry->value;
        rounded.decimals = NULL;
        status = report_value_cell(arena, &rounded, false, &cell);
        if (status == OK) base_text_add(out, cell.text);
    }
    base_text_char(out, '\n');
    base_arena_free(arena);
    return status;
}

Status report_check_text_golden(ReportCheck *report, const VerifyGolden *golden) {
    Text *out = report->out;
    const Style style = {out, report->colour};
    const VerifyEntry *old = golden->expected, *now = golden->got;
    const bool types =
        old && now && old->value.kind == CG_ARRAY && now->value.kind == CG_ARRAY;
    report_begin_block(report);
    add_heading(&style, golden);
    if (report->many_specs) {
        report_paint(&style, ROLE_FAINT);
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(golden->spec));
        report_plain(&style);
    }
    base_text_char(out, '\n');
    if (golden->failing.n) {
        add_elements(out, golden);
    } else {
        TRY(add_side(out, "old", old, types));
        TRY(add_side(out, "new", now, types));
    }
    return out->failed ? NOMEM : OK;
}

Status report_check_goldens_help(ReportCheck *report, const char *spec, bool spec_changed) {
    Text *out = report->out;
    if (report->format != REPORT_TEXT || report->quiet) return OK;
    report_begin_block(report);
    if (spec_changed) {
        base_text_add_shown(out, base_str(spec));
        base_text_add(out, STR(" has changed since its goldens were recorded\n"));
    }
    base_text_add(out, STR("  = help: cg-grad record --diff "));
    base_text_add_shown(out, base_str(spec));
    base_text_add(out, STR(" shows what it would change; without --diff it does\n"));
    return out->failed ? NOMEM : OK;
}

// -- JSON ---------------------------------------------------------------------------

static void put_entry(JsonDoc *doc, cJSON *object, const char *key,
                      const VerifyEntry *entry) {
    if (!entry || entry->code) {
        report_put_text(doc, object, key, entry ? entry->code : NULL);
        return;
    }
    cg_value value = entry->value;
    value.decimals = NULL;
    report_json_value(doc, object, key, &value);
}

static void put_element(JsonDoc *doc, cJSON *entry, const VerifyGolden *golden,
                        uint32_t i) {
    const VerifyElement *element = &golden->failing.at[i];
    const Dtype dtype = (Dtype)golden->expected->value.dtype;
    doc_json_put(doc, entry, "expected", doc_json_number(dtype, element->expected));
    doc_json_put(doc, entry, "got", doc_json_number(dtype, element->got));
    report_put_float(doc, entry, "ulp", element->ulp);
    report_put_tolerance(doc, entry, &golden->tolerance);
    if (i + 1 < golden->failing.n || golden->n_failing == golden->failing.n) return;
    const int64_t more = (int64_t)(golden->n_failing - golden->failing.n);
    doc_json_put(doc, entry, "more", doc_json_number(DT_I64, &more));
}

void report_check_json_golden(JsonDoc *doc, cJSON *in, const char *spec,
                              const VerifyGolden *golden, uint32_t i) {
    static const char *const verdicts[] = {[VERIFY_GOLDEN_HOLDS] = "holds",
                                           [VERIFY_GOLDEN_CHANGED] = "changed",
                                           [VERIFY_GOLDEN_MISSING] = "missing",
                                           [VERIFY_GOLDEN_OBSOLETE] = "obsolete"};
    const VerifyElement *element = golden->failing.n ? &golden->failing.at[i] : NULL;
    cJSON *entry = doc_json_put(doc, in, NULL, doc_json_object());
    if (spec) report_put_text(doc, entry, "spec", spec);
    report_put_text(doc, entry, "point", golden->point);
    report_put_text(doc, entry, "key", golden->key);
    report_put_index(doc, entry, element ? element->index : NULL,
                     element ? golden->expected->value.rank : 0);
    report_put_text(doc, entry, "verdict", verdicts[golden->verdict]);
    if (element) {
        put_element(doc, entry, golden, i);
        return;
    }
    put_entry(doc, entry, "expected", golden->expected);
    put_entry(doc, entry, "got", golden->got);
    if (golden->n_elements) {
        report_put_float(doc, entry, "ulp", golden->ulp);
        report_put_tolerance(doc, entry, &golden->tolerance);
    } else {
        report_put_text(doc, entry, "ulp", NULL);
    }
}
