// Making random programs, and looking at them.
#include "random_program.h"

#include "base/vec.h"

// Where an expression is made: the variables in its sight, and what is allowed there.
typedef struct Scope {
    Random *r;
    Arena *arena;
    Program *program;
    uint32_t *n_variables; // made so far in the program
    Variable *visible;     // those from `first` to `n` are in sight
    uint32_t first, n;
    uint32_t n_callable; // functions before this one may be called
    unsigned forbidden;  // flags of operations
    bool no_vjp;         // no vjp rule may be within
} Scope;

enum { MOST_VISIBLE = 256 };

static Variable new_variable(Scope *s, Type type) {
    return (Variable){(*s->n_variables)++, type};
}
static void show(Scope *s, Variable variable) {
    if (s->n < MOST_VISIBLE) s->visible[s->n++] = variable;
}

// -- expressions --------------------------------------------------------------------

static Expr *new_expr(Scope *s, uint32_t op, Type type) {
    Expr *e = NEW(s->arena, Expr);
    *e = (Expr){.op = (uint16_t)op, .type = type};
    return e;
}

static Expr *constant(Scope *s, Type type) {
    Expr *e = new_expr(s, LEAF_CONSTANT, type);
    e->value = type == 'I'   ? (int32_t)below(s->r, 3)
               : type == 'B' ? (int32_t)below(s->r, 2)
                             : (int32_t)below(s->r, 4000) - 2000;
    return e;
}

static bool is_linear(Type type) {
    return type == 's' || type == 'v' || type == 'p';
}

static bool is_visible(const Scope *s, Type type) {
    for (uint32_t i = s->first; i < s->n; i++)
        if (s->visible[i].type == type) return true;
    return false;
}

static Expr *leaf(Scope *s, Type type);

// The operation of that text, on leaves.
static Expr *of_leaves(Scope *s, Type type, const char *text, const char *operands) {
    uint32_t at = 0;
    while (operations[at].type != type || strcmp(operations[at].text, text) != 0 ||
           strcmp(operations[at].operands, operands) != 0)
        at++;
    Expr *e = new_expr(s, LEAF_COUNT + at, type);
    for (e->n = 0; operands[e->n]; e->n++)
        e->in[e->n] = leaf(s, operands[e->n]);
    return e;
}

// A leaf of a linear type that no variable has: made of one that has another.
static Expr *linear_leaf(Scope *s, Type type) {
    if (type == 'p') return of_leaves(s, type, "($0, $1)", "sv");
    if (is_visible(s, 'p')) return of_leaves(s, type, type == 's' ? "$0[0]" : "$0[1]", "p");
    return type == 's' ? of_leaves(s, type, "sum($0)", "v")
                       : of_leaves(s, type, "$0 * $1", "sV");
}

static Expr *leaf(Scope *s, Type type) {
    uint32_t numbers[MOST_VISIBLE], n = 0;
    for (uint32_t i = s->first; i < s->n; i++)
        if (s->visible[i].type == type) numbers[n++] = s->visible[i].number;
    if (n == 0 && is_linear(type)) return linear_leaf(s, type);
    if (n == 0 || (!is_linear(type) && below(s->r, 8) == 0)) return constant(s, type);
    Expr *e = new_expr(s, LEAF_VARIABLE, type);
    // What was bound last is what a body is about.
    e->value = (int32_t)numbers[below(s->r, 2) ? n - 1 : below(s->r, n)];
    return e;
}

static bool function_has(const Program *program, const Function *f,
                         bool (*is)(const Expr *));
static bool is_vjp_rule(const Expr *e) {
    return operation(e) && (operation(e)->flags & VJP_RULE);
}

static bool reaches_vjp_rule(const Program *program, uint32_t function) {
    const Function *f = &program->functions[function];
    return f->rule == RULE_VJP || function_has(program, f, is_vjp_rule);
}

static Expr *expression(Scope *s, Type type, uint32_t depth);

static Expr *call(Scope *s, Type type, uint32_t depth) {
    uint32_t fitting[MOST_FUNCTIONS], n = 0;
    for (uint32_t i = 0; i < s->n_callable; i++)
        if (s->program->functions[i].type == type &&
            !(s->no_vjp && reaches_vjp_rule(s->program, i)))
            fitting[n++] = i;
    if (n == 0) return NULL;
    const uint32_t at = fitting[below(s->r, n)];
    const Function *f = &s->program->functions[at];
    Expr *e = new_expr(s, LEAF_CALL, type);
    e->value = (int32_t)at;
    e->n = (uint8_t)f->n_args;
    for (uint32_t i = 0; i < f->n_args; i++)
        e->in[i] = expression(s, f->args[i].type, depth - 1);
    return e;
}

