// What a function's arguments are declared as: types, and the intervals of `domain`.
#include "base/limits.h"
#include "front/aliases.h"
#include "front/spec_read.h"

// ---- Dtypes -----------------------------------------------------------------

// Known names that this version has no arrays of.
static const Str unsupported[] = {
    {"float16", 7}, {"bfloat16", 8}, {"complex64", 9}, {"complex128", 10}, {"int8", 4},
    {"int16", 5},   {"uint8", 5},    {"uint16", 6},    {"uint32", 6},      {"uint64", 6},
};
enum { UNSUPPORTED = sizeof unsupported / sizeof *unsupported };

bool front_spec_dtype(SpecReader *reader, Str text, Span span, bool is_type, Dtype *dtype) {
    if (num_dtype_parse(text, dtype) && (is_type || num_is_float(*dtype))) return true;
    for (uint32_t i = 0; i < UNSUPPORTED; i++) {
        if (!base_str_eq(text, unsupported[i])) continue;
        base_error(reader->diags, CODE_E208, span, "use float64 or float32",
                   "%.*s is not supported by this version", STR_ARG(text));
        return false;
    }
    Str words[DT_COUNT + 1];
    size_t n = 0;
    for (uint32_t i = 0; i < DT_COUNT; i++)
        if (is_type || num_is_float((Dtype)i))
            words[n++] = base_str(num_dtype_name((Dtype)i));
    if (is_type) words[n++] = STR("str");
    const char *hint = front_alias_hint(reader->diags, ALIAS_DTYPE, text);
    if (!hint || (!is_type && !strstr(hint, "`float")))
        hint = base_hint_known(reader->diags, text, "known:", words, n);
    base_error(reader->diags, is_type ? CODE_E207 : CODE_E210, span, hint,
               "`%.*s` is no %s", STR_ARG(base_str_cut(text)),
               is_type ? "type of an argument" : "default float");
    return false;
}

// ---- Types ------------------------------------------------------------------

typedef struct TypeText {
    SpecReader *reader;
    Str text;
    uint32_t at;
    size_t next; // byte looked at
} TypeText;

static void skip_blanks(TypeText *type) {
    while (type->next < type->text.n && strchr(" \t\r\n", type->text.at[type->next]))
        type->next++;
}

// The text up to a character of `stops`, or the end; blanks around it dropped.
static Str take(TypeText *type, const char *stops, Span *span) {
    skip_blanks(type);
    const size_t begin = type->next;
    while (type->next < type->text.n && !strchr(stops, type->text.at[type->next]))
        type->next++;
    size_t end = type->next;
    while (end > begin && strchr(" \t\r\n", type->text.at[end - 1]))
        end--;
    *span = (Span){type->at + (uint32_t)begin, (uint32_t)(end - begin)};
    return (Str){type->text.at + begin, end - begin};
}

static bool bad_type(const TypeText *type, Span span, const char *message) {
    base_error(type->reader->diags, CODE_E207, span,
               "a type is float64, float64[], float64[3], int32[n, 2] or str", "%s",
               message);
    return false;
}

static bool read_size(TypeText *type, Str text, Span span, SpecSize *size) {
    *size = (SpecSize){.value = -1, .letter = text};
    if (lang_is_name(text)) return true;
    const bool digit = text.n && text.at[0] >= '0' && text.at[0] <= '9';
    if (digit && num_parse_int(text, &size->value)) return true;
    return bad_type(type, span, "expected a size: a number, or a letter");
}

// The sizes behind `[`, and the end of the text.
static Status read_shape(TypeText *type, SpecArg *arg) {
    VEC(SpecSize) sizes = {0};
    Span span;
    type->next++;
    arg->has_shape = true;
    skip_blanks(type);
    while (type->next < type->text.n && type->text.at[type->next] != ']') {
        SpecSize size;
        const Str text = take(type, ",]", &span);
        if (!read_size(type, text, span, &size)) return OK;
        if (sizes.n == LIMIT_RANK) {
            base_error(type->reader->diags, CODE_E701, span, NULL,
                       "an array has at most %d axes (LIMIT_RANK)", LIMIT_RANK);
            return OK;
        }
        if (!VEC_PUSH(type->reader->arena, &sizes, size)) return NOMEM;
        const bool comma = type->next < type->text.n && type->text.at[type->next] == ',';
        type->next += comma;
        skip_blanks(type);
        if (comma && type->next < type->text.n && type->text.at[type->next] == ']') {
            bad_type(type, span, "expected a size behind the comma");
            return OK;
        }
    }
    arg->rank = sizes.n;
    arg->shape = sizes.at;
    if (type->next == type->text.n) {
        bad_type(type, arg->type_span, "the `[` of this type is never closed");
        return OK;
    }
    type->next++;
    const Str rest = take(type, "", &span);
    if (rest.n) bad_type(type, span, "expected the end of the type");
    return OK;
}

