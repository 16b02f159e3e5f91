// Text literals: where they end, and their escapes.
#include "lang/lexer.h"

// ---- Escapes ----------------------------------------------------------------

static const struct {
    char letter, character;
} ESCAPES[] = {{'n', '\n'}, {'t', '\t'}, {'\\', '\\'}, {'\'', '\''}, {'"', '"'}};

// Escapes that give a code point, and how many hexadecimal digits they have.
static const struct {
    char letter;
    int digits;
} CODE_ESCAPES[] = {{'x', 2}, {'u', 4}, {'U', 8}};

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Writes a code point as UTF-8; the end of what was written.
static char *put_utf8(char *out, uint32_t code) {
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char LEADS[] = {0, 0xC0, 0xE0, 0xF0};
    *out++ = (char)(LEADS[more] | code >> (6 * more));
    for (int i = more - 1; i >= 0; i--)
        *out++ = (char)(0x80 | (code >> (6 * i) & 0x3F));
    return out;
}

// Decodes \xHH, \uXXXX or \UXXXXXXXX at `at`; its end.
static const char *decode_code(Lexer *lexer, const char *at, const char *end, int n,
                               char **out) {
    const char *digit = at + 2;
    uint32_t code = 0;
    int found = 0;
    for (; found < n && digit < end && hex_value(*digit) >= 0; found++)
        code = code << 4 | (uint32_t)hex_value(*digit++);
    const Span span = lang_lexer_span(lexer, at, digit);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (found < n)
        base_error(lexer->diags, CODE_E303, span, NULL,
                   "expected %d hexadecimal digits behind `\\%c`, found %d", n, at[1],
                   found);
    else if (surrogate || code > 0x10FFFF)
        base_error(lexer->diags, CODE_E303, span, NULL, "U+%04X is no character",
                   (unsigned)code);
    else
        *out = put_utf8(*out, code);
    return digit;
}

// Decodes the escape at `at`; its end. `end` is behind at least one more character.
static const char *decode_escape(Lexer *lexer, const char *at, const char *end,
                                 char **out) {
    for (size_t i = 0; i < sizeof ESCAPES / sizeof *ESCAPES; i++) {
        if (at[1] != ESCAPES[i].letter) continue;
        *(*out)++ = ESCAPES[i].character;
        return at + 2;
    }
    for (size_t i = 0; i < sizeof CODE_ESCAPES / sizeof *CODE_ESCAPES; i++)
        if (at[1] == CODE_ESCAPES[i].letter)
            return decode_code(lexer, at, end, CODE_ESCAPES[i].digits, out);
    uint32_t code;
    const size_t n = base_utf8_decode((Str){at + 1, (size_t)(end - at - 1)}, &code);
    const size_t shown = n && code >= ' ' ? n : 0;
    base_error(
        lexer->diags, CODE_E303, lang_lexer_span(lexer, at, at + 1 + shown),
        "write `\\\\` for a backslash; escapes are \\n \\t \\\\ \\' \\\" \\xHH \\uXXXX",
        "unknown escape `\\%.*s`", (int)shown, at + 1);
    return at + 1 + n;
}

static Status decode(Lexer *lexer, Str raw, Str *text) {
    // No escape is shorter than what it stands for.
    char *buffer = base_alloc(lexer->arena, raw.n);
    TRY_ALLOC(buffer);
    char *out = buffer;
    const char *end = raw.at + raw.n;
    for (const char *at = raw.at; at < end;) {
        if (*at == '\\')
            at = decode_escape(lexer, at, end, &out);
        else
            *out++ = *at++;
    }
    *text = (Str){buffer, (size_t)(out - buffer)};
    return OK;
}

// ---- Literals ---------------------------------------------------------------

static void check_utf8(Lexer *lexer, Str text) {
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        const size_t n = base_utf8_decode((Str){text.at + i, text.n - i}, &code);
        if (n == 0) {
            base_error(lexer->diags, CODE_E303,
                       lang_lexer_span(lexer, text.at + i, text.at + i + 1), NULL,
                       "the byte 0x%02X is not valid UTF-8",
                       (unsigned)(unsigned char)text.at[i]);
            return;
        }
        i += n;
    }
}

// The closing quotes, or where the text breaks off: at the end of the line (of all, where
// tripled). *escaped: whether a backslash stands in it.
static const char *find_close(const Lexer *lexer, const char *at, char quote, bool triple,
                              bool *escaped) {
    const char *end = lexer->end;
    *escaped = false;
    for (; at < end; at++) {
        if (*at == '\\') {
            *escaped = true;
            if (++at == end) break;
        } else if (*at == '\n' && !triple) {
            break;
        } else if (*at == quote) {
            if (!triple || (end - at >= 3 && at[1] == quote && at[2] == quote)) break;
        }
    }
    return at;
}

// Whether a quote stands right behind a name or a closing bracket, as MATLAB's transpose.
static bool behind_value(const Lexer *lexer, const char *quote) {
    return *quote == '\'' && quote > lexer->begin &&
           (lang_is_word_char(quote[-1]) || strchr(")]", quote[-1]));
}

Status lang_lex_string(Lexer *lexer, Token *token, bool raw) {
    const char *quotes = lexer->next;
    const char quote = *quotes;
    const bool triple =
        lexer->end - quotes >= 3 && quotes[1] == quote && quotes[2] == quote;
    const int n_quotes = triple ? 3 : 1;
    const char *begin = quotes + n_quotes;
    bool escaped;
    const char *close = find_close(lexer, begin, quote, triple, &escaped);
    const bool closed = close < lexer->end && *close == quote;

    lexer->next = closed ? close + n_quotes : close;
    token->kind = TOKEN_STRING;
    token->span = lang_lexer_span(lexer, quotes, lexer->next);
    token->text = (Str){begin, (size_t)(close - begin)};
    if (!closed) {
        lexer->lost_text = true;
        token->reported = true;
        base_error(lexer->diags, CODE_E303, lang_lexer_span(lexer, quotes, begin),
                   behind_value(lexer, quotes) ? "a transpose is `x.T`"
                   : triple                    ? NULL
                            : "a text over several lines stands between triple quotes",
                   "the text that begins here has no closing `%.*s`", n_quotes, quotes);
        return OK;
    }
    check_utf8(lexer, token->text);
    return escaped && !raw ? decode(lexer, token->text, &token->text) : OK;
}
