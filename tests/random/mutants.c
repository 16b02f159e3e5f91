// Mutants: the specs of trials with tokens of their expressions changed. What they mean is
// anybody's guess; each gives a result or a coded diagnostic.
#include "random_laws.h"

#include "cggrad.h"

#include <ctype.h>
#include <stdio.h>

enum { MOST_TOKENS = 8192, MOST_CHANGES = 3 };

typedef struct Tokens {
    uint32_t n;
    Str at[MOST_TOKENS]; // within expressions
} Tokens;

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

// Expressions are what stands in double quotes, one on a line.
static void find_tokens(Str text, Tokens *tokens) {
    bool inside = false;
    for (size_t i = 0; i < text.n && tokens->n < MOST_TOKENS;) {
        size_t n = 1;
        if (text.at[i] == '"') inside = !inside;
        if (is_word(text.at[i]))
            while (i + n < text.n && is_word(text.at[i + n]))
                n++;
        if (inside && text.at[i] != '"' && text.at[i] != ' ')
            tokens->at[tokens->n++] = (Str){text.at + i, n};
        i += n;
    }
}

// Another token in its place: one of the spec, one of these, none, or itself and another.
static void write_change(Text *text, const Tokens *tokens, Str token, Random *r) {
    static const char *const others[] = {"0",
                                         "-1",
                                         "7",
                                         "2.5",
                                         "None",
                                         "True",
                                         "nan",
                                         "inf",
                                         "1e40",
                                         "x0",
                                         "''",
                                         "{'a': 1}",
                                         "()",
                                         "(1, 2)",
                                         "[x0, 1]",
                                         "...",
                                         ":",
                                         "lambda",
                                         "=",
                                         "*",
                                         "grad",
                                         "vmap",
                                         "jvp",
                                         "vjp",
                                         "cond",
                                         "scan",
                                         "jacrev",
                                         "axis=1",
                                         "main",
                                         "f0",
                                         "array([])",
                                         "zeros(0)",
                                         "int",
                                         "float32",
                                         "sin",
                                         "f1",
                                         "zeros((2, 0))",
                                         "(lambda: 1)",
                                         "while_loop"};
    const char *other = others[below(r, sizeof others / sizeof *others)];
    const Str known = tokens->at[below(r, tokens->n)];
    const uint32_t way = below(r, 6);
    if (way == 0) return;
    if (way == 1) base_text_printf(text, "%.*s ", STR_ARG(token));
    if (way < 4)
        base_text_printf(text, "%.*s", STR_ARG(known));
    else
        base_text_printf(text, "%s", other);
}

void mutant_spec(Text *text, const Program *program, const Trial *trial) {
    Text whole = {.arena = text->arena};
    Tokens *tokens = NEW(text->arena, Tokens);
    Random r = {trial->seed + 17};
    law_spec(&whole, program, trial);
    find_tokens(base_text_str(&whole), tokens);
    uint32_t changes[MOST_CHANGES];
    const uint32_t n = 1 + below(&r, MOST_CHANGES);
    for (uint32_t i = 0; i < n; i++)
        changes[i] = below(&r, tokens->n);
    const char *from = whole.at;
    for (uint32_t i = 0; i < tokens->n; i++) {
        bool changed = false;
        for (uint32_t k = 0; k < n; k++)
            changed |= changes[k] == i;
        if (!changed) continue;
        base_text_add(text, (Str){from, (size_t)(tokens->at[i].at - from)});
        write_change(text, tokens, tokens->at[i], &r);
        from = tokens->at[i].at + tokens->at[i].n;
    }
    base_text_add(text, base_str(from));
}

// "" or what is wrong with the answer.
static void judge(cg_context *cg, cg_status status, const cg_diagnostic *error,
                  Outcome *outcome) {
    if (status == CG_OK && !error) return;
    if (!error && cg_diagnostic_count(cg)) error = cg_diagnostic_at(cg, 0);
    if (error && strcmp(error->code, "E901") != 0) return;
    outcome->verdict = WRONG_ERROR;
    snprintf(outcome->what, sizeof outcome->what, "%s %s", error ? error->code : "no code",
             error ? error->message : "");
}

static Outcome run(const char *bytes, size_t n) {
    Outcome outcome = {HOLDS, ""};
    cg_context *cg = cg_new();
    cg_source spec;
    const cg_status status =
        cg_load_bytes(cg, "mutant.yaml", bytes, n, CG_FORMAT_YAML, &spec);
    judge(cg, status, NULL, &outcome);
    for (size_t i = 0; status == CG_OK && i < cg_point_count(cg, spec); i++) {
        const cg_result *result = NULL;
        const cg_status ran = cg_run_point(cg, spec, i, NULL, &result);
        judge(cg, ran, result ? result->error : NULL, &outcome);
    }
    if (!cg_diagnostics_text(cg, false)) outcome.verdict = WRONG_ERROR;
    cg_free(cg);
    return outcome;
}

Outcome mutant_try(const Program *program, const Trial *trial) {
    Arena *arena = base_arena_new();
    Text text = {.arena = arena};
    mutant_spec(&text, program, trial);
    const Outcome outcome = run(text.at, text.n);
    base_arena_free(arena);
    return outcome;
}
