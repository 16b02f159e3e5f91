"""The cases of the suite: functions with every kind of rule, and programs over them.

A row is (title, expression, arguments). Expressions are JAX's own, to be pasted; in a template F is
a function of one number, P one of two, V one of a vector to a number.
"""

import re

# -- functions -------------------------------------------------------------------------------------

# name, arguments, value, the rule's cotangents, the rule's tangent. Most rules are not the
# derivative, so that it shows which of the two was used.
ONE = [
    ("sine", "jnp.sin(x)", "2 * g * jnp.cos(x)", "2 * dx * jnp.cos(x)"),
    ("square", "x ** 2", "g * x", "dx * x"),
    ("bell", "jnp.exp(-x * x)", "5 * g", "5 * dx"),
    ("kink", "jnp.abs(x)", "jnp.where(x > 0, g * x, 3 * g)", "jnp.where(x > 0, dx * x, 3 * dx)"),
    ("lazy", "x ** 3", "lax.cond(x > 0, lambda: g * x, lambda: g * jnp.sin(x))",
     "lax.cond(x > 0, lambda: dx * x, lambda: dx * jnp.sin(x))"),
]
TWO = [
    ("product", "x * y", ["2 * g * x * y", "3 * g * x"], "2 * dx * x * y + 3 * dy * x"),
    ("wave", "jnp.sin(x) * y", ["g * y ** 2", "g ** 1 * jnp.cos(x)"], "dx * y ** 2 + dy * jnp.cos(x)"),
    ("half", "x ** 2 * jnp.cos(y)", ["None", "g * x * jnp.sin(y)"], "dy * x * jnp.sin(y)"),
]
VECTOR = [
    ("norm2", "jnp.sum(x ** 2)", "g * jnp.cos(x)", "jnp.sum(dx * jnp.cos(x))"),
    ("weighed", "jnp.dot(jnp.exp(x), x)", "g * x * jnp.arange(1., 4.)", "jnp.dot(dx * x, jnp.arange(1., 4.))"),
]
FORMS = ["plain", "rule", "gradient", "vjp", "tangent", "jvp"]


def forms(name, args, value, cotangents, tangent):
    """One function in every form that a rule has."""
    signature, cts = ", ".join(args), ", ".join(cotangents)
    tangents = ", ".join("d" + arg for arg in args)
    yield "plain", {"args": args, "value": value}
    yield "rule", {"args": args, "value": value, "vjp": cotangents}
    yield "gradient", {"args": args, "value":
        f"custom_gradient(lambda {signature}: ({value}, lambda g: ({cts},)))({signature})"}
    # As JAX's documents write them: fwd and jvp call the function, so that the rule stays in force.
    yield "vjp", {"args": args, "value":
        f"custom_vjp(lambda {signature}: {value}, lambda {signature}: ({name}_vjp({signature}), ({signature},)), "
        f"lambda r, g: (lambda {signature}: ({cts},))(*r))({signature})"}
    yield "tangent", {"args": args, "value": value, "jvp": tangent}
    yield "jvp", {"args": args, "value":
        f"custom_jvp(lambda {signature}: {value}, lambda p, t: ({name}_jvp(*p), "
        f"(lambda {signature}, {tangents}: {tangent})(*p, *t)))({signature})"}


def functions():
    table = {}
    for group, args in ((ONE, ["x"]), (TWO, ["x", "y"]), (VECTOR, ["x"])):
        for name, value, cotangents, tangent in group:
            cotangents = [cotangents] if isinstance(cotangents, str) else cotangents
            for form, function in forms(name, args, value, cotangents, tangent):
                table[f"{name}_{form}"] = function
    table.update(STRUCTURED)
    return table


# Rules of tuples and records; their rows are written out below.
STRUCTURED = {
    "record": {"args": ["r"], "value":
        "custom_vjp(lambda r: {'u': jnp.sin(r['a']) * r['b'], 'v': r['b'] ** 2}, "
        "lambda r: (record(r), (jnp.cos(r['a']), r)), "
        "lambda s, g: ({'a': 2 * s[0] * g['u'], 'b': g['v'] * s[1]['a']},))(r)"},
    "record_jvp": {"args": ["r"], "value":
        "custom_jvp(lambda r: {'u': jnp.sin(r['a']) * r['b'], 'v': r['b'] ** 2}, "
        "lambda p, t: (record_jvp(*p), {'u': 2 * jnp.cos(p[0]['a']) * t[0]['a'], "
        "'v': p[0]['a'] * t[0]['b']}))(r)"},
    "pair": {"args": ["t"], "value":
        "custom_gradient(lambda t: ((t[0] * t[1], jnp.cos(t[0])), "
        "lambda g: ((g[0] * t[0], 3 * g[1] * t[1]),)))(t)"},
    "pair_jvp": {"args": ["t"], "value":
        "custom_jvp(lambda t: (t[0] * t[1], jnp.cos(t[0])), "
        "lambda p, t: (pair_jvp(*p), (t[0][0] * p[0][0], 3 * t[0][1] * p[0][1])))(t)"},
    "prefix": {"args": ["t", "w"], "value":
        "custom_vjp(lambda t, w: t[0] * t[1] * w, lambda t, w: (prefix(t, w), (t, w)), "
        "lambda s, g: (None, 5 * g * s[0][0]))(t, w)"},
    "holes": {"args": ["t"], "value":
        "custom_vjp(lambda t: t[0] * t[1][0] * t[1][1], lambda t: (holes(t), t), "
        "lambda t, g: ((7 * g * t[0], (None, None)),))(t)"},
    "matvec": {"args": ["m", "v"], "value":
        "custom_vjp(lambda m, v: m @ v, lambda m, v: (matvec(m, v), (m, v)), "
        "lambda s, g: (2 * jnp.outer(g, s[1]), 3 * s[0].T @ g))(m, v)"},
    "matvec_jvp": {"args": ["m", "v"], "value":
        "custom_jvp(lambda m, v: m @ v, lambda p, t: (matvec_jvp(*p), "
        "2 * t[0] @ p[1] + 3 * p[0] @ t[1]))(m, v)"},
    "counted": {"args": ["x", "n"], "value":
        "custom_vjp(lambda x, n: x * n, lambda x, n: (x * n, n), "
        "lambda n, g: (2 * g * n, None))(x, n)"},
    "clip_gradient": {"args": ["lo", "hi", "x"], "value":
        "custom_vjp(lambda lo, hi, x: x, lambda lo, hi, x: (x, (lo, hi)), "
        "lambda r, g: (None, None, jnp.clip(g, r[0], r[1])))(lo, hi, x)"},
    "ignores": {"args": ["x"], "value": "custom_gradient(lambda x: (x ** 2, lambda g: (5 * x,)))(x)"},
    "twice": {"args": ["x"], "value": "custom_gradient(lambda x: (jnp.sin(x), lambda g: (g ** 2 * x,)))(x)"},
}

