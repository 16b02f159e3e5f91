// Calls of functions with a custom rule: a call node for each, one Call for all that agree
// in function, types and static arguments.
#include "front/rule.h"

// -- keys and copies that outlive the request ---------------------------------------

static void add_number_key(Text *key, const Number *number) {
    for (; number; number = number->a) {
        base_text_printf(key, "(%d %lld %a %.*s %d", number->kind,
                         (long long)number->integer, number->nearest, STR_ARG(number->text),
                         number->op);
        if (number->b) add_number_key(key, number->b);
    }
}

// A value as part of a call's key: structure and types of what is traced, the value of what
// is static.
static Status add_key(Trace *t, Text *key, Value value) {
    switch (value.kind) {
    case VALUE_ARRAY:
        base_text_printf(key, "a%u ", ir_type_of(value.scope->b, value.node));
        return OK;
    case VALUE_NUMBER:
        add_number_key(key, value.number);
        return OK;
    case VALUE_TEXT:
        base_text_printf(key, "t%zu:%.*s ", value.text.n, STR_ARG(value.text));
        return OK;
    case VALUE_DTYPE:
        base_text_printf(key, "d%d ", value.dtype);
        return OK;
    case VALUE_FUNCTION:
        if (value.function->kind == FUNCTION_SPEC ||
            value.function->kind == FUNCTION_BUILTIN) {
            base_text_printf(key, "f%p ", (const void *)value.function->spec);
            return OK;
        }
        return base_error(
            t->diags, CODE_E402, t->span, "name a function of the spec",
            "a function with a rule takes no lambda or transformed function as an "
            "argument in this version");
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        base_text_printf(key, "%d[", value.kind);
        for (uint32_t i = 0; i < value.n; i++) {
            if (value.kind == VALUE_RECORD)
                base_text_printf(key, "%.*s=", STR_ARG(value.keys[i]));
            TRY(add_key(t, key, value.items[i]));
        }
        base_text_char(key, ']');
        return OK;
    case VALUE_NONE:
        base_text_char(key, 'n');
        return OK;
    default:
        return base_error(t->diags, CODE_E402, t->span, NULL, "%s cannot be an argument",
                          front_kind_text(t, value));
    }
}

static Status keep_number(Arena *arena, const Number *number, const Number **kept) {
    Number *copy = NEW(arena, Number);
    TRY_ALLOC(copy);
    *copy = *number;
    if (number->a) TRY(keep_number(arena, number->a, &copy->a));
    if (number->b) TRY(keep_number(arena, number->b, &copy->b));
    *kept = copy;
    return OK;
}

Status front_keep_value(Arena *arena, Value value, Value *kept) {
    *kept = value;
    switch (value.kind) {
    case VALUE_ARRAY:
        *kept = front_array(NULL, IR_NONE);
        return OK;
    case VALUE_NUMBER:
        return keep_number(arena, value.number, &kept->number);
    case VALUE_FUNCTION: {
        Function *copy = NEW(arena, Function);
        TRY_ALLOC(copy);
        *copy = *value.function;
        kept->function = copy;
        return OK;
    }
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD: {
        Value *items = NEW_ARRAY(arena, Value, value.n);
        Str *keys = value.kind == VALUE_RECORD ? NEW_ARRAY(arena, Str, value.n) : NULL;
        TRY_ALLOC(items);
        if (value.kind == VALUE_RECORD) TRY_ALLOC(keys);
        for (uint32_t i = 0; i < value.n; i++) {
            TRY(front_keep_value(arena, value.items[i], &items[i]));
            if (keys) keys[i] = value.keys[i];
        }
        kept->items = items;
        kept->keys = keys;
        return OK;
    }
    default:
        return OK;
    }
}

// -- callbacks (ir/call.h) ----------------------------------------------------------

static Status call_forward(Call *call, const Graph **graph) {
    RuleCall *rc = (RuleCall *)call;
    if (!rc->forward) TRY(front_trace_rule_forward(rc));
    *graph = rc->forward;
    return OK;
}

static void note_use(const RuleCall *rc, FrontRuleUse use) {
    if (rc->prelude) return;
    uint8_t *known = &rc->t->rule_use[rc->function - rc->t->spec->functions];
    if (*known < use) *known = (uint8_t)use;
}

static Status call_rule(Call *call, const Graph **graph, const bool **present) {
    RuleCall *rc = (RuleCall *)call;
    note_use(rc, RULE_RAN);
    const Graph *forward;
    TRY(call_forward(call, &forward));
    *graph = rc->rule;
    *present = rc->present;
    return OK;
}

static Status call_jvp(Call *call, const Graph **graph) {
    RuleCall *rc = (RuleCall *)call;
    note_use(rc, RULE_RAN);
    if (!rc->jvp) TRY(front_trace_rule_jvp(rc));
    *graph = rc->jvp;
    return OK;
}

// -- making calls -------------------------------------------------------------------

