// Points traced apart from all others, to be shown and accounted for.
#include "api/graph.h"

#include "opt/opt.h"
#include "xform/xform.h"

// The spec with an Ir and a tracer in which nothing has been traced. What it keeps, of
// points and of files, lives no longer than the question.
static Status fresh_spec(const ApiQuestion *question, LoadedSpec *fresh) {
    *fresh = *question->spec;
    fresh->arena = question->arena;
    fresh->prepared.n = fresh->prepared.cap = 0;
    fresh->files.n = fresh->files.cap = 0;
    fresh->prepared_index = base_map_new(fresh->arena);
    fresh->file_index = base_map_new(fresh->arena);
    if (!fresh->prepared_index || !fresh->file_index) return NOMEM;
    fresh->ir = ir_new(question->diags);
    TRY_ALLOC(fresh->ir);
    fresh->front = front_new(fresh->arena, fresh->ir, fresh->spec);
    if (fresh->front) return OK;
    ir_free(fresh->ir);
    return NOMEM;
}

Status api_trace_apart(const ApiQuestion *question, ApiApart *apart) {
    const cg_run_options options = {.compute = question->compute,
                                    .argnums = question->argnums};
    *apart = (ApiApart){.arena = question->arena, .diags = question->diags};
    TRY(fresh_spec(question, &apart->spec));
    const Status status = api_trace(&apart->spec, NULL, question->point, &options,
                                    apart->diags, apart->arena, &apart->traced);
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

Status api_plan_apart(ApiApart *apart, cg_plan *plan) {
    Plan *made;
    TRY(exec_plan(apart->arena, apart->diags, apart->graph, &made));
    const PlanStats stats = exec_stats(made);
    *plan = (cg_plan){stats.groups, stats.instructions, stats.buffer_bytes};
    return OK;
}
