// Rules: the derivative of a function as its author writes it.
#include "front/spec_read.h"

// An integer or boolean argument: it has no cotangent, but its entry may be written.
static bool is_ignored(const SpecArg *arg) {
    return arg->has_dtype && !num_is_float(arg->dtype) && !arg->is_static;
}

static uint32_t count_entries(const SpecFunction *function, bool with_ignored) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < function->n_args; i++) {
        const SpecArg *arg = &function->args[i];
        n += !arg->nondiff || (with_ignored && is_ignored(arg));
    }
    return n;
}

// "x, y": the arguments that have entries.
static const char *entry_names(SpecReader *reader, const SpecFunction *function) {
    Text names = {.arena = reader->scratch};
    base_text_add(&names, STR(""));
    for (uint32_t i = 0; i < function->n_args; i++)
        if (!function->args[i].nondiff)
            base_text_printf(&names, "%s%.*s", names.n ? ", " : "",
                             STR_ARG(function->args[i].name));
    return names.failed ? "" : names.at;
}

static Status new_grads(SpecReader *reader, const SpecFunction *function, SpecRule *rule) {
    rule->n_grads = function->n_args;
    rule->grads = NEW_ARRAY(reader->arena, Expr *, function->n_args);
    return rule->grads ? OK : NOMEM;
}

// ---- The cotangents of a vjp rule -------------------------------------------

// Gives n expressions to the arguments they belong to; false (reported) where their number
// is another one.
static Status hand_out(SpecReader *reader, const SpecFunction *function, Span span,
                       uint32_t n, Expr *const *entries, SpecRule *rule) {
    const uint32_t wanted = count_entries(function, false);
    const uint32_t all = count_entries(function, true);
    TRY(new_grads(reader, function, rule));
    if (n != wanted && n != all) {
        base_error(reader->diags, CODE_E206, span,
                   n < wanted          ? "null (in an expression, None) is a zero cotangent"
                   : !function->n_args ? "the function has no arguments: args: [x]"
                                       : NULL,
                   "expected %u entr%s, one for each argument that is not nondiff%s%s%s, "
                   "got %u",
                   wanted, wanted == 1 ? "y" : "ies", wanted ? " (" : "",
                   entry_names(reader, function), wanted ? ")" : "", n);
        return OK;
    }
    for (uint32_t i = 0, k = 0; i < function->n_args; i++) {
        const SpecArg *arg = &function->args[i];
        if (!arg->nondiff)
            rule->grads[i] = entries[k++];
        else if (n > wanted && is_ignored(arg))
            k++;
    }
    return OK;
}

// One entry: null is none at all. Only a tuple or record has a nested one.
static Status read_entry(SpecReader *reader, const DocNode *node, const SpecArg *arg,
                         Expr **entry) {
    *entry = NULL;
    if (node->kind == DOC_NULL) return OK;
    TRY(front_spec_structure(reader, node, "a cotangent", entry));
    const bool nested = node->kind == DOC_SEQUENCE || node->kind == DOC_MAPPING;
    if (*entry && nested && arg && (arg->has_dtype || arg->has_shape)) {
        base_error_also(reader->diags, CODE_E211, node->span, arg->type_span,
                        "declared here", "quote an expression that begins with a bracket",
                        "expected one expression for `%.*s`, which is an array, got %s",
                        STR_ARG(arg->name), doc_kind_name(node->kind));
    }
    return OK;
}

static Status read_sequence(SpecReader *reader, const SpecFunction *function,
                            const DocNode *node, SpecRule *rule) {
    Expr **entries = NEW_ARRAY(reader->scratch, Expr *, node->n);
    TRY_ALLOC(entries);
    const bool without = node->n == count_entries(function, false);
    const bool with = node->n == count_entries(function, true);
    for (uint32_t i = 0, k = 0; k < node->n; k++) {
        const SpecArg *arg = NULL;
        while (i < function->n_args && (without || with) && !arg) {
            const SpecArg *next = &function->args[i++];
            if (!next->nondiff || (!without && is_ignored(next))) arg = next;
        }
        TRY(read_entry(reader, &node->items[k], arg, &entries[k]));
    }
    return hand_out(reader, function, node->span, node->n, entries, rule);
}

