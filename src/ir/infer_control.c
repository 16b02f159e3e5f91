// Types of the primitives that hold graphs or calls. Weak flags bind nothing here: once an
// expression is traced, an operand may be weak where a graph's input is not.
#include "ir/call.h"
#include "ir/infer.h"
#include "ir/loop.h"

// Whether two types hold the same values: equal but for weak flags.
static bool fits(const Ir *ir, TypeId a, TypeId b) {
    while (a != b) {
        const Type *x = ir_type(ir, a), *y = ir_type(ir, b);
        if (x->kind != y->kind || x->size != y->size) return false;
        if (x->kind == TYPE_ARRAY) return x->dtype == y->dtype && ir_infer_same_shape(x, y);
        if (x->kind == TYPE_OUTS) return false;
        a = x->of;
        b = y->of;
    }
    return true;
}

static TypeId input_type(const Graph *g, uint32_t i) {
    return g->nodes[g->inputs[i]].type;
}
static TypeId output_type(const Graph *g, uint32_t i) {
    return g->nodes[g->outputs[i]].type;
}

// Whether the n operands from `first` on are the inputs of the graph.
static bool are_inputs(Infer *q, const Graph *g, uint32_t first) {
    bool good = q->n_in - first == g->n_inputs;
    for (uint32_t i = 0; good && i < g->n_inputs; i++)
        good = fits(q->ir, q->in[first + i], input_type(g, i));
    if (!good) q->why = "the operands are not those of its graph";
    return good;
}

// Room for n types of outputs; NULL when memory is out.
static TypeId *new_types(const Infer *q, uint32_t n) {
    return NEW_ARRAY(ir_arena(q->ir), TypeId, n);
}

// [index]
TypeId ir_infer_out(Infer *q) {
    const Type *outs = ir_infer_operand(q, 0);
    if (outs->kind != TYPE_OUTS)
        return ir_infer_no(q, "the operand has not several outputs");
    if (q->n_attr != 1 || q->attr[0] < 0 || q->attr[0] >= outs->n_outs)
        return ir_infer_no(q, "there is no such output");
    return outs->outs[q->attr[0]];
}

// A node whose operands are the inputs of that graph, and whose outputs are its outputs.
static TypeId like_graph(Infer *q, const Graph *g) {
    if (!are_inputs(q, g, 0)) return IR_NO_TYPE;
    TypeId *types = new_types(q, g->n_outputs);
    if (!types) return IR_NO_TYPE;
    for (uint32_t i = 0; i < g->n_outputs; i++)
        types[i] = output_type(g, i);
    return ir_outs_type(q->ir, g->n_outputs, types);
}

// [call]
TypeId ir_infer_call(Infer *q) {
    if (q->n_attr != 1) return ir_infer_no(q, "expected a call");
    return like_graph(q, ir_call(q->ir, (uint32_t)q->attr[0])->value);
}

// [graph]
TypeId ir_infer_checkpoint(Infer *q) {
    if (q->n_attr != 1) return ir_infer_no(q, "expected a graph");
    return like_graph(q, ir_graph(q->ir, (uint32_t)q->attr[0]));
}

// [call, bit of each argument…]. The residuals in front are the business of the rule.
TypeId ir_infer_linear_call(Infer *q) {
    const Call *call = q->n_attr ? ir_call(q->ir, (uint32_t)q->attr[0]) : NULL;
    if (!call || q->n_attr != 1 + call->n_args)
        return ir_infer_no(q, "expected a call and a bit for each of its arguments");
    uint32_t next = q->n_in;
    for (uint32_t i = call->n_args; i-- > 0;) {
        if (!q->attr[1 + i]) continue;
        if (next == 0 || !fits(q->ir, q->in[--next], input_type(call->value, i)))
            return ir_infer_no(q, "a tangent is not of its argument's type");
    }
    TypeId *types = new_types(q, call->value->n_outputs);
    if (!types) return IR_NO_TYPE;
    uint32_t n = 0;
    for (uint32_t i = 0; i < call->value->n_outputs; i++) {
        const TypeId type = output_type(call->value, i);
        if (num_is_float((Dtype)ir_type(q->ir, type)->dtype)) types[n++] = type;
    }
    return ir_outs_type(q->ir, n, types);
}

// [graph if true, graph if false]
TypeId ir_infer_cond(Infer *q) {
    if (q->n_attr != 2) return ir_infer_no(q, "expected two graphs");
    const Type *c = q->n_in ? ir_infer_operand(q, 0) : NULL;
    if (!c || c->kind != TYPE_ARRAY || c->dtype != DT_BOOL || c->rank != 0)
        return ir_infer_no(q, "the predicate is no bool scalar");
    const Graph *yes = ir_graph(q->ir, (uint32_t)q->attr[0]);
    const Graph *no = ir_graph(q->ir, (uint32_t)q->attr[1]);
    if (!are_inputs(q, yes, 1) || !are_inputs(q, no, 1)) return IR_NO_TYPE;
    if (yes->n_outputs != no->n_outputs)
        return ir_infer_no(q, "the branches have different numbers of outputs");
    TypeId *types = new_types(q, yes->n_outputs);
    if (!types) return IR_NO_TYPE;
    for (uint32_t i = 0; i < yes->n_outputs; i++) {
        const TypeId a = output_type(yes, i), b = output_type(no, i);
        if (!fits(q->ir, a, b))
            return ir_infer_no(q, "the branches have outputs of different types");
        const Type *type = ir_type(q->ir, a);
        types[i] = type->kind == TYPE_ARRAY && type->weak ? b : a;
    }
    return ir_outs_type(q->ir, yes->n_outputs, types);
}

