// Source texts and the places in them.
//
// Every byte of every text that a diagnostic may point at has one number, its `at`: files
// and command-line texts get disjoint ranges of it when they are added. So a Span is eight
// bytes, can stand on every graph node, and needs nothing else to be shown as
// file:line:column.
//
// A text decoded from a file (a folded YAML scalar, a JSON string with escapes) is added
// with a map back to its file; a text that stands in its file byte for byte needs no entry
// of its own: its places are the file's.
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

typedef struct Span {
    uint32_t at; // 0: no place
    uint32_t n;  // bytes; 0: a point
} Span;

#define NO_SPAN ((Span){0, 0})

// The span from the begin of `a` to the end of `b`.
Span base_span_join(Span a, Span b);

typedef struct Sources Sources;

// The arena owns the table; texts added are not copied and must live as long.
Sources *base_sources_new(Arena *arena);

// Adds a file (or a command-line text, with a name such as "--vjp"). *at is the number of
// its first byte. Fails with E701 when 2^32 bytes are passed (reported by the caller:
// FAILED alone).
Status base_source_add(Sources *sources, Str name, Str bytes, uint32_t *at) MUST_USE;

// One run of a decoded text: from `text` (offset in the decoded text) on, byte i stands at
// file byte `at` + (i - text), as long as the run lasts; a run that stands for an escape
// has all its bytes at `at`.
typedef struct SourceRun {
    uint32_t text, at;
    bool fixed; // all bytes of the run stand at `at`
} SourceRun;

// Adds a decoded text of n bytes with its runs, in order, the first at text 0 (kept, not
// copied). A last run at text n says where the text's end stands. A text without runs has
// no place. *at is the number of its first byte.
Status base_source_add_decoded(Sources *sources, size_t n, const SourceRun *runs,
                               uint32_t n_runs, uint32_t *at) MUST_USE;

// The number, in its file, of a byte that may stand in a decoded text: what orders places.
uint32_t base_source_file_at(const Sources *sources, uint32_t at);

typedef struct Place {
    Str file;        // the name as given
    uint32_t line;   // 1-based
    uint32_t column; // 1-based, in code points
    Str text;        // the whole source line, without its end
    uint32_t offset; // the place within `text`, in bytes
    uint32_t n;      // at least 1, unless it is the end of the line
} Place;

// Where a span stands; false for NO_SPAN. Cost: logarithmic in the number of texts and
// lines (the index of lines is made when a file is first asked about).
bool base_source_find(Sources *sources, Span span, Place *place);

// The bytes of a span as they stand in its file (of a decoded text: quotes inside it,
// escapes and indentation included); empty for NO_SPAN.
Str base_source_text(const Sources *sources, Span span);

#endif
