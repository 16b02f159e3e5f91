// What the tests of the transformations share: graphs of float64 arrays built from C
// functions, grad and jacfwd as the front composes them, evaluation by the vm, and calls
// with rules made by hand.
#ifndef TESTS_XFORM_FIXTURE_H
#define TESTS_XFORM_FIXTURE_H

#include "ir_fixture.h"

#include "exec/plan.h"
#include "ir/call.h"
#include "xform/xform.h"

#include <math.h>

enum { MAX_IO = 64 };

static uint32_t n_calls; // made in this Ir

static int setup_calls(void **state) {
    n_calls = 0;
    return setup(state);
}

// -- errors -------------------------------------------------------------------

static inline const char *first_error(void) {
    if (diags.list.n == 0) return "no diagnostic";
    return diags.list.at[0].message.at;
}
#define ok(status)                                                                         \
    do {                                                                                   \
        const Status status_ = (status);                                                   \
        if (status_ != OK) fail_msg("%s: %d, %s", #status, status_, first_error());        \
    } while (0)

// Asserts that exactly one error with that code was reported; forgets it.
static inline void expect_error(Status status, Code code) {
    if (status != FAILED || diags.list.n != 1 || diags.list.at[0].code != code)
        fail_msg("expected %s alone, status %d, %u errors: %s", base_code_name(code),
                 status, diags.list.n, first_error());
    diags.list.n = 0;
    diags.errors = 0;
}

// -- graphs -------------------------------------------------------------------

static inline TypeId vector(int64_t n) {
    return ir_array_type(ir, DT_F64, false, 1, &n);
}
static inline TypeId scalar(void) {
    return ir_array_type(ir, DT_F64, false, 0, NULL);
}
static inline NodeId number(Builder *b, const char *text) {
    return ir_literal(b, scalar(), base_str(text));
}

// Emits the outputs (into y) for the inputs x; returns how many.
typedef uint32_t (*Body)(Builder *b, const NodeId *x, NodeId *y);

static Span trace_span; // of the nodes traced from now on

static inline const Graph *trace_types(Body body, uint32_t n, const TypeId *types) {
    Builder *b = ir_builder(ir);
    NodeId x[MAX_IO], y[MAX_IO];
    ir_set_span(b, trace_span);
    for (uint32_t i = 0; i < n; i++)
        x[i] = ir_input(b, types[i]);
    const uint32_t n_out = body(b, x, y);
    const Graph *graph;
    ok(ir_finish(b, NULL, n_out, y, &graph));
    return graph;
}
// A graph of n scalars.
static inline const Graph *trace(Body body, uint32_t n) {
    TypeId types[MAX_IO];
    for (uint32_t i = 0; i < n; i++)
        types[i] = scalar();
    return trace_types(body, n, types);
}

static inline NodeId emit_cond(Builder *b, NodeId predicate, Body yes, Body no, uint32_t n,
                               const NodeId *x) {
    NodeId in[MAX_IO] = {predicate};
    TypeId types[MAX_IO];
    for (uint32_t i = 0; i < n; i++) {
        in[1 + i] = x[i];
        types[i] = ir_type_of(b, x[i]);
    }
    const int64_t graphs[] = {trace_types(yes, n, types)->id,
                              trace_types(no, n, types)->id};
    return ir_out(b, ir_emit(b, PRIM_cond, 1 + n, in, 2, graphs), 0);
}

// -- transformations as the front composes them -------------------------------

// A builder with the inputs of g, in x.
static inline Builder *like(const Graph *g, NodeId *x) {
    Builder *b = ir_builder(ir);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        x[i] = ir_input(b, g->nodes[g->inputs[i]].type);
    return b;
}
static inline const Graph *finish(Builder *b, uint32_t n, const NodeId *y) {
    const Graph *graph;
    ok(ir_finish(b, NULL, n, y, &graph));
    return graph;
}
static inline const bool *only(uint32_t n, uint32_t i) {
    bool *mask = NEW_ARRAY(arena, bool, n);
    mask[i] = true;
    return mask;
}

// (value, gradient) in input `arg` of the one scalar output of g.
static inline Status try_value_and_grad(const Graph *g, uint32_t arg,
                                        const Graph **result) {
    const Graph *v;
    bool has[MAX_IO], ct = true;
    const Status status = xform_vjp(g, only(g->n_inputs, arg), &ct, &v, has);
    if (status != OK) return status;
    NodeId x[MAX_IO], y[MAX_IO];
    Builder *b = like(g, x);
    x[g->n_inputs] = number(b, "1");
    ok(ir_inline(b, v, x, true, y));
    if (!has[arg]) y[1] = ir_zeros(b, ir_type_of(b, x[arg]));
    *result = finish(b, 2, y);
    return OK;
}
// One output of g alone.
static inline const Graph *output_of(const Graph *g, uint32_t i) {
    NodeId x[MAX_IO], y[MAX_IO];
    Builder *b = like(g, x);
    ok(ir_inline(b, g, x, true, y));
    return finish(b, 1, y + i);
}
static inline const Graph *grad(const Graph *g, uint32_t arg) {
    const Graph *both = NULL;
    ok(try_value_and_grad(g, arg, &both));
    return output_of(both, 1);
}
// The sum of all elements of the one output.
static inline const Graph *summed(const Graph *g) {
    NodeId x[MAX_IO], y[MAX_IO];
    Builder *b = like(g, x);
    ok(ir_inline(b, g, x, true, y));
    const int64_t axes[] = {0, 1, 2, 3};
    const uint32_t rank = ir_type(ir, ir_type_of(b, y[0]))->rank;
    y[0] = ir_reduce(b, PRIM_reduce_sum, y[0], rank, axes);
    return finish(b, 1, y);
}
static inline const Graph *vmapped(const Graph *g, int64_t B, const bool *in) {
    const Graph *result;
    bool out[MAX_IO];
    ok(xform_vmap(g, B, in, NULL, &result, out));
    return result;
}

// The derivative in the scalar input `arg` by forward mode.
static inline Status try_jacfwd(const Graph *g, uint32_t arg, const Graph **result) {
    const Graph *j;
    bool out[MAX_IO];
    Status status = xform_jvp(g, only(g->n_inputs, arg), NULL, &j, out);
    if (status == OK) status = xform_forward_result(j, NO_SPAN, &j);
    if (status != OK) return status;
    NodeId x[MAX_IO], y[MAX_IO];
    Builder *b = like(g, x);
    x[g->n_inputs] = number(b, "1");
    ok(ir_inline(b, j, x, true, y));
    if (!out[0]) y[1] = number(b, "0");
    *result = finish(b, 1, y + 1);
    return OK;
}

// -- evaluation ---------------------------------------------------------------

static inline int64_t size_of(const Graph *g, NodeId id) {
    return ir_node_type(g, id)->size;
}

// Runs g on the inputs, one after the other in `in` (float64 all), and gives the outputs,
// one after the other.
static inline const double *run(const Graph *g, const double *in) {
    const Graph *plain;
    ok(xform_without_rules(g, &plain));
    ok(ir_verify(plain, IR_VERIFY_PLAIN));
    Plan *plan = NULL;
    ok(exec_plan(arena, &diags, plain, &plan));
    const void **inputs = NEW_ARRAY(arena, const void *, g->n_inputs);
    void **outputs = NEW_ARRAY(arena, void *, g->n_outputs);
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        inputs[i] = in;
        in += size_of(g, g->inputs[i]);
    }
    for (uint32_t i = 0; i < g->n_outputs; i++)
        n += size_of(g, g->outputs[i]);
    double *out = NEW_ARRAY(arena, double, (size_t)n);
    n = 0;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        outputs[i] = out + n;
        n += size_of(g, g->outputs[i]);
    }
    ExecError error = {0};
    if (vm_run(plan, inputs, outputs, &error) != OK) fail_msg("vm: %s", error.message);
    return out;
}

