#!/usr/bin/env bats
# cg-grad record, and cg-grad check where there are goldens.
# shellcheck disable=SC2154 # run sets stderr

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    unset CI
    cat >s.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: sin(x) * exp(x)}
  pair: {args: [x, y], value: ["x * y", "x + y"]}
points:
  - {name: a, function: f, at: [1]}
  - {name: b, function: f, at: [[1, 2, 3]], cotangent: [1, 1, 1]}
  - {name: c, function: pair, at: [3, 4], compute: value}
END
}

# edit PROGRAM: s.golden.json by jq.
edit() {
    jq "$1" s.golden.json >new
    mv new s.golden.json
}

# -- what is written -----------------------------------------------------------------------

@test "record writes the exact numbers, sorted, an entry a line" {
    run --separate-stderr cg-grad record s.yaml
    assert_success
    assert_output 's.golden.json: 6 goldens of 3 points, 6 new'
    assert_equal "$stderr" ''
    run diff - s.golden.json <<END
{
  "version": 1,
  "program": "$(cg-grad --version)",
  "spec": "sha256:$(sha256sum s.yaml | cut -d' ' -f1)",
  "points": {
    "a": {
      "grads.x": {"type":"float64[]","value":3.7560492270947274,"exact":"3.7560492270947275483","radius":"5e-20"},
      "value": {"type":"float64[]","value":2.2873552871788423,"exact":"2.2873552871788423912","radius":"5e-20"}
    },
    "b": {
      "grads.x": {"type":"float64[3]","value":[3.7560492270947274,3.6439173767888913,-17.050059711659983],"exact":["3.7560492270947275483","3.6439173767888911042","-17.050059711659984509"],"radius":"5e-19"},
      "value": {"type":"float64[3]","value":[2.2873552871788423,6.71884969742825,2.834471132487004],"exact":["2.2873552871788423912","6.7188496974282499713","2.8344711324870043571"],"radius":"5e-20"}
    },
    "c": {
      "value[0]": {"type":"float64[]","value":12.0,"exact":"12.0","radius":"0"},
      "value[1]": {"type":"float64[]","value":7.0,"exact":"7.0","radius":"0"}
    }
  }
}
END
    assert_success
    cp s.golden.json first
    touch -d 2020-01-01 s.golden.json
    run cg-grad record s.yaml
    assert_output 's.golden.json: 6 goldens of 3 points; as it was'
    cmp first s.golden.json
    [ s.golden.json -ot first ]
    run cg-grad record -q s.yaml
    assert_success
    assert_output ''
}

@test "everything that a point gives has a key" {
    cat >t.yaml <<'END'
version: 1
dtype: float32
functions:
  f: {args: [x, y], value: {a: sum(x ** 2) * y, b: "(x > 1, y)"}, vjp: {grads: [g.a * x, g.a], logs: {ct: g.a}}}
  s: {args: [x, y], value: sum(x ** 2) * y}
  item: {args: {x: float64, i: int64}, value: "x[i]"}
  gives: {args: {x: float32, i: int64}, value: x * i}
  bad: {args: [x], value: "x * [1, 2]", vjp: g}
points:
  - {name: r, function: f, at: [[1, 2], 3], cotangent: {a: 1, b: null}}
  - {name: h, function: s, at: [[1, 2], 3], compute: [jacobian, hessian, jvp], tangent: [[1, 0], 1]}
  - {name: rows, function: item, at: {x: [[1, 2], [3, 4]], i: [0, 7]}, batch: true, compute: value, expect: {value: [1, null]}}
  - {name: failing, function: bad, at: [3], compute: jacobian, expect: {error: E503}}
  - {name: more, function: s, at: [[1, 2], 3], compute: value, expect: {grads: {y: 5}}}
  - {name: unnamed, function: "lambda *xs: xs[0] * xs[1]", at: [2, 3]}
  - {name: nothing, function: "lambda x: grad(gives, allow_int=True, argnums=(0, 1))(x, 2)", at: [3], compute: value}
END
    run --separate-stderr cg-grad record t.yaml
    assert_success
    assert_equal "$stderr" ''
    run jq -r '.points | to_entries[] | "\(.key): \(.value | keys | join(" "))"' t.golden.json
    assert_output - <<'END'
failing: error
h: hessian.x.x hessian.x.y hessian.y.x hessian.y.y jacobian.x jacobian.y jvp
more: grads.x grads.y value
nothing: value[0] value[1]
r: grads.x grads.y logs.ct value.a value.b[0] value.b[1]
rows: errors[1] value
unnamed: grads[0] grads[1] value
END
    run grep -h -e E503 -e E601 -e null -e bool -e hessian.x.x t.golden.json
    assert_output - <<'END'
      "error": "E503"
      "hessian.x.x": {"type":"float32[2, 2]","value":[[6.0,0.0],[0.0,6.0]],"exact":[["6.0","0.0"],["0.0","6.0"]],"radius":"0"},
      "value[1]": null
      "value.b[0]": {"type":"bool[2]","value":[false,true]},
      "errors[1]": "E601",
      "value": {"type":"float64[2]","value":[1.0,null],"exact":["1.0",null],"radius":"0"}
END
    run cg-grad check -q t.yaml
    refute_output --partial golden
    "$BATS_TEST_DIRNAME/validate.py" "$ROOT/schemas" <<<'golden t.golden.json'
}

