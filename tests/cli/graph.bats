#!/usr/bin/env bats
# cg-grad graph: the graph of a function as text, in Graphviz's language, as a picture; and
# --explain, the account of how a point was answered.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    cd "$ROOT"
}

# spec FILE: a spec on standard input.
spec() {
    cat >"$BATS_TEST_TMPDIR/$1"
}

# One function with a rule that reads a `let`, one that calls it twice.
rules_spec() {
    spec rules.yaml <<'EOF'
version: 1
functions:
  mul:
    args: [x, y]
    let: {p: exp(y)}
    value: x * y
    vjp:
      let: {s: p + 1}
      grads:
        - g * s
        - g * x
  outer:
    args: {x: "float64[n]"}
    let: {m: mean(x)}
    value: mul(sum(x), m) + mul(m, 3.0)
EOF
    RULES=$BATS_TEST_TMPDIR/rules.yaml
}

# -- text ---------------------------------------------------------------------------

@test "text: the README's square, forward, with its gradient, as traced" {
    run cg-grad graph -f square examples/mission.yaml
    assert_success
    assert_output - <<'EOF'
square: value
  %0  input           float64[]          x
  %1  integer_pow{2}  float64[]  (%0 x)  x ** 2
  value = %1
2 nodes; runs as 1 group of 1 instruction, 0 bytes of buffers
EOF
    run cg-grad graph --grad -f square examples/mission.yaml
    assert_success
    assert_output - <<'EOF'
square: value, grad
  %0  input           float64[]          x
  %1  integer_pow{2}  float64[]  (%0 x)  x ** 2
  value  = %1
  grad x = %0 x
2 nodes, 0 for derivatives alone, 0 from rules; runs as 1 group of 1 instruction, 0 bytes of buffers
EOF
    run cg-grad graph --grad --raw -f square examples/mission.yaml
    assert_success
    assert_output - <<'EOF'
square: value, grad, not optimised
  %0  input           float64[]             x
  %1  integer_pow{2}  float64[]  (%0 x)     x ** 2
  %2  mul             float64[]  (%0 x, 1)  g * x   # rule of square (vjp)
  value  = %1
  grad x = %2
4 nodes, 2 for derivatives alone, 1 from rules
EOF
}

@test "text: the README's product with both gradients" {
    run cg-grad graph --compute grad --raw --only 'product*' examples/mission.yaml
    assert_success
    assert_output - <<'EOF'
product: value, grad, not optimised
  %0  input  float64[]                x
  %1  input  float64[]                y
  %2  mul    float64[]  (%0 x, %1 y)  x * y
  %3  mul    float64[]  (%1 y, 1)     g * y  # rule of product (vjp)
  %4  mul    float64[]  (%0 x, 1)     g * x  # rule of product (vjp)
  value  = %2
  grad x = %3
  grad y = %4
6 nodes, 3 for derivatives alone, 2 from rules
EOF
    run cg-grad graph --grad -n y -f product examples/mission.yaml
    assert_success
    refute_output --partial 'grad x'
    assert_line '  grad y = %0 x'
}

@test "text: lets have their names, in rules and in each call; nodes say whose text made them" {
    rules_spec
    run cg-grad graph --grad -f outer "$RULES"
    assert_success
    assert_line --regexp '^  %[0-9]+ +div +float64\[\] +\(%[0-9]+, 3\) +m = mean\(x\)$'
    assert_line --regexp '^  %[0-9]+ +mul +float64\[\] +.*x \* y +# mul$'
    assert_line --regexp 'exp +float64\[\] +\(%[0-9]+ m\) +p = exp\(y\) +# mul, derivative$'
    assert_line --regexp 'add +float64\[\] +\(%[0-9]+ p, 1\) +s = p \+ 1 +# rule of mul \(vjp\)$'
    # Two calls, two of each; no constant and no derivative node has a let's name.
    [ "$(grep -c 'p = exp(y)' <<<"$output")" -eq 2 ]
    [ "$(grep -c 's = p + 1' <<<"$output")" -eq 2 ]
    [ "$(grep -c 'm = mean(x)' <<<"$output")" -eq 1 ]
}

