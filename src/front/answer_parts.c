// The parts of an answer: value, gradients, logs, jacobians, hessians, a JVP.
#include "front/answer.h"

// -- structures ---------------------------------------------------------------------

// A value as outputs of the graph and a tree in the answer's arena.
Status front_add_tree(Task *task, Value value, Tree *tree) {
    Trace *t = task->t;
    switch (value.kind) {
    case VALUE_NONE:
        *tree = (Tree){.kind = TREE_NONE};
        return OK;
    case VALUE_ARRAY:
    case VALUE_NUMBER: {
        NodeId node;
        TRY(front_as_node(t, value, &node));
        *tree = (Tree){.kind = TREE_LEAF, .type = ir_type_of(t->scope->b, node)};
        return VEC_PUSH(t->arena, &task->outputs, node) ? OK : NOMEM;
    }
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD: {
        Tree *parts = NEW_ARRAY(task->arena, Tree, value.n);
        Str *keys =
            value.kind == VALUE_RECORD ? NEW_ARRAY(task->arena, Str, value.n) : NULL;
        TRY_ALLOC(parts);
        for (uint32_t i = 0; i < value.n; i++) {
            TRY(front_add_tree(task, value.items[i], &parts[i]));
            if (keys) keys[i] = value.keys[i];
        }
        const TreeKind kind = value.kind == VALUE_RECORD ? TREE_RECORD
                              : value.kind == VALUE_LIST ? TREE_LIST
                                                         : TREE_TUPLE;
        *tree = (Tree){.kind = kind, .n = value.n, .parts = parts, .keys = keys};
        return OK;
    }
    default:
        return base_error(
            t->diags, CODE_E402, task->request->span, NULL,
            "the result of a point must be an array or a structure of arrays, "
            "got %s",
            front_kind_text(t, value));
    }
}

// -- a part of the answer -----------------------------------------------------------

static Str argument_name(const Task *task, uint32_t position) {
    const Str name = front_parameter_name(task->function.function, position);
    if (name.n || !task->request->by_name || position >= task->request->n_args) return name;
    return task->request->args[position].name;
}

static Status add_part(Task *task, AnswerParts *parts, uint32_t i, uint32_t j,
                       Value value) {
    AnswerPart *part = &parts->at[parts->n++];
    part->argnum = task->positions.at.at[i].argnum;
    part->argnum2 = task->positions.at.at[j].argnum;
    part->arg = argument_name(task, part->argnum);
    part->arg2 = argument_name(task, part->argnum2);
    part->first = task->outputs.n;
    return front_add_tree(task, value, &part->tree);
}

static Status room_for_parts(Task *task, AnswerParts *parts, uint32_t n) {
    parts->at = NEW_ARRAY(task->arena, AnswerPart, n);
    TRY_ALLOC(parts->at);
    return OK;
}

static Status add_value(Task *task, Value value) {
    task->answer->compute |= COMPUTE_VALUE;
    task->answer->value_first = task->outputs.n;
    return front_add_tree(task, value, &task->answer->value);
}

// -- what is differentiated ---------------------------------------------------------

static bool has_float(const Trace *t, Value value) {
    if (value.kind == VALUE_ARRAY) return front_is_float(t, value);
    const bool parts =
        value.kind == VALUE_TUPLE || value.kind == VALUE_LIST || value.kind == VALUE_RECORD;
    for (uint32_t i = 0; parts && i < value.n; i++)
        if (has_float(t, value.items[i])) return true;
    return false;
}

// The arguments asked for, else every differentiable one.
static Status choose_arguments(Task *task) {
    Trace *t = task->t;
    const Request *request = task->request;
    const Function *function = task->function.function;
    if (!request->has_argnums) {
        for (uint32_t slot = 0; slot < front_slots(&task->args); slot++) {
            const int64_t at = front_argnum(function, &task->args, slot);
            const SpecArg *arg = at < 0 ? NULL : front_declaration(function, (uint32_t)at);
            const bool nondiff = at < 0 || (arg && arg->nondiff);
            if (nondiff || !has_float(t, task->args.at[slot])) continue;
            if (!VEC_PUSH(t->arena, &task->positions.at, ((Position){(uint32_t)at, slot})))
                return NOMEM;
        }
        return OK;
    }
    if (request->n_argnums == 0)
        return base_error(t->diags, CODE_E403, request->span, NULL, "argnums is empty");
    for (uint32_t i = 0; i < request->n_argnums; i++) {
        const SpecArgnum *argnum = &request->argnums[i];
        t->span = argnum->span;
        Value value = front_text_value(argnum->name);
        if (!argnum->by_name) TRY(front_int(t, argnum->number, &value));
        TRY(front_add_position(t, function, value, &task->args, &task->positions));
    }
    for (uint32_t i = 0; i < task->positions.at.n; i++)
        TRY(front_check_differentiable(t, function, &task->args, task->positions.at.at[i]));
    return OK;
}