@test "goldens are those of the rules as they are, rounded once; the naive value is not" {
    cat >t.yaml <<'END'
version: 1
functions:
  naive: {args: [x], value: log(1 + exp(x))}
points: [{name: p, function: naive, at: [1000]}]
END
    run cg-grad record t.yaml
    assert_success
    assert_output 't.golden.json: 2 goldens of 1 point, 2 new, 2 that the working engine misses'
    run jq -r '.points.p | .value.exact, .["grads.x"].exact' t.golden.json
    assert_output $'1000.0000000000000000\n1.0000000000000000000'
    run --separate-stderr cg-grad check -q t.yaml
    assert_failure 1
    assert_output - <<'END'
golden changed: p, grads.x
  old 1.0, new NaN: Infinity ulp apart; allowed: 16 ulp

golden changed: p, value
  old 1000.0, new Infinity: Infinity ulp apart; allowed: 16 ulp
END
}

@test "what cannot be decided is said, left out, and no failure of check" {
    cat >t.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: "where(sin(x)**2 + cos(x)**2 == 1, x, 2 * x)"}
points: [{name: p, function: f, at: [1]}, {name: q, function: sin, at: [1]}]
END
    run --separate-stderr cg-grad record t.yaml
    assert_failure 3
    assert_output 't.golden.json: 2 goldens of 2 points, 2 new, 1 undecided'
    [[ $stderr == *'error[E602]'* ]]
    run jq -r '.points.p | keys[]' t.golden.json
    assert_output undecided
    "$BATS_TEST_DIRNAME/validate.py" "$ROOT/schemas" <<<'golden t.golden.json'
    run cg-grad record --undecided pass -q t.yaml
    assert_success
    run cg-grad record --undecided fail -q t.yaml
    assert_failure 1
    CI=1 run cg-grad check t.yaml
    assert_success
    assert_output 'no expectations; 2 points without expect; 2 goldens hold; 1 point without goldens, undecided'
}

@test "a point in error leaves the file as it is" {
    cg-grad record -q s.yaml
    cp s.golden.json before
    echo '  - {name: d, function: f, at: [[1, 2]], compute: grad}' >>s.yaml
    run cg-grad record s.yaml
    assert_failure 2
    assert_line --partial 'error[E504]'
    refute_line --partial 'goldens of'
    cmp before s.golden.json
    run cg-grad record --only a s.yaml
    assert_success
}

# -- check ---------------------------------------------------------------------------------

