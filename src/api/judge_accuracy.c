// How far a rule, and plain differentiation, are from exact when the vm computes them;
// where they lose their digits; what is to be proved of a rule beyond its verdict.
#include "api/judge.h"

#include <math.h>

// -- units in the last place --------------------------------------------------------

double api_in_ulps(Dtype dtype, double exact, double distance) {
    if (!isfinite(exact) || isnan(distance)) return (double)NAN;
    const double size = fabs(exact);
    const double ulp = dtype == DT_F32
                           ? (double)(nextafterf((float)size, INFINITY) - (float)size)
                           : nextafter(size, (double)INFINITY) - size;
    return distance / ulp;
}

// How far what was computed is from the exact number: infinitely when only one of them is
// finite. NaN: not known, or the exact one is 0, which has no last place to count in.
static double error_of(Dtype dtype, double exact, double got) {
    const double rounded = dtype == DT_F32 ? (double)(float)exact : exact;
    if (isnan(exact)) return (double)NAN;
    if (got == rounded) return 0;
    if (!isfinite(got) || !isfinite(rounded)) return (double)INFINITY;
    return rounded == 0 ? (double)NAN : api_in_ulps(dtype, exact, fabs(got - exact));
}

// -- the vm at unit vectors ---------------------------------------------------------

typedef struct Measuring {
    const cg_rule_call *call;
    const ExactPair *pair;
    Arena *arena;
    const void **inputs;
    void **linear; // of the inputs
    void **outputs;
    uint32_t *first; // by element of the linear parts, where its cells begin in `order`
    uint32_t *order; // numbers of cells
    size_t n;
    cg_cell *cells;
} Measuring;

static void *room_for(Arena *arena, const ExactArray *array) {
    const size_t size = num_dtype_size(array->dtype), n = (size_t)array->n + 1;
    void *room = base_alloc_array(arena, n, size);
    if (room) memset(room, 0, n * size);
    return room;
}

static Status make_room(Measuring *m) {
    const ExactPair *pair = m->pair;
    const uint32_t n_outputs = pair->n_values + 2 * pair->n_results;
    m->inputs = NEW_ARRAY(m->arena, const void *, pair->n_operands + pair->n_linear);
    m->linear = NEW_ARRAY(m->arena, void *, pair->n_linear);
    m->outputs = NEW_ARRAY(m->arena, void *, n_outputs);
    if (!m->inputs || !m->linear || !m->outputs) return NOMEM;
    for (uint32_t i = 0; i < pair->n_operands; i++)
        m->inputs[i] = pair->operands[i].elements;
    for (uint32_t i = 0; i < pair->n_linear; i++) {
        m->linear[i] = room_for(m->arena, &pair->linear[i]);
        TRY_ALLOC(m->linear[i]);
        m->inputs[pair->n_operands + i] = m->linear[i];
    }
    for (uint32_t i = 0; i < n_outputs; i++) {
        const uint32_t result = (i - pair->n_values) % pair->n_results;
        m->outputs[i] = room_for(m->arena, i < pair->n_values ? &pair->values[i]
                                                              : &pair->results[result]);
        TRY_ALLOC(m->outputs[i]);
    }
    return OK;
}

ExactTerm api_term(const ExactPair *pair, const cg_cell *cell) {
    const uint32_t x = (uint32_t)cell->x, output = (uint32_t)cell->output;
    const int64_t in_x = (int64_t)cell->x_element,
                  in_output = (int64_t)cell->output_element;
    return pair->is_jvp ? (ExactTerm){x, output, in_x, in_output}
                        : (ExactTerm){output, x, in_output, in_x};
}

// The number of a cell's element of the linear parts.
static size_t number_of(const ExactPair *pair, const cg_cell *cell) {
    const ExactTerm term = api_term(pair, cell);
    size_t number = (size_t)term.linear_element;
    for (uint32_t i = 0; i < term.linear; i++)
        number += (size_t)pair->linear[i].n;
    return number;
}

// Only what agrees has an accuracy: else the rule is no derivative to begin with.
static bool is_measured(const cg_cell *cell) {
    return cell->verdict == CG_AGREES;
}

