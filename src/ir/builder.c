// The builder: appends nodes, gives equal nodes one number, and ends as a graph.
#include "base/limits.h"
#include "ir/ir_state.h"

Builder *ir_builder(Ir *ir) {
    Arena *arena = base_arena_new();
    Arena *scratch = base_arena_new();
    Builder *b = scratch ? NEW(scratch, Builder) : NULL;
    if (b) *b = (Builder){.ir = ir, .arena = arena, .scratch = scratch};
    // Arrays are never NULL, so that empty runs of them have an address.
    if (arena && b && VEC_RESERVE(arena, &b->operands, 1) &&
        VEC_RESERVE(arena, &b->attrs, 1) && VEC_RESERVE(arena, &b->inputs, 1))
        return b;
    base_arena_free(arena);
    base_arena_free(scratch);
    return NULL;
}

void ir_builder_drop(Builder *b) {
    if (!b) return;
    base_arena_free(b->arena);
    base_arena_free(b->scratch);
}

Ir *ir_of(const Builder *b) {
    return b->ir;
}
Status ir_status(const Builder *b) {
    return b->status;
}

NodeId ir_fail(Builder *b, Status status) {
    if (b->status == OK) b->status = status;
    return IR_NONE;
}

void ir_set_place(Ir *ir, Span span) {
    ir->span = span;
}

Span ir_set_span(Builder *b, Span span) {
    const Span old = b->span;
    b->span = b->ir->span = span;
    return old;
}

TypeId ir_type_of(const Builder *b, NodeId node) {
    return node == IR_NONE ? IR_NO_TYPE : b->nodes.at[node].type;
}
const Node *ir_node(const Builder *b, NodeId node) {
    return &b->nodes.at[node];
}
const NodeId *ir_node_in(const Builder *b, NodeId node) {
    return b->operands.at + b->nodes.at[node].in;
}
const int64_t *ir_node_attr(const Builder *b, NodeId node) {
    return b->attrs.at + b->nodes.at[node].attr;
}
uint32_t ir_node_count(const Builder *b) {
    return b->nodes.n;
}
uint32_t ir_input_count(const Builder *b) {
    return b->inputs.n;
}

// -- value numbering ----------------------------------------------------------------

// What makes two nodes one: primitive, operands, attributes (the type follows from these).
typedef struct NodeKey {
    Prim prim;
    uint32_t n_in, n_attr;
    const NodeId *in;
    const int64_t *attr;
} NodeKey;

static NodeKey key_of(const Builder *b, NodeId id) {
    const Node *node = &b->nodes.at[id];
    return (NodeKey){(Prim)node->prim, node->n_in, node->n_attr, b->operands.at + node->in,
                     b->attrs.at + node->attr};
}

static uint64_t key_hash(const NodeKey *key) {
    uint64_t h = base_hash(key->in, key->n_in * sizeof *key->in, key->prim + 1u);
    return key->n_attr ? base_hash(key->attr, key->n_attr * sizeof *key->attr, h) : h;
}

static bool key_equal(const NodeKey *a, const NodeKey *b) {
    return a->prim == b->prim && a->n_in == b->n_in && a->n_attr == b->n_attr &&
           (a->n_in == 0 || memcmp(a->in, b->in, a->n_in * sizeof *a->in) == 0) &&
           (a->n_attr == 0 || memcmp(a->attr, b->attr, a->n_attr * sizeof *a->attr) == 0);
}

// Calls with a rule are never merged, nor nodes that hold some: two calls run a rule twice.
static bool is_numbered(const Builder *b, const NodeKey *key) {
    if (key->prim == PRIM_input || key->prim == PRIM_call || key->prim == PRIM_linear_call)
        return false;
    const HeldGraphs held = ir_held_graphs(key->prim);
    for (uint32_t i = held.first; i < held.first + held.n; i++)
        if (ir_has_vjp_call(ir_graph(b->ir, (uint32_t)key->attr[i]))) return false;
    return true;
}

// The place in the table of a node equal to the key, or the free place where it belongs.
static NumberPlace *find_number(const Builder *b, const NodeKey *key, uint32_t hash) {
    const uint32_t mask = b->numbers.size - 1;
    uint32_t at = hash & mask;
    for (; b->numbers.places[at].number; at = (at + 1) & mask) {
        if (b->numbers.places[at].hash != hash) continue;
        const NodeKey other = key_of(b, b->numbers.places[at].number - 1);
        if (key_equal(key, &other)) break;
    }
    return &b->numbers.places[at];
}

// -- emitting -----------------------------------------------------------------------

static NodeId append(Builder *b, const NodeKey *key, TypeId type) {
    if (b->nodes.n >= LIMIT_GRAPH_NODES) {
        return ir_fail(b, base_error(b->ir->diags, CODE_E701, b->span, NULL,
                                     "the graph passes the limit of %lld nodes "
                                     "(LIMIT_GRAPH_NODES)",
                                     (long long)LIMIT_GRAPH_NODES));
    }
    const Node node = {.prim = (uint16_t)key->prim,
                       .type = type,
                       .in = b->operands.n,
                       .n_in = key->n_in,
                       .attr = b->attrs.n,
                       .n_attr = key->n_attr,
                       .span = b->span};
    if (!VEC_RESERVE(b->arena, &b->operands, key->n_in) ||
        !VEC_RESERVE(b->arena, &b->attrs, key->n_attr) ||
        !VEC_PUSH(b->arena, &b->nodes, node)) {
        return ir_fail(b, NOMEM);
    }
    if (key->n_in) memcpy(b->operands.at + node.in, key->in, key->n_in * sizeof *key->in);
    if (key->n_attr)
        memcpy(b->attrs.at + node.attr, key->attr, key->n_attr * sizeof *key->attr);
    b->operands.n += key->n_in;
    b->attrs.n += key->n_attr;
    return b->nodes.n - 1;
}

