// Atoms: literals, names, and what stands in brackets; and the chains behind them.
#include "lang/parser.h"

static const struct {
    bool is_leaf;
    uint8_t kind; // ExprKind
} LEAVES[TOKEN_KINDS] = {
    [TOKEN_INT] = {true, EXPR_INT},   [TOKEN_FLOAT] = {true, EXPR_FLOAT},
    [TOKEN_IMAG] = {true, EXPR_IMAG}, [TOKEN_NAME] = {true, EXPR_NAME},
    [TOKEN_TRUE] = {true, EXPR_TRUE}, [TOKEN_FALSE] = {true, EXPR_FALSE},
    [TOKEN_NONE] = {true, EXPR_NONE}, [TOKEN_ELLIPSIS] = {true, EXPR_ELLIPSIS},
};

static Status parse_leaf(Parser *parser, Expr **expr) {
    const Token *token = &parser->token;
    *expr = lang_new_expr(parser, LEAVES[token->kind].kind, token->span, 0);
    TRY_ALLOC(*expr);
    (*expr)->text = token->text;
    return lang_advance(parser);
}

// Literals side by side are one text.
static Status parse_string(Parser *parser, Expr **expr) {
    *expr = lang_new_expr(parser, EXPR_STRING, parser->token.span, 0);
    TRY_ALLOC(*expr);
    (*expr)->text = parser->token.text;
    TRY(lang_advance(parser));
    if (parser->token.kind != TOKEN_STRING) return OK;

    Text joined = {.arena = parser->arena};
    base_text_add(&joined, (*expr)->text);
    while (parser->token.kind == TOKEN_STRING) {
        base_text_add(&joined, parser->token.text);
        TRY(lang_advance(parser));
    }
    if (joined.failed) return NOMEM;
    (*expr)->text = base_text_str(&joined);
    (*expr)->span = base_span_join((*expr)->span, parser->last);
    return OK;
}

// ---- Elements ---------------------------------------------------------------

static bool is_bare_generator(const Expr *expr) {
    return expr->kind == EXPR_COMP && !expr->is_list && !expr->bracketed;
}

static Status parse_starred_element(Parser *parser, Expr **expr) {
    const Span op_span = parser->token.span;
    Expr *operand;
    TRY(lang_advance(parser));
    TRY(lang_parse_power(parser, POWER_BITOR, &operand));
    *expr = lang_new_expr(parser, EXPR_STAR, base_span_join(op_span, operand->span), 1);
    TRY_ALLOC(*expr);
    (*expr)->op_span = op_span;
    (*expr)->items[0] = operand;
    return OK;
}

Status lang_parse_element(Parser *parser, List *list) {
    Expr *expr;
    const bool star = parser->token.kind == TOKEN_STAR;
    TRY(star ? parse_starred_element(parser, &expr) : lang_parse_expr(parser, &expr));
    if (parser->token.kind == TOKEN_FOR) {
        if (star)
            base_error(parser->diags, CODE_E301, expr->span, "add a second `for`",
                       "a starred value cannot be the element of a comprehension");
        TRY(lang_parse_comprehension(parser, expr, &expr));
    }
    return VEC_PUSH(parser->arena, &list->items, expr) ? OK : NOMEM;
}

// Reports comprehensions among the items of a list, or outside brackets.
static void check_generators(Parser *parser, const List *list) {
    const bool alone = list->items.n == 1 && !list->comma && list->closer != TOKEN_END;
    for (uint32_t i = 0; i < list->items.n && !alone; i++)
        if (is_bare_generator(list->items.at[i]))
            base_error(
                parser->diags, CODE_E301, list->items.at[i]->span,
                "write `(f(i) for i in x)`, or `[(a, i) for i in x]` for pairs; where "
                "the brackets are YAML's, quote them",
                list->items.n > 1 ? "a comprehension among other items stands in brackets"
                                  : "a comprehension stands in brackets");
}

Status lang_make_tuple(Parser *parser, const List *list, Expr **expr) {
    check_generators(parser, list);
    if (list->items.n == 1 && !list->comma) {
        *expr = list->items.at[0];
        if ((*expr)->kind != EXPR_STAR) return OK;
        base_error(parser->diags, CODE_E301, (*expr)->span, "write `(*a,)` for a tuple",
                   "a starred value stands in a call, a list or a tuple");
        *expr = (*expr)->items[0];
        return OK;
    }
    const Span first = list->items.n ? list->items.at[0]->span : list->open;
    *expr = lang_new_list_expr(parser, EXPR_TUPLE, base_span_join(first, list->last), list);
    TRY_ALLOC(*expr);
    return OK;
}

// ---- Brackets ---------------------------------------------------------------

static Status parse_parentheses(Parser *parser, Expr **expr) {
    List list = {.closer = TOKEN_RPAR, .open = parser->token.span};
    Span whole;
    TRY(lang_advance(parser));
    TRY(lang_parse_list(parser, &list, lang_parse_element));
    TRY(lang_make_tuple(parser, &list, expr));
    TRY(lang_close(parser, &list, &whole));
    (*expr)->bracketed = true;
    (*expr)->span = whole;
    return OK;
}

