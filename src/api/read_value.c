// The numbers of a point: a document's values, or texts, as arrays of their dtypes.
#include "api/context.h"
#include "base/limits.h"
#include "opt/opt.h"
#include "xform/xform.h"

// -- arrays of numerals -------------------------------------------------------------

// The shape of nested sequences, followed along their first items; false: not an array of
// numerals.
typedef struct Shape {
    uint32_t rank;
    int64_t sizes[LIMIT_RANK];
} Shape;

static bool is_special(const DocNode *node) {
    static const char *const names[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (node->kind == DOC_STRING && base_str_eq(node->text, base_str(names[i])))
            return true;
    return false;
}

static bool is_element(const DocNode *node) {
    return node->kind == DOC_INT || node->kind == DOC_FLOAT || node->kind == DOC_BOOL ||
           is_special(node);
}

static bool shape_of(const DocNode *node, Shape *shape) {
    *shape = (Shape){0};
    while (node->kind == DOC_SEQUENCE) {
        if (shape->rank == LIMIT_RANK) return false;
        shape->sizes[shape->rank++] = node->n;
        if (node->n == 0) return true;
        node = &node->items[0];
    }
    return is_element(node);
}

// Whether all of it has that shape, and whether every element is a boolean. `ragged`: where
// it does not. Depth is the document's.
static bool fits(const DocNode *node, const Shape *shape, uint32_t axis, bool *all_bool,
                 bool *any_bool, const DocNode **ragged) {
    if (axis == shape->rank) {
        const bool is_bool = node->kind == DOC_BOOL;
        *all_bool &= is_bool;
        *any_bool |= is_bool;
        if (!is_element(node)) *ragged = node;
        return is_element(node);
    }
    if (node->kind != DOC_SEQUENCE || node->n != shape->sizes[axis]) {
        *ragged = node;
        return false;
    }
    for (uint32_t i = 0; i < node->n; i++)
        if (!fits(&node->items[i], shape, axis + 1, all_bool, any_bool, ragged))
            return false;
    return true;
}

static Status bad_element(ApiReader *reader, const DocNode *node, Dtype dtype,
                          bool overflow) {
    if (overflow && !num_is_float(dtype)) {
        return base_error(reader->diags, CODE_E402, node->span, "a float has no such limit",
                          "the integer does not fit %s", num_dtype_name(dtype));
    }
    return base_error(reader->diags, CODE_E402, node->span, NULL, "expected a number of %s",
                      num_dtype_name(dtype));
}

static Status fill(ApiReader *reader, const DocNode *node, Dtype dtype, char **out) {
    if (node->kind == DOC_SEQUENCE) {
        for (uint32_t i = 0; i < node->n; i++)
            TRY(fill(reader, &node->items[i], dtype, out));
        return OK;
    }
    bool overflow = false;
    bool good = true;
    if (node->kind == DOC_BOOL) {
        const bool one = node->boolean;
        good = dtype == DT_BOOL && (**out = one, true);
    } else if (dtype == DT_BOOL || (num_is_integer(dtype) && node->kind != DOC_INT)) {
        good = false;
    } else {
        good = num_parse(node->text, dtype, *out, &overflow);
        if (good && num_is_float(dtype)) {
            const ApiLiteral literal = {node->span, node->text, dtype};
            api_warn_literal(reader->diags, &literal, overflow, *out);
            overflow = false; // an infinity, by rounding
        }
    }
    if (!good || overflow) return bad_element(reader, node, dtype, overflow);
    *out += num_dtype_size(dtype);
    return OK;
}

static Status leaf(ApiReader *reader, ApiValue *value, TypeId type, const void *data) {
    value->tree = (Tree){.kind = TREE_LEAF, .type = type};
    return VEC_PUSH(reader->arena, &value->leaves, data) ? OK : NOMEM;
}

static Status read_array(ApiReader *reader, const DocNode *node, const Shape *shape,
                         Dtype dtype, ApiValue *value) {
    ir_set_place(reader->spec->ir, node->span);
    const TypeId type =
        ir_array_type(reader->spec->ir, dtype, false, shape->rank, shape->sizes);
    if (type == IR_NO_TYPE) return FAILED;
    const int64_t size = ir_type(reader->spec->ir, type)->size;
    char *data = base_alloc_array(reader->arena, (size_t)size, num_dtype_size(dtype)),
         *out = data;
    TRY_ALLOC(data);
    TRY(fill(reader, node, dtype, &out));
    return leaf(reader, value, type, data);
}

// -- constant expressions -----------------------------------------------------------

// Weak results take the reader's dtype; they are converted on the host, once.
static Status convert_weak(ApiReader *reader, TypeId *id, const void **data) {
    Ir *ir = reader->spec->ir;
    const Type *type = ir_type(ir, *id);
    if (!type->weak || type->dtype == DT_BOOL || reader->keep_weak) {
        *id = ir_type_with(ir, *id, (Dtype)type->dtype, false);
        return *id == IR_NO_TYPE ? NOMEM : OK;
    }
    Builder *b = ir_builder(ir);
    TRY_ALLOC(b);
    const NodeId in = ir_input(b, *id);
    const NodeId out = ir_convert(b, in, reader->dtype, false);
    const Graph *graph;
    Plan *plan;
    ExecError error;
    TRY(ir_finish(b, NULL, 1, &out, &graph));
    TRY(exec_plan(reader->arena, reader->diags, graph, &plan));
    *id = ir_type_with(ir, *id, reader->dtype, false);
    if (*id == IR_NO_TYPE) return NOMEM;
    void *converted = base_alloc_array(reader->arena, (size_t)ir_type(ir, *id)->size,
                                       num_dtype_size(reader->dtype));
    TRY_ALLOC(converted);
    TRY(vm_run(plan, data, &converted, &error));
    *data = converted;
    return OK;
}

static Status set_types(ApiReader *reader, const Tree *tree, ApiValue *value,
                        uint32_t *next, Tree *result) {
    *result = *tree;
    if (tree->kind == TREE_LEAF)
        return convert_weak(reader, &result->type, &value->leaves.at[(*next)++]);
    Tree *parts = NEW_ARRAY(reader->arena, Tree, tree->n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < tree->n; i++)
        TRY(set_types(reader, &tree->parts[i], value, next, &parts[i]));
    result->parts = parts;
    return OK;
}

static Status evaluate(ApiReader *reader, const Expr *expr, ApiValue *value) {
    const Graph *graph;
    Tree tree;
    Plan *plan;
    ExecError error;
    ApiLiterals literals = {0};
    TRY(front_constant(reader->spec->front, reader->diags, reader->arena, expr, &tree,
                       &graph));
    TRY(api_find_literals(reader->arena, graph, &literals));
    api_warn_literals(reader->diags, &literals);
    TRY(xform_without_rules(graph, &graph));
    TRY(opt_run(graph, &graph));
    TRY(exec_plan(reader->arena, reader->diags, graph, &plan));
    void **outputs = NEW_ARRAY(reader->arena, void *, graph->n_outputs);
    TRY_ALLOC(outputs);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const Type *type = ir_node_type(graph, graph->outputs[i]);
        outputs[i] = base_alloc_array(reader->arena, (size_t)type->size,
                                      num_dtype_size((Dtype)type->dtype));
        TRY_ALLOC(outputs[i]);
        if (!VEC_PUSH(reader->arena, &value->leaves, outputs[i])) return NOMEM;
    }
    const Status status = vm_run(plan, NULL, outputs, &error);
    if (status == FAILED)
        return base_error(reader->diags, error.code, error.span, NULL, "%s", error.message);
    TRY(status);
    uint32_t next = 0;
    return set_types(reader, &tree, value, &next, &value->tree);
}

