// Numbers: dtypes, exact decimals in, shortest decimals out. Nothing here depends on the
// locale.
#ifndef NUM_NUM_H
#define NUM_NUM_H

#include "base/str.h"

// Element types. Order matters: promotion (ir) goes by it.
typedef enum Dtype {
#define DTYPE(name, ctype, text, size) DT_##name,
#include "num/dtypes.def"
#undef DTYPE
    DT_COUNT
} Dtype;

const char *num_dtype_name(Dtype dtype); // "float64"
size_t num_dtype_size(Dtype dtype);      // bytes of an element
bool num_dtype_parse(Str text, Dtype *dtype);
static inline bool num_is_float(Dtype dtype) {
    return dtype == DT_F32 || dtype == DT_F64;
}
static inline bool num_is_integer(Dtype dtype) {
    return dtype == DT_I32 || dtype == DT_I64;
}

// Decimal text (`1_000`, `2.5e-3`, `.5`, `5.`, a sign, `inf`, `nan`, `.inf`, `Infinity`,
// `0x1F`, `0b1`, `0o7`) rounded once, correctly (to nearest, ties to even), to the dtype,
// written to *element. False when the text is no numeral. *overflow (may be NULL): an
// integer that does not fit the dtype, or a finite numeral that became infinite.
// Integer dtypes round as well (2.5 → 2): who refuses fractions looks at the text (or takes
// num_parse_int); inf and nan do not fit them. What does not fit gives the nearest element.
// bool also reads true and false, and of the numerals 0 and 1.
bool num_parse(Str text, Dtype dtype, void *element, bool *overflow);

// Whether a numeral that was read as the element of a float dtype is another number than 0,
// and the element 0.
bool num_underflows(Str text, Dtype dtype, const void *element);

// The parts of a numeral, for who needs its exact value: digits * 10^exponent.
typedef enum NumKind { NUM_FINITE, NUM_INFINITE, NUM_NAN } NumKind;
typedef struct NumDigits {
    NumKind kind;
    bool negative;
    bool whole;       // written without point and exponent
    unsigned base;    // 2, 8, 10 or 16
    Str digits;       // as written: with underscores, and in base 10 at most one point
    int64_t exponent; // one so large that only its sign matters is cut to 10^15
} NumDigits;
// False when the text is no numeral.
bool num_digits(Str text, NumDigits *numeral);

// The numeral as an int64; false when it is none, has a fraction or exponent, or does not
// fit.
bool num_parse_int(Str text, int64_t *value);

// The shortest text that reads back to the same element of its dtype; NaN, Infinity,
// -Infinity unquoted; true/false for bool. A float always shows that it is one: 3 → "3.0",
// 1e+22 → "1e22". Writes at most NUM_TEXT bytes with the NUL; returns the length.
enum { NUM_TEXT = 40 };
size_t num_print(Dtype dtype, const void *element, char *out);

#endif
