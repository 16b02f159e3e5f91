#include "shrink.h"

typedef struct Shrink {
    Arena *arena;
    TryFn try;
    const Outcome *first;
    Program *program;
    Trial trial;
    uint32_t tries_left;
} Shrink;

// -- copies -------------------------------------------------------------------------

static Expr *copy_expr(Arena *arena, const Expr *e) {
    Expr *copy = NEW(arena, Expr);
    *copy = *e;
    for (uint32_t i = 0; i < e->n; i++)
        copy->in[i] = copy_expr(arena, e->in[i]);
    return copy;
}

static Program *copy_program(Arena *arena, const Program *program) {
    Program *copy = NEW(arena, Program);
    *copy = *program;
    for (uint32_t k = 0; k < copy->n_functions; k++)
        for (uint32_t i = 0; i < MOST_ROOTS; i++) {
            Expr **root = program_root(&copy->functions[k], i);
            if (root) *root = copy_expr(arena, *root);
        }
    return copy;
}

// -- places -------------------------------------------------------------------------

static Expr **place_in(Expr **e, uint32_t *at) {
    if ((*at)-- == 0) return e;
    for (uint32_t i = 0; i < (*e)->n; i++) {
        Expr **found = place_in(&(*e)->in[i], at);
        if (found) return found;
    }
    return NULL;
}

// Where the at-th node of a program hangs, main's first; NULL behind the last.
static Expr **place(Program *program, uint32_t at) {
    for (uint32_t k = program->n_functions; k-- > 0;) {
        Function *f = &program->functions[k];
        for (uint32_t i = 0; !f->dropped && i < MOST_ROOTS; i++) {
            Expr **root = program_root(f, i);
            Expr **found = root ? place_in(root, &at) : NULL;
            if (found) return found;
        }
    }
    return NULL;
}

static bool mentions(const Expr *e, uint16_t op, uint32_t value) {
    if (e->op == op && (uint32_t)e->value == value) return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (mentions(e->in[i], op, value)) return true;
    return false;
}
static bool program_mentions(Program *program, uint16_t op, uint32_t value) {
    for (uint32_t k = 0; k < program->n_functions; k++)
        for (uint32_t i = 0; i < MOST_ROOTS; i++) {
            Expr **root = program_root(&program->functions[k], i);
            if (root && !program->functions[k].dropped && mentions(*root, op, value))
                return true;
        }
    return false;
}

// Whether the part uses a variable that a node of the whole, above the part, binds.
static bool is_bound_between(const Expr *whole, const Expr *part) {
    if (whole == part) return false;
    const Operation *op = operation(whole);
    for (uint32_t i = 0; op && op->bound[i]; i++)
        if (mentions(part, LEAF_VARIABLE, whole->bound[i])) return true;
    for (uint32_t i = 0; i < whole->n; i++)
        if (is_bound_between(whole->in[i], part)) return true;
    return false;
}

// -- edits --------------------------------------------------------------------------

static bool still_fails(Shrink *s, const Program *program, const Trial *trial) {
    if (s->tries_left == 0) return false;
    s->tries_left--;
    const Outcome outcome = s->try(program, trial);
    if (outcome.verdict != s->first->verdict) return false;
    // "point 0: E402 …" stays an E402.
    return outcome.verdict != WRONG_ERROR ||
           strncmp(outcome.what + 9, s->first->what + 9, 4) == 0;
}
static bool adopt(Shrink *s, Program *candidate) {
    if (!still_fails(s, candidate, &s->trial)) return false;
    s->program = candidate;
    return true;
}

// Way j to make the node at a place smaller: its parts of its type, a constant, one trip
// less. False: no such way.
static bool simplify(Shrink *s, Program *candidate, uint32_t at, uint32_t j, bool *done) {
    Expr **hanging = place(candidate, at);
    Expr *e = hanging ? *hanging : NULL;
    *done = false;
    if (!e) return false;
    for (uint32_t i = 1;; i++) {
        uint32_t step = i;
        Expr **part = place_in(hanging, &step);
        if (!part) break;
        if ((*part)->type != e->type || j-- != 0) continue;
        if (is_bound_between(e, *part)) return true;
        *hanging = *part;
        *done = true;
        return true;
    }
    if (strchr("svp", e->type)) return false;
    if (j == 0 && (e->op != LEAF_CONSTANT || e->value != 1)) {
        Expr *one = NEW(s->arena, Expr);
        *one =
            (Expr){.op = LEAF_CONSTANT, .type = e->type, .value = e->type == 'S' ? 500 : 1};
        *done = !(e->op == LEAF_CONSTANT && e->value == one->value);
        *hanging = one;
        return true;
    }
    if (j == 1 && operation(e) && strchr(operation(e)->text, '#') && e->value > 1) {
        e->value--;
        *done = true;
        return true;
    }
    return j < 2;
}

