#!/usr/bin/env bats
# The verdicts of check, and the exact numbers they rest on, for every built-in: rules by hand,
# right and made wrong (tests/data/builtin_rules.txt), and two roads that share nothing with the
# program's own: differences of the value, and mpmath (tests/data/exact_values.txt).

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    tools=$ROOT/tests/cli
    export PYTHONDONTWRITEBYTECODE=1
}

@test "right rules of every built-in agree, wrong ones are refuted: ordinary, tiny, huge" {
    run python3 "$tools/rule_matrix.py" smooth cg-grad
    assert_success
    assert_output '571 rules, 0 not as they must be'
}

@test "right and wrong rules of every built-in at kinks, guards and edges" {
    run python3 "$tools/rule_matrix.py" limits cg-grad
    assert_success
    assert_output '153 rules, 0 not as they must be'
}

@test "every differentiable built-in of these groups has a row" {
    cg-grad builtins -F jsonl >rows.jsonl
    jq -r 'select(.method | not) | select(.group as $group
        | ["elementwise", "special", "activation", "linear algebra", "reduction"]
        | index($group)) | .name' rows.jsonl |
        grep -vxE 'all|any|arg(max|min)|count_nonzero|x\..*' | sort >there
    sed 's/^#.*//; s/ |.*//' "$ROOT/tests/data/builtin_rules.txt" | grep -oE '^[a-z_0-9]+' |
        sort -u >tested
    run comm -23 there tested
    assert_output ''
}

@test "derivatives are the limits of differences, to sixty digits" {
    run python3 "$tools/second_road.py" cg-grad
    assert_success
    assert_output '501 derivatives, 0 far from their differences'
}

@test "exact values are those of mpmath, to forty digits" {
    run python3 "$tools/exact_values.py" cg-grad
    assert_success
    assert_output '858 values, 0 off'
}
