// Results for people: one block a point, labels and values aligned, long arrays abbreviated
// in the middle.
#include "report/report.h"

#define BOLD  "\x1b[1m"
#define FAINT "\x1b[2m"
#define RED   "\x1b[31m"
#define RESET "\x1b[0m"

enum {
    SHOWN_WHOLE = 100, // arrays of more elements are abbreviated
    SHOWN_EDGE = 3,    // to this many at each end of an axis
};

typedef struct Writer {
    Text *out;
    bool colour;
    size_t label_width;
} Writer;

static void paint(const Writer *w, const char *colour) {
    if (w->colour) base_text_add(w->out, base_str(colour));
}

static void spaces(Text *out, size_t n) {
    for (size_t i = 0; i < n; i++)
        base_text_char(out, ' ');
}

// -- arrays -------------------------------------------------------------------------

// One array being shown: its elements, and how wide the widest of those shown is.
typedef struct Shown {
    const cg_value *value;
    size_t item, width;
    bool abbreviated;
} Shown;

static size_t number_text(const Shown *shown, int64_t at, char *text) {
    const char *element = (const char *)shown->value->data + (size_t)at * shown->item;
    return num_print((Dtype)shown->value->dtype, element, text);
}

// Calls for every index of an axis that is shown; -1 stands for the gap.
static int64_t next_index(const Shown *shown, int64_t size, int64_t i) {
    if (!shown->abbreviated || size <= 2 * SHOWN_EDGE) return i + 1;
    if (i == SHOWN_EDGE - 1) return -1;
    return i == -1 ? size - SHOWN_EDGE : i + 1;
}

static int64_t row_size(const cg_value *value, uint32_t axis) {
    int64_t n = 1;
    for (uint32_t i = axis; i < value->rank; i++)
        n *= value->shape[i];
    return n;
}

// The elements, or of an empty array the pairs of brackets at least.
static int64_t row_count(const cg_value *value) {
    int64_t n = 1;
    for (uint32_t i = 0; i < value->rank; i++)
        n *= value->shape[i] ? value->shape[i] : 1;
    return n;
}

static void measure(Shown *shown, uint32_t axis, int64_t offset) {
    char text[NUM_TEXT];
    if (axis == shown->value->rank) {
        const size_t n = number_text(shown, offset, text);
        if (n > shown->width) shown->width = n;
        return;
    }
    const int64_t size = shown->value->shape[axis], row = row_size(shown->value, axis + 1);
    for (int64_t i = 0; i < size; i = next_index(shown, size, i)) {
        if (i < 0) continue;
        measure(shown, axis + 1, offset + i * row);
    }
}

static void write_axis(const Writer *w, const Shown *shown, uint32_t axis, int64_t offset,
                       size_t indent) {
    Text *out = w->out;
    if (axis == shown->value->rank) {
        char text[NUM_TEXT];
        const size_t n = number_text(shown, offset, text);
        if (shown->value->rank > 1) spaces(out, shown->width - n);
        base_text_add(out, (Str){text, n});
        return;
    }
    const bool innermost = axis + 1 == shown->value->rank;
    const int64_t size = shown->value->shape[axis], row = row_size(shown->value, axis + 1);
    base_text_char(out, '[');
    for (int64_t i = 0, first = 1; i < size; i = next_index(shown, size, i), first = 0) {
        if (!first) base_text_add(out, innermost ? STR(", ") : STR(",\n"));
        if (!first && !innermost) spaces(out, indent + axis + 1);
        if (i < 0)
            base_text_add(out, STR("…"));
        else
            write_axis(w, shown, axis + 1, offset + i * row, indent);
    }
    base_text_char(out, ']');
}

// An array at column `indent`; one that is abbreviated says its dtype and shape.
static void write_array(const Writer *w, const cg_value *value, size_t indent) {
    Shown shown = {.value = value,
                   .item = num_dtype_size((Dtype)value->dtype),
                   .abbreviated = row_count(value) > SHOWN_WHOLE};
    measure(&shown, 0, 0);
    write_axis(w, &shown, 0, 0, indent);
    if (!shown.abbreviated) return;
    paint(w, FAINT);
    base_text_printf(w->out, "  %s[", cg_dtype_name(value->dtype));
    for (uint32_t i = 0; i < value->rank; i++)
        base_text_printf(w->out, i ? ", %lld" : "%lld", (long long)value->shape[i]);
    base_text_char(w->out, ']');
    paint(w, RESET);
}

