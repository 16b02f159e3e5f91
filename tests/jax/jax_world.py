"""Functions and expressions of the suite as JAX evaluates them.

An expression is text that is valid in both worlds. What JAX answers is a tree of lists, mappings
and numbers, as a spec's `expect` has it, or the code of the error that it is here.
"""

import math
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
sys.setrecursionlimit(10000)


# -- rules as functions of functions -------------------------------------------------------------


def custom_vjp(f, fwd, bwd, nondiff_argnums=()):
    nondiff = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else nondiff_argnums
    made = jax.custom_vjp(f, nondiff_argnums=nondiff)
    made.defvjp(fwd, bwd)
    return made


def custom_jvp(f, jvp, nondiff_argnums=()):
    nondiff = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else nondiff_argnums
    made = jax.custom_jvp(f, nondiff_argnums=nondiff)
    made.defjvp(jvp)
    return made


# -- loops and batches, unrolled -------------------------------------------------------------------

# The same programs without JAX's control flow: what a loop, a branch and a batch mean.


def while_loop(condition, body, carry):
    while condition(carry):
        carry = body(carry)
    return carry


def fori_loop(lower, upper, body, carry):
    for i in range(int(lower), int(upper)):
        carry = body(i, carry)
    return carry


def scan(body, carry, xs, length=None, reverse=False):
    trips = jax.tree.leaves(xs)[0].shape[0] if jax.tree.leaves(xs) else length
    stacked = [None] * trips
    for i in reversed(range(trips)) if reverse else range(trips):
        carry, stacked[i] = body(carry, jax.tree.map(lambda leaf: leaf[i], xs))
    return carry, jax.tree.map(lambda *leaves: jnp.stack(leaves), *stacked)


def cond(predicate, yes, no, *operands):
    return yes(*operands) if predicate else no(*operands)


def switch(index, branches, *operands):
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def rows(f, in_axes=0, out_axes=0):
    """vmap as the loop over the rows: what a row does not take contributes nothing."""

    def taken(tree, axes, row):
        if axes is None:
            return tree
        if isinstance(axes, (tuple, list)):
            return type(tree)(taken(t, a, row) for t, a in zip(tree, axes))
        return jax.tree.map(lambda leaf: jnp.take(leaf, row, axis=axes), tree)

    def size(tree, axes):
        if axes is None:
            return None
        if isinstance(axes, (tuple, list)):
            return next((s for s in map(size, tree, axes) if s is not None), None)
        return jax.tree.leaves(tree)[0].shape[axes]

    def mapped(*args):
        axes = in_axes if isinstance(in_axes, (tuple, list)) else (in_axes,) * len(args)
        results = [f(*taken(args, tuple(axes), row)) for row in range(size(args, tuple(axes)))]
        return jax.tree.map(lambda *leaves: jnp.stack(leaves, axis=out_axes), *results)

    return mapped


class Substitute:
    """A module of JAX some of whose functions are others."""

    def __init__(self, module, **others):
        self.module, self.others = module, others

    def __getattr__(self, name):
        return self.others.get(name) or getattr(self.module, name)


LAX = Substitute(jax.lax, while_loop=while_loop, fori_loop=fori_loop, scan=scan, cond=cond, switch=switch)
UNROLLED = {"lax": LAX, "jax": Substitute(jax, lax=LAX, vmap=rows)}


def names(unrolled):
    """What expressions see."""
    return {
        "jax": jax, "jnp": jnp, "lax": jax.lax, **(UNROLLED if unrolled else {}),
        "custom_gradient": jax.custom_gradient, "custom_vjp": custom_vjp, "custom_jvp": custom_jvp,
    }


# -- functions -----------------------------------------------------------------------------------


def define(scope, name, function):
    """Puts a function of a spec into `scope`; its own rule becomes the one JAX has for it."""
    args = ", ".join(function["args"])
    value = eval(f"lambda {args}: {text(function['value'])}", scope)
    tangents = ", ".join("d" + arg for arg in function["args"])
    if "vjp" in function:
        rule = eval(f"lambda {args}: lambda g: ({', '.join(function['vjp'])},)", scope)
        scope[name] = jax.custom_gradient(lambda *xs: (value(*xs), rule(*xs)))
    elif "jvp" in function:
        rule = eval(f"lambda {args}: lambda {tangents}: {function['jvp']}", scope)
        scope[name] = custom_jvp(value, lambda p, t: (value(*p), rule(*p)(*t)))
    else:
        scope[name] = value


def text(value):
    """A sequence is a tuple, a mapping a record, as in a spec."""
    if isinstance(value, list):
        return "(" + "".join(text(v) + ", " for v in value) + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{k}': {text(v)}" for k, v in value.items()) + "}"
    return value


