// The built-ins as people and programs read them.
#ifndef REPORT_BUILTINS_H
#define REPORT_BUILTINS_H

#include "base/vec.h"
#include "cggrad.h"
#include "doc/json_write.h"

typedef VEC(cg_builtin) BuiltinRows;

// All of them, group after group in the manual's order, by name within a group.
Status report_all_builtins(Arena *arena, BuiltinRows *rows) MUST_USE;

// The number of rows of the group that begins at `at`.
uint32_t report_builtin_group(const BuiltinRows *rows, uint32_t at);

// "abs(x)", "x.max(axis=None)", "pi". For a method the first parameter is what stands in
// front of the dot.
void report_builtin_call(const cg_builtin *row, Text *out);
// Whether two rows are one function under two names.
bool report_same_builtin(const cg_builtin *a, const cg_builtin *b);

// The names alone, by groups, in columns.
void report_builtin_names(const BuiltinRows *rows, Text *out);
// A line each: the call and the meaning.
void report_builtin_lines(const BuiltinRows *rows, Text *out);
// A block each: the call, meaning, derivative at kinks, other names (among `all`), source.
void report_builtin_blocks(const BuiltinRows *all, const BuiltinRows *rows, Text *out);
// One JSON document of `rows`, or a line each.
Status report_builtins_json(const BuiltinRows *all, const BuiltinRows *rows,
                            bool one_document, Text *out) MUST_USE;
// A page of Markdown: a table for each group.
void report_builtins_page(const BuiltinRows *rows, Text *out);

#endif
