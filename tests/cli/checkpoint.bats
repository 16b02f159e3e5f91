#!/usr/bin/env bats
# Checkpoints change no result, and save memory.

setup() {
    load helper
    common_setup
}

# The command with small limits.
small_limits() { "${CG_GRAD_LIMITS:-$ROOT/build/test-limits/cg-grad}" "$@"; }

@test "checkpoints: every point gives what it expects" {
    run bash -c 'cg-grad check --no-rules "$1" 2>/dev/null' - "$SPECS/checkpoint.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold; [0-9]+ rules not checked$'
}

@test "checkpoints: every point fails that expects something else" {
    awk -F 'expect: ' -v OFS='expect: ' '/^  - / {
        if ($2 ~ /error/) sub(/E[0-9]+/, "E101", $2); else gsub(/[0-9]+/, "&25", $2) } 1' \
        "$SPECS/checkpoint.yaml" >wrong.yaml
    run cg-grad check --no-rules -q -F jsonl wrong.yaml
    assert_failure 1
    assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" \
        "$(grep -c '^  - ' wrong.yaml)"
}

# Hundreds of points: rules, loops, logs, batches, structures, data files, errors.
@test "a checkpoint of a function gives what the function gives, at every point of the specs" {
    cp -r "$SPECS" "$ROOT/examples" .
    for spec in specs/{loops,rules,jax_rules,points,logs}.yaml examples/*.yaml; do
        "$BATS_TEST_DIRNAME/checkpointed.py" "$spec" >"${spec%.yaml}.again.json"
        cg-grad check --no-rules -q "$spec" >expected 2>/dev/null || fail "$spec"
        grep -q 'checkpoint(' "${spec%.yaml}.again.json" || continue
        cg-grad check --no-rules -q "${spec%.yaml}.again.json" >got 2>errors || fail "$spec: $(cat got errors)"
        assert_equal "$(cat got)" "$(cat expected)"
    done
}

# Each trip saves two arrays of 32 KiB: 3600 of them pass the limit, half of 256 MiB at once.
trip='lambda i, a: sin(a) * cos(x * a)'
# fori N F: a loop of N trips of the array a, of a number that is not known before it runs.
fori() { printf 'fori_loop(0, (n * 0 + %s).astype(int64), %s, a)' "$1" "$2"; }
whole() { printf '(lambda a: %s)(x * ones(4096))[0]' "$1"; }

@test "a checkpoint in a loop, or on two levels of loops, bounds what the trips save" {
    run small_limits -e "$(whole "$(fori 3600 "$trip")")" --at x=0.5,n=1
    assert_failure 2
    assert_line --partial 'what this loop saves for its derivative passes the limit of memory'
    once=$(whole "$(fori 3600 "checkpoint($trip)")")
    run small_limits -e "$once" --at x=0.5,n=1 -F json
    assert_success
    two=$(whole "$(fori 60 "checkpoint(lambda i, a: $(fori 60 "$trip"))")")
    run small_limits -e "$two" --at x=0.5,n=1 -F json
    assert_success
}

@test "checkpoints on two levels of loops need what their square root does" {
    scan() { printf 'scan(%s, a, None, length=%s)[0]' "$2" "$1"; }
    step='lambda a, _: (sin(a) * cos(x * a), None)'
    two() { whole "$(scan "$1" "checkpoint(lambda a, _: ($(scan "$1" "$step"), None))")"; }
    bytes() { cg-grad graph --grad -e "$1" --at x=0.5 | grep -o '[0-9,]* bytes of buffers' | tr -dc 0-9; }
    few=$(bytes "$(two 60)") all=$(bytes "$(whole "$(scan 3600 "$step")")")
    [ "$all" -gt $((20 * few)) ] || fail "$few bytes, without checkpoints $all"
    value() { cg-grad -q -F json -e "$1" --at x=0.5 | jq -c '.results[0] | [.value, .grads]'; }
    assert_equal "$(value "$(two 6)")" "$(value "$(whole "$(scan 36 "$step")")")"
}

@test "what a loop saves may be too large an array: E701, at its place" {
    run small_limits -e '1 + scan(lambda a, _: (sin(a), None), x * ones(4096), None, length=64)[0][0]' --at x=1
    assert_failure 2
    assert_line --partial 'error[E701]: an array passes the limit of'
    assert_line --partial -- '--> -e:1:5'
}

@test "a checkpoint that reads x[i] in a loop costs what it reads" {
    run timeout 20 "${CG_GRAD:-$ROOT/build/cg-grad}" -q --at 'x=linspace(0, 1, 200000)' \
        -e 'fori_loop(0, 200000, checkpoint(lambda i, a: a + sin(x[i])), 0.0)'
    assert_success
}

@test "nested checkpoints cost what they should" {
    nest() { printf '%s' "$(printf 'checkpoint(lambda a: sin(%.0s' $(seq "$1"))" a "$(printf '))(a)%.0s' $(seq "$1"))"; }
    run timeout 20 "${CG_GRAD:-$ROOT/build/cg-grad}" -e "grad(grad(lambda a: $(nest 16)))(x)" --at x=0.5 -c value
    assert_success
}

@test "what checkpoint has no meaning for is refused with a hint" {
    run cg-grad -e 'checkpoint(sin, policy=1)(x)' --at x=1
    assert_failure 2
    assert_line 'error[E403]: `checkpoint` saves nothing of the inside: it has no policy, got an integer'
    assert_line --partial 'what is to be saved is computed outside of the function, and passed to it'
    run cg-grad -e 'checkpoint(sin, policy=jax.checkpoint_policies.dots_saveable)(x)' --at x=1
    assert_failure 2
    assert_line --partial 'a checkpoint saves nothing of the inside: leave `policy` out'
    run cg-grad -e 'remat(sin, prevent_cse=False)(x)' --at x=1
    assert_failure 2
    assert_line --partial 'prevent_cse=False has no meaning here'
    assert_line --partial 'leave prevent_cse out'
    run cg-grad -e 'checkpoint(sin, concrete=True)(x)' --at x=1
    assert_failure 2
    assert_line 'error[E403]: `checkpoint` has no argument `concrete`'
    run cg-grad -e 'checkpoint(lambda a, n: a * n, static_argnums=1)(x, x)' --at x=1
    assert_failure 2
    assert_line 'error[E407]: argument 1 is one of static_argnums, but its value, float64[], is not known before it runs'
    assert_line --partial -- '--> -e:1:53'
    run cg-grad -e 'checkpoint(sin, static_argnums=(0, 2))(x)' --at x=1
    assert_failure 2
    run cg-grad -e 'checkpoint(lambda a: a, static_argnums=2)(x)' --at x=1
    assert_failure 2
    assert_line 'error[E403]: static_argnums: 2 is out of range for 1 argument'
    assert_line --partial 'they count from 0, or from the end: -1 is the last one'
}
