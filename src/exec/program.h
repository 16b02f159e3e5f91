// The inside of a plan: for exec_plan, which makes it, and the backends, which run it.
//
// A plan is a list of groups, each one or more instructions over slots. A slot is a place
// in memory: an input, an output, or a part of the plan's buffer that values share when
// their lives do not overlap. The first groups are the prologue: what depends on no input,
// run once for each plan; its values have a buffer of their own, which stays. A nested plan
// has its buffer in that of the plan around it, at one place for all of them, for none runs
// while another does: so what a nested plan computes takes no room when it has run.
//
// A `map` group is an elementwise program over n elements, run a tile of EXEC_TILE elements
// at a time: a kernel sees contiguous tiles, in its operands and its result. Values that
// only their own group reads are never longer than a tile; a broadcast of one element is an
// instruction that fills a tile with it. Any other group is one instruction (`concatenate`:
// one for each part) with a description of its own, below.
#ifndef EXEC_PROGRAM_H
#define EXEC_PROGRAM_H

#include "base/vec.h"
#include "exec/plan.h"

// Elements of a tile: some tiles of float64 fit the first cache.
enum { EXEC_TILE = 1024 };

// GROUP(kind, description): every kind of group, once. A backend has a function for each.
#define EXEC_GROUPS(GROUP)                                                                 \
    GROUP(map, void)                                                                       \
    GROUP(constant, Constant)                                                              \
    GROUP(axis, Axis)                                                                      \
    GROUP(move, Move)                                                                      \
    GROUP(concatenate, Axis)                                                               \
    GROUP(gather, Places)                                                                  \
    GROUP(scatter, Places)                                                                 \
    GROUP(dot, Dot)                                                                        \
    GROUP(cond, Nested)                                                                    \
    GROUP(checkpoint, Nested)                                                              \
    GROUP(lanes, Nested)                                                                   \
    GROUP(loop, Looped)                                                                    \
    GROUP(stack, StackShape)

typedef enum GroupKind {
#define GROUP(kind, description) GROUP_##kind,
    EXEC_GROUPS(GROUP)
#undef GROUP
        GROUP_COUNT
} GroupKind;

typedef struct Group {
    uint32_t kind;         // GroupKind
    uint32_t first, count; // instructions[first …]; count of them
    int64_t n;             // elements of the result (map: of each instruction)
    const void *about;     // the kind's description
} Group;

// While a plan is made, operands and results are numbers of values (planner.h); then of
// slots.
typedef struct Instruction {
    int64_t attr;   // the primitive's own: exponent, order, bits of a literal, …
    uint32_t out;   // of nested plans: none; the outputs stand behind the listed operands
    uint32_t in[3]; // n_in of them; EXEC_LISTED: operands[in[0] …], in[1] of them
    uint16_t prim;  // Prim
    uint8_t n_in;   // at most 3, or EXEC_LISTED
    uint8_t dtype;  // Dtype of the operands (select: of the branches), or of the result
    uint8_t out_dtype;
    uint8_t whole; // map groups of several tiles: bit k: operand k is a whole array, of
                   // which each tile reads its own part; bit EXEC_OUT: the result is
} Instruction;

enum { EXEC_LISTED = 255, EXEC_OUT = 3 };
_Static_assert(sizeof(Instruction) == 32, "a million scalar nodes must stay cheap");

// Elements given by as many literals (a map instruction serves for a single one).
typedef struct Constant {
    const uint32_t *literals; // n of the group: numbers in the Ir
} Constant;

// An array seen as [outer, n, inner], for what works along the axis in the middle:
// reductions, argmax, argsort, cumsum, iota; concatenate: the result is [outer, n], and
// each part fills columns from `attr` on, in[1] of them.
typedef struct Axis {
    int64_t outer, n, inner;
} Axis;

// Copies elements from strided to strided places; adjacent axes that can be one are one.
typedef struct MoveAxis {
    int64_t size, out, in; // strides in elements
} MoveAxis;
typedef struct Move {
    bool zero; // the result is zeroed first: not every element is written
    uint32_t rank;
    int64_t out, in; // offsets in elements
    MoveAxis axes[];
} Move;

// gather and scatter: `count` places, each a row of `row` elements, indexed by n index
// operands along the first n axes of x, which for the user are others: axes[] (-1: none).
typedef struct Places {
    Span span;    // of the node, for errors
    int64_t mode; // as in prim.def
    int64_t count, row;
    uint32_t n;
    const int64_t *axes;
    int64_t sizes[];
} Places;

typedef struct Dot {
    int64_t batch, m, k, n; // scratch: instruction.in[2], EXEC_PANEL columns of b
} Dot;
// Columns of b that dot turns at a time, so that both operands are read along k.
enum { EXEC_PANEL = 16 };

// cond, checkpoint and lanes: plans within a plan.
typedef struct Nested {
    Plan *plans[2];    // cond: if false, if true; its first operand is the predicate
    int64_t lanes;     // cond, checkpoint: 1
    bool gives_stacks; // the outputs outlive a run
    uint32_t n_inputs, n_outputs;
    const size_t *in_steps;  // bytes from lane to lane of each input; 0: all read the same
    const size_t *out_bytes; // of one lane of each output
    const void **inputs;     // room for the pointers of a run
    void **outputs;
} Nested;

