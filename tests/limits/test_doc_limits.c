// The limits of documents, shrunk: what is within is read, what is beyond is E701.
#include "../unit/doc_fixture.h"

#include "base/limits.h"

static void assert_limit(Str text, DocFormat format, const char *name) {
    assert_int_equal(read_bytes(text, format), FAILED);
    assert_int_equal(diags.errors, 1);
    assert_int_equal(diags.list.at[0].code, CODE_E701);
    assert_true(has(diags.list.at[0].message, name));
}

static void depth_is_counted_as_it_comes(void **state) {
    static const struct {
        const char *open, *close;
        DocFormat format;
    } table[] = {
        {"[", "]", DOC_FORMAT_YAML},      {"- ", "", DOC_FORMAT_YAML},
        {"[", "]", DOC_FORMAT_JSON},      {"{\"a\":[", "]}", DOC_FORMAT_JSON},
        {"{a: [", "]}", DOC_FORMAT_YAML},
    };
    (void)state;
    Arena *scratch = base_arena_new();
    for (size_t i = 0; i < COUNT(table); i++) {
        const int step = strchr(table[i].open, '{') ? 2 : 1;
        for (int depth = LIMIT_DOC_DEPTH; depth <= LIMIT_DOC_DEPTH + step; depth += step) {
            Text text = {.arena = scratch};
            for (int k = 0; k < depth; k += step)
                base_text_add(&text, base_str(table[i].open));
            for (int k = 0; k < depth; k += step)
                base_text_add(&text, base_str(table[i].close));
            if (depth <= LIMIT_DOC_DEPTH)
                assert_int_equal(read_bytes(base_text_str(&text), table[i].format), OK);
            else
                assert_limit(base_text_str(&text), table[i].format, "LIMIT_DOC_DEPTH");
        }
        // Refused at once, whatever follows.
        Text text = {.arena = scratch};
        for (int k = 0; k < 5000; k++)
            base_text_add(&text, base_str(table[i].open));
        assert_limit(base_text_str(&text), table[i].format, "LIMIT_DOC_DEPTH");
    }
    base_arena_free(scratch);
}

// Aliases make a tree deeper than its text.
static void depth_counts_through_aliases(void **state) {
    (void)state;
    Arena *scratch = base_arena_new();
    for (int depth = LIMIT_DOC_DEPTH - 1; depth <= LIMIT_DOC_DEPTH; depth++) {
        Text text = {.arena = scratch};
        base_text_add(&text, STR("a0: &a0 []\n"));
        for (int i = 1; i < depth; i++)
            base_text_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
        base_text_printf(&text, "last: *a%d\n", depth - 1);
        if (depth < LIMIT_DOC_DEPTH)
            assert_int_equal(read_bytes(base_text_str(&text), DOC_FORMAT_YAML), OK);
        else
            assert_int_equal(read_bytes(base_text_str(&text), DOC_FORMAT_YAML), FAILED);
    }
    assert_int_equal(diags.list.at[0].code, CODE_E701);
    base_arena_free(scratch);
}

static void bytes_are_counted(void **state) {
    (void)state;
    const size_t most = (size_t)LIMIT_DOC_BYTES;
    char *text = malloc(most + 1);
    memset(text, ' ', most + 1);
    memcpy(text, "[]", 2);
    for (DocFormat format = DOC_FORMAT_GUESS; format <= DOC_FORMAT_JSON; format++) {
        assert_int_equal(read_bytes((Str){text, most}, format), OK);
        assert_limit((Str){text, most + 1}, format, "LIMIT_DOC_BYTES");
    }
    free(text);
}

static void nodes_are_counted(void **state) {
    (void)state;
    Arena *scratch = base_arena_new();
    for (int format = DOC_FORMAT_YAML; format <= DOC_FORMAT_JSON; format++) {
        Text text = {.arena = scratch};
        base_text_add(&text, STR("[0"));
        for (int64_t i = 2; i < LIMIT_DOC_NODES; i++)
            base_text_add(&text, STR(",0"));
        base_text_add(&text, STR("]"));
        assert_int_equal(read_bytes(base_text_str(&text), (DocFormat)format), OK);
        assert_int_equal(root->n, LIMIT_DOC_NODES - 1);
        text.n--;
        base_text_add(&text, STR(",0]"));
        assert_limit(base_text_str(&text), (DocFormat)format, "LIMIT_DOC_NODES");
    }
    base_arena_free(scratch);
}

static void a_billion_laughs_are_refused(void **state) {
    (void)state;
    Arena *scratch = base_arena_new();
    Text text = {.arena = scratch};
    base_text_add(&text, STR("a0: &a0 [ha, ha]\n"));
    for (int i = 1; i < 10; i++)
        base_text_printf(&text,
                         "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
                         i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_limit(base_text_str(&text), DOC_FORMAT_YAML, "LIMIT_DOC_NODES");
    base_arena_free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_counted_as_it_comes),
        cmocka_unit_test(depth_counts_through_aliases),
        cmocka_unit_test(bytes_are_counted),
        cmocka_unit_test(nodes_are_counted),
        cmocka_unit_test(a_billion_laughs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
