// Slots by last use: one pass over the instructions, a list of free slots for each class of
// sizes. A slot is given back behind the instruction that reads its value last; in a map
// group before that instruction's result gets its slot, so that it may be written in place.
//
// Within a map group of several tiles instruction i works on tile t after instruction i + 1
// worked on tile t - 1. So a value may only take over a slot there when both have the same
// elements at the same bytes: whole arrays of one element size (no other falls into the
// same class, for they differ in size at least by 4, classes by 1/8), or tiles, which have
// free lists of their own.
#include "exec/planner.h"
#include "ir/loop.h"

#include "base/limits.h"

enum { CLASSES = 512, NOTHING = UINT32_MAX };

typedef struct SlotInfo {
    uint32_t next; // in its free list
    uint16_t class;
    bool tile;
} SlotInfo;

typedef struct Slots {
    Planner *p;
    VEC(SlotInfo) infos;       // of the slots in the buffers
    uint32_t first;            // the first of these
    bool kept;                 // at the prologue: its slots are its own
    uint32_t free[2][CLASSES]; // of arrays, of tiles: the slot given back last, or NOTHING
} Slots;

// Classes: 8 bytes, then eight to an octave. *size: the bytes of a slot of that class.
static uint32_t size_class(size_t bytes, size_t *size) {
    *size = 8;
    if (bytes <= 8) return 0;
    const size_t most = bytes - 1;
    const uint32_t octave = 63 - (uint32_t)__builtin_clzll(most) - 3;
    const size_t eighths = most >> octave; // 8 … 15
    *size = (eighths + 1) << octave;
    return octave * 8 + (uint32_t)(eighths - 8) + 1;
}

// The next place for that many bytes: cache lines for arrays, numbers stand close together.
static size_t aligned(size_t at, size_t bytes) {
    const size_t alignment = bytes < 64 ? 8 : 64;
    return (at + alignment - 1) / alignment * alignment;
}

static Status check_memory(const Slots *s) {
    const PlanFamily *family = s->p->family;
    if (family->kept_bytes + s->p->plan->bytes <= LIMIT_MEMORY) return OK;
    return base_error(family->diags, CODE_E701, NO_SPAN,
                      "evaluate fewer points at once, or smaller arrays",
                      "the intermediate arrays need more memory than the limit of %lld MiB "
                      "(LIMIT_MEMORY)",
                      (long long)LIMIT_MEMORY >> 20);
}

static Status take(Slots *s, size_t bytes, bool tile, uint32_t *slot) {
    Plan *plan = s->p->plan;
    size_t size;
    const uint32_t class = size_class(bytes, &size);
    uint32_t *head = &s->free[tile][class];
    if (*head != NOTHING) {
        *slot = *head;
        *head = s->infos.at[*slot - s->first].next;
        return OK;
    }
    size_t *end = s->kept ? &plan->kept_bytes : &plan->bytes;
    const SlotPlace place = {.offset = aligned(*end, size), .kept = s->kept};
    *end = place.offset + size;
    TRY(check_memory(s));
    *slot = plan->slots.n;
    const SlotInfo info = {.class = (uint16_t) class, .tile = tile};
    if (!VEC_PUSH(s->p->arena, &plan->slots, (Slot){.at = NULL}) ||
        !VEC_PUSH(s->p->arena, &plan->places, place) ||
        !VEC_PUSH(s->p->scratch, &s->infos, info))
        return NOMEM;
    return OK;
}

static void give_back(Slots *s, uint32_t slot) {
    SlotInfo *info = &s->infos.at[slot - s->first];
    uint32_t *head = &s->free[info->tile][info->class];
    info->next = *head;
    *head = slot;
}

// Gives the slot of a value back if this instruction reads it last, once.
static void release(Slots *s, uint32_t value, uint32_t instruction) {
    Value *v = &s->p->values.at[value];
    if (v->last != instruction || v->slot < s->first) return;
    v->last = EXEC_KEPT;
    give_back(s, v->slot);
}

static bool dies(const Slots *s, uint32_t value, uint32_t instruction) {
    const Value *v = &s->p->values.at[value];
    return v->last == instruction && v->slot >= s->first;
}

static void put_slots(Slots *s, uint32_t n, uint32_t *values) {
    for (uint32_t i = 0; i < n; i++)
        values[i] = s->p->values.at[values[i]].slot;
}

// -- map groups ---------------------------------------------------------------------

