// The outer set by boxes: the derivative's limits over all directions, the faces of the
// cube |v| = 1 cut into balls. It is for few elements, where patterns have no finite
// derivative.
#include "exec/exact/exact_limit.h"

enum { MOST_ELEMENTS = 4 };
// Parts of each side of a face, by the number of elements.
static const uint32_t parts_of[MOST_ELEMENTS + 1] = {0, 0, 16, 4, 2};

static uint32_t count_boxes(uint32_t elements) {
    if (elements < 2 || elements > MOST_ELEMENTS) return 0;
    uint32_t n = 2 * elements;
    for (uint32_t i = 1; i < elements; i++)
        n *= parts_of[elements];
    return n;
}

// The box's side along element x: one end of the face's own element, a part of the others.
static void side_of_box(const RayAt *at, uint32_t x, Number *v) {
    const Road *road = at->road;
    const uint32_t size = road->sizes[exact_component(road, x)], rank = road->ranks[x];
    const uint32_t n = count_boxes(size);
    exact_set_si(v, 1);
    if (n == 0) return;
    uint32_t number = at->number % n;
    const uint32_t face = number % (2 * size) / 2, parts = parts_of[size];
    if (rank == face) {
        exact_set_si(v, number % 2 ? -1 : 1);
        return;
    }
    number /= 2 * size;
    for (uint32_t i = 0; i < (rank < face ? rank : rank - 1); i++)
        number /= parts;
    // From -1 + 2 k / parts, that wide; parts is a power of 2.
    arb_struct *ball = exact_make_ball(v);
    arb_set_si(ball, 2 * (slong)(number % parts) + 1);
    mag_set_ui(arb_radref(ball), 1);
    arb_div_ui(ball, ball, parts, 64);
    arb_sub_ui(ball, ball, 1, 64);
}

static bool needs_boxes(const Road *road, uint32_t i) {
    const uint32_t root = exact_component(road, road->spots[i].x);
    return !road->spots[i].done && road->patterns.found[root] == 0;
}

Status exact_find_boxes(Road *road, Rows *boxes) {
    uint32_t n = 0;
    *boxes = (Rows){0};
    for (uint32_t i = 0; i < road->n_spots; i++) {
        const uint32_t size = road->sizes[exact_component(road, road->spots[i].x)];
        if (needs_boxes(road, i) && count_boxes(size) > n) n = count_boxes(size);
    }
    for (uint32_t k = 0; k < n; k++) {
        RayAt at = {.road = road,
                    .speed = side_of_box,
                    .number = k,
                    .row = NEW_ARRAY(road->arena, Sight, road->n_spots)};
        if (!at.row || !VEC_PUSH(road->arena, boxes, at.row)) return NOMEM;
        TRY(exact_follow(&at));
    }
    return OK;
}

uint32_t exact_boxes_of(const Road *road, uint32_t root) {
    const uint32_t n = count_boxes(road->sizes[root]);
    return n <= road->boxes.n ? n : 0;
}
