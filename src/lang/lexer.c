// Words and punctuation; numerals and text literals have files of their own.
#include "lang/lexer.h"

#include "lang/ast.h"

// ---- The tables -------------------------------------------------------------

typedef struct Spelling {
    uint8_t kind, n;
    uint16_t code; // of a slip
    const char *text;
    const char *what; // of a slip, else NULL
    const char *hint;
} Spelling;

static const Spelling SPELLINGS[] = {
#define MARK(kind, text) {TOKEN_##kind, sizeof(text) - 1, 0, text, NULL, NULL},
#define SLIP(kind, code, text, what, hint)                                                 \
    {TOKEN_##kind, sizeof(text) - 1, CODE_##code, text, what, hint},
#include "lang/tokens.def"
};

static const Spelling KEYWORDS[] = {
#define WORD(kind, text)      {TOKEN_##kind, sizeof(text) - 1, 0, text, NULL, NULL},
#define STATEMENT(text, hint) {TOKEN_STATEMENT, sizeof(text) - 1, 0, text, NULL, hint},
#include "lang/tokens.def"
};

static const char *const TOKEN_TEXTS[TOKEN_KINDS] = {
#define MARK(kind, text) [TOKEN_##kind] = text,
#define WORD(kind, text) [TOKEN_##kind] = text,
#include "lang/tokens.def"
};

enum {
    N_SPELLINGS = sizeof SPELLINGS / sizeof *SPELLINGS,
    N_KEYWORDS = sizeof KEYWORDS / sizeof *KEYWORDS,
};

const char *lang_token_text(TokenKind kind) {
    return TOKEN_TEXTS[kind] ? TOKEN_TEXTS[kind] : "";
}

// The row whose text the rest begins with, or NULL.
static const Spelling *find_spelling(const char *rest, const char *end) {
    const size_t n = (size_t)(end - rest);
    for (size_t i = 0; i < N_SPELLINGS; i++) {
        const Spelling *row = &SPELLINGS[i];
        if (row->text[0] == *rest && row->n <= n && memcmp(row->text, rest, row->n) == 0)
            return row;
    }
    return NULL;
}

static const Spelling *find_keyword(Str word) {
    for (size_t i = 0; i < N_KEYWORDS; i++) {
        const Spelling *row = &KEYWORDS[i];
        if (row->n == word.n && memcmp(row->text, word.at, word.n) == 0) return row;
    }
    return NULL;
}

bool lang_is_keyword(Str word) {
    return find_keyword(word) != NULL;
}

bool lang_is_name(Str text) {
    if (text.n == 0 || (text.at[0] >= '0' && text.at[0] <= '9')) return false;
    for (size_t i = 0; i < text.n; i++)
        if (!lang_is_word_char(text.at[i])) return false;
    return !lang_is_keyword(text);
}

// ---- Places and white space -------------------------------------------------

void lang_lexer_init(Lexer *lexer, Arena *arena, Diags *diags, Str text, uint32_t at) {
    const char *begin = text.at ? text.at : "";
    *lexer = (Lexer){.arena = arena, .diags = diags, .at = at};
    lexer->begin = lexer->next = begin;
    lexer->end = begin + text.n;
}

Span lang_lexer_span(const Lexer *lexer, const char *begin, const char *end) {
    return (Span){lexer->at + (uint32_t)(begin - lexer->begin), (uint32_t)(end - begin)};
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// White space, comments, and the backslash that joins lines in Python.
static void skip_space(Lexer *lexer) {
    const char *next = lexer->next, *end = lexer->end;
    for (; next < end; next++) {
        if (*next == '#') {
            const char *line_end = memchr(next, '\n', (size_t)(end - next));
            next = line_end ? line_end : end - 1;
        } else if (*next == '\\' && next + 1 < end &&
                   (next[1] == '\n' || next[1] == '\r')) {
            continue;
        } else if (!is_space(*next)) {
            break;
        }
    }
    lexer->next = next;
}

bool lang_at_assign(Lexer *lexer) {
    skip_space(lexer);
    const char *next = lexer->next;
    return next < lexer->end && *next == '=' && !(next + 1 < lexer->end && next[1] == '=');
}

// ---- Words ------------------------------------------------------------------

// What to write in place of a character of mathematics that is none of Python's.
static const char *character_hint(uint32_t code) {
    static const struct {
        uint32_t first, last;
        const char *hint;
    } ranges[] = {
        {0xB9, 0xB9, "a power is `x ** 2`"},
        {0xBC, 0xBE, "a fraction is `1 / 2`"},
        {0x0370, 0x03FF, "names have the letters a-z and A-Z alone: write alpha, say"},
        {0x2070, 0x207F, "a power is `x ** 2`"},
        {0x2080, 0x209F, "an index is `x[1]`, or a part of the name: x1"},
        {0x2150, 0x215F, "a fraction is `1 / 2`"},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return ranges[i].hint;
    return "names are made of the letters a-z and A-Z, digits, and _";
}

// Reports a character that no token begins with.
static void report_character(Lexer *lexer, const char *at) {
    const Str rest = {at, (size_t)(lexer->end - at)};
    uint32_t code = 0;
    const size_t n = base_utf8_decode(rest, &code);
    const Span span = lang_lexer_span(lexer, at, at + (n ? n : 1));
    if (n == 0)
        base_error(lexer->diags, CODE_E304, span, NULL,
                   "the byte 0x%02X is not valid UTF-8", (unsigned)(unsigned char)*at);
    else if (code < 0x80)
        base_error(lexer->diags, CODE_E304, span, NULL,
                   "the character U+%04X cannot stand in an expression", (unsigned)code);
    else
        base_error(lexer->diags, CODE_E304, span, character_hint(code),
                   "the character `%.*s` (U+%04X) cannot stand in an expression", (int)n,
                   at, (unsigned)code);
}

// The end of a word, which takes in the letters that names cannot have; *odd is the first.
static const char *word_end(const Lexer *lexer, const char *at, const char **odd) {
    *odd = NULL;
    for (; at < lexer->end; at++) {
        if (lang_is_word_char(*at)) continue;
        if ((*at & 0x80) == 0) break;
        const bool begins = (*at & 0xC0) != 0x80; // a character, not its second byte
        if (begins && find_spelling(at, lexer->end)) break;
        if (!*odd) *odd = at;
    }
    return at;
}

// Python's prefixes of text literals: what to write instead, or NULL for other words.
static const char *prefix_hint(Str word) {
    if (word.n > 2) return NULL;
    const char *hint = NULL;
    for (size_t i = 0; i < word.n; i++) {
        const char c = (char)(word.at[i] | 0x20);
        if (c == 'f')
            hint = "texts are not computed: write a plain text";
        else if (c == 'b')
            hint = "there are no bytes: write a plain text";
        else if (c == 'r')
            hint = "write a plain text, and `\\\\` for a backslash";
        else if (c == 'u')
            hint = "leave the prefix out: every text is Unicode";
        else
            return NULL;
    }
    return hint;
}

static Status lex_prefixed_string(Lexer *lexer, Token *token, Str prefix,
                                  const char *hint) {
    base_error(lexer->diags, CODE_E303, token->span, hint,
               "a text literal takes no prefix, found `%.*s`", STR_ARG(prefix));
    const bool raw = memchr(prefix.at, 'r', prefix.n) || memchr(prefix.at, 'R', prefix.n);
    return lang_lex_string(lexer, token, raw);
}

static Status lex_word(Lexer *lexer, Token *token) {
    const char *begin = lexer->next, *odd;
    lexer->next = word_end(lexer, begin, &odd);
    bool is_odd = odd != NULL;
    if (lexer->next == begin) { // a control character
        odd = lexer->next++;
        is_odd = true;
    }
    token->span = lang_lexer_span(lexer, begin, lexer->next);
    token->text = (Str){begin, (size_t)(lexer->next - begin)};
    if (is_odd) {
        report_character(lexer, odd);
        token->kind = *odd & 0x80 ? TOKEN_NAME : TOKEN_BAD;
        token->reported = true;
        return OK;
    }
    if (lexer->next < lexer->end && (*lexer->next == '"' || *lexer->next == '\'')) {
        const char *hint = prefix_hint(token->text);
        if (hint) return lex_prefixed_string(lexer, token, token->text, hint);
    }
    const Spelling *keyword = find_keyword(token->text);
    token->kind = keyword ? keyword->kind : TOKEN_NAME;
    token->hint = keyword ? keyword->hint : NULL;
    token->keyword = keyword != NULL;
    return OK;
}

// ---- Punctuation ------------------------------------------------------------

// A text between quotes that are none: up to the next quote of any kind, within the line.
static void skip_misquoted(Lexer *lexer) {
    while (lexer->next < lexer->end && *lexer->next != '\n') {
        const char c = *lexer->next;
        const Spelling *row = c & 0x80 ? find_spelling(lexer->next, lexer->end) : NULL;
        const bool quote = c == '"' || c == '\'' || (row && row->kind == TOKEN_STRING);
        lexer->next += row ? row->n : 1;
        if (quote) return;
    }
    lexer->lost_text = true;
}

static void report_slip(Lexer *lexer, Token *token, const Spelling *row) {
    base_error(lexer->diags, (Code)row->code, token->span, row->hint,
               "%s cannot stand in an expression", row->what);
    token->reported = true;
    if (row->kind != TOKEN_STRING) return;
    const char *begin = lexer->next - row->n;
    skip_misquoted(lexer);
    token->span = lang_lexer_span(lexer, begin, lexer->next);
}

static bool is_digit(const char *at, const char *end) {
    return at < end && *at >= '0' && *at <= '9';
}

Status lang_lex(Lexer *lexer, Token *token) {
    for (;;) {
        skip_space(lexer);
        const char *begin = lexer->next, *end = lexer->end;
        *token = (Token){.kind = TOKEN_END, .span = lang_lexer_span(lexer, begin, begin)};
        if (begin == end) return OK;
        if (is_digit(begin, end) || (*begin == '.' && is_digit(begin + 1, end))) {
            lang_lex_numeral(lexer, token);
            return OK;
        }
        if (*begin == '"' || *begin == '\'') return lang_lex_string(lexer, token, false);
        const Spelling *row = lang_is_word_char(*begin) ? NULL : find_spelling(begin, end);
        if (!row) return lex_word(lexer, token);

        lexer->next += row->n;
        token->kind = row->kind;
        token->span = lang_lexer_span(lexer, begin, lexer->next);
        token->text = (Str){begin, row->n};
        if (row->what) report_slip(lexer, token, row);
        if (row->kind != TOKEN_SPACE) return OK;
    }
}
