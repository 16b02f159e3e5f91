#!/usr/bin/env bats
# --engine exact and --digits.

setup() {
    load helper
    common_setup
    cd "$ROOT"
}

# value EXPRESSION AT: the value, as text.
value() {
    cg-grad --engine exact -c value -e "$1" --at "$2" | sed -n 's/^  value  //p'
}

# digits N EXPRESSION AT: the value, in JSON.
digits() {
    cg-grad --engine exact --digits "$1" -c value -F json -e "$2" --at "$3" | jq -c '.results[0].value'
}

# decided AT: lines "expression = value" on standard input.
decided() {
    local wrong=0 line
    while IFS= read -r line; do
        local expression=${line% = *} expected=${line##* = } actual
        actual=$(value "$expression" "$1") || actual="exit status $?"
        [ "$actual" = "$expected" ] && continue
        echo "$expression: $actual instead of $expected"
        wrong=1
    done
    return $wrong
}

@test "what rounding loses is there" {
    decided x=1e20 <<'END'
(x + 1) - x = 1.0
(x + 0.1) - x - 0.1 = 0.0
sin(x) ** 2 + cos(x) ** 2 = 1.0
(exp(1 / x) - 1) * x = 1.0
0.1 + 0.2 = 0.3
x * 3 // x = 3.0
END
}

@test "special values are exact, poles infinite, and what has no value NaN" {
    decided x=1 <<'END'
floor(sin(pi * x)) = 0.0
floor(4 * arctan(x) - pi) = 0.0
cos(pi / 3) == 0.5 = true
tan(pi * x / 4) >= x = true
sqrt(x / 4) == 0.5 = true
log2(x / 8) = -3.0
(27 * x) ** (2 / 3) == 9 = true
cbrt(-27 * x) == -3 = true
log(x - 1) = -Infinity
1 / (x - 1) = Infinity
log(-x) = NaN
(x - 1) / (x - 1) = NaN
exp(1e300 * x) = Infinity
exp(-1e300 * x) = 0.0
-exp(-1e300 * x) = -0.0
euler_gamma - 0.57721566490153286060651209008240243104215933593992359880577 = -2.7651151322732226e-60
END
}

@test "integers wrap as the machine's do" {
    decided 'n=int64(9223372036854775807)' <<'END'
n + 1 = -9223372036854775808
n * n = 1
(n // -2) % 5 = 1
n / 3 = 3.0744573456182584e18
END
}

@test "rounded once: ties to even, float32, numbers below the smallest normal one" {
    [ "$(value 'x + 2.0 ** -53' x=1)" = 1.0 ]
    [ "$(value 'x + 2.0 ** -53 + 1e-40' x=1)" = 1.0000000000000002 ]
    [ "$(value 'x + 2.0 ** -24 + 1e-300' 'x=float32(1)')" = 1.0000001 ]
    [ "$(value 'x * 2.0 ** -1075' x=1)" = 0.0 ]
    [ "$(value 'x * 2.0 ** -1075 * 1.0000001' x=1)" = 5e-324 ]
    [ "$(value 'x * 1.7976931348623158e308' x=1)" = 1.7976931348623157e308 ]
    [ "$(value 'x * 1.797693134862315908e308' x=1)" = Infinity ]
}

@test "the examples and specs of the tests mean the same by both engines" {
    # What is expected within some ulps of machine numbers, by an exact number too.
    python3 - "$ROOT"/tests/specs/{points,loops,rules,jax_rules,logs}.yaml <<'END'
import json, math, subprocess, sys
def leaves(value, path=""):
    if isinstance(value, dict):
        for key in value: yield from leaves(value[key], path + "." + key)
    elif isinstance(value, list):
        for i, part in enumerate(value): yield from leaves(part, f"{path}[{i}]")
    else: yield path, value
def run(*arguments):
    out = subprocess.run(["cg-grad", "-F", "json", *arguments], capture_output=True, text=True).stdout
    return json.loads(out)["results"]
wrong = 0
for spec in sys.argv[1:]:
    for vm, exact in zip(run(spec), run("--engine", "exact", spec)):
        a, b = dict(leaves(vm)), dict(leaves(exact))
        for path in sorted(a.keys() | b.keys()):
            x, y = a.get(path), b.get(path)
            if x == y or "warnings" in path: continue
            if isinstance(x, float) and isinstance(y, float) and math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-12):
                continue
            print(spec, vm["name"], path, x, y)
            wrong = 1
sys.exit(wrong)
END
}

@test "every example has exact results, or the errors that it shows" {
    local wrong=0
    for spec in examples/*.yaml; do
        local vm=0 exact=0
        cg-grad -q "$spec" >/dev/null 2>&1 || vm=$?
        cg-grad -q --engine exact "$spec" >/dev/null 2>&1 || exact=$?
        [ "$vm" = "$exact" ] || { echo "$spec: exit status $exact instead of $vm"; wrong=1; }
    done
    [ "$wrong" -eq 0 ]
}

@test "the command itself is not linked with FLINT" {
    run ldd "$(readlink -f "$(command -v cg-grad)")"
    refute_output --partial flint
    refute_output --partial gmp
}

@test "a batch: rows are decided one by one, with their errors" {
    cat >"$BATS_TEST_TMPDIR/spec.yaml" <<'END'
version: 1
functions:
  f: {args: [x], value: floor(sqrt(x) ** 2) + x / 3}
points:
  - {function: f, at: {x: [4, 2, 3.5]}, batch: true}
END
    run cg-grad --engine exact -F json "$BATS_TEST_TMPDIR/spec.yaml"
    assert_failure 2
    run jq -c '[.results[0].value, .results[0].errors[0].index, .results[0].errors[0].code]' \
        <<<"$(cg-grad --engine exact -F json "$BATS_TEST_TMPDIR/spec.yaml" 2>/dev/null)"
    assert_output '[[5.333333333333333,null,4.166666666666667],1,"E602"]'
    run jq -c '.results[0].value[0]' \
        <<<"$(cg-grad --engine exact --digits 5 -F json "$BATS_TEST_TMPDIR/spec.yaml" 2>/dev/null)"
    assert_output '{"digits":"5.3333","radius":"5e-5"}'
}

@test "what cannot be decided is E602, at the operation" {
    cat >"$BATS_TEST_TMPDIR/spec.yaml" <<'END'
version: 1
functions:
  f:
    args: [x]
    let:
      root: sqrt(x)
    value: |
      x +
      1 / (root * root - x)
points:
  - {function: f, at: [2]}
END
    run cg-grad --engine exact "$BATS_TEST_TMPDIR/spec.yaml"
    assert_failure 2
    assert_line 'error[E602]: `div` is undecided at 65536 bits: its divisor cannot be told from 0'
    assert_line --partial 'spec.yaml:9:7'
    assert_line '   |       ^^^^^^^^^^^^^^^^^^^^^'
    run cg-grad --engine exact -q -e 'x[(sqrt(i) ** 2).astype(int)]' --at 'x=[1, 2, 3],i=2' -c value
    assert_line --partial '`convert` is undecided at 65536 bits: its argument may be where it jumps'
    run cg-grad --engine exact -q -e 'log(sqrt(x) ** 2 - x)' --at x=2 -c value
    assert_line --partial '`log` is undecided at 65536 bits: its argument cannot be told from the end of its domain'
    run cg-grad --engine exact -q -e 'while_loop(lambda a: sqrt(a) ** 2 < a, lambda a: a + 1, x)' --at x=2 -c value
    assert_line --partial 'its operands cannot be told apart'
    run cg-grad --engine exact -q -e 'sqrt(x) ** 2 + 2.0 ** -54' --at x=1.1 -c value # its ball decides
    assert_success
    run cg-grad --engine exact -q -e 'sqrt(x) ** 2 / 2.0 + 2.0 ** -53' --at x=2 -c value
    assert_line --partial 'the result is undecided at 65536 bits'
}

@test "an untaken branch is not computed, an index out of bounds is E601" {
    decided x=2 <<'END'
cond(x > 0, lambda: x, lambda: 1 / (sqrt(x) ** 2 - x)) = 2.0
where(x > 0, x / 3, 1 / (sqrt(x) ** 2 - x)) = 0.6666666666666666
END
    run cg-grad --engine exact -q -e 'x[i]' --at 'x=[1, 2],i=int64(2)' -c value
    assert_failure 2
    assert_line 'error[E601]: index 2 is out of bounds for axis 0 with size 2'
}

@test "--digits: decimals, rounded once, with their radius" {
    run digits 60 x x=0.1
    assert_output '{"digits":"0.1000000000000000055511151231257827021181583404541015625","radius":"0"}'
    run digits 3 'x / 8' x=1
    assert_output '{"digits":"0.125","radius":"0"}'
    run digits 2 'x / 8' x=1
    assert_output '{"digits":"0.12","radius":"5e-3"}'
    run digits 3 'x * 0.99999' x=1
    assert_output '{"digits":"1.00","radius":"5e-3"}'
    run digits 2 '[x / 3, -inf, nan, x - 1]' x=1
    assert_output '[{"digits":"0.33","radius":"5e-3"},{"digits":"-Infinity","radius":"0"},{"digits":"NaN","radius":"0"},{"digits":"0.0","radius":"0"}]'
    run digits 12 'exp(x)' x=1e10
    assert_output '{"digits":"1.07775060796e4342944819","radius":"5e4342944807"}'
    run digits 5 'sqrt(x) ** 2 - x' x=2
    assert_line --regexp '^\{"digits":"0.0","radius":"1e-24[0-9][0-9]"\}$'
    run digits 5 'x > 0' x=1
    assert_output true
    run cg-grad --engine exact --digits 10 -e 'x / 3' --at 'x=[1, 20]' -c value
    assert_line '  value  [0.3333333333, 6.666666667]'
}

@test "the JSON of --digits is as the schema says" {
    python3 -c 'import jsonschema' || skip
    cg-grad --engine exact --digits 5 -F json examples/mission.yaml >"$BATS_TEST_TMPDIR/result.json"
    python3 - "$BATS_TEST_TMPDIR/result.json" <<'END'
import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("schemas/result.schema.json")))
END
}

@test "wrong usage" {
    run cg-grad --engine fast -e x --at x=1
    assert_failure 2
    assert_line 'error[E001]: --engine: `fast` is none of vm, exact'
    run cg-grad --digits 5 -e x --at x=1
    assert_line 'error[E001]: --digits is for exact numbers'
    assert_line '  = help: add --engine exact'
    for number in 0 -1 1.5 x 10001; do
        run cg-grad --engine exact --digits "$number" -e x --at x=1
        assert_failure 2
        assert_line "error[E001]: --digits: \`$number\` is no whole number from 1 to 10000"
    done
}

@test "without the plug-in: E603 says once what to install; machine numbers need none" {
    cp "$(readlink -f "$(command -v cg-grad)")" "$BATS_TEST_TMPDIR/alone"
    [ ! -e /usr/local/lib/cg-grad/cggrad-exact.so ] || skip "it is installed"
    run "$BATS_TEST_TMPDIR/alone" --engine exact examples/mission.yaml
    assert_failure 2
    assert_equal "$(grep -c E603 <<<"$output")" 1
    assert_line --partial 'error[E603]: the exact engine is a plug-in, cggrad-exact.so, and it is neither beside the command'
    assert_line --partial 'apt-get install libflint-dev'
    run "$BATS_TEST_TMPDIR/alone" examples/mission.yaml
    assert_success
    echo broken >"$BATS_TEST_TMPDIR/cggrad-exact.so"
    run "$BATS_TEST_TMPDIR/alone" --engine exact examples/mission.yaml
    assert_failure 2
    assert_line --partial 'error[E603]: '
    assert_line --partial 'install the libraries that it needs'
}
