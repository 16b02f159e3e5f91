// Texts that do not stand in their file byte for byte: where each of their bytes comes
// from.
#ifndef DOC_DECODED_H
#define DOC_DECODED_H

#include "base/diag.h"

// The runs of one text, collected in order; used again for the next.
typedef struct Decoded {
    Arena *scratch; // of the runs while they are collected
    VEC(SourceRun) runs;
    uint32_t n;  // bytes so far
    bool failed; // memory was out
} Decoded;

void doc_decoded_begin(Decoded *decoded);

// The next n bytes stand at `at`, one after the other, or all of them (`fixed`).
void doc_decoded_add(Decoded *decoded, uint32_t n, uint32_t at, bool fixed);

// The number of the first byte of the text, which is not empty: the file's own where the
// text stands there in one piece, or else of a text added to the sources. The runs then
// live in the arena of the diagnostics. FAILED is reported at the text's first byte.
Status doc_decoded_end(const Decoded *decoded, Diags *diags, uint32_t *text_at) MUST_USE;

// Writes the code point's UTF-8 and returns its length, 1 to 4.
uint32_t doc_utf8_encode(uint32_t code, char out[4]);

#endif
