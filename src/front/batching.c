// vmap: a function over an axis of its arguments, as one batch.
#include "front/arrays.h"
#include "front/function.h"
#include "xform/xform.h"

// -- axes ---------------------------------------------------------------------------

static bool is_leaf(Value value) {
    return value.kind == VALUE_ARRAY || value.kind == VALUE_NUMBER;
}

static bool has_parts(Value value) {
    return front_is_sequence(value) || value.kind == VALUE_RECORD;
}

// The axes of part i of a structure, where `axes` is a tree prefix of it: an integer or
// None stands for all parts. E402 with `what` it belongs to.
static Status axes_of_part(Trace *t, Value axes, Value structure, uint32_t i,
                           const char *what, Value *part) {
    *part = axes;
    if (axes.kind == VALUE_NONE || axes.kind == VALUE_NUMBER) return OK;
    if (front_same_parts(structure, axes)) {
        *part = front_counterpart(axes, structure, i);
        return OK;
    }
    return base_error(
        t->diags, CODE_E402, t->span, "an integer or None stands for a whole structure",
        "%s must have the structure of what it belongs to: expected an entry "
        "for each part of %s, got %s",
        what, front_structure_text(t, structure), front_structure_text(t, axes));
}

// An axis, or false in *mapped for None.
static Status one_axis(Trace *t, Value axes, Value leaf, const char *what, bool *mapped,
                       int64_t *axis) {
    *mapped = axes.kind != VALUE_NONE;
    if (!*mapped) return OK;
    if (!has_parts(axes)) return front_static_int(t, axes, what, axis);
    return base_error(t->diags, CODE_E402, t->span, NULL,
                      "%s must be an integer or None for %s, got %s", what,
                      front_kind_text(t, leaf), front_structure_text(t, axes));
}

// Moves one axis of a node to another place.
static NodeId move_axis(Builder *b, NodeId node, uint32_t rank, uint32_t from,
                        uint32_t to) {
    int64_t perm[LIMIT_RANK + 1];
    uint32_t source = 0;
    for (uint32_t i = 0; i < rank; i++) {
        if (i == to) {
            perm[i] = from;
            continue;
        }
        if (source == from) source++;
        perm[i] = source++;
    }
    return ir_transpose(b, node, perm);
}

// -- arguments ----------------------------------------------------------------------

// The leaves that are mapped, in order.
typedef struct MappedLeaf {
    Value array;
    uint32_t axis;
} MappedLeaf;

typedef struct Mapped {
    const Function *function; // the mapped one: names its arguments
    const Args *args;         // of the call
    uint32_t slot;            // the argument that is being looked at
    const char *text, *what;  // "argument 0 (`x`)", "in_axes of argument 0 (`x`)"
    VEC(MappedLeaf) leaves;
    int64_t size;      // -1: not known yet
    const char *first; // the argument that gave the size; NULL: axis_size did
} Mapped;

static Status check_size(Trace *t, Mapped *m, Value leaf, int64_t given, uint32_t *axis) {
    const Type *type = front_type(t, leaf);
    const int64_t at = given < 0 ? given + type->rank : given;
    if (at < 0 || at >= type->rank) {
        return base_error(t->diags, CODE_E404, t->span,
                          m->slot < m->args->n
                              ? "None in in_axes: this argument is not mapped"
                              : "a keyword argument is mapped over its axis 0",
                          "vmap: %s has no axis %lld: it is %s", m->text, (long long)given,
                          front_kind_text(t, leaf));
    }
    *axis = (uint32_t)at;
    const int64_t size = type->shape[at];
    if (m->size >= 0 && m->size != size) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "vmap: the mapped axes differ in size: %lld of %s, %lld of %s",
                          (long long)m->size, m->first ? m->first : "axis_size",
                          (long long)size, m->text);
    }
    if (m->size < 0) m->first = m->text;
    m->size = size;
    return OK;
}

static Status not_mappable(Trace *t, const Mapped *m, Value value) {
    return base_error(t->diags, CODE_E402, t->span,
                      m->slot < m->args->n ? "None in in_axes: this argument is not mapped"
                                           : "close over it: lambda x: f(x, …)",
                      "vmap: %s must be an array or a structure of arrays, got %s", m->text,
                      front_kind_text(t, value));
}

