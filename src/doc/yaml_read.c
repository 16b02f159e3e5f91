#include "doc/yaml_read.h"
#include "doc/check_bytes.h"
#include "doc/core_schema.h"
#include "doc/trap.h"
#include "doc/yaml_entry.h"
#include "doc/yaml_error.h"
#include "doc/yaml_mend.h"
#include "doc/yaml_properties.h"
#include "doc/yaml_rescan.h"

// An anchored node, kept to be copied at each alias. Its children are shared with the tree.
typedef struct Anchor {
    Str name;
    Span span;     // `&name`
    DocNode node;  // once `ready`
    int64_t nodes; // in it; while it is open: in the tree before it
    bool ready, used;
} Anchor;

typedef struct Yaml {
    Tree *tree;
    Diags *diags;
    Str source;  // the document, without a byte-order mark
    Str bytes;   // what libyaml reads: the same, but for what was repaired in it
    uint32_t at; // of the first of them
    VEC(YamlRepair) repairs;
    uint32_t first; // the first diagnostic of this reading
    bool again;     // a repair lets libyaml read on
    Status lost;    // FAILED: what was meant in some place cannot be known
    bool ascii;
    VEC(uint32_t) chars; // the byte of every STRIDE-th character, unless ascii
    VEC(Anchor) anchors;
    StrMap *anchor_of; // name → index of the latest anchor
    Decoded decoded;
} Yaml;

// ---- Places
// -------------------------------------------------------------------------------------

enum { STRIDE = 32 };

static Status index_chars(Yaml *yaml) {
    size_t count = 0;
    for (size_t i = 0; i < yaml->bytes.n; i++) {
        if ((yaml->bytes.at[i] & 0xC0) == 0x80) continue;
        if (count++ % STRIDE == 0 &&
            !VEC_PUSH(yaml->tree->scratch, &yaml->chars, (uint32_t)i))
            return NOMEM;
    }
    return OK;
}

// The offset of the byte that a mark, which counts characters, stands at.
static size_t offset_of(const Yaml *yaml, yaml_mark_t mark) {
    const Str bytes = yaml->bytes;
    if (yaml->ascii) return mark.index < bytes.n ? mark.index : bytes.n;
    if (mark.index / STRIDE >= yaml->chars.n) return bytes.n;
    size_t i = yaml->chars.at[mark.index / STRIDE];
    for (size_t left = mark.index % STRIDE; left > 0 && i < bytes.n; left--)
        do
            i++;
        while (i < bytes.n && (bytes.at[i] & 0xC0) == 0x80);
    return i;
}

static Span span_of(const Yaml *yaml, size_t from, size_t to) {
    return (Span){yaml->at + (uint32_t)from, (uint32_t)(to - from)};
}

static Str text_of(const Yaml *yaml, Span span) {
    return (Str){yaml->source.at + (span.at - yaml->at), span.n};
}

// ---- Anchors and aliases
// ------------------------------------------------------------------------

static Status add_anchor(Yaml *yaml, Span span, uint32_t *index) {
    const Anchor anchor = {
        .name = {text_of(yaml, span).at + 1, span.n - 1},
        .span = span,
        .nodes = yaml->tree->nodes,
    };
    *index = yaml->anchors.n;
    if (!VEC_PUSH(yaml->tree->scratch, &yaml->anchors, anchor)) return NOMEM;
    return base_map_set(yaml->anchor_of, anchor.name, *index);
}

static void finish_anchor(Yaml *yaml, uint32_t index, const DocNode *node) {
    Anchor *anchor = &yaml->anchors.at[index];
    anchor->node = *node;
    anchor->nodes = yaml->tree->nodes - anchor->nodes;
    anchor->ready = true;
}

static void report_unused(Yaml *yaml, const Anchor *anchor) {
    const DocTrapText text = {.found = anchor->name};
    doc_trap(yaml->diags, DOC_TRAP_ANCHOR, anchor->span, &text);
}

