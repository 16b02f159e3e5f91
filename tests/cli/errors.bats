#!/usr/bin/env bats
# Every diagnostic code is provoked, and says what it should at the right place.
#
# tests/specs/errors/CODE-what.yaml (or .json) is a spec with one mistake; beside it,
# CODE-what.yaml.err has what is said about it: message, place and help.
# UPDATE=1 bats tests/cli/errors.bats writes the .err files anew, for `git diff` to show.

setup() {
    load helper
    common_setup
    cd "$SPECS/errors"
}

# Codes that no spec and no command can provoke in this version.
unprovoked='
E901 a mistake of the program itself
'

# The first diagnostic of standard error: message, place and help.
first() { awk '/^$/ { exit } NR <= 2 || / = help: / { sub(/^ +=/, "  ="); print }' "$BATS_TEST_TMPDIR/err"; }

# check PATTERN: the specs of these codes.
check() {
    local wrong=0
    for spec in *.yaml *.json; do
        local code=${spec%%-*} err=$spec.err status=0
        # shellcheck disable=SC2053 # a pattern
        [[ $code == $1 ]] || continue
        cg-grad "$spec" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
        [ -z "${UPDATE:-}" ] || first >"$err"
        if [ "$status" -ne 2 ] || ! first | diff -u "$err" - ||
            ! grep -q "^error\[$code\]: " "$err"; then
            echo "$spec: exit status $status"
            wrong=1
        fi
    done
    return $wrong
}

@test "E1xx: document syntax" { check 'E1??'; }
@test "E2xx: spec structure" { check 'E2??'; }
@test "E3xx: expression syntax" { check 'E3??'; }
@test "E4xx: names, types and shapes" { check 'E4??'; }
@test "E5xx: differentiation" { check 'E5??'; }
@test "E6xx and E7xx: evaluation, limits" { check 'E6??' && check 'E7??'; }

@test "E8xx: files" { check 'E8??'; }

@test "a mistake in the document or its texts leaves standard output empty" {
    for spec in E[123]*.yaml E[123]*.json; do
        [ -z "$(cg-grad -F json "$spec" 2>/dev/null)" ] || fail "$spec"
    done
}

@test "a point in error is a result" {
    for spec in E[5678]*.yaml; do
        [ "$spec" != E601-row.yaml ] || continue # the others of its rows are well
        run jq -r '.results[-1].error.code' <<<"$(cg-grad -F json "$spec" 2>/dev/null)"
        assert_output "${spec%%-*}"
    done
}

@test "a diagnostic shows the line, the place in it, the other place, and help" {
    run cg-grad E503-shape.yaml
    assert_failure 2
    assert_output - <<'END'
f#0
  error E503  the rule of `f` gives a cotangent for `x` that does not fit: expected float64[3], got float64[]
error[E503]: the rule of `f` gives a cotangent for `x` that does not fit: expected float64[3], got float64[]
  --> E503-shape.yaml:3:38
   |
 3 |   f: {args: [x], value: sum(x), vjp: g}
   |                                      ^
   = note: the argument: E503-shape.yaml:3:14
   = help: a cotangent is not broadcast: write g * ones_like(x), say
END
}

@test "a function in place of its value" {
    run cg-grad -e f --at x=3
    assert_failure 2
    assert_line "error[E402]: expected a number, an array or a structure of them, got a function"
    assert_line --partial "help: call it: f(…)"
    run cg-grad -e 'lambda y: y' --at x=3
    assert_failure 2
    assert_line --partial "help: call it: (lambda x: …)(…)"
}

@test "unquoted keys and texts are JSON's mistake only where the document is said to be JSON" {
    cd "$BATS_TEST_TMPDIR"
    echo '{version: 1, points: []}' >spec
    run cg-grad spec
    assert_failure 2
    assert_equal "$(grep -c '^error' <<<"$output")" 1
    assert_line --partial 'error[E123]'
    run cg-grad --input-format json spec
    assert_failure 2
    assert_equal "$(grep -c '^error\[E116\]' <<<"$output")" 2
}

@test "nothing in an array" {
    cd "$BATS_TEST_TMPDIR"
    cat >spec.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: sum(x)}
points:
  - {function: f, at: [[1, null]]}