static bool is_whole(const Slots *s, uint32_t slot) {
    return slot < s->first || !s->infos.at[slot - s->first].tile;
}

static Status assign_map(Slots *s, const Group *group, uint32_t number) {
    Planner *p = s->p;
    Instruction *made = &p->plan->instructions.at[number];
    const size_t size = exec_out_size(made);
    Value *out = &p->values.at[made->out];
    for (uint32_t k = 0; k < made->n_in; k++) {
        if (exec_in_size(made, k) == size && made->prim != PRIM_broadcast)
            release(s, made->in[k], number);
    }
    if (out->slot == EXEC_NO_SLOT) {
        const bool tile = group->n > EXEC_TILE && out->last < group->first + group->count;
        const int64_t n = tile ? EXEC_TILE : group->n;
        TRY(take(s, (size_t)n * size, tile, &out->slot));
    }
    for (uint32_t k = 0; k < made->n_in; k++)
        release(s, made->in[k], number);

    put_slots(s, made->n_in, made->in);
    put_slots(s, 1, &made->out);
    if (group->n <= EXEC_TILE) return OK;
    for (uint32_t k = 0; k < made->n_in; k++) {
        if (made->prim != PRIM_broadcast && is_whole(s, made->in[k]))
            made->whole = (uint8_t)(made->whole | 1u << k);
    }
    if (is_whole(s, made->out)) made->whole |= 1u << EXEC_OUT;
    return OK;
}

// -- other groups -------------------------------------------------------------------

static Status take_result(Slots *s, const Group *group, const Instruction *made,
                          uint32_t number) {
    Value *out = &s->p->values.at[made->out];
    if (out->slot != EXEC_NO_SLOT) return OK; // an output, or written by parts
    const uint32_t *in = exec_in(s->p->plan, made);
    if (group->kind == GROUP_scatter && dies(s, in[0], number)) {
        // In place: the result takes over the slot of x.
        s->p->values.at[in[0]].last = EXEC_KEPT;
        out->slot = s->p->values.at[in[0]].slot;
        return OK;
    }
    return take(s, (size_t)group->n * exec_out_size(made), false, &out->slot);
}

// dot's room for a panel of b.
static Status take_panel(Slots *s, const Group *group, Instruction *made) {
    const Dot *dot = group->about;
    if (dot->n == 1) return OK; // b is read along k as it is
    const int64_t columns = dot->n < EXEC_PANEL ? dot->n : EXEC_PANEL;
    TRY(take(s, (size_t)(columns * dot->k) * exec_out_size(made), false, &made->in[2]));
    give_back(s, made->in[2]);
    return OK;
}

static Status assign_other(Slots *s, const Group *group, uint32_t number) {
    Plan *plan = s->p->plan;
    Instruction *made = &plan->instructions.at[number];
    const uint32_t n_in = exec_n_in(made);
    uint32_t *in = made->n_in == EXEC_LISTED ? plan->operands.at + made->in[0] : made->in;
    TRY(take_result(s, group, made, number));
    if (group->kind == GROUP_dot) TRY(take_panel(s, group, made));
    for (uint32_t k = 0; k < n_in; k++)
        release(s, in[k], number);
    put_slots(s, n_in, in);
    put_slots(s, 1, &made->out);
    return OK;
}

// cond, checkpoint and lanes: every output of the nested plan gets a slot, read or not.
static Status assign_nested(Slots *s, const Group *group, uint32_t number) {
    Plan *plan = s->p->plan;
    const Instruction *made = &plan->instructions.at[number];
    const Nested *nested = group->about;
    const uint32_t n_in = exec_n_in(made);
    uint32_t *in = plan->operands.at + made->in[0], *outs = in + n_in;
    for (uint32_t i = 0; i < nested->n_outputs; i++) {
        Value *out = &s->p->values.at[outs[i]];
        const size_t bytes = nested->out_bytes[i] * (size_t)nested->lanes;
        if (out->slot == EXEC_NO_SLOT) TRY(take(s, bytes, false, &out->slot));
    }
    for (uint32_t i = 0; i < n_in + nested->n_outputs; i++)
        release(s, in[i], number);
    put_slots(s, n_in + nested->n_outputs, in);
    return OK;
}

static Status take_output(Slots *s, uint32_t value, size_t bytes) {
    Value *out = &s->p->values.at[value];
    return out->slot == EXEC_NO_SLOT ? take(s, bytes, false, &out->slot) : OK;
}

