// The bodies of vjp, linearize and jvp (derivative.c), for the table of transformations.
#ifndef FRONT_LINEAR_FUNCTIONS_H
#define FRONT_LINEAR_FUNCTIONS_H

#include "front/builtin.h"

// vjp(fun, *primals), linearize(fun, *primals): self->data set for linearize.
Status front_body_linear(Trace *t, const Builtin *self, const Value *args, Value *result);
// jvp(fun, primals, tangents)
Status front_body_jvp(Trace *t, const Builtin *self, const Value *args, Value *result);

#endif
