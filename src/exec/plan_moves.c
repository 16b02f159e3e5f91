// Lowering of what moves elements: a view of the operand, as strides over its elements in
// row-major order, becomes the value itself, a fill, or a copy.
#include "exec/planner.h"

#include "base/limits.h"

// An array's elements as seen through another's shape.
typedef struct View {
    uint32_t rank;
    int64_t offset; // of the first element, in the array that is seen
    int64_t size[LIMIT_RANK], stride[LIMIT_RANK];
} View;

// In an empty array no step is ever taken, and products of its sizes may overflow: strides
// stay 0.
static View row_major(uint32_t rank, const int64_t *shape, int64_t size) {
    View view = {.rank = rank};
    int64_t step = 1;
    for (uint32_t i = rank; i-- > 0;) {
        view.size[i] = shape[i];
        if (size == 0) continue;
        view.stride[i] = step;
        step *= shape[i];
    }
    return view;
}

static View view_of(const Type *type) {
    return row_major(type->rank, type->shape, type->size);
}

// The copy of n elements from one view to another of the same sizes, with as few axes as
// possible. NULL when memory is out.
static Move *new_move(Arena *arena, int64_t n, const View *to, const View *from) {
    MoveAxis axes[LIMIT_RANK];
    uint32_t first = LIMIT_RANK; // the axes are axes[first …]
    if (n == 0) axes[--first] = (MoveAxis){0};
    for (uint32_t i = n ? to->rank : 0; i-- > 0;) {
        const MoveAxis axis = {to->size[i], to->stride[i], from->stride[i]};
        if (axis.size == 1) continue;
        MoveAxis *inner = &axes[first];
        if (first < LIMIT_RANK && axis.out == inner->out * inner->size &&
            axis.in == inner->in * inner->size)
            inner->size *= axis.size;
        else
            axes[--first] = axis;
    }
    const uint32_t rank = LIMIT_RANK - first;
    Move *move = base_alloc(arena, sizeof *move + rank * sizeof *axes);
    if (!move) return NULL;
    move->rank = rank;
    move->out = to->offset;
    move->in = from->offset;
    if (rank) memcpy(move->axes, axes + first, rank * sizeof *axes);
    return move;
}

static Status emit_move(Planner *p, Dtype dtype, int64_t n, const Move *move, uint32_t from,
                        uint32_t *value) {
    TRY_ALLOC(move);
    const Instruction made = {
        .prim = PRIM_transpose, .dtype = (uint8_t)dtype, .out_dtype = (uint8_t)dtype};
    TRY(exec_open(p, GROUP_move, n, move));
    return exec_emit(p, made, 1, &from, 1, value);
}

// Node `id` is operand 0, seen so.
static Status lower_view(Planner *p, NodeId id, const View *from) {
    const Type *type = ir_node_type(p->graph, id), *operand = exec_operand_type(p, id, 0);
    if (exec_is_fill(p, ir_in(p->graph, exec_node(p, id))[0])) return exec_fill(p, id);
    const View to = view_of(type);
    const Move *move = new_move(p->arena, type->size, &to, from);
    TRY_ALLOC(move);
    const bool same = move->rank == 0 || (move->rank == 1 && move->axes[0].in == 1);
    if (same && move->in == 0 && type->size == operand->size) {
        exec_alias(p, id);
        return OK;
    }
    uint32_t value;
    TRY(exec_operand(p, id, 0, &value));
    return emit_move(p, (Dtype)type->dtype, type->size, move, value, &p->value[id]);
}

// [rank, shape…]: the order of the elements stays
Status exec_lower_reshape(Planner *p, NodeId id) {
    exec_alias(p, id);
    return OK;
}

// [rank, shape…, dim…]
Status exec_lower_broadcast(Planner *p, NodeId id) {
    const Type *type = ir_node_type(p->graph, id), *operand = exec_operand_type(p, id, 0);
    if (operand->size == 1 && type->size != 1) return exec_fill(p, id);
    const int64_t *dims = ir_attr(p->graph, exec_node(p, id)) + 1 + type->rank;
    const View seen = view_of(operand);
    View from = {.rank = type->rank};
    for (uint32_t i = 0; i < operand->rank; i++) {
        if (operand->shape[i] != 1) from.stride[dims[i]] = seen.stride[i];
    }
    return lower_view(p, id, &from);
}

// [perm…]
Status exec_lower_transpose(Planner *p, NodeId id) {
    const int64_t *perm = ir_attr(p->graph, exec_node(p, id));
    const View seen = view_of(exec_operand_type(p, id, 0));
    View from = {.rank = seen.rank};
    for (uint32_t i = 0; i < seen.rank; i++)
        from.stride[i] = seen.stride[perm[i]];
    return lower_view(p, id, &from);
}

