// Strings: the builder, UTF-8, what is shown to a person, the map, the nearest word.
#include "base/columns.h"
#include "base/sha256.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int new_arena(void **state) {
    *state = base_arena_new();
    return *state ? 0 : -1;
}

static int free_arena(void **state) {
    base_arena_free(*state);
    return 0;
}

#define assert_str(str, literal)                                                           \
    do {                                                                                   \
        const Str str_ = (str);                                                            \
        assert_int_equal(str_.n, sizeof(literal) - 1);                                     \
        assert_memory_equal(str_.at, literal, sizeof(literal) - 1);                        \
    } while (0)

static void a_text_grows(void **state) {
    Text text = {.arena = *state};
    base_text_add(&text, STR(""));
    assert_string_equal(text.at, "");
    base_text_add(&text, STR("ab"));
    base_text_char(&text, 'c');
    base_text_printf(&text, "%d-%.*s", 42, STR_ARG(STR("xyz")));
    assert_string_equal(text.at, "abc42-xyz");
    assert_str(base_text_str(&text), "abc42-xyz");
}

static void printf_fits_whatever_room_is_left(void **state) {
    for (int before = 0; before < 150; before += 30) {
        for (int n = 1; n < 300; n++) {
            Text text = {.arena = *state};
            base_text_printf(&text, "%0*d", before, 0);
            const size_t begin = text.n;
            base_text_printf(&text, "%0*d", n, 7);
            assert_false(text.failed);
            assert_int_equal(text.n, begin + (size_t)n);
            assert_int_equal(strspn(text.at, "0"), text.n - 1);
            assert_string_equal(text.at + text.n - 1, "7");
        }
    }
}

static void a_text_may_hold_nul(void **state) {
    Text text = {.arena = *state};
    base_text_add(&text, STR("a\0b"));
    assert_str(base_text_str(&text), "a\0b");
}

static void failure_of_a_text_is_sticky(void **state) {
    Text text = {.arena = *state};
    base_text_add(&text, STR("kept"));
    base_text_add(&text, (Str){"", SIZE_MAX / 2 + 1});
    assert_true(text.failed);
    base_text_add(&text, STR("more"));
    base_text_printf(&text, "%d", 1);
    assert_string_equal(text.at, "kept");
}

static void strdup_copies(void **state) {
    const Str part = {&"abcdef"[1], 3};
    const char *copy = base_strdup(*state, part);
    assert_string_equal(copy, "bcd");
    assert_ptr_not_equal(copy, part.at);
    assert_string_equal(base_strdup(*state, (Str){NULL, 0}), "");
}

static void utf8_is_decoded_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        uint32_t code;
    } cases[] = {
        {"a", 1, 'a'},
        {"\x7F", 1, 0x7F},
        {"\xC2\x80", 2, 0x80},
        {"é", 2, 0xE9},
        {"\xE0\xA0\x80", 3, 0x800},
        {"\xEF\xBF\xBF", 3, 0xFFFF},
        {"\xF0\x90\x80\x80", 4, 0x10000},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"\x80", 0, 0},             // a continuation alone
        {"\xC0\x80", 0, 0},         // overlong
        {"\xC1\xBF", 0, 0},         // overlong
        {"\xE0\x9F\xBF", 0, 0},     // overlong
        {"\xF0\x8F\xBF\xBF", 0, 0}, // overlong
        {"\xED\xA0\x80", 0, 0},     // a surrogate
        {"\xF4\x90\x80\x80", 0, 0}, // past the last code point
        {"\xF8\x88\x80\x80", 0, 0},
        {"\xFF", 0, 0},
        {"\xC3", 0, 0},         // cut off
        {"\xE2\x82", 0, 0},     // cut off
        {"\xE2\x28\xA1", 0, 0}, // no continuation
        {"", 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t code = 0;
        assert_int_equal(base_utf8_decode(base_str(cases[i].text), &code), cases[i].n);
        assert_int_equal(code, cases[i].code);
    }
    uint32_t code = 0;
    assert_int_equal(base_utf8_decode((Str){"é", 1}, &code), 0);
}

static void what_is_shown_is_harmless(void **state) {
    static const struct {
        Str text;
        const char *shown;
    } cases[] = {
        {STR(""), ""},
        {STR("plain é 漢 😀 \\u"), "plain é 漢 😀 \\u"},
        {STR("a\0b"), "a\\u{0}b"},
        {STR("\x1b[31m"), "\\u{1b}[31m"},
        {STR("\t\r\n\x7f"), "\\u{9}\\u{d}\\u{a}\\u{7f}"},
        {STR("\xC2\x9B"
             "2J"),
         "\\u{9b}2J"}, // C1: CSI
        {STR("a\xE2\x80\xAE"
             "b"),
         "a\\u{202e}b"}, // right-to-left override
        {STR("\xE2\x81\xA6\xD8\x9C\xE2\x80\x8F"), "\\u{2066}\\u{61c}\\u{200f}"},
        {STR("\xE2\x80\xA8"), "\\u{2028}"}, // line separator
        {STR("x\xFF\xC3"), "x\\xff\\xc3"},
        {STR("\xED\xA0\x80"), "\\xed\\xa0\\x80"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Text text = {.arena = *state};
        base_text_add(&text, STR("<"));
        base_text_add_shown(&text, cases[i].text);
        assert_string_equal(text.at + 1, cases[i].shown);
    }
}

static void a_map_finds_a_million_keys(void **state) {
    enum { N = 1000000, WIDTH = 8 };
    char *keys = base_alloc(*state, (size_t)N * WIDTH);
    StrMap *map = base_map_new(*state);
    assert_non_null(map);
    uint32_t value = 7;
    assert_false(base_map_get(map, STR("k"), &value));
    for (uint32_t i = 0; i < N; i++) {
        char *key = keys + (size_t)i * WIDTH;
        snprintf(key, WIDTH, "%06x", i * 7);
        if (base_map_set(map, base_str(key), i) != OK) fail();
    }
    for (uint32_t i = 0; i < N; i++)
        if (!base_map_get(map, base_str(keys + (size_t)i * WIDTH), &value) || value != i)
            fail();
    value = 7;
    assert_false(base_map_get(map, STR("absent"), &value));
    assert_int_equal(value, 7);
}

static void a_map_replaces_and_tells_keys_apart(void **state) {
    StrMap *map = base_map_new(*state);
    const Str keys[] = {STR(""), STR("a"), STR("a\0"), STR("a\0b"), STR("b"), STR("ab")};
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < COUNT(keys); i++)
            assert_int_equal(base_map_set(map, keys[i], i + 10 * round), OK);
    for (uint32_t i = 0; i < COUNT(keys); i++) {
        uint32_t value;
        assert_true(base_map_get(map, keys[i], &value));
        assert_int_equal(value, i + 10);
    }
    uint32_t value;
    assert_true(base_map_get(map, (Str){NULL, 0}, &value));
}

