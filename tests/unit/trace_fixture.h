// What the tests of the front's values share: a trace by hand, expressions evaluated in it,
// their results as text ("float64[2] 1.0 2.0", a `*` behind the dtype of a weak one).
#ifndef TESTS_TRACE_FIXTURE_H
#define TESTS_TRACE_FIXTURE_H

#include "exec/plan.h"
#include "front/function.h"
#include "xform/xform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MAX_LEAVES = 64 };

typedef struct Tracing {
    Arena *arena;
    Diags diags;
    Spec spec; // empty
    Trace trace;
    Env *env;
} Tracing;

static inline void tracing_begin(Tracing *x, Dtype dtype) {
    *x = (Tracing){.arena = base_arena_new()};
    assert_non_null(x->arena);
    x->diags = (Diags){.arena = x->arena, .sources = base_sources_new(x->arena)};
    x->spec.constant_index = base_map_new(x->arena);
    x->spec.function_index = base_map_new(x->arena);
    x->trace = (Trace){.arena = x->arena,
                       .lasting = x->arena,
                       .ir = ir_new(&x->diags),
                       .diags = &x->diags,
                       .spec = &x->spec,
                       .calls = base_map_new(x->arena),
                       .dtype = dtype};
    assert_non_null(front_open_scope(&x->trace, NULL));
    x->env = front_env(&x->trace, NULL);
    assert_non_null(x->env);
}

static inline void tracing_end(Tracing *x) {
    if (x->trace.scope) ir_builder_drop(x->trace.scope->b);
    ir_free(x->trace.ir);
    base_arena_free(x->arena);
}

static inline Status tracing_eval(Tracing *x, const char *text, Value *value) {
    uint32_t at;
    Expr *expr;
    const Str source = base_str(text);
    TRY(base_source_add(x->diags.sources, STR("test"), source, &at));
    TRY(lang_parse(x->arena, &x->diags, source, at, &expr));
    return front_eval(&x->trace, x->env, expr, value);
}

static inline void tracing_print(const Type *type, const void *data, Text *out) {
    base_text_printf(out, "%s%s[", num_dtype_name((Dtype)type->dtype),
                     type->weak ? "*" : "");
    for (uint32_t i = 0; i < type->rank; i++)
        base_text_printf(out, i ? ", %lld" : "%lld", (long long)type->shape[i]);
    base_text_char(out, ']');
    const size_t size = num_dtype_size((Dtype)type->dtype);
    for (int64_t i = 0; i < type->size; i++) {
        char text[NUM_TEXT];
        num_print((Dtype)type->dtype, (const char *)data + (size_t)i * size, text);
        base_text_printf(out, " %s", text);
    }
}

// Runs the current scope's graph; the scope is gone then. Leaves are joined by " | ".
static inline Status tracing_run(Tracing *x, Value value, Text *out) {
    Leaves leaves = {0};
    NodeId outputs[MAX_LEAVES];
    const Graph *graph, *plain;
    Plan *plan;
    TRY(front_flatten(&x->trace, value, "the value", &leaves));
    assert_true(leaves.at.n <= MAX_LEAVES);
    for (uint32_t i = 0; i < leaves.at.n; i++)
        TRY(front_node_here(&x->trace, leaves.at.at[i], &outputs[i]));
    TRY(front_close_scope(&x->trace, NULL, NULL, leaves.at.n, outputs, &graph));
    TRY(xform_without_rules(graph, &plain));
    TRY(exec_plan(x->arena, &x->diags, plain, &plan));
    void *results[MAX_LEAVES];
    for (uint32_t i = 0; i < plain->n_outputs; i++) {
        const Type *type = ir_node_type(plain, plain->outputs[i]);
        results[i] = base_alloc(x->arena, (size_t)type->size * 8 + 8);
    }
    ExecError error = {0};
    if (vm_run(plan, NULL, results, &error) != OK)
        return base_error(&x->diags, error.code, error.span, NULL, "%s", error.message);
    for (uint32_t i = 0; i < plain->n_outputs; i++) {
        if (i) base_text_add(out, STR(" | "));
        tracing_print(ir_node_type(plain, plain->outputs[i]), results[i], out);
    }
    return OK;
}

// The expression's result, or "E404: message (hint)", in the tracing's arena.
static inline const char *tracing_result(Tracing *x, const char *text) {
    Value value;
    Text out = {.arena = x->arena};
    Status status = tracing_eval(x, text, &value);
    if (status == OK) status = tracing_run(x, value, &out);
    if (status == OK) return out.at ? out.at : "";
    if (x->diags.list.n == 0) return "failed without a diagnostic";
    const Diag *diag = &x->diags.list.at[0];
    base_text_printf(&out, "%s: %.*s", base_code_name(diag->code), STR_ARG(diag->message));
    if (diag->hint.n) base_text_printf(&out, " (%.*s)", STR_ARG(diag->hint));
    return out.at;
}

typedef struct Expected {
    const char *expr, *result;
} Expected;

// Each expression in a trace of its own.
static inline void check_results(Dtype dtype, size_t n, const Expected *rows) {
    for (size_t i = 0; i < n; i++) {
        Tracing x;
        tracing_begin(&x, dtype);
        const char *result = tracing_result(&x, rows[i].expr);
        if (strcmp(result, rows[i].result) != 0) {
            print_error("%s\n  expected %s\n  got      %s\n", rows[i].expr, rows[i].result,
                        result);
            fail();
        }
        tracing_end(&x);
    }
}
#define CHECK_RESULTS(dtype, rows)                                                         \
    check_results((dtype), sizeof(rows) / sizeof *(rows), (rows))

#endif
