// Numbers in and out: every numeral is rounded once, every element prints as its shortest
// text.
#include "num/num.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

// Random numbers with a fixed seed (xorshift64*).
static uint64_t random_bits(uint64_t *seed) {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 0x2545F4914F6CDD1D;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

// The same number: any NaN, and zeros with their signs.
static bool is_same(double x, double y) {
    return isnan(x) ? isnan(y) : x == y && signbit(x) == signbit(y);
}

// ---- Dtypes -----------------------------------------------------------------

static void dtypes_have_names_and_sizes(void **state) {
    (void)state;
    for (Dtype dtype = 0; dtype < DT_COUNT; dtype++) {
        Dtype parsed = DT_COUNT;
        assert_true(num_dtype_parse(base_str(num_dtype_name(dtype)), &parsed));
        assert_int_equal(parsed, dtype);
    }
    assert_string_equal(num_dtype_name(DT_F32), "float32");
    assert_int_equal(num_dtype_size(DT_BOOL), 1);
    assert_int_equal(num_dtype_size(DT_I32), 4);
    assert_int_equal(num_dtype_size(DT_F64), 8);
    Dtype parsed;
    assert_false(num_dtype_parse(STR("float"), &parsed));
    assert_false(num_dtype_parse(STR("float641"), &parsed));
    assert_false(num_dtype_parse(STR(""), &parsed));
}

// ---- Numerals in ------------------------------------------------------------

static void floats_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
        bool overflow;
    } cases[] = {
        {"0", 0, false},
        {"3", 3, false},
        {"+3", 3, false},
        {"-0", -0.0, false},
        {"5.", 5, false},
        {".5", 0.5, false},
        {"007", 7, false},
        {"1_000", 1000, false},
        {"1_0.0_1e1_0", 10.01e10, false},
        {"2.5e-3", 0.0025, false},
        {"2.5E+3", 2500, false},
        {"1e22", 1e22, false},
        {"1e23", 1e23, false},
        {"123456789012345678", 123456789012345680, false},
        {"0.1", 0.1, false},
        {"9007199254740993", 9007199254740992, false}, // halfway, to even
        {"9007199254740995", 9007199254740996, false},
        {"9007199254740993.00000000000000000001", 9007199254740994, false},
        {"1.7976931348623157e308", DBL_MAX, false},
        {"1.7976931348623158079372897140530341507993e308", DBL_MAX, false},
        {"1.7976931348623158079372897140530341507994e308", INFINITY, true},
        {"-1e400", -INFINITY, true},
        {"4.9e-324", 4.9e-324, false},
        {"2.4703282292062327e-324", 0, false},
        {"2.4703282292062328e-324", 4.9e-324, false},
        {"1e-400", 0, false},
        {"-1e-400", -0.0, false},
        {"0e999999999999999999999999", 0, false},
        {"0.0000e-999999999999999999999999", 0, false},
        {"1e999999999999999999999999", INFINITY, true},
        {"1e-999999999999999999999999", 0, false},
        {"inf", INFINITY, false},
        {"-inf", -INFINITY, false},
        {".inf", INFINITY, false},
        {"-.INF", -INFINITY, false},
        {"Infinity", INFINITY, false},
        {"-Infinity", -INFINITY, false},
        {"nan", NAN, false},
        {"NaN", NAN, false},
        {".nan", NAN, false},
        {"0x1F", 31, false},
        {"-0Xff_ff", -65535, false},
        {"0b101", 5, false},
        {"0o17", 15, false},
        {"0x_1", 1, false},
        {"0x20000000000001", 9007199254740992, false}, // halfway, to even
        {"0x20000000000003", 9007199254740996, false},
        {"0x200000000000010000000000001", 0x20000000000002p52,
         false}, // the last bit decides
        {"0x200000000000010000000000000", 0x20000000000000p52, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double x = 42;
        bool overflow = !cases[i].overflow;
        const bool is_numeral = num_parse(base_str(cases[i].text), DT_F64, &x, &overflow);
        const bool same = is_same(x, cases[i].value);
        if (!is_numeral || !same || overflow != cases[i].overflow)
            fail_msg("%s: got %.17g", cases[i].text, x);
    }
}