// The value with a traced leaf for each that is mapped. What is not mapped stays what it
// is, static numbers and functions among it.
static Status map_value(Trace *t, Mapped *m, Value axes, Value value, Value *result) {
    *result = value;
    if (value.kind == VALUE_NONE) return OK;
    if (is_leaf(value)) {
        bool mapped;
        int64_t given = 0;
        MappedLeaf leaf = {0};
        TRY(one_axis(t, axes, value, m->what, &mapped, &given));
        if (!mapped) return OK;
        TRY(front_as_array(t, value, &leaf.array));
        TRY(check_size(t, m, leaf.array, given, &leaf.axis));
        *result = front_traced_leaf(m->leaves.n);
        return VEC_PUSH(t->arena, &m->leaves, leaf) ? OK : NOMEM;
    }
    if (!has_parts(value)) return axes.kind == VALUE_NONE ? OK : not_mappable(t, m, value);
    Value *items = NEW_ARRAY(t->arena, Value, value.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < value.n; i++) {
        Value part;
        TRY(axes_of_part(t, axes, value, i, m->what, &part));
        TRY(map_value(t, m, part, value.items[i], &items[i]));
    }
    result->items = items;
    return OK;
}

// The entry of in_axes for a slot. A keyword argument is mapped over its axis 0, as in JAX,
// unless in_axes has an entry at its parameter's position.
static Status axes_of_slot(Trace *t, const Transformed *tf, const Mapped *m, uint32_t slot,
                           bool *used, Value *axes) {
    const bool each = front_is_sequence(tf->in_axes);
    const int64_t at = front_argnum(m->function, m->args, slot);
    *axes = tf->in_axes;
    if (!each && slot < m->args->n) return OK;
    if (!each || at < 0 || at >= tf->in_axes.n) return front_int(t, 0, axes);
    used[at] = true;
    *axes = tf->in_axes.items[at];
    return OK;
}

// From now on the argument in this slot is looked at.
static Status look_at(Trace *t, Mapped *m, uint32_t slot) {
    Text what = {.arena = t->arena};
    m->slot = slot;
    m->text = front_slot_text(t, m->function, m->args, slot);
    TRY_ALLOC(m->text);
    base_text_printf(&what, "in_axes of %s", m->text);
    m->what = what.at;
    front_at(t, m->args->spans[slot]);
    return what.failed ? NOMEM : OK;
}

static Status map_arguments(Trace *t, const Transformed *tf, Mapped *m, Args *result) {
    const Args *args = m->args;
    const bool each = front_is_sequence(tf->in_axes);
    const uint32_t n = front_slots(args), n_axes = each ? tf->in_axes.n : 0;
    Value *values = NEW_ARRAY(t->arena, Value, n);
    bool *used = NEW_ARRAY(t->arena, bool, n_axes);
    if (!values || !used) return NOMEM;
    bool all = !each || args->n <= n_axes;
    for (uint32_t i = 0; i < n && all; i++) {
        Value axes;
        TRY(axes_of_slot(t, tf, m, i, used, &axes));
        TRY(look_at(t, m, i));
        TRY(map_value(t, m, axes, args->at[i], &values[i]));
    }
    for (uint32_t i = 0; i < n_axes; i++)
        all = all && used[i];
    front_at(t, args->span);
    if (!all) {
        return base_error(t->diags, CODE_E403, args->span,
                          "a tuple has an entry for each positional argument; an integer "
                          "stands for all of them",
                          "in_axes has %u entr%s, but the call %u positional argument%s",
                          n_axes, n_axes == 1 ? "y" : "ies", args->n,
                          args->n == 1 ? "" : "s");
    }
    *result = *args;
    result->at = values;
    if (m->size >= 0) return OK;
    return base_error(t->diags, CODE_E403, args->span,
                      "axis_size says how many rows there are where no argument does",
                      "vmap needs at least one mapped argument");
}

// The types without the mapped axes, and the nodes with these in front.
static Status map_leaves(Trace *t, const Mapped *m, TypeId *types, NodeId *nodes) {
    Builder *b = front_builder(t);
    for (uint32_t i = 0; i < m->leaves.n; i++) {
        const MappedLeaf *leaf = &m->leaves.at[i];
        const Type *type = front_type(t, leaf->array);
        TRY(front_node_here(t, leaf->array, &nodes[i]));
        nodes[i] = move_axis(b, nodes[i], type->rank, leaf->axis, 0);
        TRY(ir_status(b));
        const Type *moved = ir_type(t->ir, ir_type_of(b, nodes[i]));
        types[i] = ir_array_type(t->ir, (Dtype)type->dtype, type->weak, type->rank - 1u,
                                 moved->shape + 1);
    }
    return OK;
}