// -- numerals in texts --------------------------------------------------------------

// Numerals and lists of numerals in a text are plain numbers, as in a document. False:
// anything else.
static bool as_numerals(Arena *arena, const Expr *expr, DocNode *node) {
    *node = (DocNode){.span = expr->span};
    const Expr *numeral = expr;
    const bool negative = expr->kind == EXPR_UNARY && expr->op == OP_NEG;
    if (negative) numeral = expr->items[0];
    if (numeral->kind == EXPR_INT || numeral->kind == EXPR_FLOAT) {
        Text text = {.arena = arena};
        if (negative) base_text_char(&text, '-');
        base_text_add(&text, numeral->text);
        node->kind = numeral->kind == EXPR_INT ? DOC_INT : DOC_FLOAT;
        node->text = base_text_str(&text);
        return !text.failed;
    }
    if (expr->kind == EXPR_TRUE || expr->kind == EXPR_FALSE) {
        node->kind = DOC_BOOL;
        node->boolean = expr->kind == EXPR_TRUE;
        return true;
    }
    if (expr->kind != EXPR_LIST) return false;
    node->kind = DOC_SEQUENCE;
    node->n = expr->n;
    node->items = NEW_ARRAY(arena, DocNode, expr->n);
    for (uint32_t i = 0; node->items && i < expr->n; i++)
        if (!as_numerals(arena, expr->items[i], &node->items[i])) return false;
    return node->items != NULL;
}