static bool is_scalar(const Type *type, Dtype dtype) {
    return type->kind == TYPE_ARRAY && type->dtype == dtype && type->rank == 0;
}

// The attributes and operands of a loop fit each other, apart from types.
static bool is_loop(Infer *q) {
    const int64_t *attr = q->attr;
    bool good = q->n_attr == LOOP_ATTRS && attr[1] >= 0 && attr[1] < LOOP_KINDS;
    for (uint32_t i = 2; good && i < LOOP_ATTRS; i++)
        good = attr[i] >= 0;
    if (good) {
        const Loop loop = ir_loop_of(q->ir, attr);
        good = q->n_in == loop.first + loop.body->n_inputs &&
               loop.body->n_inputs == loop.n_constants + loop.n_carry + loop.n_xs &&
               loop.body->n_outputs >= loop.n_carry &&
               (loop.kind != LOOP_PREDICATE || (loop.n_xs == 0 && loop.n_carry > 0));
    }
    if (!good) q->why = "expected the attributes of a loop";
    return good;
}

// xs are stacks of the slices that the body takes; arrays have a row for each trip.
static bool are_xs(Infer *q, const Loop *loop) {
    const uint32_t first = loop->n_constants + loop->n_carry;
    for (uint32_t i = first; i < loop->body->n_inputs; i++) {
        const TypeId operand = q->in[loop->first + i];
        const Type *type = ir_type(q->ir, operand);
        const TypeId slice = ir_slice_type(q->ir, operand);
        bool good = slice != IR_NO_TYPE && fits(q->ir, slice, input_type(loop->body, i));
        if (good && type->kind == TYPE_ARRAY)
            good = loop->kind == LOOP_STATIC && type->shape[0] == loop->trips;
        if (good) continue;
        q->why = "xs are no stacks of what the body takes";
        return false;
    }
    return true;
}

// [body, kind, trips, reverse, constants, carry, xs]
TypeId ir_infer_loop(Infer *q) {
    if (!is_loop(q)) return IR_NO_TYPE;
    const Loop loop = ir_loop_of(q->ir, q->attr);
    const uint32_t n_constants = loop.n_constants, n_carry = loop.n_carry;
    if (loop.first && !is_scalar(ir_infer_operand(q, 0), DT_I64))
        return ir_infer_no(q, "the count is no int64 scalar");
    for (uint32_t i = 0; i < n_constants + n_carry; i++)
        if (!fits(q->ir, q->in[loop.first + i], input_type(loop.body, i)))
            return ir_infer_no(q, "the operands are not those of its body");
    for (uint32_t i = 0; i < n_carry; i++)
        if (!fits(q->ir, output_type(loop.body, i), input_type(loop.body, n_constants + i)))
            return ir_infer_no(q, "the carry changes its type");
    if (loop.kind == LOOP_PREDICATE &&
        !is_scalar(ir_type(q->ir, input_type(loop.body, n_constants)), DT_BOOL))
        return ir_infer_no(q, "the first carry, the predicate, is no bool scalar");
    if (!are_xs(q, &loop)) return IR_NO_TYPE;
    const uint32_t n = ir_loop_outputs(&loop);
    TypeId *types = new_types(q, n);
    if (!types) return IR_NO_TYPE;
    for (uint32_t i = 0; i < n_carry; i++)
        types[i] = input_type(loop.body, n_constants + i);
    for (uint32_t i = n_carry; i < n_carry + loop.n_ys; i++) {
        types[i] = ir_stacked_type(q->ir, &loop, output_type(loop.body, i));
        if (types[i] == IR_NO_TYPE) return IR_NO_TYPE;
    }
    if (loop.kind == LOOP_PREDICATE)
        types[n - 1] = ir_array_type(q->ir, DT_I64, false, 0, NULL);
    return ir_outs_type(q->ir, n, types);
}

// [B, graph, bit of each operand…]
TypeId ir_infer_lanes(Infer *q) {
    if (q->n_attr != 2 + q->n_in || q->attr[0] < 0)
        return ir_infer_no(q, "expected a size, a graph and a bit for each operand");
    const int64_t B = q->attr[0];
    const Graph *g = ir_graph(q->ir, (uint32_t)q->attr[1]);
    if (g->n_inputs != q->n_in)
        return ir_infer_no(q, "the operands are not those of its graph");
    for (uint32_t i = 0; i < q->n_in; i++) {
        TypeId type = input_type(g, i);
        if (q->attr[2 + i]) type = ir_batched_type(q->ir, B, type);
        if (type == IR_NO_TYPE) return IR_NO_TYPE;
        if (!fits(q->ir, q->in[i], type))
            return ir_infer_no(q, "the operands are not those of its graph");
    }
    TypeId *types = new_types(q, g->n_outputs);
    if (!types) return IR_NO_TYPE;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        types[i] = ir_batched_type(q->ir, B, output_type(g, i));
        if (types[i] == IR_NO_TYPE) return IR_NO_TYPE;
    }
    return ir_outs_type(q->ir, g->n_outputs, types);
}
