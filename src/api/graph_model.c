// The model of a graph: what the caller of the library sees of its nodes.
//
// `out` nodes, which take one output of a node that has several, are left out: operands say
// which output they are. A graph that is nested in several nodes has one model. A graph has
// a higher number than those nested in it, so that one pass from the highest down knows of
// each graph what all its holders say.
#include "api/graph.h"
#include "ir/call.h"
#include "xform/nested.h"

// A graph that was reached.
typedef struct Entry {
    const Graph *graph;
    cg_graph *model;
    bool *primal;       // by node: the value needs it
    const char **names; // by input
} Entry;

typedef struct Maker {
    const ApiModel *about;
    ApiTexts *texts;
    Arena *arena;    // the model's
    Arena *scratch;  // gone when it stands
    Entry **entries; // by graph number; NULL: not reached
    uint32_t n_reached;
    cg_listing *listing;
} Maker;

// One graph's turn.
typedef struct Turn {
    Maker *maker;
    const Graph *g;
    Entry *entry;
    cg_operand *map; // by node: its place in the model; of `out` nodes what they take
    cg_node *nodes;
    bool *inner; // by node: made by the same text as a node that uses it
} Turn;

static Status reach(Maker *m, const Graph *g) {
    if (m->entries[g->id]) return OK;
    Entry *entry = NEW(m->scratch, Entry);
    TRY_ALLOC(entry);
    *entry = (Entry){.graph = g,
                     .model = NEW(m->arena, cg_graph),
                     .primal = NEW_ARRAY(m->scratch, bool, g->n),
                     .names = NEW_ARRAY(m->scratch, const char *, g->n_inputs)};
    if (!entry->model || !entry->primal || !entry->names) return NOMEM;
    entry->model->number = m->n_reached++;
    m->entries[g->id] = entry;
    return OK;
}

// -- what the value needs -----------------------------------------------------------

// Marks what the marked nodes need, in this graph and, by the outputs that are needed, in
// those nested in it.
static void sweep(Turn *turn) {
    const Graph *g = turn->g;
    bool *primal = turn->entry->primal;
    for (uint32_t id = g->n; id-- > 0;) {
        const Node *node = &g->nodes[id];
        if (!primal[id]) continue;
        for (uint32_t i = 0; i < node->n_in; i++)
            primal[ir_in(g, node)[i]] = true;
        if (node->prim != PRIM_out) continue;
        const Nested nested = xform_inner_graphs(g, &g->nodes[ir_in(g, node)[0]]);
        for (uint32_t i = 0; i < nested.n; i++) {
            const Graph *inner = nested.graphs[i];
            Entry *entry = turn->maker->entries[inner->id];
            entry->primal[inner->outputs[ir_attr(g, node)[0]]] = true;
        }
    }
}

// -- nodes --------------------------------------------------------------------------

static const char *type_text(const Turn *turn, TypeId type) {
    Text text = {.arena = turn->maker->arena};
    ir_type_text(turn->g->ir, type, &text);
    return text.failed ? NULL : text.at;
}

static Status set_types(Turn *turn, const Node *node, cg_node *shown) {
    const Type *type = ir_type(turn->g->ir, node->type);
    const bool several = type->kind == TYPE_OUTS;
    shown->n_types = several ? type->n_outs : 1;
    const char **texts = NEW_ARRAY(turn->maker->arena, const char *, shown->n_types);
    TRY_ALLOC(texts);
    for (uint32_t i = 0; i < shown->n_types; i++) {
        texts[i] = type_text(turn, several ? type->outs[i] : node->type);
        TRY_ALLOC(texts[i]);
    }
    shown->types = texts;
    return OK;
}

static Status set_operands(Turn *turn, const Node *node, cg_node *shown) {
    cg_operand *operands = NEW_ARRAY(turn->maker->arena, cg_operand, node->n_in);
    TRY_ALLOC(operands);
    for (uint32_t i = 0; i < node->n_in; i++)
        operands[i] = turn->map[ir_in(turn->g, node)[i]];
    shown->n_operands = node->n_in;
    shown->operands = operands;
    return OK;
}

static const char *nested_label(const Turn *turn, const Node *node, const Nested *nested,
                                uint32_t i) {
    Text label = {.arena = turn->maker->arena};
    if (node->prim == PRIM_call)
        base_text_add(&label,
                      ir_call(turn->g->ir, (uint32_t)ir_attr(turn->g, node)[0])->name);
    else if (node->prim == PRIM_cond)
        base_text_add(&label, i == 0 ? STR("if true") : STR("if false"));
    else if (node->prim == PRIM_checkpoint)
        base_text_add(&label, STR("inside"));
    else if (!nested->is_loop)
        base_text_printf(&label, "each of %lld lanes", (long long)nested->lanes);
    else if (nested->loop.kind == LOOP_STATIC)
        base_text_printf(&label, "each of %lld trips", (long long)nested->loop.trips);
    else
        base_text_add(&label, STR("each trip"));
    return label.failed ? NULL : label.at;
}

