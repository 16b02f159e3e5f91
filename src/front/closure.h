// Function values as structures: the arrays that they close over.
#ifndef FRONT_CLOSURE_H
#define FRONT_CLOSURE_H

#include "front/function.h"

// What takes an array's place in a copy.
typedef Status (*ArrayMap)(Trace *t, void *data, Value array, Value *mapped);

// A copy of a value in an arena with other arrays: those of structures, those that function
// values reach through their free names, defaults, and the values that they were made of.
// Equal functions stay one. E701 where functions close over functions too deep.
Status front_map_arrays(Trace *t, Arena *arena, Value value, ArrayMap map, void *data,
                        Value *result) MUST_USE;

// A copy in t->arena that has its arrays by number: front_array(NULL, i) is item i of
// `arrays`, in which each stands once.
Status front_take_arrays(Trace *t, Value value, Leaves *arrays, Value *numbered) MUST_USE;
// The other way round: a copy with item i of `arrays` for each number i.
Status front_put_arrays(Trace *t, Value numbered, const Value *arrays,
                        Value *value) MUST_USE;
// A copy of a numbered value, or of a structure, that outlives the request; arrays of a
// structure lose their nodes.
Status front_keep_value(Trace *t, Value value, Value *kept) MUST_USE;

// A text that two numbered values share when tracing cannot tell them apart, but for their
// arrays, which have the types `types`. E402 for what cannot be an argument.
Status front_add_key(Trace *t, Text *key, Value numbered, const TypeId *types) MUST_USE;

#endif
