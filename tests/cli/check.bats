#!/usr/bin/env bats
# cg-grad check: points against what they expect. tests/specs/failing.yaml has a failure of each
# kind; tests/specs/rules.yaml, points.yaml and regressions.yaml hold as a whole.
# shellcheck disable=SC2154 # run sets stderr

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    failing=$SPECS/failing.yaml
}

# -- text ----------------------------------------------------------------------------------

@test "what holds is one line" {
    run --separate-stderr cg-grad check "$ROOT/examples/logistic.yaml"
    assert_success
    assert_output '7 expectations hold'
    assert_equal "$stderr" ""
    run cg-grad check --no-rules "$ROOT/examples/mission.yaml" "$ROOT/examples/mission.json"
    assert_success
    assert_output '12 expectations hold; 4 rules not checked'
    run cg-grad check --only 'product*' "$ROOT/examples/mission.yaml"
    assert_output '3 expectations hold; 1 rule agrees; 1 rule not checked'
    run cg-grad check -q "$ROOT/examples/logistic.yaml"
    assert_success
    assert_output ''
}

@test "a failure shows the point, the argument, both numbers, the place" {
    cp "$failing" s.yaml
    run cg-grad check --no-rules --only 'a gradient' s.yaml
    assert_failure 1
    assert_output - <<'END'
failed: a gradient, grads[1] (argnum 1, y)
  expected 3.5, got 3.0: 1.1e15 ulp apart; allowed: 16 ulp
   --> s.yaml:23:36
    |
 23 |     expect: {value: 12, grads: [4, 3.5]}
    |                                    ^^^

2 expectations hold, 1 failed; 3 rules not checked
END
    run cg-grad check --no-rules -q --only 'a hessian' s.yaml
    assert_failure 1
    assert_output - <<'END'
failed: a hessian, hessian.x.y (argnum 0, x; argnum 1, y)
  expected 2.25, got 2.0: 5.6e14 ulp apart; allowed: 16 ulp
   --> s.yaml:43:22
    |
 43 |         x: {x: 4, y: 2.25}
    |                      ^^^^
END
}

@test "the heading and first line of every kind of failure" {
    run --separate-stderr cg-grad check --no-rules -q "$failing"
    assert_failure 1
    assert_equal "$(grep -A1 --no-group-separator '^failed: ' <<<"$output")" "$(cat <<'END'
failed: a gradient, grads[1] (argnum 1, y)
  expected 3.5, got 3.0: 1.1e15 ulp apart; allowed: 16 ulp
failed: an array, value: 1 of 6 elements
  [0, 2]: expected 4.0, got 3.0: 2.3e15 ulp apart; allowed: 16 ulp
failed: a part, value.b[1]
  expected 3.0, got 2.0: 2.3e15 ulp apart; allowed: 16 ulp
failed: a hessian, hessian.x.y (argnum 0, x; argnum 1, y)
  expected 2.25, got 2.0: 5.6e14 ulp apart; allowed: 16 ulp
failed: an integer, value
  expected 9007199254740992, got 9007199254740993: 1 apart; allowed: 0
failed: a float32, value
  expected 0.33333433, got 0.33333334: 33 ulp apart; allowed: 16 ulp
failed: a boolean, value
  expected false, got true
failed: an error, error
  expected error E502, got error E501: the rule of `branch` decides an `if` by a value: (x > 0)
failed: no error, error
  expected error E501, got a result
failed: tolerances, value
  expected 9.1, got 9.0: 5.6e13 ulp apart; allowed: 4 ulp, or rtol 0.001 and atol 0.0001
END
)"
    run cg-grad check "$failing"
    assert_line '6 expectations hold, 10 failed; 1 point without expect; 1 rule agrees; 1 rule refuted; 1 rule not checked'
}

