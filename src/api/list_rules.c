// The custom rules of a spec, as the caller of the library sees them.
#include "api/rule_calls.h"

static Status add_rule(cg_context *cg, ApiRules *rules, Span span, const char *key,
                       cg_rule rule, const cg_rule **result) {
    cg_rule *made = NEW(cg->arena, cg_rule);
    TRY_ALLOC(made);
    *made = rule;
    TRY_ALLOC(made->function);
    TRY(api_make_place(cg, span, key, &made->place));
    *result = made;
    return VEC_PUSH(cg->arena, &rules->list, made) ? OK : NOMEM;
}

static Status function_rule(cg_context *cg, const Spec *spec, ApiRules *rules,
                            const SpecFunction *function, const cg_rule **result) {
    const SpecRule *read = function->rule;
    const bool is_jvp = read->kind == SPEC_JVP;
    Text key = {.arena = cg->arena};
    if (spec->root) base_text_printf(&key, "functions.%.*s.", STR_ARG(function->name));
    base_text_add(&key, is_jvp ? STR("jvp") : STR("vjp"));
    if (key.failed) return NOMEM;
    const cg_rule rule = {.function = base_strdup(cg->arena, function->name),
                          .is_jvp = is_jvp,
                          .is_declared_nonlinear = read->not_linear,
                          .is_no_derivative = read->has_target && !read->target};
    return add_rule(cg, rules, read->span, key.at, rule, result);
}

Status api_rules(cg_context *cg, LoadedSpec *spec, ApiRules **result) {
    const Spec *read = spec->spec;
    if (!spec->rules) {
        ApiRules *rules = NEW(spec->arena, ApiRules);
        TRY_ALLOC(rules);
        rules->of_function = NEW_ARRAY(spec->arena, const cg_rule *, read->n_functions);
        TRY_ALLOC(rules->of_function);
        for (uint32_t i = 0; i < read->n_functions; i++)
            if (read->functions[i].rule)
                TRY(function_rule(cg, read, rules, &read->functions[i],
                                  &rules->of_function[i]));
        spec->rules = rules;
    }
    *result = spec->rules;
    return OK;
}

Status api_rule_of_expression(cg_context *cg, LoadedSpec *spec, const RuleView *view,
                              bool is_jvp, const cg_rule **rule) {
    ApiRules *rules = spec->rules;
    for (uint32_t i = 0; i < rules->of_expressions.n; i++) {
        *rule = rules->of_expressions.at[i].rule;
        if (rules->of_expressions.at[i].span.at == view->span.at) return OK;
    }
    const cg_rule made = {.function = base_strdup(cg->arena, view->name), .is_jvp = is_jvp};
    TRY(add_rule(cg, rules, view->span, NULL, made, rule));
    const MadeRule entry = {view->span, *rule};
    return VEC_PUSH(spec->arena, &rules->of_expressions, entry) ? OK : NOMEM;
}

cg_status cg_get_rules(cg_context *cg, cg_source spec, cg_rules *rules) {
    ApiRules *read;
    const Status status = api_rules(cg, cg->specs.at[spec], &read);
    if (status == OK) *rules = (cg_rules){read->list.n, read->list.at};
    return api_status(status);
}
