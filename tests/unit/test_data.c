// Data files: what is read, and what is said of files that are broken or lie.
#include "cggrad.h"
#include "doc/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static Arena *arena;
static DocArray array;
static DocFault fault;

static int begin(void **state) {
    (void)state;
    arena = base_arena_new();
    fault = (DocFault){.arena = arena};
    return arena ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    base_arena_free(arena);
    return 0;
}

// Bytes in a block of their own size, so that a sanitizer sees what is read behind them.
static Str own(Str bytes) {
    char *copy = malloc(bytes.n ? bytes.n : 1);
    assert_non_null(copy);
    if (bytes.n) memcpy(copy, bytes.at, bytes.n);
    return (Str){copy, bytes.n};
}

static void assert_fault(Status status, Code code, const char *message) {
    if (status == FAILED && fault.code == code && strstr(fault.message, message)) return;
    print_error("expected %s \"%s\", got %s \"%s\"\n", base_code_name(code), message,
                status == FAILED ? base_code_name(fault.code) : "no failure",
                status == FAILED ? fault.message : "");
    fail();
}

// The array as text: "int64[2, 1]: 1 2".
static const char *shown(void) {
    Text text = {.arena = arena};
    int64_t n = 1;
    base_text_printf(&text, "%s[", num_dtype_name(array.dtype));
    for (uint32_t i = 0; i < array.rank; i++) {
        base_text_printf(&text, i ? ", %lld" : "%lld", (long long)array.shape[i]);
        n *= array.shape[i];
    }
    base_text_add(&text, STR("]:"));
    for (int64_t i = 0; i < n; i++) {
        char number[NUM_TEXT];
        num_print(array.dtype,
                  (const char *)array.data + (size_t)i * num_dtype_size(array.dtype),
                  number);
        base_text_printf(&text, " %s", number);
    }
    return text.at;
}

// -- .npy ---------------------------------------------------------------------------

typedef struct NpyCase {
    int version;
    const char *header;
    Str elements;
    Code code;          // of the fault
    const char *result; // or the fault's message
} NpyCase;

#define HEADER(descr, order, shape)                                                        \
    "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }"
#define ELEMENTS(text) STR(text)
#define GOOD           CODE_COUNT

static Str npy(int version, const char *header, Str elements) {
    Text text = {.arena = arena};
    const size_t n = strlen(header);
    base_text_add(&text, STR("\x93NUMPY"));
    base_text_char(&text, (char)version);
    base_text_char(&text, 0);
    for (int i = 0; i < (version == 1 ? 2 : 4); i++)
        base_text_char(&text, (char)(n >> (8 * i) & 0xFF));
    base_text_add(&text, base_str(header));
    base_text_add(&text, elements);
    return base_text_str(&text);
}

#define ONE "\1\0\0\0\0\0\0\0"
#define TWO "\2\0\0\0\0\0\0\0"

