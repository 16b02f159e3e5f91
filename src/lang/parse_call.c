// What stands in brackets behind a value: the arguments of a call, an index with slices.
#include "lang/parser.h"

static Status push(Parser *parser, List *list, Expr *expr) {
    return VEC_PUSH(parser->arena, &list->items, expr) ? OK : NOMEM;
}

// ---- Calls ------------------------------------------------------------------

// `*values`, in a call or an index.
static Status parse_star(Parser *parser, List *list) {
    const Span op_span = parser->token.span;
    Expr *operand;
    TRY(lang_advance(parser));
    TRY(lang_parse_expr(parser, &operand));
    Expr *expr =
        lang_new_expr(parser, EXPR_STAR, base_span_join(op_span, operand->span), 1);
    TRY_ALLOC(expr);
    expr->op_span = op_span;
    expr->items[0] = operand;
    return push(parser, list, expr);
}

// `name=value`, when the name has been read and `=` is looked at.
static Status parse_keyword(Parser *parser, List *list, Str name, Span span) {
    Expr *value;
    TRY(lang_add_name(parser, list, name, span, CODE_E307, "keyword argument"));
    TRY(lang_advance(parser));
    TRY(lang_parse_expr(parser, &value));
    Expr *expr = lang_new_expr(parser, EXPR_KEYWORD, base_span_join(span, value->span), 1);
    TRY_ALLOC(expr);
    expr->op_span = span;
    expr->text = name;
    expr->items[0] = value;
    return push(parser, list, expr);
}

static Status parse_argument(Parser *parser, List *list) {
    const Token first = parser->token;
    if (first.kind == TOKEN_STAR) return parse_star(parser, list);
    if (first.kind == TOKEN_POW)
        return lang_expected(parser, CODE_E307, "keywords are written out: `name=value`",
                             "an argument");
    if ((first.kind == TOKEN_NAME || first.keyword) && lang_at_assign(&parser->lexer)) {
        Token name;
        TRY(lang_read_name(parser, "an argument", &name));
        return parse_keyword(parser, list, name.text, name.span);
    }

    Expr *expr;
    TRY(lang_parse_expr(parser, &expr));
    if (parser->token.kind == TOKEN_FOR) TRY(lang_parse_comprehension(parser, expr, &expr));
    if (list->names)
        base_error_also(parser->diags, CODE_E307, expr->span, list->places.at[0],
                        "the first keyword argument",
                        "put it before the keyword arguments; `==` compares",
                        "a positional argument stands behind a keyword argument");
    return push(parser, list, expr);
}

// A generator without brackets is the one argument.
static void check_generators(Parser *parser, const List *list) {
    const bool alone = list->items.n == 2 && !list->comma;
    for (uint32_t i = 1; i < list->items.n; i++) {
        Expr *item = list->items.at[i];
        if (item->kind != EXPR_COMP || item->is_list || item->bracketed) continue;
        item->bracketed = true;
        if (!alone)
            base_error(parser->diags, CODE_E307, item->span, "put it in brackets",
                       "a generator without brackets is the only argument of a call");
    }
}

Status lang_parse_call(Parser *parser, Expr *function, Expr **expr) {
    List list = {.closer = TOKEN_RPAR, .open = parser->token.span};
    Span whole;
    TRY(push(parser, &list, function));
    TRY(lang_advance(parser));
    TRY(lang_parse_list(parser, &list, parse_argument));
    check_generators(parser, &list);
    TRY(lang_close(parser, &list, &whole));
    *expr =
        lang_new_list_expr(parser, EXPR_CALL, base_span_join(function->span, whole), &list);
    TRY_ALLOC(*expr);
    (*expr)->op_span = whole;
    return OK;
}

// ---- Indices ----------------------------------------------------------------

// One part of a slice, unless it is left out.
static Status parse_bound(Parser *parser, Expr **bound) {
    *bound = NULL;
    if (parser->token.kind == TOKEN_COLON || lang_at_item_end(parser)) return OK;
    return lang_parse_expr(parser, bound);
}

// An expression, or a slice `start:stop:step`.
static Status parse_subscript(Parser *parser, List *list) {
    if (parser->token.kind == TOKEN_STAR) return parse_star(parser, list);
    const Span first = parser->token.span;
    Expr *bounds[3] = {NULL, NULL, NULL};
    if (parser->token.kind != TOKEN_COLON) {
        TRY(lang_parse_expr(parser, &bounds[0]));
        if (parser->token.kind != TOKEN_COLON) return push(parser, list, bounds[0]);
    }
    const Span op_span = parser->token.span;
    for (int i = 1; i < 3 && parser->token.kind == TOKEN_COLON; i++) {
        TRY(lang_advance(parser));
        TRY(parse_bound(parser, &bounds[i]));
    }
    Expr *expr = lang_new_expr(parser, EXPR_SLICE, base_span_join(first, parser->last), 3);
    TRY_ALLOC(expr);
    expr->op_span = op_span;
    memcpy(expr->items, bounds, sizeof bounds);
    return push(parser, list, expr);
}

// One index, or a tuple without brackets of several.
static Status make_index(Parser *parser, const List *list, Expr **index) {
    const bool one = list->items.n == 1 && !list->comma;
    if (one && list->items.at[0]->kind != EXPR_STAR) {
        *index = list->items.at[0];
        return OK;
    }
    const Span first = list->items.n ? list->items.at[0]->span : list->open;
    *index =
        lang_new_list_expr(parser, EXPR_TUPLE, base_span_join(first, list->last), list);
    TRY_ALLOC(*index);
    return OK;
}

Status lang_parse_index(Parser *parser, Expr *object, Expr **expr) {
    List list = {.closer = TOKEN_RBRACKET, .open = parser->token.span};
    Span whole;
    Expr *index;
    TRY(lang_advance(parser));
    if (parser->token.kind == TOKEN_RBRACKET)
        base_error(parser->diags, CODE_E301, parser->token.span,
                   "write `x[:]` for all, `x[()]` for none",
                   "expected an index, found `]`");
    TRY(lang_parse_list(parser, &list, parse_subscript));
    TRY(make_index(parser, &list, &index));
    TRY(lang_close(parser, &list, &whole));
    *expr = lang_new_expr(parser, EXPR_INDEX, base_span_join(object->span, whole), 2);
    TRY_ALLOC(*expr);
    (*expr)->op_span = whole;
    (*expr)->items[0] = object;
    (*expr)->items[1] = index;
    return OK;
}
