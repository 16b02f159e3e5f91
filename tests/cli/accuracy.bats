#!/usr/bin/env bats
# cg-grad check: order 2, digits, diagnoses that are proved, accuracy. Verdicts of order 1 are
# check.bats' business.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    cd "$BATS_TEST_TMPDIR" || return
}

# spec FUNCTIONS POINTS: s.yaml
spec() {
    printf 'version: 1\nfunctions:\n%s\npoints:\n%s\n' "$1" "$2" >s.yaml
}

# one VALUE RULE AT [OPTION…]: a rule of -e; what JSON says of it in a line
one() {
    cg-grad check --format json -e "$1" --vjp "$2" --at "$3" "${@:4}" | jq -c '.rules[0]'
}

# -- order 2 ---------------------------------------------------------------------------------

# order2 RULE: the verdicts, one a check, [ARG, VERDICT, REASON]
order2() {
    jq -c '[.checks[] | select(.scope == "order2") | [.arg, .verdict, .d_of, .reason]]'
}

@test "order 2: the rule, differentiated, is the second derivative or is refuted" {
    run one '5 * x ** 4' '20 * g * x ** 3' x=1.5 --order 2
    assert_equal "$(order2 <<<"$output")" '[["x","agrees","rule",null]]'
    assert_equal "$(jq -r .verdict <<<"$output")" agrees
    run one '5 * x ** 4' '20 * g * x * stop_gradient(x ** 2)' x=1.5 --order 2
    assert_equal "$(order2 <<<"$output")" '[["x","refuted","rule",null]]'
    assert_equal "$(jq -c '.checks[2] | [.kind, .rule, .derivative, .by, .wrt]' <<<"$output")" \
        '["differs","45.0","135.0","direct",{"arg":"x","argnum":0,"index":[]}]'
    run jq -r '.checks[2].reproduce' <<<"$output"
    assert_output --regexp ' --order 2$'
}

@test "order 1 says nothing of order 2" {
    run one '5 * x ** 4' '20 * g * x * stop_gradient(x ** 2)' x=1.5
    assert_equal "$(jq -r .verdict <<<"$output")" agrees
    run one '5 * x ** 4' '20 * g * x * stop_gradient(x ** 2)' x=1.5 --order 1
    assert_equal "$(order2 <<<"$output")" '[]'
}

@test "order 2 of arrays, several arguments, jvp rules: by each element" {
    spec '  a: {args: [x, y], value: sum(x ** 3 * y), vjp: [g * 3 * x ** 2 * y, g * x ** 3]}
  b: {args: [x, y], value: sum(x ** 3 * y), vjp: [g * 3 * x ** 2 * stop_gradient(y), g * x ** 3]}
  c: {args: [x, y], value: x * sin(y), jvp: dx * sin(y) + x * cos(y) * dy}
  d: {args: [x, y], value: x * sin(y), jvp: dx * sin(y) + x * stop_gradient(cos(y)) * dy}' \
        '  - {function: a, at: [[1, 2], [3, 4]]}
  - {function: b, at: [[1, 2], [3, 4]]}
  - {function: c, at: [2, 3]}
  - {function: d, at: [2, 3]}'
    run cg-grad check --order 2 --format json s.yaml
    assert_failure 1
    assert_equal "$(jq -c '[.rules[] | [.function, .verdict]]' <<<"$output")" \
        '[["a","agrees"],["b","refuted"],["c","agrees"],["d","refuted"]]'
    assert_equal "$(jq -c '[.rules[] | .checks[] | select(.verdict == "refuted") |
        [.scope, .arg, .index, .wrt.arg, .wrt.index]]' <<<"$output")" \
        '[["order2","x",[0],"y",[0]],["order2","x",[1],"y",[1]],["order2","y",[],"y",[]]]'
    run cg-grad check -q --order 2 --only 'd#*' s.yaml
    assert_line 'refuted: d, y (argnum 1), differentiated by y at d#3'
    assert_line '  order 2: the rule, differentiated as a program, against the second derivative'
}

@test "order 2 needs an order 1 that agrees" {
    run one 'x ** 2' 'g * x' x=3 --order 2
    assert_equal "$(order2 <<<"$output")" '[["x","not_checked","rule","the rule is refuted here"]]'
    run one 'cos(x)' '-sin(x) * minimum(g, 10)' x=0.5 --order 2
    assert_equal "$(order2 <<<"$output")" \
        '[[null,"not_checked","rule","the rule is not known to be linear"]]'
}

