// Running a point: its arguments read, its request traced and planned once for all points
// that ask the same, the plan run, the results handed out.
#include "api/backend.h"
#include "api/batch.h"
#include "base/limits.h"
#include "opt/opt.h"
#include "xform/xform.h"

typedef struct Run {
    cg_context *cg;
    LoadedSpec *spec;
    Point *point;
    const cg_run_options *options;
    ApiEngine engine;
    Diags diags;  // the point's own
    Arena *arena; // the result's
    Request request;
    VEC(RequestArg) args; // as they were read: of a batch with all rows
    VEC(RequestArg) tangents;
    VEC(const void *) inputs; // the elements of every input of the graph
    ApiBatch batch;
    Prepared *row;      // of a batch: for a row
    Prepared *prepared; // what is run
    Diags row_diags;    // of the rows of a batch that failed
    bool *failed_rows;  // for each row; NULL: none
    VEC(cg_row_error) row_errors;
    cg_result *result;
} Run;

// -- arguments ----------------------------------------------------------------------

static Status append_leaves(Run *run, const ApiValue *value) {
    for (uint32_t i = 0; i < value->leaves.n; i++)
        if (!VEC_PUSH(run->arena, &run->inputs, value->leaves.at[i])) return NOMEM;
    return OK;
}

// A static argument stays an expression; declared text is taken verbatim.
static Status static_argument(Run *run, const SpecArg *declared, const DocNode *node,
                              RequestArg *arg) {
    if (node->kind == DOC_SEQUENCE || node->kind == DOC_MAPPING) {
        return base_error_also(
            &run->diags, CODE_E402, node->span, declared->span, "declared here",
            declared->is_text ? NULL
                              : "one of several parts is written as an expression, in "
                                "quotes: \"(1, 2)\"",
            "argument `%.*s` must be %s, got %s", STR_ARG(declared->name),
            declared->is_text ? "text" : "static: a number, text or function",
            doc_kind_name(node->kind));
    }
    arg->is_static = true;
    if (declared->is_text) {
        arg->expr = NEW(run->spec->arena, Expr);
        TRY_ALLOC(arg->expr);
        *arg->expr = (Expr){.kind = EXPR_STRING, .span = node->span, .text = node->text};
        return OK;
    }
    const SpecText text = {node->text, node->text_at};
    return front_parse_in_spec(run->spec->arena, &run->diags, run->spec->spec, text,
                               &arg->expr);
}

// One argument: its declaration says how plain numbers are read.
static Status read_argument(Run *run, Str name, uint32_t position, Span span,
                            const DocNode *node, Expr *expr) {
    const SpecArg *declared;
    RequestArg arg = {.name = name, .span = span};
    ApiReader reader = {.spec = run->spec,
                        .diags = &run->diags,
                        .arena = run->arena,
                        .dtype = run->spec->spec->dtype};
    ApiValue value = {0};
    TRY(front_argument(run->spec->front, &run->diags, run->point->spec->function, name,
                       position, &declared));
    if (declared && (declared->is_static || declared->is_text)) {
        if (node) {
            TRY(static_argument(run, declared, node, &arg));
        } else {
            arg.is_static = true;
            arg.expr = expr;
        }
        return VEC_PUSH(run->arena, &run->args, arg) ? OK : NOMEM;
    }
    if (declared && declared->has_dtype) reader.dtype = declared->dtype;
    if (node)
        TRY(api_read_value(&reader, node, &value));
    else
        TRY(api_read_expr(&reader, expr, &value));
    arg.tree = value.tree;
    TRY(append_leaves(run, &value));
    return VEC_PUSH(run->arena, &run->args, arg) ? OK : NOMEM;
}

