// Calls of functions with a custom rule: a call node for each, one Call for all that agree
// in function, types, static arguments, and what these close over but for its values.
#include "front/rule.h"

// -- callbacks (ir/call.h) ----------------------------------------------------------

static Status call_forward(Call *call, const Graph **graph) {
    RuleCall *rc = (RuleCall *)call;
    if (!rc->forward) TRY(front_trace_rule_forward(rc));
    *graph = rc->forward;
    return OK;
}

static void note_use(const RuleCall *rc, FrontRuleUse use) {
    if (rc->from.prelude || !rc->from.function) return;
    uint8_t *known = &rc->t->rule_use[rc->from.function - rc->t->spec->functions];
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

// -- what a call is given -----------------------------------------------------------

typedef struct Operands {
    Value *structures; // of the arguments that are traced
    Leaves leaves;
    const bool *nondiff; // by leaf
    Value closed;        // numbered (closure.h)
    Leaves captures;
    NodeId *nodes; // leaves, then captures
    TypeId *types;
} Operands;

static Status check_argument(Trace *t, const RuleSource *from, const RuleArg *arg,
                             Value value) {
    switch (value.kind) {
    case VALUE_ARRAY:
    case VALUE_NUMBER:
    case VALUE_NONE:
        return OK;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_RECORD:
        for (uint32_t i = 0; i < value.n; i++)
            TRY(check_argument(t, from, arg, value.items[i]));
        return OK;
    default:
        break;
    }
    const char *hint =
        base_hint(t->diags, "declare it: %.*s: {static: true}", STR_ARG(arg->name));
    if (from->custom)
        hint = from->custom->kind == CUSTOM_GRADIENT
                   ? "close over it instead"
                   : "name its position in nondiff_argnums";
    return base_error_also(
        t->diags, CODE_E402, t->span, arg->span, arg->span.at ? "declared here" : NULL,
        hint,
        "`%.*s` of `%.*s`, which has a rule, must be an array or a structure of "
        "arrays, got %s",
        STR_ARG(arg->name), STR_ARG(from->name), front_kind_text(t, value));
}

// The array leaves of the arguments that are traced, and which of them have no tangent.
// Numbers become arrays: a rule sees no static value but those declared so.
static Status read_leaves(Trace *t, const RuleSource *from, const Value *args,
                          Operands *o) {
    VEC(bool) bits = {0};
    for (uint32_t i = 0; i < from->n_args; i++) {
        if (!from->args[i].traced) continue;
        const uint32_t first = o->leaves.at.n;
        TRY(check_argument(t, from, &from->args[i], args[i]));
        TRY(front_flatten(t, args[i], "an argument of a function with a rule", &o->leaves));
        uint32_t next = first;
        TRY(front_unflatten(t, args[i], o->leaves.at.at, &next, &o->structures[i]));
        while (bits.n < o->leaves.at.n) {
            const Type *type = front_type(t, o->leaves.at.at[bits.n]);
            const bool bit = from->args[i].nondiff || !num_is_float((Dtype)type->dtype);
            if (!VEC_PUSH(t->lasting, &bits, bit)) return NOMEM;
        }
    }
    o->nondiff = bits.at;
    return OK;
}

// What the rule has from elsewhere: functions, arguments that are not traced, and in both
// the arrays that they close over.
static Status read_closed(Trace *t, const RuleSource *from, const Value *args,
                          Operands *o) {
    const uint32_t n_functions = from->custom ? from->custom->n_functions : 0;
    Value *items = NEW_ARRAY(t->arena, Value, n_functions + from->n_args);
    TRY_ALLOC(items);
    uint32_t n = 0;
    for (; n < n_functions; n++)
        items[n] = from->custom->functions[n];
    for (uint32_t i = 0; i < from->n_args; i++)
        if (!from->args[i].traced) items[n++] = args[i];
    const Value all = {.kind = VALUE_TUPLE, .n = n, .items = items};
    return front_take_arrays(t, all, &o->captures, &o->closed);
}

static Status read_operands(Trace *t, const RuleSource *from, const Value *args,
                            Operands *o) {
    o->structures = NEW_ARRAY(t->arena, Value, from->n_args);
    TRY_ALLOC(o->structures);
    TRY(read_leaves(t, from, args, o));
    TRY(read_closed(t, from, args, o));
    const uint32_t n_leaves = o->leaves.at.n, n = n_leaves + o->captures.at.n;
    o->nodes = NEW_ARRAY(t->arena, NodeId, n);
    o->types = NEW_ARRAY(t->arena, TypeId, n);
    if (!o->nodes || !o->types) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        TRY(front_node_here(
            t, i < n_leaves ? o->leaves.at.at[i] : o->captures.at.at[i - n_leaves],
            &o->nodes[i]));
        o->types[i] = ir_type_of(t->scope->b, o->nodes[i]);
    }
    return OK;
}

