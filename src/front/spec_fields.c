// Reading mappings and sequences of a spec: kinds, keys, and what YAML makes of unquoted
// text.
#include "base/limits.h"
#include "front/spec_read.h"

// ---- Mistakes ---------------------------------------------------------------

void front_spec_error(SpecReader *reader, Code code, const DocNode *node, const char *hint,
                      const char *format, ...) {
    va_list args;
    va_start(args, format);
    Text message = {.arena = reader->scratch};
    base_text_vprintf(&message, format, args);
    va_end(args);
    const char *text = message.failed ? "out of memory" : message.at;
    if (node->alias.at)
        base_error_also(reader->diags, code, node->span, node->alias, "aliased here", hint,
                        "%s", text);
    else
        base_error(reader->diags, code, node->span, hint, "%s", text);
}

bool front_spec_is(SpecReader *reader, const DocNode *node, DocKind kind, const char *what,
                   const char *hint) {
    if (node->kind == kind) return true;
    front_spec_error(reader, CODE_E201, node, hint, "expected %s for %s, got %s",
                     doc_kind_name(kind), what, doc_kind_name(node->kind));
    return false;
}

Str front_spec_cut(Str text) {
    enum { LONGEST = 60 };
    if (text.n <= LONGEST) return text;
    text.n = LONGEST;
    while (text.n > 0 && (text.at[text.n] & 0xC0) == 0x80)
        text.n--;
    return text;
}

// One letter is near to every other. Past the limit of diagnostics the search, which is
// slow, would help nobody.
static int nearest(const SpecReader *reader, Str word, const Str *words, size_t n) {
    if (word.n < 2 || reader->diags->errors >= LIMIT_DIAGNOSTICS) return -1;
    return base_nearest(word, words, n);
}

const char *front_spec_nearest(SpecReader *reader, Str word, const Str *words, size_t n) {
    const int best = nearest(reader, word, words, n);
    if (best < 0) return NULL;
    return base_hint(reader->diags, "did you mean `%.*s`?", STR_ARG(words[best]));
}

const char *front_spec_known(SpecReader *reader, Str word, const Str *words, size_t n) {
    if (reader->diags->errors >= LIMIT_DIAGNOSTICS) return NULL;
    Text hint = {.arena = reader->scratch};
    const int best = nearest(reader, word, words, n);
    if (best >= 0) base_text_printf(&hint, "did you mean `%.*s`? ", STR_ARG(words[best]));
    base_text_add(&hint, STR("known: "));
    for (size_t i = 0; i < n; i++)
        base_text_printf(&hint, "%s%.*s", i ? ", " : "", STR_ARG(words[i]));
    return hint.failed ? NULL : hint.at;
}

// ---- Text that YAML has split -----------------------------------------------

// Parentheses opened less those closed, outside of quotes.
static int open_brackets(Str text) {
    int depth = 0;
    char quote = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.at[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else {
            depth += (c == '(') - (c == ')');
        }
    }
    return depth;
}

static void report_split(SpecReader *reader, Span begin, Span end, Str text) {
    enum { LONGEST = 60 };
    const char *hint = "quote it, or write one entry a line";
    if (text.n && text.n <= LONGEST && !memchr(text.at, '"', text.n))
        hint = base_hint(reader->diags,
                         "quote it: \"%.*s\", or write one entry a line, without brackets",
                         STR_ARG(text));
    base_error(reader->diags, CODE_E110, base_span_join(begin, end), hint,
               "YAML split this expression at its comma");
}

// Follows the pieces of a text from item i on; false where its brackets never close.
static bool is_split_item(SpecReader *reader, const DocNode *node, uint32_t i) {
    const DocNode *first = &node->items[i];
    int depth = open_brackets(first->text);
    Text text = {.arena = reader->scratch};
    base_text_add(&text, first->text);
    for (uint32_t k = i + 1; k < node->n && node->items[k].plain; k++) {
        const DocNode *item = &node->items[k];
        base_text_printf(&text, ", %.*s", STR_ARG(item->text));
        depth += open_brackets(item->text);
        if (depth > 0) continue;
        report_split(reader, first->span, item->span, base_text_str(&text));
        return true;
    }
    return false;
}

