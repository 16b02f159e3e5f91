// The graphs of a call with a rule: its value, its forward pass with the rule, its jvp
// rule. Each is traced in a scope of its own, whatever is being traced when it is asked
// for.
#include "front/rule.h"

// -- tracing ------------------------------------------------------------------------

// The arguments of the call in order: those that are traced as `leaves`, the others with
// `captures`.
static Status put_arguments(RuleCall *rc, const Value *leaves, const Value *captures,
                            RuleBody *body) {
    Trace *t = rc->t;
    Value closed;
    TRY(front_put_arrays(t, rc->closed, captures, &closed));
    body->functions = closed.items;
    uint32_t leaf = 0, next = rc->from.custom ? rc->from.custom->n_functions : 0;
    for (uint32_t i = 0; i < rc->from.n_args; i++) {
        if (rc->from.args[i].traced)
            TRY(front_unflatten(t, rc->structures[i], leaves, &leaf, &body->args[i]));
        else
            body->args[i] = closed.items[next++];
    }
    return OK;
}

// A scope with an input for every leaf of the arguments and every capture.
static Status open_body(RuleCall *rc, RuleBody *body) {
    Trace *t = rc->t;
    const uint32_t n = rc->n_leaves + rc->call.n_captures;
    *body = (RuleBody){.outer = t->scope, .span = t->span};
    body->scope = front_open_scope(t, NULL);
    TRY_ALLOC(body->scope);
    body->scope->placeless = rc->from.prelude;
    if (rc->from.prelude) ir_set_span(body->scope->b, NO_SPAN);
    Value *arrays = NEW_ARRAY(t->arena, Value, n);
    body->args = NEW_ARRAY(t->arena, Value, rc->from.n_args);
    if (!arrays || !body->args) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const NodeId node = ir_input(body->scope->b, rc->types[i]);
        TRY(front_made(t, node, &arrays[i]));
        if (!VEC_PUSH(t->arena, &body->inputs, node)) return NOMEM;
    }
    TRY(put_arguments(rc, arrays, arrays + rc->n_leaves, body));
    if (rc->from.custom) return OK;
    body->env = front_env(t, NULL);
    TRY_ALLOC(body->env);
    body->env->prelude = rc->from.prelude;
    for (uint32_t i = 0; i < rc->from.n_args; i++)
        TRY(front_define(t, body->env, rc->from.args[i].name, body->args[i]));
    return front_define_lets(t, body->env, &rc->from.function->let);
}

// Goes back to where tracing stood; a graph that was not finished is dropped.
static void leave_body(RuleCall *rc, const RuleBody *body) {
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

static Status trace_value(RuleCall *rc, RuleBody *body) {
    Trace *t = rc->t;
    Value value;
    NodeId *outputs;
    uint32_t n;
    TRY(open_body(rc, body));
    if (rc->from.custom)
        TRY(front_custom_value(rc, body, &value));
    else
        TRY(front_eval(t, body->env, rc->from.function->value, &value));
    TRY(output_nodes(rc, value, &outputs, &n));
    TypeId *types = NEW_ARRAY(t->lasting, TypeId, n);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < n; i++)
        types[i] = ir_type_of(body->scope->b, outputs[i]);
    TRY(front_keep_value(t, value, &rc->outputs));
    rc->n_outputs = n;
    rc->output_types = types;
    return front_close_scope(t, body->outer, body->inputs.at, n, outputs, &rc->call.value);
}

static bool is_float_type(const Trace *t, TypeId type) {
    return num_is_float((Dtype)ir_type(t->ir, type)->dtype);
}

