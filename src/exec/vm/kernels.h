// The kernels: what the vm does with contiguous elements of one dtype. kernels_<dtype>.c
// instantiate the same sources (*.inc) for each element type.
//
// bool elements are 0 or 1. A kernel may write its result over an operand of the same
// element size (element i depends on elements i alone).
#ifndef EXEC_VM_KERNELS_H
#define EXEC_VM_KERNELS_H

#include "exec/program.h"

// out[i] from in[0][i], in[1][i], …, for i < n. attr: exponent, order, target dtype
// (convert), bits of the element (literal); broadcast: every element is in[0][0].
typedef void MapKernel(int64_t n, void *out, const void *const *in, int64_t attr);
// Reductions, argmax, argmin: [outer, inner] from [outer, n, inner]; cumsum (attr: from the
// end), iota (in: NULL): all of [outer, n, inner].
typedef void AxisKernel(const Axis *axis, int64_t attr, void *out, const void *in);
// panel: room for min(n, EXEC_PANEL) columns of b; unused if n is 1.
typedef void DotKernel(const Dot *dot, void *out, const void *a, const void *b,
                       void *panel);

typedef struct Kernels {
    MapKernel *map[PRIM_COUNT];   // MAP, COMPARE; select, convert, broadcast, literal
    AxisKernel *axis[PRIM_COUNT]; // REDUCE; argmax, argmin, argsort, cumsum, iota
    DotKernel *dot;
} Kernels;

#define DTYPE(name, ctype, text, size) extern const Kernels vm_kernels_##name;
#include "num/dtypes.def"
#undef DTYPE

// By dtype (of the operands; of the result where there are none).
extern const Kernels *const vm_kernels[DT_COUNT];

// One primitive of class MAP that floats have, in long double: the reference that tests
// hold the kernels against. False when there is none.
bool vm_reference(Prim prim, const long double *in, const int64_t *attr, long double *out);

#endif
