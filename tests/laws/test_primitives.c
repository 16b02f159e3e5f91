// Laws of differentiation and batching, for every primitive. What is compared with what:
//   jvp          the derivative of the primitive itself, in long double
//   ⟨vjp(w), v⟩  ⟨w, jvp(v)⟩
//   jvp of vjp   vjp of jvp; and the second derivative of the primitive
//   vmap         the loop: of the primitive, its jvp and its vjp, for every choice of
//                batched operands
// Edges (0, -0, ties, poles, infinities) have a test of their own: test_primitive_edges.c.
#include "primitive_rows.h"

enum { ROUNDS = 24, B = 3 };

// Of these there are no arrays, or no rules: the laws of test_xform_loops.c cover them.
static bool is_driven(const PrimInfo *info) {
    return info->class == CLASS_SOURCE || info->class == CLASS_STACK ||
           info->class == CLASS_CONTROL;
}

static bool is_differentiable(Prim prim) {
    const PrimInfo *info = ir_prim(prim);
    return !is_driven(info) && info->smoothness != SMOOTHNESS_STEP &&
           info->smoothness != SMOOTHNESS_PREDICATE && prim != PRIM_stop_gradient;
}

static void every_primitive_has_a_row(void **state) {
    (void)state;
    for (Prim prim = 0; prim < PRIM_COUNT; prim++) {
        const PrimInfo *info = ir_prim(prim);
        if (is_driven(info)) continue;
        bool found = false;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            found = found || (rows[i].prim == prim &&
                              (rows[i].known != AS_ZERO) == is_differentiable(prim));
        }
        if (!found) fail_msg("%s has no row", info->name);
    }
}

// -- points -------------------------------------------------------------------------

static uint64_t random_state;
static double random_in(double low, double high) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(random_state >> 11) * 0x1p-53;
}

static void *random_array(const Type *type, double low, double high) {
    void *at = base_alloc(arena, bytes_of(type));
    for (int64_t i = 0; i < type->size; i++) {
        const double x = random_in(low, high);
        if (type->dtype == DT_BOOL) ((uint8_t *)at)[i] = random_in(0, 1) < 0.5;
        if (type->dtype == DT_I64) ((int64_t *)at)[i] = (int64_t)floor(x);
        if (type->dtype == DT_F32) ((float *)at)[i] = (float)x;
        if (type->dtype == DT_F64) ((double *)at)[i] = x;
    }
    return at;
}
static void random_point(const Row *row, const Graph *g, void **in) {
    for (uint32_t i = 0; i < g->n_inputs; i++)
        in[i] = random_array(input_type(g, i), row->range[i][0], row->range[i][1]);
}

// -- laws ---------------------------------------------------------------------------

// Elementwise: the first and second derivative along one operand, against differences. Each
// may be off by a few ulps, and by what an ulp of the operands makes of it.
static void kernel_law(const Graph *g, uint32_t mask) {
    const Row *row = row_now;
    const uint32_t axis = mask >> 1; // of two: 1 is the first, 2 the second
    const Derived j = jvp_of(g, mask), jj = jvp_of(j.g, mask);
    Plan *plan = plan_of(jj.g);
    void *in[MAX_IN + 2], *out[4];
    random_point(row, g, in);
    const int64_t n = input_type(g, 0)->size;
    double *one = base_alloc(arena, (size_t)n * sizeof *one);
    for (int64_t i = 0; i < n; i++)
        one[i] = 1;
    in[g->n_inputs] = in[g->n_inputs + 1] = one;
    run(plan, jj.g, in, out);
    for (int64_t i = 0; i < n; i++) {
        double x[MAX_IN] = {0}, largest = 0;
        for (uint32_t k = 0; k < g->n_inputs; k++) {
            x[k] = ((double *)in[k])[i];
            largest = fmax(largest, fabs(x[k]));
        }
        // Outputs of jj: the value, its tangent, the tangents of both; as far as there are.
        const uint32_t last = j.g->n_outputs + jj.out[0];
        const double d1 = j.out[0] ? ((double *)out[1])[i] : 0;
        const double d2 = j.out[0] && jj.out[1] ? ((double *)out[last])[i] : 0;
        const Derivatives d = derivatives_at(row, x, axis);
        const double room = row->room ? row->room(x) : 1;
        const double ulp1 = DBL_EPSILON * (fabs(d.d1) + largest * fabs(d.d2));
        const double ulp2 = DBL_EPSILON * (fabs(d.d1) + fabs(d.d2)) * (1 + largest / room);
        if (!(fabs(d1 - d.d1) <= 3 * ulp1)) differs("jvp", mask, d1, d.d1);
        if (!(fabs(d2 - d.d2) <= 256 * ulp2)) differs("2nd derivative", mask, d2, d.d2);
    }
}

