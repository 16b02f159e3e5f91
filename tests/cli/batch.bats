#!/usr/bin/env bats
# `batch`: rows of arguments evaluated as one give what the loop over the rows gives.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
}

functions='
functions:
  plain: {args: [x, w], value: "sum(w * sin(x)) + x[0] * w[1]"}
  ruled: {args: [x, w], value: "sum(x * w)", vjp: ["g ** 2 * x", "g * w"]}
  twice: {args: [x, w], value: "ruled(x, w) * ruled(w, w)"}
  forward: {args: [x, w], value: "sum(x ** 3 * w)", jvp: "sum(3 * x ** 2 * dx * w) + sum(x * dw)"}
  branch: {args: [x, w], value: "cond(x[0] > 0, lambda: sum(sqrt(x) * w), lambda: w[0])"}
  lazy: {args: [x, w], value: "log(x[0]) * w[0] if x[0] > 0 else sum(x * w)"}
  nested: {args: [x, w], value: "cond(x[0] > 0, lambda: ruled(x, w), lambda: branch(w, x))"}
  chosen: {args: [x, w], value: "sum(where(x > 0, x * w, w))"}
  reduced: {args: [x, w], value: "max(x) * logsumexp(x) + prod(w) + var(x)"}
  gathered: {args: [x, w], value: "w[int64(x[0])] * x[1]"}
  maybe: {args: [x, w], value: "cond(x[0] < 3, lambda: w[int64(x[0])], lambda: x[1])"}
  vector: {args: [x, w], value: "cumsum(x) * w + outer(x, w)[0]"}
  constant: {args: [x, w], value: "sum(w * w) + 0 * x[0]"}
  scattered: {args: [x, w], value: "sum(w.at[int64(x[1])].add(x[2]) ** 2)"}
'

# law FUNCTION COMPUTE [MORE]: the batch of x in rows.json and one w, beside the loop.
law() {
    {
        printf 'version: 1\n%s\npoints:\n' "$functions"
        echo "  - {name: all, function: $1, compute: $2, batch: [x], at: {x: $(<rows.json), w: [2, -3, 0.5]}${3:-}}"
        jq -c '.[]' rows.json | while read -r row; do
            echo "  - {function: $1, compute: $2, at: {x: $row, w: [2, -3, 0.5]}${4:-${3:-}}}"
        done
    } >law.yaml
    cg-grad -F json law.yaml >law.json 2>err || [ $? -eq 2 ]
    jq -e '
        def arrays: [(.value, .jvp | select(. != null)), (.grads[]?.grad), (.jacobian[]?.jacobian), (.hessian[]?.hessian)];
        .results as $r | ($r[0].errors // []) as $errors
        | [range(1; $r | length) as $i | $r[$i] as $row
           | if $row.error
             then ($errors | any(.index == $i - 1 and .code == $row.error.code and .message == $row.error.message))
                  and ($r[0] | arrays | all(.[$i - 1] == null))
             else [$r[0] | arrays[] | .[$i - 1]] == ($row | arrays) end]
        | length == ($r | length - 1) and length > 0 and all' law.json >/dev/null || {
        echo "$1, $2:"
        jq -c '.results[]' law.json
        cat err
        return 1
    }
}

rows='[[1, 2, 0], [-1, 0.5, 2], [5, 1, 1], [2, 2, 1], [0.25, 0, 2]]'

@test "batch: value and grads of fourteen functions are those of the loop" {
    echo "$rows" >rows.json
    for f in plain ruled twice forward branch lazy nested chosen reduced gathered maybe constant scattered; do
        law $f '[value, grad]'
    done
    law vector '[value]'
}

@test "batch: jacobian, hessian and jvp are those of the loop" {
    echo "$rows" >rows.json
    for f in plain ruled twice branch lazy nested chosen gathered maybe vector constant scattered; do
        law $f '[value, jacobian]'
    done
    for f in plain ruled twice forward branch chosen gathered; do law $f '[hessian]'; done
    for f in plain forward branch lazy chosen reduced gathered maybe vector; do
        law $f '[jvp]' ", tangent: {w: [1, 2, 3]}"
    done
}

