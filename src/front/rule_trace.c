// The graphs of a call with a rule: its value, its forward pass with the rule, its jvp
// rule. Each is traced in a scope of its own, whatever is being traced when it is asked
// for.
#include "front/rule.h"

// -- tracing ------------------------------------------------------------------------

// A scope with an input for every leaf of the arguments, and an environment that holds the
// arguments.
typedef struct Body {
    Scope *outer, *scope;
    Span span;
    Env *env;
    VEC(NodeId) inputs;
    Value *args;
} Body;

static Status open_body(RuleCall *rc, Body *body) {
    Trace *t = rc->t;
    *body = (Body){.outer = t->scope, .span = t->span};
    body->scope = front_open_scope(t, NULL);
    TRY_ALLOC(body->scope);
    body->scope->placeless = rc->prelude;
    if (rc->prelude) ir_set_span(body->scope->b, NO_SPAN);
    body->env = front_env(t, NULL);
    Value *leaves = NEW_ARRAY(t->arena, Value, rc->n_leaves);
    body->args = NEW_ARRAY(t->arena, Value, rc->function->n_args);
    if (!body->env || !leaves || !body->args) return NOMEM;
    body->env->prelude = rc->prelude;
    for (uint32_t i = 0; i < rc->n_leaves; i++) {
        const NodeId node = ir_input(body->scope->b, rc->types[i]);
        TRY(front_made(t, node, &leaves[i]));
        if (!VEC_PUSH(t->arena, &body->inputs, node)) return NOMEM;
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < rc->function->n_args; i++) {
        const SpecArg *arg = &rc->function->args[i];
        body->args[i] = rc->args[i];
        if (!arg->is_static && !arg->is_text)
            TRY(front_unflatten(t, rc->args[i], leaves, &next, &body->args[i]));
        TRY(front_define(t, body->env, arg->name, body->args[i]));
    }
    return front_define_lets(t, body->env, &rc->function->let);
}

// Goes back to where tracing stood; a graph that was not finished is dropped.
static void leave_body(RuleCall *rc, const Body *body) {
    if (body->scope) ir_builder_drop(body->scope->b);
    rc->t->scope = body->outer;
    rc->t->span = body->span;
}

static Status output_nodes(RuleCall *rc, Value value, NodeId **nodes, uint32_t *n) {
    Trace *t = rc->t;
    Leaves leaves = {0};
    TRY(front_flatten(t, value, "the value of a function with a rule", &leaves));
    *nodes = NEW_ARRAY(t->arena, NodeId, leaves.at.n);
    TRY_ALLOC(*nodes);
    *n = leaves.at.n;
    for (uint32_t i = 0; i < leaves.at.n; i++)
        TRY(front_node_here(t, leaves.at.at[i], &(*nodes)[i]));
    return OK;
}

static Status trace_value(RuleCall *rc, Body *body) {
    Trace *t = rc->t;
    Value value;
    NodeId *outputs;
    uint32_t n;
    TRY(open_body(rc, body));
    TRY(front_eval(t, body->env, rc->function->value, &value));
    TRY(output_nodes(rc, value, &outputs, &n));
    TypeId *types = NEW_ARRAY(t->lasting, TypeId, n);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < n; i++)
        types[i] = ir_type_of(body->scope->b, outputs[i]);
    TRY(front_keep_value(t->lasting, value, &rc->outputs));
    rc->n_outputs = n;
    rc->output_types = types;
    return front_close_scope(t, body->outer, body->inputs.at, n, outputs, &rc->call.value);
}

static bool is_float_type(const Trace *t, TypeId type) {
    return num_is_float((Dtype)ir_type(t->ir, type)->dtype);
}