// The primitive of the tangents in the mask and, for other float operands, of zeros or
// (`keep`) of themselves.
static void *of_tangents(const Graph *g, uint32_t mask, bool keep, void *const *in,
                         void *const *t) {
    void *operands[MAX_IN], *out;
    for (uint32_t i = 0, k = 0; i < g->n_inputs; i++) {
        const Type *type = input_type(g, i);
        const bool zero = !keep && is_float(type);
        operands[i] = zero ? base_alloc(arena, bytes_of(type)) : in[i];
        if (mask >> i & 1) operands[i] = t[k++];
    }
    run_once(g, operands, &out);
    return out;
}

// The elements of x and t that belong to one result of a reduction; how many.
static uint32_t members_of(const Row *row, const Type *type, int64_t result,
                           const double *x, const double *t, double *members,
                           double *tangents) {
    uint32_t n = 0;
    for (int64_t i = 0; i < type->size; i++) {
        int64_t place = 0, rest = i, scale = 1; // of the result that element i belongs to
        for (uint32_t axis = type->rank, k = row->n_attr; axis-- > 0;) {
            const int64_t size = type->shape[axis], at = rest % size;
            rest /= size;
            if (k && row->attr[k - 1] == axis) {
                k--;
                continue;
            }
            place += at * scale;
            scale *= size;
        }
        if (place != result) continue;
        members[n] = x[i];
        tangents[n++] = t[i];
    }
    return n;
}

// The tangent of one result of reduce_prod, reduce_max, reduce_min, by definition.
static double reduced_tangent(const Row *row, const Type *type, int64_t result,
                              const double *x, const double *t) {
    double members[64], tangents[64], sum = 0;
    const uint32_t n = members_of(row, type, result, x, t, members, tangents);
    uint32_t best = 0;
    for (uint32_t i = 0; i < n; i++) {
        double term = tangents[i];
        for (uint32_t k = 0; k < n; k++)
            term *= k == i ? 1 : members[k];
        sum += term;
        const bool ahead = row->prim == PRIM_reduce_max ? members[i] > members[best]
                                                        : members[i] < members[best];
        if (ahead) best = i;
    }
    return row->known == AS_PRODUCT ? sum : tangents[best];
}

// The tangent of the element of a float operand that the result is. Operands are random: no
// two are equal.
static double chosen_tangent(const Graph *g, uint32_t mask, double result,
                             void *const *in) {
    for (uint32_t i = 0, k = g->n_inputs; i < g->n_inputs; i++) {
        const Type *type = input_type(g, i);
        const bool has_tangent = mask >> i & 1;
        for (int64_t at = 0; is_float(type) && at < type->size; at++) {
            if (element(type, in[i], at) == result)
                return has_tangent ? element(type, in[k], at) : 0;
        }
        k += has_tangent;
    }
    return NAN;
}

// All other rows: the tangent for each choice of operands that have one.
static void tangent_law(const Graph *g, uint32_t mask) {
    const Row *row = row_now;
    const Derived j = jvp_of(g, mask);
    if (row->known == AS_ZERO) {
        if (j.out[0]) differs("a tangent", mask, 1, 0);
        return;
    }
    void *in[2 * MAX_IN], *out[2], *parts[MAX_IN] = {NULL};
    random_point(row, g, in);
    uint32_t n = g->n_inputs;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        if (mask >> i & 1) in[n++] = random_array(input_type(g, i), -2, 2);
    }
    assert_true(j.out[0]);
    run_once(j.g, in, out);
    uint32_t n_parts = 0;
    if (row->known == BY_LINEARITY)
        parts[n_parts++] = of_tangents(g, mask, false, in, in + g->n_inputs);
    for (uint32_t i = 0, k = 0; i < g->n_inputs && row->known == BY_PARTS; i++) {
        if (mask >> i & 1)
            parts[n_parts++] = of_tangents(g, 1u << i, true, in, in + g->n_inputs + k++);
    }
    const Type *type = output_type(g, 0);
    for (int64_t i = 0; i < type->size; i++) {
        double wanted = 0;
        for (uint32_t k = 0; k < n_parts; k++) {
            const double part = element(type, parts[k], i);
            wanted += part == part ? part : 0; // gather fills with NaN, its tangent with 0
        }
        if (row->known == AS_CHOSEN)
            wanted = chosen_tangent(g, mask, element(type, out[0], i), in);
        else if (n_parts == 0)
            wanted = reduced_tangent(row, input_type(g, 0), i, in[0], in[1]);
        const double got = element(type, out[1], i);
        if (!(fabs(got - wanted) <= 4 * DBL_EPSILON * fabs(wanted) + 1e-15))
            differs("jvp", mask, got, wanted);
    }
}

