// Numerals in: text is split into sign, digits and exponent (scan), and these are rounded
// once to the element type.
#include "num/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef NumDigits Numeral;

// ---- Grammar ----------------------------------------------------------------

enum { NO_DIGIT = 16 };

static unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return NO_DIGIT;
}

static bool is_digit(Str text, size_t at, unsigned base) {
    return at < text.n && digit_value(text.at[at]) < base;
}

static bool is_char(Str text, size_t at, char c) {
    return at < text.n && text.at[at] == c;
}

// Steps over digits with single underscores between them; false when there are none.
static bool skip_digits(Str text, size_t *at, unsigned base) {
    const size_t begin = *at;
    while (is_digit(text, *at, base) ||
           (is_char(text, *at, '_') && *at > begin && is_digit(text, *at + 1, base)))
        ++*at;
    return *at > begin;
}

// Steps over a sign; true when it is a minus.
static bool skip_sign(Str text, size_t *at) {
    const bool minus = is_char(text, *at, '-');
    if (minus || is_char(text, *at, '+')) ++*at;
    return minus;
}

// The exponent's value; one so large that only its sign matters is held at EXPONENT_LIMIT,
// which still outweighs the number of digits of any text.
#define EXPONENT_LIMIT ((int64_t)1000000000000000)
static int64_t exponent_value(Str text, bool negative) {
    int64_t value = 0;
    for (size_t i = 0; i < text.n && value < EXPONENT_LIMIT; i++)
        if (text.at[i] != '_') value = value * 10 + (int64_t)digit_value(text.at[i]);
    return negative ? -value : value;
}

