// The syntax tree of expressions (a subset of Python's, language.md §2).
//
// A tree may be very deep to the left (`x + x + …` of a million terms is a million nested
// BINARY nodes): whoever walks it follows the left spine of BINARY nodes with an explicit
// stack. In every other direction nesting is bounded by LIMIT_EXPR_DEPTH.
#ifndef LANG_AST_H
#define LANG_AST_H

#include "base/diag.h"

typedef enum ExprKind {
    EXPR_INT,    // text: the numeral as written, underscores and prefix included
    EXPR_FLOAT,  // text: the numeral as written
    EXPR_IMAG,   // text: without the j
    EXPR_STRING, // text: decoded
    EXPR_TRUE,
    EXPR_FALSE,
    EXPR_NONE,
    EXPR_ELLIPSIS,
    EXPR_NAME,   // text: the name
    EXPR_TUPLE,  // items; an item may be STAR
    EXPR_LIST,   // items; an item may be STAR
    EXPR_RECORD, // keys (STRING), items
    EXPR_UNARY,  // op, items[0]
    EXPR_BINARY, // op, items[0], items[1]
    EXPR_AND,    // items[0], items[1]
    EXPR_OR,
    EXPR_NOT,     // items[0]
    EXPR_COMPARE, // items[0..n-1], ops[0..n-2]: chained
    EXPR_IF,      // items: then, condition, else
    EXPR_LAMBDA,  // params, items[0]: the body
    EXPR_CALL,    // items[0]: the function; then arguments, each an expression, STAR or
                  // KEYWORD
    EXPR_INDEX,   // items[0]: the object; items[1]: the index (a TUPLE without parentheses
                  // for several)
    EXPR_SLICE,   // items: start, stop, step; each may be NULL
    EXPR_ATTR,    // items[0], text: the name
    EXPR_STAR,    // items[0]
    EXPR_KEYWORD, // text: the name, items[0]
    EXPR_COMP,    // list comprehension or generator: items[0]: the element; clauses
} ExprKind;

typedef enum ExprOp {
    OP_NEG,
    OP_POS,
    OP_INVERT, // UNARY
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_FLOORDIV,
    OP_MOD,
    OP_MATMUL,
    OP_POW, // BINARY
    OP_LSHIFT,
    OP_RSHIFT,
    OP_BITAND,
    OP_BITXOR,
    OP_BITOR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_NOT_IN,
    OP_IS,
    OP_IS_NOT, // COMPARE
} ExprOp;

typedef struct Expr Expr;

// A parameter of a lambda.
typedef struct ExprParam {
    Str name;
    Span span;
    bool star;         // *names
    bool keyword_only; // after *names or a bare *
    Expr *fallback;    // the default, or NULL
} ExprParam;

// One `for target in source` of a comprehension with its `if`s. Targets are names, or a
// tuple of names.
typedef struct ExprClause {
    Expr *target; // NAME or TUPLE of NAMEs
    Expr *source;
    Expr **conditions;
    uint32_t n_conditions;
} ExprClause;

struct Expr {
    uint8_t kind;   // ExprKind
    uint8_t op;     // ExprOp
    bool bracketed; // was written in parentheses (a generator: was written bare or in
                    // parentheses)
    bool is_list;   // COMP: written in [ ]
    uint32_t n;     // number of items
    Span span;      // the whole expression
    Span op_span;   // the operator, or the name behind a dot
    Expr **items;
    union {
        Str text;     // INT, FLOAT, IMAG, STRING, NAME, ATTR, KEYWORD
        uint8_t *ops; // COMPARE
        Str *keys;    // RECORD
        struct {      // LAMBDA
            ExprParam *params;
            uint32_t n_params;
        };
        struct { // COMP
            ExprClause *clauses;
            uint32_t n_clauses;
        };
    };
};

// Parses one expression. `at` is the number (source.h) of the text's first byte. Newlines
// are white space, `#` begins a comment. Errors (E3xx, E7xx) are reported and FAILED is
// returned; the parser goes on behind a mistake where it can, so that one run reports
// several. Texts in the tree point into `text` or into the arena; both must outlive it.
// Time and memory are linear in the text.
Status lang_parse(Arena *arena, Diags *diags, Str text, uint32_t at, Expr **root) MUST_USE;

// Parses the parameters of a function: "x, axis=None, *rest" (as between `lambda` and `:`).
Status lang_parse_params(Arena *arena, Diags *diags, Str text, uint32_t at,
                         ExprParam **params, uint32_t *n) MUST_USE;

// Whether a text is a legal name ([A-Za-z_][A-Za-z0-9_]*, no Python keyword).
bool lang_is_name(Str text);

// The operator as written: "+", "not in".
const char *lang_op_text(ExprOp op);

// Adds the expression as text with all brackets explicit (for tests and --validate -v).
void lang_print(const Expr *expr, Text *out);

#endif
