#include "doc/decoded.h"

void doc_decoded_begin(Decoded *decoded) {
    decoded->runs.n = 0;
    decoded->n = 0;
}

// Whether bytes at `at` go on where the last run ends.
static bool goes_on(const Decoded *decoded, uint32_t at) {
    if (decoded->runs.n == 0) return false;
    const SourceRun *last = &decoded->runs.at[decoded->runs.n - 1];
    return !last->fixed && last->at + (decoded->n - last->text) == at;
}

void doc_decoded_add(Decoded *decoded, uint32_t n, uint32_t at, bool fixed) {
    if (n == 0) return;
    if (fixed || !goes_on(decoded, at)) {
        const SourceRun run = {decoded->n, at, fixed};
        if (!VEC_PUSH(decoded->scratch, &decoded->runs, run)) decoded->failed = true;
    }
    decoded->n += n;
}

Status doc_decoded_end(const Decoded *decoded, Diags *diags, uint32_t *text_at) {
    if (decoded->failed) return NOMEM;
    const uint32_t n = decoded->runs.n;
    if (n == 1 && !decoded->runs.at[0].fixed) {
        *text_at = decoded->runs.at[0].at;
        return OK;
    }
    SourceRun *runs = NEW_ARRAY(diags->arena, SourceRun, n);
    TRY_ALLOC(runs);
    memcpy(runs, decoded->runs.at, n * sizeof *runs);
    const Status status =
        base_source_add_decoded(diags->sources, decoded->n, runs, n, text_at);
    if (status != FAILED) return status;
    return base_error(diags, CODE_E701, (Span){runs[0].at, 1}, NULL,
                      "the texts of all files come to more than 4 GiB");
}

uint32_t doc_utf8_encode(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    const uint32_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (uint32_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)((0xF00 >> n & 0xFF) | code);
    return n;
}
