#!/usr/bin/env bats
# The Makefile and the counting of tests, on a small tree of its own.

setup() {
    bats_load_library bats-support
    bats_load_library bats-assert
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    unset MAKEFLAGS MFLAGS MAKELEVEL CC BUILD SANITIZE CFLAGS
    cd "$BATS_TEST_TMPDIR"
    mkdir -p src/base src/num src/exec/vm src/verify src/cli include tests/unit
    cp -r "$root/Makefile" "$root/scripts" "$root/cg-grad.pc.in" .

    echo 'int base_one(void);' >src/base/one.h
    printf '#include "base/one.h"\nint base_one(void) { return 1; }\n' >src/base/one.c
    printf '#include "cggrad.h"\n#include "base/one.h"\nint cg_two(void) { return base_one() + 1; }\n' \
        >src/num/two.c
    printf '#define CG_API __attribute__((visibility("default")))\n#define CG_VERSION "3.4.5"\n' \
        >include/cggrad.h
    echo 'CG_API int cg_two(void);' >>include/cggrad.h
    printf '#include "cggrad.h"\nint main(void) { return cg_two() - 2; }\n' >src/cli/main.c
}

@test "make: the products, and a second make does nothing" {
    run make -j2
    assert_success
    build/cg-grad
    run nm -D --defined-only build/libcggrad.so
    assert_output --regexp '^[0-9a-f]+ T cg_two$'
    run readelf -d build/libcggrad.so
    assert_output --partial 'soname: [libcggrad.so.3]'
    run make -j2
    assert_success
    refute_output --partial ' CC '
    refute_output --partial ' AR '
    refute_output --partial ' LD '
}

@test "make: a header, the flags and the list of sources are depended on" {
    make
    echo 'int base_three(void);' >>src/base/one.h
    run make
    assert_output --partial 'CC build/obj/base/one.o'
    assert_output --partial 'CC build/obj/num/two.o'
    refute_output --partial 'CC build/obj/cli/main.o'
    assert_output --partial 'LD build/cg-grad'

    run make CFLAGS=-O0
    assert_output --partial 'CC build/obj/cli/main.o'
    run make CFLAGS=-O0
    refute_output --partial ' CC '
    run make CFLAGS=-O0 LDFLAGS=-Wl,-z,lazy
    assert_output --partial 'LD build/cg-grad'
    run make CFLAGS=-O0 # and back again

    echo 'int base_three(void) { return 3; }' | cat src/base/one.h - >src/base/three.c
    run make CFLAGS=-O0
    assert_output --partial 'CC build/obj/base/three.o'
    refute_output --partial 'CC build/obj/base/one.o'
    rm src/base/three.c src/base/one.h
    sed -i '/include "base/d' src/base/one.c src/num/two.c
    sed -i '1i int base_one(void);' src/base/one.c src/num/two.c
    run make CFLAGS=-O0
    assert_success
    run ar t build/libcggrad.a
    refute_output --partial three.o
}

@test "make: a warning is an error" {
    echo 'int base_unused(void) { int a = 1.5; return a; }' >>src/base/one.c
    run make
    assert_failure
    run make WERROR=
    assert_success
}

@test "make: what the library does not need of the command is not in it, nor may it be" {
    printf '#include "base/one.h"\nint verify_one(void);\nint verify_one(void) { return base_one(); }\n' \
        >src/verify/v.c
    make
    run nm build/libcggrad.so
    refute_output --partial verify_one
    echo 'int verify_one(void); int base_bad(void); int base_bad(void) { return verify_one(); }' \
        >src/base/bad.c
    run make
    assert_failure
    assert_output --partial verify_one
}

@test "make: kernels get their flags, and none that changes arithmetic" {
    echo 'int vm_one(void); int vm_one(void) { return 1; }' >src/exec/vm/k.c
    run make V=1
    assert_line --regexp '-O2 -g -O3 -fno-math-errno -fno-trapping-math .*-ffp-contract=off.* build/obj/exec/vm/k.o'
    refute_line --regexp '-O3.* build/obj/base/one.o'
    run make V=1 SANITIZE=1
    assert_line --regexp '-O3.* -O1 -DCG_DEBUG -fsanitize=address,undefined.* build/sanitize/obj/exec/vm/k.o'
    refute_output --partial fast-math
}

