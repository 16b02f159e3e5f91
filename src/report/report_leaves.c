// The leaves of results, labelled.
#include "report/values.h"

Status report_leaves(Arena *arena, Str label, const cg_value *value, Leaves *leaves) {
    const bool is_structure = value->kind == CG_TUPLE || value->kind == CG_RECORD;
    if (!is_structure || value->n == 0) {
        const Leaf leaf = {label, value};
        return VEC_PUSH(arena, &leaves->list, leaf) ? OK : NOMEM;
    }
    for (size_t i = 0; i < value->n; i++) {
        Text path = {.arena = arena};
        base_text_add(&path, label);
        if (value->kind == CG_RECORD) {
            base_text_char(&path, '.');
            base_text_add_shown(&path, base_str(value->keys[i]));
        } else {
            base_text_printf(&path, "[%zu]", i);
        }
        if (path.failed) return NOMEM;
        TRY(report_leaves(arena, base_text_str(&path), &value->parts[i], leaves));
    }
    return OK;
}

void report_add_argument(Text *label, const char *name, int argnum) {
    if (name[0])
        base_text_add_shown(label, base_str(name));
    else
        base_text_printf(label, "%d", argnum);
}

Status report_part_leaves(Arena *arena, Str kind, const cg_parts *parts, Leaves *leaves) {
    for (size_t i = 0; i < parts->n; i++) {
        const cg_part *part = &parts->at[i];
        Text label = {.arena = arena};
        base_text_add(&label, kind);
        if (kind.n) base_text_char(&label, ' ');
        report_add_argument(&label, part->arg, part->argnum);
        if (part->argnum2 >= 0) {
            base_text_char(&label, ' ');
            report_add_argument(&label, part->arg2, part->argnum2);
        }
        if (label.failed) return NOMEM;
        TRY(report_leaves(arena, base_text_str(&label), &part->value, leaves));
    }
    return OK;
}

Status report_result_leaves(Arena *arena, const cg_result *result, bool hessian,
                            Leaves *leaves) {
    if (result->compute & CG_VALUE)
        TRY(report_leaves(arena, STR("value"), &result->value, leaves));
    TRY(report_part_leaves(arena, STR("grad"), &result->grads, leaves));
    TRY(report_part_leaves(arena, STR("jacobian"), &result->jacobian, leaves));
    if (hessian) TRY(report_part_leaves(arena, STR("hessian"), &result->hessian, leaves));
    if (result->compute & CG_JVP)
        TRY(report_leaves(arena, STR("jvp"), &result->jvp, leaves));
    if (result->logs.kind == CG_NULL) return OK;
    return report_leaves(arena, STR("logs"), &result->logs, leaves);
}
