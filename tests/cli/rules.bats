#!/usr/bin/env bats
# What custom rules mean: the points of tests/specs/rules.yaml give what they expect.

setup() {
    load helper
    common_setup
}

@test "rules: every point gives what it expects" {
    expectations "$SPECS/rules.yaml" >expected.json
    run cg-grad --format json "$SPECS/rules.yaml"
    assert_failure 2 # some points are expected to fail
    cg-grad --format json "$SPECS/rules.yaml" >results.json 2>/dev/null || true
    run differences results.json expected.json
    assert_output ""
}

@test "rules: the comparison sees what differs" {
    cg-grad --format json "$ROOT/examples/mission.yaml" >results.json
    # each line: the kth expectation is another one
    for wrong in '.[0].value = 9.0000000000001' '.[0].grads = [3, 4]' '.[1].hessian = ["NaN"]' \
        '.[2] = {error: "E502"}' '. + [{value: 1}]'; do
        expectations "$ROOT/examples/mission.yaml" | jq "$wrong" >expected.json
        run differences results.json expected.json
        assert_output
    done
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
