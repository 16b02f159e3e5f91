// Elementwise built-ins in C: those that are primitives, and those whose arguments are more
// than arrays. The others are written in the language (prelude.c).
#include "front/arrays.h"
#include "front/function.h"

#include <stdio.h>

static Status body_apply(Trace *t, const Builtin *self, const Value *args, Value *result) {
    const Prim prim = (Prim)self->data;
    return front_apply(t, self->name, prim, (uint32_t)ir_prim(prim)->arity, args, result);
}

static Status body_operator(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    return front_binary(t, (ExprOp)self->data, args[0], args[1], result);
}

static Status body_float_power(Trace *t, const Builtin *self, const Value *args,
                               Value *result) {
    (void)self;
    return front_float_power(t, args[0], args[1], result);
}

static Status body_integer_pow(Trace *t, const Builtin *self, const Value *args,
                               Value *result) {
    (void)self;
    int64_t exponent;
    TRY(front_static_int(t, args[1], "the exponent", &exponent));
    return front_binary(t, OP_POW, args[0], args[1], result);
}

static Status body_square(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    Value two;
    TRY(front_int(t, 2, &two));
    return front_binary(t, OP_POW, args[0], two, result);
}

static Status body_positive(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    (void)self;
    return front_as_array(t, args[0], result);
}

// -- rounding -----------------------------------------------------------------------

// Integers are rounded already, and stay integers.
static Status body_rounding(Trace *t, const Builtin *self, const Value *args,
                            Value *result) {
    TRY(front_as_array(t, args[0], result));
    if (!num_is_float((Dtype)front_type(t, *result)->dtype)) return OK;
    return front_apply(t, self->name, (Prim)self->data, 1, result, result);
}

// To the nearest multiple of 10 ** -decimals, as NumPy: scaled, rounded, scaled back.
static Status body_round(Trace *t, const Builtin *self, const Value *args, Value *result) {
    int64_t decimals;
    TRY(front_static_int(t, args[1], "decimals", &decimals));
    TRY(body_rounding(t, self, args, result));
    if (decimals == 0) return OK;
    Builder *b = front_builder(t);
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const bool is_float = num_is_float((Dtype)front_node_type(t, x)->dtype);
    if (!is_float && decimals > 0) return OK;
    if (!is_float || decimals < -300 || decimals > 300) {
        return base_error(t->diags, CODE_E402, t->span, "float(x) can be rounded so",
                          "decimals=%lld of %s", (long long)decimals,
                          front_node_text(t, x));
    }
    char text[8];
    (void)snprintf(text, sizeof text, "1e%d", (int)(decimals < 0 ? -decimals : decimals));
    const NodeId scale = ir_literal_like(b, x, text);
    const NodeId up = decimals > 0 ? ir_mul(b, x, scale) : ir_div(b, x, scale);
    const NodeId r = ir_round(b, up);
    return front_made(t, decimals > 0 ? ir_div(b, r, scale) : ir_mul(b, r, scale), result);
}

// -- choosing -----------------------------------------------------------------------

static Status choose(Trace *t, Value condition, Value x, Value y, Value *result) {
    NodeId nodes[3];
    TRY(front_as_node(t, condition, &nodes[0]));
    nodes[0] = front_to_bool(t, nodes[0]);
    TRY(front_promote_nodes(t, 2, (Value[]){x, y}, false, nodes + 1));
    TRY(front_broadcast_together(t, 3, nodes));
    return front_made(t, ir_select(front_builder(t), nodes[0], nodes[1], nodes[2]), result);
}

static Status body_where(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    if (args[1].kind == VALUE_NONE || args[2].kind == VALUE_NONE) {
        return base_error(t->diags, CODE_E403, t->span,
                          "where(condition, x, y); the positions alone would be an array "
                          "whose shape depends on data",
                          "`where` takes a condition and two values");
    }
    return choose(t, args[0], args[1], args[2], result);
}

