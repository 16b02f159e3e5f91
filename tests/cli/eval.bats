#!/usr/bin/env bats
# cg-grad SPEC… and cg-grad -e: what is evaluated, and how it is printed.

setup() {
    load helper
    common_setup
    mission=$ROOT/examples/mission.yaml
}

teardown() {
    [ ! -d closed ] || chmod 700 closed
}

# -- the mission ---------------------------------------------------------------------------

@test "the mission's spec, as text" {
    run cg-grad "$mission"
    assert_success
    assert_output - <<'END'
square at 3
  value   9.0
  grad x  3.0

square, second derivative
  hessian x x  1.0

product at (3, 4)
  value   12.0
  grad x  4.0
  grad y  3.0
END
}

@test "the mission's spec, as one JSON document" {
    cg-grad --format json "$mission" >results.json
    jq -e '. == {version: 1, results: [
        {name: "square at 3", function: "square", dtype: "float64", value: 9,
         grads: [{argnum: 0, arg: "x", grad: 3}]},
        {name: "square, second derivative", function: "square",
         hessian: [{argnum: 0, arg: "x", argnum2: 0, arg2: "x", hessian: 1}]},
        {name: "product at (3, 4)", function: "product", dtype: "float64", value: 12,
         grads: [{argnum: 0, arg: "x", grad: 4}, {argnum: 1, arg: "y", grad: 3}]}]}' results.json
    grep -q '"value": 9.0,' results.json # a float shows that it is one
}

@test "the mission's spec, as JSON lines" {
    run cg-grad -F jsonl "$mission"
    assert_success
    assert_output - <<'END'
{"name":"square at 3","function":"square","dtype":"float64","value":9.0,"grads":[{"argnum":0,"arg":"x","grad":3.0}]}
{"name":"square, second derivative","function":"square","hessian":[{"argnum":0,"arg":"x","argnum2":0,"arg2":"x","hessian":1.0}]}
{"name":"product at (3, 4)","function":"product","dtype":"float64","value":12.0,"grads":[{"argnum":0,"arg":"x","grad":4.0},{"argnum":1,"arg":"y","grad":3.0}]}
END
}

@test "the mission's one-liners" {
    run cg-grad -e 'x ** 2' --vjp 'g * x' --at x=3
    assert_success
    assert_output "$(printf 'f#0\n  value   9.0\n  grad x  3.0')"
    run cg-grad -e 'x ** 2' --vjp 'g * x' --at x=3 -c hessian
    assert_output "$(printf 'f#0\n  hessian x x  1.0')"
    run cg-grad -e 'x * y' --vjp '(g * y, g * x)' --at x=3,y=4
    assert_output "$(printf 'f#0\n  value   12.0\n  grad x  4.0\n  grad y  3.0')"
}

# -- specs ---------------------------------------------------------------------------------

@test "a spec on standard input" {
    run cg-grad - <"$mission"
    assert_success
    assert_line "square at 3"
    run cg-grad --input-format yaml - <"$ROOT/examples/mission.json"
    assert_success
    run cg-grad eval "$mission" -F jsonl
    assert_success
    assert_equal "${#lines[@]}" 3
}

@test "several specs: each result says whose it is" {
    cp "$mission" a.yaml
    cp "$ROOT/examples/mission.json" b.json
    run cg-grad -F jsonl a.yaml b.json
    assert_success
    assert_equal "$(jq -r .spec <<<"$output" | uniq -c | tr -s ' ')" "$(printf ' 3 a.yaml\n 3 b.json')"
    run cg-grad a.yaml b.json
    assert_line "square at 3  b.json"
    run cg-grad -F jsonl a.yaml
    refute_output --partial '"spec"'
}

@test "--input-format" {
    echo '{version: 1, functions: {f: {args: [x], value: x}}, points: [{function: f, at: [1]}]}' >flow
    run cg-grad flow
    assert_failure 2
    assert_line --partial "error[E123]"
    run cg-grad --input-format yaml flow
    assert_success
    run cg-grad --input-format json "$mission"
    assert_failure 2
    assert_line --partial "error[E1"
    run cg-grad --input-format toml "$mission"
    assert_failure 2
    assert_line "error[E001]: --input-format: \`toml\` is none of auto, yaml, json"
}

@test "all specs are read before any point runs, and all their mistakes are said" {
    echo 'version: 3' >a.yaml
    echo 'version: 4' >b.yaml
    run cg-grad "$mission" a.yaml b.yaml
    assert_failure 2
    refute_line "square at 3"
    assert_line "error[E210]: expected version 1, got 3"
    assert_line "error[E210]: expected version 1, got 4"
}

# -- which points, which derivatives -------------------------------------------------------

