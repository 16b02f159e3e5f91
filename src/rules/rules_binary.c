// Rules of the elementwise primitives of two operands, x and y, and of select.
#include "rules/rules_family.h"

// -- sums and products --------------------------------------------------------------

static NodeId jvp_add(Builder *b, const RuleNode *node, const NodeId *t) {
    (void)node;
    return rules_sum(b, t[0], t[1]);
}
static bool transpose_add(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)b, (void)node;
    for (uint32_t i = 0; i < 2; i++) {
        if (linear[i]) cts[i] = ct;
    }
    return true;
}
const PrimRules rules_add = {jvp_add, transpose_add, rules_batch_map};

static NodeId jvp_sub(Builder *b, const RuleNode *node, const NodeId *t) {
    (void)node;
    if (t[1] == IR_NONE) return t[0];
    return t[0] == IR_NONE ? ir_neg(b, t[1]) : ir_sub(b, t[0], t[1]);
}
static bool transpose_sub(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    (void)node;
    if (linear[0]) cts[0] = ct;
    if (linear[1]) cts[1] = ir_neg(b, ct);
    return true;
}
const PrimRules rules_sub = {jvp_sub, transpose_sub, rules_batch_map};

static bool transpose_mul(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    if (linear[0] && linear[1]) return false;
    const uint32_t i = linear[0] ? 0 : 1;
    cts[i] = ir_mul(b, ct, node->in[1 - i]);
    return true;
}
const PrimRules rules_mul = {rules_jvp_bilinear, transpose_mul, rules_batch_map};

// (tx / y) - ty (x/y) / y; with y² the quotient would over- and underflow early.
static NodeId jvp_div(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId y = node->in[1];
    const NodeId tx = t[0] == IR_NONE ? IR_NONE : ir_div(b, t[0], y);
    if (t[1] == IR_NONE) return tx;
    const NodeId ty = ir_mul(b, t[1], ir_div(b, node->out, y));
    return tx == IR_NONE ? ir_neg(b, ty) : ir_sub(b, tx, ty);
}
static bool transpose_div(Builder *b, const RuleNode *node, const bool *linear, NodeId ct,
                          NodeId *cts) {
    if (linear[1]) return false;
    cts[0] = ir_div(b, ct, node->in[1]);
    return true;
}
const PrimRules rules_div = {jvp_div, transpose_div, rules_batch_map};

// -- powers, angles, lengths --------------------------------------------------------

// y · x^(y-1). At x = 0: 0 for y > 1, 1 for y = 1, NaN for y = 0, as JAX.
static NodeId pow_dx(Builder *b, const RuleNode *node) {
    const NodeId less = ir_sub(b, node->in[1], rules_number(b, node, "1"));
    return ir_mul(b, node->in[1], ir_pow(b, node->in[0], less));
}
// log x · x^y, where log 0 is taken as 0: 0^y is 0 or 1 for y ≥ 0, and flat.
static NodeId pow_dy(Builder *b, const RuleNode *node) {
    const NodeId zero = ir_eq(b, node->in[0], rules_number(b, node, "0"));
    const NodeId base = ir_select(b, zero, rules_number(b, node, "1"), node->in[0]);
    return ir_mul(b, ir_log(b, base), node->out);
}
static NodeId jvp_pow(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_jvp_by_partials(b, node, t, pow_dx, pow_dy);
}
const PrimRules rules_pow = {jvp_pow, rules_not_linear, rules_batch_map};

// Of the angle of the point (x, y), operands (y, x): x/h² and -y/h², by the distance h,
// whose square would over- and underflow.
static NodeId over_square(Builder *b, const RuleNode *node, NodeId number) {
    const NodeId h = ir_hypot(b, node->in[0], node->in[1]);
    return ir_div(b, ir_div(b, number, h), h);
}
static NodeId arctan2_dy(Builder *b, const RuleNode *node) {
    return over_square(b, node, node->in[1]);
}
static NodeId arctan2_dx(Builder *b, const RuleNode *node) {
    return ir_neg(b, over_square(b, node, node->in[0]));
}
static NodeId jvp_arctan2(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_jvp_by_partials(b, node, t, arctan2_dy, arctan2_dx);
}
const PrimRules rules_arctan2 = {jvp_arctan2, rules_not_linear, rules_batch_map};

// x/h, and 1/2 at (0, 0), where the division is kept from 0/0: select evaluates both.
static NodeId share_of_length(Builder *b, const RuleNode *node, NodeId x) {
    const NodeId origin = ir_eq(b, node->out, rules_number(b, node, "0"));
    const NodeId h = ir_select(b, origin, rules_number(b, node, "1"), node->out);
    const NodeId half = rules_number(b, node, "0.5");
    return ir_select(b, origin, half, ir_div(b, x, h));
}
static NodeId hypot_dx(Builder *b, const RuleNode *node) {
    return share_of_length(b, node, node->in[0]);
}
static NodeId hypot_dy(Builder *b, const RuleNode *node) {
    return share_of_length(b, node, node->in[1]);
}
static NodeId jvp_hypot(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_jvp_by_partials(b, node, t, hypot_dx, hypot_dy);
}
const PrimRules rules_hypot = {jvp_hypot, rules_not_linear, rules_batch_map};

