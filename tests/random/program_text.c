// Programs as the functions of a spec.
#include "random_program.h"

#include <math.h>
#include <stdio.h>

// Functions that spellings use. One that uses another stands before it.
static const struct {
    const char *name, *text;
} helpers[] = {
    {"h_fori", "  h_fori: # fori_loop of at most 3 trips\n"
               "    args: {lo: null, hi: null, f: {static: true}, c: null, n: {static: "
               "true, default: 3}}\n"
               "    value: \"c if n == 0 else cond(lo < hi, lambda: h_fori(lo + 1, hi, f, "
               "f(lo, c), n - 1), lambda: c)\"\n"},
    {"h_while", "  h_while: # while_loop of at most 5 trips\n"
                "    args: {goes_on: {static: true}, f: {static: true}, c: null, n: "
                "{static: true, default: 5}}\n"
                "    value: \"c if n == 0 else cond(goes_on(c), lambda: h_while(goes_on, "
                "f, f(c), n - 1), lambda: c)\"\n"},
    {"h_scan", "  h_scan:\n"
               "    args: {f: {static: true}, c: null, x: null}\n"
               "    let: {r: \"f(c, x[0])\", s: \"f(r[0], x[1])\", t: \"f(s[0], x[2])\"}\n"
               "    value: [\"t[0]\", \"array([r[1], s[1], t[1]])\"]\n"},
    {"h_scan_back",
     "  h_scan_back:\n"
     "    args: {f: {static: true}, c: null, x: null}\n"
     "    let: {r: \"f(c, x[2])\", s: \"f(r[0], x[1])\", t: \"f(s[0], x[0])\"}\n"
     "    value: [\"t[0]\", \"array([t[1], s[1], r[1]])\"]\n"},
    {"h_map", "  h_map:\n"
              "    args: {f: {static: true}, x: null}\n"
              "    value: \"array([f(x[0]), f(x[1]), f(x[2])])\"\n"},
    {"h_products", "  h_products:\n"
                   "    args: [x]\n"
                   "    value: \"array([x[0], x[0] * x[1], x[0] * x[1] * x[2]])\"\n"},
    {"h_where_r",
     "  h_where_r:\n"
     "    args: [c, a, b]\n"
     "    value: {a: \"where(c, a.a, b.a)\", b: \"h_where_p(c, a.b, b.b)\"}\n"},
    {"h_where_p", "  h_where_p:\n"
                  "    args: [c, a, b]\n"
                  "    value: [\"where(c, a[0], b[0])\", \"where(c, a[1], b[1])\"]\n"},
};

void program_write_helpers(Text *text) {
    for (uint32_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
        Text call = {.arena = text->arena};
        base_text_printf(&call, "%s(", helpers[i].name);
        if (!text->failed && !call.failed && strstr(text->at, call.at))
            base_text_printf(text, "%s", helpers[i].text);
    }
}

// -- constants ----------------------------------------------------------------------

// A number between -2 and 2 of three decimals, by `nudge` of itself away from it.
static void number(Text *text, Random *r, double nudge, Numbers *numbers) {
    const double plain = ((double)below(r, 4000) - 2000.5) / 1000;
    const double x = plain + plain * nudge * ((double)below(r, 9) - 4);
    base_text_printf(text, nudge == 0 ? "%.4f" : "%.17g", x);
    if (numbers) numbers->at[numbers->n++] = nudge == 0 ? plain : x;
}

static void nested(Text *text, uint32_t n, const int64_t *shape, Random *r, double nudge,
                   Numbers *numbers) {
    if (n == 0) {
        number(text, r, nudge, numbers);
        return;
    }
    base_text_char(text, '[');
    for (int64_t i = 0; i < shape[0]; i++) {
        if (i) base_text_printf(text, ", ");
        nested(text, n - 1, shape + 1, r, nudge, numbers);
    }
    base_text_char(text, ']');
}

