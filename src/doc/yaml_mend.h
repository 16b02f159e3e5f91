// What YAML has read as several nodes, or as keys and values, though its author meant one
// expression: reported, and put together again, so that the rest of the document is judged
// as it was meant.
#ifndef DOC_YAML_MEND_H
#define DOC_YAML_MEND_H

#include "doc/tree_build.h"

typedef struct YamlMend {
    Diags *diags;
    Str bytes;   // the document
    uint32_t at; // the number of its first byte
} YamlMend;

// The nodes of a sequence or mapping within brackets, before it is closed: expressions
// split at their commas, keys without a space behind their colon. One diagnostic each.
void doc_yaml_mend_flow(const YamlMend *mend, TreeFrame *frame);

// A mapping without brackets whose key is the begin of an expression (`lambda x: x` on a
// line of its own) becomes a text.
void doc_yaml_mend_block(const YamlMend *mend, DocNode *node);

#endif
