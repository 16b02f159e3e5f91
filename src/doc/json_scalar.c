// Strings, numbers and words of JSON, and what is written in their place.
#include "doc/json_read.h"
#include "doc/trap.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_control(char c) {
    return (unsigned char)c < 0x20;
}

// A character of a number or word, or of what is meant as one.
static bool is_word(char c) {
    return is_digit(c) || is_letter(c) || (c & 0x80) || (c && strchr("_$.+-", c));
}

bool doc_json_begins_scalar(char c) {
    return is_word(c) ? (unsigned char)c != 0xEF : c == '"' || c == '\'' || c == '`';
}

static Str slice(const JsonReader *json, size_t from, size_t to) {
    return (Str){json->bytes.at + from, to - from};
}

// ---- Strings
// ------------------------------------------------------------------------------------

static Status unclosed(JsonReader *json, size_t quote) {
    const bool line = json->i < json->bytes.n;
    return base_error(json->diags, CODE_E114, doc_json_span(json, quote, quote + 1),
                      line ? "end it by the same quote; a line break within is written \\n"
                           : "end it by the same quote",
                      "the string that begins here is never closed%s",
                      line ? " on its line" : "");
}

// Four hexadecimal digits behind `\u` at i.
static bool read_unit(const JsonReader *json, size_t i, uint32_t *unit) {
    if (json->bytes.n - i < 6 || memcmp(json->bytes.at + i, "\\u", 2) != 0) return false;
    *unit = 0;
    for (size_t k = i + 2; k < i + 6; k++) {
        const char c = json->bytes.at[k], low = (char)(c | 0x20);
        const bool letter = low >= 'a' && low <= 'f';
        if (!letter && !is_digit(c)) return false;
        *unit = *unit << 4 | (uint32_t)(letter ? low - 'a' + 10 : c - '0');
    }
    return true;
}

