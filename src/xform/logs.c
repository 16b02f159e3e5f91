#include "xform/logs.h"

#include "xform/nested.h"

static uint32_t width(const XformLog *log) {
    return xform_log_conditions(log) + log->log->n;
}

// What one node adds may share keys: that of a cond stands for its branches.
static Status check_key(const LogList *list, uint32_t n, Ir *ir, const XformLog *log) {
    for (uint32_t i = 0; i < n; i++) {
        const XformLog *other = &list->logs.at[i];
        if (!base_str_eq(other->log->key, log->log->key)) continue;
        // (Calls are transposed from the last to the first.)
        return base_error_also(
            ir_diags(ir), CODE_E506, other->span, log->span, "the other call",
            "a log has one value: log under another key, or sum the values first",
            "two calls, of `%.*s` and of `%.*s`, log under the key `%.*s`",
            STR_ARG(log->call->name), STR_ARG(other->call->name), STR_ARG(log->log->key));
    }
    return OK;
}

static Status add(LogList *list, const XformLog *log, const NodeId *nodes) {
    for (uint32_t i = 0; i < width(log); i++)
        if (!VEC_PUSH(list->arena, &list->nodes, nodes[i])) return NOMEM;
    return VEC_PUSH(list->arena, &list->logs, *log) ? OK : NOMEM;
}

Status xform_add_call_logs(LogList *list, const Call *call, Span span,
                           const NodeId *nodes) {
    const uint32_t before = list->logs.n;
    for (uint32_t i = 0; i < call->n_logs; i++) {
        const XformLog log = {&call->logs[i], call, span, 0, NULL};
        TRY(check_key(list, before, call->value->ir, &log));
        TRY(add(list, &log, nodes));
        nodes += width(&log);
    }
    return OK;
}

Status xform_add_logs(LogList *list, Ir *ir, const XformLogs *logs, const NodeId *nodes) {
    const uint32_t before = list->logs.n;
    for (uint32_t i = 0; i < logs->n; i++) {
        TRY(check_key(list, before, ir, &logs->at[i]));
        TRY(add(list, &logs->at[i], nodes));
        nodes += width(&logs->at[i]);
    }
    return OK;
}

// -- layers -------------------------------------------------------------------------

// The log with another layer around it.
static Status enclose(Arena *arena, XformLayer layer, XformLog *log) {
    XformLayer *layers = NEW_ARRAY(arena, XformLayer, log->n_layers + 1);
    TRY_ALLOC(layers);
    layers[0] = layer;
    for (uint32_t i = 0; i < log->n_layers; i++)
        layers[i + 1] = log->layers[i];
    log->layers = layers;
    log->n_layers++;
    return OK;
}

Status xform_log_axis(Arena *arena, const XformLogs *logs, XformLogs *result) {
    XformLog *at = NEW_ARRAY(arena, XformLog, logs->n);
    TRY_ALLOC(at);
    for (uint32_t i = 0; i < logs->n; i++) {
        at[i] = logs->at[i];
        TRY(enclose(arena, LAYER_AXIS, &at[i]));
    }
    *result = (XformLogs){logs->n, at};
    return OK;
}

// Of a log whose outermost layer is a condition: another around it is one with it.
static bool is_conditional(const XformLog *log) {
    return log->n_layers && log->layers[0] == LAYER_CONDITION;
}

// -- branches -----------------------------------------------------------------------

// A branch that is built anew, with the logs of both.
typedef struct Join {
    Arena *arena;
    uint32_t n_results;
    const Graph *const *branches;
    const XformLogs *logs;
    uint32_t branch; // 0 or 1
    Builder *b;
    NodeId *outputs;
    uint32_t n;
} Join;

static NodeId boolean(Builder *b, const char *text) {
    const TypeId type = ir_array_type(ir_of(b), DT_BOOL, false, 0, NULL);
    return type == IR_NO_TYPE ? ir_fail(b, NOMEM) : ir_literal(b, type, base_str(text));
}

