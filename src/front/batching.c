// vmap: a function over a leading axis of its arguments, as one batch.
#include "base/limits.h"
#include "front/function.h"
#include "xform/xform.h"

// One axis for each leaf of an argument: an int spreads over a structure, None means not
// batched.
static Status axes_of_leaves(Trace *t, Value axes, Value structure, const char *what,
                             Leaves *leaves, int64_t *result) {
    if (structure.kind == VALUE_ARRAY || structure.kind == VALUE_NUMBER) {
        int64_t axis = INT64_MIN; // not batched
        if (axes.kind != VALUE_NONE) TRY(front_static_int(t, axes, what, &axis));
        result[leaves->at.n] = axis;
        return VEC_PUSH(t->arena, &leaves->at, structure) ? OK : NOMEM;
    }
    if (structure.kind != VALUE_TUPLE && structure.kind != VALUE_LIST &&
        structure.kind != VALUE_RECORD)
        return OK;
    const bool spread = axes.kind == VALUE_NONE || axes.kind == VALUE_NUMBER;
    if (!spread && axes.n != structure.n) {
        return base_error(t->diags, CODE_E402, t->span, NULL,
                          "%s has another structure than %s", what,
                          front_kind_text(t, structure));
    }
    for (uint32_t i = 0; i < structure.n; i++) {
        TRY(axes_of_leaves(t, spread ? axes : axes.items[i], structure.items[i], what,
                           leaves, result));
    }
    return OK;
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

typedef struct Mapped {
    Leaves leaves; // of the arguments that are traced, as arrays
    int64_t *axes; // for each leaf; INT64_MIN: not batched
    bool *traced;  // arguments with a batched leaf
    int64_t size;  // -1: not known yet
} Mapped;

static Status check_size(Trace *t, Mapped *mapped, Value leaf, int64_t *axis, Span span) {
    const Type *type = front_type(t, leaf);
    const int64_t given = *axis;
    if (*axis < 0) *axis += type->rank;
    if (*axis < 0 || *axis >= type->rank) {
        return base_error(t->diags, CODE_E404, span,
                          "None in in_axes: this argument is not mapped",
                          "vmap: axis %lld is out of range for %s", (long long)given,
                          front_kind_text(t, leaf));
    }
    const int64_t size = type->shape[*axis];
    if (mapped->size >= 0 && mapped->size != size) {
        return base_error(t->diags, CODE_E404, span, NULL,
                          "vmap: the mapped axes differ in size: %lld and %lld",
                          (long long)mapped->size, (long long)size);
    }
    mapped->size = size;
    return OK;
}

static Status map_arguments(Trace *t, const Transformed *tf, const Args *args,
                            Mapped *mapped) {
    const Value in_axes = tf->in_axes;
    const bool each = in_axes.kind == VALUE_TUPLE || in_axes.kind == VALUE_LIST;
    if (each && in_axes.n != args->n) {
        return base_error(t->diags, CODE_E403, args->span, NULL,
                          "in_axes has %u entries, but the call %u arguments", in_axes.n,
                          args->n);
    }
    uint32_t total = 0;
    for (uint32_t i = 0; i < args->n; i++) {
        Leaves count = {0};
        const Value axes = each ? in_axes.items[i] : in_axes;
        if (axes.kind == VALUE_NONE) continue;
        front_at(t, args->spans[i]);
        TRY(front_flatten(t, args->at[i], "a mapped argument", &count));
        total += count.at.n;
        mapped->traced[i] = true;
    }
    mapped->axes = NEW_ARRAY(t->arena, int64_t, total);
    TRY_ALLOC(mapped->axes);
    for (uint32_t i = 0; i < args->n; i++) {
        if (!mapped->traced[i]) continue;
        const uint32_t first = mapped->leaves.at.n;
        TRY(axes_of_leaves(t, each ? in_axes.items[i] : in_axes, args->at[i], "in_axes",
                           &mapped->leaves, mapped->axes));
        for (uint32_t k = first; k < mapped->leaves.at.n; k++) {
            Value *leaf = &mapped->leaves.at.at[k];
            TRY(front_as_array(t, *leaf, leaf));
            if (mapped->axes[k] != INT64_MIN)
                TRY(check_size(t, mapped, *leaf, &mapped->axes[k], args->spans[i]));
        }
    }
    if (mapped->size >= 0) return OK;
    return base_error(t->diags, CODE_E403, args->span, NULL,
                      "vmap needs at least one mapped argument");
}

// The types without the mapped axes, and the nodes with these in front.
static Status map_leaves(Trace *t, const Mapped *mapped, TypeId *types, NodeId *nodes,
                         bool *in) {
    Builder *b = front_builder(t);
    for (uint32_t i = 0; i < mapped->leaves.at.n; i++) {
        const Type *type = front_type(t, mapped->leaves.at.at[i]);
        TRY(front_node_here(t, mapped->leaves.at.at[i], &nodes[i]));
        types[i] = ir_type_of(b, nodes[i]);
        in[i] = mapped->axes[i] != INT64_MIN;
        if (!in[i]) continue;
        const uint32_t axis = (uint32_t)mapped->axes[i];
        nodes[i] = move_axis(b, nodes[i], type->rank, axis, 0);
        const Type *moved = ir_type(t->ir, ir_type_of(b, nodes[i]));
        types[i] = ir_array_type(t->ir, (Dtype)type->dtype, type->weak, type->rank - 1u,
                                 moved->shape + 1);
    }
    return ir_status(b);
}

// One output at the place that out_axes says.
static Status place_output(Trace *t, NodeId node, bool batched, int64_t axis, int64_t size,
                           Value *value) {
    Builder *b = front_builder(t);
    if (axis == INT64_MIN) {
        if (!batched) return front_made(t, node, value);
        return base_error(
            t->diags, CODE_E404, t->span, NULL,
            "out_axes is None for an output that depends on a mapped argument");
    }
    const Type *type = ir_type(t->ir, ir_type_of(b, node));
    if (!batched) {
        int64_t shape[LIMIT_RANK + 1] = {size};
        for (uint32_t i = 0; i < type->rank; i++)
            shape[i + 1] = type->shape[i];
        node = ir_broadcast_to(b, node, type->rank + 1u, shape);
        TRY(ir_status(b));
        type = ir_type(t->ir, ir_type_of(b, node));
    }
    const int64_t to = axis < 0 ? axis + type->rank : axis;
    if (to < 0 || to >= type->rank) {
        return base_error(t->diags, CODE_E404, t->span, NULL,
                          "out_axes: %lld is out of range for an output with %u axes",
                          (long long)axis, type->rank);
    }
    return front_made(t, move_axis(b, node, type->rank, 0, (uint32_t)to), value);
}

static Status map_outputs(Trace *t, const Transformed *tf, const Closed *closed,
                          const NodeId *nodes, const bool *batched, int64_t size,
                          Value *result) {
    Leaves leaves = {0};
    int64_t *axes = NEW_ARRAY(t->arena, int64_t, closed->n_outputs);
    Value *values = NEW_ARRAY(t->arena, Value, closed->n_outputs);
    if (!axes || !values) return NOMEM;
    TRY(axes_of_leaves(t, tf->out_axes, closed->outputs, "out_axes", &leaves, axes));
    for (uint32_t i = 0; i < closed->n_outputs; i++)
        TRY(place_output(t, nodes[i], batched[i], axes[i], size, &values[i]));
    uint32_t next = 0;
    return front_unflatten(t, closed->outputs, values, &next, result);
}

Status front_call_vmap(Trace *t, const Transformed *tf, const Args *args, Value *result) {
    Args positional;
    front_at(t, args->span);
    TRY(front_positional(t, tf->inner.function, args, &positional));
    Mapped mapped = {.traced = NEW_ARRAY(t->arena, bool, positional.n), .size = -1};
    TRY_ALLOC(mapped.traced);
    TRY(map_arguments(t, tf, &positional, &mapped));
    front_at(t, args->span);
    const uint32_t n = mapped.leaves.at.n;
    TypeId *types = NEW_ARRAY(t->arena, TypeId, n);
    NodeId *own = NEW_ARRAY(t->arena, NodeId, n);
    bool *own_bits = NEW_ARRAY(t->arena, bool, n);
    if (!types || !own || !own_bits) return NOMEM;
    TRY(map_leaves(t, &mapped, types, own, own_bits));
    Closed closed;
    TRY(front_close_function(t, tf->inner, &positional, mapped.traced, types, &closed));
    front_at(t, args->span);
    const Graph *graph;
    bool *in = NEW_ARRAY(t->arena, bool, closed.graph->n_inputs);
    bool *out = NEW_ARRAY(t->arena, bool, closed.n_outputs);
    NodeId *inputs = NEW_ARRAY(t->arena, NodeId, closed.graph->n_inputs);
    NodeId *nodes = NEW_ARRAY(t->arena, NodeId, closed.n_outputs);
    if (!in || !out || !inputs || !nodes) return NOMEM;
    if (n) memcpy(in, own_bits, n * sizeof *in);
    if (n) memcpy(inputs, own, n * sizeof *inputs);
    TRY(xform_vmap(closed.graph, mapped.size, in, NULL, &graph, out));
    TRY(front_capture_nodes(t, closed.n_captures, closed.captures, inputs + n));
    TRY(ir_inline(front_builder(t), graph, inputs, true, nodes));
    return map_outputs(t, tf, &closed, nodes, out, mapped.size, result);
}