// NumPy's select of lists (the first condition that holds decides), and lax.select.
static Status body_select(Trace *t, const Builtin *self, const Value *args, Value *result) {
    (void)self;
    const Value conditions = args[0], choices = args[1];
    if (!front_is_sequence(conditions))
        return choose(t, conditions, choices, args[2], result);
    if (!front_is_sequence(choices) || choices.n != conditions.n) {
        return base_error(t->diags, CODE_E403, t->span, NULL,
                          "`select` takes one choice for each of the %u conditions",
                          conditions.n);
    }
    *result = args[2];
    for (uint32_t i = conditions.n; i-- > 0;)
        TRY(choose(t, conditions.items[i], choices.items[i], *result, result));
    return OK;
}

static Status body_clip(Trace *t, const Builtin *self, const Value *args, Value *result) {
    TRY(front_as_array(t, args[0], result));
    if (args[1].kind != VALUE_NONE)
        TRY(front_apply(t, self->name, PRIM_maximum, 2, (Value[]){*result, args[1]},
                        result));
    if (args[2].kind != VALUE_NONE)
        TRY(front_apply(t, self->name, PRIM_minimum, 2, (Value[]){*result, args[2]},
                        result));
    return OK;
}

// x where it is not `bad`, else a number: the one given, or `fallback`.
static Status replace(Trace *t, NodeId bad, Value number, const char *fallback, NodeId *x) {
    Builder *b = front_builder(t);
    NodeId with;
    if (number.kind == VALUE_NONE)
        with = ir_literal_like(b, *x, fallback);
    else {
        const Type *type = front_node_type(t, *x);
        TRY(front_as_node(t, number, &with));
        with = ir_convert(b, with, (Dtype)type->dtype, type->weak);
        with = ir_broadcast_to(b, with, type->rank, type->shape);
    }
    *x = ir_select(b, bad, with, *x);
    return ir_status(b);
}

static Status body_nan_to_num(Trace *t, const Builtin *self, const Value *args,
                              Value *result) {
    (void)self;
    Builder *b = front_builder(t);
    NodeId x;
    TRY(front_as_node(t, args[0], &x));
    const Dtype dtype = (Dtype)front_node_type(t, x)->dtype;
    if (!num_is_float(dtype)) return front_made(t, x, result);
    for (uint32_t i = 1; i < 4; i++) {
        if (args[i].kind != VALUE_NONE && args[i].kind != VALUE_NUMBER)
            return front_refuse(t, "a replacement", "a static number", args[i]);
    }
    const bool wide = dtype == DT_F64;
    const NodeId given = x;
    const NodeId up = ir_literal_like(b, x, "inf"), down = ir_literal_like(b, x, "-inf");
    TRY(replace(t, ir_ne(b, given, given), args[1], "0", &x));
    TRY(replace(t, ir_eq(b, given, up), args[2],
                wide ? "1.7976931348623157e308" : "3.4028234663852886e38", &x));
    TRY(replace(t, ir_eq(b, given, down), args[3],
                wide ? "-1.7976931348623157e308" : "-3.4028234663852886e38", &x));
    return front_made(t, x, result);
}

// -- the rest -----------------------------------------------------------------------

// logical_and, logical_or, logical_xor, logical_not: of any arrays, 0 being false.
static Status body_logical(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    const Prim prim = (Prim)self->data;
    const uint32_t n = (uint32_t)ir_prim(prim)->arity;
    Value truths[2];
    for (uint32_t i = 0; i < n; i++) {
        NodeId x;
        TRY(front_as_node(t, args[i], &x));
        TRY(front_made(t, front_to_bool(t, x), &truths[i]));
    }
    return front_apply(t, self->name, prim, n, truths, result);
}

