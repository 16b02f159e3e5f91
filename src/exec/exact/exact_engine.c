// Evaluation at rising precision, until every result is decided (Ziv); the plug-in's table.
#include "exec/exact.h"
#include "exec/exact/exact_judge.h"
#include "exec/exact/exact_memory.h"
#include "exec/exact/exact_round.h"
#include "exec/exact/exact_run.h"

#include <stdio.h>

enum {
    FIRST_BITS = 128,
    ZERO_BITS = 8192, // from here on a zero of unknown sign is taken as it is
    FREE_BITS = 1024, // up to here every precision is tried
    BITS_A_DIGIT = 4, // at least
};
// Node evaluations times bits that one pass beyond FREE_BITS may take.
#define MOST_WORK ((uint64_t)1 << 30)
// Node evaluations of any pass.
#define MOST_STEPS ((uint64_t)1 << 32)

// How a pass went: the worst of its results.
typedef struct Outcome {
    Decision worst;
    ExactCause cause; // of the first one that is UNDECIDED
    uint64_t cost;
} Outcome;

// -- a pass -------------------------------------------------------------------------

static Status load_inputs(Evaluation *e, const ExactRequest *request, Cells **inputs) {
    for (uint32_t i = 0; i < request->n_inputs; i++) {
        Status status;
        const ExactArray *array = &request->inputs[i];
        const size_t size = num_dtype_size(array->dtype);
        inputs[i] = exact_new_cells(e, array->n, false, &status);
        if (!inputs[i]) return status;
        for (int64_t k = 0; k < array->n; k++) {
            Number *x = exact_cell(inputs[i], k);
            exact_load(x, array->dtype, (const char *)array->elements + (size_t)k * size);
            x->flags |= NUMBER_VARIES;
        }
    }
    return OK;
}

// Where output i is made.
static Span place_of_output(const Plan *plan, uint32_t i) {
    uint32_t slot = plan->n_inputs + i;
    for (uint32_t k = 0; k < plan->copies.n; k++)
        if (plan->copies.at[k].output == i) slot = plan->copies.at[k].from;
    for (uint32_t k = plan->instructions.n; k-- > 0;)
        if (plan->instructions.at[k].out == slot && plan->spans.at[k].at)
            return plan->spans.at[k];
    return NO_SPAN;
}

static void note(Outcome *outcome, Decision decision, const Plan *plan, uint32_t output,
                 const Number *x) {
    if (decision == DECIDED || outcome->worst == UNDECIDED) return;
    if (decision == DECIDED_ZERO) {
        outcome->worst = DECIDED_ZERO;
        return;
    }
    outcome->worst = UNDECIDED;
    outcome->cause = (ExactCause){place_of_output(plan, output), PRIM_COUNT, NULL};
    if (x->cause) outcome->cause = *x->cause;
}

// Where the numbers of one output go.
typedef struct Rounding {
    Evaluation *e;
    const ExactRequest *request;
    uint32_t output;
    ExactEnv texts; // for decimals
    Outcome *outcome;
} Rounding;

// Rounds all elements; decimals: where theirs go, or NULL.
static void round_cells(Rounding *r, const Cells *cells, Dtype dtype, void *elements,
                        ExecDecimal *decimals) {
    const size_t size = num_dtype_size(dtype);
    for (int64_t k = 0; k < cells->n; k++) {
        const Number *x = exact_cell(cells, k);
        void *element = (char *)elements + (size_t)k * size;
        note(r->outcome, exact_round(&r->e->env, x, dtype, element), r->request->plan,
             r->output, x);
        if (!decimals || !num_is_float(dtype)) continue;
        note(r->outcome,
             exact_decimal(&r->texts, x, r->request->digits, &decimals[k].digits,
                           &decimals[k].radius),
             r->request->plan, r->output, x);
    }
}

static Status round_stacks(Rounding *r, const StackShape *shape, const Cells *cells,
                           ExecStack **pointers);

// The entries of a stack, side by side. Depth: how loops nest.
static Status round_stack(Rounding *r, const StackShape *shape, const ExactStack *stack,
                          ExecStack **result) {
    Arena *arena = r->request->arena;
    const int64_t n = stack ? stack->n : 0;
    const bool decimals = r->request->digits && !shape->inner && num_is_float(shape->dtype);
    char *entries = base_alloc_array(arena, (size_t)n, shape->entry_bytes);
    ExecDecimal *texts =
        decimals ? NEW_ARRAY(arena, ExecDecimal, (size_t)(n * shape->n)) : NULL;
    *result = NEW(arena, ExecStack);
    if (!entries || !*result || (decimals && !texts)) return NOMEM;
    **result = (ExecStack){n, entries, texts};
    for (int64_t i = 0; i < n; i++) {
        char *entry = entries + (size_t)i * shape->entry_bytes;
        if (shape->inner)
            TRY(round_stacks(r, shape->inner, stack->entries[i], (ExecStack **)entry));
        else
            round_cells(r, stack->entries[i], shape->dtype, entry,
                        texts ? texts + i * shape->n : NULL);
    }
    return OK;
}

static Status round_stacks(Rounding *r, const StackShape *shape, const Cells *cells,
                           ExecStack **pointers) {
    for (int64_t i = 0; i < cells->n; i++)
        TRY(round_stack(r, shape, *(ExactStack **)exact_cell(cells, i), &pointers[i]));
    return OK;
}

