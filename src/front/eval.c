// The evaluator: expressions to values. Static values are computed here; arrays go to the
// graph.
#include "base/limits.h"
#include "front/function.h"

Status front_truth(Trace *t, Value value, bool *is_static, bool *truth) {
    *is_static = true;
    switch (value.kind) {
    case VALUE_NUMBER:
        *truth = value.number->kind == NUMBER_FLOAT ? value.number->nearest != 0
                                                    : value.number->integer != 0;
        return OK;
    case VALUE_NONE:
        *truth = false;
        return OK;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        *truth = value.n != 0;
        return OK;
    case VALUE_TEXT:
        *truth = value.text.n != 0;
        return OK;
    case VALUE_ARRAY:
        *is_static = false;
        return OK;
    default:
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "expected something true or false, got %s",
                          front_kind_text(t, value));
    }
}

static bool is_sequence(Value value) {
    return value.kind == VALUE_TUPLE || value.kind == VALUE_LIST;
}

// -- literals and sequences ---------------------------------------------------------

static Status eval_numeral(Trace *t, const Expr *expr, Value *value) {
    if (expr->kind == EXPR_IMAG) {
        return base_error(t->diags, CODE_E405, expr->span, NULL,
                          "complex numbers are not supported by this version");
    }
    return front_number(t, expr->text, expr->span, expr->kind == EXPR_FLOAT, value);
}

// Items of a tuple, list or argument list, starred ones spread.
static Status eval_items(Trace *t, Env *env, const Expr *expr, ValueKind kind,
                         Value *value) {
    VEC(Value) items = {0};
    for (uint32_t i = 0; i < expr->n; i++) {
        const Expr *item = expr->items[i];
        Value v;
        if (item->kind != EXPR_STAR) {
            TRY(front_eval(t, env, item, &v));
            if (!VEC_PUSH(t->arena, &items, v)) return NOMEM;
            continue;
        }
        uint32_t n;
        const Value *spread;
        TRY(front_eval(t, env, item->items[0], &v));
        front_at(t, item->span);
        TRY(front_items(t, v, &n, &spread));
        for (uint32_t k = 0; k < n; k++)
            if (!VEC_PUSH(t->arena, &items, spread[k])) return NOMEM;
    }
    *value = (Value){.kind = kind, .n = items.n, .items = items.at};
    return OK;
}

static Status eval_record(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value *items = NEW_ARRAY(t->arena, Value, expr->n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < expr->n; i++)
        TRY(front_eval(t, env, expr->items[i], &items[i]));
    *value =
        (Value){.kind = VALUE_RECORD, .n = expr->n, .items = items, .keys = expr->keys};
    return OK;
}

// -- operators ----------------------------------------------------------------------

static Status concatenated(Trace *t, Value a, Value b, Value *value) {
    Value *items = NEW_ARRAY(t->arena, Value, (size_t)a.n + b.n);
    TRY_ALLOC(items);
    if (a.n) memcpy(items, a.items, a.n * sizeof *items);
    if (b.n) memcpy(items + a.n, b.items, b.n * sizeof *items);
    *value = (Value){.kind = a.kind, .n = a.n + b.n, .items = items};
    return OK;
}

static Status binary(Trace *t, const Expr *expr, Value a, Value b, Value *value) {
    front_at(t, expr->span);
    const ExprOp op = (ExprOp)expr->op;
    if (a.kind == VALUE_NUMBER && b.kind == VALUE_NUMBER && op != OP_MATMUL)
        return front_number_binary(t, op, a.number, b.number, value);
    if (a.kind == VALUE_TUPLE && b.kind == VALUE_TUPLE && op == OP_ADD)
        return concatenated(t, a, b, value);
    return front_binary(t, op, a, b, value);
}

// A sum of a million terms is a million nested nodes: the left spine is walked with a
// stack.
static Status eval_binary(Trace *t, Env *env, const Expr *expr, Value *value) {
    VEC(const Expr *) spine = {0};
    while (expr->kind == EXPR_BINARY) {
        if (!VEC_PUSH(t->arena, &spine, expr)) return NOMEM;
        expr = expr->items[0];
    }
    TRY(front_eval(t, env, expr, value));
    while (spine.n) {
        const Expr *operation = spine.at[--spine.n];
        Value right;
        TRY(front_eval(t, env, operation->items[1], &right));
        TRY(binary(t, operation, *value, right, value));
    }
    return OK;
}

