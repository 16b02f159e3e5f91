// Jacobians: vmap of the pullback, or of the jvp, over a basis.
#include "base/limits.h"
#include "front/linearization.h"
#include "xform/xform.h"

// -- jacobians ----------------------------------------------------------------------

// The basis of an array type: [size, shape…], one 1 in each.
static NodeId basis(Trace *t, TypeId id) {
    Builder *b = front_builder(t);
    const Type *type = ir_type(t->ir, id);
    const int64_t square[2] = {type->size, type->size};
    int64_t shape[LIMIT_RANK + 1] = {type->size};
    for (uint32_t i = 0; i < type->rank; i++)
        shape[i + 1] = type->shape[i];
    const NodeId eye =
        ir_eq(b, ir_iota(b, DT_I64, 2, square, 0), ir_iota(b, DT_I64, 2, square, 1));
    return ir_reshape(b, ir_convert(b, eye, (Dtype)type->dtype, type->weak),
                      type->rank + 1u, shape);
}

// [n_out, in…] or [n_in, out…] → out… + in…
static Status jacobian_block(Trace *t, NodeId node, const Type *out, const Type *in,
                             bool by_output, Value *value) {
    Builder *b = front_builder(t);
    int64_t shape[2 * LIMIT_RANK];
    uint32_t rank = 0;
    if (!by_output) { // the basis axis goes behind the output's
        int64_t perm[LIMIT_RANK + 1];
        for (uint32_t i = 0; i < out->rank; i++)
            perm[i] = i + 1;
        perm[out->rank] = 0;
        node = ir_transpose(b, node, perm);
    }
    for (uint32_t i = 0; i < out->rank; i++)
        shape[rank++] = out->shape[i];
    for (uint32_t i = 0; i < in->rank; i++)
        shape[rank++] = in->shape[i];
    return front_made(t, ir_reshape(b, node, rank, shape), value);
}

static Status check_real_outputs(Trace *t, const Traced *traced, Span span) {
    for (uint32_t i = 0; i < traced->closed.n_outputs; i++) {
        const Type *type = ir_type(t->ir, traced->closed.output_types[i]);
        if (num_is_float((Dtype)type->dtype)) continue;
        return base_error(t->diags, CODE_E504, span, "only real outputs have a derivative",
                          "a jacobian needs real outputs, got %s",
                          num_dtype_name((Dtype)type->dtype));
    }
    return OK;
}

Status front_call_jacrev(Trace *t, const Transformed *tf, const Args *args, Value *result) {
    Traced traced = {0};
    Positions positions = {0};
    Pullback *p = NULL;
    TRY(front_trace_transformed(t, tf, args, &traced, &positions));
    TRY(check_real_outputs(t, &traced, args->span));
    TRY(front_linearize(t, &traced, LINEAR_PULLBACK, tf->span, &p));
    const uint32_t n = traced.closed.n_outputs;
    Value *rows = NEW_ARRAY(t->arena, Value, n);
    NodeId *cts = NEW_ARRAY(t->arena, NodeId, n);
    if (!rows || !cts) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const TypeId out_id = traced.closed.output_types[i];
        const Type *out = ir_type(t->ir, out_id);
        Value grads;
        Leaves leaves = {0};
        for (uint32_t k = 0; k < n; k++)
            cts[k] = IR_NONE;
        cts[i] = basis(t, out_id);
        TRY(front_pull_back(t, p, cts, n, out->size, &grads, NULL));
        TRY(front_flatten(t, grads, "a gradient", &leaves));
        for (uint32_t k = 0, m = 0; k < traced.leaves.at.n; k++) {
            if (!traced.in[k]) continue;
            TRY(jacobian_block(t, leaves.at.at[m].node, out,
                               front_type(t, traced.leaves.at.at[k]), true,
                               &leaves.at.at[m]));
            m++;
        }
        uint32_t next = 0;
        TRY(front_unflatten(t, grads, leaves.at.at, &next, &grads));
        TRY(front_select(t, &positions, grads, &rows[i]));
    }
    uint32_t next = 0;
    Value jacobian;
    TRY(front_unflatten(t, traced.closed.outputs, rows, &next, &jacobian));
    return front_with_aux(t, tf, &traced, jacobian, result);
}

