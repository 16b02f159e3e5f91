// Kernels of bool, and the tables by dtype.
#include "exec/vm/kernels.h"

#define T uint8_t
#include "exec/vm/map_macros.inc"

static inline bool is_nan(T x) {
    (void)x;
    return false;
}
static inline int32_t to_i32(T x) {
    return x;
}
static inline int64_t to_i64(T x) {
    return x;
}

#include "exec/vm/map_bool.inc"

#include "exec/vm/map_any.inc"
#include "exec/vm/map_compare.inc"
#include "exec/vm/map_stored.inc"

#define MUL(x, y) (T)((x) & (y))

#define NAME          reduce_max
#define COMBINE(x, y) x | y
#define OF_NOTHING    0
#include "exec/vm/reduce.inc"
#define NAME          reduce_min
#define COMBINE(x, y) x &y
#define OF_NOTHING    1
#include "exec/vm/reduce.inc"
#define NAME          reduce_or
#define COMBINE(x, y) x | y
#define OF_NOTHING    0
#include "exec/vm/reduce.inc"
#define NAME          reduce_and
#define COMBINE(x, y) x &y
#define OF_NOTHING    1
#include "exec/vm/reduce.inc"

#include "exec/vm/axis_any.inc"
#define SUM(function) function##_reduce_or
#include "exec/vm/dot.inc"

#define ADMIT_F(kernel)    NULL
#define ADMIT_I(kernel)    kernel
#define ADMIT_N(kernel)    NULL
#define ADMIT_BOOL(kernel) kernel
#define TABLE              vm_kernels_BOOL
#include "exec/vm/kernel_table.inc"

const Kernels *const vm_kernels[DT_COUNT] = {
#define DTYPE(name, ctype, text, size) [DT_##name] = &vm_kernels_##name,
#include "num/dtypes.def"
#undef DTYPE
};
