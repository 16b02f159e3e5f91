// Answers: what a point asks of its function, as one graph.
#include "front/answer.h"
#include "front/session.h"

Front *front_new(Arena *arena, Ir *ir, const Spec *spec) {
    Front *front = NEW(arena, Front);
    if (!front) return NULL;
    front->arena = arena;
    front->trace = (Trace){.lasting = arena,
                           .ir = ir,
                           .spec = spec,
                           .dtype = spec->dtype,
                           .calls = base_map_new(arena),
                           .rule_use = NEW_ARRAY(arena, uint8_t, spec->n_functions),
                           .call_counts = NEW_ARRAY(arena, uint32_t, spec->n_functions)};
    const Trace *t = &front->trace;
    return t->calls && t->rule_use && t->call_counts ? front : NULL;
}

FrontRuleUse front_rule_use(const Front *front, const SpecFunction *function) {
    return front->trace.rule_use[function - front->trace.spec->functions];
}

const uint32_t *front_call_counts(const Front *front) {
    return front->trace.call_counts;
}

uint32_t front_tree_leaves(const Tree *tree) {
    if (tree->kind == TREE_LEAF) return 1;
    uint32_t n = 0;
    for (uint32_t i = 0; i < tree->n; i++)
        n += front_tree_leaves(&tree->parts[i]);
    return n;
}

// -- one request --------------------------------------------------------------------

Status front_begin(Front *front, Diags *diags, Span span) {
    Trace *t = &front->trace;
    t->diags = diags;
    ir_set_diags(t->ir, diags);
    t->span = span;
    t->call_depth = t->eval_depth = 0;
    t->arena = base_arena_new();
    TRY_ALLOC(t->arena);
    if (front_open_scope(t, NULL)) return OK;
    base_arena_free(t->arena);
    return NOMEM;
}

void front_end(Front *front, Scope *scope) {
    if (scope) ir_builder_drop(scope->b);
    base_arena_free(front->trace.arena);
    front->trace.arena = NULL;
    front->trace.scope = NULL;
}

// -- arguments ----------------------------------------------------------------------

// A structure of new inputs; parts that are none are None.
static Status input_value(Task *task, const Tree *tree, Value *value) {
    Trace *t = task->t;
    if (tree->kind == TREE_NONE) {
        *value = front_none();
        return OK;
    }
    if (tree->kind == TREE_LEAF) {
        const NodeId node = ir_input(t->scope->b, tree->type);
        TRY(front_made(t, node, value));
        return VEC_PUSH(t->arena, &task->inputs, node) ? OK : NOMEM;
    }
    Value *items = NEW_ARRAY(t->arena, Value, tree->n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < tree->n; i++)
        TRY(input_value(task, &tree->parts[i], &items[i]));
    const ValueKind kind = tree->kind == TREE_RECORD ? VALUE_RECORD
                           : tree->kind == TREE_LIST ? VALUE_LIST
                                                     : VALUE_TUPLE;
    *value = (Value){.kind = kind, .n = tree->n, .items = items, .keys = tree->keys};
    return OK;
}

static Status read_arguments(Task *task) {
    Trace *t = task->t;
    const Request *request = task->request;
    const uint32_t n = request->n_args;
    Value *values = NEW_ARRAY(t->arena, Value, n);
    Str *names = NEW_ARRAY(t->arena, Str, n);
    Span *spans = NEW_ARRAY(t->arena, Span, n);
    if (!values || !names || !spans) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const RequestArg *arg = &request->args[i];
        names[i] = arg->name;
        spans[i] = arg->span;
        if (arg->is_static) {
            Env *env = front_env(t, NULL);
            TRY_ALLOC(env);
            TRY(front_eval(t, env, arg->expr, &values[i]));
        } else {
            TRY(input_value(task, &arg->tree, &values[i]));
        }
    }
    TRY(input_value(task, &request->cotangent, &task->cotangent));
    task->tangents = NEW_ARRAY(t->arena, Value, request->n_tangents);
    TRY_ALLOC(task->tangents);
    for (uint32_t i = 0; i < request->n_tangents; i++)
        TRY(input_value(task, &request->tangents[i].tree, &task->tangents[i]));
    const Args args = {.n = request->by_name ? 0 : n,
                       .n_keywords = request->by_name ? n : 0,
                       .at = values,
                       .keywords = names,
                       .spans = spans,
                       .span = request->span};
    task->args = args;
    front_at(t, request->span);
    if (task->function.kind != VALUE_FUNCTION) return OK;
    return front_positional(t, task->function.function, &args, &task->args);
}

// -- all of it ----------------------------------------------------------------------