END
    run cg-grad spec.yaml
    assert_failure 2
    assert_line "error[E402]: expected a number in this sequence, got null"
    assert_line --partial 'help: a number that is missing is "NaN"'
}

@test "labels, names and files are shown with control and bidirectional characters escaped" {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' 'version: 1' '"k\e[1m": 1' 'functions:' '  f: {args: [x], value: x}' \
        'points:' '  - {name: "a\e[31m\u202e\u0085\u200fb", function: f, at: [3]}' \
        '  - {name: "a\e[31m\u202e\u0085\u200fb", function: f, at: [3]}' >spec.yaml
    run cg-grad spec.yaml
    assert_failure 2
    assert_line 'error[E202]: unknown key `k\u{1b}[1m` in a spec'
    assert_line 'error[E205]: a second point has the name `a\u{1b}[31m\u{202e}\u{85}\u{200f}b`'
    refute_output --partial $'\e'
    sed -i -e 2d -e '$d' spec.yaml
    mv spec.yaml $'s\e[1m.yaml'
    run cg-grad $'s\e[1m.yaml'
    assert_success
    assert_line --partial 'a\u{1b}[31m\u{202e}\u{85}\u{200f}b'
    refute_output --partial $'\e'
    rm $'s\e[1m.yaml'
    run cg-grad $'s\e[1m.yaml'
    assert_failure 2
    assert_output --partial 's\u{1b}[1m.yaml'
    refute_output --partial $'\e'
}

@test "at most 20 diagnostics, then a count" {
    cd "$BATS_TEST_TMPDIR"
    {
        printf 'version: 1\nfunctions:\n  f:\n    args: [x]\n    value: x\n'
        for i in {1..25}; do echo "    key$i: 1"; done
    } >many.yaml
    run cg-grad many.yaml
    assert_failure 2
    assert_equal "$(grep -c '^error\[E202\]' <<<"$output")" 20
    assert_line --partial "5 more"
}

@test "every code is provoked, or it is known why not" {
    missing=
    while read -r code; do
        ls "$code"-* >/dev/null 2>&1 && continue
        grep -qs "\(error\|warning\)\[$code\]" "$BATS_TEST_DIRNAME"/*.bats && continue
        grep -q "^$code " <<<"$unprovoked" || missing="$missing $code"
    done < <(sed -n 's/^CODE(\([EW][0-9]*\),.*/\1/p' "$ROOT/src/base/codes.def")
    [ -z "$missing" ] || fail "no case for$missing"
    # and the reasons are not outlived
    while read -r code _; do
        ! ls "$code"-* 2>/dev/null || fail "$code is provoked"
    done <<<"$unprovoked"
}

# first_help VALUE RULE: what is advised about a function of x with this value and rule.
first_help() {
    printf '%s\n' 'version: 1' 'functions:' '  f:' '    args: [x]' "    value: $1" "    $2" \
        'points: [{function: f, at: [3]}]' | cg-grad - 2>&1 | sed -n '/= help: /{s/.*= help: //p; q; }'
}

@test "an unknown name in a rule: what a rule sees" {
    run first_help 'x ** 2' 'vjp: 2 * x * ct'
    assert_output 'a rule sees arguments, lets and the cotangent `g`'
    run first_help 'x ** 2' 'vjp: {cotangent: upstream, grads: [2 * x * dy]}'
    assert_output 'a rule sees arguments, lets and the cotangent `upstream`'
    run first_help 'x ** 2' 'jvp: 2 * x * g'
    assert_output 'a rule sees arguments, lets and the tangents, as `dx`'
    run first_help 'x ** 2 * ct' 'vjp: g' # the value is no rule
    assert_output ''
}

@test "a rule of a function without arguments" {
    run cg-grad --input-format yaml - <<<'{version: 1, functions: {f: {value: 1, vjp: g}}}'
    assert_line --partial 'E206'
    assert_line '   = help: the function has no arguments: args: [x]'
}

@test "cotangents in a tuple where there is one argument, and none where there are two" {
    run first_help 'x ** 2' 'vjp: (2 * g * x,)'
    assert_output 'write the cotangent itself, not a tuple of it'
    run cg-grad -e 'x * y' --vjp 'g * y' --at x=3,y=4
    assert_line '   = help: write a cotangent for each argument: (g * y, g * x), say'
}