// ⟨vjp(w), v⟩ = ⟨w, jvp(v)⟩, for w = 1 at one place, else 0.
static void transpose_law(const Graph *g, uint32_t mask) {
    const Derived j = jvp_of(g, mask), v = vjp_of(g, mask, first);
    if (!j.out[0]) return; // as the law of jvp has found right
    Plan *j_plan = plan_of(j.g), *v_plan = plan_of(v.g);
    const Type *type = output_type(g, 0);
    for (int64_t place = 0; place < type->size; place++) {
        void *in[2 * MAX_IN], *j_out[2], *v_out[MAX_IN + 1];
        random_point(row_now, g, in);
        uint32_t n = g->n_inputs;
        for (uint32_t i = 0; i < g->n_inputs; i++) {
            if (mask >> i & 1) in[n++] = random_array(input_type(g, i), -2, 2);
        }
        run(j_plan, j.g, in, j_out);
        void *tangent = in[g->n_inputs];
        in[g->n_inputs] = base_alloc(arena, bytes_of(type));
        if (type->dtype == DT_F64) ((double *)in[g->n_inputs])[place] = 1;
        if (type->dtype == DT_F32) ((float *)in[g->n_inputs])[place] = 1;
        run(v_plan, v.g, in, v_out);
        in[g->n_inputs] = tangent;
        const double wanted = element(type, j_out[1], place);
        double got = 0, size = 0;
        for (uint32_t i = 0, k = g->n_inputs, c = 1; i < g->n_inputs; i++) {
            if (!(mask >> i & 1)) continue;
            const Type *operand = input_type(g, i);
            for (int64_t e = 0; e < operand->size && v.out[i]; e++) {
                const double term =
                    element(operand, v_out[c], e) * element(operand, in[k], e);
                got += term;
                size += fabs(term);
            }
            c += v.out[i];
            k++;
        }
        const double eps = type->dtype == DT_F32 ? FLT_EPSILON : DBL_EPSILON;
        if (!(fabs(got - wanted) <= 8 * eps * size))
            differs("transpose", mask, got, wanted);
    }
}

// vmap = loop, for a graph whose inputs are `in` (batched: B rows).
static void batch_law(const Graph *g, uint32_t mask, void *const *in) {
    bool bits[2 * MAX_IN], out_bits[2 * MAX_IN + 2];
    bits_of(g, mask, bits);
    const Graph *batched = NULL;
    must(xform_vmap(g, B, bits, NULL, &batched, out_bits), "vmap");
    void *out[2 * MAX_IN + 2], *row_out[2 * MAX_IN + 2], *row_in[2 * MAX_IN];
    run_once(batched, in, out);
    Plan *plan = plan_of(g);
    for (int64_t row = 0; row < B; row++) {
        for (uint32_t i = 0; i < g->n_inputs; i++)
            row_in[i] =
                (char *)in[i] + (bits[i] ? (size_t)row * bytes_of(input_type(g, i)) : 0);
        run(plan, g, row_in, row_out);
        for (uint32_t k = 0; k < g->n_outputs; k++) {
            const Type *type = output_type(g, k);
            const TypeId wanted = g->nodes[g->outputs[k]].type;
            assert_int_equal(batched->nodes[batched->outputs[k]].type,
                             out_bits[k] ? ir_batched_type(ir, B, wanted) : wanted);
            for (int64_t i = 0; i < type->size; i++) {
                const double x =
                    element(type, out[k], out_bits[k] ? row * type->size + i : i);
                const double y = element(type, row_out[k], i);
                if (!same(x, y)) differs("vmap", mask, x, y);
            }
        }
    }
}
// For every choice of batched inputs; those behind the row's operands are (co)tangents.
static void batch_laws(const Graph *g) {
    for (uint32_t mask = 1; mask >> g->n_inputs == 0; mask++) {
        void *in[2 * MAX_IN];
        for (uint32_t i = 0; i < g->n_inputs; i++) {
            TypeId type = g->nodes[g->inputs[i]].type;
            if (mask >> i & 1) type = ir_batched_type(ir, B, type);
            const bool operand = i < MAX_IN && row_now->in[i];
            in[i] = random_array(ir_type(ir, type), operand ? row_now->range[i][0] : -2,
                                 operand ? row_now->range[i][1] : 2);
        }
        batch_law(g, mask, in);
    }
}

