// Errors of the drivers. E508 names the jvp rule that is not linear: the nodes of a rule's
// graph do not say whose they are once inlined, so, the error being there, each inlined
// rule is asked whether it is linear by itself.
#include "xform/memo.h"
#include "xform/partial.h"
#include "xform/xform.h"

#include <stdarg.h>

Status xform_unexpected(const Graph *g, const Node *node, const char *transformation) {
    return base_error(ir_diags(g->ir), CODE_E901, node->span, NULL,
                      "`%s` reached %s, which has no rule for it",
                      ir_prim((Prim)node->prim)->name, transformation);
}

Status xform_note_jvp_rule(Call *call) {
    Ir *ir = call->value->ir;
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    const MemoKey key = xform_key(arena, MEMO_JVP_RULE, call->id);
    Status status = OK;
    if (!xform_recall(ir, &key)) {
        JvpRules *rules = xform_jvp_rules(ir);
        status = rules && VEC_PUSH(ir_arena(ir), &rules->calls, call)
                     ? xform_keep(ir, &key, call)
                     : NOMEM;
    }
    base_arena_free(arena);
    return status;
}

// Splits and transposes the rule's own graph, in its tangents: FAILED if that is E508.
static Status try_rule(Arena *arena, Call *call) {
    const Graph *rule;
    TRY(call->jvp(call, &rule));
    const uint32_t n_values = call->n_args + call->n_captures;
    const uint32_t n_out = call->value->n_outputs;
    bool *unknown = NEW_ARRAY(arena, bool, rule->n_inputs);
    bool *linear = NEW_ARRAY(arena, bool, rule->n_outputs);
    bool *want = NEW_ARRAY(arena, bool, rule->n_outputs);
    bool *all = NEW_ARRAY(arena, bool, rule->n_inputs);
    if (!unknown || !linear || !want || !all) return NOMEM;
    for (uint32_t i = 0; i < rule->n_inputs; i++)
        all[i] = true;
    for (uint32_t i = n_values; i < rule->n_inputs; i++)
        unknown[i] = true;
    for (uint32_t i = n_out; i < rule->n_outputs; i++)
        linear[i] = want[i] = true;
    const PartialQuestion question = {.n = 1,
                                      .graphs = &rule,
                                      .unknown = unknown,
                                      .linear = linear,
                                      .want = want,
                                      .keep = all};
    const Partial *parts;
    TRY(xform_partial(&question, &parts));
    const Graph *l = parts->linear[0], *t;
    bool *inputs = NEW_ARRAY(arena, bool, l->n_inputs);
    bool *ct = NEW_ARRAY(arena, bool, l->n_outputs);
    bool *result = NEW_ARRAY(arena, bool, l->n_inputs);
    if (!inputs || !ct || !result) return NOMEM;
    for (uint32_t i = parts->references.n + parts->n_saved; i < l->n_inputs; i++)
        inputs[i] = true;
    for (uint32_t i = 0; i < l->n_outputs; i++)
        ct[i] = true;
    return xform_transpose(l, inputs, ct, NULL, &t, result);
}

// Whether the rule is not linear because of a node at `span`. *other: it is not linear, but
// because of another. What is reported meanwhile is dropped.
static bool is_culprit(Arena *arena, Call *call, Span span, bool *other) {
    Ir *ir = call->value->ir;
    Diags *diags = ir_diags(ir);
    Diags unheard = {.arena = arena, .sources = diags->sources};
    ir_set_diags(ir, &unheard);
    const Status status = try_rule(arena, call);
    ir_set_diags(ir, diags);
    if (status != FAILED || unheard.list.n == 0) return false;
    const Diag *said = &unheard.list.at[0];
    *other = said->code == CODE_E508;
    return *other && said->span.at == span.at && said->span.n == span.n;
}

// The inlined rule that the error at `span` is about, or NULL: the first that fails there,
// else the first that fails at all.
static const Call *find_rule(Arena *arena, Ir *ir, Span span) {
    JvpRules *rules = xform_jvp_rules(ir);
    if (!rules || rules->searching) return NULL;
    const Call *any = NULL, *found = NULL;
    rules->searching = true;
    for (uint32_t i = 0; i < rules->calls.n && !found; i++) {
        bool other = false;
        if (is_culprit(arena, rules->calls.at[i], span, &other))
            found = rules->calls.at[i];
        else if (other && !any)
            any = rules->calls.at[i];
    }
    rules->searching = false;
    return found ? found : any;
}

static Status report(Arena *arena, Ir *ir, Span span, const char *why) {
    static const char hint[] =
        "reverse mode transposes the rule: each of its summands must be one tangent times "
        "something without tangents (a literal 0 is allowed); or give the function a vjp "
        "rule";
    const Call *call = find_rule(arena, ir, span);
    if (!call) {
        return base_error(ir_diags(ir), CODE_E508, span, hint,
                          "a jvp rule is not linear in its tangents: %s", why);
    }
    return base_error_also(ir_diags(ir), CODE_E508, call->span, span, "here", hint,
                           "the jvp rule of `%.*s` is not linear in its tangents: %s",
                           STR_ARG(call->name), why);
}

Status xform_not_linear(Ir *ir, Span span, const char *format, ...) {
    Arena *arena = base_arena_new();
    TRY_ALLOC(arena);
    Text why = {.arena = arena};
    va_list args;
    va_start(args, format);
    base_text_vprintf(&why, format, args);
    va_end(args);
    const Status status = why.failed ? NOMEM : report(arena, ir, span, why.at);
    base_arena_free(arena);
    return status;
}
