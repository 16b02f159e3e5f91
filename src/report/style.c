#include "report/style.h"

static const char *const escapes[ROLE_COUNT] = {
    [ROLE_NAME] = "\x1b[1m",     [ROLE_LABEL] = "\x1b[36m", [ROLE_FAINT] = "\x1b[2m",
    [ROLE_GOOD] = "\x1b[32m",    [ROLE_BAD] = "\x1b[1;31m", [ROLE_WARNING] = "\x1b[1;33m",
    [ROLE_PLACE] = "\x1b[1;34m",
};

void report_paint(const Style *style, Role role) {
    if (style->colour) base_text_add(style->out, base_str(escapes[role]));
}

void report_plain(const Style *style) {
    if (style->colour) base_text_add(style->out, STR("\x1b[0m"));
}

void report_add(const Style *style, Role role, Str text) {
    report_paint(style, role);
    base_text_add(style->out, text);
    report_plain(style);
}

size_t report_add_shown(const Style *style, Role role, Str text) {
    report_paint(style, role);
    const size_t begin = style->out->n;
    base_text_add_shown(style->out, text);
    const Str shown = {style->out->at + begin, style->out->n - begin};
    const size_t columns = shown.n ? base_columns(shown) : 0;
    report_plain(style);
    return columns;
}

void report_spaces(Text *out, size_t n) {
    while (n-- > 0)
        base_text_char(out, ' ');
}
