#!/usr/bin/env bats
# Loops: the points of tests/specs/loops.yaml give what they expect; limits; cost.

setup() {
    load helper
    common_setup
}

# The command with small limits.
small_limits() { "${CG_GRAD_LIMITS:-$ROOT/build/test-limits/cg-grad}" "$@"; }

@test "loops: every point gives what it expects" {
    run cg-grad check "$SPECS/loops.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "loops: every point fails that expects something else" {
    sed -E '/^    expect: / { s/E[0-9]+/E101/; t; s/[0-9]+/&25/g }' "$SPECS/loops.yaml" >wrong.yaml
    run cg-grad check -q -F jsonl wrong.yaml
    assert_failure 1
    expecting=$(grep -c '^    expect: .*[0-9]' wrong.yaml)
    [ "$expecting" -gt 100 ]
    assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
}

@test "a loop that does not end is E701, at its place" {
    run small_limits -e 'x + while_loop(lambda a: a > 0, lambda a: a + x, x)' --at x=1
    assert_failure 2
    assert_line 'error[E701]: this loop passes the limit of trips (LIMIT_TRIPS)'
    assert_line --partial -- '--> -e:1:5'
    run small_limits -e 'fori_loop(0, n.astype(int64), lambda i, a: a + 1.0, 0.0)' --at n=9999
    assert_failure 2
    assert_line 'error[E701]: this loop passes the limit of trips (LIMIT_TRIPS)'
}

@test "a loop that saves more than the limit of memory is E701, at its place" {
    run small_limits --at x=1 \
        -e 'while_loop(lambda a: a[0] < 4000, lambda a: a + 1 + 0 * sin(a), x * zeros(65536))[0]'
    assert_failure 2
    assert_line 'error[E701]: what this loop saves for its derivative passes the limit of memory (LIMIT_MEMORY)'
    assert_line --partial -- '--> -e:1:1'
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
    run cg-grad check lanes.yaml
    assert_success
    run cg-grad lanes.yaml
    assert_failure 2
    assert_line --partial 'in lane 1: index 3 is out of bounds'
}

@test "the gradient of a loop over x[i] costs what a trip reads, not all of x" {
    # 200,000 trips: were the cotangent of x added up in each, minutes.
    run timeout 60 cg-grad -c value --at 'x=ones(200001)' \
        -e 'sum(grad(lambda x: fori_loop(0, 200000, lambda i, a: a + x[i] * x[i + 1] * x[0], 0.0))(x))'
    assert_success
    assert_line --regexp '^ +value +600000.0$'
}

@test "what no trip changes is not saved trip by trip" {
    # 4,000 trips of 65,536 sines would be 2 GiB; the limit is 256 MiB.
    run small_limits -c value --at x=1 \
        -e 'grad(lambda x: sum(fori_loop(0, 4000, lambda i, a: a + sin(x * ones(65536))[0], x)))(x)'
    assert_success
    assert_line --regexp '^ +value +2162\.'
}