// The type of a node to be, or IR_NO_TYPE with the builder failed.
static TypeId infer(Builder *b, const NodeKey *key) {
    TypeId few[8], *types = few;
    if (key->n_in > 8) {
        types = NEW_ARRAY(b->scratch, TypeId, key->n_in);
        if (!types) return (void)ir_fail(b, NOMEM), IR_NO_TYPE;
    }
    for (uint32_t i = 0; i < key->n_in; i++)
        types[i] = b->nodes.at[key->in[i]].type;
    const uint32_t errors = b->ir->diags->errors;
    const char *why = NULL;
    const TypeId type =
        ir_infer(b->ir, key->prim, key->n_in, types, key->n_attr, key->attr, &why);
    if (type != IR_NO_TYPE) return type;
    if (b->ir->diags->errors > errors)
        (void)ir_fail(b, FAILED); // a limit, already reported
    else if (!why)
        (void)ir_fail(b, NOMEM);
    else {
        (void)ir_fail(b, base_error(b->ir->diags, CODE_E901, b->span, NULL,
                                    "`%s` was made with operands that do not fit: %s",
                                    ir_prim(key->prim)->name, why));
    }
    return IR_NO_TYPE;
}

NodeId ir_emit_typed(Builder *b, Prim prim, uint32_t n_in, const NodeId *in,
                     uint32_t n_attr, const int64_t *attr, TypeId type) {
    if (b->status != OK) return IR_NONE;
    for (uint32_t i = 0; i < n_in; i++) {
        if (in[i] == IR_NONE) {
            return ir_fail(b, base_error(b->ir->diags, CODE_E901, b->span, NULL,
                                         "operand %u of `%s` is missing", i,
                                         ir_prim(prim)->name));
        }
    }
    NodeKey key = {prim, n_in, n_attr, in, attr};
    NodeId sorted[2];
    if ((ir_prim(prim)->flags & PRIM_FLAG_COMM) && in[0] > in[1]) {
        sorted[0] = in[1];
        sorted[1] = in[0];
        key.in = sorted;
    }
    NumberPlace *place = NULL;
    uint32_t hash = 0;
    if (is_numbered(b, &key)) {
        if (!ir_grow_numbers(b->scratch, &b->numbers)) return ir_fail(b, NOMEM);
        hash = (uint32_t)key_hash(&key);
        place = find_number(b, &key, hash);
        if (place->number) return place->number - 1;
    }
    if (type == IR_NO_TYPE) type = infer(b, &key);
    if (type == IR_NO_TYPE) return IR_NONE;
    const NodeId id = append(b, &key, type);
    if (id != IR_NONE && place) {
        *place = (NumberPlace){id + 1, hash};
        b->numbers.n++;
    }
    return id;
}

NodeId ir_emit(Builder *b, Prim prim, uint32_t n_in, const NodeId *in, uint32_t n_attr,
               const int64_t *attr) {
    return ir_emit_typed(b, prim, n_in, in, n_attr, attr, IR_NO_TYPE);
}

NodeId ir_input(Builder *b, TypeId type) {
    if (b->status != OK) return IR_NONE;
    if (type == IR_NO_TYPE) return ir_fail(b, FAILED);
    const int64_t attr = type;
    const NodeKey key = {.prim = PRIM_input, .n_attr = 1, .attr = &attr};
    const NodeId id = append(b, &key, type);
    if (id != IR_NONE && !VEC_PUSH(b->arena, &b->inputs, id)) return ir_fail(b, NOMEM);
    return id;
}

Status ir_finish(Builder *b, const NodeId *inputs, uint32_t n_outputs,
                 const NodeId *outputs, const Graph **result) {
    *result = NULL;
    Ir *ir = b->ir;
    for (uint32_t i = 0; i < n_outputs && b->status == OK; i++) {
        if (outputs[i] != IR_NONE) continue;
        (void)ir_fail(b, base_error(ir->diags, CODE_E901, b->span, NULL,
                                    "output %u of a graph is missing", i));
    }
    Graph *graph = NEW(b->arena, Graph);
    NodeId *outs = NEW_ARRAY(b->arena, NodeId, n_outputs);
    if (!graph || !outs) (void)ir_fail(b, NOMEM);
    if (b->status == OK &&
        !VEC_PUSH(ir->arena, &ir->graphs, (GraphEntry){.graph = graph})) {
        (void)ir_fail(b, NOMEM);
    }
    if (b->status != OK) {
        const Status status = b->status;
        ir_builder_drop(b);
        return status;
    }
    if (n_outputs) memcpy(outs, outputs, n_outputs * sizeof *outs);
    if (inputs && b->inputs.n) memcpy(b->inputs.at, inputs, b->inputs.n * sizeof *inputs);
    *graph = (Graph){.id = ir->graphs.n - 1,
                     .ir = ir,
                     .arena = b->arena,
                     .n = b->nodes.n,
                     .nodes = b->nodes.at,
                     .operands = b->operands.at,
                     .attrs = b->attrs.at,
                     .n_inputs = b->inputs.n,
                     .n_outputs = n_outputs,
                     .inputs = b->inputs.at,
                     .outputs = outs};
    base_arena_free(b->scratch);
#ifdef CG_DEBUG
    TRY(ir_verify(graph, IR_VERIFY_ALONE));
#endif
    *result = graph;
    return OK;
}