// The columns of the jacobian for one leaf of the arguments: a block for each output.
static Status jacobian_columns(Trace *t, Traced *traced, uint32_t leaf, Span span,
                               Value *blocks) {
    Builder *b = front_builder(t);
    const Graph *graph = traced->closed.graph;
    const uint32_t n = graph->n_outputs;
    const Type *in = front_type(t, traced->leaves.at.at[leaf]);
    bool *one = NEW_ARRAY(t->arena, bool, graph->n_inputs);
    bool *out = NEW_ARRAY(t->arena, bool, n);
    bool *in_bits = NEW_ARRAY(t->arena, bool, graph->n_inputs + 1);
    bool *batched = NEW_ARRAY(t->arena, bool, 2 * (size_t)n);
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, graph->n_inputs + 1);
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, 2 * (size_t)n);
    if (!one || !out || !in_bits || !batched || !inputs || !nodes) return NOMEM;
    const Graph *j;
    one[leaf] = true;
    TRY(xform_jvp(graph, one, NULL, &j, out));
    TRY(xform_forward_result(j, span, &j));
    in_bits[graph->n_inputs] = true;
    TRY(xform_vmap(j, in->size, in_bits, NULL, &j, batched));
    memcpy(inputs, traced->inputs, graph->n_inputs * sizeof *inputs);
    inputs[graph->n_inputs] = basis(t, ir_type_of(b, traced->inputs[leaf]));
    TRY(ir_inline(b, j, inputs, true, nodes));
    Value outputs;
    TRY(front_outputs(t, traced, nodes, &outputs));
    for (uint32_t i = 0, k = n; i < traced->closed.n_outputs; i++) {
        const TypeId out_id = traced->closed.output_types[i];
        const Type *type = ir_type(t->ir, out_id);
        const TypeId full = ir_batched_type(t->ir, in->size, out_id);
        if (full == IR_NO_TYPE) return FAILED;
        NodeId node = out[i] ? nodes[k] : ir_zeros(b, full);
        if (out[i] && !batched[k]) {
            const Type *wide = ir_type(t->ir, full);
            node = ir_broadcast_to(b, node, wide->rank, wide->shape);
        }
        k += out[i];
        TRY(jacobian_block(t, node, type, in, false, &blocks[i]));
    }
    return OK;
}

// The auxiliary value where nothing is differentiated (allow_int).
static Status aux_alone(Trace *t, Traced *traced) {
    const Graph *graph = traced->closed.graph;
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, graph->n_outputs);
    Value outputs;
    TRY_ALLOC(nodes);
    TRY(ir_inline(front_builder(t), graph, traced->inputs, true, nodes));
    return front_outputs(t, traced, nodes, &outputs);
}

// The tangents of integer outputs are zeros of their dtype, as JAX has them here.
Status front_call_jacfwd(Trace *t, const Transformed *tf, const Args *args, Value *result) {
    Traced traced = {0};
    Positions positions = {0};
    bool any = false;
    TRY(front_trace_transformed(t, tf, args, &traced, &positions));
    const uint32_t n_in = traced.leaves.at.n, n_out = traced.closed.n_outputs;
    Value *blocks = NEW_ARRAY(t->arena, Value, (size_t)n_in * n_out);
    Value *rows = NEW_ARRAY(t->arena, Value, n_out);
    Value *leaves = NEW_ARRAY(t->arena, Value, n_in);
    if (!blocks || !rows || !leaves) return NOMEM;
    for (uint32_t k = 0; k < n_in; k++) {
        if (!traced.in[k]) continue;
        any = true;
        TRY(jacobian_columns(t, &traced, k, tf->span, blocks + (size_t)k * n_out));
    }
    if (tf->has_aux && !any) TRY(aux_alone(t, &traced));
    for (uint32_t i = 0; i < n_out; i++) {
        for (uint32_t k = 0; k < n_in; k++)
            leaves[k] = traced.in[k] ? blocks[(size_t)k * n_out + i] : front_none();
        uint32_t next = 0;
        Value all;
        TRY(front_unflatten(t, traced.primals, leaves, &next, &all));
        TRY(front_select(t, &positions, all, &rows[i]));
    }
    uint32_t next = 0;
    Value jacobian;
    TRY(front_unflatten(t, traced.closed.outputs, rows, &next, &jacobian));
    return front_with_aux(t, tf, &traced, jacobian, result);
}
