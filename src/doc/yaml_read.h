// YAML into the tree, through libyaml's events.
#ifndef DOC_YAML_READ_H
#define DOC_YAML_READ_H

#include "doc/tree_build.h"

// Reads the one document of `bytes`, which doc_check_bytes has passed. `ascii` is what it
// found.
Status doc_yaml_read(Tree *tree, Str bytes, uint32_t at, bool ascii) MUST_USE;

#endif