// A deep copy: each of its nodes says where it was aliased from. The depth bounds the
// recursion.
static Status copy_node(Yaml *yaml, const DocNode *node, Span alias, uint32_t depth,
                        DocNode *copy) {
    *copy = *node;
    copy->alias = alias;
    if (node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING) return OK;
    if (depth == LIMIT_DOC_DEPTH) return doc_tree_too_deep(yaml->tree, alias);
    const bool mapping = node->kind == DOC_MAPPING;
    const size_t n = mapping ? (size_t)node->n * 2 : node->n;
    const DocNode *from = mapping ? &node->pairs->key : node->items;
    DocNode *to = NEW_ARRAY(yaml->tree->arena, DocNode, n);
    TRY_ALLOC(to);
    for (size_t i = 0; i < n; i++)
        TRY(copy_node(yaml, &from[i], alias, depth + 1, &to[i]));
    if (mapping)
        copy->pairs = (DocPair *)to; // a pair is two nodes in a row
    else
        copy->items = to;
    return OK;
}

static void report_alias(Yaml *yaml, Span span, Str name, bool open) {
    const DocTrapText text = {.found = name};
    if (open)
        base_error(yaml->diags, CODE_E106, span, "a value cannot hold itself",
                   "the alias `*%.*s` stands inside of its own anchor",
                   STR_ARG(base_str_cut(name)));
    else
        doc_trap(yaml->diags, DOC_TRAP_ALIAS, span, &text);
}

// ---- Keys
// ---------------------------------------------------------------------------------------

static void check_key(Yaml *yaml, DocNode *key) {
    const uint32_t errors = yaml->diags->errors;
    const Span span = doc_written(key);
    if (key->kind == DOC_SEQUENCE || key->kind == DOC_MAPPING)
        base_error(
            yaml->diags, CODE_E109, span,
            "a key is a name; to write an expression that begins with a bracket, quote it",
            "a key cannot be %s", doc_kind_name(key->kind));
    else if (key->plain && base_str_eq(key->text, STR("<<")))
        yaml->lost =
            base_error(yaml->diags, CODE_E107, span,
                       "write the entries out, or give the whole value by an alias",
                       "YAML merge keys (`<<`) are not read");
    else if (key->plain && key->text.n == 0)
        base_error(yaml->diags, CODE_E101, span, "write `key: value`",
                   "a key is missing before `:`");
    key->refused |= yaml->diags->errors != errors;
}

// Adds a node that has been counted, as a key or a value.
static Status add_node(Yaml *yaml, DocNode *node) {
    if (doc_tree_key_due(yaml->tree)) check_key(yaml, node);
    return doc_tree_add(yaml->tree, *node);
}

static Status add_alias(Yaml *yaml, const yaml_event_t *event) {
    const Span span =
        span_of(yaml, offset_of(yaml, event->start_mark), offset_of(yaml, event->end_mark));
    const Str name = {text_of(yaml, span).at + 1, span.n - 1};
    uint32_t index = 0;
    const bool known = base_map_get(yaml->anchor_of, name, &index);
    if (!known || !yaml->anchors.at[index].ready) {
        report_alias(yaml, span, name, known);
        if (known) yaml->anchors.at[index].used = true;
        const DocNode missing = {.kind = DOC_STRING,
                                 .span = span,
                                 .text = name,
                                 .text_at = span.at + 1,
                                 .refused = true};
        return doc_tree_add(yaml->tree, missing);
    }
    Anchor *anchor = &yaml->anchors.at[index];
    anchor->used = true;
    TRY(doc_tree_count(yaml->tree, span, anchor->nodes));
    DocNode copy;
    TRY(copy_node(yaml, &anchor->node, span, yaml->tree->depth, &copy));
    return add_node(yaml, &copy);
}

// ---- Tags
// ---------------------------------------------------------------------------------------

static const struct {
    const char *name;
    DocKind kind;
} core_tags[] = {
    {"str", DOC_STRING}, {"int", DOC_INT},      {"float", DOC_FLOAT}, {"bool", DOC_BOOL},
    {"null", DOC_NULL},  {"seq", DOC_SEQUENCE}, {"map", DOC_MAPPING},
};