# -- programs over a function of one number ----------------------------------------------------------

X, XS, M = 0.7, [0.3, -1.2, 2.0], [[0.3, -1.2, 2.0], [1.1, 0.4, -0.6]]

ORDERS = [
    ("F", [X]), ("jax.grad(F)", [X]), ("jax.grad(jax.grad(F))", [X]), ("jax.grad(jax.grad(jax.grad(F)))", [X]),
    ("jax.value_and_grad(F)", [X]), ("jax.grad(lambda x: jax.value_and_grad(F)(x)[0])", [X]),
    ("jax.value_and_grad(jax.grad(F))", [X]),
    ("jax.jacrev(F)", [XS]), ("jax.jacfwd(F)", [XS]), ("jax.jacrev(F)", [X]), ("jax.hessian(F)", [X]),
    ("jax.jacrev(jax.jacrev(F))", [X]), ("jax.jacfwd(jax.jacrev(F))", [XS]),
    ("jax.jacrev(jax.jacfwd(F))", [X]), ("jax.jacfwd(jax.jacfwd(F))", [X]),
    ("jax.hessian(lambda x: jnp.sum(F(x)))", [XS]), ("jax.grad(F)", [-X]), ("jax.hessian(F)", [-X]),
    ("jax.grad(F, argnums=(0,))", [X]),
]
PULLBACKS = [
    ("lambda x: jax.jvp(F, (x,), (2.,))", [X]), ("lambda x: jax.jvp(jax.grad(F), (x,), (2.,))", [X]),
    ("jax.grad(lambda x: jax.jvp(F, (x,), (2.,))[1])", [X]),
    ("lambda x: jax.jvp(lambda x: jax.jvp(F, (x,), (1.,))[1], (x,), (1.,))[1]", [X]),
    ("lambda x: jax.vjp(F, x)[1](3.)", [X]), ("jax.grad(lambda x: jax.vjp(F, x)[0])", [X]),
    ("lambda x: jax.vjp(lambda z: jax.vjp(F, z)[1](1.)[0], x)[1](1.)", [X]),
    ("lambda g: jax.grad(lambda g: jax.vjp(F, .7)[1](g)[0])(g)", [2.0]),
    ("lambda x: jax.linearize(F, x)[1](3.)", [X]), ("lambda x: jax.linearize(jax.grad(F), x)[1](3.)", [X]),
    ("lambda x: jax.linearize(F, x)[0]", [X]),
    ("jax.grad(lambda x: jax.linearize(jax.grad(F), x)[1](3.))", [X]),
    ("jax.grad(lambda x: F(lax.stop_gradient(x)) * x)", [X]), ("jax.jacfwd(lambda x: F(lax.stop_gradient(x)) * x)", [X]),
]
COMPOSED = [
    ("jax.grad(lambda x: F(F(x)))", [X]), ("jax.grad(jax.grad(lambda x: F(F(x))))", [X]),
    ("jax.hessian(lambda x: F(F(x)))", [X]), ("jax.grad(jax.grad(jax.grad(lambda x: F(F(x)))))", [X]),
    ("jax.grad(lambda x: x * F(x))", [X]), ("jax.hessian(lambda x: F(x) ** 2)", [X]),
    ("jax.grad(lambda x: F(x) + F(x))", [X]), ("jax.grad(jax.grad(lambda x: F(x) * F(2. * x)))", [X]),
    ("jax.grad(lambda x: jnp.sum(F(x * jnp.arange(3.))))", [X]), ("jax.grad(jax.jit(F))", [X]),
    ("jax.jit(jax.grad(jax.grad(F)))", [X]),
]
BATCHED = [
    ("jax.vmap(F)", [XS]), ("jax.vmap(jax.vmap(F))", [M]), ("jax.vmap(jax.grad(F))", [XS]),
    ("jax.vmap(jax.vmap(jax.grad(F)))", [M]), ("jax.vmap(jax.value_and_grad(F))", [XS]),
    ("jax.vmap(jax.hessian(F))", [XS]), ("jax.vmap(jax.grad(jax.grad(F)))", [XS]),
    ("jax.grad(lambda x: jax.vmap(F)(x).sum())", [XS]),
    ("jax.grad(lambda x: jax.vmap(jax.vmap(F))(x).sum())", [M]),
    ("jax.vmap(jax.grad(lambda x: jax.vmap(F)(x).sum()))", [M]),
    ("jax.hessian(lambda x: jnp.prod(jax.vmap(F)(x)))", [XS]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(jax.grad(F))(x)))", [XS]),
    ("jax.jacrev(jax.vmap(F))", [XS]), ("jax.jacfwd(jax.vmap(F))", [XS]),
    ("lambda x: jax.jvp(jax.vmap(F), (x,), (jnp.ones(3),))", [XS]),
    ("lambda x: jax.vjp(jax.vmap(F), x)[1](jnp.arange(3.))", [XS]),
    ("lambda x: jax.vmap(lambda x: jax.vjp(F, x)[1](x))(x)", [XS]),
    ("jax.vmap(jax.vmap(F), in_axes=1, out_axes=1)", [M]), ("jax.vmap(jax.vmap(jax.grad(F)), in_axes=1)", [M]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: F(x) * y)(jnp.arange(1., 4.))))", [X]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: F(x * y))(jnp.arange(1., 4.))))", [X]),
    ("jax.vmap(lambda x: jax.grad(lambda z: F(z) * x)(2. * x))", [XS]),
]
LOOPS = [  # each is differentiated in all of DERIVATIVES
    "lambda x: lax.scan(lambda c, _: (F(c), None), x, None, length=1)[0]",
    "lambda x: lax.scan(lambda c, _: (F(c), c), x, None, length=3)[0]",
    "lambda x: lax.scan(lambda c, y: (c + F(x) * y, F(c)), 1., jnp.arange(3.))[1].sum()",
    "lambda x: lax.scan(lambda c, y: (c * .5 + F(x * y), c), 0., jnp.arange(1., 4.), reverse=True)[1][0]",
    "lambda x: lax.fori_loop(0, 3, lambda i, c: F(c) + i * x, x)",
    "lambda x: lax.cond(x > 0, lambda x: F(x), lambda x: -x, x)",
    "lambda x: lax.cond(x > 0, lambda x: 2. * x, lambda x: F(x) * x, x)",
    "lambda x: lax.switch(1, [lambda x: x, lambda x: F(2. * x), lambda x: x ** 2], x)",
    "lambda x: jnp.sum(lax.map(lambda y: F(x * y), jnp.arange(3.)))",
    "lambda x: lax.associative_scan(lambda a, b: a * F(b), x * jnp.arange(1., 4.))[-1]",
    "lambda x: lax.while_loop(lambda c: c[1] < 3, lambda c: (F(c[0]) + x, c[1] + 1), (x, 0))[0]",
    "lambda x: lax.scan(lambda c, _: (lax.cond(c > .5, lambda c: F(c), lambda c: 3. * c, c), None), x, None, length=3)[0]",
    "lambda x: lax.scan(lambda c, _: (lax.scan(lambda d, _: (F(d) * x, None), c, None, length=2)[0], c), x, None, length=2)[1].sum()",
    "lambda x: jnp.sum(lax.scan(lambda c, y: (jax.vmap(F)(c) * y, None), x * jnp.arange(1., 3.), jnp.arange(1., 3.))[0])",
]
DERIVATIVES = [
    ("BODY", [X]), ("jax.grad(BODY)", [X]), ("jax.grad(jax.grad(BODY))", [X]), ("jax.hessian(BODY)", [X]),
    ("jax.jacfwd(BODY)", [X]), ("jax.vmap(BODY)", [XS]), ("jax.vmap(jax.grad(BODY))", [XS]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(BODY)(x)))", [XS]),
]

