// Loading: files and texts into specs.
#include "api/context.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

// -- reading bytes ------------------------------------------------------------------

static Status read_error(cg_context *cg, const char *path, const char *why) {
    return base_error(&cg->diags, CODE_E801, NO_SPAN, NULL, "cannot read %s: %s", path,
                      why);
}

// All bytes of a stream, at most LIMIT_DOC_BYTES.
static Status read_stream(cg_context *cg, Arena *arena, FILE *file, const char *path,
                          Str *bytes) {
    VEC(char) read = {0};
    for (;;) {
        if (!VEC_RESERVE(arena, &read, 65536)) return NOMEM;
        const size_t n = fread(read.at + read.n, 1, read.cap - read.n, file);
        read.n += (uint32_t)n;
        if (n == 0) break;
        if (read.n > LIMIT_DOC_BYTES) {
            return base_error(
                &cg->diags, CODE_E701, NO_SPAN, NULL,
                "%s passes the limit of %lld bytes for a document (LIMIT_DOC_BYTES)", path,
                (long long)LIMIT_DOC_BYTES);
        }
    }
    if (ferror(file)) return read_error(cg, path, strerror(errno));
    *bytes = (Str){read.at, read.n};
    return OK;
}

static Status read_file(cg_context *cg, Arena *arena, const char *path, Str *bytes) {
    if (strcmp(path, "-") == 0)
        return read_stream(cg, arena, stdin, "standard input", bytes);
    FILE *file = fopen(path, "rb");
    if (!file && errno == ENOMEM) return NOMEM;
    if (!file) return read_error(cg, path, strerror(errno));
    const Status status = read_stream(cg, arena, file, path, bytes);
    fclose(file);
    return status;
}

// -- specs --------------------------------------------------------------------------

static LoadedSpec *new_spec(const char *name) {
    Arena *arena = base_arena_new();
    LoadedSpec *loaded = arena ? NEW(arena, LoadedSpec) : NULL;
    if (loaded) {
        loaded->arena = arena;
        loaded->name = (Str){base_strdup(arena, base_str(name)), strlen(name)};
        loaded->prepared_index = base_map_new(arena);
        loaded->file_index = base_map_new(arena);
    }
    if (!loaded || !loaded->name.at || !loaded->prepared_index || !loaded->file_index) {
        base_arena_free(arena);
        return NULL;
    }
    return loaded;
}

static Status add_source(cg_context *cg, Str name, Str bytes, uint32_t *at) {
    if (base_source_add(cg->sources, name, bytes, at) == OK) return OK;
    return base_error(&cg->diags, CODE_E701, NO_SPAN, NULL,
                      "all texts together pass the limit of 4 GiB");
}

static Status add_point(LoadedSpec *loaded, SpecPoint *spec, uint32_t n,
                        RequestText *texts) {
    const Point point = {.spec = spec,
                         .function = base_strdup(loaded->arena, spec->function_text),
                         .n_texts = n,
                         .texts = texts};
    TRY_ALLOC(point.function);
    return VEC_PUSH(loaded->arena, &loaded->points, point) ? OK : NOMEM;
}

static Status name_functions(LoadedSpec *loaded) {
    const Spec *spec = loaded->spec;
    loaded->function_names = NEW_ARRAY(loaded->arena, const char *, spec->n_functions);
    TRY_ALLOC(loaded->function_names);
    for (uint32_t i = 0; i < spec->n_functions; i++) {
        loaded->function_names[i] = base_strdup(loaded->arena, spec->functions[i].name);
        TRY_ALLOC(loaded->function_names[i]);
    }
    return OK;
}

// What stands once the spec has been read: the tracer, and the points.
static Status prepare_spec(cg_context *cg, LoadedSpec *loaded) {
    loaded->ir = ir_new(&cg->diags);
    TRY_ALLOC(loaded->ir);
    loaded->front = front_new(loaded->arena, loaded->ir, loaded->spec);
    TRY_ALLOC(loaded->front);
    TRY(name_functions(loaded));
    for (uint32_t i = 0; i < loaded->spec->n_points; i++)
        TRY(add_point(loaded, &loaded->spec->points[i], 0, NULL));
    return VEC_PUSH(cg->arena, &cg->specs, loaded) ? OK : NOMEM;
}

