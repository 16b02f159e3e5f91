// What moves elements, and what works along axes: every result element is found again by
// arithmetic on indices alone, over random shapes.
#include "../laws/random_graph.h"
#include "ir_fixture.h"

enum { RANK = 4 };

// An array of float64 by hand.
typedef struct Array {
    uint32_t rank;
    int64_t shape[RANK];
    double *at;
} Array;

static Random random_state;

static int setup_random(void **state) {
    random_state.state = 12345;
    return setup(state);
}
static uint32_t some(uint32_t n) {
    return below(&random_state, n);
}

static int64_t size_of(const Array *x) {
    int64_t size = 1;
    for (uint32_t i = 0; i < x->rank; i++)
        size *= x->shape[i];
    return size;
}
// Number of an element ↔ its index.
static void index_of(const Array *x, int64_t number, int64_t *index) {
    for (uint32_t i = x->rank; i-- > 0; number /= x->shape[i])
        index[i] = number % x->shape[i];
}
static double element(const Array *x, const int64_t *index) {
    int64_t number = 0;
    for (uint32_t i = 0; i < x->rank; i++)
        number = number * x->shape[i] + index[i];
    return x->at[number];
}

static Array random_array(uint32_t least_rank) {
    Array x = {.rank = least_rank + some(RANK + 1 - least_rank)};
    for (uint32_t i = 0; i < x.rank; i++)
        x.shape[i] = 1 + some(4);
    x.at = NEW_ARRAY(arena, double, (size_t)size_of(&x));
    for (int64_t i = 0; i < size_of(&x); i++)
        x.at[i] = (double)(i + 1);
    return x;
}

// Runs one primitive of n arrays.
static Array run(Prim prim, uint32_t n, const Array *in, uint32_t n_attr,
                 const int64_t *attr) {
    Builder *b = ir_builder(ir);
    NodeId operands[3];
    void *inputs[3];
    for (uint32_t i = 0; i < n; i++) {
        operands[i] =
            ir_input(b, ir_array_type(ir, DT_F64, false, in[i].rank, in[i].shape));
        inputs[i] = in[i].at;
    }
    NodeId out = ir_emit(b, prim, n, operands, n_attr, attr);
    if (prim == PRIM_argmax || prim == PRIM_argsort)
        out = ir_convert(b, out, DT_F64, false);
    const Graph *g = NULL;
    assert_int_equal(ir_finish(b, NULL, 1, &out, &g), OK);
    const Type *type = ir_node_type(g, g->outputs[0]);
    void **outputs = new_outputs(arena, g);
    run_plan(plan_graph(arena, g), inputs, outputs);
    Array result = {.rank = type->rank, .at = outputs[0]};
    for (uint32_t i = 0; i < type->rank; i++)
        result.shape[i] = type->shape[i];
    return result;
}

// Asserts that element `index` of the result is element `from` of x.
static void assert_from(Prim prim, const Array *out, const int64_t *index, const Array *x,
                        const int64_t *from) {
    if (element(out, index) == element(x, from)) return;
    fail_msg("%s: expected %g, got %g", ir_prim(prim)->name, element(x, from),
             element(out, index));
}

#define EACH(out, number, index)                                                           \
    for (int64_t number = 0, index[RANK] = {0};                                            \
         number < size_of(&(out)) && (index_of(&(out), number, index), true); number++)

static void check_broadcast(void) {
    const Array x = random_array(0);
    int64_t attr[1 + 2 * RANK] = {0}, dims[RANK];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < x.rank; i++) {
        if (rank + x.rank - i < RANK && some(2)) attr[1 + rank++] = 1 + some(3);
        dims[i] = rank;
        attr[1 + rank++] = x.shape[i] == 1 ? 1 + some(4) : x.shape[i];
    }
    if (rank < RANK) attr[1 + rank++] = 2;
    attr[0] = rank;
    memcpy(attr + 1 + rank, dims, x.rank * sizeof *dims);
    const Array out = run(PRIM_broadcast, 1, &x, 1 + rank + x.rank, attr);
    EACH(out, n, index) {
        int64_t from[RANK];
        for (uint32_t i = 0; i < x.rank; i++)
            from[i] = x.shape[i] == 1 ? 0 : index[dims[i]];
        assert_from(PRIM_broadcast, &out, index, &x, from);
    }
}

