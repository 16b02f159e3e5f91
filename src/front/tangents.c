// Tangents and cotangents that a user gives, as nodes: each belongs to a leaf of a
// structure and has its shape.
#include "front/linearization.h"

// Where in a structure a leaf is; NULL: the structure itself.
typedef struct Part Part;
struct Part {
    const Part *of;
    Str key; // empty: `index` says which
    uint32_t index;
};

typedef struct Given {
    Trace *t;
    const char *what; // "cotangent"
    NodeId *nodes;
    uint32_t next; // leaf
} Given;

// Depth is that of a structure, which expressions and documents bound.
static void add_part(Text *text, const Part *part) {
    if (!part) return;
    add_part(text, part->of);
    if (part->key.n)
        base_text_printf(text, ".%.*s", STR_ARG(part->key));
    else
        base_text_printf(text, "[%u]", part->index);
}

static Status does_not_fit(const Given *g, Code code, const Part *part,
                           const char *expected, const char *got) {
    Text where = {.arena = g->t->arena};
    if (part) base_text_add(&where, STR(" at `"));
    add_part(&where, part);
    if (part) base_text_char(&where, '`');
    if (where.failed) return NOMEM;
    return base_error(g->t->diags, code, g->t->span,
                      code == CODE_E402 ? "None is zero for a part" : NULL,
                      "the %s%.*s must be %s, got %s", g->what,
                      STR_ARG(base_text_str(&where)), expected, got);
}

static Status leaf(Given *g, const Part *part, Value primal, Value given) {
    Trace *t = g->t;
    NodeId *node = &g->nodes[g->next++];
    *node = IR_NONE;
    if (given.kind == VALUE_NONE || !front_is_float(t, primal)) return OK;
    const Type *type = front_type(t, primal);
    TRY(front_as_node(t, given, node));
    if (given.kind == VALUE_NUMBER && given.number->kind != NUMBER_BOOL)
        TRY(front_number_node(t, given.number, (Dtype)type->dtype, type->weak, node));
    const Type *got = ir_type(t->ir, ir_type_of(front_builder(t), *node));
    if (got->dtype == DT_BOOL || !front_same_shape(got, type)) {
        return does_not_fit(g, CODE_E404, part, front_kind_text(t, primal),
                            front_kind_text(t, given));
    }
    *node = ir_convert(front_builder(t), *node, (Dtype)type->dtype, type->weak);
    return ir_status(front_builder(t));
}

static Status add_nodes(Given *g, const Part *part, Value structure, Value given) {
    Trace *t = g->t;
    if (structure.kind == VALUE_ARRAY) return leaf(g, part, structure, given);
    const bool record = structure.kind == VALUE_RECORD;
    const bool absent = given.kind == VALUE_NONE;
    // Numbers in a document's sequence are an array until it is known what they belong to.
    if (structure.kind != VALUE_NONE && !record && given.kind == VALUE_ARRAY &&
        front_type(t, given)->rank) {
        uint32_t n;
        const Value *items;
        TRY(front_items(t, given, &n, &items));
        TRY(front_sequence(t, VALUE_TUPLE, n, items, &given));
    }
    if (!absent && (structure.kind == VALUE_NONE || !front_same_parts(structure, given))) {
        return does_not_fit(g, CODE_E402, part, front_structure_text(t, structure),
                            front_structure_text(t, given));
    }
    for (uint32_t i = 0; i < structure.n; i++) {
        Part inner = {.of = part, .index = i};
        if (record) inner.key = structure.keys[i];
        const Value own = absent ? given : front_counterpart(given, structure, i);
        TRY(add_nodes(g, &inner, structure.items[i], own));
    }
    return OK;
}

Status front_cotangent_nodes(Trace *t, Value outputs, Value given, NodeId *nodes) {
    Given g = {.t = t, .what = "cotangent", .nodes = nodes};
    return add_nodes(&g, NULL, outputs, given);
}

Status front_tangent_nodes(Trace *t, Value primals, const Value *given, const TangentOf *of,
                           NodeId *nodes) {
    Given g = {.t = t, .nodes = nodes};
    for (uint32_t i = 0; i < primals.n; i++) {
        Text what = {.arena = t->arena};
        if (of)
            base_text_printf(&what, "tangent of %s", of[i].argument);
        else
            base_text_printf(&what, "tangent of argument %u", i);
        if (what.failed) return NOMEM;
        if (of) front_at(t, of[i].span);
        g.what = what.at;
        TRY(add_nodes(&g, NULL, primals.items[i], given[i]));
    }
    return OK;
}