Status api_read_expr(ApiReader *reader, const Expr *expr, ApiValue *value) {
    DocNode node;
    if (as_numerals(reader->arena, expr, &node))
        return api_read_value(reader, &node, value);
    return evaluate(reader, expr, value);
}

// -- documents' values --------------------------------------------------------------

static Status read_parts(ApiReader *reader, TreeKind kind, uint32_t n,
                         const DocNode *const *nodes, const Str *keys, ApiValue *value) {
    Tree *parts = NEW_ARRAY(reader->arena, Tree, n);
    TRY_ALLOC(parts);
    for (uint32_t i = 0; i < n; i++) {
        TRY(api_read_value(reader, nodes[i], value));
        parts[i] = value->tree;
    }
    value->tree = (Tree){.kind = kind, .n = n, .parts = parts, .keys = keys};
    return OK;
}

// The first entry of a nested sequence, in order, that is text or nothing; or NULL. Depth
// is the document's.
static const DocNode *odd_entry(const DocNode *node) {
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *item = &node->items[i];
        if (item->kind == DOC_NULL || (item->kind == DOC_STRING && !is_special(item)))
            return item;
        const DocNode *odd = item->kind == DOC_SEQUENCE ? odd_entry(item) : NULL;
        if (odd) return odd;
    }
    return NULL;
}

static Status bad_entry(ApiReader *reader, const DocNode *node) {
    if (node->kind == DOC_NULL)
        return base_error(reader->diags, CODE_E402, node->span,
                          "a number that is missing is \"NaN\"",
                          "expected a number in this sequence, got null");
    return base_error(
        reader->diags, CODE_E402, node->span,
        "write the whole as one expression: \"[1, pi]\" is an array, \"(1, pi)\" a "
        "tuple",
        "expected a number in this sequence, got text");
}

