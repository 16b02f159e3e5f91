// Every limit of the program, in one place. Passing one is an E7xx error that names it.
// The test build (-DTEST_LIMITS) shrinks them, so that tests reach them cheaply.
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#ifdef TEST_LIMITS
#define LIMIT(normal, shrunk) (shrunk)
#else
#define LIMIT(normal, shrunk) (normal)
#endif

enum {
    LIMIT_DIAGNOSTICS = 20,              // shown; the rest is counted
    LIMIT_DOC_DEPTH = LIMIT(256, 24),    // nesting of a document
    LIMIT_EXPR_DEPTH = LIMIT(1000, 48),  // nesting of an expression
    LIMIT_CALL_DEPTH = LIMIT(512, 24),   // nesting of calls while tracing
    LIMIT_EVAL_DEPTH = LIMIT(4000, 400), // nesting of all that is being evaluated
    LIMIT_RANK = 32,                     // axes of an array
    LIMIT_UNROLL = LIMIT(1 << 20, 64),   // items of one comprehension
    LIMIT_REACH =
        LIMIT(4096, 32), // calls, trips and lanes that `check` looks at for a point
};

#define LIMIT_DOC_BYTES  LIMIT(64LL << 20, 64LL << 10) // one document
#define LIMIT_DATA_BYTES LIMIT(4LL << 30, 64LL << 10)  // one data file
#define LIMIT_DOC_NODES                                                                    \
    LIMIT(16LL << 20, 16LL << 10) // nodes of a document, aliases expanded
#define LIMIT_GRAPH_NODES LIMIT(64LL << 20, 16LL << 10)  // nodes of one graph
#define LIMIT_ARRAY_SIZE  LIMIT(1LL << 31, 1LL << 16)    // elements of one array
#define LIMIT_TRIPS       LIMIT(1LL << 29, 1LL << 12)    // trips of one loop: some 10 s
#define LIMIT_MEMORY      LIMIT(16LL << 30, 256LL << 20) // bytes of one plan's buffers

#endif
