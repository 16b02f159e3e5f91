// Kernels of floats.
#include "exec/vm/kernels.h"
#include "exec/vm/special.h"

#include <math.h>

#define T float
#include "exec/vm/stored_float.inc"

#define TABLE vm_kernels_F32
#include "exec/vm/kernel_table.inc"