@test "the caret stands under the element, whatever is before it" {
    cat >s.yaml <<'END'
version: 1
functions: {f: {args: [x], value: x}}
points:
  - {name: "λ→𝟙", function: f, at: [[1, 2]], expect: {value: [1, "1 + 1/2"]}}
END
    run cg-grad check -q s.yaml
    assert_failure 1
    assert_line --index 2 '  --> s.yaml:4:66'
    assert_line --index 5 '   |                                                                  ^^^^^^^^^'
    sed 's/"1 + 1.2"/3/' s.yaml >t.yaml
    run cg-grad check -q t.yaml
    assert_line --index 5 '   |                                                                  ^'
}

@test "of a long array so many elements are shown, and the rest counted" {
    cat >s.yaml <<'END'
version: 1
functions: {f: {args: [x], value: x + 1}}
points:
  - {function: f, at: ["zeros(1000)"], expect: {value: "zeros(1000)"}}
END
    run cg-grad check -q s.yaml
    assert_failure 1
    assert_line --index 0 'failed: f#0, value: 1000 of 1000 elements'
    assert_line '  [19]: expected 0.0, got 1.0: 4.6e18 ulp apart; allowed: 16 ulp'
    assert_line '  … and 980 more'
    assert_equal "$(grep -c 'ulp apart' <<<"$output")" 20
    assert_equal "$(grep -c 's.yaml' <<<"$output")" 1 # the text's place stands once
    cg-grad check -F json s.yaml >out.json || true
    run jq -c '.expectations | length, .[19].index, .[19].more, .[18].more' out.json
    assert_output "$(printf '20\n[19]\n980\nnull')"
}

@test "elements that are written one by one each have their place" {
    {
        printf 'version: 1\nfunctions: {f: {args: [x], value: x + 1}}\npoints:\n'
        printf '  - {function: f, at: ["zeros(5)"], expect: {value: [0, 0, 1, 0, 0]}}\n'
    } >s.yaml
    run cg-grad check -q s.yaml
    assert_failure 1
    assert_line --index 0 'failed: f#0, value: 4 of 5 elements'
    assert_equal "$(grep -c -- '-->' <<<"$output")" 3
    assert_line '  --> s.yaml:4:54'
    assert_line '  --> s.yaml:4:57'
    assert_line '  --> s.yaml:4:63'
    assert_line '  [4]: expected 0.0, got 1.0: 4.6e18 ulp apart; allowed: 16 ulp  s.yaml:4:66'
}

@test "points of several specs" {
    cp "$failing" a.yaml
    run cg-grad check -q --only 'a boolean' a.yaml "$ROOT/examples/mission.yaml"
    assert_failure 1
    assert_line --index 0 'failed: a boolean, value  a.yaml'
    cg-grad check -F json a.yaml "$ROOT/examples/mission.yaml" >out.json 2>err || true
    jq -e '(.expectations | all(has("spec"))) and (.rules | all(has("spec"))) and
        ([.expectations[].spec] | unique | length) == 2' out.json
}

@test "colours are by role, and only where asked" {
    run cg-grad check --color always -q --only 'a boolean' "$failing"
    assert_line --index 0 $'\e[1;31mfailed\e[0m: \e[1ma boolean\e[0m, value'
    run cg-grad check -q --only 'a boolean' "$failing"
    refute_output --partial $'\e'
}

# -- verdicts ------------------------------------------------------------------------------

# verdicts TYPE: reads rows of: exit status | the value of f(x) | `x` | what is expected. `x` has
# that type.
verdicts() {
    local wrong=0 n=0 wanted value x expect got
    while IFS='|' read -r wanted value x expect; do
        n=$((n + 1))
        printf 'version: 1\nfunctions:\n  f:\n    args: {x: "%s"}\n    value: %s\n' "$1" "$value" >row.yaml
        printf 'points:\n  - function: f\n    at: {x: %s}\n    expect: {%s}\n' "$x" "$expect" >>row.yaml
        got=0
        cg-grad check row.yaml >out 2>&1 || got=$?
        [ "$got" -ne "$wanted" ] || continue
        echo "f(x) = $value, x = $x, expect {$expect}: exit status $got"
        cat out
        wrong=1
    done
    [ $n -gt 0 ] && return $wrong
}

