// Lists between commas, how parsing goes on behind a mistake in one, and what is then said.
#include "lang/parser.h"

// ---- Messages ---------------------------------------------------------------

// What to do about a token where it does not fit.
static const char *const HINTS[TOKEN_KINDS] = {
    [TOKEN_ASSIGN] = "write `==` to compare; values are named under `let`",
    [TOKEN_ELSE] = "write `a if c else b`",
    [TOKEN_FOR] = "a comprehension is `[f(i) for i in range(3)]`; a generator among other "
                  "values stands in brackets",
    [TOKEN_IF] = "write `a if c else b`",
    [TOKEN_COMMA] = "a value is missing before it, or it is one comma too many",
    [TOKEN_BAR] = "an absolute value is `abs(x)`",
    [TOKEN_DOT] = "a field stands behind its record: `r.x`",
};

static bool is_closing(TokenKind kind) {
    return kind == TOKEN_RPAR || kind == TOKEN_RBRACKET || kind == TOKEN_RBRACE;
}

static bool is_opening(TokenKind kind) {
    return kind == TOKEN_LPAR || kind == TOKEN_LBRACKET || kind == TOKEN_LBRACE;
}

static const char *found(const Parser *parser) {
    enum { LONGEST = 40 };
    const Token *token = &parser->token;
    if (token->kind == TOKEN_END) return "the end";
    const char *text = parser->lexer.begin + (token->span.at - parser->lexer.at);
    size_t n = token->span.n;
    if (n <= LONGEST) return base_hint(parser->diags, "`%.*s`", (int)n, text);
    for (n = LONGEST; ((unsigned char)text[n] & 0xC0) == 0x80; n--)
        continue;
    return base_hint(parser->diags, "`%.*s…`", (int)n, text);
}

Status lang_expected(Parser *parser, Code code, const char *hint, const char *what) {
    const Token *token = &parser->token;
    if (token->reported) return FAILED;
    // What is missing at the end, the list of an open bracket reports.
    if (token->kind == TOKEN_END && (parser->lexer.lost_text || parser->n_brackets > 0))
        return FAILED;
    if (token->kind == TOKEN_STATEMENT) {
        code = CODE_E306;
        hint = token->hint;
    }
    return base_error(parser->diags, code, token->span, hint ? hint : HINTS[token->kind],
                      "expected %s, found %s", what, found(parser));
}

// What may be missing between two items.
static const char *separator_hint(const Parser *parser, const List *list) {
    const TokenKind kind = parser->token.kind;
    const bool call = list->closer == TOKEN_RPAR;
    if (kind == TOKEN_COLON && call) return "a keyword argument is `name=value`";
    if (kind != TOKEN_NAME && kind != TOKEN_INT && kind != TOKEN_FLOAT) return NULL;
    return call ? "a keyword argument is `name=value`, a product `a * b`, a call `f(x)`"
                : "a product is `a * b`, a call `f(x)`";
}

// An item is over, but neither a comma nor the end of the list follows.
static Status expected_separator(Parser *parser, const List *list) {
    if (is_closing(parser->token.kind))
        return base_error(parser->diags, CODE_E305, parser->token.span, "leave it out",
                          "%s closes no bracket", found(parser));
    const bool values = list->closer == TOKEN_END || is_closing(list->closer);
    const char *closer =
        list->closer == TOKEN_END
            ? "the end"
            : base_hint(parser->diags, "`%s`", lang_token_text(list->closer));
    const char *what =
        base_hint(parser->diags, "%s`,` or %s", values ? "an operator, " : "", closer);
    return lang_expected(parser, CODE_E301, separator_hint(parser, list), what);
}

// ---- Items ------------------------------------------------------------------

bool lang_at_close(const Parser *parser) {
    const TokenKind kind = parser->token.kind;
    if (kind == TOKEN_END || kind == parser->list->closer) return true;
    return is_closing(kind) && parser->n_brackets > 0;
}

bool lang_at_item_end(const Parser *parser) {
    const TokenKind kind = parser->token.kind;
    return kind == TOKEN_COMMA || kind == TOKEN_SEMICOLON || lang_at_close(parser);
}

// Skips what is left of an item behind a mistake, with all brackets that it opens.
static Status skip_item(Parser *parser) {
    uint32_t open = 0;
    while (parser->token.kind != TOKEN_END && (open > 0 || !lang_at_item_end(parser))) {
        if (is_opening(parser->token.kind)) open++;
        if (is_closing(parser->token.kind) && open > 0) open--;
        TRY(lang_advance(parser));
    }
    return OK;
}