@test "order 2 where the derivative, or the second one, jumps is not checked" {
    local rule
    for rule in 'abs(x)|0.5 * g' 'relu(x) ** 2|2 * g * relu(x)'; do
        run one "${rule%|*}" "${rule#*|}" x=0. --order 2
        assert_equal "$(jq -c '[.checks[] | select(.scope == "order2") | .verdict]' <<<"$output")" \
            '["not_checked"]'
    done
}

# -- digits ----------------------------------------------------------------------------------

@test "--digits: what is proved" {
    run one 'sin(x) ** 2' '2 * g * sin(x) * cos(x)' x=0.5
    assert_equal "$(jq '.checks[1].digits' <<<"$output")" 30
    run one 'sin(2 * x)' '2 * g * (2 * cos(x) ** 2 - 1)' x=0.5 --digits 1000
    assert_equal "$(jq '.checks[1].digits' <<<"$output")" 1000
    run one 'arctan(2 * x)' '2 * g / (1 + 4 * x ** 2) + 1e-40 * g' x=0.1 --digits 5
    assert_equal "$(jq -r .verdict <<<"$output")" refuted
    run cg-grad check --digits 10001 -e x --at x=1
    assert_failure 2
    run cg-grad check --order 3 -e x --at x=1
    assert_failure 2
    run cg-grad --digits 5 -e x --at x=1
    assert_failure 2
    assert_output --partial 'add --engine exact'
}

# -- diagnoses -------------------------------------------------------------------------------

# diagnosis VALUE RULE AT
diagnosis() {
    one "$@" | jq -c '.diagnosis // [] | map([.kind, .arg, .other, .factor, .proved])'
}

@test "diagnoses are proved: a factor, a sign, an exchange" {
    assert_equal "$(diagnosis 'x ** 2' 'g * x' x=3)" '[["factor","x",null,"1/2",true]]'
    assert_equal "$(diagnosis 'sin(x)' 'g * cos(x) * 1.5' x=3)" '[["factor","x",null,"3/2",true]]'
    assert_equal "$(diagnosis 'cos(x)' 'g * sin(x)' x=3)" '[["sign","x",null,null,true]]'
    assert_equal "$(diagnosis 'x * x * y' '(g * x * x, 2 * g * x * y)' x=3,y=5)" \
        '[["swapped","x","y",null,true]]'
    assert_equal "$(diagnosis 'x ** 2 * y' '(g * x * y, 2 * g * x * x)' 'x=array([1.,2.]),y=array([3.,4.])')" \
        '[["factor","x",null,"1/2",true],["factor","y",null,"2",true]]'
    assert_equal "$(diagnosis 'x ** 2 * y' '(g * x * y, g * x * y)' 'x=array([1.,2.]),y=array([3.,5.])')" \
        '[["factor","x",null,"1/2",true]]'
}

@test "what looks like a factor and is none is not proved" {
    assert_equal "$(diagnosis 'sin(x)' 'g * cos(x) / 2 * (1 + 1e-12)' x=3)" \
        '[["factor","x",null,"1/2",false]]'
    run cg-grad check -e 'sin(x)' --vjp 'g * cos(x) / 2 * (1 + 1e-12)' --at x=3
    assert_line '  it looks as if the rule is 1/2 × the derivative'
}

@test "a diagnosis is of all points and elements of an argument" {
    spec '  f: {args: [x], value: x ** 3, vjp: g * x ** 2}
  h: {args: [x], value: x ** 3, vjp: g * x}
  k: {args: [x], value: x ** 3, vjp: g * 3 * x ** 2 * where(x < 0, -1, 1)}' \
        '  - {function: f, at: [2]}
  - {function: f, at: [[3, 4]]}
  - {function: h, at: [2]}
  - {function: h, at: [4]}
  - {function: k, at: [[2, -3]]}'
    sed -i 's/vjp: g \* 3.*1)}/vjp: "g * 3 * x ** 2 * where(x < 0, -1, 1)"}/' s.yaml
    run cg-grad check --format json s.yaml
    assert_equal "$(jq -c '[.rules[] | .diagnosis // [] | map([.kind, .factor, .proved])]' <<<"$output")" \
        '[[["factor","1/3",true]],[],[]]'
}

