#include "api/batch.h"
#include "xform/xform.h"

// -- which arguments ----------------------------------------------------------------

static Status name_arguments(const ApiBatching *b, const Request *request) {
    ApiBatch *batch = b->batch;
    uint32_t n;
    RequestParameter *parameters;
    TRY(front_parameters(b->spec->front, b->diags, b->arena, request->function, &n,
                         &parameters));
    batch->batched = NEW_ARRAY(b->arena, bool, request->n_args);
    batch->names = NEW_ARRAY(b->arena, Str, request->n_args);
    batch->positions = NEW_ARRAY(b->arena, uint32_t, request->n_args);
    if (!batch->batched || !batch->names || !batch->positions) return NOMEM;
    for (uint32_t i = 0; i < request->n_args; i++) {
        const RequestArg *arg = &request->args[i];
        batch->names[i] = arg->name;
        batch->positions[i] = i;
        if (!request->by_name && i < n) batch->names[i] = parameters[i].name;
        for (uint32_t k = 0; request->by_name && k < n; k++)
            if (base_str_eq(arg->name, parameters[k].name)) batch->positions[i] = k;
    }
    return OK;
}

static Status choose_named(const ApiBatching *b, const Request *request,
                           const DocNode *name) {
    ApiBatch *batch = b->batch;
    for (uint32_t i = 0; i < request->n_args; i++) {
        if (!base_str_eq(batch->names[i], name->text)) continue;
        batch->batched[i] = true;
        if (!request->args[i].is_static) return OK;
        return base_error(b->diags, CODE_E402, name->span,
                          "take it out of `batch`: it is the same for every row",
                          "`%.*s` is static, and cannot be batched", STR_ARG(name->text));
    }
    return base_error(
        b->diags, CODE_E403, name->span,
        base_hint_nearest(b->diags, name->text, batch->names, request->n_args),
        "the point has no argument `%.*s` to batch", STR_ARG(name->text));
}

static Status choose(const ApiBatching *b, const Request *request) {
    const DocNode *node = b->point->batch;
    const bool list = node->kind == DOC_SEQUENCE;
    if (node->kind != DOC_BOOL) {
        for (uint32_t i = 0; i < (list ? node->n : 1); i++)
            TRY(choose_named(b, request, list ? &node->items[i] : node));
        return OK;
    }
    for (uint32_t i = 0; i < request->n_args; i++)
        b->batch->batched[i] = !request->args[i].is_static;
    return OK;
}

// -- types of a row -----------------------------------------------------------------

// An argument, cotangent or tangent being split.
typedef struct Split {
    const ApiBatching *b;
    Str name;
    Span span;
    bool batched;
    bool shared; // scalars serve every row
} Split;

static Status no_axis(const Split *s) {
    return base_error(s->b->diags, CODE_E404, s->span,
                      "leave it out of `batch` if it is the same for every row",
                      "`%.*s` is batched, but has a scalar without an axis of rows",
                      STR_ARG(s->name));
}

static Status check_size(const Split *s, int64_t size) {
    ApiBatch *batch = s->b->batch;
    if (batch->size < 0) {
        batch->size = size;
        batch->first = s->name;
        batch->first_span = s->span;
    }
    if (size == batch->size) return OK;
    return base_error_also(s->b->diags, CODE_E404, s->span, batch->first_span,
                           "the other one", NULL,
                           "`%.*s` has %lld rows, but `%.*s` has %lld", STR_ARG(s->name),
                           (long long)size, STR_ARG(batch->first), (long long)batch->size);
}

static Status split_leaf(const Split *s, const Tree *all, Tree *row) {
    Ir *ir = s->b->spec->ir;
    const Type *type = ir_type(ir, all->type);
    const bool splits = s->batched && !(s->shared && type->rank == 0);
    *row = *all;
    if (!VEC_PUSH(s->b->arena, &s->b->batch->in, splits)) return NOMEM;
    if (!splits) return OK;
    if (type->rank == 0) return no_axis(s);
    TRY(check_size(s, type->shape[0]));
    row->type =
        ir_array_type(ir, (Dtype)type->dtype, type->weak, type->rank - 1u, type->shape + 1);
    return row->type == IR_NO_TYPE ? FAILED : OK;
}

// Depth is the document's.
static Status split(const Split *s, const Tree *all, Tree *row) {
    if (all->kind == TREE_LEAF) return split_leaf(s, all, row);
    Tree *parts = NEW_ARRAY(s->b->arena, Tree, all->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < all->n; i++)
        TRY(split(s, &all->parts[i], &parts[i]));
    *row = *all;
    row->parts = parts;
    return OK;
}