static void float32_is_rounded_once(void **state) {
    (void)state;
    static const struct {
        const char *text;
        float value;
        bool overflow;
    } cases[] = {
        {"0.1", 0.1f, false},
        {"16777217", 16777216, false}, // halfway, to even
        // By way of float64 this would be halfway, and rounded to even.
        {"16777217.000000001", 16777218, false},
        {"6.82029384188354e-03", 0x1.bef98ap-8f, false}, // likewise
        {"1.00000005960464477540", 0x1.000002p0f, false},
        {"0x1000001", 16777216, false},
        {"0x100000100000000000000001", 0x1000002p68f, false},
        {"3.4028235e38", FLT_MAX, false},
        {"3.4028235677973366e38", FLT_MAX, false},
        {"3.4028235677973367e38", INFINITY, true},
        {"-1e39", -INFINITY, true},
        {"0xFFFFFF8000000000000000000000000000", INFINITY, true},
        {"1e-45", 0x1p-149f, false},
        {"1e-46", 0, false},
        {"-inf", -INFINITY, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        float x = 42;
        bool overflow = !cases[i].overflow;
        const bool is_numeral = num_parse(base_str(cases[i].text), DT_F32, &x, &overflow);
        if (!is_numeral || x != cases[i].value || overflow != cases[i].overflow)
            fail_msg("%s: got %.9g", cases[i].text, (double)x);
    }
}

static void integers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
        Dtype dtype;
        bool overflow;
    } cases[] = {
        {"0", 0, DT_I64, false},
        {"-12_3", -123, DT_I64, false},
        {"9223372036854775807", INT64_MAX, DT_I64, false},
        {"9223372036854775808", INT64_MAX, DT_I64, true},
        {"-9223372036854775808", INT64_MIN, DT_I64, false},
        {"-9223372036854775809", INT64_MIN, DT_I64, true},
        {"99999999999999999999999", INT64_MAX, DT_I64, true},
        {"0x7FFFFFFFFFFFFFFF", INT64_MAX, DT_I64, false},
        {"0x10000000000000000", INT64_MAX, DT_I64, true},
        {"-0b11", -3, DT_I64, false},
        {"2147483647", INT32_MAX, DT_I32, false},
        {"2147483648", INT32_MAX, DT_I32, true},
        {"-2147483648", INT32_MIN, DT_I32, false},
        {"-2147483649", INT32_MIN, DT_I32, true},
        {"1e3", 1000, DT_I64, false},
        {"1.5e1", 15, DT_I64, false},
        {"9.223372036854775807e18", INT64_MAX, DT_I64, false},
        {"1e19", INT64_MAX, DT_I64, true},
        {"1e999999999999999999999", INT64_MAX, DT_I64, true},
        {"0e999999999999999999999", 0, DT_I64, false},
        {"9e-999999999999999999999", 0, DT_I64, false},
        {"2.5", 2, DT_I64, false}, // to nearest, ties to even
        {"3.5", 4, DT_I64, false},
        {"-2.5000000000000000000000000000001", -3, DT_I64, false},
        {"0.5", 0, DT_I64, false},
        {"5e-1", 0, DT_I64, false},
        {"6e-1", 1, DT_I64, false},
        {"9e-2", 0, DT_I64, false},
        {"9223372036854775807.5", INT64_MAX, DT_I64, true},
        {"inf", INT64_MAX, DT_I64, true},
        {"-inf", INT32_MIN, DT_I32, true},
        {"nan", 0, DT_I64, true},
        {"true", 1, DT_BOOL, false},
        {"False", 0, DT_BOOL, false},
        {"1", 1, DT_BOOL, false},
        {"-0", 0, DT_BOOL, false},
        {"2", 1, DT_BOOL, true},
        {"-1", 0, DT_BOOL, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t i64 = 42;
        int32_t i32 = 42;
        uint8_t truth = 42;
        void *const elements[DT_COUNT] = {
            [DT_BOOL] = &truth, [DT_I32] = &i32, [DT_I64] = &i64};
        const Dtype dtype = cases[i].dtype;
        bool overflow = !cases[i].overflow;
        const bool is_numeral =
            num_parse(base_str(cases[i].text), dtype, elements[dtype], &overflow);
        const int64_t got = dtype == DT_BOOL ? truth : dtype == DT_I32 ? i32 : i64;
        if (!is_numeral || got != cases[i].value || overflow != cases[i].overflow)
            fail_msg("%s: got %lld", cases[i].text, (long long)got);
        assert_true(num_parse(base_str(cases[i].text), dtype, elements[dtype], NULL));
    }
}

