// The inside of partial evaluation: for partial.c, which splits graphs, and
// partial_mixed.c, which splits the nodes in them that hold graphs.
#ifndef XFORM_PARTIAL_STATE_H
#define XFORM_PARTIAL_STATE_H

#include "xform/partial.h"

enum {
    IN_KNOWN = 1,  // computed by the known part
    IN_LINEAR = 2, // unknown: computed by the linear part; known: read by it
    SAVED = 4,     // known, read by the linear part, not copied into it: a residual
    CONSTANT = 8,  // a literal or iota, also broadcast, reshaped or converted
    BY_VALUE = 16, // an input whose value the linear part gets as a residual
};

// A node that holds graphs and has unknown operands or outputs: each part gets a node.
typedef struct Mixed {
    NodeId node;
    Nested nested;
    bool *want;           // its outputs that are needed
    const Partial *parts; // NULL: nothing of it is needed
    bool saves_trips;     // a loop: its number of trips is a residual, the last
    uint32_t first_saved; // its residuals in Split.saved
    NodeId made;          // its node in the part at hand
} Mixed;

#define WHOLE UINT32_MAX

// A residual: the value of a node, or a residual of a mixed node's known part.
typedef struct Saved {
    NodeId node;
    uint32_t inner; // WHOLE, or the number among the mixed node's
    uint32_t slot;  // its place among the residuals of the parts
} Saved;

// One of the graphs.
typedef struct Split {
    const Graph *j;
    bool *unknown;    // by node: depends on an unknown input, a marked zero, a placeholder
    uint8_t *flags;   // by node
    VEC(Mixed) mixed; // by ascending node
    VEC(Saved) saved; // likewise
    NodeId *map;      // by node: its node in the part at hand
} Split;

// All of them, and what is found out about them together.
typedef struct Group {
    const PartialQuestion *question;
    Ir *ir;
    Arena *arena;
    uint32_t n_inputs, n_outputs;
    Split splits[2];
    bool *linear_out;                           // outputs
    bool *in_known, *in_linear, *in_references; // inputs that the parts take
    TypeId *slots;                              // types of the residuals
    Partial *parts;
} Group;

// The mixed node of that number, or NULL.
Mixed *xform_find_mixed(const Split *split, NodeId node);
// Splits a mixed node, once it is known what is read of it, and marks what its parts read.
Status xform_need_mixed(Group *q, Split *split, Mixed *mixed) MUST_USE;
// How many residuals it has, and the type of each.
static inline uint32_t xform_mixed_saved(const Mixed *mixed) {
    return mixed->parts ? mixed->parts->n_saved + mixed->saves_trips : 0;
}
TypeId xform_saved_type(Group *q, const Split *split, const Saved *saved);
// Its nodes in the parts. slots: the residuals in the linear one.
NodeId xform_known_mixed(Group *q, const Split *split, const Mixed *mixed, Builder *b);
NodeId xform_linear_mixed(Group *q, const Split *split, const Mixed *mixed,
                          const NodeId *slots, Builder *b);
// The place of its output among those of its part.
uint32_t xform_mixed_place(const Mixed *mixed, uint32_t output);

#endif
