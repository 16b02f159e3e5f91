// A document as a spec: its top level.
#include "front/spec_read.h"

#define MINIMAL                                                                            \
    "a spec, in YAML or JSON: {\"version\": 1, "                                           \
    "\"functions\": {\"f\": {\"args\": [\"x\"], \"value\": \"x ** 2\"}}, "                 \
    "\"points\": [{\"function\": \"f\", \"at\": [3]}]}"

static void read_version(SpecReader *reader, const DocPair *pair) {
    int64_t version;
    if (front_spec_is(reader, &pair->value, DOC_INT, "`version`", "version: 1") &&
        (!num_parse_int(pair->value.text, &version) || version != 1)) {
        front_spec_error(reader, CODE_E210, &pair->value, "version: 1",
                         "expected version 1, got %.*s",
                         STR_ARG(base_str_cut(pair->value.text)));
    }
}

static void read_dtype(SpecReader *reader, const DocPair *pair) {
    reader->spec->dtype = DT_F64;
    if (!pair) return;
    const DocNode *node = &pair->value;
    if (front_spec_is(reader, node, DOC_STRING, "`dtype`", "dtype: float64"))
        (void)front_spec_dtype(reader, node->text, node->span, false, &reader->spec->dtype);
}

// ---- Names of constants and functions ---------------------------------------

// All of them are known before any expression is read: functions may be called before they
// are written.
static Status index_constants(SpecReader *reader, const DocNode *node) {
    Spec *spec = reader->spec;
    spec->constants.at = NEW_ARRAY(reader->arena, SpecNamed, node->n);
    TRY_ALLOC(spec->constants.at);
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *key = &node->pairs[i].key;
        if (!front_spec_is_name(reader, key, "a constant")) continue;
        SpecNamed *constant = &spec->constants.at[spec->constants.n];
        constant->name = key->text;
        constant->span = key->span;
        TRY(base_map_set(spec->constant_index, key->text, spec->constants.n++));
    }
    return OK;
}

static Status index_functions(SpecReader *reader, const DocNode *node) {
    Spec *spec = reader->spec;
    spec->functions = NEW_ARRAY(reader->arena, SpecFunction, node->n);
    reader->broken = NEW_ARRAY(reader->scratch, bool, node->n);
    reader->args = NEW_ARRAY(reader->scratch, StrMap *, node->n);
    if (!spec->functions || !reader->broken || !reader->args) return NOMEM;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *key = &node->pairs[i].key;
        uint32_t at;
        if (!front_spec_is_name(reader, key, "a function")) continue;
        if (base_map_get(spec->constant_index, key->text, &at))
            base_error_also(reader->diags, CODE_E205, key->span,
                            spec->constants.at[at].span, "the constant",
                            "a name stands for one thing: choose another one",
                            "the name `%.*s` of a function is taken: it is a constant",
                            STR_ARG(key->text));
        reader->args[spec->n_functions] = base_map_new(reader->scratch);
        TRY_ALLOC(reader->args[spec->n_functions]);
        TRY(base_map_set(spec->function_index, key->text, spec->n_functions++));
    }
    return OK;
}

// Whether the section's entries can be read.
static bool is_section(SpecReader *reader, const DocPair *pair, const char *what,
                       const char *hint) {
    if (!pair) return false;
    if (front_spec_is(reader, &pair->value, DOC_MAPPING, what, hint)) return true;
    reader->nameless = true;
    return false;
}

// ---- The whole --------------------------------------------------------------

// A key that is no name has no number, and its entry is not read.
static Status read_constants(SpecReader *reader, const DocNode *node) {
    const Spec *spec = reader->spec;
    uint32_t at;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocPair *pair = &node->pairs[i];
        if (base_map_get(spec->constant_index, pair->key.text, &at))
            TRY(front_spec_constant(reader, &pair->value, "a constant",
                                    &spec->constants.at[at].expr));
    }
    return OK;
}

static Status read_functions(SpecReader *reader, const DocNode *node) {
    const Spec *spec = reader->spec;
    uint32_t at;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocPair *pair = &node->pairs[i];
        if (base_map_get(spec->function_index, pair->key.text, &at))
            TRY(front_spec_function(reader, pair, &spec->functions[at],
                                    &reader->broken[at]));
    }
    return OK;
}

static Status read_root(SpecReader *reader, const DocNode *root) {
    enum { VERSION, DTYPE, CONSTANTS, FUNCTIONS, POINTS, KEYS };
    const DocPair *found[KEYS];
    if (root->kind == DOC_NULL && !root->text.n) {
        base_error(reader->diags, CODE_E209, root->span, MINIMAL, "the document is empty");
        return OK;
    }
    if (!front_spec_fields(reader, root, SPEC_LEVEL_ROOT, found)) return OK;
    if (found[VERSION])
        read_version(reader, found[VERSION]);
    else if (front_spec_all_known(root, found, KEYS))
        front_spec_error(reader, CODE_E203, root, "write `version: 1`",
                         "the spec has no `version`");
    read_dtype(reader, found[DTYPE]);
    const bool constants =
        is_section(reader, found[CONSTANTS], "`constants`", "constants: {tau: 2 * pi}");
    const bool functions = is_section(
        reader, found[FUNCTIONS], "`functions`",
        "names stand as keys, without `- `: functions: {f: {args: [x], value: x ** 2}}");
    if (constants) TRY(index_constants(reader, &found[CONSTANTS]->value));
    if (functions) TRY(index_functions(reader, &found[FUNCTIONS]->value));
    if (constants) TRY(read_constants(reader, &found[CONSTANTS]->value));
    if (functions) TRY(read_functions(reader, &found[FUNCTIONS]->value));
    if (found[POINTS]) TRY(front_spec_points(reader, &found[POINTS]->value));
    return front_spec_names(reader);
}

Status front_read_spec(Arena *arena, Diags *diags, const DocNode *root, Str file,
                       Spec **spec) {
    SpecReader reader = {
        .arena = arena, .diags = diags, .errors = diags->errors, .spec = NEW(arena, Spec)};
    TRY_ALLOC(reader.spec);
    reader.spec->file = file;
    reader.spec->root = root;
    reader.spec->constant_index = base_map_new(arena);
    reader.spec->function_index = base_map_new(arena);
    if (!reader.spec->constant_index || !reader.spec->function_index) return NOMEM;
    reader.scratch = base_arena_new();
    TRY_ALLOC(reader.scratch);
    Status status = read_root(&reader, root);
    base_arena_free(reader.scratch);
    if (status == OK && diags->errors != reader.errors) status = FAILED;
    if (status == OK) *spec = reader.spec;
    return status;
}
