// The graph of a point, to be shown.
#include "api/graph.h"

// -- names of inputs and outputs ----------------------------------------------------

typedef struct Names {
    Arena *arena;
    VEC(const char *) at;
} Names;

// A name for each leaf of a structure: x, x[0], x.scale.
static Status add_leaves(Names *names, Str path, const Tree *tree) {
    if (tree->kind == TREE_LEAF) {
        const char *name = base_strdup(names->arena, path);
        return name && VEC_PUSH(names->arena, &names->at, name) ? OK : NOMEM;
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        Text part = {.arena = names->arena};
        base_text_add(&part, path);
        if (tree->kind == TREE_RECORD)
            base_text_printf(&part, ".%.*s", STR_ARG(tree->keys[i]));
        else
            base_text_printf(&part, "[%u]", i);
        if (part.failed) return NOMEM;
        TRY(add_leaves(names, base_text_str(&part), &tree->parts[i]));
    }
    return OK;
}

// "<kind> <argument>"; an argument without a name is told by its position.
static Status add_argument(Names *names, const char *kind, Str name, uint32_t position,
                           const Tree *tree) {
    Text path = {.arena = names->arena};
    base_text_add(&path, base_str(kind));
    if (name.n)
        base_text_add(&path, name);
    else
        base_text_printf(&path, "argument %u", position);
    return path.failed ? NOMEM : add_leaves(names, base_text_str(&path), tree);
}

// *n_arguments: the inputs that are arguments.
static Status name_inputs(cg_context *cg, ApiApart *apart, Names *names,
                          uint32_t *n_arguments) {
    const Request *request = &apart->traced.request;
    uint32_t n;
    RequestParameter *parameters;
    TRY(front_parameters(apart->spec.front, &cg->diags, names->arena, request->function, &n,
                         &parameters));
    for (uint32_t i = 0; i < request->n_args; i++) {
        const RequestArg *arg = &request->args[i];
        const Str name = !arg->name.n && i < n ? parameters[i].name : arg->name;
        if (!arg->is_static) TRY(add_argument(names, "", name, i, &arg->tree));
    }
    *n_arguments = names->at.n;
    TRY(add_leaves(names, STR("cotangent"), &request->cotangent));
    for (uint32_t i = 0; i < request->n_tangents; i++) {
        const RequestArg *tangent = &request->tangents[i];
        const Str name = !tangent->name.n && i < n ? parameters[i].name : tangent->name;
        TRY(add_argument(names, "tangent ", name, i, &tangent->tree));
    }
    return OK;
}

static Status name_parts(Names *names, const char *kind, const AnswerParts *parts,
                         bool pairs) {
    for (uint32_t i = 0; i < parts->n; i++) {
        const AnswerPart *part = &parts->at[i];
        Text first = {.arena = names->arena};
        base_text_printf(&first, "%s %.*s", kind, STR_ARG(part->arg));
        if (pairs) base_text_printf(&first, " %.*s", STR_ARG(part->arg2));
        if (first.failed) return NOMEM;
        TRY(add_leaves(names, base_text_str(&first), &part->tree));
    }
    return OK;
}

// In the order in which the answer's outputs are made (front/answer_parts.c).
static Status name_outputs(const Answer *answer, Names *names, uint32_t *n_value) {
    TRY(add_leaves(names, STR("value"), &answer->value));
    *n_value = names->at.n;
    TRY(name_parts(names, "grad", &answer->grads, false));
    TRY(add_leaves(names, STR("logs"), &answer->logs));
    TRY(name_parts(names, "jacobian", &answer->jacobian, false));
    TRY(name_parts(names, "hessian", &answer->hessian, true));
    return answer->compute & COMPUTE_JVP ? add_leaves(names, STR("jvp"), &answer->jvp) : OK;
}

// -- the listing --------------------------------------------------------------------

static Status make_listing(cg_context *cg, ApiApart *apart, const Point *point,
                           cg_listing *listing) {
    Arena *arena = cg->result_arena;
    const Answer *answer = &apart->traced.answer;
    ApiTexts texts = {.arena = arena, .sources = cg->sources};
    Names inputs = {.arena = arena}, outputs = {.arena = arena};
    uint32_t n_arguments, n_value;
    *listing = (cg_listing){.point = point->spec->name.at,
                            .function = point->function,
                            .compute = answer->compute,
                            .plan = listing->plan};
    TRY(api_texts(apart->spec.spec, point->spec->function, &texts));
    TRY(name_inputs(cg, apart, &inputs, &n_arguments));
    TRY(name_outputs(answer, &outputs, &n_value));
    bool *is_value = NEW_ARRAY(arena, bool, outputs.at.n);
    TRY_ALLOC(is_value);
    for (uint32_t i = 0; i < n_value; i++)
        is_value[i] = true;
    const ApiModel model = {.graph = apart->graph,
                            .texts = &texts,
                            .inputs = inputs.at.at,
                            .n_arguments = n_arguments,
                            .labels = outputs.at.at,
                            .is_value = is_value,
                            .derivatives = answer->compute != COMPUTE_VALUE};
    return api_model(&model, listing);
}

static Status list_point(cg_context *cg, ApiApart *apart, const Point *point, bool raw,
                         const cg_listing **listing) {
    cg_listing *made = NEW(cg->result_arena, cg_listing);
    TRY_ALLOC(made);
    if (!raw) {
        cg_plan *plan = NEW(cg->result_arena, cg_plan);
        TRY_ALLOC(plan);
        TRY(api_optimise_apart(apart));
        TRY(api_plan_apart(apart, plan));
        made->plan = plan;
    }
    TRY(make_listing(cg, apart, point, made));
    *listing = made;
    return OK;
}

cg_status cg_point_graph(cg_context *cg, cg_source spec, size_t point,
                         const cg_graph_options *options, const cg_listing **listing) {
    static const cg_graph_options plain;
    *listing = NULL;
    if (!options) options = &plain;
    if (!api_result_arena(cg)) return CG_NOMEM;
    const LoadedSpec *loaded = cg->specs.at[spec];
    const ApiQuestion question = {.spec = loaded,
                                  .point = &loaded->points.at[point],
                                  .compute = options->compute | CG_VALUE,
                                  .argnums = options->argnums,
                                  .diags = &cg->diags,
                                  .arena = cg->result_arena};
    ApiApart apart;
    Status status = api_trace_apart(&question, &apart);
    if (status != OK) return api_status(status);
    status = list_point(cg, &apart, question.point, options->raw, listing);
    api_drop_apart(&apart);
    return api_status(status);
}