static void whole_numerals_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_int;
        int64_t value;
    } cases[] = {
        {"42", true, 42},
        {"-1_000", true, -1000},
        {"0xff", true, 255},
        {"-0o10", true, -8},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"1.", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"inf", false, 0},
        {"nan", false, 0},
        {"true", false, 0},
        {"", false, 0},
        {"1x", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 0;
        assert_int_equal(num_parse_int(base_str(cases[i].text), &value), cases[i].is_int);
        assert_true(value == cases[i].value);
    }
}

static void other_text_is_no_numeral(void **state) {
    (void)state;
    static const Str cases[] = {
        STR(""),      STR("+"),     STR("-"),         STR("."),       STR("e5"),
        STR(".e5"),   STR("1e"),    STR("1e+"),       STR("1.5.2"),   STR("1e5.0"),
        STR("--1"),   STR("+-1"),   STR(" 1"),        STR("1 "),      STR("1\0"),
        STR("1,5"),   STR("_1"),    STR("1_"),        STR("1__0"),    STR("1_.5"),
        STR("1._5"),  STR("1_e5"),  STR("1e_5"),      STR("1e5_"),    STR("0x"),
        STR("0x_"),   STR("0xg"),   STR("0x1.8"),     STR("0x1p3"),   STR("0b2"),
        STR("0o8"),   STR("0x__1"), STR("0x1_"),      STR("infi"),    STR("in"),
        STR("nan1"),  STR("..inf"), STR(".infinity"), STR("\x0Einf"), STR("i\0f"),
        STR("x"),     STR("1j"),    STR("true"),      STR("0x"),      STR("١"),
        STR("1e5e5"), STR("None"),  STR("- 1"),
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double x;
        int64_t n;
        if (num_parse(cases[i], DT_F64, &x, NULL)) fail_msg("%.*s", STR_ARG(cases[i]));
        if (num_parse(cases[i], DT_I64, &n, NULL)) fail_msg("%.*s", STR_ARG(cases[i]));
    }
    uint8_t truth;
    assert_false(num_parse(STR("tRUE"), DT_BOOL, &truth, NULL));
    assert_false(num_parse(STR("truee"), DT_BOOL, &truth, NULL));
}

// a = (a + b) / 2, decimals of equal layout with room for one digit more at a's end.
static void average(char *a, const char *b) {
    int carry = 0;
    for (size_t i = strlen(a); i-- > 0;) {
        if (a[i] == '.') continue;
        const int sum = a[i] - '0' + b[i] - '0' + carry;
        a[i] = (char)('0' + sum % 10);
        carry = sum / 10;
    }
    for (size_t i = 0; a[i]; i++) {
        if (a[i] == '.') continue;
        const int digit = carry * 10 + a[i] - '0';
        a[i] = (char)('0' + digit / 2);
        carry = digit % 2;
    }
    const size_t n = strlen(a);
    a[n] = carry ? '5' : '0';
    a[n + 1] = '\0';
}

static double read_double(const char *text) {
    double x = NAN;
    assert_true(num_parse(base_str(text), DT_F64, &x, NULL));
    return x;
}