static Status body_polygamma(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    (void)self;
    int64_t order;
    NodeId x;
    if (args[0].kind == VALUE_ARRAY && args[1].kind == VALUE_NUMBER)
        return base_error(t->diags, CODE_E407, t->span, "write polygamma(n, x)",
                          "the order of polygamma comes first, and is a static integer");
    TRY(front_static_int(t, args[0], "the order of polygamma", &order));
    if (order < 0 || order > INT32_MAX / 2) {
        return base_error(t->diags, CODE_E402, t->span,
                          "polygamma(0, x) is digamma(x), polygamma(1, x) its derivative",
                          "expected an order of polygamma from 0 to %d, got %lld",
                          INT32_MAX / 2, (long long)order);
    }
    TRY(front_promote_nodes(t, 1, &args[1], true, &x));
    Builder *b = front_builder(t);
    return front_made(
        t, order == 0 ? ir_digamma(b, x) : ir_emit(b, PRIM_polygamma, 1, &x, 1, &order),
        result);
}

// Of every array in a structure.
static Status body_stop_gradient(Trace *t, const Builtin *self, const Value *args,
                                 Value *result) {
    (void)self;
    Leaves leaves = {0};
    TRY(front_flatten(t, args[0], "the argument of stop_gradient", &leaves));
    for (uint32_t i = 0; i < leaves.at.n; i++) {
        NodeId x;
        TRY(front_node_here(t, leaves.at.at[i], &x));
        TRY(front_made(t, ir_stop_gradient(front_builder(t), x), &leaves.at.at[i]));
    }
    uint32_t next = 0;
    return front_unflatten(t, args[0], leaves.at.at, &next, result);
}

// -- table --------------------------------------------------------------------------

#define ROW_IN(part, text, parameters, function, what)                                     \
    .name = (text), .group = (part), .signature = (parameters), .doc = (what),             \
    .kind = BUILTIN_C, .body = (function)
#define ROW(text, parameters, function, what)                                              \
    ROW_IN("elementwise", text, parameters, function, what)
#define UNARY_IN(part, text, prim, what)                                                   \
    ROW_IN(part, text, "x", body_apply, what), .data = PRIM_##prim
#define BINARY_IN(part, text, prim, what)                                                  \
    ROW_IN(part, text, "x, y", body_apply, what), .data = PRIM_##prim
#define UNARY(text, prim, what)   UNARY_IN("elementwise", text, prim, what)
#define BINARY(text, prim, what)  BINARY_IN("elementwise", text, prim, what)
#define COMPARE(text, prim, what) BINARY_IN("condition", text, prim, what)
#define LOGICAL(text, parameters, prim, what)                                              \
    ROW_IN("condition", text, parameters, body_logical, what), .data = PRIM_##prim
#define BITS(text, prim, what)     BINARY_IN("bits", text, prim, what)
#define BITS_NOT(text)             UNARY_IN("bits", text, bit_not, "~x, bit by bit.")
#define ROUNDING(text, prim, what) ROW(text, "x", body_rounding, what), .data = PRIM_##prim

#define STEP_KINK   "0 everywhere"
#define TIE_KINK    "shared equally between equal arguments"
#define POWER_KINK  "by an integer literal 0: 0; x ** y at x = 0, y = 0: (nan, 0)"
#define ABS_KINK    "1 at 0"
#define ARCTAN_KINK "nan at (0, 0)"
#define MOD_KINK    "1 by x, -floor(x / y) by y, at jumps too"

