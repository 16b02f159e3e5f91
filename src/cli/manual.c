// Pages of the manual: lists of commands, options, examples and built-ins in mdoc.
#include "cli/manual.h"

#include "cli/options.h"
#include "report/report_builtins.h"

#include <ctype.h>

// -- text as mdoc -------------------------------------------------------------------

// Adds text so that it is printed as it stands. In what is to be typed (literal) every
// hyphen is a minus and every quote straight; in prose only hyphens that begin a word
// (options) are.
static void add_text(Text *out, Str text, bool literal) {
    static const struct {
        char c;
        bool in_prose;
        const char *escape;
    } escapes[] = {{'\\', true, "\\e"},  {'\'', false, "\\(aq"}, {'`', false, "\\(ga"},
                   {'^', true, "\\(ha"}, {'~', true, "\\(ti"},   {'"', true, "\\(dq"}};
    bool begins = true; // a word
    for (size_t i = 0, n; i < text.n; i += n) {
        uint32_t code = 0;
        const Str rest = {text.at + i, text.n - i};
        const char *escape = NULL;
        n = base_utf8_decode(rest, &code);
        if (n == 0) n = 1;
        for (size_t k = 0; k < sizeof escapes / sizeof *escapes; k++)
            if (*rest.at == escapes[k].c && (literal || escapes[k].in_prose))
                escape = escapes[k].escape;
        if (*rest.at == '-' && (literal || begins)) escape = "\\-";
        if (escape)
            base_text_add(out, base_str(escape));
        else if (n > 1)
            base_text_printf(out, "\\[u%04X]", code);
        else
            base_text_char(out, *rest.at);
        begins = *rest.at == ' ' || *rest.at == '(' || (begins && *rest.at == '-');
    }
}

// A line of what is to be typed.
static void add_literal(Text *out, const char *text) {
    if (*text == '.' || *text == '\'') base_text_add(out, STR("\\&"));
    add_text(out, base_str(text), true);
    base_text_char(out, '\n');
}

// Prose, in lines of the width that sources of pages have.
static void add_prose(Text *out, const char *text) {
    enum { WIDTH = 72 };
    size_t begin = out->n;
    for (bool first = true; *text; first = false) {
        const Str word = {text, strcspn(text, " ")};
        if (!first && out->n - begin + word.n > WIDTH) {
            base_text_char(out, '\n');
            begin = out->n;
        } else if (!first) {
            base_text_char(out, ' ');
        }
        if (out->n == begin && (*text == '.' || *text == '\''))
            base_text_add(out, STR("\\&"));
        add_text(out, word, false);
        text += word.n + (text[word.n] == ' ');
    }
    base_text_char(out, '\n');
}

// A row's text as a sentence.
static void add_sentence(Text *out, const char *text, const char *end) {
    Text sentence = {.arena = out->arena};
    base_text_printf(&sentence, "%c%s%s", toupper((unsigned char)*text), text + 1, end);
    out->failed |= sentence.failed;
    if (!sentence.failed) add_prose(out, sentence.at);
}

// The argument of a macro, quoted where it has spaces.
static void add_argument(Text *out, const char *text) {
    const bool quoted = strpbrk(text, " ()[],.;:|") != NULL;
    base_text_add(out, quoted ? STR(" \"") : STR(" "));
    add_text(out, base_str(text), true);
    if (quoted) base_text_char(out, '"');
}

// -- lists --------------------------------------------------------------------------

// Operands as the usage line shows them: "SPEC…", "[NAME]", "a|b".
static void add_operands(Text *out, const char *operands) {
    const bool optional = *operands == '[';
    const Str more = STR("…");
    Str what = {operands + optional, strcspn(operands + optional, "]")};
    const bool several =
        what.n > more.n && memcmp(what.at + what.n - more.n, more.at, more.n) == 0;
    if (several) what.n -= more.n;
    if (what.n == 0) return;
    base_text_add(out, optional ? STR(" Op") : STR(""));
    const bool words = islower((unsigned char)*what.at);
    base_text_add(out, words ? STR(" Cm ") : STR(" Ar "));
    for (size_t i = 0; i < what.n; i++) {
        if (what.at[i] == '|')
            base_text_add(out, STR(" | "));
        else
            base_text_char(out, what.at[i]);
    }
    if (several) base_text_add(out, STR(" ..."));
}

static void add_synopsis(Text *out) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = &cli_commands[i];
        if (!row->summary || i == COMMAND_eval) continue; // eval has more than one form
        base_text_printf(out, ".Nm\n.Cm %s\n.Op Ar options\n.", row->name);
        Text operands = {.arena = out->arena};
        add_operands(&operands, row->operands);
        out->failed |= operands.failed;
        if (operands.n)
            base_text_add(out, (Str){operands.at + 1, operands.n - 1});
        else
            out->n--; // no operands, no line
        base_text_char(out, '\n');
    }
}