// A `;` is read as a comma within brackets; outside, another statement would follow.
static Status read_semicolon(Parser *parser) {
    const bool brackets = parser->n_brackets > 0;
    base_error(parser->diags, CODE_E306, parser->token.span,
               brackets ? "write `,`"
                        : "leave it out; values in between are named under `let`",
               "`;` stands between statements, and this is one expression");
    if (!brackets) parser->lexer.next = parser->lexer.end;
    return OK;
}

Status lang_parse_list(Parser *parser, List *list, Status (*item)(Parser *, List *)) {
    list->outer = parser->list;
    list->last = list->open;
    parser->list = list;
    parser->n_brackets += is_closing(list->closer);
    while (!lang_at_close(parser)) {
        Status status = item(parser, list);
        if (status == OK && !lang_at_item_end(parser))
            status = expected_separator(parser, list);
        if (status == NOMEM) return NOMEM;
        if (status == FAILED) {
            list->broken = true;
            TRY(skip_item(parser));
        }
        list->comma = !lang_at_close(parser);
        if (list->comma) {
            if (parser->token.kind == TOKEN_SEMICOLON) TRY(read_semicolon(parser));
            TRY(lang_advance(parser));
        }
        list->last = parser->last;
        if (!list->comma) break;
    }
    parser->list = list->outer;
    parser->n_brackets -= is_closing(list->closer);
    return OK;
}

Status lang_add_name(Parser *parser, List *list, Str name, Span span, Code code,
                     const char *what) {
    if (!list->names) list->names = base_map_new(parser->arena);
    TRY_ALLOC(list->names);
    uint32_t first;
    if (base_map_get(list->names, name, &first)) {
        const int n = name.n < 40 ? (int)name.n : 40;
        base_error_also(parser->diags, code, span, list->places.at[first], "first here",
                        NULL, "duplicate %s `%.*s`", what, n, name.at);
        return OK;
    }
    TRY(base_map_set(list->names, name, list->places.n));
    return VEC_PUSH(parser->arena, &list->places, span) ? OK : NOMEM;
}

Status lang_read_name(Parser *parser, const char *what, Token *name) {
    *name = parser->token;
    if (!name->keyword && name->kind != TOKEN_NAME)
        return lang_expected(parser, CODE_E301, NULL,
                             base_hint(parser->diags, "the name of %s", what));
    if (name->keyword)
        base_error(parser->diags, CODE_E310, name->span, NULL,
                   "the keyword `%.*s` cannot be the name of %s", STR_ARG(name->text),
                   what);
    return lang_advance(parser);
}

// ---- Closing ----------------------------------------------------------------

static bool closes_outer(const Parser *parser) {
    for (const List *list = parser->list; list; list = list->outer)
        if (list->closer == parser->token.kind) return true;
    return false;
}

// The end came before the closer of `list`. One mistake, however many brackets are open.
static void report_unclosed(Parser *parser, const List *list) {
    if (parser->end_reported || parser->lexer.lost_text) return;
    parser->end_reported = true;
    enum { MOST_SHOWN = 8 };
    char closers[MOST_SHOWN + 1] = {lang_token_text(list->closer)[0]};
    size_t n = 1;
    for (const List *outer = parser->list; outer && n < MOST_SHOWN; outer = outer->outer)
        if (is_closing(outer->closer)) closers[n++] = lang_token_text(outer->closer)[0];
    base_error_also(parser->diags, CODE_E305, parser->token.span, list->open, "opened here",
                    n < MOST_SHOWN ? base_hint(parser->diags, "add `%s`", closers) : NULL,
                    "expected `%c`, found the end", closers[0]);
}

Status lang_close(Parser *parser, const List *list, Span *whole) {
    *whole = base_span_join(list->open, list->last);
    if (parser->token.kind == list->closer) {
        *whole = base_span_join(list->open, parser->token.span);
        return lang_advance(parser);
    }
    const char *closer = lang_token_text(list->closer);
    if (!is_closing(list->closer)) {
        if (list->broken) return FAILED;
        return lang_expected(parser, CODE_E301, NULL,
                             base_hint(parser->diags, "`%s`", closer));
    }
    if (parser->token.kind == TOKEN_END) {
        report_unclosed(parser, list);
        return OK;
    }
    // A bracket that closes an outer list is left to it, and those within count as closed.
    if (parser->mismatch == parser->token.span.at) return OK;
    base_error_also(parser->diags, CODE_E305, parser->token.span, list->open, "opened here",
                    NULL, "expected `%s`, found %s", closer, found(parser));
    if (!closes_outer(parser)) return lang_advance(parser);
    parser->mismatch = parser->token.span.at;
    return OK;
}
