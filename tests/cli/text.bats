#!/usr/bin/env bats
# What people see: text, tables, colours, the progress line, each character by character.

setup() {
    load helper
    common_setup
    export TERM=xterm
    cat >spec.yaml <<'SPEC'
version: 1
functions:
  product: {args: [x, y], value: x * y}
  line: {args: [x, k], value: sum(x ** 2) * k}
  parts:
    args: [r]
    value:
      sum: r.a + r.b
      pair: "(r.a, (r.b, ()))"
  at: {args: [x, i], value: "x[i]"}
points:
  - {name: "product at (3, 4)", function: product, at: [3, 4], compute: [value, grad, hessian]}
  - {name: 積 größer, function: product, at: {x: 0.125, y: 1000}}
  - {name: far, function: product, at: {y: "Infinity", x: -0.5e-9}}
  - {name: rows, function: line, at: [[[1.25, 10], [300.5, 2e-7]], 2]}
  - {name: many, function: line, at: ["linspace(0, 1, 1001)", 2]}
  - {name: structures, function: parts, at: [{record: {a: 1, b: 22.5}}]}
  - {name: outside, function: at, at: [[1, 2], {value: 5, dtype: int64}]}
  - {name: inside, function: at, at: [[1, 2], {value: 1, dtype: int64}]}
  - {name: none, function: "()"}
  - {name: no rows, function: "zeros((0, 3), int32)"}
SPEC
}

# A locale with a decimal comma; where there is none the test is skipped.
comma_locale() {
    export LOCPATH=$BATS_TEST_TMPDIR/locale
    mkdir -p "$LOCPATH"
    localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8" 2>/dev/null || skip "no localedef"
    export LC_ALL=de_DE.UTF-8
}

# on_terminal COLUMNS COMMAND: what a terminal of that width is sent.
on_terminal() {
    script -qec "stty cols $1; $2" /dev/null
}

without_colours() {
    sed 's/\x1b\[[0-9;]*m//g'
}

# -- text ----------------------------------------------------------------------------------

text='product at (3, 4)
  value      12.0
  grad x     4.0
  grad y     3.0
  hessian    x    y
  hessian x  0.0  1.0
  hessian y  1.0  0.0

積 größer
  value   125.0
  grad x  1000.0
  grad y  0.125

far
  value   -Infinity
  grad x  Infinity
  grad y  -5e-10

rows
  value   180803.625
  grad x  [[   5.0, 40.0],
           [1202.0,  8e-7]]
  grad k  90401.8125

many
  value   667.6669999999999
  grad x  [0.0, 0.004, 0.008, …, 3.992, 3.996, 4.0]
          float64[1001]  min 0.0  max 4.0  norm 73.08444430930565
  grad k  333.83349999999996

structures
  value.sum         23.5
  value.pair[0]     1.0
  value.pair[1][0]  22.5
  value.pair[1][1]  ()
  the value is no scalar: for derivatives give a `cotangent`, or --compute jacobian

outside
  error E601  index 5 is out of bounds for axis 0 with size 2

inside
  value   2.0
  grad x  [0.0, 1.0]

none
  value  ()

no rows
  value  []  int32[0, 3]'

@test "text: a block a point" {
    cg-grad spec.yaml >out 2>err || true
    run cat out
    assert_output "$text"
}

@test "text: the same in C and in a locale with a decimal comma" {
    for format in text table; do
        LC_ALL=C cg-grad -F $format spec.yaml >c-$format 2>/dev/null || true
    done
    run cat c-text
    assert_output "$text"
    comma_locale
    for format in text table; do
        cg-grad -F $format spec.yaml 2>/dev/null | cmp c-$format -
    done
}

@test "text: the same on a terminal, but for colours, whatever its width" {
    on_terminal 20 "cg-grad spec.yaml 2>/dev/null" | tr -d '\r' | without_colours >terminal || true
    run cat terminal
    assert_output "$text"
}

@test "text: --full prints arrays whole" {
    run cg-grad --full --only many spec.yaml
    assert_success
    refute_output --partial "…"
    refute_output --partial "norm"
    assert_equal "$(grep -o '[0-9][],]' <<<"$output" | wc -l)" 1001
    assert_equal "$(awk 'length($0) > 80' <<<"$output")" ""
}

