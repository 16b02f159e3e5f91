// Operators on arrays, and elementwise primitives in general: what becomes of dtypes.
#include "front/arrays.h"

// -- elementwise primitives ---------------------------------------------------------

// What a primitive that is not defined for booleans makes of them, as NumPy and JAX do.
typedef enum BoolRule {
    BOOL_REFUSED,
    BOOL_OTHER_PRIM,
    BOOL_TO_INT32,
    BOOL_IDENTITY,
} BoolRule;

typedef struct OnBool {
    BoolRule rule;
    Prim other;
} OnBool;

static const OnBool on_bool[PRIM_COUNT] = {
    [PRIM_add] = {BOOL_OTHER_PRIM, PRIM_bit_or},
    [PRIM_mul] = {BOOL_OTHER_PRIM, PRIM_bit_and},
    [PRIM_abs] = {.rule = BOOL_IDENTITY},
    [PRIM_floor_divide] = {.rule = BOOL_TO_INT32},
    [PRIM_rem] = {.rule = BOOL_TO_INT32},
    [PRIM_pow] = {.rule = BOOL_TO_INT32},
    [PRIM_shift_left] = {.rule = BOOL_TO_INT32},
    [PRIM_shift_right] = {.rule = BOOL_TO_INT32},
};

static Status not_for(Trace *t, const char *name, Dtype dtype) {
    const char *hint = "convert it: int64(x)";
    if (dtype == DT_BOOL)
        hint = "for booleans there are `~`, `&`, `|` and `^`; int64(x) counts True as 1";
    else if (strcmp(name, "^") == 0)
        hint = "a power is `**`: x ** 2; the bits of integers are int64(x) ^ 2";
    else if (strcmp(name, "&") == 0 || strcmp(name, "|") == 0)
        hint = "join conditions: (x > 0) & (y > 0); bits are those of integers: int64(x)";
    return base_error(t->diags, CODE_E405, t->span, hint, "`%s` is not defined for %s",
                      name, num_dtype_name(dtype));
}

static bool takes_bool(Prim prim) {
    const bool shifts = prim == PRIM_shift_left || prim == PRIM_shift_right;
    return (ir_prim(prim)->flags & (PRIM_FLAG_A | PRIM_FLAG_I)) && !shifts;
}

static NodeId to_int32(Trace *t, NodeId node) {
    return ir_convert(front_builder(t), node, DT_I32, false);
}

// The primitive on nodes of one dtype and shape, which its row may refuse.
static Status apply_nodes(Trace *t, const char *name, Prim prim, uint32_t n, NodeId *nodes,
                          Value *result) {
    const Dtype dtype = (Dtype)front_node_type(t, nodes[0])->dtype;
    const bool integers_alone = (ir_prim(prim)->flags & PRIM_FLAG_I) != 0;
    if (integers_alone && num_is_float(dtype)) return not_for(t, name, dtype);
    if (dtype == DT_BOOL && !takes_bool(prim)) {
        switch (on_bool[prim].rule) {
        case BOOL_REFUSED:
            return not_for(t, name, dtype);
        case BOOL_OTHER_PRIM:
            prim = on_bool[prim].other;
            break;
        case BOOL_TO_INT32:
            for (uint32_t i = 0; i < n; i++)
                nodes[i] = to_int32(t, nodes[i]);
            break;
        case BOOL_IDENTITY:
            return front_made(t, nodes[0], result);
        }
    }
    return front_made(t, ir_emit(front_builder(t), prim, n, nodes, 0, NULL), result);
}

Status front_apply(Trace *t, const char *name, Prim prim, uint32_t n, const Value *values,
                   Value *result) {
    NodeId nodes[3];
    const bool to_float = (ir_prim(prim)->flags & PRIM_FLAG_F) != 0;
    TRY(front_broadcast_nodes(t, n, values, to_float, nodes));
    return apply_nodes(t, name, prim, n, nodes, result);
}

// -- remainders and powers ----------------------------------------------------------

// Python's %: C's remainder, moved to the sign of the divisor.
static Status floored_remainder(Trace *t, const Value *values, Value *result) {
    Builder *b = front_builder(t);
    NodeId nodes[2], r;
    TRY(front_broadcast_nodes(t, 2, values, false, nodes));
    TRY(apply_nodes(t, "%", PRIM_rem, 2, nodes, result));
    TRY(front_node_here(t, *result, &r));
    const NodeId y = nodes[1], zero = ir_literal_like(b, r, "0");
    const NodeId other_sign = ir_ne(b, ir_lt(b, r, zero), ir_lt(b, y, zero));
    const NodeId moved = ir_bit_and(b, ir_ne(b, r, zero), other_sign);
    return front_made(t, ir_select(b, moved, ir_add(b, r, y), r), result);
}

