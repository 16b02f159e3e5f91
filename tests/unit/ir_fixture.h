// What tests of graphs share: an Ir with its diagnostics for each test, and types from
// texts.
#ifndef TESTS_IR_FIXTURE_H
#define TESTS_IR_FIXTURE_H

#include "base/limits.h"
#include "ir/ir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Arena *arena;
static Diags diags;
static Ir *ir;

static inline int setup(void **state) {
    (void)state;
    arena = base_arena_new();
    diags = (Diags){.arena = arena, .sources = base_sources_new(arena)};
    ir = ir_new(&diags);
    return arena && ir ? 0 : -1;
}
static inline int teardown(void **state) {
    (void)state;
    ir_free(ir);
    base_arena_free(arena);
    return 0;
}

// "2,3": float64[2, 3]; "i4": int64[4]; "b": bool[]; "f": float32[].
static inline TypeId short_type(const char *text) {
    Dtype dtype = DT_F64;
    if (*text == 'i') dtype = DT_I64;
    if (*text == 'f') dtype = DT_F32;
    if (*text == 'b') dtype = DT_BOOL;
    int64_t shape[LIMIT_RANK];
    uint32_t rank = 0;
    for (char *at = (char *)text + (dtype != DT_F64); *at; at += *at == ',')
        shape[rank++] = strtoll(at, &at, 10);
    return ir_array_type(ir, dtype, false, rank, shape);
}

#endif