// The structure of the function's value, for messages: of a call that fails, so the nodes
// that it makes are of no account.
static Status outputs_text(const RuleCall *rc, const char **text) {
    Trace *t = rc->t;
    Value *leaves = NEW_ARRAY(t->arena, Value, rc->n_outputs), outputs;
    TRY_ALLOC(leaves);
    for (uint32_t i = 0; i < rc->n_outputs; i++)
        TRY(front_made(t, ir_input(t->scope->b, rc->output_types[i]), &leaves[i]));
    uint32_t next = 0;
    TRY(front_unflatten(t, rc->outputs, leaves, &next, &outputs));
    *text = front_structure_text(t, outputs);
    return OK;
}

// What stands for the function's value must have its types. `what`: "the rule's value".
static Status alike_nodes(RuleCall *rc, Span span, const char *what, Value value,
                          NodeId **outputs) {
    Trace *t = rc->t;
    uint32_t n = 0;
    front_at(t, span);
    if (front_same_structure(rc->outputs, value)) {
        TRY(front_align(t, rc->outputs, value, &value));
        TRY(output_nodes(rc, value, outputs, &n));
    } else {
        n = UINT32_MAX;
    }
    for (uint32_t i = 0; i < n && n == rc->n_outputs; i++) {
        const Type *want = ir_type(t->ir, rc->output_types[i]);
        (*outputs)[i] =
            ir_convert(t->scope->b, (*outputs)[i], (Dtype)want->dtype, want->weak);
        if (ir_type_of(t->scope->b, (*outputs)[i]) != rc->output_types[i]) n = UINT32_MAX;
    }
    TRY(ir_status(t->scope->b));
    if (n == rc->n_outputs) return OK;
    const char *expected;
    TRY(outputs_text(rc, &expected));
    return base_error_also(
        t->diags, CODE_E503, span, rc->from.value_span, "the function's value", NULL,
        "%s of `%.*s` does not fit the function's: expected %s, got %s", what,
        STR_ARG(rc->from.name), expected, front_structure_text(t, value));
}

static Status primal_nodes(RuleCall *rc, Span span, Value value, NodeId **outputs) {
    return alike_nodes(rc, span, "the rule's value", value, outputs);
}

// The rule's own value, if it has one, else the function's.
static Status spec_primal(RuleCall *rc, RuleBody *body, NodeId **outputs) {
    const SpecRule *rule = rc->from.function->rule;
    const Expr *expr = rule->value ? rule->value : rc->from.function->value;
    Value value;
    TRY(front_eval(rc->t, body->env, expr, &value));
    return primal_nodes(rc, expr->span, value, outputs);
}

const char *front_type_text(Trace *t, TypeId type) {
    Text text = {.arena = t->arena};
    ir_type_text(t->ir, type, &text);
    return text.failed ? "" : text.at;
}

// -- the vjp rule -------------------------------------------------------------------

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
static Status trace_rule(RuleCall *rc, RuleBody *body, Value **residuals,
                         uint32_t *n_residuals) {
    Trace *t = rc->t;
    Scope *forward = body->scope;
    Scope *scope = front_open_scope(t, forward);
    TRY_ALLOC(scope);
    Env *env = front_env(t, body->env);
    NodeId *cotangents = NEW_ARRAY(t->arena, NodeId, rc->n_outputs);
    RuleGrads grads = {0};
    uint32_t n = 0;
    Value g;
    Status status = env && cotangents ? OK : NOMEM;
    if (status == OK) {
        env->rule_of = &rc->from.name;
        status = linear_inputs(t, rc->outputs, false, rc->n_outputs, rc->output_types,
                               cotangents, &n, &g);
    }
    if (status == OK) status = front_rule_grads(rc, body, env, g, &grads);
    const uint32_t n_logged = grads.log_nodes.n;
    bool *present = NEW_ARRAY(t->lasting, bool, rc->n_leaves);
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, rc->n_leaves + n_logged);
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
    for (uint32_t i = 0; i < n_logged; i++)
        outputs[n_outputs++] = grads.log_nodes.at[i];
    for (uint32_t i = 0; i < n_captures; i++) {
        inputs[i] = scope->captures.at[i].input;
        (*residuals)[i] = scope->captures.at[i].outer;
    }
    if (n) memcpy(inputs + n_captures, cotangents, n * sizeof *inputs);
    *n_residuals = n_captures;
    rc->present = present;
    rc->call.n_logs = grads.logs.n;
    rc->call.logs = grads.logs.at;
    return front_close_scope(t, forward, inputs, n_outputs, outputs, &rc->rule);
}

