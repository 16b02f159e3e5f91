// The account of how a point was answered, for people.
#include "report/report_graph.h"

void report_count(size_t n, const char *thing, Text *out) {
    base_text_printf(out, "%zu %s%s", n, thing, n == 1 ? "" : "s");
}

void report_plan(const cg_plan *plan, Text *out) {
    report_count(plan->groups, "group", out);
    base_text_add(out, STR(" of "));
    report_count(plan->instructions, "instruction", out);
    base_text_add(out, STR(", "));
    report_count(plan->buffer_bytes, "byte", out);
    base_text_add(out, STR(" of buffers"));
}

// "  rules  mul (vjp) twice, …"; nothing where nothing was counted.
static void add_counts(Text *out, const char *label, const cg_counts *counts) {
    for (size_t i = 0; i < counts->n; i++) {
        base_text_add(out, i ? STR(", ") : base_str(label));
        base_text_add_shown(out, base_str(counts->at[i].name));
        if (counts->at[i].n == 1)
            base_text_add(out, STR(" once"));
        else
            base_text_printf(out, " %zu times", counts->at[i].n);
    }
    if (counts->n) base_text_char(out, '\n');
}

Status report_explanation(const cg_explanation *e, Text *out) {
    base_text_add(out, STR("explain "));
    base_text_add_shown(out, base_str(e->point));
    base_text_char(out, '\n');
    add_counts(out, "  called  ", &e->functions);
    add_counts(out, "  rules   ", &e->rules);
    base_text_printf(out,
                     "  nodes   %zu of the value, %zu with derivatives, %zu optimised\n",
                     e->traced_nodes, e->nodes, e->optimised_nodes);
    base_text_add(out, STR("  plan    "));
    report_plan(&e->plan, out);
    base_text_char(out, '\n');
    if (e->shared_with) {
        base_text_add(out, STR("  shared  trace and plan, with "));
        base_text_add_shown(out, base_str(e->shared_with));
        base_text_char(out, '\n');
    }
    return out->failed ? NOMEM : OK;
}
