#!/usr/bin/env bats
# What custom rules mean: the points of tests/specs/rules.yaml give what they expect.

setup() {
    load helper
    common_setup
}

@test "rules: every point gives what it expects" {
    run bash -c 'cg-grad check "$1" 2>/dev/null' - "$SPECS/rules.yaml" # it warns, W002
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "rules: every point fails that expects something else" {
    # Every number gets more digits, every code is another one.
    sed -E '/^    expect: / { s/E[0-9]+/E101/; t; s/[0-9]+/&25/g }' "$SPECS/rules.yaml" >wrong.yaml
    run cg-grad check -q -F jsonl wrong.yaml
    assert_failure 1
    expecting=$(grep -c '^    expect: .*[0-9]' wrong.yaml)
    [ "$expecting" -gt 100 ]
    assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
}

@test "rules: --validate finds what differentiation finds" {
    errors() { jq -r .code | sort; }
    evaluated=$(cg-grad -q --diagnostics json "$SPECS/rules.yaml" 2>&1 | errors)
    run cg-grad --validate --diagnostics json "$SPECS/rules.yaml"
    assert_failure 2
    assert_equal "$(errors <<<"$output")" "$evaluated"
    # Diagnostics are kept up to a limit; results carry every error.
    failed=$(cg-grad -F jsonl "$SPECS/rules.yaml" 2>/dev/null | jq -r '.error.code // empty' | wc -l)
    assert_equal "$(grep -c 'expect: {error' "$SPECS/rules.yaml")" "$failed"
}