// The kind that a tag of the core schema stands for.
static bool core_tag(const char *tag, DocKind *kind) {
    static const char prefix[] = "tag:yaml.org,2002:";
    if (strncmp(tag, prefix, sizeof prefix - 1) != 0) return false;
    for (size_t i = 0; i < sizeof core_tags / sizeof *core_tags; i++) {
        if (strcmp(tag + sizeof prefix - 1, core_tags[i].name) != 0) continue;
        *kind = core_tags[i].kind;
        return true;
    }
    return false;
}

// Gives a node the kind of its tag. `node` has the kind that its text has without quotes or
// tag (an integer serves as a float).
static void apply_tag(Yaml *yaml, const char *tag, Span span, DocNode *node) {
    const Str written = base_str_cut(text_of(yaml, span));
    DocKind kind;
    if (!core_tag(tag, &kind)) {
        const DocTrapText text = {.found = written};
        doc_trap(yaml->diags, DOC_TRAP_TAG, span, &text);
        node->refused = true;
        return;
    }
    const bool scalar = node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING;
    const bool fits = kind == node->kind || (kind == DOC_STRING && scalar) ||
                      (kind == DOC_FLOAT && node->kind == DOC_INT);
    if (fits)
        node->kind = kind;
    else
        base_error(yaml->diags, CODE_E105, span, "remove the tag",
                   "the tag `%.*s` does not fit: what follows is %s", STR_ARG(written),
                   doc_kind_name(node->kind));
    node->refused |= !fits;
}

// ---- Scalars
// ------------------------------------------------------------------------------------

// The text of a scalar whose content stands from `from` to `to`, and where its bytes stand.
static Status scalar_text(Yaml *yaml, const yaml_event_t *event, size_t from, size_t to,
                          DocNode *node) {
    const yaml_scalar_style_t style = event->data.scalar.style;
    const Str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    const size_t quote = style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                         style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    const char *inner = yaml->source.at + from + quote;
    node->text_at = yaml->at + (uint32_t)(from + quote);
    node->text = (Str){inner, value.n};
    if (value.n == 0 ||
        (to - from == value.n + 2 * quote && memcmp(inner, value.at, value.n) == 0))
        return OK;

    node->text.at = base_strdup(yaml->tree->arena, value);
    TRY_ALLOC(node->text.at);
    const Str source = {yaml->bytes.at + from, to - from};
    const uint32_t at = yaml->at + (uint32_t)from;
    if (!doc_yaml_rescan(source, at, style, value, &yaml->decoded)) {
        doc_decoded_begin(&yaml->decoded); // never wrong, only vague
        doc_decoded_add(&yaml->decoded, (uint32_t)value.n, at, true);
    }
    return doc_decoded_end(&yaml->decoded, yaml->diags, &node->text_at);
}

// A text that was repaired, or a part of it, is again what its author wrote.
static void restore(const Yaml *yaml, size_t from, size_t to, DocNode *node) {
    for (uint32_t i = 0; i < yaml->repairs.n; i++) {
        const YamlRepair *repair = &yaml->repairs.at[i];
        if (repair->blank || repair->from < from || repair->from >= to) continue;
        node->kind = DOC_STRING;
        node->text = (Str){yaml->source.at + from, to - from};
        node->text_at = node->span.at;
        node->refused |= !repair->judged || doc_tree_key_due(yaml->tree);
        node->mended = true;
    }
}

