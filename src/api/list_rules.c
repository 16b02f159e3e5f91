// The custom rules of a spec, as the caller of the library sees them.
#include "api/context.h"

static Status make_rule(cg_context *cg, const Spec *spec, const SpecFunction *function,
                        cg_rule *rule) {
    const SpecRule *read = function->rule;
    const char *kind = read->kind == SPEC_VJP ? "vjp" : "jvp";
    Text key = {.arena = cg->arena};
    if (spec->root) base_text_printf(&key, "functions.%.*s.", STR_ARG(function->name));
    base_text_add(&key, base_str(kind));
    *rule = (cg_rule){.function = base_strdup(cg->arena, function->name),
                      .is_declared_nonlinear = read->not_linear,
                      .is_no_derivative = read->has_target && !read->target};
    if (key.failed || !rule->function) return NOMEM;
    return api_make_place(cg, read->span, key.at, &rule->place);
}

cg_status cg_get_rules(cg_context *cg, cg_source spec, cg_rules *rules) {
    const Spec *read = cg->specs.at[spec]->spec;
    cg_rule *made = NEW_ARRAY(cg->arena, cg_rule, read->n_functions);
    if (!made) return CG_NOMEM;
    *rules = (cg_rules){.at = made};
    for (uint32_t i = 0; i < read->n_functions; i++)
        if (read->functions[i].rule &&
            make_rule(cg, read, &read->functions[i], &made[rules->n++]) != OK)
            return CG_NOMEM;
    return CG_OK;
}
