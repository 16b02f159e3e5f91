// The prelude: built-ins written in the language itself. Each is parsed and traced when it
// is first named; inside, only built-ins are in reach.
//
// A `jvp` stands where the derivative of the value's own expression would lose digits, or
// meet 0 * inf where the function has a derivative. The values at kinks are JAX's.
//
// Rows of floats (FLOATS) get their arguments promoted to one float dtype, so the
// numbers in a text take that dtype; sub-expressions of numbers alone that are no static
// arithmetic (log(2)) must be made in it: log(asarray(2, dtype=x.dtype)).
#include "front/builtin.h"

#define ROW_IN(part, text, parameters, what)                                               \
    .name = (text), .group = (part), .kind = BUILTIN_PRELUDE, .signature = (parameters),   \
    .doc = (what)
#define ROW(text, parameters, what) ROW_IN("elementwise", text, parameters, what)
#define FLOATS_IN(part, text, parameters, what)                                            \
    ROW_IN(part, text, parameters, what), .data = PRELUDE_OF_FLOATS
#define FLOATS(text, parameters, what) FLOATS_IN("elementwise", text, parameters, what)

#define DEGREES(text)                                                                      \
    { FLOATS(text, "x", "x converted from radians to degrees."), .value = "x * (180 / pi)" }
#define RADIANS(text)                                                                      \
    { FLOATS(text, "x", "x converted from degrees to radians."), .value = "x * (pi / 180)" }

#define SIGMOID(part, text)                                                                \
    {                                                                                      \
        FLOATS_IN(part, text, "x", "1 / (1 + exp(-x)), the logistic function."),           \
            .let = {{"e", "exp(-abs(x))"}}, .value = "where(x >= 0, 1, e) / (1 + e)",      \
            .jvp = "dx * e / (1 + e) ** 2"                                                 \
    }
#define SILU(text)                                                                         \
    { FLOATS_IN("activation", text, "x", "x * sigmoid(x)."), .value = "x * sigmoid(x)" }
#define HARD_SILU(text)                                                                    \
    {                                                                                      \
        FLOATS_IN("activation", text, "x", "x * hard_sigmoid(x)."),                        \
            .value = "x * hard_sigmoid(x)", .kink = "0 at -3, 1 at 3"                      \
    }

// The derivative of sin(u) / u, over -u / 3, where |u| < 1: by the Taylor series, since the
// closed form loses its digits there. The term of u ** 21 / 23! is below every digit; the
// value has no series: what is exact stays sinc to the last digit.
#define SINC_SLOPE                                                                         \
    "(1 - s / 10 * (1 - s / 28 * (1 - s / 54 * (1 - s / 88 * (1 - s / 130 * "              \
    "(1 - s / 180 * (1 - s / 238 * (1 - s / 304 * (1 - s / 378 * (1 - s / 460))))))))))"

// The largest of `a`, which is subtracted before exp; 0 where it is not finite, so that
// inf - inf does not arise.
#define LARGEST(x) "stop_gradient(max(" x ", axis=axis, keepdims=True))"

