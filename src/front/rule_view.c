#include "front/rule_view.h"

#include "front/rule.h"
#include "front/session.h"

Front *front_new_watching(Arena *arena, Ir *ir, const Spec *spec) {
    Front *front = front_new(arena, ir, spec);
    if (front) front->trace.watching = true;
    return front;
}

// -- structures ---------------------------------------------------------------------

// A structure whose arrays have these types, from *next on.
static Status tree_of(Arena *arena, Value value, const TypeId *types, uint32_t *next,
                      Tree *tree) {
    if (value.kind == VALUE_NONE) {
        *tree = (Tree){.kind = TREE_NONE};
        return OK;
    }
    const bool record = value.kind == VALUE_RECORD;
    if (value.kind != VALUE_TUPLE && value.kind != VALUE_LIST && !record) {
        *tree = (Tree){.kind = TREE_LEAF, .type = types[(*next)++]};
        return OK;
    }
    Tree *parts = NEW_ARRAY(arena, Tree, value.n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < value.n; i++)
        TRY(tree_of(arena, value.items[i], types, next, &parts[i]));
    *tree = (Tree){.kind = record                     ? TREE_RECORD
                           : value.kind == VALUE_LIST ? TREE_LIST
                                                      : TREE_TUPLE,
                   .n = value.n,
                   .parts = parts,
                   .keys = record ? value.keys : NULL};
    return OK;
}

// -- arguments that are not traced --------------------------------------------------

static void add_number(Text *text, const Number *number) {
    char printed[NUM_TEXT];
    if (number->kind == NUMBER_BOOL)
        base_text_add(text, number->integer ? STR("True") : STR("False"));
    else if (number->kind == NUMBER_INT)
        base_text_printf(text, "%lld", (long long)number->integer);
    else if (number->text.n)
        base_text_add(text, number->text);
    else
        base_text_add(text, (Str){printed, num_print(DT_F64, &number->nearest, printed)});
}

static void add_quoted(Text *text, Str string) {
    base_text_char(text, '"');
    for (size_t i = 0; i < string.n; i++) {
        const char c = string.at[i];
        if (c == '"' || c == '\\') base_text_char(text, '\\');
        if (c == '\n')
            base_text_add(text, STR("\\n"));
        else
            base_text_char(text, c);
    }
    base_text_char(text, '"');
}

static Status static_text(Arena *arena, Value value, Str *result) {
    Text text = {.arena = arena};
    switch (value.kind) {
    case VALUE_NUMBER:
        add_number(&text, value.number);
        break;
    case VALUE_TEXT:
        add_quoted(&text, value.text);
        break;
    case VALUE_DTYPE:
        base_text_add(&text, base_str(num_dtype_name(value.dtype)));
        break;
    default:
        break;
    }
    *result = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

// -- calls --------------------------------------------------------------------------

static Span grad_span(const RuleSource *from, uint32_t arg) {
    if (!from->function || from->kind == CALL_JVP) return NO_SPAN;
    const SpecRule *rule = from->function->rule;
    if (rule->all) return rule->all->span;
    return rule->n_grads && rule->grads[arg] ? rule->grads[arg]->span : NO_SPAN;
}

Status front_view_rule(Arena *arena, const Call *call, RuleView *view) {
    const RuleCall *rc = (const RuleCall *)call;
    const RuleSource *from = &rc->from;
    RuleViewArg *args = NEW_ARRAY(arena, RuleViewArg, from->n_args);
    TRY_ALLOC(args);
    uint32_t leaf = 0, next = from->custom ? from->custom->n_functions : 0;
    for (uint32_t i = 0; i < from->n_args; i++) {
        args[i] = (RuleViewArg){
            .name = from->args[i].name, .traced = from->args[i].traced, .first = leaf};
        if (args[i].traced) {
            args[i].grad = grad_span(from, i);
            TRY(tree_of(arena, rc->structures[i], rc->types, &leaf, &args[i].tree));
        } else {
            TRY(static_text(arena, rc->closed.items[next++], &args[i].text));
        }
    }
    *view = (RuleView){.function = from->function,
                       .name = from->name,
                       .span = from->span,
                       .n_args = from->n_args,
                       .args = args};
    leaf = 0;
    return tree_of(arena, rc->outputs, rc->output_types, &leaf, &view->outputs);
}

static Status make_pair(RuleCall *rc, unsigned order, Pair *pair) {
    const SpecFunction *function = rc->from.function;
    const Graph *target = rc->call.value;
    if (function && function->rule->target) TRY(front_trace_rule_target(rc, &target));
    return xform_pair(&rc->call, target, order, pair);
}

Status front_rule_pair(Front *front, Diags *diags, Call *call, unsigned order, Pair *pair) {
    TRY(front_begin(front, diags, call->span));
    Scope *scope = front->trace.scope;
    const Status status = make_pair((RuleCall *)call, order, pair);
    front_end(front, scope);
    return status;
}
