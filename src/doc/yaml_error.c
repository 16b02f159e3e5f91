#include "doc/yaml_error.h"
#include "doc/check_bytes.h"
#include "doc/trap.h"
#include "doc/tree_build.h"
#include "doc/yaml_entry.h"

typedef struct Report {
    Diags *diags;
    Str source, bytes;
    uint32_t base; // number of byte 0
    const YamlProblem *problem;
    bool has_entry;  // the problem stands within an entry
    YamlEntry entry; // that one
    YamlRepair *repair;
} Report;

static Span span_at(const Report *report, size_t i, size_t n) {
    return (Span){report->base + (uint32_t)i, (uint32_t)n};
}

static Str source_of(const Report *report, size_t from, size_t to) {
    return (Str){report->source.at + from, to - from};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_blank_text(Str text) {
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text.n == 0;
}

static char byte_at(const Report *report, size_t i) {
    return i < report->bytes.n ? report->bytes.at[i] : 0;
}

static const char *found(const Report *report, size_t i) {
    return doc_found(report->diags, report->bytes, i);
}

// ---- Traps ------------------------------------------------------------------

// The character that stands at i.
static Str character(const Report *report, size_t i) {
    uint32_t code;
    const Str rest = source_of(report, i, report->source.n);
    return (Str){rest.at, base_utf8_decode(rest, &code)};
}

// Reports a trap at `at` in the entry, which then stands for one text.
static Status report_trap(const Report *report, DocTrap trap, Span span, Str what) {
    const YamlEntry *entry = &report->entry;
    const Str line = doc_yaml_line(report->bytes, entry->value);
    const size_t begin = (size_t)(line.at - report->bytes.at);
    DocTrapText text = {.found = what,
                        .mend = source_of(report, entry->value, entry->end),
                        .in_flow = entry->in_flow};
    if (!entry->in_flow) text.key = source_of(report, begin, entry->value);
    *report->repair = (YamlRepair){entry->value, entry->end, false,
                                   trap != DOC_TRAP_START && trap != DOC_TRAP_BLOCK};
    if (report->problem->reported) return FAILED;
    return doc_trap(report->diags, trap, span, &text);
}

// `value: [x, y][0]`, at what follows the bracket or quote.
static Status report_whole(const Report *report) {
    const YamlEntry *entry = &report->entry;
    size_t at = entry->head;
    while (at + 1 < entry->end && is_blank(report->bytes.at[at]))
        at++;
    return report_trap(report, DOC_TRAP_WHOLE, span_at(report, at, 1),
                       source_of(report, entry->value, entry->head));
}

// Whether YAML has ended the entry at one of its commas before the problem.
static bool has_comma(const Report *report) {
    const YamlEntry *entry = &report->entry;
    const size_t n = report->problem->at - entry->value;
    return entry->in_flow && memchr(report->bytes.at + entry->value, ',', n);
}

static Status report_comma(const Report *report) {
    const YamlEntry *entry = &report->entry;
    return report_trap(report, DOC_TRAP_COMMA,
                       span_at(report, entry->value, entry->end - entry->value), STR(""));
}

// Whether the problem is a bracket, quote or colon in the midst of an entry.
static bool is_inside(const Report *report) {
    return report->has_entry && report->entry.value < report->problem->at;
}

// The text of a line behind its dashes.
static Str line_text(const Report *report, size_t i) {
    Str text = doc_yaml_line(report->source, i);
    while (text.n > 0 && (is_blank(text.at[0]) ||
                          (text.at[0] == '-' && text.n > 1 && is_blank(text.at[1]))))
        text = (Str){text.at + 1, text.n - 1};
    return text;
}

static Status report_space(const Report *report, Str text) {
    return doc_trap_space(report->diags,
                          span_at(report, (size_t)(text.at - report->source.at), text.n),
                          text);
}

// `function: lambda x: f(x, 2)`, at the second colon.
static Status report_colon(const Report *report) {
    const size_t at = report->problem->at;
    const Str line = doc_yaml_line(report->bytes, at);
    if (is_inside(report))
        return report_trap(report, DOC_TRAP_COLON, span_at(report, at, 1), STR(""));
    const size_t line_begin = (size_t)(line.at - report->bytes.at);
    const Str above = line_begin ? line_text(report, line_begin - 1) : STR("");
    if (doc_trap_is_space(above)) return report_space(report, above);
    return base_error(
        report->diags, CODE_E101, span_at(report, at, 1),
        "line up the keys of one mapping; a key with a value has no keys below",
        "a key is not expected here");
}

// The previous line that is not blank ends in a comment: it has ended the text that goes on
// here. Where the `#` stands, or 0.
static size_t comment_before(const Report *report, size_t at) {
    const Str line = doc_yaml_line(report->bytes, at);
    size_t i = (size_t)(line.at - report->bytes.at);
    if (!is_blank_text(source_of(report, i, at))) return 0;
    while (i > 0) {
        const Str before = doc_yaml_line(report->bytes, i - 1);
        i = (size_t)(before.at - report->bytes.at);
        if (is_blank_text(before)) continue;
        for (size_t k = 1; k < before.n; k++)
            if (before.at[k] == '#' && is_blank(before.at[k - 1])) return i + k;
        return 0;
    }
    return 0;
}

static Status report_comment(const Report *report, size_t at) {
    const size_t comment = comment_before(report, at);
    const Str line = doc_yaml_line(report->bytes, comment);
    const size_t end = (size_t)(line.at + line.n - report->bytes.at);
    *report->repair = (YamlRepair){comment, end, .blank = true};
    return doc_trap(report->diags, DOC_TRAP_COMMENT, span_at(report, at, 1),
                    &(DocTrapText){0});
}

// A line that has no `key:`, at its begin.
static Status report_no_colon(const Report *report) {
    const size_t at = report->problem->context_at;
    const Str line = doc_yaml_line(report->bytes, at);
    const size_t end = (size_t)(line.at + line.n - report->bytes.at);
    const Str rest = source_of(report, at, end);
    if (comment_before(report, at)) return report_comment(report, at);
    if (doc_trap_is_space(rest)) return report_space(report, rest);
    return base_error(report->diags, CODE_E101, span_at(report, at, rest.n),
                      "text that goes on from the line above is indented more than its key",
                      "expected `key: value`, found `%.*s`", STR_ARG(base_str_cut(rest)));
}

static Status report_start(const Report *report, size_t at) {
    return report_trap(report, DOC_TRAP_START, span_at(report, at, 1),
                       character(report, at));
}

static Status report_text_block(const Report *report) {
    const size_t at = report->problem->context_at;
    const DocTrapText text = {.found = character(report, at),
                              .mend = character(report, at)};
    if (report->has_entry)
        *report->repair =
            (YamlRepair){report->entry.value, report->entry.end, false, false};
    return doc_trap(report->diags, DOC_TRAP_BLOCK, span_at(report, at, 1), &text);
}

static Status report_missing(const Report *report) {
    const size_t at = report->problem->at;
    if (byte_at(report, at) == ':')
        return base_error(report->diags, CODE_E101, span_at(report, at, 1),
                          "write `key: value`", "a key is missing before `:`");
    if (report->has_entry && !report->entry.in_flow && report->entry.value == at)
        return report_start(report, at);
    return base_error(
        report->diags, CODE_E101, span_at(report, at, 1),
        "for no value write null; quote text that begins with a bracket, comma or "
        "colon",
        "a value is missing here");
}

// In a block mapping or sequence: another entry was expected.
static Status report_block(const Report *report) {
    const size_t at = report->problem->at;
    const bool mapping = strstr(report->problem->problem, "key");
    if (byte_at(report, at) == ':') return report_missing(report);
    if (comment_before(report, at)) return report_comment(report, at);
    return base_error_also(
        report->diags, CODE_E101, span_at(report, at, 1),
        span_at(report, report->problem->context_at, 1),
        mapping ? "the mapping begins here" : "the sequence begins here",
        mapping ? "line up the keys of one mapping in one column"
                : "line up the `- ` of one sequence in one column, and the "
                  "keys of an entry below its first one",
        "expected %s, found %s",
        mapping ? "a key of the mapping" : "a `- ` of the sequence", found(report, at));
}

// Within brackets: a comma or the closing one was expected.
static Status report_flow(const Report *report) {
    const size_t at = report->problem->at, open = report->problem->context_at;
    const char c = byte_at(report, at);
    const char closing = strstr(report->problem->problem, "']'") ? ']' : '}';
    if (comment_before(report, at)) return report_comment(report, at);
    if (is_inside(report)) {
        const Str text = source_of(report, report->entry.begin, report->entry.end);
        if (doc_trap_is_space(text)) return report_space(report, text);
        if (c == ':')
            return report_trap(report, DOC_TRAP_COLON, span_at(report, at, 1), STR(""));
        if (c == '[' || c == '{')
            return report_trap(report, DOC_TRAP_BRACKET, span_at(report, at, 1),
                               character(report, at));
    }
    return base_error_also(report->diags, CODE_E101, span_at(report, at, 1),
                           span_at(report, open, 1), "the bracket that is open",
                           "is a bracket or a comma missing before it?",
                           "expected `,` or `%c`, found %s", closing, found(report, at));
}

// The end of the document within brackets.
static Status report_unclosed(const Report *report) {
    const Span bracket = report->problem->bracket;
    const char open = report->bytes.at[bracket.at - report->base];
    return base_error(
        report->diags, CODE_E101, bracket,
        base_hint(report->diags, "add `%c` where it ends", open == '[' ? ']' : '}'),
        "this `%c` is never closed by a `%c`", open, open == '[' ? ']' : '}');
}

// ---- Other problems ---------------------------------------------------------

// At a colon, behind more than libyaml takes for a key: where that begins, or else the
// colon.
static size_t long_key(const Report *report) {
    enum { LONGEST = 1024 }; // characters
    const size_t at = report->problem->at;
    if (at >= report->bytes.n || report->bytes.at[at] != ':') return at;
    size_t begin = at;
    while (begin > 0 && !strchr("\n\r,[{", report->bytes.at[begin - 1]))
        begin--;
    return at - begin > LONGEST ? begin : at;
}

static Status report_long_key(const Report *report, size_t at) {
    return base_error(
        report->diags, CODE_E101, span_at(report, at, 1),
        "shorten it, or write `? ` before the key and `: ` before its value, on "
        "lines of their own",
        "a YAML key has at most 1024 characters");
}

static Status report_no_token(const Report *report) {
    const size_t at = report->problem->at;
    if (byte_at(report, at) == '\t')
        return base_error(report->diags, CODE_E101, span_at(report, at, 1),
                          "indent with spaces", "YAML does not allow a tab here");
    if (report->has_entry) return report_start(report, at);
    const DocTrapText text = {.found = character(report, at), .in_flow = true};
    return doc_trap(report->diags, DOC_TRAP_START, span_at(report, at, 1), &text);
}

static Status report_escape(const Report *report) {
    size_t at = report->problem->at;
    const bool digits = at >= report->bytes.n || report->bytes.at[at] != '\\';
    if (digits) at -= 2; // the mark stands behind `\x`
    return base_error(report->diags, CODE_E101, span_at(report, at, 2),
                      "write `\\\\` for a backslash, or use single quotes",
                      "in double quotes, this is no valid escape");
}

static Status report_other(const Report *report) {
    const YamlProblem *problem = report->problem;
    const char *hint =
        problem->context[0] ? base_hint(report->diags, "%s", problem->context) : "";
    return base_error(report->diags, CODE_E101, span_at(report, problem->at, 1), hint,
                      "invalid YAML: %s", problem->problem);
}

// Problems that need no more than their own words; at the context (the begin of what was
// being read) or at the problem itself. An empty problem or context matches any.
static const struct {
    const char *problem, *context;
    bool at_context;
    Code code;
    const char *message, *hint;
} simple[] = {
    {"", "scanning an anchor", true, CODE_E106, "`&` begins a YAML anchor here",
     "to use `&` in an expression, quote it"},
    {"", "scanning an alias", true, CODE_E106, "`*` begins a YAML alias here",
     "to use `*` in an expression, quote it"},
    {"", "scanning a tag", true, CODE_E105, "`!` begins a YAML tag here",
     "to use `!` in an expression, quote it"},
    {"", "parsing a tag", true, CODE_E105, "`!` begins a YAML tag here",
     "to use `!` in an expression, quote it"},
    {"undefined tag handle", "", false, CODE_E105, "`!` begins a YAML tag here",
     "to use `!` in an expression, quote it"},
    {"unexpected end of stream", "quoted scalar", true, CODE_E101,
     "the quoted text that begins here is never closed", "end it by the same quote"},
    {"document indicator", "quoted scalar", true, CODE_E101,
     "the quoted text that begins here is not closed before a line `---` or `...`",
     "end it by the same quote"},
    {"block sequence entries", "", false, CODE_E101,
     "`- ` begins a sequence, which cannot begin on this line",
     "put each `- ` on a line of its own below its key; for a negative number write no "
     "space"},
    {"mapping keys are not allowed", "", false, CODE_E101,
     "`? ` begins a key, which cannot begin on this line",
     "quote text that begins with `?`"},
    {"tab character", "", false, CODE_E101, "YAML does not allow a tab here",
     "indent with spaces"},
    {"indentation indicator equal to 0", "", false, CODE_E101,
     "the indentation behind `|` or `>` is 1 to 9, or left out", ""},
    {"incompatible YAML", "", false, CODE_E101, "this is neither YAML 1.2 nor 1.1",
     "write `%YAML 1.2`, or remove the line"},
    {"duplicate %YAML", "", false, CODE_E101, "a second `%YAML`", "remove the line"},
    {"", "scanning a %YAML", true, CODE_E101, "expected a version after `%YAML`",
     "write `%YAML 1.2`, or remove the line"},
    {"<document start>", "", false, CODE_E101, "expected `---` before the document",
     "after a `%YAML` line write `---`"},
};

static const struct {
    const char *problem;
    Status (*report)(const Report *report);
} special[] = {
    {"mapping values are not allowed", report_colon},
    {"could not find expected ':'", report_no_colon},
    {"did not find expected key", report_block},
    {"expected '-' indicator", report_block},
    {"did not find expected ',' or", report_flow},
    {"found unexpected ':'", report_flow},
    {"node content", report_missing},
    {"cannot start any token", report_no_token},
    {"comment or line break", report_text_block},
    {"unknown escape character", report_escape},
    {"hexdecimal number", report_escape},
    {"character escape code", report_escape},
};

Status doc_yaml_report(Diags *diags, Str source, Str bytes, uint32_t base,
                       const YamlProblem *problem, YamlRepair *repair) {
    Report report = {diags, source, bytes, base, problem, .repair = repair};
    const YamlEntry *entry = &report.entry;
    *repair = (YamlRepair){0};
    // Of a line without a colon libyaml's problem is where the next line begins.
    const bool line = strstr(problem->problem, "could not find expected ':'");
    const size_t place = line ? problem->context_at : problem->at;
    report.has_entry = doc_yaml_find_entry(bytes, problem->open, place, &report.entry);
    if (problem->reported) {
        if (report.has_entry)
            *repair = (YamlRepair){entry->value, entry->end, false, false};
        return FAILED;
    }
    if (problem->at >= bytes.n && problem->bracket.at) return report_unclosed(&report);
    if (is_inside(&report) && !line) {
        if (entry->head && problem->at >= entry->head) return report_whole(&report);
        if (has_comma(&report)) return report_comma(&report);
    }
    const size_t key = long_key(&report);
    if (key != problem->at) return report_long_key(&report, key);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strstr(problem->problem, special[i].problem)) return special[i].report(&report);
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        if (!strstr(problem->problem, simple[i].problem)) continue;
        if (!strstr(problem->context, simple[i].context)) continue;
        const size_t at = simple[i].at_context ? problem->context_at : problem->at;
        if (report.has_entry && entry->value == at)
            *repair = (YamlRepair){entry->value, entry->end, false, false};
        return base_error(diags, simple[i].code, span_at(&report, at, 1), simple[i].hint,
                          "%s", simple[i].message);
    }
    return report_other(&report);
}