static Status parse_list_display(Parser *parser, Expr **expr) {
    List list = {.closer = TOKEN_RBRACKET, .open = parser->token.span};
    Span whole;
    TRY(lang_advance(parser));
    TRY(lang_parse_list(parser, &list, lang_parse_element));
    check_generators(parser, &list);
    TRY(lang_close(parser, &list, &whole));
    if (list.items.n == 1 && !list.comma && is_bare_generator(list.items.at[0])) {
        *expr = list.items.at[0];
        (*expr)->is_list = true;
        (*expr)->span = whole;
        return OK;
    }
    *expr = lang_new_list_expr(parser, EXPR_LIST, whole, &list);
    TRY_ALLOC(*expr);
    return OK;
}

// `"key": value`
static Status parse_pair(Parser *parser, List *list) {
    if (parser->token.kind == TOKEN_POW)
        return lang_expected(parser, CODE_E309,
                             "records are not merged: write every key out", "a key");
    Expr *key, *value;
    TRY(lang_parse_expr(parser, &key));
    if (parser->token.kind != TOKEN_COLON) {
        if (list->broken) return FAILED; // a set is one mistake
        return lang_expected(parser, CODE_E309,
                             "a record is `{\"key\": value}`; there are no sets",
                             "`:` behind the key");
    }
    TRY(lang_advance(parser));
    if (key->kind == EXPR_NAME)
        base_error(parser->diags, CODE_E309, key->span,
                   base_hint(parser->diags, "write `\"%.*s\": …`",
                             (int)(key->text.n < 40 ? key->text.n : 40), key->text.at),
                   "the key of a record is a text in quotes, found a name");
    else if (key->kind != EXPR_STRING)
        base_error(parser->diags, CODE_E309, key->span, NULL,
                   "the key of a record is a text in quotes");
    else
        TRY(lang_add_name(parser, list, key->text, key->span, CODE_E309, "key"));
    TRY(lang_parse_expr(parser, &value));
    if (parser->token.kind == TOKEN_FOR)
        return lang_expected(parser, CODE_E309, "a record's keys are all written out",
                             "`,` or `}`");
    if (!VEC_PUSH(parser->arena, &list->keys, key->text)) return NOMEM;
    return VEC_PUSH(parser->arena, &list->items, value) ? OK : NOMEM;
}

static Status parse_record(Parser *parser, Expr **expr) {
    List list = {.closer = TOKEN_RBRACE, .open = parser->token.span};
    Span whole;
    TRY(lang_advance(parser));
    TRY(lang_parse_list(parser, &list, parse_pair));
    TRY(lang_close(parser, &list, &whole));
    *expr = lang_new_list_expr(parser, EXPR_RECORD, whole, &list);
    TRY_ALLOC(*expr);
    (*expr)->keys = list.keys.at;
    return OK;
}

// ---- Chains -----------------------------------------------------------------

// Where an operator has nothing on its right: "`+` needs a value on its right".
static const char *missing_operand(const Parser *parser) {
    const Span last = parser->last;
    const TokenKind kind = parser->token.kind;
    const bool other = kind == TOKEN_BAR || kind == TOKEN_IF || kind == TOKEN_ASSIGN;
    if (last.n == 0 || last.n > 3 || other) return NULL;
    const char *text = parser->lexer.begin + (last.at - parser->lexer.at);
    for (uint32_t i = 0; i < last.n; i++)
        if (!strchr("+-*/%@<>=!&|^~", text[i])) return NULL;
    return base_hint(parser->diags, "`%.*s` needs a value on its right", (int)last.n, text);
}

static Status parse_atom(Parser *parser, Expr **expr) {
    const TokenKind kind = parser->token.kind;
    if (LEAVES[kind].is_leaf) return parse_leaf(parser, expr);
    if (kind == TOKEN_STRING) return parse_string(parser, expr);
    if (kind == TOKEN_LPAR) return parse_parentheses(parser, expr);
    if (kind == TOKEN_LBRACKET) return parse_list_display(parser, expr);
    if (kind == TOKEN_LBRACE) return parse_record(parser, expr);
    return lang_expected(parser, CODE_E301, missing_operand(parser), "an expression");
}

static Status parse_attribute(Parser *parser, Expr *object, Expr **expr) {
    Token name;
    TRY(lang_advance(parser));
    const TokenKind kind = parser->token.kind; // of MATLAB's and Julia's `x.^2`
    if (kind == TOKEN_STAR || kind == TOKEN_SLASH || kind == TOKEN_CARET ||
        kind == TOKEN_POW)
        return lang_expected(
            parser, CODE_E301,
            "operators work element by element as they are: `x * y`, `x ** 2`",
            "the name of an attribute");
    TRY(lang_read_name(parser, "an attribute", &name));
    *expr = lang_new_expr(parser, EXPR_ATTR, base_span_join(object->span, name.span), 1);
    TRY_ALLOC(*expr);
    (*expr)->op_span = name.span;
    (*expr)->text = name.text;
    (*expr)->items[0] = object;
    return OK;
}

Status lang_parse_postfix(Parser *parser, Expr **expr) {
    TRY(parse_atom(parser, expr));
    for (;;) {
        const TokenKind kind = parser->token.kind;
        if (kind == TOKEN_LPAR)
            TRY(lang_parse_call(parser, *expr, expr));
        else if (kind == TOKEN_LBRACKET)
            TRY(lang_parse_index(parser, *expr, expr));
        else if (kind == TOKEN_DOT)
            TRY(parse_attribute(parser, *expr, expr));
        else
            return OK;
    }
}
