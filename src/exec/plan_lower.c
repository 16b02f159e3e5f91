// Lowering of all that does not move elements: sources, elementwise primitives, what works
// along axes, indexing, matrix products, nested plans.
#include "exec/planner.h"

#include "base/limits.h"

// -- literals -----------------------------------------------------------------------

// The constants that are literals by name, rounded once to each float dtype.
static bool named_constant(Str text, double *value, float *value32) {
    if (base_str_eq(text, STR("pi"))) {
        *value = 3.14159265358979323846264338327950288;
        *value32 = 3.14159265358979323846264338327950288f;
        return true;
    }
    if (base_str_eq(text, STR("e"))) {
        *value = 2.71828182845904523536028747135266250;
        *value32 = 2.71828182845904523536028747135266250f;
        return true;
    }
    if (base_str_eq(text, STR("euler_gamma"))) {
        *value = 0.57721566490153286060651209008240243;
        *value32 = 0.57721566490153286060651209008240243f;
        return true;
    }
    return false;
}

bool exec_literal(Str text, Dtype dtype, void *element) {
    if (base_str_eq(text, STR("True"))) text = STR("1");
    if (base_str_eq(text, STR("False"))) text = STR("0");
    double value;
    float value32;
    if (!named_constant(text, &value, &value32))
        return num_parse(text, dtype, element, NULL);
    switch (dtype) {
    case DT_F64:
        memcpy(element, &value, sizeof value);
        return true;
    case DT_F32:
        memcpy(element, &value32, sizeof value32);
        return true;
    default:
        return false;
    }
}

static Status bad_literal(const Planner *p, NodeId id, uint32_t literal) {
    const Str text = ir_literal_text(p->graph->ir, literal);
    return base_error(p->family->diags, CODE_E901, exec_node(p, id)->span, NULL,
                      "the literal %.*s is no %s", STR_ARG(text),
                      num_dtype_name((Dtype)ir_node_type(p->graph, id)->dtype));
}

// A literal for each of several elements.
static Status lower_constant(Planner *p, NodeId id, uint32_t n, const int64_t *literals) {
    const Type *type = ir_node_type(p->graph, id);
    Constant *about = NEW(p->arena, Constant);
    uint32_t *numbers = NEW_ARRAY(p->arena, uint32_t, n);
    if (!about || !numbers) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        int64_t element;
        numbers[i] = (uint32_t)literals[i];
        const Str text = ir_literal_text(p->graph->ir, numbers[i]);
        if (!exec_literal(text, (Dtype)type->dtype, &element))
            return bad_literal(p, id, numbers[i]);
    }
    about->literals = numbers;
    TRY(exec_open(p, GROUP_constant, n, about));
    const Instruction made = {
        .prim = PRIM_literal, .dtype = type->dtype, .out_dtype = type->dtype};
    return exec_emit(p, made, 0, NULL, 1, &p->value[id]);
}

// [dtype, weak, rank, shape…, literal…]
Status exec_lower_literal(Planner *p, NodeId id) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    const int64_t *literals = ir_attr(p->graph, node) + 3 + type->rank;
    const uint32_t n = node->n_attr - 3 - type->rank;
    if (n != 1) return lower_constant(p, id, n, literals);
    Instruction made = {.prim = PRIM_literal,
                        .dtype = type->dtype,
                        .out_dtype = type->dtype,
                        .in = {(uint32_t)literals[0]}}; // for listings, and exact backends
    const Str text = ir_literal_text(p->graph->ir, made.in[0]);
    if (!exec_literal(text, (Dtype)type->dtype, &made.attr))
        return bad_literal(p, id, made.in[0]);
    TRY(exec_open_map(p, 1));
    TRY(exec_emit(p, made, 0, NULL, 1, &p->value[id]));
    return type->size == 1 ? OK : exec_fill(p, id);
}

Status exec_lower_input(Planner *p, NodeId id) {
    (void)p, (void)id; // has its value from the start
    return OK;
}

// -- elementwise --------------------------------------------------------------------

