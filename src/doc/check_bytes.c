#include "doc/check_bytes.h"
#include "base/limits.h"

size_t doc_mark_size(Str bytes) {
    return bytes.n >= 3 && memcmp(bytes.at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static Status bad_byte(Diags *diags, Str bytes, uint32_t at, size_t i) {
    const unsigned char byte = (unsigned char)bytes.at[i];
    const Span span = {at + (uint32_t)i, 1};
    const bool wide = bytes.n >= 2 && (memcmp(bytes.at, "\xFF\xFE", 2) == 0 ||
                                       memcmp(bytes.at, "\xFE\xFF", 2) == 0);
    if (wide)
        return base_error(diags, CODE_E104, span, "save the file as UTF-8",
                          "the document is UTF-16, expected UTF-8");
    if (byte == 0)
        return base_error(diags, CODE_E104, span, "is this a binary file, or UTF-16?",
                          "a NUL byte in the document, expected UTF-8 text");
    return base_error(diags, CODE_E104, span, "save the file as UTF-8",
                      "the byte 0x%02X is not valid UTF-8 here", byte);
}

// YAML 1.2.2, section 5.1, but for the white space that is tested before: what libyaml
// takes, too.
static bool is_printable(uint32_t code) {
    return (code >= 0x20 && code < 0x7F) || code == 0x85 ||
           (code >= 0xA0 && code < 0xFEFF) || (code > 0xFEFF && code < 0xFFFE) ||
           code >= 0x10000;
}

static Status bad_character(Diags *diags, Span span, uint32_t code) {
    const char *hint =
        base_hint(diags, "remove it, or write \"\\u%04X\" in double quotes", code);
    return base_error(diags, CODE_E104, span, hint,
                      "YAML does not allow the control character U+%04X", (unsigned)code);
}

Status doc_check_bytes(Diags *diags, Str bytes, uint32_t at, bool yaml, bool *ascii) {
    if ((long long)bytes.n > LIMIT_DOC_BYTES)
        return base_error(diags, CODE_E701, (Span){at, 0},
                          "keep large data in files of their own: {file: data.npy}",
                          "the document has %zu bytes, more than %lld (LIMIT_DOC_BYTES)",
                          bytes.n, (long long)LIMIT_DOC_BYTES);
    *ascii = true;
    for (size_t i = doc_mark_size(bytes); i < bytes.n;) {
        const unsigned char byte = (unsigned char)bytes.at[i];
        if ((byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t' || byte == '\r') {
            i++;
            continue;
        }
        uint32_t code;
        const size_t n = base_utf8_decode((Str){bytes.at + i, bytes.n - i}, &code);
        if (n == 0 || code == 0) return bad_byte(diags, bytes, at, i);
        if (yaml && !is_printable(code))
            return bad_character(diags, (Span){at + (uint32_t)i, (uint32_t)n}, code);
        if (n > 1) *ascii = false;
        i += n;
    }
    return OK;
}

const char *doc_found(Diags *diags, Str bytes, size_t i) {
    const Str rest = {bytes.at + i, bytes.n - i};
    if (rest.n == 0) return "the end of the document";
    if (*rest.at == '\n' || *rest.at == '\r') return "the end of the line";
    if (*rest.at == '\t') return "a tab";
    if (doc_mark_size(rest)) return "a byte-order mark";
    uint32_t code;
    const size_t n = base_utf8_decode(rest, &code);
    return base_hint(diags, "`%.*s`", (int)n, rest.at);
}