# -- programs over a function of two numbers, and of a vector ------------------------------------------

A, B = 0.7, 1.3
PAIRS = [
    ("P", [A, B]), ("jax.grad(P, argnums=(0, 1))", [A, B]), ("jax.grad(P, argnums=1)", [A, B]), ("jax.grad(P, -1)", [A, B]),
    ("jax.grad(P, argnums=(1, 0))", [A, B]), ("jax.value_and_grad(P, argnums=(0, 1))", [A, B]),
    ("jax.hessian(P, argnums=(0, 1))", [A, B]), ("jax.jacrev(jax.jacrev(P, argnums=(0, 1)), argnums=(0, 1))", [A, B]),
    ("jax.jacfwd(P, argnums=(0, 1))", [A, B]), ("jax.jacrev(jax.grad(P, 1), 0)", [A, B]), ("jax.jacrev(jax.grad(P, 0), 1)", [A, B]),
    ("jax.grad(lambda x: P(x, x))", [A]), ("jax.grad(jax.grad(lambda x: P(x, x)))", [A]), ("jax.grad(lambda y: P(2., y) * y)", [A]),
    ("lambda x, y: jax.jvp(P, (x, y), (1., 2.))", [A, B]), ("lambda x, y: jax.jvp(lambda x: P(x, y), (x,), (1.,))", [A, B]),
    ("lambda x, y: jax.vjp(P, x, y)[1](3.)", [A, B]), ("jax.grad(lambda x, y: P(x=x, y=y), argnums=(0, 1))", [A, B]),
    ("jax.vmap(P)", [XS, XS]), ("jax.vmap(P, in_axes=(0, None))", [XS, B]), ("jax.vmap(P, in_axes=(None, 0))", [A, XS]),
    ("jax.grad(lambda x, y: jnp.sum(jax.vmap(P)(x, y)), argnums=(0, 1))", [XS, XS]),
    ("jax.grad(lambda x, y: jnp.sum(jax.vmap(P, in_axes=(0, None))(x, y)), argnums=(0, 1))", [XS, B]),
    ("jax.grad(lambda x, y: jnp.sum(jax.vmap(P, in_axes=(None, 0))(x, y)), argnums=(0, 1))", [A, XS]),
    ("jax.hessian(lambda x, y: jnp.sum(jax.vmap(P, in_axes=(0, None))(x, y)), argnums=(0, 1))", [XS, B]),
    ("jax.vmap(jax.grad(P, argnums=(0, 1)), in_axes=(None, 0))", [A, XS]),
    ("jax.vmap(jax.vmap(jax.grad(P, argnums=(0, 1)), in_axes=(0, None)), in_axes=(None, 0))", [XS, [1.0, 2.0]]),
    ("jax.grad(lambda x, y: lax.scan(lambda c, z: (P(c, z) + y, c), x, jnp.arange(1., 4.))[0], argnums=(0, 1))", [A, B]),
    ("jax.grad(lambda x, y: lax.scan(lambda c, z: (P(c, y), c * z), x, jnp.arange(1., 4.))[1].sum(), argnums=(0, 1))", [A, B]),
    ("jax.hessian(lambda x, y: lax.scan(lambda c, z: (P(c, y), c * z), x, jnp.arange(1., 3.))[1].sum(), argnums=(0, 1))", [A, B]),
    ("jax.grad(lambda x, y: lax.cond(x < y, P, lambda x, y: x, x, y), argnums=(0, 1))", [A, B]),
    ("jax.grad(lambda x, y: lax.cond(x > y, P, lambda x, y: x, x, y), argnums=(0, 1))", [A, B]),
    ("lambda x, y: jax.linearize(P, x, y)[1](1., 2.)", [A, B]),
    ("jax.grad(lambda x, y: lax.fori_loop(0, 3, lambda i, c: P(c, y) * .5, x), argnums=(0, 1))", [A, B]),
    ("jax.grad(lambda x, y: lax.while_loop(lambda c: c[1] < 3, lambda c: (P(c[0], y), c[1] + 1), (x, 0))[0], argnums=(0, 1))", [A, B]),
]
VECTORS = [
    ("V", [XS]), ("jax.grad(V)", [XS]), ("jax.hessian(V)", [XS]), ("jax.jacrev(jax.grad(V))", [XS]), ("jax.jacfwd(V)", [XS]),
    ("jax.vmap(V)", [M]), ("jax.vmap(jax.grad(V))", [M]), ("jax.vmap(jax.hessian(V))", [M]),
    ("jax.grad(lambda m: jnp.sum(jax.vmap(V)(m)))", [M]), ("lambda x: jax.jvp(V, (x,), (jnp.ones(3),))", [XS]),
    ("jax.grad(lambda x: V(jnp.sin(x) * x))", [XS]), ("jax.grad(lambda x: V(x[::-1] * x))", [XS]),
    ("jax.grad(lambda x: V(jnp.stack([x, x ** 2, jnp.sin(x)])))", [X]), ("jax.hessian(lambda x: V(jnp.stack([x, x ** 2, jnp.sin(x)])))", [X]),
    ("jax.grad(lambda m: V(m.sum(axis=0)))", [M]), ("jax.grad(lambda x: lax.scan(lambda c, y: (c + V(x * y), None), 0., jnp.arange(3.))[0])", [XS]),
    ("jax.grad(lambda m: jnp.sum(lax.map(V, m)))", [M]),
    ("jax.grad(lambda x: V(jax.vmap(lambda a: a * x[0])(x)))", [XS]),
    ("lambda x, v: jax.jvp(jax.grad(V), (x,), (v,))[1]", [XS, [1.0, 2.0, 3.0]]),
]