@test "--only: a name, a glob, several; none is an error" {
    run cg-grad --only 'product at (3, 4)' "$mission"
    assert_success
    assert_line --index 0 "product at (3, 4)"
    run cg-grad --only 'square*' -F jsonl "$mission"
    assert_equal "${#lines[@]}" 2
    run cg-grad --only 'square at 3' --only 'prod*' -F jsonl "$mission"
    assert_equal "${#lines[@]}" 2
    run cg-grad --only 'sqare at 3' "$mission"
    assert_failure 2
    assert_output - <<'END'
error[E001]: --only: no point is called, or matches, `sqare at 3`
  = help: did you mean `square at 3`?
END
}

@test "-n: by number, by name, from the end, in the order given" {
    product() { cg-grad --only 'prod*' -F jsonl "$@" "$mission" | jq -c '[.grads[] | [.argnum, .arg, (.grad | floor)]]'; }
    assert_equal "$(product -n 1)" '[[1,"y",3]]'
    assert_equal "$(product -n y)" '[[1,"y",3]]'
    assert_equal "$(product -n -1)" '[[1,"y",3]]'
    assert_equal "$(product --argnums=1,x)" '[[1,"y",3],[0,"x",4]]'
    run cg-grad --only 'prod*' -n 2 "$mission"
    assert_failure 2
    assert_line --partial "error[E403]"
    run cg-grad --only 'prod*' -n z "$mission"
    assert_failure 2
    assert_line --partial '`product` has no argument `z`'
}

@test "-c: what is computed" {
    keys() { cg-grad -F jsonl "$@" --only 'prod*' "$mission" | jq -c 'keys_unsorted - ["name", "function", "dtype"]'; }
    assert_equal "$(keys)" '["value","grads"]'
    assert_equal "$(keys -c value)" '["value"]'
    assert_equal "$(keys -c grad)" '["grads"]'
    assert_equal "$(keys -c jacobian,hessian)" '["jacobian","hessian"]'
    assert_equal "$(keys -c hessian -c value)" '["value","hessian"]'
    run cg-grad -c hessian --only 'prod*' "$mission"
    assert_output - <<'END'
product at (3, 4)
  hessian    x    y
  hessian x  0.0  1.0
  hessian y  1.0  0.0
END
    for list in gard '' "value,"; do
        run cg-grad -c "$list" "$mission"
        assert_failure 2
        assert_line --partial "is none of value, grad, jacobian, hessian, jvp"
    done
}

@test "-f: a function of the spec elsewhere" {
    run cg-grad -f product --at y=3,x=2 "$mission"
    assert_success
    assert_output "$(printf 'product#3\n  value   6.0\n  grad x  3.0\n  grad y  2.0')"
    run cg-grad -f 'grad(square)' --at x=5 "$mission"
    assert_output "$(printf 'grad(square)#3\n  value   5.0\n  grad x  1.0')"
    run cg-grad -f 'lambda a: product(a, 2) + 1' --at a=5 "$mission"
    assert_line "  grad a  2.0"
    run cg-grad -f squar --at x=5 "$mission"
    assert_failure 2
    assert_line "error[E401]: unknown name \`squar\`"
    assert_line "  --> --function:1:1"
    run cg-grad -f square "$mission"
    assert_failure 2
    assert_line --partial "argument \`x\` of \`square\` is missing"
}

@test "-e: an expression at a point" {
    run cg-grad -e 'sum(x * y)' --at 'x=[0, 1, 2]' --at 'y=2 ** -1'
    assert_success
    assert_output "$(printf 'f#0\n  value   1.5\n  grad x  [0.5, 0.5, 0.5]\n  grad y  3.0')"
    run cg-grad -e '1 + 1'
    assert_output "$(printf 'f#0\n  value  2')"
    run cg-grad -e 'x' --at 'x=int64(3)' # strong: it keeps its dtype
    assert_output "$(printf 'f#0\n  value  3')"
    run cg-grad -e '2 * x' --at x=1 --at x=2
    assert_failure 2
    assert_line "error[E403]: argument \`x\` is given twice"
    run cg-grad -e 'x * y' --vjp '(g * y,)' --at x=3,y=4
    assert_failure 2
    assert_line --partial "expected 2 entries"
    run cg-grad -e 'sin(x' --at x=1
    assert_failure 2
    assert_line "  --> -e:1:6"
    run cg-grad -e 'x' --vjp 'g *' --at x=1
    assert_line "  --> --vjp:1:4"
    run cg-grad -e 'x' --at 3
    assert_line "  --> --at:1:1"
}

@test "--validate: traces and differentiates, computes nothing" {
    run cg-grad --validate "$mission"
    assert_success
    assert_output ""
    run cg-grad --validate "$SPECS/errors/E501-if.yaml"
    assert_failure 2
    assert_line --partial "error[E501]"
    # what only its numbers show is no error
    run cg-grad --validate "$SPECS/errors/E601-index.yaml"
    assert_success
}

