// W001: a derivative that is not finite where arguments and value are. It is said where
// that begins, and whether a branch of a `where` that was not taken, or a rule, is to
// blame.
#include "api/warn.h"
#include "api/where_hint.h"
#include "base/limits.h"
#include "num/num.h"
#include "xform/xform.h"

// -- the derivatives of an answer ---------------------------------------------------

// One array of a derivative.
typedef struct Leaf {
    const char *kind;       // "grad"
    const AnswerPart *part; // NULL: of the jvp
    bool pair;              // of two arguments
    uint32_t output;
} Leaf;

typedef VEC(Leaf) LeafList;

static bool add_leaves(Arena *arena, const Tree *tree, Leaf leaf, LeafList *leaves) {
    const uint32_t n = front_tree_leaves(tree);
    for (uint32_t i = 0; i < n; i++, leaf.output++)
        if (!VEC_PUSH(arena, leaves, leaf)) return false;
    return true;
}

static bool add_parts(Arena *arena, const AnswerParts *parts, const char *kind, bool pair,
                      LeafList *leaves) {
    for (uint32_t i = 0; i < parts->n; i++) {
        const AnswerPart *part = &parts->at[i];
        const Leaf leaf = {kind, part, pair, part->first};
        if (!add_leaves(arena, &part->tree, leaf, leaves)) return false;
    }
    return true;
}

static Status derivatives(Arena *arena, const Answer *answer, LeafList *leaves) {
    const Leaf jvp = {"jvp", NULL, false, answer->jvp_first};
    const bool good =
        add_parts(arena, &answer->grads, "grad", false, leaves) &&
        add_parts(arena, &answer->jacobian, "jacobian", false, leaves) &&
        add_parts(arena, &answer->hessian, "hessian", true, leaves) &&
        (!(answer->compute & COMPUTE_JVP) || add_leaves(arena, &answer->jvp, jvp, leaves));
    return good ? OK : NOMEM;
}

static bool is_bad_output(const Answer *answer, void *const *outputs, uint32_t output,
                          int64_t *at) {
    const Graph *g = answer->graph;
    return api_is_bad(ir_node_type(g, g->outputs[output]), outputs[output], at);
}

// All outputs but those of the value are those of derivatives.
bool api_has_bad_derivative(const Answer *answer, void *const *outputs) {
    const bool value = answer->compute & COMPUTE_VALUE;
    const uint32_t first = answer->value_first;
    const uint32_t end = value ? first + front_tree_leaves(&answer->value) : first;
    int64_t at;
    for (uint32_t i = 0; i < answer->graph->n_outputs; i++)
        if ((i < first || i >= end) && is_bad_output(answer, outputs, i, &at)) return true;
    return false;
}

static bool are_inputs_finite(const ApiRun *run) {
    const Graph *g = run->answer->graph;
    int64_t at;
    for (uint32_t i = 0; i < g->n_inputs; i++)
        if (api_is_bad(ir_node_type(g, g->inputs[i]), run->inputs[i], &at)) return false;
    return true;
}

static bool is_value_finite(const ApiRun *run) {
    const uint32_t first = run->answer->value_first;
    const uint32_t n = front_tree_leaves(&run->answer->value);
    int64_t at;
    for (uint32_t i = first; i < first + n; i++)
        if (is_bad_output(run->answer, run->outputs, i, &at)) return false;
    return true;
}

// -- what the value depends on ------------------------------------------------------

typedef struct Warner {
    const ApiRun *run;
    const Graph *graph; // that was run: without calls
    bool *of_value;     // by node: the value depends on it
} Warner;

static void mark_operands(const Graph *g, bool *marked) {
    for (uint32_t i = g->n; i-- > 0;) {
        const Node *node = &g->nodes[i];
        for (uint32_t k = 0; marked[i] && k < node->n_in; k++)
            marked[ir_in(g, node)[k]] = true;
    }
}

static Status mark_value(Warner *w) {
    const Answer *answer = w->run->answer;
    const uint32_t n = front_tree_leaves(&answer->value);
    w->of_value = NEW_ARRAY(w->run->arena, bool, w->graph->n);
    TRY_ALLOC(w->of_value);
    for (uint32_t i = 0; i < n; i++)
        w->of_value[w->graph->outputs[answer->value_first + i]] = true;
    mark_operands(w->graph, w->of_value);
    return OK;
}

// The nodes of origin->graph that the value depends on; NULL: out of memory.
static const bool *value_nodes(const Warner *w, const ApiOrigin *origin) {
    const ApiOrigin *within = origin->within;
    if (!within) return w->of_value;
    const Graph *outer = within->graph, *g = origin->graph;
    const bool *of_value = value_nodes(w, within);
    bool *marked = NEW_ARRAY(w->run->arena, bool, g->n);
    if (!of_value || !marked) return NULL;
    const NodeId holder = ir_in(outer, &outer->nodes[within->node])[0];
    for (NodeId id = holder + 1; id < outer->n; id++) {
        const Node *node = &outer->nodes[id];
        if (of_value[id] && node->prim == PRIM_out && ir_in(outer, node)[0] == holder)
            marked[g->outputs[ir_attr(outer, node)[0]]] = true;
    }
    mark_operands(g, marked);
    return marked;
}

// -- what is said -------------------------------------------------------------------

static void add_argument(Text *text, Str name, uint32_t argnum) {
    if (name.n)
        base_text_printf(text, " %.*s", STR_ARG(name));
    else
        base_text_printf(text, " %u", argnum);
}

