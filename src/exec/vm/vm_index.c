// gather and scatter: rows of elements at places computed from data.
#include "exec/vm/kernels.h"
#include "exec/vm/vm.h"

#include <math.h>

enum { MODE_ERROR = 0, MODE_CLIP = 1, MODE_FILL = 2 };

// What is indexed, and by what.
typedef struct Indexed {
    const Places *about;
    Plan *plan;
    const Instruction *instruction;
    uint32_t first; // the first index operand
} Indexed;

static int64_t index_at(const Indexed *x, uint32_t axis, int64_t place) {
    const int64_t *indices = vm_in(x->plan, x->instruction, x->first + axis);
    return indices[place];
}

// The number of the row that a place means; -1: it is out of bounds.
static int64_t row_of(const Indexed *x, int64_t place) {
    const Places *about = x->about;
    int64_t row = 0;
    for (uint32_t i = 0; i < about->n; i++) {
        const int64_t size = about->sizes[i];
        int64_t index = index_at(x, i, place);
        if (index < 0 || index >= size) {
            if (about->mode != MODE_CLIP || size == 0) return -1;
            index = index < 0 ? 0 : size - 1;
        }
        row = row * size + index;
    }
    return row;
}

static Status out_of_bounds(const Indexed *x, int64_t place, ExecError *error) {
    const Places *about = x->about;
    uint32_t axis = 0;
    while (axis + 1 < about->n && index_at(x, axis, place) >= 0 &&
           index_at(x, axis, place) < about->sizes[axis])
        axis++;
    return exec_out_of_bounds(x->plan->arena, about, axis, index_at(x, axis, place), error);
}

// What gather gives out of bounds (mode 2): NaN, the dtype's least value, or True: JAX's.
static void missing_element(Dtype dtype, void *element) {
    switch (dtype) {
    case DT_BOOL:
        memset(element, 1, 1);
        break;
    case DT_I32:
        memcpy(element, &(int32_t){INT32_MIN}, sizeof(int32_t));
        break;
    case DT_I64:
        memcpy(element, &(int64_t){INT64_MIN}, sizeof(int64_t));
        break;
    case DT_F32:
        memcpy(element, &(float){NAN}, sizeof(float));
        break;
    case DT_F64:
        memcpy(element, &(double){NAN}, sizeof(double));
        break;
    case DT_COUNT:
        break;
    }
}

Status vm_run_gather(Plan *plan, const Group *group, ExecError *error) {
    const Instruction *i = vm_instruction(plan, group);
    const Indexed x = {group->about, plan, i, 1};
    const size_t size = exec_out_size(i), bytes = (size_t)x.about->row * size;
    const char *from = vm_in(plan, i, 0);
    char *out = vm_out(plan, i);
    int64_t element = 0; // aligned for every dtype
    missing_element((Dtype)i->dtype, &element);
    const void *const fill[] = {&element};
    for (int64_t place = 0; place < x.about->count; place++, out += bytes) {
        const int64_t row = row_of(&x, place);
        if (row >= 0 && bytes == 8)
            memcpy(out, from + row * 8, 8); // most often: a known size is a single move
        else if (row >= 0)
            vm_copy(out, from + (size_t)row * bytes, bytes);
        else if (x.about->mode == MODE_ERROR)
            return out_of_bounds(&x, place, error);
        else
            vm_kernels[i->dtype]->map[PRIM_broadcast](x.about->row, out, fill, 0);
    }
    return OK;
}

// How scatters combine what is there with a row of v; NULL: v takes its place.
static MapKernel *combining(const Instruction *i) {
    MapKernel *const *map = vm_kernels[i->dtype]->map;
    switch (i->prim) {
    case PRIM_scatter_add:
        return map[PRIM_add];
    case PRIM_scatter_max:
        return map[PRIM_maximum];
    case PRIM_scatter_min:
        return map[PRIM_minimum];
    default:
        return NULL;
    }
}

// x with rows of v put, added and so on, one place after the other.
Status vm_run_scatter(Plan *plan, const Group *group, ExecError *error) {
    const Instruction *i = vm_instruction(plan, group);
    const Indexed x = {group->about, plan, i, 2};
    const size_t size = exec_out_size(i), bytes = (size_t)x.about->row * size;
    const char *from = vm_in(plan, i, 0), *v = vm_in(plan, i, 1);
    char *out = vm_out(plan, i);
    if (out != from) vm_copy(out, from, (size_t)group->n * size);
    MapKernel *combine = combining(i);
    for (int64_t place = 0; place < x.about->count; place++, v += bytes) {
        const int64_t row = row_of(&x, place);
        if (row < 0 && x.about->mode == MODE_ERROR) return out_of_bounds(&x, place, error);
        if (row < 0) continue;
        char *to = out + (size_t)row * bytes;
        if (combine)
            combine(x.about->row, to, (const void *[]){to, v}, 0);
        else
            vm_copy(to, v, bytes);
    }
    return OK;
}
