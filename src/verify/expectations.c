// A point's result against its expectations.
#include "verify/compare.h"
#include "verify/verify.h"

typedef struct Checking {
    Arena *arena;
    cg_context *cg;
    const cg_expected *expected;
    VEC(VerifyExpectation) found;
} Checking;

// -- arrays -------------------------------------------------------------------------

static cg_status add_element(Checking *c, const cg_expectation *expectation, size_t i,
                             VerifyElement element, VerifyExpectation *found) {
    const cg_value *array = &expectation->expected;
    int64_t *index = NEW_ARRAY(c->arena, int64_t, array->rank);
    if (!index) return CG_NOMEM;
    for (uint32_t axis = array->rank; axis-- > 0;) {
        const size_t size = (size_t)array->shape[axis];
        index[axis] = (int64_t)(i % size);
        i /= size;
    }
    element.index = index;
    const cg_status placed =
        cg_expectation_place(c->cg, expectation, index, &element.place);
    if (placed != CG_OK) return placed;
    return VEC_PUSH(c->arena, &found->failing, element) ? CG_OK : CG_NOMEM;
}

static cg_status compare_arrays(Checking *c, const cg_expectation *expectation,
                                VerifyExpectation *found) {
    const Dtype dtype = (Dtype)expectation->expected.dtype;
    const size_t item = num_dtype_size(dtype);
    const char *expected = expectation->expected.data, *got = expectation->got.data;
    found->tolerance = verify_tolerance(dtype, &c->expected->tolerance);
    found->n_elements = 1;
    for (uint32_t i = 0; i < expectation->expected.rank; i++)
        found->n_elements *= (size_t)expectation->expected.shape[i];
    for (size_t i = 0; i < found->n_elements; i++, expected += item, got += item) {
        const double ulp = verify_ulps(dtype, expected, got);
        if (ulp > found->ulp) found->ulp = ulp;
        if (verify_is_near(dtype, expected, got, &found->tolerance)) continue;
        if (found->n_failing++ >= VERIFY_SHOWN) continue;
        const VerifyElement element = {.expected = expected, .got = got, .ulp = ulp};
        const cg_status added = add_element(c, expectation, i, element, found);
        if (added != CG_OK) return added;
    }
    found->failed = found->n_failing != 0;
    return CG_OK;
}

// -- expectations -------------------------------------------------------------------

static cg_status check_value(Checking *c, const cg_expectation *expectation) {
    VerifyExpectation found = {.key = expectation->key,
                               .part = expectation->part,
                               .failed = expectation->mismatch != NULL,
                               .mismatch = expectation->mismatch,
                               .expected = &expectation->expected,
                               .got = &expectation->got};
    cg_status status = cg_expectation_place(c->cg, expectation, NULL, &found.place);
    if (status == CG_OK && !found.mismatch && expectation->expected.kind == CG_ARRAY)
        status = compare_arrays(c, expectation, &found);
    if (status != CG_OK) return status;
    return VEC_PUSH(c->arena, &c->found, found) ? CG_OK : CG_NOMEM;
}

static cg_status check_error(Checking *c) {
    const cg_diagnostic *error = c->expected->result->error;
    const VerifyExpectation found = {.key = "error",
                                     .failed = !error ||
                                               strcmp(error->code, c->expected->error) != 0,
                                     .place = c->expected->error_place,
                                     .expected_error = c->expected->error,
                                     .got_error = error ? error->code : NULL,
                                     .got_message = error ? error->message : NULL};
    return VEC_PUSH(c->arena, &c->found, found) ? CG_OK : CG_NOMEM;
}

cg_status verify_point(Arena *arena, cg_context *cg, cg_source spec, size_t point,
                       VerifySummary *summary, VerifyPoint *found) {
    Checking c = {.arena = arena, .cg = cg};
    cg_status status = cg_run_expected(cg, spec, point, &c.expected);
    if (status == CG_OK && c.expected->error) status = check_error(&c);
    for (size_t i = 0; status == CG_OK && i < c.expected->n; i++)
        status = check_value(&c, &c.expected->at[i]);
    if (status != CG_OK) return status;
    const cg_result *result = c.expected->result;
    *found = (VerifyPoint){.spec = result->spec,
                           .name = result->name,
                           .result = result,
                           .tolerance = c.expected->tolerance,
                           .error = result->error,
                           .trouble = c.expected->error ? NULL : result->error,
                           .n = c.found.n,
                           .at = c.found.at};
    summary->expectations += found->n;
    for (size_t i = 0; i < found->n; i++)
        summary->failed += found->at[i].failed;
    summary->in_error += found->trouble || (result->n_errors && !found->n);
    summary->without_expect += !c.expected->given;
    return CG_OK;
}
