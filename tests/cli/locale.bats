#!/usr/bin/env bats
# Nothing depends on the locale: neither what is read nor what is printed.

setup() {
    load helper
    common_setup
    cat >spec.yaml <<'END'
version: 1
functions:
  f: {args: [x], value: x / 3 + 0.125, doc: "café"}
points:
  - {name: "größer", function: f, at: [1234567.5]}
  - {name: text, function: f, at: ["1_000.5 * 2"]}
END
    expected='größer
  value   411522.625
  grad x  0.3333333333333333

text
  value   667.125
  grad x  0.3333333333333333'
}

@test "locale: C, POSIX, C.UTF-8 and one that is not there" {
    for locale in C POSIX C.UTF-8 xx_YY.UTF-8; do
        LC_ALL=$locale run cg-grad spec.yaml
        assert_output "$expected"
        LC_ALL=$locale run cg-grad -e '0.5 * x' --at x=1.5 -c value
        assert_output --partial "value  0.75"
    done
}

@test "locale: a decimal comma" {
    export LOCPATH=$BATS_TEST_TMPDIR/locale
    mkdir "$LOCPATH"
    localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8" 2>/dev/null || skip "no localedef"
    export LC_ALL=de_DE.UTF-8
    [ "$(printf '%.1f' 0,5 2>/dev/null)" = 0,5 ] || skip "no decimal comma"
    run cg-grad spec.yaml
    assert_output "$expected"
    run cg-grad -F jsonl -e '0.5 * x' --at x=1.5
    assert_output '{"name":"f#0","function":"f","dtype":"float64","value":0.75,"grads":[{"argnum":0,"arg":"x","grad":0.5}]}'
}
