// Rules of the elementwise primitives of one operand.
//
// x is the operand, y the result; each jvp is the tangent of x times the derivative, in the
// form that keeps its digits over the whole domain (and, at kinks and edges, JAX's value).
#include "rules/rules_family.h"

#include <inttypes.h>
#include <stdio.h>

// -- linear, and step functions -----------------------------------------------------

static bool transpose_neg(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)node, (void)linear;
    cts[0] = ir_neg(b, ct);
    return true;
}
const PrimRules rules_neg = {rules_jvp_linear, transpose_neg, rules_batch_map};

const PrimRules rules_sign = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_floor = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_ceil = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_round = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_trunc = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_bit_not = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_stop_gradient = {rules_no_tangent, rules_not_linear, rules_batch_map};

// Between floats linear; integers and bool have no tangents.
static NodeId jvp_convert(Builder *b, const RuleNode *node, const NodeId *t) {
    return num_is_float((Dtype)node->attr[0]) ? rules_again(b, node, t) : IR_NONE;
}
static bool transpose_convert(Builder *b, const RuleNode *node, const bool *linear,
                              NodeId ct, NodeId *cts) {
    (void)linear;
    const Type *x = rules_in_type(b, node, 0);
    cts[0] = ir_convert(b, ct, (Dtype)x->dtype, x->weak);
    return true;
}
const PrimRules rules_convert = {jvp_convert, transpose_convert, rules_batch_map};

// 1 at 0 and at -0.
static NodeId jvp_abs(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId up = ir_ge(b, node->in[0], rules_number(b, node, "0"));
    const NodeId one = rules_number(b, node, "1");
    const NodeId slope = ir_select(b, up, one, rules_number(b, node, "-1"));
    return ir_mul(b, t[0], slope);
}
const PrimRules rules_abs = {jvp_abs, rules_not_linear, rules_batch_map};

// -- powers and roots ---------------------------------------------------------------

// x⁰ is constant, so its derivative is 0 at 0 too.
static NodeId jvp_integer_pow(Builder *b, const RuleNode *node, const NodeId *t) {
    const int64_t n = node->attr[0];
    if (n == 0) return IR_NONE;
    if (n == 1) return t[0];
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, n);
    // xⁿ⁻¹, also for the one n that has no predecessor.
    const NodeId power = n == INT64_MIN ? ir_div(b, node->out, node->in[0])
                                        : ir_integer_pow(b, node->in[0], n - 1);
    return ir_mul(b, t[0], ir_mul(b, rules_number(b, node, text), power));
}
const PrimRules rules_integer_pow = {jvp_integer_pow, rules_not_linear, rules_batch_map};

// 1 / 2y
static NodeId jvp_sqrt(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_div(b, rules_number(b, node, "0.5"), node->out));
}
const PrimRules rules_sqrt = {jvp_sqrt, rules_not_linear, rules_batch_map};

// -y / 2x
static NodeId jvp_rsqrt(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId half = rules_number(b, node, "-0.5");
    return ir_mul(b, t[0], ir_mul(b, half, ir_div(b, node->out, node->in[0])));
}
const PrimRules rules_rsqrt = {jvp_rsqrt, rules_not_linear, rules_batch_map};

// 1 / 3y²; y / 3x would be 0/0 at 0.
static NodeId jvp_cbrt(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId square = ir_mul(b, node->out, node->out);
    return ir_div(b, t[0], ir_mul(b, rules_number(b, node, "3"), square));
}
const PrimRules rules_cbrt = {jvp_cbrt, rules_not_linear, rules_batch_map};

// -- exponentials and logarithms ----------------------------------------------------

// The logarithm of a literal, in the shape of the result.
static NodeId log_of(Builder *b, const RuleNode *node, const char *base) {
    return rules_spread(b, node, ir_log(b, rules_scalar(b, node, base)));
}

static NodeId jvp_exp(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], node->out);
}
const PrimRules rules_exp = {jvp_exp, rules_not_linear, rules_batch_map};

static NodeId jvp_exp2(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_mul(b, node->out, log_of(b, node, "2")));
}
const PrimRules rules_exp2 = {jvp_exp2, rules_not_linear, rules_batch_map};

// eˣ; y + 1 has lost its digits where x is far below 0.
static NodeId jvp_expm1(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_exp(b, node->in[0]));
}
const PrimRules rules_expm1 = {jvp_expm1, rules_not_linear, rules_batch_map};

static NodeId jvp_log(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], node->in[0]);
}
const PrimRules rules_log = {jvp_log, rules_not_linear, rules_batch_map};

static NodeId jvp_log2(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], ir_mul(b, node->in[0], log_of(b, node, "2")));
}
const PrimRules rules_log2 = {jvp_log2, rules_not_linear, rules_batch_map};

static NodeId jvp_log10(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], ir_mul(b, node->in[0], log_of(b, node, "10")));
}
const PrimRules rules_log10 = {jvp_log10, rules_not_linear, rules_batch_map};

static NodeId one_plus_x(Builder *b, const RuleNode *node) {
    return ir_add(b, rules_number(b, node, "1"), node->in[0]);
}
static NodeId one_minus_x(Builder *b, const RuleNode *node) {
    return ir_sub(b, rules_number(b, node, "1"), node->in[0]);
}

static NodeId jvp_log1p(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], one_plus_x(b, node));
}
const PrimRules rules_log1p = {jvp_log1p, rules_not_linear, rules_batch_map};

// -- circular functions -------------------------------------------------------------

static NodeId jvp_sin(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_cos(b, node->in[0]));
}
const PrimRules rules_sin = {jvp_sin, rules_not_linear, rules_batch_map};

