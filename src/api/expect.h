// Reading a point's `expect`: for this folder alone.
#ifndef API_EXPECT_H
#define API_EXPECT_H

#include "api/context.h"

// Fills an array of that dtype and shape from a document's value, *out going forward:
// numerals in nested sequences, any part of which may be a constant expression instead.
// *filled is false where the value has another shape or is no element of the dtype. FAILED
// (reported) for a text that cannot be evaluated. The depth is the document's.
Status api_fill_node(ApiReader *reader, const DocNode *node, Dtype dtype, uint32_t rank,
                     const int64_t *shape, char **out, bool *filled) MUST_USE;
// The same from a computed value; a tuple or list of arrays stands for the array of them.
bool api_fill_value(const cg_value *value, Dtype dtype, uint32_t rank, const int64_t *shape,
                    char **out);

// A document's value by itself, in its own dtypes and structure.
Status api_read_alone(ApiReader *reader, const DocNode *node, cg_value *value) MUST_USE;

#endif
