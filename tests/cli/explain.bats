#!/usr/bin/env bats
# cg-grad explain and docs/errors.md: every code has a section, whose examples do what it says.
#
# A section shows a spec that is `wrong` and its mend, `right` (```yaml wrong, ```json right),
# run here; or a console block, run by readme.bats.

setup() {
    load helper
    common_setup
    document=$ROOT/docs/errors.md
}

# Codes that have no example: their sections say so.
unprovoked='
E603 depends on what is installed
E702 depends on the machine
E901 a mistake of the program itself
'

# The section of a code.
section() {
    awk -v code="$1" '/^##/ { inside = $1 == "###" && $2 == code } inside' "$document"
}

# on_terminal COMMAND: its output, both streams, as a terminal gets it.
on_terminal() { script -qec "$1" /dev/null | tr -d '\r'; }

@test "docs/errors.md has a section for every code, in order, and no other" {
    sed -n 's/^CODE(\([EW][0-9]*\), "\(.*\)")$/\1 \2/p' "$ROOT/src/base/codes.def" >codes
    sed -n 's/^### //p' "$document" >sections
    [ -s codes ]
    diff codes sections
    # each below the heading of its family
    awk '/^## [EW].xx /{ family = substr($2, 1, 2) }
         /^### / && substr($2, 1, 2) != family && family != "Wx" { print; bad = 1 }
         END { exit bad }' "$document"
}

@test "docs/errors.md: each section has a wrong spec and a right one, or says why not" {
    while read -r code; do
        text=$(section "$code")
        wrong=$(grep -cE '^```(yaml|json) wrong$' <<<"$text" || true)
        right=$(grep -cE '^```(yaml|json) right$' <<<"$text" || true)
        if grep -q "^$code " <<<"$unprovoked"; then
            [ "$wrong" -eq 0 ] || fail "$code is provoked"
            grep -qi 'no spec' <<<"$text" || fail "$code: its section does not say that no spec provokes it"
        elif [ "$wrong" -eq 0 ]; then
            grep -q '^```console$' <<<"$text" || fail "$code has no example"
            grep -qE "^(error|warning)\[$code\]: " <<<"$text" || fail "$code: its example does not provoke it"
        else
            assert_equal "$code: $right" "$code: $wrong"
        fi
    done < <(sed -n 's/^### \([EW][0-9]*\) .*/\1/p' "$document")
}

@test "docs/errors.md: a wrong spec gives its code first, a right one runs well" {
    awk '
        /^### / { code = $2; n = 0 }
        /^```(yaml|json) (wrong|right)$/ {
            file = sprintf("%s-%d-%s.%s", code, n++, $2, substr($1, 4))
            printf "" >file
            next
        }
        /^```$/ { file = "" }
        file { print >file }' "$document"
    local bad=0 n=0
    for spec in [EW]*-wrong.* [EW]*-right.*; do
        n=$((n + 1))
        local code=${spec%%-*} status=0 expected=0 first
        cg-grad --diagnostics json "$spec" >/dev/null 2>err || status=$?
        first=$(sed -n '1s/^{"code":"\([EW][0-9]*\)".*/\1/p' err)
        case $spec in
        E*-wrong.*) expected=2 ;;
        *-right.*) code= ;;
        esac
        [ "$status:$first" = "$expected:$code" ] && continue
        echo "$spec: exit status $status, first '$first'"
        cat err
        bad=1
    done
    [ "$n" -gt 100 ]
    [ "$bad" -eq 0 ]
}

@test "docs/errors.md: lines fit a terminal, and no code goes over the end of one" {
    awk '
        /^```/ { block = !block; next }
        !block && !/^\|/ {
            if (length > 82) { print FILENAME ":" FNR ": too long"; bad = 1 }
            if (gsub(/`/, "") % 2) { print FILENAME ":" FNR ": an odd backtick"; bad = 1 }
        }
        block && /^##/ { print FILENAME ":" FNR ": would be a heading"; bad = 1 }
        END { exit bad }' "$document"
}

@test "explain CODE: the section, rendered for a terminal" {
    run cg-grad explain E508
    assert_success
    assert_output - <<'END'
E508: a jvp rule is not linear

Reverse mode transposes a jvp rule, and only a linear map has a transpose:
each summand of the tangent is one tangent times something without tangents (a
literal 0 is allowed). A product of tangents, or a function of one, is none.
Forward mode alone does not mind.

Wrong:
    version: 1
    functions:
      f: {args: [x], value: sin(x), jvp: sin(dx)}
    points:
      - {function: f, at: [3]}

Right:
    version: 1
    functions:
      f: {args: [x], value: sin(x), jvp: dx * cos(x)}
    points:
      - {function: f, at: [3]}
END
    run cg-grad explain E801
    assert_line '    $ cg-grad examples/misson.yaml'
}