@test "floats: 16 ulp, NaN, zeros, infinities, one rounding" {
    verdicts float64 <<'END'
0|x|1|value: 1
0|x|1|value: 1.0000000000000035
1|x|1|value: 1.0000000000000038
0|x|1|value: 1.0000000000000038, ulp: 17
1|x|1|value: 1.0000000000000002, ulp: 0
0|x|1|value: 1, ulp: 0
0|x|"NaN"|value: "NaN"
0|x|"NaN"|value: .nan
1|x|"NaN"|value: 0
1|x|0|value: "NaN"
0|x|-0.0|value: 0
0|x|0.0|value: -0.0, ulp: 0
0|x|"Infinity"|value: "Infinity"
0|x|"Infinity"|value: "inf"
1|x|"Infinity"|value: "-Infinity", rtol: 1
1|x|"Infinity"|value: 1.7976931348623157e308, ulp: 1e300, rtol: 10, atol: 1e308
1|x|1.7976931348623157e308|value: "Infinity"
0|x|0.1|value: 0.1000000000000000055511151231257827021181583404541015625, ulp: 0
0|x|9007199254740993|value: 9007199254740993, ulp: 0
0|x|1e400|value: "Infinity"
0|exp(x)|-1|value: "exp(-1)"
0|x|0.5|value: "1 / 2"
0|x|0.1|value: "0.1", ulp: 0
1|x|1|value: true
1|x|1|value: "1 == 1"
END
}

@test "float32: ulps of float32, numerals rounded straight to it" {
    verdicts float32 <<'END'
0|x / 3|1|value: 0.33333334, ulp: 0
0|x / 3|1|value: 0.33333382
1|x / 3|1|value: 0.33333385
0|x|0.1|value: 0.1, ulp: 0
0|x|1|value: 1.00000005960464477, ulp: 0
0|x|1.0000001|value: 1.000000059604644775390626, ulp: 0
0|x|1.0000001|value: "1.000000059604644775390626", ulp: 0
0|exp(x)|1|value: "exp(1)"
END
}

@test "integers and booleans are equal or not" {
    verdicts int64 <<'END'
0|x|9007199254740993|value: 9007199254740993
1|x|9007199254740993|value: 9007199254740992
0|x|9007199254740993|value: "2 ** 53 + 1"
0|x|9007199254740993|value: 9007199254740992, ulp: 1
1|x|9007199254740995|value: 9007199254740993, ulp: 1
0|x|-9223372036854775808|value: -9223372036854775808
1|x|9223372036854775807|value: 9223372036854775808
1|x|3|value: 4
0|x|3|value: 4, atol: 1
0|x|3|value: 4, rtol: 0.25
1|x|3|value: 4, rtol: 0.24
0|x|3|value: 3.0
0|x|3|value: 3e0
1|x|3|value: 3.5, atol: 1
1|x|3|value: "7 / 2", atol: 1
0|x|3|value: "6 / 2"
1|x|3|value: "NaN"
1|x|1|value: true
0|x|[1, 2]|value: "arange(1, 3)"
0|x * 1.0|[1, 2]|value: "arange(1, 3)"
0|x > 2|3|value: true
1|x > 2|3|value: false, ulp: 10
1|x > 2|3|value: 1
0|x > 2|[1, 3]|value: [false, true]
END
}

@test "rtol, atol and ulp: either may pass" {
    verdicts float64 <<'END'
0|x|9|value: 9.5, atol: 0.5
1|x|9|value: 9.5, atol: 0.4
0|x|9|value: 8, rtol: 0.125
1|x|9|value: 8, rtol: 0.12
0|x|9|value: 8, rtol: 0.1, atol: 0.2
1|x|9|value: 8, rtol: 0.1, atol: 0.1
1|x|1|value: 1.0000000000000002, atol: 0
0|x|1|value: 1.0000000000000002, atol: 0, ulp: 1
0|x|9|value: 9.5, atol: 0.5, ulp: 1
1|x|9|value: 9.5, atol: 0.4, ulp: 1
END
}