static Status read_arguments(Run *run) {
    const Point *point = run->point;
    for (uint32_t i = 0; i < point->n_texts; i++) {
        const RequestText *text = &point->texts[i];
        TRY(read_argument(run, text->name, i, text->span, NULL, text->expr));
    }
    const DocNode *at = point->spec->at;
    run->request.by_name = point->n_texts || (at && at->kind == DOC_MAPPING);
    for (uint32_t i = 0; at && i < at->n; i++) {
        if (at->kind == DOC_MAPPING) {
            const DocPair *pair = &at->pairs[i];
            TRY(read_argument(run, pair->key.text, i, pair->value.span, &pair->value,
                              NULL));
        } else {
            TRY(read_argument(run, (Str){0}, i, at->items[i].span, &at->items[i], NULL));
        }
    }
    run->request.n_args = run->args.n;
    run->request.args = run->args.at;
    return OK;
}

// Cotangents and tangents are read as doubles, and take the dtype of what they belong to
// when that is known.
static ApiReader linear_reader(Run *run) {
    return (ApiReader){.spec = run->spec,
                       .diags = &run->diags,
                       .arena = run->arena,
                       .dtype = DT_F64,
                       .null_parts = true};
}

static Status read_cotangent(Run *run) {
    const DocNode *node = run->point->spec->cotangent;
    run->request.cotangent = (Tree){.kind = TREE_NONE};
    if (!node) return OK;
    ApiReader reader = linear_reader(run);
    ApiValue value = {0};
    TRY(api_read_value(&reader, node, &value));
    run->request.has_cotangent = true;
    run->request.cotangent = value.tree;
    run->request.cotangent_span = node->span;
    return append_leaves(run, &value);
}

static Status read_tangents(Run *run) {
    const DocNode *node = run->point->spec->tangent;
    ApiReader reader = linear_reader(run);
    for (uint32_t i = 0; node && i < node->n; i++) {
        const bool named = node->kind == DOC_MAPPING;
        const DocNode *item = named ? &node->pairs[i].value : &node->items[i];
        RequestArg tangent = {.name = named ? node->pairs[i].key.text : (Str){0},
                              .span = item->span};
        ApiValue value = {0};
        TRY(api_read_value(&reader, item, &value));
        tangent.tree = value.tree;
        TRY(append_leaves(run, &value));
        if (!VEC_PUSH(run->arena, &run->tangents, tangent)) return NOMEM;
    }
    run->request.n_tangents = run->tangents.n;
    run->request.tangents = run->tangents.at;
    return OK;
}

// -n: numbers or names, separated by commas.
static Status read_argnums(Run *run, const char *text) {
    VEC(SpecArgnum) list = {0};
    while (*text) {
        const size_t n = strcspn(text, ",");
        SpecArgnum argnum = {.name = {base_strdup(run->arena, (Str){text, n}), n}};
        TRY_ALLOC(argnum.name.at);
        argnum.by_name = !num_parse_int(argnum.name, &argnum.number);
        if (!VEC_PUSH(run->arena, &list, argnum)) return NOMEM;
        text += n + (text[n] == ',');
    }
    run->request.has_argnums = true;
    run->request.n_argnums = list.n;
    run->request.argnums = list.at;
    return OK;
}

static Status make_request(Run *run) {
    const SpecPoint *point = run->point->spec;
    const cg_run_options *options = run->options;
    run->request = (Request){.spec = run->spec->spec,
                             .function = point->function,
                             .span = point->span,
                             .compute = point->compute,
                             .has_argnums = point->has_argnums,
                             .n_argnums = point->n_argnums,
                             .argnums = point->argnums};
    if (options && options->compute) run->request.compute = options->compute;
    if (options && options->argnums) TRY(read_argnums(run, options->argnums));
    TRY(read_arguments(run));
    TRY(read_cotangent(run));
    TRY(read_tangents(run));
    run->batch.size = -1;
    if (!point->batch) return OK;
    const ApiBatching batching = {run->spec, point, &run->diags, run->arena, &run->batch};
    return api_split_rows(&batching, &run->request);
}

// -- the plan cache -----------------------------------------------------------------

