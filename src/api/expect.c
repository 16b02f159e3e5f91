// What a point's `expect` says, matched with the point's result: each expected value beside
// what the result has in its place, in the result's dtype.
#include "api/expect.h"

#include <stddef.h>

struct cg_written {
    const DocNode *node; // the value, or the text that it is a part of
    Str path;            // of the node in the document
};

typedef struct Expecting {
    cg_context *cg;
    Arena *arena; // the result's
    ApiReader reader;
    const cg_result *result;
    size_t prefix; // bytes of "points[0].expect." in every path
    VEC(cg_expectation) list;
} Expecting;

// A value of `expect` and where it stands.
typedef struct Slot {
    const DocNode *node;
    Str path;
    Str within; // parts of the value of a text: "[1].a"
    const cg_part *part;
} Slot;

// -- paths --------------------------------------------------------------------------

static bool is_word(Str key) {
    const char *const digits = "0123456789";
    if (key.n == 0 || strchr(digits, key.at[0])) return false;
    for (size_t i = 0; i < key.n; i++) {
        const char c = key.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !strchr(digits, c)) return false;
    }
    return true;
}

// path.key, or path["any key"].
static Status path_key(Arena *arena, Str path, Str key, Str *longer) {
    Text text = {.arena = arena};
    const char *format = is_word(key) ? "%.*s.%.*s" : "%.*s[\"%.*s\"]";
    base_text_printf(&text, format, STR_ARG(path), STR_ARG(key));
    *longer = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

static Status path_index(Arena *arena, Str path, size_t i, Str *longer) {
    Text text = {.arena = arena};
    base_text_printf(&text, "%.*s[%zu]", STR_ARG(path), i);
    *longer = base_text_str(&text);
    return text.failed ? NOMEM : OK;
}

static Status key_slot(Expecting *e, const Slot *slot, const DocPair *pair, Slot *inner) {
    *inner = *slot;
    inner->node = &pair->value;
    return path_key(e->arena, slot->path, pair->key.text, &inner->path);
}

static Status item_slot(Expecting *e, const Slot *slot, uint32_t i, Slot *inner) {
    *inner = *slot;
    inner->node = &slot->node->items[i];
    return path_index(e->arena, slot->path, i, &inner->path);
}

// -- entries ------------------------------------------------------------------------

static Status add(Expecting *e, const Slot *slot, const cg_value *expected,
                  const cg_value *got, const char *mismatch) {
    static const cg_value none = {.kind = CG_NULL};
    struct cg_written *written = NEW(e->arena, struct cg_written);
    Text key = {.arena = e->arena};
    base_text_printf(&key, "%.*s%.*s", (int)(slot->path.n - e->prefix),
                     slot->path.at + e->prefix, STR_ARG(slot->within));
    if (!written || key.failed) return NOMEM;
    *written = (struct cg_written){slot->node, slot->path};
    const cg_expectation expectation = {.key = key.at,
                                        .part = slot->part,
                                        .expected = expected ? *expected : none,
                                        .got = got ? *got : none,
                                        .mismatch = mismatch,
                                        .source = written};
    return VEC_PUSH(e->arena, &e->list, expectation) ? OK : NOMEM;
}

static void add_shape(Text *text, const cg_value *value) {
    base_text_char(text, '[');
    for (uint32_t i = 0; i < value->rank; i++)
        base_text_printf(text, i ? ", %lld" : "%lld", (long long)value->shape[i]);
    base_text_char(text, ']');
}

static bool same_shape(const cg_value *a, const cg_value *b) {
    return a->rank == b->rank &&
           (a->rank == 0 || memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0);
}

static void add_kind(Text *text, const cg_value *value) {
    switch (value->kind) {
    case CG_NULL:
        base_text_add(text, STR("null"));
        break;
    case CG_ARRAY:
        base_text_add(text, base_str(cg_dtype_name(value->dtype)));
        add_shape(text, value);
        break;
    case CG_TUPLE:
        base_text_printf(text, "a tuple of %zu", value->n);
        break;
    case CG_RECORD:
        base_text_printf(text, "a record of");
        for (size_t i = 0; i < value->n; i++)
            base_text_printf(text, i ? ", `%s`" : " `%s`", value->keys[i]);
        if (!value->n) base_text_add(text, STR(" nothing"));
    }
}

// An entry whose two sides differ in structure, shape or kind of number.
static Status add_mismatch(Expecting *e, const Slot *slot, const cg_value *expected,
                           const cg_value *got) {
    Text text = {.arena = e->arena};
    const bool arrays = expected->kind == CG_ARRAY && got->kind == CG_ARRAY;
    if (arrays && !same_shape(expected, got)) {
        base_text_add(&text, STR("expected shape "));
        add_shape(&text, expected);
        base_text_add(&text, STR(", got "));
        add_shape(&text, got);
    } else if (arrays && expected->dtype != CG_BOOL && got->dtype != CG_BOOL) {
        base_text_printf(&text, "an expected number does not fit the result's %s",
                         cg_dtype_name(got->dtype));
    } else if (arrays) {
        base_text_printf(&text, "expected %s, got %s", cg_dtype_name(expected->dtype),
                         cg_dtype_name(got->dtype));
    } else {
        base_text_add(&text, STR("expected "));
        add_kind(&text, expected);
        base_text_add(&text, STR(", got "));
        add_kind(&text, got);
    }
    return text.failed ? NOMEM : add(e, slot, expected, got, text.at);
}

static Status new_array(Expecting *e, const cg_value *like, cg_value *array, char **data) {
    size_t size = 1;
    for (uint32_t i = 0; i < like->rank; i++)
        size *= (size_t)like->shape[i];
    *data = base_alloc_array(e->arena, size, num_dtype_size((Dtype)like->dtype));
    *array = *like;
    array->data = *data;
    return *data ? OK : NOMEM;
}

static Status mismatch(Expecting *e, const Slot *slot, const char *format, ...)
    PRINTF_LIKE(3, 4);
static Status mismatch(Expecting *e, const Slot *slot, const char *format, ...) {
    Text text = {.arena = e->arena};
    va_list args;
    va_start(args, format);
    base_text_vprintf(&text, format, args);
    va_end(args);
    return text.failed ? NOMEM : add(e, slot, NULL, NULL, text.at);
}

// -- matching -----------------------------------------------------------------------

static const cg_value *part_of(const cg_value *record, const char *key) {
    for (size_t i = 0; i < record->n; i++)
        if (strcmp(record->keys[i], key) == 0) return &record->parts[i];
    return NULL;
}

static bool are_alike(const cg_value *a, const cg_value *b) {
    if (a->kind != b->kind || a->n != b->n || a->kind == CG_ARRAY) return false;
    for (size_t i = 0; a->kind == CG_RECORD && i < a->n; i++)
        if (!part_of(b, a->keys[i])) return false;
    return true;
}

// A computed value against the result's. Depth is that of the spec's expressions.
static Status match_value(Expecting *e, const Slot *slot, const cg_value *value,
                          const cg_value *got) {
    if (got->kind == CG_NULL && value->kind == CG_NULL)
        return add(e, slot, value, got, NULL);
    if (got->kind == CG_ARRAY) {
        cg_value expected;
        char *out;
        TRY(new_array(e, got, &expected, &out));
        if (api_fill_value(value, (Dtype)got->dtype, got->rank, got->shape, &out))
            return add(e, slot, &expected, got, NULL);
    }
    if (!are_alike(got, value)) return add_mismatch(e, slot, value, got);
    for (size_t i = 0; i < got->n; i++) {
        Slot inner = *slot;
        const char *key = got->kind == CG_RECORD ? got->keys[i] : NULL;
        const cg_value *part = key ? part_of(value, key) : &value->parts[i];
        if (key)
            TRY(path_key(e->arena, slot->within, base_str(key), &inner.within));
        else
            TRY(path_index(e->arena, slot->within, i, &inner.within));
        TRY(match_value(e, &inner, part, &got->parts[i]));
    }
    return OK;
}

static const DocPair *find_pair(const DocNode *mapping, const char *key) {
    for (uint32_t i = 0; i < mapping->n; i++)
        if (base_str_eq(mapping->pairs[i].key.text, base_str(key)))
            return &mapping->pairs[i];
    return NULL;
}

static bool has_keys(const DocNode *node, const cg_value *record) {
    if (node->kind != DOC_MAPPING || node->n != record->n) return false;
    for (size_t i = 0; i < record->n; i++)
        if (!find_pair(node, record->keys[i])) return false;
    return true;
}

// An array of a batch with rows that failed: null stands for such a row, and for no other.
static Status match_rows(Expecting *e, const Slot *slot, const cg_value *got) {
    const DocNode *node = slot->node;
    cg_value value;
    Slot row = *slot;
    char *out;
    if (node->kind != DOC_SEQUENCE || (int64_t)node->n != got->shape[0])
        return mismatch(e, slot, "expected %lld rows, null for those that failed",
                        (long long)got->shape[0]);
    TRY(new_array(e, got, &value, &out));
    size_t bytes = num_dtype_size((Dtype)got->dtype);
    for (uint32_t i = 1; i < got->rank; i++)
        bytes *= (size_t)got->shape[i];
    for (uint32_t i = 0; i < node->n; i++) {
        char *const begin = out + i * bytes;
        char *at = begin;
        bool filled = got->failed_rows[i] == (node->items[i].kind == DOC_NULL);
        TRY(item_slot(e, slot, i, &row));
        if (!filled)
            return mismatch(e, &row, "row %u %s", i,
                            got->failed_rows[i] ? "failed" : "did not fail");
        if (!got->failed_rows[i])
            TRY(api_fill_node(&e->reader, row.node, (Dtype)got->dtype, got->rank - 1,
                              got->shape + 1, &at, &filled));
        if (!filled)
            return mismatch(e, &row, "the row has not the shape or dtype of the result's");
    }
    return add(e, slot, &value, got, NULL);
}

// A document's value against the result's, part by part, so that each part keeps its place.
static Status match(Expecting *e, const Slot *slot, const cg_value *got) {
    const DocNode *node = slot->node;
    const DocPair *forced = node->kind == DOC_MAPPING && node->n == 1 ? node->pairs : NULL;
    cg_value value;
    Slot inner;
    if (got->kind == CG_ARRAY && got->failed_rows) return match_rows(e, slot, got);
    if (got->kind == CG_ARRAY) {
        char *out;
        bool filled;
        TRY(new_array(e, got, &value, &out));
        TRY(api_fill_node(&e->reader, node, (Dtype)got->dtype, got->rank, got->shape, &out,
                          &filled));
        if (filled) return add(e, slot, &value, got, NULL);
    }
    if (got->kind == CG_TUPLE && node->kind == DOC_SEQUENCE && node->n == got->n) {
        for (uint32_t i = 0; i < node->n; i++) {
            TRY(item_slot(e, slot, i, &inner));
            TRY(match(e, &inner, &got->parts[i]));
        }
        return OK;
    }
    if (got->kind == CG_RECORD && has_keys(node, got)) {
        for (size_t i = 0; i < got->n; i++) {
            TRY(key_slot(e, slot, find_pair(node, got->keys[i]), &inner));
            TRY(match(e, &inner, &got->parts[i]));
        }
        return OK;
    }
    if (forced && base_str_eq(forced->key.text, STR("record")) &&
        forced->value.kind == DOC_MAPPING && got->kind == CG_RECORD) {
        TRY(key_slot(e, slot, forced, &inner));
        return match(e, &inner, got);
    }
    TRY(api_read_alone(&e->reader, node, &value));
    return match_value(e, slot, &value, got);
}

// -- derivatives --------------------------------------------------------------------

// By argument's name; of a hessian by two.
static Status match_named(Expecting *e, const Slot *slot, const cg_parts *parts, Str arg,
                          const Str *arg2) {
    for (size_t i = 0; i < parts->n; i++) {
        const cg_part *part = &parts->at[i];
        if (!base_str_eq(arg, base_str(part->arg))) continue;
        if (arg2 && !base_str_eq(*arg2, base_str(part->arg2))) continue;
        Slot inner = *slot;
        inner.part = part;
        return match(e, &inner, &part->value);
    }
    return mismatch(e, slot, "the result has nothing for `%.*s`%s%.*s%s", STR_ARG(arg),
                    arg2 ? " and `" : "", STR_ARG(arg2 ? *arg2 : STR("")), arg2 ? "`" : "");
}

static Status match_mapping(Expecting *e, const Slot *slot, const cg_parts *parts,
                            bool pairs) {
    for (uint32_t i = 0; i < slot->node->n; i++) {
        const DocPair *pair = &slot->node->pairs[i];
        Slot inner, innermost;
        TRY(key_slot(e, slot, pair, &inner));
        if (!pairs) {
            TRY(match_named(e, &inner, parts, pair->key.text, NULL));
            continue;
        }
        if (inner.node->kind != DOC_MAPPING)
            TRY(mismatch(e, &inner, "expected a mapping by the second argument"));
        for (uint32_t k = 0; inner.node->kind == DOC_MAPPING && k < inner.node->n; k++) {
            const DocPair *second = &inner.node->pairs[k];
            TRY(key_slot(e, &inner, second, &innermost));
            TRY(match_named(e, &innermost, parts, pair->key.text, &second->key.text));
        }
    }
    return OK;
}

// A sequence in the order of the result's entries, or a mapping by argument.
static Status match_parts(Expecting *e, const Slot *slot, const cg_parts *parts,
                          bool pairs) {
    if (slot->node->kind == DOC_MAPPING) return match_mapping(e, slot, parts, pairs);
    if (slot->node->kind != DOC_SEQUENCE || slot->node->n != parts->n)
        return mismatch(e, slot, "expected %u entr%s, got %zu", slot->node->n,
                        slot->node->n == 1 ? "y" : "ies", parts->n);
    for (uint32_t i = 0; i < slot->node->n; i++) {
        Slot inner;
        TRY(item_slot(e, slot, i, &inner));
        inner.part = &parts->at[i];
        TRY(match(e, &inner, &parts->at[i].value));
    }
    return OK;
}

// -- the keys of `expect` -----------------------------------------------------------

typedef struct Key {
    const char *name;
    unsigned compute; // what has to be computed for it
    size_t offset;    // in cg_result
    enum { ONE, PARTS, PAIRS } kind;
} Key;

static const Key keys[] = {
    {"value", CG_VALUE, offsetof(cg_result, value), ONE},
    {"grads", CG_GRAD, offsetof(cg_result, grads), PARTS},
    {"jacobian", CG_JACOBIAN, offsetof(cg_result, jacobian), PARTS},
    {"hessian", CG_HESSIAN, offsetof(cg_result, hessian), PAIRS},
    {"jvp", CG_JVP, offsetof(cg_result, jvp), ONE},
    {"logs", CG_GRAD, offsetof(cg_result, logs), ONE},
};
enum { KEYS = sizeof keys / sizeof *keys };

// `grads: []` says that there are none.
static unsigned needed(const DocNode *expect) {
    unsigned bits = 0;
    for (size_t i = 0; i < KEYS; i++) {
        const DocPair *pair = find_pair(expect, keys[i].name);
        const bool empty = pair && keys[i].kind != ONE && pair->value.n == 0;
        if (pair && !empty) bits |= keys[i].compute;
    }
    return bits;
}

static Status match_key(Expecting *e, const Slot *slot, const Key *key) {
    const void *got = (const char *)e->result + key->offset;
    if (e->result->error)
        return mismatch(e, slot, "the point is in error: %s", e->result->error->code);
    if (key->kind == ONE) return match(e, slot, got);
    return match_parts(e, slot, got, key->kind == PAIRS);
}

static Status match_all(Expecting *e, const DocNode *expect, Str path) {
    for (size_t i = 0; i < KEYS; i++) {
        const DocPair *pair = find_pair(expect, keys[i].name);
        Slot slot;
        if (!pair) continue;
        TRY(key_slot(e, &(Slot){.path = path}, pair, &slot));
        TRY(match_key(e, &slot, &keys[i]));
    }
    return OK;
}

// -- a point ------------------------------------------------------------------------

static bool read_tolerance(const DocNode *expect, const char *key, double *tolerance) {
    const DocNode *node = doc_get(expect, key);
    return node && num_parse(node->text, DT_F64, tolerance, NULL);
}

static Status read_error(Expecting *e, const DocNode *expect, Str path,
                         cg_expected *expected) {
    const DocNode *code = doc_get(expect, "error");
    Str key;
    if (!code) return OK;
    TRY(path_key(e->arena, path, STR("error"), &key));
    expected->error = base_strdup(e->arena, code->text);
    TRY_ALLOC(expected->error);
    return api_make_place(e->cg, code->span, key.at, &expected->error_place);
}

// A value of `expect` that cannot be read: the point's error, of which nothing else is
// known.
static Status fail(Expecting *e, uint32_t first, cg_expected *expected) {
    cg_context *cg = e->cg;
    cg_result *result = NEW(e->arena, cg_result);
    cg_diagnostic *error = NEW(e->arena, cg_diagnostic);
    if (!result || !error) return NOMEM;
    *result = *e->result;
    result->error = error;
    result->compute = 0;
    *error = (cg_diagnostic){.code = "E402", .message = "its `expect` cannot be read"};
    expected->result = e->result = result;
    e->list.n = 0;
    if (first >= cg->diags.list.n) return OK; // more diagnostics than are kept
    return api_make_diagnostic(&cg->diags, e->arena, &cg->diags.list.at[first], error);
}

static Status expect(Expecting *e, const DocNode *node, size_t point,
                     cg_expected *expected) {
    Text path = {.arena = e->arena};
    base_text_printf(&path, "points[%zu].expect", point);
    if (path.failed) return NOMEM;
    e->prefix = path.n + 1;
    cg_tolerance *tolerance = &expected->tolerance;
    const bool rtol = read_tolerance(node, "rtol", &tolerance->rtol);
    const bool atol = read_tolerance(node, "atol", &tolerance->atol);
    tolerance->by_difference = rtol || atol;
    tolerance->by_ulp = read_tolerance(node, "ulp", &tolerance->ulp);
    TRY(read_error(e, node, base_text_str(&path), expected));
    const uint32_t first = e->cg->diags.list.n;
    Status status = match_all(e, node, base_text_str(&path));
    if (status == FAILED) {
        TRY(fail(e, first, expected));
        status = match_all(e, node, base_text_str(&path));
    }
    expected->n = e->list.n;
    expected->at = e->list.at;
    return status;
}

// How much has been said.
typedef struct Said {
    uint32_t kept, errors, warnings;
} Said;

static Said said(const cg_context *cg) {
    return (Said){cg->diags.list.n, cg->diags.errors, cg->diags.warnings};
}

static void forget(cg_context *cg, Said before) {
    cg->diags.list.n = before.kept;
    cg->diags.errors = before.errors;
    cg->diags.warnings = before.warnings;
}

// Runs the point; once more where `expect` names what was not computed. The diagnostics of
// an error that is expected are forgotten.
static cg_status run(cg_context *cg, cg_source spec, size_t point, const DocNode *expect,
                     const cg_result **result) {
    const Said before = said(cg);
    const cg_status status = cg_run_point(cg, spec, point, NULL, result);
    if (status != CG_OK || !expect) return status;
    const cg_diagnostic *error = (*result)->error;
    const DocNode *code = doc_get(expect, "error");
    if (error && code && base_str_eq(code->text, base_str(error->code))) forget(cg, before);
    const unsigned missing = needed(expect) & ~(*result)->compute;
    if (error || !missing) return CG_OK;
    if ((*result)->n_errors) forget(cg, before); // they are said again
    const cg_run_options all = {.compute = (*result)->compute | missing};
    return cg_run_point(cg, spec, point, &all, result);
}

// Whether every expected value has the result's form, and so null for rows that failed.
static bool are_matched(const cg_expected *expected) {
    bool matched = expected->n > 0;
    for (size_t i = 0; i < expected->n; i++)
        matched &= expected->at[i].mismatch == NULL;
    return matched;
}

cg_status cg_run_expected(cg_context *cg, cg_source spec, size_t point,
                          const cg_expected **expected) {
    LoadedSpec *loaded = cg->specs.at[spec];
    const DocNode *node = loaded->points.at[point].spec->expect;
    const cg_result *result;
    const Said before = said(cg);
    *expected = NULL;
    const cg_status ran = run(cg, spec, point, node, &result);
    if (ran != CG_OK) return ran;
    Expecting e = {.cg = cg,
                   .arena = cg->result_arena,
                   .reader = {.spec = loaded,
                              .diags = &cg->diags,
                              .arena = cg->result_arena,
                              .dtype = DT_F64,
                              .null_parts = true,
                              .keep_weak = true},
                   .result = result};
    cg_expected *made = NEW(e.arena, cg_expected);
    if (!made) return CG_NOMEM;
    made->result = result;
    made->given = node != NULL;
    *expected = made;
    const Status status = node ? expect(&e, node, point, made) : OK;
    if (status == OK && result->n_errors && are_matched(made)) forget(cg, before);
    return api_status(status);
}

// -- places -------------------------------------------------------------------------

cg_status cg_expectation_place(cg_context *cg, const cg_expectation *expectation,
                               const int64_t *index, cg_place *place) {
    const DocNode *node = expectation->source->node;
    Str path = expectation->source->path;
    Arena *arena = cg->arena;
    const uint32_t rank = index ? expectation->expected.rank : 0;
    for (uint32_t i = 0; i < rank && node->kind == DOC_SEQUENCE; i++) {
        node = &node->items[index[i]];
        if (path_index(arena, path, (size_t)index[i], &path) != OK) return CG_NOMEM;
    }
    return api_status(api_make_place(cg, node->span, path.at, place));
}
