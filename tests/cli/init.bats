#!/usr/bin/env bats
# cg-grad init: a first spec.

setup() {
    load helper
    common_setup
    first=$ROOT/examples/first.yaml
}

@test "init: a spec that runs, and what to do next" {
    run cg-grad init
    assert_success
    assert_output - <<'END'
wrote spec.yaml

values and gradients of its points:
  cg-grad spec.yaml
the same, compared with what the spec expects:
  cg-grad check spec.yaml
with this an editor completes and explains its keys:
  cg-grad schema spec >spec.schema.json
END
    cmp spec.yaml "$first"
    run cg-grad spec.yaml
    assert_success
    assert_line --index 0 "softplus at 0"
    cg-grad check spec.yaml
    # nothing of it went to standard output
    assert_equal "$(cg-grad init other.yaml 2>/dev/null)" ""
    # both commands do what is said of them
    cg-grad schema spec >spec.schema.json
    echo "spec spec.yaml" | "$BATS_TEST_DIRNAME/validate.py" .
    grep -q '^# yaml-language-server: \$schema=spec.schema.json$' spec.yaml
}

@test "init: each point of the spec says what it expects, and gets it" {
    cg-grad check -F json "$first" >verdict.json
    jq -e '.summary | .expectations > 5 and .expectations_failed == 0' verdict.json
    assert_equal "$(jq '[.expectations[].point] | unique | length' verdict.json)" \
        "$(cg-grad -F json "$first" | jq '.results | length')"
}

@test "init FILE: names with spaces, quotes, folders and control characters" {
    mkdir 'a folder'
    run cg-grad init "a folder/it's ü.yaml"
    assert_success
    assert_line "wrote a folder/it's ü.yaml"
    assert_line "  cg-grad 'a folder/it'\\''s ü.yaml'"
    assert_line "  cg-grad schema spec >'a folder/spec.schema.json'"
    eval "${lines[2]}" >/dev/null
    run cg-grad init $'x\033[1m.yaml'
    assert_success
    refute_output --partial $'\033'
}

@test "init -: printed" {
    run cg-grad init - # and nothing on standard error
    assert_success
    assert_output "$(cat "$first")"
    cg-grad init - | cg-grad - | cmp - <(cg-grad "$first")
    [ ! -e ./- ]
}

@test "init: nothing is overwritten" {
    echo mine >spec.yaml
    run cg-grad init
    assert_failure 2
    assert_output - <<'END'
error[E802]: cannot write spec.yaml: there is a file of that name
  = help: nothing was written; cg-grad init FILE writes another file, cg-grad init - prints it
END
    assert_equal "$(cat spec.yaml)" mine
    mkdir folder
    ln -s nowhere dangling
    for name in folder dangling; do
        run cg-grad init "$name"
        assert_failure 2
        assert_line --index 0 "error[E802]: cannot write $name: there is a file of that name"
    done
    [ ! -e nowhere ]
}

@test "init: a file that cannot be written leaves nothing behind" {
    run cg-grad init nowhere/spec.yaml
    assert_failure 2
    assert_output "error[E802]: cannot write nowhere/spec.yaml: No such file or directory"
    # no space: files of this shell may have no bytes
    run bash -c 'ulimit -f 0; trap "" XFSZ; cg-grad init full.yaml'
    assert_failure 2
    assert_output "error[E802]: cannot write full.yaml: File too large"
    [ ! -e full.yaml ]
    run bash -c 'cg-grad init - >/dev/full'
    assert_failure 2
    assert_output --partial "error[E802]: cannot write standard output"
}

@test "init: the name of a JSON file, and two names" {
    run cg-grad init spec.json
    assert_failure 2
    assert_line --index 0 "error[E001]: init writes YAML, not JSON"
    [ ! -e spec.json ]
    run cg-grad init a.yaml b.yaml
    assert_failure 2
    assert_line --index 0 'error[E001]: `init` takes one FILE'
}
