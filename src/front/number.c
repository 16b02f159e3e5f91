// Static numbers: Python's arithmetic on what has not met an array. Integers are computed
// (shapes and recursion depend on them); floats stay exact expressions over their literals.
#include "front/function.h"

#include <math.h>

static Status keep(Trace *t, Number number, Value *value) {
    Number *kept = NEW(t->arena, Number);
    TRY_ALLOC(kept);
    *kept = number;
    *value = (Value){.kind = VALUE_NUMBER, .number = kept};
    return OK;
}

Status front_int(Trace *t, int64_t integer, Value *value) {
    return keep(t, (Number){NUMBER_INT, .integer = integer, .nearest = (double)integer},
                value);
}

Status front_bool(Trace *t, bool boolean, Value *value) {
    return keep(t, (Number){NUMBER_BOOL, .integer = boolean, .nearest = boolean}, value);
}

Status front_number(Trace *t, Str text, Span span, bool is_float, Value *value) {
    Number number = {
        .kind = is_float ? NUMBER_FLOAT : NUMBER_INT, .text = text, .span = span};
    if (!is_float) {
        if (!num_parse_int(text, &number.integer)) {
            const bool decimal = strspn(text.at, "0123456789") >= text.n && text.n <= 60;
            return base_error(
                t->diags, CODE_E402, t->span,
                decimal ? base_hint(t->diags, "write it as a float: %.*s.0", STR_ARG(text))
                        : "write it as a float: 1e30",
                "the integer %.*s does not fit int64", text.n < 60 ? (int)text.n : 60,
                text.at);
        }
        return front_int(t, number.integer, value);
    }
    if (base_str_eq(text, STR("pi")))
        number.nearest = 3.14159265358979323846;
    else if (base_str_eq(text, STR("e")))
        number.nearest = 2.71828182845904523536;
    else if (base_str_eq(text, STR("euler_gamma")))
        number.nearest = 0.57721566490153286061;
    else
        (void)num_parse(text, DT_F64, &number.nearest, NULL);
    return keep(t, number, value);
}

// -- arithmetic ---------------------------------------------------------------------

static Status overflow(Trace *t, ExprOp op) {
    return base_error(t->diags, CODE_E402, t->span, "use a float: 2.0 ** 80",
                      "the result of `%s` does not fit int64", lang_op_text(op));
}

static Status division_by_zero(Trace *t, ExprOp op) {
    return base_error(t->diags, CODE_E402, t->span,
                      "an array divided by zero gives inf or nan",
                      "`%s` of a number by zero", lang_op_text(op));
}

static bool int_power(int64_t base, int64_t exponent, int64_t *result) {
    *result = 1;
    while (exponent) {
        if ((exponent & 1) && __builtin_mul_overflow(*result, base, result)) return false;
        exponent >>= 1;
        if (exponent && __builtin_mul_overflow(base, base, &base)) return false;
    }
    return true;
}

static int64_t floor_quotient(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// Python's operators on integers; *is_int false: the result is a float.
static Status int_binary(Trace *t, ExprOp op, int64_t a, int64_t b, bool *is_int,
                         int64_t *r) {
    *is_int = true;
    const bool divides = op == OP_DIV || op == OP_FLOORDIV || op == OP_MOD;
    if (divides && b == 0) return division_by_zero(t, op);
    if (op == OP_FLOORDIV && a == INT64_MIN && b == -1) return overflow(t, op);
    if ((op == OP_LSHIFT || op == OP_RSHIFT) && b < 0) {
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "a shift by a negative number");
    }
    bool fits = true;
    switch (op) {
    case OP_ADD:
        fits = !__builtin_add_overflow(a, b, r);
        break;
    case OP_SUB:
        fits = !__builtin_sub_overflow(a, b, r);
        break;
    case OP_MUL:
        fits = !__builtin_mul_overflow(a, b, r);
        break;
    case OP_FLOORDIV:
        *r = floor_quotient(a, b);
        break;
    case OP_MOD:
        *r = b == -1 ? 0 : a - b * floor_quotient(a, b);
        break;
    case OP_POW:
        *is_int = b >= 0;
        fits = b < 0 || int_power(a, b, r);
        break;
    case OP_LSHIFT:
        fits = b < 63 && !__builtin_mul_overflow(a, INT64_C(1) << b, r);
        break;
    case OP_RSHIFT:
        *r = a >> (b < 63 ? b : 63);
        break;
    case OP_BITAND:
        *r = a & b;
        break;
    case OP_BITXOR:
        *r = a ^ b;
        break;
    case OP_BITOR:
        *r = a | b;
        break;
    default:
        *is_int = false; // OP_DIV
        break;
    }
    return fits ? OK : overflow(t, op);
}

static Status float_binary(Trace *t, ExprOp op, double a, double b, double *r) {
    if ((op == OP_DIV || op == OP_FLOORDIV || op == OP_MOD) && b == 0)
        return division_by_zero(t, op);
    switch (op) {
    case OP_ADD:
        *r = a + b;
        return OK;
    case OP_SUB:
        *r = a - b;
        return OK;
    case OP_MUL:
        *r = a * b;
        return OK;
    case OP_DIV:
        *r = a / b;
        return OK;
    case OP_FLOORDIV:
        *r = floor(a / b);
        return OK;
    case OP_MOD:
        *r = fmod(a, b);
        if (*r != 0 && (*r < 0) != (b < 0)) *r += b;
        return OK;
    case OP_POW:
        *r = pow(a, b);
        return OK;
    default:
        return base_error(t->diags, CODE_E402, t->span,
                          op == OP_BITXOR ? "a power is `**`: 2.0 ** 3" : NULL,
                          "`%s` of a float: it takes integers", lang_op_text(op));
    }
}

