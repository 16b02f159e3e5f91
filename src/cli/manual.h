// Pages of the manual in mdoc: a template whose lists are made from the tables.
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/str.h"

// Adds a template, each line `.\" @list` in it replaced by the list of that name: synopsis,
// commands, options, examples, builtins, modules.
Status cli_manual_page(const char *template, Text *out) MUST_USE;

#endif