static void add_commands(Text *out) {
    base_text_add(out, STR(".Bl -tag -width Ds\n"));
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = &cli_commands[i];
        if (!row->summary) continue;
        base_text_printf(out, ".It Cm %s", row->name);
        add_operands(out, row->operands);
        base_text_char(out, '\n');
        add_sentence(out, row->summary, ".");
    }
    base_text_add(out, STR(".El\n"));
}

// Which commands have an option: " (eval, check)."; of every command none are named.
static const char *owners_of(const OptionRow *row, Text *owners) {
    if (row->commands == UINT32_MAX) return ".";
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (row->commands & 1u << i)
            base_text_printf(owners, owners->n ? ", %s" : " (%s", cli_commands[i].name);
    base_text_add(owners, STR(")."));
    return owners->failed ? "" : owners->at;
}

static void add_options(Text *out) {
    base_text_add(out, STR(".Bl -tag -width Ds\n"));
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &cli_options[i];
        base_text_add(out, STR(".It"));
        if (row->short_name) base_text_printf(out, " Fl %c ,", row->short_name);
        base_text_printf(out, " Fl \\-%s", row->long_name);
        if (row->argument) {
            base_text_add(out, STR(" Ar"));
            add_argument(out, row->argument);
        }
        base_text_char(out, '\n');
        Text owners = {.arena = out->arena};
        add_sentence(out, row->help, owners_of(row, &owners));
        out->failed |= owners.failed;
    }
    base_text_add(out, STR(".El\n"));
}

static void add_examples(Text *out) {
    for (const ExampleRow *row = cli_examples; row->words; row++) {
        if (row != cli_examples) base_text_add(out, STR(".Pp\n"));
        add_sentence(out, row->meaning, ":");
        base_text_add(out, STR(".Bd -literal -offset indent\ncg\\-grad "));
        add_literal(out, row->words);
        base_text_add(out, STR(".Ed\n"));
    }
}

static void add_builtin(Text *out, const cg_builtin *row) {
    Text call = {.arena = out->arena};
    report_builtin_call(row, &call);
    out->failed |= call.failed;
    if (call.failed) return;
    base_text_add(out, STR(".It Li"));
    add_argument(out, call.at);
    base_text_char(out, '\n');
    add_prose(out, row->doc);
    if (!row->kink) return;
    Text kink = {.arena = out->arena};
    base_text_printf(&kink, "derivative: %s", row->kink);
    if (!kink.failed) add_sentence(out, kink.at, ".");
    out->failed |= kink.failed;
}

static Status add_builtins(Text *out) {
    BuiltinRows rows = {0};
    TRY(report_all_builtins(out->arena, &rows));
    for (uint32_t at = 0, n; at < rows.n; at += n) {
        n = report_builtin_group(&rows, at);
        base_text_printf(out, ".Ss Built-ins: %s\n.Bl -tag -width Ds -compact\n",
                         rows.at[at].group);
        for (uint32_t i = at; i < at + n; i++)
            add_builtin(out, &rows.at[i]);
        base_text_add(out, STR(".El\n"));
    }
    return OK;
}

static void add_modules(Text *out) {
    const char *module, *next;
    for (size_t i = 0; (module = cg_module_name(i)) != NULL; i++) {
        next = cg_module_name(i + 1);
        base_text_printf(out, ".Li %s.\\&%s\n", module, next ? " ," : "");
    }
}

// -- pages --------------------------------------------------------------------------

static Status add_list(Str name, Text *out) {
    static const struct {
        const char *name;
        void (*add)(Text *out);
    } lists[] = {{"synopsis", add_synopsis},
                 {"commands", add_commands},
                 {"options", add_options},
                 {"examples", add_examples},
                 {"modules", add_modules}};
    if (base_str_eq(name, STR("builtins"))) return add_builtins(out);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (base_str_eq(name, base_str(lists[i].name))) lists[i].add(out);
    return OK;
}

Status cli_manual_page(const char *template, Text *out) {
    static const char mark[] = ".\\\" @";
    enum { MARK = sizeof mark - 1 };
    while (*template) {
        const size_t n = strcspn(template, "\n");
        if (strncmp(template, mark, MARK) == 0)
            TRY(add_list((Str){template + MARK, n - MARK}, out));
        else
            base_text_add(out, (Str){template, n + 1});
        template += n + 1;
    }
    return out->failed ? NOMEM : OK;
}
