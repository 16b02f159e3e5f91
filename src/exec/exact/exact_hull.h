// Whether a point is in the convex hull of others: linear programs in floats find the
// support or the direction, exact arithmetic or balls confirm it.
#ifndef EXEC_EXACT_HULL_H
#define EXEC_EXACT_HULL_H

#include "exec/exact/exact_number.h"

// Points of `dimension` coordinates, one after the other; all real.
typedef struct HullPoints {
    uint32_t n, dimension;
    const Number *const *at; // n * dimension
} HullPoints;

typedef enum HullSide { HULL_UNSURE, HULL_INSIDE, HULL_OUTSIDE } HullSide;

// Proved; where a proof of either fails, HULL_UNSURE.
HullSide exact_hull_side(ExactEnv *env, const HullPoints *points, const Number *const *r);

#endif