static Status trace_forward(RuleCall *rc, RuleBody *body) {
    Trace *t = rc->t;
    NodeId *primals;
    Value value, *residuals = NULL;
    uint32_t n = 0;
    TRY(open_body(rc, body));
    if (rc->from.custom) {
        TRY(front_custom_forward(rc, body, &value));
        TRY(primal_nodes(rc, rc->from.span, value, &primals));
    } else {
        TRY(spec_primal(rc, body, &primals));
    }
    TRY(trace_rule(rc, body, &residuals, &n));
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, rc->n_outputs + n);
    TRY_ALLOC(outputs);
    if (rc->n_outputs) memcpy(outputs, primals, rc->n_outputs * sizeof *outputs);
    TRY(front_capture_nodes(t, n, residuals, outputs + rc->n_outputs));
    return front_close_scope(t, body->outer, body->inputs.at, rc->n_outputs + n, outputs,
                             &rc->forward);
}

// -- the jvp rule -------------------------------------------------------------------

// The tangents of the differentiable arguments, in order: further inputs.
static Status tangent_inputs(RuleCall *rc, RuleBody *body, Value *tangents, uint32_t *n) {
    Trace *t = rc->t;
    uint32_t leaf = 0;
    for (uint32_t i = 0; i < rc->from.n_args; i++) {
        const RuleArg *arg = &rc->from.args[i];
        if (!arg->traced) continue;
        Leaves leaves = {0};
        TRY(front_flatten(t, body->args[i], "an argument", &leaves));
        if (!arg->nondiff) {
            uint32_t n_inputs = 0;
            NodeId *inputs = NEW_ARRAY(t->arena, NodeId, leaves.at.n);
            TRY_ALLOC(inputs);
            TRY(linear_inputs(t, body->args[i], true, leaves.at.n, rc->types + leaf, inputs,
                              &n_inputs, &tangents[(*n)++]));
            for (uint32_t k = 0; k < n_inputs; k++)
                if (!VEC_PUSH(t->arena, &body->inputs, inputs[k])) return NOMEM;
        }
        leaf += leaves.at.n;
    }
    return OK;
}

static Status other_tangent(const RuleCall *rc, Span span, Value tangent) {
    Trace *t = rc->t;
    const char *expected;
    TRY(outputs_text(rc, &expected));
    return base_error(t->diags, CODE_E503, span, NULL,
                      "the jvp rule of `%.*s` must give a tangent for each output: "
                      "expected %s, got %s",
                      STR_ARG(rc->from.name), expected, front_structure_text(t, tangent));
}

// The tangents of the float outputs, checked against these, the first of `nodes`.
static Status tangent_nodes(RuleCall *rc, Span span, Value tangent, NodeId *nodes,
                            uint32_t *n) {
    Trace *t = rc->t;
    Leaves leaves = {0};
    front_at(t, span);
    if (!front_same_structure(rc->outputs, tangent))
        return other_tangent(rc, span, tangent);
    TRY(front_align(t, rc->outputs, tangent, &tangent));
    TRY(front_flatten(t, tangent, "the tangent of a rule", &leaves));
    for (uint32_t i = 0; i < rc->n_outputs; i++) {
        const Type *want = ir_type(t->ir, rc->output_types[i]);
        if (!num_is_float((Dtype)want->dtype)) continue;
        NodeId node;
        TRY(front_node_here(t, leaves.at.at[i], &node));
        node = ir_convert(t->scope->b, node, (Dtype)want->dtype, want->weak);
        TRY(ir_status(t->scope->b));
        nodes[(*n)++] = node;
        if (ir_type_of(t->scope->b, node) != rc->output_types[i]) {
            return base_error_also(
                t->diags, CODE_E503, span, rc->from.value_span, "the function's value",
                NULL,
                "the jvp rule of `%.*s` gives a tangent that does not fit: "
                "expected %s, got %s",
                STR_ARG(rc->from.name), front_type_text(t, rc->output_types[i]),
                front_type_text(t, ir_type_of(t->scope->b, node)));
        }
    }
    return OK;
}

