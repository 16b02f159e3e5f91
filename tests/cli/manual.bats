#!/usr/bin/env bats
# The manual: what is generated is up to date, the pages are clean and say what is true.

setup() {
    load helper
    common_setup
}

# generated WHAT FILE
is_current() {
    cg-grad generate "$1" | diff -u "$ROOT/$2" - || fail "$2 is stale: run \`make manual\`"
}

@test "manual: generated files are current" {
    is_current man man/cg-grad.1
    is_current expressions man/cg-grad-expressions.7
    is_current builtins docs/builtins.md
    is_current bash completions/cg-grad.bash
    is_current zsh completions/_cg-grad
    is_current fish completions/cg-grad.fish
}

@test "manual: no page has a warning of mandoc or groff" {
    cd "$ROOT/man"
    run mandoc -Tlint -Wwarning cg-grad.1 cg-grad-spec.5 cg-grad-expressions.7
    assert_output ""
    run mandoc -Tlint -Wstyle cg-grad.1 cg-grad-spec.5 cg-grad-expressions.7
    refute_line --regexp '(STYLE|WARNING|ERROR): (input text line|new sentence|no blank|whitespace)'
    for page in *.[157]; do
        run bash -c "groff -ww -mdoc -Tutf8 $page >/dev/null"
        assert_output ""
        run bash -c "groff -ww -mdoc -Tascii $page >/dev/null"
        refute_output --partial "error"
    done
}

page() {
    mandoc -Tutf8 "$ROOT/man/$1" | col -bx
}

@test "cg-grad(1): all commands, all options, all sections" {
    page cg-grad.1 >shown
    while read -r option; do
        grep -q -e "--$option" shown || fail "--$option is missing"
    done < <(sed -n 's/^OPTION([a-z_]*, [^"]*"\([a-z-]*\)".*/\1/p' "$ROOT/src/cli/options.def")
    while read -r command; do
        grep -q "^     cg-grad $command \|^     $command" shown || fail "$command is missing"
    done < <(sed -n 's/^COMMAND(\([a-z]*\),.*")$/\1/p' "$ROOT/src/cli/commands.def")
    for section in NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES "EXIT STATUS" EXAMPLES DIAGNOSTICS \
        "SEE ALSO"; do
        grep -qx "$section" shown || fail "no section $section"
    done
}

# The text between lines of a page, its indentation removed.
between() {
    page "$1" | sed -n "\\|$2|,\\|$3|p" | sed '1d;$d;s/^ \{11\}//'
}

@test "cg-grad(1): the examples print what the page says" {
    between cg-grad.1 'cat spec.yaml' 'cg-grad spec.yaml' >spec.yaml
    grep -q '^functions:' spec.yaml
    page cg-grad.1 | sed -n '/\$ cg-grad spec.yaml/,/grad x/p' | sed '1d;s/^ \{11\}//' >expected
    cg-grad spec.yaml | diff expected -
    run cg-grad -e 'tnah(x)' --at x=3
    grep -F -q "cg-grad -e 'tnah(x)' --at x=3" <(page cg-grad.1)
    page cg-grad.1 | sed -n '/^ *error\[E401\]/,/help:/p' | sed 's/^ \{11\}//' |
        sed 's/^  = help/   = help/' >expected
    diff expected - <<<"$output"
}

@test "cg-grad-spec(5): its spec is one" {
    page cg-grad-spec.5 | sed -n '/^ *version: 1$/,/expect:/p' | sed 's/^ \{11\}//' >spec.yaml
    run cg-grad spec.yaml
    assert_success
    assert_line "  value   1000.0"
    # every key of functions, rules and points is explained
    for key in version dtype constants functions points args let value vjp jvp domain doc type \
        default nondiff static cotangent grads linear derivative_of tangents function at argnums \
        tangent compute name expect rtol atol ulp record; do
        grep -q "\b$key\b" <(page cg-grad-spec.5) || fail "$key is missing"
    done
}

@test "cg-grad-expressions(7): every built-in is there" {
    page cg-grad-expressions.7 >shown
    while read -r name; do
        grep -q -F -e " $name(" shown || grep -q "^     $name\b" shown || fail "$name is missing"
    done < <(cg-grad builtins -F jsonl | jq -r .name)
}

@test "generate: in every locale the same, and -o writes the file" {
    LC_ALL=de_DE.UTF-8 cg-grad generate expressions -o page
    LC_ALL=C cg-grad generate expressions | cmp page -
}