static Status name_arguments(Task *task) {
    const Request *request = task->request;
    AnswerArg *args = NEW_ARRAY(task->arena, AnswerArg, request->n_args);
    TRY_ALLOC(args);
    task->answer->args = args;
    for (uint32_t i = 0; i < request->n_args; i++) {
        args[i] = (AnswerArg){i, request->args[i].name};
        if (task->function.kind != VALUE_FUNCTION) continue;
        const Function *function = task->function.function;
        const int64_t at =
            request->by_name ? front_parameter_index(function, args[i].name) : i;
        if (at >= 0) args[i].argnum = (uint32_t)at;
        if (!request->by_name) args[i].name = front_parameter_name(function, i);
    }
    return OK;
}

static Status answer(Task *task) {
    Trace *t = task->t;
    Env *env = front_env(t, NULL);
    TRY_ALLOC(env);
    TRY(front_eval(t, env, task->request->function, &task->function));
    TRY(read_arguments(task));
    TRY(name_arguments(task));
    TRY(front_compute(task));
    return front_close_scope(t, NULL, task->inputs.at, task->outputs.n, task->outputs.at,
                             &task->answer->graph);
}

Status front_answer(Front *front, Diags *diags, Arena *arena, const Request *request,
                    Answer *result) {
    *result = (Answer){.logs = {.kind = TREE_NONE}};
    TRY(front_begin(front, diags, request->span));
    Scope *scope = front->trace.scope;
    Task task = {.t = &front->trace, .request = request, .arena = arena, .answer = result};
    const Status status = answer(&task);
    front_end(front, scope);
    return status;
}

// -- constants and declarations -----------------------------------------------------

static Status constant(Task *task, const Expr *expr, Tree *tree, const Graph **graph) {
    Trace *t = task->t;
    Value value;
    Env *env = front_env(t, NULL);
    TRY_ALLOC(env);
    TRY(front_eval(t, env, expr, &value));
    front_at(t, expr->span);
    TRY(front_add_tree(task, value, tree));
    return front_close_scope(t, NULL, NULL, task->outputs.n, task->outputs.at, graph);
}

Status front_constant(Front *front, Diags *diags, Arena *arena, const Expr *expr,
                      Tree *tree, const Graph **graph) {
    const Request request = {.span = expr->span};
    TRY(front_begin(front, diags, expr->span));
    Scope *scope = front->trace.scope;
    Task task = {.t = &front->trace, .request = &request, .arena = arena};
    front->trace.constant = ++front->trace.n_constants;
    const Status status = constant(&task, expr, tree, graph);
    front->trace.constant = 0;
    front_end(front, scope);
    return status;
}

// What may name a function without evaluating much.
static bool may_be_function(const Expr *expr) {
    return expr->kind == EXPR_NAME || expr->kind == EXPR_CALL || expr->kind == EXPR_ATTR ||
           expr->kind == EXPR_INDEX;
}

// Evaluates a function's expression alone.
static Status evaluate(Trace *t, const Expr *function, Value *value) {
    Env *env = front_env(t, NULL);
    TRY_ALLOC(env);
    return front_eval(t, env, function, value);
}

Status front_argument(Front *front, Diags *diags, const Expr *function, Str name,
                      uint32_t position, const SpecArg **arg) {
    *arg = NULL;
    if (!may_be_function(function)) return OK;
    TRY(front_begin(front, diags, function->span));
    Trace *t = &front->trace;
    Scope *scope = t->scope;
    Value value;
    const Status status = evaluate(t, function, &value);
    if (status == OK && value.kind == VALUE_FUNCTION) {
        int64_t at = position;
        if (name.n) at = front_parameter_index(value.function, name);
        if (at >= 0) *arg = front_declaration(value.function, (uint32_t)at);
    }
    front_end(front, scope);
    return status;
}

static Status list_parameters(Arena *arena, const Function *function, uint32_t *n,
                              RequestParameter **parameters) {
    VEC(RequestParameter) list = {0};
    for (uint32_t i = 0;; i++) {
        const RequestParameter parameter = {
            // The name of a lambda's parameter stands in the spec's text, as all names do.
            front_parameter_name(function, i), front_declaration(function, i)};
        if (parameter.name.n == 0) break;
        if (!VEC_PUSH(arena, &list, parameter)) return NOMEM;
    }
    *n = list.n;
    *parameters = list.at;
    return OK;
}

Status front_parameters(Front *front, Diags *diags, Arena *arena, const Expr *function,
                        uint32_t *n, RequestParameter **parameters) {
    *n = 0;
    *parameters = NULL;
    TRY(front_begin(front, diags, function->span));
    Trace *t = &front->trace;
    Scope *scope = t->scope;
    Value value;
    Status status = evaluate(t, function, &value);
    if (status == OK && value.kind == VALUE_FUNCTION)
        status = list_parameters(arena, value.function, n, parameters);
    front_end(front, scope);
    return status;
}
