// Groups that move elements. They look at an element's size alone; memcpy of a known size
// is a load and a store.
#include "base/limits.h"
#include "exec/vm/vm.h"

// -- strided copies -----------------------------------------------------------------

typedef void CopyRow(char *out, const char *in, MoveAxis row);

#define COPY_ROW(bytes)                                                                    \
    static void copy_row_##bytes(char *out, const char *in, MoveAxis row) {                \
        for (int64_t i = 0; i < row.size; i++)                                             \
            memcpy(out + i * row.out * bytes, in + i * row.in * bytes, bytes);             \
    }
COPY_ROW(1)
COPY_ROW(4)
COPY_ROW(8)
#undef COPY_ROW

// A plane turned: the side of a square that is copied at once, so that the cache lines on
// both sides are used up while they are there.
enum { SQUARE = 64 };

typedef struct Copier {
    CopyRow *row;
    int64_t size; // bytes of an element
} Copier;

static Copier copier_of(size_t size) {
    const Copier copier = {size == 1   ? copy_row_1
                           : size == 4 ? copy_row_4
                                       : copy_row_8,
                           (int64_t)size};
    return copier;
}

static void copy_inner(Copier copier, char *out, const char *in, MoveAxis row) {
    if (row.out == 1 && row.in == 1)
        vm_copy(out, in, (size_t)(row.size * copier.size));
    else
        copier.row(out, in, row);
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

// The last two axes, in squares if the elements that stand side by side are in the first.
static void copy_plane(Copier copier, char *out, const char *in, MoveAxis outer,
                       MoveAxis inner) {
    const bool turned = inner.in != 1 && (outer.in == 1 || outer.in == -1);
    const int64_t rows = turned ? SQUARE : outer.size;
    const int64_t columns = turned ? SQUARE : inner.size;
    for (int64_t r0 = 0; r0 < outer.size; r0 += rows) {
        const int64_t end = least(r0 + rows, outer.size);
        for (int64_t c = 0; c < inner.size; c += columns) {
            MoveAxis row = inner;
            row.size = least(columns, inner.size - c);
            for (int64_t r = r0; r < end; r++)
                copy_inner(copier, out + (r * outer.out + c * inner.out) * copier.size,
                           in + (r * outer.in + c * inner.in) * copier.size, row);
        }
    }
}

static void copy_strided(const Move *move, Copier copier, char *out, const char *in) {
    const MoveAxis unit = {1, 1, 1};
    const uint32_t rank = move->rank;
    const MoveAxis inner = rank > 0 ? move->axes[rank - 1] : unit;
    const MoveAxis outer = rank > 1 ? move->axes[rank - 2] : unit;
    const uint32_t n = rank > 2 ? rank - 2 : 0; // axes before the plane
    int64_t index[LIMIT_RANK] = {0};
    for (;;) {
        copy_plane(copier, out, in, outer, inner);
        uint32_t axis = n;
        for (; axis-- > 0; index[axis] = 0) {
            const MoveAxis a = move->axes[axis];
            out += a.out * copier.size;
            in += a.in * copier.size;
            if (++index[axis] < a.size) break;
            out -= a.size * a.out * copier.size;
            in -= a.size * a.in * copier.size;
        }
        if (axis == UINT32_MAX) return;
    }
}

Status vm_run_move(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    const Move *move = group->about;
    const Instruction *i = vm_instruction(plan, group);
    const size_t size = exec_out_size(i);
    char *out = vm_out(plan, i);
    const char *in = vm_in(plan, i, 0);
    // Zero is all bits zero in every dtype.
    if (move->zero && group->n) memset(out, 0, (size_t)group->n * size);
    for (uint32_t k = 0; k < move->rank; k++) {
        if (move->axes[k].size == 0) return OK;
    }
    copy_strided(move, copier_of(size), out + move->out * (int64_t)size,
                 in + move->in * (int64_t)size);
    return OK;
}

// -- concatenate --------------------------------------------------------------------

// Each part is [outer, its columns], each row of which goes into a row of the result.
Status vm_run_concatenate(Plan *plan, const Group *group, ExecError *error) {
    (void)error;
    const Axis *axis = group->about;
    const Instruction *first = vm_instruction(plan, group);
    for (const Instruction *i = first; i < first + group->count; i++) {
        const size_t size = exec_out_size(i);
        const size_t columns = i->in[1] * size, row = (size_t)axis->n * size;
        char *out = (char *)vm_out(plan, i) + (size_t)i->attr * size;
        const char *in = vm_in(plan, i, 0);
        for (size_t r = 0; columns && r < (size_t)axis->outer; r++)
            memcpy(out + r * row, in + r * columns, columns);
    }
    return OK;
}
