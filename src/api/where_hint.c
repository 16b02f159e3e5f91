#include "api/where_hint.h"

#define GENERAL                                                                            \
    "a branch of where that is not taken is differentiated, too: keep its argument "       \
    "harmless with a second where, as in where(x > 0, sqrt(where(x > 0, x, 1)), 0)"

Str api_text_at(Sources *sources, Span span) {
    Place place;
    if (!base_source_find(sources, span, &place)) return (Str){0};
    return (Str){place.text.at + place.offset, place.n};
}

// The text at a place, or empty where it is on several lines, or written with escapes.
static Str whole_text(Sources *sources, Span span) {
    const Str text = api_text_at(sources, span);
    return text.n == span.n ? text : (Str){0};
}

// -- expressions --------------------------------------------------------------------

// The part of an expression that holds the place, or NULL.
static const Expr *part_at(const Expr *expr, Span span) {
    for (uint32_t i = 0; i < expr->n; i++)
        if (api_holds(expr->items[i], span)) return expr->items[i];
    for (uint32_t i = 0; expr->kind == EXPR_COMP && i < expr->n_clauses; i++) {
        const ExprClause *clause = &expr->clauses[i];
        if (api_holds(clause->source, span)) return clause->source;
        for (uint32_t k = 0; k < clause->n_conditions; k++)
            if (api_holds(clause->conditions[k], span)) return clause->conditions[k];
    }
    return NULL;
}

static const Expr *find(const Expr *expr, Span span) {
    if (!api_holds(expr, span)) return NULL;
    while (expr && (expr->span.at != span.at || expr->span.n != span.n))
        expr = part_at(expr, span);
    return expr;
}

// The expression that stands at a place of a function, or of what the point evaluates.
static const Expr *find_in_spec(const ApiRun *run, Span span) {
    const Expr *found = NULL;
    for (uint32_t i = 0; i < run->spec->n_functions && !found; i++) {
        const SpecFunction *function = &run->spec->functions[i];
        found = find(function->value, span);
        for (uint32_t k = 0; k < function->let.n && !found; k++)
            found = find(function->let.at[k].expr, span);
    }
    return found ? found : find(run->point->function, span);
}

static bool is_call_of(const Expr *expr, const char *name) {
    if (expr->kind != EXPR_CALL) return false;
    const Expr *function = expr->items[0];
    return (function->kind == EXPR_NAME || function->kind == EXPR_ATTR) &&
           base_str_eq(function->text, base_str(name));
}

// What of an operation leaves its domain: the argument of a function, a divisor, the base
// of a power; NULL for others.
static const Expr *operand_of(const Expr *expr) {
    if (expr->kind == EXPR_CALL && expr->n == 2) {
        const ExprKind kind = (ExprKind)expr->items[1]->kind;
        return kind == EXPR_STAR || kind == EXPR_KEYWORD ? NULL : expr->items[1];
    }
    if (expr->kind != EXPR_BINARY) return NULL;
    if (expr->op == OP_POW) return expr->items[0];
    return expr->op == OP_DIV ? expr->items[1] : NULL;
}

// A number well within the operation's domain.
static const char *harmless(const Expr *expr) {
    static const char *const zero[] = {"arcsin", "arccos", "arctanh", "exp", "expm1"};
    if (is_call_of(expr, "arccosh")) return "2";
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
        if (is_call_of(expr, zero[i])) return "0";
    return "1";
}

// where(c, f(x), y) with where(c, x, 1) for x, unless this cannot be written out.
static Status write_out(const ApiRun *run, Span where_span, Span span, const char **hint) {
    enum { LONGEST = 80 };
    Sources *sources = run->diags->sources;
    const Expr *where = find_in_spec(run, where_span);
    if (!where || !is_call_of(where, "where") || where->n != 4) return OK;
    const bool second = api_holds(where->items[3], span);
    const Expr *operation = find(where->items[second ? 3 : 2], span);
    const Expr *operand = operation ? operand_of(operation) : NULL;
    if (!operand) return OK;
    const Str text = whole_text(sources, where->span);
    const Str condition = whole_text(sources, where->items[1]->span);
    const Str x = whole_text(sources, operand->span);
    if (!text.n || !condition.n || !x.n || text.n > LONGEST) return OK;
    const size_t before = operand->span.at - where->span.at;
    const size_t behind = before + operand->span.n;
    const Str safe = base_str(harmless(operation));
    Text written = {.arena = run->arena};
    base_text_printf(&written,
                     "a branch of where that is not taken is differentiated, too; keep it "
                     "harmless: %.*swhere(%.*s, %.*s, %.*s)%.*s",
                     (int)before, text.at, STR_ARG(condition), STR_ARG(second ? safe : x),
                     STR_ARG(second ? x : safe), (int)(text.n - behind), text.at + behind);
    if (written.failed) return NOMEM;
    *hint = written.at;
    return OK;
}