# -- structures, dtypes, refusals: written out -----------------------------------------------------------

R, T = "{'a': 0.7, 'b': 1.3}", "(0.7, 1.3)"
MV = [[[0.3, -1.2], [2.0, 0.5]], [1.5, -0.5]]
RECORDS = [
    ("record", [R]), ("jax.grad(lambda r: record(r)['u'])", [R]), ("jax.grad(lambda r: record(r)['v'])", [R]),
    ("jax.grad(lambda r: record(r)['u'] * record(r)['v'])", [R]), ("jax.jacrev(record)", [R]),
    ("lambda r: jax.vjp(record, r)[1]({'u': 1., 'v': 10.})", [R]), ("jax.hessian(lambda r: record(r)['u'])", [R]),
    ("jax.jacrev(jax.grad(lambda r: record(r)['u']))", [R]), ("jax.jacfwd(record)", [R]),
    ("jax.vmap(lambda a: record({'a': a, 'b': 2.}))", [XS]), ("jax.vmap(jax.grad(lambda a: record({'a': a, 'b': 2.})['v']))", [XS]),
    ("jax.vmap(lambda r: jax.grad(lambda r: record(r)['u'])(r))", ["{'a': jnp.arange(3.), 'b': jnp.arange(1., 4.)}"]),
    ("jax.vmap(lambda r: record(r)['u'], in_axes=({'a': 0, 'b': None},))", ["{'a': jnp.arange(3.), 'b': 2.}"]),
    ("jax.grad(lambda r: lax.scan(lambda c, y: ({'a': record(c)['u'] * y, 'b': record(c)['v']}, c['a']), r, jnp.arange(1., 4.))[0]['a'])", [R]),
    ("record_jvp", [R]), ("jax.grad(lambda r: record_jvp(r)['u'])", [R]), ("jax.jacfwd(record_jvp)", [R]), ("jax.jacrev(record_jvp)", [R]),
    ("lambda r: jax.jvp(record_jvp, (r,), ({'a': 1., 'b': 2.},))", [R]), ("jax.hessian(lambda r: record_jvp(r)['u'] * record_jvp(r)['v'])", [R]),
    ("pair", [T]), ("jax.grad(lambda t: pair(t)[0])", [T]), ("jax.grad(lambda t: pair(t)[0] * pair(t)[1])", [T]), ("jax.jacrev(pair)", [T]),
    ("lambda t: jax.vjp(pair, t)[1]((1., 10.))", [T]), ("jax.grad(lambda x: pair((x, x))[1])", [X]), ("jax.hessian(lambda t: pair(t)[1])", [T]),
    ("jax.vmap(lambda x: pair((x, 2.)))", [XS]), ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: pair((x, x * 2.))[0])(x)))", [XS]),
    ("jax.grad(lambda t: lax.fori_loop(0, 3, lambda i, c: pair(c), t)[0])", [T]), ("jax.grad(lambda t: lax.fori_loop(0, 3, lambda i, c: pair(c), t)[1])", [T]),
    ("jax.jacfwd(pair_jvp)", [T]), ("jax.jacrev(pair_jvp)", [T]), ("jax.hessian(lambda t: pair_jvp(t)[0] * pair_jvp(t)[1])", [T]),
    ("jax.grad(lambda t: lax.scan(lambda c, _: (pair_jvp(c), c[1]), t, None, length=3)[0][0])", [T]),
    ("jax.grad(prefix, argnums=(0, 1))", [T, 2.0]), ("jax.grad(lambda t: prefix(t, t[0]))", [T]), ("jax.grad(holes)", ["(0.7, (1.3, 2.))"]),
    ("jax.hessian(holes)", ["(0.7, (1.3, 2.))"]), ("jax.jacrev(jax.grad(holes))", ["(0.7, (1.3, 2.))"]),
    ("jax.jacrev(lambda t: {'s': t[0] * t[1], 'd': (t[0], t[1] ** 2)})", [T]), ("jax.jacfwd(lambda t: {'s': t[0] * t[1], 'd': (t[0], t[1] ** 2)})", [T]),
    ("jax.hessian(lambda t: t[0] ** 2 * t[1])", [T]), ("jax.hessian(lambda r: r['a'] ** 2 * jnp.sum(r['b']))", ["{'a': 2., 'b': jnp.arange(3.)}"]),
    ("jax.vmap(lambda t, y: t[0] * t[1] + y, in_axes=((0, None), 1))", ["(jnp.arange(3.), 2.)", [[1.0, 2.0, 3.0]]]),
    ("jax.vmap(lambda x: (x, x * jnp.arange(2.)), out_axes=(0, 1))", [XS]), ("jax.vmap(lambda x, y: y * 2., out_axes=None, in_axes=(0, None))", [XS, B]),
    ("matvec", MV), ("jax.jacrev(matvec, argnums=(0, 1))", MV), ("jax.jacrev(matvec, argnums=1)", MV), ("jax.jacfwd(matvec)", MV),
    ("jax.grad(lambda m, v: jnp.sum(matvec(m, v) ** 2), argnums=(0, 1))", MV), ("jax.hessian(lambda m, v: jnp.sum(matvec(m, v) ** 2), 1)", MV),
    ("jax.vmap(matvec, in_axes=(None, 1), out_axes=1)", [MV[0], [[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]]),
    ("jax.grad(lambda m, v: jnp.sum(jax.vmap(matvec, in_axes=(None, 1))(m, v) ** 2), argnums=(0, 1))", [MV[0], [[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]]),
    ("jax.grad(lambda m, v: jnp.sum(jax.vmap(matvec, in_axes=(0, None))(m, v) ** 2), argnums=(0, 1))", ["jnp.arange(12.).reshape(3, 2, 2)", MV[1]]),
    ("jax.grad(lambda m, v: lax.scan(lambda c, _: (jnp.tanh(matvec(m, c)), None), v, None, length=3)[0].sum(), argnums=(0, 1))", MV),
    ("jax.jacfwd(matvec_jvp, argnums=(0, 1))", MV), ("jax.jacrev(matvec_jvp, argnums=(0, 1))", MV), ("jax.hessian(lambda m, v: jnp.sum(matvec_jvp(m, v) ** 2), 1)", MV),
    ("jax.grad(lambda m, v: lax.scan(lambda c, _: (jnp.tanh(matvec_jvp(m, c)), None), v, None, length=3)[0].sum(), argnums=(0, 1))", MV),
    ("jax.jacfwd(lambda m, v: lax.scan(lambda c, _: (jnp.tanh(matvec_jvp(m, c)), None), v, None, length=3)[0].sum(), argnums=(0, 1))", MV),
    ("jax.grad(lambda x: 10. * clip_gradient(-.75, .75, jnp.sin(x)))", [X]), ("jax.vmap(jax.grad(lambda x: jnp.sin(clip_gradient(-.5, .5, x))))", [XS]),
    ("jax.grad(clip_gradient, argnums=(0, 1, 2))", [-0.1, 0.2, 0.1]), ("jax.grad(lambda x: clip_gradient(-0.1, x + 0.1, x))", [0.1]),
]
AUX = [
    ("jax.value_and_grad(lambda x: (jnp.sin(x), {'a': x ** 2}), has_aux=True)", [X]), ("jax.grad(lambda x: (jnp.sin(x), {'a': x ** 2}), has_aux=True)", [X]),
    ("jax.jacrev(lambda x: (square_vjp(x), x ** 3), has_aux=True)", [X]), ("jax.jacfwd(lambda x: (square_jvp(x), x ** 3), has_aux=True)", [X]),
    ("lambda x: jax.vjp(lambda x: (square_vjp(x), x ** 3), x, has_aux=True)[2]", [X]),
]
FLOAT32, INTS = "jnp.float32([0.3, -1.2, 2.0])", "jnp.arange(3)"
DTYPES = [
    (e, [FLOAT32]) for name in ("square", "sine") for form in FORMS for e in (
        f"{name}_{form}", f"jax.vmap(jax.grad({name}_{form}))", f"jax.vmap(jax.hessian({name}_{form}))",
        f"jax.grad(lambda x: jnp.sum({name}_{form}(x)))", f"jax.grad(lambda x: lax.scan(lambda c, y: (c * {name}_{form}(y), None), jnp.float32(1), x)[0])",
        f"jax.jacfwd(lambda x: {name}_{form}(x[0]) * x)", f"jax.vmap(lambda x: lax.cond(x > 0, {name}_{form}, lambda x: x, x))")
] + [
    ("jax.grad(lambda x: jnp.sum(x * jnp.float64(2)))", [FLOAT32]), ("lambda x: jax.vjp(lambda x: x * jnp.float64(2), x)[1](jnp.ones(3))", [FLOAT32]),
    ("jax.grad(lambda x: jnp.sum(x.astype(jnp.float64) ** 2))", [FLOAT32]), ("jax.grad(lambda x, n: jnp.sum(x ** n))", [XS, "jnp.int64(2)"]),
    ("jax.grad(counted)", [X, "jnp.int64(3)"]), ("jax.grad(counted, argnums=(0, 1), allow_int=True)", [X, "jnp.int64(3)"]), ("counted", [X, "jnp.int32(3)"]),
    ("jax.vmap(jax.grad(counted))", [XS, INTS]), ("jax.grad(lambda x, n: jnp.sum(jax.vmap(counted)(x, n)))", [XS, INTS]),
    ("jax.grad(lambda x, n: counted(x, n) * n)", [X, "jnp.int64(3)"]), ("jax.grad(lambda x: x * 2)", ["jnp.int64(3)"]), ("jax.grad(lambda x: x * 2., allow_int=True)", ["jnp.int64(3)"]),
    ("jax.grad(lambda x: x > 0)", [X]), ("jax.grad(lambda x: jnp.round(x).astype(int))", [X]), ("jax.jacrev(lambda x: (x, jnp.int64(3))[0])", [X]),
    ("jax.grad(lambda x, i: x[i])", [XS, "jnp.int64(1)"]), ("jax.grad(lambda x, i: jnp.sum(x[i] ** 2))", [XS, "jnp.array([0, 2, 2])"]),
    ("jax.hessian(lambda x: jnp.sum(x[jnp.array([0, 2, 2])] ** 3))", [XS]), ("jax.grad(lambda x: jnp.sum(x.at[jnp.array([0, 0])].add(x[1:] * x[0]) ** 2))", [XS]),
    ("jax.grad(lambda x: jnp.sum(x.at[1].set(x[0] * x[2]) ** 2))", [XS]), ("jax.grad(lambda x: jnp.sum(jnp.where(x > 0, x, 2. * x) * x))", [XS]),
    ("jax.grad(lambda r: r['x'] * r['n'], allow_int=True)", ["{'x': 2., 'n': jnp.int64(3)}"]), ("lambda x: jax.vjp(lambda x: (x, x.astype(int)), x)[0]", [X]),
]
SUMS = [  # which calls run their rule, and on what
    ("jax.grad(lambda x: 3. * (twice(x) + twice(x)))", [X]), ("jax.grad(lambda x: 3. * (lambda y: y + y)(twice(x)))", [X]),
    ("jax.grad(lambda x: 3. * x + 0. * ignores(x))", [X]), ("jax.grad(lambda x: (ignores(x), 3. * x)[1])", [X]),
    ("jax.grad(lambda x: lax.cond(x > 0, lambda x: 3. * x, lambda x: ignores(x), x))", [X]),
    ("jax.grad(lambda x: (lambda z: lax.cond(x > 0, lambda x, z: 3. * x, lambda x, z: z, x, z))(ignores(x)))", [X]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: y * ignores(x))(jnp.arange(1., 4.))))", [2.0]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: ignores(x * y))(jnp.arange(1., 4.))))", [2.0]),
    ("jax.grad(lambda x: lax.scan(lambda c, y: (c + y * ignores(x), None), 0., jnp.arange(1., 4.))[0])", [2.0]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: y * twice(x))(jnp.arange(1., 4.))))", [2.0]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda y: twice(x * y))(jnp.arange(1., 4.))))", [2.0]),
    ("jax.grad(lambda x: lax.scan(lambda c, y: (c + y * twice(x), None), 0., jnp.arange(1., 4.))[0])", [2.0]),
    ("jax.jacrev(lambda x: (ignores(x), x ** 3))", [X]), ("jax.jacrev(ignores)", [XS]), ("jax.jacrev(lambda x: jnp.sin(ignores(x)))", [X]),
    ("jax.jacfwd(lambda t: t * ignores(lax.stop_gradient(t)))", [3.0]), ("jax.jacfwd(lambda t: ignores(2.) * t)", [3.0]),
]
LAZY = [  # what the branch or row not taken holds must not show
    ("jax.vmap(jax.grad(lambda x: lax.cond(x > 0, lambda x: x * jnp.log(x), lambda x: 2. * x, x)))", [[-1.0, 0.0, 1.0]]),
    ("jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: lax.cond(x > 0, lambda x: jnp.sqrt(x), lambda x: x, x))(x)))", [[-1.0, 0.0, 4.0]]),
    ("jax.vmap(jax.hessian(lambda x: lax.cond(x > 0, lambda x: x * jnp.log(x), lambda x: 2. * x, x)))", [[-1.0, 0.0, 1.0]]),
    ("jax.grad(lambda y: jnp.sum(jax.vmap(lambda x: lax.cond(x > 0, lambda: y * jnp.log(x), lambda: x))(jnp.array([-1., 0., 2.]))))", [1.0]),
    ("jax.vmap(lambda x: lax.while_loop(lambda a: a < 100, lambda a: a * x, x))", [[2.0, 3.0, 10.0, 200.0]]),
    ("jax.vmap(jax.grad(lambda x: lax.while_loop(lambda a: a < 100, lambda a: a * x, x)))", [[2.0, 3.0, 10.0, 200.0]]),
    ("jax.vmap(jax.grad(jax.grad(lambda x: lax.while_loop(lambda a: a < 100, lambda a: a * x, x))))", [[2.0, 3.0, 10.0, 200.0]]),
    ("jax.grad(lambda x: lax.fori_loop(0, jnp.where(x > 0, 3, 1), lambda i, c: c * x, x))", [2.0]),
    ("jax.vmap(jax.grad(lambda x: lax.fori_loop(0, jnp.where(x > 0, 3, 1), lambda i, c: c * x, x)))", [XS]),
    ("jax.vmap(jax.grad(lambda x: lax.switch(jnp.clip(x, 0., 2.).astype(int), [lambda x: x, lambda x: jnp.log(x), lambda x: jnp.sqrt(x - 1.)], x)))", [[-1.0, 1.5, 3.0]]),
    ("jax.hessian(lambda x: lax.while_loop(lambda a: jnp.sum(a) < 50, lambda a: a * x + square_vjp(a), x)[0])", [[1.5, 2.0]]),
    ("jax.vmap(jax.grad(lambda x: lax.while_loop(lambda a: a < 9, lambda a: square_rule(a) + 1., x)))", [[0.5, 1.0, 10.0]]),
]
CLOSED = [  # rules made inside a function, over its values
    ("jax.grad(lambda x, y: custom_gradient(lambda x: (x ** 2, lambda g: (g * y,)))(x))", [X, B]),
    ("jax.vmap(lambda x, y: custom_gradient(lambda x: (x * y, lambda g: (g * y ** 2,)))(x))", [XS, XS]),
    ("jax.vmap(lambda x, y: jax.grad(custom_gradient(lambda x: (x * y, lambda g: (g * y ** 2,))))(x))", [XS, XS]),
    ("lambda y: jax.grad(custom_gradient(lambda x: (jnp.sin(x), lambda g: (2. * jnp.cos(y) * g,))))(1.)", [X]),
    ("jax.grad(lambda y: jax.grad(custom_gradient(lambda x: (jnp.sin(x), lambda g: (2. * jnp.cos(y) * g,))))(1.))", [X]),
    ("jax.vmap(jax.grad(lambda y: jax.grad(custom_vjp(lambda x: 2. * jnp.sin(x), lambda x: (jnp.sin(x), y), lambda y, g: (2. * jnp.cos(y) * g,)))(1.)))", [XS]),
    ("jax.vmap(lambda x: custom_vjp(lambda y: x * y, lambda y: (x * y, (x, jnp.cos(y))), lambda r, g: (r[1] * g * r[0],))(3.))", [XS]),
    ("jax.vmap(lambda x: jax.grad(custom_vjp(lambda y: x * y, lambda y: (x * y, (x, jnp.cos(y))), lambda r, g: (r[1] * g * r[0],)))(3.))", [XS]),
    ("lambda z: jax.jvp(lambda z: jax.vmap(lambda x: custom_jvp(lambda y: x * y, lambda p, t: (x * p[0], x * t[0]))(z))(jnp.arange(3.)), (z,), (2.,))", [1.0]),
    ("jax.grad(lambda z: jnp.sum(jax.vmap(lambda x: custom_vjp(lambda y: x * y, lambda y: (x * y, (x, x * y, y)), lambda r, g: (r[0] * g,))(z))(jnp.arange(3.))))", [3.14]),
    ("jax.grad(lambda x: custom_gradient(lambda y: (x * y, lambda g: (g * 7.,)))(x))", [X]),
    ("jax.grad(lambda x: custom_vjp(lambda y: x * y, lambda y: (x * y, y), lambda r, g: (g * 7.,))(2. * x))", [X]),
    ("jax.jacfwd(lambda x: custom_jvp(lambda y: x + y, lambda p, t: (x + p[0], 2. * t[0]))(x))", [X]),
    ("jax.grad(lambda x: custom_gradient(lambda y: (jnp.sin(y), lambda g: (g * lax.stop_gradient(x),)))(x))", [X]),
    ("lambda x: jax.grad(custom_gradient(lambda x: (jnp.sum(x ** 2), lambda g: (jnp.cos(x) * jnp.arange(3., 6.),))))(x)", [XS]),
    ("jax.grad(lambda x: custom_vjp(lambda x: x ** 2, lambda x: jax.vjp(lambda x: x ** 2, x), lambda r, g: r(3. * g))(x))", [X]),
    ("lambda a: jax.grad(lambda a: custom_vjp(lambda f, x: f(x), lambda f, x: (f(x), x), lambda f, x, g: (5. * g * x,), nondiff_argnums=(0,))(lambda y: y ** 2, a))(a)", [X]),
    ("jax.grad(lambda x: custom_jvp(lambda f, x, h: f(h(x)), lambda f, h, p, t: (f(h(p[0])), 3. * t[0]), nondiff_argnums=(0, 2))(jnp.sin, x, jnp.cos))", [X]),
    ("jax.grad(lambda x, y: custom_jvp(lambda x, y: x ** 2 * y, lambda p, t: (p[0] ** 2 * p[1], 2. * p[0] * p[1] * t[0]))(x, y), argnums=(0, 1))", [X, B]),
]
WRONG = [  # rules that are refused, each for one mistake
    (f"jax.grad(custom_gradient(lambda x: ({value}, lambda g: {rule})))", at) for value, rule, at in (
        ("jnp.sum(x ** 2)", "(g,)", [XS]), ("x ** 2", "(g * jnp.ones(3),)", [X]), ("jnp.sum(x)", "(g * jnp.ones((1, 3)),)", [XS]),
        ("x ** 2", "(g, g)", [X]), ("x ** 2", "()", [X]), ("x ** 2", "{'a': g}", [X]), ("x['a'] ** 2", "(g,)", ["{'a': 2.}"]),
        ("x['a'] ** 2", "({'b': g},)", ["{'a': 2.}"]), ("x[0] * x[1]", "((g,),)", [T]), ("x[0] * x[1]", "((g, g, g),)", [T]))
] + [
    ("jax.grad(lambda x: jnp.array([x, x]))", [X]), ("jax.grad(lambda x: (x, x))", [X]), ("jax.grad(lambda x: {'a': x})", [X]), ("jax.grad(lambda x: x)", [XS]),
    ("jax.grad(lambda x: x, argnums=1)", [X]), ("jax.hessian(lambda x: x > 0)", [X]), ("jax.grad(lambda x: x[:1])", [XS]),
    ("jax.grad(lambda x: custom_vjp(lambda x, y: x * y, lambda x, y: (x * y, None), lambda r, g: (g,))(x, x))", [X]),
    ("jax.grad(lambda x: custom_vjp(lambda x: x, lambda x: (x, None), lambda r, g: 2. * g)(x))", [X]),
    ("jax.jacfwd(lambda x: lax.scan(lambda c, _: (square_vjp(c), None), x, None, length=2)[0])", [X]),
    ("jax.jacfwd(lambda x: lax.cond(x > 9, square_rule, lambda x: x, x))", [X]), ("jax.jacfwd(lambda x: jax.vmap(square_rule)(x))", [XS]),
    ("jax.jacfwd(lambda x: (square_rule(x), x)[1])", [X]), ("jax.jacfwd(lambda x: lax.fori_loop(0, 3, lambda i, c: square_gradient(c), x))", [X]),
]