// Cells by the element of the linear parts that they are about.
static Status sort_cells(Measuring *m) {
    size_t n = 0;
    for (uint32_t i = 0; i < m->pair->n_linear; i++)
        n += (size_t)m->pair->linear[i].n;
    m->first = NEW_ARRAY(m->arena, uint32_t, n + 2);
    m->order = NEW_ARRAY(m->arena, uint32_t, m->n + 1);
    if (!m->first || !m->order) return NOMEM;
    memset(m->first, 0, (n + 2) * sizeof *m->first);
    for (size_t i = 0; i < m->n; i++)
        if (is_measured(&m->cells[i])) m->first[number_of(m->pair, &m->cells[i]) + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        m->first[i] += m->first[i - 1];
    for (size_t i = 0; i < m->n; i++)
        if (is_measured(&m->cells[i]))
            m->order[m->first[number_of(m->pair, &m->cells[i]) + 1]++] = (uint32_t)i;
    return OK;
}

static double element_of(Dtype dtype, const void *elements, int64_t i) {
    return dtype == DT_F32 ? (double)((const float *)elements)[i]
                           : ((const double *)elements)[i];
}

static void measure_cell(const Measuring *m, cg_cell *cell) {
    const ExactTerm term = api_term(m->pair, cell);
    const Dtype dtype = m->pair->results[term.result].dtype;
    const uint32_t ad = m->pair->n_values + term.result, rule = ad + m->pair->n_results;
    cell->ad_machine = element_of(dtype, m->outputs[ad], term.result_element);
    cell->rule_machine = element_of(dtype, m->outputs[rule], term.result_element);
    cell->rule_ulp = error_of(dtype, cell->derivative_value, cell->rule_machine);
    if (cell->road == CG_BY_DIRECT) // elsewhere it is one branch's, to begin with
        cell->ad_ulp = error_of(dtype, cell->derivative_value, cell->ad_machine);
}

static void set_unit(const ExactArray *array, void *elements, int64_t i, bool on) {
    if (array->dtype == DT_F32)
        ((float *)elements)[i] = on ? 1 : 0;
    else
        ((double *)elements)[i] = on ? 1 : 0;
}

// A plan that fails at the point has given its error already.
static Status measure_part(const Measuring *m, uint32_t part, size_t *number) {
    ExecError error = {0};
    const ExactArray *array = &m->pair->linear[part];
    for (int64_t i = 0; i < array->n; i++, ++*number) {
        const uint32_t from = m->first[*number], to = m->first[*number + 1];
        if (from == to) continue;
        set_unit(array, m->linear[part], i, true);
        const Status status = vm_run(m->call->plan, m->inputs, m->outputs, &error);
        set_unit(array, m->linear[part], i, false);
        if (status == NOMEM) return NOMEM;
        for (uint32_t k = from; k < to && status == OK; k++)
            measure_cell(m, &m->cells[m->order[k]]);
    }
    return OK;
}

Status api_measure(const cg_rule_call *call, const ExactPair *pair, size_t n,
                   cg_cell *cells) {
    Measuring m = {
        .call = call, .pair = pair, .arena = pair->arena, .n = n, .cells = cells};
    size_t number = 0;
    if (n == 0) return OK;
    TRY(make_room(&m));
    TRY(sort_cells(&m));
    for (uint32_t part = 0; part < pair->n_linear; part++)
        TRY(measure_part(&m, part, &number));
    return OK;
}

// -- asked of single cells ----------------------------------------------------------

static Status find_loss(cg_context *cg, const cg_rule_call *call, const cg_cell *cell,
                        bool of_rule, Arena *arena, cg_place *place) {
    ExactPair pair;
    ExecError error = {0};
    Span span;
    TRY(api_load_exact(cg));
    TRY(api_describe_pair(call, 0, arena, &pair));
    const ExactTerm term = api_term(&pair, cell);
    TRY(cg->exact->find_loss(&pair, &term, of_rule, &span, &error));
    return api_make_place(cg, span, NULL, place);
}

cg_status cg_find_loss(cg_context *cg, const cg_rule_call *call, const cg_cell *cell,
                       bool of_rule, cg_place *place) {
    Arena *arena = base_arena_new();
    *place = (cg_place){0};
    if (!arena) return CG_NOMEM;
    const Status status = find_loss(cg, call, cell, of_rule, arena, place);
    base_arena_free(arena);
    return api_status(status);
}

static Status prove(cg_context *cg, const cg_rule_call *call, size_t n,
                    const cg_relation *relations, unsigned digits, Arena *arena,
                    bool *proved) {
    ExactPair pair;
    ExecError error = {0};
    ExactRelation *asked = NEW_ARRAY(arena, ExactRelation, n);
    TRY_ALLOC(asked);
    TRY(api_load_exact(cg));
    TRY(api_describe_pair(call, digits, arena, &pair));
    for (size_t i = 0; i < n; i++)
        asked[i] = (ExactRelation){.rule = api_term(&pair, relations[i].rule),
                                   .derivative = api_term(&pair, relations[i].derivative),
                                   .p = relations[i].p,
                                   .q = relations[i].q};
    return cg->exact->relate(&pair, n, asked, proved, &error);
}

cg_status cg_prove_relations(cg_context *cg, const cg_rule_call *call, size_t n,
                             const cg_relation *relations, unsigned digits, bool *proved) {
    Arena *arena = base_arena_new();
    *proved = false;
    if (!arena) return CG_NOMEM;
    const Status status = prove(cg, call, n, relations, digits, arena, proved);
    base_arena_free(arena);
    return api_status(status);
}
