// The calls of functions with rules that points reach, each with its rule and derivative
// as one plan.
#include "api/rule_calls.h"
#include "api/batch.h"
#include "base/limits.h"
#include "opt/opt.h"

// -- plans --------------------------------------------------------------------------

static Diags own_diags(cg_context *cg) {
    return (Diags){.arena = cg->arena, .sources = cg->sources};
}

// What went wrong, as the caller sees it.
static Status show_error(cg_context *cg, Diags *diags, const cg_diagnostic **error) {
    cg_diagnostic *made = NEW(cg->arena, cg_diagnostic);
    TRY_ALLOC(made);
    base_diags_drop_warnings(diags);
    if (diags->list.n == 0) return NOMEM; // it could not be reported
    *error = made;
    return api_make_diagnostic(diags, cg->arena, &diags->list.at[0], made);
}

static Status report(cg_context *cg, const Diags *diags) {
    cg->shown_is_old = true;
    return base_diags_join(&cg->diags, diags);
}

cg_status cg_report_rule_error(cg_context *cg, const cg_rule_call *call) {
    return api_status(report(cg, &call->made->diags));
}

static Status make_plan(cg_context *cg, cg_rule_made *made, unsigned order, Pair *pair,
                        Plan **plan, const cg_diagnostic **error) {
    const Graph *graph;
    LoadedSpec *spec = made->spec;
    Diags *diags = &made->diags, *before = ir_diags(spec->ir);
    *diags = own_diags(cg);
    Status status =
        front_rule_pair(spec->rules->answers.front, diags, made->call, order, pair);
    if (status == OK) status = opt_run(pair->graph, &graph);
    if (status == OK) status = exec_plan(spec->arena, diags, graph, plan);
    ir_set_diags(spec->ir, before);
    if (status != FAILED) return status;
    *plan = NULL;
    return show_error(cg, diags, error);
}

cg_status cg_second_plan(cg_context *cg, const cg_rule_call *call, struct Plan **plan,
                         const cg_diagnostic **why) {
    cg_rule_made *made = call->made;
    Pair pair;
    *plan = NULL;
    *why = NULL;
    if (!made->second && !made->second_error &&
        make_plan(cg, made, 2, &pair, &made->second, &made->second_error) != OK)
        return CG_NOMEM;
    *plan = made->second;
    *why = made->second_error;
    return made->second ? CG_OK : CG_FAILED;
}

// -- calls --------------------------------------------------------------------------

// A point that is looked at.
typedef struct Looking {
    cg_context *cg;
    LoadedSpec *spec;
    ApiRules *rules;
    const Point *point;
    VEC(const cg_rule_call *) found;
    VEC(const cg_rule *) met; // each rule once
} Looking;

// Whether there is anything to differentiate with respect to, and anything to
// differentiate.
static bool is_differentiable(const Call *call) {
    bool x = false, output = false;
    for (uint32_t i = 0; i < call->n_args; i++)
        x = x || !call->nondiff[i];
    for (uint32_t i = 0; i < call->value->n_outputs; i++) {
        const Type *type = ir_node_type(call->value, call->value->outputs[i]);
        output = output || num_is_float((Dtype)type->dtype);
    }
    return x && output;
}

static Status make(Looking *l, Call *call, cg_rule_made *made) {
    *made = (cg_rule_made){.spec = l->spec, .call = call};
    TRY(front_view_rule(l->spec->arena, call, &made->view));
    if (made->view.function)
        made->rule = l->rules->of_function[made->view.function - l->spec->spec->functions];
    else
        TRY(api_rule_of_expression(l->cg, l->spec, &made->view, call->kind == CALL_JVP,
                                   &made->rule));
    if (made->rule->is_no_derivative || !is_differentiable(call)) return OK;
    TRY(make_plan(l->cg, made, 1, &made->pair, &made->plan, &made->error));
    return made->plan ? api_name_parts(l->cg, made) : OK;
}

static Status find_made(Looking *l, Call *call, cg_rule_made **made) {
    ApiRules *rules = l->rules;
    uint32_t at;
    const Str key = {(const char *)&call->id, sizeof call->id}; // lives as the call does
    if (!base_map_get(rules->made_index, key, &at)) {
        *made = NEW(l->spec->arena, cg_rule_made);
        TRY_ALLOC(*made);
        TRY(make(l, call, *made));
        at = rules->made.n;
        if (!VEC_PUSH(l->spec->arena, &rules->made, *made)) return NOMEM;
        TRY(base_map_set(rules->made_index, key, at));
    }
    *made = rules->made.at[at];
    return OK;
}

