#include "doc/json_read.h"
#include "doc/check_bytes.h"

const char *doc_json_or_yaml(const JsonReader *json, const char *hint) {
    if (!json->guessed) return hint;
    return base_hint(json->diags, "%s; or read the document as YAML: --input-format yaml",
                     hint);
}

// ---- White space and comments
// -------------------------------------------------------------------

// The end of the comment that begins at the cursor, which stands there if there is none.
static size_t comment_end(const JsonReader *json) {
    const char *begin = json->bytes.at + json->i;
    const size_t n = json->bytes.n - json->i;
    const bool block = n >= 2 && memcmp(begin, "/*", 2) == 0;
    if (!block && n > 0 && *begin != '#' && (n < 2 || memcmp(begin, "//", 2) != 0))
        return json->i;
    size_t i = json->i + 2 * block;
    for (; i < json->bytes.n; i++) {
        const char *at = json->bytes.at + i;
        if (!block && *at == '\n') return i;
        if (block && *at == '*' && i + 1 < json->bytes.n && at[1] == '/') return i + 2;
    }
    return i;
}

static void skip_space(JsonReader *json) {
    for (;;) {
        const char c = doc_json_peek(json);
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            json->i++;
            continue;
        }
        if (c != '/' && c != '#') return;
        const size_t end = comment_end(json);
        if (end == json->i) return;
        base_error(json->diags, CODE_E115, doc_json_span(json, json->i, end),
                   doc_json_or_yaml(json, "remove it"), "JSON has no comments");
        json->i = end;
    }
}

// ---- Structure
// ----------------------------------------------------------------------------------

static char closing_of(const TreeFrame *frame) {
    return frame->kind == DOC_SEQUENCE ? ']' : '}';
}

// What to do about a character where it does not fit.
static const char *character_hint(char c) {
    if (c == ';') return "write `,`";
    if (c == '=') return "write `:`";
    if (c == '(') return "a sequence stands in `[…]`, an expression in double quotes";
    return "text, and so every expression, stands in double quotes";
}

static Status unexpected(JsonReader *json, const char *expected, const char *hint) {
    const size_t end = json->i < json->bytes.n ? json->i + 1 : json->i;
    return base_error(json->diags, CODE_E102, doc_json_span(json, json->i, end), hint,
                      "expected %s, found %s", expected,
                      doc_found(json->diags, json->bytes, json->i));
}

static Status unclosed(JsonReader *json) {
    const TreeFrame *top = doc_tree_top(json->tree);
    const Span open = {top->span.at, 1};
    return base_error(json->diags, CODE_E102, open,
                      base_hint(json->diags, "add `%c` where it ends", closing_of(top)),
                      "this `%c` is never closed by a `%c`",
                      top->kind == DOC_SEQUENCE ? '[' : '{', closing_of(top));
}

static Status close_frame(JsonReader *json) {
    const TreeFrame *top = doc_tree_top(json->tree);
    const char c = doc_json_peek(json);
    if (c != closing_of(top))
        return base_error_also(json->diags, CODE_E102,
                               doc_json_span(json, json->i, json->i + 1), top->span,
                               "the bracket that is open", NULL,
                               "expected `%c`, found `%c`", closing_of(top), c);
    json->i++;
    return doc_tree_close(json->tree, json->at + (uint32_t)json->i, NULL);
}

// A value that is missing before a comma or a closing bracket.
static Status missing_value(JsonReader *json) {
    const bool sequence = doc_tree_top(json->tree)->kind == DOC_SEQUENCE;
    base_error(json->diags, CODE_E117, doc_json_span(json, json->i, json->i + 1),
               sequence ? "remove one comma, or write null" : "for no value write null",
               "a value is missing before `%c`", doc_json_peek(json));
    const DocNode none = {
        .span = doc_json_span(json, json->i, json->i), .text = STR(""), .refused = true};
    return doc_tree_add(json->tree, none);
}

// A value at the cursor. *opened: it is a sequence or mapping whose entries follow.
static Status read_value(JsonReader *json, bool *opened) {
    const char c = doc_json_peek(json);
    *opened = c == '[' || c == '{';
    if (*opened) {
        const Span span = doc_json_span(json, json->i, json->i + 1);
        json->i++;
        return doc_tree_open(json->tree, c == '[' ? DOC_SEQUENCE : DOC_MAPPING, span);
    }
    if (json->tree->depth > 0) {
        if (json->i == json->bytes.n) return unclosed(json);
        if (c == ',' || c == ']' || c == '}') return missing_value(json);
    }
    if (!doc_json_begins_scalar(c))
        return unexpected(json, "a value",
                          json->i < json->bytes.n ? character_hint(c) : NULL);
    DocNode node;
    TRY(doc_json_scalar(json, false, &node));
    TRY(doc_tree_count(json->tree, node.span, 1));
    return doc_tree_add(json->tree, node);
}

