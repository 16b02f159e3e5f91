// Words of other languages and libraries, and what they are here.
#ifndef FRONT_ALIASES_H
#define FRONT_ALIASES_H

#include "base/diag.h"

typedef enum AliasKind { ALIAS_NAME, ALIAS_DTYPE, ALIAS_COMPUTE, ALIAS_KEY } AliasKind;

typedef struct Alias {
    AliasKind kind;
    const char *word;
    const char *mend; // what to write, or NULL
    const char *hint; // where there is no one thing to write
} Alias;

// Row after row (aliases.def); NULL behind the last.
const Alias *front_alias_row(uint32_t row);

// The hint for a word that is unknown, or NULL.
const char *front_alias_hint(Diags *diags, AliasKind kind, Str word);

// The key among `known` that a word stands for, or NULL.
const char *front_alias_key(Str word, const Str *known, size_t n);

#endif