static unsigned prefix_base(Str text, size_t at) {
    if (!is_char(text, at, '0') || at + 1 >= text.n) return 10;
    switch (text.at[at + 1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 10;
    }
}

static bool scan_decimal(Str text, size_t at, Numeral *numeral) {
    const size_t begin = at;
    const bool before = skip_digits(text, &at, 10);
    const bool point = is_char(text, at, '.');
    if (point) at++;
    const bool behind = point && skip_digits(text, &at, 10);
    if (!before && !behind) return false;
    numeral->digits = (Str){text.at + begin, at - begin};
    const bool exponent = is_char(text, at, 'e') || is_char(text, at, 'E');
    if (exponent) {
        at++;
        const bool negative = skip_sign(text, &at);
        const size_t first = at;
        if (!skip_digits(text, &at, 10)) return false;
        numeral->exponent = exponent_value((Str){text.at + first, at - first}, negative);
    }
    numeral->whole = !point && !exponent;
    return at == text.n;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

// "inf", "infinity", "nan" in any letter case, the short ones also with YAML's point.
static bool scan_word(Str word, Numeral *numeral) {
    static const struct {
        Str word;
        NumKind kind;
    } words[] = {
        {STR("inf"), NUM_INFINITE},      {STR(".inf"), NUM_INFINITE},
        {STR("infinity"), NUM_INFINITE}, {STR("nan"), NUM_NAN},
        {STR(".nan"), NUM_NAN},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (word.n != words[i].word.n) continue;
        size_t n = 0;
        while (n < word.n && lower(word.at[n]) == words[i].word.at[n])
            n++;
        if (n < word.n) continue;
        numeral->kind = words[i].kind;
        return true;
    }
    return false;
}

static bool scan(Str text, Numeral *numeral) {
    size_t at = 0;
    *numeral = (Numeral){.kind = NUM_FINITE};
    numeral->negative = skip_sign(text, &at);
    numeral->base = prefix_base(text, at);
    if (scan_word((Str){text.at + at, text.n - at}, numeral)) return true;
    if (numeral->base == 10) return scan_decimal(text, at, numeral);
    at += 2;
    if (is_char(text, at, '_')) at++;
    const size_t begin = at;
    if (!skip_digits(text, &at, numeral->base)) return false;
    numeral->digits = (Str){text.at + begin, at - begin};
    numeral->whole = true;
    return at == text.n;
}

// ---- Integers ---------------------------------------------------------------

// value · base + digit; false when 64 bits are passed.
static bool append(uint64_t *value, unsigned base, unsigned digit) {
    if (*value > (UINT64_MAX - digit) / base) return false;
    *value = *value * base + digit;
    return true;
}

// The number of digits before the point.
static int64_t count_whole_digits(Str digits) {
    int64_t count = 0;
    for (size_t i = 0; i < digits.n && digits.at[i] != '.'; i++)
        count += digits.at[i] != '_';
    return count;
}

// The magnitude of a finite numeral, rounded to nearest, ties to even; false when it passes
// 64 bits.
static bool to_magnitude(const Numeral *numeral, uint64_t *magnitude) {
    // Digits at positions below `units` make the integer, the one there decides the
    // rounding.
    const int64_t units = count_whole_digits(numeral->digits) + numeral->exponent;
    int64_t position = 0;
    uint64_t value = 0;
    unsigned rounding = 0;
    bool rest = false; // something follows the rounding digit
    for (size_t i = 0; i < numeral->digits.n; i++) {
        const char c = numeral->digits.at[i];
        if (c == '_' || c == '.') continue;
        const unsigned digit = digit_value(c);
        if (position < units) {
            if (!append(&value, numeral->base, digit)) return false;
        } else if (position == units) {
            rounding = digit;
        } else {
            rest = rest || digit != 0;
        }
        position++;
    }
    // A value that is not 0 leaves 64 bits after 20 more digits.
    for (; position < units && value != 0; position++)
        if (!append(&value, 10, 0)) return false;
    const bool up = rounding > 5 || (rounding == 5 && (rest || value % 2 == 1));
    *magnitude = value;
    return append(magnitude, 1, up);
}

// The greatest magnitude that the integer type holds on one side of zero.
static uint64_t most(Dtype dtype, bool negative) {
    switch (dtype) {
    case DT_BOOL:
        return negative ? 0 : 1;
    case DT_I32:
        return (uint64_t)INT32_MAX + negative;
    default:
        return (uint64_t)INT64_MAX + negative;
    }
}

static int64_t with_sign(uint64_t magnitude, bool negative) {
    // Negated as unsigned: INT64_MIN has no positive counterpart.
    return (int64_t)(negative ? -magnitude : magnitude);
}

// Writes the value, or the nearest that the type holds; false when it does not fit.
static bool store_integer(const Numeral *numeral, Dtype dtype, void *element) {
    const uint64_t limit = most(dtype, numeral->negative);
    uint64_t magnitude = 0;
    bool fits = false;
    if (numeral->kind == NUM_FINITE)
        fits = to_magnitude(numeral, &magnitude) && magnitude <= limit;
    if (!fits) magnitude = numeral->kind == NUM_NAN ? 0 : limit;
    const int64_t value = with_sign(magnitude, numeral->negative);
    const int32_t value32 = (int32_t)value;
    const uint8_t truth = (uint8_t)value;
    switch (dtype) {
    case DT_BOOL:
        memcpy(element, &truth, sizeof truth);
        break;
    case DT_I32:
        memcpy(element, &value32, sizeof value32);
        break;
    default:
        memcpy(element, &value, sizeof value);
        break;
    }
    return fits;
}

// ---- Floats -----------------------------------------------------------------

// A decimal halfway between two doubles has at most 767 significant digits, so of longer
// ones only whether something follows matters: a final 1 says so.
enum { MOST_DIGITS = 800, EXPONENT_TEXT = 24 };

// Significant digits without a point, the value being digits · 10^exponent. `text` becomes
// what strtod reads: having no decimal point, it reads alike in every locale.
typedef struct Decimal {
    char text[MOST_DIGITS + 1 + EXPONENT_TEXT];
    int n;             // digits
    uint64_t mantissa; // their value, up to 19 of them
    int64_t exponent;
} Decimal;

static void to_decimal(const Numeral *numeral, Decimal *decimal) {
    bool behind = false, rest = false; // behind the point; something was left out
    decimal->n = 0;
    decimal->mantissa = 0;
    decimal->exponent = numeral->exponent;
    for (size_t i = 0; i < numeral->digits.n; i++) {
        const char c = numeral->digits.at[i];
        if (c == '.') behind = true;
        if (c == '.' || c == '_') continue;
        const bool leading = decimal->n == 0 && c == '0';
        const bool kept = !leading && decimal->n < MOST_DIGITS;
        if (kept) {
            decimal->text[decimal->n++] = c;
            decimal->mantissa = decimal->mantissa * 10 + digit_value(c);
        } else if (!leading) {
            rest = rest || c != '0';
        }
        // A digit weighs ten times more for each digit before the point that is left out.
        if (behind && (kept || leading)) decimal->exponent--;
        if (!behind && !kept && !leading) decimal->exponent++;
    }
    if (rest) {
        decimal->text[decimal->n++] = '1';
        decimal->exponent--;
    }
}

// Rounded once, to float32 where `single`.
static double decimal_value(const Numeral *numeral, bool single) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    Decimal decimal;
    to_decimal(numeral, &decimal);
    const int64_t e = decimal.exponent;
    // Digits and power of ten are both exact, so that one operation rounds once (Clinger
    // 1990), provided that the machine computes in double itself.
    if (FLT_EVAL_METHOD == 0 && !single && decimal.n <= DBL_DIG && e >= -22 && e <= 22) {
        const double digits = (double)decimal.mantissa;
        return e < 0 ? digits / powers[-e] : digits * powers[e];
    }
    if (decimal.n == 0) return 0;
    char *end = decimal.text + decimal.n;
    (void)snprintf(end, EXPONENT_TEXT, "e%lld", (long long)e);
    return single ? (double)strtof(decimal.text, NULL) : strtod(decimal.text, NULL);
}

// A binary, octal or hexadecimal numeral, rounded once. Its leading 61 to 64 bits are
// enough, when the lowest, far below any rounding bit, also says whether one is set behind
// them.
static double binary_value(const Numeral *numeral, bool single) {
    const unsigned width = numeral->base == 16 ? 4 : numeral->base == 8 ? 3 : 1;
    uint64_t bits = 0;
    bool rest = false;
    int dropped = 0; // bits behind; past DBL_MAX_EXP the value is infinite anyway
    for (size_t i = 0; i < numeral->digits.n; i++) {
        if (numeral->digits.at[i] == '_') continue;
        const unsigned digit = digit_value(numeral->digits.at[i]);
        if (bits >> (64 - width) == 0) {
            bits = bits << width | digit;
        } else {
            rest = rest || digit != 0;
            if (dropped < DBL_MAX_EXP) dropped += (int)width;
        }
    }
    bits |= rest;
    return ldexp(single ? (double)(float)bits : (double)bits, dropped);
}

// Writes the value; false when a finite numeral became infinite.
static bool store_float(const Numeral *numeral, Dtype dtype, void *element) {
    const bool single = dtype == DT_F32;
    double value = numeral->kind == NUM_INFINITE ? INFINITY : NAN;
    if (numeral->kind == NUM_FINITE)
        value = numeral->base == 10 ? decimal_value(numeral, single)
                                    : binary_value(numeral, single);
    if (numeral->negative) value = -value;
    const float value32 = (float)value; // exact for `single`, or infinite
    if (single)
        memcpy(element, &value32, sizeof value32);
    else
        memcpy(element, &value, sizeof value);
    return numeral->kind != NUM_FINITE || !isinf(single ? (double)value32 : value);
}

// ---- The public face --------------------------------------------------------

static bool parse_truth(Str text, uint8_t *truth) {
    static const Str words[2][3] = {
        {STR("false"), STR("False"), STR("FALSE")},
        {STR("true"), STR("True"), STR("TRUE")},
    };
    for (uint8_t value = 0; value < 2; value++) {
        for (size_t i = 0; i < 3; i++) {
            if (!base_str_eq(text, words[value][i])) continue;
            *truth = value;
            return true;
        }
    }
    return false;
}

bool num_parse(Str text, Dtype dtype, void *element, bool *overflow) {
    if (overflow) *overflow = false;
    if (dtype == DT_BOOL && parse_truth(text, element)) return true;
    Numeral numeral;
    if (!scan(text, &numeral)) return false;
    const bool fits = num_is_float(dtype) ? store_float(&numeral, dtype, element)
                                          : store_integer(&numeral, dtype, element);
    if (overflow) *overflow = !fits;
    return true;
}

bool num_digits(Str text, NumDigits *numeral) {
    return scan(text, numeral);
}

bool num_parse_int(Str text, int64_t *value) {
    Numeral numeral;
    uint64_t magnitude;
    if (!scan(text, &numeral) || !numeral.whole) return false;
    if (!to_magnitude(&numeral, &magnitude)) return false;
    if (magnitude > most(DT_I64, numeral.negative)) return false;
    *value = with_sign(magnitude, numeral.negative);
    return true;
}

// -- what is lost -------------------------------------------------------------------

bool num_underflows(Str text, Dtype dtype, const void *element) {
    const bool is_zero = dtype == DT_F64   ? *(const double *)element == 0
                         : dtype == DT_F32 ? *(const float *)element == 0
                                           : false;
    for (size_t i = 0; is_zero && i < text.n && text.at[i] != 'e' && text.at[i] != 'E'; i++)
        if (text.at[i] >= '1' && text.at[i] <= '9') return true;
    return false;
}
