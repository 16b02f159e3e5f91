// Partial evaluation in four steps: which nodes are unknown (forwards), which are needed by
// which part (backwards), where residuals stand, the two parts (forwards).
#include "xform/depends.h"
#include "xform/memo.h"
#include "xform/partial_state.h"
#include "xform/tangent_calls.h"

// -- which nodes are unknown --------------------------------------------------------

// The mixed node that an `out` takes from, or NULL.
static Mixed *mixed_of_out(const Split *split, const Node *node) {
    return node->prim == PRIM_out ? xform_find_mixed(split, ir_in(split->j, node)[0])
                                  : NULL;
}

static bool is_constant(const Split *split, const Node *node) {
    if (node->prim == PRIM_literal || node->prim == PRIM_iota) return true;
    return (node->prim == PRIM_broadcast || node->prim == PRIM_reshape ||
            node->prim == PRIM_convert) &&
           (split->flags[ir_in(split->j, node)[0]] & CONSTANT);
}

// A bit of a mask that may be NULL.
static bool has(const bool *mask, uint32_t i) {
    return mask && mask[i];
}

// An input that the linear part reads as it is: nothing is saved.
static bool is_reference(const Split *split, NodeId id) {
    return split->j->nodes[id].prim == PRIM_input && !(split->flags[id] & BY_VALUE);
}

static Status find_unknown(Group *q, uint32_t s) {
    Split *split = &q->splits[s];
    TRY(xform_inline_tangent_calls(q->arena, q->question->graphs[s], q->question->unknown,
                                   &split->j));
    const Graph *j = split->j;
    split->unknown = NEW_ARRAY(q->arena, bool, j->n);
    split->flags = NEW_ARRAY(q->arena, uint8_t, j->n);
    split->map = NEW_ARRAY(q->arena, NodeId, j->n);
    if (!split->unknown || !split->flags || !split->map) return NOMEM;
    TRY(xform_depends(q->arena, j, q->question->unknown, split->unknown));
    for (uint32_t i = 0; i < j->n; i++) {
        if (is_constant(split, &j->nodes[i])) split->flags[i] = CONSTANT;
        if (!split->unknown[i]) continue;
        const Nested nested = xform_nested(j, &j->nodes[i]);
        if (nested.n == 0) continue;
        bool *want = NEW_ARRAY(q->arena, bool, ir_node_type(j, i)->n_outs);
        TRY_ALLOC(want);
        const Mixed mixed = {.node = i, .nested = nested, .want = want};
        if (!VEC_PUSH(q->arena, &split->mixed, mixed)) return NOMEM;
    }
    for (uint32_t i = 0; i < q->n_inputs; i++)
        if (has(q->question->by_value, i)) split->flags[j->inputs[i]] |= BY_VALUE;
    for (uint32_t i = 0; i < q->n_outputs; i++)
        q->linear_out[i] = q->linear_out[i] || split->unknown[j->outputs[i]];
    return OK;
}

// -- which nodes are needed ---------------------------------------------------------

// E508 where a needed node cannot be linear in what it depends on.
static Status check_linear(const Split *split, const Node *node) {
    Ir *ir = split->j->ir;
    if (node->prim == PRIM_call) {
        const Call *call = ir_call(ir, (uint32_t)ir_attr(split->j, node)[0]);
        return xform_not_linear(ir, node->span,
                                "a tangent is passed to `%.*s`, which has a vjp rule",
                                STR_ARG(call->name));
    }
    if (ir_type(ir, node->type)->kind == TYPE_ARRAY && !xform_is_float(ir, node->type)) {
        return xform_not_linear(ir, node->span, "`%s` of a tangent does not give a tangent",
                                ir_prim((Prim)node->prim)->name);
    }
    return OK;
}

