// Verdicts on rules: a call's plan as the exact backend takes it, its findings in the terms
// of the library.
#include "api/judge.h"

#include <math.h>

_Static_assert((int)CG_AGREES == (int)EXACT_AGREES &&
                   (int)CG_REFUTED == (int)EXACT_REFUTED &&
                   (int)CG_BY_LIMIT == (int)EXACT_LIMIT &&
                   (int)CG_NO_SUBGRADIENT == (int)EXACT_NO_SUBGRADIENT &&
                   (int)CG_NOT_LINEAR == (int)EXACT_NOT_LINEAR,
               "the backend's words are the library's");

// What is judged, and where the findings go.
typedef struct Judging {
    cg_context *cg;
    const cg_rule_call *call;
    Arena *scratch; // of one judgement
    ExactPair pair; // its findings are scratch, too
    bool second;    // order 2, of this element of the rule's own linear parts
    uint32_t part;
    int64_t element;
    cg_judgement *judgement;
    VEC(cg_cell) cells; // these stay
} Judging;

static Arena *kept(const Judging *j) {
    return j->call->made->spec->arena;
}

// -- findings -----------------------------------------------------------------------

static Status keep_text(const Judging *j, const char *text, const char **copy) {
    *copy = text ? base_strdup(kept(j), base_str(text)) : NULL;
    return text && !*copy ? NOMEM : OK;
}

// Which elements a cell is about. Of order 2 the pair's linear part is a cotangent of the
// rule's result, its result an x.
static cg_cell cell_at(const Judging *j, const ExactCell *found) {
    const bool is_jvp = j->call->rule->is_jvp;
    const uint32_t linear = j->second ? j->part : found->linear;
    const uint32_t result = j->second ? found->linear : found->result;
    const int64_t in_linear = j->second ? j->element : found->linear_element;
    const int64_t in_result = j->second ? found->linear_element : found->result_element;
    return (cg_cell){.x = is_jvp ? linear : result,
                     .x_element = (size_t)(is_jvp ? in_linear : in_result),
                     .output = is_jvp ? result : linear,
                     .output_element = (size_t)(is_jvp ? in_result : in_linear),
                     .second = j->second ? found->result : 0,
                     .second_element = j->second ? (size_t)found->result_element : 0};
}

static Status add_cell(Judging *j, const ExactCell *found) {
    cg_cell cell = cell_at(j, found);
    cell.verdict = (cg_verdict)found->verdict;
    cell.road = (cg_road)found->road;
    cell.mistake = (cg_mistake)found->mistake;
    cell.digits = found->digits;
    cell.rule_value = found->rule_value;
    cell.derivative_value = found->derivative_value;
    cell.abs = found->abs;
    cell.rel = found->rel;
    cell.rule_ulp = cell.ad_ulp = cell.rule_machine = cell.ad_machine = (double)NAN;
    const Dtype dtype = j->pair.results[found->result].dtype;
    cell.ulp = api_in_ulps(dtype, found->derivative_value, found->abs);
    TRY(keep_text(j, found->literal, &cell.literal));
    TRY(keep_text(j, found->rule, &cell.rule));
    TRY(keep_text(j, found->derivative, &cell.derivative));
    TRY(keep_text(j, found->reason, &cell.reason));
    if (found->place.at) TRY(api_make_place(j->cg, found->place, NULL, &cell.place));
    return VEC_PUSH(kept(j), &j->cells, cell) ? OK : NOMEM;
}

// The plan itself fails at the point.
static Status note_error(Judging *j, const ExecError *error) {
    Diags diags = {.arena = kept(j), .sources = j->cg->sources};
    if (base_error(&diags, error->code, error->span, error->hint, "%s", error->message) ==
        NOMEM)
        return NOMEM;
    cg_diagnostic *made = NEW(kept(j), cg_diagnostic);
    TRY_ALLOC(made);
    j->judgement->error = made;
    return api_make_diagnostic(&diags, kept(j), &diags.list.at[0], made);
}

static Status judge_pair(Judging *j) {
    ExactFindings found;
    ExecError error = {0};
    cg_judgement *judgement = j->judgement;
    const Status status = j->cg->exact->judge(&j->pair, &found, &error);
    if (status == FAILED) return note_error(j, &error);
    TRY(status);
    if (!j->second) {
        judgement->linear = (cg_linear)found.linear;
        TRY(keep_text(j, found.linear_reason, &judgement->linear_reason));
        TRY(api_make_place(j->cg, found.linear_place, NULL, &judgement->linear_place));
    }
    for (size_t i = 0; i < found.n; i++)
        TRY(add_cell(j, &found.cells[i]));
    return OK;
}

// -- pairs --------------------------------------------------------------------------

static int64_t size_of(const cg_value *value) {
    int64_t n = 1;
    for (uint32_t k = 0; k < value->rank; k++)
        n *= value->shape[k];
    return n;
}

static ExactArray *arrays_of(Arena *arena, size_t n, const cg_rule_array *from) {
    ExactArray *arrays = NEW_ARRAY(arena, ExactArray, n);
    for (size_t i = 0; arrays && i < n; i++)
        arrays[i] = (ExactArray){.dtype = (Dtype)from[i].dtype, .n = (int64_t)from[i].size};
    return arrays;
}