// The operands one behind the other, behind the call's number, each at a multiple of 8.
static Status join_operands(Arena *arena, const Call *call, const void *const *operands,
                            Str *joined) {
    const Graph *value = call->value;
    Text bytes = {.arena = arena};
    const uint64_t number = call->id;
    base_text_add(&bytes, (Str){(const char *)&number, sizeof number});
    for (uint32_t i = 0; i < value->n_inputs; i++) {
        const Type *type = ir_node_type(value, value->inputs[i]);
        const size_t size = (size_t)type->size * num_dtype_size((Dtype)type->dtype);
        base_text_add(&bytes, (Str){operands[i], size});
        while (bytes.n % 8)
            base_text_char(&bytes, 0);
    }
    *joined = base_text_str(&bytes);
    return bytes.failed ? NOMEM : OK;
}

// Where each operand stands among them.
static Status split_operands(Arena *arena, const Call *call, Str joined,
                             const void *const **operands) {
    const Graph *value = call->value;
    const void **at = NEW_ARRAY(arena, const void *, value->n_inputs);
    TRY_ALLOC(at);
    const char *next = joined.at + sizeof(uint64_t);
    for (uint32_t i = 0; i < value->n_inputs; i++) {
        const Type *type = ir_node_type(value, value->inputs[i]);
        at[i] = next;
        next += ((size_t)type->size * num_dtype_size((Dtype)type->dtype) + 7) / 8 * 8;
    }
    *operands = at;
    return OK;
}

static Status list_args(Looking *l, const cg_rule_made *made, const void *const *operands,
                        cg_parts *args) {
    Arena *arena = l->spec->arena;
    cg_part *at = NEW_ARRAY(arena, cg_part, made->view.n_args);
    TRY_ALLOC(at);
    *args = (cg_parts){0, at};
    for (uint32_t i = 0; i < made->view.n_args; i++) {
        const RuleViewArg *arg = &made->view.args[i];
        if (!arg->traced) continue;
        cg_part *part = &at[args->n++];
        uint32_t next = arg->first;
        *part = (cg_part){
            .argnum = (int)i, .arg = base_strdup(arena, arg->name), .argnum2 = -1};
        TRY_ALLOC(part->arg);
        // read only in any case
        const ApiLeaves leaves = {.data = (void *const *)operands};
        TRY(api_make_value(l->spec->ir, arena, &arg->tree, &leaves, &next, &part->value));
    }
    return OK;
}

static Status list_operands(Looking *l, const cg_rule_made *made,
                            const void *const *operands, const cg_value **result) {
    const Pair *pair = &made->pair;
    const uint32_t n = pair->n_x + pair->n_others;
    const Graph *value = made->call->value;
    cg_value *values = NEW_ARRAY(l->spec->arena, cg_value, n);
    TRY_ALLOC(values);
    for (uint32_t i = 0; i < n; i++) {
        const Type *type = ir_node_type(value, value->inputs[pair->operands[i]]);
        values[i] = (cg_value){.kind = CG_ARRAY,
                               .dtype = (cg_dtype)type->dtype,
                               .rank = type->rank,
                               .shape = type->shape,
                               .data = operands[pair->operands[i]]};
    }
    *result = values;
    return OK;
}

static Status add_call(Looking *l, cg_rule_made *made, const void *const *operands) {
    cg_rule_call *call = NEW(l->spec->arena, cg_rule_call);
    TRY_ALLOC(call);
    *call = (cg_rule_call){.rule = made->rule,
                           .spec = l->spec->name.at,
                           .point = l->point->spec->name.at,
                           .plan = made->plan,
                           .error = made->error,
                           .n_x = made->pair.n_x,
                           .n_others = made->pair.n_others,
                           .n_outputs = made->pair.n_outputs,
                           .x = made->x,
                           .outputs = made->outputs,
                           .made = made};
    TRY(list_args(l, made, operands, &call->args));
    if (made->plan) TRY(list_operands(l, made, operands, &call->operands));
    TRY(api_reproduce(made, l->point, &call->args, &call->reproduce));
    return VEC_PUSH(l->spec->arena, &l->found, call) ? OK : NOMEM;
}

