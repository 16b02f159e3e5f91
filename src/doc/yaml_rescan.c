// The folding, escapes and indentation of libyaml 0.2.5 (scanner.c), told again with
// positions. Nothing here is trusted: every byte is compared with what libyaml decoded.
#include "doc/yaml_rescan.h"

typedef struct Rescan {
    Str source;
    uint32_t at; // of the source
    Str value;   // what libyaml decoded
    Decoded *decoded;
    bool differs;
} Rescan;

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// NEL is read as a line feed; LS and PS are breaks that stay what they are.
static bool is_feed(Str text, size_t i) {
    const char c = text.at[i];
    return c == '\n' || c == '\r' || c == '\xC2';
}

size_t doc_yaml_break(Str text, size_t i) {
    const char *at = text.at + i;
    const size_t n = text.n - i;
    if (n == 0) return 0;
    if (*at == '\n') return 1;
    if (*at == '\r') return n > 1 && at[1] == '\n' ? 2 : 1;
    if (*at == '\xC2') return n > 1 && at[1] == '\x85' ? 2 : 0;
    if (*at == '\xE2' && n > 2 && at[1] == '\x80' && (at[2] == '\xA8' || at[2] == '\xA9'))
        return 3;
    return 0;
}

// ---- What was decoded
// ---------------------------------------------------------------------------

// The next bytes of the value are these, and come from source byte i on, or (`fixed`) all
// from it.
static void emit(Rescan *scan, Str bytes, size_t i, bool fixed) {
    const size_t done = scan->decoded->n;
    if (bytes.n > scan->value.n - done ||
        memcmp(scan->value.at + done, bytes.at, bytes.n) != 0) {
        scan->differs = true;
        return;
    }
    doc_decoded_add(scan->decoded, (uint32_t)bytes.n, scan->at + (uint32_t)i, fixed);
}

static void emit_source(Rescan *scan, size_t from, size_t to) {
    emit(scan, (Str){scan->source.at + from, to - from}, from, false);
}

static void emit_break(Rescan *scan, size_t i) {
    if (is_feed(scan->source, i))
        emit(scan, STR("\n"), i, false);
    else
        emit_source(scan, i, i + 3);
}

// All line breaks between two places; what else stands there is white space that goes.
static void emit_breaks(Rescan *scan, size_t from, size_t to) {
    while (from < to) {
        const size_t n = doc_yaml_break(scan->source, from);
        if (n) emit_break(scan, from);
        from += n ? n : 1;
    }
}

static size_t find_break(Str source, size_t from, size_t to) {
    while (from < to && doc_yaml_break(source, from) == 0)
        from++;
    return from;
}

// Folds white space that begins with its first line break: one break is a space, of several
// all but the first stay.
static void emit_folded(Rescan *scan, size_t from, size_t to) {
    if (!is_feed(scan->source, from)) {
        emit_breaks(scan, from, to);
        return;
    }
    const size_t behind = from + doc_yaml_break(scan->source, from);
    if (find_break(scan->source, behind, to) == to)
        emit(scan, STR(" "), from, false);
    else
        emit_breaks(scan, behind, to);
}

// ---- Plain and quoted scalars
// -------------------------------------------------------------------

// White space between two words.
static void rescan_space(Rescan *scan, size_t from, size_t to) {
    const size_t first = find_break(scan->source, from, to);
    if (first == to)
        emit_source(scan, from, to);
    else
        emit_folded(scan, first, to);
}

static size_t space_end(Str source, size_t i) {
    for (;;) {
        const size_t n =
            i < source.n && is_blank(source.at[i]) ? 1 : doc_yaml_break(source, i);
        if (n == 0) return i;
        i += n;
    }
}

static uint32_t hex_value(Str digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        const char c = digits.at[i];
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

// The escape whose backslash stands at i; the offset behind it.
static size_t rescan_escape(Rescan *scan, size_t i) {
    static const struct {
        char letter;
        uint32_t code;
    } escapes[] = {{'0', 0},    {'a', 7},      {'b', 8},     {'t', 9},     {'\t', 9},
                   {'n', 10},   {'v', 11},     {'f', 12},    {'r', 13},    {'e', 27},
                   {' ', ' '},  {'"', '"'},    {'/', '/'},   {'\\', '\\'}, {'N', 0x85},
                   {'_', 0xA0}, {'L', 0x2028}, {'P', 0x2029}};
    const Str source = scan->source;
    if (i + 1 >= source.n) return source.n;
    const char letter = source.at[i + 1];
    uint32_t code = 0;
    size_t end = i + 2;
    const size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits > source.n - end) return source.n;
    if (digits > 0) {
        code = hex_value((Str){source.at + end, digits});
        end += digits;
    } else {
        for (size_t k = 0; k < sizeof escapes / sizeof *escapes; k++)
            if (escapes[k].letter == letter) code = escapes[k].code;
    }
    char bytes[4];
    const uint32_t n = code <= 0x10FFFF ? doc_utf8_encode(code, bytes) : 0;
    emit(scan, (Str){bytes, n}, i, true);
    return end;
}

