// The arrays that a rule is about: what they are called, and where the rule speaks of them.
#include "api/rule_calls.h"

// -- places -------------------------------------------------------------------------

static bool holds(const cg_context *cg, const DocNode *node, Span span) {
    const uint32_t at = base_source_file_at(cg->sources, span.at);
    return at >= node->span.at && at < node->span.at + (node->span.n ? node->span.n : 1);
}

// The path from a node of the document to the innermost one that a place stands in.
static void add_path(const cg_context *cg, const DocNode *node, Span span, Text *path) {
    for (bool deeper = true; deeper;) {
        deeper = false;
        for (uint32_t i = 0; i < node->n && !deeper; i++) {
            const bool mapping = node->kind == DOC_MAPPING;
            const DocNode *inner = mapping ? &node->pairs[i].value : &node->items[i];
            if ((!mapping && node->kind != DOC_SEQUENCE) || !holds(cg, inner, span))
                continue;
            if (mapping)
                base_text_printf(path, ".%.*s", STR_ARG(node->pairs[i].key.text));
            else
                base_text_printf(path, "[%u]", i);
            node = inner;
            deeper = true;
        }
    }
}

static const DocNode *value_of(const DocNode *mapping, Str key) {
    if (!mapping || mapping->kind != DOC_MAPPING) return NULL;
    for (uint32_t i = 0; i < mapping->n; i++)
        if (base_str_eq(mapping->pairs[i].key.text, key)) return &mapping->pairs[i].value;
    return NULL;
}

// Where a vjp rule gives an argument's cotangent.
static Status grad_place(cg_context *cg, const cg_rule_made *made, Span span,
                         cg_place *place) {
    *place = made->rule->place;
    if (!span.at) return OK;
    Text key = {.arena = cg->arena};
    base_text_printf(&key, "%s", place->key ? place->key : "");
    const SpecFunction *function = made->view.function;
    const DocNode *node = made->spec->spec->root;
    node = value_of(value_of(node, STR("functions")), function->name);
    node = value_of(node, STR("vjp"));
    if (node) add_path(cg, node, span, &key);
    return key.failed ? NOMEM : api_make_place(cg, span, key.at, place);
}

// -- arrays -------------------------------------------------------------------------

typedef struct Naming {
    cg_context *cg;
    const cg_rule_made *made;
    cg_rule_array *arrays; // by leaf
    cg_rule_array like;    // what those of one argument share
    uint32_t next;
} Naming;

static Status name_leaves(Naming *naming, const Tree *tree, Str name) {
    Arena *arena = naming->made->spec->arena;
    if (tree->kind == TREE_NONE) return OK;
    if (tree->kind == TREE_LEAF) {
        const Type *type = ir_type(naming->made->spec->ir, tree->type);
        cg_rule_array *array = &naming->arrays[naming->next++];
        *array = naming->like;
        array->name = base_strdup(arena, name);
        array->dtype = (cg_dtype)type->dtype;
        array->rank = type->rank;
        array->shape = type->shape;
        array->size = (size_t)type->size;
        return array->name ? OK : NOMEM;
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        Text path = {.arena = arena};
        if (tree->kind == TREE_RECORD)
            base_text_printf(&path, "%.*s.%.*s", STR_ARG(name), STR_ARG(tree->keys[i]));
        else
            base_text_printf(&path, "%.*s[%u]", STR_ARG(name), i);
        if (path.failed) return NOMEM;
        TRY(name_leaves(naming, &tree->parts[i], base_text_str(&path)));
    }
    return OK;
}

// By leaf of the arguments.
static Status name_arguments(Naming *naming) {
    const cg_rule_made *made = naming->made;
    for (uint32_t i = 0; i < made->view.n_args; i++) {
        const RuleViewArg *arg = &made->view.args[i];
        if (!arg->traced) continue;
        naming->like = (cg_rule_array){.arg = base_strdup(made->spec->arena, arg->name),
                                       .argnum = (int)i};
        TRY_ALLOC(naming->like.arg);
        TRY(grad_place(naming->cg, made, arg->grad, &naming->like.place));
        TRY(name_leaves(naming, &arg->tree, arg->name));
    }
    return OK;
}

Status api_name_parts(cg_context *cg, cg_rule_made *made) {
    Arena *arena = made->spec->arena;
    const Call *call = made->call;
    const Pair *pair = &made->pair;
    Naming args = {
        .cg = cg, .made = made, .arrays = NEW_ARRAY(arena, cg_rule_array, call->n_args)};
    Naming outputs = {.cg = cg,
                      .made = made,
                      .arrays = NEW_ARRAY(arena, cg_rule_array, call->value->n_outputs),
                      .like = {.argnum = -1, .place = made->rule->place}};
    cg_rule_array *x = NEW_ARRAY(arena, cg_rule_array, pair->n_x);
    cg_rule_array *of_value = NEW_ARRAY(arena, cg_rule_array, pair->n_outputs);
    if (!args.arrays || !outputs.arrays || !x || !of_value) return NOMEM;
    TRY(name_arguments(&args));
    TRY(name_leaves(&outputs, &made->view.outputs, STR("value")));
    for (uint32_t i = 0; i < pair->n_x; i++) {
        x[i] = args.arrays[pair->operands[i]];
        x[i].is_null = !pair->is_jvp && pair->is_null[i];
    }
    for (uint32_t i = 0; i < pair->n_outputs; i++)
        of_value[i] = outputs.arrays[pair->outputs[i]];
    made->x = x;
    made->outputs = of_value;
    return OK;
}