static Status need_node(Group *q, Split *split, NodeId id) {
    const Graph *j = split->j;
    const Node *node = &j->nodes[id];
    uint8_t *flags = &split->flags[id];
    if (split->unknown[id]) {
        Mixed *mixed = xform_find_mixed(split, id);
        if (mixed) return xform_need_mixed(q, split, mixed);
    }
    if (xform_is_kept(j, node) && !(split->unknown[id] && q->question->known_only))
        *flags |= split->unknown[id] ? IN_LINEAR : IN_KNOWN;
    uint8_t how = *flags & (IN_KNOWN | IN_LINEAR);
    if (how == 0) return OK;
    if (split->unknown[id]) {
        TRY(check_linear(split, node));
    } else if ((how & IN_LINEAR) && !(*flags & CONSTANT) && node->prim != PRIM_broadcast) {
        *flags |= is_reference(split, id) ? SAVED : SAVED | IN_KNOWN;
        how = IN_KNOWN;
    }
    Mixed *from = mixed_of_out(split, node);
    if (from) {
        from->want[ir_attr(j, node)[0]] = true;
        return OK;
    }
    for (uint32_t i = 0; i < node->n_in; i++)
        split->flags[ir_in(j, node)[i]] |= how;
    return OK;
}

static Status find_needed(Group *q, Split *split) {
    const Graph *j = split->j;
    for (uint32_t i = 0; i < q->n_outputs; i++) {
        if (q->question->want[i])
            split->flags[j->outputs[i]] |= q->linear_out[i] ? IN_LINEAR : IN_KNOWN;
    }
    for (uint32_t i = j->n; i-- > 0;)
        TRY(need_node(q, split, i));
    return OK;
}

// -- where residuals stand ----------------------------------------------------------

// The residuals of one graph, in the order of its nodes. (Inputs are references.)
static Status list_saved(Group *q, Split *split) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < split->j->n; i++) {
        if ((split->flags[i] & SAVED) && !is_reference(split, i)) {
            if (!VEC_PUSH(q->arena, &split->saved, ((Saved){i, WHOLE, 0}))) return NOMEM;
        }
        if (next == split->mixed.n || split->mixed.at[next].node != i) continue;
        Mixed *mixed = &split->mixed.at[next++];
        mixed->first_saved = split->saved.n;
        for (uint32_t k = 0; k < xform_mixed_saved(mixed); k++) {
            if (!VEC_PUSH(q->arena, &split->saved, ((Saved){i, k, 0}))) return NOMEM;
        }
    }
    return OK;
}

// The type of a residual: of all trips together it may pass a limit, which is reported.
static Status saved_type(Group *q, const Split *split, const Saved *saved, TypeId *type) {
    const Diags *diags = ir_diags(q->ir);
    const uint32_t errors = diags->errors;
    ir_set_place(q->ir, split->j->nodes[saved->node].span);
    *type = xform_saved_type(q, split, saved);
    if (*type != IR_NO_TYPE) return OK;
    return diags->errors > errors ? FAILED : NOMEM;
}

static void new_slot(Group *q, Saved *saved, TypeId type) {
    saved->slot = q->parts->n_saved++;
    q->slots[saved->slot] = type;
}

// The second branch takes the slots of the first, in order, where the types are equal.
static Status share_slots(Group *q) {
    Split *split = &q->splits[1];
    const uint32_t n_first = q->parts->n_saved;
    TypeId most = 0;
    for (uint32_t i = 0; i < n_first; i++)
        most = q->slots[i] > most ? q->slots[i] : most;
    // By type: the next free slot, in a list for each type; numbers are one up.
    uint32_t *head = NEW_ARRAY(q->arena, uint32_t, (size_t)most + 1);
    uint32_t *next = NEW_ARRAY(q->arena, uint32_t, n_first);
    TRY_ALLOC(head);
    TRY_ALLOC(next);
    for (uint32_t i = n_first; i-- > 0;) {
        next[i] = head[q->slots[i]];
        head[q->slots[i]] = i + 1;
    }
    for (uint32_t i = 0; i < split->saved.n; i++) {
        Saved *saved = &split->saved.at[i];
        TypeId type;
        TRY(saved_type(q, split, saved, &type));
        if (type > most || head[type] == 0) {
            new_slot(q, saved, type);
        } else {
            saved->slot = head[type] - 1;
            head[type] = next[saved->slot];
        }
    }
    return OK;
}

