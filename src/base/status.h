// Status codes. A function that can fail returns a Status, and says nothing else of the
// failure: what a person must know of it stands in the diagnostics (diag.h).
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

typedef enum Status {
    OK = 0,
    FAILED, // a diagnostic that says why has been reported
    NOMEM,  // out of memory; the outermost layer (api) reports it
} Status;

// Forwards any failure to the caller.
#define TRY(expr)                                                                          \
    do {                                                                                   \
        const Status try_status_ = (expr);                                                 \
        if (try_status_ != OK) return try_status_;                                         \
    } while (0)

// Forwards out-of-memory when an allocation gave NULL.
#define TRY_ALLOC(pointer)                                                                 \
    do {                                                                                   \
        if ((pointer) == 0) return NOMEM;                                                  \
    } while (0)

#endif