static Status trace_selected(Task *task, Traced *traced) {
    bool *selected = NEW_ARRAY(task->t->arena, bool, front_slots(&task->args));
    TRY_ALLOC(selected);
    for (uint32_t i = 0; i < task->positions.at.n; i++)
        selected[task->positions.at.at[i].slot] = true;
    return front_trace_at(task->t, task->function, &task->args, selected, false, traced);
}

// -- each kind of derivative --------------------------------------------------------

static Status add_logged(Task *task, const PulledLog *log, Tree *tree) {
    const uint32_t n = log->n_conditions;
    Tree *parts = NEW_ARRAY(task->arena, Tree, n + 1);
    XformLayer *layers = NEW_ARRAY(task->arena, XformLayer, log->n_layers);
    if (!parts || !layers) return NOMEM;
    for (uint32_t i = 0; i < log->n_layers; i++)
        layers[i] = log->layers[i];
    for (uint32_t i = 0; i < n; i++)
        TRY(front_add_tree(task, log->conditions[i], &parts[i]));
    *tree = (Tree){.kind = TREE_LOGGED,
                   .n = n + 1,
                   .parts = parts,
                   .n_layers = log->n_layers,
                   .layers = layers};
    return front_add_tree(task, log->value, &parts[n]);
}

// A log that may not be there, of all branches that have one under its key.
static Status add_choice(Task *task, const PulledLogs *logs, uint32_t first, Tree *tree) {
    const Str key = logs->at.at[first].key;
    Tree *parts = NEW_ARRAY(task->arena, Tree, logs->at.n);
    TRY_ALLOC(parts);
    *tree = (Tree){.kind = TREE_CHOICE, .parts = parts};
    for (uint32_t i = first; i < logs->at.n; i++) {
        if (base_str_eq(logs->at.at[i].key, key))
            TRY(add_logged(task, &logs->at.at[i], &parts[tree->n++]));
    }
    return OK;
}

static Status add_logs(Task *task, const PulledLogs *logs) {
    Tree *parts = NEW_ARRAY(task->arena, Tree, logs->at.n);
    Str *keys = NEW_ARRAY(task->arena, Str, logs->at.n);
    if (!parts || !keys) return NOMEM;
    uint32_t n = 0;
    task->answer->logs_first = task->outputs.n;
    for (uint32_t i = 0; i < logs->at.n; i++) {
        const PulledLog *log = &logs->at.at[i];
        uint32_t k = 0;
        while (k < n && !base_str_eq(keys[k], log->key))
            k++;
        if (k < n) continue;
        keys[n] = log->key;
        TRY(log->n_conditions ? add_choice(task, logs, i, &parts[n])
                              : front_add_tree(task, log->value, &parts[n]));
        n++;
    }
    task->answer->logs = (Tree){.kind = TREE_RECORD, .n = n, .parts = parts, .keys = keys};
    return OK;
}

static Status add_grads(Task *task, Traced *traced, bool with_value) {
    Trace *t = task->t;
    const Request *request = task->request;
    const uint32_t n = traced->closed.n_outputs;
    Pullback *p = NULL;
    Value grads;
    NodeId *cts = NEW_ARRAY(t->arena, NodeId, n + 1);
    TRY_ALLOC(cts);
    if (!request->has_cotangent) TRY(front_check_scalar(t, traced, request->span));
    TRY(front_linearize(t, traced, LINEAR_ONCE, request->span, &p));
    if (with_value) TRY(add_value(task, p->outputs));
    if (request->has_cotangent) {
        front_at(t, request->cotangent_span);
        TRY(front_cotangent_nodes(t, p->outputs, task->cotangent, cts));
    } else {
        Leaves outputs = {0};
        TRY(front_flatten(t, p->outputs, "an output", &outputs));
        cts[0] = ir_literal_like(front_builder(t), outputs.at.at[0].node, "1");
    }
    front_at(t, request->span);
    PulledLogs logs = {0};
    TRY(front_pull_back(t, p, cts, n, -1, &grads, &logs));
    TRY(front_select(t, &task->positions, grads, &grads));
    TRY(room_for_parts(task, &task->answer->grads, task->positions.at.n));
    for (uint32_t i = 0; i < task->positions.at.n; i++)
        TRY(add_part(task, &task->answer->grads, i, i, grads.items[i]));
    task->answer->compute |= COMPUTE_GRAD;
    return logs.at.n ? add_logs(task, &logs) : OK;
}