// The rule's own primal, if it has one, must have the types of the function's value.
static Status primal_nodes(RuleCall *rc, Body *body, NodeId **outputs) {
    Trace *t = rc->t;
    const SpecRule *rule = rc->function->rule;
    const Expr *expr = rule->value ? rule->value : rc->function->value;
    Value value;
    uint32_t n;
    TRY(front_eval(t, body->env, expr, &value));
    front_at(t, expr->span);
    TRY(output_nodes(rc, value, outputs, &n));
    for (uint32_t i = 0; i < n && n == rc->n_outputs; i++) {
        const Type *want = ir_type(t->ir, rc->output_types[i]);
        (*outputs)[i] =
            ir_convert(t->scope->b, (*outputs)[i], (Dtype)want->dtype, want->weak);
        if (ir_type_of(t->scope->b, (*outputs)[i]) != rc->output_types[i]) n = UINT32_MAX;
    }
    TRY(ir_status(t->scope->b));
    if (n == rc->n_outputs) return OK;
    return base_error_also(
        t->diags, CODE_E503, expr->span, rc->function->value->span, "the function's value",
        NULL,
        "the rule's value of `%.*s` has another structure or shape than the "
        "function's",
        STR_ARG(rc->function->name));
}

// -- the vjp rule -------------------------------------------------------------------

static Status misfit(Trace *t, const SpecFunction *function, const SpecArg *arg, Span span,
                     const char *expected, const char *got, const char *hint) {
    return base_error_also(
        t->diags, CODE_E503, span, arg->span, arg->span.at ? "the argument" : NULL, hint,
        "the rule of `%.*s` gives a cotangent for `%.*s` that does not fit: "
        "expected %s, got %s",
        STR_ARG(function->name), STR_ARG(arg->name), expected, got);
}

static const char *type_text(Trace *t, TypeId type) {
    Text text = {.arena = t->arena};
    ir_type_text(t->ir, type, &text);
    return text.failed ? "" : text.at;
}

// The cotangents of one argument's leaves. IR_NONE: null. `structure` is the argument's.
typedef struct Grads {
    VEC(NodeId) nodes;
} Grads;

static Status add_null(Trace *t, Value structure, Grads *grads) {
    if (structure.kind == VALUE_ARRAY || structure.kind == VALUE_NUMBER)
        return VEC_PUSH(t->arena, &grads->nodes, IR_NONE) ? OK : NOMEM;
    for (uint32_t i = 0; i < structure.n && structure.kind != VALUE_NONE; i++)
        TRY(add_null(t, structure.items[i], grads));
    return OK;
}

static Status add_leaf(RuleCall *rc, const SpecArg *arg, Span span, Value grad,
                       Grads *grads) {
    Trace *t = rc->t;
    const TypeId want = rc->types[grads->nodes.n];
    const Type *type = ir_type(t->ir, want);
    if (!num_is_float((Dtype)type->dtype)) { // ignored: integers have no cotangent
        return VEC_PUSH(t->arena, &grads->nodes, IR_NONE) ? OK : NOMEM;
    }
    if (grad.kind != VALUE_ARRAY && grad.kind != VALUE_NUMBER && grad.kind != VALUE_LIST)
        return misfit(t, rc->function, arg, span, type_text(t, want),
                      front_kind_text(t, grad),
                      grad.kind == VALUE_TUPLE && grad.n == 1
                          ? "write the cotangent itself, not a tuple of it"
                          : NULL);
    NodeId node;
    if (grad.kind == VALUE_NUMBER && grad.number->kind != NUMBER_BOOL && type->rank == 0) {
        TRY(front_number_node(t, grad.number, (Dtype)type->dtype, type->weak, &node));
    } else {
        TRY(front_as_node(t, grad, &node));
    }
    const Type *got = ir_type(t->ir, ir_type_of(t->scope->b, node));
    const bool same_shape = got->rank == type->rank &&
                            (got->rank == 0 || memcmp(got->shape, type->shape,
                                                      got->rank * sizeof *got->shape) == 0);
    if (!same_shape || got->dtype == DT_BOOL) {
        const char *hint =
            same_shape       ? "float64(…) makes a number of it"
            : got->rank == 0 ? "a cotangent is not broadcast: write g * ones_like(x), say"
                             : "a cotangent is not broadcast or summed: sum(…, axis=…) or "
                               "broadcast_to(…) gives it the argument's shape";
        return misfit(t, rc->function, arg, span, type_text(t, want),
                      type_text(t, ir_type_of(t->scope->b, node)), hint);
    }
    node = ir_convert(t->scope->b, node, (Dtype)type->dtype, type->weak);
    TRY(ir_status(t->scope->b));
    return VEC_PUSH(t->arena, &grads->nodes, node) ? OK : NOMEM;
}

