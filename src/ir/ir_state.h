// The inside of an Ir and of a Builder: for this folder alone.
#ifndef IR_IR_STATE_H
#define IR_IR_STATE_H

#include "base/vec.h"
#include "ir/call.h"
#include "ir/ir.h"

// A hash table of numbers into some array of items; the items' owner compares them. Hashes
// stand beside the numbers, so that looking for an item touches no other.
typedef struct NumberPlace {
    uint32_t number; // of the item, one more than it is; 0: free
    uint32_t hash;
} NumberPlace;

typedef struct NumberTable {
    NumberPlace *places;
    uint32_t n, size; // size: a power of two, or 0
} NumberTable;

// Makes room for one more item: at most two thirds are taken. False when memory is out.
bool ir_grow_numbers(Arena *arena, NumberTable *table);

typedef struct GraphEntry {
    Graph *graph;
    uint8_t calls; // 0: not asked yet; else CALLS_ bits (type.c)
} GraphEntry;

struct Ir {
    Arena *arena;
    Diags *diags;
    VEC(const Type *) types; // each where it was made: pointers to types stay valid
    NumberTable type_numbers;
    VEC(Str) literals;
    StrMap *literal_numbers;
    VEC(GraphEntry) graphs;
    VEC(Call *) calls;
    void *kept; // the layer above's
    Span span;  // the text that is being traced
};

struct Builder {
    Ir *ir;
    Arena *arena;   // becomes the graph's
    Arena *scratch; // the numbering, gone when the graph stands
    Status status;
    Span span;
    VEC(Node) nodes;
    VEC(NodeId) operands;
    VEC(int64_t) attrs;
    VEC(NodeId) inputs;
    NumberTable numbers;
};

// As ir_emit, for a node whose type is known (IR_NO_TYPE: it is inferred).
NodeId ir_emit_typed(Builder *b, Prim prim, uint32_t n_in, const NodeId *in,
                     uint32_t n_attr, const int64_t *attr, TypeId type);

#endif
