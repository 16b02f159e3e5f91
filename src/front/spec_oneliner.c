// Texts of the command line: functions, expressions and arguments without a document.
#include "front/request.h"
#include "front/spec_read.h"

// ---- Expressions ------------------------------------------------------------

typedef struct OneLiner {
    uint32_t n_args;
    const Str *args;
    SpecText value;
    const SpecText *vjp;
} OneLiner;

static Status read_rule(SpecReader *reader, SpecFunction *function, SpecText text) {
    SpecRule *rule = NEW(reader->arena, SpecRule);
    Expr *expr;
    TRY_ALLOC(rule);
    TRY(lang_parse(reader->arena, reader->diags, text.text, text.at, &expr));
    rule->kind = SPEC_VJP;
    rule->span = expr->span;
    rule->cotangent = STR("g");
    rule->cotangent_span = expr->span;
    function->rule = rule;
    return front_spec_one_grad(reader, function, expr, rule);
}

static Status read_one_liner(SpecReader *reader, const OneLiner *text) {
    Spec *spec = reader->spec;
    SpecFunction *function = NEW(reader->arena, SpecFunction);
    reader->broken = NEW(reader->scratch, bool);
    TRY_ALLOC(function);
    TRY_ALLOC(reader->broken);
    function->name = STR("f");
    function->span = (Span){text->value.at, (uint32_t)text->value.text.n};
    function->args = NEW_ARRAY(reader->arena, SpecArg, text->n_args);
    TRY_ALLOC(function->args);
    function->n_args = text->n_args;
    for (uint32_t i = 0; i < text->n_args; i++)
        function->args[i].name = text->args[i];
    spec->n_functions = 1;
    spec->functions = function;
    TRY(base_map_set(spec->function_index, function->name, 0));
    const Status value = lang_parse(reader->arena, reader->diags, text->value.text,
                                    text->value.at, &function->value);
    if (value == NOMEM) return value;
    if (text->vjp) TRY(read_rule(reader, function, *text->vjp));
    TRY(value);
    return front_spec_names(reader);
}

Status front_one_liner(Arena *arena, Diags *diags, uint32_t n_args, const Str *args,
                       SpecText value, const SpecText *vjp, Spec **spec) {
    const OneLiner text = {n_args, args, value, vjp};
    SpecReader reader = {
        .arena = arena, .diags = diags, .errors = diags->errors, .spec = NEW(arena, Spec)};
    TRY_ALLOC(reader.spec);
    reader.spec->dtype = DT_F64;
    reader.spec->constant_index = base_map_new(arena);
    reader.spec->function_index = base_map_new(arena);
    if (!reader.spec->constant_index || !reader.spec->function_index) return NOMEM;
    reader.scratch = base_arena_new();
    TRY_ALLOC(reader.scratch);
    Status status = read_one_liner(&reader, &text);
    base_arena_free(reader.scratch);
    if (status == OK && diags->errors != reader.errors) status = FAILED;
    if (status == OK) *spec = reader.spec;
    return status;
}

Status front_parse_in_spec(Arena *arena, Diags *diags, const Spec *spec, SpecText text,
                           Expr **expr) {
    const uint32_t errors = diags->errors;
    SpecReader reader = {.arena = arena, .diags = diags, .spec = (Spec *)spec}; // read only
    TRY(lang_parse(arena, diags, text.text, text.at, expr));
    reader.scratch = base_arena_new();
    TRY_ALLOC(reader.scratch);
    Status status = front_spec_global_names(&reader, *expr);
    base_arena_free(reader.scratch);
    if (status == OK && diags->errors != errors) status = FAILED;
    return status;
}

// ---- Arguments --------------------------------------------------------------

// The text as a call, `f(…)`, whose bytes stand where they stood in the text. The closing
// bracket has a line of its own, behind a comment.
static Status as_call(Arena *arena, Diags *diags, SpecText text, SpecText *call) {
    static const char before[] = "f(", behind[] = "\n)";
    enum { BEFORE = sizeof before - 1, BEHIND = sizeof behind - 1 };
    Text whole = {.arena = arena};
    base_text_printf(&whole, "%s", before);
    base_text_add(&whole, text.text);
    base_text_printf(&whole, "%s", behind);
    SourceRun *runs = NEW_ARRAY(arena, SourceRun, 3);
    if (whole.failed || !runs) return NOMEM;
    const uint32_t n = (uint32_t)text.text.n;
    runs[0] = (SourceRun){0, text.at, true};
    runs[1] = (SourceRun){BEFORE, text.at, false};
    runs[2] = (SourceRun){BEFORE + n, text.at + n, true};
    call->text = base_text_str(&whole);
    if (base_source_add_decoded(diags->sources, whole.n, runs, 3, &call->at) == OK)
        return OK;
    return base_error(diags, CODE_E701, (Span){text.at, n}, NULL,
                      "all texts together pass the limit of 4 GiB");
}

static Status not_named(Diags *diags, Span span) {
    return base_error(diags, CODE_E307, span, "write name=value, name=value: x=3, y=[1, 2]",
                      "expected the name of an argument and its value");
}

Status front_parse_arguments(Arena *arena, Diags *diags, SpecText text, uint32_t *n,
                             RequestText **args) {
    const uint32_t errors = diags->errors;
    SpecText call_text;
    Expr *call;
    TRY(as_call(arena, diags, text, &call_text));
    TRY(lang_parse(arena, diags, call_text.text, call_text.at, &call));
    const bool whole = call->kind == EXPR_CALL && call->items[0]->kind == EXPR_NAME &&
                       call->items[0]->span.at == call_text.at;
    if (!whole) return not_named(diags, (Span){text.at, (uint32_t)text.text.n});
    *n = call->n - 1;
    *args = NEW_ARRAY(arena, RequestText, *n);
    TRY_ALLOC(*args);
    for (uint32_t i = 0; i < *n; i++) {
        const Expr *arg = call->items[i + 1];
        if (arg->kind == EXPR_KEYWORD)
            (*args)[i] = (RequestText){arg->text, arg->op_span, arg->items[0]};
        else
            not_named(diags, arg->span);
    }
    return diags->errors == errors ? OK : FAILED;
}