// A carry's slot, and a spare one.
static Status assign_carries(Slots *s, const Looped *loop, const uint32_t *outs) {
    for (uint32_t i = 0; i < loop->n_carry; i++) {
        TRY(take_output(s, outs[i], loop->carry_bytes[i]));
        if (!loop->in_place[i]) TRY(take(s, loop->carry_bytes[i], false, &loop->spare[i]));
    }
    return OK;
}

static Status assign_loop(Slots *s, const Group *group, uint32_t number) {
    Plan *plan = s->p->plan;
    const Instruction *made = &plan->instructions.at[number];
    const Looped *loop = group->about;
    const uint32_t n_in = exec_n_in(made);
    uint32_t *in = plan->operands.at + made->in[0], *outs = in + n_in;
    const uint32_t n_out = loop->n_carry + loop->n_ys;
    TRY(assign_carries(s, loop, outs));
    for (uint32_t i = loop->n_carry; i < n_out; i++) {
        const Slices *ys = &loop->ys[i - loop->n_carry];
        const size_t array = ys->bytes * (size_t)loop->trips;
        TRY(take_output(s, outs[i], ys->is_stack ? sizeof(void *) : array));
    }
    const uint32_t n_all = n_out + (loop->kind == LOOP_PREDICATE);
    if (n_all > n_out) TRY(take_output(s, outs[n_out], sizeof(int64_t)));
    for (uint32_t i = 0; i < loop->n_carry; i++)
        if (!loop->in_place[i]) give_back(s, loop->spare[i]);
    for (uint32_t i = 0; i < n_in + n_all; i++)
        release(s, in[i], number);
    put_slots(s, n_in + n_all, in);
    return OK;
}

// What a scatter into an output writes over stands in that output's place from the start,
// so that a chain of scatters is one array (and may be a loop's carry in place).
static void place_scattered(Planner *p) {
    const Plan *plan = p->plan;
    for (uint32_t g = plan->groups.n; g-- > 0;) {
        if (plan->groups.at[g].kind != GROUP_scatter) continue;
        const uint32_t number = plan->groups.at[g].first;
        const Instruction *made = &plan->instructions.at[number];
        const uint32_t *in = exec_in(plan, made);
        Value *x = &p->values.at[in[0]];
        bool once = x->last == number && x->slot == EXEC_NO_SLOT;
        for (uint32_t k = 1; k < exec_n_in(made); k++)
            once = once && in[k] != in[0];
        if (once) x->slot = p->values.at[made->out].slot;
    }
}

static Status assign_group(Slots *s, const Group *group) {
    for (uint32_t i = group->first; i < group->first + group->count; i++) {
        if (group->kind == GROUP_map)
            TRY(assign_map(s, group, i));
        else if (group->kind == GROUP_loop)
            TRY(assign_loop(s, group, i));
        else if (group->kind == GROUP_cond || group->kind == GROUP_lanes ||
                 group->kind == GROUP_checkpoint)
            TRY(assign_nested(s, group, i));
        else
            TRY(assign_other(s, group, i));
    }
    return OK;
}

static void forget_free(Slots *s) {
    for (uint32_t class = 0; class < CLASSES; class ++)
        s->free[0][class] = s->free[1][class] = NOTHING;
}

// The prologue's slots, then the others, then one place for all nested plans.
static Status assign_groups(Slots *s) {
    Plan *plan = s->p->plan;
    for (uint32_t i = 0; i < plan->groups.n; i++) {
        if (i == 0 || i == plan->n_prologue) forget_free(s);
        s->kept = i < plan->n_prologue;
        TRY(assign_group(s, &plan->groups.at[i]));
    }
    s->p->family->kept_bytes += plan->kept_bytes;
    plan->nested_at = aligned(plan->bytes, s->p->nested_bytes);
    plan->bytes = plan->nested_at + s->p->nested_bytes;
    return check_memory(s);
}

Status exec_assign_slots(Planner *p) {
    Plan *plan = p->plan;
    Slots *s = NEW(p->scratch, Slots);
    TRY_ALLOC(s);
    s->p = p;
    s->first = plan->n_inputs + plan->n_outputs;
    if (!VEC_RESERVE(p->arena, &plan->slots, s->first)) return NOMEM;
    plan->slots.n = s->first;
    place_scattered(p);
    TRY(assign_groups(s));
    for (uint32_t i = 0; i < plan->copies.n; i++)
        put_slots(s, 1, &plan->copies.at[i].from);
    return OK;
}
