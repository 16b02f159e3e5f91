// digamma and its derivatives, in long double, so that what rounds to double is right.
#include "exec/vm/special.h"

#include <math.h>
#include <stdbool.h>

// Bernoulli numbers B2, B4, …
static const long double bernoulli[] = {
    1.0L / 6,       -1.0L / 30,       1.0L / 42,       -1.0L / 30,
    5.0L / 66,      -691.0L / 2730,   7.0L / 6,        -3617.0L / 510,
    43867.0L / 798, -174611.0L / 330, 854513.0L / 138, -236364091.0L / 2730,
};
enum { TERMS = sizeof bernoulli / sizeof *bernoulli };

static bool is_pole(long double x) {
    return x <= 0 && x == floorl(x);
}

// -- digamma ------------------------------------------------------------------------

// The series at the positive zero x0: the coefficient of (x - x0)^n is polygamma(n, x0) /
// n!. Terms fall at least like 0.18^n. x0 is ZERO to 40 bits, with ZERO_MORE to 90: so x -
// x0 has all its digits at the doubles next to x0.
#define ZERO      0x1.762d86356bp0L
#define ZERO_MORE 0x38fdb86a72219p-90L
#define ZERO_REST 3.79161492453421081435415e-28L
#define NEAR_ZERO 0.25L
static long double digamma_near_zero(long double x) {
    static const long double coefficients[] = {
        0.967672245447621170427445L,     -0.442763168983592106092865L,
        0.258499760955651010624401L,     -0.163942705442406527504251L,
        0.107824050691262365757183L,     -0.0721995612564547109261218L,
        0.0488042881641431072250925L,    -0.0331611264748473592922584L,
        0.0225976482322181046596248L,    -0.0154247659049489591388003L,
        0.010538791616612175388124L,     -0.00720453438635686824097047L,
        0.00492678139572985344635427L,   -0.00336980165543932808279286L,
        0.00230512632673492783693838L,   -0.00157693677143019725927093L,
        0.00107882520191629658069192L,   -0.000738070938996005129566047L,
        0.000504953265834602035177398L,  -0.000345468025106307699555568L,
        0.000236356015640270527923696L,  -0.000161706220919748034493583L,
        0.000110633727687474109040872L,  -0.0000756917958219506591923771L,
        0.0000517857579522208086899327L, -0.0000354300709476596063156988L,
        0.0000242400661186013176526831L,
    };
    const long double d = ((x - ZERO) - ZERO_MORE) - ZERO_REST;
    long double sum = 0;
    for (int n = sizeof coefficients / sizeof *coefficients; n-- > 0;)
        sum = sum * d + coefficients[n];
    return sum * d;
}

// For positive x: the recurrence ψ(x) = ψ(x + 1) - 1/x up to 16, then
// ψ(a) ~ log a - 1/(2a) - Σ B2j / (2j a^2j)  (DLMF 5.5.2, 5.11.2; the last term < 1e-26).
static long double digamma_positive(long double x) {
    if (fabsl(x - ZERO) < NEAR_ZERO) return digamma_near_zero(x);
    long double steps = 0;
    for (; x < 16; x += 1)
        steps += 1 / x;
    const long double square = 1 / (x * x);
    long double series = 0;
    for (int j = TERMS; j > 0; j--)
        series = (series + bernoulli[j - 1] / (2 * j)) * square;
    return logl(x) - 1 / (2 * x) - series - steps;
}

long double vm_digamma(long double x) {
    if (isnan(x) || is_pole(x) || (isinf(x) && x < 0)) return NAN;
    if (isinf(x)) return x;
    if (x > 0) return digamma_positive(x);
    // Reflection, ψ(x) = ψ(1 - x) - π / tan(πx) (DLMF 5.5.4), with the nearest pole
    // subtracted from x, exactly.
    const long double pi = 3.14159265358979323846264338327950288L;
    const long double r = x - rintl(x);
    if (fabsl(x) < 0.5L) return digamma_positive(1 + x) - 1 / x;
    return digamma_positive(1 - x) - pi / tanl(pi * r);
}

// -- its derivatives ----------------------------------------------------------------

// Γ(s) q^-s. Beyond s = 1000 powers leave the range of long double before their product
// does.
static long double scaled_power(long double s, long double q) {
    return s < 1000 ? tgammal(s) * powl(q, -s)
                    : expl(lgammal_r(s, &(int){0}) - s * logl(q));
}

// Γ(s) ζ(s, q) for s >= 2 and positive q: Σ (q + k)^-s until q + k >= 12 + s, the rest by
// the Euler–Maclaurin formula
//   ζ(s, a) ~ a^(1-s) / (s-1) + a^-s / 2 + Σ B2j / (2j)! · s (s+1) … (s+2j-2) · a^(-s-2j+1)
// (DLMF 25.11.43), all divided by the first term, q^-s.
static long double hurwitz(long double s, long double q) {
    long double sum = 0, a = q;
    for (; a < 12 + s; a += 1) {
        const long double term = powl(q / a, s);
        sum += term;
        if (term < 1e-23L) return scaled_power(s, q) * sum;
    }
    long double series = a / (s - 1) + 0.5L;
    long double factor = s / (2 * a); // s … (s+2j-2) / (2j)! / a^(2j-1)
    for (int j = 1; j <= TERMS; j++) {
        series += bernoulli[j - 1] * factor;
        factor *= (s + 2 * j - 1) / (2 * j + 1) * ((s + 2 * j) / (2 * j + 2)) / (a * a);
    }
    return scaled_power(s, q) * (sum + powl(q / a, s) * series);
}

// ψ^(n)(x) = (-1)^(n+1) n! ζ(n+1, x) = (-1)^(n+1) n! Σ 1 / (x + k)^(n+1)  (DLMF 25.11.12).
// For negative x = r - m, r nearest to 0: the sum over all integers, 1/r^s + ζ(s, 1+r) +
// (-1)^s ζ(s, 1-r), less the part on the other side, (-1)^s ζ(s, 1-x).
long double vm_polygamma(int64_t order, long double x) {
    if (isnan(x) || (isinf(x) && x < 0)) return NAN;
    const long double s = (long double)order + 1;
    const bool odd = order % 2 != 0;
    long double sum;
    if (isinf(x)) {
        sum = 0;
    } else if (is_pole(x)) {
        sum = INFINITY;
    } else if (x > 0) {
        sum = hurwitz(s, x);
    } else {
        const long double r = x - rintl(x), sign = odd ? 1 : -1;
        const long double pole = scaled_power(s, fabsl(r)) * (r < 0 ? sign : 1);
        sum = pole + hurwitz(s, 1 + r) + sign * (hurwitz(s, 1 - r) - hurwitz(s, 1 - x));
    }
    return odd ? sum : -sum;
}
