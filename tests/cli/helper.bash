# What the tests of the command share. CG_GRAD is the command under test (scripts/run-tests sets
# it); in tests it is called cg-grad.

common_setup() {
    bats_load_library bats-support
    bats_load_library bats-assert
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    SPECS=$ROOT/tests/specs
    export ROOT SPECS
    command_on_path
    cd "$BATS_TEST_TMPDIR"
}

# A folder in front of PATH where the command under test is cg-grad.
command_on_path() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    ln -sf "${CG_GRAD:-$ROOT/build/cg-grad}" "$BATS_TEST_TMPDIR/bin/cg-grad"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
    unset NO_COLOR
}

# The `expect` of every point of a YAML spec, as a JSON array in the points' order. The spec
# has one on a line of its own, its values in JSON.
expectations() {
    awk '
        /^points:/ { points = 1 }
        points && /^  - / { if (n++) print expect; expect = "null" }
        points && /^    expect: / {
            expect = substr($0, 13)
            gsub(/(value|grads|jacobian|hessian|jvp|error): /, "\"&", expect)
            gsub(/: /, "\": ", expect)
            gsub(/"": /, "\": ", expect) # keys that were quoted already
            gsub(/E[0-9][0-9][0-9]/, "\"&\"", expect)
        }
        END { if (n) print expect }' "$1" | jq -s .
}

# Compares results (a --format json document) with expectations: prints a line for each
# difference. Numbers agree within 16 units in the last place of float64.
differences() {
    jq -rn --slurpfile results "$1" --slurpfile expected "$2" '
        def close($a; $b):
            if ($a | type) == "number" and ($b | type) == "number" then
                (($a - $b) | fabs) <= ($b | fabs) * 16 * 2.220446049250313e-16
            elif ($a | type) == "array" and ($b | type) == "array" then
                ($a | length) == ($b | length) and
                ([range($a | length)] | all(. as $i | close($a[$i]; $b[$i])))
            else $a == $b end;
        def got($result; $key):
            if $key == "error" then $result.error.code
            elif $key == "grads" then [$result.grads[]?.grad]
            elif $key == "hessian" or $key == "jacobian" then [$result[$key][]?[$key]]
            else $result[$key] end;
        $results[0].results as $r | $expected[0] as $e |
        (select(($r | length) != ($e | length)) |
            "\($r | length) results, \($e | length) expectations"),
        (range($r | length) as $i | $e[$i] | select(. != null) | to_entries[] |
            got($r[$i]; .key) as $got | select(close($got; .value) | not) |
            "\($r[$i].name): \(.key): expected \(.value), got \($got) \($r[$i].error // "")")'
}
