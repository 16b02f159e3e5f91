// The points of a spec.
#include "front/aliases.h"
#include "front/spec_read.h"

typedef struct PointReader {
    SpecReader *reader;
    SpecPoint *point;
    StrMap *names; // of the points so far → number
} PointReader;

// ---- Values -----------------------------------------------------------------

// `at` or `tangent`: values by name or in order.
static const DocNode *read_values(SpecReader *reader, const DocPair *pair,
                                  const char *what) {
    if (!pair) return NULL;
    const DocNode *node = &pair->value;
    const bool mapping = node->kind == DOC_MAPPING;
    if (!mapping &&
        !front_spec_is(reader, node, DOC_SEQUENCE, what,
                       base_hint(reader->diags, "%.*s: [3, 4], or %.*s: {x: 3, y: 4}",
                                 STR_ARG(pair->key.text), STR_ARG(pair->key.text))))
        return NULL;
    for (uint32_t i = 0; i < node->n; i++)
        front_spec_value(reader, mapping ? &node->pairs[i].value : &node->items[i]);
    return node;
}

// ---- Arguments of a function of the spec ------------------------------------

// Whether every name is an argument's.
static bool check_names(SpecReader *reader, const SpecFunction *function, const DocNode *at,
                        bool *given) {
    bool all = true;
    for (uint32_t i = 0; i < at->n; i++) {
        const DocNode *key = &at->pairs[i].key;
        const uint32_t k = front_spec_find_arg(reader, function, key->text);
        if (k < function->n_args) {
            given[k] = true;
            continue;
        }
        all = false;
        base_error_also(reader->diags, CODE_E403, key->span, function->span,
                        "declared here",
                        front_spec_nearest_arg(reader, function, key->text),
                        "`%.*s` has no argument `%.*s`", STR_ARG(function->name),
                        STR_ARG(base_str_cut(key->text)));
    }
    return all;
}

// One mistake for all arguments that are missing.
static Status check_missing(SpecReader *reader, const SpecFunction *function, Span place,
                            const bool *given) {
    Text names = {.arena = reader->scratch};
    for (uint32_t i = 0; i < function->n_args; i++)
        if (!given[i] && !function->args[i].fallback)
            base_text_printf(&names, "%s`%.*s`", names.n ? ", " : "",
                             STR_ARG(function->args[i].name));
    if (names.failed) return NOMEM;
    if (names.n)
        base_error_also(reader->diags, CODE_E403, place, function->span, "declared here",
                        base_hint(reader->diags, "write %s in `at`",
                                  memchr(names.at, ',', names.n) ? "them" : "it"),
                        "the point does not give %.*s of `%.*s`",
                        STR_ARG(base_str_cut(base_text_str(&names))),
                        STR_ARG(function->name));
    return OK;
}

// Whether a point of a plain function gives each argument that has no default.
static Status check_arguments(SpecReader *reader, const SpecPoint *point, bool readable) {
    uint32_t at;
    const Expr *expr = point->function;
    if (!expr || !readable || expr->kind != EXPR_NAME ||
        !base_map_get(reader->spec->function_index, expr->text, &at) || reader->broken[at])
        return OK;
    const SpecFunction *function = &reader->spec->functions[at];
    const DocNode *values = point->at;
    const uint32_t n = values ? values->n : 0;
    const Span place = values ? values->span : point->function->span;
    bool *given = NEW_ARRAY(reader->scratch, bool, function->n_args);
    TRY_ALLOC(given);
    if (values && values->kind == DOC_MAPPING) {
        // One that is missing may be one that was misspelt.
        if (!check_names(reader, function, values, given)) return OK;
    } else if (n > function->n_args) {
        base_error_also(reader->diags, CODE_E403, values->items[function->n_args].span,
                        function->span, "declared here",
                        front_spec_nearest_arg(reader, function, STR("")),
                        "`%.*s` takes %u argument%s, got %u", STR_ARG(function->name),
                        function->n_args, function->n_args == 1 ? "" : "s", n);
        return OK;
    } else if (n) {
        memset(given, true, n);
    }
    return check_missing(reader, function, place, given);
}

// ---- What is asked ----------------------------------------------------------

static bool read_argnum(SpecReader *reader, const DocNode *node, SpecArgnum *argnum) {
    *argnum = (SpecArgnum){.span = node->span};
    if (node->kind == DOC_INT && num_parse_int(node->text, &argnum->number)) return true;
    argnum->by_name = true;
    argnum->name = node->text;
    if (node->kind == DOC_STRING) return front_spec_is_name(reader, node, "`argnums`");
    front_spec_error(reader, CODE_E201, node, "argnums: [0, 1]",
                     "expected a number or name of an argument, got %s",
                     doc_kind_name(node->kind));
    return false;
}