static bool simplify_nodes(Shrink *s) {
    bool progress = false;
    for (uint32_t at = 0; place(s->program, at);) {
        bool smaller = false, more = true;
        for (uint32_t j = 0; more && !smaller; j++) {
            bool done;
            Program *candidate = copy_program(s->arena, s->program);
            more = simplify(s, candidate, at, j, &done);
            smaller = more && done && adopt(s, candidate);
        }
        progress |= smaller;
        at += !smaller;
    }
    return progress;
}

static void drop_let(Function *f, uint32_t at) {
    f->n_lets--;
    for (uint32_t i = at; i < f->n_lets; i++) {
        f->lets[i] = f->lets[i + 1];
        f->let_values[i] = f->let_values[i + 1];
    }
}

static void drop_operand(Expr *e, uint32_t function, uint32_t at) {
    for (uint32_t i = 0; i < e->n; i++)
        drop_operand(e->in[i], function, at);
    if (e->op != LEAF_CALL || (uint32_t)e->value != function) return;
    e->n--;
    for (uint32_t i = at; i < e->n; i++)
        e->in[i] = e->in[i + 1];
}
static void drop_argument(Program *program, uint32_t function, uint32_t at) {
    Function *f = &program->functions[function];
    f->n_args--;
    for (uint32_t i = at; i < f->n_args; i++) {
        f->args[i] = f->args[i + 1];
        if (f->rule == RULE_VJP) f->grads[i] = f->grads[i + 1];
        if (f->rule == RULE_JVP) f->linear[i] = f->linear[i + 1];
    }
    if (f->rule == RULE_VJP) f->grads[f->n_args] = NULL;
    for (uint32_t k = 0; k < program->n_functions; k++)
        for (uint32_t i = 0; i < MOST_ROOTS; i++) {
            Expr **root = program_root(&program->functions[k], i);
            if (root) drop_operand(*root, function, at);
        }
}

// Rules, lets and arguments of a function, and the function itself.
static bool simplify_function(Shrink *s, uint32_t k) {
    bool progress = false;
    const bool is_main = k + 1 == s->program->n_functions;
    if (s->program->functions[k].dropped) return false;
    if (!is_main && !program_mentions(s->program, LEAF_CALL, k)) {
        Program *candidate = copy_program(s->arena, s->program);
        candidate->functions[k].dropped = true;
        if (adopt(s, candidate)) return true;
    }
    if (s->program->functions[k].rule != NO_RULE) {
        Program *candidate = copy_program(s->arena, s->program);
        candidate->functions[k].rule = NO_RULE;
        progress |= adopt(s, candidate);
    }
    for (uint32_t i = s->program->functions[k].n_lets; i-- > 0;) {
        if (program_mentions(s->program, LEAF_VARIABLE,
                             s->program->functions[k].lets[i].number))
            continue;
        Program *candidate = copy_program(s->arena, s->program);
        drop_let(&candidate->functions[k], i);
        progress |= adopt(s, candidate);
    }
    for (uint32_t i = s->program->functions[k].n_args; i-- > 0;) {
        const Function *f = &s->program->functions[k];
        if (f->n_args == 1 || (i == 0 && f->args[1].type == 'I') ||
            program_mentions(s->program, LEAF_VARIABLE, f->args[i].number) ||
            (f->rule == RULE_JVP &&
             program_mentions(s->program, LEAF_VARIABLE, f->linear[i].number)))
            continue;
        Program *candidate = copy_program(s->arena, s->program);
        drop_argument(candidate, k, i);
        progress |= adopt(s, candidate);
    }
    return progress;
}

static bool simplify_trial(Shrink *s) {
    for (uint32_t i = 0; s->trial.levels[i]; i++) {
        Trial fewer = s->trial;
        memmove(fewer.levels + i, fewer.levels + i + 1, strlen(fewer.levels + i));
        if (!still_fails(s, s->program, &fewer)) continue;
        s->trial = fewer;
        return true;
    }
    return false;
}

void shrink(Arena *arena, TryFn try, const Outcome *first, Program **program,
            Trial *trial) {
    Shrink s = {arena, try, first, *program, *trial, 4000};
    bool progress = true;
    while (progress && s.tries_left) {
        progress = simplify_trial(&s);
        for (uint32_t k = 0; k < s.program->n_functions; k++)
            progress |= simplify_function(&s, k);
        progress |= simplify_nodes(&s);
    }
    *program = s.program;
    *trial = s.trial;
}