static Status lower_elementwise(Planner *p, NodeId id, uint32_t dtype_of) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    TRY(exec_open_map(p, type->size));
    uint32_t in[3];
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &in[i]));
    const Instruction made = {.prim = node->prim,
                              .dtype = exec_operand_type(p, id, dtype_of)->dtype,
                              .out_dtype = type->dtype,
                              .attr = node->n_attr ? ir_attr(p->graph, node)[0] : 0};
    return exec_emit(p, made, node->n_in, in, 1, &p->value[id]);
}

Status exec_lower_map(Planner *p, NodeId id) {
    if (exec_node(p, id)->prim != PRIM_stop_gradient) return lower_elementwise(p, id, 0);
    exec_alias(p, id);
    return OK;
}

Status exec_lower_select(Planner *p, NodeId id) {
    return lower_elementwise(p, id, 1);
}

// [dtype, weak]
Status exec_lower_convert(Planner *p, NodeId id) {
    if (exec_operand_type(p, id, 0)->dtype != ir_node_type(p->graph, id)->dtype)
        return lower_elementwise(p, id, 0);
    exec_alias(p, id); // another weak flag
    return OK;
}

// -- along axes ---------------------------------------------------------------------

// Axes first … last of a shape as one, those before and behind it as one. The array is not
// empty.
static Axis axis_of(const Type *type, uint32_t first, uint32_t last) {
    Axis axis = {1, 1, 1};
    for (uint32_t i = 0; i < type->rank; i++) {
        int64_t *part = i < first ? &axis.outer : i > last ? &axis.inner : &axis.n;
        *part *= type->shape[i];
    }
    return axis;
}

static Status emit_axis(Planner *p, NodeId id, Axis axis, const uint32_t *operand,
                        int64_t attr) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    Axis *about = NEW(p->arena, Axis);
    TRY_ALLOC(about);
    *about = axis;
    const Instruction made = {.prim = node->prim,
                              .dtype = operand ? exec_operand_type(p, id, 0)->dtype
                                               : type->dtype,
                              .out_dtype = type->dtype,
                              .attr = attr};
    TRY(exec_open(p, GROUP_axis, type->size, about));
    return exec_emit(p, made, operand ? 1 : 0, operand, 1, &p->value[id]);
}

// [axis…]: the elements of one result are taken in row-major order. Axes that do not stand
// together are brought together first. A reduction of one element is that element.
Status exec_lower_reduce(Planner *p, NodeId id) {
    const Node *node = exec_node(p, id);
    const Type *operand = exec_operand_type(p, id, 0);
    const int64_t *axes = ir_attr(p->graph, node);
    const int64_t n_out = ir_node_type(p->graph, id)->size;
    if (operand->size == n_out && n_out > 0) {
        exec_alias(p, id);
        return OK;
    }
    uint32_t first = operand->rank, last = 0, value;
    int64_t n = 1, spanned = 1;
    for (uint32_t i = 0; i < node->n_attr; i++) {
        if (operand->shape[axes[i]] == 1) continue;
        if (first == operand->rank) first = (uint32_t)axes[i];
        last = (uint32_t)axes[i];
        n *= operand->size ? operand->shape[axes[i]] : 0;
    }
    for (uint32_t i = first; i <= last && operand->size; i++)
        spanned *= operand->shape[i];
    Axis axis = {.outer = n_out, .n = n, .inner = 1};
    if (operand->size == 0 || n_out == 1) {
        TRY(exec_operand(p, id, 0, &value));
    } else if (spanned == n) {
        axis = axis_of(operand, first, last);
        TRY(exec_operand(p, id, 0, &value));
    } else {
        TRY(exec_turn(p, id, node->n_attr, axes, &value));
    }
    return emit_axis(p, id, axis, &value, 0);
}

// [axis]; the axis has elements
static Status lower_arg(Planner *p, NodeId id) {
    const uint32_t axis = (uint32_t)ir_attr(p->graph, exec_node(p, id))[0];
    const Type *operand = exec_operand_type(p, id, 0);
    uint32_t value;
    TRY(exec_operand(p, id, 0, &value));
    return emit_axis(p, id, operand->size ? axis_of(operand, axis, axis) : (Axis){0},
                     &value, 0);
}
Status exec_lower_argmax(Planner *p, NodeId id) {
    return lower_arg(p, id);
}
Status exec_lower_argmin(Planner *p, NodeId id) {
    return lower_arg(p, id);
}