static NodeId jvp_cos(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_neg(b, ir_sin(b, node->in[0])));
}
const PrimRules rules_cos = {jvp_cos, rules_not_linear, rules_batch_map};

static NodeId one_plus_square(Builder *b, const RuleNode *node, NodeId x) {
    const NodeId square = ir_mul(b, x, x);
    return ir_add(b, rules_number(b, node, "1"), square);
}

// 1 + y²
static NodeId jvp_tan(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], one_plus_square(b, node, node->out));
}
const PrimRules rules_tan = {jvp_tan, rules_not_linear, rules_batch_map};

// 1 - x², as a product: x² has lost the digits of 1 - x where x is near 1.
static NodeId one_minus_square(Builder *b, const RuleNode *node) {
    const NodeId below = one_minus_x(b, node);
    return ir_mul(b, below, one_plus_x(b, node));
}

static NodeId jvp_arcsin(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], ir_sqrt(b, one_minus_square(b, node)));
}
const PrimRules rules_arcsin = {jvp_arcsin, rules_not_linear, rules_batch_map};

static NodeId jvp_arccos(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_neg(b, ir_div(b, t[0], ir_sqrt(b, one_minus_square(b, node))));
}
const PrimRules rules_arccos = {jvp_arccos, rules_not_linear, rules_batch_map};

static NodeId jvp_arctan(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], one_plus_square(b, node, node->in[0]));
}
const PrimRules rules_arctan = {jvp_arctan, rules_not_linear, rules_batch_map};

// -- hyperbolic functions -----------------------------------------------------------

static NodeId jvp_sinh(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_cosh(b, node->in[0]));
}
const PrimRules rules_sinh = {jvp_sinh, rules_not_linear, rules_batch_map};

static NodeId jvp_cosh(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_sinh(b, node->in[0]));
}
const PrimRules rules_cosh = {jvp_cosh, rules_not_linear, rules_batch_map};

// 1/cosh²x = 1 - y². The first keeps its digits where the second has lost them all; the
// derivatives of the second are the good ones, those of the first are 0·inf where cosh x
// overflows. So: the value of the first, plus a zero with the derivatives of the second.
static NodeId jvp_tanh(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId one = rules_number(b, node, "1");
    const NodeId sech = ir_div(b, one, ir_cosh(b, node->in[0]));
    const NodeId value = ir_stop_gradient(b, ir_mul(b, sech, sech));
    const NodeId slope = ir_sub(b, one, ir_mul(b, node->out, node->out));
    const NodeId zero = ir_sub(b, slope, ir_stop_gradient(b, slope));
    return ir_mul(b, t[0], ir_add(b, value, zero));
}
const PrimRules rules_tanh = {jvp_tanh, rules_not_linear, rules_batch_map};

// 1/√(1 + x²), by hypot: x² overflows where the derivative does not vanish yet.
static NodeId jvp_arcsinh(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId one = rules_number(b, node, "1");
    return ir_div(b, t[0], ir_hypot(b, one, node->in[0]));
}
const PrimRules rules_arcsinh = {jvp_arcsinh, rules_not_linear, rules_batch_map};

// 1/√(x² - 1), as a product of roots: likewise, and for x near 1.
static NodeId jvp_arccosh(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId one = rules_number(b, node, "1");
    const NodeId below = ir_sqrt(b, ir_sub(b, node->in[0], one));
    const NodeId above = ir_sqrt(b, one_plus_x(b, node));
    return ir_div(b, t[0], ir_mul(b, below, above));
}
const PrimRules rules_arccosh = {jvp_arccosh, rules_not_linear, rules_batch_map};

static NodeId jvp_arctanh(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_div(b, t[0], one_minus_square(b, node));
}
const PrimRules rules_arctanh = {jvp_arctanh, rules_not_linear, rules_batch_map};

// -- special functions --------------------------------------------------------------

// ±2/√π · exp(-x²)
static NodeId gaussian(Builder *b, const RuleNode *node, const char *two) {
    const NodeId root = ir_sqrt(b, rules_scalar(b, node, "pi"));
    const NodeId factor = ir_div(b, rules_scalar(b, node, two), root);
    const NodeId square = ir_mul(b, node->in[0], node->in[0]);
    const NodeId bell = ir_exp(b, ir_neg(b, square));
    return ir_mul(b, rules_spread(b, node, factor), bell);
}

static NodeId jvp_erf(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], gaussian(b, node, "2"));
}
const PrimRules rules_erf = {jvp_erf, rules_not_linear, rules_batch_map};

static NodeId jvp_erfc(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], gaussian(b, node, "-2"));
}
const PrimRules rules_erfc = {jvp_erfc, rules_not_linear, rules_batch_map};

static NodeId polygamma(Builder *b, NodeId x, int64_t order) {
    return ir_emit(b, PRIM_polygamma, 1, &x, 1, &order);
}

static NodeId jvp_lgamma(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], ir_digamma(b, node->in[0]));
}
const PrimRules rules_lgamma = {jvp_lgamma, rules_not_linear, rules_batch_map};

static NodeId jvp_digamma(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], polygamma(b, node->in[0], 1));
}
const PrimRules rules_digamma = {jvp_digamma, rules_not_linear, rules_batch_map};

static NodeId jvp_polygamma(Builder *b, const RuleNode *node, const NodeId *t) {
    return ir_mul(b, t[0], polygamma(b, node->in[0], node->attr[0] + 1));
}
const PrimRules rules_polygamma = {jvp_polygamma, rules_not_linear, rules_batch_map};