@test "shapes and structures" {
    verdicts float64 <<'END'
1|x|1|value: [1]
1|x|[1]|value: 1
1|x|[1, 2]|value: [1, 2, 3]
1|x|[[1, 2], [3, 4]]|value: [[1, 2], [3]]
1|x|[[1, 2], [3, 4]]|value: [1, 2, 3, 4]
0|x|[[1, 2], [3, 4]]|value: [[1, 2], [3, 4]]
0|x|[[1, 2], [3, 4]]|value: [[1, 2], "linspace(3, 4, 2)"]
0|x|[[1, 2], [3, 4]]|value: ["(1, 2)", ["1 + 2", 4]]
0|x|[1, 2]|value: "[1, exp(0) + 1]"
0|x[1:1]|[1, 2]|value: []
0|x|1|value: {value: 1, dtype: float64}
1|x|0.1|value: {value: 0.1, dtype: float32}
0|[x, 2 * x]|1|value: [1, 2]
0|[x, 2 * x]|1|value: "(1, 2)"
1|[x, 2 * x]|1|value: [1, 2, 3]
1|[x, 2 * x]|1|value: [1, [2]]
1|[x, 2 * x]|1|value: 1
0|{a: x, b: [x, 1]}|1|value: {a: 1, b: [1, 1]}
0|{a: x, b: [x, 1]}|1|value: {b: [1, 1], a: 1}
0|{a: x, b: [x, 1]}|1|value: {record: {b: [1, 1], a: 1}}
0|{a: x, b: [x, 1]}|1|value: "{'b': (1, 1), 'a': 1}"
1|{a: x, b: [x, 1]}|1|value: {a: 1, b: [1, 2]}
1|{a: x, b: [x, 1]}|1|value: {a: 1}
1|{a: x, b: [x, 1]}|1|value: {a: 1, c: [1, 1]}
0|{value: x, dtype: 2 * x}|1|value: {value: 1, dtype: 2}
1|x|1|value: {a: 1}
1|x|1|value: null
END
}

@test "derivatives by position, by name, and in addition to what a point computes" {
    verdicts float64 <<'END'
0|x ** 3|2|grads: [12]
0|x ** 3|2|grads: {x: 12}
1|x ** 3|2|grads: {x: 13}
1|x ** 3|2|grads: [12, 0]
1|x ** 3|2|grads: []
1|x ** 3|2|grads: {y: 12}
0|x ** 3|2|value: 8, grads: [12], jacobian: [12], hessian: [12]
0|x ** 3|2|hessian: {x: {x: 12}}
1|x ** 3|2|hessian: {x: {x: 13}}
1|x ** 3|2|hessian: {x: {y: 12}}
1|x ** 3|2|hessian: {x: 12}
1|x ** 3|2|hessian: [12, 12]
0|x ** 2|[1, 2]|value: [1, 4], jacobian: [[[2, 0], [0, 4]]]
1|x ** 2|[1, 2]|jacobian: [[[2, 0], [1, 4]]]
1|x ** 2|2|logs: {a: 1}
END
    cat >s.yaml <<'END'
version: 1
functions: {f: {args: [x, y], value: x * x * y}}
points:
  - {function: f, at: [1, 2], compute: value, expect: {grads: {y: 1}}}
  - {function: f, at: [1, 2], argnums: [1, 0], expect: {grads: [1, 4]}}
  - {function: f, at: [1, 2], expect: {hessian: [4, 2, 2, 0]}}
  - {function: f, at: [1, 2], tangent: [1, 1], expect: {value: 2, jvp: 5}}
END
    run cg-grad check s.yaml
    assert_success
    assert_output '9 expectations hold'
}