@test "text: the nodes of a built-in stand at the place that called it" {
    run cg-grad graph --grad examples/logistic.yaml
    assert_success
    assert_line --regexp '# derivative$'
    [ "$(grep -c ' softplus(z)' <<<"$output")" -ge 15 ]
    assert_line --partial '(labels=[1, 0, 1, 0])'
    assert_line --regexp '\(features=\[0.5, 1.0, .*, …\]\)'
}

@test "text: a call keeps its graph when nothing is optimised" {
    run cg-grad graph --raw -f 'lambda x: square(x) * square(x + 1)' --at x=1 examples/mission.yaml
    assert_success
    assert_output - <<'EOF'
lambda x: square(x) * square(x + 1): value, not optimised
  %0  input        float64[]             x
  %1  call square  float64[]  (%0 x)     square(x)
        square (graph 1):
        %2  input           float64[]
        %3  integer_pow{2}  float64[]  (%2)  x ** 2  # square
        → %3
  %4  add          float64[]  (%0 x, 1)  x + 1
  %5  call square  float64[]  (%4)       square(x + 1)
        square (graph 1): as above
  %6  mul          float64[]  (%1, %5)   square(x) * square(x + 1)
  value = %6
8 nodes
EOF
    run cg-grad graph -f 'lambda x: square(x) * square(x + 1)' --at x=1 examples/mission.yaml
    refute_output --partial 'call'
}

@test "text: the branches of an if are indented below it" {
    run cg-grad graph -e 'sin(x) if x > 0 else x * y' --at x=3,y=2
    assert_success
    assert_output - <<'EOF'
f: value
  %0  input  float64[]                    x
  %1  input  float64[]                    y
  %2  gt     bool[]     (%0 x, 0)         x > 0
  %3  cond   float64[]  (%2, %0 x, %1 y)  sin(x) if x > 0 else x * y
        if true:
        %4  input  float64[]  (%0 x)  x
        %5  input  float64[]  (%1 y)  y
        %6  sin    float64[]  (%4 x)  sin(x)
        → %6
        if false:
        %7  input  float64[]  (%0 x)        x
        %8  input  float64[]  (%1 y)        y
        %9  mul    float64[]  (%7 x, %8 y)  x * y
        → %9
  value = %3
11 nodes; runs as 5 groups of 5 instructions, 16 bytes of buffers
EOF
}

@test "text: what a checkpoint holds, and a loop, stands below it" {
    run cg-grad graph -e 'checkpoint(lambda y: scan(lambda c, _: (sin(c), 0), y, length=2)[0])(x)' --at x=3
    assert_success
    assert_line '        inside:'
    assert_line '              each of 2 trips:'
}

@test "text: structures, cotangents and tangents are named" {
    spec names.yaml <<'EOF'
version: 1
functions:
  swap: {args: [p], value: {sum: "p.a + p.b[0]", two: [p.a, 1.5]}}
  times: {args: [x, y], value: x * y}
points:
  - {name: structure, function: swap, at: {p: {a: 1, b: [2, 3]}}}
  - {name: cotangent, function: times, at: {x: [1, 2], y: 3}, cotangent: [1, 0]}
  - {name: tangent, function: times, at: {x: [1, 2], y: 3}, compute: [jvp], tangent: {x: [1, 0]}}
EOF
    run cg-grad graph --only structure "$BATS_TEST_TMPDIR/names.yaml"
    assert_success
    assert_line --regexp 'input +float64\[\] +p.a$'
    assert_line --regexp '^  value.sum +='
    assert_line --regexp '^  value.two\[1\] += 1.5$'
    run cg-grad graph --grad --only cotangent "$BATS_TEST_TMPDIR/names.yaml"
    assert_success
    assert_line --regexp 'input +float64\[2\] +cotangent$'
    run cg-grad graph -c jvp --only tangent "$BATS_TEST_TMPDIR/names.yaml"
    assert_success
    assert_line --regexp 'input +float64\[2\] +tangent x$'
    assert_line --regexp '^  jvp +='
}

