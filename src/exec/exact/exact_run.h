// The interpreter of plans over values that are not machine numbers.
//
// What a value is, an Interpretation says: here a Number (balls); polynomials and germs are
// others, with coefficients that are Numbers. Control flow, indices and predicates are
// integers, which every interpretation keeps as constant Numbers; the interpreter asks no
// more of a value.
//
// Arrays of values are counted references (Cells). Memory is FLINT's, and freed as soon as
// nothing holds it.
#ifndef EXEC_EXACT_RUN_H
#define EXEC_EXACT_RUN_H

#include "exec/exact/exact_number.h"
#include "exec/program.h"

// -- what a value is ----------------------------------------------------------------

typedef struct Interpretation {
    size_t size; // bytes of a value; one of zero bytes owns nothing, and may be cleared
    void (*clear)(void *value);
    void (*copy)(void *to, const void *from); // what was there is cleared
    // The constant; `number` is taken over.
    void (*embed)(void *value, Number *number);
    // The number that a constant is. Asked of values of integer dtypes alone.
    const Number *(*constant)(const void *value);
    void (*add_flags)(void *value, uint8_t flags); // NUMBER_VARIES, …
    // One element of an elementwise primitive, as exact_apply.
    void (*apply)(ExactEnv *env, const ExactOperation *op, void *out,
                  const void *const *in);
} Interpretation;

extern const Interpretation exact_numbers; // values are Numbers

// -- arrays of values ---------------------------------------------------------------

typedef struct ExactStack ExactStack;

typedef struct Cells {
    uint32_t refs;
    bool of_stacks; // elements are ExactStack *, NULL standing for zeros of no length
    int64_t n;
    size_t size; // bytes of an element
    char *at;
} Cells;

// The entries of what a loop saved, each an array.
struct ExactStack {
    uint32_t refs;
    int64_t n, room;
    Cells **entries;
};

// -- evaluations --------------------------------------------------------------------

// What a plan keeps between its runs within one evaluation: the results of its prologue.
typedef struct Frame {
    Cells **slots;
    uint32_t n_slots;
    bool ready;
    // Of each input: 1 + the output that may be written over it, or 0. NULL: none may.
    const uint32_t *over;
} Frame;

typedef struct Evaluation {
    const Interpretation *kind;
    ExactEnv env;
    Frame *frames; // by the plans' numbers
    uint32_t n_frames;
    uint64_t cost;    // node evaluations so far: elements computed
    uint64_t most;    // of them; past it the evaluation is undecided
    uint64_t cells;   // bytes of all arrays, against LIMIT_MEMORY
    ExecError *error; // filled when a run FAILED
    // FAILED, and not NULL: nothing is wrong but that control flow could not be decided.
    const ExactCause *undecided;
} Evaluation;

// Begins an evaluation of a plan (the outermost of its family), with balls of that
// precision. The arena must outlive it: causes live there. exact_end frees what it holds,
// also after a failure.
Status exact_begin(Evaluation *e, const Interpretation *kind, const Plan *plan,
                   slong precision, Arena *arena, ExecError *error) MUST_USE;
void exact_end(Evaluation *e);

// New elements, all unknown (of stacks: NULL). NULL: *status says why.
Cells *exact_new_cells(Evaluation *e, int64_t n, bool of_stacks, Status *status);
void exact_release(Evaluation *e, Cells *cells); // NULL is accepted
static inline Cells *exact_hold(Cells *cells) {
    cells->refs++;
    return cells;
}
static inline void *exact_cell(const Cells *cells, int64_t i) {
    return cells->at + (size_t)i * cells->size;
}

// Runs a plan. inputs: references, given away (set to NULL). outputs: references that the
// caller releases, all NULL after a failure. FAILED: *e->error, or e->undecided, says why.
Status exact_run(Evaluation *e, const Plan *plan, Cells **inputs, Cells **outputs) MUST_USE;

// -- the inside ---------------------------------------------------------------------

typedef Status ExactRunner(Evaluation *e, const Plan *plan, Frame *frame,
                           const Group *group);
#define GROUP(kind, description) ExactRunner exact_run_##kind;
EXEC_GROUPS(GROUP)
#undef GROUP

static inline const Instruction *exact_instruction(const Plan *plan, const Group *group) {
    return &plan->instructions.at[group->first];
}
static inline const Cells *exact_in(const Plan *plan, const Frame *frame,
                                    const Instruction *i, uint32_t k) {
    return frame->slots[exec_in(plan, i)[k]];
}
// Puts a result into its slot, and drops what was there.
void exact_put(Evaluation *e, Frame *frame, uint32_t slot, Cells *cells);
// A reference to what is in a slot; where `slot` is to be written over by `out`, the slot's
// own. Then exact_unshare makes it the only one.
Cells *exact_take(const Plan *plan, Frame *frame, uint32_t slot, uint32_t out);
Status exact_unshare(Evaluation *e, Cells **cells) MUST_USE;
// Copies elements, of values or stacks.
void exact_copy_cells(Evaluation *e, Cells *to, int64_t at, const Cells *from,
                      int64_t first, int64_t n);
void exact_flag_cells(Evaluation *e, Cells *cells, uint8_t flags);
ExactStack *exact_hold_stack(ExactStack *stack);
void exact_release_stack(Evaluation *e, ExactStack *stack);

// out = prim(x, y) of one dtype.
void exact_binary(Evaluation *e, Prim prim, Dtype dtype, void *out, const void *x,
                  const void *y);
// The whole number `value`, of any dtype.
void exact_embed_integer(Evaluation *e, void *out, Dtype dtype, int64_t value);
// The operation that is being evaluated, for causes.
void exact_begin_operation(Evaluation *e, const Plan *plan, uint32_t instruction);
// FAILED: the point is undecided, for the number is not known.
Status exact_undecided(Evaluation *e, const Number *number, const char *reason);

#endif