// A rule's result against its argument's structure: null is zero for a part, one value
// spreads over a tuple (a tree prefix), otherwise the structures agree.
static Status add_grads(RuleCall *rc, const SpecArg *arg, Span span, Value structure,
                        Value grad, Grads *grads) {
    Trace *t = rc->t;
    if (grad.kind == VALUE_NONE || structure.kind == VALUE_NONE)
        return add_null(t, structure, grads);
    if (structure.kind == VALUE_ARRAY || structure.kind == VALUE_NUMBER)
        return add_leaf(rc, arg, span, grad, grads);
    const bool prefix = grad.kind == VALUE_ARRAY || grad.kind == VALUE_NUMBER;
    const bool record = structure.kind == VALUE_RECORD;
    const bool sequence = grad.kind == VALUE_TUPLE || grad.kind == VALUE_LIST;
    if (!prefix &&
        (record ? grad.kind != VALUE_RECORD : !sequence || grad.n != structure.n)) {
        return misfit(t, rc->function, arg, span, front_kind_text(t, structure),
                      front_kind_text(t, grad), NULL);
    }
    for (uint32_t i = 0; i < structure.n; i++) {
        Value part = prefix ? grad : record ? front_none() : grad.items[i];
        for (uint32_t k = 0; record && !prefix && k < grad.n; k++)
            if (base_str_eq(grad.keys[k], structure.keys[i])) part = grad.items[k];
        TRY(add_grads(rc, arg, span, structure.items[i], part, grads));
    }
    return OK;
}

static Status eval_all(RuleCall *rc, Env *env, Value *grads) {
    Trace *t = rc->t;
    const Expr *expr = rc->function->rule->all;
    Value value;
    uint32_t expected = 0, k = 0;
    for (uint32_t i = 0; i < rc->function->n_args; i++)
        expected += !rc->function->args[i].nondiff;
    TRY(front_eval(t, env, expr, &value));
    front_at(t, expr->span);
    if (expected == 1) {
        for (uint32_t i = 0; i < rc->function->n_args; i++)
            if (!rc->function->args[i].nondiff) grads[i] = value;
        return OK;
    }
    if (value.kind != VALUE_TUPLE || value.n != expected) {
        return base_error(t->diags, CODE_E503, expr->span,
                          "write a cotangent for each argument: (g * y, g * x), say",
                          "the rule of `%.*s` must give a tuple of %u cotangents, got %s",
                          STR_ARG(rc->function->name), expected, front_kind_text(t, value));
    }
    for (uint32_t i = 0; i < rc->function->n_args; i++)
        if (!rc->function->args[i].nondiff) grads[i] = value.items[k++];
    return OK;
}

// Evaluates the rule's texts in the current scope, whose outer one is the forward pass.
static Status rule_grads(RuleCall *rc, const Body *body, Env *env, Grads *grads) {
    Trace *t = rc->t;
    const SpecRule *rule = rc->function->rule;
    const uint32_t n_args = rc->function->n_args;
    Value *values = NEW_ARRAY(t->arena, Value, n_args);
    TRY_ALLOC(values);
    TRY(front_define_lets(t, env, &rule->let));
    if (rule->all) TRY(eval_all(rc, env, values));
    for (uint32_t i = 0; i < rule->n_grads; i++)
        if (rule->grads[i]) TRY(front_eval(t, env, rule->grads[i], &values[i]));
    for (uint32_t i = 0; i < n_args; i++) {
        const SpecArg *arg = &rc->function->args[i];
        if (arg->is_static || arg->is_text) continue;
        const bool own = rule->n_grads && rule->grads[i];
        const Span span = own         ? rule->grads[i]->span
                          : rule->all ? rule->all->span
                                      : rule->span;
        front_at(t, span);
        const Value grad = arg->nondiff ? front_none() : values[i];
        TRY(add_grads(rc, arg, span, body->args[i], grad, grads));
    }
    return OK;
}

