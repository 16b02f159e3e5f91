#include "verify/compare.h"

#include <math.h>

// -- units in the last place --------------------------------------------------------

// The number of a float among all of its dtype, 0 for both zeros: the bits of IEEE numbers
// of one sign are in the order of their magnitudes.
static int64_t rank_of(Dtype dtype, const void *element) {
    if (dtype == DT_F32) {
        int32_t bits;
        memcpy(&bits, element, sizeof bits);
        return bits < 0 ? -(int64_t)(bits & INT32_MAX) : bits;
    }
    int64_t bits;
    memcpy(&bits, element, sizeof bits);
    return bits < 0 ? -(bits & INT64_MAX) : bits;
}

static uint64_t distance(int64_t a, int64_t b) {
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

static double float_of(Dtype dtype, const void *element) {
    return dtype == DT_F32 ? (double)*(const float *)element : *(const double *)element;
}

static int64_t int_of(Dtype dtype, const void *element) {
    return dtype == DT_I32 ? *(const int32_t *)element : *(const int64_t *)element;
}

double verify_ulps(Dtype dtype, const void *a, const void *b) {
    if (dtype == DT_BOOL)
        return *(const uint8_t *)a == *(const uint8_t *)b ? 0.0 : HUGE_VAL;
    if (num_is_integer(dtype)) return (double)distance(int_of(dtype, a), int_of(dtype, b));
    const double x = float_of(dtype, a), y = float_of(dtype, b);
    if (isnan(x) && isnan(y)) return 0.0;
    if (isfinite(x) && isfinite(y))
        return (double)distance(rank_of(dtype, a), rank_of(dtype, b));
    return x == y ? 0.0 : HUGE_VAL;
}

// -- tolerances ---------------------------------------------------------------------

cg_tolerance verify_tolerance(Dtype dtype, const cg_tolerance *given) {
    if (given->by_ulp || given->by_difference) return *given;
    return (cg_tolerance){.by_ulp = true,
                          .ulp = num_is_float(dtype) ? VERIFY_DEFAULT_ULP : 0.0};
}

static bool is_close(Dtype dtype, const void *expected, const void *got,
                     const cg_tolerance *tolerance) {
    double difference, scale;
    if (dtype == DT_BOOL) return false;
    if (num_is_integer(dtype)) {
        difference = verify_ulps(dtype, expected, got);
        scale = fabs((double)int_of(dtype, expected));
    } else {
        const double x = float_of(dtype, expected), y = float_of(dtype, got);
        if (!isfinite(x) || !isfinite(y)) return false;
        difference = fabs(y - x);
        scale = fabs(x);
    }
    return difference <= tolerance->atol + tolerance->rtol * scale;
}

bool verify_is_near(Dtype dtype, const void *expected, const void *got,
                    const cg_tolerance *tolerance) {
    const double ulps = verify_ulps(dtype, expected, got);
    return ulps == 0.0 || (tolerance->by_ulp && isfinite(ulps) && ulps <= tolerance->ulp) ||
           (tolerance->by_difference && is_close(dtype, expected, got, tolerance));
}
