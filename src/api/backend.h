// Running plans by the engine that was asked for. For this folder alone.
#ifndef API_BACKEND_H
#define API_BACKEND_H

#include "api/context.h"

// What runs a point's plans, and where its texts go.
typedef struct ApiEngine {
    cg_context *cg;
    cg_engine engine;
    unsigned digits; // EXACT: 0, or of decimals
    Arena *arena;    // the result's
} ApiEngine;

// Room for the outputs of a graph, and for their decimals where digits are asked for (else
// *decimals is NULL).
Status api_make_room(const ApiEngine *engine, const Graph *graph, void ***outputs,
                     ExecDecimal ***decimals) MUST_USE;

// Runs a plan of that graph. decimals: as of api_make_room, or NULL. FAILED: *error says
// why (the point's error, nothing reported).
Status api_run_plan(const ApiEngine *engine, const Graph *graph, Plan *plan,
                    const void *const *inputs, void *const *outputs,
                    ExecDecimal *const *decimals, ExecError *error) MUST_USE;

#endif
