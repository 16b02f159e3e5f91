// `cg-grad init [FILE]`: a first spec, which is examples/first.yaml, in a new file.
#include "cli/command.h"

#include <errno.h>

// A word of a command line that a person may copy; control characters are shown escaped.
static void add_word(Text *out, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./-+,:@%";
    const char *quote = word[strspn(word, plain)] ? "'" : "";
    base_text_add(out, base_str(quote));
    for (;;) {
        const size_t n = strcspn(word, "'");
        base_text_add_shown(out, (Str){word, n});
        if (!word[n]) break;
        base_text_add(out, STR("'\\''"));
        word += n + 1;
    }
    base_text_add(out, base_str(quote));
}

static void say_next(Command *c, const char *path) {
    const char *slash = strrchr(path, '/');
    Text schema = {.arena = c->arena}, text = {.arena = c->arena};
    base_text_printf(&schema, "%.*sspec.schema.json", slash ? (int)(slash + 1 - path) : 0,
                     path);
    base_text_add(&text, STR("wrote "));
    base_text_add_shown(&text, base_str(path));
    base_text_add(&text, STR("\n\nvalues and gradients of its points:\n  cg-grad "));
    add_word(&text, path);
    base_text_add(&text, STR("\nthe same, compared with what the spec expects:\n"
                             "  cg-grad check "));
    add_word(&text, path);
    base_text_add(&text, STR("\nwith this an editor completes and explains its keys:\n"
                             "  cg-grad schema spec >"));
    add_word(&text, schema.failed ? "" : schema.at);
    base_text_char(&text, '\n');
    cli_say(base_text_str(&text));
}

static ExitStatus is_there(Command *c, const char *path) {
    Text message = {.arena = c->arena};
    base_text_printf(&message, "cannot write %s: there is a file of that name", path);
    if (message.failed) return cli_out_of_memory();
    return cli_complain(c, "E802", message.at,
                        "nothing was written; cg-grad init FILE writes another file, "
                        "cg-grad init - prints it");
}

ExitStatus cli_run_init(Command *c) {
    const char *path = c->options.operands.n ? c->options.operands.at[0] : "spec.yaml";
    const Str spec = cli_embedded("first.yaml");
    if (strcmp(path, "-") == 0) {
        base_text_add(&c->out, spec);
        return cli_print(c);
    }
    const size_t n = strlen(path);
    if (n > 5 && strcmp(path + n - 5, ".json") == 0)
        return cli_complain(c, "E001", "init writes YAML, not JSON",
                            "name the file spec.yaml, say");
    if (cli_create_file(path, spec)) {
        say_next(c, path);
        return EXIT_WELL;
    }
    if (errno == EEXIST) return is_there(c, path);
    c->options.output = path; // what could not be written
    return cli_cannot_write(c, errno);
}
