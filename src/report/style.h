// How text for people is painted: by what a thing is, never by a colour. One table
// (style.c) gives each role its escape sequence; without colours they are all empty.
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include "base/columns.h"

typedef enum Role {
    ROLE_NAME,    // of a point, a function, a table
    ROLE_LABEL,   // what stands before a value: `grad x`
    ROLE_FAINT,   // what may be overlooked: shapes, gaps, counts
    ROLE_GOOD,    // agrees
    ROLE_BAD,     // an error, a failure, refuted
    ROLE_WARNING, // undecided, not checked
    ROLE_PLACE,   // file:line:column, carets, gutters
    ROLE_COUNT
} Role;

// Text in the making, and whether it has colours.
typedef struct Style {
    Text *out;
    bool colour;
} Style;

// Adds what we wrote ourselves, painted.
void report_add(const Style *style, Role role, Str text);
// Adds what came from outside (a name, a message), painted, with what acts on a terminal
// escaped. The columns that it takes.
size_t report_add_shown(const Style *style, Role role, Str text);
// The same around a part that is added piece by piece.
void report_paint(const Style *style, Role role);
void report_plain(const Style *style);
void report_spaces(Text *out, size_t n);

#endif
