// Contexts: making and freeing them, their diagnostics and places, what is loaded.
#include "api/context.h"

cg_context *cg_new(void) {
    Arena *arena = base_arena_new();
    cg_context *cg = arena ? NEW(arena, cg_context) : NULL;
    if (cg) {
        cg->arena = arena;
        cg->sources = base_sources_new(arena);
        cg->diags = (Diags){.arena = arena, .sources = cg->sources};
    }
    if (!cg || !cg->sources) {
        base_arena_free(arena);
        return NULL;
    }
    return cg;
}

static void drop_spec(LoadedSpec *loaded) {
    ir_free(loaded->ir);
    base_arena_free(loaded->arena);
}

void cg_free(cg_context *cg) {
    if (!cg) return;
    for (uint32_t i = 0; i < cg->specs.n; i++)
        drop_spec(cg->specs.at[i]);
    for (uint32_t i = 0; i < cg->refused.n; i++)
        drop_spec(cg->refused.at[i]);
    base_arena_free(cg->result_arena);
    base_arena_free(cg->shown_arena);
    base_arena_free(cg->arena);
}

const char *cg_version(void) {
    return CG_VERSION;
}
const char *cg_dtype_name(cg_dtype dtype) {
    return num_dtype_name((Dtype)dtype);
}

size_t cg_point_count(const cg_context *cg, cg_source spec) {
    return cg->specs.at[spec]->points.n;
}

const char *cg_point_name(const cg_context *cg, cg_source spec, size_t point) {
    return cg->specs.at[spec]->points.at[point].spec->name.at;
}

const char *cg_point_function(const cg_context *cg, cg_source spec, size_t point) {
    return cg->specs.at[spec]->points.at[point].function;
}

size_t cg_function_count(const cg_context *cg, cg_source spec) {
    return cg->specs.at[spec]->spec->n_functions;
}

const char *cg_function_name(const cg_context *cg, cg_source spec, size_t function) {
    return cg->specs.at[spec]->function_names[function];
}

const char *cg_spec_name(const cg_context *cg, cg_source spec) {
    return cg->specs.at[spec]->name.at;
}

const char *cg_spec_text(const cg_context *cg, cg_source spec, size_t *n) {
    *n = cg->specs.at[spec]->text.n;
    return cg->specs.at[spec]->text.at;
}

size_t cg_argument_count(const cg_context *cg, cg_source spec, size_t function) {
    return cg->specs.at[spec]->spec->functions[function].n_args;
}

// Names in a spec are parts of its text: the caller gets a copy that ends.
const char *cg_argument_name(cg_context *cg, cg_source spec, size_t function,
                             size_t argument) {
    const LoadedSpec *loaded = cg->specs.at[spec];
    return base_strdup(loaded->arena,
                       loaded->spec->functions[function].args[argument].name);
}

cg_stats cg_get_stats(const cg_context *cg) {
    return cg->stats;
}

Arena *api_result_arena(cg_context *cg) {
    base_arena_free(cg->result_arena);
    return cg->result_arena = base_arena_new();
}

// -- diagnostics --------------------------------------------------------------------

static const char *text_or_null(Arena *arena, Str text) {
    return text.n ? base_strdup(arena, text) : NULL;
}

Status api_make_diagnostic(const Diags *diags, Arena *arena, const Diag *diag,
                           cg_diagnostic *shown) {
    Place place;
    Text message = {.arena = arena};
    base_diag_message(diag, &message);
    if (message.failed) return NOMEM;
    *shown = (cg_diagnostic){.code = base_code_name(diag->code),
                             .is_warning = base_diag_is_warning(diags, diag->code),
                             .message = message.at,
                             .hint = text_or_null(arena, diag->hint)};
    if (diag->hint.n) TRY_ALLOC(shown->hint);
    if (!base_source_find(diags->sources, diag->span, &place)) return OK;
    shown->file = base_strdup(arena, place.file);
    shown->line = place.line;
    shown->column = place.column;
    return shown->file ? OK : NOMEM;
}

// The list as the caller sees it is made when it is first asked for after a change.
static void show(cg_context *cg) {
    if (cg->shown.n == cg->diags.list.n && !cg->shown_is_old) return;
    cg->shown_is_old = false;
    base_diags_sort(&cg->diags);
    base_arena_free(cg->shown_arena);
    cg->shown_arena = base_arena_new();
    memset(&cg->shown, 0, sizeof cg->shown);
    for (uint32_t i = 0; cg->shown_arena && i < cg->diags.list.n; i++) {
        cg_diagnostic diagnostic;
        if (api_make_diagnostic(&cg->diags, cg->shown_arena, &cg->diags.list.at[i],
                                &diagnostic) != OK ||
            !VEC_PUSH(cg->shown_arena, &cg->shown, diagnostic))
            return;
    }
}

size_t cg_diagnostic_count(const cg_context *cg) {
    return cg->diags.list.n;
}
size_t cg_error_count(const cg_context *cg) {
    return cg->diags.errors;
}

const cg_diagnostic *cg_diagnostic_at(cg_context *cg, size_t i) {
    show(cg);
    return i < cg->shown.n ? &cg->shown.at[i] : NULL;
}

const char *cg_diagnostics_text(cg_context *cg, bool colour) {
    Text text = {.arena = cg->arena};
    base_diags_sort(&cg->diags);
    base_text_add(&text, STR(""));
    base_diags_text(&cg->diags, colour, &text);
    if (text.failed) return NULL;
    return text.at ? text.at : "";
}

void cg_set_werror(cg_context *cg, bool werror) {
    cg->diags.werror = werror;
}

void cg_drop_warnings(cg_context *cg) {
    base_diags_drop_warnings(&cg->diags);
}

void cg_clear_diagnostics(cg_context *cg) {
    const bool werror = cg->diags.werror;
    cg->diags = (Diags){.arena = cg->arena, .sources = cg->sources, .werror = werror};
    base_arena_free(cg->shown_arena);
    cg->shown_arena = NULL;
    memset(&cg->shown, 0, sizeof cg->shown);
}

// -- places -------------------------------------------------------------------------

Status api_make_place(cg_context *cg, Span span, const char *key, cg_place *shown) {
    Place place;
    *shown = (cg_place){.key = key, .at = span.at, .size = span.n};
    if (!base_source_find(cg->sources, span, &place)) return OK;
    shown->file = base_strdup(cg->arena, place.file);
    shown->line = place.line;
    shown->column = place.column;
    return shown->file ? OK : NOMEM;
}

const char *cg_place_text(cg_context *cg, const cg_place *place, bool colour) {
    Text text = {.arena = cg->arena};
    base_text_add(&text, STR(""));
    base_excerpt_text(cg->sources, (Span){place->at, place->size}, colour, &text);
    return text.failed ? NULL : text.at;
}
