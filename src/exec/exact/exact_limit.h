// Between the files of the limit road (certainty.md §5).
#ifndef EXEC_EXACT_LIMIT_H
#define EXEC_EXACT_LIMIT_H

#include "exec/exact/exact_depend.h"
#include "exec/exact/exact_germ.h"
#include "exec/exact/exact_judge.h"

// Where a cell is: x and g are numbers of elements over all arguments and linear parts, the
// value is the one that it is the derivative of.
typedef struct Spot {
    ExactCell *cell;
    uint32_t x, g, value;
    int64_t value_element;
    bool done;
    bool doubtful; // refuted, unless the rounding of a literal explains it
} Spot;

// What one ray (or pattern) says of one cell. Of no state but FOUND is there a limit.
typedef enum SightState {
    SIGHT_UNKNOWN, // it cannot be followed
    SIGHT_GONE,    // the ray leaves the domain
    SIGHT_JUMPS,   // the value tends to something else than the value at the point
    SIGHT_FOUND,
} SightState;
typedef struct Sight {
    uint8_t state; // SightState
    bool chooses;  // the value takes one branch of a predicate on its boundary
    bool may_jump; // and its two branches do not meet
    Number limit;  // of the derivative
    const ExactCause *cause;
} Sight;

// Sights of all spots, of each of several rays, patterns or boxes.
typedef VEC(Sight *) Rows;

// -- patterns -----------------------------------------------------------------------

typedef enum PatternKind {
    PATTERN_OPEN, // an open set may have it
    PATTERN_THIN, // only a surface: no limits come from there, but the value may jump
    PATTERN_GONE, // no point has it
} PatternKind;

// Every choice of sign for the predicates that a component meets on their boundary: the
// derivative at the point under each.
typedef struct Patterns {
    Rows rows;
    // By roots of components: how many it has; 0: no outer set. What each of them is;
    // whether the value is steady where one meets another.
    uint32_t *found;
    uint8_t **kinds; // PatternKind
    bool *steady;
} Patterns;

// -- the road ----------------------------------------------------------------------

typedef struct Road {
    const ExactPair *pair;
    Arena *arena; // of this road
    ExecError *error;
    slong precision;
    uint32_t terms;
    uint32_t n_x, n_g, n_spots;
    Spot *spots;
    Number *rules, *values; // of spots, at the point
    // Components: the arguments' elements, as a forest; of each root the number of its
    // elements, of each element its rank in its component.
    uint32_t *parent, *sizes, *ranks;
    uint32_t *colors, n_colors; // of g: those of one color are 1 at once
    Rows rays;
    bool *useless; // of rays: they lie in a surface
    Patterns patterns;
    bool too_many; // patterns: they were given up
    Rows boxes;
    uint64_t cost; // of the last pass for each color
    // Of comparisons, in the order in which they are met: whether on some ray their sides
    // differ; if they are always met in one order.
    bool in_order, *strict;
    uint32_t n_strict;
    bool last; // there is no finer level
    // Literals of many digits are balls: what was refuted is looked at again.
    bool widen;
    const ExactLiteral *literal;
} Road;

uint32_t exact_component(const Road *road, uint32_t x);

// One pass for each color: `read` takes what spots of that color need.
typedef void ReadSpot(Road *road, const Pass *pass, uint32_t spot, void *to);
Status exact_each_color(Road *road, PassAt *at, ReadSpot *read, void *to) MUST_USE;

// The outputs that a spot reads.
const void *exact_value_of(const Road *road, const Pass *pass, const Spot *spot);
const void *exact_derivative_of(const Road *road, const Pass *pass, const Spot *spot);
const void *exact_rule_of(const Road *road, const Pass *pass, const Spot *spot);

// -- verdicts -----------------------------------------------------------------------

// A component's spots.
typedef struct SpotGroup {
    uint32_t n, *spots;
    uint32_t root, n_x; // of its arguments
} SpotGroup;

// Judges a component by what the rays show. False: a finer level may say more.
bool exact_judge_group(Road *road, const SpotGroup *group);

// -- rays, patterns and boxes -------------------------------------------------------

// A ray: how fast each element of the arguments moves, and where its sights go.
typedef struct RayAt {
    Road *road;
    void (*speed)(const struct RayAt *at, uint32_t x, Number *v);
    uint32_t number;
    Sight *row;
    bool taken;   // what its comparisons show is on the road
    bool useless; // two values are equal all along it
} RayAt;
Status exact_follow(RayAt *ray) MUST_USE;

struct PatternRun;
Status exact_find_steady(Road *road, struct PatternRun *run, Patterns *patterns,
                         uint32_t root) MUST_USE;
void exact_drop_rows(const Road *road, Rows *rows);
Status exact_find_patterns(Road *road, Patterns *patterns) MUST_USE;
Status exact_find_boxes(Road *road, Rows *boxes) MUST_USE;
// How many boxes there are for a component; 0: none were looked at.
uint32_t exact_boxes_of(const Road *road, uint32_t root);

#endif
