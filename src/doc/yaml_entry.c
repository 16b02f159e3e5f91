#include "doc/yaml_entry.h"
#include "base/limits.h"

#include <limits.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
static bool is_break(char c) {
    return c == '\n' || c == '\r';
}
static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (c & 0x80);
}
static bool is_opening(char c) {
    return c == '(' || c == '[' || c == '{';
}
static bool is_closing(char c) {
    return c == ')' || c == ']' || c == '}';
}

// ---- Expressions ------------------------------------------------------------

static bool is_lambda(Str text, size_t i, char before) {
    static const char word[] = "lambda";
    enum { N = sizeof word - 1 };
    return text.n - i >= N && memcmp(text.at + i, word, N) == 0 && !is_word(before) &&
           (text.n - i == N || !is_word(text.at[i + N]));
}

void doc_yaml_weigh(YamlBalance *balance, Str text) {
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.at[i];
        if (balance->quote) {
            if (c == balance->quote) balance->quote = 0;
        } else if (c == '"' || c == '\'') {
            balance->quote = c;
        } else if (c == ':' && balance->lambdas > 0) {
            balance->lambdas--;
        } else {
            balance->brackets += is_opening(c) - is_closing(c);
            balance->lambdas += is_lambda(text, i, balance->last);
        }
        balance->last = c;
    }
}

bool doc_yaml_is_unfinished(Str text) {
    YamlBalance balance = {0};
    doc_yaml_weigh(&balance, text);
    return balance.brackets > 0 || balance.lambdas > 0;
}

// ---- Within brackets of YAML ------------------------------------------------

// Behind the quoted scalar that begins at i.
static size_t quoted_end(Str bytes, size_t i) {
    const char quote = bytes.at[i++];
    for (; i < bytes.n; i++) {
        if (quote == '"' && bytes.at[i] == '\\') {
            i++;
        } else if (bytes.at[i] == quote) {
            if (quote == '"' || i + 1 == bytes.n || bytes.at[i + 1] != quote) return i + 1;
            i++;
        }
    }
    return bytes.n;
}

typedef struct FlowFrame {
    YamlEntry entry; // its end is behind what has been read of it
    bool mapping, begun, has_value, has_key;
} FlowFrame;

typedef struct FlowScan {
    Str bytes;
    size_t i;  // the next byte
    size_t at; // the place whose entry is looked for
    FlowFrame frames[LIMIT_DOC_DEPTH];
    uint32_t depth;
    YamlBalance balance; // of the entry of the innermost frame
    YamlEntry *found;
    YamlEntry odd; // the first one that a bracket of another kind ended, as in `[0, 5)`
} FlowScan;

static void begin_entry(FlowScan *scan) {
    FlowFrame *top = &scan->frames[scan->depth - 1];
    const bool mapping = top->mapping;
    *top = (FlowFrame){.mapping = mapping, .entry.in_flow = true};
    scan->balance = (YamlBalance){0};
}

static bool push(FlowScan *scan) {
    if (scan->depth == LIMIT_DOC_DEPTH) return false;
    scan->frames[scan->depth++].mapping = scan->bytes.at[scan->i++] == '{';
    begin_entry(scan);
    return true;
}

static bool holds(const FlowScan *scan, const YamlEntry *entry) {
    return entry->begin <= scan->at && scan->at < entry->end;
}

// The entry ends here. True: it is the one looked for.
static bool end_entry(FlowScan *scan) {
    const FlowFrame *top = &scan->frames[scan->depth - 1];
    if (!top->begun || !holds(scan, &top->entry)) return false;
    *scan->found = top->entry;
    return true;
}

// The collection ends here; in the entry that it begins, more may follow.
static void pop(FlowScan *scan) {
    const char expected = scan->frames[scan->depth - 1].mapping ? '}' : ']';
    const char c = scan->bytes.at[scan->i++];
    scan->balance = (YamlBalance){.last = c};
    if (--scan->depth == 0) return;
    FlowFrame *top = &scan->frames[scan->depth - 1];
    top->entry.head = top->entry.end = scan->i;
    if (c != expected && !scan->odd.end) scan->odd = top->entry;
}

// The first character of a key or value.
static bool begin_text(FlowScan *scan, FlowFrame *top) {
    const char c = scan->bytes.at[scan->i];
    if (!top->begun) top->entry.begin = scan->i;
    top->begun = top->has_value = true;
    top->entry.value = scan->i;
    top->entry.head = 0;
    if (c == '[' || c == '{') return push(scan);
    if (c == '"' || c == '\'')
        scan->i = top->entry.head = quoted_end(scan->bytes, scan->i);
    else
        doc_yaml_weigh(&scan->balance, (Str){scan->bytes.at + scan->i++, 1});
    if (c == 'l') { // `lambda` is weighed as a whole
        const Str rest = {scan->bytes.at + scan->i - 1, scan->bytes.n - scan->i + 1};
        scan->balance.lambdas += is_lambda(rest, 0, 0);
    }
    top->entry.end = scan->i;
    return true;
}

