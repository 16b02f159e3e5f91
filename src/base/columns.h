// How wide text is on a terminal.
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include "base/str.h"

// The columns of a code point: 0 (combining marks), 1, or 2 (wide East Asian characters).
// By a table of our own: wcwidth knows only what the locale knows.
int base_code_columns(uint32_t code);

// The columns of a text as it is shown: base_text_add_shown has left no control characters.
// A byte that is no UTF-8 takes one.
size_t base_columns(Str shown);

#endif