// A cotangent (or tangent) for every float leaf of a structure: new inputs of the current
// scope. Other leaves are None, or with `zeros` marked zeros of the default float.
static Status linear_inputs(Trace *t, Value structure, bool zeros, uint32_t n,
                            const TypeId *types, NodeId *inputs, uint32_t *n_inputs,
                            Value *value) {
    Value *leaves = NEW_ARRAY(t->arena, Value, n);
    TRY_ALLOC(leaves);
    for (uint32_t i = 0; i < n; i++) {
        leaves[i] = front_none();
        if (!is_float_type(t, types[i]) && zeros) {
            const TypeId type = ir_type_with(t->ir, types[i], t->dtype, true);
            if (type == IR_NO_TYPE) return NOMEM;
            TRY(front_made(t, ir_linear_zero(t->scope->b, type), &leaves[i]));
        }
        if (!is_float_type(t, types[i])) continue;
        const NodeId node = ir_input(t->scope->b, types[i]);
        inputs[(*n_inputs)++] = node;
        TRY(front_made(t, node, &leaves[i]));
    }
    uint32_t next = 0;
    return front_unflatten(t, structure, leaves, &next, value);
}

// The rule's graph: what it captures of the forward pass are the residuals.
static Status trace_rule(RuleCall *rc, Body *body, Value **residuals,
                         uint32_t *n_residuals) {
    Trace *t = rc->t;
    Scope *forward = body->scope;
    Scope *scope = front_open_scope(t, forward);
    TRY_ALLOC(scope);
    Env *env = front_env(t, body->env);
    NodeId *cotangents = NEW_ARRAY(t->arena, NodeId, rc->n_outputs);
    Grads grads = {0};
    uint32_t n = 0;
    Value g;
    Status status = env && cotangents ? OK : NOMEM;
    if (status == OK) {
        env->rule_of = rc->function;
        status = linear_inputs(t, rc->outputs, false, rc->n_outputs, rc->output_types,
                               cotangents, &n, &g);
    }
    if (status == OK) status = front_define(t, env, rc->function->rule->cotangent, g);
    if (status == OK) status = rule_grads(rc, body, env, &grads);
    bool *present = NEW_ARRAY(t->lasting, bool, rc->n_leaves);
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, rc->n_leaves);
    const uint32_t n_captures = scope->captures.n;
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, n_captures + n);
    *residuals = NEW_ARRAY(t->arena, Value, n_captures);
    if (status == OK && !(present && outputs && inputs && *residuals)) status = NOMEM;
    if (status != OK) {
        front_drop_scope(t, forward);
        return status;
    }
    uint32_t n_outputs = 0;
    for (uint32_t i = 0; i < rc->n_leaves; i++) {
        present[i] = grads.nodes.at[i] != IR_NONE;
        if (present[i]) outputs[n_outputs++] = grads.nodes.at[i];
    }
    for (uint32_t i = 0; i < n_captures; i++) {
        inputs[i] = scope->captures.at[i].input;
        (*residuals)[i] = scope->captures.at[i].outer;
    }
    if (n) memcpy(inputs + n_captures, cotangents, n * sizeof *inputs);
    *n_residuals = n_captures;
    rc->present = present;
    return front_close_scope(t, forward, inputs, n_outputs, outputs, &rc->rule);
}

static Status trace_forward(RuleCall *rc, Body *body) {
    Trace *t = rc->t;
    NodeId *primals;
    Value *residuals = NULL;
    uint32_t n = 0;
    TRY(open_body(rc, body));
    TRY(primal_nodes(rc, body, &primals));
    TRY(trace_rule(rc, body, &residuals, &n));
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, rc->n_outputs + n);
    TRY_ALLOC(outputs);
    if (rc->n_outputs) memcpy(outputs, primals, rc->n_outputs * sizeof *outputs);
    TRY(front_capture_nodes(t, n, residuals, outputs + rc->n_outputs));
    return front_close_scope(t, body->outer, body->inputs.at, rc->n_outputs + n, outputs,
                             &rc->forward);
}

// -- the jvp rule -------------------------------------------------------------------

