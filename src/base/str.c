#include "base/str.h"

#include <stdio.h>

char *base_strdup(Arena *arena, Str text) {
    char *copy = base_alloc(arena, text.n + 1);
    if (copy && text.n) memcpy(copy, text.at, text.n);
    return copy;
}

Str base_str_cut(Str text) {
    enum { LONGEST = 60 };
    if (text.n <= LONGEST) return text;
    text.n = LONGEST;
    while (text.n > 0 && (text.at[text.n] & 0xC0) == 0x80)
        text.n--;
    return text;
}

// ---- Text -------------------------------------------------------------------

// Room for `extra` more bytes and the NUL.
static bool reserve(Text *text, size_t extra) {
    if (text->failed) return false;
    if (text->cap - text->n > extra) return true;
    const size_t needed = text->n + extra + 1;
    const size_t doubled = text->cap ? text->cap * 2 : 64;
    const size_t cap = doubled > needed ? doubled : needed;
    char *grown = base_grow(text->arena, text->at, text->cap, cap);
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->at = grown;
    text->cap = cap;
    return true;
}

void base_text_add(Text *text, Str more) {
    if (!reserve(text, more.n)) return;
    if (more.n) memcpy(text->at + text->n, more.at, more.n);
    text->n += more.n;
    text->at[text->n] = '\0';
}

void base_text_char(Text *text, char c) {
    base_text_add(text, (Str){&c, 1});
}

void base_text_printf(Text *text, const char *format, ...) {
    va_list args;
    va_start(args, format);
    base_text_vprintf(text, format, args);
    va_end(args);
}

void base_text_vprintf(Text *text, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    if (reserve(text, 64)) {
        const size_t room = text->cap - text->n;
        const int n = vsnprintf(text->at + text->n, room, format, args);
        if (n < 0) {
            text->failed = true;
        } else if ((size_t)n < room) {
            text->n += (size_t)n;
        } else if (reserve(text, (size_t)n)) {
            (void)vsnprintf(text->at + text->n, (size_t)n + 1, format, again);
            text->n += (size_t)n;
        }
    }
    va_end(again);
}

// ---- UTF-8 ------------------------------------------------------------------

size_t base_utf8_decode(Str text, uint32_t *code) {
    // The least code point that needs 2, 3, 4 bytes: below it a sequence is overlong.
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (text.n == 0) return 0;
    const unsigned char *at = (const unsigned char *)text.at;
    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    const size_t n = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC0 || at[0] >= 0xF8 || text.n < n) return 0;
    uint32_t value = at[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (at[i] & 0x3Fu);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least[n] || value > 0x10FFFF || surrogate) return 0;
    *code = value;
    return n;
}

// Characters that act on a terminal or reorder what stands around them, instead of being
// seen.
static bool is_unsafe(uint32_t code) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1F},     // C0 controls
        {0x7F, 0x9F},     // delete, C1 controls
        {0x061C, 0x061C}, // Arabic letter mark
        {0x200E, 0x200F}, // left-to-right and right-to-left marks
        {0x2028, 0x202E}, // line and paragraph separators, bidirectional embeddings
        {0x2066, 0x2069}, // bidirectional isolates
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

void base_text_add_shown(Text *text, Str label) {
    size_t plain = 0; // begin of what is still to be added as it is
    size_t i = 0;
    while (i < label.n) {
        uint32_t code = 0;
        const size_t n = base_utf8_decode((Str){label.at + i, label.n - i}, &code);
        if (n && !is_unsafe(code)) {
            i += n;
            continue;
        }
        base_text_add(text, (Str){label.at + plain, i - plain});
        if (n)
            base_text_printf(text, "\\u{%x}", (unsigned)code);
        else
            base_text_printf(text, "\\x%02x", (unsigned)(unsigned char)label.at[i]);
        i += n ? n : 1;
        plain = i;
    }
    if (plain < label.n) base_text_add(text, (Str){label.at + plain, label.n - plain});
}

// ---- The nearest word -------------------------------------------------------

enum { LONGEST_WORD = 64 }; // longer ones are nobody's typing mistake

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

// Costs are doubled, so that a difference of letter case can cost a half.
static unsigned substitution(char a, char b) {
    if (a == b) return 0;
    return lower(a) == lower(b) ? 1 : 2;
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static bool is_same_but_case(Str a, Str b) {
    for (size_t i = 0; i < a.n; i++)
        if (a.n != b.n || lower(a.at[i]) != lower(b.at[i])) return false;
    return a.n == b.n;
}

// Twice the Damerau–Levenshtein distance (optimal string alignment), by rows; both words
// have at most LONGEST_WORD bytes.
static unsigned distance(Str a, Str b) {
    unsigned rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = 2 * (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3],
                 *above2 = rows[(i + 1) % 3];
        row[0] = 2 * (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            const char x = a.at[i - 1], y = b.at[j - 1];
            // A letter that is doubled, or should be, costs a half.
            const unsigned drop = i > 1 && x == a.at[i - 2] ? 1 : 2;
            const unsigned add = j > 1 && y == b.at[j - 2] ? 1 : 2;
            unsigned best = above[j - 1] + substitution(x, y);
            best = least(best, least(above[j] + drop, row[j - 1] + add));
            if (i > 1 && j > 1 && x == b.at[j - 2] && y == a.at[i - 2])
                best = least(best, above2[j - 2] + 2);
            row[j] = best;
        }
    }
    return rows[a.n % 3][b.n];
}

int base_nearest(Str word, const Str *candidates, size_t n) {
    if (word.n > LONGEST_WORD) return -1;
    // One letter is near to every other: only in the other case is it the same.
    const unsigned most = word.n >= 6 ? 2 * (unsigned)(word.n / 3) : word.n > 1 ? 2 : 1;
    unsigned best = most + 1;
    int nearest = -1;
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].n > LONGEST_WORD) continue;
        const bool same = is_same_but_case(word, candidates[i]);
        const unsigned d =
            same ? !base_str_eq(word, candidates[i]) : distance(word, candidates[i]);
        if (d >= best) continue;
        best = d;
        nearest = (int)i;
    }
    return nearest;
}
