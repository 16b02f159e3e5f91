// The values of a document as expressions.
#include "doc/trap.h"
#include "front/spec_read.h"

Expr *front_spec_new_expr(Arena *arena, ExprKind kind, Span span) {
    Expr *expr = NEW(arena, Expr);
    if (!expr) return NULL;
    expr->kind = (uint8_t)kind;
    expr->span = span;
    return expr;
}

static Expr *new_parent(Arena *arena, ExprKind kind, Span span, uint32_t n) {
    Expr *expr = front_spec_new_expr(arena, kind, span);
    if (!expr) return NULL;
    expr->n = n;
    expr->items = NEW_ARRAY(arena, Expr *, n);
    return expr->items ? expr : NULL;
}

// ---- Scalars ----------------------------------------------------------------

// How an expression spells a number (without its sign) that is not finite; else empty.
static Str not_finite(Str text) {
    if (text.n < 2) return (Str){0};
    const char first = text.at[0] == '.' ? text.at[1] : text.at[0];
    if (first == 'i' || first == 'I') return STR("inf");
    if (first == 'n' || first == 'N') return STR("nan");
    return (Str){0};
}

// The number's literal, or the negation of one.
static Status numeral(SpecReader *reader, const DocNode *node, Expr **expr) {
    Str text = node->text;
    const bool negative = text.at[0] == '-', sign = negative || text.at[0] == '+';
    if (sign) text = (Str){text.at + 1, text.n - 1};
    const Str word = not_finite(text);
    const ExprKind kind = node->kind == DOC_INT ? EXPR_INT : EXPR_FLOAT;
    Expr *literal = front_spec_new_expr(reader->arena, kind, node->span);
    TRY_ALLOC(literal);
    literal->text = word.n ? word : text;
    *expr = literal;
    if (!negative) return OK;
    *expr = new_parent(reader->arena, EXPR_UNARY, node->span, 1);
    TRY_ALLOC(*expr);
    (*expr)->op = OP_NEG;
    (*expr)->op_span = (Span){node->text_at, 1};
    (*expr)->items[0] = literal;
    return OK;
}

static Status parse(SpecReader *reader, const DocNode *node, Expr **expr) {
    const Status status =
        lang_parse(reader->arena, reader->diags, node->text, node->text_at, expr);
    if (status == FAILED) *expr = NULL;
    return status == NOMEM ? NOMEM : OK;
}

// YAML's `.inf` or `~`.
static Status yaml_word(SpecReader *reader, const DocNode *node, const char *mend) {
    const DocTrapText text = {.found = node->text, .mend = mend ? base_str(mend) : STR("")};
    doc_trap(reader->diags, DOC_TRAP_WORD, doc_written(node), &text);
    return OK;
}

Status front_spec_expr(SpecReader *reader, const DocNode *node, const char *what,
                       Expr **expr) {
    *expr = NULL;
    if (node->refused) return OK;
    switch (node->kind) {
    case DOC_STRING:
        return parse(reader, node, expr);
    case DOC_BOOL: {
        const ExprKind kind = node->boolean ? EXPR_TRUE : EXPR_FALSE;
        *expr = front_spec_new_expr(reader->arena, kind, node->span);
        return *expr ? OK : NOMEM;
    }
    case DOC_INT:
    case DOC_FLOAT: {
        TRY(numeral(reader, node, expr));
        const bool negative = (*expr)->kind == EXPR_UNARY;
        const Str text = negative ? (*expr)->items[0]->text : (*expr)->text;
        if (!not_finite(text).n) return OK;
        *expr = NULL;
        return yaml_word(
            reader, node,
            base_hint(reader->diags, "%s%.*s", negative ? "-" : "", STR_ARG(text)));
    }
    case DOC_NULL:
        if (base_str_eq(node->text, STR("~"))) return yaml_word(reader, node, "None");
        front_spec_error(reader, CODE_E201, node,
                         node->text.n ? "write None"
                                      : "write the expression behind the key",
                         "expected an expression for %s, got %s", what,
                         node->text.n ? "null" : "nothing");
        return OK;
    case DOC_SEQUENCE:
    case DOC_MAPPING:
        break;
    }
    front_spec_error(
        reader, CODE_E201, node, "quote the whole expression: brackets are YAML's own",
        "expected an expression for %s, got %s", what, doc_kind_name(node->kind));
    return OK;
}

// ---- Structures -------------------------------------------------------------

