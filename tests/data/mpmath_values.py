"""Writes exact_values.txt beside it: values of the built-ins by mpmath, 45 digits of each.

Only for who changes the list, and has mpmath; the tests read the file.
"""

import pathlib

import mpmath as mp
from mpmath import mpf

mp.mp.prec = 4000
DIGITS = 45

ANY = [
    0.0,
    0.5,
    -0.5,
    1.0,
    -1.0,
    2.0,
    -3.3,
    0.1,
    1e-10,
    -1e-10,
    1e-300,
    -1e-300,
    17.25,
    -17.25,
]
LARGE = [1e10, -1e10, 1e100, 1e300, -1e300, 1.7976931348623157e308]
POSITIVE = [1.0, 2.0, 0.5, 0.1, 3.3, 1e-10, 1e-300, 5e-324, 17.25, 1e10, 1e100, 1e300]
UNIT = [0.0, 0.5, -0.5, 0.1, -0.99, 1e-10, -1e-300, 0.9999999999999999, -0.9999999999999999]
EXP = [*ANY, 100.5, -100.5, 700.0, -700.0]
PAIRS = [
    (0.5, 2.0),
    (3.0, -4.0),
    (-1.5, 0.25),
    (1e-300, 2e-300),
    (1e300, -1e300),
    (1e-10, 7.0),
]
POSITIVE_PAIRS = [
    (0.5, 2.0),
    (3.0, 0.1),
    (1e-300, 0.5),
    (1e300, 1e-3),
    (2.5, -3.5),
    (7.0, 20.25),
]


def gelu(x):
    return x * mp.erfc(-x / mp.sqrt(2)) / 2


def gelu_tanh(x):
    return x * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3))) / 2


def softplus(x):
    return mp.log1p(mp.exp(x))


def logistic(x):
    return 1 / (1 + mp.exp(-x))


ONE = {
    "sin": (mp.sin, ANY + LARGE),
    "cos": (mp.cos, ANY + LARGE),
    "tan": (mp.tan, ANY + LARGE),
    "arcsin": (mp.asin, UNIT + [1.0, -1.0]),
    "arccos": (mp.acos, UNIT + [1.0, -1.0]),
    "arctan": (mp.atan, ANY + LARGE),
    "sinh": (mp.sinh, EXP),
    "cosh": (mp.cosh, EXP),
    "tanh": (mp.tanh, EXP),
    "arcsinh": (mp.asinh, ANY + LARGE),
    "arccosh": (mp.acosh, [1.0, 1.0000000000000002, 1.5, 2.0, 17.25, 1e10, 1e300]),
    "arctanh": (mp.atanh, UNIT),
    "exp": (mp.exp, EXP),
    "exp2": (lambda x: mpf(2) ** x, EXP + [1000.5, -1000.5]),
    "expm1": (mp.expm1, EXP),
    "log": (mp.log, POSITIVE),
    "log1p": (mp.log1p, UNIT + POSITIVE),
    "log2": (lambda x: mp.log(x) / mp.log(2), POSITIVE),
    "log10": (mp.log10, POSITIVE),
    "sqrt": (mp.sqrt, POSITIVE + [0.0]),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), POSITIVE),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), ANY + LARGE),
    "square": (lambda x: x * x, ANY + LARGE),
    "reciprocal": (lambda x: 1 / x, POSITIVE + [-3.0, -1e300]),
    "abs": (abs, ANY + LARGE),
    "sinc": (lambda x: mp.sincpi(x), ANY + LARGE),
    "deg2rad": (lambda x: x * mp.pi / 180, ANY + LARGE),
    "rad2deg": (lambda x: x * 180 / mp.pi, ANY + LARGE),
    "floor": (mp.floor, ANY + LARGE),
    "ceil": (mp.ceil, ANY + LARGE),
    "rint": (mp.nint, ANY + LARGE + [1.5, 2.5]),
    "erf": (mp.erf, ANY + [5.5, -5.5, 26.0]),
    "erfc": (mp.erfc, ANY + [5.5, -5.5, 26.0]),
    "digamma": (mp.digamma, POSITIVE[:-1] + [-0.5, -3.3, -17.25]),
    "lgamma": (lambda x: mp.log(abs(mp.gamma(x))), POSITIVE[:9] + [-0.5, -3.3, -17.25]),
    "expit": (logistic, EXP),
    "logit": (lambda x: mp.log(x / (1 - x)), [0.5, 0.1, 1e-10, 1e-300, 0.9999999999999999]),
    "entr": (lambda x: -x * mp.log(x), POSITIVE),
    "sigmoid": (logistic, EXP),
    "silu": (lambda x: x * logistic(x), EXP),
    "softplus": (softplus, EXP),
    "log_sigmoid": (lambda x: -softplus(-x), EXP),
    "mish": (lambda x: x * mp.tanh(softplus(x)), EXP),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), EXP),
    "soft_sign": (lambda x: x / (1 + abs(x)), ANY + LARGE),
    "squareplus": (lambda x: (x + mp.sqrt(x * x + 4)) / 2, ANY + [1e10, -1e10]),
    "gelu(%, approximate=False)": (gelu, ANY + [-26.0]),
    "polygamma(1, %)": (lambda x: mp.psi(1, x), POSITIVE[:9]),
    "polygamma(3, %)": (lambda x: mp.psi(3, x), POSITIVE[:5]),
}
TWO = {
    "arctan2": (mp.atan2, PAIRS),
    "hypot": (mp.hypot, PAIRS),
    "power": (lambda x, y: x**y, POSITIVE_PAIRS),
    "divide": (lambda x, y: x / y, PAIRS),
    "logaddexp": (lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), PAIRS[:4] + [(700.5, -3.0)]),
    "logaddexp2": (lambda x, y: mp.log(mpf(2) ** x + mpf(2) ** y) / mp.log(2), PAIRS[:4]),
    "mod": (lambda x, y: x - y * mp.floor(x / y), PAIRS[:4] + [(1e30, 7.5), (-7.5, 2.0)]),
    "fmod": (lambda x, y: x - y * int(x / y), PAIRS[:3] + [(1e30, 7.5), (-7.5, 2.0)]),
    "floor_divide": (lambda x, y: mp.floor(x / y), PAIRS[:4]),
    "xlogy": (lambda x, y: x * mp.log(y), POSITIVE_PAIRS[:4]),
    "xlog1py": (lambda x, y: x * mp.log1p(y), POSITIVE_PAIRS[:4]),
    "rel_entr": (lambda x, y: x * mp.log(x / y), POSITIVE_PAIRS[:4]),
    "kl_div": (lambda x, y: x * mp.log(x / y) - x + y, POSITIVE_PAIRS[:4]),
}


def text(number):
    return mp.nstr(number, DIGITS, min_fixed=1, max_fixed=0, strip_zeros=False)


def lines():
    for name, (function, points) in ONE.items():
        for x in points:
            call = name if "%" in name else name + "(%)"
            yield f"{call.replace('%', 'x')} | {x!r} | {text(function(mpf(x)))}"
    for name, (function, points) in TWO.items():
        for x, y in points:
            yield f"{name}(x, y) | {x!r} {y!r} | {text(function(mpf(x), mpf(y)))}"


HEADING = f"""\
# Values of the built-ins at doubles, {DIGITS} digits of each, by mpmath {mp.__version__}
# with {mp.mp.prec} bits: what mpmath_values.py beside this file writes.
"""
path = pathlib.Path(__file__).with_name("exact_values.txt")
path.write_text(HEADING + "\n".join(lines()) + "\n")
