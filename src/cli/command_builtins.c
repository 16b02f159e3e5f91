// `cg-grad builtins [NAME…]`: what every expression knows.
#include "cli/command.h"
#include "report/report_builtins.h"

#include <fnmatch.h>

static bool is_glob(const char *name) {
    return name[strcspn(name, "*?[")] != 0;
}

// The row of a name, a module in front of it allowed, of a method also without its x.; NULL
// where there is none.
static const cg_builtin *find_row(const BuiltinRows *all, const char *name) {
    cg_builtin found;
    const bool is_function = cg_find_builtin(name, &found);
    for (uint32_t i = 0; i < all->n; i++) {
        const char *row = all->at[i].name;
        if (is_function ? strcmp(row, found.name) == 0
                        : strncmp(row, "x.", 2) == 0 && strcmp(row + 2, name) == 0)
            return &all->at[i];
    }
    return NULL;
}

static ExitStatus unknown(Command *c, const BuiltinRows *all, const char *name) {
    const char *dot = strrchr(name, '.');
    Str *names = NEW_ARRAY(c->arena, Str, all->n);
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    if (!names) return cli_out_of_memory();
    for (uint32_t i = 0; i < all->n; i++)
        names[i] = base_str(all->at[i].name);
    const int best = base_nearest(base_str(dot ? dot + 1 : name), names, all->n);
    base_text_printf(&message,
                     is_glob(name) ? "no built-in matches `%s`" : "unknown built-in `%s`",
                     name);
    if (best >= 0)
        base_text_printf(&hint, "did you mean `%s`?", all->at[best].name);
    else
        base_text_add(&hint, STR("cg-grad builtins lists them"));
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E401", message.at, hint.at);
}

// What the operands name, in their order. A glob is a list; names are described.
static ExitStatus choose_rows(Command *c, const BuiltinRows *all, BuiltinRows *chosen,
                              bool *is_list) {
    ExitStatus status = EXIT_WELL;
    for (uint32_t k = 0; k < c->options.operands.n; k++) {
        const char *name = c->options.operands.at[k];
        const uint32_t before = chosen->n;
        const cg_builtin *row = find_row(all, name);
        *is_list |= !row;
        if (row && !VEC_PUSH(c->arena, chosen, *row)) return cli_out_of_memory();
        for (uint32_t i = 0; !row && i < all->n; i++)
            if (fnmatch(name, all->at[i].name, 0) == 0 &&
                !VEC_PUSH(c->arena, chosen, all->at[i]))
                return cli_out_of_memory();
        if (chosen->n == before) status = unknown(c, all, name);
    }
    return status;
}

ExitStatus cli_run_builtins(Command *c) {
    BuiltinRows all = {0}, chosen = {0};
    bool is_list = false;
    if (report_all_builtins(c->arena, &all) != OK) return cli_out_of_memory();
    const ExitStatus status = choose_rows(c, &all, &chosen, &is_list);
    if (status != EXIT_WELL) return status;
    const bool every = c->options.operands.n == 0;
    if (c->options.format != REPORT_TEXT) {
        const bool one_document = c->options.format == REPORT_JSON;
        if (report_builtins_json(&all, every ? &all : &chosen, one_document, &c->out) != OK)
            return cli_out_of_memory();
    } else if (every) {
        report_builtin_names(&all, &c->out);
    } else if (is_list) {
        report_builtin_lines(&chosen, &c->out);
    } else {
        report_builtin_blocks(&all, &chosen, &c->out);
    }
    return cli_print(c);
}
