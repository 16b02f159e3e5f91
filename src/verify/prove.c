// Diagnoses of wrong rules, proved: what is guessed of the refuted cells (diagnose.c) is
// put to the exact engine, cell by cell.
#include "verify/verify.h"

// The refuted cells of one argument, at all calls.
typedef struct Wrongs {
    VEC(const VerifyWrong *) at;
    VEC(double) rule, derivative; // their values
    const char *arg;
    bool plain; // each is refuted for its value: both sides are finite
} Wrongs;

typedef struct Proving {
    cg_context *cg;
    unsigned digits;
    Arena *arena, *scratch; // of what is found, and of what is not kept
    VerifyRule *rule;
    Wrongs *wrongs; // by x
    bool *done;     // likewise: it stands in another's diagnosis
} Proving;

Status verify_note_wrong(Arena *arena, VerifyRule *rule, const cg_rule_call *call,
                         const cg_judgement *judgement) {
    while (rule->right.n < call->n_x)
        if (!VEC_PUSH(arena, &rule->right, 0)) return NOMEM;
    for (size_t i = 0; i < judgement->n; i++) {
        const cg_cell *cell = &judgement->cells[i];
        const VerifyWrong wrong = {call, cell};
        if (cell->verdict == CG_AGREES && cell->derivative_value != 0)
            rule->right.at[cell->x]++;
        if (cell->verdict == CG_REFUTED && !VEC_PUSH(arena, &rule->wrong, wrong))
            return NOMEM;
    }
    return OK;
}

// Cells by argument, with their values.
static Status collect(Arena *arena, const VerifyRule *rule, Wrongs *wrongs) {
    for (size_t x = 0; x < rule->right.n; x++)
        wrongs[x] = (Wrongs){.plain = true};
    for (uint32_t i = 0; i < rule->wrong.n; i++) {
        const VerifyWrong *wrong = &rule->wrong.at[i];
        const cg_cell *cell = wrong->cell;
        Wrongs *of = &wrongs[cell->x];
        of->arg = wrong->call->x[cell->x].name;
        of->plain = of->plain && cell->mistake == CG_DIFFERS && cell->road == CG_BY_DIRECT;
        if (!VEC_PUSH(arena, &of->at, wrong) ||
            !VEC_PUSH(arena, &of->rule, cell->rule_value) ||
            !VEC_PUSH(arena, &of->derivative, cell->derivative_value))
            return NOMEM;
    }
    return OK;
}

// Whether q × the rule's values of `rule` are p × the derivatives of `derivative`, call by
// call.
static cg_status prove(const Proving *p, const Wrongs *rule, const Wrongs *derivative,
                       VerifyDiagnosis *diagnosis) {
    const uint32_t n = rule->at.n;
    cg_relation *relations = NEW_ARRAY(p->scratch, cg_relation, n);
    cg_status status = CG_OK;
    if (!relations) return CG_NOMEM;
    diagnosis->proved = true;
    for (uint32_t i = 0; i < n; i++)
        relations[i] = (cg_relation){rule->at.at[i]->cell, derivative->at.at[i]->cell,
                                     diagnosis->p, diagnosis->q};
    for (uint32_t i = 0, end; i < n && status == CG_OK && diagnosis->proved; i = end) {
        const cg_rule_call *call = rule->at.at[i]->call;
        for (end = i; end < n && rule->at.at[end]->call == call; end++) {
        }
        status = cg_prove_relations(p->cg, call, end - i, &relations[i], p->digits,
                                    &diagnosis->proved);
    }
    return status;
}

// -- another argument's derivative --------------------------------------------------

// Whether the cells of two arguments are about the same elements, one by one.
static bool are_alike(const Wrongs *a, const Wrongs *b) {
    if (!a->plain || !b->plain || a->at.n == 0 || a->at.n != b->at.n) return false;
    for (uint32_t i = 0; i < a->at.n; i++) {
        const VerifyWrong *x = a->at.at[i], *y = b->at.at[i];
        if (x->call != y->call || x->cell->x_element != y->cell->x_element ||
            x->cell->output != y->cell->output ||
            x->cell->output_element != y->cell->output_element)
            return false;
    }
    return true;
}