// One more character of a key or value.
static void go_on(FlowScan *scan, FlowFrame *top) {
    const Str rest = {scan->bytes.at + scan->i, scan->bytes.n - scan->i};
    const char last = scan->balance.last;
    if (!scan->balance.quote) scan->balance.lambdas += is_lambda(rest, 0, last);
    doc_yaml_weigh(&scan->balance, (Str){rest.at, 1});
    top->entry.end = ++scan->i;
}

static bool ends_key(const FlowScan *scan, const FlowFrame *top) {
    const size_t next = scan->i + 1;
    return scan->bytes.at[scan->i] == ':' && top->mapping && top->begun && !top->has_key &&
           (top->entry.head == scan->i || next == scan->bytes.n ||
            is_blank(scan->bytes.at[next]) || is_break(scan->bytes.at[next]));
}

// Reads on by a character or more. False: the entry was found, or cannot be.
static bool flow_step(FlowScan *scan) {
    const char c = scan->bytes.at[scan->i];
    FlowFrame *top = &scan->frames[scan->depth - 1];
    const char before = scan->bytes.at[scan->i - 1];
    const bool space = is_blank(c) || is_break(c);
    if (c == '#' && (is_blank(before) || is_break(before))) {
        while (scan->i < scan->bytes.n && !is_break(scan->bytes.at[scan->i]))
            scan->i++;
        return true;
    }
    if (space) {
        scan->balance.last = c;
        scan->i++;
        return true;
    }
    const bool open = scan->balance.brackets > 0 || scan->balance.quote;
    if (!open && ((c == ',' && scan->balance.lambdas == 0) || is_closing(c))) {
        if (end_entry(scan)) return false;
        if (c != ',') {
            pop(scan);
        } else {
            scan->i++;
            begin_entry(scan);
        }
        return true;
    }
    if (!open && scan->balance.lambdas == 0 && ends_key(scan, top)) {
        top->has_key = true;
        top->has_value = false;
        scan->balance = (YamlBalance){0};
        top->entry.end = ++scan->i;
        return true;
    }
    if (!top->has_value) return begin_text(scan, top);
    go_on(scan, top);
    return true;
}

// Looks in the collection whose bracket stands at `open`. False: `at` is not within one of
// its entries; *close is then behind it.
static bool find_in_flow(Str bytes, size_t open, size_t at, YamlEntry *entry,
                         size_t *close) {
    FlowScan scan = {.bytes = bytes, .i = open, .at = at, .found = entry};
    *entry = (YamlEntry){0};
    push(&scan);
    while (scan.depth > 0 && scan.i < bytes.n && flow_step(&scan))
        continue;
    *close = scan.i;
    if (entry->end > 0) return true;
    *entry = scan.odd;
    entry->head = 0;
    return entry->end > 0 && entry->end <= at;
}

// ---- Lines ------------------------------------------------------------------

Str doc_yaml_line(Str bytes, size_t i) {
    size_t begin = i, end = i;
    while (begin > 0 && !is_break(bytes.at[begin - 1]))
        begin--;
    while (end < bytes.n && !is_break(bytes.at[end]))
        end++;
    return (Str){bytes.at + begin, end - begin};
}

static size_t skip_blanks(Str bytes, size_t i, size_t end) {
    while (i < end && is_blank(bytes.at[i]))
        i++;
    return i;
}

// Behind the colon of the key that begins at i, if there is one before `limit`; or 0.
static size_t key_end(Str bytes, size_t i, size_t limit) {
    const bool quoted = i < limit && (bytes.at[i] == '"' || bytes.at[i] == '\'');
    for (size_t k = quoted ? quoted_end(bytes, i) : i; k < limit; k++) {
        const bool end =
            k + 1 >= bytes.n || is_blank(bytes.at[k + 1]) || is_break(bytes.at[k + 1]);
        if (bytes.at[k] != ':' || !end) continue;
        const Str key = {bytes.at + i, k - i};
        return quoted || !doc_yaml_is_unfinished(key) ? k + 1 : 0;
    }
    return 0;
}