static void check_transpose(void) {
    const Array x = random_array(1);
    int64_t perm[RANK];
    for (uint32_t i = 0; i < x.rank; i++) {
        const uint32_t k = some(i + 1);
        perm[i] = perm[k];
        perm[k] = i;
    }
    const Array out = run(PRIM_transpose, 1, &x, x.rank, perm);
    EACH(out, n, index) {
        int64_t from[RANK];
        for (uint32_t i = 0; i < x.rank; i++)
            from[perm[i]] = index[i];
        assert_from(PRIM_transpose, &out, index, &x, from);
    }
}

static void check_slice(void) {
    const Array x = random_array(1);
    int64_t attr[3 * RANK], *start = attr, *limit = attr + x.rank, *step = limit + x.rank;
    for (uint32_t i = 0; i < x.rank; i++) {
        start[i] = some((uint32_t)x.shape[i]);
        limit[i] = start[i] + 1 + some((uint32_t)(x.shape[i] - start[i]));
        step[i] = 1 + some(3);
    }
    const Array out = run(PRIM_slice, 1, &x, 3 * x.rank, attr);
    EACH(out, n, index) {
        int64_t from[RANK];
        for (uint32_t i = 0; i < x.rank; i++)
            from[i] = start[i] + index[i] * step[i];
        assert_from(PRIM_slice, &out, index, &x, from);
    }
}

static void check_reverse(void) {
    const Array x = random_array(1);
    bool turned[RANK] = {false};
    int64_t axes[RANK];
    uint32_t n_axes = 0;
    for (uint32_t i = 0; i < x.rank; i++) {
        turned[i] = some(2);
        if (turned[i]) axes[n_axes++] = i;
    }
    const Array out = run(PRIM_reverse, 1, &x, n_axes, axes);
    EACH(out, n, index) {
        int64_t from[RANK];
        for (uint32_t i = 0; i < x.rank; i++)
            from[i] = turned[i] ? x.shape[i] - 1 - index[i] : index[i];
        assert_from(PRIM_reverse, &out, index, &x, from);
    }
}

static void check_pad(void) {
    const Array x = random_array(1);
    int64_t attr[3 * RANK];
    for (uint32_t i = 0; i < 3 * x.rank; i++)
        attr[i] = some(3);
    const Array out = run(PRIM_pad, 1, &x, 3 * x.rank, attr);
    EACH(out, n, index) {
        int64_t from[RANK];
        bool inside = true;
        for (uint32_t i = 0; i < x.rank; i++) {
            const int64_t step = attr[2 * x.rank + i] + 1, at = index[i] - attr[i];
            from[i] = at / step;
            inside = inside && at >= 0 && at % step == 0 && from[i] < x.shape[i];
        }
        if (inside)
            assert_from(PRIM_pad, &out, index, &x, from);
        else
            assert_true(element(&out, index) == 0);
    }
}

static void check_concatenate(void) {
    Array parts[3];
    parts[0] = random_array(1);
    const int64_t axis = some(parts[0].rank);
    const uint32_t n_parts = 2 + some(2);
    for (uint32_t k = 1; k < n_parts; k++) {
        parts[k] = parts[0];
        parts[k].shape[axis] = some(4);
        parts[k].at = NEW_ARRAY(arena, double, (size_t)size_of(&parts[k]));
        for (int64_t i = 0; i < size_of(&parts[k]); i++)
            parts[k].at[i] = (double)(1000 * k + i);
    }
    const Array out = run(PRIM_concatenate, n_parts, parts, 1, &axis);
    EACH(out, n, index) {
        int64_t from[RANK];
        uint32_t k = 0;
        memcpy(from, index, sizeof from);
        while (from[axis] >= parts[k].shape[axis])
            from[axis] -= parts[k++].shape[axis];
        assert_from(PRIM_concatenate, &out, index, &parts[k], from);
    }
}

