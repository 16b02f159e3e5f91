// The YAML 1.2 core schema: what a plain (unquoted) scalar without a tag is.
#ifndef DOC_CORE_SCHEMA_H
#define DOC_CORE_SCHEMA_H

#include "doc/doc.h"

// Null, a boolean, an integer, a float, or else a string. So `no` and `on` are strings,
// `1e-3` is a float and `017` the integer seventeen. (YAML 1.2.2, section 10.3.2)
DocKind doc_core_kind(Str text);

// Whether a scalar of DOC_BOOL is true.
bool doc_core_is_true(Str text);

#endif