// From i to `end`, with the quote (or 0) that stands around them.
static void rescan_flow(Rescan *scan, size_t i, size_t end, char quote) {
    const Str source = {scan->source.at, end};
    size_t plain = i; // begin of what stands for itself
    while (i < end && !scan->differs) {
        const char c = source.at[i];
        const bool space = is_blank(c) || doc_yaml_break(source, i) > 0;
        const bool doubled = quote == '\'' && c == '\'';
        const bool escape = quote == '"' && c == '\\';
        if (!space && !doubled && !escape) {
            i++;
            continue;
        }
        emit_source(scan, plain, i);
        if (space) {
            plain = space_end(source, i);
            rescan_space(scan, i, plain);
        } else if (doubled) {
            emit(scan, STR("'"), i, true);
            plain = i + 2;
        } else if (doc_yaml_break(source, i + 1) > 0) {
            // An escaped line break goes, with the white space behind it; further breaks
            // stay.
            const size_t behind = i + 1 + doc_yaml_break(source, i + 1);
            plain = space_end(source, behind);
            emit_breaks(scan, behind, plain);
        } else {
            plain = rescan_escape(scan, i);
        }
        i = plain;
    }
    if (plain < end) emit_source(scan, plain, end);
}

// ---- Block scalars
// ------------------------------------------------------------------------------

// The indentation. libyaml finds it by the nodes around the scalar, or from an indicator;
// it is also what the first line that is not blank has lost on its way into the value.
static size_t block_indent(Str source, size_t i, Str value) {
    size_t column = 0, kept = 0;
    while (i < source.n) {
        const size_t n = doc_yaml_break(source, i);
        if (n == 0 && source.at[i] != ' ') break;
        column = n ? 0 : column + 1;
        i += n ? n : 1;
    }
    for (size_t k = 0; k < value.n;) {
        const size_t n = doc_yaml_break(value, k);
        if (n == 0 && value.at[k] != ' ') break;
        kept = n ? 0 : kept + 1;
        k += n ? n : 1;
    }
    return column >= kept ? column - kept : 0;
}

// The begin of the next line's text, past blank lines and the indentation.
static size_t block_line(Str source, size_t i, size_t indent) {
    for (;;) {
        const size_t begin = i;
        while (i < source.n && i - begin < indent && source.at[i] == ' ')
            i++;
        const size_t n = doc_yaml_break(source, i);
        if (n == 0) return i;
        i += n;
    }
}

static void rescan_block(Rescan *scan, bool folded) {
    const Str source = scan->source;
    char chomp = 0;
    size_t i = 1;
    for (; i < source.n && strchr("+-123456789", source.at[i]); i++)
        if (source.at[i] == '+' || source.at[i] == '-') chomp = source.at[i];
    i = find_break(source, i, source.n);
    i += doc_yaml_break(source, i);

    const size_t indent = block_indent(source, i, scan->value);
    size_t breaks = i; // where the breaks begin that are still to be told
    bool any = false, was_blank = false;
    for (;;) {
        i = block_line(source, i, indent);
        if (i >= source.n || scan->differs) break;
        const bool blank = is_blank(source.at[i]);
        if (any && folded && !was_blank && !blank)
            emit_folded(scan, breaks, i);
        else
            emit_breaks(scan, breaks, i);
        any = true;
        was_blank = blank;
        breaks = find_break(source, i, source.n);
        emit_source(scan, i, breaks);
        i = breaks + doc_yaml_break(source, breaks);
    }
    const size_t last = any ? breaks + doc_yaml_break(source, breaks) : breaks;
    if (chomp != '-' && last > breaks) emit_break(scan, breaks);
    if (chomp == '+') emit_breaks(scan, last, source.n);
}

bool doc_yaml_rescan(Str source, uint32_t at, yaml_scalar_style_t style, Str value,
                     Decoded *decoded) {
    Rescan scan = {source, at, value, decoded, false};
    doc_decoded_begin(decoded);
    if (source.n == 0) return value.n == 0;
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        rescan_flow(&scan, 1, source.n - 1, '\'');
        break;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        rescan_flow(&scan, 1, source.n - 1, '"');
        break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        rescan_block(&scan, style == YAML_FOLDED_SCALAR_STYLE);
        break;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        rescan_flow(&scan, 0, source.n, 0);
        break;
    }
    return !scan.differs && decoded->n == value.n;
}
