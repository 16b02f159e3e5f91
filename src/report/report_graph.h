// Graphs as people and Graphviz read them.
#ifndef REPORT_REPORT_GRAPH_H
#define REPORT_REPORT_GRAPH_H

#include "base/str.h"
#include "cggrad.h"

// A line for each node, in aligned columns: its number, operation, type, operands, the text
// that made it; nested graphs indented below their node; then the outputs and a summary.
// Constants stand where they are used. (report_graph_text.c)
Status report_graph_text(const cg_listing *listing, bool colour, Text *out) MUST_USE;

// A digraph in Graphviz's language: edges carry types; functions with rules, their rules
// and nested graphs are clusters; what the value does not need is dashed.
// (report_graph_dot.c)
Status report_graph_dot(const cg_listing *listing, Text *out) MUST_USE;

// The account of an evaluated point: lines for standard error. (report_explain.c)
Status report_explanation(const cg_explanation *explanation, Text *out) MUST_USE;

// "3 groups of 4 instructions, 64 bytes of buffers" (report_explain.c)
void report_plan(const cg_plan *plan, Text *out);
// "1 node", "3 nodes" (report_explain.c)
void report_count(size_t n, const char *thing, Text *out);
// A graph within a node: its label, and its number where several nodes share it.
// (report_graph_text.c)
void report_nested_label(const cg_nested *nested, Text *out);

#endif