static Status transformed_by(Task *task, TransformKind kind, Value inner, uint32_t position,
                             Value *result) {
    Trace *t = task->t;
    Transformed *tf = NEW(t->arena, Transformed);
    TRY_ALLOC(tf);
    *tf = (Transformed){.kind = kind, .inner = inner, .span = task->request->span};
    TRY(front_int(t, position, &tf->argnums));
    return front_function_value(t,
                                (Function){.kind = FUNCTION_TRANSFORMED,
                                           .name = STR("jacobian"),
                                           .transformed = tf},
                                result);
}

static Status add_jacobian(Task *task) {
    Trace *t = task->t;
    TRY(room_for_parts(task, &task->answer->jacobian, task->positions.at.n));
    for (uint32_t i = 0; i < task->positions.at.n; i++) {
        Value function, jacobian;
        TRY(transformed_by(task, TRANSFORM_JACREV, task->function,
                           task->positions.at.at[i].argnum, &function));
        TRY(front_call(t, function, &task->args, &jacobian));
        TRY(add_part(task, &task->answer->jacobian, i, i, jacobian));
    }
    task->answer->compute |= COMPUTE_JACOBIAN;
    return OK;
}

// jacfwd of jacrev; where a vjp rule forbids forward mode (E502), jacrev of jacrev.
static Status hessian_block(Task *task, uint32_t i, uint32_t j, Value *hessian) {
    Trace *t = task->t;
    Diags *diags = t->diags;
    Diags tried = {.arena = t->arena, .sources = diags->sources};
    Value inner, outer;
    const uint32_t argnum = task->positions.at.at[i].argnum;
    const uint32_t argnum2 = task->positions.at.at[j].argnum;
    TRY(transformed_by(task, TRANSFORM_JACREV, task->function, argnum, &inner));
    TRY(transformed_by(task, TRANSFORM_JACFWD, inner, argnum2, &outer));
    t->diags = &tried;
    ir_set_diags(t->ir, &tried);
    const Status status = front_call(t, outer, &task->args, hessian);
    t->diags = diags;
    ir_set_diags(t->ir, diags);
    if (status != FAILED) return status;
    TRY(transformed_by(task, TRANSFORM_JACREV, inner, argnum2, &outer));
    front_at(t, task->request->span);
    return front_call(t, outer, &task->args, hessian);
}

static Status add_hessian(Task *task) {
    const uint32_t n = task->positions.at.n;
    TRY(room_for_parts(task, &task->answer->hessian, n * n));
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            Value hessian;
            TRY(hessian_block(task, i, j, &hessian));
            TRY(add_part(task, &task->answer->hessian, i, j, hessian));
        }
    }
    task->answer->compute |= COMPUTE_HESSIAN;
    return OK;
}

// Whether a tangent of the request is that of the argument in a slot.
static bool is_tangent_of(const Task *task, uint32_t tangent, uint32_t slot) {
    const Args *args = &task->args;
    const Str name = task->request->tangents[tangent].name;
    if (name.n == 0) return tangent == slot;
    return base_str_eq(name, slot < args->n ? argument_name(task, slot)
                                            : args->keywords[slot - args->n]);
}

static Status check_tangent_names(Task *task) {
    for (uint32_t i = 0; i < task->request->n_tangents; i++) {
        bool known = false;
        for (uint32_t slot = 0; slot < front_slots(&task->args); slot++)
            known = known || is_tangent_of(task, i, slot);
        if (known) continue;
        const RequestArg *tangent = &task->request->tangents[i];
        Diags *diags = task->t->diags;
        if (tangent->name.n)
            return base_error(diags, CODE_E403, tangent->span, NULL,
                              "the tangent of `%.*s` belongs to no argument of the point",
                              STR_ARG(tangent->name));
        return base_error(diags, CODE_E403, tangent->span, NULL,
                          "%u tangents for %u argument%s", task->request->n_tangents,
                          task->request->n_args, task->request->n_args == 1 ? "" : "s");
    }
    return OK;
}