static Status read_sequence(ApiReader *reader, const DocNode *node, ApiValue *value) {
    Shape shape;
    bool all_bool = true, any_bool = false;
    const DocNode *ragged = node;
    const bool is_array = shape_of(node, &shape) &&
                          fits(node, &shape, 0, &all_bool, &any_bool, &ragged) &&
                          (all_bool || !any_bool);
    if (is_array) {
        const Dtype dtype = any_bool ? DT_BOOL : reader->dtype;
        return read_array(reader, node, &shape, dtype, value);
    }
    if (!reader->null_parts) {
        const DocNode *odd = odd_entry(node);
        if (odd) return bad_entry(reader, odd);
        if (any_bool)
            return base_error(reader->diags, CODE_E402, node->span,
                              "write 1 for true and 0 for false, or booleans alone",
                              "a sequence of numbers and booleans is no array");
        if (ragged->kind == DOC_SEQUENCE || is_element(ragged))
            return base_error(reader->diags, CODE_E404, ragged->span,
                              "every row needs as many entries as the first",
                              "a nested sequence whose rows differ in size is no array");
    }
    const DocNode **nodes = NEW_ARRAY(reader->arena, const DocNode *, node->n);
    TRY_ALLOC(nodes);
    for (uint32_t i = 0; i < node->n; i++)
        nodes[i] = &node->items[i];
    return read_parts(reader, TREE_TUPLE, node->n, nodes, NULL, value);
}

static Status read_data(ApiReader *reader, const DocNode *mapping, ApiValue *value) {
    DocArray array;
    TRY(api_read_file(reader, mapping, &array));
    const TypeId type =
        ir_array_type(reader->spec->ir, array.dtype, false, array.rank, array.shape);
    return type == IR_NO_TYPE ? FAILED : leaf(reader, value, type, array.data);
}

static Status read_typed(ApiReader *reader, const DocNode *mapping, ApiValue *value) {
    const DocNode *name = doc_get(mapping, "dtype");
    const Dtype old = reader->dtype;
    if (!num_dtype_parse(name->text, &reader->dtype)) {
        return base_error(
            reader->diags, CODE_E405, name->span, NULL,
            "`%.*s` is no dtype of this version: bool, int32, int64, float32, float64",
            STR_ARG(name->text));
    }
    const Status status = api_read_value(reader, doc_get(mapping, "value"), value);
    reader->dtype = old;
    return status;
}

static Status read_mapping(ApiReader *reader, const DocNode *node, ApiValue *value) {
    if (node->n == 2 && doc_get(node, "value") && doc_get(node, "dtype"))
        return read_typed(reader, node, value);
    if (front_is_file(node)) return read_data(reader, node, value);
    const DocNode *record = doc_get(node, "record");
    if (node->n == 1 && record && record->kind == DOC_MAPPING) node = record;
    const DocNode **nodes = NEW_ARRAY(reader->arena, const DocNode *, node->n);
    Str *keys = NEW_ARRAY(reader->arena, Str, node->n);
    if (!nodes || !keys) return NOMEM;
    for (uint32_t i = 0; i < node->n; i++) {
        nodes[i] = &node->pairs[i].value;
        keys[i] = node->pairs[i].key.text;
    }
    return read_parts(reader, TREE_RECORD, node->n, nodes, keys, value);
}

static Status read_text(ApiReader *reader, const DocNode *node, ApiValue *value) {
    Expr *expr;
    const SpecText text = {node->text, node->text_at};
    TRY(front_parse_in_spec(reader->arena, reader->diags, reader->spec->spec, text, &expr));
    return evaluate(reader, expr, value);
}

Status api_read_value(ApiReader *reader, const DocNode *node, ApiValue *value) {
    switch (node->kind) {
    case DOC_INT:
    case DOC_FLOAT:
        return read_array(reader, node, &(Shape){0}, reader->dtype, value);
    case DOC_BOOL:
        return read_array(reader, node, &(Shape){0}, DT_BOOL, value);
    case DOC_STRING:
        if (is_special(node))
            return read_array(reader, node, &(Shape){0}, reader->dtype, value);
        return read_text(reader, node, value);
    case DOC_SEQUENCE:
        return read_sequence(reader, node, value);
    case DOC_MAPPING:
        return read_mapping(reader, node, value);
    case DOC_NULL:
        break;
    }
    value->tree = (Tree){.kind = TREE_NONE};
    if (reader->null_parts) return OK;
    return base_error(reader->diags, CODE_E402, node->span, NULL,
                      "expected a number, a sequence, a text or a mapping, got nothing");
}
