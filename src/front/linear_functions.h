// The bodies of built-ins that take functions, for the table of transformations: vjp,
// linearize and jvp (derivative.c), custom_gradient and its like (custom.c).
#ifndef FRONT_LINEAR_FUNCTIONS_H
#define FRONT_LINEAR_FUNCTIONS_H

#include "front/builtin.h"

// vjp(fun, *primals, has_aux), linearize(fun, *primals, has_aux): self->data is the
// LinearUse.
Status front_body_linear(Trace *t, const Builtin *self, const Value *args, Value *result);
// jvp(fun, primals, tangents, has_aux)
Status front_body_jvp(Trace *t, const Builtin *self, const Value *args, Value *result);
// custom_gradient(fun), custom_jvp(fun, jvp, nondiff_argnums), custom_vjp(fun, fwd, bwd,
// nondiff_argnums): self->data is the CustomKind.
Status front_body_custom(Trace *t, const Builtin *self, const Value *args, Value *result);

// E402 unless the value is a function. (transform.c)
Status front_check_function(Trace *t, const Builtin *self, Value value);

#endif
