#!/usr/bin/env bats
# Loops: the points of tests/specs/loops.yaml give what they expect; limits; cost.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
}

# The command with small limits.
small_limits() { "${CG_GRAD_LIMITS:-$ROOT/build/test-limits/cg-grad}" "$@"; }

@test "loops: every point gives what it expects" {
    run cg-grad check --no-rules "$SPECS/loops.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "loops: every point fails that expects something else" {
    sed -E '/^    expect: / { s/E[0-9]+/E101/; t; s/[0-9]+/&25/g }' "$SPECS/loops.yaml" >wrong.yaml
    run cg-grad check --no-rules -q -F jsonl wrong.yaml
    assert_failure 1
    expecting=$(grep -c '^    expect: .*[0-9]' wrong.yaml)
    [ "$expecting" -gt 100 ]
    assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
}

@test "a loop that does not end is E701, at its place" {
    run small_limits -e 'x + while_loop(lambda a: a > 0, lambda a: a + x, x)' --at x=1
    assert_failure 2
    assert_line 'error[E701]: this loop passes the limit of 4096 trips (LIMIT_TRIPS)'
    assert_line --partial -- '--> -e:1:5'
    run small_limits -e 'fori_loop(0, n.astype(int64), lambda i, a: a + 1.0, 0.0)' --at n=9999
    assert_failure 2
    assert_line 'error[E701]: this loop passes the limit of 4096 trips (LIMIT_TRIPS)'
}

@test "a loop that saves more than the limit of memory is E701, at its place" {
    run small_limits --at x=1 \
        -e 'while_loop(lambda a: a[0] < 4000, lambda a: a + 1 + 0 * sin(a), x * zeros(65536))[0]'
    assert_failure 2
    assert_line 'error[E701]: what this loop saves for its derivative passes the limit of memory (LIMIT_MEMORY)'
    assert_line --partial -- '--> -e:1:1'
}

# The state is (trip, a, b), a and b being arrays of three.
bodies() {
    cat <<'END'
cond(s[0] > 0, lambda: (s[0] + 1, s[1].at[s[0]].add(s[1][0]), s[2] + s[1][1]), lambda: (s[0] + 1, s[1], s[2]))
cond(s[0] > 0, lambda: (s[0] + 1, s[1], s[1].at[s[0]].add(1.0)), lambda: (s[0] + 1, s[1], s[2] * 2))
(s[0] + 1, s[2], s[1])
cond(s[0] > 0, lambda: (s[0] + 1, s[2], s[1]), lambda: (s[0] + 1, s[1].at[s[0]].set(9.0), s[2]))
(lambda a: (s[0] + 1, a, s[2] + s[1] * a))(cond(s[0] < 2, lambda: s[1].at[s[0]].set(3 * s[1][s[0]]), lambda: s[1]))
(s[0] + 1, fori_loop(0, 3, lambda j, b: cond(j > s[0], lambda: b.at[j].add(s[2][s[0]]), lambda: b), s[1]), s[2])
(s[0] + 1, fori_loop(0, 3, lambda j, b: cond(j > s[0], lambda: b.at[j].add(s[2][0]), lambda: cond(j > 1, lambda: b.at[0].set(b[1] ** 2), lambda: b)), s[1]), s[1])
(s[0] + 1, s[1].at[s[0]].add(s[2][0]), s[2].at[s[0]].add(s[1][0]))
(s[0] + 1, s[1] * x[s[0]], s[2] + fori_loop(0, 2, lambda j, b: b + x[j] * x[s[0]] + cond(j > 0, lambda: x[s[0]] ** 2, lambda: x[2]), 0.0))
END
}

