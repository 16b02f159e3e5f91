// Entries of a YAML document as their author meant them: an expression is one text there,
// with all its commas, brackets and colons, where YAML may see several.
#ifndef DOC_YAML_ENTRY_H
#define DOC_YAML_ENTRY_H

#include "base/str.h"

// What an expression has opened so far, while its text is read piece by piece.
typedef struct YamlBalance {
    int32_t brackets; // opened less closed, outside of quotes
    int32_t lambdas;  // `lambda`s whose colon has not come
    char quote;       // of the text literal that is open, or 0
    char last;        // the character before
} YamlBalance;

void doc_yaml_weigh(YamlBalance *balance, Str text);

// Whether an expression goes on behind this: a bracket is open, or a lambda has no colon.
bool doc_yaml_is_unfinished(Str text);

typedef struct YamlEntry {
    size_t begin;      // of its key, or of its value where it has none
    size_t value, end; // of its value, from the first character to behind the last
    size_t head;       // behind the bracket or quotes that the value begins with, or 0
    bool in_flow;      // it stands within YAML's brackets
} YamlEntry;

// The line that holds byte i, without its end.
Str doc_yaml_line(Str bytes, size_t i);

// Finds the entry around byte `at`. `open`: the outermost bracket of YAML that is known to
// be open there, or SIZE_MAX. False where there is no entry.
bool doc_yaml_find_entry(Str bytes, size_t open, size_t at, YamlEntry *entry);

#endif
