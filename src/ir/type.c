// What graphs share: interned types and literals, graphs and calls by number.
#include "base/limits.h"
#include "ir/ir_state.h"

Ir *ir_new(Diags *diags) {
    Arena *arena = base_arena_new();
    if (!arena) return NULL;
    Ir *ir = NEW(arena, Ir);
    if (ir) {
        ir->arena = arena;
        ir->diags = diags;
        ir->literal_numbers = base_map_new(arena);
    }
    if (!ir || !ir->literal_numbers) {
        base_arena_free(arena);
        return NULL;
    }
    return ir;
}

void ir_free(Ir *ir) {
    if (!ir) return;
    for (uint32_t i = 0; i < ir->graphs.n; i++) {
        if (ir->graphs.at[i].graph) base_arena_free(ir->graphs.at[i].graph->arena);
    }
    base_arena_free(ir->arena);
}

Diags *ir_diags(const Ir *ir) {
    return ir->diags;
}
void ir_set_diags(Ir *ir, Diags *diags) {
    ir->diags = diags;
}
Arena *ir_arena(const Ir *ir) {
    return ir->arena;
}
void **ir_kept(Ir *ir) {
    return &ir->kept;
}

const Type *ir_type(const Ir *ir, TypeId type) {
    return ir->types.at[type];
}

// -- interning ----------------------------------------------------------------------

static size_t list_bytes(const Type *type) {
    if (type->kind == TYPE_ARRAY) return type->rank * sizeof *type->shape;
    if (type->kind == TYPE_OUTS) return type->n_outs * sizeof *type->outs;
    return 0;
}

static uint64_t type_hash(const Type *type) {
    const int64_t head[] = {type->kind, type->dtype,  type->weak,
                            type->size, type->n_outs, type->of};
    const uint64_t seed = base_hash(head, sizeof head, 1);
    const size_t n = list_bytes(type);
    return n ? base_hash(type->shape, n, seed) : seed;
}

static bool type_equal(const Type *a, const Type *b) {
    return a->kind == b->kind && a->dtype == b->dtype && a->weak == b->weak &&
           a->rank == b->rank && a->size == b->size && a->n_outs == b->n_outs &&
           a->of == b->of &&
           (list_bytes(a) == 0 || memcmp(a->shape, b->shape, list_bytes(a)) == 0);
}

bool ir_grow_numbers(Arena *arena, NumberTable *table) {
    if (3 * (table->n + 1) <= 2 * table->size) return true;
    const uint32_t size = table->size ? 2 * table->size : 64;
    NumberPlace *places = NEW_ARRAY(arena, NumberPlace, size);
    if (!places) return false;
    for (uint32_t i = 0; i < table->size; i++) {
        if (!table->places[i].number) continue;
        uint32_t at = table->places[i].hash & (size - 1);
        while (places[at].number)
            at = (at + 1) & (size - 1);
        places[at] = table->places[i];
    }
    table->places = places;
    table->size = size;
    return true;
}

// The number of a type whose lists are the caller's; they are copied when it is new.
static TypeId intern(Ir *ir, Type type) {
    NumberTable *table = &ir->type_numbers;
    if (!ir_grow_numbers(ir->arena, table)) return IR_NO_TYPE;
    const uint32_t hash = (uint32_t)type_hash(&type);
    uint32_t at = hash & (table->size - 1);
    for (; table->places[at].number; at = (at + 1) & (table->size - 1)) {
        const TypeId other = table->places[at].number - 1;
        if (table->places[at].hash == hash && type_equal(&type, ir->types.at[other]))
            return other;
    }
    const size_t bytes = list_bytes(&type);
    void *list = base_alloc(ir->arena, bytes);
    Type *kept = NEW(ir->arena, Type);
    if (!list || !kept) return IR_NO_TYPE;
    if (bytes) memcpy(list, type.shape, bytes);
    type.shape = list;
    *kept = type;
    if (!VEC_PUSH(ir->arena, &ir->types, kept)) return IR_NO_TYPE;
    table->n++;
    table->places[at] = (NumberPlace){ir->types.n, hash};
    return ir->types.n - 1;
}

TypeId ir_array_type(Ir *ir, Dtype dtype, bool weak, uint32_t rank, const int64_t *shape) {
    if (rank > LIMIT_RANK) {
        (void)base_error(ir->diags, CODE_E701, ir->span, NULL,
                         "an array of %u axes passes the limit of %d (LIMIT_RANK)", rank,
                         LIMIT_RANK);
        return IR_NO_TYPE;
    }
    // An empty array is bounded as if its empty axes had size 1: nobody walks through its
    // rows for ever.
    int64_t size = 1;
    bool empty = false;
    for (uint32_t i = 0; i < rank; i++) {
        empty = empty || shape[i] == 0;
        if (__builtin_mul_overflow(size, shape[i] ? shape[i] : 1, &size) ||
            size > LIMIT_ARRAY_SIZE) {
            (void)base_error(
                ir->diags, CODE_E701, ir->span, NULL,
                "an array passes the limit of %lld elements (LIMIT_ARRAY_SIZE)",
                (long long)LIMIT_ARRAY_SIZE);
            return IR_NO_TYPE;
        }
    }
    return intern(ir, (Type){.kind = TYPE_ARRAY,
                             .dtype = (uint8_t)dtype,
                             .weak = weak,
                             .rank = (uint8_t)rank,
                             .size = empty ? 0 : size,
                             .shape = shape});
}