// [axis, what the kernel is told]: along an axis, of the operand's shape
static Status lower_along(Planner *p, NodeId id) {
    const int64_t *attr = ir_attr(p->graph, exec_node(p, id));
    const Type *operand = exec_operand_type(p, id, 0);
    const uint32_t axis = (uint32_t)attr[0];
    uint32_t value;
    TRY(exec_operand(p, id, 0, &value));
    return emit_axis(p, id, operand->size ? axis_of(operand, axis, axis) : (Axis){0},
                     &value, attr[1]);
}
Status exec_lower_argsort(Planner *p, NodeId id) {
    return lower_along(p, id);
}
Status exec_lower_cumsum(Planner *p, NodeId id) {
    return lower_along(p, id);
}

// [dtype, rank, shape…, axis]
Status exec_lower_iota(Planner *p, NodeId id) {
    const Type *type = ir_node_type(p->graph, id);
    const uint32_t axis = (uint32_t)ir_attr(p->graph, exec_node(p, id))[2 + type->rank];
    return emit_axis(p, id, type->size ? axis_of(type, axis, axis) : (Axis){0}, NULL, 0);
}

// -- indexing by data ---------------------------------------------------------------

// (x, …, i1…ik), [mode, axis…]: the index operands stand from `first` on.
static Status lower_places(Planner *p, NodeId id, GroupKind kind, uint32_t first) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id), *x = exec_operand_type(p, id, 0);
    const uint32_t n = node->n_in - first;
    const int64_t *attr = ir_attr(p->graph, node);
    Places *about = base_alloc(p->arena, sizeof *about + n * sizeof *about->sizes);
    int64_t *axes = NEW_ARRAY(p->arena, int64_t, n);
    uint32_t *in = NEW_ARRAY(p->scratch, uint32_t, node->n_in);
    if (!about || !axes || !in) return NOMEM;
    for (uint32_t i = 0; i < n; i++)
        axes[i] = node->n_attr > 1 ? attr[1 + i] : i;
    *about = (Places){.span = node->span,
                      .mode = attr[0],
                      .count = n ? exec_operand_type(p, id, first)->size : 1,
                      .n = n,
                      .axes = axes};
    // With nothing to move, rows may have sizes whose product overflows.
    about->row = type->size > 0 ? 1 : 0;
    for (uint32_t i = 0; i < x->rank; i++) {
        if (i < n)
            about->sizes[i] = x->shape[i];
        else
            about->row *= type->size > 0 ? x->shape[i] : 1;
    }
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &in[i]));
    TRY(exec_open(p, kind, type->size, about));
    const Instruction made = {
        .prim = node->prim, .dtype = type->dtype, .out_dtype = type->dtype};
    return exec_emit(p, made, node->n_in, in, 1, &p->value[id]);
}

Status exec_lower_gather(Planner *p, NodeId id) {
    return lower_places(p, id, GROUP_gather, 1);
}
Status exec_lower_scatter_add(Planner *p, NodeId id) {
    return lower_places(p, id, GROUP_scatter, 2);
}
Status exec_lower_scatter_set(Planner *p, NodeId id) {
    return lower_places(p, id, GROUP_scatter, 2);
}
Status exec_lower_scatter_max(Planner *p, NodeId id) {
    return lower_places(p, id, GROUP_scatter, 2);
}
Status exec_lower_scatter_min(Planner *p, NodeId id) {
    return lower_places(p, id, GROUP_scatter, 2);
}

// -- matrix products ----------------------------------------------------------------

Status exec_lower_dot(Planner *p, NodeId id) {
    const Type *type = ir_node_type(p->graph, id), *a = exec_operand_type(p, id, 0);
    Dot *about = NEW(p->arena, Dot);
    TRY_ALLOC(about);
    *about = (Dot){type->shape[0], type->shape[1], a->shape[2], type->shape[2]};
    if (type->size == 0) *about = (Dot){0};
    uint32_t in[2];
    TRY(exec_operand(p, id, 0, &in[0]));
    TRY(exec_operand(p, id, 1, &in[1]));
    TRY(exec_open(p, GROUP_dot, type->size, about));
    const Instruction made = {
        .prim = PRIM_dot, .dtype = type->dtype, .out_dtype = type->dtype};
    return exec_emit(p, made, 2, in, 1, &p->value[id]);
}