// Exactly halfway between two doubles, and a last digit in the thousands more or less.
static void long_numerals_are_rounded_correctly(void **state) {
    (void)state;
    enum { ROOM = 8000 };
    static char text[ROOM], above[ROOM];
    uint64_t seed = 11;
    for (int i = 0; i < 300; i++) {
        const double low =
            i == 0
                ? 0
                : double_of((random_bits(&seed) >> (i % 2 ? 1 : 13)) & 0x7FDFFFFFFFFFFFFF);
        const double high = nextafter(low, INFINITY);
        snprintf(text, sizeof text, "%0*.*f", 1400, 1080, low);
        snprintf(above, sizeof above, "%0*.*f", 1400, 1080, high);
        average(text, above);
        uint64_t bits;
        memcpy(&bits, &low, sizeof bits);
        assert_true(read_double(text) == (bits % 2 == 0 ? low : high));

        const size_t n = strlen(text);
        memset(text + n, '0', 4000);
        memcpy(text + n + 4000, "1", 2);
        assert_true(read_double(text) == high);

        // One less in the last place of the halfway decimal, then nines.
        size_t last = n - 1;
        for (; text[last] == '0' || text[last] == '.'; last--)
            if (text[last] == '0') text[last] = '9';
        text[last]--;
        memset(text + n, '9', 4000);
        assert_true(read_double(text) == low);
    }
}

static void digits_far_from_the_point_count(void **state) {
    (void)state;
    enum { N = 100000 };
    static char text[N + 64];
    // 10^-N written out, times 10^N.
    memset(text, '0', N + 1);
    text[1] = '.';
    snprintf(text + N + 1, 63, "125e%d", N + 1);
    assert_true(read_double(text) == 12.5);
    int64_t whole;
    assert_true(num_parse(base_str(text), DT_I64, &whole, NULL));
    assert_int_equal(whole, 12);
    // 10^N written out, over 10^N.
    memset(text, '0', N + 1);
    text[0] = '7';
    snprintf(text + N + 1, 63, ".5e-%d", N);
    assert_true(read_double(text) == 7);
    assert_true(num_parse(base_str(text), DT_I64, &whole, NULL));
    assert_int_equal(whole, 7);
}

// ---- Numbers out ------------------------------------------------------------

