// What a vjp rule gives for its arguments, against these.
#include "front/rule.h"

static Status misfit(const RuleCall *rc, const RuleArg *arg, Span span,
                     const char *expected, const char *got, const char *hint) {
    return base_error_also(
        rc->t->diags, CODE_E503, span, arg->span, arg->span.at ? "the argument" : NULL,
        hint,
        "the rule of `%.*s` gives a cotangent for `%.*s` that does not fit: "
        "expected %s, got %s",
        STR_ARG(rc->from.name), STR_ARG(arg->name), expected, got);
}

static Status add_null(Trace *t, Value structure, RuleGrads *grads) {
    if (structure.kind == VALUE_ARRAY || structure.kind == VALUE_NUMBER)
        return VEC_PUSH(t->arena, &grads->nodes, IR_NONE) ? OK : NOMEM;
    for (uint32_t i = 0; i < structure.n && structure.kind != VALUE_NONE; i++)
        TRY(add_null(t, structure.items[i], grads));
    return OK;
}

static Status add_leaf(const RuleCall *rc, const RuleArg *arg, Span span, Value grad,
                       RuleGrads *grads) {
    Trace *t = rc->t;
    const TypeId want = rc->types[grads->nodes.n];
    const Type *type = ir_type(t->ir, want);
    if (!num_is_float((Dtype)type->dtype)) { // ignored: integers have no cotangent
        return VEC_PUSH(t->arena, &grads->nodes, IR_NONE) ? OK : NOMEM;
    }
    if (grad.kind != VALUE_ARRAY && grad.kind != VALUE_NUMBER && grad.kind != VALUE_LIST)
        return misfit(rc, arg, span, front_type_text(t, want), front_kind_text(t, grad),
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
        return misfit(rc, arg, span, front_type_text(t, want),
                      front_type_text(t, ir_type_of(t->scope->b, node)), hint);
    }
    node = ir_convert(t->scope->b, node, (Dtype)type->dtype, type->weak);
    TRY(ir_status(t->scope->b));
    return VEC_PUSH(t->arena, &grads->nodes, node) ? OK : NOMEM;
}

// A rule's result against its argument's structure: null is zero for a part, one value
// spreads over a tuple (a tree prefix), otherwise the structures agree.
static Status add_grads(const RuleCall *rc, const RuleArg *arg, Span span, Value structure,
                        Value grad, RuleGrads *grads) {
    Trace *t = rc->t;
    if (grad.kind == VALUE_NONE || structure.kind == VALUE_NONE)
        return add_null(t, structure, grads);
    if (structure.kind == VALUE_ARRAY || structure.kind == VALUE_NUMBER)
        return add_leaf(rc, arg, span, grad, grads);
    const bool prefix = grad.kind == VALUE_ARRAY || grad.kind == VALUE_NUMBER;
    if (!prefix && !front_same_parts(structure, grad))
        return misfit(rc, arg, span, front_structure_text(t, structure),
                      front_structure_text(t, grad),
                      "None stands for the cotangent of a part that has none");
    for (uint32_t i = 0; i < structure.n; i++) {
        const Value part = prefix ? grad : front_counterpart(grad, structure, i);
        TRY(add_grads(rc, arg, span, structure.items[i], part, grads));
    }
    return OK;
}

// -- rules of the spec --------------------------------------------------------------

static Status eval_all(const RuleCall *rc, Env *env, Value *grads) {
    Trace *t = rc->t;
    const SpecFunction *function = rc->from.function;
    const Expr *expr = function->rule->all;
    Value value;
    uint32_t expected = 0, k = 0;
    for (uint32_t i = 0; i < function->n_args; i++)
        expected += !function->args[i].nondiff;
    TRY(front_eval(t, env, expr, &value));
    front_at(t, expr->span);
    if (expected == 1) {
        for (uint32_t i = 0; i < function->n_args; i++)
            if (!function->args[i].nondiff) grads[i] = value;
        return OK;
    }
    if (value.kind != VALUE_TUPLE || value.n != expected) {
        return base_error(t->diags, CODE_E503, expr->span,
                          "write a cotangent for each argument: (g * y, g * x), say",
                          "the rule of `%.*s` must give a tuple of %u cotangents, got %s",
                          STR_ARG(function->name), expected, front_kind_text(t, value));
    }
    for (uint32_t i = 0; i < function->n_args; i++)
        if (!function->args[i].nondiff) grads[i] = value.items[k++];
    return OK;
}

static Status add_log(Trace *t, Env *env, const SpecNamed *log, RuleGrads *grads) {
    Value value;
    Leaves leaves = {0};
    Value *structure = NEW(t->lasting, Value);
    TRY_ALLOC(structure);
    TRY(front_eval(t, env, log->expr, &value));
    front_at(t, log->expr->span);
    TRY(front_flatten(t, value, "a log", &leaves));
    TRY(front_keep_value(t, value, structure));
    for (uint32_t i = 0; i < leaves.at.n; i++) {
        NodeId node;
        TRY(front_node_here(t, leaves.at.at[i], &node));
        if (!VEC_PUSH(t->arena, &grads->log_nodes, node)) return NOMEM;
    }
    const CallLog made = {log->name, leaves.at.n, structure};
    return VEC_PUSH(t->lasting, &grads->logs, made) ? OK : NOMEM;
}

static Status spec_grads(RuleCall *rc, const RuleBody *body, Env *env, Value cotangent,
                         RuleGrads *grads) {
    Trace *t = rc->t;
    const SpecRule *rule = rc->from.function->rule;
    const uint32_t n_args = rc->from.n_args;
    Value *values = NEW_ARRAY(t->arena, Value, n_args);
    TRY_ALLOC(values);
    TRY(front_define(t, env, rule->cotangent, cotangent));
    TRY(front_define_lets(t, env, &rule->let));
    if (rule->all) TRY(eval_all(rc, env, values));
    for (uint32_t i = 0; i < rule->n_grads; i++)
        if (rule->grads[i]) TRY(front_eval(t, env, rule->grads[i], &values[i]));
    for (uint32_t i = 0; i < n_args; i++) {
        const RuleArg *arg = &rc->from.args[i];
        if (!arg->traced) continue;
        const bool own = rule->n_grads && rule->grads[i];
        const Span span = own         ? rule->grads[i]->span
                          : rule->all ? rule->all->span
                                      : rule->span;
        front_at(t, span);
        const Value grad = arg->nondiff ? front_none() : values[i];
        TRY(add_grads(rc, arg, span, body->args[i], grad, grads));
    }
    for (uint32_t i = 0; i < rule->logs.n; i++)
        TRY(add_log(t, env, &rule->logs.at[i], grads));
    return OK;
}

Status front_rule_grads(RuleCall *rc, const RuleBody *body, Env *env, Value cotangent,
                        RuleGrads *grads) {
    if (rc->from.function) return spec_grads(rc, body, env, cotangent, grads);
    Value values;
    TRY(front_custom_rule(rc, body, cotangent, &values));
    front_at(rc->t, rc->from.span);
    for (uint32_t i = 0, k = 0; i < rc->from.n_args; i++) {
        const RuleArg *arg = &rc->from.args[i];
        if (!arg->traced) continue;
        TRY(add_grads(rc, arg, rc->from.span, body->args[i], values.items[k++], grads));
    }
    return OK;
}
