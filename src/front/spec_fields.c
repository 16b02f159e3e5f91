// Reading mappings and sequences of a spec: kinds, keys, and what YAML makes of unquoted
// text.
#include "base/limits.h"
#include "doc/trap.h"
#include "front/spec_read.h"

// ---- Mistakes ---------------------------------------------------------------

void front_spec_error(SpecReader *reader, Code code, const DocNode *node, const char *hint,
                      const char *format, ...) {
    if (node->refused || (node->mended && code == CODE_E201)) return;
    va_list args;
    va_start(args, format);
    Text message = {.arena = reader->scratch};
    base_text_vprintf(&message, format, args);
    va_end(args);
    const char *text = message.failed ? "out of memory" : message.at;
    if (node->alias.at)
        base_error_also(reader->diags, code, node->span, node->alias, "aliased here", hint,
                        "%s", text);
    else
        base_error(reader->diags, code, node->span, hint, "%s", text);
}

bool front_spec_is(SpecReader *reader, const DocNode *node, DocKind kind, const char *what,
                   const char *hint) {
    if (node->kind == kind && !node->refused) return true;
    const bool collection = kind == DOC_MAPPING || kind == DOC_SEQUENCE;
    if (collection && node->plain && !node->refused && doc_trap_is_space(node->text)) {
        doc_trap_space(reader->diags, doc_written(node), node->text);
        return false;
    }
    if (collection && node->kind == DOC_NULL && node->text.n == 0)
        hint = "its entries stand on the lines below, indented more than the key";
    front_spec_error(reader, CODE_E201, node, hint, "expected %s for %s, got %s",
                     doc_kind_name(kind), what,
                     node->kind == DOC_NULL && node->text.n == 0
                         ? "nothing"
                         : doc_kind_name(node->kind));
    return false;
}

// ---- Scalars -------------------------------------------------------

bool front_spec_is_name(SpecReader *reader, const DocNode *node, const char *what) {
    if (node->refused) return false;
    if (node->kind != DOC_SEQUENCE && node->kind != DOC_MAPPING && lang_is_name(node->text))
        return true;
    if (node->kind == DOC_SEQUENCE || node->kind == DOC_MAPPING) {
        front_spec_error(reader, CODE_E201, node, NULL, "expected a name for %s, got %s",
                         what, doc_kind_name(node->kind));
        return false;
    }
    front_spec_error(reader, CODE_E204, node,
                     "a name is made of letters, digits and _, begins with no digit, and "
                     "is no keyword of Python",
                     "`%.*s` is no name for %s", STR_ARG(base_str_cut(node->text)), what);
    return false;
}

bool front_spec_flag(SpecReader *reader, const DocPair *pair, bool fallback) {
    if (!pair) return fallback;
    Text what = {.arena = reader->scratch};
    base_text_printf(&what, "`%.*s`", STR_ARG(pair->key.text));
    const char *hint = "write true or false";
    if (!front_spec_is(reader, &pair->value, DOC_BOOL, what.failed ? "it" : what.at, hint))
        return fallback;
    return pair->value.boolean;
}
