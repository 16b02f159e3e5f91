#!/usr/bin/env bats
# Transformations, their keywords and structures: the points of tests/specs/transforms.yaml (what JAX
# gives, recorded) and arguments.yaml give what they expect.

setup() {
    load helper
    common_setup
}

@test "transformations give what JAX gives" {
    run cg-grad check --no-rules "$SPECS/transforms.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold$'
}

@test "arguments by position, by name and left to defaults; structures" {
    run cg-grad check --no-rules "$SPECS/arguments.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; 1 rule not checked$'
}

@test "every point of transforms.yaml and arguments.yaml fails that expects something else" {
    for spec in transforms arguments; do
        # Every number gets more digits, every code is another one.
        awk -F 'expect: ' -v OFS='expect: ' \
            '$2 && !sub(/E[0-9]+/, "E101", $2) { gsub(/[0-9]+/, "&25", $2) } 1' \
            "$SPECS/$spec.yaml" >wrong.yaml
        run cg-grad check --no-rules -q -F jsonl wrong.yaml
        assert_failure 1
        expecting=$(grep -c 'expect: .*[0-9]' wrong.yaml)
        [ "$expecting" -gt 40 ]
        assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
    done
}