void program_constant(Text *text, Type type, uint32_t n_rows, const int64_t *rows,
                      Random *r, double nudge, Numbers *numbers) {
    int64_t shape[8];
    uint32_t n = n_rows;
    for (uint32_t i = 0; i < n_rows; i++)
        shape[i] = rows[i];
    if (type == 'P' || type == 'R') {
        base_text_printf(text, type == 'P' ? "(" : "{'a': ");
        program_constant(text, 'S', n_rows, rows, r, nudge, numbers);
        base_text_printf(text, type == 'P' ? ", " : ", 'b': ");
        program_constant(text, type == 'P' ? 'V' : 'P', n_rows, rows, r, nudge, numbers);
        base_text_char(text, type == 'P' ? ')' : '}');
        return;
    }
    for (uint32_t i = 0; i < (type == 'V' ? 1u : type == 'M' ? 2u : 0u); i++)
        shape[n++] = SIZE;
    if (n) base_text_printf(text, "array(");
    nested(text, n, shape, r, nudge, numbers);
    if (n) base_text_char(text, ')');
}

// The same in a program: one number and what follows from it.
static void literal(Text *text, const Expr *e) {
    Random r = {(uint64_t)(uint32_t)e->value};
    switch (e->type) {
    case 'I':
        base_text_printf(text, "%d", e->value);
        break;
    case 'B':
        base_text_printf(text, e->value ? "True" : "False");
        break;
    case 's':
        base_text_printf(text, "0.0");
        break;
    case 'v':
        base_text_printf(text, "zeros(3)");
        break;
    case 'p':
        base_text_printf(text, "(0.0, zeros(3))");
        break;
    case 'S':
        base_text_printf(text, "%.3f", e->value / 1000.0);
        break;
    default:
        program_constant(text, e->type, 0, NULL, &r, 0, NULL);
    }
}

// -- expressions --------------------------------------------------------------------

typedef struct Writer {
    const Program *program;
    const char *prefix;
    unsigned spelling;
} Writer;

// Whether text must stand in parentheses as part of another.
static bool is_open(Str text) {
    int depth = 0;
    if (text.n && (text.at[0] == '-' || text.at[0] == '~')) return true;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.at[i];
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        if (c == ' ' && depth == 0) return true;
    }
    return false;
}

static void write_expr(Text *text, const Writer *w, const Expr *e);

static void write_operand(Text *text, const Writer *w, const Expr *e, bool is_alone) {
    Text part = {.arena = text->arena};
    write_expr(&part, w, e);
    const bool wrapped = !is_alone && is_open(base_text_str(&part));
    base_text_printf(text, wrapped ? "(%.*s)" : "%.*s", STR_ARG(base_text_str(&part)));
}

static void write_operation(Text *text, const Writer *w, const Expr *e) {
    const Operation *op = operation(e);
    const bool other = ((op->flags & LOOP) && (w->spelling & UNROLLED)) ||
                       ((op->flags & BRANCH) && (w->spelling & ALL_BRANCHES));
    const char *pattern = other && op->other ? op->other : op->text;
    for (const char *at = pattern; *at; at++) {
        if (*at == '$') {
            const char before = at == pattern ? ' ' : at[-1];
            at++;
            const bool is_alone = before == '(' && (at[1] == ')' || at[1] == ',');
            write_operand(text, w, e->in[*at - '0'], is_alone);
        } else if (*at == '%') {
            at++;
            base_text_printf(text, "x%u", e->bound[*at - '0']);
        } else if (*at == '#') {
            base_text_printf(text, "%d", e->value);
        } else {
            base_text_char(text, *at);
        }
    }
}

static void write_name(Text *text, const Writer *w, uint32_t function) {
    if (function + 1 == w->program->n_functions)
        base_text_printf(text, "%smain", w->prefix);
    else
        base_text_printf(text, "%sf%u", w->prefix, function);
}

static void write_expr(Text *text, const Writer *w, const Expr *e) {
    if (e->op == LEAF_VARIABLE) {
        base_text_printf(text, "x%d", e->value);
    } else if (e->op == LEAF_CONSTANT) {
        literal(text, e);
    } else if (e->op == LEAF_CALL) {
        if (w->spelling & CHECKPOINTED) base_text_printf(text, "checkpoint(");
        write_name(text, w, (uint32_t)e->value);
        if (w->spelling & CHECKPOINTED) base_text_char(text, ')');
        for (uint32_t i = 0; i < e->n; i++) {
            base_text_printf(text, i ? ", " : "(");
            write_operand(text, w, e->in[i], true);
        }
        base_text_char(text, ')');
    } else {
        write_operation(text, w, e);
    }
}