// -- labelled lines -----------------------------------------------------------------

static size_t columns(Str text) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

// The lines of a result are gone through twice: first for the width of the labels.
static void line(Writer *w, bool measuring, Str label, const cg_value *array) {
    const size_t width = columns(label);
    if (measuring) {
        if (width > w->label_width) w->label_width = width;
        return;
    }
    base_text_add(w->out, STR("  "));
    paint(w, FAINT);
    base_text_add(w->out, label);
    paint(w, RESET);
    spaces(w->out, w->label_width - width + 2);
    if (array)
        write_array(w, array, w->label_width + 4);
    else
        base_text_add(w->out, STR("null"));
    base_text_char(w->out, '\n');
}

// A structure's leaves each have a line, labelled with their path: value[0], grad x.scale.
static void lines(Writer *w, bool measuring, Str label, const cg_value *value) {
    if (value->kind == CG_ARRAY || value->kind == CG_NULL) {
        line(w, measuring, label, value->kind == CG_ARRAY ? value : NULL);
        return;
    }
    for (size_t i = 0; i < value->n; i++) {
        Text path = {.arena = w->out->arena};
        base_text_add(&path, label);
        if (value->kind == CG_RECORD) {
            base_text_char(&path, '.');
            base_text_add_shown(&path, base_str(value->keys[i]));
        } else {
            base_text_printf(&path, "[%zu]", i);
        }
        w->out->failed |= path.failed;
        lines(w, measuring, base_text_str(&path), &value->parts[i]);
    }
}

static void add_argument(Text *label, const char *name, int argnum) {
    base_text_char(label, ' ');
    if (name[0])
        base_text_add_shown(label, base_str(name));
    else
        base_text_printf(label, "%d", argnum);
}

static void part_lines(Writer *w, bool measuring, const char *kind, const cg_parts *parts) {
    for (size_t i = 0; i < parts->n; i++) {
        const cg_part *part = &parts->at[i];
        Text label = {.arena = w->out->arena};
        base_text_add(&label, base_str(kind));
        add_argument(&label, part->arg, part->argnum);
        if (part->argnum2 >= 0) add_argument(&label, part->arg2, part->argnum2);
        w->out->failed |= label.failed;
        lines(w, measuring, base_text_str(&label), &part->value);
    }
}

static void result_lines(Writer *w, bool measuring, const cg_result *result) {
    if (result->compute & CG_VALUE) lines(w, measuring, STR("value"), &result->value);
    part_lines(w, measuring, "grad", &result->grads);
    part_lines(w, measuring, "jacobian", &result->jacobian);
    part_lines(w, measuring, "hessian", &result->hessian);
    if (result->compute & CG_JVP) lines(w, measuring, STR("jvp"), &result->jvp);
}

void report_text(Text *out, const cg_result *result, bool with_spec, bool colour) {
    Writer w = {.out = out, .colour = colour};
    paint(&w, BOLD);
    base_text_add_shown(out, base_str(result->name));
    paint(&w, RESET);
    if (with_spec) {
        paint(&w, FAINT);
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(result->spec));
        paint(&w, RESET);
    }
    base_text_char(out, '\n');
    if (result->error) {
        base_text_add(out, STR("  "));
        paint(&w, RED);
        base_text_printf(out, "error %s", result->error->code);
        paint(&w, RESET);
        base_text_add(out, STR("  "));
        base_text_add_shown(out, base_str(result->error->message));
        base_text_char(out, '\n');
        return;
    }
    result_lines(&w, true, result);
    result_lines(&w, false, result);
    for (size_t i = 0; i < result->n_warnings; i++) {
        base_text_printf(out, "  warning %s  ", result->warnings[i].code);
        base_text_add_shown(out, base_str(result->warnings[i].message));
        base_text_char(out, '\n');
    }
}
