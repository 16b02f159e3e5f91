// Kernels of int64.
#include "exec/vm/kernels.h"

#define T     int64_t
#define U     uint64_t
#define LEAST INT64_MIN
#define MOST  INT64_MAX
#include "exec/vm/stored_integer.inc"

#define TABLE vm_kernels_I64
#include "exec/vm/kernel_table.inc"
