// The text of a golden file: sorted, an entry a line, so that a change is a line of a diff.
//
//     {
//       "version": 1,
//       "program": "cg-grad 0.1.0",
//       "spec": "sha256:…",
//       "points": {
//         "square at 3": {
//           "grads.x": {"type":"float64[]","value":3.0,"exact":"3.0","radius":"0"},
#include "base/sha256.h"
#include "doc/json_write.h"
#include "verify/golden.h"

#include <stdlib.h>

// -- an entry -----------------------------------------------------------------------

static void put_text(JsonDoc *doc, cJSON *in, const char *key, const char *text) {
    doc_json_put(doc, in, key, text ? doc_json_string(base_str(text)) : doc_json_null());
}

// float64[2, 3]
static void put_type(JsonDoc *doc, cJSON *in, const cg_value *array) {
    Text text = {.arena = base_arena_new()};
    if (text.arena) {
        base_text_add(&text, base_str(cg_dtype_name(array->dtype)));
        for (uint32_t i = 0; i < array->rank; i++)
            base_text_printf(&text, i ? ", %lld" : "[%lld", (long long)array->shape[i]);
        base_text_add(&text, array->rank ? STR("]") : STR("[]"));
    }
    put_text(doc, in, "type", text.arena && !text.failed ? text.at : NULL);
    doc->failed |= !text.arena || text.failed;
    base_arena_free(text.arena);
}

// The rank bounds the recursion.
static void put_digits(JsonDoc *doc, cJSON *in, const char *key, const cg_value *array,
                       uint32_t axis, size_t *at) {
    if (axis == array->rank) {
        put_text(doc, in, key, array->decimals[(*at)++].digits);
        return;
    }
    cJSON *list = doc_json_put(doc, in, key, doc_json_list());
    for (int64_t i = 0; i < array->shape[axis]; i++) {
        if (axis > 0 || !array->failed_rows || !array->failed_rows[i]) {
            put_digits(doc, list, NULL, array, axis + 1, at);
            continue;
        }
        size_t row = 1;
        for (uint32_t k = 1; k < array->rank; k++)
            row *= (size_t)array->shape[k];
        *at += row;
        doc_json_put(doc, list, NULL, doc_json_null());
    }
}

static void put_array(JsonDoc *doc, const VerifyEntry *entry) {
    const cg_value *array = &entry->value;
    cJSON *root = doc_json_put(doc, NULL, NULL, doc_json_object());
    size_t at = 0;
    put_type(doc, root, array);
    doc_json_put(doc, root, "value",
                 doc_json_rows(array->data, (Dtype)array->dtype, array->rank, array->shape,
                               array->failed_rows));
    if (!array->decimals) return;
    put_digits(doc, root, "exact", array, 0, &at);
    put_text(doc, root, "radius", entry->radius);
}

static Status add_json(Text *out, JsonDoc *doc) {
    const Status status = doc_json_print(doc, false, out);
    doc_json_free(doc);
    return status;
}

static Status add_string(Text *out, const char *text) {
    JsonDoc doc = {0};
    put_text(&doc, NULL, NULL, text);
    return add_json(out, &doc);
}

static Status add_entry(Text *out, const VerifyEntry *entry) {
    JsonDoc doc = {0};
    if (entry->code)
        put_text(&doc, NULL, NULL, entry->code);
    else if (entry->value.kind == CG_NULL)
        doc_json_put(&doc, NULL, NULL, doc_json_null());
    else
        put_array(&doc, entry);
    return add_json(out, &doc);
}

// -- the file -----------------------------------------------------------------------

static Status add_point(Text *out, const VerifyRecord *point) {
    base_text_add(out, STR("    "));
    TRY(add_string(out, point->name));
    if (point->undecided) {
        base_text_add(out, STR(": {\n      \"undecided\": "));
        TRY(add_string(out, point->undecided));
        base_text_add(out, STR("\n    }"));
        return OK;
    }
    base_text_add(out, point->entries.n ? STR(": {\n") : STR(": {"));
    for (uint32_t i = 0; i < point->entries.n; i++) {
        base_text_add(out, STR("      "));
        TRY(add_string(out, point->entries.at[i].key));
        base_text_add(out, STR(": "));
        TRY(add_entry(out, &point->entries.at[i]));
        base_text_add(out, i + 1 < point->entries.n ? STR(",\n") : STR("\n    "));
    }
    base_text_char(out, '}');
    return OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const VerifyRecord *)a)->name, ((const VerifyRecord *)b)->name);
}

Status verify_write_goldens(VerifyGoldens *goldens, Text *out) {
    const uint32_t n = goldens->points.n;
    if (n) qsort(goldens->points.at, n, sizeof *goldens->points.at, by_name);
    base_text_printf(out,
                     "{\n  \"version\": %d,\n  \"program\": \"cg-grad %s\",\n"
                     "  \"spec\": \"%s\",\n  \"points\": {",
                     VERIFY_GOLDEN_VERSION, cg_version(), goldens->hash);
    for (uint32_t i = 0; i < n; i++) {
        base_text_add(out, i ? STR(",\n") : STR("\n"));
        TRY(add_point(out, &goldens->points.at[i]));
    }
    base_text_add(out, n ? STR("\n  }\n}\n") : STR("}\n}\n"));
    return out->failed ? NOMEM : OK;
}

// -- names --------------------------------------------------------------------------

const char *verify_golden_path(Arena *arena, const char *spec) {
    const char *slash = strrchr(spec, '/'), *name = slash ? slash + 1 : spec;
    const char *dot = strrchr(name, '.');
    const size_t n = dot && dot > name ? (size_t)(dot - spec) : strlen(spec);
    Text path = {.arena = arena};
    base_text_printf(&path, "%.*s.golden.json", (int)n, spec);
    return path.failed ? NULL : path.at;
}

const char *verify_spec_hash(Arena *arena, const cg_context *cg, cg_source spec) {
    static const char prefix[] = "sha256:";
    char hash[sizeof prefix - 1 + SHA256_TEXT];
    size_t n;
    const char *text = cg_spec_text(cg, spec, &n);
    memcpy(hash, prefix, sizeof prefix - 1);
    base_sha256((Str){text, n}, hash + sizeof prefix - 1);
    return base_strdup(arena, base_str(hash));
}