# -- output --------------------------------------------------------------------------------

@test "-o: the file is what standard output would be" {
    for format in text json jsonl; do
        cg-grad -F $format -o out "$mission" >printed
        [ ! -s printed ]
        cg-grad -F $format "$mission" | cmp out -
    done
    run ls -A
    assert_output "$(printf 'bin\nout\nprinted')"
}

@test "-o: whole or not at all" {
    echo old >out
    run cg-grad -o out nowhere.yaml
    assert_failure 2
    assert_equal "$(cat out)" old
    run cg-grad -o out -F xml "$mission"
    assert_failure 2
    assert_equal "$(cat out)" old
    run ls -A
    assert_output "$(printf 'bin\nout')"
}

@test "-o: mode and links are kept" {
    echo old >file
    chmod 640 file
    ln -s file link
    ln -s later dangling
    cg-grad -o link "$mission"
    assert_equal "$(readlink link)" file
    assert_equal "$(stat -c %a file)" 640
    grep -q "square at 3" file
    (umask 027 && cg-grad -o dangling "$mission")
    assert_equal "$(readlink dangling)" later
    assert_equal "$(stat -c %a later)" 640
}

@test "-o: what cannot be written" {
    run cg-grad -o nowhere/out "$mission"
    assert_failure 2
    assert_output "error[E802]: cannot write nowhere/out: No such file or directory"
    run cg-grad -o . "$mission"
    assert_failure 2
    assert_output "error[E802]: cannot write .: Is a directory"
    run cg-grad -o /dev/full "$mission"
    assert_failure 2
    assert_output "error[E802]: cannot write /dev/full: No space left on device"
}

@test "-o: a folder that cannot be written into" {
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    mkdir closed
    echo old >closed/out
    chmod 500 closed
    run cg-grad -o closed/out "$mission"
    assert_failure 2
    assert_output --partial "error[E802]: cannot write closed/out: Permission denied"
    assert_equal "$(cat closed/out)" old
}

@test "-o: a FIFO is written straight" {
    mkfifo pipe
    cg-grad -o pipe "$mission" &
    run timeout 10 cat pipe
    wait
    assert_line "square at 3"
    [ -p pipe ]
}

@test "-q prints errors alone; -o still writes" {
    run cg-grad -q "$mission"
    assert_success
    assert_output ""
    run cg-grad -q -F json "$mission"
    assert_output ""
    run cg-grad -q -o out "$mission"
    assert_output ""
    grep -q "square at 3" out
    run cg-grad -q "$SPECS/errors/E601-index.yaml"
    assert_failure 2
    assert_line --index 0 --partial "error[E601]"
}

@test "-v says on standard error what was done: points of one function share a plan" {
    {
        printf 'version: 1\nfunctions:\n  f: {args: [x], value: x ** 2}\npoints:\n'
        for i in 1 2 3 4; do echo "  - {function: f, at: [$i]}"; done
    } >four.yaml
    cg-grad -v four.yaml >out 2>err
    run cat err
    assert_output --partial "1 traced, 1 planned (3 times a plan served again), 4 run"
    refute_output --partial "f#0"
}

# -- diagnostics ---------------------------------------------------------------------------

@test "--diagnostics json: a line each" {
    cp "$SPECS/errors/E205-let.yaml" s.yaml
    run cg-grad --diagnostics json s.yaml
    assert_failure 2
    assert_output '{"code":"E205","severity":"error","file":"s.yaml","line":5,"column":11,"message":"the name `x` of a let is taken: it is an argument","hint":"a name stands for one thing: choose another one"}'
    run cg-grad --diagnostics json nowhere.yaml
    assert_failure 2
    assert_output '{"code":"E801","severity":"error","file":null,"line":null,"column":null,"message":"cannot read nowhere.yaml: No such file or directory","hint":null}'
    run cg-grad --diagnostics json --only nothing "$mission"
    assert_equal "$(jq -r .code <<<"$output")" E001
}

@test "colours: when asked, and where they are welcome" {
    run cg-grad "$mission"
    refute_output --partial $'\x1b['
    run cg-grad --color always "$mission"
    assert_output --partial $'\x1b['
    NO_COLOR=1 run cg-grad --color always "$mission"
    assert_output --partial $'\x1b['
    run cg-grad --color always nowhere.yaml
    assert_output --partial $'\x1b['
    cg-grad --color always -o out "$mission"
    run cat out
    refute_output --partial $'\x1b['
    # a terminal
    run script -qec "cg-grad $mission" /dev/null
    assert_output --partial $'\x1b['
    NO_COLOR=1 run script -qec "cg-grad $mission" /dev/null
    refute_output --partial $'\x1b['
}