// "grad x[2] is NaN"
static void add_finding(Text *text, const Leaf *leaf, const Type *type, const void *data) {
    char number[NUM_TEXT];
    int64_t at = 0, index[LIMIT_RANK];
    (void)api_is_bad(type, data, &at);
    base_text_printf(text, "%s", leaf->kind);
    if (leaf->part) add_argument(text, leaf->part->arg, leaf->part->argnum);
    if (leaf->part && leaf->pair) add_argument(text, leaf->part->arg2, leaf->part->argnum2);
    const char *element =
        (const char *)data + (size_t)at * num_dtype_size((Dtype)type->dtype);
    const size_t n = num_print((Dtype)type->dtype, element, number);
    for (uint32_t i = type->rank; i-- > 0; at /= type->shape[i])
        index[i] = at % type->shape[i];
    for (uint32_t i = 0; i < type->rank; i++)
        base_text_printf(text, i ? ", %lld" : "[%lld", (long long)index[i]);
    if (type->rank) base_text_char(text, ']');
    base_text_printf(text, " is %.*s", (int)n, number);
}

// The function in whose rule a place stands, or NULL.
static const SpecFunction *rule_at(const Spec *spec, Span span) {
    for (uint32_t i = 0; i < spec->n_functions; i++) {
        const SpecFunction *function = &spec->functions[i];
        const SpecRule *rule = function->rule;
        if (!rule) continue;
        bool inside = api_holds(rule->all, span) || api_holds(rule->tangent, span);
        for (uint32_t k = 0; k < rule->n_grads; k++)
            inside |= api_holds(rule->grads[k], span);
        for (uint32_t k = 0; k < rule->let.n; k++)
            inside |= api_holds(rule->let.at[k].expr, span);
        if (inside) return function;
    }
    return NULL;
}

// Where a node is written. What a point asks of a built-in itself (`function: norm`) has
// the place of the point, its name; the text is its `function`.
static Span origin_span(const ApiRun *run, const ApiOrigin *origin) {
    const Span span = origin->graph->nodes[origin->node].span, point = run->point->span;
    const bool is_point = span.at == point.at && span.n == point.n;
    return is_point && run->point->function ? run->point->function->span : span;
}

// "the derivative of `sqrt(x)`"
static Status add_place(const Warner *w, Text *text, const ApiOrigin *origin,
                        const SpecFunction *rule) {
    enum { SHOWN = 60 };
    const Node *node = &origin->graph->nodes[origin->node];
    Str source = api_text_at(w->run->diags->sources, origin_span(w->run, origin));
    if (!source.n) source = base_str(ir_prim((Prim)node->prim)->name);
    const bool *of_value = value_nodes(w, origin);
    TRY_ALLOC(of_value);
    if (rule)
        base_text_printf(text, "the rule of `%.*s`: ", STR_ARG(rule->name));
    else if (!of_value[origin->node])
        base_text_add(text, STR("the derivative of "));
    base_text_printf(text, "`%.*s%s`", source.n > SHOWN ? SHOWN : (int)source.n, source.at,
                     source.n > SHOWN ? "…" : "");
    return OK;
}

static Status warn(const Warner *w, const Leaf *leaf, const ApiOrigin *origin) {
    const ApiRun *run = w->run;
    const Type *type = ir_node_type(w->graph, w->graph->outputs[leaf->output]);
    const Span span = origin_span(run, origin);
    const SpecFunction *rule = rule_at(run->spec, span);
    const char *hint = "a custom rule (vjp) can say what the derivative is there";
    Text finding = {.arena = run->arena}, place = {.arena = run->arena};
    if (rule)
        hint = "this is the rule's own text: where(condition, a, b) in it can say what the "
               "derivative is there";
    else if (!origin->within)
        TRY(api_where_hint(run, w->graph, w->of_value, span, &hint));
    add_finding(&finding, leaf, type, run->outputs[leaf->output]);
    TRY(add_place(w, &place, origin, rule));
    if (finding.failed || place.failed) return NOMEM;
    base_warning(run->diags, CODE_W001, span, hint,
                 "%s though the value is finite: it begins in %s", finding.at, place.at);
    return OK;
}

static bool is_said(const Diags *diags, Span span) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *diag = &diags->list.at[i];
        if (diag->code == CODE_W001 && diag->span.at == span.at && diag->span.n == span.n)
            return true;
    }
    return false;
}

// -- the whole ----------------------------------------------------------------------

static Status find_and_warn(Warner *w, uint32_t n, const Leaf *leaves) {
    const ApiRun *run = w->run;
    uint32_t *outputs = NEW_ARRAY(run->arena, uint32_t, n);
    ApiOrigin *origins = NEW_ARRAY(run->arena, ApiOrigin, n);
    if (!outputs || !origins) return NOMEM;
    for (uint32_t i = 0; i < n; i++)
        outputs[i] = leaves[i].output;
    TRY(mark_value(w));
    TRY(api_first_bad(run->arena, w->graph, run->inputs, n, outputs, origins));
    for (uint32_t i = 0; i < n; i++)
        if (!is_said(run->diags, origin_span(run, &origins[i])))
            TRY(warn(w, &leaves[i], &origins[i]));
    return OK;
}

Status api_warn_derivatives(const ApiRun *run) {
    if (!are_inputs_finite(run) || !is_value_finite(run)) return OK;
    LeafList leaves = {0};
    Warner w = {.run = run};
    uint32_t n = 0;
    int64_t at;
    TRY(derivatives(run->arena, run->answer, &leaves));
    for (uint32_t i = 0; i < leaves.n; i++)
        if (is_bad_output(run->answer, run->outputs, leaves.at[i].output, &at))
            leaves.at[n++] = leaves.at[i];
    TRY(xform_without_rules(run->answer->graph, &w.graph));
    return n ? find_and_warn(&w, n, leaves.at) : OK;
}