static Status spec_jvp(RuleCall *rc, RuleBody *body, NodeId **primals, Value *tangent) {
    Trace *t = rc->t;
    const SpecRule *rule = rc->from.function->rule;
    Value *tangents = NEW_ARRAY(t->arena, Value, rc->from.n_args);
    Env *env = front_env(t, body->env);
    uint32_t n = 0;
    if (!tangents || !env) return NOMEM;
    TRY(spec_primal(rc, body, primals));
    env->rule_of = &rc->from.name;
    TRY(tangent_inputs(rc, body, tangents, &n));
    for (uint32_t i = 0; i < n; i++)
        TRY(front_define(t, env, rule->tangents[i], tangents[i]));
    TRY(front_define_lets(t, env, &rule->let));
    return front_eval(t, env, rule->tangent, tangent);
}

static Status custom_jvp(RuleCall *rc, RuleBody *body, NodeId **primals, Value *tangent) {
    Value value;
    Value *tangents = NEW_ARRAY(rc->t->arena, Value, rc->from.n_args);
    TRY_ALLOC(tangents);
    Value tuple = {.kind = VALUE_TUPLE, .items = tangents};
    TRY(tangent_inputs(rc, body, tangents, &tuple.n));
    TRY(front_custom_jvp(rc, body, tuple, &value, tangent));
    return primal_nodes(rc, rc->from.span, value, primals);
}

static Status trace_jvp(RuleCall *rc, RuleBody *body) {
    Trace *t = rc->t;
    const bool custom = rc->from.custom != NULL;
    NodeId *primals = NULL;
    Value tangent;
    NodeId *outputs = NEW_ARRAY(t->arena, NodeId, 2 * (size_t)rc->n_outputs);
    TRY_ALLOC(outputs);
    TRY(open_body(rc, body));
    TRY(custom ? custom_jvp(rc, body, &primals, &tangent)
               : spec_jvp(rc, body, &primals, &tangent));
    uint32_t n = rc->n_outputs;
    if (n) memcpy(outputs, primals, n * sizeof *outputs);
    TRY(tangent_nodes(rc, custom ? rc->from.span : rc->from.function->rule->tangent->span,
                      tangent, outputs, &n));
    return front_close_scope(t, body->outer, body->inputs.at, n, outputs, &rc->jvp);
}

// -- what the rule is the derivative of ---------------------------------------------

static Status trace_target(RuleCall *rc, RuleBody *body, const Graph **target) {
    const Expr *expr = rc->from.function->rule->target;
    Value value;
    NodeId *outputs;
    TRY(open_body(rc, body));
    TRY(front_eval(rc->t, body->env, expr, &value));
    TRY(alike_nodes(rc, expr->span, "`derivative_of`", value, &outputs));
    return front_close_scope(rc->t, body->outer, body->inputs.at, rc->n_outputs, outputs,
                             target);
}

// -- from outside -------------------------------------------------------------------

static Status traced(RuleCall *rc, Status (*trace)(RuleCall *, RuleBody *)) {
    RuleBody body = {0};
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

Status front_trace_rule_target(RuleCall *rc, const Graph **target) {
    RuleBody body = {.outer = rc->t->scope, .span = rc->t->span};
    const Status status = trace_target(rc, &body, target);
    leave_body(rc, &body);
    return status;
}
