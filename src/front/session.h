// A front as its own files see it, and what stands around everything that it traces.
#ifndef FRONT_SESSION_H
#define FRONT_SESSION_H

#include "front/function.h"
#include "front/request.h"

struct Front {
    Trace trace;
    Arena *arena;
};

// Begins tracing in a fresh scope; everything made is gone with the arena.
Status front_begin(Front *front, Diags *diags, Span span) MUST_USE;
// Ends it; `scope` is the one that stood after front_begin (NULL: it was closed).
void front_end(Front *front, Scope *scope);

#endif
