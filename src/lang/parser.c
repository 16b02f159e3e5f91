// Operators by one table of powers, left-associative chains by loops; the entry points.
#include "lang/parser.h"

#include "base/limits.h"

typedef struct Operator {
    uint8_t power; // POWER_NONE: the token is no such operator
    uint8_t right; // the power at which the operand on the right is parsed
    uint8_t kind;  // ExprKind
    uint8_t op;    // ExprOp
} Operator;

static const Operator PREFIXES[TOKEN_KINDS] = {
    [TOKEN_LAMBDA] = {POWER_IF, POWER_IF, EXPR_LAMBDA, 0},
    [TOKEN_NOT] = {POWER_NOT, POWER_NOT, EXPR_NOT, 0},
    [TOKEN_PLUS] = {POWER_SIGN, POWER_SIGN, EXPR_UNARY, OP_POS},
    [TOKEN_MINUS] = {POWER_SIGN, POWER_SIGN, EXPR_UNARY, OP_NEG},
    [TOKEN_TILDE] = {POWER_SIGN, POWER_SIGN, EXPR_UNARY, OP_INVERT},
};

// Left-associative operators take on their right what binds tighter. `**` takes a sign, and
// so also another `**`: it is right-associative.
static const Operator INFIXES[TOKEN_KINDS] = {
    [TOKEN_IF] = {POWER_IF, POWER_IF, EXPR_IF, 0},
    [TOKEN_OR] = {POWER_OR, POWER_AND, EXPR_OR, 0},
    [TOKEN_AND] = {POWER_AND, POWER_NOT, EXPR_AND, 0},
    [TOKEN_NOT] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_NOT_IN},
    [TOKEN_IN] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_IN},
    [TOKEN_IS] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_IS},
    [TOKEN_EQ] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_EQ},
    [TOKEN_NE] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_NE},
    [TOKEN_LT] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_LT},
    [TOKEN_LE] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_LE},
    [TOKEN_GT] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_GT},
    [TOKEN_GE] = {POWER_COMPARE, POWER_BITOR, EXPR_COMPARE, OP_GE},
    [TOKEN_BAR] = {POWER_BITOR, POWER_BITXOR, EXPR_BINARY, OP_BITOR},
    [TOKEN_CARET] = {POWER_BITXOR, POWER_BITAND, EXPR_BINARY, OP_BITXOR},
    [TOKEN_AMPERSAND] = {POWER_BITAND, POWER_SHIFT, EXPR_BINARY, OP_BITAND},
    [TOKEN_LSHIFT] = {POWER_SHIFT, POWER_SUM, EXPR_BINARY, OP_LSHIFT},
    [TOKEN_RSHIFT] = {POWER_SHIFT, POWER_SUM, EXPR_BINARY, OP_RSHIFT},
    [TOKEN_PLUS] = {POWER_SUM, POWER_PRODUCT, EXPR_BINARY, OP_ADD},
    [TOKEN_MINUS] = {POWER_SUM, POWER_PRODUCT, EXPR_BINARY, OP_SUB},
    [TOKEN_STAR] = {POWER_PRODUCT, POWER_SIGN, EXPR_BINARY, OP_MUL},
    [TOKEN_SLASH] = {POWER_PRODUCT, POWER_SIGN, EXPR_BINARY, OP_DIV},
    [TOKEN_FLOORDIV] = {POWER_PRODUCT, POWER_SIGN, EXPR_BINARY, OP_FLOORDIV},
    [TOKEN_PERCENT] = {POWER_PRODUCT, POWER_SIGN, EXPR_BINARY, OP_MOD},
    [TOKEN_AT] = {POWER_PRODUCT, POWER_SIGN, EXPR_BINARY, OP_MATMUL},
    [TOKEN_POW] = {POWER_POW, POWER_SIGN, EXPR_BINARY, OP_POW},
};

Status lang_advance(Parser *parser) {
    parser->last = parser->token.span;
    return lang_lex(&parser->lexer, &parser->token);
}

// ---- Nodes ------------------------------------------------------------------

Expr *lang_new_expr(Parser *parser, ExprKind kind, Span span, uint32_t n) {
    Expr *expr = base_alloc(parser->arena, sizeof *expr + n * sizeof(Expr *));
    if (!expr) return NULL;
    expr->kind = (uint8_t)kind;
    expr->span = span;
    expr->n = n;
    expr->items = n ? (Expr **)(expr + 1) : NULL;
    return expr;
}

Expr *lang_new_list_expr(Parser *parser, ExprKind kind, Span span, const List *list) {
    Expr *expr = lang_new_expr(parser, kind, span, 0);
    if (!expr) return NULL;
    expr->n = list->items.n;
    expr->items = list->items.at;
    return expr;
}

// ---- Operators --------------------------------------------------------------

