// Diagnostics as a person reads them:
//
//     error[E301]: expected an operand, found `*`
//       --> spec.yaml:6:17
//        |
//      6 |     vjp: [g * * x]
//        |               ^
//        = help: remove one of the two operators
//
// Everything that came from outside is added by base_text_add_shown. The caret line is
// derived from the source line as it was shown, so escapes, tabs and wide encodings cannot
// put it out of step.
#include "base/columns.h"
#include "base/diag.h"
#include "base/limits.h"

enum { WIDTH = 100 }; // code points of a source line that are shown

typedef struct Writer {
    Text *out;
    Sources *sources; // NULL: no places
    bool colour;
    const char *level_colour; // of the diagnostic being written
    int margin;               // columns left of the bar
} Writer;

#define RED    "\x1b[1;31m"
#define YELLOW "\x1b[1;33m"
#define BLUE   "\x1b[1;34m"
#define BOLD   "\x1b[1m"
#define PLAIN  "\x1b[0m"

static void paint(Writer *writer, const char *escape) {
    if (writer->colour) base_text_add(writer->out, base_str(escape));
}

static bool find(const Writer *writer, Span span, Place *place) {
    return writer->sources && base_source_find(writer->sources, span, place);
}

static void add_place(Writer *writer, const Place *place) {
    base_text_add_shown(writer->out, place->file);
    base_text_printf(writer->out, ":%u:%u", place->line, place->column);
}

// ---- The source line --------------------------------------------------------

static size_t step(Str text, size_t at) {
    uint32_t code;
    const size_t n = base_utf8_decode((Str){text.at + at, text.n - at}, &code);
    return n ? n : 1;
}

// The offset `count` code points behind `at`, or the end.
static size_t forward(Str text, size_t at, int count) {
    for (; count > 0 && at < text.n; count--)
        at += step(text, at);
    return at;
}

// The offset `count` code points before `at`, or the begin.
static size_t backward(Str text, size_t at, int count) {
    for (; count > 0 && at > 0; count--) {
        size_t n = 1; // of the code point that ends at `at`; 1 for a stray byte
        for (size_t k = 2; k <= 4 && k <= at; k++)
            if (step((Str){text.at, at}, at - k) == k) n = k;
        at -= n;
    }
    return at;
}

// The part of the line that is shown: all of it, or WIDTH code points around the place.
static void cut(const Place *place, size_t *begin, size_t *end) {
    *begin = backward(place->text, place->offset, WIDTH / 2);
    *end = forward(place->text, *begin, WIDTH);
    if (*end == place->text.n) *begin = backward(place->text, *end, WIDTH);
}

// Adds a part of a source line; tabs stay tabs.
static void add_source(Text *out, const char *at, size_t n) {
    while (n > 0) {
        const char *tab = memchr(at, '\t', n);
        const size_t run = tab ? (size_t)(tab - at) : n;
        base_text_add_shown(out, (Str){at, run});
        if (tab) base_text_char(out, '\t');
        at += run + (tab != NULL);
        n -= run + (tab != NULL);
    }
}

// One mark for every column that `out` has from `begin` to `end`; a blank keeps tabs.
static void add_marks(Text *out, size_t begin, size_t end, char mark) {
    for (size_t i = begin; i < end;) {
        uint32_t code = 0;
        const size_t n = base_utf8_decode((Str){out->at + i, end - i}, &code);
        for (int k = base_code_columns(code); k > 0; k--)
            base_text_char(out, mark == ' ' && code == '\t' ? '\t' : mark);
        i += n ? n : 1;
    }
}

static void add_gutter(Writer *writer, const char *sign) {
    paint(writer, BLUE);
    base_text_printf(writer->out, "%*s%s", writer->margin + 1, "", sign);
    paint(writer, PLAIN);
}

// "--> file:line:column"
static void add_arrow(Writer *writer, const Place *place) {
    paint(writer, BLUE);
    base_text_printf(writer->out, "%*s--> ", writer->margin, "");
    paint(writer, PLAIN);
    add_place(writer, place);
    base_text_char(writer->out, '\n');
}