static void check_reduce(void) {
    const Array x = random_array(0);
    int64_t axes[RANK];
    bool reduced[RANK] = {false};
    uint32_t n_axes = 0;
    for (uint32_t i = 0; i < x.rank; i++) {
        reduced[i] = some(2);
        if (reduced[i]) axes[n_axes++] = i;
    }
    const Array out = run(PRIM_reduce_sum, 1, &x, n_axes, axes);
    double *sums = NEW_ARRAY(arena, double, (size_t)size_of(&out));
    EACH(x, n, index) {
        int64_t number = 0;
        for (uint32_t i = 0; i < x.rank; i++) {
            if (!reduced[i]) number = number * x.shape[i] + index[i];
        }
        sums[number] += x.at[n]; // whole numbers: exact in any order
    }
    assert_memory_equal(sums, out.at, (size_t)size_of(&out) * sizeof *sums);
}

static void check_along(void) {
    const Array x = random_array(1);
    const int64_t axis = some(x.rank), backwards = some(2);
    const Array sums = run(PRIM_cumsum, 1, &x, 2, (int64_t[]){axis, backwards});
    EACH(x, n, index) {
        int64_t at[RANK];
        memcpy(at, index, sizeof at);
        double sum = 0;
        for (at[axis] = 0; at[axis] < x.shape[axis]; at[axis]++) {
            const bool in = backwards ? at[axis] >= index[axis] : at[axis] <= index[axis];
            if (in) sum += element(&x, at);
        }
        assert_true(element(&sums, index) == sum);
    }
    const Array order = run(PRIM_argsort, 1, &x, 2, (int64_t[]){axis, backwards});
    EACH(order, n, index) { // elements ascend
        const int64_t size = x.shape[axis], at = index[axis];
        assert_true(element(&order, index) == (double)(backwards ? size - 1 - at : at));
    }
    const Array most = run(PRIM_argmax, 1, &x, 1, &axis); // elements ascend
    for (int64_t i = 0; i < size_of(&most); i++)
        assert_true(most.at[i] == (double)(x.shape[axis] - 1));
}

static void check_dot(void) {
    Array in[2] = {{3, {1 + some(2), 1 + some(5), some(40)}, NULL}};
    in[1] = (Array){3, {in[0].shape[0], in[0].shape[2], 1 + some(20)}, NULL};
    for (int k = 0; k < 2; k++) {
        in[k].at = NEW_ARRAY(arena, double, (size_t)size_of(&in[k]));
        for (int64_t i = 0; i < size_of(&in[k]); i++)
            in[k].at[i] = some(10);
    }
    const Array out = run(PRIM_dot, 2, in, 0, NULL);
    EACH(out, n, index) {
        double sum = 0;
        for (int64_t k = 0; k < in[0].shape[2]; k++)
            sum += element(&in[0], (int64_t[]){index[0], index[1], k}) *
                   element(&in[1], (int64_t[]){index[0], k, index[2]});
        assert_true(element(&out, index) == sum);
    }
}

static void test_moves(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        check_broadcast();
        check_transpose();
        check_slice();
        check_reverse();
        check_pad();
        check_concatenate();
    }
}
static void test_along_axes(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        check_reduce();
        check_along();
        check_dot();
    }
}

// Squares of a plane that is turned, whole and cut.
static void test_large_transposes(void **state) {
    (void)state;
    static const int64_t shapes[][2] = {{64, 64}, {200, 130}, {1, 300}, {65, 63}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        Array x = {2, {shapes[k][0], shapes[k][1]}, NULL};
        x.at = NEW_ARRAY(arena, double, (size_t)size_of(&x));
        for (int64_t i = 0; i < size_of(&x); i++)
            x.at[i] = (double)i;
        const Array out = run(PRIM_transpose, 1, &x, 2, (int64_t[]){1, 0});
        EACH(out, n, index)
        assert_true(out.at[n] == element(&x, (int64_t[]){index[1], index[0]}));
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup_random, teardown)
    const struct CMUnitTest tests[] = {TEST(moves), TEST(along_axes),
                                       TEST(large_transposes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
