// Groups of one instruction: moves, indices, matrix products.
#include "exec/exact/exact_axis.h"

#include "base/limits.h"

// -- moves --------------------------------------------------------------------------

static void move_elements(Evaluation *e, const Move *move, Cells *out, const Cells *in) {
    int64_t index[LIMIT_RANK] = {0}, to = move->out, from = move->in;
    for (;;) {
        exact_copy_cells(e, out, to, in, from, 1);
        uint32_t axis = move->rank;
        for (; axis-- > 0; index[axis] = 0) {
            const MoveAxis a = move->axes[axis];
            to += a.out;
            from += a.in;
            if (++index[axis] < a.size) break;
            to -= a.size * a.out;
            from -= a.size * a.in;
        }
        if (axis == UINT32_MAX) return;
    }
}

Status exact_run_move(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Status status;
    const Move *move = group->about;
    const Instruction *i = exact_instruction(plan, group);
    Cells *out = exact_new_cells(e, group->n, false, &status);
    if (!out) return status;
    for (int64_t at = 0; move->zero && at < out->n; at++)
        exact_embed_integer(e, exact_cell(out, at), (Dtype)i->dtype, 0);
    bool empty = false;
    for (uint32_t k = 0; k < move->rank; k++)
        empty = empty || move->axes[k].size == 0;
    if (!empty) move_elements(e, move, out, exact_in(plan, frame, i, 0));
    exact_put(e, frame, i->out, out);
    return OK;
}

Status exact_run_concatenate(Evaluation *e, const Plan *plan, Frame *frame,
                             const Group *group) {
    Status status;
    const Axis *axis = group->about;
    const Instruction *first = exact_instruction(plan, group);
    Cells *out = exact_new_cells(e, group->n, false, &status);
    if (!out) return status;
    for (const Instruction *i = first; i < first + group->count; i++) {
        const int64_t columns = i->in[1];
        for (int64_t row = 0; columns && row < axis->outer; row++)
            exact_copy_cells(e, out, row * axis->n + i->attr, frame->slots[i->in[0]],
                             row * columns, columns);
    }
    exact_put(e, frame, first->out, out);
    return OK;
}

// -- gather and scatter -------------------------------------------------------------

enum { MODE_ERROR = 0, MODE_CLIP = 1, MODE_FILL = 2 };

// What is indexed, and by what.
typedef struct Indexed {
    const Places *about;
    const Plan *plan;
    const Frame *frame;
    const Instruction *instruction;
    uint32_t first; // the first index operand
} Indexed;

static const Number *index_at(const Evaluation *e, const Indexed *x, uint32_t axis,
                              int64_t place) {
    const Cells *indices = exact_in(x->plan, x->frame, x->instruction, x->first + axis);
    return e->kind->constant(exact_cell(indices, place));
}

// The number of the row that a place means; -1: it is out of bounds. *flags: the indices'.
static Status row_of(Evaluation *e, const Indexed *x, int64_t place, int64_t *row,
                     uint8_t *flags) {
    const Places *about = x->about;
    *row = 0;
    *flags = 0;
    for (uint32_t i = 0; i < about->n; i++) {
        const Number *number = index_at(e, x, i, place);
        const int64_t size = about->sizes[i];
        if (number->kind != NUMBER_INTEGER)
            return exact_undecided(e, number, "its index is not known");
        int64_t index = number->integer;
        *flags |= number->flags;
        if (index >= 0 && index < size) {
            *row = *row * size + index;
            continue;
        }
        if (about->mode == MODE_ERROR)
            return exec_out_of_bounds(e->env.arena, about, i, index, e->error);
        if (about->mode != MODE_CLIP || size == 0) {
            *row = -1;
            return OK;
        }
        *row = *row * size + (index < 0 ? 0 : size - 1);
    }
    return OK;
}

static Status gather_rows(Evaluation *e, const Indexed *x, Cells *out) {
    const Dtype dtype = (Dtype)x->instruction->dtype;
    const Cells *from = exact_in(x->plan, x->frame, x->instruction, 0);
    const int64_t n = x->about->row;
    const char *missing = num_is_float(dtype) ? "nan"
                          : dtype == DT_BOOL  ? "1"
                                              : exact_least_text(dtype);
    for (int64_t place = 0; place < x->about->count; place++) {
        int64_t row;
        uint8_t flags;
        TRY(row_of(e, x, place, &row, &flags));
        if (row >= 0) exact_copy_cells(e, out, place * n, from, row * n, n);
        for (int64_t k = 0; k < n; k++) {
            void *cell = exact_cell(out, place * n + k);
            if (row < 0) exact_embed_text(e, cell, missing, dtype);
            e->kind->add_flags(cell, flags);
        }
    }
    return OK;
}