static Status split_arguments(const ApiBatching *b, Request *request) {
    RequestArg *rows = NEW_ARRAY(b->arena, RequestArg, request->n_args);
    TRY_ALLOC(rows);
    for (uint32_t i = 0; i < request->n_args; i++) {
        const RequestArg *arg = &request->args[i];
        Text number = {.arena = b->arena};
        base_text_printf(&number, "argument %u", i);
        if (number.failed) return NOMEM;
        const Str name = b->batch->names[i].n ? b->batch->names[i] : base_text_str(&number);
        rows[i] = *arg;
        if (!arg->is_static)
            TRY(split(&(Split){b, name, arg->span, b->batch->batched[i], false}, &arg->tree,
                      &rows[i].tree));
    }
    request->args = rows;
    if (b->batch->size >= 0) return OK;
    return base_error(b->diags, CODE_E403, b->point->batch->span, NULL,
                      "`batch` needs an argument with an axis of rows");
}

static bool is_batched(const ApiBatch *batch, uint32_t n, Str name, uint32_t position) {
    for (uint32_t i = 0; i < n; i++)
        if (name.n ? base_str_eq(batch->names[i], name) : batch->positions[i] == position)
            return batch->batched[i];
    return false;
}

static Status split_tangents(const ApiBatching *b, Request *request) {
    RequestArg *rows = NEW_ARRAY(b->arena, RequestArg, request->n_tangents);
    TRY_ALLOC(rows);
    for (uint32_t i = 0; i < request->n_tangents; i++) {
        const RequestArg *tangent = &request->tangents[i];
        const bool batched = is_batched(b->batch, request->n_args, tangent->name, i);
        rows[i] = *tangent;
        TRY(split(&(Split){b, STR("tangent"), tangent->span, batched, true}, &tangent->tree,
                  &rows[i].tree));
    }
    request->tangents = rows;
    return OK;
}

Status api_split_rows(const ApiBatching *b, Request *request) {
    TRY(name_arguments(b, request));
    TRY(choose(b, request));
    TRY(split_arguments(b, request));
    const Tree cotangent = request->cotangent;
    TRY(split(&(Split){b, STR("cotangent"), request->cotangent_span, true, true},
              &cotangent, &request->cotangent));
    return split_tangents(b, request);
}

// -- all rows -----------------------------------------------------------------------

// The rows are an axis around what stands around a log.
static Status batch_layers(Arena *arena, const Tree *row, Tree *all) {
    XformLayer *layers = NEW_ARRAY(arena, XformLayer, row->n_layers + 1);
    TRY_ALLOC(layers);
    layers[0] = LAYER_AXIS;
    for (uint32_t i = 0; i < row->n_layers; i++)
        layers[i + 1] = row->layers[i];
    all->n_layers = row->n_layers + 1;
    all->layers = layers;
    return OK;
}

static Status batch_tree(Arena *arena, Ir *ir, int64_t size, const Tree *row, Tree *all) {
    *all = *row;
    if (row->kind == TREE_LEAF) {
        all->type = ir_batched_type(ir, size, row->type);
        return all->type == IR_NO_TYPE ? FAILED : OK;
    }
    Tree *parts = NEW_ARRAY(arena, Tree, row->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < row->n; i++)
        TRY(batch_tree(arena, ir, size, &row->parts[i], &parts[i]));
    all->parts = parts;
    return row->kind == TREE_LOGGED ? batch_layers(arena, row, all) : OK;
}

static Status batch_parts(Arena *arena, Ir *ir, int64_t size, const AnswerParts *row,
                          AnswerParts *all) {
    all->at = NEW_ARRAY(arena, AnswerPart, row->n);
    TRY_ALLOC(all->at);
    for (uint32_t i = 0; i < row->n; i++) {
        all->at[i] = row->at[i];
        TRY(batch_tree(arena, ir, size, &row->at[i].tree, &all->at[i].tree));
    }
    return OK;
}

Status api_batch_answer(Arena *arena, Ir *ir, const ApiBatch *batch, const Answer *row,
                        Answer *all) {
    const int64_t size = batch->size;
    const uint32_t n = row->graph->n_outputs;
    bool *every = NEW_ARRAY(arena, bool, n);
    bool *out = NEW_ARRAY(arena, bool, n);
    if (!every || !out) return NOMEM;
    for (uint32_t i = 0; i < n; i++)
        every[i] = true;
    *all = *row;
    if (row->compute & COMPUTE_VALUE)
        TRY(batch_tree(arena, ir, size, &row->value, &all->value));
    if (row->compute & COMPUTE_JVP) TRY(batch_tree(arena, ir, size, &row->jvp, &all->jvp));
    TRY(batch_tree(arena, ir, size, &row->logs, &all->logs));
    TRY(batch_parts(arena, ir, size, &row->grads, &all->grads));
    TRY(batch_parts(arena, ir, size, &row->jacobian, &all->jacobian));
    TRY(batch_parts(arena, ir, size, &row->hessian, &all->hessian));
    return xform_vmap(row->graph, size, batch->in.at, every, &all->graph, out);
}

void api_row_of(const Graph *row, uint32_t n, const NodeId *nodes, const bool *in,
                int64_t at, const void *const *all, const void **one) {
    for (uint32_t i = 0; i < n; i++) {
        const size_t bytes = exec_value_bytes(row->ir, row->nodes[nodes[i]].type);
        one[i] = (const char *)all[i] + (!in || in[i] ? (size_t)at * bytes : 0);
    }
}
