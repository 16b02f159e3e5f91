// Kernels of doubles.
#include "exec/vm/kernels.h"
#include "exec/vm/special.h"

#include <math.h>

#define T double
#include "exec/vm/stored_float.inc"

#define TABLE vm_kernels_F64
#include "exec/vm/kernel_table.inc"