@test "what does not match says why" {
    reasons() {
        printf 'version: 1\nfunctions: {f: {args: [x], value: %s}}\npoints: [{function: f, at: [[1, 2]], expect: {%s}}]\n' \
            "$1" "$2" >s.yaml
        run cg-grad check -q s.yaml
        assert_failure 1
        assert_line --index 1 "  $3"
    }
    reasons x 'value: 1' 'expected shape [], got [2]'
    reasons x 'value: [[1], [2]]' 'expected shape [2, 1], got [2]'
    reasons x 'value: [[1], [2, 3]]' 'expected a tuple of 2, got float64[2]'
    reasons x 'value: {a: 1}' 'expected a record of `a`, got float64[2]'
    reasons x 'value: [true, false]' 'expected bool, got float64'
    reasons x 'value: null' 'expected null, got float64[2]'
    reasons '[x, x]' 'value: 1' 'expected float64[], got a tuple of 2'
    reasons '{a: x}' 'value: {b: 1, c: 1}' 'expected a record of `b`, `c`, got a record of `a`'
    reasons 'x.astype(int64)' 'value: [1, 2.5]' "an expected number does not fit the result's int64"
    reasons 'sum(x)' 'grads: [[1, 1], [1, 1]]' 'expected 2 entries, got 1'
    reasons 'sum(x)' 'grads: {y: 1}' 'the result has nothing for `y`'
    reasons 'sum(x)' 'hessian: {x: {y: 1}}' 'the result has nothing for `x` and `y`'
    reasons 'sum(x)' 'hessian: {x: 1}' 'expected a mapping by the second argument'
}

# -- errors --------------------------------------------------------------------------------

@test "an expected error is no diagnostic; any other is trouble" {
    cat >s.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x, vjp: g if x > 0 else 0}
points:
  - {name: expected, function: f, at: [1], expect: {error: E501}}
  - {name: another, function: f, at: [1], expect: {error: E502}}
  - {name: unexpected, function: f, at: [1], expect: {value: 1, grads: [1]}}
  - {name: no expect, function: f, at: [1]}
END
    run --separate-stderr cg-grad check --only expected s.yaml
    assert_success
    assert_equal "$stderr" ""
    run --separate-stderr cg-grad check --only expected --only another s.yaml
    assert_failure 1
    assert_line '1 expectation holds, 1 failed; 1 rule not checked'
    [[ $stderr == 'error[E501]: '* ]]
    run --separate-stderr cg-grad check s.yaml
    assert_failure 2
    assert_line --index 6 'in error: unexpected'
    assert_line --index 7 '  E501: the rule of `f` decides an `if` by a value: (x > 0)'
    assert_line '1 expectation holds, 3 failed; 2 points in error; 1 point without expect; 1 rule not checked'
    assert_equal "$(grep -c '^error' <<<"$stderr")" 3
    run --separate-stderr cg-grad check --only 'no expect' s.yaml
    assert_failure 2
    cg-grad check -F json s.yaml >out.json 2>/dev/null || true
    run jq -c '.expectations[2:][] | [.point, .key, .verdict, .expected, .got, .reason]' out.json
    assert_output - <<'END'
["unexpected","value","failed",null,null,"the point is in error: E501"]
["unexpected","grads","failed",null,null,"the point is in error: E501"]
END
}

@test "an expectation that cannot be read is trouble, and no other point's" {
    cat >s.yaml <<'END'
version: 1
functions: {f: {args: [x], value: x}}
points:
  - {function: f, at: [1], expect: {value: 1}}
  - {function: f, at: [1], expect: {value: "nowhere + 1", grads: [1]}}
  - {function: f, at: [1], expect: {value: 1}}
END
    run --separate-stderr cg-grad check s.yaml
    assert_failure 2
    assert_output - <<'END'
in error: f#1
  E401: unknown name `nowhere`

2 expectations hold, 2 failed; 1 point in error
END
    [[ $stderr == *'--> s.yaml:5:45'* ]] || fail "$stderr"
}

@test "exit status: 2 before 1 before 0" {
    run cg-grad check "$failing" "$ROOT/examples/mission.yaml"
    assert_failure 1
    run cg-grad check "$failing" "$SPECS/errors/E601-index.yaml"
    assert_failure 2
    run cg-grad check "$failing" nowhere.yaml
    assert_failure 2
    run cg-grad check --only nothing "$failing"
    assert_failure 2
    assert_output 'error[E001]: --only: no point is called, or matches, `nothing`'
    run cg-grad check
    assert_failure 2
}

# -- JSON ----------------------------------------------------------------------------------

