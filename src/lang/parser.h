// What the files of the parser share.
//
// A function that parses returns OK, FAILED (a mistake was reported and the tokens behind
// it not read: the innermost list skips to its next comma), or NOMEM. So several mistakes
// of one expression are found. The tree holds whatever was right; lang_parse gives it away
// only when nothing was reported.
#ifndef LANG_PARSER_H
#define LANG_PARSER_H

#include "lang/ast.h"
#include "lang/lexer.h"

// How tightly operators bind, loosest first. What is parsed "at" a power holds operators
// that bind as tightly or tighter.
typedef enum Power {
    POWER_NONE,
    POWER_IF, // also lambda: a whole expression
    POWER_OR,
    POWER_AND,
    POWER_NOT,
    POWER_COMPARE,
    POWER_BITOR,
    POWER_BITXOR,
    POWER_BITAND,
    POWER_SHIFT,
    POWER_SUM,
    POWER_PRODUCT,
    POWER_SIGN,
    POWER_POW,
} Power;

// A list of things between commas, while it is parsed: what stands in brackets, the
// parameters of a lambda, the targets of a `for`, the whole text.
typedef struct List List;
struct List {
    List *outer;      // the list that this one stands in, or NULL
    TokenKind closer; // what ends it: a bracket, `:`, `in`, or END
    Span open;        // the opening bracket, `lambda` or `for`
    Span last;        // the last token in it, a comma included
    bool comma;       // the last item has a comma behind it
    bool broken;      // an item failed; what may be due to that is not reported
    bool starred;     // a lambda's: `*` or `*names` was read, at `star`
    bool bare_star;   // a lambda's: the last item was `*` alone
    Span star;

    VEC(Expr *) items;
    VEC(Str) keys;         // a record's
    VEC(ExprParam) params; // a lambda's
    StrMap *names;         // keys, keywords or parameters so far → index in `places`
    VEC(Span) places;
};

typedef struct Parser {
    Lexer lexer;
    Arena *arena;
    Diags *diags;
    Token token; // the one looked at
    Span last;   // the one before it
    List *list;  // the innermost
    int depth;
    uint32_t n_brackets; // lists around that stand in brackets
    uint32_t mismatch; // where a bracket stands that closes an outer list, and was reported
    bool end_reported; // an open bracket was reported at the end; one stands for all
} Parser;

// ---- parser.c ----

Status lang_advance(Parser *parser) MUST_USE;

// Parses what binds at least as tightly as `least`. All nesting goes through here, is
// counted here, and is bounded by LIMIT_EXPR_DEPTH.
Status lang_parse_power(Parser *parser, Power least, Expr **expr) MUST_USE;

static inline Status lang_parse_expr(Parser *parser, Expr **expr) {
    return lang_parse_power(parser, POWER_IF, expr);
}

// A node with room for n items, all NULL; NULL when memory is out.
Expr *lang_new_expr(Parser *parser, ExprKind kind, Span span, uint32_t n);

// A node that takes over the items of a list.
Expr *lang_new_list_expr(Parser *parser, ExprKind kind, Span span, const List *list);

// ---- parse_list.c ----

// Parses the items of a list up to its closer, which the token looked at then is, unless it
// is missing. `item` parses one and puts it into the list. Goes on behind mistakes.
Status lang_parse_list(Parser *parser, List *list,
                       Status (*item)(Parser *, List *)) MUST_USE;

// Reads the closer; *whole is the span with the opener and it. A bracket that is missing is
// reported, and OK.
Status lang_close(Parser *parser, const List *list, Span *whole) MUST_USE;

// Whether the token looked at ends the innermost list.
bool lang_at_close(const Parser *parser);

// Whether it ends an item.
bool lang_at_item_end(const Parser *parser);

// Records a name of the list, and reports it when it is there already: "duplicate <what>".
Status lang_add_name(Parser *parser, List *list, Str name, Span span, Code code,
                     const char *what) MUST_USE;

// Reports that `what` was expected and the token looked at found; FAILED. A hint of NULL is
// one that goes by the token. Says nothing where the token, or the end, has been reported.
Status lang_expected(Parser *parser, Code code, const char *hint, const char *what);

// Reads a name, for `what` ("an argument"); keywords are refused.
Status lang_read_name(Parser *parser, const char *what, Token *name) MUST_USE;

// ---- parse_atom.c ----

// An atom with the calls, indices and attributes behind it.
Status lang_parse_postfix(Parser *parser, Expr **expr) MUST_USE;

// An item of a tuple or list: an expression, a starred one, or a bare comprehension.
Status lang_parse_element(Parser *parser, List *list) MUST_USE;

// What the elements of a list without brackets of its own, or in parentheses, make: one
// expression, a tuple, a generator.
Status lang_make_tuple(Parser *parser, const List *list, Expr **expr) MUST_USE;

// ---- parse_call.c ----

Status lang_parse_call(Parser *parser, Expr *function, Expr **expr) MUST_USE;
Status lang_parse_index(Parser *parser, Expr *object, Expr **expr) MUST_USE;

// ---- parse_lambda.c ----

Status lang_parse_lambda(Parser *parser, Expr **expr) MUST_USE;

// The parameters, as between `lambda` and `:`, up to the list's closer.
Status lang_parse_param_list(Parser *parser, List *list) MUST_USE;

// ---- parse_for.c ----

// The clauses behind an element, up to what is no clause.
Status lang_parse_comprehension(Parser *parser, Expr *element, Expr **expr) MUST_USE;

#endif
