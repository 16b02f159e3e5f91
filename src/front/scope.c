// Scopes: graphs being built, and the capture of outer values into inner ones.
#include "front/function.h"

Scope *front_open_scope(Trace *t, Scope *parent) {
    Scope *scope = NEW(t->arena, Scope);
    if (!scope) return NULL;
    scope->b = ir_builder(t->ir);
    scope->constants = base_map_new(t->arena);
    if (!scope->b || !scope->constants) {
        ir_builder_drop(scope->b);
        return NULL;
    }
    scope->parent = parent;
    scope->placeless = parent && parent->placeless;
    if (!scope->placeless) ir_set_span(scope->b, t->span);
    t->scope = scope;
    return scope;
}

void front_drop_scope(Trace *t, Scope *outer) {
    ir_builder_drop(t->scope->b);
    t->scope->b = NULL;
    t->scope = outer;
}

Status front_close_scope(Trace *t, Scope *outer, const NodeId *inputs, uint32_t n_outputs,
                         const NodeId *outputs, const Graph **graph) {
    Builder *b = t->scope->b;
    t->scope->b = NULL;
    t->scope = outer;
    return ir_finish(b, inputs, n_outputs, outputs, graph);
}

static bool encloses(const Scope *outer, const Scope *inner) {
    while (inner && inner != outer)
        inner = inner->parent;
    return inner != NULL;
}

// The node of `array` in `scope`, through all scopes between.
static Status node_in(Trace *t, Scope *scope, Value array, NodeId *node) {
    if (array.scope == scope) {
        *node = array.node;
        return OK;
    }
    for (uint32_t i = 0; i < scope->captures.n; i++) {
        const Capture *capture = &scope->captures.at[i];
        if (capture->outer.scope == array.scope && capture->outer.node == array.node) {
            *node = capture->input;
            return OK;
        }
    }
    // A node without operands is made again: nothing is saved by passing it.
    const Builder *from = array.scope->b;
    const Node *source = ir_node(from, array.node);
    if (source->n_in == 0 && source->prim != PRIM_input) {
        int64_t *attr = NEW_ARRAY(t->arena, int64_t, source->n_attr);
        TRY_ALLOC(attr);
        memcpy(attr, ir_node_attr(from, array.node), source->n_attr * sizeof *attr);
        const Span old = ir_set_span(scope->b, source->span);
        *node = ir_emit(scope->b, (Prim)source->prim, 0, NULL, source->n_attr, attr);
        ir_set_span(scope->b, old);
        return ir_status(scope->b);
    }
    NodeId outer;
    TRY(node_in(t, scope->parent, array, &outer));
    const Value captured = front_array(array.scope, array.node);
    *node = ir_input(scope->b, ir_type_of(scope->parent->b, outer));
    if (*node == IR_NONE) return ir_status(scope->b);
    const Capture capture = {captured, *node};
    return VEC_PUSH(t->arena, &scope->captures, capture) ? OK : NOMEM;
}

Status front_node_here(Trace *t, Value array, NodeId *node) {
    if (array.scope == t->scope) {
        *node = array.node;
        return OK;
    }
    if (!encloses(array.scope, t->scope)) {
        return base_error(t->diags, CODE_E901, t->span, NULL,
                          "a value left the function that it was traced in");
    }
    return node_in(t, t->scope, array, node);
}

Status front_made(Trace *t, NodeId node, Value *value) {
    *value = front_array(t->scope, node);
    return node == IR_NONE ? ir_status(t->scope->b) : OK;
}

const Type *front_type(const Trace *t, Value array) {
    return ir_type(t->ir, ir_type_of(array.scope->b, array.node));
}

// Walks the operands of a node with a stack of its own.
Status front_depends_on_input(Trace *t, NodeId node, bool *depends) {
    const Builder *b = t->scope->b;
    *depends = false;
    Arena *scratch = base_arena_new();
    TRY_ALLOC(scratch);
    bool *seen = NEW_ARRAY(scratch, bool, ir_node_count(b));
    VEC(NodeId) stack = {0};
    Status status = seen && VEC_PUSH(scratch, &stack, node) ? OK : NOMEM;
    while (status == OK && stack.n && !*depends) {
        const NodeId id = stack.at[--stack.n];
        if (seen[id]) continue;
        seen[id] = true;
        const Node *n = ir_node(b, id);
        *depends = n->prim == PRIM_input;
        for (uint32_t i = 0; i < n->n_in && status == OK; i++) {
            if (!VEC_PUSH(scratch, &stack, ir_node_in(b, id)[i])) status = NOMEM;
        }
    }
    base_arena_free(scratch);
    return status;
}
