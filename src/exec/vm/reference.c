// The elementwise kernels of floats in long double: what tests hold the others against.
#include "exec/vm/kernels.h"
#include "exec/vm/special.h"

#include <math.h>

#define T        long double
#define W        long double
#define M(f)     f##l
#define FABS(x)  fabsl(x)
#define LGAMMA_R lgammal_r
#include "exec/vm/map_macros.inc"

#include "exec/vm/map_float.inc"

#include "exec/vm/map_any.inc"

#define ADMIT_F(kernel) kernel
#define ADMIT_I(kernel) NULL
#define ADMIT_N(kernel) kernel
#define ADMIT_A(kernel) kernel
#define IN_MAP(...)     __VA_ARGS__
#define IN_COMPARE(...)
#define IN_REDUCE(...)

static MapKernel *const kernels[PRIM_COUNT] = {
#include "exec/vm/rows.inc"
};

bool vm_reference(Prim prim, const long double *in, const int64_t *attr, long double *out) {
    const bool is_map = ir_prim(prim)->class == CLASS_MAP;
    if (!is_map || !kernels[prim]) return false;
    const void *operands[] = {in, in + 1};
    kernels[prim](1, out, operands, attr ? attr[0] : 0);
    return true;
}
