// JSON that we write: what is printed, and that it reads back to what was put in.
#include "doc_fixture.h"

#include "doc/json_write.h"

#include <math.h>

static char *printed(JsonDoc *doc, bool pretty) {
    static char text[1 << 16];
    Arena *scratch = base_arena_new();
    Text out = {.arena = scratch};
    assert_int_equal(doc_json_print(doc, pretty, &out), OK);
    assert_true(out.n < sizeof text);
    memcpy(text, out.at, out.n);
    text[out.n] = 0;
    base_arena_free(scratch);
    doc_json_free(doc);
    return text;
}

static char *printed_node(cJSON *node) {
    JsonDoc doc = {0};
    assert_non_null(doc_json_put(&doc, NULL, NULL, node));
    return printed(&doc, false);
}

static void documents_print_indented_or_on_one_line(void **state) {
    static const double values[] = {1, -0.5};
    static const int64_t shape[] = {2};
    static const char pretty[] = "{\n"
                                 "  \"version\": 1,\n"
                                 "  \"results\": [{\n"
                                 "      \"name\": \"tab\\u0009 and: x\",\n"
                                 "      \"value\": [1.0, -0.5],\n"
                                 "      \"none\": null,\n"
                                 "      \"yes\": true\n"
                                 "    }, \"NaN\"]\n"
                                 "}";
    static const char compact[] =
        "{\"version\":1,\"results\":[{\"name\":\"tab\\u0009 and: x\",\"value\":[1.0,-0.5],"
        "\"none\":null,\"yes\":true},\"NaN\"]}";
    const int64_t version = 1;
    const double nan = NAN;
    (void)state;
    for (int i = 0; i < 2; i++) {
        JsonDoc doc = {0};
        cJSON *top = doc_json_put(&doc, NULL, NULL, doc_json_object());
        doc_json_put(&doc, top, "version", doc_json_number(DT_I64, &version));
        cJSON *results = doc_json_put(&doc, top, "results", doc_json_list());
        cJSON *result = doc_json_put(&doc, results, NULL, doc_json_object());
        doc_json_put(&doc, result, "name", doc_json_string(STR("tab\t and: x")));
        doc_json_put(&doc, result, "value", doc_json_array(values, DT_F64, 1, shape));
        doc_json_put(&doc, result, "none", doc_json_null());
        doc_json_put(&doc, result, "yes", doc_json_bool(true));
        doc_json_put(&doc, results, NULL, doc_json_number(DT_F64, &nan));
        assert_string_equal(printed(&doc, i == 0), i == 0 ? pretty : compact);
    }
}

static void what_is_empty_has_no_lines_of_its_own(void **state) {
    (void)state;
    for (int pretty = 0; pretty < 2; pretty++) {
        JsonDoc doc = {0};
        cJSON *top = doc_json_put(&doc, NULL, NULL, doc_json_object());
        doc_json_put(&doc, top, "a", doc_json_object());
        doc_json_put(&doc, top, "b", doc_json_list());
        cJSON *list = doc_json_put(&doc, top, "c{", doc_json_list());
        doc_json_put(&doc, list, NULL, doc_json_object());
        doc_json_put(&doc, list, NULL, doc_json_string(STR("{\n\t}")));
        assert_string_equal(printed(&doc, pretty),
                            pretty
                                ? "{\n"
                                  "  \"a\": {},\n"
                                  "  \"b\": [],\n"
                                  "  \"c{\": [{}, \"{\\u000a\\u0009}\"]\n"
                                  "}"
                                : "{\"a\":{},\"b\":[],\"c{\":[{},\"{\\u000a\\u0009}\"]}");
        JsonDoc empty = {0};
        doc_json_put(&empty, NULL, NULL, doc_json_object());
        assert_string_equal(printed(&empty, pretty), "{}");
    }
}

