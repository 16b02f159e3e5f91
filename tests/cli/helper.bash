# What the tests of the command share. CG_GRAD is the command under test (scripts/run-tests sets
# it); in tests it is called cg-grad.

common_setup() {
    bats_load_library bats-support
    bats_load_library bats-assert
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    SPECS=$ROOT/tests/specs
    export ROOT SPECS
    command_on_path
    cd "$BATS_TEST_TMPDIR"
}

# A folder in front of PATH where the command under test is cg-grad.
command_on_path() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    ln -sf "${CG_GRAD:-$ROOT/build/cg-grad}" "$BATS_TEST_TMPDIR/bin/cg-grad"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
    unset NO_COLOR
}
