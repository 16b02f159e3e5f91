// The account of how a point is answered.
#include "api/graph.h"

#include "ir/call.h"

typedef VEC(cg_count) Counts;

static Status add_count(Arena *arena, Counts *counts, const char *name, size_t n) {
    return n == 0 || VEC_PUSH(arena, counts, ((cg_count){name, n})) ? OK : NOMEM;
}

static Status count_functions(const ApiApart *apart, Arena *arena, cg_counts *result) {
    Counts counts = {0};
    const uint32_t *calls = front_call_counts(apart->spec.front);
    for (uint32_t i = 0; i < apart->spec.spec->n_functions; i++)
        TRY(add_count(arena, &counts, apart->spec.function_names[i], calls[i]));
    *result = (cg_counts){counts.n, counts.at};
    return OK;
}

// The rules of the spec's functions; of other calls the rule has no place in a spec.
static Status count_rules(const ApiApart *apart, Arena *arena, cg_counts *result) {
    Counts counts = {0};
    const Spec *spec = apart->spec.spec;
    size_t *uses = NEW_ARRAY(arena, size_t, spec->n_functions);
    TRY_ALLOC(uses);
    for (uint32_t i = 0; i < ir_call_count(apart->spec.ir); i++) {
        const Call *call = ir_call(apart->spec.ir, i);
        uint32_t at;
        if (!base_map_get(spec->function_index, call->name, &at)) continue;
        const SpecRule *rule = spec->functions[at].rule;
        if (rule && call->span.at == rule->span.at) uses[at] += call->n_uses;
    }
    for (uint32_t i = 0; i < spec->n_functions; i++) {
        if (!uses[i]) continue;
        Text name = {.arena = arena};
        base_text_printf(&name, "%s (%s)", apart->spec.function_names[i],
                         spec->functions[i].rule->kind == SPEC_VJP ? "vjp" : "jvp");
        if (name.failed) return NOMEM;
        TRY(add_count(arena, &counts, name.at, uses[i]));
    }
    *result = (cg_counts){counts.n, counts.at};
    return OK;
}

static Status explain_value(const ApiQuestion *question, cg_explanation *explanation) {
    ApiQuestion of_value = *question;
    ApiApart apart;
    of_value.compute = CG_VALUE;
    of_value.argnums = NULL;
    TRY(api_trace_apart(&of_value, &apart));
    Status status = count_functions(&apart, question->arena, &explanation->functions);
    if (status == OK) status = api_strip_apart(&apart);
    if (status == OK) status = api_count_nodes(apart.graph, &explanation->traced_nodes);
    api_drop_apart(&apart);
    return status;
}

static Status explain_graph(ApiApart *apart, cg_explanation *explanation) {
    TRY(count_rules(apart, apart->arena, &explanation->rules));
    TRY(api_strip_apart(apart));
    TRY(api_count_nodes(apart->graph, &explanation->nodes));
    TRY(api_optimise_apart(apart));
    TRY(api_count_nodes(apart->graph, &explanation->optimised_nodes));
    return api_plan_apart(apart, &explanation->plan);
}

static Status explain(const ApiQuestion *question, cg_explanation *explanation) {
    const LoadedSpec *loaded = question->spec;
    const Point *server = &loaded->points.at[question->point->served_by];
    ApiApart apart;
    explanation->point = question->point->spec->name.at;
    if (server != question->point) explanation->shared_with = server->spec->name.at;
    TRY(explain_value(question, explanation));
    TRY(api_trace_apart(question, &apart));
    const Status status = explain_graph(&apart, explanation);
    api_drop_apart(&apart);
    return status;
}

cg_status cg_explain_point(cg_context *cg, cg_source spec, size_t point,
                           const cg_run_options *options,
                           const cg_explanation **explanation) {
    *explanation = NULL;
    Arena *arena = api_result_arena(cg);
    cg_explanation *made = arena ? NEW(arena, cg_explanation) : NULL;
    if (!made) return CG_NOMEM;
    const LoadedSpec *loaded = cg->specs.at[spec];
    // What there is to say about the point was said when it ran.
    Diags unheard = {.arena = arena, .sources = cg->sources};
    const ApiQuestion question = {.spec = loaded,
                                  .point = &loaded->points.at[point],
                                  .compute = options ? options->compute : 0,
                                  .argnums = options ? options->argnums : NULL,
                                  .diags = &unheard,
                                  .arena = arena};
    const Status status = explain(&question, made);
    if (status == OK) *explanation = made;
    return api_status(status);
}