const Builtin front_elementwise_table[] = {
    {UNARY("abs", abs, "Absolute value."), .kink = ABS_KINK},
    {UNARY("absolute", abs, "Absolute value."), .kink = ABS_KINK},
    {UNARY("acos", arccos, "Inverse cosine."), .kink = "-inf at 1 and -1"},
    {UNARY("acosh", arccosh, "Inverse hyperbolic cosine."), .kink = "inf at 1"},
    {BINARY("add", add, "x + y.")},
    {UNARY("arccos", arccos, "Inverse cosine."), .kink = "-inf at 1 and -1"},
    {UNARY("arccosh", arccosh, "Inverse hyperbolic cosine."), .kink = "inf at 1"},
    {UNARY("arcsin", arcsin, "Inverse sine."), .kink = "inf at 1 and -1"},
    {UNARY("arcsinh", arcsinh, "Inverse hyperbolic sine.")},
    {UNARY("arctan", arctan, "Inverse tangent.")},
    {BINARY("arctan2", arctan2,
            "The angle of the point with abscissa y and ordinate x, between -pi and pi."),
     .kink = ARCTAN_KINK},
    {UNARY("arctanh", arctanh, "Inverse hyperbolic tangent."), .kink = "inf at 1 and -1"},
    {UNARY("asin", arcsin, "Inverse sine."), .kink = "inf at 1 and -1"},
    {UNARY("asinh", arcsinh, "Inverse hyperbolic sine.")},
    {UNARY("atan", arctan, "Inverse tangent.")},
    {BINARY("atan2", arctan2,
            "The angle of the point with abscissa y and ordinate x, between -pi and pi."),
     .kink = ARCTAN_KINK},
    {UNARY("atanh", arctanh, "Inverse hyperbolic tangent."), .kink = "inf at 1 and -1"},
    {BITS("bitwise_and", bit_and, "x & y, bit by bit.")},
    {BITS_NOT("bitwise_invert")},
    {BITS("bitwise_left_shift", shift_left, "x << y.")},
    {BITS_NOT("bitwise_not")},
    {BITS("bitwise_or", bit_or, "x | y, bit by bit.")},
    {BITS("bitwise_right_shift", shift_right, "x >> y, arithmetic.")},
    {BITS("bitwise_xor", bit_xor, "x ^ y, bit by bit.")},
    {UNARY("cbrt", cbrt, "Cube root."), .kink = "inf at 0"},
    {ROUNDING("ceil", ceil, "The least integer not below x."), .kink = STEP_KINK},
    {ROW("clip", "x, min=None, max=None", body_clip, "minimum(maximum(x, min), max)."),
     .kink = "1/2 at a bound, to x and to the bound", .is_method = true},
    {BINARY("copysign", copysign, "|x| with the sign of y."), .kink = "sign(y) at x = 0"},
    {UNARY("cos", cos, "Cosine.")},
    {UNARY("cosh", cosh, "Hyperbolic cosine.")},
    {UNARY_IN("special", "digamma", digamma, "The derivative of lgamma."),
     .kink = "inf at poles"},
    {BINARY("divide", div, "x / y, a float.")},
    {COMPARE("equal", eq, "x == y.")},
    {UNARY_IN("special", "erf", erf, "Error function.")},
    {UNARY_IN("special", "erfc", erfc, "1 - erf(x), without cancellation.")},
    {UNARY("exp", exp, "e ** x, the exponential.")},
    {UNARY("exp2", exp2, "2 ** x.")},
    {UNARY("expm1", expm1, "exp(x) - 1, without cancellation.")},
    {ROUNDING("fix", trunc, "x rounded towards 0, its integer part."), .kink = STEP_KINK},
    {ROW("float_power", "x, y", body_float_power, "x ** y of floats."), .kink = POWER_KINK},
    {ROUNDING("floor", floor, "The greatest integer not above x."), .kink = STEP_KINK},
    {BINARY("floor_divide", floor_divide, "x // y, rounded down."), .kink = STEP_KINK},
    {BINARY("fmod", rem, "The remainder of x / y with the sign of x, as C's fmod."),
     .kink = "1 by x, -trunc(x / y) by y, at jumps too"},
    {UNARY_IN("special", "gammaln", lgamma, "log |Γ(x)|.")},
    {COMPARE("greater", gt, "x > y.")},
    {COMPARE("greater_equal", ge, "x >= y.")},
    {BINARY("hypot", hypot, "sqrt(x² + y²), without overflow."),
     .kink = "(1/2, 1/2) at (0, 0)"},
    {ROW("integer_pow", "x, y", body_integer_pow, "x ** y for a static integer y.")},
    {BITS_NOT("invert")},
    {BITS("left_shift", shift_left, "x << y.")},
    {COMPARE("less", lt, "x < y.")},
    {COMPARE("less_equal", le, "x <= y.")},
    {UNARY_IN("special", "lgamma", lgamma, "log |Γ(x)|.")},
    {UNARY("log", log, "Natural logarithm."), .kink = "1 / x, below 0 too"},
    {UNARY("log10", log10, "Logarithm to base 10.")},
    {UNARY("log1p", log1p, "log(1 + x), without cancellation.")},
    {UNARY("log2", log2, "Logarithm to base 2.")},
    {LOGICAL("logical_and", "x, y", bit_and, "Whether neither is 0.")},
    {LOGICAL("logical_not", "x", bit_not, "Whether x is 0.")},
    {LOGICAL("logical_or", "x, y", bit_or, "Whether x or y is not 0.")},
    {LOGICAL("logical_xor", "x, y", bit_xor, "Whether exactly one of x and y is not 0.")},
    {BINARY("maximum", maximum, "The greater of x and y; nan if one is."),
     .kink = TIE_KINK},
    {BINARY("minimum", minimum, "The lesser of x and y; nan if one is."), .kink = TIE_KINK},
    {ROW("mod", "x, y", body_operator, "x % y: the remainder with the sign of y."),
     .data = OP_MOD, .kink = MOD_KINK},
    {BINARY("multiply", mul, "x * y.")},
    {ROW("nan_to_num", "x, nan=0.0, posinf=None, neginf=None", body_nan_to_num,
         "x with nan, inf and -inf replaced; inf by default by the greatest number there "
         "is."),
     .kink = "0 where replaced"},
    {UNARY("negative", neg, "-x, the negation.")},
    {COMPARE("not_equal", ne, "x != y.")},
    {ROW_IN("special", "polygamma", "n, x", body_polygamma,
            "The derivative of order n of digamma; n static.")},
    {ROW("positive", "x", body_positive, "x itself.")},
    {ROW("pow", "x, y", body_operator, "x ** y."), .data = OP_POW, .kink = POWER_KINK},
    {ROW("power", "x, y", body_operator, "x ** y."), .data = OP_POW, .kink = POWER_KINK},
    {BINARY("rem", rem, "The remainder of x / y with the sign of x, as C's fmod."),
     .kink = "1 by x, -trunc(x / y) by y, at jumps too"},
    {ROW("remainder", "x, y", body_operator, "x % y: the remainder with the sign of y."),
     .data = OP_MOD, .kink = MOD_KINK},
    {BITS("right_shift", shift_right, "x >> y, arithmetic.")},
    {UNARY("rint", round, "x rounded to the nearest integer, ties to even; a float."),
     .kink = STEP_KINK},
    {ROW("round", "x, decimals=0", body_round,
         "x rounded to the nearest multiple of 10 ** -decimals, ties to even; decimals "
         "static."),
     .data = PRIM_round, .kink = STEP_KINK, .is_method = true},
    {UNARY("rsqrt", rsqrt, "1 / sqrt(x)."), .kink = "-inf at 0"},
    {ROW_IN("condition", "select", "condlist, choicelist, default=0", body_select,
            "The choice of the first condition that holds; also lax.select(c, x, y).")},
    {UNARY("sign", sign, "-1, 0 or 1: the sign of x."), .kink = STEP_KINK},
    {UNARY("sin", sin, "Sine.")},
    {UNARY("sinh", sinh, "Hyperbolic sine.")},
    {UNARY("sqrt", sqrt, "Square root."), .kink = "inf at 0"},
    {ROW("square", "x", body_square, "x ** 2.")},
    {ROW_IN("transformation", "stop_gradient", "x", body_stop_gradient,
            "x itself, whose derivative is 0; x may be a structure."),
     .kink = STEP_KINK},
    {BINARY("subtract", sub, "x - y.")},
    {UNARY("tan", tan, "Tangent.")},
    {UNARY("tanh", tanh, "Hyperbolic tangent.")},
    {BINARY("true_divide", div, "x / y, a float.")},
    {ROUNDING("trunc", trunc, "x rounded towards 0, its integer part."), .kink = STEP_KINK},
    {ROW_IN("condition", "where", "condition, x=None, y=None", body_where,
            "x where the condition holds, else y; both are evaluated."),
     .kink = "that of the value chosen"},
};
const uint32_t front_elementwise_count =
    sizeof front_elementwise_table / sizeof *front_elementwise_table;