// -- making calls -------------------------------------------------------------------

// The source as it outlives the request. Functions of `custom` stand in `closed`.
static Status keep_source(Trace *t, const RuleSource *from, RuleSource *kept) {
    RuleArg *args = NEW_ARRAY(t->lasting, RuleArg, from->n_args);
    TRY_ALLOC(args);
    *kept = *from;
    kept->args = args;
    for (uint32_t i = 0; i < from->n_args; i++)
        args[i] = from->args[i];
    if (!from->custom) return OK;
    Custom *custom = NEW(t->lasting, Custom);
    int64_t *nondiff = NEW_ARRAY(t->lasting, int64_t, from->custom->n_nondiff);
    if (!custom || !nondiff) return NOMEM;
    *custom = *from->custom;
    for (uint32_t i = 0; i < custom->n_nondiff; i++)
        nondiff[i] = from->custom->nondiff[i];
    custom->functions = NULL;
    custom->nondiff = nondiff;
    kept->custom = custom;
    for (uint32_t i = 0; i < from->n_args; i++) { // names made for the request, too
        const char *name = base_strdup(t->lasting, from->args[i].name);
        TRY_ALLOC(name);
        args[i].name.at = name;
    }
    return OK;
}

static Status make_call(Trace *t, const RuleSource *from, const Operands *o,
                        RuleCall **result) {
    const uint32_t n_leaves = o->leaves.at.n, n = n_leaves + o->captures.at.n;
    RuleCall *rc = NEW(t->lasting, RuleCall);
    Value *structures = NEW_ARRAY(t->lasting, Value, from->n_args);
    TypeId *types = NEW_ARRAY(t->lasting, TypeId, n);
    if (!rc || !structures || !types) return NOMEM;
    const SpecFunction *function = from->function;
    *rc = (RuleCall){.call = {.kind = from->kind,
                              .name = from->name,
                              .span = from->span,
                              .n_args = n_leaves,
                              .n_captures = o->captures.at.n,
                              .nondiff = o->nondiff,
                              .forward = call_forward,
                              .rule = call_rule,
                              .jvp = call_jvp,
                              .logs_anything = function && function->rule->logs.n},
                     .t = t,
                     .structures = structures,
                     .n_leaves = n_leaves,
                     .types = types};
    rc->call.watched = t->watching && !from->prelude;
    if (n) memcpy(types, o->types, n * sizeof *types);
    for (uint32_t i = 0; i < from->n_args; i++)
        TRY(front_keep_value(t, o->structures[i], &structures[i]));
    TRY(front_keep_value(t, o->closed, &rc->closed));
    TRY(keep_source(t, from, &rc->from));
    TRY(front_trace_rule_value(rc));
    if (ir_add_call(t->ir, &rc->call) == UINT32_MAX) return NOMEM;
    *result = rc;
    return OK;
}