@test "loops that write arrays in place are what they are unrolled, to any order" {
    declare -A state=(
        [flat]='body(x, body(x, body(x, (array(0), x, x * 2))))'
        [fori]='fori_loop(0, 3, lambda i, s: body(x, s), (0, x, x * 2))'
        [until]='while_loop(lambda s: s[0] < 3, lambda s: body(x, s), (0, x, x * 2))'
    )
    n=0
    while read -r body; do
        {
            printf 'version: 1\nfunctions:\n  body: {args: [x, s], value: "%s"}\n' "$body"
            for kind in flat fori until; do
                echo "  $kind: {args: [x], value: \"sum((lambda r: r[1] * array([1.0, 2, 5]) + r[2] * 7)(${state[$kind]}))\"}"
            done
            echo 'points:'
            for kind in fori until; do
                for d in '(f)' 'grad(f)' 'jacrev(grad(f))' 'jacfwd(grad(f))' \
                    'grad(lambda y: sum(grad(lambda z: sum(grad(f)(z) ** 2))(y)))'; do
                    echo "  - function: \"lambda x: sum(abs(vmap(${d//(f)/($kind)})(x) - vmap(${d//(f)/(flat)})(x)))\""
                    echo '    at: [[[1.5, 2, -0.5], [1, 0.5, 0.25]]]'
                    echo '    compute: [value]'
                    echo '    expect: {value: 0, atol: 1e-7}'
                done
            done
        } >"unrolled$n.yaml"
        n=$((n + 1))
    done < <(bodies)
    run cg-grad check --no-rules unrolled*.yaml
    assert_success
    assert_output '90 expectations hold'
}

@test "an error in one lane names the lane, and harms no other point" {
    cat >lanes.yaml <<'END'
version: 1
functions:
  looked_up:
    args: [n]
    let: {table: "array([1.0, 2.0, 4.0])"}
    value: "while_loop(lambda s: s[0] < n, lambda s: (s[0] + 1, s[1] + table[s[0]]), (0, 0.0))[1]"
points:
  - {function: vmap(looked_up), at: [[0, 3, 1]], expect: {value: [0, 7, 1]}}
  - {function: vmap(looked_up), at: [[0, 4, 1]], expect: {error: E601}}
END
    run cg-grad check --no-rules lanes.yaml
    assert_success
    run cg-grad lanes.yaml
    assert_failure 2
    assert_line --partial 'in lane 1: in trip 3: index 3 is out of bounds'
}

@test "the gradient of a loop over x[i] costs what a trip reads, not all of x" {
    # 200,000 trips: were the cotangent of x added up in each, minutes.
    run timeout 60 cg-grad -c value --at 'x=ones(200001)' \
        -e 'sum(grad(lambda x: fori_loop(0, 200000, lambda i, a: a + x[i] * x[i + 1] * x[0], 0.0))(x))'
    assert_success
    assert_line --regexp '^ +value +600000.0$'
}

@test "also where loops nest, in a branch, and in a derivative of a derivative" {
    # Each of 50,000 trips reads a few of 50,000 elements: seconds if it cost all of x.
    sum_of_grad() { # BODY EXPECTED
        run timeout 20 cg-grad -c value --at 'x=ones(50000)' -e "sum(grad(lambda x: $1)(x))"
        assert_success
        assert_line --regexp "^ +value +$2$"
    }
    inner='fori_loop(0, 4, lambda j, b: b + x[i] * x[(i + j) % 50000], 0.0)'
    nested="fori_loop(0, 50000, lambda i, a: a + $inner, 0.0)"
    sum_of_grad "$nested" 400000.0
    sum_of_grad "fori_loop(0, 50000, lambda i, a: a + cond(i > 3, lambda: x[i] ** 2, lambda: 0.0), 0.0)" 99992.0
    sum_of_grad "sum(grad(lambda x: $nested)(x) ** 2)" 6400000.0
    # the same for constant places
    sum_of_grad "fori_loop(0, 50000, lambda i, a: cond(i > 3, lambda: a + x[0] ** 2, lambda: a + sum(x[1:4])), 0.0)" 100004.0
    sum_of_grad "fori_loop(0, 50000, lambda i, a: checkpoint(lambda b: b + x[0] * x[i])(a), 0.0)" 100000.0
}

# LOOP or cond DEPTH times in each other, around `sin(c * x)`.
nest() {
    local e='sin(c * x)'
    for ((d = 0; d < $2; d++)); do
        case $1 in
        cond) e="cond(c > -$d, lambda: sin($e), lambda: c)" ;;
        fori) e="fori_loop(0, 2, lambda i, c: sin($e), c)" ;;
        while) e="while_loop(lambda c: c > 7, lambda c: sin($e), c)" ;;
        esac
    done
    printf '(lambda c: %s)(0.5)' "$e"
}

