// A preloaded allocator that fails once: the FAIL_AT-th allocation of the process gives
// NULL, whoever asks (libraries too). FAIL_AT=0: none fails. At the end the number of
// allocations goes to descriptor 9.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t n);

static unsigned long count, fail_at; // the program under test has one thread

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAIL_AT");
    count = 0;
    fail_at = text ? strtoul(text, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void) {
    char text[32];
    const int n = snprintf(text, sizeof text, "%lu\n", count);
    const ssize_t written = write(9, text, (size_t)n);
    (void)written; // without a descriptor 9 nobody asks
}

static int fails(void) {
    if (++count != fail_at) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n) {
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t n) {
    return fails() ? NULL : __libc_realloc(old, n);
}
