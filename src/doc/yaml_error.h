// What libyaml could not read, said so that the writer of an expression understands it:
// most often YAML took a character of an expression for its own.
#ifndef DOC_YAML_ERROR_H
#define DOC_YAML_ERROR_H

#include "base/diag.h"

typedef struct YamlProblem {
    const char *problem, *context; // libyaml's words, or ""
    size_t at, context_at;         // byte offsets
    Span bracket;                  // the innermost open `[` or `{`, or NO_SPAN
} YamlProblem;

// The line that holds byte i, without its end.
Str doc_yaml_line(Str bytes, size_t i);

// Reports the problem. `base` is the number of byte 0. Always FAILED.
Status doc_yaml_report(Diags *diags, Str bytes, uint32_t base, const YamlProblem *problem);

#endif
