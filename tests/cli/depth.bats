#!/usr/bin/env bats
# Deep and long input: an answer, or a limit's E7xx that names it. Never a crash.

setup() {
    load helper
    common_setup
}

# repeat N TEXT
repeat() {
    head -c $(($1 * ${#2})) < <(yes -- "$2" | tr -d '\n')
}

# one EXPRESSION-FILE: a spec whose function has that expression.
one() {
    printf 'version: 1\nfunctions:\n  f:\n    args: [x]\n    value: |\n      '
    cat "$1"
    printf '\npoints:\n  - {function: f, at: [1]}\n'
}

# A million terms; under sanitizers fewer, which are as deep.
terms=1000000
[ "${SANITIZE:-}" != 1 ] || terms=20000

@test "depth: a chain of a million terms" {
    { repeat "$((terms - 1))" 'x + ' && echo x; } >chain
    one chain >chain.yaml
    run cg-grad chain.yaml
    assert_success
    assert_line "  value   $terms.0"
    assert_line "  grad x  $terms.0"
}

@test "depth: a million lets, each of the one before" {
    {
        printf '{"version": 1, "functions": {"f": {"args": ["x"], "let": {"a0": "x"'
        awk -v n="$terms" 'BEGIN { for (i = 1; i < n; i++) printf ", \"a%d\": \"a%d + x\"", i, i - 1 }'
        printf '}, "value": "a%d"}}, "points": [{"function": "f", "at": [1]}]}' $((terms - 1))
    } >lets.json
    run cg-grad lets.json
    assert_success
    assert_line "  grad x  $terms.0"
}

# limited NAME: the run has failed by that limit, and says so.
limited() {
    assert_failure 2
    assert_line --regexp "^error\[E701\]: .*$1"
}

@test "depth: expressions nested 100,000 deep" {
    n=100000
    { repeat $n '(' && printf x && repeat $n ')'; } >parentheses
    { repeat $n '-' && printf x; } >signs
    { repeat $n '[' && printf x && repeat $n ']'; } >lists
    { repeat $n 'sin(' && printf x && repeat $n ')'; } >calls
    { repeat $n 'not ' && printf x; } >nots
    { repeat $n 'x ** ' && printf x; } >powers
    { repeat $n 'lambda: ' && printf x; } >lambdas
    { repeat $n 'x if x > 0 else ' && printf x; } >ifs
    for text in parentheses signs lists calls nots powers lambdas ifs; do
        one $text >$text.yaml
        run cg-grad $text.yaml
        limited LIMIT_EXPR_DEPTH
    done
    # depth that is opened and never closed
    one <(repeat $n '(') >open.yaml
    run cg-grad open.yaml
    assert_failure 2
    assert_line --partial "error[E"
}

@test "depth: documents nested 100,000 deep" {
    n=100000
    { printf 'version: 1\nfunctions: ' && repeat $n '[' && repeat $n ']'; } >flow.yaml
    { printf 'version: 1\nfunctions: ' && repeat $n '{a: '; } >open.yaml
    { printf 'version: 1\nfunctions:\n  ' && repeat $n '- '; } >dashes.yaml
    { printf '{"version": 1, "functions": ' && repeat $n '[' && repeat $n ']' && printf '}'; } >flow.json
    { printf '{"version": 1, "functions": ' && repeat $n '{"a":'; } >open.json
    for document in flow.yaml open.yaml dashes.yaml flow.json open.json; do
        run cg-grad $document
        limited LIMIT_DOC_DEPTH
    done
}

@test "depth: aliases that grow by powers" {
    {
        printf 'version: 1\nconstants:\n  a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n'
        for i in {1..12}; do
            echo "  a$i: &a$i [$(repeat 9 "*a$((i - 1)), ")*a$((i - 1))]"
        done
        printf 'functions: {f: {value: sum(a12)}}\npoints: [{function: f}]\n'
    } >laughs.yaml
    run cg-grad laughs.yaml
    limited LIMIT_DOC_NODES
}

@test "depth: recursion without end" {
    cat >recursion.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: f(x) + 1}
  branch: {args: [x], value: branch(x - 1) if x > 0 else 0}
  ruled: {args: [x], value: ruled(x), vjp: g}
  in_rule: {args: [x], value: x, vjp: {value: in_rule(x), grads: [g * grad(in_rule)(x)]}}
  even: {args: [x], value: odd(x)}
  odd: {args: [x], value: even(x)}
  count: {args: [n], value: 0 if n == 0 else 1 + count(n - 1)}
points:
  - {function: f, at: [1]}
END
    for function in f 'grad(f)' 'lambda x: vmap(f)(x * ones(2))' branch 'grad(branch)' \
        ruled 'grad(ruled)' even 'hessian(odd)' 'lambda x: x + count(-1)' \
        '(lambda h: lambda x: h(h, x))(lambda h, x: h(h, x))'; do
        run cg-grad --function "$function" --at x=1 recursion.yaml
        limited 'LIMIT_(CALL|EVAL)_DEPTH'
    done
    # an answer, or a limit
    run timeout 60 cg-grad --function 'grad(in_rule)' --at x=1 recursion.yaml
    [ "$status" -eq 0 ] || limited LIMIT
    # what ends is answered
    run cg-grad --function 'lambda x: x * count(200)' --at x=1 recursion.yaml
    assert_success
    assert_line "  value   200.0"
}

@test "depth: derivatives of a high order" {
    { repeat 12 'grad(' && printf 'lambda x: x ** 12' && repeat 12 ')'; } >order
    run cg-grad -e "($(cat order))(x)" --at x=2 -c value
    assert_success
    assert_line "  value  479001600.0"
    { repeat 100 'grad(' && printf 'sin' && repeat 100 ')'; } >order
    run cg-grad -e "($(cat order))(x)" --at x=2 -c value
    assert_success
    assert_line "  value  0.9092974268256817"
}

@test "depth: results and intermediates that are too large" {
    run cg-grad -e 'sum(x * ones((100000, 100000)))' --at x=1
    limited LIMIT_ARRAY_SIZE
    run cg-grad -e 'sum([x for i in range(10 ** 9)])' --at x=1
    limited LIMIT_UNROLL
    run cg-grad -e 'sum([x for i in range(2000) for j in range(2000)])' --at x=1
    limited LIMIT_UNROLL
}

@test "depth: out of memory is E702" {
    [ "${SANITIZE:-}" != 1 ] || skip "sanitizers reserve the whole address space"
    { repeat 300000 'x + ' && echo x; } >chain
    one chain >chain.yaml
    run bash -c 'ulimit -v 60000; cg-grad chain.yaml'
    assert_failure 2
    assert_output "error[E702]: out of memory"
}