static cg_status finish(cg_context *cg, LoadedSpec *loaded, Status status,
                        cg_source *spec) {
    if (status == OK) status = prepare_spec(cg, loaded);
    if (status != OK) {
        if (!VEC_PUSH(cg->arena, &cg->refused, loaded)) return CG_NOMEM;
        return api_status(status);
    }
    *spec = cg->specs.n - 1;
    return CG_OK;
}

static Status read_spec(cg_context *cg, LoadedSpec *loaded, Str bytes, cg_format format) {
    static const DocFormat formats[] = {DOC_FORMAT_GUESS, DOC_FORMAT_YAML, DOC_FORMAT_JSON};
    uint32_t at;
    DocNode *root;
    loaded->text = bytes;
    TRY(add_source(cg, loaded->name, bytes, &at));
    const Status read =
        doc_read(loaded->arena, &cg->diags, bytes, at, formats[format], &root);
    if (!root) return read;
    const Status status =
        front_read_spec(loaded->arena, &cg->diags, root, loaded->name, &loaded->spec);
    return read == OK || status == NOMEM ? status : read;
}

cg_status cg_load_bytes(cg_context *cg, const char *name, const char *bytes, size_t n,
                        cg_format format, cg_source *spec) {
    LoadedSpec *loaded = new_spec(name);
    if (!loaded) return CG_NOMEM;
    const Str copy = {base_strdup(loaded->arena, (Str){bytes, n}), n};
    const Status status = copy.at ? read_spec(cg, loaded, copy, format) : NOMEM;
    return finish(cg, loaded, status, spec);
}

cg_status cg_load_file(cg_context *cg, const char *path, cg_format format,
                       cg_source *spec) {
    LoadedSpec *loaded = new_spec(path);
    if (!loaded) return CG_NOMEM;
    Str bytes;
    Status status = read_file(cg, loaded->arena, path, &bytes);
    if (status == OK) status = read_spec(cg, loaded, bytes, format);
    return finish(cg, loaded, status, spec);
}

// -- files beside a spec ------------------------------------------------------------

static Status read_json(cg_context *cg, const char *path, DocNode **root, Str *bytes) {
    uint32_t at;
    const char *name = base_strdup(cg->arena, base_str(path));
    TRY_ALLOC(name);
    TRY(read_file(cg, cg->arena, path, bytes));
    TRY(add_source(cg, base_str(name), *bytes, &at));
    return doc_read(cg->arena, &cg->diags, *bytes, at, DOC_FORMAT_JSON, root);
}

cg_status cg_read_json(cg_context *cg, const char *path, const DocNode **root,
                       const char **text, size_t *n) {
    DocNode *read = NULL;
    Str bytes = {0};
    *root = NULL;
    if (access(path, F_OK) != 0) return CG_OK;
    cg->shown_is_old = true;
    const Status status = read_json(cg, path, &read, &bytes);
    *text = bytes.at;
    *n = bytes.n;
    *root = status == OK ? read : NULL;
    return api_status(status);
}

Diags *cg_diagnostics(cg_context *cg) {
    cg->shown_is_old = true;
    return &cg->diags;
}

// -- texts of the command line ------------------------------------------------------

Status api_add_text(cg_context *cg, LoadedSpec *loaded, const char *name, const char *text,
                    SpecText *result) {
    const char *copy = base_strdup(loaded->arena, base_str(text));
    TRY_ALLOC(copy);
    result->text = base_str(copy);
    return add_source(cg, base_str(name), result->text, &result->at);
}

// All texts of --at, joined, as named arguments.
static Status read_at(cg_context *cg, LoadedSpec *loaded, size_t n_at,
                      const char *const *at, uint32_t *n, RequestText **texts) {
    VEC(RequestText) all = {0};
    for (size_t i = 0; i < n_at; i++) {
        SpecText text;
        uint32_t n_more;
        RequestText *more;
        TRY(api_add_text(cg, loaded, "--at", at[i], &text));
        TRY(front_parse_arguments(loaded->arena, &cg->diags, text, &n_more, &more));
        for (uint32_t k = 0; k < n_more; k++) {
            for (uint32_t m = 0; m < all.n; m++) {
                if (!base_str_eq(all.at[m].name, more[k].name)) continue;
                return base_error_also(&cg->diags, CODE_E403, more[k].span, all.at[m].span,
                                       "given here", NULL, "argument `%.*s` is given twice",
                                       STR_ARG(more[k].name));
            }
            if (!VEC_PUSH(loaded->arena, &all, more[k])) return NOMEM;
        }
    }
    *n = all.n;
    *texts = all.at;
    return OK;
}