Status front_number_binary(Trace *t, ExprOp op, const Number *a, const Number *b,
                           Value *value) {
    if (a->kind != NUMBER_FLOAT && b->kind != NUMBER_FLOAT) {
        bool is_int = true;
        int64_t r = 0;
        TRY(int_binary(t, op, a->integer, b->integer, &is_int, &r));
        const bool bits = op == OP_BITAND || op == OP_BITXOR || op == OP_BITOR;
        if (is_int && bits && a->kind == NUMBER_BOOL && b->kind == NUMBER_BOOL)
            return front_bool(t, r != 0, value);
        if (is_int) return front_int(t, r, value);
        if (op == OP_POW && a->integer == 0) return division_by_zero(t, op);
    }
    Number number = {.kind = NUMBER_FLOAT, .op = op, .a = a, .b = b};
    TRY(float_binary(t, op, a->nearest, b->nearest, &number.nearest));
    return keep(t, number, value);
}

Status front_number_unary(Trace *t, ExprOp op, const Number *a, Value *value) {
    if (a->kind == NUMBER_FLOAT) {
        if (op == OP_POS) return keep(t, *a, value);
        if (op == OP_INVERT) {
            return base_error(t->diags, CODE_E402, t->span, NULL,
                              "`~` of a float: it takes integers");
        }
        return keep(t, (Number){NUMBER_FLOAT, .op = OP_NEG, .a = a, .nearest = -a->nearest},
                    value);
    }
    if (op == OP_INVERT) return front_int(t, ~a->integer, value);
    if (op == OP_POS) return front_int(t, a->integer, value);
    if (a->integer == INT64_MIN) return overflow(t, op);
    return front_int(t, -a->integer, value);
}

bool front_number_compare(ExprOp op, const Number *a, const Number *b) {
    const bool ints = a->kind != NUMBER_FLOAT && b->kind != NUMBER_FLOAT;
    const bool less = ints ? a->integer < b->integer : a->nearest < b->nearest;
    const bool equal = ints ? a->integer == b->integer : a->nearest == b->nearest;
    const bool greater = ints ? a->integer > b->integer : a->nearest > b->nearest;
    switch (op) {
    case OP_EQ:
        return equal;
    case OP_NE:
        return !equal;
    case OP_LT:
        return less;
    case OP_LE:
        return less || equal;
    case OP_GT:
        return greater;
    default:
        return greater || equal;
    }
}

// -- into the graph -----------------------------------------------------------------

static NodeId leaf_node(Trace *t, const Number *number, TypeId type, Dtype dtype) {
    Builder *b = t->scope->b;
    if (number->kind ==
        NUMBER_FLOAT) { // its own place: it may be more than the dtype holds
        const Span old = ir_set_span(b, number->span.at ? number->span : t->span);
        const NodeId node = ir_literal(b, type, number->text);
        ir_set_span(b, old);
        return node;
    }
    if (dtype == DT_BOOL)
        return ir_literal(b, type, number->integer ? STR("True") : STR("False"));
    char text[24];
    const int n = snprintf(text, sizeof text, "%lld", (long long)number->integer);
    return ir_literal(b, type, (Str){text, (size_t)n});
}

static NodeId operation_node(Builder *b, const Number *number, NodeId x, NodeId y) {
    switch (number->op) {
    case OP_NEG:
        return ir_neg(b, x);
    case OP_ADD:
        return ir_add(b, x, y);
    case OP_SUB:
        return ir_sub(b, x, y);
    case OP_MUL:
        return ir_mul(b, x, y);
    case OP_DIV:
        return ir_div(b, x, y);
    case OP_FLOORDIV:
        return ir_floor_divide(b, x, y);
    case OP_POW:
        if (number->b->kind != NUMBER_FLOAT)
            return ir_integer_pow(b, x, number->b->integer);
        return ir_pow(b, x, y);
    default: { // OP_MOD: the sign of the divisor, Python's
        const NodeId r = ir_rem(b, x, y);
        const NodeId zero = ir_literal_like(b, r, "0");
        const NodeId other = ir_ne(b, ir_lt(b, r, zero), ir_lt(b, y, zero));
        const NodeId wrap = ir_bit_and(b, ir_ne(b, r, zero), other);
        return ir_select(b, wrap, ir_add(b, r, y), r);
    }
    }
}

// Static sums may be long: the left spine is walked with a stack of its own.
Status front_number_node(Trace *t, const Number *number, Dtype dtype, bool weak,
                         NodeId *node) {
    const TypeId type = ir_array_type(t->ir, dtype, weak, 0, NULL);
    if (type == IR_NO_TYPE) return FAILED;
    VEC(const Number *) spine = {0};
    while (number->kind == NUMBER_FLOAT && number->text.n == 0) {
        if (!VEC_PUSH(t->arena, &spine, number)) return NOMEM;
        number = number->a;
    }
    NodeId x = leaf_node(t, number, type, dtype);
    while (spine.n) {
        const Number *operation = spine.at[--spine.n];
        NodeId y = IR_NONE;
        if (operation->b) TRY(front_number_node(t, operation->b, dtype, weak, &y));
        x = operation_node(t->scope->b, operation, x, y);
    }
    *node = x;
    return ir_status(t->scope->b);
}
