// The tree as text that parses to the same tree, with all brackets explicit.
#include "lang/ast.h"

static const char *const OPS[] = {
    [OP_NEG] = "-",     [OP_POS] = "+",         [OP_INVERT] = "~", [OP_ADD] = "+",
    [OP_SUB] = "-",     [OP_MUL] = "*",         [OP_DIV] = "/",    [OP_FLOORDIV] = "//",
    [OP_MOD] = "%",     [OP_MATMUL] = "@",      [OP_POW] = "**",   [OP_LSHIFT] = "<<",
    [OP_RSHIFT] = ">>", [OP_BITAND] = "&",      [OP_BITXOR] = "^", [OP_BITOR] = "|",
    [OP_EQ] = "==",     [OP_NE] = "!=",         [OP_LT] = "<",     [OP_LE] = "<=",
    [OP_GT] = ">",      [OP_GE] = ">=",         [OP_IN] = "in",    [OP_NOT_IN] = "not in",
    [OP_IS] = "is",     [OP_IS_NOT] = "is not",
};

const char *lang_op_text(ExprOp op) {
    return OPS[op];
}

static void add(Text *out, const char *text) {
    base_text_add(out, base_str(text));
}

// The items from `first` on, with commas, between `open` and `close`.
static void print_items(const char *open, const Expr *expr, uint32_t first,
                        const char *close, Text *out) {
    add(out, open);
    for (uint32_t i = first; i < expr->n; i++) {
        if (i > first) add(out, ", ");
        lang_print(expr->items[i], out);
    }
    add(out, close);
}

static void print_string(Str text, Text *out) {
    base_text_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.at[i];
        if (c == '"' || c == '\\')
            base_text_printf(out, "\\%c", c);
        else if (c == '\n')
            add(out, "\\n");
        else if (c == '\t')
            add(out, "\\t");
        else if ((unsigned char)c < ' ' || c == 0x7F)
            base_text_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
        else
            base_text_char(out, c);
    }
    base_text_char(out, '"');
}

// A million terms are a million BINARY nodes, one at the left of the other: first the
// brackets of all, then the innermost left operand, then upwards.
static void print_binary(const Expr *expr, Text *out) {
    uint32_t n = 0;
    for (const Expr *node = expr; node->kind == EXPR_BINARY; node = node->items[0])
        n++;
    const Expr **spine = base_alloc_array(out->arena, n, sizeof *spine);
    if (!spine) {
        out->failed = true;
        return;
    }
    const Expr *node = expr;
    for (uint32_t i = 0; i < n; i++) {
        spine[i] = node;
        node = node->items[0];
        base_text_char(out, '(');
    }
    lang_print(node, out);
    for (uint32_t i = n; i-- > 0;) {
        base_text_printf(out, " %s ", lang_op_text(spine[i]->op));
        lang_print(spine[i]->items[1], out);
        base_text_char(out, ')');
    }
}

// `(a word b)`
static void print_words(const Expr *expr, const char *word, Text *out) {
    base_text_char(out, '(');
    lang_print(expr->items[0], out);
    base_text_printf(out, " %s ", word);
    lang_print(expr->items[1], out);
    base_text_char(out, ')');
}

static void print_comparison(const Expr *expr, Text *out) {
    base_text_char(out, '(');
    lang_print(expr->items[0], out);
    for (uint32_t i = 1; i < expr->n; i++) {
        base_text_printf(out, " %s ", lang_op_text(expr->ops[i - 1]));
        lang_print(expr->items[i], out);
    }
    base_text_char(out, ')');
}

static void print_if(const Expr *expr, Text *out) {
    base_text_char(out, '(');
    lang_print(expr->items[0], out);
    add(out, " if ");
    lang_print(expr->items[1], out);
    add(out, " else ");
    lang_print(expr->items[2], out);
    base_text_char(out, ')');
}

static void print_lambda(const Expr *expr, Text *out) {
    add(out, "(lambda");
    bool starred = false;
    for (uint32_t i = 0; i < expr->n_params; i++) {
        const ExprParam *param = &expr->params[i];
        add(out, i == 0 ? " " : ", ");
        if (param->star)
            base_text_char(out, '*');
        else if (param->keyword_only && !starred)
            add(out, "*, ");
        starred = param->star || param->keyword_only;
        base_text_add(out, param->name);
        if (!param->fallback) continue;
        base_text_char(out, '=');
        lang_print(param->fallback, out);
    }
    add(out, ": ");
    lang_print(expr->items[0], out);
    base_text_char(out, ')');
}