static Status place_saved(Group *q) {
    const size_t most = (size_t)q->splits[0].saved.n + q->splits[1].saved.n;
    q->slots = NEW_ARRAY(q->arena, TypeId, most);
    TRY_ALLOC(q->slots);
    Split *split = &q->splits[0];
    for (uint32_t i = 0; i < split->saved.n; i++) {
        Saved *saved = &split->saved.at[i];
        TypeId type;
        TRY(saved_type(q, split, saved, &type));
        new_slot(q, saved, type);
    }
    return q->question->n == 2 ? share_slots(q) : OK;
}

// -- what the parts take and give ---------------------------------------------------

Status xform_list_numbers(Ir *ir, uint32_t n, const bool *mask, Numbers *numbers) {
    uint32_t *at = NEW_ARRAY(ir_arena(ir), uint32_t, xform_count(n, mask));
    TRY_ALLOC(at);
    *numbers = (Numbers){at, 0};
    for (uint32_t i = 0; i < n; i++) {
        if (mask[i]) at[numbers->n++] = i;
    }
    return OK;
}

static Status list_inputs(Group *q) {
    const PartialQuestion *question = q->question;
    q->in_known = NEW_ARRAY(q->arena, bool, q->n_inputs);
    q->in_linear = NEW_ARRAY(q->arena, bool, q->n_inputs);
    q->in_references = NEW_ARRAY(q->arena, bool, q->n_inputs);
    if (!q->in_known || !q->in_linear || !q->in_references) return NOMEM;
    for (uint32_t i = 0; i < q->n_inputs; i++) {
        uint8_t flags = 0;
        for (uint32_t s = 0; s < question->n; s++)
            flags |= q->splits[s].flags[q->splits[s].j->inputs[i]];
        const bool kept = has(question->keep, i), unknown = question->unknown[i];
        q->in_known[i] = !unknown && (kept || (flags & IN_KNOWN));
        q->in_linear[i] = unknown && (kept || (flags & IN_LINEAR));
        q->in_references[i] = !unknown && (flags & SAVED) && !has(question->by_value, i);
    }
    Partial *parts = q->parts;
    TRY(xform_list_numbers(q->ir, q->n_inputs, q->in_known, &parts->known_in));
    TRY(xform_list_numbers(q->ir, q->n_inputs, q->in_linear, &parts->linear_in));
    return xform_list_numbers(q->ir, q->n_inputs, q->in_references, &parts->references);
}

static Status list_outputs(Group *q) {
    bool *known = NEW_ARRAY(q->arena, bool, q->n_outputs);
    bool *linear = NEW_ARRAY(q->arena, bool, q->n_outputs);
    uint32_t *place = NEW_ARRAY(ir_arena(q->ir), uint32_t, q->n_outputs);
    if (!known || !linear || !place) return NOMEM;
    uint32_t n_known = 0, n_linear = 0;
    for (uint32_t i = 0; i < q->n_outputs; i++) {
        if (!q->question->want[i]) continue;
        known[i] = !q->linear_out[i];
        linear[i] = q->linear_out[i];
        place[i] = known[i] ? n_known++ : n_linear++;
    }
    q->parts->place = place;
    TRY(xform_list_numbers(q->ir, q->n_outputs, known, &q->parts->known_out));
    return xform_list_numbers(q->ir, q->n_outputs, linear, &q->parts->linear_out);
}