static Status round_output(Evaluation *e, const ExactRequest *request, uint32_t output,
                           const Cells *cells, Outcome *outcome) {
    const Plan *plan = request->plan;
    const ExactArray *array = &request->outputs[output];
    Rounding r = {e, request, output, e->env, outcome};
    r.texts.arena = request->arena;
    Status status = OK;
    const StackShape *shape = NULL;
    for (uint32_t i = 0; i < plan->stacks.n; i++)
        if (plan->stacks.at[i].output == output) shape = plan->stacks.at[i].shape;
    if (shape)
        status = round_stacks(&r, shape, cells, array->elements);
    else
        round_cells(&r, cells, array->dtype, array->elements, array->decimals);
    e->env.no_memory |= r.texts.no_memory;
    return status;
}

static Status evaluate_plan(Evaluation *e, const ExactRequest *request, Cells **inputs,
                            Cells **outputs, Outcome *outcome) {
    TRY(load_inputs(e, request, inputs));
    const Status status = exact_run(e, request->plan, inputs, outputs);
    if (status == FAILED && e->undecided) {
        outcome->worst = UNDECIDED;
        outcome->cause = *e->undecided;
        return OK;
    }
    TRY(status);
    for (uint32_t i = 0; i < request->n_outputs; i++)
        TRY(round_output(e, request, i, outputs[i], outcome));
    return OK;
}

static Status run_pass(const ExactRequest *request, slong precision, Arena *arena,
                       Outcome *outcome, ExecError *error) {
    Evaluation e;
    Cells **inputs = NEW_ARRAY(arena, Cells *, request->n_inputs);
    Cells **outputs = NEW_ARRAY(arena, Cells *, request->n_outputs);
    *outcome = (Outcome){.worst = DECIDED};
    if (!inputs || !outputs || !exact_lay_in_reserve()) return NOMEM;
    Status status = exact_begin(&e, &exact_numbers, request->plan, precision, arena, error);
    if (status != OK) return status;
    e.most = MOST_STEPS;
    status = evaluate_plan(&e, request, inputs, outputs, outcome);
    for (uint32_t i = 0; i < request->n_inputs; i++)
        exact_release(&e, inputs[i]);
    for (uint32_t i = 0; i < request->n_outputs; i++)
        exact_release(&e, outputs[i]);
    exact_end(&e);
    outcome->cost = e.cost;
    const bool no_memory = e.env.no_memory || exact_is_out_of_memory();
    exact_give_back_reserve();
    return no_memory ? NOMEM : status;
}

// -- passes -------------------------------------------------------------------------

// An error's texts outlive the pass.
static Status keep_error(const ExactRequest *request, ExecError *error) {
    error->message = base_strdup(request->arena, base_str(error->message));
    TRY_ALLOC(error->message);
    return FAILED;
}

static Status undecided(const ExactRequest *request, const ExactCause *cause,
                        slong precision, ExecError *error) {
    Text text = {.arena = request->arena};
    if (cause->reason)
        base_text_printf(&text, "`%s` is undecided at %ld bits: %s",
                         ir_prim(cause->prim)->name, (long)precision, cause->reason);
    else
        base_text_printf(&text,
                         "the result is undecided at %ld bits: it may lie in the middle "
                         "between two numbers",
                         (long)precision);
    TRY_ALLOC(text.at);
    *error = (ExecError){.code = CODE_E602,
                         .span = cause->span,
                         .message = text.at,
                         .hint = "move the point, or leave --engine exact out"};
    return FAILED;
}

static bool goes_on(const Outcome *outcome, slong precision) {
    if (outcome->worst == DECIDED) return false;
    if (outcome->worst == DECIDED_ZERO && precision >= ZERO_BITS) return false;
    if (precision >= EXACT_MOST_BITS) return false;
    return precision < FREE_BITS || outcome->cost * 2 * (uint64_t)precision <= MOST_WORK;
}

static slong first_precision(const ExactRequest *request) {
    slong precision = FIRST_BITS;
    while (precision < (slong)request->digits * BITS_A_DIGIT + 32)
        precision *= 2;
    return precision;
}

static Status evaluate(const ExactRequest *request, ExecError *error) {
    Outcome outcome;
    slong precision = first_precision(request);
    for (;; precision *= 2) {
        Arena *arena = base_arena_new();
        TRY_ALLOC(arena);
        Status status = run_pass(request, precision, arena, &outcome, error);
        if (status == FAILED) status = keep_error(request, error);
        base_arena_free(arena);
        TRY(status);
        if (!goes_on(&outcome, precision)) break;
    }
    if (outcome.worst == UNDECIDED)
        return undecided(request, &outcome.cause, precision, error);
    return OK;
}

// -- the plug-in --------------------------------------------------------------------

// What EXACT_ENTRY names.
__attribute__((visibility("default"))) ExactEntry exact_backend;

const ExactBackend *exact_backend(void) {
    static const ExactBackend backend = {BUILD_VERSION, sizeof(struct Plan),
                                         evaluate,      exact_judge,
                                         exact_relate,  exact_find_loss};
    exact_use_own_memory();
    return &backend;
}
