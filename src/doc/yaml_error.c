#include "doc/yaml_error.h"
#include "doc/check_bytes.h"
#include "doc/tree_build.h"
#include "doc/yaml_rescan.h"

typedef struct Report {
    Diags *diags;
    Str bytes;
    uint32_t base; // number of byte 0
    const YamlProblem *problem;
} Report;

static Span span_at(const Report *report, size_t i, size_t n) {
    return (Span){report->base + (uint32_t)i, (uint32_t)n};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static Str trim(Str text) {
    while (text.n > 0 && is_blank(text.at[0]))
        text = (Str){text.at + 1, text.n - 1};
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

Str doc_yaml_line(Str bytes, size_t i) {
    size_t begin = i, end = i;
    while (begin > 0 && bytes.at[begin - 1] != '\n' && bytes.at[begin - 1] != '\r')
        begin--;
    while (end < bytes.n && bytes.at[end] != '\n' && bytes.at[end] != '\r')
        end++;
    return (Str){bytes.at + begin, end - begin};
}

static const char *found(const Report *report, size_t i) {
    return doc_found(report->diags, report->bytes, i);
}

// "quote the expression: …", or the same without an example where that would be long or
// unsure.
static const char *quote_hint(const Report *report, Str key, Str text, bool in_brackets) {
    enum { LONGEST = 60 };
    const char *other = in_brackets ? "write one entry a line" : "put it after `|`";
    text = trim(text);
    key = trim(key);
    const bool both = memchr(text.at, '"', text.n) && memchr(text.at, '\'', text.n);
    if (text.n == 0 || text.n > LONGEST || key.n > LONGEST || both ||
        memchr(text.at, '\\', text.n))
        return base_hint(report->diags, "quote the expression, or %s", other);
    const char quote = memchr(text.at, '"', text.n) ? '\'' : '"';
    return base_hint(report->diags, "quote the expression: `%.*s%s%c%.*s%c`, or %s",
                     STR_ARG(key), key.n ? " " : "", quote, STR_ARG(text), quote, other);
}

// Where a line's value begins: behind its first `: ` and its `- `s before `limit`.
static size_t value_begin(Str line, size_t limit) {
    size_t begin = 0;
    for (size_t i = 0; i + 1 < limit; i++) {
        if (is_blank(line.at[i]) || line.at[i] == '-') continue;
        while (i + 1 < limit && !(line.at[i] == ':' && is_blank(line.at[i + 1])))
            i++;
        if (i + 1 < limit) begin = i + 1;
        break;
    }
    return begin;
}

// `function: lambda x: f(x, 2)`, at the second colon.
static Status report_colon(const Report *report) {
    const size_t at = report->problem->at;
    const Str line = doc_yaml_line(report->bytes, at);
    const size_t place = (size_t)(report->bytes.at + at - line.at);
    const size_t value = value_begin(line, place);
    if (value == 0)
        return base_error(
            report->diags, CODE_E101, span_at(report, at, 1),
            "line up the keys of one mapping; a key with a value has no keys below",
            "a key is not expected here");
    const Str key = {line.at, value}, text = {line.at + value, line.n - value};
    return base_error(report->diags, CODE_E110, span_at(report, at, 1),
                      quote_hint(report, key, text, false),
                      "YAML reads this `:` as the end of a new key");
}

// The previous line that is not blank ends in a comment: it has ended the text that goes on
// here.
static bool ended_by_comment(const Report *report, size_t at) {
    const Str line = doc_yaml_line(report->bytes, at);
    size_t i = (size_t)(line.at - report->bytes.at);
    if (trim((Str){line.at, (size_t)(report->bytes.at + at - line.at)}).n > 0) return false;
    while (i > 0) {
        const Str before = doc_yaml_line(report->bytes, i - 1);
        i = (size_t)(before.at - report->bytes.at);
        if (trim(before).n == 0) continue;
        for (size_t k = 1; k < before.n; k++)
            if (before.at[k] == '#' && is_blank(before.at[k - 1])) return true;
        return false;
    }
    return false;
}

static Status report_comment(const Report *report, size_t at) {
    return base_error(
        report->diags, CODE_E112, span_at(report, at, 1),
        "put the text after `|`, on the lines below; there `#` begins a comment of "
        "the expression",
        "a comment has ended the unquoted text that goes on here");
}

// A line that has no `key:`, at its begin.
static Status report_no_colon(const Report *report) {
    const size_t at = report->problem->context_at;
    const Str line = doc_yaml_line(report->bytes, at);
    const Str rest = {report->bytes.at + at,
                      (size_t)(line.at + line.n - (report->bytes.at + at))};
    if (ended_by_comment(report, at)) return report_comment(report, at);
    const bool colon = memchr(rest.at, ':', rest.n);
    return base_error(
        report->diags, CODE_E101, span_at(report, at, rest.n),
        colon ? "write a space after the `:`"
              : "text that goes on from the line above is indented more than its key",
        "expected `key: value`, found `%.*s`", STR_ARG(doc_cut(rest)));
}

// The last character before i on its line that is not blank, or 0.
static char before(const Report *report, size_t i) {
    while (i > 0 && is_blank(report->bytes.at[i - 1]))
        i--;
    const char c = i > 0 ? report->bytes.at[i - 1] : 0;
    return c == '\n' || c == '\r' ? 0 : c;
}

static bool is_closing(char c) {
    return c == ']' || c == '}' || c == '"' || c == '\'';
}

// `value: [x, y][0]`, at what follows the bracket or quote.
static Status report_whole_value(const Report *report, size_t at) {
    const Str line = doc_yaml_line(report->bytes, at);
    const size_t value = value_begin(line, (size_t)(report->bytes.at + at - line.at));
    const Str key = {line.at, value}, text = {line.at + value, line.n - value};
    const Str taken = trim((Str){text.at, (size_t)(report->bytes.at + at - text.at)});
    return base_error(report->diags, CODE_E110, span_at(report, at, 1),
                      quote_hint(report, key, text, false),
                      "YAML took `%.*s` as the whole value", STR_ARG(doc_cut(taken)));
}

static Status report_missing(const Report *report) {
    const size_t at = report->problem->at;
    if (at < report->bytes.n && report->bytes.at[at] == ':')
        return base_error(report->diags, CODE_E101, span_at(report, at, 1),
                          "write `key: value`", "a key is missing before `:`");
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
    if (is_closing(before(report, at))) return report_whole_value(report, at);
    if (at < report->bytes.n && report->bytes.at[at] == ':') return report_missing(report);
    if (ended_by_comment(report, at)) return report_comment(report, at);
    return base_error_also(report->diags, CODE_E101, span_at(report, at, 1),
                           span_at(report, report->problem->context_at, 1),
                           mapping ? "the mapping begins here" : "the sequence begins here",
                           mapping ? "line up the keys of one mapping in one column"
                                   : "line up the `- ` of one sequence in one column",
                           "expected %s, found %s",
                           mapping ? "a key of the mapping" : "a `- ` of the sequence",
                           found(report, at));
}

// The entry of a flow sequence or mapping around i, on its line: from the comma, bracket or
// `: ` before it to the comma or bracket behind it, brackets within paired.
static Str flow_entry(const Report *report, size_t i) {
    const Str line = doc_yaml_line(report->bytes, i);
    const size_t place = (size_t)(report->bytes.at + i - line.at);
    size_t begin = place, end = place;
    while (begin > 0 && !strchr(",[{", line.at[begin - 1]) &&
           !(is_blank(line.at[begin - 1]) && begin > 1 && line.at[begin - 2] == ':'))
        begin--;
    for (int depth = 0; end < line.n; end++) {
        const char c = line.at[end];
        if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
        depth += (c == '[' || c == '{' || c == '(') - (c == ']' || c == '}' || c == ')');
    }
    return trim((Str){line.at + begin, end - begin});
}

static Status report_bracket(const Report *report) {
    const size_t at = report->problem->at;
    return base_error(report->diags, CODE_E110, span_at(report, at, 1),
                      quote_hint(report, STR(""), flow_entry(report, at), true),
                      "inside `[…]` and `{…}` YAML ends unquoted text at %s",
                      found(report, at));
}

// Within brackets: a comma or the closing one was expected.
static Status report_flow(const Report *report) {
    const size_t at = report->problem->at, open = report->problem->context_at;
    const char c = at < report->bytes.n ? report->bytes.at[at] : 0;
    const char closing = strstr(report->problem->problem, "']'") ? ']' : '}';
    if (is_closing(before(report, at)) && c != ':' && !is_closing(c))
        return base_error(report->diags, CODE_E110, span_at(report, at, 1),
                          quote_hint(report, STR(""), STR(""), true),
                          "YAML took what stands before this as the whole entry");
    if (c == '[' || c == '{') return report_bracket(report);
    return base_error_also(report->diags, CODE_E101, span_at(report, at, 1),
                           span_at(report, open, 1), "the bracket that is open",
                           "is a bracket or a comma missing before it?",
                           "expected `,` or `%c`, found %s", closing, found(report, at));
}

// The end of the document within brackets.
static Status report_unclosed(const Report *report) {
    const Span bracket = report->problem->bracket;
    const char open = report->bytes.at[bracket.at - report->base];
    return base_error(report->diags, CODE_E101, bracket, NULL,
                      "this `%c` is never closed by a `%c`", open, open == '[' ? ']' : '}');
}

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

static Status report_start(const Report *report) {
    const size_t at = report->problem->at;
    if (at < report->bytes.n && report->bytes.at[at] == '\t')
        return base_error(report->diags, CODE_E101, span_at(report, at, 1),
                          "indent with spaces", "YAML does not allow a tab here");
    const Str line = doc_yaml_line(report->bytes, at);
    const Str key = {line.at, (size_t)(report->bytes.at + at - line.at)};
    const bool flow = memchr(key.at, '[', key.n) || memchr(key.at, '{', key.n);
    const Str text = {line.at + key.n, line.n - key.n};
    return base_error(report->diags, CODE_E111, span_at(report, at, 1),
                      quote_hint(report, key, flow ? STR("") : text, flow),
                      "unquoted text, and an expression, cannot begin with %s",
                      found(report, at));
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
    {"comment or line break", "block scalar", true, CODE_E111,
     "YAML reads this as the begin of a text block, whose text goes on the next line",
     "put the text on the lines below, indented; an expression cannot begin with `|` or "
     "`>`"},
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
    {"found unexpected ':'", report_bracket},
    {"node content", report_missing},
    {"cannot start any token", report_start},
    {"unknown escape character", report_escape},
    {"hexdecimal number", report_escape},
    {"character escape code", report_escape},
};

Status doc_yaml_report(Diags *diags, Str bytes, uint32_t base, const YamlProblem *problem) {
    const Report report = {diags, bytes, base, problem};
    if (problem->at >= bytes.n && problem->bracket.at) return report_unclosed(&report);
    const size_t key = long_key(&report);
    if (key != problem->at) return report_long_key(&report, key);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strstr(problem->problem, special[i].problem)) return special[i].report(&report);
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        if (!strstr(problem->problem, simple[i].problem)) continue;
        if (!strstr(problem->context, simple[i].context)) continue;
        const size_t at = simple[i].at_context ? problem->context_at : problem->at;
        return base_error(diags, simple[i].code, span_at(&report, at, 1), simple[i].hint,
                          "%s", simple[i].message);
    }
    return report_other(&report);
}
