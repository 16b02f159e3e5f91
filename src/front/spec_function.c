// A function of a spec: arguments, lets, value, and its rule.
#include "front/spec_read.h"

// ---- Arguments --------------------------------------------------------------

uint32_t front_spec_find_arg(const SpecReader *reader, const SpecFunction *function,
                             Str name) {
    const StrMap *index = reader->args[function - reader->spec->functions];
    uint32_t at;
    return base_map_get(index, name, &at) ? at : function->n_args;
}

const char *front_spec_nearest_arg(SpecReader *reader, const SpecFunction *function,
                                   Str name) {
    Str *names = NEW_ARRAY(reader->scratch, Str, function->n_args);
    if (!names) return NULL;
    for (uint32_t i = 0; i < function->n_args; i++)
        names[i] = function->args[i].name;
    if (function->n_args == 0) return "it takes no arguments";
    return base_hint_known(reader->diags, name,
                           function->n_args == 1 ? "its argument is" : "its arguments are",
                           names, function->n_args);
}

static Status read_args(SpecReader *reader, const DocNode *node, SpecFunction *function,
                        bool *broken) {
    const bool mapping = node->kind == DOC_MAPPING;
    if (!mapping && !front_spec_is(reader, node, DOC_SEQUENCE, "`args`",
                                   "args: [x, y], or args: {x: float64, y: float64}")) {
        *broken = true;
        return OK;
    }
    function->args = NEW_ARRAY(reader->arena, SpecArg, node->n);
    TRY_ALLOC(function->args);
    StrMap *index = reader->args[function - reader->spec->functions];
    for (uint32_t i = 0; i < node->n && !*broken; i++) {
        const DocNode *name = mapping ? &node->pairs[i].key : &node->items[i];
        if (!mapping && name->kind == DOC_MAPPING) {
            front_spec_error(reader, CODE_E201, name,
                             "for types, `args` is a mapping: args: {x: float64}",
                             "expected a name for an argument, got a mapping");
            *broken = true;
            return OK;
        }
        if (!front_spec_is_name(reader, name, "an argument")) {
            *broken = true;
            continue;
        }
        TRY(base_map_set(index, name->text, function->n_args));
        SpecArg *arg = &function->args[function->n_args++];
        arg->name = name->text;
        arg->span = name->span;
        if (mapping) TRY(front_spec_type(reader, &node->pairs[i].value, arg));
    }
    return OK;
}

// ---- Lets -------------------------------------------------------------------

static Status add_let(SpecReader *reader, const DocPair *pair, const char *what,
                      SpecNames *names, bool *broken) {
    if (!front_spec_is_name(reader, &pair->key, what)) {
        *broken = true;
        return OK;
    }
    SpecNamed *let = &names->at[names->n++];
    let->name = pair->key.text;
    let->span = pair->key.span;
    return front_spec_expr(reader, &pair->value, what, &let->expr);
}

Status front_spec_lets(SpecReader *reader, const DocNode *node, const char *what,
                       SpecNames *names, bool *broken) {
    const bool mapping = node->kind == DOC_MAPPING;
    const char *hint = "let: {s: exp(x)}";
    if (!mapping && !front_spec_is(reader, node, DOC_SEQUENCE, what, hint)) {
        *broken = true;
        return OK;
    }
    names->at = NEW_ARRAY(reader->arena, SpecNamed, node->n);
    TRY_ALLOC(names->at);
    for (uint32_t i = 0; i < node->n; i++) {
        if (mapping) {
            TRY(add_let(reader, &node->pairs[i], what, names, broken));
            continue;
        }
        const DocNode *item = &node->items[i];
        if (item->kind == DOC_MAPPING && item->n == 1) {
            TRY(add_let(reader, &item->pairs[0], what, names, broken));
            continue;
        }
        *broken = true;
        front_spec_error(reader, CODE_E201, item, "write `- s: exp(x)`",
                         "an entry of this sequence is a mapping of one name");
    }
    return OK;
}

// ---- Functions --------------------------------------------------------------

// A function has one rule: the other one is read, too, for its mistakes.
static Status read_rules(SpecReader *reader, const DocPair *vjp, const DocPair *jvp,
                         SpecFunction *function) {
    SpecRule *rule = NULL;
    if (vjp) TRY(front_spec_rule(reader, function, vjp, SPEC_VJP, &function->rule));
    if (jvp) TRY(front_spec_rule(reader, function, jvp, SPEC_JVP, &rule));
    if (vjp && jvp) {
        const bool order = vjp->key.span.at < jvp->key.span.at;
        const DocPair *first = order ? vjp : jvp, *second = order ? jvp : vjp;
        base_error_also(reader->diags, CODE_E212, second->key.span, first->key.span,
                        "the other rule", "a jvp rule serves forward and reverse mode",
                        "a function has at most one of `vjp` and `jvp`");
    }
    if (!function->rule) function->rule = rule;
    return OK;
}

Status front_spec_function(SpecReader *reader, const DocPair *pair, SpecFunction *function,
                           bool *broken) {
    enum { DOC, ARGS, LET, VALUE, VJP, JVP, DOMAIN, KEYS };
    const DocPair *found[KEYS];
    const DocNode *node = &pair->value;
    function->name = pair->key.text;
    function->span = pair->key.span;
    *broken = true;
    if (node->kind != DOC_MAPPING) {
        const bool text = node->kind == DOC_STRING && node->text.n <= 60 &&
                          !memchr(node->text.at, '"', node->text.n);
        front_spec_error(reader, CODE_E201, node,
                         base_hint(reader->diags, "%.*s: {args: [x], value: \"%.*s\"}",
                                   STR_ARG(base_str_cut(function->name)),
                                   text ? (int)node->text.n : (int)sizeof "…" - 1,
                                   text ? node->text.at : "…"),
                         "expected a mapping for a function, got %s",
                         doc_kind_name(node->kind));
        return OK;
    }
    if (!front_spec_fields(reader, node, SPEC_LEVEL_FUNCTION, found)) return OK;
    *broken = false;
    if (found[DOC] && front_spec_is(reader, &found[DOC]->value, DOC_STRING, "`doc`", NULL))
        function->doc = found[DOC]->value.text;
    if (found[ARGS]) TRY(read_args(reader, &found[ARGS]->value, function, broken));
    if (found[LET])
        TRY(front_spec_lets(reader, &found[LET]->value, "`let`", &function->let, broken));
    if (found[VALUE]) {
        TRY(front_spec_structure(reader, &found[VALUE]->value, "`value`",
                                 &function->value));
    } else if (front_spec_all_known(node, found, KEYS)) {
        front_spec_error(reader, CODE_E203, &pair->key, "write `value:` and an expression",
                         "the function `%.*s` has no `value`", STR_ARG(function->name));
    }
    if (*broken) return OK; // its rule cannot be judged
    TRY(read_rules(reader, found[VJP], found[JVP], function));
    if (found[DOMAIN]) {
        function->domain = &found[DOMAIN]->value;
        front_spec_domain(reader, function, function->domain);
    }
    return OK;
}
