#!/usr/bin/env bats
# Values of points from files: .npy, .npz and .csv. (The readers themselves: tests/unit/test_data.c.)

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0

setup() {
    load helper
    common_setup
}

# npy DESCR SHAPE [True]: a .npy file of the elements on standard input (text with \x escapes).
npy() {
    local header="{'descr': '$1', 'fortran_order': ${3:-False}, 'shape': $2, }"
    printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header"
    printf "%b" "$(cat)"
}

# le VALUES…: numbers below 256 as int64, little-endian.
le() { for i in "$@"; do printf '\\x%02x\\x00\\x00\\x00\\x00\\x00\\x00\\x00' "$i"; done; }

# point VALUE: a spec with one point there.
point() { printf 'version: 1\npoints:\n  - function: "lambda x: x"\n    at: {x: %s}\n' "$1" >spec.yaml; }

# gives VALUE JSON
gives() {
    point "$1"
    assert_equal "$(cg-grad -F jsonl spec.yaml | jq -c '[.dtype, .value]')" "$2"
}

# refuses VALUE CODE MESSAGE [HINT]
refuses() {
    point "$1"
    run timeout 10 cg-grad spec.yaml
    assert_failure 2
    assert_line "error[$2]: $3"
    assert_line --partial "spec.yaml:4:"
    [ -z "${4:-}" ] || assert_line --partial "= help: $4"
}

@test "files: .npy keeps its own dtype and shape" {
    le 1 2 3 4 5 6 | npy '<i8' '(2, 3)' >a.npy
    gives '{file: a.npy}' '["int64",[[1,2,3],[4,5,6]]]'
    le 1 4 2 5 3 6 | npy '<i8' '(2, 3)' True >f.npy
    gives '{file: f.npy}' '["int64",[[1,2,3],[4,5,6]]]'
    printf '\\x01\\x00' | npy '|b1' '(2,)' >b.npy
    gives '{file: b.npy}' '["bool",[true,false]]'
    printf '\\x3f\\x80\\x00\\x00' | npy '>f4' '()' >s.npy
    gives '{file: s.npy}' '["float32",1]'
    gives '{w: {file: s.npy}, b: 3}' '[{"w":"float32","b":"float64"},{"w":1,"b":3}]'
}

@test "files: .csv by columns, in the argument's dtype, else the spec's" {
    printf 'a, b,"c ""d"""\r\n1,2.5,0.1\n"3",-4,\tNaN\n' >t.csv
    gives '{file: t.csv}' '["float64",[[1,2.5,0.1],[3,-4,"NaN"]]]'
    gives '{file: t.csv, columns: b}' '["float64",[2.5,-4]]'
    gives '{file: t.csv, columns: [b, 0]}' '["float64",[[2.5,1],[-4,3]]]'
    gives "{file: t.csv, columns: ['c \"d\"']}" '["float64",[0.1,"NaN"]]'
    gives '{value: {file: t.csv, columns: [a]}, dtype: int32}' '["int32",[1,3]]'
    printf 'version: 1\ndtype: float32\nfunctions:\n  f: {args: {x: float64}, value: x}\npoints:\n  - {function: f, at: [{file: t.csv, columns: c}]}\n' |
        sed 's/columns: c/columns: 2/' >typed.yaml
    assert_equal "$(cg-grad -F jsonl typed.yaml | jq -c '.value[0], .dtype')" $'0.1\n"float64"'
    printf 'x\n' >none.csv
    gives '{file: none.csv}' '["float64",[]]'
}

# A zip file of a.npy and b.npy, deflated, and one of a.npy, stored: made by Python's zipfile.
archives() {
    le 7 8 | npy '<i8' '(2,)' >a.npy
    printf '\\x01' | npy '|b1' '()' >b.npy
    python3 - <<'END'
import zipfile
with zipfile.ZipFile("two.npz", "w", zipfile.ZIP_DEFLATED) as z:
    z.write("a.npy")
    with z.open("b.npy", "w", force_zip64=True) as member:
        member.write(open("b.npy", "rb").read())
with zipfile.ZipFile("one.npz", "w") as z:
    z.write("a.npy")
END
}

@test "files: .npz, stored and deflated, by key" {
    archives
    gives '{file: two.npz, key: a}' '["int64",[7,8]]'
    gives '{file: two.npz, key: b}' '["bool",true]'
    gives '{file: two.npz, key: b.npy}' '["bool",true]'
    gives '{file: one.npz}' '["int64",[7,8]]'
    refuses '{file: two.npz}' E402 'two.npz: it holds 2 arrays; say which by `key`' 'known: a, b'
    refuses '{file: two.npz, key: bb}' E401 'two.npz: it holds no array `bb`' 'did you mean `b`? known: a, b'
}

@test "files: cotangents, tangents and expectations" {
    printf 'g\n1\n10\n' >g.csv
    le 3 4 | npy '<i8' '(2,)' >y.npy
    cat >spec.yaml <<'END'
version: 1
points:
  - function: "lambda x: x ** 2"
    at: [[3, 4]]
    compute: [grad, jvp]
    cotangent: {file: g.csv}
    tangent: [{file: g.csv, columns: [g]}]
    expect: {grads: [[6, 80]], jvp: [6, 80]}
  - {function: "lambda x: 1.0 * x", at: [[3, 4]], expect: {value: {file: y.npy}}}
END
    run cg-grad check spec.yaml
    assert_success
    assert_output '3 expectations hold'
}