static Status parse_prefix(Parser *parser, Power least, Expr **expr) {
    const Operator *prefix = &PREFIXES[parser->token.kind];
    if (prefix->power == POWER_NONE) return lang_parse_postfix(parser, expr);
    if (prefix->power < least)
        return lang_expected(parser, CODE_E301, "put it in brackets", "an operand");
    if (prefix->kind == EXPR_LAMBDA) return lang_parse_lambda(parser, expr);

    const Span op_span = parser->token.span;
    Expr *operand;
    TRY(lang_advance(parser));
    TRY(lang_parse_power(parser, prefix->right, &operand));
    *expr = lang_new_expr(parser, prefix->kind, base_span_join(op_span, operand->span), 1);
    TRY_ALLOC(*expr);
    (*expr)->op = prefix->op;
    (*expr)->op_span = op_span;
    (*expr)->items[0] = operand;
    return OK;
}

// `*expr` becomes the left operand of the operator looked at.
static Status parse_binary(Parser *parser, const Operator *infix, Expr **expr) {
    const Span op_span = parser->token.span;
    Expr *left = *expr, *right;
    TRY(lang_advance(parser));
    TRY(lang_parse_power(parser, infix->right, &right));
    *expr = lang_new_expr(parser, infix->kind, base_span_join(left->span, right->span), 2);
    TRY_ALLOC(*expr);
    (*expr)->op = infix->op;
    (*expr)->op_span = op_span;
    (*expr)->items[0] = left;
    (*expr)->items[1] = right;
    return OK;
}

// Reads a comparison operator, which may have two words.
static Status read_comparison(Parser *parser, uint8_t *op, Span *span) {
    const TokenKind kind = parser->token.kind;
    const bool reported = parser->token.reported; // `x!`
    *op = INFIXES[kind].op;
    *span = parser->token.span;
    TRY(lang_advance(parser));
    if (kind == TOKEN_NOT && parser->token.kind != TOKEN_IN && reported) return FAILED;
    if (kind == TOKEN_NOT && parser->token.kind != TOKEN_IN)
        return lang_expected(parser, CODE_E301, "a comparison is `a not in b`",
                             "`in` behind `not`");
    if (kind == TOKEN_IS && parser->token.kind == TOKEN_NOT) *op = OP_IS_NOT;
    if (*op != OP_NOT_IN && *op != OP_IS_NOT) return OK;
    *span = base_span_join(*span, parser->token.span);
    return lang_advance(parser);
}

// A chain: `a < b <= c` is one node.
static Status parse_comparison(Parser *parser, Expr **expr) {
    List list = {0};
    VEC(uint8_t) ops = {0};
    Span op_span = NO_SPAN;
    if (!VEC_PUSH(parser->arena, &list.items, *expr)) return NOMEM;
    while (INFIXES[parser->token.kind].power == POWER_COMPARE) {
        uint8_t op;
        Span span;
        Expr *operand;
        TRY(read_comparison(parser, &op, &span));
        TRY(lang_parse_power(parser, POWER_BITOR, &operand));
        if (!VEC_PUSH(parser->arena, &ops, op)) return NOMEM;
        if (!VEC_PUSH(parser->arena, &list.items, operand)) return NOMEM;
        if (op_span.at == 0) op_span = span;
    }
    const Span whole = base_span_join((*expr)->span, parser->last);
    *expr = lang_new_list_expr(parser, EXPR_COMPARE, whole, &list);
    TRY_ALLOC(*expr);
    (*expr)->ops = ops.at;
    (*expr)->op_span = op_span;
    return OK;
}

// `*expr` becomes the first part of `a if c else b`.
static Status parse_if(Parser *parser, Expr **expr) {
    const Span op_span = parser->token.span;
    Expr *then = *expr, *condition, *otherwise;
    TRY(lang_advance(parser));
    TRY(lang_parse_power(parser, POWER_OR, &condition));
    if (parser->token.kind != TOKEN_ELSE)
        return lang_expected(parser, CODE_E301, "write `a if c else b`", "`else`");
    TRY(lang_advance(parser));
    TRY(lang_parse_expr(parser, &otherwise));
    *expr = lang_new_expr(parser, EXPR_IF, base_span_join(then->span, otherwise->span), 3);
    TRY_ALLOC(*expr);
    (*expr)->op_span = op_span;
    (*expr)->items[0] = then;
    (*expr)->items[1] = condition;
    (*expr)->items[2] = otherwise;
    return OK;
}

static Status parse_operators(Parser *parser, Power least, Expr **expr) {
    TRY(parse_prefix(parser, least, expr));
    for (;;) {
        const Operator *infix = &INFIXES[parser->token.kind];
        if (infix->power < least) return OK; // POWER_NONE is less than any
        if (infix->kind == EXPR_IF)
            TRY(parse_if(parser, expr));
        else if (infix->kind == EXPR_COMPARE)
            TRY(parse_comparison(parser, expr));
        else
            TRY(parse_binary(parser, infix, expr));
    }
}