// The array leaves of all arguments that are not static, and which of them have no tangent.
static Status argument_leaves(Trace *t, const SpecFunction *function, const Value *args,
                              Leaves *leaves, bool **nondiff) {
    VEC(bool) bits = {0};
    for (uint32_t i = 0; i < function->n_args; i++) {
        const SpecArg *arg = &function->args[i];
        if (arg->is_static || arg->is_text) continue;
        TRY(front_flatten(t, args[i], "an argument of a function with a rule", leaves));
        while (bits.n < leaves->at.n) {
            const Type *type = front_type(t, leaves->at.at[bits.n]);
            const bool bit = arg->nondiff || !num_is_float((Dtype)type->dtype);
            if (!VEC_PUSH(t->lasting, &bits, bit)) return NOMEM;
        }
    }
    *nondiff = bits.at;
    return OK;
}

// Numbers among the arguments become arrays: a rule sees no static value but those declared
// so.
static Status arrays_of(Trace *t, const SpecFunction *function, const Value *args,
                        Value *arrays) {
    for (uint32_t i = 0; i < function->n_args; i++) {
        const SpecArg *arg = &function->args[i];
        arrays[i] = args[i];
        if (arg->is_static || arg->is_text) continue;
        Leaves leaves = {0};
        uint32_t next = 0;
        TRY(front_flatten(t, args[i], "an argument of a function with a rule", &leaves));
        TRY(front_unflatten(t, args[i], leaves.at.at, &next, &arrays[i]));
    }
    return OK;
}

static Status make_call(Trace *t, const SpecFunction *function, bool prelude,
                        const Value *args, const Leaves *leaves, const bool *nondiff,
                        RuleCall **result) {
    RuleCall *rc = NEW(t->lasting, RuleCall);
    Value *kept = NEW_ARRAY(t->lasting, Value, function->n_args);
    TypeId *types = NEW_ARRAY(t->lasting, TypeId, leaves->at.n);
    if (!rc || !kept || !types) return NOMEM;
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(front_keep_value(t->lasting, args[i], &kept[i]));
    for (uint32_t i = 0; i < leaves->at.n; i++)
        types[i] = ir_type_of(leaves->at.at[i].scope->b, leaves->at.at[i].node);
    *rc =
        (RuleCall){.call = {.kind = function->rule->kind == SPEC_VJP ? CALL_VJP : CALL_JVP,
                            .name = function->name,
                            .span = function->rule->span,
                            .n_args = leaves->at.n,
                            .nondiff = nondiff,
                            .forward = call_forward,
                            .rule = call_rule,
                            .jvp = call_jvp},
                   .t = t,
                   .function = function,
                   .prelude = prelude,
                   .args = kept,
                   .n_leaves = leaves->at.n,
                   .types = types};
    TRY(front_trace_rule_value(rc));
    if (ir_add_call(t->ir, &rc->call) == UINT32_MAX) return NOMEM;
    *result = rc;
    return OK;
}

// The call of this function for arguments of these types, made when first met.
static Status find_call(Trace *t, const SpecFunction *function, bool prelude,
                        const Value *args, const Leaves *leaves, const bool *nondiff,
                        RuleCall **rc) {
    Text key = {.arena = t->lasting};
    base_text_printf(&key, "%p %d ", (const void *)function, prelude);
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(add_key(t, &key, args[i]));
    if (key.failed) return NOMEM;
    uint32_t at;
    if (base_map_get(t->calls, base_text_str(&key), &at)) {
        *rc = (RuleCall *)t->call_list.at[at];
        return OK;
    }
    TRY(make_call(t, function, prelude, args, leaves, nondiff, rc));
    if (!VEC_PUSH(t->lasting, &t->call_list, &(*rc)->call)) return NOMEM;
    return base_map_set(t->calls, base_text_str(&key), t->call_list.n - 1);
}

Status front_call_with_rule(Trace *t, const SpecFunction *function, bool prelude,
                            const Value *args, Span span, Value *result) {
    Value *arrays = NEW_ARRAY(t->arena, Value, function->n_args);
    Leaves leaves = {0};
    bool *nondiff;
    RuleCall *rc = NULL;
    TRY_ALLOC(arrays);
    front_at(t, span);
    TRY(arrays_of(t, function, args, arrays));
    TRY(argument_leaves(t, function, arrays, &leaves, &nondiff));
    TRY(find_call(t, function, prelude, arrays, &leaves, nondiff, &rc));
    note_use(rc, RULE_REACHED);
    front_at(t, span);
    NodeId *in = NEW_ARRAY(t->arena, NodeId, leaves.at.n);
    Value *outputs = NEW_ARRAY(t->arena, Value, rc->n_outputs);
    if (!in || !outputs) return NOMEM;
    for (uint32_t i = 0; i < leaves.at.n; i++)
        TRY(front_node_here(t, leaves.at.at[i], &in[i]));
    const int64_t attr = rc->call.id;
    const NodeId node = ir_emit(t->scope->b, PRIM_call, leaves.at.n, in, 1, &attr);
    for (uint32_t i = 0; i < rc->n_outputs; i++)
        TRY(front_made(t, ir_out(t->scope->b, node, i), &outputs[i]));
    uint32_t next = 0;
    return front_unflatten(t, rc->outputs, outputs, &next, result);
}
