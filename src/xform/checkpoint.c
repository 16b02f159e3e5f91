#include "xform/checkpoint.h"

#include "xform/depends.h"
#include "xform/memo.h"

// -- partial evaluation -------------------------------------------------------------

// The part of j that its linear outputs need.
typedef struct LinearPart {
    const Graph *j;
    bool *unknown, *needed; // by node
    bool *references, *in;  // inputs: the known and the unknown ones that are needed
} LinearPart;

// A placeholder of a rule, or a node that holds one, is needed though nothing reads it; a
// call that is known stands in the known part.
static void find_needed(LinearPart *p, const bool *want) {
    const Graph *j = p->j;
    for (uint32_t i = 0; i < j->n_outputs; i++)
        if (want[i]) p->needed[j->outputs[i]] = true;
    for (uint32_t i = j->n; i-- > 0;) {
        const Node *node = &j->nodes[i];
        if (p->unknown[i] && xform_is_kept(j, node)) p->needed[i] = true;
        for (uint32_t k = 0; p->needed[i] && k < node->n_in; k++)
            p->needed[ir_in(j, node)[k]] = true;
    }
    for (uint32_t i = 0; i < j->n_inputs; i++) {
        const NodeId input = j->inputs[i];
        p->references[i] = p->needed[input] && !p->unknown[input];
        p->in[i] = p->needed[input] && p->unknown[input];
    }
}

static Status build_linear(Arena *arena, const LinearPart *p, const bool *want,
                           const Graph **result) {
    const Graph *j = p->j;
    NodeId *map = NEW_ARRAY(arena, NodeId, j->n);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, j->n_outputs);
    if (!map || !outputs) return NOMEM;
    Builder *b = ir_builder(j->ir);
    TRY_ALLOC(b);
    xform_copy_inputs(b, j, p->references, map);
    xform_copy_inputs(b, j, p->in, map);
    for (uint32_t i = 0; i < j->n && ir_status(b) == OK; i++)
        if (p->needed[i] && j->nodes[i].prim != PRIM_input) map[i] = ir_copy(b, j, i, map);
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->n_outputs; i++)
        if (want[i]) outputs[n++] = map[j->outputs[i]];
    return ir_finish(b, NULL, n, outputs, result);
}

static Status linear_part(Arena *arena, const Graph *j, const bool *unknown,
                          const bool *want, Partial *parts) {
    LinearPart p = {.j = j,
                    .unknown = NEW_ARRAY(arena, bool, j->n),
                    .needed = NEW_ARRAY(arena, bool, j->n),
                    .references = NEW_ARRAY(arena, bool, j->n_inputs),
                    .in = NEW_ARRAY(arena, bool, j->n_inputs)};
    if (!p.unknown || !p.needed || !p.references || !p.in) return NOMEM;
    TRY(xform_depends(arena, j, unknown, p.unknown));
    find_needed(&p, want);
    TRY(xform_list_numbers(j->ir, j->n_inputs, p.references, &parts->references));
    TRY(xform_list_numbers(j->ir, j->n_inputs, p.in, &parts->linear_in));
    TRY(xform_list_numbers(j->ir, j->n_outputs, want, &parts->linear_out));
    TRY(build_linear(arena, &p, want, &parts->linear[0]));
    parts->has_linear = parts->linear_out.n > 0 || ir_has_vjp_call(parts->linear[0]);
    return OK;
}

static Status split(Arena *arena, const Graph *j, const bool *unknown, const bool *want,
                    bool known_only, Partial *parts) {
    bool *known_want = NEW_ARRAY(arena, bool, j->n_outputs);
    bool *linear_want = NEW_ARRAY(arena, bool, j->n_outputs);
    uint32_t *place = NEW_ARRAY(ir_arena(j->ir), uint32_t, j->n_outputs);
    if (!known_want || !linear_want || !place) return NOMEM;
    const bool *depends;
    TRY(xform_depends_outputs(j, unknown, &depends));
    uint32_t n_known = 0, n_linear = 0;
    for (uint32_t i = 0; i < j->n_outputs; i++) {
        known_want[i] = want[i] && !depends[i];
        linear_want[i] = want[i] && depends[i];
        if (want[i]) place[i] = depends[i] ? n_linear++ : n_known++;
    }
    const PartialQuestion question = {
        .n = 1, .graphs = &j, .unknown = unknown, .want = known_want, .known_only = true};
    const Partial *known;
    TRY(xform_partial(&question, &known));
    *parts = *known;
    parts->place = place;
    return known_only ? OK : linear_part(arena, j, unknown, linear_want, parts);
}

