// A point for a function that is shown, not run: where nobody says at what arguments.
#include "api/context.h"

enum { LETTER_SIZE = 3 }; // of a declared shape: a size that is no number

// x=zeros((3, 2), float64): what the declaration says; a plain number where it says
// nothing.
static void add_zeros(const LoadedSpec *loaded, const RequestParameter *parameter,
                      Text *at) {
    const SpecArg *declared = parameter->declared;
    base_text_printf(at, "%.*s=", STR_ARG(parameter->name));
    if (!declared || (!declared->has_dtype && !declared->has_shape)) {
        base_text_add(at, STR("0, "));
        return;
    }
    base_text_add(at, STR("zeros(("));
    for (uint32_t i = 0; declared->has_shape && i < declared->rank; i++) {
        const int64_t size = declared->shape[i].value;
        base_text_printf(at, "%lld, ", (long long)(size >= 0 ? size : LETTER_SIZE));
    }
    const Dtype dtype = declared->has_dtype ? declared->dtype : loaded->spec->dtype;
    base_text_printf(at, "), %s), ", num_dtype_name(dtype));
}

// The arguments of a call of the function, as --at has them.
static Status typical_arguments(cg_context *cg, LoadedSpec *loaded, const Expr *function,
                                Text *at) {
    uint32_t n;
    RequestParameter *parameters;
    TRY(front_parameters(loaded->front, &cg->diags, loaded->arena, function, &n,
                         &parameters));
    for (uint32_t i = 0; i < n; i++) {
        const SpecArg *declared = parameters[i].declared;
        if (declared && declared->fallback) continue;
        if (declared && (declared->is_static || declared->is_text)) {
            return base_error(&cg->diags, CODE_E403, function->span,
                              base_hint(&cg->diags, "say where, with --at: %.*s=…",
                                        STR_ARG(declared->name)),
                              "the graph depends on the value of the argument `%.*s`, and "
                              "no point says it",
                              STR_ARG(declared->name));
        }
        add_zeros(loaded, &parameters[i], at);
    }
    if (at->failed) return NOMEM;
    if (at->n) at->at[at->n - 2] = 0; // the last comma
    return OK;
}

cg_status cg_function_point(cg_context *cg, cg_source spec, const char *function,
                            size_t *point) {
    LoadedSpec *loaded = cg->specs.at[spec];
    for (uint32_t i = 0; i < loaded->points.n; i++) {
        if (strcmp(loaded->points.at[i].function, function) != 0) continue;
        *point = i;
        return CG_OK;
    }
    SpecText text;
    Expr *expr;
    Text at = {.arena = loaded->arena};
    Status status = api_add_text(cg, loaded, "--function", function, &text);
    if (status == OK)
        status = front_parse_in_spec(loaded->arena, &cg->diags, loaded->spec, text, &expr);
    if (status == OK) status = typical_arguments(cg, loaded, expr, &at);
    if (status != OK) return api_status(status);
    const char *const texts[] = {at.at};
    return cg_add_point(cg, spec, function, at.n != 0, texts, point);
}