static cg_status add(const Proving *p, cg_status status, const VerifyDiagnosis *found) {
    if (status != CG_OK) return status;
    return VEC_PUSH(p->arena, &p->rule->diagnosis, *found) ? CG_OK : CG_NOMEM;
}

static cg_status try_swapped(const Proving *p, const Wrongs *a, const Wrongs *b,
                             bool *found) {
    const double *rules[2] = {a->rule.at, b->rule.at};
    const double *derivatives[2] = {a->derivative.at, b->derivative.at};
    VerifyDiagnosis diagnosis = {
        .mistake = VERIFY_SWAPPED, .arg = a->arg, .other = b->arg, .p = 1, .q = 1};
    *found = are_alike(a, b) && verify_are_swapped(a->at.n, rules, derivatives);
    if (!*found) return CG_OK;
    cg_status status = prove(p, a, b, &diagnosis);
    if (status == CG_OK && diagnosis.proved) status = prove(p, b, a, &diagnosis);
    return add(p, status, &diagnosis);
}

// -- a factor -----------------------------------------------------------------------

static cg_status try_factor(const Proving *p, size_t x, bool sign_only, bool *found) {
    VerifyDiagnosis diagnosis;
    const Wrongs *wrongs = &p->wrongs[x];
    *found = wrongs->plain && wrongs->at.n && p->rule->right.at[x] == 0 &&
             verify_find_factor(wrongs->at.n, wrongs->rule.at, wrongs->derivative.at,
                                &diagnosis) &&
             (!sign_only || diagnosis.mistake == VERIFY_SIGN);
    if (!*found) return CG_OK;
    diagnosis.arg = wrongs->arg;
    return add(p, prove(p, wrongs, wrongs, &diagnosis), &diagnosis);
}

// -- all arguments ------------------------------------------------------------------

enum { MOST_PAIRED = 16 }; // arguments of which any two are compared

// A wrong sign first, then two in each other's place, then other factors: at a single point
// of scalars anything is a factor.
static cg_status diagnose_argument(const Proving *p, size_t x) {
    bool found = false;
    const size_t n = p->rule->right.n < MOST_PAIRED ? p->rule->right.n : MOST_PAIRED;
    cg_status status = try_factor(p, x, true, &found);
    for (size_t other = x + 1; other < n && !found && status == CG_OK; other++) {
        if (p->done[other]) continue;
        status = try_swapped(p, &p->wrongs[x], &p->wrongs[other], &found);
        p->done[other] = found;
    }
    if (status == CG_OK && !found) status = try_factor(p, x, false, &found);
    return status;
}

static cg_status diagnose(Proving *p) {
    const size_t n = p->rule->right.n;
    cg_status status = CG_OK;
    p->wrongs = NEW_ARRAY(p->scratch, Wrongs, n);
    p->done = NEW_ARRAY(p->scratch, bool, n);
    if (!p->wrongs || !p->done) return CG_NOMEM;
    memset(p->done, 0, n * sizeof *p->done);
    if (collect(p->scratch, p->rule, p->wrongs) != OK) return CG_NOMEM;
    for (size_t x = 0; x < n && status == CG_OK; x++)
        if (!p->done[x]) status = diagnose_argument(p, x);
    return status;
}

cg_status verify_diagnose(Arena *arena, cg_context *cg, unsigned digits, VerifyRule *rule) {
    if (rule->wrong.n == 0 || rule->linear != VERIFY_LINEAR) return CG_OK;
    Proving p = {.cg = cg,
                 .digits = digits,
                 .arena = arena,
                 .scratch = base_arena_new(),
                 .rule = rule};
    if (!p.scratch) return CG_NOMEM;
    const cg_status status = diagnose(&p);
    base_arena_free(p.scratch);
    return status;
}
