// What the names in a spec stand for: names that are taken, and names that are unknown.
#include "base/limits.h"
#include "front/aliases.h"
#include "front/builtin.h"
#include "front/spec_read.h"
#include "lang/names.h"

// A name of a function or rule: an argument, a let, a cotangent, a tangent.
typedef struct Local {
    Str name;
    Span span;
    const char *what;
    bool *used; // set where it is named, or NULL
} Local;

// The names in reach of a text. Locals from `reach` on, and constants from `n_constants`
// on, are known, but not defined yet.
typedef struct Names {
    SpecReader *reader;
    VEC(Local) locals;
    StrMap *local_index;
    uint32_t reach;
    uint32_t n_constants;
    StrMap *unknown;      // names that were reported
    const SpecRule *rule; // whose cotangent or tangents are in reach, or NULL
    LangNames inner;
} Names;

static const Local *find_local(const Names *names, Str name) {
    uint32_t at;
    if (!base_map_get(names->local_index, name, &at) || at >= names->locals.n) return NULL;
    return &names->locals.at[at];
}

// ---- Unknown names ----------------------------------------------------------

typedef VEC(Str) Words;

static bool add_word(const Names *names, Words *words, Str word) {
    enum { MOST = 5000 }; // of a million names the nearest one helps nobody
    return words->n >= MOST || VEC_PUSH(names->reader->scratch, words, word);
}

// All names in reach, innermost first.
static bool names_in_reach(const Names *names, Words *words) {
    const Spec *spec = names->reader->spec;
    bool good = true;
    for (uint32_t i = names->inner.inner.n; good && i-- > 0;)
        good = add_word(names, words, names->inner.inner.at[i]);
    for (uint32_t i = 0; good && i < names->reach; i++)
        good = add_word(names, words, names->locals.at[i].name);
    for (uint32_t i = 0; good && i < names->n_constants; i++)
        good = add_word(names, words, spec->constants.at[i].name);
    for (uint32_t i = 0; good && i < spec->n_functions; i++)
        good = add_word(names, words, spec->functions[i].name);
    const Builtin *row;
    for (uint32_t i = 0; good && (row = front_builtin_row(i)) != NULL; i++)
        if (!strchr(row->name, '.')) // (a method)
            good = VEC_PUSH(names->reader->scratch, words, base_str(row->name));
    return good;
}

// What to do about a name that is near to none.
static const char *what_there_is(const Names *names, Str name) {
    Diags *diags = names->reader->diags;
    const bool document = names->reader->spec->root != NULL;
    const SpecRule *rule = names->rule;
    const Str cut = base_str_cut(name);
    if (rule && rule->kind == SPEC_JVP && rule->n_tangents)
        return base_hint(diags, "a rule sees arguments, lets and the tangents, as `%.*s`",
                         STR_ARG(base_str_cut(rule->tangents[0])));
    if (rule && rule->kind == SPEC_VJP && document)
        return base_hint(diags, "a rule sees arguments, lets and the cotangent `%.*s`",
                         STR_ARG(base_str_cut(rule->cotangent)));
    if (rule && rule->kind == SPEC_VJP)
        return base_hint(diags,
                         "a rule sees the arguments and the cotangent `g`; --at %.*s=… "
                         "makes an argument of it",
                         STR_ARG(cut));
    if (document) return NULL;
    return base_hint(diags, "a value for it is given by --at %.*s=…", STR_ARG(cut));
}

// Said once of each name, wherever else it stands in this text or function.
static Status unknown_name(const Names *names, const Expr *expr) {
    Diags *diags = names->reader->diags;
    const char *hint = NULL;
    uint32_t said;
    if (base_map_get(names->unknown, expr->text, &said)) return OK;
    TRY(base_map_set(names->unknown, expr->text, 1));
    if (diags->errors < LIMIT_DIAGNOSTICS) { // else it is only counted
        Words words = {0};
        if (!names_in_reach(names, &words)) return NOMEM;
        hint = front_alias_hint(diags, ALIAS_NAME, expr->text);
        if (!hint) hint = base_hint_nearest(diags, expr->text, words.at, words.n);
        if (!hint) hint = what_there_is(names, expr->text);
    }
    base_error(diags, CODE_E401, expr->span, hint, "unknown name `%.*s`",
               STR_ARG(base_str_cut(expr->text)));
    return OK;
}

static void used_before(const Names *names, const Expr *expr, Span span, const char *what) {
    base_error_also(names->reader->diags, CODE_E401, expr->span, span, "defined here",
                    front_is_builtin(expr->text)
                        ? "it hides the built-in of this name: rename it"
                        : "put the definition first",
                    "the %s `%.*s` is used before its definition", what,
                    STR_ARG(base_str_cut(expr->text)));
}

static Status resolve(const LangNames *inner, const Expr *expr) {
    const Names *names = inner->data;
    const Spec *spec = names->reader->spec;
    const Str name = expr->text;
    uint32_t at;
    const Local *local = find_local(names, name);
    if (local) {
        if (local - names->locals.at >= names->reach)
            used_before(names, expr, local->span, "let");
        if (local->used) *local->used = true;
        return OK;
    }
    if (base_map_get(spec->constant_index, name, &at)) {
        if (at >= names->n_constants)
            used_before(names, expr, spec->constants.at[at].span, "constant");
        return OK;
    }
    if (base_map_get(spec->function_index, name, &at) || front_is_builtin(name)) return OK;
    return unknown_name(names, expr);
}

// ---- Expressions ------------------------------------------------------------

static Status begin(Names *names, SpecReader *reader) {
    *names = (Names){.reader = reader,
                     .local_index = base_map_new(reader->scratch),
                     .n_constants = reader->spec->constants.n,
                     .unknown = base_map_new(reader->scratch)};
    TRY_ALLOC(names->local_index);
    TRY_ALLOC(names->unknown);
    return lang_names(&names->inner, reader->scratch, resolve, names);
}