@test "text: a spec without points says so, on standard error" {
    printf 'version: 1\nfunctions: {f: {args: [x], value: x}}\n' >none.yaml
    cg-grad none.yaml >out 2>err
    [ ! -s out ]
    run cat err
    assert_output "cg-grad: none.yaml has no points: list some under \`points\`, or take -f FUNCTION --at x=1"
    run cg-grad -q none.yaml
    assert_output ""
    run cg-grad -F jsonl none.yaml
    assert_output ""
    run cg-grad -f f --at x=1 none.yaml
    refute_output --partial "no points"
}

# -- tables --------------------------------------------------------------------------------

@test "table: a row a point, a table a function" {
    cg-grad -F table spec.yaml >out 2>err || true
    run cat out
    assert_output - <<'TABLES'
product
  name               x       y           value        grad x      grad y  hessian x x  hessian x y  hessian y x  hessian y y
  product at (3, 4)   3.0           4.0         12.0         4.0   3.0    0.0          1.0          1.0          0.0
  積 größer           0.125      1000.0        125.0      1000.0   0.125
  far                -5e-10  Infinity    -Infinity    Infinity    -5e-10

line
  name  x                              k    value                 grad x                         grad k
  rows  [[1.25, 10.0], [300.5, 2e-7]]  2.0  180803.625            [[5.0, 40.0], [1202.0, 8e-7]]  90401.8125
  many  float64[1001]                  2.0     667.6669999999999  float64[1001]                    333.83349999999996

parts
  name        r.a  r.b   value.sum  value.pair[0]  value.pair[1][0]  value.pair[1][1]
  structures  1.0  22.5  23.5       1.0            22.5              ()

at
  name     x           i  value  grad x
  outside  [1.0, 2.0]  5  E601  index 5 is out of bounds for axis 0 with size 2
  inside   [1.0, 2.0]  1  2.0    [0.0, 1.0]

()
  name  value
  none  ()

zeros((0, 3), int32)
  name     value
  no rows  int32[0, 3]
TABLES
}

@test "table: all points of a function, wherever they stand; columns as they come" {
    cat >mixed.yaml <<'SPEC'
version: 1
functions:
  f: {args: [x], value: x ** 2}
  g: {args: [value], value: value}
points:
  - {function: f, at: [1], compute: [value]}
  - {function: g, at: [2]}
  - {function: f, at: [-10.5], compute: [grad, value]}
SPEC
    run cg-grad -F table mixed.yaml
    assert_success
    assert_output - <<'END'
f
  name  x      value   grad x
  f#0     1.0    1.0
  f#2   -10.5  110.25  -21.0

g
  name  value  value  grad value
  g#1   2.0    2.0    1.0
END
}

@test "table: several specs, --full, -o, a point of -f" {
    cp spec.yaml other.yaml
    run cg-grad -F table --only 'product*' spec.yaml other.yaml
    assert_line "product  spec.yaml"
    assert_line "product  other.yaml"
    run cg-grad -F table --full --only many spec.yaml
    assert_line --partial "0.997, 0.998, 0.999, 1.0]"
    cg-grad -F table -o out --only 'product*' spec.yaml
    cg-grad -F table --only 'product*' spec.yaml | cmp out -
    run cg-grad -F table -f product --at y=2,x=1 spec.yaml
    assert_line "  name        y    x    value  grad x  grad y"
}

@test "table: standard output that is closed or full" {
    run bash -c 'cg-grad -F table --only inside spec.yaml >&-'
    assert_failure 2
    assert_output "error[E802]: cannot write standard output: Bad file descriptor"
    run bash -c 'cg-grad -F table --only inside spec.yaml >/dev/full'
    assert_failure 2
    assert_output "error[E802]: cannot write standard output: No space left on device"
}

# -- colours -------------------------------------------------------------------------------

