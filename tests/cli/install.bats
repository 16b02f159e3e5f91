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
    run find "$staged" ! -type d -printf '%P %m %l\n'
    # shellcheck disable=SC2086 # globs
    documents() { (cd "$root" && ls $1 2>/dev/null) | sed "s|^|opt/cg/share/$2|;s|$| 644 |"; }
    expected=$(
        cat <<END
opt/cg/bin/cg-grad 755 
opt/cg/include/cggrad.h 644 
opt/cg/lib64/cg-grad/cggrad-exact.so 755 
opt/cg/lib64/libcggrad.a 644 
opt/cg/lib64/libcggrad.so 777 libcggrad.so.${version%%.*}
opt/cg/lib64/libcggrad.so.${version%%.*} 777 libcggrad.so.$version
opt/cg/lib64/libcggrad.so.$version 644 
opt/cg/lib64/pkgconfig/cg-grad.pc 644 
opt/cg/share/bash-completion/completions/cg-grad 644 
opt/cg/share/fish/vendor_completions.d/cg-grad.fish 644 
opt/cg/share/man/man1/cg-grad.1 644 
opt/cg/share/man/man5/cg-grad-spec.5 644 
opt/cg/share/man/man7/cg-grad-expressions.7 644 
opt/cg/share/zsh/site-functions/_cg-grad 644 
END
        documents 'LICENSE README.md CHANGELOG.md docs/*.md examples/*.* examples/ci/*.*' doc/cg-grad/
        documents 'schemas/*.json' cg-grad/
    )
    assert_equal "$(LC_ALL=C sort <<<"$output")" "$(LC_ALL=C sort <<<"$expected")"
}

@test "install: man finds the pages" {
    export MANPATH=$staged/opt/cg/share/man
    for page in '1 cg-grad' '5 cg-grad-spec' '7 cg-grad-expressions'; do
        # shellcheck disable=SC2086
        run man -w $page
        assert_success
        assert_output --partial "$staged/opt/cg/share/man/man${page%% *}/"
    done
}

@test "install: the library of pkg-config is the installed one" {
    run cat "$lib/pkgconfig/cg-grad.pc"
    assert_line "prefix=/opt/cg"
    assert_line "libdir=/opt/cg/lib64"
    assert_line "Version: $version"
    refute_output --partial @
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

# Every file and every folder of a tree, but for those that stood there before.
tree() {
    (cd "$1" && find . | LC_ALL=C sort)
}

@test "uninstall: nothing is left, and nothing else is touched" {
    cd "$BATS_TEST_TMPDIR"
    here="$PWD/a place with spaces"
    mkdir -p "$here/usr/bin" "$here/usr/share/doc/other" "$here/usr/share/cg-grad-other"
    touch "$here/usr/bin/other" "$here/usr/share/doc/other/file"
    tree "$here" >before
    make -C "$root" install DESTDIR="$here" PREFIX=/usr
    tree "$here" >installed
    [ "$(wc -l <installed)" -gt "$(($(wc -l <before) + 20))" ]
    make -C "$root" uninstall DESTDIR="$here" PREFIX=/usr
    tree "$here" >after
    find "$here" ! -type d >files
    assert_equal "$(wc -l <files)" 2
    run grep -c cg-grad after
    assert_output 1 # cg-grad-other
    # folders that others use, too, may stay; those of before are all there
    run comm -23 before after
    assert_output ""
    # a second time there is nothing to remove
    make -C "$root" uninstall DESTDIR="$here" PREFIX=/usr
}

@test "uninstall: a file that a person put into a folder of ours stays" {
    cd "$BATS_TEST_TMPDIR"
    make -C "$root" install DESTDIR="$PWD/d" PREFIX=/usr
    touch d/usr/share/doc/cg-grad/notes
    make -C "$root" uninstall DESTDIR="$PWD/d" PREFIX=/usr
    run find d ! -type d
    assert_output d/usr/share/doc/cg-grad/notes
}
