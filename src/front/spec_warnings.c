// Warnings about a spec as it is written.
#include "front/spec_read.h"

// A name that begins with _ says that it is not meant to be used.
static void unused_lets(SpecReader *reader, const SpecFunction *function,
                        const SpecNames *lets, const char *of) {
    for (uint32_t i = 0; i < lets->n; i++) {
        const SpecNamed *let = &lets->at[i];
        if (let->used || let->name.at[0] == '_') continue;
        base_warning(
            reader->diags, CODE_W004, let->span, "remove it, or begin its name with _",
            "%s`%.*s` never uses its let `%.*s`", of, STR_ARG(base_str_cut(function->name)),
            STR_ARG(base_str_cut(let->name)));
    }
}

static void missing_cotangents(SpecReader *reader, const SpecFunction *function) {
    const SpecRule *rule = function->rule;
    for (uint32_t i = 0; rule->left_out && i < function->n_args; i++) {
        const Str name = base_str_cut(function->args[i].name);
        if (!rule->left_out[i]) continue;
        base_warning(reader->diags, CODE_W002, rule->grads_span,
                     base_hint(reader->diags,
                               "write `%.*s: null` if it is to be zero, or declare the "
                               "argument `nondiff: true`",
                               STR_ARG(name)),
                     "the rule of `%.*s` gives no cotangent for `%.*s`",
                     STR_ARG(base_str_cut(function->name)), STR_ARG(name));
    }
}

void front_spec_warnings(SpecReader *reader) {
    const Spec *spec = reader->spec;
    for (uint32_t i = 0; i < spec->n_functions; i++) {
        const SpecFunction *function = &spec->functions[i];
        unused_lets(reader, function, &function->let, "");
        if (!function->rule) continue;
        unused_lets(reader, function, &function->rule->let, "the rule of ");
        missing_cotangents(reader, function);
    }
}
