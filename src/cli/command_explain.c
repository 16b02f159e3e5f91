// `cg-grad explain [CODE]`: a code's section of docs/errors.md, for a terminal; or the list
// of codes. The document has a heading "## E1xx …" a family, "### E101 …" a code, and of
// Markdown: paragraphs, `code`, and fenced blocks whose second word may be wrong or right.
#include "cli/command.h"

#include "base/diag.h"
#include "report/style.h"

#include <ctype.h>

enum { CODE_SIZE = 4 }; // "E503"

// -- the document -------------------------------------------------------------------

static bool next_line(Str *rest, Str *line) {
    if (!rest->n) return false;
    const char *end = memchr(rest->at, '\n', rest->n);
    *line = (Str){rest->at, end ? (size_t)(end - rest->at) : rest->n};
    const size_t taken = line->n + (end != NULL);
    *rest = (Str){rest->at + taken, rest->n - taken};
    return true;
}

// Whether a line has a prefix, and what stands behind it.
static bool begins(Str line, Str prefix, Str *behind) {
    if (line.n < prefix.n || memcmp(line.at, prefix.at, prefix.n) != 0) return false;
    *behind = (Str){line.at + prefix.n, line.n - prefix.n};
    return true;
}

// -- what is asked ------------------------------------------------------------------

// What the codes that are asked for begin with: of `e503`, `503` and `E5xx` it is E503,
// E503 and E5. Empty for a word that is no part of a code.
static Str wanted_prefix(const char *word, char prefix[CODE_SIZE + 1]) {
    size_t n = 0;
    if (isdigit((unsigned char)*word)) prefix[n++] = 'E';
    for (; *word && n < CODE_SIZE; word++)
        prefix[n++] = (char)toupper((unsigned char)*word);
    while (n && prefix[n - 1] == 'X')
        n--;
    return (Str){prefix, *word ? 0 : n};
}

// -- a section ----------------------------------------------------------------------

// A line of a paragraph; `code` is coloured, or keeps its backticks.
static void add_prose(const Style *style, Str line) {
    bool code = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.at[i] != '`' || !style->colour) {
            base_text_char(style->out, line.at[i]);
            continue;
        }
        code = !code;
        if (code)
            report_paint(style, ROLE_LABEL);
        else
            report_plain(style);
    }
    base_text_char(style->out, '\n');
}

static void add_code(const Style *style, Str line) {
    Str command;
    if (line.n) base_text_add(style->out, STR("    "));
    if (begins(line, STR("$ "), &command))
        report_add(style, ROLE_NAME, line);
    else
        base_text_add(style->out, line);
    base_text_char(style->out, '\n');
}

// What a block shows, by the words behind its fence.
static void add_label(const Style *style, Str words) {
    const bool wrong = words.n > 6 && memcmp(words.at + words.n - 6, " wrong", 6) == 0;
    const bool right = words.n > 6 && memcmp(words.at + words.n - 6, " right", 6) == 0;
    if (!wrong && !right) return;
    report_add(style, wrong ? ROLE_BAD : ROLE_GOOD, wrong ? STR("Wrong:") : STR("Right:"));
    base_text_char(style->out, '\n');
}

static void add_section(const Style *style, Str heading, Str rest) {
    Str line, behind;
    bool block = false;
    report_paint(style, ROLE_NAME);
    base_text_printf(style->out, "%.*s: %.*s", CODE_SIZE, heading.at,
                     (int)(heading.n - CODE_SIZE - 1), heading.at + CODE_SIZE + 1);
    report_plain(style);
    base_text_char(style->out, '\n');
    Text *out = style->out;
    size_t end = out->n; // behind the last line that is not empty
    while (next_line(&rest, &line) && (block || !begins(line, STR("##"), &behind))) {
        if (begins(line, STR("```"), &behind)) {
            if (!block) add_label(style, behind);
            block = !block;
            continue;
        }
        (block ? add_code : add_prose)(style, line);
        if (line.n) end = out->n;
    }
    if (!out->failed) out->n = end;
}

// -- the command --------------------------------------------------------------------

// Adds the section of a code, or the codes that begin so, each family under its heading.
static void explain(const Style *style, Str document, Str prefix) {
    Str line, heading, behind, family = {0};
    for (Str rest = document; next_line(&rest, &line);) {
        if (begins(line, STR("## "), &heading)) family = heading;
        if (!begins(line, STR("### "), &heading) || !begins(heading, prefix, &behind))
            continue;
        if (prefix.n == CODE_SIZE) {
            add_section(style, heading, rest);
            return;
        }
        if (family.n) {
            if (style->out->n) base_text_char(style->out, '\n');
            report_add(style, ROLE_NAME, family);
            base_text_char(style->out, '\n');
            family.n = 0;
        }
        base_text_printf(style->out, "  %.*s  %.*s\n", CODE_SIZE, heading.at,
                         (int)(heading.n - CODE_SIZE - 1), heading.at + CODE_SIZE + 1);
    }
}

static ExitStatus unknown_code(Command *c, const char *word) {
    Str names[CODE_COUNT];
    for (int i = 0; i < CODE_COUNT; i++)
        names[i] = base_str(base_code_name((Code)i));
    const int best = base_nearest(base_str(word), names, CODE_COUNT);
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message, "there is no diagnostic `%s`", word);
    if (best >= 0) base_text_printf(&hint, "did you mean %s? ", base_code_name((Code)best));
    base_text_add(&hint, STR("cg-grad explain lists all codes"));
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E001", message.at, hint.at);
}

ExitStatus cli_run_explain(Command *c) {
    const char *word = c->options.operands.n ? c->options.operands.at[0] : NULL;
    char buffer[CODE_SIZE + 1];
    const Str prefix = word ? wanted_prefix(word, buffer) : STR("");
    const Style style = {&c->out, cli_is_colored(&c->options, STDOUT_FILENO)};
    if (!word || prefix.n) explain(&style, cli_embedded("errors.md"), prefix);
    return word && !c->out.n && !c->out.failed ? unknown_code(c, word) : cli_print(c);
}