static const NpyCase npy_cases[] = {
    {1, HEADER("<i8", "False", "(2,)"), STR(ONE TWO), GOOD, "int64[2]: 1 2"},
    {2, HEADER("<i8", "False", "(2,)"), STR(ONE TWO), GOOD, "int64[2]: 1 2"},
    {3, HEADER("<i8", "False", "(2,)"), STR(ONE TWO), GOOD, "int64[2]: 1 2"},
    {1, HEADER("<i8", "False", "()"), STR(ONE), GOOD, "int64[]: 1"},
    {1, HEADER("<i8", "False", "(0, 7)"), STR(""), GOOD, "int64[0, 7]:"},
    {1, HEADER(">i4", "False", "(1, 2)"), STR("\0\0\0\1\0\0\1\0"), GOOD,
     "int32[1, 2]: 1 256"},
    {1, HEADER("<i4", "True", "(2, 2)"), STR("\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0"), GOOD,
     "int32[2, 2]: 1 3 2 4"},
    {1, HEADER(">i4", "True", "(2, 1, 2)"), STR("\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"), GOOD,
     "int32[2, 1, 2]: 1 3 2 4"},
    {1, HEADER("|b1", "False", "(3,)"), STR("\1\0\1"), GOOD, "bool[3]: true false true"},
    {1, HEADER("<f4", "False", "(1,)"), STR("\0\0\x80\x3f"), GOOD, "float32[1]: 1.0"},
    {1, HEADER(">f8", "True", "(1,)"), STR("\x3f\xf0\0\0\0\0\0\0"), GOOD,
     "float64[1]: 1.0"},
    {1, " { \"shape\" : ( 2 , ) , 'descr':'=i8','fortran_order' :False } \n", STR(ONE TWO),
     GOOD, "int64[2]: 1 2"},

    {1, HEADER("<f2", "False", "(4,)"), STR(ONE), CODE_E405, "its elements are float16"},
    {1, HEADER("<f16", "False", "()"), STR(ONE), CODE_E405, "are long doubles"},
    {1, HEADER("<c16", "False", "()"), STR(ONE), CODE_E405, "are complex128"},
    {1, HEADER("|u1", "False", "(8,)"), STR(ONE), CODE_E405, "are uint8"},
    {1, HEADER("<U2", "False", "(1,)"), STR(ONE), CODE_E405, "are text"},
    {1, HEADER("|O", "False", "(1,)"), STR(ONE), CODE_E405, "are Python's objects"},
    {1, HEADER("<M8[s]", "False", "(1,)"), STR(ONE), CODE_E405, "are dates"},
    {1, HEADER("?!", "False", "(1,)"), STR(ONE), CODE_E405, "a dtype that is not known"},
    {1, HEADER("", "False", "(1,)"), STR(ONE), CODE_E405, "a dtype that is not known"},
    {1, "{'descr': [('a', '<i8')], 'fortran_order': False, 'shape': ()}", STR(ONE),
     CODE_E405, "its elements are structures"},
    {1, HEADER("|b1", "False", "(1,)"), STR("\2"), CODE_E803, "neither 0 nor 1"},

    {1, HEADER("<i8", "False", "(3,)"), STR(ONE TWO), CODE_E803, "more elements than"},
    {1, HEADER("<i8", "False", "(1,)"), STR(ONE TWO), CODE_E803, "8 bytes stand behind"},
    {1, HEADER("<i8", "False", "(2,)"), STR(ONE "\2"), CODE_E803, "more elements than"},
    {1, HEADER("<i8", "False", "(0,)"), STR("\2"), CODE_E803, "1 bytes stand behind"},
    {1, HEADER("<i8", "False", "(4294967296, 4294967296)"), STR(ONE), CODE_E803,
     "more elements than"},
    {1, HEADER("<i8", "False", "(2305843009213693952,)"), STR(""), CODE_E803,
     "more elements than"},
    {1, HEADER("<i8", "False", "(9223372036854775808,)"), STR(ONE), CODE_E803,
     "a size in its shape is too large"},
    {1, HEADER("<i8", "False", "(-1,)"), STR(ONE), CODE_E803, "is negative"},
    {1, HEADER("<i8", "False", "(1.0,)"), STR(ONE), CODE_E803, "no tuple of whole numbers"},
    {1, HEADER("<i8", "False", "(1 1)"), STR(ONE), CODE_E803, "no tuple of whole numbers"},
    {1, HEADER("<i8", "False", "(,)"), STR(ONE), CODE_E803, "no tuple of whole numbers"},
    {1, HEADER("<i8", "False", "(1)"), STR(ONE), CODE_E803, "its shape is no tuple"},
    {1, HEADER("<i8", "False", "1"), STR(ONE), CODE_E803, "its shape is no tuple"},
    {1,
     HEADER("<i8", "False",
            "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"),
     STR(ONE), CODE_E701, "more than 32 axes"},
    {1, HEADER("<i8", "0", "(1,)"), STR(ONE), CODE_E803, "neither True nor False"},
    {1, "{'descr': '<i8', 'shape': (1,)}", STR(ONE), CODE_E803, "is missing"},
    {1, "{'descr': '<i8', 'descr': '<i8'}", STR(ONE), CODE_E803, "a key twice"},
    {1, "{'descr': '<i8', 'x': 1}", STR(ONE), CODE_E803, "a key beside"},
    {1, "{'descr': '<i\\x38'}", STR(ONE), CODE_E803, "descr is no text"},
    {1, "{'descr': '<i8}", STR(ONE), CODE_E803, "descr is no text"},
    {1, "{'descr' '<i8'}", STR(ONE), CODE_E803, "no dict of names"},
    {1, "{descr: '<i8'}", STR(ONE), CODE_E803, "no dict of names"},
    {1, "{'descr': '<i8' 'shape': ()}", STR(ONE), CODE_E803, "it is no dict"},
    {1, "{'descr': '<i8',", STR(""), CODE_E803, "no dict of names"},
    {1, "", STR(""), CODE_E803, "it is no dict"},
    {1, HEADER("<i8", "False", "()") "x", STR(ONE), CODE_E803, "behind the dict"},
    {4, HEADER("<i8", "False", "()"), STR(ONE), CODE_E803, "of version 4.0"},
    {0, HEADER("<i8", "False", "()"), STR(ONE), CODE_E803, "of version 0.0"},
};

