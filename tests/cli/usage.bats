#!/usr/bin/env bats
# Mistakes of the command line: each says what was expected, and names what may be meant.

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    mission=$ROOT/examples/mission.yaml
}

# Each line: words | message | hint (or nothing). Nothing is printed on standard output.
are_refused() {
    while IFS='|' read -r words message hint; do
        eval "run --separate-stderr cg-grad $words"
        assert_failure 2
        assert_output ""
        expected="error[E001]: $message"
        [ -z "$hint" ] || expected+=$'\n'"  = help: $hint"
        # shellcheck disable=SC2154 # set by run
        assert_equal "$words: $stderr" "$words: $expected"
    done
}

@test "usage: unknown commands name the nearest" {
    are_refused <<'END'
buitlins|no file and no command `buitlins`|did you mean `builtins`?
eva s.yaml|no file and no command `eva`|did you mean `eval`?
buitlins --strange-option|unknown option `--strange-option`|cg-grad --help lists the options
genrate --only x man|no file and no command `genrate`|did you mean `generate`?
elephant|no file and no command `elephant`|cg-grad help lists the commands
help bultins|there is no command `bultins`|did you mean `builtins`?
help elephant|there is no command `elephant`|cg-grad help lists the commands
generate mna|generate: `mna` is none of man, expressions, builtins, bash, zsh, fish|did you mean `man`?
serve s|the command `serve` is not in this version|a spec of that name is written ./serve
END
    # a file of that name is a spec
    cp "$mission" eva
    run cg-grad eva
    assert_success
    cp "$mission" record
    run cg-grad ./record
    assert_success
    # what cannot name a command is a file
    run cg-grad nowhere.yaml
    assert_failure 2
    assert_output "error[E801]: cannot read nowhere.yaml: No such file or directory"
}

@test "usage: unknown options name the nearest" {
    are_refused <<'END'
--bogus|unknown option `--bogus`|cg-grad --help lists the options
s.yaml --bogus|unknown option `--bogus`|cg-grad --help lists the options
-Z|unknown option `-Z`|cg-grad --help lists the options
s.yaml -qZ|unknown option `-Z`|cg-grad --help lists the options
--formt json s|unknown option `--formt`|did you mean --format?
--argnum=1 --ony x s|unknown option `--ony`|did you mean --only?
--co value s|`--co` is short for several options|they are --compute, --color
-only x s|unknown option `-only`|a long option has two dashes: --only
s -format=json|unknown option `-format=json`|a long option has two dashes: --format=json
s -quiet|unknown option `-quiet`|a long option has two dashes: --quiet
END
    [ ! -e nly ] # -only is no -o nly
    run cg-grad --form jsonl --only 'product*' "$mission" # what is unique may be short
    assert_success
}

@test "usage: options of another command name theirs" {
    run cg-grad builtins --only x
    assert_failure 2
    assert_line --index 0 'error[E001]: --only is no option of `builtins`'
    assert_line --index 1 --regexp '^  = help: it is an option of eval(, [a-z]+)*$'
    run cg-grad help -q
    assert_line --index 0 'error[E001]: --quiet is no option of `help`'
}

@test "usage: a missing argument says what was expected" {
    are_refused <<'END'
-e|--expression needs EXPR|evaluate this expression instead of a spec; its arguments are those of --at
s --compute|--compute needs LIST|what to compute: value, grad, jacobian, hessian, jvp, separated by commas
s -o|--output needs FILE|write the results to FILE, whole or not at all
--quiet=3 s|--quiet takes no argument|
generate|`generate` needs one of man, expressions, builtins, bash, zsh, fish|
END
}

@test "usage: wrong words name the right ones" {
    are_refused <<'END'
-e x -e y|--expression is given twice|
--diagnostics jsn s|--diagnostics: `jsn` is none of text, json|did you mean json?
--input-format toml s|--input-format: `toml` is none of auto, yaml, json|
--color red s|--color: `red` is none of auto, always, never|
--diagnostics x s|--diagnostics: `x` is none of text, json|
-c gard s|--compute: `gard` is none of value, grad, jacobian, hessian, jvp|did you mean grad?
-c value, s|--compute: `` is none of value, grad, jacobian, hessian, jvp|
END
}

@test "usage: options that make no sense together" {
    are_refused <<'END'
--full -F json s|--full is for text and tables: JSON has arrays whole|
check -F table s|--format: `check` has no table|it prints text, json, jsonl
-qv s|-q and -v exclude each other|
--validate -o f s|--validate computes nothing: there is nothing for -o to write|
-e x s.yaml|-e evaluates an expression: it takes no spec|
-e 'x * y' --at x=3 y=4|-e evaluates an expression: it takes no spec|several arguments are one word: --at x=3,y=4
-e x -f f|-e and -f exclude each other|
-e x --only a|--only chooses points of a spec: -e has none|
--vjp g s|--vjp needs -e EXPR|
--at x=1 s|--at needs -f NAME or -e EXPR|the points of a spec have their own `at`
-f f a b|-f takes one spec|
-f f --only a s|--only chooses points of a spec: -f makes its own|
- -|standard input (-) can be read once|
''|an empty word where `eval` takes a SPEC|
help a b|`help` takes one COMMAND|`b` is too much
generate man zsh|`generate` takes one of man, expressions, builtins, bash, zsh, fish|`zsh` is too much
END
}

@test "usage: no spec at all is said, not waited for" {
    run cg-grad </dev/null
    assert_failure 2
    assert_line --index 0 "error[E001]: no spec is given"
    assert_line --index 1 --partial "cg-grad --help says more"
}

@test "usage: an expression may begin with a minus" {
    run cg-grad -e -x --at x=3
    assert_success
    assert_output "$(printf 'f#0\n  value   -3.0\n  grad x  -1.0')"
    run cg-grad --expression=-x --at x=-3
    assert_line "  value   3.0"
}

@test "usage: an argument without a value says how one is given" {
    run cg-grad -e 'x ** 2 + y' --at x=1
    assert_failure 2
    assert_output - <<'END'
error[E401]: unknown name `y`
  --> -e:1:10
   |
 1 | x ** 2 + y
   |          ^
   = help: a value for it is given by --at y=…
END
    run cg-grad -e 'tnah(x)' --at x=1 # a name that is near to a built-in
    assert_line "   = help: did you mean \`tanh\`?"
}

@test "usage: a rule that names the cotangent otherwise is told what it sees" {
    run cg-grad -e 'x ** 2' --vjp '2 * x * dy' --at x=1
    assert_failure 2
    assert_line "error[E401]: unknown name \`dy\`"
    assert_line "   = help: a rule sees the arguments and the cotangent \`g\`; --at dy=… makes an argument of it"
}

@test "usage: --at with a name that is none names the function's arguments" {
    run cg-grad -f product --at x=1,yy=2 "$mission"
    assert_failure 2
    assert_line "error[E403]: \`product\` has no argument \`yy\`"
    assert_line "  --> --at:1:5"
    assert_line "   = help: did you mean \`y\`? its arguments are x, y"
    run cg-grad -f square --at x=1,other=2 "$mission"
    assert_line "   = help: its argument is x"
    run cg-grad -f product --at x=1 "$mission"
    assert_line "error[E403]: argument \`y\` of \`product\` is missing"
    run cg-grad -f 'lambda a, b: a * b' --at a=1,c=2 "$mission"
    assert_line --partial "its arguments are a, b"
    run cg-grad -f product --at x=1,y=2 -n zzz "$mission"
    assert_line "error[E403]: argnums: \`product\` has no argument \`zzz\`"
    assert_line --partial "its arguments are x, y"
}