// [start…, limit…, step…]
Status exec_lower_slice(Planner *p, NodeId id) {
    View from = view_of(exec_operand_type(p, id, 0));
    const int64_t *start = ir_attr(p->graph, exec_node(p, id));
    const int64_t *step = start + 2 * from.rank;
    const Type *type = ir_node_type(p->graph, id);
    for (uint32_t i = 0; i < from.rank && type->size > 0; i++) {
        from.offset += start[i] * from.stride[i];
        // A step may be of any size where it is never taken.
        if (type->shape[i] > 1) from.stride[i] *= step[i];
    }
    return lower_view(p, id, &from);
}

// [axis…]
Status exec_lower_reverse(Planner *p, NodeId id) {
    View from = view_of(exec_operand_type(p, id, 0));
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    for (uint32_t i = 0; i < node->n_attr && type->size > 0; i++) {
        const int64_t axis = ir_attr(p->graph, node)[i];
        from.offset += (from.size[axis] - 1) * from.stride[axis];
        from.stride[axis] = -from.stride[axis];
    }
    return lower_view(p, id, &from);
}

// [low…, high…, interior…]: the operand goes to strided places of a zeroed result
Status exec_lower_pad(Planner *p, NodeId id) {
    const Type *type = ir_node_type(p->graph, id);
    const Type *operand = exec_operand_type(p, id, 0);
    const View from = view_of(operand);
    View to = view_of(type);
    const int64_t *low = ir_attr(p->graph, exec_node(p, id));
    const int64_t *interior = low + 2 * to.rank;
    for (uint32_t i = 0; i < to.rank; i++) {
        to.size[i] = from.size[i];
        if (operand->size == 0) continue;
        to.offset += low[i] * to.stride[i];
        if (from.size[i] > 1) to.stride[i] *= interior[i] + 1;
    }
    Move *move = new_move(p->arena, operand->size, &to, &from);
    TRY_ALLOC(move);
    move->zero = true;
    uint32_t value;
    TRY(exec_operand(p, id, 0, &value));
    return emit_move(p, (Dtype)type->dtype, type->size, move, value, &p->value[id]);
}

// [axis]
Status exec_lower_concatenate(Planner *p, NodeId id) {
    const Node *node = exec_node(p, id);
    const Type *type = ir_node_type(p->graph, id);
    const int64_t axis = ir_attr(p->graph, node)[0];
    Axis *about = NEW(p->arena, Axis);
    uint32_t *parts = NEW_ARRAY(p->scratch, uint32_t, node->n_in);
    if (!about || !parts) return NOMEM;
    for (uint32_t i = 0; i < node->n_in; i++)
        TRY(exec_operand(p, id, i, &parts[i]));
    int64_t outer = 1;
    for (int64_t i = 0; i < axis && type->size > 0; i++)
        outer *= type->shape[i];
    *about = (Axis){.outer = outer, .n = type->size / outer, .inner = 1};
    TRY(exec_open(p, GROUP_concatenate, type->size, about));
    Instruction made = {
        .prim = PRIM_concatenate, .dtype = type->dtype, .out_dtype = type->dtype};
    for (uint32_t i = 0; i < node->n_in; i++) {
        const int64_t columns = exec_operand_type(p, id, i)->size / outer;
        made.in[1] = (uint32_t)columns;
        TRY(exec_emit(p, made, 1, &parts[i], 1, i ? NULL : &p->value[id]));
        made.out = p->value[id];
        made.attr += columns;
    }
    return OK;
}

Status exec_turn(Planner *p, NodeId id, uint32_t n, const int64_t *axes, uint32_t *value) {
    const Type *type = exec_operand_type(p, id, 0);
    const View seen = view_of(type);
    int64_t perm[LIMIT_RANK];
    uint32_t kept = 0, last = seen.rank - n;
    for (uint32_t i = 0, next = 0; i < seen.rank; i++) {
        if (next < n && axes[next] == i) {
            perm[last++] = i;
            next++;
        } else {
            perm[kept++] = i;
        }
    }
    View from = {.rank = seen.rank};
    int64_t shape[LIMIT_RANK];
    for (uint32_t i = 0; i < seen.rank; i++) {
        from.stride[i] = seen.stride[perm[i]];
        shape[i] = seen.size[perm[i]];
    }
    const View to = row_major(seen.rank, shape, type->size);
    uint32_t operand;
    TRY(exec_operand(p, id, 0, &operand));
    const Move *move = new_move(p->arena, type->size, &to, &from);
    return emit_move(p, (Dtype)type->dtype, type->size, move, operand, value);
}