# -- what language.md decides otherwise ----------------------------------------------------------------

UNROLLED = "unrolled"
FORWARD = r"linearize\((\w+_(rule|gradient|vjp)|jax\.grad\(\w+_vjp\))"
OTHERWISE = {  # the programs that JAX's answer is taken from instead
    "jax.jacrev(lambda x: (ignores(x), x ** 3))":
        ("lambda x: (jax.jacrev(ignores)(x), jax.jacrev(lambda x: x ** 3)(x))", "each output has its own cotangent"),
    "jax.grad(lambda x: custom_gradient(lambda y: (jnp.sin(y), lambda g: (g * lax.stop_gradient(x),)))(x))":
        ("jax.grad(lambda x: custom_gradient(lambda y: (jnp.sin(y), lambda g: (g * y,)))(x))", "JAX leaks a tracer"),
}


def refused_here(expression):
    """(code, why) of what is an error here and not in JAX."""
    if re.search(FORWARD, expression):
        return "E502", "JAX refuses it where the tangent is used"
    return None, None


def otherwise(expression):
    """(an expression or UNROLLED, why) where not JAX's own answer holds, else (None, None)."""
    if re.search(r"(scan|fori_loop)\(.*_jvp\b", expression) and re.match(r"jax\.(hessian|grad\(jax\.grad)", expression):
        return UNROLLED, "JAX forgets the rule of the second order in a scan"
    return OTHERWISE.get(expression, (None, None))


