// Points traced apart from all others, to be shown and accounted for.
#include "api/graph.h"

#include "opt/opt.h"
#include "xform/xform.h"

// The spec with an Ir and a tracer in which nothing has been traced.
static Status fresh_spec(cg_context *cg, const LoadedSpec *spec, LoadedSpec *fresh) {
    *fresh = *spec;
    fresh->arena = cg->result_arena;
    fresh->ir = ir_new(&cg->diags);
    TRY_ALLOC(fresh->ir);
    fresh->front = front_new(fresh->arena, fresh->ir, spec->spec);
    if (fresh->front) return OK;
    ir_free(fresh->ir);
    return NOMEM;
}

Status api_trace_apart(cg_context *cg, cg_source spec, size_t point, unsigned compute,
                       const char *argnums, ApiApart *apart) {
    LoadedSpec *loaded = cg->specs.at[spec];
    const cg_run_options options = {.compute = compute, .argnums = argnums};
    TRY(fresh_spec(cg, loaded, &apart->spec));
    const Status status = api_trace(&apart->spec, &loaded->points.at[point], &options,
                                    &cg->diags, cg->result_arena, &apart->traced);
    apart->graph = apart->traced.answer.graph;
    if (status != OK) api_drop_apart(apart);
    return status;
}

void api_drop_apart(ApiApart *apart) {
    ir_free(apart->spec.ir);
}

Status api_strip_apart(ApiApart *apart) {
    return xform_without_rules(apart->graph, &apart->graph);
}

Status api_optimise_apart(ApiApart *apart) {
    TRY(api_strip_apart(apart));
    return opt_run(apart->graph, &apart->graph);
}

Status api_plan_apart(cg_context *cg, ApiApart *apart, cg_plan *plan) {
    Plan *made;
    TRY(exec_plan(cg->result_arena, &cg->diags, apart->graph, &made));
    const PlanStats stats = exec_stats(made);
    *plan = (cg_plan){stats.groups, stats.instructions, stats.buffer_bytes};
    return OK;
}