# -- accuracy --------------------------------------------------------------------------------

@test "accuracy: what a rule loses, and where" {
    run cg-grad check -e 'x - sin(x)' --vjp 'g * (1 - cos(x))' --at x=1e-7
    assert_success
    assert_line 'accuracy: f, x (argnum 0) at f#0'
    assert_line --regexp '^  the rule is 5\.1e12 ulp off, plain differentiation 5\.1e12 ulp$'
    assert_line --regexp '^ 1 \| g \* \(1 - cos\(x\)\)$'
    assert_line --regexp '^   \|     \^{12}$'
    run one 'x - sin(x)' 'g * 2 * sin(x / 2) ** 2' x=1e-7
    assert_equal "$(jq -c '.accuracy[0] | [.rule_ulp < 3, .ad_ulp > 1e12, .place.file]' <<<"$output")" \
        '[true,true,"-e"]'
}

@test "accuracy: what a rule spares" {
    run cg-grad check -e 'log(1 + exp(x))' --vjp 'g * sigmoid(x)' --at 'x=float32(100)'
    assert_success
    assert_line '  the rule is 0 ulp off, plain differentiation NaN'
    assert_line --regexp '^   \|         \^{6}$'
    run cg-grad check -q -e 'log(1 + exp(x))' --vjp 'g * sigmoid(x)' --at 'x=float32(100)'
    assert_success
    assert_output ''
}

@test "accuracy: of arrays the worst element; the worst point first" {
    spec '  f: {args: [x], value: x - sin(x), vjp: g * (1 - cos(x))}' \
        '  - {function: f, at: [1]}
  - {function: f, at: [[1e-3, 1e-6, 1]]}
  - {function: f, at: [1e-7]}'
    run cg-grad check --format json s.yaml
    assert_success
    assert_equal "$(jq -c '.rules[0].accuracy | map([.point, .index])' <<<"$output")" \
        '[["f#2",[]],["f#1",[1]],["f#0",[]]]'
}

@test "a derivative that is 0, or that is refuted, has no accuracy" {
    run cg-grad check -e 'cos(x) ** 2 + sin(x) ** 2' --vjp 'g * (sin(2 * x) / 2 - sin(x) * cos(x))' --at x=1
    assert_success
    assert_output 'no expectations; 1 point without expect; 1 rule agrees'
    run one 'x ** 2' 'g * x' x=3
    assert_equal "$(jq -c '.accuracy' <<<"$output")" null
}

@test "--max-ulp makes accuracy part of the exit status" {
    run cg-grad check -q --max-ulp 10000 -e 'x - sin(x)' --vjp 'g * (1 - cos(x))' --at x=1e-7
    assert_failure 1
    assert_line 'inaccurate: f, x (argnum 0) at f#0'
    run cg-grad check --max-ulp 10000 -e 'x - sin(x)' --vjp 'g * (1 - cos(x))' --at x=1e-7
    assert_line 'no expectations; 1 point without expect; 1 rule agrees; 1 rule not accurate enough'
    run cg-grad check --max-ulp 10 -e 'x - sin(x)' --vjp 'g * 2 * sin(x / 2) ** 2' --at x=1e-7
    assert_success
    run cg-grad check --max-ulp 10 --format json -e 'sin(x)' --vjp 'g * cos(x)' --at x=1
    assert_success
    assert_equal "$(jq .summary.inaccurate <<<"$output")" 0
}

@test "what check prints of order 2, accuracy and diagnoses fits its schema" {
    spec '  f: {args: [x], value: x - sin(x), vjp: g * (1 - cos(x))}
  h: {args: [x, y], value: x * y, vjp: [g * x, g * y]}
  k: {args: [x], value: 5 * x ** 4, vjp: 20 * g * x * stop_gradient(x ** 2)}' \
        '  - {function: f, at: [1e-7]}
  - {function: h, at: [3, 4]}
  - {function: k, at: [[1, 2]]}'
    cg-grad check --order 2 --max-ulp 5 --format json s.yaml >found.json || status=$?
    assert_equal "$status" 1
    assert_equal "$(jq -c '[.rules[] | has("accuracy"), has("diagnosis")]' found.json)" \
        '[true,false,false,true,true,false]'
    run "$ROOT/tests/cli/validate.py" "$ROOT/schemas" <<<'verdict found.json'
    assert_success
}
