#include "front/aliases.h"

static const Alias aliases[] = {
#define ALIAS(kind, word, mend) {ALIAS_##kind, word, mend, NULL},
#define HINT(kind, word, hint)  {ALIAS_##kind, word, NULL, hint},
#include "front/aliases.def"
};
enum { ALIASES = sizeof aliases / sizeof *aliases };

const Alias *front_alias_row(uint32_t row) {
    return row < ALIASES ? &aliases[row] : NULL;
}

const char *front_alias_hint(Diags *diags, AliasKind kind, Str word) {
    for (uint32_t i = 0; i < ALIASES; i++) {
        const Alias *alias = &aliases[i];
        if (alias->kind == kind && base_str_eq(word, base_str(alias->word)))
            return alias->mend ? base_hint(diags, "write `%s`", alias->mend) : alias->hint;
    }
    return NULL;
}

const char *front_alias_key(Str word, const Str *known, size_t n) {
    for (uint32_t i = 0; i < ALIASES; i++) {
        const Alias *alias = &aliases[i];
        if (alias->kind != ALIAS_KEY || !base_str_eq(word, base_str(alias->word))) continue;
        for (size_t k = 0; k < n; k++)
            if (base_str_eq(known[k], base_str(alias->mend))) return alias->mend;
    }
    return NULL;
}