TypeId ir_stack_type(Ir *ir, TypeId of) {
    return intern(ir, (Type){.kind = TYPE_STACK, .of = of});
}

TypeId ir_lanes_type(Ir *ir, int64_t lanes, TypeId of) {
    return intern(ir, (Type){.kind = TYPE_LANES, .size = lanes, .of = of});
}

TypeId ir_outs_type(Ir *ir, uint32_t n, const TypeId *outs) {
    return intern(ir, (Type){.kind = TYPE_OUTS, .n_outs = n, .outs = outs});
}

TypeId ir_batched_type(Ir *ir, int64_t batch, TypeId type) {
    const Type old = *ir_type(ir, type);
    if (old.kind != TYPE_ARRAY) return ir_lanes_type(ir, batch, type);
    int64_t shape[LIMIT_RANK + 1] = {batch};
    for (uint32_t i = 0; i < old.rank; i++)
        shape[i + 1] = old.shape[i];
    return ir_array_type(ir, (Dtype)old.dtype, old.weak, old.rank + 1u, shape);
}

TypeId ir_type_with(Ir *ir, TypeId type, Dtype dtype, bool weak) {
    Type changed = *ir_type(ir, type);
    changed.dtype = (uint8_t)dtype;
    changed.weak = weak;
    return intern(ir, changed);
}

void ir_type_text(const Ir *ir, TypeId id, Text *out) {
    const Type *type = ir_type(ir, id);
    while (type->kind == TYPE_STACK || type->kind == TYPE_LANES) {
        if (type->kind == TYPE_STACK)
            base_text_add(out, STR("stack of "));
        else
            base_text_printf(out, "lanes %lld of ", (long long)type->size);
        type = ir_type(ir, type->of);
    }
    if (type->kind == TYPE_OUTS) {
        base_text_char(out, '(');
        for (uint32_t i = 0; i < type->n_outs; i++) {
            if (i) base_text_add(out, STR(", "));
            ir_type_text(ir, type->outs[i], out); // outputs are never OUTS: one level
        }
        base_text_char(out, ')');
        return;
    }
    base_text_printf(out, "%s[", num_dtype_name((Dtype)type->dtype));
    for (uint32_t i = 0; i < type->rank; i++)
        base_text_printf(out, i ? ", %lld" : "%lld", (long long)type->shape[i]);
    base_text_char(out, ']');
}

// -- literals -----------------------------------------------------------------------

uint32_t ir_literal_id(Ir *ir, Str text) {
    uint32_t id;
    if (base_map_get(ir->literal_numbers, text, &id)) return id;
    const char *copy = base_strdup(ir->arena, text);
    if (!copy) return UINT32_MAX;
    const Str kept = {copy, text.n};
    id = ir->literals.n;
    if (!VEC_PUSH(ir->arena, &ir->literals, kept)) return UINT32_MAX;
    return base_map_set(ir->literal_numbers, kept, id) == OK ? id : UINT32_MAX;
}

Str ir_literal_text(const Ir *ir, uint32_t literal) {
    return ir->literals.at[literal];
}

// -- graphs and calls ---------------------------------------------------------------

const Graph *ir_graph(const Ir *ir, uint32_t id) {
    return ir->graphs.at[id].graph;
}

void ir_release(const Graph *graph) {
    graph->ir->graphs.at[graph->id].graph = NULL;
    base_arena_free(graph->arena);
}

uint32_t ir_add_call(Ir *ir, Call *call) {
    call->id = ir->calls.n;
    return VEC_PUSH(ir->arena, &ir->calls, call) ? call->id : UINT32_MAX;
}

Call *ir_call(const Ir *ir, uint32_t id) {
    return ir->calls.at[id];
}

uint32_t ir_call_count(const Ir *ir) {
    return ir->calls.n;
}

// What calls a graph has, nested graphs included.
enum { CALLS_ASKED = 1, CALLS_VJP = 2, CALLS_LOGGING = 4 };

static uint8_t calls_of(const Graph *graph) {
    Ir *ir = graph->ir;
    uint8_t found = ir->graphs.at[graph->id].calls;
    if (found) return found;
    found = CALLS_ASKED;
    for (uint32_t i = 0; i < graph->n; i++) {
        const Node *node = &graph->nodes[i];
        const int64_t *attr = ir_attr(graph, node);
        if (node->prim == PRIM_call || node->prim == PRIM_linear_call) {
            const Call *call = ir_call(ir, (uint32_t)attr[0]);
            if (ir_is_kept_call(call)) found |= CALLS_VJP;
            if (call->logs_anything) found |= CALLS_LOGGING;
        }
        const HeldGraphs held = ir_held_graphs((Prim)node->prim);
        for (uint32_t k = 0; k < held.n; k++)
            found |= calls_of(ir_graph(ir, (uint32_t)attr[held.first + k]));
    }
    ir->graphs.at[graph->id].calls = found;
    return found;
}

bool ir_has_vjp_call(const Graph *graph) {
    return calls_of(graph) & CALLS_VJP;
}

bool ir_has_logging_call(const Graph *graph) {
    return calls_of(graph) & CALLS_LOGGING;
}
