#!/usr/bin/env bats
# Standard streams, files that cannot be read, exit statuses.

setup() {
    load helper
    common_setup
    mission=$ROOT/examples/mission.yaml
}

# points N FILE: a spec of N points.
points() {
    {
        printf 'version: 1\nfunctions:\n  f: {args: [x], value: x ** 2}\npoints:\n'
        seq -f '  - {function: f, at: [%.0f]}' "$1"
    } >"$2"
}

@test "streams: results on standard output, all else on standard error" {
    run bash -c 'cg-grad -v "$@" 2>err' run "$mission" "$SPECS/errors/E601-index.yaml"
    assert_failure 2
    assert_line "square at 3  $mission"
    refute_output --partial "error["
    refute_output --partial "traced"
    run cat err
    assert_line --index 0 --partial "error[E601]"
    assert_line --partial "traced"
    refute_output --partial "square at 3"
}

@test "streams: a closed pipe ends the command, silently" {
    points 20000 many.yaml
    cg-grad many.yaml 2>err | head -n 1 >out
    [ "$(cat out)" = "f#0" ]
    [ ! -s err ]
    # the same where SIGPIPE is ignored
    (trap '' PIPE && cg-grad many.yaml 2>err || echo $? >status) | head -n 1 >out
    [ "$(cat status)" -eq 2 ]
    [ ! -s err ]
}

@test "streams: standard output that is closed or full" {
    run bash -c 'cg-grad "$1" >&-' run "$mission"
    assert_failure 2
    assert_output "error[E802]: cannot write standard output: Bad file descriptor"
    for option in -Fjson -h -V; do
        run bash -c 'cg-grad $2 "$1" >/dev/full' run "$mission" $option
        assert_failure 2
        assert_output "error[E802]: cannot write standard output: No space left on device"
    done
}

@test "streams: standard error that is closed" {
    run bash -c 'cg-grad "$1" 2>&-' run "$mission"
    assert_success
    assert_line "square at 3"
    run bash -c 'cg-grad nowhere.yaml 2>&-'
    assert_failure 2
    # the file's descriptor may be that of standard error: nothing else gets into it
    run bash -c 'cg-grad -v -o out "$1" 2>&-' run "$mission"
    assert_success
    cg-grad "$mission" | cmp out -
}

@test "streams: what cannot be read" {
    run cg-grad nowhere.yaml
    assert_failure 2
    assert_output "error[E801]: cannot read nowhere.yaml: No such file or directory"
    run cg-grad .
    assert_failure 2
    assert_output "error[E801]: cannot read .: Is a directory"
    run bash -c 'cg-grad - <&-'
    assert_failure 2
    assert_output "error[E801]: cannot read standard input: Bad file descriptor"
    run cg-grad - </dev/null
    assert_failure 2
    assert_line --index 0 "error[E209]: the document is empty"
    assert_line --index 1 "  --> -:1:1"
    # all that cannot be read is said
    run cg-grad a.yaml b.yaml
    assert_equal "${#lines[@]}" 2
}

@test "streams: a spec by a pipe" {
    run bash -c 'cat "$1" | cg-grad -' run "$mission"
    assert_success
    run bash -c 'cg-grad <(cat "$1")' run "$mission"
    assert_success
    assert_line "square at 3"
}

@test "streams: exit statuses" {
    run cg-grad "$mission"
    assert_success
    run cg-grad --help
    assert_success
    run cg-grad "$SPECS/errors/E601-index.yaml" # a point in error
    assert_failure 2
    run cg-grad "$SPECS/errors/E301-operand.yaml" # a spec in error
    assert_failure 2
    run cg-grad --unknown # usage
    assert_failure 2
    echo 'version: 1' >no-points.yaml
    run cg-grad -F json no-points.yaml
    assert_success
    assert_equal "$(jq -c .results <<<"$output")" '[]'
}

@test "streams: an ended run leaves no temporary file" {
    points 20000 many.yaml
    cg-grad -o out many.yaml &
    local pid=$!
    sleep 0.05
    kill -TERM $pid
    wait $pid || true
    run find . -name 'out.*'
    assert_output ""
}
