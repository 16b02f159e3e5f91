#!/usr/bin/env bats
# Indices from data: the points of tests/specs/indices.yaml give what JAX gives; updates that JAX
# does not differentiate; indices out of bounds.

setup() {
    load helper
    common_setup
}

@test "indices: every point gives what it expects" {
    run cg-grad check "$SPECS/indices.yaml"
    assert_success
    assert_output --regexp '^[0-9]+ expectations hold$'
}

@test "indices: slices of a small part have the derivatives of index arrays" {
    run cg-grad check --no-rules "$SPECS/slices.yaml"
    assert_success
    assert_output '16 expectations hold; 1 rule not checked'
}

@test "indices: every point fails that expects something else" {
    sed -E '/^    expect: / s/[0-9]+/&25/g' "$SPECS/indices.yaml" >wrong.yaml
    run cg-grad check -q -F jsonl wrong.yaml
    assert_failure 1
    expecting=$(grep -c '^    expect: ' wrong.yaml)
    [ "$expecting" -gt 35 ]
    assert_equal "$(grep '^{' <<<"$output" | jq -r .point | sort -u | wc -l)" "$expecting"
}

# Functions of x and v beside what they are, written out; second derivatives, rows of a batch.
@test "indices: places that repeat, masks: as written out, to the second order" {
    while IFS='|' read -r update written; do
        for compute in '[value, grad]' '[hessian]'; do
            for batch in '' ', batch: true'; do
                at='[[0.5, -2, 3], [0.25, 0, -1.5]]'
                [ -z "$batch" ] || at='[[[0.5, -2, 3], [1, 0.125, 4]], [[0.25, 0, -1.5], [2, -3, 1]]]'
                cat >both.yaml <<END
version: 1
points:
  - {name: a, function: "lambda x, v: sum(arange(1.0, 4) * $update)", at: $at, compute: $compute$batch}
  - {name: b, function: "lambda x, v: sum(arange(1.0, 4) * $written)", at: $at, compute: $compute$batch}
END
                cg-grad -F json both.yaml >both.json
                jq -e '.results | map([.value, (.grads[]?.grad), (.hessian[]?.hessian)] | flatten)
                    | transpose | length > 1 and all(.[0] == .[1] or (.[0] - .[1] | fabs < 1e-12))' both.json || {
                    echo "$update $compute $batch"
                    cat both.json
                    return 1
                }
            done
        done
    done <<'END'
x.at[array([1, 1, 2])].multiply(v)|stack([x[0], x[1] * v[0] * v[1], x[2] * v[2]])
x.at[[0, 0, 0]].mul(v)|stack([x[0] * v[0] * v[1] * v[2], x[1], x[2]])
x.at[array([1, 1, 2])].divide(v + 4)|stack([x[0], x[1] / ((v[0] + 4) * (v[1] + 4)), x[2] / (v[2] + 4)])
abs(x).at[array([1, 1, 2])].power(v + 4)|stack([abs(x[0]), abs(x[1]) ** ((v[0] + 4) * (v[1] + 4)), abs(x[2]) ** (v[2] + 4)])
x.at[array([1, 1, 2])].apply(sin)|stack([x[0], sin(sin(x[1])), sin(x[2])])
x.at[1:].apply(lambda y: y ** 3 if y > 0 else v[0] * y)|stack([x[0], x[1] ** 3 if x[1] > 0 else v[0] * x[1], x[2] ** 3 if x[2] > 0 else v[0] * x[2]])
x.at[x > 0].apply(log)|stack([log(x[0]), log(x[1]) if x[1] > 0 else x[1], log(x[2])])
x.at[x > 0].multiply(v[0])|where(x > 0, x * v[0], x)
x.at[x > 0].power(v[0])|where(x > 0, where(x > 0, x, 1) ** v[0], x)
x.at[array([1, 7, 2])].multiply(v, mode='drop')|stack([x[0], x[1] * v[0], x[2] * v[2]])
x.at[array([1, 7, 2])].multiply(v, mode='clip')|stack([x[0], x[1] * v[0], x[2] * v[1] * v[2]])
segment_prod(v, array([2, 2, 0]), 3) + x|stack([v[2], 1.0, v[0] * v[1]]) + x
END
}

@test "indices: one out of bounds says index, axis and size as they were written; in a loop the trip" {
    while IFS='|' read -r expr message; do
        cat >point.yaml <<END
version: 1
points:
  - {function: "lambda x, i: $expr", at: ["arange(12.0).reshape(3, 4)", {value: 5, dtype: int64}], compute: value}
END
        run cg-grad point.yaml
        assert_failure 2
        assert_line "error[E601]: $message"
        assert_line --partial 'point.yaml:3:'
    done <<'END'
x[i]|index 5 is out of bounds for axis 0 with size 3
x[:, i]|index 5 is out of bounds for axis 1 with size 4
x[:, -i]|index -5 is out of bounds for axis 1 with size 4
x[..., stack([0, i])]|index 5 is out of bounds for axis 1 with size 4
x.at[1, -i].set(0.0)|index -5 is out of bounds for axis 1 with size 4
x.at[:, stack([0, i])].multiply(2.0)|index 5 is out of bounds for axis 1 with size 4
take_along_axis(x, i.reshape(1, 1), 1)|index 5 is out of bounds for axis 1 with size 4
vmap(lambda r: r[i])(x)|index 5 is out of bounds for axis 0 with size 4
vmap(lambda r, k: r[k + i])(x, arange(3))|index 5 is out of bounds for axis 0 with size 4
where(i < 3, x[i], 0)|index 5 is out of bounds for axis 0 with size 3
fori_loop(0, 3, lambda k, a: a + x[k, i - 3 + k], 0.0)|in trip 2: index 4 is out of bounds for axis 1 with size 4
scan(lambda c, r: (c + fori_loop(0, 2, lambda k, a: a + r[k + i], 0.0), None), 0.0, x)[0]|in trip 0: in trip 0: index 5 is out of bounds for axis 0 with size 4
END
}

@test "indices: what is not taken, or never read, is no error" {
    cat >point.yaml <<'END'
version: 1
functions:
  guarded: {args: {x: float64, i: int64}, value: "cond(i < 3, lambda: x[i], lambda: 0.0)"}
  turns: {args: {x: float64, n: int64}, value: "fori_loop(0, n, lambda k, a: a + x[k + 9], 1.0)"}
points:
  - {function: guarded, at: [[1, 2, 3], 7], compute: [value, grad, hessian], expect: {value: 0, grads: [[0, 0, 0]]}}
  - {function: guarded, at: [[1, 2, 3], [7, 1]], batch: i, expect: {value: [0, 2], grads: [[[0, 0, 0], [0, 1, 0]]]}}
  - {function: turns, at: [[1, 2, 3], 0], expect: {value: 1, grads: [[0, 0, 0]]}}
  - {function: turns, at: [[1, 2, 3], [0, 1]], batch: n, compute: value, expect: {value: [1, null]}}
END
    run cg-grad check point.yaml
    assert_success
    assert_output '7 expectations hold'
    run cg-grad -F jsonl point.yaml
    assert_line --partial '"errors":[{"index":1,"code":"E601","message":"in trip 0: index 9 is out of bounds for axis 0 with size 3"}]'
}
