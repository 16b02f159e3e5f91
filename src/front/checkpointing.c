// checkpoint: a function whose derivative computes again what it needs of the inside.
#include "front/arrays.h"
#include "front/function.h"

// JAX's keywords that ask for something else than what is always done here.
static Status check_keywords(Trace *t, Value prevent_cse, Value policy) {
    bool prevented;
    TRY(front_static_bool(t, prevent_cse, "prevent_cse", &prevented));
    if (!prevented) {
        return base_error(t->diags, CODE_E403, t->span, "leave prevent_cse out",
                          "`checkpoint` never merges what is computed again with what was "
                          "computed first: prevent_cse=False has no meaning here");
    }
    if (policy.kind == VALUE_NONE) return OK;
    return base_error(t->diags, CODE_E403, t->span,
                      "what is to be saved is computed outside of the function, and passed "
                      "to it",
                      "`checkpoint` saves nothing of the inside: it has no policy, got %s",
                      front_kind_text(t, policy));
}

Status front_body_checkpoint(Trace *t, const Builtin *self, const Value *args,
                             Value *result) {
    TRY(front_check_function(t, self, args[0]));
    TRY(check_keywords(t, args[1], args[2]));
    const Transformed made = {
        .kind = TRANSFORM_CHECKPOINT, .inner = args[0], .argnums = args[3]};
    return front_transformed(t, made, self, result);
}

// -- calls --------------------------------------------------------------------------

static bool holds_array(Value value) {
    if (value.kind == VALUE_ARRAY) return true;
    const bool parts = front_is_sequence(value) || value.kind == VALUE_RECORD;
    for (uint32_t i = 0; parts && i < value.n; i++)
        if (holds_array(value.items[i])) return true;
    return false;
}

// E407 where an argument that is said to be static has a value that is not known yet.
static Status check_static(Trace *t, Value number, const Args *args) {
    int64_t at;
    TRY(front_static_int(t, number, "static_argnums", &at));
    const int64_t given = at;
    if (at < 0) at += args->n;
    if (at < 0 || at >= args->n) {
        return base_error(t->diags, CODE_E403, args->span,
                          "they count from 0, or from the end: -1 is the last one",
                          "static_argnums: %lld is out of range for %u argument%s",
                          (long long)given, args->n, args->n == 1 ? "" : "s");
    }
    if (!holds_array(args->at[at])) return OK;
    return base_error(t->diags, CODE_E407, args->spans[at],
                      "static are literals, shapes, constants, and arguments declared "
                      "`static: true`",
                      "argument %lld is one of static_argnums, but its value, %s, is not "
                      "known before it runs",
                      (long long)at, front_kind_text(t, args->at[at]));
}

static Status check_statics(Trace *t, const Transformed *tf, const Args *args) {
    const bool several = front_is_sequence(tf->argnums);
    if (several && tf->argnums.n == 0) return OK;
    Args positional;
    TRY(front_positional(t, tf->inner.function, args, &positional));
    for (uint32_t i = 0; i < (several ? tf->argnums.n : 1); i++)
        TRY(check_static(t, several ? tf->argnums.items[i] : tf->argnums, &positional));
    return OK;
}

// The arrays that the function is given, and those it closes over, are captured: operands.
Status front_call_checkpoint(Trace *t, const Transformed *tf, const Args *args,
                             Value *result) {
    Closed closed;
    front_at(t, args->span);
    TRY(check_statics(t, tf, args));
    TRY(front_close_function(t, tf->inner, args, false, 0, NULL, &closed));
    front_at(t, args->span);
    Builder *b = front_builder(t);
    NodeId *in = NEW_ARRAY(t->arena, NodeId, closed.n_captures);
    Value *leaves = NEW_ARRAY(t->arena, Value, closed.n_outputs);
    if (!in || !leaves) return NOMEM;
    TRY(front_capture_nodes(t, closed.n_captures, closed.captures, in));
    const int64_t graph = closed.graph->id;
    const NodeId node = ir_emit(b, PRIM_checkpoint, closed.n_captures, in, 1, &graph);
    for (uint32_t i = 0; i < closed.n_outputs; i++)
        TRY(front_made(t, ir_out(b, node, i), &leaves[i]));
    uint32_t next = 0;
    return front_unflatten(t, closed.outputs, leaves, &next, result);
}