@test "files: names are taken from the folder of the spec; links are followed" {
    mkdir -p specs/data
    printf 'x\n5\n' >specs/data/t.csv
    ln -s data/t.csv specs/link.csv
    for name in data/t.csv link.csv ./data/../link.csv "$PWD/specs/data/t.csv"; do
        point "{file: $name}"
        mv spec.yaml specs/spec.yaml
        assert_equal "$(cg-grad -F jsonl specs/spec.yaml | jq -c .value)" '[5]'
        assert_equal "$(cd specs && cg-grad -F jsonl - <spec.yaml | jq -c .value)" '[5]'
    done
}

@test "files: what is no regular file is not waited for" {
    mkfifo fifo.npy
    mkdir folder.npy
    refuses '{file: none.npy}' E801 'cannot read none.npy: No such file or directory' 'its name is taken from the folder of the spec'
    refuses '{file: fifo.npy}' E801 'cannot read fifo.npy: it is no regular file' 'write to a file first'
    refuses '{file: folder.npy}' E801 'cannot read folder.npy: it is a folder'
    ln -s /dev/zero zero.npy
    refuses '{file: zero.npy}' E801 'cannot read zero.npy: it is no regular file'
    ln -s loop.npy loop.npy
    refuses '{file: loop.npy}' E801 'cannot read loop.npy: Too many levels of symbolic links'
    truncate -s 5G large.npy
    refuses '{file: large.npy}' E701 'large.npy passes the limit of 4294967296 bytes for a data file (LIMIT_DATA_BYTES)'
}

@test "files: broken and lying ones" {
    le 1 2 | npy '<i8' '(3,)' >short.npy
    refuses '{file: short.npy}' E803 'short.npy: its header tells of more elements than it holds' 'the file may have been cut off'
    le 1 2 | npy '<i8' '(1,)' >long.npy
    refuses '{file: long.npy}' E803 'long.npy: 8 bytes stand behind the elements that its header tells of'
    le 1 | npy '<f2' '(4,)' >half.npy
    refuses '{file: half.npy}' E405 'half.npy: its elements are float16' "convert them: numpy.save(file, x.astype('float64'))"
    printf 'version: 1\n' >spec.npy
    refuses '{file: spec.npy}' E803 'spec.npy: it does not begin as a .npy file'
    printf 'PK' >cut.npz
    refuses '{file: cut.npz}' E803 'cut.npz: it is not a zip file as .npz files are: its end is missing'
    : >empty.csv
    refuses '{file: empty.csv}' E803 'empty.csv: it is empty' 'the first line holds the names of the columns'
    printf 'secret,b\n1,2\n3,hidden\n' >t.csv
    refuses '{file: t.csv}' E402 't.csv: line 3, cell 2: it is no number of float64'
    refute_output --partial hidden
    refuses '{file: t.csv, columns: c}' E401 't.csv: it has no column `c`' 'known: secret, b'
    printf 'a\n1\n\n' >hole.csv
    refuses '{file: hole.csv}' E402 'hole.csv: line 3, cell 1: it is empty where a number is expected' 'write NaN where a number is missing'
}

@test "files: what a mapping with file may hold" {
    while IFS='|' read -r value code message; do
        point "$value"
        run cg-grad spec.yaml
        assert_failure 2
        assert_line "error[$code]: $message"
    done <<'END'
{file: 3}|E201|expected text for `file`, got an integer
{file: data.txt}|E210|`data.txt` is no file that can be read as an array
{file: a.npy, key: b}|E210|a `key` names an array in a .npz file
{file: a.npz, columns: b}|E210|`columns` are those of a .csv file
{file: a.npz, key: [b]}|E201|expected text for `key`, got a sequence
{file: a.csv, columns: []}|E206|`columns` is empty
{file: a.csv, columns: [1.5]}|E201|expected the name or number of a column, got a number
{file: a.csv, columns: {a: b}}|E201|expected the name or number of a column, got a mapping
END
    gives '{record: {file: 3}}' '[{"file":"float64"},{"file":3}]'
    gives '{file: 3, other: 4}' '[{"file":"float64","other":"float64"},{"file":3,"other":4}]'
}

@test "files: a number of a table that its dtype cannot hold is W005, by its place" {
    printf 'a,b\n1,1e39\n2,1e-60\n3,inf\n' >t.csv
    printf 'version: 1\nfunctions:\n  f: {args: {x: float32}, value: sum(x)}\npoints:\n  - {function: f, at: [{file: t.csv, columns: b}]}\n  - {function: f, at: [{file: t.csv, columns: a}]}\n  - {function: f, at: [{file: t.csv, columns: b}]}\n' >w.yaml
    run --separate-stderr cg-grad -F json w.yaml
    assert_success
    assert_equal "$(jq -c '[.results[].warnings[0].code]' <<<"$output")" '["W005",null,"W005"]'
    [[ $stderr == *'t.csv: line 2, cell 2: the number is more than float32 holds: it becomes an infinity (and 1 more)'* ]]
    printf 'b\n1e-60\n' >t.csv
    run cg-grad --werror w.yaml
    assert_failure 2
    assert_output --partial 't.csv: line 2, cell 1: the number is less than float32 can tell from 0: it becomes 0'
}