// `- - g`: a block sequence of one entry whose dash stands behind another one.
static bool is_double_dash(const SpecReader *reader, const DocNode *node) {
    Place place;
    if (node->kind != DOC_SEQUENCE || node->n != 1 || !node->items[0].plain ||
        !base_source_find(reader->diags->sources, node->span, &place))
        return false;
    uint32_t i = place.offset;
    if (i >= place.text.n || place.text.at[i] != '-') return false;
    while (i > 0 && place.text.at[i - 1] == ' ')
        i--;
    return i > 0 && place.text.at[i - 1] == '-';
}

static Status parts(SpecReader *reader, const DocNode *node, const char *what,
                    Expr **expr) {
    const bool mapping = node->kind == DOC_MAPPING;
    *expr =
        new_parent(reader->arena, mapping ? EXPR_RECORD : EXPR_TUPLE, node->span, node->n);
    TRY_ALLOC(*expr);
    if (mapping) {
        (*expr)->keys = NEW_ARRAY(reader->arena, Str, node->n);
        TRY_ALLOC((*expr)->keys);
    }
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *item = mapping ? &node->pairs[i].value : &node->items[i];
        Expr **part = &(*expr)->items[i];
        if (mapping) (*expr)->keys[i] = node->pairs[i].key.text;
        if (item->kind == DOC_NULL) {
            *part = front_spec_new_expr(reader->arena, EXPR_NONE, item->span);
            TRY_ALLOC(*part);
        } else {
            TRY(front_spec_structure(reader, item, what, part));
        }
    }
    return OK;
}

Status front_spec_structure(SpecReader *reader, const DocNode *node, const char *what,
                            Expr **expr) {
    *expr = NULL;
    if (node->refused) return OK;
    if (is_double_dash(reader, node)) {
        const DocNode *item = &node->items[0];
        const DocTrapText text = {.mend = item->text};
        doc_trap(reader->diags, DOC_TRAP_DASHES, node->span, &text);
        return OK;
    }
    if (node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING)
        return front_spec_expr(reader, node, what, expr);
    return parts(reader, node, what, expr);
}

// ---- Arrays of numbers ------------------------------------------------------

// A LIST of numbers, nested as the sequence is. *numbers is cleared where it has others.
static Status number_list(SpecReader *reader, const DocNode *node, bool *numbers,
                          Expr **expr) {
    if (doc_is_number(node)) return numeral(reader, node, expr);
    if (node->kind == DOC_BOOL) return front_spec_expr(reader, node, "a number", expr);
    if (node->kind != DOC_SEQUENCE) {
        *numbers = false;
        front_spec_error(reader, CODE_E201, node,
                         "write the whole array as one expression in quotes: \"[1, pi]\"",
                         "expected a number in a sequence of numbers, got %s",
                         doc_kind_name(node->kind));
        return OK;
    }
    *expr = new_parent(reader->arena, EXPR_LIST, node->span, node->n);
    TRY_ALLOC(*expr);
    for (uint32_t i = 0; i < node->n && *numbers; i++)
        TRY(number_list(reader, &node->items[i], numbers, &(*expr)->items[i]));
    return OK;
}

// A module in front of `array`, so that no name of the spec can stand for it: the first
// that the spec has not taken itself.
static Str free_module(const Spec *spec) {
    static const char *const modules[] = {"jnp", "np", "lax", "jax"};
    enum { MODULES = sizeof modules / sizeof *modules };
    uint32_t at, i = 0;
    while (i + 1 < MODULES &&
           (base_map_get(spec->constant_index, base_str(modules[i]), &at) ||
            base_map_get(spec->function_index, base_str(modules[i]), &at)))
        i++;
    return base_str(modules[i]);
}

Status front_spec_constant(SpecReader *reader, const DocNode *node, const char *what,
                           Expr **expr) {
    *expr = NULL;
    if (node->kind != DOC_SEQUENCE) return front_spec_expr(reader, node, what, expr);
    bool numbers = true;
    Expr *list;
    TRY(number_list(reader, node, &numbers, &list));
    if (!numbers) return OK;
    Expr *call = new_parent(reader->arena, EXPR_CALL, node->span, 2);
    Expr *array = new_parent(reader->arena, EXPR_ATTR, node->span, 1);
    Expr *module = front_spec_new_expr(reader->arena, EXPR_NAME, node->span);
    if (!call || !array || !module) return NOMEM;
    module->text = free_module(reader->spec);
    array->text = STR("array");
    array->op_span = node->span;
    array->items[0] = module;
    call->op_span = node->span;
    call->items[0] = array;
    call->items[1] = list;
    *expr = call;
    return OK;
}
