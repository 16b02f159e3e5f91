#include "api/backend.h"

#include "exec/exact.h"

static const Type *type_of(const Graph *graph, NodeId node) {
    return ir_node_type(graph, node);
}

// Of arrays of floats; those of stacks are made with the stacks.
static Status make_decimals(const ApiEngine *engine, const Graph *graph,
                            ExecDecimal ***decimals) {
    *decimals = NULL;
    if (engine->engine != CG_ENGINE_EXACT || !engine->digits) return OK;
    *decimals = NEW_ARRAY(engine->arena, ExecDecimal *, graph->n_outputs);
    TRY_ALLOC(*decimals);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const Type *type = type_of(graph, graph->outputs[i]);
        if (type->kind != TYPE_ARRAY || !num_is_float((Dtype)type->dtype)) continue;
        (*decimals)[i] = NEW_ARRAY(engine->arena, ExecDecimal, (size_t)type->size);
        TRY_ALLOC((*decimals)[i]);
    }
    return OK;
}

Status api_make_room(const ApiEngine *engine, const Graph *graph, void ***outputs,
                     ExecDecimal ***decimals) {
    *outputs = NEW_ARRAY(engine->arena, void *, graph->n_outputs);
    TRY_ALLOC(*outputs);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const TypeId type = graph->nodes[graph->outputs[i]].type;
        (*outputs)[i] = base_alloc(engine->arena, exec_value_bytes(graph->ir, type));
        TRY_ALLOC((*outputs)[i]);
    }
    return make_decimals(engine, graph, decimals);
}

// Of a stack the room of its pointers: the plan knows its shape.
static ExactArray array_of(const Graph *graph, NodeId node, void *elements) {
    const Type *type = type_of(graph, node);
    return (ExactArray){(Dtype)type->dtype, type->size, elements, NULL};
}

static Status run_exact(const ApiEngine *engine, const Graph *graph, const Plan *plan,
                        const void *const *inputs, void *const *outputs,
                        ExecDecimal *const *decimals, ExecError *error) {
    cg_context *cg = engine->cg;
    if (!cg->exact) TRY(exec_load_exact(cg->arena, &cg->exact, error));
    ExactArray *in = NEW_ARRAY(engine->arena, ExactArray, graph->n_inputs);
    ExactArray *out = NEW_ARRAY(engine->arena, ExactArray, graph->n_outputs);
    if (!in || !out) return NOMEM;
    for (uint32_t i = 0; i < graph->n_inputs; i++) // read only
        in[i] = array_of(graph, graph->inputs[i], ((void *const *)inputs)[i]);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        out[i] = array_of(graph, graph->outputs[i], outputs[i]);
        if (decimals) out[i].decimals = decimals[i];
    }
    return cg->exact->evaluate(&(ExactRequest){.plan = plan,
                                               .n_inputs = graph->n_inputs,
                                               .n_outputs = graph->n_outputs,
                                               .inputs = in,
                                               .outputs = out,
                                               .digits = decimals ? engine->digits : 0,
                                               .arena = engine->arena},
                               error);
}

cg_status cg_load_engine(cg_context *cg, cg_engine engine) {
    ExecError error;
    if (engine != CG_ENGINE_EXACT || cg->exact) return CG_OK;
    const Status status = exec_load_exact(cg->arena, &cg->exact, &error);
    if (status == FAILED)
        (void)base_error(&cg->diags, error.code, NO_SPAN, error.hint, "%s", error.message);
    cg->shown_is_old = true;
    return api_status(status);
}

Status api_run_plan(const ApiEngine *engine, const Graph *graph, Plan *plan,
                    const void *const *inputs, void *const *outputs,
                    ExecDecimal *const *decimals, ExecError *error) {
    *error = (ExecError){0};
    if (engine->engine == CG_ENGINE_EXACT)
        return run_exact(engine, graph, plan, inputs, outputs, decimals, error);
    return vm_run_with_stacks(plan, inputs, outputs, engine->arena, error);
}