// The source line and the carets below it.
static void add_excerpt(Writer *writer, const Place *place) {
    Text *out = writer->out;
    const Str text = place->text;
    size_t begin, end;
    cut(place, &begin, &end);
    size_t place_end = place->offset + place->n;
    if (place_end > end) place_end = end;

    add_gutter(writer, "|");
    paint(writer, BLUE);
    base_text_printf(out, "\n%*u | ", writer->margin, place->line);
    paint(writer, PLAIN);
    const size_t shown_begin = out->n;
    if (begin > 0) base_text_add(out, STR("…"));
    add_source(out, text.at + begin, place->offset - begin);
    const size_t shown_place = out->n;
    add_source(out, text.at + place->offset, place_end - place->offset);
    const size_t shown_end = out->n;
    add_source(out, text.at + place_end, end - place_end);
    if (end < text.n) base_text_add(out, STR("…"));

    base_text_char(out, '\n');
    add_gutter(writer, "| ");
    add_marks(out, shown_begin, shown_place, ' ');
    paint(writer, writer->level_colour);
    const size_t marks = out->n;
    add_marks(out, shown_place, shown_end, '^');
    if (out->n == marks) base_text_char(out, '^'); // the end of the line
    paint(writer, PLAIN);
    base_text_char(out, '\n');
}

static int digits(uint32_t number) {
    int n = 1;
    for (; number >= 10; number /= 10)
        n++;
    return n;
}

void base_excerpt_text(Sources *sources, Span span, bool colour, Text *out) {
    Place place;
    if (!base_source_find(sources, span, &place)) return;
    Writer writer = {.out = out,
                     .colour = colour,
                     .level_colour = RED,
                     .margin = 1 + digits(place.line)};
    add_arrow(&writer, &place);
    add_excerpt(&writer, &place);
}

// ---- A diagnostic -----------------------------------------------------------

static void add_footer(Writer *writer, const char *label, Str text) {
    add_gutter(writer, "= ");
    base_text_printf(writer->out, "%s: ", label);
    base_text_add_shown(writer->out, text);
}

static void add_diag(Writer *writer, const Diag *diag, bool warning) {
    Text *out = writer->out, message = {.arena = out->arena};
    writer->level_colour = warning ? YELLOW : RED;
    paint(writer, writer->level_colour);
    base_text_printf(out, "%s[%s]", warning ? "warning" : "error",
                     base_code_name(diag->code));
    paint(writer, PLAIN);
    paint(writer, BOLD);
    base_text_add(out, STR(": "));
    base_diag_message(diag, &message);
    base_text_add_shown(out, base_text_str(&message));
    out->failed |= message.failed;
    paint(writer, PLAIN);
    base_text_char(out, '\n');

    Place place, also;
    const bool has_place = find(writer, diag->span, &place);
    const bool has_also = find(writer, diag->also, &also);
    writer->margin = 1 + digits(has_place ? place.line : 0);
    if (has_place) {
        add_arrow(writer, &place);
        add_excerpt(writer, &place);
    }
    if (has_also || diag->also_note.n) {
        add_footer(writer, "note", diag->also_note);
        if (has_also && diag->also_note.n) base_text_add(out, STR(": "));
        if (has_also) add_place(writer, &also);
        base_text_char(out, '\n');
    }
    if (diag->hint.n) {
        add_footer(writer, "help", diag->hint);
        base_text_char(out, '\n');
    }
}

static void add_rest(Text *out, uint32_t rest, const char *what) {
    if (rest)
        base_text_printf(out, "\n… and %u more %s%s\n", rest, what, rest == 1 ? "" : "s");
}

void base_diags_text(const Diags *diags, bool colour, Text *out) {
    Writer writer = {.out = out, .sources = diags->sources, .colour = colour};
    uint32_t errors = diags->errors, warnings = diags->warnings; // those that are not kept
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *diag = &diags->list.at[i];
        const bool warning = base_diag_is_warning(diags, diag->code);
        --*(warning ? &warnings : &errors);
        if (i > 0) base_text_char(out, '\n');
        add_diag(&writer, diag, warning);
    }
    add_rest(out, errors, "error");
    add_rest(out, warnings, "warning");
}
