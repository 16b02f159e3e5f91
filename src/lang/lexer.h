// Tokens of an expression, read one at a time: no list of them is ever made.
//
// A mistake within a token is reported here, and a token comes out all the same where it is
// clear which was meant, so that the parser goes on as if it had been right.
#ifndef LANG_LEXER_H
#define LANG_LEXER_H

#include "base/diag.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_INT,       // text: as written
    TOKEN_FLOAT,     // text: as written
    TOKEN_IMAG,      // text: without the j
    TOKEN_STRING,    // text: decoded
    TOKEN_NAME,      // text
    TOKEN_STATEMENT, // a keyword that stands in no expression; hint
    TOKEN_BAD,       // fits nowhere; reported
    TOKEN_SPACE,     // a reported mistake that is skipped; never leaves the lexer
#define MARK(kind, text) TOKEN_##kind,
#define WORD(kind, text) TOKEN_##kind,
#include "lang/tokens.def"
    TOKEN_KINDS
} TokenKind;

typedef struct Token {
    uint8_t kind;  // TokenKind
    bool keyword;  // a word that is no name
    bool reported; // a mistake was reported here: the parser adds no second one
    Span span;
    Str text;
    const char *hint; // STATEMENT
} Token;

typedef struct Lexer {
    Arena *arena;
    Diags *diags;
    const char *begin, *next, *end;
    uint32_t at;    // the number (source.h) of the text's first byte
    bool lost_text; // a text literal had no end: brackets behind it may be lost in it
} Lexer;

void lang_lexer_init(Lexer *lexer, Arena *arena, Diags *diags, Str text, uint32_t at);

// Reads the next token; at the end, END again and again. OK behind a mistake too.
Status lang_lex(Lexer *lexer, Token *token) MUST_USE;

// Whether `=` (and not `==`) comes next.
bool lang_at_assign(Lexer *lexer);

// How a token of fixed spelling is written: "**", "lambda"; "" for the others.
const char *lang_token_text(TokenKind kind);

static inline bool lang_is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

// ---- Within the lexer ----

// Whether a word is a keyword.
bool lang_is_keyword(Str word);

// A place in the lexer's text.
Span lang_lexer_span(const Lexer *lexer, const char *begin, const char *end);

// lex_numeral.c: reads the numeral that begins at `next`.
void lang_lex_numeral(Lexer *lexer, Token *token);

// lex_string.c: reads the text literal whose quote stands at `next`. Where `raw`,
// backslashes are characters like any other.
Status lang_lex_string(Lexer *lexer, Token *token, bool raw) MUST_USE;

#endif
