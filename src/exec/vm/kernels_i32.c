// Kernels of int32.
#include "exec/vm/kernels.h"

#define T     int32_t
#define U     uint32_t
#define LEAST INT32_MIN
#define MOST  INT32_MAX
#include "exec/vm/stored_integer.inc"

#define TABLE vm_kernels_I32
#include "exec/vm/kernel_table.inc"
