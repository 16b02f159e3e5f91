// The inside of the vm: a function for each kind of group.
#ifndef EXEC_VM_VM_H
#define EXEC_VM_VM_H

#include "exec/program.h"

typedef Status GroupRunner(Plan *plan, const Group *group, ExecError *error);

#define GROUP(kind, description) GroupRunner vm_run_##kind;
EXEC_GROUPS(GROUP)
#undef GROUP

static inline const Instruction *vm_instruction(const Plan *plan, const Group *group) {
    return &plan->instructions.at[group->first];
}
// Where operand k of an instruction is, and its result.
static inline const void *vm_in(const Plan *plan, const Instruction *i, uint32_t k) {
    return plan->slots.at[exec_in(plan, i)[k]].input;
}
static inline void *vm_out(const Plan *plan, const Instruction *i) {
    return plan->slots.at[i->out].at;
}

// Runs a plan nested in one that runs.
Status vm_run_nested(const Plan *outer, Plan *plan, const void *const *inputs,
                     void *const *outputs, ExecError *error) MUST_USE;

// memcpy that accepts NULL for no bytes (an empty array may have no address).
static inline void vm_copy(void *to, const void *from, size_t n) {
    if (n) memcpy(to, from, n);
}

#endif
