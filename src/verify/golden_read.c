// A golden file, read. What it says is believed only as far as it has the structure of
// schemas/golden.schema.json; mistakes are E804, at their place.
#include "base/limits.h"
#include "doc/doc.h"
#include "verify/golden.h"

#include <stdlib.h>

#define HINT "remove the file and record it anew: cg-grad record SPEC"

typedef struct Reader {
    Arena *arena;
    Diags *diags;
    VerifyGoldens *goldens;
} Reader;

static Status wrong(Reader *r, const DocNode *node, const char *expected) {
    return base_error(r->diags, CODE_E804, node->span, HINT, "expected %s, got %s",
                      expected, doc_kind_name(node->kind));
}

static Status text_of(Reader *r, const DocNode *node, const char *expected,
                      const char **text) {
    if (node->kind != DOC_STRING) return wrong(r, node, expected);
    *text = base_strdup(r->arena, node->text);
    return *text ? OK : NOMEM;
}

// -- types --------------------------------------------------------------------------

// float64[2, 3]
static bool parse_type(Str type, cg_value *array, int64_t shape[LIMIT_RANK]) {
    const char *bracket = memchr(type.at, '[', type.n);
    Dtype dtype;
    int64_t size = 1;
    if (!bracket || type.at[type.n - 1] != ']') return false;
    if (!num_dtype_parse((Str){type.at, (size_t)(bracket - type.at)}, &dtype)) return false;
    *array = (cg_value){.kind = CG_ARRAY, .dtype = (cg_dtype)dtype, .shape = shape};
    Str rest = {bracket + 1, (size_t)(type.at + type.n - 1 - bracket - 1)};
    while (rest.n) {
        const char *comma = memchr(rest.at, ',', rest.n);
        const Str axis = {rest.at, comma ? (size_t)(comma - rest.at) : rest.n};
        int64_t *n = &shape[array->rank];
        if (array->rank == LIMIT_RANK || !num_parse_int(axis, n) || *n < 0) return false;
        if (*n && size > LIMIT_ARRAY_SIZE / *n) return false;
        size *= *n;
        array->rank++;
        if (!comma) return true;
        if (rest.n < axis.n + 3 || comma[1] != ' ') return false;
        rest = (Str){comma + 2, rest.n - axis.n - 2};
    }
    return true;
}

// -- numbers ------------------------------------------------------------------------

// Where the next element goes.
typedef struct Filling {
    const cg_value *array;
    char *data;
    cg_decimal *decimals; // or NULL
    bool *failed_rows;
    size_t i;
} Filling;

static Status read_element(Reader *r, const DocNode *node, Filling *f) {
    const Dtype dtype = (Dtype)f->array->dtype;
    bool overflow = false;
    const bool is_number = dtype == DT_BOOL      ? node->kind == DOC_BOOL
                           : num_is_float(dtype) ? doc_is_number(node)
                                                 : node->kind == DOC_INT;
    if (f->decimals) {
        if (node->kind != DOC_STRING || !num_parse(node->text, DT_F64, &(double){0}, NULL))
            return wrong(r, node, "the text of a number");
        f->decimals[f->i].digits = base_strdup(r->arena, node->text);
        return f->decimals[f->i++].digits ? OK : NOMEM;
    }
    char *element = f->data + f->i++ * num_dtype_size(dtype);
    if (is_number && num_parse(node->text, dtype, element, &overflow) && !overflow)
        return OK;
    return base_error(r->diags, CODE_E804, node->span, HINT, "expected an element of %s",
                      num_dtype_name(dtype));
}

static size_t row_size(const cg_value *array) {
    size_t size = 1;
    for (uint32_t i = 1; i < array->rank; i++)
        size *= (size_t)array->shape[i];
    return size;
}

// Whether a value has the lists that its type says, before there is room for them; null
// stands for a row that failed. The rank bounds the recursion.
static Status check_shape(Reader *r, const DocNode *node, const cg_value *array,
                          uint32_t axis) {
    if (axis == array->rank || (axis == 1 && node->kind == DOC_NULL)) return OK;
    if (node->kind != DOC_SEQUENCE || (int64_t)node->n != array->shape[axis])
        return base_error(r->diags, CODE_E804, node->span, HINT,
                          "expected a list of %lld, as the type says",
                          (long long)array->shape[axis]);
    for (uint32_t i = 0; i < node->n; i++)
        TRY(check_shape(r, &node->items[i], array, axis + 1));
    return OK;
}