static Status add_scalar(Yaml *yaml, const yaml_event_t *event) {
    const char *tag = (const char *)event->data.scalar.tag;
    const size_t end = offset_of(yaml, event->end_mark);
    const YamlProperties found =
        doc_yaml_properties(yaml->bytes, yaml->at, offset_of(yaml, event->start_mark), end,
                            event->data.scalar.anchor, tag);
    DocNode node = {.plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE};
    size_t last = end; // a block scalar's mark stands behind blank lines
    while (last > found.content && doc_yaml_is_space(yaml->bytes, last - 1))
        last--;
    node.span = span_of(yaml, found.content, last);
    TRY(scalar_text(yaml, event, found.content, end, &node));
    node.kind = node.plain || tag ? doc_core_kind(node.text) : DOC_STRING;
    if (tag) apply_tag(yaml, tag, found.tag, &node);
    restore(yaml, found.content, last, &node);
    node.boolean = node.kind == DOC_BOOL && doc_core_is_true(node.text);

    uint32_t anchor = 0;
    if (found.anchor.at) TRY(add_anchor(yaml, found.anchor, &anchor));
    TRY(doc_tree_count(yaml->tree, node.span, 1));
    if (found.anchor.at) finish_anchor(yaml, anchor, &node);
    return add_node(yaml, &node);
}

// ---- Sequences and mappings
// ---------------------------------------------------------------------

static bool is_bracket(const Yaml *yaml, Span span) {
    const char c = *text_of(yaml, span).at;
    return c == '[' || c == '{';
}

static Status open_node(Yaml *yaml, const yaml_event_t *event) {
    const bool mapping = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *anchor =
        mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag =
        mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const YamlProperties found =
        doc_yaml_properties(yaml->bytes, yaml->at, offset_of(yaml, event->start_mark),
                            yaml->bytes.n, anchor, tag);
    DocNode node = {.kind = mapping ? DOC_MAPPING : DOC_SEQUENCE,
                    .span = span_of(yaml, found.content, found.content + 1)};
    if (tag) apply_tag(yaml, (const char *)tag, found.tag, &node);
    if (doc_tree_key_due(yaml->tree)) check_key(yaml, &node);

    uint32_t index = 0;
    if (anchor) TRY(add_anchor(yaml, found.anchor, &index));
    TRY(doc_tree_open(yaml->tree, node.kind, node.span));
    if (anchor) doc_tree_top(yaml->tree)->tag = index + 1;
    return OK;
}

static Status close_node(Yaml *yaml, const yaml_event_t *event) {
    const TreeFrame *top = doc_tree_top(yaml->tree);
    const uint32_t anchor = top->tag; // + 1, or 0
    uint32_t end = yaml->at + (uint32_t)offset_of(yaml, event->end_mark);
    // Without a bracket of its own the end's mark stands at the next token.
    if (event->start_mark.index == event->end_mark.index && top->nodes.n > 0) {
        const Span last = doc_written(&top->nodes.at[top->nodes.n - 1]);
        end = last.at + last.n;
    }
    const YamlMend mend = {yaml->diags, yaml->source, yaml->at};
    const bool flow = is_bracket(yaml, top->span);
    if (flow) doc_yaml_mend_flow(&mend, doc_tree_top(yaml->tree));
    DocNode node;
    TRY(doc_tree_close(yaml->tree, end, &node));
    TreeFrame *outer = doc_tree_top(yaml->tree);
    const bool in_flow = outer && is_bracket(yaml, outer->span);
    if (!flow && !in_flow) {
        doc_yaml_mend_block(&mend, &node);
        *(outer ? &outer->nodes.at[outer->nodes.n - 1] : &yaml->tree->root) = node;
    }
    if (anchor) finish_anchor(yaml, anchor - 1, &node);
    return OK;
}

// ---- The document
// -------------------------------------------------------------------------------

// libyaml compares every %TAG with all before it, and no tag needs one: only %YAML passes.
static Status check_directives(Yaml *yaml) {
    const Str bytes = yaml->bytes;
    for (size_t i = 0;;) {
        i = doc_yaml_skip_space(bytes, i, bytes.n);
        if (i == bytes.n || bytes.at[i] != '%') return OK;
        const size_t end = doc_yaml_word_end(bytes, i, bytes.n);
        const Span span = span_of(yaml, i, end);
        if (!base_str_eq(text_of(yaml, span), STR("%YAML")))
            return base_error(yaml->diags, CODE_E101, span,
                              "remove the line; to begin an expression with `%`, quote it",
                              "`%%` begins a YAML directive here, and only %%YAML is read");
        for (i = end; i < bytes.n && doc_yaml_break(bytes, i) == 0;)
            i++;
    }
}