static Status read_argnums(SpecReader *reader, const DocNode *node, SpecPoint *point) {
    const bool list = node->kind == DOC_SEQUENCE;
    const uint32_t n = list ? node->n : 1;
    point->has_argnums = true;
    point->argnums_is_list = list;
    point->argnums = NEW_ARRAY(reader->arena, SpecArgnum, n);
    TRY_ALLOC(point->argnums);
    for (uint32_t i = 0; i < n; i++) {
        SpecArgnum *argnum = &point->argnums[point->n_argnums];
        point->n_argnums += read_argnum(reader, list ? &node->items[i] : node, argnum);
    }
    return OK;
}

static void read_compute_name(SpecReader *reader, const DocNode *node, SpecPoint *point) {
    static const Str names[] = {
        {"value", 5}, {"grad", 4}, {"jacobian", 8}, {"hessian", 7}, {"jvp", 3}};
    enum { NAMES = sizeof names / sizeof *names };
    if (!front_spec_is(reader, node, DOC_STRING, "`compute`", "compute: [value, grad]"))
        return;
    for (uint32_t i = 0; i < NAMES; i++) {
        if (!base_str_eq(node->text, names[i])) continue;
        point->compute |= 1u << i; // the bits of SpecCompute stand in this order
        return;
    }
    const char *hint = front_alias_hint(reader->diags, ALIAS_COMPUTE, node->text);
    if (!hint) hint = base_hint_known(reader->diags, node->text, "known:", names, NAMES);
    front_spec_error(reader, CODE_E210, node, hint,
                     "`%.*s` is nothing that can be computed",
                     STR_ARG(base_str_cut(node->text)));
}

static void read_compute(SpecReader *reader, const DocNode *node, SpecPoint *point) {
    if (node->kind != DOC_SEQUENCE) {
        read_compute_name(reader, node, point);
        return;
    }
    if (node->n == 0)
        front_spec_error(reader, CODE_E206, node, "leave `compute` out for the default",
                         "`compute` is empty");
    for (uint32_t i = 0; i < node->n; i++)
        read_compute_name(reader, &node->items[i], point);
}

static void read_batch(SpecReader *reader, const DocNode *node, SpecPoint *point) {
    const bool list = node->kind == DOC_SEQUENCE;
    point->batch = node;
    if (node->kind == DOC_BOOL && node->boolean) return;
    if (node->kind == DOC_BOOL)
        front_spec_error(reader, CODE_E210, node, "leave `batch` out",
                         "`batch` is true, or names of arguments");
    else if (!list)
        (void)front_spec_is(reader, node, DOC_STRING, "`batch`",
                            "batch: true, or batch: [x]");
    else if (node->n == 0)
        front_spec_error(reader, CODE_E206, node, "batch: true, or batch: [x]",
                         "`batch` is empty");
    for (uint32_t i = 0; list && i < node->n; i++)
        (void)front_spec_is(reader, &node->items[i], DOC_STRING, "`batch`",
                            "batch: true, or batch: [x]");
}

// ---- Expectations -----------------------------------------------------------

static bool is_tolerance(const DocNode *node) {
    double number;
    return (node->kind == DOC_INT || node->kind == DOC_FLOAT) &&
           num_parse(node->text, DT_F64, &number, NULL) && number >= 0;
}

static void check_error_code(SpecReader *reader, const DocNode *node) {
    if (!front_spec_is(reader, node, DOC_STRING, "`error`", "error: E501")) return;
    for (uint32_t i = 0; i < CODE_COUNT; i++)
        if (base_str_eq(node->text, base_str(base_code_name((Code)i)))) return;
    front_spec_error(reader, CODE_E210, node, NULL, "there is no diagnostic `%.*s`",
                     STR_ARG(base_str_cut(node->text)));
}

// Derivatives are expected by argument: in a sequence or a mapping.
static void check_by_argument(SpecReader *reader, const DocPair *pair) {
    const DocKind kind = pair->value.kind;
    if (kind == DOC_SEQUENCE || kind == DOC_MAPPING) return;
    front_spec_error(reader, CODE_E201, &pair->value,
                     base_hint(reader->diags, "%.*s: [1.0], or %.*s: {x: 1.0}",
                               STR_ARG(pair->key.text), STR_ARG(pair->key.text)),
                     "`%.*s` is a sequence in the order of the arguments, or a mapping by "
                     "argument, not %s",
                     STR_ARG(pair->key.text), doc_kind_name(kind));
}