// A point of a function given as an expression; its name is <function>#<index>.
static Status new_point(LoadedSpec *loaded, Expr *function, Str text, uint32_t n,
                        RequestText *texts, size_t n_at, const char *const *at) {
    SpecPoint *point = NEW(loaded->arena, SpecPoint);
    Text name = {.arena = loaded->arena};
    TRY_ALLOC(point);
    base_text_printf(&name, "%.*s#%u", STR_ARG(text), loaded->points.n);
    if (name.failed) return NOMEM;
    *point = (SpecPoint){.name = base_text_str(&name),
                         .span = function->span,
                         .function = function,
                         .function_text = text};
    const char **kept = NEW_ARRAY(loaded->arena, const char *, n_at);
    TRY_ALLOC(kept);
    for (size_t i = 0; i < n_at; i++) {
        kept[i] = base_strdup(loaded->arena, base_str(at[i]));
        TRY_ALLOC(kept[i]);
    }
    TRY(add_point(loaded, point, n, texts));
    Point *added = &loaded->points.at[loaded->points.n - 1];
    added->added = true;
    added->at = kept;
    added->n_at = n_at;
    return OK;
}

static Status read_expression(cg_context *cg, LoadedSpec *loaded, const char *value,
                              const char *vjp, uint32_t n, const RequestText *texts) {
    SpecText value_text, vjp_text;
    Str *names = NEW_ARRAY(loaded->arena, Str, n);
    TRY_ALLOC(names);
    for (uint32_t i = 0; i < n; i++)
        names[i] = texts[i].name;
    TRY(api_add_text(cg, loaded, "-e", value, &value_text));
    if (vjp) TRY(api_add_text(cg, loaded, "--vjp", vjp, &vjp_text));
    loaded->expression = value_text.text.at;
    loaded->vjp = vjp ? vjp_text.text.at : NULL;
    return front_one_liner(loaded->arena, &cg->diags, n, names, value_text,
                           vjp ? &vjp_text : NULL, &loaded->spec);
}

cg_status cg_load_expression(cg_context *cg, const char *value, const char *vjp,
                             size_t n_at, const char *const *at, cg_source *spec) {
    LoadedSpec *loaded = new_spec("-e");
    if (!loaded) return CG_NOMEM;
    uint32_t n = 0;
    RequestText *texts = NULL;
    Status status = read_at(cg, loaded, n_at, at, &n, &texts);
    if (status == OK) status = read_expression(cg, loaded, value, vjp, n, texts);
    const cg_status loaded_status = finish(cg, loaded, status, spec);
    if (loaded_status != CG_OK) return loaded_status;
    // The point's function stands where its value does: that is what a person wrote.
    Expr *function = NEW(loaded->arena, Expr);
    if (!function) return CG_NOMEM;
    const Span span = loaded->spec->functions[0].value->span;
    *function =
        (Expr){.kind = EXPR_NAME, .span = span, .text = loaded->spec->functions[0].name};
    return api_status(new_point(loaded, function, function->text, n, texts, n_at, at));
}

cg_status cg_add_point(cg_context *cg, cg_source spec, const char *function, size_t n_at,
                       const char *const *at, size_t *point) {
    LoadedSpec *loaded = cg->specs.at[spec];
    SpecText text;
    Expr *expr;
    uint32_t n = 0;
    RequestText *texts = NULL;
    Status status = api_add_text(cg, loaded, "--function", function, &text);
    if (status == OK)
        status = front_parse_in_spec(loaded->arena, &cg->diags, loaded->spec, text, &expr);
    if (status == OK) status = read_at(cg, loaded, n_at, at, &n, &texts);
    if (status == OK) status = new_point(loaded, expr, text.text, n, texts, n_at, at);
    *point = loaded->points.n - 1;
    return api_status(status);
}
