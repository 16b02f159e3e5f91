// Diagnostics: what went wrong, where, and what to do. Collected, so that one run can
// report several mistakes; shown at the end, in source order within a file.
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/source.h"
#include "base/vec.h"

#include <stdio.h>

// The codes, stable for ever: codes.def lists each once.
typedef enum Code {
#define CODE(code, title) CODE_##code,
#include "base/codes.def"
#undef CODE
    CODE_COUNT
} Code;

const char *base_code_name(Code code);  // "E301"
const char *base_code_title(Code code); // a few words
static inline bool base_code_is_warning(Code code) {
    return base_code_name(code)[0] == 'W';
}

typedef struct Diag {
    Code code;
    Span span;
    Span also;     // a second place ("defined here", the alias), or NO_SPAN
    Str message;   // one sentence, no full stop; says what was expected and what was found
    Str hint;      // what to do, or empty
    Str also_note; // what the second place is
    uint32_t repeats; // how many more points it was found at (base_diags_join)
} Diag;

typedef struct Diags {
    Arena *arena;     // owns the texts
    Sources *sources; // where spans are looked up
    VEC(Diag) list;
    uint32_t errors; // all errors, also those past the limit of kept ones
    uint32_t warnings;
    bool werror; // warnings are errors
    bool failed; // memory was out while reporting
} Diags;

// Whether it is shown and counted as a warning.
static inline bool base_diag_is_warning(const Diags *diags, Code code) {
    return base_code_is_warning(code) && !diags->werror;
}

// Reports, and returns FAILED, so that a caller can `return base_error(…)`. `hint` may be
// NULL. Past LIMIT_DIAGNOSTICS the rest is only counted; an error takes the place of the
// last warning then.
Status base_error(Diags *diags, Code code, Span span, const char *hint, const char *format,
                  ...) PRINTF_LIKE(5, 6);

// The same with a second place and what it is.
Status base_error_also(Diags *diags, Code code, Span span, Span also, const char *also_note,
                       const char *hint, const char *format, ...) PRINTF_LIKE(7, 8);

// Reports a W-code: nothing fails, unless warnings are errors (diags->errors says so).
void base_warning(Diags *diags, Code code, Span span, const char *hint, const char *format,
                  ...) PRINTF_LIKE(5, 6);

// Adds what was reported elsewhere (for a point). A W-code at a place that the list has
// already is counted there.
Status base_diags_join(Diags *diags, const Diags *more) MUST_USE;

// Forgets the warnings; errors stay.
void base_diags_drop_warnings(Diags *diags);

// The message as it is shown: with the number of repeats.
void base_diag_message(const Diag *diag, Text *out);

// A hint made with printf, in the diagnostics' arena ("" when memory is out).
const char *base_hint(Diags *diags, const char *format, ...) PRINTF_LIKE(2, 3);

// "did you mean `x`?" for the name nearest to a word, or NULL when none is near. Nothing is
// looked for once so many errors were reported that this one would not be kept.
const char *base_hint_nearest(Diags *diags, Str word, const Str *names, size_t n);

// The same with all the names behind it, unless they are many: "did you mean `x`? <what>:
// x, y". NULL where there is nothing to say.
const char *base_hint_known(Diags *diags, Str word, const char *what, const Str *names,
                            size_t n);

// Forgets the diagnostics from the first-th to before the last-th but for those that begin
// within `keep`: what reported them starts anew. All of them must have been kept.
void base_diags_forget(Diags *diags, uint32_t first, uint32_t last, Span keep);

// Orders the list by place (stable; entries without a place first).
void base_diags_sort(Diags *diags);

// Adds all diagnostics as a person reads them: code and message, file:line:column, the
// source line (cut around the place when long) with a caret, the hint; a count of those not
// shown.
void base_diags_text(const Diags *diags, bool colour, Text *out);

// Adds a place, its source line and a caret, as base_diags_text does; nothing for NO_SPAN.
void base_excerpt_text(Sources *sources, Span span, bool colour, Text *out);

#endif