// -- functions ----------------------------------------------------------------------

static void write_quoted(Text *text, const Writer *w, const char *before, const Expr *e) {
    base_text_printf(text, "%s\"", before);
    write_expr(text, w, e);
    base_text_printf(text, "\"\n");
}

static void write_rule(Text *text, const Writer *w, const Function *f) {
    if (f->rule == RULE_VJP) {
        base_text_printf(text, "    vjp:\n      cotangent: x%u\n      grads:\n",
                         f->linear[0].number);
        for (uint32_t i = 0; i < f->n_args; i++) {
            if (f->grads[i])
                write_quoted(text, w, "        - ", f->grads[i]);
            else
                base_text_printf(text, "        - null\n");
        }
    } else {
        base_text_printf(text, "    jvp:\n      tangents: [");
        for (uint32_t i = 0, n = 0; i < f->n_args; i++)
            if (f->args[i].type != 'I')
                base_text_printf(text, "%sx%u", n++ ? ", " : "", f->linear[i].number);
        base_text_printf(text, "]\n");
        write_quoted(text, w, "      tangent: ", f->grads[0]);
    }
}

// The names of all arguments, or of those that are no integers, each after `before`.
static void write_args(Text *text, const Function *f, const char *before, bool all) {
    for (uint32_t i = 0, n = 0; i < f->n_args; i++)
        if (all || f->args[i].type != 'I')
            base_text_printf(text, "%s%sx%u", n++ ? ", " : "", before, f->args[i].number);
}

static uint32_t n_differentiable(const Function *f) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n_args; i++)
        n += f->args[i].type != 'I';
    return n;
}
// The function's own derivative as its rule.
static void write_derived(Text *text, const Writer *w, uint32_t k) {
    const Function *f = &w->program->functions[k];
    const bool by_vjp = w->spelling & DERIVED_VJP;
    base_text_printf(text, by_vjp ? "    vjp:\n      grads: \"vjp(lambda "
                                  : "    jvp: \"jvp(lambda ");
    write_args(text, f, "", false);
    base_text_printf(text, ": plain_");
    write_name(text, w, k);
    base_text_char(text, '(');
    write_args(text, f, "", true);
    base_text_printf(text, by_vjp ? "), " : "), (");
    write_args(text, f, "", false);
    if (by_vjp) {
        base_text_printf(text, n_differentiable(f) == 1 ? ")[1](g)[0]\"\n" : ")[1](g)\"\n");
        return;
    }
    base_text_printf(text, ",), (");
    write_args(text, f, "d", false);
    base_text_printf(text, ",))[1]\"\n");
}

static void write_body(Text *text, const Writer *w, const Function *f) {
    base_text_printf(text, "    args: {");
    for (uint32_t i = 0; i < f->n_args; i++)
        base_text_printf(text, "%sx%u: %s", i ? ", " : "", f->args[i].number,
                         f->args[i].type == 'I' ? "int64" : "null");
    base_text_printf(text, "}\n");
    if (f->n_lets) base_text_printf(text, "    let:\n");
    for (uint32_t i = 0; i < f->n_lets; i++) {
        base_text_printf(text, "      x%u: ", f->lets[i].number);
        write_quoted(text, w, "", f->let_values[i]);
    }
    write_quoted(text, w, "    value: ", f->value);
}

void program_write(Text *text, const Program *program, const char *prefix,
                   unsigned spelling) {
    const Writer w = {program, prefix, spelling};
    const bool derived = spelling & (DERIVED_VJP | DERIVED_JVP);
    for (uint32_t i = 0; i < program->n_functions; i++) {
        const Function *f = &program->functions[i];
        if (f->dropped) continue;
        const bool is_derived =
            derived && f->rule == NO_RULE && i + 1 < program->n_functions;
        base_text_printf(text, "  ");
        write_name(text, &w, i);
        base_text_printf(text, ":\n");
        write_body(text, &w, f);
        if (f->rule != NO_RULE) write_rule(text, &w, f);
        if (!is_derived) continue;
        write_derived(text, &w, i);
        base_text_printf(text, "  plain_");
        write_name(text, &w, i);
        base_text_printf(text, ":\n");
        write_body(text, &w, f);
    }
}