Status api_describe_pair(const cg_rule_call *call, unsigned digits, Arena *arena,
                         ExactPair *pair) {
    const bool is_jvp = call->rule->is_jvp;
    const size_t n_operands = call->n_x + call->n_others;
    const size_t n_linear = is_jvp ? call->n_x : call->n_outputs;
    ExactArray *operands = NEW_ARRAY(arena, ExactArray, n_operands + n_linear);
    ExactArray *x = arrays_of(arena, call->n_x, call->x);
    ExactArray *outputs = arrays_of(arena, call->n_outputs, call->outputs);
    if (!operands || !x || !outputs) return NOMEM;
    for (size_t i = 0; i < n_operands; i++) {
        const cg_value *value = &call->operands[i];
        operands[i] = (ExactArray){.dtype = (Dtype)value->dtype,
                                   .n = size_of(value),
                                   .elements = *(void *const *)&value->data}; // read only
    }
    *pair = (ExactPair){.plan = call->plan,
                        .is_jvp = is_jvp,
                        .is_nonlinear = call->rule->is_declared_nonlinear,
                        .n_operands = (uint32_t)n_operands,
                        .n_linear = (uint32_t)n_linear,
                        .n_values = (uint32_t)call->n_outputs,
                        .n_results = (uint32_t)(is_jvp ? call->n_outputs : call->n_x),
                        .operands = operands,
                        .linear = is_jvp ? x : outputs,
                        .values = outputs,
                        .results = is_jvp ? outputs : x,
                        .digits = digits,
                        .arena = arena};
    return OK;
}

Status api_load_exact(cg_context *cg) {
    ExecError error = {0};
    if (cg->exact) return OK;
    const Status status = exec_load_exact(cg->arena, &cg->exact, &error);
    if (status != FAILED) return status;
    cg->exact = NULL;
    return base_error(&cg->diags, error.code, error.span, error.hint, "%s", error.message);
}

// -- order 2 ------------------------------------------------------------------------

// The pair of the second plan, whose operands hold the first's linear parts, all zero.
static Status describe_second(const Judging *j, const ExactPair *first, Plan *plan,
                              ExactPair *second) {
    const cg_rule_call *call = j->call;
    ExactArray *x = arrays_of(j->scratch, call->n_x, call->x);
    ExactArray *operands =
        NEW_ARRAY(j->scratch, ExactArray, (size_t)first->n_operands + first->n_linear);
    if (!x || !operands) return NOMEM;
    memcpy(operands, first->operands, first->n_operands * sizeof *operands);
    for (uint32_t i = 0; i < first->n_linear; i++) {
        ExactArray *g = &operands[first->n_operands + i];
        *g = first->linear[i];
        g->elements =
            base_alloc_array(j->scratch, (size_t)g->n + 1, num_dtype_size(g->dtype));
        TRY_ALLOC(g->elements);
        memset(g->elements, 0, ((size_t)g->n + 1) * num_dtype_size(g->dtype));
    }
    *second = *first;
    second->plan = plan;
    second->is_jvp = false;      // linear parts are cotangents, results are of x
    second->is_nonlinear = true; // it is linear in what its own linear parts are
    second->n_operands = first->n_operands + first->n_linear;
    second->operands = operands;
    second->n_linear = first->n_results;
    second->linear = first->results;
    second->of_value = !first->is_jvp;
    second->n_results = (uint32_t)call->n_x;
    second->results = x;
    return OK;
}

static void set_element(const ExactArray *array, int64_t i, double value) {
    if (array->dtype == DT_F32)
        ((float *)array->elements)[i] = (float)value;
    else
        ((double *)array->elements)[i] = value;
}

// What one element of the first linear parts is about.
static Status judge_one(Judging *j, uint32_t part, int64_t element) {
    const ExactArray *g = &j->pair.operands[j->call->n_x + j->call->n_others + part];
    j->part = j->pair.value = part;
    j->element = j->pair.value_element = element;
    set_element(g, element, 1);
    const Status status = judge_pair(j);
    set_element(g, element, 0);
    return status;
}

static Status judge_second(Judging *j) {
    Plan *plan;
    const ExactPair first = j->pair;
    const cg_status made = cg_second_plan(j->cg, j->call, &plan, &j->judgement->error);
    if (made != CG_OK) return made == CG_FAILED ? OK : NOMEM;
    TRY(describe_second(j, &first, plan, &j->pair));
    j->second = true;
    for (uint32_t part = 0; part < first.n_linear; part++)
        for (int64_t i = 0; i < first.linear[part].n && !j->judgement->error; i++)
            TRY(judge_one(j, part, i));
    return OK;
}

// -- all ----------------------------------------------------------------------------

static Status judge(Judging *j, unsigned order, unsigned digits) {
    TRY(api_load_exact(j->cg));
    j->judgement = NEW(kept(j), cg_judgement);
    TRY_ALLOC(j->judgement);
    TRY(api_describe_pair(j->call, digits, j->scratch, &j->pair));
    TRY(order == 2 ? judge_second(j) : judge_pair(j));
    if (order == 1) TRY(api_measure(j->call, &j->pair, j->cells.n, j->cells.at));
    j->judgement->n = j->cells.n;
    j->judgement->cells = j->cells.at;
    return OK;
}

cg_status cg_judge_rule(cg_context *cg, const cg_rule_call *call, unsigned order,
                        unsigned digits, const cg_judgement **judgement) {
    Judging j = {.cg = cg, .call = call, .scratch = base_arena_new()};
    if (!j.scratch) return CG_NOMEM;
    const Status status = judge(&j, order, digits);
    base_arena_free(j.scratch);
    *judgement = j.judgement;
    cg->shown_is_old = true;
    return api_status(status);
}