static void numbers_read_back(void **state) {
    static const double doubles[] = {0,        -0.0,    0.1,  1e22,     1e23,
                                     5e-324,   1.0 / 3, 1e-7, 123456.5, 1.7e308,
                                     2.5e-308, 1e100,   4.35, -1};
    (void)state;
    for (size_t i = 0; i < COUNT(doubles); i++) {
        assert_int_equal(
            read_text(printed_node(doc_json_number(DT_F64, &doubles[i])), DOC_FORMAT_JSON),
            OK);
        assert_int_equal(root->kind, DOC_FLOAT);
        double back = 0;
        assert_true(num_parse(root->text, DT_F64, &back, NULL));
        assert_memory_equal(&back, &doubles[i], sizeof back);
    }
    const float third = 1.0F / 3;
    assert_string_equal(printed_node(doc_json_number(DT_F32, &third)), "0.33333334");
    const int64_t most = INT64_MAX;
    assert_string_equal(printed_node(doc_json_number(DT_I64, &most)),
                        "9223372036854775807");
    const int32_t least = INT32_MIN;
    assert_string_equal(printed_node(doc_json_number(DT_I32, &least)), "-2147483648");
    const uint8_t yes = 1;
    assert_string_equal(printed_node(doc_json_number(DT_BOOL, &yes)), "true");
    const double infinity = INFINITY, minus = -INFINITY, nan = NAN;
    assert_string_equal(printed_node(doc_json_number(DT_F64, &infinity)), "\"Infinity\"");
    assert_string_equal(printed_node(doc_json_number(DT_F64, &minus)), "\"-Infinity\"");
    assert_string_equal(printed_node(doc_json_number(DT_F64, &nan)), "\"NaN\"");
    const float small_nan = NAN;
    assert_string_equal(printed_node(doc_json_number(DT_F32, &small_nan)), "\"NaN\"");
}

static void arrays_nest_by_their_shape(void **state) {
    static const double values[] = {1, 2, 3, 4, 5, NAN};
    static const uint8_t truths[] = {1, 0};
    static const int64_t s23[] = {2, 3}, s321[] = {3, 2, 1}, s20[] = {2, 0}, s0[] = {0},
                         s2[] = {2};
    (void)state;
    assert_string_equal(printed_node(doc_json_array(values, DT_F64, 2, s23)),
                        "[[1.0,2.0,3.0],[4.0,5.0,\"NaN\"]]");
    assert_string_equal(printed_node(doc_json_array(values, DT_F64, 3, s321)),
                        "[[[1.0],[2.0]],[[3.0],[4.0]],[[5.0],[\"NaN\"]]]");
    assert_string_equal(printed_node(doc_json_array(values, DT_F64, 0, NULL)), "1.0");
    assert_string_equal(printed_node(doc_json_array(values, DT_F64, 1, s0)), "[]");
    assert_string_equal(printed_node(doc_json_array(values, DT_F64, 2, s20)), "[[],[]]");
    assert_string_equal(printed_node(doc_json_array(truths, DT_BOOL, 1, s2)),
                        "[true,false]");
}

static void strings_read_back(void **state) {
    (void)state;
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    const Str strings[] = {
        STR(""),
        STR("plain"),
        STR("\"quoted\" \\ / \b\f\n\r\t"),
        STR("a\0b"),
        STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xE2\x80\xA8\x7F"),
        {bytes, 128},
    };
    for (size_t i = 0; i < COUNT(strings); i++) {
        const char *text = printed_node(doc_json_string(strings[i]));
        assert_int_equal(read_text(text, DOC_FORMAT_JSON), OK);
        assert_true(base_str_eq(root->text, strings[i]));
    }
    assert_string_equal(printed_node(doc_json_string(STR("a\xFF\xC3 b"))),
                        "\"a\xEF\xBF\xBD\xEF\xBF\xBD b\"");
}

static void keys_read_back(void **state) {
    static const char *const keys[] = {"a b", "\"\\\n\t\x01\x1F", "\xC3\xA9", ""};
    (void)state;
    JsonDoc doc = {0};
    cJSON *top = doc_json_put(&doc, NULL, NULL, doc_json_object());
    for (size_t i = 0; i < COUNT(keys); i++)
        doc_json_put(&doc, top, keys[i], doc_json_null());
    const bool pretty = true;
    assert_int_equal(read_text(printed(&doc, pretty), DOC_FORMAT_JSON), OK);
    for (uint32_t i = 0; i < COUNT(keys); i++)
        assert_text(&root->pairs[i].key, keys[i]);
}

static void a_node_that_is_missing_fails_the_document(void **state) {
    (void)state;
    JsonDoc doc = {0};
    cJSON *top = doc_json_put(&doc, NULL, NULL, doc_json_object());
    assert_null(doc_json_put(&doc, top, "a", NULL)); // as when memory is out
    cJSON *list = doc_json_put(&doc, top, "b", doc_json_list());
    assert_null(list);
    assert_null(doc_json_put(&doc, list, NULL, doc_json_null()));
    arena = base_arena_new();
    Text out = {.arena = arena};
    assert_int_equal(doc_json_print(&doc, false, &out), NOMEM);
    assert_int_equal(out.n, 0);
    doc_json_free(&doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_print_indented_or_on_one_line),
        cmocka_unit_test(what_is_empty_has_no_lines_of_its_own),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(arrays_nest_by_their_shape),
        cmocka_unit_test(strings_read_back),
        cmocka_unit_test(keys_read_back),
        cmocka_unit_test(a_node_that_is_missing_fails_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
