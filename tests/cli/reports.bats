#!/usr/bin/env bats
# cg-grad check on the rules of public bug reports, tests/specs/reports: a function's name ends in
# what its rule is.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    reports=$SPECS/reports
}

# Prints the functions whose verdict is not what their name says.
surprises() {
    cg-grad check --format json --undecided pass "$@" >checked.json || (($? == 1)) || return
    jq -r '
        {wrong: "refuted", mended: "agrees", lossy: "agrees", kink: "subgradient"} as $expected
        | .rules[] | select(.verdict != $expected[.function | split("_")[-1]])
        | "\(.function): \(.verdict)"' checked.json
}

@test "wrong rules of public reports are refuted, the mended ones agree" {
    run --separate-stderr surprises "$reports"/{activations,elementwise,losses}.yaml
    assert_success
    assert_output ''
    run jq '.rules | length' checked.json
    assert_output 87
}

@test "rules of arrays: wrong ones that a uniform cotangent hides are refuted" {
    run --separate-stderr surprises "$reports/arrays.yaml"
    assert_success
    assert_output ''
}

@test "rules that are exact and lose their digits agree" {
    run --separate-stderr surprises "$reports/rounding.yaml"
    assert_success
    assert_output ''
    run jq '.rules | length' checked.json
    assert_output 13
}

@test "kinks, guards and edges of public reports" {
    run --separate-stderr surprises "$reports/limits.yaml"
    assert_success
    assert_output ''
}

@test "every rule names its report, and nearly every wrong one has a right one beside it" {
    cat "$reports"/*.yaml >all.yaml
    run grep -c '^    doc: "[A-Za-z0-9_.-]*/[A-Za-z0-9_.-]* [0-9]*: ' all.yaml
    assert_success
    [ "$output" -ge 60 ]
    comm -23 <(sed -n 's/^  \([a-z_0-9]*\)_wrong:.*/\1/p' all.yaml | sort -u) \
        <(sed -nE 's/^  ([a-z_0-9]*)_(mended|kink):.*/\1/p' all.yaml | sort -u) >alone
    run cat alone
    assert_output ''
}

@test "the example: its rules hold, and those that stood before are refuted" {
    run cg-grad check "$ROOT/examples/bug_reports.yaml"
    assert_success
    assert_line --partial '7 rules agree'
    local old
    for old in 's/g \* sign(x) \* sign(y)/g * sign(y)/' 's/g \* (1 - y \* y)/g * 1 - y * y/' \
        's/vjp: where(.*, g, 0)/& * g/' 's/vjp: g - mean(g)/vjp: 0.75 * g/' \
        's/g \* 200 \*/& x */' 's/vjp: sinh/vjp: -sinh/' \
        's|vjp: "g \* stack.*|vjp: g * prod(x) / x|'; do
        sed "$old" "$ROOT/examples/bug_reports.yaml" >old.yaml
        run cg-grad check --undecided pass old.yaml
        assert_failure 1
        assert_line --partial '1 rule refuted'
    done
}