@test "explain CODE: every one, with its title first" {
    while read -r code title; do
        run cg-grad explain "$code"
        assert_success
        assert_line --index 0 "$code: $title"
        [ "${#lines[@]}" -gt 1 ]
        refute_output --partial '```'
        refute_output --partial '##'
    done < <(sed -n 's/^CODE(\([EW][0-9]*\), "\(.*\)")$/\1 \2/p' "$ROOT/src/base/codes.def")
}

@test "explain CODE: in whatever way it is written" {
    cg-grad explain E503 >expected
    for word in e503 503; do
        cg-grad explain "$word" | cmp - expected
    done
    cg-grad explain -- E503 | cmp - expected
}

@test "explain: all codes by family, or those that begin so" {
    run cg-grad explain
    assert_success
    assert_line --index 0 "E0xx usage"
    assert_line --index 1 "  E001  wrong usage"
    assert_equal "$(grep -c '^  [EW]' <<<"$output")" "$(grep -c '^CODE' "$ROOT/src/base/codes.def")"
    assert_equal "$(grep '^[^ ]' <<<"$output")" "$(sed -n 's/^## //p' "$document")"

    run cg-grad explain E6
    assert_success
    assert_output "$(printf 'E6xx evaluation\n  E601  index out of bounds\n  E602  not decided by the exact engine\n  E603  the exact engine cannot be loaded')"
    for word in e6 6 E6xx 6XX E60 E60x; do
        assert_equal "$(cg-grad explain "$word")" "$output"
    done
    run cg-grad explain E
    refute_output --partial "W001"
    run cg-grad explain W
    assert_line --index 0 "Wxxx warnings"
    assert_line --index 1 --partial "  W001  "
}

@test "explain: an unknown code" {
    run cg-grad explain E5O3
    assert_failure 2
    assert_output - <<'END'
error[E001]: there is no diagnostic `E5O3`
  = help: did you mean E503? cg-grad explain lists all codes
END
    for word in E999 E5033 x "" ' ' 'E5%s' $'E50\033'; do
        run cg-grad explain "$word"
        assert_failure 2
        assert_line --index 0 --partial "error[E001]: there is no diagnostic \`"
        assert_line --index 1 --partial "cg-grad explain lists all codes"
        refute_output --partial $'\033'
    done
    run cg-grad explain E501 E502
    assert_failure 2
    assert_line --index 0 'error[E001]: `explain` takes one CODE'
}

@test "explain: colours by --color, NO_COLOR and terminal" {
    escape=$'\033'
    run cg-grad explain --color always E501
    assert_line --index 0 "${escape}[1mE501: value-dependent if in a rule${escape}[0m"
    assert_line "${escape}[1;31mWrong:${escape}[0m"
    assert_line "${escape}[32mRight:${escape}[0m"
    assert_line --partial "${escape}[36mwhere(condition, a, b)${escape}[0m"
    refute_output --partial '`'
    run on_terminal 'cg-grad explain E501'
    assert_output --partial "${escape}[1;31mWrong:"
    run on_terminal 'NO_COLOR=1 cg-grad explain E501'
    refute_output --partial "$escape"
    assert_output --partial '`where(condition, a, b)`'
    assert_equal "$(cg-grad explain --color always E501 | sed "s/${escape}\[[0-9;]*m//g")" \
        "$(cg-grad explain E501 | sed '/^    /! s/`//g')"
}

@test "explain: output that fails" {
    run bash -c 'cg-grad explain E501 >/dev/full'
    assert_failure 2
    assert_output --partial "error[E802]"
}

@test "diagnostics: on a terminal the last line names the command that explains the first" {
    spec=$SPECS/errors/E503-shape.yaml
    run on_terminal "cg-grad --color never $spec"
    assert_line --index -1 "cg-grad explain E503 says more"
    assert_equal "$(grep -c 'says more' <<<"$output")" 1
    run on_terminal "cg-grad --color never $SPECS/errors/E310-keyword.yaml"
    assert_line --index -1 "cg-grad explain E310 says more"
    printf '%s\n' 'version: 1' 'functions: {f: {args: [x], let: {e: 2}, value: "x[3]"}}' \
        'points: [{function: f, at: [[1]]}]' >both.yaml
    run on_terminal "cg-grad --color never both.yaml"
    assert_line --partial "warning[W004]"
    assert_line --index -1 "cg-grad explain E406 says more" # an error before a warning
    sed -i 's/3/0/' both.yaml
    run on_terminal "cg-grad --color never -c value both.yaml"
    assert_line --index -1 "cg-grad explain W004 says more"
    run on_terminal "cg-grad nowhere.yaml"
    assert_line --index -1 "cg-grad explain E801 says more"
    run on_terminal "cg-grad --fromat json"
    assert_line --index -1 "cg-grad explain E001 says more"
    run on_terminal "cg-grad $spec >/dev/full"
    assert_line --index -1 "cg-grad explain E503 says more"
    for silent in "-q $spec" "--diagnostics json $spec" "$spec 2>err" "$ROOT/examples/mission.yaml"; do
        run on_terminal "cg-grad $silent"
        refute_output --partial "says more"
    done
    run cat err
    assert_output --partial "error[E503]"
    refute_output --partial "says more"
}
