"""Random programs that are valid in both worlds: rules, control flow and derivatives, nested."""

import cases

ONE = [f"{name}_{{}}" for name, *_ in cases.ONE]
TWO = [f"{name}_{{}}" for name, *_ in cases.TWO]
VECTOR = [f"{name}_{{}}" for name, *_ in cases.VECTOR]
REVERSE, BOTH = ["plain", "rule", "gradient", "vjp"], ["plain", "tangent", "jvp"]
SCALARS, VECTORS = "s", "v"  # what a name stands for: a number, or three of them


class Programs:
    """Expressions of bounded depth. Values stay near 1: each passes through a bounded function."""

    def __init__(self, random):
        self.random = random
        self.n_names = 0

    def program(self):
        """(expression, arguments): a function under transformations, of a number or a vector."""
        self.forms = self.random.choice([REVERSE, BOTH, BOTH + REVERSE])
        self.n_names = 0
        name, kind = self.name(), self.random.choice([SCALARS, VECTORS])
        body = f"lambda {name}: {self.scalar(self.random.randint(2, 4), {name: kind})}"
        at = [round(self.random.uniform(-2, 2), 2) for _ in range(3)]
        if kind == VECTORS:
            linearized = ["lambda x: jax.linearize({}, x)[1](x)"] if self.forms == BOTH else []  # E502 sooner than JAX
            return self.random.choice(linearized + [
                "{}", "jax.grad({})", "jax.hessian({})", "jax.jacfwd({})", "jax.jacrev(jax.jacrev({}))",
                "lambda x: jax.jvp(jax.grad({}), (x,), (jnp.arange(3.),))",
                "lambda x: jax.vmap({})(jnp.stack([x, 2. * x]))", "jax.grad(lambda x: jnp.sum(jax.vmap({})(jnp.outer(x, x))))",
                "lambda x: jax.vmap(jax.grad({}))(jnp.stack([x, x[::-1]]))",
            ]).format(body), [at]
        if self.random.random() < 0.4:
            return self.random.choice([
                "jax.vmap({})", "jax.vmap(jax.grad({}))", "jax.vmap(jax.hessian({}))", "jax.vmap(jax.jacfwd({}))",
                "jax.grad(lambda x: jnp.sum(jax.vmap({})(x)))", "jax.hessian(lambda x: jnp.sum(jax.vmap({})(x)))",
                "jax.jacrev(jax.vmap({}))", "jax.jacfwd(jax.vmap({}))",
            ]).format(body), [at]
        return self.random.choice([
            "{}", "jax.grad({})", "jax.grad(jax.grad({}))", "jax.hessian({})", "jax.jacfwd({})", "jax.jacfwd(jax.jacfwd({}))",
            "jax.jacrev(jax.jacfwd({}))", "jax.value_and_grad({})", "lambda x: jax.jvp({}, (x,), (2.,))",
            "lambda x: jax.vjp({}, x)[1](2.)[0]", "jax.grad(jax.grad(jax.grad({})))",
        ]).format(body), at[:1]

    # -- parts ---------------------------------------------------------------------------------

    def name(self):
        self.n_names += 1
        return f"x{self.n_names}"

    def number(self):
        return str(self.random.choice([0.5, -1.5, 2.0, 0.3, 1.25]))

    def pick(self, names, kind):
        have = [name for name, k in names.items() if k == kind]
        return self.random.choice(have) if have else None

    def bounded(self, text):
        return f"{self.random.choice(['jnp.sin', 'jnp.tanh', 'jnp.cos', 'jnp.arctan'])}({text})"

    def rule(self, table):
        return self.random.choice(table).format(self.random.choice(self.forms))

    def inner(self, depth, names, kind=SCALARS, of=SCALARS):
        """A lambda of one more name."""
        name = self.name()
        make = self.scalar if of == SCALARS else self.vector
        return f"lambda {name}: {make(depth, {**names, name: kind})}"

    def scalar(self, depth, names):
        if depth <= 0:
            return self.pick(names, SCALARS) or f"{self.pick(names, VECTORS)}[{self.random.randrange(3)}]"
        return getattr(self, self.random.choice(SCALAR_PARTS))(depth - 1, names)

    def vector(self, depth, names):
        if depth <= 0:
            return self.pick(names, VECTORS) or f"({self.pick(names, SCALARS)} * jnp.arange(1., 4.))"
        return getattr(self, self.random.choice(VECTOR_PARTS))(depth - 1, names)

    # -- numbers -------------------------------------------------------------------------------

    def s_arithmetic(self, d, names):
        return f"({self.scalar(d, names)} {self.random.choice('+-*')} {self.scalar(d - 1, names)})"

    def s_function(self, d, names):
        return self.bounded(self.scalar(d, names))

    def s_divided(self, d, names):
        return f"({self.scalar(d, names)} / (1. + {self.scalar(d - 1, names)} ** 2))"

    def s_one(self, d, names):
        return f"{self.rule(ONE)}({self.bounded(self.scalar(d, names))})"

    def s_two(self, d, names):
        return f"{self.rule(TWO)}({self.bounded(self.scalar(d, names))}, {self.scalar(d - 1, names)})"

    def s_norm(self, d, names):
        return f"{self.rule(VECTOR)}({self.bounded(self.vector(d, names))})"

    def s_sum(self, d, names):
        return f"jnp.sum({self.vector(d, names)})"

    def s_dot(self, d, names):
        return f"jnp.dot({self.vector(d, names)}, {self.vector(d - 1, names)})"

    def s_item(self, d, names):
        return f"{self.vector(d, names)}[{self.random.randrange(3)}]"

    def s_cond(self, d, names):
        return (f"lax.cond({self.scalar(d - 1, names)} > {self.number()}, {self.inner(d, names)}, "
                f"{self.inner(d, names)}, {self.scalar(d - 1, names)})")

    def s_where(self, d, names):
        return f"jnp.where({self.scalar(d - 1, names)} > {self.number()}, {self.scalar(d, names)}, {self.scalar(d - 1, names)})"

    def s_switch(self, d, names):
        return (f"lax.switch(jnp.where({self.scalar(d - 1, names)} > {self.number()}, 1, 2), [{self.inner(d - 1, names)}, "
                f"{self.inner(d, names)}, {self.inner(d - 1, names)}], {self.scalar(d - 1, names)})")

    def s_scan(self, d, names):
        c, y = self.name(), self.name()
        both = {**names, c: SCALARS, y: SCALARS}
        body = f"({self.bounded(self.scalar(d, both))}, {self.scalar(d - 1, both)})"
        reverse = self.random.choice(["", ", reverse=True"])
        return (f"lax.scan(lambda {c}, {y}: {body}, {self.scalar(d - 1, names)}, {self.vector(d - 1, names)}{reverse})"
                + self.random.choice(["[0]", "[1].sum()"]))

    def s_fori(self, d, names):
        return f"lax.fori_loop(0, {self.random.randint(1, 3)}, lambda i, {self.loop_body(d, names)}"

    def loop_body(self, d, names):
        c = self.name()
        return f"{c}: {self.bounded(self.scalar(d, {**names, c: SCALARS}))}, {self.scalar(d - 1, names)})"

    def s_while(self, d, names):
        c = self.name()
        return (f"lax.while_loop(lambda {c}: {c}[1] < jnp.where({self.scalar(d - 1, names)} > 0., 3, 1), "
                f"lambda {c}: ((lambda {c}_0: {self.bounded(self.scalar(d, {**names, c + '_0': SCALARS}))})({c}[0]), {c}[1] + 1), "
                f"({self.scalar(d - 1, names)}, 0))[0]")

    def s_derivative(self, d, names):
        f, x = self.inner(d, names), self.scalar(d - 1, names)
        return self.random.choice([
            f"jax.grad({f})({x})", f"jax.value_and_grad({f})({x})[{self.random.randrange(2)}]",
            f"jax.jvp({f}, ({x},), ({self.number()},))[{self.random.randrange(2)}]", f"jax.vjp({f}, {x})[1]({self.number()})[0]"])

    def s_own_rule(self, d, names):
        z, value, rule = self.name(), None, None
        value, rule = (self.scalar(d - 1, {z: SCALARS}) for _ in range(2))
        if "jvp" in self.forms:
            made = f"custom_jvp(lambda {z}: {value}, lambda p, t: (lambda {z}: ({value}, t[0] * {rule}))(p[0]))"
        else:
            made = f"custom_gradient(lambda {z}: ({value}, lambda g: (g * {rule},)))"
        return f"{made}({self.scalar(d - 1, names)})"

    def s_stopped(self, d, names):
        return f"(lax.stop_gradient({self.scalar(d, names)}) * {self.scalar(d - 1, names)})"

    def s_let(self, d, names):
        return f"({self.inner(d, names)})({self.scalar(d, names)})"

    def s_pair(self, d, names):
        c = self.name()
        both = {**names, c + "[0]": SCALARS, c + "[1]": VECTORS}
        return (f"lax.fori_loop(0, 2, lambda i, {c}: ({self.bounded(self.scalar(d, both))}, {self.bounded(self.vector(d - 1, both))}), "
                f"({self.scalar(d - 1, names)}, {self.vector(d - 1, names)}))[0]")

    # -- vectors -------------------------------------------------------------------------------

    def v_stack(self, d, names):
        return f"jnp.stack([{self.scalar(d, names)}, {self.scalar(d - 1, names)}, {self.number()}])"

    def v_function(self, d, names):
        return self.bounded(self.vector(d, names))

    def v_scaled(self, d, names):
        return f"({self.vector(d, names)} {self.random.choice('+*')} {self.scalar(d - 1, names)})"

    def v_arithmetic(self, d, names):
        return f"({self.vector(d, names)} {self.random.choice('+-*')} {self.vector(d - 1, names)})"

    def v_moved(self, d, names):
        return self.random.choice(["{}[::-1]", "jnp.cumsum({})", "jnp.roll({}, 1)", "(jnp.arange(9.).reshape(3, 3) / 9. @ {})"]).format(self.vector(d, names))

    def v_at(self, d, names):
        return f"{self.vector(d, names)}.at[{self.random.randrange(3)}].{self.random.choice(['set', 'add'])}({self.scalar(d - 1, names)})"

    def v_gather(self, d, names):
        return f"{self.vector(d, names)}[jnp.array([2, 0, 0])]"

    def v_vmap(self, d, names):
        return f"jax.vmap({self.inner(d, names)})({self.vector(d - 1, names)})"

    def v_map(self, d, names):
        return f"lax.map({self.inner(d, names)}, {self.vector(d - 1, names)})"

    def v_scan(self, d, names):
        c, y = self.name(), self.name()
        both = {**names, c: SCALARS, y: SCALARS}
        return (f"lax.scan(lambda {c}, {y}: ({self.bounded(self.scalar(d - 1, both))}, {self.scalar(d, both)}), "
                f"{self.scalar(d - 1, names)}, {self.vector(d - 1, names)})[1]")

    def v_one(self, d, names):
        table = [name for name in ONE if "lazy" not in name]  # its cond is one of a scalar
        return f"{self.rule(table)}({self.bounded(self.vector(d, names))})"

    def v_grad(self, d, names):
        return f"jax.grad({self.inner(d, names, VECTORS)})({self.vector(d - 1, names)})"

    def v_where(self, d, names):
        v = self.vector(d - 1, names)
        return f"jnp.where({v} > {self.number()}, {self.vector(d, names)}, {v})"

    def v_cond(self, d, names):
        return (f"lax.cond({self.scalar(d - 1, names)} > {self.number()}, {self.inner(d, names, VECTORS, VECTORS)}, "
                f"{self.inner(d, names, VECTORS, VECTORS)}, {self.vector(d - 1, names)})")

    def v_associative(self, d, names):
        return f"lax.associative_scan(lambda a, b: a * b + a, {self.bounded(self.vector(d, names))})"


SCALAR_PARTS = [name for name in dir(Programs) if name.startswith("s_")]
VECTOR_PARTS = [name for name in dir(Programs) if name.startswith("v_")]