// A log of branch k, whose nodes there are own[first …].
static void join_log(Join *j, uint32_t k, const XformLog *log, const NodeId *own,
                     uint32_t first) {
    const bool ran = k == j->branch;
    if (!is_conditional(log)) j->outputs[j->n++] = boolean(j->b, ran ? "True" : "False");
    for (uint32_t m = first; m < first + width(log); m++) {
        const TypeId type = xform_output_type(j->branches[k], m);
        j->outputs[j->n++] = ran ? own[m] : ir_zeros(j->b, type);
    }
}

// The outputs of the branch: its results, then the logs of both.
static Status join_outputs(Join *j) {
    const Graph *g = j->branches[j->branch];
    NodeId *map = NEW_ARRAY(j->arena, NodeId, g->n);
    NodeId *in = NEW_ARRAY(j->arena, NodeId, g->n_inputs);
    NodeId *own = NEW_ARRAY(j->arena, NodeId, g->n_outputs);
    if (!map || !in || !own) return NOMEM;
    xform_copy_inputs(j->b, g, NULL, map);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        in[i] = map[g->inputs[i]];
    TRY(ir_inline(j->b, g, in, true, own));
    for (; j->n < j->n_results; j->n++)
        j->outputs[j->n] = own[j->n];
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t next = j->n_results;
        for (uint32_t i = 0; i < j->logs[k].n; i++) {
            const XformLog *log = &j->logs[k].at[i];
            join_log(j, k, log, own, next);
            next += width(log);
        }
    }
    return OK;
}

static Status join_branch(Join *j, const Graph **result) {
    j->outputs =
        NEW_ARRAY(j->arena, NodeId,
                  2 * ((size_t)j->branches[0]->n_outputs + j->branches[1]->n_outputs));
    TRY_ALLOC(j->outputs);
    j->b = ir_builder(j->branches[0]->ir);
    TRY_ALLOC(j->b);
    const Status status = join_outputs(j);
    if (status != OK) {
        ir_builder_drop(j->b);
        return status;
    }
    return ir_finish(j->b, NULL, j->n, j->outputs, result);
}

Status xform_join_logs(Arena *arena, uint32_t n_results, const Graph *branches[2],
                       XformLogs logs[2]) {
    const uint32_t n = logs[0].n + logs[1].n;
    if (n == 0) return OK;
    const Graph *made[2];
    for (uint32_t s = 0; s < 2; s++) {
        Join join = {.arena = arena,
                     .n_results = n_results,
                     .branches = branches,
                     .logs = logs,
                     .branch = s};
        TRY(join_branch(&join, &made[s]));
    }
    XformLog *all = NEW_ARRAY(arena, XformLog, n);
    TRY_ALLOC(all);
    for (uint32_t i = 0; i < n; i++) {
        all[i] = i < logs[0].n ? logs[0].at[i] : logs[1].at[i - logs[0].n];
        if (!is_conditional(&all[i])) TRY(enclose(arena, LAYER_CONDITION, &all[i]));
    }
    branches[0] = made[0];
    branches[1] = made[1];
    logs[0] = (XformLogs){n, all};
    logs[1] = (XformLogs){0};
    return OK;
}

Status xform_keep_logs(Ir *ir, const LogList *list, XformLogs *kept) {
    XformLog *at = NEW_ARRAY(ir_arena(ir), XformLog, list->logs.n);
    TRY_ALLOC(at);
    for (uint32_t i = 0; i < list->logs.n; i++) {
        at[i] = list->logs.at[i];
        XformLayer *layers = NEW_ARRAY(ir_arena(ir), XformLayer, at[i].n_layers);
        TRY_ALLOC(layers);
        for (uint32_t k = 0; k < at[i].n_layers; k++)
            layers[k] = at[i].layers[k];
        at[i].layers = layers;
    }
    *kept = (XformLogs){list->logs.n, at};
    return OK;
}