@test "--format json: one document" {
    cp "$failing" s.yaml
    cg-grad check -F json s.yaml >out.json 2>/dev/null || [ $? -eq 1 ]
    run jq -c '.version, .summary' out.json
    assert_output - <<'END'
1
{"verdict":"refuted","rules":3,"agrees":1,"subgradient":0,"refuted":1,"undecided":0,"not_checked":1,"expectations":16,"expectations_failed":10}
END
    run jq -c '.rules[1] | del(.checks, .accuracy)' out.json
    assert_output '{"function":"product","verdict":"agrees","linear":"yes","place":{"file":"s.yaml","line":9,"column":7,"key":"functions.product.vjp"}}'
    run cg-grad check -F jsonl --only 'a gradient' --only 'an array' s.yaml # the same, a line each
    assert_equal "$(grep -v '^{"function"' <<<"$output")" "$(cat <<'END'
{"point":"a gradient","key":"value","index":[],"verdict":"holds","expected":12.0,"got":12.0,"ulp":0.0,"tolerance":{"ulp":16.0},"place":{"file":"s.yaml","line":23,"column":21,"key":"points[0].expect.value"}}
{"point":"a gradient","key":"grads[0]","index":[],"verdict":"holds","expected":4.0,"got":4.0,"ulp":0.0,"tolerance":{"ulp":16.0},"place":{"file":"s.yaml","line":23,"column":33,"key":"points[0].expect.grads[0]"}}
{"point":"a gradient","key":"grads[1]","index":[],"verdict":"failed","expected":3.5,"got":3.0,"ulp":1125899906842624.0,"tolerance":{"ulp":16.0},"place":{"file":"s.yaml","line":23,"column":36,"key":"points[0].expect.grads[1]"}}
{"point":"an array","key":"value","index":[0,2],"verdict":"failed","expected":4.0,"got":3.0,"ulp":2251799813685248.0,"tolerance":{"ulp":16.0},"place":{"file":"s.yaml","line":29,"column":22,"key":"points[1].expect.value[0][2]"}}
END
)"
    run jq -c '.expectations[] | select(.verdict == "failed") | [.point, .key, .expected, .got, .ulp]' out.json
    assert_line '["a boolean","value",false,true,"Infinity"]'
    assert_line '["an error","error","E502","E501",null]'
    assert_line '["no error","error","E501",null,null]'
    jq -e '.expectations[] | select(.key == "value.b[1]") |
        .expected == 3 and .got == 2 and .ulp == 2251799813685248 and .verdict == "failed"' out.json
    jq -e '.expectations[] | select(.point == "tolerances" and .key == "value") |
        .tolerance == {ulp: 4, rtol: 0.001, atol: 0.0001}' out.json
    # integers as they are
    grep -q '"got": 9007199254740993,' out.json
    cg-grad check -q -F json -o quiet.json s.yaml 2>/dev/null || true
    cmp out.json quiet.json
}

@test "--format jsonl: a line for each expectation, then for each rule" {
    cg-grad check -F jsonl "$failing" >lines 2>/dev/null || [ $? -eq 1 ]
    cg-grad check -F json "$failing" >out.json 2>/dev/null || true
    jq -s . lines >lines.json
    jq -e -n --slurpfile lines lines.json --slurpfile out out.json \
        '$lines[0] == $out[0].expectations + $out[0].rules'
    run --separate-stderr cg-grad check --no-rules -q -F jsonl "$failing"
    assert_failure 1
    assert_equal "$(jq -r .verdict <<<"$output" | sort -u)" failed
}

# -- rules ---------------------------------------------------------------------------------

