// The built-ins that take and return functions: the table of transformations.
#include "front/function.h"
#include "front/linear_functions.h"

Status front_check_function(Trace *t, const Builtin *self, Value value) {
    if (value.kind == VALUE_FUNCTION) return OK;
    return base_error(
        t->diags, CODE_E402, t->span,
        base_hint(t->diags, "%s takes a function, and its result is called: %s(f)(x)",
                  self->name, self->name),
        "`%s` expected a function, got %s", self->name, front_kind_text(t, value));
}

Status front_transformed(Trace *t, Transformed made, const Builtin *self, Value *result) {
    Transformed *kept = NEW(t->arena, Transformed);
    TRY_ALLOC(kept);
    *kept = made;
    kept->span = t->span;
    return front_function_value(t,
                                (Function){.kind = FUNCTION_TRANSFORMED,
                                           .name = base_str(self->name),
                                           .transformed = kept},
                                result);
}

// The keywords that all of grad, value_and_grad, jacrev, jacfwd and hessian have.
static Status derivative(Trace *t, const Builtin *self, TransformKind kind,
                         const Value *args, Transformed *made) {
    *made = (Transformed){.kind = kind, .inner = args[0], .argnums = args[1]};
    TRY(front_check_function(t, self, args[0]));
    TRY(front_static_bool(t, args[2], "has_aux", &made->has_aux));
    return front_static_bool(t, args[3], "holomorphic", &made->holomorphic);
}

static Status body_derivative(Trace *t, const Builtin *self, const Value *args,
                              Value *result) {
    Transformed made;
    TRY(derivative(t, self, (TransformKind)self->data, args, &made));
    TRY(front_static_bool(t, args[4], "allow_int", &made.allow_int));
    return front_transformed(t, made, self, result);
}

static Status body_hessian(Trace *t, const Builtin *self, const Value *args,
                           Value *result) {
    Transformed inner, outer;
    TRY(derivative(t, self, TRANSFORM_JACREV, args, &inner));
    outer = inner;
    outer.kind = TRANSFORM_JACFWD;
    TRY(front_transformed(t, inner, self, &outer.inner));
    return front_transformed(t, outer, self, result);
}

static Status body_vmap(Trace *t, const Builtin *self, const Value *args, Value *result) {
    Transformed made = {.kind = TRANSFORM_VMAP,
                        .inner = args[0],
                        .in_axes = args[1],
                        .out_axes = args[2],
                        .axis_size = -1};
    TRY(front_check_function(t, self, args[0]));
    const ValueKind axes = args[1].kind;
    if (axes != VALUE_NONE && axes != VALUE_NUMBER && axes != VALUE_TUPLE &&
        axes != VALUE_LIST) {
        return base_error(t->diags, CODE_E402, t->span,
                          "a tuple for one argument, too: in_axes=(0,)",
                          "in_axes must be an integer, None or a tuple with an entry for "
                          "each argument, got %s",
                          front_structure_text(t, args[1]));
    }
    if (args[3].kind == VALUE_NONE) return front_transformed(t, made, self, result);
    TRY(front_static_int(t, args[3], "axis_size", &made.axis_size));
    if (made.axis_size >= 0) return front_transformed(t, made, self, result);
    return base_error(t->diags, CODE_E403, t->span, NULL,
                      "axis_size must not be negative, got %lld",
                      (long long)made.axis_size);
}

static Status body_jit(Trace *t, const Builtin *self, const Value *args, Value *result) {
    TRY(front_check_function(t, self, args[0]));
    *result = args[0];
    return OK;
}

// -- table --------------------------------------------------------------------------

#define TRANSFORM(text, parameters, function, what)                                        \
    .name = (text), .group = "transformation", .signature = (parameters),                  \
    .body = (function), .doc = (what), .kind = BUILTIN_C

static const char checkpoint_signature[] =
    "fun, *, prevent_cse=True, policy=None, static_argnums=()";
static const char checkpoint_doc[] =
    "The function; its derivative computes the inside again rather than saves it.";

// In order of names: front_builtin searches by halving.
const Builtin front_transform_table[] = {
    {TRANSFORM("checkpoint", checkpoint_signature, front_body_checkpoint, checkpoint_doc)},
    {TRANSFORM("custom_gradient", "fun", front_body_custom,
               "The function with the rule that it gives: fun(x) is (value, lambda g: …)."),
     .data = CUSTOM_GRADIENT},
    {TRANSFORM("custom_jvp", "fun, jvp, nondiff_argnums=()", front_body_custom,
               "fun with a jvp rule: jvp(primals, tangents) is (value, tangent)."),
     .data = CUSTOM_JVP},
    {TRANSFORM("custom_vjp", "fun, fwd, bwd, nondiff_argnums=()", front_body_custom,
               "fun with a vjp rule: fwd(x) is (value, res), bwd(res, g) a tuple."),
     .data = CUSTOM_VJP},
    {TRANSFORM("grad", "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False",
               body_derivative,
               "The gradient of a function with a real scalar output, as a function."),
     .data = TRANSFORM_GRAD},
    {TRANSFORM("hessian", "fun, argnums=0, has_aux=False, holomorphic=False", body_hessian,
               "The hessian, jacfwd(jacrev(fun)).")},
    {TRANSFORM(
         "jacfwd", "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False",
         body_derivative,
         "The jacobian by forward mode, a column for each input (E502 for vjp rules)."),
     .data = TRANSFORM_JACFWD},
    {TRANSFORM("jacobian",
               "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False",
               body_derivative, "The jacobian by reverse mode, a row for each output."),
     .data = TRANSFORM_JACREV},
    {TRANSFORM("jacrev",
               "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False",
               body_derivative, "The jacobian by reverse mode, a row for each output."),
     .data = TRANSFORM_JACREV},
    {TRANSFORM("jit", "fun", body_jit,
               "The function itself; everything is compiled here.")},
    {TRANSFORM("jvp", "fun, primals, tangents, has_aux=False", front_body_jvp,
               "(value, tangent) for tuples of primals and tangents.")},
    {TRANSFORM("linearize", "fun, *primals, has_aux=False", front_body_linear,
               "(value, linear map): the map takes the tangents."),
     .data = LINEAR_FORWARD},
    {TRANSFORM("remat", checkpoint_signature, front_body_checkpoint, checkpoint_doc)},
    {TRANSFORM("value_and_grad",
               "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False",
               body_derivative,
               "The value and the gradient, as a function that gives both."),
     .data = TRANSFORM_VALUE_AND_GRAD},
    {TRANSFORM("vjp", "fun, *primals, has_aux=False", front_body_linear,
               "(value, pullback): the pullback takes a cotangent and gives a tuple."),
     .data = LINEAR_PULLBACK},
    {TRANSFORM("vmap", "fun, in_axes=0, out_axes=0, axis_size=None", body_vmap,
               "The function mapped over an axis of its arguments, as one batch.")},
};
const uint32_t front_transform_count =
    sizeof front_transform_table / sizeof *front_transform_table;