// The least int64 has no positive counterpart: the sign belongs to the numeral.
static bool is_least_integer(const Expr *expr) {
    const Expr *numeral = expr->items[0];
    if (expr->op != OP_NEG || numeral->kind != EXPR_INT || numeral->bracketed) return false;
    static const char least[] = "9223372036854775808";
    size_t n = 0, i = 0;
    while (i < numeral->text.n &&
           (numeral->text.at[i] == '0' || numeral->text.at[i] == '_'))
        i++;
    for (; i < numeral->text.n; i++) {
        if (numeral->text.at[i] == '_') continue;
        if (numeral->text.at[i] != least[n++]) return false;
    }
    return n == sizeof least - 1;
}

static Status eval_unary(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value operand;
    if (is_least_integer(expr)) return front_int(t, INT64_MIN, value);
    TRY(front_eval(t, env, expr->items[0], &operand));
    front_at(t, expr->span);
    if (operand.kind == VALUE_NUMBER)
        return front_number_unary(t, (ExprOp)expr->op, operand.number, value);
    return front_unary(t, (ExprOp)expr->op, operand, value);
}

// Python's and, or: a static left side decides alone; arrays are logical_and, logical_or.
static Status eval_logical(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value a, b = front_none();
    bool is_static, truth = false;
    TRY(front_eval(t, env, expr->items[0], &a));
    front_at(t, expr->items[0]->span);
    TRY(front_truth(t, a, &is_static, &truth));
    if (expr->kind == EXPR_NOT) {
        front_at(t, expr->span);
        return is_static ? front_bool(t, !truth, value)
                         : front_logical(t, EXPR_NOT, a, b, value);
    }
    if (is_static && truth == (expr->kind == EXPR_OR)) {
        *value = a;
        return OK;
    }
    TRY(front_eval(t, env, expr->items[1], &b));
    front_at(t, expr->span);
    if (is_static) {
        *value = b;
        return OK;
    }
    return front_logical(t, (ExprKind)expr->kind, a, b, value);
}

// -- comparisons --------------------------------------------------------------------

static Status contains(Trace *t, Value item, Value container, bool *found) {
    *found = false;
    if (container.kind == VALUE_RECORD && item.kind == VALUE_TEXT) {
        for (uint32_t i = 0; i < container.n; i++)
            *found |= base_str_eq(container.keys[i], item.text);
        return OK;
    }
    if (is_sequence(container) && (item.kind == VALUE_NUMBER || item.kind == VALUE_TEXT)) {
        for (uint32_t i = 0; i < container.n; i++) {
            const Value other = container.items[i];
            if (item.kind != other.kind) continue;
            *found |= item.kind == VALUE_TEXT
                          ? base_str_eq(item.text, other.text)
                          : front_number_compare(OP_EQ, item.number, other.number);
        }
        return OK;
    }
    return base_error(
        t->diags, CODE_E402, t->span,
        "`in` asks a record for a key, or a static sequence for a number or text",
        "`in` of %s and %s", front_kind_text(t, item), front_kind_text(t, container));
}

static bool same_static(Value a, Value b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case VALUE_NONE:
    case VALUE_ELLIPSIS:
        return true;
    case VALUE_NUMBER:
        return front_number_compare(OP_EQ, a.number, b.number);
    case VALUE_TEXT:
        return base_str_eq(a.text, b.text);
    case VALUE_DTYPE:
        return a.dtype == b.dtype;
    case VALUE_TUPLE:
        if (a.n != b.n) return false;
        for (uint32_t i = 0; i < a.n; i++)
            if (!same_static(a.items[i], b.items[i])) return false;
        return true;
    default:
        return false;
    }
}

static bool is_static_only(Value value) {
    return value.kind == VALUE_NONE || value.kind == VALUE_TEXT ||
           value.kind == VALUE_DTYPE || value.kind == VALUE_TUPLE;
}

