#!/usr/bin/env bats
# cg-grad check where a function is not smooth: at kinks, guards, ends of domains and jumps.
# tests/specs/certainty.yaml names the verdict of each of its rules.
# shellcheck disable=SC2154 # run sets stderr

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    spec=$SPECS/certainty.yaml
}

# A line for each rule whose verdict is not the one that its doc names.
wrong_verdicts() {
    python3 - "$spec" found.json <<'END'
import json, re, sys
named = dict(re.findall(r"^  (\w+): \{doc: (\w+),", open(sys.argv[1]).read(), re.M))
found = {rule["function"]: rule["verdict"] for rule in json.load(open(sys.argv[2]))["rules"]}
for name in sorted(named.keys() | found.keys()):
    if named.get(name) != found.get(name):
        print(f"{name}: {found.get(name)}, not {named.get(name)}")
END
}

# field FUNCTION FIELD: of its first check at a point that is not zero by structure.
field() {
    python3 - "$1" "$2" <<'END'
import json, sys
for rule in json.load(open("found.json"))["rules"]:
    if rule["function"] == sys.argv[1]:
        check = [c for c in rule["checks"] if c["scope"] == "point"][0]
        print(check[sys.argv[2]])
END
}

@test "each rule has the verdict that the spec names" {
    run --separate-stderr cg-grad check --format json "$spec"
    assert_failure 1
    printf '%s' "$output" >found.json
    run wrong_verdicts
    assert_output ''
    assert_equal "$(field abs_outside kind)" 'not a subgradient'
    assert_equal "$(field root_zero kind)" 'infinite derivative'
    assert_equal "$(field not_finite kind)" 'not finite'
    assert_equal "$(field guard by)" 'limit'
    assert_equal "$(field guard derivative)" '-0.5'
    assert_equal "$(field literal literal)" '1.4426950408889634'
}

@test "an undecided rule says why" {
    run cg-grad check --only 'jump_slope#*' "$spec"
    assert_failure 3
    assert_output --partial 'the value may jump along the boundary'
    run cg-grad check --only 'jumps_cancel#*' "$spec"
    assert_failure 3
    assert_output --partial 'the value jumps at this point'
    run cg-grad check --only 'oscillating#*' "$spec"
    assert_failure 3
    assert_output --partial 'its expansion is cut off too early'
}
