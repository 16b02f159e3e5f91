// The logs of vjp rules, while their calls are transposed.
#ifndef XFORM_LOGS_H
#define XFORM_LOGS_H

#include "base/vec.h"
#include "xform/xform.h"

// Logs of a graph's calls so far, and their nodes: of each its booleans and arrays.
typedef struct LogList {
    Arena *arena;
    VEC(XformLog) logs;
    VEC(NodeId) nodes;
} LogList;

// Adds the logs of a call, whose rule was inlined. E506 where a key is taken.
Status xform_add_call_logs(LogList *list, const Call *call, Span span,
                           const NodeId *nodes) MUST_USE;
// Adds those of a node that holds graphs. E506.
Status xform_add_logs(LogList *list, Ir *ir, const XformLogs *logs,
                      const NodeId *nodes) MUST_USE;
// The logs of a graph that is run for each trip or lane.
Status xform_log_axis(Arena *arena, const XformLogs *logs, XformLogs *result) MUST_USE;
// The two branches of a cond, the first n_results outputs of which are results, with the
// logs of both, into logs[0]. Where a branch has a log not, its arrays are zeros.
Status xform_join_logs(Arena *arena, uint32_t n_results, const Graph *branches[2],
                       XformLogs logs[2]) MUST_USE;
// The list in the Ir's arena.
Status xform_keep_logs(Ir *ir, const LogList *list, XformLogs *kept) MUST_USE;

#endif