// x ** n for a static integer n: exact, and with the derivative 0 at n = 0.
static Status integer_power(Trace *t, Value base, int64_t exponent, Value *result) {
    NodeId x;
    TRY(front_as_node(t, base, &x));
    if (front_node_type(t, x)->dtype == DT_BOOL) x = to_int32(t, x);
    if (exponent < 0 && !num_is_float((Dtype)front_node_type(t, x)->dtype)) {
        return base_error(t->diags, CODE_E405, t->span,
                          "make the base or the exponent a float: float(x), -1.0",
                          "an integer cannot be raised to the negative power %lld",
                          (long long)exponent);
    }
    return front_made(t, ir_integer_pow(front_builder(t), x, exponent), result);
}

static Status power(Trace *t, const Value *values, Value *result) {
    const Value exponent = values[1];
    if (exponent.kind == VALUE_NUMBER && exponent.number->kind == NUMBER_INT)
        return integer_power(t, values[0], exponent.number->integer, result);
    Builder *b = front_builder(t);
    Promoted type;
    NodeId nodes[2];
    TRY(front_promote(t, 1, &exponent, &type));
    TRY(front_broadcast_nodes(t, 2, values, false, nodes));
    const NodeId x = nodes[0], y = nodes[1];
    const bool float_result = num_is_float((Dtype)front_node_type(t, x)->dtype);
    // Integer exponents of floats: x ** 0 is 1 with the derivative 0, at x = 0 too.
    if (float_result && !num_is_float(type.dtype)) {
        const NodeId is_zero = ir_eq(b, y, ir_literal_like(b, y, "0"));
        nodes[0] = ir_select(b, is_zero, ir_literal_like(b, x, "1"), x);
    }
    return apply_nodes(t, "**", PRIM_pow, 2, nodes, result);
}

Status front_float_power(Trace *t, Value a, Value b, Value *result) {
    NodeId nodes[2];
    TRY(front_broadcast_nodes(t, 2, (Value[]){a, b}, true, nodes));
    return apply_nodes(t, "float_power", PRIM_pow, 2, nodes, result);
}

// -- operators ----------------------------------------------------------------------

static const Prim operators[] = {
    [OP_NEG] = PRIM_neg,
    [OP_INVERT] = PRIM_bit_not,
    [OP_ADD] = PRIM_add,
    [OP_SUB] = PRIM_sub,
    [OP_MUL] = PRIM_mul,
    [OP_DIV] = PRIM_div,
    [OP_FLOORDIV] = PRIM_floor_divide,
    [OP_LSHIFT] = PRIM_shift_left,
    [OP_RSHIFT] = PRIM_shift_right,
    [OP_BITAND] = PRIM_bit_and,
    [OP_BITXOR] = PRIM_bit_xor,
    [OP_BITOR] = PRIM_bit_or,
    [OP_EQ] = PRIM_eq,
    [OP_NE] = PRIM_ne,
    [OP_LT] = PRIM_lt,
    [OP_LE] = PRIM_le,
    [OP_GT] = PRIM_gt,
    [OP_GE] = PRIM_ge,
};

Status front_binary(Trace *t, ExprOp op, Value a, Value b, Value *result) {
    const Value values[] = {a, b};
    switch (op) {
    case OP_MOD:
        return floored_remainder(t, values, result);
    case OP_POW:
        return power(t, values, result);
    case OP_MATMUL:
        return front_matmul(t, a, b, result);
    default:
        return front_apply(t, lang_op_text(op), operators[op], 2, values, result);
    }
}

Status front_unary(Trace *t, ExprOp op, Value a, Value *result) {
    if (op == OP_POS) return front_as_array(t, a, result);
    return front_apply(t, lang_op_text(op), operators[op], 1, &a, result);
}

Status front_compare(Trace *t, ExprOp op, Value a, Value b, Value *result) {
    return front_apply(t, lang_op_text(op), operators[op], 2, (Value[]){a, b}, result);
}

// Python's `and` asks one truth of each side; an array of numbers has none, or many.
static Status logical_operand(Trace *t, const char *word, Value value) {
    Promoted type;
    TRY(front_promote(t, 1, &value, &type));
    if (type.dtype == DT_BOOL) return OK;
    return base_error(t->diags, CODE_E405, t->span,
                      base_hint(t->diags, "compare first: (x != 0) %s …", word),
                      "`%s` takes booleans, got %s", word, front_kind_text(t, value));
}

Status front_logical(Trace *t, ExprKind kind, Value a, Value b, Value *result) {
    if (kind == EXPR_NOT) {
        TRY(logical_operand(t, "not", a));
        return front_apply(t, "not", PRIM_bit_not, 1, &a, result);
    }
    const char *word = kind == EXPR_AND ? "and" : "or";
    const Value values[] = {a, b};
    TRY(logical_operand(t, word, a));
    TRY(logical_operand(t, word, b));
    return front_apply(t, word, kind == EXPR_AND ? PRIM_bit_and : PRIM_bit_or, 2, values,
                       result);
}
