// Verdicts on rules: a call's plan as the exact backend takes it, its findings in the terms
// of the library.
#include "api/rule_calls.h"

#include "exec/exact.h"

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
    ExactPair pair;
    cg_judgement *judgement;
    VEC(cg_cell) cells;
} Judging;

// -- findings -----------------------------------------------------------------------

// The distance in units in the last place of the derivative at its dtype.
static double in_ulps(Dtype dtype, double derivative, double distance) {
    if (!isfinite(derivative) || isnan(distance)) return (double)NAN;
    const double size = fabs(derivative);
    const double ulp = dtype == DT_F32
                           ? (double)(nextafterf((float)size, INFINITY) - (float)size)
                           : nextafter(size, (double)INFINITY) - size;
    return distance / ulp;
}

static Status add_cell(Judging *j, const ExactCell *found) {
    const bool is_jvp = j->pair.is_jvp;
    cg_cell cell = {
        .x = is_jvp ? found->linear : found->result,
        .x_element = (size_t)(is_jvp ? found->linear_element : found->result_element),
        .output = is_jvp ? found->result : found->linear,
        .output_element = (size_t)(is_jvp ? found->result_element : found->linear_element),
        .verdict = (cg_verdict)found->verdict,
        .road = (cg_road)found->road,
        .mistake = (cg_mistake)found->mistake,
        .digits = found->digits,
        .literal = found->literal,
        .rule = found->rule,
        .derivative = found->derivative,
        .rule_value = found->rule_value,
        .derivative_value = found->derivative_value,
        .abs = found->abs,
        .rel = found->rel,
        .reason = found->reason};
    cell.ulp = in_ulps((Dtype)j->call->x[cell.x].dtype, cell.derivative_value, cell.abs);
    TRY(api_make_place(j->cg, found->place, NULL, &cell.place));
    return VEC_PUSH(j->pair.arena, &j->cells, cell) ? OK : NOMEM;
}

static Status judge_pair(Judging *j) {
    ExactFindings found;
    ExecError error = {0};
    cg_judgement *judgement = j->judgement;
    const Status status = j->cg->exact->judge(&j->pair, &found, &error);
    if (status == FAILED) {
        Diags diags = {.arena = j->pair.arena, .sources = j->cg->sources};
        if (base_error(&diags, error.code, error.span, error.hint, "%s", error.message) ==
            NOMEM)
            return NOMEM;
        cg_diagnostic *made = NEW(j->pair.arena, cg_diagnostic);
        TRY_ALLOC(made);
        judgement->error = made;
        return api_make_diagnostic(&diags, j->pair.arena, &diags.list.at[0], made);
    }
    TRY(status);
    judgement->linear = (cg_linear)found.linear;
    judgement->linear_reason = found.linear_reason;
    TRY(api_make_place(j->cg, found.linear_place, NULL, &judgement->linear_place));
    for (size_t i = 0; i < found.n; i++)
        TRY(add_cell(j, &found.cells[i]));
    return OK;
}

// -- plans --------------------------------------------------------------------------

static ExactArray array_of(const cg_rule_array *array) {
    return (ExactArray){.dtype = (Dtype)array->dtype, .n = (int64_t)array->size};
}

static ExactArray *arrays_of(Arena *arena, size_t n, const cg_rule_array *from,
                             size_t more) {
    ExactArray *arrays = NEW_ARRAY(arena, ExactArray, n + more);
    for (size_t i = 0; arrays && i < n; i++)
        arrays[i] = array_of(&from[i]);
    return arrays;
}

static Status load_operands(Judging *j, ExactArray *operands) {
    const cg_rule_call *call = j->call;
    for (size_t i = 0; i < call->n_x + call->n_others; i++) {
        const cg_value *value = &call->operands[i];
        int64_t n = 1;
        for (uint32_t k = 0; k < value->rank; k++)
            n *= value->shape[k];
        operands[i] = (ExactArray){.dtype = (Dtype)value->dtype, .n = n};
        const size_t bytes = (size_t)n * num_dtype_size((Dtype)value->dtype);
        operands[i].elements = base_alloc(j->pair.arena, bytes);
        TRY_ALLOC(operands[i].elements);
        memcpy(operands[i].elements, value->data, bytes);
    }
    return OK;
}

static Status describe(Judging *j, unsigned digits) {
    const cg_rule_call *call = j->call;
    Arena *arena = j->pair.arena;
    const bool is_jvp = call->rule->is_jvp;
    const size_t n_operands = call->n_x + call->n_others;
    ExactArray *operands = NEW_ARRAY(arena, ExactArray, n_operands);
    ExactArray *x = arrays_of(arena, call->n_x, call->x, 0);
    ExactArray *outputs = arrays_of(arena, call->n_outputs, call->outputs, 0);
    if (!operands || !x || !outputs) return NOMEM;
    TRY(load_operands(j, operands));
    j->pair = (ExactPair){.plan = call->plan,
                          .is_jvp = is_jvp,
                          .is_nonlinear = call->rule->is_declared_nonlinear,
                          .n_operands = (uint32_t)n_operands,
                          .n_linear = (uint32_t)(is_jvp ? call->n_x : call->n_outputs),
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

static Status load_engine(cg_context *cg) {
    ExecError error = {0};
    if (cg->exact) return OK;
    const Status status = exec_load_exact(cg->arena, &cg->exact, &error);
    if (status != FAILED) return status;
    cg->exact = NULL;
    return base_error(&cg->diags, error.code, error.span, error.hint, "%s", error.message);
}

static Status judge(Judging *j, unsigned digits) {
    TRY(load_engine(j->cg));
    j->judgement = NEW(j->pair.arena, cg_judgement);
    TRY_ALLOC(j->judgement);
    TRY(describe(j, digits));
    TRY(judge_pair(j));
    j->judgement->n = j->cells.n;
    j->judgement->cells = j->cells.at;
    return OK;
}

cg_status cg_judge_rule(cg_context *cg, const cg_rule_call *call, unsigned order,
                        unsigned digits, const cg_judgement **judgement) {
    Judging j = {.cg = cg, .call = call, .pair = {.arena = call->made->spec->arena}};
    (void)order;
    const Status status = judge(&j, digits);
    *judgement = j.judgement;
    cg->shown_is_old = true;
    return api_status(status);
}