// The `\u` escape at the cursor. *length: how long it is.
static uint32_t read_unicode(JsonReader *json, size_t *length) {
    enum { REPLACEMENT = 0xFFFD };
    uint32_t high, low;
    *length = 2;
    if (!read_unit(json, json->i, &high)) {
        base_error(json->diags, CODE_E114, doc_json_span(json, json->i, json->i + 2),
                   "write four hexadecimal digits: \\u00e9",
                   "expected four hexadecimal digits after `\\u`");
        return REPLACEMENT;
    }
    *length = 6;
    if (high < 0xD800 || high > 0xDFFF) return high;
    const bool pair = high < 0xDC00 && read_unit(json, json->i + 6, &low) &&
                      low >= 0xDC00 && low <= 0xDFFF;
    if (!pair) {
        base_error(json->diags, CODE_E114, doc_json_span(json, json->i, json->i + 6),
                   "write the character itself, or both halves: \\ud83d\\ude00",
                   "half of a surrogate pair stands alone");
        return REPLACEMENT;
    }
    *length = 12;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// The escape at the cursor.
static void read_escape(JsonReader *json) {
    static const char letters[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
    const char c = json->i + 1 < json->bytes.n ? json->bytes.at[json->i + 1] : 0;
    const char *letter = c ? strchr(letters, c) : NULL;
    size_t length = 2;
    uint32_t code = '\\';
    if (letter) {
        code = (unsigned char)codes[letter - letters];
    } else if (c == 'u') {
        code = read_unicode(json, &length);
    } else {
        base_error(json->diags, CODE_E114, doc_json_span(json, json->i, json->i + 2),
                   "write `\\\\` for a backslash", "JSON has no such escape");
        length = 1; // the backslash and what follows stand for themselves
    }
    char bytes[4];
    const uint32_t n = doc_utf8_encode(code, bytes);
    base_text_add(&json->text, (Str){bytes, n});
    doc_decoded_add(&json->decoded, n, json->at + (uint32_t)json->i, true);
    json->i += length;
}

// A control character within a string, but for a line's end: reported, and kept.
static void report_control(JsonReader *json) {
    const char c = json->bytes.at[json->i];
    const char *hint = c == '\t'
                           ? "write \\t"
                           : base_hint(json->diags, "write \\u%04x", (unsigned)(c & 0x1F));
    base_error(json->diags, CODE_E114, doc_json_span(json, json->i, json->i + 1), hint,
               "JSON allows no %s in a string", c == '\t' ? "tab" : "control character");
}

// The string that begins before the cursor, the long way: escapes, and mistakes.
static Status decode_string(JsonReader *json, DocNode *node) {
    const size_t begin = json->i;
    json->text.n = 0;
    doc_decoded_begin(&json->decoded);
    size_t plain = begin;
    for (;;) {
        const char c = doc_json_peek(json);
        if (c == '\n' || c == '\r' || json->i == json->bytes.n)
            return unclosed(json, begin - 1);
        if (is_control(c)) report_control(json);
        if (c != '"' && c != '\\') {
            json->i++;
            continue;
        }
        base_text_add(&json->text, slice(json, plain, json->i));
        doc_decoded_add(&json->decoded, (uint32_t)(json->i - plain),
                        json->at + (uint32_t)plain, false);
        if (c == '"') break;
        read_escape(json);
        plain = json->i;
    }
    json->i++;
    if (json->text.failed) return NOMEM;
    if (json->text.n == 0) return OK; // only an empty string, whose text needs nothing
    node->text.n = json->text.n;
    node->text.at = base_strdup(json->tree->arena, base_text_str(&json->text));
    TRY_ALLOC(node->text.at);
    return doc_decoded_end(&json->decoded, json->diags, &node->text_at);
}

static Status read_string(JsonReader *json, DocNode *node) {
    const uint32_t errors = json->diags->errors;
    const size_t begin = json->i, inner = begin + 1;
    node->kind = DOC_STRING;
    node->text_at = json->at + (uint32_t)inner;
    size_t i = inner;
    while (i < json->bytes.n && json->bytes.at[i] != '"' && json->bytes.at[i] != '\\' &&
           !is_control(json->bytes.at[i]))
        i++;
    node->text = slice(json, inner, i);
    if (i < json->bytes.n && json->bytes.at[i] == '"') {
        json->i = i + 1;
    } else {
        json->i = inner;
        TRY(decode_string(json, node));
    }
    node->span = doc_json_span(json, begin, json->i);
    node->refused = json->diags->errors != errors && !doc_tree_key_due(json->tree);
    return OK;
}

// “text”, as from a word processor: the length of its quote, or 0.
static size_t curly_quote(Str text) {
    static const char *const quotes[] = {"“", "”", "„", "‘", "’", "«", "»"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        const size_t n = strlen(quotes[i]);
        if (text.n >= n && memcmp(text.at, quotes[i], n) == 0) return n;
    }
    return 0;
}

// Reported, and taken as a string: to the next such quote on its line, or else to `end`.
static Status read_curly_quotes(JsonReader *json, size_t end, DocNode *node) {
    const Str all = json->bytes;
    const size_t begin = json->i, inner = begin + curly_quote(slice(json, begin, all.n));
    size_t close = end;
    for (size_t i = inner; i < all.n && all.at[i] != '\n'; i++) {
        const size_t n = curly_quote(slice(json, i, all.n));
        if (n == 0) continue;
        close = i;
        end = i + n;
        break;
    }
    node->kind = DOC_STRING;
    node->span = doc_json_span(json, begin, end);
    node->text = slice(json, inner, close);
    node->text_at = json->at + (uint32_t)inner;
    json->i = end;
    base_error(json->diags, CODE_E114, node->span,
               base_hint(json->diags, "write \"%.*s\"", STR_ARG(base_str_cut(node->text))),
               "JSON strings stand in plain double quotes");
    return OK;
}

// 'text' or `text`: reported, and taken as a string.
static Status read_other_quotes(JsonReader *json, DocNode *node) {
    const size_t begin = json->i++;
    const char quote = json->bytes.at[begin];
    while (doc_json_peek(json) != quote) {
        const char c = doc_json_peek(json);
        if (c == '\n' || json->i == json->bytes.n) return unclosed(json, begin);
        json->i++;
    }
    json->i++;
    node->kind = DOC_STRING;
    node->span = doc_json_span(json, begin, json->i);
    node->text = slice(json, begin + 1, json->i - 1);
    node->text_at = json->at + (uint32_t)begin + 1;
    const Str text = base_str_cut(node->text);
    base_error(
        json->diags, CODE_E114, node->span,
        doc_json_or_yaml(json, base_hint(json->diags, "write \"%.*s\"", STR_ARG(text))),
        "JSON strings stand in double quotes");
    return OK;
}

// ---- Numbers
// ------------------------------------------------------------------------------------

static size_t skip_digits(Str text, size_t i) {
    while (i < text.n && is_digit(text.at[i]))
        i++;
    return i;
}

// -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][-+]?[0-9]+)? : the offset behind it, or 0.
static size_t number_end(Str text, size_t i, bool *is_float) {
    *is_float = false;
    i += i < text.n && text.at[i] == '-';
    const size_t whole = i;
    i = skip_digits(text, i);
    if (i == whole || (text.at[whole] == '0' && i > whole + 1)) return 0;
    if (i < text.n && text.at[i] == '.') {
        const size_t fraction = i + 1;
        i = skip_digits(text, fraction);
        if (i == fraction) return 0;
        *is_float = true;
    }
    if (i < text.n && (text.at[i] == 'e' || text.at[i] == 'E')) {
        i++;
        if (i < text.n && (text.at[i] == '-' || text.at[i] == '+')) i++;
        const size_t exponent = i;
        i = skip_digits(text, exponent);
        if (i == exponent) return 0;
        *is_float = true;
    }
    return i;
}

// What is wrong with a number, which begins with a digit, or a sign or point before one.
static void report_number(JsonReader *json, Span span, Str number) {
    const size_t sign = number.at[0] == '-' || number.at[0] == '+';
    const Str digits = {number.at + sign, number.n - sign};
    const size_t whole = skip_digits(digits, 0);
    const char *what = NULL, *hint = "text stands in double quotes";
    if (number.at[0] == '+')
        what = "it begins with a `+`", hint = "write it without";
    else if (memchr(number.at, '_', number.n))
        what = "it holds a `_`", hint = "write the digits without";
    else if (whole == 0)
        what = "no digit stands before the point", hint = "write 0.5 for .5";
    else if (whole > 1 && digits.at[0] == '0')
        what = "it begins with a zero", hint = "remove the zeros before the first digit";
    else if (digits.n > 1 && digits.at[0] == '0' && strchr("xXoObB", digits.at[1]))
        what = "it is not decimal", hint = "write it in decimal digits";
    else if (whole < digits.n && digits.at[whole] == '.' &&
             (whole + 1 == digits.n || !is_digit(digits.at[whole + 1])))
        what = "no digit stands behind the point", hint = "write 1.0 for 1.";
    else if (number.at[number.n - 1] == 'e' || number.at[number.n - 1] == 'E')
        what = "no digit stands in its exponent", hint = "write 1e0";
    base_error(json->diags, CODE_E113, span, hint, "`%.*s` is no JSON number%s%s",
               STR_ARG(base_str_cut(number)), what ? ": " : "", what ? what : "");
}

// ---- Words
// --------------------------------------------------------------------------------------

// What others write for JSON's words and numbers.
static const struct {
    const char *word, *mend;
} words[] = {
    {"True", "true"},
    {"TRUE", "true"},
    {"False", "false"},
    {"FALSE", "false"},
    {"None", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"undefined", "null"},
    {"NaN", "the string \"NaN\", in an expression \"nan\""},
    {"nan", "the string \"NaN\", in an expression \"nan\""},
    {"Infinity", "the string \"Infinity\", in an expression \"inf\""},
    {"inf", "the string \"Infinity\", in an expression \"inf\""},
    {"+Infinity", "the string \"Infinity\", in an expression \"inf\""},
    {"-Infinity", "the string \"-Infinity\", in an expression \"-inf\""},
    {"-inf", "the string \"-Infinity\", in an expression \"-inf\""},
};

// Whether the word was reported as one of them.
static bool report_word(JsonReader *json, Span span, Str word) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!base_str_eq(word, base_str(words[i].word))) continue;
        base_error(json->diags, CODE_E116, span,
                   base_hint(json->diags, "write %s", words[i].mend),
                   "JSON has no word `%s`", words[i].word);
        return true;
    }
    return false;
}