static void npy_files(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(npy_cases); i++) {
        const NpyCase *c = &npy_cases[i];
        const Str bytes = own(npy(c->version, c->header, c->elements));
        const Status status = doc_read_npy(arena, bytes, &array, &fault);
        free((char *)bytes.at);
        if (c->code != GOOD)
            assert_fault(status, c->code, c->result);
        else if (status != OK)
            fail_msg("%s: %s", c->header, fault.message);
        else
            assert_string_equal(shown(), c->result);
    }
}

static void every_beginning_of_a_npy_file_is_refused(void **state) {
    (void)state;
    const Str whole = npy(1, HEADER("<i8", "False", "(2,)"), STR(ONE TWO));
    for (size_t n = 0; n < whole.n; n++) {
        const Str bytes = own((Str){whole.at, n});
        assert_int_equal(doc_read_npy(arena, bytes, &array, &fault), FAILED);
        assert_int_equal(fault.code, CODE_E803);
        free((char *)bytes.at);
    }
}

// -- .npz ---------------------------------------------------------------------------

static void put(Text *text, uint32_t value, int width) {
    for (int i = 0; i < width; i++)
        base_text_char(text, (char)(i < 4 ? value >> (8 * i) & 0xFF : 0));
}

typedef struct Entry {
    const char *name;
    Str content;
    unsigned method, flags;
    uint32_t wrong_crc, more_size; // added to what is true
} Entry;

static Str deflated(Str content) {
    static unsigned char packed[1024];
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)content.at,
                       .avail_in = (uInt)content.n,
                       .next_out = packed,
                       .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, 0), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return (Str){(const char *)packed, stream.total_out};
}

static Str zip(size_t n, const Entry *entries) {
    Text text = {.arena = arena}, directory = {.arena = arena};
    for (size_t i = 0; i < n; i++) {
        const Entry *e = &entries[i];
        const Str data = e->method == 8 ? deflated(e->content) : e->content;
        const uint32_t at = (uint32_t)text.n, name = (uint32_t)strlen(e->name);
        const uint32_t crc =
            (uint32_t)crc32(0, (const Bytef *)e->content.at, (uInt)e->content.n);
        base_text_add(&text, STR("PK\3\4"));
        put(&text, 0, 22);
        put(&text, name, 2);
        put(&text, 3, 2);
        base_text_add(&text, base_str(e->name));
        base_text_add(&text, STR("xyz"));
        base_text_add(&text, data);
        base_text_add(&directory, STR("PK\1\2"));
        put(&directory, 0, 4);
        put(&directory, e->flags, 2);
        put(&directory, e->method, 2);
        put(&directory, 0, 4);
        put(&directory, crc + e->wrong_crc, 4);
        put(&directory, (uint32_t)data.n, 4);
        put(&directory, (uint32_t)e->content.n + e->more_size, 4);
        put(&directory, name, 2);
        put(&directory, 0, 12);
        put(&directory, at, 4);
        base_text_add(&directory, base_str(e->name));
    }
    const uint32_t begin = (uint32_t)text.n;
    base_text_add(&text, base_text_str(&directory));
    base_text_add(&text, STR("PK\5\6"));
    put(&text, 0, 4);
    put(&text, (uint32_t)n, 2);
    put(&text, (uint32_t)n, 2);
    put(&text, (uint32_t)directory.n, 4);
    put(&text, begin, 4);
    put(&text, 4, 2);
    base_text_add(&text, STR("note"));
    return base_text_str(&text);
}

