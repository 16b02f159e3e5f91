// Batches of rows: a point is traced for one row, its graph then given a leading axis. For
// this folder alone.
#ifndef API_BATCH_H
#define API_BATCH_H

#include "api/context.h"

// Which of a point's values carry a leading axis, one entry for each row.
typedef struct ApiBatch {
    int64_t size; // rows; -1: the point is no batch
    VEC(bool) in; // for each input of the graph: whether it has the axis
    Str first;    // of the arguments that have it, for messages
    Span first_span;
    bool *batched;       // for each argument
    Str *names;          // of the arguments, as far as they are known
    uint32_t *positions; // and which parameters they are bound to
} ApiBatch;

// What stands around a request while it is made one for a row.
typedef struct ApiBatching {
    LoadedSpec *spec;
    const SpecPoint *point;
    Diags *diags;
    Arena *arena;
    ApiBatch *batch;
} ApiBatching;

// Turns the request, whose types are those of all rows, into one for a row, and says in
// `batch` what is batched. An argument that is batched has the axis in every array; so has
// its tangent, and the cotangent, but for plain scalars, which serve every row. E402, E403,
// E404.
Status api_split_rows(const ApiBatching *batching, Request *request) MUST_USE;

// The answer for all rows as one graph, made of the answer for a row: every output has the
// axis.
Status api_batch_answer(Arena *arena, Ir *ir, const ApiBatch *batch, const Answer *row,
                        Answer *all) MUST_USE;

// Row `at` of arrays (the inputs or the outputs of a row's graph): where each begins.
// in NULL: all have the axis.
void api_row_of(const Graph *row, uint32_t n, const NodeId *nodes, const bool *in,
                int64_t at, const void *const *all, const void **one);

#endif