static void read_expect(SpecReader *reader, const DocNode *node, SpecPoint *point) {
    enum { VALUE, GRADS, JACOBIAN, HESSIAN, JVP, LOGS, RTOL, ATOL, ULP, ERROR, KEYS };
    const DocPair *found[KEYS];
    if (!front_spec_fields(reader, node, SPEC_LEVEL_EXPECT, found)) return;
    point->expect = node;
    for (uint32_t i = VALUE; i <= LOGS; i++) {
        if (!found[i]) continue;
        if (found[ERROR])
            base_error_also(reader->diags, CODE_E210, found[ERROR]->key.span,
                            found[i]->key.span, "the value", NULL,
                            "a point that is expected to fail has no values");
        front_spec_value(reader, &found[i]->value);
        if (i >= GRADS && i <= HESSIAN) check_by_argument(reader, found[i]);
    }
    for (uint32_t i = RTOL; i <= ULP; i++)
        if (found[i] && !is_tolerance(&found[i]->value))
            front_spec_error(reader, CODE_E201, &found[i]->value, NULL,
                             "expected a number, zero or greater, for `%.*s`",
                             STR_ARG(found[i]->key.text));
    if (found[ERROR]) check_error_code(reader, &found[ERROR]->value);
}

// ---- Points -----------------------------------------------------------------

static Str trimmed(Str text) {
    while (text.n && strchr(" \t\r\n", text.at[text.n - 1]))
        text.n--;
    while (text.n && strchr(" \t\r\n", text.at[0]))
        text = (Str){text.at + 1, text.n - 1};
    return text;
}

// The label, which must be no other point's.
static Status read_name(PointReader *points, uint32_t index, const DocPair *pair) {
    SpecReader *reader = points->reader;
    SpecPoint *point = points->point;
    Text name = {.arena = reader->arena};
    const bool given =
        pair && front_spec_is(reader, &pair->value, DOC_STRING, "`name`", "quote the name");
    if (given && memchr(pair->value.text.at, 0, pair->value.text.n))
        front_spec_error(reader, CODE_E204, &pair->value, NULL,
                         "the name of a point holds a NUL character");
    base_text_add(&name, given ? pair->value.text : point->function_text);
    if (!given) base_text_printf(&name, "#%u", index);
    if (name.failed) return NOMEM;
    point->name = base_text_str(&name);
    if (given) point->span = pair->value.span;
    uint32_t other;
    if (base_map_get(points->names, point->name, &other)) {
        base_error_also(
            reader->diags, CODE_E205, point->span, reader->spec->points[other].span,
            "the first one", "names of points are unique in a spec",
            "a second point has the name `%.*s`", STR_ARG(base_str_cut(point->name)));
        return OK;
    }
    return base_map_set(points->names, point->name, index);
}

static Status read_point(PointReader *points, uint32_t index, const DocNode *node) {
    enum { NAME, FUNCTION, AT, ARGNUMS, COTANGENT, TANGENT, COMPUTE, BATCH, EXPECT, KEYS };
    const DocPair *found[KEYS];
    SpecReader *reader = points->reader;
    SpecPoint *point = points->point;
    point->span = node->span;
    if (!front_spec_fields(reader, node, SPEC_LEVEL_POINT, found)) return OK;
    if (found[FUNCTION]) {
        const DocNode *function = &found[FUNCTION]->value;
        TRY(front_spec_expr(reader, function, "`function`", &point->function));
        point->function_text = trimmed(function->text);
        point->span = function->span;
    } else if (front_spec_all_known(node, found, KEYS)) {
        front_spec_error(reader, CODE_E203, node, "write `function:` and a function's name",
                         "this point has no `function`");
    }
    point->at = read_values(reader, found[AT], "`at`");
    point->tangent = read_values(reader, found[TANGENT], "`tangent`");
    // Of a key that is unknown nobody knows that it does not stand for `at`.
    const bool readable =
        found[AT] ? point->at != NULL : front_spec_all_known(node, found, KEYS);
    TRY(check_arguments(reader, point, readable));
    if (found[ARGNUMS]) TRY(read_argnums(reader, &found[ARGNUMS]->value, point));
    if (found[COTANGENT]) {
        point->cotangent = &found[COTANGENT]->value;
        front_spec_value(reader, point->cotangent);
    }
    if (found[COMPUTE]) read_compute(reader, &found[COMPUTE]->value, point);
    if (found[BATCH]) read_batch(reader, &found[BATCH]->value, point);
    if (found[EXPECT]) read_expect(reader, &found[EXPECT]->value, point);
    return read_name(points, index, found[NAME]);
}

Status front_spec_points(SpecReader *reader, const DocNode *node) {
    Spec *spec = reader->spec;
    if (!front_spec_is(reader, node, DOC_SEQUENCE, "`points`",
                       "points: a sequence of `- function: f`"))
        return OK;
    PointReader points = {.reader = reader, .names = base_map_new(reader->scratch)};
    spec->points = NEW_ARRAY(reader->arena, SpecPoint, node->n);
    if (!points.names || !spec->points) return NOMEM;
    spec->n_points = node->n;
    for (uint32_t i = 0; i < node->n; i++) {
        points.point = &spec->points[i];
        TRY(read_point(&points, i, &node->items[i]));
    }
    return OK;
}