static bool is_allowed(const Scope *s, const Operation *op) {
    if (op->flags & s->forbidden) return false;
    return !(s->no_vjp && (op->flags & VJP_RULE));
}

// An operation of that type, by weight; -1: none.
static int32_t choose(Scope *s, Type type) {
    uint32_t total = 0;
    int32_t chosen = -1;
    for (uint32_t i = 0; i < n_operations; i++) {
        const Operation *op = &operations[i];
        if (op->type != type || !is_allowed(s, op)) continue;
        total += op->weight;
        if (below(s->r, total) < op->weight) chosen = (int32_t)i;
    }
    return chosen;
}

// Operand k of an operation whose bound variables have been made.
static Expr *operand(Scope *s, const Operation *op, const Expr *e, uint32_t k,
                     uint32_t depth) {
    Scope inner = *s;
    const unsigned sees = (unsigned)(op->sees[k] - '0');
    if (sees && (op->flags & CLOSED)) {
        inner.first = inner.n;
        inner.forbidden |= NOT_IN_RULES;
    }
    if (sees && (op->flags & FORWARD)) inner.no_vjp = true;
    // A function whose rule is being made may be called there, but not differentiated.
    if (op->flags & (DIFFERENTIATES | VJP_RULE | JVP_RULE))
        while (inner.n_callable && !inner.program->functions[inner.n_callable - 1].value)
            inner.n_callable--;
    for (uint32_t i = 0; op->bound[i]; i++)
        if (sees >> i & 1) show(&inner, (Variable){e->bound[i], op->bound[i]});
    return expression(&inner, op->operands[k], depth - 1);
}

static Expr *expression(Scope *s, Type type, uint32_t depth) {
    if (depth == 0 || below(s->r, 7) == 0) return leaf(s, type);
    if (below(s->r, 6) == 0) {
        Expr *e = call(s, type, depth);
        if (e) return e;
    }
    const int32_t at = choose(s, type);
    if (at < 0) return leaf(s, type);
    const Operation *op = &operations[at];
    Expr *e = new_expr(s, LEAF_COUNT + (uint32_t)at, type);
    e->n = (uint8_t)strlen(op->operands);
    e->value = 1 + (int32_t)below(s->r, 3);
    for (uint32_t i = 0; op->bound[i]; i++)
        e->bound[i] = new_variable(s, op->bound[i]).number;
    for (uint32_t k = 0; k < e->n; k++)
        e->in[k] = operand(s, op, e, k, depth);
    return e;
}

// -- functions ----------------------------------------------------------------------

static Type linear_type(Type type) {
    return type == 'S' ? 's' : type == 'V' ? 'v' : 'p';
}

// Rules are random, too: they need not be the derivative, but are linear.
static void make_rule(Scope *s, Function *f) {
    Scope rule = *s;
    rule.forbidden |= NOT_IN_RULES;
    const bool by_vjp = f->rule == RULE_VJP;
    if (by_vjp) {
        f->linear[0] = new_variable(&rule, linear_type(f->type));
        show(&rule, f->linear[0]);
    }
    for (uint32_t i = 0; i < f->n_args; i++) {
        if (by_vjp) {
            if (f->args[i].type == 'I') continue;
            f->grads[i] = expression(&rule, linear_type(f->args[i].type), 3);
        } else {
            f->linear[i] = new_variable(&rule, linear_type(f->args[i].type));
            if (f->args[i].type != 'I') show(&rule, f->linear[i]);
        }
    }
    if (!by_vjp) f->grads[0] = expression(&rule, linear_type(f->type), 4);
}

