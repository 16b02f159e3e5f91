// Lambdas and their parameters.
#include "lang/parser.h"

static Status push_param(Parser *parser, List *list, ExprParam param) {
    return VEC_PUSH(parser->arena, &list->params, param) ? OK : NOMEM;
}

// `*`, behind which all parameters are keywords, or `*names`.
static Status parse_starred_param(Parser *parser, List *list) {
    if (list->starred)
        base_error_also(parser->diags, CODE_E308, parser->token.span, list->star,
                        "first here", NULL, "a second `*` among the parameters");
    else
        list->star = parser->token.span;
    list->starred = true;
    TRY(lang_advance(parser));
    list->bare_star = lang_at_item_end(parser);
    if (list->bare_star) return OK;
    Token name;
    TRY(lang_read_name(parser, "a parameter", &name));
    TRY(lang_add_name(parser, list, name.text, name.span, CODE_E308, "parameter"));
    if (parser->token.kind == TOKEN_ASSIGN)
        return lang_expected(parser, CODE_E308,
                             "it is an empty tuple where no values are left",
                             "no default of a starred parameter");
    return push_param(parser, list,
                      (ExprParam){.name = name.text, .span = name.span, .star = true});
}

// A positional parameter without a default may not stand behind one that has one.
static void check_order(Parser *parser, const List *list, const ExprParam *param) {
    if (list->starred || param->fallback || list->params.n == 0) return;
    const ExprParam *before = &list->params.at[list->params.n - 1];
    if (before->fallback)
        base_error_also(
            parser->diags, CODE_E308, param->span, before->span, "this one has a default",
            "give it a default, or put it before",
            "the parameter `%.*s` without a default stands behind one with a default",
            (int)(param->name.n < 40 ? param->name.n : 40), param->name.at);
}

static Status parse_param(Parser *parser, List *list) {
    list->bare_star = false;
    if (parser->token.kind == TOKEN_STAR) return parse_starred_param(parser, list);
    if (parser->token.kind == TOKEN_POW)
        return lang_expected(parser, CODE_E308, "every parameter is written out",
                             "a parameter");
    if (parser->token.kind == TOKEN_SLASH)
        return lang_expected(parser, CODE_E308,
                             "leave it out: any parameter may be given by its name",
                             "a parameter");
    Token name;
    TRY(lang_read_name(parser, "a parameter", &name));
    TRY(lang_add_name(parser, list, name.text, name.span, CODE_E308, "parameter"));
    ExprParam param = {.name = name.text, .span = name.span, .keyword_only = list->starred};
    if (parser->token.kind == TOKEN_ASSIGN) {
        TRY(lang_advance(parser));
        TRY(lang_parse_expr(parser, &param.fallback));
    }
    check_order(parser, list, &param);
    return push_param(parser, list, param);
}

Status lang_parse_param_list(Parser *parser, List *list) {
    TRY(lang_parse_list(parser, list, parse_param));
    if (list->bare_star)
        base_error(parser->diags, CODE_E308, list->star, "leave `*` out, or write `*names`",
                   "expected parameters behind `*`");
    return OK;
}

Status lang_parse_lambda(Parser *parser, Expr **expr) {
    const Span op_span = parser->token.span;
    List list = {.closer = TOKEN_COLON, .open = op_span};
    Span head;
    Expr *body;
    TRY(lang_advance(parser));
    TRY(lang_parse_param_list(parser, &list));
    TRY(lang_close(parser, &list, &head));
    TRY(lang_parse_expr(parser, &body));
    *expr = lang_new_expr(parser, EXPR_LAMBDA, base_span_join(op_span, body->span), 1);
    TRY_ALLOC(*expr);
    (*expr)->op_span = op_span;
    (*expr)->params = list.params.at;
    (*expr)->n_params = list.params.n;
    (*expr)->items[0] = body;
    return OK;
}
