#include "base/diag.h"
#include "base/limits.h"

static const struct {
    const char *name, *title;
} codes[] = {
#define CODE(code, title) [CODE_##code] = {#code, title},
#include "base/codes.def"
#undef CODE
};

const char *base_code_name(Code code) {
    return codes[code].name;
}
const char *base_code_title(Code code) {
    return codes[code].title;
}

// ---- Reporting --------------------------------------------------------------

// A copy that the diagnostics own.
static Str keep(Diags *diags, const char *text) {
    if (!text || !*text) return STR("");
    const Str copy = {base_strdup(diags->arena, base_str(text)), strlen(text)};
    if (copy.at) return copy;
    diags->failed = true;
    return STR("");
}

static Str format_text(Diags *diags, const char *format, va_list args) {
    Text text = {.arena = diags->arena};
    base_text_vprintf(&text, format, args);
    if (!text.failed) return base_text_str(&text);
    diags->failed = true;
    return STR("");
}

// Counts a diagnostic; true when it is to be kept, too.
static bool count(Diags *diags, Code code) {
    uint32_t *counter = base_code_is_warning(code) ? &diags->warnings : &diags->errors;
    return ++*counter <= LIMIT_DIAGNOSTICS;
}

static Status report(Diags *diags, Diag diag, const char *also_note, const char *hint,
                     const char *format, va_list args) {
    if (!count(diags, diag.code)) return FAILED;
    diag.message = format_text(diags, format, args);
    diag.hint = keep(diags, hint);
    diag.also_note = keep(diags, also_note);
    if (!VEC_PUSH(diags->arena, &diags->list, diag)) diags->failed = true;
    return FAILED;
}

Status base_error(Diags *diags, Code code, Span span, const char *hint, const char *format,
                  ...) {
    va_list args;
    va_start(args, format);
    const Diag diag = {.code = code, .span = span};
    const Status status = report(diags, diag, NULL, hint, format, args);
    va_end(args);
    return status;
}

Status base_error_also(Diags *diags, Code code, Span span, Span also, const char *also_note,
                       const char *hint, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const Diag diag = {.code = code, .span = span, .also = also};
    const Status status = report(diags, diag, also_note, hint, format, args);
    va_end(args);
    return status;
}

const char *base_hint(Diags *diags, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const Str hint = format_text(diags, format, args);
    va_end(args);
    return hint.at;
}

const char *base_hint_nearest(Diags *diags, Str word, const Str *names, size_t n) {
    if (diags->errors >= LIMIT_DIAGNOSTICS) return NULL;
    const int best = base_nearest(word, names, n);
    return best < 0 ? NULL : base_hint(diags, "did you mean `%.*s`?", STR_ARG(names[best]));
}

// ---- Order ------------------------------------------------------------------

static uint32_t place_key(const Diags *diags, const Diag *diag) {
    return diags->sources ? base_source_file_at(diags->sources, diag->span.at)
                          : diag->span.at;
}

// By insertion: the list is short (LIMIT_DIAGNOSTICS), and the order of equal places must
// stay.
void base_diags_sort(Diags *diags) {
    for (uint32_t i = 1; i < diags->list.n; i++) {
        const Diag diag = diags->list.at[i];
        const uint32_t key = place_key(diags, &diag);
        uint32_t j = i;
        for (; j > 0 && place_key(diags, &diags->list.at[j - 1]) > key; j--)
            diags->list.at[j] = diags->list.at[j - 1];
        diags->list.at[j] = diag;
    }
}
