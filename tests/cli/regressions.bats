#!/usr/bin/env bats
# Mistakes that were found and mended: each point prints what it expects, or its error.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
}

@test "regressions: every point gives what it expects" {
    run cg-grad check --no-rules "$SPECS/regressions.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rule'
}

# refuses CODE EXPR: the expression ends with that diagnostic.
refuses() {
    run cg-grad -e "$2" --at x=1
    assert_failure 2
    [[ $output == *"[$1]"* ]]
}

@test "regressions: numbers that are far too large are refused" {
    refuses E402 'enumerate([1, 2], 9223372036854775807)'
    refuses E402 'polygamma(9223372036854775807, x)'
    refuses E402 'pad(array([1, 2]), 9223372036854775807)'
    refuses E402 'repeat(array([1, 2]), [2000000000, 1])'
    refuses E701 'diag(array([1, 2]), -9223372036854775807 - 1)'
}
