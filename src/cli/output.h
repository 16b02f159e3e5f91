// Where results go.
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/str.h"

// Writes all bytes to a descriptor. False with errno set.
bool cli_write(int fd, Str bytes);

// Writes a file whole or not at all: a temporary file beside the target is renamed over it,
// the target's mode kept and links followed; devices, FIFOs and sockets are written
// straight. Nothing is left behind after a failure or a signal (signals wait while the file
// is written). False with errno set.
bool cli_write_file(Arena *arena, const char *path, Str bytes);

// Makes a file that is not there yet, whole or not at all. False with errno set: EEXIST
// where anything has that name, a dangling link included.
bool cli_create_file(const char *path, Str bytes);

#endif
