#!/usr/bin/env bats
# The points of a spec: what `at` may hold, dtypes, and points that fail.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
}

@test "points: every form of at gives what it expects" {
    run cg-grad check "$SPECS/points.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold$'
}

# printed POINT: its result as one line of JSON, as it was printed.
printed() {
    cg-grad -F jsonl --only "$1" "$SPECS/points.yaml" | sed 's/.*"dtype"/"dtype"/'
}

@test "points: numbers are the shortest text of their dtype" {
    assert_equal "$(printed 'a number')" '"dtype":"float64","value":3.0,"grads":[{"argnum":0,"arg":"x","grad":1.0}]}'
    assert_equal "$(printed 'a float32 argument')" '"dtype":"float32","value":0.033333335,"grads":[{"argnum":0,"arg":"x","grad":0.33333334}]}'
    assert_equal "$(printed 'value and dtype, float32')" '"dtype":"float32","value":[0.1,0.2]}'
    assert_equal "$(printed 'value and dtype')" '"dtype":"int64","value":3}'
    assert_equal "$(printed 'booleans')" '"dtype":"bool","value":[true,false]}'
    assert_equal "$(printed 'numbers that are not finite')" '"dtype":"float64","value":["Infinity","-Infinity","NaN"]}'
}

@test "points: the spec's dtype" {
    cat >float32.yaml <<'END'
version: 1
dtype: float32
functions:
  f: {args: [x], value: x / 3}
  whole: {args: {n: int64}, value: n / 3}
points:
  - {function: f, at: [0.1]}
  - {function: f, at: [[1, 2]]}
  - {function: whole, at: [1]}
  - {function: f, at: [{value: 0.1, dtype: float64}]}
END
    run cg-grad -F jsonl float32.yaml
    assert_success
    assert_output - <<'END'
{"name":"f#0","function":"f","dtype":"float32","value":0.033333335,"grads":[{"argnum":0,"arg":"x","grad":0.33333334}]}
{"name":"f#1","function":"f","dtype":"float32","value":[0.33333334,0.6666667]}
{"name":"whole#2","function":"whole","dtype":"float32","value":0.33333334}
{"name":"f#3","function":"f","dtype":"float64","value":0.03333333333333333,"grads":[{"argnum":0,"arg":"x","grad":0.3333333333333333}]}
END
}

@test "points: one that fails does not stop the others" {
    cat >failing.yaml <<'END'
version: 1
functions:
  f:
    args: {x: float64, i: int64}
    value: (x * ones(3))[i]
points:
  - {name: first, function: f, at: [1, 0]}
  - {name: second, function: f, at: [1, 7]}
  - {name: third, function: f, at: [1, nowhere]}
  - {name: fourth, function: f, at: [1, 2]}
END
    run --separate-stderr cg-grad failing.yaml
    assert_failure 2
    assert_output - <<'END'
first
  value   1.0
  grad x  1.0

second
  error E601  index 7 is out of bounds for axis 0 with size 3

third
  error E401  unknown name `nowhere`

fourth
  value   1.0
  grad x  1.0
END
    run --separate-stderr cg-grad --format json failing.yaml
    assert_failure 2
    jq -e '.results | length == 4 and (map(has("error")) == [false, true, true, false]) and
        .[1] == {name: "second", function: "f",
                 error: {code: "E601", message: "index 7 is out of bounds for axis 0 with size 3"}}' <<<"$output"
    run cg-grad --only first failing.yaml
    assert_success
}

@test "points: names in results" {
    run cg-grad -F jsonl "$SPECS/points.yaml"
    assert_line --regexp '^\{"name":"twice#[0-9]+","function":"twice",'
    assert_line --regexp '^\{"name":"labels are any text: é, \\"quoted\\"",'
    assert_line --regexp '^\{"name":"a record","function":"fields","dtype":"float64","value":19.0,"grads":\[\{"argnum":0,"arg":"r","grad":\{"a":4.0,"b":3.0\}\}\]\}$'
    # what could fool a terminal is shown as an escape
    run cg-grad --only 'labels*' "$SPECS/points.yaml"
    assert_line --index 0 'labels are any text: é, "quoted"'
    printf 'version: 1\nfunctions: {f: {args: [x], value: x}}\npoints: [{name: "a\\eb\\u202ec", function: f, at: [1]}]\n' >escape.yaml
    run cg-grad escape.yaml
    assert_line --index 0 'a\u{1b}b\u{202e}c'
}

@test "points: long arrays are abbreviated in text, never in JSON" {
    run cg-grad -e 'x + 0.0' --at 'x=linspace(0, 1, 1001)'
    assert_line --partial '[0.0, 0.001, 0.002, …, 0.998, 0.999, 1.0]'
    assert_line --partial 'float64[1001]'
    cg-grad -F json -e 'x + 0.0' --at 'x=linspace(0, 1, 1001)' >long.json
    run jq '.results[0].value | length' long.json
    assert_output 1001
}

@test "points: a static argument is a number, a text or an expression" {
    for written in '[2, 3]' '{a: 1}' '{file: s.npy}' '{value: 3, dtype: int64}'; do
        cat >static.yaml <<END
version: 1
functions:
  f: {args: {x: float64, k: {static: true}}, value: x ** k}
points:
  - {function: f, at: {x: 2, k: $written}}
END
        run cg-grad static.yaml
        assert_failure 2
        assert_line --regexp '^error\[E402\]: argument `k` must be static: a number, text or function, got a (sequence|mapping)$'
        assert_line --partial -- '--> static.yaml:5:33'
        assert_line --partial '= note: declared here: static.yaml:3:26'
    done
}

@test "points: a mistake in argnums is shown at its entry" {
    cat >argnums.yaml <<'END'
version: 1
functions:
  f: {args: {x: float64, y: {default: 2}}, value: x * y}
points:
  - {function: f, at: {x: 2}, argnums: [y, x]}
  - {function: f, at: {x: 2}, argnums: [x, 5]}
  - {function: f, at: {x: 2}, argnums: [x, 0]}
  - {function: f, at: {x: 2}, argnums: []}
END
    run cg-grad argnums.yaml
    assert_failure 2
    assert_line 'error[E403]: argnums: the call gives no argument 1 (`y`)'
    assert_line --partial -- '--> argnums.yaml:5:41'
    assert_line 'error[E403]: argnums: 5 is out of range for 1 argument'
    assert_line --partial -- '--> argnums.yaml:6:44'
    assert_line 'error[E403]: argnums names 0 twice'
    assert_line --partial -- '--> argnums.yaml:7:44'
    assert_line 'error[E403]: argnums is empty'
}

@test "points: tangents of no argument" {
    for tangent in '{y: 1}|the tangent of `y` belongs to no argument of the point' '[1, 2]|2 tangents for 1 argument'; do
        printf 'version: 1\npoints:\n  - {function: "lambda x: x", at: {x: 1}, compute: [jvp], tangent: %s}\n' \
            "${tangent%%|*}" >tangent.yaml
        run cg-grad tangent.yaml
        assert_failure 2
        assert_line "error[E403]: ${tangent#*|}"
    done
}
