// Errors of points that every backend reports alike.
#include "exec/program.h"

#include <stdio.h>

Status exec_out_of_bounds(Arena *arena, const Places *about, uint32_t axis, int64_t index,
                          ExecError *error) {
    enum { ROOM = 120 };
    char *message = base_alloc(arena, ROOM);
    TRY_ALLOC(message);
    const int64_t size = about->sizes[axis];
    // A negative one was counted from the end (prim.def).
    const int64_t given = index < INT64_MIN + size ? index
                          : index < 0              ? index - size
                                                   : index;
    (void)snprintf(message, ROOM,
                   "index %lld is out of bounds for axis %lld with size %lld",
                   (long long)given, (long long)about->axes[axis], (long long)size);
    *error = (ExecError){.code = CODE_E601, .span = about->span, .message = message};
    return FAILED;
}

Status exec_error_within(Arena *arena, const char *what, int64_t number, ExecError *error) {
    const size_t n = strlen(error->message) + 60;
    char *message = base_alloc(arena, n);
    TRY_ALLOC(message);
    (void)snprintf(message, n, "in %s %lld: %s", what, (long long)number, error->message);
    error->message = message;
    return FAILED;
}