// The elements of what check_shape has passed.
static Status fill(Reader *r, const DocNode *node, Filling *f, uint32_t axis) {
    if (axis == f->array->rank) return read_element(r, node, f);
    for (uint32_t i = 0; i < node->n; i++) {
        if (axis > 0 || node->items[i].kind != DOC_NULL) {
            TRY(fill(r, &node->items[i], f, axis + 1));
            continue;
        }
        f->failed_rows[i] = true;
        f->i += row_size(f->array);
    }
    return OK;
}

// -- entries ------------------------------------------------------------------------

static bool any(const bool *failed, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (failed[i]) return true;
    return false;
}

static Status read_array(Reader *r, const DocNode *node, VerifyEntry *entry) {
    const DocNode *type = doc_get(node, "type"), *value = doc_get(node, "value");
    const DocNode *exact = doc_get(node, "exact"), *radius = doc_get(node, "radius");
    int64_t *shape = NEW_ARRAY(r->arena, int64_t, LIMIT_RANK);
    cg_value *array = &entry->value;
    TRY_ALLOC(shape);
    if (!type || !value || !exact != !radius || node->n != (exact ? 4u : 2u))
        return wrong(r, node,
                     "an object of `type`, `value`, and of floats `exact`, `radius`");
    if (type->kind != DOC_STRING || !parse_type(type->text, array, shape))
        return base_error(r->diags, CODE_E804, type->span, HINT,
                          "expected the type of an array: \"float64[3]\"");
    TRY(check_shape(r, value, array, 0));
    if (exact) TRY(check_shape(r, exact, array, 0));
    const size_t rows = array->rank ? (size_t)array->shape[0] : 1;
    const size_t n = rows * row_size(array);
    Filling f = {.array = array,
                 .data = base_alloc_array(r->arena, n, num_dtype_size((Dtype)array->dtype)),
                 .failed_rows = NEW_ARRAY(r->arena, bool, rows)};
    if (!f.data || !f.failed_rows) return NOMEM;
    array->data = f.data;
    TRY(fill(r, value, &f, 0));
    if (array->rank && any(f.failed_rows, array->shape[0]))
        array->failed_rows = f.failed_rows;
    if (!exact) return OK;
    f.decimals = NEW_ARRAY(r->arena, cg_decimal, n);
    TRY_ALLOC(f.decimals);
    f.i = 0;
    TRY(fill(r, exact, &f, 0));
    array->decimals = f.decimals;
    return text_of(r, radius, "the radius, a text", &entry->radius);
}

static bool is_code(Str text) {
    if (text.n != 4 || text.at[0] != 'E') return false;
    for (size_t i = 1; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9') return false;
    return true;
}

static Status read_entry(Reader *r, const DocPair *pair, VerifyEntry *entry) {
    const DocNode *node = &pair->value;
    *entry = (VerifyEntry){.key = base_strdup(r->arena, pair->key.text),
                           .value = {.kind = CG_NULL}};
    TRY_ALLOC(entry->key);
    if (node->kind == DOC_MAPPING) return read_array(r, node, entry);
    if (node->kind == DOC_STRING && is_code(node->text))
        return text_of(r, node, "a code", &entry->code);
    return node->kind == DOC_NULL
               ? OK
               : wrong(r, node, "an object, the code of an error (\"E601\") or null");
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const VerifyEntry *)a)->key, ((const VerifyEntry *)b)->key);
}

static Status read_point(Reader *r, const DocPair *pair, VerifyRecord *point) {
    const DocNode *node = &pair->value;
    *point = (VerifyRecord){.name = base_strdup(r->arena, pair->key.text)};
    TRY_ALLOC(point->name);
    if (node->kind != DOC_MAPPING) return wrong(r, node, "what a point gives, an object");
    const DocNode *undecided = doc_get(node, "undecided");
    if (undecided && node->n > 1)
        return base_error(r->diags, CODE_E804, node->span, HINT,
                          "a point that is `undecided` has no other entry");
    if (undecided) return text_of(r, undecided, "a reason", &point->undecided);
    for (uint32_t i = 0; i < node->n; i++) {
        VerifyEntry entry;
        TRY(read_entry(r, &node->pairs[i], &entry));
        if (!VEC_PUSH(r->arena, &point->entries, entry)) return NOMEM;
    }
    if (node->n) qsort(point->entries.at, point->entries.n, sizeof(VerifyEntry), by_key);
    return OK;
}