static Status partial_recalled(Arena *arena, const Graph *j, const bool *unknown,
                               const bool *want, bool known_only, const Partial **result) {
    MemoKey key = xform_key(arena, MEMO_PARTIAL_CHECKPOINT, j->id);
    xform_key_mask(&key, j->n_inputs, unknown);
    xform_key_mask(&key, j->n_outputs, want);
    xform_key_number(&key, known_only);
    *result = xform_recall(j->ir, &key);
    if (*result) return OK;
    Partial *parts = NEW(ir_arena(j->ir), Partial);
    TRY_ALLOC(parts);
    TRY(split(arena, j, unknown, want, known_only, parts));
    *result = parts;
    return xform_keep(j->ir, &key, parts);
}

Status xform_partial_checkpoint(const Graph *j, const bool *unknown, const bool *want,
                                bool known_only, const Partial **parts) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = partial_recalled(arena, j, unknown, want, known_only, parts);
    base_arena_free(arena);
    return status;
}

// -- before it is transposed --------------------------------------------------------

// Inputs of g → its outputs: the known part, then the linear one.
static Status join_parts(Arena *arena, Builder *b, const Graph *g, const Partial *parts,
                         NodeId *outputs) {
    const Graph *k = parts->known[0], *l = parts->linear[0];
    NodeId *inputs = NEW_ARRAY(arena, NodeId, g->n);
    NodeId *k_in = NEW_ARRAY(arena, NodeId, k->n_inputs);
    NodeId *k_out = NEW_ARRAY(arena, NodeId, k->n_outputs);
    NodeId *l_in = NEW_ARRAY(arena, NodeId, l->n_inputs);
    if (!inputs || !k_in || !k_out || !l_in) return NOMEM;
    xform_copy_inputs(b, g, NULL, inputs);
    for (uint32_t i = 0; i < parts->known_in.n; i++)
        k_in[i] = inputs[g->inputs[parts->known_in.at[i]]];
    TRY(ir_inline(b, k, k_in, true, k_out));
    uint32_t n = 0;
    for (uint32_t i = 0; i < parts->references.n; i++)
        l_in[n++] = inputs[g->inputs[parts->references.at[i]]];
    for (uint32_t i = 0; i < parts->n_saved; i++)
        l_in[n++] = k_out[parts->known_out.n + i];
    for (uint32_t i = 0; i < parts->linear_in.n; i++)
        l_in[n++] = inputs[g->inputs[parts->linear_in.at[i]]];
    return ir_inline(b, l, l_in, true, outputs);
}

static Status separate(Arena *arena, const Graph *g, const bool *linear,
                       const Graph **result) {
    bool *all = NEW_ARRAY(arena, bool, g->n_outputs);
    NodeId *outputs = NEW_ARRAY(arena, NodeId, g->n_outputs);
    if (!all || !outputs) return NOMEM;
    for (uint32_t i = 0; i < g->n_outputs; i++)
        all[i] = true;
    const PartialQuestion question = {
        .n = 1, .graphs = &g, .unknown = linear, .linear = all, .want = all};
    const Partial *parts;
    TRY(xform_partial(&question, &parts));
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    const Status status = join_parts(arena, b, g, parts, outputs);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    return ir_finish(b, NULL, g->n_outputs, outputs, result);
}

Status xform_separated(const Graph *g, const bool *linear, const Graph **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    MemoKey key = xform_key(arena, MEMO_SEPARATED, g->id);
    xform_key_mask(&key, g->n_inputs, linear);
    *result = xform_recall(g->ir, &key);
    Status status = OK;
    if (!*result) {
        status = separate(arena, g, linear, result);
        if (status == OK) status = xform_keep(g->ir, &key, *result);
    }
    base_arena_free(arena);
    return status;
}