class World:
    def __init__(self, functions):
        self.scopes = {}
        for unrolled in (False, True):
            scope = self.scopes[unrolled] = names(unrolled)
            for name, function in functions.items():
                define(scope, name, function)

    def argument(self, written):
        """Plain numbers are of the default dtype, as in a spec."""
        given = eval(written, self.scopes[False]) if isinstance(written, str) else written
        number = lambda leaf: isinstance(leaf, (bool, int, float)) or getattr(leaf, "weak_type", False)
        strong = lambda leaf: jnp.array(leaf, jnp.float64) if number(leaf) else jnp.asarray(leaf)
        if isinstance(given, list):
            return jnp.array(given, jnp.float64)
        return jax.tree.map(strong, given)

    def call(self, expression, at, unrolled=False):
        function = eval(expression, self.scopes[unrolled])
        return function(*at) if callable(function) else function


# -- answers ---------------------------------------------------------------------------------------

REFUSALS = [  # JAX's words, and the error that it is here
    (r"forward-mode autodiff \(jvp\) to a custom_vjp|rule for 'custom_lin' not implemented", "E502"),
    (r"Gradient only defined for scalar-output|requires real-valued outputs", "E504"),
    (r"requires real- or complex-valued inputs", "E505"),
    (r"requires at least \d+ positional", "E403"),
    (r"bwd rule must produce|but the bwd rule", "E503"),
    (r"Attempted boolean conversion", "E501"),
    (r"leaked|UnexpectedTracer", "E507"),
]
WORKS_HERE = r"Reverse-mode differentiation does not work for lax.while_loop|Transpose rule .* for 'stop_gradient'"


class Refused(Exception):
    """JAX does not evaluate it: its words."""


def evaluate(world, expression, at, unrolled=False):
    try:
        return world.call(expression, [world.argument(a) for a in at], unrolled)
    except Exception as refusal:
        raise Refused(f"{type(refusal).__name__}: {refusal}") from refusal


def works_here(words):
    """Whether JAX refuses what is no error here: loops of computed trips backwards, batched branches."""
    return re.search(WORKS_HERE, words)


def code(words):
    return next((c for pattern, c in REFUSALS if re.search(pattern, words)), None)


def plain(answer):
    """The answer as `expect` has it: lists, mappings, numbers, null."""
    if isinstance(answer, (tuple, list)):
        return [plain(part) for part in answer]
    if isinstance(answer, dict):
        return {key: plain(part) for key, part in answer.items()}
    if answer is None or np.asarray(answer).dtype == jax.dtypes.float0:
        return None
    return listed(np.asarray(answer))


def listed(array):
    if array.ndim:
        return [listed(row) for row in array]
    if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.integer):
        return array.item()
    if not np.isfinite(array):
        return "NaN" if np.isnan(array) else "Infinity" if array > 0 else "-Infinity"
    return float(str(array[()]))  # the shortest text that reads back


def dtypes(answer):
    """The dtypes of an answer, in its structure, as results print them."""
    if isinstance(answer, (tuple, list)):
        return [dtypes(part) for part in answer]
    if isinstance(answer, dict):
        return {key: dtypes(part) for key, part in answer.items()}
    if answer is None:
        return None
    dtype = np.asarray(answer).dtype
    return None if dtype == jax.dtypes.float0 else str(dtype)


def finite(answer):
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(answer)]
    return all(leaf.dtype.kind != "f" or np.isfinite(leaf).all() for leaf in leaves)


# -- conditioning ----------------------------------------------------------------------------------


def nudged(argument, steps):
    """The argument with each of its floats `steps` representable numbers further, up and down in turn."""

    def nudge(leaf):
        if not np.issubdtype(leaf.dtype, np.floating):
            return leaf
        moved = np.array(leaf)
        sign = np.where(np.arange(moved.size).reshape(moved.shape) % 2, -1, 1)
        for _ in range(abs(steps)):
            moved = np.nextafter(moved, (np.inf * sign * steps).astype(moved.dtype))
        return jnp.asarray(moved)

    return jax.tree.map(nudge, argument)


def spread(world, expression, at, answer, unrolled):
    """How far the answer moves when the arguments move by one unit in the last place: in ulps, and at most."""
    args = [world.argument(a) for a in at]
    ulps = distance = 0.0
    for steps in (1, -1):
        other = world.call(expression, [nudged(a, steps) for a in args], unrolled)
        for x, y in zip(jax.tree.leaves(answer), jax.tree.leaves(other)):
            x, y = np.asarray(x), np.asarray(y)
            if x.dtype.kind != "f" or not x.size:
                continue
            apart = np.abs(x.astype(np.float64) - y.astype(np.float64))
            apart = np.where(np.isfinite(apart), apart, 0)
            unit = np.spacing(np.abs(np.where(np.isfinite(x), x, 0))).astype(np.float64)
            ulps = max(ulps, float(np.max(apart / unit)))
            distance = max(distance, float(np.max(apart)))
    return math.ceil(ulps), distance