static Status walk(Names *names, const Expr *expr) {
    return lang_visit_names(&names->inner, expr);
}

// ---- Names that are taken ---------------------------------------------------

static void report_taken(SpecReader *reader, Str name, Span span, Span other,
                         const char *what, const char *other_what, const char *hint) {
    base_error_also(reader->diags, CODE_E205, span, other, "the other one", hint,
                    "the name `%.*s` of %s is taken: it is %s", STR_ARG(base_str_cut(name)),
                    what, other_what);
}

// Adds a local behind the others; it comes in reach later. A name that another local has is
// reported.
static Status add_local(Names *names, Str name, Span span, const char *what, bool *used) {
    const Local *other = find_local(names, name);
    if (other) {
        report_taken(names->reader, name, span, other->span, what, other->what,
                     "a name stands for one thing: choose another one");
    } else {
        TRY(base_map_set(names->local_index, name, names->locals.n));
    }
    const Local local = {name, span, what, used};
    return VEC_PUSH(names->reader->scratch, &names->locals, local) ? OK : NOMEM;
}

// The same for a cotangent or tangent, whose name must be no constant's or function's,
// either: `g` may be gravity.
static Status add_linear(Names *names, Str name, Span span, const char *what,
                         const char *hint) {
    SpecReader *reader = names->reader;
    const Local *other = find_local(names, name);
    uint32_t at;
    if (other) {
        report_taken(reader, name, span, other->span, what, other->what, hint);
    } else if (base_map_get(reader->spec->constant_index, name, &at)) {
        report_taken(reader, name, span, reader->spec->constants.at[at].span, what,
                     "a constant", hint);
    } else if (base_map_get(reader->spec->function_index, name, &at)) {
        report_taken(reader, name, span, reader->spec->functions[at].span, what,
                     "a function", hint);
    } else {
        TRY(base_map_set(names->local_index, name, names->locals.n));
    }
    const Local local = {name, span, what, NULL};
    return VEC_PUSH(reader->scratch, &names->locals, local) ? OK : NOMEM;
}

// ---- Functions and rules ----------------------------------------------------

// Adds the lets, and resolves each in reach of those before it.
static Status walk_lets(Names *names, const SpecNames *lets) {
    names->reach = names->locals.n;
    for (uint32_t i = 0; i < lets->n; i++)
        TRY(add_local(names, lets->at[i].name, lets->at[i].span, "a let",
                      &lets->at[i].used));
    for (uint32_t i = 0; i < lets->n; i++) {
        TRY(walk(names, lets->at[i].expr));
        names->reach++;
    }
    return OK;
}

static Status add_rule_names(Names *names, const SpecRule *rule) {
    const bool document = names->reader->spec->root != NULL;
    if (rule->kind == SPEC_VJP)
        return add_linear(names, rule->cotangent, rule->cotangent_span, "the cotangent",
                          document ? "name it otherwise: vjp: {cotangent: ct, grads: …}"
                                   : "rename the argument: the cotangent is g");
    for (uint32_t i = 0; i < rule->n_tangents; i++)
        TRY(add_linear(names, rule->tangents[i], rule->tangents_span, "a tangent",
                       "name it otherwise: jvp: {tangents: [t], tangent: …}"));
    return OK;
}

// `value` and `derivative_of` see what the function's value sees.
static Status walk_rule(Names *names, const SpecRule *rule) {
    TRY(walk(names, rule->value));
    TRY(walk(names, rule->target));
    TRY(add_rule_names(names, rule));
    names->rule = rule;
    TRY(walk_lets(names, &rule->let));
    TRY(walk(names, rule->all));
    for (uint32_t i = 0; i < rule->n_grads; i++)
        TRY(walk(names, rule->grads[i]));
    for (uint32_t i = 0; i < rule->logs.n; i++)
        TRY(walk(names, rule->logs.at[i].expr));
    return walk(names, rule->tangent);
}

static Status walk_function(SpecReader *reader, const SpecFunction *function) {
    Names names;
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(front_spec_global_names(reader, function->args[i].fallback));
    TRY(begin(&names, reader));
    for (uint32_t i = 0; i < function->n_args; i++)
        TRY(add_local(&names, function->args[i].name, function->args[i].span, "an argument",
                      NULL));
    TRY(walk_lets(&names, &function->let));
    TRY(walk(&names, function->value));
    return function->rule ? walk_rule(&names, function->rule) : OK;
}

Status front_spec_global_names(SpecReader *reader, const Expr *expr) {
    Names names;
    if (!expr) return OK;
    TRY(begin(&names, reader));
    return walk(&names, expr);
}

// ---- The spec ---------------------------------------------------------------

static Status walk_constants(SpecReader *reader) {
    const SpecNames *constants = &reader->spec->constants;
    Names names;
    TRY(begin(&names, reader));
    for (names.n_constants = 0; names.n_constants < constants->n; names.n_constants++)
        TRY(walk(&names, constants->at[names.n_constants].expr));
    return OK;
}

Status front_spec_names(SpecReader *reader) {
    const Spec *spec = reader->spec;
    if (reader->nameless) return OK;
    TRY(walk_constants(reader));
    for (uint32_t i = 0; i < spec->n_functions; i++)
        if (!reader->broken[i]) TRY(walk_function(reader, &spec->functions[i]));
    for (uint32_t i = 0; i < spec->n_points; i++)
        TRY(front_spec_global_names(reader, spec->points[i].function));
    const bool mended = spec->root && spec->root->mended; // mistakes, though none here
    if (reader->diags->errors == reader->errors && !mended) front_spec_warnings(reader);
    return OK;
}