// A key or text without quotes. Where only the first bracket makes the document JSON, it is
// YAML most likely, and nothing more is said of it.
static Status report_unquoted(JsonReader *json, Span span, Str word, bool key) {
    const Str cut = base_str_cut(word);
    const bool whole = cut.n == word.n && !memchr(word.at, '"', word.n);
    const char *mend = whole ? base_hint(json->diags, "\"%.*s\"", STR_ARG(cut))
                             : "double quotes around it";
    TRY_ALLOC(mend);
    if (json->guessed) {
        const DocTrapText text = {.found = key ? STR("a key") : STR("text"),
                                  .mend = base_str(mend)};
        return doc_trap(json->diags, DOC_TRAP_BRACES, span, &text);
    }
    base_error(json->diags, CODE_E116, span, base_hint(json->diags, "write %s", mend),
               "in JSON %s stands in double quotes", key ? "a key" : "text");
    return OK;
}

// The end of unquoted text: a comma, closing bracket or line end (of a key, also a colon)
// outside of the brackets that open within.
static size_t unquoted_end(const JsonReader *json, bool key) {
    size_t i = json->i;
    for (int depth = 0; i < json->bytes.n; i++) {
        const char c = json->bytes.at[i];
        if (c == '\n' || c == '\r') break;
        if (depth == 0 && (c == ',' || c == ']' || c == '}' || (key && c == ':'))) break;
        depth += (c == '[' || c == '{' || c == '(') - (c == ']' || c == '}' || c == ')');
    }
    while (i > json->i && (json->bytes.at[i - 1] == ' ' || json->bytes.at[i - 1] == '\t'))
        i--;
    return i;
}

