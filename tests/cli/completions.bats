#!/usr/bin/env bats
# Completions: what the command answers the shells (cg-grad complete), and what stands in the line
# of each shell after TAB (press-tab).

bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
    export LC_ALL=C.UTF-8
    cp "$ROOT/examples/mission.yaml" spec.yaml
    cat >names.yaml <<'END'
version: 1
functions:
  square: {args: [x], value: x ** 2}
  sum_of: {args: [first, second], value: first + second}
points:
  - {name: "it's a \"test\"", function: square, at: [1]}
  - {name: "a * b", function: square, at: [1]}
  - {name: "$HOME `id` \\ z", function: square, at: [1]}
  - {name: "überall: 5 = fünf", function: square, at: [1]}
  - {name: "[brackets] {x}", function: square, at: [1]}
  - {name: "~tilde", function: square, at: [1]}
  - {name: "!bang #hash", function: square, at: [1]}
  - {name: "semi; colon|pipe&", function: square, at: [1]}
  - {name: "-dash", function: square, at: [1]}
END
    mkdir specs 'my folder'
    cp spec.yaml 'my folder/größe 1.yaml'
    touch other.txt
}

# -- what the command answers --------------------------------------------------------------

# The candidates for the last word, without their meaning, on one line.
candidates() {
    cg-grad complete $(($# - 1)) -- "$@" | sed 1d | cut -f1 | paste -sd'|'
}

@test "complete: commands first, then their operands" {
    assert_equal "$(cg-grad complete 0 -- '' | head -n 1)" specs
    assert_equal "$(candidates '' | tr '|' '\n' | sort | xargs)" "$(sed -n \
        's/^COMMAND(\([a-z]*\),.*")$/\1/p' "$ROOT/src/cli/commands.def" | sort | xargs)"
    assert_equal "$(candidates generate '')" 'man|expressions|builtins|bash|zsh|fish'
    assert_equal "$(candidates generate man '')" ''
    assert_equal "$(candidates help '')" "$(candidates '')"
    assert_equal "$(candidates schema '' | tr '|' '\n' | sort | xargs)" "$(cg-grad schema | cut -d' ' -f1 | xargs)"
    assert_equal "$(candidates explain '' | tr '|' '\n' | xargs)" \
        "$(sed -n 's/^CODE(\([EW0-9]*\),.*/\1/p' "$ROOT/src/base/codes.def" | xargs)"
    assert_equal "$(cg-grad complete 1 -- init '')" files
    run candidates builtins ''
    assert_output --partial '|softplus|'
    assert_output --partial '|x.flatten|'
    assert_equal "$(cg-grad complete 1 -- eval '' | head -n 1)" specs
    assert_equal "$(candidates -e x '')" ''
    run cg-grad complete 0 -- ''
    refute_output --partial complete
}

@test "complete: options of the command, each once" {
    run candidates builtins -
    assert_output '--format|--output|--diagnostics|--color|--help|--version'
    run candidates builtins -F json --out
    assert_output '--output|--diagnostics|--color|--help|--version'
    run candidates --only x --compute value -q -
    assert_output --partial '--only|'
    assert_output --partial '--compute|'
    refute_output --partial -- --quiet
    assert_equal "$(candidates -- -)" "$(candidates '')"
}

@test "complete: the words of a choice, after a short, long or joined option" {
    assert_equal "$(candidates --color '')" 'auto|always|never'
    assert_equal "$(candidates --color=a)" '--color=auto|--color=always|--color=never'
    assert_equal "$(candidates graph -F '')" 'text|dot|svg'
    assert_equal "$(candidates check -F '' | tr '|' '\n' | grep -c 'dot\|svg')" 0
    assert_equal "$(candidates --col '')" 'auto|always|never'
    assert_equal "$(candidates -qF '')" "$(candidates --format '')"
    assert_equal "$(candidates -c value,gr)" 'value,value|value,grad|value,jacobian|value,hessian|value,jvp'
    assert_equal "$(cg-grad complete 1 -- -c '' | head -n 1)" list
    assert_equal "$(cg-grad complete 1 -- -o '' | head -n 1)" files
}

@test "complete: names of a spec, before and behind the word" {
    points='square at 3|square, second derivative|product at (3, 4)'
    assert_equal "$(candidates spec.yaml --only '')" "$points"
    assert_equal "$(cg-grad complete 1 -- --only '' -q spec.yaml | sed 1d | cut -f1 | paste -sd'|')" "$points"
    run candidates names.yaml -f ''
    assert_output --partial 'square|sum_of|'
    assert_output --partial '|grad(|'
    run candidates names.yaml -f 'grad(sq'
    assert_output --partial 'grad(square|'
    assert_equal "$(candidates names.yaml -f sum_of --at '')" 'first=|second='
    assert_equal "$(candidates names.yaml -f sum_of --at 'first=1,')" 'first=1,first=|first=1,second='
    assert_equal "$(candidates names.yaml -fsum_of -n '')" 'first|second'
    assert_equal "$(candidates names.yaml -n first,)" 'first,x|first,first|first,second'
    run candidates -e 'sum(jnp.ta'
    assert_output --partial 'sum(jnp.tanh('
    refute_output --partial flatten
}

@test "complete: silent and at once where there is nothing to say" {
    mkfifo fifo
    echo 'functions: {' >broken.yaml
    printf 'version: 1\nfunctions: {f: {args: [x], value: x}}\npoints: [{function: f, at: [1], name: "a\\nb"}]' >control.yaml
    for spec in fifo broken.yaml nowhere.yaml . - control.yaml; do
        run --separate-stderr timeout 5 cg-grad complete 2 -- "$spec" --only ''
        assert_success
        assert_output ""
        # shellcheck disable=SC2154 # set by run
        assert_equal "$stderr" ""
    done
    for words in '' '5 -- a' 'x'; do
        # shellcheck disable=SC2086 # words
        run timeout 5 cg-grad complete $words </dev/null
        assert_failure
    done
}

@test "complete: a function over several lines is no line of its own" {
    printf 'version: 1\npoints:\n  - name: one\n    function: |\n      1 +\n      2\n' >lines.yaml
    run cg-grad complete 2 -- lines.yaml --only ''
    assert_output "$(printf '\none\t')"
}

@test "complete: a spec below the home folder" {
    # shellcheck disable=SC2088 # a tilde that no shell expanded
    HOME=$PWD run candidates '~/spec.yaml' --only ''
    assert_output --partial "square at 3"
}

# -- what the shells do with it ------------------------------------------------------------

# Each line: the line before TAB | the line behind it.
completes() {
    command -v zsh >/dev/null || skip "zsh is not installed"
    command -v "$1" >/dev/null || skip "$1 is not installed"
    while IFS='¦' read -r line expected; do
        run "$BATS_TEST_DIRNAME/press-tab" "$1" "$2" "cg-grad $line"
        assert_equal "$1: $line → $output" "$1: $line → cg-grad $expected"
    done
}

# What all shells do alike.
# shellcheck disable=SC1003
common='bui¦builtins 
--form¦--format 
--diagnostics js¦--diagnostics json 
--color=al¦--color=always 
builtins arccosh¦builtins arccosh 
builtins --diag¦builtins --diagnostics 
generate expr¦generate expressions 
help gen¦help generate 
names.yaml -f squ¦names.yaml -f square 
names.yaml -f square --at ¦names.yaml -f square --at x=
spec.y¦spec.yaml 
spec.yaml --only pro¦spec.yaml --only product\ at\ \(3,\ 4\) 
my\ folder/¦my\ folder/größe\ 1.yaml 
-o oth¦-o other.txt 
--output=oth¦--output=other.txt 
names.yaml --only it¦names.yaml --only it\'"'"'s\ a\ \"test\" 
names.yaml --only "it¦names.yaml --only "it'"'"'s a \"test\"" 
names.yaml --only ü¦names.yaml --only überall:\ 5\ =\ fünf 
names.yaml --only überall:¦names.yaml --only überall:\ 5\ =\ fünf 
names.yaml --only \[¦names.yaml --only \[brackets\]\ \{x\} 
names.yaml --only '"'"'[¦names.yaml --only '"'"'[brackets] {x}'"'"' 
names.yaml --only \~¦names.yaml --only \~tilde 
names.yaml --only '"'"'!¦names.yaml --only '"'"'!bang #hash'"'"' 
names.yaml --only=se¦names.yaml --only=semi\;\ colon\|pipe\& 
names.yaml --only -d¦names.yaml --only -dash 
names.yaml --only a¦names.yaml --only a\ \*\ b '

@test "completions: bash" {
    completes bash "$ROOT/completions/cg-grad.bash" <<END
$common
names.yaml --only 'it¦names.yaml --only 'it'\\''s a "test"' 
names.yaml --only a\\ \\*¦names.yaml --only a\\ \\*\\ b 
names.yaml --only 'a *¦names.yaml --only 'a * b' 
names.yaml --only \\\$¦names.yaml --only \\\$HOME\\ \\\`id\\\`\\ \\\\\\ z 
names.yaml --only "\\\$¦names.yaml --only "\\\$HOME \\\`id\\\` \\\\ z" 
names.yaml -f 'grad(squ¦names.yaml -f 'grad(square' 
names.yaml -f 'gra¦names.yaml -f 'grad(
-c value,gr¦-c value,grad
names.yaml -f sum_of -n fi¦names.yaml -f sum_of -n first
END
}

@test "completions: zsh" {
    completes zsh "$ROOT/completions/_cg-grad" <<END
$common
names.yaml --only 'it¦names.yaml --only 'it'\\''s a "test"' 
names.yaml --only a\\ \\*¦names.yaml --only a\\ \\*\\ b 
names.yaml --only 'a *¦names.yaml --only 'a * b' 
names.yaml --only \\\$¦names.yaml --only \\\$HOME\\ \\\`id\\\`\\ \\\\\\ z 
names.yaml --only "\\\$¦names.yaml --only "\\\$HOME \\\`id\\\` \\\\ z" 
names.yaml -f 'grad(squ¦names.yaml -f 'grad(square' 
names.yaml -f 'gra¦names.yaml -f 'grad(
-c value,gr¦-c value,grad,
END
}

@test "completions: fish" {
    completes fish "$ROOT/completions/cg-grad.fish" <<END
$common
names.yaml --only 'it¦names.yaml --only 'it\\'s a "test"' 
names.yaml --only \\\$¦names.yaml --only \\\$HOME\\ \`id\`\\ \\\\\\ z 
names.yaml -f 'grad(squ¦names.yaml -f 'grad(square' 
-c value,gr¦-c value,grad 
END
    run fish --no-config -c "source '$ROOT/completions/cg-grad.fish'; complete -C 'cg-grad '"
    assert_line --regexp $'^builtins\tthe built-ins: '
    assert_line spec.yaml
    refute_line other.txt
}

@test "completions: in the middle of a line" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    back=$(printf '\x02%.0s' {1..11}) # behind it stands " names.yaml"
    for shell in bash:cg-grad.bash zsh:_cg-grad; do # fish shows nothing of it
        command -v "${shell%:*}" >/dev/null || continue
        run "$BATS_TEST_DIRNAME/press-tab" "${shell%:*}" "$ROOT/completions/${shell#*:}" \
            'cg-grad --only \~t names.yaml' "$back"
        assert_output --regexp '^cg-grad --only \\~tilde  ?names.yaml$'
    done
}
