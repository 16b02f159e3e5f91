// The anchor and tag before the content of a YAML node, and white space and comments.
// libyaml gives their text, but no marks of them.
#ifndef DOC_YAML_PROPERTIES_H
#define DOC_YAML_PROPERTIES_H

#include "base/source.h"
#include "base/str.h"

typedef struct YamlProperties {
    Span anchor, tag; // or NO_SPAN
    size_t content;   // where the node's own text begins
} YamlProperties;

// Looks for those that libyaml has read, and no more: what follows may be another node's.
// `at` is the number of byte 0.
YamlProperties doc_yaml_properties(Str bytes, uint32_t at, size_t from, size_t end,
                                   bool anchor, bool tag);

bool doc_yaml_is_space(Str bytes, size_t i);

// The offset behind blanks, line breaks and comments.
size_t doc_yaml_skip_space(Str bytes, size_t i, size_t end);

// The offset behind a word that begins at i.
size_t doc_yaml_word_end(Str bytes, size_t i, size_t end);

#endif