static void make_function(Scope *s, Function *f, bool is_main) {
    static const char arguments[] = "SSSVVVPI", mains[] = "SSSVVVPMR", values[] = "SSSVVP";
    static const char main_values[] = "SSSVVVPPMR";
    const uint32_t depth = is_main ? 5 : 3;
    s->n = 0;
    f->n_args = 1 + below(s->r, is_main ? 2 : 3);
    for (uint32_t i = 0; i < f->n_args; i++) {
        f->args[i] =
            new_variable(s, is_main ? mains[below(s->r, 9)]
                                    : arguments[i ? below(s->r, 8) : below(s->r, 7)]);
        show(s, f->args[i]);
    }
    f->type = is_main ? main_values[below(s->r, 10)] : values[below(s->r, 6)];
    f->n_lets = below(s->r, 3);
    for (uint32_t i = 0; i < f->n_lets; i++) {
        const Type type = "SSVPI"[below(s->r, 5)];
        f->let_values[i] = expression(s, type, 2);
        f->lets[i] = new_variable(s, type);
        show(s, f->lets[i]);
    }
    Expr *value = expression(s, f->type, depth);
    const uint32_t kind = is_main ? 0 : below(s->r, 5);
    f->rule = kind == 1 || (kind == 2 && !s->no_vjp) ? RULE_JVP : kind ? RULE_VJP : NO_RULE;
    if (kind == 4 || (f->rule == RULE_VJP && s->no_vjp)) f->rule = NO_RULE;
    // A rule may call its own function.
    if (f->rule != NO_RULE) {
        s->n_callable++;
        make_rule(s, f);
        s->n_callable--;
    }
    f->value = value;
}

Program *program_generate(Arena *arena, uint64_t seed) {
    Random r = {seed * 0x2545F4914F6CDD1Du + 1};
    Program *program = NEW(arena, Program);
    Variable visible[MOST_VISIBLE];
    uint32_t n_variables = 0;
    *program = (Program){.seed = seed, .n_functions = 1 + below(&r, MOST_FUNCTIONS)};
    Scope s = {.r = &r,
               .arena = arena,
               .program = program,
               .n_variables = &n_variables,
               .visible = visible,
               .forbidden = below(&r, 4) ? FAILS : 0,
               .no_vjp = below(&r, 2)};
    for (uint32_t i = 0; i < program->n_functions; i++) {
        s.n_callable = i;
        make_function(&s, &program->functions[i], i + 1 == program->n_functions);
    }
    return program;
}

// -- looking ------------------------------------------------------------------------

Expr **program_root(Function *f, uint32_t i) {
    Expr **root = i < f->n_lets                         ? &f->let_values[i]
                  : i == MOST_LETS                      ? &f->value
                  : i > MOST_LETS && f->rule != NO_RULE ? &f->grads[i - MOST_LETS - 1]
                                                        : NULL;
    return root && *root ? root : NULL;
}

static bool has(const Expr *e, bool (*is)(const Expr *)) {
    if (is(e)) return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (has(e->in[i], is)) return true;
    return false;
}

static bool calls_vjp_rule(const Program *program, const Expr *e, uint32_t of) {
    // Of its own function: found there.
    if (e->op == LEAF_CALL && (uint32_t)e->value != of &&
        reaches_vjp_rule(program, (uint32_t)e->value))
        return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (calls_vjp_rule(program, e->in[i], of)) return true;
    return false;
}

// In it, or in what it calls.
static bool function_has(const Program *program, const Function *f,
                         bool (*is)(const Expr *)) {
    Function copy = *f;
    const uint32_t own = (uint32_t)(f - program->functions);
    for (uint32_t i = 0; i < MOST_ROOTS; i++) {
        Expr **root = program_root(&copy, i);
        if (root && (has(*root, is) || calls_vjp_rule(program, *root, own))) return true;
    }
    return false;
}

static void add_features(const Expr *e, Features *features) {
    const Operation *op = operation(e);
    const unsigned flags = op ? op->flags : 0;
    features->vjp_rule |= (flags & VJP_RULE) != 0;
    features->any_rule |= (flags & (VJP_RULE | JVP_RULE)) != 0;
    features->forward |= (flags & FORWARD) != 0;
    features->stops |= (flags & STOPS) != 0;
    features->fails |= (flags & FAILS) != 0;
    for (uint32_t i = 0; i < e->n; i++)
        add_features(e->in[i], features);
}

Features program_features(const Program *program) {
    Features features = {0};
    for (uint32_t k = 0; k < program->n_functions; k++) {
        Function f = program->functions[k];
        if (f.dropped) continue;
        features.vjp_rule |= f.rule == RULE_VJP;
        features.any_rule |= f.rule != NO_RULE;
        for (uint32_t i = 0; i < MOST_ROOTS; i++)
            if (program_root(&f, i)) add_features(*program_root(&f, i), &features);
    }
    return features;
}

static uint32_t size_of(const Expr *e) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < e->n; i++)
        n += size_of(e->in[i]);
    return n;
}

uint32_t program_size(const Program *program) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < program->n_functions; k++) {
        Function f = program->functions[k];
        for (uint32_t i = 0; !f.dropped && i < MOST_ROOTS; i++)
            if (program_root(&f, i)) n += size_of(*program_root(&f, i));
    }
    return n;
}