// The graphs within a node; their inputs are named after its operands.
static Status set_graphs(Turn *turn, NodeId id, const Node *node, cg_node *shown) {
    const Nested nested = xform_inner_graphs(turn->g, node);
    if (nested.n == 0) return OK;
    cg_nested *graphs = NEW_ARRAY(turn->maker->arena, cg_nested, nested.n);
    TRY_ALLOC(graphs);
    for (uint32_t i = 0; i < nested.n; i++) {
        Entry *entry = turn->maker->entries[nested.graphs[i]->id];
        graphs[i] = (cg_nested){nested_label(turn, node, &nested, i), entry->model};
        TRY_ALLOC(graphs[i].label);
        entry->model->n_uses++;
        const uint32_t first = node->n_in - nested.n_inputs;
        for (uint32_t k = 0; k < nested.n_inputs; k++) {
            const NodeId operand = ir_in(turn->g, node)[first + k];
            const char *name = turn->nodes[turn->map[operand].node].name;
            if (!entry->names[k]) entry->names[k] = name;
            if (turn->entry->primal[id] && turn->entry->primal[operand])
                entry->primal[nested.graphs[i]->inputs[k]] = true;
        }
    }
    shown->n_graphs = nested.n;
    shown->graphs = graphs;
    return OK;
}

static Status set_texts(Turn *turn, const Node *node, cg_node *shown) {
    const ApiText *text = api_text_of(turn->maker->texts, node->span);
    shown->name = shown->source = "";
    shown->group = -1;
    if (node->prim == PRIM_input || !text) return OK;
    shown->group = text->group;
    if (node->prim == PRIM_literal) return OK;
    shown->source = api_source_text(turn->maker->texts, node->span);
    return shown->source ? OK : NOMEM;
}

static Status make_node(Turn *turn, NodeId id, cg_node *shown) {
    const Node *node = &turn->g->nodes[id];
    *shown = (cg_node){.kind = node->prim == PRIM_input     ? CG_INPUT
                               : node->prim == PRIM_literal ? CG_LITERAL
                                                            : CG_OPERATION,
                       .op = api_operation(turn->maker->arena, turn->g, node),
                       .is_derivative =
                           turn->maker->about->derivatives && !turn->entry->primal[id]};
    TRY_ALLOC(shown->op);
    TRY(set_types(turn, node, shown));
    TRY(set_operands(turn, node, shown));
    TRY(set_texts(turn, node, shown));
    return OK;
}

static void count(cg_listing *listing, const cg_node *node, const cg_group *groups) {
    listing->nodes++;
    listing->derivative_nodes += node->is_derivative;
    listing->rule_nodes += node->group >= 0 && groups[node->group].is_rule;
}

static Status make_nodes(Turn *turn) {
    const Graph *g = turn->g;
    uint32_t n = 0;
    for (NodeId id = 0; id < g->n; id++) {
        const Node *node = &g->nodes[id];
        if (node->prim == PRIM_out) {
            const cg_operand whole = turn->map[ir_in(g, node)[0]];
            turn->map[id] = (cg_operand){whole.node, (uint32_t)ir_attr(g, node)[0]};
            continue;
        }
        turn->map[id] = (cg_operand){n, 0};
        TRY(make_node(turn, id, &turn->nodes[n]));
        count(turn->maker->listing, &turn->nodes[n], turn->maker->texts->groups.at);
        n++;
    }
    turn->entry->model->n_nodes = n;
    turn->entry->model->nodes = turn->nodes;
    return OK;
}

// -- names --------------------------------------------------------------------------

static bool same_text(Span a, Span b) {
    return a.at == b.at && a.n == b.n;
}

// A text may make several nodes (mean: a sum and a quotient). Those that another of them
// uses are not its value.
static void find_inner(Turn *turn) {
    const Graph *g = turn->g;
    for (NodeId id = 0; id < g->n; id++) {
        const Node *node = &g->nodes[id];
        if (node->prim == PRIM_out) continue;
        for (uint32_t i = 0; i < node->n_in; i++) {
            NodeId operand = ir_in(g, node)[i];
            if (g->nodes[operand].prim == PRIM_out)
                operand = ir_in(g, &g->nodes[operand])[0];
            if (same_text(g->nodes[operand].span, node->span)) turn->inner[operand] = true;
        }
    }
}

// A number needs no name: it is shown as what it is.
static bool may_be_named(const Turn *turn, NodeId id) {
    const Node *node = &turn->g->nodes[id];
    if (node->prim == PRIM_out || node->prim == PRIM_input || turn->inner[id]) return false;
    return node->prim != PRIM_literal || ir_node_type(turn->g, id)->rank > 0;
}