static void add_tree_key(Text *key, const Tree *tree) {
    base_text_printf(key, "%d", tree->kind);
    if (tree->kind == TREE_LEAF) base_text_printf(key, ":%u", tree->type);
    base_text_char(key, '(');
    for (uint32_t i = 0; i < tree->n; i++) {
        if (tree->kind == TREE_RECORD)
            base_text_printf(key, "%zu=%.*s", tree->keys[i].n, STR_ARG(tree->keys[i]));
        add_tree_key(key, &tree->parts[i]);
    }
    base_text_char(key, ')');
}

static void add_argument_key(Text *key, const RequestArg *arg) {
    base_text_printf(key, "%zu:%.*s", arg->name.n, STR_ARG(arg->name));
    if (arg->is_static) {
        base_text_char(key, '!');
        lang_print(arg->expr, key);
    } else {
        add_tree_key(key, &arg->tree);
    }
}

// All that the plan depends on: function, types, statics, argnums, what is computed,
// engine.
static Str request_key(const Run *run, Arena *arena) {
    const Request *request = &run->request;
    Text key = {.arena = arena};
    base_text_printf(&key, "%.*s|%u|%d|%d|%d", STR_ARG(run->point->spec->function_text),
                     request->compute, request->by_name, request->has_argnums,
                     run->engine.engine);
    for (uint32_t i = 0; i < request->n_args; i++)
        add_argument_key(&key, &request->args[i]);
    for (uint32_t i = 0; i < request->n_argnums; i++) {
        const SpecArgnum *argnum = &request->argnums[i];
        if (argnum->by_name)
            base_text_printf(&key, "#%.*s", STR_ARG(argnum->name));
        else
            base_text_printf(&key, "#%lld", (long long)argnum->number);
    }
    base_text_char(&key, '|');
    add_tree_key(&key, &request->cotangent);
    for (uint32_t i = 0; i < request->n_tangents; i++)
        add_argument_key(&key, &request->tangents[i]);
    return key.failed ? (Str){0} : base_text_str(&key);
}

static Status make_plan(Run *run, Prepared *prepared) {
    const Graph *graph;
    TRY(xform_without_rules(prepared->answer.graph, &graph));
    TRY(opt_run(graph, &graph));
    run->cg->stats.nodes = graph->n;
    run->cg->stats.plans++;
    return exec_plan(run->spec->arena, &run->diags, graph, &prepared->plan);
}

static Status keep(Run *run, Str key, Prepared *prepared) {
    LoadedSpec *spec = run->spec;
    const Str kept = {base_strdup(spec->arena, key), key.n};
    TRY_ALLOC(kept.at);
    TRY(api_find_literals(spec->arena, prepared->answer.graph, &prepared->literals));
    if (!VEC_PUSH(spec->arena, &spec->prepared, prepared)) return NOMEM;
    prepared->point = (uint32_t)(run->point - spec->points.at);
    return base_map_set(spec->prepared_index, kept, spec->prepared.n - 1);
}

static Prepared *find_prepared(const Run *run, Str key) {
    uint32_t at;
    const bool found = base_map_get(run->spec->prepared_index, key, &at);
    return found ? run->spec->prepared.at[at] : NULL;
}

// The request, traced.
static Status trace(Run *run, Str key, Prepared **prepared) {
    LoadedSpec *spec = run->spec;
    *prepared = find_prepared(run, key);
    if (*prepared) return OK;
    *prepared = NEW(spec->arena, Prepared);
    TRY_ALLOC(*prepared);
    run->cg->stats.traces++;
    TRY(front_answer(spec->front, &run->diags, spec->arena, &run->request,
                     &(*prepared)->answer));
    return keep(run, key, *prepared);
}

