// A node as text: for print.c and verify.c alone.
#ifndef IR_PRINT_H
#define IR_PRINT_H

#include "ir/ir.h"

// "%7 = mul %3 %5 : float64[3]  # line 4", without an end of line. Operands or attributes
// past the first few are left out. The node may be malformed.
void ir_print_node(const Graph *g, NodeId id, Text *out);

#endif