static bool stands_alone(Str bytes, size_t i, const char *three) {
    return bytes.n - i >= 3 && memcmp(bytes.at + i, three, 3) == 0 &&
           (bytes.n - i == 3 || doc_yaml_is_space(bytes, i + 3));
}

// Only white space, comments and `...` may follow the document. libyaml is not asked for
// more.
static Status check_end(Yaml *yaml, size_t i) {
    const Str bytes = yaml->bytes;
    i = doc_yaml_skip_space(bytes, i, bytes.n);
    while (i < bytes.n && stands_alone(bytes, i, "..."))
        i = doc_yaml_skip_space(bytes, i + 3, bytes.n);
    if (i == bytes.n) return OK;
    const Span span = span_of(yaml, i, doc_yaml_word_end(bytes, i + 1, bytes.n));
    if (stands_alone(bytes, i, "---"))
        return base_error(yaml->diags, CODE_E108, span,
                          "keep each document in a file of its own",
                          "a second document begins here");
    return base_error(yaml->diags, CODE_E108, span,
                      "to make it part of an expression, quote the whole expression",
                      "expected the end of the document, found `%.*s`",
                      STR_ARG(base_str_cut(text_of(yaml, span))));
}

static void check_anchors(Yaml *yaml) {
    for (uint32_t i = 0; i < yaml->anchors.n; i++) {
        const Anchor *anchor = &yaml->anchors.at[i];
        if (anchor->used) continue;
        report_unused(yaml, anchor);
        if (anchor->node.kind == DOC_NULL) yaml->lost = FAILED;
    }
}

// *done: the document has ended.
static Status on_event(Yaml *yaml, const yaml_event_t *event, bool *done) {
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return add_alias(yaml, event);
    case YAML_SCALAR_EVENT:
        return add_scalar(yaml, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_node(yaml, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_node(yaml, event);
    case YAML_DOCUMENT_END_EVENT:
        *done = true;
        check_anchors(yaml);
        TRY(yaml->lost);
        return check_end(yaml, offset_of(yaml, event->end_mark));
    case YAML_STREAM_END_EVENT:
        *done = true; // no document at all: the root stays null
        return OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
        return OK;
    }
    return OK;
}

static bool on_line(const Yaml *yaml, Str line, Span span) {
    const uint32_t begin = yaml->at + (uint32_t)(line.at - yaml->bytes.at);
    return span.at >= begin && span.at <= begin + line.n;
}

static Span open_bracket(const Yaml *yaml) {
    const TreeFrame *top = doc_tree_top(yaml->tree);
    return top && is_bracket(yaml, top->span) ? top->span : NO_SPAN;
}

// The offset of the outermost open bracket, or SIZE_MAX.
static size_t outermost_bracket(const Yaml *yaml) {
    for (uint32_t i = 0; i < yaml->tree->depth; i++)
        if (is_bracket(yaml, yaml->tree->open[i].span))
            return yaml->tree->open[i].span.at - yaml->at;
    return SIZE_MAX;
}

// Whether the document can be read again with this repair, which is then noted.
static bool add_repair(Yaml *yaml, YamlRepair repair) {
    enum { MOST_BYTES = 1 << 20 }; // of a document that is worth it
    if (repair.to == 0 || yaml->bytes.n > MOST_BYTES ||
        yaml->diags->errors >= LIMIT_DIAGNOSTICS || yaml->repairs.n == LIMIT_DIAGNOSTICS)
        return false;
    for (uint32_t i = 0; i < yaml->repairs.n; i++)
        if (yaml->repairs.at[i].from == repair.from) return false;
    return VEC_PUSH(yaml->tree->scratch, &yaml->repairs, repair);
}

// What libyaml could not read. A line that a diagnostic points at already is not judged
// again: an expression that begins with `*`, `&` or `!` is often no YAML further on,
// either.
static Status syntax_error(Yaml *yaml, const yaml_parser_t *parser) {
    // At some of its allocations libyaml forgets to say what failed.
    if (parser->error == YAML_MEMORY_ERROR || parser->error == YAML_NO_ERROR) return NOMEM;
    YamlProblem problem = {
        .problem = parser->problem ? parser->problem : "",
        .context = parser->context ? parser->context : "",
        .at = offset_of(yaml, parser->problem_mark),
        .context_at = offset_of(yaml, parser->context_mark),
        .bracket = open_bracket(yaml),
        .open = outermost_bracket(yaml),
    };
    const Str line = doc_yaml_line(yaml->bytes, problem.at);
    for (uint32_t i = 0; i < yaml->anchors.n; i++) {
        const Anchor *anchor = &yaml->anchors.at[i];
        if (!anchor->used && on_line(yaml, line, anchor->span)) report_unused(yaml, anchor);
    }
    const uint32_t last = yaml->diags->list.n;
    for (uint32_t i = 0; i < last; i++)
        problem.reported |= on_line(yaml, line, yaml->diags->list.at[i].span);
    YamlRepair repair;
    const Status status = doc_yaml_report(yaml->diags, yaml->source, yaml->bytes, yaml->at,
                                          &problem, &repair);
    yaml->again = add_repair(yaml, repair);
    const Span whole = {yaml->at + (uint32_t)(line.at - yaml->bytes.at), (uint32_t)line.n};
    if (yaml->again) base_diags_forget(yaml->diags, yaml->first, last, whole);
    return status;
}

static Status read_events(Yaml *yaml, yaml_parser_t *parser) {
    Status status = OK;
    for (bool done = false; !done && status == OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) return syntax_error(yaml, parser);
        status = on_event(yaml, &event, &done);
        yaml_event_delete(&event);
    }
    return status;
}

