// linearize: jvp, split into what is known and what is linear in the tangents; vjp: the
// known part joined with the transposed linear one.
#include "xform/hoist.h"
#include "xform/memo.h"
#include "xform/partial.h"
#include "xform/xform.h"

// The residuals of L by origin: inputs that it reads as they are, then what K computes.
static Status list_residuals(const Graph *g, const Partial *parts, Linearized *made) {
    const uint32_t n_inputs = parts->references.n;
    made->n_residuals = n_inputs + parts->n_saved;
    uint32_t *residuals = NEW_ARRAY(ir_arena(g->ir), uint32_t, made->n_residuals);
    TRY_ALLOC(residuals);
    for (uint32_t i = 0; i < n_inputs; i++)
        residuals[i] = parts->references.at[i];
    for (uint32_t i = 0; i < parts->n_saved; i++)
        residuals[n_inputs + i] = g->n_inputs + i;
    made->residuals = residuals;
    return OK;
}

// Splits J, whose inputs behind those of G are tangents.
static Status split(Arena *arena, const Graph *g, const Graph *j, Linearized *made) {
    bool *unknown = NEW_ARRAY(arena, bool, j->n_inputs);
    bool *linear = NEW_ARRAY(arena, bool, j->n_outputs);
    bool *want = NEW_ARRAY(arena, bool, j->n_outputs);
    bool *all = NEW_ARRAY(arena, bool, j->n_inputs);
    if (!unknown || !linear || !want || !all) return NOMEM;
    for (uint32_t i = 0; i < j->n_inputs; i++)
        all[i] = true;
    for (uint32_t i = g->n_inputs; i < j->n_inputs; i++)
        unknown[i] = true;
    for (uint32_t i = g->n_outputs; i < j->n_outputs; i++)
        linear[i] = true;
    for (uint32_t i = 0; i < j->n_outputs; i++)
        want[i] = true;
    const PartialQuestion question = {.n = 1,
                                      .graphs = &j,
                                      .unknown = unknown,
                                      .linear = linear,
                                      .want = want,
                                      .keep = all};
    const Partial *parts;
    TRY(xform_partial(&question, &parts));
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        if (i < parts->known_out.n && parts->known_out.at[i] == i) continue;
        return xform_not_linear(g->ir, g->nodes[g->outputs[i]].span,
                                "the value that it gives depends on a tangent");
    }
    made->known = parts->known[0];
    made->linear = parts->linear[0];
    return list_residuals(g, parts, made);
}

// J is the largest of all these graphs, and nobody else asks for it: it goes at once.
static Status linearize(Arena *arena, const Graph *g, const bool *in, Linearized *made) {
    bool *out = xform_kept_mask(g->ir, g->n_outputs, NULL);
    const Graph *j = NULL, *hoisted = NULL;
    TRY_ALLOC(out);
    TRY(xform_jvp_unkept(arena, g, in, &j, out));
    made->out = out;
    Status status = xform_hoisted(j, &hoisted);
    if (status == OK) status = split(arena, g, hoisted, made);
    if (status == OK && hoisted != j) ir_release(hoisted);
    ir_release(j);
    return status;
}

static Status linearize_recalled(Arena *arena, const Graph *g, const bool *in,
                                 const Linearized **result) {
    MemoKey key = xform_key(arena, MEMO_LINEARIZE, g->id);
    xform_key_mask(&key, g->n_inputs, in);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    Linearized *made = NEW(ir_arena(g->ir), Linearized);
    TRY_ALLOC(made);
    TRY(linearize(arena, g, in, made));
    *result = made;
    return xform_keep(g->ir, &key, made);
}

Status xform_linearize(const Graph *g, const bool *in, const Linearized **result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const Status status = linearize_recalled(arena, g, in, result);
    base_arena_free(arena);
    return status;
}

// -- vjp ----------------------------------------------------------------------------

typedef struct VjpResult {
    const Graph *v;
    const bool *result; // inputs of G
} VjpResult;

