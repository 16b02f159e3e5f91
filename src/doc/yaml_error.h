// What libyaml could not read, said so that the writer of an expression understands it:
// most often YAML took a character of an expression for its own.
#ifndef DOC_YAML_ERROR_H
#define DOC_YAML_ERROR_H

#include "base/diag.h"

typedef struct YamlProblem {
    const char *problem, *context; // libyaml's words, or ""
    size_t at, context_at;         // byte offsets
    Span bracket;                  // the innermost open `[` or `{`, or NO_SPAN
    size_t open;                   // the outermost one, or SIZE_MAX
    bool reported;                 // a diagnostic stands on its line already
} YamlProblem;

// What would let libyaml read on, so that mistakes further on are found, too: the bytes
// from..to are blanked, or stand for one text.
typedef struct YamlRepair {
    size_t from, to; // to == 0: there is no way on
    bool blank;      // a comment
    bool judged;     // the text is what the author meant, and is to be judged as such
} YamlRepair;

// Reports the problem, unless it was. `source` is the document as it was written, `bytes`
// as libyaml has read it; `base` is the number of byte 0. Always FAILED.
Status doc_yaml_report(Diags *diags, Str source, Str bytes, uint32_t base,
                       const YamlProblem *problem, YamlRepair *repair);

#endif
