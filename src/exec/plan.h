// A plan: a graph made ready to run. Groups of instructions over slots, buffers assigned by
// last use. A backend (vm/, later native/ and exact/) sees a plan, never a graph.
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "ir/ir.h"

typedef struct Plan Plan;

// Makes a plan of a graph without calls, placeholders or marked zeros (nested graphs of
// cond and lanes become plans of their own). Literals, and nodes that depend on no input,
// form the prologue, run once for each plan (its results are kept by the plan). The plan
// lives in the arena; the graph is not needed afterwards, its Ir (texts of literals) is.
// E701 when LIMIT_MEMORY would be passed.
Status exec_plan(Arena *arena, Diags *diags, const Graph *graph, Plan **plan) MUST_USE;

// How a run failed: an instruction's own error (index out of bounds).
typedef struct ExecError {
    Code code;
    Span span;
    const char *message; // static, or in the plan's arena
    const char *hint;    // likewise, or NULL
} ExecError;

// Runs a plan by the vm. inputs[i]: the elements of input i, contiguous, row-major, of its
// type; never written. outputs[i]: where the elements of output i go, provided by the
// caller, apart from the inputs; NULL will do for an empty array. FAILED: *error says why
// (the point's error, nothing reported). NOMEM. Not thread-safe for one plan.
Status vm_run(Plan *plan, const void *const *inputs, void *const *outputs,
              ExecError *error) MUST_USE;

// An element as the exact backend gives it besides: a decimal, and a bound of its distance
// from the exact number. Both are NULL for integers and booleans.
typedef struct ExecDecimal {
    const char *digits, *radius;
} ExecDecimal;

// A stack among the outputs of a run: n entries side by side, each an array's elements, or
// the stacks that it holds, by pointers.
typedef struct ExecStack {
    int64_t n;
    const void *entries;
    const ExecDecimal *decimals; // of arrays' elements, in their order; or NULL
} ExecStack;

// The same, of a plan that gives stacks: into outputs[i] go pointers to ExecStacks (of
// lanes one for each), made in the arena.
Status vm_run_with_stacks(Plan *plan, const void *const *inputs, void *const *outputs,
                          Arena *arena, ExecError *error) MUST_USE;

// Bytes of a value of that type among inputs and outputs: of an array its elements, of a
// stack, or lanes of them, pointers.
size_t exec_value_bytes(const Ir *ir, TypeId type);

// For -v and graph listings: the plan as text, an instruction a line.
void exec_print(const Plan *plan, Text *out);

// Bytes of the plan's buffers, number of instructions and groups: for reports.
typedef struct PlanStats {
    size_t buffer_bytes;
    uint32_t groups, instructions, prologue;
} PlanStats;
PlanStats exec_stats(const Plan *plan);

#endif