@test "a rule that is no derivative is refuted; what is declared, or not reached, is not checked" {
    run cg-grad check -e 'x ** 2' --vjp 'g * x' --at x=3
    assert_failure 1
    assert_line 'refuted: f, x (argnum 0) at f#0'
    assert_line 'no expectations; 1 point without expect; 1 rule refuted'
    run cg-grad check --no-rules -e 'x ** 2' --vjp 'g * x' --at x=3
    assert_success
    assert_output 'no expectations; 1 point without expect; 1 rule not checked'
    cat >s.yaml <<'END'
version: 1
functions:
  plain: {args: [x], value: x}
  clip: {args: [x], value: x, vjp: {grads: ["clip(g, -1, 1)"], linear: false}}
  ste: {args: [x], value: round(x), vjp: {grads: [g], derivative_of: x}}
  none: {args: [x], value: x, vjp: {grads: [2 * g], derivative_of: null}}
  forward: {args: [x], value: x, jvp: dx}
  integer: {args: [n], value: 2 * n, vjp: g}
points:
  - {function: "lambda x: custom_gradient(lambda a: (a, lambda g: g))(ste(x))", at: [1]}
  - {function: integer, at: [{value: 1, dtype: int64}]}
END
    cg-grad check -F json s.yaml >out.json
    run jq -c '.rules[] | [.function, .verdict, .linear, .reason, .place.key]' out.json
    assert_output - <<'END'
["clip","not_checked","declared","declared","functions.clip.vjp"]
["ste","agrees","yes",null,"functions.ste.vjp"]
["none","not_checked","unknown","declared","functions.none.vjp"]
["forward","not_checked","unknown","no point reaches the function","functions.forward.jvp"]
["integer","not_checked","unknown","nothing is differentiable where points reach it","functions.integer.vjp"]
["custom_gradient","agrees","yes",null,null]
END
    run cg-grad check s.yaml
    assert_success
    assert_output 'no expectations; 2 points without expect; 2 rules agree; 4 rules not checked'
}

@test "a rule in error is trouble, unless a point expects it" {
    cat >s.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x ** 2, vjp: g * ones(3)}
points:
  - {name: value, function: f, at: [1], compute: value}
  - {name: grad, function: f, at: [1], expect: {error: E503}}
END
    run --separate-stderr cg-grad check --only value s.yaml
    assert_failure 2
    assert_output 'no expectations; 1 point without expect; 1 rule in error; 1 rule not checked'
    [[ $stderr == 'error[E503]: the rule of `f` gives a cotangent for `x` that does not fit'* ]]
    run cg-grad check s.yaml
    assert_success
    assert_output '1 expectation holds; 1 point without expect; 1 rule not checked'
    cg-grad check -F json s.yaml >out.json
    run jq -r '.rules[].reason' out.json
    assert_output 'the rule is in error: E503'
}

@test "of a point the first calls are looked at" {
    cat >s.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x ** 2, vjp: 2 * g * x}
points:
  - {name: loop, function: "lambda x: fori_loop(0, 5000, lambda i, a: f(x), x)", at: [1]}
  - {name: rows, function: f, at: ["ones(5000)"], batch: true}
END
    cg-grad check -F json s.yaml >out.json
    run jq -r '.rules[].checks[] | select(.verdict != "agrees") | .scope, .verdict, .reason' out.json
    assert_output - <<'END'
point
not_checked
loop makes more calls than are looked at: the first 4096, trips and lanes counted (LIMIT_REACH)
point
not_checked
rows makes more calls than are looked at: the first 4096, trips and lanes counted (LIMIT_REACH)
END
}

@test "-f checks one function at --at" {
    run cg-grad check -f product --at x=3,y=4 "$ROOT/examples/mission.yaml"
    assert_success
    assert_output 'no expectations; 1 point without expect; 1 rule agrees; 1 rule not checked'
}

# -- output --------------------------------------------------------------------------------

@test "-o, streams, standard input" {
    run cg-grad check -o out.txt "$failing"
    assert_failure 1
    refute_output --partial 'failed:'
    assert_equal "$(tail -n 1 out.txt)" '6 expectations hold, 10 failed; 1 point without expect; 1 rule agrees; 1 rule refuted; 1 rule not checked'
    run bash -c 'cg-grad check "$1" >/dev/full' run "$ROOT/examples/mission.yaml"
    assert_failure 2
    assert_output 'error[E802]: cannot write standard output: No space left on device'
    run bash -c 'cg-grad check --only "product*" - <"$1"' run "$ROOT/examples/mission.yaml"
    assert_success
    run bash -c 'cg-grad check --only "product*" --input-format json - <"$1"' run "$ROOT/examples/mission.json"
    assert_success
}