@test "make test: three builds, true counts" {
    cat >tests/unit/test_two.c <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/one.h"

#ifndef CG_DEBUG
#error the tests check every graph
#endif

static void good(void **state) {
    (void)state;
    assert_int_equal(base_one(), 1);
}
static void bad(void **state) {
    (void)state;
    assert_true(!getenv("BREAK"));
}
static void skipped(void **state) {
    (void)state;
    skip();
}
static void last(void **state) {
    (void)state;
    if (getenv("CRASH")) abort();
}
int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
                                       cmocka_unit_test(skipped), cmocka_unit_test(last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
END
    mkdir tests/cli tests/limits
    # A limit's test sees the limit shrunk, in the library and in the command.
    printf '#include "base/one.h"\n#ifdef TEST_LIMITS\nint base_one(void) { return 5; }\n#else\n' \
        >src/base/one.c
    printf 'int base_one(void) { return 1; }\n#endif\n' >>src/base/one.c
    sed -e 's/base_one(), 1/base_one(), 5/' tests/unit/test_two.c >tests/limits/test_l.c
    # (its lines may not begin with @test: Bats would take them for this file's)
    printf '%s\n' '@test "one" { "$CG_GRAD"; }' \
        '@test "two" { run "$CG_GRAD_LIMITS"; [ "$status" -eq 4 ]; }' >tests/cli/a.bats
    PATH=${PATH//*libexec\/bats-core:/} # Bats within Bats
    run make test
    assert_success
    assert_line --index 0 --partial ' CC '
    assert_output --partial 'skipped: not ok 3 # SKIP skipped'
    assert_equal "${lines[-1]}" "8 passed, 0 failed"

    BREAK=1 run make test
    assert_failure
    assert_line "6 passed, 2 failed"
    assert_line --regexp '^not ok 2 - bad'

    CRASH=1 run make test
    assert_failure
    assert_line "6 passed, 2 failed"

    BREAK=1 CRASH=1 run make test
    assert_line "4 passed, 4 failed"

    echo 'END { oops' >>tests/cli/a.bats
    run make test
    assert_failure
    assert_line --regexp '^[0-9]+ passed, [1-9] failed$'
}

@test "run-tests: a program that tests nothing, or fails after its tests, has failed" {
    printf '#!/bin/sh\n' >nothing
    printf '#!/bin/sh\necho 1..1; echo ok 1 - a; exit 3\n' >leaky
    printf '#!/bin/sh\necho 1..2; echo ok 1 - a; echo ok 2 - b\n' >fine
    chmod +x nothing leaky fine
    run scripts/run-tests logs ./fine
    assert_success
    assert_line --index 1 "2 passed, 0 failed"
    run scripts/run-tests logs ./nothing ./leaky ./fine
    assert_failure
    assert_line "3 passed, 2 failed"
    run scripts/run-tests logs ./missing
    assert_failure
    assert_line "0 passed, 1 failed"
}

@test ".ci/run: the sum of its steps" {
    mkdir .ci
    cp "$root/.ci/run" .ci/
    printf '#!/bin/sh\n' >scripts/install-deps
    cat >Makefile <<'END'
test:
	@echo 9 passed, 9 failed
	@echo $(if $(SANITIZE),2,40) passed, $(or $(FAILED),0) failed
	@test -z "$(FAILED)"
lint:
	@$(or $(LINT_IS),true)
END
    run .ci/run
    assert_success
    assert_equal "${lines[-1]}" "42 passed, 0 failed"
    FAILED=3 run .ci/run
    assert_failure
    assert_equal "${lines[-1]}" "42 passed, 6 failed"
    LINT_IS=false run .ci/run
    assert_failure
    assert_equal "${lines[-1]}" "42 passed, 1 failed"
}

@test "install-deps: nothing to do where all is there; an unknown set is an error" {
    mkdir bin
    printf '#!/bin/sh\necho apt-get "$@"; exit 1\n' | tee bin/apt-get >bin/sudo
    printf '#!/bin/sh\n[ "$MISSING" = "$4" ] || echo installed\n' >bin/dpkg-query
    chmod +x bin/*
    PATH=$PWD/bin:$PATH run scripts/install-deps
    assert_success
    assert_output ""
    MISSING=shellcheck PATH=$PWD/bin:$PATH run scripts/install-deps build test
    assert_success
    MISSING=shellcheck PATH=$PWD/bin:$PATH run scripts/install-deps build lint
    assert_failure
    assert_line "installing: shellcheck"
    run scripts/install-deps tset
    assert_failure 2
}

@test "make help names every command" {
    run make help
    assert_success
    for command in all example test bench lint install uninstall clean; do
        assert_line --regexp "^make $command +[a-z]"
    done
}