static Status read_type(SpecReader *reader, const DocNode *node, SpecArg *arg) {
    if (node->kind == DOC_NULL) return OK;
    if (!front_spec_is(reader, node, DOC_STRING, "the type of an argument",
                       "a type is float64, float64[], float64[3], int32[n, 2] or str"))
        return OK;
    TypeText type = {reader, node->text, node->text_at, 0};
    Span span;
    arg->type_span = node->span;
    const Str name = take(&type, "[", &span);
    const bool shaped = type.next < type.text.n;
    if (base_str_eq(name, STR("str"))) {
        arg->is_text = true;
        if (shaped) bad_type(&type, node->span, "text has no shape");
        return OK;
    }
    arg->has_dtype = front_spec_dtype(reader, name, span, true, &arg->dtype);
    return shaped ? read_shape(&type, arg) : OK;
}

// A text argument's default is taken verbatim, as its value is.
static Status read_default(SpecReader *reader, const DocNode *node, SpecArg *arg) {
    const bool scalar = node->kind == DOC_STRING || node->kind == DOC_BOOL ||
                        node->kind == DOC_INT || node->kind == DOC_FLOAT;
    if (!arg->is_text || !scalar)
        return front_spec_constant(reader, node, "`default`", &arg->fallback);
    arg->fallback = front_spec_new_expr(reader->arena, EXPR_STRING, node->span);
    TRY_ALLOC(arg->fallback);
    arg->fallback->text = node->text;
    return OK;
}

Status front_spec_type(SpecReader *reader, const DocNode *node, SpecArg *arg) {
    enum { TYPE, DEFAULT, NONDIFF, STATIC, KEYS };
    const DocPair *found[KEYS] = {0};
    if (node->kind != DOC_MAPPING) {
        TRY(read_type(reader, node, arg));
    } else if (front_spec_fields(reader, node, SPEC_LEVEL_ARGUMENT, found)) {
        if (found[TYPE]) TRY(read_type(reader, &found[TYPE]->value, arg));
        if (found[DEFAULT]) TRY(read_default(reader, &found[DEFAULT]->value, arg));
        arg->is_static = front_spec_flag(reader, found[STATIC], false);
        arg->nondiff = front_spec_flag(reader, found[NONDIFF], false);
    }
    if (arg->is_static || arg->is_text || (arg->has_dtype && !num_is_float(arg->dtype)))
        arg->nondiff = true;
    return OK;
}

// ---- Domains ----------------------------------------------------------------

static void bad_interval(SpecReader *reader, const DocNode *node, const char *message) {
    front_spec_error(reader, CODE_E213, node,
                     "an interval is `[-10, 10]`, or a text such as \"(0, 5]\"", "%s",
                     message);
}

static void check_order(SpecReader *reader, const DocNode *node, Str low, Str high) {
    double a, b;
    if (!num_parse(low, DT_F64, &a, NULL) || !num_parse(high, DT_F64, &b, NULL))
        bad_interval(reader, node, "the ends of an interval are two numbers");
    else if (!(a <= b))
        bad_interval(reader, node, "the ends of this interval are out of order");
}

// "(0, 5]"
static void check_interval_text(SpecReader *reader, const DocNode *node) {
    TypeText text = {reader, node->text, node->text_at, 0};
    Span span;
    Str all = take(&text, "", &span);
    const bool brackets =
        all.n > 2 && strchr("([", all.at[0]) && strchr(")]", all.at[all.n - 1]);
    const char *comma = brackets ? memchr(all.at, ',', all.n) : NULL;
    if (!comma) {
        bad_interval(reader, node, "expected an interval");
        return;
    }
    text.text = (Str){all.at + 1, all.n - 2};
    text.next = 0;
    const Str low = take(&text, ",", &span);
    text.next++;
    check_order(reader, node, low, take(&text, "", &span));
}

void front_spec_domain(SpecReader *reader, const SpecFunction *function,
                       const DocNode *node) {
    if (!front_spec_is(reader, node, DOC_MAPPING, "`domain`", "domain: {x: [-10, 10]}"))
        return;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *key = &node->pairs[i].key, *value = &node->pairs[i].value;
        if (front_spec_find_arg(reader, function, key->text) == function->n_args) {
            front_spec_error(reader, CODE_E401, key,
                             front_spec_nearest_arg(reader, function, key->text),
                             "`%.*s` has no argument `%.*s`", STR_ARG(function->name),
                             STR_ARG(base_str_cut(key->text)));
        } else if (value->kind == DOC_STRING) {
            check_interval_text(reader, value);
        } else if (value->kind == DOC_SEQUENCE && value->n == 2 &&
                   doc_is_number(&value->items[0]) && doc_is_number(&value->items[1])) {
            check_order(reader, value, value->items[0].text, value->items[1].text);
        } else {
            bad_interval(reader, value, "expected an interval");
        }
    }
}