// A node in the part at hand: an output of a mixed node's part, or a copy.
static NodeId part_node(const Split *split, NodeId id, Builder *b) {
    const Node *node = &split->j->nodes[id];
    const Mixed *from = mixed_of_out(split, node);
    if (!from) return ir_copy(b, split->j, id, split->map);
    return ir_out(b, from->made,
                  xform_mixed_place(from, (uint32_t)ir_attr(split->j, node)[0]));
}

// -- the known part -----------------------------------------------------------------

static void known_nodes(Group *q, Split *split, Builder *b) {
    for (uint32_t i = 0; i < split->j->n && ir_status(b) == OK; i++) {
        const Node *node = &split->j->nodes[i];
        if (node->prim == PRIM_input) continue;
        ir_set_span(b, node->span);
        if (split->unknown[i]) {
            Mixed *mixed = xform_find_mixed(split, i);
            if (mixed && mixed->parts && mixed->parts->has_known)
                mixed->made = xform_known_mixed(q, split, mixed, b);
        } else if (split->flags[i] & IN_KNOWN) {
            split->map[i] = part_node(split, i, b);
        }
    }
}

static Status build_known(Group *q, uint32_t s) {
    Split *split = &q->splits[s];
    Partial *parts = q->parts;
    const uint32_t n_out = parts->known_out.n + parts->n_saved;
    NodeId *outputs = NEW_ARRAY(q->arena, NodeId, n_out);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(q->ir);
    TRY_ALLOC(b);
    xform_copy_inputs(b, split->j, q->in_known, split->map);
    known_nodes(q, split, b);
    for (uint32_t i = 0; i < parts->known_out.n; i++)
        outputs[i] = split->map[split->j->outputs[parts->known_out.at[i]]];
    for (uint32_t i = parts->known_out.n; i < n_out; i++)
        outputs[i] = IR_NONE;
    for (uint32_t i = 0; i < split->saved.n; i++) {
        const Saved *saved = &split->saved.at[i];
        NodeId *output = &outputs[parts->known_out.n + saved->slot];
        if (saved->inner == WHOLE) {
            *output = split->map[saved->node];
        } else {
            const Mixed *mixed = xform_find_mixed(split, saved->node);
            *output = ir_out(b, mixed->made, mixed->parts->known_out.n + saved->inner);
        }
    }
    // What only the other branch saves is zeros here, and never read.
    for (uint32_t i = 0; i < parts->n_saved; i++) {
        NodeId *output = &outputs[parts->known_out.n + i];
        if (*output == IR_NONE) *output = ir_zeros(b, q->slots[i]);
    }
    return ir_finish(b, NULL, n_out, outputs, &parts->known[s]);
}

// -- the linear part ----------------------------------------------------------------

static void linear_nodes(Group *q, Split *split, const NodeId *slots, Builder *b) {
    for (uint32_t i = 0; i < split->j->n && ir_status(b) == OK; i++) {
        const Node *node = &split->j->nodes[i];
        if (node->prim == PRIM_input || (split->flags[i] & SAVED)) continue;
        ir_set_span(b, node->span);
        Mixed *mixed = split->unknown[i] ? xform_find_mixed(split, i) : NULL;
        if (mixed) {
            if (mixed->parts && mixed->parts->has_linear)
                mixed->made = xform_linear_mixed(q, split, mixed, slots, b);
        } else if (split->flags[i] & IN_LINEAR) {
            split->map[i] = part_node(split, i, b);
        }
    }
}

// The outputs; one that is known here must be a zero, and becomes a marked one.
static Status linear_outputs(Group *q, Split *split, Builder *b, NodeId *outputs) {
    for (uint32_t i = 0; i < q->parts->linear_out.n; i++) {
        const NodeId output = split->j->outputs[q->parts->linear_out.at[i]];
        outputs[i] = split->map[output];
        if (split->unknown[output] || ir_status(b) != OK) continue;
        if (!ir_is_zero(b, outputs[i])) {
            return xform_not_linear(
                q->ir, split->j->nodes[output].span,
                "it gives a tangent that does not depend on the tangents it is given");
        }
        outputs[i] = ir_linear_zero(b, split->j->nodes[output].type);
    }
    return OK;
}