// -- the graph ----------------------------------------------------------------------

typedef struct Search {
    const ApiRun *run;
    const Graph *graph;
    const bool *of_value;
    Span span;
    bool *varies;  // by node: it depends on an input
    bool *reached; // by node of the value: it depends on the operation
} Search;

// Marks what depends on the operation, but for branches that are somewhere not taken:
// predicates[i] are the elements of the i-th select. *blocked: the first select that stops
// it.
static void reach(const Search *s, void *const *predicates, NodeId *blocked) {
    const Graph *g = s->graph;
    uint32_t n_selects = 0;
    for (NodeId id = 0; id < g->n; id++) {
        const Node *node = &g->nodes[id];
        const NodeId *in = ir_in(g, node);
        s->varies[id] = node->prim == PRIM_input;
        for (uint32_t k = 0; k < node->n_in; k++)
            s->varies[id] |= s->varies[in[k]];
        s->reached[id] = false;
        if (!s->of_value[id]) continue;
        bool open[3] = {true, true, true};
        if (node->prim == PRIM_select) {
            const bool *taken = predicates[n_selects++];
            const int64_t size = ir_node_type(g, in[0])->size;
            for (int64_t i = 0; i < size; i++)
                open[taken[i] ? 2 : 1] = false;
        }
        // (A literal of the operation may be one elsewhere, too.)
        s->reached[id] =
            s->varies[id] && node->span.at == s->span.at && node->span.n == s->span.n;
        for (uint32_t k = 0; k < node->n_in; k++) {
            if (!s->reached[in[k]]) continue;
            if (k > 2 || open[k])
                s->reached[id] = true;
            else if (*blocked == IR_NONE)
                *blocked = id;
        }
    }
}

static bool reaches_value(const Search *s) {
    const Answer *answer = s->run->answer;
    const uint32_t n = front_tree_leaves(&answer->value);
    for (uint32_t i = 0; i < n; i++)
        if (s->reached[s->graph->outputs[answer->value_first + i]]) return true;
    return false;
}

// The elements of the predicates of all selects that the value depends on.
static Status predicates(const Search *s, void ***data) {
    const Graph *g = s->graph;
    Arena *arena = s->run->arena;
    VEC(NodeId) nodes = {0};
    for (NodeId id = 0; id < g->n; id++) {
        if (!s->of_value[id] || g->nodes[id].prim != PRIM_select) continue;
        if (!VEC_PUSH(arena, &nodes, ir_in(g, &g->nodes[id])[0])) return NOMEM;
    }
    *data = NEW_ARRAY(arena, void *, nodes.n);
    TRY_ALLOC(*data);
    return nodes.n ? api_evaluate(arena, g, s->run->inputs, nodes.n, nodes.at, *data) : OK;
}

Status api_where_hint(const ApiRun *run, const Graph *graph, const bool *of_value,
                      Span span, const char **hint) {
    Search s = {.run = run, .graph = graph, .of_value = of_value, .span = span};
    void **data;
    NodeId blocked = IR_NONE;
    s.varies = NEW_ARRAY(run->arena, bool, graph->n);
    s.reached = NEW_ARRAY(run->arena, bool, graph->n);
    if (!s.varies || !s.reached) return NOMEM;
    const Status status = predicates(&s, &data);
    if (status != OK) return status == FAILED ? OK : status; // a limit was passed
    reach(&s, data, &blocked);
    if (blocked == IR_NONE || reaches_value(&s)) return OK;
    const Span where = graph->nodes[blocked].span;
    if (where.at == span.at && where.n == span.n) return OK; // within a built-in
    *hint = GENERAL;
    return write_out(run, where, span, hint);
}