@test "text: hessian and jacobian" {
    run cg-grad graph -c hessian -f square examples/mission.yaml
    assert_success
    assert_line 'square: value, hessian'
    assert_line --regexp 'g \* x +# rule of square \(vjp\)$'
    assert_line --regexp '^  hessian x x = '
    run cg-grad graph -c jacobian -f square examples/mission.yaml
    assert_success
    assert_line --regexp '^  jacobian x = '
}

@test "text: quotes, newlines and characters of other scripts in a source" {
    spec text.yaml <<'EOF'
version: 1
functions:
  f:
    args: [x]
    value: |
      x.sum() *
          {"größe": x[0], "\u202e": 2.0}["größe"]
EOF
    run cg-grad graph "$BATS_TEST_TMPDIR/text.yaml" --at 'x=[1,2]' -f f
    assert_success
    assert_line --partial 'x.sum() * {"größe": x[0], "\u202e": 2.0}["gr…'
}

# -- which function -----------------------------------------------------------------

@test "one function needs no naming; of several each is named" {
    run cg-grad graph examples/rosenbrock.yaml
    assert_success
    assert_line --index 0 'rosenbrock: value'
    run cg-grad graph examples/mission.yaml
    assert_failure 2
    assert_output - <<'EOF'
error[E001]: the spec has several functions: square, product
  = help: choose one: -f square
EOF
}

@test "the types: of --at, of the function's first point, of its declaration, else scalars" {
    rules_spec
    run cg-grad graph -f mul --at 'x=[1, 2],y=float32(2)' "$RULES"
    assert_success
    assert_line --regexp '%0 +input +float64\[2\] +x$'
    assert_line --regexp 'input +float32\[\] +y$'
    run cg-grad graph -f loss examples/logistic.yaml
    assert_line --regexp '%0 +input +float64\[2\] +w$'
    run cg-grad graph -f outer "$RULES"
    assert_line --regexp '%0 +input +float64\[3\] +x$'
    run cg-grad graph -f 'grad(mul)' "$RULES"
    assert_success
    assert_line --regexp '%1 +input +float64\[\] +y$'
    assert_line --index 0 'grad(mul): value'
}

@test "a static argument must be given" {
    spec static.yaml <<'EOF'
version: 1
functions:
  power: {args: {x: float64, n: {type: int64, static: true}}, value: x ** n}
EOF
    run cg-grad graph "$BATS_TEST_TMPDIR/static.yaml"
    assert_failure 2
    assert_line --index 0 'error[E403]: the graph depends on the value of the argument `n`, and no point says it'
    assert_line --partial 'say where, with --at: n=…'
    run cg-grad graph -f power --at x=1,n=3 "$BATS_TEST_TMPDIR/static.yaml"
    assert_success
    assert_line --partial 'integer_pow{3}'
}

@test "points without functions, several points, none" {
    spec points.yaml <<'EOF'
version: 1
points:
  - {name: first one, function: "lambda x: x * 2", at: [1]}
  - {name: second, function: sin, at: [1]}
EOF
    run cg-grad graph "$BATS_TEST_TMPDIR/points.yaml"
    assert_failure 2
    assert_line --index 0 'error[E001]: the spec has several points: first one, second'
    assert_line --index 1 "  = help: choose one: --only 'first one'"
    run cg-grad graph --only 'first*' "$BATS_TEST_TMPDIR/points.yaml"
    assert_success
    assert_line --index 0 'lambda x: x * 2: value'
    run cg-grad graph --only '*' "$BATS_TEST_TMPDIR/points.yaml"
    assert_failure 2
    assert_line --index 0 'error[E001]: --only: 2 points match, but a graph is that of one'
    run cg-grad graph --only secund "$BATS_TEST_TMPDIR/points.yaml"
    assert_failure 2
    assert_line --partial 'did you mean `second`?'
    spec nothing.yaml <<<'version: 1'
    run cg-grad graph "$BATS_TEST_TMPDIR/nothing.yaml"
    assert_failure 2
    assert_output 'error[E001]: the spec has no function'
}

@test "mistakes in the function are shown, and the graph of an error is none" {
    run cg-grad graph -f squar examples/mission.yaml
    assert_failure 2
    assert_line --index 0 --partial 'error[E401]'
    assert_line --partial 'did you mean `square`?'
    run cg-grad graph --grad -e 'abs(x)' --vjp 'g if x > 0 else -g' --at x=3
    assert_failure 2
    assert_line --index 0 --partial 'error[E501]'
    run cg-grad graph -e 'abs(x)' --vjp 'g if x > 0 else -g' --at x=3
    assert_success
}