@test "check compares with the goldens, in ulps; --ulp" {
    cg-grad record -q s.yaml
    run cg-grad check s.yaml
    assert_success
    assert_output 'no expectations; 3 points without expect; 6 goldens hold'
    edit '.points.a.value.value = 2.287355287178852 | .points.b["grads.x"].value[1] = 3'
    run cg-grad check s.yaml
    assert_failure 1
    assert_output - <<'END'
golden changed: a, value
  old 2.287355287178852, new 2.2873552871788423: 22 ulp apart; allowed: 16 ulp

golden changed: b, grads.x: 1 of 3 elements
  [1]: old 3.0, new 3.643917376788891: 1.4e15 ulp apart; allowed: 16 ulp

  = help: cg-grad record --diff s.yaml shows what it would change; without --diff it does

no expectations; 3 points without expect; 4 goldens hold; 2 goldens failed
END
    run cg-grad check --ulp 22 --only a s.yaml
    assert_success
    run cg-grad check --ulp 21 --only a s.yaml
    assert_failure 1
    assert_line --partial 'allowed: 21 ulp'
    run cg-grad check --ulp x s.yaml
    assert_failure 2
    assert_output --partial 'error[E001]: --ulp: `x` is no whole number from 0 on'
    sed -i 's/at: \[1\]}/at: [1], expect: {rtol: 1e-10}}/' s.yaml
    run cg-grad check --only a s.yaml
    assert_success
    run cg-grad check --only a --ulp 1 s.yaml
    assert_failure 1
}

@test "missing and obsolete goldens are said; in CI they fail" {
    cg-grad record -q s.yaml
    edit 'del(.points.c) | del(.points.a.value) | .points.gone = {"value": null, "error": "E601"}'
    sed -i 's/^version/# changed\nversion/' s.yaml
    run cg-grad check s.yaml
    assert_success
    assert_output - <<'END'
golden missing: a, value
  new 2.2873552871788423

golden missing: c, value[0]
  new 12.0

golden missing: c, value[1]
  new 7.0

golden obsolete: gone, error
  old error E601

golden obsolete: gone, value
  old null

s.yaml has changed since its goldens were recorded
  = help: cg-grad record --diff s.yaml shows what it would change; without --diff it does

no expectations; 3 points without expect; 3 goldens hold; 3 goldens missing; 2 goldens obsolete
END
    for ci in '' 0 false False no; do
        CI=$ci run cg-grad check -q s.yaml
        assert_success
        assert_output ''
    done
    for ci in 1 true yes; do
        CI=$ci run cg-grad check s.yaml
        assert_failure 1
        assert_line 'no expectations; 3 points without expect; 3 goldens hold; 5 goldens failed'
    done
    CI=1 run cg-grad check --only b s.yaml
    assert_success
    CI=1 run cg-grad check -f f --at x=1 s.yaml
    assert_success
}

@test "integers and booleans have to be equal" {
    cat >i.yaml <<'END'
version: 1
points: [{name: p, function: "lambda n: (n, n > 1)", at: [{value: 3, dtype: int64}], compute: value}]
END
    cg-grad record -q i.yaml
    sed -i -e 's/"value":3/"value":4/' -e s/true/false/ i.golden.json
    run cg-grad check -q --ulp 9 i.yaml
    assert_failure 1
    assert_output - <<'END'
golden changed: p, value[0]
  old 4, new 3: 1 apart

golden changed: p, value[1]
  old false, new true
END
}

@test "another dtype, shape, structure or code" {
    cg-grad record -q s.yaml
    edit '.points.a.value = {"type": "float32[]", "value": 2.5} | .points.b.value = null
        | .points.b["grads.x"] = {"type": "float64[1, 0]", "value": [[]]}
        | .points.c["value[0]"] = "E601"'
    run cg-grad check -q s.yaml
    assert_failure 1
    assert_output - <<'END'
golden changed: a, value
  old float32[]
  new float64[]

golden changed: b, grads.x
  old float64[1, 0]
  new float64[3]

golden changed: b, value
  old null
  new [2.2873552871788423, 6.71884969742825, 2.834471132487004]

golden changed: c, value[0]
  old error E601
  new 12.0
END
}