@test "batch: a row that fails is null, the others are as they are" {
    echo "$rows" >rows.json
    law gathered '[value, grad, jacobian, hessian]'
    assert_equal "$(jq -c '.results[0] | [.value, .grads[0].grad, .errors]' law.json)" \
        '[[-6,0.25,null,1,0],[[0,-3,0],[0,0.5,0],null,[0,0.5,0],[0,2,0]],[{"index":2,"code":"E601","message":"index 5 is out of bounds for axis 0 with size 3"}]]'
    run ! grep -q 'row 1' err
    grep -q '^error\[E601\]: row 2: index 5 is out of bounds' err
}

spec() {
    printf 'version: 1\nfunctions:\n  f: {args: [x, y], value: x * y}\n  at: {args: {x: float64, i: int64}, value: "x[i]"}\npoints:\n' >spec.yaml
    cat >>spec.yaml
}

@test "batch: rows of all arguments, of structures, and none" {
    spec <<'END'
  - {function: f, at: [[1, 2, 3], [4, 5, 6]], batch: true, expect: {value: [4, 10, 18], grads: [[4, 5, 6], [1, 2, 3]]}}
  - {function: f, at: [[1, 2, 3], 4], batch: x, expect: {value: [4, 8, 12], grads: [[4, 4, 4], [1, 2, 3]]}}
  - {function: f, at: {y: [1, 2], x: 3}, batch: [y], expect: {value: [3, 6]}}
  - function: "lambda r: (r.a * r.b[0], r.a)"
    at: [{a: [1, 2], b: [[3, 4], [5, 6]]}]
    batch: true
    cotangent: "(array([1.0, 1.0]), array([0.0, 1.0]))"
    expect: {value: [[3, 10], [1, 2]], grads: [{a: [3, 6], b: [[1, 0], [2, 0]]}]}
  - function: "lambda x: (x, x ** 2)"
    at: [[1, 2, 3]]
    batch: true
    cotangent: [[1, 0], [0, 1], [1, 1]] # of each row in turn
    expect: {grads: [[1, 4, 7]]}
  - {function: f, at: ["zeros(0)", "zeros((0, 2))"], batch: true, compute: [value, jacobian], expect: {value: "zeros((0, 2))"}}
  - {function: f, at: [[1, 2], "ones((2, 3))"], batch: true, cotangent: "ones((2, 3))", expect: {grads: [[3, 3], "array([[1, 1, 1], [2, 2, 2]])"]}}
  - {function: f, at: [[1, 2], [3, 4]], batch: true, cotangent: 2, expect: {grads: [[6, 8], [2, 4]]}}
  - {function: f, at: [[1, 2], 3], batch: x, compute: jvp, tangent: [[1, 10], 1], expect: {jvp: [4, 32]}}
  - {function: "lambda n, x: x * n", at: {n: 3, x: [1, 2]}, batch: [x], argnums: x, expect: {grads: [[3, 3]]}}
END
    run cg-grad check spec.yaml
    assert_success
    assert_output --partial 'expectations hold'
}

@test "batch: one graph, however many rows" {
    spec <<'END'
  - {function: f, at: ["arange(1000.0)", 2], batch: x}
  - {function: f, at: ["arange(1000.0) + 1", 2], batch: x}
END
    cg-grad -v -F jsonl spec.yaml 2>err >out
    grep -q '1 traced, 1 planned (1 times a plan served again), 2 run' err
    assert_equal "$(cg-grad -F json spec.yaml | jq '.results[1].value[-1], .results[1].grads[1].grad[7]')" $'2000\n8'
}

@test "batch: an integer argument by rows, a row out of bounds, as text" {
    spec <<'END'
  - {name: picks, function: at, at: {x: [10, 20], i: [1, 7, 0]}, batch: i}
END
    run --separate-stderr cg-grad spec.yaml
    assert_failure 2
    assert_output - <<'END'
picks
  value   [20.0, null, 10.0]
  grad x  [[0.0, 1.0],
           null,
           [1.0, 0.0]]
  error E601  row 1: index 7 is out of bounds for axis 0 with size 2
END
}

