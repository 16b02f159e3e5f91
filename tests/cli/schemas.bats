#!/usr/bin/env bats
# cg-grad schema, and schemas/: what the command reads and prints is valid, what it refuses for
# its structure is not.

setup() {
    load helper
    common_setup
    validate=$BATS_TEST_DIRNAME/validate.py
}

# Mistakes of a spec's structure that a schema cannot see.
unseen='
E205-cotangent    names are taken across mappings
E205-let          names are taken across mappings
E205-point        names within a sequence of mappings
E206-rule         as many entries as arguments
E206-surplus      as many entries as arguments
E211-dashes       a nested list may be a tuple
E213-order        numbers are not compared
'

# valid <LIST: the lines that validate.py reads; all is as they say, and they are not few.
valid() {
    run "$validate" "$ROOT/schemas"
    assert_success
    [ "${output% files}" -ge "$1" ]
}

@test "schema: every example and every spec of the tests that is well formed is valid" {
    for spec in "$ROOT"/examples/{*.yaml,mission.json} "$SPECS"{,/warnings}/*.yaml "$SPECS"/errors/E[3-9]*.yaml; do
        echo "spec $spec"
    done >list
    valid 40 <list
}

@test "schema: specs of a wrong structure are refused" {
    n=0
    for spec in "$SPECS"/errors/E2*.yaml; do
        name=$(basename "$spec" .yaml)
        if grep -q "^$name " <<<"$unseen"; then
            echo "spec $spec"
            n=$((n + 1))
        else
            echo "!spec $spec"
        fi
    done >list
    assert_equal "$n" "$(grep -c . <<<"$unseen")"
    valid 20 <list
}

@test "schema: the specs of docs/errors.md" {
    awk '
        /^### / { code = $2 }
        /^```yaml (wrong|right)$/ {
            file = sprintf("%s-%d-%s.yaml", code, ++n, $2)
            printf "" >file
            bad = $2 == "wrong" && code ~ /^E2/ && code !~ /^E(205|206|211|213)$/
            if ($2 == "right" || code ~ /^E2/) print (bad ? "!" : "") "spec " file >"list"
            next
        }
        /^```$/ { file = "" }
        file { print >file }' "$ROOT/docs/errors.md"
    valid 40 <list
}

@test "schema: single keys of specs" {
    n=0
    while IFS='|' read -r verdict spec; do
        [ "$verdict" ] || continue
        n=$((n + 1))
        printf '%b\n' "$spec" >"$n.yaml"
        echo "$verdict $n.yaml" >>list
        # the command is of the same mind
        status=0
        cg-grad --validate "$n.yaml" >/dev/null 2>err || status=$?
        case $verdict in
        spec) [ "$status" -eq 0 ] || fail "$spec: $(cat err)" ;;
        *) grep -q '^error\[E[24]' err || fail "$spec: $(cat err)" ;;
        esac
    done <<'END'
spec|version: 1
!spec|version: "1"
!spec|version: 1\npoint: []
spec|version: 1\ndtype: float32
!spec|version: 1\ndtype: int64
spec|version: 1\nconstants: {a: 1, b: [1, 2], c: [[1, "NaN"], [true, .5]], d: pi / 2, e: true}
!spec|version: 1\nconstants: {a: [pi]}
!spec|version: 1\nconstants: {a: {b: 1}}
!spec|version: 1\nconstants: {"a-b": 1}
spec|version: 1\nfunctions: {f: {value: 3}}
spec|version: 1\nfunctions: {f: {args: [], value: [x, 1], let: [x: 2]}}
!spec|version: 1\nfunctions: {f: {let: [{x: 2, y: 3}], value: 3}}
!spec|version: 1\nfunctions: {f: {args: x, value: x}}
!spec|version: 1\nfunctions: {f: {args: [x, class], value: x}}
spec|version: 1\nfunctions: {f: {args: {x: , n: "int32[ n, 2 ]", s: str, k: {type: "float64[]", default: 2, nondiff: true}}, value: x}}
!spec|version: 1\nfunctions: {f: {args: {x: "float64[n"}, value: x}}
!spec|version: 1\nfunctions: {f: {args: {x: "str[]"}, value: x}}
!spec|version: 1\nfunctions: {f: {args: {x: {types: float64}}, value: x}}
!spec|version: 1\nfunctions: {f: {args: {x: {static: 1}}, value: x}}
spec|version: 1\nfunctions: {f: {args: [x], value: {a: x, b: [x, 2]}, vjp: {cotangent: ct, grads: [ct.a]}}}
spec|version: 1\nfunctions: {f: {args: [x, y], value: x, vjp: [g, null]}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: null}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {x: g}}}
spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: [g], logs: {a: g, b: [g, {c: x}]}}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: [g], logs: [g]}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: [g], logs: {2a: g}}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: [g], logs: {a: null}}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {let: {a: 1}}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: g, linear: no}}}
spec|version: 1\nfunctions: {f: {args: [x], value: x, vjp: {grads: {x: g}, linear: false, derivative_of: null}}}
spec|version: 1\nfunctions: {f: {args: [x], value: x, jvp: {tangents: [t], let: {u: t}, tangent: u}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, jvp: {tangents: t, tangent: t}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, jvp: {tangents: [t]}}}
spec|version: 1\nfunctions: {f: {args: [x], value: x, domain: {x: "(0, 5]"}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, domain: {x: [1, 2, 3]}}}
!spec|version: 1\nfunctions: {f: {args: [x], value: x, domain: {x: "0, 5"}}}
!spec|version: 1\npoints: {function: 3}
!spec|version: 1\npoints: [{at: [3]}]
!spec|version: 1\npoints: [{function: 3, name: 3}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: 3}]
spec|version: 1\npoints: [{function: "lambda x: x", at: [3], argnums: -1, compute: grad}]
spec|version: 1\npoints: [{function: "lambda x: x", at: {x: 3}, argnums: [x], compute: [grad, value]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], argnums: 0.5}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], compute: []}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], compute: gradient}]
spec|version: 1\npoints: [{function: "lambda x: x.z", at: [{record: {re: 1, im: 2, z: {value: 3, dtype: int64}}}], compute: value, name: a}]
spec|version: 1\npoints: [{function: "lambda x: (x, 2)", at: ["pi / 2"], cotangent: [1, null]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [{re: 1, im: 2}]}]
spec|version: 1\npoints: [{function: "lambda x: x.re", at: [{record: {re: 1, im: 2}}], compute: value}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [{file: x.txt}]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [{file: x.npy, key: a}]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [{file: x.csv, columns: []}]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [{file: 3}]}]
spec|version: 1\npoints: [{function: "lambda x: x.file", at: [{record: {file: 3}}], compute: value}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [null]}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [[3, 4]], batch: false}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [[3, 4]], batch: []}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [[3, 4]], batch: 1}]
spec|version: 1\npoints: [{function: "lambda x: x", at: [[3, 4]], batch: true}, {function: "lambda x: x", at: [[3, 4]], batch: x}, {function: "lambda x: x", at: [[3, 4]], batch: [x]}]
spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {value: 3, grads: [1], ulp: 2, rtol: 0, atol: 1e-3}}]
spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {}}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {grad: [1]}}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {rtol: -1}}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {error: E501, value: 3}}]
!spec|version: 1\npoints: [{function: "lambda x: x", at: [3], expect: {error: 501}}]
END
    valid 50 <list
}

@test "schema: the names that it refuses are Python's keywords" {
    assert_equal \
        "$(jq -r .definitions.name.pattern "$ROOT/schemas/spec.schema.json" | sed 's/.*(?:\(.*\))\$).*/\1/' | tr '|' '\n')" \
        "$(grep -oE '^(WORD|STATEMENT)\([^"]*"[A-Za-z]+"' "$ROOT/src/lang/tokens.def" | grep -o '"[A-Za-z]*"' | tr -d '"' | LC_ALL=C sort)"
}

@test "schema: the results and diagnostics of all specs are valid" {
    i=0
    for spec in "$ROOT"/examples/{*.yaml,mission.json} "$SPECS"{,/warnings}/*.yaml "$SPECS"/errors/E*.{yaml,json}; do
        i=$((i + 1))
        cg-grad -F json --diagnostics json "$spec" >$i.json 2>$i.err.jsonl || true
        cg-grad -F jsonl "$spec" >$i.jsonl 2>/dev/null || true
        echo "result/result $i.jsonl"
        echo "diagnostic $i.err.jsonl"
        if [ -s $i.json ]; then echo "result $i.json"; fi
    done >list
    cg-grad -F json "$ROOT/examples/mission.yaml" "$ROOT/examples/boundary.yaml" >several.json
    echo "result several.json" >>list
    for usage in --fromat "-e x+ --at x=1" "-f g --at x=1 $ROOT/examples/mission.yaml" nowhere.yaml; do
        i=$((i + 1))
        # shellcheck disable=SC2086 # words
        cg-grad --diagnostics json $usage 2>$i.jsonl || [ -s $i.jsonl ]
        echo "diagnostic $i.jsonl"
    done >>list
    valid 200 <list
}

@test "schema: the verdicts of all specs are valid" {
    i=0
    for spec in "$ROOT"/examples/{*.yaml,mission.json} "$SPECS"/*.yaml "$SPECS"/errors/E[5-7]*.yaml; do
        i=$((i + 1))
        cg-grad check -F json "$spec" >$i.json 2>/dev/null || true
        cg-grad check -F jsonl --order 2 --max-ulp 10 "$spec" >$i.jsonl 2>/dev/null || true
        echo "verdict $i.json"
        echo "verdict/line $i.jsonl"
    done >list
    cg-grad check -F json "$ROOT/examples/mission.yaml" "$ROOT/examples/boundary.yaml" \
        >several.json 2>/dev/null || [ $? -eq 1 ]
    echo "verdict several.json" >>list
    valid 40 <list
}

@test "schema: documents of other forms are refused" {
    n=0
    while IFS='|' read -r schema document; do
        n=$((n + 1))
        printf '%s\n' "$document" >$n.json
        echo "$schema $n.json"
    done >list <<'END'
!result|{"results": []}
!result|{"version": 1, "results": [{"name": "f#0"}]}
!result/result|{"name": "a", "function": "f", "value": 1, "error": {"code": "E501", "message": "m"}}
!result/result|{"name": "a", "function": "f", "value": "3"}
!result/result|{"name": "a", "function": "f", "grads": [{"argnum": 0, "grad": 3}]}
!result/result|{"name": "a", "function": "f", "grad": 3}
result/result|{"name": "a", "function": "f", "dtype": "float64", "value": "-Infinity", "logs": {"a": [1, null]}, "warnings": [{"code": "W001", "message": "m"}]}
!diagnostic|{"code": "E5", "severity": "error", "file": null, "line": null, "column": null, "message": "m", "hint": null}
!diagnostic|{"code": "E501", "severity": "fatal", "file": null, "line": null, "column": null, "message": "m", "hint": null}
!diagnostic|{"code": "E501", "severity": "error", "file": "a", "line": 0, "column": 1, "message": "m", "hint": null}
!verdict|{"version": 1, "rules": [], "expectations": []}
verdict/expectation|{"point": "p", "key": "error", "index": [], "verdict": "failed", "expected": "E501", "got": null, "ulp": null, "place": {"file": "s.yaml", "line": 1, "column": 1, "key": "points[0].expect.error"}}
!verdict/expectation|{"point": "p", "key": "value", "index": [], "verdict": "refuted", "expected": 1, "got": 2, "ulp": 1e15, "place": {"file": "s.yaml", "line": 1, "column": 1, "key": "value"}}
verdict/check|{"scope": "point", "point": "f#0", "at": {"x": [1.0, 2.0]}, "arg": "x.a[1]", "argnum": 0, "index": [1], "output": {"name": "value", "index": [1]}, "verdict": "refuted", "by": "direct", "kind": "differs", "digits": null, "literal": null, "rule": "1.5", "derivative": "3", "abs": 1.5, "rel": 0.5, "ulp": "Infinity", "more": 7, "place": {"file": "s.yaml", "line": 1, "column": 1, "key": "functions.f.vjp[1]"}, "reproduce": "cg-grad check s.yaml --only 'f#0'"}
verdict/line|{"point": "f#0", "key": "grads[1]", "index": [1, 2], "verdict": "changed", "expected": null, "got": 2.5, "ulp": null}
!verdict/rule|{"function": "f", "verdict": "fine", "linear": "yes", "place": {"file": "s.yaml", "line": 1, "column": 1, "key": "k"}, "checks": []}
END
    cat >verdict.json <<'END'
{"version": 1,
 "summary": {"verdict": "refuted", "rules": 1, "agrees": 0, "subgradient": 0, "refuted": 1,
             "undecided": 0, "not_checked": 0, "expectations": 1, "expectations_failed": 1},
 "rules": [
  {"function": "mul", "verdict": "refuted", "linear": "yes",
   "place": {"file": "s.yaml", "line": 6, "column": 10, "key": "functions.mul.vjp[1]"},
   "diagnosis": [{"kind": "factor", "arg": "y", "factor": "1/2", "text": "the rule is 1/2 × the derivative", "proved": true}],
   "checks": [
    {"scope": "point", "point": "mul#0", "at": {"x": 3.0, "y": 4.0}, "arg": "y", "argnum": 1, "index": [],
     "verdict": "refuted", "by": "direct", "kind": "differs", "digits": null, "literal": null, "rule": "1.5",
     "derivative": "3", "abs": 1.5, "rel": 0.5, "ulp": 3.4e15, "reproduce": "cg-grad check -e …"},
    {"scope": "domain", "domain": {"x": [-10, 10]}, "arg": "x", "verdict": "undecided", "share": 0.97,
     "undecided": [{"x": ["-1e-9", "1e-9"]}], "witness": null, "reason": "…"},
    {"scope": "linearity", "verdict": "agrees"},
    {"scope": "order2", "point": "mul#0", "d_of": "rule", "arg": "y", "verdict": "agrees"}]}],
 "expectations": [
  {"point": "mul#0", "key": "grads[1]", "index": [], "verdict": "failed", "expected": 3.5, "got": 1.5,
   "ulp": 4.5e15, "place": {"file": "s.yaml", "line": 19, "column": 9, "key": "points[0].expect.grads[1]"}}]}
END
    echo "verdict verdict.json" >>list
    valid 14 <list
}

@test "validate.py sees a wrong document, and a right one where a wrong one was expected" {
    echo '{"version": 1, "point": []}' >wrong.json
    printf 'version: 1\n' >right.yaml
    printf 'spec wrong.json\n!spec right.yaml\n!spec wrong.json\n' >list
    run "$validate" "$ROOT/schemas" <list
    assert_failure
    assert_line --index 0 --partial "wrong.json: $: Additional properties"
    assert_line --index 1 "right.yaml: valid, and should not be"
    assert_line --index 2 "3 files"
}

@test "schema NAME: the file; without a name, the list" {
    for schema in "$ROOT"/schemas/*.json; do
        name=$(basename "$schema" .schema.json)
        cg-grad schema "$name" | cmp - "$schema"
        assert_equal "$(cg-grad schema | sed -n "s/^$name  *//p")" "$(jq -r .title "$schema")"
        assert_equal "$(jq -r '."$id"' "$schema")" "$(basename "$schema")"
    done
    run cg-grad schema
    assert_success
    assert_equal "${#lines[@]}" 5
}

@test "schema: an unknown one" {
    run cg-grad schema specs
    assert_failure 2
    assert_output - <<'END'
error[E001]: there is no schema `specs`
  = help: did you mean spec? known: diagnostic, golden, result, spec, verdict
END
    run cg-grad schema ''
    assert_failure 2
    run cg-grad schema spec result
    assert_failure 2
    assert_line --index 0 'error[E001]: `schema` takes one of spec, result, verdict, golden, diagnostic'
}
