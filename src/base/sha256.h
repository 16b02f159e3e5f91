// SHA-256 (FIPS 180-4): names contents for good, unlike base_hash.
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/str.h"

enum { SHA256_TEXT = 65 };

// The hash of bytes in hexadecimal, and a NUL.
void base_sha256(Str bytes, char text[SHA256_TEXT]);

#endif
