#include "doc/core_schema.h"

static bool is_one_of(Str text, const char *const *words) {
    for (; *words; words++)
        if (base_str_eq(text, base_str(*words))) return true;
    return false;
}

static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const trues[] = {"true", "True", "TRUE", NULL};
static const char *const falses[] = {"false", "False", "FALSE", NULL};
static const char *const infinities[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                         "+.INF", "-.inf", "-.Inf", "-.INF", NULL};
static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}
static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The offset behind the digits that stand at i.
static size_t skip(Str text, size_t i, bool (*is)(char)) {
    while (i < text.n && is(text.at[i]))
        i++;
    return i;
}

// 0o7, 0x1F
static bool is_prefixed(Str text) {
    if (text.n < 3 || text.at[0] != '0') return false;
    if (text.at[1] == 'o') return skip(text, 2, is_octal) == text.n;
    return text.at[1] == 'x' && skip(text, 2, is_hex) == text.n;
}

// [-+]? [0-9]+ is an integer; [-+]? (\. [0-9]+ | [0-9]+ (\. [0-9]*)?) ([eE] [-+]? [0-9]+)?
// is a float; anything else is a string.
static DocKind decimal_kind(Str text) {
    size_t i = text.at[0] == '-' || text.at[0] == '+';
    const size_t whole = i;
    i = skip(text, i, is_digit);
    size_t digits = i - whole;
    if (digits > 0 && i == text.n) return DOC_INT;
    if (i < text.n && text.at[i] == '.') {
        const size_t fraction = i + 1;
        i = skip(text, fraction, is_digit);
        digits += i - fraction;
    }
    if (digits == 0) return DOC_STRING;
    if (i < text.n && (text.at[i] == 'e' || text.at[i] == 'E')) {
        i++;
        if (i < text.n && (text.at[i] == '-' || text.at[i] == '+')) i++;
        const size_t exponent = i;
        i = skip(text, exponent, is_digit);
        if (i == exponent) return DOC_STRING;
    }
    return i == text.n ? DOC_FLOAT : DOC_STRING;
}

DocKind doc_core_kind(Str text) {
    switch (text.n ? text.at[0] : '~') {
    case '~':
    case 'n':
    case 'N':
        return is_one_of(text, nulls) ? DOC_NULL : DOC_STRING;
    case 't':
    case 'T':
    case 'f':
    case 'F':
        return doc_core_is_true(text) || is_one_of(text, falses) ? DOC_BOOL : DOC_STRING;
    case '.':
        if (is_one_of(text, nans)) return DOC_FLOAT;
        break;
    }
    const char first = text.n ? text.at[0] : 0;
    if (!is_digit(first) && first != '-' && first != '+' && first != '.') return DOC_STRING;
    if (is_one_of(text, infinities)) return DOC_FLOAT;
    return is_prefixed(text) ? DOC_INT : decimal_kind(text);
}

bool doc_core_is_true(Str text) {
    return is_one_of(text, trues);
}