// ---- Readings ---------------------------------------------------------------

// Puts the latest repair into the bytes that libyaml reads.
static Status repair_bytes(Yaml *yaml) {
    if (yaml->repairs.n == 0) return OK;
    if (yaml->repairs.n == 1) {
        yaml->bytes.at = base_strdup(yaml->tree->scratch, yaml->source);
        TRY_ALLOC(yaml->bytes.at);
    }
    const YamlRepair *repair = &yaml->repairs.at[yaml->repairs.n - 1];
    memset((char *)yaml->bytes.at + repair->from, repair->blank ? ' ' : 'x',
           repair->to - repair->from);
    return OK;
}

static Status read_once(Yaml *yaml) {
    yaml->again = false;
    yaml->lost = OK;
    yaml->first = yaml->diags->list.n;
    yaml->anchors.n = yaml->chars.n = 0;
    yaml->tree->depth = 0;
    yaml->tree->nodes = 0;
    yaml->anchor_of = base_map_new(yaml->tree->scratch);
    TRY_ALLOC(yaml->anchor_of);
    TRY(repair_bytes(yaml));
    if (!yaml->ascii) TRY(index_chars(yaml));
    TRY(check_directives(yaml));

    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return NOMEM;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml->bytes.at,
                                 yaml->bytes.n);
    const Status status = read_events(yaml, &parser);
    yaml_parser_delete(&parser);
    return status;
}

Status doc_yaml_read(Tree *tree, Str bytes, uint32_t at, bool ascii) {
    const size_t mark = doc_mark_size(bytes);
    const Str source = {bytes.at + mark, bytes.n - mark};
    Yaml yaml = {
        .tree = tree,
        .diags = tree->diags,
        .source = source,
        .bytes = source,
        .at = at + (uint32_t)mark,
        .ascii = ascii,
        .decoded = {.scratch = tree->scratch},
    };
    tree->root =
        (DocNode){.kind = DOC_NULL, .plain = true, .span = {yaml.at, 0}, .text = STR("")};
    tree->root.text_at = yaml.at;
    Status status = read_once(&yaml);
    while (status == FAILED && yaml.again)
        status = read_once(&yaml);
    return status;
}