static void columns_are_those_of_a_terminal(void **state) {
    static const struct {
        const char *text;
        size_t columns;
    } cases[] =
        {
            {"", 0},
            {"abc", 3},
            {"größer …", 8},
            {"漢字かな", 8},
            {"ｆｕｌｌ", 8},
            {"e\u0301\u0302", 1},
            {"\u1112\u1161\u11ab", 2}, // a Hangul syllable of three letters
            {"😀", 2},
            {"a\xFF", 2},
        };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(base_columns(base_str(cases[i].text)), cases[i].columns);
    assert_int_equal(base_code_columns(0x2FF), 1);
    assert_int_equal(base_code_columns(0x300), 0);
    assert_int_equal(base_code_columns(0x36F), 0);
    assert_int_equal(base_code_columns(0x370), 1);
    assert_int_equal(base_code_columns(0x10FFFF), 1);
}

static void a_hash_depends_on_everything(void **state) {
    (void)state;
    const char bytes[] = "0123456789abcdef";
    const uint64_t hash = base_hash(bytes, 16, 0);
    assert_true(hash == base_hash(bytes, 16, 0));
    assert_true(hash != base_hash(bytes, 16, 1));
    for (size_t n = 0; n < 16; n++)
        assert_true(hash != base_hash(bytes, n, 0));
    for (size_t i = 0; i < 16; i++) {
        char other[sizeof bytes];
        memcpy(other, bytes, sizeof bytes);
        other[i] ^= 1;
        assert_true(hash != base_hash(other, 16, 0));
    }
    // Zeros of different number differ, though each word of them is 0.
    assert_true(base_hash("\0\0", 1, 0) != base_hash("\0\0", 2, 0));
}

static void the_nearest_word_is_found(void **state) {
    (void)state;
    static const Str words[] = {STR("sin"),    STR("sinh"),       STR("cotangent"),
                                STR("where"),  STR("custom_vjp"), STR("Lambda"),
                                STR("points"), STR("point"),      STR("x")};
    static const struct {
        Str word;
        int nearest; // index in words, or -1
    } cases[] = {
        {STR("sin"), 0},       {STR("sni"), 0}, // a transposition is one step
        {STR("SIN"), 0},                        // the case of a whole word
        {STR("Sin"), 0},       {STR("sinhh"), 1},      {STR("POInts"), 6},
        {STR("lambda"), 5},    {STR("cotagent"), 2},   {STR("contagnet"), 2}, // two steps
        {STR("xyxangent"), 2}, {STR("xyxxngent"), -1}, // three, four of nine
        {STR("wher"), 3},      {STR("hwer"), -1},      // two of four
        {STR("point"), 7},     {STR("pointt"), 7},     // a letter too many costs a half
        {STR("customvjp"), 4}, {STR(""), -1},          {STR("q"), -1},
        {STR("X"), 8},         {STR("y"), -1}, // one letter
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(base_nearest(cases[i].word, words, COUNT(words)),
                         cases[i].nearest);
    assert_int_equal(base_nearest(STR("sin"), NULL, 0), -1);

    char long_word[200];
    memset(long_word, 'a', sizeof long_word);
    const Str candidates[] = {{long_word, 199}, {long_word, 64}};
    assert_int_equal(base_nearest((Str){long_word, 200}, candidates, 2), -1);
    assert_int_equal(base_nearest((Str){long_word, 64}, candidates, 2), 1);
}

// Against another implementation, at every size where a block ends.
static void sha256_is_the_standard_one(void **state) {
    (void)state;
    static const struct {
        size_t n;
        const char *hash;
    } cases[] = {
        {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {3, "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc"},
        {55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"},
        {56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"},
        {63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"},
        {64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"},
        {65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"},
        {119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"},
        {120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"},
        {128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"},
        {1000, "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d"},
    };
    char bytes[1000], hash[SHA256_TEXT];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i % 251);
    for (size_t i = 0; i < COUNT(cases); i++) {
        base_sha256((Str){bytes, cases[i].n}, hash);
        assert_string_equal(hash, cases[i].hash);
    }
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_text_grows),
        TEST(printf_fits_whatever_room_is_left),
        TEST(a_text_may_hold_nul),
        TEST(failure_of_a_text_is_sticky),
        TEST(strdup_copies),
        cmocka_unit_test(utf8_is_decoded_strictly),
        TEST(what_is_shown_is_harmless),
        TEST(a_map_finds_a_million_keys),
        TEST(a_map_replaces_and_tells_keys_apart),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(a_hash_depends_on_everything),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(sha256_is_the_standard_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