@test "check as JSON" {
    cg-grad record -q s.yaml
    edit '.points.b.value.value[2] = 1.5 | del(.points.c["value[0]"]) | .points.d = {"value": null}'
    run cg-grad check -F json s.yaml
    assert_failure 1
    echo "$output" >out.json
    run jq -c '.summary | {goldens, goldens_failed, goldens_missing, goldens_obsolete}' out.json
    assert_output '{"goldens":5,"goldens_failed":1,"goldens_missing":1,"goldens_obsolete":1}'
    cg-grad check -F jsonl s.yaml >lines.jsonl || true
    run grep -e changed -e missing -e obsolete lines.jsonl
    assert_output - <<'END'
{"point":"b","key":"value","index":[2],"verdict":"changed","expected":1.5,"got":2.834471132487004,"ulp":4130861754345202.0,"tolerance":{"ulp":16.0}}
{"point":"c","key":"value[0]","index":[],"verdict":"missing","expected":null,"got":12.0,"ulp":null}
{"point":"d","key":"value","index":[],"verdict":"obsolete","expected":null,"got":null,"ulp":null}
END
    printf '%s\n' 'verdict out.json' 'verdict/line lines.jsonl' >list
    "$BATS_TEST_DIRNAME/validate.py" "$ROOT/schemas" <list
    run cg-grad check -F jsonl -q s.yaml
    assert_equal "${#lines[@]}" 1
}

# -- record where there is a file ----------------------------------------------------------

@test "record --diff shows old, new and the difference, and writes nothing" {
    cg-grad record -q s.yaml
    run cg-grad record --diff s.yaml
    assert_success
    assert_output 's.golden.json: 6 goldens of 3 points'
    sed -i -e 's/exp(x)/exp(x + 1e-16)/' -e 's/name: c/name: e/' s.yaml
    cp s.golden.json before
    run cg-grad record --diff s.yaml
    assert_failure 1
    assert_output - <<'END'
golden changed: a, grads.x
  old 3.7560492270947274, new 3.756049227094728: 1 ulp apart

golden changed: a, value
  old 2.2873552871788423, new 2.2873552871788427: 1 ulp apart

golden changed: b, grads.x: 2 of 3 elements
  [0]: old 3.7560492270947274, new 3.756049227094728: 1 ulp apart
  [2]: old -17.050059711659983, new -17.050059711659987: 1 ulp apart

golden changed: b, value: 3 of 3 elements
  [0]: old 2.2873552871788423, new 2.2873552871788427: 1 ulp apart
  [1]: old 6.71884969742825, new 6.718849697428251: 1 ulp apart
  [2]: old 2.834471132487004, new 2.8344711324870047: 1 ulp apart

golden missing: e, value[0]
  new 12.0

golden missing: e, value[1]
  new 7.0

s.golden.json: 6 goldens of 3 points, 2 new, 4 changed, 1 point obsolete (--prune drops it)
END
    cmp before s.golden.json
    run cg-grad record --diff --prune s.yaml
    assert_failure 1
    assert_line 'golden obsolete: c, value[0]'
    cmp before s.golden.json
}

@test "record --only updates those, --prune drops what is gone" {
    cg-grad record -q s.yaml
    sed -i -e 's/exp(x)/cos(x)/' -e 's/name: c/name: e/' s.yaml
    run cg-grad record --only a s.yaml
    assert_success
    assert_output - <<'END'
golden changed: a, grads.x
  old 3.7560492270947274, new -0.4161468365471424: 9.2e18 ulp apart

golden changed: a, value
  old 2.2873552871788423, new 0.45464871341284085: 1.0e16 ulp apart

s.golden.json: 2 goldens of 1 point, 2 changed, 1 point obsolete (--prune drops it)
END
    run jq -c '.points | keys, .b.value.value[0]' s.golden.json
    assert_output $'["a","b","c"]\n2.2873552871788423'
    run cg-grad record --only c --prune s.yaml
    assert_success
    assert_output 's.golden.json: 0 goldens of 0 points, 1 point dropped'
    run jq -c '.points | keys' s.golden.json
    assert_output '["a","b"]'
    run cg-grad record -q --prune s.yaml
    run jq -c '.points | keys' s.golden.json
    assert_output '["a","b","e"]'
    run cg-grad record --only ee s.yaml
    assert_failure 2
    assert_output --partial 'did you mean `e`?'
}

