#include "doc/json_write.h"

cJSON *doc_json_object(void) {
    return cJSON_CreateObject();
}
cJSON *doc_json_list(void) {
    return cJSON_CreateArray();
}
cJSON *doc_json_null(void) {
    return cJSON_CreateNull();
}
cJSON *doc_json_bool(bool value) {
    return cJSON_CreateBool(value);
}

// -- raw text -----------------------------------------------------------------------

// A node of finished JSON text, which cJSON copies; the text's arena goes.
static cJSON *take_raw(Text *text) {
    cJSON *node = text->failed ? NULL : cJSON_CreateRaw(text->at);
    base_arena_free(text->arena);
    return node;
}

static void add_quoted(Text *text, Str string) {
    base_text_char(text, '"');
    for (size_t i = 0; i < string.n;) {
        uint32_t code = 0xFFFD;
        const size_t n = base_utf8_decode((Str){string.at + i, string.n - i}, &code);
        if (n == 0)
            base_text_add(text, STR("\xEF\xBF\xBD"));
        else if (code < 0x20)
            base_text_printf(text, "\\u%04x", (unsigned)code);
        else if (code == '"' || code == '\\')
            base_text_printf(text, "\\%c", (char)code);
        else
            base_text_add(text, (Str){string.at + i, n});
        i += n ? n : 1;
    }
    base_text_char(text, '"');
}

cJSON *doc_json_string(Str string) {
    Text text = {.arena = base_arena_new()};
    if (!text.arena) return NULL;
    add_quoted(&text, string);
    return take_raw(&text);
}

// -- numbers ------------------------------------------------------------------------

enum { JSON_NUMBER = NUM_TEXT + 2 };

// Writes a number, or a NaN or infinity in quotes, and a NUL; the length without.
static size_t write_number(Dtype dtype, const void *element, char out[JSON_NUMBER]) {
    size_t n = num_print(dtype, element, out);
    const char last = out[n - 1];
    if (!num_is_float(dtype) || (last >= '0' && last <= '9')) return n;
    memmove(out + 1, out, n);
    out[0] = out[n + 1] = '"';
    out[n + 2] = 0;
    return n + 2;
}

cJSON *doc_json_number(Dtype dtype, const void *element) {
    char number[JSON_NUMBER];
    write_number(dtype, element, number);
    return cJSON_CreateRaw(number);
}

// The elements from *data on, which goes forward. The rank bounds the recursion. A tab
// behind a comma is a blank in an indented document, and nothing on one line (add_printed).
static void add_array(Text *text, const char **data, Dtype dtype, uint32_t rank,
                      const int64_t *shape) {
    if (rank == 0) {
        char number[JSON_NUMBER];
        base_text_add(text, (Str){number, write_number(dtype, *data, number)});
        *data += num_dtype_size(dtype);
        return;
    }
    base_text_char(text, '[');
    for (int64_t i = 0; i < shape[0]; i++) {
        if (i > 0) base_text_add(text, STR(",\t"));
        add_array(text, data, dtype, rank - 1, shape + 1);
    }
    base_text_char(text, ']');
}

cJSON *doc_json_array(const void *data, Dtype dtype, uint32_t rank, const int64_t *shape) {
    return doc_json_rows(data, dtype, rank, shape, NULL);
}

cJSON *doc_json_rows(const void *data, Dtype dtype, uint32_t rank, const int64_t *shape,
                     const bool *null) {
    Text text = {.arena = base_arena_new()};
    if (!text.arena) return NULL;
    const char *at = data;
    if (!null) {
        add_array(&text, &at, dtype, rank, shape);
        return take_raw(&text);
    }
    size_t bytes = num_dtype_size(dtype);
    for (uint32_t i = 1; i < rank; i++)
        bytes *= (size_t)shape[i];
    base_text_char(&text, '[');
    for (int64_t i = 0; i < shape[0]; i++) {
        if (i > 0) base_text_add(&text, STR(",\t"));
        if (null[i]) {
            base_text_add(&text, STR("null"));
            at += bytes;
        } else {
            add_array(&text, &at, dtype, rank - 1, shape + 1);
        }
    }
    base_text_char(&text, ']');
    return take_raw(&text);
}

// -- documents ----------------------------------------------------------------------

cJSON *doc_json_put(JsonDoc *doc, cJSON *in, const char *key, cJSON *node) {
    bool put = node && !doc->failed;
    if (put && !in) {
        put = !doc->root;
        if (put) doc->root = node;
    } else if (put) {
        put = key ? cJSON_AddItemToObject(in, key, node) : cJSON_AddItemToArray(in, node);
    }
    if (put) return node;
    cJSON_Delete(node);
    doc->failed = true;
    return NULL;
}

// Within strings neither cJSON nor we write a tab or a line feed. cJSON puts a tab behind
// each colon, indents by tabs, and breaks an empty object over two lines; our arrays have a
// tab behind each comma.
static void add_printed(Text *out, Str printed, bool pretty) {
    for (size_t i = 0; i < printed.n;) {
        const size_t run = strcspn(printed.at + i, "\t\n");
        base_text_add(out, (Str){printed.at + i, run});
        i += run;
        if (i == printed.n) break;
        const char before = i ? printed.at[i - 1] : 0;
        if (printed.at[i] == '\n') {
            const size_t next = i + 1 + strspn(printed.at + i + 1, "\t");
            const bool empty = before == '{' && printed.at[next] == '}';
            if (!empty) base_text_char(out, '\n');
            i = empty ? next : i + 1;
            continue;
        }
        if (pretty)
            base_text_add(out, before == ':' || before == ',' ? STR(" ") : STR("  "));
        i++;
    }
}

Status doc_json_print(const JsonDoc *doc, bool pretty, Text *out) {
    char *printed = NULL;
    if (!doc->failed && doc->root)
        printed = pretty ? cJSON_Print(doc->root) : cJSON_PrintUnformatted(doc->root);
    TRY_ALLOC(printed);
    add_printed(out, base_str(printed), pretty);
    cJSON_free(printed);
    return out->failed ? NOMEM : OK;
}

void doc_json_free(JsonDoc *doc) {
    cJSON_Delete(doc->root);
    *doc = (JsonDoc){0};
}
