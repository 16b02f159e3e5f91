#!/usr/bin/env bats
# Every allocation fails once: of the command, and of the libraries that it uses. Each time the
# command says that memory is out, or does without and prints what it always prints.

setup_file() {
    "${CC:-cc}" -std=c17 -D_GNU_SOURCE -fPIC -shared -o "$BATS_FILE_TMPDIR/failing.so" \
        "$BATS_TEST_DIRNAME/../preload/failing.c"
}

setup() {
    load helper
    common_setup
    ! grep -q __asan_init "${CG_GRAD:-$ROOT/build/cg-grad}" ||
        skip "AddressSanitizer has an allocator of its own"
    cd "$ROOT"
}

# failing N ARGUMENTS…: the N-th allocation fails. Sets $out, $status; error output in ./err.
failing() {
    local n=$1
    shift
    status=0
    out=$(FAIL_AT=$n LD_PRELOAD=$BATS_FILE_TMPDIR/failing.so cg-grad "$@" \
        2>"$BATS_TEST_TMPDIR/err" 9>"$BATS_TEST_TMPDIR/count") || status=$?
}

# survives ARGUMENTS…: every allocation of this command fails once.
survives() {
    failing 0 "$@"
    local n wrong=0 whole=$out well=$status
    local count
    count=$(<"$BATS_TEST_TMPDIR/count")
    cp "$BATS_TEST_TMPDIR/err" "$BATS_TEST_TMPDIR/whole"
    [ "$count" -gt 1 ] || fail "$count allocations"
    for ((n = 1; n <= count; n++)); do
        failing "$n" "$@"
        if [ "$status" -eq 2 ] && grep -q '^error\[E702\]: out of memory' "$BATS_TEST_TMPDIR/err"; then
            continue
        fi
        # Without memory for a library's own, the system's loader ends the program itself.
        if [ "$status" -eq 127 ] && grep -qE '^out of memory|data: ABORT$' "$BATS_TEST_TMPDIR/err"; then
            continue
        fi
        [ "$status" -ne "$well" ] || [ "$out" != "$whole" ] ||
            ! cmp -s "$BATS_TEST_TMPDIR/err" "$BATS_TEST_TMPDIR/whole" || continue
        echo "allocation $n of $count: exit status $status, $(<"$BATS_TEST_TMPDIR/err")"
        wrong=1
    done
    return $wrong
}

@test "a spec in JSON, results in JSON" { survives -F json examples/mission.json; }
@test "a spec in YAML" { survives examples/mission.yaml; }
@test "arrays" { survives examples/logistic.yaml; }
@test "a one-liner with a hessian" { survives -e 'sum(x ** 2)' --at 'x=[1, 2]' -c hessian; }
@test "a loop of checkpoints" { survives -e 'scan(checkpoint(lambda a, _: (sin(a) * x, a)), x, None, length=3)[0]' --at x=2; }
@test "a derivative that is not finite" { survives -e 'where(x > 0, sqrt(x), 0)' --at x=0; }
@test "exact numbers" { survives --engine exact -e 'x / 3' --at x=1; }
@test "a point in error" { survives tests/specs/errors/E503-shape.yaml; }
@test "a section, a list, and no such code" { survives explain E501 && survives explain && survives explain E5O3; }
@test "a schema, a list, and no such schema" { survives schema spec && survives schema && survives schema spce; }
@test "a first spec, printed" { survives init -; }
@test "a document with mistakes" { survives tests/specs/errors/E202-key.yaml; }
@test "expectations that hold, as JSON" { survives check -F json examples/mission.yaml; }
@test "expectations that fail" { survives check tests/specs/failing.yaml; }
@test "goldens: some hold, some do not; a damaged file" {
    survives check tests/specs/goldens/held.yaml
    survives check tests/specs/goldens/damaged.yaml
}
@test "values from files" { survives examples/data.yaml; }
@test "a batch with a row that fails" { survives -F json tests/specs/errors/E601-row.yaml; }
@test "an archive" {
    (cd "$BATS_TEST_TMPDIR" && python3 -c "import zipfile, sys
zipfile.ZipFile('a.npz', 'w', zipfile.ZIP_DEFLATED).write('$ROOT/examples/data.npy', 'a.npy')")
    printf 'version: 1\npoints:\n  - {function: sum, at: [{file: a.npz}]}\n' >"$BATS_TEST_TMPDIR/a.yaml"
    survives "$BATS_TEST_TMPDIR/a.yaml"
}
@test "a graph" { survives graph --grad -f softplus examples/softplus.yaml; }
@test "a graph in Graphviz's language" { survives graph --raw -F dot -e 'sin(x) if x > 0 else x' --at x=1; }
@test "an account of points" { survives --explain -F jsonl examples/mission.yaml; }
@test "built-ins: one, all, none" { survives builtins expit && survives builtins -F jsonl 'arc*' && survives builtins sofplus; }
@test "pages" { survives generate man && survives generate builtins && survives help eval; }
@test "completions" { survives complete 2 -- examples/mission.yaml --only '' && survives complete 4 -- examples/mission.yaml -f product --at ''; }
@test "mistakes of usage" { survives evla && survives -qv s && survives --ony x && survives generate mna && survives -f product --at z=1 examples/mission.yaml; }
