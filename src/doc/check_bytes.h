// Bytes and characters of a document. Whether they are text at all is checked once, before
// anything reads them.
#ifndef DOC_CHECK_BYTES_H
#define DOC_CHECK_BYTES_H

#include "base/diag.h"

// The bytes of a byte-order mark that the document begins with: 3 or 0.
size_t doc_mark_size(Str bytes);

// FAILED (E701, or E104 at the first bad byte) unless the document is within its limit and
// valid UTF-8 without NUL bytes; in YAML, also without the control characters that it
// forbids. *ascii: whether every byte behind a byte-order mark is a character of its own.
Status doc_check_bytes(Diags *diags, Str bytes, uint32_t at, bool yaml,
                       bool *ascii) MUST_USE;

// What stands at byte i, as a message names it: "`x`", "a tab", "the end of the document".
const char *doc_found(Diags *diags, Str bytes, size_t i);

#endif
