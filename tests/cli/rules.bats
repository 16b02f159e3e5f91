#!/usr/bin/env bats
# What custom rules mean: the points of tests/specs/rules.yaml give what they expect.

setup() {
    load helper
    common_setup
}

@test "rules: calls merged, zeros of both kinds, rows and nested loops" {
    run cg-grad check --no-rules "$SPECS/derivative_rows.yaml"
    assert_success
    assert_output '17 expectations hold; 4 rules not checked'
}

@test "rules: every point gives what it expects" {
    run bash -c 'cg-grad check --no-rules "$1" 2>/dev/null' - "$SPECS/rules.yaml" # it warns, W002
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "rules: every point fails that expects something else" {
    # Every number gets more digits, every code is another one.
    sed -E '/^    expect: / { s/E[0-9]+/E101/; t; s/[0-9]+/&25/g }' "$SPECS/rules.yaml" >wrong.yaml
    run cg-grad check --no-rules -q -F jsonl wrong.yaml
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

@test "rules as JAX writes them, and what they close over" {
    run cg-grad check --no-rules "$SPECS/jax_rules.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "every point of jax_rules.yaml and logs.yaml fails that expects something else" {
    for spec in jax_rules logs; do
        sed -E '/^    expect: / { s/E[0-9]+/E101/; t; s/[0-9]+/&25/g; s/null/1/g }' \
            "$SPECS/$spec.yaml" >wrong.yaml
        run cg-grad check --no-rules -q -F jsonl wrong.yaml
        assert_failure 1
        expecting=$(grep -c '^    expect: .*[0-9]' wrong.yaml)
        [ "$expecting" -gt 15 ]
        assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
    done
}

@test "logs: what rules report from the backward pass" {
    run cg-grad check --no-rules -q "$SPECS/logs.yaml"
    assert_success
}

@test "logs in text and JSON: null where the branch was not taken" {
    cat >logs.yaml <<'END'
version: 1
functions:
  f:
    args: [x]
    value: x ** 2
    vjp: {grads: g * x, logs: {ct: g, at: {x: x, positive: x > 0}}}
points:
  - function: "lambda x: sum(vmap(lambda x: cond(x > 0, lambda: 4 * f(x), lambda: x))(x))"
    name: p
    at: [[1, -1]]
END
    run cg-grad logs.yaml
    assert_success
    assert_output - <<'END'
p
  value                3.0
  grad x               [4.0, 1.0]
  logs.ct[0]           4.0
  logs.ct[1]           null
  logs.at[0].x         1.0
  logs.at[0].positive  true
  logs.at[1]           null
END
    cg-grad -F json logs.yaml |
        jq -e '.results[0].logs == {ct: [4, null], at: [{x: 1, positive: true}, null]}'
    # A value alone has none.
    cg-grad -F json -c value logs.yaml | jq -e '.results[0] | has("logs") | not'
}

@test "functions that close over functions: linear where they share, refused where too deep" {
    chain() { # DEPTH WIDTH: each of WIDTH functions names all of the level before
        printf 'version: 1\nfunctions:\n  f:\n    args: [x, y]\n    let:\n'
        for ((k = 0; k < $2; k++)); do echo "      f0_$k: \"lambda z: z * y\""; done
        for ((i = 1; i <= $1; i++)); do
            for ((k = 0; k < $2; k++)); do
                echo "      f${i}_$k: \"lambda z: f$((i - 1))_0(z) if True else f$((i - 1))_$(($2 - 1))(z)\""
            done
        done
        echo "    value: \"custom_gradient(lambda x: (x * y, lambda g: g if True else f$1_0(g)))(x)\""
        printf 'points:\n  - {function: f, at: [2, 3], argnums: [0], expect: {grads: [1]}}\n'
    }
    chain 60 2 >shared.yaml
    run cg-grad check --no-rules -q shared.yaml
    assert_success
    chain 600 1 >deep.yaml
    run cg-grad deep.yaml
    assert_failure 2
    assert_output --partial 'error[E701]: functions close over each other deeper than the limit of'
}