@test "options of other commands, formats of other commands" {
    run cg-grad graph --validate examples/mission.yaml
    assert_failure 2
    assert_line --index 0 'error[E001]: --validate is no option of `graph`'
    run cg-grad graph -F json -f square examples/mission.yaml
    assert_failure 2
    assert_output - <<'EOF'
error[E001]: --format: `graph` has no json
  = help: it prints text, dot, svg
EOF
    run cg-grad -F dot examples/mission.yaml
    assert_failure 2
    assert_output - <<'EOF'
error[E001]: --format: `eval` has no dot
  = help: it prints text, json, jsonl, table
EOF
    run cg-grad graph examples/mission.yaml examples/logistic.yaml
    assert_failure 2
    run cg-grad graph
    assert_failure 2
}

# -- Graphviz -----------------------------------------------------------------------

@test "dot: Graphviz reads it; nodes, edges and clusters are there" {
    rules_spec
    cg-grad graph --grad -F dot -f outer "$RULES" >"$BATS_TEST_TMPDIR/g.dot"
    dot -Tplain "$BATS_TEST_TMPDIR/g.dot" >"$BATS_TEST_TMPDIR/g.plain"
    grep -q '^edge .* "float64\[3\]" ' "$BATS_TEST_TMPDIR/g.plain"
    grep -q '^node .* "add\\ns = p + 1" ' "$BATS_TEST_TMPDIR/g.plain"
    dot -Tcanon "$BATS_TEST_TMPDIR/g.dot" >"$BATS_TEST_TMPDIR/g.canon"
    grep -q 'label="rule of mul (vjp)"' "$BATS_TEST_TMPDIR/g.canon"
    grep -q 'label=mul' "$BATS_TEST_TMPDIR/g.canon"
    grep -q 'dashed' "$BATS_TEST_TMPDIR/g.canon"
    # One cluster a group, though its nodes do not follow each other.
    [ "$(grep -c 'label="rule of mul (vjp)"' "$BATS_TEST_TMPDIR/g.canon")" -eq 1 ]
    grep -q '"*grad x"*' "$BATS_TEST_TMPDIR/g.canon"
}

@test "dot: the branches of an if, and calls, are clusters" {
    run bash -c "cg-grad graph -F dot --grad -e '1.0 if x > 0 else x * y' --at x=3,y=2 | dot -Tcanon"
    assert_success
    assert_output --partial 'label="if true"'
    assert_output --partial 'label="if false"'
    run bash -c "cg-grad graph -F dot --raw -f 'lambda x: square(x) * square(x + 1)' --at x=1 examples/mission.yaml | dot -Tcanon"
    assert_success
    assert_output --partial 'label="square (graph 1)"'
}

@test "dot: quotes, backslashes, ampersands and other scripts in labels" {
    cg-grad graph -F dot -e '2.0 * {"ß\"&lt;\\": x}["ß\"&lt;\\"]' --at x=1 >"$BATS_TEST_TMPDIR/q.dot"
    grep -qF '2.0 * {\"ß\\\"&amp;lt;\\\\\": x}[' "$BATS_TEST_TMPDIR/q.dot"
    run dot -Tsvg "$BATS_TEST_TMPDIR/q.dot"
    assert_success
    assert_output --partial '{&quot;ß\&quot;&amp;lt;\\&quot;:'
}

@test "svg: drawn by dot, to standard output or a file" {
    run cg-grad graph --grad -F svg -f product examples/mission.yaml
    assert_success
    assert_line --index 0 --partial '<?xml'
    assert_output --partial '<svg'
    assert_output --partial '>grad x</text>'
    cg-grad graph -F svg -f product -o "$BATS_TEST_TMPDIR/a b.svg" examples/mission.yaml
    head -n 1 "$BATS_TEST_TMPDIR/a b.svg" | grep -q '<?xml'
}