# -- files ---------------------------------------------------------------------------------

@test "where the file lies; its mode and links are kept" {
    mkdir d.x
    cp s.yaml d.x/spec
    cp s.yaml d.x/.yaml
    cg-grad record -q d.x/spec d.x/.yaml
    [ -f d.x/spec.golden.json ] && [ -f d.x/.yaml.golden.json ]
    cg-grad record -q s.yaml
    mv s.golden.json target
    sed -i 's/12\.0/13.0/g' target
    chmod 640 target
    ln -s target s.golden.json
    cg-grad record -q s.yaml
    [ -L s.golden.json ]
    assert_equal "$(stat -c %a target)" 640
    grep -q '12\.0' target
    run ls
    refute_output --partial s.golden.json.
}

@test "a file that cannot be written" {
    [ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
    mkdir d
    cp s.yaml d
    chmod 555 d
    run cg-grad record d/s.yaml
    assert_failure 2
    assert_line --partial 'error[E802]: cannot write d/s.golden.json: '
}

@test "refused: standard input, two specs of one name" {
    run cg-grad record - <s.yaml
    assert_failure 2
    assert_output - <<'END'
error[E001]: `record` writes beside a spec: standard input (-) has no place
  = help: write the spec into a file
END
    cp s.yaml s.yml
    run cg-grad record s.yaml s.yml
    assert_failure 2
    assert_line 'error[E001]: s.yaml and s.yml have one golden file'
    [ ! -e s.golden.json ]
}

@test "a golden file that is damaged, or of another version: said, and left alone" {
    cg-grad record -q s.yaml
    cp s.golden.json good
    n=0
    while IFS='|' read -r code edit message; do
        n=$((n + 1))
        sed "$edit" good >s.golden.json
        ! cmp -s good s.golden.json || fail "nothing changed: $edit"
        cp s.golden.json before
        for command in check record 'record --diff'; do
            # shellcheck disable=SC2086 # words
            run cg-grad $command s.yaml
            assert_failure 2
            assert_line --partial "error[$code]: $message"
            assert_line --partial '--> s.golden.json:'
            refute_line --partial 'goldens of'
            cmp before s.golden.json
        done
    done <<'END'
E102|$d|
E103|s/"b"/"a"/|
E804|s/"version": 1/"version": 2/|a golden file of version 2, which this cg-grad does not know: expected 1
E804|s/"version": 1/"version": 1.5/|expected the version of a golden file, 1
E804|s/"version"/"verson"/|expected the version of a golden file, 1
E804|s/"program"/"prog"/|expected an object of `version`, `program`, `spec` and `points`, got
E804|s/"spec": ".*"/"spec": 3/|expected the hash of a spec, got
E804|s/"points": {/"points": [], "x": {/|expected an object of `version`, `program`, `spec` and `points`, got
E804|s/"type":"float64\[\]","value":12/"type":"float63[]","value":12/|expected the type of an array: "float64[3]"
E804|s/"float64\[3\]"/"float64[3"/|expected the type of an array: "float64[3]"
E804|s/"float64\[3\]"/"float64[-3]"/|expected the type of an array: "float64[3]"
E804|s/"float64\[3\]"/"float64[3,3]"/|expected the type of an array: "float64[3]"
E804|s/"float64\[3\]"/"float64[2]"/|expected a list of 2, as the type says
E804|s/"float64\[3\]"/"float64[2147483647]"/|expected a list of 2147483647, as the type says
E804|s/"float64\[3\]"/"float64[99999999999, 99999999999]"/|expected the type of an array: "float64[3]"
E804|s/12\.0,/"x",/|expected an element of float64
E804|s/12\.0,/1e999,/|expected an element of float64
E804|s/"12\.0"/12.0/|expected the text of a number, got
E804|s/"12\.0"/"twelve"/|expected the text of a number, got
E804|s/"radius":"0"/"radius":0/|expected the radius, a text, got
E804|s/,"radius":"0"//|expected an object of `type`, `value`, and of floats `exact`, `radius`, got
E804|s/"value\[0\]": .*/"value[0]": 3,/|expected an object, the code of an error ("E601") or null, got
E804|s/"value\[0\]": .*/"value[0]": "yes",/|expected an object, the code of an error ("E601") or null, got
E804|s/"value\[0\]": .*/"undecided": "why",/|a point that is `undecided` has no other entry
E804|s/"c": {/"c": 3, "d": {/|expected what a point gives, an object, got
END
    [ "$n" -ge 24 ]
    cp good s.golden.json
    echo '[]' >s.golden.json
    run cg-grad check s.yaml
    assert_line --partial 'error[E804]: expected an object, got'
    rm s.golden.json
    mkdir s.golden.json
    run cg-grad check s.yaml
    assert_failure 2
    assert_line --partial 'error[E801]'
}

@test "the goldens of another spec" {
    cg-grad record -q s.yaml
    sed -i 's/name: /name: my /' s.yaml
    cp s.golden.json before
    for command in check record 'record --diff'; do
        # shellcheck disable=SC2086 # words
        run cg-grad $command s.yaml
        assert_failure 2
        assert_line 'error[E805]: the goldens of another spec: s.yaml has none of their points'
        assert_line '   = help: remove the file, or record it anew with --prune'
        cmp before s.golden.json
    done
    run cg-grad record --prune s.yaml
    assert_success
    assert_output 's.golden.json: 6 goldens of 3 points, 6 new, 3 points dropped'
}

@test "without the exact engine: record says so, check of goldens goes on" {
    mkdir alone
    cp "${CG_GRAD:-$ROOT/build/cg-grad}" alone/cg-grad
    cg-grad record -q s.yaml
    run alone/cg-grad check s.yaml
    assert_success
    assert_output --partial '6 goldens hold'
    cp s.yaml t.yaml
    run alone/cg-grad record s.yaml t.yaml
    [ "$status" -ne 0 ] || skip "the plug-in is installed"
    assert_failure 2
    assert_equal "$(grep -c '^error\[E603\]' <<<"$output")" 1
    [ ! -e t.golden.json ]
}

@test "killed at any time: the old file or the new one, whole" {
    cg-grad record -q s.yaml
    cp s.golden.json old
    sed 's/exp(x)/cos(x)/' s.yaml >new.yaml
    cg-grad record -q new.yaml
    sed 's/sha256:[0-9a-f]*//' new.golden.json >new
    cp new.yaml s.yaml
    for i in {1..60}; do
        cp old s.golden.json
        cg-grad record -q s.yaml &
        pid=$!
        sleep "0.0$((RANDOM % 300 + 100))"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        cmp -s old s.golden.json || sed 's/sha256:[0-9a-f]*//' s.golden.json | cmp - new ||
            fail "round $i"
    done
}

@test "two at once leave a whole file" {
    sed 's/exp(x)/cos(x)/' s.yaml >other.yaml
    cg-grad record -q s.yaml
    cp s.golden.json one
    cg-grad record -q other.yaml
    cp other.golden.json two
    mkdir a
    ln -s ../shared.golden.json a/s.golden.json
    ln -s ../shared.golden.json a/other.golden.json
    cp s.yaml other.yaml a
    for i in {1..20}; do
        rm -f shared.golden.json
        cg-grad record -q a/s.yaml &
        cg-grad record -q a/other.yaml &
        wait
        cmp -s one shared.golden.json || cmp -s two shared.golden.json || fail "round $i"
    done
    run ls
    refute_output --partial shared.golden.json.
}

# -- the example ---------------------------------------------------------------------------

@test "the example with goldens: they hold, are valid, and record writes the same" {
    cd "$ROOT/examples"
    CI=1 run cg-grad check black_scholes.yaml
    assert_success
    assert_output --partial '13 goldens hold'
    "$BATS_TEST_DIRNAME/validate.py" "$ROOT/schemas" <<<'golden black_scholes.golden.json'
    cp black_scholes.yaml black_scholes.golden.json "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    run cg-grad record black_scholes.yaml
    assert_success
    assert_output 'black_scholes.golden.json: 13 goldens of 4 points; as it was'
}
