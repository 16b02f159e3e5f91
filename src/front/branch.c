// Lazy conditionals: `a if c else b` on a value, and `cond`. Each branch is a closed graph;
// what the branches use from outside is an operand of both.
#include "front/function.h"

typedef struct BranchScope {
    Scope *scope;
    Value value;
    Leaves leaves;
    NodeId *outputs;
} BranchScope;

// Traces one branch in a scope of its own, which stays open (and current) for what follows.
static Status trace_branch(Trace *t, Scope *outer, BranchBody body, void *data,
                           BranchScope *branch) {
    t->scope = outer;
    branch->scope = front_open_scope(t, outer);
    TRY_ALLOC(branch->scope);
    return body(t, data, &branch->value);
}

// Both branches' outputs promoted to one dtype each.
static Status unify(Trace *t, BranchScope *yes, BranchScope *no) {
    if (!front_same_structure(yes->value, no->value)) {
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "the branches of an `if` must have one structure, got %s and %s",
                          front_structure_text(t, yes->value),
                          front_structure_text(t, no->value));
    }
    TRY(front_align(t, yes->value, no->value, &no->value));
    BranchScope *const both[2] = {yes, no};
    for (int k = 0; k < 2; k++) {
        t->scope = both[k]->scope;
        TRY(front_flatten(t, both[k]->value, "a branch's value", &both[k]->leaves));
    }
    const uint32_t n = yes->leaves.at.n;
    yes->outputs = NEW_ARRAY(t->arena, NodeId, n);
    no->outputs = NEW_ARRAY(t->arena, NodeId, n);
    if (!yes->outputs || !no->outputs) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const Value pair[2] = {yes->leaves.at.at[i], no->leaves.at.at[i]};
        if (!front_same_shape(front_type(t, pair[0]), front_type(t, pair[1]))) {
            return base_error(
                t->diags, CODE_E404, t->span, "broadcast_to(a, shape) gives both one shape",
                "the branches of an `if` must have equal shapes, got %s and %s",
                front_kind_text(t, pair[0]), front_kind_text(t, pair[1]));
        }
        Promoted to;
        TRY(front_promote(t, 2, pair, &to));
        for (int k = 0; k < 2; k++) {
            NodeId node;
            t->scope = both[k]->scope;
            TRY(front_node_here(t, pair[k], &node));
            both[k]->outputs[i] = ir_convert(both[k]->scope->b, node, to.dtype, to.weak);
            TRY(ir_status(both[k]->scope->b));
        }
    }
    return OK;
}

// What either branch captures, once each.
typedef struct Operands {
    VEC(Value) at;
} Operands;

static Status join_captures(Trace *t, const Scope *scope, Operands *operands) {
    for (uint32_t i = 0; i < scope->captures.n; i++) {
        const Value outer = scope->captures.at[i].outer;
        uint32_t k = 0;
        while (k < operands->at.n && (operands->at.at[k].scope != outer.scope ||
                                      operands->at.at[k].node != outer.node))
            k++;
        if (k == operands->at.n && !VEC_PUSH(t->arena, &operands->at, outer)) return NOMEM;
    }
    return OK;
}

// Ends a branch's graph with an input for every operand, also those it does not use.
static Status close_branch(Trace *t, Scope *outer, BranchScope *branch,
                           const Operands *operands, const Graph **graph) {
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, operands->at.n);
    TRY_ALLOC(inputs);
    t->scope = branch->scope;
    for (uint32_t i = 0; i < operands->at.n; i++) {
        const Value operand = operands->at.at[i];
        inputs[i] = IR_NONE;
        for (uint32_t k = 0; k < branch->scope->captures.n; k++) {
            const Capture *capture = &branch->scope->captures.at[k];
            if (capture->outer.scope == operand.scope &&
                capture->outer.node == operand.node)
                inputs[i] = capture->input;
        }
        if (inputs[i] == IR_NONE) {
            inputs[i] =
                ir_input(branch->scope->b, ir_type_of(operand.scope->b, operand.node));
        }
    }
    return front_close_scope(t, outer, inputs, branch->leaves.at.n, branch->outputs, graph);
}

static Status emit_cond(Trace *t, NodeId condition, const Graph *yes, const Graph *no,
                        const Operands *operands, Value structure, Value *result) {
    const uint32_t n = operands->at.n;
    NodeId *in = NEW_ARRAY(t->arena, NodeId, n + 1);
    Value *leaves = NEW_ARRAY(t->arena, Value, yes->n_outputs);
    if (!in || !leaves) return NOMEM;
    in[0] = condition;
    TRY(front_capture_nodes(t, n, operands->at.at, in + 1));
    const int64_t attr[2] = {yes->id, no->id};
    const NodeId node = ir_emit(t->scope->b, PRIM_cond, n + 1, in, 2, attr);
    for (uint32_t i = 0; i < yes->n_outputs; i++)
        TRY(front_made(t, ir_out(t->scope->b, node, i), &leaves[i]));
    uint32_t next = 0;
    return front_unflatten(t, structure, leaves, &next, result);
}

Status front_branch(Trace *t, NodeId condition, BranchBody if_true, void *true_data,
                    BranchBody if_false, void *false_data, Value *result) {
    Scope *outer = t->scope;
    const Span span = t->span;
    BranchScope yes = {0}, no = {0};
    Operands operands = {0};
    const Graph *graphs[2];
    Status status = trace_branch(t, outer, if_true, true_data, &yes);
    if (status == OK) status = trace_branch(t, outer, if_false, false_data, &no);
    t->span = span;
    if (status == OK) status = unify(t, &yes, &no);
    if (status == OK) status = join_captures(t, yes.scope, &operands);
    if (status == OK) status = join_captures(t, no.scope, &operands);
    if (status == OK) status = close_branch(t, outer, &yes, &operands, &graphs[0]);
    if (status == OK) status = close_branch(t, outer, &no, &operands, &graphs[1]);
    t->scope = outer;
    if (yes.scope) ir_builder_drop(yes.scope->b);
    if (no.scope) ir_builder_drop(no.scope->b);
    TRY(status);
    front_at(t, span);
    return emit_cond(t, condition, graphs[0], graphs[1], &operands, yes.value, result);
}