@test "derivatives of what nests do not double with each level" {
    nodes() { # KIND DEPTH
        timeout 20 "${CG_GRAD:-$ROOT/build/cg-grad}" graph --grad --raw -e "$(nest "$1" "$2")" --at x=0.7 |
            sed -n 's/^\([0-9]*\) nodes.*/\1/p'
    }
    for kind in cond fori while; do
        eight=$(nodes $kind 8) sixteen=$(nodes $kind 16)
        echo "$kind: $eight $sixteen"
        [ "$eight" -gt 20 ] && [ "$sixteen" -lt $((eight * 3)) ] # each loop passes on what those inside save
    done
    # were a nested graph visited anew in each, 2 ** 30 visits
    for kind in cond while; do
        run timeout 20 "${CG_GRAD:-$ROOT/build/cg-grad}" -e "$(nest $kind 30)" --at x=0.7
        assert_success
    done
}

@test "what no trip changes is not saved trip by trip" {
    # 4,000 trips of 65,536 sines would be 2 GiB; the limit is 256 MiB.
    run small_limits -c value --at x=1 \
        -e 'grad(lambda x: sum(fori_loop(0, 4000, lambda i, a: a + sin(x * ones(65536))[0], x)))(x)'
    assert_success
    assert_line --regexp '^ +value +2162\.'
}

@test "logs of a loop in text and JSON: an array, or by trip where one has none" {
    cat >logs.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x ** 2, vjp: {grads: g * x, logs: {ct: g, at: {x: x}}}}
points:
  - {name: all, function: "lambda x: while_loop(lambda a: a < 100, f, x)", at: [2]}
  - {name: some, function: "lambda x: while_loop(lambda a: a < 20, lambda a: cond(a > 2, lambda: f(a), lambda: a + 2), x)", at: [2]}
  - {name: ragged, function: "lambda x: fori_loop(0, 3, lambda i, a: fori_loop(0, i, lambda j, b: f(b) / 2, a), x)", at: [2]}
  - {name: a row that fails, function: "lambda x, i: fori_loop(0, i, lambda j, a: f(a) * ones(2)[j], x)", at: [[1, 2], {value: [3, 2], dtype: int64}], batch: true}
END
    run cg-grad --only all --only some logs.yaml
    assert_success
    assert_output - <<'END'
all
  value      256.0
  grad x     128.0
  logs.ct    [64.0, 16.0, 1.0]
  logs.at.x  [2.0, 4.0, 16.0]

some
  value         256.0
  grad x        64.0
  logs.ct[0]    null
  logs.ct[1]    16.0
  logs.ct[2]    1.0
  logs.at[0]    null
  logs.at[1].x  4.0
  logs.at[2].x  16.0
END
    run -2 --separate-stderr cg-grad -F json -o logs.json logs.yaml
    jq -e '.results[2].logs == {ct: [[], [0.5], [0.5, 0.5]], at: {x: [[], [2], [2, 2]]}}' logs.json
    jq -e '.results[3].logs == {ct: [null, [4, 1]], at: {x: [null, [2, 4]]}}' logs.json
}

@test "with_logs refuses a log that is no array, and says why" {
    cat >logs.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x ** 2, vjp: {grads: g * x, logs: {ct: g}}}
points:
  - function: "lambda x: vjp(lambda z: while_loop(lambda a: a < 100, f, z), x)[1].with_logs(1.0)[1].ct"
    at: [2]
END
    run cg-grad logs.yaml
    assert_failure 2
    assert_line --partial 'error[E402]: '
    assert_line --partial 'cannot give the log'
    assert_line --partial 'how many trips its loop makes is known only when it runs'
    assert_line --partial 'or give the loop a number of trips that is known'
}

@test "a loop in the graph of a point: its trips" {
    run cg-grad graph --at x=2 -e 'fori_loop(0, 5, lambda i, a: a * x, x) + while_loop(lambda a: a < 9, lambda a: a * x, x)'
    assert_success
    assert_line --regexp '^ +each of 5 trips:$'
    assert_line --regexp '^ +each trip:$'
}