static Status find(Str bytes, const char *key, Str *member) {
    const Str name = base_str(key ? key : "");
    return doc_find_npz(arena, bytes, key ? &name : NULL, member, &fault);
}

static void npz_members(void **state) {
    (void)state;
    const Entry entries[] = {{"a.npy", STR("first"), 0, 0, 0, 0},
                             {"b.npy", STR("second second second"), 8, 0, 0, 0},
                             {"notes.txt", STR("no array"), 0, 0, 0, 0}};
    Str member;
    assert_int_equal(find(zip(3, entries), "a", &member), OK);
    assert_true(base_str_eq(member, STR("first")));
    assert_int_equal(find(zip(3, entries), "b.npy", &member), OK);
    assert_true(base_str_eq(member, entries[1].content));
    assert_int_equal(find(zip(1, entries), NULL, &member), OK);
    assert_fault(find(zip(3, entries), NULL, &member), CODE_E402, "it holds 2 arrays");
    assert_string_equal(fault.hint, "known: a, b");
    assert_fault(find(zip(3, entries), "notes.txt", &member), CODE_E401, "no array");
    assert_fault(find(zip(1, entries + 2), NULL, &member), CODE_E803, "it holds no array");
}

static void npz_files_that_lie(void **state) {
    (void)state;
    static const struct {
        Entry entry;
        const char *message;
    } cases[] = {
        {{"a.npy", STR("first"), 0, 0, 1, 0}, "checksum"},
        {{"a.npy", STR("first"), 8, 0, 1, 0}, "checksum"},
        {{"a.npy", STR("first"), 0, 0, 0, 1}, "neither stored nor deflated"},
        {{"a.npy", STR("first"), 8, 0, 0, 1}, "is damaged"},
        {{"a.npy", STR("first"), 8, 0, 0, (uint32_t)-1}, "is damaged"},
        {{"a.npy", STR("first"), 8, 0, 0, 0x7FFFFFFF}, "cannot be true"},
        {{"a.npy", STR("first"), 0, 1, 0, 0}, "is encrypted"},
        {{"a.npy", STR("first"), 12, 0, 0, 0}, "neither stored nor deflated"},
        {{"a.npy", STR("first"), 8, 0, 0, 0xFFFFFFFF - 5}, "zip64"},
    };
    Str member;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_fault(find(zip(1, &cases[i].entry), NULL, &member), CODE_E803,
                     cases[i].message);
}

// Whatever byte is changed, and wherever the file ends: nothing is read outside of it.
static void npz_files_with_a_wrong_byte(void **state) {
    (void)state;
    const Entry entries[] = {{"a.npy", STR("first"), 0, 0, 0, 0},
                             {"b.npy", STR("second second second"), 8, 0, 0, 0}};
    const Str whole = zip(2, entries);
    static const unsigned char values[] = {0, 1, 0x7F, 0x80, 0xFF};
    for (size_t i = 0; i < whole.n; i++) {
        Str member, bytes = own((Str){whole.at, i});
        assert_int_equal(find(bytes, "b", &member), FAILED);
        free((char *)bytes.at);
        for (size_t k = 0; k < COUNT(values); k++) {
            bytes = own(whole);
            ((char *)bytes.at)[i] = (char)values[k];
            const Status status = find(bytes, "b", &member);
            assert_true(status == FAILED || base_str_eq(member, entries[1].content));
            free((char *)bytes.at);
        }
    }
}

