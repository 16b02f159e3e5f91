#!/usr/bin/env bats
# Every example gives what it expects, and says what it expects of every point.

setup() {
    load helper
    common_setup
    cd "$ROOT/examples"
}

# Examples that show a NaN or an infinity in a gradient, and how to mend it. The warning of it
# (W001) is part of the lesson; elsewhere a warning is a failure.
LESSONS=' boundary.yaml double_where.yaml hypot.yaml norm_at_zero.yaml '

@test "every example gives what it expects" {
    local wrong=0
    for example in *.yaml mission.json; do
        run cg-grad check --no-rules "$example"
        [[ $LESSONS != *" $example "* ]] || output=${output//warning[[]W001[]]/}
        [ "$status" -eq 0 ] && [[ $output != *'warning['* ]] && [[ $output != *'without expect'* ]] &&
            [[ $output =~ (^|$'\n')[1-9][0-9]*' expectation' ]] && continue
        printf '%s: exit status %s\n%s\n' "$example" "$status" "$output"
        wrong=1
    done
    [ "$wrong" -eq 0 ]
}

@test "an example that is wrong is found" {
    sed 's/vjp: g \* x .*/vjp: 2 * g * x/' mission.yaml >"$BATS_TEST_TMPDIR/wrong.yaml"
    run cg-grad check --no-rules "$BATS_TEST_TMPDIR/wrong.yaml"
    assert_failure 1
    assert_line --partial 'square at 3'
}

@test "every example says what it shows, and the list of examples has it" {
    local example
    for example in *.yaml ci/*.yml; do
        [[ $(head -n 1 "$example") == '# '* ]] || fail "$example begins with no comment"
    done
    for example in *.yaml mission.json *.sh ci/*; do
        grep -qF "($example)" README.md || fail "not in examples/README.md: $example"
    done
    while read -r example; do
        [ -e "$example" ] || fail "examples/README.md has $example"
    done < <(grep -o '](\([^)#:]*\))' README.md | tr -d '()]')
}

@test "mission.json is mission.yaml" {
    diff <(cg-grad mission.json) <(cg-grad mission.yaml)
}

@test "the pipeline" {
    run ./pipeline.sh
    assert_success
    assert_output - <<'END'
-- a gradient
-1.5
-- a table
2.25	-1.5
0.25	-0.5
0.25	0.5
2.25	1.5
-- a descent
2.5
-- no gradient is NaN
true
END
}

# The command of a job that begins with `cg-grad`.
job_command() {
    sed -n 's/^ *\(run:\|-\) \(cg-grad .*\)/\2/p' "$1"
}

@test "the jobs for CI pass, and fail when a gradient has changed" {
    local job command
    for job in ci/*; do
        command=$(job_command "$job")
        [ -n "$command" ] || fail "$job runs nothing"
        rm -rf "$BATS_TEST_TMPDIR/repository"
        mkdir -p "$BATS_TEST_TMPDIR/repository/specs"
        cp softplus.yaml huber.yaml "$BATS_TEST_TMPDIR/repository/specs"
        run bash -c "cd $(printf %q "$BATS_TEST_TMPDIR/repository") && $command"
        assert_success
        sed -i 's/g \* clip/2 * g * clip/' "$BATS_TEST_TMPDIR/repository/specs/huber.yaml"
        run bash -c "cd $(printf %q "$BATS_TEST_TMPDIR/repository") && $command"
        assert_failure 1
        assert_line --partial 'near zero'
    done
}