@test "svg: without Graphviz, or when it fails" {
    mkdir "$BATS_TEST_TMPDIR/empty"
    run env PATH="$BATS_TEST_TMPDIR/empty" "$(command -v cg-grad)" graph -F svg -f square -o "$BATS_TEST_TMPDIR/no.svg" examples/mission.yaml
    assert_failure 2
    assert_output - <<'EOF'
error[E001]: --format svg needs Graphviz: `dot` is not on the PATH
  = help: apt-get install graphviz; or take --format dot
EOF
    [ ! -e "$BATS_TEST_TMPDIR/no.svg" ]
    printf '#!/bin/sh\nhead -c 10\necho no picture today >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/dot"
    chmod +x "$BATS_TEST_TMPDIR/bin/dot"
    run --separate-stderr cg-grad graph -F svg -f square examples/mission.yaml
    assert_failure 2
    assert_output ''
    [[ $stderr == *'no picture today'*'error[E802]: cannot draw the graph: `dot -Tsvg` failed'* ]]
}

@test "a large graph is printed whole; for Graphviz, with a word about it" {
    expression=$(printf 'x'; for ((i = 1; i <= 2500; i++)); do printf ' * sin(x + %d)' "$i"; done)
    run --separate-stderr cg-grad graph -F dot -e "$expression" --at x=1
    assert_success
    [[ $stderr == 'cg-grad: the graph has '*' nodes: Graphviz may take long'* ]]
    [ "$(grep -c 'label="sin' <<<"$output")" -eq 2500 ]
    run --separate-stderr cg-grad graph -q -F dot -e "$expression" --at x=1
    [ -z "$stderr" ]
    run --separate-stderr cg-grad graph -e "$expression" --at x=1
    assert_success
    [ -z "$stderr" ]
    [ "$(grep -c ' sin ' <<<"$output")" -eq 2500 ]
}

# -- --explain ----------------------------------------------------------------------

@test "--explain: calls, rules, nodes and the plan, on standard error" {
    rules_spec
    cat >>"$RULES" <<'EOF'
points:
  - {name: one, function: outer, at: [[1, 2]]}
  - {name: two, function: outer, at: [[3, 4]]}
  - {name: value alone, function: outer, at: [[3, 4]], compute: [value]}
EOF
    run --separate-stderr cg-grad --explain --format jsonl "$RULES"
    assert_success
    [ "$(jq -s length <<<"$output")" -eq 3 ]
    run printf '%s\n' "$stderr"
    assert_line --index 0 'explain one'
    assert_line --index 1 '  called  mul 2 times, outer once'
    assert_line --index 2 '  rules   mul (vjp) 2 times'
    assert_line --index 3 --regexp '^  nodes   [0-9]+ of the value, [0-9]+ with derivatives, [0-9]+ optimised$'
    assert_line --index 4 --regexp '^  plan    [0-9]+ groups of [0-9]+ instructions, [0-9]+ bytes of buffers$'
    assert_line --index 5 'explain two'
    assert_line '  shared  trace and plan, with one'
    [ "$(grep -c 'rules   mul' <<<"$output")" -eq 2 ]
    [ "$(grep -c shared <<<"$output")" -eq 1 ]
}

@test "--explain: a jvp rule; a rule in an if; nothing of a point in error" {
    spec jvp.yaml <<'EOF'
version: 1
functions:
  f: {args: [x], value: sin(x), jvp: dx * cos(x)}
  k: {args: [x], value: x * x, vjp: g * x}
  h: {args: [x], value: "k(x) if x > 0 else f(f(x))"}
points:
  - {name: both, function: h, at: [1]}
  - {name: wrong, function: h, at: [[1, 2]]}
EOF
    run --separate-stderr cg-grad --explain "$BATS_TEST_TMPDIR/jvp.yaml"
    assert_failure 2
    run printf '%s\n' "$stderr"
    assert_line '  called  f 2 times, k once, h once'
    assert_line '  rules   f (jvp) 2 times, k (vjp) once'
    refute_line 'explain wrong'
}

@test "--explain repeats no warning" {
    run --separate-stderr cg-grad --explain -e 'x * 1e999' --at x=1
    [ "$(grep -c 'warning' <<<"$stderr")" -le 1 ]
}
