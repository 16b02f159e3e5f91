// Numerals, by Python's rules: `1_000`, `0x_1F`, `.5`, `5.`, `1e-3`, `2j`. Their values
// are num's business.
#include "lang/lexer.h"

enum { LONGEST_SHOWN = 40 }; // bytes of a numeral in a message

typedef struct Fault {
    const char *what; // NULL: none
    const char *hint;
} Fault;

static bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}
static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}
static bool is_binary(char c) {
    return c == '0' || c == '1';
}
static bool is_hex(char c) {
    return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const struct Base {
    char letter;
    bool (*is_digit)(char c);
    const char *name;
} BASES[] = {
    {'x', is_hex, "hexadecimal"}, {'o', is_octal, "octal"}, {'b', is_binary, "binary"}};

// The end of `digit (_? digit)*`, or `at` where no digit stands.
static const char *digits(const char *at, const char *end, bool (*is_digit)(char c)) {
    if (at == end || !is_digit(*at)) return at;
    for (at++; at < end; at++) {
        if (*at == '_' && at + 1 < end && is_digit(at[1])) continue;
        if (!is_digit(*at)) break;
    }
    return at;
}

static const struct Base *find_base(const char *at, const char *end) {
    if (end - at < 2 || *at != '0') return NULL;
    for (size_t i = 0; i < sizeof BASES / sizeof *BASES; i++)
        if ((at[1] | 0x20) == BASES[i].letter) return &BASES[i];
    return NULL;
}

static const char *based_end(Lexer *lexer, const struct Base *base, Fault *fault) {
    const char *at = lexer->next + 2;
    if (at < lexer->end && *at == '_') at++;
    const char *last = digits(at, lexer->end, base->is_digit);
    if (last == at || (last < lexer->end && is_decimal(*last)))
        *fault = (Fault){base_hint(lexer->diags, "expected %s digits", base->name), NULL};
    return last;
}

// Whether an integer is written with a zero before other digits; zero itself may be `000`.
static bool has_leading_zero(const char *begin, const char *end) {
    if (end - begin < 2 || *begin != '0') return false;
    for (const char *at = begin; at < end; at++)
        if (*at != '0' && *at != '_') return true;
    return false;
}

static const char *decimal_end(Lexer *lexer, Token *token, Fault *fault) {
    const char *begin = lexer->next, *end = lexer->end;
    const char *at = digits(begin, end, is_decimal);
    token->kind = TOKEN_INT;
    if (at < end && *at == '.') {
        token->kind = TOKEN_FLOAT;
        at = digits(at + 1, end, is_decimal);
    }
    const bool point = token->kind == TOKEN_FLOAT && at < end && *at == '.';
    if (point && (at + 1 == end || is_decimal(at[1]))) {
        *fault = (Fault){"a number has one decimal point", NULL};
        return at + 1;
    }
    if (at < end && (*at | 0x20) == 'e') {
        const bool sign = at + 1 < end && (at[1] == '+' || at[1] == '-');
        const char *exponent = at + (sign ? 2 : 1);
        at = digits(exponent, end, is_decimal);
        token->kind = TOKEN_FLOAT;
        if (at == exponent)
            *fault = (Fault){"expected digits in the exponent", "write 1e-3, say"};
    }
    if (at < end && (*at | 0x20) == 'j') {
        token->kind = TOKEN_IMAG;
        return at + 1;
    }
    if (token->kind == TOKEN_INT && has_leading_zero(begin, at)) {
        *fault = (Fault){"an integer has no leading zeros",
                         "leave them out, or write `0o` before octal digits"};
    }
    return at;
}

// What is wrong when letters, digits or underscores follow a numeral at once.
static Fault fault_of_tail(Lexer *lexer, Str numeral, Str tail) {
    if (tail.at[0] == '_' || (tail.n > 1 && is_decimal(tail.at[0])))
        return (Fault){"an underscore stands between two digits", NULL};
    if (base_str_eq(tail, STR("i")))
        return (Fault){"the imaginary unit is j",
                       base_hint(lexer->diags, "write `%.*sj`", STR_ARG(numeral))};
    if (lang_is_keyword(tail))
        return (Fault){
            "expected a space behind it",
            base_hint(lexer->diags, "write `%.*s %.*s`", STR_ARG(numeral), STR_ARG(tail))};
    if (numeral.n + tail.n > LONGEST_SHOWN)
        return (Fault){"expected an operator behind the digits", NULL};
    return (Fault){"expected an operator behind the digits",
                   base_hint(lexer->diags, "write `%.*s * %.*s` for a product",
                             STR_ARG(numeral), STR_ARG(tail))};
}

void lang_lex_numeral(Lexer *lexer, Token *token) {
    const char *begin = lexer->next;
    Fault fault = {NULL, NULL};
    const struct Base *base = find_base(begin, lexer->end);
    token->kind = TOKEN_INT;
    const char *at =
        base ? based_end(lexer, base, &fault) : decimal_end(lexer, token, &fault);
    token->text = (Str){begin, (size_t)(at - begin) - (token->kind == TOKEN_IMAG)};

    const char *tail = at;
    while (at < lexer->end && lang_is_word_char(*at))
        at++;
    if (at > tail && !fault.what)
        fault = fault_of_tail(lexer, (Str){begin, (size_t)(tail - begin)},
                              (Str){tail, (size_t)(at - tail)});
    lexer->next = at;
    token->span = lang_lexer_span(lexer, begin, at);
    if (!fault.what) return;
    const int shown = at - begin < LONGEST_SHOWN ? (int)(at - begin) : LONGEST_SHOWN;
    base_error(lexer->diags, CODE_E302, token->span, fault.hint,
               "invalid numeral `%.*s`: %s", shown, begin, fault.what);
}