static Status compare(Trace *t, ExprOp op, Value a, Value b, Value *value) {
    bool truth;
    switch (op) {
    case OP_IN:
    case OP_NOT_IN:
        TRY(contains(t, a, b, &truth));
        return front_bool(t, truth == (op == OP_IN), value);
    case OP_IS:
    case OP_IS_NOT:
        if (a.kind != VALUE_NONE && b.kind != VALUE_NONE) {
            return base_error(t->diags, CODE_E402, t->span, "write `==`",
                              "`is` compares with None alone");
        }
        return front_bool(t, (a.kind == b.kind) == (op == OP_IS), value);
    default:
        break;
    }
    if (a.kind == VALUE_NUMBER && b.kind == VALUE_NUMBER)
        return front_bool(t, front_number_compare(op, a.number, b.number), value);
    if ((op == OP_EQ || op == OP_NE) && (is_static_only(a) || is_static_only(b)))
        return front_bool(t, same_static(a, b) == (op == OP_EQ), value);
    return front_compare(t, op, a, b, value);
}

// a < b < c is the logical_and of its parts; a static part that is false decides alone.
static Status eval_compare(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value left, right, part;
    TRY(front_eval(t, env, expr->items[0], &left));
    for (uint32_t i = 0; i + 1 < expr->n; i++) {
        TRY(front_eval(t, env, expr->items[i + 1], &right));
        front_at(t, expr->span);
        TRY(compare(t, (ExprOp)expr->ops[i], left, right, &part));
        left = right;
        if (i == 0)
            *value = part;
        else if (value->kind == VALUE_NUMBER)
            *value = part; // so far all static and true
        else if (part.kind == VALUE_ARRAY)
            TRY(front_logical(t, EXPR_AND, *value, part, value));
        bool is_static, truth;
        TRY(front_truth(t, part, &is_static, &truth));
        if (is_static && !truth) {
            *value = part;
            return OK;
        }
    }
    return OK;
}

// -- conditional expressions --------------------------------------------------------

typedef struct Branch {
    Env *env;
    const Expr *expr;
} Branch;

static Status eval_branch(Trace *t, void *data, Value *value) {
    const Branch *branch = data;
    return front_eval(t, branch->env, branch->expr, value);
}

// In a rule's own text a condition must not depend on values: E501.
static Status check_rule_condition(Trace *t, const Env *env, const Expr *condition,
                                   NodeId node) {
    bool depends;
    TRY(front_depends_on_input(t, node, &depends));
    if (!depends) return OK;
    Text text = {.arena = t->diags->arena};
    lang_print(condition, &text);
    return base_error(
        t->diags, CODE_E501, condition->span,
        "write where(condition, a, b), which computes both, or cond(condition, "
        "lambda: a, lambda: b)",
        "the rule of `%.*s` decides an `if` by a value: %.*s", STR_ARG(*env->rule_of),
        STR_ARG(base_text_str(&text)));
}

static Status eval_if(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value condition;
    bool is_static, truth = false;
    TRY(front_eval(t, env, expr->items[1], &condition));
    front_at(t, expr->items[1]->span);
    TRY(front_truth(t, condition, &is_static, &truth));
    if (is_static) return front_eval(t, env, expr->items[truth ? 0 : 2], value);
    const Type *type = front_type(t, condition);
    if (type->rank != 0) {
        return base_error(t->diags, CODE_E402, t->span,
                          "where(condition, a, b) works elementwise",
                          "the condition of an `if` must be a scalar, got %s",
                          front_kind_text(t, condition));
    }
    NodeId node;
    TRY(front_node_here(t, condition, &node));
    if (env->rule_of) TRY(check_rule_condition(t, env, expr->items[1], node));
    if (type->dtype != DT_BOOL) {
        node = ir_ne(t->scope->b, node, ir_literal_like(t->scope->b, node, "0"));
    }
    front_at(t, expr->span);
    Branch if_true = {env, expr->items[0]}, if_false = {env, expr->items[2]};
    return front_branch(t, node, eval_branch, &if_true, eval_branch, &if_false, value);
}

