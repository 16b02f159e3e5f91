// A plan in the making: for plan*.c alone.
//
// Nodes are lowered in order, those of the prologue first, to instructions over values;
// then values get slots (plan_slots.c). A value is an array that some instruction makes. A
// node that keeps its operand's elements in their order (reshape, stop_gradient) has its
// value.
#ifndef EXEC_PLANNER_H
#define EXEC_PLANNER_H

#include "exec/program.h"

typedef struct Value {
    uint32_t last; // the instruction that reads it last (itself: none does), or EXEC_KEPT
    uint32_t slot; // EXEC_NO_SLOT until it has one
} Value;
#define EXEC_KEPT    UINT32_MAX // as long as the plan, or until the end of the run
#define EXEC_NO_SLOT UINT32_MAX

// An array of equal elements. It is made for its readers only, and again for each group of
// them: to fill a tile is cheaper than to read one.
typedef struct Fill {
    uint32_t scalar; // the value of an element
    Dtype dtype;
    int64_t n;
    uint32_t value, group; // made last, and where
} Fill;
#define EXEC_FILL 0x80000000u // marks the number of a Fill among the numbers of values

// What the plans of one graph and of those nested in it share.
typedef struct PlanFamily {
    Arena *arena;   // the plans'
    Arena *scratch; // gone when all are made
    Diags *diags;
    uint32_t n;      // plans so far
    StrMap *numbers; // of a nested graph (the bytes of its id) → its plan
    VEC(Plan *) plans;
    size_t kept_bytes; // of the buffers of all prologues
    uint32_t depth;
    struct StackPool **pool; // one for all
} PlanFamily;

typedef struct Planner {
    PlanFamily *family;
    Arena *arena, *scratch; // the plan's; this planner's own
    const Graph *graph;
    Plan *plan;
    uint32_t *value;   // of each node: a value, the first of several, or EXEC_FILL + a fill
    VEC(Value) values; // the inputs' first
    VEC(Fill) fills;
    size_t nested_bytes; // the most that the buffer of a nested plan needs
    bool in_main;
    uint32_t main_value, main_group; // the first that are not the prologue's
    Span span;                       // of the node that is lowered
} Planner;

// -- plan.c: what lowering is made of -----------------------------------------------

static inline const Node *exec_node(const Planner *p, NodeId id) {
    return &p->graph->nodes[id];
}
static inline const Type *exec_operand_type(const Planner *p, NodeId id, uint32_t i) {
    return ir_node_type(p->graph, ir_in(p->graph, exec_node(p, id))[i]);
}
// The value of operand i of a node (a fill is made now; then or later, its group ends).
Status exec_operand(Planner *p, NodeId id, uint32_t i, uint32_t *value) MUST_USE;
// Node `id` is its operand, element for element.
void exec_alias(Planner *p, NodeId id);
bool exec_is_fill(const Planner *p, NodeId id);
// Every element of node `id` is the one of its operand, or the one that a fill repeats. (A
// node without operands, a literal, has the value of its element already.)
Status exec_fill(Planner *p, NodeId id) MUST_USE;
// Makes sure that the last group is a map group of n elements.
Status exec_open_map(Planner *p, int64_t n) MUST_USE;
// Begins a group for a node's result.
Status exec_open(Planner *p, GroupKind kind, int64_t n, const void *about) MUST_USE;
// Appends an instruction to the last group. Its operands are the n_in values. It makes
// n_out new values, the first of which is *value (NULL: it writes instruction.out, made
// already); if instruction.n_in is EXEC_LISTED, they are listed behind the operands.
Status exec_emit(Planner *p, Instruction instruction, uint32_t n_in, const uint32_t *in,
                 uint32_t n_out, uint32_t *value) MUST_USE;
// The plan of a nested graph. E701 when nesting is too deep.
Status exec_nested(Planner *p, uint32_t graph, Plan **plan) MUST_USE;

// Bytes of a value of a node's type: its elements, or pointers to stacks.
size_t exec_bytes(const Graph *g, NodeId id);
// What stacks of that type hold. (plan_loop.c)
Status exec_stack_shape(Arena *arena, const Ir *ir, TypeId type, Span span,
                        const StackShape **result) MUST_USE;

// -- plan_lower.c, plan_moves.c, plan_loop.c: one for each row of prim.def ---------------

typedef Status Lower(Planner *p, NodeId id);

#define LOWER_MAP(name)                             exec_lower_map
#define LOWER_COMPARE(name)                         exec_lower_map
#define LOWER_REDUCE(name)                          exec_lower_reduce
#define LOWER_SOURCE(name)                          exec_lower_##name
#define LOWER_SHAPE(name)                           exec_lower_##name
#define LOWER_INDEX(name)                           exec_lower_##name
#define LOWER_LINALG(name)                          exec_lower_##name
#define LOWER_STACK(name)                           exec_lower_##name
#define LOWER_CONTROL(name)                         exec_lower_##name
#define PRIM(name, arity, class, smoothness, flags) Lower LOWER_##class(name);
#include "ir/prim.def"
#undef PRIM

// Turns an operand so that the given axes (ascending) come last: a value of that order.
Status exec_turn(Planner *p, NodeId id, uint32_t n, const int64_t *axes,
                 uint32_t *value) MUST_USE;

// -- plan_slots.c -------------------------------------------------------------------

// Gives every value a slot, and puts slots for values in the instructions.
Status exec_assign_slots(Planner *p) MUST_USE;

#endif