static Status build_linear(Group *q, uint32_t s) {
    Split *split = &q->splits[s];
    Partial *parts = q->parts;
    NodeId *outputs = NEW_ARRAY(q->arena, NodeId, parts->linear_out.n);
    NodeId *slots = NEW_ARRAY(q->arena, NodeId, parts->n_saved);
    TRY_ALLOC(outputs);
    TRY_ALLOC(slots);
    Builder *b = ir_builder(q->ir);
    TRY_ALLOC(b);
    xform_copy_inputs(b, split->j, q->in_references, split->map);
    for (uint32_t i = 0; i < parts->n_saved; i++)
        slots[i] = ir_input(b, q->slots[i]);
    xform_copy_inputs(b, split->j, q->in_linear, split->map);
    for (uint32_t i = 0; i < split->saved.n; i++) {
        const Saved *saved = &split->saved.at[i];
        if (saved->inner == WHOLE) split->map[saved->node] = slots[saved->slot];
    }
    linear_nodes(q, split, slots, b);
    const Status status = linear_outputs(q, split, b, outputs);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    return ir_finish(b, NULL, parts->linear_out.n, outputs, &parts->linear[s]);
}

// -- all steps ----------------------------------------------------------------------

static Status partial_build(Group *q) {
    const uint32_t n = q->question->n;
    q->linear_out = NEW_ARRAY(q->arena, bool, q->n_outputs);
    TRY_ALLOC(q->linear_out);
    for (uint32_t i = 0; q->question->linear && i < q->n_outputs; i++)
        q->linear_out[i] = q->question->linear[i];
    for (uint32_t s = 0; s < n; s++)
        TRY(find_unknown(q, s));
    for (uint32_t s = 0; s < n; s++) {
        TRY(find_needed(q, &q->splits[s]));
        TRY(list_saved(q, &q->splits[s]));
    }
    TRY(place_saved(q));
    TRY(list_inputs(q));
    TRY(list_outputs(q));
    Partial *parts = q->parts;
    parts->has_known = parts->known_out.n + parts->n_saved > 0;
    parts->has_linear = parts->linear_out.n > 0;
    for (uint32_t s = 0; s < n; s++) {
        TRY(build_known(q, s));
        TRY(build_linear(q, s));
        parts->has_known = parts->has_known || ir_has_vjp_call(parts->known[s]);
        parts->has_linear = parts->has_linear || ir_has_vjp_call(parts->linear[s]);
    }
    return OK;
}

static Status partial_recalled(Arena *arena, const PartialQuestion *question,
                               const Partial **result) {
    const Graph *g = question->graphs[0];
    MemoKey key = xform_key(arena, MEMO_PARTIAL, g->id);
    xform_key_number(&key, question->n == 2 ? (int64_t)question->graphs[1]->id : -1);
    xform_key_mask(&key, g->n_inputs, question->unknown);
    xform_key_mask(&key, g->n_inputs, question->keep);
    xform_key_mask(&key, g->n_inputs, question->by_value);
    xform_key_mask(&key, g->n_outputs, question->linear);
    xform_key_mask(&key, g->n_outputs, question->want);
    xform_key_number(&key, question->known_only);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    Partial *parts = NEW(ir_arena(g->ir), Partial);
    TRY_ALLOC(parts);
    Group q = {.question = question,
               .ir = g->ir,
               .arena = arena,
               .n_inputs = g->n_inputs,
               .n_outputs = g->n_outputs,
               .parts = parts};
    TRY(partial_build(&q));
    *result = parts;
    return xform_keep(g->ir, &key, parts);
}

Status xform_partial(const PartialQuestion *question, const Partial **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = partial_recalled(arena, question, result);
    base_arena_free(arena);
    return status;
}
