#!/usr/bin/env bats
# cg-grad builtins: the table of built-ins.

setup() {
    load helper
    common_setup
}

@test "builtins: all names, by groups, in columns" {
    run cg-grad builtins
    assert_success
    assert_line --index 0 constant
    for group in dtype elementwise condition bits special activation reduction shape index \
        creation 'linear algebra' transformation sequence; do
        assert_line "$group"
    done
    run bash -c 'cg-grad builtins | LC_ALL=C.UTF-8 awk "length > 80"'
    assert_output ""
    # each name of the table is there once
    cg-grad builtins | sed '/^In front/,$d' | grep '^  ' | tr -s ' ' '\n' | sed '/^$/d' | sort >listed
    cg-grad builtins -F jsonl | jq -r .name | sort >names
    diff listed names
    [ "$(wc -l <names)" -gt 250 ]
}

@test "builtins NAME: signature, meaning, derivative at kinks, other names, source" {
    run cg-grad builtins maximum
    assert_success
    assert_line --index 0 "maximum(x, y)"
    assert_line --index 1 "  The greater of x and y; nan if one is."
    assert_line "  derivative   shared equally between equal arguments"
    assert_line "  source       in C"
    run cg-grad builtins expit
    assert_output - <<'END'
expit(x)
  1 / (1 + exp(-x)), the logistic function.

  group        special
  also called  sigmoid
  source       in the expression language:
    let:
      e: exp(-abs(x))
    value: where(x >= 0, 1, e) / (1 + e)
    jvp: dx * e / (1 + e) ** 2

In front of a name may stand jnp. np. lax. jax. jnp.linalg. jnp.fft. np.linalg.
jax.numpy. jax.numpy.linalg. jax.lax. jax.nn. jax.ops. jax.scipy.
jax.scipy.special.
END
    run cg-grad builtins var
    assert_line "  method       x.var(axis=None, *, ddof=0, keepdims=False)"
    run cg-grad builtins pi float32
    assert_line --index 0 pi
    assert_line "float32(x)"
}

@test "builtins: a module in front, a method, a part of an index" {
    for name in jnp.sin jax.numpy.sin jax.nn.sin sin; do
        run cg-grad builtins $name
        assert_line --index 0 "sin(x)"
    done
    for name in x.flatten flatten; do
        run cg-grad builtins $name
        assert_line --index 0 "x.flatten()"
    done
    run cg-grad builtins 'x.at[i].set'
    assert_line --index 0 "x.at[i].set(values, *, indices_are_sorted=False, unique_indices=False, mode=None)"
    run cg-grad builtins math.sin
    assert_failure 2
}

@test "builtins: a glob is a line each" {
    run cg-grad builtins 'arctan*'
    assert_success
    assert_equal "${#lines[@]}" 3
    assert_line --index 0 --regexp '^arctan\(x\) +Inverse tangent\.$'
}

@test "builtins: one that is not there names the nearest" {
    run cg-grad builtins sofplus
    assert_failure 2
    assert_output - <<'END'
error[E401]: unknown built-in `sofplus`
  = help: did you mean `softplus`?
END
    run cg-grad builtins jnp.tnah
    assert_line "  = help: did you mean \`tanh\`?"
    run cg-grad builtins 'qq*'
    assert_failure 2
    assert_line "error[E401]: no built-in matches \`qq*\`"
    assert_line "  = help: cg-grad builtins lists them"
    run cg-grad builtins sin nothing_like_it
    assert_failure 2
    refute_output --partial "sin(x)"
}

@test "builtins --format json, jsonl; -o" {
    cg-grad builtins -F json >all.json
    jq -e '.version == 1 and (.modules | index("jax.nn")) and (.builtins | length) > 250' all.json
    jq -e '[.builtins[].name] | length == (unique | length)' all.json
    jq -e '.builtins[] | select(.name == "logaddexp") | .kind == "language" and .jvp != null and
        .let.d == "x - y"' all.json
    jq -e '.builtins[] | select(.name == "abs") | .also_called == ["absolute"] and .kinks == "1 at 0"
        and .kind == "c" and .signature == "x" and .group == "elementwise"' all.json
    cg-grad builtins sin cos -F json | jq -e '[.builtins[].name] == ["sin", "cos"]'
    cg-grad builtins 'cos*' -F jsonl -o out
    assert_equal "$(jq -r .name out | xargs)" "cos cosh"
}

@test "builtins: what the table says of kinks is so" {
    # a few of each kind, by the program itself
    while IFS='|' read -r expression at gradient; do
        run cg-grad -e "$expression" --at "$at" -F jsonl -c grad
        assert_equal "$expression: $(jq -c '[.grads[].grad]' <<<"$output")" "$expression: $(jq -c . <<<"$gradient")"
    done <<'END'
abs(x)|x=0|[1.0]
relu(x)|x=0|[0.0]
maximum(x, y)|x=1,y=1|[0.5,0.5]
clip(x, 0, y)|x=1,y=1|[0.5,0.5]
elu(x)|x=0|[1.0]
hard_tanh(x)|x=1|[1.0]
fmax(x, y)|x=1,y=1|[0.0,1.0]
sqrt(x)|x=0|["Infinity"]
arctan2(x, y)|x=0,y=0|["NaN","NaN"]
hypot(x, y)|x=0,y=0|[0.5,0.5]
END
}

@test "builtins: every doc is a sentence" {
    run bash -c 'cg-grad builtins -F jsonl | jq -r "select(.doc | test(\"[.]$\") | not) | .name"'
    assert_output ""
}
