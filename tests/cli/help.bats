#!/usr/bin/env bats
# --help, help, --version: made from the tables of commands, options and examples.

setup() {
    load helper
    common_setup
    commands=$(sed -n 's/^COMMAND(\([a-z]*\),.*"\(.*\)")$/\1/p' "$ROOT/src/cli/commands.def")
}

@test "help: examples first, then usage, commands and options" {
    run cg-grad -h
    assert_success
    for form in --help help; do
        assert_equal "$(cg-grad $form)" "$output"
    done
    first() { grep -n -m 1 -e "$1" <<<"$output" | cut -d: -f1; }
    [ "$(first '^  cg-grad spec.yaml')" -lt "$(first '^Usage:')" ]
    [ "$(first '^Usage:')" -lt "$(first '^Commands:')" ]
    [ "$(first '^Commands:')" -lt "$(first '^Options:')" ]
    for command in $commands; do
        assert_line --regexp "^  $command "
    done
    refute_output --partial complete
}

@test "help: each option in the help of the commands that have it, and in no other" {
    for command in $commands; do
        cg-grad "$command" --help >"$command.help"
        diff "$command.help" <(cg-grad help "$command")
        grep -q "^Usage: cg-grad $command \[options\] " "$command.help"
        grep -q "^  cg-grad " "$command.help" || fail "$command has no example"
    done
    tested=0
    while IFS='|' read -r option owners; do
        for command in $commands; do
            expected=0
            [[ $owners != ALL && $owners != *"ON($command)"* ]] || expected=1
            assert_equal "$command --$option: $(grep -c -E -e "^  (-., |    )--$option( |\$)" "$command.help")" \
                "$command --$option: $expected"
            tested=$((tested + 1))
        done
    done < <(sed -n 's/^OPTION([a-z_]*, [^"]*"\([a-z-]*\)".*, \(ON([^"]*)\|ALL\), ".*/\1|\2/p' \
        "$ROOT/src/cli/options.def")
    [ "$tested" -ge 60 ]
}

@test "help: fits 80 columns, in every locale" {
    for command in '' $commands; do
        for locale in C C.UTF-8; do
            # shellcheck disable=SC2086 # no word for the program's own help
            LC_ALL=$locale cg-grad $command --help >help
            run env LC_ALL=C.UTF-8 awk 'length($0) > 80' help
            assert_output ""
        done
    done
}

@test "help: the examples do what they say" {
    cp "$ROOT/examples/mission.yaml" spec.yaml
    n=0
    while read -r command; do
        run bash -c "$command"
        assert_success
        [ -n "$output" ]
        n=$((n + 1))
    done < <(cg-grad --help | sed -n 's/^  \(cg-grad .*[a-z0-9].*\)/\1/p' | grep -v '…')
    [ "$n" -ge 5 ]
}

@test "--version" {
    run cg-grad --version
    assert_output --regexp '^cg-grad [0-9]+\.[0-9]+\.[0-9]+$'
    assert_equal "$(cg-grad builtins -V)" "$output"
}