// A key and its colon.
static Status read_key(JsonReader *json) {
    if (json->i == json->bytes.n) return unclosed(json);
    if (!doc_json_begins_scalar(doc_json_peek(json)))
        return unexpected(json, "a key in quotes", NULL);
    DocNode key;
    TRY(doc_json_scalar(json, true, &key));
    TRY(doc_tree_count(json->tree, key.span, 1));
    TRY(doc_tree_add(json->tree, key));
    skip_space(json);
    const char c = doc_json_peek(json);
    if (c != ':') {
        if (json->i == json->bytes.n) return unclosed(json);
        unexpected(json, "`:` after the key", c == '=' ? character_hint(c) : NULL);
    }
    if (c == ':' || c == '=') json->i++;
    skip_space(json);
    return OK;
}

// The commas before the next entry: one, and an entry behind it, is right.
static void read_commas(JsonReader *json) {
    const size_t comma = json->i++;
    skip_space(json);
    while (doc_json_peek(json) == ',') {
        base_error(json->diags, CODE_E117, doc_json_span(json, json->i, json->i + 1),
                   "remove one comma, or write null", "a value is missing before `,`");
        json->i++;
        skip_space(json);
    }
    const char c = doc_json_peek(json);
    if (c == ']' || c == '}')
        base_error(json->diags, CODE_E117, doc_json_span(json, comma, comma + 1),
                   doc_json_or_yaml(json, "remove it"), "JSON allows no comma before `%c`",
                   c);
}

// Whether a string with a colon behind it stands at the cursor.
static bool is_key(const JsonReader *json) {
    size_t i = json->i;
    if (json->bytes.at[i] != '"') return true; // not a string: its own mistake
    for (i++; i < json->bytes.n && json->bytes.at[i] != '"'; i++)
        i += json->bytes.at[i] == '\\';
    for (i++; i < json->bytes.n && strchr(" \t\r\n", json->bytes.at[i]);)
        i++;
    return i < json->bytes.n && json->bytes.at[i] == ':';
}

// After an entry: closes what ends here. *more: another entry follows.
static Status read_after(JsonReader *json, bool *more) {
    *more = false;
    while (json->tree->depth > 0) {
        skip_space(json);
        const char c = doc_json_peek(json);
        if (json->i == json->bytes.n) return unclosed(json);
        if (c == ']' || c == '}') {
            TRY(close_frame(json));
        } else if (c == ',') {
            read_commas(json);
            const char next = doc_json_peek(json);
            *more = next != ']' && next != '}';
        } else {
            const TreeFrame *top = doc_tree_top(json->tree);
            const bool begins = c == '[' || c == '{' || doc_json_begins_scalar(c);
            unexpected(json, top->kind == DOC_SEQUENCE ? "`,` or `]`" : "`,` or `}`",
                       begins ? "is a comma missing before it?" : character_hint(c));
            if (!begins) return FAILED;
            if (top->kind == DOC_MAPPING && !is_key(json)) return FAILED;
            *more = true; // as if the comma stood here
        }
        if (*more) return OK;
    }
    return OK;
}

static Status read_end(JsonReader *json) {
    skip_space(json);
    if (json->i == json->bytes.n) return OK;
    return base_error(json->diags, CODE_E108, doc_json_span(json, json->i, json->i + 1),
                      "keep each document in a file of its own",
                      "expected the end of the document, found %s",
                      doc_found(json->diags, json->bytes, json->i));
}

Status doc_json_read(Tree *tree, Str bytes, uint32_t at, bool guessed) {
    JsonReader json = {
        .tree = tree,
        .diags = tree->diags,
        .bytes = bytes,
        .at = at,
        .i = doc_mark_size(bytes),
        .guessed = guessed,
        .text = {.arena = tree->scratch},
        .decoded = {.scratch = tree->scratch},
    };
    skip_space(&json);
    for (bool more = true; more;) {
        if (doc_tree_key_due(tree)) TRY(read_key(&json));
        bool opened;
        TRY(read_value(&json, &opened));
        skip_space(&json);
        const char c = doc_json_peek(&json);
        if (!opened || c == ']' || c == '}') TRY(read_after(&json, &more));
    }
    return read_end(&json);
}
