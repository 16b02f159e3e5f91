// Numbers out: the fewest decimal digits that read back to the same element, and of those
// the nearest to it.
//
// Both formats have a number of digits that is surely short enough to survive the way from
// decimal to binary and back (15 for float64), and one that is enough to tell any two
// elements apart (17). So the element is rounded to 15, 16, 17 digits, until one reads
// back. A decimal of fewer digits is found too: it is the one of 15 with zeros behind it.
// (Subnormal numbers begin with one digit.)
//
// At a power of two the elements above lie twice as far apart as those below. There it may
// be that the nearest decimal lies below and reads back to another element, while the next
// decimal, above, reads back to this one.
#include "num/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// A magnitude as d.ddd · 10^exponent.
typedef struct Digits {
    char at[20];
    int n;
    int exponent;
} Digits;

typedef struct Format {
    int bits;     // of the significand
    int sure;     // decimals of so many digits survive being rounded to the type
    int enough;   // so many digits tell all elements apart
    double least; // the least normal number
} Format;

static const Format float32 = {FLT_MANT_DIG, FLT_DIG, FLT_DECIMAL_DIG, FLT_MIN};
static const Format float64 = {DBL_MANT_DIG, DBL_DIG, DBL_DECIMAL_DIG, DBL_MIN};

// ---- Any magnitude, by the C library ----------------------------------------

// The n digits nearest to x.
static Digits nearest(double x, int n) {
    char text[48];
    (void)snprintf(text, sizeof text, "%.*e", n - 1, x);
    Digits digits = {.n = 0};
    const char *c = text;
    // Between the digits stands the locale's decimal point, whatever it is.
    for (; *c != 'e'; c++)
        if (*c >= '0' && *c <= '9') digits.at[digits.n++] = *c;
    digits.exponent = (int)strtol(c + 1, NULL, 10);
    return digits;
}

// The next greater number of as many digits.
static void increment(Digits *digits) {
    int i = digits->n - 1;
    for (; i >= 0 && digits->at[i] == '9'; i--)
        digits->at[i] = '0';
    if (i >= 0) {
        digits->at[i]++;
    } else {
        digits->at[0] = '1';
        digits->exponent++;
    }
}

static bool reads_back(const Digits *digits, const Format *format, double x) {
    char text[40]; // without a decimal point, and so alike in every locale
    (void)snprintf(text, sizeof text, "%.*se%d", digits->n, digits->at,
                   digits->exponent - (digits->n - 1));
    return (format == &float32 ? (double)strtof(text, NULL) : strtod(text, NULL)) == x;
}

static Digits shortest_by_trial(double x, const Format *format) {
    int exponent;
    const bool power_of_two = frexp(x, &exponent) == 0.5;
    for (int n = x < format->least ? 1 : format->sure; n < format->enough; n++) {
        Digits digits = nearest(x, n);
        if (reads_back(&digits, format, x)) return digits;
        if (!power_of_two) continue;
        increment(&digits);
        if (reads_back(&digits, format, x)) return digits;
    }
    return nearest(x, format->enough);
}

// ---- From 1e-10 to 1e17, in integers, ten times faster ----------------------

__extension__ typedef unsigned __int128 Wide;

enum { PLACES = 17, MOST_SCALE = 27 };

// x · 10^scale = exact / 2^shift has PLACES digits before its point.
typedef struct Scaled {
    uint64_t significand;    // x = significand · 2^e, with all 53 bits of a double
    bool even, power_of_two; // x as an element of its format
    int scale, shift;
    Wide exact;   // 4 · significand · 5^scale: below 2^118
    Wide quarter; // of the distance to the next element above, in the same units
} Scaled;

static uint64_t power(uint64_t base, int exponent) {
    uint64_t result = 1;
    for (; exponent > 0; exponent--)
        result *= base;
    return result;
}

static bool scale_by(Scaled *scaled, const Format *format, int scale, int e) {
    scaled->scale = scale;
    scaled->shift = 2 - e - scale;
    if (scale < 0 || scale > MOST_SCALE || scaled->shift < 0) return false;
    const Wide five = power(5, scale);
    scaled->exact = five * scaled->significand * 4;
    scaled->quarter = five << (DBL_MANT_DIG - format->bits);
    return true;
}

// False when x is not within reach.
static bool scale_up(double x, const Format *format, Scaled *scaled) {
    int e;
    scaled->significand = (uint64_t)ldexp(frexp(x, &e), DBL_MANT_DIG);
    scaled->even = (scaled->significand >> (DBL_MANT_DIG - format->bits)) % 2 == 0;
    scaled->power_of_two = scaled->significand == (uint64_t)1 << (DBL_MANT_DIG - 1);
    // x lies in [2^(e-1), 2^e), so its decimal exponent is this one or the next.
    const int exponent = (int)floor((e - 1) * 0.30102999566398120);
    e -= DBL_MANT_DIG;
    if (!scale_by(scaled, format, PLACES - 1 - exponent, e)) return false;
    if (scaled->exact >> scaled->shift < power(10, PLACES)) return true;
    return scale_by(scaled, format, scaled->scale - 1, e);
}

