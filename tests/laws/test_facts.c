// Values and gradients at ties, kinks, poles and edges, through the public library alone:
// each row of tests/data/jax_facts.tsv is an expression, a point, and what JAX gives there.
#include "cggrad.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 256 };

typedef struct Numbers {
    double at[MOST];
    size_t n;
} Numbers;

// The numbers in a text such as "([0.5, 0.5], nan)", whatever its brackets.
static Numbers read_numbers(const char *text) {
    Numbers numbers = {{0}, 0};
    while (*text) {
        char *end;
        const double number = strtod(text, &end);
        if (end == text) {
            text++;
            continue;
        }
        assert_true(numbers.n < MOST);
        numbers.at[numbers.n++] = number;
        text = end;
    }
    return numbers;
}

static void add_value(Numbers *numbers, const cg_value *value) {
    for (size_t i = 0; i < value->n && value->kind != CG_ARRAY; i++)
        add_value(numbers, &value->parts[i]);
    if (value->kind != CG_ARRAY) return;
    size_t size = 1;
    for (uint32_t i = 0; i < value->rank; i++)
        size *= (size_t)value->shape[i];
    for (size_t i = 0; i < size; i++) {
        assert_true(numbers->n < MOST);
        double number = 0;
        switch (value->dtype) {
        case CG_BOOL:
            number = ((const uint8_t *)value->data)[i];
            break;
        case CG_INT32:
            number = ((const int32_t *)value->data)[i];
            break;
        case CG_INT64:
            number = (double)((const int64_t *)value->data)[i];
            break;
        case CG_FLOAT32:
            number = (double)((const float *)value->data)[i];
            break;
        case CG_FLOAT64:
            number = ((const double *)value->data)[i];
            break;
        }
        numbers->at[numbers->n++] = number;
    }
}

// Equal, or within a few ulps: the rows were recorded from other kernels. Zeros are told
// apart by neither side (a symbolic zero has no sign).
static bool agree(double got, double expected) {
    if (isnan(expected) || isnan(got)) return isnan(expected) && isnan(got);
    if (got == expected) return true;
    return fabs(got - expected) <= 32 * 0x1p-53 * fabs(expected);
}

static bool same(const char *what, const char *row, const Numbers *got,
                 const Numbers *expected) {
    bool equal = got->n == expected->n;
    for (size_t i = 0; i < got->n && equal; i++)
        equal = agree(got->at[i], expected->at[i]);
    if (equal) return true;
    print_error("%s of %s: got", what, row);
    for (size_t i = 0; i < got->n; i++)
        print_error(" %.17g", got->at[i]);
    print_error("\n");
    return false;
}

static bool check_row(const char *expression, const char *point, const char *value,
                      const char *grads) {
    cg_context *cg = cg_new();
    cg_source spec;
    const cg_result *result;
    assert_non_null(cg);
    if (cg_load_expression(cg, expression, NULL, 1, &point, &spec) != CG_OK ||
        cg_run_point(cg, spec, 0, NULL, &result) != CG_OK || result->error) {
        print_error("%s at %s: %s\n", expression, point, cg_diagnostics_text(cg, false));
        cg_free(cg);
        return false;
    }
    Numbers got = {{0}, 0}, got_grads = {{0}, 0};
    add_value(&got, &result->value);
    for (size_t i = 0; i < result->grads.n; i++)
        add_value(&got_grads, &result->grads.at[i].value);
    const Numbers expected = read_numbers(value), expected_grads = read_numbers(grads);
    const bool good = same("value", expression, &got, &expected) &
                      same("gradient", expression, &got_grads, &expected_grads);
    cg_free(cg);
    return good;
}

static void every_row_holds(void **state) {
    (void)state;
    char line[1024];
    size_t rows = 0, failed = 0;
    FILE *file = fopen("tests/data/jax_facts.tsv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *rest = line;
        if (line[0] == '#' || line[0] == '\n') continue;
        line[strcspn(line, "\n")] = 0;
        const char *fields[4];
        for (int i = 0; i < 4; i++) {
            fields[i] = strsep(&rest, "\t");
            assert_non_null(fields[i]);
        }
        rows++;
        failed += !check_row(fields[0], fields[1], fields[2], fields[3]);
    }
    fclose(file);
    assert_true(rows > 200);
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
