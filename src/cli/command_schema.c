// `cg-grad schema [WHAT]`: a JSON Schema of schemas/, or the list of them.
#include "cli/command.h"
#include "cli/embedded.h"

#define SUFFIX ".schema.json"

// The name of a schema; empty where the file is none.
static Str name_of(const EmbeddedFile *file) {
    const size_t n = strlen(file->name), suffix = sizeof SUFFIX - 1;
    const bool is_schema = n > suffix && strcmp(file->name + n - suffix, SUFFIX) == 0;
    return (Str){file->name, is_schema ? n - suffix : 0};
}

// The schema's own title, the first that stands in it.
static Str title_of(const EmbeddedFile *file) {
    static const char key[] = "\"title\": \"";
    const char *title = strstr(file->text, key);
    if (!title) return STR("");
    title += sizeof key - 1;
    return (Str){title, strcspn(title, "\"")};
}

static ExitStatus unknown_schema(Command *c, const char *word) {
    VEC(Str) names = {0};
    for (const EmbeddedFile *file = cli_embedded_files; file->name; file++)
        if (name_of(file).n && !VEC_PUSH(c->arena, &names, name_of(file)))
            return cli_out_of_memory();
    const int best = base_nearest(base_str(word), names.at, names.n);
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message, "there is no schema `%s`", word);
    if (best >= 0 && names.at)
        base_text_printf(&hint, "did you mean %.*s? ", STR_ARG(names.at[best]));
    base_text_add(&hint, STR("known: "));
    for (uint32_t i = 0; i < names.n; i++)
        base_text_printf(&hint, i ? ", %.*s" : "%.*s", STR_ARG(names.at[i]));
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E001", message.at, hint.at);
}

ExitStatus cli_run_schema(Command *c) {
    enum { COLUMN = 12 }; // of the titles
    const char *word = c->options.operands.n ? c->options.operands.at[0] : NULL;
    for (const EmbeddedFile *file = cli_embedded_files; file->name; file++) {
        const Str name = name_of(file), title = title_of(file);
        if (!name.n) continue;
        if (!word)
            base_text_printf(&c->out, "%-*.*s%.*s\n", COLUMN, STR_ARG(name),
                             STR_ARG(title));
        else if (base_str_eq(name, base_str(word)))
            base_text_add(&c->out, base_str(file->text));
    }
    return word && !c->out.n && !c->out.failed ? unknown_schema(c, word) : cli_print(c);
}