// The same in a mapping: the pieces are keys (`{s: f(1, 2)}` has the key `2)`), and where
// they hold `: `, values (`{s: f(1, lambda x: x)}`). A name with a value is no piece.
static bool is_split_pair(SpecReader *reader, const DocNode *node, uint32_t i) {
    const DocNode *first = &node->pairs[i].value;
    int depth = open_brackets(first->text);
    Text text = {.arena = reader->scratch};
    base_text_add(&text, first->text);
    for (uint32_t k = i + 1; k < node->n && node->pairs[k].key.plain; k++) {
        const DocPair *pair = &node->pairs[k];
        const bool alone = pair->value.span.n == 0;
        base_text_printf(&text, ", %.*s", STR_ARG(pair->key.text));
        depth += open_brackets(pair->key.text);
        if (!alone) {
            if (!pair->value.plain || lang_is_name(pair->key.text)) return false;
            base_text_printf(&text, ": %.*s", STR_ARG(pair->value.text));
            depth += open_brackets(pair->value.text);
        }
        if (depth > 0) continue;
        report_split(reader, first->span, alone ? pair->key.span : pair->value.span,
                     base_text_str(&text));
        return true;
    }
    return false;
}

bool front_spec_is_split(SpecReader *reader, const DocNode *node) {
    const bool mapping = node->kind == DOC_MAPPING;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *item = mapping ? &node->pairs[i].value : &node->items[i];
        if (item->kind != DOC_STRING || !item->plain || open_brackets(item->text) <= 0)
            continue;
        // Brackets that stay open to the end are the expression's own mistake; looking on
        // behind them would be quadratic.
        return mapping ? is_split_pair(reader, node, i) : is_split_item(reader, node, i);
    }
    return false;
}

// ---- Keys and scalars -------------------------------------------------------

bool front_spec_fields(SpecReader *reader, const DocNode *node, const char *what,
                       const Str *known, size_t n, const DocPair **found) {
    memset(found, 0, n * sizeof *found);
    if (!front_spec_is(reader, node, DOC_MAPPING, what, NULL)) return false;
    if (front_spec_is_split(reader, node)) return false;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *key = &node->pairs[i].key;
        size_t k = 0;
        while (k < n && !base_str_eq(key->text, known[k]))
            k++;
        if (k < n) {
            found[k] = &node->pairs[i];
        } else {
            front_spec_error(
                reader, CODE_E202, key, front_spec_known(reader, key->text, known, n),
                "unknown key `%.*s` in %s", STR_ARG(front_spec_cut(key->text)), what);
        }
    }
    return true;
}

bool front_spec_all_known(const DocNode *node, const DocPair *const *found, size_t n) {
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += found[i] != NULL;
    return known == node->n;
}

bool front_spec_is_name(SpecReader *reader, const DocNode *node, const char *what) {
    if (node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING && lang_is_name(node->text))
        return true;
    if (node->kind == DOC_SEQUENCE || node->kind == DOC_MAPPING) {
        front_spec_error(reader, CODE_E201, node, NULL, "expected a name for %s, got %s",
                         what, doc_kind_name(node->kind));
        return false;
    }
    front_spec_error(reader, CODE_E204, node,
                     "a name is made of letters, digits and _, begins with no digit, and "
                     "is no keyword of Python",
                     "`%.*s` is no name for %s", STR_ARG(front_spec_cut(node->text)), what);
    return false;
}

bool front_spec_flag(SpecReader *reader, const DocPair *pair, bool fallback) {
    if (!pair) return fallback;
    Text what = {.arena = reader->scratch};
    base_text_printf(&what, "`%.*s`", STR_ARG(pair->key.text));
    const char *hint = "write true or false";
    if (!front_spec_is(reader, &pair->value, DOC_BOOL, what.failed ? "it" : what.at, hint))
        return fallback;
    return pair->value.boolean;
}