@test "batch: expect has null where a row fails" {
    spec <<'END'
  - {function: at, at: {x: [10, 20], i: [1, 7, 0]}, batch: i, expect: {value: [20, null, 10], grads: [[[0, 1], null, [1, 0]]]}}
END
    run cg-grad check spec.yaml
    assert_success
    assert_output '2 expectations hold'
    while IFS='|' read -r expect message; do
        spec <<<"  - {function: at, at: {x: [10, 20], i: [1, 7, 0]}, batch: i, expect: {value: $expect}}"
        run cg-grad check spec.yaml
        assert_failure 1
        assert_output --partial "$message"
    done <<'END'
[20, 0, 10]|row 1 failed
[null, null, 10]|row 0 did not fail
[20, null]|expected 3 rows, null for those that failed
[20, null, 11]|11
[20, null, [1]]|the row has not the shape
END
    spec <<<"  - {function: at, at: {x: [10, 20], i: [1, 7, 0]}, batch: i}"
    run cg-grad check spec.yaml
    assert_failure 2
    assert_output --partial 'error[E601]: row 1:'
}

@test "batch: a row's warning says the row" {
    spec <<<'  - {function: sqrt, at: [[4, 0]], batch: true}'
    run cg-grad spec.yaml
    assert_success
    assert_line --partial 'warning[W001]: grad x[1] is Infinity though the value is finite'
    run cg-grad --werror spec.yaml
    assert_failure 2
}

@test "batch: what cannot be one" {
    while IFS='|' read -r point code message; do
        spec <<<"  - {$point}"
        run cg-grad spec.yaml
        assert_failure 2
        assert_output --partial "error[$code]: $message"
    done <<'END'
function: f, at: [[1, 2], [1, 2, 3]], batch: true|E404|`y` has 3 rows, but `x` has 2
function: f, at: [[1, 2], 3], batch: true|E404|`y` is batched, but has a scalar without an axis of rows
function: f, at: [[1, 2], 3], batch: [z]|E403|the point has no argument `z` to batch
function: f, at: [[1, 2], 3], batch: []|E206|`batch` is empty
function: f, at: [[1, 2], 3], batch: false|E210|`batch` is true, or names of arguments
function: f, at: [[1, 2], 3], batch: 3|E201|expected text for `batch`
function: f, at: [[1, 2], 3], batch: [3]|E201|expected text for `batch`
function: pi, batch: true|E403|`batch` needs an argument with an axis of rows
function: f, at: [[1, 2], 3], batch: x, cotangent: [1, 2, 3]|E404|`cotangent` has 3 rows, but `x` has 2
function: f, at: [[1, 2], 3], batch: x, compute: jvp, tangent: [[1]]|E404|`tangent` has 1 rows, but `x` has 2
END
}

@test "batch: static arguments are the same for every row" {
    printf 'version: 1\nfunctions:\n  f: {args: {x: float64, n: {static: true}}, value: "x ** n"}\npoints:\n' >s.yaml
    echo '  - {function: f, at: {x: [2, 3], n: 2}, batch: true, expect: {value: [4, 9]}}' >>s.yaml
    run cg-grad check s.yaml
    assert_success
    echo '  - {function: f, at: {x: [2, 3], n: 2}, batch: [x, n]}' >>s.yaml
    run cg-grad s.yaml
    assert_failure 2
    assert_output --partial 'error[E402]: `n` is static, and cannot be batched'
}

@test "batch: failed rows in text: aligned, in a table, abbreviated" {
    spec <<'END'
  - {name: matrix, function: "lambda x, i: (x[i], x)", at: [[1.5, 20], {value: [0, 9, 1], dtype: int64}], batch: [i], compute: value}
  - {name: many, function: at, at: {x: [10, 20], i: "where(arange(200) == 100, 5, 1)"}, batch: i, compute: value}
END
    run --separate-stderr cg-grad spec.yaml
    assert_failure 2
    assert_output - <<'END'
matrix
  value[0]  [1.5, null, 20.0]
  value[1]  [[1.5, 20.0],
             null,
             [1.5, 20.0]]
  error E601  row 1: index 9 is out of bounds for axis 0 with size 2

many
  value  [20.0, 20.0, 20.0, …, 20.0, 20.0, 20.0]
         float64[200]  min 20.0  max 20.0  norm 282.1347195933177
  error E601  row 100: index 5 is out of bounds for axis 0 with size 2
END
    run --separate-stderr cg-grad -F table spec.yaml
    assert_failure 2
    assert_line --partial '[1.5, null, 20.0]'
}
