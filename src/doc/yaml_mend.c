#include "doc/yaml_mend.h"
#include "doc/core_schema.h"
#include "doc/trap.h"
#include "doc/yaml_entry.h"

static Str slice(const YamlMend *mend, uint32_t from, uint32_t to) {
    return (Str){mend->bytes.at + (from - mend->at), to - from};
}

static uint32_t end_of(const DocNode *node) {
    const Span span = doc_written(node);
    return span.at + span.n;
}

// A text that stands in the document as it is.
static DocNode text_node(const YamlMend *mend, uint32_t from, uint32_t to) {
    return (DocNode){.kind = DOC_STRING,
                     .plain = true,
                     .mended = true,
                     .text_at = from,
                     .text = slice(mend, from, to),
                     .span = {from, to - from}};
}

static bool is_name(Str text) {
    size_t i = 0;
    while (i < text.n && ((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z'))
        i++;
    for (; i > 0 && i < text.n; i++)
        if (!strchr("_0123456789", text.at[i]) &&
            !((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z'))
            return false;
    return i > 0;
}

static bool is_piece(const DocNode *node) {
    return node->plain && !node->alias.at;
}

static bool is_empty(const DocNode *node) {
    return node->plain && node->text.n == 0 && node->span.n == 0;
}

static bool is_unfinished(const YamlBalance *balance) {
    return balance->brackets > 0 || balance->lambdas > 0;
}

static void report(const YamlMend *mend, DocTrap trap, Span span, bool in_flow) {
    const DocTrapText text = {.mend = slice(mend, span.at, span.at + span.n),
                              .in_flow = in_flow};
    doc_trap(mend->diags, trap, span, &text);
}

// ---- Split at commas --------------------------------------------------------

// Whether a key with a value is one in truth: a name, unless a lambda's or its parameter.
static bool is_key(const YamlBalance *balance, Str text) {
    return balance->lambdas == 0 && is_name(text) && !base_str_eq(text, STR("lambda"));
}

// `[s: f(1, 2)]`: an entry that is a mapping without braces.
static bool is_bare_mapping(const YamlMend *mend, const DocNode *node) {
    return node->kind == DOC_MAPPING && node->n == 1 && !node->alias.at &&
           mend->bytes.at[node->span.at - mend->at] != '{';
}

// The last node of the expression that begins with `first`, which is node i or its value:
// i itself where it is all there. Brackets that stay open to the end are the expression's
// own mistake; *lost says so, and looking on behind them would be quadratic.
static uint32_t last_piece(const YamlMend *mend, const TreeFrame *frame, uint32_t i,
                           const DocNode *first, bool *lost) {
    const DocNode *nodes = frame->nodes.at;
    const bool mapping = frame->kind == DOC_MAPPING;
    if (!is_piece(first)) return i;
    YamlBalance balance = {0};
    uint32_t at = first->span.at;
    for (uint32_t k = i; k < frame->nodes.n; k++) {
        const bool key = mapping && k % 2 == 0;
        const bool alone = key && is_empty(&nodes[k + 1]);
        if (key && !is_piece(&nodes[k])) break;
        if (key && !alone && is_key(&balance, nodes[k].text)) break;
        doc_yaml_weigh(&balance, slice(mend, at, end_of(&nodes[k])));
        at = end_of(&nodes[k]);
        k += alone;
        if ((!key || alone) && !is_unfinished(&balance)) return k;
    }
    *lost = true;
    return i;
}

// Puts the pieces of each expression together. True: there were some.
static bool join_pieces(const YamlMend *mend, TreeFrame *frame, bool reported) {
    DocNode *nodes = frame->nodes.at;
    const bool mapping = frame->kind == DOC_MAPPING;
    bool lost = false;
    uint32_t n = 0;
    for (uint32_t i = 0; i < frame->nodes.n; i++) {
        const bool value = !mapping || i % 2 == 1;
        const bool named = !mapping && is_bare_mapping(mend, &nodes[i]) &&
                           is_name(nodes[i].pairs[0].key.text);
        DocNode *first = named ? &nodes[i].pairs[0].value : &nodes[i];
        const uint32_t last = value && !lost ? last_piece(mend, frame, i, first, &lost) : i;
        if (last > i) {
            const uint32_t end = end_of(&nodes[is_empty(&nodes[last]) ? last - 1 : last]);
            *first = text_node(mend, first->span.at, end);
            if (!reported) report(mend, DOC_TRAP_COMMA, first->span, true);
            reported = true;
        }
        nodes[n++] = nodes[i];
        i = last;
    }
    frame->nodes.n = n;
    return reported;
}

// ---- Colons -----------------------------------------------------------------

// A key that is the begin of an expression, with a value: `lambda x: x`.
static bool is_expression(const DocNode *key) {
    return is_piece(key) && doc_yaml_is_unfinished(key->text) && !is_name(key->text);
}

static void report_colon(const YamlMend *mend, const DocNode *node, bool in_flow) {
    const DocNode *key = &node->pairs[0].key;
    uint32_t at = end_of(key);
    while (at + 1 < end_of(node) && mend->bytes.at[at - mend->at] != ':')
        at++;
    const DocTrapText text = {.mend = slice(mend, node->span.at, end_of(node)),
                              .in_flow = in_flow};
    doc_trap(mend->diags, DOC_TRAP_COLON, (Span){at, 1}, &text);
}

// `[lambda x: x]`
static void join_colons(const YamlMend *mend, TreeFrame *frame, bool reported) {
    for (uint32_t i = 0; frame->kind == DOC_SEQUENCE && i < frame->nodes.n; i++) {
        DocNode *node = &frame->nodes.at[i];
        if (!is_bare_mapping(mend, node) || !is_expression(&node->pairs[0].key)) continue;
        if (!reported) report_colon(mend, node, true);
        reported = true;
        *node = text_node(mend, node->span.at, end_of(node));
    }
}

void doc_yaml_mend_block(const YamlMend *mend, DocNode *node) {
    if (node->kind != DOC_MAPPING || node->n == 0 || !is_expression(&node->pairs[0].key))
        return;
    report_colon(mend, node, false);
    if (node->n == 1)
        *node = text_node(mend, node->span.at, end_of(node));
    else
        node->refused = true;
}

// ---- Spaces -----------------------------------------------------------------

// `{x:1}` is one key `x:1` without a value: it becomes a key and its value.
static bool split_key(const YamlMend *mend, DocNode *key, DocNode *value, bool reported) {
    if (!is_piece(key) || !is_empty(value) || key->text.n != key->span.n) return false;
    const char *colon = memchr(key->text.at, ':', key->text.n);
    size_t before = value->span.at - mend->at; // a colon that is written out for no value
    while (before > 0 && strchr(" \t\r\n", mend->bytes.at[before - 1]))
        before--;
    if (!colon || colon == key->text.at || mend->bytes.at[before - 1] == ':') return false;
    const Span span = key->span;
    const uint32_t n = (uint32_t)(colon - key->text.at);
    if (!reported) doc_trap_space(mend->diags, span, key->text);
    *key = text_node(mend, span.at, span.at + n);
    *value = text_node(mend, span.at + n + 1, span.at + span.n);
    value->kind = doc_core_kind(value->text);
    value->boolean = value->kind == DOC_BOOL && doc_core_is_true(value->text);
    return true;
}

void doc_yaml_mend_flow(const YamlMend *mend, TreeFrame *frame) {
    bool reported = false; // what libyaml could not read, and was mended
    for (uint32_t i = 0; i < frame->nodes.n; i++)
        reported |= frame->nodes.at[i].mended;
    reported = join_pieces(mend, frame, reported);
    join_colons(mend, frame, reported);
    for (uint32_t i = 0; frame->kind == DOC_MAPPING && i + 1 < frame->nodes.n; i += 2)
        reported |= split_key(mend, &frame->nodes.at[i], &frame->nodes.at[i + 1], reported);
}