// All rows at once.
static Status batch(Run *run, Str row_key, Prepared **prepared) {
    const ApiBatch *rows = &run->batch;
    Text key = {.arena = run->arena};
    base_text_printf(&key, "%.*s|batch %lld ", STR_ARG(row_key), (long long)rows->size);
    for (uint32_t i = 0; i < rows->in.n; i++)
        base_text_char(&key, rows->in.at[i] ? '1' : '0');
    if (key.failed) return NOMEM;
    *prepared = find_prepared(run, base_text_str(&key));
    if (*prepared) return OK;
    *prepared = NEW(run->spec->arena, Prepared);
    TRY_ALLOC(*prepared);
    TRY(api_batch_answer(run->spec->arena, run->spec->ir, rows, &run->row->answer,
                         &(*prepared)->answer));
    return keep(run, base_text_str(&key), *prepared);
}

static Status prepare(Run *run) {
    const size_t traces = run->cg->stats.traces;
    const Str key = request_key(run, run->arena);
    TRY_ALLOC(key.at);
    TRY(trace(run, key, &run->prepared));
    run->row = run->prepared;
    if (run->batch.size >= 0) TRY(batch(run, key, &run->prepared));
    run->cg->stats.plan_hits += run->cg->stats.traces == traces;
    run->point->served_by = run->row->point;
    if (run->prepared->plan || (run->options && run->options->trace_only)) return OK;
    return make_plan(run, run->prepared);
}

static Status trace_kept(Run *run, ApiAnswers *kept, Answer *result) {
    Arena *arena = run->spec->arena;
    const Str key = request_key(run, run->arena);
    uint32_t at;
    TRY_ALLOC(key.at);
    if (!base_map_get(kept->index, key, &at)) {
        Answer *answer = NEW(arena, Answer);
        const Str own = {base_strdup(arena, key), key.n};
        if (!answer || !own.at) return NOMEM;
        TRY(front_answer(kept->front, &run->diags, arena, &run->request, answer));
        at = kept->list.n;
        if (!VEC_PUSH(arena, &kept->list, answer)) return NOMEM;
        TRY(base_map_set(kept->index, own, at));
    }
    *result = *kept->list.at[at];
    return OK;
}

Status api_trace(LoadedSpec *spec, ApiAnswers *kept, const Point *point,
                 const cg_run_options *options, Diags *diags, Arena *arena,
                 ApiTraced *traced) {
    Point own = *point;
    Run run = {
        .spec = spec, .point = &own, .options = options, .diags = *diags, .arena = arena};
    ApiBatch *rows = NEW(arena, ApiBatch);
    TRY_ALLOC(rows);
    Status status = make_request(&run);
    *rows = run.batch;
    *traced = (ApiTraced){.request = run.request, .batch = rows, .inputs = run.inputs.at};
    if (status == OK)
        status = kept ? trace_kept(&run, kept, &traced->answer)
                      : front_answer(spec->front, &run.diags, arena, &run.request,
                                     &traced->answer);
    *diags = run.diags;
    ir_set_diags(spec->ir, diags);
    return status;
}

// -- running ------------------------------------------------------------------------

// What a run gave: an entry for each output of the graph.
typedef struct Outputs {
    void **data;
    ExecDecimal **decimals; // NULL: none are asked for
} Outputs;

// A row's outputs are zeros where it failed.
static Status fail_row(Run *run, int64_t at, const ExecError *error, const Outputs *row) {
    const Graph *graph = run->row->answer.graph;
    const cg_row_error failed = {at, base_code_name(error->code), error->message};
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const size_t bytes =
            exec_value_bytes(graph->ir, graph->nodes[graph->outputs[i]].type);
        if (bytes) memset(row->data[i], 0, bytes);
    }
    run->failed_rows[at] = true;
    (void)base_error(&run->row_diags, error->code, error->span, error->hint, "row %lld: %s",
                     (long long)at, error->message);
    return VEC_PUSH(run->arena, &run->row_errors, failed) ? OK : NOMEM;
}