// -- lambda and dispatch ------------------------------------------------------------

static Status eval_lambda(Trace *t, Env *env, const Expr *expr, Value *value) {
    Value *defaults = NEW_ARRAY(t->arena, Value, expr->n_params);
    TRY_ALLOC(defaults);
    for (uint32_t i = 0; i < expr->n_params; i++) {
        if (expr->params[i].fallback)
            TRY(front_eval(t, env, expr->params[i].fallback, &defaults[i]));
    }
    return front_function_value(t,
                                (Function){.kind = FUNCTION_LAMBDA,
                                           .name = STR("lambda"),
                                           .lambda = {expr, env, defaults}},
                                value);
}

static Status eval_slice(Trace *t, Env *env, const Expr *expr, Value *value) {
    ValueSlice *slice = NEW(t->arena, ValueSlice);
    TRY_ALLOC(slice);
    Value *parts[] = {&slice->start, &slice->stop, &slice->step};
    for (uint32_t i = 0; i < 3; i++) {
        if (expr->items[i]) TRY(front_eval(t, env, expr->items[i], parts[i]));
    }
    *value = (Value){.kind = VALUE_SLICE, .slice = slice};
    return OK;
}

static Status eval(Trace *t, Env *env, const Expr *expr, Value *value) {
    switch ((ExprKind)expr->kind) {
    case EXPR_INT:
    case EXPR_FLOAT:
    case EXPR_IMAG:
        return eval_numeral(t, expr, value);
    case EXPR_STRING:
        *value = front_text_value(expr->text);
        return OK;
    case EXPR_TRUE:
    case EXPR_FALSE:
        return front_bool(t, expr->kind == EXPR_TRUE, value);
    case EXPR_NONE:
        *value = front_none();
        return OK;
    case EXPR_ELLIPSIS:
        *value = (Value){.kind = VALUE_ELLIPSIS};
        return OK;
    case EXPR_NAME:
        return front_lookup(t, env, expr->text, expr->span, value);
    case EXPR_TUPLE:
        return eval_items(t, env, expr, VALUE_TUPLE, value);
    case EXPR_LIST:
        return eval_items(t, env, expr, VALUE_LIST, value);
    case EXPR_RECORD:
        return eval_record(t, env, expr, value);
    case EXPR_UNARY:
        return eval_unary(t, env, expr, value);
    case EXPR_BINARY:
        return eval_binary(t, env, expr, value);
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
        return eval_logical(t, env, expr, value);
    case EXPR_COMPARE:
        return eval_compare(t, env, expr, value);
    case EXPR_IF:
        return eval_if(t, env, expr, value);
    case EXPR_LAMBDA:
        return eval_lambda(t, env, expr, value);
    case EXPR_CALL:
        return front_eval_call(t, env, expr, value);
    case EXPR_INDEX:
        return front_eval_index(t, env, expr, value);
    case EXPR_SLICE:
        return eval_slice(t, env, expr, value);
    case EXPR_ATTR:
        return front_eval_attribute(t, env, expr, value);
    case EXPR_COMP:
        return front_eval_comprehension(t, env, expr, value);
    case EXPR_STAR:
    case EXPR_KEYWORD:
        break; // the parser lets them stand in sequences and calls alone
    }
    return base_error(t->diags, CODE_E901, expr->span, NULL, "an expression out of place");
}

// The evaluator recurs over what is nested in the text and over calls: both are counted
// here.
Status front_eval(Trace *t, Env *env, const Expr *expr, Value *value) {
    front_at(t, expr->span);
    if (t->eval_depth >= LIMIT_EVAL_DEPTH) {
        return base_error(
            t->diags, CODE_E701, expr->span,
            "a recursion must end in a static `if`; does this one?",
            "the evaluation passes the limit of %d nested expressions and calls "
            "(LIMIT_EVAL_DEPTH)",
            LIMIT_EVAL_DEPTH);
    }
    t->eval_depth++;
    const Status status = eval(t, env, expr, value);
    t->eval_depth--;
    return status;
}
