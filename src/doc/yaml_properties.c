#include "doc/yaml_properties.h"
#include "doc/yaml_rescan.h"

bool doc_yaml_is_space(Str bytes, size_t i) {
    return bytes.at[i] == ' ' || bytes.at[i] == '\t' || doc_yaml_break(bytes, i) > 0;
}

size_t doc_yaml_skip_space(Str bytes, size_t i, size_t end) {
    while (i < end) {
        if (bytes.at[i] == '#')
            while (i < end && doc_yaml_break(bytes, i) == 0)
                i++;
        else if (doc_yaml_is_space(bytes, i))
            i += doc_yaml_break(bytes, i) ? doc_yaml_break(bytes, i) : 1;
        else
            break;
    }
    return i;
}

size_t doc_yaml_word_end(Str bytes, size_t i, size_t end) {
    while (i < end && !doc_yaml_is_space(bytes, i) && !(bytes.at[i] == ','))
        i++;
    return i;
}

static size_t property_end(Str bytes, size_t i, size_t end) {
    if (bytes.at[i] == '!') {
        const bool verbatim =
            i + 1 < end && bytes.at[i + 1] == '<'; // !<tag:yaml.org,2002:str>
        const char *close = verbatim ? memchr(bytes.at + i, '>', end - i) : NULL;
        return close ? (size_t)(close - bytes.at) + 1 : doc_yaml_word_end(bytes, i, end);
    }
    for (i++; i < end; i++) {
        const char c = bytes.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') break;
    }
    return i;
}

YamlProperties doc_yaml_properties(Str bytes, uint32_t at, size_t from, size_t end,
                                   bool anchor, bool tag) {
    YamlProperties found = {NO_SPAN, NO_SPAN, from};
    while (anchor || tag) {
        const size_t i = doc_yaml_skip_space(bytes, found.content, end);
        if (i == end || (bytes.at[i] != '&' && bytes.at[i] != '!')) break;
        found.content = property_end(bytes, i, end);
        const Span span = {at + (uint32_t)i, (uint32_t)(found.content - i)};
        if (bytes.at[i] == '&') {
            found.anchor = span;
            anchor = false;
        } else {
            found.tag = span;
            tag = false;
        }
    }
    const size_t content = doc_yaml_skip_space(bytes, found.content, end);
    if (content < end) found.content = content;
    return found;
}