// Row `at` of the outputs of all.
static void row_outputs(const Run *run, const Outputs *all, int64_t at, Outputs *row) {
    const Graph *graph = run->row->answer.graph;
    api_row_of(graph, graph->n_outputs, graph->outputs, NULL, at,
               (const void *const *)all->data, (const void **)row->data);
    for (uint32_t i = 0; all->decimals && i < graph->n_outputs; i++) {
        ExecDecimal *decimals = all->decimals[i];
        const int64_t size = ir_node_type(graph, graph->outputs[i])->size;
        row->decimals[i] = decimals ? decimals + at * size : NULL;
    }
}

static Status begin_rows(Run *run, Outputs *row) {
    const Graph *graph = run->row->answer.graph;
    row->data = NEW_ARRAY(run->arena, void *, graph->n_outputs);
    row->decimals = NEW_ARRAY(run->arena, ExecDecimal *, graph->n_outputs);
    run->failed_rows = NEW_ARRAY(run->arena, bool, (size_t)run->batch.size);
    if (!row->data || !row->decimals || !run->failed_rows) return NOMEM;
    run->row_errors.n = 0; // of an earlier run of this point
    run->row_diags = run->diags;
    run->row_diags.list.at = NULL;
    run->row_diags.list.n = run->row_diags.list.cap = 0;
    run->row_diags.errors = run->row_diags.warnings = 0;
    return run->row->plan ? OK : make_plan(run, run->row);
}

// The rows of a batch that has failed, one by one.
static Status run_rows(Run *run, const Outputs *outputs) {
    Outputs row;
    const Graph *graph = run->row->answer.graph;
    const void **in = NEW_ARRAY(run->arena, const void *, graph->n_inputs);
    TRY_ALLOC(in);
    TRY(begin_rows(run, &row));
    for (int64_t i = 0; i < run->batch.size; i++) {
        ExecError error;
        api_row_of(graph, graph->n_inputs, graph->inputs, run->batch.in.at, i,
                   run->inputs.at, in);
        row_outputs(run, outputs, i, &row);
        const Status status =
            api_run_plan(&run->engine, graph, run->row->plan, in, row.data,
                         outputs->decimals ? row.decimals : NULL, &error);
        if (status == NOMEM) return NOMEM;
        if (status == FAILED) TRY(fail_row(run, i, &error, &row));
    }
    return OK;
}

// An error that lies with no row.
static bool is_of_engine(const ExecError *error) {
    return error->code == CODE_E603;
}

static Status run_plan(Run *run, Outputs *outputs) {
    const Graph *graph = run->prepared->answer.graph;
    ExecError error;
    TRY(api_make_room(&run->engine, graph, &outputs->data, &outputs->decimals));
    run->cg->stats.runs++;
    const Status status =
        api_run_plan(&run->engine, graph, run->prepared->plan, run->inputs.at,
                     outputs->data, outputs->decimals, &error);
    if (status != FAILED) return status;
    if (run->batch.size >= 0 && !is_of_engine(&error)) return run_rows(run, outputs);
    const Span span = error.span.at ? error.span : run->point->spec->span;
    return base_error(&run->diags, error.code, is_of_engine(&error) ? NO_SPAN : span,
                      error.hint, "%s", error.message);
}

static Status make_parts(Run *run, const AnswerParts *parts, bool pairs,
                         const ApiLeaves *leaves, cg_parts *result) {
    cg_part *at = NEW_ARRAY(run->arena, cg_part, parts->n);
    TRY_ALLOC(at);
    for (uint32_t i = 0; i < parts->n; i++) {
        const AnswerPart *part = &parts->at[i];
        uint32_t next = part->first;
        at[i] = (cg_part){.argnum = (int)part->argnum,
                          .arg = base_strdup(run->arena, part->arg),
                          .argnum2 = pairs ? (int)part->argnum2 : -1,
                          .arg2 = pairs ? base_strdup(run->arena, part->arg2) : NULL};
        TRY_ALLOC(at[i].arg);
        if (pairs) TRY_ALLOC(at[i].arg2);
        TRY(api_make_value(run->spec->ir, run->arena, &part->tree, leaves, &next,
                           &at[i].value));
    }
    *result = (cg_parts){parts->n, at};
    return OK;
}