// ---- Depth ------------------------------------------------------------------

static Status report_depth(Parser *parser, Span span) {
    return base_error(parser->diags, CODE_E701, span, "name an inner part under `let`",
                      "the expression is nested more than %d deep (LIMIT_EXPR_DEPTH)",
                      LIMIT_EXPR_DEPTH);
}

Status lang_parse_power(Parser *parser, Power least, Expr **expr) {
    if (parser->depth >= LIMIT_EXPR_DEPTH) return report_depth(parser, parser->token.span);
    parser->depth++;
    const Status status = parse_operators(parser, least, expr);
    parser->depth--;
    return status;
}

typedef struct Visit {
    const Expr *expr; // or NULL
    int depth;
} Visit;
typedef VEC(Visit) Visits;

static bool push_all(Arena *arena, Visits *visits, Expr *const *items, uint32_t n,
                     int depth) {
    for (uint32_t i = 0; i < n; i++) {
        const Visit visit = {items[i], depth};
        if (!VEC_PUSH(arena, visits, visit)) return false;
    }
    return true;
}

static bool push_parts(Arena *arena, Visits *visits, const Expr *expr, int depth) {
    if (!push_all(arena, visits, expr->items, expr->n, depth)) return false;
    if (expr->kind == EXPR_BINARY) visits->at[visits->n - 2].depth--; // the spine
    if (expr->kind == EXPR_LAMBDA)
        for (uint32_t i = 0; i < expr->n_params; i++)
            if (!push_all(arena, visits, &expr->params[i].fallback, 1, depth)) return false;
    if (expr->kind != EXPR_COMP) return true;
    for (uint32_t i = 0; i < expr->n_clauses; i++) {
        const ExprClause *clause = &expr->clauses[i];
        if (!push_all(arena, visits, &clause->target, 1, depth) ||
            !push_all(arena, visits, &clause->source, 1, depth) ||
            !push_all(arena, visits, clause->conditions, clause->n_conditions, depth))
            return false;
    }
    return true;
}

// Bounds the depth of the tree in every direction but down the left of BINARY nodes. The
// parser's own depth does not: `x.T.T`, `f(x)(y)` and `a and b and c` grow to the left in
// loops, and such chains may be nested.
static Status check_depth(Parser *parser, const Expr *root) {
    Visits visits = {0};
    const Visit first = {root, 1};
    if (!VEC_PUSH(parser->arena, &visits, first)) return NOMEM;
    while (visits.n > 0) {
        const Visit visit = visits.at[--visits.n];
        if (!visit.expr) continue;
        if (visit.depth > LIMIT_EXPR_DEPTH) return report_depth(parser, visit.expr->span);
        if (!push_parts(parser->arena, &visits, visit.expr, visit.depth + 1)) return NOMEM;
    }
    return OK;
}

// ---- Entry points -----------------------------------------------------------

static Status begin(Parser *parser, Arena *arena, Diags *diags, Str text, uint32_t at) {
    *parser = (Parser){.arena = arena, .diags = diags};
    lang_lexer_init(&parser->lexer, arena, diags, text, at);
    return lang_advance(parser);
}

Status lang_parse(Arena *arena, Diags *diags, Str text, uint32_t at, Expr **root) {
    const uint32_t errors = diags->errors;
    Parser parser;
    List list = {.closer = TOKEN_END};
    Expr *expr;
    TRY(begin(&parser, arena, diags, text, at));
    if (parser.token.kind == TOKEN_END && diags->errors == errors)
        return base_error(diags, CODE_E301, parser.token.span, NULL,
                          "expected an expression, found nothing");
    TRY(lang_parse_list(&parser, &list, lang_parse_element));
    TRY(lang_make_tuple(&parser, &list, &expr));
    if (diags->errors != errors) return FAILED;
    // Each level of the tree takes a byte of the text at least.
    if (text.n > LIMIT_EXPR_DEPTH) TRY(check_depth(&parser, expr));
    *root = expr;
    return OK;
}

Status lang_parse_params(Arena *arena, Diags *diags, Str text, uint32_t at,
                         ExprParam **params, uint32_t *n) {
    const uint32_t errors = diags->errors;
    Parser parser;
    List list = {.closer = TOKEN_END};
    TRY(begin(&parser, arena, diags, text, at));
    TRY(lang_parse_param_list(&parser, &list));
    if (diags->errors != errors) return FAILED;
    for (uint32_t i = 0; i < list.params.n; i++)
        if (list.params.at[i].fallback)
            TRY(check_depth(&parser, list.params.at[i].fallback));
    *params = list.params.at;
    *n = list.params.n;
    return OK;
}
