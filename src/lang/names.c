#include "lang/names.h"

Status lang_names(LangNames *names, Arena *arena, LangVisit visit, void *data) {
    *names = (LangNames){
        .arena = arena, .visit = visit, .data = data, .n_inner = base_map_new(arena)};
    return names->n_inner ? OK : NOMEM;
}

static Status open_inner(LangNames *names, Str name) {
    uint32_t n = 0;
    (void)base_map_get(names->n_inner, name, &n);
    if (!VEC_PUSH(names->arena, &names->inner, name)) return NOMEM;
    return base_map_set(names->n_inner, name, n + 1);
}

// Closes all that were opened since there were n of them.
static Status close_inner(LangNames *names, uint32_t n) {
    while (names->inner.n > n) {
        const Str name = names->inner.at[--names->inner.n];
        uint32_t open = 0;
        (void)base_map_get(names->n_inner, name, &open);
        TRY(base_map_set(names->n_inner, name, open - 1));
    }
    return OK;
}

static Status visit_lambda(LangNames *names, const Expr *expr) {
    const uint32_t open = names->inner.n;
    for (uint32_t i = 0; i < expr->n_params; i++)
        TRY(lang_visit_names(names, expr->params[i].fallback));
    for (uint32_t i = 0; i < expr->n_params; i++)
        TRY(open_inner(names, expr->params[i].name));
    TRY(lang_visit_names(names, expr->items[0]));
    return close_inner(names, open);
}

static Status open_target(LangNames *names, const Expr *target) {
    if (target->kind == EXPR_NAME) return open_inner(names, target->text);
    for (uint32_t i = 0; i < target->n; i++)
        TRY(open_target(names, target->items[i]));
    return OK;
}

static Status visit_comprehension(LangNames *names, const Expr *expr) {
    const uint32_t open = names->inner.n;
    for (uint32_t i = 0; i < expr->n_clauses; i++) {
        const ExprClause *clause = &expr->clauses[i];
        TRY(lang_visit_names(names, clause->source));
        TRY(open_target(names, clause->target));
        for (uint32_t k = 0; k < clause->n_conditions; k++)
            TRY(lang_visit_names(names, clause->conditions[k]));
    }
    TRY(lang_visit_names(names, expr->items[0]));
    return close_inner(names, open);
}

static Status visit_items(LangNames *names, const Expr *expr) {
    for (uint32_t i = 0; i < expr->n; i++)
        TRY(lang_visit_names(names, expr->items[i]));
    return OK;
}

static Status visit_one(LangNames *names, const Expr *expr) {
    uint32_t open = 0;
    switch ((ExprKind)expr->kind) {
    case EXPR_NAME:
        (void)base_map_get(names->n_inner, expr->text, &open);
        return open ? OK : names->visit(names, expr);
    case EXPR_LAMBDA:
        return visit_lambda(names, expr);
    case EXPR_COMP:
        return visit_comprehension(names, expr);
    default:
        return visit_items(names, expr);
    }
}

// Down the left spine of BINARY nodes first, by a stack, then up along their right
// operands: in the order of the text.
Status lang_visit_names(LangNames *names, const Expr *expr) {
    const uint32_t bottom = names->spine.n;
    while (expr && expr->kind == EXPR_BINARY) {
        if (!VEC_PUSH(names->arena, &names->spine, expr)) return NOMEM;
        expr = expr->items[0];
    }
    if (expr) TRY(visit_one(names, expr));
    while (names->spine.n > bottom)
        TRY(lang_visit_names(names, names->spine.at[--names->spine.n]->items[1]));
    return OK;
}
