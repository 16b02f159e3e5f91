#!/usr/bin/env bats
# What JAX answers, recorded by tests/jax/record.py, and what its tests of custom rules show; JAX
# itself is not needed.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    RECORDED=$ROOT/tests/jax/recorded
}

# replay NAME…: the rows of these files give what JAX gives, with its dtypes.
replay() {
    for name; do
        run cg-grad check --no-rules "$RECORDED/$name.yaml" 2>/dev/null
        assert_success
        assert_output --regexp '[0-9]+ expectations hold'
        cg-grad -F jsonl "$RECORDED/$name.yaml" 2>/dev/null |
            jq -cS 'select(any(.dtype | .. | strings; . != "float64")) | [.name, .dtype]' |
            sed -E 's/^\[".*#([0-9]+)",(.*)\]$/\1 \2/' >dtypes
        diff dtypes "$RECORDED/$name.dtypes"
    done
}

@test "JAX: derivatives of every kind of rule, stacked" {
    replay orders pullbacks composed pairs vectors refused
}

@test "JAX: vmap" {
    replay vmap lazy
}

@test "JAX: control flow" {
    replay control
}

@test "JAX: structures, dtypes, closures, which calls run their rule" {
    replay structures dtypes closures calls
}

@test "JAX: checkpoint" {
    cg-grad builtins checkpoint >/dev/null || skip "there is no checkpoint yet"
    replay checkpoint
}

@test "JAX: has_aux" {
    cg-grad builtins grad | grep -q has_aux || skip "there is no has_aux yet"
    replay aux
}

@test "JAX: what its tests of custom rules show" {
    for spec in jax_custom_jvp jax_custom_vjp; do
        run cg-grad check --no-rules "$SPECS/$spec.yaml"
        assert_success
    done
}

@test "JAX: a row that expects something else fails" {
    sed -E 's/"value": (.*[0-9])/"value": \1/; s/([0-9])(\.[0-9]*)?([],}])/\19\2\3/g' \
        "$RECORDED/calls.yaml" >wrong.yaml
    run cg-grad check --no-rules wrong.yaml
    assert_failure
}
