#include "doc/trap.h"
#include "doc/tree_build.h"

static const struct {
    Code code;
    const char *message, *hint;
} traps[] = {
#define TRAP(name, code, message, hint) [DOC_TRAP_##name] = {CODE_##code, message, hint},
#include "doc/traps.def"
#undef TRAP
};

// The template with the text in place of each `{}`.
static const char *insert(Diags *diags, const char *template, Str text) {
    const Str cut = base_str_cut(text);
    Text out = {.arena = diags->arena};
    for (const char *brace; (brace = strstr(template, "{}")) != NULL;
         template = brace + 2) {
        base_text_add(&out, (Str){template, (size_t)(brace - template)});
        base_text_add(&out, cut);
    }
    base_text_add(&out, base_str(template));
    diags->failed |= out.failed;
    return out.failed ? "" : out.at;
}

static Str trim(Str text) {
    while (text.n > 0 && strchr(" \t", text.at[0]))
        text = (Str){text.at + 1, text.n - 1};
    while (text.n > 0 && strchr(" \t\r\n", text.at[text.n - 1]))
        text.n--;
    return text;
}

// Whether the text, in quotes, is short and sure enough for a hint.
static bool is_quotable(Str text) {
    enum { LONGEST = 60 };
    return text.n > 0 && text.n <= LONGEST && !memchr(text.at, '\\', text.n) &&
           !memchr(text.at, '\n', text.n) &&
           !(memchr(text.at, '"', text.n) && memchr(text.at, '\'', text.n));
}

static const char *quote_hint(Diags *diags, const DocTrapText *text) {
    enum { LONGEST_KEY = 60 };
    const char *other = text->in_flow ? "write one entry a line" : "put it after `|`";
    const Str mend = trim(text->mend), key = trim(text->key);
    if (!is_quotable(mend) || key.n > LONGEST_KEY)
        return base_hint(diags, "quote the expression, or %s", other);
    const char quote = memchr(mend.at, '"', mend.n) ? '\'' : '"';
    return base_hint(diags, "quote the expression: `%.*s%s%c%.*s%c`, or %s", STR_ARG(key),
                     key.n ? " " : "", quote, STR_ARG(mend), quote, other);
}

Status doc_trap(Diags *diags, DocTrap trap, Span span, const DocTrapText *text) {
    const char *hint = traps[trap].hint ? insert(diags, traps[trap].hint, text->mend)
                                        : quote_hint(diags, text);
    return base_error(diags, traps[trap].code, span, hint, "%s",
                      insert(diags, traps[trap].message, text->found));
}

Status doc_trap_space(Diags *diags, Span span, Str text) {
    const char *colon = memchr(text.at, ':', text.n);
    const size_t n = colon ? (size_t)(colon - text.at) + 1 : 0;
    Text mend = {.arena = diags->arena};
    base_text_add(&mend, (Str){text.at, n});
    base_text_char(&mend, ' ');
    base_text_add(&mend, (Str){text.at + n, text.n - n});
    diags->failed |= mend.failed;
    const DocTrapText trap = {.found = text, .mend = base_text_str(&mend)};
    return doc_trap(diags, DOC_TRAP_SPACE, span, &trap);
}

bool doc_trap_is_space(Str text) {
    size_t i = 0;
    while (i < text.n && (text.at[i] == '_' || (text.at[i] >= '0' && text.at[i] <= '9') ||
                          ((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z')))
        i++;
    const bool name = i > 0 && !(text.at[0] >= '0' && text.at[0] <= '9');
    return name && i + 1 < text.n && text.at[i] == ':' &&
           !strchr(" \t\r\n", text.at[i + 1]);
}
