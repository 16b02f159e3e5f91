// Files of the project that stand in the executable: the Makefile's EMBEDDED, by
// scripts/embed.
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *name; // without its folder
    const char *text; // UTF-8, ends in a line feed
} EmbeddedFile;

extern const EmbeddedFile cli_embedded_files[]; // behind the last one: a NULL name

#endif