static void print_record(const Expr *expr, Text *out) {
    base_text_char(out, '{');
    for (uint32_t i = 0; i < expr->n; i++) {
        if (i > 0) add(out, ", ");
        print_string(expr->keys[i], out);
        add(out, ": ");
        lang_print(expr->items[i], out);
    }
    base_text_char(out, '}');
}

static void print_slice(const Expr *expr, Text *out) {
    if (expr->items[0]) lang_print(expr->items[0], out);
    base_text_char(out, ':');
    if (expr->items[1]) lang_print(expr->items[1], out);
    if (!expr->items[2]) return;
    base_text_char(out, ':');
    lang_print(expr->items[2], out);
}

// A tuple that may hold slices stands without brackets.
static void print_index(const Expr *expr, Text *out) {
    const Expr *index = expr->items[1];
    lang_print(expr->items[0], out);
    base_text_char(out, '[');
    if (index->kind == EXPR_TUPLE && index->n > 0) {
        print_items("", index, 0, index->n == 1 ? "," : "", out);
    } else {
        lang_print(index, out);
    }
    base_text_char(out, ']');
}

// A dot behind a bare numeral would belong to it.
static void print_attribute(const Expr *expr, Text *out) {
    const Expr *object = expr->items[0];
    const bool numeral =
        object->kind == EXPR_INT || object->kind == EXPR_FLOAT || object->kind == EXPR_IMAG;
    if (numeral) base_text_char(out, '(');
    lang_print(object, out);
    add(out, numeral ? ")." : ".");
    base_text_add(out, expr->text);
}

static void print_comprehension(const Expr *expr, Text *out) {
    base_text_char(out, expr->is_list ? '[' : '(');
    lang_print(expr->items[0], out);
    for (uint32_t i = 0; i < expr->n_clauses; i++) {
        const ExprClause *clause = &expr->clauses[i];
        add(out, " for ");
        lang_print(clause->target, out);
        add(out, " in ");
        lang_print(clause->source, out);
        for (uint32_t k = 0; k < clause->n_conditions; k++) {
            add(out, " if ");
            lang_print(clause->conditions[k], out);
        }
    }
    base_text_char(out, expr->is_list ? ']' : ')');
}

// What holds no other expression. False: it does.
static bool print_leaf(const Expr *expr, Text *out) {
    switch ((ExprKind)expr->kind) {
    case EXPR_INT:
    case EXPR_FLOAT:
    case EXPR_NAME:
        base_text_add(out, expr->text);
        return true;
    case EXPR_IMAG:
        base_text_printf(out, "%.*sj", STR_ARG(expr->text));
        return true;
    case EXPR_STRING:
        print_string(expr->text, out);
        return true;
    case EXPR_TRUE:
        add(out, "True");
        return true;
    case EXPR_FALSE:
        add(out, "False");
        return true;
    case EXPR_NONE:
        add(out, "None");
        return true;
    case EXPR_ELLIPSIS:
        add(out, "...");
        return true;
    default:
        return false;
    }
}

void lang_print(const Expr *expr, Text *out) {
    if (print_leaf(expr, out)) return;
    switch ((ExprKind)expr->kind) {
    case EXPR_TUPLE:
        print_items("(", expr, 0, expr->n == 1 ? ",)" : ")", out);
        break;
    case EXPR_LIST:
        print_items("[", expr, 0, "]", out);
        break;
    case EXPR_RECORD:
        print_record(expr, out);
        break;
    case EXPR_UNARY:
        base_text_char(out, '(');
        print_items(lang_op_text(expr->op), expr, 0, ")", out);
        break;
    case EXPR_BINARY:
        print_binary(expr, out);
        break;
    case EXPR_AND:
        print_words(expr, "and", out);
        break;
    case EXPR_OR:
        print_words(expr, "or", out);
        break;
    case EXPR_NOT:
        print_items("(not ", expr, 0, ")", out);
        break;
    case EXPR_COMPARE:
        print_comparison(expr, out);
        break;
    case EXPR_IF:
        print_if(expr, out);
        break;
    case EXPR_LAMBDA:
        print_lambda(expr, out);
        break;
    case EXPR_CALL:
        lang_print(expr->items[0], out);
        print_items("(", expr, 1, ")", out);
        break;
    case EXPR_INDEX:
        print_index(expr, out);
        break;
    case EXPR_SLICE:
        print_slice(expr, out);
        break;
    case EXPR_ATTR:
        print_attribute(expr, out);
        break;
    case EXPR_STAR:
        print_items("*", expr, 0, "", out);
        break;
    case EXPR_KEYWORD:
        base_text_add(out, expr->text);
        print_items("=", expr, 0, "", out);
        break;
    case EXPR_COMP:
        print_comprehension(expr, out);
        break;
    default:
        break;
    }
}