// The arguments as far as they were read: also of a point in error, which may have no
// answer that knows their names.
static Status make_arguments(Run *run) {
    const AnswerArg *known = run->prepared ? run->prepared->answer.args : NULL;
    cg_part *at = NEW_ARRAY(run->arena, cg_part, run->args.n);
    uint32_t next = 0;
    TRY_ALLOC(at);
    run->result->args = (cg_parts){0, at};
    for (uint32_t i = 0; i < run->args.n; i++) {
        const RequestArg *arg = &run->args.at[i];
        if (arg->is_static) continue;
        cg_part *part = &at[run->result->args.n++];
        const Str name = known ? known[i].name : arg->name;
        *part = (cg_part){.argnum = known ? (int)known[i].argnum : (int)i,
                          .arg = base_strdup(run->arena, name),
                          .argnum2 = -1};
        TRY_ALLOC(part->arg);
        // outputs are written, inputs are not: a cg_value is read only in any case
        const ApiLeaves leaves = {.data = (void *const *)run->inputs.at};
        TRY(api_make_value(run->spec->ir, run->arena, &arg->tree, &leaves, &next,
                           &part->value));
    }
    return OK;
}

static Status make_result(Run *run, const Outputs *outputs) {
    const Answer *answer = &run->prepared->answer;
    Ir *ir = run->spec->ir;
    const ApiLeaves leaves = {outputs->data, outputs->decimals, run->failed_rows};
    cg_result *result = run->result;
    uint32_t next = answer->value_first;
    if (answer->compute & COMPUTE_VALUE)
        TRY(api_make_value(ir, run->arena, &answer->value, &leaves, &next, &result->value));
    next = answer->jvp_first;
    if (answer->compute & COMPUTE_JVP)
        TRY(api_make_value(ir, run->arena, &answer->jvp, &leaves, &next, &result->jvp));
    next = answer->logs_first;
    TRY(api_make_value(ir, run->arena, &answer->logs, &leaves, &next, &result->logs));
    TRY(make_parts(run, &answer->grads, false, &leaves, &result->grads));
    TRY(make_parts(run, &answer->jacobian, false, &leaves, &result->jacobian));
    TRY(make_parts(run, &answer->hessian, true, &leaves, &result->hessian));
    result->compute = answer->compute;
    result->wants_cotangent = answer->wants_cotangent;
    result->n_errors = run->row_errors.n;
    result->errors = run->row_errors.at;
    return OK;
}

// Warns of derivatives that are not finite though the value is; for that the value is
// computed, where it was not asked for. Of machine numbers alone: an exact derivative that
// is infinite is one.
static Status warn_derivatives(Run *run, const Outputs *first) {
    Outputs outputs = *first;
    if (run->engine.engine != CG_ENGINE_VM) return OK;
    if (!api_has_bad_derivative(&run->prepared->answer, outputs.data)) return OK;
    Run again = *run;
    if (!(run->prepared->answer.compute & COMPUTE_VALUE)) {
        again.request.compute = run->prepared->answer.compute | COMPUTE_VALUE;
        TRY(prepare(&again));
        TRY(run_plan(&again, &outputs));
    }
    return api_warn_derivatives(&(ApiRun){.arena = run->arena,
                                          .diags = &run->diags,
                                          .spec = run->spec->spec,
                                          .point = run->point->spec,
                                          .answer = &again.prepared->answer,
                                          .inputs = run->inputs.at,
                                          .outputs = outputs.data});
}

// Warnings may be errors.
static Status check_warnings(const Run *run) {
    if (run->diags.failed) return NOMEM;
    return run->diags.errors ? FAILED : OK;
}

