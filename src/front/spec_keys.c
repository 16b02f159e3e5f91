// The keys of a spec, and where a key that is unknown in one mapping would belong.
#include "base/limits.h"
#include "front/aliases.h"
#include "front/spec_read.h"

#define KEY(word)                                                                          \
    { word, sizeof(word) - 1 }

static const struct {
    const char *what;   // as a message names the mapping
    const char *belong; // where its keys belong, for another one's message
    size_t n;
    Str keys[FRONT_SPEC_MOST_KEYS];
} levels[SPEC_LEVELS] = {
    [SPEC_LEVEL_ROOT] = {"a spec",
                         "the spec itself",
                         5,
                         {KEY("version"), KEY("dtype"), KEY("constants"), KEY("functions"),
                          KEY("points")}},
    [SPEC_LEVEL_FUNCTION] = {"a function",
                             "a function",
                             7,
                             {KEY("doc"), KEY("args"), KEY("let"), KEY("value"), KEY("vjp"),
                              KEY("jvp"), KEY("domain")}},
    [SPEC_LEVEL_POINT] = {"a point",
                          "a point",
                          9,
                          {KEY("name"), KEY("function"), KEY("at"), KEY("argnums"),
                           KEY("cotangent"), KEY("tangent"), KEY("compute"), KEY("batch"),
                           KEY("expect")}},
    [SPEC_LEVEL_EXPECT] = {"`expect`",
                           "`expect`",
                           10,
                           {KEY("value"), KEY("grads"), KEY("jacobian"), KEY("hessian"),
                            KEY("jvp"), KEY("logs"), KEY("rtol"), KEY("atol"), KEY("ulp"),
                            KEY("error")}},
    [SPEC_LEVEL_VJP] = {"a vjp rule",
                        "`vjp`",
                        7,
                        {KEY("cotangent"), KEY("value"), KEY("let"), KEY("grads"),
                         KEY("logs"), KEY("linear"), KEY("derivative_of")}},
    [SPEC_LEVEL_JVP] = {"a jvp rule",
                        "`jvp`",
                        4,
                        {KEY("tangents"), KEY("value"), KEY("let"), KEY("tangent")}},
    [SPEC_LEVEL_ARGUMENT] = {"an argument",
                             "the type of an argument in `args`",
                             4,
                             {KEY("type"), KEY("default"), KEY("nondiff"), KEY("static")}},
};

const Str *front_spec_keys(SpecLevel level, size_t *n) {
    *n = levels[level].n;
    return levels[level].keys;
}

static bool has_key(SpecLevel level, Str word) {
    for (size_t i = 0; i < levels[level].n; i++)
        if (base_str_eq(word, levels[level].keys[i])) return true;
    return false;
}

// "`vjp` is a key of a function", or NULL where it is nobody's.
static const char *belongs(SpecReader *reader, Str word) {
    Text hint = {.arena = reader->scratch};
    for (SpecLevel level = SPEC_LEVEL_ROOT; level < SPEC_LEVELS; level++) {
        if (!has_key(level, word)) continue;
        if (hint.n)
            base_text_printf(&hint, " or %s", levels[level].belong);
        else
            base_text_printf(&hint, "`%.*s` is a key of %s", STR_ARG(word),
                             levels[level].belong);
    }
    return hint.failed || hint.n == 0 ? NULL : hint.at;
}

// `{value: x, y}`: a key without a value is the rest of a text with a comma, most likely.
static bool is_rest(const DocPair *pair) {
    return pair->key.plain && pair->value.plain && pair->value.span.n == 0 &&
           pair->value.text.n == 0;
}

static const char *key_hint(SpecReader *reader, SpecLevel level, const DocPair *pair) {
    const Str word = pair->key.text;
    const Str *keys = levels[level].keys;
    const size_t n = levels[level].n;
    if (reader->diags->errors >= LIMIT_DIAGNOSTICS) return NULL;
    const char *alias = front_alias_key(word, keys, n);
    if (alias) return base_hint(reader->diags, "write `%s`", alias);
    const char *belonging = belongs(reader, word);
    const char *near = base_hint_nearest(reader->diags, word, keys, n);
    if (belonging && near) return base_hint(reader->diags, "%s (%s)", near, belonging);
    if (belonging) return belonging;
    if (is_rest(pair) && !near)
        return "in YAML's brackets, text that holds a comma stands in quotes";
    return base_hint_known(reader->diags, word, "known:", keys, n);
}

bool front_spec_fields(SpecReader *reader, const DocNode *node, SpecLevel level,
                       const DocPair **found) {
    const size_t n = levels[level].n;
    memset(found, 0, n * sizeof *found);
    const char *hint = level == SPEC_LEVEL_ROOT
                           ? "a spec begins with `version: 1`, and has "
                             "`functions:` and `points:`"
                       : level == SPEC_LEVEL_POINT ? "- {function: f, at: [3]}"
                                                   : NULL;
    if (!front_spec_is(reader, node, DOC_MAPPING, levels[level].what, hint)) return false;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocPair *pair = &node->pairs[i];
        size_t k = 0;
        while (k < n && !base_str_eq(pair->key.text, levels[level].keys[k]))
            k++;
        if (k < n)
            found[k] = pair;
        else
            front_spec_error(reader, CODE_E202, &pair->key, key_hint(reader, level, pair),
                             "unknown key `%.*s` in %s",
                             STR_ARG(base_str_cut(pair->key.text)), levels[level].what);
    }
    return true;
}

bool front_spec_all_known(const DocNode *node, const DocPair *const *found, size_t n) {
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += found[i] != NULL;
    return known == node->n;
}