// Where the value of a line begins: behind its dashes and its key. False: it has neither,
// and goes on with the value of a line above it. *column: of the key, or of the last dash.
static bool line_value(Str bytes, Str line, size_t limit, YamlEntry *entry,
                       size_t *column) {
    const size_t begin = (size_t)(line.at - bytes.at), end = begin + line.n;
    size_t i = skip_blanks(bytes, begin, end);
    bool dash = false;
    while (i + 1 < end && i < limit && bytes.at[i] == '-' && is_blank(bytes.at[i + 1])) {
        *column = i - begin;
        dash = true;
        i = skip_blanks(bytes, i + 1, end);
    }
    const size_t value = key_end(bytes, i, limit < end ? limit : end);
    if (!dash && value == 0) return false;
    entry->begin = i;
    entry->value = value ? skip_blanks(bytes, value, end) : i;
    if (value) *column = i - begin;
    return true;
}

// Whether a line goes on with a text whose key stands in that column: it is indented more,
// and has no key of its own.
static bool goes_on(Str bytes, Str line, size_t column) {
    const size_t begin = (size_t)(line.at - bytes.at), end = begin + line.n;
    const size_t text = skip_blanks(bytes, begin, end);
    if (text == end || text - begin <= column || bytes.at[text] == '#') return false;
    size_t i = text;
    while (i < end && is_word(bytes.at[i]))
        i++;
    const bool key = i > text && i < end && bytes.at[i] == ':' &&
                     (i + 1 == end || is_blank(bytes.at[i + 1]));
    return !key || is_lambda(line, text - begin, 0);
}

// Behind the line's text; a comment ends it, unless the `#` may stand in quotes.
static size_t text_end(Str bytes, size_t from, Str line) {
    size_t end = (size_t)(line.at + line.n - bytes.at);
    for (size_t i = from + 1; i < end; i++) {
        if (bytes.at[i] == '"' || bytes.at[i] == '\'') break;
        if (bytes.at[i] == '#' && is_blank(bytes.at[i - 1])) end = i;
    }
    while (end > from && is_blank(bytes.at[end - 1]))
        end--;
    return end;
}

// Where the value that begins on or before the line of `at` ends: with the last line that
// is indented more than the column of its key.
static size_t block_end(Str bytes, const YamlEntry *entry, size_t at, size_t column) {
    Str line = doc_yaml_line(bytes, at);
    size_t begin = (size_t)(line.at - bytes.at);
    size_t end = text_end(bytes, entry->value > begin ? entry->value : begin, line);
    for (;;) {
        size_t next = (size_t)(line.at + line.n - bytes.at);
        next += next + 1 < bytes.n && bytes.at[next] == '\r' && bytes.at[next + 1] == '\n';
        if (next + 1 >= bytes.n) return end;
        line = doc_yaml_line(bytes, next + 1);
        begin = next + 1;
        if (!goes_on(bytes, line, column)) return end;
        end = text_end(bytes, skip_blanks(bytes, begin, begin + line.n), line);
    }
}

static bool find_in_block(Str bytes, size_t at, YamlEntry *entry) {
    enum { MOST_LINES = 64 }; // of one unquoted text
    size_t limit = at, column = 0;
    Str line = doc_yaml_line(bytes, at);
    *entry = (YamlEntry){0};
    for (int i = 0; !line_value(bytes, line, limit, entry, &column); i++) {
        const size_t begin = (size_t)(line.at - bytes.at);
        if (begin == 0 || i == MOST_LINES) return false;
        line = doc_yaml_line(bytes, begin - 1);
        limit = begin;
        if (line.n == 0) return false;
    }
    const size_t line_end = (size_t)(line.at + line.n - bytes.at);
    if (entry->value == line_end) // it begins below its key
        while (entry->value < at &&
               (is_blank(bytes.at[entry->value]) || is_break(bytes.at[entry->value])))
            entry->value++;
    const Str own = doc_yaml_line(bytes, at);
    if (entry->value > at || (own.at != line.at && !goes_on(bytes, own, column)))
        return false;
    entry->end = block_end(bytes, entry, at, column);
    return entry->value < entry->end;
}

bool doc_yaml_find_entry(Str bytes, size_t open, size_t at, YamlEntry *entry) {
    size_t close;
    if (open != SIZE_MAX) return find_in_flow(bytes, open, at, entry, &close);
    if (at >= bytes.n || !find_in_block(bytes, at, entry)) return false;
    const char c = bytes.at[entry->value];
    if (c == '"' || c == '\'') entry->head = quoted_end(bytes, entry->value);
    if (c != '[' && c != '{') return true;
    YamlEntry inner;
    if (find_in_flow(bytes, entry->value, at, &inner, &close))
        *entry = inner;
    else
        entry->head = close;
    return true;
}
