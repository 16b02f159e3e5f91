#include "doc/data.h"

Status doc_fault(DocFault *fault, Code code, const char *hint, const char *format, ...) {
    Text text = {.arena = fault->arena};
    va_list args;
    va_start(args, format);
    base_text_vprintf(&text, format, args);
    va_end(args);
    fault->code = code;
    fault->message = text.at;
    fault->hint = hint;
    return text.failed ? NOMEM : FAILED;
}

const char *doc_known_hint(Arena *arena, Str word, const Str *words, size_t n) {
    enum { SHOWN = 8 };
    Text text = {.arena = arena};
    const int nearest = word.n ? base_nearest(word, words, n) : -1;
    if (n == 0) return NULL;
    if (nearest >= 0)
        base_text_printf(&text, "did you mean `%.*s`? ", STR_ARG(words[nearest]));
    for (size_t i = 0; i < n && i < SHOWN; i++)
        base_text_printf(&text, "%s%.*s", i ? ", " : "known: ", STR_ARG(words[i]));
    if (n > SHOWN) base_text_add(&text, STR(", …"));
    return text.failed ? NULL : text.at;
}
