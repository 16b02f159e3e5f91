#!/usr/bin/env bats
# What the documents show is what happens: every command in a console block of README.md and
# docs/*.md is run, and every yaml block of README.md, the tutorial and coming-from stands in an
# example.

setup() {
    load helper
    common_setup
    cd "$ROOT"
}

# console FILE: its console blocks as a script: each command with the output that it must have.
console() {
    awk '
        /^```console$/ { block = 1; next }
        /^```$/ { if (block) flush(); block = 0 }
        block && /^\$ / { flush(); command = substr($0, 3); line = NR; next }
        block { expected = expected $0 "\n" }
        function flush() {
            if (command != "") printf "%d%c%s%c%s%c", line, 0, command, 0, expected, 0
            command = expected = ""
        }' "$1"
}

# run_console FILE
run_console() {
    local line command expected actual wrong=0 n=0
    while IFS= read -r -d '' line && IFS= read -r -d '' command && IFS= read -r -d '' expected; do
        n=$((n + 1))
        actual=$(bash -c "$command" 2>&1; echo .)
        [ "$actual" = "$expected." ] && continue
        echo "$1:$line: $ $command"
        diff <(printf %s "$expected") <(printf %s "${actual%.}") || true
        wrong=1
    done < <(console "$1")
    echo "$n commands"
    return $wrong
}

@test "README.md: its commands print what it says" {
    run run_console README.md
    assert_success
    assert_line --regexp '^[1-9][0-9]* commands$'
}

@test "docs/pictures: what the command prints now (scripts/pictures draws them anew)" {
    CG_GRAD=$(command -v cg-grad) scripts/pictures "$BATS_TEST_TMPDIR/pictures"
    for picture in "$BATS_TEST_TMPDIR"/pictures/*.svg; do
        cmp "$picture" "docs/pictures/$(basename "$picture")"
    done
}

@test "docs: their commands print what they say" {
    for document in docs/*.md; do
        run run_console "$document"
        assert_success
    done
}

@test "README.md and the tutorials: their yaml stands in the examples" {
    awk -v to="$BATS_TEST_TMPDIR/yaml" '
        /^```yaml$/ { block = 1; n++; next }
        /^```$/ { block = 0 }
        block { print >(to n) }' README.md docs/tutorial.md docs/coming-from.md
    for block in "$BATS_TEST_TMPDIR"/yaml*; do
        found=
        for example in examples/*.yaml examples/ci/*; do
            [[ $(<"$example") != *"$(<"$block")"* ]] || found=$example
        done
        [ "$found" ] || fail "in no example: $(<"$block")"
    done
}

@test "README.md: its links lead somewhere" {
    for document in *.md docs/*.md examples/*.md; do
        while read -r target; do
            [ -e "$(dirname "$document")/$target" ] || fail "$document: $target"
        done < <(sed 's/`[^`]*`//g' "$document" | grep -o '](\([^)#:]*\))' | tr -d '()]')
    done
}

# quoted FILE: each line of its c blocks, with the file that the block names.
quoted() {
    awk '
        /^```c / { file = $2; next }
        /^```$/ { file = "" }
        file { sub(/^ */, ""); print file "\t" $0 }' "$1"
}

@test "docs: the code that they quote stands in the file that they name" {
    local file line n=0
    while IFS=$'\t' read -r file line; do
        n=$((n + 1))
        grep -qF -- "$line" "$file" || fail "not in $file: $line"
    done < <(for document in docs/*.md; do quoted "$document"; done)
    [ "$n" -gt 10 ]
}

@test "the test of the documents sees a wrong one" {
    printf '```console\n$ cg-grad --version\ncg-grad 99\n$ true\n```\n' >"$BATS_TEST_TMPDIR/wrong.md"
    run run_console "$BATS_TEST_TMPDIR/wrong.md"
    assert_failure
    assert_line --partial 'wrong.md:2: $ cg-grad --version'
    assert_line "2 commands"
}

@test "docs/builtins.md: what it lists is there" {
    grep '^| `' docs/builtins.md | cut -d'|' -f2 | grep -oE '`[a-z_0-9]+[`(]' | tr -d '`(' |
        awk '{ names = names ", " $0 } END { print "lambda x: (x" names ")[0]" }' >"$BATS_TEST_TMPDIR/names"
    [ "$(tr , '\n' <"$BATS_TEST_TMPDIR/names" | wc -l)" -gt 200 ]
    run cg-grad --function "$(cat "$BATS_TEST_TMPDIR/names")" --at x=1 -c value examples/mission.yaml
    assert_success
}

@test "docs/architecture.md: its layers are those of scripts/check-layers" {
    table=$(sed -n "/^layers='/,/^'/p" scripts/check-layers | sed '1d; $d')
    [ -n "$table" ]
    [[ $(<docs/architecture.md) == *"$table"* ]] || fail "$table"
}

@test "docs/architecture.md: the files and functions that it names are there" {
    while read -r file; do
        [ -e "src/$file" ] || [ -e "$file" ] || fail "$file"
    done < <(grep -o '`[a-z/_]*\.[chd][a-z]*`' docs/architecture.md | tr -d '`' | grep /)
    while read -r name; do
        grep -rqw "$name" src || fail "$name"
    done < <(grep -oE '`(cg|doc|front|lang|xform|ir|exec|vm|opt|num|report|jvp|transpose)_[a-z_]+`' docs/architecture.md | tr -d '`')
}