// Whether a decimal at this distance above or below x (in units of `exact`) reads back to
// x.
static bool is_near(const Scaled *scaled, Wide distance, bool above) {
    const Wide reach = scaled->quarter * (scaled->power_of_two && !above ? 1 : 2);
    return distance < reach || (distance == reach && scaled->even);
}

// The decimal of n digits that reads back to x, as an integer of PLACES digits (or
// 10^PLACES); 0 when there is none.
static uint64_t round_to(const Scaled *scaled, int n) {
    const uint64_t unit = power(10, PLACES - n);
    const uint64_t below = (uint64_t)(scaled->exact >> scaled->shift) / unit * unit;
    const Wide gap = (Wide)unit << scaled->shift;
    const Wide over = scaled->exact - ((Wide)below << scaled->shift);
    const bool up = 2 * over > gap || (2 * over == gap && below / unit % 2 == 1);
    if (!up && is_near(scaled, over, false)) return below;
    const bool try_above = up || scaled->power_of_two;
    return try_above && is_near(scaled, gap - over, true) ? below + unit : 0;
}

static bool shortest_in_integers(double x, const Format *format, Digits *digits) {
    Scaled scaled;
    if (!scale_up(x, format, &scaled)) return false;
    uint64_t decimal = 0;
    for (int n = format->sure; decimal == 0; n++)
        decimal = round_to(&scaled, n);

    char reversed[20];
    int n = 0;
    for (; decimal > 0; decimal /= 10)
        reversed[n++] = (char)('0' + decimal % 10);
    *digits = (Digits){.n = n, .exponent = n - 1 - scaled.scale};
    for (int i = 0; i < n; i++)
        digits->at[i] = reversed[n - 1 - i];
    return true;
}

// ---- Layout -----------------------------------------------------------------

static Digits shortest(double x, const Format *format) {
    Digits digits = {.at = "0", .n = 1, .exponent = 0};
    if (x == 0 || shortest_in_integers(x, format, &digits)) return digits;
    return shortest_by_trial(x, format);
}

static char *put(char *out, const char *from, int n) {
    memcpy(out, from, (size_t)n);
    return out + n;
}

static char *put_zeros(char *out, int n) {
    memset(out, '0', (size_t)n);
    return out + n;
}

enum { EXPONENT_TEXT = 8 };

// Positional from 0.0001 to below 1e16, else with an exponent; a point or an exponent shows
// that it is a float.
static char *put_digits(char *out, const Digits *digits) {
    int n = digits->n;
    while (n > 1 && digits->at[n - 1] == '0')
        n--;
    const int e = digits->exponent;
    const int before = e + 1; // digits before the point
    if (e < -4 || e >= 16) {
        out = put(out, digits->at, 1);
        if (n > 1) out = put(put(out, ".", 1), digits->at + 1, n - 1);
        return out + snprintf(out, EXPONENT_TEXT, "e%d", e);
    }
    if (e < 0) return put(put_zeros(put(out, "0.", 2), -before), digits->at, n);
    if (n <= before) return put(put_zeros(put(out, digits->at, n), before - n), ".0", 2);
    return put(put(put(out, digits->at, before), ".", 1), digits->at + before, n - before);
}

static size_t print_float(double x, const Format *format, char *out) {
    char *end = out;
    if (signbit(x) && !isnan(x)) *end++ = '-';
    const double magnitude = fabs(x);
    if (isnan(x)) {
        end = put(end, "NaN", 3);
    } else if (isinf(x)) {
        end = put(end, "Infinity", 8);
    } else {
        const Digits digits = shortest(magnitude, format);
        end = put_digits(end, &digits);
    }
    *end = '\0';
    return (size_t)(end - out);
}

size_t num_print(Dtype dtype, const void *element, char *out) {
    union {
        uint8_t truth;
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
    } value;
    memcpy(&value, element, num_dtype_size(dtype));
    switch (dtype) {
    case DT_F32:
        return print_float((double)value.f32, &float32, out);
    case DT_F64:
        return print_float(value.f64, &float64, out);
    case DT_I32:
        return (size_t)snprintf(out, NUM_TEXT, "%ld", (long)value.i32);
    case DT_I64:
        return (size_t)snprintf(out, NUM_TEXT, "%lld", (long long)value.i64);
    default:
        return (size_t)snprintf(out, NUM_TEXT, "%s", value.truth ? "true" : "false");
    }
}