// -- nested plans -------------------------------------------------------------------

// An instruction that runs plans of graphs typed like this one, whose inputs are its last
// operands; batched[i]: input i has a leading axis of lanes.
static Status lower_nested(Planner *p, NodeId id, GroupKind kind, Nested nested,
                           const Graph *graph, const int64_t *batched) {
    const Node *node = exec_node(p, id);
    nested.n_inputs = graph->n_inputs;
    nested.n_outputs = graph->n_outputs;
    size_t *in_steps = NEW_ARRAY(p->arena, size_t, graph->n_inputs);
    size_t *out_bytes = NEW_ARRAY(p->arena, size_t, graph->n_outputs);
    nested.inputs = NEW_ARRAY(p->arena, const void *, graph->n_inputs);
    nested.outputs = NEW_ARRAY(p->arena, void *, graph->n_outputs);
    Nested *about = NEW(p->arena, Nested);
    uint32_t *in = NEW_ARRAY(p->scratch, uint32_t, node->n_in);
    if (!in_steps || !out_bytes || !nested.inputs || !nested.outputs || !about || !in)
        return NOMEM;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        if (batched && batched[i]) in_steps[i] = exec_bytes(graph, graph->inputs[i]);
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        out_bytes[i] = exec_bytes(graph, graph->outputs[i]);
        nested.gives_stacks |= ir_node_type(graph, graph->outputs[i])->kind != TYPE_ARRAY;
    }
    nested.in_steps = in_steps;
    nested.out_bytes = out_bytes;
    *about = nested;
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &in[i]));
    TRY(exec_open(p, kind, nested.lanes, about));
    const Instruction made = {.prim = node->prim, .n_in = EXEC_LISTED};
    return exec_emit(p, made, node->n_in, in, graph->n_outputs, &p->value[id]);
}

// [graph if true, graph if false]
Status exec_lower_cond(Planner *p, NodeId id) {
    const int64_t *graphs = ir_attr(p->graph, exec_node(p, id));
    Nested nested = {.lanes = 1};
    TRY(exec_nested(p, (uint32_t)graphs[0], &nested.plans[1]));
    TRY(exec_nested(p, (uint32_t)graphs[1], &nested.plans[0]));
    const Graph *graph = ir_graph(p->graph->ir, (uint32_t)graphs[0]);
    return lower_nested(p, id, GROUP_cond, nested, graph, NULL);
}

// [graph]
Status exec_lower_checkpoint(Planner *p, NodeId id) {
    const int64_t number = ir_attr(p->graph, exec_node(p, id))[0];
    Nested nested = {.lanes = 1};
    TRY(exec_nested(p, (uint32_t)number, &nested.plans[0]));
    const Graph *graph = ir_graph(p->graph->ir, (uint32_t)number);
    return lower_nested(p, id, GROUP_checkpoint, nested, graph, NULL);
}

// [B, graph, bit of each operand…]
Status exec_lower_lanes(Planner *p, NodeId id) {
    const int64_t *attr = ir_attr(p->graph, exec_node(p, id));
    Nested nested = {.lanes = attr[0]};
    TRY(exec_nested(p, (uint32_t)attr[1], &nested.plans[0]));
    const Graph *graph = ir_graph(p->graph->ir, (uint32_t)attr[1]);
    return lower_nested(p, id, GROUP_lanes, nested, graph, attr + 2);
}

// [index]: the operand's values stand in a row
Status exec_lower_out(Planner *p, NodeId id) {
    exec_alias(p, id);
    p->value[id] += (uint32_t)ir_attr(p->graph, exec_node(p, id))[0];
    return OK;
}

// -- what no plan has ---------------------------------------------------------------

static Status not_in_a_plan(const Planner *p, NodeId id) {
    return base_error(p->family->diags, CODE_E901, exec_node(p, id)->span, NULL,
                      "`%s` in a graph that is to be run",
                      ir_prim((Prim)exec_node(p, id)->prim)->name);
}
Status exec_lower_call(Planner *p, NodeId id) {
    return not_in_a_plan(p, id);
}
Status exec_lower_linear_call(Planner *p, NodeId id) {
    return not_in_a_plan(p, id);
}
Status exec_lower_linear_zero(Planner *p, NodeId id) {
    return not_in_a_plan(p, id);
}