// The transposed linear part. *result: inputs of G that have a cotangent.
static Status transpose_linear(Arena *arena, const Graph *g, const Linearized *lin,
                               const bool *in, const bool *ct, const Graph **t,
                               bool *result) {
    const Graph *l = lin->linear;
    bool *linear = NEW_ARRAY(arena, bool, l->n_inputs);
    bool *l_ct = NEW_ARRAY(arena, bool, l->n_outputs);
    bool *l_result = NEW_ARRAY(arena, bool, l->n_inputs);
    if (!linear || !l_ct || !l_result) return NOMEM;
    for (uint32_t i = lin->n_residuals; i < l->n_inputs; i++)
        linear[i] = true;
    uint32_t next = 0;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        if (lin->out[i]) l_ct[next++] = ct[i];
    }
    TRY(xform_transpose(l, linear, l_ct, NULL, t, l_result));
    next = lin->n_residuals;
    for (uint32_t i = 0; i < g->n_inputs; i++)
        result[i] = in[i] && l_result[next++];
    return OK;
}

// Inputs of G, cotangents → outputs of G, cotangents of inputs.
static Status join(Arena *arena, Builder *b, const Graph *g, const Linearized *lin,
                   const bool *ct, const Graph *t, NodeId *outputs) {
    const Graph *k = lin->known;
    NodeId *inputs = NEW_ARRAY(arena, NodeId, g->n);
    NodeId *in = NEW_ARRAY(arena, NodeId, g->n_inputs);
    NodeId *k_out = NEW_ARRAY(arena, NodeId, k->n_outputs);
    NodeId *t_in = NEW_ARRAY(arena, NodeId, (size_t)lin->n_residuals + g->n_outputs);
    if (!inputs || !in || !k_out || !t_in) return NOMEM;
    xform_copy_inputs(b, g, NULL, inputs);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        in[i] = inputs[g->inputs[i]];
    TRY(ir_inline(b, k, in, true, k_out));
    uint32_t next = lin->n_residuals;
    for (uint32_t i = 0; i < lin->n_residuals; i++) {
        const uint32_t from = lin->residuals[i];
        t_in[i] = from < g->n_inputs ? in[from] : k_out[g->n_outputs + from - g->n_inputs];
    }
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        if (!ct[i]) continue;
        const NodeId cotangent = ir_input(b, xform_output_type(g, i));
        if (lin->out[i]) t_in[next++] = cotangent;
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] = k_out[i];
    return ir_inline(b, t, t_in, true, outputs + g->n_outputs);
}

static Status vjp(Arena *arena, const Graph *g, const bool *in, const bool *ct,
                  const Graph **v, bool *result) {
    const Linearized *lin;
    const Graph *t;
    TRY(xform_linearize(g, in, &lin));
    TRY(transpose_linear(arena, g, lin, in, ct, &t, result));
    const uint32_t n_out = g->n_outputs + t->n_outputs;
    NodeId *outputs = NEW_ARRAY(arena, NodeId, n_out);
    TRY_ALLOC(outputs);
    Builder *b = ir_builder(g->ir);
    TRY_ALLOC(b);
    const Status status = join(arena, b, g, lin, ct, t, outputs);
    if (status != OK) {
        ir_builder_drop(b);
        return status;
    }
    return ir_finish(b, NULL, n_out, outputs, v);
}

static Status vjp_recalled(Arena *arena, const Graph *g, const bool *in, const bool *ct,
                           const VjpResult **result) {
    MemoKey key = xform_key(arena, MEMO_VJP, g->id);
    xform_key_mask(&key, g->n_inputs, in);
    xform_key_mask(&key, g->n_outputs, ct);
    *result = xform_recall(g->ir, &key);
    if (*result) return OK;
    VjpResult *made = NEW(ir_arena(g->ir), VjpResult);
    bool *mask = xform_kept_mask(g->ir, g->n_inputs, NULL);
    TRY_ALLOC(made);
    TRY_ALLOC(mask);
    TRY(vjp(arena, g, in, ct, &made->v, mask));
    made->result = mask;
    *result = made;
    return xform_keep(g->ir, &key, made);
}

Status xform_vjp(const Graph *g, const bool *in, const bool *ct, const Graph **v,
                 bool *result) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const VjpResult *made = NULL;
    const Status status = vjp_recalled(arena, g, in, ct, &made);
    if (status == OK) {
        *v = made->v;
        if (g->n_inputs) memcpy(result, made->result, g->n_inputs * sizeof *result);
    }
    base_arena_free(arena);
    return status;
}