// -- .csv ---------------------------------------------------------------------------

typedef struct CsvCase {
    const char *text;
    Dtype dtype;
    const char *column; // NULL: all
    Code code;
    const char *result;
} CsvCase;

static const CsvCase csv_cases[] = {
    {"a,b\n1,2\n3,4\n", DT_F64, NULL, GOOD, "float64[2, 2]: 1.0 2.0 3.0 4.0"},
    {"a,b\r\n1,2\r\n3,4", DT_F64, "b", GOOD, "float64[2]: 2.0 4.0"},
    {"\xEF\xBB\xBF"
     "a\n0.1\n",
     DT_F32, "a", GOOD, "float32[1]: 0.1"},
    {" a\t, b \n 1 ,\t2\n", DT_I64, "b", GOOD, "int64[1]: 2"},
    {"\"a,\"\"\n\",b\n\"1\" , \"2\"\n", DT_I32, "a,\"\n", GOOD, "int32[1]: 1"},
    {"a\n1e400\n-inf\nNaN\n", DT_F64, NULL, GOOD, "float64[3]: Infinity -Infinity NaN"},
    {"a\ntrue\n0\n", DT_BOOL, NULL, GOOD, "bool[2]: true false"},
    {"a,b\n", DT_F64, NULL, GOOD, "float64[0, 2]:"},
    {"a", DT_F64, NULL, GOOD, "float64[0]:"},
    {"a,b\nnot a number,2\n", DT_F64, "b", GOOD, "float64[1]: 2.0"},

    {"", DT_F64, NULL, CODE_E803, "it is empty"},
    {"a,b\n1\n", DT_F64, NULL, CODE_E803, "line 2 has fewer cells"},
    {"a,b\n1,2\n1,2,3\n", DT_F64, NULL, CODE_E803, "line 3 has more cells"},
    {"a,b\n1,2\n\n", DT_F64, NULL, CODE_E803, "line 3 has fewer cells"},
    {"a,b\n1,\n", DT_F64, NULL, CODE_E402, "line 2, cell 2: it is empty"},
    {"a,b\n1,\n", DT_F64, "b", CODE_E402, "line 2, cell 2: it is empty"},
    {"\"a\n\"\n1\nx\n", DT_F64, NULL, CODE_E402,
     "line 4, cell 1: it is no number of float"},
    {"a\n1.5\n", DT_I64, NULL, CODE_E402, "no number of int64"},
    {"a\n2147483648\n", DT_I32, NULL, CODE_E402, "no number of int32"},
    {"a\n2\n", DT_BOOL, NULL, CODE_E402, "no number of bool"},
    {"a\n\"1\n", DT_F64, NULL, CODE_E803, "its quotes are not closed"},
    {"a\n\"1\"2\n", DT_F64, NULL, CODE_E803, "behind the closing quote"},
    {"a\n1\"2\n", DT_F64, NULL, CODE_E803, "line 2, cell 1: a quote stands inside"},
    {"alpha,b\n1,2\n", DT_F64, "alhpa", CODE_E401, "no column `alhpa`"},
    {"a,a\n1,2\n", DT_F64, "a", CODE_E408, "it has 2 columns `a`"},
};

static void csv_files(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(csv_cases); i++) {
        const CsvCase *c = &csv_cases[i];
        const DocColumn column = {.by_name = true,
                                  .name = base_str(c->column ? c->column : "")};
        const Str bytes = own(base_str(c->text));
        const Status status = doc_read_csv(arena, bytes, c->dtype, c->column ? 1 : 0,
                                           &column, &array, &fault);
        if (c->code != GOOD)
            assert_fault(status, c->code, c->result);
        else if (status != OK)
            fail_msg("%s: %s", c->text, fault.message);
        else
            assert_string_equal(shown(), c->result);
        free((char *)bytes.at);
    }
}