// -- outputs ------------------------------------------------------------------------

// What comes out of the mapped function.
typedef struct Rows {
    const bool *batched; // for each output, in order
    uint32_t next;       // the output that is next
    int64_t size;
} Rows;

static Status no_place(Trace *t, Value output, bool mapped, int64_t axis) {
    if (mapped)
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "out_axes: %lld is out of range for a result of %s, the mapped "
                          "axis counted",
                          (long long)axis, front_kind_text(t, output));
    return base_error(t->diags, CODE_E404, t->span,
                      "an integer is the place of the mapped axis in the result",
                      "out_axes is None for %s, which depends on a mapped argument",
                      front_kind_text(t, output));
}

// One output with the mapped axis at the place that out_axes says.
static Status place_output(Trace *t, Rows *rows, Value axes, Value *value) {
    Builder *b = front_builder(t);
    NodeId node = value->node;
    const bool batched = rows->batched[rows->next++];
    bool mapped;
    int64_t axis = 0;
    TRY(one_axis(t, axes, *value, "out_axes", &mapped, &axis));
    if (!mapped) return batched ? no_place(t, *value, mapped, axis) : OK;
    const Type *type = ir_type(t->ir, ir_type_of(b, node));
    if (!batched) {
        int64_t shape[LIMIT_RANK + 1] = {rows->size};
        for (uint32_t i = 0; i < type->rank; i++)
            shape[i + 1] = type->shape[i];
        TRY(front_made(t, ir_broadcast_to(b, node, type->rank + 1u, shape), value));
        node = value->node;
        type = ir_type(t->ir, ir_type_of(b, node));
    }
    const int64_t to = axis < 0 ? axis + type->rank : axis;
    if (to < 0 || to >= type->rank) return no_place(t, *value, mapped, axis);
    return front_made(t, move_axis(b, node, type->rank, 0, (uint32_t)to), value);
}

static Status map_outputs(Trace *t, Rows *rows, Value axes, Value outputs, Value *result) {
    *result = outputs;
    if (is_leaf(outputs)) return place_output(t, rows, axes, result);
    if (!has_parts(outputs)) return OK;
    Value *items = NEW_ARRAY(t->arena, Value, outputs.n);
    TRY_ALLOC(items);
    for (uint32_t i = 0; i < outputs.n; i++) {
        Value part;
        TRY(axes_of_part(t, axes, outputs, i, "out_axes", &part));
        TRY(map_outputs(t, rows, part, outputs.items[i], &items[i]));
    }
    result->items = items;
    return OK;
}

Status front_call_vmap(Trace *t, const Transformed *tf, const Args *args, Value *result) {
    Args inner;
    Mapped m = {.function = tf->inner.function, .args = args, .size = tf->axis_size};
    front_at(t, args->span);
    TRY(map_arguments(t, tf, &m, &inner));
    const uint32_t n = m.leaves.n;
    TypeId *types = NEW_ARRAY(t->arena, TypeId, n);
    NodeId *own = NEW_ARRAY(t->arena, NodeId, n);
    if (!types || !own) return NOMEM;
    TRY(map_leaves(t, &m, types, own));
    Closed closed;
    TRY(front_close_function(t, tf->inner, &inner, false, n, types, &closed));
    front_at(t, args->span);
    const Graph *graph;
    bool *in = NEW_ARRAY(t->arena, bool, closed.graph->n_inputs);
    bool *out = NEW_ARRAY(t->arena, bool, closed.n_outputs);
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, closed.graph->n_inputs);
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, closed.n_outputs);
    if (!in || !out || !inputs || !nodes) return NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        in[i] = true;
        inputs[i] = own[i];
    }
    TRY(xform_vmap(closed.graph, m.size, in, NULL, &graph, out));
    TRY(front_capture_nodes(t, closed.n_captures, closed.captures, inputs + n));
    TRY(ir_inline(front_builder(t), graph, inputs, true, nodes));
    Value *leaves = NEW_ARRAY(t->arena, Value, closed.n_outputs), outputs;
    TRY_ALLOC(leaves);
    for (uint32_t i = 0; i < closed.n_outputs; i++)
        TRY(front_made(t, nodes[i], &leaves[i]));
    uint32_t next = 0;
    TRY(front_unflatten(t, closed.outputs, leaves, &next, &outputs));
    Rows rows = {.batched = out, .size = m.size};
    return map_outputs(t, &rows, tf->out_axes, outputs, result);
}
