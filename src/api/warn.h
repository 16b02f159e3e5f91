// Warnings about points: numerals that are lost (warn_literal.c), derivatives that are not
// finite (warn_derivative.c, by first_bad.c).
#ifndef API_WARN_H
#define API_WARN_H

#include "base/diag.h"
#include "front/request.h"

// -- W005 ---------------------------------------------------------------------------

// A float numeral, and the dtype that it is read in.
typedef struct ApiLiteral {
    Span span;
    Str text;
    Dtype dtype;
} ApiLiteral;

typedef VEC(ApiLiteral) ApiLiterals;

// Warns where a numeral that was read as `element` overflowed, or was rounded to 0.
void api_warn_literal(Diags *diags, const ApiLiteral *literal, bool overflow,
                      const void *element);

// Adds the literals of a graph, and of all it holds, that their dtypes cannot hold.
Status api_find_literals(Arena *arena, const Graph *graph, ApiLiterals *found) MUST_USE;
void api_warn_literals(Diags *diags, const ApiLiterals *literals);

// -- W001 ---------------------------------------------------------------------------

// A point that has been run.
typedef struct ApiRun {
    Arena *arena; // for what is needed meanwhile
    Diags *diags;
    const Spec *spec;
    const SpecPoint *point;
    const Answer *answer; // with a value
    const void *const *inputs;
    void *const *outputs;
} ApiRun;

// Whether a derivative has an element that is not finite.
bool api_has_bad_derivative(const Answer *answer, void *const *outputs);

// Warns of the derivatives that are not finite where inputs and value are. Costs some runs
// of the graph.
Status api_warn_derivatives(const ApiRun *run) MUST_USE;

// -- where a NaN or infinity begins (first_bad.c) -------------------------------------

// Whether an array has an element that is not finite. *at: the first.
bool api_is_bad(const Type *type, const void *data, int64_t *at);

// The data of some nodes of a graph without calls, for these inputs. Fails without a
// diagnostic where it cannot be planned or run.
Status api_evaluate(Arena *arena, const Graph *graph, const void *const *inputs, uint32_t n,
                    const NodeId *nodes, void **data) MUST_USE;

typedef struct ApiOrigin ApiOrigin;
struct ApiOrigin {
    const Graph *graph; // the one given, or one that a node of it holds
    NodeId node;
    const ApiOrigin *within; // the output of a cond or lanes that was gone into, or NULL
};

// Where the elements of outputs that are not finite begin: for each, a node that has such
// elements, and no operand with such. What depends on no input counts as finite. Where that
// cannot be found (a limit), it is the output itself.
Status api_first_bad(Arena *arena, const Graph *graph, const void *const *inputs,
                     uint32_t n, const uint32_t *outputs, ApiOrigin *origins) MUST_USE;

#endif
