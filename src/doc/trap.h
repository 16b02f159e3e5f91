// The traps of YAML: characters of an expression that YAML takes for its own. One table
// (traps.def) has a code, a message and a mend for each.
#ifndef DOC_TRAP_H
#define DOC_TRAP_H

#include "base/diag.h"

typedef enum DocTrap {
#define TRAP(name, code, message, hint) DOC_TRAP_##name,
#include "doc/traps.def"
#undef TRAP
} DocTrap;

typedef struct DocTrapText {
    Str found;    // what the message names
    Str mend;     // what the hint shows: for most traps the expression that was meant
    Str key;      // what stands before it on its line, for the hint; may be empty
    bool in_flow; // within YAML's brackets
} DocTrapText;

// Reports a trap; texts are cut to what a message can hold. Always FAILED.
Status doc_trap(Diags *diags, DocTrap trap, Span span, const DocTrapText *text);

// Reports a text with a colon but no space behind it (`x:1`); FAILED.
Status doc_trap_space(Diags *diags, Span span, Str text);

// Whether a text begins so: a name, a colon, and no space.
bool doc_trap_is_space(Str text);

#endif