static Status define_tangents(RuleCall *rc, Body *body, Env *env) {
    Trace *t = rc->t;
    uint32_t leaf = 0, k = 0;
    for (uint32_t i = 0; i < rc->function->n_args; i++) {
        const SpecArg *arg = &rc->function->args[i];
        if (arg->is_static || arg->is_text) continue;
        Leaves leaves = {0};
        Value tangent = front_none();
        TRY(front_flatten(t, body->args[i], "an argument", &leaves));
        if (!arg->nondiff) {
            uint32_t n = 0;
            NodeId *inputs = NEW_ARRAY(t->arena, NodeId, leaves.at.n);
            TRY_ALLOC(inputs);
            TRY(linear_inputs(t, body->args[i], true, leaves.at.n, rc->types + leaf, inputs,
                              &n, &tangent));
            for (uint32_t m = 0; m < n; m++)
                if (!VEC_PUSH(t->arena, &body->inputs, inputs[m])) return NOMEM;
            TRY(front_define(t, env, rc->function->rule->tangents[k++], tangent));
        }
        leaf += leaves.at.n;
    }
    return OK;
}

// The tangents of the float outputs, checked against them.
static Status tangent_nodes(RuleCall *rc, Value tangent, NodeId *nodes, uint32_t *n) {
    Trace *t = rc->t;
    const Span span = rc->function->rule->tangent->span;
    Leaves leaves = {0};
    front_at(t, span);
    TRY(front_flatten(t, tangent, "the tangent of a rule", &leaves));
    bool fits = leaves.at.n == rc->n_outputs;
    for (uint32_t i = 0; i < rc->n_outputs && fits; i++) {
        const Type *want = ir_type(t->ir, rc->output_types[i]);
        if (!num_is_float((Dtype)want->dtype)) continue;
        NodeId node;
        TRY(front_node_here(t, leaves.at.at[i], &node));
        node = ir_convert(t->scope->b, node, (Dtype)want->dtype, want->weak);
        TRY(ir_status(t->scope->b));
        nodes[(*n)++] = node;
        fits = ir_type_of(t->scope->b, node) == rc->output_types[i];
        if (!fits) {
            return base_error_also(
                t->diags, CODE_E503, span, rc->function->value->span,
                "the function's value", NULL,
                "the jvp rule of `%.*s` gives a tangent that does not fit: "
                "expected %s, got %s",
                STR_ARG(rc->function->name), type_text(t, rc->output_types[i]),
                type_text(t, ir_type_of(t->scope->b, node)));
        }
    }
    if (fits) return OK;
    return base_error(
        t->diags, CODE_E503, span, NULL,
        "the jvp rule of `%.*s` must give a tangent for each output: expected %u, got %u",
        STR_ARG(rc->function->name), rc->n_outputs, leaves.at.n);
}

static Status trace_jvp(RuleCall *rc, Body *body) {
    Trace *t = rc->t;
    NodeId *primals;
    Value tangent;
    TRY(open_body(rc, body));
    TRY(primal_nodes(rc, body, &primals));
    Env *env = front_env(t, body->env);
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, 2 * (size_t)rc->n_outputs);
    if (!env || !outputs) return NOMEM;
    env->rule_of = rc->function;
    TRY(define_tangents(rc, body, env));
    TRY(front_define_lets(t, env, &rc->function->rule->let));
    TRY(front_eval(t, env, rc->function->rule->tangent, &tangent));
    uint32_t n = rc->n_outputs;
    if (n) memcpy(outputs, primals, n * sizeof *outputs);
    TRY(tangent_nodes(rc, tangent, outputs, &n));
    return front_close_scope(t, body->outer, body->inputs.at, n, outputs, &rc->jvp);
}

// -- from outside -------------------------------------------------------------------

static Status traced(RuleCall *rc, Status (*trace)(RuleCall *, Body *)) {
    Body body = {0};
    body.outer = rc->t->scope;
    body.span = rc->t->span;
    const Status status = trace(rc, &body);
    leave_body(rc, &body);
    return status;
}

Status front_trace_rule_value(RuleCall *rc) {
    return traced(rc, trace_value);
}
Status front_trace_rule_forward(RuleCall *rc) {
    return traced(rc, trace_forward);
}
Status front_trace_rule_jvp(RuleCall *rc) {
    return traced(rc, trace_jvp);
}
