#!/usr/bin/env bats
# The gates themselves: each must fail on what it is there to find.

setup() {
    bats_load_library bats-support
    bats_load_library bats-assert
    scripts=$BATS_TEST_DIRNAME/../../scripts
    cd "$BATS_TEST_TMPDIR"
    mkdir -p src/base src/num src/ir src/exec/vm src/cli obj/base obj/num
    echo '#include "base/text.h"' >src/num/number.c
    touch src/base/text.h
}

# object LAYER/NAME: compiles standard input.
object() {
    mkdir -p "obj/${1%/*}"
    touch "src/$1.c"
    gcc -c -fPIC -x c -o "obj/$1.o" -
}

@test "layers: what the table allows passes" {
    echo '#include <stdio.h>' >src/cli/main.c
    echo '#include "cggrad.h"' >>src/cli/main.c
    echo '#include "exec/vm/loop.h"' >src/exec/vm/loop.c
    echo '#include "ir/graph.h"' >>src/exec/vm/loop.c
    run "$scripts/check-layers"
    assert_success
}

@test "layers: an edge that the table lacks fails" {
    printf '\n  #  include "ir/graph.h"\n' >src/num/second.h
    run "$scripts/check-layers"
    assert_failure
    assert_output "num/second.h:2: num may not include ir"
}

@test "layers: a backend's folder is under the rule of its layer" {
    echo '#include "xform/jvp.h"' >src/exec/vm/loop.c
    run "$scripts/check-layers"
    assert_failure
    assert_output "exec/vm/loop.c:1: exec may not include xform"
}

@test "layers: the public header is for the layers from api on" {
    echo '#include "cggrad.h"' >src/ir/graph.c
    run "$scripts/check-layers"
    assert_failure
    assert_output "ir/graph.c:1: ir may not include cggrad.h"
}

@test "layers: an include without its folder fails" {
    echo '#include "text.h"' >src/base/text.c
    run "$scripts/check-layers"
    assert_failure
    assert_output 'base/text.c:1: "text.h" is not written "layer/file.h"'
}

@test "layers: a folder that is no layer, and a file in none, fail" {
    mkdir src/misc
    touch src/misc/a.c src/b.c
    run "$scripts/check-layers"
    assert_failure
    assert_line "misc/a.c: not in a layer"
    assert_line "b.c: not in a layer"
}

@test "layers: a file name used twice fails" {
    touch src/base/graph.c src/ir/graph.c
    run "$scripts/check-layers"
    assert_failure
    assert_output "graph.c: a file name used twice"
}

@test "symbols: prefixes" {
    object num/number <<<'int num_one(void) { return 1; } const int parse_table[2] = {1, 2}; int parse(void) { return 2; }'
    object exec/vm/loop <<<'int vm_run(void) { return 1; } int exec_run(void) { return 1; }'
    object cli/main <<<'int main(void) { return 0; }'
    run "$scripts/check-layers" obj
    assert_failure
    assert_line "num/number.c: parse lacks the prefix num_"
    assert_line "num/number.c: parse_table lacks the prefix num_"
    assert_equal "${#lines[@]}" 2
}

@test "symbols: only the arena allocates" {
    object base/arena <<<'#include <stdlib.h>
void *base_alloc(size_t n) { return malloc(n); }'
    object num/number <<<'#include <string.h>
char *num_copy(const char *text) { return strdup(text); }'
    run "$scripts/check-layers" obj
    assert_failure
    assert_output "num/number.c: calls strdup; only arenas allocate"
}

@test "symbols: no setjmp, no data that can be written to" {
    object base/text <<<'#include <setjmp.h>
jmp_buf *base_jump(void); int base_try(jmp_buf *b) { return setjmp(*b); }'
    object num/number <<<'int num_next(void) { static int n; return n++; }
const char *const num_names[] = {"a", "b"};'
    run "$scripts/check-layers" obj
    assert_failure
    assert_line --regexp "^base/text.c: calls _*setjmp$"
    assert_line --regexp "^num/number.c: n.* is data that can be written to$"
    assert_equal "${#lines[@]}" 2
}

@test "symbols: an object whose source is gone does not count" {
    object num/number <<<'int parse(void) { return 2; }'
    rm src/num/number.c
    run "$scripts/check-layers" obj
    assert_success
}

@test "headers: one that leans on another fails" {
    mkdir include
    echo 'size_t base_size(void);' >src/base/text.h
    run "$scripts/check-headers" 'gcc -Isrc'
    assert_failure
    assert_output --partial "src/base/text.h:1"
    printf '#include <stddef.h>\nsize_t base_size(void);\n' >src/base/text.h
    run "$scripts/check-headers" 'gcc -Isrc'
    assert_success
}

# lines N: a function of N lines.
lines() {
    echo "static int ${2:-f}(int a,"
    echo "             int b) {"
    for ((i = 3; i < $1; i++)); do echo "    a += b;"; done
    echo "}"
}

@test "functions: a long function, many long ones, a long line" {
    lines 80 >a.c
    for i in 1 2 3 4 5 6 7 8 9; do lines 40 "f$i"; done >b.c
    run "$scripts/check-functions" a.c b.c
    assert_success
    lines 81 >a.c
    run "$scripts/check-functions" a.c b.c
    assert_failure
    assert_output "a.c:1: f has 81 lines (at most 80)"
    { lines 41 g; lines 41 h; } >a.c
    run "$scripts/check-functions" a.c b.c
    assert_failure
    assert_output "nine of ten functions have up to 41 lines (at most 40)"
    # 92 columns of two bytes each are 92 columns
    printf '// %s\n' "$(printf 'é%.0s' {1..89})" >a.c
    run "$scripts/check-functions" a.c
    assert_success
    printf '// %s\n' "$(printf 'é%.0s' {1..90})" >a.c
    run "$scripts/check-functions" a.c
    assert_failure
    assert_output "a.c:1: 93 columns (at most 92)"
}

@test "functions: tables, types, macros and declarations are no functions" {
    {
        echo "static const struct Row rows[] = {"
        for ((i = 0; i < 100; i++)); do echo "    {1, f(2)},"; done
        printf '};\n\nint declared(int a,\n             int b);\n'
        echo "typedef struct {"
        for ((i = 0; i < 100; i++)); do echo "    int (*f$i)(void);"; done
        printf '} T;\n\n#define M(x) \\\n    do {\\\n    } while (0)\nstatic inline int one(void) { return 1; }\n'
        lines 3 short
    } >a.c
    run "$scripts/check-functions" a.c
    assert_success
    assert_output "  check-functions: 1 functions, nine of ten of at most 3 lines"
}
