// Strings: a pointer and a length (never assumed NUL-terminated), a builder, and a map from
// strings to numbers.
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"
#include "base/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *at;
    size_t n;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_ARG(str) (int)(str).n, (str).at // for "%.*s"
static inline Str base_str(const char *text) {
    return (Str){text, strlen(text)};
}
static inline bool base_str_eq(Str a, Str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

// A NUL-terminated copy in the arena. NULL when memory is out.
char *base_strdup(Arena *arena, Str text);
// The text cut to what a message can hold, between characters.
Str base_str_cut(Str text);

// A text that grows. `failed` is sticky: check it once at the end.
typedef struct Text {
    Arena *arena;
    char *at; // NUL-terminated once anything was added
    size_t n, cap;
    bool failed;
} Text;
void base_text_add(Text *text, Str more);
void base_text_char(Text *text, char c);
void base_text_printf(Text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void base_text_vprintf(Text *text, const char *format, va_list args);
static inline Str base_text_str(const Text *text) {
    return (Str){text->at, text->n};
}

// Decodes the code point that `text` begins with: its bytes (1 to 4), or 0 when the text is
// empty or begins with no valid UTF-8 (overlong forms and surrogates are none).
size_t base_utf8_decode(Str text, uint32_t *code);

// Adds text as a person may be shown it: control, C1 and bidirectional characters escaped
// as \u{…}, invalid UTF-8 as \x.. .
void base_text_add_shown(Text *text, Str label);

// A hash of bytes (not stable across versions; never stored).
uint64_t base_hash(const void *bytes, size_t n, uint64_t seed);

// Strings → uint32_t. Keys are not copied: they must outlive the map.
typedef struct StrMap StrMap;
StrMap *base_map_new(Arena *arena);
// True and *value when the key is there.
bool base_map_get(const StrMap *map, Str key, uint32_t *value);
// Sets or replaces. NOMEM or OK.
Status base_map_set(StrMap *map, Str key, uint32_t value) MUST_USE;

// The candidate nearest to `word` by Damerau–Levenshtein distance (letter case costs half,
// also of a whole word), or -1 when none is near enough for "did you mean" (distance >
// max(1, length/3); of a word of one letter, > 1/2).
int base_nearest(Str word, const Str *candidates, size_t n);

#endif