static bool begins_number(Str word) {
    size_t i = word.at[0] == '-' || word.at[0] == '+';
    i += i < word.n && word.at[i] == '.';
    return i < word.n && is_digit(word.at[i]);
}

static void set_kind(DocNode *node, bool is_float) {
    node->kind = DOC_STRING;
    if (begins_number(node->text)) node->kind = is_float ? DOC_FLOAT : DOC_INT;
    if (base_str_eq(node->text, STR("null"))) node->kind = DOC_NULL;
    node->boolean = base_str_eq(node->text, STR("true"));
    if (node->boolean || base_str_eq(node->text, STR("false"))) node->kind = DOC_BOOL;
}

Status doc_json_scalar(JsonReader *json, bool key, DocNode *node) {
    *node = (DocNode){0};
    const char c = doc_json_peek(json);
    if (c == '"') return read_string(json, node);
    if (c == '\'' || c == '`') return read_other_quotes(json, node);

    const size_t begin = json->i;
    bool is_float;
    if (curly_quote(slice(json, begin, json->bytes.n)))
        return read_curly_quotes(json, unquoted_end(json, key), node);
    size_t end = number_end(json->bytes, begin, &is_float);
    const bool number = end > 0 && (end == json->bytes.n || !is_word(json->bytes.at[end]));
    if (!number)
        for (end = begin; end < json->bytes.n && is_word(json->bytes.at[end]);)
            end++;
    node->text = slice(json, begin, end);
    node->text_at = json->at + (uint32_t)begin;
    set_kind(node, is_float);
    if (!number && !key && begins_number(node->text)) {
        report_number(json, doc_json_span(json, begin, end), node->text);
        node->refused = true;
    } else if (key || node->kind == DOC_STRING) {
        end = unquoted_end(json, key);
        node->text = slice(json, begin, end);
        const Span span = doc_json_span(json, begin, end);
        node->mended = true;
        node->refused = !key && report_word(json, span, node->text);
        if (!node->refused) TRY(report_unquoted(json, span, node->text, key));
    }
    json->i = end;
    node->span = doc_json_span(json, begin, end);
    return OK;
}