@test "colours: roles in text and tables; nothing else changes" {
    run cg-grad --color always --only outside --only inside spec.yaml
    assert_line --index 0 $'\x1b[1moutside\x1b[0m'
    assert_line --index 1 $'  \x1b[1;31merror E601\x1b[0m  index 5 is out of bounds for axis 0 with size 2'
    assert_line --index 3 $'  \x1b[36mvalue\x1b[0m   2.0'
    run cg-grad -F table --color always --only inside spec.yaml
    assert_line --index 0 $'\x1b[1mat\x1b[0m'
    assert_line --index 1 $'\x1b[36m  name    x           i  value  grad x\x1b[0m'
    for format in text table; do
        cg-grad -F $format spec.yaml >plain 2>/dev/null || true
        cg-grad -F $format --color always spec.yaml 2>/dev/null | without_colours | cmp plain -
    done
}

# -- JSON ----------------------------------------------------------------------------------

@test "JSON lines have no blanks, the document breaks no empty object" {
    cat >empty.yaml <<'SPEC'
version: 1
points:
  - {name: e, function: '{"a": {}, "b": (), "c": array([[1, 2], [3, 4]])}'}
SPEC
    run cg-grad -F jsonl empty.yaml
    assert_output --partial '"value":{"a":{},"b":[],"c":[[1,2],[3,4]]}}'
    run cg-grad -F json empty.yaml
    assert_line --regexp '^ *"a": \{\},$'
    assert_line --regexp '^ *"c": \[\[1, 2\], \[3, 4\]\]$'
}

# -- the progress line ---------------------------------------------------------------------
#
# It is for what takes over a second. A slow reader makes any run so: what is behind a pipe
# that is not read waits.

many_points() {
    {
        printf 'version: 1\nfunctions:\n  f: {args: [x], value: x ** 2}\npoints:\n'
        seq -f '  - {function: f, at: [%.0f]}' 20000
    } >many.yaml
}

slowly='| (sleep 1.2; cat >slow.out)'

@test "progress: share, bar, counts, rate and time left, erased at the end" {
    many_points
    on_terminal 70 "cg-grad many.yaml $slowly" >terminal
    run tr '\r' '\n' <terminal
    assert_line --index 0 --regexp $'^\x1b\\[K *[0-9]+% ━+─*  [0-9]+/20000  [0-9]+/s  [0-9]+ s left$'
    run tail -c 4 terminal
    assert_output $'\r\x1b[K'
    cg-grad many.yaml | cmp - slow.out # never in the way of results
}

@test "progress: of check" {
    {
        printf 'version: 1\nfunctions:\n  f: {args: [x], value: x ** 2}\npoints:\n'
        seq -f '  - {function: f, at: [%.0f], expect: {value: 0}}' 4000
    } >failing.yaml
    on_terminal 70 "cg-grad check failing.yaml $slowly" >terminal
    run tr '\r' '\n' <terminal
    assert_line --index 0 --regexp $'^\x1b\\[K *[0-9]+% ━+─*  [0-9]+/4000  [0-9]+/s  [0-9]+ s left$'
    cg-grad check failing.yaml | cmp - slow.out
}

@test "progress: within the window's width" {
    many_points
    for columns in 1 20 200; do
        on_terminal $columns "cg-grad many.yaml $slowly" | tr '\r' '\n' | sed 's/\x1b\[K//' >lines
        [ "$(LC_ALL=C.UTF-8 awk -v most=$((columns - 1)) 'length($0) > most' lines | wc -l)" -eq 0 ]
        [ "$columns" -ne 20 ] || grep -Eq '^ *[0-9]+%  [0-9]+ s left$' lines
    done
}

@test "progress: results on the same terminal stay whole" {
    many_points
    NO_COLOR=1 on_terminal 70 "cg-grad many.yaml" | (sleep 1.2; cat) >terminal
    grep -q "s left" terminal
    sed 's/\r\x1b\[K[^\r]*\r\x1b\[K//g; s/\r$//' terminal >results
    cg-grad many.yaml | cmp - results
}

@test "progress: none within a second, with -q, without a terminal, on one that cannot erase" {
    many_points
    run on_terminal 70 "cg-grad --only far --only rows --only inside spec.yaml >/dev/null"
    assert_output ""
    run on_terminal 70 "cg-grad -q -o out many.yaml"
    assert_output ""
    run on_terminal 70 "TERM=dumb cg-grad many.yaml $slowly"
    assert_output ""
    run bash -c "cg-grad many.yaml $slowly"
    assert_output ""
}
