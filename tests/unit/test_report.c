// Values for people: arrays in rows, abbreviated, summarised; cells of a column; roles.
#include "report/values.h"

#include <float.h>
#include <math.h>
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

static const char *shown(Arena *arena, const cg_value *array, size_t column, bool full) {
    Text out = {.arena = arena};
    const Style style = {.out = &out};
    report_array(&style, array, column, full);
    assert_false(out.failed);
    return out.at;
}

static cg_value array_of(cg_dtype dtype, const void *data, uint32_t rank,
                         const int64_t *shape) {
    return (cg_value){
        .kind = CG_ARRAY, .dtype = dtype, .rank = rank, .shape = shape, .data = data};
}

// -- rows ---------------------------------------------------------------------------

static void numbers_stand_below_each_other(void **state) {
    static const double numbers[] = {1, 22.5, -0.125, 1e-7, NAN, 300};
    static const struct {
        uint32_t rank;
        int64_t shape[3];
        size_t column;
        const char *text, *line;
    } cases[] = {
        {0, {0}, 0, "1.0", "1.0"},
        {1, {3}, 0, "[1.0, 22.5, -0.125]", "[1.0, 22.5, -0.125]"},
        {2,
         {2, 3},
         2,
         "[[1.0,   22.5,  -0.125],\n"
         "   [1e-7, NaN,   300.0]]",
         "[[1.0, 22.5, -0.125], [1e-7, NaN, 300.0]]"},
        {3,
         {2, 1, 2},
         0,
         "[[[ 1.0,   22.5]],\n"
         " [[-0.125,  1e-7]]]",
         "[[[1.0, 22.5]], [[-0.125, 1e-7]]]"},
        {1, {0}, 0, "[]  float64[0]", "float64[0]"},
        {2, {2, 0}, 0, "[[],\n []]  float64[2, 0]", "float64[2, 0]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const cg_value array = array_of(CG_FLOAT64, numbers, cases[i].rank, cases[i].shape);
        Text line = {.arena = *state};
        report_array_line(&line, &array);
        assert_string_equal(line.at, cases[i].line);
        assert_string_equal(shown(*state, &array, cases[i].column, false), cases[i].text);
    }
}

static void long_rows_are_broken(void **state) {
    double numbers[8];
    const int64_t shape[] = {8};
    for (int i = 0; i < 8; i++)
        numbers[i] = i + 1.0 / 3;
    const cg_value row = array_of(CG_FLOAT64, numbers, 1, shape);
    assert_string_equal(shown(*state, &row, 4, false),
                        "[0.3333333333333333, 1.3333333333333333, 2.3333333333333335,\n"
                        "     3.3333333333333335, 4.333333333333333,  5.333333333333333,\n"
                        "     6.333333333333333,  7.333333333333333]");
    // a column beyond the edge: one in a line
    assert_non_null(strstr(shown(*state, &row, 90, false), "[0.3333333333333333,\n"));
}

// -- large arrays -------------------------------------------------------------------

enum { MANY = 128 };

typedef struct Large {
    const char *text;
    cg_dtype dtype;
    double first, second, third, others;
    uint32_t rank;
    int64_t shape[8];
} Large;

static void fill(const Large *large, void *data) {
    for (size_t i = 0; i < MANY; i++) {
        const double x = i == 0   ? large->first
                         : i == 1 ? large->second
                         : i == 2 ? large->third
                                  : large->others;
        if (large->dtype == CG_BOOL) ((uint8_t *)data)[i] = x != 0;
        if (large->dtype == CG_INT32) ((int32_t *)data)[i] = (int32_t)x;
        if (large->dtype == CG_INT64) ((int64_t *)data)[i] = (int64_t)x;
        if (large->dtype == CG_FLOAT32) ((float *)data)[i] = (float)x;
        if (large->dtype == CG_FLOAT64) ((double *)data)[i] = x;
    }
}

static void large_arrays_are_summarised(void **state) {
    static const Large cases[] = {
        {"[3.0, -4.0, 0.0, …, 0.0, 0.0, 0.0]\n"
         "float64[128]  min -4.0  max 3.0  norm 5.0",
         CG_FLOAT64,
         3,
         -4,
         0,
         0,
         1,
         {MANY}},
        // squares that overflow, and that vanish
        {"[3e300, 4e300, 0.0, …, 0.0, 0.0, 0.0]\n"
         "float64[128]  min 0.0  max 4e300  norm 5e300",
         CG_FLOAT64,
         3e300,
         4e300,
         0,
         0,
         1,
         {MANY}},
        {"[1.5e-323, 2e-323, 0.0, …, 0.0, 0.0, 0.0]\n"
         "float64[128]  min 0.0  max 2e-323  norm 2.5e-323",
         CG_FLOAT64,
         1.5e-323,
         2e-323,
         0,
         0,
         1,
         {MANY}},
        {"[NaN, Infinity, -Infinity, …, 0.5, 0.5, 0.5]\n"
         "float64[128]  min 0.5  max 0.5  norm 5.5901699437494745  1 NaN  2 infinite",
         CG_FLOAT64,
         NAN,
         INFINITY,
         -INFINITY,
         0.5,
         1,
         {MANY}},
        {"[NaN, NaN, NaN, …, NaN, NaN, NaN]\nfloat64[128]  128 NaN",
         CG_FLOAT64,
         NAN,
         NAN,
         NAN,
         NAN,
         1,
         {MANY}},
        {"[0.1, 0.0, 0.0, …, 0.0, 0.0, 0.0]\n"
         "float32[128]  min 0.0  max 0.1  norm 0.10000000149011612",
         CG_FLOAT32,
         0.1,
         0,
         0,
         0,
         1,
         {MANY}},
        {"[-9223372036854775808, 9007199254740994, 0, …, 0, 0, 0]\n"
         "int64[128]  min -9223372036854775808  max 9007199254740994  "
         "norm 9.223376434900238e18",
         CG_INT64,
         -9223372036854775808.0,
         9007199254740994,
         0,
         0,
         1,
         {MANY}},
        {"[-2147483648, 1, 1, …, 1, 1, 1]\n"
         "int32[128]  min -2147483648  max 1  norm 2147483648.0",
         CG_INT32,
         -2147483648.0,
         1,
         1,
         1,
         1,
         {MANY}},
        {"[true, true, false, …, false, false, false]\nbool[128]  2 true",
         CG_BOOL,
         1,
         1,
         0,
         0,
         1,
         {MANY}},
        {"[[1.0, 2.0],\n [3.0, 0.0],\n [0.0, 0.0],\n …,\n"
         " [0.0, 0.0],\n [0.0, 0.0],\n [0.0, 0.0]]\n"
         "float64[64, 2]  min 0.0  max 3.0  norm 3.7416573867739413",
         CG_FLOAT64,
         1,
         2,
         3,
         0,
         2,
         {64, 2}},
        // too many axes to show any end of
        {"float64[2, 2, 2, 2, 2, 2, 2]  min 0.0  max 3.0  norm 3.7416573867739413",
         CG_FLOAT64,
         1,
         2,
         3,
         0,
         7,
         {2, 2, 2, 2, 2, 2, 2}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        _Alignas(16) char data[MANY * 8];
        fill(&cases[i], data);
        const cg_value array =
            array_of(cases[i].dtype, data, cases[i].rank, cases[i].shape);
        assert_string_equal(shown(*state, &array, 0, false), cases[i].text);
        assert_null(strstr(shown(*state, &array, 0, true), "…"));
    }
}

// Numbers too long for six in a line: fewer at each end.
static void abbreviated_rows_are_not_broken(void **state) {
    double numbers[MANY];
    const int64_t shape[] = {2, MANY / 2};
    for (int i = 0; i < MANY; i++)
        numbers[i] = 1.0 / 3;
    const cg_value array = array_of(CG_FLOAT64, numbers, 2, shape);
    assert_string_equal(shown(*state, &array, 10, false),
                        "[[0.3333333333333333, …, 0.3333333333333333],\n"
                        "           [0.3333333333333333, …, 0.3333333333333333]]\n"
                        "          float64[2, 64]  min 0.3333333333333333  "
                        "max 0.3333333333333333  norm 3.7712361663282534");
}

// -- cells --------------------------------------------------------------------------

static void cells_align_by_their_points(void **state) {
    static const double numbers[] = {-1.5, 1000, NAN, 1e-7};
    static const char *const expected[] = {"  -1.5|", "1000.0|", " NaN|", "   1e-7|",
                                           "größer|"};
    Cell cells[5];
    CellColumn column = {0};
    for (int i = 0; i < 4; i++) {
        const cg_value value = array_of(CG_FLOAT64, &numbers[i], 0, NULL);
        assert_int_equal(report_value_cell(*state, &value, false, &cells[i]), OK);
    }
    cells[4] = report_text_cell(STR("größer"));
    for (int i = 0; i < 5; i++)
        report_widen(&column, &cells[i]);
    assert_int_equal(column.width, 7);
    for (int i = 0; i < 5; i++) {
        Text out = {.arena = *state};
        const size_t owed = report_add_cell(&out, &column, &cells[i], 0);
        assert_int_equal(base_columns(base_text_str(&out)) + owed, 7);
        base_text_char(&out, '|');
        assert_string_equal(out.at, expected[i]);
    }
    const Cell empty = {0};
    Text out = {.arena = *state};
    assert_int_equal(report_add_cell(&out, &column, &empty, 3), 10);
    assert_int_equal(out.n, 0);
}

static void roles_paint_where_colours_are_wanted(void **state) {
    for (int role = 0; role < ROLE_COUNT; role++) {
        Text plain = {.arena = *state}, painted = {.arena = *state};
        report_add(&(Style){&plain, false}, (Role)role, STR("a"));
        report_add(&(Style){&painted, true}, (Role)role, STR("a"));
        assert_string_equal(plain.at, "a");
        assert_int_equal(painted.at[0], '\x1b');
        assert_string_equal(painted.at + painted.n - 5, "a\x1b[0m");
    }
    Text out = {.arena = *state};
    assert_int_equal(report_add_shown(&(Style){&out, true}, ROLE_NAME, STR("積\x1b")), 8);
    assert_string_equal(out.at, "\x1b[1m積\\u{1b}\x1b[0m");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(numbers_stand_below_each_other), TEST(long_rows_are_broken),
        TEST(large_arrays_are_summarised),    TEST(abbreviated_rows_are_not_broken),
        TEST(cells_align_by_their_points),    TEST(roles_paint_where_colours_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
