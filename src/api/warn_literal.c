// W005: numerals that their dtype cannot hold. Those of a point are looked at when they are
// read; those of expressions in the graph that was traced, where each has its dtype.
#include "api/warn.h"
#include "ir/call.h"

enum { SHOWN = 40 }; // characters of a numeral in a message

void api_warn_literal(Diags *diags, const ApiLiteral *literal, bool overflow,
                      const void *element) {
    const Str text = literal->text;
    const char *dtype = num_dtype_name(literal->dtype);
    if (overflow) {
        base_warning(diags, CODE_W005, literal->span, "write inf if that is meant",
                     "`%.*s%s` is more than %s holds: it becomes an infinity",
                     text.n > SHOWN ? SHOWN : (int)text.n, text.at,
                     text.n > SHOWN ? "…" : "", dtype);
    } else if (num_underflows(text, literal->dtype, element)) {
        base_warning(diags, CODE_W005, literal->span, "write 0 if that is meant",
                     "`%.*s%s` is less than %s can tell from 0: it becomes 0",
                     text.n > SHOWN ? SHOWN : (int)text.n, text.at,
                     text.n > SHOWN ? "…" : "", dtype);
    }
}

void api_warn_literals(Diags *diags, const ApiLiterals *literals) {
    for (uint32_t i = 0; i < literals->n; i++) {
        const ApiLiteral *literal = &literals->at[i];
        bool overflow = false;
        double element = 0;
        if (num_parse(literal->text, literal->dtype, &element, &overflow))
            api_warn_literal(diags, literal, overflow, &element);
    }
}

// -- in graphs ----------------------------------------------------------------------

typedef struct Search {
    Arena *arena;
    Arena *scratch;
    ApiLiterals *found;
    StrMap *seen; // graphs, by the bytes of their number, and places, by theirs
    VEC(const Graph *) waiting; // graphs that are still to be looked at
} Search;

static Status look_into(Search *s, const Graph *graph) {
    const Str key = {(const char *)&graph->id, sizeof graph->id};
    uint32_t seen;
    if (base_map_get(s->seen, key, &seen)) return OK;
    TRY(base_map_set(s->seen, key, 0));
    return VEC_PUSH(s->scratch, &s->waiting, graph) ? OK : NOMEM;
}

// Adds what was lost, once for each place (the branches of a cond and their derivatives
// hold it again).
static Status add_lost(Search *s, const ApiLiteral *literal) {
    const Str key = {
        base_strdup(s->scratch, (Str){(const char *)&literal->span, sizeof literal->span}),
        sizeof literal->span};
    uint32_t seen;
    TRY_ALLOC(key.at);
    if (base_map_get(s->seen, key, &seen)) return OK;
    TRY(base_map_set(s->seen, key, 0));
    return VEC_PUSH(s->arena, s->found, *literal) ? OK : NOMEM;
}

// Every finite numeral of fewer characters than these, and without an exponent, fits
// float32.
static bool may_be_lost(Str text) {
    return text.n > 38 || memchr(text.at, 'e', text.n) || memchr(text.at, 'E', text.n);
}

static Status look_at_literal(Search *s, const Graph *g, const Node *node) {
    const Type *type = ir_type(g->ir, node->type);
    if (!num_is_float((Dtype)type->dtype)) return OK;
    const int64_t *attr = ir_attr(g, node);
    for (uint32_t i = 3 + type->rank; i < node->n_attr; i++) {
        const ApiLiteral literal = {.text = ir_literal_text(g->ir, (uint32_t)attr[i]),
                                    .dtype = (Dtype)type->dtype,
                                    .span = node->span};
        bool overflow = false;
        double element = 0;
        if (!may_be_lost(literal.text) ||
            !num_parse(literal.text, literal.dtype, &element, &overflow))
            continue;
        const bool lost = overflow || num_underflows(literal.text, literal.dtype, &element);
        if (lost) TRY(add_lost(s, &literal));
    }
    return OK;
}

static Status look_at(Search *s, const Graph *g) {
    for (uint32_t i = 0; i < g->n; i++) {
        const Node *node = &g->nodes[i];
        const int64_t *attr = ir_attr(g, node);
        const HeldGraphs held = ir_held_graphs((Prim)node->prim);
        if (node->prim == PRIM_literal) TRY(look_at_literal(s, g, node));
        if (node->prim == PRIM_call)
            TRY(look_into(s, ir_call(g->ir, (uint32_t)attr[0])->value));
        for (uint32_t k = held.first; k < held.first + held.n; k++)
            TRY(look_into(s, ir_graph(g->ir, (uint32_t)attr[k])));
    }
    return OK;
}

Status api_find_literals(Arena *arena, const Graph *graph, ApiLiterals *found) {
    Search s = {.arena = arena, .scratch = base_arena_new(), .found = found};
    TRY_ALLOC(s.scratch);
    s.seen = base_map_new(s.scratch);
    Status status = s.seen ? look_into(&s, graph) : NOMEM;
    while (status == OK && s.waiting.n)
        status = look_at(&s, s.waiting.at[--s.waiting.n]);
    base_arena_free(s.scratch);
    return status;
}