// A slice of an xs or ys: a row of an array, or an entry of a stack.
typedef struct Slices {
    bool is_stack;
    bool of_stacks; // the slice is pointers to stacks, n of them
    Dtype dtype;    // else n elements of this dtype
    int64_t n;
    size_t bytes; // of a slice
} Slices;

// Where a loop reads a stack.
typedef struct Cursor {
    const struct Chunk *chunk; // NULL: at its end
    uint32_t at;
} Cursor;

// loop: a plan that is run trip after trip. Operands and outputs as of the node
// (ir/loop.h). A carry has two buffers, its output's slot and a spare one, which a trip
// reads and writes in turns; or one, where the body writes it in place (a scatter that
// nothing reads past).
typedef struct Looped {
    Span span; // of the node, for errors
    Plan *body;
    uint8_t kind; // LoopKind
    bool reverse;
    bool gives_stacks; // the body's outputs outlive a trip
    int64_t trips;
    uint32_t first, n_constants, n_carry, n_xs, n_ys;
    const size_t *carry_bytes;
    const bool *in_place;
    uint32_t *spare; // of each carry that is not written in place: a slot
    const Slices *xs, *ys;
    const void **inputs; // room for the pointers of a run
    void **outputs;
    Cursor *cursors;       // likewise, of the xs that are stacks
    struct Stack **stacks; // likewise, of the ys that are
} Looped;

// What stacks hold, level by level: a value of type stack (or lanes of stacks) is `count`
// pointers to stacks, NULL standing for one of zeros of no length.
typedef struct StackShape {
    Span span;                      // of the node, for errors
    int64_t count;                  // pointers: the product of the lanes around the stack
    size_t entry_bytes;             // of an entry
    Dtype dtype;                    // of the numbers in an entry
    int64_t n;                      // how many they are; unless
    const struct StackShape *inner; // entries are stacks themselves
} StackShape;

// The address of a slot; of inputs and outputs it is set for each run.
typedef union Slot {
    char *at;
    const char *input;
} Slot;

// Where a slot stands in the plan's buffer, or in that of the prologue.
typedef struct SlotPlace {
    size_t offset;
    bool kept;
} SlotPlace;

// An output that no instruction writes by itself: an input, a constant, or one given twice.
typedef struct Copy {
    uint32_t from, output;
    size_t bytes;
} Copy;

// An output of the outermost plan that is a stack.
typedef struct StackOutput {
    uint32_t output;
    const StackShape *shape;
} StackOutput;

struct Plan {
    Arena *arena;
    const Ir *ir;              // the texts of literals
    uint32_t graph;            // the number of its graph, for listings
    uint32_t number, n_family; // among the plans of its family; how many these are (of the
                               // outermost, number 0)
    uint32_t n_inputs, n_outputs;
    VEC(Group) groups;
    VEC(Instruction) instructions;
    VEC(Span) spans;     // of each instruction: the place of what it computes
    uint32_t n_prologue; // of the groups
    VEC(uint32_t) operands;
    VEC(Slot) slots;       // inputs, outputs, then those in the buffers
    VEC(SlotPlace) places; // of the latter
    VEC(Copy) copies;
    VEC(StackOutput) stacks;
    VEC(Plan *) nested;      // plans first needed here; each stands in one list
    size_t bytes;            // of the buffer, with that of nested plans
    size_t nested_at;        // where in it that is
    size_t kept_bytes;       // of the prologue's buffer
    struct StackPool **pool; // of the family: what stacks are made of, during a run
    char *buffer;            // that the slots stand in; NULL before the first run
    char *kept;              // likewise, the prologue's
    bool ready;              // the prologue has run
};

static inline uint32_t exec_n_in(const Instruction *i) {
    return i->n_in == EXEC_LISTED ? i->in[1] : i->n_in;
}
static inline const uint32_t *exec_in(const Plan *plan, const Instruction *i) {
    return i->n_in == EXEC_LISTED ? plan->operands.at + i->in[0] : i->in;
}
// Of a cond, lanes or loop: the slots of its outputs.
static inline const uint32_t *exec_outs(const Plan *plan, const Instruction *i) {
    return plan->operands.at + i->in[0] + i->in[1];
}
static inline size_t exec_out_size(const Instruction *i) {
    return num_dtype_size((Dtype)i->out_dtype);
}
static inline size_t exec_in_size(const Instruction *i, uint32_t operand) {
    return i->prim == PRIM_select && operand == 0 ? 1 : num_dtype_size((Dtype)i->dtype);
}

// The error of a place whose index along an axis is out of bounds. The message lives in the
// arena. FAILED, or NOMEM.
Status exec_out_of_bounds(Arena *arena, const Places *about, uint32_t axis, int64_t index,
                          ExecError *error) MUST_USE;
// An error within a lane or trip says in which: "in lane 2: …".
Status exec_error_within(Arena *arena, const char *what, int64_t number,
                         ExecError *error) MUST_USE;

// The element that a literal stands for (ir.h: numerals, pi, e, True, False), rounded once.
// False when the text is none.
bool exec_literal(Str text, Dtype dtype, void *element);

#endif