# -- the suite -------------------------------------------------------------------------------------------

FEWER = ["rule", "vjp", "jvp"]  # the forms of all but the first functions of a group


def over(letter, group, templates, full):
    for place, (name, *_) in enumerate(group):
        for form in FORMS if place < full else FEWER:
            for expression, at in templates:
                if name == "lazy" and at != [X] and "vmap" not in expression:
                    continue  # its cond is one of a scalar
                yield put(letter, f"{name}_{form}", expression), at


def control_flow():
    for name, forms_here in (("sine", ["gradient", "tangent"]), ("square", ["plain", "rule", "vjp", "jvp"])):
        for form in forms_here:
            for body in LOOPS:
                for expression, at in DERIVATIVES:
                    yield put("F", f"{name}_{form}", expression.replace("BODY", body)), at


def programs():
    """The rows of each file."""
    return {
        "orders": list(over("F", ONE, ORDERS, 2)),
        "pullbacks": list(over("F", ONE, PULLBACKS, 2)),
        "composed": list(over("F", ONE, COMPOSED, 2)),
        "vmap": list(over("F", ONE, BATCHED, 2)),
        "pairs": list(over("P", TWO, PAIRS, 1)),
        "vectors": list(over("V", VECTOR, VECTORS, 1)),
        "control": list(control_flow()),
        "checkpoint": list(checkpointed()),
        "structures": RECORDS,
        "aux": AUX,
        "dtypes": DTYPES,
        "calls": SUMS,
        "lazy": LAZY,
        "closures": CLOSED,
        "refused": WRONG,
    }


def checkpointed():
    """Programs over a function under checkpoint: what they give without it."""
    loops = [(e.replace("BODY", LOOPS[i]), at) for i in (1, 5) for e, at in DERIVATIVES]
    for form in ("plain", "rule", "vjp", "jvp"):
        for expression, at in ORDERS + BATCHED + loops:
            yield put("F", f"jax.checkpoint(square_{form})", expression), at


def put(letter, name, expression):
    return re.sub(rf"\b{letter}\b", name, expression)
