// Graphs as the caller of the library sees them: for this folder's own files.
#ifndef API_GRAPH_H
#define API_GRAPH_H

#include "api/context.h"

// -- points traced apart (apart.c) --------------------------------------------------

// A point traced anew with an Ir of its own: what is shown of it depends on nothing that
// ran before, and nothing that runs afterwards on it.
typedef struct ApiApart {
    LoadedSpec spec; // the point's, with its own Ir and tracer
    Arena *arena;
    Diags *diags;
    ApiTraced traced;
    const Graph *graph; // the answer's; below it is replaced step by step
} ApiApart;

// A point of a spec, what is asked of it (as in cg_run_options), and where complaints go.
typedef struct ApiQuestion {
    const LoadedSpec *spec;
    const Point *point;
    unsigned compute;
    const char *argnums;
    Diags *diags;
    Arena *arena; // of the answer
} ApiQuestion;
// To be dropped, unless it failed.
Status api_trace_apart(const ApiQuestion *question, ApiApart *apart) MUST_USE;
void api_drop_apart(ApiApart *apart);
// Calls become what they compute.
Status api_strip_apart(ApiApart *apart) MUST_USE;
// As it is run: without calls, optimised.
Status api_optimise_apart(ApiApart *apart) MUST_USE;
// Plans the optimised graph.
Status api_plan_apart(ApiApart *apart, cg_plan *plan) MUST_USE;

// -- texts (graph_texts.c) ----------------------------------------------------------

// Every node has the span of the text that made it: these tables say whose text that is.

// The text of one expression. Texts do not overlap.
typedef struct ApiText {
    Span span;
    int group; // of the groups, or -1
} ApiText;

// A named expression: a `let`, a constant.
typedef struct ApiName {
    Span span; // the whole expression
    const char *name;
    // For who names nodes: the last graph where one got the name (one more than its
    // number), the first one there, and whether the value needs that.
    uint32_t named_in;
    uint16_t prim;
    bool primal;
} ApiName;

typedef struct ApiTexts {
    Arena *arena;
    const Sources *sources;
    VEC(ApiText) texts;   // in order of their places
    VEC(ApiName) names;   // likewise
    VEC(cg_group) groups; // for each function with a rule: its value, its rule
} ApiTexts;

// All expressions of a spec, and that of a point's function.
Status api_texts(const Spec *spec, const Expr *function, ApiTexts *texts) MUST_USE;
// The text that a span lies in, or NULL.
const ApiText *api_text_of(const ApiTexts *texts, Span span);
// The name of the expression that a span is the whole of, or NULL.
ApiName *api_name_of(const ApiTexts *texts, Span span);
// The text of a span on one line, cut when long. NULL: out of memory.
const char *api_source_text(const ApiTexts *texts, Span span);

// -- models (graph_model.c) ---------------------------------------------------------

typedef struct ApiModel {
    const Graph *graph;
    ApiTexts *texts;
    const char *const *inputs; // the name of each input
    uint32_t n_arguments;      // the inputs that are arguments: they come first
    const char *const *labels; // of each output
    const bool *is_value;      // whether each output is part of the value
    bool derivatives;          // other outputs are derivatives
} ApiModel;

// The model of a graph, nested graphs included, in the texts' arena; the listing gets it
// and the numbers of its nodes. Linear in the size of all graphs.
Status api_model(const ApiModel *model, cg_listing *listing) MUST_USE;
// The number of nodes that a model of the graph has.
Status api_count_nodes(const Graph *graph, size_t *n) MUST_USE;

// The operation of a node with what its types do not say (graph_operation.c). NULL: out of
// memory.
const char *api_operation(Arena *arena, const Graph *g, const Node *node);

#endif
