#include "base/source.h"
#include "base/vec.h"

// One text: a file, or a text decoded from one. It owns the numbers at … at + n; the last
// is its end, so that a span of no bytes behind the last one still belongs to it.
typedef struct Source {
    uint32_t at, n;
    Str name, bytes;     // a file's
    VEC(uint32_t) lines; // a file's: offset of each line's begin; empty until asked for
    bool decoded;
    const SourceRun *runs; // a decoded text's
    uint32_t n_runs;
} Source;

struct Sources {
    Arena *arena;
    VEC(Source) list; // in order of `at`
    uint32_t next;    // the first free number
};

Span base_span_join(Span a, Span b) {
    if (a.at == 0) return b;
    if (b.at == 0 || b.at < a.at) return a;
    return (Span){a.at, b.at - a.at + b.n};
}

Sources *base_sources_new(Arena *arena) {
    Sources *sources = NEW(arena, Sources);
    if (!sources) return NULL;
    sources->arena = arena;
    sources->next = 1; // 0 is no place
    return sources;
}

// ---- Adding -----------------------------------------------------------------

static Status add(Sources *sources, Source source, size_t n, uint32_t *at) {
    if (n >= UINT32_MAX - sources->next) return FAILED;
    source.at = sources->next;
    source.n = (uint32_t)n;
    if (!VEC_PUSH(sources->arena, &sources->list, source)) return NOMEM;
    sources->next += source.n + 1;
    *at = source.at;
    return OK;
}

Status base_source_add(Sources *sources, Str name, Str bytes, uint32_t *at) {
    if (!bytes.at) bytes = STR(""); // so that adding an offset of 0 is defined
    return add(sources, (Source){.name = name, .bytes = bytes}, bytes.n, at);
}

Status base_source_add_decoded(Sources *sources, size_t n, const SourceRun *runs,
                               uint32_t n_runs, uint32_t *at) {
    return add(sources, (Source){.decoded = true, .runs = runs, .n_runs = n_runs}, n, at);
}

// ---- Finding ----------------------------------------------------------------

// The text that a number belongs to, or NULL.
static Source *source_of(const Sources *sources, uint32_t at) {
    if (at == 0 || at >= sources->next) return NULL;
    uint32_t low = 0, high = sources->list.n;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (sources->list.at[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return &sources->list.at[low];
}

// The run that holds byte `i` of a decoded text.
static const SourceRun *run_of(const Source *source, uint32_t i) {
    uint32_t low = 0, high = source->n_runs;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (source->runs[middle].text <= i)
            low = middle;
        else
            high = middle;
    }
    return &source->runs[low];
}

uint32_t base_source_file_at(const Sources *sources, uint32_t at) {
    const Source *source = source_of(sources, at);
    while (source && source->decoded) {
        if (source->n_runs == 0) return 0;
        const uint32_t i = at - source->at;
        const SourceRun *run = run_of(source, i);
        at = run->fixed ? run->at : run->at + (i - run->text);
        // A text is decoded from one that was added before it.
        const Source *origin = source_of(sources, at);
        source = origin && origin->at < source->at ? origin : NULL;
    }
    return source ? at : 0;
}

// The span in the file. The end of a span in a decoded text is where its last byte ends in
// the file; an escape ends where the text goes on behind it.
static Span file_span(const Sources *sources, Span span) {
    const uint32_t begin = base_source_file_at(sources, span.at);
    if (begin == 0 || span.n == 0 || begin == span.at) return (Span){begin, span.n};
    const uint32_t last_at = span.at + span.n - 1;
    uint32_t end = base_source_file_at(sources, last_at) + 1;
    const Source *text = source_of(sources, last_at);
    const uint32_t i = last_at - text->at;
    if (run_of(text, i)->fixed) {
        const uint32_t behind = base_source_file_at(sources, last_at + 1);
        if (behind > end) end = behind;
    }
    return (Span){begin, end > begin ? end - begin : 1};
}

// ---- Lines ------------------------------------------------------------------

static bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

// Makes the index of lines. A line ends at LF, CR LF or CR; a byte-order mark stands before
// the first. False when memory is out.
static bool index_lines(Sources *sources, Source *source) {
    const Str text = source->bytes;
    const bool marked = text.n >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0;
    source->lines.n = 0;
    if (!VEC_PUSH(sources->arena, &source->lines, marked ? 3 : 0)) return false;
    for (uint32_t i = 0; i < source->n; i++) {
        if (!is_line_end(text.at[i])) continue;
        if (text.at[i] == '\r' && i + 1 < source->n && text.at[i + 1] == '\n') continue;
        if (!VEC_PUSH(sources->arena, &source->lines, i + 1)) {
            source->lines.n = 0;
            return false;
        }
    }
    return true;
}

// The index of the line that holds a byte.
static uint32_t line_of(const Source *source, uint32_t offset) {
    uint32_t low = 0, high = source->lines.n;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (source->lines.at[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// The whole line, without its end.
static Str line_text(const Source *source, uint32_t line) {
    const uint32_t begin = source->lines.at[line];
    uint32_t end = line + 1 < source->lines.n ? source->lines.at[line + 1] : source->n;
    while (end > begin && is_line_end(source->bytes.at[end - 1]))
        end--;
    return (Str){source->bytes.at + begin, end - begin};
}

static uint32_t count_code_points(Str text) {
    uint32_t count = 0;
    for (size_t i = 0; i < text.n; count++) {
        uint32_t code;
        const size_t n = base_utf8_decode((Str){text.at + i, text.n - i}, &code);
        i += n ? n : 1;
    }
    return count;
}

static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high) {
    return value < low ? low : value > high ? high : value;
}

bool base_source_find(Sources *sources, Span span, Place *place) {
    span = file_span(sources, span);
    Source *source = source_of(sources, span.at);
    if (!source) return false;
    if (source->lines.n == 0 && !index_lines(sources, source)) return false;

    const uint32_t at = span.at - source->at;
    const uint32_t line = line_of(source, at);
    const Str text = line_text(source, line);
    const uint32_t length = (uint32_t)text.n, begin = source->lines.at[line];
    // A place within a line's end, or a byte-order mark, is shown at the nearest of its
    // characters.
    const uint32_t offset = at < begin ? 0 : clamp(at - begin, 0, length);
    const uint32_t most = length - offset;
    *place = (Place){
        .file = source->name,
        .line = line + 1,
        .column = count_code_points((Str){text.at, offset}) + 1,
        .text = text,
        .offset = offset,
        .n = most ? clamp(span.n, 1, most) : 0,
    };
    return true;
}

Str base_source_text(const Sources *sources, Span span) {
    span = file_span(sources, span);
    const Source *source = source_of(sources, span.at);
    if (!source) return (Str){0};
    const uint32_t at = span.at - source->at;
    return (Str){source->bytes.at + at, clamp(span.n, 0, source->n - at)};
}
