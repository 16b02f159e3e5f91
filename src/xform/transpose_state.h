// The inside of transpose: for transpose.c, which walks graphs, and transpose_loop.c, which
// turns loops around.
#ifndef XFORM_TRANSPOSE_STATE_H
#define XFORM_TRANSPOSE_STATE_H

#include "xform/logs.h"
#include "xform/nested.h"

// What is asked of a graph. Masks as of xform_transpose.
typedef struct TransposeQuestion {
    const Graph *l;
    const bool *linear, *ct;
    const bool *force; // or NULL
    const bool *sums;  // linear inputs whose cotangent is added to a sum so far; or NULL
    bool with_logs;
} TransposeQuestion;

// T: known inputs, sums, cotangents → cotangents of linear inputs (an input with a sum has
// one), then the logs.
typedef struct TransposeResult {
    const Graph *t;
    const bool *result;
    XformLogs logs;
} TransposeResult;

typedef struct Transpose {
    const TransposeQuestion *question;
    const Graph *l;
    Builder *b;
    Arena *arena;
    bool *linear; // by node: depends on a linear input or a marked zero
    bool *needed; // linear: a cotangent may reach it; else: such a node depends on it
    NodeId *map;  // by node that is not linear: its copy
    NodeId *ct;   // by linear node: its cotangent, or IR_NONE; of a node with several
                  // outputs: the place in `outs`
    VEC(NodeId) outs;
    LogList *logs; // NULL: not wanted
    // Of the node at hand, as long as the widest needs:
    NodeId *in, *cts;
    TypeId *types;
    bool *bits;
} Transpose;

// Memoised.
Status xform_transposed(const TransposeQuestion *question,
                        const TransposeResult **result) MUST_USE;

// Adds to the cotangent of a node of l; nothing where c is IR_NONE or the node takes none.
void xform_add_cotangent(Transpose *v, NodeId node, NodeId c);
// E508: the node adds a value that is no tangent to one.
Status xform_affine(const Transpose *v, const Node *node) MUST_USE;

// The cotangents of a loop's operands, from those of its outputs.
Status xform_transpose_loop(Transpose *v, NodeId id, const Node *node,
                            const Loop *loop) MUST_USE;

#endif