// The structure and the types of an argument that is traced.
static void add_structure(Text *key, Value value) {
    if (value.kind == VALUE_ARRAY)
        base_text_printf(key, "a%u ", ir_type_of(value.scope->b, value.node));
    if (value.kind != VALUE_TUPLE && value.kind != VALUE_LIST && value.kind != VALUE_RECORD)
        return;
    base_text_printf(key, "%d[", value.kind);
    for (uint32_t i = 0; i < value.n; i++) {
        if (value.kind == VALUE_RECORD)
            base_text_printf(key, "%zu:%.*s=", value.keys[i].n, STR_ARG(value.keys[i]));
        add_structure(key, value.items[i]);
    }
    base_text_char(key, ']');
}

static Status add_key(Trace *t, const RuleSource *from, const Operands *o, Text *key) {
    if (from->custom) {
        base_text_printf(key, "%d", from->custom->kind);
        for (uint32_t i = 0; i < from->custom->n_nondiff; i++)
            base_text_printf(key, " %lld", (long long)from->custom->nondiff[i]);
    } else {
        base_text_printf(key, "%p %d", (const void *)from->function, from->prelude);
    }
    for (uint32_t i = 0; i < from->n_args; i++) {
        base_text_char(key, ',');
        add_structure(key, o->structures[i]);
    }
    base_text_char(key, '|');
    return front_add_key(t, key, o->closed, o->types + o->leaves.at.n);
}

// The call for operands of these types, made when first met.
static Status find_call(Trace *t, const RuleSource *from, const Operands *o,
                        RuleCall **rc) {
    Text key = {.arena = t->arena};
    TRY(add_key(t, from, o, &key));
    uint32_t at;
    if (base_map_get(t->calls, base_text_str(&key), &at)) {
        *rc = (RuleCall *)t->call_list.at[at];
        return OK;
    }
    const char *kept = base_strdup(t->lasting, base_text_str(&key));
    TRY_ALLOC(kept);
    TRY(make_call(t, from, o, rc));
    if (!VEC_PUSH(t->lasting, &t->call_list, &(*rc)->call)) return NOMEM;
    return base_map_set(t->calls, (Str){kept, base_text_str(&key).n}, t->call_list.n - 1);
}

Status front_call_ruled(Trace *t, const RuleSource *from, const Value *args, Span span,
                        Value *result) {
    Operands o = {0};
    RuleCall *rc = NULL;
    front_at(t, span);
    TRY(read_operands(t, from, args, &o));
    TRY(find_call(t, from, &o, &rc));
    note_use(rc, RULE_REACHED);
    front_at(t, span);
    Value *outputs = NEW_ARRAY(t->arena, Value, rc->n_outputs);
    TRY_ALLOC(outputs);
    const int64_t attr = rc->call.id;
    const NodeId node =
        ir_emit(t->scope->b, PRIM_call, o.leaves.at.n + o.captures.at.n, o.nodes, 1, &attr);
    for (uint32_t i = 0; i < rc->n_outputs; i++)
        TRY(front_made(t, ir_out(t->scope->b, node, i), &outputs[i]));
    uint32_t next = 0;
    return front_unflatten(t, rc->outputs, outputs, &next, result);
}

// -- functions of the spec and the prelude ------------------------------------------

Status front_call_with_rule(Trace *t, const SpecFunction *function, bool prelude,
                            const Value *args, Span span, Value *result) {
    RuleArg *own = NEW_ARRAY(t->arena, RuleArg, function->n_args);
    TRY_ALLOC(own);
    for (uint32_t i = 0; i < function->n_args; i++) {
        const SpecArg *arg = &function->args[i];
        own[i] = (RuleArg){.name = arg->name,
                           .span = arg->span,
                           .traced = !arg->is_static && !arg->is_text,
                           .nondiff = arg->nondiff};
    }
    const RuleSource from = {.function = function,
                             .prelude = prelude,
                             .name = function->name,
                             .span = function->rule->span,
                             .value_span = function->value->span,
                             .kind = function->rule->kind == SPEC_VJP ? CALL_VJP : CALL_JVP,
                             .n_args = function->n_args,
                             .args = own};
    return front_call_ruled(t, &from, args, span, result);
}