static void csv_columns_by_number(void **state) {
    (void)state;
    const Str text = STR("a,b,c\n1,2,3\n4,5,6\n");
    const DocColumn columns[] = {{.number = 2}, {.number = 0}}, beyond = {.number = 3},
                    negative = {.number = -1}, twice[] = {{.number = 1}, {.number = 1}};
    assert_int_equal(doc_read_csv(arena, text, DT_I64, 2, columns, &array, &fault), OK);
    assert_string_equal(shown(), "int64[2, 2]: 3 1 6 4");
    assert_fault(doc_read_csv(arena, text, DT_I64, 1, &beyond, &array, &fault), CODE_E401,
                 "no column 3 but 3 columns");
    assert_fault(doc_read_csv(arena, text, DT_I64, 1, &negative, &array, &fault), CODE_E401,
                 "no column -1");
    assert_fault(doc_read_csv(arena, text, DT_I64, 2, twice, &array, &fault), CODE_E402,
                 "entries 0 and 1 of `columns` are one column");
}

// -- points -------------------------------------------------------------------------

// The second point has its values, though the file is gone.
static void a_file_that_many_points_use_is_read_once(void **state) {
    (void)state;
    char path[] = "/tmp/test_data_XXXXXX.csv";
    const int fd = mkstemps(path, 4);
    Text spec = {.arena = arena};
    cg_source source;
    const cg_result *result;
    cg_context *cg = cg_new();
    assert_true(fd >= 0 && write(fd, "x\n5\n", 4) == 4 && close(fd) == 0);
    base_text_add(&spec, STR("version: 1\npoints:\n"));
    for (int i = 0; i < 2; i++)
        base_text_printf(&spec, "  - {function: square, at: [{file: %s}]}\n", path);
    assert_int_equal(cg_load_bytes(cg, "spec", spec.at, spec.n, CG_FORMAT_GUESS, &source),
                     CG_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(cg_run_point(cg, source, i, NULL, &result), CG_OK);
        assert_null(result->error);
        assert_true(*(const double *)result->value.data == 25.0);
        unlink(path);
    }
    cg_free(cg);
}

// What a graph that is shown reads of files is not what later runs of the points see.
static void graphs_and_runs_read_files_apart(void **state) {
    (void)state;
    char path[] = "/tmp/test_data_XXXXXX.csv";
    const int fd = mkstemps(path, 4);
    Text spec = {.arena = arena};
    cg_source source;
    const cg_result *result;
    const cg_listing *listing;
    cg_context *cg = cg_new();
    assert_true(fd >= 0 && write(fd, "x\n5\n", 4) == 4 && close(fd) == 0);
    base_text_printf(&spec,
                     "version: 1\npoints:\n"
                     "  - {function: square, at: [{file: %s}]}\n",
                     path);
    assert_int_equal(cg_load_bytes(cg, "spec", spec.at, spec.n, CG_FORMAT_GUESS, &source),
                     CG_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cg_point_graph(cg, source, 0, NULL, &listing), CG_OK);
        assert_int_equal(cg_run_point(cg, source, 0, NULL, &result), CG_OK);
        assert_null(result->error);
        assert_true(*(const double *)result->value.data == 25.0);
    }
    unlink(path);
    cg_free(cg);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(npy_files, begin, end),
        cmocka_unit_test_setup_teardown(every_beginning_of_a_npy_file_is_refused, begin,
                                        end),
        cmocka_unit_test_setup_teardown(npz_members, begin, end),
        cmocka_unit_test_setup_teardown(npz_files_that_lie, begin, end),
        cmocka_unit_test_setup_teardown(npz_files_with_a_wrong_byte, begin, end),
        cmocka_unit_test_setup_teardown(csv_files, begin, end),
        cmocka_unit_test_setup_teardown(csv_columns_by_number, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_many_points_use_is_read_once, begin,
                                        end),
        cmocka_unit_test_setup_teardown(graphs_and_runs_read_files_apart, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
