// The calls with rules that a graph reaches when it runs. For this folder alone.
#ifndef API_REACH_H
#define API_REACH_H

#include "ir/call.h"

// Who is told of each watched call, with the elements of its operands (gone afterwards).
typedef Status ApiFoundCall(void *data, Call *call, const void *const *operands);

typedef struct ApiReach {
    Arena *arena; // for plans: they are kept, by graph
    Diags *diags;
    ApiFoundCall *found;
    void *data;
    uint32_t budget; // calls, trips and lanes that may still be looked at
    bool cut;        // it was used up
    StrMap *levels;  // the bytes of a graph's number → its number in `known`
    VEC(struct Level *) known;
} ApiReach;

// Runs a graph, as a front that watches calls gives it, by the vm, and goes into what it
// holds: the branch that is taken, trip after trip, lane after lane, and into the value of
// each call; batched calls are one call for each row. A backward pass of a loop, which
// holds calls of rules alone, is left out. An error of the run is reported.
Status api_reach(ApiReach *reach, const Graph *graph, const void *const *inputs) MUST_USE;

#endif