static Status read_by_name(SpecReader *reader, const SpecFunction *function,
                           const DocNode *node, SpecRule *rule) {
    TRY(new_grads(reader, function, rule));
    rule->grads_span = node->span;
    rule->left_out = NEW_ARRAY(reader->arena, bool, function->n_args);
    TRY_ALLOC(rule->left_out);
    for (uint32_t i = 0; i < function->n_args; i++)
        rule->left_out[i] = !function->args[i].nondiff;
    for (uint32_t i = 0; i < node->n; i++) {
        const DocPair *pair = &node->pairs[i];
        const uint32_t k = front_spec_find_arg(reader, function, pair->key.text);
        if (k == function->n_args) {
            front_spec_error(reader, CODE_E401, &pair->key,
                             front_spec_nearest_arg(reader, function, pair->key.text),
                             "`%.*s` has no argument `%.*s`", STR_ARG(function->name),
                             STR_ARG(base_str_cut(pair->key.text)));
            continue;
        }
        const SpecArg *arg = &function->args[k];
        Expr *entry;
        rule->left_out[k] = false;
        TRY(read_entry(reader, &pair->value, arg, &entry));
        if (!arg->nondiff) {
            rule->grads[k] = entry;
        } else if (!is_ignored(arg)) {
            base_error_also(
                reader->diags, CODE_E206, pair->key.span, arg->span, "declared here",
                "leave the entry out",
                "the argument `%.*s` is not differentiable: it has no cotangent",
                STR_ARG(arg->name));
        }
    }
    return OK;
}

Status front_spec_one_grad(SpecReader *reader, const SpecFunction *function, Expr *expr,
                           SpecRule *rule) {
    if (!expr) return OK;
    const uint32_t wanted = count_entries(function, false);
    bool written_out = expr->kind == EXPR_TUPLE && wanted != 1;
    for (uint32_t i = 0; i < expr->n && written_out; i++)
        written_out = expr->items[i]->kind != EXPR_STAR;
    if (written_out)
        return hand_out(reader, function, expr->span, expr->n, expr->items, rule);
    if (wanted > 1) {
        rule->all = expr;
        return OK;
    }
    return hand_out(reader, function, expr->span, 1, &expr, rule);
}

static Status read_grads(SpecReader *reader, const SpecFunction *function,
                         const DocNode *node, SpecRule *rule) {
    if (node->kind == DOC_SEQUENCE) return read_sequence(reader, function, node, rule);
    if (node->kind == DOC_MAPPING) return read_by_name(reader, function, node, rule);
    Expr *expr;
    TRY(front_spec_expr(reader, node, "`grads`", &expr));
    return front_spec_one_grad(reader, function, expr, rule);
}

// ---- Long forms -------------------------------------------------------------

// `vjp: {x: …, y: …}` for `vjp: {grads: {x: …, y: …}}`.
static bool names_arguments(SpecReader *reader, const SpecFunction *function,
                            const DocNode *node) {
    size_t n;
    const Str *keys = front_spec_keys(SPEC_LEVEL_VJP, &n);
    for (uint32_t i = 0; i < node->n; i++) {
        const DocNode *key = &node->pairs[i].key;
        bool known = front_spec_find_arg(reader, function, key->text) == function->n_args;
        for (size_t k = 0; k < n && !known; k++)
            known = base_str_eq(key->text, keys[k]);
        if (known) continue;
        front_spec_error(reader, CODE_E202, key, "put the entries under `grads:`",
                         "`%.*s` is an argument, and no key of a rule", STR_ARG(key->text));
        return true;
    }
    return false;
}

static void read_cotangent(SpecReader *reader, const DocPair *pair, SpecRule *rule) {
    if (!pair || !front_spec_is_name(reader, &pair->value, "the cotangent")) return;
    rule->cotangent = pair->value.text;
    rule->cotangent_span = pair->value.span;
}

// Named values; a mapping or a sequence is a structure of expressions.
static Status read_logs(SpecReader *reader, const DocNode *node, SpecNames *logs) {
    if (!front_spec_is(reader, node, DOC_MAPPING, "`logs`", "logs: {ct: g}")) return OK;
    logs->at = NEW_ARRAY(reader->arena, SpecNamed, node->n);
    TRY_ALLOC(logs->at);
    for (uint32_t i = 0; i < node->n; i++) {
        const DocPair *pair = &node->pairs[i];
        if (!front_spec_is_name(reader, &pair->key, "a log")) continue;
        SpecNamed *log = &logs->at[logs->n++];
        *log = (SpecNamed){.name = pair->key.text, .span = pair->key.span};
        TRY(front_spec_structure(reader, &pair->value, "a log", &log->expr));
    }
    return OK;
}

static Status read_vjp(SpecReader *reader, const SpecFunction *function,
                       const DocNode *node, SpecRule **result) {
    enum { COTANGENT, VALUE, LET, GRADS, LOGS, LINEAR, DERIVATIVE_OF, KEYS };
    const DocPair *found[KEYS];
    SpecRule *rule = *result;
    bool broken = false;
    if (node->kind != DOC_MAPPING) return read_grads(reader, function, node, rule);
    if (names_arguments(reader, function, node)) {
        *result = NULL;
        return OK;
    }
    if (!front_spec_fields(reader, node, SPEC_LEVEL_VJP, found)) {
        *result = NULL;
        return OK;
    }
    read_cotangent(reader, found[COTANGENT], rule);
    if (found[VALUE])
        TRY(front_spec_structure(reader, &found[VALUE]->value, "`value`", &rule->value));
    if (found[LET])
        TRY(front_spec_lets(reader, &found[LET]->value, "`let`", &rule->let, &broken));
    if (found[GRADS])
        TRY(read_grads(reader, function, &found[GRADS]->value, rule));
    else if (front_spec_all_known(node, found, KEYS))
        front_spec_error(reader, CODE_E203, node, "write `grads:` and its expressions",
                         "a vjp rule has no `grads`");
    if (found[LOGS]) TRY(read_logs(reader, &found[LOGS]->value, &rule->logs));
    rule->not_linear = !front_spec_flag(reader, found[LINEAR], true);
    rule->has_target = found[DERIVATIVE_OF] != NULL;
    if (rule->has_target && found[DERIVATIVE_OF]->value.kind != DOC_NULL)
        TRY(front_spec_structure(reader, &found[DERIVATIVE_OF]->value, "`derivative_of`",
                                 &rule->target));
    if (broken) *result = NULL; // its names cannot be judged
    return OK;
}

