// What a point asks of its function, while it is traced.
#ifndef FRONT_ANSWER_H
#define FRONT_ANSWER_H

#include "front/linearization.h"
#include "front/request.h"

typedef struct Task {
    Trace *t;
    const Request *request;
    Arena *arena; // the answer's
    Answer *answer;
    Value function;
    Args args; // positional where the function's parameters are known
    VEC(NodeId) inputs;
    Value cotangent;
    Value *tangents; // for each request->tangents
    Positions positions;
    VEC(NodeId) outputs;
} Task;

// Adds a value to the graph's outputs, and its structure to the answer's arena. E402 for
// what has no value at run time: functions, texts.
Status front_add_tree(Task *task, Value value, Tree *tree) MUST_USE;

// The value and the derivatives that the request asks for, as outputs and as the answer's
// parts.
Status front_compute(Task *task) MUST_USE;

#endif