const Builtin front_prelude_table[] = {
    {ROW_IN("index", "argwhere", "a, *, size, fill_value=0",
            "The indices of the first `size` elements that are not 0, a row for each."),
     .value = "stack(nonzero(a, size=size, fill_value=fill_value), axis=-1)"},
    {FLOATS_IN("activation", "celu", "x, alpha=1.0",
               "x above 0, alpha * expm1(x / alpha) below."),
     .value = "where(x > 0, x, alpha * expm1(where(x > 0, 0, x) / alpha))",
     .kink = "1 at 0"},
    {ROW("clamp", "min, x, max", "x, at least min and at most max (lax.clamp)."),
     .value = "where(x < min, min, where(x > max, max, "
              "where((x == min) | (x == max), stop_gradient(x), x)))",
     .kink = "0 at the bounds, to all"},
    RADIANS("deg2rad"),
    DEGREES("degrees"),
    {ROW_IN("index", "diag_indices", "n, ndim=2",
            "The index of the diagonal of an array of ndim axes of size n."),
     .value = "tuple(arange(n) for k in range(ndim))"},
    {ROW_IN("index", "diag_indices_from", "arr", "The index of the diagonal of arr."),
     .value = "diag_indices(arr.shape[0], ndim=arr.ndim)"},
    {ROW_IN("shape", "diagflat", "v, k=0",
            "A matrix with the elements on its k-th diagonal."),
     .value = "diag(ravel(v), k)"},
    {ROW_IN("index", "digitize", "x, bins, right=False",
            "The number of the bin that x falls into, between edges that rise or fall."),
     .let = {{"side", "'left' if right else 'right'"}, {"n", "len(bins)"}},
     .value =
         "where(bins[-1] >= bins[0], searchsorted(bins, x, side=side), "
         "n - searchsorted(flip(bins), x, side=side)) if n else searchsorted(bins, x)"},
    {ROW("divmod", "x, y", "The tuple (x // y, x % y)."),
     .value = "(floor_divide(x, y), mod(x, y))"},
    {FLOATS_IN("activation", "elu", "x, alpha=1.0", "x above 0, alpha * expm1(x) below."),
     .value = "where(x > 0, x, alpha * expm1(where(x > 0, 0, x)))", .kink = "alpha at 0"},
    {FLOATS_IN("special", "entr", "x", "-x * log(x); 0 at 0, -inf below."),
     .value = "where(x < 0, -inf, -where(x == 0, 0, x * log(x)))",
     .jvp = "-dx * (log(x) + 1)", .kink = "inf at 0"},
    SIGMOID("special", "expit"),
    {FLOATS("fabs", "x", "Absolute value, a float."), .value = "abs(x)", .kink = "1 at 0"},
    {ROW_IN("index", "flatnonzero", "a, *, size, fill_value=0",
            "The numbers of the first `size` elements that are not 0, row by row."),
     .let = {{"found", "cumsum(int64(ravel(asarray(a)) != 0))"}, {"k", "arange(size)"}},
     .value =
         "where(k < sum(ravel(asarray(a)) != 0), searchsorted(found, k + 1), fill_value)"},
    {ROW("fmax", "x, y", "The greater of x and y; of nan and a number the number."),
     .value = "where((x > y) | isnan(y), x, y)",
     .kink = "all to y between equal arguments"},
    {ROW("fmin", "x, y", "The lesser of x and y; of nan and a number the number."),
     .value = "where((x < y) | isnan(y), x, y)",
     .kink = "all to y between equal arguments"},
    {FLOATS_IN("activation", "gelu", "x, approximate=True",
               "x * Φ(x); approximate: by tanh, as JAX's default."),
     .let = {{"c", "sqrt(asarray(2 / pi if approximate else 0.5, dtype=x.dtype))"}},
     .value = "x * sigmoid(2 * c * (x + 0.044715 * x ** 3)) if approximate "
              "else x * erfc(-x * c) / 2"},
    {FLOATS_IN("activation", "hard_sigmoid", "x", "relu6(x + 3) / 6."),
     .value = "relu6(x + 3) / 6", .kink = "0 at -3 and 3"},
    HARD_SILU("hard_silu"),
    HARD_SILU("hard_swish"),
    {ROW_IN("activation", "hard_tanh", "x", "x, at least -1 and at most 1."),
     .value = "where(x > 1, 1, where(x < -1, -1, x))", .kink = "1 at -1 and 1"},
    {FLOATS("heaviside", "x, y", "0 below 0, 1 above, y at 0."),
     .value = "where(x < 0, 0, where(x > 0, 1, where(x == 0, y, x)))",
     .kink = "(0, 1) at 0"},
    {ROW_IN(
         "index", "indices", "dimensions",
         "The index of each element along each axis, in an array for each axis, stacked."),
     .value = "stack(meshgrid(*[arange(n) for n in dimensions], indexing='ij'))"},
    {ROW_IN("condition", "isfinite", "x", "Whether x is neither infinite nor nan."),
     .value = "abs(x) < inf"},
    {ROW_IN("condition", "isinf", "x", "Whether x is inf or -inf."),
     .value = "abs(x) == inf"},
    {ROW_IN("condition", "isnan", "x", "Whether x is nan."), .value = "x != x"},
    {ROW_IN("condition", "isneginf", "x", "Whether x is -inf."), .value = "x == -inf"},
    {ROW_IN("condition", "isposinf", "x", "Whether x is inf."), .value = "x == inf"},
    {FLOATS_IN("special", "kl_div", "x, y", "rel_entr(x, y) - x + y."),
     .value = "rel_entr(x, y) - x + y"},
    {ROW_IN("activation", "leaky_relu", "x, negative_slope=0.01",
            "x above 0, negative_slope * x below."),
     .value = "where(x >= 0, x, negative_slope * x)", .kink = "1 at 0"},
    {FLOATS_IN("activation", "log_sigmoid", "x", "log(sigmoid(x))."),
     .value = "-logaddexp(-x, 0.0)"},
    {FLOATS_IN("reduction", "log_softmax", "x, axis=-1",
               "log(softmax(x)), without overflow."),
     .let = {{"d", "x - " LARGEST("x")}},
     .value = "d - log(sum(exp(d), axis=axis, keepdims=True))"},
    // The weights of x and y: exp(x - value) would lose the digits that the value has
    // before its point.
    {FLOATS("logaddexp", "x, y", "log(exp(x) + exp(y)), without overflow."),
     .let = {{"d", "x - y"}},
     .value = "where(isnan(d), x + y, maximum(x, y) + log1p(exp(-abs(d))))",
     .jvp = "dx * where(x == inf, 1, sigmoid(d)) + dy * where(y == inf, 1, sigmoid(-d))",
     .kink = "(nan, nan) at (-inf, -inf)"},
    {FLOATS("logaddexp2", "x, y", "log2(2 ** x + 2 ** y), without overflow."),
     .let = {{"d", "x - y"}, {"c", "log(asarray(2, dtype=x.dtype))"}},
     .value = "where(isnan(d), x + y, maximum(x, y) + log1p(exp2(-abs(d))) / c)",
     .jvp = "dx * where(x == inf, 1, sigmoid(c * d)) + "
            "dy * where(y == inf, 1, sigmoid(-c * d))",
     .kink = "(nan, nan) at (-inf, -inf)"},
    // Around 1/2 the logarithm of a number near 1 would keep few digits.
    {FLOATS_IN("special", "logit", "x", "log(x / (1 - x)), the inverse of sigmoid."),
     .value = "where(abs(x - 0.5) < 0.25, log1p((2 * x - 1) / (1 - x)), log(x / (1 - x)))",
     .jvp = "dx / (x * (1 - x))", .kink = "inf at 0 and 1"},
    {FLOATS_IN("creation", "logspace", "start, stop, num=50, endpoint=True, base=10.0",
               "base ** linspace(start, stop, num, endpoint)."),
     .value = "base ** linspace(start, stop, num, endpoint)"},
    {FLOATS_IN("reduction", "logsumexp", "a, axis=None, *, keepdims=False",
               "log(sum(exp(a))), without overflow."),
     .let = {{"m", LARGEST("a")}, {"c", "where(isfinite(m), m, 0)"}},
     .value = "log(sum(exp(a - c), axis=axis, keepdims=keepdims)) + "
              "(c if keepdims else squeeze(c, axis=axis))",
     .kink = "nan where all are -inf"},
    {FLOATS_IN("activation", "mish", "x", "x * tanh(softplus(x))."),
     .value = "x * tanh(logaddexp(x, 0.0))"},
    {FLOATS("modf", "x", "The tuple of the fractional and the integer part."),
     .let = {{"w", "trunc(x)"}}, .value = "(where(isinf(x), copysign(0.0, x), x - w), w)"},
    {ROW_IN("index", "nonzero", "a, *, size, fill_value=0",
            "The indices of the first `size` elements that are not 0, along each axis."),
     .let = {{"x", "asarray(a)"},
             {"flat", "flatnonzero(x, size=size, fill_value=-1)"},
             {"at", "unravel_index(maximum(flat, 0), x.shape)"}},
     .value = "tuple(where(flat < 0, fill_value, i) for i in at)"},
    {ROW_IN("reduction", "ptp", "x, axis=None, *, keepdims=False",
            "The range of the elements: max(x) - min(x)."),
     .value = "max(x, axis=axis, keepdims=keepdims) - "
              "min(x, axis=axis, keepdims=keepdims)",
     .kink = "shared equally between equal elements", .is_method = true},
    DEGREES("rad2deg"),
    RADIANS("radians"),
    {FLOATS("reciprocal", "x", "1 / x."), .value = "1 / x", .kink = "-inf at 0"},
    {FLOATS_IN("special", "rel_entr", "x, y",
               "x * log(x / y); 0 at x = 0, inf outside the domain."),
     .let = {{"inside", "(x > 0) & (y > 0)"},
             {"p", "where(inside, x, 1)"},
             {"q", "where(inside, y, 1)"},
             {"outside", "where(isnan(x) | isnan(y), nan, inf)"}},
     .value = "where(inside, p * log(p / q), where((x == 0) & (y >= 0), 0, outside))",
     .kink = "(0, 0) where x or y is 0"},
    {ROW_IN("activation", "relu", "x", "x above 0, else 0."),
     .value = "where(x <= 0, 0, x)", .kink = "0 at 0"},
    {ROW_IN("activation", "relu6", "x", "x, at least 0 and at most 6."),
     .value = "where(x <= 0, 0, where(x >= 6, 6.0, x))", .kink = "0 at 0 and 6"},
    // By halving: a[i] is to the left of the place for all i below the lower bound.
    {ROW_IN(
         "index", "searchsorted", "a, v, side='left'",
         "Where v belongs in the sorted vector a: before equal elements, or behind them."),
     .let = {{"n", "len(a)"},
             {"x", "reshape(asarray(a), n)"},
             {"y", "asarray(v)"},
             {"steps", "sum(1 for k in range(63) if 2 ** k <= n)"},
             {"left", "lambda u: (u < y) | ((y != y) & (u == u)) if side == 'left' "
                      "else (u <= y) | (y != y)"},
             {"step", "lambda low, high, m, c: (where(c, m + 1, low), where(c, high, m))"}},
     .value = "fori_loop(0, steps, lambda k, s: step(s[0], s[1], (s[0] + s[1]) // 2, "
              "(s[0] < s[1]) & left(x[minimum((s[0] + s[1]) // 2, n - 1)])), "
              "(zeros(y.shape, dtype=int64), full(y.shape, n, dtype=int64)))[0]"},
    {FLOATS_IN("activation", "selu", "x",
               "The self-normalising elu: 1.0507 * elu(x, 1.6733)."),
     .value = "1.0507009873554804934193349852946 * where(x > 0, x, "
              "1.6732632423543772848170429916717 * expm1(where(x > 0, 0, x)))",
     .kink = "at 0 that from below, 1.0507 * 1.6733"},
    SIGMOID("activation", "sigmoid"),
    {ROW_IN("condition", "signbit", "x", "Whether x is negative, -0.0 and -nan too."),
     .value = "copysign(1, x) < 0"},
    SILU("silu"),
    {FLOATS("sinc", "x", "sin(pi * x) / (pi * x); 1 at 0."),
     .let = {{"u", "pi * x"},
             {"near", "abs(u) < 1"},
             {"s", "where(near, u, 0) ** 2"},
             {"far", "where(near, 1, u)"},
             {"v", "where(x == 0, 1, u)"}},
     .value = "where(x == 0, 1, sin(v) / v)",
     .jvp = "dx * pi * where(near, 0 - u / 3 * " SINC_SLOPE ", "
            "(cos(far) - sin(far) / far) / far)"},
    {FLOATS_IN("activation", "soft_sign", "x", "x / (1 + |x|)."),
     .value = "x / (1 + abs(x))", .jvp = "dx / (1 + abs(x)) ** 2"},
    {FLOATS_IN("reduction", "softmax", "x, axis=-1",
               "exp(x) / sum(exp(x)), without overflow."),
     .let = {{"u", "exp(x - " LARGEST("x") ")"}},
     .value = "u / sum(u, axis=axis, keepdims=True)"},
    {FLOATS_IN("activation", "softplus", "x", "log(1 + exp(x))."),
     .value = "logaddexp(x, 0.0)"},
    {ROW_IN("activation", "sparse_plus", "x",
            "0 below -1, x above 1, (x + 1) ** 2 / 4 between."),
     .value = "where(x <= -1, 0, where(x >= 1, x, (x + 1) ** 2 / 4))"},
    {FLOATS_IN("activation", "squareplus", "x, b=4", "(x + sqrt(x ** 2 + b)) / 2."),
     .let = {{"a", "sqrt(x ** 2 + b) + abs(x)"}},
     .value = "where(x >= 0, a / 2, b / (2 * a))"},
    {FLOATS_IN("reduction", "std", "x, axis=None, *, ddof=0, keepdims=False",
               "The standard deviation, sqrt(var(x))."),
     .value = "sqrt(var(x, axis=axis, ddof=ddof, keepdims=keepdims))",
     .kink = "nan where all elements are equal", .is_method = true},
    SILU("swish"),
    {ROW_IN("index", "tril_indices", "n, k=0, m=None",
            "The index of an n by m matrix up to its k-th diagonal."),
     .let = {{"c", "n if m is None else m"},
             {"size", "sum(max(0, min(c, i + k + 1)) for i in range(n))"}},
     .value = "nonzero(tri(n, c, k), size=size)"},
    {ROW_IN("index", "tril_indices_from", "arr, k=0", "tril_indices of the shape of arr."),
     .value = "tril_indices(arr.shape[0], k, arr.shape[1])"},
    {ROW_IN("index", "triu_indices", "n, k=0, m=None",
            "The index of an n by m matrix from its k-th diagonal on."),
     .let = {{"c", "n if m is None else m"},
             {"size", "sum(c - max(0, min(c, i + k)) for i in range(n))"}},
     .value = "nonzero(1 - tri(n, c, k - 1), size=size)"},
    {ROW_IN("index", "triu_indices_from", "arr, k=0", "triu_indices of the shape of arr."),
     .value = "triu_indices(arr.shape[0], k, arr.shape[1])"},
    {ROW_IN(
         "index", "unravel_index", "indices, shape",
         "The index along each axis of elements numbered row by row; numbers are clipped."),
     .let = {{"strides", "tuple(empty(shape[k + 1:]).size for k in range(len(shape)))"},
             {"n", "empty(shape).size"},
             {"i", "mod(clip(asarray(indices), -n, n - 1), n)"}},
     .value = "tuple(mod(i // d, s) for d, s in zip(strides, shape))"},
    {FLOATS_IN("reduction", "var", "x, axis=None, *, ddof=0, keepdims=False",
               "The variance: the squared distances from the mean, summed and divided by n "
               "- ddof."),
     .let = {{"m", "mean(x, axis=axis, keepdims=True)"}},
     .value = "sum((x - m) ** 2, axis=axis, keepdims=keepdims) / "
              "(size(x, axis) - ddof)",
     .is_method = true},
    {FLOATS_IN("special", "xlog1py", "x, y", "x * log1p(y); 0 where x is 0."),
     .value = "where(x == 0, 0, x * log1p(y))",
     .jvp = "dx * log1p(y) + dy * (x / (1 + y))"},
    {FLOATS_IN("special", "xlogy", "x, y", "x * log(y); 0 where x is 0."),
     .value = "where(x == 0, 0, x * log(y))", .jvp = "dx * log(y) + dy * (x / y)"},
};
const uint32_t front_prelude_count =
    sizeof front_prelude_table / sizeof *front_prelude_table;
