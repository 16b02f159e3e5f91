// The clauses of comprehensions: `for target in source if condition …`.
#include "lang/parser.h"

// A name among the targets of a `for`. One name may stand twice: `for _, _ in x`.
static Status parse_target_name(Parser *parser, List *list) {
    Token name;
    if (parser->token.kind == TOKEN_LPAR)
        return lang_expected(parser, CODE_E301,
                             "targets do not nest: give the pair one name, and index it",
                             "the name of a target");
    TRY(lang_read_name(parser, "a target", &name));
    Expr *expr = lang_new_expr(parser, EXPR_NAME, name.span, 0);
    TRY_ALLOC(expr);
    expr->text = name.text;
    return VEC_PUSH(parser->arena, &list->items, expr) ? OK : NOMEM;
}

// Reads `for`, its targets (a name, or a tuple of names), and `in`.
static Status parse_targets(Parser *parser, Expr **target) {
    List list = {.closer = TOKEN_IN, .open = parser->token.span};
    Span whole;
    TRY(lang_advance(parser));
    const bool bracketed = parser->token.kind == TOKEN_LPAR;
    if (bracketed) {
        list = (List){.closer = TOKEN_RPAR, .open = parser->token.span};
        TRY(lang_advance(parser));
    }
    if (parser->token.kind == list.closer)
        return lang_expected(parser, CODE_E301, NULL, "the name of a target");
    TRY(lang_parse_list(parser, &list, parse_target_name));
    TRY(lang_make_tuple(parser, &list, target));
    TRY(lang_close(parser, &list, &whole));
    if (!bracketed) return OK;
    (*target)->bracketed = true;
    (*target)->span = whole;
    if (parser->token.kind != TOKEN_IN)
        return lang_expected(parser, CODE_E301, "a target is a name or a tuple of names",
                             "`in`");
    return lang_advance(parser);
}

// Sources and conditions hold no bare `a if c else b`: its `if` would be a condition's.
static Status parse_clause(Parser *parser, ExprClause *clause) {
    VEC(Expr *) conditions = {0};
    TRY(parse_targets(parser, &clause->target));
    TRY(lang_parse_power(parser, POWER_OR, &clause->source));
    while (parser->token.kind == TOKEN_IF) {
        Expr *condition;
        TRY(lang_advance(parser));
        TRY(lang_parse_power(parser, POWER_OR, &condition));
        if (!VEC_PUSH(parser->arena, &conditions, condition)) return NOMEM;
    }
    clause->conditions = conditions.at;
    clause->n_conditions = conditions.n;
    return OK;
}

Status lang_parse_comprehension(Parser *parser, Expr *element, Expr **expr) {
    const Span op_span = parser->token.span;
    VEC(ExprClause) clauses = {0};
    while (parser->token.kind == TOKEN_FOR) {
        ExprClause clause;
        TRY(parse_clause(parser, &clause));
        if (!VEC_PUSH(parser->arena, &clauses, clause)) return NOMEM;
    }
    if (parser->token.kind == TOKEN_ELSE)
        return lang_expected(parser, CODE_E301,
                             "`a if c else b` stands before `for`, or in brackets",
                             "the end of the comprehension");
    const Span whole = base_span_join(element->span, parser->last);
    *expr = lang_new_expr(parser, EXPR_COMP, whole, 1);
    TRY_ALLOC(*expr);
    (*expr)->op_span = op_span;
    (*expr)->clauses = clauses.at;
    (*expr)->n_clauses = clauses.n;
    (*expr)->items[0] = element;
    return OK;
}