// Names the nodes that are a `let` or a constant. What the value needs comes first: a
// derivative's nodes have the same texts, and so may be another call's. Later nodes of a
// text are its value once more only if they are the same operation.
static void name_nodes(Turn *turn, bool primal) {
    const uint32_t stamp = turn->entry->model->number + 1;
    for (NodeId id = 0; id < turn->g->n; id++) {
        const Node *node = &turn->g->nodes[id];
        cg_node *shown = &turn->nodes[turn->map[id].node];
        if (!may_be_named(turn, id) || shown->is_derivative == primal) continue;
        ApiName *name = api_name_of(turn->maker->texts, node->span);
        if (!name) continue;
        if (name->named_in != stamp) {
            name->named_in = stamp;
            name->prim = node->prim;
            name->primal = primal;
        }
        if (name->prim == node->prim && name->primal == primal) shown->name = name->name;
    }
}

// -- graphs -------------------------------------------------------------------------

static Status make_ends(Turn *turn) {
    const Graph *g = turn->g;
    const ApiModel *about = turn->maker->about;
    const bool outermost = g == about->graph;
    cg_graph *model = turn->entry->model;
    uint32_t *inputs = NEW_ARRAY(turn->maker->arena, uint32_t, g->n_inputs);
    cg_output *outputs = NEW_ARRAY(turn->maker->arena, cg_output, g->n_outputs);
    if (!inputs || !outputs) return NOMEM;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        inputs[i] = turn->map[g->inputs[i]].node;
        const char *name = outermost ? about->inputs[i] : turn->entry->names[i];
        const bool shared = model->n_uses > 1; // then its holders call it differently
        if (name && !shared) turn->nodes[inputs[i]].name = name;
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        outputs[i] =
            (cg_output){outermost ? about->labels[i] : "", turn->map[g->outputs[i]]};
    model->n_inputs = g->n_inputs;
    model->inputs = inputs;
    model->n_outputs = g->n_outputs;
    model->outputs = outputs;
    model->n_groups = turn->maker->texts->groups.n;
    model->groups = turn->maker->texts->groups.at;
    return OK;
}

static Status reach_graphs(Turn *turn) {
    for (NodeId id = 0; id < turn->g->n; id++) {
        const Nested nested = xform_inner_graphs(turn->g, &turn->g->nodes[id]);
        for (uint32_t i = 0; i < nested.n; i++)
            TRY(reach(turn->maker, nested.graphs[i]));
    }
    return OK;
}

static Status make_graph(Maker *m, Entry *entry) {
    const Graph *g = entry->graph;
    Turn turn = {.maker = m,
                 .g = g,
                 .entry = entry,
                 .map = NEW_ARRAY(m->scratch, cg_operand, g->n),
                 .nodes = NEW_ARRAY(m->arena, cg_node, g->n),
                 .inner = NEW_ARRAY(m->scratch, bool, g->n)};
    if (!turn.map || !turn.nodes || !turn.inner) return NOMEM;
    TRY(reach_graphs(&turn));
    sweep(&turn);
    TRY(make_nodes(&turn));
    find_inner(&turn);
    name_nodes(&turn, true);
    name_nodes(&turn, false);
    TRY(make_ends(&turn));
    for (NodeId id = 0; id < g->n; id++) {
        const Node *node = &g->nodes[id];
        if (node->prim != PRIM_out)
            TRY(set_graphs(&turn, id, node, &turn.nodes[turn.map[id].node]));
    }
    return OK;
}

static Status make_model(Maker *m) {
    const ApiModel *about = m->about;
    const Graph *g = about->graph;
    m->entries = NEW_ARRAY(m->scratch, Entry *, g->id + 1);
    TRY_ALLOC(m->entries);
    TRY(reach(m, g));
    bool *primal = m->entries[g->id]->primal;
    for (uint32_t i = 0; i < about->n_arguments; i++)
        primal[g->inputs[i]] = true;
    for (uint32_t i = 0; i < g->n_outputs; i++)
        primal[g->outputs[i]] |= about->is_value[i];
    m->listing->graph = m->entries[g->id]->model;
    for (uint32_t id = g->id + 1; id-- > 0;)
        if (m->entries[id]) TRY(make_graph(m, m->entries[id]));
    return OK;
}

Status api_model(const ApiModel *model, cg_listing *listing) {
    Maker m = {.about = model,
               .texts = model->texts,
               .arena = model->texts->arena,
               .scratch = base_arena_new(),
               .listing = listing};
    TRY_ALLOC(m.scratch);
    const Status status = make_model(&m);
    base_arena_free(m.scratch);
    return status;
}

Status api_count_nodes(const Graph *graph, size_t *n) {
    Arena *arena = base_arena_new();
    const Graph **reached = arena ? NEW_ARRAY(arena, const Graph *, graph->id + 1) : NULL;
    *n = 0;
    if (reached) reached[graph->id] = graph;
    for (uint32_t id = reached ? graph->id + 1 : 0; id-- > 0;) {
        const Graph *g = reached[id];
        for (NodeId k = 0; g && k < g->n; k++) {
            const Nested nested = xform_inner_graphs(g, &g->nodes[k]);
            *n += g->nodes[k].prim != PRIM_out;
            for (uint32_t i = 0; i < nested.n; i++)
                reached[nested.graphs[i]->id] = nested.graphs[i];
        }
    }
    base_arena_free(arena);
    return reached ? OK : NOMEM;
}