static void doubles_print_like_python(void **state) {
    (void)state;
    // The digits are those of Python 3.11's repr.
    static const struct {
        double x;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {3.0, "3.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {100.0, "100.0"},
        {123456789.0, "123456789.0"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e16"},
        {12345678901234567890.0, "1.2345678901234567e19"},
        {1e22, "1e22"},
        {1e23, "1e23"},
        {9.5e-3, "0.0095"},
        {1e-4, "0.0001"},
        {1.25e-4, "0.000125"},
        {1e-5, "1e-5"},
        {1.5e-5, "1.5e-5"},
        {1e100, "1e100"},
        {1e-100, "1e-100"},
        {DBL_MAX, "1.7976931348623157e308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {0x0.FFFFFFFFFFFFFp-1022, "2.225073858507201e-308"},
        {0x1p-1074, "5e-324"},
        {0x3p-1074, "1.5e-323"},
        {0x1p53, "9007199254740992.0"},
        {0x1p54, "1.8014398509481984e16"},
        {9007199254740993.0 * 2, "1.8014398509481984e16"},
        {0x1p-44, "5.684341886080802e-14"}, // the nearest, …801, is another number
        {0x1p-24, "5.960464477539063e-8"},
        {0x1p89, "6.189700196426902e26"},
        {0x1p122, "5.316911983139664e36"},
        {0x1p-1019, "1.7800590868057611e-307"},
        {5e-324 * 3, "1.5e-323"},
        {4.35, "4.35"},
        {2.5e-8, "2.5e-8"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
        {NAN, "NaN"},
        {-NAN, "NaN"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[NUM_TEXT];
        assert_int_equal(num_print(DT_F64, &cases[i].x, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void others_print_as_well(void **state) {
    (void)state;
    static const struct {
        float x;
        const char *text;
    } floats[] = {
        {0.1f, "0.1"},
        {1.0f / 3, "0.33333334"},
        {16777216.0f, "16777216.0"},
        {1e10f, "10000000000.0"},
        {1e16f, "1e16"},
        {FLT_MAX, "3.4028235e38"},
        {FLT_MIN, "1.1754944e-38"},
        {0x1p-149f, "1e-45"},
        {0x1p-96f, "1.2621775e-29"},
        {0x1p64f, "1.8446744e19"},
        {0x1p90f, "1.2379401e27"}, // the nearest, …400, is another number
        {-0.0f, "-0.0"},
        {INFINITY, "Infinity"},
        {NAN, "NaN"},
    };
    char text[NUM_TEXT];
    for (size_t i = 0; i < COUNT(floats); i++) {
        assert_int_equal(num_print(DT_F32, &floats[i].x, text), strlen(floats[i].text));
        assert_string_equal(text, floats[i].text);
    }
    const int64_t least64 = INT64_MIN;
    const int32_t least32 = INT32_MIN;
    const uint8_t truths[] = {0, 1};
    assert_int_equal(num_print(DT_I64, &least64, text), 20);
    assert_string_equal(text, "-9223372036854775808");
    assert_int_equal(num_print(DT_I32, &least32, text), 11);
    assert_string_equal(text, "-2147483648");
    assert_int_equal(num_print(DT_BOOL, &truths[0], text), 5);
    assert_string_equal(text, "false");
    num_print(DT_BOOL, &truths[1], text);
    assert_string_equal(text, "true");
}

// The significant digits of a text, as an integer times 10^exponent.
typedef struct Decimal {
    uint64_t digits;
    int n, exponent;
} Decimal;

static Decimal decimal_of(const char *text) {
    Decimal decimal = {0};
    bool behind = false;
    for (; *text && *text != 'e'; text++) {
        behind = behind || *text == '.';
        if (*text < '0' || *text > '9') continue;
        decimal.digits = decimal.digits * 10 + (uint64_t)(*text - '0');
        decimal.exponent -= behind;
    }
    if (*text == 'e') decimal.exponent += atoi(text + 1);
    while (decimal.digits && decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    for (uint64_t rest = decimal.digits; rest; rest /= 10)
        decimal.n++;
    return decimal;
}

// The decimal of n digits that is nearest to x, plus `more` in its last place.
static Decimal nearby(double x, int n, int more) {
    char text[64];
    snprintf(text, sizeof text, "%.*e", n - 1, x);
    Decimal decimal = {.n = n};
    const char *e = strchr(text, 'e');
    decimal.exponent = atoi(e + 1) - (n - 1);
    for (const char *c = text; c < e; c++)
        if (*c != '.') decimal.digits = decimal.digits * 10 + (uint64_t)(*c - '0');
    decimal.digits = (uint64_t)((int64_t)decimal.digits + more);
    return decimal;
}

static bool is_read_as(Decimal decimal, Dtype dtype, double x) {
    char text[64];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)decimal.digits,
             decimal.exponent);
    return (dtype == DT_F32 ? (double)strtof(text, NULL) : strtod(text, NULL)) == x;
}

// Whether the text of an element x > 0 reads back to it, no shorter one does, and none of
// as many digits is nearer; by the C library's conversions alone.
static void check_shortest(Dtype dtype, double x, const char *text) {
    const Decimal printed = decimal_of(text);
    if (!is_read_as(printed, dtype, x)) fail_msg("%a: %s is another number", x, text);
    for (int more = -1; more <= 1 && printed.n > 1; more++)
        if (is_read_as(nearby(x, printed.n - 1, more), dtype, x))
            fail_msg("%a: %s is not the shortest", x, text);
    Decimal best = nearby(x, printed.n, 0);
    if (!is_read_as(best, dtype, x)) best = nearby(x, printed.n, 1);
    if (!is_read_as(best, dtype, x) || best.digits % 10 == 0) best = printed;
    if (best.digits != printed.digits || best.exponent != printed.exponent)
        fail_msg("%a: %s is not the nearest", x, text);
}

static void every_double_reads_back_from_its_shortest_text(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = random_bits(&seed);
        switch (i % 5) {
        case 0: // any bits
            break;
        case 1: // a magnitude between 2^-44 and 2^60
            bits = (bits & 0x800FFFFFFFFFFFFF) | (979 + (bits >> 52) % 104) << 52;
            break;
        case 2: // a power of two
            bits &= 0x7FF0000000000000;
            break;
        case 3: // subnormal
            bits = (bits >> 12) >> bits % 52;
            break;
        default: { // few decimals
            const double x = (double)(bits % 1000000) / 1000;
            memcpy(&bits, &x, sizeof bits);
        }
        }
        double x = double_of(bits), back;
        char text[NUM_TEXT];
        const size_t n = num_print(DT_F64, &x, text);
        assert_int_equal(n, strlen(text));
        assert_true(num_parse(base_str(text), DT_F64, &back, NULL));
        if (!is_same(x, back)) fail_msg("%a: %s is another number", x, text);
        if (isfinite(x) && x != 0) check_shortest(DT_F64, fabs(x), text);
    }
}

static void every_float_reads_back_from_its_shortest_text(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)random_bits(&seed);
        switch (i % 4) {
        case 0: // any bits
            break;
        case 1: // a magnitude between 2^-44 and 2^60
            bits = (bits & 0x807FFFFF) | (83 + (bits >> 23) % 104) << 23;
            break;
        case 2: // a power of two
            bits &= 0x7F800000;
            break;
        default: // subnormal
            bits = (bits >> 9) >> bits % 23;
        }
        float x = float_of(bits), back;
        char text[NUM_TEXT];
        const size_t n = num_print(DT_F32, &x, text);
        assert_int_equal(n, strlen(text));
        assert_true(num_parse(base_str(text), DT_F32, &back, NULL));
        if (!is_same((double)x, (double)back))
            fail_msg("%a: %s is another number", (double)x, text);
        if (isfinite(x) && x != 0) check_shortest(DT_F32, (double)fabsf(x), text);
    }
}

static void random_numerals_are_read_like_strtod(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 100000; i++) {
        char text[64];
        const uint64_t digits = random_bits(&seed) >> random_bits(&seed) % 64;
        const int point = (int)(random_bits(&seed) % 400) - 200;
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)digits,
                 (unsigned long long)(random_bits(&seed) % 1000),
                 i % 2 ? point : point % 30);
        double x;
        float y;
        assert_true(num_parse(base_str(text), DT_F64, &x, NULL));
        assert_true(num_parse(base_str(text), DT_F32, &y, NULL));
        if (x != strtod(text, NULL) || y != strtof(text, NULL)) fail_msg("%s", text);
    }
}

static void integers_read_back(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int i = 0; i < 10000; i++) {
        const uint64_t bits = random_bits(&seed);
        const int64_t n = (int64_t)(bits >> bits % 64) * (i % 2 ? 1 : -1);
        const int32_t m = (int32_t)n;
        int64_t n_back, n_int;
        int32_t m_back;
        char text[NUM_TEXT];
        num_print(DT_I64, &n, text);
        assert_true(num_parse(base_str(text), DT_I64, &n_back, NULL) && n_back == n);
        assert_true(num_parse_int(base_str(text), &n_int) && n_int == n);
        num_print(DT_I32, &m, text);
        assert_true(num_parse(base_str(text), DT_I32, &m_back, NULL) && m_back == m);
    }
}

// Where a locale with a decimal comma is installed.
static void the_locale_does_not_matter(void **state) {
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < COUNT(names) && !found; i++)
        found =
            setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ".") != 0;
    if (found) {
        doubles_print_like_python(state);
        floats_are_read(state);
        float32_is_rounded_once(state);
        others_print_as_well(state);
    }
    setlocale(LC_ALL, "C");
    if (!found) skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dtypes_have_names_and_sizes),
        cmocka_unit_test(floats_are_read),
        cmocka_unit_test(float32_is_rounded_once),
        cmocka_unit_test(integers_are_read),
        cmocka_unit_test(whole_numerals_are_told_apart),
        cmocka_unit_test(other_text_is_no_numeral),
        cmocka_unit_test(long_numerals_are_rounded_correctly),
        cmocka_unit_test(digits_far_from_the_point_count),
        cmocka_unit_test(doubles_print_like_python),
        cmocka_unit_test(others_print_as_well),
        cmocka_unit_test(every_double_reads_back_from_its_shortest_text),
        cmocka_unit_test(every_float_reads_back_from_its_shortest_text),
        cmocka_unit_test(random_numerals_are_read_like_strtod),
        cmocka_unit_test(integers_read_back),
        cmocka_unit_test(the_locale_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