Status exact_run_gather(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Status status;
    const Instruction *i = exact_instruction(plan, group);
    const Indexed x = {group->about, plan, frame, i, 1};
    Cells *out = exact_new_cells(e, group->n, false, &status);
    if (!out) return status;
    status = gather_rows(e, &x, out);
    if (status == OK)
        exact_put(e, frame, i->out, out);
    else
        exact_release(e, out);
    return status;
}

// How scatters combine what is there with v: PRIM_COUNT: v takes its place.
static Prim combining(Prim scatter) {
    switch (scatter) {
    case PRIM_scatter_add:
        return PRIM_add;
    case PRIM_scatter_max:
        return PRIM_maximum;
    case PRIM_scatter_min:
        return PRIM_minimum;
    default:
        return PRIM_COUNT;
    }
}

static Status scatter_rows(Evaluation *e, const Indexed *x, Cells *out) {
    Status status;
    const Instruction *i = x->instruction;
    const Prim combine = combining((Prim)i->prim);
    const Cells *v = exact_in(x->plan, x->frame, i, 1);
    const int64_t n = x->about->row;
    Cells *sum = exact_new_cells(e, 1, false, &status);
    if (!sum) return status;
    for (int64_t place = 0; status == OK && place < x->about->count; place++) {
        int64_t row;
        uint8_t flags;
        status = row_of(e, x, place, &row, &flags);
        for (int64_t k = 0; status == OK && row >= 0 && k < n; k++) {
            void *to = exact_cell(out, row * n + k);
            const void *value = exact_cell(v, place * n + k);
            if (combine != PRIM_COUNT) {
                exact_binary(e, combine, (Dtype)i->dtype, exact_cell(sum, 0), to, value);
                value = exact_cell(sum, 0);
            }
            e->kind->copy(to, value);
            e->kind->add_flags(to, flags);
        }
    }
    exact_release(e, sum);
    return status;
}

Status exact_run_scatter(Evaluation *e, const Plan *plan, Frame *frame,
                         const Group *group) {
    const Instruction *i = exact_instruction(plan, group);
    const Indexed x = {group->about, plan, frame, i, 2};
    Cells *out = exact_take(plan, frame, exec_in(plan, i)[0], i->out);
    Status status = exact_unshare(e, &out);
    if (status == OK) status = scatter_rows(e, &x, out);
    if (status == OK)
        exact_put(e, frame, i->out, out);
    else
        exact_release(e, out);
    return status;
}

// -- matrix products ----------------------------------------------------------------

// The sum of k products of a row of a and a column of b.
static void dot_row(Evaluation *e, const Instruction *i, Cells *room,
                    const ExactColumn *row, const ExactColumn *column, void *out) {
    const Dtype dtype = (Dtype)i->dtype;
    const bool of_bool = dtype == DT_BOOL;
    const Prim times = of_bool ? PRIM_bit_and : PRIM_mul;
    const Prim plus = of_bool ? PRIM_bit_or : PRIM_add;
    void *sum = exact_cell(room, 0), *spare = exact_cell(room, 1);
    void *product = exact_cell(room, 2);
    exact_embed_integer(e, sum, dtype, 0);
    for (int64_t k = 0; k < row->n; k++) {
        exact_binary(e, times, dtype, product, exact_column_cell(row, k),
                     exact_column_cell(column, k));
        if (k == 0)
            e->kind->copy(sum, product);
        else
            exact_fold_in(e, plus, dtype, &sum, &spare, product);
    }
    e->kind->copy(out, sum);
}

Status exact_run_dot(Evaluation *e, const Plan *plan, Frame *frame, const Group *group) {
    Status status;
    const Dot *dot = group->about;
    const Instruction *i = exact_instruction(plan, group);
    const Cells *a = exact_in(plan, frame, i, 0), *b = exact_in(plan, frame, i, 1);
    Cells *out = exact_new_cells(e, group->n, false, &status);
    Cells *room = out ? exact_new_cells(e, 3, false, &status) : NULL;
    if (!room) {
        exact_release(e, out);
        return status;
    }
    int64_t at = 0;
    for (int64_t batch = 0; batch < dot->batch; batch++) {
        for (int64_t r = 0; r < dot->m; r++) {
            for (int64_t c = 0; c < dot->n; c++) {
                const ExactColumn row = {a, (batch * dot->m + r) * dot->k, dot->k, 1};
                const ExactColumn column = {b, batch * dot->k * dot->n + c, dot->k, dot->n};
                dot_row(e, i, room, &row, &column, exact_cell(out, at++));
            }
        }
    }
    exact_release(e, room);
    exact_put(e, frame, i->out, out);
    return OK;
}