// -- piecewise ----------------------------------------------------------------------

// 1 where the first is ahead, 1/2 at a tie, else 0 (NaN, too). The operands are compared
// with each other: their difference from the result is exactly zero, which decides nothing
// in balls.
static NodeId share(Builder *b, const RuleNode *node, NodeId ahead) {
    const NodeId tie = ir_eq(b, node->in[0], node->in[1]);
    const NodeId half = rules_number(b, node, "0.5");
    const NodeId rest = ir_select(b, tie, half, rules_number(b, node, "0"));
    return ir_select(b, ahead, rules_number(b, node, "1"), rest);
}
static NodeId share_of_greater(Builder *b, const RuleNode *node) {
    return share(b, node, ir_gt(b, node->in[0], node->in[1]));
}
static NodeId share_of_less(Builder *b, const RuleNode *node) {
    return share(b, node, ir_lt(b, node->in[0], node->in[1]));
}
static NodeId jvp_maximum(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_jvp_by_partials(b, node, t, share_of_greater, share_of_less);
}
const PrimRules rules_maximum = {jvp_maximum, rules_not_linear, rules_batch_map};

static NodeId jvp_minimum(Builder *b, const RuleNode *node, const NodeId *t) {
    return rules_jvp_by_partials(b, node, t, share_of_less, share_of_greater);
}
const PrimRules rules_minimum = {jvp_minimum, rules_not_linear, rules_batch_map};

const PrimRules rules_floor_divide = {rules_no_tangent, rules_not_linear, rules_batch_map};

// x - n·y: the tangent of x minus n times that of y. n is the integer nearest to (x - r)/y;
// trunc(x/y) would be one more where the quotient was rounded up to an integer. For y = 0
// it is trunc(x/y), infinite, as in JAX.
static NodeId rem_dy(Builder *b, const RuleNode *node) {
    const NodeId x = node->in[0], y = node->in[1];
    const NodeId trips = ir_round(b, ir_div(b, ir_sub(b, x, node->out), y));
    const NodeId edge = ir_trunc(b, ir_div(b, x, y));
    const NodeId zero = ir_eq(b, y, rules_number(b, node, "0"));
    return ir_neg(b, ir_select(b, zero, edge, trips));
}
static NodeId jvp_rem(Builder *b, const RuleNode *node, const NodeId *t) {
    if (t[1] == IR_NONE) return t[0];
    return rules_sum(b, t[0], ir_mul(b, t[1], rem_dy(b, node)));
}
const PrimRules rules_rem = {jvp_rem, rules_not_linear, rules_batch_map};

// The sign of y times the derivative of |x|, which is 1 at 0 and at -0. y is a sign: no
// tangent.
static NodeId jvp_copysign(Builder *b, const RuleNode *node, const NodeId *t) {
    if (t[0] == IR_NONE) return IR_NONE;
    const NodeId one = rules_number(b, node, "1");
    const NodeId up = ir_ge(b, node->in[0], rules_number(b, node, "0"));
    const NodeId slope = ir_select(b, up, one, rules_number(b, node, "-1"));
    const NodeId sign = ir_copysign(b, one, node->in[1]);
    return ir_mul(b, t[0], ir_mul(b, sign, slope));
}
const PrimRules rules_copysign = {jvp_copysign, rules_not_linear, rules_batch_map};

// -- select -------------------------------------------------------------------------

static NodeId jvp_select(Builder *b, const RuleNode *node, const NodeId *t) {
    const NodeId x = rules_tangent(b, t[1], node->in_types[1]);
    return ir_select(b, node->in[0], x, rules_tangent(b, t[2], node->in_types[2]));
}
static bool transpose_select(Builder *b, const RuleNode *node, const bool *linear,
                             NodeId ct, NodeId *cts) {
    if (linear[0]) return false;
    const NodeId zero = ir_zeros(b, node->type);
    if (linear[1]) cts[1] = ir_select(b, node->in[0], ct, zero);
    if (linear[2]) cts[2] = ir_select(b, node->in[0], zero, ct);
    return true;
}
const PrimRules rules_select = {jvp_select, transpose_select, rules_batch_map};

// -- bits and comparisons -----------------------------------------------------------

const PrimRules rules_bit_and = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_bit_or = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_bit_xor = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_shift_left = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_shift_right = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_eq = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_ne = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_lt = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_le = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_gt = {rules_no_tangent, rules_not_linear, rules_batch_map};
const PrimRules rules_ge = {rules_no_tangent, rules_not_linear, rules_batch_map};
