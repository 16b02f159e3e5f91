// Arenas and vectors.
#include "base/arena.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LARGE = 64 << 10 }; // blocks from this size on are chunks of their own

static int new_arena(void **state) {
    *state = base_arena_new();
    return *state ? 0 : -1;
}

static int free_arena(void **state) {
    base_arena_free(*state);
    return 0;
}

static bool is_filled(const unsigned char *block, size_t n, unsigned char value) {
    for (size_t i = 0; i < n; i++)
        if (block[i] != value) return false;
    return true;
}

// Leaves memory behind that is free but not zero.
static void soil_the_heap(void) {
    Arena *arena = base_arena_new();
    for (size_t size = 1000; size < 2 * LARGE; size += 1000)
        memset(base_alloc(arena, size), 0xFF, size);
    base_arena_free(arena);
}

static void blocks_are_zeroed_aligned_and_apart(void **state) {
    Arena *arena = *state;
    enum { N = 500 };
    soil_the_heap();
    unsigned char *blocks[N];
    size_t sizes[N];
    for (size_t i = 0; i < N; i++) {
        sizes[i] = i % 50 == 49 ? LARGE + i : i * i % 3000;
        blocks[i] = base_alloc(arena, sizes[i]);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        assert_true(is_filled(blocks[i], sizes[i], 0));
        memset(blocks[i], (int)(i % 255 + 1), sizes[i]);
    }
    for (size_t i = 0; i < N; i++)
        assert_true(is_filled(blocks[i], sizes[i], (unsigned char)(i % 255 + 1)));
}

static void blocks_of_no_bytes_are_valid(void **state) {
    const char *a = base_alloc(*state, 0), *b = base_alloc_array(*state, 0, 8);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
}

static void impossible_sizes_give_null(void **state) {
    assert_null(base_alloc(*state, SIZE_MAX));
    assert_null(base_alloc(*state, SIZE_MAX / 2 + 1));
    assert_null(base_alloc_array(*state, SIZE_MAX / 8 + 2, 8)); // 8 bytes, modulo 2^64
    char *small = base_alloc(*state, 3), *large = base_alloc(*state, LARGE);
    memset(small, 'x', 3);
    memset(large, 'x', LARGE);
    assert_null(base_grow(*state, small, 3, SIZE_MAX));
    assert_null(base_grow(*state, large, LARGE, SIZE_MAX - 8));
    assert_memory_equal(small, "xxx", 3);
    assert_true(is_filled((unsigned char *)large, LARGE, 'x'));
}

static void growing_keeps(void **state) {
    Arena *arena = *state;
    soil_the_heap();
    // Two blocks grow in turn, so neither stays the last one for long; both become chunks.
    unsigned char *blocks[2] = {NULL, NULL};
    size_t size = 0;
    for (size_t next = 1; next < 10 * LARGE; next += next / 3 + 1) {
        for (unsigned i = 0; i < 2; i++) {
            blocks[i] = base_grow(arena, blocks[i], size, next);
            assert_non_null(blocks[i]);
            assert_true(is_filled(blocks[i], size, (unsigned char)(i + 1)));
            memset(blocks[i], (int)i + 1, next);
        }
        size = next;
    }
    assert_ptr_equal(base_grow(arena, blocks[0], size, size), blocks[0]);
}

static void the_last_block_grows_in_place(void **state) {
    char *block = base_alloc(*state, 100);
    assert_ptr_equal(base_grow(*state, block, 100, 1000), block);
    assert_non_null(base_alloc(*state, 1));
    assert_ptr_not_equal(base_grow(*state, block, 1000, 1001), block);
}

static void a_growing_vector_wastes_little(void **state) {
    Arena *arena = *state;
    VEC(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000000; i++)
        assert_true(VEC_PUSH(arena, &numbers, i));
    assert_int_equal(numbers.n, 1000000);
    for (uint32_t i = 0; i < 1000000; i++)
        if (numbers.at[i] != i) fail();
    // The vector itself, and the small blocks that it outgrew.
    assert_true(base_arena_size(arena) < numbers.cap * sizeof *numbers.at + 10 * LARGE);
}

static void a_vector_has_room_for_what_was_reserved(void **state) {
    VEC(uint64_t) numbers = {0};
    assert_true(VEC_RESERVE(*state, &numbers, 0));
    assert_true(VEC_RESERVE(*state, &numbers, 1000));
    assert_true(numbers.cap >= 1000);
    const uint64_t *at = numbers.at;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(VEC_PUSH(*state, &numbers, i));
    assert_ptr_equal(numbers.at, at);
}

static void a_vector_is_bounded(void **state) {
    VEC(char) bytes = {0};
    assert_true(VEC_PUSH(*state, &bytes, 'x'));
    assert_false(VEC_RESERVE(*state, &bytes, (size_t)1 << 31));
    assert_false(VEC_RESERVE(*state, &bytes, SIZE_MAX));
    assert_int_equal(bytes.n, 1);
    assert_int_equal(bytes.at[0], 'x');
}

static void size_counts_what_is_held(void **state) {
    const size_t before = base_arena_size(*state);
    char *block = base_alloc(*state, 2 * LARGE);
    const size_t after = base_arena_size(*state);
    assert_true(after >= before + 2 * LARGE);
    assert_non_null(base_grow(*state, block, 2 * LARGE, 5 * LARGE));
    assert_int_equal(base_arena_size(*state), after + 3 * LARGE);
}

static void freeing_no_arena_is_fine(void **state) {
    (void)state;
    base_arena_free(NULL);
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(blocks_are_zeroed_aligned_and_apart),
        TEST(blocks_of_no_bytes_are_valid),
        TEST(impossible_sizes_give_null),
        TEST(growing_keeps),
        TEST(the_last_block_grows_in_place),
        TEST(a_growing_vector_wastes_little),
        TEST(a_vector_has_room_for_what_was_reserved),
        TEST(a_vector_is_bounded),
        TEST(size_counts_what_is_held),
        cmocka_unit_test(freeing_no_arena_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
