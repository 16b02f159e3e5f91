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

// No text is longer than a person would read: names, and expressions that are quoted, have
// no such limit of their own.
static Str cut(Str text, Text *out) {
    enum { LONGEST = 400 };
    if (text.n <= LONGEST) return text;
    size_t n = LONGEST;
    while (n > 0 && (text.at[n] & 0xC0) == 0x80)
        n--;
    base_text_add(out, (Str){text.at, n});
    base_text_add(out, STR("…"));
    return out->failed ? STR("") : base_text_str(out);
}

// A copy that the diagnostics own.
static Str keep(Diags *diags, const char *text) {
    if (!text || !*text) return STR("");
    Text out = {.arena = diags->arena};
    const Str shown = cut(base_str(text), &out);
    const Str copy = {base_strdup(diags->arena, shown), shown.n};
    diags->failed |= out.failed || !copy.at;
    return copy.at ? copy : STR("");
}

static Str format_text(Diags *diags, const char *format, va_list args) {
    Text text = {.arena = diags->arena};
    base_text_vprintf(&text, format, args);
    if (!text.failed) return base_text_str(&text);
    diags->failed = true;
    return STR("");
}

// Makes room in the list; false when there is none: errors come before warnings.
static bool has_room(Diags *diags, bool warning) {
    if (diags->list.n < LIMIT_DIAGNOSTICS) return true;
    for (uint32_t i = warning ? 0 : diags->list.n; i-- > 0;) {
        if (!base_diag_is_warning(diags, diags->list.at[i].code)) continue;
        for (diags->list.n--; i < diags->list.n; i++)
            diags->list.at[i] = diags->list.at[i + 1];
        return true;
    }
    return false;
}

// Counts a diagnostic; true when it is to be kept, too.
static bool count(Diags *diags, Code code) {
    const bool warning = base_diag_is_warning(diags, code);
    ++*(warning ? &diags->warnings : &diags->errors);
    return has_room(diags, warning);
}

static Status report(Diags *diags, Diag diag, const char *also_note, const char *hint,
                     const char *format, va_list args) {
    if (!count(diags, diag.code)) return FAILED;
    Text out = {.arena = diags->arena};
    diag.message = cut(format_text(diags, format, args), &out);
    diags->failed |= out.failed;
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

void base_warning(Diags *diags, Code code, Span span, const char *hint, const char *format,
                  ...) {
    va_list args;
    va_start(args, format);
    const Diag diag = {.code = code, .span = span};
    (void)report(diags, diag, NULL, hint, format, args);
    va_end(args);
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

const char *base_hint_known(Diags *diags, Str word, const char *what, const Str *names,
                            size_t n) {
    enum { MOST_NAMES = 12 };
    if (diags->errors >= LIMIT_DIAGNOSTICS || n == 0) return NULL;
    if (n > MOST_NAMES) return base_hint_nearest(diags, word, names, n);
    Text hint = {.arena = diags->arena};
    const int best = base_nearest(word, names, n);
    if (best >= 0) base_text_printf(&hint, "did you mean `%.*s`? ", STR_ARG(names[best]));
    base_text_printf(&hint, "%s", what);
    for (size_t i = 0; i < n; i++)
        base_text_printf(&hint, "%s%.*s", i ? ", " : " ", STR_ARG(names[i]));
    diags->failed |= hint.failed;
    return hint.failed ? NULL : hint.at;
}

// ---- Lists ------------------------------------------------------------------

static Diag *find_same(const Diags *diags, const Diag *diag) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        Diag *other = &diags->list.at[i];
        if (other->code == diag->code && other->span.at == diag->span.at &&
            other->span.n == diag->span.n)
            return other;
    }
    return NULL;
}

Status base_diags_join(Diags *diags, const Diags *more) {
    uint32_t n_kept[2] = {0, 0}; // errors, warnings
    for (uint32_t i = 0; i < more->list.n; i++) {
        const Diag *diag = &more->list.at[i];
        n_kept[base_diag_is_warning(more, diag->code)]++;
        Diag *same = base_code_is_warning(diag->code) ? find_same(diags, diag) : NULL;
        if (same)
            same->repeats++;
        else if (count(diags, diag->code) && !VEC_PUSH(diags->arena, &diags->list, *diag))
            return NOMEM;
    }
    diags->errors += more->errors - n_kept[0];
    diags->warnings += more->warnings - n_kept[1];
    return OK;
}

void base_diags_drop_warnings(Diags *diags) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < diags->list.n; i++)
        if (!base_diag_is_warning(diags, diags->list.at[i].code))
            diags->list.at[n++] = diags->list.at[i];
    diags->list.n = n;
    diags->warnings = 0;
}

void base_diag_message(const Diag *diag, Text *out) {
    base_text_add(out, diag->message);
    if (diag->repeats)
        base_text_printf(out, " (and at %u more point%s)", diag->repeats,
                         diag->repeats == 1 ? "" : "s");
}

void base_diags_forget(Diags *diags, uint32_t first, uint32_t last, Span keep) {
    uint32_t n = first;
    for (uint32_t i = first; i < diags->list.n; i++) {
        const Diag diag = diags->list.at[i];
        const bool kept = diag.span.at >= keep.at && diag.span.at <= keep.at + keep.n;
        if (i >= last || kept)
            diags->list.at[n++] = diag;
        else
            --*(base_diag_is_warning(diags, diag.code) ? &diags->warnings : &diags->errors);
    }
    diags->list.n = n;
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