// The derivative in x of ⟨w, J v⟩ along v: jvp of vjp, and the cotangents of vjp of jvp.
static void symmetry_law(const Graph *g, uint32_t mask) {
    const Derived j = jvp_of(g, mask), v = vjp_of(g, mask, first);
    static const bool second[] = {false, true};
    const Derived vj = vjp_of(j.g, mask, second), jv = jvp_of(v.g, mask);
    void *point[MAX_IN], *t[MAX_IN], *jv_in[2 * MAX_IN + 1], *vj_in[2 * MAX_IN + 1];
    random_point(row_now, g, point);
    void *w = random_array(output_type(g, 0), -2, 2);
    uint32_t n_jv = g->n_inputs, n_vj = g->n_inputs;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        jv_in[i] = vj_in[i] = point[i];
        t[i] = random_array(input_type(g, i), -2, 2);
        if (mask >> i & 1) vj_in[n_vj++] = t[i];
    }
    vj_in[n_vj] = jv_in[n_jv++] = w;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        if (mask >> i & 1) jv_in[n_jv++] = t[i];
    }
    void *vj_out[2 * MAX_IN + 2], *jv_out[2 * MAX_IN + 2];
    run_once(vj.g, vj_in, vj_out);
    run_once(jv.g, jv_in, jv_out);
    // Cotangents stand behind the outputs, as far as there are; their tangents, likewise.
    uint32_t at_vj = j.g->n_outputs, at_jv = v.g->n_outputs + jv.out[0], c = 0;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        c += v.out[i];
        const bool in_jv = v.out[i] && jv.out[c];
        const Type *type = input_type(g, i);
        for (int64_t e = 0; e < type->size; e++) {
            const double x = vj.out[i] ? element(type, vj_out[at_vj], e) : 0;
            const double y = in_jv ? element(type, jv_out[at_jv], e) : 0;
            if (!(fabs(x - y) <= 1e-12 * (1 + fabs(x)))) differs("symmetry", mask, x, y);
        }
        at_vj += vj.out[i];
        at_jv += in_jv;
    }
}

// -- the laws, for each row ---------------------------------------------------------

typedef void Law(const Graph *g, uint32_t mask);

// Which operands have tangents: each alone, all together, or every choice.
typedef enum Masks { EACH, WHOLE, EVERY } Masks;
// Rows by how their derivative is known.
enum { OF_KERNELS = 1 << BY_KERNEL, OF_ZEROS = 1 << AS_ZERO };

static void for_masks(Law *law, Masks masks) {
    const Graph *g = graph_of(row_now);
    const uint32_t floats = float_mask(g);
    random_state = (uint64_t)(row_now - rows);
    for (uint32_t mask = 1; mask <= floats; mask++) {
        const bool single = (mask & (mask - 1)) == 0;
        const bool chosen = masks == EVERY || (masks == EACH ? single : mask == floats);
        for (uint32_t round = 0; chosen && !(mask & ~floats) && round < ROUNDS; round++)
            law(g, mask);
    }
}
static void for_rows(int knowns, Law *law, Masks masks) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row_now = &rows[i];
        if (knowns >> row_now->known & 1) for_masks(law, masks);
    }
}

static void jvp_is_the_derivative(void **state) {
    (void)state;
    for_rows(OF_KERNELS, kernel_law, EACH);
    for_rows(~OF_KERNELS, tangent_law, EVERY);
}
static void vjp_is_the_transpose(void **state) {
    (void)state;
    for_rows(~OF_ZEROS, transpose_law, EVERY);
}
static void second_derivatives_are_symmetric(void **state) {
    (void)state;
    for_rows(~OF_ZEROS, symmetry_law, WHOLE);
}
static void vmap_is_the_loop(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row_now = &rows[i];
        random_state = i;
        const Graph *g = graph_of(row_now);
        batch_laws(g);
        if (row_now->known == AS_ZERO) continue;
        batch_laws(jvp_of(g, float_mask(g)).g);
        batch_laws(vjp_of(g, float_mask(g), first).g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_primitive_has_a_row),
        TEST(jvp_is_the_derivative),
        TEST(vjp_is_the_transpose),
        TEST(second_derivatives_are_symmetric),
        TEST(vmap_is_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