static inline void check(const char *what, double got, double expected) {
    const double scale = fabs(expected) > 1 ? fabs(expected) : 1;
    if (isnan(got) ? isnan(expected) : fabs(got - expected) <= 1e-12 * scale) return;
    fail_msg("%s: expected %.17g, got %.17g", what, expected, got);
}
#define check_all(what, got, ...)                                                          \
    do {                                                                                   \
        const double expected_[] = {__VA_ARGS__};                                          \
        for (size_t i_ = 0; i_ < sizeof expected_ / sizeof *expected_; i_++)               \
            check(what, (got)[i_], expected_[i_]);                                         \
    } while (0)

// -- calls --------------------------------------------------------------------

// A function with a rule. All its values are scalars, all its arguments have tangents.
typedef struct Function {
    const char *name;
    CallKind kind;
    uint32_t n_args, n_captures;
    Body value;
    Body forward; // CALL_VJP: the value, then residuals
    Body rule;    // (residuals, g) → a cotangent for each argument
    Body jvp;     // CALL_JVP: (arguments, captures, tangents) → value, tangent
} Function;

typedef struct TestCall {
    Call call;
    const Function *f;
    const Graph *forward, *rule, *jvp;
} TestCall;

static inline Status call_forward(Call *call, const Graph **graph) {
    TestCall *c = call->data;
    if (!c->forward) c->forward = trace(c->f->forward, call->n_args + call->n_captures);
    *graph = c->forward;
    return OK;
}
static inline Status call_rule(Call *call, const Graph **graph, const bool **present) {
    static const bool all[] = {true, true, true, true};
    TestCall *c = call->data;
    ok(call_forward(call, graph));
    if (!c->rule) c->rule = trace(c->f->rule, c->forward->n_outputs);
    *graph = c->rule;
    *present = all;
    return OK;
}
static inline Status call_jvp(Call *call, const Graph **graph) {
    TestCall *c = call->data;
    trace_span = call->span;
    if (!c->jvp) c->jvp = trace(c->f->jvp, 2 * call->n_args + call->n_captures);
    trace_span = NO_SPAN;
    *graph = c->jvp;
    return OK;
}

// The function's call in this Ir, made when first asked for.
static inline const Call *call_of(const Function *f) {
    static const bool none[4];
    static const TestCall *made[32];
    for (uint32_t i = 0; i < n_calls; i++) {
        if (made[i]->f == f) return &made[i]->call;
    }
    TestCall *c = NEW(ir_arena(ir), TestCall);
    c->f = f;
    c->call = (Call){.kind = f->kind,
                     .name = base_str(f->name),
                     .span = {100 + n_calls, 1},
                     .n_args = f->n_args,
                     .n_captures = f->n_captures,
                     .nondiff = none,
                     .value = trace(f->value, f->n_args + f->n_captures),
                     .data = c};
    if (f->kind == CALL_VJP) {
        c->call.forward = call_forward;
        c->call.rule = call_rule;
    } else {
        c->call.jvp = call_jvp;
    }
    assert_int_not_equal(ir_add_call(ir, &c->call), UINT32_MAX);
    made[n_calls++] = c;
    return &c->call;
}

static inline NodeId emit_call(Builder *b, const Function *f, const NodeId *x) {
    const int64_t id = call_of(f)->id;
    return ir_out(b, ir_emit(b, PRIM_call, f->n_args + f->n_captures, x, 1, &id), 0);
}

#endif