// -- the file -----------------------------------------------------------------------

static int by_name(const void *a, const void *b) {
    return strcmp(((const VerifyRecord *)a)->name, ((const VerifyRecord *)b)->name);
}

static Status read_points(Reader *r, const DocNode *node) {
    VerifyGoldens *goldens = r->goldens;
    if (node->kind != DOC_MAPPING) return wrong(r, node, "an object of points");
    for (uint32_t i = 0; i < node->n; i++) {
        VerifyRecord point;
        TRY(read_point(r, &node->pairs[i], &point));
        if (!VEC_PUSH(r->arena, &goldens->points, point)) return NOMEM;
    }
    if (node->n) qsort(goldens->points.at, node->n, sizeof(VerifyRecord), by_name);
    return OK;
}

static Status check_version(Reader *r, const DocNode *root) {
    const DocNode *version = doc_get(root, "version");
    int64_t number;
    if (!version || version->kind != DOC_INT) {
        return base_error(r->diags, CODE_E804, version ? version->span : root->span, HINT,
                          "expected the version of a golden file, %d",
                          VERIFY_GOLDEN_VERSION);
    }
    if (num_parse_int(version->text, &number) && number == VERIFY_GOLDEN_VERSION) return OK;
    return base_error(
        r->diags, CODE_E804, version->span,
        "remove the file and record it anew, or take the cg-grad that made it",
        "a golden file of version %.*s, which this cg-grad does not know: "
        "expected %d",
        STR_ARG(base_str_cut(version->text)), VERIFY_GOLDEN_VERSION);
}

static Status read_file(Reader *r, const DocNode *root) {
    static const char *const keys[] = {"version", "program", "spec", "points"};
    const char *program;
    if (root->kind != DOC_MAPPING) return wrong(r, root, "an object");
    TRY(check_version(r, root));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!doc_get(root, keys[i]) || root->n != sizeof keys / sizeof *keys)
            return wrong(r, root, "an object of `version`, `program`, `spec` and `points`");
    TRY(text_of(r, doc_get(root, "program"), "a program's name", &program));
    TRY(text_of(r, doc_get(root, "spec"), "the hash of a spec", &r->goldens->hash));
    return read_points(r, doc_get(root, "points"));
}

// Whether no point of it is the spec's, whose text is another.
static bool is_of_another_spec(const cg_context *cg, cg_source spec, const char *hash,
                               const VerifyGoldens *goldens) {
    const size_t n = cg_point_count(cg, spec);
    if (strcmp(goldens->hash, hash) == 0 || !n || !goldens->points.n) return false;
    for (size_t i = 0; i < n; i++)
        if (verify_find_record(goldens, cg_point_name(cg, spec, i))) return false;
    return true;
}

cg_status verify_read_goldens(Arena *arena, cg_context *cg, cg_source spec,
                              const char *path, bool of_any_spec, VerifyGoldens **goldens) {
    const DocNode *root;
    const char *text;
    size_t n;
    *goldens = NULL;
    const cg_status status = cg_read_json(cg, path, &root, &text, &n);
    if (status != CG_OK || !root) return status;
    VerifyGoldens *read = NEW(arena, VerifyGoldens);
    const char *hash = verify_spec_hash(arena, cg, spec);
    if (!read || !hash) return CG_NOMEM;
    read->text = (Str){text, n};
    Reader r = {arena, cg_diagnostics(cg), read};
    Status found = read_file(&r, root);
    if (found == OK && !of_any_spec && is_of_another_spec(cg, spec, hash, read))
        found = base_error(r.diags, CODE_E805, root->span,
                           "remove the file, or record it anew with --prune",
                           "the goldens of another spec: %s has none of their points",
                           cg_spec_name(cg, spec));
    if (found == OK) *goldens = read;
    return found == OK ? CG_OK : found == NOMEM ? CG_NOMEM : CG_FAILED;
}