// ---- jvp rules --------------------------------------------------------------

// d<argument> for each argument that is not nondiff.
static Status default_tangents(SpecReader *reader, const SpecFunction *function,
                               SpecRule *rule) {
    rule->tangents = NEW_ARRAY(reader->arena, Str, function->n_args);
    TRY_ALLOC(rule->tangents);
    for (uint32_t i = 0; i < function->n_args; i++) {
        if (function->args[i].nondiff) continue;
        Text name = {.arena = reader->arena};
        base_text_printf(&name, "d%.*s", STR_ARG(function->args[i].name));
        if (name.failed) return NOMEM;
        rule->tangents[rule->n_tangents++] = base_text_str(&name);
    }
    return OK;
}

static bool read_tangents(SpecReader *reader, const SpecFunction *function,
                          const DocNode *node, SpecRule *rule) {
    if (!front_spec_is(reader, node, DOC_SEQUENCE, "`tangents`", "tangents: [t]"))
        return false;
    if (node->n != rule->n_tangents) {
        front_spec_error(reader, CODE_E206, node, NULL,
                         "expected %u name%s, one for each argument that is not nondiff "
                         "(%s), got %u",
                         rule->n_tangents, rule->n_tangents == 1 ? "" : "s",
                         entry_names(reader, function), node->n);
        return false;
    }
    bool names = true;
    for (uint32_t i = 0; i < node->n; i++) {
        names &= front_spec_is_name(reader, &node->items[i], "a tangent");
        rule->tangents[i] = node->items[i].text;
    }
    rule->tangents_span = node->span;
    return names;
}

static Status read_jvp(SpecReader *reader, const SpecFunction *function,
                       const DocNode *node, SpecRule **result) {
    enum { TANGENTS, VALUE, LET, TANGENT, KEYS };
    const DocPair *found[KEYS];
    SpecRule *rule = *result;
    bool broken = false;
    TRY(default_tangents(reader, function, rule));
    if (node->kind != DOC_MAPPING)
        return front_spec_structure(reader, node, "`jvp`", &rule->tangent);
    if (!front_spec_fields(reader, node, SPEC_LEVEL_JVP, found)) {
        *result = NULL;
        return OK;
    }
    if (found[TANGENTS])
        broken = !read_tangents(reader, function, &found[TANGENTS]->value, rule);
    if (found[VALUE])
        TRY(front_spec_structure(reader, &found[VALUE]->value, "`value`", &rule->value));
    if (found[LET])
        TRY(front_spec_lets(reader, &found[LET]->value, "`let`", &rule->let, &broken));
    if (found[TANGENT])
        TRY(front_spec_structure(reader, &found[TANGENT]->value, "`tangent`",
                                 &rule->tangent));
    else if (front_spec_all_known(node, found, KEYS))
        front_spec_error(reader, CODE_E203, node, "write `tangent:` and an expression",
                         "a jvp rule has no `tangent`");
    if (broken) *result = NULL;
    return OK;
}

// ---- Rules ------------------------------------------------------------------

Status front_spec_rule(SpecReader *reader, const SpecFunction *function,
                       const DocPair *pair, SpecRuleKind kind, SpecRule **result) {
    const DocNode *node = &pair->value;
    *result = NULL;
    if (node->kind == DOC_NULL) {
        front_spec_error(reader, CODE_E212, &pair->key,
                         kind == SPEC_VJP
                             ? "write [null] for a zero cotangent, or leave "
                               "`vjp` out"
                             : "write 0 for a zero tangent, or leave `jvp` out",
                         "`%.*s: null` is no rule", STR_ARG(pair->key.text));
        return OK;
    }
    SpecRule *rule = NEW(reader->arena, SpecRule);
    TRY_ALLOC(rule);
    rule->kind = kind;
    rule->span = node->span;
    rule->cotangent = STR("g");
    rule->cotangent_span = node->span;
    rule->tangents_span = node->span;
    *result = rule;
    return kind == SPEC_VJP ? read_vjp(reader, function, node, result)
                            : read_jvp(reader, function, node, result);
}
