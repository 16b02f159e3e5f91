// The inside of a context: for this folder alone.
#ifndef API_CONTEXT_H
#define API_CONTEXT_H

#include "api/warn.h"
#include "cggrad.h"
#include "doc/data.h"
#include "exec/plan.h"
#include "front/request.h"

// A point: of the spec, or added by cg_add_point (then its arguments are texts).
typedef struct Point {
    SpecPoint *spec;
    const char *function; // as written
    uint32_t n_texts;
    RequestText *texts;
    const char *const *at; // the texts as they were given: n_at
    size_t n_at;
    bool added; // it is none of the spec's
    uint32_t
        served_by; // since its last run: the number of the point that was traced for it
} Point;

// A traced and planned request, found again by its key.
typedef struct Prepared {
    Answer answer;
    Plan *plan;           // NULL: only traced so far
    ApiLiterals literals; // of its graph that their dtypes cannot hold
    uint32_t point;       // the number of the one that asked first
} Prepared;

typedef struct LoadedSpec {
    Str name;
    Str text;     // that was read, if any
    Arena *arena; // document, spec, plans: all that lives as long as the context
    Spec *spec;
    Ir *ir;
    Front *front;
    VEC(Point) points;
    const char **function_names; // for each function of the spec
    StrMap *prepared_index;      // key → number in prepared
    VEC(Prepared *) prepared;
    StrMap *file_index; // what was taken of which file → number in files
    VEC(DocArray) files;
    const char *expression, *vjp; // of a one-liner: -e and --vjp (or NULL)
    struct ApiRules *rules;       // rule_calls.h; NULL: nobody has asked yet
} LoadedSpec;

struct cg_context {
    Arena *arena;
    Sources *sources;
    Diags diags;
    VEC(LoadedSpec *) specs;
    VEC(LoadedSpec *) refused; // their texts are quoted by diagnostics
    Arena *result_arena;       // of the last result
    cg_stats stats;
    Arena *shown_arena; // diagnostics as the caller sees them
    VEC(cg_diagnostic) shown;
    bool shown_is_old;                // diagnostics of the list have changed since
    const struct ExactBackend *exact; // once it was asked for
};

static inline cg_status api_status(Status status) {
    return status == OK ? CG_OK : status == NOMEM ? CG_NOMEM : CG_FAILED;
}

// Adds a text of the command line (copied) to the sources; `name` names it in diagnostics.
Status api_add_text(cg_context *cg, LoadedSpec *loaded, const char *name, const char *text,
                    SpecText *result) MUST_USE;

// An argument (or cotangent, or tangent) of a point with its numbers.
typedef struct ApiValue {
    Tree tree;
    VEC(const void *) leaves; // the elements of each leaf
} ApiValue;

// How numbers are read: the dtype of plain ones, and where complaints go.
typedef struct ApiReader {
    LoadedSpec *spec;
    Diags *diags;
    Arena *arena;
    Dtype dtype;
    bool null_parts; // null is allowed (cotangents, tangents)
    bool keep_weak;  // weak results keep the dtype that they were computed in
} ApiReader;

// Reads a document's value: a number, nested sequences (an array where they are
// rectangular, else a tuple), a text (a constant expression, evaluated by the vm), {value,
// dtype}, {file: …}, {record: …} or another mapping (a record).
Status api_read_value(ApiReader *reader, const DocNode *node, ApiValue *value) MUST_USE;
// Reads {file: …}: an array of its own dtype (of a table the reader's), once for all
// points. E401, E402, E405, E701, E801, E803.
Status api_read_file(ApiReader *reader, const DocNode *mapping, DocArray *array) MUST_USE;
// The same for an expression given as text on the command line.
Status api_read_expr(ApiReader *reader, const Expr *expr, ApiValue *value) MUST_USE;

// What a point asks, and the graph that answers it.
typedef struct ApiTraced {
    Request request;              // of a batch, for a row
    const struct ApiBatch *batch; // batch.h
    const void *const *inputs;    // the elements of every input, of a batch of all rows
    Answer answer;
} ApiTraced;
// Answers of a front of its own, by what was asked; they live as long as the spec.
typedef struct ApiAnswers {
    Front *front;
    StrMap *index;
    VEC(Answer *) list;
} ApiAnswers;
// Traces a point. `kept` NULL: by the spec's front, and nothing is kept; else what was
// asked before is found there. All that `traced` holds lives in the arena, but for kept
// answers.
Status api_trace(LoadedSpec *spec, ApiAnswers *kept, const Point *point,
                 const cg_run_options *options, Diags *diags, Arena *arena,
                 ApiTraced *traced) MUST_USE;
// Forgets the last result; the arena for the next, or NULL.
Arena *api_result_arena(cg_context *cg);
// The arrays and stacks that the leaves of a structure are: an entry for each leaf.
typedef struct ApiLeaves {
    void *const *data;
    ExecDecimal *const *decimals; // of arrays; NULL: none has any
    const bool *failed_rows;      // of a batch, or NULL
} ApiLeaves;
// A host value in a structure that the caller of the library sees.
Status api_make_value(Ir *ir, Arena *arena, const Tree *tree, const ApiLeaves *leaves,
                      uint32_t *next, cg_value *value) MUST_USE;

// A diagnostic as the caller sees it.
Status api_make_diagnostic(const Diags *diags, Arena *arena, const Diag *diag,
                           cg_diagnostic *shown) MUST_USE;

// A place as the caller sees it; `key` is kept, not copied. A span without a place is OK.
Status api_make_place(cg_context *cg, Span span, const char *key, cg_place *shown) MUST_USE;

#endif