static Status run_point(Run *run) {
    Outputs outputs;
    ir_set_diags(run->spec->ir, &run->diags);
    TRY(make_request(run));
    TRY(prepare(run));
    if (run->engine.engine == CG_ENGINE_VM)
        api_warn_literals(&run->diags, &run->prepared->literals);
    TRY(check_warnings(run));
    if (run->options && run->options->trace_only) return OK;
    ir_set_diags(run->spec->ir, &run->diags);
    TRY(run_plan(run, &outputs));
    TRY(warn_derivatives(run, &outputs));
    TRY(check_warnings(run));
    return make_result(run, &outputs);
}

// The point's diagnostics join the context's; its first error and its warnings stand in the
// result.
static Status take_diagnostics(Run *run) {
    const Diags *diags = &run->diags;
    cg_diagnostic *error = NEW(run->arena, cg_diagnostic);
    cg_diagnostic *warnings = NEW_ARRAY(run->arena, cg_diagnostic, diags->list.n);
    if (!error || !warnings) return NOMEM;
    run->result->warnings = warnings;
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *diag = &diags->list.at[i];
        const bool warning = base_diag_is_warning(diags, diag->code);
        if (!warning && run->result->error) continue;
        cg_diagnostic *made = warning ? &warnings[run->result->n_warnings++] : error;
        TRY(api_make_diagnostic(diags, run->arena, diag, made));
        if (!warning) run->result->error = error;
    }
    run->cg->shown_is_old = true;
    TRY(base_diags_join(&run->cg->diags, &run->row_diags));
    return base_diags_join(&run->cg->diags, diags);
}

cg_status cg_run_point(cg_context *cg, cg_source spec, size_t point,
                       const cg_run_options *options, const cg_result **result) {
    *result = NULL;
    if (!api_result_arena(cg)) return CG_NOMEM;
    Run run = {
        .cg = cg,
        .spec = cg->specs.at[spec],
        .point = &cg->specs.at[spec]->points.at[point],
        .options = options,
        .diags = {.arena = cg->arena, .sources = cg->sources, .werror = cg->diags.werror},
        .arena = cg->result_arena,
        .engine = {.cg = cg, .arena = cg->result_arena},
        .result = NEW(cg->result_arena, cg_result)};
    if (!run.result) return CG_NOMEM;
    if (options) {
        run.engine.engine = options->engine;
        run.engine.digits = options->digits;
    }
    run.result->name = run.point->spec->name.at;
    run.result->function = run.point->function;
    run.result->spec = run.spec->name.at;
    run.result->logs.kind = CG_NULL;
    Status status = run_point(&run);
    if (status != NOMEM && make_arguments(&run) != OK) status = NOMEM;
    if (status != NOMEM && take_diagnostics(&run) != OK) status = NOMEM;
    ir_set_diags(run.spec->ir, &cg->diags);
    if (status == NOMEM) return CG_NOMEM;
    if (status == FAILED && !run.result->error) return CG_FAILED;
    *result = run.result;
    return CG_OK;
}

// -- rules that never ran -----------------------------------------------------------

cg_status cg_warn_idle_rules(cg_context *cg, cg_source spec) {
    const LoadedSpec *loaded = cg->specs.at[spec];
    for (uint32_t i = 0; i < loaded->spec->n_functions; i++) {
        const SpecFunction *function = &loaded->spec->functions[i];
        const FrontRuleUse use = front_rule_use(loaded->front, function);
        if (!function->rule || use == RULE_RAN) continue;
        const bool reached = use == RULE_REACHED;
        base_warning(&cg->diags, CODE_W003, function->rule->span,
                     reached ? "a point that computes its grad runs it"
                             : "add a point that calls the function",
                     "the rule of `%.*s` never ran: no point %s", STR_ARG(function->name),
                     reached ? "differentiates it" : "reaches the function");
    }
    return cg->diags.failed ? CG_NOMEM : CG_OK;
}
