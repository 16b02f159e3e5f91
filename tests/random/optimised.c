#include "optimised.h"

#include "api/context.h"
#include "opt/opt.h"
#include "xform/xform.h"

#include <stdio.h>

typedef struct Outputs {
    Status status;
    ExecError error;
    void **at;
} Outputs;

static size_t bytes_of(const Type *type) {
    return (size_t)type->size * num_dtype_size((Dtype)type->dtype);
}

static Status run(Arena *arena, Diags *diags, const Graph *graph, const double *inputs,
                  Outputs *outputs) {
    Plan *plan = NULL;
    const void **in = NEW_ARRAY(arena, const void *, graph->n_inputs);
    outputs->at = NEW_ARRAY(arena, void *, graph->n_outputs);
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        in[i] = inputs;
        inputs += ir_node_type(graph, graph->inputs[i])->size;
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        outputs->at[i] =
            base_alloc(arena, bytes_of(ir_node_type(graph, graph->outputs[i])));
    TRY(exec_plan(arena, diags, graph, &plan));
    outputs->status = vm_run(plan, in, outputs->at, &outputs->error);
    return OK;
}

static bool same(const Type *type, const void *a, const void *b) {
    if (memcmp(a, b, bytes_of(type)) == 0) return true;
    if (type->dtype != DT_F64) return false;
    const double *x = a, *y = b;
    for (int64_t i = 0; i < type->size; i++)
        if (memcmp(&x[i], &y[i], sizeof *x) != 0 && (x[i] == x[i] || y[i] == y[i]))
            return false;
    return true;
}

// What nothing needs is not run, and cannot fail.
static bool agree(const Graph *graph, const Outputs *a, const Outputs *b) {
    if (a->status != OK) return b->status == OK || a->error.code == b->error.code;
    if (b->status != OK) return false;
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        if (!same(ir_node_type(graph, graph->outputs[i]), a->at[i], b->at[i])) return false;
    return true;
}

// What the point's graph takes must be those inputs.
static bool takes(const Graph *graph, size_t n) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const Type *type = ir_node_type(graph, graph->inputs[i]);
        if (type->dtype != DT_F64 || (size_t)type->size > n) return false;
        n -= (size_t)type->size;
    }
    return n == 0;
}

static Status compare(cg_context *cg, cg_source spec, size_t point, size_t n,
                      const double *inputs, Arena *arena, bool *equal) {
    LoadedSpec *loaded = cg->specs.at[spec];
    Diags diags = cg->diags;
    ApiTraced traced = {0};
    const Graph *graph, *optimised;
    Outputs plain = {0}, other = {0};
    const cg_run_options options = {.compute = CG_VALUE};
    TRY(api_trace(loaded, NULL, &loaded->points.at[point], &options, &diags, arena,
                  &traced));
    TRY(xform_without_rules(traced.answer.graph, &graph));
    TRY(opt_run(graph, &optimised));
    if (!takes(graph, n)) return FAILED;
    TRY(run(arena, &diags, graph, inputs, &plain));
    TRY(run(arena, &diags, optimised, inputs, &other));
    *equal = agree(graph, &plain, &other);
    return OK;
}

bool optimised_is_unoptimised(cg_context *cg, cg_source spec, size_t point, size_t n,
                              const double *inputs, char *what, size_t n_what) {
    Arena *arena = base_arena_new();
    bool equal = false;
    const Status status = compare(cg, spec, point, n, inputs, arena, &equal);
    base_arena_free(arena);
    if (status != OK)
        snprintf(what, n_what, "not traced or planned");
    else if (!equal)
        snprintf(what, n_what, "the optimised graph gives something else");
    return status == OK && equal;
}