static Status add_jvp(Task *task) {
    Trace *t = task->t;
    if (task->request->n_tangents == 0) {
        return base_error(
            t->diags, CODE_E403, task->request->span,
            "one that is left out beside others is zero",
            "`jvp` needs a `tangent`, with an entry for an argument at least");
    }
    TRY(check_tangent_names(task));
    const uint32_t n = front_slots(&task->args);
    Value *given = NEW_ARRAY(t->arena, Value, n);
    bool *selected = NEW_ARRAY(t->arena, bool, n);
    TangentOf *of = NEW_ARRAY(t->arena, TangentOf, n);
    if (!given || !selected || !of) return NOMEM;
    uint32_t n_given = 0;
    for (uint32_t slot = 0; slot < n; slot++) {
        if (!has_float(t, task->args.at[slot])) continue;
        selected[slot] = true;
        given[n_given] = front_none();
        of[n_given] = (TangentOf){
            front_slot_text(t, task->function.function, &task->args, slot), NO_SPAN};
        TRY_ALLOC(of[n_given].argument);
        for (uint32_t i = 0; i < task->request->n_tangents; i++) {
            if (!is_tangent_of(task, i, slot)) continue;
            given[n_given] = task->tangents[i];
            of[n_given].span = task->request->tangents[i].span;
        }
        n_given++;
    }
    Traced traced = {0};
    TRY(front_trace_at(t, task->function, &task->args, selected, false, &traced));
    NodeId *tangents = NEW_ARRAY(t->arena, NodeId, traced.leaves.at.n);
    TRY_ALLOC(tangents);
    TRY(front_tangent_nodes(t, traced.primals, given, of, tangents));
    front_at(t, task->request->span);
    Value value, tangent;
    TRY(front_push_forward(t, &traced, tangents, task->request->span, &value, &tangent));
    task->answer->compute |= COMPUTE_JVP;
    task->answer->jvp_first = task->outputs.n;
    return front_add_tree(task, tangent, &task->answer->jvp);
}

// -- what is computed ---------------------------------------------------------------

static Status plain_value(Task *task) {
    Value value = task->function;
    if (value.kind == VALUE_FUNCTION)
        TRY(front_call(task->t, task->function, &task->args, &value));
    else if (task->args.n + task->args.n_keywords)
        return base_error(
            task->t->diags, CODE_E402, task->request->function->span, NULL,
            "`function` is no function (it is %s), but the point has arguments",
            front_kind_text(task->t, value));
    return add_value(task, value);
}

// Value and grad where an argument is differentiable and the output is one real scalar or a
// cotangent is given, else value.
static bool wants_grad(Task *task, const Traced *traced) {
    if (task->request->has_cotangent) return true;
    const Closed *closed = &traced->closed;
    if (closed->n_outputs != 1) return false;
    if (closed->outputs.kind != VALUE_ARRAY && closed->outputs.kind != VALUE_NUMBER)
        return false;
    const Type *type = ir_type(task->t->ir, closed->output_types[0]);
    return type->rank == 0 && num_is_float((Dtype)type->dtype);
}

// A transformed function (vmap(grad(f)), …) is seldom meant to be differentiated again.
static bool wants_cotangent(const Task *task, const Traced *traced) {
    const FunctionKind kind = task->function.function->kind;
    if (kind != FUNCTION_SPEC && kind != FUNCTION_LAMBDA) return false;
    for (uint32_t i = 0; i < traced->closed.n_outputs; i++) {
        const Type *type = ir_type(task->t->ir, traced->closed.output_types[i]);
        if (num_is_float((Dtype)type->dtype)) return true;
    }
    return false;
}

Status front_compute(Task *task) {
    const Request *request = task->request;
    unsigned wanted = request->compute;
    if (task->function.kind == VALUE_DTYPE) // a cast: it has no derivative to choose
        return plain_value(task);
    if (task->function.kind != VALUE_FUNCTION || wanted == COMPUTE_VALUE) {
        if (wanted & ~(unsigned)COMPUTE_VALUE) {
            return base_error(task->t->diags, CODE_E402, request->function->span, NULL,
                              "`function` is no function: it has no derivative");
        }
        return plain_value(task);
    }
    TRY(choose_arguments(task));
    const bool differentiable = task->positions.at.n != 0;
    if (!wanted && !differentiable) return plain_value(task);
    Traced traced = {0};
    if (!wanted || (wanted & COMPUTE_GRAD)) {
        if (!differentiable) {
            return base_error(task->t->diags, CODE_E505, request->span,
                              "plain numbers are floats; integer data stays integer",
                              "no argument of the point is differentiable");
        }
        TRY(trace_selected(task, &traced));
    }
    if (!wanted) {
        const bool grad = wants_grad(task, &traced);
        wanted = COMPUTE_VALUE | (grad ? COMPUTE_GRAD : 0u);
        task->answer->wants_cotangent = !grad && wants_cotangent(task, &traced);
    }
    const bool both = (wanted & COMPUTE_VALUE) && (wanted & COMPUTE_GRAD);
    if ((wanted & COMPUTE_VALUE) && !both) TRY(plain_value(task));
    if (wanted & COMPUTE_GRAD) TRY(add_grads(task, &traced, both));
    if (wanted & COMPUTE_JACOBIAN) TRY(add_jacobian(task));
    if (wanted & COMPUTE_HESSIAN) TRY(add_hessian(task));
    if (wanted & COMPUTE_JVP) TRY(add_jvp(task));
    return OK;
}
