#!/usr/bin/env bats
# make install and uninstall, of the build under test, staged in a folder.

setup_file() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export root staged=$BATS_FILE_TMPDIR/staged
    make -C "$root" install DESTDIR="$staged" PREFIX=/opt/cg LIBDIR=/opt/cg/lib64
}

setup() {
    bats_load_library bats-support
    bats_load_library bats-assert
    version=$(sed -n 's/^#define CG_VERSION "\(.*\)"/\1/p' "$root/include/cggrad.h")
    lib=$staged/opt/cg/lib64
}

@test "install: each file in its place" {
    run find "$staged" ! -type d -not -path '*/man/*' -printf '%P %m %l\n'
    assert_equal "$(LC_ALL=C sort <<<"$output")" "opt/cg/bin/cg-grad 755 
opt/cg/include/cggrad.h 644 
opt/cg/lib64/libcggrad.a 644 
opt/cg/lib64/libcggrad.so 777 libcggrad.so.${version%%.*}
opt/cg/lib64/libcggrad.so.${version%%.*} 777 libcggrad.so.$version
opt/cg/lib64/libcggrad.so.$version 644 
opt/cg/lib64/pkgconfig/cg-grad.pc 644 "
    for page in $(cd "$root" && ls man 2>/dev/null || true); do
        [ -e "$staged/opt/cg/share/man/man${page##*.}/$page" ] || fail "$page is not installed"
    done
}

@test "install: the command runs from there" {
    run "$staged/opt/cg/bin/cg-grad" --version
    assert_success
    assert_output --partial "$version"
}

@test "install: the shared library shows the public header's functions and nothing else" {
    symbols=$(nm -D --defined-only "$lib/libcggrad.so" | awk '{print $3}' | sort)
    declared=$(gcc -E -P "$root/include/cggrad.h" | tr '\n' ' ' | tr ';' '\n' |
        sed -n 's/.*visibility("default").*\<\(cg_[a-z0-9_]*\) *(.*/\1/p' | sort)
    assert_equal "$symbols" "$declared"
}

@test "install: a program builds with pkg-config, against both libraries" {
    cd "$BATS_TEST_TMPDIR"
    export PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$staged
    assert_equal "$(pkg-config --modversion cg-grad)" "$version"
    # Each public function is named, so each is linked.
    {
        echo '#include <cggrad.h>'
        echo 'int main(int n, char **words) { (void)words; const void *all[] = {'
        nm -D --defined-only "$lib/libcggrad.so" | awk '{print "(const void *)" $3 ","}'
        echo '0}; return all[n] == all[0] && n > 1; }'
    } >program.c
    sanitizer=
    [ "${SANITIZE:-}" != 1 ] || sanitizer=-fsanitize=address,undefined
    # shellcheck disable=SC2046,SC2086
    gcc $sanitizer -Wall -Werror program.c $(pkg-config --cflags --libs cg-grad) -o shared
    LD_LIBRARY_PATH=$lib ./shared
    unset PKG_CONFIG_SYSROOT_DIR
    # shellcheck disable=SC2046,SC2086
    gcc $sanitizer -Wall -Werror "-I$staged/opt/cg/include" program.c "$lib/libcggrad.a" \
        $(pkg-config --static --libs-only-l cg-grad | sed 's/-lcggrad//') -o static
    ./static
}

@test "uninstall: nothing is left" {
    make -C "$root" install DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/usr
    make -C "$root" uninstall DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/usr
    run find "$BATS_TEST_TMPDIR" ! -type d
    refute_output --partial "$BATS_TEST_TMPDIR/usr"
}