static Status found_new(Looking *l, cg_rule_made *made, Str joined) {
    const void *const *operands;
    const Str kept = {base_strdup(l->spec->arena, joined), joined.n};
    TRY_ALLOC(kept.at);
    TRY(base_map_set(l->rules->known, kept, 0));
    TRY(split_operands(l->spec->arena, made->call, kept, &operands));
    return add_call(l, made, operands);
}

static Status meet(Looking *l, const cg_rule *rule) {
    for (uint32_t i = 0; i < l->met.n; i++)
        if (l->met.at[i] == rule) return OK;
    return VEC_PUSH(l->spec->arena, &l->met, rule) ? OK : NOMEM;
}

static Status found(void *data, Call *call, const void *const *operands) {
    Looking *l = data;
    cg_rule_made *made;
    uint32_t known;
    Str joined;
    TRY(find_made(l, call, &made));
    TRY(meet(l, made->rule));
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    Status status = join_operands(arena, call, operands, &joined);
    if (status == OK && !base_map_get(l->rules->known, joined, &known))
        status = found_new(l, made, joined);
    base_arena_free(arena);
    return status;
}

// -- points -------------------------------------------------------------------------

static Status begin(Looking *l, Diags *diags) {
    TRY(api_rules(l->cg, l->spec, &l->rules));
    ApiRules *rules = l->rules;
    Arena *arena = l->spec->arena;
    ApiAnswers *answers = &rules->answers;
    if (!answers->front) {
        answers->index = base_map_new(arena);
        rules->made_index = base_map_new(arena);
        rules->known = base_map_new(arena);
        rules->reach = (ApiReach){.arena = arena, .levels = base_map_new(arena)};
        if (!answers->index || !rules->made_index || !rules->known) return NOMEM;
        TRY_ALLOC(rules->reach.levels);
        answers->front = front_new_watching(arena, l->spec->ir, l->spec->spec);
        TRY_ALLOC(answers->front);
    }
    rules->reach.diags = diags;
    rules->reach.found = found;
    rules->reach.data = l;
    rules->reach.budget = LIMIT_REACH;
    rules->reach.cut = false;
    return OK;
}

// Row after row; one that fails is the point's affair.
static Status reach_rows(Looking *l, const ApiTraced *traced, Arena *arena) {
    const Graph *graph = traced->answer.graph;
    ApiReach *reach = &l->rules->reach;
    const void **row = NEW_ARRAY(arena, const void *, graph->n_inputs);
    TRY_ALLOC(row);
    for (int64_t i = 0; i < traced->batch->size; i++) {
        if (reach->budget == 0) {
            reach->cut = true;
            break;
        }
        api_row_of(graph, graph->n_inputs, graph->inputs, traced->batch->in.at, i,
                   traced->inputs, row);
        if (api_reach(reach, graph, row) == NOMEM) return NOMEM;
    }
    base_diags_forget(reach->diags, 0, reach->diags->list.n, NO_SPAN);
    return OK;
}

static Status look(Looking *l, Arena *arena, Diags *diags) {
    static const cg_run_options value = {.compute = CG_VALUE};
    ApiTraced traced;
    TRY(begin(l, diags));
    TRY(api_trace(l->spec, &l->rules->answers, l->point, &value, diags, arena, &traced));
    if (traced.batch->size >= 0) return reach_rows(l, &traced, arena);
    return api_reach(&l->rules->reach, traced.answer.graph, traced.inputs);
}

cg_status cg_reach_rules(cg_context *cg, cg_source spec, size_t point,
                         cg_rule_calls *calls) {
    LoadedSpec *loaded = cg->specs.at[spec];
    Looking l = {.cg = cg, .spec = loaded, .point = &loaded->points.at[point]};
    Diags diags = own_diags(cg);
    Arena *arena = base_arena_new();
    *calls = (cg_rule_calls){0};
    if (!arena) return CG_NOMEM;
    Status status = look(&l, arena, &diags);
    base_arena_free(arena);
    ir_set_diags(loaded->ir, &cg->diags);
    base_diags_drop_warnings(&diags);
    if (status == FAILED && report(cg, &diags) != OK) status = NOMEM;
    if (status != OK) return api_status(status);
    const size_t limit = l.rules->reach.cut ? LIMIT_REACH : 0;
    *calls = (cg_rule_calls){l.found.n, l.found.at, {l.met.n, l.met.at}, limit};
    return CG_OK;
}
